//! Settings, reports on them and resets in OCPP 2.x, for both ends (block B).

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::firmware::{cause, status_info};
use super::words::{evse, place};
use super::{VERSION, wire};
use crate::dialect::two::{self, boxed, integer, unsigned};
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, read_command, said, verdict,
};
use crate::model::*;
use crate::types::{DateTime, List, Number, Text, Version};

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(VERSION, what)
}

const NO_NAMES: &str = "to read or change no setting: name at least one";
const KEYS: &str = "configuration keys, or names that are too long or have other characters than letters, digits \
    and *-_=:+|@.: name variables";

/// The manager reads settings (B06).
pub(super) fn order_read(scope: &Scope) -> Result<Said, CannotSay> {
    let wanted: Option<Vec<_>> = match scope {
        Scope::All => return Err(cannot("to read all variables at once: ask for a base report")),
        Scope::These(settings) => {
            settings.iter().map(|setting| wanted(setting, AttributeKind::Actual)).collect()
        }
        Scope::Attributes(these) => these.iter().map(|one| wanted(&one.setting, one.attribute)).collect(),
    };
    let wanted = List::new(wanted.ok_or(cannot(KEYS))?).map_err(|_| cannot(NO_NAMES))?;
    Ok(said("GetVariables", &wire::GetVariablesRequest::new(wanted)))
}

fn wanted(setting: &Setting, attribute: AttributeKind) -> Option<wire::GetVariableData> {
    let (component, variable) = address(setting)?;
    let mut wanted = wire::GetVariableData::new(component, variable);
    wanted.attribute_type = said_attribute(attribute);
    Some(wanted)
}

/// The actual value is said by leaving its kind out.
fn said_attribute(attribute: AttributeKind) -> Option<wire::Attribute> {
    (attribute != AttributeKind::Actual).then(|| wire::Attribute::from(attribute.as_str()))
}

/// What nobody lists is not the actual value, but there is nothing nearer.
fn heard_attribute(attribute: Option<&wire::Attribute>) -> AttributeKind {
    attribute.and_then(|word| AttributeKind::from_word(word.as_str())).unwrap_or(AttributeKind::Actual)
}

/// The station hears which settings to read. When every value is an actual one, nothing is said of attributes.
pub(super) fn hear_read(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::GetVariablesRequest| {
        let these = r.get_variable_data.iter().map(|wanted| SettingAttribute {
            setting: setting(&wanted.component, &wanted.variable),
            attribute: heard_attribute(wanted.attribute_type.as_ref()),
        });
        let these: Vec<_> = these.collect();
        if these.iter().all(|one| one.attribute == AttributeKind::Actual) {
            return Command::ReadSettings(Scope::These(these.into_iter().map(|one| one.setting).collect()));
        }
        Command::ReadSettings(Scope::Attributes(these))
    })
}

/// The manager hears values.
pub(super) fn hear_values(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::GetVariablesResponse| {
        let result = |result: &wire::GetVariableResult| SettingResult {
            setting: setting(&result.component, &result.variable),
            attribute: heard_attribute(result.attribute_type.as_ref()),
            verdict: verdict(result.attribute_status.as_str()),
            value: result.attribute_value.as_deref().map(boxed),
            read_only: None,
            cause: result.attribute_status_info.as_ref().map(cause),
        };
        Outcome::Settings(r.get_variable_result.iter().map(result).collect())
    })
}

/// The manager changes settings (B05).
pub(super) fn order_change(changes: &[SettingChange]) -> Result<Said, CannotSay> {
    let changes: Result<Vec<_>, _> = changes.iter().map(change).collect();
    let changes = List::new(changes?).map_err(|_| cannot(NO_NAMES))?;
    Ok(said("SetVariables", &wire::SetVariablesRequest::new(changes)))
}

fn change(change: &SettingChange) -> Result<wire::SetVariableData, CannotSay> {
    const LONG: &str = match VERSION {
        Version::V201 => "a value of more than 1,000 characters",
        _ => "a value of more than 2,500 characters",
    };
    let (component, variable) = address(&change.setting).ok_or(cannot(KEYS))?;
    let value = Text::new(&change.value).map_err(|_| cannot(LONG))?;
    let mut data = wire::SetVariableData::new(value, component, variable);
    data.attribute_type = said_attribute(change.attribute);
    Ok(data)
}

