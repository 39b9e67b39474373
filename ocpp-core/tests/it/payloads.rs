//! Payloads made from the schemas are read without a finding and written back as they came.
//!
//! They are made from the official schemas where those are at hand, otherwise from the ones in `schemas/`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod generate;
mod tree;

use ocpp_core::action::ParseError;
use ocpp_core::inbound::{Finding, Policy, Rejected};
use ocpp_core::schema::{Document, Role};
use ocpp_core::types::Version;
use ocpp_core::{v16, v21, v201};
use serde_json::Value;

use crate::schemas::{MESSAGES, all_documents, committed_schema, official, official_schema, place};
pub(crate) use generate::Source;
pub(crate) use tree::Tree;

/// A payload that was read and written again, what was told of it, and the text as it came.
pub(crate) type RoundTrip = (String, Vec<Finding>, Option<Box<str>>);

/// Reads a payload by the names of its version, action and role, and writes it again.
pub(crate) fn round_trip(document: &Document, json: &str) -> Result<RoundTrip, Rejected> {
    round_trip_by(document, json, Policy::default())
}

pub(crate) fn round_trip_by(document: &Document, json: &str, policy: Policy) -> Result<RoundTrip, Rejected> {
    macro_rules! through {
        ($kind:ident::$enumeration:ident) => {
            $kind::$enumeration::parse_by(document.action, json, policy)
                .map(|read| (read.value.to_json(), read.findings, read.raw))
        };
    }
    let written = match (document.version, document.role) {
        (Version::V16, Role::Response) => through!(v16::Response),
        (Version::V16, _) => through!(v16::Request),
        (Version::V201, Role::Response) => through!(v201::Response),
        (Version::V201, _) => through!(v201::Request),
        (Version::V21, Role::Response) => through!(v21::Response),
        (Version::V21, _) => through!(v21::Request),
    };
    written.map_err(|error| match error {
        ParseError::Rejected(rejected) => rejected,
        ParseError::UnknownAction(name) => panic!("{name} is no action"),
    })
}

/// What is wrong with the way a payload goes through the types.
fn fault(document: &Document, payload: &Tree) -> Option<String> {
    let json = payload.write();
    match round_trip(document, &json) {
        Err(rejected) => Some(format!("refused: {rejected}")),
        Ok((_, findings, _)) if !findings.is_empty() => Some(format!("findings: {findings:?}")),
        Ok((written, ..)) if Tree::read(&written) != *payload => Some(format!("came back as {written}")),
        Ok(_) => None,
    }
}

fn each_schema(mut look: impl FnMut(&Document, &Value)) -> usize {
    let root = official();
    let documents = all_documents();
    for document in &documents {
        let schema = match &root {
            Some(root) => {
                official_schema(root, document).expect("there is an official schema of each message")
            }
            None => committed_schema(document),
        };
        look(document, &schema);
    }
    documents.len()
}

fn shortened(text: &str) -> String {
    text.chars().take(400).collect()
}

#[test]
fn every_payload_comes_back_as_it_went() {
    let (mut payloads, mut faults) = (0, Vec::new());
    let messages = each_schema(|document, schema| {
        let source = Source::new(schema);
        let mut variants = vec![source.minimal(), source.full(), source.largest()];
        variants.extend(source.variants());
        payloads += variants.len();
        let found = variants.iter().filter_map(|payload| Some((payload, fault(document, payload)?)));
        faults.extend(found.map(|(payload, fault)| {
            format!("{}: {}: {}", place(document), shortened(&payload.write()), shortened(&fault))
        }));
    });
    println!("{payloads} payloads of {messages} messages, {} faults", faults.len());
    let shown: Vec<String> = faults.iter().take(50).cloned().collect();
    assert!(faults.is_empty(), "{} faults, the first of which are:\n{}", faults.len(), shown.join("\n"));
    assert_eq!(messages, MESSAGES);
}

#[test]
fn an_independent_validator_accepts_the_payloads() {
    let messages = each_schema(|document, schema| {
        let validator = jsonschema::validator_for(schema).unwrap();
        let ours = jsonschema::validator_for(&document.schema()).unwrap();
        let source = Source::new(schema);
        for payload in [source.minimal(), source.full(), source.largest()] {
            let sent: Value = serde_json::from_str(&payload.write()).unwrap();
            let (written, ..) = round_trip(document, &payload.write()).unwrap();
            let received: Value = serde_json::from_str(&written).unwrap();
            for instance in [&sent, &received] {
                for (validator, whose) in [(&validator, "the source"), (&ours, "the generated schema")] {
                    if let Err(error) = validator.validate(instance) {
                        panic!("{}: {whose} refuses at {}: {error}", place(document), error.instance_path());
                    }
                }
            }
        }
    });
    assert_eq!(messages, MESSAGES);
}

#[test]
fn the_unit_of_temperature_is_read_in_both_spellings_of_1_6() {
    for unit in ["Celcius", "Celsius"] {
        let sample = format!(r#"{{"value":"21.5","measurand":"Temperature","unit":"{unit}"}}"#);
        let values = format!(r#"[{{"timestamp":"2025-04-01T00:00:00Z","sampledValue":[{sample}]}}]"#);
        let meter = format!(r#"{{"connectorId":1,"meterValue":{values}}}"#);
        let stop = format!(
            r#"{{"transactionId":1,"meterStop":5,"timestamp":"2025-04-01T00:00:00Z","transactionData":{values}}}"#
        );
        for (action, json) in [("MeterValues", meter), ("StopTransaction", stop)] {
            let read = v16::Request::parse(action, &json).unwrap();
            assert_eq!(read.findings, []);
            assert_eq!(Tree::read(&read.value.to_json()), Tree::read(&json));
        }
    }
}
