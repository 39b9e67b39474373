//! What a station has in its local list beside what it should have, token by token.

use std::collections::{BTreeMap, BTreeSet};

use ocpp_core::model::StationId;

use super::{ListError, LocalLists};
use crate::domain::StationList;
use crate::store::TypedRecords;

/// A token on which a station would decide otherwise than the manager.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenDrift {
    /// The token in its canonical form.
    pub token: String,
    /// What the station has on it, such as `accepted until 2027-01-01T00:00:00Z`; `None` when it has nothing.
    pub has: Option<String>,
    /// What it should have; `None` when it should not have the token.
    pub wanted: Option<String>,
}

impl std::fmt::Debug for TokenDrift {
    /// Tokens are personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenDrift").field("why", &self.why()).finish_non_exhaustive()
    }
}

impl TokenDrift {
    /// What that means, in one sentence.
    #[must_use]
    pub const fn why(&self) -> &'static str {
        match (&self.has, &self.wanted) {
            (None, _) => "The station does not have it yet.",
            (Some(_), None) => "The station still has it, and decides on it.",
            (Some(_), Some(_)) => "The station decides by what was known before.",
        }
    }
}

impl LocalLists {
    /// The tokens in which the list that a station took differs from the one that it should have, in the order of the
    /// tokens. Empty when it has what it should have.
    ///
    /// # Errors
    /// [`ListError::NotChosen`] when it should have none, and when the store cannot be read.
    pub async fn drift(&self, station: &StationId) -> Result<Vec<TokenDrift>, ListError> {
        let list: Option<StationList> = self.csms.store().get(station.as_str()).await?;
        let list = list.ok_or(ListError::NotChosen)?;
        let limits = list.held.as_ref().map_or_else(Self::widest_limits, Self::limits_then);
        let wanted: BTreeMap<String, String> = self.build(&list.choice, &limits).await?.words().collect();
        let held = list.held.map(|held| held.tokens).unwrap_or_default();
        let tokens: BTreeSet<&String> = wanted.keys().chain(held.keys()).collect();
        let differs = |token: &&String| wanted.get(*token) != held.get(*token);
        let drift = |token: &String| TokenDrift {
            token: token.clone(),
            has: held.get(token).map(|word| said(word)),
            wanted: wanted.get(token).map(|word| said(word)),
        };
        Ok(tokens.into_iter().filter(differs).map(drift).collect())
    }
}

/// A word on a token as people read it: its status, until when, and the group.
fn said(word: &str) -> String {
    let mut parts = word.splitn(3, '|');
    let mut next = || parts.next().unwrap_or_default();
    let mut said = next().to_lowercase();
    for (part, name) in [(next(), "until"), (next(), "in group")] {
        if !part.is_empty() {
            said = format!("{said} {name} {part}");
        }
    }
    said
}
