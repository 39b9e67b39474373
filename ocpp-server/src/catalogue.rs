//! The settings that the standard knows: every component and variable of the device model of OCPP 2.0.1 and 2.1
//! and every configuration key of 1.6, what they mean, and which of them mean the same.
//!
//! ```
//! use ocpp_core::model::{Setting, SettingChange};
//! use ocpp_core::types::Version;
//! use ocpp_server::catalogue::{Catalogue, translate};
//!
//! let interval = Catalogue::of(Version::V201).variable("SampledDataCtrlr", "TxUpdatedInterval").unwrap();
//! assert_eq!(interval.unit, "s");
//!
//! let change = SettingChange::new(Setting::Key("MeterValueSampleInterval".into()), "60");
//! let same = translate(&change, Version::V21)?;
//! assert_eq!(ocpp_server::catalogue::name(&same.setting), "SampledDataCtrlr.TxUpdatedInterval");
//! # Ok::<(), ocpp_server::catalogue::NoCounterpart>(())
//! ```
//!
//! | question | answer |
//! | --- | --- |
//! | What is this setting? | [`Catalogue`], [`named`] |
//! | What is it called, and what is its value, in another version? | [`same_as`], [`translate`] |
//! | Is what a station reports what it should report? | [`review`] |
//! | In what do two stations differ? | [`compare`] |
//! | Which orders bring a station of any version to these values? | [`apply`] |
//!
//! Everything here is a pure function over data that is compiled in and read once, when it is first asked for.

mod block;
mod compare;
mod entry;
mod judge;
mod named;
mod parse;
mod report;
mod review;
mod same;
mod template;

use std::cmp::Ordering;
use std::sync::LazyLock;

use ocpp_core::model::{Place, Setting};
use ocpp_core::types::Version;

pub use block::{Block, Blocks};
pub use compare::{Difference, Side, compare, means_the_same};
pub use entry::{Access, Component, DataType, Entry, Limits, Required, Values};
pub use judge::Flaw;
pub use named::{NoName, named};
pub use ocpp_core::model::{AttributeKind, Mutability};
pub use report::{Attribute, Characteristics, Reported};
pub use review::{Remark, review};
pub use same::{NoCounterpart, Pair, no_counterpart, pairs, same_as, translate};
pub use template::{Applied, apply};

/// The component whose variables any component may have.
const ANY: &str = "*";

/// What one version of OCPP knows.
#[derive(Debug)]
pub struct Catalogue {
    version: Version,
    components: Vec<Component>,
    /// By component and name, so that they are found by halving.
    entries: Vec<Entry>,
}

impl Catalogue {
    /// The catalogue of a version; it is read when it is first asked for.
    #[must_use]
    pub fn of(version: Version) -> &'static Catalogue {
        static V16: LazyLock<Catalogue> = LazyLock::new(parse::keys);
        static V201: LazyLock<Catalogue> = LazyLock::new(|| parse::device_model(Version::V201));
        static V21: LazyLock<Catalogue> = LazyLock::new(|| parse::device_model(Version::V21));
        match version {
            Version::V16 => &V16,
            Version::V201 => &V201,
            Version::V21 => &V21,
        }
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The components; none in 1.6. The first one, `*`, has what any component may have.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// Every variable or key, by component and name.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The component of this name, without regard to case.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.name.eq_ignore_ascii_case(name))
    }

    /// The variable of a component; of several instances the first. What any component may have is found with any.
    #[must_use]
    pub fn variable(&self, component: &str, name: &str) -> Option<&Entry> {
        let own = self.named(Some(component), name).first();
        own.or_else(|| self.named(Some(ANY), name).first())
    }

    /// The configuration key of this name (1.6).
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&Entry> {
        self.named(None, name).first()
    }

    /// What is known of a setting. An instance that the standard does not name is found as the variable without
    /// one (`ACCurrent[L1]` as `ACCurrent`), one that is left out as any; `None` for what a vendor has added.
    #[must_use]
    pub fn find(&self, setting: &Setting) -> Option<&Entry> {
        let (component, variable, instance) = match setting {
            Setting::Key(key) => return self.key(key),
            Setting::Variable { component, variable, variable_instance, .. } => {
                (component, variable, variable_instance.as_deref())
            }
        };
        let own = self.named(Some(component), variable);
        instance_of(own, instance)
            .or_else(|| own.iter().find(|entry| entry.instance.is_none()))
            .or_else(|| own.iter().find(|entry| entry.any_instance()))
            .or_else(|| self.named(Some(ANY), variable).first())
    }

    /// What is known of a setting of exactly this instance.
    fn find_exactly(&self, setting: &Setting) -> Option<&Entry> {
        match setting {
            Setting::Key(key) => self.key(key),
            Setting::Variable { component, variable, variable_instance, .. } => {
                let own = self.named(Some(component), variable);
                match own {
                    [] if self.component(component).is_some() => self.named(Some(ANY), variable).first(),
                    own => instance_of(own, variable_instance.as_deref()),
                }
            }
        }
    }

    fn named(&self, component: Option<&str>, variable: &str) -> &[Entry] {
        let wanted = |entry: &Entry| {
            let by_component = without_case(entry.component.unwrap_or(""), component.unwrap_or(""));
            by_component.then_with(|| without_case(entry.variable, variable))
        };
        let start = self.entries.partition_point(|entry| wanted(entry) == Ordering::Less);
        let rest = self.entries.get(start..).unwrap_or_default();
        let end = rest.partition_point(|entry| wanted(entry) == Ordering::Equal);
        rest.get(..end).unwrap_or_default()
    }

    /// With its entries in the order that [`Catalogue::named`] counts on; instances keep theirs.
    fn sorted(mut self) -> Catalogue {
        self.entries.sort_by(|a, b| {
            let by_component = without_case(a.component.unwrap_or(""), b.component.unwrap_or(""));
            by_component.then_with(|| without_case(a.variable, b.variable))
        });
        self
    }
}

/// The feature profiles of OCPP 1.6 and what they are for.
pub fn profiles() -> impl Iterator<Item = (&'static str, &'static str)> {
    parse::profiles()
}

/// A setting as people write it: `HeartbeatInterval`, `EVSE.Power @2`, `TariffCostCtrlr.Available[Cost]`.
#[must_use]
pub fn name(setting: &Setting) -> String {
    let instance =
        |text: &Option<Box<str>>| text.as_deref().map(|text| format!("[{text}]")).unwrap_or_default();
    match setting {
        Setting::Key(key) => key.to_string(),
        Setting::Variable { component, component_instance, place, variable, variable_instance } => {
            let place = match place {
                None | Some(Place::Station) => String::new(),
                Some(Place::Evse(evse)) => format!(" @{evse}"),
                Some(Place::Connector(evse, connector)) => format!(" @{evse}/{connector}"),
            };
            let component_instance = instance(component_instance);
            format!("{component}{component_instance}.{variable}{}{place}", instance(variable_instance))
        }
    }
}

/// A variable of the station as a whole.
fn station_variable(component: &str, variable: &str, instance: Option<&str>) -> Setting {
    Setting::Variable {
        component: component.into(),
        component_instance: None,
        place: None,
        variable: variable.into(),
        variable_instance: instance.map(Box::from),
    }
}

fn instance_of<'a>(entries: &'a [Entry], instance: Option<&str>) -> Option<&'a Entry> {
    let exact = entries.iter().find(|entry| match (entry.instance, instance) {
        (None, None) => true,
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => false,
    });
    exact.or_else(|| entries.iter().find(|entry| instance.is_some() && entry.any_instance()))
}

fn without_case(a: &str, b: &str) -> Ordering {
    a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
}
