//! Charging profiles over REST and on the page, against a station that takes what it is ordered.

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::manager;
use crate::running::{Manager, Station, directory};

/// Takes one order, and tells its action.
async fn takes(station: &mut Station) -> String {
    loop {
        let text = match station.socket.next().await {
            Some(Ok(Message::Text(text))) => text.to_string(),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            other => panic!("no call but {other:?}"),
        };
        let call: Value = serde_json::from_str(&text).expect("JSON");
        if call[0] != 2 {
            continue;
        }
        let action = call[2].as_str().expect("an action").to_owned();
        let answer = match action.as_str() {
            "GetCompositeSchedule" => json!({"status": "Accepted", "schedule": {
                "evseId": 1, "duration": 3600, "scheduleStart": "2026-03-02T08:00:00Z", "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}, {"startPeriod": 600, "limit": 6.5}]
            }}),
            _ => json!({"status": "Accepted"}),
        };
        station.send(&json!([3, call[1], answer]).to_string()).await;
        return action;
    }
}

fn profile(number: i32) -> Value {
    json!({"id": number, "purpose": "tx_default", "kind": "relative", "stack_level": 0,
        "schedules": [{"unit": "A", "periods": [{"start_s": 0, "limit": "16"}]}]})
}

fn set(number: i32) -> Value {
    json!({"command": {"set_charging_profile": {"place": {"evse": 1}, "profile": profile(number)}}})
}

#[tokio::test]
async fn profiles_are_set_listed_refused_and_drawn() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let (first, second) = (set(5), set(6));
    let orders = "stations/CS1/orders?wait=true";
    let (taken, heard) = tokio::join!(program.post(orders, &first), takes(&mut station));
    assert_eq!((taken.status, heard.as_str()), (200, "SetChargingProfile"), "{}", taken.text);
    let path = "stations/CS1/energy/profiles";
    let known = program.get(path).await.json;
    assert_eq!((&known["items"][0]["id"], &known["items"][0]["evse_id"]), (&json!(5), &json!(1)));
    assert_eq!(known["items"][0]["source"], "CSO");
    // What is shown can be ordered.
    assert_eq!(
        known["items"][0]["profile"]["schedules"][0]["periods"],
        profile(5)["schedules"][0]["periods"]
    );

    let conflict = program.post(orders, &second).await;
    assert_eq!((conflict.status, conflict.kind()), (409, "rule"), "{}", conflict.text);
    assert!(conflict.text.contains("K01.FR.06"), "{}", conflict.text);

    let ask = json!({"evse_id": 1, "duration_s": 3600, "unit": "A"});
    let composite = "stations/CS1/energy/composite";
    let (told, heard) = tokio::join!(program.post(composite, &ask), takes(&mut station));
    assert_eq!((told.status, heard.as_str()), (200, "GetCompositeSchedule"), "{}", told.text);
    assert_eq!(program.get(composite).await.json["items"][0]["periods"][1]["start_s"], 600);
    let wrong = program.post(composite, &json!({"unit": "kW"})).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    let missing = program.post("stations/CS9/energy/composite", &json!({})).await;
    assert_eq!(missing.status, 404, "{}", missing.text);

    for part in ["limits", "streams", "swaps", "settlements"] {
        let answer = program.get(&format!("stations/CS1/energy/{part}")).await;
        assert_eq!((answer.status, &answer.json["items"]), (200, &json!([])), "{}", answer.text);
    }
    assert_eq!(program.get("stations/CS1/energy/grid").await.json["controls"], json!([]));
    assert_eq!(program.get("stations/CS1/energy/tariffs").await.json["tariffs"], json!([]));
    assert_eq!(program.get("sessions/none/energy").await.status, 404);
}

#[tokio::test]
async fn the_page_of_a_station_draws_what_its_profiles_allow() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let page = format!("http://{}/stations/CS1", manager.http);
    let send = |path: &str, body: &str| {
        let request = http.post(format!("{page}/{path}"));
        request.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned()).send()
    };
    let form = format!("evse=1&profile={}", encoded(&profile(5).to_string()));
    let (answer, heard) = tokio::join!(send("profiles", &form), takes(&mut station));
    assert_eq!((answer.expect("an answer").status().as_u16(), heard.as_str()), (200, "SetChargingProfile"));
    let (answer, heard) = tokio::join!(send("composite", "evse=1"), takes(&mut station));
    let shown = answer.expect("an answer").text().await.expect("a page");
    assert_eq!(heard, "GetCompositeSchedule");
    assert!(shown.contains("TxDefaultProfile") && shown.contains("class=\"limit\""), "{shown}");
    assert!(shown.contains("The steps as a table") && shown.contains("6.5 A"), "{shown}");
    let (answer, heard) = tokio::join!(send("profiles/5/clear", ""), takes(&mut station));
    let shown = answer.expect("an answer").text().await.expect("a page");
    assert_eq!(heard, "ClearChargingProfile");
    assert!(!shown.contains("TxDefaultProfile"), "{shown}");
    let wrong = send("profiles", "evse=1&profile=none").await.expect("an answer");
    assert!(wrong.status().is_client_error());
}

/// A value of a form.
fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
