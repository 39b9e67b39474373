//! What charging costs on the spot.

use ocpp_core::rules::tariff::{Conditions, Tariff, TaxRate};
use rust_decimal::{Decimal, RoundingStrategy};

use super::xml::Element;
use super::{moment, multilingual};
use crate::manager::public::now::EvseNow;
use crate::manager::public::price::{Offered, effective};

/// The key of the rate of a charging point.
fn id_of(evse: &EvseNow) -> String {
    format!("{}-rate", evse.uid)
}

/// The rate as the table tells it: the prices themselves are told by the status.
pub(super) fn of_table(evse: &EvseNow) -> Option<Element> {
    let price = evse.price.as_ref()?;
    let rate = Element::new("egi:energyRate")
        .with("id", &id_of(evse))
        .text("egi:ratePolicy", "adHoc")
        .text("egi:lastUpdated", moment(evse.price_changed_at))
        .text("egi:applicableCurrency", price.now.currency.to_string())
        .child(multilingual("egi:additionalInformation", &price.words().join(" ")));
    Some(Element::new("egi:electricEnergy").child(rate))
}

/// The prices that hold now.
pub(super) fn of_status(evse: &EvseNow) -> Option<Element> {
    let price = evse.price.as_ref()?;
    let reference = Element::new("egi:energyRateReference")
        .with("targetClass", "egi:EnergyRate")
        .with("id", &id_of(evse));
    let update = Element::new("egi:energyRateUpdate")
        .text("egi:lastUpdated", moment(evse.price_changed_at))
        .child(reference)
        .child(multilingual("egi:additionalInformation", &price.words().join(" ")))
        .children(prices(price));
    Some(update)
}

/// Prices that hold whatever the session becomes; what depends on it is in the words alone.
fn prices(price: &Offered) -> Vec<Element> {
    let Tariff { energy, charging_time, fixed_fee, .. } = &price.now;
    let always = |conditions: &Conditions| conditions.is_empty();
    let kwh = energy.as_ref().and_then(|of| {
        let first = of.prices.first().filter(|price| always(&price.conditions))?;
        Some(("pricePerKWh", first.price_kwh, &of.tax_rates))
    });
    let minute = charging_time.as_ref().and_then(|of| {
        let first = of.prices.first().filter(|price| always(&price.conditions))?;
        Some(("pricePerMinute", first.price_minute, &of.tax_rates))
    });
    let base = fixed_fee.as_ref().and_then(|of| {
        let first = of.prices.first().filter(|price| always(&price.conditions))?;
        Some(("basePrice", first.price_fixed, &of.tax_rates))
    });
    [kwh, minute, base]
        .into_iter()
        .flatten()
        .map(|(kind, price, taxes)| of_price(kind, price, taxes))
        .collect()
}

/// An amount has two decimals in the schema; the words tell it exactly.
fn of_price(kind: &str, price: Decimal, taxes: &[TaxRate]) -> Element {
    let told = Element::new("egi:energyPrice")
        .text("egi:priceType", kind)
        .text("egi:value", two_decimals(price).to_string());
    if taxes.is_empty() {
        return told;
    }
    told.text("egi:taxIncluded", "false").text("egi:taxRate", two_decimals(effective(taxes)).to_string())
}

fn two_decimals(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize()
}
