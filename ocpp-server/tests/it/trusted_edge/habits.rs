//! Bad habits of stations: tolerated by name, counted for each station, switched off where wanted.

use jiff::Timestamp;
use ocpp_core::model::{StationId, Wh};
use ocpp_core::quirk::{Quirk, Quirks};
use ocpp_server::Csms;
use ocpp_server::domain::{Doubt, SessionNumber, StartKey};
use ocpp_server::store::Memory;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::station::Station;
use super::{Manager, quick};

/// The status line of the answer to a handshake, whose request line and fields are as a test wants them.
async fn knock(manager: &Manager, target: &str, fields: &str) -> String {
    let mut stream = TcpStream::connect(&manager.address).await.expect("the manager's port");
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{fields}\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = vec![0; 512];
    let length = stream.read(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer[..length]).lines().next().unwrap_or_default().to_owned()
}

fn id(identity: &str) -> StationId {
    StationId::new(identity).expect("an identity")
}

const UPGRADE: &str = "Connection: Upgrade\r\n";
const SPEAKS: &str = "Connection: Upgrade\r\nSec-WebSocket-Protocol: ocpp1.6\r\n";

/// Handshakes as they were seen: the request, the identity that is meant, and the habit.
const SEEN: [(&str, &str, &str, Quirk); 7] = [
    // Grizzl-E
    ("/ocpp/GRIZZL-E", UPGRADE, "GRIZZL-E", Quirk::NoSubprotocol),
    ("/ocpp/NO-CONN", "Sec-WebSocket-Protocol: ocpp1.6\r\n", "NO-CONN", Quirk::NoConnectionUpgrade),
    ("/ocpp/RDAM%7C123", SPEAKS, "RDAM|123", Quirk::PercentEncodedIdentity),
    ("/ocpp/CP_1/SERIAL", SPEAKS, "CP_1", Quirk::LongerPath),
    ("/ws://host/ocpp/CP_2", SPEAKS, "CP_2", Quirk::WholeAddress),
    (
        "/ocpp/DE*ABC:1",
        // DE*ABC:1:secret
        "Connection: Upgrade\r\nSec-WebSocket-Protocol: ocpp1.6\r\nAuthorization: Basic REUqQUJDOjE6c2VjcmV0\r\n",
        "DE*ABC:1",
        Quirk::ColonInIdentity,
    ),
    (
        "/ocpp/BYTES",
        // BYTES: and the bytes FF FE FD
        "Connection: Upgrade\r\nSec-WebSocket-Protocol: ocpp1.6\r\nAuthorization: Basic QllURVM6//79\r\n",
        "BYTES",
        Quirk::BinaryPassword,
    ),
];

#[tokio::test]
async fn handshakes_with_habits_are_understood_and_counted() {
    let manager = Manager::start().await;
    for (target, fields, identity, quirk) in SEEN {
        let status = knock(&manager, target, fields).await;
        assert!(status.contains("101"), "{target}: {status}");
        let habits = manager.csms.stations().habits(&id(identity));
        assert_eq!(habits.count(quirk), 1, "{target}: {habits:?}");
        assert_eq!(habits.iter().count(), 1, "{target}: nothing else is told: {habits:?}");
    }
    let mut station = Station::dial(&manager, "CP_1", "ocpp2.0.1").await;
    station.boot_2x().await;
    let habits = manager.csms.stations().habits(&id("CP_1"));
    assert_eq!(habits.count(Quirk::VersionChanges), 1, "habits are the station's, not the connection's");
    assert_eq!(habits.count(Quirk::LongerPath), 1);
}

#[tokio::test]
async fn what_is_switched_off_is_refused_at_the_door() {
    let manager = Manager::of(quick(Csms::builder(Memory::new())).tolerance(Quirks::strict())).await;
    for (target, fields, identity, quirk) in SEEN {
        let status = knock(&manager, target, fields).await;
        assert_eq!(status.contains("400"), quirk.is_breach(), "{target}: {status}");
        let refused = manager.csms.store().refusals(100).await.expect("readable");
        let is_listed = refused.iter().any(|refusal| format!("{:?}", refusal.refused).contains(identity));
        assert_eq!(is_listed, quirk.is_breach(), "{target}");
    }
}

#[tokio::test]
async fn each_station_has_its_own_switch() {
    let only_one = |station: &StationId| {
        if station.as_str() == "STRICT" { Quirks::strict() } else { Quirks::all() }
    };
    let manager = Manager::of(quick(Csms::builder(Memory::new())).tolerance(only_one)).await;
    let odd = json!({"chargePointVendor": "V", "chargePointModel": "M", "colour": "red"});
    let mut lenient = Station::dial(&manager, "LENIENT", "ocpp1.6").await;
    for _ in 0..3 {
        lenient.result("BootNotification", odd.clone()).await;
    }
    let habits = manager.csms.stations().habits(&id("LENIENT"));
    assert_eq!(habits.count(Quirk::UnknownMember), 3, "{habits:?}");
    let mut strict = Station::dial(&manager, "STRICT", "ocpp1.6").await;
    let code = strict.refusal("BootNotification", odd).await;
    assert!(code.contains("Constraint") || code.contains("Format"), "{code}");
    assert!(manager.csms.stations().habits(&id("STRICT")).is_empty(), "what is refused is not tolerated");
    strict.boot_16().await;
}

