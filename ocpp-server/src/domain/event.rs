//! Events: what changed, in the order in which it was committed. They leave through the outbox.

use jiff::Timestamp;
use ocpp_core::model::{
    Availability, Boot, FirmwareProgress, LogProgress, Place, PortFault, PortStatus, PublicationProgress,
    Registration, SecurityEvent, SessionKey, SigningUse, StationId,
};
use ocpp_core::types::Version;
use serde::{Deserialize, Serialize};

use super::campaign::CampaignId;

use super::batch::{BatchId, BatchState};
use super::order::OrderId;
use super::payment::PaymentId;
use super::record::RecordKind;
use super::refusal::{RefusalReason, Refused};
use super::session::SessionNumber;

/// The place of an event in the order of commits, from 1, without gaps that a reader has to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub u64);

/// What changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum EventKind {
    StationConnected {
        version: Version,
        address: String,
    },
    StationDisconnected {
        reason: String,
    },
    StationBooted {
        boot: Boot,
        registration: Registration,
    },
    StatusChanged {
        place: Place,
        status: PortStatus,
        fault: Option<PortFault>,
    },
    SessionStarted {
        session: SessionKey,
    },
    SessionUpdated {
        session: SessionKey,
    },
    SessionEnded {
        session: SessionKey,
    },
    /// Meter values outside any session.
    MeterReported {
        place: Place,
        readings: Vec<ocpp_core::model::Reading>,
    },
    /// A legal message that the manager takes note of without acting on it, with its payload as raw JSON; where the
    /// model has words for it, those.
    MessageNoted {
        action: String,
        payload: String,
    },
    /// The update of a station came one step further, as [`UpdateState::name`](super::UpdateState::name) says.
    UpdateChanged {
        request: u32,
        state: String,
        campaign: Option<CampaignId>,
    },
    /// A campaign came one step further.
    CampaignChanged {
        campaign: CampaignId,
        state: String,
    },
    /// A log of a station came one step further, as [`LogState::name`](super::LogState::name) says.
    LogChanged {
        request: u32,
        state: String,
    },
    /// A wish for a certificate came one step further.
    SigningChanged {
        number: u64,
        state: String,
    },
    /// A station told how far it is with its firmware.
    FirmwareReported(FirmwareProgress),
    /// A local controller told how far it is with offering firmware.
    PublicationReported(PublicationProgress),
    /// A station told how far it is with uploading a log.
    LogReported(LogProgress),
    /// Something happened on a station that matters for its security.
    SecurityReported(SecurityEvent),
    /// A station wants a certificate of its own signed.
    SigningRequested {
        usage: Option<SigningUse>,
        accepted: bool,
    },
    Refused {
        who: Refused,
        reason: RefusalReason,
        address: String,
    },
    /// A record was written. Its key is no secret and no personal data, or is left out.
    RecordChanged {
        record: RecordKind,
        key: Option<String>,
    },
    /// A record was removed.
    RecordRemoved {
        record: RecordKind,
        key: Option<String>,
    },
    /// A payment came one step further.
    PaymentChanged {
        payment: PaymentId,
        state: String,
    },
    /// An order came one step further, as [`OrderState::name`](super::OrderState::name) says.
    OrderChanged {
        order: OrderId,
        state: String,
        batch: Option<BatchId>,
    },
    /// A bulk order came one step further.
    BatchChanged {
        batch: BatchId,
        state: BatchState,
    },
    /// A reservation came one step further, as [`ReservationState::name`](super::ReservationState::name) says.
    ReservationChanged {
        number: i64,
        state: String,
    },
    /// The local list of the station was sent, or could not be.
    LocalListChanged {
        state: String,
    },
    /// A report of the station on its settings came one step further, as
    /// [`ReportState::name`](super::ReportState::name) says.
    ReportChanged {
        number: u64,
        state: String,
        /// How many settings it had so far.
        settings: u32,
    },
    /// The station answered what was read or changed of its settings.
    SettingsLearnt {
        /// How many settings.
        settings: u32,
    },
    /// What an operator wants of the availability of a place changed, or the station was told.
    AvailabilityWished {
        place: Place,
        availability: Availability,
    },
    /// The receipt of a session was issued.
    ReceiptIssued {
        session: SessionKey,
        number: SessionNumber,
    },
}

/// Something that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When the manager learnt of it.
    pub at: Timestamp,
    /// The station concerned.
    pub station: Option<StationId>,
    /// What changed.
    pub kind: EventKind,
}

/// An event as it was committed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredEvent {
    /// Its place in the order of commits.
    pub id: EventId,
    /// What changed.
    pub event: Event,
}
