//! What a session costs, found by going through it tick by tick, in fractions.
//!
//! It shares nothing with the code under test but the types of a tariff: it knows no intervals and no
//! boundaries, and asks for every tick anew which price holds.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use ocpp_core::rules::tariff::{Component, Conditions, EvseKind, Limit, Tariff, TaxRate};
use ocpp_core::rules::timeline::{Activity, Timeline};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A fraction in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fraction {
    top: i128,
    bottom: i128,
}

impl Fraction {
    pub(super) const ZERO: Fraction = Fraction { top: 0, bottom: 1 };

    pub(super) fn new(top: i128, bottom: i128) -> Fraction {
        fn gcd(a: i128, b: i128) -> i128 {
            if b == 0 { a.abs() } else { gcd(b, a % b) }
        }
        let divisor = gcd(top, bottom).max(1) * bottom.signum();
        Fraction { top: top / divisor, bottom: bottom / divisor }
    }

    pub(super) fn of(decimal: Decimal) -> Fraction {
        Fraction::new(decimal.mantissa(), 10_i128.pow(decimal.scale()))
    }

    pub(super) fn plus(self, other: Fraction) -> Fraction {
        Fraction::new(self.top * other.bottom + other.top * self.bottom, self.bottom * other.bottom)
    }

    pub(super) fn minus(self, other: Fraction) -> Fraction {
        self.plus(Fraction { top: -other.top, ..other })
    }

    pub(super) fn times(self, other: Fraction) -> Fraction {
        let (a, b) = (Fraction::new(self.top, other.bottom), Fraction::new(other.top, self.bottom));
        Fraction::new(a.top * b.top, a.bottom * b.bottom)
    }

    pub(super) fn over(self, other: Fraction) -> Fraction {
        self.times(Fraction::new(other.bottom, other.top))
    }

    pub(super) fn less(self, other: Fraction) -> bool {
        self.minus(other).top < 0
    }

    pub(super) fn floor(self) -> i128 {
        self.top.div_euclid(self.bottom)
    }

    /// In units of 1 / `parts`, half of one up; amounts here are never negative.
    pub(super) fn rounded(self, parts: i128) -> i128 {
        let scaled = self.times(Fraction::new(parts, 1));
        (scaled.top * 2 + scaled.bottom).div_euclid(scaled.bottom * 2)
    }
}

/// A session on a grid of time, so that nothing changes within a tick.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) tick_ns: i64,
    pub(super) start: Timestamp,
    /// In ticks, as all times here.
    pub(super) end: Option<i64>,
    pub(super) until: i64,
    /// How many ticks before the start the place was reserved.
    pub(super) reserved: Option<i64>,
    pub(super) evse_kind: Option<EvseKind>,
    pub(super) recognition: Option<String>,
    /// Tick and Wh, rising or even, in order.
    pub(super) registers: Vec<(i64, i64)>,
    pub(super) activities: Vec<(i64, Activity)>,
    pub(super) power: Vec<(i64, i64)>,
    pub(super) current: Vec<(i64, i64)>,
}

impl Session {
    pub(super) fn at(&self, tick: i64) -> Timestamp {
        self.start + jiff::SignedDuration::from_nanos(tick * self.tick_ns)
    }

    pub(super) fn timeline(&self) -> Timeline {
        let mut timeline = Timeline::new(self.start);
        timeline.evse_kind = self.evse_kind;
        timeline.payment_recognition.clone_from(&self.recognition);
        timeline.reserved_from = self.reserved.map(|ticks| self.at(-ticks));
        for &(tick, wh) in &self.registers {
            timeline.add_register(self.at(tick), ocpp_core::model::Wh(wh));
        }
        for &(tick, activity) in &self.activities {
            timeline.add_activity(self.at(tick), activity);
        }
        for &(tick, watts) in &self.power {
            timeline.add_power(self.at(tick), ocpp_core::model::Watts(watts));
        }
        for &(tick, amperes) in &self.current {
            timeline.add_current(self.at(tick), amperes.into());
        }
        if let Some(end) = self.end {
            timeline.set_end(self.at(end));
        }
        timeline
    }
}

