//! One connection of one station: its life from the door to the end.
//!
//! A connection has an epoch. Opening one raises the epoch of its station, so that the one before cannot
//! write any more, and tells it to end: the newest connection wins at once.

mod conversation;
mod live;

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use jiff::Timestamp;
use ocpp_core::model::StationId;
use ocpp_core::types::Version;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Duration, Instant};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_util::sync::CancellationToken;

use conversation::Conversation;
use live::Presence;
pub use live::{CallFailure, Stations};

use crate::domain::{Connection, Epoch, Event, EventKind, Revision, Station};
use crate::handle::{HandleError, Handler, StationState};
use crate::store::{Change, CommitError, Unit};

/// A station at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Who it is.
    pub station: StationId,
    /// What it speaks.
    pub version: Version,
    /// Where it dials from.
    pub address: String,
}

/// Why a connection cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The store failed; the station is to be refused until it works again.
    #[error("the database fails: {0}")]
    NotKept(String),
}

/// An open connection.
pub struct Open {
    visit: Visit,
    state: StationState,
    presence: Presence,
}

/// How often to try again when somebody else changes the station while it connects.
const MAX_CONFLICTS: usize = 8;
/// Between two pings of ours; a station that is alive answers or speaks itself.
const PING_EVERY: Duration = Duration::from_secs(30);
/// A station that has neither spoken nor answered a ping for this long is gone. It is longer than the usual
/// interval between heartbeats, because some stations never answer a ping.
const SILENT_AFTER: Duration = Duration::from_secs(15 * 60);

impl Stations {
    /// Opens a connection: the station is online, and any connection that it had before ends.
    ///
    /// # Errors
    /// [`OpenError::NotKept`] when that cannot be written down.
    pub async fn open(&self, handler: &Handler, visit: &Visit) -> Result<Open, OpenError> {
        for _ in 0..MAX_CONFLICTS {
            let now = handler.now();
            let known = StationState::load(&**handler.store(), &visit.station)
                .await
                .map_err(|error| OpenError::NotKept(error.to_string()))?;
            let mut state = known.unwrap_or_else(|| StationState::new(newcomer(visit, now)));
            state.station.epoch = state.station.epoch.next();
            state.station.version = visit.version;
            state.station.connection = Connection::Online { since: now, address: visit.address.clone() };
            state.station.last_seen = now;
            let kind = EventKind::StationConnected { version: visit.version, address: visit.address.clone() };
            match handler.commit(unit(&state, now, kind)).await {
                Ok(()) => {
                    let change = Change::Station(state.station.clone());
                    state.apply(vec![change]);
                    let presence = self.enter(&visit.station, visit.version, state.station.epoch, now);
                    tracing::info!(station = %visit.station, version = %visit.version, "connected");
                    return Ok(Open { visit: visit.clone(), state, presence });
                }
                Err(CommitError::Conflict { .. } | CommitError::StaleConnection { .. }) => {}
                Err(error) => return Err(OpenError::NotKept(error.to_string())),
            }
        }
        Err(OpenError::NotKept("the station kept changing while it connected".to_owned()))
    }
}

fn newcomer(visit: &Visit, now: Timestamp) -> Station {
    Station {
        id: visit.station.clone(),
        revision: Revision::default(),
        epoch: Epoch::default(),
        version: visit.version,
        connection: Connection::Offline { since: now },
        first_seen: now,
        last_seen: now,
        boot: None,
        booted_at: None,
        registration: None,
    }
}

fn unit(state: &StationState, at: Timestamp, kind: EventKind) -> Unit {
    Unit {
        connection: Some((state.station.id.clone(), state.station.epoch)),
        idempotency_key: None,
        changes: vec![Change::Station(state.station.clone())],
        events: vec![Event { at, station: Some(state.station.id.clone()), kind }],
    }
}

impl Open {
    /// Notes that the station is gone, unless a newer connection has taken over.
    pub(crate) async fn close(mut self, handler: &Handler, reason: &str) {
        let station = self.visit.station.clone();
        for _ in 0..MAX_CONFLICTS {
            let since = self.presence.last_heard();
            self.state.station.connection = Connection::Offline { since };
            self.state.station.last_seen = since;
            let kind = EventKind::StationDisconnected { reason: reason.to_owned() };
            match handler.commit(unit(&self.state, handler.now(), kind)).await {
                Ok(()) => {
                    tracing::info!(%station, reason, "disconnected");
                    return;
                }
                Err(CommitError::StaleConnection { .. }) => return,
                Err(CommitError::Conflict { .. }) => {
                    match StationState::load(&**handler.store(), &station).await {
                        Ok(Some(state)) if state.station.epoch == self.state.station.epoch => {
                            self.state = state
                        }
                        _ => return,
                    }
                }
                Err(error) => {
                    tracing::error!(%station, %error, "could not write down that the station is gone");
                    return;
                }
            }
        }
    }
}

