//! What profiles allow together, beside an evaluator that goes through every second and knows no boundaries.

#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use jiff::Timestamp;
use ocpp_core::model::{
    ChargingProfile, ChargingSchedule, EvseId, Place, ProfileExtras, ProfileKind, ProfilePurpose, RateUnit,
    Recurrency, ScheduleExtras, SchedulePeriod, StationTxRef,
};
use ocpp_core::rules::schedule::{Course, Installed, MAX_STEPS, composite};
use proptest::prelude::*;
use rust_decimal::Decimal;

const EVSE_1: Place = Place::Evse(EvseId(1));
const T0: i64 = 1_780_000_000;
const DAY: i64 = 86_400;

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn course(place: Place) -> Course {
    Course {
        place,
        transaction: Some(StationTxRef::Named("tx".into())),
        since: Some(second(T0 - 20)),
        priority: false,
        most_w: Decimal::from(22_000),
        voltage: Decimal::from(230),
        phases: 3,
    }
}

fn watts(purpose: ProfilePurpose, limits: &[(u32, i64)]) -> ChargingProfile {
    let periods = limits.iter().map(|(at, limit)| SchedulePeriod::limited(*at, Decimal::from(*limit)));
    ChargingProfile {
        id: 1,
        purpose,
        kind: ProfileKind::Absolute,
        stack_level: 0,
        recurrency: None,
        valid_from: None,
        valid_to: None,
        transaction: None,
        schedules: vec![ChargingSchedule {
            id: 0,
            start: Some(second(T0)),
            duration_s: None,
            unit: RateUnit::W,
            min_rate: None,
            periods: periods.collect(),
            sales_tariff: None,
            extras: ScheduleExtras::default(),
        }],
        extras: ProfileExtras::default(),
    }
}

fn steps(profiles: &[(Place, ChargingProfile)], course: &Course, unit: RateUnit) -> Vec<(u32, String)> {
    let installed: Vec<_> =
        profiles.iter().map(|(place, profile)| Installed { place: *place, profile }).collect();
    let schedule = composite(&installed, course, second(T0), 600, unit);
    schedule.periods.iter().map(|step| (step.start_s, step.limit.unwrap().to_string())).collect()
}

#[test]
fn without_profiles_the_hardware_is_the_limit() {
    assert_eq!(steps(&[], &course(EVSE_1), RateUnit::W), [(0, "22000".to_owned())]);
    assert_eq!(steps(&[], &course(EVSE_1), RateUnit::A), [(0, "31.884".to_owned())]);
}

#[test]
fn a_profile_of_the_transaction_takes_the_place_of_the_default_one() {
    let default = watts(ProfilePurpose::TxDefault, &[(0, 3000)]);
    let mut own = watts(ProfilePurpose::Tx, &[(0, 9000)]);
    own.transaction = Some(StationTxRef::Named("tx".into()));
    own.schedules[0].duration_s = Some(100);
    let all = [(Place::Station, default), (EVSE_1, own.clone())];
    let expected = [(0, "9000".to_owned()), (100, "3000".to_owned())];
    assert_eq!(steps(&all, &course(EVSE_1), RateUnit::W), expected);
    own.transaction = Some(StationTxRef::Named("another".into()));
    assert_eq!(steps(&[(EVSE_1, own)], &course(EVSE_1), RateUnit::W), [(0, "22000".to_owned())]);
}

#[test]
fn the_least_of_the_purposes_holds_and_local_generation_is_added_to_the_station() {
    let max = watts(ProfilePurpose::StationMax, &[(0, 10_000)]);
    let local = watts(ProfilePurpose::LocalGeneration, &[(0, 2000), (60, 0)]);
    let outside = watts(ProfilePurpose::ExternalConstraints, &[(0, 20_000), (120, 5000)]);
    let all = [(Place::Station, max), (Place::Station, local), (Place::Station, outside)];
    let expected = [(0, "12000".to_owned()), (60, "10000".to_owned()), (120, "5000".to_owned())];
    assert_eq!(steps(&all, &course(EVSE_1), RateUnit::W), expected);
    assert_eq!(steps(&all, &course(Place::Station), RateUnit::W), expected);
}

