//! What an operator says in excuse of an outage.

use jiff::Timestamp;
use ocpp_core::model::{EvseId, StationId};
use serde::{Deserialize, Serialize};

use super::place::SiteId;
use super::record::record;
use super::station::Revision;

/// Why an outage shall not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionReason {
    /// The grid gave no power.
    Utility,
    /// A vehicle made the port fail.
    Vehicle,
    /// Work that was planned and told before.
    ScheduledMaintenance,
    /// Somebody broke it, or stole from it.
    Vandalism,
    /// Flood, storm, fire and the like.
    NaturalDisaster,
    /// The site was closed by its published hours.
    OutsideHours,
    /// Something that only a contract excuses.
    Other,
}

/// Where an exclusion holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionPlace {
    /// All ports of a site.
    Site(SiteId),
    /// All ports of a station.
    Station(StationId),
    /// One port.
    #[allow(missing_docs)]
    Port { station: StationId, evse: EvseId },
}

/// The name of an exclusion: a UUID, whose order is that of its making.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExclusionId(pub Box<str>);

/// An excuse for outages in a stretch of time. It excuses only what was an outage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// Its name.
    pub id: ExclusionId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Where it holds.
    pub place: ExclusionPlace,
    /// Why.
    pub reason: ExclusionReason,
    /// When it began.
    pub from: Timestamp,
    /// When it ended; none while it lasts.
    pub until: Option<Timestamp>,
    /// What happened and how one knows: for whoever checks the report. At most 2,000 characters.
    pub evidence: Box<str>,
    /// Who entered it.
    pub entered_by: Box<str>,
    /// When.
    pub entered_at: Timestamp,
    /// The second person who agreed, where that is asked for.
    pub confirmed_by: Option<Box<str>>,
    /// Who took it back, and when. It stays on record and excuses nothing any more.
    pub withdrawn: Option<(Box<str>, Timestamp)>,
}

record!(Exclusion is Exclusion, key |exclusion| exclusion.id.0.to_string());
