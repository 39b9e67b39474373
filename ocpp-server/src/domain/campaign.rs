//! Campaigns: the same firmware for many stations, in waves.

use jiff::Timestamp;
use jiff::civil::Time;
use ocpp_core::model::StationId;
use serde::{Deserialize, Serialize};

use super::firmware::FirmwareId;
use super::record::record;
use super::station::Revision;
use super::station_filter::StationFilter;

/// The key of a campaign: a UUID; later ones have higher keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CampaignId(pub String);

/// The same firmware for many stations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its key.
    pub id: CampaignId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What people call it.
    pub name: String,
    /// What stations are updated with.
    pub firmware: FirmwareId,
    /// Which stations, as it was chosen when it began.
    pub filter: StationFilter,
    /// How it goes on.
    pub plan: CampaignPlan,
    /// How far it is.
    pub state: CampaignState,
    /// The wave under way, from 0.
    pub wave: u32,
    /// How many waves there are.
    pub waves: u32,
    /// How many stations it is for.
    pub stations: u32,
    /// How many failures do not count any more, since somebody let it go on.
    pub forgiven: u32,
    /// Who began it.
    pub by: String,
    /// When.
    pub began_at: Timestamp,
}

record!(Campaign is Campaign, key |campaign| campaign.id.0.clone());

/// How a campaign goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignPlan {
    /// The sizes of the waves; the last one is for all that are left. Empty: all in one wave.
    pub waves: Vec<u32>,
    /// How many stations are at it at the same time, at least one.
    pub at_once: u32,
    /// When stations may be told, by the clock of their site; at any time when absent.
    pub window: Option<Window>,
    /// How many stations may fail before it pauses by itself.
    pub max_failures: u32,
    /// How long one station may take, in hours.
    pub hours_each: u32,
    /// How often the station tries again, and with what pause in seconds; it decides when absent.
    pub retries: Option<(u32, u32)>,
}

/// A time of day, such as from 22:00 to 05:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// From.
    pub from: Time,
    /// To, on the next day when it is not later than `from`.
    pub to: Time,
}

impl Window {
    /// Whether a time of day lies in it.
    #[must_use]
    pub fn has(&self, time: Time) -> bool {
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }
}

/// How far a campaign is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum CampaignState {
    /// Stations are being told.
    Running,
    /// No more stations are told; those that were go on.
    #[allow(missing_docs)]
    Paused { why: String },
    /// No more stations will be told.
    Aborted,
    /// Every station has its result.
    Ended,
}

impl CampaignState {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            CampaignState::Running => "running",
            CampaignState::Paused { .. } => "paused",
            CampaignState::Aborted => "aborted",
            CampaignState::Ended => "ended",
        }
    }
}

/// A station's part in a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignTarget {
    /// The campaign.
    pub campaign: CampaignId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The station.
    pub station: StationId,
    /// In which wave, from 0.
    pub wave: u32,
    /// How far it is.
    pub state: TargetState,
    /// When it came there.
    pub at: Timestamp,
}

record!(
    CampaignTarget is CampaignTarget,
    key |target| CampaignTarget::key_of(&target.campaign, &target.station),
    owner |target| Some(target.campaign.0.clone())
);

impl CampaignTarget {
    /// The key of a station's part in a campaign.
    #[must_use]
    pub fn key_of(campaign: &CampaignId, station: &StationId) -> String {
        format!("{}/{station}", campaign.0)
    }
}

/// How far a station is in a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum TargetState {
    /// Its turn has not come.
    Waiting,
    /// It has an update of this number, which tells more.
    #[allow(missing_docs)]
    Updating { request: u32 },
    /// It started with the new version.
    #[allow(missing_docs)]
    Done { version: Option<String> },
    /// It did not work out.
    #[allow(missing_docs)]
    Failed { why: String },
    /// The campaign was given up before its turn came.
    Skipped,
}

impl TargetState {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            TargetState::Waiting => "waiting",
            TargetState::Updating { .. } => "updating",
            TargetState::Done { .. } => "done",
            TargetState::Failed { .. } => "failed",
            TargetState::Skipped => "skipped",
        }
    }
}
