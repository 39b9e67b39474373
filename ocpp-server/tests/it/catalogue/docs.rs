//! `docs/device-model.md` is what the catalogue says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ocpp_core::types::Version;
use ocpp_server::catalogue::{Block, Catalogue, Entry, Required, no_counterpart, pairs, profiles};

const HEAD: &str = "# Device model\n\nWritten by a test (`OCPP_WRITE_DOCS=1 cargo test -p ocpp-server --test it \
    catalogue`), which fails when this page\ndiffers from `ocpp_server::catalogue`. The meanings are in our words; \
    the specification is the Open Charge Alliance's.\n\n\
    - **Access**: R can only be read, RW can be written, too, W can only be written, R/RW is the maker's choice; \
    nothing is laid\n  down where nothing stands.\n\
    - **Required**: yes, if the station has the block at all. \"if X\" is yes when X is true, or when X has the value \
    named.\n\
    - **Values**: those allowed, then the least and the most of a number or of the characters of a text. \"…\" allows \
    others.\n\
    - An instance in angle brackets stands for any.\n\n\
    Where the appendix of the specification and its chapter on variables disagree, the chapter counts.\n";

#[test]
fn the_page_of_the_device_model_is_what_the_catalogue_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/device-model.md");
    let page = page();
    if std::env::var_os("OCPP_WRITE_DOCS").is_some_and(|value| value == "1") {
        fs::write(&path, &page).expect("the page can be written");
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == page,
        "docs/device-model.md is stale: OCPP_WRITE_DOCS=1 cargo test -p ocpp-server --test it catalogue"
    );
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    same(&mut page);
    keys(&mut page);
    components(&mut page);
    page
}

fn same(page: &mut String) {
    let _ = writeln!(
        page,
        "\n## Keys of 1.6 and variables of 2.x that mean the same\n\n{} keys have a variable of the same meaning.\n\n\
         | key of 1.6 | variable of 2.x | the value |\n| --- | --- | --- |",
        pairs().len()
    );
    for pair in pairs() {
        let instance = pair.instance.map(|instance| format!("[{instance}]")).unwrap_or_default();
        let value = if pair.conversion().is_empty() { "the same" } else { pair.conversion() };
        let _ =
            writeln!(page, "| `{}` | `{}.{}{instance}` | {value} |", pair.key, pair.component, pair.variable);
    }
    let _ = writeln!(page, "\nThese have none:\n\n| key of 1.6 | why |\n| --- | --- |");
    for (key, why) in no_counterpart() {
        let _ = writeln!(page, "| `{key}` | {why} |");
    }
}

fn keys(page: &mut String) {
    let _ = writeln!(page, "\n## Configuration keys of OCPP 1.6");
    let entries = Catalogue::of(Version::V16).entries();
    for (profile, meaning) in profiles() {
        let block = Block::of_profile(profile).expect("a block");
        let of_profile: Vec<_> = entries.iter().filter(|entry| entry.block == block).collect();
        let _ = writeln!(page, "\n### {profile}\n\n{meaning}");
        table(page, "key", of_profile.into_iter(), |_| String::new());
    }
}

