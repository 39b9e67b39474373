//! Who may charge: by the local list, by what the manager said before, by asking (block C).

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::{
    Authorization, AuthorizationStatus, EvseId, Fact, IdToken, Outcome, Registration, StationTxRef, Step,
    StopReason, Trigger, Verdict,
};
use serde::{Deserialize, Serialize};

use super::evse::{Asked, Permit};
use super::queue::FactToken;
use super::reservation::Claim;
use super::{Engine, Record, may_stop};

/// How many words the cache holds.
const CACHE_SIZE: usize = 256;

/// What the manager said of tokens before (C10).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cache {
    words: BTreeMap<Box<str>, Cached>,
    /// Counts what was put in, so that the oldest is known.
    count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Cached {
    word: Authorization,
    number: u64,
}

impl Cache {
    /// The word on a token, until it expires (C10.FR.10).
    fn word(&self, token: &IdToken, now: Timestamp) -> Option<&Authorization> {
        let cached = self.words.get(&token.canonical())?;
        Some(&cached.word).filter(|word| word.cache_until.is_none_or(|until| now < until))
    }

    /// The status that is kept of a token, by its canonical form.
    pub(super) fn status_of(&self, key: &str) -> Option<AuthorizationStatus> {
        self.words.get(key).map(|cached| cached.word.status)
    }

    /// Forgets a token; `false` when it was not known.
    pub(super) fn forget(&mut self, key: &str) -> bool {
        self.words.remove(key).is_some()
    }

    /// A full cache makes room: what was refused goes first, then the oldest (C10.FR.07).
    fn put(&mut self, token: &IdToken, word: Authorization) {
        let key = token.canonical();
        if self.words.len() >= CACHE_SIZE && !self.words.contains_key(&key) {
            let next = self.words.iter().min_by_key(|(_, cached)| (cached.word.is_accepted(), cached.number));
            if let Some(key) = next.map(|(key, _)| key.clone()) {
                self.words.remove(&key);
            }
        }
        self.count += 1;
        self.words.insert(key, Cached { word, number: self.count });
    }
}

/// What the station can say of a token by itself.
enum Local {
    Accepted(Authorization),
    Refused,
    Unknown,
}

/// Presenting tokens.
impl Engine {
    /// The same token, or one of its group, ends a transaction; any other asks to start one.
    pub(super) fn token_presented(&mut self, now: Duration, id: EvseId, token: IdToken) {
        let Some(evse) = self.evses.get(&id) else { return };
        match &evse.transaction {
            Some(running) if may_stop(&running.token, running.group.as_ref(), &token) => {
                self.end_transaction(now, id, StopReason::LOCAL, Trigger::STOP_AUTHORIZED, Some(token));
            }
            Some(_) => {}
            None if self.is_operative(id) => {
                let asked = Asked { token, remote_start: None, trigger: Trigger::AUTHORIZED };
                self.authorize(now, id, asked);
            }
            None => {}
        }
    }

    /// Decides on a token where that can be done here, and asks the manager otherwise.
    pub(super) fn authorize(&mut self, now: Duration, id: EvseId, asked: Asked) {
        let online = self.online && self.registration == Some(Registration::Accepted);
        match self.local_word(now, &asked.token) {
            // C12, C14: without asking.
            Local::Accepted(word) if online && self.settings.local_pre_authorize => {
                self.permit(now, id, asked, word);
            }
            _ if online => {
                let number = self.queue.push(Fact::Authorize(asked.token.clone()));
                if let Some(evse) = self.evses.get_mut(&id) {
                    evse.asked = Some((number, asked));
                }
            }
            // C13.
            Local::Accepted(word) if self.settings.local_authorize_offline => {
                self.permit(now, id, asked, word);
            }
            // C15.
            Local::Unknown if self.settings.offline_unknown => {
                let word = Authorization::of(AuthorizationStatus::Accepted);
                self.permit(now, id, asked, word);
            }
            Local::Accepted(_) | Local::Refused | Local::Unknown => {}
        }
    }

