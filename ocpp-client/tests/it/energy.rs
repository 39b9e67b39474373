//! Charging that changes while it goes on: dynamic profiles, priority, signals, outside limits, vehicles' needs.

use ocpp_client::hardware::{Actuation, HardwareEvent, Priority};
use ocpp_core::model::{
    Answer, ChargingLimit, ChargingNeeds, Command, EvseId, Fact, Outcome, Place, ProfileFilter, ProfileKind,
    ProfilePurpose, ScheduleUpdate, SignalWatt, StationTxRef, Verdict, Watts,
};
use ocpp_core::types::Json;
use rust_decimal::Decimal;

use crate::bench::{Bench, at};
use crate::charging_profile::{EVSE_1, profile};

fn charging() -> Bench {
    let mut bench = Bench::new(1);
    bench.plug(1);
    bench.present(1, "A");
    bench.heard();
    bench.actuated.clear();
    bench
}

fn limits(bench: &mut Bench) -> Vec<i64> {
    let limit = |actuation: &Actuation| match actuation {
        Actuation::Limit(_, Watts(watts)) => Some(*watts),
        _ => None,
    };
    let limits = bench.actuated.iter().filter_map(limit).collect();
    bench.actuated.clear();
    limits
}

fn set(bench: &mut Bench, profile: ocpp_core::model::ChargingProfile) -> Verdict {
    bench.verdict(&Command::SetChargingProfile { place: EVSE_1, profile: Box::new(profile) })
}

fn tx() -> StationTxRef {
    StationTxRef::Named("TX1".into())
}

fn dynamic(interval_s: Option<u32>) -> ocpp_core::model::ChargingProfile {
    let mut profile = profile(1, ProfilePurpose::TxDefault, &[(0, 10_000)]);
    profile.kind = ProfileKind::Dynamic;
    profile.extras.update_interval_s = interval_s;
    profile
}

fn limit(watts: i64) -> ScheduleUpdate {
    ScheduleUpdate { limit: Some(watts.into()), ..Default::default() }
}

#[test]
fn new_values_of_a_dynamic_profile_count_at_once() {
    let mut bench = charging();
    assert_eq!(set(&mut bench, dynamic(None)), Verdict::Accepted);
    assert_eq!(limits(&mut bench), [10_000]);
    let update = |profile| Command::UpdateDynamicSchedule { profile, update: limit(4_000) };
    assert_eq!(bench.verdict(&update(1)), Verdict::Accepted);
    assert_eq!(limits(&mut bench), [4_000]);
    assert_eq!(bench.verdict(&update(2)), Verdict::Rejected);
    set(&mut bench, profile(3, ProfilePurpose::StationMax, &[(0, 1)]));
    assert_eq!(bench.verdict(&update(3)), Verdict::Rejected, "it is not dynamic (K28.FR.11)");
    let mut two = dynamic(None);
    let again = two.schedules[0].periods[0].clone();
    two.schedules[0].periods.push(again);
    assert_eq!(set(&mut bench, two), Verdict::Rejected, "K28.FR.03");
    let mut absolute = profile(1, ProfilePurpose::TxDefault, &[(0, 10_000)]);
    absolute.extras.update_interval_s = Some(5);
    assert_eq!(set(&mut bench, absolute), Verdict::Rejected, "K28.FR.04");
}

#[test]
fn the_station_asks_for_new_values_as_often_as_it_is_told() {
    let mut bench = charging();
    bench.says = |fact| {
        matches!(fact, Fact::PullSchedule { profile: 1 })
            .then(|| Answer::ScheduleUpdate(Some(Box::new(limit(3_000)))))
    };
    set(&mut bench, dynamic(Some(30)));
    limits(&mut bench);
    bench.pass(95);
    let pulls = bench.heard().into_iter().filter(|fact| matches!(fact, Fact::PullSchedule { .. })).count();
    assert_eq!(pulls, 3);
    assert_eq!(limits(&mut bench), [3_000]);
    bench.order(&Command::ClearChargingProfiles(Default::default()));
    bench.heard();
    bench.pass(60);
    assert!(!bench.heard().iter().any(|fact| matches!(fact, Fact::PullSchedule { .. })));
}

#[test]
fn priority_takes_the_place_of_the_profiles_of_transactions() {
    let mut bench = charging();
    let switch = |transaction, activate| Command::UsePriorityCharging { transaction, activate };
    assert_eq!(bench.verdict(&switch(tx(), true)), Verdict::NothingFits, "there is no profile for it");
    set(&mut bench, profile(1, ProfilePurpose::TxDefault, &[(0, 4_000)]));
    set(&mut bench, profile(2, ProfilePurpose::PriorityCharging, &[(0, 20_000)]));
    assert_eq!(limits(&mut bench), [4_000]);
    assert_eq!(bench.verdict(&switch(StationTxRef::Named("TX9".into()), true)), Verdict::Rejected);
    assert_eq!(bench.verdict(&switch(tx(), true)), Verdict::Accepted);
    assert_eq!(limits(&mut bench), [20_000]);
    let told = |activated| Fact::PriorityCharging { transaction: tx(), activated };
    assert!(bench.heard().contains(&told(true)));
    bench.hardware(HardwareEvent::PriorityChosen(EvseId(1), Priority::NotWanted));
    assert_eq!(limits(&mut bench), [4_000]);
    assert!(bench.heard().contains(&told(false)), "the driver's own choice is told, too (K22)");
}

