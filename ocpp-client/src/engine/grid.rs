//! Settings of grid support: kept, ranked by their priority, in force at their time (block R).

use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::{DerControl, DerFilter, DerReport, DerScope, DerStartStop, Fact, Outcome, Verdict};
use serde::{Deserialize, Serialize};

use super::{Engine, Record};

/// What the inverter can do (`DCDERCtrlr.ModesSupported`).
pub(super) const KINDS: &[&str] = &[
    "EnterService",
    "FixedPFAbsorb",
    "FixedPFInject",
    "FixedVar",
    "FreqDroop",
    "FreqWatt",
    "Gradients",
    "LimitMaxDischarge",
    "VoltVar",
    "VoltWatt",
    "WattPF",
    "WattVar",
];
/// The most settings that are kept.
const MAX_CONTROLS: usize = 64;
/// How many settings one report has.
const PER_MESSAGE: usize = 10;

/// A setting of grid support as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptControl {
    /// What was set.
    pub control: DerControl,
    /// Its rank: the smaller, the more it counts.
    pub priority: i64,
    /// From when it holds, where it is scheduled.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Whether another one takes its place.
    pub is_superseded: bool,
    /// Whether it holds now and the manager was told.
    pub is_active: bool,
}

/// What the values of every kind have in common.
#[derive(Deserialize)]
struct Common {
    priority: i64,
    #[serde(rename = "startTime")]
    start: Option<Timestamp>,
    duration: Option<f64>,
}

impl KeptControl {
    fn new(control: &DerControl, now: Timestamp) -> Option<KeptControl> {
        let common: Common = serde_json::from_str(control.setting.values().as_str()).ok()?;
        let is_scheduled = control.scope == DerScope::Scheduled;
        let from = common.start.or(Some(now)).filter(|_| is_scheduled);
        let lasts = common.duration.filter(|_| is_scheduled);
        let until = match (from, lasts) {
            (Some(from), Some(lasts)) => {
                let lasts = Duration::try_from_secs_f64(lasts).ok()?;
                Some(from.checked_add(lasts).ok()?)
            }
            _ => None,
        };
        let control = control.clone();
        let priority = common.priority;
        Some(KeptControl { control, priority, from, until, is_superseded: false, is_active: false })
    }

    fn is_rival(&self, other: &KeptControl) -> bool {
        self.control.kind == other.control.kind
            && self.control.scope == other.control.scope
            && self.control.id != other.control.id
            && !self.is_superseded
    }
}

/// Orders.
impl Engine {
    /// R04.FR.01 to R04.FR.08.
    pub(super) fn set_control(&mut self, now: Duration, control: &DerControl) -> Outcome {
        let word = |verdict| Outcome::DerControl { verdict, superseded: Vec::new() };
        if !KINDS.contains(&&*control.kind) {
            return word(Verdict::NotSupported);
        }
        let time = self.clock.at(now);
        let Some(mut new) = KeptControl::new(control, time) else { return word(Verdict::Rejected) };
        if new.until.is_some_and(|until| until <= time) || self.controls.len() >= MAX_CONTROLS {
            return word(Verdict::Rejected);
        }
        self.controls.retain(|known| known.control.id != control.id);
        let mut superseded = Vec::new();
        for rival in &mut self.controls {
            if !rival.is_rival(&new) {
                continue;
            }
            if rival.priority < new.priority {
                new.is_superseded = true; // R04.FR.08
                superseded = vec![new.control.id.clone()];
            } else if !rival.is_active || rival.control.scope == DerScope::Default {
                rival.is_superseded = true; // R04.FR.03, R04.FR.06
                superseded.push(rival.control.id.clone());
            }
            // One that is active goes on until the new one begins (R04.FR.07).
        }
        self.controls.push(new);
        self.keep_controls();
        Outcome::DerControl { verdict: Verdict::Accepted, superseded }
    }

    /// R04.FR.30 to R04.FR.36.
    pub(super) fn has_controls(&self, filter: &DerFilter) -> Outcome {
        let is_known = filter.kind.as_deref().is_none_or(|kind| KINDS.contains(&kind));
        let any = self.controls.iter().any(|known| fits(known, filter));
        Outcome::Verdict(match (is_known, any) {
            (false, _) => Verdict::NotSupported,
            (true, true) => Verdict::Accepted,
            (true, false) => Verdict::NothingFits,
        })
    }

