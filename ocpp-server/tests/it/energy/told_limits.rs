//! Limits that stations told of themselves: what is beyond them is not sent.

use ocpp_core::model::{ChargingProfile, Place, ProfilePurpose, RateUnit, ReportKind};
use ocpp_core::types::Version;
use ocpp_server::maintenance::{Ask, DeviceModels};
use serde_json::{Value, json};

use super::{Bench, EVSE, VERSIONS, profile, set};
use crate::world::station::{Says, Station};
use crate::world::{id, pass};

fn variable(name: &str, instance: Option<&str>, value: &str, limit: Option<u32>) -> Value {
    let mut variable = json!({"name": name});
    if let Some(instance) = instance {
        variable["instance"] = json!(instance);
    }
    let mut form = json!({"dataType": "integer", "supportsMonitoring": false});
    if let Some(limit) = limit {
        form["maxLimit"] = json!(limit);
    }
    json!({
        "component": {"name": "SmartChargingCtrlr"}, "variable": variable,
        "variableAttribute": [{"value": value, "mutability": "ReadOnly"}],
        "variableCharacteristics": form
    })
}

/// A station that takes levels up to 2, one step, amperes alone, and two profiles.
async fn tells(bench: &Bench, station: &Station) {
    station.says(
        "GetConfiguration",
        Says::Result(json!({"configurationKey": [
            {"key": "ChargeProfileMaxStackLevel", "readonly": true, "value": "2"},
            {"key": "ChargingScheduleMaxPeriods", "readonly": true, "value": "1"},
            {"key": "ChargingScheduleAllowedChargingRateUnit", "readonly": true, "value": "Current"},
            {"key": "MaxChargingProfilesInstalled", "readonly": true, "value": "2"}
        ]})),
    );
    station.says("GetBaseReport", Says::Result(json!({"status": "Accepted"})));
    let devices = DeviceModels::new(bench.csms.clone());
    let report = devices.ask(&id("CS1"), Ask::Base(ReportKind::Full), "test").await.unwrap();
    if station.is_2x() {
        let data = [
            variable("ProfileStackLevel", None, "2", None),
            variable("PeriodsPerSchedule", None, "1", None),
            variable("RateUnit", None, "A", None),
            variable("Entries", Some("ChargingProfiles"), "0", Some(2)),
        ];
        let payload = json!({
            "requestId": report.request, "generatedAt": station.now(), "seqNo": 0, "reportData": data
        });
        station.call("NotifyReport", payload).await.unwrap();
    }
    pass(1).await;
}

fn small(number: i32, level: u32) -> ChargingProfile {
    let mut small = profile(number, ProfilePurpose::TxDefault);
    small.stack_level = level;
    small.schedules[0].periods.truncate(1);
    small
}

#[tokio::test(start_paused = true)]
async fn what_a_station_told_limits_what_it_is_sent_and_the_refusal_names_the_setting() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        // Before it told anything, nothing is limited.
        bench.ordered(set(EVSE, profile(1, ProfilePurpose::TxDefault))).await;
        tells(&bench, &station).await;
        let named = |v16: &'static str, v2x: &'static str| if version.is_2x() { v2x } else { v16 };

        let why = bench.refused(set(EVSE, small(2, 3))).await;
        let name = named("ChargeProfileMaxStackLevel", "SmartChargingCtrlr.ProfileStackLevel");
        assert!(why.contains("level 3") && why.contains(&format!("{name} is 2")), "{version}: {why}");

        let mut long = small(2, 1);
        long.schedules[0].periods = profile(2, ProfilePurpose::TxDefault).schedules[0].periods.clone();
        let why = bench.refused(set(EVSE, long)).await;
        let name = named("ChargingScheduleMaxPeriods", "SmartChargingCtrlr.PeriodsPerSchedule");
        assert!(why.contains(&format!("{name} is 1")), "{version}: {why}");

        let mut watts = small(2, 1);
        watts.schedules[0].unit = RateUnit::W;
        let why = bench.refused(set(EVSE, watts)).await;
        let setting =
            named("ChargingScheduleAllowedChargingRateUnit is Current", "SmartChargingCtrlr.RateUnit is A");
        assert!(why.contains(setting), "{version}: {why}");

        bench.ordered(set(EVSE, small(2, 1))).await;
        let why = bench.refused(set(EVSE, small(3, 2))).await;
        let name = named("MaxChargingProfilesInstalled", "SmartChargingCtrlr.Entries[ChargingProfiles]");
        assert!(why.contains("has 2 profiles") && why.contains(&format!("{name} is 2")), "{version}: {why}");
        // What takes the place of one that is there needs no room.
        bench.ordered(set(EVSE, small(2, 2))).await;
        assert_eq!(station.orders("SetChargingProfile").len(), 3, "{version}: the others were not sent");
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_evse_told_of_itself_counts_there() {
    let bench = Bench::new().await;
    let station = bench.station(Version::V201).await;
    let mut of_evse = variable("ProfileStackLevel", None, "5", None);
    of_evse["component"]["evse"] = json!({"id": 1});
    let data = [variable("ProfileStackLevel", None, "2", None), of_evse];
    let payload = json!({"requestId": 9, "generatedAt": station.now(), "seqNo": 0, "reportData": data});
    station.call("NotifyReport", payload).await.unwrap();
    bench.ordered(set(EVSE, small(1, 4))).await;
    let why = bench.refused(set(Place::of(2, None), small(2, 4))).await;
    assert!(why.contains("ProfileStackLevel is 2"), "{why}");
}
