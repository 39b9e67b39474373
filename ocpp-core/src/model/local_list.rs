//! The list of tokens that a station decides on by itself (block D).

use alloc::vec::Vec;
use core::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::token::{Authorization, IdToken};

/// A new list, or changes of the one that the station has (D01).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalListUpdate {
    /// The version that the list has when this was taken; never 0, which says that there is no list
    /// (D01.FR.18), and at most 2,147,483,647.
    pub version: NonZeroU32,
    /// Whether the entries are the whole list or changes of it.
    pub kind: ListUpdateKind,
    /// Tokens, each once. A full update without any empties the list (D01.FR.04).
    #[serde(default)]
    pub entries: Vec<LocalListEntry>,
}

/// What the entries of an update are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListUpdateKind {
    /// The whole list.
    Full,
    /// Those to add, to change and to remove.
    Differential,
}

/// One token of a local list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalListEntry {
    /// The token; 1.6 can say 20 characters of it.
    pub id_token: IdToken,
    /// Whether it may charge; `None` removes it from the list.
    pub authorization: Option<Authorization>,
}

/// Which list a station has, as it says itself (D02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldList {
    /// It keeps no lists at all; only 1.6 can say so.
    NotSupported,
    /// It has none: it was never sent one, or lists are switched off. In 1.6 an empty list counts as none.
    Nothing,
    /// It has this version.
    Version(NonZeroU32),
}
