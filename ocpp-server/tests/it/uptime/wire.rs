//! What stations of every version say on the wire becomes the history of their ports.
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use jiff::Timestamp;
use ocpp_core::model::{Availability, Command, EvseId, Place, Watts};
use ocpp_core::types::Version;
use ocpp_server::availability::{History, PortState, Second, Span};
use ocpp_server::command::desk::{NewOrder, WhenOffline};
use ocpp_server::domain::{Bay, ConnectorEntry, EvseEntry};
use ocpp_server::register::StationForm;
use serde_json::json;

use crate::world::station::Says;
use crate::world::{World, id, pass};

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];

/// The states of a port since a moment, with how many whole seconds each took, but for the last.
async fn states(world: &World, station: &str, since: Timestamp) -> Vec<(i64, PortState, PortState)> {
    let window = Span::new(Second::of(since), Second::of(world.now()).plus(1)).unwrap();
    let history = History::new(world.csms());
    let course = history.course(&id(station), EvseId(1), window).await.unwrap();
    course.pieces().iter().map(|piece| (piece.span.seconds(), piece.state, piece.behind)).collect()
}

fn plain(states: &[(i64, PortState, PortState)]) -> Vec<(i64, PortState)> {
    states.iter().map(|(seconds, state, _)| (*seconds, *state)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_session_is_what_the_port_did() {
    for version in VERSIONS {
        let world = World::new().await;
        world.know("A").await;
        let station = world.connect("A", version).await;
        let since = world.now();
        pass(60).await;
        station.status(1, if version == Version::V16 { "Preparing" } else { "Occupied" }).await;
        pass(30).await;
        let mut charge = station.start(1, "CARD", 1_000).await;
        if version == Version::V16 {
            station.status(1, "Charging").await;
        }
        pass(600).await;
        station.report(&mut charge, 3_000, Some("SuspendedEV")).await;
        pass(300).await;
        station.stop(&mut charge, 3_000).await;
        if version == Version::V16 {
            station.status(1, "Finishing").await;
        }
        pass(120).await;
        station.status(1, "Available").await;
        pass(60).await;
        let found = plain(&states(&world, "A", since).await);
        let expected = [
            (60, PortState::Available),
            (30, PortState::Idle),
            (600, PortState::Charging),
            (301, PortState::SuspendedEv),
            (120, PortState::Finishing),
        ];
        assert_eq!(found[..5], expected, "{version}: {found:?}");
        assert_eq!(found[5].1, PortState::Available);
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_that_breaks_is_offline_since_the_last_sign_of_life_and_what_went_on_is_told_later() {
    let world = World::new().await;
    world.know("A").await;
    let station = world.connect("A", Version::V201).await;
    let since = world.now();
    pass(100).await;
    station.call("Heartbeat", json!({})).await.unwrap();
    let then = world.now();
    pass(10).await;
    station.hang_up();
    pass(1_000).await;
    let back = world.connect_quietly("A", Version::V201).await;
    back.call("Heartbeat", json!({})).await.unwrap();
    let at = |seconds| then.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap().to_string();
    let event = |kind: &str, seq: u32, seconds: i64, state: &str| {
        json!({
            "eventType": kind, "timestamp": at(seconds), "triggerReason": "ChargingStateChanged", "seqNo": seq,
            "offline": true, "evse": {"id": 1, "connectorId": 1},
            "transactionInfo": {"transactionId": "offline-1", "chargingState": state}
        })
    };
    // The end comes before the start.
    back.call("TransactionEvent", event("Ended", 1, 500, "EVConnected")).await.unwrap();
    back.call("TransactionEvent", event("Started", 0, 200, "Charging")).await.unwrap();
    pass(20).await;
    let found = states(&world, "A", since).await;
    let offline: Vec<_> = found
        .iter()
        .filter(|(_, state, _)| *state == PortState::Offline)
        .map(|(seconds, _, behind)| (*seconds, *behind))
        .collect();
    // It was heard for the last time at its heartbeat, or when it took leave ten seconds later; not when that was noticed.
    assert!((190..=200).contains(&offline[0].0), "{found:?}");
    assert_eq!(offline[1], (300, PortState::Charging), "{found:?}");
    assert_eq!(found.last().unwrap().1, PortState::Available);
}

#[tokio::test(start_paused = true)]
async fn a_port_that_an_operator_closes_is_out_of_use_by_plan() {
    for version in VERSIONS {
        let world = World::new().await;
        world.know("A").await;
        let station = world.connect("A", version).await;
        station.says("ChangeAvailability", Says::Result(json!({"status": "Accepted"})));
        let since = world.now();
        let order = |availability| NewOrder {
            command: Command::SetAvailability { place: Place::Evse(EvseId(1)), availability },
            by: "ann".to_owned(),
            when_offline: WhenOffline::Refuse,
        };
        pass(10).await;
        world.csms().desk().carry_out(&id("A"), order(Availability::Inoperative)).await.unwrap();
        station.status(1, "Unavailable").await;
        pass(100).await;
        world.csms().desk().carry_out(&id("A"), order(Availability::Operative)).await.unwrap();
        station.status(1, "Available").await;
        pass(50).await;
        station.status(1, "Unavailable").await;
        pass(10).await;
        let found: Vec<_> =
            plain(&states(&world, "A", since).await).into_iter().map(|(_, state)| state).collect();
        let expected =
            [PortState::Available, PortState::Planned, PortState::Available, PortState::Unavailable];
        assert_eq!(found, expected, "{version}: what the station does by itself is no plan");
    }
}

#[tokio::test(start_paused = true)]
async fn a_port_that_offers_too_little_power_is_derated() {
    for version in VERSIONS {
        let world = World::new().await;
        world.know("A").await;
        let evse = EvseEntry {
            id: EvseId(1),
            name: None,
            power: Some(Watts(150_000)),
            least_power: Some(Watts(100_000)),
            bay: Bay::default(),
            connectors: Vec::<ConnectorEntry>::new(),
        };
        let form = StationForm { evses: vec![evse], ..StationForm::default() };
        world.register().change_station("A", form, None).await.unwrap();
        let station = world.connect("A", version).await;
        let mut charge = station.start(1, "CARD", 1_000).await;
        if version == Version::V16 {
            station.status(1, "Charging").await;
        }
        let since = world.now();
        for offered in ["120", "99.9", "60", "150"] {
            pass(100).await;
            charge.seq += 1;
            let (action, mut payload) = station.updated(&charge, 1_500, None);
            let sample = match version {
                Version::V16 => json!({"value": offered, "measurand": "Power.Offered", "unit": "kW"}),
                _ => json!({"value": offered.parse::<f64>().unwrap(), "measurand": "Power.Offered",
                    "unitOfMeasure": {"unit": "W", "multiplier": 3}}),
            };
            payload["meterValue"][0]["sampledValue"].as_array_mut().unwrap().push(sample);
            station.call(action, payload).await.unwrap();
        }
        pass(50).await;
        let found = plain(&states(&world, "A", since).await);
        assert_eq!(found[0], (200, PortState::Charging), "{version}: {found:?}");
        assert_eq!(found[1], (200, PortState::Derated), "{version}");
        assert_eq!(found[2].1, PortState::Charging, "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_status_that_is_said_again_is_kept_once_and_a_wrong_clock_does_not_move_the_past() {
    use ocpp_server::store::Histories;

    let world = World::new().await;
    world.know("A").await;
    let station = world.connect("A", Version::V201).await;
    for _ in 0..10 {
        pass(60).await;
        station.status(1, "Available").await;
    }
    let kept = world.store.observations(&id("A"), Timestamp::MIN, Timestamp::MAX).await.unwrap();
    assert_eq!(kept.len(), 3, "the connection and two ports: {kept:?}");

    let said = |time: &str, status: &str| json!({"timestamp": time, "connectorStatus": status, "evseId": 1, "connectorId": 1});
    // The clock of a station that has lost its battery, and one that is ahead.
    for (time, status) in [("1970-01-01T00:00:09Z", "Occupied"), ("2031-01-01T00:00:00Z", "Faulted")] {
        pass(100).await;
        station.call("StatusNotification", said(time, status)).await.unwrap();
        let kept = world.store.observations(&id("A"), Timestamp::MIN, Timestamp::MAX).await.unwrap();
        let last = kept.last().unwrap();
        assert_eq!((last.at, last.heard_at), (world.now(), world.now()), "{time}: {kept:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_are_counted_with_what_kept_them_from_becoming_a_charge() {
    use ocpp_server::availability::UsedPlace;
    use ocpp_server::domain::ChargeAttempt as Attempt;

    for version in VERSIONS {
        let world = World::new().await;
        world.price("A", crate::world::per_kwh("T", "0.50")).await;
        let station = world.connect("A", version).await;
        let since = world.now();
        station.authorize("STRANGER").await;
        // Two that charge, one that takes nothing.
        for wh in [5_000, 7_000] {
            let mut charge = station.start(1, "CARD", 1_000).await;
            pass(600).await;
            station.stop(&mut charge, wh).await;
        }
        let mut charge = station.start(1, "CARD", 9_000).await;
        station.report(&mut charge, 9_000, Some("SuspendedEV")).await;
        let (action, mut payload) = station.ended(&charge, 9_000);
        if version.is_2x() {
            payload["seqNo"] = serde_json::json!(2);
            payload["transactionInfo"]["stoppedReason"] = serde_json::json!("EVDisconnected");
        } else {
            payload["reason"] = serde_json::json!("EVDisconnected");
        }
        station.call(action, payload).await.unwrap();
        // A card that is declined, a station that refuses, and a driver who never plugs in.
        let declined = world.pay("A", "declines", "20").await.unwrap();
        world.payment_in(&declined, "declined").await;
        station.take_starts(crate::world::station::Manners::Rejects);
        let refused = world.pay("A", "succeeds", "20").await.unwrap();
        world.payment_in(&refused, "released").await;
        station.take_starts(crate::world::station::Manners::Accepts);
        let unplugged = world.pay("A", "succeeds", "20").await.unwrap();
        world.payment_in(&unplugged, "released").await;
        pass(10).await;
        let window = Span::new(Second::of(since), Second::of(world.now())).unwrap();
        let place = UsedPlace::Station(id("A"));
        let figures = History::new(world.csms()).usage(&place, window).await.unwrap();
        let of_port = &figures.attempts[&(id("A"), Some(EvseId(1)))];
        let expected = [
            (Attempt::Charged, 2),
            (Attempt::Payment, 1),
            (Attempt::Plug, 1),
            (Attempt::Vehicle, 1),
            (Attempt::Station, 1),
        ];
        assert_eq!(of_port.0.clone().into_iter().collect::<Vec<_>>(), expected, "{version}");
        assert_eq!(figures.attempts[&(id("A"), None)].0[&Attempt::Authorization], 1, "{version}");
        assert_eq!((of_port.count(), of_port.success_permille()), (6, Some(333)));
        assert_eq!((figures.charged.sessions, figures.charged.energy.0), (3, 10_000), "{version}");
    }
}
