//! The server's own figures, in the text format of Prometheus.
//!
//! A figure is an atomic number at a fixed place, so that counting costs some nanoseconds, takes no lock, and the memory
//! is the same however long nobody asks. (The exporter of the `metrics` crate keeps each sample of a histogram until
//! somebody does.) What stands in labels is bounded: actions that no specification has, and names beyond the first
//! hundred, are counted as `other`.
//!
//! ```
//! use std::time::Duration;
//! use ocpp_core::types::Version;
//! use ocpp_server::metrics::{Caller, Metrics, Outcome};
//!
//! let metrics = Metrics::new();
//! metrics.connection_opened(Version::V16);
//! metrics.call(Caller::Station, "Heartbeat", Outcome::Answered, Duration::from_millis(3));
//! let text = metrics.render();
//! assert!(text.contains("ocpp_connections{version=\"1.6\"} 1\n"));
//! assert!(text.contains("ocpp_calls_total{by=\"station\",action=\"Heartbeat\",outcome=\"answered\"} 1\n"));
//! ```

mod figures;
mod text;

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ocpp_core::types::Version;
use ocpp_core::{v16, v21, v201};

use crate::message_log::MessageLog;
use figures::{Gauge, Histogram};
use text::Page;

/// Who called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// The station called the manager.
    Station,
    /// The manager called the station.
    Manager,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With a CALLRESULT.
    Answered,
    /// With a CALLERROR.
    Refused,
    /// Without an answer in time.
    TimedOut,
    /// The connection ended before it was answered, or before it was sent.
    Dropped,
}

/// How a handshake ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handshake {
    /// The station is connected.
    Accepted,
    /// The connection was completed and closed: no version in common.
    NoVersion,
    /// 401: the password is wrong or missing.
    Unauthorized,
    /// 404: nobody knows the station.
    Unknown,
    /// 400: it was no handshake.
    Malformed,
    /// It took too long.
    TooSlow,
    /// 429 or 503: too many connections.
    TooMany,
    /// 503: the store fails.
    StoreFails,
}

/// Labels with few values: `ALL` and `label` of each.
trait Label: Copy + PartialEq + 'static {
    const ALL: &'static [(Self, &'static str)];

    fn index(self) -> usize {
        Self::ALL.iter().position(|(value, _)| *value == self).unwrap_or(0)
    }
}

impl Label for Caller {
    const ALL: &'static [(Caller, &'static str)] =
        &[(Caller::Station, "station"), (Caller::Manager, "manager")];
}

impl Label for Outcome {
    const ALL: &'static [(Outcome, &'static str)] = &[
        (Outcome::Answered, "answered"),
        (Outcome::Refused, "refused"),
        (Outcome::TimedOut, "timed_out"),
        (Outcome::Dropped, "dropped"),
    ];
}

impl Label for Handshake {
    const ALL: &'static [(Handshake, &'static str)] = &[
        (Handshake::Accepted, "accepted"),
        (Handshake::NoVersion, "no_version"),
        (Handshake::Unauthorized, "unauthorized"),
        (Handshake::Unknown, "unknown"),
        (Handshake::Malformed, "malformed"),
        (Handshake::TooSlow, "too_slow"),
        (Handshake::TooMany, "too_many"),
        (Handshake::StoreFails, "store_fails"),
    ];
}

impl Label for Version {
    const ALL: &'static [(Version, &'static str)] =
        &[(Version::V16, "1.6"), (Version::V201, "2.0.1"), (Version::V21, "2.1")];
}

/// The calls of one action by one caller.
#[derive(Default)]
struct Calls {
    outcomes: [AtomicU64; 4],
    took: Histogram,
}

/// Beyond so many names, all others are counted together.
const MAX_NAMES: usize = 100;
/// Under which name the others are counted.
const OTHER: &str = "other";

/// Counters whose names are found out as the server runs.
#[derive(Default)]
struct Named(Mutex<BTreeMap<String, u64>>);

impl Named {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        // A number is added or it is not.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, name: &str) {
        let mut names = self.lock();
        if let Some(count) = names.get_mut(name) {
            *count += 1;
            return;
        }
        let name = if names.len() < MAX_NAMES { name } else { OTHER };
        *names.entry(name.to_owned()).or_default() += 1;
    }
}

struct Inner {
    connections: [Gauge; 3],
    handshakes: [AtomicU64; 8],
    /// Where an action's calls are.
    actions: HashMap<&'static str, usize>,
    /// By action, the last being the others, and by caller.
    calls: Vec<[Calls; 2]>,
    queued: [Gauge; 2],
    commits: Histogram,
    units: Histogram,
    store_errors: AtomicU64,
    findings: Named,
    tasks_waiting: Gauge,
    tasks_done: AtomicU64,
    tasks_failed: AtomicU64,
    message_log: Mutex<Option<MessageLog>>,
}

