//! What 2.0.1 has no words for: it is refused, and never heard.

use alloc::boxed::Box;

use super::{VERSION, wire};
use crate::dialect::two::{integer, unsigned};
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, later};
use crate::model::{
    Answer, ChargingNeeds, Command, EvSchedule, Fact, Outcome, Pricing, ProfileExtras, ScheduleExtras,
    SchedulePeriod,
};
use crate::types::{DateTime, List, Number};

/// The actions of stations that only 2.1 has.
pub(in crate::dialect) const FROM_STATION: &[&str] = &[];
/// The actions of managers that only 2.1 has.
pub(in crate::dialect) const FROM_MANAGER: &[&str] = &[];

pub(in crate::dialect) fn order(command: &Command) -> Result<Said, CannotSay> {
    Err(later::cannot(VERSION, command))
}

pub(in crate::dialect) fn hear_outcome(_: &Command, _: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    Ok(later::unheard())
}

pub(in crate::dialect) fn hear_fact(action: &str, json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    let meaning = Fact::Unmapped { action: action.into(), payload: json.text.into() };
    Ok(Heard { meaning, findings: alloc::vec::Vec::new() })
}

pub(in crate::dialect) fn answer(_: &Fact, _: &Answer) -> Reply {
    Reply::NotSupported("this version does not have it")
}

pub(in crate::dialect) fn say(_: &Fact) -> Option<Said> {
    None
}

pub(in crate::dialect) fn hear_answer(_: &str, _: Payload<'_>) -> Option<Result<Heard<Answer>, Misheard>> {
    None
}

pub(in crate::dialect) fn hear_command(action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    let meaning = Command::Unmapped { action: action.into(), payload: json.text.into() };
    Ok(Heard { meaning, findings: alloc::vec::Vec::new() })
}

pub(in crate::dialect) fn answer_command(_: &str, _: &Outcome) -> Reply {
    Reply::NotSupported("this station does not do that")
}

pub(in crate::dialect) fn dress_profile(
    _: &mut wire::ChargingProfile,
    extras: &ProfileExtras,
) -> Result<(), &'static str> {
    only_201(extras.is_empty(), "how long a profile counts offline, dynamic profiles and signed prices")
}

pub(in crate::dialect) fn read_profile(_: &wire::ChargingProfile) -> ProfileExtras {
    ProfileExtras::default()
}

pub(in crate::dialect) fn dress_schedule(
    _: &mut wire::ChargingSchedule,
    extras: &ScheduleExtras,
) -> Result<(), &'static str> {
    only_201(
        extras.is_empty(),
        "limits by state of charge, local times, random delays and price schedules: leave the extras out",
    )
}

pub(in crate::dialect) fn read_schedule(_: &wire::ChargingSchedule) -> ScheduleExtras {
    ScheduleExtras::default()
}

pub(in crate::dialect) fn period(
    period: &SchedulePeriod,
) -> Result<wire::ChargingSchedulePeriod, &'static str> {
    only_201(
        period.extras.is_empty(),
        "setpoints, limits of single phases, discharging and modes: give each step one limit",
    )?;
    let limit = period.limit.ok_or("a step without a limit")?;
    // One digit after the point is all that may be said, and never more than what was meant.
    let limit = Number::truncated(limit, 1).map_err(|_| "a limit of this size")?;
    let start = integer(period.start_s).ok_or("a step that begins so late")?;
    let mut said = wire::ChargingSchedulePeriod::new(start, limit);
    said.number_phases = period.phases.map(i32::from);
    said.phase_to_use = period.phase_to_use.map(i32::from);
    Ok(said)
}

pub(in crate::dialect) fn read_period(said: &wire::ChargingSchedulePeriod) -> Option<SchedulePeriod> {
    Some(SchedulePeriod {
        start_s: unsigned(said.start_period),
        limit: Some(said.limit.decimal()?),
        phases: said.number_phases.and_then(|phases| u8::try_from(phases).ok()),
        phase_to_use: said.phase_to_use.and_then(|phase| u8::try_from(phase).ok()),
        extras: crate::model::PeriodExtras::default(),
    })
}

fn only_201(is_empty: bool, what: &'static str) -> Result<(), &'static str> {
    if is_empty { Ok(()) } else { Err(what) }
}

pub(in crate::dialect) fn local_generation(_: &wire::ChargingLimit) -> Option<bool> {
    None
}

pub(in crate::dialect) fn dress_limit(_: &mut wire::ChargingLimit, _: Option<bool>) {}

/// The energy that a vehicle asks for, and when its wishes came in.
pub(in crate::dialect) fn complete_needs(
    request: &wire::NotifyEVChargingNeedsRequest,
    needs: &mut ChargingNeeds,
) {
    let asked = &request.charging_needs;
    let ac = asked.ac_charging_parameters.as_ref().map(|ac| ac.energy_amount);
    let dc = asked.dc_charging_parameters.as_ref().and_then(|dc| dc.energy_amount);
    needs.energy_wh = ac.or(dc).map(rust_decimal::Decimal::from);
}

pub(in crate::dialect) fn needs(evse: i32, needs: wire::ChargingNeeds) -> wire::NotifyEVChargingNeedsRequest {
    wire::NotifyEVChargingNeedsRequest::new(needs, evse)
}

pub(in crate::dialect) fn composite(
    evse: i32,
    duration: i32,
    start: DateTime,
    unit: wire::ChargingRateUnit,
    periods: List<wire::ChargingSchedulePeriod>,
) -> wire::CompositeSchedule {
    wire::CompositeSchedule::new(periods, evse, duration, start, unit)
}

/// 2.0.1 has no words for what a station computes.
pub(in crate::dialect) fn dress_transaction(_: &mut wire::TransactionEventRequest, _: Option<&Pricing>) {}

pub(in crate::dialect) fn heard_pricing(_: &wire::TransactionEventRequest) -> Option<Box<Pricing>> {
    None
}

pub(in crate::dialect) fn dress_needs(_: &mut wire::NotifyEVChargingNeedsRequest, _: &ChargingNeeds) {}

pub(in crate::dialect) fn complete_ev_schedule(
    _: &wire::NotifyEVChargingScheduleRequest,
    _: &mut EvSchedule,
) {
}

pub(in crate::dialect) fn dress_ev_schedule(_: &mut wire::NotifyEVChargingScheduleRequest, _: &EvSchedule) {}

/// 2.0.1 has no word for that no profile will follow.
pub(in crate::dialect) const NO_PROFILE: &str = "Rejected";
