//! The device model: what can be read, changed and reported (block B). Keys of 1.6 are views of the same values.

mod live;
mod network;
mod report;
pub(super) mod table;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::{
    AttributeKind, Cause, ConnectorId, EvseId, Place, Setting, SettingAttribute, SettingChange,
    SettingResult, Verdict,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use network::Networks;
pub(super) use report::is_about_setting;
use table::{Access, At, Form, MAX_ITEMS, Row, Source, rows};

use super::{Engine, Inverter, Output, Record, Terminal, WebPayments};
use crate::hardware::Actuation;

/// The settings that were changed, by their names. `Debug` shows no values: there may be a password among them.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChangedSettings(pub BTreeMap<Box<str>, Box<str>>);

impl fmt::Debug for ChangedSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

/// Where a setting is found, or what is not known of it.
pub(super) enum Found {
    Row(&'static Row, Option<EvseId>),
    NoComponent,
    NoVariable,
}

/// The names of both passwords are one value.
const PASSWORD: &str = "BasicAuthPassword";

impl Row {
    /// By which its value is kept, of the EVSE where it belongs to one.
    fn name(&self, evse: Option<EvseId>) -> String {
        let instance = |variable: &str| match self.instance {
            "" => format!("{}.{variable}", self.component),
            instance => format!("{}.{variable}.{instance}", self.component),
        };
        match (self.key, self.variable, evse) {
            ("AuthorizationKey", ..) => PASSWORD.to_owned(),
            (_, PASSWORD, _) if self.component_instance.is_empty() => PASSWORD.to_owned(),
            ("", variable, None) => instance(variable),
            ("", variable, Some(evse)) => format!("{}@{}", instance(variable), evse.0),
            (key, ..) => key.to_owned(),
        }
    }

    pub(super) const fn is_numeric(&self) -> bool {
        matches!(self.form, Form::Whole(..) | Form::Number(_))
    }

    fn setting(&self, evse: Option<EvseId>) -> Setting {
        let place = evse.map(|evse| match self.at {
            At::EachConnector => Place::Connector(evse, ConnectorId(1)),
            _ => Place::Evse(evse),
        });
        Setting::Variable {
            component: self.component.into(),
            component_instance: (!self.component_instance.is_empty()).then(|| self.component_instance.into()),
            place,
            variable: self.variable.into(),
            variable_instance: (!self.instance.is_empty()).then(|| self.instance.into()),
        }
    }

    /// Whether a value has the form, and lies within its limits (B05.FR.07, B05.FR.08).
    fn fits(&self, value: &str) -> bool {
        let one_of = |values: &[&str], value: &str| values.contains(&value);
        match self.form {
            Form::Flag => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
            Form::Whole(least, most, _) => {
                value.parse::<i64>().is_ok_and(|number| (least..=most).contains(&number))
            }
            Form::Number(_) => value.parse::<Decimal>().is_ok_and(|number| !number.is_sign_negative()),
            Form::Text(most) => value.chars().count() <= most as usize,
            Form::Moment => value.parse::<Timestamp>().is_ok(),
            Form::One(values) => one_of(values, value),
            Form::Several(values) | Form::Sequence(values) => {
                value.is_empty() || value.split(',').all(|value| one_of(values, value.trim()))
            }
        }
    }
}

/// Names are compared without regard to case, as identifiers are in every version.
fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

impl Engine {
    /// Finds a setting. A component with an instance, and one at a place that it does not belong to, is another
    /// one, and so is a variable with another instance.
    pub(super) fn find(&self, setting: &Setting) -> Found {
        match setting {
            Setting::Key(key) => {
                let row = self.rows().find(|row| !row.key.is_empty() && same(row.key, key));
                row.map_or(Found::NoVariable, |row| Found::Row(row, None))
            }
            Setting::Variable { component, component_instance, place, variable, variable_instance } => {
                let Some(evse) = self.evse_of_component(*place) else { return Found::NoComponent };
                let instance = variable_instance.as_deref().unwrap_or_default();
                let which = component_instance.as_deref().unwrap_or_default();
                let mut rows = self.rows().filter(|row| {
                    let is_it = !row.component.is_empty() && same(row.component, component);
                    is_it && same(row.component_instance, which) && row.at.is(*place)
                });
                let Some(first) = rows.next() else { return Found::NoComponent };
                let wanted = |row: &&Row| same(row.variable, variable) && same(row.instance, instance);
                let found = std::iter::once(first).chain(rows).find(wanted);
                found.map_or(Found::NoVariable, |row| Found::Row(row, evse))
            }
        }
    }

