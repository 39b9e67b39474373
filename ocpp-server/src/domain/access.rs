//! People and programs that may look and act: users, sign-ins, API keys.
//!
//! Secrets are never kept: passwords as argon2id hashes, everything that was generated here as a keyed
//! digest.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record::record;
use super::station::Revision;

/// A keyed digest of a secret (HMAC-SHA-256, hexadecimal). Compared in constant time only, by whoever holds
/// the key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(pub String);

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(…)")
    }
}

/// What a program or person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// See stations, sites, status and refusals.
    #[serde(rename = "stations:read")]
    StationsRead,
    /// Add, change and remove stations and sites.
    #[serde(rename = "stations:write")]
    StationsWrite,
    /// Send commands to stations.
    #[serde(rename = "commands:send")]
    CommandsSend,
    /// See sessions, meter values and receipts.
    #[serde(rename = "sessions:read")]
    SessionsRead,
    /// See tokens, which are personal data.
    #[serde(rename = "tokens:read")]
    TokensRead,
    /// Add, change and remove tokens.
    #[serde(rename = "tokens:write")]
    TokensWrite,
    /// See tariffs.
    #[serde(rename = "tariffs:read")]
    TariffsRead,
    /// Draft, assign and succeed tariffs.
    #[serde(rename = "tariffs:write")]
    TariffsWrite,
    /// See payments.
    #[serde(rename = "payments:read")]
    PaymentsRead,
    /// Refund payments.
    #[serde(rename = "payments:refund")]
    PaymentsRefund,
    /// Add and revoke users and API keys.
    #[serde(rename = "access:manage")]
    AccessManage,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 11] = [
        Scope::StationsRead,
        Scope::StationsWrite,
        Scope::CommandsSend,
        Scope::SessionsRead,
        Scope::TokensRead,
        Scope::TokensWrite,
        Scope::TariffsRead,
        Scope::TariffsWrite,
        Scope::PaymentsRead,
        Scope::PaymentsRefund,
        Scope::AccessManage,
    ];

    /// The name as it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Scope::StationsRead => "stations:read",
            Scope::StationsWrite => "stations:write",
            Scope::CommandsSend => "commands:send",
            Scope::SessionsRead => "sessions:read",
            Scope::TokensRead => "tokens:read",
            Scope::TokensWrite => "tokens:write",
            Scope::TariffsRead => "tariffs:read",
            Scope::TariffsWrite => "tariffs:write",
            Scope::PaymentsRead => "payments:read",
            Scope::PaymentsRefund => "payments:refund",
            Scope::AccessManage => "access:manage",
        }
    }

    /// The scope of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// Somebody who signs in with a name and a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The name to sign in with, in small letters.
    pub name: String,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The password's argon2id hash in PHC form.
    pub password: PasswordHash,
    /// What the user may do.
    pub scopes: BTreeSet<Scope>,
    /// When the user was added.
    pub added_at: Timestamp,
}

record!(User is User, key |user| user.name.clone());

/// An argon2id hash in PHC form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A user who is signed in with one browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// The digest of the cookie.
    pub cookie: Digest,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Who is signed in.
    pub user: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

record!(SignIn is SignIn, key |sign_in| sign_in.cookie.0.clone(), owner |sign_in| Some(sign_in.user.clone()));

/// The link that lets the first user in, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupLink {
    /// The digest of the code in the link.
    pub code: Digest,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// When it ends.
    pub expires_at: Timestamp,
}

record!(SetupLink is SetupLink, key |_| "owner".to_owned());

/// A program's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its name in lists, a UUID; it is no secret.
    pub id: String,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The digest of the key.
    pub digest: Digest,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// When it ends; never when absent.
    pub expires_at: Option<Timestamp>,
    /// When it was made.
    pub added_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

record!(ApiKey is ApiKey, key |key| key.id.clone(), owner |key| Some(key.digest.0.clone()));
