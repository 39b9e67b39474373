//! The pages that list orders and actions are what the code says.

mod wire;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use ocpp_client::engine::{CommandToken, Config, Engine, Equipment, Output};
use ocpp_core::action::ActionInfo;
use ocpp_core::dialect::{Manager, Memory, Station};
use ocpp_core::message::Shape;
use ocpp_core::model::{Command, Fact, Outcome, Verdict, Watts};
use ocpp_core::types::Version;
use ocpp_core::{v16, v21, v201};
use serde_json::{Map, Value, json};

use super::words::words_of;
use super::{VERSIONS, actions_of, can_say, names};
use wire::WireTests;

const HOW: &str = "OCPP_WRITE_DOCS=1 cargo test -p ocpp-cli --bin ocpp orders::docs";

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)
}

/// Compares a page with what it is to be, or writes it.
fn hold(name: &str, page: &str) {
    let path = docs(name);
    if std::env::var_os("OCPP_WRITE_DOCS").is_some_and(|value| value == "1") {
        std::fs::write(&path, page).expect("the page can be written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(known == page, "docs/{name} is stale: {HOW}");
}

#[test]
fn the_list_of_orders_is_in_the_description_of_rest() {
    let known = std::fs::read_to_string(docs("rest.md")).expect("the page");
    let (start, end) = ("<!-- orders -->\n", "<!-- end of orders -->\n");
    let (before, rest) = known.split_once(start).expect("where the list begins");
    let (_, after) = rest.split_once(end).expect("where the list ends");
    let mut table =
        "\n| order | OCPP | what it does | example of `command` |\n| --- | --- | --- | --- |\n".to_owned();
    for name in names() {
        let words = words_of(name);
        let versions: Vec<&str> = VERSIONS
            .into_iter()
            .filter(|version| can_say(*version, name).is_ok())
            .map(Version::number)
            .collect();
        let example = words.examples.first().copied().unwrap_or_default().replace("\\n", " ");
        let _ = writeln!(table, "| `{name}` | {} | {} | `{example}` |", versions.join(" "), words.about);
    }
    hold("rest.md", &format!("{before}{start}{table}\n{end}{after}"));
}

fn all_actions(version: Version) -> &'static [ActionInfo] {
    match version {
        Version::V16 => v16::ACTIONS,
        Version::V201 => v201::ACTIONS,
        Version::V21 => v21::ACTIONS,
    }
}

const fn module(version: Version) -> &'static str {
    match version {
        Version::V16 => "v16",
        Version::V201 => "v201",
        Version::V21 => "v21",
    }
}

fn config() -> Config {
    let boot = json!({"vendor": "V", "model": "M", "serial": null, "firmware": null, "iccid": null, "imsi": null,
        "meter_type": null, "meter_serial": null, "reason": null});
    Config {
        boot: serde_json::from_value(boot).expect("a boot"),
        evses: 1,
        connector_type: Some("cCCS2".into()),
        connection_timeout: Duration::from_secs(60),
        meter_interval: Duration::from_secs(60),
        voltage: 230,
        phases: 3,
        max_power: Watts(22_000),
        clock: Timestamp::UNIX_EPOCH,
        equipment: Equipment { battery_slots: 2, ..Equipment::default() },
    }
}

/// What the emulated station says to an order.
fn emulated(command: &Command) -> &'static str {
    let mut engine = Engine::new(config(), Box::new(|| "tx".to_owned()));
    engine.set_keys(Box::new(crate::emulate::Safe::default()));
    engine.handle_connected(Duration::ZERO);
    engine.handle_command(Duration::from_secs(1), CommandToken(1), command);
    let mut outcome = None;
    while let Some(output) = engine.poll_output() {
        if let Output::Reply(CommandToken(1), said) = output {
            outcome = Some(said);
        }
    }
    match outcome {
        Some(Outcome::Verdict(Verdict::NotSupported)) | None => "not supported",
        Some(_) if matches!(command, Command::PublishFirmware(_) | Command::UnpublishFirmware { .. }) => {
            "refused: no local controller"
        }
        Some(_) => "yes",
    }
}

/// The orders of the model by the actions that carry them, with what the emulated station makes of each.
fn carried(version: Version) -> BTreeMap<String, Vec<(&'static str, &'static str)>> {
    let mut carried: BTreeMap<String, Vec<(&'static str, &'static str)>> = BTreeMap::new();
    for name in names() {
        for command in
            words_of(name).examples.iter().filter_map(|text| serde_json::from_str::<Command>(text).ok())
        {
            if let Ok(said) = Manager::new(version).order(&command) {
                let heard = Station::new(version, Memory::default()).hear(&said.action, &said.payload);
                let does = heard.map_or("not supported", |heard| emulated(&heard.meaning));
                let orders = carried.entry(said.action.to_string()).or_default();
                if !orders.iter().any(|(known, _)| *known == *name) {
                    orders.push((*name, does));
                }
            }
        }
    }
    carried
}

/// The least that a schema allows.
fn least(shape: &Shape) -> Value {
    match shape {
        Shape::Object(object) => {
            let required = object.members.iter().filter(|member| member.required);
            Value::Object(
                required.map(|member| (member.name.to_owned(), least(member.shape))).collect::<Map<_, _>>(),
            )
        }
        Shape::Enumeration(enumeration) => json!(enumeration.values[0]),
        Shape::Text { .. } => json!("A1"),
        Shape::DateTime => json!("2026-03-02T09:00:00Z"),
        Shape::Uri => json!("https://example.com/a"),
        Shape::Integer { min, .. } | Shape::Number { min, .. } => json!(min.unwrap_or(1).max(1)),
        Shape::Boolean => json!(true),
        Shape::Array { items, min, .. } => Value::Array(vec![least(items); min.unwrap_or(0).max(1)]),
        Shape::Any => json!({}),
    }
}

