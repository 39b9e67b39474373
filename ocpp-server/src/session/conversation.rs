//! The talk with a station: frames in, facts to the handler, answers out.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ocpp_core::dialect::{Manager, Misheard, Reply};
use ocpp_core::model::{Fact, Registration, StationId};
use ocpp_core::quirk::Quirk;
use ocpp_core::rpc::{CallToken, Config, Ending, Event, IdSource, Peer, Refused, ReplyToken};
use ocpp_core::types::Version;
use ocpp_core::wire::{CallError, ErrorCode, MessageId};
use tokio::sync::oneshot;
use tracing::Instrument;
use uuid::Uuid;

use super::live::{CallFailure, Habits, Outbound};
use super::middleware::{Answered, Call, Core, Middleware, Next};
use super::{Open, Service, Visit};
use crate::handle::{HandleError, Handler, StationState};
use crate::metrics::{Caller, Metrics, Outcome, Queued};

/// One connection's RPC peer and translator.
pub(super) struct Conversation {
    peer: Peer,
    dialect: Manager,
    /// Whether this station was asked for messages of its own.
    asked_for: AskedFor,
    /// Who waits for the answers to our own calls.
    waiting: HashMap<CallToken, Waiting>,
    metrics: Metrics,
    /// The habits that the station has shown, on all its connections.
    habits: Habits,
}

/// Who waits for the answer to a call of ours.
struct Waiting {
    action: Box<str>,
    since: Instant,
    answer: oneshot::Sender<Result<String, CallFailure>>,
    _queued: Queued<Metrics>,
}

/// Whether a station was asked for messages of its own on this connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AskedFor {
    Nothing,
    Something,
}

/// The calls after which a pending station may send something (B02.FR.02), by the names of all versions.
const ASKS_FOR_MESSAGES: [&str; 5] =
    ["TriggerMessage", "ExtendedTriggerMessage", "GetBaseReport", "GetReport", "GetLog"];

/// Ids of our own calls: random UUIDs, 36 characters.
struct RandomIds;

impl IdSource for RandomIds {
    fn next_id(&mut self) -> MessageId {
        let id = Uuid::new_v4().to_string();
        MessageId::new(&id).unwrap_or_else(|_| MessageId::unreadable())
    }
}

impl Conversation {
    pub(super) fn new(open: &Open, service: &Service) -> Conversation {
        let (version, station) = (open.visit.version, &open.visit.station);
        let quirks = service.tolerance.quirks(station);
        let config = Config { quirks, ..Config::default() };
        let habits = open.presence.habits();
        tolerated(&habits, &service.metrics, station, "handshake", open.quirks.iter().copied());
        Conversation {
            peer: Peer::new(version, config, Box::new(RandomIds)),
            dialect: Manager::new(version).with_quirks(quirks),
            asked_for: AskedFor::Nothing,
            habits,
            waiting: HashMap::new(),
            metrics: service.metrics.clone(),
        }
    }

    /// Calls the station when its turn comes. Whoever waits learns how the call ended.
    pub(super) fn call(&mut self, call: Outbound) {
        let Outbound { action, payload, answer } = call;
        if ASKS_FOR_MESSAGES.contains(&&*action) {
            self.asked_for = AskedFor::Something;
        }
        match self.peer.call(action.to_string(), payload) {
            Ok(token) => {
                let _queued = Queued::new(self.metrics.clone(), Caller::Manager);
                self.waiting.insert(token, Waiting { action, since: Instant::now(), answer, _queued });
            }
            Err(refused) => {
                let failure = match refused {
                    Refused::QueueFull | Refused::IdInUse => CallFailure::Busy,
                    Refused::Closed | Refused::NotInVersion(_) => CallFailure::NotConnected,
                };
                // Whoever asked may have gone away in the meantime, here and below.
                let _ = answer.send(Err(failure));
            }
        }
    }

