//! Deciding on security events (A04).

use ocpp_core::model::{EventSeverity, SecurityEvent, Severity};

use super::alarm::{Board, Wrong};
use super::{Advice, Decision, told};
use crate::domain::{AlarmState, AlarmSubject, EventKind, KeptSecurityEvent, Revision};
use crate::handle::{Known, StationState};
use crate::store::Change;

/// An event is kept; a critical one raises an alarm, which stands until somebody has looked at it. A station
/// that did not hear the answer sends its event again (A04.FR.02): that is no second one.
pub(super) fn decide(state: &StationState, what: &SecurityEvent, advice: &Advice) -> Decision {
    let Known::Security { newest, oldest, alarms } = &advice.known else {
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
        let mut board = Board::new(state, advice, alarms);
        board.raise(Wrong {
            subject: AlarmSubject::Security { event: what.event.clone() },
            severity: EventSeverity::CRITICAL,
            text: format!("Security event {}", what.event),
            detail: what.info.as_deref().map(str::to_owned),
            event: None,
            cause: None,
            state: AlarmState::Happened,
        });
        board.finish(&mut decision);
    }
    decision
}
