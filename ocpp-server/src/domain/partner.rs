//! Partners: other companies whose systems read what is published (OCPI).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::access::Digest;
use super::record::record;
use super::station::Revision;

/// A partner, and the digest of the token that it calls with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// Its name in lists, a UUID; it is no secret.
    pub id: String,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The digest of its token.
    pub digest: Digest,
    /// What people call it.
    pub name: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// When its token was revoked.
    pub revoked_at: Option<Timestamp>,
}

record!(Partner is Partner, key |partner| partner.id.clone(), owner |partner| Some(partner.digest.0.clone()));
