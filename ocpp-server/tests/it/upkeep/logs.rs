//! Logs: ordered, uploaded once, kept for a while; the cases of N01.

use std::time::Duration;

use futures_util::stream;
use ocpp_core::model::{LogKind, LogStage};
use ocpp_core::types::Version;
use ocpp_server::domain::{LogState, StationLog};
use ocpp_server::maintenance::{LogForm, Seal, UpkeepError, UpkeepSettings, Upload, UploadRefused};
use serde_json::{Value, json};

use super::{BASE, Says, Station, VERSIONS, Yard, id, pass};

fn form(log: LogKind) -> LogForm {
    LogForm { log, from: None, until: None, retries: Some((2, 30)) }
}

async fn with_station(version: Version) -> (Yard, Station) {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS 1", version).await;
    station.says("GetLog", Says::Result(json!({"status": "Accepted", "filename": "log.gz"})));
    station.says("GetDiagnostics", Says::Result(json!({"fileName": "diag.zip"})));
    (yard, station)
}

impl Yard {
    async fn order(&self, log: LogKind) -> StationLog {
        self.upkeep().order_log(&id("CS 1"), &form(log), "anna").await.unwrap()
    }

    async fn log_now(&self, request: u32) -> StationLog {
        self.upkeep().log(&id("CS 1"), request).await.unwrap()
    }

    async fn upload(&self, location: &str, content: &'static [u8]) -> Result<StationLog, UploadRefused> {
        let rest = location.strip_prefix(&format!("{BASE}/files/logs/CS%201/")).unwrap();
        let (request, seal) = rest.split_once('/').unwrap();
        let upload = Upload {
            station: id("CS 1"),
            request: request.parse().unwrap(),
            seal: Seal::new(seal),
            file_name: Some("../../etc/log.gz".to_owned()),
        };
        let pieces: Vec<Result<&[u8], ()>> = content.chunks(4).map(Ok).collect();
        self.upkeep().take_log(&upload, stream::iter(pieces)).await
    }
}

fn location(order: &Value) -> String {
    let place = order.get("location").unwrap_or_else(|| &order["log"]["remoteLocation"]);
    place.as_str().unwrap().to_owned()
}

async fn tells(station: &Station, request: Option<u32>, stage: &str) {
    let (action, payload) = match request {
        Some(request) => ("LogStatusNotification", json!({"status": stage, "requestId": request})),
        None => ("DiagnosticsStatusNotification", json!({"status": stage})),
    };
    station.call(action, payload).await.unwrap();
}

/// Ordered, told, uploaded, and the file is here.
async fn succeeds(version: Version, kind: LogKind, action: &str) {
    let (yard, station) = with_station(version).await;
    let log = yard.order(kind).await;
    assert_eq!(log.state, LogState::Running, "{version}");
    let order = station.orders(action).pop().unwrap();
    let number = (action == "GetLog").then_some(log.request);
    assert_eq!(order.get("requestId").cloned(), number.map(Value::from));
    assert_eq!((order["retries"].clone(), order["retryInterval"].clone()), (json!(2), json!(30)));
    tells(&station, number, "Uploading").await;
    let here = yard.upload(&location(&order), b"some lines of a log").await.unwrap();
    assert_eq!(here.state, LogState::Here);
    tells(&station, number, "Uploaded").await;
    let log = yard.log_now(log.request).await;
    assert_eq!((log.state.clone(), log.stage), (LogState::Here, Some(LogStage::Uploaded)));
    assert_eq!(log.file_name.as_deref(), Some("log.gz"), "without the folders");
    let (_, path) = yard.upkeep().log_file(&id("CS 1"), log.request).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), b"some lines of a log");
    let file = log.file.unwrap();
    assert_eq!(file.size, 19);
}

#[tokio::test(start_paused = true)]
async fn tc_n_25_csms() {
    succeeds(Version::V201, LogKind::Diagnostics, "GetLog").await;
    succeeds(Version::V21, LogKind::Diagnostics, "GetLog").await;
    succeeds(Version::V16, LogKind::Diagnostics, "GetDiagnostics").await;
}

#[tokio::test(start_paused = true)]
async fn tc_n_35_csms() {
    for version in VERSIONS {
        succeeds(version, LogKind::Security, "GetLog").await;
    }
    succeeds(Version::V21, LogKind::DataCollector, "GetLog").await;
}

#[tokio::test(start_paused = true)]
async fn tc_n_34_csms() {
    for version in VERSIONS {
        let (yard, station) = with_station(version).await;
        station.says("GetLog", Says::Result(json!({"status": "Rejected"})));
        station.says("GetDiagnostics", Says::Result(json!({})));
        for kind in [LogKind::Diagnostics, LogKind::Security] {
            let log = yard.order(kind).await;
            let why = "the station has no such log".to_owned();
            assert_eq!(log.state, LogState::Failed { why }, "{version}");
        }
        yard.nothing_open().await;
    }
}

