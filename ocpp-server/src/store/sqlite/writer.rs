//! The one thread that writes. What waits is written in one transaction, so that many units share the cost
//! of one flush to the disk.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::apply::{Applied, Applier};
use super::failure::sentence;
use super::remembered::Remembered;
use crate::domain::{EventId, RecordKind, SessionStatus, StoredEvent};
use crate::metrics::Metrics;
use crate::store::{Change, CommitError, Committed, Unit};

/// The most units in one transaction. Only where thousands of stations wait are there so many: what they change is all
/// over the file, and the more of them share a transaction, the more of them share each page that is written.
const GROUP: usize = 1024;
/// The most units that wait; whoever comes then waits for a place.
const WAITING: usize = 2048;

/// What the thread is asked to do. The answer is sent when it is done and durable.
pub(super) enum Order {
    /// Keep a unit.
    Commit(Unit, oneshot::Sender<Told>),
    /// Let the file grow to so many bytes, or without limit.
    Limit(Option<u64>, oneshot::Sender<Result<(), CommitError>>),
}

/// What became of a unit, told to the one who waits for it. The first of a transaction gets the answers of all
/// others with it, and hands them on: from there each costs nearly nothing, while waking somebody from outside the
/// runtime costs more than all else that is done for a unit. It does so by dropping them, so that they arrive also
/// when the first does not wait any more.
pub(super) struct Told {
    pub(super) result: Kept,
    pub(super) others: Answers,
}

/// What became of a unit, with what it changed.
pub(super) type Kept = Result<(Committed, Vec<Change>), CommitError>;

/// Answers on their way.
#[derive(Default)]
pub(super) struct Answers(Vec<(oneshot::Sender<Told>, Kept)>);

impl Answers {
    fn send(mut self) {
        let mut all = std::mem::take(&mut self.0).into_iter();
        let Some((first, result)) = all.next() else { return };
        // When the first is gone, what it was to hand on comes back, and is handed on here by dropping it.
        let _ = first.send(Told { result, others: Answers(all.collect()) });
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        for (answer, result) in self.0.drain(..) {
            // Whoever asked may be gone; what was done stays done.
            let _ = answer.send(Told { result, others: Answers::default() });
        }
    }
}

/// How much was written since the database was opened.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) units: AtomicU64,
    pub(super) transactions: AtomicU64,
}

/// The thread, and the way to it.
pub(super) struct Writer {
    pub(super) orders: mpsc::Sender<Order>,
    pub(super) thread: JoinHandle<()>,
}

impl Writer {
    /// Starts the thread; it ends when `orders` is dropped, and closes the database then.
    pub(super) fn start(desk: Desk, lock: File) -> std::io::Result<Writer> {
        let (orders, waiting) = mpsc::channel(WAITING);
        let thread = std::thread::Builder::new().name("ocpp-store".to_owned()).spawn(move || {
            desk.run(waiting);
            drop(lock);
        })?;
        Ok(Writer { orders, thread })
    }
}

/// The unit of an order, and who waits for it.
type Job = (Unit, oneshot::Sender<Told>);

/// What the thread works with.
pub(super) struct Desk {
    db: Connection,
    applier: Applier,
    counters: Arc<Counters>,
    remembered: Arc<Remembered>,
    metrics: Metrics,
}

impl Desk {
    pub(super) fn new(
        db: Connection,
        counters: Arc<Counters>,
        remembered: Arc<Remembered>,
        metrics: Metrics,
    ) -> Desk {
        Desk { db, applier: Applier::default(), counters, remembered, metrics }
    }

    fn run(mut self, mut waiting: mpsc::Receiver<Order>) {
        let mut orders = Vec::new();
        while waiting.blocking_recv_many(&mut orders, GROUP) > 0 {
            let group = orders.split_off(0);
            // A panic would be our bug. Those who wait learn of it by their dropped channel; the next group
            // finds a database without an open transaction.
            if catch_unwind(AssertUnwindSafe(|| self.serve(group))).is_err() {
                self.applier.forget();
                if !self.db.is_autocommit() {
                    let _ = self.db.execute_batch("ROLLBACK");
                }
            }
        }
    }

