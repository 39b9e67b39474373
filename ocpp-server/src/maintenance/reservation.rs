//! Reservations: made at any time, held by the manager until they begin, kept by the station from then on.
//!
//! ```text
//! Planned ──► Sent ──► Active ──► Ended(Used | Expired | NoTransaction | Removed | Cancelled)
//!    └─────────┴────► Ended(Refused | NeverKept | Cancelled)
//! ```
//!
//! A reservation that begins while its station is not connected is sent when the station comes back, as long as
//! its time is not over. One that was made ahead of time and finds its place in use waits for it; one that
//! begins at once is refused then.

mod check;
mod keep;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use ocpp_core::model::{Command, EvseId, IdToken, Outcome, StationId, Verdict};
use tokio::sync::Notify;

use super::giving::{Given, give};
use crate::Csms;
use crate::command::desk::{NewOrder, WhenOffline};
use crate::domain::{
    Event, EventKind, Record, RecordKind, Reservation, ReservationEnd, ReservationState, Revision,
};
use crate::store::{Change, CommitError, ReadError, RecordFilter, TypedRecords, Unit};

/// A wish for a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservationForm {
    /// Its number; one that is open is replaced. The manager chooses when absent.
    pub number: Option<i64>,
    /// Where; any EVSE when absent.
    pub evse: Option<EvseId>,
    /// Only where there is such a connector (2.x), at most 20 characters.
    pub connector_type: Option<String>,
    /// For whom.
    pub token: IdToken,
    /// Others of this group may use it, too.
    pub group: Option<IdToken>,
    /// When it begins; at once when absent.
    pub from: Option<Timestamp>,
    /// When it lapses.
    pub until: Timestamp,
}

/// Which reservations are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichReservations {
    /// Those that are not over.
    Open,
    /// Those that are over, too.
    All,
}

