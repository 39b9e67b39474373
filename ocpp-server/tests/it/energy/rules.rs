//! What the rules do not let out (K01), before anything is sent.

use ocpp_core::model::{
    ChargingProfile, Command, IdToken, Place, ProfileClearing, ProfileFilter, ProfileKind, ProfilePurpose,
    StationTxRef, TokenKind,
};
use ocpp_core::types::Version;
use ocpp_server::command::desk::{NewOrder, WhenOffline};
use ocpp_server::domain::profile_rules::{ProfileLimits, Surroundings, check_set};
use ocpp_server::domain::{Ending, OrderState};

use super::{Bench, EVSE, profile, set};
use crate::world::{id, pass};

fn default(number: i32) -> ChargingProfile {
    profile(number, ProfilePurpose::TxDefault)
}

#[tokio::test(start_paused = true)]
async fn two_profiles_never_hold_at_the_same_place_and_level_at_the_same_time() {
    let bench = Bench::new().await;
    let station = bench.station(Version::V201).await;
    let until = ChargingProfile { valid_to: Some("2026-03-02T12:00:00Z".parse().unwrap()), ..default(5) };
    bench.ordered(set(EVSE, until)).await;
    let same = bench.refused(set(EVSE, default(6))).await;
    assert!(same.contains("profile 5") && same.contains("K01.FR.06"), "{same}");
    let whole = bench.refused(set(Place::Station, default(6))).await;
    assert!(whole.contains("K01.FR.52"), "{whole}");
    // One after the other is no conflict.
    let after = ChargingProfile { valid_from: Some("2026-03-02T12:00:00Z".parse().unwrap()), ..default(6) };
    bench.ordered(set(EVSE, after)).await;
    // Another EVSE is none either.
    bench.ordered(set(Place::of(2, None), default(7))).await;
    assert_eq!(station.orders("SetChargingProfile").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_default_profile_of_the_station_bars_its_level_at_the_evses() {
    let bench = Bench::new().await;
    let _station = bench.station(Version::V21).await;
    bench.ordered(set(Place::Station, default(5))).await;
    let refusal = bench.refused(set(EVSE, default(6))).await;
    assert!(refusal.contains("K01.FR.53"), "{refusal}");
}

#[tokio::test(start_paused = true)]
async fn a_profile_of_a_transaction_needs_one_that_runs_there() {
    let bench = Bench::new().await;
    let station = bench.station(Version::V201).await;
    let named = |name: &str, number: i32| ChargingProfile {
        transaction: Some(StationTxRef::Named(name.into())),
        ..profile(number, ProfilePurpose::Tx)
    };
    let unnamed = bench.refused(set(EVSE, profile(5, ProfilePurpose::Tx))).await;
    assert!(unnamed.contains("K01.FR.03"), "{unnamed}");
    let unknown = bench.refused(set(EVSE, named("TX", 5))).await;
    assert!(unknown.contains("K01.FR.09"), "{unknown}");
    let charge = station.start(1, "CARD", 0).await;
    let elsewhere = bench.refused(set(Place::of(2, None), named(&charge.name, 5))).await;
    assert!(elsewhere.contains("K01.FR.09"), "{elsewhere}");
    let whole = bench.refused(set(Place::Station, named(&charge.name, 5))).await;
    assert!(whole.contains("K01.FR.16"), "{whole}");
    bench.ordered(set(EVSE, named(&charge.name, 5))).await;
    let twice = bench.refused(set(EVSE, named(&charge.name, 6))).await;
    assert!(twice.contains("K01.FR.39"), "{twice}");
    assert_eq!(station.orders("SetChargingProfile").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_waited_is_judged_by_what_is_known_when_the_station_comes() {
    let bench = Bench::new().await;
    let station = bench.station(Version::V201).await;
    station.hang_up();
    pass(1).await;
    let until = "2026-03-02T12:00:00Z".parse().unwrap();
    let wait = |profile| NewOrder {
        command: set(EVSE, profile),
        by: "anna".to_owned(),
        when_offline: WhenOffline::WaitUntil(until),
    };
    let desk = bench.csms.desk();
    desk.place(&id("CS1"), wait(default(5))).await.unwrap();
    let second = desk.place(&id("CS1"), wait(default(6))).await.unwrap();
    let station = bench.station(Version::V201).await;
    let second = desk.ended(&second).await.unwrap().unwrap();
    match second.state {
        OrderState::Ended { ending: Ending::NotAllowed { why }, .. } => {
            assert!(why.contains("K01.FR.06"), "{why}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(station.orders("SetChargingProfile").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn reports_and_removals_say_what_they_mean() {
    let bench = Bench::new().await;
    let _station = bench.station(Version::V21).await;
    let ask = |filter| Command::GetChargingProfiles { request: 1, place: None, filter };
    let nothing = bench.refused(ask(ProfileFilter::default())).await;
    assert!(nothing.contains("K09.FR.03"), "{nothing}");
    let both = ProfileFilter { ids: vec![1], stack_level: Some(1), ..ProfileFilter::default() };
    assert!(bench.refused(ask(both)).await.contains("K09.FR.03"));
    let clearing =
        ProfileClearing { purpose: Some(ProfilePurpose::ExternalConstraints), ..ProfileClearing::default() };
    assert!(bench.refused(Command::ClearChargingProfiles(clearing)).await.contains("K10.FR.06"));
}

/// The requirement that a profile breaks.
fn broken(place: Place, profile: &ChargingProfile, limits: &ProfileLimits) -> &'static str {
    let around =
        Surroundings { installed: &[], limits, running: &[], now: "2026-03-02T08:00:00Z".parse().unwrap() };
    check_set(place, profile, &around).map_or_else(|broken| broken.requirement, |()| "none")
}

#[test]
fn every_rule_on_the_shape_of_a_profile_is_told_by_its_requirement() {
    let free = ProfileLimits::default();
    let of = |change: &dyn Fn(&mut ChargingProfile)| {
        let mut profile = default(5);
        change(&mut profile);
        broken(EVSE, &profile, &free)
    };
    assert_eq!(of(&|_| {}), "none");
    assert_eq!(of(&|profile| profile.purpose = ProfilePurpose::ExternalConstraints), "K01.FR.22");
    assert_eq!(of(&|profile| profile.purpose = ProfilePurpose::StationMax), "K04.FR.03");
    assert_eq!(of(&|profile| profile.transaction = Some(StationTxRef::Numbered(1))), "K01.FR.03");
    assert_eq!(of(&|profile| profile.schedules.clear()), "K01.FR.34");
    assert_eq!(of(&|profile| profile.kind = ProfileKind::Recurring), "K01.FR.13");
    assert_eq!(of(&|profile| profile.kind = ProfileKind::Relative), "K01.FR.41");
    assert_eq!(of(&|profile| profile.kind = ProfileKind::Dynamic), "K28.FR.01");
    assert_eq!(of(&|profile| profile.extras.update_interval_s = Some(5)), "K01.FR.122");
    assert_eq!(of(&|profile| profile.schedules[0].start = None), "K01.FR.40");
    assert_eq!(of(&|profile| profile.purpose = ProfilePurpose::PriorityCharging), "K01.FR.70");
    assert_eq!(of(&|profile| profile.schedules[0].periods[0].start_s = 1), "K01.FR.31");
    assert_eq!(of(&|profile| profile.schedules[0].periods[1].start_s = 0), "K01.FR.35");
    assert_eq!(of(&|profile| profile.schedules[0].periods[0].phase_to_use = Some(2)), "K01.FR.19");
    assert_eq!(
        of(&|profile| {
            profile.valid_from = Some("2026-03-03T00:00:00Z".parse().unwrap());
            profile.valid_to = Some("2026-03-02T00:00:00Z".parse().unwrap());
        }),
        "K01.FR.37"
    );
    let mut most = profile(5, ProfilePurpose::StationMax);
    most.kind = ProfileKind::Relative;
    assert_eq!(broken(Place::Station, &most, &free), "K01.FR.38");
}

#[test]
fn what_the_station_cannot_take_is_not_sent() {
    let limits = ProfileLimits {
        max_stack_level: Some(2),
        max_periods: Some(1),
        units: Some(vec![ocpp_core::model::RateUnit::W]),
        max_external_id: Some(10),
        ..ProfileLimits::default()
    };
    let mut wanted = ChargingProfile { stack_level: 3, ..default(5) };
    let around = |profile: &ChargingProfile, limits: &ProfileLimits| {
        let around = Surroundings {
            installed: &[],
            limits,
            running: &[],
            now: "2026-03-02T08:00:00Z".parse().unwrap(),
        };
        check_set(EVSE, profile, &around).map_or_else(|broken| broken.to_string(), |()| String::new())
    };
    assert!(around(&wanted, &limits).contains("above 2, the highest"));
    wanted.stack_level = 2;
    assert!(around(&wanted, &limits).contains("2 steps are more than the 1"));
    wanted.schedules[0].periods.truncate(1);
    assert!(around(&wanted, &limits).contains("no limits in A"));
    wanted.schedules[0].unit = ocpp_core::model::RateUnit::W;
    assert!(around(&wanted, &limits).contains("K01.FR.80"));
    wanted.id = 11;
    assert_eq!(around(&wanted, &limits), "");
    let off = ProfileLimits { is_off: true, ..ProfileLimits::default() };
    assert!(around(&wanted, &off).contains("switched off"));
}

#[tokio::test(start_paused = true)]
async fn s02_fr_03_who_is_not_authorized_swaps_no_batteries() {
    use ocpp_server::handle::KnownTokens;

    let clock = crate::world::VirtualClock::new("2026-03-02T08:00:00Z");
    let csms = ocpp_server::Csms::builder(ocpp_server::store::Memory::new())
        .clock(clock)
        .authorizer(KnownTokens::new(["CARD"]))
        .build()
        .await
        .unwrap();
    let desk = csms.desk().clone();
    tokio::spawn(async move { desk.keep(&tokio_util::sync::CancellationToken::new()).await });
    let station = crate::world::attended(&csms, "CS1", Version::V21, clock).await;
    station.says("RequestBatterySwap", super::says("Accepted"));
    let swap = |token: &str| NewOrder {
        command: Command::RequestBatterySwap {
            request: 1,
            id_token: IdToken::new(token, TokenKind::ISO14443),
        },
        by: "anna".to_owned(),
        when_offline: WhenOffline::Refuse,
    };
    let refusal = csms.desk().carry_out(&id("CS1"), swap("OTHER")).await.unwrap_err().to_string();
    assert!(refusal.contains("S02.FR.03"), "{refusal}");
    csms.desk().carry_out(&id("CS1"), swap("CARD")).await.unwrap();
    assert_eq!(station.orders("RequestBatterySwap").len(), 1);
}
