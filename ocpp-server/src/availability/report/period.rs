//! Which time a report is of: a month, a quarter or a year.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use crate::availability::{Span, WindowKind, days};

/// A month, a quarter or a year, written `2026-10`, `2026Q3` or `2026`. It begins and ends where a site is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Period {
    first: Date,
    kind: PeriodKind,
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum PeriodKind {
    Month,
    Quarter,
    Year,
}

/// Why a text is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a period is a month such as 2026-10, a quarter such as 2026Q3, or a year such as 2026, from 2010 to 2200"
)]
pub struct NoPeriod;

/// Why a formula says nothing of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum WrongPeriod {
    #[error(
        "this formula looks at the twelve months up to the end of a month: choose a month, such as 2026-10"
    )]
    NeedsLastMonth,
    #[error("this formula looks at months: choose one, such as 2026-10")]
    NeedsMonth,
    #[error("this formula looks at quarters: choose one, such as 2026Q3")]
    NeedsQuarter,
    #[error("this formula looks at calendar years: choose one, such as 2026")]
    NeedsYear,
}

impl PeriodKind {
    /// The kind of period for which a formula of this window has a figure.
    #[must_use]
    pub const fn of(window: WindowKind) -> PeriodKind {
        match window {
            WindowKind::Last12Months | WindowKind::CalendarMonth => PeriodKind::Month,
            WindowKind::CalendarQuarter => PeriodKind::Quarter,
            WindowKind::CalendarYear => PeriodKind::Year,
        }
    }
}

impl Period {
    /// The period of a kind that a moment is in, in a zone.
    #[must_use]
    pub fn at(kind: PeriodKind, at: Timestamp, zone: &TimeZone) -> Period {
        let day = at.to_zoned_datetime(zone.clone()).date();
        let month = match kind {
            PeriodKind::Month => day.month(),
            PeriodKind::Quarter => (day.month() - 1) / 3 * 3 + 1,
            PeriodKind::Year => 1,
        };
        Period { first: Date::new(day.year(), month, 1).unwrap_or(day), kind }
    }

    /// How long it is.
    #[must_use]
    pub const fn kind(self) -> PeriodKind {
        self.kind
    }

    /// Its first day.
    #[must_use]
    pub const fn first(self) -> Date {
        self.first
    }

    /// The day after its last.
    #[must_use]
    pub fn after(self) -> Date {
        self.moved(1)
    }

    /// The one before it.
    #[must_use]
    pub fn before(self) -> Period {
        Period { first: self.moved(-1), kind: self.kind }
    }

    /// The months in it.
    #[must_use]
    pub fn months(self) -> Vec<Period> {
        let mut months = Vec::new();
        let mut month = Period { first: self.first, kind: PeriodKind::Month };
        while month.first < self.after() && months.len() < 12 {
            months.push(month);
            month = Period { first: month.after(), kind: PeriodKind::Month };
        }
        months
    }

    /// The time of it, in a zone.
    #[must_use]
    pub fn span(self, zone: &TimeZone) -> Option<Span> {
        days(self.first, self.after(), zone)
    }

    /// The time that a formula of this window looks at for this period, in a zone: for the last twelve months,
    /// those that end with the month.
    ///
    /// # Errors
    /// [`WrongPeriod`] when the formula has no figure for periods of this length.
    pub fn window(self, window: WindowKind, zone: &TimeZone) -> Result<Span, WrongPeriod> {
        let wrong = match window {
            WindowKind::Last12Months => WrongPeriod::NeedsLastMonth,
            WindowKind::CalendarMonth => WrongPeriod::NeedsMonth,
            WindowKind::CalendarQuarter => WrongPeriod::NeedsQuarter,
            WindowKind::CalendarYear => WrongPeriod::NeedsYear,
        };
        if PeriodKind::of(window) != self.kind {
            return Err(wrong);
        }
        let from = match window {
            WindowKind::Last12Months => self.after().checked_sub(1.year()).unwrap_or(self.first),
            _ => self.first,
        };
        days(from, self.after(), zone).ok_or(wrong)
    }

    fn moved(self, by: i64) -> Date {
        let step = match self.kind {
            PeriodKind::Month => by.months(),
            PeriodKind::Quarter => (3 * by).months(),
            PeriodKind::Year => by.years(),
        };
        self.first.checked_add(step).unwrap_or(self.first)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.first.year(), self.first.month());
        match self.kind {
            PeriodKind::Month => write!(f, "{year:04}-{month:02}"),
            PeriodKind::Quarter => write!(f, "{year:04}Q{}", (month - 1) / 3 + 1),
            PeriodKind::Year => write!(f, "{year:04}"),
        }
    }
}

impl FromStr for Period {
    type Err = NoPeriod;

    fn from_str(text: &str) -> Result<Period, NoPeriod> {
        let (year, rest) = text.split_at_checked(4).ok_or(NoPeriod)?;
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b'Q') {
            return Err(NoPeriod);
        }
        let year: i16 = year.parse().map_err(|_| NoPeriod)?;
        let (kind, month) = match (rest.as_bytes().first(), rest.get(1..).unwrap_or_default()) {
            (None, _) => (PeriodKind::Year, 1),
            (Some(b'-'), month) if month.len() == 2 => {
                (PeriodKind::Month, month.parse().map_err(|_| NoPeriod)?)
            }
            (Some(b'Q'), quarter) if quarter.len() == 1 => {
                let quarter: i8 = quarter.parse().map_err(|_| NoPeriod)?;
                (PeriodKind::Quarter, if (1..=4).contains(&quarter) { quarter * 3 - 2 } else { 0 })
            }
            _ => return Err(NoPeriod),
        };
        if !(2010..=2200).contains(&year) {
            return Err(NoPeriod);
        }
        Ok(Period { first: Date::new(year, month, 1).map_err(|_| NoPeriod)?, kind })
    }
}

impl From<Period> for String {
    fn from(period: Period) -> String {
        period.to_string()
    }
}

impl TryFrom<String> for Period {
    type Error = NoPeriod;

    fn try_from(text: String) -> Result<Period, NoPeriod> {
        text.parse()
    }
}
