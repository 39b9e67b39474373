//! Which stations are connected at this moment, and the way to call them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use ocpp_core::model::{Registration, StationId};
use ocpp_core::quirk::{Quirk, Tally};
use ocpp_core::types::Version;
use ocpp_core::wire::CallError;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::domain::Epoch;

/// How many calls to one station may wait before they are taken up by its connection.
const WAITING_CALLS: usize = 16;

/// A call to a station.
pub(super) struct Outbound {
    pub(super) action: Box<str>,
    /// The payload as the text of a JSON object, sent as it stands.
    pub(super) payload: String,
    pub(super) answer: oneshot::Sender<Result<String, CallFailure>>,
}

/// Why a call to a station has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallFailure {
    /// The station is not connected; nothing was sent.
    #[error("the station is not connected: try again when it is")]
    NotConnected,
    /// Too many calls wait for this station already; nothing was sent.
    #[error("too many calls wait for this station already: try again later")]
    Busy,
    /// The station refused the call (CALLERROR).
    #[error("the station refused the call: {} ({:?})", .0.description, .0.code)]
    Refused(CallError),
    /// The station did not answer in time. It may have done what was asked.
    #[error("the station did not answer in time; it may have done what was asked")]
    NoAnswer,
    /// The connection ended before the answer. The station may have done what was asked.
    #[error("the connection ended before the station answered; it may have done what was asked")]
    Gone,
    /// What the station answered cannot be understood. It may have done what was asked.
    #[error("the station's answer cannot be understood: {0}")]
    BadAnswer(String),
}

/// The stations that are connected to this process, by their newest connection.
#[derive(Debug, Clone, Default)]
pub struct Stations {
    lines: Arc<Mutex<HashMap<StationId, Line>>>,
    /// What each station has been tolerated, also when it is gone.
    habits: Arc<Mutex<HashMap<StationId, Habits>>>,
    /// Who wants to know who comes.
    doorman: Arc<Mutex<Option<mpsc::UnboundedSender<StationId>>>>,
}

/// The habits that a station has shown, counted over all its connections since the manager started.
#[derive(Debug, Clone, Default)]
pub(super) struct Habits(Arc<Mutex<Tally>>);

