//! Messages on the displays of stations (block O).

use jiff::Timestamp;
use ocpp_core::model::{DisplayMessage, DisplayPriority, DisplayReport, StationId};
use serde::{Deserialize, Serialize};

use super::record::record;
use super::station::Revision;

/// The messages for the displays of a station: what is to be there, and what the manager knows to be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationDisplay {
    /// Whose.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The messages, in the order of their numbers.
    pub messages: Vec<KeptMessage>,
    /// When the station last reported all of them.
    pub told_at: Option<Timestamp>,
    /// The number of the last report that was asked for.
    pub last_request: i32,
    /// The report that is awaited, or comes in.
    pub report: Option<AwaitedMessages>,
}

record!(StationDisplay is StationDisplay, key |known| known.station.to_string());

/// A message for a display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptMessage {
    /// The message.
    pub message: DisplayMessage,
    /// Whether it is put back when the station has lost it.
    pub keep: bool,
    /// Who set it, where that was here.
    pub by: Option<String>,
    /// How it stands.
    pub state: MessageState,
}

/// How a message for a display stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum MessageState {
    /// The station is to get it.
    #[allow(missing_docs)]
    Waiting { why: String },
    /// The station has it.
    #[allow(missing_docs)]
    Set { at: Timestamp },
    /// The station did not take it.
    #[allow(missing_docs)]
    Refused { why: String },
    /// The station had it, and has it no longer.
    #[allow(missing_docs)]
    Lost { at: Timestamp },
}

impl MessageState {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            MessageState::Waiting { .. } => "waiting",
            MessageState::Set { .. } => "set",
            MessageState::Refused { .. } => "refused",
            MessageState::Lost { .. } => "lost",
        }
    }

    /// Why, where there is more to say.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            MessageState::Waiting { why } | MessageState::Refused { why } => Some(why),
            MessageState::Set { .. } | MessageState::Lost { .. } => None,
        }
    }
}

/// A report on messages that is awaited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitedMessages {
    /// The number of the order.
    pub request: i32,
    /// Whether it is to have all messages.
    pub whole: bool,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// The messages that came; their parts have no numbers.
    pub seen: Vec<DisplayMessage>,
}

impl StationDisplay {
    /// The most messages that are kept of one station.
    pub const MAX: usize = 200;

    /// Nothing is known yet.
    #[must_use]
    pub const fn unknown(station: StationId) -> StationDisplay {
        StationDisplay {
            station,
            revision: Revision(0),
            messages: Vec::new(),
            told_at: None,
            last_request: 0,
            report: None,
        }
    }

    /// The message of this number.
    #[must_use]
    pub fn message(&self, id: i64) -> Option<&KeptMessage> {
        self.messages.iter().find(|kept| kept.message.id == id)
    }

    /// The lowest number from 1 that no message has.
    #[must_use]
    pub fn free_number(&self) -> i64 {
        let is_free = |id: &i64| self.message(*id).is_none();
        (1..).find(is_free).unwrap_or(1)
    }

    /// Expects a report; tells its number.
    pub fn await_report(&mut self, whole: bool, at: Timestamp) -> i32 {
        self.last_request = if self.last_request == i32::MAX { 1 } else { self.last_request + 1 };
        let request = self.last_request;
        self.report = Some(AwaitedMessages { request, whole, asked_at: at, seen: Vec::new() });
        request
    }

    /// Takes a part of a report; tells whether it is complete now. What nobody here asked for is taken over as far
    /// as it goes.
    pub fn take(&mut self, part: &DisplayReport, now: Timestamp) -> bool {
        let Some(report) = self.report.as_mut().filter(|report| report.request == part.request) else {
            part.messages.iter().for_each(|message| self.see(message, now));
            return !part.more;
        };
        let room = Self::MAX.saturating_sub(report.seen.len());
        report.seen.extend(part.messages.iter().take(room).cloned());
        if part.more {
            return false;
        }
        if let Some(report) = self.report.take() {
            self.close(&report, now);
        }
        true
    }

    /// The station has no message that fits: the report is over before it began (O03.FR.06).
    pub fn take_nothing(&mut self, request: i32, now: Timestamp) {
        if let Some(report) = self.report.take_if(|report| report.request == request) {
            self.close(&report, now);
        }
    }

    fn close(&mut self, report: &AwaitedMessages, now: Timestamp) {
        report.seen.iter().for_each(|message| self.see(message, now));
        if !report.whole {
            return;
        }
        self.told_at = Some(now);
        let is_seen = |kept: &KeptMessage| report.seen.iter().any(|seen| seen.id == kept.message.id);
        let missing = |kept: &KeptMessage| !is_seen(kept) && matches!(kept.state, MessageState::Set { .. });
        self.messages.retain(|kept| !missing(kept) || (kept.keep && !is_over(&kept.message, now)));
        for kept in self.messages.iter_mut().filter(|kept| missing(kept)) {
            kept.state = MessageState::Lost { at: now };
        }
    }

    /// The station has this message.
    fn see(&mut self, message: &DisplayMessage, now: Timestamp) {
        let before = self.message(message.id);
        let kept = KeptMessage {
            message: message.clone(),
            keep: before.is_some_and(|kept| kept.keep),
            by: before.and_then(|kept| kept.by.clone()),
            state: match before.map(|kept| &kept.state) {
                Some(MessageState::Set { at }) => MessageState::Set { at: *at },
                _ => MessageState::Set { at: now },
            },
        };
        self.put(kept);
    }

    /// A message for the display; one that the station took ends an earlier one that is always in front
    /// (O01.FR.16).
    pub fn put(&mut self, kept: KeptMessage) {
        let alone = |message: &DisplayMessage| message.priority == DisplayPriority::AlwaysFront;
        if matches!(kept.state, MessageState::Set { .. }) && alone(&kept.message) {
            let (id, display) = (kept.message.id, &kept.message.display);
            self.messages.retain(|other| {
                other.message.id == id || !alone(&other.message) || other.message.display != *display
            });
        }
        match self.messages.binary_search_by_key(&kept.message.id, |other| other.message.id) {
            Ok(at) => self.messages[at] = kept,
            Err(_) if self.messages.len() >= Self::MAX => {}
            Err(at) => self.messages.insert(at, kept),
        }
    }

    /// Forgets a message.
    pub fn remove(&mut self, id: i64) {
        self.messages.retain(|kept| kept.message.id != id);
    }

    /// Forgets what stations remove by themselves: messages whose time is over (O01.FR.07).
    pub fn forget_over(&mut self, now: Timestamp) {
        self.messages.retain(|kept| !is_over(&kept.message, now));
    }

    /// Forgets the messages of a transaction that has ended, as the station does (O02.FR.02). Tells whether there
    /// were any.
    pub fn end_transaction(&mut self, name: &str) -> bool {
        let before = self.messages.len();
        self.messages.retain(|kept| kept.message.transaction.as_deref() != Some(name));
        self.messages.len() < before
    }

    /// The messages that are to be there and are not.
    #[must_use]
    pub fn missing(&self, now: Timestamp) -> Vec<KeptMessage> {
        let is_missing = |kept: &&KeptMessage| {
            let gone = matches!(kept.state, MessageState::Waiting { .. } | MessageState::Lost { .. });
            kept.keep && gone && !is_over(&kept.message, now)
        };
        self.messages.iter().filter(is_missing).cloned().collect()
    }
}

fn is_over(message: &DisplayMessage, now: Timestamp) -> bool {
    message.until.is_some_and(|until| until <= now)
}
