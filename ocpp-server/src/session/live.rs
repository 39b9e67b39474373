//! Which stations are connected at this moment.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use ocpp_core::model::StationId;
use tokio_util::sync::CancellationToken;

use crate::domain::Epoch;

/// The stations that are connected to this process, by their newest connection.
#[derive(Debug, Clone, Default)]
pub struct Stations(Arc<Mutex<HashMap<StationId, Line>>>);

/// The newest connection of a station.
#[derive(Debug, Clone)]
struct Line {
    epoch: Epoch,
    /// Microseconds since 1970.
    last_heard: Arc<AtomicI64>,
    end: CancellationToken,
}

impl Stations {
    /// Whether a station is connected.
    #[must_use]
    pub fn is_connected(&self, station: &StationId) -> bool {
        self.lock().contains_key(station)
    }

    /// How many stations are connected.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// When a connected station was last heard, by the manager's clock.
    #[must_use]
    pub fn last_heard(&self, station: &StationId) -> Option<Timestamp> {
        let line = self.lock().get(station).cloned()?;
        Timestamp::from_microsecond(line.last_heard.load(Ordering::Relaxed)).ok()
    }

    /// Makes a connection the newest one of its station; the one before is told to end.
    pub(super) fn enter(&self, station: &StationId, epoch: Epoch, now: Timestamp) -> Presence {
        let line = Line {
            epoch,
            last_heard: Arc::new(AtomicI64::new(now.as_microsecond())),
            end: CancellationToken::new(),
        };
        let mut lines = self.lock();
        match lines.get(station) {
            // A still newer connection was faster: this one is the old one.
            Some(newer) if newer.epoch > epoch => line.end.cancel(),
            _ => {
                if let Some(older) = lines.insert(station.clone(), line.clone()) {
                    older.end.cancel();
                }
            }
        }
        drop(lines);
        Presence { stations: self.clone(), station: station.clone(), line }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<StationId, Line>> {
        // The map is never left half-changed, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Holds a connection's entry among [`Stations`]; dropping it takes the entry out, unless a newer connection
/// owns it by then.
#[derive(Debug)]
pub(super) struct Presence {
    stations: Stations,
    station: StationId,
    line: Line,
}

impl Presence {
    pub(super) fn heard(&self, now: Timestamp) {
        self.line.last_heard.store(now.as_microsecond(), Ordering::Relaxed);
    }

    pub(super) fn last_heard(&self) -> Timestamp {
        Timestamp::from_microsecond(self.line.last_heard.load(Ordering::Relaxed)).unwrap_or_default()
    }

    /// Is cancelled when a newer connection takes over.
    pub(super) fn taken_over(&self) -> CancellationToken {
        self.line.end.clone()
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        let mut lines = self.stations.lock();
        if lines.get(&self.station).is_some_and(|line| line.epoch == self.line.epoch) {
            lines.remove(&self.station);
        }
    }
}
