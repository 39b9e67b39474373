//! The thread that writes: takes what was noted, hides what is personal, appends it to segments, and removes what
//! is too old or too much. Nothing that goes wrong here reaches those who note.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::Settings;
use super::counts::Tally;
use super::line::{GapReason, Prefix, TimeFormat, push_gap};
use super::mask::Vocabulary;
use super::names::Names;
use super::pairs::{Called, Pairs};
use super::pseudonym::Pseudonyms;
use super::queue::{Batch, Gap, Queue, Waiting};
use super::scan::{self, Head, Tools};
use super::segment::{self, Index, Segment, SegmentId};

/// Lines are handed to the operating system in pieces of about this size.
const PIECE_BYTES: usize = 256 * 1024;
/// A complaint is repeated no sooner.
const SAY_EVERY: Duration = Duration::from_secs(60);

/// What is there to be searched.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    /// Oldest first.
    pub ended: Vec<Segment>,
    /// The one that is being written, and how much of it.
    pub active: Option<(SegmentId, u64)>,
}

/// What the writer shares with the log's handles.
pub(super) struct Shared {
    pub directory: PathBuf,
    pub settings: Settings,
    pub queue: Queue,
    pub catalog: Mutex<Catalog>,
    pub tally: Tally,
}

impl Shared {
    pub(super) fn catalog(&self) -> MutexGuard<'_, Catalog> {
        self.catalog.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Active {
    id: SegmentId,
    file: File,
    written: u64,
    since: Instant,
    /// To tell whether the file is still the one under its name.
    #[cfg(unix)]
    inode: u64,
}

/// The writer.
pub(super) struct Writer {
    shared: Arc<Shared>,
    tools: Tools,
    vocabulary: Vocabulary,
    pairs: Pairs,
    time: TimeFormat,
    /// Lines that were not handed over yet.
    lines: Vec<u8>,
    in_lines: Gap,
    frame: Vec<u8>,
    active: Option<Active>,
    /// Of the active segment, or of the one to come.
    index: Index,
    lost: Option<(GapReason, Gap)>,
    /// After a failure: when to try again.
    retry_at: Option<Instant>,
    said_at: Option<Instant>,
    looked_at: Instant,
    pruned_at: Instant,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>) -> Writer {
        let tools = Tools { names: Names::new(), pseudonyms: Pseudonyms::new(&shared.settings.key) };
        let index = Index::new(shared.settings.segment_bytes);
        let now = Instant::now();
        Writer {
            shared,
            tools,
            vocabulary: Vocabulary::new(),
            pairs: Pairs::new(),
            time: TimeFormat::default(),
            lines: Vec::new(),
            in_lines: Gap::default(),
            frame: Vec::new(),
            active: None,
            index,
            lost: None,
            retry_at: None,
            said_at: None,
            looked_at: now,
            pruned_at: now,
        }
    }

