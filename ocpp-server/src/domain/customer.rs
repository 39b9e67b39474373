//! What stations were asked about customers, and what they told (N09, N10). All of it is personal data.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use ocpp_core::model::{CustomerPiece, CustomerReference, StationId};
use serde::{Deserialize, Serialize};

use super::record::record;
use super::station::Revision;

/// A question about a customer to a station, and what came of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRequest {
    /// Who was asked.
    pub station: StationId,
    /// Its number among the station's, from 1.
    pub request: i32,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Who is meant.
    pub customer: CustomerReference,
    /// Whether the station was to report what it knows.
    pub report: bool,
    /// Whether it was to forget it.
    pub clear: bool,
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When all of this is deleted here.
    pub expires_at: Timestamp,
    /// How far it is.
    pub state: CustomerState,
    /// The parts that came, by their numbers.
    pub parts: BTreeMap<u32, String>,
    /// The number of the last part, when that came.
    pub last: Option<u32>,
    /// Whether more came than is kept.
    pub cut: bool,
    /// What became of the customer's place in the station's local list (N10.FR.02).
    pub local_list: Option<String>,
}

record!(
    CustomerRequest is CustomerRequest,
    key |asked| CustomerRequest::key_of(&asked.station, asked.request),
    owner |asked| Some(asked.station.to_string())
);

/// How far a question about a customer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CustomerState {
    /// The station was asked, and has not answered.
    Asked,
    /// The station took the order; what it tells is awaited.
    Accepted,
    /// All that it tells has come.
    #[allow(missing_docs)]
    Told { at: Timestamp },
    /// It did not take the order, or nobody knows.
    #[allow(missing_docs)]
    Failed { why: String },
}

impl CustomerState {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            CustomerState::Asked => "asked",
            CustomerState::Accepted => "accepted",
            CustomerState::Told { .. } => "told",
            CustomerState::Failed { .. } => "failed",
        }
    }
}

impl CustomerRequest {
    /// The most parts that are kept of one report, of at most 512 characters each.
    pub const MAX_PARTS: usize = 200;
    /// The most questions that are kept of one station; the oldest make room.
    pub const MAX_PER_STATION: usize = 50;

    /// The key of a station's question.
    #[must_use]
    pub fn key_of(station: &StationId, request: i32) -> String {
        format!("{station}/{request:010}")
    }

    /// Takes a part of the report, in whatever order the parts come.
    pub fn take(&mut self, piece: &CustomerPiece, now: Timestamp) {
        if self.parts.len() < Self::MAX_PARTS || self.parts.contains_key(&piece.seq) {
            self.parts.insert(piece.seq, piece.data.to_string());
        } else {
            self.cut = true;
        }
        if !piece.more {
            self.last = Some(piece.seq);
        }
        let whole = |last| (0..=last).all(|seq| self.parts.contains_key(&seq));
        if self.last.is_some_and(|last| self.cut || whole(last)) {
            self.state = CustomerState::Told { at: now };
        }
    }

    /// The text, joined in the order of its parts.
    #[must_use]
    pub fn text(&self) -> String {
        self.parts.values().map(String::as_str).collect()
    }
}

impl fmt::Debug for CustomerRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomerRequest")
            .field("station", &self.station)
            .field("request", &self.request)
            .field("state", &self.state)
            .field("parts", &self.parts.len())
            .finish_non_exhaustive()
    }
}
