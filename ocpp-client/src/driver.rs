//! An engine, its hardware and a connection, run together.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use ocpp_core::dialect::{Misheard, Reply, Station};
use ocpp_core::model::{Answer, Command, Fact};
use ocpp_core::rpc::{CallToken, Config as PeerConfig, Ending, Event, IdSource, Peer, ReplyToken};
use ocpp_core::types::Version;
use ocpp_core::wire::{CallError, ErrorCode, MessageId};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use uuid::Uuid;

use crate::engine::{CommandToken, Engine, FactToken, Failure, Output, PersistToken, Record};
use crate::hardware::{Actuation, Errand, ErrandFailure, ErrandResult, ErrandToken, HardwareEvent};
use crate::transport::Socket;

/// The hardware of a station, as the driver sees it.
pub trait Hardware: Send {
    /// Does what the engine orders.
    fn actuate(&mut self, actuation: Actuation);

    /// Lets time pass and tells what was noticed. It is called at least every tick.
    fn advance(&mut self, now: Duration, engine: &Engine) -> Vec<HardwareEvent>;
}

/// Where a station keeps what has to outlive a restart.
pub trait Store: Send {
    /// Keeps a record; it is kept when this returns.
    ///
    /// # Errors
    /// When it cannot be kept. The report that depends on it is not said then.
    fn keep(&mut self, record: Record) -> std::io::Result<()>;
}

/// Keeps nothing beyond the process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forgetful;

impl Store for Forgetful {
    fn keep(&mut self, _: Record) -> std::io::Result<()> {
        Ok(())
    }
}

/// Fetches and uploads files for a station.
pub trait Courier: Send {
    /// Begins an errand.
    fn begin(&mut self, errand: Errand);

    /// The errands that have ended since the last look, with what came of them.
    fn ended(&mut self) -> Vec<(ErrandToken, ErrandResult)>;
}

/// Goes nowhere: every errand fails because it is not supported.
#[derive(Debug, Clone, Default)]
pub struct NoCourier(Vec<ErrandToken>);

impl Courier for NoCourier {
    fn begin(&mut self, errand: Errand) {
        let (Errand::Fetch { token, .. } | Errand::Upload { token, .. }) = errand;
        self.0.push(token);
    }

    fn ended(&mut self) -> Vec<(ErrandToken, ErrandResult)> {
        let failed = |token| (token, ErrandResult::Failed(ErrandFailure::NotSupported));
        self.0.drain(..).map(failed).collect()
    }
}

/// How the station's time runs against the wall clock.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    start: Instant,
    speed: u32,
}

impl Pace {
    /// Time that begins now and runs `speed` times as fast as the wall clock (at least once).
    #[must_use]
    pub fn new(speed: u32) -> Pace {
        Pace { start: Instant::now(), speed: speed.max(1) }
    }

    /// The station's time.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.start.elapsed() * self.speed
    }

    /// The moment of the wall clock at which the station's time is `at`.
    fn moment(&self, at: Duration) -> Instant {
        self.start + at / self.speed
    }
}

/// Why a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The manager closed it, or the line broke.
    Lost(String),
    /// The station restarts, or comes back with what is new for its connection.
    Restart,
    /// `until` said so.
    Done,
}

/// A station at work.
pub struct Driver<H, S> {
    /// What it does.
    pub engine: Engine,
    /// Its hardware.
    pub hardware: H,
    /// What it remembers.
    pub store: S,
    /// How its time runs.
    pub pace: Pace,
    courier: Box<dyn Courier>,
    dialect: Station,
    say_failures: Vec<String>,
}

/// How often the hardware is looked at, in wall-clock time.
const TICK: Duration = Duration::from_millis(100);

impl<H: Hardware, S: Store> Driver<H, S> {
    /// Puts a station together.
    pub fn new(engine: Engine, hardware: H, store: S, pace: Pace, version: Version) -> Driver<H, S> {
        let dialect = Station::new(version, ocpp_core::dialect::Memory::default());
        let courier = Box::new(NoCourier::default());
        Driver { engine, hardware, store, pace, courier, dialect, say_failures: Vec::new() }
    }

    /// The same with somebody who fetches and uploads files.
    #[must_use]
    pub fn with_courier(self, courier: Box<dyn Courier>) -> Driver<H, S> {
        Driver { courier, ..self }
    }

    /// What the manager refused or did not answer, as sentences.
    #[must_use]
    pub fn failures(&self) -> &[String] {
        &self.say_failures
    }