/// What the oracle finds, all exact and in units of the currency.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) net: Fraction,
    pub(super) taxes: BTreeMap<String, Fraction>,
    /// kWh, minutes or pieces by component and price.
    pub(super) quantities: BTreeMap<(Component, Decimal), Fraction>,
    pub(super) energy_wh: Fraction,
    pub(super) charging_ns: i128,
    pub(super) idle_ns: i128,
}

impl Found {
    pub(super) fn gross(&self) -> Fraction {
        self.taxes.values().fold(self.net, |sum, tax| sum.plus(*tax))
    }
}

/// The state of the session at the start of a tick.
struct Now {
    date: Date,
    time: Time,
    energy: Fraction,
    age_ns: i128,
    charging_ns: i128,
    idle_ns: i128,
    power: Option<Fraction>,
    current: Option<i64>,
}

fn in_force<T: Copy>(list: &[(i64, T)], tick: i64) -> Option<T> {
    list.iter().rev().find(|(at, _)| *at <= tick).map(|(_, value)| *value)
}

/// The energy at a tick in Wh, straight between two registers.
fn energy_at(session: &Session, tick: i64) -> Fraction {
    let Some(&(_, first)) = session.registers.first() else { return Fraction::ZERO };
    let before = session.registers.iter().rev().find(|(at, _)| *at <= tick);
    let after = session.registers.iter().find(|(at, _)| *at > tick);
    match (before, after) {
        (None, _) => Fraction::ZERO,
        (Some((_, wh)), None) => Fraction::new(i128::from(wh - first), 1),
        (Some((from, low)), Some((to, high))) => {
            let part = Fraction::new(i128::from((high - low) * (tick - from)), i128::from(to - from));
            Fraction::new(i128::from(low - first), 1).plus(part)
        }
    }
}

fn power_at(session: &Session, tick: i64) -> Option<Fraction> {
    if let Some(watts) = in_force(&session.power, tick) {
        return Some(Fraction::new(watts.into(), 1));
    }
    session.registers.iter().find(|(at, _)| *at > tick)?;
    session.registers.first().filter(|(at, _)| *at <= tick)?;
    let wh = energy_at(session, tick + 1).minus(energy_at(session, tick));
    Some(wh.times(Fraction::new(3_600_000_000_000, session.tick_ns.into())))
}

fn holds(conditions: &Conditions, session: &Session, now: &Now) -> bool {
    let c = conditions;
    let minute = i32::from(now.time.hour()) * 60 + i32::from(now.time.minute());
    let start = c.start_time_of_day.map_or(0, |time| i32::from(time.minutes()));
    let end = c.end_time_of_day.map_or(0, |time| i32::from(time.minutes()));
    let end = if end == 0 { 1440 } else { end };
    let in_time = if start <= end { (start..end).contains(&minute) } else { !(end..start).contains(&minute) };
    let name = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        [now.date.weekday().to_monday_zero_offset() as usize];
    let between = |value: Fraction, min: Option<Decimal>, max: Option<Decimal>| {
        min.is_none_or(|min| !value.less(Fraction::of(min)))
            && max.is_none_or(|max| value.less(Fraction::of(max)))
    };
    let known = |value: Option<Fraction>, min: Option<Decimal>, max: Option<Decimal>| match value {
        Some(value) => between(value, min, max),
        None => min.is_none() && max.is_none(),
    };
    let lasting = |ns: i128, min: Option<u32>, max: Option<u32>| {
        let ns_of = |seconds: u32| i128::from(seconds) * 1_000_000_000;
        min.is_none_or(|min| ns >= ns_of(min)) && max.is_none_or(|max| ns < ns_of(max))
    };
    in_time
        && (c.day_of_week.is_empty() || c.day_of_week.iter().any(|day| format!("{day:?}") == name))
        && c.valid_from_date.is_none_or(|from| now.date >= from)
        && c.valid_to_date.is_none_or(|to| now.date < to)
        && (c.evse_kind.is_none() || c.evse_kind == session.evse_kind)
        && (c.payment_recognition.is_none() || c.payment_recognition == session.recognition)
        && c.payment_brand.is_none()
        && between(now.energy, c.min_energy, c.max_energy)
        && known(now.power, c.min_power, c.max_power)
        && known(now.current.map(|a| Fraction::new(a.into(), 1)), c.min_current, c.max_current)
        && lasting(now.age_ns, c.min_time, c.max_time)
        && lasting(now.charging_ns, c.min_charging_time, c.max_charging_time)
        && lasting(now.idle_ns, c.min_idle_time, c.max_idle_time)
}