/// Why a connection ends, and how the other side is told.
enum End {
    /// The other side closed, or the line broke.
    Gone(String),
    /// We close, with a code and a reason.
    Close(CloseCode, String),
}

/// Serves an open connection until it ends.
pub(crate) async fn run<S>(
    mut open: Open,
    handler: &Arc<Handler>,
    mut socket: WebSocketStream<S>,
    shutdown: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let end = converse(&mut open, handler, &mut socket, &shutdown).await;
    let reason = match end {
        End::Gone(reason) => reason,
        End::Close(code, reason) => {
            let frame = CloseFrame { code, reason: reason.as_str().into() };
            // The station may be gone already; there is nobody left to tell.
            let _ = tokio::time::timeout(Duration::from_secs(5), socket.close(Some(frame))).await;
            reason
        }
    };
    open.close(handler, &reason).await;
}

/// What wakes a conversation.
enum Wake {
    Shutdown,
    TakenOver,
    Heard(Option<Result<Message, SocketError>>),
    Call(live::Outbound),
    Timer,
}

async fn converse<S>(
    open: &mut Open,
    handler: &Handler,
    socket: &mut WebSocketStream<S>,
    shutdown: &CancellationToken,
) -> End
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let start = Instant::now();
    let mut conversation = Conversation::new(open.visit.version);
    let mut heard_at = start;
    let mut next_ping = start + PING_EVERY;
    let taken_over = open.presence.taken_over();
    loop {
        let due = conversation.wake().map_or(next_ping, |wake| next_ping.min(start + wake));
        let wake = tokio::select! {
            biased;
            () = shutdown.cancelled() => Wake::Shutdown,
            () = taken_over.cancelled() => Wake::TakenOver,
            message = socket.next() => Wake::Heard(message),
            Some(call) = open.presence.next_call() => Wake::Call(call),
            () = tokio::time::sleep_until(due) => Wake::Timer,
        };
        match wake {
            Wake::Shutdown => return End::Close(CloseCode::Away, "the manager is shutting down".to_owned()),
            Wake::TakenOver => return taken_over_end(),
            Wake::Call(call) => conversation.call(call),
            Wake::Timer => {
                if heard_at.elapsed() >= SILENT_AFTER {
                    return End::Close(CloseCode::Policy, "nothing was heard for 15 minutes".to_owned());
                }
                conversation.handle_timeout(start.elapsed());
                if Instant::now() >= next_ping {
                    next_ping = Instant::now() + PING_EVERY;
                    if let Err(error) = socket.send(Message::Ping(Default::default())).await {
                        return End::Gone(error.to_string());
                    }
                }
            }
            Wake::Heard(None | Some(Ok(Message::Close(_)))) => {
                return End::Gone("the station closed the connection".to_owned());
            }
            Wake::Heard(Some(Err(error))) => return broken(&error),
            Wake::Heard(Some(Ok(message))) => {
                heard_at = Instant::now();
                open.presence.heard(handler.now());
                match message {
                    Message::Text(text) => conversation.handle_text(&text),
                    Message::Binary(_) => {
                        let reason = "OCPP-J is spoken in text frames".to_owned();
                        return End::Close(CloseCode::Unsupported, reason);
                    }
                    _ => continue,
                }
            }
        }
        let result = conversation.answer_all(handler, &mut open.state, &open.visit).await;
        while let Some(frame) = conversation.poll_transmit(start.elapsed()) {
            if let Err(error) = socket.send(Message::text(frame)).await {
                return End::Gone(error.to_string());
            }
        }
        match result {
            Ok(()) => {}
            Err(HandleError::TakenOver) => return taken_over_end(),
            Err(error @ HandleError::NotKept(_)) => {
                tracing::error!(station = %open.visit.station, %error, "closing the connection");
                let reason = "the manager cannot keep what you say; come back later".to_owned();
                return End::Close(CloseCode::Error, reason);
            }
        }
    }
}

fn taken_over_end() -> End {
    End::Close(CloseCode::Policy, HandleError::TakenOver.to_string())
}

/// How to end after the socket failed: most errors mean that the other side is gone, some that it sent what
/// the protocol or our limits forbid.
fn broken(error: &SocketError) -> End {
    match error {
        SocketError::Capacity(_) => End::Close(CloseCode::Size, format!("the message is too long: {error}")),
        SocketError::Utf8(_) => End::Close(CloseCode::Invalid, "a text frame is not UTF-8".to_owned()),
        SocketError::Protocol(problem) => {
            End::Close(CloseCode::Protocol, format!("the WebSocket protocol was broken: {problem}"))
        }
        other => End::Gone(format!("the connection broke: {other}")),
    }
}
