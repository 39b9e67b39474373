//! What is wrong with conditions: where they stand, what they say, what never comes true.

use alloc::format;
use alloc::string::String;

use rust_decimal::Decimal;

use super::Problems;
use crate::rules::tariff::{Component, Conditions, DayOfWeek, Part, TimeOfDay};

/// A least and a most value by the names of their members.
struct Pair {
    min: (&'static str, Option<Decimal>),
    max: (&'static str, Option<Decimal>),
    /// The most digits after the point.
    digits: u32,
    /// Whether it is about what is measured at a moment.
    measured: bool,
}

/// All pairs of limits; durations in seconds as decimals, so that one rule fits them all.
fn pairs(c: &Conditions) -> [Pair; 6] {
    let seconds = |seconds: Option<u32>| seconds.map(Decimal::from);
    let pair = |min, max, digits, measured| Pair { min, max, digits, measured };
    [
        pair(("min_energy", c.min_energy), ("max_energy", c.max_energy), 3, false),
        pair(("min_current", c.min_current), ("max_current", c.max_current), 3, true),
        pair(("min_power", c.min_power), ("max_power", c.max_power), 3, true),
        pair(("min_time", seconds(c.min_time)), ("max_time", seconds(c.max_time)), 0, false),
        pair(
            ("min_charging_time", seconds(c.min_charging_time)),
            ("max_charging_time", seconds(c.max_charging_time)),
            0,
            false,
        ),
        pair(
            ("min_idle_time", seconds(c.min_idle_time)),
            ("max_idle_time", seconds(c.max_idle_time)),
            0,
            false,
        ),
    ]
}

impl Problems {
    pub(super) fn conditions(&mut self, pointer: &str, conditions: &Conditions, component: Component) {
        match component {
            Component::FixedFee | Component::ReservationFixed => {
                self.decided_at_start(pointer, conditions, component);
                self.payment(pointer, conditions);
            }
            _ => self.no_payment(pointer, conditions),
        }
        self.calendar(pointer, conditions);
        self.limits(pointer, conditions);
        self.never_true_there(pointer, conditions, component);
    }

    /// A fixed price is chosen once, when nothing was charged yet (I12.FR.30).
    fn decided_at_start(&mut self, pointer: &str, conditions: &Conditions, component: Component) {
        for (name, _) in set(conditions) {
            let message =
                format!("is not for {}, which is chosen once at the start; leave it out", component.as_str());
            self.add(&format!("{pointer}/{name}"), message);
        }
    }

    fn payment(&mut self, pointer: &str, conditions: &Conditions) {
        for (name, text) in payment_members(conditions) {
            if let Some(text) = text {
                self.length(&format!("{pointer}/{name}"), text, 20);
            }
        }
    }

    fn no_payment(&mut self, pointer: &str, conditions: &Conditions) {
        for (name, text) in payment_members(conditions) {
            if text.is_some() {
                let message = "is only for fixed fees; leave it out, or write a fixed fee for it";
                self.add(&format!("{pointer}/{name}"), message);
            }
        }
    }

    fn calendar(&mut self, pointer: &str, conditions: &Conditions) {
        if let (Some(start), Some(end)) = (conditions.start_time_of_day, conditions.end_time_of_day)
            && start == end
            && end != TimeOfDay::MIDNIGHT
        {
            let message = format!(
                "{start} to {end} is no time at all, since the end is exclusive; leave both out for all day"
            );
            self.add(&format!("{pointer}/end_time_of_day"), message);
        }
        if let (Some(from), Some(to)) = (conditions.valid_from_date, conditions.valid_to_date)
            && to <= from
        {
            let message = format!("{from} to {to} is no day at all, since the last one is exclusive");
            self.add(&format!("{pointer}/valid_to_date"), message);
        }
        for (index, day) in conditions.day_of_week.iter().enumerate() {
            if conditions.day_of_week.iter().take(index).any(|other| other == day) {
                let message = format!("{day:?} is there twice; write each day once");
                self.add(&format!("{pointer}/day_of_week/{index}"), message);
            }
        }
    }

    fn limits(&mut self, pointer: &str, conditions: &Conditions) {
        for Pair { min, max, digits, .. } in pairs(conditions) {
            for (name, limit) in [min, max] {
                let Some(limit) = limit else { continue };
                let pointer = format!("{pointer}/{name}");
                if limit.is_sign_negative() && !limit.is_zero() {
                    self.add(&pointer, format!("{limit} is negative; only what is drawn has a price here"));
                } else if digits == 0 && limit > Decimal::from(i32::MAX) {
                    self.add(&pointer, format!("{limit} is too long; write at most {} seconds", i32::MAX));
                }
                self.digits(&pointer, limit, digits);
            }
            if let ((_, Some(least)), (name, Some(most))) = (min, max)
                && most <= least
            {
                let message = format!("{least} to below {most} is nothing at all; write more than {least}");
                self.add(&format!("{pointer}/{name}"), message);
            }
        }
    }

    /// What is well written, and yet never comes true in this component.
    fn never_true_there(&mut self, pointer: &str, conditions: &Conditions, component: Component) {
        let above_zero = |limit: Option<Decimal>| limit.is_some_and(|limit| limit > Decimal::ZERO);
        for Pair { min, max, measured, .. } in pairs(conditions) {
            let (message, name) = match component {
                Component::ReservationTime if measured && max.1.is_some() => {
                    ("is never known when a reservation is priced, at the start; leave it out", max.0)
                }
                Component::ReservationTime if above_zero(min.1) || (measured && min.1.is_some()) => {
                    ("is never reached when a reservation is priced, at the start; leave it out", min.0)
                }
                Component::ChargingTime if min.0 == "min_idle_time" && above_zero(min.1) => (
                    "is never reached while energy flows; leave it out, or write a price of idle_time",
                    min.0,
                ),
                _ => continue,
            };
            self.add(&format!("{pointer}/{name}"), message);
        }
    }

    /// A price after one that holds whenever it does.
    pub(super) fn never_reached(&mut self, part: &Part<'_>) {
        for (later, (_, narrow)) in part.prices.iter().enumerate() {
            let covering = part.prices.iter().take(later).position(|(_, wide)| covers(wide, narrow));
            if let Some(earlier) = covering {
                let message = format!(
                    "is never reached, since the price {earlier} before it holds whenever this one does; \
                     put it first, or leave it out"
                );
                self.add(&format!("/{}/prices/{later}", part.component.as_str()), message);
            }
        }
    }
}

fn payment_members(c: &Conditions) -> [(&'static str, Option<&str>); 2] {
    [("payment_brand", c.payment_brand.as_deref()), ("payment_recognition", c.payment_recognition.as_deref())]
}

/// The limits that are set.
fn set(conditions: &Conditions) -> impl Iterator<Item = (&'static str, Decimal)> {
    pairs(conditions)
        .into_iter()
        .flat_map(|pair| [pair.min, pair.max])
        .filter_map(|(name, limit)| Some((name, limit?)))
}

/// Whether `wide` holds whenever `narrow` does, as far as each condition alone tells.
fn covers(wide: &Conditions, narrow: &Conditions) -> bool {
    let same = |wide: &Option<String>, narrow: &Option<String>| match (wide, narrow) {
        (None, _) => true,
        (Some(wide), Some(narrow)) => wide.eq_ignore_ascii_case(narrow),
        (Some(_), None) => false,
    };
    let limits = pairs(wide).into_iter().zip(pairs(narrow)).all(|(wide, narrow)| {
        let least =
            wide.min.1.is_none_or(|least| least <= narrow.min.1.unwrap_or(Decimal::MIN) || at_zero(&wide));
        let most = wide.max.1.is_none_or(|most| narrow.max.1.is_some_and(|narrow| narrow <= most));
        least && most
    });
    limits
        && DayOfWeek::ALL.into_iter().all(|day| on_day(wide, day) || !on_day(narrow, day))
        && wide.valid_from_date.is_none_or(|from| narrow.valid_from_date.is_some_and(|other| other >= from))
        && wide.valid_to_date.is_none_or(|to| narrow.valid_to_date.is_some_and(|other| other <= to))
        && wide.evse_kind.is_none_or(|kind| narrow.evse_kind == Some(kind))
        && same(&wide.payment_brand, &narrow.payment_brand)
        && same(&wide.payment_recognition, &narrow.payment_recognition)
        && covers_times(wide, narrow)
}

/// Whether a least value of 0 is no condition at all: it is one on what has to be measured.
fn at_zero(pair: &Pair) -> bool {
    !pair.measured && pair.min.1.is_some_and(|least| least <= Decimal::ZERO)
}

/// Whether every minute of the day of `narrow` is one of `wide`.
fn covers_times(wide: &Conditions, narrow: &Conditions) -> bool {
    (0..24 * 60).all(|minute| in_time(wide, minute) || !in_time(narrow, minute))
}

fn in_time(conditions: &Conditions, minute: u16) -> bool {
    let start = conditions.start_time_of_day.map_or(0, TimeOfDay::minutes);
    let end = match conditions.end_time_of_day {
        None | Some(TimeOfDay::MIDNIGHT) => 24 * 60,
        Some(end) => end.minutes(),
    };
    if end < start { minute >= start || minute < end } else { minute >= start && minute < end }
}

fn on_day(conditions: &Conditions, day: DayOfWeek) -> bool {
    conditions.day_of_week.is_empty() || conditions.day_of_week.contains(&day)
}
