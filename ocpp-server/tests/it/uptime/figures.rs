//! Figures of uptime against a count minute by minute, and the cases that rules are argued about.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ocpp_core::model::{ConnectorId, EvseId, Place, PortStatus};
use ocpp_server::availability::{
    Course, Excuse, Formula, PortKnown, PortState, Record, Second, Span, Uptime, course, days, together,
    uptime,
};
use ocpp_server::domain::{ExclusionReason, Observation, Observed};
use proptest::prelude::*;
use rust_decimal::Decimal;

const EVSE: EvseId = EvseId(1);

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn year(year: i16) -> Span {
    days(jiff::civil::date(year, 1, 1), jiff::civil::date(year + 1, 1, 1), &TimeZone::UTC).expect("a year")
}

fn formula(id: &str) -> &'static Formula {
    Formula::of(id).expect("a built-in formula")
}

/// A port that is available but for the stretches given, in minutes from the beginning of the window.
fn port(window: Span, stretches: &[(i64, i64, Observed, Observed)]) -> Course {
    let said = |second: i64, place, what| {
        let at = Second(second).timestamp();
        Observation { at, heard_at: at, place, what }
    };
    let start = window.from().0;
    let connector = Place::Connector(EVSE, ConnectorId(1));
    let mut all = vec![
        said(start, Place::Station, Observed::Online),
        said(start, connector, Observed::Status(PortStatus::Available)),
    ];
    for &(from, to, begins, ends) in stretches {
        let place = if begins == Observed::Offline || begins == Observed::Unknown {
            Place::Station
        } else {
            connector
        };
        all.push(said(start + from * 60, place, begins));
        all.push(said(start + to * 60, place, ends));
    }
    ocpp_server::availability::in_order(&mut all);
    course(window, PortKnown::default(), EVSE, &all).0
}

const FAULT: Observed = Observed::Status(PortStatus::Faulted);
const FREE: Observed = Observed::Status(PortStatus::Available);

fn excuse(window: Span, from: i64, to: i64, reason: ExclusionReason) -> Excuse {
    let span = Span::new(window.from().plus(from * 60), window.from().plus(to * 60)).expect("a span");
    Excuse { span, reason }
}

fn figure(id: &str, window: Span, course: &Course, excuses: &[Excuse]) -> Uptime {
    let record = Record {
        course,
        in_service_since: moment("2020-01-01T00:00:00Z"),
        in_service_until: None,
        excuses,
        zone: &TimeZone::UTC,
    };
    uptime(formula(id), window, &record)
}

fn percent(text: &str) -> Option<Decimal> {
    Some(text.parse().expect("a decimal"))
}

#[test]
fn all_built_in_formulas_are_sound_and_have_a_source() {
    assert!(Formula::built_in().len() >= 3);
    for formula in Formula::built_in() {
        assert_eq!(formula.check(), Ok(()), "{}", formula.id);
        assert!(!formula.source.is_empty());
    }
}

#[test]
fn exactly_the_threshold_fails_where_more_is_asked() {
    let window = year(2025);
    let down = port(window, &[(1_000, 1_000 + 15_768, FAULT, FREE)]);
    let exact = figure("us-680.116", window, &down, &[]);
    assert_eq!((exact.percent.map(|it| it.normalize()), exact.is_met), (percent("97"), Some(false)));
    let down = port(window, &[(1_000, 1_000 + 15_767, FAULT, FREE)]);
    assert_eq!(figure("us-680.116", window, &down, &[]).is_met, Some(true));
    let exact = figure("us-california", window, &port(window, &[(1_000, 16_768, FAULT, FREE)]), &[]);
    assert_eq!(exact.is_met, Some(true), "California asks for 97 percent, not for more");
}

#[test]
fn what_is_excused_is_the_part_of_an_outage_under_any_exclusion_once() {
    let window = year(2025);
    let down = port(window, &[(0, 20_000, FAULT, FREE)]);
    let excuses = [
        excuse(window, 0, 5_000, ExclusionReason::Utility),
        excuse(window, 3_000, 6_000, ExclusionReason::NaturalDisaster),
        excuse(window, 30_000, 90_000, ExclusionReason::Utility),
    ];
    let found = figure("us-680.116", window, &down, &excuses);
    assert_eq!((found.outages.seconds(), found.excluded.seconds()), (20_000 * 60, 6_000 * 60));
    assert_eq!(found.percent.map(|it| it.round_dp(3)), percent("97.336"));
}

