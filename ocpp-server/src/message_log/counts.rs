//! What the log counts of itself.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What the log did since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames in the files.
    pub written: u64,
    /// Bytes in the files, with those that were pruned since.
    pub written_bytes: u64,
    /// Frames that did not fit into the queue.
    pub dropped: u64,
    /// Frames that could not be written, or whose file was removed while it was written.
    pub lost: u64,
    /// Whether writing fails at the moment.
    pub failing: bool,
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    pub written: AtomicU64,
    pub written_bytes: AtomicU64,
    pub dropped: AtomicU64,
    pub lost: AtomicU64,
    pub failing: AtomicBool,
}

impl Tally {
    pub(super) fn counts(&self) -> Counts {
        Counts {
            written: self.written.load(Ordering::Relaxed),
            written_bytes: self.written_bytes.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
            lost: self.lost.load(Ordering::Relaxed),
            failing: self.failing.load(Ordering::Relaxed),
        }
    }
}
