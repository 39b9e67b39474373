//! The decision: a station's state and a fact become changes, events and an answer.
//!
//! Everything here is pure. What it needs from outside comes in as [`Advice`].

mod transaction;

use jiff::Timestamp;
use ocpp_core::model::{
    Answer, Authorization, Boot, Fact, IdToken, MeterReport, Place, Registration, SessionKey, StationTxRef,
    StatusReport, Step, TransferAnswer, TransferStatus,
};

use super::state::StationState;
use crate::domain::{
    Event, EventKind, Port, RefusalReason, Refused, Session, SessionNumber, SessionReading, StartKey,
};
use crate::store::Change;

/// What a decision needs and the station's state does not hold.
#[derive(Debug, Clone)]
pub struct Advice {
    /// The manager's clock.
    pub now: Timestamp,
    /// Seconds between heartbeats for a station that boots.
    pub heartbeat_interval_s: u32,
    /// Where the station dials from.
    pub address: String,
    /// The word on the token that the fact carries.
    pub authorization: Option<Authorization>,
    /// The session that the fact is about, running or not.
    pub session: Option<Session>,
    /// The key of a session, if the fact opens one.
    pub fresh_key: SessionKey,
    /// The number of a session, if the fact opens one.
    pub fresh_number: SessionNumber,
}

/// What follows from a fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What to keep.
    pub changes: Vec<Change>,
    /// What to tell the world.
    pub events: Vec<Event>,
    /// What to answer when it is kept.
    pub answer: Answer,
}

impl Decision {
    fn just(answer: Answer) -> Decision {
        Decision { changes: Vec::new(), events: Vec::new(), answer }
    }
}

/// Decides what follows from `fact`.
#[must_use]
pub fn decide(state: &StationState, fact: &Fact, advice: &Advice) -> Decision {
    let mut decision = match fact {
        Fact::Boot(boot) => decide_boot(state, boot, advice),
        Fact::Heartbeat => Decision::just(Answer::Heartbeat { now: advice.now }),
        Fact::Status(report) => decide_status(state, report, advice),
        Fact::Authorize(_) => Decision::just(Answer::Authorize(word(advice))),
        Fact::Transaction(fact) => transaction::decide(state, fact, advice),
        Fact::Meter(report) => decide_meter(state, report, advice),
        Fact::Transfer(_) => {
            let answer = TransferAnswer { status: TransferStatus::UnknownVendor, data: None };
            Decision::just(Answer::Transfer(answer))
        }
        Fact::Unmapped { action, payload } => {
            let kind = EventKind::MessageNoted { action: action.to_string(), payload: payload.clone() };
            Decision { events: vec![event(state, advice, kind)], ..Decision::just(Answer::Noted) }
        }
    };
    count_refused_token(state, fact, advice, &mut decision);
    decision
}

/// The token that a fact asks about.
pub(super) fn token_of(fact: &Fact) -> Option<&IdToken> {
    match fact {
        Fact::Authorize(token) => Some(token),
        Fact::Transaction(fact) => fact.id_token.as_ref(),
        _ => None,
    }
}

/// How a fact names its transaction.
pub(super) fn reference_of(fact: &Fact) -> Option<&StationTxRef> {
    match fact {
        Fact::Transaction(fact) => Some(&fact.transaction),
        Fact::Meter(report) => Some(&report.transaction),
        _ => None,
    }
}

/// The start key of the session that a fact is about, where the fact itself tells it.
pub(super) fn start_key_of(fact: &Fact) -> Option<StartKey> {
    match fact {
        Fact::Transaction(fact) => Some(transaction::start_key(fact)),
        Fact::Meter(MeterReport { transaction: StationTxRef::Named(name), .. }) => {
            Some(StartKey(name.to_string()))
        }
        _ => None,
    }
}

/// The place of meter values that name no transaction. Stations of 1.6 often leave the number out, so
/// values at a connector with one running session belong to it.
pub(super) fn unnamed_place_of(fact: &Fact) -> Option<Place> {
    match fact {
        Fact::Meter(report) if report.transaction == StationTxRef::Unknown => Some(report.place),
        _ => None,
    }
}