fn components(page: &mut String) {
    let mut components = BTreeMap::new();
    let mut variables: BTreeMap<_, Vec<(&Entry, String)>> = BTreeMap::new();
    for version in [Version::V201, Version::V21] {
        let catalogue = Catalogue::of(version);
        components.extend(catalogue.components().iter().map(|one| (one.name.to_lowercase(), *one)));
        for entry in catalogue.entries() {
            let of = variables.entry(entry.component.unwrap_or_default()).or_default();
            let need = need(entry);
            // One line for both versions, with what each requires.
            match of.iter_mut().find(|(other, _)| {
                (other.variable, other.instance, other.versions)
                    == (entry.variable, entry.instance, entry.versions)
            }) {
                Some((_, said)) if *said != need => {
                    let old = if said.is_empty() { "no" } else { said.as_str() };
                    let new = if need.is_empty() { "no" } else { need.as_str() };
                    *said = format!("2.0.1 {old}, 2.1 {new}");
                }
                Some(_) => {}
                None => of.push((entry, need)),
            }
        }
    }
    let count: usize = variables.values().map(Vec::len).sum();
    let _ = writeln!(page, "\n## Components and variables of OCPP 2.x\n\n{count} variables.");
    for component in components.values() {
        let heading = if component.name == "*" { "Any component" } else { component.name };
        let _ = writeln!(page, "\n### {heading}\n\n{}{}", component.meaning, only(component.versions));
        let Some(of) = variables.get_mut(component.name) else { continue };
        of.sort_by_key(|(entry, _)| (entry.variable.to_lowercase(), entry.instance, entry.versions));
        let entries = of.iter().map(|(entry, _)| *entry);
        let need = |entry: &Entry| {
            let found = of.iter().find(|(other, _)| *other == entry);
            found.map(|(_, need)| need.clone()).unwrap_or_default()
        };
        let outer = component.versions;
        table_of_variables(page, entries, need, outer);
    }
}

fn table_of_variables<'a>(
    page: &mut String,
    entries: impl Iterator<Item = &'a Entry>,
    need: impl Fn(&Entry) -> String,
    outer: &[Version],
) {
    let _ = writeln!(
        page,
        "\n| variable | meaning | type | access | required | values |\n| --- | --- | --- | --- | --- | --- |"
    );
    for entry in entries {
        let versions = if entry.versions == outer { String::new() } else { only(entry.versions) };
        row(page, entry, &need(entry), &versions);
    }
}

fn table<'a>(
    page: &mut String,
    what: &str,
    entries: impl Iterator<Item = &'a Entry>,
    versions: impl Fn(&Entry) -> String,
) {
    let mut entries = entries.peekable();
    if entries.peek().is_none() {
        return;
    }
    let _ = writeln!(
        page,
        "\n| {what} | meaning | type | access | required | values |\n| --- | --- | --- | --- | --- | --- |"
    );
    for entry in entries {
        row(page, entry, &need(entry), &versions(entry));
    }
}

fn row(page: &mut String, entry: &Entry, need: &str, versions: &str) {
    let instance = entry.instance.map(|instance| format!("[{instance}]")).unwrap_or_default();
    let unit =
        if entry.unit.is_empty() { String::new() } else { format!(", {}", entry.unit.replace(',', " or ")) };
    let secret = if entry.secret { ", secret" } else { "" };
    let access = entry.access.short();
    let _ = writeln!(
        page,
        "| `{}{instance}` | {}{versions} | {}{unit}{secret} | {access} | {need} | {} |",
        entry.variable,
        entry.meaning,
        entry.data_type.name(),
        values(entry),
    );
}

fn need(entry: &Entry) -> String {
    match entry.required {
        Required::No => String::new(),
        Required::Yes => "yes".to_owned(),
        Required::When { variable, instance, value } => {
            let instance = instance.map(|instance| format!("[{instance}]")).unwrap_or_default();
            let value = if value == "true" { String::new() } else { format!(" has {value}") };
            format!("if {variable}{instance}{value}")
        }
    }
}

fn values(entry: &Entry) -> String {
    let mut said = entry.values.iter().collect::<Vec<_>>();
    let measurands = said.len() > 20;
    if measurands {
        said = vec!["the version's measurands or modes"];
    } else if entry.values.open && !said.is_empty() {
        said.push("…");
    }
    let mut said = said.join(", ");
    if entry.limits.least.is_some() || entry.limits.most.is_some() {
        let number = |limit: Option<i64>| limit.map(|limit| limit.to_string()).unwrap_or_default();
        let limits = format!("{}..{}", number(entry.limits.least), number(entry.limits.most));
        said = if said.is_empty() { limits } else { format!("{said}; {limits}") };
    }
    said
}

fn only(versions: &[Version]) -> String {
    match versions {
        [one] => format!(" *({one} only)*"),
        _ => String::new(),
    }
}
