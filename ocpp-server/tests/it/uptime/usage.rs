//! How much ports are used, against a count minute by minute.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ocpp_core::model::{ConnectorId, EvseId, Place, PortStatus};
use ocpp_server::availability::usage::{
    HOURS_OF_WEEK, HourOfWeek, Hours, Usage, arrivals, by_hour, erlang_b, full, turned_away_per_hour,
};
use ocpp_server::availability::{Course, PortKnown, Second, Span, Spans, course};
use ocpp_server::domain::{Observation, Observed};
use proptest::prelude::*;

const EVSE: EvseId = EvseId(1);

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn window(from: &str, to: &str) -> Span {
    Span::between(moment(from), moment(to)).expect("a span")
}

/// The course of a port that is connected from the beginning and says these statuses.
fn port(window: Span, said: &[(Timestamp, PortStatus)]) -> Course {
    let begin = window.from().timestamp();
    let mut all = vec![Observation::new(begin, begin, Place::Station, Observed::Online)];
    let place = Place::Connector(EVSE, ConnectorId(1));
    all.extend(said.iter().map(|(at, status)| Observation::new(*at, *at, place, Observed::Status(*status))));
    course(window, PortKnown::default(), EVSE, &all).0
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone")
}

#[test]
fn a_stay_of_three_hours_fills_three_hours() {
    let window = window("2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"); // a week from a Monday on
    let said = [
        (moment("2026-03-02T00:00:00Z"), PortStatus::Available),
        (moment("2026-03-03T17:30:00Z"), PortStatus::Charging),
        (moment("2026-03-03T20:30:00Z"), PortStatus::Available),
    ];
    let course = port(window, &said);
    let usage = Usage::of([&course], &Hours::of(window, &TimeZone::UTC));
    let taken: Vec<(usize, i64)> = usage
        .hours
        .iter()
        .enumerate()
        .filter(|(_, hour)| hour.occupied_s > 0)
        .map(|(at, hour)| (at, hour.occupied_s))
        .collect();
    assert_eq!(taken, [(24 + 17, 1_800), (24 + 18, 3_600), (24 + 19, 3_600), (24 + 20, 1_800)]);
    assert_eq!(usage.hours[0].known_s, 3_600);
    assert_eq!(usage.occupancy_permille(), Some(3 * 1000 / 168));
    assert_eq!(usage.stays.len(), 1);
    assert_eq!((usage.stays[0].charging_s, usage.stays[0].idle_after_s), (3 * 3_600, 0));
    let came = arrivals([&course], &TimeZone::UTC);
    assert_eq!(
        (came[24 + 17], came.iter().sum::<u32>()),
        (1, 1),
        "a session start says nothing of the hours after it"
    );
}

