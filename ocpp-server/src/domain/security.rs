//! Security events of stations, and certificates on them.

use jiff::Timestamp;
use ocpp_core::model::{
    InstalledCertificate, SecurityEvent, Severity, SigningRequest, SigningUse, StationId,
};
use serde::{Deserialize, Serialize};

use super::access::Digest;
use super::record::record;
use super::station::Revision;

/// A security event of a station, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptSecurityEvent {
    /// Whose.
    pub station: StationId,
    /// Its place among the station's, from 1.
    pub number: u64,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What happened.
    pub what: SecurityEvent,
    /// How much it matters.
    pub severity: Severity,
    /// When the manager heard of it.
    pub heard_at: Timestamp,
}

record!(
    KeptSecurityEvent is SecurityEvent,
    key |kept| KeptSecurityEvent::key_of(&kept.station, kept.number),
    owner |kept| Some(kept.station.to_string())
);

impl KeptSecurityEvent {
    /// The most events that are kept of one station; the oldest make room.
    pub const MAX_PER_STATION: u64 = 1000;

    /// The key of a station's event: lists of one station are in the order in which they came.
    #[must_use]
    pub fn key_of(station: &StationId, number: u64) -> String {
        format!("{station}/{number:012}")
    }
}

/// A station's wish to have a certificate signed, and what became of it (A02, A03).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signing {
    /// Whose.
    pub station: StationId,
    /// Its place among the station's, from 1.
    pub number: u64,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What it wants.
    pub wish: SigningRequest,
    /// How far it is.
    pub state: SigningState,
    /// How often signing or handing over was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub look_at: Timestamp,
    /// When it was wished for.
    pub asked_at: Timestamp,
}

record!(
    Signing is Signing,
    key |signing| Signing::key_of(&signing.station, signing.number),
    owner |signing| Some(signing.station.to_string())
);

impl Signing {
    /// The most that are kept of one station; the oldest make room.
    pub const MAX_PER_STATION: u64 = 20;

    /// The key of a station's wish.
    #[must_use]
    pub fn key_of(station: &StationId, number: u64) -> String {
        format!("{station}/{number:012}")
    }

    /// Which certificate it is about.
    #[must_use]
    pub const fn usage(&self) -> Option<SigningUse> {
        self.wish.usage
    }
}

/// How far a wish for a certificate is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum SigningState {
    /// It is to be signed.
    Asked,
    /// It is signed and is to be handed over.
    #[allow(missing_docs)]
    Signed { chain: String },
    /// The station uses it.
    #[allow(missing_docs)]
    Used { at: Timestamp },
    /// It will not be.
    #[allow(missing_docs)]
    Failed { why: String },
    /// A later wish of the station for the same took its place.
    Superseded,
}

impl SigningState {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            SigningState::Asked => "asked",
            SigningState::Signed { .. } => "signed",
            SigningState::Used { .. } => "used",
            SigningState::Failed { .. } => "failed",
            SigningState::Superseded => "superseded",
        }
    }

    /// Whether something is left to do.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, SigningState::Asked | SigningState::Signed { .. })
    }
}

/// The certificates that a station last told to have (M03).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationCertificates {
    /// Whose.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What it has.
    pub installed: Vec<InstalledCertificate>,
    /// When it said so.
    pub at: Timestamp,
}

record!(StationCertificates is StationCertificates, key |known| known.station.to_string());

/// A key that a station was given and may not use yet (A01). Both this and the one before open, until the station
/// comes with this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingKey {
    /// Whose.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Its digest.
    pub key: Digest,
    /// When it was told.
    pub since: Timestamp,
}

record!(PendingKey is PendingKey, key |pending| pending.station.to_string());
