//! Deciding on what stations tell of their firmware (L01, L02).

use ocpp_core::model::{Boot, FirmwareProgress};

use super::{Advice, Decision, event, told};
use crate::domain::{EventKind, StationUpdate};
use crate::handle::{Known, StationState};
use crate::store::Change;

/// A report of progress belongs to the update that it names, or to the one that the station is at.
pub(super) fn decide(state: &StationState, progress: &FirmwareProgress, advice: &Advice) -> Decision {
    let mut decision = told(state, advice, EventKind::FirmwareReported(progress.clone()));
    if let Known::Update(before) = &advice.known {
        let mut update = before.clone();
        update.note(progress.stage, progress.cause.as_ref(), advice.now);
        keep(state, before, *update, advice, &mut decision);
    }
    decision
}

/// A start tells which version is installed.
pub(super) fn note_boot(state: &StationState, boot: &Boot, advice: &Advice, decision: &mut Decision) {
    if let Known::Update(before) = &advice.known {
        let mut update = before.clone();
        update.note_boot(boot.firmware.as_deref(), advice.now);
        keep(state, before, *update, advice, decision);
    }
}

fn keep(
    state: &StationState,
    before: &StationUpdate,
    update: StationUpdate,
    advice: &Advice,
    decision: &mut Decision,
) {
    if update == *before {
        return;
    }
    if update.state != before.state {
        let kind = EventKind::UpdateChanged {
            request: update.request,
            state: update.state.name().to_owned(),
            campaign: update.campaign.clone(),
        };
        decision.events.push(event(state, advice, kind));
    }
    decision.changes.push(Change::put(&update));
}
