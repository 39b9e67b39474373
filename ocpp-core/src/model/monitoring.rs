//! Monitors on variables, and the events that they report (block N).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::command::Setting;
use super::firmware::Cause;
use super::name::closed_name;
use super::stream::StreamPace;

closed_name! {
    /// What a monitor watches for.
    MonitorKind {
        /// The value goes above the monitor's (N07.FR.16).
        UpperThreshold = "UpperThreshold",
        /// The value goes below the monitor's (N07.FR.17).
        LowerThreshold = "LowerThreshold",
        /// The value changes by more than the monitor's; what is no number, at all (N07.FR.18, N07.FR.19).
        Delta = "Delta",
        /// So many seconds have passed (N08.FR.06).
        Periodic = "Periodic",
        /// The same, by the clock: 900 means the full quarters of an hour (N08.FR.07).
        PeriodicClockAligned = "PeriodicClockAligned",
        /// The value differs from its target by more than the monitor's (2.1).
        TargetDelta = "TargetDelta",
        /// The same as a part of the target (2.1).
        TargetDeltaRelative = "TargetDeltaRelative",
    }
}

closed_name! {
    /// A set of monitors that the maker prepared (N03).
    MonitoringBase {
        /// All that the maker prepared; those that the manager set stay.
        All = "All",
        /// What the maker recommends, and nothing else.
        FactoryDefault = "FactoryDefault",
        /// Only those that cannot be switched off.
        HardWiredOnly = "HardWiredOnly",
    }
}

closed_name! {
    /// Kinds of monitors that a report is limited to (N02).
    MonitoringCriterion {
        /// Upper and lower thresholds.
        Threshold = "ThresholdMonitoring",
        /// Changes.
        Delta = "DeltaMonitoring",
        /// What reports by time.
        Periodic = "PeriodicMonitoring",
    }
}

closed_name! {
    /// Where a monitor, or an event without one, comes from.
    MonitorOrigin {
        /// The station reports it by itself, without a monitor.
        HardWiredNotification = "HardWiredNotification",
        /// A monitor that cannot be changed.
        HardWiredMonitor = "HardWiredMonitor",
        /// A monitor that the maker prepared.
        PreconfiguredMonitor = "PreconfiguredMonitor",
        /// A monitor that the manager set.
        CustomMonitor = "CustomMonitor",
    }
}

closed_name! {
    /// What set off an event.
    EventTrigger {
        /// A threshold was passed, or something happened.
        Alerting = "Alerting",
        /// A value changed.
        Delta = "Delta",
        /// Time has passed.
        Periodic = "Periodic",
    }
}

/// How much an event matters, by the numbers of the specification: 0 is danger, 9 is for debugging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct EventSeverity(u8);

/// A number is no severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a severity is a number from 0 (danger) to 9 (debug)")]
pub struct NoSeverity;

impl EventSeverity {
    /// Lives are in danger.
    pub const DANGER: EventSeverity = EventSeverity(0);
    /// Hardware does not work; somebody has to go there.
    pub const HARDWARE_FAILURE: EventSeverity = EventSeverity(1);
    /// Software or a part of the hardware does not work.
    pub const SYSTEM_FAILURE: EventSeverity = EventSeverity(2);
    /// Something is critical and needs care now.
    pub const CRITICAL: EventSeverity = EventSeverity(3);
    /// Something went wrong.
    pub const ERROR: EventSeverity = EventSeverity(4);
    /// Somebody should look at it soon.
    pub const ALERT: EventSeverity = EventSeverity(5);
    /// Something may go wrong.
    pub const WARNING: EventSeverity = EventSeverity(6);
    /// Something unusual, and nothing wrong.
    pub const NOTICE: EventSeverity = EventSeverity(7);
    /// For statistics.
    pub const INFORMATIONAL: EventSeverity = EventSeverity(8);
    /// For debugging.
    pub const DEBUG: EventSeverity = EventSeverity(9);

    /// The severity that is nearest to a number: stations say what they like.
    #[must_use]
    pub fn nearest(number: i64) -> EventSeverity {
        EventSeverity(u8::try_from(number.clamp(0, 9)).unwrap_or(9))
    }

    /// Its number, 0 to 9.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self.0 {
            0 => "danger",
            1 => "hardware failure",
            2 => "system failure",
            3 => "critical",
            4 => "error",
            5 => "alert",
            6 => "warning",
            7 => "notice",
            8 => "informational",
            _ => "debug",
        }
    }
}

impl fmt::Display for EventSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl TryFrom<u8> for EventSeverity {
    type Error = NoSeverity;

