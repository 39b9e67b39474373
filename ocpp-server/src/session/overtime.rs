//! What stations may send beyond their pace, all of them together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::SessionSettings;
use super::pace::Pace;

/// The places of those who send faster than they may, and how fast they are in them.
#[derive(Debug, Clone)]
pub(crate) struct Overtime(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    places: Semaphore,
    pace: Mutex<Pace>,
}

/// A tenth of what they may send in a second they may send at once.
const BURST_OF_A_SECOND: u32 = 10;

impl Overtime {
    pub(super) fn new(settings: &SessionSettings) -> Overtime {
        // More than this no semaphore holds, and no server needs.
        let places = Semaphore::new(settings.overtime.min(Semaphore::MAX_PERMITS));
        let per_second = settings.overtime_per_second;
        let pace = Mutex::new(Pace::new(per_second, per_second / BURST_OF_A_SECOND, Instant::now()));
        Overtime(Arc::new(Inner { places, pace }))
    }

    /// Waits for a place, and for the time of a message that counts for so many. It is safe to give up waiting. `None`
    /// never comes, since the places are never closed.
    pub(super) async fn place(&self, messages: u32) -> Option<SemaphorePermit<'_>> {
        let place = self.0.places.acquire().await.ok()?;
        while let Some(free_at) = self.book(messages) {
            tokio::time::sleep_until(free_at).await;
        }
        Some(place)
    }

    /// Counts a message, or says when to ask again.
    fn book(&self, messages: u32) -> Option<Instant> {
        let (now, mut pace) = (Instant::now(), self.pace());
        let free_at = pace.free_at(now);
        if free_at.is_none() {
            pace.count(now, messages);
        }
        free_at
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        // A count is never left half-changed, so a panic elsewhere does not spoil it.
        self.0.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
