//! Every habit of the field: read, told, counted, and refused where it is switched off.
//!
//! The messages are written for these tests after what the linked reports show.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;

use std::collections::BTreeSet;
use std::str::FromStr;

use ocpp_core::action::ParseError;
use ocpp_core::dialect::{Manager, Misheard};
use ocpp_core::inbound::{Inbound, Policy, Rejected};
use ocpp_core::model::{Fact, StationTxRef};
use ocpp_core::quirk::{Quirk, Quirks, Scope, Tally};
use ocpp_core::types::Version;
use ocpp_core::wire::{CallError, ErrorCode, Frame};
use ocpp_core::{v16, v21, v201};

use cases::{Case, Part};

/// What was read, written again.
fn read(case: &Case, quirks: Quirks) -> Result<Inbound<String>, Rejected> {
    let policy = Policy::of(case.version).with_quirks(quirks);
    macro_rules! through {
        ($kind:ident::$enumeration:ident) => {
            $kind::$enumeration::parse_by(case.action, case.json, policy).map(|read| Inbound {
                value: read.value.to_json(),
                raw: read.raw,
                findings: read.findings,
            })
        };
    }
    let read = match (case.version, case.part) {
        (Version::V16, Part::Request) => through!(v16::Request),
        (Version::V16, Part::Response) => through!(v16::Response),
        (Version::V201, Part::Request) => through!(v201::Request),
        (Version::V201, Part::Response) => through!(v201::Response),
        (Version::V21, Part::Request) => through!(v21::Request),
        (Version::V21, Part::Response) => through!(v21::Response),
    };
    read.map_err(|error| match error {
        ParseError::Rejected(rejected) => rejected,
        ParseError::UnknownAction(name) => panic!("{name} is no action"),
    })
}

#[test]
fn every_habit_is_read_told_and_kept_as_it_came() {
    for case in cases::ALL {
        let name = case.quirk.name();
        let read = read(case, Quirks::all()).unwrap_or_else(|rejected| panic!("{name}: {rejected}"));
        assert_eq!(read.raw.as_deref(), Some(case.json), "{name}");
        let told: Vec<(&str, Option<Quirk>)> =
            read.findings.iter().map(|finding| (&*finding.pointer, finding.quirk)).collect();
        assert_eq!(told, [(case.pointer, Some(case.quirk))], "{name}: {}", case.json);
        assert!(read.value.contains(case.written), "{name}: {} is not in {}", case.written, read.value);
    }
}

#[test]
fn a_habit_that_breaks_a_rule_is_refused_with_its_code_where_it_is_switched_off() {
    for case in cases::ALL {
        let name = case.quirk.name();
        for quirks in [Quirks::strict(), Quirks::all().without(case.quirk)] {
            match read(case, quirks) {
                Ok(read) => {
                    // Another habit explains it, or it is legal and only told.
                    let told = read.findings.iter().all(|finding| finding.is_tolerated());
                    assert!(case.code.is_none() || quirks != Quirks::strict(), "{name} was not refused");
                    assert!(told, "{name}: {:?}", read.findings);
                }
                Err(rejected) => {
                    let expected = case.code.unwrap_or_else(|| panic!("{name} is legal: {rejected}"));
                    let error = CallError::rejecting(&rejected, case.version);
                    assert_eq!(error.code.as_str(case.version), expected, "{name}");
                    assert!(error.details.contains(&format!("\"pointer\":{:?}", case.pointer)), "{name}");
                }
            }
        }
    }
}

#[test]
fn every_habit_of_payloads_has_a_case() {
    let cases: BTreeSet<Quirk> = cases::ALL.iter().map(|case| case.quirk).collect();
    let payloads: BTreeSet<Quirk> =
        Quirk::ALL.iter().copied().filter(|quirk| quirk.scope() == Scope::Payload).collect();
    assert_eq!(cases, payloads);
    for case in cases::ALL {
        assert_eq!(case.code.is_some(), case.quirk.is_breach(), "{}", case.quirk);
    }
}

