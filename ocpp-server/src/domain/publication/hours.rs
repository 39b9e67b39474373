//! When a site is open.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ocpp_core::model::tariff::{DayOfWeek, TimeOfDay};
use serde::{Deserialize, Serialize};

/// When a site is open, in its own zone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpeningHours {
    /// The hours of every week; day and night when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekly: Option<Vec<WeeklyHours>>,
    /// When it is open besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub openings: Vec<Span>,
    /// When it is closed all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub closings: Vec<Span>,
}

/// Hours of a day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyHours {
    /// The day.
    pub day: DayOfWeek,
    /// From this time on.
    pub from: TimeOfDay,
    /// Until before this time of the same day; `00:00` is the day's end.
    pub until: TimeOfDay,
}

impl WeeklyHours {
    /// The minutes of the day, the end exclusive.
    #[must_use]
    pub fn minutes(&self) -> std::ops::Range<u16> {
        let end = if self.until == TimeOfDay::MIDNIGHT { 24 * 60 } else { self.until.minutes() };
        self.from.minutes()..end
    }
}

/// A span of time, the end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Its begin.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
}

impl Span {
    fn has(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

impl OpeningHours {
    /// Whether it is open at a moment, `zone` being the site's.
    #[must_use]
    pub fn is_open(&self, at: Timestamp, zone: &TimeZone) -> bool {
        if self.closings.iter().any(|span| span.has(at)) {
            return false;
        }
        if self.openings.iter().any(|span| span.has(at)) {
            return true;
        }
        let Some(weekly) = &self.weekly else { return true };
        let local = zone.to_datetime(at);
        let day = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0);
        let minute = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or(0);
        weekly.iter().any(|hours| hours.day as usize == day && hours.minutes().contains(&minute))
    }

    /// The hours of every week as a text: `24/7`, or `Mon-Fri 06:00-22:00, Sat 08:00-20:00`.
    #[must_use]
    pub fn weekly_text(&self) -> String {
        let Some(weekly) = &self.weekly else { return "24/7".to_owned() };
        let mut runs: Vec<(DayOfWeek, DayOfWeek, TimeOfDay, TimeOfDay)> = Vec::new();
        for hours in weekly {
            match runs.last_mut() {
                Some((_, last, from, until))
                    if *last as usize + 1 == hours.day as usize
                        && (*from, *until) == (hours.from, hours.until) =>
                {
                    *last = hours.day;
                }
                _ => runs.push((hours.day, hours.day, hours.from, hours.until)),
            }
        }
        let shown = runs.into_iter().map(|(first, last, from, until)| {
            let days = if first == last { short(first) } else { format!("{}-{}", short(first), short(last)) };
            let until = if until == TimeOfDay::MIDNIGHT { "24:00".to_owned() } else { until.to_string() };
            format!("{days} {from}-{until}")
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// Reads what [`OpeningHours::weekly_text`] writes; nothing is day and night.
    ///
    /// # Errors
    /// [`BadHours`], with the part that cannot be read.
    pub fn read_weekly(text: &str) -> Result<Option<Vec<WeeklyHours>>, BadHours> {
        if matches!(text.trim(), "" | "24/7") {
            return Ok(None);
        }
        let mut weekly = Vec::new();
        for part in text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
            weekly.extend(read_part(part).ok_or_else(|| BadHours(part.chars().take(40).collect()))?);
        }
        Ok(Some(weekly))
    }
}

/// A text is no opening hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no opening hours: write 24/7, or days and times such as Mon-Fri 06:00-22:00, Sat 08:00-20:00."
)]
pub struct BadHours(pub String);

fn short(day: DayOfWeek) -> String {
    format!("{day:?}").chars().take(3).collect()
}

fn day(text: &str) -> Option<DayOfWeek> {
    let text = text.trim();
    let named = |day: &&DayOfWeek| {
        text.eq_ignore_ascii_case(&short(**day)) || text.eq_ignore_ascii_case(&format!("{day:?}"))
    };
    DayOfWeek::ALL.iter().find(named).copied()
}

fn read_part(part: &str) -> Option<Vec<WeeklyHours>> {
    let (days, times) = part.split_once(char::is_whitespace)?;
    let (first, last) = days.split_once('-').map_or((days, days), |pair| pair);
    let (first, last) = (day(first)?, day(last)?);
    let (from, until) = times.trim().split_once('-')?;
    let until = until.trim();
    let from = TimeOfDay::from_str(from.trim()).ok()?;
    let until = if until == "24:00" { TimeOfDay::MIDNIGHT } else { TimeOfDay::from_str(until).ok()? };
    let days = DayOfWeek::ALL.into_iter().filter(|day| (first..=last).contains(day));
    let hours: Vec<WeeklyHours> = days.map(|day| WeeklyHours { day, from, until }).collect();
    (!hours.is_empty()).then_some(hours)
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.from, self.until)
    }
}

impl FromStr for Span {
    type Err = BadHours;

    /// Two moments with `/` between, as in ISO 8601.
    fn from_str(text: &str) -> Result<Span, BadHours> {
        let bad = || BadHours(text.chars().take(60).collect());
        let (from, until) = text.split_once('/').ok_or_else(bad)?;
        let moment = |text: &str| text.trim().parse::<Timestamp>().map_err(|_| bad());
        Ok(Span { from: moment(from)?, until: moment(until)? })
    }
}
