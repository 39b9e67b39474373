//! Battery swapping (OCPP 2.1, block S).

use alloc::boxed::Box;
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::identity::EvseId;
use super::token::IdToken;

/// What happened in a swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwapStep {
    /// Batteries were put in.
    In,
    /// Batteries were taken out.
    Out,
    /// Batteries were offered and nobody took them.
    NotTaken,
}

/// Batteries that were moved in a swap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatterySwap {
    /// Names the swap: putting in and taking out have the same number.
    pub request: i32,
    /// What happened.
    pub step: SwapStep,
    /// Who swaps.
    pub id_token: IdToken,
    /// The batteries.
    pub batteries: Vec<Battery>,
}

/// A battery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Battery {
    /// The slot that it was put into or taken from.
    pub evse: EvseId,
    /// Its serial number.
    pub serial: Box<str>,
    /// How full it is, in percent.
    pub charge: Decimal,
    /// How healthy it is, in percent.
    pub health: Decimal,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<Timestamp>,
    /// A text of its vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<Box<str>>,
}
