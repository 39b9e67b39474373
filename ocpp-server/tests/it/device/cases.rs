//! The test cases of OCPP 2.0.1 for block B that are about a station that works.

use ocpp_core::model::{
    Command, Criterion, EvseId, NetworkProfile, Outcome, Place, ReportKind, ReportSubject, ResetKind, Verdict,
};
use ocpp_core::types::Version;
use ocpp_server::command::desk::{NewOrder, WhenOffline};
use ocpp_server::domain::{Ending, OrderState, ReportState};
use ocpp_server::maintenance::Ask;
use serde_json::{Value, json};

use super::reports::{part, row};
use super::{Settings, change, wanted, with_settings, words};
use crate::world::station::{Says, Station};
use crate::world::{id, pass};

async fn connected() -> (Settings, Station) {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V201).await;
    (it, station)
}

async fn ordered(it: &Settings, command: Command) -> Outcome {
    let new = NewOrder { command, by: "test".to_owned(), when_offline: WhenOffline::Refuse };
    let order = it.world.csms().desk().carry_out(&id("CS"), new).await.unwrap();
    match order.state {
        OrderState::Ended { ending: Ending::Answered { outcome }, .. } => outcome,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn tc_b_01_csms() {
    let it = Settings::new().await;
    let station = it.world.connect_quietly("CS", Version::V201).await;
    let boot = json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}});
    let answer = station.call("BootNotification", boot).await.unwrap();
    assert_eq!(answer["status"], "Accepted");
    assert!(answer["interval"].as_i64().unwrap() > 0);
    let now: jiff::Timestamp = answer["currentTime"].as_str().unwrap().parse().unwrap();
    assert!(now.duration_since(it.world.now()).abs() < jiff::SignedDuration::from_secs(1));
    station.status(1, "Available").await;
}

