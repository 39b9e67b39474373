//! Reading and writing messages, beside bare `serde_json` derives of the same shape.
//!
//! ```sh
//! cargo bench -p ocpp-core --all-features
//! ```
//!
//! `ours` goes through [`inbound::read`] and [`inbound::write`], which check every limit, keep what is unknown,
//! and parse times and numbers; `bare` goes through `serde_json` into structs with a `String` for each text and
//! each time and an `f64` for each number, which check nothing and drop what they do not know. The results are in
//! `docs/performance.md`.

#![allow(missing_docs, clippy::unwrap_used, clippy::upper_case_acronyms)]

#[path = "messages/bare.rs"]
mod bare;
#[path = "messages/samples.rs"]
mod samples;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use ocpp_core::inbound::Policy;
use ocpp_core::message::Message;
use ocpp_core::types::Version;
use ocpp_core::{inbound, v201};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn main() {
    same_shape::<v201::BootNotificationRequest, bare::BootNotification>(&samples::boot_notification());
    same_shape::<v201::MeterValuesRequest, bare::MeterValues>(&samples::meter_values());
    same_shape::<v201::TransactionEventRequest, bare::TransactionEvent>(&samples::transaction_event());
    same_shape::<v201::NotifyReportRequest, bare::NotifyReport>(&samples::notify_report());
    divan::main();
}

/// Both sides have to read the whole message: they write it back alike, and without a finding.
fn same_shape<T: Message, B: Serialize + DeserializeOwned>(json: &str) {
    let ours = inbound::read::<T>(json).unwrap();
    assert_eq!((ours.findings.len(), inbound::write(&ours.value).as_str()), (0, json));
    let bare: B = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&bare).unwrap(), json);
}

fn read_ours<T: Message>(bencher: Bencher<'_, '_>, json: &str) {
    bencher
        .counter(BytesCount::of_str(json))
        .bench_local(|| inbound::read::<T>(black_box(json)).map(|read| read.value));
}

/// Every habit is tolerated, and the rules of the specification's text are looked at, too.
const EVERYTHING: Policy = Policy::of(Version::V201);

fn read_text_rules<T: Message>(bencher: Bencher<'_, '_>, json: &str) {
    bencher
        .counter(BytesCount::of_str(json))
        .bench_local(|| inbound::read_by::<T>(black_box(json), EVERYTHING).map(|read| read.value));
}

fn read_bare<T: DeserializeOwned>(bencher: Bencher<'_, '_>, json: &str) {
    bencher.counter(BytesCount::of_str(json)).bench_local(|| serde_json::from_str::<T>(black_box(json)));
}

fn write_ours<T: Message>(bencher: Bencher<'_, '_>, json: &str) {
    let value = inbound::read::<T>(json).unwrap().value;
    bencher.counter(BytesCount::of_str(json)).bench_local(|| inbound::write(black_box(&value)));
}

fn write_bare<T: Serialize + DeserializeOwned>(bencher: Bencher<'_, '_>, json: &str) {
    let value: T = serde_json::from_str(json).unwrap();
    bencher.counter(BytesCount::of_str(json)).bench_local(|| serde_json::to_string(black_box(&value)));
}

macro_rules! benches {
    ($( $name:ident: $ours:ty, $bare:ty; )*) => {$(
        mod $name {
            use super::*;

            #[divan::bench(sample_count = 1500, sample_size = 10)]
            fn read_ours(bencher: Bencher<'_, '_>) {
                super::read_ours::<$ours>(bencher, &samples::$name());
            }

            #[divan::bench(sample_count = 1500, sample_size = 10)]
            fn read_text_rules(bencher: Bencher<'_, '_>) {
                super::read_text_rules::<$ours>(bencher, &samples::$name());
            }

            #[divan::bench(sample_count = 1500, sample_size = 10)]
            fn read_bare(bencher: Bencher<'_, '_>) {
                super::read_bare::<$bare>(bencher, &samples::$name());
            }

            #[divan::bench(sample_count = 1500, sample_size = 10)]
            fn write_ours(bencher: Bencher<'_, '_>) {
                super::write_ours::<$ours>(bencher, &samples::$name());
            }

            #[divan::bench(sample_count = 1500, sample_size = 10)]
            fn write_bare(bencher: Bencher<'_, '_>) {
                super::write_bare::<$bare>(bencher, &samples::$name());
            }
        }
    )*};
}

benches! {
    boot_notification: v201::BootNotificationRequest, bare::BootNotification;
    meter_values: v201::MeterValuesRequest, bare::MeterValues;
    transaction_event: v201::TransactionEventRequest, bare::TransactionEvent;
    notify_report: v201::NotifyReportRequest, bare::NotifyReport;
}
