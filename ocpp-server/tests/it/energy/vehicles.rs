//! What vehicles need and plan (K15 to K18), priority charging (K21, K22), dynamic profiles (K28).

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use ocpp_core::model::{
    ChargingProfile, ChargingSchedule, Command, ProfileKind, ProfilePurpose, RateUnit, SchedulePeriod,
    ScheduleUpdate, StationId, StationTxRef,
};
use ocpp_core::types::Version;
use ocpp_server::domain::{InstalledProfile, PlanState, SessionEnergy};
use ocpp_server::handle::{EnergyPlanner, NeedsPlan, NeedsQuestion, NoVatRegister};
use serde_json::{Value, json};

use super::{Bench, EVSE, profile, profile_in, says, schedule, set};
use crate::world::pass;
use crate::world::station::{Charge, Says, Station};

/// What the planner of a test says.
#[derive(Clone)]
enum Word {
    Now(i64),
    Later(i64),
    Slow,
    Nobody,
    Nothing,
    Refuses,
}

struct Planner {
    word: Word,
    rounds: std::sync::Arc<Mutex<Vec<u32>>>,
}

fn of_ampere(limit: i64) -> NeedsPlan {
    let mut schedule: ChargingSchedule = schedule();
    schedule.unit = RateUnit::A;
    schedule.periods = (0..4).map(|step| SchedulePeriod::limited(step * 600, limit.into())).collect();
    NeedsPlan::Schedules(vec![schedule])
}

#[async_trait]
impl EnergyPlanner for Planner {
    async fn plan(&self, question: &NeedsQuestion<'_>) -> Option<NeedsPlan> {
        assert_eq!(question.needs.evse.0, 1);
        match &self.word {
            Word::Now(limit) => Some(of_ampere(*limit)),
            Word::Later(_) => Some(NeedsPlan::Processing),
            Word::Slow => {
                tokio::time::sleep(Duration::from_secs(30)).await;
                Some(of_ampere(32))
            }
            Word::Nobody => None,
            Word::Nothing => Some(NeedsPlan::NoSchedule),
            Word::Refuses => Some(NeedsPlan::Rejected),
        }
    }

    async fn plan_later(&self, question: &NeedsQuestion<'_>) -> Option<NeedsPlan> {
        self.rounds.lock().unwrap().push(question.round);
        match &self.word {
            Word::Now(limit) | Word::Later(limit) => {
                tokio::time::sleep(Duration::from_secs(5)).await;
                Some(of_ampere(*limit))
            }
            _ => None,
        }
    }

    async fn pull(
        &self,
        _: &StationId,
        number: i32,
        known: Option<&InstalledProfile>,
    ) -> Option<ScheduleUpdate> {
        assert_eq!(known.unwrap().profile.id, number);
        Some(ScheduleUpdate { limit: Some(9.into()), ..ScheduleUpdate::default() })
    }
}

async fn bench(word: Word) -> (Bench, std::sync::Arc<Mutex<Vec<u32>>>) {
    let rounds = std::sync::Arc::new(Mutex::new(Vec::new()));
    let planner = Planner { word, rounds: std::sync::Arc::clone(&rounds) };
    (Bench::with(planner, None::<NoVatRegister>).await, rounds)
}

const TWO: [Version; 2] = [Version::V201, Version::V21];

async fn needs(station: &Station) -> String {
    let answer = station
        .call(
            "NotifyEVChargingNeeds",
            json!({
                "evseId": 1, "maxScheduleTuples": 3,
                "chargingNeeds": {"requestedEnergyTransfer": "AC_three_phase",
                    "acChargingParameters": {"energyAmount": 20000, "evMinCurrent": 6, "evMaxCurrent": 32,
                        "evMaxVoltage": 400}}
            }),
        )
        .await
        .unwrap();
    answer["status"].as_str().unwrap().to_owned()
}

/// The vehicle means to draw so much; what the manager says.
async fn means_to_draw(station: &Station, limit: i64) -> String {
    let answer = station
        .call(
            "NotifyEVChargingSchedule",
            json!({
                "evseId": 1, "timeBase": "2026-03-02T08:00:00Z",
                "chargingSchedule": {"id": 1, "chargingRateUnit": "A",
                    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}
            }),
        )
        .await
        .unwrap();
    answer["status"].as_str().unwrap().to_owned()
}

async fn of_session(bench: &Bench) -> SessionEnergy {
    let filter = ocpp_server::store::SessionFilter::default();
    let page = ocpp_server::store::Page { after: None, limit: 1 };
    let session = bench.csms.store().sessions(filter, page).await.unwrap().pop().unwrap();
    bench.energy.of_session(&session.key).await.unwrap().unwrap()
}

