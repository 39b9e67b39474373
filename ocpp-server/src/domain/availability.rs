//! Which places operators want to be in use.

use jiff::Timestamp;
use ocpp_core::model::{Availability, Place, StationId};
use serde::{Deserialize, Serialize};

use super::record::record;
use super::station::Revision;

/// What an operator wants of a place. It stays until somebody wants something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvailabilityWish {
    /// On which station.
    pub station: StationId,
    /// Which place.
    pub place: Place,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Whether it is to be in use.
    pub availability: Availability,
    /// Who wants it.
    pub by: String,
    /// Since when.
    pub at: Timestamp,
    /// What the station said when it was last told, as a short sentence; `None` when it was not told yet.
    pub said: Option<String>,
    /// Whether the station took it, at once or for later.
    pub taken: bool,
}

record!(AvailabilityWish is AvailabilityWish, key |wish| AvailabilityWish::key_of(&wish.station, wish.place),
    owner |wish| Some(wish.station.to_string()));

impl AvailabilityWish {
    /// Its key: one wish for each place.
    #[must_use]
    pub fn key_of(station: &StationId, place: Place) -> String {
        let evse = place.evse().map_or(0, |evse| evse.0);
        let connector = place.connector().map_or(0, |connector| connector.0);
        format!("{station}/{evse:05}/{connector:05}")
    }
}
