//! Numbers that many threads change.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// A number that goes up and down.
#[derive(Default)]
pub(super) struct Gauge(AtomicI64);

impl Gauge {
    pub(super) fn add(&self, change: i64) {
        self.0.fetch_add(change, Ordering::Relaxed);
    }

    pub(super) fn set(&self, value: i64) {
        self.0.store(value, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many bounds a histogram has; what is above the last one has a bucket of its own.
pub(super) const BOUNDS: usize = 12;
/// The sum is kept in millionths, exact up to 18 million million seconds.
const MILLIONTHS: f64 = 1_000_000.0;

/// How often a value was how big.
#[derive(Default)]
pub(super) struct Histogram {
    buckets: [AtomicU64; BOUNDS + 1],
    sum: AtomicU64,
}

impl Histogram {
    pub(super) fn observe(&self, bounds: &[f64; BOUNDS], value: f64) {
        let bucket = bounds.iter().position(|bound| value <= *bound).unwrap_or(BOUNDS);
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        // Values are durations and sizes: positive, and small enough.
        self.sum.fetch_add((value * MILLIONTHS).round() as u64, Ordering::Relaxed);
    }

    pub(super) fn count(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).sum()
    }

    /// What is in each bucket and those before it, the last being all.
    pub(super) fn cumulative(&self) -> [u64; BOUNDS + 1] {
        let mut sum = 0;
        std::array::from_fn(|bucket| {
            sum += self.buckets[bucket].load(Ordering::Relaxed);
            sum
        })
    }

    pub(super) fn sum(&self) -> f64 {
        self.sum.load(Ordering::Relaxed) as f64 / MILLIONTHS
    }
}
