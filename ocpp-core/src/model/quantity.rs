//! Quantities with their unit in the type.

use core::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

/// Energy in whole watt-hours; negative only as a difference of registers that ran backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wh(pub i64);

impl Wh {
    /// Rounds half away from zero to a whole watt-hour; `None` outside the range of `i64`.
    #[must_use]
    pub fn from_decimal(wh: Decimal) -> Option<Wh> {
        round(wh).map(Wh)
    }

    /// `self − earlier`, `None` on overflow.
    #[must_use]
    pub fn since(self, earlier: Wh) -> Option<Wh> {
        self.0.checked_sub(earlier.0).map(Wh)
    }
}

impl fmt::Display for Wh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Wh", self.0)
    }
}

/// Power in whole watts; negative when the vehicle feeds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Watts(pub i64);

impl Watts {
    /// Rounds half away from zero to a whole watt; `None` outside the range of `i64`.
    #[must_use]
    pub fn from_decimal(watts: Decimal) -> Option<Watts> {
        round(watts).map(Watts)
    }
}

impl fmt::Display for Watts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} W", self.0)
    }
}

/// A share in whole percent, 0 to 100, as a vehicle's state of charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Percent(u8);

impl Percent {
    /// `None` above 100.
    #[must_use]
    pub const fn new(percent: u8) -> Option<Percent> {
        if percent <= 100 { Some(Percent(percent)) } else { None }
    }

    /// Rounds to a whole percent; `None` outside 0 to 100.
    #[must_use]
    pub fn from_decimal(percent: Decimal) -> Option<Percent> {
        round(percent).and_then(|whole| u8::try_from(whole).ok()).and_then(Percent::new)
    }

    /// The number, 0 to 100.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

fn round(value: Decimal) -> Option<i64> {
    value.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero).to_i64()
}
