//! Variables that show what the station is like at the moment.

use std::time::Duration;

use ocpp_core::model::{EvseId, PortStatus};

use crate::engine::Engine;
use crate::engine::charging_profile::MAX_PROFILES;
use crate::engine::grid::KINDS;

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Live {
    StationState,
    StationEnabled,
    StationProblem,
    Phases,
    Model,
    Vendor,
    Serial,
    Firmware,
    State,
    Enabled,
    Problem,
    Power,
    ConnectorType,
    Evses,
    ListMost,
    ListEntries,
    ListItems,
    ProfilesMost,
    Profiles,
    Reservations,
    ReserveUnspecified,
    NetworkPriority,
    NetworkSlot,
    SecurityProfile,
    Certificates,
    Time,
    MonitoringBase,
    MonitoringLevel,
    Messages,
    MaxPower,
    MaxReactive,
    Voltage,
    DerKinds,
    Network(i32, Line),
}

/// What a slot for a network profile shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Line {
    Url,
    Interface,
    Transport,
    Version,
    Timeout,
    Security,
    Identity,
    /// It is never told.
    Password,
    Vpn,
    Apn,
}

impl Engine {
    /// What a variable shows; of the EVSE where it belongs to one.
    pub(in crate::engine) fn live(&self, now: Duration, live: Live, evse: Option<EvseId>) -> String {
        let known = evse.and_then(|evse| self.evses.get(&evse));
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        match live {
            Live::StationState => self.station_state().as_str().to_owned(),
            Live::StationEnabled => {
                let closed = self.inoperative.contains(&ocpp_core::model::Place::Station);
                (!closed).to_string()
            }
            Live::StationProblem => self.evses.values().any(|evse| evse.is_faulted).to_string(),
            Live::Phases => self.config.phases.to_string(),
            Live::Model => text(Some(&self.config.boot.model)),
            Live::Vendor => text(Some(&self.config.boot.vendor)),
            Live::Serial => text(self.config.boot.serial.as_deref()),
            Live::Firmware => text(self.config.boot.firmware.as_deref()),
            Live::State => {
                known.map_or(PortStatus::Unavailable, |evse| shown(evse.status)).as_str().to_owned()
            }
            Live::Enabled => evse.is_some_and(|evse| self.is_operative(evse)).to_string(),
            Live::Problem => known.is_some_and(|evse| evse.is_faulted).to_string(),
            Live::Power => known.and_then(|evse| evse.measurement).map_or(0, |m| m.power.0).to_string(),
            Live::ConnectorType => text(self.config.connector_type.as_deref().or(Some("Unknown"))),
            Live::Evses => self.evses.len().to_string(),
            Live::ListMost => self.settings.list_max_entries.to_string(),
            Live::ListEntries => self.local_list.entries.len().to_string(),
            Live::ListItems => self.settings.list_items_per_message.to_string(),
            Live::ProfilesMost => MAX_PROFILES.to_string(),
            Live::Profiles => self.profiles.len().to_string(),
            Live::Reservations => self.settings.reservations.to_string(),
            Live::ReserveUnspecified => self.settings.reserve_unspecified.to_string(),
            Live::NetworkPriority => self.network.priority(),
            Live::NetworkSlot => self.network.active_slot().to_string(),
            Live::SecurityProfile => self.network.security_profile().to_string(),
            Live::Certificates => self.installed_certificates().to_string(),
            Live::Time => self.clock.at(now).to_string(),
            Live::MonitoringBase => self.monitoring.base().as_str().to_owned(),
            Live::MonitoringLevel => self.monitoring.level().to_string(),
            Live::Messages => self.display.len().to_string(),
            Live::MaxPower => self.config.max_power.0.to_string(),
            // What is left of the apparent power at a power factor of 0.9, to a watt.
            Live::MaxReactive => (self.config.max_power.0 * 4359 / 10_000).to_string(),
            Live::Voltage => self.config.voltage.to_string(),
            Live::DerKinds => KINDS.join(","),
            Live::Network(slot, line) => self.network.shows(slot, line),
        }
    }

    fn station_state(&self) -> PortStatus {
        let is = |status: PortStatus| self.evses.values().all(|evse| shown(evse.status) == status);
        [PortStatus::Faulted, PortStatus::Unavailable, PortStatus::Reserved, PortStatus::Occupied]
            .into_iter()
            .find(|status| is(*status))
            .unwrap_or(PortStatus::Available)
    }
}

/// A state by the five words of 2.x.
const fn shown(status: PortStatus) -> PortStatus {
    match status {
        PortStatus::Available
        | PortStatus::Reserved
        | PortStatus::Unavailable
        | PortStatus::Faulted
        | PortStatus::Occupied => status,
        _ => PortStatus::Occupied,
    }
}
