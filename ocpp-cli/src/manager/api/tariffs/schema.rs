//! The shape of a tariff for the description of the interface. The values themselves are
//! [`ocpp_core::rules::tariff::Tariff`]; a test holds answers against this shape.

#![allow(dead_code)] // Only their schemas are used.

use serde::Serialize;
use utoipa::ToSchema;

/// A price without tax, as a decimal text. Numbers are read, too.
#[derive(Serialize, ToSchema)]
#[schema(value_type = String, as = Decimal, example = "0.45", pattern = r"^-?[0-9]+(\.[0-9]+)?$")]
pub(crate) struct DecimalSchema(String);

/// What a session costs, in the structure of OCPP 2.1 (block I). Of the prices of a component the first whose
/// conditions hold counts at a moment.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Tariff)]
pub(crate) struct TariffSchema {
    /// Names this content for ever.
    #[schema(min_length = 1, max_length = 60, example = "2026-1")]
    id: String,
    /// The currency of every price (ISO 4217).
    #[schema(example = "EUR")]
    currency: String,
    /// What a display shows to the driver.
    #[schema(required = false, max_items = 10)]
    description: Vec<DescriptionSchema>,
    /// From when it is in force; at once when absent.
    #[schema(format = DateTime)]
    valid_from: Option<String>,
    /// The price of energy.
    energy: Option<EnergyPricesSchema>,
    /// The price of the time in which energy flows.
    charging_time: Option<TimePricesSchema>,
    /// The price of the time after that in which the vehicle stays without charging.
    idle_time: Option<TimePricesSchema>,
    /// What every session costs, chosen once at its start.
    fixed_fee: Option<FixedPricesSchema>,
    /// The price of the time for which a place was reserved.
    reservation_time: Option<TimePricesSchema>,
    /// What a session with a reservation costs besides.
    reservation_fixed: Option<FixedPricesSchema>,
    /// The least that a session costs once it has ended.
    min_cost: Option<LimitSchema>,
    /// The most that a session costs.
    max_cost: Option<LimitSchema>,
}

/// A text for the driver.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TariffText)]
struct DescriptionSchema {
    /// The language by RFC 5646.
    #[schema(max_length = 8, example = "en")]
    language: Option<String>,
    /// The text.
    #[schema(max_length = 1024)]
    text: String,
}

/// The prices of energy and their taxes.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnergyPrices)]
struct EnergyPricesSchema {
    /// The first that holds counts.
    #[schema(min_items = 1)]
    prices: Vec<EnergyPriceSchema>,
    /// The taxes on it.
    #[schema(required = false, max_items = 5)]
    tax_rates: Vec<TaxRateSchema>,
}

/// A price of energy, and when it holds.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnergyPrice)]
struct EnergyPriceSchema {
    /// For one kilowatt-hour, without tax.
    price_kwh: DecimalSchema,
    /// When it holds; always when absent.
    conditions: Option<ConditionsSchema>,
}

/// The prices of time and their taxes.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TimePrices)]
struct TimePricesSchema {
    /// The first that holds counts.
    #[schema(min_items = 1)]
    prices: Vec<TimePriceSchema>,
    /// The taxes on it.
    #[schema(required = false, max_items = 5)]
    tax_rates: Vec<TaxRateSchema>,
}

/// A price of time, and when it holds.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TimePrice)]
struct TimePriceSchema {
    /// For one minute, without tax.
    price_minute: DecimalSchema,
    /// When it holds; always when absent.
    conditions: Option<ConditionsSchema>,
}

/// Prices that are paid once, and their taxes.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FixedPrices)]
struct FixedPricesSchema {
    /// The first that holds at the start counts.
    #[schema(min_items = 1)]
    prices: Vec<FixedPriceSchema>,
    /// The taxes on it.
    #[schema(required = false, max_items = 5)]
    tax_rates: Vec<TaxRateSchema>,
}

/// A price that is paid once, and when it holds.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FixedPrice)]
struct FixedPriceSchema {
    /// Without tax.
    price_fixed: DecimalSchema,
    /// When it holds; always when absent. None on energy, power, current and durations.
    conditions: Option<ConditionsSchema>,
}

/// A tax in percent.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TaxRate)]
pub(crate) struct TaxRateSchema {
    /// Which tax.
    #[serde(rename = "type")]
    #[schema(min_length = 1, max_length = 20, example = "VAT")]
    kind: String,
    /// Percent, 0 to 100.
    #[schema(value_type = DecimalSchema)]
    tax: DecimalSchema,
    /// 0 is on the price, 1 on the price with the taxes of 0, and so on.
    #[schema(required = false)]
    stack: u32,
}

/// The least or the most that a session costs: without tax, with tax, or both.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CostLimit)]
struct LimitSchema {
    /// Without tax.
    excl_tax: Option<DecimalSchema>,
    /// With tax.
    incl_tax: Option<DecimalSchema>,
    /// The taxes of what is added to reach a least cost.
    #[schema(required = false, max_items = 5)]
    tax_rates: Vec<TaxRateSchema>,
}

/// A day of the week.
#[derive(Serialize, ToSchema)]
#[schema(as = DayOfWeek)]
enum DaySchema {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// How an EVSE gives energy.
#[derive(Serialize, ToSchema)]
#[schema(as = EvseKind)]
enum EvseKindSchema {
    #[serde(rename = "AC")]
    Ac,
    #[serde(rename = "DC")]
    Dc,
}

/// When a price holds; all that is set has to be true. Times, weekdays and dates are those of the site. A
/// least value is inclusive, a most value exclusive.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Conditions)]
struct ConditionsSchema {
    /// From this time of day.
    #[schema(example = "22:00", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    start_time_of_day: Option<String>,
    /// Until before this time of day; before the start it is one of the next day, `00:00` is the day's end.
    #[schema(example = "06:00", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    end_time_of_day: Option<String>,
    /// On these days; on every day when absent.
    #[schema(required = false)]
    day_of_week: Vec<DaySchema>,
    /// From this day.
    #[schema(format = Date)]
    valid_from_date: Option<String>,
    /// Until before this day.
    #[schema(format = Date)]
    valid_to_date: Option<String>,
    /// At this kind of EVSE.
    evse_kind: Option<EvseKindSchema>,
    /// For this brand of payment; in fixed prices only.
    payment_brand: Option<String>,
    /// For this kind of payment; in fixed prices only.
    payment_recognition: Option<String>,
    /// From this energy of the session in Wh.
    min_energy: Option<DecimalSchema>,
    /// Below this energy of the session in Wh.
    max_energy: Option<DecimalSchema>,
    /// While this current or more flows, in A over all phases.
    min_current: Option<DecimalSchema>,
    /// While less than this current flows, in A over all phases.
    max_current: Option<DecimalSchema>,
    /// While this power or more is drawn, in W.
    min_power: Option<DecimalSchema>,
    /// While less than this power is drawn, in W.
    max_power: Option<DecimalSchema>,
    /// From this age of the session in seconds.
    min_time: Option<u32>,
    /// Below this age of the session in seconds.
    max_time: Option<u32>,
    /// From this charging time of the session in seconds.
    min_charging_time: Option<u32>,
    /// Below this charging time of the session in seconds.
    max_charging_time: Option<u32>,
    /// From this length of the present idle period in seconds: the grace.
    min_idle_time: Option<u32>,
    /// Below this length of the present idle period in seconds.
    max_idle_time: Option<u32>,
}
