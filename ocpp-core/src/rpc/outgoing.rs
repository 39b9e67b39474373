//! Our calls: those that wait, the one that is outstanding, and the last that ended.

use alloc::borrow::Cow;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::event::{CallToken, StrayAnswer};
use super::ids::IdSource;
use crate::wire::MessageId;

/// How many ended calls are remembered, to tell a late answer from one to nothing.
const MAX_ENDED: usize = 4;

#[derive(Default)]
pub(super) struct Outgoing {
    waiting: VecDeque<Waiting>,
    outstanding: Option<Outstanding>,
    ended: Vec<(MessageId, StrayAnswer)>,
    last: u64,
}

struct Waiting {
    token: CallToken,
    action: Cow<'static, str>,
    payload: String,
}

struct Outstanding {
    token: CallToken,
    id: MessageId,
    deadline: Duration,
}

impl Outgoing {
    pub(super) fn is_idle(&self) -> bool {
        self.outstanding.is_none() && self.waiting.is_empty()
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.outstanding.as_ref().map(|call| call.deadline)
    }

    pub(super) fn push(&mut self, action: Cow<'static, str>, payload: String) -> CallToken {
        self.last = self.last.wrapping_add(1);
        let token = CallToken(self.last);
        self.waiting.push_back(Waiting { token, action, payload });
        token
    }

    /// Makes the next waiting call the outstanding one, if none is.
    pub(super) fn start(
        &mut self,
        deadline: Duration,
        ids: &mut dyn IdSource,
    ) -> Option<(MessageId, Cow<'static, str>, String)> {
        if self.outstanding.is_some() {
            return None;
        }
        let Waiting { token, action, payload } = super::pop(&mut self.waiting)?;
        let id = ids.next_id();
        self.outstanding = Some(Outstanding { token, id: id.clone(), deadline });
        Some((id, action, payload))
    }

    /// Ends the outstanding call when `id` is its id; otherwise says what is known about the id.
    pub(super) fn answer(&mut self, id: &MessageId) -> Result<CallToken, StrayAnswer> {
        match self.outstanding.take_if(|call| call.id == *id) {
            Some(call) => {
                self.remember(call.id, StrayAnswer::Duplicate(call.token));
                Ok(call.token)
            }
            None => Err(self.recall(id)),
        }
    }

    /// Ends the outstanding call when its time is up.
    pub(super) fn expire(&mut self, now: Duration) -> Option<CallToken> {
        let call = self.outstanding.take_if(|call| call.deadline <= now)?;
        self.remember(call.id, StrayAnswer::Late(call.token));
        Some(call.token)
    }

    /// Drops everything: the call that was sent, and those that were not.
    pub(super) fn clear(&mut self) -> (Option<CallToken>, Vec<CallToken>) {
        self.ended = Vec::new();
        let waiting = core::mem::take(&mut self.waiting);
        (self.outstanding.take().map(|call| call.token), waiting.into_iter().map(|call| call.token).collect())
    }

    fn remember(&mut self, id: MessageId, stray: StrayAnswer) {
        if self.ended.len() >= MAX_ENDED {
            self.ended.remove(0);
        }
        self.ended.push((id, stray));
    }

    /// What the last ended call of this id says about a further answer.
    fn recall(&mut self, id: &MessageId) -> StrayAnswer {
        let Some((_, known)) = self.ended.iter_mut().rev().find(|(ended, _)| ended == id) else {
            return StrayAnswer::Unknown;
        };
        let stray = *known;
        if let StrayAnswer::Late(token) = stray {
            *known = StrayAnswer::Duplicate(token);
        }
        stray
    }
}
