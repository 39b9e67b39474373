//! When the store fails, and when the manager itself was not there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use ocpp_core::model::{SessionKey, StationId};
use ocpp_server::Csms;
use ocpp_server::domain::{
    Connection, EventId, KeptCourse, Observation, Port, RecordKind, Refusal, Session, SessionNumber,
    SessionReading, StartKey, Station as Kept, Stored, StoredEvent,
};
use ocpp_server::handle::HandleError;
use ocpp_server::session::{Answered, Call, Middleware, Next};
use ocpp_server::store::{
    Commit, CommitError, Committed, Events, Histories, Memory, Page, ReadError, RecordFilter, Records,
    Refusals, SessionFilter, Sessions, Stations, Store, Unit,
};
use serde_json::json;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::station::Station;
use super::{Manager, is_offline, is_online, quick};

/// A store whose disk fills up when told so.
struct Filling {
    inner: Memory,
    is_full: Arc<AtomicBool>,
}

#[async_trait]
impl Commit for Filling {
    async fn commit(&self, unit: Unit) -> Result<Committed, CommitError> {
        if self.is_full.load(Ordering::SeqCst) {
            return Err(CommitError::Unavailable("the disk is full".to_owned()));
        }
        self.inner.commit(unit).await
    }
}

#[async_trait]
impl Stations for Filling {
    async fn station(&self, id: &StationId) -> Result<Option<Kept>, ReadError> {
        self.inner.station(id).await
    }

    async fn stations(&self, page: Page<StationId>) -> Result<Vec<Kept>, ReadError> {
        self.inner.stations(page).await
    }

    async fn ports(&self, station: &StationId) -> Result<Vec<Port>, ReadError> {
        self.inner.ports(station).await
    }
}

#[async_trait]
impl Sessions for Filling {
    async fn session(&self, key: &SessionKey) -> Result<Option<Session>, ReadError> {
        self.inner.session(key).await
    }

    async fn session_by_number(&self, number: SessionNumber) -> Result<Option<Session>, ReadError> {
        self.inner.session_by_number(number).await
    }

    async fn session_by_start(&self, id: &StationId, key: &StartKey) -> Result<Option<Session>, ReadError> {
        self.inner.session_by_start(id, key).await
    }

    async fn sessions(
        &self,
        filter: SessionFilter,
        page: Page<SessionNumber>,
    ) -> Result<Vec<Session>, ReadError> {
        self.inner.sessions(filter, page).await
    }

    async fn readings(&self, session: &SessionKey) -> Result<Vec<SessionReading>, ReadError> {
        self.inner.readings(session).await
    }

    async fn highest_number(&self) -> Result<Option<SessionNumber>, ReadError> {
        self.inner.highest_number().await
    }
}

#[async_trait]
impl Refusals for Filling {
    async fn refusals(&self, limit: usize) -> Result<Vec<Refusal>, ReadError> {
        self.inner.refusals(limit).await
    }
}

#[async_trait]
impl Records for Filling {
    async fn record(&self, kind: RecordKind, key: &str) -> Result<Option<Stored>, ReadError> {
        self.inner.record(kind, key).await
    }

    async fn records(&self, filter: RecordFilter) -> Result<Vec<Stored>, ReadError> {
        self.inner.records(filter).await
    }
}

#[async_trait]
impl Events for Filling {
    async fn events_after(&self, after: EventId, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        self.inner.events_after(after, limit).await
    }

    async fn last_event(&self) -> Result<EventId, ReadError> {
        self.inner.last_event().await
    }
}

