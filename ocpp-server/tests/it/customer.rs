//! What stations know about customers (N09, N10).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::time::Duration;

use ocpp_core::model::{CertificateHash, CustomerReference, HashAlgorithm, IdToken, TokenKind};
use ocpp_core::types::Version;
use ocpp_server::domain::{CustomerRequest, ListChoice, OrderEntry, RecordKind};
use ocpp_server::maintenance::{CustomerForm, DiagnosticsError, DiagnosticsSettings, LocalLists};
use ocpp_server::register::TokenForm;
use serde_json::{Value, json};

use crate::monitoring::{Says, Station, TWO, Yard, id, pass};

fn token() -> CustomerReference {
    CustomerReference::Token(IdToken::new("04AABBCC", TokenKind::ISO14443))
}

const REPORT: (bool, bool) = (true, false);
const CLEAR: (bool, bool) = (false, true);
const BOTH: (bool, bool) = (true, true);

async fn ask(
    yard: &Yard,
    customer: CustomerReference,
    (report, clear): (bool, bool),
) -> Result<CustomerRequest, DiagnosticsError> {
    yard.diagnostics.ask_about(&id("CS1"), CustomerForm { customer, report, clear }, "ada").await
}

async fn tells(station: &Station, request: i32, seq: u32, more: bool, data: &str) {
    let piece = json!({
        "requestId": request, "seqNo": seq, "tbc": more, "generatedAt": station.now(), "data": data,
    });
    assert_eq!(station.call("NotifyCustomerInformation", piece).await.unwrap(), json!({}));
}

async fn one(yard: &Yard, request: i32) -> CustomerRequest {
    yard.diagnostics.customer_request(&id("CS1"), request).await.unwrap()
}

/// A question that the station takes, and answers with a text; gives the order and what is known then.
async fn told(customer: CustomerReference, what: (bool, bool), text: &str) -> Vec<(Value, CustomerRequest)> {
    let mut all = Vec::new();
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("CustomerInformation", Says::Result(json!({"status": "Accepted"})));
        let asked = ask(&yard, customer.clone(), what).await.unwrap();
        assert_eq!(asked.state.name(), "accepted", "{version}");
        tells(&station, asked.request, 0, false, text).await;
        let order = station.orders("CustomerInformation").pop().unwrap();
        all.push((order, one(&yard, asked.request).await));
    }
    all
}

fn with_token(report: bool, clear: bool) -> Value {
    json!({
        "requestId": 1, "report": report, "clear": clear,
        "idToken": {"idToken": "04AABBCC", "type": "ISO14443"},
    })
}