    /// The variables of the station, as far as it has what they belong to.
    pub(super) fn rows(&self) -> impl Iterator<Item = &'static Row> + use<> {
        let has = self.config.equipment;
        rows().filter(move |row| match row.component {
            "PaymentCtrlr" => has.terminal == Terminal::Installed,
            "WebPaymentsCtrlr" => has.web_payments == WebPayments::Offered,
            "DCDERCtrlr" => has.inverter == Inverter::Dc,
            "ACDERCtrlr" => has.inverter == Inverter::Ac,
            "V2XChargingCtrlr" => has.inverter != Inverter::None,
            _ => true,
        })
    }

    /// The EVSE of a component; `None` when the place is not there.
    #[allow(clippy::option_option)]
    fn evse_of_component(&self, place: Option<Place>) -> Option<Option<EvseId>> {
        match place {
            None | Some(Place::Station) => Some(None),
            Some(place) => self.has_place(place).then(|| place.evse()),
        }
    }

    /// The value of a row, even one that is never told.
    pub(super) fn value_of(&self, now: Duration, row: &Row, evse: Option<EvseId>) -> String {
        match row.source {
            Source::Acts(field) => self.settings.read(field),
            Source::Kept(initial) => {
                self.changed.0.get(&*row.name(evse)).map_or_else(|| initial.to_owned(), ToString::to_string)
            }
            Source::Fixed(value) => value.to_owned(),
            Source::Shows(live) => self.live(now, live, evse),
        }
    }

    /// The operator, as the manager has set it.
    pub(super) fn organization(&self) -> String {
        self.changed.0.get("CpoName").map(ToString::to_string).unwrap_or_default()
    }

    /// The password that the manager has set; none while it has not (A01).
    #[must_use]
    pub fn password(&self) -> Option<&str> {
        self.changed.0.get(PASSWORD).map(|password| &**password)
    }
}

/// Reading and changing.
impl Engine {
    /// Every key of 1.6; 2.x has reports for its variables.
    pub(super) fn all_keys(&self, now: Duration) -> Vec<SettingResult> {
        let keys = rows().filter(|row| !row.key.is_empty() && row.access != Access::WriteOnly);
        keys.map(|row| self.read(now, &Setting::Key(row.key.into()), AttributeKind::Actual)).collect()
    }

    /// More at once than `ItemsPerMessage` allows is read not at all (B06.FR.16).
    pub(super) fn read_all(&self, now: Duration, wanted: &[SettingAttribute]) -> Vec<SettingResult> {
        let read = |one: &SettingAttribute| match wanted.len() > MAX_ITEMS {
            true => too_many(one.setting.clone(), one.attribute),
            false => self.read(now, &one.setting, one.attribute),
        };
        wanted.iter().map(read).collect()
    }

    fn read(&self, now: Duration, setting: &Setting, attribute: AttributeKind) -> SettingResult {
        let result = |verdict, value: Option<String>, read_only| SettingResult {
            attribute,
            read_only,
            ..SettingResult::new(setting.clone(), verdict, value.map(String::into_boxed_str))
        };
        match self.find(setting) {
            Found::NoComponent => result(Verdict::NotSupported, None, None),
            Found::NoVariable => result(Verdict::Unknown, None, None),
            Found::Row(..) if attribute != AttributeKind::Actual => result(Verdict::NotSupported, None, None),
            // B06.FR.09; a key that cannot be read is not told in 1.6 either.
            Found::Row(row, _) if row.access == Access::WriteOnly => result(Verdict::Rejected, None, None),
            Found::Row(row, evse) => {
                let read_only = row.access == Access::ReadOnly;
                result(Verdict::Accepted, Some(self.value_of(now, row, evse)), Some(read_only))
            }
        }
    }

