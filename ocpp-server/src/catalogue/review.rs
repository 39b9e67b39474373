//! What a station reports beside what it should report.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ocpp_core::model::{Place, Setting};
use ocpp_core::types::Version;

use super::judge::{self, Flaw};
use super::report::{Attribute, Characteristics, Reported};
use super::{Access, AttributeKind, Blocks, Catalogue, DataType, Entry, Mutability, Required, name};

/// Something worth knowing about what a station reports. Its text is one sentence and never shows a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// A setting that has to be there is not.
    Missing(Setting),
    /// A component that has to be there is not, with the number of its variables that have to be.
    #[allow(missing_docs)]
    MissingComponent { component: &'static str, required: usize },
    /// A value that the setting cannot have; without the value if that is a secret.
    #[allow(missing_docs)]
    Value { setting: Setting, value: Option<Box<str>>, flaw: Flaw },
    /// It can only be read, but has to be writable.
    ReadOnly(Setting),
    /// It can be written, but is one that can only be read.
    Writable(Setting),
    /// A secret was told.
    SecretShown(Setting),
    /// The station declares another type than the standard.
    #[allow(missing_docs)]
    OtherType { setting: Setting, declared: DataType, expected: DataType },
    /// The standard does not know it: a vendor's own. No fault.
    Unknown(Setting),
}

impl Remark {
    /// Whether the station breaks the specification here.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        !matches!(self, Remark::Unknown(_))
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remark::Missing(setting) => write!(f, "{} has to be there and is missing", name(setting)),
            Remark::MissingComponent { component, required } => {
                write!(f, "{component} has to be there with {required} of its variables and is missing")
            }
            Remark::Value { setting, value: Some(value), flaw } => {
                write!(f, "{} is \"{value}\": {flaw}", name(setting))
            }
            Remark::Value { setting, value: None, flaw } => {
                write!(f, "{} has a value it cannot have: {flaw}", name(setting))
            }
            Remark::ReadOnly(setting) => {
                write!(f, "{} can only be read, but has to be writable", name(setting))
            }
            Remark::Writable(setting) => {
                write!(f, "{} can be written, but is one that can only be read", name(setting))
            }
            Remark::SecretShown(setting) => {
                write!(f, "{} is a secret, and the station tells it", name(setting))
            }
            Remark::OtherType { setting, declared, expected } => {
                let (declared, expected) = (declared.name(), expected.name());
                write!(f, "{} is declared as {declared} and is {expected} in the standard", name(setting))
            }
            Remark::Unknown(setting) => write!(f, "{} is not of the standard: a vendor's own", name(setting)),
        }
    }
}

/// Compares a full report (base report `FullInventory`, or `GetConfiguration` without keys) with the catalogue.
/// `blocks` are the parts that the station has; [`Blocks::seen_in`] reads them out of the report itself.
///
/// The remarks on what is reported come in its order, then what is missing. There are at most a few for each
/// setting reported.
pub fn review<'a, I>(version: Version, blocks: &Blocks, reported: I) -> Vec<Remark>
where
    I: IntoIterator<Item = &'a Reported>,
{
    let catalogue = Catalogue::of(version);
    let mut remarks = Vec::new();
    let mut seen = Seen::default();
    for one in reported {
        seen.add(one);
        match catalogue.find(&one.setting) {
            Some(entry) => look_at(entry, one, &mut remarks),
            None => remarks.push(Remark::Unknown(one.setting.clone())),
        }
    }
    seen.missing(catalogue, blocks, &mut remarks);
    remarks
}

fn look_at(entry: &Entry, one: &Reported, remarks: &mut Vec<Remark>) {
    if let Some(declared) = one.characteristics.as_ref().and_then(|said| said.data_type)
        && declared != entry.data_type
    {
        let (setting, expected) = (one.setting.clone(), entry.data_type);
        remarks.push(Remark::OtherType { setting, declared, expected });
    }
    for attribute in &one.attributes {
        look_at_value(entry, one, attribute, remarks);
    }
    let actual = one.attributes.iter().find(|attribute| attribute.kind == AttributeKind::Actual);
    let Some(offered) = actual.map(|attribute| attribute.mutability) else { return };
    if entry.access.misses_writing(offered) {
        remarks.push(Remark::ReadOnly(one.setting.clone()));
    } else if entry.access == Access::ReadOnly && offered != Mutability::ReadOnly {
        remarks.push(Remark::Writable(one.setting.clone()));
    }
}

fn look_at_value(entry: &Entry, one: &Reported, attribute: &Attribute, remarks: &mut Vec<Remark>) {
    let Some(value) = attribute.value.as_deref().filter(|value| !value.is_empty()) else { return };
    if entry.secret {
        remarks.push(Remark::SecretShown(one.setting.clone()));
        return;
    }
    let own = |said: &Characteristics| against_own(said, entry.data_type, value);
    if let Some(flaw) = entry.flaw_of(value).or_else(|| one.characteristics.as_ref().and_then(own)) {
        remarks.push(Remark::Value { setting: one.setting.clone(), value: Some(value.into()), flaw });
    }
}

