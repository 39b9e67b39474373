//! What stations report of their settings, and what operators want of them (block B).

use std::collections::BTreeMap;

use jiff::Timestamp;
use ocpp_core::model::{Mutability, ReportKind, ReportedSetting, Setting, SettingChange, StationId, Verdict};
use serde::{Deserialize, Serialize};

use super::record::record;
use super::session::SeenSteps;
use super::station::Revision;
use super::station_filter::StationFilter;

/// The device model of a station as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationDevice {
    /// Whose it is.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// How many settings are known.
    pub settings: u32,
    /// How many parts of the station have settings.
    pub parts: u32,
    /// The number of the next report of the station.
    pub next_report: u64,
    /// When the last full report began that arrived as a whole: what was not said since then is no longer there.
    pub full_since: Option<Timestamp>,
    /// Settings that take effect after a restart, by name: when they were changed.
    #[serde(default)]
    pub reboot_for: BTreeMap<String, Timestamp>,
    /// What was tried to bring settings to their wanted values, by name.
    #[serde(default)]
    pub attempts: BTreeMap<String, Attempt>,
}

record!(StationDevice is StationDevice, key |device| device.station.to_string());

impl StationDevice {
    /// How many settings of a station are kept at most.
    pub const MAX_SETTINGS: u32 = 20_000;
    /// How many parts of a station (component, instance and place) are kept at most.
    pub const MAX_PARTS: u32 = 5_000;
    /// How many settings are remembered at most that wait for a restart.
    pub const MAX_REBOOTS: usize = 500;

    /// Nothing is known yet.
    #[must_use]
    pub fn new(station: StationId) -> StationDevice {
        StationDevice {
            station,
            revision: Revision::default(),
            settings: 0,
            parts: 0,
            next_report: 1,
            full_since: None,
            reboot_for: BTreeMap::new(),
            attempts: BTreeMap::new(),
        }
    }
}

/// An attempt to bring a setting to the value that a template wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The value that was wanted.
    pub value: Box<str>,
    /// How often it was tried.
    pub tries: u32,
    /// When it was last tried.
    pub at: Timestamp,
    /// What the station said; none when it did not answer.
    pub verdict: Option<Verdict>,
    /// That in words.
    pub said: String,
}

/// The settings of one part of a station: of a component with its instance and place in 2.x, all keys in 1.6.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct DevicePart {
    /// Whose they are.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The part, as [`DevicePart::name_of`] has it.
    pub part: String,
    /// The settings, in the order in which they were first told.
    pub settings: Vec<KnownSetting>,
}

record!(DevicePart is DevicePart, key |part| DevicePart::key_of(&part.station, &part.part),
    owner |part| Some(part.station.to_string()));

impl std::fmt::Debug for DevicePart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DevicePart")
            .field("station", &self.station)
            .field("part", &self.part)
            .field("settings", &self.settings.len())
            .finish_non_exhaustive()
    }
}

impl DevicePart {
    /// Its key.
    #[must_use]
    pub fn key_of(station: &StationId, part: &str) -> String {
        format!("{station}/{part}")
    }

    /// The part that a setting belongs to, in lower case: `connector[left]@2/1`; nothing for a key of 1.6.
    #[must_use]
    pub fn name_of(setting: &Setting) -> String {
        let Setting::Variable { component, component_instance, place, .. } = setting else {
            return String::new();
        };
        let mut name = component.to_ascii_lowercase();
        if let Some(instance) = component_instance {
            name.push_str(&format!("[{}]", instance.to_ascii_lowercase()));
        }
        if let Some(evse) = place.and_then(|place| place.evse()) {
            name.push_str(&format!("@{evse}"));
        }
        if let Some(connector) = place.and_then(|place| place.connector()) {
            name.push_str(&format!("/{connector}"));
        }
        name
    }
}

/// How a setting came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learnt {
    /// The station reported it.
    Reported,
    /// It was read.
    Read,
    /// It was changed, and the station took the value.
    Changed,
}

/// A setting as far as the manager knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownSetting {
    /// What the station said of it; never a password.
    pub reported: ReportedSetting,
    /// When it last said so.
    pub at: Timestamp,
    /// How.
    pub learnt: Learnt,
}

