//! A tariff made ready for one session: what cannot hold in it is left out, limits are whole numbers.

use alloc::vec::Vec;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::calendar::{self, Cut, When};
use super::curve::{Curve, NANO, since};
use super::{CostError, LONGEST_DAYS};
use crate::rules::tariff::{Component, Conditions, Part, Tariff, TaxRate};
use crate::rules::timeline::{Activity, Timed, Timeline};

/// Everything that [`walk`](super::walk::walk) needs to know.
pub(super) struct Plan<'t> {
    pub(super) components: Vec<Priced<'t>>,
    pub(super) cuts: Vec<Cut>,
    pub(super) curve: Curve,
    /// From when on what is done, in ns since the start; the first may be before it.
    pub(super) activities: Vec<(i64, Activity)>,
    /// Whether a condition asks for the power.
    pub(super) power_matters: bool,
    /// In mW; empty when no condition asks for it.
    pub(super) power: Vec<(i64, i64)>,
    /// In mA; empty when no condition asks for it.
    pub(super) current: Vec<(i64, i64)>,
    /// From the start to `until` or the end, in ns.
    pub(super) length: i64,
    /// Whether the session's end is reached.
    pub(super) ended: bool,
    /// How long the place was reserved, in ns.
    pub(super) reserved: i64,
}

/// One component with the prices that can hold in this session.
pub(super) struct Priced<'t> {
    pub(super) component: Component,
    pub(super) elements: Vec<Element>,
    pub(super) tax_rates: &'t [TaxRate],
}

/// One price, and when it holds.
pub(super) struct Element {
    pub(super) price: Decimal,
    pub(super) when: When,
    pub(super) limits: Limits,
}

/// From the least value to below the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    min: Option<i64>,
    max: Option<i64>,
}

/// Limits on what changes during a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    /// In nWh.
    pub(super) energy: Range,
    /// In ns, as all durations.
    pub(super) time: Range,
    pub(super) charging: Range,
    pub(super) idle: Range,
    /// In mW.
    pub(super) power: Range,
    /// In mA.
    pub(super) current: Range,
}

/// The values that limits are about, at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moment {
    pub(super) energy: i64,
    pub(super) time: i64,
    pub(super) charging: i64,
    pub(super) idle: i64,
    pub(super) power: Option<i64>,
    pub(super) current: Option<i64>,
}

impl Range {
    fn scaled(min: Option<Decimal>, max: Option<Decimal>, factor: i64) -> Range {
        Range { min: min.map(|min| scaled(min, factor)), max: max.map(|max| scaled(max, factor)) }
    }

    fn seconds(min: Option<u32>, max: Option<u32>) -> Range {
        let nanoseconds = |seconds: u32| i64::from(seconds) * NANO;
        Range { min: min.map(nanoseconds), max: max.map(nanoseconds) }
    }

    fn holds(self, value: i64) -> bool {
        self.min.is_none_or(|min| value >= min) && self.max.is_none_or(|max| value < max)
    }

    fn holds_known(self, value: Option<i64>) -> bool {
        match value {
            Some(value) => self.holds(value),
            None => self.is_open(),
        }
    }

    fn is_open(self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// The least limit above `value`.
    pub(super) fn next(self, value: i64) -> Option<i64> {
        let above = |limit: Option<i64>| limit.filter(|limit| *limit > value);
        match (above(self.min), above(self.max)) {
            (Some(min), Some(max)) => Some(min.min(max)),
            (one, other) => one.or(other),
        }
    }
}

impl Limits {
    fn of(conditions: &Conditions) -> Limits {
        Limits {
            energy: Range::scaled(conditions.min_energy, conditions.max_energy, NANO),
            time: Range::seconds(conditions.min_time, conditions.max_time),
            charging: Range::seconds(conditions.min_charging_time, conditions.max_charging_time),
            idle: Range::seconds(conditions.min_idle_time, conditions.max_idle_time),
            power: Range::scaled(conditions.min_power, conditions.max_power, 1000),
            current: Range::scaled(conditions.min_current, conditions.max_current, 1000),
        }
    }

    pub(super) fn hold(&self, now: &Moment) -> bool {
        self.energy.holds(now.energy)
            && self.time.holds(now.time)
            && self.charging.holds(now.charging)
            && self.idle.holds(now.idle)
            && self.power.holds_known(now.power)
            && self.current.holds_known(now.current)
    }
}

impl Priced<'_> {
    /// The first price that holds.
    fn first(&self, local: calendar::Local, now: &Moment) -> Option<usize> {
        self.elements.iter().position(|element| element.when.holds(local) && element.limits.hold(now))
    }
}

