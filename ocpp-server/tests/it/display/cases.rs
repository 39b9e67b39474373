//! The test cases of part 6 for block O.

use ocpp_core::model::{DisplayFilter, DisplayPriority, DisplayState, DisplayText, TextFormat};
use ocpp_server::domain::MessageState;
use ocpp_server::maintenance::{DiagnosticsError, MessageForm};
use serde_json::{Value, json};

use super::{Says, TWO, Yard, accepted, after, form, heard, id, info, read, set, states, tells, text};

/// A message is set; gives what was sent and how it stands.
async fn sent(form: impl Fn(&Yard) -> MessageForm, status: &str) -> Vec<(Value, MessageState)> {
    let mut all = Vec::new();
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("SetDisplayMessage", Says::Result(json!({"status": status})));
        let kept = set(&yard, form(&yard)).await.unwrap();
        let mut orders = station.orders("SetDisplayMessage");
        assert_eq!(orders.len(), 1, "{version}");
        all.push((orders.remove(0)["message"].clone(), kept.state));
    }
    all
}

fn is_set(state: &MessageState) -> bool {
    matches!(state, MessageState::Set { .. })
}

#[tokio::test(start_paused = true)]
async fn tc_o_01_csms() {
    for (message, state) in sent(|_| form("Hello"), "Accepted").await {
        let expected = json!({
            "id": 1, "priority": "NormalCycle",
            "message": {"format": "UTF8", "language": "en", "content": "Hello"},
        });
        assert_eq!(message, expected, "O01.FR.04: of no transaction");
        assert!(is_set(&state));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_06_csms() {
    let of = |_: &Yard| MessageForm { transaction: Some("T-1".into()), ..form("You charge") };
    for (message, state) in sent(of, "Accepted").await {
        assert_eq!(message["transactionId"], "T-1");
        assert!(is_set(&state));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_10_csms() {
    let of = |_: &Yard| MessageForm { transaction: Some("T-9".into()), ..form("You charge") };
    for (message, state) in sent(of, "UnknownTransaction").await {
        assert_eq!(message["transactionId"], "T-9");
        assert_eq!(state.why(), Some("the station does not know the transaction"));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_13_csms() {
    let of = |yard: &Yard| MessageForm { from: Some(after(yard, 3600)), ..form("Later") };
    for (message, state) in sent(of, "Accepted").await {
        assert_eq!(message["startDateTime"], "2026-03-02T09:00:00Z");
        assert!(is_set(&state));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_14_csms() {
    let of = |yard: &Yard| MessageForm { until: Some(after(yard, 3600)), ..form("For an hour") };
    for (message, state) in sent(of, "Accepted").await {
        assert_eq!(message["endDateTime"], "2026-03-02T09:00:00Z");
        assert!(is_set(&state));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_17_csms() {
    let of = |_: &Yard| MessageForm { priority: DisplayPriority::AlwaysFront, ..form("Front") };
    for (message, state) in sent(of, "NotSupportedPriority").await {
        assert_eq!(message["priority"], "AlwaysFront");
        assert_eq!(state.why(), Some("the display does not know this priority"));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_18_csms() {
    let of = |_: &Yard| MessageForm { state: Some(DisplayState::Unavailable), ..form("Closed") };
    for (message, state) in sent(of, "NotSupportedState").await {
        assert_eq!(message["state"], "Unavailable");
        assert_eq!(state.why(), Some("the display does not know this state"));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_19_csms() {
    let html = DisplayText { format: TextFormat::Html, language: None, content: "<b>Hello</b>".into() };
    let of = |_: &Yard| MessageForm { text: html.clone(), ..form("x") };
    for (message, state) in sent(of, "NotSupportedMessageFormat").await {
        assert_eq!(message["message"]["format"], "HTML");
        assert_eq!(state.why(), Some("the display cannot show this format"));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_25_csms() {
    let states =
        [DisplayState::Charging, DisplayState::Faulted, DisplayState::Idle, DisplayState::Unavailable];
    for wanted in states {
        let of = |_: &Yard| MessageForm { state: Some(wanted), ..form("Hello") };
        for (message, state) in sent(of, "Accepted").await {
            assert_eq!(message["state"], wanted.as_str());
            assert!(is_set(&state));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_26_csms() {
    for (_, state) in sent(|_| form("Hello"), "Rejected").await {
        assert_eq!(state.why(), Some("rejected"));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_27_csms() {
    let of = |yard: &Yard| MessageForm {
        transaction: Some("T-1".into()),
        from: Some(after(yard, 3600)),
        ..form("You charge")
    };
    for (message, state) in sent(of, "Accepted").await {
        assert_eq!(
            (&message["transactionId"], &message["startDateTime"]),
            (&json!("T-1"), &json!("2026-03-02T09:00:00Z"))
        );
        assert!(is_set(&state));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_28_csms() {
    let of = |yard: &Yard| MessageForm {
        transaction: Some("T-1".into()),
        until: Some(after(yard, 3600)),
        ..form("You charge")
    };
    for (message, state) in sent(of, "Accepted").await {
        assert_eq!(
            (&message["transactionId"], &message["endDateTime"]),
            (&json!("T-1"), &json!("2026-03-02T09:00:00Z"))
        );
        assert!(is_set(&state));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_12_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("SetDisplayMessage", accepted());
        let first = set(&yard, form("Old")).await.unwrap();
        let again =
            MessageForm { id: Some(first.message.id), priority: DisplayPriority::InFront, ..form("New") };
        set(&yard, again).await.unwrap();
        let order = station.orders("SetDisplayMessage").pop().unwrap();
        assert_eq!((&order["message"]["id"], &order["message"]["priority"]), (&json!(1), &json!("InFront")));
        let known = super::known(&yard).await;
        assert_eq!(known.messages.len(), 1, "{version}");
        assert_eq!(known.messages[0].message.text, text("New"));
    }
}

/// Messages are asked for by a filter, and told; gives the order.
async fn asked(filter: DisplayFilter) -> Vec<Value> {
    let mut orders = Vec::new();
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("GetDisplayMessages", accepted());
        let asked = read(&yard, filter.clone());
        let order = heard(&station, "GetDisplayMessages", 1).await;
        tells(&station, &order["requestId"], false, vec![info(4, "Hello")]).await;
        asked.await.unwrap().unwrap();
        assert_eq!(states(&yard).await, [(4, "set")], "{version}");
        orders.push(order);
    }
    orders
}

#[tokio::test(start_paused = true)]
async fn tc_o_02_csms() {
    for order in asked(DisplayFilter::default()).await {
        assert_eq!(order, json!({"requestId": 1}));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_07_csms() {
    for order in asked(DisplayFilter { ids: vec![4], ..DisplayFilter::default() }).await {
        assert_eq!(order, json!({"requestId": 1, "id": [4]}));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_08_csms() {
    let filter = DisplayFilter { priority: Some(DisplayPriority::NormalCycle), ..DisplayFilter::default() };
    for order in asked(filter).await {
        assert_eq!(order, json!({"requestId": 1, "priority": "NormalCycle"}));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_09_csms() {
    let filter = DisplayFilter { state: Some(DisplayState::Charging), ..DisplayFilter::default() };
    for order in asked(filter).await {
        assert_eq!(order, json!({"requestId": 1, "state": "Charging"}));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_03_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("SetDisplayMessage", accepted());
        set(&yard, form("Hello")).await.unwrap();
        station.says("GetDisplayMessages", Says::Result(json!({"status": "Unknown"})));
        let told = read(&yard, DisplayFilter::default()).await.unwrap().unwrap();
        assert!(told.messages.is_empty() && told.told_at.is_some(), "{version}: there is none");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_11_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("SetDisplayMessage", accepted());
        set(&yard, form("Hello")).await.unwrap();
        station.says("GetDisplayMessages", Says::Result(json!({"status": "Unknown"})));
        let told =
            read(&yard, DisplayFilter { ids: vec![99], ..DisplayFilter::default() }).await.unwrap().unwrap();
        assert_eq!(station.orders("GetDisplayMessages").pop().unwrap()["id"], json!([99]));
        assert_eq!(told.messages.len(), 1, "{version}: the others stay");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_04_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("SetDisplayMessage", accepted());
        station.says("ClearDisplayMessage", accepted());
        set(&yard, form("Hello")).await.unwrap();
        yard.diagnostics.clear_message(&id("CS1"), 1, "ada").await.unwrap();
        assert_eq!(station.orders("ClearDisplayMessage"), [json!({"id": 1})], "{version}");
        assert!(states(&yard).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn tc_o_05_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("ClearDisplayMessage", Says::Result(json!({"status": "Unknown"})));
        let error = yard.diagnostics.clear_message(&id("CS1"), 99, "ada").await.unwrap_err();
        assert!(matches!(error, DiagnosticsError::Unknown { what: "message", .. }), "{version}: {error}");
        assert_eq!(station.orders("ClearDisplayMessage"), [json!({"id": 99})]);
    }
}
