//! Orders that are kept, and bulk orders, as programs give them.

use serde_json::{Value, json};

use super::{Program, manager};
use crate::running::{Manager, Station, directory};

const ORDERS: &str = "stations/CS1/orders";

/// Answers the next call to a station, and tells what it was.
async fn answers(station: &mut Station, answer: Value) -> Value {
    let call = station.next().await;
    station.send(&json!([3, call[1], answer]).to_string()).await;
    call
}

fn in_an_hour() -> String {
    jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_hours(1)).expect("an hour").to_string()
}

#[tokio::test]
async fn an_order_means_the_same_in_every_version_and_has_an_end() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    for (protocol, action, payload) in [
        ("ocpp1.6", "Reset", json!({"type": "Hard"})),
        ("ocpp2.0.1", "Reset", json!({"type": "Immediate"})),
        ("ocpp2.1", "Reset", json!({"type": "Immediate"})),
    ] {
        let mut station = manager.dial("CS1", protocol).await.expect("admitted");
        let order = json!({"command": {"reset": {"kind": "Immediate", "evse": null}}});
        let path = format!("{ORDERS}?wait=true");
        let (ended, call) =
            tokio::join!(program.post(&path, &order), answers(&mut station, json!({"status": "Accepted"})));
        assert_eq!((&call[2], &call[3]), (&json!(action), &payload));
        assert_eq!(ended.status, 200, "{}", ended.text);
        assert_eq!(ended.json["state"], "ended");
        assert_eq!(ended.json["succeeded"], true);
        assert_eq!(ended.json["ending"], json!({"how": "answered", "outcome": {"verdict": "Accepted"}}));
        let shown = program.get(&format!("orders/{}", ended.json["id"].as_str().expect("a key"))).await;
        assert_eq!(shown.json, ended.json);
    }
    let kept = program.get(&format!("{ORDERS}?limit=2")).await;
    assert_eq!(kept.json["items"].as_array().map(Vec::len), Some(2));
    let more = program.get(&format!("{ORDERS}?after={}", kept.json["next"].as_str().expect("more"))).await;
    assert_eq!(more.json["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_payload_in_the_words_of_the_version_is_kept_and_shown_as_json() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = manager.dial("CS1", "ocpp2.1").await.expect("admitted");
    let order = json!({"action": "GetTariffs", "payload": {"evseId": 0}});
    let path = format!("{ORDERS}?wait=true");
    let (ended, call) =
        tokio::join!(program.post(&path, &order), answers(&mut station, json!({"status": "NoTariff"})));
    assert_eq!(call[2], "GetTariffs");
    assert_eq!(ended.json["command"], order);
    assert_eq!(ended.json["ending"]["outcome"]["raw"], json!({"status": "NoTariff"}));
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_and_not_kept() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let clear = json!({"command": "clear_cache"});
    let refused = program.post(ORDERS, &clear).await;
    assert_eq!((refused.status, refused.kind()), (409, "not-connected"), "{}", refused.text);
    let _station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    for (order, pointer, part) in [
        (json!({}), "", "either"),
        (json!({"command": "clear_cache", "action": "ClearCache"}), "", "either"),
        (json!({"command": "fly"}), "/command", "fly"),
        (json!({"command": {"reset": {"kind": "Immediate", "evse": 1}}}), "/command", "EVSE"),
        (json!({"action": "GetVariables", "payload": {}}), "/payload", "no action"),
        (json!({"action": "Reset", "payload": {"type": "Gently"}}), "/payload", "type"),
        (json!({"command": "clear_cache", "wait_until": "2020-01-01T00:00:00Z"}), "/wait_until", "over"),
    ] {
        let answer = program.post(ORDERS, &order).await;
        assert_eq!((answer.status, answer.kind()), (422, "invalid"), "{order}: {}", answer.text);
        assert_eq!(answer.json["errors"][0]["pointer"], pointer, "{order}: {}", answer.text);
        assert!(answer.text.contains(part), "{order}: {}", answer.text);
    }
    let kept = program.get(ORDERS).await;
    assert_eq!(kept.json["items"], json!([]));
    assert_eq!(program.get("orders/none").await.status, 404);
}

#[tokio::test]
async fn an_order_waits_for_its_station_and_can_be_taken_back() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let order = json!({"command": "clear_cache", "wait_until": in_an_hour()});
    let first = program.post(ORDERS, &order).await;
    let second = program.post(ORDERS, &order).await;
    assert_eq!((first.status, first.json["state"].as_str()), (202, Some("waiting")), "{}", first.text);
    let path = format!("orders/{}", second.json["id"].as_str().expect("a key"));
    let gone = program.delete(&path).await;
    assert_eq!((gone.status, gone.json["ending"]["how"].as_str()), (200, Some("withdrawn")), "{}", gone.text);
    assert_eq!((program.delete(&path).await.status, program.delete("orders/none").await.status), (409, 404));
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let call = answers(&mut station, json!({"status": "Accepted"})).await;
    assert_eq!(call[2], "ClearCache");
    let path = format!("orders/{}?wait=true", first.json["id"].as_str().expect("a key"));
    assert_eq!(program.get(&path).await.json["result"], "accepted");
}

#[tokio::test]
async fn a_bulk_order_reaches_many_and_tells_what_came_of_it() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1", "--station", "CS2", "--station", "CS3"]);
    let program = Program::of(&manager).await;
    let mut stations = Vec::new();
    for (identity, protocol) in [("CS1", "ocpp1.6"), ("CS2", "ocpp2.0.1"), ("CS3", "ocpp2.1")] {
        stations.push(manager.dial(identity, protocol).await.expect("admitted"));
    }
    let nobody = json!({"name": "none", "command": "clear_cache", "stations": {"vendor": "Nobody"}});
    assert_eq!(program.post("batches", &nobody).await.status, 422);
    let bulk = json!({"name": "caches", "command": "clear_cache", "at_once": 2, "stations": {"ids": ["CS1", "CS2", "CS3", "CS9"]}});
    let placed = program.post("batches", &bulk).await;
    assert_eq!(placed.status, 201, "{}", placed.text);
    let id = placed.json["id"].as_str().expect("a key").to_owned();
    for station in &mut stations {
        answers(station, json!({"status": "Accepted"})).await;
    }
    let mut shown = program.get(&format!("batches/{id}")).await;
    while shown.json["state"] != "ended" {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        shown = program.get(&format!("batches/{id}")).await;
    }
    assert_eq!(shown.json["counts"], json!({"not_begun": 0, "open": 0, "succeeded": 3, "failed": 1}));
    let items = program.get(&format!("batches/{id}/items")).await;
    assert_eq!(
        items.json["items"][3]["result"],
        "not sent: the station is not connected: try again when it is, or let the order wait for it"
    );
    let table = program.get(&format!("batches/{id}/export")).await;
    assert_eq!(table.text.lines().count(), 5, "{}", table.text);
    assert!(table.text.starts_with("station,order,succeeded,result,at\n"), "{}", table.text);
    assert_eq!(program.post(&format!("batches/{id}/stop"), &json!({})).await.status, 409);
    assert_eq!(program.post("batches/none/retry", &json!({})).await.status, 404);
    assert_eq!(program.get("batches").await.json["items"][0]["name"], "caches");
}
