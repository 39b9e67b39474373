//! Deciding on what stations tell of the upload of a log (N01).

use ocpp_core::model::LogProgress;

use super::{Advice, Decision, event, told};
use crate::domain::EventKind;
use crate::handle::{Known, StationState};
use crate::store::Change;

/// A report of progress belongs to the log that it names, or to the latest one.
pub(super) fn decide(state: &StationState, progress: &LogProgress, advice: &Advice) -> Decision {
    let mut decision = told(state, advice, EventKind::LogReported(progress.clone()));
    let Known::Log(before) = &advice.known else { return decision };
    let mut log = before.clone();
    log.note(progress.stage, progress.cause.as_ref());
    if log.state != before.state {
        let kind = EventKind::LogChanged { request: log.request, state: log.state.name().to_owned() };
        decision.events.push(event(state, advice, kind));
    }
    if log != *before {
        decision.changes.push(Change::put(&*log));
    }
    decision
}
