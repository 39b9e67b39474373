//! A manager in virtual time, with stations that are played over streams in memory.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

pub(crate) mod gateway;
pub(crate) mod station;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::{Currency, EvseId, Money, StationId};
use ocpp_core::rules::tariff::{SimpleTariff, Tariff};
use ocpp_core::types::Version;
use ocpp_server::Csms;
use ocpp_server::access::Pepper;
use ocpp_server::domain::{
    Payment, PaymentId, PaymentState, Receipt, Record, RecordKind, Session, SessionNumber, SessionStatus,
    Stored,
};
use ocpp_server::handle::{Clock, StoredTokens};
use ocpp_server::payment::{PaymentGateway, Sandbox};
use ocpp_server::pricing::StoredPricing;
use ocpp_server::process::{CheckoutError, CheckoutRequest, ProcessSettings, Processes};
use ocpp_server::register::{Login, Register, RegisterError, StationForm, TariffForm, TokenForm};
use ocpp_server::session::Visit;
use ocpp_server::store::{Memory, Page, RecordFilter, Records, SessionFilter, Store, TypedRecords};
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_util::sync::CancellationToken;

use station::Station;

/// A clock that goes with Tokio's paused time.
#[derive(Clone, Copy)]
pub(crate) struct VirtualClock {
    epoch: Timestamp,
    start: Instant,
}

impl VirtualClock {
    pub(crate) fn new(epoch: &str) -> VirtualClock {
        VirtualClock { epoch: epoch.parse().unwrap(), start: Instant::now() }
    }
}

impl VirtualClock {
    /// How long it is until so many seconds after a moment.
    pub(crate) fn until(&self, since: Timestamp, seconds: i64) -> Duration {
        let end = since.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
        end.duration_since(self.now()).try_into().unwrap()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.epoch.checked_add(self.start.elapsed()).unwrap()
    }
}

/// The manager and what outlives it: the store, the gateway, the time.
pub(crate) struct World {
    pub(crate) store: Arc<Memory>,
    pub(crate) gateway: Arc<dyn PaymentGateway>,
    pub(crate) clock: VirtualClock,
    pub(crate) settings: ProcessSettings,
    pub(crate) pepper: Pepper,
    manager: Mutex<Manager>,
}

#[derive(Clone)]
struct Manager {
    csms: Csms,
    processes: Processes,
    shutdown: CancellationToken,
    tasks: Arc<Mutex<Vec<AbortHandle>>>,
}

pub(crate) fn eur(amount: &str) -> Money {
    Money::new(amount.parse().unwrap(), Currency::EUR)
}

pub(crate) fn id(station: &str) -> StationId {
    StationId::new(station).unwrap()
}

impl World {
    /// A manager that pays through the sandbox.
    pub(crate) async fn new() -> World {
        let store = Arc::new(Memory::new());
        let sandbox = Sandbox::new(Arc::clone(&store) as Arc<dyn Store>);
        World::over(store, Arc::new(sandbox)).await
    }

    pub(crate) async fn over(store: Arc<Memory>, gateway: Arc<dyn PaymentGateway>) -> World {
        World::with(store, gateway, ProcessSettings::default()).await
    }

    pub(crate) async fn with(
        store: Arc<Memory>,
        gateway: Arc<dyn PaymentGateway>,
        settings: ProcessSettings,
    ) -> World {
        let clock = VirtualClock::new("2026-03-02T08:00:00Z");
        let manager = Manager::start(&store, &gateway, clock, settings).await;
        let pepper = Pepper::random().unwrap();
        let world = World { store, gateway, clock, settings, pepper, manager: Mutex::new(manager) };
        world.register().add_token("CARD", TokenForm::default()).await.unwrap();
        world
    }

    fn manager(&self) -> Manager {
        self.manager.lock().unwrap().clone()
    }

    pub(crate) fn csms(&self) -> Csms {
        self.manager().csms
    }

    pub(crate) fn processes(&self) -> Processes {
        self.manager().processes
    }

