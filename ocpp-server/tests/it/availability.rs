//! Which places are to be in use (G03, G04): wished, told, compared, told again.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use ocpp_core::model::{Availability, EvseId, Place};
use ocpp_core::types::Version;
use ocpp_server::domain::AvailabilityWish;
use ocpp_server::maintenance::{Availabilities, AvailabilityError};
use serde_json::json;

use crate::world::station::{Says, Station};
use crate::world::{World, id, pass};

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];

struct Gate {
    world: World,
    station: Station,
    availabilities: Availabilities,
}

impl Gate {
    async fn new(version: Version) -> Gate {
        let world = World::new().await;
        let station = world.connect("CS1", version).await;
        let availabilities = Availabilities::new(world.csms());
        let gate = Gate { world, station, availabilities };
        gate.answers("Accepted");
        gate
    }

    fn answers(&self, status: &str) {
        self.station.says("ChangeAvailability", Says::Result(json!({ "status": status })));
    }

    async fn wish(&self, place: Place, availability: Availability) -> AvailabilityWish {
        self.availabilities.wish(&id("CS1"), place, availability, "anna").await.unwrap()
    }

    async fn contradicted(&self) -> Vec<Place> {
        let report = self.availabilities.report(&id("CS1")).await.unwrap();
        report.into_iter().filter(|report| report.is_contradicted).map(|report| report.wish.place).collect()
    }
}

use Availability::{Inoperative, Operative};

/// Closes and opens a place, and looks at what was ordered.
async fn closes_and_opens(place: Place, in_16: i64, in_2x: serde_json::Value) {
    for version in VERSIONS {
        let gate = Gate::new(version).await;
        for availability in [Inoperative, Operative] {
            let wish = gate.wish(place, availability).await;
            assert!(wish.taken, "{version}: {wish:?}");
            let order = gate.station.orders("ChangeAvailability").pop().unwrap();
            let expected = if gate.station.is_2x() {
                let mut expected = json!({"operationalStatus": format!("{availability:?}")});
                if !in_2x.is_null() {
                    expected["evse"] = in_2x.clone();
                }
                expected
            } else {
                json!({"connectorId": in_16, "type": format!("{availability:?}")})
            };
            assert_eq!(order, expected, "{version}");
        }
        assert_eq!(gate.world.all::<AvailabilityWish>().await.len(), 1, "one wish for each place");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_g_03_csms_and_tc_g_04_csms_an_evse_is_closed_and_opened() {
    closes_and_opens(Place::Evse(EvseId(1)), 1, json!({"id": 1})).await;
}

#[tokio::test(start_paused = true)]
async fn tc_g_05_csms_and_tc_g_06_csms_a_station_is_closed_and_opened() {
    closes_and_opens(Place::Station, 0, serde_json::Value::Null).await;
}

#[tokio::test(start_paused = true)]
async fn tc_g_07_csms_and_tc_g_08_csms_a_connector_is_closed_and_opened() {
    closes_and_opens(Place::of(1, Some(1)), 1, json!({"id": 1, "connectorId": 1})).await;
}

/// A place closes when its session ends, and nobody is alarmed until then.
async fn closes_after_the_session(place: Place) {
    for version in VERSIONS {
        let gate = Gate::new(version).await;
        gate.station.status(1, if gate.station.is_2x() { "Occupied" } else { "Charging" }).await;
        gate.station.status(2, "Unavailable").await;
        gate.answers("Scheduled");
        let wish = gate.wish(place, Inoperative).await;
        assert_eq!(wish.said.as_deref(), Some("accepted for when the running transaction ends"));
        assert!(wish.taken);
        assert_eq!(gate.contradicted().await, [], "{version}");
        gate.station.status(1, "Unavailable").await;
        assert_eq!(gate.contradicted().await, []);
        gate.station.status(1, "Available").await;
        assert_eq!(gate.contradicted().await, [place], "{version}: it is open again");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_g_11_csms_an_evse_in_use_closes_afterwards() {
    closes_after_the_session(Place::Evse(EvseId(1))).await;
}

#[tokio::test(start_paused = true)]
async fn tc_g_14_csms_a_station_in_use_closes_afterwards() {
    closes_after_the_session(Place::Station).await;
}

#[tokio::test(start_paused = true)]
async fn tc_g_17_csms_a_connector_in_use_closes_afterwards() {
    closes_after_the_session(Place::of(1, Some(1))).await;
}

#[tokio::test(start_paused = true)]
async fn a_wish_that_was_not_heard_is_told_again() {
    let gate = Gate::new(Version::V201).await;
    gate.station.hang_up();
    pass(1).await;
    let wish = gate.wish(Place::Station, Inoperative).await;
    assert!(!wish.taken);
    assert_eq!(wish.said.as_deref(), Some("not told: the station is not connected"));
    let station = gate.world.connect("CS1", Version::V201).await;
    station.says("ChangeAvailability", Says::Result(json!({"status": "Rejected"})));
    let told = gate.availabilities.reassert(&id("CS1")).await.unwrap();
    assert_eq!((told.len(), told[0].said.as_deref()), (1, Some("rejected")));
    station.says("ChangeAvailability", Says::Result(json!({"status": "Accepted"})));
    assert!(gate.availabilities.reassert(&id("CS1")).await.unwrap()[0].taken);
    for place in [1, 2] {
        station.status(place, "Unavailable").await;
    }
    assert_eq!(gate.availabilities.reassert(&id("CS1")).await.unwrap(), [], "all is as it should be");
    let nowhere = gate.availabilities.wish(&id("CS9"), Place::Station, Operative, "anna").await;
    assert_eq!(nowhere.unwrap_err(), AvailabilityError::UnknownStation("CS9".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_place_that_another_wish_closes_is_out_of_use_rightly() {
    let gate = Gate::new(Version::V201).await;
    gate.wish(Place::Evse(EvseId(1)), Inoperative).await;
    gate.wish(Place::Station, Operative).await;
    gate.station.status(1, "Unavailable").await;
    assert_eq!(gate.contradicted().await, []);
    gate.station.status(2, "Unavailable").await;
    assert_eq!(gate.contradicted().await, [Place::Station]);
}