/// The station hears what to change.
pub(super) fn hear_change(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::SetVariablesRequest| {
        let change = |change: &wire::SetVariableData| SettingChange {
            setting: setting(&change.component, &change.variable),
            attribute: heard_attribute(change.attribute_type.as_ref()),
            value: boxed(&change.attribute_value),
        };
        Command::ChangeSettings(r.set_variable_data.iter().map(change).collect())
    })
}

/// The manager hears what was changed.
pub(super) fn hear_changed(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::SetVariablesResponse| {
        let result = |result: &wire::SetVariableResult| SettingResult {
            setting: setting(&result.component, &result.variable),
            attribute: heard_attribute(result.attribute_type.as_ref()),
            verdict: verdict(result.attribute_status.as_str()),
            value: None,
            read_only: None,
            cause: result.attribute_status_info.as_ref().map(cause),
        };
        Outcome::Settings(r.set_variable_result.iter().map(result).collect())
    })
}

/// The station answers, each setting by itself.
pub(super) fn answer(command: &Command, results: &[SettingResult]) -> Reply {
    const NOTHING: Reply = Reply::NotSupported("this station has no such variables");
    if let Command::ChangeSettings(_) = command {
        let results: Vec<_> = results.iter().filter_map(set_result).collect();
        return List::new(results)
            .map_or(NOTHING, |results| payload(&wire::SetVariablesResponse::new(results)));
    }
    let results: Vec<_> = results.iter().filter_map(get_result).collect();
    List::new(results).map_or(NOTHING, |results| payload(&wire::GetVariablesResponse::new(results)))
}

/// What is not supported is the attribute, where one was named, and otherwise the component.
const fn unsupported(attribute: AttributeKind) -> &'static str {
    match attribute {
        AttributeKind::Actual => "UnknownComponent",
        _ => "NotSupportedAttributeType",
    }
}

fn get_result(result: &SettingResult) -> Option<wire::GetVariableResult> {
    let (component, variable) = address(&result.setting)?;
    let status = match result.verdict {
        Verdict::Accepted => wire::GetVariableStatus::Accepted,
        Verdict::Unknown => wire::GetVariableStatus::UnknownVariable,
        Verdict::NotSupported => wire::GetVariableStatus::from(unsupported(result.attribute)),
        _ => wire::GetVariableStatus::Rejected,
    };
    let mut answer = wire::GetVariableResult::new(status, component, variable);
    answer.attribute_type = said_attribute(result.attribute);
    answer.attribute_status_info = result.cause.as_ref().map(status_info);
    // A value has to be there when it could be read (B06.FR.04), and only then.
    let accepted = result.verdict == Verdict::Accepted;
    answer.attribute_value = accepted.then(|| Text::truncated(result.value.as_deref().unwrap_or_default()));
    Some(answer)
}

fn set_result(result: &SettingResult) -> Option<wire::SetVariableResult> {
    let (component, variable) = address(&result.setting)?;
    let status = match result.verdict {
        Verdict::Accepted => wire::SetVariableStatus::Accepted,
        Verdict::RebootRequired => wire::SetVariableStatus::RebootRequired,
        Verdict::Unknown => wire::SetVariableStatus::UnknownVariable,
        Verdict::NotSupported => wire::SetVariableStatus::from(unsupported(result.attribute)),
        _ => wire::SetVariableStatus::Rejected,
    };
    let mut answer = wire::SetVariableResult::new(status, component, variable);
    answer.attribute_type = said_attribute(result.attribute);
    answer.attribute_status_info = result.cause.as_ref().map(status_info);
    Some(answer)
}

pub(super) fn setting(component: &wire::Component, variable: &wire::Variable) -> Setting {
    Setting::Variable {
        component: boxed(&component.name),
        component_instance: component.instance.as_deref().map(boxed),
        place: component.evse.as_ref().map(place),
        variable: boxed(&variable.name),
        variable_instance: variable.instance.as_deref().map(boxed),
    }
}

/// `None` for a configuration key of 1.6, and for names that 2.x cannot say.
pub(super) fn address(setting: &Setting) -> Option<(wire::Component, wire::Variable)> {
    let Setting::Variable { component, component_instance, place, variable, variable_instance } = setting
    else {
        return None;
    };
    let component = said_component(component, component_instance.as_deref(), *place)?;
    Some((component, said_variable(variable, variable_instance.as_deref())?))
}

/// Without its instance it would be another one.
pub(super) fn said_component(
    name: &str,
    instance: Option<&str>,
    place: Option<Place>,
) -> Option<wire::Component> {
    let mut component = wire::Component::new(two::identifier(name)?);
    component.evse = place.and_then(evse);
    if let Some(instance) = instance {
        component.instance = Some(two::identifier(instance)?);
    }
    Some(component)
}

