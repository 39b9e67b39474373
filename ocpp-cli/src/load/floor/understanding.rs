//! The floor that understands what it keeps: frames by the RPC rules, calls by the types and rules of their version, as
//! the manager reads them; answers in its types; both frames masked in a message log. What the manager costs beyond it
//! is the price of knowing: what was said before, what follows from it, and telling others of it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use futures_util::{SinkExt, StreamExt};
use jiff::Timestamp;
use ocpp_core::dialect::{Manager, Reply};
use ocpp_core::model::{Answer, Authorization, AuthorizationStatus, Fact, Registration, StationId};
use ocpp_core::rpc::{Config, Event, Peer, SequentialIds};
use ocpp_core::types::Version;
use ocpp_core::wire::{CallError, ErrorCode};
use ocpp_server::message_log::{MessageLog, PseudonymKey, Settings, Way};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::has_to_be_kept;
use super::journal::Journal;
use crate::exit::Failure;

/// Understands and keeps what stations say. Clones are handles to the same.
#[derive(Clone)]
pub(super) struct Listener {
    journal: Journal,
    log: MessageLog,
    numbers: Arc<AtomicI64>,
}

impl Listener {
    /// Opens a new database and a new message log in a directory.
    ///
    /// # Errors
    /// When they cannot be made there.
    pub(super) fn open(directory: &Path) -> Result<Listener, Failure> {
        let journal = Journal::open(directory)?;
        let settings = Settings::new(PseudonymKey::derive(directory.as_os_str().as_encoded_bytes()));
        let log = MessageLog::open(&directory.join("log"), settings)
            .map_err(|error| Failure::unavailable("the message log of the floor", &error))?;
        Ok(Listener { journal, log, numbers: Arc::new(AtomicI64::new(1)) })
    }

    /// Answers a station until its connection ends. `None` when it broke.
    pub(super) async fn answer_all(
        &self,
        station: &Arc<str>,
        version: Version,
        socket: &mut WebSocketStream<TcpStream>,
    ) -> Option<()> {
        let id = StationId::new(station).ok()?;
        let start = Instant::now();
        let ids = SequentialIds::new("floor").ok()?;
        let mut peer = Peer::new(version, Config::default(), Box::new(ids));
        let mut dialect = Manager::new(version);
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message.ok()? else { continue };
            self.log.note(&id, Timestamp::now(), Way::FromStation, &text);
            peer.handle_text(&text);
            while let Some(event) = peer.poll_event() {
                let Event::Call { token, action, payload, .. } = event else { continue };
                let answer = self.answer(&mut dialect, station, &action, &payload, &text).await?;
                peer.reply(token, answer).ok()?;
            }
            while let Some(frame) = peer.poll_transmit(start.elapsed()) {
                self.log.note(&id, Timestamp::now(), Way::ToStation, &frame);
                socket.send(Message::text(frame)).await.ok()?;
            }
        }
        Some(())
    }

    /// The answer to a call, after it was kept. `None` when it cannot be kept.
    async fn answer(
        &self,
        dialect: &mut Manager,
        station: &Arc<str>,
        action: &str,
        payload: &str,
        frame: &Utf8Bytes,
    ) -> Option<Result<String, CallError>> {
        let Ok(heard) = dialect.hear(action, payload) else {
            return Some(Err(CallError::new(ErrorCode::FormatViolation, "the floor does not understand it")));
        };
        if has_to_be_kept(action) {
            self.journal.keep_only(station, frame.clone()).await?;
        }
        Some(match dialect.answer(action, &heard.meaning, &self.word(&heard.meaning)) {
            Reply::Payload(payload) => Ok(payload),
            Reply::NotSupported(why) => Err(CallError::new(ErrorCode::NotSupported, why)),
            Reply::Unsayable(cannot) => Err(CallError::new(ErrorCode::InternalError, cannot.to_string())),
        })
    }

    /// Everything is accepted.
    fn word(&self, fact: &Fact) -> Answer {
        let accepted = || Authorization::of(AuthorizationStatus::Accepted);
        match fact {
            Fact::Boot(_) => {
                Answer::Boot { registration: Registration::Accepted, now: Timestamp::now(), interval_s: 300 }
            }
            Fact::Heartbeat => Answer::Heartbeat { now: Timestamp::now() },
            Fact::Authorize(_) => Answer::Authorize(accepted()),
            Fact::Transaction(report) => Answer::Transaction {
                number: Some(self.numbers.fetch_add(1, Ordering::Relaxed)),
                authorization: report.id_token.as_ref().map(|_| accepted()),
                total_cost: None,
            },
            _ => Answer::Noted,
        }
    }
}
