//! When the manager itself was there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record::record;
use super::station::Revision;

/// A time in which the manager ran. Between two of them it was not there, and what stations did then is
/// unknown: it is never counted as their outage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagerRun {
    /// When it began.
    pub started_at: Timestamp,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Until when it is known to have run: the last mark that it left.
    pub alive_until: Timestamp,
    /// How it ended.
    pub ending: RunEnding,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunEnding {
    /// It still runs, or it was killed without a word.
    None,
    /// It was told to stop.
    Stopped,
}

record!(ManagerRun is ManagerRun, key |run| ManagerRun::key_of(run.started_at));

impl ManagerRun {
    /// How many runs are looked at: the courses of ports keep what they say.
    pub const KEPT: usize = 10_000;

    /// The key of a run: the microsecond of its start with leading zeros, so that keys sort by time.
    #[must_use]
    pub fn key_of(started_at: Timestamp) -> String {
        format!("{:019}", started_at.as_microsecond().max(0))
    }
}
