//! An update of the firmware: fetched at its time, installed between transactions, used after a restart.

use std::time::Duration;

use ocpp_core::model::{
    BootReason, Cause, Fact, FirmwareProgress, FirmwareStage, FirmwareUpdate, FirmwareVerdict, Outcome,
    SecurityEventKind,
};
use serde::{Deserialize, Serialize};

use super::patience;
use crate::engine::queue::FactToken;
use crate::engine::{Engine, Output};
use crate::hardware::{Actuation, Errand, ErrandResult, ErrandToken};

/// How long an installation takes.
const INSTALLS_FOR: Duration = Duration::from_secs(60);
/// How long to wait until the manager has heard that the station restarts.
const HEARD_WITHIN: Duration = Duration::from_secs(30);

/// An update that has to outlive a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingFirmware {
    /// What was ordered.
    pub update: FirmwareUpdate,
    /// The version that is installed and has not been told of.
    pub installed: Option<Box<str>>,
}

/// Where an update stands.
#[derive(Debug)]
enum Phase {
    WaitsToFetch {
        at: Duration,
    },
    Fetching(ErrandToken),
    WaitsToInstall {
        at: Duration,
        version: Box<str>,
    },
    /// Transactions run: it begins when they have ended (L01.FR.06).
    WaitsForTransactions {
        version: Box<str>,
    },
    Installing {
        until: Duration,
        version: Box<str>,
    },
    /// It restarts as soon as the manager has heard of it.
    Announced {
        token: FactToken,
        until: Duration,
        version: Box<str>,
    },
    /// It has restarted, and tells so when it may.
    Restarted,
}

#[derive(Debug)]
struct Job {
    update: FirmwareUpdate,
    phase: Phase,
    tries: u32,
    pause: Duration,
}

#[derive(Debug, Default)]
pub(super) struct Work {
    job: Option<Job>,
    /// The last stage that was said, and the number of its update (L01.FR.26).
    said: Option<(FirmwareStage, Option<i64>)>,
    /// Whether the EVSEs are closed for the installation.
    pub(super) closes: bool,
}

impl Work {
    pub(super) fn timeout(&self) -> Option<Duration> {
        match &self.job.as_ref()?.phase {
            Phase::WaitsToFetch { at } | Phase::WaitsToInstall { at, .. } => Some(*at),
            Phase::Installing { until, .. } | Phase::Announced { until, .. } => Some(*until),
            Phase::Fetching(_) | Phase::WaitsForTransactions { .. } | Phase::Restarted => None,
        }
    }
}

fn word(verdict: FirmwareVerdict) -> Outcome {
    Outcome::Firmware { verdict, cause: None }
}

impl Engine {
    /// An order of an update. One that is being installed cannot be given up (L01.FR.27).
    pub(super) fn update_firmware(&mut self, now: Duration, update: &FirmwareUpdate) -> Outcome {
        if let Some(signature) = &update.signature
            && !signature.certificate.contains("BEGIN CERTIFICATE")
        {
            let event = SecurityEventKind::INVALID_FIRMWARE_SIGNING_CERTIFICATE;
            self.raise(now, event, None);
            return word(FirmwareVerdict::InvalidCertificate);
        }
        let verdict = match self.upkeep.firmware.job.as_ref().map(|job| &job.phase) {
            None => FirmwareVerdict::Accepted,
            Some(Phase::Installing { .. } | Phase::Announced { .. } | Phase::Restarted) => {
                return word(FirmwareVerdict::Rejected);
            }
            Some(_) => FirmwareVerdict::AcceptedCanceled,
        };
        self.open_evses(now);
        let (tries, pause) = patience(update.retries, update.retry_interval_s);
        let at = now + self.until(now, update.retrieve_at);
        let phase = Phase::WaitsToFetch { at };
        self.upkeep.firmware.job = Some(Job { update: update.clone(), phase, tries, pause });
        self.keep_firmware(Some(PendingFirmware { update: update.clone(), installed: None }));
        if at > now {
            self.say_firmware(FirmwareStage::DownloadScheduled, None);
        }
        word(verdict)
    }

    /// Goes on with what was under way when the station was switched off.
    pub(in crate::engine) fn restore_firmware(&mut self, pending: Option<PendingFirmware>) {
        self.upkeep.firmware.job = pending.map(|pending| {
            let (tries, pause) = patience(pending.update.retries, pending.update.retry_interval_s);
            let phase = match pending.installed {
                Some(version) => {
                    self.config.boot.firmware = Some(version);
                    self.config.boot.reason = Some(BootReason::FIRMWARE_UPDATE);
                    Phase::Restarted
                }
                None => Phase::WaitsToFetch { at: Duration::ZERO },
            };
            Job { update: pending.update, phase, tries, pause }
        });
    }

