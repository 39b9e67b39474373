//! The rules that only the text of the specification makes: each is broken once and kept once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod screen;

use std::collections::BTreeSet;

use ocpp_core::action::{ActionInfo, ParseError};
use ocpp_core::dialect::Manager;
use ocpp_core::inbound::{Fault, Finding, Policy, Rule, violations, write_checked};
use ocpp_core::message::Shape;
use ocpp_core::model::Command;
use ocpp_core::quirk::{Quirk, Quirks};
use ocpp_core::requirement::{self, Kind};
use ocpp_core::types::{Text, Version};
use ocpp_core::{v16, v21, v201};

use cases::{Case, Part};

fn actions(version: Version) -> &'static [ActionInfo] {
    match version {
        Version::V16 => v16::ACTIONS,
        Version::V201 => v201::ACTIONS,
        Version::V21 => v21::ACTIONS,
    }
}

fn shape(version: Version, case: &Case) -> Shape {
    let action = actions(version).iter().find(|action| action.name == case.action).expect("an action");
    match case.part {
        Part::Request => action.request,
        Part::Response => action.response.expect("an action with an answer"),
    }
}

/// The rules that a payload breaks, with the places; it has to keep to its schema.
fn told(version: Version, case: &Case, json: &str) -> Vec<Finding> {
    let findings = violations(version, &shape(version, case), json);
    for finding in &findings {
        assert!(matches!(finding.rule, Rule::Text(_)), "{version}: {json}: {finding}");
    }
    findings
}

#[test]
fn each_rule_is_told_where_it_is_broken_and_only_there() {
    for case in cases::ALL {
        for version in case.versions {
            let broken = told(*version, case, case.broken);
            let places: Vec<(&str, &str)> = broken
                .iter()
                .map(|finding| match finding.rule {
                    Rule::Text(rule) => (rule.id, &*finding.pointer),
                    _ => unreachable!(),
                })
                .collect();
            assert_eq!(places, [(case.id, case.pointer)], "{version}: {}", case.broken);
            assert_eq!(told(*version, case, case.kept), [], "{version}: {}", case.kept);
        }
    }
}

#[test]
fn every_rule_has_a_case() {
    for version in Version::ALL {
        let covered: BTreeSet<(&str, &str, &str)> = cases::ALL
            .iter()
            .filter(|case| case.versions.contains(&version))
            .flat_map(|case| told(version, case, case.broken))
            .filter_map(|finding| match finding.rule {
                Rule::Text(rule) => Some((rule.id, rule.object, rule.text)),
                _ => None,
            })
            .collect();
        let rules: BTreeSet<(&str, &str, &str)> =
            requirement::all(version).map(|rule| (rule.id, rule.object, rule.text)).collect();
        assert_eq!(covered, rules, "{version}");
    }
}

#[test]
fn the_rules_are_about_types_that_exist() {
    fn collect(shape: &Shape, names: &mut BTreeSet<&'static str>) {
        match shape {
            Shape::Object(object) if names.insert(object.name) => {
                object.members.iter().for_each(|member| collect(member.shape, names));
            }
            Shape::Array { items, .. } => collect(items, names),
            _ => {}
        }
    }
    for version in Version::ALL {
        let mut names = BTreeSet::from(["dateTime", "decimal", "identifierString"]);
        for action in actions(version) {
            collect(&action.request, &mut names);
            action.response.iter().for_each(|shape| collect(shape, &mut names));
        }
        for rule in requirement::all(version) {
            assert!(names.contains(rule.object), "{version} has no {} ({})", rule.object, rule.id);
        }
    }
}

/// Whether a shape has a number with a fraction somewhere.
fn has_decimals(shape: &Shape) -> bool {
    match shape {
        Shape::Object(object) => object.members.iter().any(|member| has_decimals(member.shape)),
        Shape::Array { items, .. } => has_decimals(items),
        Shape::Number { .. } => true,
        _ => false,
    }
}

#[test]
fn six_decimals_are_the_most_in_every_message_to_a_station_and_in_no_other() {
    for version in [Version::V201, Version::V21] {
        for action in actions(version) {
            let to_station = [
                (action.direction.from_manager(), Some(action.request)),
                (action.direction.from_station(), action.response),
            ];
            for (goes_there, shape) in to_station {
                let Some(shape @ Shape::Object(object)) = shape else { continue };
                let looks = requirement_looks_at_decimals(version, &shape);
                assert_eq!(looks, goes_there && has_decimals(&shape), "{version} {}", object.name);
            }
        }
    }
}

