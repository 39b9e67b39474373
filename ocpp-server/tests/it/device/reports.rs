//! Reports in pieces: in any order, with parts that are missing, late, repeated, or that nobody asked for.

use ocpp_core::model::ReportKind;
use ocpp_core::types::Version;
use ocpp_server::catalogue::{Difference, Remark};
use ocpp_server::domain::{Learnt, ReportScope, ReportState, StationDevice};
use ocpp_server::maintenance::{Ask, DeviceError, SettingFilter};
use ocpp_server::store::Page;
use serde_json::{Value, json};

use super::{Settings, TWO, with_settings};
use crate::world::station::{Says, Station};
use crate::world::{id, pass};

/// A variable as a station reports it.
pub(super) fn row(component: &str, variable: &str, value: &str) -> Value {
    json!({
        "component": {"name": component}, "variable": {"name": variable},
        "variableAttribute": [{"value": value, "mutability": "ReadWrite", "persistent": true, "constant": false}],
        "variableCharacteristics": {"dataType": "string", "supportsMonitoring": false}
    })
}

/// A part of a report.
pub(super) async fn part(station: &Station, request: &Value, seq: u32, more: bool, rows: Vec<Value>) {
    let mut payload = json!({"requestId": request, "seqNo": seq, "tbc": more, "generatedAt": station.now()});
    if !rows.is_empty() {
        payload["reportData"] = json!(rows);
    }
    assert_eq!(station.call("NotifyReport", payload).await, Ok(json!({})));
}

impl Settings {
    async fn names(&self, station: &str) -> Vec<(String, Option<String>)> {
        let page = Page { after: None, limit: 1000 };
        let rows = self.devices.settings(&id(station), &SettingFilter::default(), page).await.unwrap();
        let there = rows.into_iter().filter(|row| !row.is_gone);
        there.map(|row| (row.name, row.known.reported.actual().map(str::to_owned))).collect()
    }

    /// A report that the station is asked for, with its number.
    async fn asked(&self, station: &Station, kind: ReportKind) -> (u64, Value) {
        station.says("GetBaseReport", Says::Result(json!({"status": "Accepted"})));
        let report = self.devices.ask(&id(&station.name), Ask::Base(kind), "test").await.unwrap();
        assert_eq!(report.state, ReportState::Awaited);
        (report.number, station.orders("GetBaseReport").pop().unwrap()["requestId"].clone())
    }

    async fn state(&self, station: &str, number: u64) -> (ReportState, Vec<u32>, u32) {
        let reports = self.devices.reports(&id(station)).await.unwrap();
        let report = reports.into_iter().find(|report| report.number == number).unwrap();
        (report.state.clone(), report.missing(), report.settings)
    }
}

fn named(names: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
    names.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned()))).collect()
}

#[tokio::test(start_paused = true)]
async fn parts_are_kept_in_any_order_and_missing_ones_are_told() {
    for version in TWO {
        let it = Settings::new().await;
        let station = it.world.connect("CS", version).await;
        let (number, request) = it.asked(&station, ReportKind::Full).await;
        part(&station, &request, 2, false, vec![row("C", "Three", "3")]).await;
        assert_eq!(it.state("CS", number).await, (ReportState::Arriving, vec![0, 1], 1), "{version}");
        part(&station, &request, 0, true, vec![row("A", "One", "1"), row("A", "Two", "2")]).await;
        part(&station, &request, 0, true, vec![row("A", "One", "1"), row("A", "Two", "2")]).await;
        assert_eq!(
            it.state("CS", number).await,
            (ReportState::Arriving, vec![1], 3),
            "repeated parts count once"
        );
        assert_eq!(it.names("CS").await, named(&[("A.One", "1"), ("A.Two", "2"), ("C.Three", "3")]));
        part(&station, &request, 1, true, vec![]).await;
        let (state, missing, settings) = it.state("CS", number).await;
        assert!(matches!(state, ReportState::Complete { .. }), "{state:?}");
        assert_eq!((missing, settings), (vec![], 3));
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_full_report_leaves_out_is_gone() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V201).await;
    let (_, request) = it.asked(&station, ReportKind::Full).await;
    part(&station, &request, 0, false, vec![row("A", "Old", "1"), row("A", "Stays", "1")]).await;
    pass(10).await;
    let (_, request) = it.asked(&station, ReportKind::Configuration).await;
    part(&station, &request, 0, false, vec![row("A", "Stays", "2")]).await;
    assert_eq!(it.names("CS").await.len(), 2, "that was not all of it");
    pass(10).await;
    let (_, request) = it.asked(&station, ReportKind::Full).await;
    part(&station, &request, 0, false, vec![row("A", "Stays", "3")]).await;
    assert_eq!(it.names("CS").await, named(&[("A.Stays", "3")]));
    let page = Page { after: None, limit: 10 };
    let rows = it.devices.settings(&id("CS"), &SettingFilter::default(), page).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| (row.name.as_str(), row.is_gone)).collect::<Vec<_>>(),
        [("A.Old", true), ("A.Stays", false)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_report_that_stops_is_given_up_and_goes_on_when_it_comes() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V21).await;
    let (number, request) = it.asked(&station, ReportKind::Full).await;
    part(&station, &request, 0, true, vec![row("A", "One", "1")]).await;
    pass(100).await;
    part(&station, &request, 1, true, vec![row("A", "Two", "2")]).await;
    pass(100).await;
    assert_eq!(it.state("CS", number).await.0, ReportState::Arriving, "something came in between");
    pass(30).await;
    let (state, _, settings) = it.state("CS", number).await;
    assert!(matches!(state, ReportState::Abandoned { .. }), "{state:?}");
    assert_eq!(settings, 2);
    assert_eq!(it.names("CS").await, named(&[("A.One", "1"), ("A.Two", "2")]), "what came is kept");
    part(&station, &request, 2, false, vec![row("A", "Three", "3")]).await;
    let (state, _, settings) = it.state("CS", number).await;
    assert!(matches!(state, ReportState::Complete { .. }), "{state:?}");
    assert_eq!(settings, 3);
}

