//! The tariffs that most operators have, from a handful of numbers.

use alloc::string::String;
use alloc::vec::Vec;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    Conditions, DayOfWeek, EnergyPrice, EnergyPrices, FixedPrice, FixedPrices, Tariff, TaxRate, TimeOfDay,
    TimePrice, TimePrices,
};
use crate::model::Currency;

/// A simple tariff, which becomes a [`Tariff`].
///
/// ```
/// use ocpp_core::model::Currency;
/// use ocpp_core::rules::tariff::{SimpleTariff, Tariff, TaxRate, in_words};
/// use rust_decimal::Decimal;
///
/// let tariff = Tariff::from(SimpleTariff {
///     price_kwh: Some(Decimal::new(45, 2)),
///     price_idle_minute: Some(Decimal::new(10, 2)),
///     idle_grace_minutes: 15,
///     tax: Some(TaxRate::on_price("VAT", 19.into())),
///     ..SimpleTariff::new("2026-1", Currency::EUR)
/// });
/// assert!(tariff.check().is_empty());
/// assert_eq!(
///     in_words(&tariff),
///     [
///         "Energy: 0.45 EUR per kWh, plus 19 % VAT (0.5355 EUR with tax).",
///         "Idle time after 15 min: 0.10 EUR per minute, plus 19 % VAT (0.119 EUR with tax).",
///     ]
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimpleTariff {
    /// As [`Tariff::id`].
    pub id: String,
    /// The currency of all prices.
    pub currency: Currency,
    /// For a kilowatt-hour, without tax.
    #[serde(default)]
    pub price_kwh: Option<Decimal>,
    /// For a minute in which energy flows, without tax.
    #[serde(default)]
    pub price_charging_minute: Option<Decimal>,
    /// For a minute in which the vehicle stays without charging, without tax.
    #[serde(default)]
    pub price_idle_minute: Option<Decimal>,
    /// How many minutes of every idle period cost nothing.
    #[serde(default)]
    pub idle_grace_minutes: u32,
    /// Paid once for a session, without tax.
    #[serde(default)]
    pub fixed_fee: Option<Decimal>,
    /// The tax on everything.
    #[serde(default)]
    pub tax: Option<TaxRate>,
    /// Other prices at certain times; the first that holds counts, and where it names no price the price
    /// of the tariff.
    #[serde(default)]
    pub variants: Vec<Variant>,
}

/// Other prices at certain times of the week.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Variant {
    /// On these days; on every day when empty.
    pub day_of_week: Vec<DayOfWeek>,
    /// From this time of day.
    pub start_time_of_day: Option<TimeOfDay>,
    /// Until before this time of day.
    pub end_time_of_day: Option<TimeOfDay>,
    /// For a kilowatt-hour, without tax.
    pub price_kwh: Option<Decimal>,
    /// For a minute in which energy flows, without tax.
    pub price_charging_minute: Option<Decimal>,
    /// For a minute in which the vehicle stays without charging, without tax.
    pub price_idle_minute: Option<Decimal>,
}

impl Variant {
    fn conditions(&self) -> Conditions {
        Conditions {
            start_time_of_day: self.start_time_of_day,
            end_time_of_day: self.end_time_of_day,
            day_of_week: self.day_of_week.clone(),
            ..Conditions::default()
        }
    }
}

impl SimpleTariff {
    /// Without any price.
    #[must_use]
    pub fn new(id: &str, currency: Currency) -> SimpleTariff {
        SimpleTariff {
            id: id.into(),
            currency,
            price_kwh: None,
            price_charging_minute: None,
            price_idle_minute: None,
            idle_grace_minutes: 0,
            fixed_fee: None,
            tax: None,
            variants: Vec::new(),
        }
    }

    /// The prices of one component: those of the variants first, then the one that always holds.
    fn prices(
        &self,
        of_variant: fn(&Variant) -> Option<Decimal>,
        always: Option<Decimal>,
    ) -> Vec<(Decimal, Conditions)> {
        let variants =
            self.variants.iter().filter_map(|v| of_variant(v).map(|price| (price, v.conditions())));
        variants.chain(always.map(|price| (price, Conditions::default()))).collect()
    }

    fn time_prices(&self, prices: Vec<(Decimal, Conditions)>) -> Option<TimePrices> {
        let prices: Vec<_> = prices
            .into_iter()
            .map(|(price_minute, conditions)| TimePrice { price_minute, conditions })
            .collect();
        (!prices.is_empty()).then(|| TimePrices { prices, tax_rates: self.tax_rates() })
    }

    fn tax_rates(&self) -> Vec<TaxRate> {
        self.tax.iter().cloned().collect()
    }
}

impl From<SimpleTariff> for Tariff {
    fn from(simple: SimpleTariff) -> Tariff {
        let energy: Vec<_> = simple
            .prices(|v| v.price_kwh, simple.price_kwh)
            .into_iter()
            .map(|(price_kwh, conditions)| EnergyPrice { price_kwh, conditions })
            .collect();
        let charging = simple.prices(|v| v.price_charging_minute, simple.price_charging_minute);
        let mut idle = simple.prices(|v| v.price_idle_minute, simple.price_idle_minute);
        if simple.idle_grace_minutes > 0 {
            let grace = simple.idle_grace_minutes.saturating_mul(60);
            idle.iter_mut().for_each(|(_, conditions)| conditions.min_idle_time = Some(grace));
        }
        let fixed_fee = simple.fixed_fee.map(|price_fixed| FixedPrices {
            prices: [FixedPrice { price_fixed, conditions: Conditions::default() }].into(),
            tax_rates: simple.tax_rates(),
        });
        Tariff {
            energy: (!energy.is_empty())
                .then(|| EnergyPrices { prices: energy, tax_rates: simple.tax_rates() }),
            charging_time: simple.time_prices(charging),
            idle_time: simple.time_prices(idle),
            fixed_fee,
            ..Tariff::free(&simple.id, simple.currency)
        }
    }
}
