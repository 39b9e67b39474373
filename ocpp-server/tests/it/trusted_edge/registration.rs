//! Pending and rejected stations (B02, B03). The word belongs to the station, not to its connection.

use std::sync::Arc;

use async_trait::async_trait;
use ocpp_core::model::{
    Boot, Command, IdToken, Outcome, Registration, RemoteStart, ReportKind, Scope, Setting, StationId,
    StationTxRef, TokenKind, Verdict,
};
use ocpp_server::Csms;
use ocpp_server::access::Pepper;
use ocpp_server::command::{NotAllowed, OrderError};
use ocpp_server::domain::{StationEntry, StationLogin};
use ocpp_server::handle::{BootPolicy, BootWord, StoredBoots};
use ocpp_server::register::{Learns, Login, NotAsked, Register, RegisterError, StationForm};
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
    Command::RemoteStart(RemoteStart { id_token, group: None, evse: None, remote_start: None, profile: None })
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
    let stop = Command::RemoteStop(StationTxRef::Named("tx".into()));
    let refused = commands.order(&station_id("PENDS"), &stop).await;
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
    for protocol in ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"] {
        let mut station = Station::dial(&manager, "AWAY", protocol).await;
        let boot = async |station: &mut Station| match protocol {
            "ocpp1.6" => station.boot_16().await,
            _ => station.boot_2x().await,
        };
        // B03.FR.06: it is told when it may ask again, each time that it asks.
        for _ in 0..2 {
            let word = boot(&mut station).await;
            assert_eq!((&word["status"], &word["interval"]), (&json!("Rejected"), &json!(77)), "{protocol}");
            // B03.FR.07
            for (action, payload) in [("Heartbeat", json!({})), ("DataTransfer", json!({"vendorId": "v"}))] {
                let code = station.refusal(action, payload).await;
                assert_eq!(code, "SecurityError", "{protocol} {action}");
            }
            // B03.FR.03
            for command in [Command::ClearCache, remote_start()] {
                let refused = manager.csms.commands().order(&station_id("AWAY"), &command).await;
                assert_eq!(refused, Err(OrderError::NotAllowed(NotAllowed::Rejected)), "{protocol}");
            }
        }
    }
}

/// However long ago its interval ended, and on whatever connection: it is rejected until it boots again and is told
/// something else.
#[tokio::test]
async fn a_rejection_ends_with_a_boot_and_not_with_its_interval() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let entry = StationEntry {
        registration: Registration::Rejected,
        ..StationEntry::new(station_id("LATE"), StationLogin::Unproven, jiff::Timestamp::UNIX_EPOCH)
    };
    let unit = Unit { changes: vec![Change::put(&entry)], ..Unit::default() };
    store.commit(unit).await.expect("kept");
    let boots = StoredBoots::new(Arc::clone(&store), 1);
    let manager = Manager::of(Csms::builder_over(store).boots(boots)).await;
    let mut station = Station::dial(&manager, "LATE", "ocpp2.0.1").await;
    assert_eq!(station.boot_2x().await["interval"], json!(1));
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(station.refusal("Heartbeat", json!({})).await, "SecurityError");
    let mut station = Station::dial(&manager, "LATE", "ocpp2.0.1").await;
    assert_eq!(station.refusal("Heartbeat", json!({})).await, "SecurityError");
    set(&manager, "LATE", Registration::Accepted).await.await.expect("it ends");
    assert_eq!(station.refusal("Heartbeat", json!({})).await, "SecurityError", "it has not asked again");
    assert_eq!(station.boot_2x().await["status"], json!("Accepted"));
    station.result("Heartbeat", json!({})).await;
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

fn register(manager: &Manager) -> Register {
    Register::new(manager.csms.clone(), Pepper::random().expect("random bytes"))
}

/// Sets a registration while the station answers what it is asked.
async fn set(
    manager: &Manager,
    id: &'static str,
    registration: Registration,
) -> tokio::task::JoinHandle<Learns> {
    let register = register(manager);
    tokio::spawn(
        async move { register.set_registration(id, registration, None).await.expect("it is set").learns },
    )
}