#[tokio::test(start_paused = true)]
async fn a_report_that_never_comes_is_told_and_outlives_the_manager() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V201).await;
    let (number, _) = it.asked(&station, ReportKind::Summary).await;
    it.world.kill();
    it.world.start().await;
    let devices = ocpp_server::maintenance::DeviceModels::new(it.world.csms());
    let run = devices.clone();
    tokio::spawn(async move { run.run(tokio_util::sync::CancellationToken::new()).await });
    pass(200).await;
    let reports = devices.reports(&id("CS")).await.unwrap();
    assert_eq!(reports[0].number, number);
    assert!(matches!(reports[0].state, ReportState::Abandoned { .. }), "{:?}", reports[0].state);
}

#[tokio::test(start_paused = true)]
async fn what_the_station_says_at_once_is_the_state() {
    for (status, state) in [
        ("EmptyResultSet", ReportState::Empty),
        ("Rejected", ReportState::Refused { why: "rejected".to_owned() }),
        ("NotSupported", ReportState::Refused { why: "the station cannot do this".to_owned() }),
    ] {
        let it = Settings::new().await;
        let station = it.world.connect("CS", Version::V201).await;
        station.says("GetBaseReport", Says::Result(json!({ "status": status })));
        let report = it.devices.ask(&id("CS"), Ask::Base(ReportKind::Full), "test").await.unwrap();
        assert_eq!(report.state, state);
    }
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V201).await;
    station.says("GetBaseReport", Says::Error("NotImplemented"));
    let report = it.devices.ask(&id("CS"), Ask::Base(ReportKind::Full), "test").await.unwrap();
    assert!(matches!(&report.state, ReportState::Refused { why } if why.contains("NotImplemented")));
    station.says("GetBaseReport", Says::Result(json!({"status": 7})));
    let report = it.devices.ask(&id("CS"), Ask::Base(ReportKind::Full), "test").await.unwrap();
    assert_eq!(report.state, ReportState::Awaited, "nobody knows: it may come");
    let nobody = it.devices.ask(&id("NOBODY"), Ask::Base(ReportKind::Full), "test").await;
    assert_eq!(nobody, Err(DeviceError::NotConnected));
}

#[tokio::test(start_paused = true)]
async fn reports_that_nobody_asked_for_are_kept_and_bounded() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V201).await;
    for request in 0..30 {
        part(&station, &json!(request - 3), 0, false, vec![row("A", "One", &request.to_string())]).await;
        pass(1).await;
    }
    let reports = it.devices.reports(&id("CS")).await.unwrap();
    assert_eq!(reports.len(), 20);
    assert!(reports.iter().all(|report| report.scope == ReportScope::Unasked));
    assert_eq!((reports[0].request, reports[0].number), (Some(26), 30));
    assert_eq!(it.world.stored(ocpp_server::domain::RecordKind::StationReport).await.len(), 20);
    assert_eq!(it.names("CS").await, named(&[("A.One", "29")]));
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_settings_is_bounded_and_told() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V201).await;
    let (number, request) = it.asked(&station, ReportKind::Configuration).await;
    for seq in 0..11 {
        let rows = (0..2_000).map(|at| row("Flood", &format!("V{seq}-{at}"), "")).collect();
        part(&station, &request, seq, seq < 10, rows).await;
    }
    let device = it.devices.device(&id("CS")).await.unwrap().unwrap();
    assert_eq!(device.settings, StationDevice::MAX_SETTINGS);
    let reports = it.devices.reports(&id("CS")).await.unwrap();
    let report = reports.iter().find(|report| report.number == number).unwrap();
    assert_eq!((report.settings, report.left_out), (22_000, 2_000));
}