fn said_variable(name: &str, instance: Option<&str>) -> Option<wire::Variable> {
    let mut variable = wire::Variable::new(two::identifier(name)?);
    if let Some(instance) = instance {
        variable.instance = Some(two::identifier(instance)?);
    }
    Some(variable)
}

/// The manager asks for one of the reports that the specification lays down (B07).
pub(super) fn order_base_report(request: i32, kind: ReportKind) -> Said {
    said("GetBaseReport", &wire::GetBaseReportRequest::new(request, wire::ReportBase::from(kind.as_str())))
}

pub(super) fn hear_base_report(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read_command("GetBaseReport", json, |r: wire::GetBaseReportRequest| {
        let kind = ReportKind::from_word(r.report_base.as_str())?;
        Some(Command::ReportBase { request: r.request_id, kind })
    })
}

/// The manager asks for a report of its own choice (B08).
pub(super) fn order_report(
    request: i32,
    criteria: &[Criterion],
    subjects: &[ReportSubject],
) -> Result<Said, CannotSay> {
    let mut call = wire::GetReportRequest::new(request);
    if !criteria.is_empty() {
        let criteria = criteria.iter().map(|one| wire::ComponentCriterion::from(one.as_str())).collect();
        let criteria = List::new(criteria).map_err(|_| cannot("more than four states of components"))?;
        call.component_criteria = Some(criteria);
    }
    if !subjects.is_empty() {
        let subjects: Option<Vec<_>> = subjects.iter().map(subject).collect();
        let subjects = List::new(subjects.ok_or(cannot(KEYS))?).map_err(|_| cannot(NO_NAMES))?;
        call.component_variable = Some(subjects);
    }
    Ok(said("GetReport", &call))
}

pub(super) fn subject(subject: &ReportSubject) -> Option<wire::ComponentVariable> {
    let component = said_component(&subject.component, subject.component_instance.as_deref(), subject.place)?;
    let mut wanted = wire::ComponentVariable::new(component);
    if let Some(variable) = &subject.variable {
        wanted.variable = Some(said_variable(variable, subject.variable_instance.as_deref())?);
    }
    Some(wanted)
}

pub(super) fn hear_custom_report(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read_command("GetReport", json, |r: wire::GetReportRequest| {
        let criteria = r.component_criteria.iter().flat_map(|criteria| criteria.iter());
        let criteria: Option<Vec<_>> = criteria.map(|one| Criterion::from_word(one.as_str())).collect();
        let subjects = r.component_variable.iter().flat_map(|subjects| subjects.iter());
        Some(Command::Report {
            request: r.request_id,
            criteria: criteria?,
            settings: subjects.map(heard_subject).collect(),
        })
    })
}

pub(super) fn heard_subject(wanted: &wire::ComponentVariable) -> ReportSubject {
    let component = &wanted.component;
    let variable = wanted.variable.as_ref();
    ReportSubject {
        component: boxed(&component.name),
        component_instance: component.instance.as_deref().map(boxed),
        place: component.evse.as_ref().map(place),
        variable: variable.map(|variable| boxed(&variable.name)),
        variable_instance: variable.and_then(|variable| variable.instance.as_deref()).map(boxed),
    }
}

