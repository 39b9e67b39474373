//! Firmware files, and the updates of stations.

use jiff::Timestamp;
use ocpp_core::model::{Cause, FirmwareSignature, FirmwareStage, FirmwareUpdate, StationId};
use serde::{Deserialize, Serialize};

use super::campaign::CampaignId;
use super::record::record;
use super::station::Revision;

/// The key of a firmware: a UUID.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FirmwareId(pub String);

/// A firmware that stations can be updated with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firmware {
    /// Its key.
    pub id: FirmwareId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What people call it, and the name of the file.
    pub name: String,
    /// What stations say of their firmware when they start with it; without it, any other version than before
    /// counts as installed.
    pub version: Option<String>,
    /// Where it lies.
    pub source: FirmwareSource,
    /// The maker's signature, where there is one.
    pub signature: Option<FirmwareSignature>,
    /// When it was added.
    pub added_at: Timestamp,
}

record!(Firmware is Firmware, key |firmware| firmware.id.0.clone());

/// Where a firmware lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirmwareSource {
    /// Elsewhere: stations fetch it at this URL.
    #[allow(missing_docs)]
    External { url: String },
    /// Here, but its content has not come yet.
    Awaited,
    /// Here: stations fetch it from the manager.
    Kept(KeptFile),
}

/// A file that the manager keeps in its data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// Its MD5, in hexadecimal, which local controllers want (L03.FR.02).
    pub md5: String,
    /// When it came.
    pub at: Timestamp,
}

/// The update of one station, from the wish to the version that it starts with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StationUpdate {
    /// Whose.
    pub station: StationId,
    /// Its number, which the station repeats; later ones of a station are higher.
    pub request: u32,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What it is to be updated with.
    pub firmware: FirmwareId,
    /// From when on it may be fetched; at once when absent.
    pub retrieve_at: Option<Timestamp>,
    /// From when on it may be installed.
    pub install_at: Option<Timestamp>,
    /// How often the station tries again, and with what pause in seconds; it decides when absent.
    pub retries: Option<(u32, u32)>,
    /// The version that the station is to start with.
    pub expected: Option<String>,
    /// The version that it had before.
    pub before: Option<String>,
    /// How far it is.
    pub state: UpdateState,
    /// What the station told, in the order in which it came; the last [`StationUpdate::MAX_COURSE`] of it.
    pub course: Vec<UpdateStep>,
    /// When it started since it began to install, and with which version.
    pub booted: Option<(Timestamp, Option<String>)>,
    /// How often the order was sent.
    pub attempts: u32,
    /// When the manager looks at it next, where nothing happens before.
    pub look_at: Timestamp,
    /// The campaign that it is part of.
    pub campaign: Option<CampaignId>,
    /// Who wanted it.
    pub by: String,
    /// When.
    pub ordered_at: Timestamp,
    /// Until when it waits for its station, and for its end.
    pub until: Timestamp,
}

record!(
    StationUpdate is StationUpdate,
    key |update| StationUpdate::key_of(&update.station, update.request),
    owner |update| Some(update.station.to_string())
);

/// Something that a station told of its update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateStep {
    /// When the manager heard it.
    pub at: Timestamp,
    /// What.
    pub stage: FirmwareStage,
}

/// How far an update is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum UpdateState {
    /// The station has not been told yet: it is not connected, or may not be ordered anything.
    Waiting,
    /// It was told and has not answered: it may be at it.
    Sent,
    /// It has agreed; what it told last is at the end of the course.
    Running,
    /// It says that it is installed, and has not started with it yet.
    Installed,
    /// It started with the new version.
    #[allow(missing_docs)]
    Confirmed { version: Option<String> },
    /// It did not work out.
    #[allow(missing_docs)]
    Failed { why: String },
    /// A later update took its place.
    Superseded,
    /// Somebody took it back before the station was told.
    Withdrawn,
}

impl UpdateState {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            UpdateState::Waiting => "waiting",
            UpdateState::Sent => "sent",
            UpdateState::Running => "running",
            UpdateState::Installed => "installed",
            UpdateState::Confirmed { .. } => "confirmed",
            UpdateState::Failed { .. } => "failed",
            UpdateState::Superseded => "superseded",
            UpdateState::Withdrawn => "withdrawn",
        }
    }

    /// Whether nothing more follows.
    #[must_use]
    pub const fn is_end(&self) -> bool {
        !matches!(
            self,
            UpdateState::Waiting | UpdateState::Sent | UpdateState::Running | UpdateState::Installed
        )
    }
}

