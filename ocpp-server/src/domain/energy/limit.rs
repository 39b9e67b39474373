//! Limits that outside systems set on stations (K11 to K13).

use jiff::Timestamp;
use ocpp_core::model::{ChargingLimit, Place, StationId};
use serde::{Deserialize, Serialize};

use crate::domain::{Revision, record};

/// A limit of an outside system, as the station told it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExternalLimit {
    /// On which station.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What the station told.
    pub limit: ChargingLimit,
    /// When.
    pub since: Timestamp,
    /// When it was lifted; `None` as long as it holds.
    pub cleared_at: Option<Timestamp>,
}

record!(ExternalLimit is ExternalLimit,
    key |known| ExternalLimit::key_of(&known.station, known.limit.place, &known.limit.source),
    owner |known| Some(known.station.to_string()));

impl ExternalLimit {
    /// How many limits of a station are kept.
    pub const MAX_PER_STATION: usize = 64;

    /// Its key: one limit for each place and source.
    #[must_use]
    pub fn key_of(station: &StationId, place: Place, source: &str) -> String {
        let source: String = source.chars().take(40).collect();
        format!("{station}/{:05}/{source}", place.evse().map_or(0, |evse| evse.0))
    }
}
