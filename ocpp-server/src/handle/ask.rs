//! Asking who may charge.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use ocpp_core::model::{Authorization, AuthorizationStatus, IdToken, StationId};

/// Says whether a token may charge at a station. Implement it to ask a system of your own.
#[async_trait]
pub trait Authorizer: Send + Sync {
    /// The word on `token` at `station`.
    async fn authorize(&self, station: &StationId, token: &IdToken) -> Authorization;

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
pub(super) async fn authorize(
    authorizer: &dyn Authorizer,
    station: &StationId,
    token: &IdToken,
) -> Authorization {
    match tokio::time::timeout(authorizer.deadline(), authorizer.authorize(station, token)).await {
        Ok(authorization) => authorization,
        Err(_elapsed) => {
            let fallback = authorizer.fallback();
            tracing::warn!(%station, ?fallback, "the authorizer gave no word in time, its fallback holds");
            Authorization::of(fallback)
        }
    }
}

/// Accepts every token: for trying out.
#[derive(Debug, Clone, Copy, Default)]
pub struct EveryToken;

#[async_trait]
impl Authorizer for EveryToken {
    async fn authorize(&self, _: &StationId, _: &IdToken) -> Authorization {
        Authorization::of(AuthorizationStatus::Accepted)
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
    async fn authorize(&self, _: &StationId, token: &IdToken) -> Authorization {
        let known = self.0.contains(&token.canonical());
        Authorization::of(if known { AuthorizationStatus::Accepted } else { AuthorizationStatus::Invalid })
    }
}