type Prices<'t> = (Vec<(Decimal, &'t Conditions)>, &'t [TaxRate]);

fn prices(tariff: &Tariff, component: Component) -> Option<Prices<'_>> {
    Some(match component {
        Component::Energy => {
            let of = tariff.energy.as_ref()?;
            (of.prices.iter().map(|p| (p.price_kwh, &p.conditions)).collect(), &of.tax_rates)
        }
        Component::FixedFee | Component::ReservationFixed => {
            let fixed = component == Component::FixedFee;
            let of = if fixed { tariff.fixed_fee.as_ref()? } else { tariff.reservation_fixed.as_ref()? };
            (of.prices.iter().map(|p| (p.price_fixed, &p.conditions)).collect(), &of.tax_rates)
        }
        _ => {
            let of = match component {
                Component::ChargingTime => tariff.charging_time.as_ref()?,
                Component::IdleTime => tariff.idle_time.as_ref()?,
                _ => tariff.reservation_time.as_ref()?,
            };
            (of.prices.iter().map(|p| (p.price_minute, &p.conditions)).collect(), &of.tax_rates)
        }
    })
}

/// What each tax is of one unit of the currency.
pub(super) fn tax_shares(rates: &[TaxRate]) -> Vec<(String, Fraction)> {
    let percent = |rate: &TaxRate| Fraction::of(rate.tax).times(Fraction::new(1, 100));
    rates
        .iter()
        .map(|rate| {
            let below = (0..rate.stack).fold(Fraction::new(1, 1), |base, level| {
                let of_level = rates.iter().filter(|other| other.stack == level);
                let sum = of_level.fold(Fraction::new(1, 1), |sum, other| sum.plus(percent(other)));
                base.times(sum)
            });
            (rate_name(rate), percent(rate).times(below))
        })
        .collect()
}

pub(super) fn rate_name(rate: &TaxRate) -> String {
    format!("{}/{}/{}", rate.kind, rate.tax.normalize(), rate.stack)
}

/// Amounts that fall due together.
struct Sums<'l> {
    found: Found,
    limit: Option<&'l Limit>,
    frozen: bool,
}

impl Sums<'_> {
    fn due(&mut self, tariff: &Tariff, charges: &[(Component, Decimal, Fraction)]) {
        let (mut net, mut taxes) = (Fraction::ZERO, Vec::new());
        for &(component, price, quantity) in charges {
            let sum = self.found.quantities.entry((component, price)).or_insert(Fraction::ZERO);
            *sum = sum.plus(quantity);
            let amount = quantity.times(Fraction::of(price));
            net = net.plus(amount);
            let rates = prices(tariff, component).map_or(&[][..], |(_, rates)| rates);
            taxes.extend(tax_shares(rates).into_iter().map(|(name, share)| (name, amount.times(share))));
        }
        if self.frozen {
            return;
        }
        let gross = taxes.iter().fold(net, |sum, (_, tax)| sum.plus(*tax));
        let mut share = Fraction::new(1, 1);
        if let Some(limit) = self.limit {
            let (net_before, gross_before) = (self.found.net, self.found.gross());
            for (most, adds, before) in
                [(limit.excl_tax, net, net_before), (limit.incl_tax, gross, gross_before)]
            {
                let Some(most) = most.map(Fraction::of) else { continue };
                if most.less(before.plus(adds)) {
                    let fits = most.minus(before).over(adds);
                    share = if fits.less(share) { fits } else { share };
                    self.frozen = true;
                }
            }
        }
        self.found.net = self.found.net.plus(net.times(share));
        for (name, tax) in taxes {
            let sum = self.found.taxes.entry(name).or_insert(Fraction::ZERO);
            *sum = sum.plus(tax.times(share));
        }
    }
}

