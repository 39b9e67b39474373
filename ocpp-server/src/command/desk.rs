//! Orders that are kept: durable, one at a time for each station, each with its result.
//!
//! [`Desk::place`] writes an order down; from then on it has an end, whatever happens to the station or the
//! manager. [`Desk::keep`] works orders off as long as the manager runs ([`Csms::serve`](crate::Csms::serve)
//! does that by itself).
//!
//! ```text
//! Waiting ──► Sent ──► Ended(Answered | Refused | NoAnswer | BadAnswer)
//!    └──────────────► Ended(CannotSay | NotAllowed | NotConnected | Expired | Withdrawn)
//! ```
//!
//! An order is *sent* in the store before it is sent on the wire, so that a manager that is killed in between
//! never sends it twice: after the next start it has ended without an answer.

mod bulk;
mod carry;
mod energy;
mod lanes;
mod limits;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::dialect::CannotSay;
use ocpp_core::model::{Command, StationId};
use ocpp_core::types::Version;
use tokio::sync::{mpsc, oneshot};

pub use bulk::{BulkCounts, MAX_STATIONS, NewBatch};

use super::raw::check_raw;
use super::{Commands, NotAllowed};
use crate::domain::profile_rules::BrokenRule;
use crate::domain::{
    BatchId, Ending, Event, EventKind, OpenOrder, OrderEntry, OrderId, OrderState, Revision,
};
use crate::handle::Handler;
use crate::session::Stations;
use crate::store::{Change, CommitError, ReadError, RecordFilter, TypedRecords, Unit};

/// How many orders may be open for one station.
pub const MAX_OPEN: usize = 200;
/// How many ended orders of a station are kept; older ones are forgotten.
pub const KEPT_ENDED: usize = 500;

/// What to do with an order whose station is not connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenOffline {
    /// Refuse it.
    Refuse,
    /// Keep it until the station comes, or this moment.
    WaitUntil(Timestamp),
}

impl WhenOffline {
    const fn until(self) -> Option<Timestamp> {
        match self {
            WhenOffline::Refuse => None,
            WhenOffline::WaitUntil(until) => Some(until),
        }
    }
}

/// An order to be given.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOrder {
    /// What to do.
    pub command: Command,
    /// Who orders it, as people will read it; at most 200 characters are kept.
    pub by: String,
    /// What to do when the station is not connected.
    pub when_offline: WhenOffline,
}

/// Why an order was not taken. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlaceError {
    /// The station is not connected, and the order is not to wait.
    #[error("the station is not connected: try again when it is, or let the order wait for it")]
    NotConnected,
    /// The version that the station speaks has no words for it.
    #[error(transparent)]
    CannotSay(#[from] CannotSay),
    /// The station's version has no such action, or the payload is not what its schema says.
    #[error("{0}")]
    Invalid(String),
    /// The station's registration forbids it.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// A rule of the specification forbids it at this station, as far as is known of it.
    #[error(transparent)]
    AgainstRule(#[from] BrokenRule),
    /// Its time is over already.
    #[error("the order may wait until {0}, which is over")]
    TooLate(Timestamp),
    /// Too many orders wait for this station.
    #[error("{MAX_OPEN} orders wait for this station already: take some back, or wait")]
    TooMany,
    /// The store failed.
    #[error("the order could not be kept: {0}")]
    NotKept(String),
}

/// Why an order was not taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WithdrawError {
    /// There is no such order.
    #[error("there is no such order")]
    Unknown,
    /// It was sent, or has ended.
    #[error("the order was sent already: it cannot be taken back")]
    TooLate,
    /// The bulk order runs.
    #[error("the bulk order runs: stop it, or wait for its end")]
    Running,
    /// The bulk order does not run.
    #[error("the bulk order does not run")]
    NotRunning,
    /// It had passwords or keys, which are not kept beyond its end.
    #[error("the order had passwords or keys, which were not kept: give it anew")]
    Forgotten,
    /// The store failed.
    #[error("the order could not be changed: {0}")]
    NotKept(String),
}

impl From<ReadError> for PlaceError {
    fn from(error: ReadError) -> PlaceError {
        PlaceError::NotKept(error.to_string())
    }
}

