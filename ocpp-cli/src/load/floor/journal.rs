//! What the durable floor keeps: each call as one row in SQLite, synchronous FULL, and each frame as a line of a file.
//! One thread writes both for all connections, whatever waits at a time, and answers when it is on the disk.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, params};
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::exit::Failure;

/// The most calls in one transaction, as in the manager.
const GROUP: usize = 1024;
/// After how many pages SQLite works its log into the file, as in the manager.
const CHECKPOINT_PAGES: i64 = 16_000;

/// Keeps what stations say. Clones are handles to the same.
#[derive(Clone)]
pub(super) struct Journal(Arc<Desk>);

#[derive(Default)]
struct Desk {
    waiting: Mutex<Waiting>,
    wake: Condvar,
}

#[derive(Default)]
struct Waiting {
    calls: Vec<Call>,
    /// Lines of the message log.
    lines: Vec<u8>,
    /// The thread waits to be woken.
    asleep: bool,
    /// The thread is gone: nothing can be kept.
    broken: bool,
}

/// A call that waits until it is kept.
struct Call {
    station: Arc<str>,
    at: i64,
    frame: Utf8Bytes,
    kept: oneshot::Sender<Kept>,
}

/// Tells one who waits that the group is kept. The first is told for all, and tells the others: within the runtime that
/// costs nearly nothing.
struct Kept(Vec<oneshot::Sender<Kept>>);

impl Drop for Kept {
    fn drop(&mut self) {
        for other in self.0.drain(..) {
            // Whoever waited may be gone.
            let _ = other.send(Kept(Vec::new()));
        }
    }
}

impl Journal {
    /// Opens a new database and a new message log in a directory, and starts the thread that writes.
    ///
    /// # Errors
    /// When they cannot be made there.
    pub(super) fn open(directory: &Path) -> Result<Journal, Failure> {
        let cannot = |error: &dyn std::error::Error| {
            Failure::unavailable(
                format!("{}, where the floor keeps what it hears", directory.display()),
                error,
            )
        };
        let database = database(directory).map_err(|error| cannot(&error))?;
        let log = OpenOptions::new().create(true).append(true).open(directory.join("messages"));
        let log = log.map_err(|error| cannot(&error))?;
        let desk = Arc::new(Desk::default());
        let writer = Writer { desk: Arc::clone(&desk), database, log };
        let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(|| writer.run());
        thread.map_err(|error| cannot(&error))?;
        Ok(Journal(desk))
    }

    /// Notes frames that need no keeping: they are in the message log only.
    pub(super) fn note(&self, station: &str, call: &str, answer: &str) {
        let at = Timestamp::now().as_microsecond();
        push_lines(&mut self.0.lock().lines, station, at, call, answer);
    }

    /// Keeps a call without noting its frames. `None` when it cannot.
    pub(super) async fn keep_only(&self, station: &Arc<str>, frame: Utf8Bytes) -> Option<()> {
        let (kept, wait) = oneshot::channel();
        self.put(station, frame, None, kept)?;
        wait.await.ok().map(drop)
    }

    /// Keeps a call, and both frames in the message log. `None` when it cannot.
    pub(super) async fn keep(&self, station: &Arc<str>, frame: Utf8Bytes, answer: &str) -> Option<()> {
        let (kept, wait) = oneshot::channel();
        self.put(station, frame, Some(answer), kept)?;
        wait.await.ok().map(drop)
    }

    fn put(
        &self,
        station: &Arc<str>,
        frame: Utf8Bytes,
        answer: Option<&str>,
        kept: oneshot::Sender<Kept>,
    ) -> Option<()> {
        let at = Timestamp::now().as_microsecond();
        let mut waiting = self.0.lock();
        if waiting.broken {
            return None;
        }
        if let Some(answer) = answer {
            push_lines(&mut waiting.lines, station, at, &frame, answer);
        }
        waiting.calls.push(Call { station: Arc::clone(station), at, frame, kept });
        let wakes = std::mem::take(&mut waiting.asleep);
        drop(waiting);
        if wakes {
            self.0.wake.notify_one();
        }
        Some(())
    }
}

fn push_lines(lines: &mut Vec<u8>, station: &str, at: i64, call: &str, answer: &str) {
    for (way, frame) in [("in", call), ("out", answer)] {
        // Writing to memory cannot fail.
        let _ = writeln!(lines, "{at} {station} {way} {frame}");
    }
}

fn database(directory: &Path) -> rusqlite::Result<Connection> {
    let database = Connection::open(directory.join("floor.db"))?;
    database.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    database.execute_batch(
        "CREATE TABLE calls (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, station TEXT NOT NULL, frame TEXT NOT NULL)",
    )?;
    Ok(database)
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing is left half-changed when somebody panics.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what waits, at most a group of calls, as soon as there is a call.
    fn take(&self, calls: &mut Vec<Call>, lines: &mut Vec<u8>) {
        let mut waiting = self.lock();
        while waiting.calls.is_empty() {
            waiting.asleep = true;
            waiting = self.wake.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        let group = waiting.calls.len().min(GROUP);
        calls.extend(waiting.calls.drain(..group));
        std::mem::swap(&mut waiting.lines, lines);
    }
}

struct Writer {
    desk: Arc<Desk>,
    database: Connection,
    log: File,
}

impl Writer {
    fn run(mut self) {
        let (mut calls, mut lines) = (Vec::with_capacity(GROUP), Vec::new());
        loop {
            self.desk.take(&mut calls, &mut lines);
            if let Err(problem) = self.write(&calls, &lines) {
                eprintln!("the floor cannot keep what it hears: {problem}");
                let mut waiting = self.desk.lock();
                waiting.broken = true;
                waiting.calls.clear();
                return;
            }
            lines.clear();
            let mut all = calls.drain(..).map(|call| call.kept);
            if let Some(first) = all.next() {
                // When the first is gone, its word comes back and is handed on by dropping it.
                let _ = first.send(Kept(all.collect()));
            }
        }
    }

    fn write(&mut self, calls: &[Call], lines: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
        let transaction = self.database.transaction()?;
        let mut insert =
            transaction.prepare_cached("INSERT INTO calls (at, station, frame) VALUES (?1, ?2, ?3)")?;
        for call in calls {
            insert.execute(params![call.at, &*call.station, call.frame.as_str()])?;
        }
        drop(insert);
        self.log.write_all(lines)?;
        transaction.commit()?;
        Ok(())
    }
}
