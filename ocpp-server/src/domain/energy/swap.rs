//! Battery swaps (2.1, block S).

use jiff::Timestamp;
use ocpp_core::model::{Battery, BatterySwap, IdToken, StationId, SwapStep};
use serde::{Deserialize, Serialize};

use crate::domain::{Revision, record};

/// A swap, as it was wished for and as the station told it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwapEntry {
    /// At which station.
    pub station: StationId,
    /// Its number: putting in and taking out have the same.
    pub request: i32,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The order that began it, where one did (S02).
    pub wished: Option<SwapWish>,
    /// Who swaps, as the station told last.
    pub token: Option<IdToken>,
    /// What was told, the latest last.
    pub events: Vec<SwapEvent>,
}

record!(SwapEntry is BatterySwap, key |swap| SwapEntry::key_of(&swap.station, swap.request),
    owner |swap| Some(swap.station.to_string()));

impl std::fmt::Debug for SwapEntry {
    /// Tokens are personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SwapEntry")
            .field("station", &self.station)
            .field("request", &self.request)
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

/// An order to let a driver swap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct SwapWish {
    pub by: String,
    pub at: Timestamp,
}

/// Batteries that were moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwapEvent {
    /// When the manager heard of it.
    pub at: Timestamp,
    /// What happened.
    pub step: SwapStep,
    /// Which batteries, at most 32.
    pub batteries: Vec<Battery>,
}

impl SwapEntry {
    /// How many swaps of a station are kept; the one of the lowest number goes first.
    pub const MAX_PER_STATION: usize = 500;
    /// How many events of a swap are kept.
    pub const MAX_EVENTS: usize = 8;
    /// How many batteries of an event are kept.
    pub const MAX_BATTERIES: usize = 32;

    /// Its key; keys sort as the numbers do.
    #[must_use]
    pub fn key_of(station: &StationId, request: i32) -> String {
        format!("{station}/{:010}", i64::from(request) - i64::from(i32::MIN))
    }

    /// A swap of which nothing is known yet.
    #[must_use]
    pub const fn new(station: StationId, request: i32) -> SwapEntry {
        SwapEntry { station, request, revision: Revision(0), wished: None, token: None, events: Vec::new() }
    }

    /// Takes note of what the station told; the same told again is no second event.
    pub fn note(&mut self, told: &BatterySwap, at: Timestamp) {
        let batteries: Vec<Battery> = told.batteries.iter().take(Self::MAX_BATTERIES).cloned().collect();
        if self.events.last().is_some_and(|last| last.step == told.step && last.batteries == batteries) {
            return;
        }
        self.token = Some(told.id_token.clone());
        self.events.push(SwapEvent { at, step: told.step, batteries });
        let beyond = self.events.len().saturating_sub(Self::MAX_EVENTS);
        self.events.drain(..beyond);
    }

    /// How far it is, in a word: `wished`, `in` (old ones are in), `done` (new ones were taken) or `not_taken`.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match self.events.last().map(|event| event.step) {
            None => "wished",
            Some(SwapStep::In) => "in",
            Some(SwapStep::Out) => "done",
            Some(SwapStep::NotTaken) => "not_taken",
        }
    }
}
