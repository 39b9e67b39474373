//! Messages on displays (block O).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod cases;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{
    Command, DisplayFilter, DisplayMessage, DisplayPriority, DisplayState, DisplayText, TextFormat,
};
use ocpp_core::types::Version;
use ocpp_server::domain::{KeptMessage, StationDisplay};
use ocpp_server::maintenance::{DiagnosticsError, MessageForm};
use serde_json::{Value, json};

use crate::monitoring::{Says, Station, TWO, Yard, heard, id, pass};

fn accepted() -> Says {
    Says::Result(json!({"status": "Accepted"}))
}

fn text(content: &str) -> DisplayText {
    DisplayText { format: TextFormat::Utf8, language: Some("en".into()), content: content.into() }
}

fn form(content: &str) -> MessageForm {
    MessageForm {
        id: None,
        priority: DisplayPriority::NormalCycle,
        state: None,
        from: None,
        until: None,
        transaction: None,
        display: None,
        text: text(content),
        translations: Vec::new(),
        keep: false,
    }
}

fn after(yard: &Yard, seconds: i64) -> Timestamp {
    yard.world.now().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

async fn set(yard: &Yard, form: MessageForm) -> Result<KeptMessage, DiagnosticsError> {
    yard.diagnostics.set_message(&id("CS1"), form, "ada").await
}

async fn known(yard: &Yard) -> StationDisplay {
    yard.diagnostics.display(&id("CS1")).await.unwrap().unwrap()
}

/// The messages that are known, as number and state.
async fn states(yard: &Yard) -> Vec<(i64, &'static str)> {
    known(yard).await.messages.iter().map(|kept| (kept.message.id, kept.state.name())).collect()
}

fn info(number: i64, content: &str) -> Value {
    json!({"id": number, "priority": "NormalCycle", "message": {"format": "UTF8", "content": content}})
}

async fn tells(station: &Station, request: &Value, more: bool, messages: Vec<Value>) {
    let mut part = json!({"requestId": request, "tbc": more});
    if !messages.is_empty() {
        part["messageInfo"] = json!(messages);
    }
    assert_eq!(station.call("NotifyDisplayMessages", part).await.unwrap(), json!({}));
}

fn read(
    yard: &Yard,
    filter: DisplayFilter,
) -> tokio::task::JoinHandle<Result<StationDisplay, DiagnosticsError>> {
    let diagnostics = yard.diagnostics.clone();
    tokio::spawn(async move { diagnostics.read_messages(&id("CS1"), filter, "ada").await })
}

#[tokio::test(start_paused = true)]
async fn what_is_on_a_display_is_known_and_parts_are_joined() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("SetDisplayMessage", accepted());
    station.says("GetDisplayMessages", accepted());
    set(&yard, form("one")).await.unwrap();
    set(&yard, form("two")).await.unwrap();
    let asked = read(&yard, DisplayFilter::default());
    let request = heard(&station, "GetDisplayMessages", 1).await["requestId"].clone();
    tells(&station, &request, true, vec![info(2, "two")]).await;
    assert_eq!(states(&yard).await, [(1, "set"), (2, "set")], "not complete yet");
    tells(&station, &request, false, vec![info(9, "the maker's")]).await;
    let told = asked.await.unwrap().unwrap();
    assert_eq!(
        told.messages.iter().map(|kept| kept.message.id).collect::<Vec<_>>(),
        [2, 9],
        "1 is not there"
    );
    assert_eq!(told.messages[0].by.as_deref(), Some("ada"));
    assert_eq!(told.messages[1].by, None);
    // A report that nobody asked for is taken over as far as it goes.
    tells(&station, &json!(700), false, vec![info(12, "more")]).await;
    assert_eq!(states(&yard).await, [(2, "set"), (9, "set"), (12, "set")]);
}

