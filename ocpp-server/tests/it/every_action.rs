//! Every action of every version on the wire: what the manager orders reaches a station and ends in a defined way
//! whatever the station does, and what a station calls is answered in words of its version.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::time::Duration;

use ocpp_core::action::ActionInfo;
use ocpp_core::message::Shape;
use ocpp_core::model::{Command, Outcome};
use ocpp_core::types::Version;
use ocpp_core::{v16, v21, v201};
use ocpp_server::command::desk::{NewOrder, WhenOffline};
use ocpp_server::domain::{Ending, OrderState};
use serde_json::{Map, Value, json};

use crate::world::station::{Says, Station};
use crate::world::{World, id, pass};

const ALL: [Version; 3] = [Version::V16, Version::V201, Version::V21];

fn actions(version: Version) -> &'static [ActionInfo] {
    match version {
        Version::V16 => v16::ACTIONS,
        Version::V201 => v201::ACTIONS,
        Version::V21 => v21::ACTIONS,
    }
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
        Shape::Integer { min, .. } => json!(min.unwrap_or(1).max(1)),
        Shape::Number { min, .. } => json!(min.unwrap_or(1).max(1)),
        Shape::Boolean => json!(true),
        Shape::Array { items, min, .. } => Value::Array(vec![least(items); min.unwrap_or(0).max(1)]),
        Shape::Any => json!({}),
    }
}

