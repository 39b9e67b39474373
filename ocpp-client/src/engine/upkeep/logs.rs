//! Logs: written together when they are asked for, and uploaded (N01).

use std::fmt::Write;
use std::time::Duration;

use ocpp_core::model::{Fact, LogKind, LogOrder, LogProgress, LogStage, LogVerdict, Outcome};

use super::patience;
use crate::engine::Engine;
use crate::hardware::{Errand, ErrandFailure, ErrandResult, ErrandToken};

#[derive(Debug)]
struct Job {
    order: LogOrder,
    name: Box<str>,
    content: Vec<u8>,
    /// The errand under way, or when the next one begins.
    step: Step,
    tries: u32,
    pause: Duration,
}

#[derive(Debug)]
enum Step {
    Uploading(ErrandToken),
    Waits { until: Duration },
}

#[derive(Debug, Default)]
pub(super) struct Work(Option<Job>);

impl Work {
    pub(super) fn timeout(&self) -> Option<Duration> {
        match self.0.as_ref()?.step {
            Step::Waits { until } => Some(until),
            Step::Uploading(_) => None,
        }
    }
}

fn word(verdict: LogVerdict, file: Option<Box<str>>) -> Outcome {
    Outcome::Log { verdict, file, cause: None }
}

impl Engine {
    /// An order of a log. An upload under way gives way to it (N01.FR.12).
    pub(super) fn upload_log(&mut self, now: Duration, order: &LogOrder) -> Outcome {
        let Some(content) = self.log_of(now, order) else { return word(LogVerdict::Rejected, None) };
        let before = self.upkeep.logs.0.take();
        if let Some(before) = &before {
            self.say_log(&before.order, LogStage::AcceptedCanceled);
        }
        let day = self.clock.at(now).strftime("%Y%m%dT%H%M%SZ").to_string();
        let name: Box<str> = match order.log {
            LogKind::Security => format!("security-{day}.log").into(),
            _ => format!("diagnostics-{day}.log").into(),
        };
        let (tries, pause) = patience(order.retries, order.retry_interval_s);
        // The upload follows the reply.
        let step = Step::Waits { until: now };
        let content = content.into_bytes();
        self.upkeep.logs.0 =
            Some(Job { order: order.clone(), name: name.clone(), content, step, tries, pause });
        let verdict = if before.is_some() { LogVerdict::AcceptedCanceled } else { LogVerdict::Accepted };
        word(verdict, Some(name))
    }

    /// The log that is asked for; `None` when there is none, or nothing in it (N01.FR.05).
    fn log_of(&self, now: Duration, order: &LogOrder) -> Option<String> {
        match order.log {
            LogKind::Diagnostics => Some(self.diagnostics(now)),
            LogKind::Security => {
                let covered = |at| {
                    order.from.is_none_or(|from| from <= at) && order.until.is_none_or(|until| at <= until)
                };
                let mut log = String::new();
                for event in self.upkeep.events.iter().filter(|event| covered(event.at)) {
                    let info = event.info.as_deref().unwrap_or_default();
                    let _ = writeln!(log, "{} {} {info}", event.at, event.event);
                }
                (!log.is_empty()).then_some(log)
            }
            LogKind::DataCollector => None,
        }
    }

    fn diagnostics(&self, now: Duration) -> String {
        let boot = &self.config.boot;
        let mut log = String::new();
        let firmware = boot.firmware.as_deref().unwrap_or("unknown");
        let _ = writeln!(log, "{} {} {}, firmware {firmware}", self.clock.at(now), boot.vendor, boot.model);
        let _ = writeln!(log, "up for {} s, registration {:?}", now.as_secs(), self.registration);
        let _ = writeln!(log, "{} messages wait", self.queue.len());
        for evse in self.evses.values() {
            let charging = if evse.transaction.is_some() { "charging" } else { "idle" };
            let register = evse.measurement.map_or(0, |measurement| measurement.register.0);
            let _ = writeln!(log, "EVSE {}: {:?}, {charging}, {register} Wh", evse.id.0, evse.status);
        }
        for session in &self.finished {
            let _ = writeln!(
                log,
                "session {} at EVSE {}: {} Wh, {}",
                session.name, session.evse.0, session.energy.0, session.reason
            );
        }
        log
    }

    pub(super) fn log_timeout(&mut self, now: Duration) {
        if self.upkeep.logs.timeout().is_none_or(|until| until > now) {
            return;
        }
        let Some(mut job) = self.upkeep.logs.0.take() else { return };
        self.say_log(&job.order, LogStage::Uploading);
        let (url, name, content) = (job.order.location.clone(), job.name.clone(), job.content.clone());
        let token = self.send_errand(|token| Errand::Upload { token, url, name, content });
        job.step = Step::Uploading(token);
        self.upkeep.logs.0 = Some(job);
    }

    pub(super) fn log_errand(&mut self, now: Duration, token: ErrandToken, result: &ErrandResult) {
        let is_ours =
            matches!(&self.upkeep.logs.0, Some(Job { step: Step::Uploading(known), .. }) if *known == token);
        if !is_ours {
            return;
        }
        let Some(mut job) = self.upkeep.logs.0.take() else { return };
        let stage = match result {
            ErrandResult::Uploaded => LogStage::Uploaded,
            ErrandResult::Failed(_) | ErrandResult::Fetched(_) if job.tries > 0 => {
                job.tries -= 1;
                job.step = Step::Waits { until: now + job.pause };
                self.upkeep.logs.0 = Some(job);
                return;
            }
            ErrandResult::Failed(ErrandFailure::Denied) => LogStage::PermissionDenied,
            ErrandResult::Failed(ErrandFailure::BadMessage) => LogStage::BadMessage,
            ErrandResult::Failed(ErrandFailure::NotSupported) => LogStage::NotSupportedOperation,
            ErrandResult::Failed(ErrandFailure::Unreachable) | ErrandResult::Fetched(_) => {
                LogStage::UploadFailure
            }
        };
        self.say_log(&job.order, stage);
    }

    fn say_log(&mut self, order: &LogOrder, stage: LogStage) {
        self.queue.push(Fact::Log(LogProgress { request: order.request, stage, cause: None }));
    }

    /// What it is at, when that is asked for; `false` when nothing is under way.
    pub(in crate::engine) fn says_log_again(&mut self) -> bool {
        let Some(order) = self.upkeep.logs.0.as_ref().map(|job| job.order.clone()) else { return false };
        self.say_log(&order, LogStage::Uploading);
        true
    }
}
