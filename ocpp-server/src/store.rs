//! Keeping what the manager knows.
//!
//! Reads go through small traits, one per aggregate. Every write is one [`Unit`]: all of it is kept or none
//! of it, and [`Commit::commit`] returns only when it is kept durably. A reply to a station is sent after
//! that, never before.
//!
//! | store | for |
//! | --- | --- |
//! | [`Memory`] | tests and trials: nothing outlives the process |
//! | [`Sqlite`] | the embedded database: one file, WAL, synchronous FULL, group commit |
//!
//! Moments are kept to the microsecond at least. What belongs to a station or a session that is not stored
//! is kept all the same.
//!
//! [`contract`] is the test suite that every implementation has to pass, a user's own too.

pub mod contract;
mod memory;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use ocpp_core::model::{SessionKey, StationId};

pub use memory::Memory;
#[cfg(feature = "sqlite")]
pub use sqlite::{OpenError, Sqlite, Statistics};

use crate::domain::{
    Epoch, Event, EventId, KeptCourse, Observation, Port, Record, RecordKind, Refusal, RefusalReason,
    Refused, Revision, Session, SessionNumber, SessionReading, SessionStatus, StartKey, Station, Stored,
    StoredEvent,
};

/// One change within a [`Unit`].
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Writes a station whose stored revision is `station.revision`; it is stored with the next one.
    Station(Station),
    /// Writes the state of a port of the station; the last write holds.
    Port(StationId, Port),
    /// Writes a session whose stored revision is `session.revision`; it is stored with the next one.
    Session(Session),
    /// Adds meter values of a session. A value of the same time, counted report and position is kept once, the
    /// first one; its position is counted among those of its time and report in this unit. Where the station
    /// does not count its reports, values of the same time are kept in the order of their arrival, each that
    /// says the same once.
    Readings(SessionKey, Vec<SessionReading>),
    /// Counts one more refusal.
    #[allow(missing_docs)]
    Refusal { refused: Refused, reason: RefusalReason, address: String, at: jiff::Timestamp },
    /// Forgets that somebody was refused, whatever the reason: it was seen to.
    RefusalSettled(Refused),
    /// Writes or removes a record whose stored revision is `stored.revision`; it is stored with the next one.
    Record(Stored),
    /// Adds what was learnt of a place on a station. Courses of the station that are kept until after the moment from
    /// which it holds are removed: they are no longer true.
    Observed(StationId, Observation),
    /// Keeps a part of the course of a port, in place of the one of that port from the same moment on.
    Course(KeptCourse),
    /// Forgets what was learnt of a station that holds from before a moment. Its courses stay.
    #[allow(missing_docs)]
    ForgetObservations { station: StationId, before: jiff::Timestamp },
    /// Removes the courses of a station that are kept until after a moment.
    #[allow(missing_docs)]
    ForgetCourses { station: StationId, after: jiff::Timestamp },
}

impl Change {
    /// Writes a record.
    #[must_use]
    pub fn put<R: Record>(record: &R) -> Change {
        Change::Record(Stored::of(record))
    }

    /// Removes a record.
    #[must_use]
    pub fn remove<R: Record>(record: &R) -> Change {
        Change::Record(Stored::removal(record))
    }
}

/// Writes that belong together: all of them are kept, or none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Unit {
    /// The connection that writes. When the station's stored epoch is another, the unit is refused. A unit
    /// whose own [`Change::Station`] raises the epoch carries the new one.
    pub connection: Option<(StationId, Epoch)>,
    /// When a unit of this key was kept before, nothing is written and the commit succeeds as a repetition.
    pub idempotency_key: Option<String>,
    /// What to write, in order.
    pub changes: Vec<Change>,
    /// What to tell the world, in order.
    pub events: Vec<Event>,
}

impl Unit {
    /// Whether there is nothing to keep.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.events.is_empty()
    }

    /// Whether the unit itself gives `station` the epoch `epoch`, as the opening of a connection does.
    #[must_use]
    pub fn opens_connection(&self, station: &StationId, epoch: Epoch) -> bool {
        self.changes.iter().any(|change| {
            matches!(change, Change::Station(written) if written.id == *station && written.epoch == epoch)
        })
    }
}

/// A unit that was kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Committed {
    /// Written now, with the events as they were numbered.
    New(Vec<Arc<StoredEvent>>),
    /// The same idempotency key was kept before; nothing was written.
    Repeated,
}

