//! Orders to stations as they are kept: what was ordered, by whom, and what came of it.

use jiff::Timestamp;
use ocpp_core::model::{Command, Outcome, StationId};
use serde::{Deserialize, Serialize};

use super::batch::BatchId;
use super::record::record;
use super::station::Revision;

/// Names an order. Later orders have higher names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderId(pub String);

impl OrderId {
    /// A name that no order has yet.
    #[must_use]
    pub fn fresh() -> OrderId {
        OrderId(uuid::Uuid::now_v7().to_string())
    }
}

impl std::fmt::Display for OrderId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An order to one station, from the moment it was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderEntry {
    /// Its name.
    pub id: OrderId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Who is to obey.
    pub station: StationId,
    /// What was ordered. Passwords and keys in it are kept only until it has ended.
    pub command: Command,
    /// Who ordered it: a user, a key, or a part of the manager.
    pub by: String,
    /// When it was given.
    pub at: Timestamp,
    /// Until when it may wait for a station that is not connected; `None` where it may not wait.
    pub until: Option<Timestamp>,
    /// The bulk order that it is part of.
    pub batch: Option<BatchId>,
    /// When it was sent; `None` where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
    /// How far it is.
    pub state: OrderState,
}

record!(OrderEntry is Order, key |order| order.id.0.clone(), owner |order| Some(order.station.to_string()));

/// How far an order is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OrderState {
    /// It waits for its turn, or for the station.
    Waiting,
    /// It is on its way, and may have been done.
    #[allow(missing_docs)]
    Sent { at: Timestamp },
    /// It has ended.
    #[allow(missing_docs)]
    Ended { at: Timestamp, ending: Ending },
}

impl OrderState {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            OrderState::Waiting => "waiting",
            OrderState::Sent { .. } => "sent",
            OrderState::Ended { .. } => "ended",
        }
    }
}

/// How an order ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Ending {
    /// The station answered: it took the order or refused it, as the outcome says.
    #[allow(missing_docs)]
    Answered { outcome: Outcome },
    /// The station refused the call itself (CALLERROR).
    #[allow(missing_docs)]
    Refused { code: String, description: String },
    /// The version that the station speaks has no words for it; nothing was sent.
    #[allow(missing_docs)]
    CannotSay { why: String },
    /// The station's registration forbids it (B02, B03); nothing was sent.
    #[allow(missing_docs)]
    NotAllowed { why: String },
    /// The station was not connected, and the order was not to wait; nothing was sent.
    NotConnected,
    /// The station did not come before the order's time was over; nothing was sent.
    Expired,
    /// Somebody took it back before it was sent.
    #[allow(missing_docs)]
    Withdrawn { by: String },
    /// It was sent, and nobody knows whether it was done.
    #[allow(missing_docs)]
    NoAnswer { why: String },
    /// The station's answer cannot be understood. It may have been done.
    #[allow(missing_docs)]
    BadAnswer { why: String },
}

impl Ending {
    /// Whether the station took the order.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Ending::Answered { outcome } if outcome.is_success())
    }

    /// What happened, as a short sentence without a full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Ending::Answered { outcome } => outcome.word(),
            Ending::Refused { code, description } if description.is_empty() => format!("refused ({code})"),
            Ending::Refused { code, description } => format!("refused ({code}): {description}"),
            Ending::CannotSay { why } | Ending::NotAllowed { why } => format!("not sent: {why}"),
            Ending::NotConnected => "not sent: the station was not connected".to_owned(),
            Ending::Expired => "not sent: the station did not come in time".to_owned(),
            Ending::Withdrawn { by } => format!("taken back by {by}"),
            Ending::NoAnswer { why } => format!("no answer: {why}"),
            Ending::BadAnswer { why } => format!("the answer cannot be understood: {why}"),
        }
    }
}

/// Names an order that has not ended, so that those are found without a look at all that ever were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOrder {
    /// The order.
    pub id: OrderId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Whose it is.
    pub station: StationId,
}

record!(OpenOrder is OpenOrder, key |open| open.id.0.clone(), owner |open| Some(open.station.to_string()));