    /// The manager has accepted the station: after a restart, the new firmware says that it is there
    /// (L01.FR.32), and that it is (L01.FR.31).
    pub(in crate::engine) fn firmware_accepted(&mut self, now: Duration) {
        let restarted = matches!(&self.upkeep.firmware.job, Some(Job { phase: Phase::Restarted, .. }));
        if restarted {
            self.say_firmware(FirmwareStage::Installed, None);
            self.end_update(now);
            let version = self.config.boot.firmware.clone();
            self.raise(now, SecurityEventKind::FIRMWARE_UPDATED, version.as_deref());
        }
    }

    pub(super) fn firmware_timeout(&mut self, now: Duration) {
        if self.upkeep.firmware.timeout().is_none_or(|at| at > now) {
            return;
        }
        let Some(job) = self.upkeep.firmware.job.take() else { return };
        match job.phase {
            Phase::WaitsToFetch { .. } => self.fetch(job),
            Phase::WaitsToInstall { version, .. } => {
                self.install(now, Job { phase: Phase::Restarted, ..job }, version)
            }
            Phase::Installing { version, .. } => {
                let token = self.say_firmware_of(&job.update, FirmwareStage::InstallRebooting, None);
                let phase = Phase::Announced { token, until: now + HEARD_WITHIN, version };
                self.upkeep.firmware.job = Some(Job { phase, ..job });
            }
            Phase::Announced { version, .. } => {
                self.restart_with(Job { phase: Phase::Restarted, ..job }, version);
            }
            Phase::Fetching(_) | Phase::WaitsForTransactions { .. } | Phase::Restarted => {
                self.upkeep.firmware.job = Some(job);
            }
        }
    }

    fn fetch(&mut self, job: Job) {
        self.say_firmware_of(&job.update, FirmwareStage::Downloading, None);
        let (url, signature) = (job.update.location.clone(), job.update.signature.clone());
        let token = self.send_errand(|token| Errand::Fetch { token, url, signature });
        self.upkeep.firmware.job = Some(Job { phase: Phase::Fetching(token), ..job });
    }

    /// An errand has ended; `false` when it is none of the firmware.
    pub(super) fn firmware_errand(
        &mut self,
        now: Duration,
        token: ErrandToken,
        result: &ErrandResult,
    ) -> bool {
        let is_ours = matches!(&self.upkeep.firmware.job, Some(Job { phase: Phase::Fetching(known), .. }) if *known == token);
        if !is_ours {
            return false;
        }
        let Some(job) = self.upkeep.firmware.job.take() else { return false };
        match result {
            ErrandResult::Fetched(fetched) => {
                self.say_firmware_of(&job.update, FirmwareStage::Downloaded, None);
                if !fetched.is_authentic {
                    self.say_firmware_of(&job.update, FirmwareStage::InvalidSignature, None);
                    self.end_update(now);
                    self.raise(now, SecurityEventKind::INVALID_FIRMWARE_SIGNATURE, None);
                    return true;
                }
                if job.update.signature.is_some() {
                    self.say_firmware_of(&job.update, FirmwareStage::SignatureVerified, None);
                }
                let version = fetched.version.clone();
                let at = job.update.install_at.map_or(now, |install| now + self.until(now, install));
                if at > now {
                    self.say_firmware_of(&job.update, FirmwareStage::InstallScheduled, None);
                    self.upkeep.firmware.job =
                        Some(Job { phase: Phase::WaitsToInstall { at, version }, ..job });
                } else {
                    self.install(now, job, version);
                }
            }
            ErrandResult::Failed(_) | ErrandResult::Uploaded if job.tries > 0 => {
                let phase = Phase::WaitsToFetch { at: now + job.pause };
                self.upkeep.firmware.job = Some(Job { phase, tries: job.tries - 1, ..job });
            }
            ErrandResult::Failed(failure) => {
                let cause =
                    Cause { code: "DownloadFailed".into(), text: Some(format!("{failure:?}").into()) };
                self.say_firmware_of(&job.update, FirmwareStage::DownloadFailed, Some(cause));
                self.end_update(now);
            }
            ErrandResult::Uploaded => {
                self.say_firmware_of(&job.update, FirmwareStage::DownloadFailed, None);
                self.end_update(now);
            }
        }
        true
    }

