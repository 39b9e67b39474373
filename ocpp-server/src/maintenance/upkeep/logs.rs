//! Logs of stations (N01): ordered with an address under which the file comes, and kept for a while.

use std::path::PathBuf;

use futures_util::Stream;
use jiff::Timestamp;
use ocpp_core::model::{Command, LogKind, LogOrder, LogVerdict, Outcome, StationId};
use ocpp_core::types::Version;

use super::{FilesError, Seal, Upkeep, UpkeepError, after, invalid, unknown};
use crate::domain::{EventKind, LogState, OpenUpkeep, RecordKind, Revision, StationLog, UpkeepKind};
use crate::maintenance::giving::{Told, tell};
use crate::store::{Change, CommitError, RecordFilter, TypedRecords, Unit};

/// Which log of a station is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogForm {
    /// Which log.
    pub log: LogKind,
    /// The earliest moment that it is to cover.
    pub from: Option<Timestamp>,
    /// The latest moment that it is to cover.
    pub until: Option<Timestamp>,
    /// How often the station tries again, and with what pause in seconds; it decides when absent.
    pub retries: Option<(u32, u32)>,
}

/// Which upload comes, out of its address.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Whose log.
    pub station: StationId,
    /// Its number.
    pub request: u32,
    /// What proves the address.
    pub seal: Seal,
    /// What the station calls the file.
    pub file_name: Option<String>,
}

/// Why an upload is not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadRefused {
    /// The address is none of ours, or its time is over.
    #[error("This address is not valid, or not any more: order the log again.")]
    BadAddress,
    /// The file is here already, or another upload of it is under way.
    #[error("This file is here already: each address takes one file.")]
    Taken,
    /// The file is too large.
    #[error("The file has more than {0} bytes, which is the most that is taken.")]
    TooLarge(u64),
    /// The upload broke off.
    #[error("The upload broke off.")]
    BrokenOff,
    /// The database or the disk fails.
    #[error("The file cannot be kept at the moment: try again later.")]
    Unavailable,
}

/// The most characters that are kept of the name of a file.
const MAX_NAME: usize = 255;
/// The most logs of a station that are looked at.
const LATEST: usize = 100;

impl Upkeep {
    /// Orders a log from a station that is connected, and tells what it said.
    ///
    /// # Errors
    /// [`UpkeepError::NotConnected`] and others; the log is kept as failed when the station refused it.
    pub async fn order_log(
        &self,
        station: &StationId,
        form: &LogForm,
        by: &str,
    ) -> Result<StationLog, UpkeepError> {
        if let (Some(from), Some(until)) = (form.from, form.until)
            && until < from
        {
            return Err(invalid("/until", "A log does not end before it begins."));
        }
        let version = self.csms.stations().version(station).ok_or(UpkeepError::NotConnected)?;
        let log = self.begin_log(station, form, by).await?;
        let order = LogOrder {
            // GetDiagnostics is what every station of 1.6 knows; it has no number.
            request: (version != Version::V16 || form.log != LogKind::Diagnostics)
                .then(|| i64::from(log.request)),
            log: form.log,
            location: self.links.upload(station, log.request, log.until).into(),
            from: form.from,
            until: form.until,
            retries: form.retries.map(|(retries, _)| retries),
            retry_interval_s: form.retries.map(|(_, pause)| pause),
        };
        let said = tell(&self.csms, station, Command::GetLog(order), by).await;
        self.note_log_answer(&log, said).await
    }

