//! A store in SQLite: the embedded database.
//!
//! ```text
//! open      one process at a time, the file checked, the tables brought up to date
//! writer    one thread; many units, one transaction, one flush
//! apply     one unit: conditions and statements · sessions · reports   meter values · events   the outbox · history   of ports
//! readers   connections that only read · remembered   what was read or written lately
//! rows      rows as values · columns   single values · failure   errors as sentences
//! ```

mod apply;
mod columns;
mod events;
mod failure;
mod history;
mod open;
mod readers;
mod remembered;
mod reports;
mod rows;
mod sessions;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use async_trait::async_trait;
use jiff::Timestamp;
use ocpp_core::model::{SessionKey, StationId};
use rusqlite::{Connection, OptionalExtension, Params, Row};
use tokio::sync::{mpsc, oneshot};

use super::{
    Change, Commit, CommitError, Committed, Events, Histories, KeyOrder, Page, ReadError, RecordFilter,
    Records, Refusals, SessionFilter, Sessions, StationAtWork, Stations, Unit,
};
use crate::domain::{
    EventId, KeptCourse, Observation, Port, RecordKind, Refusal, Session, SessionNumber, SessionReading,
    SessionStatus, StartKey, Station, Stored, StoredEvent,
};
use crate::metrics::Metrics;
use columns::Word;
pub use open::OpenError;
use readers::Readers;
use remembered::Remembered;
use writer::{Counters, Desk, Order, Told, Writer};

/// A store in one SQLite file, with its log (`-wal`, `-shm`) and its lock (`.lock`) beside it.
///
/// WAL, synchronous FULL: what was committed outlives a loss of power. Units that wait at the same time
/// share one transaction. Moments are kept to the microsecond. Dropping it waits until what was
/// sent to be committed is on the disk.
pub struct Sqlite {
    /// `None` only while it is dropped.
    orders: Option<mpsc::Sender<Order>>,
    thread: Option<JoinHandle<()>>,
    readers: Readers,
    remembered: Arc<Remembered>,
    counters: Arc<Counters>,
}

/// How much was written since the database was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Units that were kept.
    pub units: u64,
    /// Transactions that kept them: fewer than units, when units came at the same time.
    pub transactions: u64,
}

impl Sqlite {
    /// Opens the database at `path`, or makes an empty one there; the directory has to exist. It blocks
    /// while the file is checked (up to 64 MiB in whole, of larger files the beginning) and brought up to
    /// date.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the file; it is left as it was.
    pub fn open(path: &Path) -> Result<Sqlite, OpenError> {
        Sqlite::open_counting(path, Metrics::default())
    }

    /// The same, counting what commits take into `metrics`.
    ///
    /// # Errors
    /// As [`Sqlite::open`].
    pub fn open_counting(path: &Path, metrics: Metrics) -> Result<Sqlite, OpenError> {
        let opened = open::open(path)?;
        let counters = Arc::new(Counters::default());
        let remembered = Arc::new(Remembered::default());
        let desk = Desk::new(opened.writer, Arc::clone(&counters), Arc::clone(&remembered), metrics);
        let writer = Writer::start(desk, opened.lock)
            .map_err(|error| OpenError::Unusable(format!("no thread for it can be started: {error}")))?;
        let readers = Readers::start(opened.readers)
            .map_err(|error| OpenError::Unusable(format!("no thread that reads can be started: {error}")))?;
        let (orders, thread) = (Some(writer.orders), Some(writer.thread));
        Ok(Sqlite { orders, thread, readers, remembered, counters })
    }

    /// How much was written so far.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        Statistics {
            units: self.counters.units.load(Ordering::Relaxed),
            transactions: self.counters.transactions.load(Ordering::Relaxed),
        }
    }

    /// Lets the file grow to `bytes` at most, its log not counted; `None` takes the limit away. It cannot
    /// shrink: a limit below the present size keeps it from growing. Commits that need more room are
    /// [`CommitError::Unavailable`].
    ///
    /// # Errors
    /// [`CommitError::Unavailable`] when the database fails.
    pub async fn limit_size(&self, bytes: Option<u64>) -> Result<(), CommitError> {
        self.order(|answer| Order::Limit(bytes, answer)).await?
    }

    async fn order<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Result<T, CommitError> {
        let ended = || {
            let problem = "writing broke off: restart the manager if this happens again";
            CommitError::Unavailable(problem.to_owned())
        };
        let (answer, answered) = oneshot::channel();
        let orders = self.orders.as_ref().ok_or_else(ended)?;
        orders.send(order(answer)).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())
    }

    async fn one<T: Send + 'static>(
        &self,
        sql: &'static str,
        params: impl Params + Send + 'static,
        value: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, ReadError> {
        self.readers.read(move |db| db.prepare_cached(sql)?.query_row(params, value).optional()).await
    }

    async fn list<T: Send + 'static>(
        &self,
        sql: impl AsRef<str> + Send + 'static,
        params: impl Params + Send + 'static,
        value: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, ReadError> {
        self.readers
            .read(move |db| db.prepare_cached(sql.as_ref())?.query_map(params, value)?.collect())
            .await
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // The thread that writes closes the last connection, and with it the log.
        self.readers.close();
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by its hook.
            let _ = thread.join();
        }
    }
}

