//! Charging profiles in OCPP 2.x (block K), over the types of the version that includes it (`super::wire`). What
//! the versions say differently is in their `later`.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{VERSION, later, wire};
use crate::dialect::two::{self, Wording, boxed, integer, unsigned};
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, optional, payload, read, read_command, read_fact, said,
    verdict,
};
use crate::model::*;
use crate::types::{DateTime, Json, List, Number, Text};

/// What stations say on charging profiles.
pub(in crate::dialect) const FROM_STATION: &[&str] = &[
    "ReportChargingProfiles",
    "NotifyChargingLimit",
    "ClearedChargingLimit",
    "NotifyEVChargingNeeds",
    "NotifyEVChargingSchedule",
];
/// What managers say on charging profiles.
pub(in crate::dialect) const FROM_MANAGER: &[&str] =
    &["SetChargingProfile", "GetChargingProfiles", "ClearChargingProfile", "GetCompositeSchedule"];

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(VERSION, what)
}

/// The call that carries an order.
pub(in crate::dialect) fn order(command: &Command) -> Result<Said, CannotSay> {
    Ok(match command {
        Command::SetChargingProfile { place, profile } => {
            let evse = integer(two::evse_of(*place)).ok_or_else(|| cannot("an EVSE of this number"))?;
            let profile = self::profile(profile).map_err(cannot)?;
            said("SetChargingProfile", &wire::SetChargingProfileRequest::new(evse, profile))
        }
        Command::GetChargingProfiles { request, place, filter } => {
            let mut call = wire::GetChargingProfilesRequest::new(*request, criterion(filter)?);
            call.evse_id = place.and_then(|place| integer(two::evse_of(place)));
            said("GetChargingProfiles", &call)
        }
        Command::ClearChargingProfiles(clearing) => said("ClearChargingProfile", &clear(clearing)?),
        Command::GetCompositeSchedule { place, duration_s, unit } => {
            let duration = integer(*duration_s).ok_or_else(|| cannot("a schedule of this length"))?;
            let evse = integer(two::evse_of(*place)).ok_or_else(|| cannot("an EVSE of this number"))?;
            let mut call = wire::GetCompositeScheduleRequest::new(duration, evse);
            call.charging_rate_unit = unit.map(|unit| wire::ChargingRateUnit::from(unit.as_str()));
            said("GetCompositeSchedule", &call)
        }
        other => return later::order(other),
    })
}

fn criterion(filter: &ProfileFilter) -> Result<wire::ChargingProfileCriterion, CannotSay> {
    let mut said = wire::ChargingProfileCriterion::new();
    said.charging_profile_purpose = filter.purpose.map(purpose_word).transpose().map_err(cannot)?;
    said.stack_level = filter.stack_level.and_then(integer);
    said.charging_profile_id = List::new(filter.ids.clone()).ok();
    let sources: Option<Vec<_>> = filter.sources.iter().map(|source| Wording::exactly(source)).collect();
    let sources =
        sources.ok_or_else(|| cannot("a source of profiles that it does not list, such as EMS or SO"))?;
    if !sources.is_empty() {
        let sources = List::new(sources).map_err(|_| cannot("more than four sources of profiles"))?;
        said.charging_limit_source = Some(sources);
    }
    Ok(said)
}

fn clear(clearing: &ProfileClearing) -> Result<wire::ClearChargingProfileRequest, CannotSay> {
    let mut call = wire::ClearChargingProfileRequest::new();
    call.charging_profile_id = clearing.id;
    if clearing.place.is_some() || clearing.purpose.is_some() || clearing.stack_level.is_some() {
        let mut criteria = wire::ClearChargingProfileCriterion::new();
        criteria.evse_id = clearing.place.and_then(|place| integer(two::evse_of(place)));
        criteria.charging_profile_purpose = clearing.purpose.map(purpose_word).transpose().map_err(cannot)?;
        criteria.stack_level = clearing.stack_level.and_then(integer);
        call.charging_profile_criteria = Some(criteria);
    }
    Ok(call)
}

