//! A tariff in the structure of OCPP 2.1, block I, and what stations say of tariffs.
//!
//! A tariff has up to six components, each a list of prices. Of every list the first price whose conditions
//! all hold counts at a moment, whatever the other lists say (I12.FR.34); a price without conditions always
//! holds. Prices are without tax; the taxes of a component come on top (I12.FR.13).
//!
//! The names are those of `TariffType` in snake case. In JSON prices are texts (`"0.45"`); numbers are read
//! too.

mod conditions;
mod on_station;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::money::Currency;

pub use conditions::{Conditions, DayOfWeek, EvseKind, NotATimeOfDay, TimeOfDay};
pub use on_station::{InstalledTariff, TariffKind, TariffRemoval, TariffWord};

/// What a session costs (`TariffType` of OCPP 2.1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    /// Names this content for ever: a tariff that says something else has another id (I08.FR.08).
    /// 1 to 60 characters.
    pub id: String,
    /// The currency of every price in it.
    pub currency: Currency,
    /// What a display shows to the driver, at most ten texts; [`rules::tariff::in_words`](crate::rules::tariff::in_words) says what the prices are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub description: Vec<Description>,
    /// From when it is in force; at once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Timestamp>,
    /// The price of energy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy: Option<EnergyPrices>,
    /// The price of the time in which energy flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charging_time: Option<TimePrices>,
    /// The price of the time after that in which the vehicle stays without charging.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_time: Option<TimePrices>,
    /// What every session costs, chosen once at its start (I12.FR.30).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_fee: Option<FixedPrices>,
    /// The price of the time for which a place was reserved, chosen once at the start (I12.FR.06).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation_time: Option<TimePrices>,
    /// What a session with a reservation costs besides, chosen once at the start (I12.FR.06).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation_fixed: Option<FixedPrices>,
    /// The least that a session costs once it has ended (I12.FR.38).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_cost: Option<Limit>,
    /// The most that a session costs (I12.FR.39).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_cost: Option<Limit>,
}

/// A text for the driver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The language by RFC 5646, such as `en` or `de-AT`; at most 8 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The text, at most 1024 characters.
    pub text: String,
}

/// The prices of energy and their taxes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnergyPrices {
    /// At least one; the first that holds counts.
    pub prices: Vec<EnergyPrice>,
    /// At most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tax_rates: Vec<TaxRate>,
}

/// A price of energy, and when it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnergyPrice {
    /// For one kilowatt-hour, without tax.
    pub price_kwh: Decimal,
    /// When it holds; always when there are none.
    #[serde(default, skip_serializing_if = "Conditions::is_empty")]
    pub conditions: Conditions,
}

/// The prices of time and their taxes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimePrices {
    /// At least one; the first that holds counts.
    pub prices: Vec<TimePrice>,
    /// At most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tax_rates: Vec<TaxRate>,
}

/// A price of time, and when it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimePrice {
    /// For one minute, without tax.
    pub price_minute: Decimal,
    /// When it holds; always when there are none.
    #[serde(default, skip_serializing_if = "Conditions::is_empty")]
    pub conditions: Conditions,
}

/// Prices that are paid once, and their taxes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedPrices {
    /// At least one; the first that holds at the start counts.
    pub prices: Vec<FixedPrice>,
    /// At most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tax_rates: Vec<TaxRate>,
}

/// A price that is paid once, and when it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedPrice {
    /// Without tax.
    pub price_fixed: Decimal,
    /// When it holds; always when there are none. None on energy, power, current and durations.
    #[serde(default, skip_serializing_if = "Conditions::is_empty")]
    pub conditions: Conditions,
}

/// A tax in percent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxRate {
    /// Which tax, such as `VAT`, for the receipt; 1 to 20 characters.
    #[serde(rename = "type")]
    pub kind: String,
    /// Percent, 0 to 100.
    pub tax: Decimal,
    /// 0 is on the price, 1 on the price with the taxes of 0, and so on.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub stack: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(stack: &u32) -> bool {
    *stack == 0
}

impl TaxRate {
    /// A tax on the price alone.
    #[must_use]
    pub fn on_price(kind: &str, percent: Decimal) -> TaxRate {
        TaxRate { kind: kind.into(), tax: percent, stack: 0 }
    }
}

impl fmt::Display for TaxRate {
    /// `19 % VAT`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} % {}", self.tax.normalize(), self.kind)
    }
}

/// The least or the most that a session costs (`PriceType` of OCPP 2.1): without tax, with tax, or both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Without tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excl_tax: Option<Decimal>,
    /// With tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incl_tax: Option<Decimal>,
    /// The taxes of what is added to reach a least cost; what is taken off at a most cost has the taxes
    /// of what it was. At most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tax_rates: Vec<TaxRate>,
}

impl Tariff {
    /// A tariff without any price: charging is free until one is set.
    #[must_use]
    pub fn free(id: &str, currency: Currency) -> Tariff {
        Tariff {
            id: id.into(),
            currency,
            description: Vec::new(),
            valid_from: None,
            energy: None,
            charging_time: None,
            idle_time: None,
            fixed_fee: None,
            reservation_time: None,
            reservation_fixed: None,
            min_cost: None,
            max_cost: None,
        }
    }
}
