//! What vehicles want in a session, and what they were given (K15 to K18), with priority charging (K21, K22).

use jiff::Timestamp;
use ocpp_core::model::{
    ChargingNeeds, ChargingProfile, EvSchedule, EvseId, NeedsWord, SessionKey, StationId,
};
use serde::{Deserialize, Serialize};

use crate::domain::{Revision, record};

/// What is known of the energy of a session beyond its meter values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionEnergy {
    /// The session.
    pub session: SessionKey,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// At which station.
    pub station: StationId,
    /// At which EVSE.
    pub evse: Option<EvseId>,
    /// What the vehicle last asked for.
    #[serde(default)]
    pub needs: Option<KeptNeeds>,
    /// What the manager does about it.
    #[serde(default)]
    pub plan: Option<EnergyPlan>,
    /// What the vehicle last said that it means to draw.
    #[serde(default)]
    pub schedule: Option<KeptEvSchedule>,
    /// Whether priority charging was switched.
    #[serde(default)]
    pub priority: Option<PriorityCharging>,
    /// References of what a terminal settled of it, the latest last.
    #[serde(default)]
    pub settlements: Vec<Box<str>>,
}

record!(SessionEnergy is SessionEnergy, key |energy| energy.session.to_string(),
    owner |energy| Some(energy.station.to_string()));

/// What a vehicle asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptNeeds {
    /// Its words.
    pub needs: ChargingNeeds,
    /// When they were heard.
    pub at: Timestamp,
    /// What it was told.
    pub word: NeedsWord,
    /// How often the vehicle asked in this session.
    pub times: u32,
}

/// What is done about the needs of a vehicle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnergyPlan {
    /// Since when.
    pub since: Timestamp,
    /// How often it was planned for these needs: more than once where the vehicle strayed from the plan.
    pub round: u32,
    /// How far it is.
    #[serde(flatten)]
    pub state: PlanState,
}

/// How far a plan is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PlanState {
    /// The planner is to be asked.
    Wanted,
    /// The profile is to be sent.
    #[allow(missing_docs)]
    Ready { profile: Box<ChargingProfile> },
    /// The station took it.
    #[allow(missing_docs)]
    Sent { at: Timestamp, profile: i32 },
    /// There is none, or the station did not take it.
    #[allow(missing_docs)]
    Failed { at: Timestamp, why: String },
}

impl PlanState {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            PlanState::Wanted => "wanted",
            PlanState::Ready { .. } => "ready",
            PlanState::Sent { .. } => "sent",
            PlanState::Failed { .. } => "failed",
        }
    }

    /// Whether something is still to be done.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, PlanState::Wanted | PlanState::Ready { .. })
    }
}

/// What a vehicle means to draw, and whether that is within what it was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptEvSchedule {
    /// Its words.
    pub schedule: EvSchedule,
    /// When they were heard.
    pub at: Timestamp,
    /// Why it was refused; `None` where it was accepted.
    pub refused: Option<String>,
}

/// Priority charging of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityCharging {
    /// Whether it is on.
    pub active: bool,
    /// Since when.
    pub since: Timestamp,
    /// Whether it was switched at the station, and not by an order.
    pub at_station: bool,
}

impl SessionEnergy {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(session: SessionKey, station: StationId, evse: Option<EvseId>) -> SessionEnergy {
        SessionEnergy {
            session,
            revision: Revision::default(),
            station,
            evse,
            needs: None,
            plan: None,
            schedule: None,
            priority: None,
            settlements: Vec::new(),
        }
    }
}

/// Names a session whose plan is open, so that it is found after a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPlan {
    /// The session.
    pub session: SessionKey,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// At which station.
    pub station: StationId,
}

record!(OpenPlan is OpenPlan, key |open| open.session.to_string(), owner |open| Some(open.station.to_string()));
