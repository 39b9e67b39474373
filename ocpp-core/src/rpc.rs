//! Calls and answers over one connection, without the connection: a [`Peer`] takes texts and gives texts.
//!
//! Both ends use it, the CSMS and the station; the rules are the same. It has no socket, no clock and no
//! randomness. Time is a [`Duration`] since a start of the caller's choice, which never goes back.
//!
//! A `Peer` has four kinds of method:
//!
//! 1. **Getters** look and change nothing: [`version`](Peer::version), [`is_idle`](Peer::is_idle),
//!    [`is_congested`](Peer::is_congested), [`waiting_calls`](Peer::waiting_calls), [`id_of`](Peer::id_of).
//! 2. **`handle_*`** tell it what happened outside: [`handle_text`](Peer::handle_text),
//!    [`handle_timeout`](Peer::handle_timeout), [`handle_closed`](Peer::handle_closed).
//! 3. **Commands** tell it what the application wants: [`call`](Peer::call), [`reply`](Peer::reply),
//!    [`call_again`](Peer::call_again), [`send`](Peer::send), [`reject_result`](Peer::reject_result).
//! 4. **`poll_*`** ask what to do: [`poll_transmit`](Peer::poll_transmit) a text to send,
//!    [`poll_event`](Peer::poll_event) something to handle, [`poll_timeout`](Peer::poll_timeout) when to call
//!    `handle_timeout`. After every `handle_*` and every command, poll events and texts until `None`.
//!
//! # Rules
//!
//! - One call of ours is outstanding at a time; further ones wait in a bounded queue (4.1.1). The time-out
//!   runs from the moment the text is handed out by `poll_transmit`.
//! - Calls may cross: the other side's call is served while ours is outstanding.
//! - **Each call ends exactly once**, with [`Event::Ended`].
//! - A peer that sends several calls before the first answer is served all the same, in order, one at a time:
//!   the next [`Event::Call`] comes after the [`reply`](Peer::reply) to the one before.
//! - A call that repeats the id of one that still waits for its answer is marked
//!   [`Receipt::Repeated`]; it gets an answer of its own, as a retrying station needs one.
//! - A call that repeats the id of one of the last that were answered is marked
//!   [`Receipt::AnsweredBefore`]: its answer was lost, or the station does not renew its ids.
//! - An own call can be made again under its id: [`Peer::call_again`].
//! - Answers that come late, twice or to nothing are reported and change nothing.
//! - SEND (2.1) stands outside the rule of one outstanding call and is never answered.
//! - A CALLERROR to the id `-1` says that a frame of ours could not be read, not which one: it is reported and
//!   ends no call. 2.x has it; in 1.6, where it means nothing, it is read the same way.
//! - Message types that the version does not have are ignored in 1.6 and answered in 2.x, and never end a call.
//! - Frames that cannot be read are answered as [`wire`](crate::wire) says.

mod event;
mod ids;
mod incoming;
mod outgoing;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::quirk::{Quirk, Quirks};
use crate::wire::{BadFrame, CallError, ErrorCode, Frame, MessageId, Parsed, Version};

pub use event::{CallToken, Ending, Event, Receipt, Refused, ReplyToken, StaleReply, StrayAnswer};
pub use ids::{IdSource, SequentialIds};

use incoming::{Accepted, Incoming};
use outgoing::Outgoing;

/// Reports of the peer's breaches beyond this many unread events are dropped.
const MAX_UNREAD_REPORTS: usize = 256;

/// The limits of a [`Peer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// How long to wait for an answer, from the moment the call is handed out.
    pub call_timeout: Duration,
    /// How many own calls, and how many SENDs, may wait.
    pub max_waiting_calls: u16,
    /// How many calls of the other side may wait while one is served.
    pub max_waiting_requests: u16,
    /// Which habits of the other side are tolerated.
    pub quirks: Quirks,
}

impl Default for Config {
    /// 30 seconds, 64 own calls, 16 calls of the other side, tolerant.
    fn default() -> Config {
        Config {
            call_timeout: Duration::from_secs(30),
            max_waiting_calls: 64,
            max_waiting_requests: 16,
            quirks: Quirks::all(),
        }
    }
}

