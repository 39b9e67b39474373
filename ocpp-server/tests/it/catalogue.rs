//! The catalogue of settings: whole, true to the official appendices, and the same in both directions.

mod comparisons;
mod data;
mod docs;
mod names;
mod reviews;
mod translations;

use ocpp_core::model::{Place, Setting, SettingChange};
use ocpp_core::types::Version;
use ocpp_server::catalogue::{Catalogue, DataType, Entry};

/// The setting that people write as `Component.Variable[instance] @evse/connector`, or as a key without a dot.
fn setting(name: &str) -> Setting {
    let Some((component, rest)) = name.split_once('.') else { return Setting::Key(name.into()) };
    let (variable, place) = match rest.split_once(" @") {
        Some((variable, place)) => (variable, Some(place)),
        None => (rest, None),
    };
    let place = place.and_then(|place| {
        let mut numbers = place.split('/').map(|number| number.parse().ok());
        Some(Place::of(numbers.next()??, numbers.next().flatten()))
    });
    let (component, component_instance) = with_instance(component);
    let (variable, variable_instance) = with_instance(variable);
    Setting::Variable { component, component_instance, place, variable, variable_instance }
}

fn with_instance(name: &str) -> (Box<str>, Option<Box<str>>) {
    match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
        Some((name, instance)) => (name.into(), Some(instance.into())),
        None => (name.into(), None),
    }
}

fn change(name: &str, value: &str) -> SettingChange {
    SettingChange::new(setting(name), value)
}

fn entry(version: Version, name: &str) -> &'static Entry {
    Catalogue::of(version).find(&setting(name)).expect("a setting of the standard")
}

/// A value that the entry can have.
fn sample(entry: &Entry) -> String {
    let first = entry.values.iter().next();
    match entry.data_type {
        DataType::Boolean => "true".into(),
        DataType::Integer | DataType::Decimal => entry
            .limits
            .least
            .or_else(|| first.map(|n| n.parse().expect("a number")))
            .unwrap_or(7)
            .to_string(),
        DataType::String => {
            let least = usize::try_from(entry.limits.least.unwrap_or(1)).expect("a length");
            first.map_or_else(|| "x".repeat(least), str::to_owned)
        }
        DataType::DateTime => "2026-11-25T04:00:00Z".into(),
        _ => first.unwrap_or("1").to_owned(),
    }
}
