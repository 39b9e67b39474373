//! Local lists (block D): built out of the manager's tokens, sent as a difference where the station still has
//! what it took last, in pieces that it can take, and in full otherwise.

mod build;
mod drift;

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use jiff::Timestamp;
use ocpp_core::model::{
    Command, HeldList, IdToken, ListUpdateKind, LocalListEntry, LocalListUpdate, Outcome, StationId, Verdict,
};

use super::giving::{Given, give};
use crate::Csms;
use crate::domain::{Event, EventKind, ListChoice, ListState, Revision, StationEntry, StationList};
use crate::store::{Change, CommitError, ReadError, TypedRecords, Unit};
use build::{Limits, Wanted, after, difference};
pub use drift::TokenDrift;

/// Why a list was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Nobody knows the station.
    #[error("There is no station {0:?}.")]
    UnknownStation(String),
    /// Nobody has said which tokens it is to have.
    #[error("Nobody has chosen a local list for this station: choose one first.")]
    NotChosen,
    /// It is not connected.
    #[error("The station is not connected: try again when it is.")]
    NotConnected,
    /// The station cannot have the list, or did not take it.
    #[error("The station did not take the list: {0}.")]
    NotTaken(String),
    /// Somebody else sends the list at this moment.
    #[error("The list of this station is being sent already.")]
    Busy,
    /// The store failed.
    #[error("The database fails: {0}. Try again later.")]
    Store(String),
}

impl From<ReadError> for ListError {
    fn from(error: ReadError) -> ListError {
        ListError::Store(error.to_string())
    }
}

impl From<CommitError> for ListError {
    fn from(error: CommitError) -> ListError {
        match error {
            CommitError::Conflict { .. } => ListError::Busy,
            other => ListError::Store(other.to_string()),
        }
    }
}

/// Who gives the orders.
const BY: &str = "local lists";

/// The local lists of a manager's stations. Clones are the same.
#[derive(Clone)]
pub struct LocalLists {
    csms: Csms,
}

/// How a list stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListReport {
    /// What is kept of it.
    pub list: StationList,
    /// Whether the station has what it is to have; `false` after a token was added, changed or blocked.
    pub is_current: bool,
}

/// What became of sending a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSent {
    /// The version that the station has now.
    pub version: u32,
    /// How many messages it took; 0 when the station had the list already.
    pub messages: usize,
    /// Whether it was sent as a difference.
    pub kind: ListUpdateKind,
    /// How many tokens have no place in it.
    pub left_out: u64,
}

impl LocalLists {
    /// The local lists of a manager.
    #[must_use]
    pub const fn new(csms: Csms) -> LocalLists {
        LocalLists { csms }
    }

    /// Says which tokens a station is to have. It is sent by [`LocalLists::send`].
    ///
    /// # Errors
    /// [`ListError`].
    pub async fn choose(&self, station: &StationId, choice: ListChoice) -> Result<StationList, ListError> {
        let store = self.csms.store();
        let known = store.get::<StationEntry>(station.as_str()).await?.is_some()
            || store.station(station).await?.is_some();
        if !known {
            return Err(ListError::UnknownStation(station.to_string()));
        }
        let before: Option<StationList> = store.get(station.as_str()).await?;
        let list = before.unwrap_or_else(|| StationList {
            station: station.clone(),
            revision: Revision::default(),
            choice: choice.clone(),
            held: None,
            left_out: 0,
            state: ListState::NeverSent,
        });
        self.keep(StationList { choice, ..list }).await
    }

    /// How the list of a station stands.
    ///
    /// # Errors
    /// When the store cannot be read; `None` when no list was chosen.
    pub async fn report(&self, station: &StationId) -> Result<Option<ListReport>, ListError> {
        let Some(list) = self.csms.store().get::<StationList>(station.as_str()).await? else {
            return Ok(None);
        };
        let is_current = match &list.held {
            Some(held) => {
                let wanted = self.build(&list.choice, &Self::limits_then(held)).await?;
                wanted.words().collect::<BTreeMap<_, _>>() == held.tokens
            }
            None => false,
        };
        Ok(Some(ListReport { list, is_current }))
    }

    /// Sends a station what it is to have: the difference where it has what it took last, all of it otherwise,
    /// and all of it again when the station does not take the difference (D01.FR.03).
    ///
    /// # Errors
    /// [`ListError`]; what the station took before it went wrong is known all the same.
    pub async fn send(&self, station: &StationId) -> Result<ListSent, ListError> {
        let list: StationList = self.csms.store().get(station.as_str()).await?.ok_or(ListError::NotChosen)?;
        match self.send_list(list).await {
            Err(ListError::NotTaken(why)) => {
                let kept: Option<StationList> = self.csms.store().get(station.as_str()).await?;
                if let Some(kept) = kept {
                    let state = ListState::Failed { at: self.now(), why: why.clone() };
                    self.keep(StationList { state, ..kept }).await?;
                }
                Err(ListError::NotTaken(why))
            }
            result => result,
        }
    }

