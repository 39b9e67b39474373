//! What drivers can expect, held against a look at every minute.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ocpp_server::availability::{Course, PortState};
use ocpp_server::habits::{HOURS, Habits};
use proptest::prelude::*;
use serde_json::json;

/// A course of pieces of so many minutes each.
fn course(start_minute: i64, pieces: &[(PortState, i64)]) -> Course {
    let mut from = start_minute * 60;
    let begin = from;
    let mut told = Vec::new();
    for (state, minutes) in pieces {
        let to = from + minutes * 60;
        told.push(json!({"span": {"from": from, "to": to}, "state": state, "behind": state}));
        from = to;
    }
    serde_json::from_value(json!({"span": {"from": begin, "to": from}, "pieces": told})).expect("a course")
}

fn states() -> impl Strategy<Value = PortState> {
    proptest::sample::select(PortState::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn hours_of_the_week_are_those_that_a_look_at_every_minute_finds(
        pieces in proptest::collection::vec((states(), 1i64..2000), 1..30),
        zone in proptest::sample::select(vec!["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"]),
        // Around the end of summer time of 2026, too.
        start in prop_oneof![29_580_000i64..29_590_000, 29_876_000i64..29_884_000],
    ) {
        let zone = TimeZone::get(zone).expect("a zone");
        let habits = Habits::of(&[course(start, &pieces)], &zone);
        let there = [PortState::Charging, PortState::SuspendedEv, PortState::SuspendedEvse, PortState::Idle, PortState::Finishing];
        let free = [PortState::Available, PortState::Reserved];
        let mut counted = vec![(0i64, 0i64); HOURS];
        let mut minute = start;
        for (state, minutes) in &pieces {
            for _ in 0..*minutes {
                let at = Timestamp::from_second(minute * 60).expect("a moment");
                let local = zone.to_datetime(at);
                let hour = local.weekday().to_monday_zero_offset() as usize * 24 + local.hour() as usize;
                let (occupied, known) = &mut counted[hour];
                if there.contains(state) {
                    *occupied += 1;
                    *known += 1;
                } else if free.contains(state) {
                    *known += 1;
                }
                minute += 1;
            }
        }
        for (hour, (occupied, known)) in counted.into_iter().enumerate() {
            let percent = (known >= 120).then(|| u8::try_from((occupied * 100 + known / 2) / known).expect("percent"));
            // Halves of a percent fall differently in seconds and minutes.
            match (habits.occupied_percent(hour), percent) {
                (Some(told), Some(counted)) => prop_assert!(told.abs_diff(counted) <= 1, "{hour}: {told} {counted}"),
                (told, counted) => prop_assert_eq!(told, counted),
            }
        }
    }
}

/// A course with stays of these lengths in minutes, an hour free around each.
fn stays(lengths: &[i64]) -> Course {
    let mut pieces = vec![(PortState::Available, 60)];
    for length in lengths {
        pieces.push((PortState::Charging, *length));
        pieces.push((PortState::Available, 60));
    }
    course(29_580_000, &pieces)
}

#[test]
fn the_rest_of_a_stay_is_the_median_of_those_that_were_longer() {
    let minutes = |habits: &Habits, elapsed: i64| {
        habits.likely_rest(SignedDuration::from_mins(elapsed)).map(|rest| rest.as_secs() / 60)
    };
    let ten_to_200: Vec<i64> = (1..=20).map(|tens| tens * 10).collect();
    let habits = Habits::of(&[stays(&ten_to_200)], &TimeZone::UTC);
    assert_eq!(minutes(&habits, 0), Some(105));
    // Of 110 to 200 the median is 155.
    assert_eq!(minutes(&habits, 100), Some(55));
    assert_eq!(minutes(&habits, 150), Some(30), "five were longer");
    assert_eq!(minutes(&habits, 160), None, "four are too few");
    let habits = Habits::of(&[stays(&ten_to_200[1..])], &TimeZone::UTC);
    assert_eq!(minutes(&habits, 0), None, "nineteen are too few");
}

#[test]
fn of_a_stay_both_ends_have_to_be_known() {
    let mut pieces = vec![(PortState::Charging, 30), (PortState::Available, 60)];
    for _ in 0..30 {
        // The end of each was not seen.
        pieces.extend([(PortState::Charging, 30), (PortState::Offline, 5), (PortState::Available, 60)]);
    }
    pieces.push((PortState::Charging, 30));
    let habits = Habits::of(&[course(29_580_000, &pieces)], &TimeZone::UTC);
    assert_eq!(habits.likely_rest(SignedDuration::ZERO), None);
    // A stay that changes its state is one stay.
    let parts: Vec<(PortState, i64)> = std::iter::once((PortState::Available, 60))
        .chain((0..20).flat_map(|_| {
            [
                (PortState::Charging, 20),
                (PortState::Idle, 10),
                (PortState::Finishing, 5),
                (PortState::Available, 60),
            ]
        }))
        .collect();
    let habits = Habits::of(&[course(29_580_000, &parts)], &TimeZone::UTC);
    assert_eq!(habits.likely_rest(SignedDuration::ZERO), Some(SignedDuration::from_mins(35)));
}
