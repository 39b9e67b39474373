//! Reservations, local lists and availability over REST, against a station that takes what it is ordered.

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::manager;
use crate::running::{Station, directory};

/// Takes this many orders, and tells their actions.
async fn takes(station: &mut Station, orders: usize) -> Vec<String> {
    let mut heard = Vec::new();
    while heard.len() < orders {
        let text = match station.socket.next().await {
            Some(Ok(Message::Text(text))) => text.to_string(),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            other => panic!("no call but {other:?}"),
        };
        let call: Value = serde_json::from_str(&text).expect("JSON");
        let action = call[2].as_str().expect("an action").to_owned();
        let answer = match action.as_str() {
            "GetLocalListVersion" => json!({"versionNumber": 0}),
            "GetVariables" => json!({"getVariableResult": [{"attributeStatus": "UnknownVariable",
                "component": {"name": "LocalAuthListCtrlr"}, "variable": {"name": "ItemsPerMessage"}}]}),
            _ => json!({"status": "Accepted"}),
        };
        station.send(&json!([3, call[1], answer]).to_string()).await;
        heard.push(action);
    }
    heard
}

#[tokio::test]
async fn a_place_is_reserved_listed_and_given_free() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let path = "stations/CS1/reservations";
    let wish = json!({"token": "04AABBCC", "evse_id": 1, "until": "2099-01-01T00:00:00Z"});
    let refused = program.post(path, &wish).await;
    assert_eq!((refused.status, refused.kind()), (422, "invalid"), "{}", refused.text);
    assert_eq!(refused.json["errors"][0]["pointer"], "/until", "seven days at most");
    let missing = program.post("stations/CS9/reservations", &wish_for(3600)).await;
    assert_eq!(missing.status, 404, "{}", missing.text);

    let hour = wish_for(3600);
    let (made, heard) = tokio::join!(program.post(path, &hour), takes(&mut station, 1));
    assert_eq!((made.status, heard), (201, vec!["ReserveNow".to_owned()]), "{}", made.text);
    assert_eq!(made.json["state"], "active", "{}", made.text);
    assert_eq!(made.json["token"], "04AABBCC");
    let again = program.post(path, &wish_for(1800)).await;
    assert_eq!((again.status, again.kind()), (409, "rule"), "{}", again.text);
    let one = format!("{path}/{}", made.json["number"]);
    assert_eq!(program.get(path).await.json["items"].as_array().map(Vec::len), Some(1));
    let open = program.get("reservations?open=true").await;
    assert_eq!(open.json["items"][0]["station_id"], "CS1", "{}", open.text);
    let (over, heard) = tokio::join!(program.delete(&one), takes(&mut station, 1));
    assert_eq!((over.status, heard), (200, vec!["CancelReservation".to_owned()]), "{}", over.text);
    assert_eq!(program.get(&one).await.json["state"], "cancelled");
    assert_eq!(program.get("reservations?open=true").await.json["items"], json!([]));
    assert_eq!(program.get("reservations?limit=1").await.json["items"][0]["state"], "cancelled");
    assert_eq!(program.delete(&one).await.status, 409, "it is over");
}

/// EVSE 1 for so many seconds from now.
fn wish_for(seconds: i64) -> Value {
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    json!({"token": "04AABBCC", "evse_id": 1, "until": until})
}

#[tokio::test]
async fn a_list_is_chosen_sent_and_stale_when_a_token_changes() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let path = "stations/CS1/local-list";
    assert_eq!(program.get(path).await.status, 404, "none was chosen");
    assert_eq!(program.post("tokens", &json!({"token": "04AA"})).await.status, 201);
    let chosen = program.put(path, &json!({"tokens": "all"})).await;
    assert_eq!((chosen.status, &chosen.json["state"]), (200, &json!("never_sent")), "{}", chosen.text);
    let nothing = json!({});
    let send = format!("{path}/send");
    let (sent, heard) = tokio::join!(program.post(&send, &nothing), takes(&mut station, 3));
    assert_eq!(
        sent.json,
        json!({"version": 1, "messages": 1, "kind": "full", "left_out": 0}),
        "{}",
        sent.text
    );
    assert_eq!(heard, ["GetVariables", "GetLocalListVersion", "SendLocalList"]);
    assert_eq!(program.get(path).await.json["current"], true);
    assert_eq!(program.post("tokens", &json!({"token": "04BB"})).await.status, 201);
    assert_eq!(program.get(path).await.json["current"], false);
    let drift = program.get(&format!("{path}/drift")).await;
    let missing =
        json!([{"token": "04BB", "wanted": "accepted", "explanation": "The station does not have it yet."}]);
    assert_eq!(drift.json["items"], missing, "{}", drift.text);
    assert_eq!(program.get(&format!("{path}/drift?after=04BB")).await.json["items"], json!([]));
}

