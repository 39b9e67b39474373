//! Stations that want more than their share get no more of it than others.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ocpp_server::Csms;
use ocpp_server::domain::RefusalReason;
use ocpp_server::edge::{Admission, EdgeSettings, Knock, NotAdmitted};
use ocpp_server::handle::HandleError;
use ocpp_server::session::{Answered, Call, Middleware, Next, SessionSettings};
use ocpp_server::store::Memory;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::Manager;
use super::malformed::text;
use super::station::Station;

/// Writes down whose turn it is.
#[derive(Clone, Default)]
struct Turns(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Middleware for Turns {
    async fn handle(&self, call: Call<'_>, next: Next<'_>) -> Result<Answered, HandleError> {
        self.0.lock().expect("the list").push(call.station.to_string());
        next.run(call).await
    }
}

/// Knows no station.
struct Nobody;

#[async_trait]
impl Admission for Nobody {
    async fn admit(&self, _: &Knock) -> Result<(), NotAdmitted> {
        Err(NotAdmitted::Refused(RefusalReason::UnknownStation))
    }
}

fn heartbeats(count: usize) -> Vec<u8> {
    text(r#"[2,"h","Heartbeat",{}]"#).repeat(count)
}

#[tokio::test]
async fn who_sends_without_pause_takes_turns_with_the_others() {
    let session =
        SessionSettings { messages_per_second: 1_000_000, burst: 1_000_000, ..SessionSettings::default() };
    let settings = EdgeSettings { session, ..EdgeSettings::default() };
    let turns = Turns::default();
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings).layer(turns.clone())).await;
    let mut flood = Station::dial(&manager, "FLOOD", "ocpp1.6").await;
    let mut other = Station::dial(&manager, "OTHER", "ocpp1.6").await;
    flood.socket.get_mut().write_all(&heartbeats(500)).await.expect("sent");
    other.socket.get_mut().write_all(&heartbeats(10)).await.expect("sent");
    for _ in 0..10 {
        other.frame().await;
    }
    let turns = turns.0.lock().expect("the list").clone();
    let last = turns.iter().rposition(|station| station == "OTHER").expect("it had its turns");
    let before = turns[..last].iter().filter(|station| *station == "FLOOD").count();
    assert!(before <= 30, "its ten calls waited for {before} of the flood: {turns:?}");
}

/// A station in a closed loop is served as fast as it can be while nobody else is too fast, and its messages stay in
/// their order.
#[tokio::test]
async fn who_is_too_fast_is_not_slowed_down_while_there_is_room() {
    let session =
        SessionSettings { messages_per_second: 1, burst: 1, overtime: 32, ..SessionSettings::default() };
    let settings = EdgeSettings { session, ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings)).await;
    let mut fast = Station::dial(&manager, "FAST", "ocpp1.6").await;
    let begun = std::time::Instant::now();
    for number in 0..100 {
        fast.send(json!([2, format!("h{number}"), "Heartbeat", {}])).await;
    }
    for number in 0..100 {
        assert_eq!(fast.frame().await[1], json!(format!("h{number}")));
    }
    assert!(
        begun.elapsed() < Duration::from_secs(60),
        "a hundred seconds is its pace: {:?}",
        begun.elapsed()
    );
}

