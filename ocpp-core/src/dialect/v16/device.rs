//! Configuration keys of OCPP 1.6, for both ends.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said, verdict};
use crate::model::{
    AttributeKind, Command, Outcome, Scope, Setting, SettingAttribute, SettingChange, SettingResult, Verdict,
};
use crate::types::{CiText, Text, Version};
use crate::v16;

const NOT_KEYS: CannotSay = cannot("variables of the device model: name keys of at most 50 characters");
const OTHER_VALUES: CannotSay = cannot("targets and limits of a setting: a key has an actual value alone");

const fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(Version::V16, what)
}

/// The manager reads keys.
pub(super) fn order_read(scope: &Scope) -> Result<Said, CannotSay> {
    let mut request = v16::GetConfigurationRequest::new();
    let keys: Option<Vec<_>> = match scope {
        Scope::All => return Ok(said("GetConfiguration", &request)),
        Scope::These(settings) => settings.iter().map(key).collect(),
        Scope::Attributes(these) => {
            if these.iter().any(|one| one.attribute != AttributeKind::Actual) {
                return Err(OTHER_VALUES);
            }
            these.iter().map(|SettingAttribute { setting, .. }| key(setting)).collect()
        }
    };
    request.key = Some(keys.ok_or(NOT_KEYS)?);
    Ok(said("GetConfiguration", &request))
}

/// The manager changes a key.
pub(super) fn order_change(changes: &[SettingChange]) -> Result<Said, CannotSay> {
    let [change] = changes else {
        return Err(cannot("to change several keys at once: change one at a time"));
    };
    if change.attribute != AttributeKind::Actual {
        return Err(OTHER_VALUES);
    }
    let key = key(&change.setting).ok_or(NOT_KEYS)?;
    let value = Text::new(&change.value).map_err(|_| cannot("a value of more than 500 characters"))?;
    Ok(said("ChangeConfiguration", &v16::ChangeConfigurationRequest::new(key, value)))
}

fn key(setting: &Setting) -> Option<CiText<50>> {
    match setting {
        Setting::Key(name) => CiText::new(name).ok(),
        Setting::Variable { .. } => None,
    }
}

pub(super) fn hear_values(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |response: v16::GetConfigurationResponse| {
        let known = response.configuration_key.unwrap_or_default().into_iter().map(|known| SettingResult {
            read_only: Some(known.readonly),
            ..SettingResult::new(
                Setting::Key(known.key.as_str().into()),
                Verdict::Accepted,
                known.value.as_deref().map(Box::from),
            )
        });
        let unknown = response.unknown_key.unwrap_or_default().into_iter();
        let unknown =
            unknown.map(|key| SettingResult::new(Setting::Key(key.as_str().into()), Verdict::Unknown, None));
        Outcome::Settings(known.chain(unknown).collect())
    })
}

pub(super) fn hear_changed(changes: &[SettingChange], json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |response: v16::ChangeConfigurationResponse| {
        let verdict = verdict(response.status.as_str());
        let result = |change: &SettingChange| SettingResult::new(change.setting.clone(), verdict, None);
        Outcome::Settings(changes.iter().map(result).collect())
    })
}

/// The station hears which keys to read.
pub(super) fn hear_read(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |request: v16::GetConfigurationRequest| {
        let keys = request.key.unwrap_or_default();
        let settings: Vec<_> = keys.iter().map(|key| Setting::Key(key.as_str().into())).collect();
        Command::ReadSettings(if settings.is_empty() { Scope::All } else { Scope::These(settings) })
    })
}

/// The station hears which key to change.
pub(super) fn hear_change(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |request: v16::ChangeConfigurationRequest| {
        let setting = Setting::Key(request.key.as_str().into());
        Command::ChangeSettings(Vec::from([SettingChange::new(setting, request.value.as_str())]))
    })
}

/// The station answers.
pub(super) fn answer(command: &Command, results: &[SettingResult]) -> Reply {
    if let Command::ChangeSettings(_) = command {
        let verdict = results.first().map_or(Verdict::NotSupported, |result| result.verdict);
        return payload(&v16::ChangeConfigurationResponse::new(match verdict {
            Verdict::Accepted => v16::ConfigurationStatus::Accepted,
            Verdict::RebootRequired => v16::ConfigurationStatus::RebootRequired,
            Verdict::NotSupported | Verdict::Unknown => v16::ConfigurationStatus::NotSupported,
            _ => v16::ConfigurationStatus::Rejected,
        }));
    }
    let mut response = v16::GetConfigurationResponse::new();
    let (known, unknown): (Vec<_>, Vec<_>) =
        results.iter().partition(|result| result.verdict == Verdict::Accepted);
    let known: Vec<_> = known.into_iter().filter_map(key_value).collect();
    let unknown: Vec<_> = unknown.into_iter().map(|result| Text::truncated(&key_name(result))).collect();
    response.configuration_key = (!known.is_empty()).then_some(known);
    response.unknown_key = (!unknown.is_empty()).then_some(unknown);
    payload(&response)
}

fn key_value(result: &SettingResult) -> Option<v16::KeyValue> {
    let key = CiText::new(&key_name(result)).ok()?;
    let mut pair = v16::KeyValue::new(key, result.read_only.unwrap_or(false));
    pair.value = result.value.as_deref().map(Text::truncated);
    Some(pair)
}

fn key_name(result: &SettingResult) -> String {
    match &result.setting {
        Setting::Key(name) => name.to_string(),
        Setting::Variable { component, variable, .. } => alloc::format!("{component}.{variable}"),
    }
}