/// The figures. Clones are handles to the same ones.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// A call that waits for its answer; see [`Metrics::queued`].
pub struct Queued<M: Borrow<Metrics>> {
    metrics: M,
    by: Caller,
}

impl<M: Borrow<Metrics>> Queued<M> {
    /// The same for a call that outlives the borrow of its figures.
    pub fn new(metrics: M, by: Caller) -> Queued<M> {
        metrics.borrow().0.queued[by.index()].add(1);
        Queued { metrics, by }
    }
}

impl<M: Borrow<Metrics>> Drop for Queued<M> {
    fn drop(&mut self) {
        self.metrics.borrow().0.queued[self.by.index()].add(-1);
    }
}

/// Bounds of times, in seconds.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 10.0];
/// Bounds of the number of units in a transaction.
const UNITS: [f64; 12] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0];

impl Metrics {
    /// All figures at nothing.
    #[must_use]
    pub fn new() -> Metrics {
        let all = v16::ACTIONS.iter().chain(v201::ACTIONS).chain(v21::ACTIONS);
        let mut actions = HashMap::new();
        for action in all {
            let next = actions.len();
            actions.entry(action.name).or_insert(next);
        }
        let calls = (0..=actions.len()).map(|_| Default::default()).collect();
        Metrics(Arc::new(Inner {
            connections: Default::default(),
            handshakes: Default::default(),
            actions,
            calls,
            queued: Default::default(),
            commits: Histogram::default(),
            units: Histogram::default(),
            store_errors: AtomicU64::new(0),
            findings: Named::default(),
            tasks_waiting: Gauge::default(),
            tasks_done: AtomicU64::new(0),
            tasks_failed: AtomicU64::new(0),
            message_log: Mutex::default(),
        }))
    }

    /// A station is connected.
    pub fn connection_opened(&self, version: Version) {
        self.0.connections[version.index()].add(1);
    }

    /// It is connected no more.
    pub fn connection_closed(&self, version: Version) {
        self.0.connections[version.index()].add(-1);
    }

    /// A handshake ended.
    pub fn handshake(&self, outcome: Handshake) {
        self.0.handshakes[outcome.index()].fetch_add(1, Ordering::Relaxed);
    }

    /// A call ended; `took` is the time from the call to its answer.
    pub fn call(&self, by: Caller, action: &str, outcome: Outcome, took: Duration) {
        let place = self.0.actions.get(action).copied().unwrap_or(self.0.actions.len());
        let calls = &self.0.calls[place][by.index()];
        calls.outcomes[outcome.index()].fetch_add(1, Ordering::Relaxed);
        calls.took.observe(&SECONDS, took.as_secs_f64());
    }

    /// A call waits for its answer until what is returned is dropped: one of a station for ours, which leaves
    /// after its commit; one of ours for the station's.
    pub fn queued(&self, by: Caller) -> Queued<&Metrics> {
        Queued::new(self, by)
    }

    /// A transaction of the store ended.
    pub fn commit(&self, units: usize, took: Duration) {
        self.0.commits.observe(&SECONDS, took.as_secs_f64());
        self.0.units.observe(&UNITS, units as f64);
    }

    /// The store failed.
    pub fn store_error(&self) {
        self.0.store_errors.fetch_add(1, Ordering::Relaxed);
    }

    /// Something was tolerated: a quirk or a finding, by its name.
    pub fn finding(&self, name: &str) {
        self.0.findings.add(name);
    }

    /// How many tasks of processes (payments, receipts) are at hand: being worked off, or waiting for it.
    pub fn tasks_waiting(&self, tasks: u64) {
        self.0.tasks_waiting.set(i64::try_from(tasks).unwrap_or(i64::MAX));
    }

    /// A task was worked off.
    pub fn task_done(&self) {
        self.0.tasks_done.fetch_add(1, Ordering::Relaxed);
    }

    /// A step of a task failed; it is tried again.
    pub fn task_failed(&self) {
        self.0.tasks_failed.fetch_add(1, Ordering::Relaxed);
    }

    /// Shows the figures of a message log, too.
    pub fn watch(&self, log: MessageLog) {
        *self.message_log() = Some(log);
    }

