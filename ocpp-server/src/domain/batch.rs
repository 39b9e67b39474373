//! Bulk orders: the same order to many stations.

use jiff::Timestamp;
use ocpp_core::model::{Command, StationId};
use serde::{Deserialize, Serialize};

use super::order::OrderId;
use super::record::record;
use super::station::Revision;

/// Names a bulk order. Later ones have higher names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(pub String);

impl BatchId {
    /// A name that no bulk order has yet.
    #[must_use]
    pub fn fresh() -> BatchId {
        BatchId(uuid::Uuid::now_v7().to_string())
    }
}

impl std::fmt::Display for BatchId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same order to many stations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Its name.
    pub id: BatchId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What people call it.
    pub name: String,
    /// What was ordered. Passwords and keys in it are kept only until it has ended or was stopped.
    pub command: Command,
    /// Passwords or keys were taken out of the command, so that it cannot be given again.
    #[serde(default)]
    pub is_incomplete: bool,
    /// Who ordered it.
    pub by: String,
    /// When it was given.
    pub at: Timestamp,
    /// Until when it may wait for stations that are not connected; `None` where it may not wait.
    pub until: Option<Timestamp>,
    /// How many connected stations are at it at the same time.
    pub at_once: u32,
    /// How many stations it is for.
    pub stations: u32,
    /// How far it is.
    pub state: BatchState,
}

record!(Batch is Batch, key |batch| batch.id.0.clone());

/// How far a bulk order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// Stations are being given the order.
    Running,
    /// No more stations are given it; those that have it end as they end.
    Stopped,
    /// Every station has its result.
    Ended,
}

impl BatchState {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            BatchState::Running => "running",
            BatchState::Stopped => "stopped",
            BatchState::Ended => "ended",
        }
    }
}

/// What a bulk order came to at one station.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchItem {
    /// The bulk order.
    pub batch: BatchId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The station.
    pub station: StationId,
    /// The order that the station was given last.
    pub order: Option<OrderId>,
    /// What came of it.
    pub result: Option<ItemResult>,
}

record!(BatchItem is BatchItem, key |item| BatchItem::key_of(&item.batch, &item.station), owner |item| Some(item.batch.0.clone()));

impl BatchItem {
    /// The key of a station's part in a bulk order.
    #[must_use]
    pub fn key_of(batch: &BatchId, station: &StationId) -> String {
        format!("{batch}/{station}")
    }
}

/// What came of an order at one station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemResult {
    /// Whether the station took the order.
    pub succeeded: bool,
    /// What happened, as a short sentence.
    pub text: String,
    /// When.
    pub at: Timestamp,
}