#[test]
fn priority_charging_takes_the_place_of_both_while_it_is_on() {
    let default = watts(ProfilePurpose::TxDefault, &[(0, 3000)]);
    let priority = watts(ProfilePurpose::PriorityCharging, &[(0, 20_000)]);
    let all = [(Place::Station, default), (Place::Station, priority)];
    assert_eq!(steps(&all, &course(EVSE_1), RateUnit::W), [(0, "3000".to_owned())]);
    let on = Course { priority: true, ..course(EVSE_1) };
    assert_eq!(steps(&all, &on, RateUnit::W), [(0, "20000".to_owned())]);
}

#[test]
fn a_schedule_of_very_many_steps_ends_where_no_more_fit() {
    let limits: Vec<(u32, i64)> = (0..1024).map(|step| (step, i64::from(step % 2) * 1000 + 1000)).collect();
    let mut profile = watts(ProfilePurpose::TxDefault, &limits);
    (profile.kind, profile.recurrency) = (ProfileKind::Recurring, Some(Recurrency::Daily));
    let installed = [Installed { place: EVSE_1, profile: &profile }];
    let schedule = composite(&installed, &course(EVSE_1), second(T0), 3 * 86_400, RateUnit::W);
    assert_eq!(schedule.periods.len(), MAX_STEPS);
    assert_eq!(schedule.duration_s, 86_400);
}

/// What holds at one second, told from the text of the specification.
fn by_the_second(profiles: &[(Place, ChargingProfile)], course: &Course, at: i64) -> Decimal {
    let purpose = |wanted: ProfilePurpose| {
        let mut best: Option<(u32, bool, i32, Decimal)> = None;
        for (place, profile) in profiles {
            let elsewhere = place.evse().is_some() && *place != course.place;
            let of_another = profile.transaction.is_some() && profile.transaction != course.transaction;
            let early = profile.valid_from.is_some_and(|from| from > second(at));
            let late = profile.valid_to.is_some_and(|to| to <= second(at));
            if profile.purpose != wanted || elsewhere || of_another || early || late {
                continue;
            }
            let schedule = &profile.schedules[0];
            let start = match profile.kind {
                ProfileKind::Relative => course.since.unwrap().as_second(),
                _ => schedule.start.unwrap().as_second(),
            };
            // Every start of a recurring one, counted up one by one.
            let mut latest = None;
            let mut next = start;
            while next <= at {
                latest = Some(next);
                match profile.recurrency {
                    Some(Recurrency::Daily) => next += DAY,
                    Some(Recurrency::Weekly) => next += 7 * DAY,
                    None => break,
                }
            }
            let Some(latest) = latest else { continue };
            if schedule.duration_s.is_some_and(|duration| at >= latest + i64::from(duration)) {
                continue;
            }
            let mut limit = None;
            for period in &schedule.periods {
                if latest + i64::from(period.start_s) <= at {
                    let phases = Decimal::from(period.phases.unwrap_or(course.phases));
                    limit = Some(match schedule.unit {
                        RateUnit::W => period.limit.unwrap(),
                        RateUnit::A => period.limit.unwrap() * course.voltage * phases,
                    });
                }
            }
            let Some(limit) = limit else { continue };
            let candidate = (profile.stack_level, place.evse().is_some(), profile.id, limit);
            if best.is_none_or(|best| (best.0, best.1, best.2) < (candidate.0, candidate.1, candidate.2)) {
                best = Some(candidate);
            }
        }
        best.map(|best| best.3)
    };
    let mut least = course.most_w;
    if course.place != Place::Station {
        let own = purpose(ProfilePurpose::Tx).or(purpose(ProfilePurpose::TxDefault));
        let prior = if course.priority { purpose(ProfilePurpose::PriorityCharging) } else { None };
        if let Some(limit) = prior.or(own) {
            least = least.min(limit);
        }
    }
    if let Some(limit) = purpose(ProfilePurpose::StationMax) {
        let local = purpose(ProfilePurpose::LocalGeneration).unwrap_or(Decimal::ZERO);
        least = least.min(limit + local);
    }
    if let Some(limit) = purpose(ProfilePurpose::ExternalConstraints) {
        least = least.min(limit);
    }
    least.max(Decimal::ZERO)
}