#[tokio::test(start_paused = true)]
async fn tc_n_27_csms() {
    for (order, known) in told(token(), REPORT, "charged on Monday").await {
        assert_eq!(order, with_token(true, false), "N09.FR.01, N09.FR.04");
        assert_eq!((known.state.name(), known.text().as_str()), ("told", "charged on Monday"));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_28_csms() {
    for (order, known) in told(token(), REPORT, "no data").await {
        assert_eq!(order, with_token(true, false));
        assert_eq!(known.text(), "no data");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_29_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("CustomerInformation", Says::Result(json!({"status": "Rejected"})));
        let asked = ask(&yard, token(), REPORT).await.unwrap();
        assert_eq!(station.orders("CustomerInformation"), [with_token(true, false)], "{version}");
        assert_eq!(asked.state.name(), "failed");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_30_csms() {
    for (order, known) in told(token(), BOTH, "charged on Monday").await {
        assert_eq!(order, with_token(true, true));
        assert_eq!(known.text(), "charged on Monday");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_31_csms() {
    for (order, known) in told(token(), BOTH, "no data").await {
        assert_eq!(order, with_token(true, true));
        assert_eq!(known.state.name(), "told");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_32_csms() {
    for (order, known) in told(token(), CLEAR, "cleared").await {
        assert_eq!(order, with_token(false, true));
        assert_eq!(known.text(), "cleared");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_62_csms() {
    for (order, _) in told(CustomerReference::Identifier("C-1071".into()), BOTH, "x").await {
        let expected = json!({"requestId": 1, "report": true, "clear": true, "customerIdentifier": "C-1071"});
        assert_eq!(order, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_63_csms() {
    let hash = CertificateHash {
        algorithm: HashAlgorithm::Sha256,
        issuer_name: "aa".into(),
        issuer_key: "bb".into(),
        serial: "1f".into(),
    };
    for (order, _) in told(CustomerReference::Certificate(hash.clone()), BOTH, "x").await {
        let expected = json!({
            "hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "1f",
        });
        assert_eq!(
            order["customerCertificate"], expected,
            "N09.FR.08: the algorithm that it was installed with"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_46_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        yard.world.register().add_token("04AABBCC", TokenForm::default()).await.unwrap();
        let station = yard.world.connect("CS1", version).await;
        station.says("GetLocalListVersion", Says::Result(json!({"versionNumber": 0})));
        station.says("SendLocalList", Says::Result(json!({"status": "Accepted"})));
        let lists = LocalLists::new(yard.world.csms());
        lists.choose(&id("CS1"), ListChoice::All).await.unwrap();
        lists.send(&id("CS1")).await.unwrap();
        station.says("GetLocalListVersion", Says::Result(json!({"versionNumber": 1})));
        station.says("CustomerInformation", Says::Result(json!({"status": "Accepted"})));
        let asked = ask(&yard, token(), BOTH).await.unwrap();
        let update = station.orders("SendLocalList").pop().unwrap();
        let gone = json!({
            "versionNumber": 2, "updateType": "Differential",
            "localAuthorizationList": [{"idToken": {"idToken": "04AABBCC", "type": "ISO14443"}}],
        });
        assert_eq!(update, gone, "{version}: N10.FR.02");
        let said = asked.local_list.unwrap();
        assert!(
            said.starts_with("removed from the station's local list") && said.contains("remove it"),
            "{said}"
        );
        // One that is not in the list leaves it as it is.
        let other = CustomerReference::Token(IdToken::new("04FFFF", TokenKind::ISO14443));
        let asked = ask(&yard, other, CLEAR).await.unwrap();
        assert_eq!((asked.local_list, station.orders("SendLocalList").len()), (None, 2));
        // Who is merely asked about stays in it.
        ask(&yard, token(), REPORT).await.unwrap();
        assert_eq!(station.orders("SendLocalList").len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn pieces_are_joined_in_whatever_order_they_come() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("CustomerInformation", Says::Result(json!({"status": "Accepted"})));
    let request = ask(&yard, token(), REPORT).await.unwrap().request;
    tells(&station, request, 2, false, "three").await;
    tells(&station, request, 0, true, "one ").await;
    tells(&station, request, 0, true, "one ").await;
    assert_eq!(one(&yard, request).await.state.name(), "accepted", "one is missing");
    tells(&station, request, 1, true, "two ").await;
    let known = one(&yard, request).await;
    assert_eq!((known.state.name(), known.text().as_str()), ("told", "one two three"));
    tells(&station, request, 3, false, "afterwards").await;
    assert_eq!(one(&yard, request).await.text(), "one two three", "it was complete");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_asked_for_is_not_kept() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V21).await;
    tells(&station, 7, 0, false, "04AABBCC").await;
    assert!(yard.world.stored(RecordKind::CustomerRequest).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_flood_is_bounded() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("CustomerInformation", Says::Result(json!({"status": "Accepted"})));
    let request = ask(&yard, token(), REPORT).await.unwrap().request;
    for seq in 0..230 {
        tells(&station, request, seq, seq < 229, &"x".repeat(512)).await;
        pass(1).await;
    }
    let known = one(&yard, request).await;
    assert_eq!((known.parts.len(), known.cut, known.state.name()), (200, true, "told"));
    for _ in 0..60 {
        ask(&yard, token(), REPORT).await.unwrap();
        pass(1).await;
    }
    assert_eq!(yard.diagnostics.customer_requests(&id("CS1")).await.unwrap().len(), 50);
    assert_eq!(yard.world.all::<CustomerRequest>().await.len(), 50);
}

#[tokio::test(start_paused = true)]
async fn it_is_deleted_when_its_time_is_over_or_somebody_says_so() {
    let keep_customers = Duration::from_secs(2 * 86_400);
    let yard = Yard::with(DiagnosticsSettings { keep_customers, ..DiagnosticsSettings::default() }).await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("CustomerInformation", Says::Result(json!({"status": "Accepted"})));
    let first = ask(&yard, token(), REPORT).await.unwrap().request;
    tells(&station, first, 0, false, "charged on Monday").await;
    let second = ask(&yard, token(), REPORT).await.unwrap().request;
    yard.diagnostics.delete_customer_request(&id("CS1"), second).await.unwrap();
    let gone = yard.diagnostics.customer_request(&id("CS1"), second).await;
    assert!(matches!(gone, Err(DiagnosticsError::Unknown { .. })));
    pass(2 * 86_400 - 60).await;
    assert_eq!(one(&yard, first).await.text(), "charged on Monday");
    pass(120).await;
    let gone = yard.diagnostics.customer_request(&id("CS1"), first).await;
    assert!(matches!(gone, Err(DiagnosticsError::Unknown { .. })), "it is not shown any more");
    pass(3700).await;
    assert!(yard.world.all::<CustomerRequest>().await.is_empty(), "and it is deleted");
}

#[tokio::test(start_paused = true)]
async fn bad_answers_have_defined_results() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    for (says, said) in [
        (Says::Error("NotSupported"), "NotSupported"),
        (Says::Result(json!({})), "cannot be understood"),
        (Says::Result(json!({"status": "Invalid"})), "invalid"),
        (Says::Nothing, "no answer"),
        (Says::Late(Duration::from_secs(400), json!({"status": "Accepted"})), "no answer"),
    ] {
        station.says("CustomerInformation", says.clone());
        let asked = ask(&yard, token(), BOTH).await.unwrap();
        let state = format!("{:?}", asked.state);
        assert!(asked.state.name() == "failed" && state.contains(said), "{says:?}: {state}");
    }
    // What the station tells all the same, although its answer got lost, is heard.
    station.says("CustomerInformation", Says::Nothing);
    let request = ask(&yard, token(), REPORT).await.unwrap().request;
    tells(&station, request, 0, false, "charged on Monday").await;
    assert_eq!(one(&yard, request).await.state.name(), "told");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_asked_is_refused() {
    let yard = Yard::new().await;
    yard.world.connect("CS1", Version::V16).await;
    let error = ask(&yard, token(), BOTH).await.unwrap_err();
    assert!(error.to_string().contains("local list anew without the token"), "{error}");
    let nothing = ask(&yard, token(), (false, false)).await;
    assert!(matches!(nothing, Err(DiagnosticsError::Invalid { .. })));
    assert!(yard.world.all::<CustomerRequest>().await.is_empty());
    let station = yard.world.connect("CS1", Version::V201).await;
    station.hang_up();
    pass(5).await;
    assert_eq!(ask(&yard, token(), BOTH).await.unwrap_err(), DiagnosticsError::NotConnected);
}

/// The order that asked is kept like any other, but not whom it was about.
#[tokio::test(start_paused = true)]
async fn orders_forget_whom_they_were_about() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("CustomerInformation", Says::Result(json!({"status": "Accepted"})));
    ask(&yard, token(), REPORT).await.unwrap();
    ask(&yard, CustomerReference::Identifier("C-1071".into()), REPORT).await.unwrap();
    let orders = yard.world.all::<OrderEntry>().await;
    assert_eq!(orders.len(), 2);
    let kept = serde_json::to_string(&orders).unwrap();
    assert!(!kept.contains("04AABBCC") && !kept.contains("C-1071"), "{kept}");
}
