//! The other side's calls: the one that is served, and those that wait.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use super::event::{Event, Receipt, ReplyToken};
use crate::wire::MessageId;

/// How many answered calls are remembered, to know a refusal of our answer, and a retry after a lost one.
const MAX_ANSWERED: usize = 4;

#[derive(Default)]
pub(super) struct Incoming {
    serving: Option<(ReplyToken, MessageId)>,
    waiting: VecDeque<Request>,
    answered: Vec<MessageId>,
    last: u64,
}

struct Request {
    id: MessageId,
    action: String,
    payload: String,
    receipt: Receipt,
}

/// What became of a call that arrived.
pub(super) enum Accepted {
    Queued,
    Overflow(MessageId),
}

impl Incoming {
    pub(super) fn is_idle(&self) -> bool {
        self.serving.is_none() && self.waiting.is_empty()
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Queues a call behind the one that is served and at most `limit` others.
    pub(super) fn accept(&mut self, id: MessageId, action: &str, payload: &str, limit: usize) -> Accepted {
        if self.serving.is_some() && self.waiting.len() >= limit {
            return Accepted::Overflow(id);
        }
        let receipt = if self.is_unanswered(&id) {
            Receipt::Repeated
        } else if self.answered_lately(&id) {
            Receipt::AnsweredBefore
        } else {
            Receipt::First
        };
        self.waiting.push_back(Request { id, action: action.into(), payload: payload.into(), receipt });
        Accepted::Queued
    }

    /// Starts to serve the call that waits longest, unless one is being served.
    pub(super) fn next(&mut self) -> Option<Event> {
        if self.serving.is_some() {
            return None;
        }
        let Request { id, action, payload, receipt } = super::pop(&mut self.waiting)?;
        self.last = self.last.wrapping_add(1);
        let token = ReplyToken(self.last);
        self.serving = Some((token, id.clone()));
        Some(Event::Call { token, id, action, payload, receipt })
    }

    /// Ends the serving of a call; `None` when it is not this one that is served.
    pub(super) fn finish(&mut self, token: ReplyToken) -> Option<MessageId> {
        let (_, id) = self.serving.take_if(|(serving, _)| *serving == token)?;
        self.answered.retain(|answered| *answered != id);
        if self.answered.len() >= MAX_ANSWERED {
            self.answered.remove(0);
        }
        self.answered.push(id.clone());
        Some(id)
    }

    pub(super) fn answered_lately(&self, id: &MessageId) -> bool {
        self.answered.contains(id)
    }

    pub(super) fn clear(&mut self) {
        // The count goes on, so that a reply that comes too late finds nothing.
        *self = Incoming { last: self.last, ..Incoming::default() };
    }

    fn is_unanswered(&self, id: &MessageId) -> bool {
        self.serving.iter().any(|(_, serving)| serving == id)
            || self.waiting.iter().any(|request| request.id == *id)
    }
}
