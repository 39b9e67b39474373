//! The periods of a session within which the same prices held.

use alloc::vec::Vec;
use core::ops::ControlFlow;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::CostError;
use super::plan::Plan;
use super::walk::{Mode, Segment, walk};
use crate::rules::tariff::Tariff;
use crate::rules::timeline::Timeline;

/// A period within which the same prices held (`ChargingPeriodType`, I12.FR.35).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// When it began; it ends when the next begins, or with the session.
    pub start: Timestamp,
    /// In Wh, to the billionth.
    pub energy: Decimal,
    /// Time in which energy flowed, in seconds.
    pub charging_seconds: Decimal,
    /// Idle time, in seconds.
    pub idle_seconds: Decimal,
    /// The least and the most power in W, when a condition asks for power and it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<(Decimal, Decimal)>,
    /// The least and the most current in A, when a condition asks for current and it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<(Decimal, Decimal)>,
}

/// The periods of a session, in order; what [`cost`](super::cost()) is for is the same.
///
/// # Errors
/// As for [`cost`](super::cost()).
pub fn periods(
    tariff: &Tariff,
    timeline: &Timeline,
    zone: &TimeZone,
    until: Timestamp,
) -> Result<Vec<Period>, CostError> {
    let plan = Plan::new(tariff, timeline, zone, until)?;
    let mut periods: Vec<Open> = Vec::new();
    walk(&plan, |segment| {
        match periods.last_mut().filter(|period| period.goes_on(segment)) {
            Some(period) => period.add(segment),
            None => periods.push(Open::of(segment)),
        }
        ControlFlow::Continue(())
    });
    periods.into_iter().map(|period| period.close(timeline.start())).collect()
}

/// A period under way, in ns, nWh, mW and mA.
struct Open {
    from: i64,
    energy: i64,
    charging: i64,
    idle: i64,
    power: Option<(i64, i64)>,
    current: Option<(i64, i64)>,
    /// The price of energy, once energy has flowed.
    energy_price: Option<Option<usize>>,
    /// The price of time, once time has passed.
    time_price: Option<Option<(Mode, usize)>>,
}

fn energy_price(segment: &Segment) -> Option<Option<usize>> {
    (segment.energy > 0).then_some(segment.energy_price)
}

fn time_price(segment: &Segment) -> Option<Option<(Mode, usize)>> {
    (segment.to > segment.from).then(|| segment.time_price.map(|index| (segment.mode, index)))
}

impl Open {
    fn of(segment: &Segment) -> Open {
        let mut open = Open {
            from: segment.from,
            energy: 0,
            charging: 0,
            idle: 0,
            power: None,
            current: None,
            energy_price: None,
            time_price: None,
        };
        open.add(segment);
        open
    }

    fn goes_on(&self, segment: &Segment) -> bool {
        fn fits<T: PartialEq>(present: Option<T>, next: Option<T>) -> bool {
            present.is_none() || next.is_none() || present == next
        }
        fits(self.energy_price, energy_price(segment)) && fits(self.time_price, time_price(segment))
    }

    fn add(&mut self, segment: &Segment) {
        let length = segment.to - segment.from;
        self.energy += segment.energy;
        match segment.mode {
            Mode::Charging => self.charging += length,
            Mode::Idle => self.idle += length,
            Mode::Neither => {}
        }
        self.power = widened(self.power, segment.power);
        self.current = widened(self.current, segment.current);
        self.energy_price = self.energy_price.or(energy_price(segment));
        self.time_price = self.time_price.or(time_price(segment));
    }

    fn close(self, start: Timestamp) -> Result<Period, CostError> {
        let start =
            start.checked_add(SignedDuration::from_nanos(self.from)).map_err(|_| CostError::TooLong)?;
        let billionths = |value: i64| Decimal::new(value, 9).normalize();
        let thousandths = |value: i64| Decimal::new(value, 3).normalize();
        let both = |range: Option<(i64, i64)>| range.map(|(low, high)| (thousandths(low), thousandths(high)));
        Ok(Period {
            start,
            energy: billionths(self.energy),
            charging_seconds: billionths(self.charging),
            idle_seconds: billionths(self.idle),
            power: both(self.power),
            current: both(self.current),
        })
    }
}

fn widened(range: Option<(i64, i64)>, value: Option<i64>) -> Option<(i64, i64)> {
    match (range, value) {
        (Some((low, high)), Some(value)) => Some((low.min(value), high.max(value))),
        (range, value) => range.or(value.map(|value| (value, value))),
    }
}
