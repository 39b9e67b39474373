//! Pending and rejected stations (B02, B03). The word belongs to the station, not to its connection.

use std::sync::Arc;

use async_trait::async_trait;
use ocpp_core::model::{
    Boot, Command, IdToken, Outcome, Registration, RemoteStart, Scope, Setting, StationId, TokenKind, Verdict,
};
use ocpp_server::Csms;
use ocpp_server::command::{NotAllowed, OrderError};
use ocpp_server::domain::{StationEntry, StationLogin};
use ocpp_server::handle::{BootPolicy, BootWord, StoredBoots};
use ocpp_server::store::{Change, Memory, Store, Unit};
use serde_json::json;

use super::station::Station;
use super::{Manager, quick};

async fn manager_that_says(id: &str, registration: Registration) -> Manager {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let entry = StationEntry {
        registration,
        ..StationEntry::new(station_id(id), StationLogin::Unproven, jiff::Timestamp::UNIX_EPOCH)
    };
    let unit = Unit { changes: vec![Change::put(&entry)], ..Unit::default() };
    store.commit(unit).await.expect("kept");
    let boots = StoredBoots::new(Arc::clone(&store), 77);
    Manager::of(quick(Csms::builder_over(store)).boots(boots)).await
}

fn station_id(id: &str) -> StationId {
    StationId::new(id).expect("an identity")
}

fn remote_start() -> Command {
    let id_token = IdToken::new("T1", TokenKind::CENTRAL);
    Command::RemoteStart(RemoteStart { id_token, group: None, evse: None, remote_start: None })
}

#[tokio::test]
async fn a_pending_station_is_configured_but_not_started() {
    let manager = manager_that_says("PENDS", Registration::Pending).await;
    let mut station = Station::dial(&manager, "PENDS", "ocpp2.0.1").await;
    let word = station.boot_2x().await;
    assert_eq!((&word["status"], &word["interval"]), (&json!("Pending"), &json!(77)));
    // B02.FR.09
    assert_eq!(station.refusal("Heartbeat", json!({})).await, "SecurityError");

    let commands = manager.csms.commands();
    let refused = commands.order(&station_id("PENDS"), &remote_start()).await;
    assert_eq!(refused, Err(OrderError::NotAllowed(NotAllowed::Pending)), "B02.FR.05");

    let settings = vec![Setting::Variable {
        component: "OCPPCommCtrlr".into(),
        component_instance: None,
        place: None,
        variable: "HeartbeatInterval".into(),
        variable_instance: None,
    }];
    let read = Command::ReadSettings(Scope::These(settings));
    let order = tokio::spawn(async move { commands.order(&station_id("PENDS"), &read).await });
    let names = json!({"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}});
    let mut result = names.clone();
    result["attributeStatus"] = json!("Accepted");
    result["attributeValue"] = json!("300");
    assert_eq!(station.answer(json!({"getVariableResult": [result]})).await, "GetVariables");
    let outcome = order.await.expect("it ends").expect("B02.FR.01");
    assert!(matches!(outcome, Outcome::Settings(settings) if settings[0].value.as_deref() == Some("300")));
}

/// B02.FR.02: what it was asked for it may send.
#[tokio::test]
async fn a_pending_station_sends_what_it_was_asked_for() {
    let manager = manager_that_says("ASKED", Registration::Pending).await;
    let mut station = Station::dial(&manager, "ASKED", "ocpp2.0.1").await;
    station.boot_2x().await;
    let commands = manager.csms.commands();
    let trigger = Command::Trigger { message: ocpp_core::model::TriggerKind::Heartbeat, place: None };
    let order = tokio::spawn(async move { commands.order(&station_id("ASKED"), &trigger).await });
    assert_eq!(station.answer(json!({"status": "Accepted"})).await, "TriggerMessage");
    assert_eq!(order.await.expect("it ends"), Ok(Outcome::Verdict(Verdict::Accepted)));
    station.result("Heartbeat", json!({})).await;
}

#[tokio::test]
async fn the_word_outlives_the_connection() {
    let manager = manager_that_says("KEEPS", Registration::Pending).await;
    let mut station = Station::dial(&manager, "KEEPS", "ocpp1.6").await;
    station.boot_16().await;
    drop(station);
    let mut station = Station::dial(&manager, "KEEPS", "ocpp1.6").await;
    assert_eq!(station.refusal("Heartbeat", json!({})).await, "SecurityError");
    let refused = manager.csms.commands().order(&station_id("KEEPS"), &remote_start()).await;
    assert_eq!(refused, Err(OrderError::NotAllowed(NotAllowed::Pending)));
}

#[tokio::test]
async fn a_reconnect_needs_no_boot() {
    let manager = Manager::start().await;
    let mut station = Station::dial(&manager, "ONCE", "ocpp1.6").await;
    station.boot_16().await;
    drop(station);
    let mut station = Station::dial(&manager, "ONCE", "ocpp1.6").await;
    station.result("Heartbeat", json!({})).await;
}

#[tokio::test]
async fn a_rejected_station_is_left_alone() {
    let manager = manager_that_says("AWAY", Registration::Rejected).await;
    let mut station = Station::dial(&manager, "AWAY", "ocpp2.1").await;
    assert_eq!(station.boot_2x().await["status"], json!("Rejected"));
    // B03.FR.07
    assert_eq!(station.refusal("Heartbeat", json!({})).await, "SecurityError");
    // B03.FR.03
    let refused = manager.csms.commands().order(&station_id("AWAY"), &Command::ClearCache).await;
    assert_eq!(refused, Err(OrderError::NotAllowed(NotAllowed::Rejected)));
    assert_eq!(station.boot_2x().await["status"], json!("Rejected"), "it may always boot again");
}

/// Nobody can say in time: the station is to ask again.
#[tokio::test]
async fn a_silent_policy_makes_a_station_pending() {
    struct Silent;

    #[async_trait]
    impl BootPolicy for Silent {
        async fn register(&self, _: &StationId, _: &Boot) -> Option<BootWord> {
            std::future::pending().await
        }

        fn deadline(&self) -> std::time::Duration {
            std::time::Duration::from_millis(50)
        }
    }

    let manager = Manager::of(quick(Csms::builder(Memory::new())).boots(Silent)).await;
    let mut station = Station::dial(&manager, "LATER", "ocpp1.6").await;
    let word = station.boot_16().await;
    assert_eq!((&word["status"], &word["interval"]), (&json!("Pending"), &json!(30)));
}
