//! How often somebody comes to the door.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::session::Pace;

/// How often one may come in the long run. Each time costs a commit or two.
const PER_SECOND: u32 = 2;
/// How often one may come at once on top of that.
const BURST: u32 = 100;
/// So many are counted before those whose count has run out are forgotten.
const SWEPT_FROM: usize = 1024;

/// Counts how often each comes: a station that connects, an address that is turned away.
#[derive(Debug)]
pub(super) struct Attempts<Who>(Mutex<Counted<Who>>);

#[derive(Debug)]
struct Counted<Who> {
    paces: HashMap<Who, Pace>,
    /// With so many, the next sweep comes.
    sweep_at: usize,
}

impl<Who> Default for Attempts<Who> {
    fn default() -> Attempts<Who> {
        Attempts(Mutex::new(Counted { paces: HashMap::new(), sweep_at: SWEPT_FROM }))
    }
}

/// Somebody's turn did not come in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooOften;

impl<Who: Hash + Eq + Clone> Attempts<Who> {
    /// Counts one more, and waits for its turn, at most for `within`.
    ///
    /// # Errors
    /// [`TooOften`] when it would have to wait for longer; it is not counted then.
    pub(super) async fn turn(&self, who: &Who, within: Duration) -> Result<(), TooOften> {
        let deadline = Instant::now() + within;
        loop {
            let now = Instant::now();
            match self.enter(who, now) {
                None => return Ok(()),
                Some(turn) if turn > deadline => return Err(TooOften),
                Some(turn) => tokio::time::sleep_until(turn).await,
            }
        }
    }

    /// Counts one that may come now; otherwise when it may come, as things stand.
    fn enter(&self, who: &Who, now: Instant) -> Option<Instant> {
        let mut counted = self.lock();
        if counted.paces.len() >= counted.sweep_at {
            counted.paces.retain(|_, pace| !pace.is_full(now));
            counted.sweep_at = (counted.paces.len() * 2).max(SWEPT_FROM);
        }
        let pace = counted.paces.entry(who.clone()).or_insert_with(|| Pace::new(PER_SECOND, BURST, now));
        let turn = pace.free_at(now);
        if turn.is_none() {
            pace.count(now, 1);
        }
        turn
    }

    fn lock(&self) -> MutexGuard<'_, Counted<Who>> {
        // A count is never left half-changed, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Attempts, BURST, SWEPT_FROM, TooOften};

    #[tokio::test(start_paused = true)]
    async fn who_comes_over_and_over_waits_for_its_turn() {
        let attempts = Attempts::default();
        let begun = Instant::now();
        for _ in 0..BURST {
            assert_eq!(attempts.turn(&"STORM", Duration::ZERO).await, Ok(()), "so many at once");
        }
        assert_eq!(attempts.turn(&"STORM", Duration::from_millis(499)).await, Err(TooOften));
        for _ in 0..10 {
            assert_eq!(
                attempts.turn(&"STORM", Duration::from_millis(500)).await,
                Ok(()),
                "then two a second"
            );
        }
        assert_eq!(begun.elapsed().as_secs(), 5);
        assert_eq!(attempts.turn(&"CALM", Duration::ZERO).await, Ok(()), "others are not concerned");
        tokio::time::sleep(Duration::from_secs(50)).await;
        for _ in 0..BURST {
            assert_eq!(attempts.turn(&"STORM", Duration::ZERO).await, Ok(()), "all is forgiven");
        }
    }

    /// Memory cannot be seen from outside.
    #[test]
    fn who_has_not_come_for_a_while_is_forgotten() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for number in 0..SWEPT_FROM {
            assert_eq!(attempts.enter(&number, now), None);
        }
        let later = now + Duration::from_secs(60);
        for _ in 0..BURST {
            assert_eq!(attempts.enter(&usize::MAX, later), None);
        }
        assert_eq!(attempts.lock().paces.len(), 1, "the others are forgotten");
        assert!(attempts.enter(&usize::MAX, later).is_some(), "it is counted all the same");
    }
}