fn any_profile() -> impl Strategy<Value = (Place, ChargingProfile)> {
    let purpose = prop_oneof![
        Just(ProfilePurpose::ExternalConstraints),
        Just(ProfilePurpose::StationMax),
        Just(ProfilePurpose::TxDefault),
        Just(ProfilePurpose::Tx),
        Just(ProfilePurpose::PriorityCharging),
        Just(ProfilePurpose::LocalGeneration),
    ];
    let kind = prop_oneof![
        Just((ProfileKind::Absolute, None)),
        Just((ProfileKind::Relative, None)),
        Just((ProfileKind::Recurring, Some(Recurrency::Daily))),
        Just((ProfileKind::Recurring, Some(Recurrency::Weekly))),
    ];
    let place = prop_oneof![Just(Place::Station), Just(EVSE_1), Just(Place::Evse(EvseId(2)))];
    let moment = || proptest::option::weighted(0.4, -300_i64..600);
    let start = (-400_i64..500, prop_oneof![Just(0_i64), Just(-DAY), Just(-7 * DAY), Just(-3 * DAY)]);
    let periods = proptest::collection::btree_map(1_u32..400, (0_i64..25_000, 1_u8..4), 0..4);
    let unit = prop_oneof![Just(RateUnit::W), Just(RateUnit::A)];
    let schedule = (start, proptest::option::of(1_u32..700), unit, 0_i64..20_000, periods);
    (purpose, kind, place, 0_u32..3, moment(), moment(), schedule, 0_i32..100, any::<bool>()).prop_map(
        |(purpose, (kind, recurrency), place, stack_level, from, to, schedule, id, ours)| {
            let ((start, back), duration_s, unit, first, others) = schedule;
            let scale = |limit: i64| match unit {
                RateUnit::W => Decimal::from(limit),
                RateUnit::A => Decimal::new(limit, 3),
            };
            let mut periods = vec![SchedulePeriod::limited(0, scale(first))];
            periods.extend(others.into_iter().map(|(at, (limit, phases))| SchedulePeriod {
                phases: Some(phases),
                ..SchedulePeriod::limited(at, scale(limit))
            }));
            let mut profile = watts(purpose, &[]);
            (profile.kind, profile.recurrency) = (kind, recurrency);
            (profile.id, profile.stack_level) = (id, stack_level);
            profile.valid_from = from.map(|at| second(T0 + at));
            profile.valid_to = to.map(|at| second(T0 + at));
            if purpose == ProfilePurpose::Tx {
                let name = if ours { "tx" } else { "another" };
                profile.transaction = Some(StationTxRef::Named(name.into()));
            }
            let told = &mut profile.schedules[0];
            (told.duration_s, told.unit, told.periods) = (duration_s, unit, periods);
            told.start = (kind != ProfileKind::Relative).then(|| second(T0 + start + back));
            (place, profile)
        },
    )
}

proptest! {
    #[test]
    fn every_second_is_as_the_evaluator_has_it(
        profiles in proptest::collection::vec(any_profile(), 0..6),
        of_station in any::<bool>(),
        priority in any::<bool>(),
    ) {
        // Numbers are unique on a station.
        let mut profiles = profiles;
        for (id, (_, profile)) in profiles.iter_mut().enumerate() {
            profile.id = i32::try_from(id).unwrap();
        }
        let place = if of_station { Place::Station } else { EVSE_1 };
        let course = Course { priority, ..course(place) };
        let installed: Vec<_> =
            profiles.iter().map(|(place, profile)| Installed { place: *place, profile }).collect();
        let schedule = composite(&installed, &course, second(T0), 600, RateUnit::W);
        prop_assert_eq!(schedule.periods[0].start_s, 0);
        for offset in 0..600_u32 {
            let step = schedule.periods.iter().rev().find(|step| step.start_s <= offset).unwrap();
            let expected = by_the_second(&profiles, &course, T0 + i64::from(offset));
            prop_assert_eq!(step.limit, Some(expected.normalize()), "at second {}", offset);
        }
        let limits: Vec<_> = schedule.periods.iter().map(|step| step.limit).collect();
        prop_assert!(limits.windows(2).all(|pair| pair[0] != pair[1]), "two steps are one");
    }
}