    /// Installs, or waits until no transaction runs: no new one begins until then (L01.FR.06, L01.FR.07).
    fn install(&mut self, now: Duration, job: Job, version: Box<str>) {
        self.close_evses(now);
        if self.evses.values().any(|evse| evse.transaction.is_some()) {
            self.say_firmware_of(&job.update, FirmwareStage::InstallScheduled, None);
            self.upkeep.firmware.job = Some(Job { phase: Phase::WaitsForTransactions { version }, ..job });
            return;
        }
        self.say_firmware_of(&job.update, FirmwareStage::Installing, None);
        let phase = Phase::Installing { until: now + INSTALLS_FOR, version };
        self.upkeep.firmware.job = Some(Job { phase, ..job });
    }

    /// The last transaction may have ended.
    /// Whether new firmware is being installed, which nothing may disturb.
    pub(in crate::engine) const fn is_installing_firmware(&self) -> bool {
        matches!(
            &self.upkeep.firmware.job,
            Some(Job { phase: Phase::Installing { .. } | Phase::Announced { .. }, .. })
        )
    }

    pub(in crate::engine) fn firmware_may_begin(&mut self, now: Duration) {
        let waits =
            matches!(&self.upkeep.firmware.job, Some(Job { phase: Phase::WaitsForTransactions { .. }, .. }));
        if !waits || self.evses.values().any(|evse| evse.transaction.is_some()) {
            return;
        }
        if let Some(Job { update, phase: Phase::WaitsForTransactions { version }, tries, pause }) =
            self.upkeep.firmware.job.take()
        {
            self.install(now, Job { update, phase: Phase::Restarted, tries, pause }, version);
        }
    }

    /// The manager has heard something: if it is that the station restarts, it does.
    pub(in crate::engine) fn firmware_heard(&mut self, answered: FactToken) {
        let is_it = matches!(
            &self.upkeep.firmware.job,
            Some(Job { phase: Phase::Announced { token, .. }, .. }) if *token == answered
        );
        if !is_it {
            return;
        }
        if let Some(Job { update, phase: Phase::Announced { version, .. }, tries, pause }) =
            self.upkeep.firmware.job.take()
        {
            self.restart_with(Job { update, phase: Phase::Restarted, tries, pause }, version);
        }
    }

    fn restart_with(&mut self, job: Job, version: Box<str>) {
        self.keep_firmware(Some(PendingFirmware {
            update: job.update.clone(),
            installed: Some(version.clone()),
        }));
        self.config.boot.firmware = Some(version);
        self.config.boot.reason = Some(BootReason::FIRMWARE_UPDATE);
        self.upkeep.firmware.job = Some(job);
        self.registration = None;
        self.outputs.push_back(Output::Actuate(Actuation::Restart));
    }

    fn end_update(&mut self, now: Duration) {
        self.upkeep.firmware.job = None;
        self.keep_firmware(None);
        self.open_evses(now);
    }

    fn close_evses(&mut self, now: Duration) {
        self.upkeep.firmware.closes = true;
        self.show_idle(now);
    }

    fn open_evses(&mut self, now: Duration) {
        if std::mem::take(&mut self.upkeep.firmware.closes) {
            self.show_idle(now);
        }
    }

    fn say_firmware(&mut self, stage: FirmwareStage, cause: Option<Cause>) {
        if let Some(job) = &self.upkeep.firmware.job {
            let update = job.update.clone();
            self.say_firmware_of(&update, stage, cause);
        }
    }

    fn say_firmware_of(
        &mut self,
        update: &FirmwareUpdate,
        stage: FirmwareStage,
        cause: Option<Cause>,
    ) -> FactToken {
        self.upkeep.firmware.said = Some((stage, update.request));
        self.queue.push(progress(update, stage, cause))
    }

    /// The last word again, when it is asked for (L01.FR.25, L01.FR.26); `false` when nothing is under way.
    pub(in crate::engine) fn says_firmware_again(&mut self) -> bool {
        match self.upkeep.firmware.said {
            Some((stage, request)) if stage != FirmwareStage::Installed => {
                self.queue.push(Fact::Firmware(FirmwareProgress { request, stage, cause: None }));
                true
            }
            _ => false,
        }
    }
}

fn progress(update: &FirmwareUpdate, stage: FirmwareStage, cause: Option<Cause>) -> Fact {
    Fact::Firmware(FirmwareProgress { request: update.request, stage, cause })
}
