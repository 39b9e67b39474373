//! Deciding on reports of settings (B07, B08): each part is kept as it comes, in any order; what is missing is known.

use ocpp_core::model::{Answer, DeviceReport};

use super::{Advice, Decision, event};
use crate::domain::{
    EventKind, Learnt, ReportScope, ReportState, Revision, SeenSteps, StationDevice, StationReport,
};
use crate::handle::device::{Learned, learn_reported};
use crate::handle::{Known, StationState};
use crate::store::Change;

/// A part of a report.
pub(super) fn decide(state: &StationState, part: &DeviceReport, advice: &Advice) -> Decision {
    let station = &state.station.id;
    let Known::Device { device, parts, report, oldest } = &advice.known else {
        // Whoever decides gives what is known.
        return Decision::just(Answer::Noted);
    };
    let mut device = device.as_deref().cloned().unwrap_or_else(|| StationDevice::new(station.clone()));
    let learned = learn_reported(&mut device, parts, &part.settings, advice.now, Learnt::Reported);
    let mut changes: Vec<Change> = learned.parts.iter().map(Change::put).collect();
    let mut report = match report {
        Some(report) => report.as_ref().clone(),
        None => {
            changes.extend(oldest.as_deref().map(Change::remove));
            unasked(&mut device, part, advice)
        }
    };
    note(&mut report, part, &learned, advice);
    if report.scope == ReportScope::Base(ocpp_core::model::ReportKind::Full)
        && matches!(report.state, ReportState::Complete { .. })
    {
        device.full_since = Some(report.since);
    }
    let kind = EventKind::ReportChanged {
        number: report.number,
        state: report.state.name().to_owned(),
        settings: report.settings,
    };
    changes.extend([Change::put(&device), Change::put(&report)]);
    Decision { changes, events: vec![event(state, advice, kind)], answer: Answer::Noted }
}

/// A report that nobody here has asked for, such as one that another manager has.
fn unasked(device: &mut StationDevice, part: &DeviceReport, advice: &Advice) -> StationReport {
    let number = device.next_report;
    device.next_report = number.saturating_add(1);
    StationReport {
        station: device.station.clone(),
        number,
        revision: Revision::default(),
        request: Some(part.request),
        scope: ReportScope::Unasked,
        by: "the station".to_owned(),
        since: advice.now,
        heard_at: advice.now,
        parts: SeenSteps::default(),
        last: None,
        settings: 0,
        left_out: 0,
        state: ReportState::Arriving,
    }
}

fn note(report: &mut StationReport, part: &DeviceReport, learned: &Learned, advice: &Advice) {
    report.heard_at = advice.now;
    if !report.parts.contains(part.seq) {
        let told = u32::try_from(part.settings.len()).unwrap_or(u32::MAX);
        report.settings = report.settings.saturating_add(told);
        report.left_out = report.left_out.saturating_add(learned.left_out);
    }
    report.parts.insert(part.seq);
    if !part.more {
        report.last = Some(part.seq);
    }
    if report.last.is_some() && report.missing().is_empty() {
        report.state = ReportState::Complete { at: advice.now };
    } else if !matches!(report.state, ReportState::Complete { .. }) {
        report.state = ReportState::Arriving;
    }
}
