//! What ports did and how they are used: over REST, on the pages and on the command line.

use std::time::Duration;

use serde_json::{Value, json};

use super::browser::Browser;
use super::command_line::stderr;
use super::operator::Operator;
use super::running::{Manager, Station, directory};

fn now() -> String {
    jiff::Timestamp::now().to_string()
}

async fn status(station: &mut Station, status: &str) {
    let payload = json!({"timestamp": now(), "connectorStatus": status, "evseId": 1, "connectorId": 1});
    station.result("StatusNotification", payload).await;
    // A course counts in whole seconds.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
}

async fn event(station: &mut Station, kind: &str, seq: u32, charging: &str, wh: i64) {
    let mut event = json!({
        "eventType": kind, "timestamp": now(), "triggerReason": "ChargingStateChanged", "seqNo": seq,
        "evse": {"id": 1, "connectorId": 1},
        "transactionInfo": {"transactionId": "TX-1", "chargingState": charging},
        "meterValue": [{"timestamp": now(), "sampledValue": [{"value": wh, "context": "Sample.Periodic"}]}]
    });
    if kind == "Started" {
        event["idToken"] = json!({"idToken": "04AA", "type": "ISO14443"});
        event["meterValue"][0]["sampledValue"][0]["context"] = json!("Transaction.Begin");
    }
    station.result("TransactionEvent", event).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
}

/// A station at which somebody charges and leaves.
async fn charge(manager: &Manager) -> Station {
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let boot = json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}});
    station.result("BootNotification", boot).await;
    status(&mut station, "Available").await;
    status(&mut station, "Occupied").await;
    event(&mut station, "Started", 0, "Charging", 1_000).await;
    event(&mut station, "Ended", 1, "EVConnected", 8_000).await;
    status(&mut station, "Available").await;
    station
}

fn states(history: &Value) -> Vec<&str> {
    let pieces = history["pieces"].as_array().expect("pieces");
    pieces.iter().map(|piece| piece["state"].as_str().expect("a state")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_port_did_is_shown_without_gaps_and_counted() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1", "--token", "04AA"]);
    let operator = Operator::of(&manager);
    let _station = charge(&manager).await;

    let history: Value =
        serde_json::from_str(&operator.done(&["history", "CS1", "1", "--json"]).await).expect("JSON");
    assert_eq!(states(&history), ["unknown", "available", "idle", "charging", "finishing", "available"]);
    let pieces = history["pieces"].as_array().expect("pieces");
    for pair in pieces.windows(2) {
        assert_eq!(pair[0]["to"], pair[1]["from"], "without a gap");
    }
    // Before the vehicle came, nobody knew that it would.
    let came = pieces[2]["from"].as_str().expect("a time");
    let args = ["history", "CS1", "1", "--believed-at", came, "--json"];
    let believed: Value = serde_json::from_str(&operator.done(&args).await).expect("JSON");
    assert_eq!(states(&believed), ["unknown", "available"], "{believed}");
    let table = operator.done(&["history", "CS1", "1"]).await;
    assert!(table.contains("FROM") && table.contains("charging"), "{table}");

    let usage: Value =
        serde_json::from_str(&operator.done(&["usage", "--station", "CS1", "--json"]).await).expect("JSON");
    assert_eq!(
        (&usage["ports"], &usage["sessions"], &usage["energy_wh"]),
        (&json!(1), &json!(1), &json!(7_000))
    );
    assert_eq!(usage["attempts"]["by"], json!({"charged": 1}));
    assert_eq!(usage["hours"].as_array().map(Vec::len), Some(168));
    assert_eq!(usage["stays"], json!(1));
    let summary = operator.done(&["usage", "--hours"]).await;
    assert!(
        summary.contains("7.000 kWh") && summary.contains("100.0 %") && summary.contains("23:00"),
        "{summary}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_questions_about_the_past_are_refused_with_a_sentence() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1", "--token", "04AA"]);
    let operator = Operator::of(&manager);
    let _station = charge(&manager).await;
    for (args, said) in [
        (&["history", "CS1", "7"][..], "Station CS1 has no EVSE 7."),
        (&["history", "NOBODY", "1"], "Station NOBODY has no EVSE 1."),
        (&["history", "CS1", "1", "--from", "2020-01-01T00:00:00Z"], "A window is of a year at most"),
        (&["usage", "--from", "2040-01-01T00:00:00Z"], "The window is empty"),
    ] {
        let output = operator.run(args).await;
        assert_eq!(output.status.code(), Some(1), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{args:?}: {}", stderr(&output));
    }
    for args in [
        &["usage", "--evse", "1"][..],
        &["usage", "--site", "S", "--station", "CS1"],
        &["history", "CS1", "0"],
    ] {
        assert_eq!(operator.run(args).await.status.code(), Some(2), "{args:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_the_week_as_a_picture_with_a_table_behind_it() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    let empty = browser.open("/usage").await;
    assert!(empty.contains("Nobody has tried to charge") && empty.contains("unknown</title>"), "{empty}");
    let _station = charge(&manager).await;
    let page = browser.open("/usage?weeks=1").await;
    for part in [
        "<svg class=\"heatmap\"",
        "The same as a table",
        " in 1 session",
        "Led to a charge",
        "/api/v1/usage.csv?",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let csv = page.split_once("/api/v1/usage.csv").expect("a link").1.split_once('"').expect("its end").0;
    let csv = browser.open(&format!("/api/v1/usage.csv{}", csv.replace("&amp;", "&"))).await;
    assert_eq!(csv.lines().count(), 169, "{csv}");
    let station = browser.open("/stations/CS1").await;
    assert!(
        station.contains("<svg class=\"strip\"") && station.contains("/stations/CS1/history"),
        "{station}"
    );
    let history = browser.open("/stations/CS1/history").await;
    assert!(history.contains("charging") && history.contains("finishing"), "{history}");
    let nobody = browser
        .http
        .get(format!("{}/stations/NOBODY/history", browser.base))
        .send()
        .await
        .expect("an answer");
    assert_eq!(nobody.status().as_u16(), 404);
}
