//! One connection of one station: its life from the door to the end.
//!
//! A connection has an epoch. Opening one raises the epoch of its station, so that the one before cannot
//! write any more, and tells it to end: the newest connection wins at once.

mod conversation;
mod linger;
mod live;
mod middleware;
mod overtime;
mod pace;
#[cfg(feature = "deflate")]
mod rewind;
mod socket;

use std::pin::{Pin, pin};
use std::sync::Arc;

use jiff::Timestamp;
use ocpp_core::model::StationId;
use ocpp_core::quirk::{Quirk, Quirks};
use ocpp_core::types::Version;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::SemaphorePermit;
use tokio::time::{Duration, Instant, Sleep};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_util::sync::CancellationToken;

use conversation::Conversation;
pub(crate) use linger::linger;
use live::Presence;
pub use live::{CallFailure, Stations};
pub use middleware::{Answered, Call, Middleware, Next};
use overtime::Overtime;
use pace::Held;
pub(crate) use pace::{Pace, Paces};
pub(crate) use socket::{Broken, Heard, Socket};

use crate::domain::{Connection, Epoch, Event, EventKind, Observation, Revision, Station};
use crate::handle::{HandleError, Handler, StationState};
use crate::message_log::{MessageLog, Way};
use crate::metrics::Metrics;
use crate::store::{Change, CommitError, Unit};

/// How a connection is watched and held in bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionSettings {
    /// Within what time a station whose line is dead is seen to be gone. A third of it is the time between
    /// two pings of ours; two thirds are how long the system may try to get them through (TCP user time-out).
    pub gone_within: Duration,
    /// How many messages a station may send in a second in the long run, pings included; a message counts once
    /// more for each 4 KiB. A station that sends more, on one connection or one after the other, is read more slowly;
    /// nothing of it is dropped.
    pub messages_per_second: u32,
    /// How many messages it may send at once on top of that.
    pub burst: u32,
    /// How many messages beyond the pace of their stations are handled at a time, of all stations together: who is too
    /// fast is slowed down only as far as there are others who are, too. 0 holds every station to its pace.
    pub overtime: usize,
    /// How many messages beyond the pace of their stations are handled in a second, of all stations together, counted as
    /// those of one are: what all who are too fast take from the others, however many they are.
    pub overtime_per_second: u32,
    /// How long a station may leave what we send unread.
    pub send_within: Duration,
}

impl Default for SessionSettings {
    /// 30 seconds; 20 messages a second and 1,000 at once: a station that empties its queue call by call after an
    /// outage is hardly faster over a mobile line; 8 places and 1,000 messages a second beyond; 30 seconds.
    fn default() -> SessionSettings {
        SessionSettings {
            gone_within: Duration::from_secs(30),
            messages_per_second: 20,
            burst: 1_000,
            overtime: 8,
            overtime_per_second: 1_000,
            send_within: Duration::from_secs(30),
        }
    }
}

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
    /// The habits of its handshake.
    quirks: Vec<Quirk>,
}

/// How often to try again when somebody else changes the station while it connects.
const MAX_CONFLICTS: usize = 8;
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
            let known_version = known.as_ref().map(|known| known.station.version);
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
                    let presence = self.enter(
                        &visit.station,
                        visit.version,
                        state.station.registration,
                        state.station.epoch,
                        now,
                    );
                    tracing::info!(station = %visit.station, version = %visit.version, "connected");
                    let changes = known_version.is_some_and(|version| version != visit.version);
                    let quirks = changes.then_some(Quirk::VersionChanges).into_iter().collect();
                    return Ok(Open { visit: visit.clone(), state, presence, quirks });
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
        changes: vec![
            Change::Station(state.station.clone()),
            Change::Observed(
                state.station.id.clone(),
                Observation::of_connection(&state.station.connection, at),
            ),
        ],
        events: vec![Event { at, station: Some(state.station.id.clone()), kind }],
    }
}

impl Open {
    /// Notes what its handshake had that no specification has.
    pub(crate) fn with_quirks(mut self, quirks: &[Quirk]) -> Open {
        self.quirks.extend_from_slice(quirks);
        self
    }

