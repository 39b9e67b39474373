//! Having stations report their settings, and giving up on reports that do not arrive.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{
    BootReason, Command, Criterion, Outcome, ReportKind, ReportSubject, Scope, StationId, Verdict,
};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{DeviceError, DeviceModels};
use crate::domain::{
    Event, EventKind, Learnt, RecordKind, ReportScope, ReportState, Revision, SeenSteps, StationDevice,
    StationReport,
};
use crate::maintenance::giving::{Given, give};
use crate::store::{Change, CommitError, ReadError, RecordFilter, TypedRecords, Unit};

/// How long nothing may be heard of a report before it is given up.
const PATIENCE: SignedDuration = SignedDuration::from_secs(120);
/// How many reports to read at a time.
const PAGE: usize = 500;
/// How often to decide anew when somebody else changed a report in the meantime.
const MAX_CONFLICTS: usize = 10;

/// What a station is to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// What the specification lays down (B07); a station of 1.6 tells all its keys, whatever kind.
    Base(ReportKind),
    /// Settings of components that are in one of these states, and of these alone (B08); not in 1.6.
    #[allow(missing_docs)]
    Chosen { criteria: Vec<Criterion>, settings: Vec<ReportSubject> },
}

/// When to give which report up.
type Due = BTreeMap<(StationId, u64), Timestamp>;

