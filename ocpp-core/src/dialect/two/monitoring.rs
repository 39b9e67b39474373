//! Monitors and events in OCPP 2.x, for both ends (block N), over the types of the version that includes it.

use alloc::vec::Vec;

use super::firmware::{cause, status_info};
use super::{VERSION, device, extras, wire};
use crate::dialect::two::{self, boxed, counted, integer, number, unsigned};
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, read_command, read_fact, said, verdict,
};
use crate::model::*;
use crate::types::{DateTime, List, Number, Text};

/// What managers say on monitors.
pub(in crate::dialect) const FROM_MANAGER: &[&str] = &[
    "SetMonitoringBase",
    "SetMonitoringLevel",
    "SetVariableMonitoring",
    "ClearVariableMonitoring",
    "GetMonitoringReport",
];

const KEYS: &str = "a configuration key, or a name that no variable has: name a component and a variable";

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(VERSION, what)
}

/// The call that carries an order.
pub(in crate::dialect) fn order(command: &Command) -> Result<Said, CannotSay> {
    Ok(match command {
        Command::SetMonitoringBase(base) => {
            let base = wire::MonitoringBase::from(base.as_str());
            said("SetMonitoringBase", &wire::SetMonitoringBaseRequest::new(base))
        }
        Command::SetMonitoringLevel(severity) => {
            let severity = severity_of(*severity)?;
            said("SetMonitoringLevel", &wire::SetMonitoringLevelRequest::new(severity))
        }
        Command::SetVariableMonitoring(monitors) => {
            let monitors: Result<Vec<_>, _> = monitors.iter().map(monitor).collect();
            let monitors =
                List::new(monitors?).map_err(|_| cannot("no monitor at all: name at least one"))?;
            said("SetVariableMonitoring", &wire::SetVariableMonitoringRequest::new(monitors))
        }
        Command::ClearVariableMonitoring { ids } => {
            let ids: Option<Vec<_>> = ids.iter().map(|id| integer(*id)).collect();
            let ids = ids.and_then(|ids| List::new(ids).ok());
            let ids =
                ids.ok_or_else(|| cannot("no monitor at all, or one whose number is none of 31 bits"))?;
            said("ClearVariableMonitoring", &wire::ClearVariableMonitoringRequest::new(ids))
        }
        Command::GetMonitoringReport { request, criteria, variables } => {
            let request = integer(*request).ok_or_else(|| cannot("a report of a number below 0"))?;
            let mut call = wire::GetMonitoringReportRequest::new(request);
            if !criteria.is_empty() {
                let word = |one: &MonitoringCriterion| wire::MonitoringCriterion::from(one.as_str());
                let criteria = List::new(criteria.iter().map(word).collect());
                call.monitoring_criteria =
                    Some(criteria.map_err(|_| cannot("a kind of monitors named twice"))?);
            }
            if !variables.is_empty() {
                let subjects: Option<Vec<_>> = variables.iter().map(device::subject).collect();
                call.component_variable = List::new(subjects.ok_or_else(|| cannot(KEYS))?).ok();
            }
            said("GetMonitoringReport", &call)
        }
        _ => return Err(cannot("this order")),
    })
}

fn severity_of<T: TryFrom<i32>>(severity: EventSeverity) -> Result<T, CannotSay> {
    integer(severity.number()).ok_or_else(|| cannot("this severity"))
}

fn kind_of(kind: MonitorKind) -> Result<wire::Monitor, CannotSay> {
    two::exactly(kind.as_str())
        .ok_or_else(|| cannot("that a value is compared with its target: watch for changes (delta)"))
}

fn monitor(wanted: &MonitorSetting) -> Result<wire::SetMonitoringData, CannotSay> {
    let (component, variable) = device::address(&wanted.setting).ok_or_else(|| cannot(KEYS))?;
    let value = Number::from(wanted.value);
    let severity = severity_of(wanted.severity)?;
    let mut data = wire::SetMonitoringData::new(value, kind_of(wanted.kind)?, severity, component, variable);
    if let Some(id) = wanted.id {
        data.id = Some(integer(id).ok_or_else(|| cannot("a monitor whose number is none of 31 bits"))?);
    }
    data.transaction = wanted.in_transaction.then_some(true);
    extras::dress_monitor(&mut data, wanted.stream)?;
    Ok(data)
}