    /// Notes that the station is gone, unless a newer connection has taken over. It is offline since its last
    /// sign of life; when the manager leaves, nobody knows what the station does from then on.
    pub(crate) async fn close(mut self, handler: &Handler, who: Leaving, reason: &str) {
        let station = self.visit.station.clone();
        for _ in 0..MAX_CONFLICTS {
            let since = self.presence.last_heard();
            self.state.station.connection = match who {
                Leaving::Station => Connection::Offline { since },
                Leaving::Manager => Connection::Unknown { since: handler.now() },
            };
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

/// Who ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    Station,
    Manager,
}

/// Why a connection ends, and how the other side is told.
enum End {
    /// The manager shuts down.
    Shutdown,
    /// The other side closed, or the line broke.
    Gone(String),
    /// We close, with a code and a reason.
    Close(CloseCode, String),
}

impl From<Broken> for End {
    fn from(broken: Broken) -> End {
        match broken {
            Broken::Gone(reason) => End::Gone(reason),
            Broken::Fault(code, reason) => End::Close(code, reason),
        }
    }
}

/// What all connections have in common.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) settings: SessionSettings,
    pub(crate) layers: Vec<Arc<dyn Middleware>>,
    pub(crate) log: Option<MessageLog>,
    pub(crate) metrics: Metrics,
    pub(crate) tolerance: Arc<dyn Tolerance>,
    pub(crate) paces: Paces,
    /// The places of those who send faster than they may.
    pub(crate) overtime: Overtime,
}

impl Service {
    /// The same with these bounds.
    pub(crate) fn with_settings(self, settings: SessionSettings) -> Service {
        Service { settings, overtime: Overtime::new(&settings), ..self }
    }
}

impl Default for Service {
    fn default() -> Service {
        Service {
            settings: SessionSettings::default(),
            layers: Vec::new(),
            log: None,
            metrics: Metrics::default(),
            tolerance: Arc::new(USUALLY_TOLERATED),
            overtime: Overtime::new(&SessionSettings::default()),
            paces: Paces::default(),
        }
    }
}

/// What is tolerated of stations unless said otherwise: every habit but another user name than the identity, which
/// nobody needs to send and part 6 wants refused (A00.FR.204).
pub const USUALLY_TOLERATED: Quirks = Quirks::all().without(Quirk::OtherUserName);

/// Which habits of a station are tolerated. [`Quirks`] are the same for all stations; a closure can tell them
/// apart.
pub trait Tolerance: Send + Sync {
    /// What is tolerated of `station`. It is asked when the station dials in.
    fn quirks(&self, station: &StationId) -> Quirks;
}

impl Tolerance for Quirks {
    fn quirks(&self, _: &StationId) -> Quirks {
        *self
    }
}

impl<F: Fn(&StationId) -> Quirks + Send + Sync> Tolerance for F {
    fn quirks(&self, station: &StationId) -> Quirks {
        self(station)
    }
}

/// Serves an open connection until it ends.
pub(crate) async fn run<S>(
    open: Open,
    handler: &Arc<Handler>,
    socket: Socket<S>,
    service: &Service,
    shutdown: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let version = open.visit.version;
    service.metrics.connection_opened(version);
    let mut line = Line::new(open, handler, socket, service);
    let end = line.converse(&shutdown).await;
    service.metrics.connection_closed(version);
    let Line { open, mut socket, .. } = line;
    let (who, code, reason) = match end {
        End::Gone(reason) => (Leaving::Station, None, reason),
        End::Close(code, reason) => (Leaving::Station, Some(code), reason),
        End::Shutdown => (Leaving::Manager, Some(CloseCode::Away), "the manager is shutting down".to_owned()),
    };
    if let Some(code) = code {
        let _ = Box::pin(tokio::time::timeout(CLOSE_WITHIN, socket.close(code, &reason))).await;
    }
    Box::pin(open.close(handler, who, &reason)).await;
    if code.is_some() {
        // Boxed, so that a connection that lives does not hold the room for this.
        Box::pin(socket.linger()).await;
    }
}

/// How long to wait for the other side to take note that we close.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// What wakes a conversation.
enum Wake<'a> {
    Shutdown,
    TakenOver,
    Heard(Result<Heard, Broken>),
    /// What was read ahead may be handled now: in a place beyond the pace, or because its time has come.
    Turn(Option<SemaphorePermit<'a>>),
    Call(Box<live::Outbound>),
    Timer,
}

/// A connection while it is served.
struct Line<'a, S> {
    open: Open,
    handler: &'a Handler,
    socket: Socket<S>,
    settings: SessionSettings,
    service: &'a Service,
    conversation: Conversation,
    pace: Held,
    start: Instant,
    heard_at: Instant,
    next_ping: Instant,
    /// Whether the last message had to be waited for.
    waited: bool,
    /// What was read beyond the pace and has not had its turn. Nothing more is read until then, so that the
    /// station's own line fills up.
    ahead: Option<Heard>,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin + Send> Line<'a, S> {
    fn new(open: Open, handler: &'a Handler, socket: Socket<S>, service: &'a Service) -> Line<'a, S> {
        let (start, settings) = (Instant::now(), service.settings);
        let SessionSettings { messages_per_second, burst, .. } = settings;
        Line {
            conversation: Conversation::new(&open, service),
            pace: service.paces.of(&open.visit.station, messages_per_second, burst, start),
            open,
            handler,
            socket,
            settings,
            service,
            start,
            heard_at: start,
            next_ping: start + settings.gone_within / 3,
            waited: true,
            ahead: None,
        }
    }

    async fn converse(&mut self, shutdown: &CancellationToken) -> End {
        let taken_over = self.open.presence.taken_over();
        // These wait as long as the line lives: made anew for each message they would cost more than it.
        let mut shutdown = pin!(shutdown.cancelled());
        let mut taken_over = pin!(taken_over.cancelled());
        let mut timer = pin!(tokio::time::sleep_until(self.next_ping));
        loop {
            let wake = self.next_wake(shutdown.as_mut(), taken_over.as_mut(), timer.as_mut()).await;
            let mut place = None;
            let step = match wake {
                Wake::Shutdown => Err(End::Shutdown),
                Wake::TakenOver => Err(taken_over_end()),
                Wake::Call(call) => {
                    self.conversation.call(*call);
                    Ok(())
                }
                Wake::Timer => self.tick().await,
                Wake::Heard(heard) => {
                    self.give_way().await;
                    self.hear_or_wait(heard)
                }
                Wake::Turn(beyond) => {
                    place = beyond;
                    match (self.ahead.take(), &place) {
                        (None, _) => Ok(()),
                        (Some(heard), None) => self.count_and_hear(heard),
                        // All who are too fast have counted it.
                        (Some(heard), Some(_)) => self.hear(heard),
                    }
                }
            };
            let step = match step {
                Ok(()) => self.work_off().await,
                Err(end) => Err(end),
            };
            drop(place);
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Waits for what comes first. What a station sends faster than it may waits for its time, or for one of the
    /// places that all who are too fast share: on a server with nothing else to do nobody is slowed down.
    async fn next_wake(
        &mut self,
        shutdown: Pin<&mut impl Future<Output = ()>>,
        taken_over: Pin<&mut impl Future<Output = ()>>,
        mut timer: Pin<&mut Sleep>,
    ) -> Wake<'a> {
        let answer_due = self.conversation.wake().map(|wake| self.start + wake);
        let due = answer_due.map_or(self.next_ping, |due| due.min(self.next_ping)).min(self.silent_at());
        let waits = self.ahead.is_some();
        let weight = self.ahead.as_ref().map_or(0, weight);
        let turn_at = if waits { self.pace.free_at(Instant::now()) } else { None };
        if waits && turn_at.is_none() {
            return Wake::Turn(None);
        }
        let due = turn_at.map_or(due, |turn| turn.min(due));
        let service = self.service;
        // A timer that is early does no harm, and mostly time is put off: it is set again when it has run out.
        if timer.is_elapsed() || due < timer.deadline() {
            timer.as_mut().reset(due);
        }
        tokio::select! {
            biased;
            () = shutdown => Wake::Shutdown,
            () = taken_over => Wake::TakenOver,
            heard = noticed(&mut self.waited, self.socket.next()), if !waits => Wake::Heard(heard),
            Some(place) = service.overtime.place(weight), if waits => Wake::Turn(Some(place)),
            Some(call) = self.open.presence.next_call() => Wake::Call(call),
            () = timer => Wake::Timer,
        }
    }

    /// A station whose next message was there already when the last one was done lets others have their turn
    /// first, so that one that sends without pause gets no more of it than one that sends now and then.
    async fn give_way(&mut self) {
        if !std::mem::take(&mut self.waited) {
            tokio::task::yield_now().await;
        }
    }

    /// Handles what was read, unless the station was faster than it may be.
    fn hear_or_wait(&mut self, heard: Result<Heard, Broken>) -> Result<(), End> {
        let heard = heard?;
        if self.pace.free_at(Instant::now()).is_none() {
            return self.count_and_hear(heard);
        }
        self.ahead = Some(heard);
        Ok(())
    }

    fn count_and_hear(&mut self, heard: Heard) -> Result<(), End> {
        self.pace.count(Instant::now(), weight(&heard));
        self.hear(heard)
    }

    fn hear(&mut self, heard: Heard) -> Result<(), End> {
        if let Heard::Closed = heard {
            return Err(End::Gone("the station closed the connection".to_owned()));
        }
        self.heard_at = Instant::now();
        self.open.presence.heard(self.handler.now());
        match heard {
            Heard::Text(text) => {
                self.note(Way::FromStation, &text);
                self.conversation.handle_text(&text);
            }
            Heard::Binary => {
                let reason = "OCPP-J is spoken in text frames".to_owned();
                return Err(End::Close(CloseCode::Unsupported, reason));
            }
            Heard::Sign | Heard::Closed => {}
        }
        Ok(())
    }

    fn note(&self, way: Way, frame: &str) {
        if let Some(log) = &self.service.log {
            log.note(&self.open.visit.station, self.handler.now(), way, frame);
        }
    }

    /// Time has passed: calls may have timed out, a ping may be due, the station may have been silent for
    /// too long.
    async fn tick(&mut self) -> Result<(), End> {
        let now = Instant::now();
        if now >= self.silent_at() {
            let seconds = self.heard_at.elapsed().as_secs();
            let reason = format!("nothing was heard for {seconds} s, its heartbeat is overdue");
            return Err(End::Close(CloseCode::Policy, reason));
        }
        self.conversation.handle_timeout(self.start.elapsed());
        if now >= self.next_ping {
            self.next_ping = now + self.settings.gone_within / 3;
            let ping = tokio::time::timeout(self.settings.send_within, self.socket.ping()).await;
            ping.unwrap_or_else(|_| Err(unread()))?;
        }
        Ok(())
    }

    /// When the station counts as gone if nothing is heard of it until then. A dead line is found by the
    /// system itself within its time-out; this is for a station whose line lives while it hangs, and which
    /// therefore lets its heartbeat become overdue. Whatever it sends counts, an answer to a ping too, because
    /// some stations never answer a ping and others send no heartbeat. While we do not read, nobody is silent.
    fn silent_at(&self) -> Instant {
        let interval = Duration::from_secs(u64::from(self.handler.heartbeat_interval_s()));
        let since = self.pace.free_from().map_or(self.heard_at, |from| from.max(self.heard_at));
        since + interval + (interval / 2).max(self.settings.gone_within)
    }

    /// Handles what was heard, and sends what is to be sent.
    async fn work_off(&mut self) -> Result<(), End> {
        let Open { visit, state, .. } = &mut self.open;
        // Boxed here and below, so that a connection that waits does not hold the room for what handling takes.
        let result = if self.conversation.has_heard() {
            Box::pin(self.conversation.answer_all(self.handler, &self.service.layers, state, visit)).await
        } else {
            Ok(())
        };
        self.open.presence.note_registration(self.open.state.station.registration);
        while let Some(frame) = self.conversation.poll_transmit(self.start.elapsed()) {
            self.note(Way::ToStation, &frame);
            let sent = tokio::time::timeout(self.settings.send_within, self.socket.send_text(frame)).await;
            sent.unwrap_or_else(|_| Err(unread()))?;
        }
        match result {
            Ok(()) => Ok(()),
            Err(HandleError::TakenOver) => Err(taken_over_end()),
            Err(error @ HandleError::NotKept(_)) => {
                tracing::error!(station = %self.open.visit.station, %error, "closing the connection");
                let reason = "the manager cannot keep what you say; come back later".to_owned();
                Err(End::Close(CloseCode::Error, reason))
            }
        }
    }
}

/// A message counts once more for each of these bytes, so that long ones are held in bounds, too.
const COUNTED_BYTES: usize = 4 * 1024;

/// For how many messages something counts.
fn weight(heard: &Heard) -> u32 {
    match heard {
        Heard::Text(text) => 1 + u32::try_from(text.len() / COUNTED_BYTES).unwrap_or(u32::MAX - 1),
        Heard::Sign | Heard::Binary | Heard::Closed => 1,
    }
}

/// Notes when something has to be waited for.
async fn noticed<T>(waited: &mut bool, what: impl Future<Output = T>) -> T {
    let mut what = std::pin::pin!(what);
    std::future::poll_fn(|cx| {
        let poll = what.as_mut().poll(cx);
        *waited |= poll.is_pending();
        poll
    })
    .await
}

fn unread() -> Broken {
    Broken::Gone("the station does not read what is sent to it".to_owned())
}

fn taken_over_end() -> End {
    End::Close(CloseCode::Policy, HandleError::TakenOver.to_string())
}
