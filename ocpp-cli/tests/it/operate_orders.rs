//! Orders and bulk orders on the command line.

use serde_json::{Value, json};

use super::operator::Operator;
use super::running::{Manager, Station, directory};

async fn booted(manager: &Manager, id: &str, version: &str) -> Station {
    let mut station = manager.dial(id, version).await.expect("admitted");
    let boot = match version {
        "ocpp1.6" => json!({"chargePointVendor": "Acme", "chargePointModel": "M"}),
        _ => json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "Acme"}}),
    };
    station.result("BootNotification", boot).await;
    station
}

/// Answers the next order, and tells its action and payload.
async fn obeys(station: &mut Station, answer: Value) -> (Value, Value) {
    let call = station.next().await;
    station.send(&json!([3, call[1], answer]).to_string()).await;
    (call[2].clone(), call[3].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_given_by_name_with_options() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let operator = Operator::of(&manager);
    let mut station = booted(&manager, "CS1", "ocpp2.0.1").await;
    let accepted = || json!({"status": "Accepted"});

    let reset = ["command", "CS1", "reset", "--kind", "onidle", "--evse", "1", "--wait"];
    let (told, (action, payload)) = tokio::join!(operator.done(&reset), obeys(&mut station, accepted()));
    assert_eq!((action, payload), (json!("Reset"), json!({"type": "OnIdle", "evseId": 1})));
    assert!(told.contains("accepted") && told.contains("admin"), "{told}");

    let set = [
        "command",
        "CS1",
        "set_availability",
        "--place",
        "connector=2/1",
        "--availability",
        "Inoperative",
        "--wait",
    ];
    let (failed, (_, payload)) =
        tokio::join!(operator.fails(&set, 1), obeys(&mut station, json!({"status": "Rejected"})));
    assert_eq!(payload, json!({"operationalStatus": "Inoperative", "evse": {"id": 2, "connectorId": 1}}));
    assert!(failed.contains("CS1: rejected"), "{failed}");

    let stop = ["command", "CS1", "remote_stop", "--value", "named=tx-1", "--wait", "--json"];
    let (told, (_, payload)) = tokio::join!(operator.done(&stop), obeys(&mut station, accepted()));
    assert_eq!(payload, json!({"transactionId": "tx-1"}));
    assert!(told.contains("\"succeeded\": true"), "{told}");

    let nested = [
        "command",
        "CS1",
        "remote_start",
        "--id-token.value",
        "04AA",
        "--id-token.kind",
        "ISO14443",
        "--evse",
        "1",
        "--remote-start",
        "5",
        "--wait",
    ];
    let (_, (_, payload)) = tokio::join!(operator.done(&nested), obeys(&mut station, accepted()));
    assert_eq!(payload["idToken"], json!({"idToken": "04AA", "type": "ISO14443"}));

    let raw = [
        "command",
        "CS1",
        "--action",
        "TriggerMessage",
        "--payload",
        r#"{"requestedMessage":"Heartbeat"}"#,
        "--wait",
    ];
    let (_, (action, _)) = tokio::join!(operator.done(&raw), obeys(&mut station, accepted()));
    assert_eq!(action, "TriggerMessage");

    let list = operator.done(&["orders", "list", "CS1"]).await;
    assert!(list.contains("TriggerMessage") && list.contains("set_availability"), "{list}");
    let orders = operator.json(&["orders", "list", "CS1"]).await;
    let id = orders[0]["id"].as_str().expect("a key");
    assert!(operator.done(&["orders", "show", id]).await.contains("Accepted"));
    assert!(operator.fails(&["orders", "withdraw", id], 1).await.contains("sent already"));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_orders_are_refused_in_a_sentence_and_lists_say_what_is_possible() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1", "--station", "CS2"]);
    let operator = Operator::of(&manager);
    let kinds = operator.done(&["command", "--list"]).await;
    assert!(kinds.contains("reset") && kinds.contains("1.6 2.0.1 2.1"), "{kinds}");
    for (arguments, code, sentence) in [
        (&["command"][..], 2, "name a station"),
        (&["command", "CS1"], 2, "name an order"),
        (&["command", "CS1", "reset"], 2, "--kind"),
        (&["command", "CS1", "reset", "--kind", "Sideways"], 2, "possible values"),
        (&["command", "CS1", "unlock", "--value", "evse"], 2, "write evse=N"),
        (&["command", "CS1", "unlock", "--value", "moon"], 2, "write one of station, evse=N, connector=N/N"),
        (&["command", "CS1", "cancel_reservation", "--id", "x"], 2, "no whole number"),
        (&["command", "CS1", "clear_cache", "--when-offline", "maybe"], 2, "wait:2h"),
        (&["command", "CS1", "clear_cache"], 1, "not connected"),
        (&["command", "CS1", "--command", "{"], 2, "no JSON"),
        (&["command", "CS1", "--command", r#""fly""#], 1, "unknown variant"),
        (&["command", "CS1", "--action", "A", "clear_cache"], 2, "one order"),
        (&["batch", "start", "All", "clear_cache"], 2, "say which stations"),
    ] {
        let told = operator.fails(arguments, code).await;
        assert!(told.contains(sentence), "{arguments:?}: {told}");
    }
    let _station = booted(&manager, "CS2", "ocpp1.6").await;
    let offers = operator.json(&["command", "--list", "CS2"]).await;
    let offers = offers["items"].as_array().expect("offers");
    let offer = |name: &str| offers.iter().find(|offer| offer["name"] == name).expect("an offer").clone();
    assert_eq!(offer("reset")["possible"], true);
    assert_eq!(offer("get_tariffs")["possible"], false);
    assert!(offer("get_tariffs")["why"].as_str().expect("why").starts_with("OCPP 1.6 cannot say this"));

    let waiting = operator.json(&["command", "CS1", "clear_cache", "--when-offline", "wait:2h"]).await;
    assert_eq!(waiting["state"], "waiting");
    let id = waiting["id"].as_str().expect("a key");
    assert!(operator.done(&["orders", "withdraw", id]).await.contains("taken back"));
    assert!(operator.done(&["orders", "show", id]).await.contains("taken back by admin"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_orders_are_begun_followed_and_exported() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1", "--station", "CS2"]);
    let operator = Operator::of(&manager);
    let mut first = booted(&manager, "CS1", "ocpp1.6").await;
    let mut second = booted(&manager, "CS2", "ocpp2.1").await;
    let preview = operator.done(&["batch", "start", "Caches", "--vendor", "acme", "--preview"]).await;
    assert!(preview.contains("2 stations: CS1, CS2"), "{preview}");

    let start = ["batch", "start", "Caches", "--vendor", "acme", "--follow", "clear_cache"];
    let (failed, one, other) = tokio::join!(
        operator.fails(&start, 1),
        obeys(&mut first, json!({"status": "Accepted"})),
        obeys(&mut second, json!({"status": "Rejected"}))
    );
    assert_eq!((one.0, other.0), (json!("ClearCache"), json!("ClearCache")));
    assert!(failed.contains("1 of 2 stations did not take it"), "{failed}");
    let batches = operator.json(&["batch", "list"]).await;
    let id = batches[0]["id"].as_str().expect("a key");
    let shown = operator.done(&["batch", "show", id, "--failed"]).await;
    assert!(shown.contains("rejected") && !shown.contains("CS1 "), "{shown}");

    let retry = ["batch", "retry", id, "--follow"];
    let (told, _) = tokio::join!(operator.done(&retry), obeys(&mut second, json!({"status": "Accepted"})));
    assert!(told.contains("ended"), "{told}");
    let csv = operator.done(&["batch", "export", id]).await;
    assert!(csv.starts_with("station,order,succeeded,result,at\nCS1,"), "{csv}");
    let file = data.path().join("results.csv");
    let path = file.to_str().expect("UTF-8");
    operator.done(&["batch", "export", id, path]).await;
    assert_eq!(std::fs::read_to_string(&file).expect("a file").lines().count(), 3);
    assert!(operator.fails(&["batch", "stop", id], 1).await.contains("does not run"));
}