impl From<CommitError> for PlaceError {
    fn from(error: CommitError) -> PlaceError {
        PlaceError::NotKept(error.to_string())
    }
}

impl From<ReadError> for WithdrawError {
    fn from(error: ReadError) -> WithdrawError {
        WithdrawError::NotKept(error.to_string())
    }
}

/// Where orders are given. Clones are the same.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    handler: Arc<Handler>,
    commands: Commands,
    stations: Stations,
    wakes: mpsc::UnboundedSender<Wake>,
    /// Taken by the one who keeps the desk.
    woken: Mutex<Option<mpsc::UnboundedReceiver<Wake>>>,
    /// How many orders are open for each station.
    open: Mutex<HashMap<StationId, usize>>,
    /// Who waits for the end of an order.
    waiting: Mutex<HashMap<OrderId, Vec<oneshot::Sender<OrderEntry>>>>,
}

/// What the keeper of the desk is woken by.
enum Wake {
    /// An order was placed.
    Placed(OpenOrder, Option<Timestamp>),
    /// A bulk order was placed or changed.
    Batch(BatchId),
    /// An order was taken back.
    Gone(OpenOrder),
}

/// Placing and looking.
impl Desk {
    /// A desk over the connected stations.
    pub(crate) fn new(handler: Arc<Handler>, stations: Stations) -> Desk {
        let (wakes, woken) = mpsc::unbounded_channel();
        let inner = Inner {
            handler,
            commands: Commands::new(stations.clone()),
            stations,
            wakes,
            woken: Mutex::new(Some(woken)),
            open: Mutex::default(),
            waiting: Mutex::default(),
        };
        Desk { inner: Arc::new(inner) }
    }

    /// Takes an order. When this returns, it is kept, and it will have an end.
    ///
    /// # Errors
    /// [`PlaceError`]; nothing is kept then.
    pub async fn place(&self, station: &StationId, new: NewOrder) -> Result<OrderId, PlaceError> {
        let now = self.inner.handler.now();
        if let WhenOffline::WaitUntil(until) = new.when_offline
            && until <= now
        {
            return Err(PlaceError::TooLate(until));
        }
        self.inner.check_rules(station, &new.command).await??;
        self.check(station, &new)?;
        self.inner.count_in(station)?;
        let order = entry(station.clone(), new, now);
        let (open, until) = (open_order(&order), order.until);
        let unit = Unit {
            changes: vec![Change::put(&order), Change::put(&open)],
            events: vec![told(&order, now)],
            ..Unit::default()
        };
        if let Err(error) = self.inner.handler.commit(unit).await {
            self.inner.count_out(station);
            return Err(error.into());
        }
        let _ = self.inner.wakes.send(Wake::Placed(open, until));
        Ok(order.id)
    }

    /// Refuses what is known to fail, before anything is kept.
    fn check(&self, station: &StationId, new: &NewOrder) -> Result<(), PlaceError> {
        match self.inner.stations.version(station) {
            Some(version) => self.inner.check(station, version, &new.command),
            None if new.when_offline == WhenOffline::Refuse => Err(PlaceError::NotConnected),
            None => Ok(()),
        }
    }

    /// Waits for the end of an order.
    ///
    /// # Errors
    /// When the store cannot be read. `None` when there is no such order.
    pub async fn ended(&self, id: &OrderId) -> Result<Option<OrderEntry>, ReadError> {
        let (tell, told) = oneshot::channel();
        self.inner.waiters().entry(id.clone()).or_default().push(tell);
        match self.find(id).await? {
            Some(order) if matches!(order.state, OrderState::Ended { .. }) => Ok(Some(order)),
            None => {
                self.inner.waiters().remove(id);
                Ok(None)
            }
            Some(_) => match told.await {
                Ok(order) => Ok(Some(order)),
                Err(_) => self.find(id).await,
            },
        }
    }

    /// Places an order and waits for its end.
    ///
    /// # Errors
    /// [`PlaceError`].
    pub async fn carry_out(&self, station: &StationId, new: NewOrder) -> Result<OrderEntry, PlaceError> {
        let id = self.place(station, new).await?;
        let gone = || PlaceError::NotKept("the order was forgotten".to_owned());
        self.ended(&id).await?.ok_or_else(gone)
    }

