//! Charging profiles: kept, reported, put together, and obeyed (block K).

use ocpp_client::engine::Record;
use ocpp_client::hardware::Actuation;
use ocpp_core::model::{
    ChargingProfile, ChargingSchedule, Command, EvseId, Fact, Outcome, Place, ProfileClearing, ProfileExtras,
    ProfileFilter, ProfileKind, ProfilePurpose, RateUnit, ScheduleExtras, SchedulePeriod, StationTxRef,
    Verdict, Watts,
};

use crate::bench::{Bench, at};

pub(crate) const EVSE_1: Place = Place::Evse(EvseId(1));

/// Limits in W from so many seconds after the start of the station's clock.
pub(crate) fn profile(id: i32, purpose: ProfilePurpose, limits: &[(u32, i64)]) -> ChargingProfile {
    let periods = limits.iter().map(|(from, limit)| SchedulePeriod::limited(*from, (*limit).into()));
    ChargingProfile {
        id,
        purpose,
        kind: ProfileKind::Absolute,
        stack_level: 0,
        recurrency: None,
        valid_from: None,
        valid_to: None,
        transaction: None,
        schedules: vec![ChargingSchedule {
            id: 0,
            start: Some(at(0)),
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

fn set(bench: &mut Bench, place: Place, profile: &ChargingProfile) -> Verdict {
    bench.verdict(&Command::SetChargingProfile { place, profile: Box::new(profile.clone()) })
}

fn clear(bench: &mut Bench, clearing: ProfileClearing) -> Verdict {
    bench.verdict(&Command::ClearChargingProfiles(clearing))
}

/// The limits that the hardware was told, in W.
fn limits(bench: &mut Bench) -> Vec<i64> {
    let limit = |actuation: Actuation| match actuation {
        Actuation::Limit(_, Watts(limit)) => Some(limit),
        _ => None,
    };
    std::mem::take(&mut bench.actuated).into_iter().filter_map(limit).collect()
}

fn steps(bench: &mut Bench, place: Place) -> Vec<(u32, String)> {
    let ask = Command::GetCompositeSchedule { place, duration_s: 600, unit: None };
    match bench.order(&ask) {
        Outcome::CompositeSchedule { verdict: Verdict::Accepted, schedule: Some(schedule) } => {
            let limit = |step: &SchedulePeriod| step.limit.map(|limit| limit.to_string()).unwrap_or_default();
            schedule.periods.iter().map(|step| (step.start_s, limit(step))).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_hardware_is_told_a_limit_when_charging_starts_and_when_it_changes() {
    let mut bench = Bench::new(1);
    let default = profile(1, ProfilePurpose::TxDefault, &[(0, 7000), (100, 4000), (200, 9000)]);
    assert_eq!(set(&mut bench, Place::Station, &default), Verdict::Accepted);
    assert_eq!(limits(&mut bench), [0; 0], "nobody charges");
    bench.pass(10);
    bench.plug(1);
    bench.present(1, "A");
    assert!(bench.is_charging(1));
    assert_eq!(limits(&mut bench), [7000]);
    bench.pass(80);
    assert_eq!(limits(&mut bench), [0; 0]);
    bench.pass(15);
    assert_eq!(limits(&mut bench), [4000]);
    bench.pass(200);
    assert_eq!(limits(&mut bench), [9000]);
    assert_eq!(
        clear(&mut bench, ProfileClearing { id: Some(1), ..ProfileClearing::default() }),
        Verdict::Accepted
    );
    assert_eq!(limits(&mut bench), [22_000], "the hardware's own limit holds again");
    bench.present(1, "A");
    assert!(!bench.is_charging(1));
}

#[test]
fn a_profile_of_a_transaction_needs_it_and_ends_with_it() {
    let mut bench = Bench::new(2);
    let mut own = profile(5, ProfilePurpose::Tx, &[(0, 3000)]);
    own.transaction = Some(StationTxRef::Named("TX1".into()));
    assert_eq!(set(&mut bench, EVSE_1, &own), Verdict::Rejected, "K01.FR.09");
    bench.plug(1);
    bench.present(1, "A");
    assert_eq!(set(&mut bench, Place::Evse(EvseId(2)), &own), Verdict::Rejected, "it runs elsewhere");
    assert_eq!(set(&mut bench, EVSE_1, &own), Verdict::Accepted);
    assert_eq!(limits(&mut bench), [3000]);
    bench.present(1, "A");
    assert!(!bench.is_charging(1));
    let gone = ProfileClearing { id: Some(5), ..ProfileClearing::default() };
    assert_eq!(clear(&mut bench, gone), Verdict::NothingFits, "K10.FR.08");
}

#[test]
fn what_a_station_cannot_keep_is_rejected() {
    let mut bench = Bench::new(1);
    let high = ChargingProfile { stack_level: 10, ..profile(1, ProfilePurpose::TxDefault, &[(0, 1)]) };
    assert_eq!(set(&mut bench, EVSE_1, &high), Verdict::Rejected);
    let long: Vec<_> = (0..129).map(|second| (second, 1000)).collect();
    assert_eq!(set(&mut bench, EVSE_1, &profile(1, ProfilePurpose::TxDefault, &long)), Verdict::Rejected);
    let plain = profile(1, ProfilePurpose::TxDefault, &[(0, 1000)]);
    assert_eq!(set(&mut bench, Place::Evse(EvseId(9)), &plain), Verdict::Rejected, "K01.FR.28");
    let external = profile(1, ProfilePurpose::ExternalConstraints, &[(0, 1000)]);
    assert_eq!(set(&mut bench, Place::Station, &external), Verdict::Rejected, "K01.FR.22");
    for id in 0..32 {
        let level = u32::try_from(id % 10).unwrap_or_default();
        let place = if id < 10 { Place::Station } else { EVSE_1 };
        let one =
            ChargingProfile { stack_level: level, ..profile(id, ProfilePurpose::TxDefault, &[(0, 1000)]) };
        assert_eq!(set(&mut bench, place, &one), Verdict::Accepted);
    }
    // The same purpose and level at the same place is replaced: 20 are there.
    assert_eq!(
        reports(
            &mut bench,
            &ProfileFilter { purpose: Some(ProfilePurpose::TxDefault), ..ProfileFilter::default() }
        )
        .len(),
        2
    );
}

/// The parts of a report, as place, whether more follow, and numbers.
fn reports(bench: &mut Bench, filter: &ProfileFilter) -> Vec<(Place, bool, Vec<i32>)> {
    bench.heard();
    let ask = Command::GetChargingProfiles { request: 77, place: None, filter: filter.clone() };
    if bench.verdict(&ask) != Verdict::Accepted {
        return Vec::new();
    }
    let part = |fact: Fact| match fact {
        Fact::ChargingProfiles(report) => {
            assert_eq!(report.request, 77);
            Some((report.place, report.more, report.profiles.iter().map(|profile| profile.id).collect()))
        }
        _ => None,
    };
    bench.heard().into_iter().filter_map(part).collect()
}

#[test]
fn profiles_are_reported_in_parts_by_place() {
    let mut bench = Bench::new(1);
    assert_eq!(
        set(&mut bench, Place::Station, &profile(1, ProfilePurpose::StationMax, &[(0, 9000)])),
        Verdict::Accepted
    );
    assert_eq!(
        set(&mut bench, EVSE_1, &profile(2, ProfilePurpose::TxDefault, &[(0, 5000)])),
        Verdict::Accepted
    );
    let all = ProfileFilter { sources: vec!["CSO".into()], ..ProfileFilter::default() };
    assert_eq!(reports(&mut bench, &all), [(Place::Station, true, vec![1]), (EVSE_1, false, vec![2])]);
    let one = ProfileFilter { ids: vec![2], ..ProfileFilter::default() };
    assert_eq!(reports(&mut bench, &one), [(EVSE_1, false, vec![2])]);
    let none = ProfileFilter { ids: vec![3], ..ProfileFilter::default() };
    assert_eq!(reports(&mut bench, &none), []);
}

#[test]
fn the_composite_schedule_is_of_all_profiles_and_they_outlive_a_restart() {
    let mut bench = Bench::new(2);
    assert_eq!(steps(&mut bench, Place::Station), [(0, "44000".to_owned())]);
    assert_eq!(
        set(&mut bench, Place::Station, &profile(1, ProfilePurpose::StationMax, &[(0, 9000), (300, 20_000)])),
        Verdict::Accepted
    );
    assert_eq!(
        set(&mut bench, EVSE_1, &profile(2, ProfilePurpose::TxDefault, &[(0, 11_000)])),
        Verdict::Accepted
    );
    let expected = [(0, "9000".to_owned()), (300, "11000".to_owned())];
    assert_eq!(steps(&mut bench, EVSE_1), expected);
    let kept: Vec<_> =
        bench.kept.iter().filter(|record| matches!(record, Record::ChargingProfiles(_))).cloned().collect();
    let mut again = Bench::with_records(2, kept);
    assert_eq!(steps(&mut again, EVSE_1), expected, "K01.FR.27");
    let unknown = Command::GetCompositeSchedule { place: Place::Evse(EvseId(9)), duration_s: 60, unit: None };
    let refused = Outcome::CompositeSchedule { verdict: Verdict::Rejected, schedule: None };
    assert_eq!(again.order(&unknown), refused, "K08.FR.05");
}
