//! A tariff in the structure of OCPP 2.1, block I.
//!
//! The values are in [`model::tariff`](crate::model::tariff); here is what follows from them: whether they fit
//! together, what they say in plain words, and how they are shared out.

mod check;
mod simple;
mod words;

use alloc::vec::Vec;
use core::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use crate::model::tariff::{
    Conditions, DayOfWeek, Description, EnergyPrice, EnergyPrices, EvseKind, FixedPrice, FixedPrices, Limit,
    NotATimeOfDay, Tariff, TaxRate, TimeOfDay, TimePrice, TimePrices,
};
pub use check::Problem;
pub use simple::{SimpleTariff, Variant};
pub use words::in_words;

/// How much each of some taxes is of a price, level by level of their stack (I12.FR.13), in the order of
/// `rates`. `None` when it is too large to be held exactly.
pub(super) fn tax_shares(rates: &[TaxRate]) -> Option<Vec<Decimal>> {
    let mut base = Decimal::ONE;
    let mut shares = alloc::vec![Decimal::ZERO; rates.len()];
    for level in tax_levels(rates) {
        let mut with_level = base;
        for (rate, share) in rates.iter().zip(&mut shares).filter(|(rate, _)| rate.stack == level) {
            *share = rate.tax.checked_mul(Decimal::new(1, 2))?.checked_mul(base)?;
            with_level = with_level.checked_add(*share)?;
        }
        base = with_level;
    }
    Some(shares)
}

/// The levels of a stack of taxes, from the price up.
fn tax_levels(rates: &[TaxRate]) -> Vec<u32> {
    let mut levels: Vec<u32> = rates.iter().map(|rate| rate.stack).collect();
    levels.sort_unstable();
    levels.dedup();
    levels
}

/// What is priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Paid once for a session.
    FixedFee,
    /// Energy.
    Energy,
    /// Time in which energy flows.
    ChargingTime,
    /// Time after that in which the vehicle stays.
    IdleTime,
    /// Paid once for a reservation.
    ReservationFixed,
    /// Time for which a place was reserved.
    ReservationTime,
    /// What is added to reach the least cost.
    MinCost,
    /// What is taken off above the most cost.
    MaxCost,
}

impl Component {
    /// The name of the member of a [`Tariff`], such as `charging_time`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Component::FixedFee => "fixed_fee",
            Component::Energy => "energy",
            Component::ChargingTime => "charging_time",
            Component::IdleTime => "idle_time",
            Component::ReservationFixed => "reservation_fixed",
            Component::ReservationTime => "reservation_time",
            Component::MinCost => "min_cost",
            Component::MaxCost => "max_cost",
        }
    }

    /// What the price is for.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Component::Energy => Unit::Kwh,
            Component::ChargingTime | Component::IdleTime | Component::ReservationTime => Unit::Minute,
            _ => Unit::Piece,
        }
    }
}

impl fmt::Display for Component {
    /// In plain words for a receipt: `Charging time`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Component::FixedFee => "Fixed fee",
            Component::Energy => "Energy",
            Component::ChargingTime => "Charging time",
            Component::IdleTime => "Idle time",
            Component::ReservationFixed => "Reservation fee",
            Component::ReservationTime => "Reservation time",
            Component::MinCost => "Added to the minimum cost",
            Component::MaxCost => "Taken off above the maximum cost",
        })
    }
}

/// What one price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A kilowatt-hour.
    Kwh,
    /// A minute.
    Minute,
    /// Once.
    Piece,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unit::Kwh => "kWh",
            Unit::Minute => "min",
            Unit::Piece => "×",
        })
    }
}

/// One component of a tariff, whatever its prices are for.
#[derive(Debug, Clone)]
pub(super) struct Part<'t> {
    pub(super) component: Component,
    pub(super) prices: Vec<(Decimal, &'t Conditions)>,
    pub(super) tax_rates: &'t [TaxRate],
}

impl Tariff {
    /// The components that it has, in the order of a receipt.
    pub(super) fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        [
            fixed(Component::FixedFee, self.fixed_fee.as_ref()),
            energy(self.energy.as_ref()),
            time(Component::ChargingTime, self.charging_time.as_ref()),
            time(Component::IdleTime, self.idle_time.as_ref()),
            fixed(Component::ReservationFixed, self.reservation_fixed.as_ref()),
            time(Component::ReservationTime, self.reservation_time.as_ref()),
        ]
        .into_iter()
        .flatten()
    }
}

fn energy(of: Option<&EnergyPrices>) -> Option<Part<'_>> {
    let EnergyPrices { prices, tax_rates } = of?;
    let prices = prices.iter().map(|price| (price.price_kwh, &price.conditions)).collect();
    Some(Part { component: Component::Energy, prices, tax_rates })
}

fn time(component: Component, of: Option<&TimePrices>) -> Option<Part<'_>> {
    let TimePrices { prices, tax_rates } = of?;
    let prices = prices.iter().map(|price| (price.price_minute, &price.conditions)).collect();
    Some(Part { component, prices, tax_rates })
}

fn fixed(component: Component, of: Option<&FixedPrices>) -> Option<Part<'_>> {
    let FixedPrices { prices, tax_rates } = of?;
    let prices = prices.iter().map(|price| (price.price_fixed, &price.conditions)).collect();
    Some(Part { component, prices, tax_rates })
}