    /// One order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn find(&self, id: &OrderId) -> Result<Option<OrderEntry>, ReadError> {
        self.inner.handler.store().get::<OrderEntry>(&id.0).await
    }

    /// The orders of a station, the latest first, from below `before` on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn orders(
        &self,
        station: &StationId,
        before: Option<&OrderId>,
        limit: usize,
    ) -> Result<Vec<OrderEntry>, ReadError> {
        let filter = RecordFilter::all(crate::domain::RecordKind::Order, limit)
            .of(station.as_str())
            .after(before.map(|id| id.0.clone()))
            .descending();
        self.inner.handler.store().list(filter).await
    }

    /// Takes an order back that was not sent yet.
    ///
    /// # Errors
    /// [`WithdrawError`].
    pub async fn withdraw(&self, id: &OrderId, by: &str) -> Result<OrderEntry, WithdrawError> {
        let order = self.find(id).await?.ok_or(WithdrawError::Unknown)?;
        if order.state != OrderState::Waiting {
            return Err(WithdrawError::TooLate);
        }
        match self.inner.end(order, Ending::Withdrawn { by: short(by) }).await {
            Ok(order) => {
                let _ = self.inner.wakes.send(Wake::Gone(open_order(&order)));
                Ok(order)
            }
            Err(CommitError::Conflict { .. }) => Err(WithdrawError::TooLate),
            Err(error) => Err(WithdrawError::NotKept(error.to_string())),
        }
    }
}

/// Names of people and keys come from outside.
fn short(text: &str) -> String {
    text.chars().take(200).collect()
}

fn entry(station: StationId, new: NewOrder, at: Timestamp) -> OrderEntry {
    OrderEntry {
        id: OrderId::fresh(),
        revision: Revision::default(),
        station,
        command: new.command,
        by: short(&new.by),
        at,
        until: new.when_offline.until(),
        batch: None,
        sent_at: None,
        state: OrderState::Waiting,
    }
}

fn open_order(order: &OrderEntry) -> OpenOrder {
    OpenOrder { id: order.id.clone(), revision: Revision::default(), station: order.station.clone() }
}

fn told(order: &OrderEntry, at: Timestamp) -> Event {
    let kind = EventKind::OrderChanged {
        order: order.id.clone(),
        state: order.state.name().to_owned(),
        batch: order.batch.clone(),
    };
    Event { at, station: Some(order.station.clone()), kind }
}

impl Inner {
    /// Whether a connected station can be given an order: its version has words for it, and its registration
    /// lets it.
    fn check(&self, station: &StationId, version: Version, command: &Command) -> Result<(), PlaceError> {
        if let Command::Unmapped { action, payload } = command {
            check_raw(version, action, payload).map_err(|error| PlaceError::Invalid(error.to_string()))?;
        }
        ocpp_core::dialect::Manager::new(version).order(command)?;
        Ok(self.commands.check_allowed(station, command)?)
    }

    fn count_in(&self, station: &StationId) -> Result<(), PlaceError> {
        let mut open = locked(&self.open);
        let count = open.entry(station.clone()).or_default();
        if *count >= MAX_OPEN {
            return Err(PlaceError::TooMany);
        }
        *count += 1;
        Ok(())
    }

    fn count_out(&self, station: &StationId) {
        let mut open = locked(&self.open);
        let Some(count) = open.get_mut(station) else { return };
        *count = count.saturating_sub(1);
        if *count == 0 {
            open.remove(station);
        }
    }

    fn waiters(&self) -> MutexGuard<'_, HashMap<OrderId, Vec<oneshot::Sender<OrderEntry>>>> {
        let mut waiters = locked(&self.waiting);
        // Whoever gave up waiting is forgotten when many are.
        if waiters.len() > MANY_WAITERS {
            waiters.retain(|_, tells| tells.iter().any(|tell| !tell.is_closed()));
        }
        waiters
    }
}

/// From how many on those who gave up are looked for.
const MANY_WAITERS: usize = 1024;
/// How long a station that has just connected is given to boot before it gets its orders (B01).
const SETTLE: Duration = Duration::from_secs(2);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Counts and lists are never left half-changed, so a panic elsewhere does not spoil them.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