#[async_trait]
impl Commit for Sqlite {
    async fn commit(&self, unit: Unit) -> Result<Committed, CommitError> {
        self.commit_and_return(unit).await.map(|(committed, _)| committed)
    }

    async fn commit_and_return(&self, unit: Unit) -> Result<(Committed, Vec<Change>), CommitError> {
        let Told { result, others } = self.order(|answer| Order::Commit(unit, answer)).await?;
        drop(others);
        result
    }
}

#[async_trait]
impl Stations for Sqlite {
    async fn station(&self, id: &StationId) -> Result<Option<Station>, ReadError> {
        self.one(STATION, [id.to_string()], rows::station).await
    }

    async fn stations(&self, page: Page<StationId>) -> Result<Vec<Station>, ReadError> {
        // No identity is empty: all of them come after the empty text.
        let after = page.after.map_or_else(String::new, |id| id.to_string());
        let sql = "SELECT * FROM stations WHERE id > ?1 ORDER BY id LIMIT ?2";
        self.list(sql, (after, limit(page.limit)), rows::station).await
    }

    async fn ports(&self, station: &StationId) -> Result<Vec<Port>, ReadError> {
        self.list(PORTS, [station.to_string()], rows::port).await
    }
}

const STATION: &str = "SELECT * FROM stations WHERE id = ?1";
const PORTS: &str = "SELECT * FROM ports WHERE station = ?1 ORDER BY level, evse, connector";
const RUNNING: &str =
    "SELECT * FROM sessions_now WHERE station = ?1 AND status = 'active' ORDER BY number DESC LIMIT ?2";

/// A station with its ports and running sessions, all of the same moment.
fn at_work(db: &Connection, id: &str, most: i64) -> rusqlite::Result<Option<StationAtWork>> {
    let transaction = db.unchecked_transaction()?;
    let station = transaction.prepare_cached(STATION)?.query_row([id], rows::station).optional()?;
    let Some(station) = station else { return Ok(None) };
    let ports = transaction.prepare_cached(PORTS)?.query_map([id], rows::port)?.collect::<Result<_, _>>()?;
    let running = transaction
        .prepare_cached(RUNNING)?
        .query_map((id, most), rows::session)?
        .collect::<Result<_, _>>()?;
    Ok(Some(StationAtWork { station, ports, running }))
}

#[async_trait]
impl Sessions for Sqlite {
    async fn station_at_work(
        &self,
        id: &StationId,
        limit: usize,
    ) -> Result<Option<StationAtWork>, ReadError> {
        let (id, most) = (id.to_string(), self::limit(limit));
        self.readers.read(move |db| at_work(db, &id, most)).await
    }

    async fn session(&self, key: &SessionKey) -> Result<Option<Session>, ReadError> {
        if let Some(ended) = self.remembered.ended_session(key) {
            return Ok(Some(ended));
        }
        self.one("SELECT * FROM sessions_now WHERE key = ?1", [key.to_string()], rows::session).await
    }

    async fn session_by_number(&self, number: SessionNumber) -> Result<Option<Session>, ReadError> {
        self.one("SELECT * FROM sessions_now WHERE number = ?1", [number.0], rows::session).await
    }

    async fn session_by_start(
        &self,
        station: &StationId,
        key: &StartKey,
    ) -> Result<Option<Session>, ReadError> {
        let sql = "SELECT * FROM sessions_now WHERE station = ?1 AND start_key = ?2";
        self.one(sql, [station.to_string(), key.0.clone()], rows::session).await
    }

    async fn sessions(
        &self,
        filter: SessionFilter,
        page: Page<SessionNumber>,
    ) -> Result<Vec<Session>, ReadError> {
        let highest = match page.after {
            None => i64::MAX,
            Some(SessionNumber(after)) => match after.checked_sub(1) {
                Some(below) => below,
                None => return Ok(Vec::new()),
            },
        };
        let sql = sessions_sql(&filter);
        let limit = limit(page.limit);
        let (station, token) = (filter.station.map(|id| id.to_string()), filter.token);
        match (station, token) {
            (Some(station), Some(token)) => {
                self.list(sql, (highest, limit, station, token), rows::session).await
            }
            (Some(one), None) | (None, Some(one)) => {
                self.list(sql, (highest, limit, one), rows::session).await
            }
            (None, None) => self.list(sql, (highest, limit), rows::session).await,
        }
    }

