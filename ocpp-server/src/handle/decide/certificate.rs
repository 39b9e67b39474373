//! Deciding on what stations want of certificates (A02, A03, C07, M01, M02, M06, M07).

use ocpp_core::model::{
    Answer, Authorization, AuthorizationStatus, Cause, ContractVerdict, SigningRequest, Verdict,
};

use super::{Advice, Decision, event, told};
use crate::domain::{EventKind, OpenUpkeep, Revision, Signing, SigningState, UpkeepKind};
use crate::handle::{Known, StationState};
use crate::store::Change;

/// What the authority said; nobody provides it when it said nothing.
pub(super) fn answer(advice: &Advice) -> Answer {
    match &advice.known {
        Known::Answer(answer) => answer.clone(),
        _ => Answer::Noted,
    }
}

/// The word on a driver's contract: its certificates and its token are judged together (C07.FR.13 to C07.FR.17).
pub(super) fn on_contract(word: Authorization, advice: &Advice) -> Answer {
    use AuthorizationStatus::{Blocked, Expired, Invalid, Unknown};

    let Known::Contract(judged) = advice.known else {
        return Answer::Authorize(word);
    };
    let contract = match judged {
        ContractVerdict::Accepted if matches!(word.status, Blocked | Expired | Invalid | Unknown) => {
            ContractVerdict::ContractCancelled
        }
        judged => judged,
    };
    let word = match contract {
        ContractVerdict::Accepted | ContractVerdict::ContractCancelled => word,
        ContractVerdict::CertificateExpired => Authorization::of(Expired),
        _ => Authorization::of(Invalid),
    };
    Answer::AuthorizeContract { word, contract }
}

/// A wish that is taken is signed and handed over by and by. The same wish sent again, as stations do that wait
/// in vain (A02.FR.18), is hurried along; another one for the same use takes its place.
pub(super) fn decide(state: &StationState, wish: &SigningRequest, advice: &Advice) -> Decision {
    let Known::Signing { word, latest, oldest } = &advice.known else {
        return told_of(state, wish, advice, Verdict::Rejected, None);
    };
    if let Err(cause) = word {
        return told_of(state, wish, advice, Verdict::Rejected, Some(cause.clone()));
    }
    let mut decision = told_of(state, wish, advice, Verdict::Accepted, None);
    let open = latest.iter().filter(|signing| signing.state.is_open());
    let mut is_known = false;
    for signing in open.filter(|signing| signing.usage() == wish.usage) {
        let same = signing.wish == *wish;
        is_known |= same;
        let (state_now, look_at) = match same {
            true => (signing.state.clone(), advice.now),
            false => (SigningState::Superseded, signing.look_at),
        };
        let signing = Signing { state: state_now, look_at, ..signing.clone() };
        decision.events.push(event(state, advice, changed(&signing)));
        decision.changes.push(Change::put(&signing));
    }
    if !is_known {
        let number = latest.first().map_or(1, |newest| newest.number.saturating_add(1));
        let signing = Signing {
            station: state.station.id.clone(),
            number,
            revision: Revision::default(),
            wish: wish.clone(),
            state: SigningState::Asked,
            attempts: 0,
            look_at: advice.now,
            asked_at: advice.now,
        };
        let open = OpenUpkeep::new(UpkeepKind::Signing, &state.station.id, number);
        decision.events.push(event(state, advice, changed(&signing)));
        decision.changes.extend([Change::put(&signing), Change::put(&open)]);
        // One that is superseded in this unit is not to be touched twice.
        let oldest = oldest.as_ref().filter(|oldest| !oldest.state.is_open());
        decision.changes.extend(oldest.map(|oldest| Change::remove(&**oldest)));
    }
    decision
}

fn told_of(
    state: &StationState,
    wish: &SigningRequest,
    advice: &Advice,
    verdict: Verdict,
    cause: Option<Cause>,
) -> Decision {
    let accepted = verdict == Verdict::Accepted;
    let kind = EventKind::SigningRequested { usage: wish.usage, accepted };
    Decision { answer: Answer::SignCertificate { verdict, cause }, ..told(state, advice, kind) }
}

fn changed(signing: &Signing) -> EventKind {
    EventKind::SigningChanged { number: signing.number, state: signing.state.name().to_owned() }
}
