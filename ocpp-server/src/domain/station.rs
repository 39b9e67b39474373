//! Stations and their ports.

use jiff::Timestamp;
use ocpp_core::model::{Boot, Place, PortFault, PortStatus, Registration, StationId};
use ocpp_core::types::Version;
use serde::{Deserialize, Serialize};

/// How often a stored value was written. A write says which revision it changes; 0 is "not stored yet".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);

impl Revision {
    /// The revision after one more write.
    #[must_use]
    pub const fn next(self) -> Revision {
        Revision(self.0.saturating_add(1))
    }
}

/// Counts the connections of a station. What a connection writes carries its epoch; when a newer connection
/// has taken over, the store refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u64);

impl Epoch {
    /// The epoch of the next connection.
    #[must_use]
    pub const fn next(self) -> Epoch {
        Epoch(self.0.saturating_add(1))
    }
}

/// Whether a station is connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    /// Since when, and from which address it dialled.
    #[allow(missing_docs)]
    Online { since: Timestamp, address: String },
    /// Since when: its last sign of life.
    #[allow(missing_docs)]
    Offline { since: Timestamp },
    /// The manager was not there to know: since the last mark that it left. Never an outage of the station.
    #[allow(missing_docs)]
    Unknown { since: Timestamp },
}

/// A charging station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Station {
    /// Its identity.
    pub id: StationId,
    /// How often this value was written.
    pub revision: Revision,
    /// Which connection is the valid one.
    pub epoch: Epoch,
    /// The version that it spoke last.
    pub version: Version,
    /// Whether it is connected.
    pub connection: Connection,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// Its last sign of life that was written down; a connected station may have spoken since.
    pub last_seen: Timestamp,
    /// What it said of itself when it last started.
    pub boot: Option<Boot>,
    /// When it last said so.
    pub booted_at: Option<Timestamp>,
    /// Whether it may work; it belongs to the station, not to the connection.
    pub registration: Option<Registration>,
}

/// The state of one place on a station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// Where; [`Place::Station`] is the status of OCPP 1.6's connector 0.
    pub place: Place,
    /// In which state.
    pub status: PortStatus,
    /// Since when, by the station's clock, or the manager's where the station does not say.
    pub since: Timestamp,
    /// When the manager heard of it.
    pub reported_at: Timestamp,
    /// What is wrong, unless nothing is.
    pub fault: Option<PortFault>,
}
