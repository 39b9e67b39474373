//! From the start to the end of a session, in steps within which nothing changes that has a price.

use alloc::vec::Vec;
use core::ops::ControlFlow;

use super::calendar::Local;
use super::curve::Stretch;
use super::plan::{Moment, Plan, Priced, Range};
use crate::rules::tariff::Component;
use crate::rules::timeline::Activity;

/// What the time of a step counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Charging,
    Idle,
    /// Before the first charging, or while the station itself suspends.
    Neither,
}

/// A step: the same prices hold from its start to its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) from: i64,
    pub(super) to: i64,
    /// In nWh.
    pub(super) energy: i64,
    pub(super) mode: Mode,
    /// Index of the energy price in its component's list, when one holds.
    pub(super) energy_price: Option<usize>,
    /// Index of the price of charging or idle time in its component's list, when one holds.
    pub(super) time_price: Option<usize>,
    pub(super) power: Option<i64>,
    pub(super) current: Option<i64>,
}

/// Calls `visit` with every step in order, until it breaks.
pub(super) fn walk(plan: &Plan<'_>, mut visit: impl FnMut(&Segment) -> ControlFlow<()>) {
    let mut walker = Walker::new(plan);
    while let Some(segment) = walker.step() {
        if visit(&segment).is_break() {
            break;
        }
    }
}

struct Walker<'p> {
    plan: &'p Plan<'p>,
    now: Moment,
    mode: Mode,
    has_charged: bool,
    energy: Choice<'p>,
    charging: Choice<'p>,
    idle: Choice<'p>,
    /// The numbers of the next entry of each list.
    activity: usize,
    cut: usize,
    power: usize,
    current: usize,
    stretch: usize,
    /// The energy when the walk is over.
    total: i64,
    over: bool,
}