/// The limits and values that the station itself declares.
fn against_own(said: &Characteristics, form: DataType, value: &str) -> Option<Flaw> {
    // The limits of a text bound its length, those of a list the length of the whole text.
    if let Some(flaw) = judge::beyond(said.min_limit, said.max_limit, form, value) {
        return Some(flaw);
    }
    let values = said.values.as_deref().filter(|values| !values.is_empty())?;
    judge::first_not_allowed(form, value, |item| {
        judge::items(values).any(|allowed| allowed.eq_ignore_ascii_case(item))
    })
}

/// What was reported, for the question what was not. Names are in lower case.
#[derive(Default)]
struct Seen {
    keys: BTreeSet<String>,
    components: BTreeMap<String, BTreeMap<Where, Variables>>,
}

/// An instance of a component and its place.
type Where = (Option<Box<str>>, Option<Place>);
/// Variables and their instances, with their actual values.
type Variables = BTreeMap<(String, Option<String>), String>;

impl Seen {
    fn add(&mut self, one: &Reported) {
        match &one.setting {
            Setting::Key(key) => {
                self.keys.insert(key.to_ascii_lowercase());
            }
            Setting::Variable { component, component_instance, place, variable, variable_instance } => {
                let place = place.filter(|place| *place != Place::Station);
                let variables = self.components.entry(component.to_ascii_lowercase()).or_default();
                let variables = variables.entry((component_instance.clone(), place)).or_default();
                let instance = variable_instance.as_deref().map(str::to_ascii_lowercase);
                let value = one.actual().unwrap_or_default().to_owned();
                variables.insert((variable.to_ascii_lowercase(), instance), value);
            }
        }
    }

    fn missing(&self, catalogue: &Catalogue, blocks: &Blocks, remarks: &mut Vec<Remark>) {
        for entry in catalogue.entries().iter().filter(|entry| entry.component.is_none()) {
            let has_to = entry.required != Required::No && blocks.have(entry.block);
            if has_to && !self.keys.contains(&entry.variable.to_ascii_lowercase()) {
                remarks.push(Remark::Missing(Setting::Key(entry.variable.into())));
            }
        }
        for component in catalogue.components() {
            let required = catalogue.entries().iter().filter(|entry| {
                entry.component == Some(component.name)
                    && entry.required != Required::No
                    && blocks.have(entry.block)
            });
            self.missing_of(component.name, &required.collect::<Vec<_>>(), remarks);
        }
    }

    fn missing_of(&self, component: &'static str, required: &[&Entry], remarks: &mut Vec<Remark>) {
        let always = required.iter().filter(|entry| entry.required == Required::Yes).count();
        let Some(reported) = self.components.get(&component.to_ascii_lowercase()) else {
            // An inverter is in the EVSE or in the vehicle: either controller makes the block.
            if always > 0 && component != "ACDERCtrlr" && component != "DCDERCtrlr" {
                remarks.push(Remark::MissingComponent { component, required: always });
            }
            return;
        };
        let anywhere = merged(reported);
        if component.ends_with("Ctrlr") && is_off(&anywhere) {
            return;
        }
        for entry in required {
            if is_per_place(component) {
                for (at, _) in reported.iter().filter(|(_, variables)| lacks(variables, entry)) {
                    remarks.push(Remark::Missing(setting_of(entry, component, at)));
                }
            } else if lacks(&anywhere, entry) {
                remarks.push(Remark::Missing(setting_of(entry, component, &(None, None))));
            }
        }
    }
}

/// Each of its instances has to have every required variable; a controller needs them once for the station.
fn is_per_place(component: &str) -> bool {
    ["EVSE", "Connector", "NetworkConfiguration", "V2XChargingCtrlr", "DCDERCtrlr", "ACDERCtrlr"]
        .contains(&component)
}

fn merged(reported: &BTreeMap<Where, Variables>) -> Variables {
    reported.values().flat_map(|variables| variables.clone()).collect()
}

fn is_off(variables: &Variables) -> bool {
    let available = variables.get(&("available".to_owned(), None));
    available.is_some_and(|value| value.eq_ignore_ascii_case("false"))
}

fn lacks(variables: &Variables, entry: &Entry) -> bool {
    let variable = entry.variable.to_ascii_lowercase();
    let there = match entry.any_instance() {
        true => variables.keys().any(|(name, _)| *name == variable),
        false => {
            let instance = entry.instance.map(str::to_ascii_lowercase);
            variables.contains_key(&(variable, instance))
        }
    };
    !there && applies(variables, entry.required)
}

fn applies(variables: &Variables, required: Required) -> bool {
    match required {
        Required::No => false,
        Required::Yes => true,
        Required::When { variable, instance, value } => {
            let at = (variable.to_ascii_lowercase(), instance.map(str::to_ascii_lowercase));
            let said = variables.get(&at).map(String::as_str).unwrap_or_default();
            judge::items(said).any(|item| item.eq_ignore_ascii_case(value))
        }
    }
}

fn setting_of(entry: &Entry, component: &str, (component_instance, place): &Where) -> Setting {
    Setting::Variable {
        component: component.into(),
        component_instance: component_instance.clone(),
        place: *place,
        variable: entry.variable.into(),
        variable_instance: entry.instance.map(Box::from),
    }
}
