//! Finding frames: by station, time, way, action and text, page by page.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use jiff::Timestamp;
use memchr::{memchr, memchr_iter, memmem};
use ocpp_core::model::StationId;

use super::line::{Line, TimeFormat, glance, read};
use super::segment::{BLOCKS, Glance, SegmentId, index, quoted};
use super::writer::Shared;
use super::{SearchError, Way, text};

/// The most lines in a page.
pub const MAX_LIMIT: usize = 1000;
/// After reading this much, a search answers with what it has and where to go on.
const MAX_READ: u64 = 256 * 1024 * 1024;

/// A place in the log. It stays valid while the log grows and is pruned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    segment: i64,
    offset: u64,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.segment, self.offset)
    }
}

/// A text is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no place in the message log; take it from the page before, or leave it out")]
pub struct InvalidCursor;

impl std::str::FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Cursor, InvalidCursor> {
        let (segment, offset) = text.rsplit_once('-').ok_or(InvalidCursor)?;
        let segment = segment.parse().map_err(|_| InvalidCursor)?;
        let offset = offset.parse().map_err(|_| InvalidCursor)?;
        Ok(Cursor { segment, offset })
    }
}

/// In which order lines are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The newest first.
    #[default]
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

/// What is sought. What is left out does not matter. Lines that say that frames are missing are found whatever
/// the station, way, action or text.
#[derive(Debug, Clone)]
pub struct Query {
    /// The station.
    pub station: Option<StationId>,
    /// Not before this time.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// The action, in exactly this spelling; answers have that of their call.
    pub action: Option<String>,
    /// The way.
    pub way: Option<Way>,
    /// A part of the pseudonymised frame, in exactly this spelling. For a card, its
    /// [pseudonym](super::MessageLog::pseudonym).
    pub text: Option<String>,
    /// The order.
    pub order: Order,
    /// How many lines, 1 to [`MAX_LIMIT`]; an export has no limit.
    pub limit: usize,
    /// Where to go on: only lines after this one in the order.
    pub after: Option<Cursor>,
}

impl Default for Query {
    fn default() -> Query {
        Query {
            station: None,
            from: None,
            to: None,
            action: None,
            way: None,
            text: None,
            order: Order::NewestFirst,
            limit: 100,
            after: None,
        }
    }
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The lines, in the order that was asked for.
    pub lines: Vec<Line>,
    /// Where to go on. There may be more behind it even when this page is not full: a search that has read
    /// 256 MiB stops. `None` when everything was looked through.
    pub next: Option<Cursor>,
}

/// A query, made ready to compare bytes.
struct Sought {
    station: Option<Vec<u8>>,
    from: Option<i64>,
    to: Option<i64>,
    from_text: Option<Vec<u8>>,
    to_text: Option<Vec<u8>>,
    action: Option<Vec<u8>>,
    way: Option<&'static [u8]>,
    text: Option<memmem::Finder<'static>>,
    order: Order,
    after: Option<Cursor>,
}

impl Sought {
    fn new(query: &Query) -> Sought {
        let mut format = TimeFormat::default();
        let mut written = |time: Timestamp| {
            let mut text = Vec::new();
            format.push(&mut text, time.as_microsecond());
            text
        };
        Sought {
            station: query.station.as_ref().map(|station| quoted(station.as_str())),
            from: query.from.map(Timestamp::as_microsecond),
            to: query.to.map(Timestamp::as_microsecond),
            from_text: query.from.map(&mut written),
            to_text: query.to.map(&mut written),
            action: query.action.as_ref().map(|action| {
                let mut member = b",\"action\":".to_vec();
                text::push_quoted(&mut member, action);
                member
            }),
            way: query.way.map(|way| match way {
                Way::FromStation => b",\"way\":\"in\"".as_slice(),
                Way::ToStation => b",\"way\":\"out\"",
            }),
            text: query.text.as_ref().map(|text| memmem::Finder::new(text).into_owned()),
            order: query.order,
            after: query.after,
        }
    }