/// What a station's answer to an order means.
pub(in crate::dialect) fn hear_outcome(
    command: &Command,
    json: Payload<'_>,
) -> Result<Heard<Outcome>, Misheard> {
    match command {
        Command::SetChargingProfile { .. } => {
            read(json, |r: wire::SetChargingProfileResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        Command::GetChargingProfiles { .. } => {
            read(json, |r: wire::GetChargingProfilesResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        Command::ClearChargingProfiles(_) => read(json, |r: wire::ClearChargingProfileResponse| {
            Outcome::Verdict(match r.status {
                wire::ClearChargingProfileStatus::Unknown => Verdict::NothingFits,
                other => verdict(other.as_str()),
            })
        }),
        Command::GetCompositeSchedule { .. } => read(json, |r: wire::GetCompositeScheduleResponse| {
            let schedule = r.schedule.as_ref().and_then(read_composite).map(Box::new);
            Outcome::CompositeSchedule { verdict: verdict(r.status.as_str()), schedule }
        }),
        other => later::hear_outcome(other, json),
    }
}

/// What a station's call means.
pub(in crate::dialect) fn hear_fact(action: &str, json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    match action {
        "ReportChargingProfiles" => read_fact(action, json, |r: wire::ReportChargingProfilesRequest| {
            Some(Fact::ChargingProfiles(ProfileReport {
                request: r.request_id,
                place: Place::of(unsigned(r.evse_id), None),
                source: boxed(r.charging_limit_source.as_str()),
                more: r.tbc == Some(true),
                profiles: r.charging_profile.iter().map(read_profile).collect::<Option<_>>()?,
            }))
        }),
        "NotifyChargingLimit" => read_fact(action, json, |r: wire::NotifyChargingLimitRequest| {
            let schedules = r.charging_schedule.iter().flat_map(|schedules| schedules.iter());
            Some(Fact::ChargingLimit(ChargingLimit {
                place: Place::of(r.evse_id.map_or(0, unsigned), None),
                source: boxed(r.charging_limit.charging_limit_source.as_str()),
                grid_critical: r.charging_limit.is_grid_critical,
                local_generation: later::local_generation(&r.charging_limit),
                schedules: schedules.map(read_schedule).collect::<Option<_>>()?,
            }))
        }),
        "ClearedChargingLimit" => {
            read(json, |r: wire::ClearedChargingLimitRequest| Fact::ChargingLimitCleared {
                place: r.evse_id.map(|evse| Place::of(unsigned(evse), None)),
                source: boxed(r.charging_limit_source.as_str()),
            })
        }
        "NotifyEVChargingNeeds" => read_fact(action, json, |r: wire::NotifyEVChargingNeedsRequest| {
            let asked = &r.charging_needs;
            let mut needs = ChargingNeeds {
                evse: EvseId(unsigned(r.evse_id)),
                max_periods: r.max_schedule_tuples.map(unsigned),
                at: None,
                transfer: boxed(asked.requested_energy_transfer.as_str()),
                departure: asked.departure_time.as_ref().map(DateTime::timestamp),
                energy_wh: None,
                details: Json::new(crate::inbound::write(asked)).ok()?,
            };
            later::complete_needs(&r, &mut needs);
            Some(Fact::ChargingNeeds(Box::new(needs)))
        }),
        _ => read_fact(action, json, |r: wire::NotifyEVChargingScheduleRequest| {
            let mut schedule = EvSchedule {
                evse: EvseId(unsigned(r.evse_id)),
                start: r.time_base.timestamp(),
                schedule: read_schedule(&r.charging_schedule)?,
                selected: None,
                tolerance_accepted: None,
            };
            later::complete_ev_schedule(&r, &mut schedule);
            Some(Fact::EvSchedule(Box::new(schedule)))
        }),
    }
}

/// What answers a station's call.
pub(in crate::dialect) fn answer(action: &str, fact: &Fact, answer: &Answer) -> Reply {
    let accepted = *answer == Answer::Verdict(Verdict::Accepted);
    match (action, answer) {
        ("NotifyEVChargingSchedule", Answer::Verdict(_)) => {
            let status = if accepted { wire::GenericStatus::Accepted } else { wire::GenericStatus::Rejected };
            payload(&wire::NotifyEVChargingScheduleResponse::new(status))
        }
        (_, Answer::ChargingNeeds(word)) => {
            let word = match word {
                NeedsWord::Accepted => "Accepted",
                NeedsWord::Rejected => "Rejected",
                NeedsWord::Processing => "Processing",
                NeedsWord::NoProfile => later::NO_PROFILE,
            };
            payload(&wire::NotifyEVChargingNeedsResponse::new(wire::NotifyEVChargingNeedsStatus::from(word)))
        }
        _ => later::answer(fact, answer),
    }
}

/// The call that carries a fact.
pub(in crate::dialect) fn say(fact: &Fact) -> Option<Said> {
    Some(match fact {
        Fact::ChargingProfiles(report) => {
            let profiles: Option<Vec<_>> = report.profiles.iter().map(|one| profile(one).ok()).collect();
            let mut call = wire::ReportChargingProfilesRequest::new(
                report.request,
                Wording::word(&report.source),
                List::new(profiles?).ok()?,
                integer(two::evse_of(report.place))?,
            );
            call.tbc = report.more.then_some(true);
            said("ReportChargingProfiles", &call)
        }
        Fact::ChargingLimit(limit) => {
            let mut told = wire::ChargingLimit::new(Wording::word(&limit.source));
            told.is_grid_critical = limit.grid_critical;
            later::dress_limit(&mut told, limit.local_generation);
            let mut call = wire::NotifyChargingLimitRequest::new(told);
            call.evse_id = integer(two::evse_of(limit.place));
            let schedules: Option<Vec<_>> = limit.schedules.iter().map(|one| schedule(one).ok()).collect();
            call.charging_schedule = List::new(schedules?).ok();
            said("NotifyChargingLimit", &call)
        }
        Fact::ChargingLimitCleared { place, source } => {
            let mut call = wire::ClearedChargingLimitRequest::new(Wording::word(source));
            call.evse_id = place.and_then(|place| integer(two::evse_of(place)));
            said("ClearedChargingLimit", &call)
        }
        Fact::ChargingNeeds(needs) => {
            let details = serde_json::from_str(needs.details.as_str()).ok()?;
            let mut call = later::needs(integer(needs.evse.0)?, details);
            call.max_schedule_tuples = needs.max_periods.and_then(integer);
            later::dress_needs(&mut call, needs);
            said("NotifyEVChargingNeeds", &call)
        }
        Fact::EvSchedule(told) => {
            let start = DateTime::new(told.start);
            let schedule = schedule(&told.schedule).ok()?;
            let mut call = wire::NotifyEVChargingScheduleRequest::new(start, schedule, integer(told.evse.0)?);
            later::dress_ev_schedule(&mut call, told);
            said("NotifyEVChargingSchedule", &call)
        }
        _ => return None,
    })
}

/// What the manager's answer to a vehicle's needs or schedule means.
pub(in crate::dialect) fn hear_answer(
    action: &str,
    json: Payload<'_>,
) -> Option<Result<Heard<Answer>, Misheard>> {
    Some(match action {
        "NotifyEVChargingNeeds" => read(json, |r: wire::NotifyEVChargingNeedsResponse| {
            Answer::ChargingNeeds(match r.status.as_str() {
                "Accepted" => NeedsWord::Accepted,
                "Processing" => NeedsWord::Processing,
                "NoChargingProfile" => NeedsWord::NoProfile,
                _ => NeedsWord::Rejected,
            })
        }),
        "NotifyEVChargingSchedule" => read(json, |r: wire::NotifyEVChargingScheduleResponse| {
            Answer::Verdict(verdict(r.status.as_str()))
        }),
        other => return later::hear_answer(other, json),
    })
}

/// What a manager's call means.
pub(in crate::dialect) fn hear_command(action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    match action {
        "SetChargingProfile" => read_command(action, json, |r: wire::SetChargingProfileRequest| {
            let profile = Box::new(read_profile(&r.charging_profile)?);
            Some(Command::SetChargingProfile { place: Place::of(unsigned(r.evse_id), None), profile })
        }),
        "GetChargingProfiles" => read_command(action, json, |r: wire::GetChargingProfilesRequest| {
            let asked = &r.charging_profile;
            let sources = asked.charging_limit_source.iter().flat_map(|sources| sources.iter());
            let filter = ProfileFilter {
                purpose: optional(asked.charging_profile_purpose.as_ref(), read_purpose)?,
                stack_level: asked.stack_level.map(unsigned),
                ids: asked.charging_profile_id.as_deref().unwrap_or_default().to_vec(),
                sources: sources.map(|source| boxed(source.as_str())).collect(),
            };
            let place = r.evse_id.map(|evse| Place::of(unsigned(evse), None));
            Some(Command::GetChargingProfiles { request: r.request_id, place, filter })
        }),
        "ClearChargingProfile" => read_command(action, json, |r: wire::ClearChargingProfileRequest| {
            let criteria = r.charging_profile_criteria.as_ref();
            let purpose = criteria.and_then(|criteria| criteria.charging_profile_purpose.as_ref());
            let place = criteria.and_then(|criteria| criteria.evse_id);
            Some(Command::ClearChargingProfiles(ProfileClearing {
                id: r.charging_profile_id,
                place: place.map(|evse| Place::of(unsigned(evse), None)),
                purpose: optional(purpose, read_purpose)?,
                stack_level: criteria.and_then(|criteria| criteria.stack_level).map(unsigned),
            }))
        }),
        _ => read_command(action, json, |r: wire::GetCompositeScheduleRequest| {
            Some(Command::GetCompositeSchedule {
                place: Place::of(unsigned(r.evse_id), None),
                duration_s: unsigned(r.duration),
                unit: optional(r.charging_rate_unit.as_ref(), read_unit)?,
            })
        }),
    }
}

/// What answers a manager's call.
pub(in crate::dialect) fn answer_command(action: &str, outcome: &Outcome) -> Reply {
    let (verdict, schedule) = match outcome {
        Outcome::Verdict(verdict) => (*verdict, None),
        Outcome::CompositeSchedule { verdict, schedule } => (*verdict, schedule.as_deref()),
        _ => return later::answer_command(action, outcome),
    };
    let accepted = verdict == Verdict::Accepted;
    match action {
        "SetChargingProfile" => payload(&wire::SetChargingProfileResponse::new(if accepted {
            wire::ChargingProfileStatus::Accepted
        } else {
            wire::ChargingProfileStatus::Rejected
        })),
        "GetChargingProfiles" => payload(&wire::GetChargingProfilesResponse::new(if accepted {
            wire::GetChargingProfileStatus::Accepted
        } else {
            wire::GetChargingProfileStatus::NoProfiles
        })),
        "ClearChargingProfile" => payload(&wire::ClearChargingProfileResponse::new(if accepted {
            wire::ClearChargingProfileStatus::Accepted
        } else {
            wire::ClearChargingProfileStatus::Unknown
        })),
        "GetCompositeSchedule" => {
            let said = schedule.filter(|_| accepted).and_then(composite);
            let rejected = wire::GenericStatus::Rejected;
            let status = if said.is_some() { wire::GenericStatus::Accepted } else { rejected };
            let mut response = wire::GetCompositeScheduleResponse::new(status);
            response.schedule = said;
            payload(&response)
        }
        _ => later::answer_command(action, outcome),
    }
}

/// A profile in the words of this version, or what it cannot say.
pub(super) fn profile(profile: &ChargingProfile) -> Result<wire::ChargingProfile, &'static str> {
    let schedules: Result<Vec<_>, _> = profile.schedules.iter().map(schedule).collect();
    let schedules =
        List::new(schedules?).map_err(|_| "a profile without a schedule, or with more than three")?;
    let mut said = wire::ChargingProfile::new(
        profile.id,
        integer(profile.stack_level).ok_or("a stack level of this size")?,
        purpose_word(profile.purpose)?,
        two::exactly(profile.kind.as_str()).ok_or("dynamic profiles: set a profile with limits over time")?,
        schedules,
    );
    said.recurrency_kind = profile.recurrency.map(|kind| wire::RecurrencyKind::from(kind.as_str()));
    said.valid_from = profile.valid_from.map(DateTime::new);
    said.valid_to = profile.valid_to.map(DateTime::new);
    said.transaction_id = match &profile.transaction {
        Some(StationTxRef::Named(name)) => {
            Some(Text::new(name).map_err(|_| "a transaction id of more than 36 characters")?)
        }
        Some(_) => return Err("a transaction without the station's id of it"),
        None => None,
    };
    later::dress_profile(&mut said, &profile.extras)?;
    Ok(said)
}

pub(super) fn read_profile(said: &wire::ChargingProfile) -> Option<ChargingProfile> {
    Some(ChargingProfile {
        id: said.id,
        purpose: read_purpose(&said.charging_profile_purpose)?,
        kind: match said.charging_profile_kind.as_str() {
            "Absolute" => ProfileKind::Absolute,
            "Recurring" => ProfileKind::Recurring,
            "Relative" => ProfileKind::Relative,
            "Dynamic" => ProfileKind::Dynamic,
            _ => return None,
        },
        stack_level: unsigned(said.stack_level),
        recurrency: match said.recurrency_kind.as_ref().map(wire::RecurrencyKind::as_str) {
            Some("Daily") => Some(Recurrency::Daily),
            Some("Weekly") => Some(Recurrency::Weekly),
            Some(_) => return None,
            None => None,
        },
        valid_from: said.valid_from.as_ref().map(DateTime::timestamp),
        valid_to: said.valid_to.as_ref().map(DateTime::timestamp),
        transaction: said.transaction_id.as_deref().map(|name| StationTxRef::Named(boxed(name))),
        schedules: said.charging_schedule.iter().map(read_schedule).collect::<Option<_>>()?,
        extras: later::read_profile(said),
    })
}

fn purpose_word(purpose: ProfilePurpose) -> Result<wire::ChargingProfilePurpose, &'static str> {
    two::exactly(purpose.as_str()).ok_or("profiles for priority charging or local generation")
}

fn read_purpose(word: &wire::ChargingProfilePurpose) -> Option<ProfilePurpose> {
    Some(match word.as_str() {
        "ChargingStationExternalConstraints" => ProfilePurpose::ExternalConstraints,
        "ChargingStationMaxProfile" => ProfilePurpose::StationMax,
        "TxDefaultProfile" => ProfilePurpose::TxDefault,
        "TxProfile" => ProfilePurpose::Tx,
        "PriorityCharging" => ProfilePurpose::PriorityCharging,
        "LocalGeneration" => ProfilePurpose::LocalGeneration,
        _ => return None,
    })
}

fn read_unit(word: &wire::ChargingRateUnit) -> Option<RateUnit> {
    match word.as_str() {
        "W" => Some(RateUnit::W),
        "A" => Some(RateUnit::A),
        _ => None,
    }
}

pub(super) fn schedule(schedule: &ChargingSchedule) -> Result<wire::ChargingSchedule, &'static str> {
    let periods: Result<Vec<_>, _> = schedule.periods.iter().map(later::period).collect();
    let periods = List::new(periods?).map_err(|_| "a schedule without steps, or with more than 1024")?;
    let unit = wire::ChargingRateUnit::from(schedule.unit.as_str());
    let mut said = wire::ChargingSchedule::new(schedule.id, unit, periods);
    said.start_schedule = schedule.start.map(DateTime::new);
    said.duration = schedule.duration_s.map(|s| integer(s).ok_or("a schedule of this length")).transpose()?;
    said.min_charging_rate = schedule.min_rate.map(Number::from);
    if let Some(tariff) = &schedule.sales_tariff {
        let tariff = serde_json::from_str(tariff.as_str());
        said.sales_tariff = Some(tariff.map_err(|_| "a sales tariff that is not as its schema has it")?);
    }
    later::dress_schedule(&mut said, &schedule.extras)?;
    Ok(said)
}

pub(super) fn read_schedule(said: &wire::ChargingSchedule) -> Option<ChargingSchedule> {
    let tariff = said.sales_tariff.as_ref().map(|tariff| Json::new(crate::inbound::write(tariff)));
    Some(ChargingSchedule {
        id: said.id,
        start: said.start_schedule.as_ref().map(DateTime::timestamp),
        duration_s: said.duration.map(unsigned),
        unit: read_unit(&said.charging_rate_unit)?,
        min_rate: said.min_charging_rate.as_ref().and_then(Number::decimal),
        periods: said.charging_schedule_period.iter().map(later::read_period).collect::<Option<_>>()?,
        sales_tariff: tariff.transpose().ok()?,
        extras: later::read_schedule(said),
    })
}

fn composite(schedule: &CompositeSchedule) -> Option<wire::CompositeSchedule> {
    let periods: Option<Vec<_>> = schedule.periods.iter().map(|one| later::period(one).ok()).collect();
    Some(later::composite(
        integer(two::evse_of(schedule.place))?,
        integer(schedule.duration_s)?,
        DateTime::new(schedule.start),
        wire::ChargingRateUnit::from(schedule.unit.as_str()),
        List::new(periods?).ok()?,
    ))
}

fn read_composite(said: &wire::CompositeSchedule) -> Option<CompositeSchedule> {
    Some(CompositeSchedule {
        place: Place::of(unsigned(said.evse_id), None),
        start: said.schedule_start.timestamp(),
        duration_s: unsigned(said.duration),
        unit: read_unit(&said.charging_rate_unit)?,
        periods: said.charging_schedule_period.iter().map(later::read_period).collect::<Option<_>>()?,
    })
}