/// Frames as they were seen, with the habit and what is read.
const FRAMES: &[(Quirk, Version, &str, &str)] = &[
    (
        Quirk::LongId,
        Version::V16,
        r#"[2,"0123456789012345678901234567890123456789","Heartbeat",{}]"#,
        r#"[2,"0123456789012345678901234567890123456789","Heartbeat",{}]"#,
    ),
    (Quirk::EmptyId, Version::V16, r#"[2,"","Heartbeat",{}]"#, r#"[2,"","Heartbeat",{}]"#),
    (Quirk::NullPayload, Version::V16, r#"[3,"7",null]"#, r#"[3,"7",{}]"#),
    (
        Quirk::MissingDescription,
        Version::V16,
        r#"[4,"7","InternalError"]"#,
        r#"[4,"7","InternalError","",{}]"#,
    ),
    (
        Quirk::DescriptionNotText,
        Version::V16,
        r#"[4,"7","InternalError",null,{}]"#,
        r#"[4,"7","InternalError","",{}]"#,
    ),
    (
        Quirk::LongDescription,
        Version::V16,
        concat!(
            r#"[4,"7","InternalError","0123456789012345678901234567890123456789012345678901234567890123"#,
            "0123456789012345678901234567890123456789012345678901234567890123",
            "0123456789012345678901234567890123456789012345678901234567890123",
            r#"0123456789012345678901234567890123456789012345678901234567890123",{}]"#
        ),
        r#"[4,"7","InternalError","012345678901234567890"#,
    ),
    (
        Quirk::MissingDetails,
        Version::V16,
        r#"[4,"7","InternalError","no"]"#,
        r#"[4,"7","InternalError","no",{}]"#,
    ),
    (
        Quirk::DetailsNotObject,
        Version::V16,
        r#"[4,"7","NotSupported","","no such key"]"#,
        r#"[4,"7","NotSupported","",{"text":"\"no such key\""}]"#,
    ),
    (
        Quirk::ErrorCodeSpelling,
        Version::V16,
        r#"[4,"7","FormatViolation","",{}]"#,
        r#"[4,"7","FormationViolation","",{}]"#,
    ),
    (
        Quirk::ErrorCodeSpelling,
        Version::V16,
        r#"[4,"7","OccurrenceConstraintViolation","",{}]"#,
        r#"[4,"7","OccurenceConstraintViolation","",{}]"#,
    ),
    (
        Quirk::ErrorCodeSpelling,
        Version::V201,
        r#"[4,"7","FormationViolation","",{}]"#,
        r#"[4,"7","FormatViolation","",{}]"#,
    ),
    (
        Quirk::ErrorCodeSpelling,
        Version::V201,
        r#"[4,"7","OccurenceConstraintViolation","",{}]"#,
        r#"[4,"7","OccurrenceConstraintViolation","",{}]"#,
    ),
    (Quirk::InventedErrorCode, Version::V16, r#"[4,"7","Busy","",{}]"#, r#"[4,"7","Busy","",{}]"#),
    (
        Quirk::MessageTypeOne,
        Version::V16,
        r#"[1,"6OUouvaV6Mgn","Authorize",{"idTag":"04B0267AE05C87"}]"#,
        r#"[2,"6OUouvaV6Mgn","Authorize",{"idTag":"04B0267AE05C87"}]"#,
    ),
];

#[test]
fn every_habit_of_frames_is_read_told_and_refused_where_it_is_switched_off() {
    for (quirk, version, text, written) in FRAMES {
        let parsed = Frame::parse(text, *version).unwrap();
        assert!(parsed.quirks.contains(quirk), "{text}: {:?}", parsed.quirks);
        assert!(parsed.frame.encode(*version).starts_with(written), "{text}");
        assert!(parsed.clone().within(Quirks::all()).is_ok(), "{text}");
        let bad = parsed.within(Quirks::all().without(*quirk)).unwrap_err();
        assert_eq!(bad.id.unwrap().as_str(), Frame::parse(text, *version).unwrap().frame.id().as_str());
    }
    // These two are about the order of frames; the tests of the peer have them.
    let of_order = [Quirk::ErrorToResult, Quirk::PipelinedCall];
    let covered: BTreeSet<Quirk> = FRAMES.iter().map(|(quirk, ..)| *quirk).chain(of_order).collect();
    let frames: BTreeSet<Quirk> =
        Quirk::ALL.iter().copied().filter(|quirk| quirk.scope() == Scope::Frame).collect();
    assert_eq!(covered, frames);
}

#[test]
fn the_type_one_is_a_call_only_in_1_6_and_only_with_the_elements_of_one() {
    assert!(Frame::parse(r#"[1,"a","Heartbeat",{}]"#, Version::V201).is_err());
    assert!(Frame::parse(r#"[1,"a",{}]"#, Version::V16).is_err());
    assert!(Frame::parse(r#"[1,"a",5,{}]"#, Version::V16).is_err());
}

#[test]
fn a_manager_tells_habits_and_can_be_told_not_to_tolerate_them() {
    let json =
        r#"{"connectorId":1,"errorCode":"Error","status":"Available","timestamp":"2023-10-16T08:31:00"}"#;
    let mut tally = Tally::default();
    let mut manager = Manager::new(Version::V16);
    for _ in 0..3 {
        let heard = manager.hear("StatusNotification", json).unwrap();
        tally.extend(heard.findings.iter().filter_map(|finding| finding.quirk));
    }
    let counted: Vec<_> = tally.iter().collect();
    assert_eq!(counted, [(Quirk::InventedEnumValue, 3), (Quirk::TimeWithoutZone, 3)]);

    let mut one_off = Manager::new(Version::V16).with_quirks(Quirks::all().without(Quirk::InventedEnumValue));
    let Err(Misheard::Rejected(rejected)) = one_off.hear("StatusNotification", json) else {
        panic!("not refused")
    };
    assert_eq!(
        rejected.to_string(),
        r#"/errorCode is none of the values of ChargePointErrorCode, not "Error""#
    );
}

#[test]
fn a_transaction_that_the_station_does_not_know_is_not_one_that_we_know() {
    let mut manager = Manager::new(Version::V16);
    for (action, id) in [("MeterValues", "9223372036854775807"), ("MeterValues", "-1")] {
        let json = format!(r#"{{"connectorId":1,"transactionId":{id},"meterValue":[]}}"#);
        let heard = manager.hear(action, &json).unwrap();
        let Fact::Meter(report) = heard.meaning else { panic!("{:?}", heard.meaning) };
        assert_eq!(report.transaction, StationTxRef::Unknown, "{id}");
    }
    for id in ["9223372036854775807", "-1"] {
        let json = format!(r#"{{"transactionId":{id},"meterStop":5,"timestamp":"2024-01-01T00:00:00Z"}}"#);
        let heard = manager.hear("StopTransaction", &json).unwrap();
        let Fact::Transaction(fact) = heard.meaning else { panic!("{:?}", heard.meaning) };
        assert_eq!(fact.transaction, StationTxRef::Unknown, "{id}");
    }
}

#[test]
fn what_is_only_unusual_is_legal_and_not_told() {
    let legal = [
        // Zero is a number like any other.
        (
            "StartTransaction",
            r#"{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-01-01T00:00:00Z","reservationId":0}"#,
        ),
        // A key that is known and has no value, or an empty one.
        ("Authorize", r#"{"idTag":"04b0267ae05c87"}"#),
        // A frequency has no unit in 1.6, and none is added.
        (
            "MeterValues",
            r#"{"connectorId":0,"meterValue":[{"timestamp":"2024-01-01T00:00:00.5+01:00","sampledValue":[{"value":"50.01","measurand":"Frequency"}]}]}"#,
        ),
        (
            "MeterValues",
            r#"{"connectorId":1,"meterValue":[{"timestamp":"2024-01-01T00:00:00Z","sampledValue":[{"value":"0","unit":"Celcius"},{"value":"0","unit":"Celsius"}]}]}"#,
        ),
    ];
    let strict = Policy::of(Version::V16).with_quirks(Quirks::strict());
    for (action, json) in legal {
        let read = v16::Request::parse_by(action, json, strict).unwrap();
        assert_eq!(read.findings, [], "{json}");
        let written: serde_json::Value = serde_json::from_str(&read.value.to_json()).unwrap();
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(json).unwrap());
    }
    let keys =
        r#"{"configurationKey":[{"key":"A","readonly":false},{"key":"B","readonly":true,"value":""}]}"#;
    let read = v16::Response::parse_by("GetConfiguration", keys, strict).unwrap();
    assert_eq!((read.findings, read.value.to_json()), (vec![], keys.to_owned()));
}

#[test]
fn texts_that_name_something_are_never_cut() {
    let long = [
        ("Authorize", r#"{"idTag":"012345678901234567890"}"#),
        ("DataTransfer", &format!(r#"{{"vendorId":"{}"}}"#, "v".repeat(256))),
    ];
    for (action, json) in long {
        let Err(ParseError::Rejected(rejected)) = v16::Request::parse(action, json) else {
            panic!("{json} was read")
        };
        assert_eq!(ErrorCode::from(rejected.fault()), ErrorCode::PropertyConstraintViolation);
    }
}

#[test]
fn a_member_that_stands_twice_with_two_values_is_refused() {
    for json in [
        r#"{"idTag":"A","idTag":"B"}"#,
        r#"{"idTag":"A","idTag":"A","idTag":"B"}"#,
        r#"{"idTag":"A","\u0069dTag":"B"}"#,
    ] {
        let Err(ParseError::Rejected(rejected)) = v16::Request::parse("Authorize", json) else {
            panic!("{json} was read")
        };
        assert_eq!(ErrorCode::from(rejected.fault()), ErrorCode::OccurrenceConstraintViolation);
        assert!(!rejected.to_string().contains('B'), "tokens are personal: {rejected}");
    }
}

#[test]
fn several_habits_in_one_message_are_all_mended_and_told() {
    let json = concat!(
        r#"{"eventType":"started","timestamp":"2024-01-01T00:00:00+02","triggerReason":"Authorized","seqNo":"1","#,
        r#""offline":0,"numberOfPhasesUsed":3.0,"evse":null,"#,
        r#""transactionInfo":{"transactionId":"T","stoppedReason":"Whim"},"#,
        r#""idToken":{"idToken":"A","type":"Central"},"#,
        r#""meterValue":[{"timestamp":"","sampledValue":[{"value":"2935.600","unitOfMeasure":{"unit":"Wh"}}]},"#,
        r#"{"timestamp":"2024-01-01T00:00:00Z","sampledValue":[]}],"zone":1}"#
    );
    let read = v201::Request::parse("TransactionEvent", json).unwrap();
    let told: BTreeSet<(&str, Quirk)> =
        read.findings.iter().map(|finding| (&*finding.pointer, finding.quirk.unwrap())).collect();
    let expected = BTreeSet::from([
        ("/eventType", Quirk::EnumInOtherCase),
        ("/evse", Quirk::NullForAbsent),
        ("/meterValue/0/sampledValue/0/value", Quirk::NumberAsText),
        ("/meterValue/0/timestamp", Quirk::EmptyTime),
        ("/meterValue/1/sampledValue", Quirk::EmptyList),
        ("/numberOfPhasesUsed", Quirk::WholeNumberWithFraction),
        ("/offline", Quirk::BooleanAsNumber),
        ("/seqNo", Quirk::NumberAsText),
        ("/timestamp", Quirk::ShortOffset),
        ("/transactionInfo/stoppedReason", Quirk::InventedEnumValue),
        ("/zone", Quirk::UnknownMember),
    ]);
    assert_eq!(told, expected);
    let written = read.value.to_json();
    for part in [
        r#""value":2935.600"#,
        r#""eventType":"Started""#,
        r#""timestamp":"2024-01-01T00:00:00+02:00""#,
        r#""stoppedReason":"Whim""#,
        r#""evse":null"#,
        r#""zone":1"#,
    ] {
        assert!(written.contains(part), "{part} is not in {written}");
    }
    assert!(!written.contains(r#""sampledValue":[]"#), "{written}");
}

#[test]
fn a_list_that_is_needed_cannot_be_left_out() {
    for json in [
        r#"{"evseId":1,"meterValue":[]}"#,
        r#"{"evseId":1,"meterValue":[{"timestamp":"2024-01-01T00:00:00Z","sampledValue":[]}]}"#,
    ] {
        let Err(ParseError::Rejected(rejected)) = v201::Request::parse("MeterValues", json) else {
            panic!("{json} was read")
        };
        assert_eq!(ErrorCode::from(rejected.fault()), ErrorCode::OccurrenceConstraintViolation, "{json}");
    }
}

#[test]
fn sets_of_habits_are_written_and_read_as_text() {
    let sets = [
        Quirks::all(),
        Quirks::strict(),
        Quirks::all().without(Quirk::UnknownMember).without(Quirk::LongText),
        Quirks::strict().with(Quirk::ShortOffset),
        Quirk::ALL.iter().copied().step_by(2).collect(),
    ];
    for set in sets {
        assert_eq!(Quirks::from_str(&set.to_string()), Ok(set));
        let json = serde_json::to_string(&set).unwrap();
        assert_eq!(serde_json::from_str::<Quirks>(&json).unwrap(), set);
    }
    assert_eq!(Quirks::default(), Quirks::all());
    assert!(Quirks::from_str("all,-no-such-habit").unwrap_err().to_string().contains("no-such-habit"));
    let names: BTreeSet<&str> = Quirk::ALL.iter().map(|quirk| quirk.name()).collect();
    assert_eq!(names.len(), Quirk::ALL.len());
    for quirk in Quirk::ALL {
        assert_eq!(Quirk::from_str(quirk.name()), Ok(*quirk));
        assert!(!quirk.seen().is_empty() && !quirk.read_as().is_empty() && !quirk.source().is_empty());
    }
}

#[test]
fn tallies_add_up_and_are_kept() {
    let mut one = Tally::default();
    one.extend([Quirk::LongId, Quirk::LongId, Quirk::EmptyTime]);
    let json = serde_json::to_string(&one).unwrap();
    assert_eq!(json, r#"{"empty-time":1,"long-id":2}"#);
    let mut other: Tally = serde_json::from_str(&json).unwrap();
    other.merge(&one);
    assert_eq!((other.count(Quirk::LongId), other.count(Quirk::NullPayload)), (4, 0));
    assert!(Tally::default().is_empty() && !one.is_empty());
}
