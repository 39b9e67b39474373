//! Reservations (block H): made, held until they begin, kept, used, over.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{EvseId, IdToken, TokenKind};
use ocpp_core::types::Version;
use ocpp_server::domain::{Reservation, ReservationEnd, ReservationState};
use ocpp_server::maintenance::{ReservationError, ReservationForm, Reservations};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::world::station::{Says, Station};
use crate::world::{World, id, pass};

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];

struct Desk {
    world: World,
    reservations: Reservations,
    keeper: tokio::task::JoinHandle<()>,
}

impl Desk {
    async fn new() -> Desk {
        let world = World::new().await;
        let reservations = Reservations::new(world.csms());
        let run = reservations.clone();
        let keeper = tokio::spawn(async move { run.run(CancellationToken::new()).await });
        Desk { world, reservations, keeper }
    }

    async fn station(&self, version: Version) -> Station {
        let station = self.world.connect("CS1", version).await;
        for action in ["ReserveNow", "CancelReservation"] {
            station.says(action, says("Accepted"));
        }
        station
    }

    fn in_s(&self, seconds: i64) -> Timestamp {
        self.world.now().checked_add(SignedDuration::from_secs(seconds)).unwrap()
    }

    /// A wish for EVSE 1 from `from` to `until` seconds from now.
    fn wish(&self, from: i64, until: i64) -> ReservationForm {
        ReservationForm {
            number: None,
            evse: Some(EvseId(1)),
            connector_type: None,
            token: IdToken::new("CARD", TokenKind::ISO14443),
            group: None,
            from: (from > 0).then(|| self.in_s(from)),
            until: self.in_s(until),
        }
    }

    async fn make(&self, form: ReservationForm) -> Result<Reservation, ReservationError> {
        self.reservations.make(&id("CS1"), form, "anna").await
    }

    async fn state(&self, number: i64) -> ReservationState {
        self.reservations.one(&id("CS1"), number).await.unwrap().unwrap().state
    }

    async fn name(&self, number: i64) -> &'static str {
        self.state(number).await.name()
    }
}

fn says(status: &str) -> Says {
    Says::Result(json!({ "status": status }))
}

/// The number in a payload of ReserveNow or CancelReservation.
fn number_in(station: &Station, payload: &serde_json::Value) -> i64 {
    let member = if station.is_2x() && payload.get("id").is_some() { "id" } else { "reservationId" };
    payload[member].as_i64().unwrap()
}

#[tokio::test(start_paused = true)]
async fn tc_h_01_csms_a_place_is_reserved_for_its_driver() {
    for version in VERSIONS {
        let desk = Desk::new().await;
        let station = desk.station(version).await;
        let made = desk.make(desk.wish(0, 3600)).await.unwrap();
        assert_eq!(made.state.name(), "active", "{version}");
        let order = station.orders("ReserveNow").pop().unwrap();
        assert_eq!(number_in(&station, &order), made.number);
        let (place, token) = if station.is_2x() {
            (&order["evseId"], &order["idToken"]["idToken"])
        } else {
            (&order["connectorId"], &order["idTag"])
        };
        assert_eq!((place.as_i64(), token.as_str()), (Some(1), Some("CARD")), "{version}");
        station.status(1, "Reserved").await;

        // The session says which reservation it uses (H01.FR.15).
        let charge = start_on(&station, made.number).await;
        let session = desk.world.session(charge).await;
        match desk.state(made.number).await {
            ReservationState::Ended { how: ReservationEnd::Used { session: used }, .. } => {
                assert_eq!(used, session.key, "{version}");
            }
            other => panic!("{version}: {other:?}"),
        }
        pass(7200).await;
        assert_eq!(desk.name(made.number).await, "used", "{version}");
    }
}