/// What the station says to an order whose answer is a word alone.
pub(super) fn hear_word(command: &Command, json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    match command {
        Command::ReportBase { .. } => {
            read(json, |r: wire::GetBaseReportResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        Command::Report { .. } => {
            read(json, |r: wire::GetReportResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        _ => read(json, |r: wire::SetNetworkProfileResponse| Outcome::Verdict(verdict(r.status.as_str()))),
    }
}

pub(super) fn answer_base_report(verdict: Verdict) -> Reply {
    payload(&wire::GetBaseReportResponse::new(report_status(verdict)))
}

pub(super) fn answer_custom_report(verdict: Verdict) -> Reply {
    payload(&wire::GetReportResponse::new(report_status(verdict)))
}

fn report_status(verdict: Verdict) -> wire::GenericDeviceModelStatus {
    match verdict {
        Verdict::Accepted => wire::GenericDeviceModelStatus::Accepted,
        Verdict::NotSupported => wire::GenericDeviceModelStatus::NotSupported,
        Verdict::NothingFits | Verdict::Unknown => wire::GenericDeviceModelStatus::EmptyResultSet,
        _ => wire::GenericDeviceModelStatus::Rejected,
    }
}

pub(super) fn answer_network(verdict: Verdict) -> Reply {
    payload(&wire::SetNetworkProfileResponse::new(match verdict {
        Verdict::Accepted => wire::SetNetworkProfileStatus::Accepted,
        Verdict::Failed => wire::SetNetworkProfileStatus::Failed,
        _ => wire::SetNetworkProfileStatus::Rejected,
    }))
}

/// The manager hears a part of a report.
pub(super) fn hear_report(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: wire::NotifyReportRequest| {
        let rows = r.report_data.iter().flat_map(|rows| rows.iter());
        Fact::Report(DeviceReport {
            request: r.request_id,
            seq: unsigned(r.seq_no),
            more: r.tbc.unwrap_or(false),
            at: r.generated_at.timestamp(),
            settings: rows.map(heard_row).collect(),
        })
    })
}

fn heard_row(row: &wire::ReportData) -> ReportedSetting {
    ReportedSetting {
        setting: setting(&row.component, &row.variable),
        attributes: row.variable_attribute.iter().map(heard_value).collect(),
        characteristics: row.variable_characteristics.as_ref().map(heard_form),
    }
}

fn heard_value(attribute: &wire::VariableAttribute) -> ReportedAttribute {
    let mutability = attribute.mutability.as_ref();
    ReportedAttribute {
        kind: heard_attribute(attribute.kind.as_ref()),
        value: attribute.value.as_deref().map(boxed),
        mutability: mutability
            .and_then(|word| Mutability::from_word(word.as_str()))
            .unwrap_or(Mutability::ReadWrite),
        persistent: attribute.persistent.unwrap_or(false),
        constant: attribute.constant.unwrap_or(false),
    }
}

fn heard_form(form: &wire::VariableCharacteristics) -> Characteristics {
    Characteristics {
        data_type: boxed(form.data_type.as_str()),
        unit: form.unit.as_deref().map(boxed),
        min_limit: form.min_limit.as_ref().and_then(Number::decimal),
        max_limit: form.max_limit.as_ref().and_then(Number::decimal),
        max_elements: super::max_elements(form),
        values: form.values_list.as_deref().map(boxed),
        monitored: form.supports_monitoring,
    }
}

/// The station says a part of a report. A setting that 2.x cannot say is left out.
pub(super) fn say_report(report: &DeviceReport) -> Option<Said> {
    let mut call =
        wire::NotifyReportRequest::new(report.request, DateTime::new(report.at), integer(report.seq)?);
    call.tbc = report.more.then_some(true);
    call.report_data = List::new(report.settings.iter().filter_map(said_row).collect()).ok();
    Some(said("NotifyReport", &call))
}

fn said_row(row: &ReportedSetting) -> Option<wire::ReportData> {
    let (component, variable) = address(&row.setting)?;
    let values = List::new(row.attributes.iter().map(said_value).collect()).ok()?;
    let mut data = wire::ReportData::new(component, variable, values);
    data.variable_characteristics = row.characteristics.as_ref().map(said_form);
    Some(data)
}

fn said_value(attribute: &ReportedAttribute) -> wire::VariableAttribute {
    let mut value = wire::VariableAttribute::new();
    value.kind = said_attribute(attribute.kind);
    value.value = attribute.value.as_deref().map(Text::truncated);
    value.mutability = Some(wire::Mutability::from(attribute.mutability.as_str()));
    value.persistent = Some(attribute.persistent);
    value.constant = Some(attribute.constant);
    value
}

fn said_form(form: &Characteristics) -> wire::VariableCharacteristics {
    let data_type = two::listed(&form.data_type, wire::Data::String);
    let mut said = wire::VariableCharacteristics::new(data_type, form.monitored);
    said.unit = form.unit.as_deref().map(Text::truncated);
    said.min_limit = form.min_limit.map(Number::from);
    said.max_limit = form.max_limit.map(Number::from);
    said.values_list = form.values.as_deref().map(Text::truncated);
    super::set_max_elements(&mut said, form.max_elements);
    said
}

/// The manager restarts the station, or one EVSE (B11, B12).
pub(super) fn order_reset(kind: ResetKind, evse: Option<EvseId>) -> Result<Said, CannotSay> {
    let kind = match kind {
        ResetKind::Immediate => wire::ResetKind::Immediate,
        ResetKind::Graceful | ResetKind::OnIdle => wire::ResetKind::OnIdle,
        ResetKind::ImmediateAndResume => two::exactly("ImmediateAndResume").ok_or(cannot(
            "to go on with transactions after a reset at once: reset when no transaction runs (OnIdle)",
        ))?,
    };
    let mut request = wire::ResetRequest::new(kind);
    request.evse_id = evse.and_then(|evse| integer(evse.0));
    Ok(said("Reset", &request))
}

pub(super) fn hear_reset(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::ResetRequest| Command::Reset {
        kind: match r.kind.as_str() {
            "OnIdle" => ResetKind::OnIdle,
            "ImmediateAndResume" => ResetKind::ImmediateAndResume,
            _ => ResetKind::Immediate,
        },
        evse: r.evse_id.map(|id| EvseId(unsigned(id))),
    })
}

/// The access point of a network profile.
pub(super) fn said_apn(apn: &AccessPoint) -> Result<wire::APN, CannotSay> {
    let long = |_| cannot("so long an access point, account or password of a mobile network");
    let authentication = two::exactly(&apn.authentication)
        .ok_or(cannot("this way to log in to a mobile network: it is PAP, CHAP, NONE or AUTO"))?;
    let mut said = wire::APN::new(Text::new(&apn.apn).map_err(long)?, authentication);
    said.apn_user_name = apn.user.as_deref().map(Text::new).transpose().map_err(long)?;
    said.apn_password = apn.password.as_deref().map(Text::new).transpose().map_err(long)?;
    said.sim_pin = apn.sim_pin;
    said.preferred_network = apn.preferred_network.as_deref().map(Text::new).transpose().map_err(long)?;
    said.use_only_preferred_network = apn.only_preferred_network.then_some(true);
    Ok(said)
}

pub(super) fn heard_apn(apn: &wire::APN) -> AccessPoint {
    AccessPoint {
        apn: boxed(&apn.apn),
        user: apn.apn_user_name.as_deref().map(boxed),
        password: apn.apn_password.as_deref().map(boxed),
        sim_pin: apn.sim_pin,
        preferred_network: apn.preferred_network.as_deref().map(boxed),
        only_preferred_network: apn.use_only_preferred_network.unwrap_or(false),
        authentication: boxed(apn.apn_authentication.as_str()),
    }
}

/// The private network of a network profile.
pub(super) fn said_vpn(vpn: &PrivateNetwork) -> Result<wire::VPN, CannotSay> {
    let long = |_| cannot("so long an address, account, password or key of a private network");
    let kind = two::exactly(&vpn.kind)
        .ok_or(cannot("this kind of private network: it is IKEv2, IPSec, L2TP or PPTP"))?;
    let mut said = wire::VPN::new(
        Text::new(&vpn.server).map_err(long)?,
        Text::new(&vpn.user).map_err(long)?,
        Text::new(&vpn.password).map_err(long)?,
        Text::new(&vpn.key).map_err(long)?,
        kind,
    );
    said.group = vpn.group.as_deref().map(Text::new).transpose().map_err(long)?;
    Ok(said)
}

pub(super) fn heard_vpn(vpn: &wire::VPN) -> PrivateNetwork {
    PrivateNetwork {
        server: boxed(&vpn.server),
        user: boxed(&vpn.user),
        group: vpn.group.as_deref().map(boxed),
        password: boxed(&vpn.password),
        key: boxed(&vpn.key),
        kind: boxed(vpn.kind.as_str()),
    }
}

/// The manager has a station keep a way to reach a manager (B09).
pub(super) fn order_network(profile: &NetworkProfile) -> Result<Said, CannotSay> {
    let mut data = super::network::data(profile)?;
    data.apn = profile.apn.as_ref().map(said_apn).transpose()?;
    data.vpn = profile.vpn.as_ref().map(said_vpn).transpose()?;
    Ok(said("SetNetworkProfile", &wire::SetNetworkProfileRequest::new(profile.slot, data)))
}

pub(super) fn hear_network(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read_command("SetNetworkProfile", json, |r: wire::SetNetworkProfileRequest| {
        let data = &r.connection_data;
        let profile = NetworkProfile {
            slot: r.configuration_slot,
            url: boxed(&data.ocpp_csms_url),
            interface: boxed(data.ocpp_interface.as_str()),
            security_profile: u8::try_from(unsigned(data.security_profile)).ok()?,
            message_timeout_s: unsigned(data.message_timeout),
            ocpp_version: None,
            identity: None,
            password: None,
            apn: data.apn.as_ref().map(heard_apn),
            vpn: data.vpn.as_ref().map(heard_vpn),
        };
        Some(Command::SetNetworkProfile(Box::new(super::network::complete(profile, data))))
    })
}
