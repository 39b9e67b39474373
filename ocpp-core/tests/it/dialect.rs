//! Whatever either end says keeps to the rules of its version.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod anything;

use jiff::Timestamp;
use ocpp_core::action::ActionInfo;
use ocpp_core::dialect::{Manager, Memory, Reply, Said, Station};
use ocpp_core::inbound::violations;
use ocpp_core::message::Shape;
use ocpp_core::model::{
    Answer, ClockOf, Command, Fact, MonitorEvent, MonitorOrigin, NO_TIME, Outcome, Place, Setting,
    SettingResult, StationTxRef, Step, Verdict,
};
use ocpp_core::quirk::{Quirk, Quirks};
use ocpp_core::types::{Json, Version};
use ocpp_core::{v16, v21, v201};
use proptest::prelude::*;

fn actions(version: Version) -> &'static [ActionInfo] {
    match version {
        Version::V16 => v16::ACTIONS,
        Version::V201 => v201::ACTIONS,
        Version::V21 => v21::ACTIONS,
    }
}

fn action(version: Version, name: &str) -> &'static ActionInfo {
    actions(version).iter().find(|action| action.name == name).expect("an action of the version")
}

fn keeps(version: Version, shape: &Shape, json: &str) {
    let violations = violations(version, shape, json);
    assert_eq!(violations, [], "{version}: {json}");
}

/// A call that the other end hears where nothing is tolerated.
fn is_heard_by_manager(version: Version, said: &Said) {
    keeps(version, &action(version, &said.action).request, &said.payload);
    let heard = Manager::new(version).with_quirks(Quirks::strict()).hear(&said.action, &said.payload);
    assert!(heard.is_ok(), "{version}: {said:?}: {heard:?}");
}

fn is_identifier(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "*-_=:+|@.".contains(c))
}