/// A station that waits is configured, and accepted when it boots again.
#[tokio::test]
async fn tc_b_02_csms() {
    let manager = manager_that_says("CASE02", Registration::Pending).await;
    let mut station = Station::dial(&manager, "CASE02", "ocpp2.0.1").await;
    let word = station.boot_2x().await;
    assert_eq!(word["status"], json!("Pending"));
    assert!(word["interval"].as_i64().expect("a number") > 0);
    let commands = manager.csms.commands();
    let report = Command::ReportBase { request: 7, kind: ReportKind::Full };
    let order = tokio::spawn(async move { commands.order(&station_id("CASE02"), &report).await });
    assert_eq!(station.answer(json!({"status": "Accepted"})).await, "GetBaseReport");
    assert_eq!(order.await.expect("it ends"), Ok(Outcome::Verdict(Verdict::Accepted)));
    // B02.FR.02: the report that it was asked for.
    let part = json!({"requestId": 7, "seqNo": 0, "generatedAt": "2026-03-02T08:00:00Z"});
    assert_eq!(station.result("NotifyReport", part).await, json!({}));
    let learns = set(&manager, "CASE02", Registration::Accepted).await;
    assert_eq!(station.answer(json!({"status": "Rejected"})).await, "TriggerMessage");
    assert_eq!(learns.await.expect("it ends"), Learns::AtNextBoot(NotAsked::Refused));
    assert_eq!(station.boot_2x().await["status"], json!("Accepted"));
    station.result("Heartbeat", json!({})).await;
}

/// What a station that waits, or is rejected, may not send is a security error (B02.FR.09, B03.FR.07).
#[tokio::test]
async fn tc_b_30_csms() {
    for (id, registration, word) in
        [("CASE30P", Registration::Pending, "Pending"), ("CASE30R", Registration::Rejected, "Rejected")]
    {
        let manager = manager_that_says(id, registration).await;
        let mut station = Station::dial(&manager, id, "ocpp2.0.1").await;
        assert_eq!(station.boot_2x().await["status"], json!(word));
        let status = json!({
            "timestamp": "2026-03-02T08:00:00Z", "connectorStatus": "Available", "evseId": 1, "connectorId": 1
        });
        assert_eq!(station.refusal("StatusNotification", status).await, "SecurityError", "{word}");
    }
}

/// A station that waits is asked to boot before its interval is over.
#[tokio::test]
async fn tc_b_31_csms() {
    let manager = manager_that_says("CASE31", Registration::Pending).await;
    let mut station = Station::dial(&manager, "CASE31", "ocpp2.0.1").await;
    assert_eq!(station.boot_2x().await["status"], json!("Pending"));
    let learns = set(&manager, "CASE31", Registration::Accepted).await;
    let frame = station.frame().await;
    assert_eq!(frame[3], json!({"requestedMessage": "BootNotification"}));
    station.send(json!([3, frame[1], {"status": "Accepted"}])).await;
    assert_eq!(learns.await.expect("it ends"), Learns::Now);
    assert_eq!(station.boot_2x().await["status"], json!("Accepted"));
}