impl DeviceModels {
    /// Asks a station to report settings now. In 2.x the parts follow by themselves; the report that is given back
    /// is how it stands after the station's first word.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn ask(&self, station: &StationId, ask: Ask, by: &str) -> Result<StationReport, DeviceError> {
        let version = self.connected_version(station)?;
        if !version.is_2x() {
            return match ask {
                Ask::Base(_) => self.read_all_keys(station, by).await,
                Ask::Chosen { .. } => Err(DeviceError::invalid(
                    "/settings",
                    "A station of OCPP 1.6 has no such reports: read the settings by name, or report all.",
                )),
            };
        }
        let scope = match &ask {
            Ask::Base(kind) => ReportScope::Base(*kind),
            Ask::Chosen { .. } => ReportScope::Chosen,
        };
        let report = self.begin(station, scope, by).await?;
        // The numbers of a station come round after two thousand million reports.
        let request = report.request.unwrap_or_default();
        let command = match ask {
            Ask::Base(kind) => Command::ReportBase { request, kind },
            Ask::Chosen { criteria, settings } => Command::Report { request, criteria, settings },
        };
        let state = match give(&self.csms, station, command, by).await {
            Given::Answered(Outcome::Verdict(Verdict::Accepted)) => return self.current(&report).await,
            Given::Answered(Outcome::Verdict(Verdict::NothingFits)) => ReportState::Empty,
            Given::Answered(outcome) => ReportState::Refused { why: outcome.word() },
            // Parts may come all the same.
            Given::Unclear(_) => return self.current(&report).await,
            given => ReportState::Refused { why: given.why() },
        };
        self.become_state(&report, |open| open.parts.highest().is_none().then(|| state.clone())).await
    }

    /// All configuration keys of a station of 1.6 are a full report in one answer.
    async fn read_all_keys(&self, station: &StationId, by: &str) -> Result<StationReport, DeviceError> {
        let report = self.begin(station, ReportScope::Base(ReportKind::Full), by).await?;
        let state = match give(&self.csms, station, Command::ReadSettings(Scope::All), by).await {
            Given::Answered(Outcome::Settings(told)) => {
                let since = report.since;
                self.learn(station, &told, Learnt::Reported, |device| device.full_since = Some(since))
                    .await?;
                let count = u32::try_from(told.len()).unwrap_or(u32::MAX);
                return self
                    .change_report(&report, |open| {
                        let state = ReportState::Complete { at: self.now() };
                        Some(StationReport { settings: count, heard_at: self.now(), state, ..open })
                    })
                    .await;
            }
            Given::Answered(outcome) => ReportState::Refused { why: outcome.word() },
            given => ReportState::Refused { why: given.why() },
        };
        self.become_state(&report, |_| Some(state.clone())).await
    }

    /// Writes down that a report is to come, before the station is asked.
    async fn begin(
        &self,
        station: &StationId,
        scope: ReportScope,
        by: &str,
    ) -> Result<StationReport, DeviceError> {
        let store = self.csms.store();
        for _ in 0..MAX_CONFLICTS {
            let device: Option<StationDevice> = store.get(station.as_str()).await?;
            let mut device = device.unwrap_or_else(|| StationDevice::new(station.clone()));
            let number = device.next_report;
            device.next_report = number.saturating_add(1);
            let is_2x = self.version(station).await?.is_2x();
            let request = i32::try_from(number & 0x7fff_ffff).unwrap_or_default();
            let report = StationReport {
                station: station.clone(),
                number,
                revision: Revision::default(),
                request: is_2x.then_some(request),
                scope: scope.clone(),
                by: by.chars().take(200).collect(),
                since: self.now(),
                heard_at: self.now(),
                parts: SeenSteps::default(),
                last: None,
                settings: 0,
                left_out: 0,
                state: ReportState::Awaited,
            };
            let mut changes = vec![Change::put(&device), Change::put(&report)];
            if let Some(oldest) = number.checked_sub(StationReport::KEPT) {
                let oldest = store.get::<StationReport>(&StationReport::key_of(station, oldest)).await?;
                changes.extend(oldest.as_ref().map(Change::remove));
            }
            match self.csms.commit(self.unit(&report, changes)).await {
                Ok(()) => return Ok(StationReport { revision: report.revision.next(), ..report }),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DeviceError::Conflict)
    }

    fn unit(&self, report: &StationReport, changes: Vec<Change>) -> Unit {
        let kind = EventKind::ReportChanged {
            number: report.number,
            state: report.state.name().to_owned(),
            settings: report.settings,
        };
        let event = Event { at: self.now(), station: Some(report.station.clone()), kind };
        Unit { changes, events: vec![event], ..Unit::default() }
    }

    async fn current(&self, report: &StationReport) -> Result<StationReport, DeviceError> {
        let key = StationReport::key_of(&report.station, report.number);
        let kept: Option<StationReport> = self.csms.store().get(&key).await?;
        kept.ok_or_else(|| DeviceError::unknown("report", &report.number.to_string()))
    }

    async fn become_state(
        &self,
        report: &StationReport,
        state: impl Fn(&StationReport) -> Option<ReportState>,
    ) -> Result<StationReport, DeviceError> {
        self.change_report(report, |open| state(&open).map(|state| StationReport { state, ..open })).await
    }

    /// Changes a report as long as it is open; `None` leaves it as it is.
    async fn change_report(
        &self,
        report: &StationReport,
        change: impl Fn(StationReport) -> Option<StationReport>,
    ) -> Result<StationReport, DeviceError> {
        for _ in 0..MAX_CONFLICTS {
            let kept = self.current(report).await?;
            if !kept.state.is_open() {
                return Ok(kept);
            }
            let Some(changed) = change(kept.clone()) else { return Ok(kept) };
            match self.csms.commit(self.unit(&changed, vec![Change::put(&changed)])).await {
                Ok(()) => return Ok(StationReport { revision: changed.revision.next(), ..changed }),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DeviceError::Conflict)
    }

    /// Gives reports up of which nothing is heard any more, forgets what waited for a restart that has happened, and
    /// keeps what stations say to orders of others, until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut events = self.csms.bus().listen();
        let mut due = Due::new();
        self.look_at_all(&mut due).await;
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.sleep_until(due.values().min().copied()) => self.give_up(&mut due).await,
                event = events.recv() => match event {
                    Ok(event) => if let Some(station) = &event.event.station {
                        self.hear(&mut due, station, &event.event.kind).await;
                    },
                    Err(RecvError::Lagged(_)) => self.look_at_all(&mut due).await,
                    Err(RecvError::Closed) => return,
                },
            }
        }
    }

    async fn hear(&self, due: &mut Due, station: &StationId, kind: &EventKind) {
        match kind {
            EventKind::ReportChanged { number, state, .. } => {
                let is_open = state == ReportState::Awaited.name() || state == ReportState::Arriving.name();
                match is_open {
                    true => drop(due.insert((station.clone(), *number), self.now() + PATIENCE)),
                    false => drop(due.remove(&(station.clone(), *number))),
                }
            }
            EventKind::OrderChanged { order, state, .. } if state == "ended" => {
                if let Err(error) = self.learn_order(order).await {
                    tracing::warn!(%station, %order, %error, "what a station said of its settings is not kept");
                }
            }
            EventKind::StationBooted { boot, .. } if boot.reason != Some(BootReason::TRIGGERED) => {
                let now = self.now();
                let settled = |device: &mut StationDevice| device.reboot_for.retain(|_, since| *since > now);
                let kept: Result<Option<StationDevice>, _> = self.csms.store().get(station.as_str()).await;
                if let Ok(Some(device)) = kept
                    && !device.reboot_for.is_empty()
                    && let Err(error) = self.learn(station, &[], Learnt::Read, settled).await
                {
                    tracing::warn!(%station, %error, "what waited for a restart is not forgotten");
                }
            }
            _ => {}
        }
    }

    async fn give_up(&self, due: &mut Due) {
        let now = self.now();
        let over: Vec<_> = due.iter().filter(|(_, at)| **at <= now).map(|(key, _)| key.clone()).collect();
        for (station, number) in over {
            match self.give_up_one(&station, number).await {
                Ok(Some(again)) => drop(due.insert((station, number), again)),
                Ok(None) => drop(due.remove(&(station, number))),
                Err(error) => {
                    tracing::warn!(%station, number, %error, "a report is looked at again");
                    due.insert((station, number), now + PATIENCE);
                }
            }
        }
    }

    /// Tells when to look again at a report of which something was heard in between.
    async fn give_up_one(&self, station: &StationId, number: u64) -> Result<Option<Timestamp>, DeviceError> {
        let key = StationReport::key_of(station, number);
        let Some(report) = self.csms.store().get::<StationReport>(&key).await? else { return Ok(None) };
        let now = self.now();
        let left = self
            .become_state(&report, |open| {
                (open.heard_at + PATIENCE <= now).then_some(ReportState::Abandoned { at: now })
            })
            .await?;
        Ok(left.state.is_open().then_some(left.heard_at + PATIENCE))
    }

    async fn look_at_all(&self, due: &mut Due) {
        if let Err(error) = self.read_open(due).await {
            tracing::error!(%error, "reports of settings cannot be read; it is tried again");
        }
    }

    async fn read_open(&self, due: &mut Due) -> Result<(), ReadError> {
        let mut after = None;
        loop {
            let filter = RecordFilter::all(RecordKind::StationReport, PAGE).after(after.take());
            let page: Vec<StationReport> = self.csms.store().list(filter).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(StationReport::key_of(&last.station, last.number));
            for open in page.into_iter().filter(|report| report.state.is_open()) {
                due.insert((open.station, open.number), open.heard_at + PATIENCE);
            }
        }
    }

    async fn sleep_until(&self, at: Option<Timestamp>) {
        match at {
            Some(at) => {
                let wait = Duration::try_from(at.duration_since(self.now())).unwrap_or_default();
                tokio::time::sleep_until(Instant::now() + wait).await;
            }
            None => std::future::pending().await,
        }
    }
}
