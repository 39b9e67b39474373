//! The list of tokens that the manager lets the station decide on by itself (block D).

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use jiff::Timestamp;
use ocpp_core::model::{
    Authorization, HeldList, IdToken, ListUpdateKind, LocalListEntry, LocalListUpdate, Outcome, Verdict,
};
use serde::{Deserialize, Serialize};

use super::{Engine, Record};

/// The list as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LocalList {
    /// Its version; `None` until the manager has sent one.
    pub version: Option<NonZeroU32>,
    /// Its tokens by their canonical form.
    pub entries: BTreeMap<Box<str>, Authorization>,
}

impl LocalList {
    /// The word on a token. In 1.6 and 2.x a list may say until when the word holds; afterwards the token is as
    /// good as not listed (C14.FR.05).
    pub(super) fn word(&self, token: &IdToken, now: Timestamp) -> Option<&Authorization> {
        self.entries.get(&token.canonical()).filter(|word| word.cache_until.is_none_or(|until| now < until))
    }

    /// The list after an update, or why the update is refused.
    fn updated(&self, update: &LocalListUpdate, max_entries: usize) -> Result<LocalList, Verdict> {
        let distinct: BTreeSet<_> = update.entries.iter().map(|entry| entry.id_token.canonical()).collect();
        if distinct.len() < update.entries.len() {
            return Err(Verdict::Failed); // D01.FR.06
        }
        let mut entries = match update.kind {
            ListUpdateKind::Full => BTreeMap::new(),
            // Changes that are not newer than the list were meant for another one.
            ListUpdateKind::Differential if self.version.is_some_and(|held| update.version <= held) => {
                return Err(Verdict::VersionMismatch);
            }
            ListUpdateKind::Differential => self.entries.clone(),
        };
        for LocalListEntry { id_token, authorization } in &update.entries {
            match authorization {
                Some(word) => drop(entries.insert(id_token.canonical(), word.clone())),
                None if update.kind == ListUpdateKind::Full => return Err(Verdict::Failed),
                None => drop(entries.remove(&id_token.canonical())),
            }
        }
        if entries.len() > max_entries {
            return Err(Verdict::Failed);
        }
        Ok(LocalList { version: Some(update.version), entries })
    }
}

impl Engine {
    pub(super) fn update_local_list(&mut self, update: &LocalListUpdate) -> Outcome {
        if !self.settings.local_list || update.entries.len() > self.settings.list_items_per_message {
            return Outcome::Verdict(Verdict::Failed);
        }
        match self.local_list.updated(update, self.settings.list_max_entries) {
            Ok(list) => {
                self.local_list = list;
                self.keep(Record::LocalList(self.local_list.clone()));
                Outcome::Verdict(Verdict::Accepted)
            }
            Err(verdict) => Outcome::Verdict(verdict),
        }
    }

    /// No list is told while lists are switched off (D02.FR.03).
    pub(super) fn local_list_version(&self) -> Outcome {
        let version = self.local_list.version.filter(|_| self.settings.local_list);
        Outcome::LocalList(version.map_or(HeldList::Nothing, HeldList::Version))
    }
}