/// Why a unit was not kept. Nothing of it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// A value has another revision than the unit expects: read again and decide again.
    #[error(
        "{what} was changed by somebody else in the meantime (revision {stored:?}, expected {expected:?})"
    )]
    #[allow(missing_docs)]
    Conflict { what: String, expected: Revision, stored: Revision },
    /// A newer connection of the station has taken over: this one has nothing more to write.
    #[error("station {station} has a newer connection")]
    #[allow(missing_docs)]
    StaleConnection { station: StationId },
    /// The number or start key of a new session is taken: choose another, or read the session that has it.
    #[error("session number {0:?} or its start key is taken")]
    SessionTaken(SessionNumber),
    /// The store failed: the disk is full, the file is damaged or the like. Close connections, and refuse
    /// new ones until it works again.
    #[error("the database cannot be written: {0}")]
    Unavailable(String),
}

/// The store could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the database cannot be read: {0}")]
pub struct ReadError(pub String);

impl From<ReadError> for CommitError {
    fn from(error: ReadError) -> CommitError {
        CommitError::Unavailable(error.to_string())
    }
}

/// Writes.
#[async_trait]
pub trait Commit: Send + Sync {
    /// Keeps a unit durably; returns when it is kept.
    ///
    /// # Errors
    /// [`CommitError`]; nothing of the unit was written then.
    async fn commit(&self, unit: Unit) -> Result<Committed, CommitError>;

    /// The same, giving back what was written to who wants to go on with it. A store that can hand back what it was
    /// given, rather than a copy, does so.
    ///
    /// # Errors
    /// As those of [`commit`](Commit::commit).
    async fn commit_and_return(&self, unit: Unit) -> Result<(Committed, Vec<Change>), CommitError> {
        let changes = unit.changes.clone();
        Ok((self.commit(unit).await?, changes))
    }
}

/// Which page of a list, in the order of its keys.
#[derive(Debug, Clone, Default)]
pub struct Page<K> {
    /// The key of the last item of the page before.
    pub after: Option<K>,
    /// How many items at most.
    pub limit: usize,
}

/// Reads stations and their ports.
#[async_trait]
pub trait Stations: Send + Sync {
    /// One station.
    async fn station(&self, id: &StationId) -> Result<Option<Station>, ReadError>;
    /// Stations in the order of their identities.
    async fn stations(&self, page: Page<StationId>) -> Result<Vec<Station>, ReadError>;
    /// The ports of a station, in the order of their places.
    async fn ports(&self, station: &StationId) -> Result<Vec<Port>, ReadError>;
}

/// Which sessions to list.
#[derive(Debug, Clone, Default)]
pub struct SessionFilter {
    /// Only those at this station.
    pub station: Option<StationId>,
    /// Only those in this state.
    pub status: Option<SessionStatus>,
    /// Only those started by this token, given in ASCII capitals.
    pub token: Option<String>,
}

impl SessionFilter {
    /// The running sessions of a station.
    #[must_use]
    pub const fn running_at(station: StationId) -> SessionFilter {
        SessionFilter { station: Some(station), status: Some(SessionStatus::Active), token: None }
    }
}

/// A station with what its connection needs to know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StationAtWork {
    /// The station.
    pub station: Station,
    /// Its ports, in the order of their places.
    pub ports: Vec<Port>,
    /// Its running sessions, the highest number first.
    pub running: Vec<Session>,
}

/// Reads sessions and their meter values.
#[async_trait]
pub trait Sessions: Stations {
    /// A station with its ports and running sessions, `limit` of these at most. It is asked for whenever a station
    /// connects; a store that can read all of it at once does so.
    async fn station_at_work(
        &self,
        id: &StationId,
        limit: usize,
    ) -> Result<Option<StationAtWork>, ReadError> {
        let Some(station) = self.station(id).await? else { return Ok(None) };
        let ports = self.ports(id).await?;
        let running =
            self.sessions(SessionFilter::running_at(id.clone()), Page { after: None, limit }).await?;
        Ok(Some(StationAtWork { station, ports, running }))
    }
    /// The session of this key.
    async fn session(&self, key: &SessionKey) -> Result<Option<Session>, ReadError>;
    /// The session of this number.
    async fn session_by_number(&self, number: SessionNumber) -> Result<Option<Session>, ReadError>;
    /// The session of a station that has this start key.
    async fn session_by_start(
        &self,
        station: &StationId,
        key: &StartKey,
    ) -> Result<Option<Session>, ReadError>;
    /// Sessions, the highest number first; `page.after` continues below that number.
    async fn sessions(
        &self,
        filter: SessionFilter,
        page: Page<SessionNumber>,
    ) -> Result<Vec<Session>, ReadError>;
    /// The meter values of a session in the order of the station's time.
    async fn readings(&self, session: &SessionKey) -> Result<Vec<SessionReading>, ReadError>;
    /// The highest number given to a session so far.
    async fn highest_number(&self) -> Result<Option<SessionNumber>, ReadError>;
}

