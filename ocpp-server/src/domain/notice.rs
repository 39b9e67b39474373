//! Notices: a driver wants to be told once when a place is free.

use std::fmt;

use jiff::Timestamp;
use ocpp_core::model::{EvseId, StationId};
use serde::{Deserialize, Serialize};

use super::access::Digest;
use super::place::SiteId;
use super::record::record;
use super::station::Revision;

/// The key of a notice: a UUID, which is no secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeId(pub String);

/// A driver's mail address: personal data, which is kept until the notice is over and told to nobody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailAddress(String);

/// A text is no mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is no mail address: write it such as driver@example.com.")]
pub struct NoMailAddress;

impl MailAddress {
    /// An address as people write it.
    ///
    /// # Errors
    /// [`NoMailAddress`] unless there is something before and a domain after one `@`, without spaces and signs that mean
    /// something in a header; at most 254 characters.
    pub fn new(text: &str) -> Result<MailAddress, NoMailAddress> {
        let text = text.trim();
        let is_fine = |c: char| {
            c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')' | '\\')
        };
        let (local, host) = text.split_once('@').ok_or(NoMailAddress)?;
        let host_is_fine = host.contains('.')
            && host.split('.').all(|label| {
                !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            });
        if local.is_empty() || !host_is_fine || text.len() > 254 || !text.chars().all(is_fine) {
            return Err(NoMailAddress);
        }
        Ok(MailAddress(text.to_owned()))
    }

    /// The address itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAddress(…)")
    }
}

/// How far a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// Whoever has the address is to be asked whether they want it.
    Asked,
    /// They were asked, and have not answered.
    Sent,
    /// They want it, and wait.
    Confirmed,
    /// A place is free: they are to be told.
    Due,
}

/// Somebody who wants to be told once when a place is free. It is removed, with the address, when that is done, when
/// they no longer want it, and at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its key.
    pub id: NoticeId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Whom to tell.
    pub mail: MailAddress,
    /// A keyed digest of the address, to count what one address has.
    pub by: Digest,
    /// At which site.
    pub site: SiteId,
    /// At which EVSE; at any of the site when absent.
    pub evse: Option<(StationId, EvseId)>,
    /// What drivers call the place.
    pub place: String,
    /// How far it is.
    pub state: NoticeState,
    /// When it was asked for.
    pub added_at: Timestamp,
    /// When it ends, whatever happens.
    pub expires_at: Timestamp,
}

record!(Notice is Notice, key |notice| notice.id.0.clone(), owner |notice| Some(notice.by.0.clone()));
