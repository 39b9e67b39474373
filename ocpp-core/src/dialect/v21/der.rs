//! Settings of grid support (block R).

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde::de::DeserializeOwned;

use super::profile::json;
use super::{VERSION, wire};
use crate::dialect::two::{boxed, exactly};
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, later, payload, read, read_command, read_fact, said,
    verdict,
};
use crate::model::{
    Command, DerAlarm, DerControl, DerFilter, DerReport, DerScope, DerSetting, DerStartStop, Fact, Outcome,
    Verdict,
};
use crate::types::{DateTime, Json, List, Text};

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(VERSION, what)
}

pub(super) fn order(command: &Command) -> Result<Said, CannotSay> {
    Ok(match command {
        Command::SetDerControl(control) => said("SetDERControl", &set(control)?),
        Command::GetDerControls { request, filter } => {
            let mut call = wire::GetDERControlRequest::new(*request);
            call.is_default = filter.scope.map(|scope| scope == DerScope::Default);
            call.control_type = filter.kind.as_deref().map(kind).transpose()?;
            call.control_id = filter.id.as_deref().map(name).transpose()?;
            said("GetDERControl", &call)
        }
        Command::ClearDerControls { scope, kind: of, id } => {
            let mut call = wire::ClearDERControlRequest::new(*scope == DerScope::Default);
            call.control_type = of.as_deref().map(kind).transpose()?;
            call.control_id = id.as_deref().map(name).transpose()?;
            said("ClearDERControl", &call)
        }
        other => return Err(later::cannot(VERSION, other)),
    })
}

fn set(control: &DerControl) -> Result<wire::SetDERControlRequest, CannotSay> {
    let is_default = control.scope == DerScope::Default;
    let mut call = wire::SetDERControlRequest::new(is_default, name(&control.id)?, kind(&control.kind)?);
    match &control.setting {
        DerSetting::Curve(values) => call.curve = Some(parsed(values)?),
        DerSetting::EnterService(values) => call.enter_service = Some(parsed(values)?),
        DerSetting::FixedPfAbsorb(values) => call.fixed_pf_absorb = Some(parsed(values)?),
        DerSetting::FixedPfInject(values) => call.fixed_pf_inject = Some(parsed(values)?),
        DerSetting::FixedVar(values) => call.fixed_var = Some(parsed(values)?),
        DerSetting::FreqDroop(values) => call.freq_droop = Some(parsed(values)?),
        DerSetting::Gradient(values) => call.gradient = Some(parsed(values)?),
        DerSetting::LimitMaxDischarge(values) => call.limit_max_discharge = Some(parsed(values)?),
    }
    Ok(call)
}

fn kind(kind: &str) -> Result<wire::DERControl, CannotSay> {
    exactly(kind)
        .ok_or_else(|| cannot("a kind of grid support that it does not list, such as VoltVar or FreqDroop"))
}

fn name(id: &str) -> Result<Text<36>, CannotSay> {
    Text::new(id).map_err(|_| cannot("a name of a setting of more than 36 characters"))
}

fn parsed<T: DeserializeOwned>(values: &Json) -> Result<T, CannotSay> {
    serde_json::from_str(values.as_str())
        .map_err(|_| cannot("values of a setting that are not as the schema of its type has them"))
}