/// A station that waits is asked to boot, and works from then on (B02, F06).
#[tokio::test]
async fn a_pending_station_that_is_accepted_is_asked_to_boot() {
    for (protocol, id) in [("ocpp1.6", "WAITS16"), ("ocpp2.0.1", "WAITS201"), ("ocpp2.1", "WAITS21")] {
        let manager = manager_that_says(id, Registration::Pending).await;
        let mut station = Station::dial(&manager, id, protocol).await;
        let boot = async |station: &mut Station| match protocol {
            "ocpp1.6" => station.boot_16().await,
            _ => station.boot_2x().await,
        };
        assert_eq!(boot(&mut station).await["status"], json!("Pending"), "{protocol}");
        let learns = set(&manager, id, Registration::Accepted).await;
        let frame = station.frame().await;
        assert_eq!(
            (&frame[2], &frame[3]["requestedMessage"]),
            (&json!("TriggerMessage"), &json!("BootNotification"))
        );
        station.send(json!([3, frame[1], {"status": "Accepted"}])).await;
        assert_eq!(learns.await.expect("it ends"), Learns::Now, "{protocol}");
        assert_eq!(boot(&mut station).await["status"], json!("Accepted"), "{protocol}");
        station.result("Heartbeat", json!({})).await;
        let again = set(&manager, id, Registration::Accepted).await;
        assert_eq!(again.await.expect("it ends"), Learns::Knows, "{protocol}");
    }
}

/// What was accepted works until it boots again: 2.x does not boot on request then (F06.FR.17), 1.6 does.
#[tokio::test]
async fn an_accepted_station_is_asked_to_boot_where_its_version_lets_it() {
    let manager = manager_that_says("WORKS", Registration::Accepted).await;
    let mut station = Station::dial(&manager, "WORKS", "ocpp2.0.1").await;
    station.boot_2x().await;
    let learns = set(&manager, "WORKS", Registration::Rejected).await;
    assert_eq!(learns.await.expect("it ends"), Learns::AtNextBoot(NotAsked::Accepted));
    // Nothing was sent: the next frame is the answer to its own call, and it still works.
    station.result("Heartbeat", json!({})).await;
    assert_eq!(station.boot_2x().await["status"], json!("Rejected"));

    let manager = manager_that_says("WORKS16", Registration::Accepted).await;
    let mut station = Station::dial(&manager, "WORKS16", "ocpp1.6").await;
    station.boot_16().await;
    let learns = set(&manager, "WORKS16", Registration::Pending).await;
    assert_eq!(station.answer(json!({"status": "NotImplemented"})).await, "TriggerMessage");
    assert_eq!(learns.await.expect("it ends"), Learns::AtNextBoot(NotAsked::Refused));
    let learns = set(&manager, "WORKS16", Registration::Pending).await;
    assert_eq!(station.answer(json!({"status": "Accepted"})).await, "TriggerMessage");
    assert_eq!(learns.await.expect("it ends"), Learns::Now);
    assert_eq!(station.boot_16().await["status"], json!("Pending"));
}

/// B03.FR.03: a rejected station is left alone, also when it is accepted from now on.
#[tokio::test]
async fn a_rejected_station_learns_when_it_asks_again() {
    let manager = manager_that_says("ASKS", Registration::Rejected).await;
    let mut station = Station::dial(&manager, "ASKS", "ocpp2.0.1").await;
    station.boot_2x().await;
    let learns = set(&manager, "ASKS", Registration::Accepted).await;
    assert_eq!(learns.await.expect("it ends"), Learns::AtNextBoot(NotAsked::Rejected));
    assert_eq!(station.boot_2x().await["status"], json!("Accepted"), "nothing was sent before");
}

#[tokio::test]
async fn who_is_not_there_learns_when_it_boots_and_who_is_not_known_is_refused() {
    let manager = manager_that_says("ABSENT", Registration::Accepted).await;
    let register = register(&manager);
    let set = register.set_registration("ABSENT", Registration::Pending, None).await.expect("it is set");
    assert_eq!(set.learns, Learns::AtNextBoot(NotAsked::NotConnected));
    assert_eq!(set.entry.registration, Registration::Pending);
    let stale = register
        .set_registration("ABSENT", Registration::Accepted, Some(ocpp_server::domain::Revision(1)))
        .await;
    assert_eq!(stale.err(), Some(RegisterError::Conflict));
    let mut station = Station::dial(&manager, "ABSENT", "ocpp1.6").await;
    assert_eq!(station.boot_16().await["status"], json!("Pending"));

    let nobody = register.set_registration("NOBODY", Registration::Pending, None).await.err();
    assert!(matches!(nobody, Some(RegisterError::Unknown { .. })), "{nobody:?}");
    let _guest = Station::dial(&manager, "GUEST", "ocpp1.6").await;
    let guest = register.set_registration("GUEST", Registration::Pending, None).await.err();
    assert!(matches!(guest, Some(RegisterError::Forbidden(_))), "{guest:?}");
}

