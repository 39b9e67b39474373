//! What only 2.1 has: grid support (R), streams (N11 to N15), battery swaps (S), tariffs on stations (I07 to I10).

use ocpp_core::model::tariff::{Tariff, TariffKind};
use ocpp_core::model::{
    Command, DerControl, DerFilter, DerScope, DerSetting, EvseId, IdToken, Place, StreamPace, TokenKind,
};
use ocpp_core::types::{Json, Version};
use serde_json::{Value, json};

use super::{Bench, says};
use crate::world::station::{Says, Station};
use crate::world::{id, pass};

async fn bench() -> (Bench, Station) {
    let bench = Bench::new().await;
    let station = bench.station(Version::V21).await;
    for action in [
        "SetDERControl",
        "GetDERControl",
        "ClearDERControl",
        "AdjustPeriodicEventStream",
        "RequestBatterySwap",
    ] {
        station.says(action, says("Accepted"));
    }
    (bench, station)
}

fn control(name: &str, scope: DerScope) -> Command {
    let values = match scope {
        DerScope::Default => json!({"priority": 1, "displacement": 0.9, "excitation": true}),
        DerScope::Scheduled => json!({"priority": 1, "displacement": 0.9, "excitation": true,
            "startTime": "2026-03-02T09:00:00Z", "duration": 600}),
    };
    Command::SetDerControl(Box::new(DerControl {
        id: name.into(),
        scope,
        kind: "FixedPFInject".into(),
        superseded: None,
        setting: DerSetting::FixedPfInject(Json::new(values.to_string()).unwrap()),
    }))
}

