//! Alarms: what is wrong at stations, whatever version they speak, in one list for operators.

use jiff::Timestamp;
use ocpp_core::model::{EventSeverity, Place, SecurityEventKind, Setting, StationId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::record::record;
use super::station::Revision;

/// Something that is wrong at a station, or was and nobody has looked at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Where.
    pub station: StationId,
    /// What it is about: a station has one alarm about each.
    pub subject: AlarmSubject,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// How much it matters.
    pub severity: EventSeverity,
    /// What is wrong, in one line.
    pub text: String,
    /// More about it: a value, the maker's code and words.
    pub detail: Option<String>,
    /// How often it was reported.
    pub count: u64,
    /// When it was first heard of.
    pub since: Timestamp,
    /// When it was last heard of.
    pub last_at: Timestamp,
    /// The station's number of the event that reported it last.
    pub event: Option<i64>,
    /// The station's number of the event that led to it.
    pub cause: Option<i64>,
    /// How it stands.
    pub state: AlarmState,
    /// Who has looked at it.
    pub acknowledged: Option<Acknowledged>,
}

record!(Alarm is Alarm, key |alarm| Alarm::key_of(&alarm.station, &alarm.name()),
    owner |alarm| Some(alarm.station.to_string()));

/// What an alarm is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmSubject {
    /// A variable of the device model, and the monitor that watches it (2.x, N07).
    #[allow(missing_docs)]
    Variable { setting: Setting, monitor: Option<i64> },
    /// The status of a place: its error code in 1.6, and that it is faulted in any version.
    #[allow(missing_docs)]
    Fault { place: Place },
    /// A critical security event (A04).
    #[allow(missing_docs)]
    Security { event: SecurityEventKind },
    /// The station has more alarms than are listed.
    More,
}

/// How an alarm stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AlarmState {
    /// It is wrong now.
    Standing,
    /// It is in order again; the alarm stays until somebody has looked at it.
    #[allow(missing_docs)]
    Cleared { at: Timestamp },
    /// It happened, which cannot be undone: the alarm stays until somebody has looked at it.
    Happened,
}

impl AlarmState {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            AlarmState::Standing => "standing",
            AlarmState::Cleared { .. } => "cleared",
            AlarmState::Happened => "happened",
        }
    }
}

/// Who has looked at an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl AlarmSubject {
    /// What kind it is: `variable`, `fault`, `security` or `more`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            AlarmSubject::Variable { .. } => "variable",
            AlarmSubject::Fault { .. } => "fault",
            AlarmSubject::Security { .. } => "security",
            AlarmSubject::More => "more",
        }
    }

    /// Its name among the alarms of its station: 16 hexadecimal digits.
    #[must_use]
    pub fn name(&self) -> String {
        // A plain enumeration, which always has a JSON form.
        let text = serde_json::to_string(self).unwrap_or_default();
        Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Alarm {
    /// The most alarms that are listed of one station.
    pub const MAX_PER_STATION: usize = 100;
    /// Events that matter less than this are kept, and raise no alarm.
    pub const LEAST: EventSeverity = EventSeverity::WARNING;

    /// Its name among the alarms of its station.
    #[must_use]
    pub fn name(&self) -> String {
        self.subject.name()
    }

    /// The key of a station's alarm of this name.
    #[must_use]
    pub fn key_of(station: &StationId, name: &str) -> String {
        format!("{station}/{name}")
    }

    /// Somebody has looked at it. `None` when nothing is left of it: it is not wrong any more.
    #[must_use]
    pub fn acknowledge(mut self, by: &str, at: Timestamp) -> Option<Alarm> {
        if self.state != AlarmState::Standing {
            return None;
        }
        self.acknowledged.get_or_insert_with(|| Acknowledged { by: by.chars().take(200).collect(), at });
        Some(self)
    }

    /// It is in order again. `None` when nothing is left of it: somebody has looked at it already.
    #[must_use]
    pub fn clear(mut self, at: Timestamp) -> Option<Alarm> {
        if self.acknowledged.is_some() {
            return None;
        }
        if self.state == AlarmState::Standing {
            self.state = AlarmState::Cleared { at };
        }
        Some(self)
    }
}