/// A second order while the first is being uploaded.
#[tokio::test(start_paused = true)]
async fn tc_n_36_csms() {
    let (yard, station) = with_station(Version::V201).await;
    let first = yard.order(LogKind::Diagnostics).await;
    tells(&station, Some(first.request), "Uploading").await;
    station.says("GetLog", Says::Result(json!({"status": "AcceptedCanceled", "filename": "log.gz"})));
    let second = yard.order(LogKind::Security).await;
    assert_eq!(yard.log_now(first.request).await.state, LogState::Superseded);
    tells(&station, Some(first.request), "AcceptedCanceled").await;
    tells(&station, Some(second.request), "Uploading").await;
    let order = station.orders("GetLog").pop().unwrap();
    yard.upload(&location(&order), b"x").await.unwrap();
    tells(&station, Some(second.request), "Uploaded").await;
    assert_eq!(yard.log_now(first.request).await.state, LogState::Superseded);
    assert_eq!(yard.log_now(second.request).await.state, LogState::Here);
}

#[tokio::test(start_paused = true)]
async fn an_address_takes_one_file_and_ends() {
    let (yard, station) = with_station(Version::V201).await;
    yard.order(LogKind::Diagnostics).await;
    let address = location(&station.orders("GetLog")[0]);
    let other = address.replacen("/1/", "/2/", 1);
    assert!(matches!(yard.upload(&other, b"x").await, Err(UploadRefused::BadAddress)));
    yard.upload(&address, b"first").await.unwrap();
    assert!(matches!(yard.upload(&address, b"second").await, Err(UploadRefused::Taken)));
    let (_, path) = yard.upkeep().log_file(&id("CS 1"), 1).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), b"first");

    yard.order(LogKind::Diagnostics).await;
    let address = location(&station.orders("GetLog")[1]);
    pass(3700).await;
    assert!(matches!(yard.upload(&address, b"late").await, Err(UploadRefused::BadAddress)));
    let why = "the file did not come in time".to_owned();
    assert_eq!(yard.log_now(2).await.state, LogState::Failed { why });
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_too_large_is_not_kept() {
    let settings = UpkeepSettings { max_log: 8, ..UpkeepSettings::default() };
    let yard = Yard::with(settings).await;
    let station = yard.world.connect("CS 1", Version::V201).await;
    station.says("GetLog", Says::Result(json!({"status": "Accepted"})));
    yard.order(LogKind::Diagnostics).await;
    let address = location(&station.orders("GetLog")[0]);
    assert!(matches!(yard.upload(&address, b"nine bytes").await, Err(UploadRefused::TooLarge(8))));
    assert_eq!(std::fs::read_dir(yard.directory.path()).unwrap().count(), 0);
    assert!(yard.upload(&address, b"8 bytes!").await.is_ok(), "the station may try again");
}

#[tokio::test(start_paused = true)]
async fn a_file_is_removed_when_its_time_is_over() {
    let settings = UpkeepSettings { keep_logs: Duration::from_secs(86_400), ..UpkeepSettings::default() };
    let yard = Yard::with(settings).await;
    let station = yard.world.connect("CS 1", Version::V201).await;
    station.says("GetLog", Says::Result(json!({"status": "Accepted"})));
    yard.order(LogKind::Diagnostics).await;
    yard.upload(&location(&station.orders("GetLog")[0]), b"x").await.unwrap();
    pass(80_000).await;
    yard.restart().await;
    assert_eq!(yard.log_now(1).await.state, LogState::Here);
    pass(7000).await;
    assert_eq!(yard.log_now(1).await.state, LogState::Removed);
    assert_eq!(std::fs::read_dir(yard.directory.path()).unwrap().count(), 0);
    let gone = yard.upkeep().log_file(&id("CS 1"), 1).await;
    assert!(matches!(gone, Err(UpkeepError::Forbidden(_))));
    yard.nothing_open().await;
}

#[tokio::test(start_paused = true)]
async fn bad_answers_have_defined_results() {
    let (yard, station) = with_station(Version::V201).await;
    station.says("GetLog", Says::Error("InternalError"));
    let log = yard.order(LogKind::Diagnostics).await;
    let LogState::Failed { why } = &log.state else { panic!("{log:?}") };
    assert!(why.contains("InternalError"), "{why}");
    station.says("GetLog", Says::Nothing);
    let log = yard.order(LogKind::Diagnostics).await;
    assert_eq!(log.state, LogState::Sent, "it may be at it");
    let order = station.orders("GetLog").pop().unwrap();
    yard.upload(&location(&order), b"x").await.unwrap();
    assert_eq!(yard.log_now(log.request).await.state, LogState::Here);
    station.hang_up();
    pass(5).await;
    let away = yard.upkeep().order_log(&id("CS 1"), &form(LogKind::Security), "anna").await;
    assert_eq!(away, Err(UpkeepError::NotConnected));
}

#[tokio::test(start_paused = true)]
async fn word_of_an_upload_that_went_elsewhere_is_doubted() {
    let (yard, station) = with_station(Version::V201).await;
    let log = yard.order(LogKind::Diagnostics).await;
    tells(&station, Some(log.request), "Uploading").await;
    tells(&station, Some(log.request), "Uploaded").await;
    assert_eq!(yard.log_now(log.request).await.state, LogState::Missing);
    pass(3700).await;
    let LogState::Failed { why } = yard.log_now(log.request).await.state else { panic!() };
    assert_eq!(why, "the station says that it was uploaded, and nothing has come here");
    let log = yard.order(LogKind::Diagnostics).await;
    tells(&station, Some(log.request), "PermissionDenied").await;
    let why = "the upload was not allowed".to_owned();
    assert_eq!(yard.log_now(log.request).await.state, LogState::Failed { why });
}
