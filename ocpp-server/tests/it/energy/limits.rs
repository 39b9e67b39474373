//! Limits of outside systems (K11 to K13).

use ocpp_core::model::ProfilePurpose;
use ocpp_core::types::Version;
use serde_json::{Value, json};

use super::{Bench, EVSE};
use crate::world::id;
use crate::world::station::Station;

const TWO: [Version; 2] = [Version::V201, Version::V21];

async fn limit(station: &Station, evse: Option<u32>, source: &str, limit: i64) {
    let mut payload = json!({
        "chargingLimit": {"chargingLimitSource": source, "isGridCritical": true},
        "chargingSchedule": [{"id": 1, "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}]
    });
    if let Some(evse) = evse {
        payload["evseId"] = json!(evse);
    }
    assert_eq!(station.call("NotifyChargingLimit", payload).await.unwrap(), json!({}));
}

async fn lift(station: &Station, evse: Option<u32>, source: &str) {
    let mut payload = json!({ "chargingLimitSource": source });
    if let Some(evse) = evse {
        payload["evseId"] = json!(evse);
    }
    assert_eq!(station.call("ClearedChargingLimit", payload).await.unwrap(), json!({}));
}

#[tokio::test(start_paused = true)]
async fn tc_k_48_csms_an_outside_system_sets_and_changes_a_limit() {
    for version in TWO {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        limit(&station, None, "EMS", 10).await;
        limit(&station, None, "EMS", 8).await;
        limit(&station, Some(1), "SO", 6).await;
        let known = bench.energy.limits(&id("CS1")).await.unwrap();
        let told: Vec<_> = known
            .iter()
            .map(|known| (known.limit.place, &*known.limit.source, known.limit.schedules[0].periods[0].limit))
            .collect();
        let whole = ocpp_core::model::Place::Station;
        assert_eq!(told, [(whole, "EMS", Some(8.into())), (EVSE, "SO", Some(6.into()))], "{version}");
        assert!(known.iter().all(|known| known.cleared_at.is_none()));
        assert_eq!(known[0].limit.grid_critical, Some(true));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_50_csms_a_limit_is_lifted() {
    for version in TWO {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        limit(&station, Some(1), "EMS", 10).await;
        limit(&station, Some(2), "EMS", 10).await;
        lift(&station, Some(1), "EMS").await;
        let known = bench.energy.limits(&id("CS1")).await.unwrap();
        let lifted: Vec<bool> = known.iter().map(|known| known.cleared_at.is_some()).collect();
        assert_eq!(lifted, [true, false], "{version}");
        // Without an EVSE, all of this source.
        lift(&station, None, "EMS").await;
        let known = bench.energy.limits(&id("CS1")).await.unwrap();
        assert!(known.iter().all(|known| known.cleared_at.is_some()));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_51_csms_a_limit_is_lifted_during_a_transaction() {
    for version in TWO {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        let mut charge = station.start(1, "CARD", 0).await;
        limit(&station, Some(1), "EMS", 10).await;
        lift(&station, Some(1), "EMS").await;
        // K13.FR.03: the rate changed, too.
        charge.seq += 1;
        let (action, mut event) = station.updated(&charge, 10, Some("Charging"));
        event["triggerReason"] = json!("ChargingRateChanged");
        assert!(station.call(action, event).await.is_ok(), "{version}");
        assert!(bench.energy.limits(&id("CS1")).await.unwrap()[0].cleared_at.is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_52_csms_a_limit_in_the_report_on_profiles() {
    for version in TWO {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        let external: Value = json!({
            "id": -1, "stackLevel": 0, "chargingProfilePurpose": "ChargingStationExternalConstraints",
            "chargingProfileKind": "Absolute", "chargingSchedule": [{
                "id": 1, "startSchedule": "2026-03-02T08:00:00Z", "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10}]
            }]
        });
        let payload = json!({
            "requestId": 1, "chargingLimitSource": "EMS", "evseId": 0, "chargingProfile": [external]
        });
        station.call("ReportChargingProfiles", payload).await.unwrap();
        let known = bench.installed().await.pop().unwrap();
        assert_eq!(known.profile.purpose, ProfilePurpose::ExternalConstraints, "{version}");
        assert_eq!(&*known.source, "EMS");
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_limits_are_kept_than_a_bound() {
    let bench = Bench::new().await;
    let station = bench.station(Version::V201).await;
    for evse in 1..=70 {
        limit(&station, Some(evse), "EMS", 10).await;
    }
    assert_eq!(bench.energy.limits(&id("CS1")).await.unwrap().len(), 64);
    // A lifted one makes room.
    lift(&station, Some(3), "EMS").await;
    limit(&station, Some(70), "EMS", 10).await;
    let known = bench.energy.limits(&id("CS1")).await.unwrap();
    let evses: Vec<_> =
        known.iter().filter_map(|known| known.limit.place.evse()).map(|evse| evse.0).collect();
    assert_eq!((evses.len(), evses.contains(&70), evses.contains(&3)), (64, true, false));
}
