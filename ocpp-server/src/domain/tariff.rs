//! Tariffs as they are kept: drafted, published, succeeded.

use jiff::Timestamp;
use ocpp_core::rules::tariff::Tariff;
use serde::{Deserialize, Serialize};

use super::record::record;
use super::station::Revision;

/// The key of a tariff: at most 60 characters, as OCPP 2.1 has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TariffId(pub String);

/// A tariff and its course of life. Once it is assigned to a site or a station it is published: it may have
/// priced a session, and is never changed again, only succeeded by another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TariffEntry {
    /// Its key.
    pub id: TariffId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What operators call it.
    pub name: String,
    /// The prices.
    pub tariff: Tariff,
    /// When it was drafted.
    pub added_at: Timestamp,
    /// When it was first assigned; it does not change from then on.
    pub published_at: Option<Timestamp>,
    /// The tariff that took its place.
    pub successor: Option<TariffId>,
    /// The tariff whose place it took.
    pub predecessor: Option<TariffId>,
}

record!(TariffEntry is Tariff, key |entry| entry.id.0.clone());
