//! The lists of tokens that stations decide on by themselves.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ocpp_core::model::StationId;
use serde::{Deserialize, Serialize};

use super::record::record;
use super::station::Revision;

/// The local list of a station: which tokens it is to have, and what the manager knows that it has.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationList {
    /// Whose it is.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Which tokens it is to have.
    pub choice: ListChoice,
    /// The list that the station took last; `None` when that is not known.
    pub held: Option<HeldTokens>,
    /// How many tokens of the choice have no place in it.
    pub left_out: u64,
    /// What became of the last attempt.
    pub state: ListState,
}

record!(StationList is StationList, key |list| list.station.to_string());

impl std::fmt::Debug for StationList {
    /// Tokens are personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let version = self.held.as_ref().map(|held| held.version);
        f.debug_struct("StationList")
            .field("station", &self.station)
            .field("version", &version)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// Which tokens a list has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListChoice {
    /// All that the manager knows.
    All,
    /// Those of one group.
    Group(String),
    /// None: the list is emptied.
    Nothing,
}

/// A list as a station took it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldTokens {
    /// Its version.
    pub version: u32,
    /// The tokens in their canonical form, each with the word that was sent.
    pub tokens: BTreeMap<String, String>,
    /// How many tokens the station takes at most.
    pub room: usize,
    /// How many characters of a token its version can say.
    pub characters: usize,
}

/// What became of the last attempt to send a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ListState {
    /// None was sent yet.
    NeverSent,
    /// The station has it.
    #[allow(missing_docs)]
    Sent { at: Timestamp },
    /// It did not work.
    #[allow(missing_docs)]
    Failed { at: Timestamp, why: String },
}
