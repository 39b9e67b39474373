//! In what two stations differ.

use std::collections::{BTreeMap, BTreeSet};

use ocpp_core::model::{Setting, SettingChange};
use ocpp_core::types::Version;

use super::judge::{items, number};
use super::{Catalogue, DataType, NoCounterpart, name, translate};

/// One of two stations: its version, and its settings with their actual values.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The version that it speaks.
    pub version: Version,
    /// Its settings.
    pub settings: &'a [SettingChange],
}

/// A difference between two stations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Both have the setting, with different values, in the words of the left one.
    #[allow(missing_docs)]
    Value { setting: Setting, left: Box<str>, right: Box<str> },
    /// Only the left one has it, though the right one's version knows it.
    #[allow(missing_docs)]
    OnlyLeft { setting: Setting, value: Box<str> },
    /// Only the right one has it, though the left one's version knows it; in the words of the left one.
    #[allow(missing_docs)]
    OnlyRight { setting: Setting, value: Box<str> },
    /// It cannot be compared: the other version has nothing that means the same.
    Incomparable(NoCounterpart),
}

/// The differences between two stations, in the order of the left one's names, what cannot be compared last.
/// Values are compared by their meaning: `TRUE` is `true`, and the order of a set does not count. Secrets are left
/// out.
#[must_use]
pub fn compare(left: Side<'_>, right: Side<'_>) -> Vec<Difference> {
    let mut incomparable = Vec::new();
    let mut theirs = BTreeMap::new();
    for one in right.settings.iter().filter(|one| !is_secret(&one.setting, right.version)) {
        match as_said_in(one, right.version, left.version) {
            Ok(same) => drop(theirs.insert(key(&same.setting), same)),
            Err(why) => incomparable.push(Difference::Incomparable(why)),
        }
    }
    let mut differences = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for one in left.settings.iter().filter(|one| !is_secret(&one.setting, left.version)) {
        let key = key(&one.setting);
        seen.insert(key.clone());
        let (setting, value) = (one.setting.clone(), one.value.clone());
        match theirs.remove(&key) {
            Some(other) if means_the_same(&setting, left.version, &value, &other.value) => {}
            Some(other) => {
                let difference = Difference::Value { setting, left: value, right: other.value };
                differences.insert(key, difference);
            }
            None => match as_said_in(one, left.version, right.version) {
                Ok(_) => drop(differences.insert(key, Difference::OnlyLeft { setting, value })),
                Err(why) => incomparable.push(Difference::Incomparable(why)),
            },
        }
    }
    for (key, other) in theirs.into_iter().filter(|(key, _)| !seen.contains(key)) {
        let SettingChange { setting, value, .. } = other;
        differences.insert(key, Difference::OnlyRight { setting, value });
    }
    differences.into_values().chain(incomparable).collect()
}

/// Within one version everything can be compared, a vendor's own, too.
fn as_said_in(one: &SettingChange, from: Version, to: Version) -> Result<SettingChange, NoCounterpart> {
    if from == to { Ok(one.clone()) } else { translate(one, to) }
}

fn key(setting: &Setting) -> String {
    name(setting).to_ascii_lowercase()
}

fn is_secret(setting: &Setting, version: Version) -> bool {
    Catalogue::of(version).find(setting).is_some_and(|entry| entry.secret)
}

/// Whether two values of a setting mean the same: `TRUE` is `true`, `10.0` is `10`, and the order of a set does not
/// count.
#[must_use]
pub fn means_the_same(setting: &Setting, version: Version, a: &str, b: &str) -> bool {
    let form = Catalogue::of(version).find(setting).map_or(DataType::String, |entry| entry.data_type);
    match form {
        DataType::Boolean | DataType::OptionList => a.trim().eq_ignore_ascii_case(b.trim()),
        DataType::Integer | DataType::Decimal => match (number(a.trim()), number(b.trim())) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
        DataType::MemberList => set(a) == set(b),
        DataType::SequenceList => items(a).eq(items(b)),
        DataType::String | DataType::DateTime => a == b,
    }
}

fn set(list: &str) -> BTreeSet<String> {
    items(list).map(str::to_ascii_lowercase).collect()
}
