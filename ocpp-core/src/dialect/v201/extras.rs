//! What the blocks of monitoring and of displays lack here and have in 2.1.

use alloc::vec::Vec;

use super::{VERSION, wire};
use crate::dialect::CannotSay;
use crate::dialect::two::{exactly, integer};
use crate::model::{EventSeverity, InstalledMonitor, MonitorOrigin, StreamPace};
use crate::types::Number;

pub(super) fn dress_monitor(
    _: &mut wire::SetMonitoringData,
    stream: Option<StreamPace>,
) -> Result<(), CannotSay> {
    match stream {
        Some(_) => Err(CannotSay::new(VERSION, "that a monitor feeds a stream: leave the stream out")),
        None => Ok(()),
    }
}

pub(super) fn stream_of(_: &wire::SetMonitoringData) -> Option<StreamPace> {
    None
}

/// A monitor that is set. `None` for what cannot be said of it.
pub(super) fn installed(monitor: &InstalledMonitor) -> Option<wire::VariableMonitoring> {
    Some(wire::VariableMonitoring::new(
        integer(monitor.id)?,
        monitor.in_transaction,
        Number::from(monitor.value),
        exactly(monitor.kind.as_str())?,
        integer(monitor.severity.number())?,
    ))
}

pub(super) fn origin_of(_: &wire::VariableMonitoring) -> Option<MonitorOrigin> {
    None
}

/// 2.0.1 does not say how much an event matters: its monitor does.
pub(super) fn dress_event(_: &mut wire::EventData, _: Option<EventSeverity>) {}

pub(super) fn event_severity(_: &wire::EventData) -> Option<EventSeverity> {
    None
}

pub(super) fn translate(
    _: &mut wire::MessageInfo,
    translations: Vec<wire::MessageContent>,
) -> Result<(), CannotSay> {
    if translations.is_empty() {
        return Ok(());
    }
    Err(CannotSay::new(VERSION, "a message in several languages at once: set one message for each"))
}

pub(super) fn translations(_: &wire::MessageInfo) -> &[wire::MessageContent] {
    &[]
}
