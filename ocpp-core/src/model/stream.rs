//! Periodic event streams (OCPP 2.1, block N).

use alloc::boxed::Box;
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Values of a monitor that a station sends on and on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// Its number on the station.
    pub id: u32,
    /// The monitor whose values it carries.
    pub monitor: u32,
    /// How often it sends.
    #[serde(default)]
    pub pace: StreamPace,
}

/// How often a stream sends: by time, by count, or what comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StreamPace {
    /// Seconds after which it sends what it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_s: Option<u32>,
    /// So many values after which it sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<u32>,
}

/// Values of a stream (N15).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamValues {
    /// The number of the stream.
    pub id: u32,
    /// How many values still wait at the station.
    pub pending: u32,
    /// The moment from which the times of the values count.
    pub base: Timestamp,
    /// The values.
    pub values: Vec<StreamValue>,
}

/// One value of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamValue {
    /// Seconds after the base.
    pub offset_s: Decimal,
    /// The value as text.
    pub value: Box<str>,
}