/// Whether a number with seven decimals is told, in a payload that has it at every place for a number.
fn requirement_looks_at_decimals(version: Version, shape: &Shape) -> bool {
    fn fill(shape: &Shape) -> String {
        match shape {
            Shape::Object(object) => {
                let members: Vec<String> = object
                    .members
                    .iter()
                    .filter(|member| has_decimals(member.shape))
                    .map(|member| format!("{:?}:{}", member.name, fill(member.shape)))
                    .collect();
                format!("{{{}}}", members.join(","))
            }
            Shape::Array { items, .. } => format!("[{}]", fill(items)),
            _ => "0.1234567".to_owned(),
        }
    }
    let told = requirement::breaches(version, shape, &fill(shape));
    told.iter().any(|breach| breach.rule.is_some_and(|rule| rule.object == "decimal"))
}

#[test]
fn what_others_send_is_read_and_told_and_refused_where_nothing_is_tolerated() {
    let json = r#"{"evseId":0,"remoteStartId":1,"idToken":{"idToken":"A","type":"Central"}}"#;
    let tolerant = Policy::of(Version::V201);
    let read = v201::Request::parse_by("RequestStartTransaction", json, tolerant).unwrap();
    assert_eq!(read.raw.as_deref(), Some(json));
    assert_eq!(read.findings.len(), 1);
    assert_eq!((&*read.findings[0].pointer, read.findings[0].quirk), ("/evseId", Some(Quirk::TextRule)));

    let strict = tolerant.with_quirks(Quirks::strict());
    let Err(ParseError::Rejected(rejected)) =
        v201::Request::parse_by("RequestStartTransaction", json, strict)
    else {
        panic!("not refused")
    };
    assert_eq!(rejected.fault(), Fault::Property);
    assert!(rejected.to_string().starts_with("/evseId has to be greater than 0"), "{rejected}");
}

#[test]
fn what_breaks_a_rule_is_not_written() {
    let stop = |id: &str| v201::RequestStopTransactionRequest::new(Text::new(id).unwrap());
    assert!(write_checked(Version::V201, &stop("T-1")).is_ok());
    let rejected = write_checked(Version::V201, &stop("T 1")).unwrap_err();
    assert_eq!(rejected.findings[0].pointer, "/transactionId");
    assert!(!rejected.to_string().contains("T 1"), "identifiers are not shown: {rejected}");

    let mut unknown = stop("T-1");
    unknown.extra.insert("colour", ocpp_core::types::Json::string("red"));
    assert!(write_checked(Version::V201, &unknown).is_err());
}

#[test]
fn an_order_that_breaks_a_rule_is_not_given() {
    let raw = |action: &str, payload: &str| Command::Unmapped {
        action: action.into(),
        payload: payload.to_owned(),
    };
    let mut manager = Manager::new(Version::V201);
    let profile = |transaction: &str| {
        format!(
            r#"{{"evseId":1,"chargingProfile":{{"id":1,"stackLevel":0,"chargingProfilePurpose":"TxProfile",{transaction}"chargingProfileKind":"Relative","chargingSchedule":[{{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{{"startPeriod":0,"limit":16.0}}]}}]}}}}"#
        )
    };
    let kept = profile(r#""transactionId":"T-1","#);
    assert_eq!(manager.order(&raw("SetChargingProfile", &kept)).unwrap().payload, kept);
    let refused = manager.order(&raw("SetChargingProfile", &profile(""))).unwrap_err().to_string();
    assert!(refused.contains("/chargingProfile/transactionId"), "{refused}");
    assert!(refused.contains("K01.FR.03"), "{refused}");
    assert!(manager.order(&raw("SetChargingProfile", r#"{"evseId":"1"}"#)).is_err());
    assert!(manager.order(&raw("BootNotification", "{}")).is_err(), "stations send that");
    assert!(manager.order(&raw("VendorsOwn", r#"{"any":1}"#)).is_ok(), "there is no rule to check it by");
}

#[test]
fn rules_say_what_they_want() {
    let mut lines = String::new();
    for version in Version::ALL {
        for rule in requirement::all(version) {
            assert!(!rule.id.is_empty() && !rule.text.ends_with('.'));
            let kind = if rule.kind == Kind::Occurrence { "occurrence" } else { "value" };
            lines += &format!("{version} | {} | {} | {kind} | {}\n", rule.id, rule.object, rule.text);
        }
    }
    insta::assert_snapshot!(lines);
}