/// One end of a connection. See the [module](self) for how to drive it.
pub struct Peer {
    version: Version,
    state: State,
    config: Config,
    ids: Box<dyn IdSource + Send>,
    outgoing: Outgoing,
    incoming: Incoming,
    outbox: VecDeque<String>,
    events: VecDeque<Event>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Closed,
}

/// Making one, and the getters.
impl Peer {
    /// An end of a fresh connection of `version`. Own messages get their ids from `ids`.
    #[must_use]
    pub fn new(version: Version, config: Config, ids: Box<dyn IdSource + Send>) -> Peer {
        Peer {
            version,
            state: State::Open,
            config,
            ids,
            outgoing: Outgoing::default(),
            incoming: Incoming::default(),
            outbox: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// The version that the connection negotiated.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whether nothing is under way: no call either way, no text and no event waits.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.outgoing.is_idle() && self.incoming.is_idle() && self.outbox.is_empty() && self.events.is_empty()
    }

    /// Whether the other side has sent as many calls as may wait. A further one would be refused with
    /// InternalError, so a driver that can stop reading does so until this is false again.
    #[must_use]
    pub fn is_congested(&self) -> bool {
        self.incoming.waiting() >= usize::from(self.config.max_waiting_requests)
    }

    /// The id under which a call was sent: of the one that is outstanding, and of the last four that ended.
    #[must_use]
    pub fn id_of(&self, token: CallToken) -> Option<&MessageId> {
        self.outgoing.id_of(token)
    }

    /// How many own calls wait for their turn, without the one that is outstanding.
    #[must_use]
    pub fn waiting_calls(&self) -> usize {
        self.outgoing.waiting()
    }
}

/// What happened outside.
impl Peer {
    /// A text message arrived. The caller bounds its size.
    pub fn handle_text(&mut self, text: &str) {
        if self.state == State::Closed {
            return;
        }
        let parsed = Frame::parse(text, self.version).and_then(|parsed| self.tolerate(parsed));
        match parsed {
            Ok(frame) => self.handle_frame(frame),
            Err(bad) => self.handle_bad_frame(bad),
        }
    }

    /// The time of [`poll_timeout`](Peer::poll_timeout) has come; calling it early does no harm.
    pub fn handle_timeout(&mut self, now: Duration) {
        if let Some(token) = self.outgoing.expire(now) {
            self.end(token, Ending::TimedOut);
        }
    }

    /// The connection is gone: every call ends, what waits to be sent or answered is dropped, and commands
    /// are refused from now on. Events that are unread stay.
    pub fn handle_closed(&mut self) {
        self.state = State::Closed;
        self.outbox.clear();
        self.incoming.clear();
        self.events.retain(|event| !matches!(event, Event::Call { .. }));
        let (outstanding, waiting) = self.outgoing.clear();
        if let Some(token) = outstanding {
            self.end(token, Ending::ClosedUnanswered);
        }
        for token in waiting {
            self.end(token, Ending::ClosedUnsent);
        }
    }
}

/// What the application wants.
impl Peer {
    /// Calls an action. `payload` is the text of a JSON object and is sent as it stands.
    ///
    /// # Errors
    /// [`Refused`] when too many calls wait or the connection is closed; nothing was queued then.
    pub fn call(
        &mut self,
        action: impl Into<Cow<'static, str>>,
        payload: String,
    ) -> Result<CallToken, Refused> {
        self.check_room()?;
        Ok(self.outgoing.push(None, action.into(), payload))
    }

    /// Calls once more under the id of a call before: a retry. The other side can tell by the id that it has
    /// seen the message, so use it only for the same message. [`Peer::id_of`] has the id of a call that ended,
    /// also for the next connection's peer.
    ///
    /// OCPP 2.1 allows a retry to have the same id, and leaves the choice to the sender (part 4, 4.1.4).
    ///
    /// # Errors
    /// [`Refused`] when too many calls wait, when a call of this id is not over yet, or when the connection is
    /// closed; nothing was queued then.
    pub fn call_again(
        &mut self,
        id: MessageId,
        action: impl Into<Cow<'static, str>>,
        payload: String,
    ) -> Result<CallToken, Refused> {
        self.check_room()?;
        if self.outgoing.is_under_way(&id) {
            return Err(Refused::IdInUse);
        }
        Ok(self.outgoing.push(Some(id), action.into(), payload))
    }