    /// The list goes before the cache (C13.FR.01).
    fn local_word(&self, now: Duration, token: &IdToken) -> Local {
        let time = self.clock.at(now);
        let listed = self.local_list.word(token, time).filter(|_| self.settings.local_list);
        let cached = || self.cache.word(token, time).filter(|_| self.settings.cache);
        match listed.or_else(cached) {
            Some(word) if word.is_accepted() => Local::Accepted(word.clone()),
            Some(_) => Local::Refused,
            None => Local::Unknown,
        }
    }

    pub(super) fn authorized(&mut self, now: Duration, answered: FactToken, word: &Authorization) {
        let Some(evse) = self.evses.values_mut().find(|evse| evse.asked_by(answered)) else { return };
        let id = evse.id;
        let Some((_, asked)) = evse.asked.take() else { return };
        self.remember(&asked.token, word);
        if word.is_accepted() {
            self.permit(now, id, asked, word.clone());
        }
    }

    /// Gives the driver the right to charge, unless the place is kept for somebody else (H03).
    pub(super) fn permit(&mut self, now: Duration, id: EvseId, asked: Asked, word: Authorization) {
        let reservation = match self.claim(id, &asked.token, word.group.as_ref()) {
            Claim::Refused => return,
            Claim::Unreserved => None,
            Claim::Reservation(number) => {
                self.use_up(number);
                Some(number)
            }
        };
        let until = now + self.settings.connection_timeout;
        let Some(evse) = self.evses.get_mut(&id) else { return };
        evse.permit = Some(Permit {
            token: asked.token,
            group: word.group,
            remote_start: asked.remote_start,
            trigger: asked.trigger,
            reservation,
            until,
        });
        self.show_idle(now);
        self.start_if_ready(now, id);
    }

    /// Nobody answered whether a token may charge: what is known here decides.
    pub(super) fn forget_authorization(&mut self, token: FactToken) {
        for evse in self.evses.values_mut().filter(|evse| evse.asked_by(token)) {
            evse.asked = None;
        }
    }

    /// The manager's word on the token of a transaction: without its consent the transaction ends
    /// (StopTransactionOnInvalidId, StopTxOnInvalidId).
    pub(super) fn transaction_word(&mut self, now: Duration, fact: &Fact, word: &Authorization) {
        let Fact::Transaction(fact) = fact else { return };
        if let Some(token) = &fact.id_token {
            self.remember(token, word);
        }
        if word.is_accepted() || fact.step == Step::Ended || !self.settings.stop_on_invalid_id {
            return;
        }
        let StationTxRef::Named(name) = &fact.transaction else { return };
        if let Some(id) = self.evse_of_transaction(name) {
            self.end_transaction(now, id, StopReason::DE_AUTHORIZED, Trigger::DEAUTHORIZED, None);
        }
    }

    /// C10.FR.04, C10.FR.05.
    fn remember(&mut self, token: &IdToken, word: &Authorization) {
        if self.settings.cache {
            self.cache.put(token, word.clone());
            self.keep(Record::Cache(self.cache.clone()));
        }
    }

    /// C11.
    pub(super) fn clear_cache(&mut self) -> Outcome {
        if !self.settings.cache {
            return Outcome::Verdict(Verdict::Rejected); // C11.FR.04
        }
        self.cache = Cache::default();
        self.keep(Record::Cache(Cache::default()));
        Outcome::Verdict(Verdict::Accepted)
    }

    /// Permits whose drivers did not plug in lapse (F02.FR.07).
    pub(super) fn lapse_permits(&mut self, now: Duration) {
        let mut unused = Vec::new();
        for evse in self.evses.values_mut() {
            if evse.permit.as_ref().is_some_and(|permit| permit.until <= now) {
                unused.extend(evse.permit.take().and_then(|permit| permit.reservation));
            }
        }
        // H03.FR.11.
        for id in unused {
            let how = ocpp_core::model::ReservationEnding::NoTransaction;
            self.queue.push(Fact::ReservationEnded { id, how });
        }
        self.show_idle(now);
    }
}
