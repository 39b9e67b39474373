//! The message log: every frame that went to a station or came from one, for those who have to find out later
//! what was said.
//!
//! [`MessageLog::note`] is called for each frame and costs it almost nothing: the frame is appended to a queue in
//! memory. One thread takes what waits, [hides what is personal](self#what-is-hidden), and appends it to files. What
//! does not fit into the queue is dropped and counted, and the log says where frames are missing.
//!
//! The log is for looking things up; what must not be lost is in the [store](crate::store). It reaches the disk
//! about a second after it was noted and is synchronised at the end of each segment; a manager that is killed
//! loses at most what it noted in the last second.
//!
//! # What is hidden
//!
//! Identifications of persons are replaced by pseudonyms, so that one can follow a driver without knowing who it
//! is; passwords, keys and texts for one person by `***`. A frame that is no JSON is reduced to its brackets and
//! known names. `docs/message-log.md` has the whole list.
//!
//! ```
//! use ocpp_core::model::StationId;
//! use ocpp_server::message_log::{MessageLog, PseudonymKey, Query, Settings, Way};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = std::env::temp_dir().join(format!("ocpp-message-log-{}", std::process::id()));
//! let log = MessageLog::open(&directory, Settings::new(PseudonymKey::derive(b"a secret of 32 random bytes")))?;
//! let station = StationId::new("CS-1")?;
//! let frame = r#"[2,"1","Authorize",{"idTag":"04E8A1B2"}]"#;
//! log.note(&station, jiff::Timestamp::now(), Way::FromStation, frame);
//! log.flush();
//!
//! let found = log.search(&Query { text: Some(log.pseudonym("04E8A1B2")), ..Query::default() })?;
//! assert_eq!(found.lines.len(), 1);
//! # drop(log);
//! # std::fs::remove_dir_all(&directory)?;
//! # Ok(())
//! # }
//! ```

mod counts;
mod line;
mod mask;
mod members;
mod names;
mod pairs;
mod pseudonym;
mod queue;
mod scan;
mod search;
mod segment;
mod text;
mod vocabulary;
mod writer;

use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::StationId;

pub use counts::Counts;
pub use line::{Entry, GapReason, Line, Missing};
pub use pseudonym::PseudonymKey;
pub use search::{Cursor, Export, Found, InvalidCursor, MAX_LIMIT, Order, Query};

use queue::{Queue, Waiting};
use writer::{Catalog, Shared, Writer};

/// Which way a frame went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// From the station to the manager; `in` in the log.
    FromStation,
    /// From the manager to the station; `out` in the log.
    ToStation,
}

impl Way {
    const fn back(self) -> Way {
        match self {
            Way::FromStation => Way::ToStation,
            Way::ToStation => Way::FromStation,
        }
    }
}

/// How much is kept, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What is older is removed, a whole segment at a time; 30 days unless said otherwise.
    pub max_age: Duration,
    /// When the ended segments have more bytes than this, the oldest are removed; 2 GiB unless said otherwise. The
    /// segment that is being written comes on top.
    pub max_bytes: u64,
    /// A segment ends when it has this many bytes, 64 KiB or more; 16 MiB unless said otherwise. The last frame may
    /// go beyond.
    pub segment_bytes: u64,
    /// How much may wait to be written, 64 KiB or more; 16 MiB unless said otherwise. As much again is being written
    /// meanwhile.
    pub queue_bytes: usize,
    /// What was noted is written after this time at the latest; a second unless said otherwise.
    pub flush_interval: Duration,
    /// The key of the pseudonyms.
    pub key: PseudonymKey,
}

impl Settings {
    /// The usual settings.
    #[must_use]
    pub fn new(key: PseudonymKey) -> Settings {
        Settings {
            max_age: Duration::from_secs(30 * 24 * 3600),
            max_bytes: 2 * 1024 * 1024 * 1024,
            segment_bytes: 16 * 1024 * 1024,
            queue_bytes: 16 * 1024 * 1024,
            flush_interval: Duration::from_secs(1),
            key,
        }
    }

    const LEAST_BYTES: u64 = 64 * 1024;

    fn check(&self) -> Result<(), OpenError> {
        let settings = [
            ("segment_bytes", self.segment_bytes, Self::LEAST_BYTES),
            ("queue_bytes", self.queue_bytes as u64, Self::LEAST_BYTES),
            ("max_bytes", self.max_bytes, self.segment_bytes),
        ];
        match settings.into_iter().find(|(_, value, least)| value < least) {
            Some((name, value, least)) => Err(OpenError::TooSmall { name, value, least }),
            None if self.flush_interval.is_zero() || self.max_age < self.flush_interval => {
                Err(OpenError::TooShort)
            }
            None => Ok(()),
        }
    }
}