    /// Removes one token from the list that a station took last. Tells the new version; `None` when the token is not
    /// in it.
    ///
    /// # Errors
    /// [`ListError`].
    pub async fn forget(&self, station: &StationId, token: &IdToken) -> Result<Option<u32>, ListError> {
        let list: Option<StationList> = self.csms.store().get(station.as_str()).await?;
        let Some((list, held)) = list.and_then(|list| list.held.clone().map(|held| (list, held))) else {
            return Ok(None);
        };
        if !held.tokens.contains_key(&*token.canonical()) {
            return Ok(None);
        }
        if self.version(station).await?.map(NonZeroU32::get) != Some(held.version) {
            let why = "it has another list than the one that was sent last: send it anew";
            return Err(ListError::NotTaken(why.to_owned()));
        }
        let limits = Self::limits_then(&held);
        let gone = vec![LocalListEntry { id_token: token.clone(), authorization: None }];
        let wanted = Wanted { entries: Vec::new(), left_out: list.left_out };
        let kind = ListUpdateKind::Differential;
        match self.send_pieces(list, held.version, kind, gone, &wanted, &limits).await? {
            Ok(sent) => Ok(Some(sent.version)),
            Err((_, why)) => Err(ListError::NotTaken(why)),
        }
    }

    async fn send_list(&self, list: StationList) -> Result<ListSent, ListError> {
        let limits = self.limits(&list.station).await?;
        let version = self.version(&list.station).await?;
        let wanted = self.build(&list.choice, &limits).await?;
        let known = list.held.as_ref().filter(|held| Some(held.version) == version.map(NonZeroU32::get));
        if let Some(held) = known {
            let changes = difference(held, &wanted);
            let base = held.version;
            match self
                .send_pieces(list, base, ListUpdateKind::Differential, changes, &wanted, &limits)
                .await?
            {
                Ok(sent) => return Ok(sent),
                // D01.FR.03: all of it.
                Err((list, _)) => return self.send_all(list, base, &wanted, &limits).await,
            }
        }
        let base = version.map_or(0, NonZeroU32::get).max(list.held.as_ref().map_or(0, |held| held.version));
        self.send_all(list, base, &wanted, &limits).await
    }

    async fn send_all(
        &self,
        list: StationList,
        base: u32,
        wanted: &Wanted,
        limits: &Limits,
    ) -> Result<ListSent, ListError> {
        let all = wanted.entries.clone();
        match self.send_pieces(list, base, ListUpdateKind::Full, all, wanted, limits).await? {
            Ok(sent) => Ok(sent),
            Err((_, why)) => Err(ListError::NotTaken(why)),
        }
    }

    /// Sends entries in as many messages as the station needs; each that it takes is kept at once. Inside:
    /// the list and the reason when the station did not take one.
    async fn send_pieces(
        &self,
        mut list: StationList,
        base: u32,
        kind: ListUpdateKind,
        entries: Vec<LocalListEntry>,
        wanted: &Wanted,
        limits: &Limits,
    ) -> Result<Result<ListSent, (StationList, String)>, ListError> {
        list.left_out = wanted.left_out;
        let mut pieces: Vec<Vec<LocalListEntry>> = limits.split(entries);
        if pieces.is_empty() && kind == ListUpdateKind::Full {
            pieces.push(Vec::new()); // D01.FR.04: an empty list.
        }
        let messages = pieces.len();
        let mut version = base;
        for (number, entries) in pieces.into_iter().enumerate() {
            let step = if number == 0 { kind } else { ListUpdateKind::Differential };
            let update = LocalListUpdate { version: next_version(version), kind: step, entries };
            match give(&self.csms, &list.station, Command::SendLocalList(update.clone()), BY).await {
                Given::Answered(Outcome::Verdict(Verdict::Accepted)) => {
                    list.held = Some(after(list.held.take(), &update, limits));
                    list.state = ListState::Sent { at: self.now() };
                    list = self.keep(list).await?;
                }
                Given::Answered(outcome) => return Ok(Err((list, outcome.word()))),
                Given::NotConnected => return Err(ListError::NotConnected),
                Given::Refused(why) => return Err(ListError::NotTaken(why)),
                Given::Unclear(why) => {
                    // Nobody knows which list it has: the next one is sent in full.
                    list.held = None;
                    self.keep(list).await?;
                    return Err(ListError::NotTaken(why));
                }
            }
            version = update.version.get();
        }
        if messages == 0 {
            list.state = ListState::Sent { at: self.now() };
            list = self.keep(list).await?;
        }
        Ok(Ok(ListSent { version, messages, kind, left_out: list.left_out }))
    }

    /// D02.
    async fn version(&self, station: &StationId) -> Result<Option<NonZeroU32>, ListError> {
        match give(&self.csms, station, Command::ReadLocalListVersion, BY).await {
            Given::Answered(Outcome::LocalList(HeldList::Version(version))) => Ok(Some(version)),
            Given::Answered(Outcome::LocalList(HeldList::Nothing)) => Ok(None),
            Given::Answered(outcome) => Err(ListError::NotTaken(outcome.word())),
            Given::NotConnected => Err(ListError::NotConnected),
            Given::Refused(why) | Given::Unclear(why) => Err(ListError::NotTaken(why)),
        }
    }

    async fn keep(&self, list: StationList) -> Result<StationList, ListError> {
        let state = match &list.state {
            ListState::NeverSent => "never_sent",
            ListState::Sent { .. } => "sent",
            ListState::Failed { .. } => "failed",
        };
        let kind = EventKind::LocalListChanged { state: state.to_owned() };
        let event = Event { at: self.now(), station: Some(list.station.clone()), kind };
        let changes = vec![Change::put(&list)];
        self.csms.commit(Unit { changes, events: vec![event], ..Unit::default() }).await?;
        Ok(StationList { revision: list.revision.next(), ..list })
    }

    fn now(&self) -> Timestamp {
        self.csms.now()
    }
}

/// The version after another one; versions start again at 1 and are never 0 (D01.FR.18).
fn next_version(version: u32) -> NonZeroU32 {
    let next = if version >= 2_147_483_647 { 1 } else { version + 1 };
    NonZeroU32::new(next).unwrap_or(NonZeroU32::MIN)
}
