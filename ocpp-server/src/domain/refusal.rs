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
    /// No such token is known.
    UnknownToken,
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
            RefusalReason::UnknownToken => {
                "This token is not known: add it to the known tokens if its holder may charge."
            }
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
