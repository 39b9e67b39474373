//! The talk with a station: frames in, facts to the handler, answers out.

use std::time::Duration;

use ocpp_core::dialect::{Manager, Misheard, Reply};
use ocpp_core::inbound::Fault;
use ocpp_core::rpc::{Config, Event, IdSource, Peer, ReplyToken};
use ocpp_core::types::Version;
use ocpp_core::wire::{CallError, ErrorCode, MessageId};
use uuid::Uuid;

use super::Visit;
use crate::handle::{HandleError, Handler, StationState};

/// One connection's RPC peer and translator.
pub(super) struct Conversation {
    peer: Peer,
    dialect: Manager,
}

/// Ids of our own calls: random UUIDs, 36 characters.
struct RandomIds;

impl IdSource for RandomIds {
    fn next_id(&mut self) -> MessageId {
        let id = Uuid::new_v4().to_string();
        MessageId::new(&id).unwrap_or_else(|_| MessageId::unreadable())
    }
}

impl Conversation {
    pub(super) fn new(version: Version) -> Conversation {
        let peer = Peer::new(version, Config::default(), Box::new(RandomIds));
        Conversation { peer, dialect: Manager::new(version) }
    }

    pub(super) fn handle_text(&mut self, text: &str) {
        self.peer.handle_text(text);
    }

    pub(super) fn handle_timeout(&mut self, now: Duration) {
        self.peer.handle_timeout(now);
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
        state: &mut StationState,
        visit: &Visit,
    ) -> Result<(), HandleError> {
        while let Some(event) = self.peer.poll_event() {
            match event {
                Event::Call { token, action, payload, .. } => {
                    let answer = self.answer(handler, state, visit, &action, &payload).await?;
                    self.reply(token, answer);
                }
                Event::Send { action, payload, .. } => {
                    // A SEND has no answer, so a refusal is only logged.
                    if let Err(error) = self.answer(handler, state, visit, &action, &payload).await? {
                        tracing::info!(station = %visit.station, %action, error = error.description, "a SEND was refused");
                    }
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

    fn reply(&mut self, token: ReplyToken, answer: Result<String, CallError>) {
        if let Err(stale) = self.peer.reply(token, answer) {
            tracing::debug!(%stale, "an answer was not sent");
        }
    }

    /// What answers one call. The outer error means that nothing may be answered.
    async fn answer(
        &mut self,
        handler: &Handler,
        state: &mut StationState,
        visit: &Visit,
        action: &str,
        payload: &str,
    ) -> Result<Result<String, CallError>, HandleError> {
        let heard = match self.dialect.hear(action, payload) {
            Ok(heard) => heard,
            Err(misheard) => {
                tracing::info!(station = %visit.station, problem = %misheard, "a call was refused");
                return Ok(Err(refusal(&misheard)));
            }
        };
        if !heard.findings.is_empty() {
            let findings = heard.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            tracing::debug!(station = %visit.station, action, findings, "tolerated");
        }
        let answer = handler.handle(state, &visit.address, &heard.meaning).await?;
        Ok(match self.dialect.answer(action, &heard.meaning, &answer) {
            Reply::Payload(payload) => Ok(payload),
            Reply::NotSupported(why) => Err(CallError::new(ErrorCode::NotSupported, why)),
        })
    }
}

/// The CALLERROR that answers a call without a meaning.
fn refusal(misheard: &Misheard) -> CallError {
    let code = match misheard {
        Misheard::UnknownAction { .. } | Misheard::NotBuilt(_) => ErrorCode::NotImplemented,
        Misheard::WrongDirection { .. } => ErrorCode::NotSupported,
        Misheard::Rejected(rejected) => match rejected.fault() {
            Fault::Formation => ErrorCode::FormatViolation,
            Fault::Occurrence => ErrorCode::OccurrenceConstraintViolation,
            Fault::Property => ErrorCode::PropertyConstraintViolation,
            Fault::Type => ErrorCode::TypeConstraintViolation,
        },
    };
    CallError::new(code, misheard.to_string())
}
