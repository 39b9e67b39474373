//! Monitors on stations, and the events that they reported (block N).

use std::collections::BTreeMap;

use jiff::Timestamp;
use ocpp_core::model::{
    EventSeverity, InstalledMonitor, MonitorEvent, MonitorOrigin, MonitorSetting, MonitoringBase,
    MonitoringReport, StationId,
};
use serde::{Deserialize, Serialize};

use super::record::record;
use super::station::Revision;

/// An event of a station, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptEvent {
    /// Whose.
    pub station: StationId,
    /// Its place among the station's, from 1.
    pub number: u64,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What the station said.
    pub what: MonitorEvent,
    /// How much it matters: as the station says, else as its monitor does, else [`KeptEvent::UNSAID`].
    pub severity: EventSeverity,
    /// The place among the station's of the event that led to it, where that one is kept.
    pub caused_by: Option<u64>,
    /// When the manager heard of it.
    pub heard_at: Timestamp,
}

record!(
    KeptEvent is StationEvent,
    key |kept| KeptEvent::key_of(&kept.station, kept.number),
    owner |kept| Some(kept.station.to_string())
);

impl KeptEvent {
    /// The most events that are kept of one station; the oldest make room.
    pub const MAX_PER_STATION: u64 = 1000;
    /// The most events that are kept of one message; of more, the last ones.
    pub const MAX_PER_MESSAGE: usize = 200;
    /// How much an event matters of which nobody says it.
    pub const UNSAID: EventSeverity = EventSeverity::ALERT;

    /// The key of a station's event: lists of one station are in the order in which they came.
    #[must_use]
    pub fn key_of(station: &StationId, number: u64) -> String {
        format!("{station}/{number:012}")
    }
}

/// The monitors of a station, as far as the manager knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationMonitors {
    /// Whose.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The monitors, in the order of their numbers.
    pub monitors: Vec<KeptMonitor>,
    /// How many have no place here.
    pub left_out: u64,
    /// The set of the maker's that was last activated from here.
    pub base: Option<MonitoringBase>,
    /// The level that was last set from here.
    pub level: Option<EventSeverity>,
    /// When the station last reported all of them.
    pub told_at: Option<Timestamp>,
    /// The number of the last report that was asked for.
    pub last_request: i32,
    /// The report that is awaited, or comes in.
    pub report: Option<AwaitedMonitors>,
}

record!(StationMonitors is StationMonitors, key |known| known.station.to_string());

/// A monitor on a station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptMonitor {
    /// The monitor as the station has it.
    pub what: InstalledMonitor,
    /// Whether it was set from here.
    pub set_here: bool,
}

/// A report on monitors that is awaited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitedMonitors {
    /// The number of the order.
    pub request: i32,
    /// Whether it is to have all monitors.
    pub whole: bool,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// The parts that came, by their numbers.
    pub parts: BTreeMap<u32, Vec<InstalledMonitor>>,
    /// The number of the last part, when that came.
    pub last: Option<u32>,
}

impl StationMonitors {
    /// The most monitors that are kept of one station.
    pub const MAX: usize = 1000;
    /// The most parts of a report.
    const MAX_PARTS: usize = 1000;

    /// Nothing is known yet.
    #[must_use]
    pub const fn unknown(station: StationId) -> StationMonitors {
        StationMonitors {
            station,
            revision: Revision(0),
            monitors: Vec::new(),
            left_out: 0,
            base: None,
            level: None,
            told_at: None,
            last_request: 0,
            report: None,
        }
    }

    /// The monitor of this number.
    #[must_use]
    pub fn monitor(&self, id: i64) -> Option<&KeptMonitor> {
        self.monitors.iter().find(|monitor| monitor.what.id == id)
    }

    /// Expects a report; tells its number.
    pub fn await_report(&mut self, whole: bool, at: Timestamp) -> i32 {
        self.last_request = if self.last_request == i32::MAX { 1 } else { self.last_request + 1 };
        let request = self.last_request;
        self.report =
            Some(AwaitedMonitors { request, whole, asked_at: at, parts: BTreeMap::new(), last: None });
        request
    }

    /// Takes a part of a report, in whatever order the parts come; a part that came before counts once. Tells
    /// whether the report is complete now. What nobody here asked for is taken over as far as it goes.
    pub fn take(&mut self, part: &MonitoringReport) -> bool {
        let Some(report) = self.report.as_mut().filter(|report| report.request == part.request) else {
            self.merge(part.monitors.clone());
            return !part.more;
        };
        if report.parts.len() < Self::MAX_PARTS {
            report.parts.insert(part.seq, part.monitors.clone());
        }
        if !part.more {
            report.last = Some(part.seq);
        }
        let is_complete =
            report.last.is_some_and(|last| (0..=last).all(|seq| report.parts.contains_key(&seq)));
        if !is_complete {
            return false;
        }
        let whole = report.whole;
        let told = self.report.take().map(|report| report.parts).unwrap_or_default();
        let told: Vec<InstalledMonitor> = told.into_values().flatten().collect();
        if whole {
            self.replace(told);
            self.told_at = Some(part.at);
        } else {
            self.merge(told);
        }
        true
    }

    /// These are all monitors of the station: after a restart they may have other numbers (N04.FR.19).
    pub fn replace(&mut self, told: Vec<InstalledMonitor>) {
        let before = std::mem::take(&mut self.monitors);
        self.left_out = 0;
        for what in told {
            let same = |kept: &&KeptMonitor| is_same(&kept.what, &what);
            let set_here = before.iter().find(same).is_some_and(|kept| kept.set_here);
            self.put(KeptMonitor { set_here, what });
        }
    }

    fn merge(&mut self, told: Vec<InstalledMonitor>) {
        for what in told {
            let set_here =
                self.monitor(what.id).is_some_and(|kept| kept.set_here && is_same(&kept.what, &what));
            self.put(KeptMonitor { set_here, what });
        }
    }

    /// A monitor was set from here, and has this number.
    pub fn set(&mut self, wanted: &MonitorSetting, id: i64) {
        let what = InstalledMonitor {
            setting: wanted.setting.clone(),
            id,
            kind: wanted.kind,
            value: wanted.value,
            severity: wanted.severity,
            in_transaction: wanted.in_transaction,
            origin: Some(MonitorOrigin::CustomMonitor),
        };
        self.put(KeptMonitor { what, set_here: true });
    }

    /// The monitor of this number is gone.
    pub fn remove(&mut self, id: i64) {
        self.monitors.retain(|monitor| monitor.what.id != id);
    }

    /// A set of the maker's was activated: but with [`MonitoringBase::All`] those that were set here are gone (N03).
    pub fn rebase(&mut self, base: MonitoringBase) {
        self.base = Some(base);
        if base != MonitoringBase::All {
            self.monitors.retain(|monitor| !monitor.set_here);
        }
    }

    fn put(&mut self, monitor: KeptMonitor) {
        match self.monitors.binary_search_by_key(&monitor.what.id, |kept| kept.what.id) {
            Ok(at) => self.monitors[at] = monitor,
            Err(_) if self.monitors.len() >= Self::MAX => self.left_out += 1,
            Err(at) => self.monitors.insert(at, monitor),
        }
    }
}

/// Whether two monitors watch for the same: a station has one of a kind and severity on a variable (N04.FR.10).
fn is_same(one: &InstalledMonitor, other: &InstalledMonitor) -> bool {
    (one.kind, one.severity) == (other.kind, other.severity) && one.setting == other.setting
}
