//! Ids of reservations that nobody chose: unique for their station, also after a restart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::StationId;

/// The second from which ids are counted: 2026-01-01T00:00:00Z. 31 bits last until 2094.
const COUNTED_FROM: i64 = 1_767_225_600;

/// Gives ids of reservations. An id is the second in which it was given, and each station gets one a second
/// at most: so an id is never ahead of the clock, and none repeats after a restart, with nothing to be kept.
#[derive(Debug, Clone)]
pub(in crate::manager::api) struct Reservations {
    /// No id is given of the second in which the manager started, because the one before may have.
    start: i32,
    last: Arc<Mutex<HashMap<StationId, i32>>>,
}

impl Reservations {
    /// Ids from after this moment on.
    pub(in crate::manager::api) fn starting(now: Timestamp) -> Reservations {
        Reservations { start: second(now), last: Arc::default() }
    }

    /// The next id for a station. Whoever comes too soon waits for the next second.
    pub(super) async fn next(&self, station: &StationId, now: Timestamp) -> i32 {
        let (id, ahead) = self.take(station, second(now));
        if ahead > 0 {
            tokio::time::sleep(Duration::from_secs(ahead)).await;
        }
        id
    }

    /// An id, and how many seconds it is ahead of the clock.
    fn take(&self, station: &StationId, now: i32) -> (i32, u64) {
        // The map is whole whatever panicked elsewhere.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let before = last.get(station).copied().unwrap_or(self.start);
        let id = now.max(before.saturating_add(1));
        // Those who had their last id long ago are as good as new.
        last.retain(|_, &mut second| second >= now);
        last.insert(station.clone(), id);
        (id, u64::try_from(i64::from(id) - i64::from(now)).unwrap_or(0))
    }
}

fn second(now: Timestamp) -> i32 {
    i32::try_from(now.as_second().saturating_sub(COUNTED_FROM)).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;
    use ocpp_core::model::StationId;

    use super::Reservations;

    #[test]
    fn no_id_is_given_twice_even_after_a_restart() {
        let station = StationId::new("CS1").unwrap_or_else(|error| panic!("{error}"));
        let started: Timestamp = "2026-11-01T10:00:00Z".parse().unwrap_or_default();
        let mut now = super::second(started);
        let mut given = BTreeSet::new();
        for _restart in 0..3 {
            let reservations = Reservations { start: now, ..Reservations::starting(started) };
            for _ in 0..5 {
                let (id, ahead) = reservations.take(&station, now);
                // Whoever is too early waits.
                now += i32::try_from(ahead).unwrap_or(0);
                assert!(given.insert(id), "{id} was given before");
                assert!(id <= now, "{id} is ahead of the clock");
            }
        }
    }
}
