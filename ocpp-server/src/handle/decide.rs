//! The decision: a station's state and a fact become changes, events and an answer.
//!
//! Everything here is pure. What it needs from outside comes in as [`Advice`].

mod alarm;
mod certificate;
mod customer;
mod device;
mod display;
mod energy;
mod fault;
mod firmware;
mod logs;
mod monitoring;
mod observe;
mod price;
mod reservation;
mod security;
mod transaction;

use std::sync::Arc;

use jiff::Timestamp;
use ocpp_core::model::{
    Answer, Authorization, AuthorizationStatus, Boot, ChargingState, ClockOf, EvseId, Fact, IdToken,
    MeterReport, Order, Place, PortStatus, Reading, Registration, SessionKey, StationTxRef, StatusReport,
    Step, TransferAnswer, TransferStatus, Watts,
};
use ocpp_core::rules::timeline::Timeline;

use super::known::Known;
use super::registration::BootWord;
use super::state::StationState;
use crate::domain::{
    Event, EventKind, InstalledProfile, Payment, Port, RefusalReason, Refused, Session, SessionNumber,
    SessionReading, StartKey,
};
use crate::pricing::Price;
use crate::store::Change;

pub(crate) use energy::{place_of as plan_place, profile_of as plan_profile};

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
    /// The word on a station that boots.
    pub boot: BootWord,
    /// The payment that the token of the fact stands for.
    pub payment: Option<Payment>,
    /// The tariff of the session that the fact is about or opens.
    pub price: Option<Arc<Price>>,
    /// The course of that session before the fact, where a tariff prices it.
    pub timeline: Option<Timeline>,
    /// All that was said of that session before, where the fact comes out of order; it takes the place of
    /// `timeline`.
    pub reordered: Option<Vec<SessionReading>>,
    /// What the block of the fact keeps of it.
    pub known: Known,
    /// The power that the port of the fact has to offer at least, where the fact tells what it offers.
    pub least_power: Option<Watts>,
    /// The charging profiles that go with the end of the transaction.
    pub leaving: Vec<InstalledProfile>,
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
        Fact::AuthorizeContract { .. } => Decision::just(certificate::on_contract(word(advice), advice)),
        Fact::Transaction(fact) => transaction::decide(state, fact, advice),
        Fact::Meter(report) => decide_meter(state, report, advice),
        Fact::ReservationEnded { id, how } => reservation::decide(state, *id, *how, advice),
        Fact::Report(report) => device::decide(state, report, advice),
        Fact::Firmware(progress) => firmware::decide(state, progress, advice),
        Fact::Publication(progress) => told(state, advice, EventKind::PublicationReported(progress.clone())),
        Fact::Log(progress) => logs::decide(state, progress, advice),
        Fact::Security(event) => security::decide(state, event, advice),
        Fact::SignCertificate(wish) => certificate::decide(state, wish, advice),
        Fact::EvCertificate(_) | Fact::OcspStatus(_) | Fact::Revocation(_) => {
            Decision::just(certificate::answer(advice))
        }
        Fact::ChargingProfiles(_)
        | Fact::ChargingLimit(_)
        | Fact::ChargingLimitCleared { .. }
        | Fact::ChargingNeeds(_)
        | Fact::EvSchedule(_)
        | Fact::PriorityCharging { .. }
        | Fact::PullSchedule { .. }
        | Fact::DerReport(_)
        | Fact::DerAlarm(_)
        | Fact::DerStartStop(_)
        | Fact::StreamOpened(_)
        | Fact::StreamClosed { .. }
        | Fact::StreamValues(_)
        | Fact::BatterySwap(_)
        | Fact::Settlement(_)
        | Fact::VatNumber(_) => energy::decide(state, fact, advice),
        Fact::MonitoringReport(report) => monitoring::report(state, report, advice),
        Fact::Events(report) => monitoring::events(state, report, advice),
        Fact::DisplayMessages(report) => display::decide(state, report, advice),
        Fact::CustomerInformation(piece) => customer::decide(state, piece, advice),
        Fact::Transfer(_) => {
            let answer = TransferAnswer { status: TransferStatus::UnknownVendor, data: None };
            Decision::just(Answer::Transfer(answer))
        }
        Fact::Unmapped { action, payload } => {
            let kind = EventKind::MessageNoted { action: action.to_string(), payload: payload.clone() };
            Decision { events: vec![event(state, advice, kind)], ..Decision::just(Answer::Noted) }
        }
    };
    observe::note(state, fact, advice, &mut decision);
    energy::remove_leaving(state, advice, &mut decision);
    count_refused_token(state, fact, advice, &mut decision);
    decision
}