impl Bench {
    async fn controls(&self) -> Vec<String> {
        let (controls, _) = self.energy.grid(&id("CS1")).await.unwrap();
        controls.into_iter().map(|known| known.control.id.to_string()).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn r04_settings_of_grid_support_are_set_begun_ended_and_removed() {
    let (bench, station) = bench().await;
    bench.ordered(control("a", DerScope::Default)).await;
    station.says("SetDERControl", Says::Result(json!({"status": "Accepted", "supersededIds": ["a"]})));
    bench.ordered(control("b", DerScope::Scheduled)).await;
    assert_eq!(bench.controls().await, ["a", "b"]);
    let (known, _) = bench.energy.grid(&id("CS1")).await.unwrap();
    assert_eq!((known[0].control.superseded, known[0].by.as_deref()), (Some(true), Some("anna")));
    let turned = |started: bool| json!({"controlId": "b", "started": started, "timestamp": station.now(), "supersededIds": []});
    station.call("NotifyDERStartStop", turned(true)).await.unwrap();
    let (known, _) = bench.energy.grid(&id("CS1")).await.unwrap();
    assert!(known[1].started_at.is_some() && known[1].ended_at.is_none());
    pass(600).await;
    station.call("NotifyDERStartStop", turned(false)).await.unwrap();
    let (known, _) = bench.energy.grid(&id("CS1")).await.unwrap();
    assert!(known[1].ended_at.is_some());
    bench.ordered(Command::ClearDerControls { scope: DerScope::Scheduled, kind: None, id: None }).await;
    assert_eq!(bench.controls().await, ["a"]);
}

#[tokio::test(start_paused = true)]
async fn r04_a_report_says_what_is_on_the_station() {
    let (bench, station) = bench().await;
    bench.ordered(control("a", DerScope::Default)).await;
    bench.ordered(control("b", DerScope::Default)).await;
    let filter = DerFilter { scope: Some(DerScope::Default), ..DerFilter::default() };
    bench.ordered(Command::GetDerControls { request: 3, filter: filter.clone() }).await;
    let part = |name: &str, more: bool| {
        json!({"requestId": 3, "tbc": more, "fixedPFInject": [{"id": name, "isDefault": true, "isSuperseded": false,
            "fixedPF": {"priority": 1, "displacement": 0.9, "excitation": true}}]})
    };
    station.call("ReportDERControl", part("a", true)).await.unwrap();
    assert_eq!(bench.controls().await, ["a", "b"]);
    station.call("ReportDERControl", part("c", false)).await.unwrap();
    assert_eq!(bench.controls().await, ["a", "c"]);
    // R04.FR.30: nothing is there.
    station.says("GetDERControl", says("NotFound"));
    bench.order(Command::GetDerControls { request: 4, filter }).await.unwrap();
    assert_eq!(bench.controls().await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn r05_alarms_of_the_grid_begin_and_end() {
    let (bench, station) = bench().await;
    let alarm = |ended: bool, fault: &str| json!({"controlType": "FreqDroop", "gridEventFault": fault, "alarmEnded": ended, "timestamp": station.now()});
    station.call("NotifyDERAlarm", alarm(false, "OverFrequency")).await.unwrap();
    station.call("NotifyDERAlarm", alarm(false, "UnderVoltage")).await.unwrap();
    station.call("NotifyDERAlarm", alarm(true, "OverFrequency")).await.unwrap();
    let (_, alarms) = bench.energy.grid(&id("CS1")).await.unwrap();
    let standing: Vec<_> = alarms.standing.iter().filter_map(|alert| alert.fault.as_deref()).collect();
    assert_eq!(standing, ["UnderVoltage"]);
    assert!(alarms.over[0].began_at.is_some() && alarms.over[0].ended_at.is_some());
    // However often, a bounded number is kept.
    for _ in 0..80 {
        station.call("NotifyDERAlarm", alarm(true, "OverVoltage")).await.unwrap();
    }
    let (_, alarms) = bench.energy.grid(&id("CS1")).await.unwrap();
    assert_eq!(alarms.over.len(), 50);
}

fn opening(stream: u32) -> Value {
    json!({"constantStreamData": {"id": stream, "variableMonitoringId": 7, "params": {"interval": 10, "values": 5}}})
}

fn flow(stream: u32, pending: u32, values: &[&str]) -> Value {
    let data: Vec<Value> =
        values.iter().enumerate().map(|(at, value)| json!({"t": at as f64, "v": value})).collect();
    json!({"id": stream, "pending": pending, "basetime": "2026-03-02T08:00:00Z", "data": data})
}

#[tokio::test(start_paused = true)]
async fn n11_to_n15_a_stream_is_opened_flows_is_adjusted_and_closed() {
    let (bench, station) = bench().await;
    let answer = station.call("OpenPeriodicEventStream", opening(4)).await.unwrap();
    assert_eq!(answer["status"], "Accepted");
    // N15.FR.02: nothing comes back.
    assert_eq!(station.send("NotifyPeriodicEventStream", flow(4, 0, &["1.0", "2.0"])).await, None);
    assert_eq!(station.send("NotifyPeriodicEventStream", flow(4, 9, &["3.0"])).await, None);
    let known = bench.energy.streams(&id("CS1")).await.unwrap().pop().unwrap();
    let values: Vec<_> = known.values.iter().map(|value| value.value.as_str()).collect();
    assert_eq!((values, known.received, known.pending), (vec!["1.0", "2.0", "3.0"], 3, 9));
    // N15.FR.05.
    assert!(known.is_falling_behind);
    assert_eq!(known.values[1].at, "2026-03-02T08:00:01Z".parse().unwrap());
    let pace = StreamPace { interval_s: Some(2), values: None };
    bench.ordered(Command::AdjustStream { id: 4, pace }).await;
    assert_eq!(bench.energy.streams(&id("CS1")).await.unwrap()[0].pace, pace);
    station.call("ClosePeriodicEventStream", json!({"id": 4})).await.unwrap();
    assert_eq!(station.send("NotifyPeriodicEventStream", flow(4, 0, &["4.0"])).await, None);
    let known = bench.energy.streams(&id("CS1")).await.unwrap().pop().unwrap();
    assert!(known.closed_at.is_some());
    assert_eq!(known.received, 3, "what comes after the end is not kept");
}

#[tokio::test(start_paused = true)]
async fn n11_streams_and_their_values_are_bounded() {
    let (bench, station) = bench().await;
    for stream in 0..64 {
        let answer = station.call("OpenPeriodicEventStream", opening(stream)).await.unwrap();
        assert_eq!(answer["status"], "Accepted");
    }
    // N11.FR.05.
    let answer = station.call("OpenPeriodicEventStream", opening(64)).await.unwrap();
    assert_eq!(answer["status"], "Rejected");
    station.call("ClosePeriodicEventStream", json!({"id": 3})).await.unwrap();
    let answer = station.call("OpenPeriodicEventStream", opening(64)).await.unwrap();
    assert_eq!(answer["status"], "Accepted");
    let many: Vec<String> = (0..250).map(|value| value.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    station.send("NotifyPeriodicEventStream", flow(64, 0, &many)).await;
    let streams = bench.energy.streams(&id("CS1")).await.unwrap();
    let known = streams.iter().find(|stream| stream.id == 64).unwrap();
    assert_eq!((known.values.len(), known.received), (100, 250));
    assert_eq!(known.values.last().unwrap().value, "249");
    // N12: what the station says is open is open.
    station.says(
        "GetPeriodicEventStream",
        Says::Result(json!({"constantStreamData": [
        {"id": 64, "variableMonitoringId": 7, "params": {"interval": 10}}]})),
    );
    bench.ordered(Command::GetStreams).await;
    let streams = bench.energy.streams(&id("CS1")).await.unwrap();
    let open: Vec<u32> =
        streams.iter().filter(|stream| stream.closed_at.is_none()).map(|stream| stream.id).collect();
    assert_eq!(open, [64]);
}

#[tokio::test(start_paused = true)]
async fn a_send_is_checked_as_a_call_is_and_never_answered() {
    let (bench, station) = bench().await;
    station.call("OpenPeriodicEventStream", opening(4)).await.unwrap();
    // A payload that is none, and an action that is a call.
    assert_eq!(station.send("NotifyPeriodicEventStream", json!({"id": "x"})).await, None);
    assert_eq!(station.send("Heartbeat", json!({})).await, None);
    let status =
        json!({"timestamp": station.now(), "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1});
    assert_eq!(station.send("StatusNotification", status).await, None);
    assert_eq!(bench.csms.store().ports(&id("CS1")).await.unwrap().len(), 0);
    assert_eq!(bench.energy.streams(&id("CS1")).await.unwrap()[0].received, 0);
    // The other way round: a stream's values as a call are refused.
    let refused = station.call("NotifyPeriodicEventStream", flow(4, 0, &["1"])).await.unwrap_err();
    assert!(refused.contains("NotSupported"), "{refused}");
    assert_eq!(bench.energy.streams(&id("CS1")).await.unwrap()[0].received, 0);
    // The line is as good as before.
    assert!(station.call("Heartbeat", json!({})).await.is_ok());
}

fn swap(kind: &str, serial: &str) -> Value {
    json!({"requestId": 12, "eventType": kind, "idToken": {"idToken": "CARD", "type": "ISO14443"},
        "batteryData": [{"evseId": 1, "serialNumber": serial, "soC": 20.5, "soH": 97}]})
}

#[tokio::test(start_paused = true)]
async fn s02_and_s03_batteries_are_swapped_as_wished() {
    let (bench, station) = bench().await;
    let id_token = IdToken::new("CARD", TokenKind::ISO14443);
    bench.ordered(Command::RequestBatterySwap { request: 12, id_token }).await;
    let state = || async { bench.energy.swaps(&id("CS1"), 10).await.unwrap().pop().unwrap() };
    assert_eq!(state().await.state(), "wished");
    station.call("BatterySwap", swap("BatteryIn", "OLD")).await.unwrap();
    assert_eq!(state().await.state(), "in");
    station.call("BatterySwap", swap("BatteryOut", "NEW")).await.unwrap();
    // Told again, it is no second one.
    station.call("BatterySwap", swap("BatteryOut", "NEW")).await.unwrap();
    let known = state().await;
    let serials: Vec<_> = known.events.iter().map(|event| &*event.batteries[0].serial).collect();
    assert_eq!((known.state(), serials), ("done", vec!["OLD", "NEW"]));
    assert_eq!(known.wished.unwrap().by, "anna");
    assert!(!format!("{:?}", state().await).contains("CARD"));
}

#[tokio::test(start_paused = true)]
async fn s03_batteries_that_nobody_takes() {
    let (bench, station) = bench().await;
    station.call("BatterySwap", swap("BatteryIn", "OLD")).await.unwrap();
    station.call("BatterySwap", swap("BatteryOutTimeout", "NEW")).await.unwrap();
    let known = bench.energy.swaps(&id("CS1"), 10).await.unwrap().pop().unwrap();
    assert_eq!((known.state(), known.wished), ("not_taken", None));
}

fn tariff(name: &str) -> Box<Tariff> {
    Box::new(crate::world::per_kwh(name, "0.50").into())
}

#[tokio::test(start_paused = true)]
async fn i07_to_i10_tariffs_on_a_station_are_set_told_and_removed() {
    let (bench, station) = bench().await;
    station.says("SetDefaultTariff", says("Accepted"));
    let held = || async {
        let held = bench.energy.tariffs(&id("CS1")).await.unwrap();
        held.tariffs.into_iter().map(|held| (held.installed.id, held.installed.evses)).collect::<Vec<_>>()
    };
    bench.ordered(Command::SetDefaultTariff { place: Place::Station, tariff: tariff("A") }).await;
    bench.ordered(Command::SetDefaultTariff { place: Place::Station, tariff: tariff("B") }).await;
    assert_eq!(held().await, [("B".to_owned(), vec![])]);
    station.says("SetDefaultTariff", says("TooManyElements"));
    let refused = bench.order(Command::SetDefaultTariff { place: Place::Station, tariff: tariff("C") }).await;
    assert!(!refused.unwrap().is_success());
    assert_eq!(held().await.len(), 1);
    station.says(
        "GetTariffs",
        Says::Result(json!({"status": "Accepted", "tariffAssignments": [
            {"tariffId": "B", "tariffKind": "DefaultTariff", "evseIds": [1, 2]},
            {"tariffId": "D", "tariffKind": "DriverTariff", "evseIds": [1], "idTokens": ["CARD"]}
        ]})),
    );
    bench.ordered(Command::GetTariffs { place: Place::Station }).await;
    assert_eq!(held().await[0], ("B".to_owned(), vec![EvseId(1), EvseId(2)]));
    let told = bench.energy.tariffs(&id("CS1")).await.unwrap();
    assert!(told.told_at.is_some());
    assert_eq!(
        (told.tariffs[0].by.as_deref(), told.tariffs[1].installed.kind),
        (Some("anna"), TariffKind::Driver)
    );
    station.says(
        "ClearTariffs",
        Says::Result(json!({"clearTariffsResult": [{"tariffId": "B", "status": "Accepted"}]})),
    );
    bench.ordered(Command::ClearTariffs { ids: vec!["B".into()], place: None }).await;
    assert_eq!(held().await.len(), 1);
}
