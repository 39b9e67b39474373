//! How a station drifts from what it should have, and why.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ocpp_core::model::{Setting, SettingChange, StationId, Verdict};
use ocpp_core::types::Version;

use super::Desired;
use crate::catalogue::{Catalogue, NoCounterpart, means_the_same};
use crate::domain::{Assertion, Attempt, SettingTemplate, TemplateId};
use crate::maintenance::device::{DeviceError, SettingRow, in_words_of, key_of};

/// How a setting stands beside what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Drift {
    /// It is as it should be.
    None,
    /// Nobody knows: the station has not told it.
    NeverReported,
    /// It has another value.
    Differs,
    /// The station was told and refused.
    Refused { said: String, tries: u32, at: Timestamp },
    /// The station was told, and did not answer.
    NotAnswered { said: String, tries: u32, at: Timestamp },
    /// The station took it, and needs a restart.
    RebootNeeded,
    /// It can only be read on this station.
    ReadOnly,
    /// The station says that it has no such setting.
    NotThere,
    /// The version of the station has nothing that means the same.
    NotInVersion { why: String },
}

impl Drift {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Drift::None => "none",
            Drift::NeverReported => "never_reported",
            Drift::Differs => "differs",
            Drift::Refused { .. } => "refused",
            Drift::NotAnswered { .. } => "not_answered",
            Drift::RebootNeeded => "reboot_needed",
            Drift::ReadOnly => "read_only",
            Drift::NotThere => "not_there",
            Drift::NotInVersion { .. } => "not_in_version",
        }
    }

    /// What it means and what to do about it, as one sentence.
    #[must_use]
    pub fn explanation(&self) -> String {
        match self {
            Drift::None => "It is as it should be.".to_owned(),
            Drift::NeverReported => {
                "The station has never told this setting: read it, or ask for a report.".to_owned()
            }
            Drift::Differs => "The station has another value: assert the template.".to_owned(),
            Drift::Refused { said, tries, at } => {
                format!("The station was told {}, last at {at}, and refused: {said}.", times(*tries))
            }
            Drift::NotAnswered { said, tries, at } => {
                format!("The station was told {}, last at {at}, without an answer: {said}.", times(*tries))
            }
            Drift::RebootNeeded => "The station took the value and needs a restart: reset it.".to_owned(),
            Drift::ReadOnly => "The setting can only be read on this station.".to_owned(),
            Drift::NotThere => "The station says that it has no such setting.".to_owned(),
            Drift::NotInVersion { why } => format!("The station cannot have it: {why}."),
        }
    }

    /// Whether the station is other than it should be. What cannot be is told, and is no drift of the station.
    #[must_use]
    pub const fn is_drift(&self) -> bool {
        !matches!(self, Drift::None | Drift::NotInVersion { .. } | Drift::NotThere | Drift::ReadOnly)
    }
}

fn times(tries: u32) -> String {
    match tries {
        1 => "once".to_owned(),
        tries => format!("{tries} times"),
    }
}

/// One setting that a station should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftRow {
    /// The template that wants it.
    pub template: TemplateId,
    /// What that does about drift.
    pub assertion: Assertion,
    /// What is wanted, as the template has it.
    pub wanted: SettingChange,
    /// The same in the words of the station's version, where it has any.
    pub said: Option<SettingChange>,
    /// What the station has, as far as is known.
    pub is: Option<Box<str>>,
    /// When it said so.
    pub is_since: Option<Timestamp>,
    /// How it stands.
    pub drift: Drift,
}

/// A station beside what it should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationDrift {
    /// The station.
    pub station: StationId,
    /// The version that it speaks, or spoke last.
    pub version: Version,
    /// Every setting that it should have, in the order of the templates.
    pub rows: Vec<DriftRow>,
}

impl StationDrift {
    /// How many settings are other than they should be.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.iter().filter(|row| row.drift.is_drift()).count()
    }
}

