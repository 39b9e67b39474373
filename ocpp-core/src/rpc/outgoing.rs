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
    /// The id of a call before, when this is a retry.
    id: Option<MessageId>,
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

    pub(super) fn push(
        &mut self,
        id: Option<MessageId>,
        action: Cow<'static, str>,
        payload: String,
    ) -> CallToken {
        self.last = self.last.wrapping_add(1);
        let token = CallToken(self.last);
        self.waiting.push_back(Waiting { token, id, action, payload });
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
        let Waiting { token, id, action, payload } = super::pop(&mut self.waiting)?;
        let id = id.unwrap_or_else(|| ids.next_id());
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
        let waiting = core::mem::take(&mut self.waiting);
        let outstanding = self.outstanding.take();
        let token = outstanding.as_ref().map(|call| call.token);
        if let Some(call) = outstanding {
            self.remember(call.id, StrayAnswer::Late(call.token));
        }
        (token, waiting.into_iter().map(|call| call.token).collect())
    }

    /// Whether a call of this id waits or is outstanding.
    pub(super) fn is_under_way(&self, id: &MessageId) -> bool {
        self.outstanding.iter().any(|call| call.id == *id)
            || self.waiting.iter().any(|call| call.id.as_ref() == Some(id))
    }

    /// The id under which a call was sent, as long as it is remembered.
    pub(super) fn id_of(&self, token: CallToken) -> Option<&MessageId> {
        let of_token = |stray: &StrayAnswer| matches!(stray, StrayAnswer::Late(ended) | StrayAnswer::Duplicate(ended) if *ended == token);
        let outstanding = self.outstanding.iter().find(|call| call.token == token).map(|call| &call.id);
        outstanding.or_else(|| self.ended.iter().find(|(_, stray)| of_token(stray)).map(|(id, _)| id))
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
