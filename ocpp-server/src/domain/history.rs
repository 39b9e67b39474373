//! What was learnt of the availability of a place, and when.

use jiff::Timestamp;
use ocpp_core::model::{ChargingState, Place, PortStatus};
use serde::{Deserialize, Serialize};

/// One thing that was learnt of a place on a station. It is kept as it was learnt and never changed: what comes late
/// stands beside what was believed before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// From when on it holds, by the station's clock where the station told it.
    pub at: Timestamp,
    /// When the manager learnt it.
    pub heard_at: Timestamp,
    /// Where.
    pub place: Place,
    /// What.
    pub what: Observed,
}

/// What was learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Observed {
    /// The station said in which state the place is.
    Status(PortStatus),
    /// A session runs here, and this is what its energy does; none said yet at its start.
    Session(Option<ChargingState>),
    /// The session that ran here is over.
    SessionEnded,
    /// The station is connected.
    Online,
    /// The station is not connected: since its last sign of life.
    Offline,
    /// The manager was not there to know.
    Unknown,
    /// The operator takes the place out of use.
    Closed,
    /// The operator gives the place back to use.
    Opened,
    /// The place offers less power than it has to.
    Derated,
    /// The place offers the power that it has to.
    FullPower,
}
