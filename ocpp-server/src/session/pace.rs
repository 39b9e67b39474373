//! How fast a station may send.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ocpp_core::model::StationId;
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
    fn free_from(&self) -> Option<Instant> {
        Some(self.full_at.checked_sub(self.burst)? + self.each)
    }
}

/// How fast each station sends. A station that connects again goes on where it was, so that nobody gets round his
/// bounds with a new connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Paces(Arc<Mutex<HashMap<StationId, Held>>>);

/// With so many stations and more, those are forgotten from time to time that are gone and were quiet.
const SWEPT_FROM: usize = 1024;

impl Paces {
    /// That of a station, all of whose connections share it. A new one has these bounds.
    pub(super) fn of(&self, station: &StationId, per_second: u32, burst: u32, now: Instant) -> Held {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if paces.len() >= SWEPT_FROM && paces.len() == paces.capacity() {
            paces.retain(|_, held| Arc::strong_count(&held.0) > 1 || !held.lock().is_full(now));
        }
        let fresh = || Held(Arc::new(Mutex::new(Pace::new(per_second, burst, now))));
        paces.entry(station.clone()).or_insert_with(fresh).clone()
    }
}

/// The pace of a station, as its connection holds it.
#[derive(Debug, Clone)]
pub(crate) struct Held(Arc<Mutex<Pace>>);

impl Held {
    pub(super) fn count(&self, now: Instant, messages: u32) {
        self.lock().count(now, messages);
    }

    pub(super) fn free_at(&self, now: Instant) -> Option<Instant> {
        self.lock().free_at(now)
    }

    pub(super) fn free_from(&self) -> Option<Instant> {
        self.lock().free_from()
    }

    fn lock(&self) -> MutexGuard<'_, Pace> {
        // A count is never left half-changed, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use ocpp_core::model::StationId;
    use tokio::time::{Duration, Instant};

    use super::{Paces, SWEPT_FROM};

    /// Memory cannot be seen from outside.
    #[test]
    fn who_is_gone_and_was_quiet_is_forgotten() {
        let paces = Paces::default();
        let station = |number: usize| StationId::new(&format!("CS-{number}")).expect("an identity");
        let now = Instant::now();
        let here = paces.of(&station(0), 100, 1_000, now);
        for number in 1..20 * SWEPT_FROM {
            paces.of(&station(number), 100, 1_000, now).count(now, 2_000);
        }
        assert_eq!(paces.0.lock().expect("unspoilt").len(), 20 * SWEPT_FROM, "the busy ones are held");
        let later = now + Duration::from_secs(60);
        for number in 0..20 * SWEPT_FROM {
            drop(paces.of(
                &StationId::new(&format!("NEW-{number}")).expect("an identity"),
                100,
                1_000,
                later,
            ));
        }
        let kept = paces.0.lock().expect("unspoilt");
        assert!(kept.len() < 21 * SWEPT_FROM, "{} are held", kept.len());
        assert!(kept.contains_key(&station(0)), "who is here is held");
        drop(here);
    }
}