    fn ended(&mut self, token: CallToken, ending: Ending) {
        let Some(Waiting { action, since, answer, _queued }) = self.waiting.remove(&token) else { return };
        let outcome = match &ending {
            Ending::Result { .. } => Outcome::Answered,
            Ending::Error(_) | Ending::BadAnswer(_) => Outcome::Refused,
            Ending::TimedOut => Outcome::TimedOut,
            Ending::ClosedUnanswered | Ending::ClosedUnsent => Outcome::Dropped,
        };
        self.metrics.call(Caller::Manager, &action, outcome, since.elapsed());
        let result = match ending {
            Ending::Result { payload, .. } => Ok(payload),
            Ending::Error(error) => Err(CallFailure::Refused(error)),
            Ending::BadAnswer(bad) => Err(CallFailure::BadAnswer(bad.to_string())),
            Ending::TimedOut => Err(CallFailure::NoAnswer),
            Ending::ClosedUnanswered => Err(CallFailure::Gone),
            Ending::ClosedUnsent => Err(CallFailure::NotConnected),
        };
        let _ = answer.send(result);
    }

    pub(super) fn handle_text(&mut self, text: &str) {
        self.peer.handle_text(text);
    }

    pub(super) fn handle_timeout(&mut self, now: Duration) {
        self.peer.handle_timeout(now);
    }

    /// Whether there may be something to be handled by `answer_all`.
    pub(super) fn has_heard(&self) -> bool {
        !self.peer.is_idle()
    }

    /// When to call `handle_timeout`.
    pub(super) fn wake(&self) -> Option<Duration> {
        self.peer.poll_timeout()
    }

    /// The next text to send.
    pub(super) fn poll_transmit(&mut self, now: Duration) -> Option<String> {
        self.peer.poll_transmit(now)
    }

    /// Handles everything that the station has said so far. Answers are ready to be sent afterwards; those
    /// whose content could not be kept are not given at all.
    ///
    /// # Errors
    /// [`HandleError`]: the connection is to be closed.
    pub(super) async fn answer_all(
        &mut self,
        handler: &Handler,
        layers: &[Arc<dyn Middleware>],
        state: &mut StationState,
        visit: &Visit,
    ) -> Result<(), HandleError> {
        while let Some(event) = self.peer.poll_event() {
            match event {
                Event::Call { token, action, payload, .. } => {
                    let answer = self.answer(handler, layers, state, call(visit, &action, &payload)).await?;
                    self.reply(token, answer);
                }
                Event::Send { action, payload, .. } => {
                    // A SEND has no answer, so a refusal is only logged.
                    let call = call(visit, &action, &payload);
                    if let Err(error) = self.answer(handler, layers, state, call).await? {
                        tracing::info!(station = %visit.station, %action, error = error.description, "a SEND was refused");
                    }
                }
                Event::Ended { token, ending } => self.ended(token, ending),
                Event::Tolerated { quirks, .. } => {
                    tolerated(&self.habits, &self.metrics, &visit.station, "frame", quirks)
                }
                Event::BadFrame(bad) => {
                    tracing::info!(station = %visit.station, problem = %bad, "a frame could not be read");
                }
                other => {
                    tracing::debug!(station = %visit.station, event = ?std::mem::discriminant(&other), "noted")
                }
            }
        }
        Ok(())
    }

    fn reply(&mut self, token: ReplyToken, answer: Answered) {
        if let Err(stale) = self.peer.reply(token, answer) {
            tracing::debug!(%stale, "an answer was not sent");
        }
    }

    /// What answers one call. The outer error means that nothing may be answered.
    async fn answer(
        &mut self,
        handler: &Handler,
        layers: &[Arc<dyn Middleware>],
        state: &mut StationState,
        call: Call<'_>,
    ) -> Result<Answered, HandleError> {
        let span = tracing::debug_span!("call", station = %call.station, action = %call.action);
        let (begun, action) = (Instant::now(), call.action.clone().into_owned());
        let _queued = self.metrics.queued(Caller::Station);
        let mut manager = Understanding {
            dialect: &mut self.dialect,
            habits: &self.habits,
            metrics: &self.metrics,
            asked_for: self.asked_for,
            handler,
            state,
        };
        // Without layers the way is direct: a boxed future for each call would be for nothing.
        let answer = match layers {
            [] => manager.understand(&call).instrument(span).await,
            layers => Next::new(layers, &mut manager).run(call).instrument(span).await,
        };
        let outcome = match &answer {
            Ok(Ok(_)) => Outcome::Answered,
            Ok(Err(_)) => Outcome::Refused,
            Err(_) => Outcome::Dropped,
        };
        self.metrics.call(Caller::Station, &action, outcome, begun.elapsed());
        answer
    }
}