    /// Writes until the log is dropped.
    pub(super) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        let _closer = Closer(&shared.queue);
        let mut batch = Batch::default();
        loop {
            shared.queue.take(&mut batch, shared.settings.flush_interval);
            self.look_after_files();
            self.write(&batch);
            shared.queue.written(&batch);
            if batch.last {
                self.end_segment();
                return;
            }
        }
    }

    fn write(&mut self, batch: &Batch) {
        for waiting in batch.frames() {
            if self.retry_at.is_some_and(|at| Instant::now() < at) {
                self.lose(GapReason::WriteFailed, waiting.at, 1, waiting.frame.len() as u64);
                continue;
            }
            self.line(&waiting);
            let written = self.active.as_ref().map_or(0, |active| active.written) + self.lines.len() as u64;
            if written >= self.shared.settings.segment_bytes {
                self.end_segment();
            } else if self.lines.len() >= PIECE_BYTES {
                self.put();
            }
        }
        if batch.dropped.frames > 0 {
            self.gap(GapReason::QueueFull, batch.dropped);
            self.say("the message log's queue was full; frames are missing in it", None);
        }
        self.put();
    }

    fn line(&mut self, waiting: &Waiting<'_>) {
        let Waiting { at, way, station, frame } = *waiting;
        let mut head = Head::default();
        self.frame.clear();
        let call = self.answered(waiting);
        let called = call.as_ref().map_or(&[][..], |call| &call.hidden);
        let hidden = match scan::frame(&mut self.tools, frame, called, &mut self.frame, &mut head) {
            Ok(findings) => findings.hidden,
            Err(scan::Broken) => {
                self.frame.clear();
                self.vocabulary.mask(&self.tools.names, frame, &mut self.frame);
                Vec::new()
            }
        };
        let id = head.id.map(|range| &frame[range]);
        let action = head.action.map(|range| &frame[range]);
        let prefix = Prefix {
            at,
            station,
            way,
            kind: head.kind,
            id,
            action: action.or(call.as_ref().map(|call| &*call.action)),
            size: frame.len(),
        };
        let start = self.lines.len();
        prefix.push(&mut self.time, &mut self.lines);
        self.lines.extend_from_slice(&self.frame);
        self.lines.extend_from_slice(b"}\n");
        self.in_lines.add(at, 1, frame.len() as u64);
        self.note_in_index(start, at);
        if let (Some(2), Some(id), Some(action)) = (head.kind, id, action)
            && id.len() + action.len() <= 512
        {
            self.pairs.called(station, way, id, Called { action: action.into(), hidden });
        }
    }

    /// The call that a frame answers. The head of an answer is read before the frame, because what was hidden in
    /// the call has to be known then.
    fn answered(&mut self, waiting: &Waiting<'_>) -> Option<Called> {
        let id = scan::answer_to(waiting.frame)?;
        self.pairs.answered(waiting.station, waiting.way, id)
    }

    fn note_in_index(&mut self, start: usize, at: i64) {
        let offset = self.active.as_ref().map_or(0, |active| active.written) + start as u64;
        let station = super::line::glance(&self.lines[start..]).and_then(|(_, station)| station);
        self.index.add(station.unwrap_or_default(), at, offset);
    }

    fn gap(&mut self, reason: GapReason, gap: Gap) {
        let start = self.lines.len();
        let at = Timestamp::now().as_microsecond();
        push_gap(&mut self.lines, &mut self.time, at, reason, gap);
        self.note_in_index(start, at);
    }

    /// Hands the lines to the operating system.
    fn put(&mut self) {
        if self.retry_at.is_some_and(|at| Instant::now() < at) {
            return self.give_lines_up();
        }
        if let Some((reason, gap)) = self.lost.take() {
            let before = self.lines.len();
            self.gap(reason, gap);
            // What was lost was lost before; lines within a piece are not in a strict order anyway.
            match self.append() {
                Ok(()) => self.recovered(gap),
                Err(error) => {
                    self.lines.truncate(before);
                    self.lost = Some((reason, gap));
                    self.failed(&error);
                }
            }
        } else if !self.lines.is_empty()
            && let Err(error) = self.append()
        {
            self.failed(&error);
        }
    }

    fn append(&mut self) -> io::Result<()> {
        let active = match &mut self.active {
            Some(active) => active,
            None => {
                let active = self.open_segment()?;
                self.active.insert(active)
            }
        };
        if let Err(error) = active.file.write_all(&self.lines) {
            // Half a line would spoil the next one. If it cannot be removed, a new segment is begun.
            if active.file.set_len(active.written).is_err() {
                self.give_segment_up();
            }
            return Err(error);
        }
        active.written += self.lines.len() as u64;
        self.shared.catalog().active = Some((active.id, active.written));
        let tally = &self.shared.tally;
        tally.written.fetch_add(self.in_lines.frames, Ordering::Relaxed);
        tally.written_bytes.fetch_add(self.lines.len() as u64, Ordering::Relaxed);
        self.lines.clear();
        self.in_lines = Gap::default();
        self.retry_at = None;
        Ok(())
    }

    /// Leaves a segment as it is, with what may be half a line at its end. It gets its index when the log is opened
    /// again.
    fn give_segment_up(&mut self) {
        let Some(active) = self.active.take() else { return };
        let fresh = Index::new(self.shared.settings.segment_bytes);
        let index = std::mem::replace(&mut self.index, fresh);
        let mut catalog = self.shared.catalog();
        catalog.active = None;
        catalog.ended.push(Segment { id: active.id, bytes: active.written, index_bytes: 0, to: index.to });
    }

    fn open_segment(&mut self) -> io::Result<Active> {
        segment::make_directory(&self.shared.directory)?;
        let newest = self.shared.catalog().ended.last().map_or(i64::MIN, |segment| segment.id.0);
        let mut id =
            SegmentId(self.index.from.min(Timestamp::now().as_microsecond()).max(newest.saturating_add(1)));
        let file = loop {
            match segment::create(&id.path(&self.shared.directory)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => id.0 += 1,
                other => break other?,
            }
        };
        Ok(Active {
            id,
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(&file.metadata()?),
            file,
            written: 0,
            since: Instant::now(),
        })
    }

    /// Ends the active segment: from now on it has an index and is on the disk.
    fn end_segment(&mut self) {
        self.put();
        let Some(active) = self.active.take() else { return };
        let fresh = Index::new(self.shared.settings.segment_bytes);
        let index = std::mem::replace(&mut self.index, fresh);
        let index_bytes = index.save(&self.shared.directory, active.id).unwrap_or_else(|error| {
            self.say("an index of the message log cannot be written; searches take longer", Some(&error));
            0
        });
        if let Err(error) = active.file.sync_data() {
            self.say("a segment of the message log may not be on the disk", Some(&error));
        }
        let mut catalog = self.shared.catalog();
        catalog.active = None;
        catalog.ended.push(Segment { id: active.id, bytes: active.written, index_bytes, to: index.to });
        drop(catalog);
        self.prune();
    }

    fn failed(&mut self, error: &io::Error) {
        self.retry_at = Some(Instant::now() + self.shared.settings.flush_interval);
        self.give_lines_up();
        self.say("the message log cannot be written; frames are missing in it", Some(error));
    }

    fn give_lines_up(&mut self) {
        let Gap { frames, bytes, since } = std::mem::take(&mut self.in_lines);
        self.lines.clear();
        self.lose(GapReason::WriteFailed, since, frames, bytes);
    }

    fn lose(&mut self, reason: GapReason, at: i64, frames: u64, bytes: u64) {
        if frames > 0 {
            self.lost.get_or_insert((reason, Gap::default())).1.add(at, frames, bytes);
            self.shared.tally.lost.fetch_add(frames, Ordering::Relaxed);
        }
        self.shared.tally.failing.store(true, Ordering::Relaxed);
    }

    fn recovered(&mut self, gap: Gap) {
        self.shared.tally.failing.store(false, Ordering::Relaxed);
        self.said_at = None;
        tracing::info!(missing_frames = gap.frames, "the message log is written again");
    }

    /// Says what is wrong, once a minute.
    fn say(&mut self, what: &str, error: Option<&io::Error>) {
        if self.said_at.is_some_and(|at| at.elapsed() < SAY_EVERY) {
            return;
        }
        self.said_at = Some(Instant::now());
        let tally = &self.shared.tally;
        tracing::warn!(
            directory = %self.shared.directory.display(),
            error = error.map(tracing::field::display),
            dropped = tally.dropped.load(Ordering::Relaxed),
            lost = tally.lost.load(Ordering::Relaxed),
            "{what}"
        );
    }

    /// Once in an interval: whether the files are still there, too old, or too long in use.
    fn look_after_files(&mut self) {
        if self.looked_at.elapsed() < self.shared.settings.flush_interval {
            return;
        }
        self.looked_at = Instant::now();
        if self.active.as_ref().is_some_and(|active| !self.is_there(active)) {
            self.files_gone();
        }
        let settings = &self.shared.settings;
        let longest = Duration::from_secs(24 * 3600).min(settings.max_age / 16);
        if self.active.as_ref().is_some_and(|active| active.since.elapsed() >= longest) {
            self.end_segment();
        } else if self.pruned_at.elapsed() >= SAY_EVERY {
            self.prune();
        }
    }

    fn is_there(&self, active: &Active) -> bool {
        let Ok(found) = fs::metadata(active.id.path(&self.shared.directory)) else { return false };
        #[cfg(unix)]
        let same = std::os::unix::fs::MetadataExt::ino(&found) == active.inode;
        #[cfg(not(unix))]
        let same = found.len() >= active.written;
        same
    }

    /// The active file is not under its name any more: what is in it is lost, and a new one is begun.
    fn files_gone(&mut self) {
        let Some(active) = self.active.take() else { return };
        let fresh = Index::new(self.shared.settings.segment_bytes);
        let index = std::mem::replace(&mut self.index, fresh);
        self.lose(GapReason::FilesGone, index.from, index.frames, active.written);
        let mut catalog = self.shared.catalog();
        catalog.active = None;
        let directory = &self.shared.directory;
        catalog.ended.retain(|segment| segment.id.path(directory).exists());
        drop(catalog);
        self.say("a file of the message log was removed while it was written", None);
    }

    /// Removes the oldest segments while they are too old, or there is too much of them.
    pub(super) fn prune(&mut self) {
        self.pruned_at = Instant::now();
        let settings = &self.shared.settings;
        let max_age = i64::try_from(settings.max_age.as_micros()).unwrap_or(i64::MAX);
        let oldest = Timestamp::now().as_microsecond().saturating_sub(max_age);
        loop {
            let mut catalog = self.shared.catalog();
            let total: u64 = catalog.ended.iter().map(|segment| segment.bytes + segment.index_bytes).sum();
            let Some(first) = catalog.ended.first().copied() else { return };
            if total <= settings.max_bytes && first.to >= oldest {
                return;
            }
            if let Err(error) = segment::remove(&self.shared.directory, first.id) {
                drop(catalog);
                self.say("an old segment of the message log cannot be removed", Some(&error));
                return;
            }
            catalog.ended.remove(0);
        }
    }
}

/// Lets those who wait go when the writer ends, however it ends.
struct Closer<'a>(&'a Queue);

impl Drop for Closer<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}
