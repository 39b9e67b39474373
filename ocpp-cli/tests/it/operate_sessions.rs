//! Orders by session and reservations of all stations, on the command line and on the page.

use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::browser::Browser;
use super::command_line::stderr;
use super::operator::Operator;
use super::running::{Manager, Station, directory};

/// What a station was told, in order.
type Heard = Arc<Mutex<Vec<String>>>;

/// Takes every order, until the connection ends.
fn takes_all(mut station: Station) -> Heard {
    let heard = Heard::default();
    let told = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Some(Ok(message)) = station.socket.next().await {
            let Message::Text(text) = message else { continue };
            let call: Value = serde_json::from_str(&text).expect("JSON");
            let action = call[2].as_str().expect("a call").to_owned();
            let status = if action == "UnlockConnector" { "Unlocked" } else { "Accepted" };
            told.lock().expect("whole").push(action);
            station.send(&json!([3, call[1], {"status": status}]).to_string()).await;
        }
    });
    heard
}

/// A session that runs at EVSE 1 of a station.
async fn begin_session(station: &mut Station) {
    let boot = json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}});
    station.result("BootNotification", boot).await;
    let started = json!({"eventType": "Started", "timestamp": "2026-11-25T08:00:00Z", "triggerReason": "Authorized",
        "seqNo": 0, "transactionInfo": {"transactionId": "TX-1"}, "evse": {"id": 1, "connectorId": 1},
        "idToken": {"idToken": "04AA", "type": "ISO14443"}});
    station.result("TransactionEvent", started).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_stopped_and_unlocked_and_reservations_are_listed() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let operator = Operator::of(&manager);
    assert!(operator.done(&["reservation", "list"]).await.contains("There are no reservations"));
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    begin_session(&mut station).await;
    let heard = takes_all(station);
    let until = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1)).to_string();
    operator.done(&["reservation", "make", "CS1", "04AA", "--evse", "2", "--until", &until]).await;
    let everywhere = operator.done(&["reservation", "list"]).await;
    assert!(everywhere.contains("CS1") && everywhere.contains("active"), "{everywhere}");

    assert_eq!(operator.done(&["session", "stop", "1"]).await.trim(), "CS1: accepted.");
    operator.done(&["session", "unlock", "1"]).await;
    let later = operator.done(&["session", "stop", "1", "--wait-until", &until]).await;
    assert!(later.starts_with("Order ") || later.starts_with("CS1: "), "{later}");
    let missing = operator.run(&["session", "stop", "2"]).await;
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("There is no session"), "{}", stderr(&missing));
    let heard = heard.lock().expect("whole").clone();
    for action in ["ReserveNow", "RequestStopTransaction", "UnlockConnector"] {
        assert!(heard.iter().any(|told| told == action), "{action} is not in {heard:?}");
    }
}

#[tokio::test]
async fn an_operator_sees_the_reservations_of_all_stations_and_unlocks_the_connector_of_a_session() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    assert!(browser.open("/reservations").await.contains("No reservation."));
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    begin_session(&mut station).await;
    let heard = takes_all(station);
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let path = format!("http://{}/api/v1/stations/CS1/reservations", manager.http);
    let wish = json!({"token": "04AA", "evse_id": 2, "until": until});
    let made = http.post(path).json(&wish).send().await.expect("an answer");
    assert_eq!(made.status(), 201, "{}", made.text().await.unwrap_or_default());

    let page = browser.open("/reservations").await;
    assert!(page.contains("04AA") && page.contains("active"), "{page}");
    let cancel = page.split("action=\"").find(|part| part.starts_with("/reservations/CS1/")).expect("a form");
    let cancel = cancel.split('"').next().expect("an address").to_owned();
    assert_eq!(browser.send(&cancel, &[]).await.0, 200);
    assert!(browser.open("/reservations").await.contains("No reservation."));
    assert!(browser.open("/reservations?over=too").await.contains("cancelled"));
    assert_eq!(browser.send(&cancel, &[]).await.0, 422, "it is over");
    assert_eq!(browser.send("/reservations/CS1/9/cancel", &[]).await.0, 404);

    let (status, page) = browser.send("/sessions/1/unlock", &[]).await;
    assert!(status == 200 && page.contains("Unlock its connector"), "{page}");
    assert_eq!(browser.send("/sessions/9/unlock", &[]).await.0, 404);
    let heard = heard.lock().expect("whole").clone();
    for action in ["ReserveNow", "CancelReservation", "UnlockConnector"] {
        assert!(heard.iter().any(|told| told == action), "{action} is not in {heard:?}");
    }
}
