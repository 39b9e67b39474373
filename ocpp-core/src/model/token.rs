//! What a driver presents, and what the manager thinks of it.

use alloc::boxed::Box;
use core::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::name::open_name;

open_name! {
    /// The kind of an identification, by the names of OCPP 2.x.
    TokenKind {
        /// Made by the manager, for instance for a remote start.
        CENTRAL = "Central",
        /// A payment made on the spot (OCPP 2.1).
        DIRECT_PAYMENT = "DirectPayment",
        /// The contract of an ISO 15118 vehicle.
        EMAID = "eMAID",
        /// An RFID card of ISO 14443, its UID in hexadecimal digits.
        ISO14443 = "ISO14443",
        /// An RFID card of ISO 15693, its UID in hexadecimal digits.
        ISO15693 = "ISO15693",
        /// A code typed at the station.
        KEY_CODE = "KeyCode",
        /// Known to the station only.
        LOCAL = "Local",
        /// The vehicle's MAC address.
        MAC_ADDRESS = "MacAddress",
        /// Charging without identification.
        NO_AUTHORIZATION = "NoAuthorization",
        /// The vehicle identification number.
        VIN = "VIN",
        /// Not said: OCPP 1.6 tells no kinds apart.
        UNSPECIFIED = "",
    }
}

/// What a driver presents: a card's number, a contract, a code. Compared without regard to ASCII case.
///
/// It is personal data: `Debug` shows its length only, and there is no `Display`.
#[derive(Clone, Serialize, Deserialize)]
pub struct IdToken {
    /// The number or code as the station sent it, at most 255 characters.
    pub value: Box<str>,
    /// What kind of identification it is.
    pub kind: TokenKind,
}

impl IdToken {
    /// A token of the given kind.
    #[must_use]
    pub fn new(value: &str, kind: TokenKind) -> IdToken {
        IdToken { value: value.into(), kind }
    }

    /// The form under which equal tokens are equal: ASCII capitals.
    #[must_use]
    pub fn canonical(&self) -> Box<str> {
        self.value.to_ascii_uppercase().into_boxed_str()
    }
}

impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdToken({} characters, {:?})", self.value.chars().count(), self.kind.as_str())
    }
}

impl PartialEq for IdToken {
    fn eq(&self, other: &IdToken) -> bool {
        self.value.eq_ignore_ascii_case(&other.value)
    }
}

impl Eq for IdToken {}

/// Whether a token may charge, by the names of OCPP 2.x; 1.6 knows the first five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum AuthorizationStatus {
    Accepted,
    Blocked,
    Expired,
    Invalid,
    /// Already in use in another transaction.
    ConcurrentTx,
    NoCredit,
    /// Not allowed on this kind of EVSE.
    NotAllowedTypeEvse,
    NotAtThisLocation,
    NotAtThisTime,
    Unknown,
}

/// The manager's word on a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// Whether it may charge.
    pub status: AuthorizationStatus,
    /// When a station's cache must ask again.
    pub cache_until: Option<Timestamp>,
    /// Tokens of one group may stop each other's transactions.
    pub group: Option<IdToken>,
}

impl Authorization {
    /// A word without expiry or group.
    #[must_use]
    pub const fn of(status: AuthorizationStatus) -> Authorization {
        Authorization { status, cache_until: None, group: None }
    }

    /// Whether charging may start.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self.status, AuthorizationStatus::Accepted)
    }
}
