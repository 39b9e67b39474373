//! What stations report of their profiles (K09) and of all of them together (K08).

use ocpp_core::model::{Command, Place, ProfileFilter, ProfilePurpose, RateUnit, Verdict};
use ocpp_core::types::Version;
use ocpp_server::maintenance::EnergyError;
use serde_json::{Value, json};

use super::{Bench, EVSE, profile, says, set, verdict};
use crate::world::id;
use crate::world::station::{Says, Station};

const TWO: [Version; 2] = [Version::V201, Version::V21];

fn reported(number: i32, purpose: &str) -> Value {
    json!({
        "id": number, "stackLevel": 0, "chargingProfilePurpose": purpose, "chargingProfileKind": "Absolute",
        "chargingSchedule": [{
            "id": 1, "startSchedule": "2026-03-02T08:00:00Z", "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10}]
        }]
    })
}

async fn report(station: &Station, request: i32, source: &str, profiles: &[Value], more: bool) {
    let payload = json!({
        "requestId": request, "chargingLimitSource": source, "evseId": 1, "tbc": more,
        "chargingProfile": profiles
    });
    assert_eq!(station.call("ReportChargingProfiles", payload).await.unwrap(), json!({}));
}

fn ask(place: Option<Place>, filter: ProfileFilter) -> Command {
    Command::GetChargingProfiles { request: 7, place, filter }
}

fn of_purpose(purpose: ProfilePurpose) -> ProfileFilter {
    ProfileFilter { purpose: Some(purpose), ..ProfileFilter::default() }
}

/// Asks in this way, and what the station heard of it.
async fn asked(version: Version, place: Option<Place>, filter: ProfileFilter) -> Value {
    let bench = Bench::new().await;
    let station = bench.station(version).await;
    bench.ordered(ask(place, filter)).await;
    report(&station, 7, "CSO", &[reported(5, "TxDefaultProfile")], false).await;
    let known = bench.installed().await;
    assert_eq!(known.len(), 1);
    assert!(known[0].reported_at.is_some() && known[0].by.is_none());
    station.orders("GetChargingProfiles").pop().unwrap()
}