#[tokio::test]
async fn newcomers_wait_where_the_operator_wants_it() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let boots = StoredBoots::new(Arc::clone(&store), 60).for_unknown(Registration::Pending);
    let manager = Manager::of(quick(Csms::builder_over(store)).boots(boots)).await;
    let register = register(&manager).newcomers(Registration::Pending);
    let new = register.add_station("NEW", Login::Unproven, StationForm::default()).await.expect("added");
    assert_eq!(new.entry.registration, Registration::Pending);
    for id in ["NEW", "UNKNOWN"] {
        let mut station = Station::dial(&manager, id, "ocpp1.6").await;
        assert_eq!(station.boot_16().await["status"], json!("Pending"), "{id}");
    }
}

/// Calls that wait for their answer are counted, and not any more when they are answered or the station is gone.
#[tokio::test]
async fn calls_in_hand_are_counted() {
    let manager = Manager::start().await;
    let mut station = Station::dial(&manager, "COUNTS", "ocpp1.6").await;
    station.boot_16().await;
    let waiting = |count: u32| format!("ocpp_queued_calls{{by=\"manager\"}} {count}\n");
    let rendered = || manager.csms.metrics().render();
    assert!(rendered().contains(&waiting(0)), "{}", rendered());
    let commands = manager.csms.commands();
    let order =
        tokio::spawn(async move { commands.order(&station_id("COUNTS"), &Command::ClearCache).await });
    let frame = station.frame().await;
    assert!(rendered().contains(&waiting(1)), "{}", rendered());
    station.send(json!([3, frame[1], {"status": "Accepted"}])).await;
    order.await.expect("it ends").expect("an outcome");
    assert!(rendered().contains(&waiting(0)), "{}", rendered());

    let commands = manager.csms.commands();
    let order =
        tokio::spawn(async move { commands.order(&station_id("COUNTS"), &Command::ClearCache).await });
    station.frame().await;
    drop(station);
    order.await.expect("it ends").expect_err("the station is gone");
    manager
        .until("COUNTS", "offline", |connection| {
            !matches!(connection, ocpp_server::domain::Connection::Online { .. })
        })
        .await;
    assert!(rendered().contains(&waiting(0)), "{}", rendered());
    assert!(rendered().contains("ocpp_queued_calls{by=\"station\"} 0\n"), "{}", rendered());
}

#[tokio::test]
async fn a_call_of_a_station_that_waits_is_counted() {
    struct Held(Arc<tokio::sync::Notify>);

    #[async_trait]
    impl BootPolicy for Held {
        async fn register(&self, _: &StationId, _: &Boot) -> Option<BootWord> {
            self.0.notified().await;
            Some(BootWord::ACCEPTED)
        }
    }

    let go = Arc::new(tokio::sync::Notify::new());
    let boots = Held(Arc::clone(&go));
    let manager = Manager::of(quick(Csms::builder(Memory::new())).boots(boots)).await;
    let mut station = Station::dial(&manager, "HELD", "ocpp1.6").await;
    let boot = json!([2, "1", "BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"}]);
    station.send(boot).await;
    let waiting = |count: u32| format!("ocpp_queued_calls{{by=\"station\"}} {count}\n");
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(4);
    while !manager.csms.metrics().render().contains(&waiting(1)) {
        assert!(tokio::time::Instant::now() < deadline, "{}", manager.csms.metrics().render());
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    go.notify_one();
    assert_eq!(station.frame().await[2]["status"], json!("Accepted"));
    assert!(manager.csms.metrics().render().contains(&waiting(0)));
}