/// The most refusals that are kept. When there are more, the one whose last time is the oldest goes, so that
/// a flood of made-up identities cannot fill the store.
pub const MAX_REFUSALS: usize = 10_000;

/// Reads refusals.
#[async_trait]
pub trait Refusals: Send + Sync {
    /// Refusals, the latest first.
    async fn refusals(&self, limit: usize) -> Result<Vec<Refusal>, ReadError>;
}

/// In which order of their keys records are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum KeyOrder {
    #[default]
    Ascending,
    Descending,
}

/// Which records to list.
#[derive(Debug, Clone)]
pub struct RecordFilter {
    /// What they are.
    pub kind: RecordKind,
    /// Only those of this owner.
    pub owner: Option<String>,
    /// In which order of their keys, byte by byte.
    pub order: KeyOrder,
    /// Which page.
    pub page: Page<String>,
}

impl RecordFilter {
    /// The first `limit` records of a kind.
    #[must_use]
    pub const fn all(kind: RecordKind, limit: usize) -> RecordFilter {
        RecordFilter { kind, owner: None, order: KeyOrder::Ascending, page: Page { after: None, limit } }
    }

    /// The same, of one owner only.
    #[must_use]
    pub fn of(mut self, owner: impl Into<String>) -> RecordFilter {
        self.owner = Some(owner.into());
        self
    }

    /// The same, after this key.
    #[must_use]
    pub fn after(mut self, key: Option<String>) -> RecordFilter {
        self.page.after = key;
        self
    }

    /// The same, the highest key first.
    #[must_use]
    pub const fn descending(mut self) -> RecordFilter {
        self.order = KeyOrder::Descending;
        self
    }
}

/// Reads records. [`TypedRecords`] reads them as the values that they are.
#[async_trait]
pub trait Records: Send + Sync {
    /// The record of this kind and key.
    async fn record(&self, kind: RecordKind, key: &str) -> Result<Option<Stored>, ReadError>;
    /// Records in the order of their keys.
    async fn records(&self, filter: RecordFilter) -> Result<Vec<Stored>, ReadError>;
}

/// Reads records as the values that they are; every store has it.
#[async_trait]
pub trait TypedRecords: Records {
    /// The value of this key.
    async fn get<R: Record>(&self, key: &str) -> Result<Option<R>, ReadError> {
        self.record(R::KIND, key).await?.map(|stored| stored.value()).transpose().map_err(ReadError)
    }

    /// A page of values in the order of their keys.
    async fn page<R: Record>(&self, page: Page<String>) -> Result<Vec<R>, ReadError> {
        self.list(RecordFilter { page, ..RecordFilter::all(R::KIND, 0) }).await
    }

    /// The values that a filter of their kind selects.
    async fn list<R: Record>(&self, filter: RecordFilter) -> Result<Vec<R>, ReadError> {
        let stored = self.records(filter).await?;
        stored.iter().map(Stored::value).collect::<Result<_, _>>().map_err(ReadError)
    }

    /// The values of one owner, `limit` at most.
    async fn owned<R: Record>(&self, owner: &str, limit: usize) -> Result<Vec<R>, ReadError> {
        self.list(RecordFilter::all(R::KIND, limit).of(owner)).await
    }
}

impl<T: Records + ?Sized> TypedRecords for T {}

/// Reads the outbox.
#[async_trait]
pub trait Events: Send + Sync {
    /// Events after `after` in the order of commits.
    async fn events_after(&self, after: EventId, limit: usize) -> Result<Vec<StoredEvent>, ReadError>;
    /// The last event, 0 when there is none.
    async fn last_event(&self) -> Result<EventId, ReadError>;
}

/// Reads the past of ports.
#[async_trait]
pub trait Histories: Send + Sync {
    /// What was observed of a station that holds from a moment in `from..to`, in the order of these moments; of the
    /// same moment, in the order in which it was heard, and then in the order in which it was kept. Ask for a day or a
    /// month: how much there is depends on the station alone.
    async fn observations(
        &self,
        station: &StationId,
        from: jiff::Timestamp,
        to: jiff::Timestamp,
    ) -> Result<Vec<Observation>, ReadError>;
    /// The courses of a station that are kept and end after `after`, in the order of their ports, and then of time.
    async fn courses(
        &self,
        station: &StationId,
        after: jiff::Timestamp,
    ) -> Result<Vec<KeptCourse>, ReadError>;
}

/// All that a manager needs of a store.
pub trait Store: Commit + Stations + Sessions + Refusals + Records + Events + Histories + 'static {}

impl<T: Commit + Stations + Sessions + Refusals + Records + Events + Histories + 'static> Store for T {}
