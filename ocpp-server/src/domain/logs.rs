//! Logs that stations were asked for, and the files that came.

use jiff::Timestamp;
use ocpp_core::model::{Cause, LogKind, LogStage, StationId};
use serde::{Deserialize, Serialize};

use super::firmware::KeptFile;
use super::record::record;
use super::station::Revision;

/// A log that a station was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StationLog {
    /// Whose.
    pub station: StationId,
    /// Its number, which the station repeats; later ones of a station are higher.
    pub request: u32,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Which log.
    pub log: LogKind,
    /// How far it is.
    pub state: LogState,
    /// What the station told last.
    pub stage: Option<LogStage>,
    /// What the station calls the file.
    pub file_name: Option<String>,
    /// The file that came.
    pub file: Option<KeptFile>,
    /// Who wanted it.
    pub by: String,
    /// When.
    pub ordered_at: Timestamp,
    /// Until when the file may come; after it, what is not there failed.
    pub until: Timestamp,
    /// When the file is removed.
    pub kept_until: Timestamp,
}

record!(
    StationLog is StationLog,
    key |log| StationLog::key_of(&log.station, log.request),
    owner |log| Some(log.station.to_string())
);

/// How far a log is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum LogState {
    /// The station was told and has not answered yet.
    Sent,
    /// It has agreed.
    Running,
    /// The file is here.
    Here,
    /// The station says that it was uploaded, and nothing has come here.
    Missing,
    /// It did not work out.
    #[allow(missing_docs)]
    Failed { why: String },
    /// A later order took its place.
    Superseded,
    /// The file was here and was removed.
    Removed,
}

impl LogState {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            LogState::Sent => "sent",
            LogState::Running => "running",
            LogState::Here => "here",
            LogState::Missing => "missing",
            LogState::Failed { .. } => "failed",
            LogState::Superseded => "superseded",
            LogState::Removed => "removed",
        }
    }

    /// Whether the file may still come.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, LogState::Sent | LogState::Running | LogState::Missing)
    }
}

impl StationLog {
    /// The key of a station's log: lists of one station are in the order of their numbers.
    #[must_use]
    pub fn key_of(station: &StationId, request: u32) -> String {
        format!("{station}/{request:010}")
    }

    /// Notes what the station told. The file itself counts for more than any word about it.
    pub fn note(&mut self, stage: LogStage, cause: Option<&Cause>) {
        self.stage = Some(stage);
        if !self.state.is_open() {
            return;
        }
        if stage.is_failure() {
            self.state = LogState::Failed { why: failure_in_words(stage, cause) };
        } else {
            match stage {
                LogStage::Uploaded => self.state = LogState::Missing,
                LogStage::AcceptedCanceled => self.state = LogState::Superseded,
                LogStage::Uploading => self.state = LogState::Running,
                _ => {}
            }
        }
    }
}

fn failure_in_words(stage: LogStage, cause: Option<&Cause>) -> String {
    let what = match stage {
        LogStage::BadMessage => "the upload was not understood",
        LogStage::PermissionDenied => "the upload was not allowed",
        LogStage::NotSupportedOperation => "the station cannot upload this way",
        _ => "the upload failed",
    };
    match cause {
        Some(Cause { code, text: Some(text) }) => format!("{what} ({code}: {text})"),
        Some(Cause { code, text: None }) => format!("{what} ({code})"),
        None => what.to_owned(),
    }
}