    fn accepts(&self, line: &[u8]) -> bool {
        let Some((time, station)) = glance(line) else { return false };
        if self.from_text.as_ref().is_some_and(|from| time < &**from)
            || self.to_text.as_ref().is_some_and(|to| time >= &**to)
        {
            return false;
        }
        let Some(station) = station else { return true };
        if self.station.as_ref().is_some_and(|sought| **sought != *station) {
            return false;
        }
        let plain = self.way.is_none() && self.action.is_none() && self.text.is_none();
        if plain {
            return true;
        }
        let Some(frame) = memmem::find(line, b",\"frame\":") else { return false };
        let (head, frame) = line.split_at(frame);
        self.way.is_none_or(|way| memmem::find(head, way).is_some())
            && self.action.as_ref().is_none_or(|action| memmem::find(head, action).is_some())
            && self.text.as_ref().is_none_or(|text| text.find(&frame[b",\"frame\":".len()..]).is_some())
    }

    fn may_be_in(&self, glance: &Glance) -> bool {
        self.from.is_none_or(|from| glance.to >= from) && self.to.is_none_or(|to| glance.from < to)
    }
}

/// What to do after a line was found.
#[derive(PartialEq, Eq)]
enum Flow {
    GoOn,
    Enough,
}

pub(super) fn search(shared: &Shared, query: &Query) -> Result<Found, SearchError> {
    let limit = query.limit.clamp(1, MAX_LIMIT);
    let mut lines = Vec::new();
    let next = walk(shared, &Sought::new(query), MAX_READ, |cursor, line| {
        // What somebody else wrote into the file is passed over.
        lines.extend(read(line, cursor));
        if lines.len() < limit { Flow::GoOn } else { Flow::Enough }
    })?;
    Ok(Found { lines, next })
}