/// However many are too fast: what they get beyond their pace is bounded for all of them together, and by what their
/// messages weigh.
#[tokio::test]
async fn all_who_are_too_fast_share_one_pace() {
    let session = SessionSettings {
        messages_per_second: 1,
        burst: 1,
        overtime: 8,
        overtime_per_second: 20,
        ..SessionSettings::default()
    };
    let settings = EdgeSettings { session, ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings)).await;
    let mut floods = Vec::new();
    for name in ["FLOOD-1", "FLOOD-2", "FLOOD-3"] {
        floods.push(Station::dial(&manager, name, "ocpp1.6").await);
    }
    let mut calm = Station::dial(&manager, "CALM", "ocpp1.6").await;
    let begun = Instant::now();
    for flood in &mut floods {
        flood.socket.get_mut().write_all(&heartbeats(25)).await.expect("sent");
    }
    calm.result("Heartbeat", json!({})).await;
    for flood in &mut floods {
        for _ in 0..25 {
            flood.frame().await;
        }
    }
    // 75 messages: 20 a second together, one a second each, and what may come at once.
    assert!(begun.elapsed() >= Duration::from_millis(2_500), "{:?}", begun.elapsed());

    // 40 KB count for eleven messages.
    let data = "x".repeat(40_000);
    let begun = Instant::now();
    for number in 0..5 {
        let call = json!([2, format!("d{number}"), "DataTransfer", {"vendorId": "v", "data": data}]);
        floods[0].send(call).await;
    }
    for _ in 0..5 {
        floods[0].frame().await;
    }
    assert!(begun.elapsed() >= Duration::from_millis(1_500), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn who_connects_over_and_over_waits_for_its_turn() {
    let settings = EdgeSettings { handshake_deadline: Duration::from_millis(200), ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings)).await;
    let mut dialled = 0;
    loop {
        match Station::try_dial(&manager, "STORM", "ocpp1.6").await {
            Ok(_) => dialled += 1,
            Err(Error::Http(response)) => {
                assert_eq!(response.status(), 503);
                assert!(response.headers().contains_key("Retry-After"));
                break;
            }
            Err(error) => panic!("{error}"),
        }
        assert!(dialled < 1_000, "it is never slowed down");
    }
    assert!(dialled >= 100, "a take-over is not held up: {dialled}");
    let mut other = Station::dial(&manager, "CALM", "ocpp1.6").await;
    other.boot_16().await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    let mut again = Station::dial(&manager, "STORM", "ocpp1.6").await;
    again.boot_16().await;
}

#[tokio::test]
async fn a_new_connection_gives_no_new_room() {
    let session =
        SessionSettings { messages_per_second: 1, burst: 20, overtime: 0, ..SessionSettings::default() };
    let settings = EdgeSettings { session, ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings)).await;
    let begun = Instant::now();
    for _ in 0..23 {
        let mut station = Station::dial(&manager, "AGAIN", "ocpp1.6").await;
        station.result("Heartbeat", json!({})).await;
    }
    assert!(begun.elapsed() >= Duration::from_secs(2), "three beyond the burst have to wait");
    let mut other = Station::dial(&manager, "OTHER", "ocpp1.6").await;
    other.result("Heartbeat", json!({})).await;
}

/// Each refusal is listed, and thereby kept: an address that is turned away over and over waits, and what it
/// would have to wait too long for is answered without being listed.
#[tokio::test]
async fn who_is_turned_away_over_and_over_waits_and_fills_no_list() {
    let settings = EdgeSettings { handshake_deadline: Duration::from_millis(100), ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings).admission(Nobody)).await;
    for number in 0..300 {
        match Station::try_dial(&manager, &format!("UNKNOWN-{number}"), "ocpp1.6").await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 404),
            other => panic!("{:?}", other.err()),
        }
    }
    let listed = manager.csms.store().refusals(1_000).await.expect("readable").len();
    assert!((100..250).contains(&listed), "{listed} are listed");
}

/// All at once: some may be told to come back, one of those that were let in stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_sockets_of_one_identity_at_once_one_stays() {
    let manager = Arc::new(Manager::of(Csms::builder(Memory::new())).await);
    let mut other = Station::dial(&manager, "CALM", "ocpp1.6").await;
    let dials: Vec<_> = (0..100)
        .map(|_| {
            let manager = Arc::clone(&manager);
            tokio::spawn(async move { Station::try_dial(&manager, "CROWD", "ocpp1.6").await })
        })
        .collect();
    let mut let_in = Vec::new();
    for dial in dials {
        match dial.await.expect("it ends") {
            Ok(station) => let_in.push(station),
            Err(Error::Http(response)) => assert_eq!(response.status(), 503),
            Err(error) => panic!("{error}"),
        }
    }
    assert!(!let_in.is_empty(), "somebody is let in");
    other.result("Heartbeat", json!({})).await;
    assert_eq!(manager.csms.stations().count(), 2, "the crowd is one station");
    let mut stay = 0;
    for mut station in let_in {
        station.send(json!([2, "h", "Heartbeat", {}])).await;
        match station.answered_or_closed().await {
            None => stay += 1,
            Some(code) => assert_eq!(code, CloseCode::Policy),
        }
    }
    assert_eq!(stay, 1, "the newest stays, the others are told why not");
}
