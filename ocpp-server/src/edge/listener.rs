//! Accepting connections, each in a task of its own.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ocpp_core::model::StationId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::admission::{Admission, Knock, NotAdmitted};
use super::attempts::{Attempts, TooOften};
use super::crowd::{Crowd, Ticket};
use super::handshake::{Handshake, HandshakeError, MAX_REQUEST_BYTES, refusal};
use crate::domain::{Event, EventKind, RefusalReason, Refused};
use crate::handle::Handler;
use crate::metrics::Handshake as Outcome;
use crate::session::{self, Leaving, OpenError, Service, SessionSettings, Socket, Stations};
use crate::store::{Change, Unit};

/// Limits at the door.
#[derive(Debug, Clone)]
pub struct EdgeSettings {
    /// How long a station may take for its handshake.
    pub handshake_deadline: Duration,
    /// The longest message of a station in bytes, after decompression.
    pub max_message_bytes: usize,
    /// How many connections one address may have, this machine's own not counted.
    pub max_connections_per_address: usize,
    /// Whether to compress for stations that offer it.
    pub compression: Compression,
    /// How a connection is watched and held in bounds.
    pub session: SessionSettings,
}

/// Whether messages are compressed (permessage-deflate, RFC 7692) for stations that offer it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum Compression {
    #[default]
    WhenOffered,
    Never,
}

impl Default for EdgeSettings {
    fn default() -> EdgeSettings {
        EdgeSettings {
            handshake_deadline: Duration::from_secs(10),
            max_message_bytes: 1024 * 1024,
            max_connections_per_address: 1000,
            compression: Compression::default(),
            session: SessionSettings::default(),
        }
    }
}

/// How long to wait when the system has no room for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How much of what a station has sent the system holds until it is read; Linux takes it twice. The system's own bound is
/// megabytes for each connection, which a station that is read slowly would fill.
const RECEIVE_BUFFER_BYTES: usize = 64 * 1024;

/// The door and what lies behind it.
pub(crate) struct Edge {
    pub(crate) settings: EdgeSettings,
    pub(crate) admission: Arc<dyn Admission>,
    pub(crate) handler: Arc<Handler>,
    pub(crate) stations: Stations,
    service: Service,
    crowd: Crowd,
    /// Stations that were let in.
    returns: Attempts<StationId>,
    /// Addresses from which somebody was turned away.
    refusals: Attempts<IpAddr>,
    #[cfg(feature = "deflate")]
    deflaters: yawc::DeflatePool,
}

/// How many compressors are kept for further messages; more are made when more messages are under way.
#[cfg(feature = "deflate")]
const IDLE_DEFLATERS: usize = 64;

/// Accepts stations until `shutdown`, then waits until each has finished the call in hand.
pub(crate) async fn serve(edge: Arc<Edge>, listener: TcpListener, shutdown: CancellationToken) {
    let tasks = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                let limit = edge.settings.max_connections_per_address;
                let Some(ticket) = edge.crowd.enter(address.ip(), limit) else {
                    edge.count(Outcome::TooMany);
                    tracing::warn!(%address, limit, "an address has too many connections");
                    continue;
                };
                let (edge, shutdown) = (Arc::clone(&edge), shutdown.clone());
                tasks.spawn(async move { edge.welcome(stream, address, ticket, shutdown).await });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection, trying again");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    tasks.close();
    tasks.wait().await;
}

impl Edge {
    pub(crate) fn new(
        settings: EdgeSettings,
        admission: Arc<dyn Admission>,
        handler: Arc<Handler>,
        stations: Stations,
        service: Service,
    ) -> Edge {
        Edge {
            service: service.with_settings(settings.session),
            settings,
            admission,
            handler,
            stations,
            crowd: Crowd::default(),
            returns: Attempts::default(),
            refusals: Attempts::default(),
            #[cfg(feature = "deflate")]
            deflaters: yawc::DeflatePool::new(IDLE_DEFLATERS),
        }
    }

    fn count(&self, outcome: Outcome) {
        self.service.metrics.handshake(outcome);
    }

    /// What all connections have in common.
    pub(crate) const fn service(&self) -> &Service {
        &self.service
    }

    async fn welcome(
        &self,
        mut stream: TcpStream,
        address: SocketAddr,
        _ticket: Ticket,
        shutdown: CancellationToken,
    ) {
        self.prepare(&stream, address);
        let read = tokio::time::timeout(self.settings.handshake_deadline, read_handshake(&mut stream));
        match read.await {
            Ok(Ok(Some((handshake, rest)))) => {
                self.admit(stream, address, handshake, rest, shutdown).await;
            }
            Ok(Ok(None)) => {}
            Ok(Err(error)) => {
                self.count(Outcome::Malformed);
                tracing::info!(%address, %error, "turned away");
                say_goodbye(stream, &error.response()).await;
            }
            Err(_elapsed) => {
                self.count(Outcome::TooSlow);
                tracing::info!(%address, "no handshake within the deadline");
            }
        }
    }