#[tokio::test(start_paused = true)]
async fn the_keys_of_1_6_are_a_report() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V16).await;
    let device = with_settings(&station, &[("HeartbeatInterval", "300"), ("VendorKey", "x")]);
    device.lock().unwrap().refuses.insert("VendorKey".to_owned());
    let report = it.devices.ask(&id("CS"), Ask::Base(ReportKind::Full), "test").await.unwrap();
    assert!(matches!(report.state, ReportState::Complete { .. }));
    assert_eq!((report.settings, report.request), (2, None));
    let page = Page { after: None, limit: 10 };
    let rows = it.devices.settings(&id("CS"), &SettingFilter::default(), page).await.unwrap();
    let told: Vec<_> = rows.iter().map(|row| (&*row.name, row.is_writable(), row.known.learnt)).collect();
    assert_eq!(told, [("HeartbeatInterval", true, Learnt::Reported), ("VendorKey", false, Learnt::Reported)]);
    let chosen = Ask::Chosen { criteria: vec![], settings: vec![] };
    let chosen = it.devices.ask(&id("CS"), chosen, "test").await;
    assert!(matches!(chosen, Err(DeviceError::Invalid { .. })));
}

#[tokio::test(start_paused = true)]
async fn settings_are_searched_page_by_page() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V201).await;
    let rows = vec![
        row("OCPPCommCtrlr", "HeartbeatInterval", "300"),
        row("SampledDataCtrlr", "TxUpdatedInterval", "60"),
        row("VendorCtrlr", "Zzz", "1"),
    ];
    part(&station, &json!(1), 0, false, rows).await;
    let list = async |filter: SettingFilter, after: Option<&str>, limit| -> Vec<String> {
        let page = Page { after: after.map(str::to_owned), limit };
        let rows = it.devices.settings(&id("CS"), &filter, page).await.unwrap();
        rows.into_iter().map(|row| row.name).collect()
    };
    let all = SettingFilter::default;
    assert_eq!(
        list(all(), None, 2).await,
        ["OCPPCommCtrlr.HeartbeatInterval", "SampledDataCtrlr.TxUpdatedInterval"]
    );
    assert_eq!(list(all(), Some("SampledDataCtrlr.TxUpdatedInterval"), 2).await, ["VendorCtrlr.Zzz"]);
    let text = |text: &str| SettingFilter { text: Some(text.to_owned()), ..all() };
    assert_eq!(list(text("heartbeat"), None, 9).await, ["OCPPCommCtrlr.HeartbeatInterval"]);
    let component = SettingFilter { component: Some("vendorctrlr".to_owned()), ..all() };
    assert_eq!(list(component, None, 9).await, ["VendorCtrlr.Zzz"]);
    let read_only = SettingFilter { writable: Some(false), ..all() };
    assert!(list(read_only, None, 9).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_station_is_reviewed_and_compared() {
    let it = Settings::new().await;
    let station = it.world.connect("NEW", Version::V201).await;
    assert!(
        matches!(it.devices.review(&id("NEW")).await, Err(DeviceError::Unknown { .. })),
        "nothing is known"
    );
    let (_, request) = it.asked(&station, ReportKind::Full).await;
    let rows = vec![
        row("OCPPCommCtrlr", "HeartbeatInterval", "often"),
        row("SampledDataCtrlr", "TxUpdatedInterval", "60"),
    ];
    part(&station, &request, 0, false, rows).await;
    let remarks = it.devices.review(&id("NEW")).await.unwrap();
    assert!(remarks.iter().any(|remark| matches!(remark, Remark::Value { .. })), "{remarks:?}");
    assert!(remarks.iter().any(|remark| matches!(remark, Remark::MissingComponent { .. })));

    let old = it.world.connect("OLD", Version::V16).await;
    with_settings(&old, &[("MeterValueSampleInterval", "30")]);
    it.devices.ask(&id("OLD"), Ask::Base(ReportKind::Full), "test").await.unwrap();
    let differences = it.devices.compare(&id("OLD"), &id("NEW")).await.unwrap();
    assert!(
        differences.iter().any(|difference| matches!(difference,
            Difference::Value { left, right, .. } if (&**left, &**right) == ("30", "60"))),
        "{differences:?}"
    );
    assert!(matches!(it.devices.compare(&id("OLD"), &id("NOBODY")).await, Err(DeviceError::Unknown { .. })));
}
