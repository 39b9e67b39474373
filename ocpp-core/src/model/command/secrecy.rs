//! Orders and outcomes as they may be kept and shown: without passwords and keys.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde_json::Value;

use super::{Command, Outcome, Setting, SettingChange, SettingResult};
use crate::model::{CustomerReference, ReportedSetting};

/// What stands in the place of a secret.
const HIDDEN: &str = "***";

/// Parts of names of settings that hold secrets, in lower case: `AuthorizationKey`, `BasicAuthPassword`,
/// `SharedSecret` and what vendors call theirs.
const SECRET_NAMES: [&str; 7] =
    ["password", "passwd", "authorizationkey", "secret", "apnpin", "simpin", "privatekey"];

/// Members of payloads that hold secrets whatever the message.
const SECRET_MEMBERS: [&str; 5] = ["basicAuthPassword", "apnPassword", "password", "simPin", "sharedSecret"];

impl Command {
    /// The same order without the passwords and keys in it, for keeping and showing.
    #[must_use]
    pub fn without_secrets(self) -> Command {
        match self {
            Command::ChangeSettings(changes) => {
                Command::ChangeSettings(changes.into_iter().map(SettingChange::without_secrets).collect())
            }
            Command::SetNetworkProfile(profile) => {
                let mut profile = profile.without_secrets(HIDDEN);
                hide_address(&mut profile.url);
                Command::SetNetworkProfile(Box::new(profile))
            }
            Command::UpdateFirmware(mut update) => {
                hide_address(&mut update.location);
                Command::UpdateFirmware(update)
            }
            Command::PublishFirmware(mut publication) => {
                hide_address(&mut publication.location);
                Command::PublishFirmware(publication)
            }
            Command::GetLog(mut order) => {
                hide_address(&mut order.location);
                Command::GetLog(order)
            }
            // Whom it is about is personal data, and is kept elsewhere for a time.
            Command::CustomerInformation(mut question) => {
                question.customer = Some(CustomerReference::Identifier(HIDDEN.into()));
                Command::CustomerInformation(question)
            }
            Command::Unmapped { action, payload } => {
                let payload = hide_in(&payload);
                Command::Unmapped { action, payload }
            }
            other => other,
        }
    }
}

impl Outcome {
    /// The same outcome without the passwords and keys in it, for keeping and showing.
    #[must_use]
    pub fn without_secrets(self) -> Outcome {
        match self {
            Outcome::Settings(results) => {
                Outcome::Settings(results.into_iter().map(SettingResult::without_secrets).collect())
            }
            Outcome::Raw(payload) => Outcome::Raw(hide_in(&payload)),
            other => other,
        }
    }
}

impl Setting {
    /// Whether its value is a password or a key, by its name.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        let name = match self {
            Setting::Key(name) => name,
            Setting::Variable { variable, .. } => variable,
        };
        is_secret_name(name)
    }
}

/// Debug output shows no password or key.
impl fmt::Debug for SettingChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingChange")
            .field("setting", &self.setting)
            .field("attribute", &self.attribute)
            .field("value", &if self.setting.is_secret() { HIDDEN } else { &self.value })
            .finish()
    }
}

/// Debug output shows no password or key.
impl fmt::Debug for SettingResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = self.value.is_some() && self.setting.is_secret();
        f.debug_struct("SettingResult")
            .field("setting", &self.setting)
            .field("attribute", &self.attribute)
            .field("verdict", &self.verdict)
            .field("value", &if hidden { Some(HIDDEN) } else { self.value.as_deref() })
            .field("read_only", &self.read_only)
            .field("cause", &self.cause)
            .finish()
    }
}

impl ReportedSetting {
    /// The same without its values if they are passwords or keys, for keeping and showing.
    #[must_use]
    pub fn without_secrets(mut self) -> ReportedSetting {
        if self.setting.is_secret() {
            let values = self.attributes.iter_mut().filter_map(|attribute| attribute.value.as_mut());
            values.filter(|value| !value.is_empty()).for_each(|value| *value = Box::from(HIDDEN));
        }
        self
    }
}