/// Goes through the session tick by tick.
pub(super) fn evaluate(tariff: &Tariff, session: &Session, zone: &TimeZone) -> Found {
    let found = Found {
        net: Fraction::ZERO,
        taxes: BTreeMap::new(),
        quantities: BTreeMap::new(),
        energy_wh: Fraction::ZERO,
        charging_ns: 0,
        idle_ns: 0,
    };
    let mut sums = Sums { found, limit: tariff.max_cost.as_ref(), frozen: false };
    let first = |component: Component, now: &Now| {
        let (list, _) = prices(tariff, component)?;
        list.iter().find(|(_, conditions)| holds(conditions, session, now)).map(|(price, _)| *price)
    };
    let now_at = |tick: i64, charging_ns: i128, idle_ns: i128| {
        let local = zone.to_datetime(session.at(tick));
        Now {
            date: local.date(),
            time: local.time(),
            energy: energy_at(session, tick),
            age_ns: i128::from(tick) * i128::from(session.tick_ns),
            charging_ns,
            idle_ns,
            power: power_at(session, tick),
            current: in_force(&session.current, tick),
        }
    };

    let start = Now { power: None, current: None, ..now_at(0, 0, 0) };
    let minutes = |ticks: i64| Fraction::new(i128::from(ticks) * i128::from(session.tick_ns), 60_000_000_000);
    for (component, quantity) in [
        (Component::FixedFee, Some(Fraction::new(1, 1))),
        (Component::ReservationFixed, session.reserved.map(|_| Fraction::new(1, 1))),
        (Component::ReservationTime, session.reserved.map(minutes)),
    ] {
        if let (Some(quantity), Some(price)) = (quantity, first(component, &start)) {
            sums.due(tariff, &[(component, price, quantity)]);
        }
    }

    let stop = session.end.map_or(session.until, |end| end.min(session.until)).max(0);
    let (mut has_charged, mut idle_period) = (false, 0_i128);
    for tick in 0..stop {
        let activity = in_force(&session.activities, tick);
        has_charged |= activity == Some(Activity::Charging);
        if activity == Some(Activity::Charging) {
            idle_period = 0;
        }
        let now = now_at(tick, sums.found.charging_ns, idle_period);
        let length = i128::from(session.tick_ns);
        let mut due = Vec::new();
        let energy = energy_at(session, tick + 1).minus(now.energy);
        sums.found.energy_wh = sums.found.energy_wh.plus(energy);
        if energy != Fraction::ZERO
            && let Some(price) = first(Component::Energy, &now)
        {
            due.push((Component::Energy, price, energy.times(Fraction::new(1, 1000))));
        }
        let time = match activity {
            Some(Activity::Charging) => {
                sums.found.charging_ns += length;
                Some(Component::ChargingTime)
            }
            None | Some(Activity::SuspendedEvse) => None,
            Some(_) if !has_charged => None,
            Some(_) => {
                sums.found.idle_ns += length;
                idle_period += length;
                Some(Component::IdleTime)
            }
        };
        if let Some(component) = time
            && let Some(price) = first(component, &now)
        {
            due.push((component, price, minutes(1)));
        }
        sums.due(tariff, &due);
    }
    let mut found = sums.found;
    if session.end.is_some_and(|end| session.until >= end) && !sums.frozen {
        raise(&mut found, tariff.min_cost.as_ref());
    }
    found
}

/// Up to the least cost.
fn raise(found: &mut Found, limit: Option<&Limit>) {
    let Some(limit) = limit else { return };
    let shares = tax_shares(&limit.tax_rates);
    let with_tax = shares.iter().fold(Fraction::new(1, 1), |sum, (_, share)| sum.plus(*share));
    let mut added = Fraction::ZERO;
    if let Some(least) = limit.excl_tax.map(Fraction::of)
        && found.net.less(least)
    {
        added = least.minus(found.net);
    }
    if let Some(least) = limit.incl_tax.map(Fraction::of) {
        let net = least.minus(found.gross()).over(with_tax);
        added = if added.less(net) { net } else { added };
    }
    found.net = found.net.plus(added);
    for (name, share) in shares {
        let sum = found.taxes.entry(name).or_insert(Fraction::ZERO);
        *sum = sum.plus(added.times(share));
    }
}

/// A decimal that must be a whole number, as the samples are.
pub(super) fn whole(decimal: Decimal) -> i128 {
    decimal.to_i128().expect("small")
}
