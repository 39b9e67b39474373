//! What stations should have of charging profiles and tariffs when nobody says otherwise, and what was tried to bring
//! them to it.

use jiff::Timestamp;
use ocpp_core::model::{ChargingProfile, Place, StationId};
use serde::{Deserialize, Serialize};

use crate::domain::{Assertion, Revision, StationFilter, TariffId, TemplateId, record};

/// A charging profile that stations should have: the most that the station draws, or the default of transactions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedProfile {
    /// Where it is to hold.
    pub place: Place,
    /// The profile.
    pub profile: ChargingProfile,
}

/// A tariff that stations should have for drivers without one of their own (2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedTariff {
    /// Where it is to hold.
    pub place: Place,
    /// Which of this manager's tariffs.
    pub tariff: TariffId,
}

/// One thing that a station should have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WantedDefault {
    /// A charging profile.
    Profile(WantedProfile),
    /// A tariff.
    Tariff(WantedTariff),
}

impl WantedDefault {
    /// By what it is known on a station: the number of a profile, the id and EVSE of a tariff.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            WantedDefault::Profile(wanted) => format!("profile {}", wanted.profile.id),
            WantedDefault::Tariff(wanted) => match wanted.place.evse() {
                Some(evse) => format!("tariff {} at EVSE {evse}", wanted.tariff.0),
                None => format!("tariff {}", wanted.tariff.0),
            },
        }
    }

    /// Where it is to hold.
    #[must_use]
    pub const fn place(&self) -> Place {
        match self {
            WantedDefault::Profile(wanted) => wanted.place,
            WantedDefault::Tariff(wanted) => wanted.place,
        }
    }

    /// Whether a station can have only one of the two.
    #[must_use]
    pub fn excludes(&self, other: &WantedDefault) -> bool {
        match (self, other) {
            (WantedDefault::Profile(one), WantedDefault::Profile(other)) => {
                let (a, b) = (&one.profile, &other.profile);
                let same_rank = a.purpose == b.purpose && a.stack_level == b.stack_level;
                a.id == b.id || (same_rank && one.place.evse() == other.place.evse())
            }
            (WantedDefault::Tariff(one), WantedDefault::Tariff(other)) => {
                one.place.evse() == other.place.evse()
            }
            _ => false,
        }
    }
}

/// Charging profiles and tariffs that stations should have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DefaultsTemplate {
    /// Its id.
    pub id: TemplateId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What people call it.
    pub name: String,
    /// The stations it is for.
    pub filter: StationFilter,
    /// The charging profiles.
    pub profiles: Vec<WantedProfile>,
    /// The tariffs.
    pub tariffs: Vec<WantedTariff>,
    /// What is done about drift.
    pub assertion: Assertion,
    /// Of what cannot be together on a station, that of the higher rank counts, of equals that of the later id.
    pub rank: i32,
    /// Who changed it last.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

record!(DefaultsTemplate is DefaultsTemplate, key |template| template.id.0.clone());

impl DefaultsTemplate {
    /// How many profiles, and how many tariffs, a template may have.
    pub const MAX_EACH: usize = 20;
    /// How many templates there may be.
    pub const MAX_TEMPLATES: usize = 200;

    /// All that it wants.
    pub fn wanted(&self) -> impl Iterator<Item = WantedDefault> {
        let profiles = self.profiles.iter().cloned().map(WantedDefault::Profile);
        profiles.chain(self.tariffs.iter().cloned().map(WantedDefault::Tariff))
    }
}

/// What a station said when it was told what it should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefaultAnswer {
    /// It took it.
    Taken,
    /// It did not, or must not be told.
    Refused,
    /// Nothing.
    None,
}

/// An attempt to bring a station to one thing that it should have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DefaultAttempt {
    /// What it was.
    pub wanted: WantedDefault,
    /// How often it was tried since it was last so.
    pub tries: u32,
    /// When it was last tried.
    pub at: Timestamp,
    /// What the station said.
    pub answer: DefaultAnswer,
    /// That in words.
    pub said: String,
}

/// What was tried at a station. What it took is remembered as long as it may have it, so that it can be removed once
/// nobody wants it any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StationDefaults {
    /// Which station.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The attempts, one for each thing.
    pub attempts: Vec<DefaultAttempt>,
}

record!(StationDefaults is StationDefaults, key |defaults| defaults.station.to_string());

impl StationDefaults {
    /// How many attempts are remembered.
    pub const MAX_ATTEMPTS: usize = 200;

    /// Nothing was tried yet.
    #[must_use]
    pub const fn new(station: StationId) -> StationDefaults {
        StationDefaults { station, revision: Revision(0), attempts: Vec::new() }
    }

    /// What was last tried for a thing.
    #[must_use]
    pub fn attempt(&self, key: &str) -> Option<&DefaultAttempt> {
        self.attempts.iter().find(|attempt| attempt.wanted.key() == key)
    }

    /// Counts an attempt; one at the same thing in the same form counts on.
    pub fn note(&mut self, mut attempt: DefaultAttempt) {
        let key = attempt.wanted.key();
        let has_room = self.attempts.len() < Self::MAX_ATTEMPTS;
        match self.attempts.iter_mut().find(|before| before.wanted.key() == key) {
            Some(before) => {
                if before.wanted == attempt.wanted {
                    attempt.tries = attempt.tries.saturating_add(before.tries);
                }
                *before = attempt;
            }
            None if has_room => self.attempts.push(attempt),
            None => {}
        }
    }
}