impl SettingChange {
    fn without_secrets(mut self) -> SettingChange {
        if self.setting.is_secret() {
            self.value = Box::from(HIDDEN);
        }
        self
    }
}

impl SettingResult {
    fn without_secrets(mut self) -> SettingResult {
        if self.setting.is_secret() && self.value.is_some() {
            self.value = Some(Box::from(HIDDEN));
        }
        self
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|part| name.contains(part))
}

/// Hides what in an address opens doors, where there is something.
fn hide_address(address: &mut Box<str>) {
    if let Some(hidden) = without_credentials(address) {
        *address = hidden.into();
    }
}

/// An address without what opens doors in it: the name and password of `ftp://user:password@host`, what follows a
/// `?` (it may be a signature), and parts of its path that look like a key. `None` when it has none of these, or is no
/// address.
fn without_credentials(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    // A password may have any sign in it, when its writer did not know better; the last @ is the end of it.
    let (user, rest) = match rest.rsplit_once('@') {
        Some((_, host)) => ("***@", host),
        None => ("", rest),
    };
    let (path, query) = match rest.split_once('?') {
        Some((path, _)) => (path, "?***"),
        None => (rest, ""),
    };
    let path: Vec<&str> = path.split('/').map(|part| if is_key(part) { HIDDEN } else { part }).collect();
    let shown = format!("{scheme}://{user}{}{query}", path.join("/"));
    (shown != address).then_some(shown)
}

/// Whether a part of a path is made of a digest: at least 32 hexadecimal digits, after the moment until which the
/// manager's own addresses hold.
fn is_key(part: &str) -> bool {
    let digest = part.split_once('-').map_or(part, |(_, digest)| digest);
    digest.len() >= 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Members that hold an address.
const ADDRESSES: [&str; 4] = ["location", "remoteLocation", "ocppCsmsUrl", "url"];

/// A payload without secrets; one that has none stays as it is written. What is no JSON is hidden as a whole.
fn hide_in(payload: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(payload) else { return "{}".to_owned() };
    if hide(&mut value) { value.to_string() } else { payload.to_owned() }
}

/// Hides secrets, and tells whether there were any.
fn hide(value: &mut Value) -> bool {
    match value {
        Value::Object(members) => hide_members(members),
        Value::Array(items) => items.iter_mut().fold(false, |hidden, item| hide(item) | hidden),
        _ => false,
    }
}

fn hide_members(members: &mut serde_json::Map<String, Value>) -> bool {
    let is_of_secret = is_about_secret(members);
    let is_setting = members.contains_key("value") || members.contains_key("readonly");
    let mut hidden = false;
    for (name, member) in members.iter_mut() {
        let is_secret = match name.as_str() {
            // In 1.6 the name of a setting, elsewhere a secret itself (a VPN's).
            "key" => member.is_string() && !is_setting,
            "value" | "attributeValue" => is_of_secret,
            name => SECRET_MEMBERS.contains(&name),
        };
        let address = member.as_str().filter(|_| ADDRESSES.contains(&name.as_str()));
        let shown = address.and_then(without_credentials);
        if is_secret {
            *member = Value::String(HIDDEN.to_owned());
            hidden = true;
        } else if let Some(shown) = shown {
            *member = Value::String(shown);
            hidden = true;
        } else {
            hidden |= hide(member);
        }
    }
    hidden
}

/// Whether an object of `SetVariables`, `GetConfiguration` or the like is about a secret setting.
fn is_about_secret(members: &serde_json::Map<String, Value>) -> bool {
    let key = members.get("key");
    let variable = members.get("variable").and_then(|variable| variable.get("name"));
    [key, variable].into_iter().flatten().filter_map(Value::as_str).any(is_secret_name)
}
