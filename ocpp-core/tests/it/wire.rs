//! Frames: what is read, what is tolerated, what is refused and how it is answered.

#![allow(clippy::unwrap_used)]

use ocpp_core::quirk::Quirk;
use ocpp_core::wire::{
    BadFrameKind as Kind, CallError, ErrorCode, Frame, IdFault, InvalidMessageId, MessageId, MessageType,
    Version,
};
use proptest::prelude::*;

/// A text that is no frame in any version, and what each version answers.
struct Malformed {
    text: &'static str,
    kind: Kind,
    id: Option<&'static str>,
    /// For 1.6, 2.0.1 and 2.1: type, id and code of the answer, or `-` for silence.
    answers: [&'static str; 3],
}

const SILENT: [&str; 3] = ["-", "-", "-"];
const UNADDRESSED: [&str; 3] = ["-", "4 -1 RpcFrameworkError", "4 -1 RpcFrameworkError"];
const CALL_A: [&str; 3] = ["4 a FormationViolation", "4 a RpcFrameworkError", "4 a RpcFrameworkError"];
const PAYLOAD_A: [&str; 3] = ["4 a FormationViolation", "4 a FormatViolation", "4 a FormatViolation"];
const UNKNOWN_A: [&str; 3] = ["-", "4 a MessageTypeNotSupported", "4 a MessageTypeNotSupported"];
const UNKNOWN_UNADDRESSED: [&str; 3] = ["-", "4 -1 MessageTypeNotSupported", "4 -1 MessageTypeNotSupported"];
const RESULT_A: [&str; 3] = ["-", "-", "5 a RpcFrameworkError"];
const RESULT_PAYLOAD_A: [&str; 3] = ["-", "-", "5 a FormatViolation"];

fn row(text: &'static str, kind: Kind, id: Option<&'static str>, answers: [&'static str; 3]) -> Malformed {
    Malformed { text, kind, id, answers }
}

fn malformed() -> Vec<Malformed> {
    let mut rows = no_arrays();
    rows.extend(broken_json());
    rows.extend(wrong_types());
    rows.extend(wrong_ids());
    rows.extend(wrong_bodies());
    rows
}

fn no_arrays() -> Vec<Malformed> {
    let not_json = |text| row(text, Kind::NotJson(String::new()), None, UNADDRESSED);
    let not_array = |text| row(text, Kind::NotArray, None, UNADDRESSED);
    vec![
        not_json(""),
        not_json(" "),
        not_json("hello"),
        not_json("\u{feff}[2,\"a\",\"Heartbeat\",{}]"),
        not_json("\0"),
        not_json("{"),
        not_json("nul"),
        not_json("'2'"),
        not_json("]"),
        not_array("{}"),
        not_array("null"),
        not_array("true"),
        not_array("2"),
        not_array("\"[2]\""),
        not_array(r#" {"messageTypeId":2,"id":"a"} "#),
        row("[]", Kind::Empty, None, UNADDRESSED),
        row(" [ ] ", Kind::Empty, None, UNADDRESSED),
    ]
}

fn broken_json() -> Vec<Malformed> {
    let broken = |text, id, answers| row(text, Kind::NotJson(String::new()), id, answers);
    vec![
        broken("[", None, UNADDRESSED),
        broken("[,", None, UNADDRESSED),
        broken("[[", None, UNADDRESSED),
        broken("[2", None, UNADDRESSED),
        broken("[2,", None, UNADDRESSED),
        broken("[2,\"a", None, UNADDRESSED),
        broken("[2 \"a\"]", None, UNADDRESSED),
        broken("[2,\"a\"", Some("a"), CALL_A),
        broken(r#"[2,"a","Heartbeat",{}"#, Some("a"), CALL_A),
        broken(r#"[2,"a","Heartbeat",{"#, Some("a"), CALL_A),
        broken(r#"[2,"a","Heartbeat",{}]]"#, Some("a"), CALL_A),
        broken(r#"[2,"a","Heartbeat",{}] x"#, Some("a"), CALL_A),
        broken(r#"[2,"a","Heartbeat",{},]"#, Some("a"), CALL_A),
        broken(r#"[2,"a","Heartbeat",{"x":}]"#, Some("a"), CALL_A),
        broken(r#"[2,"a","Heartbeat",{"x":01}]"#, Some("a"), CALL_A),
        broken(r#"[2,"a","Heartbeat",{"x":NaN}]"#, Some("a"), CALL_A),
        broken(r#"[2,"a","Heartbeat",{x:1}]"#, Some("a"), CALL_A),
        broken(r#"[2,"a","Heartbeat",{'x':1}]"#, Some("a"), CALL_A),
        broken("[2,\"a\",\"Heart\nbeat\",{}]", Some("a"), CALL_A),
        broken(r#"[2,"a",Heartbeat,{}]"#, Some("a"), CALL_A),
        broken(r#"[3,"a",{"#, Some("a"), RESULT_A),
        broken(r#"[4,"a","InternalError","#, Some("a"), SILENT),
        broken(r#"[7,"a","#, Some("a"), ["-", "4 a RpcFrameworkError", "4 a RpcFrameworkError"]),
    ]
}

fn wrong_types() -> Vec<Malformed> {
    let bad = |text, id, answers| row(text, Kind::BadMessageType, id, answers);
    let unknown = |text, number| row(text, Kind::UnknownMessageType(number), Some("a"), UNKNOWN_A);
    let framework = ["-", "4 a RpcFrameworkError", "4 a RpcFrameworkError"];
    vec![
        bad(r#"["2","a","Heartbeat",{}]"#, Some("a"), framework),
        bad(r#"[2.0,"a","Heartbeat",{}]"#, Some("a"), framework),
        bad(r#"[2e0,"a","Heartbeat",{}]"#, Some("a"), framework),
        bad(r#"[null,"a","Heartbeat",{}]"#, Some("a"), framework),
        bad(r#"[[2],"a","Heartbeat",{}]"#, Some("a"), framework),
        bad(r#"[99999999999999999999,"a","Heartbeat",{}]"#, Some("a"), framework),
        bad("[{}]", None, UNADDRESSED),
        unknown(r#"[1,"a","Heartbeat",{}]"#, 1),
        unknown(r#"[0,"a"]"#, 0),
        unknown(r#"[-2,"a","Heartbeat",{}]"#, -2),
        unknown(r#"[7,"a","Heartbeat",{}]"#, 7),
        unknown(r#"[9223372036854775807,"a",{}]"#, i64::MAX),
        row("[7]", Kind::UnknownMessageType(7), None, UNKNOWN_UNADDRESSED),
        row("[7,{}]", Kind::UnknownMessageType(7), None, UNKNOWN_UNADDRESSED),
    ]
}

fn wrong_ids() -> Vec<Malformed> {
    let bad = |text, fault, id, answers| row(text, Kind::BadId(fault), id, answers);
    let number = ["4 17 FormationViolation", "4 17 RpcFrameworkError", "4 17 RpcFrameworkError"];
    vec![
        bad(r#"[2,17,"Heartbeat",{}]"#, IdFault::NotText, Some("17"), number),
        bad(r#"[2,1.5,"Heartbeat",{}]"#, IdFault::NotText, None, UNADDRESSED),
        bad(r#"[2,null,"Heartbeat",{}]"#, IdFault::NotText, None, UNADDRESSED),
        bad(r#"[2,true,"Heartbeat",{}]"#, IdFault::NotText, None, UNADDRESSED),
        bad(r#"[2,["a"],"Heartbeat",{}]"#, IdFault::NotText, None, UNADDRESSED),
        bad(r#"[2,{"id":"a"},"Heartbeat",{}]"#, IdFault::NotText, None, UNADDRESSED),
        bad(r#"[2,"\ud800","Heartbeat",{}]"#, IdFault::NotUnicode, None, UNADDRESSED),
        bad("[3,null,{}]", IdFault::NotText, None, SILENT),
        bad("[4,null,\"InternalError\",\"\",{}]", IdFault::NotText, None, SILENT),
    ]
}

fn wrong_bodies() -> Vec<Malformed> {
    let length =
        |text, expected, found, answers| row(text, Kind::WrongLength { expected, found }, Some("a"), answers);
    let action = |text| row(text, Kind::BadAction, Some("a"), CALL_A);
    let payload = |text| row(text, Kind::BadPayload, Some("a"), PAYLOAD_A);
    let result = |text| row(text, Kind::BadPayload, Some("a"), RESULT_PAYLOAD_A);
    vec![
        row("[2]", Kind::WrongLength { expected: 4, found: 1 }, None, UNADDRESSED),
        length(r#"[2,"a"]"#, 4, 2, CALL_A),
        length(r#"[2,"a","Heartbeat"]"#, 4, 3, CALL_A),
        length(r#"[2,"a","Heartbeat",{},{}]"#, 4, 5, CALL_A),
        length(r#"[2,"a","Heartbeat",{},{},{},{},{}]"#, 4, 8, CALL_A),
        length(r#"[3,"a"]"#, 3, 2, RESULT_A),
        length(r#"[3,"a",{},{}]"#, 3, 4, RESULT_A),
        length(r#"[4,"a"]"#, 5, 2, SILENT),
        length(r#"[4,"a","InternalError","",{},{}]"#, 5, 6, SILENT),
        action(r#"[2,"a","",{}]"#),
        action(r#"[2,"a",null,{}]"#),
        action(r#"[2,"a",17,{}]"#),
        action(r#"[2,"a",{},"Heartbeat"]"#),
        action(r#"[2,"a","\udc00",{}]"#),
        payload(r#"[2,"a","Heartbeat",[]]"#),
        payload(r#"[2,"a","Heartbeat","{}"]"#),
        payload(r#"[2,"a","Heartbeat",""]"#),
        payload(r#"[2,"a","Heartbeat",0]"#),
        payload(r#"[2,"a","Heartbeat",false]"#),
        result(r#"[3,"a",[]]"#),
        result(r#"[3,"a","Accepted"]"#),
        row(r#"[4,"a",null,"",{}]"#, Kind::BadErrorCode, Some("a"), SILENT),
        row(r#"[4,"a",500,"",{}]"#, Kind::BadErrorCode, Some("a"), SILENT),
        row(r#"[4,"a",{},"",{}]"#, Kind::BadErrorCode, Some("a"), SILENT),
    ]
}

/// Type, id and code of a frame, read from its text by a parser of another make.
fn summary(text: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(value.as_array().unwrap().len(), 5, "{text}");
    assert!(value[3].is_string() && value[4].is_object(), "{text}");
    format!("{} {} {}", value[0], value[1].as_str().unwrap(), value[2].as_str().unwrap())
}

fn without_reason(kind: Kind) -> Kind {
    match kind {
        Kind::NotJson(_) => Kind::NotJson(String::new()),
        kind => kind,
    }
}

#[test]
fn malformed_texts_are_refused_and_answered_by_the_rules_of_each_version() {
    let rows = malformed();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    for Malformed { text, kind, id, answers } in rows {
        for (version, expected) in Version::ALL.into_iter().zip(answers) {
            let bad = Frame::parse(text, version).and_then(ocpp_core::wire::Parsed::strictly).unwrap_err();
            assert_eq!(without_reason(bad.kind.clone()), kind, "{text} in {version}");
            assert_eq!(bad.id.as_ref().map(MessageId::as_str), id, "{text} in {version}");
            let answer = bad.answer(version).map_or("-".to_owned(), |frame| summary(&frame.encode(version)));
            assert_eq!(answer, expected, "{text} in {version}");
        }
    }
}

#[test]
fn sentences_about_malformed_texts() {
    let mut lines = String::new();
    for Malformed { text, .. } in malformed() {
        let bad = Frame::parse(text, Version::V21).unwrap_err();
        lines += &format!("{text:?}\n    {bad}\n");
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn sentences_quote_nothing_of_a_payload() {
    for text in [
        r#"[2,"a","Authorize",{"idTag":"SECRET"]"#,
        r#"[2,"a","SECRET",{"idTag":"SECRET"},{}]"#,
        r#"[2,"a","Authorize","SECRET"]"#,
        r#"{"idTag":"SECRET"}"#,
        r#"SECRET"#,
        r#"["SECRET"]"#,
        r#"[2,{"idTag":"SECRET"},"Authorize",{}]"#,
        r#"[4,"a",{"idTag":"SECRET"},"",{}]"#,
    ] {
        let bad = Frame::parse(text, Version::V16).unwrap_err();
        assert!(!bad.to_string().contains("SECRET"), "{bad}");
        assert!(!format!("{bad:?}").contains("SECRET"), "{bad:?}");
    }
}

#[test]
fn ids_longer_than_255_characters_cannot_be_answered() {
    let long = "ä".repeat(256);
    let text = format!(r#"[2,"{long}","Heartbeat",{{}}]"#);
    let bad = Frame::parse(&text, Version::V201).unwrap_err();
    assert_eq!((bad.kind.clone(), bad.id.clone()), (Kind::BadId(IdFault::TooLong), None));
    assert_eq!(summary(&bad.answer(Version::V201).unwrap().encode(Version::V201)), "4 -1 RpcFrameworkError");
    assert_eq!(bad.answer(Version::V16), None);
}

#[test]
fn actions_and_codes_of_more_than_255_bytes_are_refused() {
    let fits = "a".repeat(255);
    assert!(Frame::parse(&format!(r#"[2,"a","{fits}",{{}}]"#), Version::V16).is_ok());
    assert!(Frame::parse(&format!(r#"[4,"a","{fits}","",{{}}]"#), Version::V16).is_ok());
    let action = Frame::parse(&format!(r#"[2,"a","{fits}a",{{}}]"#), Version::V16).unwrap_err().kind;
    let code = Frame::parse(&format!(r#"[4,"a","{fits}a","",{{}}]"#), Version::V16).unwrap_err().kind;
    assert_eq!((action, code), (Kind::BadAction, Kind::BadErrorCode));
}

#[test]
fn call_result_error_and_send_came_with_2_1() {
    for (text, number) in [(r#"[5,"a","InternalError","",{}]"#, 5), (r#"[6,"a","Stream",{}]"#, 6)] {
        assert!(Frame::parse(text, Version::V21).is_ok());
        for version in [Version::V16, Version::V201] {
            let bad = Frame::parse(text, version).unwrap_err();
            assert_eq!(bad.kind, Kind::UnknownMessageType(number));
        }
        let answer = Frame::parse(text, Version::V201).unwrap_err().answer(Version::V201).unwrap();
        assert_eq!(summary(&answer.encode(Version::V201)), "4 a MessageTypeNotSupported");
        assert_eq!(Frame::parse(text, Version::V16).unwrap_err().answer(Version::V16), None);
    }
}

#[test]
fn broken_frames_of_2_1_without_an_answer_stay_unanswered() {
    for text in [
        r#"[6,"a","Stream",[]]"#,
        r#"[6,"a","",{}]"#,
        r#"[6,"a"]"#,
        r#"[6,null,"Stream",{}]"#,
        r#"[6,"a","Stream",{"#,
        r#"[5,"a",null,"",{}]"#,
        r#"[5,"a"]"#,
    ] {
        assert_eq!(Frame::parse(text, Version::V21).unwrap_err().answer(Version::V21), None, "{text}");
    }
}

#[test]
fn harmless_breaches_are_read_and_named() {
    let rows: &[(&str, &[Quirk], &str)] = &[
        (r#"[2,"","Heartbeat",{}]"#, &[Quirk::EmptyId], r#"[2,"","Heartbeat",{}]"#),
        (r#"[2,"a","Heartbeat",null]"#, &[Quirk::NullPayload], r#"[2,"a","Heartbeat",{}]"#),
        (r#"[3,"a",null]"#, &[Quirk::NullPayload], r#"[3,"a",{}]"#),
        (
            r#"[4,"a","InternalError"]"#,
            &[Quirk::MissingDescription, Quirk::MissingDetails],
            r#"[4,"a","InternalError","",{}]"#,
        ),
        (r#"[4,"a","InternalError","x"]"#, &[Quirk::MissingDetails], r#"[4,"a","InternalError","x",{}]"#),
        (
            r#"[4,"a","InternalError",null,null]"#,
            &[Quirk::DescriptionNotText, Quirk::DetailsNotObject],
            r#"[4,"a","InternalError","",{"text":"null"}]"#,
        ),
        (
            r#"[4,"a","InternalError",{"x":1},"why"]"#,
            &[Quirk::DescriptionNotText, Quirk::DetailsNotObject],
            r#"[4,"a","InternalError","{\"x\":1}",{"text":"\"why\""}]"#,
        ),
    ];
    for (text, quirks, written) in rows {
        let parsed = Frame::parse(text, Version::V16).unwrap();
        assert_eq!(parsed.quirks, *quirks, "{text}");
        assert_eq!(parsed.frame.encode(Version::V16), *written);
        let bad = parsed.strictly().unwrap_err();
        assert_eq!(bad.kind, Kind::NotTolerated(quirks[0]));
    }
}

#[test]
fn ids_of_37_to_255_characters_are_kept_for_the_answer() {
    for (chars, quirks) in [(36, vec![]), (37, vec![Quirk::LongId]), (255, vec![Quirk::LongId])] {
        let id = "ä".repeat(chars);
        let text = format!(r#"[2,"{id}","Heartbeat",{{}}]"#);
        let parsed = Frame::parse(&text, Version::V16).unwrap();
        assert_eq!(parsed.frame.id().as_str(), id);
        assert_eq!(parsed.quirks, quirks);
        assert_eq!(parsed.frame.encode(Version::V16), text);
    }
}

#[test]
fn names_that_need_more_escapes_when_they_are_written_are_still_read() {
    // Found by the fuzzer: `\f` came with two bytes and was written with six.
    let name = "\\f".repeat(200);
    for text in [format!(r#"[4,"-1","{name}","",{{}}]"#), format!(r#"[2,"a","{name}",{{}}]"#)] {
        let written = Frame::parse(&text, Version::V16).unwrap().frame.encode(Version::V16);
        assert!(written.len() > text.len());
        let again = Frame::parse(&written, Version::V16).unwrap();
        assert_eq!(again.frame, Frame::parse(&text, Version::V16).unwrap().frame);
    }
    let too_long = format!(r#"[2,"a","{}",{{}}]"#, "\\f".repeat(256));
    assert_eq!(Frame::parse(&too_long, Version::V16).unwrap_err().kind, Kind::BadAction);
}

#[test]
fn a_description_is_cut_to_255_characters_when_written_and_kept_whole_when_read() {
    let error = CallError::new(ErrorCode::GenericError, "ä".repeat(300));
    let text = Frame::CallError { id: MessageId::new("a").unwrap(), error }.encode(Version::V16);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value[3].as_str().unwrap(), "ä".repeat(254) + "…");

    let long = "x".repeat(256);
    let text = format!(r#"[4,"a","GenericError","{long}",{{}}]"#);
    let parsed = Frame::parse(&text, Version::V16).unwrap();
    assert_eq!(parsed.quirks, [Quirk::LongDescription]);
    assert!(matches!(parsed.frame, Frame::CallError { error, .. } if error.description == long));
}

#[test]
fn details_are_written_as_an_object_whatever_they_are() {
    for (details, written) in [
        ("{}", "{}"),
        (r#"{"x":2935.600}"#, r#"{"x":2935.600}"#),
        ("", "{}"),
        ("[1]", r#"{"text":"[1]"}"#),
        (r#"{"x":"#, r#"{"text":"{\"x\":"}"#),
    ] {
        let mut error = CallError::new(ErrorCode::GenericError, "");
        error.details = details.to_owned();
        let text = Frame::CallError { id: MessageId::new("a").unwrap(), error }.encode(Version::V16);
        assert_eq!(text, format!(r#"[4,"a","GenericError","",{written}]"#));
    }
}

#[test]
fn payloads_pass_untouched() {
    let payload =
        r#"{ "value" : 2935.600, "big":12345678901234567890123, "e":1E+2, "s":"\u00e4\/", "s":null }"#;
    let text = format!(" [ 2 , \"\\u0061\" , \"Data\\u0054ransfer\" , {payload} ] ");
    let parsed = Frame::parse(&text, Version::V201).unwrap();
    assert_eq!(parsed.quirks, []);
    let Frame::Call { id, action, payload: read } = parsed.frame else { panic!("no call") };
    assert_eq!((id.as_str(), &*action, &*read), ("a", "DataTransfer", payload));
}

#[test]
fn nesting_of_any_depth_neither_fails_nor_overflows() {
    let depth = 200_000;
    let payload = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    let text = format!(r#"[2,"a","DataTransfer",{payload}]"#);
    let parsed = Frame::parse(&text, Version::V16).unwrap();
    assert!(matches!(parsed.frame, Frame::Call { payload: read, .. } if read == payload));
    let open = "[".repeat(depth);
    assert!(Frame::parse(&open, Version::V16).is_err());
}

#[test]
fn error_codes_are_spelled_as_each_version_does() {
    let mut lines = String::new();
    for code in ErrorCode::named() {
        let spellings = Version::ALL.map(|version| code.as_str(version).to_owned());
        lines += &format!("{code:?}: {}\n", spellings.join(" | "));
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn error_codes_are_read_in_any_spelling() {
    for code in ErrorCode::named() {
        assert_eq!(ErrorCode::parse(code.as_str(Version::V201)), code);
    }
    for (text, code) in [
        ("FormationViolation", ErrorCode::FormatViolation),
        ("FormatViolation", ErrorCode::FormatViolation),
        ("OccurenceConstraintViolation", ErrorCode::OccurrenceConstraintViolation),
        ("OccurrenceConstraintViolation", ErrorCode::OccurrenceConstraintViolation),
        ("notImplemented", ErrorCode::NotImplemented),
        ("NotSupported", ErrorCode::NotSupported),
        ("", ErrorCode::Other("".into())),
        ("Whatever", ErrorCode::Other("Whatever".into())),
    ] {
        assert_eq!(ErrorCode::parse(text), code, "{text}");
    }
    assert_eq!(ErrorCode::Other("Whatever".into()).as_str(Version::V16), "Whatever");
}

#[test]
fn ids_to_write_have_1_to_36_characters() {
    assert_eq!(MessageId::new(""), Err(InvalidMessageId::Empty));
    assert_eq!(MessageId::new(&"ä".repeat(37)), Err(InvalidMessageId::TooLong(37)));
    assert_eq!(MessageId::new(&"ä".repeat(36)).unwrap().as_str(), "ä".repeat(36));
    assert!(MessageId::unreadable().is_unreadable());
}

/// A frame of any type with texts of all kinds.
fn frames() -> impl Strategy<Value = Frame<'static>> {
    let payload =
        r#"\{"[a-z]{0,5}":(-?[1-9][0-9]{0,20}\.[0-9]{1,9}|null|"[^"\\\x00-\x1f]{0,9}"|\[\[\],\{\}\])\}"#;
    let texts = (any::<String>(), "(?s).{1,36}", "(?s).{1,40}", payload);
    let kinds = proptest::sample::select(MessageType::ALL.to_vec());
    let codes = proptest::sample::select(ErrorCode::named().collect::<Vec<_>>());
    (kinds, codes, texts).prop_map(|(kind, code, (text, id, action, payload))| {
        let id = MessageId::new(&id).unwrap();
        let error =
            CallError { code, description: text.chars().take(255).collect(), details: payload.clone() };
        let payload = payload.into();
        match kind {
            MessageType::Call => Frame::Call { id, action: action.into(), payload },
            MessageType::CallResult => Frame::CallResult { id, payload },
            MessageType::CallError => Frame::CallError { id, error },
            MessageType::CallResultError => Frame::CallResultError { id, error },
            MessageType::Send => Frame::Send { id, action: action.into(), payload },
        }
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_equal(frame in frames()) {
        let text = frame.encode(Version::V21);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        let parsed = Frame::parse(&text, Version::V21).unwrap();
        prop_assert_eq!(parsed.frame, frame);
        prop_assert_eq!(parsed.quirks, vec![]);
    }

    #[test]
    fn any_text_is_a_frame_or_a_sentence(text in any::<String>()) {
        check_total(&text)?;
    }

    #[test]
    fn any_damaged_frame_is_a_frame_or_a_sentence(
        frame in frames(),
        at in any::<proptest::sample::Index>(),
        damage in proptest::option::of(proptest::sample::select(vec!['"', '[', ']', '{', '}', ',', '\\', '0', 'ä'])),
    ) {
        let mut chars: Vec<char> = frame.encode(Version::V21).chars().collect();
        let at = at.index(chars.len());
        match damage {
            Some(c) => chars[at] = c,
            None => chars.truncate(at),
        }
        check_total(&chars.into_iter().collect::<String>())?;
    }
}

/// Reads in every version; what is answered must be a frame that the peer can read.
fn check_total(text: &str) -> Result<(), TestCaseError> {
    for version in Version::ALL {
        match Frame::parse(text, version) {
            Ok(parsed) => {
                let again = parsed.frame.encode(version);
                prop_assert!(Frame::parse(&again, version).is_ok(), "{}", again);
            }
            Err(bad) => {
                prop_assert!(!bad.to_string().is_empty());
                if let Some(answer) = bad.answer(version) {
                    let text = answer.encode(version);
                    prop_assert!(Frame::parse(&text, version).is_ok(), "{}", text);
                }
            }
        }
    }
    Ok(())
}