    fn serve(&mut self, orders: Vec<Order>) {
        let mut jobs: Vec<Job> = Vec::with_capacity(orders.len());
        for order in orders {
            match order {
                Order::Commit(unit, answer) => jobs.push((unit, answer)),
                Order::Limit(bytes, answer) => {
                    // Whoever asked may be gone, here and below; what was done stays done.
                    let _ = answer.send(self.limit(bytes).map_err(|error| unavailable(&error)));
                }
            }
        }
        if jobs.is_empty() {
            return;
        }
        match self.write(&jobs) {
            Ok(results) => self.answer(jobs, results),
            Err(error) if jobs.len() == 1 => refuse(jobs, &error),
            Err(error) => {
                tracing::warn!(
                    units = jobs.len(),
                    "trying units singly, since together {}",
                    sentence(&error)
                );
                self.serve_singly(jobs);
            }
        }
    }

    fn serve_singly(&mut self, jobs: Vec<Job>) {
        for job in jobs {
            let jobs = vec![job];
            match self.write(&jobs) {
                Ok(results) => self.answer(jobs, results),
                Err(error) => refuse(jobs, &error),
            }
        }
    }

    /// Writes units in one transaction. When this returns results, what they call kept is on the disk.
    fn write(&mut self, jobs: &[Job]) -> rusqlite::Result<Vec<Result<Applied, CommitError>>> {
        let begun = Instant::now();
        let result = self.transact(jobs);
        match &result {
            Ok(_) => self.metrics.commit(jobs.len(), begun.elapsed()),
            Err(_) => self.metrics.store_error(),
        }
        // Whether it was written or not: what is remembered may be older than the file.
        self.remembered.forget(jobs.iter().map(|(unit, _)| unit));
        if result.is_err() {
            self.applier.forget();
        }
        result
    }

    fn transact(&mut self, jobs: &[Job]) -> rusqlite::Result<Vec<Result<Applied, CommitError>>> {
        let units = || jobs.iter().map(|(unit, _)| unit);
        // Dropped before its commit, or when that fails, the transaction is rolled back.
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(results) = self.applier.apply_together(&transaction, units())? {
            transaction.commit()?;
            return Ok(results);
        }
        transaction.rollback()?;
        self.applier.forget();
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let results = self.applier.apply_singly(&transaction, units())?;
        transaction.commit()?;
        Ok(results)
    }

    fn answer(&mut self, jobs: Vec<Job>, results: Vec<Result<Applied, CommitError>>) {
        let kept = results.iter().filter(|result| matches!(result, Ok(Applied::New(_)))).count();
        if kept > 0 {
            self.counters.units.fetch_add(kept as u64, Ordering::Relaxed);
            self.counters.transactions.fetch_add(1, Ordering::Relaxed);
        }
        let answers = jobs.into_iter().zip(results).map(|((unit, answer), result)| {
            let result = result.map(|applied| committed(unit, applied, &mut self.applier, &self.remembered));
            (answer, result)
        });
        Answers(answers.collect()).send();
    }

    /// SQLite counts in pages, and never below what the file has.
    fn limit(&mut self, bytes: Option<u64>) -> rusqlite::Result<()> {
        let page: i64 = self.db.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let bytes = bytes.map_or(i64::MAX, |bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
        let pages = (bytes / page.max(1)).clamp(1, i64::from(u32::MAX - 1));
        self.db.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
    }
}

/// What is told of a unit that was kept. What of it will be needed next is remembered.
fn committed(
    unit: Unit,
    applied: Applied,
    applier: &mut Applier,
    remembered: &Remembered,
) -> (Committed, Vec<Change>) {
    let Unit { changes, events, .. } = unit;
    let Applied::New(EventId(first)) = applied else { return (Committed::Repeated, changes) };
    for change in &changes {
        match change {
            Change::Session(session) if session.status == SessionStatus::Active => {
                remembered.runs(&session.key);
                applier.learn(session);
            }
            Change::Session(session) => remembered.learn_session(session.clone()),
            Change::Record(task) if task.kind == RecordKind::Task => remembered.learn_task(task.clone()),
            _ => {}
        }
    }
    let numbered = (first..).zip(events);
    let events = numbered.map(|(id, event)| Arc::new(StoredEvent { id: EventId(id), event })).collect();
    (Committed::New(events), changes)
}

fn refuse(jobs: Vec<Job>, error: &rusqlite::Error) {
    let error = unavailable(error);
    tracing::error!("{error}");
    Answers(jobs.into_iter().map(|(_, answer)| (answer, Err(error.clone()))).collect()).send();
}

fn unavailable(error: &rusqlite::Error) -> CommitError {
    CommitError::Unavailable(sentence(error))
}