#[test]
fn a_leap_year_is_divided_by_what_the_rule_says() {
    let window = year(2024);
    let down = port(window, &[(0, 1_440, FAULT, FREE)]);
    let found = figure("us-680.116", window, &down, &[]);
    assert_eq!(found.divisor_s, 525_600 * 60);
    assert_eq!(found.service.map(Span::seconds), Some(527_040 * 60));
    assert!(found.percent < found.percent_of_service, "the day more is shown beside it");
    assert_eq!(figure("us-california", window, &down, &[]).divisor_s, 527_040 * 60);
}

#[test]
fn offline_and_unknown_count_as_each_formula_says() {
    let window = year(2025);
    let unknown = port(
        window,
        &[
            (0, 50_000, Observed::Unknown, Observed::Online),
            (100_000, 150_000, Observed::Offline, Observed::Online),
        ],
    );
    let us = figure("us-680.116", window, &unknown, &[]);
    let uk = figure("uk-2023", window, &unknown, &[]);
    assert_eq!((us.outages.seconds(), us.is_met), (100_000 * 60, Some(false)));
    assert_eq!((uk.outages.seconds(), uk.is_met), (0, Some(true)));
}

#[test]
fn a_derated_port_is_an_outage_where_power_is_part_of_the_rule() {
    let window = year(2025);
    let weak = port(window, &[(0, 40_000, Observed::Derated, Observed::FullPower)]);
    assert_eq!(figure("us-680.116", window, &weak, &[]).outages.seconds(), 40_000 * 60);
    assert_eq!(figure("uk-2023", window, &weak, &[]).outages.seconds(), 0);
}

#[test]
fn vandalism_excuses_ten_days_of_an_incident_in_california() {
    let window = year(2025);
    let day = 1_440;
    let down = port(window, &[(0, 11 * day, FAULT, FREE), (100 * day, 105 * day, FAULT, FREE)]);
    let excuses = [
        excuse(window, 0, 11 * day, ExclusionReason::Vandalism),
        excuse(window, 100 * day, 105 * day, ExclusionReason::Vandalism),
    ];
    let found = figure("us-california", window, &down, &excuses);
    assert_eq!(found.outages.seconds() - found.excluded.seconds(), day * 60, "the eleventh day counts");
    let found = figure("us-680.116", window, &down, &excuses);
    assert_eq!(found.outages, found.excluded, "the federal rule has no such limit");
}

#[test]
fn planned_work_excuses_its_hours_of_each_calendar_year() {
    // Twelve months across two years: the limit is of a calendar year, and is crossed in both.
    let window = Span::between(moment("2025-07-01T00:00:00Z"), moment("2026-07-01T00:00:00Z")).unwrap();
    let new_year = (year(2026).from().0 - window.from().0) / 60;
    let down = port(window, &[(new_year - 5_000, new_year + 6_000, FAULT, FREE)]);
    let excuses = [excuse(window, new_year - 5_000, new_year + 6_000, ExclusionReason::ScheduledMaintenance)];
    let found = figure("us-california", window, &down, &excuses);
    assert_eq!(found.excluded.seconds(), 2 * 4_320 * 60);
    assert_eq!(
        found.excluded.as_slice()[0].from(),
        window.from().plus((new_year - 5_000) * 60),
        "the first hours of each"
    );
}

#[test]
fn a_month_without_data_is_unknown_and_never_up() {
    let window = year(2025);
    let january = days(jiff::civil::date(2025, 1, 1), jiff::civil::date(2025, 2, 1), &TimeZone::UTC).unwrap();
    let known = port(january, &[]);
    let found = figure("us-680.116", window, &known, &[]);
    assert_eq!(found.outages.seconds(), window.seconds() - january.seconds());
    assert_eq!(figure("uk-2023", window, &known, &[]).outages.seconds(), 0, "unknown counts for there");
}

#[test]
fn a_port_younger_than_the_window_has_no_figure_where_the_rule_leaves_it_empty() {
    let window = year(2025);
    let course = port(window, &[(300_000, 310_000, FAULT, FREE)]);
    let record = Record {
        course: &course,
        in_service_since: moment("2025-07-01T00:00:00Z"),
        in_service_until: Some(moment("2025-12-01T00:00:00Z")),
        excuses: &[],
        zone: &TimeZone::UTC,
    };
    let us = uptime(formula("us-680.116"), window, &record);
    assert_eq!((us.percent, us.is_met), (None, None));
    assert!(us.percent_of_service.is_some());
    let california = uptime(formula("us-california"), window, &record);
    assert_eq!(california.divisor_s, 153 * 86_400);
    assert_eq!(california.outages.seconds(), 10_000 * 60);
    let record = Record { in_service_since: moment("2027-01-01T00:00:00Z"), ..record };
    assert_eq!(uptime(formula("us-california"), window, &record).percent, None, "it was never in service");
}

