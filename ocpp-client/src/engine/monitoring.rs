//! Monitors on variables, and the events that they report (block N).
//!
//! What a monitor sees is looked at whenever something happened, so that an event has the time of its cause.

mod report;
mod stream;
mod watch;

use std::collections::BTreeMap;
use std::time::Duration;

use ocpp_core::model::{
    Cause, EventSeverity, InstalledMonitor, MonitorKind, MonitorOrigin, MonitorRemoval,
    MonitorRemovalVerdict, MonitorResult, MonitorSetting, MonitorVerdict, MonitoringBase, Outcome, Place,
    Setting, StreamPace, Verdict,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use stream::Streams;
use watch::Watch;

use super::device::Found;
use super::device::table::{Form, MAX_ITEMS, MAX_MONITORS, Row};
use super::{Engine, Record};

/// A monitor as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptMonitor {
    /// What it is.
    pub monitor: InstalledMonitor,
    /// The pace of its stream, where it has one.
    pub stream: Option<StreamPace>,
}

/// The monitors of a station and what it reports of them, as they are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Monitors {
    /// The set that the manager chose.
    pub base: MonitoringBase,
    /// What matters less is not reported.
    pub level: EventSeverity,
    /// The monitors.
    pub monitors: Vec<KeptMonitor>,
}

#[derive(Debug)]
pub(super) struct Monitoring {
    kept: Monitors,
    /// What each monitor has seen last.
    watches: BTreeMap<i64, Watch>,
    streams: Streams,
    last_event: i64,
}

/// The number that each preconfigured monitor has beyond the number of its EVSE.
const PRECONFIGURED: i64 = 1000;

fn severity(number: u8) -> EventSeverity {
    EventSeverity::try_from(number).unwrap_or(EventSeverity::DANGER)
}

impl Monitoring {
    /// The monitors that the maker prepared: the faults of every EVSE.
    pub(super) fn new(evses: u32) -> Monitoring {
        let monitors = (1..=evses).map(preconfigured).collect();
        let kept = Monitors { base: MonitoringBase::All, level: severity(9), monitors };
        Monitoring { kept, watches: BTreeMap::new(), streams: Streams::default(), last_event: 0 }
    }

    pub(super) fn restore(&mut self, kept: Monitors) {
        self.kept = kept;
    }

    pub(super) const fn base(&self) -> MonitoringBase {
        self.kept.base
    }

    pub(super) fn level(&self) -> u8 {
        self.kept.level.into()
    }

    pub(super) fn timeout(&self) -> Option<Duration> {
        let watches = self.watches.values().filter_map(|watch| watch.next);
        watches.chain(self.streams.timeout()).min()
    }

    fn position(&self, id: i64) -> Option<usize> {
        self.kept.monitors.iter().position(|known| known.monitor.id == id)
    }

    fn free_number(&self) -> i64 {
        let custom = self.kept.monitors.iter().map(|known| known.monitor.id).filter(|id| *id < PRECONFIGURED);
        custom.max().unwrap_or_default() + 1
    }
}

fn preconfigured(evse: u32) -> KeptMonitor {
    let setting = Setting::Variable {
        component: "EVSE".into(),
        component_instance: None,
        place: Some(Place::of(evse, None)),
        variable: "Problem".into(),
        variable_instance: None,
    };
    let monitor = InstalledMonitor {
        setting,
        id: PRECONFIGURED + i64::from(evse),
        kind: MonitorKind::Delta,
        value: Decimal::ONE,
        severity: severity(3),
        in_transaction: false,
        origin: Some(MonitorOrigin::PreconfiguredMonitor),
    };
    KeptMonitor { monitor, stream: None }
}

/// Orders.
impl Engine {
    /// N03.
    pub(super) fn set_monitoring_base(&mut self, base: MonitoringBase) -> Outcome {
        let is_custom = |known: &KeptMonitor| known.monitor.origin == Some(MonitorOrigin::CustomMonitor);
        let custom: Vec<_> =
            self.monitoring.kept.monitors.iter().filter(|known| is_custom(known)).cloned().collect();
        let mut monitors = match base {
            MonitoringBase::HardWiredOnly => Vec::new(),
            MonitoringBase::All | MonitoringBase::FactoryDefault => {
                (1..=self.config.evses).map(preconfigured).collect()
            }
        };
        match base {
            MonitoringBase::All => monitors.extend(custom),
            MonitoringBase::FactoryDefault | MonitoringBase::HardWiredOnly => {
                custom.iter().for_each(|known| self.close_stream(known.monitor.id));
            }
        }
        let known = |id: &i64| monitors.iter().any(|one| one.monitor.id == *id);
        self.monitoring.watches.retain(|id, _| known(id));
        self.monitoring.kept.base = base;
        self.monitoring.kept.monitors = monitors;
        self.keep_monitors();
        Outcome::Verdict(Verdict::Accepted)
    }

    /// N05.
    pub(super) fn set_monitoring_level(&mut self, level: EventSeverity) -> Outcome {
        self.monitoring.kept.level = level;
        self.keep_monitors();
        Outcome::Verdict(Verdict::Accepted)
    }

    /// N04: each by itself; too many at once are refused together.
    pub(super) fn set_monitors(&mut self, now: Duration, wanted: &[MonitorSetting]) -> Outcome {
        let too_many = wanted.len() > MAX_ITEMS;
        let results = wanted.iter().map(|wanted| {
            let (verdict, id, code) = match too_many {
                true => (MonitorVerdict::Rejected, None, Some("TooManyElements")),
                false => self.set_monitor(now, wanted),
            };
            MonitorResult {
                setting: wanted.setting.clone(),
                kind: wanted.kind,
                severity: wanted.severity,
                verdict,
                id,
                cause: code.map(|code| Cause { code: code.into(), text: None }),
            }
        });
        let results = results.collect();
        self.keep_monitors();
        Outcome::Monitors(results)
    }

