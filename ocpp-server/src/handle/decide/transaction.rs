//! Deciding on the reports of a charging session.
//!
//! A report is always answered; what is doubtful is flagged on the session and never keeps the answer back
//! (E02). The same report sent again is answered again and changes nothing.

use ocpp_core::model::{
    Answer, ChargingState, ClockOf, IdToken, Money, Order, Place, Reading, ReadingContext, StationTxRef,
    Step, TransactionFact, Wh,
};

use super::{Advice, Decision, event, price, reservation};
use crate::domain::{
    Doubt, EventKind, Job, Payer, SeenSteps, Session, SessionReading, SessionStatus, StartKey, Task,
};
use crate::handle::StationState;
use crate::store::Change;

pub(super) fn decide(state: &StationState, fact: &TransactionFact, advice: &Advice) -> Decision {
    let known = advice.session.as_ref();
    if let Some(session) = known.filter(|session| is_repeated(session, fact)) {
        return Decision::just(answer(session, advice));
    }
    let mut session = known.cloned().unwrap_or_else(|| open(state, fact, advice));
    let had_token = session.id_token.is_some();
    take_step(&mut session, fact, advice);
    if fact.step == Step::Started {
        session.charging = session.charging.or(state_at_start(state, &session, fact).map(|(_, told)| told));
    }
    // At the end of 1.6 the token is whoever stopped it; that of a payment is its driver's all the same.
    let may_pay = fact.step != Step::Ended || advice.payment.is_some();
    let gets_token = !had_token && session.id_token.is_some() && may_pay;
    let paid = if gets_token { price::take_payer(&mut session, advice) } else { None };
    let readings = readings(state, &session, fact);
    price::take_cost(&mut session, &readings, advice);
    let told = match (known, session.status) {
        (None, SessionStatus::Active) => EventKind::SessionStarted { session: session.key.clone() },
        (_, SessionStatus::Active) => EventKind::SessionUpdated { session: session.key.clone() },
        (_, SessionStatus::Completed) => EventKind::SessionEnded { session: session.key.clone() },
    };
    let answer = answer(&session, advice);
    let ends = session.status == SessionStatus::Completed
        && known.is_none_or(|known| known.status == SessionStatus::Active);
    let receipt = ends.then(|| Change::put(&Task::new(Job::Receipt(session.key.clone()), advice.now)));
    let key = session.key.clone();
    let mut decision = Decision {
        changes: vec![Change::Session(session)],
        events: vec![event(state, advice, told)],
        answer,
    };
    if !readings.is_empty() {
        decision.changes.push(Change::Readings(key.clone(), readings));
    }
    if let Some((change, told)) = paid {
        decision.changes.push(change);
        decision.events.push(event(state, advice, told));
    }
    decision.changes.extend(receipt);
    reservation::note_use(state, &key, advice, &mut decision);
    decision
}

/// What makes the start of a session the same start when it is sent again.
pub(super) fn start_key(fact: &TransactionFact) -> StartKey {
    StartKey(match &fact.transaction {
        StationTxRef::Named(name) => name.to_string(),
        StationTxRef::Numbered(number) if fact.clock == ClockOf::Manager => {
            format!("number {number}, unknown here, no time")
        }
        StationTxRef::Numbered(number) => format!("number {number}, unknown here, {}", fact.at),
        StationTxRef::Unassigned | StationTxRef::Unknown => {
            let connector = fact.place.and_then(Place::evse).map_or(0, |evse| evse.0);
            let token = fact.id_token.as_ref().map(IdToken::canonical).unwrap_or_default();
            let meter = first_register(fact).map_or(0, |register| register.0);
            match fact.clock {
                ClockOf::Station => format!("connector {connector}, {}, {token}, {meter} Wh", fact.at),
                ClockOf::Manager => {
                    format!("connector {connector}, no time, {token}, {meter} Wh{RECEIVED}{}", fact.at)
                }
            }
        }
    })
}

const RECEIVED: &str = ", received ";