fn state(energy: &SessionEnergy) -> &PlanState {
    &energy.plan.as_ref().unwrap().state
}

fn check_profile(station: &Station, charge: &Charge, heard: &Value, limit: i64) {
    let said = profile_in(station, heard);
    assert_eq!(heard["evseId"], 1);
    assert_eq!(said["chargingProfilePurpose"], "TxProfile");
    assert_eq!(said["transactionId"], json!(charge.name));
    let periods = said["chargingSchedule"][0]["chargingSchedulePeriod"].as_array().unwrap();
    // K15.FR.07: no more than the vehicle can take.
    assert_eq!(periods.len(), 3);
    assert_eq!(periods[0]["limit"].as_f64(), Some(limit as f64));
}

#[tokio::test(start_paused = true)]
async fn tc_k_53_csms_a_vehicle_gets_its_plan() {
    for version in TWO {
        for (word, said) in [(Word::Now(16), "Accepted"), (Word::Later(16), "Processing")] {
            let (bench, _) = bench(word).await;
            let station = bench.station(version).await;
            let charge = station.start(1, "CARD", 0).await;
            assert_eq!(needs(&station).await, said, "{version}");
            pass(20).await;
            let heard = station.orders("SetChargingProfile");
            assert_eq!(heard.len(), 1);
            check_profile(&station, &charge, &heard[0], 16);
            assert_eq!(means_to_draw(&station, 16).await, "Accepted");
            let known = of_session(&bench).await;
            assert!(matches!(state(&known), PlanState::Sent { .. }), "{known:?}");
            assert_eq!(known.schedule.unwrap().refused, None);
            assert_eq!(bench.installed().await.len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_55_csms_a_vehicle_that_wants_more_gets_a_new_plan() {
    for version in TWO {
        let (bench, rounds) = bench(Word::Now(16)).await;
        let station = bench.station(version).await;
        let charge = station.start(1, "CARD", 0).await;
        needs(&station).await;
        pass(20).await;
        assert_eq!(means_to_draw(&station, 17).await, "Rejected", "{version}");
        let known = of_session(&bench).await;
        let why = known.schedule.unwrap().refused.unwrap();
        assert!(why.contains("17 A are more than the 16 A"), "{why}");
        pass(20).await;
        let heard = station.orders("SetChargingProfile");
        assert_eq!(heard.len(), 2);
        check_profile(&station, &charge, &heard[1], 16);
        // It has a number of its own, so that the new one takes the place of the old one.
        assert_eq!(bench.installed().await.len(), 1);
        // A vehicle that never obeys gets three new plans, and then no more.
        for _ in 0..5 {
            means_to_draw(&station, 17).await;
            pass(20).await;
        }
        assert_eq!(station.orders("SetChargingProfile").len(), 4);
        assert_eq!(*rounds.lock().unwrap(), [1, 2, 3]);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_57_csms_a_vehicle_asks_anew() {
    for version in TWO {
        let (bench, _) = bench(Word::Now(16)).await;
        let station = bench.station(version).await;
        station.start(1, "CARD", 0).await;
        for round in 1..=2 {
            assert_eq!(needs(&station).await, "Accepted", "{version}");
            pass(20).await;
            assert_eq!(station.orders("SetChargingProfile").len(), round);
        }
        assert_eq!(of_session(&bench).await.needs.unwrap().times, 2);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_58_csms_the_manager_changes_the_plan() {
    for version in TWO {
        let (bench, _) = bench(Word::Now(16)).await;
        let station = bench.station(version).await;
        let charge = station.start(1, "CARD", 0).await;
        needs(&station).await;
        pass(20).await;
        let mut changed: ChargingProfile = bench.installed().await.pop().unwrap().profile;
        changed.schedules[0].periods.iter_mut().for_each(|period| period.limit = Some(10.into()));
        bench.ordered(set(EVSE, changed)).await;
        check_profile(&station, &charge, &station.orders("SetChargingProfile")[1], 10);
        assert_eq!(means_to_draw(&station, 10).await, "Accepted", "{version}");
        assert_eq!(means_to_draw(&station, 11).await, "Rejected");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_59_csms_a_vehicle_that_was_given_a_new_plan_asks_all_the_same() {
    for version in TWO {
        let (bench, _) = bench(Word::Now(16)).await;
        let station = bench.station(version).await;
        station.start(1, "CARD", 0).await;
        needs(&station).await;
        pass(20).await;
        let changed = bench.installed().await.pop().unwrap().profile;
        bench.ordered(set(EVSE, changed)).await;
        // K16.FR.12.
        assert_eq!(needs(&station).await, "Accepted");
        pass(20).await;
        assert_eq!(station.orders("SetChargingProfile").len(), 3, "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_plan_the_vehicle_is_told_plainly() {
    for (word, in_201, in_21) in [
        (Word::Nothing, "Rejected", "NoChargingProfile"),
        (Word::Refuses, "Rejected", "Rejected"),
        // Nobody can say, or not in time: the fallback holds.
        (Word::Nobody, "Rejected", "NoChargingProfile"),
        (Word::Slow, "Rejected", "NoChargingProfile"),
    ] {
        for (version, said) in [(Version::V201, in_201), (Version::V21, in_21)] {
            let (bench, _) = bench(word.clone()).await;
            let station = bench.station(version).await;
            station.start(1, "CARD", 0).await;
            assert_eq!(needs(&station).await, said);
            pass(120).await;
            assert_eq!(station.orders("SetChargingProfile").len(), 0);
            assert_eq!(of_session(&bench).await.plan, None);
        }
    }
    // Without a session nothing can be planned.
    let (bench, _) = bench(Word::Now(16)).await;
    let station = bench.station(Version::V21).await;
    assert_eq!(needs(&station).await, "NoChargingProfile");
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_the_station_does_not_take_says_why() {
    for (says, why) in [
        (says("Rejected"), "rejected"),
        (Says::Error("InternalError"), "refused (InternalError)"),
        (Says::Nothing, "did not answer in time"),
        (Says::Result(json!([])), "cannot be understood"),
    ] {
        let (bench, _) = bench(Word::Now(16)).await;
        let station = bench.station(Version::V201).await;
        station.says("SetChargingProfile", says);
        station.start(1, "CARD", 0).await;
        needs(&station).await;
        pass(600).await;
        let known = of_session(&bench).await;
        match state(&known) {
            PlanState::Failed { why: said, .. } => assert!(said.contains(why), "{said}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(station.orders("SetChargingProfile").len(), 1);
        assert_eq!(bench.installed().await.len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_waits_for_a_station_that_comes_back() {
    let (bench, _) = bench(Word::Later(16)).await;
    let station = bench.station(Version::V201).await;
    station.start(1, "CARD", 0).await;
    needs(&station).await;
    station.hang_up();
    pass(30).await;
    let station = bench.station(Version::V201).await;
    pass(30).await;
    assert_eq!(station.orders("SetChargingProfile").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn k21_and_k22_priority_charging_is_switched_by_order_and_at_the_station() {
    let bench = Bench::new().await;
    let station = bench.station(Version::V21).await;
    let charge = station.start(1, "CARD", 0).await;
    station.says("UsePriorityCharging", says("Accepted"));
    let transaction = StationTxRef::Named(charge.name.as_str().into());
    bench.ordered(Command::UsePriorityCharging { transaction, activate: true }).await;
    let priority = of_session(&bench).await.priority.unwrap();
    assert!(priority.active && !priority.at_station);
    let told = json!({"transactionId": charge.name, "activated": false});
    station.call("NotifyPriorityCharging", told).await.unwrap();
    let priority = of_session(&bench).await.priority.unwrap();
    assert!(!priority.active && priority.at_station);
}

#[tokio::test(start_paused = true)]
async fn k28_a_dynamic_profile_gets_new_values_when_the_station_asks() {
    let (bench, _) = bench(Word::Nothing).await;
    let station = bench.station(Version::V21).await;
    let mut wanted = profile(5, ProfilePurpose::TxDefault);
    wanted.kind = ProfileKind::Dynamic;
    wanted.schedules[0].periods.truncate(1);
    wanted.extras.update_interval_s = Some(60);
    bench.ordered(set(EVSE, wanted)).await;
    let answer = station.call("PullDynamicScheduleUpdate", json!({"chargingProfileId": 5})).await.unwrap();
    assert_eq!(answer["status"], "Accepted");
    assert_eq!(answer["scheduleUpdate"]["limit"].as_f64(), Some(9.0));
    let limit = |known: InstalledProfile| known.profile.schedules[0].periods[0].limit;
    assert_eq!(limit(bench.installed().await.pop().unwrap()), Some(9.into()));
    // K28.FR.12: a profile that is not known is refused.
    let answer = station.call("PullDynamicScheduleUpdate", json!({"chargingProfileId": 6})).await.unwrap();
    assert_eq!(answer["status"], "Rejected");
    // The manager may change them by itself.
    station.says("UpdateDynamicSchedule", says("Accepted"));
    let update = ScheduleUpdate { limit: Some(7.into()), ..ScheduleUpdate::default() };
    bench.ordered(Command::UpdateDynamicSchedule { profile: 5, update }).await;
    assert_eq!(limit(bench.installed().await.pop().unwrap()), Some(7.into()));
}
