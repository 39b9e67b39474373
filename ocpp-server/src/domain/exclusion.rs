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
    /// When its end was entered, where that was later.
    #[serde(default)]
    pub ended_at: Option<Timestamp>,
    /// Whether it excuses nothing before a second person agrees.
    #[serde(default)]
    pub needs_second: bool,
    /// The second person who agreed.
    pub confirmed_by: Option<Box<str>>,
    /// When.
    #[serde(default)]
    pub confirmed_at: Option<Timestamp>,
    /// Who took it back, and when. It stays on record and excuses nothing any more.
    pub withdrawn: Option<(Box<str>, Timestamp)>,
}

record!(
    Exclusion is Exclusion,
    key |exclusion| exclusion.id.0.to_string(),
    owner |exclusion| Some(exclusion.place.name())
);

impl ExclusionReason {
    /// All of them.
    pub const ALL: [ExclusionReason; 7] = [
        ExclusionReason::Utility,
        ExclusionReason::Vehicle,
        ExclusionReason::ScheduledMaintenance,
        ExclusionReason::Vandalism,
        ExclusionReason::NaturalDisaster,
        ExclusionReason::OutsideHours,
        ExclusionReason::Other,
    ];

    /// Its name in JSON and in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ExclusionReason::Utility => "utility",
            ExclusionReason::Vehicle => "vehicle",
            ExclusionReason::ScheduledMaintenance => "scheduled_maintenance",
            ExclusionReason::Vandalism => "vandalism",
            ExclusionReason::NaturalDisaster => "natural_disaster",
            ExclusionReason::OutsideHours => "outside_hours",
            ExclusionReason::Other => "other",
        }
    }

    /// The reason of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<ExclusionReason> {
        ExclusionReason::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

impl ExclusionPlace {
    /// A text that is the same for the same place only.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            ExclusionPlace::Site(site) => format!("site {}", site.0),
            ExclusionPlace::Station(station) => format!("station {station}"),
            ExclusionPlace::Port { station, evse } => format!("station {station}, EVSE {evse}"),
        }
    }

    /// Whether it holds for a port.
    #[must_use]
    pub fn covers(&self, site: Option<&SiteId>, of: &StationId, port: EvseId) -> bool {
        match self {
            ExclusionPlace::Site(here) => site == Some(here),
            ExclusionPlace::Station(station) => station == of,
            ExclusionPlace::Port { station, evse } => station == of && *evse == port,
        }
    }
}

impl Exclusion {
    /// Whether it excuses anything: it was not taken back, and a second person agreed where one has to.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        self.withdrawn.is_none() && (!self.needs_second || self.confirmed_by.is_some())
    }
}
