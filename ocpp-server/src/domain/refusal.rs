//! Who was turned away, and why, so that an operator can see it and help.

use jiff::Timestamp;
use ocpp_core::model::StationId;
use serde::{Deserialize, Serialize};

/// Who was turned away.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// A station at the door, by the identity that it claimed (at most 255 characters).
    Station(String),
    /// A token at a station, in capitals.
    #[allow(missing_docs)]
    Token { station: StationId, token: String },
}

impl std::fmt::Debug for Refused {
    /// Tokens are personal data and stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::Station(identity) => write!(f, "Station({identity:?})"),
            Refused::Token { station, .. } => write!(f, "Token(at {station})"),
        }
    }
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// No such station is known.
    UnknownStation,
    /// The identity in the URL is empty, too long or has forbidden characters.
    BadIdentity,
    /// The station offered no version of OCPP that is spoken here.
    NoCommonVersion,
    /// The station has a key, and dialled in without it.
    NoPassword,
    /// The station's password is not its key.
    WrongPassword,
    /// The station's user name is not its identity.
    OtherUserName,
    /// The handshake has a habit that is switched off for this station.
    RefusedHabit,
    /// No such token is known.
    UnknownToken,
    /// The token is blocked.
    BlockedToken,
    /// The token is no longer valid.
    ExpiredToken,
    /// The token has as many sessions as it may have.
    ConcurrentToken,
    /// The token may not charge for another reason.
    TokenNotAllowed,
}

impl RefusalReason {
    /// One sentence for the operator: what is wrong and what to do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            RefusalReason::UnknownStation => {
                "No station of this identity is known: add it to the known stations, or correct the URL in the station."
            }
            RefusalReason::BadIdentity => {
                "The URL carries no usable identity: let the station dial ws://HOST:PORT/ocpp/<identity>."
            }
            RefusalReason::NoCommonVersion => {
                "The station offers none of ocpp1.6, ocpp2.0.1 and ocpp2.1: choose one of them in the station."
            }
            RefusalReason::NoPassword => {
                "The station sends no password: enter its key in the station (AuthorizationKey, BasicAuthPassword), \
                 or give it a new one."
            }
            RefusalReason::WrongPassword => {
                "The station sends another password than its key: enter its key in the station, or give it a new one."
            }
            RefusalReason::OtherUserName => {
                "The station sends a user name that is not its identity: enter its identity there, or tolerate \
                 other-user-name of this station."
            }
            RefusalReason::RefusedHabit => {
                "The station dials in a way that is not tolerated here: let it keep to the specification, or tolerate \
                 the habit that the log names."
            }
            RefusalReason::UnknownToken => {
                "This token is not known: add it to the known tokens if its holder may charge."
            }
            RefusalReason::BlockedToken => {
                "This token is blocked: unblock it if its holder may charge again."
            }
            RefusalReason::ExpiredToken => {
                "This token has expired: give it a later expiry if its holder may charge."
            }
            RefusalReason::ConcurrentToken => {
                "This token has as many running sessions as it may have: raise its limit, or end one of them."
            }
            RefusalReason::TokenNotAllowed => "This token may not charge here now.",
        }
    }
}

/// How often somebody was turned away for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Who.
    pub refused: Refused,
    /// Why.
    pub reason: RefusalReason,
    /// The address the last attempt came from.
    pub address: String,
    /// How often.
    pub count: u64,
    /// The first time.
    pub first: Timestamp,
    /// The last time.
    pub last: Timestamp,
}
