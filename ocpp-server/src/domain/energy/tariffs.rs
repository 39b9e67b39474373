//! Tariffs that are installed on stations (2.1, I07 to I11).

use jiff::Timestamp;
use ocpp_core::model::tariff::InstalledTariff;
use ocpp_core::model::{Place, StationId};
use serde::{Deserialize, Serialize};

use crate::domain::{Revision, record};

/// The tariffs of a station, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationTariffs {
    /// Which station.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// When the station last told all of them.
    pub told_at: Option<Timestamp>,
    /// The tariffs.
    pub tariffs: Vec<HeldTariff>,
}

record!(StationTariffs is StationTariffs, key |held| held.station.to_string());

/// A tariff on a station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldTariff {
    /// What is known of it.
    pub installed: InstalledTariff,
    /// Who set it here; `None` where it was only ever reported.
    pub by: Option<String>,
    /// Since when it is known.
    pub since: Timestamp,
}

impl StationTariffs {
    /// How many tariffs of a station are kept.
    pub const MAX_TARIFFS: usize = 200;

    /// Nothing is known yet.
    #[must_use]
    pub const fn new(station: StationId) -> StationTariffs {
        StationTariffs { station, revision: Revision(0), told_at: None, tariffs: Vec::new() }
    }

    /// The station took a default tariff for a place. One that holds at once takes the place of the one before
    /// (I07.FR.22); one that holds from its day waits beside it (I07.FR.20).
    pub fn set(&mut self, new: HeldTariff, place: Place) {
        let waits = new.installed.valid_from.is_some_and(|from| from > new.since);
        self.tariffs.retain_mut(|held| {
            if waits || held.installed.kind != new.installed.kind {
                return true;
            }
            match place.evse() {
                None => false,
                Some(evse) => {
                    held.installed.evses.retain(|other| *other != evse);
                    !held.installed.evses.is_empty() || held.installed.id == new.installed.id
                }
            }
        });
        let has_room = self.tariffs.len() < Self::MAX_TARIFFS;
        match self.tariffs.iter_mut().find(|held| held.installed.id == new.installed.id) {
            Some(held) => {
                held.installed.evses.extend(new.installed.evses);
                (held.by, held.since) = (new.by, new.since);
            }
            None if has_room => self.tariffs.push(new),
            None => {}
        }
    }

    /// The station told which tariffs it has: all, or those of one EVSE.
    pub fn told(&mut self, told: &[InstalledTariff], place: Place, at: Timestamp) {
        let before = std::mem::take(&mut self.tariffs);
        let by = |id: &str| before.iter().find(|held| held.installed.id == id).cloned();
        self.tariffs = told
            .iter()
            .take(Self::MAX_TARIFFS)
            .map(|installed| match by(&installed.id) {
                Some(held) => HeldTariff { installed: installed.clone(), ..held },
                None => HeldTariff { installed: installed.clone(), by: None, since: at },
            })
            .collect();
        match place.evse() {
            None => self.told_at = Some(at),
            // What holds elsewhere was not asked for.
            Some(evse) => {
                let elsewhere = before.into_iter().filter(|held| {
                    !held.installed.evses.contains(&evse)
                        && told.iter().all(|one| one.id != held.installed.id)
                });
                self.tariffs.extend(elsewhere);
                self.tariffs.truncate(Self::MAX_TARIFFS);
            }
        }
    }
}
