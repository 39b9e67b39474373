//! What operators change: sites, stations, tokens, tariffs, and what excuses outages.
//!
//! Every rule about them is here, whoever asks: the page, the REST interface, the command line or a program
//! that uses this crate.
//!
//! ```text
//! sites      where stations stand
//! stations   who may connect, and with which key;  registration: who may work
//! tokens     who may charge
//! tariffs    what it costs: drafted, published by assigning, then only succeeded
//! exclusions what excuses outages: entered, confirmed, ended, withdrawn
//! uptime_rules  an operator's own formulas, and which formulas hold at a site
//! ```

mod exclusions;
mod publication;
mod registration;
mod sites;
mod stations;
mod tariffs;
mod tokens;
mod uptime_rules;

use jiff::Timestamp;
use ocpp_core::model::Registration;
use ocpp_core::rules::tariff::Problem;

pub use exclusions::{ExclusionFilter, ExclusionForm};
pub use registration::{Learns, NotAsked, Registered};
pub use sites::SiteForm;
pub use stations::{Login, NewStation, StationForm};
pub use tariffs::TariffForm;
pub use tokens::{ImportError, Imported, TokenForm};
pub use uptime_rules::ProfileForm;

use crate::Csms;
use crate::access::Pepper;
use crate::domain::{Event, EventKind, Record, RecordKind, Revision};
use crate::store::{Change, CommitError, ReadError, TypedRecords, Unit};

/// Why something was not changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RegisterError {
    /// There is no such thing.
    #[error("There is no {what} {id:?}.")]
    #[allow(missing_docs)]
    Unknown { what: &'static str, id: String },
    /// There is one already.
    #[error("There is a {what} {id:?} already.")]
    #[allow(missing_docs)]
    Exists { what: &'static str, id: String },
    /// What was given is wrong; every problem with the place of its value.
    #[error("{}", sentences(.0))]
    Invalid(Vec<Flaw>),
    /// It would break a rule.
    #[error("{0}")]
    Forbidden(String),
    /// Somebody else changed it in the meantime.
    #[error("Somebody else has changed this in the meantime: read it again and decide again.")]
    Conflict,
    /// The store failed.
    #[error("The database fails: {0}. Try again later.")]
    Store(String),
}

/// What is wrong with one value of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Where, as a JSON pointer into the form.
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub sentence: String,
}

impl Flaw {
    /// A flaw of the value at `pointer`.
    #[must_use]
    pub fn at(pointer: &str, sentence: impl Into<String>) -> Flaw {
        Flaw { pointer: pointer.to_owned(), sentence: sentence.into() }
    }
}

impl From<Problem> for Flaw {
    fn from(problem: Problem) -> Flaw {
        Flaw { pointer: format!("/tariff{}", problem.pointer), sentence: problem.message }
    }
}

fn sentences(flaws: &[Flaw]) -> String {
    flaws.iter().map(|flaw| flaw.sentence.as_str()).collect::<Vec<_>>().join(" ")
}

impl From<ReadError> for RegisterError {
    fn from(error: ReadError) -> RegisterError {
        RegisterError::Store(error.to_string())
    }
}

impl From<CommitError> for RegisterError {
    fn from(error: CommitError) -> RegisterError {
        match error {
            CommitError::Conflict { .. } => RegisterError::Conflict,
            other => RegisterError::Store(other.to_string()),
        }
    }
}

/// Changes what operators keep.
#[derive(Clone)]
pub struct Register {
    csms: Csms,
    pepper: Pepper,
    newcomers: Registration,
}

/// The most records that one change may touch, such as the stations of a site.
const MAX_TOUCHED: usize = 10_000;

impl Register {
    /// The register of a manager; keys of stations are kept as digests made with `pepper`.
    #[must_use]
    pub const fn new(csms: Csms, pepper: Pepper) -> Register {
        Register { csms, pepper, newcomers: Registration::Accepted }
    }

    /// What stations that are added are told when they boot, until an operator says otherwise: to work, unless
    /// this says that they are to wait, or to stay away.
    #[must_use]
    pub fn newcomers(self, registration: Registration) -> Register {
        Register { newcomers: registration, ..self }
    }

    fn now(&self) -> Timestamp {
        self.csms.now()
    }

    /// Reads what must be there, and has the revision that the caller has seen, where that is said.
    async fn need<R: Record>(
        &self,
        what: &'static str,
        key: &str,
        seen: Option<Revision>,
    ) -> Result<R, RegisterError> {
        let found: Option<R> = self.csms.store().get(key).await?;
        let found =
            found.ok_or_else(|| RegisterError::Unknown { what, id: key.chars().take(64).collect() })?;
        match seen {
            Some(seen) if seen != found.revision() => Err(RegisterError::Conflict),
            _ => Ok(found),
        }
    }

    /// Keeps changes, tells of the records, and gives back the first of them as it is now.
    async fn keep<R: Record>(&self, record: R, more: Vec<Change>) -> Result<R, RegisterError> {
        let mut changes = vec![Change::put(&record)];
        changes.extend(more);
        self.commit(changes).await?;
        let revision = record.revision().next();
        Ok(record.at_revision(revision))
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), RegisterError> {
        let at = self.now();
        let told = changes.iter().filter_map(|change| match change {
            Change::Record(record) => Some(Event { at, station: None, kind: told(record) }),
            _ => None,
        });
        let events = told.collect();
        Ok(self.csms.commit(Unit { changes, events, ..Unit::default() }).await?)
    }
}

/// The event about a record. The keys of tokens are personal data and stay out of events.
fn told(stored: &crate::domain::Stored) -> EventKind {
    let record = stored.kind;
    let key = (record != RecordKind::Token).then(|| stored.key.to_string());
    if stored.body.is_some() {
        EventKind::RecordChanged { record, key }
    } else {
        EventKind::RecordRemoved { record, key }
    }
}

/// Checks a text that people read.
fn check_text(flaws: &mut Vec<Flaw>, pointer: &str, text: &str, max: usize) {
    if text.chars().count() > max {
        flaws.push(Flaw::at(pointer, format!("This has more than {max} characters.")));
    } else if text.chars().any(char::is_control) {
        flaws.push(Flaw::at(pointer, "This has control characters: use plain text."));
    }
}

fn check_name(flaws: &mut Vec<Flaw>, pointer: &str, text: &str) {
    if text.trim().is_empty() {
        flaws.push(Flaw::at(pointer, "A name is needed."));
    }
    check_text(flaws, pointer, text, 100);
}

fn unless_flawed(flaws: Vec<Flaw>) -> Result<(), RegisterError> {
    if flaws.is_empty() { Ok(()) } else { Err(RegisterError::Invalid(flaws)) }
}
