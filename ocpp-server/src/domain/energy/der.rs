//! Grid support on stations (2.1, block R).

use jiff::Timestamp;
use ocpp_core::model::{DerAlarm, DerControl, DerFilter, DerScope, StationId};
use serde::{Deserialize, Serialize};

use crate::domain::{Revision, record};

/// A setting of grid support on a station: set by an order that the station took, or reported by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledDer {
    /// On which station.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The setting.
    pub control: DerControl,
    /// Who ordered it here; `None` where it was only ever reported.
    pub by: Option<String>,
    /// Since when it is known in this form.
    pub since: Timestamp,
    /// When the station last reported it.
    pub reported_at: Option<Timestamp>,
    /// When a scheduled one last began.
    pub started_at: Option<Timestamp>,
    /// When a scheduled one last ended.
    pub ended_at: Option<Timestamp>,
}

record!(InstalledDer is InstalledDer, key |known| InstalledDer::key_of(&known.station, &known.control.id),
    owner |known| Some(known.station.to_string()));

impl InstalledDer {
    /// How many settings of a station are kept.
    pub const MAX_PER_STATION: usize = 200;

    /// Its key.
    #[must_use]
    pub fn key_of(station: &StationId, id: &str) -> String {
        format!("{station}/{}", id.chars().take(36).collect::<String>())
    }

    /// Whether a filter of an order means it (R04.FR.20 and following).
    #[must_use]
    pub fn is_asked_by(&self, filter: &DerFilter) -> bool {
        filter.scope.is_none_or(|scope| self.control.scope == scope)
            && filter.kind.as_ref().is_none_or(|kind| self.control.kind == *kind)
            && filter.id.as_ref().is_none_or(|id| self.control.id == *id)
    }

    /// Whether an order to remove settings means it.
    #[must_use]
    pub fn is_cleared_by(&self, scope: DerScope, group: &DerGroup<'_>) -> bool {
        match group {
            DerGroup::Id(id) => &*self.control.id == *id,
            DerGroup::Kind(kind) => self.control.scope == scope && &*self.control.kind == *kind,
            DerGroup::All => self.control.scope == scope,
        }
    }
}

/// Which settings of a scope an order removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum DerGroup<'a> {
    All,
    Kind(&'a str),
    Id(&'a str),
}

/// What the grid did to a station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerAlarms {
    /// Which station.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Those that have begun and not ended.
    pub standing: Vec<DerAlert>,
    /// Those that are over, the latest last.
    pub over: Vec<DerAlert>,
}

record!(DerAlarms is DerAlarms, key |alarms| alarms.station.to_string());

/// A reaction to the grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerAlert {
    /// The kind of the setting.
    pub kind: String,
    /// What is wrong in the grid.
    pub fault: Option<String>,
    /// More words of the station.
    pub info: Option<String>,
    /// When it began; `None` where only the end was told.
    pub began_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl DerAlarms {
    /// How many of each are kept.
    pub const MAX_KEPT: usize = 50;

    /// Nothing was told yet.
    #[must_use]
    pub const fn new(station: StationId) -> DerAlarms {
        DerAlarms { station, revision: Revision(0), standing: Vec::new(), over: Vec::new() }
    }

    /// Takes note of what a station told (R05).
    pub fn note(&mut self, alarm: &DerAlarm) {
        let (kind, fault) = (super::clipped(&alarm.kind), alarm.fault.as_deref().map(super::clipped));
        let at = self.standing.iter().position(|known| known.kind == kind && known.fault == fault);
        let known = at.map(|at| self.standing.remove(at));
        let info = alarm.info.as_deref().map(super::clipped);
        let alert =
            DerAlert { kind, fault, info, began_at: known.and_then(|known| known.began_at), ended_at: None };
        if alarm.ended {
            self.over.push(DerAlert { ended_at: Some(alarm.at), ..alert });
            shorten(&mut self.over);
        } else {
            self.standing.push(DerAlert { began_at: alert.began_at.or(Some(alarm.at)), ..alert });
            shorten(&mut self.standing);
        }
    }
}

fn shorten(alerts: &mut Vec<DerAlert>) {
    let beyond = alerts.len().saturating_sub(DerAlarms::MAX_KEPT);
    alerts.drain(..beyond);
}
