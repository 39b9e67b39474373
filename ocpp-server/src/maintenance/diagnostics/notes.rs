//! What the answer to an order says of what a station has, whoever gave the order.

use std::sync::Arc;
use std::time::Duration;

use ocpp_core::model::{
    Command, DisplayVerdict, MonitorRemovalVerdict, MonitorVerdict, Outcome, StationId, Verdict,
};
use tokio::sync::broadcast;

use super::monitors::paired;
use super::{Diagnostics, DiagnosticsError};
use crate::domain::{EventKind, KeptMessage, MessageState, StationDisplay, StationMonitors, StoredEvent};

impl Diagnostics {
    /// Whether the answer to an order says something about what is kept here.
    pub(super) const fn concerns(command: &Command) -> bool {
        matches!(
            command,
            Command::SetMonitoringBase(_)
                | Command::SetMonitoringLevel(_)
                | Command::SetVariableMonitoring(_)
                | Command::ClearVariableMonitoring { .. }
                | Command::GetMonitoringReport { .. }
                | Command::SetDisplayMessage(_)
                | Command::GetDisplayMessages { .. }
                | Command::ClearDisplayMessage { .. }
        )
    }

    /// Takes over what the answer to an order says. The same again changes nothing.
    pub(super) async fn note(
        &self,
        station: &StationId,
        command: &Command,
        outcome: &Outcome,
    ) -> Result<(), DiagnosticsError> {
        match command {
            Command::SetDisplayMessage(_)
            | Command::GetDisplayMessages { .. }
            | Command::ClearDisplayMessage { .. } => self.note_display(station, command, outcome).await,
            _ => self.note_monitors(station, command, outcome).await,
        }
    }

    /// The same where nobody can be told that it does not work: the next report of the station mends it.
    pub(super) async fn note_surely(&self, station: &StationId, command: &Command, outcome: &Outcome) {
        if let Err(error) = self.note(station, command, outcome).await {
            tracing::warn!(%station, %error, "what a station has is not noted until it reports it");
        }
    }

    async fn note_monitors(
        &self,
        station: &StationId,
        command: &Command,
        outcome: &Outcome,
    ) -> Result<(), DiagnosticsError> {
        let now = self.csms.now();
        let told = |state: &str| vec![EventKind::MonitorsChanged { state: state.to_owned() }];
        let change = |monitors: &mut StationMonitors| match (command, outcome) {
            (Command::SetVariableMonitoring(wanted), Outcome::Monitors(results)) => {
                for (monitor, result) in wanted.iter().zip(paired(wanted, results)) {
                    let accepted = result.filter(|result| result.verdict == MonitorVerdict::Accepted);
                    if let Some(id) = accepted.and_then(|result| result.id.or(monitor.id)) {
                        monitors.set(monitor, id);
                    }
                }
                told("set")
            }
            (Command::ClearVariableMonitoring { .. }, Outcome::MonitorsCleared(removals)) => {
                for removal in removals {
                    if removal.verdict != MonitorRemovalVerdict::Rejected {
                        monitors.remove(removal.id);
                    }
                }
                told("removed")
            }
            (Command::SetMonitoringBase(base), Outcome::Verdict(Verdict::Accepted)) => {
                monitors.rebase(*base);
                told("set")
            }
            (Command::SetMonitoringLevel(level), Outcome::Verdict(Verdict::Accepted)) => {
                monitors.level = Some(*level);
                told("set")
            }
            (Command::GetMonitoringReport { request, criteria, variables }, Outcome::Verdict(verdict)) => {
                let awaited = monitors.report.as_ref().is_some_and(|report| report.request == *request);
                if *verdict != Verdict::Accepted && awaited {
                    monitors.report = None;
                    if *verdict == Verdict::NothingFits && criteria.is_empty() && variables.is_empty() {
                        monitors.replace(Vec::new());
                        monitors.told_at = Some(now);
                    }
                }
                told("told")
            }
            _ => Vec::new(),
        };
        self.change(station, StationMonitors::unknown, change).await.map(drop)
    }

