//! How fast a station may send.

use tokio::time::{Duration, Instant};

/// A bucket of tokens: each message takes one or more, time fills it up. Beyond it, messages are read later, never
/// dropped.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The time that one message takes in the long run.
    each: Duration,
    /// How much time the bucket holds.
    burst: Duration,
    /// When the bucket is full again, if nothing more comes.
    full_at: Instant,
}

impl Pace {
    /// At least one message a second, and one at once.
    pub(crate) fn new(per_second: u32, burst: u32, now: Instant) -> Pace {
        let each = Duration::from_secs(1) / per_second.max(1);
        Pace { each, burst: each * burst.max(1), full_at: now }
    }

    /// Counts what stands for so many messages.
    pub(crate) fn count(&mut self, now: Instant, messages: u32) {
        self.full_at = self.full_at.max(now) + self.each * messages;
    }

    /// Whether nothing is left of what was counted.
    pub(crate) fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }

    /// From when on the next message may be read; `None` when that is now.
    pub(crate) fn free_at(&self, now: Instant) -> Option<Instant> {
        self.free_from().filter(|from| *from > now)
    }

    /// The same when it is over, too; `None` when the clock does not reach back so far.
    pub(crate) fn free_from(&self) -> Option<Instant> {
        Some(self.full_at.checked_sub(self.burst)? + self.each)
    }
}
