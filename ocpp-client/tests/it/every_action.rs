//! Every action that a manager can call in every version has an answer of the station. The lists of those that
//! it does not do only shrink.

use std::time::Duration;

use ocpp_client::engine::{CommandToken, Engine, Output};
use ocpp_core::action::{ActionInfo, Direction};
use ocpp_core::dialect::{Memory, Reply, Station};
use ocpp_core::message::Shape;
use ocpp_core::types::Version;
use ocpp_core::{v16, v21, v201};
use serde_json::{Map, Value, json};

use crate::bench::{Bench, config};
use crate::upkeep::Vault;

/// What the station answers with a CALLERROR.
const NOT_DONE: &[&str] = &[];

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
            let members = required.map(|member| (member.name.to_owned(), least(member.shape)));
            Value::Object(members.collect::<Map<_, _>>())
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

/// What the text demands beyond the schema.
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
        (_, "SetDefaultTariff" | "ChangeTransactionTariff") => {
            json!({"tariff": {"tariffId": "T1", "currency": "EUR"}})
        }
        (_, "NotifyWebPaymentStarted") => json!({"evseId": 1}),
        _ => json!({}),
    }
}

/// What a station says to an action, through its dialect.
fn answer(version: Version, action: &ActionInfo) -> Reply {
    let mut payload = least(&action.request);
    if let (Some(members), Value::Object(more)) = (payload.as_object_mut(), demanded(version, action.name)) {
        members.extend(more);
    }
    let mut dialect = Station::new(version, Memory::default());
    let heard = dialect.hear(action.name, &payload.to_string());
    let command = heard.unwrap_or_else(|error| panic!("{version} {}: {error}", action.name)).meaning;
    let mut engine = Engine::new(config(1), Box::new(|| "TX1".to_owned()));
    engine.set_keys(Box::new(Vault::default()));
    engine.handle_command(Duration::ZERO, CommandToken(1), &command);
    let outcome = std::iter::from_fn(|| engine.poll_output()).find_map(|output| match output {
        Output::Reply(_, outcome) => Some(outcome),
        _ => None,
    });
    let outcome = outcome.unwrap_or_else(|| panic!("{version} {}: no reply", action.name));
    dialect.answer(action.name, &command, &outcome)
}

#[test]
fn every_action_is_answered() {
    for version in [Version::V16, Version::V201, Version::V21] {
        let from_manager =
            actions(version).iter().filter(|action| action.direction != Direction::FromStation);
        let mut count = 0;
        for action in from_manager {
            count += 1;
            match answer(version, action) {
                Reply::Payload(_) => {
                    assert!(
                        !NOT_DONE.contains(&action.name),
                        "{version} {} is done now: shorten the list",
                        action.name
                    );
                }
                Reply::NotSupported(_) if NOT_DONE.contains(&action.name) => {}
                other => panic!("{version} {}: {other:?}", action.name),
            }
        }
        assert!(count >= 25, "{version}: {count}");
    }
    // The bench has the same station.
    assert!(!Bench::new(1).is_charging(1));
}
