//! The manager as a process: stations over real WebSockets, REST beside it.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::running::{Manager, directory};

const BOOT_16: &str = r#"{"chargePointVendor":"V","chargePointModel":"M"}"#;

#[tokio::test]
async fn a_session_of_1_6_is_kept_once_however_often_it_is_told() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let mut station = manager.dial("CS%20%7C1", "ocpp1.6").await.expect("admitted");
    let boot = station.result("BootNotification", serde_json::from_str(BOOT_16).expect("JSON")).await;
    assert_eq!(boot["status"], "Accepted");
    let start = json!({"connectorId":1,"idTag":"abc","meterStart":1000,"timestamp":"2026-11-01T10:00:00Z"});
    let first = station.result("StartTransaction", start.clone()).await;
    let again = station.result("StartTransaction", start).await;
    assert_eq!(first["transactionId"], again["transactionId"]);
    let number = first["transactionId"].clone();
    let meter = json!({"connectorId":1,"transactionId":number,"meterValue":[{"timestamp":"2026-11-01T10:30:00Z",
        "sampledValue":[{"value":"3.5","unit":"kWh","measurand":"Energy.Active.Import.Register"},
                        {"value":"7000","unit":"W","measurand":"Power.Active.Import"}]}]});
    station.result("MeterValues", meter).await;
    let (_, running) = manager.get("/api/v1/sessions?status=active");
    assert_eq!(running["items"][0]["energy_wh"], 2500);
    assert_eq!(running["items"][0]["power_w"], 7000);
    let stop = json!({"transactionId":number,"meterStop":4200,"timestamp":"2026-11-01T11:00:00Z"});
    station.result("StopTransaction", stop.clone()).await;
    station.result("StopTransaction", stop).await;
    let (status, sessions) = manager.get("/api/v1/sessions");
    assert_eq!((status, sessions["items"].as_array().map(Vec::len)), (200, Some(1)));
    let session = &sessions["items"][0];
    assert_eq!(session["station_id"], "CS |1");
    assert_eq!((&session["energy_wh"], &session["status"]), (&json!(3200), &json!("completed")));
}

#[tokio::test]
async fn reports_of_2_x_arrive_late_and_twice() {
    for (version, protocol) in [("2.0.1", "ocpp2.0.1"), ("2.1", "ocpp2.1")] {
        let data = directory();
        let manager = Manager::start(data.path(), &["--open"]);
        let mut station = manager.dial("CS1", protocol).await.expect("admitted");
        let event = |kind: &str, seq: u32, minute: u32, wh: u32| {
            json!({"eventType":kind,"timestamp":format!("2026-11-01T10:{minute:02}:00Z"),"triggerReason":"Trigger","seqNo":seq,
                "transactionInfo":{"transactionId":"T1"},"evse":{"id":1,"connectorId":1},
                "meterValue":[{"timestamp":format!("2026-11-01T10:{minute:02}:00Z"),"sampledValue":[{"value":wh}]}]})
        };
        for event in [
            event("Started", 0, 0, 100),
            event("Updated", 2, 20, 300),
            event("Updated", 1, 10, 200),
            event("Updated", 2, 20, 300),
            event("Ended", 3, 30, 450),
            event("Ended", 3, 30, 450),
        ] {
            station.result("TransactionEvent", event).await;
        }
        let (_, sessions) = manager.get("/api/v1/sessions");
        assert_eq!(sessions["items"].as_array().map(Vec::len), Some(1), "{version}: {sessions}");
        assert_eq!(sessions["items"][0]["energy_wh"], 350, "{version}");
        assert_eq!(sessions["items"][0]["doubts"], json!([]), "{version}");
        let (_, readings) = manager.get("/api/v1/sessions/1/readings");
        assert_eq!(readings["items"].as_array().map(Vec::len), Some(4), "{version}: {readings}");
    }
}

#[tokio::test]
async fn habits_are_tolerated_and_counted_or_refused_as_the_settings_say() {
    let data = directory();
    let config = data.path().join("settings.toml");
    let text = "tolerate = [\"all,-null-for-absent\", \"STRICT=strict\"]\n";
    std::fs::write(&config, text).expect("a file");
    let manager = Manager::start(data.path(), &["--open", "--config", config.to_str().expect("UTF-8")]);
    let odd = json!({"chargePointVendor":"V","chargePointModel":"M","colour":"red"});
    let with_null = json!({"chargePointVendor":"V","chargePointModel":"M","iccid":null});
    let mut usual = manager.dial("USUAL", "ocpp1.6").await.expect("admitted");
    usual.result("BootNotification", odd.clone()).await;
    usual.result("BootNotification", odd.clone()).await;
    assert_eq!(usual.call("BootNotification", with_null).await[0], 4);
    let mut strict = manager.dial("STRICT", "ocpp1.6").await.expect("admitted");
    assert_eq!(strict.call("BootNotification", odd).await[0], 4);
    strict.result("BootNotification", serde_json::from_str(BOOT_16).expect("JSON")).await;
    let (_, station) = manager.get("/api/v1/stations/USUAL");
    assert_eq!(station["tolerated"], json!({"unknown-member": 2}));
    let (_, station) = manager.get("/api/v1/stations/STRICT");
    assert_eq!(station["tolerated"], json!({}));
}