/// A start key without the moment when the start was received.
pub(super) fn without_receipt(key: &StartKey) -> &str {
    key.0.rsplit_once(RECEIVED).map_or(&*key.0, |(said, _)| said)
}

/// Whether this very report has been kept before. A number that was seen is not enough: stations exist that
/// restart their count, or never count at all, and their later reports must not get lost.
fn is_repeated(session: &Session, fact: &TransactionFact) -> bool {
    match fact.order {
        Order::Seq(_) if fact.step == Step::Ended && session.status == SessionStatus::Active => false,
        Order::Seq(seq) => {
            let is_later = fact.clock == ClockOf::Station && fact.at > session.last_report_at;
            session.seen.contains(seq) && !is_later
        }
        Order::Arrival => match fact.step {
            Step::Started => true,
            Step::Updated => false,
            Step::Ended => session.status == SessionStatus::Completed,
        },
    }
}

fn open(state: &StationState, fact: &TransactionFact, advice: &Advice) -> Session {
    Session {
        key: advice.fresh_key.clone(),
        revision: crate::domain::Revision::default(),
        number: advice.fresh_number,
        station: state.station.id.clone(),
        start_key: start_key(fact),
        place: fact.place,
        status: SessionStatus::Active,
        id_token: None,
        started_at: fact.at,
        ended_at: None,
        meter_start: None,
        meter_last: None,
        power: None,
        state_of_charge: None,
        charging: None,
        stop_reason: None,
        last_report_at: fact.at,
        seen: SeenSteps::default(),
        doubts: if fact.step == Step::Started { Vec::new() } else { vec![Doubt::StartMissing] },
        tariff: None,
        cost: None,
        payer: Payer::default(),
        updated_at: advice.now,
    }
}

fn take_step(session: &mut Session, fact: &TransactionFact, advice: &Advice) {
    session.updated_at = advice.now;
    session.last_report_at = session.last_report_at.max(fact.at);
    if fact.clock == ClockOf::Manager {
        session.doubt(Doubt::TimeMissing);
    }
    if let Order::Seq(seq) = fact.order {
        session.seen.insert(seq);
    }
    session.place = more_precise(session.place, fact.place);
    match fact.step {
        Step::Started => take_start(session, fact, advice),
        Step::Updated => take_update(session, fact),
        Step::Ended => take_end(session, fact),
    }
    take_readings(session, &fact.readings);
    if session.status == SessionStatus::Completed {
        close_the_books(session);
    }
}

fn take_start(session: &mut Session, fact: &TransactionFact, advice: &Advice) {
    session.doubts.retain(|doubt| *doubt != Doubt::StartMissing);
    session.started_at = fact.at;
    if let Some(token) = &fact.id_token {
        session.id_token = Some(token.clone());
        if advice.authorization.as_ref().is_some_and(|word| !word.is_accepted()) {
            session.doubt(Doubt::TokenNotAccepted);
        }
    }
    if let Some(register) = first_register(fact) {
        session.meter_start = Some(register);
        session.doubts.retain(|doubt| *doubt != Doubt::MeterStartMissing);
    }
}

fn take_update(session: &mut Session, fact: &TransactionFact) {
    if fact.clock == ClockOf::Station && session.ended_at.is_some_and(|ended_at| fact.at > ended_at) {
        session.doubt(Doubt::ReportAfterEnd);
    }
    if session.id_token.is_none() {
        session.id_token.clone_from(&fact.id_token);
    }
    if session.status == SessionStatus::Active {
        session.charging = fact.charging.or(session.charging);
    }
}

fn take_end(session: &mut Session, fact: &TransactionFact) {
    session.status = SessionStatus::Completed;
    session.ended_at = Some(fact.at);
    session.charging = fact.charging.or(session.charging);
    session.stop_reason.clone_from(&fact.stop_reason);
    if session.id_token.is_none() {
        session.id_token.clone_from(&fact.id_token);
    }
}

