//! How the texts of single values are mended. Digits stay as they are; only what is around them changes.

use alloc::format;
use alloc::string::{String, ToString};

use crate::message::Enumeration;
use crate::quirk::Quirk;
use crate::types::DateTime;

/// What a time says that is not known; every reader of times knows it as "no clock yet".
pub(super) const UNKNOWN_TIME: &str = "1970-01-01T00:00:00Z";

/// A time of ISO 8601 as RFC 3339 wants it, and the habit that explains it.
pub(super) fn time(text: &str) -> Option<(String, Quirk)> {
    let (text, quirk) = match two_digit_hour(text) {
        Some(longer) if is_time(&longer) => return Some((longer, Quirk::ShortTime)),
        Some(longer) => (longer, Some(Quirk::ShortTime)),
        None => (text.to_string(), None),
    };
    let clock = text.get(11..)?;
    let (mended, found) = match clock.rfind(['+', '-']) {
        None => (format!("{text}Z"), Quirk::TimeWithoutZone),
        Some(sign) => {
            let (moment, offset) = text.split_at_checked(11 + sign)?;
            let digits = offset.get(1..)?;
            if !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let minutes = match digits.len() {
                2 => "00",
                4 => digits.get(2..)?,
                _ => return None,
            };
            (format!("{moment}{}:{minutes}", offset.get(..3)?), Quirk::ShortOffset)
        }
    };
    is_time(&mended).then_some((mended, quirk.unwrap_or(found)))
}

fn is_time(text: &str) -> bool {
    text.parse::<DateTime>().is_ok()
}

/// `2022-07-10T3:11:55Z` with two digits for the hour.
fn two_digit_hour(text: &str) -> Option<String> {
    let (date, clock) = text.split_once(['T', 't'])?;
    let short = clock.as_bytes().first().is_some_and(u8::is_ascii_digit) && clock.get(1..2) == Some(":");
    (date.len() == 10 && short).then(|| format!("{date}T0{clock}"))
}

/// The listed value that a text means, and the habit that explains it.
pub(super) fn listed(text: &str, known: &Enumeration) -> Option<(&'static str, Quirk)> {
    if known.name == "UnitOfMeasure" {
        match text {
            // 1.6 has no unit for a frequency, and says that it is in hertz: it stays a unit of its own.
            "Hz" | "Hertz" => return Some(("Hertz", Quirk::UnitAlias)),
            "C" => return Some(("Celsius", Quirk::UnitAlias)),
            _ => {}
        }
    }
    let listed = known.values.iter().find(|value| value.eq_ignore_ascii_case(text))?;
    Some((listed, Quirk::EnumInOtherCase))
}

/// The JSON number that a text holds.
pub(super) fn number_in(text: &str) -> Option<&str> {
    let first = text.as_bytes().first()?;
    let is_number = (first.is_ascii_digit() || *first == b'-') && serde_json::from_str::<f64>(text).is_ok();
    is_number.then_some(text)
}

/// The whole number of `10.0`.
pub(super) fn whole(number: &str) -> Option<&str> {
    let (whole, fraction) = number.split_once('.')?;
    (!fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0')).then_some(whole)
}

/// As much of a text as fits, with quotes.
pub(super) fn cut(text: &str, limit: usize) -> String {
    let short: String = text.chars().take(limit).collect();
    quoted(&short)
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
