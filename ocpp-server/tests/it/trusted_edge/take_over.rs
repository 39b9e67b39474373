//! The newest connection of a station wins.

use std::time::Duration;

use ocpp_core::model::{Command, StationId};
use ocpp_server::command::OrderError;
use ocpp_server::session::CallFailure;
use serde_json::json;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::station::Station;
use super::{Manager, is_online};

#[tokio::test]
async fn the_end_of_the_old_connection_does_not_touch_the_new_one() {
    let manager = Manager::start().await;
    let mut old = Station::dial(&manager, "TWICE", "ocpp1.6").await;
    old.boot_16().await;
    let mut new = Station::dial(&manager, "TWICE", "ocpp2.0.1").await;
    let (code, reason) = old.closed().await;
    assert_eq!(code, CloseCode::Policy);
    assert!(reason.contains("newer connection"), "{reason}");
    drop(old);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(is_online(&manager.kept("TWICE").await.connection));
    new.boot_2x().await;
    assert_eq!(manager.kept("TWICE").await.version.number(), "2.0.1");
}

#[tokio::test]
async fn a_command_in_flight_ends_with_its_connection() {
    let manager = Manager::start().await;
    let id = StationId::new("FLIGHT").expect("an identity");
    let mut old = Station::dial(&manager, "FLIGHT", "ocpp1.6").await;
    old.boot_16().await;
    let commands = manager.csms.commands();
    let order = tokio::spawn(async move { commands.order(&id, &Command::ClearCache).await });
    assert_eq!(old.frame().await[2], json!("ClearCache"));
    let mut new = Station::dial(&manager, "FLIGHT", "ocpp1.6").await;
    let failed = order.await.expect("it ends").expect_err("no answer came");
    assert_eq!(failed, OrderError::Call(CallFailure::Gone));
    let commands = manager.csms.commands();
    let id = StationId::new("FLIGHT").expect("an identity");
    let order = tokio::spawn(async move { commands.order(&id, &Command::ClearCache).await });
    assert_eq!(new.answer(json!({"status": "Accepted"})).await, "ClearCache");
    order.await.expect("it ends").expect("the new connection answers");
}

#[tokio::test]
async fn of_a_hundred_connections_of_one_identity_one_stays() {
    let manager = Manager::start().await;
    let mut stations = Vec::new();
    for _ in 0..100 {
        stations.push(Station::dial(&manager, "CROWD", "ocpp1.6").await);
    }
    let mut last = stations.pop().expect("a connection");
    last.boot_16().await;
    for mut old in stations {
        assert_eq!(old.closed().await.0, CloseCode::Policy);
    }
    assert_eq!(manager.csms.stations().count(), 1);
    last.result("Heartbeat", json!({})).await;
}
