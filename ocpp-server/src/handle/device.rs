//! What becomes of the settings that are known of a station when it says more of them. Pure.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;
use ocpp_core::model::{
    Mutability, ReportedAttribute, ReportedSetting, Setting, SettingResult, StationId, Verdict,
};

use crate::domain::{DevicePart, KnownSetting, Learnt, Revision, StationDevice};

/// What was learnt: the parts that changed, and how many settings were too many to be kept.
pub(crate) struct Learned {
    /// The parts that changed.
    pub(crate) parts: Vec<DevicePart>,
    /// How many settings were too many to be kept.
    pub(crate) left_out: u32,
}

/// The names of the parts that settings belong to, each once.
pub(crate) fn parts_of<'a>(settings: impl Iterator<Item = &'a Setting>) -> Vec<String> {
    let mut names: Vec<String> = settings.map(DevicePart::name_of).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Takes over what a station reports. `known` are the parts that are kept of it, at least those that are reported.
/// No password is kept.
pub(crate) fn learn_reported(
    device: &mut StationDevice,
    known: &[DevicePart],
    reported: &[ReportedSetting],
    at: Timestamp,
    learnt: Learnt,
) -> Learned {
    let mut book = Book::new(device, known);
    for one in reported {
        let one = one.clone().without_secrets();
        book.put(KnownSetting { reported: one, at, learnt });
    }
    book.close()
}

/// Takes over what a station says to a question for the values of settings.
pub(crate) fn learn_values(
    device: &mut StationDevice,
    known: &[DevicePart],
    results: &[SettingResult],
    at: Timestamp,
    learnt: Learnt,
) -> Learned {
    let mut book = Book::new(device, known);
    for result in results {
        book.take(result, at, learnt);
    }
    book.close()
}

/// The settings of a station while they are changed.
struct Book<'a> {
    device: &'a mut StationDevice,
    station: StationId,
    parts: BTreeMap<String, Page>,
    left_out: u32,
}

/// One part with the places of its settings.
struct Page {
    part: DevicePart,
    places: BTreeMap<String, usize>,
    is_changed: bool,
}

impl<'a> Book<'a> {
    fn new(device: &'a mut StationDevice, known: &[DevicePart]) -> Book<'a> {
        let station = device.station.clone();
        let page = |part: &DevicePart| {
            let places = part.settings.iter().enumerate();
            let places = places.map(|(at, known)| (variable_of(&known.reported.setting), at)).collect();
            (part.part.clone(), Page { part: part.clone(), places, is_changed: false })
        };
        Book { device, station, parts: known.iter().map(page).collect(), left_out: 0 }
    }

    fn put(&mut self, new: KnownSetting) {
        if let Some(known) = self.place(&new.reported.setting) {
            *known = new;
        }
    }

    /// Takes one value over; what is known of the form of the setting stays.
    fn take(&mut self, result: &SettingResult, at: Timestamp, learnt: Learnt) {
        if result.verdict != Verdict::Accepted {
            return;
        }
        let Some(known) = self.place(&result.setting) else { return };
        (known.at, known.learnt) = (at, learnt);
        let value = result.value.as_deref();
        let value = if result.setting.is_secret() { value.map(|_| "***") } else { value };
        let value = value.map(Box::<str>::from);
        let attributes = &mut known.reported.attributes;
        match attributes.iter_mut().find(|attribute| attribute.kind == result.attribute) {
            Some(attribute) => {
                attribute.value = value;
                if let Some(read_only) = result.read_only {
                    attribute.mutability = offered(read_only);
                }
            }
            None => attributes.push(ReportedAttribute {
                kind: result.attribute,
                value,
                mutability: offered(result.read_only.unwrap_or(false)),
                persistent: false,
                constant: false,
            }),
        }
    }

    /// The place of a setting, a new one if need be and if there is room.
    fn place(&mut self, setting: &Setting) -> Option<&mut KnownSetting> {
        let page = match self.parts.entry(DevicePart::name_of(setting)) {
            Entry::Occupied(page) => page.into_mut(),
            Entry::Vacant(page) => {
                if self.device.parts >= StationDevice::MAX_PARTS
                    || self.device.settings >= StationDevice::MAX_SETTINGS
                {
                    self.left_out += 1;
                    return None;
                }
                self.device.parts += 1;
                let (station, part) = (self.station.clone(), page.key().clone());
                let part = DevicePart { station, revision: Revision::default(), part, settings: Vec::new() };
                page.insert(Page { part, places: BTreeMap::new(), is_changed: false })
            }
        };
        let variable = variable_of(setting);
        let at = match page.places.get(&variable) {
            Some(at) => *at,
            None if self.device.settings >= StationDevice::MAX_SETTINGS => {
                self.left_out += 1;
                return None;
            }
            None => {
                self.device.settings += 1;
                let at = page.part.settings.len();
                page.part.settings.push(KnownSetting {
                    reported: ReportedSetting {
                        setting: setting.clone(),
                        attributes: Vec::new(),
                        characteristics: None,
                    },
                    at: Timestamp::UNIX_EPOCH,
                    learnt: Learnt::Read,
                });
                page.places.insert(variable, at);
                at
            }
        };
        page.is_changed = true;
        page.part.settings.get_mut(at)
    }

    fn close(self) -> Learned {
        let changed = self.parts.into_values().filter(|page| page.is_changed).map(|page| page.part);
        Learned { parts: changed.collect(), left_out: self.left_out }
    }
}

const fn offered(read_only: bool) -> Mutability {
    if read_only { Mutability::ReadOnly } else { Mutability::ReadWrite }
}

/// What tells a setting from the others of its part, in lower case.
fn variable_of(setting: &Setting) -> String {
    match setting {
        Setting::Key(key) => key.to_ascii_lowercase(),
        Setting::Variable { variable, variable_instance, .. } => {
            let mut name = variable.to_ascii_lowercase();
            if let Some(instance) = variable_instance {
                name.push('[');
                name.push_str(&instance.to_ascii_lowercase());
            }
            name
        }
    }
}
