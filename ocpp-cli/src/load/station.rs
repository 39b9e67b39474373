//! One station of the load: it dials, boots, calls and checks each answer, until the end.

mod line;
mod mishap;
mod rogue;
mod socket;

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use ocpp_client::transport::back_off;
use ocpp_core::types::Version;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};

use super::answer::{self, Frame};
use super::args::Mix;
use super::field::{Field, Phase};
use super::plan::Pace;
use super::script::{Course, Flaw, Outcome, Script};
use super::words::Say;
use mishap::Mishap;
pub(super) use rogue::{Habit, misbehave};
use socket::Socket;
pub(super) use socket::{Bytes, Traffic};

/// How long an answer may take.
pub(super) const CALL_DEADLINE: Duration = Duration::from_secs(30);

pub(super) struct Station {
    field: Arc<Field>,
    /// Counts from 0.
    number: u32,
    version: Version,
    script: Script,
    /// What was said and not answered; it is said again on the next connection, with the same payload.
    unanswered: Option<Say>,
    payload: String,
    /// The id of the call in hand.
    id: String,
    calls: u64,
    has_booted: bool,
    has_arrived: bool,
}

impl Station {
    pub(super) fn new(field: Arc<Field>, number: u32) -> Station {
        let version = field.plan.version(number);
        let name = format!("{:08x}-{number}", field.run);
        // Registers of different stations differ, as those of old meters do.
        let register_wh = 10_000 + u64::from(number) * 7_919 % 5_000_000;
        let script = Script::new(version, field.plan.mix, &field.plan.token, name, register_wh);
        Station {
            field,
            number,
            version,
            script,
            unanswered: None,
            payload: String::new(),
            id: String::new(),
            calls: 0,
            has_booted: false,
            has_arrived: false,
        }
    }

    /// Lives until the phase of ending. Mishaps are counted, and the station comes back after a while.
    pub(super) async fn live(mut self) {
        if self.number < self.field.plan.prepared() {
            self.prepare().await;
        }
        self.field.phase(Phase::Connecting).await;
        sleep(self.field.plan.dials_after(self.number)).await;
        let mut failed = 0;
        while !self.field.is_ending() {
            let Err(mishap) = self.visit().await else { return };
            self.field.tally.note_mishap(mishap.to_string());
            let chance = f64::from(self.number % 1000) / 1000.0;
            tokio::select! {
                () = sleep(back_off(failed, chance)) => {}
                () = self.field.phase(Phase::Ending) => {}
            }
            failed += 1;
        }
    }

    /// Connects, boots and leaves again, so that the manager knows the station.
    async fn prepare(&mut self) {
        let prepared = async {
            let mut socket = self.dial().await?;
            self.say(&mut socket, Say::Boot, Instant::now()).await?;
            line::leave(&mut socket).await;
            Ok(())
        };
        match prepared.await {
            Ok(()) => self.has_booted = self.field.plan.mix == Mix::Reconnect,
            Err::<(), Mishap>(mishap) => self.field.tally.note_mishap(mishap.to_string()),
        }
        self.field.arrive();
    }

    async fn dial(&self) -> Result<Socket, Mishap> {
        // The door is never closed, so that a place is always to be had.
        let _place = self.field.door.acquire().await;
        line::dial(&self.field, self.number).await
    }

    /// One connection, from dialling to its end.
    async fn visit(&mut self) -> Result<(), Mishap> {
        let mut socket = self.dial().await?;
        if !self.has_booted {
            self.say(&mut socket, Say::Boot, Instant::now()).await?;
            self.has_booted = true;
        }
        if !self.has_arrived {
            self.has_arrived = true;
            self.field.arrive();
        }
        let until = if self.field.plan.mix.is_storm() { Phase::Ending } else { Phase::Running };
        self.listen(&mut socket, Until::Phase(until)).await?;
        self.go_on(&mut socket).await?;
        line::leave(&mut socket).await;
        Ok(())
    }

    /// Calls until the end has come and nothing is left to be said.
    async fn go_on(&mut self, socket: &mut Socket) -> Result<(), Mishap> {
        let mut due = self.first_call();
        loop {
            if self.field.plan.pace != Pace::ClosedLoop && !self.field.is_ending() {
                self.listen(socket, Until::Moment(due)).await?;
            }
            let course = if self.field.is_ending() { Course::WindUp } else { Course::GoOn };
            let Some(say) = self.unanswered.or_else(|| self.script.next(course)) else { return Ok(()) };
            match self.field.plan.pace {
                Pace::ClosedLoop => self.say(socket, say, Instant::now()).await?,
                Pace::Every(_) if course == Course::WindUp => self.say(socket, say, Instant::now()).await?,
                Pace::Every(interval) => {
                    self.say(socket, say, due).await?;
                    due += interval;
                }
            }
        }
    }

    /// The first calls of paced stations are spread over the interval.
    fn first_call(&self) -> Instant {
        let now = Instant::now();
        match self.field.plan.pace {
            Pace::ClosedLoop => now,
            Pace::Every(interval) => now + interval * self.number / self.field.plan.stations,
        }
    }

