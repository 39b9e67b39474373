//! Raw commands, against a station that says what the test tells it to.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::manager;
use crate::running::{Station, directory};

const PATH: &str = "stations/CS1/commands";

/// The next call to a station, as the text that it is.
async fn heard(station: &mut Station) -> String {
    loop {
        match station.socket.next().await {
            Some(Ok(Message::Text(text))) => return text.to_string(),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            other => panic!("no call but {other:?}"),
        }
    }
}

fn id_of(call: &str) -> String {
    let call: Value = serde_json::from_str(call).expect("JSON");
    call[1].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_payload_reaches_the_station_as_it_stands() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    // The members are in no order that a schema or an alphabet has, the connector is none that the station has.
    let payload = r#"{"type": "Inoperative",  "connectorId":99}"#;
    let body = format!(r#"{{"payload":{payload},"action":"ChangeAvailability"}}"#);
    let request = program.request("POST", PATH).header("content-type", "application/json").body(body);
    let (answer, ()) = tokio::join!(program.send("POST", PATH, request), async {
        let call = heard(&mut station).await;
        assert!(call.contains(payload), "{call}");
        station.send(&format!(r#"[3,"{}",{{"status":"Rejected"}}]"#, id_of(&call))).await;
    });
    assert_eq!((answer.status, answer.text.as_str()), (200, r#"{"result":{"status":"Rejected"}}"#));
}

#[tokio::test]
async fn a_refusal_of_the_station_is_an_answer() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let command = json!({"action": "TriggerMessage", "payload": {"requestedMessage": "Heartbeat"}});
    let (answer, ()) = tokio::join!(program.post(PATH, &command), async {
        let call = heard(&mut station).await;
        station.send(&format!(r#"[4,"{}","NotSupported","Not here.",{{"more":[1]}}]"#, id_of(&call))).await;
    });
    let expected =
        json!({"error": {"code": "NotSupported", "description": "Not here.", "details": {"more": [1]}}});
    assert_eq!((answer.status, answer.json), (200, expected));
}

#[tokio::test]
async fn what_no_schema_allows_is_not_sent() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    for (command, pointer, part) in [
        (json!({"action": "Fly", "payload": {}}), "/action", "no action"),
        (json!({"action": "BootNotification", "payload": {}}), "/action", "no action"),
        (json!({"action": "Reset", "payload": {}}), "/payload", "type"),
        (json!({"action": "Reset", "payload": {"type": "Gentle"}}), "/payload", "type"),
        (json!({"action": "Reset", "payload": {"type": "Soft", "colour": 1}}), "/payload", "colour"),
        (json!({"action": "Reset", "payload": []}), "/payload", "payload"),
    ] {
        let answer = program.post(PATH, &command).await;
        assert_eq!((answer.status, answer.kind()), (422, "invalid"), "{command}: {}", answer.text);
        assert_eq!(answer.json["errors"][0]["pointer"], pointer, "{command}");
        assert!(answer.text.contains(part), "{command}: {}", answer.text);
    }
    // Nothing of it reached the station: the next thing that it hears is the answer to its own call.
    station.result("Heartbeat", json!({})).await;
}

#[tokio::test]
async fn reservations_without_an_id_get_one_that_nobody_had_also_after_a_restart() {
    let data = directory();
    let mut given = BTreeSet::new();
    for (round, member, protocol) in
        [(0, "reservationId", "ocpp1.6"), (1, "reservationId", "ocpp1.6"), (2, "id", "ocpp2.0.1")]
    {
        let (manager, program) = manager(data.path()).await;
        let mut station = manager.dial("CS1", protocol).await.expect("admitted");
        for _ in 0..2 {
            let payload = if member == "id" {
                json!({"expiryDateTime": "2027-01-01T00:00:00Z", "idToken": {"idToken": "A", "type": "Central"}})
            } else {
                json!({"connectorId": 1, "expiryDate": "2027-01-01T00:00:00Z", "idTag": "A"})
            };
            let command = json!({"action": "ReserveNow", "payload": payload});
            let (answer, ()) = tokio::join!(program.post(PATH, &command), async {
                let call: Value = serde_json::from_str(&heard(&mut station).await).expect("JSON");
                let id = call[3][member].as_i64().expect("an id");
                assert!(given.insert(id) && id > 0, "{round}: {id} after {given:?}");
                station.send(&json!([3, call[1], {"status": "Accepted"}]).to_string()).await;
            });
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        let own = json!({"action": "ReserveNow", "payload": {"connectorId": 1, "expiryDate": "2027-01-01T00:00:00Z",
            "idTag": "A", "reservationId": 7}});
        if member == "reservationId" {
            let (_, ()) = tokio::join!(program.post(PATH, &own), async {
                let call: Value = serde_json::from_str(&heard(&mut station).await).expect("JSON");
                assert_eq!(call[3]["reservationId"], 7);
                station.send(&json!([3, call[1], {"status": "Accepted"}]).to_string()).await;
            });
        }
    }
}

#[tokio::test]
async fn a_station_that_does_not_answer_is_told_from_one_that_is_gone() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let command = json!({"action": "ClearCache", "payload": {}});
    let absent = program.post(PATH, &command).await;
    assert_eq!((absent.status, absent.kind()), (409, "not-connected"));
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    let (silent, call) = tokio::join!(program.post(PATH, &command), heard(&mut station));
    assert!(call.contains("ClearCache"));
    assert_eq!((silent.status, silent.kind()), (504, "no-answer"), "{}", silent.text);
    let (gone, ()) = tokio::join!(program.post(PATH, &command), async {
        heard(&mut station).await;
        drop(station);
    });
    assert_eq!((gone.status, gone.kind()), (502, "bad-answer"), "{}", gone.text);
}
