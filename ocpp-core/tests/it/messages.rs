//! What a message tolerates, what it refuses, and how exactly it says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[cfg(feature = "schema")]
mod everywhere;

use ocpp_core::action::{ActionInfo, Direction, ParseError};
use ocpp_core::inbound::{Fault, Finding, Inbound, Rejected, Rule};
use ocpp_core::types::Version;
use ocpp_core::wire::CallError;
use ocpp_core::{v16, v21, v201};

fn at(pointer: &str, rule: Rule) -> (String, Rule) {
    (pointer.to_owned(), rule)
}

/// The places and rules of findings, by place.
fn told(findings: &[Finding]) -> Vec<(String, Rule)> {
    let mut told: Vec<_> =
        findings.iter().map(|finding| (finding.pointer.clone(), finding.rule.clone())).collect();
    told.sort_by(|one, other| one.0.cmp(&other.0));
    told
}

fn rejected<T: std::fmt::Debug>(read: Result<Inbound<T>, ParseError>) -> Rejected {
    match read {
        Err(ParseError::Rejected(rejected)) => rejected,
        other => panic!("not refused: {other:?}"),
    }
}

fn refusal(action: &str, json: &str) -> Rejected {
    rejected(v201::Request::parse(action, json))
}

#[test]
fn what_is_tolerated_is_told_and_survives() {
    let json = concat!(
        r#"{"reason":"Sunspots","chargingStation":{"model":"M","vendorName":"V","modem":{"iccid":null,"band":[1.50]}},"#,
        r#""customData":{"vendorId":"V","anything":{"goes":1e2}},"colour":"red"}"#
    );
    let read = v201::Request::parse("BootNotification", json).unwrap();
    assert_eq!(
        told(&read.findings),
        [
            at("/chargingStation/modem/band", Rule::Unknown),
            at("/chargingStation/modem/iccid", Rule::Null),
            at("/colour", Rule::Unknown),
            at("/reason", Rule::NotInEnum("BootReasonEnumType")),
        ]
    );
    assert_eq!(read.raw.as_deref(), Some(json));
    let v201::Request::BootNotification(boot) = &read.value else { panic!("{:?}", read.value) };
    assert_eq!(boot.reason.as_str(), "Sunspots");
    assert!(boot.charging_station.modem.as_ref().unwrap().iccid.is_none());
    assert_eq!(boot.extra.get("colour").unwrap().as_str(), r#""red""#);

    let written = read.value.to_json();
    let again = v201::Request::parse("BootNotification", &written).unwrap();
    assert_eq!(again.value, read.value);
    assert_eq!(again.findings, read.findings);
    for kept in [r#""iccid":null"#, r#""band":[1.50]"#, r#""anything":{"goes":1e2}"#, r#""Sunspots""#] {
        assert!(written.contains(kept), "{kept} is not in {written}");
    }
}

#[test]
fn a_payload_that_keeps_to_its_schema_has_no_findings_and_no_copy() {
    let read = v16::Request::parse("Authorize", r#"{"idTag":"A1"}"#).unwrap();
    assert_eq!((read.raw, read.findings), (None, vec![]));
}

#[test]
fn all_violations_of_a_payload_are_told_at_once() {
    let json = concat!(
        r#"{"eventType":"Started","timestamp":"yesterday","triggerReason":7,"seqNo":1.5,"offline":"no","#,
        r#""transactionInfo":{"transactionId":"0123456789012345678901234567890123456"},"#,
        r#""meterValue":[{"timestamp":"2024-01-01T00:00:00Z","sampledValue":[]},{"sampledValue":[{"value":"1"}]}],"#,
        r#""evse":{"id":3000000000},"speed":1}"#
    );
    let rejected = refusal("TransactionEvent", json);
    assert_eq!(
        told(&rejected.findings),
        [
            at("/evse/id", Rule::Range { min: None, max: None }),
            at("/meterValue/0/sampledValue", Rule::Count { count: 0, min: 1, max: usize::MAX }),
            at("/meterValue/1/sampledValue/0/value", Rule::Type("a number")),
            at("/meterValue/1/timestamp", Rule::Missing),
            at("/offline", Rule::Type("true or false")),
            at("/seqNo", Rule::Type("a whole number")),
            at("/speed", Rule::Unknown),
            at("/timestamp", Rule::DateTime),
            at("/transactionInfo/transactionId", Rule::TooLong { length: 37, limit: 36 }),
            at("/triggerReason", Rule::Type("a text")),
        ]
    );
    let text = rejected.to_string();
    assert!(
        text.contains("/transactionInfo/transactionId has 37 characters, at most 36 are allowed"),
        "{text}"
    );
    assert!(!text.contains("speed"), "what is tolerated is no reason: {text}");
    assert!(text.contains(r#"(RFC 3339), not "yesterday""#), "{text}");
    assert!(!text.contains("0123456789"), "identifiers stay out of messages: {text}");
}

#[test]
fn a_refusal_tells_each_violation_with_its_code_and_hides_what_is_personal() {
    let json = concat!(
        r#"{"connectorId":"one","idTag":"012345678901234567890","meterStart":1.5,"timestamp":"1 May","#,
        r#""reservationId":99999999999,"secret":"PASSWORD"}"#
    );
    let rejected = rejected(v16::Request::parse("StartTransaction", json));
    let error = CallError::rejecting(&rejected, Version::V16);
    let details: serde_json::Value = serde_json::from_str(&error.details).unwrap();
    insta::assert_snapshot!(format!(
        "{}\n{}\n{details:#}",
        error.code.as_str(Version::V16),
        error.description
    ));
    let all = format!("{error:?} {rejected} {rejected:?}");
    assert!(!all.contains("0123456789") && !all.contains("PASSWORD"), "{all}");
}

#[test]
fn each_rule_has_its_kind_of_fault() {
    let long = format!(r#"{{"idTag":"{}"}}"#, "é".repeat(21));
    let cases = [
        ("Authorize", long.as_str(), Fault::Property),
        ("Authorize", r#"{"idTag":5}"#, Fault::Type),
        ("Authorize", r#"{"idTag":null}"#, Fault::Type),
        ("Authorize", "{}", Fault::Occurrence),
        ("Authorize", r#"{"idTag":"a","idTag":"b"}"#, Fault::Occurrence),
        ("Authorize", r#"["idTag"]"#, Fault::Formation),
        ("Authorize", "null", Fault::Formation),
        ("Authorize", r#"{"idTag":"a""#, Fault::Formation),
        ("UnlockConnector", r#"{"connectorId":1.5}"#, Fault::Type),
        ("UnlockConnector", r#"{"connectorId":2147483648}"#, Fault::Property),
        ("UnlockConnector", r#"{"connectorId":-99999999999999999999}"#, Fault::Property),
        (
            "MeterValues",
            r#"{"connectorId":1,"meterValue":[{"timestamp":"1 May","sampledValue":[]}]}"#,
            Fault::Property,
        ),
    ];
    for (action, json, fault) in cases {
        let rejected = rejected(v16::Request::parse(action, json));
        assert_eq!((rejected.findings.len(), rejected.fault()), (1, fault), "{json}: {rejected}");
    }
    let empty = refusal("SetVariables", r#"{"setVariableData":[]}"#);
    assert_eq!(empty.fault(), Fault::Occurrence);
}

#[test]
fn a_tolerated_oddity_never_decides_about_the_fault() {
    let rejected = refusal("BootNotification", r#"{"colour":1,"reason":"Sunspots","customData":null}"#);
    assert_eq!(rejected.fault(), Fault::Occurrence);
    assert!(told(&rejected.findings).contains(&at("/chargingStation", Rule::Missing)));
    assert!(told(&rejected.findings).contains(&at("/customData", Rule::Null)));
}

#[test]
fn duplicates_are_refused_where_they_stand() {
    let cases = [
        (r#"{"idToken":{"idToken":"a","type":"Local","type":"Central"}}"#, "/idToken/type"),
        (
            r#"{"idToken":{"idToken":"a","type":"Local"},"certificate":"x","certificate":null}"#,
            "/certificate",
        ),
        (
            r#"{"idToken":{"idToken":"a","type":"Local"},"certificate":null,"certificate":"x"}"#,
            "/certificate",
        ),
        (r#"{"idToken":{"idToken":"a","type":"Local"},"idToken":5,"colour":1}"#, "/idToken"),
    ];
    for (json, pointer) in cases {
        let rejected = refusal("Authorize", json);
        assert!(
            told(&rejected.findings).contains(&at(pointer, Rule::Duplicate)),
            "{json}: {:?}",
            rejected.findings
        );
        assert_eq!(rejected.fault(), Fault::Occurrence);
    }
}

#[test]
fn many_oddities_do_not_hide_why_a_payload_is_refused() {
    let odd: Vec<String> = (0..500).map(|n| format!(r#""x{n}":1"#)).collect();
    let json = format!(r#"{{"chargingStation":{{"model":"M","vendorName":"V",{}}}}}"#, odd.join(","));
    let rejected = refusal("BootNotification", &json);
    assert_eq!(rejected.findings.len(), 100);
    assert!(told(&rejected.findings).contains(&at("/reason", Rule::Missing)));
    assert_eq!(rejected.fault(), Fault::Occurrence);
}

#[test]
fn numbers_that_no_machine_type_holds_are_looked_at_as_text() {
    let stream = |t: &str, more: &str| {
        format!(
            r#"{{"id":1,"pending":0,"basetime":"2025-01-01T00:00:00Z","data":[{{"t":{t},"v":"1"{more}}}]}}"#
        )
    };
    let read = v21::Request::parse("NotifyPeriodicEventStream", &stream("1e400", r#","w":1"#)).unwrap();
    assert_eq!(told(&read.findings), [at("/data/0/w", Rule::Unknown)]);
    assert!(read.value.to_json().contains("1e400"));

    let rejected = rejected(v21::Request::parse("NotifyPeriodicEventStream", &stream("true", "")));
    assert_eq!(told(&rejected.findings), [at("/data/0/t", Rule::Type("a number"))]);
    let minus_nought = refusal("UnlockConnector", r#"{"evseId":-0,"connectorId":1}"#);
    assert_eq!(told(&minus_nought.findings), [at("/evseId", Rule::Type("a whole number"))]);
}

#[test]
fn half_a_surrogate_pair_is_refused_where_it_stands() {
    let rejected = refusal("Authorize", r#"{"idToken":{"idToken":"\ud83d","type":"Local"}}"#);
    assert_eq!(
        told(&rejected.findings),
        [at("/idToken/idToken", Rule::Type("a text of Unicode characters"))]
    );
    assert_eq!(rejected.fault(), Fault::Type);
}

#[test]
fn pointers_are_escaped_and_short() {
    let json = format!(r#"{{"a/b~c":1,"{}":2}}"#, "n".repeat(5000));
    let read = v16::Request::parse("Heartbeat", &json).unwrap();
    assert_eq!(
        told(&read.findings),
        [at("/a~1b~0c", Rule::Unknown), at(&format!("/{}", "n".repeat(64)), Rule::Unknown)]
    );
}

#[test]
fn an_action_of_another_version_is_unknown() {
    assert_eq!(
        v16::Request::parse("TransactionEvent", "{}").unwrap_err(),
        ParseError::UnknownAction("TransactionEvent".into())
    );
    assert_eq!(
        v16::Request::parse("heartbeat", "{}").unwrap_err(),
        ParseError::UnknownAction("heartbeat".into())
    );
}

fn count(actions: &[ActionInfo], direction: Direction) -> usize {
    actions.iter().filter(|action| action.direction == direction).count()
}

#[test]
fn every_version_has_its_actions_in_their_directions() {
    let expected =
        [(v16::ACTIONS, 39, [13, 25, 1]), (v201::ACTIONS, 64, [24, 39, 1]), (v21::ACTIONS, 91, [36, 54, 1])];
    for (actions, total, directions) in expected {
        assert_eq!(actions.len(), total);
        let counted =
            [Direction::FromStation, Direction::FromManager, Direction::Both].map(|d| count(actions, d));
        assert_eq!(counted, directions);
        assert!(actions.is_sorted_by(|one, other| one.name < other.name), "in alphabetical order, each once");
        let both: Vec<_> = actions.iter().filter(|action| action.direction == Direction::Both).collect();
        assert_eq!(both[0].name, "DataTransfer");
    }
    let web_payment = v21::ACTIONS.iter().find(|action| action.name == "NotifyWebPaymentStarted").unwrap();
    assert_eq!(web_payment.direction, Direction::FromManager);
}

#[test]
fn only_the_periodic_event_stream_has_no_answer() {
    for (version, actions) in
        [(Version::V16, v16::ACTIONS), (Version::V201, v201::ACTIONS), (Version::V21, v21::ACTIONS)]
    {
        let silent: Vec<&str> =
            actions.iter().filter(|action| action.response.is_none()).map(|action| action.name).collect();
        let expected: &[&str] = if version == Version::V21 { &["NotifyPeriodicEventStream"] } else { &[] };
        assert_eq!(silent, expected, "{version}");
    }
    assert_eq!(
        v21::Response::parse("NotifyPeriodicEventStream", "{}").unwrap_err(),
        ParseError::UnknownAction("NotifyPeriodicEventStream".into())
    );
}