#[tokio::test]
async fn strangers_are_refused_and_listed() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "KNOWN", "--token", "GOOD"]);
    let refused = manager.dial("STRANGER", "ocpp1.6").await.err().expect("refused");
    assert!(matches!(&refused, Error::Http(response) if response.status() == 404), "{refused}");
    let mut station = manager.dial("KNOWN", "ocpp1.6").await.expect("admitted");
    let good = station.result("Authorize", json!({"idTag":"good"})).await;
    assert_eq!(good["idTagInfo"]["status"], "Accepted");
    let bad = station.result("Authorize", json!({"idTag":"BAD"})).await;
    assert_eq!(bad["idTagInfo"]["status"], "Invalid");
    let (_, refusals) = manager.get("/api/v1/refusals");
    let reasons: Vec<_> =
        refusals["items"].as_array().expect("a list").iter().map(|r| r["reason"].clone()).collect();
    assert!(
        reasons.contains(&json!("unknown_station")) && reasons.contains(&json!("unknown_token")),
        "{refusals}"
    );
}

#[tokio::test]
async fn the_first_version_that_the_station_offers_is_spoken() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    for (identity, offered, version) in [
        ("A", "ocpp2.1, ocpp1.6", "2.1"),
        ("B", "ocpp1.6, ocpp2.0.1", "1.6"),
        ("C", "ocpp9, ocpp2.0.1", "2.0.1"),
    ] {
        let _station = manager.dial(identity, offered).await.expect("admitted");
        let (_, view) = manager.get(&format!("/api/v1/stations/{identity}"));
        assert_eq!(view["ocpp_version"], version);
    }
}

#[tokio::test]
async fn bad_frames_are_answered_and_the_connection_lives() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    station.send("no json at all").await;
    let answer = station.next().await;
    assert_eq!((&answer[0], &answer[1], &answer[2]), (&json!(4), &json!("-1"), &json!("RpcFrameworkError")));
    for (action, payload, code) in [
        ("Nonsense", json!({}), "NotImplemented"),
        ("Reset", json!({"type":"Immediate"}), "NotSupported"),
        ("Authorize", json!({}), "OccurrenceConstraintViolation"),
        ("Authorize", json!({"idToken":{"idToken":1,"type":"Central"}}), "TypeConstraintViolation"),
        (
            "Authorize",
            json!({"idToken":{"idToken":"x".repeat(37),"type":"Central"}}),
            "PropertyConstraintViolation",
        ),
    ] {
        let answer = station.call(action, payload).await;
        assert_eq!((&answer[0], &answer[2]), (&json!(4), &json!(code)), "{answer}");
    }
    let alive = station.result("Heartbeat", json!({})).await;
    assert!(alive["currentTime"].is_string());
}

#[tokio::test]
async fn a_new_connection_takes_over_and_the_end_of_the_old_one_changes_nothing() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let mut old = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    let mut new = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    let end = tokio::time::timeout(Duration::from_secs(20), old.socket.next()).await.expect("told in time");
    assert!(matches!(&end, Some(Ok(Message::Close(_))) | None), "{end:?}");
    drop(old);
    new.result("Heartbeat", json!({})).await;
    let (_, view) = manager.get("/api/v1/stations/CS1");
    assert_eq!(view["online"], true);
}

#[tokio::test]
async fn rest_refuses_bad_input_with_problem_details() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    for (path, status) in [
        ("/api/v1/stations/NOBODY", 404),
        ("/api/v1/sessions/77", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/stations?limit=0", 422),
        ("/api/v1/sessions?status=sleeping", 422),
    ] {
        let (got, problem) = manager.get(path);
        assert_eq!((got, &problem["status"]), (status, &json!(status)), "{path}");
        assert!(problem["detail"].as_str().is_some_and(|text| !text.is_empty()), "{path}");
    }
}

#[test]
fn emulated_stations_of_every_version_go_through_their_sessions() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    for (version, id) in [("1.6", "E16"), ("2.0.1", "E201"), ("2.1", "E21")] {
        let url = manager.ocpp.trim_end_matches('/').to_owned();
        let output = super::command_line::ocpp(&[
            "emulate",
            "--url",
            &url,
            "--id",
            id,
            "--version",
            version,
            "--speed",
            "300",
            "--minutes",
            "10",
        ]);
        assert!(output.status.success(), "{version}: {}", String::from_utf8_lossy(&output.stderr));
        let (_, sessions) = manager.get(&format!("/api/v1/sessions?station={id}"));
        let session = &sessions["items"][0];
        assert_eq!(session["status"], "completed", "{version}: {sessions}");
        assert!(session["energy_wh"].as_i64().is_some_and(|wh| wh > 500), "{version}: {sessions}");
        assert_eq!(session["doubts"], json!([]), "{version}: {sessions}");
    }
}

#[test]
fn an_emulated_station_whose_token_is_refused_says_so() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let url = manager.ocpp.trim_end_matches('/').to_owned();
    let output = super::command_line::ocpp(&["emulate", "--url", &url, "--id", "CS1", "--speed", "1000"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("was the token accepted"), "{text}");
}
