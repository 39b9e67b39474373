//! Reads the two data files that are compiled in. Their texts are ours and tested; a line that could not be read
//! would be left out.

use ocpp_core::types::Version;

use super::entry::{Access, Component, DataType, Entry, Limits, Required, Values};
use super::{Block, Catalogue};

const DEVICE_MODEL: &str = include_str!("device_model.txt");
const KEYS: &str = include_str!("keys.txt");

/// The named lists of values of a file.
type Lists = Vec<(&'static str, &'static str)>;

/// The catalogue of a version of 2.x.
pub(super) fn device_model(version: Version) -> Catalogue {
    let mut catalogue = Catalogue { version, components: Vec::new(), entries: Vec::new() };
    let lists = lists(DEVICE_MODEL);
    let mut component: Option<Component> = None;
    for line in lines(DEVICE_MODEL) {
        if let Some(head) = heading(line) {
            let [name, versions, meaning] = head;
            let versions = these(versions, &[Version::V201, Version::V21]);
            component = Some(Component { name, meaning, versions });
            catalogue.components.extend(component.filter(|_| versions.contains(&version)));
        } else if let Some(entry) = component.and_then(|of| variable(line, of, version, &lists)) {
            catalogue.entries.push(entry);
        }
    }
    catalogue.sorted()
}

/// The catalogue of 1.6.
pub(super) fn keys() -> Catalogue {
    let mut catalogue = Catalogue { version: Version::V16, components: Vec::new(), entries: Vec::new() };
    let lists = lists(KEYS);
    let mut block = Block::Core;
    for line in lines(KEYS) {
        if let Some(profile) = line.strip_prefix('[').and_then(|head| head.split('|').next()) {
            block = Block::of_profile(profile).unwrap_or(Block::Core);
        } else {
            catalogue.entries.extend(key(line, block, &lists));
        }
    }
    catalogue.sorted()
}

/// The feature profiles of 1.6 with their meanings.
pub(super) fn profiles() -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(KEYS).filter_map(|line| line.strip_prefix('[')?.strip_suffix(']')?.split_once('|'))
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '@']))
}

fn lists(text: &'static str) -> Lists {
    text.lines().filter_map(|line| line.strip_prefix('@')?.split_once('=')).collect()
}

fn heading(line: &'static str) -> Option<[&'static str; 3]> {
    fields(line.strip_prefix('[')?.strip_suffix(']')?)
}

fn fields<const N: usize>(line: &'static str) -> Option<[&'static str; N]> {
    line.split('|').collect::<Vec<_>>().try_into().ok()
}

fn variable(line: &'static str, of: Component, version: Version, lists: &Lists) -> Option<Entry> {
    let [name, data_type, unit, access, required, versions, limits, values, meaning] = fields(line)?;
    let versions = these(versions, of.versions);
    if !versions.contains(&version) {
        return None;
    }
    let (variable, instance) = with_instance(name);
    let (access, secret) = offered(access)?;
    Some(Entry {
        component: Some(of.name),
        variable,
        instance,
        data_type: DataType::named(data_type)?,
        unit,
        values: allowed(values, version, lists),
        limits: least_and_most(limits),
        access,
        secret,
        required: when(required, version),
        block: Block::of_component(of.name),
        meaning,
        versions,
    })
}

fn key(line: &'static str, block: Block, lists: &Lists) -> Option<Entry> {
    let [variable, data_type, unit, access, required, limits, values, meaning] = fields(line)?;
    let (access, secret) = offered(access)?;
    Some(Entry {
        component: None,
        variable,
        instance: None,
        data_type: DataType::named(data_type)?,
        unit,
        values: allowed(values, Version::V16, lists),
        limits: least_and_most(limits),
        access,
        secret,
        required: if required == "yes" { Required::Yes } else { Required::No },
        block,
        meaning,
        versions: &[Version::V16],
    })
}

fn these(text: &str, otherwise: &'static [Version]) -> &'static [Version] {
    match text {
        "1" => &[Version::V201],
        "2" => &[Version::V21],
        "12" => &[Version::V201, Version::V21],
        _ => otherwise,
    }
}

fn with_instance(name: &'static str) -> (&'static str, Option<&'static str>) {
    match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
        Some((variable, instance)) => (variable, Some(instance)),
        None => (name, None),
    }
}

fn offered(text: &str) -> Option<(Access, bool)> {
    let secret = text.ends_with('!');
    let access = match text.trim_end_matches('!') {
        "" => Access::Open,
        "R" => Access::ReadOnly,
        "RW" => Access::ReadWrite,
        "W" => Access::WriteOnly,
        "R/RW" => Access::MakersChoice,
        _ => return None,
    };
    Some((access, secret))
}

fn when(text: &'static str, version: Version) -> Required {
    let (versions, condition) = match text.split_once('?') {
        Some((versions, condition)) => (versions, Some(condition)),
        None => (text, None),
    };
    if !these(versions, &[]).contains(&version) {
        return Required::No;
    }
    let Some(condition) = condition else { return Required::Yes };
    let (name, value) = condition.split_once('=').unwrap_or((condition, "true"));
    let (variable, instance) = with_instance(name);
    Required::When { variable, instance, value }
}

fn least_and_most(text: &str) -> Limits {
    let (least, most) = text.split_once("..").unwrap_or_default();
    Limits { least: least.parse().ok(), most: most.parse().ok() }
}

/// A list that differs between versions is named with `.1` for 2.0.1 and `.2` for 2.1.
fn allowed(text: &'static str, version: Version, lists: &Lists) -> Values {
    let (text, open) = match text.strip_prefix('~') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let Some(name) = text.strip_prefix('@') else { return Values { list: text, open } };
    let suffix = if version == Version::V201 { ".1" } else { ".2" };
    let found = lists.iter().find(|(list, _)| list.strip_prefix(name).is_some_and(|rest| rest == suffix));
    let found = found.or_else(|| lists.iter().find(|(list, _)| *list == name));
    Values { list: found.map_or("", |(_, values)| values), open }
}
