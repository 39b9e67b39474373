//! How often one station connects.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ocpp_core::model::StationId;
use tokio::time::Instant;

use crate::session::Pace;

/// How often a station may connect in the long run. Each time costs two commits.
const PER_SECOND: u32 = 2;
/// How often it may connect at once on top of that.
const BURST: u32 = 100;
/// So many stations are counted before those whose count has run out are forgotten.
const SWEPT_FROM: usize = 1024;

/// Counts how often each station connects.
#[derive(Debug)]
pub(super) struct Returns(Mutex<Counted>);

#[derive(Debug)]
struct Counted {
    paces: HashMap<StationId, Pace>,
    /// With so many, the next sweep comes.
    sweep_at: usize,
}

impl Default for Returns {
    fn default() -> Returns {
        Returns(Mutex::new(Counted { paces: HashMap::new(), sweep_at: SWEPT_FROM }))
    }
}

impl Returns {
    /// From when on the station may be let in; `None` when that is now. It counts only when it is let in.
    pub(super) fn free_at(&self, station: &StationId, now: Instant) -> Option<Instant> {
        self.lock().paces.get(station)?.free_at(now)
    }

    /// The station is let in.
    pub(super) fn count(&self, station: &StationId, now: Instant) {
        let mut counted = self.lock();
        if counted.paces.len() >= counted.sweep_at {
            counted.paces.retain(|_, pace| !pace.is_full(now));
            counted.sweep_at = (counted.paces.len() * 2).max(SWEPT_FROM);
        }
        let fresh = || Pace::new(PER_SECOND, BURST, now);
        counted.paces.entry(station.clone()).or_insert_with(fresh).count(now);
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        // A count is never left half-changed, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{BURST, Returns, SWEPT_FROM, StationId};
    use tokio::time::Instant;

    /// Memory cannot be seen from outside.
    #[test]
    fn who_has_not_come_for_a_while_is_forgotten() {
        let returns = Returns::default();
        let now = Instant::now();
        for number in 0..SWEPT_FROM {
            returns.count(&StationId::new(&format!("CS-{number}")).expect("an identity"), now);
        }
        let restless = StationId::new("RESTLESS").expect("an identity");
        let later = now + Duration::from_secs(60);
        for _ in 0..BURST {
            assert_eq!(returns.free_at(&restless, later), None);
            returns.count(&restless, later);
        }
        assert_eq!(returns.lock().paces.len(), 1, "the others are forgotten");
        assert!(returns.free_at(&restless, later).is_some(), "it is counted all the same");
        assert_eq!(returns.free_at(&restless, later + Duration::from_secs(1)), None, "for a while");
    }
}