/// Whether a version has no legal words for a fact, and the reports of it cannot do without.
fn is_unsayable(version: Version, fact: &Fact) -> bool {
    match (version, fact) {
        (Version::V16, Fact::Transaction(fact)) => {
            let connector =
                fact.place.and_then(Place::evse).filter(|evse| (1..=i32::MAX as u32).contains(&evse.0));
            fact.step == Step::Started && connector.is_none()
        }
        (Version::V201 | Version::V21, Fact::Authorize(token)) => {
            let longest = if version == Version::V201 { 36 } else { 255 };
            token.kind.as_str() != "NoAuthorization" && !is_identifier(&token.value, longest)
        }
        (Version::V201 | Version::V21, Fact::Transaction(fact)) => {
            matches!(&fact.transaction, StationTxRef::Named(name) if !is_identifier(name, 36))
        }
        // A message that only 2.1 has words for is not one of this version's, and a short one has no other words.
        (Version::V201 | Version::V21, Fact::DisplayMessages(report)) => !report.messages.is_empty(),
        (Version::V201 | Version::V21, Fact::Events(report)) => {
            let nameless = |event: &MonitorEvent| {
                event.monitor.is_none() && event.origin != MonitorOrigin::HardWiredNotification
            };
            let numbered = |number: i64| i32::try_from(number).is_ok();
            report.events.iter().any(|event| nameless(event) || !event.monitor.is_none_or(numbered))
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_station_says_keeps_to_the_rules(fact in anything::fact()) {
        for version in Version::ALL {
            match Station::new(version, Memory::default()).say(&fact) {
                Ok(Some(said)) => is_heard_by_manager(version, &said),
                Ok(None) => {}
                Err(cannot) => prop_assert!(is_unsayable(version, &fact), "{fact:?}: {cannot}"),
            }
        }
    }

    #[test]
    fn whatever_a_manager_answers_keeps_to_the_rules((fact, answer) in anything::answered_fact()) {
        for version in Version::ALL {
            let Some(name) = anything::action_of(version, &fact) else { continue };
            match Manager::new(version).answer(name, &fact, &answer) {
                Reply::Payload(json) => {
                    keeps(version, &action(version, name).response.unwrap(), &json);
                    let heard = Station::new(version, Memory::default())
                        .with_quirks(Quirks::strict())
                        .hear_answer(&fact, name, &json);
                    prop_assert!(heard.is_ok(), "{version}: {json}: {heard:?}");
                }
                Reply::NotSupported(_) => {}
                Reply::Unsayable(cannot) => prop_assert!(false, "{answer:?}: {cannot}"),
            }
        }
    }

    #[test]
    fn whatever_a_manager_orders_keeps_to_the_rules(command in anything::command()) {
        for version in Version::ALL {
            let Ok(said) = Manager::new(version).order(&command) else { continue };
            keeps(version, &action(version, &said.action).request, &said.payload);
        }
    }

    #[test]
    fn whatever_a_station_answers_keeps_to_the_rules((command, outcome) in anything::command_with_outcome()) {
        for version in Version::ALL {
            let Ok(said) = Manager::new(version).order(&command) else { continue };
            let reply = Station::new(version, Memory::default()).answer(&said.action, &command, &outcome);
            match reply {
                Reply::Payload(json) => keeps(version, &action(version, &said.action).response.unwrap(), &json),
                Reply::NotSupported(_) => {}
                Reply::Unsayable(cannot) => prop_assert!(false, "{outcome:?}: {cannot}"),
            }
        }
    }
}

#[test]
fn what_is_merely_noted_is_answered_by_the_rules_in_every_action() {
    for version in Version::ALL {
        let from_station = actions(version).iter().filter(|action| action.direction.from_station());
        for action in from_station.filter(|action| !anything::HAS_MEANING.contains(&action.name)) {
            let Some(response) = action.response else { continue };
            let fact = Fact::Unmapped { action: action.name.into(), payload: "{}".to_owned() };
            match Manager::new(version).answer(action.name, &fact, &Answer::Noted) {
                Reply::Payload(json) => keeps(version, &response, &json),
                Reply::NotSupported(_) => {}
                Reply::Unsayable(cannot) => panic!("{version} {}: {cannot}", action.name),
            }
        }
    }
}

#[test]
fn raw_json_that_breaks_the_rules_is_not_said() {
    let fact =
        |action: &str, payload: &str| Fact::Unmapped { action: action.into(), payload: payload.to_owned() };
    let mut station = Station::new(Version::V201, Memory::default());
    let kept = fact("FirmwareStatusNotification", r#"{"status":"Idle"}"#);
    assert!(station.say(&kept).unwrap().is_some());
    let cannot = station.say(&fact("FirmwareStatusNotification", r#"{"status":"Installed"}"#)).unwrap_err();
    assert!(
        cannot.to_string().contains("/requestId") && cannot.to_string().contains("L01.FR.20"),
        "{cannot}"
    );
    let cannot = station.say(&fact("Reset", r#"{"type":"OnIdle"}"#)).unwrap_err();
    assert!(cannot.to_string().contains("only managers send Reset"), "{cannot}");
    assert!(station.say(&fact("VendorsOwn", r#"{"any":1}"#)).unwrap().is_some(), "no rule to check it by");

    let command = Command::Unmapped { action: "GetLog".into(), payload: "{}".to_owned() };
    let answer = |json: &str| {
        let outcome = Outcome::Raw(json.to_owned());
        Station::new(Version::V201, Memory::default()).answer("GetLog", &command, &outcome)
    };
    assert_eq!(answer(r#"{"status":"Accepted"}"#), Reply::Payload(r#"{"status":"Accepted"}"#.to_owned()));
    let Reply::Unsayable(cannot) = answer(r#"{"status":"Perhaps"}"#) else { panic!("said") };
    assert!(cannot.to_string().contains("/status"), "{cannot}");
}

#[test]
fn a_variable_that_could_be_read_has_a_value_and_no_other_has() {
    let result = |variable: &str, verdict, value: Option<&str>| SettingResult {
        setting: Setting::Variable {
            component: "EVSE".into(),
            component_instance: None,
            place: None,
            variable: variable.into(),
            variable_instance: None,
        },
        ..SettingResult::new(Setting::Key("".into()), verdict, value.map(Into::into))
    };
    let results = vec![result("A", Verdict::Accepted, None), result("B", Verdict::Unknown, Some("1"))];
    let command = Command::ReadSettings(ocpp_core::model::Scope::All);
    let reply = Station::new(Version::V201, Memory::default()).answer(
        "GetVariables",
        &command,
        &Outcome::Settings(results),
    );
    let Reply::Payload(json) = reply else { panic!("{reply:?}") };
    let told: Vec<Option<&str>> = [r#""attributeValue":"""#, r#""attributeValue":"1""#]
        .into_iter()
        .map(|member| json.contains(member).then_some(member))
        .collect();
    assert_eq!(told, [Some(r#""attributeValue":"""#), None], "{json}");
    assert!(Json::new(json).is_ok());
}

#[test]
fn a_required_time_that_is_left_empty_is_no_time_until_it_is_received() {
    let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    let hear = |version, action: &str, json: &str| {
        let heard = Manager::new(version).hear(action, json).unwrap();
        assert!(heard.findings.iter().any(|finding| finding.quirk == Some(Quirk::EmptyTime)), "{json}");
        heard.meaning
    };
    let start = hear(
        Version::V16,
        "StartTransaction",
        r#"{"connectorId":1,"idTag":"A","meterStart":1,"timestamp":""}"#,
    );
    let Fact::Transaction(report) = &start else { panic!("{start:?}") };
    assert_eq!((report.at, report.readings[0].at, report.clock), (NO_TIME, NO_TIME, ClockOf::Station));
    let received = start.received_at(now);
    let Fact::Transaction(report) = &*received else { panic!("{received:?}") };
    assert_eq!((report.at, report.readings[0].at, report.clock), (now, now, ClockOf::Manager));

    // A reading without a time was taken when its report was made.
    let event = concat!(
        r#"{"eventType":"Updated","timestamp":"2025-01-01T00:00:00Z","triggerReason":"MeterValuePeriodic","#,
        r#""seqNo":1,"transactionInfo":{"transactionId":"T"},"#,
        r#""meterValue":[{"timestamp":"","sampledValue":[{"value":1}]}]}"#
    );
    let event = hear(Version::V201, "TransactionEvent", event);
    let received = event.received_at(now);
    let Fact::Transaction(report) = &*received else { panic!("{received:?}") };
    assert_eq!((report.readings[0].at, report.clock), (report.at, ClockOf::Station));

    let status = r#"{"timestamp":"","connectorStatus":"Available","evseId":1,"connectorId":1}"#;
    let status = hear(Version::V21, "StatusNotification", status);
    assert!(matches!(&*status.received_at(now), Fact::Status(report) if report.at == Some(now)));
    assert!(matches!(&*Fact::Heartbeat.received_at(now), Fact::Heartbeat));
}
