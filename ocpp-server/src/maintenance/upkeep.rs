//! Firmware and campaigns, logs, and certificates.
//!
//! ```text
//! files       what is kept beside the database: firmware, logs that came
//! links       addresses under which stations fetch and upload, each for one thing and one time
//! firmware    firmware and the update of one station
//! campaign    the same firmware for many stations, in waves
//! logs        logs of stations
//! key         a new key for a station, told by OCPP
//! certificate wishes of stations to have a certificate signed
//! work        the loop that goes on with everything that is not at its end
//! ```
//!
//! What is begun is a record before anything is sent, and what stations tell of it is kept by `handle`; a manager
//! that is killed in between goes on with what is left. Stations that are not connected wait.

mod campaign;
mod certificate;
mod files;
mod firmware;
mod key;
mod links;
mod logs;
mod plan;
mod work;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::StationId;
use tokio_util::sync::CancellationToken;

pub use campaign::{CampaignForm, CampaignReport, TargetReport};
pub use files::{Files, FilesError};
pub use firmware::{FirmwareForm, UpdateForm};
pub use key::KeyRenewal;
pub use links::{Links, Seal};
pub use logs::{LogForm, Upload, UploadRefused};

use crate::Csms;
use crate::domain::{Event, EventKind, Record};
use crate::store::{Change, CommitError, ReadError, TypedRecords, Unit};

/// How long things may take, and how large they may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpkeepSettings {
    /// The largest firmware that is kept, in bytes.
    pub max_firmware: u64,
    /// The largest log that is taken, in bytes.
    pub max_log: u64,
    /// How long a station may take to upload a log.
    pub upload_within: Duration,
    /// How long the log of a station is kept.
    pub keep_logs: Duration,
    /// How long to wait for a sign of an order whose answer got lost, before it is sent again.
    pub answer_within: Duration,
    /// How often an order is sent whose answer gets lost.
    pub attempts: u32,
    /// The first pause before something is tried again; it doubles up to an hour.
    pub retry_after: Duration,
    /// How long a wish for a certificate is worked on.
    pub sign_within: Duration,
}

impl Default for UpkeepSettings {
    fn default() -> UpkeepSettings {
        UpkeepSettings {
            max_firmware: 512 * 1024 * 1024,
            max_log: 256 * 1024 * 1024,
            upload_within: Duration::from_secs(3600),
            keep_logs: Duration::from_secs(30 * 86_400),
            answer_within: Duration::from_secs(120),
            attempts: 5,
            retry_after: Duration::from_secs(10),
            sign_within: Duration::from_secs(86_400),
        }
    }
}

/// Why something is not done. The sentences are for operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpkeepError {
    /// There is no such thing.
    #[error("There is no {what} {id:?}.")]
    #[allow(missing_docs)]
    Unknown { what: &'static str, id: String },
    /// A value is wrong.
    #[error("{sentence}")]
    #[allow(missing_docs)]
    Invalid { pointer: &'static str, sentence: String },
    /// Its present state does not allow it.
    #[error("{0}")]
    Forbidden(String),
    /// The station is not connected.
    #[error("The station is not connected: try again when it is.")]
    NotConnected,
    /// Somebody else changed it in the meantime.
    #[error("Somebody else has changed this in the meantime: try again.")]
    Conflict,
    /// The file is larger than is kept.
    #[error("The file has more than {0} bytes, which is the most that is kept.")]
    TooLarge(u64),
    /// The database or the disk fails.
    #[error("This does not work at the moment: {0}. Try again later.")]
    Unavailable(String),
}

impl From<ReadError> for UpkeepError {
    fn from(error: ReadError) -> UpkeepError {
        UpkeepError::Unavailable(error.to_string())
    }
}

impl From<CommitError> for UpkeepError {
    fn from(error: CommitError) -> UpkeepError {
        match error {
            CommitError::Conflict { .. } => UpkeepError::Conflict,
            other => UpkeepError::Unavailable(other.to_string()),
        }
    }
}

impl From<FilesError> for UpkeepError {
    fn from(error: FilesError) -> UpkeepError {
        match error {
            FilesError::TooLarge(limit) => UpkeepError::TooLarge(limit),
            other => UpkeepError::Unavailable(other.to_string()),
        }
    }
}

fn unknown(what: &'static str, id: &str) -> UpkeepError {
    UpkeepError::Unknown { what, id: id.chars().take(64).collect() }
}

fn invalid(pointer: &'static str, sentence: impl Into<String>) -> UpkeepError {
    UpkeepError::Invalid { pointer, sentence: sentence.into() }
}

/// How often to decide anew when somebody else changed a record in the meantime.
const MAX_CONFLICTS: usize = 10;

/// Firmware and campaigns, logs, and certificates of a manager. Clones are the same.
#[derive(Clone)]
pub struct Upkeep {
    csms: Csms,
    files: Files,
    links: Links,
    settings: UpkeepSettings,
    /// Uploads under way, so that of two at the same time one is refused.
    uploading: Arc<Mutex<HashSet<String>>>,
}

impl Upkeep {
    /// The upkeep of a manager; files are kept in `files`, and stations are told addresses out of `links`.
    #[must_use]
    pub fn new(csms: Csms, files: Files, links: Links, settings: UpkeepSettings) -> Upkeep {
        Upkeep { csms, files, links, settings, uploading: Arc::default() }
    }

    /// How long things may take, and how large they may be.
    #[must_use]
    pub const fn settings(&self) -> &UpkeepSettings {
        &self.settings
    }

    /// Goes on with everything that is not at its end, until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        self.work(&shutdown).await;
    }

    fn now(&self) -> Timestamp {
        self.csms.now()
    }

    fn uploading(&self) -> MutexGuard<'_, HashSet<String>> {
        // The set is whole whatever panicked elsewhere.
        self.uploading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn event(&self, station: &StationId, kind: EventKind) -> Event {
        Event { at: self.now(), station: Some(station.clone()), kind }
    }

    /// Changes a record, reading it anew when somebody else was faster. `None` from `change` leaves it as it is.
    async fn change<R: Record>(
        &self,
        key: &str,
        what: &'static str,
        change: impl Fn(R) -> Option<(R, Vec<Change>, Vec<Event>)>,
    ) -> Result<R, UpkeepError> {
        for _ in 0..MAX_CONFLICTS {
            let Some(found) = self.csms.store().get::<R>(key).await? else { return Err(unknown(what, key)) };
            let Some((changed, more, events)) = change(found.clone()) else { return Ok(found) };
            let mut changes = vec![Change::put(&changed)];
            changes.extend(more);
            match self.csms.commit(Unit { changes, events, ..Unit::default() }).await {
                Ok(()) => {
                    let revision = changed.revision().next();
                    return Ok(changed.at_revision(revision));
                }
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(UpkeepError::Conflict)
    }
}

/// A moment so much later.
fn after(at: Timestamp, time: Duration) -> Timestamp {
    SignedDuration::try_from(time).ok().and_then(|time| at.checked_add(time).ok()).unwrap_or(Timestamp::MAX)
}

/// The pause before the next attempt: doubling up to an hour.
fn pause(first: Duration, attempts: u32) -> Duration {
    first.saturating_mul(1 << attempts.min(12)).min(Duration::from_secs(3600))
}