fn call<'a>(visit: &'a Visit, action: &'a str, payload: &'a str) -> Call<'a> {
    Call {
        station: &visit.station,
        version: visit.version,
        address: visit.address.as_str().into(),
        action: action.into(),
        payload: payload.into(),
    }
}

/// The manager itself, at the end of all layers: a call becomes a fact, the fact is handled, and its answer
/// is put into words again.
struct Understanding<'a> {
    dialect: &'a mut Manager,
    habits: &'a Habits,
    metrics: &'a Metrics,
    asked_for: AskedFor,
    handler: &'a Handler,
    state: &'a mut StationState,
}

#[async_trait]
impl Core for Understanding<'_> {
    async fn answer(&mut self, call: Call<'_>) -> Result<Answered, HandleError> {
        self.understand(&call).await
    }
}

impl Understanding<'_> {
    async fn understand(&mut self, call: &Call<'_>) -> Result<Answered, HandleError> {
        let heard = match self.dialect.hear(&call.action, &call.payload) {
            Ok(heard) => heard,
            Err(misheard) => {
                tracing::info!(station = %call.station, problem = %misheard, "a call was refused");
                return Ok(Err(refusal(&misheard, self.dialect.version())));
            }
        };
        if !heard.findings.is_empty() {
            let findings = heard.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            tracing::debug!(station = %call.station, action = %call.action, findings, "tolerated");
            let quirks = heard.findings.iter().filter_map(|finding| finding.quirk);
            tolerated(self.habits, self.metrics, call.station, &call.action, quirks);
        }
        if let Some(refusal) = refusal_before_acceptance(self.state, &heard.meaning, self.asked_for) {
            return Ok(Err(refusal));
        }
        let answer = self.handler.handle(self.state, &call.address, &heard.meaning).await?;
        Ok(match self.dialect.answer(&call.action, &heard.meaning, &answer) {
            Reply::Payload(payload) => Ok(payload),
            Reply::NotSupported(why) => Err(CallError::new(ErrorCode::NotSupported, why)),
            Reply::Unsayable(cannot) => {
                tracing::error!(station = %call.station, problem = %cannot, "an answer is not given");
                Err(CallError::new(ErrorCode::InternalError, cannot.to_string()))
            }
        })
    }
}

/// Counts habits; the first of each kind is told.
fn tolerated(
    habits: &Habits,
    metrics: &Metrics,
    station: &StationId,
    place: &str,
    quirks: impl IntoIterator<Item = Quirk>,
) {
    for quirk in quirks {
        metrics.finding(&quirk.to_string());
        if habits.note(quirk) == 1 {
            tracing::info!(%station, place, %quirk, "a habit of this station is tolerated");
        }
    }
}

/// What a station may not say before it is accepted: anything but that it boots (B01.FR.10, B03.FR.07), and,
/// while it is pending, what it was asked for (B02.FR.09). A station that never booted here is heard: it booted
/// with the manager before, and need not do so again.
fn refusal_before_acceptance(state: &StationState, fact: &Fact, asked_for: AskedFor) -> Option<CallError> {
    let is_boot = matches!(fact, Fact::Boot(_));
    let why = match state.station.registration {
        None | Some(Registration::Accepted) => return None,
        Some(Registration::Pending) if is_boot || asked_for == AskedFor::Something => return None,
        Some(Registration::Rejected) if is_boot => return None,
        Some(Registration::Pending) => {
            "the station is pending: it may only boot, or send what it was asked for"
        }
        Some(Registration::Rejected) => {
            "the station is rejected: it may only boot again when its interval is over"
        }
    };
    Some(CallError::new(ErrorCode::SecurityError, why))
}

/// The CALLERROR that answers a call without a meaning.
fn refusal(misheard: &Misheard, version: Version) -> CallError {
    match misheard {
        Misheard::UnknownAction { .. } | Misheard::NotBuilt(_) => {
            CallError::new(ErrorCode::NotImplemented, misheard.to_string())
        }
        Misheard::WrongDirection { .. } => CallError::new(ErrorCode::NotSupported, misheard.to_string()),
        Misheard::Rejected(rejected) => CallError::rejecting(rejected, version),
    }
}
