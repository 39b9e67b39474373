//! Segments: the files of the log, and what is known of each.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use memchr::{memchr_iter, memmem, memrchr};

use super::line::glance;
use super::text;

/// A segment is known by its first moment, in microseconds since 1970. Each is greater than those before, even
/// when the clock was set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SegmentId(pub i64);

const LINES: &str = "jsonl";
const INDEX: &str = "index";

impl SegmentId {
    /// The names of its files without their endings: `20260131T120000.000000Z`.
    fn stem(self) -> String {
        let time = Timestamp::from_microsecond(self.0).unwrap_or_default();
        time.strftime("%Y%m%dT%H%M%S.%6fZ").to_string()
    }

    fn from_stem(stem: &str) -> Option<SegmentId> {
        let (date, time) = stem.split_at_checked(8)?;
        let (year, month, day) = (date.get(..4)?, date.get(4..6)?, date.get(6..)?);
        let (hour, minute, rest) = (time.get(1..3)?, time.get(3..5)?, time.get(5..)?);
        let time: Timestamp = format!("{year}-{month}-{day}T{hour}:{minute}:{rest}").parse().ok()?;
        let id = SegmentId(time.as_microsecond());
        (id.stem() == stem).then_some(id)
    }

    pub(super) fn path(self, directory: &Path) -> PathBuf {
        directory.join(format!("{}.{LINES}", self.stem()))
    }

    fn index_path(self, directory: &Path) -> PathBuf {
        directory.join(format!("{}.{INDEX}", self.stem()))
    }
}

/// A segment that is written no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub id: SegmentId,
    /// Its lines.
    pub bytes: u64,
    /// Its index.
    pub index_bytes: u64,
    /// The time of the last line.
    pub to: i64,
}

/// Into how many blocks a segment is divided; a station's blocks are the bits of a number.
pub(super) const BLOCKS: u64 = 64;

/// Which stations a segment tells of, and when.
#[derive(Debug)]
pub(super) struct Index {
    /// The length of a block in bytes; the last block has all the rest.
    pub block: u64,
    pub from: i64,
    pub to: i64,
    pub frames: u64,
    /// By station, as JSON with quotes; gaps are under the empty text.
    stations: HashMap<Box<[u8]>, u64>,
}

impl Index {
    pub(super) fn new(segment_bytes: u64) -> Index {
        Index {
            block: (segment_bytes / BLOCKS).max(1),
            from: i64::MAX,
            to: i64::MIN,
            frames: 0,
            stations: HashMap::new(),
        }
    }

    /// Notes a line that starts at `offset`.
    pub(super) fn add(&mut self, quoted_station: &[u8], at: i64, offset: u64) {
        self.from = self.from.min(at);
        self.to = self.to.max(at);
        self.frames += 1;
        let bit = 1 << (offset / self.block).min(BLOCKS - 1);
        match self.stations.get_mut(quoted_station) {
            Some(bits) => *bits |= bit,
            None => {
                self.stations.insert(quoted_station.into(), bit);
            }
        }
    }

    /// Writes it beside its segment, whole or not at all.
    pub(super) fn save(&self, directory: &Path, id: SegmentId) -> io::Result<u64> {
        let mut text = format!("{} {} {} {}\n", self.block, self.from, self.to, self.frames).into_bytes();
        for (station, bits) in &self.stations {
            text.extend_from_slice(station);
            text.extend_from_slice(format!(" {bits:x}\n").as_bytes());
        }
        let path = id.index_path(directory);
        let draft = path.with_extension("new");
        let _ = fs::remove_file(&draft);
        create(&draft)?.write_all(&text)?;
        fs::rename(&draft, &path)?;
        Ok(text.len() as u64)
    }
}

/// An index as it was read: what a search asks of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glance {
    pub block: u64,
    pub from: i64,
    pub to: i64,
    /// The blocks in which the station is, or all of them when none was asked for.
    pub blocks: u64,
}