/// Whether a fact can open a session, so that a number has to be at hand.
pub(super) fn may_open_session(fact: &Fact) -> bool {
    matches!(fact, Fact::Transaction(_))
}

fn decide_boot(state: &StationState, boot: &Boot, advice: &Advice) -> Decision {
    let registration = Registration::Accepted;
    let mut station = state.station.clone();
    station.boot = Some(boot.clone());
    station.booted_at = Some(advice.now);
    station.last_seen = advice.now;
    station.registration = Some(registration);
    let told = EventKind::StationBooted { boot: boot.clone(), registration };
    Decision {
        changes: vec![Change::Station(station)],
        events: vec![event(state, advice, told)],
        answer: Answer::Boot { registration, now: advice.now, interval_s: advice.heartbeat_interval_s },
    }
}

fn decide_status(state: &StationState, report: &StatusReport, advice: &Advice) -> Decision {
    let port = Port {
        place: report.place,
        status: report.status,
        since: report.at.unwrap_or(advice.now),
        reported_at: advice.now,
        fault: report.fault.clone(),
    };
    let before = state.ports.get(&report.place);
    if before.is_some_and(|before| is_older(&port, before)) {
        return Decision::just(Answer::Noted);
    }
    let mut decision = Decision::just(Answer::Noted);
    if before.is_none_or(|before| (before.status, &before.fault) != (port.status, &port.fault)) {
        let (place, status, fault) = (port.place, port.status, port.fault.clone());
        decision.events.push(event(state, advice, EventKind::StatusChanged { place, status, fault }));
    }
    decision.changes.push(Change::Port(state.station.id.clone(), port));
    decision
}

/// Whether a report is older than what is known, which happens when a queue is delivered out of order. A
/// station whose clock was set back by more than [`REORDERED_WITHIN_S`] is believed.
fn is_older(report: &Port, known: &Port) -> bool {
    let behind = known.since.as_second().saturating_sub(report.since.as_second());
    report.since < known.since && behind <= REORDERED_WITHIN_S
}

/// How far behind a report may be to count as out of order, in seconds.
const REORDERED_WITHIN_S: i64 = 300;

fn decide_meter(state: &StationState, report: &MeterReport, advice: &Advice) -> Decision {
    let Some(before) = &advice.session else {
        let told = EventKind::MeterReported { place: report.place, readings: report.readings.clone() };
        return Decision { events: vec![event(state, advice, told)], ..Decision::just(Answer::Noted) };
    };
    let mut session = before.clone();
    transaction::take_readings(&mut session, &report.readings);
    session.updated_at = advice.now;
    let readings = report
        .readings
        .iter()
        .map(|reading| SessionReading { seq: None, reading: reading.clone() })
        .collect();
    let key = session.key.clone();
    Decision {
        changes: vec![Change::Session(session), Change::Readings(key.clone(), readings)],
        events: vec![event(state, advice, EventKind::SessionUpdated { session: key })],
        answer: Answer::Noted,
    }
}

/// A refused token is listed for the operator, with the reason.
fn count_refused_token(state: &StationState, fact: &Fact, advice: &Advice, decision: &mut Decision) {
    let refused = advice.authorization.as_ref().is_some_and(|word| !word.is_accepted());
    let (true, Some(token)) = (refused, token_of(fact)) else { return };
    if let Fact::Transaction(fact) = fact
        && (fact.step != Step::Started || decision.changes.is_empty())
    {
        return;
    }
    let who = Refused::Token { station: state.station.id.clone(), token: token.canonical().into() };
    let (reason, address) = (RefusalReason::UnknownToken, advice.address.clone());
    decision.changes.push(Change::Refusal {
        refused: who.clone(),
        reason,
        address: address.clone(),
        at: advice.now,
    });
    decision.events.push(event(state, advice, EventKind::Refused { who, reason, address }));
}

fn word(advice: &Advice) -> Authorization {
    let unasked = Authorization::of(ocpp_core::model::AuthorizationStatus::Invalid);
    advice.authorization.clone().unwrap_or(unasked)
}

fn event(state: &StationState, advice: &Advice, kind: EventKind) -> Event {
    Event { at: advice.now, station: Some(state.station.id.clone()), kind }
}
