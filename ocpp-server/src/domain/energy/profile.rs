//! Charging profiles that are installed on stations, as far as the manager knows.

use jiff::Timestamp;
use ocpp_core::model::{
    ChargingProfile, Place, ProfileClearing, ProfileFilter, ProfilePurpose, Rates, ScheduleUpdate, StationId,
    StationTxRef,
};
use serde::{Deserialize, Serialize};

use crate::domain::{Revision, record};

/// A charging profile on a station: set by an order that the station took, or reported by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InstalledProfile {
    /// On which station.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Where it holds: the station as a whole, or an EVSE.
    pub place: Place,
    /// Who set it, as the station says: `CSO` is the operator of this manager, others are `EMS` or `SO`.
    pub source: Box<str>,
    /// Who ordered it here; `None` where it was only ever reported.
    pub by: Option<String>,
    /// Since when it is known in this form.
    pub since: Timestamp,
    /// When the station last reported it.
    pub reported_at: Option<Timestamp>,
    /// The profile.
    pub profile: ChargingProfile,
}

record!(InstalledProfile is InstalledProfile,
    key |installed| InstalledProfile::key_of(&installed.station, installed.profile.id),
    owner |installed| Some(installed.station.to_string()));

impl InstalledProfile {
    /// How many profiles of a station are kept.
    pub const MAX_PER_STATION: usize = 200;
    /// What stations say of profiles that this manager set.
    pub const OURS: &'static str = "CSO";

    /// Its key: profiles have their numbers once on a station. Keys sort as the numbers do.
    #[must_use]
    pub fn key_of(station: &StationId, id: i32) -> String {
        format!("{station}/{:010}", i64::from(id) - i64::from(i32::MIN))
    }

    /// Whether it counts no more, nor ever will.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.profile.valid_to.is_some_and(|end| end <= now)
    }

    /// Whether it is for this transaction.
    #[must_use]
    pub fn is_for(&self, transaction: &StationTxRef) -> bool {
        self.profile.transaction.as_ref() == Some(transaction)
    }

    /// Whether it goes with the end of a transaction. One that came with a remote start names none, and is that of the
    /// first at its place.
    #[must_use]
    pub fn ends_with(&self, names: &[StationTxRef], place: Option<Place>) -> bool {
        let is_here = || place.is_some_and(|place| self.place == Place::Station || self.is_at(place));
        self.profile.purpose == ProfilePurpose::Tx
            && match &self.profile.transaction {
                Some(transaction) => names.contains(transaction),
                None => is_here(),
            }
    }

    /// Whether an order to remove profiles means it (K10.FR.04). Those that others set stay where no number is named.
    #[must_use]
    pub fn is_cleared_by(&self, clearing: &ProfileClearing) -> bool {
        if let Some(id) = clearing.id {
            return self.profile.id == id;
        }
        clearing.place.is_none_or(|place| self.is_at(place))
            && clearing.purpose.is_none_or(|purpose| self.profile.purpose == purpose)
            && clearing.stack_level.is_none_or(|level| self.profile.stack_level == level)
            && self.profile.purpose != ProfilePurpose::ExternalConstraints
    }

    /// Whether a report that was asked for so has it (K09.FR.03 to K09.FR.06).
    #[must_use]
    pub fn is_asked_by(&self, place: Option<Place>, filter: &ProfileFilter) -> bool {
        let of_source = || filter.sources.iter().any(|source| **source == *self.source);
        place.is_none_or(|place| self.is_at(place))
            && (filter.ids.is_empty() || filter.ids.contains(&self.profile.id))
            && (filter.sources.is_empty() || of_source())
            && filter.purpose.is_none_or(|purpose| self.profile.purpose == purpose)
            && filter.stack_level.is_none_or(|level| self.profile.stack_level == level)
    }

    /// Whether it is installed at a place; connectors are their EVSE's.
    #[must_use]
    pub fn is_at(&self, place: Place) -> bool {
        self.place.evse() == place.evse()
    }

    /// Takes over new values of a dynamic profile (K28.FR.06 to K28.FR.09).
    pub fn update(&mut self, update: &ScheduleUpdate, now: Timestamp) {
        let period = self.profile.schedules.first_mut().and_then(|schedule| schedule.periods.first_mut());
        let Some(period) = period else { return };
        period.limit = update.limit.or(period.limit);
        period.extras.rates = newer(period.extras.rates, update.rates);
        self.profile.extras.updated_at = Some(now);
    }
}

/// The values of `new`, and those of `old` where it has none.
fn newer(old: Rates, new: Rates) -> Rates {
    Rates {
        limit_l2: new.limit_l2.or(old.limit_l2),
        limit_l3: new.limit_l3.or(old.limit_l3),
        discharge_limit: new.discharge_limit.or(old.discharge_limit),
        discharge_limit_l2: new.discharge_limit_l2.or(old.discharge_limit_l2),
        discharge_limit_l3: new.discharge_limit_l3.or(old.discharge_limit_l3),
        setpoint: new.setpoint.or(old.setpoint),
        setpoint_l2: new.setpoint_l2.or(old.setpoint_l2),
        setpoint_l3: new.setpoint_l3.or(old.setpoint_l3),
        setpoint_reactive: new.setpoint_reactive.or(old.setpoint_reactive),
        setpoint_reactive_l2: new.setpoint_reactive_l2.or(old.setpoint_reactive_l2),
        setpoint_reactive_l3: new.setpoint_reactive_l3.or(old.setpoint_reactive_l3),
    }
}