    pub(super) fn change_all(&mut self, changes: &[SettingChange]) -> Vec<SettingResult> {
        if changes.len() > MAX_ITEMS {
            return changes.iter().map(|one| too_many(one.setting.clone(), one.attribute)).collect();
        }
        let before = self.changed.clone();
        let results = changes.iter().map(|change| self.change(change)).collect();
        if self.changed != before {
            self.keep(Record::Settings(self.changed.clone()));
        }
        results
    }

    fn change(&mut self, change: &SettingChange) -> SettingResult {
        let (verdict, cause) = match self.find(&change.setting) {
            Found::NoComponent => (Verdict::NotSupported, None),
            Found::NoVariable => (Verdict::Unknown, None),
            Found::Row(..) if change.attribute != AttributeKind::Actual => (Verdict::NotSupported, None),
            Found::Row(row, _) if row.access == Access::ReadOnly => (Verdict::Rejected, Some("ReadOnly")),
            Found::Row(row, _) if !row.fits(&change.value) => (Verdict::Rejected, Some("ValueOutOfRange")),
            Found::Row(row, evse) => self.set(row, evse, &change.value),
        };
        let cause = cause.map(|code| Cause { code: code.into(), text: None });
        let attribute = change.attribute;
        SettingResult { attribute, cause, ..SettingResult::new(change.setting.clone(), verdict, None) }
    }

    fn set(&mut self, row: &Row, evse: Option<EvseId>, value: &str) -> (Verdict, Option<&'static str>) {
        match row.source {
            Source::Acts(field) => {
                if self.settings.set(field, value).is_none() {
                    return (Verdict::Rejected, Some("InvalidValue"));
                }
            }
            Source::Shows(live::Live::NetworkPriority) => {
                return match self.set_network_priority(value) {
                    true => (Verdict::RebootRequired, None),
                    false => (Verdict::Rejected, Some("InvalidNetworkConf")),
                };
            }
            Source::Shows(live::Live::Network(slot, live::Line::Password)) => {
                return match self.set_network_password(slot, value) {
                    true => (Verdict::Accepted, None),
                    false => (Verdict::Rejected, Some("InvalidValue")),
                };
            }
            // A01.FR.05: 16 to 40 characters.
            Source::Kept(_) if row.name(None) == PASSWORD => {
                if !(16..=40).contains(&value.chars().count()) {
                    return (Verdict::Rejected, Some("InvalidValue"));
                }
                self.new_password = true;
            }
            Source::Kept(_) | Source::Fixed(_) | Source::Shows(_) => {}
        }
        self.changed.0.insert(row.name(evse).into_boxed_str(), value.into());
        let later = row.access == Access::AfterRestart;
        (if later { Verdict::RebootRequired } else { Verdict::Accepted }, None)
    }

    /// The password of a slot that holds a profile: 16 to 40 characters (A01.FR.05).
    fn set_network_password(&mut self, slot: i32, value: &str) -> bool {
        if !(16..=40).contains(&value.chars().count()) || !self.network.set_password(slot, value) {
            return false;
        }
        self.new_password |= self.network.active == Some(slot);
        self.keep(Record::Networks(Box::new(self.network.clone())));
        true
    }

    /// A new password is used at once: the station comes back with it (A01.FR.06).
    pub(super) fn use_new_password(&mut self) {
        if std::mem::take(&mut self.new_password) {
            self.outputs.push_back(Output::Actuate(Actuation::Reconnect));
        }
    }

    pub(super) fn restore_settings(&mut self, changed: ChangedSettings) {
        for row in rows() {
            if let (Source::Acts(field), Some(value)) = (row.source, changed.0.get(&*row.name(None))) {
                let _ = self.settings.set(field, value);
            }
        }
        self.changed = changed;
    }
}

fn too_many(setting: Setting, attribute: AttributeKind) -> SettingResult {
    let cause = Some(Cause { code: "TooManyElements".into(), text: None });
    SettingResult { attribute, cause, ..SettingResult::new(setting, Verdict::Rejected, None) }
}

impl At {
    fn is(self, place: Option<Place>) -> bool {
        match place {
            None | Some(Place::Station) => self == At::Station,
            Some(Place::Evse(_)) => self == At::EachEvse,
            Some(Place::Connector(..)) => self == At::EachConnector,
        }
    }
}
