//! Charging profiles in OCPP 1.6 (5.5, 5.7, 5.16): both ends.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::words;
use crate::dialect::{
    CannotSay, Heard, Memory, Misheard, Payload, Reply, Said, later, payload, read_command, said, verdict,
};
use crate::dialect::{optional, read, v16::station::named};
use crate::model::*;
use crate::types::{DateTime, Number, Tenths, Version};
use crate::v16;

/// What managers say on charging profiles.
pub(super) const FROM_MANAGER: &[&str] =
    &["SetChargingProfile", "ClearChargingProfile", "GetCompositeSchedule"];

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(Version::V16, what)
}

/// The call that carries an order.
pub(super) fn order(command: &Command) -> Result<Said, CannotSay> {
    Ok(match command {
        Command::SetChargingProfile { place, profile } => {
            let profile = self::profile(profile).map_err(cannot)?;
            said(
                "SetChargingProfile",
                &v16::SetChargingProfileRequest::new(words::connector(*place), profile),
            )
        }
        Command::ClearChargingProfiles(clearing) => {
            let mut call = v16::ClearChargingProfileRequest::new();
            call.id = clearing.id;
            call.connector_id = clearing.place.map(words::connector);
            call.charging_profile_purpose = clearing.purpose.map(purpose).transpose().map_err(cannot)?;
            call.stack_level = clearing.stack_level.and_then(|level| i32::try_from(level).ok());
            said("ClearChargingProfile", &call)
        }
        Command::GetCompositeSchedule { place, duration_s, unit } => {
            let duration = i32::try_from(*duration_s).map_err(|_| cannot("a schedule of this length"))?;
            let mut call = v16::GetCompositeScheduleRequest::new(words::connector(*place), duration);
            call.charging_rate_unit = unit.map(|unit| v16::ChargingRateUnitType::from(unit.as_str()));
            said("GetCompositeSchedule", &call)
        }
        other => return Err(later::cannot(Version::V16, other)),
    })
}