    /// Makes one call and waits for its answer. Only what ends the connection is an error; an answer that is
    /// wrong in itself is counted here.
    async fn say(&mut self, socket: &mut Socket, say: Say, due: Instant) -> Result<(), Mishap> {
        let action = say.action(self.version);
        let frame = self.frame(say, action.name());
        socket.say(frame).await.map_err(|error| Mishap::broken(&error))?;
        let flaw = match timeout(CALL_DEADLINE, self.hear(socket, say)).await {
            Ok(heard) => heard?,
            Err(_elapsed) => return Err(Mishap::TimedOut(action)),
        };
        self.unanswered = None;
        self.field.tally.note_call();
        if self.field.is_measuring() {
            self.field.tally.note_latency(self.number, action, due.elapsed());
        }
        if let Some(flaw) = flaw {
            self.field.tally.note_mishap(flaw.to_string());
        }
        Ok(())
    }

    /// The text of a call with a new id. What is said again has the payload that it had.
    fn frame(&mut self, say: Say, action: &str) -> String {
        if self.unanswered.is_none() {
            self.payload.clear();
            self.script.write(say, &mut self.payload);
            self.unanswered = Some(say);
        }
        self.calls += 1;
        self.id.clear();
        // Writing to a string cannot fail.
        let _ = write!(self.id, "{:08x}-{}", self.field.run, self.calls);
        let mut frame = String::with_capacity(self.payload.len() + self.id.len() + action.len() + 12);
        for part in ["[2,\"", &self.id, "\",\"", action, "\",", &self.payload, "]"] {
            frame.push_str(part);
        }
        frame
    }

    /// Reads until the call in hand is answered; says what is wrong with the answer.
    async fn hear(&mut self, socket: &mut Socket, say: Say) -> Result<Option<Mishap>, Mishap> {
        let action = say.action(self.version);
        loop {
            let Some(text) = heard_text(socket.next().await)? else { continue };
            match answer::read(&text) {
                Some(Frame::Result { id, payload }) if id == self.id => {
                    let (outcome, checked) = self.script.heard(say, payload);
                    match outcome {
                        Outcome::Fine => {}
                        Outcome::SessionStarted => self.field.tally.note_started(),
                        Outcome::SessionCompleted => self.field.tally.note_completed(),
                    }
                    return Ok(checked.err().map(|flaw| match flaw {
                        Flaw::Incomplete => Mishap::WrongAnswer(action),
                        Flaw::NotAccepted(word) => Mishap::NotAccepted(action, word),
                    }));
                }
                Some(Frame::Error { id, code }) if id == self.id => {
                    self.script.refused(say);
                    return Ok(Some(Mishap::CallError(action, code.chars().take(40).collect())));
                }
                _ => self.overhear(socket, &text).await?,
            }
        }
    }

    /// Reads what comes without having been asked for, until a moment or a phase.
    async fn listen(&self, socket: &mut Socket, until: Until) -> Result<(), Mishap> {
        let (moment, phase) = match until {
            Until::Phase(phase) => (None, phase),
            Until::Moment(moment) => (Some(moment), Phase::Ending),
        };
        loop {
            tokio::select! {
                biased;
                () = self.field.phase(phase) => return Ok(()),
                () = sleep_until(moment.unwrap_or_else(Instant::now)), if moment.is_some() => return Ok(()),
                message = socket.next() => {
                    if let Some(text) = heard_text(message)? {
                        self.overhear(socket, &text).await?;
                    }
                }
            }
        }
    }

    /// What is no answer to the call in hand: a call of the manager, which this station does not serve, or
    /// something that should not be there.
    async fn overhear(&self, socket: &mut Socket, text: &str) -> Result<(), Mishap> {
        match answer::read(text) {
            Some(Frame::Call { id, .. }) => {
                self.field.tally.note_command();
                let sentence = "this station only makes load";
                let refusal = format!(r#"[4,"{id}","NotSupported","{sentence}",{{}}]"#);
                socket.say(refusal).await.map_err(|error| Mishap::broken(&error))?;
            }
            Some(Frame::Result { .. } | Frame::Error { .. }) => {
                self.field.tally.note_mishap(Mishap::WrongId.to_string());
            }
            Some(Frame::Other) => {}
            None => self.field.tally.note_mishap(Mishap::NoFrame.to_string()),
        }
        Ok(())
    }
}

/// How long to listen.
#[derive(Debug, Clone, Copy)]
enum Until {
    Phase(Phase),
    /// Until this moment, or until the end when it comes before.
    Moment(Instant),
}

/// The text of a message, if it is one.
fn heard_text(
    message: Option<Result<Message, SocketError>>,
) -> Result<Option<tokio_tungstenite::tungstenite::Utf8Bytes>, Mishap> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
        Some(Ok(Message::Close(frame))) => Err(Mishap::Closed(frame.map(|frame| u16::from(frame.code)))),
        Some(Ok(_)) => Ok(None),
        Some(Err(error)) => Err(Mishap::broken(&error)),
        None => Err(Mishap::Closed(None)),
    }
}
