//! What the blocks of monitoring and of displays have here and lack in 2.0.1.

use alloc::vec::Vec;

use super::stream::{pace, read_pace};
use super::{VERSION, wire};
use crate::dialect::CannotSay;
use crate::dialect::two::{counted, exactly, integer};
use crate::model::{EventSeverity, InstalledMonitor, MonitorOrigin, StreamPace};
use crate::types::{List, Number};

#[allow(clippy::unnecessary_wraps, reason = "2.0.1 cannot say it")]
pub(super) fn dress_monitor(
    data: &mut wire::SetMonitoringData,
    stream: Option<StreamPace>,
) -> Result<(), CannotSay> {
    data.periodic_event_stream = stream.map(pace);
    Ok(())
}

pub(super) fn stream_of(data: &wire::SetMonitoringData) -> Option<StreamPace> {
    data.periodic_event_stream.as_ref().map(read_pace)
}

/// A monitor that is set. `None` for what cannot be said of it.
pub(super) fn installed(monitor: &InstalledMonitor) -> Option<wire::VariableMonitoring> {
    let origin = monitor.origin.unwrap_or(MonitorOrigin::CustomMonitor);
    Some(wire::VariableMonitoring::new(
        integer(monitor.id)?,
        monitor.in_transaction,
        Number::from(monitor.value),
        exactly(monitor.kind.as_str())?,
        integer(monitor.severity.number())?,
        wire::EventNotification::from(origin.as_str()),
    ))
}

pub(super) fn origin_of(monitor: &wire::VariableMonitoring) -> Option<MonitorOrigin> {
    MonitorOrigin::from_word(monitor.event_notification_type.as_str())
}

pub(super) fn dress_event(event: &mut wire::EventData, severity: Option<EventSeverity>) {
    event.severity = severity.and_then(|severity| integer(severity.number()));
}

pub(super) fn event_severity(event: &wire::EventData) -> Option<EventSeverity> {
    event.severity.map(|severity| EventSeverity::nearest(counted(severity)))
}

pub(super) fn translate(
    message: &mut wire::MessageInfo,
    translations: Vec<wire::MessageContent>,
) -> Result<(), CannotSay> {
    if !translations.is_empty() {
        let translations = List::new(translations);
        let long = |_| CannotSay::new(VERSION, "a message in more than five languages");
        message.message_extra = Some(translations.map_err(long)?);
    }
    Ok(())
}

pub(super) fn translations(message: &wire::MessageInfo) -> &[wire::MessageContent] {
    message.message_extra.as_deref().unwrap_or_default()
}