/// What a station's answer to an order means.
pub(super) fn hear_outcome(command: &Command, json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    match command {
        Command::SetChargingProfile { .. } => {
            read(json, |r: v16::SetChargingProfileResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        Command::ClearChargingProfiles(_) => read(json, |r: v16::ClearChargingProfileResponse| {
            Outcome::Verdict(match r.status {
                v16::ClearChargingProfileStatus::Unknown => Verdict::NothingFits,
                other => verdict(other.as_str()),
            })
        }),
        Command::GetCompositeSchedule { place, duration_s, .. } => {
            read(json, |r: v16::GetCompositeScheduleResponse| {
                let schedule = read_composite(&r, *place, *duration_s).map(Box::new);
                Outcome::CompositeSchedule { verdict: verdict(r.status.as_str()), schedule }
            })
        }
        _ => Ok(later::unheard()),
    }
}

/// A schedule without a start counts from the answer on, which nobody knows here: it is no schedule.
fn read_composite(
    told: &v16::GetCompositeScheduleResponse,
    asked: Place,
    duration_s: u32,
) -> Option<CompositeSchedule> {
    let schedule = told.charging_schedule.as_ref()?;
    let start = told.schedule_start.as_ref().or(schedule.start_schedule.as_ref())?;
    let place = told.connector_id.map_or(asked, words::place);
    Some(CompositeSchedule {
        place: Place::of(place.evse().map_or(0, |evse| evse.0), None),
        start: start.timestamp(),
        duration_s: schedule.duration.and_then(|s| u32::try_from(s).ok()).unwrap_or(duration_s),
        unit: read_unit(&schedule.charging_rate_unit)?,
        periods: schedule.charging_schedule_period.iter().map(read_period).collect::<Option<_>>()?,
    })
}

/// What a manager's call means.
pub(super) fn hear(memory: &Memory, action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    let evse_or_station =
        |connector: i32| Place::of(words::place(connector).evse().map_or(0, |evse| evse.0), None);
    match action {
        "SetChargingProfile" => read_command(action, json, |r: v16::SetChargingProfileRequest| {
            let profile = Box::new(read_profile(memory, &r.cs_charging_profiles)?);
            Some(Command::SetChargingProfile { place: evse_or_station(r.connector_id), profile })
        }),
        "ClearChargingProfile" => read_command(action, json, |r: v16::ClearChargingProfileRequest| {
            Some(Command::ClearChargingProfiles(ProfileClearing {
                id: r.id,
                place: r.connector_id.map(evse_or_station),
                purpose: optional(r.charging_profile_purpose.as_ref(), read_purpose)?,
                stack_level: r.stack_level.and_then(|level| u32::try_from(level).ok()),
            }))
        }),
        _ => read_command(action, json, |r: v16::GetCompositeScheduleRequest| {
            Some(Command::GetCompositeSchedule {
                place: evse_or_station(r.connector_id),
                duration_s: u32::try_from(r.duration).unwrap_or(0),
                unit: optional(r.charging_rate_unit.as_ref(), read_unit)?,
            })
        }),
    }
}

/// What answers a manager's call.
pub(super) fn answer(action: &str, outcome: &Outcome) -> Reply {
    let (verdict, schedule) = match outcome {
        Outcome::Verdict(verdict) => (*verdict, None),
        Outcome::CompositeSchedule { verdict, schedule } => (*verdict, schedule.as_deref()),
        _ => return Reply::NotSupported("this station does not do that"),
    };
    match action {
        "SetChargingProfile" => payload(&v16::SetChargingProfileResponse::new(match verdict {
            Verdict::Accepted => v16::ChargingProfileStatus::Accepted,
            Verdict::NotSupported => v16::ChargingProfileStatus::NotSupported,
            _ => v16::ChargingProfileStatus::Rejected,
        })),
        "ClearChargingProfile" => payload(&v16::ClearChargingProfileResponse::new(match verdict {
            Verdict::Accepted => v16::ClearChargingProfileStatus::Accepted,
            _ => v16::ClearChargingProfileStatus::Unknown,
        })),
        _ => payload(&composite(verdict, schedule)),
    }
}

fn composite(verdict: Verdict, schedule: Option<&CompositeSchedule>) -> v16::GetCompositeScheduleResponse {
    let rejected = v16::GetCompositeScheduleResponse::new(v16::GetCompositeScheduleStatus::Rejected);
    let Some(schedule) = schedule.filter(|_| verdict == Verdict::Accepted) else { return rejected };
    let periods: Result<Vec<_>, _> = schedule.periods.iter().map(period).collect();
    let Ok(periods) = periods else { return rejected };
    let unit = v16::ChargingRateUnitType::from(schedule.unit.as_str());
    let mut said = v16::ChargingSchedule::new(unit, periods);
    said.duration = i32::try_from(schedule.duration_s).ok();
    let mut response = v16::GetCompositeScheduleResponse::new(v16::GetCompositeScheduleStatus::Accepted);
    response.connector_id = Some(words::connector(schedule.place));
    response.schedule_start = Some(DateTime::new(schedule.start));
    response.charging_schedule = Some(said);
    response
}

/// A profile in the words of 1.6, or what it cannot say.
pub(super) fn profile(profile: &ChargingProfile) -> Result<v16::ChargingProfile, &'static str> {
    let [schedule] = &profile.schedules[..] else {
        return Err("several schedules for the vehicle to choose from: give the profile one");
    };
    if !profile.extras.is_empty() {
        return Err("how long a profile counts offline, dynamic profiles and signed prices");
    }
    let kind = match profile.kind {
        ProfileKind::Absolute => v16::ChargingProfileKindType::Absolute,
        ProfileKind::Recurring => v16::ChargingProfileKindType::Recurring,
        ProfileKind::Relative => v16::ChargingProfileKindType::Relative,
        ProfileKind::Dynamic => return Err("dynamic profiles: set a profile with limits over time"),
    };
    let level = i32::try_from(profile.stack_level).map_err(|_| "a stack level of this size")?;
    let schedule = self::schedule(schedule)?;
    let mut said = v16::ChargingProfile::new(profile.id, level, purpose(profile.purpose)?, kind, schedule);
    said.transaction_id = match &profile.transaction {
        Some(StationTxRef::Numbered(number)) => {
            Some(i32::try_from(*number).map_err(|_| "a transaction number of more than 32 bits")?)
        }
        Some(_) => return Err("a transaction that has no number"),
        None => None,
    };
    said.recurrency_kind = profile.recurrency.map(|kind| v16::RecurrencyKindType::from(kind.as_str()));
    said.valid_from = profile.valid_from.map(DateTime::new);
    said.valid_to = profile.valid_to.map(DateTime::new);
    Ok(said)
}

fn purpose(purpose: ProfilePurpose) -> Result<v16::ChargingProfilePurposeType, &'static str> {
    Ok(match purpose {
        ProfilePurpose::StationMax => v16::ChargingProfilePurposeType::ChargePointMaxProfile,
        ProfilePurpose::TxDefault => v16::ChargingProfilePurposeType::TxDefaultProfile,
        ProfilePurpose::Tx => v16::ChargingProfilePurposeType::TxProfile,
        ProfilePurpose::ExternalConstraints => {
            return Err("what an outside system allows: limit the station with the purpose station_max");
        }
        ProfilePurpose::PriorityCharging => {
            return Err("priority charging: set a profile for the transaction, with more power");
        }
        ProfilePurpose::LocalGeneration => {
            return Err("what the site makes itself: raise the limit of the station");
        }
    })
}