    /// Works over a connection until it ends or `until` says that the work is done.
    pub async fn run(&mut self, mut socket: Socket, mut until: impl FnMut(&Engine, &H) -> Until) -> End {
        let mut line = Line::new(self.dialect.version());
        self.engine.handle_connected(self.pace.now());
        let end = loop {
            let restart = self.work(&mut line);
            while let Some(text) = line.peer.poll_transmit(line.start.elapsed()) {
                if let Err(error) = socket.send(Message::text(text)).await {
                    return self.lost(error.to_string());
                }
            }
            if restart {
                break End::Restart;
            }
            if until(&self.engine, &self.hardware) == Until::Done {
                break End::Done;
            }
            tokio::select! {
                message = socket.next() => match message {
                    Some(Ok(Message::Text(text))) => line.peer.handle_text(&text),
                    Some(Ok(Message::Close(frame))) => {
                        let reason = frame.map(|frame| frame.reason.to_string()).unwrap_or_default();
                        return self.lost(format!("the manager closed the connection: {reason}"));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return self.lost(error.to_string()),
                    None => return self.lost("the connection ended".to_owned()),
                },
                () = tokio::time::sleep_until(self.next_moment(&line)) => self.tick(&mut line),
            }
            if self.is_ping_due(&mut line)
                && let Err(error) = socket.send(Message::Ping(Bytes::new())).await
            {
                return self.lost(error.to_string());
            }
        };
        self.engine.handle_disconnected();
        // The manager may be gone already.
        let _ = tokio::time::timeout(Duration::from_secs(2), socket.close(None)).await;
        end
    }

    /// Lets time pass without a connection: the hardware goes on, and the engine queues.
    pub async fn wait_offline(&mut self, wall_time: Duration) {
        let end = Instant::now() + wall_time;
        let mut line = Line::new(self.dialect.version());
        while Instant::now() < end {
            self.tick(&mut line);
            self.work(&mut line);
            tokio::time::sleep(TICK.min(end - Instant::now().min(end))).await;
        }
    }

    fn lost(&mut self, reason: String) -> End {
        self.engine.handle_disconnected();
        End::Lost(reason)
    }

    /// Whether the connection is to be tried now; by the wall clock, as connections live by it.
    fn is_ping_due(&self, line: &mut Line) -> bool {
        let is_due = self.engine.ping_interval().is_some_and(|interval| line.pinged.elapsed() >= interval);
        if is_due {
            line.pinged = Instant::now();
        }
        is_due
    }

    fn next_moment(&self, line: &Line) -> Instant {
        let tick = Instant::now() + TICK;
        let engine = self.engine.poll_timeout().map(|at| self.pace.moment(at));
        let peer = line.peer.poll_timeout().map(|at| line.start + at);
        [engine, peer].into_iter().flatten().min().unwrap_or(tick).min(tick)
    }

    fn tick(&mut self, line: &mut Line) {
        let now = self.pace.now();
        line.peer.handle_timeout(line.start.elapsed());
        for event in self.hardware.advance(now, &self.engine) {
            self.engine.handle_hardware(now, event);
        }
        for (token, result) in self.courier.ended() {
            self.engine.handle_errand(now, token, result);
        }
        self.engine.handle_timeout(now);
    }

    /// Does all that there is to do; tells whether the station is to restart.
    fn work(&mut self, line: &mut Line) -> bool {
        let mut restart = false;
        loop {
            if let Some(event) = line.peer.poll_event() {
                self.heard(line, event);
                continue;
            }
            let Some(output) = self.engine.poll_output() else { return restart };
            match output {
                Output::Persist(record, token) => self.persist(record, token),
                Output::Actuate(actuation) => {
                    restart |= matches!(actuation, Actuation::Restart | Actuation::Reconnect);
                    self.hardware.actuate(actuation);
                }
                Output::Carry(errand) => self.courier.begin(errand),
                Output::Say(token, fact) => self.say(line, token, *fact),
                Output::Reply(token, outcome) => line.reply(&mut self.dialect, token, &outcome),
            }
        }
    }

    fn persist(&mut self, record: Record, token: PersistToken) {
        match self.store.keep(record) {
            Ok(()) => self.engine.handle_persisted(self.pace.now(), token),
            Err(error) => tracing::error!(%error, "a report could not be kept, so it is not sent"),
        }
    }

    fn say(&mut self, line: &mut Line, token: FactToken, fact: Fact) {
        let now = self.pace.now();
        let said = match self.dialect.say(&fact) {
            Ok(Some(said)) => said,
            // This version says nothing at this point.
            Ok(None) => return self.engine.handle_answer(now, token, Answer::Noted),
            Err(cannot) => {
                tracing::warn!(problem = %cannot, "something is not said");
                return self.failed(token, &Failure::Refused(cannot.to_string()), "unsayable");
            }
        };
        if let Fact::StreamValues(_) = fact {
            // Nothing answers a SEND (N15.FR.01, N15.FR.02).
            return match line.peer.send(&said.action, &said.payload) {
                Ok(_) => self.engine.handle_answer(now, token, Answer::Noted),
                Err(refused) => self.failed(token, &Failure::Refused(refused.to_string()), &said.action),
            };
        }
        match line.peer.call(said.action.to_string(), said.payload) {
            Ok(call) => line.said = Some(Said { call, token, fact, action: said.action }),
            Err(refused) => self.failed(token, &Failure::Refused(refused.to_string()), &said.action),
        }
    }

    fn failed(&mut self, token: FactToken, failure: &Failure, action: &str) {
        self.say_failures.push(format!("{action}: {failure}"));
        self.engine.handle_failure(self.pace.now(), token, failure);
    }

    fn heard(&mut self, line: &mut Line, event: Event) {
        match event {
            Event::Ended { token, ending } => {
                if let Some(said) = line.said.take_if(|said| said.call == token) {
                    self.answered(said, ending);
                }
            }
            Event::Call { token, action, payload, .. } => self.ordered(line, token, action, &payload),
            Event::BadFrame(bad) => {
                tracing::warn!(problem = %bad, "a frame of the manager could not be read")
            }
            _ => {}
        }
    }

    fn answered(&mut self, said: Said, ending: Ending) {
        let failure = match ending {
            Ending::Result { payload, .. } => {
                match self.dialect.hear_answer(&said.fact, &said.action, &payload) {
                    Ok(heard) => {
                        let now = self.pace.now();
                        return self.engine.handle_answer(now, said.token, heard.meaning);
                    }
                    Err(misheard) => Failure::Refused(format!("its answer is not legal: {misheard}")),
                }
            }
            Ending::Error(error) => Failure::Refused(format!("{:?}: {}", error.code, error.description)),
            Ending::BadAnswer(bad) => Failure::Refused(bad.to_string()),
            Ending::TimedOut | Ending::ClosedUnanswered | Ending::ClosedUnsent => Failure::TimedOut,
        };
        self.failed(said.token, &failure, &said.action);
    }

    fn ordered(&mut self, line: &mut Line, reply: ReplyToken, action: String, payload: &str) {
        match self.dialect.hear(&action, payload) {
            Ok(heard) => {
                line.last_command += 1;
                let token = CommandToken(line.last_command);
                self.engine.handle_command(self.pace.now(), token, &heard.meaning);
                line.commands.push(Ordered { token, reply, action, command: heard.meaning });
            }
            Err(misheard) => line.answer(reply, Err(refusal(&misheard, self.dialect.version()))),
        }
    }
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Until {
    GoOn,
    Done,
}

/// One connection's RPC peer, and what is under way on it.
struct Line {
    peer: Peer,
    start: Instant,
    /// When it was last tried with a ping.
    pinged: Instant,
    said: Option<Said>,
    commands: Vec<Ordered>,
    last_command: u64,
}

struct Said {
    call: CallToken,
    token: FactToken,
    fact: Fact,
    action: Box<str>,
}

struct Ordered {
    token: CommandToken,
    reply: ReplyToken,
    action: String,
    command: Command,
}

/// Ids of our own calls: random UUIDs, 36 characters.
struct RandomIds;

impl IdSource for RandomIds {
    fn next_id(&mut self) -> MessageId {
        MessageId::new(&Uuid::new_v4().to_string()).unwrap_or_else(|_| MessageId::unreadable())
    }
}

impl Line {
    fn new(version: Version) -> Line {
        let peer = Peer::new(version, PeerConfig::default(), Box::new(RandomIds));
        Line {
            peer,
            start: Instant::now(),
            pinged: Instant::now(),
            said: None,
            commands: Vec::new(),
            last_command: 0,
        }
    }

    fn reply(&mut self, dialect: &mut Station, token: CommandToken, outcome: &ocpp_core::model::Outcome) {
        let Some(at) = self.commands.iter().position(|ordered| ordered.token == token) else { return };
        let ordered = self.commands.swap_remove(at);
        let answer = match dialect.answer(&ordered.action, &ordered.command, outcome) {
            Reply::Payload(payload) => Ok(payload),
            Reply::NotSupported(why) => Err(CallError::new(ErrorCode::NotSupported, why)),
            Reply::Unsayable(cannot) => Err(CallError::new(ErrorCode::InternalError, cannot.to_string())),
        };
        self.answer(ordered.reply, answer);
    }

    fn answer(&mut self, reply: ReplyToken, answer: Result<String, CallError>) {
        if let Err(stale) = self.peer.reply(reply, answer) {
            tracing::debug!(%stale, "an answer was not sent");
        }
    }
}

fn refusal(misheard: &Misheard, version: Version) -> CallError {
    match misheard {
        Misheard::UnknownAction { .. } | Misheard::NotBuilt(_) => {
            CallError::new(ErrorCode::NotImplemented, misheard.to_string())
        }
        Misheard::WrongDirection { .. } => CallError::new(ErrorCode::NotSupported, misheard.to_string()),
        Misheard::Rejected(rejected) => CallError::rejecting(rejected, version),
    }
}