/// The token that a fact asks about.
pub(super) fn token_of(fact: &Fact) -> Option<&IdToken> {
    match fact {
        Fact::Authorize(token) | Fact::AuthorizeContract { id_token: token, .. } => Some(token),
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

/// Whether a session's start key is that of a fact. A start without a time of its own is the same as the one
/// that runs already at its connector, with its token and meter value.
pub(super) fn is_same_start(of_session: &StartKey, of_fact: &StartKey, fact: &Fact) -> bool {
    match fact {
        Fact::Transaction(report) if report.clock == ClockOf::Manager => {
            transaction::without_receipt(of_session) == transaction::without_receipt(of_fact)
        }
        _ => of_session == of_fact,
    }
}

/// Where a fact took place, as far as it says so.
pub(super) fn place_of(fact: &Fact) -> Option<Place> {
    match fact {
        Fact::Transaction(fact) => fact.place,
        Fact::Meter(report) => Some(report.place),
        Fact::Status(report) => Some(report.place),
        _ => None,
    }
}

/// The place of meter values that name no transaction, and of a status. Stations of 1.6 often leave the
/// number out, so values at a connector with one running session belong to it.
pub(super) fn unnamed_place_of(fact: &Fact) -> Option<Place> {
    match fact {
        Fact::Status(report) => Some(report.place),
        Fact::Meter(report) if report.transaction == StationTxRef::Unknown => Some(report.place),
        _ => None,
    }
}

/// Whether a fact is a counted report that comes after a later one of its session.
pub(super) fn comes_late(session: &Session, fact: &Fact) -> bool {
    match fact {
        Fact::Transaction(fact) => match fact.order {
            Order::Seq(seq) => session.seen.highest().is_some_and(|highest| seq < highest),
            Order::Arrival => false,
        },
        _ => false,
    }
}

/// The port of a fact that tells what power is offered there.
pub(super) fn offers_power_at(fact: &Fact, session: Option<&Session>) -> Option<EvseId> {
    let (place, readings) = match fact {
        Fact::Transaction(fact) => (fact.place.or_else(|| session?.place)?, &fact.readings),
        Fact::Meter(report) => (report.place, &report.readings),
        _ => return None,
    };
    readings.iter().any(|reading| reading.offered_power().is_some()).then(|| place.evse())?
}

/// Whether a fact says itself that it begins a session.
pub(super) fn is_start(fact: &Fact) -> bool {
    matches!(fact, Fact::Transaction(fact) if fact.step == Step::Started)
}

/// Whether a fact can open a session, so that a number has to be at hand.
pub(super) fn may_open_session(fact: &Fact) -> bool {
    matches!(fact, Fact::Transaction(_))
}

fn decide_boot(state: &StationState, boot: &Boot, advice: &Advice) -> Decision {
    let registration = advice.boot.registration;
    let mut station = state.station.clone();
    station.boot = Some(boot.clone());
    station.booted_at = Some(advice.now);
    station.last_seen = advice.now;
    station.registration = Some(registration);
    let told = EventKind::StationBooted { boot: boot.clone(), registration };
    let interval_s = match registration {
        Registration::Accepted => advice.heartbeat_interval_s,
        Registration::Pending | Registration::Rejected => advice.boot.retry_s,
    };
    let mut decision = Decision {
        changes: vec![Change::Station(station)],
        events: vec![event(state, advice, told)],
        answer: Answer::Boot { registration, now: advice.now, interval_s },
    };
    firmware::note_boot(state, boot, advice, &mut decision);
    decision
}

fn decide_status(state: &StationState, report: &StatusReport, advice: &Advice) -> Decision {
    let mut decision = decide_port(state, report, advice);
    fault::note(state, report, advice, &mut decision);
    decision
}

/// The state of a place, and what it says of a session there.
fn decide_port(state: &StationState, report: &StatusReport, advice: &Advice) -> Decision {
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
    note_state_of_session(state, report, advice, &mut decision);
    decision
}

/// In 1.6 the status of a connector is the only word on what the energy of its session does.
fn note_state_of_session(
    state: &StationState,
    report: &StatusReport,
    advice: &Advice,
    decision: &mut Decision,
) {
    let (Some(before), Some(charging)) = (&advice.session, charging_of(report.status)) else { return };
    let at = report.at.unwrap_or(advice.now);
    if at < before.started_at {
        return;
    }
    let mut session = before.clone();
    session.charging = Some(charging);
    session.last_report_at = session.last_report_at.max(at);
    session.updated_at = advice.now;
    let reading = Reading { at, samples: Vec::new() };
    let readings = vec![SessionReading { seq: None, reading, state: Some(charging) }];
    price::take_cost(&mut session, &readings, advice);
    let key = session.key.clone();
    decision.changes.extend([Change::Session(session), Change::Readings(key.clone(), readings)]);
    decision.events.push(event(state, advice, EventKind::SessionUpdated { session: key }));
}

/// What the energy of a session does at a connector of this status of 1.6.
const fn charging_of(status: PortStatus) -> Option<ChargingState> {
    match status {
        PortStatus::Preparing | PortStatus::Finishing => Some(ChargingState::EvConnected),
        PortStatus::Charging => Some(ChargingState::Charging),
        PortStatus::SuspendedEv => Some(ChargingState::SuspendedEv),
        // A fault is the station's: it offers no energy.
        PortStatus::SuspendedEvse | PortStatus::Faulted => Some(ChargingState::SuspendedEvse),
        _ => None,
    }
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
    // In 1.6 meter values are all that is heard between start and stop: the cost goes as far as they do.
    let latest = report.readings.iter().map(|reading| reading.at).max();
    session.last_report_at = session.last_report_at.max(latest.unwrap_or(session.last_report_at));
    session.updated_at = advice.now;
    let readings: Vec<_> = report
        .readings
        .iter()
        .map(|reading| SessionReading { seq: None, reading: reading.clone(), state: None })
        .collect();
    price::take_cost(&mut session, &readings, advice);
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
    let (reason, address) = (refusal_reason(advice), advice.address.clone());
    decision.changes.push(Change::Refusal {
        refused: who.clone(),
        reason,
        address: address.clone(),
        at: advice.now,
    });
    decision.events.push(event(state, advice, EventKind::Refused { who, reason, address }));
}

fn refusal_reason(advice: &Advice) -> RefusalReason {
    match advice.authorization.as_ref().map(|word| word.status) {
        Some(AuthorizationStatus::Blocked) => RefusalReason::BlockedToken,
        Some(AuthorizationStatus::Expired) => RefusalReason::ExpiredToken,
        Some(AuthorizationStatus::ConcurrentTx) => RefusalReason::ConcurrentToken,
        Some(AuthorizationStatus::Invalid | AuthorizationStatus::Unknown) | None => {
            RefusalReason::UnknownToken
        }
        Some(_) => RefusalReason::TokenNotAllowed,
    }
}

fn word(advice: &Advice) -> Authorization {
    let unasked = Authorization::of(ocpp_core::model::AuthorizationStatus::Invalid);
    advice.authorization.clone().unwrap_or(unasked)
}

/// What is told and changes nothing here.
fn told(state: &StationState, advice: &Advice, kind: EventKind) -> Decision {
    Decision { events: vec![event(state, advice, kind)], ..Decision::just(Answer::Noted) }
}

fn event(state: &StationState, advice: &Advice, kind: EventKind) -> Event {
    Event { at: advice.now, station: Some(state.station.id.clone()), kind }
}
