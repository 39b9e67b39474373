//! Deciding on profiles, limits, vehicles' needs, grid support, streams, batteries and settlements.

mod der;
mod profiles;
mod settlement;
mod vehicle;

use ocpp_core::model::{Answer, BatterySwap, Fact, Stream, StreamValues, Verdict};

use super::super::state::StationState;
use super::{Advice, Decision, event, told};
use crate::domain::{EnergyPart, EventKind, KeptStream, Record, SwapEntry};
use crate::handle::{EnergyKnown, Known};
use crate::store::Change;

pub(super) use profiles::remove_leaving;
pub(crate) use vehicle::{place_of, profile_of};

/// What the fact changes of what is known, and its answer.
pub(super) fn decide(state: &StationState, fact: &Fact, advice: &Advice) -> Decision {
    let Known::Energy(known) = &advice.known else { return Decision::just(Answer::Noted) };
    match (fact, &**known) {
        (Fact::ChargingProfiles(report), EnergyKnown::Profiles { installed, asked }) => {
            profiles::reported(state, report, (installed, asked.as_deref()), advice)
        }
        (Fact::ChargingLimit(limit), EnergyKnown::Limits(known)) => {
            profiles::limited(state, limit, known, advice)
        }
        (Fact::ChargingLimitCleared { place, source }, EnergyKnown::Limits(known)) => {
            profiles::limit_lifted(state, *place, source, known, advice)
        }
        (Fact::PullSchedule { profile }, EnergyKnown::Pull(update)) => {
            profiles::pulled(state, *profile, update.as_deref(), advice)
        }
        (Fact::ChargingNeeds(needs), EnergyKnown::Needs { at, plan }) => {
            vehicle::asks(state, needs, at, plan, advice)
        }
        (Fact::EvSchedule(schedule), EnergyKnown::EvSchedule { at, refused }) => {
            vehicle::plans(state, schedule, at, refused.as_deref(), advice)
        }
        (Fact::PriorityCharging { activated, .. }, EnergyKnown::Priority(at)) => {
            vehicle::has_priority(state, *activated, at, advice)
        }
        (_, EnergyKnown::NoSession) => vehicle::without_session(state, fact, advice),
        (Fact::DerReport(report), EnergyKnown::Der { installed, asked }) => {
            der::reported(state, report, (installed, asked.as_deref()), advice)
        }
        (Fact::DerAlarm(alarm), EnergyKnown::DerAlarms(alarms)) => der::alarmed(state, alarm, alarms, advice),
        (Fact::DerStartStop(told), EnergyKnown::DerControl(known)) => {
            der::turned(state, told, known.as_deref(), advice)
        }
        (Fact::StreamOpened(stream), EnergyKnown::Streams(known)) => opened(state, stream, known, advice),
        (Fact::StreamClosed { id }, EnergyKnown::Stream(known)) => {
            closed(state, *id, known.as_deref(), advice)
        }
        (Fact::StreamValues(values), EnergyKnown::Stream(known)) => {
            flowed(state, values, known.as_deref(), advice)
        }
        (Fact::BatterySwap(swap), EnergyKnown::Swap { swap: known, oldest }) => {
            swapped(state, swap, (known.as_deref(), oldest.as_deref()), advice)
        }
        (Fact::Settlement(told), EnergyKnown::Settlement(settled)) => {
            settlement::decide(state, told, settled, advice)
        }
        (Fact::VatNumber(_), EnergyKnown::Vat(answer)) => {
            let word = if answer.accepted { "accepted" } else { "rejected" };
            // The number is the driver's: it is not told.
            let decision = noted(state, advice, EnergyPart::VatNumber, String::new(), word);
            Decision { answer: Answer::VatNumber(answer.clone()), ..decision }
        }
        _ => Decision::just(Answer::Noted),
    }
}

/// What is told and kept nowhere.
fn noted(
    state: &StationState,
    advice: &Advice,
    part: EnergyPart,
    key: impl Into<String>,
    word: &str,
) -> Decision {
    told(state, advice, changed(part, key, word))
}

fn changed(part: EnergyPart, key: impl Into<String>, word: &str) -> EventKind {
    EventKind::EnergyChanged { part, key: key.into(), state: word.to_owned() }
}

/// The same with a record that is written.
fn kept<R: Record>(mut decision: Decision, record: &R) -> Decision {
    decision.changes.push(Change::put(record));
    decision
}

/// N11: as many streams as are kept are taken.
fn opened(state: &StationState, stream: &Stream, known: &[KeptStream], advice: &Advice) -> Decision {
    let before = known.iter().find(|before| before.id == stream.id);
    // A closed one makes room.
    let room = if before.is_none() && known.len() >= KeptStream::MAX_PER_STATION {
        let closed =
            known.iter().filter(|other| other.closed_at.is_some()).min_by_key(|other| other.closed_at);
        let Some(closed) = closed else {
            let decision = noted(state, advice, EnergyPart::Stream, stream.id.to_string(), "refused");
            return Decision { answer: Answer::Verdict(Verdict::Rejected), ..decision };
        };
        Some(closed)
    } else {
        None
    };
    let opened = KeptStream::opened(state.station.id.clone(), stream, advice.now);
    let opened = KeptStream { revision: before.map_or(opened.revision, |before| before.revision), ..opened };
    let mut decision = noted(state, advice, EnergyPart::Stream, stream.id.to_string(), "opened");
    decision.changes.extend(room.map(Change::remove));
    Decision { answer: Answer::Verdict(Verdict::Accepted), ..kept(decision, &opened) }
}

/// N13.
fn closed(state: &StationState, id: u32, known: Option<&KeptStream>, advice: &Advice) -> Decision {
    let decision = noted(state, advice, EnergyPart::Stream, id.to_string(), "closed");
    match known {
        Some(known) => kept(decision, &KeptStream { closed_at: Some(advice.now), ..known.clone() }),
        None => decision,
    }
}

/// N15: values of a stream that is not open here are told of and not kept.
fn flowed(
    state: &StationState,
    told: &StreamValues,
    known: Option<&KeptStream>,
    advice: &Advice,
) -> Decision {
    let Some(known) = known.filter(|known| known.closed_at.is_none()) else {
        return noted(state, advice, EnergyPart::Stream, told.id.to_string(), "not_open");
    };
    let mut stream = known.clone();
    stream.take(told, advice.now);
    let word = if stream.is_falling_behind { "falling_behind" } else { "values" };
    kept(noted(state, advice, EnergyPart::Stream, told.id.to_string(), word), &stream)
}

/// S03: putting in and taking out belong to one swap.
fn swapped(
    state: &StationState,
    told: &BatterySwap,
    (known, oldest): (Option<&SwapEntry>, Option<&SwapEntry>),
    advice: &Advice,
) -> Decision {
    let mut swap = known.cloned().unwrap_or_else(|| SwapEntry::new(state.station.id.clone(), told.request));
    swap.note(told, advice.now);
    let mut decision = noted(state, advice, EnergyPart::BatterySwap, told.request.to_string(), swap.state());
    decision.changes.extend(oldest.map(Change::remove));
    kept(decision, &swap)
}