#[tokio::test(start_paused = true)]
async fn tc_k_29_csms_profiles_of_the_station_as_a_whole() {
    for version in TWO {
        let heard = asked(version, Some(Place::Station), of_purpose(ProfilePurpose::StationMax)).await;
        assert_eq!(heard["evseId"], 0);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_30_csms_profiles_of_an_evse() {
    for version in TWO {
        let heard = asked(version, Some(EVSE), of_purpose(ProfilePurpose::TxDefault)).await;
        assert_eq!(heard["evseId"], 1);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_31_csms_profiles_of_everywhere() {
    for version in TWO {
        let heard = asked(version, None, of_purpose(ProfilePurpose::TxDefault)).await;
        assert_eq!(heard.get("evseId"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_32_csms_profiles_by_their_numbers() {
    for version in TWO {
        let filter = ProfileFilter { ids: vec![5], ..ProfileFilter::default() };
        let heard = asked(version, None, filter).await;
        assert_eq!(heard["chargingProfile"], json!({"chargingProfileId": [5]}));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_33_csms_profiles_of_a_stack_level() {
    for version in TWO {
        let filter = ProfileFilter { stack_level: Some(0), ..ProfileFilter::default() };
        let heard = asked(version, Some(EVSE), filter).await;
        assert_eq!((&heard["evseId"], &heard["chargingProfile"]), (&json!(1), &json!({"stackLevel": 0})));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_34_csms_profiles_of_a_source() {
    for version in TWO {
        let filter = ProfileFilter { sources: vec!["EMS".into()], ..ProfileFilter::default() };
        let heard = asked(version, Some(EVSE), filter).await;
        assert_eq!(heard["chargingProfile"], json!({"chargingLimitSource": ["EMS"]}));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_35_csms_profiles_of_a_purpose() {
    for version in TWO {
        let heard = asked(version, Some(EVSE), of_purpose(ProfilePurpose::TxDefault)).await;
        assert_eq!(heard["chargingProfile"], json!({"chargingProfilePurpose": "TxDefaultProfile"}));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_36_csms_profiles_of_a_purpose_and_level() {
    for version in TWO {
        let filter = ProfileFilter { stack_level: Some(0), ..of_purpose(ProfilePurpose::TxDefault) };
        let heard = asked(version, Some(EVSE), filter).await;
        let criteria = json!({"chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 0});
        assert_eq!(heard["chargingProfile"], criteria);
    }
}

#[tokio::test(start_paused = true)]
async fn after_the_last_part_what_did_not_come_is_not_there() {
    let bench = Bench::new().await;
    let station = bench.station(Version::V201).await;
    for (number, place) in [(5, Place::of(1, None)), (6, Place::of(2, None)), (8, Place::of(3, None))] {
        bench.ordered(set(place, profile(number, ProfilePurpose::TxDefault))).await;
    }
    bench.ordered(set(Place::Station, profile(9, ProfilePurpose::StationMax))).await;
    bench.ordered(ask(None, of_purpose(ProfilePurpose::TxDefault))).await;
    // Not one of those that were asked for: another report, which takes nothing away.
    report(&station, 99, "CSO", &[reported(5, "TxDefaultProfile")], false).await;
    report(&station, 7, "CSO", &[reported(5, "TxDefaultProfile")], true).await;
    assert_eq!(bench.ids().await, [5, 6, 8, 9]);
    report(&station, 7, "EMS", &[reported(7, "TxDefaultProfile")], false).await;
    assert_eq!(bench.ids().await, [5, 7, 9]);
    let known = bench.installed().await;
    assert_eq!(&*known[1].source, "EMS");
    // What the station has is not what was set: it is known as the station tells it.
    assert_eq!(known[0].profile.schedules[0].periods[0].limit, Some(10.into()));
    assert_eq!(known[0].by, None);
    // The report is over: the same number again takes nothing away.
    report(&station, 7, "CSO", &[reported(5, "TxDefaultProfile")], false).await;
    assert_eq!(bench.ids().await, [5, 7, 9]);
}

#[tokio::test(start_paused = true)]
async fn a_station_without_such_profiles_has_none() {
    let bench = Bench::new().await;
    let station = bench.station(Version::V21).await;
    bench.ordered(set(EVSE, profile(5, ProfilePurpose::TxDefault))).await;
    bench.ordered(set(Place::Station, profile(6, ProfilePurpose::StationMax))).await;
    station.says("GetChargingProfiles", says("NoProfiles"));
    let ending = bench.order(ask(None, of_purpose(ProfilePurpose::TxDefault))).await.unwrap();
    assert_eq!(verdict(&ending), Verdict::NothingFits);
    assert_eq!(bench.ids().await, [6]);
}

fn composed(version: Version, evse: i64) -> Says {
    let periods = json!([{"startPeriod": 0, "limit": 16}, {"startPeriod": 600, "limit": 6}]);
    Says::Result(if version.is_2x() {
        json!({"status": "Accepted", "schedule": {
            "evseId": evse, "duration": 3600, "scheduleStart": "2026-03-02T08:00:00Z", "chargingRateUnit": "A",
            "chargingSchedulePeriod": periods
        }})
    } else {
        json!({"status": "Accepted", "connectorId": evse, "scheduleStart": "2026-03-02T08:00:00Z",
            "chargingSchedule": {"duration": 3600, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}})
    })
}

async fn compose(place: Place, evse: i64) {
    for version in super::VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        station.says("GetCompositeSchedule", composed(version, evse));
        let told = bench.energy.compose(&id("CS1"), place, 3600, Some(RateUnit::A), "anna").await.unwrap();
        let limits: Vec<_> =
            told.schedule.periods.iter().map(|period| (period.start_s, period.limit)).collect();
        assert_eq!(limits, [(0, Some(16.into())), (600, Some(6.into()))], "{version}");
        let heard = station.orders("GetCompositeSchedule").pop().unwrap();
        let member = if version.is_2x() { "evseId" } else { "connectorId" };
        assert_eq!((heard[member].as_i64(), heard["duration"].as_i64()), (Some(evse), Some(3600)));
        assert_eq!(heard["chargingRateUnit"], "A");
        let kept = bench.energy.composites(&id("CS1")).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].schedule, told.schedule);
        // The next answer takes its place.
        bench.energy.compose(&id("CS1"), place, 3600, Some(RateUnit::A), "anna").await.unwrap();
        assert_eq!(bench.energy.composites(&id("CS1")).await.unwrap().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_43_csms_the_schedule_of_an_evse() {
    compose(EVSE, 1).await;
}

#[tokio::test(start_paused = true)]
async fn tc_k_44_csms_the_schedule_of_the_station() {
    compose(Place::Station, 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_schedule_that_is_not_told_is_an_error_with_its_reason() {
    let bench = Bench::new().await;
    let station = bench.station(Version::V201).await;
    station.says("GetCompositeSchedule", says("Rejected"));
    let name = id("CS1");
    let ask = || bench.energy.compose(&name, EVSE, 60, None, "anna");
    assert_eq!(ask().await.unwrap_err(), EnergyError::NotTold("rejected".to_owned()));
    station.hang_up();
    crate::world::pass(1).await;
    assert_eq!(ask().await.unwrap_err(), EnergyError::NotConnected);
    let unknown = bench.energy.compose(&id("CS9"), EVSE, 60, None, "anna").await.unwrap_err();
    assert_eq!(unknown, EnergyError::UnknownStation("CS9".to_owned()));
    assert_eq!(bench.energy.composites(&id("CS1")).await.unwrap().len(), 0);
}