/// Goes through the lines that are sought. Answers where to go on, unless everything was seen.
fn walk(
    shared: &Shared,
    sought: &Sought,
    most: u64,
    mut found: impl FnMut(Cursor, &[u8]) -> Flow,
) -> Result<Option<Cursor>, SearchError> {
    let mut left = most;
    for (id, length) in segments(shared, sought) {
        let glance = index(&shared.directory, id, sought.station.as_deref()).unwrap_or(Glance {
            block: (shared.settings.segment_bytes / BLOCKS).max(1),
            from: i64::MIN,
            to: i64::MAX,
            blocks: u64::MAX,
        });
        if !sought.may_be_in(&glance) {
            continue;
        }
        let mut file = match File::open(id.path(&shared.directory)) {
            Ok(file) => file,
            // It was pruned in the meantime.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        let mut buffer = Vec::new();
        for range in blocks(&glance, length, sought, id) {
            lines_in(&mut file, &range, length, &mut buffer)?;
            left = left.saturating_sub(buffer.len() as u64);
            if let Some(next) = in_block(sought, id, &range, &buffer, &mut found) {
                return Ok(Some(next));
            }
            if left == 0 {
                let offset = match sought.order {
                    Order::NewestFirst => range.start,
                    Order::OldestFirst => range.end.saturating_sub(1),
                };
                return Ok(Some(Cursor { segment: id.0, offset }));
            }
        }
    }
    Ok(None)
}

/// The segments to look into, with their lengths, in the order that was asked for.
fn segments(shared: &Shared, sought: &Sought) -> Vec<(SegmentId, u64)> {
    let catalog = shared.catalog();
    let ended = catalog.ended.iter().map(|segment| (segment.id, segment.bytes));
    let mut segments: Vec<_> = ended.chain(catalog.active).collect();
    drop(catalog);
    if sought.order == Order::NewestFirst {
        segments.reverse();
    }
    if let Some(after) = sought.after {
        segments.retain(|(id, _)| match sought.order {
            Order::NewestFirst => id.0 <= after.segment,
            Order::OldestFirst => id.0 >= after.segment,
        });
    }
    segments
}

/// The blocks to look into, in the order that was asked for.
fn blocks(glance: &Glance, length: u64, sought: &Sought, id: SegmentId) -> Vec<Range<u64>> {
    let range = |number: u64| {
        let end = if number == BLOCKS - 1 { length } else { (number + 1).saturating_mul(glance.block) };
        number.saturating_mul(glance.block)..end.min(length)
    };
    let there = (0..BLOCKS).filter(|number| glance.blocks >> number & 1 == 1).map(range);
    let after = sought.after.filter(|after| after.segment == id.0).map(|after| after.offset);
    let wanted = |range: &Range<u64>| {
        !range.is_empty()
            && after.is_none_or(|after| match sought.order {
                Order::NewestFirst => range.start < after,
                Order::OldestFirst => range.end > after,
            })
    };
    let mut blocks: Vec<_> = there.filter(wanted).collect();
    if sought.order == Order::NewestFirst {
        blocks.reverse();
    }
    blocks
}

/// Reads from the byte before a block to the end of the last line that starts in it.
fn lines_in(file: &mut File, range: &Range<u64>, length: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
    const STEP: u64 = 16 * 1024;
    buffer.clear();
    let mut at = range.start.saturating_sub(1);
    file.seek(SeekFrom::Start(at))?;
    let mut end = range.end;
    loop {
        let had = buffer.len();
        (&*file).take(end - at).read_to_end(buffer)?;
        at = end;
        let complete = buffer.last() == Some(&b'\n') || memchr(b'\n', &buffer[had..]).is_some() && had > 0;
        if complete || end >= length || buffer.len() == had {
            return Ok(());
        }
        end = (end + STEP).min(length);
    }
}

fn in_block(
    sought: &Sought,
    id: SegmentId,
    range: &Range<u64>,
    buffer: &[u8],
    found: &mut impl FnMut(Cursor, &[u8]) -> Flow,
) -> Option<Cursor> {
    // The buffer starts one byte before the block, unless the block is the first one: a line starts in the block
    // when the line before it ends there or later.
    let base = range.start.saturating_sub(1);
    let first = if range.start == 0 { Some(0) } else { memchr(b'\n', buffer).map(|end| end + 1) };
    let mut start = first?;
    let mut starts = Vec::new();
    for end in memchr_iter(b'\n', &buffer[start..]).map(|end| start + end).collect::<Vec<_>>() {
        if base + start as u64 >= range.end {
            break;
        }
        starts.push(start..end);
        start = end + 1;
    }
    let mut look = |line: Range<usize>| {
        let cursor = Cursor { segment: id.0, offset: base + line.start as u64 };
        let passed = sought.after.is_some_and(|after| match sought.order {
            Order::NewestFirst => cursor >= after,
            Order::OldestFirst => cursor <= after,
        });
        let line = &buffer[line];
        (!passed && sought.accepts(line) && found(cursor, line) == Flow::Enough).then_some(cursor)
    };
    match sought.order {
        Order::NewestFirst => starts.into_iter().rev().find_map(&mut look),
        Order::OldestFirst => starts.into_iter().find_map(&mut look),
    }
}

/// All lines that a query asks for, as JSON lines, read as they are needed.
pub struct Export {
    shared: std::sync::Arc<Shared>,
    sought: Sought,
    piece: io::Cursor<Vec<u8>>,
    done: bool,
}

/// An export reads the log in pieces of about this size.
const PIECE_BYTES: usize = 1024 * 1024;

impl Export {
    pub(super) fn new(shared: std::sync::Arc<Shared>, query: &Query) -> Export {
        Export { shared, sought: Sought::new(query), piece: io::Cursor::default(), done: false }
    }

    fn next_piece(&mut self) -> io::Result<()> {
        let mut piece = std::mem::take(&mut self.piece).into_inner();
        piece.clear();
        let next = walk(&self.shared, &self.sought, MAX_READ, |_, line| {
            piece.extend_from_slice(line);
            piece.push(b'\n');
            if piece.len() < PIECE_BYTES { Flow::GoOn } else { Flow::Enough }
        });
        self.piece = io::Cursor::new(piece);
        match next.map_err(|SearchError(error)| error)? {
            Some(next) => self.sought.after = Some(next),
            None => self.done = true,
        }
        Ok(())
    }
}

impl Read for Export {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            match self.piece.read(buffer)? {
                0 if self.done => return Ok(0),
                0 => self.next_piece()?,
                read => return Ok(read),
            }
        }
        Ok(0)
    }
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export").finish_non_exhaustive()
    }
}
