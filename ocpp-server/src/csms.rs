//! Putting the parts together: a manager that stations can dial.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_tungstenite::WebSocketStream;
use tokio_util::sync::CancellationToken;

use crate::bus::Bus;
use crate::command::Commands;
use crate::command::desk::Desk;
use crate::edge::{Admission, Edge, EdgeSettings, EveryStation, serve};
use crate::handle::{
    AcceptBoots, Authorizer, BootPolicy, CertificateAuthority, Clock, EnergyPlanner, EveryToken, Handler,
    Hooks, NoAuthority, NoVatRegister, SystemClock, Unplanned, VatRegister,
};
use crate::message_log::MessageLog;
use crate::metrics::Metrics;
use crate::pricing::{Free, Pricing};
use crate::session::{self, Middleware, Service, Socket, Stations, Tolerance, USUALLY_TOLERATED, Visit};
use crate::store::{CommitError, ReadError, Store, Unit};
use crate::watch::{MARK_EVERY, Watch, WatchError};

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
    layers: Vec<Arc<dyn Middleware>>,
    log: Option<MessageLog>,
    metrics: Metrics,
    tolerance: Arc<dyn Tolerance>,
    heartbeat_interval_s: u32,
    come_back_within: std::time::Duration,
    mark_every: std::time::Duration,
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

    /// Whether a station that boots may work; every station unless said otherwise.
    #[must_use]
    pub fn boots(mut self, policy: impl BootPolicy + 'static) -> Builder {
        self.hooks.boots = Arc::new(policy);
        self
    }

    /// Who signs certificates; nobody unless said otherwise.
    #[must_use]
    pub fn certificates(mut self, authority: impl CertificateAuthority + 'static) -> Builder {
        self.hooks.authority = Arc::new(authority);
        self
    }

    /// Who plans what vehicles get that say what they need; nobody unless said otherwise.
    #[must_use]
    pub fn planner(mut self, planner: impl EnergyPlanner + 'static) -> Builder {
        self.hooks.planner = Arc::new(planner);
        self
    }

    /// Who knows VAT numbers; nobody unless said otherwise.
    #[must_use]
    pub fn vat_register(mut self, register: impl VatRegister + 'static) -> Builder {
        self.hooks.vat_register = Arc::new(register);
        self
    }

    /// Where the time comes from; this machine's clock unless said otherwise.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Builder {
        self.clock = Arc::new(clock);
        self
    }

    /// Wraps the handling of every call; the layer that was added first is called first.
    #[must_use]
    pub fn layer(mut self, middleware: impl Middleware + 'static) -> Builder {
        self.layers.push(Arc::new(middleware));
        self
    }

    /// Which habits of stations are tolerated, in their handshakes, frames and payloads; all of them unless said
    /// otherwise. What is not tolerated is refused with the right code.
    #[must_use]
    pub fn tolerance(mut self, tolerance: impl Tolerance + 'static) -> Builder {
        self.tolerance = Arc::new(tolerance);
        self
    }

    /// Notes every frame that goes to a station or comes from one; none unless said otherwise.
    #[must_use]
    pub fn message_log(mut self, log: MessageLog) -> Builder {
        self.metrics.watch(log.clone());
        self.log = Some(log);
        self
    }

    /// Counts into these figures, for instance those that a store counts into as well.
    #[must_use]
    pub fn metrics(mut self, metrics: Metrics) -> Builder {
        self.metrics = metrics;
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

    /// How long stations have to come back after a start before they count as offline; five minutes unless
    /// said otherwise.
    #[must_use]
    pub fn come_back_within(mut self, time: std::time::Duration) -> Builder {
        self.come_back_within = time;
        self
    }

    /// How often the manager leaves a mark that it is there; ten seconds unless said otherwise. After a kill, nobody
    /// knows what ports did since the last one.
    #[must_use]
    pub fn mark_every(mut self, time: std::time::Duration) -> Builder {
        self.mark_every = time.max(std::time::Duration::from_secs(1));
        self
    }

    /// Makes the manager. Of stations that the store has as online nobody knows what became of them while the
    /// manager was not there: they are unknown since it last was.
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
        let watch = Watch::begin(&handler, self.come_back_within, self.mark_every).await.map_err(
            |error| match error {
                WatchError::Read(error) => StartError::Read(error),
                WatchError::Write(error) => StartError::Write(error),
            },
        )?;
        let stations = Stations::default();
        let service = Service {
            layers: self.layers,
            log: self.log,
            metrics: self.metrics,
            tolerance: self.tolerance,
            ..Service::default()
        };
        let desk = Desk::new(Arc::clone(&handler), stations.clone());
        let edge = Arc::new(Edge::new(self.edge, self.admission, handler, stations.clone(), service));
        Ok(Csms { store: self.store, bus, stations, edge, watch, desk })
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
    watch: Watch,
    desk: Desk,
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
            hooks: Hooks {
                authorizer: Arc::new(EveryToken),
                pricing: Arc::new(Free),
                boots: Arc::new(AcceptBoots),
                authority: Arc::new(NoAuthority),
                planner: Arc::new(Unplanned),
                vat_register: Arc::new(NoVatRegister),
            },
            clock: Arc::new(SystemClock),
            edge: EdgeSettings::default(),
            layers: Vec::new(),
            log: None,
            metrics: Metrics::default(),
            tolerance: Arc::new(USUALLY_TOLERATED),
            heartbeat_interval_s: 300,
            come_back_within: std::time::Duration::from_secs(300),
            mark_every: MARK_EVERY,
        }
    }

    /// Serves stations until `shutdown` is cancelled, and returns when each has finished the call in hand.
    pub async fn serve(&self, listener: TcpListener, shutdown: CancellationToken) {
        let stations = serve(Arc::clone(&self.edge), listener, shutdown.clone());
        tokio::join!(stations, self.keep_watch(&shutdown), self.desk.keep(&shutdown));
    }

    /// Leaves the marks by which the next run knows how long this one was there, until `shutdown`.
    /// [`serve`](Csms::serve) does it; run it once where you [`attend`](Csms::attend) to connections yourself.
    pub async fn keep_watch(&self, shutdown: &CancellationToken) {
        self.watch.clone().keep(&self.edge.handler, shutdown).await;
    }

    /// Serves one station over a WebSocket of your own until it ends: another transport, or a test without
    /// sockets. Whoever calls it has admitted the station and agreed on the version.
    pub async fn attend<S>(&self, visit: Visit, socket: WebSocketStream<S>, shutdown: CancellationToken)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        match self.stations.open(&self.edge.handler, &visit).await {
            Ok(open) => {
                let socket = Socket::Plain(Box::new(socket));
                session::run(open, &self.edge.handler, socket, self.edge.service(), shutdown).await;
            }
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

    /// The manager's own figures.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.edge.service().metrics
    }

    /// The message log, when there is one.
    #[must_use]
    pub fn message_log(&self) -> Option<&MessageLog> {
        self.edge.service().log.as_ref()
    }

    /// Whether it can do its work.
    #[must_use]
    pub fn health(&self) -> &crate::health::Health {
        self.edge.handler.health()
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

    /// Who plans what vehicles get.
    #[must_use]
    pub fn planner(&self) -> &Arc<dyn EnergyPlanner> {
        self.edge.handler.planner()
    }

    /// Who signs certificates.
    #[must_use]
    pub fn authority(&self) -> &Arc<dyn CertificateAuthority> {
        self.edge.handler.authority()
    }

    /// The way to order something from the connected stations.
    #[must_use]
    pub fn commands(&self) -> Commands {
        Commands::new(self.stations.clone())
    }

    /// Where orders are given that are kept, wait for their station, or go to many.
    #[must_use]
    pub const fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Who is connected.
    #[must_use]
    pub fn stations(&self) -> &Stations {
        &self.stations
    }
}