    pub(crate) fn register(&self) -> Register {
        Register::new(self.csms(), self.pepper.clone())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Ends the manager as a kill does: nothing is finished, every connection breaks.
    pub(crate) fn kill(&self) {
        for task in self.manager().tasks.lock().unwrap().drain(..) {
            task.abort();
        }
    }

    /// Starts a new manager over what the last one left.
    pub(crate) async fn start(&self) {
        let manager = Manager::start(&self.store, &self.gateway, self.clock, self.settings).await;
        *self.manager.lock().unwrap() = manager;
    }

    /// Ends the manager in good order.
    pub(crate) async fn shut_down(&self) {
        let manager = self.manager();
        manager.shutdown.cancel();
        let done = async {
            while manager.tasks.lock().unwrap().iter().any(|task| !task.is_finished()) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(120), done).await.unwrap();
    }

    /// A station dials in and says what it is.
    pub(crate) async fn connect(&self, station: &str, version: Version) -> Station {
        let station = self.connect_quietly(station, version).await;
        station.boot().await;
        for evse in [1, 2] {
            station.status(evse, "Available").await;
        }
        station
    }

    /// A station dials in again after its line broke.
    pub(crate) async fn connect_quietly(&self, station: &str, version: Version) -> Station {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let socket = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
        let visit = Visit { station: id(station), version, address: "192.0.2.1:1".to_owned() };
        let manager = self.manager();
        let shutdown = manager.shutdown.clone();
        let csms = manager.csms.clone();
        let task = tokio::spawn(async move { csms.attend(visit, socket, shutdown).await });
        manager.tasks.lock().unwrap().push(task.abort_handle());
        let socket = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
        Station::new(station, version, socket, self.clock)
    }

    /// A station that is known, without a key.
    pub(crate) async fn know(&self, station: &str) {
        let added = self.register().add_station(station, Login::Unproven, StationForm::default()).await;
        assert!(matches!(added, Ok(_) | Err(RegisterError::Exists { .. })), "{added:?}");
    }

    /// Drafts a tariff and assigns it to a station.
    pub(crate) async fn price(&self, station: &str, tariff: impl Into<Tariff>) {
        let tariff: Tariff = tariff.into();
        self.draft(&tariff).await;
        self.know(station).await;
        self.register().assign_to_station(station, Some(&tariff.id)).await.unwrap();
    }

    pub(crate) async fn draft(&self, tariff: &Tariff) {
        let form = TariffForm { name: tariff.id.clone(), tariff: tariff.clone() };
        let drafted = self.register().draft_tariff(form).await;
        assert!(matches!(drafted, Ok(_) | Err(RegisterError::Exists { .. })), "{drafted:?}");
    }

    /// A driver's wish.
    pub(crate) fn wish(&self, station: &str, instrument: &str, hold: &str) -> CheckoutRequest {
        CheckoutRequest {
            station: id(station),
            evse: EvseId(1),
            instrument: instrument.to_owned(),
            hold: eur(hold),
            wish: CheckoutRequest::fresh_wish(),
        }
    }

    pub(crate) async fn pay(
        &self,
        station: &str,
        instrument: &str,
        hold: &str,
    ) -> Result<PaymentId, CheckoutError> {
        let wish = self.wish(station, instrument, hold);
        self.processes().check_out(wish).await.map(|payment| payment.id)
    }

    pub(crate) async fn payment(&self, id: &PaymentId) -> Payment {
        self.store.get::<Payment>(&id.0).await.unwrap().unwrap()
    }

    /// Lets time pass until a payment is in this state.
    pub(crate) async fn payment_in(&self, id: &PaymentId, state: &str) -> Payment {
        for _ in 0..6000 {
            let payment = self.payment(id).await;
            if payment.state.name() == state {
                return payment;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the payment is {:?} and never {state}", self.payment(id).await.state);
    }

    pub(crate) async fn session(&self, number: i64) -> Session {
        use ocpp_server::store::Sessions;

        self.store.session_by_number(SessionNumber(number)).await.unwrap().unwrap()
    }

    pub(crate) async fn sessions(&self, status: Option<SessionStatus>) -> Vec<Session> {
        use ocpp_server::store::Sessions;

        let filter = SessionFilter { status, ..SessionFilter::default() };
        self.store.sessions(filter, Page { after: None, limit: 1000 }).await.unwrap()
    }

    /// Lets time pass until a session has its receipt.
    pub(crate) async fn receipt(&self, number: i64) -> Receipt {
        for _ in 0..6000 {
            let key = Receipt::key_of(SessionNumber(number));
            if let Some(receipt) = self.store.get::<Receipt>(&key).await.unwrap() {
                return receipt;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("session {number} never gets its receipt");
    }

    pub(crate) async fn all<R: Record>(&self) -> Vec<R> {
        self.store.list(RecordFilter::all(R::KIND, 10_000)).await.unwrap()
    }

    /// What a store keeps of a kind.
    pub(crate) async fn stored(&self, kind: RecordKind) -> Vec<Stored> {
        self.store.records(RecordFilter::all(kind, 10_000)).await.unwrap()
    }
}

/// A station of a manager of its own.
pub(crate) async fn attended(csms: &Csms, station: &str, version: Version, clock: VirtualClock) -> Station {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let socket = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
    let visit = Visit { station: id(station), version, address: "192.0.2.1:1".to_owned() };
    let csms = csms.clone();
    tokio::spawn(async move { csms.attend(visit, socket, CancellationToken::new()).await });
    let socket = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
    let station = Station::new(station, version, socket, clock);
    station.boot().await;
    station
}

impl Manager {
    async fn start(
        store: &Arc<Memory>,
        gateway: &Arc<dyn PaymentGateway>,
        clock: VirtualClock,
        settings: ProcessSettings,
    ) -> Manager {
        let store: Arc<dyn Store> = Arc::clone(store) as Arc<dyn Store>;
        let csms = Csms::builder_over(Arc::clone(&store))
            .clock(clock)
            .pricing(StoredPricing::new(Arc::clone(&store)))
            .authorizer(StoredTokens::new(Arc::clone(&store)))
            .build()
            .await
            .unwrap();
        let processes = Processes::new(csms.clone(), Arc::clone(gateway), settings);
        let shutdown = CancellationToken::new();
        let run = {
            let (processes, shutdown) = (processes.clone(), shutdown.clone());
            tokio::spawn(async move { processes.run(shutdown).await })
        };
        let keep = {
            let (desk, shutdown) = (csms.desk().clone(), shutdown.clone());
            tokio::spawn(async move { desk.keep(&shutdown).await })
        };
        let tasks = Arc::new(Mutex::new(vec![run.abort_handle(), keep.abort_handle()]));
        Manager { csms, processes, shutdown, tasks }
    }
}

/// 0.50 EUR for a kilowatt-hour, without tax: what a session costs can be seen at a glance.
pub(crate) fn per_kwh(id: &str, price: &str) -> SimpleTariff {
    SimpleTariff { price_kwh: Some(price.parse().unwrap()), ..SimpleTariff::new(id, Currency::EUR) }
}

pub(crate) async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// What a payment came to: captured (and refunded), or released or declined.
pub(crate) fn captured(payment: &Payment) -> Option<Money> {
    match &payment.state {
        PaymentState::Captured { amount, .. } => Some(*amount),
        _ => None,
    }
}