impl<'t> Plan<'t> {
    pub(super) fn new(
        tariff: &'t Tariff,
        timeline: &Timeline,
        zone: &TimeZone,
        until: Timestamp,
    ) -> Result<Plan<'t>, CostError> {
        let start = timeline.start();
        let stop = timeline.end().map_or(until, |end| end.min(until)).max(start);
        let length = since(start, stop)?;
        if length > LONGEST_DAYS * 86_400 * NANO {
            return Err(CostError::TooLong);
        }
        let mut components: Vec<_> = tariff.parts().map(|part| priced(&part, timeline)).collect();
        let local = calendar::local_at(zone, start);
        components.iter_mut().for_each(|priced| decide_at_start(priced, local, timeline));
        let elements = || components.iter().flat_map(|priced| &priced.elements);
        let matters = |of: fn(&Limits) -> Range| elements().any(|element| !of(&element.limits).is_open());
        let power_matters = matters(|limits| limits.power);
        Ok(Plan {
            cuts: calendar::cuts(elements().map(|element| &element.when), zone, start, length)?,
            curve: Curve::new(timeline)?,
            activities: since_start(start, timeline.activities(), |activity| activity),
            power_matters,
            power: if power_matters {
                since_start(start, timeline.power(), |watts| watts.0.saturating_mul(1000))
            } else {
                Vec::new()
            },
            current: if matters(|limits| limits.current) {
                since_start(start, timeline.current(), |amperes| floor_scaled(amperes, 1000))
            } else {
                Vec::new()
            },
            length,
            ended: timeline.end().is_some_and(|end| until >= end),
            reserved: timeline.reserved_from.map_or(Ok(0), |from| since(from.min(start), start))?,
            components,
        })
    }

    pub(super) fn component(&self, component: Component) -> Option<(usize, &Priced<'t>)> {
        self.components.iter().enumerate().find(|(_, priced)| priced.component == component)
    }
}

/// Fixed fees and reservations are decided once, at the start (I12.FR.06, I12.FR.30): what is left of their
/// lists is the one price that holds then.
fn decide_at_start(priced: &mut Priced<'_>, local: calendar::Local, timeline: &Timeline) {
    let due = match priced.component {
        Component::FixedFee => true,
        Component::ReservationFixed | Component::ReservationTime => timeline.reserved_from.is_some(),
        _ => return,
    };
    let chosen = priced.first(local, &Moment::default()).filter(|_| due);
    let chosen = chosen.map(|index| priced.elements.swap_remove(index));
    priced.elements = chosen.into_iter().collect();
}

/// What was when, in ns since the start.
fn since_start<T: Copy, V>(start: Timestamp, list: &[Timed<T>], value: fn(T) -> V) -> Vec<(i64, V)> {
    list.iter().map(|entry| (clamped(start, entry.at), value(entry.value))).collect()
}

fn priced<'t>(part: &Part<'t>, timeline: &Timeline) -> Priced<'t> {
    let same = |asked: Option<&str>, said: Option<&str>| {
        asked.is_none_or(|asked| said.is_some_and(|said| said.eq_ignore_ascii_case(asked)))
    };
    let possible = |conditions: &Conditions| {
        conditions.evse_kind.is_none_or(|kind| timeline.evse_kind == Some(kind))
            && same(conditions.payment_brand.as_deref(), timeline.payment_brand.as_deref())
            && same(conditions.payment_recognition.as_deref(), timeline.payment_recognition.as_deref())
    };
    let elements = part
        .prices
        .iter()
        .filter(|(_, conditions)| possible(conditions))
        .map(|(price, conditions)| Element {
            price: *price,
            when: When::of(conditions),
            limits: Limits::of(conditions),
        })
        .collect();
    Priced { component: part.component, elements, tax_rates: part.tax_rates }
}

/// A limit as a whole number, up to the next one; what is beyond is never reached.
fn scaled(limit: Decimal, factor: i64) -> i64 {
    limit.checked_mul(factor.into()).and_then(|scaled| scaled.ceil().to_i64()).unwrap_or(beyond(limit))
}

fn floor_scaled(value: Decimal, factor: i64) -> i64 {
    value.checked_mul(factor.into()).and_then(|scaled| scaled.floor().to_i64()).unwrap_or(beyond(value))
}

fn beyond(value: Decimal) -> i64 {
    if value.is_sign_negative() { i64::MIN } else { i64::MAX }
}

/// Nanoseconds since the start, held within what 64 bits can say: beyond that nothing is priced.
fn clamped(start: Timestamp, at: Timestamp) -> i64 {
    since(start, at).unwrap_or(if at < start { i64::MIN } else { i64::MAX })
}