/// What a call of a station means to the manager.
fn meaning(version: Version, action: &ActionInfo) -> String {
    match Manager::new(version).hear(action.name, &least(&action.request).to_string()) {
        Ok(heard) => match heard.meaning {
            Fact::Unmapped { .. } => "kept as it came".to_owned(),
            fact => {
                let json = serde_json::to_value(&fact).unwrap_or_default();
                let name = match &json {
                    Value::String(name) => Some(name.as_str()),
                    json => json.as_object().and_then(|members| members.keys().next()).map(String::as_str),
                };
                format!("`{}`", name.unwrap_or_default())
            }
        },
        Err(error) => error.to_string(),
    }
}

/// The tests that try all actions.
const EVERY_ORDER: &str = "every_action::every_order_of_every_version_reaches_a_station_and_has_an_end";
const EVERY_CALL: &str = "every_action::every_call_of_a_station_is_answered_in_words_of_its_version";

/// Actions of managers that no order of the model says; they are given as OCPP spells them. Only shrinks.
const ONLY_AS_SPELLED: [&str; 0] = [];

/// Calls of stations that the manager keeps as they came. Only shrinks.
const ONLY_KEPT: [&str; 0] = [];

#[test]
fn every_action_is_in_the_list_of_actions() {
    let mut page = format!(
        "# Actions\n\nEvery action of every version: its types, what carries it and who handles it. Written by a test \
         (`{HOW}`), which\nfails when this page differs from the code.\n\n\
         - Every action of managers has a form on the page of a station and a raw order (`ocpp command STATION --action \
         NAME`,\n  `POST /stations/{{id}}/orders`), made from its schema. Each is sent over the wire and answered well, \
         wrongly, with a\n  CALLERROR, late and never in `ocpp-server/tests/it/every_action.rs`.\n\
         - *Order* is the order of the model that says it, whatever the version ([rest.md](rest.md#orders-that-are-kept)).\n\
         - *Emulator* tells what the emulated station makes of that order's example: yes, or why not.\n\
         - Every call of stations is answered in words of its version, tried in the same file. *Meaning* is the fact of the \
         model\n  that the manager makes of it. Bad ones (another type, a member that is missing, a text that is too long) are \
         tried there, too.\n\
         - *Wire test* is the first test in `ocpp-server/tests/it` that names the action, in whichever version; those of \
         `every_action`\n  try each action in each of its versions.\n"
    );
    let actions: Vec<&str> =
        VERSIONS.iter().flat_map(|version| all_actions(*version)).map(|action| action.name).collect();
    let tests = WireTests::naming(&actions);
    let (mut as_spelled, mut kept) = (Vec::new(), Vec::new());
    let mut counts = Vec::new();
    for version in VERSIONS {
        let carried = carried(version);
        let _ = writeln!(
            page,
            "\n## OCPP {}: what managers call\n\n| action | request and response | order | emulator | wire test |\n| --- | --- | --- | --- | --- |",
            version.number()
        );
        for form in actions_of(version) {
            let orders = carried.get(form.name()).map(Vec::as_slice).unwrap_or_default();
            if orders.is_empty() {
                as_spelled.push(format!("{} {}", version.number(), form.name()));
            }
            let names: Vec<String> = orders.iter().map(|(name, _)| format!("`{name}`")).collect();
            let does = orders.iter().map(|(_, does)| *does).find(|does| *does != "not supported");
            let does = does.unwrap_or("not supported");
            let _ = writeln!(
                page,
                "| {0} | `{1}::{0}Request`, `{1}::{0}Response` | {2} | {3} | `{4}` |",
                form.name(),
                module(version),
                if names.is_empty() { "as spelled".to_owned() } else { names.join(", ") },
                does,
                tests.of(form.name(), EVERY_ORDER)
            );
        }
        let _ = writeln!(
            page,
            "\n## OCPP {}: what stations call\n\n| action | request and response | meaning | wire test |\n| --- | --- | --- | --- |",
            version.number()
        );
        let mut count = 0;
        for action in all_actions(version).iter().filter(|action| action.direction.from_station()) {
            let meaning = meaning(version, action);
            if !meaning.starts_with('`') {
                kept.push(format!("{} {}", version.number(), action.name));
            }
            let types = match action.response {
                Some(_) => format!("`{1}::{0}Request`, `{1}::{0}Response`", action.name, module(version)),
                None => format!("`{1}::{0}` (no answer)", action.name, module(version)),
            };
            let test = tests.of(action.name, EVERY_CALL);
            let _ = writeln!(page, "| {} | {types} | {meaning} | `{test}` |", action.name);
            count += 1;
        }
        counts.push((actions_of(version).count(), count));
    }
    hold("actions.md", &page);
    assert_eq!(as_spelled, ONLY_AS_SPELLED, "actions that no order of the model says");
    assert_eq!(kept, ONLY_KEPT, "calls of stations without a meaning");
    // DataTransfer goes both ways and is counted on both.
    assert_eq!(counts, [(26, 14), (40, 25), (55, 37)]);
}
