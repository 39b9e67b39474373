//! What tells of a person never reaches the disk.

use std::path::Path;

use ocpp_server::message_log::{MessageLog, PseudonymKey, Settings, Way};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use super::{entries, open, settings, station, text, time};

/// The frames as they stand in the log.
fn logged(frames: &[(Way, &str)]) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path());
    for (way, frame) in frames {
        log.note(&station("a"), time(0), *way, frame);
    }
    log.flush();
    entries(&log).into_iter().map(|entry| entry.frame).collect()
}

fn logged_one(frame: &str) -> String {
    logged(&[(Way::FromStation, frame)]).remove(0)
}

fn pseudonym(value: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    open(directory.path()).pseudonym(value)
}

#[test]
fn the_same_person_has_the_same_pseudonym_in_every_version() {
    let p = pseudonym("04E8A1B2");
    assert_eq!((p.len(), p.as_bytes()[0]), (17, b'~'));
    let expected_16 = format!(r#"[2,"1","Authorize",{{"idTag":"{p}"}}]"#);
    assert_eq!(logged_one(r#"[2,"1","Authorize",{"idTag":"04E8A1B2"}]"#), expected_16);
    assert_eq!(logged_one(r#"[2,"1","Authorize",{"idTag":"04e8a1b2"}]"#), expected_16);
    assert_eq!(logged_one(r#"[2,"1","Authorize",{"idTag":"\u0030\u0034E8A1B2"}]"#), expected_16);
    assert_eq!(
        logged_one(r#"[2,"1","Authorize",{"idToken":{"idToken":"04E8A1B2","type":"ISO14443"}}]"#),
        format!(r#"[2,"1","Authorize",{{"idToken":{{"idToken":"{p}","type":"ISO14443"}}}}]"#)
    );
    assert_ne!(pseudonym("04E8A1B3"), p);
    let directory = tempfile::tempdir().unwrap();
    let other = Settings { key: PseudonymKey::derive(b"another"), ..settings() };
    assert_ne!(MessageLog::open(directory.path(), other).unwrap().pseudonym("04E8A1B2"), p);
}

#[test]
fn values_of_secret_settings_are_hidden_and_those_of_others_are_not() {
    assert_eq!(
        logged_one(r#"[2,"1","ChangeConfiguration",{"value":"s3cret","key":"AuthorizationKey"}]"#),
        r#"[2,"1","ChangeConfiguration",{"value":"***","key":"AuthorizationKey"}]"#
    );
    let harmless = r#"[2,"1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"300"}]"#;
    assert_eq!(logged_one(harmless), harmless);
    let set = |password: &str| {
        format!(
            concat!(
                r#"[2,"1","SetVariables",{{"setVariableData":["#,
                r#"{{"attributeValue":"{}","component":{{"name":"SecurityCtrlr"}},"variable":{{"name":"BasicAuthPassword"}}}},"#,
                r#"{{"attributeValue":"300","component":{{"name":"OCPPCommCtrlr"}},"variable":{{"name":"HeartbeatInterval"}}}}]}}]"#
            ),
            password
        )
    };
    assert_eq!(logged_one(&set("hunter22hunter22")), set("***"));
    let got = |value: &str| {
        format!(
            r#"[3,"1",{{"configurationKey":[{{"key":"AuthorizationKey","readonly":false,"value":"{value}"}},{{"key":"Interval","readonly":true,"value":"7"}}]}}]"#
        )
    };
    assert_eq!(logged_one(&got("5ecret")), got("***"));
    let vehicle = |value: &str| {
        format!(
            r#"[2,"1","NotifyEvent",{{"eventData":[{{"actualValue":"{value}","component":{{"name":"ConnectedEV"}},"variable":{{"name":"VehicleId"}}}}]}}]"#
        )
    };
    assert_eq!(logged_one(&vehicle("0001122334455A")), vehicle(&pseudonym("0001122334455A")));
}

#[test]
fn addresses_lose_their_passwords_and_signatures() {
    for (address, kept) in [
        ("ftp://user:p@ss@host/dir", "ftp://***@host/dir"),
        ("https://host/put?sig=abc", "https://host/put?***"),
        ("https:\\/\\/u:p@host\\/x", "https://***@host/x"),
        ("https://host/file.bin", "https://host/file.bin"),
    ] {
        assert_eq!(
            logged_one(&format!(r#"[2,"1","GetDiagnostics",{{"location":"{address}"}}]"#)),
            format!(r#"[2,"1","GetDiagnostics",{{"location":"{kept}"}}]"#)
        );
    }
}

#[test]
fn json_in_the_text_of_a_vendor_is_looked_through() {
    let p = pseudonym("ABCD1234");
    assert_eq!(
        logged_one(
            r#"[2,"1","DataTransfer",{"vendorId":"v","data":"{\"idToken\":\"ABCD1234\",\"price\":1}"}]"#
        ),
        format!(r#"[2,"1","DataTransfer",{{"vendorId":"v","data":"{{\"idToken\":\"{p}\",\"price\":1}}"}}]"#)
    );
    assert_eq!(
        logged_one(r#"[2,"1","DataTransfer",{"vendorId":"v","data":"card=ABCD1234"}]"#),
        r#"[2,"1","DataTransfer",{"vendorId":"v","data":"***"}]"#
    );
    assert_eq!(
        logged_one(
            r#"[2,"1","DataTransfer",{"vendorId":"v","data":{"cardNumber":"ABCD1234","free":"text","status":"Open","n":[12,1234567]}}]"#
        ),
        format!(
            r#"[2,"1","DataTransfer",{{"vendorId":"v","data":{{"cardNumber":"{p}","free":"***","status":"Open","n":[12,"***"]}}}}]"#
        )
    );
}

#[test]
fn what_a_station_knows_of_a_customer_is_hidden_in_whatever_form_it_comes() {
    let told = |data: &str| {
        format!(
            r#"[2,"1","NotifyCustomerInformation",{{"data":{data},"seqNo":0,"generatedAt":"2026-03-02T08:00:00Z","requestId":7}}]"#
        )
    };
    for data in [
        r#""Anna Muster, Example Street 1, card 04E8A1B2""#,
        r#""{\"name\":\"Anna Muster\",\"model\":\"04E8A1B2\"}""#,
        r#""[\"Anna Muster\"]""#,
        r#""""#,
        r#"{"name":"Anna Muster","status":"04E8A1B2"}"#,
        r#"["Anna Muster"]"#,
    ] {
        let log = logged_one(&told(data));
        assert!(!log.contains("Anna") && !log.contains("04E8A1B2"), "{log}");
        assert!(log.contains(r#""seqNo":0"#) && log.contains(r#""requestId":7"#), "{log}");
    }
    assert_eq!(logged_one(&told(r#""Anna Muster""#)), told(r#""***""#));
    let written_otherwise =
        told(r#""{\"name\":\"Anna\"}""#).replace("NotifyCustomer", "notify\\u0043ustomer");
    assert!(!logged_one(&written_otherwise).contains("Anna"), "{}", logged_one(&written_otherwise));
    // The same in a vendor's message keeps what a specification names.
    let vendor = r#"[2,"1","DataTransfer",{"vendorId":"v","data":"{\"status\":\"Open\"}"}]"#;
    assert_eq!(logged_one(vendor), vendor);
}

#[test]
fn a_value_that_was_hidden_is_hidden_in_the_texts_of_its_answer() {
    let p = pseudonym("ABCD1234");
    let frames = logged(&[
        (Way::FromStation, r#"[2,"1","Authorize",{"idTag":"ABCD1234"}]"#),
        (Way::ToStation, r#"[4,"1","InternalError","no such card: abcd1234",{"detail":"ABCD1234!"}]"#),
        (Way::FromStation, r#"[2,"2","StatusNotification",{"info":"ABCD1234 held up","idTag":"ABCD1234"}]"#),
    ]);
    assert_eq!(frames[1], format!(r#"[4,"1","InternalError","no such card: {p}",{{"detail":"***"}}]"#));
    assert_eq!(frames[2], format!(r#"[2,"2","StatusNotification",{{"info":"{p} held up","idTag":"{p}"}}]"#));
}

#[test]
fn signed_readings_are_hidden_and_plain_ones_are_not() {
    let reading = |value: &str| {
        format!(r#"[2,"1","MeterValues",{{"meterValue":[{{"sampledValue":[{{"value":"{value}"}}]}}]}}]"#)
    };
    for plain in ["12345.600", "-0.5", "1e3"] {
        assert_eq!(logged_one(&reading(plain)), reading(plain));
    }
    for signed in ["OCMF|{}", &"30".repeat(60)] {
        assert_eq!(logged_one(&reading(signed)), reading(&pseudonym(signed)));
    }
}

/// The members of the official messages that a person can be told from, or that open a door. A list of the test's
/// own, so that a hole in the log's list is found.
const PERSONAL: &[&str] = &[
    "idTag",
    "parentIdTag",
    "idToken",
    "groupIdToken",
    "additionalIdToken",
    "idTokens",
    "prioritizedEMAIDs",
    "customerIdentifier",
    "iso15118CertificateHashData",
    "customerCertificate",
    "certificate",
    "exiRequest",
    "exiResponse",
    "signedMeterData",
    "evInverterSerialNumber",
    "personalMessage",
    "pspRef",
    "receiptUrl",
    "vatNumber",
    "vatCompany",
    "company",
    "basicAuthPassword",
    "password",
    "apnPassword",
    "apnUserName",
    "simPin",
    "vpn",
    "data",
];

/// Makes payloads out of a schema, with marks planted where something personal stands.
struct Planter {
    rng: TestRng,
    planted: Vec<String>,
}

impl Planter {
    fn chance(&mut self, one_in: u32) -> bool {
        self.rng.random_range(0..one_in) == 0
    }

    fn mark(&mut self) -> String {
        const SIGNS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let mark: String =
            (0..12).map(|_| char::from(SIGNS[self.rng.random_range(0..SIGNS.len())])).collect();
        self.planted.push(mark.to_ascii_lowercase());
        match self.rng.random_range(0..8) {
            0 => format!("{mark}\"{}", self.mark()),
            1 => format!("{mark}\\"),
            2 => format!("ü{mark}\n"),
            3 => format!("{{\"x\":\"{mark}\"}}"),
            4 => format!("{mark}:{}", self.mark()),
            _ => mark,
        }
    }

    fn value(&mut self, schema: &Value, root: &Value, name: &str, personal: bool, depth: u32) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            let name_of = reference.rsplit('/').next().unwrap();
            return self.value(&root["definitions"][name_of], root, name, personal, depth);
        }
        let kinds = [&schema["type"], &schema["type"][0]];
        let kind = kinds.iter().find_map(|kind| kind.as_str()).unwrap_or("string");
        match kind {
            "object" => self.object(schema, root, personal, depth),
            "array" => {
                let count = self.rng.random_range(1..3);
                (0..count).map(|_| self.value(&schema["items"], root, name, personal, depth + 1)).collect()
            }
            "string" if schema["enum"].is_array() => schema["enum"][0].clone(),
            "string" if personal && name != "type" && name != "hashAlgorithm" && name != "format" => {
                self.mark().into()
            }
            "string" => "harmless".into(),
            "boolean" => true.into(),
            _ => json!(7),
        }
    }

    fn object(&mut self, schema: &Value, root: &Value, personal: bool, depth: u32) -> Value {
        let Some(members) = schema["properties"].as_object() else { return json!({}) };
        let mut object = Map::new();
        // A setting whose value is a secret, told by its name.
        let setting = members.contains_key("attributeValue") || members.contains_key("key") && depth < 4;
        for (name, schema) in members {
            if depth > 9 || name == "customData" && !self.chance(10) {
                continue;
            }
            let value = match (name.as_str(), setting) {
                ("key", true) if schema["type"] == "string" => json!("AuthorizationKey"),
                ("variable", true) => json!({"name": "BasicAuthPassword"}),
                ("attributeValue" | "value", true) => self.mark().into(),
                _ => {
                    // What vendors add stands for itself.
                    let personal = name != "customData" && (personal || PERSONAL.contains(&name.as_str()));
                    self.value(schema, root, name, personal, depth + 1)
                }
            };
            object.insert(name.clone(), value);
        }
        Value::Object(object)
    }

    /// What stations do to JSON, and worse.
    fn distorted(&mut self, frame: String) -> String {
        match self.rng.random_range(0..9) {
            0 => frame[..frame.floor_char_boundary(self.rng.random_range(0..frame.len()))].to_owned(),
            1 => {
                // A missing letter would make another name of a vendor's; a missing sign makes it no JSON.
                let signs: Vec<usize> =
                    frame.match_indices(['{', '}', '[', ']', '"', ',', ':']).map(|(at, _)| at).collect();
                let at = signs[self.rng.random_range(0..signs.len())];
                format!("{}{}", &frame[..at], &frame[at + 1..])
            }
            2 => frame.replace("\"id", "\"\\u0069d").replace("ertificate\"", "\\u0065rtificate\""),
            3 => frame
                .replace("\"idT", "\"IDT")
                .replace("\"password", "\"PassWord")
                .replace("\"value\"", "\"VALUE\""),
            4 => frame.replace(':', " :\n ").replace(',', "\t,\r\n"),
            5 => {
                let data = Value::from(frame).to_string();
                format!(r#"[2,"9","DataTransfer",{{"vendorId":"x","data":{data}}}]"#)
            }
            6 => format!("\u{feff}{frame}"),
            _ => frame,
        }
    }
}

fn schemas() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let mut schemas = Vec::new();
    for version in ["1.6", "2.0.1", "2.1"] {
        for entry in std::fs::read_dir(folder.join(version)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            schemas.push((name, serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap()));
        }
    }
    assert!(schemas.len() > 300);
    schemas
}

#[test]
fn nothing_that_is_planted_in_a_personal_member_of_any_message_reaches_the_disk() {
    let schemas = schemas();
    let config = Config { cases: 24, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&any::<[u8; 32]>(), |seed| {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut planter = Planter { rng, planted: Vec::new() };
        let directory = tempfile::tempdir().unwrap();
        let big = Settings { segment_bytes: 64 << 20, queue_bytes: 64 << 20, ..settings() };
        let log = MessageLog::open(directory.path(), big).unwrap();
        let mut frames = Vec::new();
        for (name, schema) in &schemas {
            let payload = planter.value(schema, schema, "", false, 0);
            let frame = match name.strip_suffix("Response") {
                Some(_) => format!(r#"[3,"1",{payload}]"#),
                None => format!(r#"[2,"1","{}",{payload}]"#, name.trim_end_matches("Request")),
            };
            let frame = planter.distorted(frame);
            log.note(&station("a"), time(0), Way::FromStation, &frame);
            frames.push(frame);
        }
        log.flush();
        assert_eq!(log.counts().written, frames.len() as u64);
        let written = text(directory.path()).to_ascii_lowercase();
        prop_assert!(planter.planted.len() > 150, "{}", planter.planted.len());
        for mark in &planter.planted {
            if let Some(at) = written.find(mark.as_str()) {
                let line = written[..at].matches('\n').count();
                prop_assert!(
                    false,
                    "{mark} of {} is in {}",
                    frames[line],
                    &written[at.saturating_sub(150)..at + 12]
                );
            }
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// A frame that is no JSON keeps the names that somebody looked at, and only those: this shows that every member of
/// every message was looked at.
#[test]
fn every_member_of_every_message_was_looked_at() {
    fn names(schema: &Value, found: &mut std::collections::BTreeSet<String>) {
        if let Some(members) = schema["properties"].as_object() {
            found.extend(members.keys().cloned());
        }
        match schema {
            Value::Object(members) => members.values().for_each(|member| names(member, found)),
            Value::Array(elements) => elements.iter().for_each(|element| names(element, found)),
            _ => {}
        }
    }
    let mut known = std::collections::BTreeSet::new();
    for (_, schema) in schemas() {
        names(&schema, &mut known);
    }
    assert!(known.len() > 500);
    let list: Vec<&str> = known.iter().map(String::as_str).collect();
    let masked: Value =
        serde_json::from_str(&logged_one(&format!("[{} {}", list.join(","), "stranger"))).unwrap();
    assert_eq!(masked, format!("[{} ***", list.join(",")));
}
