//! The state of a port.

use alloc::boxed::Box;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::identity::Place;

/// The state of a connector: the nine of OCPP 1.6 and the one that only 2.x has (`Occupied`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum PortStatus {
    Available,
    /// A driver is getting ready: plugged in or authorized, not both.
    Preparing,
    Charging,
    /// The station gives no energy.
    SuspendedEvse,
    /// The vehicle takes no energy.
    SuspendedEv,
    /// The transaction is over, the vehicle still there.
    Finishing,
    /// 2.x: in use, whatever for; the transaction tells more.
    Occupied,
    Reserved,
    /// Out of use by order.
    Unavailable,
    Faulted,
}

impl PortStatus {
    /// The name as OCPP writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            PortStatus::Available => "Available",
            PortStatus::Preparing => "Preparing",
            PortStatus::Charging => "Charging",
            PortStatus::SuspendedEvse => "SuspendedEVSE",
            PortStatus::SuspendedEv => "SuspendedEV",
            PortStatus::Finishing => "Finishing",
            PortStatus::Occupied => "Occupied",
            PortStatus::Reserved => "Reserved",
            PortStatus::Unavailable => "Unavailable",
            PortStatus::Faulted => "Faulted",
        }
    }
}

/// What is wrong with a port, as far as the status message of OCPP 1.6 tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortFault {
    /// The error code of OCPP 1.6, such as `GroundFailure`.
    pub code: Box<str>,
    /// What the vendor calls it.
    pub vendor_code: Option<Box<str>>,
    /// The vendor that defined `vendor_code`.
    pub vendor: Option<Box<str>>,
    /// Free text.
    pub info: Option<Box<str>>,
}

/// A station's word on the state of one of its places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReport {
    /// Where.
    pub place: Place,
    /// In which state.
    pub status: PortStatus,
    /// Since when, by the station's clock; OCPP 1.6 may leave it out.
    pub at: Option<Timestamp>,
    /// What is wrong, unless nothing is.
    pub fault: Option<PortFault>,
}