impl<'p> Walker<'p> {
    fn new(plan: &'p Plan<'p>) -> Walker<'p> {
        // Of what was done before the start only the last counts.
        let started = plan.activities.partition_point(|(at, _)| *at <= 0);
        Walker {
            plan,
            now: Moment::default(),
            mode: Mode::Neither,
            has_charged: false,
            energy: Choice::new(plan, Component::Energy),
            charging: Choice::new(plan, Component::ChargingTime),
            idle: Choice::new(plan, Component::IdleTime),
            activity: started.saturating_sub(1),
            cut: 0,
            power: 0,
            current: 0,
            stretch: 0,
            total: plan.curve.energy_at(plan.length),
            over: false,
        }
    }

    /// The next step, and the walk to its end.
    fn step(&mut self) -> Option<Segment> {
        if self.over {
            return None;
        }
        self.look();
        let stretch = self.plan.curve.stretch(self.stretch).filter(|s| s.start() <= self.now.time);
        let (to, energy) = self.next(stretch);
        let time_choice = match self.mode {
            Mode::Charging => Some(&self.charging),
            Mode::Idle => Some(&self.idle),
            Mode::Neither => None,
        };
        let segment = Segment {
            from: self.now.time,
            to,
            energy: energy - self.now.energy,
            mode: self.mode,
            energy_price: if energy > self.now.energy { self.energy.first(&self.now) } else { None },
            time_price: time_choice.filter(|_| to > self.now.time).and_then(|choice| choice.first(&self.now)),
            power: self.now.power,
            current: self.now.current,
        };
        self.advance(&segment);
        Some(segment)
    }

    /// Takes in everything that has happened up to now.
    fn look(&mut self) {
        let (plan, time) = (self.plan, self.now.time);
        while let Some((_, activity)) = plan.activities.get(self.activity).filter(|(at, _)| *at <= time) {
            self.activity += 1;
            self.take(*activity);
        }
        while let Some(cut) = plan.cuts.get(self.cut).filter(|cut| cut.at <= time) {
            self.cut += 1;
            for choice in [&mut self.energy, &mut self.charging, &mut self.idle] {
                choice.at_local_time(cut.local);
            }
        }
        while plan.curve.stretch(self.stretch).is_some_and(|stretch| stretch.end() <= time) {
            self.stretch += 1;
        }
        if plan.power_matters {
            let measured = last(&plan.power, &mut self.power, time);
            self.now.power = measured.or_else(|| {
                let stretch = plan.curve.stretch(self.stretch)?;
                (stretch.start() <= time).then(|| stretch.milliwatts())
            });
        }
        self.now.current = last(&plan.current, &mut self.current, time);
    }

    fn take(&mut self, activity: Activity) {
        self.mode = match activity {
            Activity::Charging => Mode::Charging,
            Activity::SuspendedEvse => Mode::Neither,
            Activity::SuspendedEv | Activity::Connected | Activity::Finishing | Activity::Disconnected => {
                if self.has_charged {
                    Mode::Idle
                } else {
                    Mode::Neither
                }
            }
        };
        if activity == Activity::Charging {
            self.has_charged = true;
            self.now.idle = 0;
        }
    }

    /// The end of the step and the energy at it.
    fn next(&self, stretch: Option<Stretch>) -> (i64, i64) {
        let (plan, now) = (self.plan, &self.now);
        let entry = |entry: Option<i64>| entry.unwrap_or(i64::MAX);
        let mut to = plan
            .length
            .min(entry(plan.activities.get(self.activity).map(|(at, _)| *at)))
            .min(entry(plan.cuts.get(self.cut).map(|cut| cut.at)))
            .min(entry(plan.power.get(self.power).map(|(at, _)| *at)))
            .min(entry(plan.current.get(self.current).map(|(at, _)| *at)))
            .min(entry(
                plan.curve
                    .stretch(self.stretch)
                    .map(|next| if stretch.is_some() { next.end() } else { next.start() }),
            ));
        for choice in [&self.energy, &self.charging, &self.idle] {
            to = to.min(entry(choice.next(|limits| limits.time, now.time)));
            match self.mode {
                Mode::Charging => {
                    let reached = choice.next(|limits| limits.charging, now.charging);
                    to = to.min(entry(reached.map(|limit| now.time.saturating_add(limit - now.charging))));
                }
                Mode::Idle => {
                    let reached = choice.next(|limits| limits.idle, now.idle);
                    to = to.min(entry(reached.map(|limit| now.time.saturating_add(limit - now.idle))));
                }
                Mode::Neither => {}
            }
        }
        let limit = [&self.energy, &self.charging, &self.idle]
            .into_iter()
            .filter_map(|choice| choice.next(|limits| limits.energy, now.energy))
            .min();
        // A limit of energy is hit exactly, though its moment is not a whole nanosecond.
        let crossing = limit.and_then(|limit| Some((stretch?.reaches(limit)?.max(now.time), limit)));
        match crossing.filter(|(at, _)| *at <= to) {
            Some(crossing) => crossing,
            None => {
                (to, stretch.map_or_else(|| plan.curve.energy_at(to), |s| s.energy_at(to)).max(now.energy))
            }
        }
    }

    fn advance(&mut self, segment: &Segment) {
        let length = segment.to - segment.from;
        self.now.time = segment.to;
        self.now.energy += segment.energy;
        match self.mode {
            Mode::Charging => self.now.charging += length,
            Mode::Idle => self.now.idle += length,
            Mode::Neither => {}
        }
        self.over = segment.to >= self.plan.length && self.now.energy >= self.total;
    }
}

/// The value that is in force: that of the last entry up to now.
fn last(list: &[(i64, i64)], next: &mut usize, time: i64) -> Option<i64> {
    while list.get(*next).is_some_and(|(at, _)| *at <= time) {
        *next += 1;
    }
    next.checked_sub(1).and_then(|index| list.get(index)).map(|(_, value)| *value)
}

/// The prices of a component that can hold at the present local time.
struct Choice<'p> {
    priced: Option<&'p Priced<'p>>,
    possible: Vec<usize>,
}

impl<'p> Choice<'p> {
    fn new(plan: &'p Plan<'p>, component: Component) -> Choice<'p> {
        Choice { priced: plan.component(component).map(|(_, priced)| priced), possible: Vec::new() }
    }

    fn at_local_time(&mut self, local: Local) {
        self.possible.clear();
        let Some(priced) = self.priced else { return };
        let holding = priced.elements.iter().enumerate().filter(|(_, element)| element.when.holds(local));
        self.possible.extend(holding.map(|(index, _)| index));
    }

    fn elements(&self) -> impl Iterator<Item = (usize, &'p super::plan::Element)> {
        let elements = self.priced.map_or(&[][..], |priced| &priced.elements[..]);
        self.possible.iter().filter_map(|&index| Some((index, elements.get(index)?)))
    }

    fn first(&self, now: &Moment) -> Option<usize> {
        self.elements().find(|(_, element)| element.limits.hold(now)).map(|(index, _)| index)
    }

    /// The least limit above `value`, of the prices that can hold.
    fn next(&self, of: fn(&super::plan::Limits) -> Range, value: i64) -> Option<i64> {
        self.elements().filter_map(|(_, element)| of(&element.limits).next(value)).min()
    }
}
