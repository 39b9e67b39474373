//! Reports in parts that were asked for: what is not in the last part is not on the station.

use jiff::Timestamp;
use ocpp_core::model::{DerFilter, Place, ProfileFilter, StationId};
use serde::{Deserialize, Serialize};

use crate::domain::{Revision, record};

/// A report on profiles or grid support that was asked for, until its last part has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedReport {
    /// Of which station.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The number that its parts carry.
    pub request: i32,
    /// What was asked for.
    pub asked: Asked,
    /// When.
    pub at: Timestamp,
    /// What has come so far, by key.
    pub seen: Vec<String>,
}

record!(AskedReport is AskedReport, key |report| AskedReport::key_of(&report.station, report.asked.kind()));

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// Charging profiles.
    #[allow(missing_docs)]
    Profiles { place: Option<Place>, filter: ProfileFilter },
    /// Settings of grid support.
    #[allow(missing_docs)]
    Der { filter: DerFilter },
}

impl Asked {
    /// Its name.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Asked::Profiles { .. } => AskedReport::PROFILES,
            Asked::Der { .. } => AskedReport::DER,
        }
    }
}

impl AskedReport {
    /// The name of a report on charging profiles.
    pub const PROFILES: &'static str = "profiles";
    /// The name of a report on grid support.
    pub const DER: &'static str = "der";
    /// How many keys of what has come are remembered.
    pub const MAX_SEEN: usize = 400;

    /// Its key: of each kind the report that was asked for last counts.
    #[must_use]
    pub fn key_of(station: &StationId, kind: &str) -> String {
        format!("{station}/{kind}")
    }
}
