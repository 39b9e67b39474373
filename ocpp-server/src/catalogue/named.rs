//! Reading the names of settings as people write them.

use ocpp_core::model::{Place, Setting};
use ocpp_core::types::Version;

use super::Catalogue;

/// Why a text is no name of a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no name of a setting: write a key such as HeartbeatInterval, or component and variable such as \
     SampledDataCtrlr.TxUpdatedInterval, with instances and place where it has them: Connector[left].Current[L1] @2/1"
)]
pub struct NoName(String);

/// The setting that a text names, as [`name`](super::name) writes it.
///
/// A word without a component is the configuration key of 1.6 of this name; if there is none, the one variable that
/// the standard has under this name (`TxUpdatedInterval`); and otherwise a vendor's own key.
///
/// # Errors
/// [`NoName`] when it has not the form of a name.
pub fn named(text: &str) -> Result<Setting, NoName> {
    let text = text.trim();
    let bad = || NoName(text.chars().take(100).collect());
    if text.is_empty() || text.chars().count() > 300 || text.chars().any(char::is_control) {
        return Err(bad());
    }
    let (address, place) = match text.rsplit_once(" @") {
        Some((address, place)) => (address.trim_end(), Some(place_of(place).ok_or_else(bad)?)),
        None => (text, None),
    };
    let Some((component, variable)) = at_first_dot(address) else {
        return match place {
            None if !text.contains(['[', ']', ' ']) => Ok(by_one_word(text)),
            _ => Err(bad()),
        };
    };
    let (component, component_instance) = with_instance(component).ok_or_else(bad)?;
    let (variable, variable_instance) = with_instance(variable).ok_or_else(bad)?;
    Ok(Setting::Variable {
        component: component.into(),
        component_instance: component_instance.map(Box::from),
        place,
        variable: variable.into(),
        variable_instance: variable_instance.map(Box::from),
    })
}

/// The dot between component and variable, which is not within an instance.
fn at_first_dot(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_u32;
    for (at, letter) in text.char_indices() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

fn with_instance(text: &str) -> Option<(&str, Option<&str>)> {
    let (name, instance) = match text.split_once('[') {
        None => (text, None),
        Some((name, rest)) => (name, Some(rest.strip_suffix(']').filter(|instance| !instance.is_empty())?)),
    };
    let is_name = |text: &str| !text.is_empty() && !text.contains(['[', ']', ' ']);
    (is_name(name) && instance.is_none_or(|instance| !instance.contains(['[', ']'])))
        .then_some((name, instance))
}

fn place_of(text: &str) -> Option<Place> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number > 0);
    match text.split_once('/') {
        None => Some(Place::of(number(text)?, None)),
        Some((evse, connector)) => Some(Place::of(number(evse)?, Some(number(connector)?))),
    }
}

fn by_one_word(word: &str) -> Setting {
    let key = || Setting::Key(word.into());
    if Catalogue::of(Version::V16).key(word).is_some() {
        return key();
    }
    for version in [Version::V21, Version::V201] {
        let mut of_name = Catalogue::of(version).entries().iter().filter(|entry| {
            entry.variable.eq_ignore_ascii_case(word)
                && entry.component.is_some_and(|component| component != super::ANY)
                && entry.instance.is_none()
        });
        if let (Some(entry), None) = (of_name.next(), of_name.next())
            && let Some(component) = entry.component
        {
            return super::station_variable(component, entry.variable, None);
        }
    }
    key()
}
