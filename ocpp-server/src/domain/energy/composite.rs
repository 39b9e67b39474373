//! What stations say all their profiles allow together (K08).

use jiff::Timestamp;
use ocpp_core::model::{CompositeSchedule, Place, StationId};
use serde::{Deserialize, Serialize};

use crate::domain::{Revision, record};

/// The last answer of a station for a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComposedSchedule {
    /// Which station.
    pub station: StationId,
    /// The place that was asked for.
    pub place: Place,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// When it was answered.
    pub at: Timestamp,
    /// The answer.
    pub schedule: CompositeSchedule,
}

record!(ComposedSchedule is CompositeSchedule,
    key |composed| ComposedSchedule::key_of(&composed.station, composed.place),
    owner |composed| Some(composed.station.to_string()));

impl ComposedSchedule {
    /// How many places of a station have one that is kept.
    pub const MAX_PER_STATION: usize = 100;

    /// Its key: one for each place.
    #[must_use]
    pub fn key_of(station: &StationId, place: Place) -> String {
        format!("{station}/{:05}", place.evse().map_or(0, |evse| evse.0))
    }
}