impl KnownSetting {
    /// Whether the station offers it as one that can only be read; not known is no.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        let actual = self.reported.attribute(ocpp_core::model::AttributeKind::Actual);
        actual.is_some_and(|actual| actual.mutability == Mutability::ReadOnly)
    }
}

/// What a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportScope {
    /// One that the specification lays down; in 1.6 all keys are a full one.
    Base(ReportKind),
    /// Components and variables of somebody's choice.
    Chosen,
    /// Nobody here has asked for it.
    Unasked,
}

/// A report of a station on its settings, and how far it has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationReport {
    /// Whose it is.
    pub station: StationId,
    /// Its number among those of the station.
    pub number: u64,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The number that its parts carry; none in 1.6.
    pub request: Option<i32>,
    /// What it is about.
    pub scope: ReportScope,
    /// Who asked for it.
    pub by: String,
    /// When it was asked for, or when its first part came.
    pub since: Timestamp,
    /// When something was last heard of it.
    pub heard_at: Timestamp,
    /// Which parts have arrived.
    pub parts: SeenSteps,
    /// The last part, once it is known.
    pub last: Option<u32>,
    /// How many settings it had so far.
    pub settings: u32,
    /// How many of them were too many to be kept.
    pub left_out: u32,
    /// How far it is.
    pub state: ReportState,
}

record!(StationReport is StationReport, key |report| StationReport::key_of(&report.station, report.number),
    owner |report| Some(report.station.to_string()));

impl StationReport {
    /// How many reports of a station are kept.
    pub const KEPT: u64 = 20;

    /// Its key.
    #[must_use]
    pub fn key_of(station: &StationId, number: u64) -> String {
        format!("{station}/{number:012}")
    }

    /// The parts that have not arrived, as far as is known, at most a hundred.
    #[must_use]
    pub fn missing(&self) -> Vec<u32> {
        let end = self.last.or_else(|| self.parts.highest());
        let Some(end) = end else { return Vec::new() };
        (0..=end).filter(|part| !self.parts.contains(*part)).take(100).collect()
    }
}

/// How far a report is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ReportState {
    /// It was asked for.
    Awaited,
    /// Parts of it have arrived.
    Arriving,
    /// All of it is here.
    #[allow(missing_docs)]
    Complete { at: Timestamp },
    /// The station has nothing to report.
    Empty,
    /// The station refused, or could not be asked.
    #[allow(missing_docs)]
    Refused { why: String },
    /// Nothing more came for too long. What came is kept; parts that come later are taken all the same.
    #[allow(missing_docs)]
    Abandoned { at: Timestamp },
}

impl ReportState {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            ReportState::Awaited => "awaited",
            ReportState::Arriving => "arriving",
            ReportState::Complete { .. } => "complete",
            ReportState::Empty => "empty",
            ReportState::Refused { .. } => "refused",
            ReportState::Abandoned { .. } => "abandoned",
        }
    }

    /// Whether something is still to come.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, ReportState::Awaited | ReportState::Arriving)
    }
}

/// The name of a template in addresses: lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TemplateId(pub String);

impl std::fmt::Display for TemplateId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is done about stations that drift from a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assertion {
    /// It is told, and nothing more.
    #[default]
    Report,
    /// Settings are changed after every connection and restart, a few times at most.
    Assert,
}

/// Values that stations should have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingTemplate {
    /// Its id.
    pub id: TemplateId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What people call it.
    pub name: String,
    /// The stations it is for.
    pub filter: StationFilter,
    /// What they should have, in the words of any version; of two that come to the same the later one counts.
    pub settings: Vec<SettingChange>,
    /// What is done about drift.
    pub assertion: Assertion,
    /// Where two templates want the same setting of a station, the one of the higher rank counts, of equals the one
    /// whose id comes later.
    pub rank: i32,
    /// Who changed it last.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

record!(SettingTemplate is SettingTemplate, key |template| template.id.0.clone());

impl SettingTemplate {
    /// How many settings a template may have.
    pub const MAX_SETTINGS: usize = 200;
    /// How many templates there may be.
    pub const MAX_TEMPLATES: usize = 200;
}
