//! Deciding on security events (A04).

use ocpp_core::model::{SecurityEvent, Severity};

use super::{Advice, Decision, told};
use crate::domain::{EventKind, KeptSecurityEvent, Revision, SecurityAlarm};
use crate::handle::{Known, StationState};
use crate::store::Change;

/// An event is kept; a critical one raises an alarm, which stands until somebody has looked at it. A station
/// that did not hear the answer sends its event again (A04.FR.02): that is no second one.
pub(super) fn decide(state: &StationState, what: &SecurityEvent, advice: &Advice) -> Decision {
    let Known::Security { newest, oldest, alarm } = &advice.known else {
        return told(state, advice, EventKind::SecurityReported(what.clone()));
    };
    if newest.as_ref().is_some_and(|newest| newest.what == *what) {
        return Decision::just(ocpp_core::model::Answer::Noted);
    }
    let mut decision = told(state, advice, EventKind::SecurityReported(what.clone()));
    let kept = KeptSecurityEvent {
        station: state.station.id.clone(),
        number: newest.as_ref().map_or(1, |newest| newest.number.saturating_add(1)),
        revision: Revision::default(),
        what: what.clone(),
        severity: what.event.severity(),
        heard_at: advice.now,
    };
    decision.changes.push(Change::put(&kept));
    decision.changes.extend(oldest.as_ref().map(|oldest| Change::remove(&**oldest)));
    if kept.severity == Severity::Critical {
        decision.changes.push(Change::put(&raised(state, alarm.as_deref(), what, advice)));
    }
    decision
}

fn raised(
    state: &StationState,
    alarm: Option<&SecurityAlarm>,
    what: &SecurityEvent,
    advice: &Advice,
) -> SecurityAlarm {
    match alarm {
        Some(alarm) => {
            SecurityAlarm { count: alarm.count.saturating_add(1), last: what.clone(), ..alarm.clone() }
        }
        None => SecurityAlarm {
            station: state.station.id.clone(),
            revision: Revision::default(),
            count: 1,
            last: what.clone(),
            since: advice.now,
        },
    }
}
