//! Deciding on reports of display messages (O03, O04).

use ocpp_core::model::DisplayReport;

use super::{Advice, Answer, Decision, told};
use crate::domain::{EventKind, StationDisplay};
use crate::handle::{Known, StationState};
use crate::store::Change;

pub(super) fn decide(state: &StationState, part: &DisplayReport, advice: &Advice) -> Decision {
    let Known::Display(before) = &advice.known else { return Decision::just(Answer::Noted) };
    let unknown = || StationDisplay::unknown(state.station.id.clone());
    let mut display = before.as_deref().cloned().unwrap_or_else(unknown);
    let is_complete = display.take(part, advice.now);
    let state_name = if is_complete { "told" } else { "being_told" };
    let mut decision =
        told(state, advice, EventKind::DisplayChanged { message: None, state: state_name.to_owned() });
    decision.changes.push(Change::put(&display));
    decision
}