#[tokio::test]
async fn a_wish_for_a_place_is_kept_with_what_the_station_said() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let path = "stations/CS1/availability";
    let put = |body: Value| program.send("PUT", path, program.request("PUT", path).json(&body));
    let (wish, heard) = tokio::join!(put(json!({"evse_id": 1, "operative": false})), takes(&mut station, 1));
    assert_eq!((wish.status, heard), (200, vec!["ChangeAvailability".to_owned()]), "{}", wish.text);
    assert_eq!((&wish.json["said"], &wish.json["taken"]), (&json!("accepted"), &json!(true)));
    let kept = program.get(path).await.json;
    assert_eq!((&kept["items"][0]["evse_id"], &kept["items"][0]["contradicted"]), (&json!(1), &json!(false)));
    assert_eq!(program.put(path, &json!({"connector_id": 1, "operative": true})).await.status, 422);
}

#[tokio::test]
async fn a_session_is_stopped_and_its_connector_unlocked_by_its_key() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let boot = json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}});
    station.result("BootNotification", boot).await;
    let started = json!({"eventType": "Started", "timestamp": "2026-11-25T08:00:00Z", "triggerReason": "Authorized",
        "seqNo": 0, "transactionInfo": {"transactionId": "TX-1"}, "evse": {"id": 1, "connectorId": 1},
        "idToken": {"idToken": "04AA", "type": "ISO14443"}});
    station.result("TransactionEvent", started).await;
    let nothing = json!({});
    let (stopped, call) =
        tokio::join!(program.post("sessions/1/stop?wait=true", &nothing), said(&mut station, "Accepted"));
    assert_eq!((&call[2], &call[3]), (&json!("RequestStopTransaction"), &json!({"transactionId": "TX-1"})));
    assert_eq!((stopped.status, &stopped.json["succeeded"]), (200, &json!(true)), "{}", stopped.text);
    let key = program.get("sessions/1").await.json["id"].as_str().expect("a key").to_owned();
    let path = format!("sessions/{key}/unlock?wait=true");
    let (unlocked, call) = tokio::join!(program.post(&path, &nothing), said(&mut station, "Unlocked"));
    assert_eq!((&call[2], &call[3]), (&json!("UnlockConnector"), &json!({"evseId": 1, "connectorId": 1})));
    assert_eq!((unlocked.status, &unlocked.json["succeeded"]), (200, &json!(true)), "{}", unlocked.text);

    let ended = json!({"eventType": "Ended", "timestamp": "2026-11-25T08:10:00Z", "triggerReason": "StopAuthorized",
        "seqNo": 1, "transactionInfo": {"transactionId": "TX-1", "stoppedReason": "Remote"}});
    station.result("TransactionEvent", ended).await;
    let over = program.post("sessions/1/stop", &nothing).await;
    assert_eq!((over.status, over.kind()), (409, "rule"), "{}", over.text);
    assert_eq!(program.post("sessions/9/stop", &nothing).await.status, 404);
    drop(station);
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let waits = loop {
        let waits = program.post(&format!("sessions/1/unlock?wait_until={until}"), &nothing).await;
        assert_eq!(waits.status, 202, "{}", waits.text);
        if waits.json["state"] == "waiting" {
            break waits;
        }
    };
    assert_eq!(waits.json["station_id"], "CS1");
    assert_eq!(
        program.post("sessions/1/unlock", &nothing).await.status,
        409,
        "not connected, and not to wait"
    );
}

/// Answers the next call to a station with a status, and tells what it was.
async fn said(station: &mut Station, status: &str) -> Value {
    let call = station.next().await;
    station.send(&json!([3, call[1], {"status": status}]).to_string()).await;
    call
}
