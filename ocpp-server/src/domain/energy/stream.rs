//! Periodic event streams of stations (2.1, N11 to N15).

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{StationId, Stream, StreamPace, StreamValues};
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::domain::{Revision, record};

/// A stream that a station opened, with the latest values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptStream {
    /// Of which station.
    pub station: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Its number on the station.
    pub id: u32,
    /// The monitor whose values it carries.
    pub monitor: u32,
    /// How often it sends.
    pub pace: StreamPace,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed; `None` as long as it is open.
    pub closed_at: Option<Timestamp>,
    /// How many values have come.
    pub received: u64,
    /// How many waited at the station when it last sent; where this grows, the pace is too slow (N15.FR.05).
    pub pending: u32,
    /// Whether more waited than the time before.
    pub is_falling_behind: bool,
    /// When it last sent.
    pub last_at: Option<Timestamp>,
    /// The latest values, the newest last.
    pub values: Vec<KeptValue>,
}

record!(KeptStream is Stream, key |stream| KeptStream::key_of(&stream.station, stream.id),
    owner |stream| Some(stream.station.to_string()));

/// A value of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptValue {
    /// When it was taken, by the station's clock.
    pub at: Timestamp,
    /// The value as text, at most 300 characters.
    pub value: String,
}

impl KeptStream {
    /// How many streams of a station are kept, open or closed.
    pub const MAX_PER_STATION: usize = 64;
    /// How many of the latest values are kept.
    pub const MAX_VALUES: usize = 100;

    /// Its key.
    #[must_use]
    pub fn key_of(station: &StationId, id: u32) -> String {
        format!("{station}/{id:010}")
    }

    /// A stream that a station opens.
    #[must_use]
    pub const fn opened(station: StationId, stream: &Stream, at: Timestamp) -> KeptStream {
        KeptStream {
            station,
            revision: Revision(0),
            id: stream.id,
            monitor: stream.monitor,
            pace: stream.pace,
            opened_at: at,
            closed_at: None,
            received: 0,
            pending: 0,
            is_falling_behind: false,
            last_at: None,
            values: Vec::new(),
        }
    }

    /// Takes values in.
    pub fn take(&mut self, told: &StreamValues, now: Timestamp) {
        self.received = self.received.saturating_add(told.values.len() as u64);
        self.is_falling_behind = self.last_at.is_some() && told.pending > self.pending;
        self.pending = told.pending;
        self.last_at = Some(now);
        let beyond = told.values.len().saturating_sub(Self::MAX_VALUES);
        self.values.extend(told.values.iter().skip(beyond).map(|one| {
            let millis = one.offset_s.checked_mul(1000.into()).and_then(|millis| millis.to_i64());
            let offset = SignedDuration::from_millis(millis.unwrap_or_default());
            let at = told.base.checked_add(offset).unwrap_or(told.base);
            KeptValue { at, value: super::clipped(&one.value) }
        }));
        let beyond = self.values.len().saturating_sub(Self::MAX_VALUES);
        self.values.drain(..beyond);
    }
}
