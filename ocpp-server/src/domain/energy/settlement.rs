//! Payments that terminals at stations settled (2.1, C19 to C22).

use jiff::Timestamp;
use ocpp_core::model::{SessionKey, Settlement, StationId};
use serde::{Deserialize, Serialize};

use crate::domain::{PaymentId, Revision, record};

/// What a terminal told of a payment. The terminal has the money: nothing more is captured for it here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettlementEntry {
    /// At which station.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What was told last.
    pub told: Settlement,
    /// When it was heard.
    pub heard_at: Timestamp,
    /// The session that it is for, where the station named one that is known.
    pub session: Option<SessionKey>,
    /// The payment of ours that stood for the same session.
    pub payment: Option<PaymentId>,
    /// Whether our payment had been captured, or was about to be, when the terminal settled: the driver paid twice, and
    /// somebody has to give the money back.
    pub is_doubled: bool,
}

record!(SettlementEntry is Settlement,
    key |entry| SettlementEntry::key_of(&entry.station, &entry.told.reference),
    owner |entry| Some(entry.station.to_string()));

impl SettlementEntry {
    /// Its key: a terminal's reference names a payment once.
    #[must_use]
    pub fn key_of(station: &StationId, reference: &str) -> String {
        format!("{station}/{}", reference.chars().take(255).collect::<String>())
    }
}
