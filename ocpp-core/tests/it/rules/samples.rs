//! Random tariffs and sessions.

use jiff::civil::date;
use jiff::tz::TimeZone;
use ocpp_core::model::Currency;
use ocpp_core::rules::tariff::{
    Conditions, DayOfWeek, EnergyPrice, EnergyPrices, EvseKind, FixedPrice, FixedPrices, Limit, Tariff,
    TaxRate, TimeOfDay, TimePrice, TimePrices,
};
use ocpp_core::rules::timeline::Activity;
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::oracle::Session;

/// How coarse a session is: the length of a tick, the energy of which registers and limits are multiples, and
/// the seconds of which durations in conditions are multiples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    pub(super) tick_ns: i64,
    pub(super) grain_wh: i64,
    pub(super) seconds: u32,
}

pub(super) fn grid() -> impl Strategy<Value = Grid> {
    prop_oneof![
        Just(Grid { tick_ns: 100_000_000, grain_wh: 1, seconds: 1 }),
        Just(Grid { tick_ns: 1_000_000_000, grain_wh: 3, seconds: 1 }),
        Just(Grid { tick_ns: 60_000_000_000, grain_wh: 100, seconds: 60 }),
    ]
}

/// The zone of the samples: Central European time, without any database.
pub(super) fn zone() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a zone")
}

fn price() -> BoxedStrategy<Decimal> {
    (0_i64..20_000, 2_u32..5).prop_map(|(digits, scale)| Decimal::new(digits, scale)).boxed()
}

pub(super) fn tax_rates() -> BoxedStrategy<Vec<TaxRate>> {
    let rate = |kind: &str, tax: i64, scale: u32, stack: u32| TaxRate {
        kind: kind.into(),
        tax: Decimal::new(tax, scale),
        stack,
    };
    let (vat, reduced, energy) = (rate("VAT", 19, 0, 0), rate("VAT", 7, 0, 0), rate("energy", 25, 1, 0));
    let on_top = rate("VAT", 20, 0, 1);
    prop_oneof![
        Just(vec![]),
        Just(vec![vat]),
        Just(vec![reduced.clone()]),
        Just(vec![energy.clone(), on_top]),
        Just(vec![energy, reduced]),
    ]
    .boxed()
}

fn range<T: Ord + Copy + std::fmt::Debug>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = (Option<T>, Option<T>)> {
    vec(value, 2).prop_flat_map(|both| {
        let (low, high) = (both[0].min(both[1]), both[0].max(both[1]));
        prop_oneof![
            16 => Just((None, None)),
            2 => Just((Some(low), None)),
            2 => Just((None, Some(high))),
            1 => Just((Some(low), Some(high))),
        ]
    })
}

fn power_range() -> impl Strategy<Value = (Option<Decimal>, Option<Decimal>)> {
    range((0_i64..40_000).prop_map(Decimal::from))
}

fn time_at(hours: std::ops::Range<u8>) -> impl Strategy<Value = TimeOfDay> {
    (hours, 0_u8..60).prop_map(|(hour, minute)| TimeOfDay::new(hour, minute).expect("a time"))
}

fn calendar() -> BoxedStrategy<Conditions> {
    let time =
        || (0_u8..24, 0_u8..60).prop_map(|(hour, minute)| TimeOfDay::new(hour, minute).expect("a time"));
    let days = proptest::sample::subsequence(DayOfWeek::ALL.to_vec(), 0..=7);
    let day =
        prop_oneof![(27_i8..31).prop_map(|d| date(2026, 3, d)), (23_i8..28).prop_map(|d| date(2026, 10, d))];
    (
        weighted(0.3, time()),
        weighted(0.3, time()),
        weighted(0.2, days),
        weighted(0.1, day.clone()),
        weighted(0.1, day),
    )
        .prop_map(|(start, end, days, from, to)| Conditions {
            start_time_of_day: start,
            end_time_of_day: end,
            day_of_week: days.unwrap_or_default(),
            valid_from_date: from,
            valid_to_date: to,
            ..Conditions::default()
        })
        .boxed()
}

