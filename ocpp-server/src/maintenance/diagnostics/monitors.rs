//! Setting, removing and reading monitors (N02, N04, N06).

use ocpp_core::model::{
    Command, MonitorRemovalVerdict, MonitorResult, MonitorSetting, MonitorVerdict, MonitoringCriterion,
    Outcome, ReportSubject, StationId, Verdict,
};
use serde::Serialize;

use super::{Diagnostics, DiagnosticsError, invalid};
use crate::domain::{EventKind, StationMonitors};
use crate::maintenance::giving::{Given, give};
use crate::store::{ReadError, TypedRecords};

/// The most monitors that are set or removed at once.
const MAX_AT_ONCE: usize = 1000;

/// What became of one monitor that was to be set or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonitorItem {
    /// The monitor that was to be set; none when one was to be removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitor: Option<MonitorSetting>,
    /// The station's number of it, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// Whether it was done.
    pub done: bool,
    /// What the station said, or why it was not asked, in plain words.
    pub said: String,
}

impl Diagnostics {
    /// What is known of a station's monitors.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn monitors(&self, station: &StationId) -> Result<Option<StationMonitors>, ReadError> {
        self.csms.store().get(station.as_str()).await
    }

    /// Sets monitors, in as many messages as the station needs; tells of each what became of it, in their order.
    ///
    /// # Errors
    /// [`DiagnosticsError`] when nothing was sent.
    pub async fn set_monitors(
        &self,
        station: &StationId,
        wanted: Vec<MonitorSetting>,
        by: &str,
    ) -> Result<Vec<MonitorItem>, DiagnosticsError> {
        self.expect_connected(station, wanted.len(), "/monitors").await?;
        let one = |monitor: &MonitorSetting| Command::SetVariableMonitoring(vec![monitor.clone()]);
        let mut items: Vec<(MonitorSetting, Option<MonitorItem>)> = Vec::new();
        for monitor in wanted {
            // What cannot be said is told at once, and does not spoil the others.
            let unsayable = self.csms.commands().size_of(station, &one(&monitor)).err();
            let item = unsayable.map(|why| of_monitor(&monitor, None, why.to_string()));
            items.push((monitor, item));
        }
        if let Some(why) = all_refused(&items) {
            return Err(DiagnosticsError::CannotSay(why));
        }
        let limits = self.limits(station, "SetVariableMonitoring").await;
        let open: Vec<(usize, MonitorSetting)> = items
            .iter()
            .enumerate()
            .filter(|(_, (_, item))| item.is_none())
            .map(|(at, (monitor, _))| (at, monitor.clone()))
            .collect();
        let size = |(_, monitor): &(usize, MonitorSetting)| {
            self.csms.commands().size_of(station, &one(monitor)).unwrap_or_default()
        };
        for piece in limits.split(open, size) {
            let (places, monitors): (Vec<usize>, Vec<MonitorSetting>) = piece.into_iter().unzip();
            let told = self.set_piece(station, &monitors, by).await;
            for (place, item) in places.into_iter().zip(told) {
                items[place].1 = Some(item);
            }
        }
        Ok(items.into_iter().filter_map(|(_, item)| item).collect())
    }

    async fn set_piece(&self, station: &StationId, wanted: &[MonitorSetting], by: &str) -> Vec<MonitorItem> {
        let command = Command::SetVariableMonitoring(wanted.to_vec());
        let given = give(&self.csms, station, command.clone(), by).await;
        let Given::Answered(Outcome::Monitors(results)) = &given else {
            let why = given.why();
            return wanted.iter().map(|monitor| of_monitor(monitor, None, why.clone())).collect();
        };
        self.note_surely(station, &command, &Outcome::Monitors(results.clone())).await;
        let pairs = wanted.iter().zip(paired(wanted, results));
        pairs.map(|(monitor, result)| result_of(monitor, result)).collect()
    }

    /// Removes monitors by the station's numbers of them; tells of each what became of it.
    ///
    /// # Errors
    /// [`DiagnosticsError`] when nothing was sent.
    pub async fn clear_monitors(
        &self,
        station: &StationId,
        ids: Vec<i64>,
        by: &str,
    ) -> Result<Vec<MonitorItem>, DiagnosticsError> {
        self.expect_connected(station, ids.len(), "/ids").await?;
        let whole = Command::ClearVariableMonitoring { ids: ids.clone() };
        let sayable = self.csms.commands().size_of(station, &whole);
        sayable.map_err(|why| DiagnosticsError::CannotSay(why.to_string()))?;
        let limits = self.limits(station, "ClearVariableMonitoring").await;
        let mut items = Vec::new();
        for ids in limits.split(ids, |id| id.to_string().len() + 1) {
            let command = Command::ClearVariableMonitoring { ids: ids.clone() };
            let given = give(&self.csms, station, command.clone(), by).await;
            let Given::Answered(Outcome::MonitorsCleared(removals)) = &given else {
                let why = given.why();
                items.extend(ids.iter().map(|id| of_removal(*id, false, why.clone())));
                continue;
            };
            self.note_surely(station, &command, &Outcome::MonitorsCleared(removals.clone())).await;
            items.extend(ids.iter().map(|id| match removals.iter().find(|removal| removal.id == *id) {
                Some(removal) => {
                    let (done, said) = match removal.verdict {
                        MonitorRemovalVerdict::Accepted => (true, "removed"),
                        MonitorRemovalVerdict::Rejected => (false, "it cannot be removed"),
                        MonitorRemovalVerdict::NotFound => (false, "the station has no such monitor"),
                    };
                    of_removal(*id, done, said.to_owned())
                }
                None => of_removal(*id, false, SILENT.to_owned()),
            }));
        }
        Ok(items)
    }

    /// Asks a station for its monitors, and waits for its report. When that does not come in time, it is taken over
    /// when it comes; what is known is told all the same.
    ///
    /// # Errors
    /// [`DiagnosticsError`].
    pub async fn read_monitors(
        &self,
        station: &StationId,
        criteria: Vec<MonitoringCriterion>,
        variables: Vec<ReportSubject>,
        by: &str,
    ) -> Result<StationMonitors, DiagnosticsError> {
        self.expect_connected(station, 1, "").await?;
        let whole = criteria.is_empty() && variables.is_empty();
        let told = self.csms.bus().listen();
        let now = self.csms.now();
        let kept = self
            .change(station, StationMonitors::unknown, |monitors| {
                monitors.await_report(whole, now);
                vec![EventKind::MonitorsChanged { state: "asked".to_owned() }]
            })
            .await?;
        let request = kept.last_request;
        let command = Command::GetMonitoringReport { request, criteria, variables };
        match give(&self.csms, station, command.clone(), by).await {
            Given::Answered(Outcome::Verdict(verdict)) => {
                self.note(station, &command, &Outcome::Verdict(verdict)).await?;
                match verdict {
                    Verdict::Accepted => {}
                    Verdict::NothingFits => return self.kept_monitors(station).await,
                    refused => return Err(DiagnosticsError::NotTaken(refused.word().to_owned())),
                }
            }
            Given::NotConnected => return Err(DiagnosticsError::NotConnected),
            other => return Err(DiagnosticsError::NotTaken(other.why())),
        }
        let is_told: fn(&EventKind) -> bool =
            |kind| matches!(kind, EventKind::MonitorsChanged { state } if state == "told");
        let is_complete = || async {
            let kept = self.kept_monitors(station).await;
            kept.is_ok_and(|kept| kept.report.is_none_or(|report| report.request != request))
        };
        self.wait_for(told, station, is_told, is_complete).await;
        self.kept_monitors(station).await
    }

    async fn kept_monitors(&self, station: &StationId) -> Result<StationMonitors, DiagnosticsError> {
        let kept = self.monitors(station).await?;
        Ok(kept.unwrap_or_else(|| StationMonitors::unknown(station.clone())))
    }

    async fn expect_connected(
        &self,
        station: &StationId,
        count: usize,
        pointer: &'static str,
    ) -> Result<(), DiagnosticsError> {
        if count == 0 || count > MAX_AT_ONCE {
            return Err(invalid(pointer, format!("Name 1 to {MAX_AT_ONCE} monitors.")));
        }
        self.expect_known(station).await?;
        if self.csms.stations().is_connected(station) { Ok(()) } else { Err(DiagnosticsError::NotConnected) }
    }
}