/// Whether a moment is the manager's present.
fn is_present(at: Timestamp) -> bool {
    Timestamp::now().as_second().abs_diff(at.as_second()) < 60
}

#[tokio::test]
async fn where_a_station_gives_no_time_the_time_of_receipt_holds() {
    let manager = Manager::start().await;
    let mut station = Station::dial(&manager, "NO-CLOCK", "ocpp1.6").await;
    station.boot_16().await;
    let start = json!({"connectorId": 1, "idTag": "A", "meterStart": 100, "timestamp": ""});
    let number = station.result("StartTransaction", start.clone()).await["transactionId"].clone();
    let again = station.result("StartTransaction", start).await["transactionId"].clone();
    assert_eq!(again, number, "the same start is sent again");
    let sample = json!([{"value": "150", "measurand": "Energy.Active.Import.Register"}]);
    let values = json!([{"timestamp": "", "sampledValue": sample}]);
    station
        .result("MeterValues", json!({"connectorId": 1, "transactionId": number, "meterValue": values}))
        .await;
    let stop = json!({"transactionId": number, "meterStop": 200, "timestamp": ""});
    station.result("StopTransaction", stop).await;

    let store = manager.csms.store();
    let number = SessionNumber(number.as_i64().expect("a number"));
    let session = store.session_by_number(number).await.expect("readable").expect("a session");
    assert!(is_present(session.started_at) && session.ended_at.is_some_and(is_present), "{session:?}");
    assert!(session.doubts.contains(&Doubt::TimeMissing), "{session:?}");
    assert_eq!(session.meter_last.map(|(at, wh)| (is_present(at), wh)), Some((true, Wh(200))));
    let readings = store.readings(&session.key).await.expect("readable");
    assert!(readings.len() > 1 && readings.iter().all(|kept| is_present(kept.reading.at)), "{readings:?}");
    assert!(manager.csms.stations().habits(&id("NO-CLOCK")).count(Quirk::EmptyTime) >= 4);

    // The next session of such a station is another one, though nothing but its moment tells.
    let start = json!({"connectorId": 1, "idTag": "A", "meterStart": 100, "timestamp": ""});
    let next = station.result("StartTransaction", start).await["transactionId"].clone();
    assert_ne!(next.as_i64(), Some(number.0));
}

#[tokio::test]
async fn a_required_time_that_is_empty_is_the_time_of_receipt_in_2_0_1_too() {
    let manager = Manager::start().await;
    let mut station = Station::dial(&manager, "NO-CLOCK-2", "ocpp2.0.1").await;
    station.boot_2x().await;
    let status = json!({"timestamp": "", "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1});
    station.result("StatusNotification", status).await;
    let event = |step: &str, seq: u32| {
        json!({
            "eventType": step, "timestamp": "", "triggerReason": "CablePluggedIn", "seqNo": seq,
            "transactionInfo": {"transactionId": "T-1"}, "evse": {"id": 1, "connectorId": 1},
        })
    };
    station.result("TransactionEvent", event("Started", 0)).await;
    station.result("TransactionEvent", event("Started", 0)).await;
    station.result("TransactionEvent", event("Updated", 1)).await;

    let store = manager.csms.store();
    let ports = store.ports(&id("NO-CLOCK-2")).await.expect("readable");
    assert!(!ports.is_empty() && ports.iter().all(|port| is_present(port.since)), "{ports:?}");
    let key = StartKey("T-1".to_owned());
    let session =
        store.session_by_start(&id("NO-CLOCK-2"), &key).await.expect("readable").expect("a session");
    assert!(is_present(session.started_at) && is_present(session.last_report_at), "{session:?}");
    assert_eq!(session.doubts, [Doubt::TimeMissing]);
}

#[tokio::test]
async fn habits_of_frames_are_counted_too() {
    let manager = Manager::start().await;
    let mut station = Station::dial(&manager, "FRAMES", "ocpp1.6").await;
    station.send(json!([2, "1", "Heartbeat", null])).await;
    assert_eq!(station.frame().await[0], json!(3));
    assert_eq!(manager.csms.stations().habits(&id("FRAMES")).count(Quirk::NullPayload), 1);
    let figures = manager.csms.metrics().render();
    assert!(figures.contains("null-payload"), "{figures}");
}
