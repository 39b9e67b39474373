//! How long a report on settings takes until it is kept: `cargo bench -p ocpp-server --bench device`.
//!
//! From the text of `NotifyReport` to the commit in SQLite at synchronous FULL, on the disk of the temporary
//! directory: 5,000 variables in one message, and the same in a hundred. That is to stay below 200 ms.
#![allow(clippy::expect_used, reason = "a benchmark reports by panicking")]

use std::sync::Arc;

use divan::Bencher;
use jiff::Timestamp;
use ocpp_core::dialect::{self, Manager};
use ocpp_core::model::{
    AttributeKind, Characteristics, DeviceReport, Fact, Mutability, Place, ReportedAttribute,
    ReportedSetting, Setting, StationId,
};
use ocpp_core::types::Version;
use ocpp_server::bus::Bus;
use ocpp_server::domain::{Connection, Station};
use ocpp_server::handle::{AcceptBoots, EveryToken, Handler, Hooks, NoAuthority, StationState, SystemClock};
use ocpp_server::pricing::Free;
use ocpp_server::store::{Change, Commit, Sqlite, Unit};
use tempfile::TempDir;

const VARIABLES: u32 = 5_000;

fn main() {
    divan::main();
}

/// Variables of a station with many EVSEs: ten for each connector.
fn setting(number: u32) -> ReportedSetting {
    let attribute = ReportedAttribute {
        kind: AttributeKind::Actual,
        value: Some(number.to_string().into()),
        mutability: Mutability::ReadWrite,
        persistent: true,
        constant: false,
    };
    ReportedSetting {
        setting: Setting::Variable {
            component: "Connector".into(),
            component_instance: None,
            place: Some(Place::of(number / 10 + 1, Some(1))),
            variable: format!("VendorVariable{}", number % 10).into(),
            variable_instance: None,
        },
        attributes: vec![attribute],
        characteristics: Some(Characteristics {
            data_type: "integer".into(),
            unit: Some("A".into()),
            min_limit: Some(0.into()),
            max_limit: Some(10_000.into()),
            max_elements: None,
            values: None,
            monitored: false,
        }),
    }
}

/// A report in so many messages, as a station says it.
fn texts(request: i32, parts: u32) -> Vec<String> {
    let each = VARIABLES / parts;
    let mut station = dialect::Station::new(Version::V201, dialect::Memory::default());
    let text = |seq: u32| {
        let report = DeviceReport {
            request,
            seq,
            more: seq + 1 < parts,
            at: Timestamp::UNIX_EPOCH,
            settings: (seq * each..(seq + 1) * each).map(setting).collect(),
        };
        let said = station.say(&Fact::Report(report)).expect("it can be said").expect("it is said");
        said.payload
    };
    (0..parts).map(text).collect()
}

struct Bench {
    runtime: tokio::runtime::Runtime,
    handler: Handler,
    state: StationState,
    dialect: Manager,
    _directory: TempDir,
}

impl Bench {
    fn new() -> Bench {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let directory = tempfile::tempdir().expect("a directory");
        let (handler, state) = runtime.block_on(async {
            let store = Arc::new(Sqlite::open(&directory.path().join("ocpp.db")).expect("a database"));
            let id = StationId::new("CS1").expect("an identity");
            let station = Station {
                id: id.clone(),
                revision: Default::default(),
                epoch: Default::default(),
                version: Version::V201,
                connection: Connection::Offline { since: Timestamp::UNIX_EPOCH },
                first_seen: Timestamp::UNIX_EPOCH,
                last_seen: Timestamp::UNIX_EPOCH,
                boot: None,
                booted_at: None,
                registration: None,
            };
            let unit = Unit { changes: vec![Change::Station(station)], ..Unit::default() };
            store.commit(unit).await.expect("it is kept");
            let hooks = Hooks {
                authorizer: Arc::new(EveryToken),
                pricing: Arc::new(Free),
                boots: Arc::new(AcceptBoots),
                authority: Arc::new(NoAuthority),
            };
            let handler =
                Handler::new(store.clone(), hooks, Arc::new(SystemClock), Bus::default(), 300).await;
            let state = StationState::load(&*store, &id).await.expect("the store can be read");
            (handler.expect("the store can be read"), state.expect("the station is kept"))
        });
        Bench { runtime, handler, state, dialect: Manager::new(Version::V201), _directory: directory }
    }

    fn keep(&mut self, texts: &[String]) {
        for text in texts {
            let heard = self.dialect.hear("NotifyReport", text).expect("it is understood");
            let kept = self.runtime.block_on(self.handler.handle(&mut self.state, "", &heard.meaning));
            kept.expect("it is kept");
        }
    }
}

/// The first report of a station.
#[divan::bench(args = [1, 100], sample_count = 20, sample_size = 1)]
fn first_report(bencher: Bencher<'_, '_>, parts: u32) {
    let texts = texts(1, parts);
    bencher.with_inputs(Bench::new).bench_local_refs(|bench| bench.keep(&texts));
}

/// Another report of a station whose settings are all known.
#[divan::bench(args = [1, 100], sample_count = 20, sample_size = 1)]
fn next_report(bencher: Bencher<'_, '_>, parts: u32) {
    let mut bench = Bench::new();
    bench.keep(&texts(0, parts));
    let mut request = 0;
    bencher
        .with_inputs(|| {
            request += 1;
            texts(request, parts)
        })
        .bench_local_refs(|texts| bench.keep(texts));
}
