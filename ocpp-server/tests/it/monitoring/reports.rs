//! Reports on monitors (N02).

use std::time::Duration;

use ocpp_core::model::{MonitorOrigin, MonitoringCriterion, ReportSubject, StationId};
use ocpp_core::types::Version;
use ocpp_server::domain::StationMonitors;
use ocpp_server::maintenance::DiagnosticsError;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{Says, Station, TWO, Yard, delta, heard, id, pass, result};

fn subject(component: &str, evse: Option<u32>, variable: &str) -> ReportSubject {
    ReportSubject {
        component: component.into(),
        component_instance: None,
        place: evse.map(|evse| ocpp_core::model::Place::Evse(ocpp_core::model::EvseId(evse))),
        variable: Some(variable.into()),
        variable_instance: None,
    }
}

type Asked = JoinHandle<Result<StationMonitors, DiagnosticsError>>;

fn ask(yard: &Yard, criteria: Vec<MonitoringCriterion>, variables: Vec<ReportSubject>) -> Asked {
    let diagnostics = yard.diagnostics.clone();
    tokio::spawn(async move { diagnostics.read_monitors(&id("CS1"), criteria, variables, "ada").await })
}

fn monitor(number: i64, kind: &str) -> Value {
    json!({"id": number, "transaction": false, "value": 5, "type": kind, "severity": 6})
}

/// The monitors of a variable, in the words of a version.
fn row(station: &Station, evse: u32, variable: &str, monitors: Vec<Value>) -> Value {
    let dress = |mut monitor: Value| {
        if station.version == Version::V21 {
            monitor["eventNotificationType"] = json!("PreconfiguredMonitor");
        }
        monitor
    };
    json!({
        "component": {"name": "EVSE", "evse": {"id": evse}}, "variable": {"name": variable},
        "variableMonitoring": monitors.into_iter().map(dress).collect::<Vec<_>>(),
    })
}

async fn tells(station: &Station, request: &Value, seq: u32, more: bool, rows: Vec<Value>) {
    let mut part = json!({"requestId": request, "seqNo": seq, "tbc": more, "generatedAt": station.now()});
    if !rows.is_empty() {
        part["monitor"] = json!(rows);
    }
    assert_eq!(station.call("NotifyMonitoringReport", part).await.unwrap(), json!({}));
}

fn ids(known: &StationMonitors) -> Vec<i64> {
    known.monitors.iter().map(|kept| kept.what.id).collect()
}

async fn known(yard: &Yard) -> StationMonitors {
    yard.diagnostics.monitors(&id("CS1")).await.unwrap().unwrap()
}

/// A question that is answered with nothing, and one that is answered with a report.
async fn nothing_then_one(
    first: (Vec<MonitoringCriterion>, Vec<ReportSubject>),
    second: (Vec<MonitoringCriterion>, Vec<ReportSubject>),
    kind: &str,
) -> [Value; 2] {
    let mut orders = Vec::new();
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("GetMonitoringReport", Says::Result(json!({"status": "EmptyResultSet"})));
        let none = ask(&yard, first.0.clone(), first.1.clone()).await.unwrap().unwrap();
        assert_eq!((ids(&none), none.report), (Vec::new(), None), "{version}");
        station.says("GetMonitoringReport", Says::Result(json!({"status": "Accepted"})));
        let asked = ask(&yard, second.0.clone(), second.1.clone());
        let order = heard(&station, "GetMonitoringReport", 2).await;
        let rows = vec![row(&station, 1, "AvailabilityState", vec![monitor(9, kind)])];
        tells(&station, &order["requestId"], 0, false, rows).await;
        let told = asked.await.unwrap().unwrap();
        assert_eq!(ids(&told), [9], "{version}");
        assert_eq!(told.monitors[0].what.kind.as_str(), kind);
        let origin = (version == Version::V21).then_some(MonitorOrigin::PreconfiguredMonitor);
        assert_eq!(told.monitors[0].what.origin, origin);
        orders = station.orders("GetMonitoringReport");
    }
    [orders[0].clone(), orders[1].clone()]
}

