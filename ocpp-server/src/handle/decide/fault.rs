//! Alarms of places that report a fault: the error codes of 1.6, and the status Faulted in any version.

use ocpp_core::model::{EventSeverity, PortFault, PortStatus, StatusReport};

use super::alarm::{Board, Wrong};
use super::{Advice, Decision};
use crate::domain::{AlarmState, AlarmSubject};
use crate::handle::{Known, StationState};

/// Raises or clears the alarm of a place whose status was heard.
pub(super) fn note(state: &StationState, report: &StatusReport, advice: &Advice, decision: &mut Decision) {
    let Known::Alarms(alarms) = &advice.known else { return };
    if decision.changes.is_empty() {
        return; // An older report than what is known.
    }
    let mut board = Board::new(state, advice, alarms);
    judge(&mut board, report);
    board.finish(decision);
}

pub(super) fn judge(board: &mut Board<'_>, report: &StatusReport) {
    let subject = AlarmSubject::Fault { place: report.place };
    if report.fault.is_none() && report.status != PortStatus::Faulted {
        return board.clear(&subject);
    }
    let fault = report.fault.as_ref();
    board.raise(Wrong {
        subject,
        severity: fault.map_or(EventSeverity::ERROR, |fault| severity_of(&fault.code)),
        text: text_of(report),
        detail: fault.and_then(detail_of),
        event: None,
        cause: None,
        state: AlarmState::Standing,
    });
}

fn text_of(report: &StatusReport) -> String {
    let place = match (report.place.evse(), report.place.connector()) {
        (None, _) => "The station".to_owned(),
        (Some(evse), None) => format!("EVSE {evse}"),
        (Some(evse), Some(connector)) => format!("Connector {evse}/{connector}"),
    };
    match &report.fault {
        Some(fault) => format!("{place} reports {}", fault.code),
        None => format!("{place} is faulted"),
    }
}

fn detail_of(fault: &PortFault) -> Option<String> {
    let code = match (&fault.vendor, &fault.vendor_code) {
        (Some(vendor), Some(code)) => Some(format!("code {code} of {vendor}")),
        (None, Some(code)) => Some(format!("code {code}")),
        _ => None,
    };
    let parts = [code, fault.info.as_deref().filter(|info| !info.is_empty()).map(str::to_owned)];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    (!text.is_empty()).then_some(text)
}

/// How much an error code of 1.6 matters. What the specification says nothing of is judged by what may follow: people
/// in danger, nobody can charge, somebody has to look.
pub(super) fn severity_of(code: &str) -> EventSeverity {
    match code {
        "GroundFailure" | "HighTemperature" | "OverCurrentFailure" | "OverVoltage" => EventSeverity::CRITICAL,
        "ConnectorLockFailure" | "PowerMeterFailure" | "PowerSwitchFailure" | "ReaderFailure" => {
            EventSeverity::HARDWARE_FAILURE
        }
        "InternalError" => EventSeverity::SYSTEM_FAILURE,
        "EVCommunicationError" | "UnderVoltage" | "WeakSignal" | "LocalListConflict" => {
            EventSeverity::WARNING
        }
        _ => EventSeverity::ERROR,
    }
}