    fn message_log(&self) -> MutexGuard<'_, Option<MessageLog>> {
        self.0.message_log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All figures in the text format of Prometheus (`text/plain; version=0.0.4`).
    #[must_use]
    pub fn render(&self) -> String {
        let inner = &*self.0;
        let mut page = Page::default();
        page.family("ocpp_connections", "gauge", "Stations that are connected.");
        for ((_, version), gauge) in <Version as Label>::ALL.iter().zip(&inner.connections) {
            page.sample("ocpp_connections", &[("version", version)], gauge.get());
        }
        page.family("ocpp_handshakes_total", "counter", "Handshakes by how they ended.");
        for ((_, outcome), count) in Handshake::ALL.iter().zip(&inner.handshakes) {
            page.sample("ocpp_handshakes_total", &[("outcome", outcome)], count.load(Ordering::Relaxed));
        }
        self.render_calls(&mut page);
        page.family(
            "ocpp_queued_calls",
            "gauge",
            "Calls of all connections that wait for their answer, by who called.",
        );
        for ((_, by), gauge) in Caller::ALL.iter().zip(&inner.queued) {
            page.sample("ocpp_queued_calls", &[("by", by)], gauge.get());
        }
        page.family("ocpp_commit_seconds", "histogram", "How long a transaction of the store took.");
        page.histogram("ocpp_commit_seconds", &[], &SECONDS, &inner.commits);
        page.family("ocpp_commit_units", "histogram", "How many units a transaction of the store had.");
        page.histogram("ocpp_commit_units", &[], &UNITS, &inner.units);
        page.counter("ocpp_store_errors_total", "Failures of the store.", &inner.store_errors);
        page.family("ocpp_findings_total", "counter", "What was tolerated, by name.");
        for (name, count) in inner.findings.lock().iter() {
            page.sample("ocpp_findings_total", &[("name", name)], *count);
        }
        page.family("ocpp_tasks_waiting", "gauge", "Tasks of payments and receipts that are not done yet.");
        page.sample("ocpp_tasks_waiting", &[], inner.tasks_waiting.get());
        page.counter("ocpp_tasks_done_total", "Tasks that were worked off.", &inner.tasks_done);
        page.counter("ocpp_tasks_failed_total", "Steps of tasks that failed.", &inner.tasks_failed);
        self.render_message_log(&mut page);
        page.finish()
    }

    /// Only what happened: hundreds of actions that never did would hide it.
    fn render_calls(&self, page: &mut Page) {
        let mut actions: Vec<_> = self.0.actions.iter().map(|(action, place)| (*action, *place)).collect();
        actions.sort_unstable();
        actions.push((OTHER, self.0.actions.len()));
        let happened: Vec<_> = actions
            .into_iter()
            .flat_map(|(action, place)| {
                let by = Caller::ALL.iter().zip(&self.0.calls[place]);
                by.map(move |((_, by), calls)| (action, *by, calls))
            })
            .filter(|(_, _, calls)| calls.took.count() > 0)
            .collect();
        page.family("ocpp_calls_total", "counter", "Calls by who called, action and how they ended.");
        for (action, by, calls) in &happened {
            for ((_, outcome), count) in Outcome::ALL.iter().zip(&calls.outcomes) {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    let labels = [("by", *by), ("action", *action), ("outcome", *outcome)];
                    page.sample("ocpp_calls_total", &labels, count);
                }
            }
        }
        page.family("ocpp_call_seconds", "histogram", "How long calls took, by who called and action.");
        for (action, by, calls) in happened {
            page.histogram("ocpp_call_seconds", &[("by", by), ("action", action)], &SECONDS, &calls.took);
        }
    }

    fn render_message_log(&self, page: &mut Page) {
        let Some(log) = self.message_log().clone() else { return };
        let counts = log.counts();
        let figures = [
            ("ocpp_message_log_frames_total", "Frames that were written.", counts.written),
            ("ocpp_message_log_bytes_total", "Bytes that were written.", counts.written_bytes),
            ("ocpp_message_log_dropped_total", "Frames that did not fit into the queue.", counts.dropped),
            ("ocpp_message_log_lost_total", "Frames that could not be written.", counts.lost),
        ];
        for (name, help, count) in figures {
            page.family(name, "counter", help);
            page.sample(name, &[], count);
        }
        page.family("ocpp_message_log_disk_bytes", "gauge", "Bytes of the log on the disk.");
        page.sample("ocpp_message_log_disk_bytes", &[], log.disk_bytes());
        page.family("ocpp_message_log_failing", "gauge", "1 while the log cannot be written.");
        page.sample("ocpp_message_log_failing", &[], u8::from(counts.failing));
    }
}
