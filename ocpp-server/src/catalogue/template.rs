//! Values that stations of any version should have.

use ocpp_core::model::SettingChange;
use ocpp_core::types::Version;

use super::{Catalogue, NoCounterpart, translate};

/// What a template comes to for one version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    /// The orders, in the order of the template.
    pub changes: Vec<SettingChange>,
    /// What cannot be said there, and why.
    pub unsaid: Vec<NoCounterpart>,
}

/// The orders that give a station of a version the values of a template. A template names each setting in the
/// words of any version. If two of its lines come to the same setting, the later one counts.
#[must_use]
pub fn apply(template: &[SettingChange], version: Version) -> Applied {
    let mut applied = Applied::default();
    for wish in template {
        match translate(wish, version) {
            Ok(change) if is_read_only(&change, version) => {
                applied.unsaid.push(NoCounterpart::ReadOnly { setting: wish.setting.clone(), version });
            }
            Ok(change) => {
                applied.changes.retain(|earlier| !is_same(earlier, &change));
                applied.changes.push(change);
            }
            Err(why) => applied.unsaid.push(why),
        }
    }
    applied
}

fn is_read_only(change: &SettingChange, version: Version) -> bool {
    Catalogue::of(version).find(&change.setting).is_some_and(|entry| !entry.access.may_be_written())
}

fn is_same(a: &SettingChange, b: &SettingChange) -> bool {
    a.attribute == b.attribute && super::name(&a.setting).eq_ignore_ascii_case(&super::name(&b.setting))
}
