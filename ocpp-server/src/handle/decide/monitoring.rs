//! Deciding on events, and on reports of monitors (N02, N07, N08).

use std::collections::HashMap;

use ocpp_core::model::{
    EventReport, EventSeverity, EventTrigger, MonitorEvent, MonitoringReport, Place, PortStatus, Setting,
    StatusReport,
};

use super::alarm::{Board, Wrong};
use super::{Advice, Answer, Decision, decide_port, event as told_event, fault, told};
use crate::domain::{Alarm, AlarmState, AlarmSubject, EventKind, KeptEvent, Revision, StationMonitors};
use crate::handle::{Known, StationState};
use crate::store::Change;

/// Events are kept, each once: a station that did not hear the answer sends them again. Those that matter raise
/// alarms, which stand until the station says that all is in order again (N07.FR.02).
pub(super) fn events(state: &StationState, report: &EventReport, advice: &Advice) -> Decision {
    let mut decision = Decision::just(Answer::Noted);
    let Known::Events { latest, oldest, alarms, monitors } = &advice.known else { return decision };
    let is_known = |event: &&MonitorEvent| !latest.iter().any(|kept| kept.what == **event);
    let fresh: Vec<&MonitorEvent> = report.events.iter().filter(is_known).collect();
    if fresh.is_empty() {
        return decision;
    }
    let mut board = Board::new(state, advice, alarms);
    for event in &fresh {
        let severity = severity_of(event, monitors.as_deref());
        judge(&mut board, event, severity);
        if let Some(status) = availability(event) {
            tell_status(state, &status, advice, &mut board, &mut decision);
        }
    }
    keep(state, &fresh, advice, &mut decision);
    decision.changes.extend(oldest.iter().map(Change::remove));
    board.finish(&mut decision);
    decision
}

/// The severity of an event that does not say it is that of its monitor.
fn severity_of(event: &MonitorEvent, monitors: Option<&StationMonitors>) -> EventSeverity {
    let of_monitor = || Some(monitors?.monitor(event.monitor?)?.what.severity);
    event.severity.or_else(of_monitor).unwrap_or(KeptEvent::UNSAID)
}

/// Raises or clears the alarm of an event. Changes and periodic values are no alarms: they have no end.
fn judge(board: &mut Board<'_>, event: &MonitorEvent, severity: EventSeverity) {
    let subject = AlarmSubject::Variable { setting: event.setting.clone(), monitor: event.monitor };
    if event.cleared {
        return board.clear(&subject);
    }
    if event.trigger != EventTrigger::Alerting || severity > Alarm::LEAST {
        return;
    }
    let code = event.tech_code.as_deref().map(|code| format!("code {code}"));
    let parts = [code, event.tech_info.as_deref().map(str::to_owned)];
    let detail = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    board.raise(Wrong {
        subject,
        severity,
        text: format!("{} is {}", name_of(&event.setting), value_of(event)),
        detail: (!detail.is_empty()).then_some(detail),
        event: Some(event.id),
        cause: event.cause,
        state: AlarmState::Standing,
    });
}

fn value_of(event: &MonitorEvent) -> String {
    if event.value.is_empty() { "not told".to_owned() } else { event.value.to_string() }
}

/// The name of a variable as people read it.
fn name_of(setting: &Setting) -> String {
    match setting {
        Setting::Key(key) => key.to_string(),
        Setting::Variable { component, component_instance, place, variable, variable_instance } => {
            let instance = |instance: &Option<Box<str>>| {
                instance.as_ref().map_or(String::new(), |name| format!("[{name}]"))
            };
            let place = match place {
                None | Some(Place::Station) => String::new(),
                Some(Place::Evse(evse)) => format!(" {evse}"),
                Some(Place::Connector(evse, connector)) => format!(" {evse}/{connector}"),
            };
            format!(
                "{component}{}{place}.{variable}{}",
                instance(component_instance),
                instance(variable_instance)
            )
        }
    }
}

/// The events under their numbers, with links to what led to them.
fn keep(state: &StationState, fresh: &[&MonitorEvent], advice: &Advice, decision: &mut Decision) {
    let Known::Events { latest, monitors, .. } = &advice.known else { return };
    let skipped = fresh.len().saturating_sub(KeptEvent::MAX_PER_MESSAGE);
    let mut by_id: HashMap<i64, u64> = latest.iter().rev().map(|kept| (kept.what.id, kept.number)).collect();
    let first = latest.first().map_or(1, |newest| newest.number.saturating_add(1));
    let mut number = first;
    for event in &fresh[skipped..] {
        let kept = KeptEvent {
            station: state.station.id.clone(),
            number,
            revision: Revision::default(),
            severity: severity_of(event, monitors.as_deref()),
            caused_by: event.cause.and_then(|cause| by_id.get(&cause).copied()),
            what: (*event).clone(),
            heard_at: advice.now,
        };
        by_id.insert(event.id, number);
        decision.changes.push(Change::put(&kept));
        number += 1;
    }
    let kind = EventKind::StationEvents { first, last: number - 1 };
    decision.events.push(told_event(state, advice, kind));
}

/// The status that an event tells: stations of 2.x may say it by the availability of a connector instead of a
/// `StatusNotification` (G01).
fn availability(event: &MonitorEvent) -> Option<StatusReport> {
    let Setting::Variable { component, place: Some(place @ Place::Connector(..)), variable, .. } =
        &event.setting
    else {
        return None;
    };
    let is_it =
        component.eq_ignore_ascii_case("Connector") && variable.eq_ignore_ascii_case("AvailabilityState");
    let status = match &*event.value {
        "Available" => PortStatus::Available,
        "Occupied" => PortStatus::Occupied,
        "Reserved" => PortStatus::Reserved,
        "Unavailable" => PortStatus::Unavailable,
        "Faulted" => PortStatus::Faulted,
        _ => return None,
    };
    is_it.then_some(StatusReport { place: *place, status, at: Some(event.at), fault: None })
}

fn tell_status(
    state: &StationState,
    status: &StatusReport,
    advice: &Advice,
    board: &mut Board<'_>,
    decision: &mut Decision,
) {
    let of_port = decide_port(state, status, advice);
    if of_port.changes.is_empty() {
        return;
    }
    decision.changes.extend(of_port.changes);
    decision.events.extend(of_port.events);
    fault::judge(board, status);
}

/// A part of a report on monitors.
pub(super) fn report(state: &StationState, part: &MonitoringReport, advice: &Advice) -> Decision {
    let Known::Monitors(before) = &advice.known else { return Decision::just(Answer::Noted) };
    let unknown = || StationMonitors::unknown(state.station.id.clone());
    let mut monitors = before.as_deref().cloned().unwrap_or_else(unknown);
    let is_complete = monitors.take(part);
    let state_name = if is_complete { "told" } else { "being_told" };
    let kind = EventKind::MonitorsChanged { state: state_name.to_owned() };
    let mut decision = told(state, advice, kind);
    decision.changes.push(Change::put(&monitors));
    decision
}
