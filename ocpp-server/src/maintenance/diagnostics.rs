//! Alarms, monitors, messages on displays, and what stations know about customers (blocks N and O).
//!
//! ```text
//! alarms     the list for operators: looked at, dismissed
//! monitors   set and removed in pieces that the station takes, reported
//! limits     how much the station takes
//! displays   messages set, removed, reported, and put back
//! customers  questions about customers, and the deletion of what was told
//! notes      what the answer to an order says of what a station has
//! keep       the loop: orders that others gave, stations that come back, what is too old
//! ```

mod alarms;
mod customers;
mod displays;
mod keep;
mod limits;
mod monitors;
mod notes;

use std::time::Duration;

use ocpp_core::model::StationId;

pub use alarms::{AlarmFilter, EventFilter};
pub use customers::CustomerForm;
pub use displays::MessageForm;
pub use monitors::MonitorItem;

use crate::Csms;
use crate::domain::{Event, EventKind, Record};
use crate::store::{Change, CommitError, ReadError, TypedRecords, Unit};

/// How long things are kept and awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiagnosticsSettings {
    /// How long events of stations are kept.
    pub keep_events: Duration,
    /// How long what stations tell about customers is kept.
    pub keep_customers: Duration,
    /// How long a report is awaited by whoever asks for it.
    pub report_within: Duration,
}

impl Default for DiagnosticsSettings {
    fn default() -> DiagnosticsSettings {
        DiagnosticsSettings {
            keep_events: Duration::from_secs(90 * 86_400),
            keep_customers: Duration::from_secs(14 * 86_400),
            report_within: Duration::from_secs(30),
        }
    }
}

/// Why something is not done. The sentences are for operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiagnosticsError {
    /// There is no such thing.
    #[error("There is no {what} {id:?}.")]
    #[allow(missing_docs)]
    Unknown { what: &'static str, id: String },
    /// A value is wrong.
    #[error("{sentence}")]
    #[allow(missing_docs)]
    Invalid { pointer: &'static str, sentence: String },
    /// The station is not connected.
    #[error("The station is not connected: try again when it is.")]
    NotConnected,
    /// The station cannot do it, or did not take it.
    #[error("The station did not take it: {0}.")]
    NotTaken(String),
    /// The version that the station speaks has no words for it.
    #[error("{0}.")]
    CannotSay(String),
    /// Somebody else changed it in the meantime.
    #[error("Somebody else has changed this in the meantime: try again.")]
    Conflict,
    /// The store failed.
    #[error("The database fails: {0}. Try again later.")]
    Store(String),
}

impl From<ReadError> for DiagnosticsError {
    fn from(error: ReadError) -> DiagnosticsError {
        DiagnosticsError::Store(error.to_string())
    }
}

impl From<CommitError> for DiagnosticsError {
    fn from(error: CommitError) -> DiagnosticsError {
        match error {
            CommitError::Conflict { .. } => DiagnosticsError::Conflict,
            other => DiagnosticsError::Store(other.to_string()),
        }
    }
}

fn unknown(what: &'static str, id: &str) -> DiagnosticsError {
    DiagnosticsError::Unknown { what, id: id.chars().take(64).collect() }
}

fn invalid(pointer: &'static str, sentence: impl Into<String>) -> DiagnosticsError {
    DiagnosticsError::Invalid { pointer, sentence: sentence.into() }
}

/// How often to decide anew when somebody else changed a record in the meantime.
const MAX_CONFLICTS: usize = 10;

/// Alarms, monitors, displays and customers of a manager's stations. Clones are the same.
#[derive(Clone)]
pub struct Diagnostics {
    csms: Csms,
    settings: DiagnosticsSettings,
}

impl Diagnostics {
    /// The diagnostics of a manager.
    #[must_use]
    pub const fn new(csms: Csms, settings: DiagnosticsSettings) -> Diagnostics {
        Diagnostics { csms, settings }
    }

    /// How long things are kept and awaited.
    #[must_use]
    pub const fn settings(&self) -> &DiagnosticsSettings {
        &self.settings
    }

    /// Whether a station was ever heard of or entered.
    async fn expect_known(&self, station: &StationId) -> Result<(), DiagnosticsError> {
        let store = self.csms.store();
        let known = store.station(station).await?.is_some()
            || store.get::<crate::domain::StationEntry>(station.as_str()).await?.is_some();
        if known { Ok(()) } else { Err(unknown("station", station.as_str())) }
    }

    /// Changes the record that a station has of a kind, or makes it; reads it anew when somebody else was faster.
    /// Nothing is written where nothing changes.
    async fn change<R: Record + PartialEq>(
        &self,
        station: &StationId,
        fresh: impl Fn(StationId) -> R,
        change: impl Fn(&mut R) -> Vec<EventKind>,
    ) -> Result<R, DiagnosticsError> {
        for _ in 0..MAX_CONFLICTS {
            let before: Option<R> = self.csms.store().get(station.as_str()).await?;
            let before = before.unwrap_or_else(|| fresh(station.clone()));
            let mut record = before.clone();
            let told = change(&mut record);
            if record == before {
                return Ok(record);
            }
            let event = |kind| Event { at: self.csms.now(), station: Some(station.clone()), kind };
            let events = told.into_iter().map(event).collect();
            let unit = Unit { changes: vec![Change::put(&record)], events, ..Unit::default() };
            match self.csms.commit(unit).await {
                Ok(()) => {
                    let revision = record.revision().next();
                    return Ok(record.at_revision(revision));
                }
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DiagnosticsError::Conflict)
    }
}