/// Why a reservation was not made or taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReservationError {
    /// There is no such station, or no such reservation.
    #[error("There is no {what} {id:?}.")]
    #[allow(missing_docs)]
    Unknown { what: &'static str, id: String },
    /// A value is wrong.
    #[error("{sentence}")]
    #[allow(missing_docs)]
    Invalid { pointer: &'static str, sentence: String },
    /// Somebody else has the place at that time.
    #[error("{0}")]
    Conflict(String),
    /// It is over.
    #[error("The reservation is over ({0}): it cannot be changed.")]
    Over(&'static str),
    /// The station did not say that it gives the place free.
    #[error("The station did not take the order to give the place free: {0}. Try again.")]
    NotGivenFree(String),
    /// The store failed.
    #[error("The database fails: {0}. Try again later.")]
    Store(String),
}

impl From<ReadError> for ReservationError {
    fn from(error: ReadError) -> ReservationError {
        ReservationError::Store(error.to_string())
    }
}

impl From<CommitError> for ReservationError {
    fn from(error: CommitError) -> ReservationError {
        ReservationError::Store(error.to_string())
    }
}

/// How many reservations of a station may be open.
pub const MAX_OPEN: usize = 100;
/// How many of a station's latest reservations are looked through, and how many of all are read at a time.
const LATEST: usize = 1000;
/// How often so many are read for one page of all.
const MAX_PAGES: usize = 10;
/// How often to decide anew when somebody else changed a reservation in the meantime.
const MAX_CONFLICTS: usize = 5;
/// Who gives the orders.
const BY: &str = "reservations";

/// Reservations of a manager. Clones are the same.
#[derive(Clone)]
pub struct Reservations {
    csms: Csms,
    /// Makes sure that two who reserve at the same time see each other.
    making: Arc<tokio::sync::Mutex<()>>,
    made: Arc<Made>,
}

/// What was made since it was last looked at, for the one who keeps it.
#[derive(Default)]
struct Made {
    numbers: Mutex<Vec<(StationId, i64)>>,
    told: Notify,
}

impl Made {
    fn add(&self, held: &Reservation) {
        // The list is whole whatever panicked elsewhere.
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.push((held.station.clone(), held.number));
        self.told.notify_one();
    }

    fn take(&self) -> Vec<(StationId, i64)> {
        std::mem::take(&mut self.numbers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Reservations {
    /// The reservations of a manager.
    #[must_use]
    pub fn new(csms: Csms) -> Reservations {
        Reservations { csms, making: Arc::default(), made: Arc::default() }
    }

    /// Makes a reservation. One that begins at once has been answered by the station when this returns, if the
    /// station is connected: its state tells.
    ///
    /// # Errors
    /// [`ReservationError`]; nothing is kept then.
    pub async fn make(
        &self,
        station: &StationId,
        form: ReservationForm,
        by: &str,
    ) -> Result<Reservation, ReservationError> {
        let now = self.csms.now();
        let guard = self.making.lock().await;
        let latest = self.of_station(station, LATEST).await?;
        self.check(station, &form, &latest, now).await?;
        let number = form.number.unwrap_or_else(|| check::fresh_number(&latest, now));
        let before = latest.into_iter().find(|held| held.number == number);
        if let Some(before) = before.as_ref().filter(|before| !before.is_open()) {
            return Err(ReservationError::Over(before.state.name()));
        }
        let from = form.from.map_or(now, |from| from.max(now));
        let made = Reservation {
            station: station.clone(),
            number,
            revision: before.as_ref().map_or_else(Revision::default, |before| before.revision),
            evse: form.evse,
            connector_type: form.connector_type,
            token: form.token,
            group: form.group,
            from,
            until: form.until,
            by: by.chars().take(200).collect(),
            made_at: now,
            state: ReservationState::Planned { why: None },
        };
        let is_kept = |held: &Reservation| !matches!(held.state, ReservationState::Planned { .. });
        if let Some(before) = before.as_ref().filter(|before| is_kept(before) && from > now) {
            self.give_free(before, by).await?;
        }
        let made = self.keep_changed(made).await?;
        drop(guard);
        let made = if from <= now { self.advance(made).await? } else { made };
        self.made.add(&made);
        Ok(made)
    }

    /// Takes a reservation back. A station that is not connected is told when it comes, as long as it would keep
    /// the place.
    ///
    /// # Errors
    /// [`ReservationError`]; when the station did not answer, the reservation stays as it was.
    pub async fn cancel(
        &self,
        station: &StationId,
        number: i64,
        by: &str,
    ) -> Result<Reservation, ReservationError> {
        for _ in 0..MAX_CONFLICTS {
            let held = self
                .one(station, number)
                .await?
                .ok_or_else(|| unknown("reservation", &number.to_string()))?;
            if !held.is_open() {
                return Err(ReservationError::Over(held.state.name()));
            }
            if !matches!(held.state, ReservationState::Planned { why: None }) {
                self.give_free(&held, by).await?;
            }
            let by = by.chars().take(200).collect();
            let ended = held.ended(self.csms.now(), ReservationEnd::Cancelled { by });
            match self.put(&ended).await {
                Ok(()) => return Ok(Reservation { revision: ended.revision.next(), ..ended }),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ReservationError::Store("the reservation kept changing".to_owned()))
    }

    /// H02. A station that does not know the reservation has given the place free already.
    async fn give_free(&self, held: &Reservation, by: &str) -> Result<(), ReservationError> {
        let command = Command::CancelReservation { id: held.number };
        if !self.csms.stations().is_connected(&held.station) {
            let when_offline =
                WhenOffline::WaitUntil(held.until.max(self.csms.now() + jiff::SignedDuration::from_secs(1)));
            let order = NewOrder { command, by: by.to_owned(), when_offline };
            return match self.csms.desk().place(&held.station, order).await {
                Ok(_) => Ok(()),
                Err(error) => Err(ReservationError::NotGivenFree(error.to_string())),
            };
        }
        match give(&self.csms, &held.station, command, by).await {
            Given::Answered(_) => Ok(()),
            Given::NotConnected => Err(ReservationError::NotGivenFree("it is not connected".to_owned())),
            Given::Refused(why) | Given::Unclear(why) => Err(ReservationError::NotGivenFree(why)),
        }
    }

    /// One reservation.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn one(&self, station: &StationId, number: i64) -> Result<Option<Reservation>, ReadError> {
        self.csms.store().get(&Reservation::key_of(station, number)).await
    }

    /// The reservations of a station, the highest number first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn of_station(&self, station: &StationId, limit: usize) -> Result<Vec<Reservation>, ReadError> {
        let filter = RecordFilter::all(RecordKind::Reservation, limit).of(station.as_str()).descending();
        self.csms.store().list(filter).await
    }

    /// Reservations of all stations, ordered by station and then by number, after `after`; and the key after which the
    /// next page begins. Among many that are over, a page of open ones may have fewer than `limit` although there are
    /// more: what one page looks through is bounded.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn everywhere(
        &self,
        which: WhichReservations,
        after: Option<String>,
        limit: usize,
    ) -> Result<(Vec<Reservation>, Option<String>), ReadError> {
        let mut found = Vec::new();
        let mut after = after;
        for _ in 0..MAX_PAGES {
            let filter = RecordFilter::all(RecordKind::Reservation, LATEST).after(after.clone());
            let page: Vec<Reservation> = self.csms.store().list(filter).await?;
            let is_last = page.len() < LATEST;
            for held in page {
                if found.len() == limit {
                    return Ok((found, after));
                }
                after = Some(held.key());
                if which == WhichReservations::All || held.is_open() {
                    found.push(held);
                }
            }
            if is_last {
                return Ok((found, None));
            }
        }
        Ok((found, after))
    }

    async fn keep_changed(&self, held: Reservation) -> Result<Reservation, ReservationError> {
        self.put(&held).await?;
        Ok(Reservation { revision: held.revision.next(), ..held })
    }

    async fn put(&self, held: &Reservation) -> Result<(), CommitError> {
        let kind = EventKind::ReservationChanged { number: held.number, state: held.state.name().to_owned() };
        let event = Event { at: self.csms.now(), station: Some(held.station.clone()), kind };
        let changes = vec![Change::put(held)];
        self.csms.commit(Unit { changes, events: vec![event], ..Unit::default() }).await
    }
}

fn unknown(what: &'static str, id: &str) -> ReservationError {
    ReservationError::Unknown { what, id: id.chars().take(64).collect() }
}

/// What the answer to a reservation means for it.
fn taken(outcome: &Outcome) -> Result<(), (Verdict, String)> {
    match outcome {
        Outcome::Verdict(Verdict::Accepted) => Ok(()),
        Outcome::Verdict(verdict) => Err((*verdict, outcome.word())),
        _ => Err((Verdict::Rejected, outcome.word())),
    }
}