fn conditions(grid: Grid) -> BoxedStrategy<Conditions> {
    let energy = (0_i64..150).prop_map(move |grains| Decimal::from(grains * grid.grain_wh));
    let seconds = (0_u32..400).prop_map(move |n| n * grid.seconds);
    let kind = weighted(0.1, prop_oneof![Just(EvseKind::Ac), Just(EvseKind::Dc)]);
    (
        calendar(),
        kind,
        range(energy),
        power_range(),
        range((0_i64..64).prop_map(Decimal::from)),
        range(seconds.clone()),
        range(seconds.clone()),
        range(seconds),
    )
        .prop_map(|(calendar, evse_kind, energy, power, current, time, charging, idle)| Conditions {
            evse_kind,
            min_energy: energy.0,
            max_energy: energy.1,
            min_power: power.0,
            max_power: power.1,
            min_current: current.0,
            max_current: current.1,
            min_time: time.0,
            max_time: time.1,
            min_charging_time: charging.0,
            max_charging_time: charging.1,
            min_idle_time: idle.0,
            max_idle_time: idle.1,
            ..calendar
        })
        .boxed()
}

/// Conditions of which most are few, as in real tariffs.
fn sparse(grid: Grid) -> BoxedStrategy<Conditions> {
    prop_oneof![
        1 => Just(Conditions::default()),
        2 => calendar(),
        3 => conditions(grid),
        2 => (0_i64..150).prop_map(move |n| Conditions {
            max_energy: Some(Decimal::from(n * grid.grain_wh)), ..Conditions::default()
        }),
        2 => (0_u32..200).prop_map(move |n| Conditions {
            min_idle_time: Some(n * grid.seconds), ..Conditions::default()
        }),
        2 => power_range().prop_map(|(min_power, max_power)| Conditions {
            min_power, max_power, ..Conditions::default()
        }),
        1 => (1_i64..64).prop_map(|amperes| Conditions {
            min_current: Some(amperes.into()), ..Conditions::default()
        }),
        // Around the changes of the clock.
        2 => (time_at(1..4), time_at(1..4)).prop_map(|(start, end)| Conditions {
            start_time_of_day: Some(start), end_time_of_day: Some(end), ..Conditions::default()
        }),
        2 => (0_u32..300).prop_map(move |n| Conditions {
            max_charging_time: Some(n * grid.seconds), ..Conditions::default()
        }),
        2 => (0_u32..600).prop_map(move |n| Conditions {
            max_time: Some(n * grid.seconds), ..Conditions::default()
        }),
    ]
    .boxed()
}

fn list(grid: Grid) -> BoxedStrategy<Vec<(Decimal, Conditions)>> {
    (vec((price(), sparse(grid)), 0..6), of(price()))
        .prop_map(|(mut list, fallback)| {
            list.extend(fallback.map(|price| (price, Conditions::default())));
            list
        })
        .boxed()
}

fn fixed_list() -> BoxedStrategy<Vec<(Decimal, Conditions)>> {
    let recognition = weighted(0.5, Just("CC".to_owned()));
    let element = (price(), calendar(), recognition)
        .prop_map(|(price, c, payment_recognition)| (price, Conditions { payment_recognition, ..c }));
    vec(element, 1..3).boxed()
}

fn time(grid: Grid) -> BoxedStrategy<Option<TimePrices>> {
    weighted(
        0.8,
        (list(grid), tax_rates()).prop_map(|(list, tax_rates)| TimePrices {
            prices: list
                .into_iter()
                .map(|(price_minute, conditions)| TimePrice { price_minute, conditions })
                .collect(),
            tax_rates,
        }),
    )
    .boxed()
}

fn fixed() -> BoxedStrategy<Option<FixedPrices>> {
    weighted(
        0.3,
        (fixed_list(), tax_rates()).prop_map(|(list, tax_rates)| FixedPrices {
            prices: list
                .into_iter()
                .map(|(price_fixed, conditions)| FixedPrice { price_fixed, conditions })
                .collect(),
            tax_rates,
        }),
    )
    .boxed()
}

fn limit(bound: i64) -> BoxedStrategy<Option<Limit>> {
    let amount = move || weighted(0.6, (0..bound).prop_map(|cents| Decimal::new(cents, 2)));
    weighted(
        0.3,
        (amount(), amount(), tax_rates()).prop_map(|(excl_tax, incl_tax, tax_rates)| Limit {
            excl_tax,
            incl_tax,
            tax_rates,
        }),
    )
    .boxed()
}

