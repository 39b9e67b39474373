//! What is told of prices before a session: held against a look at every minute.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::Currency;
use ocpp_core::rules::cost::{next_change, offered_at};
use ocpp_core::rules::tariff::{
    Conditions, DayOfWeek, EnergyPrice, EnergyPrices, EvseKind, Tariff, TimeOfDay,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// A zone by its rule, because the library knows no names of zones without an operating system.
const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

fn tariff(prices: Vec<(i64, Conditions)>) -> Tariff {
    let prices = prices
        .into_iter()
        .map(|(cents, conditions)| EnergyPrice { price_kwh: Decimal::new(cents, 2), conditions })
        .collect();
    Tariff {
        energy: Some(EnergyPrices { prices, tax_rates: Vec::new() }),
        ..Tariff::free("t", Currency::EUR)
    }
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let time = || proptest::option::of((0u8..24, prop_oneof![Just(0u8), Just(30)]));
    let days = proptest::sample::subsequence(DayOfWeek::ALL.to_vec(), 0..4);
    (time(), time(), days).prop_map(|(start, end, day_of_week)| {
        let time = |(hour, minute)| TimeOfDay::new(hour, minute);
        Conditions {
            start_time_of_day: start.and_then(time),
            end_time_of_day: end.and_then(time),
            day_of_week,
            ..Conditions::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_next_change_is_the_first_minute_at_which_another_price_holds(
        prices in proptest::collection::vec((1i64..4, conditions()), 1..4),
        zone in proptest::sample::select(vec![BERLIN, "EST5EDT,M3.2.0,M11.1.0", "NPT-5:45", "UTC0"]),
        // Around the ends of summer time of 2026, too.
        minute in prop_oneof![29_580_000i64..29_590_000, 29_879_000i64..29_884_000],
    ) {
        let zone = TimeZone::posix(zone).expect("a zone");
        let tariff = tariff(prices);
        let start = Timestamp::from_second(minute * 60).expect("a moment");
        let now = offered_at(&tariff, None, &zone, start);
        let told = next_change(&tariff, None, &zone, start);
        let found = (1..8 * 1440).map(|minutes| start + SignedDuration::from_mins(minutes))
            .find(|at| offered_at(&tariff, None, &zone, *at) != now);
        match told {
            Some(told) if told < start + SignedDuration::from_mins(8 * 1440) => prop_assert_eq!(Some(told), found),
            _ => prop_assert_eq!(found, None),
        }
    }
}

#[test]
fn what_is_decided_is_taken_away_and_the_rest_stays() {
    let night = Conditions {
        start_time_of_day: TimeOfDay::new(22, 0),
        end_time_of_day: TimeOfDay::new(6, 0),
        ..Conditions::default()
    };
    let first = Conditions { max_energy: Some(Decimal::from(10_000)), ..Conditions::default() };
    let dc = Conditions { evse_kind: Some(EvseKind::Dc), ..Conditions::default() };
    let tariff = tariff(vec![
        (20, night),
        (30, dc),
        (40, first.clone()),
        (50, Conditions::default()),
        (60, Conditions::default()),
    ]);
    let berlin = TimeZone::posix(BERLIN).expect("a zone");
    let noon: Timestamp = "2026-06-05T10:00:00Z".parse().expect("a moment");
    let prices = |kind, at| -> Vec<(String, Conditions)> {
        let offered = offered_at(&tariff, kind, &berlin, at).energy.expect("a price");
        offered.prices.into_iter().map(|price| (price.price_kwh.to_string(), price.conditions)).collect()
    };
    assert_eq!(
        prices(Some(EvseKind::Ac), noon),
        [("0.40".to_owned(), first), ("0.50".to_owned(), Conditions::default())]
    );
    assert_eq!(prices(Some(EvseKind::Dc), noon), [("0.30".to_owned(), Conditions::default())]);
    let midnight: Timestamp = "2026-06-05T22:30:00Z".parse().expect("a moment");
    assert_eq!(prices(None, midnight), [("0.20".to_owned(), Conditions::default())]);
    let change = next_change(&tariff, None, &berlin, noon);
    assert_eq!(change, "2026-06-05T20:00:00Z".parse().ok(), "22:00 in Berlin in summer");
}
