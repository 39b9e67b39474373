//! What is known of a port at one moment, and how observations change it.

use std::collections::BTreeMap;

use ocpp_core::model::{ChargingState, ConnectorId, EvseId, Place, PortStatus};
use serde::{Deserialize, Serialize};

use super::course::Course;
use super::span::{Second, Span};
use super::state::PortState;
use crate::domain::{Observation, Observed};

/// Whether the station of a port was connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    #[default]
    Unknown,
    Offline,
    Online,
}

/// A session that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Running {
    /// What its energy does, where it was said.
    charging: Option<ChargingState>,
}

/// All that is known of one port at a moment; what a course goes on from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PortKnown {
    line: Line,
    /// The word on the whole station, which holds for all its ports.
    #[serde(default)]
    station: Option<PortStatus>,
    #[serde(default)]
    evse: Option<PortStatus>,
    /// A connector that shares its EVSE with others is not a port of its own.
    #[serde(default)]
    connectors: BTreeMap<ConnectorId, PortStatus>,
    /// A session that runs, with what its energy does.
    #[serde(default)]
    session: Option<Running>,
    /// The session is over, and its vehicle has not been seen to leave.
    #[serde(default)]
    stays: bool,
    #[serde(default)]
    station_closed: bool,
    #[serde(default)]
    evse_closed: bool,
    #[serde(default)]
    closed_connectors: Vec<ConnectorId>,
    #[serde(default)]
    derated: bool,
}

/// Whether an observation at `place` says anything of port `evse`.
pub(super) fn concerns(place: Place, evse: EvseId) -> bool {
    place.evse().is_none_or(|of| of == evse)
}

impl PortKnown {
    /// Takes in what was observed at a place of the port, or at its station.
    pub fn take(&mut self, observation: &Observation) {
        match observation.what {
            Observed::Status(status) => self.take_status(observation.place, status),
            Observed::Session(state) => {
                let before = self.session.and_then(|session| session.charging);
                self.session = Some(Running { charging: state.or(before) });
                self.stays = false;
            }
            Observed::SessionEnded => {
                self.session = None;
                self.stays = true;
            }
            Observed::Online => self.line = Line::Online,
            Observed::Offline => self.line = Line::Offline,
            Observed::Unknown => self.line = Line::Unknown,
            Observed::Closed => self.close(observation.place, true),
            Observed::Opened => self.close(observation.place, false),
            Observed::Derated => self.derated = true,
            Observed::FullPower => self.derated = false,
            Observed::Attempt(_) => {}
        }
    }

    /// The state of the port, with that of its line.
    #[must_use]
    pub fn state(&self) -> PortState {
        match self.line {
            Line::Unknown => PortState::Unknown,
            Line::Offline => PortState::Offline,
            Line::Online => match self.behind() {
                PortState::Available | PortState::Charging if self.derated => PortState::Derated,
                behind => behind,
            },
        }
    }

    /// What the port did by the latest word, whatever its line and its power.
    #[must_use]
    pub fn behind(&self) -> PortState {
        let told = match self.told() {
            PortState::Idle if self.stays => PortState::Finishing,
            told => told,
        };
        // In 1.6 the status alone says what the energy of a session does.
        let energy = self.session.map(|session| match session.charging {
            None if told.is_occupied() => told,
            charging => of_session(charging),
        });
        match (told, energy) {
            // A fault is a fault, also in the middle of a session.
            (PortState::Faulted, _) => PortState::Faulted,
            (_, Some(energy)) => energy,
            (told, None) if told.is_occupied() => told,
            (PortState::Reserved, None) if !self.is_closed() => PortState::Reserved,
            (_, None) if self.is_closed() => PortState::Planned,
            (told, None) => told,
        }
    }

    /// Where a vehicle stood and a place is free, it has left, whether the end of its session was heard or not.
    fn note_leaving(&mut self, place: Place, status: PortStatus) {
        let before = match place {
            Place::Station => return,
            Place::Evse(_) => self.evse,
            Place::Connector(_, connector) => self.connectors.get(&connector).copied(),
        };
        let was_there = before.is_some_and(|before| PortState::of_status(before).is_occupied());
        if was_there && status == PortStatus::Available {
            self.session = None;
            self.stays = false;
        }
    }

    fn take_status(&mut self, place: Place, status: PortStatus) {
        self.note_leaving(place, status);
        match place {
            Place::Station => self.station = Some(status),
            Place::Evse(_) => self.evse = Some(status),
            Place::Connector(_, connector) => {
                self.connectors.insert(connector, status);
            }
        }
    }

    fn close(&mut self, place: Place, closed: bool) {
        match place {
            Place::Station => self.station_closed = closed,
            Place::Evse(_) => self.evse_closed = closed,
            Place::Connector(_, connector) => {
                self.closed_connectors.retain(|one| *one != connector);
                if closed {
                    self.closed_connectors.push(connector);
                }
            }
        }
    }

    /// A port is closed with its station, its EVSE, or all of its connectors.
    fn is_closed(&self) -> bool {
        let all = !self.connectors.is_empty()
            && self.connectors.keys().all(|connector| self.closed_connectors.contains(connector));
        self.station_closed || self.evse_closed || all
    }

    /// What the statuses say together. One connector in use is the port in use, and one that can be used is the
    /// port that can be used; a station or EVSE that is out of order takes all below it with it.
    fn told(&self) -> PortState {
        let own = self.connectors.values().map(|status| PortState::of_status(*status));
        let below = own.max_by_key(|state| usefulness(*state));
        let above = [self.evse, self.station]
            .into_iter()
            .flatten()
            .map(PortState::of_status)
            .find(|state| matches!(state, PortState::Faulted | PortState::Unavailable));
        match (below, above) {
            (Some(below), Some(_)) if below.is_occupied() => below,
            (_, Some(above)) => above,
            (Some(below), None) => below,
            (None, None) => self.evse.map_or(PortState::Unknown, PortState::of_status),
        }
    }
}

/// Which of several connectors speaks for its port.
const fn usefulness(state: PortState) -> u8 {
    match state {
        PortState::Charging => 8,
        PortState::SuspendedEv => 7,
        PortState::SuspendedEvse => 6,
        PortState::Idle => 5,
        PortState::Finishing => 4,
        PortState::Reserved => 3,
        PortState::Available => 2,
        PortState::Faulted => 1,
        _ => 0,
    }
}

const fn of_session(charging: Option<ChargingState>) -> PortState {
    match charging {
        Some(ChargingState::Charging) => PortState::Charging,
        Some(ChargingState::SuspendedEv) => PortState::SuspendedEv,
        Some(ChargingState::SuspendedEvse) => PortState::SuspendedEvse,
        Some(_) | None => PortState::Idle,
    }
}

/// The course of port `evse` over `span`: what was known at its beginning, and the observations within it, in the
/// order of [`in_order`]. Tells also what is known at its end.
#[must_use]
pub fn course(
    span: Span,
    known: PortKnown,
    evse: EvseId,
    observations: &[Observation],
) -> (Course, PortKnown) {
    let mut known = known;
    let mut builder = Course::builder(span);
    builder.change(span.from(), known.state(), known.behind());
    for observation in observations.iter().filter(|observation| concerns(observation.place, evse)) {
        let at = Second::of(observation.at);
        if at >= span.to() {
            break;
        }
        known.take(observation);
        builder.change(at, known.state(), known.behind());
    }
    (builder.end(), known)
}

/// Puts observations in the order in which they hold; of the same moment, in the order in which they were learnt.
pub fn in_order(observations: &mut [Observation]) {
    observations.sort_by_key(|observation| (observation.at, observation.heard_at));
}
