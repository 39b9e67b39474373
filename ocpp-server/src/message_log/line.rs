//! The lines of the log: how they are written, and read again.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::queue::Gap;
use super::search::Cursor;
use super::{LineError, Way, text};

/// Why frames are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapReason {
    /// They came faster than they could be written, and waited for no longer than their queue was.
    QueueFull,
    /// The disk was full, or refused to write.
    WriteFailed,
    /// Somebody removed the file that they were in, or its directory.
    FilesGone,
}

impl GapReason {
    const ALL: [(GapReason, &'static str); 3] = [
        (GapReason::QueueFull, "queue_full"),
        (GapReason::WriteFailed, "write_failed"),
        (GapReason::FilesGone, "files_gone"),
    ];

    /// As it is written: `queue_full`, `write_failed`, `files_gone`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            GapReason::QueueFull => "queue_full",
            GapReason::WriteFailed => "write_failed",
            GapReason::FilesGone => "files_gone",
        }
    }
}

/// A line that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A frame.
    Frame(Entry),
    /// Frames that are missing here.
    Gap(Missing),
}

/// One frame in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands in the log.
    pub cursor: Cursor,
    /// When the manager got it, or sent it.
    pub at: Timestamp,
    /// The station's identity.
    pub station: String,
    /// Which way it went.
    pub way: Way,
    /// Its type, 2 to 6, when it has one.
    pub kind: Option<u8>,
    /// Its id, when it has one.
    pub id: Option<String>,
    /// Its action; an answer has that of its call, when the log saw the call.
    pub action: Option<String>,
    /// Its length in bytes as it was on the wire.
    pub size: u64,
    /// The pseudonymised frame as JSON: the frame itself, or a JSON string with the skeleton of what was no JSON.
    pub frame: String,
}

/// Frames that are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Where that is said in the log.
    pub cursor: Cursor,
    /// When it was written down.
    pub at: Timestamp,
    /// Why they are missing.
    pub reason: GapReason,
    /// How many.
    pub frames: u64,
    /// How many bytes these had.
    pub bytes: u64,
    /// The time of the first one.
    pub since: Timestamp,
}

/// Writes times fast: the second is formatted once for all frames in it.
#[derive(Default)]
pub(super) struct TimeFormat {
    second: Option<i64>,
    text: String,
}

/// How long a time is: `2026-01-31T12:00:00.000000Z`.
const TIME_BYTES: usize = 27;
/// The seconds between which a time has this length: the years 0 to 9999.
const SECONDS: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_207_199;

impl TimeFormat {
    pub(super) fn push(&mut self, out: &mut Vec<u8>, microseconds: i64) {
        let second = microseconds.div_euclid(1_000_000).clamp(*SECONDS.start(), *SECONDS.end());
        if self.second != Some(second) {
            let time = Timestamp::from_second(second).unwrap_or_default();
            self.text = time.strftime("%Y-%m-%dT%H:%M:%S.").to_string();
            self.second = Some(second);
        }
        let mut fraction = *b"000000Z";
        let mut rest = microseconds.rem_euclid(1_000_000);
        for digit in fraction[..6].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        out.extend_from_slice(self.text.as_bytes());
        out.extend_from_slice(&fraction);
    }
}

/// What stands before the frame.
pub(super) struct Prefix<'a> {
    pub at: i64,
    pub station: &'a str,
    pub way: Way,
    pub kind: Option<u8>,
    pub id: Option<&'a str>,
    pub action: Option<&'a str>,
    pub size: usize,
}

/// Longer ids and actions are only in the frame itself.
const MAX_HEAD_BYTES: usize = 512;