    /// Small messages leave at once, what a station sends faster than it is read waits on its side, and a dead line is found by the system itself: what it cannot get through
    /// within two thirds of the time is given up, and a ping is sent every third.
    fn prepare(&self, stream: &TcpStream, address: SocketAddr) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%address, %error, "cannot switch off Nagle's algorithm");
        }
        if let Err(error) = socket2::SockRef::from(stream).set_recv_buffer_size(RECEIVE_BUFFER_BYTES) {
            tracing::debug!(%address, %error, "cannot bound what waits to be read");
        }
        #[cfg(target_os = "linux")]
        {
            let limit = self.settings.session.gone_within * 2 / 3;
            if let Err(error) = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(limit)) {
                tracing::debug!(%address, %error, "cannot set the TCP user time-out");
            }
        }
    }

    async fn admit(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        handshake: Handshake,
        rest: Vec<u8>,
        shutdown: CancellationToken,
    ) {
        let handshake = match self.settings.compression {
            Compression::WhenOffered => handshake,
            Compression::Never => handshake.without_extension(),
        };
        let station = match &handshake.station {
            Ok(station) => station.clone(),
            Err((error, claimed)) => {
                self.count(Outcome::Unknown);
                self.note_refusal(claimed.clone(), RefusalReason::BadIdentity, address).await;
                return say_goodbye(stream, &refusal("404 Not Found", "", &error.to_string())).await;
            }
        };
        let tolerated = self.service.tolerance.quirks(&station);
        if let Some(quirk) = handshake.refused_quirk(tolerated) {
            self.count(Outcome::Malformed);
            tracing::info!(%station, %address, %quirk, "a handshake has a habit that is not tolerated");
            self.note_refusal(station.to_string(), RefusalReason::RefusedHabit, address).await;
            let sentence = format!("This manager does not tolerate {quirk} of this station.");
            return say_goodbye(stream, &refusal("400 Bad Request", "", &sentence)).await;
        }
        let password = handshake.password.clone();
        let user_name = handshake.user_name(tolerated);
        let knock = Knock { station: station.clone(), password, user_name, address: address.ip() };
        match self.admission.admit(&knock).await {
            Ok(()) => {}
            Err(NotAdmitted::Refused(reason)) => {
                self.count(match reason {
                    RefusalReason::NoPassword
                    | RefusalReason::WrongPassword
                    | RefusalReason::OtherUserName => Outcome::Unauthorized,
                    _ => Outcome::Unknown,
                });
                self.note_refusal(station.to_string(), reason, address).await;
                return say_goodbye(stream, &not_admitted(reason)).await;
            }
            Err(NotAdmitted::Unavailable(why)) => {
                self.count(Outcome::StoreFails);
                tracing::error!(%station, %why, "nobody can say whether a station may connect");
                return say_goodbye(stream, &come_back(NOT_KEPT)).await;
            }
        }
        match handshake.offer.version() {
            Some(version) => {
                let visit = session::Visit { station, version, address: address.to_string() };
                self.let_in(stream, visit, &handshake, rest, shutdown).await;
            }
            None => self.refuse_version(stream, &station, &handshake, address).await,
        }
    }

    /// Notes that the station is here, completes its handshake and serves it until it goes.
    async fn let_in(
        &self,
        mut stream: TcpStream,
        visit: session::Visit,
        handshake: &Handshake,
        rest: Vec<u8>,
        shutdown: CancellationToken,
    ) {
        // One that connects over and over waits for its turn, for no longer than a handshake may take.
        let turn = self.returns.turn(&visit.station, self.settings.handshake_deadline).await;
        if let Err(TooOften) = turn {
            self.count(Outcome::TooMany);
            tracing::info!(station = %visit.station, "a station connects too often");
            let sentence = "This station connects too often; come back later.";
            return say_goodbye(stream, &come_back(sentence)).await;
        }
        let open = match Box::pin(self.stations.open(&self.handler, &visit)).await {
            Ok(open) => open.with_quirks(&handshake.quirks),
            Err(OpenError::NotKept(why)) => {
                self.count(Outcome::StoreFails);
                tracing::error!(station = %visit.station, %why, "a station is refused because the database fails");
                return say_goodbye(stream, &come_back(NOT_KEPT)).await;
            }
        };
        if let Err(error) = stream.write_all(handshake.acceptance().as_bytes()).await {
            let reason = format!("the handshake could not be completed: {error}");
            return Box::pin(open.close(&self.handler, Leaving::Station, &reason)).await;
        }
        match self.socket(stream, rest, handshake).await {
            Ok(socket) => {
                self.count(Outcome::Accepted);
                session::run(open, &self.handler, socket, &self.service, shutdown).await;
            }
            Err(reason) => Box::pin(open.close(&self.handler, Leaving::Station, &reason)).await,
        }
    }

    #[cfg(feature = "deflate")]
    async fn socket(
        &self,
        stream: TcpStream,
        rest: Vec<u8>,
        handshake: &Handshake,
    ) -> Result<Socket<TcpStream>, String> {
        let limit = self.settings.max_message_bytes;
        let Some(agreed) = handshake.extension() else { return Ok(Socket::plain(stream, rest, limit).await) };
        Socket::deflating(stream, rest, agreed, &self.deflaters, limit).map_err(|broken| match broken {
            session::Broken::Gone(reason) | session::Broken::Fault(_, reason) => reason,
        })
    }

    #[cfg(not(feature = "deflate"))]
    async fn socket(
        &self,
        stream: TcpStream,
        rest: Vec<u8>,
        _: &Handshake,
    ) -> Result<Socket<TcpStream>, String> {
        Ok(Socket::plain(stream, rest, self.settings.max_message_bytes).await)
    }

    /// No version in common: the handshake is completed without a sub-protocol and the connection closed at
    /// once (OCPP-J 2.x, part 4, 3.3).
    async fn refuse_version(
        &self,
        mut stream: TcpStream,
        station: &StationId,
        handshake: &Handshake,
        address: SocketAddr,
    ) {
        self.count(Outcome::NoVersion);
        self.note_refusal(station.to_string(), RefusalReason::NoCommonVersion, address).await;
        let handshake = handshake.clone().without_extension();
        if stream.write_all(handshake.acceptance().as_bytes()).await.is_err() {
            return;
        }
        let mut socket = Socket::plain(stream, Vec::new(), self.settings.max_message_bytes).await;
        let close = socket.close(CloseCode::Protocol, "no OCPP version in common");
        // The station may be gone already; there is nobody left to tell.
        let _ = tokio::time::timeout(self.settings.handshake_deadline, close).await;
    }

    /// Lists that somebody was turned away. An address from which that happens over and over waits for its turn
    /// and hence for its answer; what would have to wait for longer than a handshake may take is not listed, so
    /// that nobody fills the database with it.
    async fn note_refusal(&self, claimed: String, reason: RefusalReason, address: SocketAddr) {
        tracing::info!(station = claimed, %address, ?reason, "turned away");
        let turn = self.refusals.turn(&address.ip().to_canonical(), self.settings.handshake_deadline).await;
        if let Err(TooOften) = turn {
            return;
        }
        let at = self.handler.now();
        let who = Refused::Station(claimed);
        let change = Change::Refusal { refused: who.clone(), reason, address: address.ip().to_string(), at };
        let kind = EventKind::Refused { who, reason, address: address.ip().to_string() };
        let event = Event { at, station: None, kind };
        let unit = Unit { changes: vec![change], events: vec![event], ..Unit::default() };
        if let Err(error) = self.handler.commit(unit).await {
            tracing::warn!(%error, "a refusal could not be listed");
        }
    }
}

