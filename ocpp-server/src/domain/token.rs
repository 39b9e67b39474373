//! Tokens that operators know: cards, fobs, codes.

use jiff::Timestamp;
use ocpp_core::model::{IdToken, TokenKind};
use serde::{Deserialize, Serialize};

use super::record::record;
use super::station::Revision;

/// A token that the operator knows. Everything but the flags is personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its value as it was written; compared without regard to ASCII case.
    pub value: String,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What kind of identification it is; unspecified tokens are of any kind.
    pub kind: TokenKind,
    /// Tokens of one group may stop each other's sessions.
    pub group: Option<String>,
    /// Who holds it.
    pub holder: Option<String>,
    /// No longer valid from here on.
    pub expires_at: Option<Timestamp>,
    /// Not to be accepted.
    pub blocked: bool,
    /// How many sessions it may have at a time; no limit when absent.
    pub max_concurrent: Option<u32>,
    /// When it was added.
    pub added_at: Timestamp,
}

record!(Token is Token, key |token| token.value.to_ascii_uppercase(), owner |token| token.group.clone());

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token")
            .field("kind", &self.kind)
            .field("expires_at", &self.expires_at)
            .field("blocked", &self.blocked)
            .finish_non_exhaustive()
    }
}

impl Token {
    /// A token without conditions.
    #[must_use]
    pub fn new(value: &str, kind: TokenKind, added_at: Timestamp) -> Token {
        Token {
            value: value.to_owned(),
            revision: Revision::default(),
            kind,
            group: None,
            holder: None,
            expires_at: None,
            blocked: false,
            max_concurrent: None,
            added_at,
        }
    }

    /// The group as stations are told it.
    #[must_use]
    pub fn group_token(&self) -> Option<IdToken> {
        self.group.as_deref().map(|group| IdToken::new(group, TokenKind::CENTRAL))
    }
}