impl StationUpdate {
    /// The most steps that are kept of one update.
    pub const MAX_COURSE: usize = 64;

    /// The key of a station's update: lists of one station are in the order of their numbers.
    #[must_use]
    pub fn key_of(station: &StationId, request: u32) -> String {
        format!("{station}/{request:010}")
    }

    /// Notes what the station told. A report that is sent again changes nothing.
    pub fn note(&mut self, stage: FirmwareStage, cause: Option<&Cause>, at: Timestamp) {
        if self.state.is_end() || stage == FirmwareStage::Idle {
            return;
        }
        if self.course.last().is_none_or(|last| last.stage != stage) {
            if self.course.len() >= Self::MAX_COURSE {
                self.course.remove(0);
            }
            self.course.push(UpdateStep { at, stage });
        }
        if stage.is_failure() {
            self.state = UpdateState::Failed { why: failure_in_words(stage, cause) };
        } else if stage == FirmwareStage::Installed {
            self.state = UpdateState::Installed;
            self.judge();
        } else if self.state != UpdateState::Installed {
            self.state = UpdateState::Running;
        }
    }

    /// Notes the version that the station starts with. Before it could have installed anything, a start says
    /// nothing about the update.
    pub fn note_boot(&mut self, version: Option<&str>, at: Timestamp) {
        let installs = |step: &UpdateStep| {
            matches!(
                step.stage,
                FirmwareStage::Installing | FirmwareStage::InstallRebooting | FirmwareStage::Installed
            )
        };
        if self.state.is_end() || !self.course.iter().any(installs) {
            return;
        }
        self.booted = Some((at, version.map(str::to_owned)));
        self.judge();
    }

    /// Whether the version that the station started with is the new one; `None` when nobody can say.
    fn started_with_new(&self) -> Option<bool> {
        let (_, version) = self.booted.as_ref()?;
        let version = version.as_deref()?;
        match &self.expected {
            Some(expected) => Some(expected == version),
            None => self.before.as_deref().map(|before| before != version),
        }
    }

    /// What the start and the word that it is installed come to together; either may come first (L01.FR.32).
    fn judge(&mut self) {
        let Some((booted_at, version)) = &self.booted else { return };
        let says_installed = self.state == UpdateState::Installed;
        let word_at = self.course.last().map(|step| step.at);
        let was_after_word = word_at.is_some_and(|at| at <= *booted_at);
        match self.started_with_new() {
            Some(true) => self.state = UpdateState::Confirmed { version: version.clone() },
            None if says_installed => self.state = UpdateState::Confirmed { version: version.clone() },
            // It may restart on its way; after its word that it is done, the version has to be there.
            Some(false) if says_installed && was_after_word => {
                let version = version.as_deref().unwrap_or_default();
                let why = match &self.expected {
                    Some(expected) => format!("it started with version {version}, not with {expected}"),
                    None => format!("it says that it is installed, and started with version {version} again"),
                };
                self.state = UpdateState::Failed { why };
            }
            Some(false) | None => {}
        }
    }

    /// The order that the station gets, with the address of the file.
    #[must_use]
    pub fn order(
        &self,
        location: &str,
        signature: Option<FirmwareSignature>,
        now: Timestamp,
    ) -> FirmwareUpdate {
        FirmwareUpdate {
            request: Some(i64::from(self.request)),
            location: location.into(),
            retrieve_at: self.retrieve_at.unwrap_or(now),
            install_at: self.install_at,
            signature,
            retries: self.retries.map(|(retries, _)| retries),
            retry_interval_s: self.retries.map(|(_, pause)| pause),
        }
    }
}

fn failure_in_words(stage: FirmwareStage, cause: Option<&Cause>) -> String {
    let what = match stage {
        FirmwareStage::DownloadFailed => "it could not fetch the file",
        FirmwareStage::InvalidSignature => "the signature of the file is not valid",
        FirmwareStage::InstallVerificationFailed => "the file is not what it claims to be",
        _ => "it could not install the file",
    };
    match cause {
        Some(Cause { code, text: Some(text) }) => format!("{what} ({code}: {text})"),
        Some(Cause { code, text: None }) => format!("{what} ({code})"),
        None => what.to_owned(),
    }
}