#[test]
fn the_signal_of_the_grid_steers_where_a_profile_has_a_curve_for_it() {
    let mut bench = charging();
    let signal = |signal| Command::AfrrSignal { at: at(0), signal };
    assert_eq!(bench.verdict(&signal(50)), Verdict::Rejected);
    let mut steered = profile(1, ProfilePurpose::TxDefault, &[(0, 20_000)]);
    let point = |signal, power: i64| SignalWatt { signal, power: power.into() };
    steered.schedules[0].periods[0].extras.signal_watt_curve = vec![point(0, 0), point(100, 10_000)];
    set(&mut bench, steered);
    limits(&mut bench);
    for (level, watts) in [(50, 5_000), (100, 10_000), (400, 10_000 - 1), (-5, 0)] {
        assert_eq!(bench.verdict(&signal(level)), Verdict::Accepted);
        let told = limits(&mut bench);
        if level != 400 {
            assert_eq!(told, [watts]);
        } else {
            assert_eq!(told, [0_i64; 0], "level beyond the end");
        }
    }
}

#[test]
fn a_limit_of_the_site_holds_and_is_told_until_it_is_lifted() {
    let mut bench = charging();
    let mut limited = profile(0, ProfilePurpose::ExternalConstraints, &[(0, 6_000)]);
    let schedules = std::mem::take(&mut limited.schedules);
    let limit = ChargingLimit {
        place: Place::Station,
        source: "EMS".into(),
        grid_critical: Some(false),
        local_generation: None,
        schedules,
    };
    bench.hardware(HardwareEvent::LimitSet(Box::new(limit.clone())));
    assert_eq!(limits(&mut bench), [6_000]);
    let facts = bench.heard();
    assert!(facts.contains(&Fact::ChargingLimit(limit)));
    let changed = |fact: &Fact| matches!(fact, Fact::Transaction(fact) if fact.trigger.as_str() == "ChargingRateChanged");
    assert!(facts.iter().any(changed));
    let filter = ProfileFilter { sources: vec!["EMS".into()], ..Default::default() };
    let get = Command::GetChargingProfiles { request: 1, place: None, filter };
    assert_eq!(bench.verdict(&get), Verdict::Accepted);
    assert_eq!(
        bench.verdict(&Command::ClearChargingProfiles(Default::default())),
        Verdict::NothingFits,
        "K10.FR.06"
    );
    bench.heard();
    bench.hardware(HardwareEvent::LimitLifted(Place::Station, "EMS".into()));
    assert_eq!(limits(&mut bench), [22_000]);
    let cleared = Fact::ChargingLimitCleared { place: Some(Place::Station), source: "EMS".into() };
    assert!(bench.heard().contains(&cleared));
}

fn needs() -> ChargingNeeds {
    ChargingNeeds {
        evse: EvseId(1),
        max_periods: Some(2),
        at: None,
        transfer: "DC".into(),
        departure: Some(at(7200)),
        energy_wh: Some(Decimal::from(20_000)),
        details: Json::new(r#"{"requestedEnergyTransfer":"DC"}"#.to_owned())
            .unwrap_or_else(|_| Json::string("")),
    }
}

#[test]
fn a_vehicle_tells_its_needs_and_plans_by_the_profile_that_comes() {
    let mut bench = charging();
    bench.hardware(HardwareEvent::VehicleAsks(Box::new(needs())));
    assert!(bench.heard().contains(&Fact::ChargingNeeds(Box::new(needs()))));
    let mut own = profile(1, ProfilePurpose::Tx, &[(0, 9_000), (3600, 5_000), (5400, 2_000)]);
    own.transaction = Some(tx());
    assert_eq!(set(&mut bench, own), Verdict::Accepted);
    let plan = bench.heard().into_iter().find_map(|fact| match fact {
        Fact::EvSchedule(plan) => Some(plan),
        _ => None,
    });
    let Some(plan) = plan else { panic!("no plan") };
    assert_eq!(plan.schedule.duration_s, Some(7200));
    assert_eq!(plan.schedule.periods.len(), 2, "it can take no more steps");
    assert_eq!(plan.schedule.periods[0].limit, Some(Decimal::from(9_000)));
}

#[test]
fn a_vehicle_is_asked_to_use_another_way_of_energy_transfer() {
    let mut bench = charging();
    let allow = |modes: &[&str]| Command::AllowEnergyTransfer {
        transaction: tx(),
        modes: modes.iter().map(|mode| (*mode).into()).collect(),
    };
    assert_eq!(bench.order(&allow(&["DC"])), Outcome::Verdict(Verdict::Rejected), "no such vehicle is there");
    bench.hardware(HardwareEvent::VehicleAsks(Box::new(needs())));
    bench.heard();
    assert_eq!(bench.verdict(&allow(&["DC", "DC_BPT"])), Verdict::Accepted);
    assert_eq!(bench.heard(), [], "it uses one of them already");
    assert_eq!(bench.verdict(&allow(&["DC_BPT"])), Verdict::Accepted);
    let asked = bench.heard().into_iter().find_map(|fact| match fact {
        Fact::ChargingNeeds(needs) => Some(needs),
        _ => None,
    });
    assert!(
        asked.is_some_and(|needs| &*needs.transfer == "DC_BPT" && needs.details.as_str().contains("DC_BPT"))
    );
}