fn schedule(schedule: &ChargingSchedule) -> Result<v16::ChargingSchedule, &'static str> {
    if schedule.sales_tariff.is_some() || !schedule.extras.is_empty() {
        return Err("prices for the vehicle, limits by state of charge, local times and random delays");
    }
    let periods: Result<Vec<_>, _> = schedule.periods.iter().map(period).collect();
    let periods = periods?;
    if periods.is_empty() {
        return Err("a schedule without steps");
    }
    let unit = v16::ChargingRateUnitType::from(schedule.unit.as_str());
    let mut said = v16::ChargingSchedule::new(unit, periods);
    let duration = schedule.duration_s.map(i32::try_from).transpose();
    said.duration = duration.map_err(|_| "a schedule of this length")?;
    said.start_schedule = schedule.start.map(DateTime::new);
    let rate = schedule.min_rate.map(|rate| Tenths::truncated(rate, 1)).transpose();
    said.min_charging_rate = rate.map_err(|_| "a least rate of this size")?;
    Ok(said)
}

fn period(period: &SchedulePeriod) -> Result<v16::ChargingSchedulePeriod, &'static str> {
    if period.phase_to_use.is_some() {
        return Err("which phase to use: leave phase_to_use out");
    }
    if !period.extras.is_empty() {
        return Err("setpoints, limits of single phases, discharging and modes: give each step one limit");
    }
    let start = i32::try_from(period.start_s).map_err(|_| "a step that begins so late")?;
    // One digit after the point is all that may be said, and never more than what was meant (7.14).
    let limit = period.limit.ok_or("a step without a limit")?;
    let limit = Tenths::truncated(limit, 1).map_err(|_| "a limit of this size")?;
    let mut said = v16::ChargingSchedulePeriod::new(start, limit);
    said.number_phases = period.phases.map(i32::from);
    Ok(said)
}

pub(super) fn read_profile(memory: &Memory, said: &v16::ChargingProfile) -> Option<ChargingProfile> {
    Some(ChargingProfile {
        id: said.charging_profile_id,
        purpose: read_purpose(&said.charging_profile_purpose)?,
        kind: match said.charging_profile_kind {
            v16::ChargingProfileKindType::Absolute => ProfileKind::Absolute,
            v16::ChargingProfileKindType::Recurring => ProfileKind::Recurring,
            v16::ChargingProfileKindType::Relative => ProfileKind::Relative,
            v16::ChargingProfileKindType::Unlisted(_) => return None,
        },
        stack_level: u32::try_from(said.stack_level).ok()?,
        recurrency: match said.recurrency_kind.as_ref().map(v16::RecurrencyKindType::as_str) {
            Some("Daily") => Some(Recurrency::Daily),
            Some("Weekly") => Some(Recurrency::Weekly),
            Some(_) => return None,
            None => None,
        },
        valid_from: said.valid_from.as_ref().map(DateTime::timestamp),
        valid_to: said.valid_to.as_ref().map(DateTime::timestamp),
        transaction: said.transaction_id.map(|number| named(memory, i64::from(number))),
        schedules: Vec::from([read_schedule(&said.charging_schedule)?]),
        extras: ProfileExtras::default(),
    })
}

fn read_purpose(said: &v16::ChargingProfilePurposeType) -> Option<ProfilePurpose> {
    Some(match said {
        v16::ChargingProfilePurposeType::ChargePointMaxProfile => ProfilePurpose::StationMax,
        v16::ChargingProfilePurposeType::TxDefaultProfile => ProfilePurpose::TxDefault,
        v16::ChargingProfilePurposeType::TxProfile => ProfilePurpose::Tx,
        v16::ChargingProfilePurposeType::Unlisted(_) => return None,
    })
}

fn read_unit(said: &v16::ChargingRateUnitType) -> Option<RateUnit> {
    match said.as_str() {
        "W" => Some(RateUnit::W),
        "A" => Some(RateUnit::A),
        _ => None,
    }
}

fn read_schedule(said: &v16::ChargingSchedule) -> Option<ChargingSchedule> {
    Some(ChargingSchedule {
        id: 0,
        start: said.start_schedule.as_ref().map(DateTime::timestamp),
        duration_s: said.duration.and_then(|s| u32::try_from(s).ok()),
        unit: read_unit(&said.charging_rate_unit)?,
        min_rate: said.min_charging_rate.as_ref().and_then(Number::decimal),
        periods: said.charging_schedule_period.iter().map(read_period).collect::<Option<_>>()?,
        sales_tariff: None,
        extras: ScheduleExtras::default(),
    })
}

fn read_period(said: &v16::ChargingSchedulePeriod) -> Option<SchedulePeriod> {
    Some(SchedulePeriod {
        start_s: u32::try_from(said.start_period).ok()?,
        limit: Some(said.limit.decimal()?),
        phases: said.number_phases.and_then(|phases| u8::try_from(phases).ok()),
        phase_to_use: None,
        extras: PeriodExtras::default(),
    })
}
