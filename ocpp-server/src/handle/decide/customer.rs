//! Deciding on what stations tell about customers (N09, N10).

use ocpp_core::model::CustomerPiece;

use super::{Advice, Answer, Decision, told};
use crate::domain::{CustomerState, EventKind};
use crate::handle::{Known, StationState};
use crate::store::Change;

/// A part of what was asked for. What nobody asked for is personal data that nobody needs: it is not kept.
pub(super) fn decide(state: &StationState, piece: &CustomerPiece, advice: &Advice) -> Decision {
    let Known::Customer(before) = &advice.known else { return Decision::just(Answer::Noted) };
    if matches!(before.state, CustomerState::Told { .. }) || before.expires_at <= advice.now {
        return Decision::just(Answer::Noted);
    }
    let mut asked = before.clone();
    asked.take(piece, advice.now);
    let kind =
        EventKind::CustomerRequestChanged { request: asked.request, state: asked.state.name().to_owned() };
    let mut decision =
        if asked.state == before.state { Decision::just(Answer::Noted) } else { told(state, advice, kind) };
    decision.changes.push(Change::put(&*asked));
    decision
}
