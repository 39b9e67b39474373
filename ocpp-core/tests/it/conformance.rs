//! The page `docs/conformance.md`: what every message, rule and habit has been through. It is written by this test.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ocpp_core::action::{ActionInfo, Direction};
use ocpp_core::quirk::{Quirk, Scope};
use ocpp_core::requirement;
use ocpp_core::schema::{self, Document, Role};
use ocpp_core::types::Version;
use ocpp_core::{v16, v21, v201};

use crate::payloads::{Source, Tree, round_trip};
use crate::schemas::{committed_schema, place};

fn actions(version: Version) -> &'static [ActionInfo] {
    match version {
        Version::V16 => v16::ACTIONS,
        Version::V201 => v201::ACTIONS,
        Version::V21 => v21::ACTIONS,
    }
}

/// How many payloads of a message came back as they went, each digit the same; all that were made have to.
fn round_trips(document: &Document) -> usize {
    let schema = committed_schema(document);
    let source = Source::new(&schema);
    let mut payloads = vec![source.minimal(), source.full(), source.largest()];
    payloads.extend(source.variants());
    for payload in &payloads {
        let (written, findings, _) = round_trip(document, &payload.write())
            .unwrap_or_else(|rejected| panic!("{}: {rejected}", place(document)));
        assert!(findings.is_empty(), "{}: {findings:?}", place(document));
        assert_eq!(Tree::read(&written), *payload, "{}", place(document));
    }
    payloads.len()
}

fn messages(page: &mut String, version: Version) {
    let documents: Vec<Document> = schema::documents(version).collect();
    let _ = writeln!(
        page,
        "\n## OCPP {version}: {} actions, {} messages\n",
        actions(version).len(),
        documents.len()
    );
    let _ = writeln!(page, "| action | sent by | request | response |\n| --- | --- | ---: | ---: |");
    let mut all = 0;
    for action in actions(version) {
        let mut of = |role: Role| {
            let document = documents.iter().find(|known| known.action == action.name && known.role == role);
            document.map_or("–".to_owned(), |document| {
                let count = round_trips(document);
                all += count;
                count.to_string()
            })
        };
        let request = if action.response.is_some() { of(Role::Request) } else { of(Role::Send) };
        let response = of(Role::Response);
        let by = match action.direction {
            Direction::FromStation => "station",
            Direction::FromManager => "manager",
            Direction::Both => "both",
        };
        let _ = writeln!(page, "| `{}` | {by} | {request} | {response} |", action.name);
    }
    let _ = writeln!(page, "\n{all} payloads of {version} came back as they went.");
}

fn rules(page: &mut String, version: Version) {
    let rules: Vec<_> = requirement::all(version).collect();
    let _ = writeln!(page, "\n### Rules of the text in {version}: {}\n", rules.len());
    if rules.is_empty() {
        return;
    }
    let _ = writeln!(page, "| requirement | type | what is told | habit |\n| --- | --- | --- | --- |");
    for rule in rules {
        let text = rule.text.replace('|', "\\|");
        let _ = writeln!(page, "| {} | `{}` | {text} | `{}` |", rule.id, rule.object, rule.quirk);
    }
}

fn habits(page: &mut String) {
    for (scope, heading) in [
        (Scope::Payload, "In payloads"),
        (Scope::Frame, "In frames"),
        (Scope::Handshake, "Before the first frame (named here, read by whoever reads the handshake)"),
    ] {
        let _ = writeln!(page, "\n### {heading}\n");
        let _ =
            writeln!(page, "| habit | seen | read as | strictly | source |\n| --- | --- | --- | --- | --- |");
        for quirk in Quirk::ALL.iter().filter(|quirk| quirk.scope() == scope) {
            let seen = quirk.seen().replace('|', "\\|");
            let strictly = if quirk.is_breach() { "refused" } else { "told" };
            let _ = writeln!(
                page,
                "| `{quirk}` | {seen} | {} | {strictly} | {} |",
                quirk.read_as().replace('|', "\\|"),
                quirk.source()
            );
        }
    }
}

fn page() -> String {
    let mut page = String::from(
        "# Conformance\n\nWritten by a test (`OCPP_WRITE_DOCS=1 cargo test -p ocpp-core conformance`), which fails when \
         this page\ndiffers from what the code does. It says what was tested, not that a test laboratory said so.\n\n\
         - **Round trips**: for every message, payloads made from its JSON schema (each member alone at its limits, \
         all of them,\n  lists from empty to full, numbers that no machine type holds) are read without a finding and \
         written back equal, every\n  digit of every number included. The tables say how many.\n\
         - **Deviations**: at every place of every message each way to deviate is tried, tolerant and strict; what is \
         told has to\n  name that place and that rule alone (`tests/it/messages/everywhere.rs`).\n\
         - **Nothing lost**: in every message, a member that no schema names in every object, an unlisted value for \
         every\n  enumeration and numbers of any size survive reading and writing (same file).\n\
         - **Rules of the text**: each is broken once and kept once (`tests/it/requirements.rs`).\n\
         - **Habits**: each is read from a message as it was seen, and refused where it is switched off \
         (`tests/it/quirks.rs`).\n",
    );
    for version in Version::ALL {
        messages(&mut page, version);
        rules(&mut page, version);
    }
    let _ = writeln!(page, "\n## Habits that are tolerated\n\n{} habits have a name.", Quirk::ALL.len());
    habits(&mut page);
    page
}

#[test]
fn the_conformance_page_is_what_the_code_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md");
    let page = page();
    if std::env::var_os("OCPP_WRITE_DOCS").is_some_and(|value| value == "1") {
        fs::write(&path, &page).unwrap();
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == page,
        "docs/conformance.md is stale: OCPP_WRITE_DOCS=1 cargo test -p ocpp-core conformance"
    );
}