/// What a station's answer to an order means.
pub(in crate::dialect) fn hear_outcome(
    command: &Command,
    json: Payload<'_>,
) -> Result<Heard<Outcome>, Misheard> {
    match command {
        Command::SetMonitoringBase(_) => {
            read(json, |r: wire::SetMonitoringBaseResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        Command::SetMonitoringLevel(_) => {
            read(json, |r: wire::SetMonitoringLevelResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        Command::SetVariableMonitoring(_) => read(json, |r: wire::SetVariableMonitoringResponse| {
            Outcome::Monitors(r.set_monitoring_result.iter().map(result).collect())
        }),
        Command::ClearVariableMonitoring { .. } => read(json, |r: wire::ClearVariableMonitoringResponse| {
            let removal = |one: &wire::ClearMonitoringResult| MonitorRemoval {
                id: counted(one.id),
                verdict: MonitorRemovalVerdict::from_word(one.status.as_str())
                    .unwrap_or(MonitorRemovalVerdict::Rejected),
                cause: one.status_info.as_ref().map(cause),
            };
            Outcome::MonitorsCleared(r.clear_monitoring_result.iter().map(removal).collect())
        }),
        _ => read(json, |r: wire::GetMonitoringReportResponse| Outcome::Verdict(verdict(r.status.as_str()))),
    }
}

fn result(said: &wire::SetMonitoringResult) -> MonitorResult {
    MonitorResult {
        setting: device::setting(&said.component, &said.variable),
        // What the schema does not list comes to no meaning before this.
        kind: MonitorKind::from_word(said.kind.as_str()).unwrap_or(MonitorKind::Delta),
        severity: EventSeverity::nearest(counted(said.severity)),
        verdict: MonitorVerdict::from_word(said.status.as_str()).unwrap_or(MonitorVerdict::Rejected),
        id: said.id.map(counted),
        cause: said.status_info.as_ref().map(cause),
    }
}

/// What a manager's call means.
pub(in crate::dialect) fn hear_command(action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    match action {
        "SetMonitoringBase" => read_command(action, json, |r: wire::SetMonitoringBaseRequest| {
            Some(Command::SetMonitoringBase(MonitoringBase::from_word(r.monitoring_base.as_str())?))
        }),
        "SetMonitoringLevel" => read_command(action, json, |r: wire::SetMonitoringLevelRequest| {
            // One that is out of range is for the station to refuse (N05.FR.02).
            let severity = u8::try_from(counted(r.severity)).ok()?;
            Some(Command::SetMonitoringLevel(EventSeverity::try_from(severity).ok()?))
        }),
        "SetVariableMonitoring" => read_command(action, json, |r: wire::SetVariableMonitoringRequest| {
            let monitors: Option<_> = r.set_monitoring_data.iter().map(wanted).collect();
            Some(Command::SetVariableMonitoring(monitors?))
        }),
        "ClearVariableMonitoring" => read(json, |r: wire::ClearVariableMonitoringRequest| {
            Command::ClearVariableMonitoring { ids: r.id.iter().map(|id| counted(*id)).collect() }
        }),
        _ => read_command(action, json, |r: wire::GetMonitoringReportRequest| {
            let criteria = r.monitoring_criteria.iter().flat_map(|criteria| criteria.iter());
            let criteria: Option<_> =
                criteria.map(|one| MonitoringCriterion::from_word(one.as_str())).collect();
            let subjects = r.component_variable.iter().flat_map(|subjects| subjects.iter());
            Some(Command::GetMonitoringReport {
                request: number(r.request_id),
                criteria: criteria?,
                variables: subjects.map(device::heard_subject).collect(),
            })
        }),
    }
}

/// `None` for a number that nobody can hold, for the station to refuse.
fn wanted(data: &wire::SetMonitoringData) -> Option<MonitorSetting> {
    Some(MonitorSetting {
        setting: device::setting(&data.component, &data.variable),
        id: data.id.map(counted),
        kind: MonitorKind::from_word(data.kind.as_str())?,
        value: data.value.decimal()?,
        severity: EventSeverity::try_from(u8::try_from(counted(data.severity)).ok()?).ok()?,
        in_transaction: data.transaction == Some(true),
        stream: extras::stream_of(data),
    })
}

/// What answers a manager's call.
pub(in crate::dialect) fn answer_command(action: &str, outcome: &Outcome) -> Reply {
    match (action, outcome) {
        ("SetVariableMonitoring", Outcome::Monitors(results)) => {
            let results: Option<Vec<_>> = results.iter().map(said_result).collect();
            match results.and_then(|results| List::new(results).ok()) {
                Some(results) => payload(&wire::SetVariableMonitoringResponse::new(results)),
                None => Reply::NotSupported("this station has no such variables"),
            }
        }
        ("ClearVariableMonitoring", Outcome::MonitorsCleared(removals)) => {
            let removals: Option<Vec<_>> = removals.iter().map(said_removal).collect();
            match removals.and_then(|removals| List::new(removals).ok()) {
                Some(removals) => payload(&wire::ClearVariableMonitoringResponse::new(removals)),
                None => Reply::NotSupported("this station has no monitors"),
            }
        }
        ("SetMonitoringBase", Outcome::Verdict(word)) => {
            payload(&wire::SetMonitoringBaseResponse::new(report_word(*word)))
        }
        ("GetMonitoringReport", Outcome::Verdict(word)) => {
            payload(&wire::GetMonitoringReportResponse::new(report_word(*word)))
        }
        ("SetMonitoringLevel", Outcome::Verdict(word)) => {
            let accepted = *word == Verdict::Accepted;
            let status = if accepted { wire::GenericStatus::Accepted } else { wire::GenericStatus::Rejected };
            payload(&wire::SetMonitoringLevelResponse::new(status))
        }
        _ => Reply::NotSupported("this station has no monitors"),
    }
}

fn report_word(word: Verdict) -> wire::GenericDeviceModelStatus {
    match word {
        Verdict::Accepted => wire::GenericDeviceModelStatus::Accepted,
        Verdict::NothingFits => wire::GenericDeviceModelStatus::EmptyResultSet,
        Verdict::NotSupported => wire::GenericDeviceModelStatus::NotSupported,
        _ => wire::GenericDeviceModelStatus::Rejected,
    }
}

fn said_result(result: &MonitorResult) -> Option<wire::SetMonitoringResult> {
    let (component, variable) = device::address(&result.setting)?;
    let mut said = wire::SetMonitoringResult::new(
        wire::SetMonitoringStatus::from(result.verdict.as_str()),
        kind_of(result.kind).ok()?,
        component,
        variable,
        integer(result.severity.number())?,
    );
    said.id = result.id.filter(|_| result.verdict == MonitorVerdict::Accepted).and_then(integer);
    said.status_info = result.cause.as_ref().map(status_info);
    Some(said)
}

fn said_removal(removal: &MonitorRemoval) -> Option<wire::ClearMonitoringResult> {
    let status = wire::ClearMonitoringStatus::from(removal.verdict.as_str());
    let mut said = wire::ClearMonitoringResult::new(status, integer(removal.id)?);
    said.status_info = removal.cause.as_ref().map(status_info);
    Some(said)
}

/// The station reports its monitors (N02).
pub(in crate::dialect) fn say_report(report: &MonitoringReport) -> Option<Said> {
    let mut by_variable: Vec<(&Setting, Vec<wire::VariableMonitoring>)> = Vec::new();
    for monitor in &report.monitors {
        let said = extras::installed(monitor)?;
        match by_variable.last_mut() {
            Some((setting, monitors)) if **setting == monitor.setting => monitors.push(said),
            _ => by_variable.push((&monitor.setting, Vec::from([said]))),
        }
    }
    let data = |(setting, monitors): (&Setting, Vec<wire::VariableMonitoring>)| {
        let (component, variable) = device::address(setting)?;
        Some(wire::MonitoringData::new(component, variable, List::new(monitors).ok()?))
    };
    let data: Option<Vec<_>> = by_variable.into_iter().map(data).collect();
    let mut call = wire::NotifyMonitoringReportRequest::new(
        integer(report.request)?,
        integer(report.seq)?,
        DateTime::new(report.at),
    );
    call.monitor = List::new(data?).ok();
    call.tbc = report.more.then_some(true);
    Some(said("NotifyMonitoringReport", &call))
}

pub(in crate::dialect) fn hear_report(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read_fact("NotifyMonitoringReport", json, |r: wire::NotifyMonitoringReportRequest| {
        let mut monitors = Vec::new();
        for data in r.monitor.iter().flat_map(|data| data.iter()) {
            for monitor in data.variable_monitoring.iter() {
                monitors.push(InstalledMonitor {
                    setting: device::setting(&data.component, &data.variable),
                    id: counted(monitor.id),
                    kind: MonitorKind::from_word(monitor.kind.as_str())?,
                    value: monitor.value.decimal()?,
                    severity: EventSeverity::nearest(counted(monitor.severity)),
                    in_transaction: monitor.transaction,
                    origin: extras::origin_of(monitor),
                });
            }
        }
        Some(Fact::MonitoringReport(MonitoringReport {
            request: number(r.request_id),
            seq: unsigned(r.seq_no),
            more: r.tbc == Some(true),
            at: r.generated_at.timestamp(),
            monitors,
        }))
    })
}

/// The station reports events (N07, N08).
pub(in crate::dialect) fn say_events(report: &EventReport) -> Option<Said> {
    let events: Option<Vec<_>> = report.events.iter().map(event).collect();
    let mut call = wire::NotifyEventRequest::new(
        DateTime::new(report.at),
        integer(report.seq)?,
        List::new(events?).ok()?,
    );
    call.tbc = report.more.then_some(true);
    Some(said("NotifyEvent", &call))
}

fn event(event: &MonitorEvent) -> Option<wire::EventData> {
    let (component, variable) = device::address(&event.setting)?;
    let mut said = wire::EventData::new(
        integer(event.id)?,
        DateTime::new(event.at),
        wire::EventTrigger::from(event.trigger.as_str()),
        Text::truncated(&event.value),
        component,
        wire::EventNotification::from(event.origin.as_str()),
        variable,
    );
    said.cause = event.cause.and_then(integer);
    said.tech_code = event.tech_code.as_deref().map(Text::truncated);
    said.tech_info = event.tech_info.as_deref().map(Text::truncated);
    said.cleared = event.cleared.then_some(true);
    said.transaction_id = event.transaction.as_deref().and_then(two::identifier);
    said.variable_monitoring_id = event.monitor.and_then(integer);
    extras::dress_event(&mut said, event.severity);
    Some(said)
}

pub(in crate::dialect) fn hear_events(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read_fact("NotifyEvent", json, |r: wire::NotifyEventRequest| {
        let event = |said: &wire::EventData| {
            Some(MonitorEvent {
                id: counted(said.event_id),
                at: said.timestamp.timestamp(),
                trigger: EventTrigger::from_word(said.trigger.as_str())?,
                cause: said.cause.map(counted),
                value: boxed(&said.actual_value),
                tech_code: said.tech_code.as_deref().map(boxed),
                tech_info: said.tech_info.as_deref().map(boxed),
                cleared: said.cleared == Some(true),
                transaction: said.transaction_id.as_deref().map(boxed),
                setting: device::setting(&said.component, &said.variable),
                monitor: said.variable_monitoring_id.map(counted),
                origin: MonitorOrigin::from_word(said.event_notification_type.as_str())?,
                severity: extras::event_severity(said),
            })
        };
        Some(Fact::Events(EventReport {
            at: r.generated_at.timestamp(),
            seq: unsigned(r.seq_no),
            more: r.tbc == Some(true),
            events: r.event_data.iter().map(event).collect::<Option<_>>()?,
        }))
    })
}