/// Reads the index of a segment; `station` is JSON with quotes.
pub(super) fn index(directory: &Path, id: SegmentId, station: Option<&[u8]>) -> Option<Glance> {
    let text = fs::read(id.index_path(directory)).ok()?;
    let end = memchr::memchr(b'\n', &text)?;
    let head = std::str::from_utf8(&text[..end]).ok()?;
    let mut numbers = head.split(' ');
    let block = numbers.next()?.parse().ok().filter(|block| *block > 0)?;
    let (from, to) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    let blocks = match station {
        None => u64::MAX,
        Some(station) => bits(&text[end..], station) | bits(&text[end..], b""),
    };
    Some(Glance { block, from, to, blocks })
}

fn bits(text: &[u8], station: &[u8]) -> u64 {
    let sought = [b"\n", station, b" "].concat();
    let read = || {
        let start = memmem::find(text, &sought)? + sought.len();
        let end = start + memchr::memchr(b'\n', &text[start..])?;
        u64::from_str_radix(std::str::from_utf8(&text[start..end]).ok()?, 16).ok()
    };
    read().unwrap_or(0)
}

/// Makes the directory, for its owner only.
pub(super) fn make_directory(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Makes a file that was not there, for its owner only.
pub(super) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create_new(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The segments of a directory, oldest first. Files with other names are somebody else's.
pub(super) fn list(directory: &Path) -> io::Result<Vec<SegmentId>> {
    let mut ids = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == LINES)
            && let Some(id) = path.file_stem().and_then(|stem| stem.to_str()).and_then(SegmentId::from_stem)
        {
            ids.push(id);
        }
    }
    ids.sort_unstable();
    Ok(ids)
}

/// What is known of a segment of an earlier run. One without an index was not ended in order: a torn last line is
/// cut off, and the index is made. `None` when nothing was in it; the file is gone then.
pub(super) fn recover(directory: &Path, id: SegmentId, segment_bytes: u64) -> io::Result<Option<Segment>> {
    let path = id.path(directory);
    let bytes = fs::metadata(&path)?.len();
    if let Some(glance) = index(directory, id, None) {
        let index_bytes = fs::metadata(id.index_path(directory))?.len();
        return Ok(Some(Segment { id, bytes, index_bytes, to: glance.to }));
    }
    let bytes = cut_torn_line(&path, bytes)?;
    if bytes == 0 {
        fs::remove_file(&path)?;
        return Ok(None);
    }
    let index = scan(&path, bytes, segment_bytes)?;
    let index_bytes = index.save(directory, id)?;
    let to = if index.frames == 0 { id.0 } else { index.to };
    Ok(Some(Segment { id, bytes, index_bytes, to }))
}

fn cut_torn_line(path: &Path, bytes: u64) -> io::Result<u64> {
    const STEP: u64 = 64 * 1024;
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut end = bytes;
    while end > 0 {
        let start = end.saturating_sub(STEP);
        let mut piece = vec![0; (end - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut piece)?;
        if let Some(at) = memrchr(b'\n', &piece) {
            end = start + at as u64 + 1;
            break;
        }
        end = start;
    }
    if end < bytes {
        file.set_len(end)?;
    }
    Ok(end)
}

/// Makes the index of a segment by reading it.
fn scan(path: &Path, bytes: u64, segment_bytes: u64) -> io::Result<Index> {
    let mut index = Index::new(segment_bytes);
    let file = File::open(path)?;
    let mut held = Vec::new();
    let mut start = 0;
    while start < bytes {
        let wanted = (256 * 1024).min(bytes - start - held.len() as u64);
        (&file).take(wanted).read_to_end(&mut held)?;
        let mut line = 0;
        for end in memchr_iter(b'\n', &held) {
            if let Some((time, station)) = glance(&held[line..end]) {
                let time = std::str::from_utf8(time).ok().and_then(|time| time.parse::<Timestamp>().ok());
                let at = time.unwrap_or_default().as_microsecond();
                index.add(station.unwrap_or_default(), at, start + line as u64);
            }
            line = end + 1;
        }
        if line == 0 && wanted == 0 {
            break;
        }
        start += line as u64;
        held.drain(..line);
    }
    Ok(index)
}

/// Removes a segment with its index. That one of them is gone already is no error.
pub(super) fn remove(directory: &Path, id: SegmentId) -> io::Result<()> {
    for path in [id.index_path(directory), id.path(directory)] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// A station as it stands in lines and indexes.
pub(super) fn quoted(station: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(station.len() + 2);
    text::push_quoted(&mut out, station);
    out
}