/// Takes over what readings tell: the register, the power, the state of charge. Readings older than the
/// latest known one change nothing but the start of a session whose start came without a register.
pub(super) fn take_readings(session: &mut Session, readings: &[Reading]) {
    for reading in readings {
        if let Some(register) = reading.energy_register() {
            take_register(session, reading, register);
        }
        let is_latest = session.meter_last.is_none_or(|(at, _)| reading.at >= at);
        if is_latest && session.status == SessionStatus::Active {
            session.power = reading.power().or(session.power);
            session.state_of_charge = reading.state_of_charge().or(session.state_of_charge);
        } else if is_latest {
            session.state_of_charge = reading.state_of_charge().or(session.state_of_charge);
        }
    }
}

fn take_register(session: &mut Session, reading: &Reading, register: Wh) {
    let begins = reading.samples.iter().any(|sample| sample.context == ReadingContext::BEGIN);
    match session.meter_start {
        // Counting from the first register that was reported bills too little rather than too much.
        None => {
            session.meter_start = Some(register);
            if !begins {
                session.doubt(Doubt::MeterStartMissing);
            }
        }
        Some(_) if begins && session.doubts.contains(&Doubt::MeterStartMissing) => {
            session.meter_start = Some(register);
            session.doubts.retain(|doubt| *doubt != Doubt::MeterStartMissing);
        }
        Some(_) => {}
    }
    if session.meter_last.is_none_or(|(at, _)| reading.at >= at) {
        session.meter_last = Some((reading.at, register));
    }
}

/// What can only be said when the end is known.
fn close_the_books(session: &mut Session) {
    session.power = None;
    let backwards = match (session.meter_start, session.meter_last) {
        (Some(start), Some((_, last))) => last < start,
        _ => false,
    };
    set_doubt(session, Doubt::MeterBackwards, backwards);
    set_doubt(session, Doubt::StepsMissing, session.seen.has_gap());
}

fn set_doubt(session: &mut Session, doubt: Doubt, holds: bool) {
    if holds {
        session.doubt(doubt);
    } else {
        session.doubts.retain(|known| *known != doubt);
    }
}

fn first_register(fact: &TransactionFact) -> Option<Wh> {
    fact.readings.iter().find_map(Reading::energy_register)
}

/// What the energy does when a session starts, and since when. The start of 1.6 does not say; the status of
/// its connector does, which may have come before.
fn state_at_start(
    state: &StationState,
    session: &Session,
    fact: &TransactionFact,
) -> Option<(jiff::Timestamp, ChargingState)> {
    let by_port = || {
        let port = state.ports.get(&session.place?)?;
        let told = super::charging_of(port.status)?;
        (told != ChargingState::EvConnected).then_some((port.since.max(fact.at), told))
    };
    let by_report = || Some((fact.at, fact.charging?));
    match fact.order {
        Order::Arrival => by_port().or_else(by_report),
        Order::Seq(_) => by_report(),
    }
}

/// What the report adds to the session's course: its meter values, and the state of charging.
fn readings(state: &StationState, session: &Session, fact: &TransactionFact) -> Vec<SessionReading> {
    let seq = match fact.order {
        Order::Seq(seq) => Some(seq),
        Order::Arrival => None,
    };
    let told = match fact.step {
        Step::Started => state_at_start(state, session, fact),
        Step::Updated | Step::Ended => fact.charging.map(|charging| (fact.at, charging)),
    };
    let told = told.map(|(at, charging)| SessionReading {
        seq,
        reading: Reading { at, samples: Vec::new() },
        state: Some(charging),
    });
    let values =
        fact.readings.iter().map(|reading| SessionReading { seq, reading: reading.clone(), state: None });
    values.chain(told).collect()
}

fn answer(session: &Session, advice: &Advice) -> Answer {
    Answer::Transaction {
        number: Some(session.number.0),
        authorization: advice.authorization.clone(),
        total_cost: session.cost.map(Money::amount),
    }
}

fn more_precise(known: Option<Place>, said: Option<Place>) -> Option<Place> {
    match (known, said) {
        (Some(known), Some(said)) if known.connector().is_some() && said.connector().is_none() => Some(known),
        (known, said) => said.or(known),
    }
}