    fn try_from(number: u8) -> Result<EventSeverity, NoSeverity> {
        if number <= 9 { Ok(EventSeverity(number)) } else { Err(NoSeverity) }
    }
}

impl From<EventSeverity> for u8 {
    fn from(severity: EventSeverity) -> u8 {
        severity.0
    }
}

/// A monitor to be set on a variable (N04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorSetting {
    /// The variable.
    pub setting: Setting,
    /// The station's number of the monitor that it replaces; a new one when absent (N04.FR.11, N04.FR.12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// What it watches for.
    pub kind: MonitorKind,
    /// The threshold or the difference; seconds for what reports by time. 1 is recommended for changes of what is
    /// no number (N04.FR.17).
    pub value: Decimal,
    /// How much its events matter.
    pub severity: EventSeverity,
    /// Whether it watches only while the component is in a transaction.
    #[serde(default)]
    pub in_transaction: bool,
    /// Have its values sent as a stream of this pace, not as events (2.1, N11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamPace>,
}

closed_name! {
    /// What a station says to a monitor that was to be set.
    MonitorVerdict {
        Accepted = "Accepted",
        UnknownComponent = "UnknownComponent",
        UnknownVariable = "UnknownVariable",
        /// The variable cannot be watched for this.
        UnsupportedMonitorType = "UnsupportedMonitorType",
        Rejected = "Rejected",
        /// There is one of this kind and severity on the variable (N04.FR.10).
        Duplicate = "Duplicate",
    }
}

/// What became of a monitor that was to be set (N04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorResult {
    /// The variable.
    pub setting: Setting,
    /// What it watches for.
    pub kind: MonitorKind,
    /// How much its events matter.
    pub severity: EventSeverity,
    /// What the station says.
    pub verdict: MonitorVerdict,
    /// The station's number of it, when it was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// Why, as far as the station says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

closed_name! {
    /// What a station says to a monitor that was to be removed.
    MonitorRemovalVerdict {
        Accepted = "Accepted",
        /// It cannot be removed (N06.FR.03).
        Rejected = "Rejected",
        NotFound = "NotFound",
    }
}

/// What became of a monitor that was to be removed (N06).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorRemoval {
    /// The station's number of it.
    pub id: i64,
    /// What the station says.
    pub verdict: MonitorRemovalVerdict,
    /// Why, as far as the station says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// A monitor as a station reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledMonitor {
    /// The variable.
    pub setting: Setting,
    /// The station's number of the monitor; it may change when the station restarts (N04.FR.19).
    pub id: i64,
    /// What it watches for.
    pub kind: MonitorKind,
    /// The threshold or the difference; seconds for what reports by time.
    pub value: Decimal,
    /// How much its events matter.
    pub severity: EventSeverity,
    /// Whether it watches only while the component is in a transaction.
    pub in_transaction: bool,
    /// Where it comes from; 2.0.1 does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<MonitorOrigin>,
}

/// A part of a report on monitors (N02).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitoringReport {
    /// The number of the order that asked for it.
    pub request: i32,
    /// Which part it is, from 0.
    pub seq: u32,
    /// Whether another part follows.
    pub more: bool,
    /// When it was made.
    pub at: Timestamp,
    /// The monitors.
    pub monitors: Vec<InstalledMonitor>,
}

/// Something that a station noticed about a variable (N07, N08).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorEvent {
    /// The station's number of the event; others name it as their cause.
    pub id: i64,
    /// When it was noticed.
    pub at: Timestamp,
    /// What set it off.
    pub trigger: EventTrigger,
    /// The number of the event that led to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<i64>,
    /// The value of the variable then, at most 2,500 characters; empty for one that cannot be read (N07.FR.10).
    pub value: Box<str>,
    /// The component's own code, at most 50 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tech_code: Option<Box<str>>,
    /// The component's own words, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tech_info: Option<Box<str>>,
    /// Whether things are in order again (N07.FR.02).
    #[serde(default)]
    pub cleared: bool,
    /// The station's name of the transaction that it has to do with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Box<str>>,
    /// The variable.
    pub setting: Setting,
    /// The station's number of the monitor that noticed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitor: Option<i64>,
    /// What reported it.
    pub origin: MonitorOrigin,
    /// How much it matters; 2.0.1 does not say, the monitor does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<EventSeverity>,
}

/// Events that a station reports, or a part of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventReport {
    /// When it was made.
    pub at: Timestamp,
    /// Which part it is, from 0.
    pub seq: u32,
    /// Whether another part follows.
    pub more: bool,
    /// The events.
    pub events: Vec<MonitorEvent>,
}
