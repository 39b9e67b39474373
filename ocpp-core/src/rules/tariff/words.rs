//! A tariff in plain English.

use alloc::string::String;
use alloc::vec::Vec;

use super::Tariff;
use crate::model::Money;

/// The prices of a tariff in plain English, a line each, for drivers.
#[must_use]
pub fn in_words(tariff: &Tariff) -> Vec<String> {
    let line = |part: super::Part<'_>| {
        let prices: Vec<String> = part
            .prices
            .iter()
            .map(|(price, _)| alloc::format!("{}", Money::new(*price, tariff.currency)))
            .collect();
        alloc::format!("{}: {} per {}.", part.component, prices.join(", "), part.component.unit())
    };
    tariff.parts().map(line).collect()
}
