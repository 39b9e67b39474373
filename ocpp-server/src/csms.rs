//! Putting the parts together: a manager that stations can dial.

use std::sync::Arc;

use ocpp_core::model::StationId;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_tungstenite::WebSocketStream;
use tokio_util::sync::CancellationToken;

use crate::bus::Bus;
use crate::command::Commands;
use crate::domain::{Connection, Event, EventKind, Station};
use crate::edge::{Admission, Edge, EdgeSettings, EveryStation, serve};
use crate::handle::{Authorizer, Clock, EveryToken, Handler, Hooks, SystemClock};
use crate::pricing::{Free, Pricing};
use crate::session::{self, Stations, Visit};
use crate::store::{Change, CommitError, Page, ReadError, Store, Unit};

/// The manager could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store could not be written.
    #[error(transparent)]
    Write(#[from] CommitError),
}

/// How a manager is to be.
pub struct Builder {
    store: Arc<dyn Store>,
    admission: Arc<dyn Admission>,
    hooks: Hooks,
    clock: Arc<dyn Clock>,
    edge: EdgeSettings,
    heartbeat_interval_s: u32,
}

impl Builder {
    /// Who may connect; every station unless said otherwise.
    #[must_use]
    pub fn admission(mut self, admission: impl Admission + 'static) -> Builder {
        self.admission = Arc::new(admission);
        self
    }

    /// Who may charge; every token unless said otherwise.
    #[must_use]
    pub fn authorizer(mut self, authorizer: impl Authorizer + 'static) -> Builder {
        self.hooks.authorizer = Arc::new(authorizer);
        self
    }

    /// Which tariff prices a session; none unless said otherwise.
    #[must_use]
    pub fn pricing(mut self, pricing: impl Pricing + 'static) -> Builder {
        self.hooks.pricing = Arc::new(pricing);
        self
    }

    /// Where the time comes from; this machine's clock unless said otherwise.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Builder {
        self.clock = Arc::new(clock);
        self
    }

    /// Limits at the door.
    #[must_use]
    pub fn edge(mut self, settings: EdgeSettings) -> Builder {
        self.edge = settings;
        self
    }

    /// Seconds between the heartbeats that stations are told to send; 300 unless said otherwise.
    #[must_use]
    pub fn heartbeat_interval(mut self, seconds: u32) -> Builder {
        self.heartbeat_interval_s = seconds;
        self
    }

    /// Makes the manager. Stations that the store has as online are offline from their last sign of life:
    /// their connections ended with the process that held them.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn build(self) -> Result<Csms, StartError> {
        let bus = Bus::default();
        let handler = Handler::new(
            Arc::clone(&self.store),
            self.hooks,
            self.clock,
            bus.clone(),
            self.heartbeat_interval_s,
        )
        .await?;
        let handler = Arc::new(handler);
        forget_connections(&handler).await?;
        let stations = Stations::default();
        let edge = Arc::new(Edge {
            settings: self.edge,
            admission: self.admission,
            handler,
            stations: stations.clone(),
        });
        Ok(Csms { store: self.store, bus, stations, edge })
    }
}

/// A charging-station management system.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use ocpp_server::{Csms, store::Memory};
///
/// let csms = Csms::builder(Memory::new()).build().await?;
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:9000").await?;
/// csms.serve(listener, Default::default()).await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Csms {
    store: Arc<dyn Store>,
    bus: Bus,
    stations: Stations,
    edge: Arc<Edge>,
}

impl Csms {
    /// A manager over a store, which admits every station and token until told otherwise.
    pub fn builder(store: impl Store) -> Builder {
        Csms::builder_over(Arc::new(store))
    }

    /// The same over a store that others hold, too.
    pub fn builder_over(store: Arc<dyn Store>) -> Builder {
        Builder {
            store,
            admission: Arc::new(EveryStation),
            hooks: Hooks { authorizer: Arc::new(EveryToken), pricing: Arc::new(Free) },
            clock: Arc::new(SystemClock),
            edge: EdgeSettings::default(),
            heartbeat_interval_s: 300,
        }
    }

    /// Serves stations until `shutdown` is cancelled, and returns when each has finished the call in hand.
    pub async fn serve(&self, listener: TcpListener, shutdown: CancellationToken) {
        serve(Arc::clone(&self.edge), listener, shutdown).await;
    }

    /// Serves one station over a WebSocket of your own until it ends: another transport, or a test without
    /// sockets. Whoever calls it has admitted the station and agreed on the version.
    pub async fn attend<S>(&self, visit: Visit, socket: WebSocketStream<S>, shutdown: CancellationToken)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        match self.stations.open(&self.edge.handler, &visit).await {
            Ok(open) => session::run(open, &self.edge.handler, socket, shutdown).await,
            Err(error) => tracing::error!(station = %visit.station, %error, "a station is not served"),
        }
    }

    /// What is kept.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// What happens, as it is committed.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Keeps a unit and tells this process of its events.
    ///
    /// # Errors
    /// [`CommitError`]; nothing of it is kept then.
    pub async fn commit(&self, unit: Unit) -> Result<(), CommitError> {
        self.edge.handler.commit(unit).await
    }

    /// The manager's clock.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        self.edge.handler.now()
    }

    /// Which tariff prices a session.
    #[must_use]
    pub fn pricing(&self) -> &Arc<dyn Pricing> {
        self.edge.handler.pricing()
    }

    /// The way to order something from the connected stations.
    #[must_use]
    pub fn commands(&self) -> Commands {
        Commands::new(self.stations.clone())
    }

    /// Who is connected.
    #[must_use]
    pub fn stations(&self) -> &Stations {
        &self.stations
    }
}

/// How many stations to look at in one go.
const PAGE: usize = 500;

async fn forget_connections(handler: &Handler) -> Result<(), StartError> {
    let mut after: Option<StationId> = None;
    loop {
        let stations = handler.store().stations(Page { after, limit: PAGE }).await?;
        let Some(last) = stations.last() else { return Ok(()) };
        after = Some(last.id.clone());
        for station in stations {
            if matches!(station.connection, Connection::Online { .. }) {
                handler.commit(gone(station, handler)).await?;
            }
        }
    }
}

fn gone(mut station: Station, handler: &Handler) -> Unit {
    station.connection = Connection::Offline { since: station.last_seen };
    let kind = EventKind::StationDisconnected { reason: "the manager was restarted".to_owned() };
    let event = Event { at: handler.now(), station: Some(station.id.clone()), kind };
    Unit { changes: vec![Change::Station(station)], events: vec![event], ..Unit::default() }
}
