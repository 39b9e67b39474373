//! What OCPP 2.0.1 and 2.1 have in common: the same messages and members, in types of their own.
//!
//! Each source under `two/` is a module of `v201` and of `v21`: it is written once over `super::wire`, which is
//! the module of types of the version that includes it, and compiled for each. What needs no types of a version is
//! here as plain functions.

use alloc::boxed::Box;
use alloc::string::String;

use crate::model::{AuthorizationStatus, ChargingState, Place, PortStatus};
use crate::types::Text;

/// What to answer to a message that is merely taken note of.
pub(super) enum Courtesy {
    /// Nothing is decided: an empty confirmation.
    Empty,
    /// The station asks for something that is refused.
    Payload(&'static str),
    /// The station asks for something that nobody here provides.
    NotProvided,
}

impl Courtesy {
    /// What is answered in both versions.
    pub(super) fn of_both(action: &str) -> Courtesy {
        match action {
            "NotifyEVChargingSchedule" => Courtesy::Payload(r#"{"status":"Accepted"}"#),
            "SignCertificate" => Courtesy::Payload(r#"{"status":"Rejected"}"#),
            _ => Courtesy::Empty,
        }
    }
}

/// A member that is an enumeration in one version and a bounded text in the other.
pub(super) trait Wording: Sized {
    fn word(text: &str) -> Self;

    /// The same, where the version can say all of it.
    fn exactly(text: &str) -> Option<Self>;
}

impl<const MAX: usize> Wording for Text<MAX> {
    fn word(text: &str) -> Self {
        Text::truncated(text)
    }

    fn exactly(text: &str) -> Option<Self> {
        Text::new(text).ok()
    }
}

#[cfg(feature = "v201")]
impl Wording for crate::v201::ChargingLimitSource {
    fn word(text: &str) -> Self {
        listed(text, Self::Other)
    }

    fn exactly(text: &str) -> Option<Self> {
        exactly(text)
    }
}

#[cfg(feature = "v201")]
impl Wording for crate::v201::IdTokenKind {
    fn word(text: &str) -> Self {
        // 2.1 lets everybody invent kinds; in 2.0.1 they are kinds of the manager's.
        listed(text, Self::Central)
    }

    fn exactly(text: &str) -> Option<Self> {
        exactly(text)
    }
}

#[cfg(feature = "v201")]
impl Wording for crate::v201::Connector {
    fn word(text: &str) -> Self {
        Self::from(text)
    }

    fn exactly(text: &str) -> Option<Self> {
        exactly(text)
    }
}

/// A number of the model as the version's integer; what does not fit, which no station has, becomes the
/// nearest that does.
pub(super) fn integer<T: TryFrom<i32>>(value: impl TryInto<i32>) -> Option<T> {
    T::try_from(value.try_into().ok()?).ok()
}

pub(super) fn unsigned(value: impl Into<i32>) -> u32 {
    u32::try_from(value.into()).unwrap_or(0)
}

/// A number that one version bounds below and the other does not.
pub(super) fn counted(value: impl Into<i32>) -> i64 {
    i64::from(value.into())
}

/// The same for one that the model keeps in 32 bits.
pub(super) fn number(value: impl Into<i32>) -> i32 {
    value.into()
}

pub(super) fn evse_of(place: Place) -> u32 {
    place.evse().map_or(0, |evse| evse.0)
}

pub(super) fn connector_of(place: Place) -> Option<u32> {
    place.connector().map(|connector| connector.0).filter(|connector| *connector > 0)
}

/// An identifier as it stands, unless it is too long or has characters that identifiers do not have: another one
/// in its place would be another thing.
pub(super) fn identifier<T: for<'a> TryFrom<&'a str>>(text: &str) -> Option<T> {
    T::try_from(text).ok().filter(|_| crate::requirement::is_identifier(text))
}

pub(super) fn charging_state(text: &str) -> Option<ChargingState> {
    Some(match text {
        "Charging" => ChargingState::Charging,
        "EVConnected" => ChargingState::EvConnected,
        "SuspendedEV" => ChargingState::SuspendedEv,
        "SuspendedEVSE" => ChargingState::SuspendedEvse,
        "Idle" => ChargingState::Idle,
        _ => return None,
    })
}

pub(super) fn charging_state_word(state: ChargingState) -> &'static str {
    match state {
        ChargingState::Charging => "Charging",
        ChargingState::EvConnected => "EVConnected",
        ChargingState::SuspendedEv => "SuspendedEV",
        ChargingState::SuspendedEvse => "SuspendedEVSE",
        ChargingState::Idle => "Idle",
    }
}

/// A state that nobody knows is surely not free for a driver.
pub(super) fn port_status(text: &str) -> PortStatus {
    match text {
        "Available" => PortStatus::Available,
        "Occupied" => PortStatus::Occupied,
        "Reserved" => PortStatus::Reserved,
        "Faulted" => PortStatus::Faulted,
        _ => PortStatus::Unavailable,
    }
}

/// 2.x knows one state for everything that keeps a connector in use.
pub(super) fn port_status_word(status: PortStatus) -> &'static str {
    match status {
        PortStatus::Available => "Available",
        PortStatus::Reserved => "Reserved",
        PortStatus::Unavailable => "Unavailable",
        PortStatus::Faulted => "Faulted",
        PortStatus::Preparing
        | PortStatus::Charging
        | PortStatus::SuspendedEvse
        | PortStatus::SuspendedEv
        | PortStatus::Finishing
        | PortStatus::Occupied => "Occupied",
    }
}

/// The word of 2.x for a status that is remembered by its name.
pub(super) fn word_of_name(name: &str) -> &str {
    match name {
        "Available" | "Reserved" | "Unavailable" | "Faulted" => name,
        _ => "Occupied",
    }
}

pub(super) fn authorization_status(text: &str) -> AuthorizationStatus {
    match text {
        "Accepted" => AuthorizationStatus::Accepted,
        "Blocked" => AuthorizationStatus::Blocked,
        "ConcurrentTx" => AuthorizationStatus::ConcurrentTx,
        "Expired" => AuthorizationStatus::Expired,
        "NoCredit" => AuthorizationStatus::NoCredit,
        "NotAllowedTypeEVSE" => AuthorizationStatus::NotAllowedTypeEvse,
        "NotAtThisLocation" => AuthorizationStatus::NotAtThisLocation,
        "NotAtThisTime" => AuthorizationStatus::NotAtThisTime,
        "Unknown" => AuthorizationStatus::Unknown,
        _ => AuthorizationStatus::Invalid,
    }
}

pub(super) fn authorization_word(status: AuthorizationStatus) -> &'static str {
    match status {
        AuthorizationStatus::Accepted => "Accepted",
        AuthorizationStatus::Blocked => "Blocked",
        AuthorizationStatus::Expired => "Expired",
        AuthorizationStatus::Invalid => "Invalid",
        AuthorizationStatus::ConcurrentTx => "ConcurrentTx",
        AuthorizationStatus::NoCredit => "NoCredit",
        AuthorizationStatus::NotAllowedTypeEvse => "NotAllowedTypeEVSE",
        AuthorizationStatus::NotAtThisLocation => "NotAtThisLocation",
        AuthorizationStatus::NotAtThisTime => "NotAtThisTime",
        AuthorizationStatus::Unknown => "Unknown",
    }
}

/// A word of the model as the version's enumeration; what the version does not list becomes `instead`.
pub(super) fn listed<T: crate::message::Field + for<'a> From<&'a str>>(word: &str, instead: T) -> T {
    exactly(word).unwrap_or(instead)
}

/// A word of the model as the version's enumeration, where the version lists it.
pub(super) fn exactly<T: crate::message::Field + for<'a> From<&'a str>>(word: &str) -> Option<T> {
    let value = T::from(word);
    value.conforms().then_some(value)
}

pub(super) fn boxed(text: &str) -> Box<str> {
    text.into()
}

/// A port's place as the key under which the status last said of it is remembered.
pub(super) fn place_key(place: Place) -> Box<str> {
    let key: String = alloc::format!("{}/{}", evse_of(place), connector_of(place).unwrap_or(0));
    key.into_boxed_str()
}