#[tokio::test(start_paused = true)]
async fn bad_answers_have_defined_results() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V21).await;
    for (says, said) in [
        (Says::Error("NotSupported"), "NotSupported"),
        (Says::Result(json!({"status": "Sometimes"})), "rejected"),
        (Says::Result(json!([])), "cannot be understood"),
        (Says::Nothing, "no answer"),
        (Says::Late(Duration::from_secs(400), json!({"status": "Accepted"})), "no answer"),
        (Says::Result(json!({"status": "LanguageNotSupported"})), "does not know this language"),
    ] {
        station.says("SetDisplayMessage", says.clone());
        let kept = set(&yard, MessageForm { id: Some(1), ..form("one") }).await.unwrap();
        assert_eq!(kept.state.name(), "refused", "{says:?}");
        assert!(kept.state.why().unwrap().contains(said), "{says:?}: {:?}", kept.state);
        station.says("GetDisplayMessages", says.clone());
        let error = read(&yard, DisplayFilter::default()).await.unwrap();
        assert!(error.is_err(), "{says:?}");
        assert_eq!(states(&yard).await, [(1, "refused")]);
    }
    // What the station never had is merely forgotten.
    yard.diagnostics.clear_message(&id("CS1"), 1, "ada").await.unwrap();
    assert!(states(&yard).await.is_empty() && station.orders("ClearDisplayMessage").is_empty());
    station.says("SetDisplayMessage", accepted());
    set(&yard, form("one")).await.unwrap();
    for says in [Says::Error("InternalError"), Says::Nothing, Says::Result(json!({"status": "Rejected"}))] {
        station.says("ClearDisplayMessage", says);
        let error = yard.diagnostics.clear_message(&id("CS1"), 1, "ada").await.unwrap_err();
        assert!(matches!(error, DiagnosticsError::NotTaken(_)), "{error}");
        assert_eq!(states(&yard).await, [(1, "set")]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_refused_before_it_is_sent() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    let wrong = [
        ("/text", form("  ")),
        ("/id", MessageForm { id: Some(-1), ..form("x") }),
        ("/until", MessageForm { until: Some(yard.world.now()), ..form("x") }),
        ("/until", MessageForm { from: Some(after(&yard, 50)), until: Some(after(&yard, 40)), ..form("x") }),
        ("/keep", MessageForm { keep: true, transaction: Some("T".into()), ..form("x") }),
    ];
    for (place, form) in wrong {
        match set(&yard, form).await {
            Err(DiagnosticsError::Invalid { pointer, .. }) => assert_eq!(pointer, place),
            other => panic!("{place}: {other:?}"),
        }
    }
    let later = MessageForm { state: Some(DisplayState::Suspended), ..form("x") };
    assert!(matches!(set(&yard, later).await, Err(DiagnosticsError::CannotSay(_))));
    let tongues = MessageForm { translations: vec![text("x")], ..form("x") };
    assert!(matches!(set(&yard, tongues).await, Err(DiagnosticsError::CannotSay(_))));
    assert!(station.orders("SetDisplayMessage").is_empty());
    assert_eq!(yard.diagnostics.display(&id("CS1")).await.unwrap(), None);
    let old = yard.world.connect("OLD", Version::V16).await;
    let error = yard.diagnostics.set_message(&id("OLD"), form("x"), "ada").await.unwrap_err();
    assert!(error.to_string().contains("messages on displays: it has none"), "{error}");
    assert!(old.all_orders().is_empty());
    station.hang_up();
    pass(5).await;
    assert_eq!(set(&yard, form("x")).await, Err(DiagnosticsError::NotConnected));
    let nobody = yard.diagnostics.set_message(&id("NOBODY"), form("x"), "ada").await;
    assert!(matches!(nobody, Err(DiagnosticsError::Unknown { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_kept_waits_and_is_put_back_when_it_was_lost() {
    for version in TWO {
        let yard = Yard::new().await;
        yard.world.know("CS1").await;
        let kept = set(&yard, MessageForm { keep: true, ..form("welcome") }).await.unwrap();
        assert_eq!(kept.state.name(), "waiting", "{version}");
        let station = yard.world.connect_quietly("CS1", version).await;
        station.says("SetDisplayMessage", accepted());
        station.says("GetDisplayMessages", Says::Result(json!({"status": "Unknown"})));
        station.boot().await;
        heard(&station, "SetDisplayMessage", 1).await;
        pass(1).await;
        assert_eq!(states(&yard).await, [(1, "set")]);
        set(&yard, form("for today")).await.unwrap();
        // The station restarts and has lost both.
        station.boot().await;
        heard(&station, "SetDisplayMessage", 3).await;
        pass(20).await;
        assert_eq!(states(&yard).await, [(1, "set")], "the other one was not to be kept");
        assert_eq!(station.orders("SetDisplayMessage").len(), 3);
        // It restarts and has it still.
        station.says("GetDisplayMessages", accepted());
        let count = station.orders("GetDisplayMessages").len();
        station.boot().await;
        let request = heard(&station, "GetDisplayMessages", count + 1).await["requestId"].clone();
        tells(&station, &request, false, vec![info(1, "welcome")]).await;
        pass(60).await;
        assert_eq!(station.orders("SetDisplayMessage").len(), 3, "nothing is put back that is there");
    }
}

#[tokio::test(start_paused = true)]
async fn messages_end_with_their_time_their_transaction_or_a_new_one_in_front() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("SetDisplayMessage", accepted());
    set(&yard, MessageForm { until: Some(after(&yard, 600)), ..form("until ten past") }).await.unwrap();
    let mut charge = station.start(1, "CARD", 0).await;
    let of_transaction = MessageForm { transaction: Some(charge.name.clone()), ..form("you charge") };
    set(&yard, of_transaction).await.unwrap();
    let front = |content| MessageForm { priority: DisplayPriority::AlwaysFront, ..form(content) };
    set(&yard, front("first")).await.unwrap();
    set(&yard, front("second")).await.unwrap();
    assert_eq!(states(&yard).await, [(1, "set"), (2, "set"), (4, "set")], "O01.FR.16");
    station.stop(&mut charge, 1000).await;
    pass(1).await;
    assert_eq!(states(&yard).await, [(1, "set"), (4, "set")], "O02.FR.02");
    pass(700).await;
    assert_eq!(states(&yard).await, [(4, "set")], "O01.FR.07");
}

#[tokio::test(start_paused = true)]
async fn the_orders_of_others_are_noted() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V21).await;
    station.says("SetDisplayMessage", accepted());
    let message = DisplayMessage {
        id: 77,
        priority: DisplayPriority::InFront,
        state: None,
        from: None,
        until: None,
        transaction: None,
        display: None,
        text: text("by a bulk order"),
        translations: vec![text("auf Deutsch")],
    };
    yard.outcome("CS1", Command::SetDisplayMessage(Box::new(message.clone()))).await;
    assert_eq!(states(&yard).await, [(77, "set")]);
    station.says("SetDisplayMessage", Says::Result(json!({"status": "Rejected"})));
    let other = DisplayMessage { id: 78, ..message };
    yard.outcome("CS1", Command::SetDisplayMessage(Box::new(other))).await;
    assert_eq!(states(&yard).await, [(77, "set")], "what was refused leaves nothing behind");
    station.says("ClearDisplayMessage", accepted());
    yard.outcome("CS1", Command::ClearDisplayMessage { id: 77 }).await;
    assert!(states(&yard).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_messages_is_bounded() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    for part in 0..3 {
        let many: Vec<_> = (0..100).map(|n| info(part * 100 + n, "x")).collect();
        tells(&station, &json!(1), part < 2, many).await;
    }
    assert_eq!(known(&yard).await.messages.len(), StationDisplay::MAX);
    let more = set(&yard, MessageForm { id: Some(5000), ..form("x") }).await;
    assert!(matches!(more, Err(DiagnosticsError::Invalid { .. })));
}
