//! Formulas of uptime: which states count, what may be excluded, and what has to be reached. They are data with a
//! date and a source, for laws and contracts change.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::state::PortState;
use crate::domain::ExclusionReason;

/// How an uptime is computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// Its name in orders and addresses: letters, digits, `.` and `-`, at most 64.
    pub id: Box<str>,
    /// What people call it.
    pub name: Box<str>,
    /// Where it is written, and when that was read.
    pub source: Box<str>,
    /// From which day on it holds.
    pub valid_from: Date,
    /// Whether each port has to reach the threshold, or all of them together.
    pub scope: Scope,
    /// Which time is looked at.
    pub window: WindowKind,
    /// The minutes that the rule divides by, also in a leap year; none for those that the window really has.
    pub minutes_of_window: Option<u32>,
    /// The states that count as up. All others are an outage.
    pub counts_for: BTreeSet<PortState>,
    /// What has to be reached.
    pub threshold: Threshold,
    /// The reasons that may excuse an outage, each once.
    pub exclusions: Vec<Allowed>,
    /// What is said of a port that has not been in service for the whole window.
    pub short_service: ShortService,
}

/// Who has to reach the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Each port.
    Port,
    /// The average of all ports, each weighed by its time in service.
    Network,
}

/// Which time a formula looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// The twelve months before the first day of a month.
    #[serde(rename = "last_12_months")]
    Last12Months,
    /// One month.
    CalendarMonth,
    /// Three months from January, April, July or October on.
    CalendarQuarter,
    /// From 1 January to 31 December.
    CalendarYear,
}

/// What an uptime has to reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// In percent.
    pub percent: Decimal,
    /// Whether it has to be more than that; reaching it is enough otherwise.
    pub must_exceed: bool,
}

/// A reason that may excuse an outage, and how far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    /// The reason.
    pub reason: ExclusionReason,
    /// An incident excuses at most this long from its beginning on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_per_incident: Option<u32>,
    /// This reason excuses at most this much of the outages of a port in a calendar year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_per_year: Option<u32>,
}

/// What is said of a port that was not in service all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShortService {
    /// Nothing: the figure stays empty, and nothing is extrapolated.
    Empty,
    /// The figure of the time that it was in service.
    SinceService,
}

impl Formula {
    /// Those that come with the program.
    #[must_use]
    pub fn built_in() -> &'static [Formula] {
        static BUILT_IN: LazyLock<Vec<Formula>> =
            LazyLock::new(|| serde_json::from_str(include_str!("formulas.json")).unwrap_or_default());
        &BUILT_IN
    }

    /// The one of this name that comes with the program.
    #[must_use]
    pub fn of(id: &str) -> Option<&'static Formula> {
        Formula::built_in().iter().find(|formula| &*formula.id == id)
    }

    /// Whether a port in this state is up.
    #[must_use]
    pub fn is_up(&self, state: PortState) -> bool {
        self.counts_for.contains(&state)
    }

    /// What is wrong with a formula of an operator's own.
    ///
    /// # Errors
    /// A sentence for its author.
    pub fn check(&self) -> Result<(), InvalidFormula> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        if self.id.is_empty() || self.id.len() > 64 || !self.id.chars().all(is_name) {
            return Err(InvalidFormula::Id);
        }
        if self.counts_for.is_empty() {
            return Err(InvalidFormula::NothingCounts);
        }
        if self.threshold.percent < Decimal::ZERO || self.threshold.percent > Decimal::ONE_HUNDRED {
            return Err(InvalidFormula::Threshold);
        }
        if self.minutes_of_window == Some(0) {
            return Err(InvalidFormula::NoMinutes);
        }
        let reasons: BTreeSet<_> = self.exclusions.iter().map(|allowed| allowed.reason).collect();
        if reasons.len() < self.exclusions.len() {
            return Err(InvalidFormula::ReasonTwice);
        }
        Ok(())
    }
}

/// Why a formula cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum InvalidFormula {
    #[error("the id of a formula has 1 to 64 letters, digits, '.' and '-'")]
    Id,
    #[error("no state counts as up: name at least one in counts_for, such as \"available\"")]
    NothingCounts,
    #[error("a threshold is between 0 and 100 percent")]
    Threshold,
    #[error("minutes_of_window cannot be 0: leave it out to divide by the minutes that the window has")]
    NoMinutes,
    #[error("a reason stands twice in exclusions")]
    ReasonTwice,
}