impl Desired {
    /// A station beside what its templates want. Nothing is asked of it: this is as of what is known.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn drift(&self, station: &StationId) -> Result<StationDrift, DeviceError> {
        let templates = self.templates_for(station).await?;
        let version = self.devices.version(station).await?;
        if templates.is_empty() {
            return Ok(StationDrift { station: station.clone(), version, rows: Vec::new() });
        }
        let device = self.devices.device(station).await?;
        let known: BTreeMap<String, SettingRow> = self.devices.rows(station).await?.into_iter().collect();
        let attempts = device.map(|device| device.attempts).unwrap_or_default();
        let rows = wanted_of(&templates, version).into_iter().map(|(template, wanted, said)| {
            let known = said.as_ref().ok().and_then(|said| known.get(&key_of(&said.setting)));
            let known = known.filter(|row| !row.is_gone);
            let attempt = said.as_ref().ok().and_then(|said| attempts.get(&key_of(&said.setting)));
            let drift = match &said {
                Err(why) => Drift::NotInVersion { why: why.to_string() },
                Ok(said) => judge(said, version, known, attempt),
            };
            DriftRow {
                template: template.id.clone(),
                assertion: template.assertion,
                wanted: wanted.clone(),
                said: said.ok(),
                is: known.and_then(|row| row.known.reported.actual()).map(Box::from),
                is_since: known.map(|row| row.known.at),
                drift,
            }
        });
        Ok(StationDrift { station: station.clone(), version, rows: rows.collect() })
    }
}

type Wanted<'a> = (&'a SettingTemplate, &'a SettingChange, Result<SettingChange, NoCounterpart>);

/// What templates come to for a version: of those that want the same setting, the last one counts.
fn wanted_of(templates: &[SettingTemplate], version: Version) -> Vec<Wanted<'_>> {
    let mut rows: Vec<Wanted<'_>> = Vec::new();
    for template in templates {
        for wanted in &template.settings {
            let said = in_words_of(wanted, version).and_then(|said| writable(wanted, said, version));
            let same = |row: &Wanted<'_>| match (&row.2, &said) {
                (Ok(one), Ok(other)) => key_of(&one.setting) == key_of(&other.setting),
                _ => key_of(&row.1.setting) == key_of(&wanted.setting),
            };
            rows.retain(|row| !same(row));
            rows.push((template, wanted, said));
        }
    }
    rows
}

fn writable(
    wanted: &SettingChange,
    said: SettingChange,
    version: Version,
) -> Result<SettingChange, NoCounterpart> {
    match Catalogue::of(version).find(&said.setting) {
        Some(entry) if !entry.access.may_be_written() => {
            Err(NoCounterpart::ReadOnly { setting: wanted.setting.clone(), version })
        }
        _ => Ok(said),
    }
}

fn judge(
    said: &SettingChange,
    version: Version,
    known: Option<&SettingRow>,
    attempt: Option<&Attempt>,
) -> Drift {
    let actual = known.and_then(|row| row.known.reported.actual());
    if actual.is_some_and(|actual| is_same(&said.setting, version, &said.value, actual)) {
        return Drift::None;
    }
    let attempt = attempt.filter(|attempt| attempt.value == said.value);
    if known.is_some_and(|row| row.waits_for_reboot)
        && attempt.is_none_or(|attempt| attempt.verdict == Some(Verdict::RebootRequired))
    {
        return Drift::RebootNeeded;
    }
    if known.is_some_and(|row| row.known.is_read_only()) {
        return Drift::ReadOnly;
    }
    match attempt {
        Some(Attempt { verdict: Some(Verdict::Unknown), .. }) => Drift::NotThere,
        // Taken, and not so all the same: the station changed it back, or a restart did not help.
        Some(Attempt { verdict: Some(verdict), .. }) if verdict.is_success() => Drift::Differs,
        Some(Attempt { verdict: Some(_), said, tries, at, .. }) => {
            Drift::Refused { said: said.clone(), tries: *tries, at: *at }
        }
        Some(Attempt { verdict: None, said, tries, at, .. }) => {
            Drift::NotAnswered { said: said.clone(), tries: *tries, at: *at }
        }
        None if actual.is_none() => Drift::NeverReported,
        None => Drift::Differs,
    }
}

fn is_same(setting: &Setting, version: Version, a: &str, b: &str) -> bool {
    means_the_same(setting, version, a, b)
}
