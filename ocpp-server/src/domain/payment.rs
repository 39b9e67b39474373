//! Payments: an amount that is held before a session and captured after it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ocpp_core::model::{EvseId, Money, SessionKey, StationId};
use serde::{Deserialize, Serialize};

use super::record::record;
use super::station::Revision;

/// The key of a payment: a UUID of version 7, so that keys sort by time. Whoever knows it may follow the
/// payment; 74 bits of it are random. It is the seed of the keys that make outside calls idempotent.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PaymentId(pub String);

impl std::fmt::Debug for PaymentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PaymentId({}…)", self.0.chars().take(8).collect::<String>())
    }
}

/// How far a payment has come.
///
/// ```text
/// Requested ─► Held ─► Starting ─► Charging ─► Capturing ─► Captured
///     │          │         │           └──────► Releasing ─► Released
///     │          └─────────┴──────────────────► Releasing
///     ├─► Declined
///     └─► Releasing      (nobody knows whether the hold was made)
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PaymentState {
    /// The driver wants to pay; the gateway is to hold the amount.
    Requested,
    /// The gateway refused the hold. The end.
    #[allow(missing_docs)]
    Declined { reason: String },
    /// The amount is held; the station is to be told to start.
    Held,
    /// The station agreed; the driver is to plug in.
    #[allow(missing_docs)]
    Starting { since: Timestamp },
    /// A session charges on it.
    Charging,
    /// The session ended: this amount is to be captured.
    #[allow(missing_docs)]
    Capturing { amount: Money },
    /// Paid. The end, but for refunds.
    #[allow(missing_docs)]
    Captured { amount: Money, refunded: Money },
    /// The hold is to be given back.
    #[allow(missing_docs)]
    Releasing { reason: String },
    /// Nothing was paid and nothing is held. The end.
    #[allow(missing_docs)]
    Released { reason: String },
}

impl PaymentState {
    /// The state in one word, as it is spelled in records and answers.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            PaymentState::Requested => "requested",
            PaymentState::Declined { .. } => "declined",
            PaymentState::Held => "held",
            PaymentState::Starting { .. } => "starting",
            PaymentState::Charging => "charging",
            PaymentState::Capturing { .. } => "capturing",
            PaymentState::Captured { .. } => "captured",
            PaymentState::Releasing { .. } => "releasing",
            PaymentState::Released { .. } => "released",
        }
    }

    /// Whether nothing more happens by itself.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            PaymentState::Declined { .. } | PaymentState::Captured { .. } | PaymentState::Released { .. }
        )
    }

    /// Whether it is decided what is captured: nothing more can change the receipt of its session.
    #[must_use]
    pub const fn is_decided(&self) -> bool {
        self.is_final() || matches!(self, PaymentState::Releasing { .. })
    }

    /// Whether it keeps its EVSE for its driver.
    #[must_use]
    pub const fn occupies(&self) -> bool {
        matches!(self, PaymentState::Requested) || self.lets_charge()
    }

    /// Whether a session may charge on it.
    #[must_use]
    pub const fn lets_charge(&self) -> bool {
        matches!(self, PaymentState::Held | PaymentState::Starting { .. } | PaymentState::Charging)
    }
}

/// How far a refund has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RefundState {
    /// The gateway is to do it.
    Requested,
    /// The money is given back.
    Done,
    /// The gateway refused.
    #[allow(missing_docs)]
    Refused { reason: String },
}

/// A refund of a captured payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// How much is given back.
    pub amount: Money,
    /// How far it has come.
    #[serde(flatten)]
    pub state: RefundState,
}

/// A payment for one session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Its key.
    pub id: PaymentId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Where the driver wants to charge.
    pub station: StationId,
    /// At which EVSE.
    pub evse: EvseId,
    /// The token that stands for this payment at the station: at most 20 characters, so that 1.6 can say it.
    pub token: String,
    /// Which gateway holds the money.
    pub gateway: String,
    /// What the driver pays with, as the gateway names it.
    pub instrument: String,
    /// The amount that is held.
    pub hold: Money,
    /// The gateway's own reference of the hold.
    pub reference: Option<String>,
    /// How far it has come.
    pub state: PaymentState,
    /// The session that charges on it.
    pub session: Option<SessionKey>,
    /// What was given back of the captured amount, or is to be, by the key of whoever asked for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refunds: BTreeMap<String, Refund>,
    /// Why the manager told the station to stop, when it did.
    pub stopped: Option<String>,
    /// When the driver asked for it.
    pub requested_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

record!(Payment is Payment, key |payment| payment.id.0.clone(), owner |payment| Some(payment.token.clone()));

impl std::fmt::Debug for Payment {
    /// Without the token and the references: whoever knows them may charge on it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Payment")
            .field("id", &self.id)
            .field("revision", &self.revision)
            .field("station", &self.station)
            .field("evse", &self.evse)
            .field("gateway", &self.gateway)
            .field("hold", &self.hold)
            .field("state", &self.state)
            .field("session", &self.session)
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}

/// Which payment has an EVSE for itself, from the driver's wish to the end of the session. It is never taken
/// away, only handed on: it counts as long as its payment [`occupies`](PaymentState::occupies) the EVSE.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvseClaim {
    /// Where.
    pub station: StationId,
    /// At which EVSE.
    pub evse: EvseId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The payment.
    pub payment: PaymentId,
}

record!(EvseClaim is EvseClaim, key |claim| EvseClaim::key_of(&claim.station, claim.evse));

impl EvseClaim {
    /// The key of the claim on an EVSE.
    #[must_use]
    pub fn key_of(station: &StationId, evse: EvseId) -> String {
        format!("{}/{station}", evse.0)
    }
}

impl Payment {
    /// The key under which the gateway does `what` (`hold`, `capture`, `release`) once and not twice.
    #[must_use]
    pub fn idempotency_key(&self, what: &str) -> String {
        format!("{}/{what}", self.id.0)
    }
}