impl Habits {
    /// Counts a habit once more, and tells how often it was shown.
    pub(super) fn note(&self, quirk: Quirk) -> u64 {
        let mut tally = self.tally();
        tally.note(quirk);
        tally.count(quirk)
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        // A count is never left half-changed, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of how many stations habits are counted; when there are more, those that are gone are forgotten.
const MAX_COUNTED: usize = 100_000;

/// The newest connection of a station.
#[derive(Debug, Clone)]
struct Line {
    epoch: Epoch,
    /// Microseconds since 1970.
    last_heard: Arc<AtomicI64>,
    end: CancellationToken,
    version: Version,
    registration: Arc<AtomicU8>,
    /// Boxed, because a channel holds room for 32 from the beginning.
    calls: mpsc::Sender<Box<Outbound>>,
}

impl Stations {
    /// Whether a station is connected.
    #[must_use]
    pub fn is_connected(&self, station: &StationId) -> bool {
        self.lock().contains_key(station)
    }

    /// The habits that a station has shown since the manager started, and how often.
    #[must_use]
    pub fn habits(&self, station: &StationId) -> Tally {
        let habits = self.habits.lock().unwrap_or_else(PoisonError::into_inner);
        habits.get(station).map(|habits| habits.tally().clone()).unwrap_or_default()
    }

    fn habits_of(&self, station: &StationId) -> Habits {
        let mut habits = self.habits.lock().unwrap_or_else(PoisonError::into_inner);
        if habits.len() >= MAX_COUNTED && !habits.contains_key(station) {
            habits.retain(|_, kept| Arc::strong_count(&kept.0) > 1);
        }
        habits.entry(station.clone()).or_default().clone()
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

    /// The version that a connected station speaks.
    #[must_use]
    pub fn version(&self, station: &StationId) -> Option<Version> {
        self.lock().get(station).map(|line| line.version)
    }

    /// Whether a connected station may work, as it was last told; `None` when it was never told.
    #[must_use]
    pub fn registration(&self, station: &StationId) -> Option<Registration> {
        self.lock().get(station).and_then(|line| of_number(line.registration.load(Ordering::Relaxed)))
    }

    /// Calls a station and waits for its answer. `payload` is the text of a JSON object and is sent as it
    /// stands; the result is the payload of the answer. Calls to one station are sent one after the other.
    ///
    /// # Errors
    /// [`CallFailure`]; each call ends, at the latest with the connection or its time-out.
    pub async fn call(
        &self,
        station: &StationId,
        action: &str,
        payload: String,
    ) -> Result<String, CallFailure> {
        let calls = self.lock().get(station).map(|line| line.calls.clone());
        let calls = calls.ok_or(CallFailure::NotConnected)?;
        let (answer, answered) = oneshot::channel();
        let call = Box::new(Outbound { action: action.into(), payload, answer });
        calls.try_send(call).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => CallFailure::Busy,
            mpsc::error::TrySendError::Closed(_) => CallFailure::NotConnected,
        })?;
        drop(calls);
        answered.await.unwrap_or(Err(CallFailure::Gone))
    }

    /// Tells from now on which stations connect, to the latest who asks.
    pub(crate) fn arrivals(&self) -> mpsc::UnboundedReceiver<StationId> {
        let (tell, arrivals) = mpsc::unbounded_channel();
        *self.doorman.lock().unwrap_or_else(PoisonError::into_inner) = Some(tell);
        arrivals
    }

    /// Makes a connection the newest one of its station; the one before is told to end.
    pub(super) fn enter(
        &self,
        station: &StationId,
        version: Version,
        registration: Option<Registration>,
        epoch: Epoch,
        now: Timestamp,
    ) -> Presence {
        let (calls, orders) = mpsc::channel(WAITING_CALLS);
        let line = Line {
            epoch,
            last_heard: Arc::new(AtomicI64::new(now.as_microsecond())),
            end: CancellationToken::new(),
            version,
            registration: Arc::new(AtomicU8::new(number_of(registration))),
            calls,
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
        if let Some(doorman) = &*self.doorman.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = doorman.send(station.clone());
        }
        let habits = self.habits_of(station);
        Presence { stations: self.clone(), station: station.clone(), line, orders, habits }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<StationId, Line>> {
        // The map is never left half-changed, so a panic elsewhere does not spoil it.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Holds a connection's entry among [`Stations`]; dropping it takes the entry out, unless a newer connection
/// owns it by then.
pub(super) struct Presence {
    stations: Stations,
    station: StationId,
    line: Line,
    orders: mpsc::Receiver<Box<Outbound>>,
    habits: Habits,
}

impl Presence {
    /// Where the habits of this station are counted.
    pub(super) fn habits(&self) -> Habits {
        self.habits.clone()
    }

    /// What the station was last told at its boot.
    pub(super) fn note_registration(&self, registration: Option<Registration>) {
        self.line.registration.store(number_of(registration), Ordering::Relaxed);
    }

    /// The next call to this station. It never ends, because the presence itself holds a sender.
    pub(super) async fn next_call(&mut self) -> Option<Box<Outbound>> {
        self.orders.recv().await
    }

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

const fn number_of(registration: Option<Registration>) -> u8 {
    match registration {
        None => 0,
        Some(Registration::Accepted) => 1,
        Some(Registration::Pending) => 2,
        Some(Registration::Rejected) => 3,
    }
}

const fn of_number(number: u8) -> Option<Registration> {
    match number {
        1 => Some(Registration::Accepted),
        2 => Some(Registration::Pending),
        3 => Some(Registration::Rejected),
        _ => None,
    }
}