pub(super) fn tariff(grid: Grid) -> BoxedStrategy<Tariff> {
    let energy = weighted(
        0.8,
        (list(grid), tax_rates()).prop_map(|(list, tax_rates)| EnergyPrices {
            prices: list
                .into_iter()
                .map(|(price_kwh, conditions)| EnergyPrice { price_kwh, conditions })
                .collect(),
            tax_rates,
        }),
    );
    let currency = prop_oneof![Just("EUR"), Just("JPY"), Just("KWD")];
    let reservation = (time(grid), fixed());
    (currency, energy, time(grid), time(grid), fixed(), reservation, limit(3000), limit(10_000))
        .prop_map(
            |(currency, energy, charging_time, idle_time, fixed_fee, reservation, min_cost, max_cost)| {
                Tariff {
                    energy,
                    charging_time,
                    idle_time,
                    fixed_fee,
                    reservation_time: reservation.0,
                    reservation_fixed: reservation.1,
                    min_cost,
                    max_cost,
                    ..Tariff::free("random", currency.parse::<Currency>().expect("known"))
                }
            },
        )
        .boxed()
}

fn activity() -> BoxedStrategy<Activity> {
    prop_oneof![
        4 => Just(Activity::Charging),
        2 => Just(Activity::SuspendedEv),
        2 => Just(Activity::SuspendedEvse),
        1 => Just(Activity::Connected),
        1 => Just(Activity::Finishing),
        1 => Just(Activity::Disconnected),
    ]
    .boxed()
}

/// A start near a change of the clock, or on any other day, on a full minute.
fn start() -> BoxedStrategy<jiff::Timestamp> {
    let base = prop_oneof![
        Just("2026-03-28T20:00:00Z"),
        Just("2026-10-24T20:00:00Z"),
        Just("2026-06-12T00:00:00Z"),
    ];
    (base, 0_i64..12 * 60)
        .prop_map(|(base, minutes)| {
            base.parse::<jiff::Timestamp>().expect("a time") + jiff::SignedDuration::from_mins(minutes)
        })
        .boxed()
}

/// Values at ticks, each tick once, in order.
fn at_ticks<T: std::fmt::Debug + Clone>(
    value: impl Strategy<Value = T>,
    most: usize,
) -> impl Strategy<Value = Vec<(i64, T)>> {
    vec((0_i64..1000, value), 0..most).prop_map(|mut list| {
        list.sort_by_key(|(tick, _)| *tick);
        list.dedup_by_key(|(tick, _)| *tick);
        list
    })
}

/// Registers whose energy rises by whole grains in whole ticks, so that every multiple of a grain is reached
/// at a tick.
fn registers(grid: Grid) -> BoxedStrategy<Vec<(i64, i64)>> {
    let rise = (1_i64..15, 0_i64..7);
    (0_i64..50, 0_i64..100_000, vec(rise, 0..12))
        .prop_map(move |(first, register, rises)| {
            let mut registers = vec![(first, register)];
            let (mut tick, mut wh) = (first, register);
            for (grains, ticks_each) in rises {
                // No ticks for a grain is a time in which nothing flows.
                tick += grains * ticks_each.max(1);
                wh += if ticks_each == 0 { 0 } else { grains * grid.grain_wh };
                registers.push((tick, wh));
            }
            registers
        })
        .boxed()
}

pub(super) fn session(grid: Grid) -> BoxedStrategy<Session> {
    let recognition = of(prop_oneof![Just("CC".to_owned()), Just("Debit".to_owned())]);
    let kind = of(prop_oneof![Just(EvseKind::Ac), Just(EvseKind::Dc)]);
    (
        start(),
        registers(grid),
        (weighted(0.7, Just((0, Activity::Charging))), at_ticks(activity(), 10)).prop_map(|(first, list)| {
            first.into_iter().chain(list.into_iter().filter(|(tick, _)| *tick > 0)).collect()
        }),
        prop_oneof![Just(vec![]), at_ticks(0_i64..40_000, 6)],
        prop_oneof![Just(vec![]), at_ticks(0_i64..64, 6)],
        (0_i64..300, 0_i64..1500, any::<bool>()),
        weighted(0.3, 0_i64..1000),
        (kind, recognition),
    )
        .prop_map(
            move |(start, registers, activities, power, current, (after, until, ended), reserved, who)| {
                let last = registers.last().map_or(0, |(tick, _)| *tick);
                Session {
                    tick_ns: grid.tick_ns,
                    start,
                    end: ended.then_some(last + after),
                    until: if ended && until % 2 == 0 { last + after } else { until },
                    reserved,
                    evse_kind: who.0,
                    recognition: who.1,
                    registers,
                    activities,
                    power,
                    current,
                }
            },
        )
        .boxed()
}

/// A tariff and a session on the same grid.
pub(super) fn case() -> impl Strategy<Value = (Tariff, Session)> {
    grid().prop_flat_map(|grid| (tariff(grid), session(grid)))
}
