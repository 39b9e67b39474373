//! In which state a port is.

use ocpp_core::model::PortStatus;
use serde::{Deserialize, Serialize};

/// The state of a port in one second. A port is an EVSE: what serves one vehicle at a time, with one connector
/// or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortState {
    /// Nobody knows: it was never heard of, or the manager was not there.
    Unknown,
    /// Its station was not connected.
    Offline,
    /// Free.
    Available,
    /// It gives energy.
    Charging,
    /// In use; the vehicle takes no energy.
    SuspendedEv,
    /// In use; the station gives no energy.
    SuspendedEvse,
    /// In use; no energy is asked for.
    Idle,
    /// The session is over, the vehicle still there.
    Finishing,
    /// Kept for somebody.
    Reserved,
    /// Out of use as the operator wants it.
    Planned,
    /// Out of use, and not by this manager's order.
    Unavailable,
    /// Out of order.
    Faulted,
    /// In order, but it gives less power than it has to.
    Derated,
}

impl PortState {
    /// All of them, in the order of their codes.
    pub const ALL: [PortState; 13] = [
        PortState::Unknown,
        PortState::Offline,
        PortState::Available,
        PortState::Charging,
        PortState::SuspendedEv,
        PortState::SuspendedEvse,
        PortState::Idle,
        PortState::Finishing,
        PortState::Reserved,
        PortState::Planned,
        PortState::Unavailable,
        PortState::Faulted,
        PortState::Derated,
    ];

    /// Its name in JSON and in data files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            PortState::Unknown => "unknown",
            PortState::Offline => "offline",
            PortState::Available => "available",
            PortState::Charging => "charging",
            PortState::SuspendedEv => "suspended_ev",
            PortState::SuspendedEvse => "suspended_evse",
            PortState::Idle => "idle",
            PortState::Finishing => "finishing",
            PortState::Reserved => "reserved",
            PortState::Planned => "planned",
            PortState::Unavailable => "unavailable",
            PortState::Faulted => "faulted",
            PortState::Derated => "derated",
        }
    }

    /// Whether a vehicle stands there.
    #[must_use]
    pub const fn is_occupied(self) -> bool {
        matches!(
            self,
            PortState::Charging
                | PortState::SuspendedEv
                | PortState::SuspendedEvse
                | PortState::Idle
                | PortState::Finishing
        )
    }

    /// Whether a driver can use it, or does: free, reserved, derated or in use.
    #[must_use]
    pub const fn is_usable(self) -> bool {
        self.is_occupied() || matches!(self, PortState::Available | PortState::Reserved | PortState::Derated)
    }

    /// The number under which it is kept; it never changes.
    pub(super) const fn code(self) -> u8 {
        self as u8
    }

    /// The state of a number, unless no state has it.
    pub(super) fn of_code(code: u8) -> Option<PortState> {
        PortState::ALL.get(usize::from(code)).copied()
    }

    /// What a station's word on one of its places means for the port. Someone who gets ready stands there
    /// already.
    #[must_use]
    pub const fn of_status(status: PortStatus) -> PortState {
        match status {
            PortStatus::Available => PortState::Available,
            PortStatus::Charging => PortState::Charging,
            PortStatus::SuspendedEvse => PortState::SuspendedEvse,
            PortStatus::SuspendedEv => PortState::SuspendedEv,
            PortStatus::Preparing | PortStatus::Occupied => PortState::Idle,
            PortStatus::Finishing => PortState::Finishing,
            PortStatus::Reserved => PortState::Reserved,
            PortStatus::Unavailable => PortState::Unavailable,
            PortStatus::Faulted => PortState::Faulted,
        }
    }
}