pub(super) fn hear_outcome(command: &Command, json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    match command {
        Command::SetDerControl(_) => read(json, |r: wire::SetDERControlResponse| Outcome::DerControl {
            verdict: verdict(r.status.as_str()),
            superseded: names(r.superseded_ids.as_deref()),
        }),
        Command::GetDerControls { .. } => {
            read(json, |r: wire::GetDERControlResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        _ => read(json, |r: wire::ClearDERControlResponse| Outcome::Verdict(verdict(r.status.as_str()))),
    }
}

fn names(said: Option<&[Text<36>]>) -> Vec<Box<str>> {
    said.unwrap_or_default().iter().map(|name| boxed(name)).collect()
}

pub(super) fn hear_fact(action: &str, json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    match action {
        "NotifyDERAlarm" => read(json, |r: wire::NotifyDERAlarmRequest| {
            Fact::DerAlarm(DerAlarm {
                kind: boxed(r.control_type.as_str()),
                fault: r.grid_event_fault.as_ref().map(|fault| boxed(fault.as_str())),
                ended: r.alarm_ended == Some(true),
                at: r.timestamp.timestamp(),
                info: r.extra_info.as_deref().map(boxed),
            })
        }),
        "NotifyDERStartStop" => read(json, |r: wire::NotifyDERStartStopRequest| {
            Fact::DerStartStop(DerStartStop {
                id: boxed(&r.control_id),
                started: r.started,
                at: r.timestamp.timestamp(),
                superseded: names(r.superseded_ids.as_deref()),
            })
        }),
        _ => read_fact(action, json, |r: wire::ReportDERControlRequest| {
            Some(Fact::DerReport(DerReport {
                request: r.request_id,
                more: r.tbc == Some(true),
                controls: read_report(&r)?,
            }))
        }),
    }
}

const fn scope(is_default: bool) -> DerScope {
    if is_default { DerScope::Default } else { DerScope::Scheduled }
}

/// The settings of a report, kind by kind in the order of its schema.
fn read_report(r: &wire::ReportDERControlRequest) -> Option<Vec<DerControl>> {
    let told = |id: &Text<36>, kind: &str, scope, superseded, setting| DerControl {
        id: boxed(id),
        scope,
        kind: boxed(kind),
        superseded,
        setting,
    };
    let mut all = Vec::new();
    for one in r.curve.iter().flat_map(|list| list.iter()) {
        let setting = DerSetting::Curve(json(&one.curve)?);
        let kind = one.curve_type.as_str();
        all.push(told(&one.id, kind, scope(one.is_default), Some(one.is_superseded), setting));
    }
    for one in r.enter_service.iter().flat_map(|list| list.iter()) {
        let setting = DerSetting::EnterService(json(&one.enter_service)?);
        all.push(told(&one.id, "EnterService", DerScope::Default, None, setting));
    }
    for one in r.fixed_pf_absorb.iter().flat_map(|list| list.iter()) {
        let setting = DerSetting::FixedPfAbsorb(json(&one.fixed_pf)?);
        all.push(told(&one.id, "FixedPFAbsorb", scope(one.is_default), Some(one.is_superseded), setting));
    }
    for one in r.fixed_pf_inject.iter().flat_map(|list| list.iter()) {
        let setting = DerSetting::FixedPfInject(json(&one.fixed_pf)?);
        all.push(told(&one.id, "FixedPFInject", scope(one.is_default), Some(one.is_superseded), setting));
    }
    for one in r.fixed_var.iter().flat_map(|list| list.iter()) {
        let setting = DerSetting::FixedVar(json(&one.fixed_var)?);
        all.push(told(&one.id, "FixedVar", scope(one.is_default), Some(one.is_superseded), setting));
    }
    for one in r.freq_droop.iter().flat_map(|list| list.iter()) {
        let setting = DerSetting::FreqDroop(json(&one.freq_droop)?);
        all.push(told(&one.id, "FreqDroop", scope(one.is_default), Some(one.is_superseded), setting));
    }
    for one in r.gradient.iter().flat_map(|list| list.iter()) {
        let setting = DerSetting::Gradient(json(&one.gradient)?);
        all.push(told(&one.id, "Gradients", DerScope::Default, None, setting));
    }
    for one in r.limit_max_discharge.iter().flat_map(|list| list.iter()) {
        let setting = DerSetting::LimitMaxDischarge(json(&one.limit_max_discharge)?);
        all.push(told(&one.id, "LimitMaxDischarge", scope(one.is_default), Some(one.is_superseded), setting));
    }
    Some(all)
}

pub(super) fn say(fact: &Fact) -> Option<Said> {
    Some(match fact {
        Fact::DerReport(told) => said("ReportDERControl", &report(told)?),
        Fact::DerAlarm(alarm) => {
            let kind = kind(&alarm.kind).ok()?;
            let mut call = wire::NotifyDERAlarmRequest::new(kind, DateTime::new(alarm.at));
            call.grid_event_fault = alarm.fault.as_deref().map(wire::GridEventFault::from);
            call.alarm_ended = alarm.ended.then_some(true);
            call.extra_info = alarm.info.as_deref().map(Text::truncated);
            said("NotifyDERAlarm", &call)
        }
        Fact::DerStartStop(told) => {
            let (id, at) = (name(&told.id).ok()?, DateTime::new(told.at));
            let mut call = wire::NotifyDERStartStopRequest::new(id, told.started, at);
            call.superseded_ids = ids(&told.superseded);
            said("NotifyDERStartStop", &call)
        }
        _ => return None,
    })
}

fn ids(names: &[Box<str>]) -> Option<List<Text<36>, 1, 24>> {
    List::new(names.iter().take(24).map(|name| Text::truncated(name)).collect()).ok()
}

fn report(told: &DerReport) -> Option<wire::ReportDERControlRequest> {
    let mut call = wire::ReportDERControlRequest::new(told.request);
    call.tbc = told.more.then_some(true);
    for control in &told.controls {
        let id = name(&control.id).ok()?;
        let is_default = control.scope == DerScope::Default;
        let superseded = control.superseded.unwrap_or(false);
        match &control.setting {
            DerSetting::Curve(values) => {
                let (curve, kind) = (parsed(values).ok()?, kind(&control.kind).ok()?);
                add(&mut call.curve, wire::DERCurveGet::new(curve, id, kind, is_default, superseded))?;
            }
            DerSetting::EnterService(values) => {
                add(&mut call.enter_service, wire::EnterServiceGet::new(parsed(values).ok()?, id))?;
            }
            DerSetting::FixedPfAbsorb(values) => {
                let told = wire::FixedPFGet::new(parsed(values).ok()?, id, is_default, superseded);
                add(&mut call.fixed_pf_absorb, told)?;
            }
            DerSetting::FixedPfInject(values) => {
                let told = wire::FixedPFGet::new(parsed(values).ok()?, id, is_default, superseded);
                add(&mut call.fixed_pf_inject, told)?;
            }
            DerSetting::FixedVar(values) => {
                let told = wire::FixedVarGet::new(parsed(values).ok()?, id, is_default, superseded);
                add(&mut call.fixed_var, told)?;
            }
            DerSetting::FreqDroop(values) => {
                let told = wire::FreqDroopGet::new(parsed(values).ok()?, id, is_default, superseded);
                add(&mut call.freq_droop, told)?;
            }
            DerSetting::Gradient(values) => {
                add(&mut call.gradient, wire::GradientGet::new(parsed(values).ok()?, id))?;
            }
            DerSetting::LimitMaxDischarge(values) => {
                let values = parsed(values).ok()?;
                let told = wire::LimitMaxDischargeGet::new(id, is_default, superseded, values);
                add(&mut call.limit_max_discharge, told)?;
            }
        }
    }
    Some(call)
}

/// `None` when the list is full: more belong into the next part.
fn add<T>(list: &mut Option<List<T, 1, 24>>, item: T) -> Option<()> {
    match list {
        Some(list) => list.push(item).ok(),
        None => {
            *list = Some(List::one(item));
            Some(())
        }
    }
}

pub(super) fn hear_command(action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    match action {
        "SetDERControl" => read_command(action, json, |r: wire::SetDERControlRequest| {
            Some(Command::SetDerControl(Box::new(DerControl {
                id: boxed(&r.control_id),
                scope: scope(r.is_default),
                kind: boxed(r.control_type.as_str()),
                superseded: None,
                setting: read_setting(&r)?,
            })))
        }),
        "GetDERControl" => read(json, |r: wire::GetDERControlRequest| Command::GetDerControls {
            request: r.request_id,
            filter: DerFilter {
                scope: r.is_default.map(scope),
                kind: r.control_type.as_ref().map(|kind| boxed(kind.as_str())),
                id: r.control_id.as_deref().map(boxed),
            },
        }),
        _ => read(json, |r: wire::ClearDERControlRequest| Command::ClearDerControls {
            scope: scope(r.is_default),
            kind: r.control_type.as_ref().map(|kind| boxed(kind.as_str())),
            id: r.control_id.as_deref().map(boxed),
        }),
    }
}

/// The first setting that an order carries.
fn read_setting(r: &wire::SetDERControlRequest) -> Option<DerSetting> {
    Some(match r {
        _ if r.curve.is_some() => DerSetting::Curve(json(r.curve.as_ref()?)?),
        _ if r.enter_service.is_some() => DerSetting::EnterService(json(r.enter_service.as_ref()?)?),
        _ if r.fixed_pf_absorb.is_some() => DerSetting::FixedPfAbsorb(json(r.fixed_pf_absorb.as_ref()?)?),
        _ if r.fixed_pf_inject.is_some() => DerSetting::FixedPfInject(json(r.fixed_pf_inject.as_ref()?)?),
        _ if r.fixed_var.is_some() => DerSetting::FixedVar(json(r.fixed_var.as_ref()?)?),
        _ if r.freq_droop.is_some() => DerSetting::FreqDroop(json(r.freq_droop.as_ref()?)?),
        _ if r.gradient.is_some() => DerSetting::Gradient(json(r.gradient.as_ref()?)?),
        _ => DerSetting::LimitMaxDischarge(json(r.limit_max_discharge.as_ref()?)?),
    })
}

pub(super) fn answer_command(action: &str, outcome: &Outcome) -> Reply {
    let (verdict, superseded) = match outcome {
        Outcome::Verdict(verdict) => (*verdict, None),
        Outcome::DerControl { verdict, superseded } => (*verdict, ids(superseded)),
        _ => return Reply::NotSupported("this station has no grid support"),
    };
    let status = match verdict {
        Verdict::Accepted => wire::DERControlStatus::Accepted,
        Verdict::NotSupported => wire::DERControlStatus::NotSupported,
        Verdict::NothingFits => wire::DERControlStatus::NotFound,
        _ => wire::DERControlStatus::Rejected,
    };
    match action {
        "SetDERControl" => {
            let mut response = wire::SetDERControlResponse::new(status);
            response.superseded_ids = superseded;
            payload(&response)
        }
        "GetDERControl" => payload(&wire::GetDERControlResponse::new(status)),
        _ => payload(&wire::ClearDERControlResponse::new(status)),
    }
}
