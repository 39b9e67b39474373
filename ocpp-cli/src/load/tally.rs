//! What is counted while stations run.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::{CreationError, Histogram};

use super::station::Traffic;
use super::words::Action;

/// Latencies in microseconds, to three digits, up to a minute; what took longer counts as a minute.
pub(super) type Latencies = Histogram<u64>;

const LONGEST_US: u64 = 60_000_000;
/// Stations share so many sets of histograms, so that threads seldom wait for each other.
const SHARDS: usize = 8;

pub(super) struct Tally {
    empty: Latencies,
    shards: Vec<Mutex<Shard>>,
    handshakes: Mutex<Latencies>,
    mishaps: Mutex<BTreeMap<String, u64>>,
    /// Every answered call, measured or not.
    calls: AtomicU64,
    mishaps_total: AtomicU64,
    started: AtomicU64,
    completed: AtomicU64,
    commands: AtomicU64,
    misdeeds: Mutex<BTreeMap<&'static str, u64>>,
    pub(super) traffic: Arc<Traffic>,
}

/// One histogram for each action.
struct Shard(Vec<Latencies>);

/// The sum of all shards.
pub(super) struct Sum {
    pub(super) overall: Latencies,
    pub(super) by_action: Vec<(&'static str, Latencies)>,
}

impl Tally {
    /// Nothing counted yet.
    ///
    /// # Errors
    /// When the library refuses the bounds of the histograms.
    pub(super) fn new() -> Result<Tally, CreationError> {
        let empty = Latencies::new_with_bounds(1, LONGEST_US, 3)?;
        let shard = || Mutex::new(Shard(vec![empty.clone(); Action::ALL.len()]));
        Ok(Tally {
            shards: (0..SHARDS).map(|_| shard()).collect(),
            handshakes: Mutex::new(empty.clone()),
            empty,
            mishaps: Mutex::default(),
            calls: AtomicU64::new(0),
            mishaps_total: AtomicU64::new(0),
            started: AtomicU64::new(0),
            completed: AtomicU64::new(0),
            commands: AtomicU64::new(0),
            misdeeds: Mutex::default(),
            traffic: Arc::default(),
        })
    }

    /// A call of station `number` was answered within the measured time.
    pub(super) fn note_latency(&self, number: u32, action: Action, latency: Duration) {
        let mut shard = lock(&self.shards[number as usize % SHARDS]);
        shard.0[action as usize].saturating_record(microseconds(latency));
    }

    pub(super) fn note_handshake(&self, latency: Duration) {
        lock(&self.handshakes).saturating_record(microseconds(latency));
    }

    pub(super) fn note_call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_started(&self) {
        self.started.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_completed(&self) {
        self.completed.fetch_add(1, Ordering::Relaxed);
    }

    /// The manager called a station.
    pub(super) fn note_command(&self) {
        self.commands.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_mishap(&self, kind: String) {
        self.mishaps_total.fetch_add(1, Ordering::Relaxed);
        *lock(&self.mishaps).entry(kind).or_default() += 1;
    }

    /// A station misbehaved, as it was told to.
    pub(super) fn note_misdeed(&self, kind: &'static str) {
        *lock(&self.misdeeds).entry(kind).or_default() += 1;
    }

    pub(super) fn misdeeds(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.misdeeds).clone()
    }

    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    pub(super) fn mishaps_total(&self) -> u64 {
        self.mishaps_total.load(Ordering::Relaxed)
    }

    pub(super) fn started(&self) -> u64 {
        self.started.load(Ordering::Relaxed)
    }

    pub(super) fn completed(&self) -> u64 {
        self.completed.load(Ordering::Relaxed)
    }

    pub(super) fn commands(&self) -> u64 {
        self.commands.load(Ordering::Relaxed)
    }

    pub(super) fn mishaps(&self) -> BTreeMap<String, u64> {
        lock(&self.mishaps).clone()
    }

    pub(super) fn handshakes(&self) -> Latencies {
        lock(&self.handshakes).clone()
    }

    pub(super) fn sum(&self) -> Sum {
        let mut overall = self.empty.clone();
        let mut by_action: Vec<_> =
            Action::ALL.iter().map(|action| (action.name(), self.empty.clone())).collect();
        for shard in &self.shards {
            for (part, (_, whole)) in lock(shard).0.iter().zip(&mut by_action) {
                // Histograms of the same bounds can always be added, here and below.
                let _ = whole.add(part);
                let _ = overall.add(part);
            }
        }
        by_action.retain(|(_, latencies)| !latencies.is_empty());
        Sum { overall, by_action }
    }
}

fn microseconds(latency: Duration) -> u64 {
    u64::try_from(latency.as_micros()).unwrap_or(u64::MAX).max(1)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Counters are never left half-changed, so a panic elsewhere does not spoil them.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