#[test]
fn hours_are_those_of_the_site_also_when_clocks_change() {
    let berlin = zone("Europe/Berlin");
    assert_eq!(HourOfWeek::of(moment("2026-03-01T23:00:00Z"), &berlin).index(), 0, "Monday begins in Berlin");
    let spring = window("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    let whole = |span: Span| by_hour(&Spans::from(span), &Hours::of(span, &berlin));
    let sunday = 6 * 24;
    let seconds = whole(spring);
    assert_eq!(&seconds[sunday..sunday + 5], &[3_600, 3_600, 0, 3_600, 3_600], "two o'clock is left out");
    assert_eq!(seconds.iter().sum::<i64>(), 23 * 3_600);
    let autumn = window("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    let seconds = whole(autumn);
    assert_eq!(&seconds[sunday..sunday + 5], &[3_600, 3_600, 7_200, 3_600, 3_600], "two o'clock comes twice");
    let nepal = window("2026-03-02T00:00:00Z", "2026-03-02T02:00:00Z");
    let seconds = by_hour(&Spans::from(nepal), &Hours::of(nepal, &zone("Asia/Kathmandu")));
    assert_eq!(&seconds[5..8], &[900, 3_600, 2_700], "a quarter to six is in the hour of five");
}

#[test]
fn what_is_unknown_is_neither_free_nor_taken() {
    let window = window("2026-03-02T00:00:00Z", "2026-03-02T04:00:00Z");
    let usage = Usage::of([&Course::unknown(window)], &Hours::of(window, &TimeZone::UTC));
    assert_eq!(usage.occupancy_permille(), None);
    assert!(usage.hours.iter().all(|hour| hour.known_s == 0 && hour.occupancy_permille().is_none()));
}

#[test]
fn a_site_is_full_when_no_port_is_free() {
    let window = window("2026-03-02T00:00:00Z", "2026-03-02T10:00:00Z");
    let at = |hour: i64| window.from().plus(hour * 3_600).timestamp();
    let one = port(
        window,
        &[(at(0), PortStatus::Available), (at(2), PortStatus::Charging), (at(6), PortStatus::Available)],
    );
    let two = port(
        window,
        &[(at(0), PortStatus::Available), (at(4), PortStatus::Charging), (at(8), PortStatus::Available)],
    );
    let down = port(window, &[(at(0), PortStatus::Faulted)]);
    let found = full([&one, &two, &down]);
    assert_eq!(
        found,
        Span::new(window.from().plus(4 * 3_600), window.from().plus(6 * 3_600)).expect("a span").into()
    );
    assert!(full([&down]).is_empty(), "a site that is down is not full");
}

#[test]
fn the_formula_of_losses_has_the_values_of_the_tables() {
    let close =
        |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
    close(erlang_b(2.0, 2.0), 0.4);
    close(erlang_b(4.0, 2.0), 0.095_238_1);
    close(erlang_b(1.0, 1.0), 0.5);
    // Two drivers an hour who stay an hour each at two ports: four tenths of them are lost, 1.2 are seen.
    close(turned_away_per_hour(1.2, 1.0, 2.0).expect("an estimate"), 0.8);
    close(turned_away_per_hour(0.0, 1.0, 2.0).expect("an estimate"), 0.0);
    assert_eq!(turned_away_per_hour(2.0, 1.0, 2.0), None, "two ports cannot carry two erlangs");
    assert_eq!(turned_away_per_hour(f64::NAN, 1.0, 2.0), None);
    assert_eq!(turned_away_per_hour(1.0, 1.0, 0.5), None);
}

#[test]
fn what_is_left_of_a_stay_is_told_by_those_before() {
    let window = window("2026-03-02T00:00:00Z", "2026-03-12T00:00:00Z");
    let mut said = vec![(window.from().timestamp(), PortStatus::Available)];
    for (day, minutes) in [30_i64, 40, 50, 60, 70, 80].into_iter().enumerate() {
        let from = window.from().plus(86_400 * (i64::try_from(day).expect("a day") + 1));
        said.push((from.timestamp(), PortStatus::Charging));
        said.push((from.plus(minutes * 60).timestamp(), PortStatus::Available));
    }
    let usage = Usage::of([&port(window, &said)], &Hours::of(window, &TimeZone::UTC));
    assert_eq!(usage.expected_rest_s(0), Some(60 * 60));
    assert_eq!(usage.expected_rest_s(35 * 60), Some(25 * 60), "of those that lasted longer");
    assert_eq!(usage.expected_rest_s(65 * 60), None, "two are too few to say anything");
    assert_eq!(usage.stay_percentile(50), Some(50 * 60));
    assert_eq!(usage.stay_percentile(100), Some(80 * 60));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn hours_of_the_week_are_what_counting_minutes_gives(
        changes in proptest::collection::vec((0_i64..20_000, 0_usize..4), 0..30),
        shift in 0_i64..50_000,
        zone_name in proptest::sample::select(vec!["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"]),
    ) {
        const MINUTES: i64 = 20_000;
        let statuses = [PortStatus::Available, PortStatus::Charging, PortStatus::Faulted, PortStatus::SuspendedEv];
        let begin = Second(moment("2026-03-01T00:00:00Z").as_second() + shift * 600);
        let window = Span::new(begin, begin.plus(MINUTES * 60)).expect("a span");
        let mut said: Vec<_> = changes.iter().map(|&(minute, which)| (begin.plus(minute * 60).timestamp(), statuses[which])).collect();
        said.sort_by_key(|(at, _)| *at);
        let course = port(window, &said);
        let zone = zone(zone_name);
        let usage = Usage::of([&course], &Hours::of(window, &zone));
        let mut counted = [[0_i64; 3]; HOURS_OF_WEEK];
        for minute in 0..MINUTES {
            let at = begin.plus(minute * 60).timestamp();
            let last = said.iter().rev().find(|(since, _)| *since <= at).map(|(_, status)| *status);
            let Some(status) = last else { continue };
            let hour = HourOfWeek::of(at, &zone).index();
            let is_taken = matches!(status, PortStatus::Charging | PortStatus::SuspendedEv);
            counted[hour][0] += 60;
            counted[hour][1] += if status == PortStatus::Faulted { 0 } else { 60 };
            counted[hour][2] += if is_taken { 60 } else { 0 };
        }
        for (hour, expected) in usage.hours.iter().zip(counted) {
            prop_assert_eq!([hour.known_s, hour.usable_s, hour.occupied_s], expected);
        }
        let all: i64 = usage.states.values().sum();
        prop_assert_eq!(all, MINUTES * 60);
    }
}