#[tokio::test(start_paused = true)]
async fn tc_b_06_csms() {
    let (it, station) = connected().await;
    with_settings(&station, &[("OCPPCommCtrlr.OfflineThreshold", "300")]);
    let read = it.devices.read(&id("CS"), &[wanted("OCPPCommCtrlr.OfflineThreshold")], "test").await.unwrap();
    assert_eq!(words(&read), ["300"]);
    let asked = json!({"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "OfflineThreshold"}});
    assert_eq!(station.orders("GetVariables"), [json!({"getVariableData": [asked]})]);
}

#[tokio::test(start_paused = true)]
async fn tc_b_07_csms() {
    let (it, station) = connected().await;
    with_settings(
        &station,
        &[("OCPPCommCtrlr.OfflineThreshold", "300"), ("AuthCtrlr.AuthorizeRemoteStart", "true")],
    );
    let both = [wanted("OCPPCommCtrlr.OfflineThreshold"), wanted("AuthCtrlr.AuthorizeRemoteStart")];
    let read = it.devices.read(&id("CS"), &both, "test").await.unwrap();
    assert_eq!(words(&read), ["300", "true"]);
    let asked = station.orders("GetVariables").pop().unwrap();
    assert_eq!(asked["getVariableData"].as_array().unwrap().len(), 2, "both in one message");
}

#[tokio::test(start_paused = true)]
async fn tc_b_08_csms() {
    let (it, station) = connected().await;
    let limit = ("DeviceDataCtrlr.ItemsPerMessage[GetVariables]", "4");
    with_settings(&station, &[limit, ("VendorCtrlr.A", "1")]);
    it.devices.read(&id("CS"), &[wanted(limit.0)], "test").await.unwrap();
    let five: Vec<_> = (0..5).map(|number| wanted(&format!("VendorCtrlr.V{number}"))).collect();
    it.devices.read(&id("CS"), &five, "test").await.unwrap();
    let orders = station.orders("GetVariables");
    assert!(orders.iter().all(|order| order["getVariableData"].as_array().unwrap().len() <= 4));
    assert_eq!(orders.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn tc_b_09_csms() {
    let (it, station) = connected().await;
    with_settings(&station, &[("OCPPCommCtrlr.OfflineThreshold", "300")]);
    let new = change("OCPPCommCtrlr.OfflineThreshold", "123");
    assert_eq!(words(&it.devices.change(&id("CS"), &[new], "test").await.unwrap()), ["Accepted"]);
    let sent = json!({
        "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "OfflineThreshold"}, "attributeValue": "123"
    });
    assert_eq!(station.orders("SetVariables"), [json!({"setVariableData": [sent]})]);
}

#[tokio::test(start_paused = true)]
async fn tc_b_10_csms() {
    let (it, station) = connected().await;
    with_settings(
        &station,
        &[("OCPPCommCtrlr.OfflineThreshold", "300"), ("AuthCtrlr.AuthorizeRemoteStart", "true")],
    );
    let both =
        [change("OCPPCommCtrlr.OfflineThreshold", "123"), change("AuthCtrlr.AuthorizeRemoteStart", "false")];
    assert_eq!(words(&it.devices.change(&id("CS"), &both, "test").await.unwrap()), ["Accepted", "Accepted"]);
    let sent = station.orders("SetVariables").pop().unwrap();
    assert_eq!(sent["setVariableData"].as_array().unwrap().len(), 2, "both in one message");
}

async fn base_report(kind: ReportKind, word: &str) {
    let (it, station) = connected().await;
    station.says("GetBaseReport", Says::Result(json!({"status": "Accepted"})));
    let report = it.devices.ask(&id("CS"), Ask::Base(kind), "test").await.unwrap();
    let order = station.orders("GetBaseReport").pop().unwrap();
    assert_eq!(order["reportBase"], word);
    part(&station, &order["requestId"], 0, true, vec![row("A", "One", "1")]).await;
    part(&station, &order["requestId"], 1, false, vec![row("A", "Two", "2")]).await;
    let reports = it.devices.reports(&id("CS")).await.unwrap();
    assert_eq!((reports[0].number, reports[0].settings), (report.number, 2));
    assert!(matches!(reports[0].state, ReportState::Complete { .. }));
}

#[tokio::test(start_paused = true)]
async fn tc_b_12_csms() {
    base_report(ReportKind::Configuration, "ConfigurationInventory").await;
}

#[tokio::test(start_paused = true)]
async fn tc_b_13_csms() {
    base_report(ReportKind::Full, "FullInventory").await;
}

#[tokio::test(start_paused = true)]
async fn tc_b_14_csms() {
    base_report(ReportKind::Summary, "SummaryInventory").await;
}

#[tokio::test(start_paused = true)]
async fn tc_b_18_csms() {
    let (it, station) = connected().await;
    let subject = ReportSubject {
        component: "EVSE".into(),
        component_instance: None,
        place: Some(Place::of(1, None)),
        variable: Some("AvailabilityState".into()),
        variable_instance: None,
    };
    let ask = || Ask::Chosen { criteria: vec![Criterion::Problem], settings: vec![subject.clone()] };
    station.says("GetReport", Says::Result(json!({"status": "Accepted"})));
    it.devices.ask(&id("CS"), ask(), "test").await.unwrap();
    let order = station.orders("GetReport").pop().unwrap();
    assert_eq!(order["componentCriteria"], json!(["Problem"]));
    let about =
        json!({"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "AvailabilityState"}});
    assert_eq!(order["componentVariable"], json!([about]));
    part(&station, &order["requestId"], 0, false, vec![row("EVSE", "AvailabilityState", "Faulted")]).await;
    let reports = it.devices.reports(&id("CS")).await.unwrap();
    assert!(matches!(reports[0].state, ReportState::Complete { .. }));

    station.says("GetReport", Says::Result(json!({"status": "EmptyResultSet"})));
    let empty = it.devices.ask(&id("CS"), ask(), "test").await.unwrap();
    assert_eq!(empty.state, ReportState::Empty);
}

async fn reset(kind: ResetKind, evse: Option<u32>, says: &str) -> (Outcome, Value, Settings, Station) {
    let (it, station) = connected().await;
    station.says("Reset", Says::Result(json!({ "status": says })));
    let outcome = ordered(&it, Command::Reset { kind, evse: evse.map(EvseId) }).await;
    let order = station.orders("Reset").pop().unwrap();
    (outcome, order, it, station)
}

#[tokio::test(start_paused = true)]
async fn tc_b_20_csms() {
    let (outcome, order, _it, station) = reset(ResetKind::OnIdle, None, "Accepted").await;
    assert_eq!(order, json!({"type": "OnIdle"}));
    assert_eq!(outcome, Outcome::Verdict(Verdict::Accepted));
    let boot = json!({"reason": "RemoteReset", "chargingStation": {"model": "M", "vendorName": "V"}});
    assert_eq!(station.call("BootNotification", boot).await.unwrap()["status"], "Accepted");
}

#[tokio::test(start_paused = true)]
async fn tc_b_21_csms() {
    let (it, station) = connected().await;
    let mut charge = station.start(1, "CARD", 0).await;
    station.says("Reset", Says::Result(json!({"status": "Scheduled"})));
    let outcome = ordered(&it, Command::Reset { kind: ResetKind::OnIdle, evse: None }).await;
    assert_eq!(outcome, Outcome::Verdict(Verdict::Scheduled));
    assert!(outcome.is_success());
    assert_eq!(station.orders("Reset"), [json!({"type": "OnIdle"})]);
    station.stop(&mut charge, 1000).await;
    let boot = json!({"reason": "ScheduledReset", "chargingStation": {"model": "M", "vendorName": "V"}});
    assert_eq!(station.call("BootNotification", boot).await.unwrap()["status"], "Accepted");
    station.status(1, "Available").await;
}

#[tokio::test(start_paused = true)]
async fn tc_b_22_csms() {
    let (it, station) = connected().await;
    let mut charge = station.start(1, "CARD", 0).await;
    station.says("Reset", Says::Result(json!({"status": "Accepted"})));
    let outcome = ordered(&it, Command::Reset { kind: ResetKind::Immediate, evse: None }).await;
    assert_eq!(outcome, Outcome::Verdict(Verdict::Accepted));
    assert_eq!(station.orders("Reset"), [json!({"type": "Immediate"})]);
    station.stop(&mut charge, 1000).await;
    let boot = json!({"reason": "RemoteReset", "chargingStation": {"model": "M", "vendorName": "V"}});
    assert_eq!(station.call("BootNotification", boot).await.unwrap()["status"], "Accepted");
}

#[tokio::test(start_paused = true)]
async fn tc_b_25_csms() {
    let (outcome, order, _it, station) = reset(ResetKind::OnIdle, Some(1), "Accepted").await;
    assert_eq!(order, json!({"type": "OnIdle", "evseId": 1}));
    assert_eq!(outcome, Outcome::Verdict(Verdict::Accepted));
    station.status(1, "Unavailable").await;
    station.status(1, "Available").await;
}

#[tokio::test(start_paused = true)]
async fn tc_b_26_csms() {
    let (it, station) = connected().await;
    let mut charge = station.start(1, "CARD", 0).await;
    station.says("Reset", Says::Result(json!({"status": "Scheduled"})));
    let outcome = ordered(&it, Command::Reset { kind: ResetKind::OnIdle, evse: Some(EvseId(1)) }).await;
    assert_eq!(outcome, Outcome::Verdict(Verdict::Scheduled));
    assert_eq!(station.orders("Reset"), [json!({"type": "OnIdle", "evseId": 1})]);
    station.stop(&mut charge, 1000).await;
    station.status(1, "Available").await;
}

#[tokio::test(start_paused = true)]
async fn tc_b_27_csms() {
    let (it, station) = connected().await;
    let mut charge = station.start(1, "CARD", 0).await;
    station.says("Reset", Says::Result(json!({"status": "Accepted"})));
    let outcome = ordered(&it, Command::Reset { kind: ResetKind::Immediate, evse: Some(EvseId(1)) }).await;
    assert_eq!(outcome, Outcome::Verdict(Verdict::Accepted));
    assert_eq!(station.orders("Reset"), [json!({"type": "Immediate", "evseId": 1})]);
    station.stop(&mut charge, 1000).await;
    station.status(1, "Available").await;
}

fn profile() -> Command {
    Command::SetNetworkProfile(Box::new(NetworkProfile {
        slot: 1,
        url: "wss://manager.example/ocpp".into(),
        interface: "Wired0".into(),
        security_profile: 2,
        message_timeout_s: 30,
        ocpp_version: None,
        identity: None,
        password: None,
        apn: None,
        vpn: None,
    }))
}

#[tokio::test(start_paused = true)]
async fn tc_b_42_csms() {
    let (it, station) = connected().await;
    station.says("SetNetworkProfile", Says::Result(json!({"status": "Accepted"})));
    assert_eq!(ordered(&it, profile()).await, Outcome::Verdict(Verdict::Accepted));
    let data = json!({
        "ocppVersion": "OCPP20", "ocppTransport": "JSON", "ocppCsmsUrl": "wss://manager.example/ocpp",
        "messageTimeout": 30, "securityProfile": 2, "ocppInterface": "Wired0"
    });
    let sent = station.orders("SetNetworkProfile");
    assert_eq!(sent, [json!({"configurationSlot": 1, "connectionData": data})]);
}

#[tokio::test(start_paused = true)]
async fn tc_b_44_csms() {
    let (it, station) = connected().await;
    station.says("SetNetworkProfile", Says::Result(json!({"status": "Failed"})));
    let outcome = ordered(&it, profile()).await;
    assert_eq!(outcome, Outcome::Verdict(Verdict::Failed));
    assert!(!outcome.is_success());
    pass(1).await;
}