    async fn note_display(
        &self,
        station: &StationId,
        command: &Command,
        outcome: &Outcome,
    ) -> Result<(), DiagnosticsError> {
        let now = self.csms.now();
        let of = |message: Option<i64>, state: &str| {
            vec![EventKind::DisplayChanged { message, state: state.to_owned() }]
        };
        let change = |display: &mut StationDisplay| match (command, outcome) {
            (Command::SetDisplayMessage(message), Outcome::Display { verdict, cause }) => {
                let before = display.message(message.id).cloned();
                let state = match verdict {
                    DisplayVerdict::Accepted => match &before {
                        Some(KeptMessage { state: MessageState::Set { at }, message: same, .. })
                            if **message == *same =>
                        {
                            MessageState::Set { at: *at }
                        }
                        _ => MessageState::Set { at: now },
                    },
                    // What others tried and nobody wants here leaves nothing behind.
                    _ if before.as_ref().is_none_or(|before| before.message != **message) => {
                        return Vec::new();
                    }
                    refused => MessageState::Refused {
                        why: match cause.as_ref().and_then(|cause| cause.text.as_deref()) {
                            Some(text) => format!("{}: {text}", words_of(refused)),
                            None => words_of(refused).to_owned(),
                        },
                    },
                };
                let name = state.name();
                display.put(KeptMessage {
                    message: (**message).clone(),
                    keep: before.as_ref().is_some_and(|before| before.keep),
                    by: before.and_then(|before| before.by),
                    state,
                });
                of(Some(message.id), name)
            }
            (
                Command::ClearDisplayMessage { id },
                Outcome::Verdict(Verdict::Accepted | Verdict::NothingFits),
            ) => {
                display.remove(*id);
                of(Some(*id), "removed")
            }
            (Command::GetDisplayMessages { request, .. }, Outcome::Verdict(Verdict::NothingFits)) => {
                display.take_nothing(*request, now);
                of(None, "told")
            }
            (Command::GetDisplayMessages { request, .. }, Outcome::Verdict(verdict))
                if *verdict != Verdict::Accepted =>
            {
                display.report.take_if(|report| report.request == *request);
                of(None, "told")
            }
            _ => Vec::new(),
        };
        self.change(station, StationDisplay::unknown, change).await.map(drop)
    }

    /// Waits for what the store finds to be there, looking again whenever the station has told something of the kind;
    /// not longer than a report is awaited.
    pub(super) async fn wait_for<F: Future<Output = bool>>(
        &self,
        mut told: broadcast::Receiver<Arc<StoredEvent>>,
        station: &StationId,
        is_it: fn(&EventKind) -> bool,
        is_there: impl Fn() -> F,
    ) {
        let wait = async { while !is_there().await && next(&mut told, station, is_it).await {} };
        let _ = tokio::time::timeout(self.settings.report_within.max(Duration::from_secs(1)), wait).await;
    }
}

/// Waits for an event of a station; `false` when there will be none.
async fn next(
    told: &mut broadcast::Receiver<Arc<StoredEvent>>,
    station: &StationId,
    is_it: fn(&EventKind) -> bool,
) -> bool {
    loop {
        match told.recv().await {
            Ok(event) if event.event.station.as_ref() == Some(station) && is_it(&event.event.kind) => {
                return true;
            }
            Ok(_) => {}
            Err(broadcast::error::RecvError::Lagged(_)) => return true,
            Err(broadcast::error::RecvError::Closed) => return false,
        }
    }
}

const fn words_of(verdict: &DisplayVerdict) -> &'static str {
    match verdict {
        DisplayVerdict::Accepted => "accepted",
        DisplayVerdict::NotSupportedMessageFormat => "the display cannot show this format",
        DisplayVerdict::Rejected => "rejected",
        DisplayVerdict::NotSupportedPriority => "the display does not know this priority",
        DisplayVerdict::NotSupportedState => "the display does not know this state",
        DisplayVerdict::UnknownTransaction => "the station does not know the transaction",
        DisplayVerdict::LanguageNotSupported => "the display does not know this language",
    }
}