    fn set_monitor(
        &mut self,
        now: Duration,
        wanted: &MonitorSetting,
    ) -> (MonitorVerdict, Option<i64>, Option<&'static str>) {
        let refused = |verdict, code| (verdict, None, code);
        let row = match self.find(&wanted.setting) {
            Found::NoComponent => return refused(MonitorVerdict::UnknownComponent, None),
            Found::NoVariable => return refused(MonitorVerdict::UnknownVariable, None),
            Found::Row(row, _) => row,
        };
        if !can_watch(row, wanted.kind) {
            return refused(MonitorVerdict::UnsupportedMonitorType, None); // N04.FR.05
        }
        if !is_in_range(row, wanted.kind, wanted.value) {
            return refused(MonitorVerdict::Rejected, Some("ValueOutOfRange")); // N04.FR.06, N04.FR.14
        }
        let same = |known: &KeptMonitor| {
            let known = &known.monitor;
            known.setting == wanted.setting && known.kind == wanted.kind && known.severity == wanted.severity
        };
        let others = |known: &&KeptMonitor| wanted.id != Some(known.monitor.id);
        if self.monitoring.kept.monitors.iter().filter(others).any(same) {
            return refused(MonitorVerdict::Duplicate, None); // N04.FR.10
        }
        let replaced = match wanted.id.map(|id| (id, self.monitoring.position(id))) {
            None => None,
            Some((_, Some(at))) if self.monitoring.kept.monitors[at].monitor.setting == wanted.setting => {
                Some(at)
            }
            Some(_) => return refused(MonitorVerdict::Rejected, Some("NotFound")), // N04.FR.13, N04.FR.16
        };
        if replaced.is_none() && self.monitoring.kept.monitors.len() >= MAX_MONITORS {
            return refused(MonitorVerdict::Rejected, Some("NoMemory"));
        }
        let id = wanted.id.unwrap_or_else(|| self.monitoring.free_number());
        self.install_monitor(now, id, wanted, replaced);
        (MonitorVerdict::Accepted, Some(id), None)
    }

    /// One that takes the place of a preconfigured one is the manager's own (N04.FR.15).
    fn install_monitor(&mut self, now: Duration, id: i64, wanted: &MonitorSetting, replaced: Option<usize>) {
        let monitor = InstalledMonitor {
            setting: wanted.setting.clone(),
            id,
            kind: wanted.kind,
            value: wanted.value,
            severity: wanted.severity,
            in_transaction: wanted.in_transaction,
            origin: Some(MonitorOrigin::CustomMonitor),
        };
        let kept = KeptMonitor { monitor, stream: wanted.stream };
        self.close_stream(id); // N13.FR.06
        match replaced {
            Some(at) => self.monitoring.kept.monitors[at] = kept,
            None => self.monitoring.kept.monitors.push(kept),
        }
        self.monitoring.watches.remove(&id);
        self.begin_watch(now, id);
        if let Some(pace) = wanted.stream {
            self.open_stream(now, id, pace);
        }
    }

    /// N06.
    pub(super) fn clear_monitors(&mut self, ids: &[i64]) -> Outcome {
        let too_many = ids.len() > MAX_ITEMS;
        let removals = ids.iter().map(|id| {
            let verdict = if too_many { MonitorRemovalVerdict::Rejected } else { self.clear_monitor(*id) };
            MonitorRemoval { id: *id, verdict, cause: None }
        });
        let removals = removals.collect();
        self.keep_monitors();
        Outcome::MonitorsCleared(removals)
    }

    fn clear_monitor(&mut self, id: i64) -> MonitorRemovalVerdict {
        let Some(at) = self.monitoring.position(id) else { return MonitorRemovalVerdict::NotFound };
        // What the maker prepared goes with SetMonitoringBase alone (N06.FR.03).
        if self.monitoring.kept.monitors[at].monitor.origin != Some(MonitorOrigin::CustomMonitor) {
            return MonitorRemovalVerdict::Rejected;
        }
        self.close_stream(id);
        self.monitoring.kept.monitors.remove(at);
        self.monitoring.watches.remove(&id);
        MonitorRemovalVerdict::Accepted
    }

    fn keep_monitors(&mut self) {
        self.keep(Record::Monitors(Box::new(self.monitoring.kept.clone())));
    }
}

/// Whether a variable can be watched for something. Targets are none of this station's.
fn can_watch(row: &Row, kind: MonitorKind) -> bool {
    match kind {
        MonitorKind::UpperThreshold | MonitorKind::LowerThreshold => row.is_numeric(),
        MonitorKind::Delta => row.can_be_monitored(),
        MonitorKind::Periodic | MonitorKind::PeriodicClockAligned => {
            row.access != super::device::table::Access::WriteOnly
        }
        MonitorKind::TargetDelta | MonitorKind::TargetDeltaRelative => false,
    }
}

fn is_in_range(row: &Row, kind: MonitorKind, value: Decimal) -> bool {
    match (kind, row.form) {
        (MonitorKind::UpperThreshold | MonitorKind::LowerThreshold, Form::Whole(least, most, _)) => {
            (Decimal::from(least)..=Decimal::from(most)).contains(&value)
        }
        (MonitorKind::UpperThreshold | MonitorKind::LowerThreshold, _) => !value.is_sign_negative(),
        (MonitorKind::Periodic | MonitorKind::PeriodicClockAligned, _) => {
            (Decimal::ONE..=Decimal::from(86_400)).contains(&value)
        }
        (_, _) => !value.is_sign_negative(),
    }
}