/// A session that uses a reservation; its number.
async fn start_on(station: &Station, reservation: i64) -> i64 {
    if station.is_2x() {
        let event = json!({
            "eventType": "Started", "timestamp": station.now(), "triggerReason": "CablePluggedIn", "seqNo": 0,
            "transactionInfo": {"transactionId": "TX1"}, "reservationId": reservation,
            "evse": {"id": 1, "connectorId": 1}, "idToken": {"idToken": "CARD", "type": "ISO14443"}
        });
        station.call("TransactionEvent", event).await.unwrap();
        1
    } else {
        let start = json!({
            "connectorId": 1, "idTag": "CARD", "meterStart": 0, "timestamp": station.now(),
            "reservationId": reservation
        });
        station.call("StartTransaction", start).await.unwrap()["transactionId"].as_i64().unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn tc_h_07_csms_a_reservation_that_nobody_uses_is_a_no_show() {
    for version in VERSIONS {
        let desk = Desk::new().await;
        let station = desk.station(version).await;
        let made = desk.make(desk.wish(0, 600)).await.unwrap();
        pass(601).await;
        if station.is_2x() {
            assert_eq!(desk.name(made.number).await, "active", "the station has time to tell");
            let update = json!({"reservationId": made.number, "reservationUpdateStatus": "Expired"});
            station.call("ReservationStatusUpdate", update).await.unwrap();
        } else {
            pass(60).await; // 1.6 has no words for it.
        }
        let held = desk.reservations.one(&id("CS1"), made.number).await.unwrap().unwrap();
        assert_eq!(held.state.name(), "expired", "{version}");
        assert!(held.is_no_show());
    }
}

#[tokio::test(start_paused = true)]
async fn tc_h_08_csms_any_place_is_reserved_as_connector_0_in_16() {
    for version in VERSIONS {
        let desk = Desk::new().await;
        let station = desk.station(version).await;
        let made = desk.make(ReservationForm { evse: None, ..desk.wish(0, 600) }).await.unwrap();
        assert_eq!(made.state.name(), "active", "{version}");
        let order = station.orders("ReserveNow").pop().unwrap();
        if station.is_2x() {
            assert!(order.get("evseId").is_none(), "{order}");
        } else {
            assert_eq!(order["connectorId"], 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tc_h_14_csms_no_more_is_reserved_than_there_are_places() {
    let desk = Desk::new().await;
    let _station = desk.station(Version::V201).await;
    let any = |desk: &Desk| ReservationForm { evse: None, ..desk.wish(0, 600) };
    desk.make(any(&desk)).await.unwrap();
    desk.make(any(&desk)).await.unwrap();
    let refused = desk.make(any(&desk)).await.unwrap_err();
    assert!(refused.to_string().contains("All places"), "{refused}");
    let later = ReservationForm { evse: None, ..desk.wish(600, 900) };
    assert_eq!(desk.make(later).await.unwrap().state.name(), "planned", "afterwards they are free");
}

#[tokio::test(start_paused = true)]
async fn tc_h_15_csms_a_kind_of_connector_is_reserved_in_2x() {
    for version in VERSIONS {
        let desk = Desk::new().await;
        let station = desk.station(version).await;
        let of_kind =
            ReservationForm { evse: None, connector_type: Some("cCCS2".to_owned()), ..desk.wish(0, 600) };
        let made = desk.make(of_kind).await.unwrap();
        if station.is_2x() {
            assert_eq!(station.orders("ReserveNow")[0]["connectorType"], "cCCS2");
            assert_eq!(made.state.name(), "active");
        } else {
            assert_eq!(made.state.name(), "refused");
            assert!(made.state.why().unwrap().contains("name the connector"), "{made:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tc_h_17_csms_a_reservation_is_cancelled() {
    for version in VERSIONS {
        let desk = Desk::new().await;
        let station = desk.station(version).await;
        let made = desk.make(desk.wish(0, 600)).await.unwrap();
        let over = desk.reservations.cancel(&id("CS1"), made.number, "ben").await.unwrap();
        assert_eq!(over.state.name(), "cancelled");
        assert_eq!(number_in(&station, &station.orders("CancelReservation")[0]), made.number);
        let again = desk.reservations.cancel(&id("CS1"), made.number, "ben").await.unwrap_err();
        assert_eq!(again, ReservationError::Over("cancelled"));
        // One that has not begun is only taken out of the book.
        let planned = desk.make(desk.wish(300, 600)).await.unwrap();
        desk.reservations.cancel(&id("CS1"), planned.number, "ben").await.unwrap();
        pass(400).await;
        assert_eq!(station.orders("ReserveNow").len(), 1, "{version}");
        // A station that does not answer may still keep the place.
        let made = desk.make(desk.wish(0, 600)).await.unwrap();
        station.says("CancelReservation", Says::Nothing);
        let unclear = desk.reservations.cancel(&id("CS1"), made.number, "ben").await.unwrap_err();
        assert!(matches!(unclear, ReservationError::NotGivenFree(_)), "{unclear}");
        assert_eq!(desk.name(made.number).await, "active");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_h_19_csms_a_group_is_named() {
    let desk = Desk::new().await;
    for version in VERSIONS {
        let station = desk.station(version).await;
        let group = Some(IdToken::new("FLEET", TokenKind::CENTRAL));
        let made = desk.make(ReservationForm { group, ..desk.wish(0, 600) }).await.unwrap();
        let order = &station.orders("ReserveNow")[0];
        let named = if station.is_2x() { &order["groupIdToken"]["idToken"] } else { &order["parentIdTag"] };
        assert_eq!(named, "FLEET", "{version}");
        desk.reservations.cancel(&id("CS1"), made.number, "anna").await.unwrap();
        station.hang_up();
        pass(1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn tc_h_20_csms_a_station_with_a_fault_removes_the_reservation() {
    for (version, status) in [(Version::V201, "Removed"), (Version::V21, "NoTransaction")] {
        let desk = Desk::new().await;
        let station = desk.station(version).await;
        let made = desk.make(desk.wish(0, 600)).await.unwrap();
        let update = json!({"reservationId": made.number, "reservationUpdateStatus": status});
        station.call("ReservationStatusUpdate", update).await.unwrap();
        let name = if status == "Removed" { "removed" } else { "no_transaction" };
        assert_eq!(desk.name(made.number).await, name);
        // One that nobody knows is confirmed all the same.
        let unknown = json!({"reservationId": 5, "reservationUpdateStatus": "Removed"});
        assert_eq!(station.call("ReservationStatusUpdate", unknown).await.unwrap(), json!({}));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_h_22_csms_a_refusal_is_told_with_its_reason() {
    for version in VERSIONS {
        for status in ["Rejected", "Occupied", "Faulted", "Unavailable"] {
            let desk = Desk::new().await;
            let station = desk.station(version).await;
            station.says("ReserveNow", says(status));
            let made = desk.make(desk.wish(0, 600)).await.unwrap();
            assert_eq!(made.state.name(), "refused", "{version} {status}");
            assert!(!made.state.why().unwrap_or_default().is_empty());
            pass(300).await;
            assert_eq!(station.orders("ReserveNow").len(), 1, "it is not tried again");
        }
        let desk = Desk::new().await;
        let station = desk.station(version).await;
        station.says("ReserveNow", Says::Error("NotSupported"));
        assert_eq!(desk.make(desk.wish(0, 600)).await.unwrap().state.name(), "refused");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reservation_is_held_until_it_begins_also_over_a_restart() {
    let desk = Desk::new().await;
    let station = desk.station(Version::V16).await;
    let made = desk.make(desk.wish(3600, 7200)).await.unwrap();
    assert_eq!(made.state.name(), "planned");
    pass(3599).await;
    assert_eq!(station.orders("ReserveNow").len(), 0);
    pass(2).await;
    assert_eq!(station.orders("ReserveNow").len(), 1);
    assert_eq!(desk.name(made.number).await, "active");

    let later = desk.make(desk.wish(7200, 9000)).await.unwrap();
    desk.keeper.abort();
    desk.world.kill();
    desk.world.start().await;
    let again = Reservations::new(desk.world.csms());
    let run = again.clone();
    tokio::spawn(async move { run.run(CancellationToken::new()).await });
    let station = desk.station(Version::V16).await;
    pass(7205).await;
    assert_eq!(station.orders("ReserveNow").len(), 1);
    assert_eq!(again.one(&id("CS1"), later.number).await.unwrap().unwrap().state.name(), "active");
}

#[tokio::test(start_paused = true)]
async fn one_that_was_made_ahead_waits_for_its_place() {
    let desk = Desk::new().await;
    let station = desk.station(Version::V201).await;
    station.says("ReserveNow", says("Occupied"));
    let made = desk.make(desk.wish(600, 1800)).await.unwrap();
    pass(601).await;
    let state = desk.state(made.number).await;
    assert_eq!((state.name(), state.why()), ("planned", Some("the place is in use")));
    pass(61).await;
    assert_eq!(station.orders("ReserveNow").len(), 2, "it is tried again, and not more often");
    station.says("ReserveNow", says("Accepted"));
    station.status(1, "Occupied").await;
    pass(1).await;
    assert_eq!(desk.name(made.number).await, "active", "as soon as something changes");
    // One whose place never becomes free.
    station.says("ReserveNow", says("Occupied"));
    let never = desk.make(ReservationForm { evse: Some(EvseId(2)), ..desk.wish(60, 300) }).await.unwrap();
    pass(301).await;
    assert_eq!(desk.name(never.number).await, "never_kept");
}

#[tokio::test(start_paused = true)]
async fn a_station_that_is_away_is_told_when_it_comes_back() {
    let desk = Desk::new().await;
    let station = desk.station(Version::V201).await;
    station.hang_up();
    pass(1).await;
    let made = desk.make(desk.wish(0, 3600)).await.unwrap();
    assert_eq!(made.state.why(), Some("the station is not connected"));
    let missed = desk.make(ReservationForm { evse: Some(EvseId(2)), ..desk.wish(0, 60) }).await.unwrap();
    pass(120).await;
    assert_eq!(desk.name(missed.number).await, "never_kept");
    let station = desk.station(Version::V201).await;
    pass(70).await;
    assert_eq!(desk.name(made.number).await, "active", "{:?}", desk.state(made.number).await);

    // It is away when the reservation ends, and tells afterwards that it was used.
    station.hang_up();
    pass(4000).await;
    assert_eq!(desk.name(made.number).await, "expired");
    let station = desk.station(Version::V201).await;
    start_on(&station, made.number).await;
    assert_eq!(desk.name(made.number).await, "used");
}

#[tokio::test(start_paused = true)]
async fn two_drivers_never_have_one_place_at_one_time() {
    let desk = Desk::new().await;
    let _station = desk.station(Version::V201).await;
    desk.make(desk.wish(100, 200)).await.unwrap();
    for (from, until, conflicts) in [(150, 250, true), (50, 101, true), (120, 130, true), (200, 300, false)] {
        let made = desk.make(desk.wish(from, until)).await;
        assert_eq!(made.is_err(), conflicts, "{from} to {until}: {made:?}");
    }
    desk.make(ReservationForm { evse: Some(EvseId(2)), ..desk.wish(100, 200) }).await.unwrap();
    // The same number takes its own place.
    let one = desk.make(desk.wish(1000, 1100)).await.unwrap();
    let moved = ReservationForm { number: Some(one.number), ..desk.wish(1050, 1150) };
    assert_eq!(desk.make(moved).await.unwrap().number, one.number);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_gets_lost_is_asked_for_again() {
    for bad in [Says::Nothing, Says::Result(json!({"status": 7}))] {
        let desk = Desk::new().await;
        let station = desk.station(Version::V201).await;
        station.says("ReserveNow", bad);
        let made = desk.make(desk.wish(0, 3600)).await.unwrap();
        assert_eq!(made.state.name(), "planned", "nobody knows");
        station.says("ReserveNow", says("Accepted"));
        pass(120).await;
        assert_eq!(desk.name(made.number).await, "active", "H01.FR.02: the same number takes its own place");
    }
}

#[tokio::test(start_paused = true)]
async fn wishes_that_make_no_sense_are_refused() {
    let desk = Desk::new().await;
    let elsewhere = desk.reservations.make(&id("CS9"), desk.wish(0, 60), "anna").await.unwrap_err();
    assert_eq!(elsewhere.to_string(), "There is no station \"CS9\".");
    let _station = desk.station(Version::V201).await;
    let refusals = [
        (desk.wish(0, -1), "/until"),
        (desk.wish(100, 100), "/until"),
        (desk.wish(0, 8 * 86_400), "/until"),
        (desk.wish(400 * 86_400, 400 * 86_400 + 60), "/from"),
        (ReservationForm { number: Some(0), ..desk.wish(0, 60) }, "/number"),
        (ReservationForm { number: Some(2_147_483_648), ..desk.wish(0, 60) }, "/number"),
        (ReservationForm { evse: Some(EvseId(0)), ..desk.wish(0, 60) }, "/evse"),
        (ReservationForm { evse: Some(EvseId(3)), ..desk.wish(0, 60) }, "/evse"),
        (ReservationForm { token: IdToken::new("", TokenKind::CENTRAL), ..desk.wish(0, 60) }, "/token"),
        (ReservationForm { connector_type: Some("x".repeat(21)), ..desk.wish(0, 60) }, "/connector_type"),
    ];
    for (form, place) in refusals {
        match desk.make(form).await {
            Err(ReservationError::Invalid { pointer, .. }) => assert_eq!(pointer, place),
            other => panic!("{place}: {other:?}"),
        }
    }
    assert_eq!(desk.world.all::<Reservation>().await, []);
}