    async fn readings(&self, session: &SessionKey) -> Result<Vec<SessionReading>, ReadError> {
        let session = session.to_string();
        self.readers.read(move |db| reports::of_session(db, &session)).await
    }

    async fn highest_number(&self) -> Result<Option<SessionNumber>, ReadError> {
        let number = |row: &Row<'_>| Ok(row.get::<_, Option<i64>>(0)?.map(SessionNumber));
        Ok(self.one("SELECT max(number) FROM sessions", [], number).await?.flatten())
    }
}

/// The states stand as they are in the text, because SQLite uses a partial index only for a condition that
/// it sees.
fn sessions_sql(filter: &SessionFilter) -> String {
    let station = if filter.station.is_some() { "AND station = ?3" } else { "" };
    let token = match (&filter.token, &filter.station) {
        (None, _) => "",
        (Some(_), None) => "AND upper(id_token) = ?3",
        (Some(_), Some(_)) => "AND upper(id_token) = ?4",
    };
    let status = match filter.status {
        None => "",
        Some(SessionStatus::Active) => "AND status = 'active'",
        Some(SessionStatus::Completed) => "AND status = 'completed'",
    };
    format!(
        "SELECT * FROM sessions_now WHERE number <= ?1 {station} {token} {status} ORDER BY number DESC LIMIT ?2"
    )
}

#[async_trait]
impl Refusals for Sqlite {
    async fn refusals(&self, limit: usize) -> Result<Vec<Refusal>, ReadError> {
        let sql = "SELECT * FROM refusals ORDER BY last DESC, id DESC LIMIT ?1";
        self.list(sql, [self::limit(limit)], rows::refusal).await
    }
}

#[async_trait]
impl Records for Sqlite {
    async fn record(&self, kind: RecordKind, key: &str) -> Result<Option<Stored>, ReadError> {
        let before = match self.remembered.get(kind, key) {
            Ok(known) => return Ok(known),
            Err(before) => before,
        };
        let sql = "SELECT * FROM records WHERE kind = ?1 AND key = ?2";
        let found = self.one(sql, (Word(kind), key.to_owned()), rows::record).await?;
        self.remembered.put(before, kind, key, &found);
        Ok(found)
    }

    async fn records(&self, filter: RecordFilter) -> Result<Vec<Stored>, ReadError> {
        let whole = filter.owner.clone().filter(|_| filter.page.after.is_none() && filter.page.limit > 0);
        let Some(owner) = whole else { return self.listed(filter).await };
        let before = match self.remembered.owns_none(filter.kind, &owner) {
            Ok(()) => return Ok(Vec::new()),
            Err(before) => before,
        };
        let kind = filter.kind;
        let found = self.listed(filter).await?;
        if found.is_empty() {
            self.remembered.put_none(before, kind, &owner);
        }
        Ok(found)
    }
}

impl Sqlite {
    async fn listed(&self, filter: RecordFilter) -> Result<Vec<Stored>, ReadError> {
        let (comparison, order) = match filter.order {
            KeyOrder::Ascending => (">", "ASC"),
            KeyOrder::Descending => ("<", "DESC"),
        };
        let after =
            if filter.page.after.is_some() { format!("AND key {comparison} ?3") } else { String::new() };
        let owner = if filter.owner.is_some() { "AND owner = ?4" } else { "" };
        // What a text does not mention is bound all the same, so that the parameters keep their numbers.
        let sql = format!(
            "SELECT * FROM records WHERE kind = ?1 {after} {owner} AND ?3 IS ?3 AND ?4 IS ?4
             ORDER BY key {order} LIMIT ?2"
        );
        let values = (Word(filter.kind), limit(filter.page.limit), filter.page.after, filter.owner);
        self.list(sql, values, rows::record).await
    }
}

#[async_trait]
impl Events for Sqlite {
    async fn events_after(&self, after: EventId, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        self.readers.read(move |db| events::after(db, after, limit)).await
    }

    async fn last_event(&self) -> Result<EventId, ReadError> {
        self.readers.read(events::last).await
    }
}

#[async_trait]
impl Histories for Sqlite {
    async fn observations(
        &self,
        station: &StationId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Observation>, ReadError> {
        let station = station.to_string();
        self.readers.read(move |db| history::observations(db, &station, from, to)).await
    }

    async fn courses(&self, station: &StationId, after: Timestamp) -> Result<Vec<KeptCourse>, ReadError> {
        let station = station.to_string();
        self.readers.read(move |db| history::courses(db, &station, after)).await
    }
}

/// A limit as SQLite takes it, to which a negative one would be none.
fn limit(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}