/// The response to a station that may not connect: 404 for one that nobody knows, 401 for one that does not
/// prove who it is.
fn not_admitted(reason: RefusalReason) -> String {
    match reason {
        RefusalReason::NoPassword | RefusalReason::WrongPassword | RefusalReason::OtherUserName => {
            refusal("401 Unauthorized", "WWW-Authenticate: Basic realm=\"ocpp\"\r\n", reason.advice())
        }
        _ => refusal("404 Not Found", "", reason.advice()),
    }
}

const NOT_KEPT: &str = "The manager cannot keep what you would say; come back later.";

fn come_back(sentence: &str) -> String {
    refusal("503 Service Unavailable", "Retry-After: 30\r\n", sentence)
}

/// Reads until the request is complete. `Ok(None)` when the other side goes away.
async fn read_handshake(stream: &mut TcpStream) -> Result<Option<(Handshake, Vec<u8>)>, HandshakeError> {
    let mut bytes = Vec::with_capacity(1024);
    loop {
        if let Some((handshake, length)) = Handshake::parse(&bytes)? {
            return Ok(Some((handshake, bytes.split_off(length))));
        }
        let mut limited =
            (&mut *stream).take((MAX_REQUEST_BYTES - bytes.len().min(MAX_REQUEST_BYTES)) as u64);
        match limited.read_buf(&mut bytes).await {
            Ok(0) | Err(_) => return Ok(None),
            Ok(_) => {}
        }
    }
}

async fn say_goodbye(mut stream: TcpStream, response: &str) {
    // The other side may be gone already; there is nobody left to tell.
    let _ = stream.write_all(response.as_bytes()).await;
    session::linger(&mut stream).await;
}
