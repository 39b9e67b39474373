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
    let (over, heard) = tokio::join!(program.delete(&one), takes(&mut station, 1));
    assert_eq!((over.status, heard), (200, vec!["CancelReservation".to_owned()]), "{}", over.text);
    assert_eq!(program.get(&one).await.json["state"], "cancelled");
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