    /// Answers the call of an [`Event::Call`], with the text of a JSON object or with a refusal.
    ///
    /// # Errors
    /// [`StaleReply`] when the call was answered before or the connection is closed; nothing is sent then.
    pub fn reply(&mut self, token: ReplyToken, answer: Result<String, CallError>) -> Result<(), StaleReply> {
        let id = self.incoming.finish(token).ok_or(StaleReply)?;
        let frame = match answer {
            Ok(payload) => Frame::CallResult { id, payload: payload.into() },
            Err(error) => Frame::CallError { id, error },
        };
        self.outbox.push_back(frame.encode(self.version));
        self.serve_next();
        Ok(())
    }

    /// Sends a message that has no answer (2.1). `payload` is the text of a JSON object.
    ///
    /// # Errors
    /// [`Refused`] before 2.1, when too many texts wait, or when the connection is closed.
    pub fn send(&mut self, action: &str, payload: &str) -> Result<MessageId, Refused> {
        self.check_v21()?;
        let id = self.ids.next_id();
        let frame = Frame::Send { id: id.clone(), action: action.into(), payload: payload.into() };
        self.push_optional(&frame)?;
        Ok(id)
    }

    /// Tells the other side that its answer could not be understood (2.1, CALLRESULTERROR). `id` is that of
    /// [`Ending::Result`]. The call stays ended.
    ///
    /// # Errors
    /// [`Refused`] before 2.1, which has no words for it, when too many texts wait, or when the connection is
    /// closed.
    pub fn reject_result(&mut self, id: &MessageId, error: CallError) -> Result<(), Refused> {
        self.check_v21()?;
        self.push_optional(&Frame::CallResultError { id: id.clone(), error })
    }
}

/// What to do.
impl Peer {
    /// The next text to send. A call that is handed out here starts its time-out at `now`.
    pub fn poll_transmit(&mut self, now: Duration) -> Option<String> {
        if let Some(text) = pop(&mut self.outbox) {
            return Some(text);
        }
        let deadline = now.saturating_add(self.config.call_timeout);
        let (id, action, payload) = self.outgoing.start(deadline, self.ids.as_mut())?;
        Some(Frame::Call { id, action, payload: payload.into() }.encode(self.version))
    }

    /// The next event to handle.
    pub fn poll_event(&mut self) -> Option<Event> {
        pop(&mut self.events)
    }

    /// When to call [`handle_timeout`](Peer::handle_timeout), if nothing happens before. It changes with
    /// every other method.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.outgoing.deadline()
    }
}