/// The log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting is too small.
    #[error("the message log's {name} is {value}; it has to be {least} or more")]
    #[allow(missing_docs)]
    TooSmall { name: &'static str, value: u64, least: u64 },
    /// A time is too short.
    #[error("the message log's flush_interval has to be more than nothing, and max_age no less than it")]
    TooShort,
    /// The directory cannot be made, read or written.
    #[error("the directory of the message log, {directory}, cannot be used: {error}")]
    #[allow(missing_docs)]
    Directory { directory: String, error: io::Error },
}

/// The log could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the message log cannot be read: {0}")]
pub struct SearchError(#[from] io::Error);

/// A line is none of this log.
#[derive(Debug, thiserror::Error)]
#[error("no line of the message log: {0}")]
struct LineError(String);

/// The message log. Clones are handles to the same one; when the last is dropped, what waits is written.
#[derive(Clone)]
pub struct MessageLog(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    pseudonyms: Mutex<pseudonym::Pseudonyms>,
    thread: Option<JoinHandle<()>>,
}

impl MessageLog {
    /// Opens the log in a directory of its own, which is made when it is not there, readable for its owner only.
    /// What an earlier manager left is kept: its last line is cut off when it was torn, and what is too old or too
    /// much is removed. Files with other names are left alone.
    ///
    /// # Errors
    /// [`OpenError`] when a setting makes no sense or the directory cannot be used.
    pub fn open(directory: &Path, settings: Settings) -> Result<MessageLog, OpenError> {
        settings.check()?;
        let unusable = |error| OpenError::Directory { directory: directory.display().to_string(), error };
        let ended = recover(directory, &settings).map_err(unusable)?;
        let pseudonyms = Mutex::new(pseudonym::Pseudonyms::new(&settings.key));
        let shared = Arc::new(Shared {
            directory: directory.to_owned(),
            queue: Queue::new(settings.queue_bytes),
            settings,
            catalog: Mutex::new(Catalog { ended, active: None }),
            tally: counts::Tally::default(),
        });
        let mut writer = Writer::new(Arc::clone(&shared));
        writer.prune();
        let thread = std::thread::Builder::new().name("message-log".to_owned()).spawn(|| writer.run());
        let thread = Some(thread.map_err(unusable)?);
        Ok(MessageLog(Arc::new(Handle { shared, pseudonyms, thread })))
    }

    /// Notes a frame that went or came. Never waits; what does not fit into the queue is dropped and counted.
    #[inline]
    pub fn note(&self, station: &StationId, at: Timestamp, way: Way, frame: &str) {
        let waiting = Waiting { at: at.as_microsecond(), way, station: station.as_str(), frame };
        if !self.0.shared.queue.push(&waiting) {
            self.0.shared.tally.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until everything that was noted before can be found. It blocks the thread, on a slow disk for a while.
    pub fn flush(&self) {
        self.0.shared.queue.flush();
    }

    /// Finds lines. What was noted in the last second may not be found yet; [`flush`](MessageLog::flush) helps. It
    /// blocks the thread: a page of one station takes milliseconds, a search for a text through gigabytes longer.
    ///
    /// # Errors
    /// [`SearchError`] when a file cannot be read.
    pub fn search(&self, query: &Query) -> Result<Found, SearchError> {
        search::search(&self.0.shared, query)
    }

    /// All lines that a query asks for, as JSON lines. The query's limit does not count.
    #[must_use]
    pub fn export(&self, query: &Query) -> Export {
        Export::new(Arc::clone(&self.0.shared), query)
    }

    /// The pseudonym that stands for a value (an idTag, a token, a contract) in this log.
    #[must_use]
    pub fn pseudonym(&self, value: &str) -> String {
        // What a panic could leave behind is a value that is remembered or not.
        let mut pseudonyms = self.0.pseudonyms.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&pseudonyms.of(value)).into_owned()
    }

    /// What the log did since it was opened.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.shared.tally.counts()
    }

    /// How many bytes the log has on the disk, as far as the manager knows.
    #[must_use]
    pub fn disk_bytes(&self) -> u64 {
        let catalog = self.0.shared.catalog();
        let ended: u64 = catalog.ended.iter().map(|segment| segment.bytes + segment.index_bytes).sum();
        ended + catalog.active.map_or(0, |(_, written)| written)
    }
}

fn recover(directory: &Path, settings: &Settings) -> io::Result<Vec<segment::Segment>> {
    segment::make_directory(directory)?;
    let mut ended = Vec::new();
    for id in segment::list(directory)? {
        ended.extend(segment::recover(directory, id, settings.segment_bytes)?);
    }
    Ok(ended)
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.queue.end();
        if let Some(thread) = self.thread.take() {
            // A panic of the writer was reported when it happened.
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for MessageLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessageLog").field("directory", &self.0.shared.directory).finish_non_exhaustive()
    }
}
