//! Moments in time.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::message::{BorrowedText, Field, Part, Shape};

/// A moment in time, written as RFC 3339 has it.
///
/// What was read keeps its text (its offset, its zeros), so that it is written back as it came. What is made
/// with [`DateTime::new`] is written in UTC with at most three digits after the second, which is what
/// OCPP 2.x allows and every station understands. Two values are equal when they are the same moment.
#[derive(Clone)]
pub struct DateTime {
    at: Timestamp,
    /// The text as it came, unless [`DateTime::new`] would write the same.
    text: Option<Box<str>>,
}

/// The first moment that RFC 3339 can write.
const YEAR_0: Timestamp = Timestamp::constant(-62_167_219_200, 0);

/// A text is no moment in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time with an offset, such as 2026-01-31T12:00:00Z (RFC 3339)")]
pub struct NotADateTime;

impl DateTime {
    /// A moment, cut to milliseconds. RFC 3339 has no years before 0; such a moment becomes the first of year 0.
    #[must_use]
    pub fn new(at: Timestamp) -> DateTime {
        let nanoseconds = at.max(YEAR_0).as_nanosecond();
        let whole = nanoseconds - nanoseconds.rem_euclid(1_000_000);
        let at = Timestamp::from_nanosecond(whole).unwrap_or(at);
        DateTime { at, text: None }
    }

    /// The moment.
    #[must_use]
    pub const fn timestamp(&self) -> Timestamp {
        self.at
    }

    /// The text as it came, unless [`DateTime::new`] would write the same.
    pub(crate) fn odd_text(&self) -> Option<&str> {
        self.text.as_deref()
    }
}

fn canonical(at: Timestamp) -> String {
    if at.subsec_nanosecond() == 0 { alloc::format!("{at:.0}") } else { alloc::format!("{at:.3}") }
}

/// Whether [`canonical`] would write this text of RFC 3339, said without writing it.
fn is_canonical(text: &str) -> bool {
    let bytes = text.as_bytes();
    let fraction = match bytes.len() {
        20 => true,
        24 => bytes.get(20..23) != Some(b"000"),
        _ => false,
    };
    // A leap second is the moment before it to our clock.
    fraction && bytes.ends_with(b"Z") && bytes.get(10) == Some(&b'T') && bytes.get(17) != Some(&b'6')
}

/// RFC 3339 wants all of it: the `T`, the seconds and an offset with minutes. jiff would take less.
fn looks_like_rfc_3339(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits =
        |range: core::ops::Range<usize>| bytes.get(range).is_some_and(|d| d.iter().all(u8::is_ascii_digit));
    let is = |at: usize, byte: u8| bytes.get(at).is_some_and(|b| b.eq_ignore_ascii_case(&byte));
    let date = digits(0..4) && is(4, b'-') && digits(5..7) && is(7, b'-') && digits(8..10);
    let time =
        is(10, b'T') && digits(11..13) && is(13, b':') && digits(14..16) && is(16, b':') && digits(17..19);
    if !(date && time) {
        return false;
    }
    let mut offset = 19;
    if is(19, b'.') {
        let fraction = bytes[20..].iter().take_while(|b| b.is_ascii_digit()).count();
        if fraction == 0 {
            return false;
        }
        offset = 20 + fraction;
    }
    if is(offset, b'Z') {
        return bytes.len() == offset + 1;
    }
    (is(offset, b'+') || is(offset, b'-'))
        && bytes.len() == offset + 6
        && digits(offset + 1..offset + 3)
        && is(offset + 3, b':')
        && digits(offset + 4..offset + 6)
}

impl FromStr for DateTime {
    type Err = NotADateTime;

    fn from_str(text: &str) -> Result<DateTime, NotADateTime> {
        if !looks_like_rfc_3339(text) {
            return Err(NotADateTime);
        }
        // More than nine digits of a second are legal, and more than a clock can tell apart.
        let at: Timestamp = match shortened(text) {
            Some(short) => short.parse().map_err(|_| NotADateTime)?,
            None => text.parse().map_err(|_| NotADateTime)?,
        };
        let text = (!is_canonical(text)).then(|| text.into());
        Ok(DateTime { at, text })
    }
}

/// The text without the digits beyond the nanosecond, when it has any.
fn shortened(text: &str) -> Option<String> {
    let fraction = text.get(20..)?.bytes().take_while(u8::is_ascii_digit).count();
    if text.as_bytes().get(19) != Some(&b'.') || fraction <= 9 {
        return None;
    }
    let (kept, offset) = (text.get(..29)?, text.get(20 + fraction..)?);
    Some(alloc::format!("{kept}{offset}"))
}

impl From<Timestamp> for DateTime {
    fn from(at: Timestamp) -> DateTime {
        DateTime::new(at)
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &DateTime) -> bool {
        self.at == other.at
    }
}

impl Eq for DateTime {}

impl Hash for DateTime {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.at.hash(state);
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.text {
            Some(text) => f.write_str(text),
            None => f.write_str(&canonical(self.at)),
        }
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.text {
            Some(text) => serializer.serialize_str(text),
            None => serializer.serialize_str(&self.to_string()),
        }
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DateTime, D::Error> {
        BorrowedText::deserialize(deserializer)?.as_str().parse().map_err(serde::de::Error::custom)
    }
}

impl Field for DateTime {
    const SHAPE: Shape = Shape::DateTime;

    fn part(&self) -> Part<'_> {
        Part::Time(self)
    }
}
