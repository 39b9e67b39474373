//! Deciding on what becomes of reservations: used by a session (H01.FR.15, H03), or dropped by the station (H04).

use ocpp_core::model::{ReservationEnding, SessionKey};

use super::{Advice, Decision, event, told};
use crate::domain::{EventKind, Reservation};
use crate::handle::{Known, StationState};
use crate::store::Change;

/// The station dropped a reservation. One that the manager does not know is told of all the same.
pub(super) fn decide(state: &StationState, id: i64, how: ReservationEnding, advice: &Advice) -> Decision {
    if let Known::Reservation(held) = &advice.known {
        let mut decision = Decision::just(ocpp_core::model::Answer::Noted);
        note(state, held.as_ref().clone().dropped(how, advice.now), advice, &mut decision);
        return decision;
    }
    let action = "ReservationStatusUpdate".to_owned();
    let payload = format!(r#"{{"reservationId":{id},"reservationUpdateStatus":"{how:?}"}}"#);
    told(state, advice, EventKind::MessageNoted { action, payload })
}

/// A session says which reservation it uses.
pub(super) fn note_use(state: &StationState, session: &SessionKey, advice: &Advice, decision: &mut Decision) {
    if let Known::Reservation(held) = &advice.known {
        note(state, held.as_ref().clone().used(session.clone(), advice.now), advice, decision);
    }
}

fn note(state: &StationState, changed: Option<Reservation>, advice: &Advice, decision: &mut Decision) {
    let Some(changed) = changed else { return };
    let kind =
        EventKind::ReservationChanged { number: changed.number, state: changed.state.name().to_owned() };
    decision.events.push(event(state, advice, kind));
    decision.changes.push(Change::put(&changed));
}