    async fn begin_log(
        &self,
        station: &StationId,
        form: &LogForm,
        by: &str,
    ) -> Result<StationLog, UpkeepError> {
        let now = self.now();
        for _ in 0..super::MAX_CONFLICTS {
            let newest = self.logs_of(station, 1).await?;
            let request = newest.first().map_or(1, |newest| newest.request.saturating_add(1));
            let log = StationLog {
                station: station.clone(),
                request,
                revision: Revision::default(),
                log: form.log,
                state: LogState::Sent,
                stage: None,
                file_name: None,
                file: None,
                by: by.to_owned(),
                ordered_at: now,
                until: after(now, self.settings.upload_within),
                kept_until: after(now, self.settings.keep_logs),
            };
            let open = OpenUpkeep::new(UpkeepKind::Log, station, u64::from(request));
            let changes = vec![Change::put(&log), Change::put(&open)];
            let events = vec![self.event(station, changed(&log))];
            match self.csms.commit(Unit { changes, events, ..Unit::default() }).await {
                Ok(()) => return Ok(StationLog { revision: Revision(1), ..log }),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(UpkeepError::Conflict)
    }

    async fn note_log_answer(&self, log: &StationLog, said: Told) -> Result<StationLog, UpkeepError> {
        let (station, request) = (&log.station, log.request);
        match said {
            Told::Said(Outcome::Log { verdict, file, .. }) if verdict.is_accepted() => {
                let noted = self
                    .change_log(station, request, |log| {
                        log.file_name = log.file_name.take().or_else(|| file.as_deref().map(str::to_owned));
                        // It may have told more, or uploaded, already.
                        if log.state == LogState::Sent {
                            log.state = LogState::Running;
                        }
                    })
                    .await?;
                if verdict == LogVerdict::AcceptedCanceled {
                    self.supersede_logs_before(station, request).await?;
                }
                Ok(noted)
            }
            Told::Said(Outcome::Log { cause, .. }) => {
                let told = cause.map(|cause| format!(" ({})", cause.code)).unwrap_or_default();
                self.fail_log(station, request, format!("the station has no such log{told}")).await
            }
            Told::Said(_) => {
                self.fail_log(station, request, "the station's answer is none to this".to_owned()).await
            }
            // It may be at it: the file, or word of it, may still come.
            Told::Unclear(_) => Ok(log.clone()),
            Told::NotConnected => {
                self.fail_log(station, request, "the station is not connected".to_owned()).await
            }
            Told::Refused(why) => {
                self.fail_log(station, request, format!("the station's answer: {why}")).await
            }
            Told::Impossible(why) | Told::Forbidden(why) | Told::NotKept(why) => {
                self.fail_log(station, request, why).await
            }
        }
    }

    async fn supersede_logs_before(&self, station: &StationId, request: u32) -> Result<(), UpkeepError> {
        for before in self.logs_of(station, LATEST).await? {
            if before.request < request && before.state.is_open() {
                self.change_log(station, before.request, |log| {
                    if log.state.is_open() {
                        log.state = LogState::Superseded;
                    }
                })
                .await?;
            }
        }
        Ok(())
    }

    async fn fail_log(
        &self,
        station: &StationId,
        request: u32,
        why: String,
    ) -> Result<StationLog, UpkeepError> {
        self.change_log(station, request, |log| {
            if log.state.is_open() {
                log.state = LogState::Failed { why: why.clone() };
            }
        })
        .await
    }

    async fn change_log(
        &self,
        station: &StationId,
        request: u32,
        change: impl Fn(&mut StationLog),
    ) -> Result<StationLog, UpkeepError> {
        let key = StationLog::key_of(station, request);
        self.change(&key, "log", |before: StationLog| {
            let mut log = before.clone();
            change(&mut log);
            if log == before {
                return None;
            }
            let told = (log.state != before.state).then(|| self.event(station, changed(&log)));
            Some((log, Vec::new(), told.into_iter().collect()))
        })
        .await
    }

    /// The latest logs of a station, the last one first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn logs_of(&self, station: &StationId, limit: usize) -> Result<Vec<StationLog>, UpkeepError> {
        let filter = RecordFilter::all(RecordKind::StationLog, limit).of(station.as_str()).descending();
        Ok(self.csms.store().list(filter).await?)
    }

    /// A log.
    ///
    /// # Errors
    /// [`UpkeepError::Unknown`].
    pub async fn log(&self, station: &StationId, request: u32) -> Result<StationLog, UpkeepError> {
        let key = StationLog::key_of(station, request);
        self.csms.store().get::<StationLog>(&key).await?.ok_or_else(|| unknown("log", &key))
    }

    /// The file of a log that is here.
    ///
    /// # Errors
    /// [`UpkeepError::Forbidden`] when it is not here.
    pub async fn log_file(
        &self,
        station: &StationId,
        request: u32,
    ) -> Result<(StationLog, PathBuf), UpkeepError> {
        let log = self.log(station, request).await?;
        if log.state != LogState::Here {
            return Err(UpkeepError::Forbidden("The file of this log is not here.".to_owned()));
        }
        let path = self.files.path_of(&file_key(station, request));
        Ok((log, path))
    }

    /// Removes the file of a log.
    ///
    /// # Errors
    /// [`UpkeepError::Forbidden`] when it is not here.
    pub async fn remove_log(&self, station: &StationId, request: u32) -> Result<StationLog, UpkeepError> {
        self.log_file(station, request).await?;
        self.drop_log(station, request).await
    }

    async fn drop_log(&self, station: &StationId, request: u32) -> Result<StationLog, UpkeepError> {
        let removed = self
            .change_log(station, request, |log| {
                if log.state == LogState::Here {
                    log.state = LogState::Removed;
                }
            })
            .await?;
        let file = self.files.remove(&file_key(station, request));
        file.map_err(|error| UpkeepError::Unavailable(error.to_string()))?;
        Ok(removed)
    }

    /// Takes the file that a station uploads: once, within the time of its address, and not larger than is
    /// allowed.
    ///
    /// # Errors
    /// [`UploadRefused`]; nothing of the file is kept then.
    pub async fn take_log<B: AsRef<[u8]>, E>(
        &self,
        upload: &Upload,
        content: impl Stream<Item = Result<B, E>>,
    ) -> Result<StationLog, UploadRefused> {
        let (station, request) = (&upload.station, upload.request);
        if !self.links.opens_upload(station, request, &upload.seal, self.now()) {
            return Err(UploadRefused::BadAddress);
        }
        let log = self.log(station, request).await.map_err(|error| match error {
            UpkeepError::Unknown { .. } => UploadRefused::BadAddress,
            _ => UploadRefused::Unavailable,
        })?;
        if log.file.is_some() {
            return Err(UploadRefused::Taken);
        }
        let key = file_key(station, request);
        if !self.uploading().insert(key.clone()) {
            return Err(UploadRefused::Taken);
        }
        let kept = self.take_file(&key, content).await;
        self.uploading().remove(&key);
        let kept = kept?;
        let name = upload.file_name.as_deref().map(clean_name).filter(|name| !name.is_empty());
        let here = self.change_log(station, request, |log| {
            log.file = Some(kept.clone());
            log.file_name = name.clone().or_else(|| log.file_name.take());
            log.state = LogState::Here;
        });
        here.await.map_err(|_| UploadRefused::Unavailable)
    }

    async fn take_file<B: AsRef<[u8]>, E>(
        &self,
        key: &str,
        content: impl Stream<Item = Result<B, E>>,
    ) -> Result<crate::domain::KeptFile, UploadRefused> {
        self.take(key, self.settings.max_log, content).await.map_err(|error| match error {
            FilesError::TooLarge(limit) => UploadRefused::TooLarge(limit),
            FilesError::BrokenOff => UploadRefused::BrokenOff,
            FilesError::Disk(error) => {
                tracing::error!(%error, "a log cannot be kept");
                UploadRefused::Unavailable
            }
        })
    }

    /// Goes on with a log; tells when to look at it again, `None` when it is at its end.
    pub(super) async fn step_log(
        &self,
        station: &StationId,
        request: u32,
    ) -> Result<Option<Timestamp>, UpkeepError> {
        let key = StationLog::key_of(station, request);
        let Some(log) = self.csms.store().get::<StationLog>(&key).await? else { return Ok(None) };
        let now = self.now();
        match log.state {
            LogState::Here if now >= log.kept_until => {
                self.drop_log(station, request).await?;
                Ok(None)
            }
            LogState::Here => Ok(Some(log.kept_until)),
            _ if log.state.is_open() && now >= log.until => {
                let why = match log.state {
                    LogState::Missing => "the station says that it was uploaded, and nothing has come here",
                    LogState::Sent => "the station did not answer",
                    _ => "the file did not come in time",
                };
                self.fail_log(station, request, why.to_owned()).await?;
                Ok(None)
            }
            _ if log.state.is_open() => Ok(Some(log.until)),
            _ => Ok(None),
        }
    }
}

fn file_key(station: &StationId, request: u32) -> String {
    format!("log/{}", StationLog::key_of(station, request))
}

fn changed(log: &StationLog) -> EventKind {
    EventKind::LogChanged { request: log.request, state: log.state.name().to_owned() }
}

/// The name of a file without the folders before it, and without what does not belong into a name.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|sign| !sign.is_control() && *sign != '"').take(MAX_NAME).collect()
}