impl Prefix<'_> {
    pub(super) fn push(&self, time: &mut TimeFormat, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"at\":\"");
        time.push(out, self.at);
        out.extend_from_slice(b"\",\"station\":");
        text::push_quoted(out, self.station);
        out.extend_from_slice(match self.way {
            Way::FromStation => b",\"way\":\"in\"".as_slice(),
            Way::ToStation => b",\"way\":\"out\"",
        });
        if let Some(kind) = self.kind {
            out.extend_from_slice(b",\"type\":");
            out.push(b'0' + kind);
        }
        for (name, value) in [(b",\"id\":".as_slice(), self.id), (b",\"action\":", self.action)] {
            if let Some(value) = value.filter(|value| value.len() <= MAX_HEAD_BYTES) {
                out.extend_from_slice(name);
                out.extend_from_slice(value.as_bytes());
            }
        }
        out.extend_from_slice(b",\"size\":");
        push_number(out, self.size as u64);
        out.extend_from_slice(b",\"frame\":");
    }
}

fn push_number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// A line that says that frames are missing.
pub(super) fn push_gap(out: &mut Vec<u8>, time: &mut TimeFormat, at: i64, reason: GapReason, gap: Gap) {
    out.extend_from_slice(b"{\"at\":\"");
    time.push(out, at);
    out.extend_from_slice(b"\",\"gap\":\"");
    out.extend_from_slice(reason.as_str().as_bytes());
    out.extend_from_slice(b"\",\"frames\":");
    push_number(out, gap.frames);
    out.extend_from_slice(b",\"bytes\":");
    push_number(out, gap.bytes);
    out.extend_from_slice(b",\"since\":\"");
    time.push(out, gap.since);
    out.extend_from_slice(b"\"}\n");
}

/// What stands in a line, before anything of it is believed.
#[derive(Deserialize)]
struct Raw<'a> {
    at: Timestamp,
    #[serde(borrow, default)]
    station: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    way: Option<Cow<'a, str>>,
    #[serde(rename = "type", default)]
    kind: Option<u8>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    action: Option<Cow<'a, str>>,
    #[serde(default)]
    size: u64,
    #[serde(borrow, default)]
    frame: Option<&'a RawValue>,
    #[serde(borrow, default)]
    gap: Option<Cow<'a, str>>,
    #[serde(default)]
    frames: u64,
    #[serde(default)]
    bytes: u64,
    #[serde(default)]
    since: Option<Timestamp>,
}

/// Reads a line without its line break.
pub(super) fn read(line: &[u8], cursor: Cursor) -> Result<Line, LineError> {
    let raw: Raw<'_> = serde_json::from_slice(line).map_err(|error| LineError(error.to_string()))?;
    if let Some(gap) = raw.gap {
        let reason = GapReason::ALL.into_iter().find(|(_, name)| *name == gap);
        let (reason, _) = reason.ok_or_else(|| LineError(format!("unknown gap {gap}")))?;
        let since = raw.since.unwrap_or(raw.at);
        let (frames, bytes) = (raw.frames, raw.bytes);
        return Ok(Line::Gap(Missing { cursor, at: raw.at, reason, frames, bytes, since }));
    }
    let (Some(station), Some(way), Some(frame)) = (raw.station, raw.way, raw.frame) else {
        return Err(LineError("a member is missing".to_owned()));
    };
    Ok(Line::Frame(Entry {
        cursor,
        at: raw.at,
        station: station.into_owned(),
        way: if way == "in" { Way::FromStation } else { Way::ToStation },
        kind: raw.kind,
        id: raw.id.map(Cow::into_owned),
        action: raw.action.map(Cow::into_owned),
        size: raw.size,
        frame: frame.get().to_owned(),
    }))
}

/// The time, the station (with quotes; `None` for a gap) of a line that this program wrote, without reading all of it.
pub(super) fn glance(line: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let rest = line.strip_prefix(b"{\"at\":\"")?;
    let (time, rest) = rest.split_at_checked(TIME_BYTES)?;
    let Some(rest) = rest.strip_prefix(b"\",\"station\":") else {
        return rest.starts_with(b"\",\"gap\":").then_some((time, None));
    };
    let mut end = 1;
    loop {
        match rest.get(end)? {
            b'"' => return Some((time, Some(&rest[..=end]))),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
}
