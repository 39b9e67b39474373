//! The talk with a station: frames in, facts to the handler, answers out.

use std::time::Duration;

use ocpp_core::dialect::{Manager, Misheard, Reply};
use ocpp_core::quirk::{Quirk, Tally};
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
    /// The habits that the station showed on this connection.
    quirks: Tally,
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
        Conversation { peer, dialect: Manager::new(version), quirks: Tally::default() }
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
                Event::Tolerated { quirks, .. } => self.tolerated(visit, "frame", quirks),
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

    /// Counts habits; the first of each kind is told.
    fn tolerated(&mut self, visit: &Visit, place: &str, quirks: impl IntoIterator<Item = Quirk>) {
        for quirk in quirks {
            if self.quirks.count(quirk) == 0 {
                tracing::info!(station = %visit.station, place, %quirk, "a habit of this station is tolerated");
            }
            self.quirks.note(quirk);
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
                return Ok(Err(refusal(&misheard, self.dialect.version())));
            }
        };
        if !heard.findings.is_empty() {
            let findings = heard.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            tracing::debug!(station = %visit.station, action, findings, "tolerated");
            self.tolerated(visit, action, heard.findings.iter().filter_map(|finding| finding.quirk));
        }
        let answer = handler.handle(state, &visit.address, &heard.meaning).await?;
        Ok(match self.dialect.answer(action, &heard.meaning, &answer) {
            Reply::Payload(payload) => Ok(payload),
            Reply::NotSupported(why) => Err(CallError::new(ErrorCode::NotSupported, why)),
        })
    }
}

/// The CALLERROR that answers a call without a meaning.
fn refusal(misheard: &Misheard, version: Version) -> CallError {
    match misheard {
        Misheard::UnknownAction { .. } => CallError::new(ErrorCode::NotImplemented, misheard.to_string()),
        Misheard::WrongDirection { .. } => CallError::new(ErrorCode::NotSupported, misheard.to_string()),
        Misheard::Rejected(rejected) => CallError::rejecting(rejected, version),
    }
}
