//! Asking who may charge, and who pays.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use ocpp_core::model::{
    Authorization, AuthorizationStatus, IdToken, Place, SessionKey, StationId, TokenKind,
};

use crate::domain::{Payment, SessionStatus, Token};
use crate::store::{Page, ReadError, SessionFilter, Store, TypedRecords};

/// The question whether a token may charge.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// At which station.
    pub station: &'a StationId,
    /// Where on it, as far as the station has said.
    pub place: Option<Place>,
    /// Which token.
    pub token: &'a IdToken,
    /// The session that it is about, when it has begun.
    pub session: Option<&'a SessionKey>,
    /// The manager's clock.
    pub now: Timestamp,
}

/// Says whether a token may charge at a station. Implement it to ask a system of your own, as
/// `examples/custom_authorizer.rs` does.
#[async_trait]
pub trait Authorizer: Send + Sync {
    /// The word on a token. `None` when nobody can say at this moment: the fallback holds.
    async fn authorize(&self, question: &Question<'_>) -> Option<Authorization>;

    /// How long to wait for the word.
    fn deadline(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// The word when none came in time: refuse, unless an operator decides otherwise.
    fn fallback(&self) -> AuthorizationStatus {
        AuthorizationStatus::Invalid
    }
}

/// Asks `authorizer`, within its deadline.
pub(super) async fn authorize(authorizer: &dyn Authorizer, question: &Question<'_>) -> Authorization {
    let word = tokio::time::timeout(authorizer.deadline(), authorizer.authorize(question)).await;
    word.ok().flatten().unwrap_or_else(|| {
        let fallback = authorizer.fallback();
        tracing::warn!(station = %question.station, ?fallback, "the authorizer gave no word in time, its fallback holds");
        Authorization::of(fallback)
    })
}

/// Accepts every token: for trying out.
#[derive(Debug, Clone, Copy, Default)]
pub struct EveryToken;

#[async_trait]
impl Authorizer for EveryToken {
    async fn authorize(&self, _: &Question<'_>) -> Option<Authorization> {
        Some(Authorization::of(AuthorizationStatus::Accepted))
    }
}

/// Accepts a fixed set of tokens, compared without regard to ASCII case; all others are `Invalid`.
#[derive(Clone, Default)]
pub struct KnownTokens(BTreeSet<Box<str>>);

impl KnownTokens {
    /// Knows these tokens.
    pub fn new<'a>(tokens: impl IntoIterator<Item = &'a str>) -> KnownTokens {
        KnownTokens(tokens.into_iter().map(|token| token.to_ascii_uppercase().into_boxed_str()).collect())
    }
}

#[async_trait]
impl Authorizer for KnownTokens {
    async fn authorize(&self, question: &Question<'_>) -> Option<Authorization> {
        let known = self.0.contains(&question.token.canonical());
        let status = if known { AuthorizationStatus::Accepted } else { AuthorizationStatus::Invalid };
        Some(Authorization::of(status))
    }
}

/// What tokens of payments begin with. Together with 15 random signs they fit into the 20 characters of 1.6.
pub const PAYMENT_TOKEN_PREFIX: &str = "PAY";

/// Knows the tokens of the store, and those that stand for payments.
pub struct StoredTokens {
    store: Arc<dyn Store>,
    unknown: AuthorizationStatus,
}

impl StoredTokens {
    /// Knows the tokens of `store`; all others are `Invalid`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> StoredTokens {
        StoredTokens { store, unknown: AuthorizationStatus::Invalid }
    }

    /// The same, but tokens that nobody knows are accepted: for trying out.
    #[must_use]
    pub fn accepting_unknown(mut self) -> StoredTokens {
        self.unknown = AuthorizationStatus::Accepted;
        self
    }

    async fn word(&self, question: &Question<'_>) -> Result<Authorization, ReadError> {
        if let Some(payment) = payment_of(&*self.store, question.token).await? {
            return Ok(word_on_payment(&payment, question));
        }
        let token: Option<Token> = self.store.get(&question.token.canonical()).await?;
        let Some(token) = token.filter(|token| is_of_kind(token, question.token)) else {
            return Ok(Authorization::of(self.unknown));
        };
        let status = self.status(&token, question).await?;
        Ok(Authorization { status, cache_until: token.expires_at, group: token.group_token() })
    }

    async fn status(&self, token: &Token, question: &Question<'_>) -> Result<AuthorizationStatus, ReadError> {
        if token.blocked {
            return Ok(AuthorizationStatus::Blocked);
        }
        if token.expires_at.is_some_and(|expires_at| expires_at <= question.now) {
            return Ok(AuthorizationStatus::Expired);
        }
        let Some(limit) = token.max_concurrent else { return Ok(AuthorizationStatus::Accepted) };
        let filter = SessionFilter {
            station: None,
            status: Some(SessionStatus::Active),
            token: Some(question.token.canonical().into()),
        };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let page = Page { after: None, limit: limit.saturating_add(1) };
        let running = self.store.sessions(filter, page).await?;
        let others = running.iter().filter(|session| Some(&session.key) != question.session).count();
        let is_free = others < limit;
        Ok(if is_free { AuthorizationStatus::Accepted } else { AuthorizationStatus::ConcurrentTx })
    }
}

#[async_trait]
impl Authorizer for StoredTokens {
    async fn authorize(&self, question: &Question<'_>) -> Option<Authorization> {
        match self.word(question).await {
            Ok(word) => Some(word),
            Err(error) => {
                tracing::error!(%error, "a token cannot be looked up");
                None
            }
        }
    }
}

/// A kind that is not said, as in 1.6, is any kind.
fn is_of_kind(known: &Token, presented: &IdToken) -> bool {
    [&known.kind, &presented.kind].contains(&&TokenKind::UNSPECIFIED) || known.kind == presented.kind
}

/// How long a station may remember the token of a payment: long enough that none takes it for expired.
const PAYMENT_CACHED_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// A payment's token is for one session at one station.
fn word_on_payment(payment: &Payment, question: &Question<'_>) -> Authorization {
    let is_its_own = payment.session.is_some() && payment.session.as_ref() == question.session;
    let is_here = payment.station == *question.station;
    let is_free = payment.state.lets_charge() && payment.session.is_none();
    let status = if is_here && (is_free || is_its_own) {
        AuthorizationStatus::Accepted
    } else {
        AuthorizationStatus::Invalid
    };
    let cache_until = question.now.checked_add(PAYMENT_CACHED_FOR).ok();
    Authorization { status, cache_until, group: None }
}

/// The payment that a token stands for.
pub(super) async fn payment_of(store: &dyn Store, token: &IdToken) -> Result<Option<Payment>, ReadError> {
    if !token.canonical().starts_with(PAYMENT_TOKEN_PREFIX) {
        return Ok(None);
    }
    let payments: Vec<Payment> = store.owned(&token.canonical(), 1).await?;
    Ok(payments.into_iter().next())
}