#[test]
fn a_network_is_the_average_of_its_ports_by_their_time() {
    let window = year(2025);
    let minutes = 525_600;
    let good = figure("uk-2023", window, &port(window, &[]), &[]);
    let bad = figure("uk-2023", window, &port(window, &[(0, minutes / 50, FAULT, FREE)]), &[]);
    let (percent, is_met) = together(formula("uk-2023"), [&good, &bad]).unwrap();
    assert_eq!((percent.normalize(), is_met), ("99".parse().unwrap(), true), "exactly 99 is enough");
    assert_eq!(together(formula("uk-2023"), []), None);
}

#[test]
fn years_begin_where_the_site_is() {
    let zone = TimeZone::get("Australia/Sydney").unwrap();
    let of_2025 = days(jiff::civil::date(2025, 1, 1), jiff::civil::date(2026, 1, 1), &zone).unwrap();
    assert_eq!(of_2025.from().timestamp(), moment("2024-12-31T13:00:00Z"));
    let spring = days(jiff::civil::date(2025, 10, 5), jiff::civil::date(2025, 10, 6), &zone).unwrap();
    assert_eq!(spring.seconds(), 23 * 3_600, "the day on which clocks go forward has 23 hours");
}

/// A stretch of minutes, from and to, with what it is.
type Stretch<T> = (i64, i64, T);

/// A random history in minutes: what the port was in each of them, and which of them is excused by what.
fn any_year() -> impl Strategy<Value = (Vec<Stretch<u8>>, Vec<Stretch<bool>>)> {
    let stretches = proptest::collection::vec((0_i64..3_000, 1_i64..200, 0_u8..4), 0..10);
    let excuses = proptest::collection::vec((0_i64..3_000, 1_i64..500, any::<bool>()), 0..6);
    (stretches, excuses)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_figure_is_what_counting_minutes_gives((stretches, excuses) in any_year()) {
        const MINUTES: i64 = 3_000;
        let start = year(2025).from();
        let window = Span::new(start, start.plus(MINUTES * 60)).unwrap();
        // Each minute alone: the last stretch over it says what it was.
        let mut minutes = vec![PortState::Available; usize::try_from(MINUTES).unwrap()];
        let mut said = Vec::new();
        for minute in 0..MINUTES {
            for &(from, length, kind) in &stretches {
                if (from..from + length).contains(&minute) {
                    minutes[usize::try_from(minute).unwrap()] = match kind {
                        0 => PortState::Faulted,
                        1 => PortState::Unavailable,
                        2 => PortState::Charging,
                        _ => PortState::Available,
                    };
                }
            }
        }
        let connector = Place::Connector(EVSE, ConnectorId(1));
        for (minute, state) in (0_i64..).zip(&minutes) {
            let status = match state {
                PortState::Faulted => PortStatus::Faulted,
                PortState::Unavailable => PortStatus::Unavailable,
                PortState::Charging => PortStatus::Charging,
                _ => PortStatus::Available,
            };
            let at = start.plus(minute * 60).timestamp();
            said.push(Observation { at, heard_at: at, place: connector, what: Observed::Status(status) });
        }
        let online = Observation { at: start.timestamp(), heard_at: start.timestamp(), place: Place::Station, what: Observed::Online };
        said.insert(0, online);
        let course = course(window, PortKnown::default(), EVSE, &said).0;
        let all: Vec<Excuse> = excuses
            .iter()
            .map(|&(from, length, is_utility)| {
                let reason = if is_utility { ExclusionReason::Utility } else { ExclusionReason::Other };
                excuse(window, from, from + length, reason)
            })
            .collect();
        let found = figure("us-680.116", window, &course, &all);
        let (mut down, mut excused) = (0, 0);
        for (minute, state) in (0_i64..).zip(&minutes) {
            if matches!(state, PortState::Faulted | PortState::Unavailable) {
                down += 1;
                let is_excused = |&(from, length, is_utility): &(i64, i64, bool)| {
                    is_utility && (from..from + length).contains(&minute)
                };
                excused += i64::from(excuses.iter().any(is_excused));
            }
        }
        prop_assert_eq!(found.outages.seconds(), down * 60);
        prop_assert_eq!(found.excluded.seconds(), excused * 60);
        let wanted = (525_600 - (down - excused)) * 100;
        prop_assert_eq!(found.percent, Some((Decimal::from(wanted) / Decimal::from(525_600)).round_dp(10)));
        prop_assert_eq!(found.is_met, Some(wanted > 97 * 525_600));
    }
}
