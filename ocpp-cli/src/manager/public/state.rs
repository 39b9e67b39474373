//! Whether a driver can charge at a place.

use jiff::Timestamp;
use ocpp_core::model::{ConnectorId, EvseId, Place, PortStatus, Registration};
use ocpp_server::domain::{Connection, Port, Station, StationEntry};
use serde::Serialize;

/// The state of a place as drivers need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PortState {
    /// A vehicle can charge.
    Available,
    /// A vehicle is there.
    Occupied,
    /// It is kept for somebody.
    Reserved,
    /// It is out of use by plan.
    Unavailable,
    /// It is out of order.
    Faulted,
    /// Nobody knows: the station is out of reach, or has not said anything yet.
    Unknown,
}

impl PortState {
    /// The word of JSON.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            PortState::Available => "available",
            PortState::Occupied => "occupied",
            PortState::Reserved => "reserved",
            PortState::Unavailable => "unavailable",
            PortState::Faulted => "faulted",
            PortState::Unknown => "unknown",
        }
    }

    /// In words for drivers.
    pub(crate) const fn phrase(self) -> &'static str {
        match self {
            PortState::Available => "Free",
            PortState::Occupied => "In use",
            PortState::Reserved => "Reserved",
            PortState::Unavailable => "Out of use",
            PortState::Faulted => "Out of order",
            PortState::Unknown => "Unknown",
        }
    }

    const fn of(status: PortStatus) -> PortState {
        match status {
            PortStatus::Available => PortState::Available,
            PortStatus::Reserved => PortState::Reserved,
            PortStatus::Unavailable => PortState::Unavailable,
            PortStatus::Faulted => PortState::Faulted,
            PortStatus::Preparing
            | PortStatus::Charging
            | PortStatus::SuspendedEv
            | PortStatus::SuspendedEvse
            | PortStatus::Finishing
            | PortStatus::Occupied => PortState::Occupied,
        }
    }
}

/// A state, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StateNow {
    pub(crate) state: PortState,
    pub(crate) since: Option<Timestamp>,
}

/// All that the states of a station come out of.
pub(super) struct Told<'t> {
    pub(super) entry: &'t StationEntry,
    pub(super) station: Option<&'t Station>,
    pub(super) is_connected: bool,
    pub(super) ports: &'t [Port],
    /// Where vehicles charge, and since when.
    pub(super) sessions: &'t [(EvseId, Timestamp)],
}

impl Told<'_> {
    /// The state of the whole station, where it says all of what there is to say.
    fn whole(&self) -> Option<StateNow> {
        let since = self.station.map(|station| match &station.connection {
            Connection::Online { since, .. }
            | Connection::Offline { since }
            | Connection::Unknown { since } => *since,
        });
        if !self.is_connected {
            return Some(StateNow { state: PortState::Unknown, since });
        }
        if self.entry.registration != Registration::Accepted {
            return Some(StateNow { state: PortState::Unavailable, since: None });
        }
        let whole = self.ports.iter().find(|port| port.place == Place::Station)?;
        let state = PortState::of(whole.status);
        let closes = matches!(state, PortState::Unavailable | PortState::Faulted);
        closes.then_some(StateNow { state, since: Some(whole.since) })
    }

    /// The state of one connector by what was said of it or its EVSE.
    pub(super) fn connector(&self, evse: EvseId, connector: ConnectorId) -> StateNow {
        if let Some(whole) = self.whole() {
            return whole;
        }
        let own = self.ports.iter().find(|port| port.place == Place::Connector(evse, connector));
        let port = own.or_else(|| self.ports.iter().find(|port| port.place == Place::Evse(evse)));
        match port {
            Some(port) => StateNow { state: PortState::of(port.status), since: Some(port.since) },
            None => StateNow { state: PortState::Unknown, since: None },
        }
    }

    /// The state of an EVSE, which charges one vehicle at a time: in use when one of its connectors is.
    pub(super) fn evse(&self, evse: EvseId) -> StateNow {
        if let Some(whole) = self.whole() {
            return whole;
        }
        if let Some((_, since)) = self.sessions.iter().find(|(at, _)| *at == evse) {
            return StateNow { state: PortState::Occupied, since: Some(*since) };
        }
        let ranks = [
            PortState::Occupied,
            PortState::Reserved,
            PortState::Available,
            PortState::Unavailable,
            PortState::Faulted,
        ];
        let here = || self.ports.iter().filter(|port| port.place.evse() == Some(evse));
        let first = ranks.into_iter().find_map(|state| {
            let since = here().filter(|port| PortState::of(port.status) == state).map(|port| port.since);
            since.min().map(|since| StateNow { state, since: Some(since) })
        });
        first.unwrap_or(StateNow { state: PortState::Unknown, since: None })
    }
}