/// What the text of the specification demands beyond the schema: members to be added or replaced.
fn demanded(version: Version, action: &str) -> Value {
    let period = json!({"startPeriod": 0, "limit": 16});
    match (version, action) {
        (Version::V16, "SetChargingProfile") => json!({"connectorId": 1, "csChargingProfiles": {
            "chargingProfileId": 1, "stackLevel": 1, "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
        }}),
        (_, "SetChargingProfile") => json!({"evseId": 1, "chargingProfile": {
            "id": 1, "stackLevel": 1, "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": [{"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [period]}]
        }}),
        (Version::V201 | Version::V21, "ClearChargingProfile") => json!({"chargingProfileId": 1}),
        (_, "GetChargingProfiles") => json!({"chargingProfile": {"chargingProfileId": [1]}}),
        (_, "CustomerInformation") => json!({"customerIdentifier": "A1"}),
        _ => json!({}),
    }
}

fn request_of(version: Version, action: &ActionInfo) -> Value {
    let mut request = least(&action.request);
    if let (Some(members), Value::Object(more)) = (request.as_object_mut(), demanded(version, action.name)) {
        members.extend(more);
    }
    request
}

async fn ordered(world: &World, action: &ActionInfo, payload: &Value) -> Result<Ending, String> {
    let command = Command::Unmapped { action: action.name.into(), payload: payload.to_string() };
    let new = NewOrder { command, by: "a test".to_owned(), when_offline: WhenOffline::Refuse };
    let order = world.csms().desk().carry_out(&id("CS"), new).await.map_err(|error| error.to_string())?;
    match order.state {
        OrderState::Ended { ending, .. } => Ok(ending),
        other => Err(format!("the order is {other:?}")),
    }
}

/// What a station may do with an order, and how the order ends.
async fn try_all_answers(
    world: &World,
    station: &Station,
    action: &ActionInfo,
    payload: &Value,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let answer = least(action.response.as_ref().unwrap());
    let late = Says::Late(Duration::from_secs(400), answer.clone());
    for (name, says) in [
        ("answered", Says::Result(answer.clone())),
        ("bad_answer", Says::Result(json!([]))),
        ("refused", Says::Error("NotSupported")),
        ("no_answer", Says::Nothing),
        ("no_answer", late),
    ] {
        let before = station.orders(action.name).len();
        station.says(action.name, says);
        let ending = match ordered(world, action, payload).await {
            Ok(ending) => ending,
            Err(error) => {
                wrong.push(format!("{}: {error}", action.name));
                break;
            }
        };
        let how = serde_json::to_value(&ending).unwrap()["how"].clone();
        if how != name {
            wrong.push(format!("{}: {name} was expected, not {ending:?}", action.name));
        }
        if let Ending::Answered { outcome: Outcome::Raw(raw) } = &ending {
            assert_eq!(serde_json::from_str::<Value>(raw).unwrap(), answer);
        }
        let heard = station.orders(action.name);
        if heard.len() != before + 1 || heard.last() != Some(payload) {
            wrong.push(format!("{}: the station heard {heard:?}", action.name));
        }
    }
    wrong
}

#[tokio::test(start_paused = true)]
async fn every_order_of_every_version_reaches_a_station_and_has_an_end() {
    let mut wrong = Vec::new();
    let mut counts = Vec::new();
    for version in ALL {
        let world = World::new().await;
        let station = world.connect("CS", version).await;
        let orders = actions(version)
            .iter()
            .filter(|action| action.direction.from_manager() && action.response.is_some());
        let mut count = 0;
        for action in orders {
            let payload = request_of(version, action);
            let more = try_all_answers(&world, &station, action, &payload).await;
            wrong.extend(more.into_iter().map(|text| format!("{version} {text}")));
            count += 1;
        }
        counts.push(count);
        pass(600).await;
    }
    assert_eq!(wrong, [""; 0], "{wrong:#?}");
    assert_eq!(counts, [26, 40, 55]);
}

/// What is answered with NotSupported, because nobody provides it unless the manager was given a hook for it. This
/// list only shrinks.
const NEEDS_A_HOOK: [&str; 2] = ["Get15118EVCertificate", "GetCertificateStatus"];

#[tokio::test(start_paused = true)]
async fn every_call_of_a_station_is_answered_in_words_of_its_version() {
    let mut wrong = Vec::new();
    for version in ALL {
        let world = World::new().await;
        let station = world.connect("CS", version).await;
        for action in actions(version).iter().filter(|action| action.direction.from_station()) {
            let Some(response) = &action.response else { continue };
            let answer = match station.call(action.name, request_of(version, action)).await {
                Ok(answer) => answer,
                Err(error) if NEEDS_A_HOOK.contains(&action.name) && error.contains("NotSupported") => {
                    continue;
                }
                Err(error) => {
                    wrong.push(format!("{version} {}: {error}", action.name));
                    continue;
                }
            };
            let text = answer.to_string();
            let read = match version {
                Version::V16 => v16::Response::parse(action.name, &text).map(|inbound| inbound.findings),
                Version::V201 => v201::Response::parse(action.name, &text).map(|inbound| inbound.findings),
                Version::V21 => v21::Response::parse(action.name, &text).map(|inbound| inbound.findings),
            };
            match read {
                Ok(findings) if findings.is_empty() => {}
                other => {
                    wrong.push(format!("{version} {}: {answer} of {response:?}: {other:?}", action.name))
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0], "{wrong:#?}");
}

/// What is wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    /// The payload is no object.
    NoObject,
    /// A member is of another type.
    WrongType,
    /// A member is missing that has to be there.
    Missing,
    /// A text is longer than its schema lets it be.
    TooLong,
}

impl Flaw {
    /// The codes that a version has for it.
    const fn codes(self, version: Version) -> &'static [&'static str] {
        match (self, version) {
            (Flaw::NoObject, Version::V16) => &["FormationViolation", "TypeConstraintViolation"],
            (Flaw::NoObject, _) => &["FormatViolation", "TypeConstraintViolation"],
            (Flaw::WrongType, _) => &["TypeConstraintViolation"],
            (Flaw::Missing, Version::V16) => &["OccurenceConstraintViolation"],
            (Flaw::Missing, _) => &["OccurrenceConstraintViolation"],
            (Flaw::TooLong, _) => &["PropertyConstraintViolation"],
        }
    }
}

/// Calls of an action that are wrong in one place each: with the flaw and the member.
fn bad_calls(version: Version, action: &ActionInfo) -> Vec<(Flaw, String, Value)> {
    let good = request_of(version, action);
    let mut calls = vec![(Flaw::NoObject, String::new(), json!(["A1"]))];
    let Shape::Object(object) = action.request else { return calls };
    let with = |name: &str, value: Value| {
        let mut call = good.clone();
        call[name] = value;
        call
    };
    for member in object.members {
        let name = member.name.to_owned();
        if member.required {
            let mut call = good.clone();
            call.as_object_mut().unwrap().remove(member.name);
            calls.push((Flaw::Missing, name.clone(), call));
        }
        let other = match member.shape {
            Shape::Any => continue,
            Shape::Object(_) | Shape::Array { .. } => json!(true),
            _ => json!({"of": ["another", "type"]}),
        };
        calls.push((Flaw::WrongType, name.clone(), with(member.name, other)));
        if let Shape::Text { max: Some(max) } = *member.shape {
            calls.push((Flaw::TooLong, name, with(member.name, json!("A".repeat(max + 1)))));
        }
    }
    calls
}

/// Bad calls that are taken all the same, because stations exist that make them (docs/quirks.md). Only shrinks.
const MENDED: [&str; 11] = [
    "1.6 BootNotification TooLong chargePointVendor",
    "1.6 BootNotification TooLong chargePointModel",
    "1.6 BootNotification TooLong chargePointSerialNumber",
    "1.6 BootNotification TooLong chargeBoxSerialNumber",
    "1.6 BootNotification TooLong firmwareVersion",
    "1.6 BootNotification TooLong iccid",
    "1.6 BootNotification TooLong imsi",
    "1.6 BootNotification TooLong meterType",
    "1.6 BootNotification TooLong meterSerialNumber",
    "1.6 StatusNotification TooLong info",
    "1.6 StatusNotification TooLong vendorErrorCode",
];

#[tokio::test(start_paused = true)]
async fn bad_calls_of_every_action_are_answered_with_the_code_of_the_version_or_mended_by_a_habit() {
    let (mut wrong, mut mended, mut tried) = (Vec::new(), Vec::new(), Vec::new());
    for version in ALL {
        let world = World::new().await;
        let station = world.connect("CS", version).await;
        let mut count = 0;
        for action in actions(version).iter().filter(|action| action.direction.from_station()) {
            if action.response.is_none() {
                continue;
            }
            count += 1;
            for (flaw, member, payload) in bad_calls(version, action) {
                // They come slowly, so that none is held up for being one of many.
                pass(2).await;
                let call = format!("{version} {} {flaw:?} {member}", action.name);
                match station.call(action.name, payload).await {
                    Ok(_) => mended.push(call),
                    Err(error)
                        if flaw.codes(version).iter().any(|code| error.contains(&format!("\"{code}\""))) => {}
                    Err(error) => wrong.push(format!("{call}: {error}")),
                }
            }
        }
        // Whatever it said, the station is still served.
        assert!(station.call("Heartbeat", json!({})).await.is_ok());
        tried.push(count);
    }
    assert_eq!(wrong, [""; 0], "{wrong:#?}");
    assert_eq!(mended, MENDED, "{mended:#?}");
    assert_eq!(tried, [14, 25, 36], "every action that has an answer");
}
