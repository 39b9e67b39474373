//! Texts that are no frames of OCPP-J, or whose payloads are none of their actions.

use ocpp_core::types::Version;
use serde_json::Value;

use super::line::{Line, Said, text};
use super::{Good, Verdict};
use crate::trusted_edge::Manager;
use ocpp_server::Csms;
use ocpp_server::store::Memory;

/// What is answered, before a heartbeat that follows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    /// Nothing at all.
    Ignored,
    /// A CALLRESULT with this id.
    Result(String),
    /// A CALLERROR with this id and code.
    Error(String, String),
}

use Answer::Ignored;
use Version::{V16, V21, V201};

fn error(id: &str, code: &str) -> Answer {
    Answer::Error(id.to_owned(), code.to_owned())
}

fn result(id: &str) -> Answer {
    Answer::Result(id.to_owned())
}

type Row = (&'static str, Version, String, Answer);

/// The same text in 1.6, which has no answer to it, and in 2.0.1, which has one for `-1`.
fn unreadable(name: &'static str, text: &str) -> Vec<Row> {
    refused(name, text, "-1", "RpcFrameworkError")
}

/// The same text in 1.6, which ignores it, and in 2.0.1.
fn refused(name: &'static str, text: &str, id: &str, code: &str) -> Vec<Row> {
    vec![(name, V16, text.to_owned(), Ignored), (name, V201, text.to_owned(), error(id, code))]
}

/// The same text in 1.6 and in 2.0.1, which both answer it.
fn answered(name: &'static str, text: &str, of_16: Answer, of_201: Answer) -> Vec<Row> {
    vec![(name, V16, text.to_owned(), of_16), (name, V201, text.to_owned(), of_201)]
}

/// A frame whose head is readable, but not what follows.
fn misformed(name: &'static str, text: &str) -> Vec<Row> {
    answered(name, text, error("a", "FormationViolation"), error("a", "RpcFrameworkError"))
}

fn shapes() -> Vec<Row> {
    [
        unreadable("blanks", " \t "),
        unreadable("no JSON", "Heartbeat"),
        unreadable("an object", r#"{"2":"a"}"#),
        unreadable("a text", r#""[2]""#),
        unreadable("a number", "2"),
        unreadable("a truth", "true"),
        unreadable("null", "null"),
        unreadable("an empty array", "[]"),
        unreadable("an array that does not end", "["),
        unreadable("an array in an array", "[[2]]"),
        unreadable("an array of nothing but commas", "[,,,]"),
        unreadable("a NUL", "\0"),
        unreadable("a byte order mark before the array", "\u{feff}[2,\"a\",\"Heartbeat\",{}]"),
        unreadable("XML", "<soap:Envelope/>"),
        unreadable("a hundred thousand brackets", &"[".repeat(100_000)),
        unreadable("a million digits", &"9".repeat(1_000_000)),
        misformed("two arrays", r#"[2,"a","Heartbeat",{}][2,"b","Heartbeat",{}]"#),
        misformed("a comma at the end", r#"[2,"a","Heartbeat",{},]"#),
        misformed("a payload that does not end", r#"[2,"a","Heartbeat",{"#),
        misformed("a text that does not end", r#"[2,"a","Heartb"#),
        misformed("single quotes", "[2,\"a\",'Heartbeat',{}]"),
        misformed("a comment", r#"[2,"a","Heartbeat",{}/* all is well */]"#),
        misformed("a control character in a text", "[2,\"a\",\"Heart\nbeat\",{}]"),
        misformed("no number", r#"[2,"a","Heartbeat",{"n":NaN}]"#),
        misformed("a number with a leading zero", r#"[2,"a","Heartbeat",{"n":01}]"#),
    ]
    .concat()
}

fn types() -> Vec<Row> {
    let unknown = |name, number: &str| {
        refused(name, &format!(r#"[{number},"a","Heartbeat",{{}}]"#), "a", "MessageTypeNotSupported")
    };
    let no_number = |name, element: &str| {
        refused(name, &format!(r#"[{element},"a","Heartbeat",{{}}]"#), "a", "RpcFrameworkError")
    };
    [
        unknown("type 0", "0"),
        unknown("type 7", "7"),
        unknown("type -2", "-2"),
        unknown("type 2147483648", "2147483648"),
        no_number("a type in quotes", r#""2""#),
        no_number("a type with a fraction", "2.0"),
        no_number("a type with a power", "2e0"),
        no_number("a type that is null", "null"),
        no_number("a type that is a truth", "true"),
        no_number("a type of a thousand digits", &"2".repeat(1_000)),
        vec![
            (
                "a SEND before 2.1",
                V201,
                r#"[6,"a","Heartbeat",{}]"#.to_owned(),
                error("a", "MessageTypeNotSupported"),
            ),
            ("a SEND of what nobody sends", V21, r#"[6,"a","Heartbeat",{}]"#.to_owned(), Ignored),
            (
                "a CALLRESULTERROR before 2.1",
                V201,
                r#"[5,"a","InternalError","",{}]"#.to_owned(),
                error("a", "MessageTypeNotSupported"),
            ),
        ],
    ]
    .concat()
}

fn answers() -> Vec<Row> {
    let ignored = |name, text: &str| answered(name, text, Ignored, Ignored);
    [
        ignored("an answer that nobody asked for", r#"[3,"a",{}]"#),
        ignored("an answer without a payload", r#"[3,"a"]"#),
        ignored("an answer whose payload is no object", r#"[3,"a",[]]"#),
        ignored("an answer without an id", "[3]"),
        ignored("a refusal that nobody asked for", r#"[4,"a","InternalError","",{}]"#),
        ignored("a refusal whose code is a number", r#"[4,"a",500,"",{}]"#),
        ignored("a refusal with too much", r#"[4,"a","InternalError","",{},1,2,3]"#),
        vec![("a wrong answer that nobody asked for, in 2.1", V21, r#"[3,"a",[]]"#.to_owned(), Ignored)],
    ]
    .concat()
}

fn heads() -> Vec<Row> {
    let long = "i".repeat(256);
    let odd = "i".repeat(37);
    [
        unreadable("no id", "[2]"),
        unreadable("an id that is null", r#"[2,null,"Heartbeat",{}]"#),
        unreadable("an id that is an object", r#"[2,{},"Heartbeat",{}]"#),
        unreadable("an id that is an array", r#"[2,["a"],"Heartbeat",{}]"#),
        unreadable("an id that is a truth", r#"[2,false,"Heartbeat",{}]"#),
        unreadable("an id with a fraction", r#"[2,1.5,"Heartbeat",{}]"#),
        unreadable("an id of 256 characters", &format!(r#"[2,"{long}","Heartbeat",{{}}]"#)),
        unreadable("half a surrogate pair as an id", r#"[2,"\ud800","Heartbeat",{}]"#),
        unreadable("the other half", r#"[2,"\udc00","Heartbeat",{}]"#),
        unreadable("a pair the wrong way round", r#"[2,"\udc00\ud800","Heartbeat",{}]"#),
        answered(
            "an id that is a number",
            r#"[2,17,"Heartbeat",{}]"#,
            error("17", "FormationViolation"),
            error("17", "RpcFrameworkError"),
        ),
        answered("an empty id, as it is seen", r#"[2,"","Heartbeat",{}]"#, result(""), result("")),
        answered(
            "an id of 37 characters, as it is seen",
            &format!(r#"[2,"{odd}","Heartbeat",{{}}]"#),
            result(&odd),
            result(&odd),
        ),
        answered(
            "an id with escapes",
            r#"[2,"\"\\\u00e4\ud83d\ude00","Heartbeat",{}]"#,
            result("\"\\ä😀"),
            result("\"\\ä😀"),
        ),
        answered("an id with a NUL", r#"[2,"\u0000","Heartbeat",{}]"#, result("\0"), result("\0")),
        misformed("no action", r#"[2,"a"]"#),
        misformed("no payload", r#"[2,"a","Heartbeat"]"#),
        misformed("a fifth element", r#"[2,"a","Heartbeat",{},{}]"#),
        misformed("a thousand elements", &format!(r#"[2,"a","Heartbeat",{{}}{}]"#, ",0".repeat(1_000))),
        misformed("an action that is a number", r#"[2,"a",7,{}]"#),
        misformed("an action that is null", r#"[2,"a",null,{}]"#),
        misformed("an empty action", r#"[2,"a","",{}]"#),
        misformed("an action of 300 characters", &format!(r#"[2,"a","{}",{{}}]"#, "A".repeat(300))),
        misformed("half a surrogate pair in an action", r#"[2,"a","Heart\ud800",{}]"#),
    ]
    .concat()
}

fn actions() -> Vec<Row> {
    let both = |name, text: &str, code: &str| answered(name, text, error("a", code), error("a", code));
    [
        both("an action that nobody has", r#"[2,"a","MakeCoffee",{}]"#, "NotImplemented"),
        both("an action in small letters", r#"[2,"a","heartbeat",{}]"#, "NotImplemented"),
        both("an action with a blank", r#"[2,"a","Heartbeat ",{}]"#, "NotImplemented"),
        both("an action of the manager", r#"[2,"a","Reset",{"type":"Hard"}]"#, "NotSupported"),
        both("a path for an action", r#"[2,"a","../../etc/passwd",{}]"#, "NotImplemented"),
        vec![
            (
                "an action of another version",
                V201,
                r#"[2,"a","StartTransaction",{}]"#.to_owned(),
                error("a", "NotImplemented"),
            ),
            (
                "an action of another version",
                V16,
                r#"[2,"a","TransactionEvent",{}]"#.to_owned(),
                error("a", "NotImplemented"),
            ),
        ],
    ]
    .concat()
}

fn payloads() -> Vec<Row> {
    let format = |name, payload: &str| {
        let text = format!(r#"[2,"a","Heartbeat",{payload}]"#);
        answered(name, &text, error("a", "FormationViolation"), error("a", "FormatViolation"))
    };
    let boot = |name, payload: &str, code: &str| {
        (name, V16, format!(r#"[2,"a","BootNotification",{payload}]"#), error("a", code))
    };
    let start = |name, payload: &str, code: &str| {
        (name, V16, format!(r#"[2,"a","StartTransaction",{payload}]"#), error("a", code))
    };
    let token = |name, payload: &str, code: &str| {
        (name, V201, format!(r#"[2,"a","Authorize",{{"idToken":{payload}}}]"#), error("a", code))
    };
    let deep = |open: &str, close: &str| {
        let (open, close) = (open.repeat(10_000), close.repeat(10_000));
        format!(r#"[2,"a","DataTransfer",{{"vendorId":"V","data":{open}0{close}}}]"#)
    };
    [
        format("a payload that is an array", "[]"),
        format("a payload that is a text", r#""{}""#),
        format("a payload that is a number", "0"),
        format("a payload that is a truth", "false"),
        answered("a payload that is null, as it is seen", r#"[2,"a","Heartbeat",null]"#, result("a"), result("a")),
        vec![
            boot("what has to be there is missing", "{}", "OccurenceConstraintViolation"),
            boot("null for what has to be there", r#"{"chargePointVendor":null,"chargePointModel":null}"#, "TypeConstraintViolation"),
            boot("a number for a text", r#"{"chargePointVendor":1,"chargePointModel":"M"}"#, "TypeConstraintViolation"),
            boot("an array for a text", r#"{"chargePointVendor":["V"],"chargePointModel":"M"}"#, "TypeConstraintViolation"),
            boot("an object for a text", r#"{"chargePointVendor":{},"chargePointModel":"M"}"#, "TypeConstraintViolation"),
            boot("half a surrogate pair in a text", r#"{"chargePointVendor":"\ud800","chargePointModel":"M"}"#, "TypeConstraintViolation"),
            boot("the same member twice", r#"{"chargePointVendor":"V","chargePointVendor":"W","chargePointModel":"M"}"#, "OccurenceConstraintViolation"),
            // The schema has no bound, and a transaction is always answered: what is odd about it is noted on the session.
            ("a negative connector", V16, r#"[2,"a","StartTransaction",{"connectorId":-1,"idTag":"T","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}]"#.to_owned(), result("a")),
            start("a fraction of a connector", r#"{"connectorId":1.5,"idTag":"T","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}"#, "TypeConstraintViolation"),
            start("a connector in words", r#"{"connectorId":"one","idTag":"T","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}"#, "TypeConstraintViolation"),
            start("a register beyond all numbers", r#"{"connectorId":1,"idTag":"T","meterStart":1e999,"timestamp":"2026-01-01T00:00:00Z"}"#, "TypeConstraintViolation"),
            start("a register of a thousand digits", &format!(r#"{{"connectorId":1,"idTag":"T","meterStart":{},"timestamp":"2026-01-01T00:00:00Z"}}"#, "9".repeat(1_000)), "PropertyConstraintViolation"),
            start("the thirty-first of February", r#"{"connectorId":1,"idTag":"T","meterStart":0,"timestamp":"2026-02-31T00:00:00Z"}"#, "PropertyConstraintViolation"),
            start("a time of another calendar", r#"{"connectorId":1,"idTag":"T","meterStart":0,"timestamp":"yesterday"}"#, "PropertyConstraintViolation"),
            start("a tag of a megabyte less a bit", &format!(r#"{{"connectorId":1,"idTag":"{}","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}}"#, "T".repeat(1_000_000)), "PropertyConstraintViolation"),
            token("a token that is a text", r#""T""#, "TypeConstraintViolation"),
            token("a token without its type", r#"{"idToken":"T"}"#, "OccurrenceConstraintViolation"),
            token("a token that is an array", r#"[]"#, "TypeConstraintViolation"),
            ("ten thousand objects in each other", V201, deep(r#"{"a":"#, "}"), result("a")),
            ("ten thousand arrays in each other", V201, deep("[", "]"), result("a")),
            ("members that nobody knows, as they are seen", V16, r#"[2,"a","Heartbeat",{"__proto__":{},"$where":"1"}]"#.to_owned(), result("a")),
        ],
    ]
    .concat()
}

/// What comes before the answer to the heartbeat that follows.
async fn heard(line: &mut Line) -> Result<Answer, String> {
    let mut found = Ignored;
    loop {
        let Said::Text(text) = (match line.frame().await {
            Said::Text(text) => Said::Text(text),
            other => return Err(format!("{found:?}, and then {other:?}")),
        }) else {
            continue;
        };
        let frame: Value = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        let part = |index: usize| frame[index].as_str().unwrap_or_default().to_owned();
        let answer = match frame[0].as_u64() {
            Some(3) if part(1) == "probe" => return Ok(found),
            Some(3) => Answer::Result(part(1)),
            Some(4) => Answer::Error(part(1), part(2)),
            _ => return Err(text),
        };
        if found != Ignored {
            return Err(format!("{found:?}, and then {answer:?}"));
        }
        found = answer;
    }
}

#[tokio::test]
async fn texts_that_are_no_frames() {
    let manager = Manager::of(Csms::builder(Memory::new())).await;
    let mut good = Good::dial(&manager).await;
    let mut verdict = Verdict::default();
    for (name, version, said, expected) in
        [shapes(), types(), answers(), heads(), actions(), payloads()].concat()
    {
        let fields = format!("Sec-WebSocket-Protocol: {}\r\n", version.subprotocol());
        let mut line = Line::upgraded(&manager, &fields).await;
        line.send(&text(&said)).await;
        line.send(&text(r#"[2,"probe","Heartbeat",{}]"#)).await;
        let name = format!("{name} ({version})");
        verdict.row(&name, &heard(&mut line).await, &Ok(expected));
        good.is_served(&name).await;
    }
    verdict.pass(150);
}
