//! Deciding on reports of settings (B07, B08).

use ocpp_core::model::{DeviceReport, ReportedSetting};

use super::{Advice, Decision, told};
use crate::domain::EventKind;
use crate::handle::StationState;

/// A part of a report is told to the world, without passwords.
pub(super) fn decide(state: &StationState, report: &DeviceReport, advice: &Advice) -> Decision {
    let settings = report.settings.iter().cloned().map(ReportedSetting::without_secrets).collect();
    let report = DeviceReport { settings, ..report.clone() };
    // Made of texts and numbers, it always has a JSON form.
    let payload = serde_json::to_string(&report).unwrap_or_default();
    told(state, advice, EventKind::MessageNoted { action: "NotifyReport".to_owned(), payload })
}
