//! What the message log costs for each frame, and how long a search takes.
//!
//! `cargo bench -p ocpp-server --bench message_log` first prints the processor time of the whole process for each
//! frame (noting, writing thread and system), which is what counts for the server, and how long searches take;
//! divan's own figures are the time that the one who notes is held up.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench stops by panicking, and prints its figures"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use divan::Bencher;
use divan::counter::ItemsCount;
use jiff::Timestamp;
use ocpp_core::model::StationId;
use ocpp_server::message_log::{MessageLog, PseudonymKey, Query, Settings, Way};

fn main() {
    cpu_of_each_frame();
    search_in_a_gigabyte();
    divan::main();
}

/// A reading of 1.6 with two values, about 300 bytes.
fn meter_values(number: u64) -> String {
    format!(
        concat!(
            r#"[2,"{:08}-3f2a","MeterValues",{{"connectorId":1,"transactionId":4711,"meterValue":[{{"timestamp":"2026-11-25T01:43:53Z","#,
            r#""sampledValue":[{{"value":"{}","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"}},"#,
            r#"{{"value":"11034.5","measurand":"Power.Active.Import","unit":"W"}}]}}]}}]"#
        ),
        number,
        1_000_000 + number
    )
}

/// A report of 2.x with a token and 24 values, about 3,000 bytes.
fn transaction_event(number: u64) -> String {
    let value = concat!(
        r#"{"value":2301.5,"context":"Sample.Periodic","measurand":"Voltage","phase":"L1-N","location":"Outlet","#,
        r#""unitOfMeasure":{"unit":"V"}}"#
    );
    format!(
        concat!(
            r#"[2,"{:08}-3f2a","TransactionEvent",{{"eventType":"Updated","timestamp":"2026-11-25T01:43:53.000Z","#,
            r#""triggerReason":"MeterValuePeriodic","seqNo":{},"transactionInfo":{{"transactionId":"tx-4711","#,
            r#""chargingState":"Charging"}},"idToken":{{"idToken":"04E8A1B2{:02}","type":"ISO14443"}},"evse":{{"id":1,"connectorId":1}},"#,
            r#""meterValue":[{{"timestamp":"2026-11-25T01:43:53.000Z","sampledValue":[{}]}}]}}]"#
        ),
        number,
        number,
        number % 100,
        [value; 22].join(",")
    )
}

fn open(directory: &Path) -> MessageLog {
    let settings = Settings {
        queue_bytes: 256 << 20,
        max_bytes: 8 << 30,
        ..Settings::new(PseudonymKey::derive(b"a key for benches"))
    };
    MessageLog::open(directory, settings).expect("a log")
}

fn stations() -> Vec<StationId> {
    (0..1000).map(|number| StationId::new(&format!("CS-{number:04}")).expect("an id")).collect()
}

/// Processor time of this process, in all its threads and in the system for it.
fn cpu() -> Duration {
    let ticks = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = ticks.rsplit_once(')').map_or("", |(_, behind)| behind);
    let fields: Vec<u64> =
        behind.split(' ').skip(12).take(2).filter_map(|field| field.parse().ok()).collect();
    Duration::from_millis(fields.iter().sum::<u64>() * 10)
}

fn cpu_of_each_frame() {
    type Kind = (&'static str, fn(u64) -> String, u64, u64);
    // The last number says after how many thousand frames the writer has to catch up: about 1 MB.
    let kinds: [Kind; 2] =
        [("MeterValues", meter_values, 2_000_000, 3), ("TransactionEvent", transaction_event, 400_000, 1)];
    for (name, make, count, every) in kinds {
        let directory = tempfile::tempdir().expect("a directory");
        let log = open(directory.path());
        let stations = stations();
        let frames: Vec<String> = (0..1000).map(make).collect();
        let bytes = frames[0].len();
        let mut noting = Duration::ZERO;
        let before = cpu();
        // As fast as the writer goes, so that nothing is dropped.
        for round in 0..count / 1000 {
            let start = Instant::now();
            for (station, frame) in stations.iter().zip(&frames) {
                log.note(station, Timestamp::UNIX_EPOCH, Way::FromStation, frame);
            }
            noting += start.elapsed();
            if round.is_multiple_of(every) {
                log.flush();
            }
        }
        log.flush();
        let all = (cpu() - before).as_nanos() / u128::from(count);
        let counts = log.counts();
        assert_eq!((counts.written, counts.dropped), (count, 0));
        println!(
            "{name} of {bytes} bytes: {all} ns of CPU a frame, {} ns of time in note()",
            noting.as_nanos() / u128::from(count)
        );
    }
}

fn search_in_a_gigabyte() {
    let directory = tempfile::tempdir().expect("a directory");
    let log = open(directory.path());
    let stations = stations();
    let rare = StationId::new("CS-RARE").expect("an id");
    let mut round = 0_u64;
    while log.counts().written_bytes < 1 << 30 {
        for station in &stations {
            log.note(station, Timestamp::now(), Way::FromStation, &meter_values(round));
        }
        if round.is_multiple_of(20) {
            log.note(&rare, Timestamp::now(), Way::FromStation, &meter_values(round));
        }
        round += 1;
        log.flush();
    }
    for (what, query) in [
        (
            "last 100 frames of a busy station",
            Query { station: Some(stations[500].clone()), ..Query::default() },
        ),
        ("last 100 frames of a rare station", Query { station: Some(rare), ..Query::default() }),
        ("last 100 frames of any", Query::default()),
        (
            "a text that is nowhere (first 256 MiB)",
            Query { text: Some("nowhere".to_owned()), ..Query::default() },
        ),
    ] {
        let start = Instant::now();
        let found = log.search(&query).expect("a search");
        println!("1 GiB of log: {what}: {} lines in {:?}", found.lines.len(), start.elapsed());
    }
}

#[divan::bench(args = ["MeterValues", "TransactionEvent"])]
fn note(bencher: Bencher<'_, '_>, kind: &str) {
    let directory = tempfile::tempdir().expect("a directory");
    let log = open(directory.path());
    let station = StationId::new("CS-0001").expect("an id");
    let frame = if kind == "MeterValues" { meter_values(1) } else { transaction_event(1) };
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| log.note(&station, Timestamp::UNIX_EPOCH, Way::FromStation, &frame));
}