#[async_trait]
impl Histories for Filling {
    async fn observations(
        &self,
        station: &StationId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Observation>, ReadError> {
        self.inner.observations(station, from, to).await
    }

    async fn courses(&self, station: &StationId, after: Timestamp) -> Result<Vec<KeptCourse>, ReadError> {
        self.inner.courses(station, after).await
    }
}

#[tokio::test]
async fn when_the_disk_is_full_nothing_is_acknowledged_and_stations_come_back_later() {
    let is_full = Arc::new(AtomicBool::new(false));
    let store = Filling { inner: Memory::new(), is_full: Arc::clone(&is_full) };
    let manager = Manager::over(Arc::new(store)).await;
    let mut station = Station::dial(&manager, "FULL", "ocpp1.6").await;
    station.boot_16().await;
    assert!(manager.csms.health().is_ready());

    is_full.store(true, Ordering::SeqCst);
    let start = json!({"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": "2026-01-01T00:00:00Z"});
    station.send(json!([2, "start", "StartTransaction", start])).await;
    let (code, reason) = station.closed().await;
    assert_eq!(code, CloseCode::Error, "no CALLERROR: the station would discard its message (E13)");
    assert!(reason.contains("come back later"), "{reason}");
    let alarms = manager.csms.health().alarms();
    assert!(alarms.len() == 1 && alarms[0].sentence.contains("the disk is full"), "{alarms:?}");
    match Station::try_dial(&manager, "FULL", "ocpp1.6").await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 503),
        other => panic!("no refusal but {:?}", other.map(drop)),
    }

    is_full.store(false, Ordering::SeqCst);
    let mut station = Station::dial(&manager, "FULL", "ocpp1.6").await;
    let answer = station.result("StartTransaction", start_again()).await;
    assert!(answer["transactionId"].as_i64().is_some_and(|number| number > 0), "{answer}");
    assert!(manager.csms.health().is_ready(), "the alarm is over");
}

fn start_again() -> serde_json::Value {
    json!({"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": "2026-01-01T00:00:00Z"})
}

#[tokio::test]
async fn what_happened_while_the_manager_was_not_there_is_unknown() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let first = Manager::over(Arc::clone(&store)).await;
    let mut station = Station::dial(&first, "WELL", "ocpp1.6").await;
    station.boot_16().await;
    let mut gone = Station::dial(&first, "GONE", "ocpp1.6").await;
    gone.boot_16().await;
    first.stop().await;
    for id in ["WELL", "GONE"] {
        let id = StationId::new(id).expect("an identity");
        let kept = store.station(&id).await.expect("readable").expect("a station");
        assert!(matches!(kept.connection, Connection::Unknown { .. }), "{:?}", kept.connection);
    }

    let builder = quick(Csms::builder_over(Arc::clone(&store))).come_back_within(Duration::from_millis(500));
    let second = Manager::of(builder).await;
    let _station = Station::dial(&second, "WELL", "ocpp1.6").await;
    let connection = second.until("GONE", "offline", is_offline).await;
    let Connection::Offline { since } = connection else { panic!("{connection:?}") };
    let now = second.csms.now();
    assert!(now.duration_since(since).as_millis() < 5_000, "offline since this run began, not before");
    assert!(is_online(&second.kept("WELL").await.connection));
}

/// Holds up every call until it is told to go on.
#[derive(Clone, Default)]
struct Held {
    begun: Arc<Notify>,
    go: Arc<Notify>,
}

#[async_trait]
impl Middleware for Held {
    async fn handle(&self, call: Call<'_>, next: Next<'_>) -> Result<Answered, HandleError> {
        self.begun.notify_one();
        self.go.notified().await;
        next.run(call).await
    }
}

#[tokio::test]
async fn a_manager_that_leaves_finishes_the_call_in_hand() {
    let held = Held::default();
    let manager = Manager::of(quick(Csms::builder(Memory::new())).layer(held.clone())).await;
    let mut station = Station::dial(&manager, "LAST", "ocpp1.6").await;
    station.send(json!([2, "last", "Heartbeat", {}])).await;
    held.begun.notified().await;
    let leaving = tokio::spawn(manager.stop());
    tokio::task::yield_now().await;
    held.go.notify_one();
    assert_eq!(station.frame().await[1], json!("last"), "what was begun is answered");
    assert_eq!(station.closed().await.0, CloseCode::Away);
    leaving.await.expect("it ends");
}

/// A killed manager leaves what it had as online; the next one knows that it does not know.
#[tokio::test]
async fn a_killed_manager_leaves_unknown_stations() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let first = Manager::over(Arc::clone(&store)).await;
    let mut station = Station::dial(&first, "LEFT", "ocpp1.6").await;
    station.boot_16().await;
    let id = StationId::new("LEFT").expect("an identity");
    let online = store.station(&id).await.expect("readable").expect("a station");
    assert!(is_online(&online.connection));
    // The second manager starts while the store still has the station as online, as after a kill.
    let second = quick(Csms::builder_over(Arc::clone(&store))).build().await.expect("a manager");
    let kept = second.store().station(&id).await.expect("readable").expect("a station");
    assert!(matches!(kept.connection, Connection::Unknown { .. }), "{:?}", kept.connection);
}
