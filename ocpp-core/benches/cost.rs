//! How long it takes to price a session: `cargo bench -p ocpp-core --bench cost`.
//!
//! The limit is 200 µs for a session with 1,000 readings and a tariff with 20 prices.

#![allow(clippy::expect_used)]

use divan::{Bencher, black_box};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{Currency, Watts, Wh};
use ocpp_core::rules::cost::{cost, periods};
use ocpp_core::rules::tariff::{
    Conditions, DayOfWeek, EnergyPrice, EnergyPrices, EvseKind, FixedPrice, FixedPrices, Limit, SimpleTariff,
    Tariff, TaxRate, TimeOfDay, TimePrice, TimePrices,
};
use ocpp_core::rules::timeline::{Activity, Timeline};
use rust_decimal::Decimal;

fn main() {
    divan::main();
}

fn zone() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a zone")
}

fn hours(from: u8, to: u8) -> Conditions {
    Conditions {
        start_time_of_day: TimeOfDay::new(from, 0),
        end_time_of_day: TimeOfDay::new(to, 0),
        ..Conditions::default()
    }
}

fn price(index: usize) -> Decimal {
    Decimal::new(4_500 + i64::try_from(index).expect("few") * 37, 4)
}

/// Eight prices of energy, six of charging time, four of idle time, two fees; every kind of condition.
fn twenty_prices() -> Tariff {
    let vat = || vec![TaxRate::on_price("VAT", 19.into())];
    let wh = |wh: i64| Some(Decimal::from(wh));
    let energy = [
        Conditions { max_energy: wh(5_000), day_of_week: DayOfWeek::WEEKEND.to_vec(), ..hours(8, 20) },
        Conditions { min_energy: wh(150_000), ..hours(8, 18) },
        Conditions { min_power: wh(12_000), max_power: wh(50_000), ..hours(6, 22) },
        Conditions { min_power: wh(50_000), ..Conditions::default() },
        Conditions { min_energy: wh(100_000), max_energy: wh(120_000), ..Conditions::default() },
        Conditions { day_of_week: DayOfWeek::WEEKDAYS.to_vec(), ..hours(22, 6) },
        Conditions { evse_kind: Some(EvseKind::Ac), ..hours(12, 14) },
        Conditions::default(),
    ];
    let charging = [
        Conditions { max_charging_time: Some(1_800), ..Conditions::default() },
        Conditions { min_charging_time: Some(14_400), ..hours(8, 20) },
        Conditions { min_time: Some(36_000), ..Conditions::default() },
        Conditions { min_power: wh(11_000), ..hours(6, 9) },
        Conditions { max_power: wh(5_000), ..Conditions::default() },
        Conditions::default(),
    ];
    let idle = [
        Conditions { min_idle_time: Some(900), max_idle_time: Some(3_600), ..hours(8, 20) },
        Conditions { min_idle_time: Some(3_600), ..hours(8, 20) },
        Conditions { min_idle_time: Some(14_400), ..hours(20, 8) },
        Conditions {
            min_idle_time: Some(900),
            day_of_week: vec![DayOfWeek::Friday],
            ..Conditions::default()
        },
    ];
    let time = |list: Vec<Conditions>| TimePrices {
        prices: list
            .into_iter()
            .enumerate()
            .map(|(index, conditions)| TimePrice { price_minute: price(index), conditions })
            .collect(),
        tax_rates: vat(),
    };
    let fees = [
        Conditions { payment_recognition: Some("CC".into()), ..Conditions::default() },
        Conditions::default(),
    ];
    Tariff {
        energy: Some(EnergyPrices {
            prices: energy
                .into_iter()
                .enumerate()
                .map(|(index, conditions)| EnergyPrice { price_kwh: price(index), conditions })
                .collect(),
            tax_rates: vat(),
        }),
        charging_time: Some(time(charging.to_vec())),
        idle_time: Some(time(idle.to_vec())),
        fixed_fee: Some(FixedPrices {
            prices: fees
                .into_iter()
                .map(|conditions| FixedPrice { price_fixed: Decimal::ONE, conditions })
                .collect(),
            tax_rates: vat(),
        }),
        min_cost: Some(Limit { excl_tax: Some(Decimal::ONE), incl_tax: None, tax_rates: vat() }),
        ..Tariff::free("bench", Currency::EUR)
    }
}

fn start() -> Timestamp {
    "2026-06-11T15:00:20.5Z".parse().expect("a time")
}

/// A reading a minute with register and power; charging, with pauses of vehicle and station.
fn session(readings: i64) -> Timeline {
    let mut timeline = Timeline::new(start());
    timeline.evse_kind = Some(EvseKind::Ac);
    timeline.add_activity(start(), Activity::Charging);
    let mut register = 1_234_567;
    for minute in 0..readings {
        let at = start() + SignedDuration::from_secs(minute * 60);
        let pause = (minute / 80) % 3;
        if minute % 80 == 0 {
            let activity = [Activity::Charging, Activity::SuspendedEv, Activity::SuspendedEvse];
            timeline.add_activity(at, activity[usize::try_from(pause).expect("small")]);
        }
        let watts = if pause == 0 { 7_000 + minute * 7_919 % 9_000 } else { 0 };
        register += watts / 60;
        timeline.add_register(at, Wh(register));
        timeline.add_power(at, Watts(watts));
    }
    timeline.set_end(start() + SignedDuration::from_secs(readings * 60));
    timeline
}

#[divan::bench(args = [10, 100, 1_000])]
fn twenty_prices_and_readings(bencher: Bencher<'_, '_>, readings: i64) {
    let (tariff, timeline, zone) = (twenty_prices(), session(readings), zone());
    assert!(tariff.check().is_empty());
    bencher.bench(|| cost(black_box(&tariff), black_box(&timeline), &zone, Timestamp::MAX));
}

#[divan::bench(args = [10, 100, 1_000])]
fn simple_tariff_and_readings(bencher: Bencher<'_, '_>, readings: i64) {
    let simple = SimpleTariff {
        price_kwh: Some(price(0)),
        price_idle_minute: Some(price(1)),
        idle_grace_minutes: 15,
        ..SimpleTariff::new("simple", Currency::EUR)
    };
    let (tariff, timeline, zone) = (Tariff::from(simple), session(readings), zone());
    bencher.bench(|| cost(black_box(&tariff), black_box(&timeline), &zone, Timestamp::MAX));
}

#[divan::bench(args = [1_000])]
fn periods_of_readings(bencher: Bencher<'_, '_>, readings: i64) {
    let (tariff, timeline, zone) = (twenty_prices(), session(readings), zone());
    bencher.bench(|| periods(black_box(&tariff), black_box(&timeline), &zone, Timestamp::MAX));
}

/// The most cost is reached on the way: the session is gone through again up to there.
#[divan::bench(args = [1_000])]
fn most_cost_reached(bencher: Bencher<'_, '_>, readings: i64) {
    let most = Limit { excl_tax: Some(20.into()), incl_tax: None, tax_rates: vec![] };
    let tariff = Tariff { max_cost: Some(most), ..twenty_prices() };
    let (timeline, zone) = (session(readings), zone());
    bencher.bench(|| cost(black_box(&tariff), black_box(&timeline), &zone, Timestamp::MAX));
}

#[divan::bench]
fn check_twenty_prices(bencher: Bencher<'_, '_>) {
    let tariff = twenty_prices();
    bencher.bench(|| black_box(&tariff).check());
}