/// How frames are handled.
impl Peer {
    fn tolerate<'a>(&mut self, parsed: Parsed<'a>) -> Result<Frame<'a>, BadFrame> {
        let (id, quirks) = (parsed.frame.id().clone(), parsed.quirks.clone());
        let frame = parsed.within(self.config.quirks)?;
        if !quirks.is_empty() {
            self.report(Event::Tolerated { id, quirks });
        }
        Ok(frame)
    }

    fn handle_frame(&mut self, frame: Frame<'_>) {
        match frame {
            Frame::Call { id, action, payload } => self.handle_call(id, &action, &payload),
            Frame::CallResult { id, payload } => match self.outgoing.answer(&id) {
                Ok(token) => self.end(token, Ending::Result { id, payload: payload.into_owned() }),
                Err(stray) => self.report(Event::Stray { id, stray }),
            },
            Frame::CallError { id, error } => self.handle_call_error(id, error),
            Frame::CallResultError { id, error } => self.report(Event::ResultRejected { id, error }),
            Frame::Send { id, action, payload } => {
                self.report(Event::Send { id, action: action.into_owned(), payload: payload.into_owned() })
            }
        }
    }

    fn handle_call(&mut self, id: MessageId, action: &str, payload: &str) {
        let limit = usize::from(self.config.max_waiting_requests);
        if !self.incoming.is_idle() {
            self.report(Event::Tolerated { id: id.clone(), quirks: Vec::from([Quirk::PipelinedCall]) });
        }
        match self.incoming.accept(id, action, payload, limit) {
            Accepted::Queued => self.serve_next(),
            Accepted::Overflow(id) => {
                let text = "too many calls wait for their answers: send one call at a time";
                let error = CallError::new(ErrorCode::InternalError, text);
                let _ = self.push_optional(&Frame::CallError { id: id.clone(), error });
                self.report(Event::Overflow { id });
            }
        }
    }

    fn handle_call_error(&mut self, id: MessageId, error: CallError) {
        match self.outgoing.answer(&id) {
            Ok(token) => self.end(token, Ending::Error(error)),
            // Some peers refuse an answer this way, for want of CALLRESULTERROR.
            Err(StrayAnswer::Unknown) if self.refuses_an_answer(&id) => {
                self.report(Event::Tolerated { id: id.clone(), quirks: Vec::from([Quirk::ErrorToResult]) });
                self.report(Event::ResultRejected { id, error });
            }
            Err(StrayAnswer::Unknown) if id.is_unreadable() => self.report(Event::Unaddressed { error }),
            Err(stray) => self.report(Event::Stray { id, stray }),
        }
    }

    fn refuses_an_answer(&self, id: &MessageId) -> bool {
        self.config.quirks.contains(Quirk::ErrorToResult) && self.incoming.answered_lately(id)
    }

    /// A broken answer to our call ends it; all other broken frames are reported, and answered when the
    /// version says so.
    fn handle_bad_frame(&mut self, bad: BadFrame) {
        let answered =
            if bad.is_answer() { bad.id.as_ref().map(|id| self.outgoing.answer(id)) } else { None };
        match answered {
            Some(Ok(token)) => {
                self.answer_bad_frame(&bad);
                self.end(token, Ending::BadAnswer(bad));
            }
            Some(Err(_)) => self.report(Event::BadFrame(bad)),
            None => {
                self.answer_bad_frame(&bad);
                self.report(Event::BadFrame(bad));
            }
        }
    }

    fn answer_bad_frame(&mut self, bad: &BadFrame) {
        if let Some(frame) = bad.answer(self.version) {
            // A peer that floods us with garbage gets no answers beyond the limit.
            let _ = self.push_optional(&frame);
        }
    }

    /// Gives out the next call of the other side when none is being served.
    fn serve_next(&mut self) {
        if let Some(event) = self.incoming.next() {
            self.events.push_back(event);
        }
    }

    fn end(&mut self, token: CallToken, ending: Ending) {
        self.events.push_back(Event::Ended { token, ending });
    }

    /// Queues an event that only tells; it is dropped when nobody reads events.
    fn report(&mut self, event: Event) {
        if self.events.len() < MAX_UNREAD_REPORTS {
            self.events.push_back(event);
        }
    }

    /// Queues a text that nobody is owed, within the limit.
    fn push_optional(&mut self, frame: &Frame<'_>) -> Result<(), Refused> {
        if self.outbox.len() >= usize::from(self.config.max_waiting_calls) {
            return Err(Refused::QueueFull);
        }
        self.outbox.push_back(frame.encode(self.version));
        Ok(())
    }

    fn check_room(&self) -> Result<(), Refused> {
        self.check_open()?;
        let is_full = self.outgoing.waiting() >= usize::from(self.config.max_waiting_calls);
        if is_full { Err(Refused::QueueFull) } else { Ok(()) }
    }

    fn check_open(&self) -> Result<(), Refused> {
        if self.state == State::Open { Ok(()) } else { Err(Refused::Closed) }
    }

    fn check_v21(&self) -> Result<(), Refused> {
        self.check_open()?;
        if self.version == Version::V21 { Ok(()) } else { Err(Refused::NotInVersion(self.version)) }
    }
}

impl fmt::Debug for Peer {
    /// Without payloads: they may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer")
            .field("version", &self.version)
            .field("state", &self.state)
            .field("waiting_calls", &self.outgoing.waiting())
            .field("waiting_requests", &self.incoming.waiting())
            .field("unsent", &self.outbox.len())
            .field("unread", &self.events.len())
            .finish_non_exhaustive()
    }
}

/// Takes from a queue, and frees it when it runs empty: most peers are idle most of the time.
fn pop<T>(queue: &mut VecDeque<T>) -> Option<T> {
    let item = queue.pop_front();
    if queue.is_empty() {
        *queue = VecDeque::new();
    }
    item
}
