//! What a fact tells of the past of a port.
//!
//! Everything that is kept of a port's availability comes from here and from connections: each word on a place with the
//! moment from which it holds. Nothing is thrown away for being late; what says nothing new is not kept.

use ocpp_core::model::{
    ChargingState, Fact, MeterReport, Order, Place, Reading, StatusReport, Step, StopReason, TransactionFact,
};

use super::{Advice, Decision};
use crate::domain::{ChargeAttempt, Doubt, Observation, Observed, Session, SessionStatus};
use crate::handle::StationState;
use crate::store::Change;

/// Adds what a fact tells of ports to what follows from it.
pub(super) fn note(state: &StationState, fact: &Fact, advice: &Advice, decision: &mut Decision) {
    match fact {
        Fact::Status(report) => note_status(state, report, advice, decision),
        Fact::Transaction(fact) if !decision.changes.is_empty() => {
            note_transaction(state, fact, advice, decision);
        }
        Fact::Meter(report) => note_meter(state, report, advice, decision),
        Fact::Authorize(_) | Fact::AuthorizeContract { .. } => note_refusal(state, advice, decision),
        _ => {}
    }
}

/// Stations repeat what they have said (when they boot, when they are asked); the same status again, of a later moment
/// than the one before, changes nothing.
fn note_status(state: &StationState, report: &StatusReport, advice: &Advice, decision: &mut Decision) {
    let at = report.at.unwrap_or(advice.now);
    let says_again = |port: &crate::domain::Port| port.status == report.status && port.since <= at;
    if state.ports.get(&report.place).is_some_and(says_again) {
        return;
    }
    keep(state, advice, decision, at, report.place, Observed::Status(report.status));
}

fn note_transaction(state: &StationState, fact: &TransactionFact, advice: &Advice, decision: &mut Decision) {
    let known = advice.session.as_ref();
    let Some(place) = fact.place.or(known.and_then(|session| session.place)) else { return };
    let place = place.evse().map_or(place, Place::Evse);
    // In 1.6 the status of the connector is the only word on what the energy does.
    let charging = fact.charging.filter(|_| fact.order != Order::Arrival);
    match fact.step {
        Step::Started => keep(state, advice, decision, fact.at, place, Observed::Session(charging)),
        Step::Updated => {
            let is_known =
                |session: &Session| session.charging == fact.charging && session.last_report_at <= fact.at;
            // The first that is heard of a session may be in its middle.
            if known.is_none() || (charging.is_some() && !known.is_some_and(is_known)) {
                keep(state, advice, decision, fact.at, place, Observed::Session(charging));
            }
        }
        Step::Ended => {
            keep(state, advice, decision, fact.at, place, Observed::SessionEnded);
            let is_first = known.is_none_or(|known| known.status == SessionStatus::Active);
            if let (true, Some(session)) = (is_first, ended_session(decision)) {
                let attempt = attempt_of(session);
                keep(state, advice, decision, fact.at, place, Observed::Attempt(attempt));
            }
        }
    }
    note_power(state, place, &fact.readings, advice, decision);
}

fn note_meter(state: &StationState, report: &MeterReport, advice: &Advice, decision: &mut Decision) {
    let place = report.place.evse().map_or(report.place, Place::Evse);
    note_power(state, place, &report.readings, advice, decision);
}

/// A token that is refused before any session is an attempt at the station, whatever the port.
fn note_refusal(state: &StationState, advice: &Advice, decision: &mut Decision) {
    if advice.authorization.as_ref().is_some_and(|word| !word.is_accepted()) {
        let refused = Observed::Attempt(ChargeAttempt::Authorization);
        keep(state, advice, decision, advice.now, Place::Station, refused);
    }
}

fn ended_session(decision: &Decision) -> Option<&Session> {
    decision.changes.iter().find_map(|change| match change {
        Change::Session(session) => Some(session),
        _ => None,
    })
}

/// What came of the attempt that a session was, by its energy, and where there was none, by why it ended.
fn attempt_of(session: &Session) -> ChargeAttempt {
    let is_measured = session.meter_start.is_some() && session.meter_last.is_some();
    let was_charging = session.charging == Some(ChargingState::Charging);
    if session.energy().0 > 0 || (!is_measured && was_charging) {
        return ChargeAttempt::Charged;
    }
    if session.doubts.contains(&Doubt::TokenNotAccepted) {
        return ChargeAttempt::Authorization;
    }
    match session.stop_reason.as_ref().map(StopReason::as_str) {
        Some("DeAuthorized") => ChargeAttempt::Authorization,
        Some("PowerLoss" | "PowerQuality") => ChargeAttempt::Power,
        Some("Timeout" | "ReqEnergyTransferRejected") => ChargeAttempt::Plug,
        Some("EVDisconnected" | "StoppedByEV") => ChargeAttempt::Vehicle,
        Some("Local" | "Remote" | "Other") | None => match session.charging {
            Some(ChargingState::SuspendedEv | ChargingState::EvConnected) => ChargeAttempt::Vehicle,
            Some(ChargingState::Idle) => ChargeAttempt::Plug,
            Some(ChargingState::SuspendedEvse | ChargingState::Charging) | None => ChargeAttempt::Station,
        },
        Some(_) => ChargeAttempt::Station,
    }
}

/// A port that offers less than it has to is derated, until it offers enough.
fn note_power(
    state: &StationState,
    place: Place,
    readings: &[Reading],
    advice: &Advice,
    decision: &mut Decision,
) {
    let (Some(least), Some(evse)) = (advice.least_power, place.evse()) else { return };
    let mut was_derated = state.derated.get(&evse).copied();
    for reading in readings {
        let Some(offered) = reading.offered_power() else { continue };
        let is_derated = offered < least;
        if was_derated != Some(is_derated) {
            let what = if is_derated { Observed::Derated } else { Observed::FullPower };
            keep(state, advice, decision, reading.at, place, what);
        }
        was_derated = Some(is_derated);
    }
}

fn keep(
    state: &StationState,
    advice: &Advice,
    decision: &mut Decision,
    at: jiff::Timestamp,
    place: Place,
    what: Observed,
) {
    let observation = Observation::new(at, advice.now, place, what);
    decision.changes.push(Change::Observed(state.station.id.clone(), observation));
}