    pub(super) fn report_controls(&mut self, request: i32, filter: &DerFilter) {
        let told = |known: &KeptControl| DerControl {
            superseded: Some(known.is_superseded),
            ..known.control.clone()
        };
        let controls: Vec<_> = self.controls.iter().filter(|known| fits(known, filter)).map(told).collect();
        let count = controls.chunks(PER_MESSAGE).len();
        for (index, piece) in controls.chunks(PER_MESSAGE).enumerate() {
            let more = index + 1 < count;
            self.queue.push(Fact::DerReport(DerReport { request, more, controls: piece.to_vec() }));
        }
    }

    /// R04.FR.41 to R04.FR.45.
    pub(super) fn clear_controls(
        &mut self,
        now: Duration,
        scope: DerScope,
        kind: Option<&str>,
        id: Option<&str>,
    ) -> Outcome {
        if kind.is_some_and(|kind| !KINDS.contains(&kind)) {
            return Outcome::Verdict(Verdict::NotSupported);
        }
        let is_meant = |known: &KeptControl| {
            known.control.scope == scope
                && kind.is_none_or(|kind| *known.control.kind == *kind)
                && id.is_none_or(|id| *known.control.id == *id)
        };
        let at = self.clock.at(now);
        let gone: Vec<_> = self.controls.iter().filter(|known| is_meant(known)).cloned().collect();
        if gone.is_empty() && (kind.is_some() || id.is_some()) {
            return Outcome::Verdict(Verdict::NothingFits);
        }
        self.controls.retain(|known| !is_meant(known));
        self.keep_controls();
        for known in gone.into_iter().filter(|known| known.is_active && scope == DerScope::Scheduled) {
            self.say_control(known.control.id, at, DerStep::Stopped, Vec::new());
        }
        Outcome::Verdict(Verdict::Accepted)
    }

    fn keep_controls(&mut self) {
        self.keep(Record::GridControls(self.controls.clone()));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum DerStep {
    Started,
    Stopped,
}

/// Time.
impl Engine {
    /// The settings that hold now, one of each kind: a scheduled one, or the default (R04.FR.11).
    pub fn active_controls(&self) -> impl Iterator<Item = &DerControl> {
        let scheduled = |kind: &str| {
            self.controls.iter().any(|known| {
                known.is_active && known.control.scope == DerScope::Scheduled && *known.control.kind == *kind
            })
        };
        let holds = move |known: &&KeptControl| match known.control.scope {
            DerScope::Scheduled => known.is_active,
            DerScope::Default => !known.is_superseded && !scheduled(&known.control.kind),
        };
        self.controls.iter().filter(holds).map(|known| &known.control)
    }

    /// Begins and ends what is due (R04.FR.10, R04.FR.20 to R04.FR.22).
    pub(super) fn run_controls(&mut self, now: Duration) {
        let time = self.clock.at(now);
        let begins = |known: &KeptControl| {
            !known.is_superseded && !known.is_active && known.from.is_some_and(|from| from <= time)
        };
        let ends = |known: &KeptControl| known.until.is_some_and(|until| until <= time);
        if !self.controls.iter().any(|known| begins(known) || ends(known)) {
            return;
        }
        let ended: Vec<_> = self.controls.iter().filter(|known| ends(known)).cloned().collect();
        self.controls.retain(|known| !ends(known));
        for known in ended.into_iter().filter(|known| known.is_active) {
            self.say_control(known.control.id, time, DerStep::Stopped, Vec::new());
        }
        while let Some(at) = self.controls.iter().position(begins) {
            self.controls[at].is_active = true;
            let new = self.controls[at].clone();
            let mut superseded = Vec::new();
            for rival in self.controls.iter_mut().filter(|rival| rival.is_active && rival.is_rival(&new)) {
                (rival.is_superseded, rival.is_active) = (true, false);
                superseded.push(rival.control.id.clone()); // R04.FR.21
            }
            self.say_control(new.control.id, time, DerStep::Started, superseded);
        }
        self.keep_controls();
    }

    pub(super) fn controls_change_at(&self) -> Option<Duration> {
        let begins = |known: &KeptControl| known.from.filter(|_| !known.is_superseded && !known.is_active);
        let moments = self.controls.iter().flat_map(|known| [begins(known), known.until]);
        moments.flatten().map(|moment| self.clock.when(moment)).min()
    }

    fn say_control(&mut self, id: Box<str>, at: Timestamp, step: DerStep, superseded: Vec<Box<str>>) {
        let started = step == DerStep::Started;
        self.queue.push(Fact::DerStartStop(DerStartStop { id, started, at, superseded }));
    }
}

fn fits(known: &KeptControl, filter: &DerFilter) -> bool {
    filter.scope.is_none_or(|scope| scope == known.control.scope)
        && filter.kind.as_deref().is_none_or(|kind| *known.control.kind == *kind)
        && filter.id.as_deref().is_none_or(|id| *known.control.id == *id)
}