#[tokio::test(start_paused = true)]
async fn tc_n_01_csms() {
    let threshold = vec![MonitoringCriterion::Threshold];
    let [first, second] = nothing_then_one(
        (vec![MonitoringCriterion::Delta], Vec::new()),
        (threshold, Vec::new()),
        "UpperThreshold",
    )
    .await;
    assert_eq!(first["monitoringCriteria"], json!(["DeltaMonitoring"]));
    assert_eq!(second["monitoringCriteria"], json!(["ThresholdMonitoring"]));
    assert_ne!(first["requestId"], second["requestId"]);
}

#[tokio::test(start_paused = true)]
async fn tc_n_02_csms() {
    let power = vec![subject("ChargingStation", None, "Power")];
    let state = vec![subject("EVSE", Some(1), "AvailabilityState")];
    let [first, second] = nothing_then_one((Vec::new(), power), (Vec::new(), state), "Delta").await;
    let wanted = json!([{"component": {"name": "ChargingStation"}, "variable": {"name": "Power"}}]);
    assert_eq!(first["componentVariable"], wanted);
    let wanted = json!([{"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "AvailabilityState"}}]);
    assert_eq!(second["componentVariable"], wanted);
}

#[tokio::test(start_paused = true)]
async fn tc_n_03_csms() {
    let state = vec![subject("EVSE", Some(1), "AvailabilityState")];
    let power = vec![subject("ChargingStation", None, "Power")];
    let [first, second] = nothing_then_one(
        (vec![MonitoringCriterion::Delta], state),
        (vec![MonitoringCriterion::Threshold], power),
        "UpperThreshold",
    )
    .await;
    assert_eq!(first["monitoringCriteria"], json!(["DeltaMonitoring"]));
    assert_eq!(first["componentVariable"][0]["component"]["evse"]["id"], 1);
    assert_eq!(second["monitoringCriteria"], json!(["ThresholdMonitoring"]));
    assert_eq!(second["componentVariable"][0]["variable"]["name"], "Power");
}

#[tokio::test(start_paused = true)]
async fn tc_n_60_csms() {
    let both = |name: &str| vec![subject("ChargingStation", None, name), subject("EVSE", Some(1), name)];
    let [first, second] = nothing_then_one(
        (vec![MonitoringCriterion::Threshold], both("Power")),
        (vec![MonitoringCriterion::Delta], both("AvailabilityState")),
        "Delta",
    )
    .await;
    assert_eq!(first["componentVariable"].as_array().unwrap().len(), 2);
    assert_eq!(second["componentVariable"][1]["variable"]["name"], "AvailabilityState");
}

#[tokio::test(start_paused = true)]
async fn tc_n_47_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("GetMonitoringReport", Says::Result(json!({"status": "Accepted"})));
        let asked = ask(&yard, Vec::new(), Vec::new());
        let order = heard(&station, "GetMonitoringReport", 1).await;
        assert_eq!(order, json!({"requestId": 1}), "{version}: all of them");
        let request = &order["requestId"];
        tells(&station, request, 0, true, vec![row(&station, 1, "A", vec![monitor(1, "Delta")])]).await;
        let two = vec![monitor(2, "Periodic"), monitor(3, "LowerThreshold")];
        tells(&station, request, 1, false, vec![row(&station, 2, "B", two)]).await;
        let told = asked.await.unwrap().unwrap();
        assert_eq!(ids(&told), [1, 2, 3], "{version}");
        assert!(told.told_at.is_some() && told.report.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn parts_are_joined_in_whatever_order_they_come() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("GetMonitoringReport", Says::Result(json!({"status": "Accepted"})));
    let asked = ask(&yard, Vec::new(), Vec::new());
    let request = heard(&station, "GetMonitoringReport", 1).await["requestId"].clone();
    let part = |number: i64| vec![row(&station, 1, "A", vec![monitor(number, "Delta")])];
    // The last one first, one twice.
    tells(&station, &request, 2, false, part(3)).await;
    tells(&station, &request, 0, true, part(1)).await;
    tells(&station, &request, 0, true, part(1)).await;
    pass(1).await;
    assert!(
        ids(&known(&yard).await).is_empty(),
        "a report that is not complete takes no monitor away, nor adds one"
    );
    tells(&station, &request, 1, true, part(2)).await;
    assert_eq!(ids(&asked.await.unwrap().unwrap()), [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_report_that_stays_away_or_comes_late_has_a_defined_result() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("GetMonitoringReport", Says::Result(json!({"status": "Accepted"})));
    let before = yard.world.now();
    let told = ask(&yard, Vec::new(), Vec::new()).await.unwrap().unwrap();
    assert!(told.report.is_some(), "it is awaited");
    assert!(yard.world.now().duration_since(before).as_secs() <= 40);
    // It is taken over when it comes.
    let request = heard(&station, "GetMonitoringReport", 1).await["requestId"].clone();
    tells(&station, &request, 0, false, vec![row(&station, 1, "A", vec![monitor(1, "Delta")])]).await;
    assert_eq!(ids(&known(&yard).await), [1]);
    for (says, words) in [
        (Says::Error("NotImplemented"), "NotImplemented"),
        (Says::Result(json!({"status": "NotSupported"})), "cannot do this"),
        (Says::Result(json!({})), "cannot be understood"),
        (Says::Nothing, "no answer"),
        (Says::Late(Duration::from_secs(400), json!({"status": "Accepted"})), "no answer"),
    ] {
        station.says("GetMonitoringReport", says.clone());
        let error = ask(&yard, Vec::new(), Vec::new()).await.unwrap().unwrap_err();
        assert!(error.to_string().contains(words), "{says:?}: {error}");
        assert_eq!(ids(&known(&yard).await), [1], "what was known stays");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_at_all_means_that_there_are_none() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V21).await;
    let one = json!({"setMonitoringResult": [result(1, "Accepted", Some(5))]});
    station.says("SetVariableMonitoring", Says::Result(one));
    yard.diagnostics.set_monitors(&id("CS1"), vec![delta(1)], "ada").await.unwrap();
    station.says("GetMonitoringReport", Says::Result(json!({"status": "EmptyResultSet"})));
    let told = ask(&yard, vec![MonitoringCriterion::Periodic], Vec::new()).await.unwrap().unwrap();
    assert_eq!(ids(&told), [5], "no periodic ones");
    let told = ask(&yard, Vec::new(), Vec::new()).await.unwrap().unwrap();
    assert!(ids(&told).is_empty() && told.told_at.is_some(), "none");
}

/// N04.FR.19: after a restart the numbers may be others.
#[tokio::test(start_paused = true)]
async fn monitors_are_read_again_after_a_restart() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    let one = json!({"setMonitoringResult": [result(1, "Accepted", Some(5))]});
    station.says("SetVariableMonitoring", Says::Result(one));
    station.says("GetMonitoringReport", Says::Result(json!({"status": "Accepted"})));
    pass(20).await;
    yard.diagnostics.set_monitors(&id("CS1"), vec![delta(1)], "ada").await.unwrap();
    pass(20).await;
    assert!(station.orders("GetMonitoringReport").is_empty());
    station.boot().await;
    let request = heard(&station, "GetMonitoringReport", 1).await["requestId"].clone();
    let same = json!({"id": 71, "transaction": false, "value": 1, "type": "Delta", "severity": 8});
    let rows = vec![row(&station, 1, "AvailabilityState", vec![same, monitor(72, "Delta")])];
    tells(&station, &request, 0, false, rows).await;
    let known = known(&yard).await;
    assert_eq!(ids(&known), [71, 72], "5 is gone");
    let set_here: Vec<bool> = known.monitors.iter().map(|kept| kept.set_here).collect();
    assert_eq!(set_here, [true, false], "the same monitor under another number");
    let quiet = yard.world.connect("QUIET", Version::V201).await;
    pass(60).await;
    assert!(quiet.orders("GetMonitoringReport").is_empty(), "a station without monitors is left alone");
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_monitors_is_bounded() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    let rows: Vec<_> = (0..12_u32)
        .map(|evse| {
            row(
                &station,
                evse + 1,
                "A",
                (0..100).map(|n| monitor(i64::from(evse) * 100 + n, "Delta")).collect(),
            )
        })
        .collect();
    tells(&station, &json!(7), 0, false, rows).await;
    let known = known(&yard).await;
    assert_eq!((known.monitors.len(), known.left_out), (StationMonitors::MAX, 200));
    let _: &StationId = &known.station;
}