const SILENT: &str = "the station answered, and said nothing about this one";

/// The results of a station beside what was wanted (N04.FR.01, N04.FR.02): in whatever order it gives them.
pub(super) fn paired<'a>(
    wanted: &[MonitorSetting],
    results: &'a [MonitorResult],
) -> Vec<Option<&'a MonitorResult>> {
    let mut left: Vec<Option<&MonitorResult>> = results.iter().map(Some).collect();
    let is_about = |result: &MonitorResult, monitor: &MonitorSetting| {
        (result.kind, result.severity) == (monitor.kind, monitor.severity)
            && result.setting == monitor.setting
    };
    let mut take = |monitor: &MonitorSetting| {
        let fits = |slot: &&mut Option<&MonitorResult>| slot.is_some_and(|result| is_about(result, monitor));
        left.iter_mut().find(fits).and_then(Option::take)
    };
    wanted.iter().map(&mut take).collect()
}

fn all_refused(items: &[(MonitorSetting, Option<MonitorItem>)]) -> Option<String> {
    let mut refused = items.iter().map(|(_, item)| item.as_ref());
    if refused.clone().all(|item| item.is_some()) {
        refused.next()?.map(|item| item.said.clone())
    } else {
        None
    }
}

fn result_of(monitor: &MonitorSetting, result: Option<&MonitorResult>) -> MonitorItem {
    let Some(result) = result else { return of_monitor(monitor, None, SILENT.to_owned()) };
    let said = match result.verdict {
        MonitorVerdict::Accepted => "set",
        MonitorVerdict::UnknownComponent => "the station has no such component",
        MonitorVerdict::UnknownVariable => "the component has no such variable",
        MonitorVerdict::UnsupportedMonitorType => "the variable cannot be watched for this",
        MonitorVerdict::Rejected => "rejected",
        MonitorVerdict::Duplicate => "the variable has a monitor of this kind and severity already",
    };
    let cause = result.cause.as_ref().map(|cause| match &cause.text {
        Some(text) => format!(" ({}: {text})", cause.code),
        None => format!(" ({})", cause.code),
    });
    let accepted = result.verdict == MonitorVerdict::Accepted;
    let id = result.id.filter(|_| accepted);
    MonitorItem { done: accepted, ..of_monitor(monitor, id, format!("{said}{}", cause.unwrap_or_default())) }
}

fn of_monitor(monitor: &MonitorSetting, id: Option<i64>, said: String) -> MonitorItem {
    MonitorItem { monitor: Some(monitor.clone()), id, done: false, said }
}

fn of_removal(id: i64, done: bool, said: String) -> MonitorItem {
    MonitorItem { monitor: None, id: Some(id), done, said }
}
