//! A tariff between the model and `TariffType`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::wire;
use crate::dialect::optional;
use crate::dialect::two::integer;
use crate::model::Currency;
use crate::model::tariff::{
    Conditions, DayOfWeek, Description, EnergyPrice, EnergyPrices, EvseKind, FixedPrice, FixedPrices, Limit,
    Tariff, TaxRate, TimeOfDay, TimePrice, TimePrices,
};
use crate::types::{DateTime, List, Number, Text};

type Cannot = &'static str;

const NO_PRICES: Cannot = "a component of a tariff without prices";

/// A tariff in the words of 2.1, or what they cannot say.
pub(super) fn said(tariff: &Tariff) -> Result<wire::Tariff, Cannot> {
    let id = Text::new(&tariff.id).map_err(|_| "a tariff id of more than 60 characters")?;
    let mut said = wire::Tariff::new(id, Text::truncated(tariff.currency.as_str()));
    let texts: Result<Vec<_>, _> = tariff.description.iter().map(description).collect();
    let texts = texts?;
    if !texts.is_empty() {
        said.description = Some(List::new(texts).map_err(|_| "more than ten texts of a tariff")?);
    }
    said.valid_from = tariff.valid_from.map(DateTime::new);
    said.energy = tariff.energy.as_ref().map(energy).transpose()?;
    said.charging_time = tariff.charging_time.as_ref().map(time).transpose()?;
    said.idle_time = tariff.idle_time.as_ref().map(time).transpose()?;
    said.fixed_fee = tariff.fixed_fee.as_ref().map(fixed).transpose()?;
    said.reservation_time = tariff.reservation_time.as_ref().map(time).transpose()?;
    said.reservation_fixed = tariff.reservation_fixed.as_ref().map(fixed).transpose()?;
    said.min_cost = tariff.min_cost.as_ref().map(limit).transpose()?;
    said.max_cost = tariff.max_cost.as_ref().map(limit).transpose()?;
    Ok(said)
}

fn description(text: &Description) -> Result<wire::MessageContent, Cannot> {
    let content = Text::new(&text.text).map_err(|_| "a text of a tariff of more than 1024 characters")?;
    let mut said = wire::MessageContent::new(wire::MessageFormat::UTF8, content);
    let language = text.language.as_deref().map(Text::new).transpose();
    said.language = language.map_err(|_| "a language of more than 8 characters")?;
    Ok(said)
}

fn energy(prices: &EnergyPrices) -> Result<wire::TariffEnergy, Cannot> {
    let price = |price: &EnergyPrice| {
        let mut said = wire::TariffEnergyPrice::new(Number::from(price.price_kwh));
        said.conditions = conditions(&price.conditions);
        said
    };
    let list = List::new(prices.prices.iter().map(price).collect()).map_err(|_| NO_PRICES)?;
    let mut said = wire::TariffEnergy::new(list);
    said.tax_rates = taxes(&prices.tax_rates)?;
    Ok(said)
}

fn time(prices: &TimePrices) -> Result<wire::TariffTime, Cannot> {
    let price = |price: &TimePrice| {
        let mut said = wire::TariffTimePrice::new(Number::from(price.price_minute));
        said.conditions = conditions(&price.conditions);
        said
    };
    let list = List::new(prices.prices.iter().map(price).collect()).map_err(|_| NO_PRICES)?;
    let mut said = wire::TariffTime::new(list);
    said.tax_rates = taxes(&prices.tax_rates)?;
    Ok(said)
}

fn fixed(prices: &FixedPrices) -> Result<wire::TariffFixed, Cannot> {
    let price = |price: &FixedPrice| {
        let mut said = wire::TariffFixedPrice::new(Number::from(price.price_fixed));
        said.conditions = fixed_conditions(&price.conditions);
        said
    };
    let list = List::new(prices.prices.iter().map(price).collect()).map_err(|_| NO_PRICES)?;
    let mut said = wire::TariffFixed::new(list);
    said.tax_rates = taxes(&prices.tax_rates)?;
    Ok(said)
}

fn taxes(rates: &[TaxRate]) -> Result<Option<List<wire::TaxRate, 1, 5>>, Cannot> {
    if rates.is_empty() {
        return Ok(None);
    }
    let rate = |rate: &TaxRate| {
        let name = Text::new(&rate.kind).map_err(|_| "a name of a tax of more than 20 characters")?;
        let mut said = wire::TaxRate::new(name, Number::from(rate.tax));
        said.stack = (rate.stack > 0).then(|| integer(rate.stack)).flatten();
        Ok(said)
    };
    let rates: Result<Vec<_>, Cannot> = rates.iter().map(rate).collect();
    List::new(rates?).map(Some).map_err(|_| "more than five taxes")
}

fn limit(limit: &Limit) -> Result<wire::Price, Cannot> {
    let mut said = wire::Price::new();
    said.excl_tax = limit.excl_tax.map(Number::from);
    said.incl_tax = limit.incl_tax.map(Number::from);
    said.tax_rates = taxes(&limit.tax_rates)?;
    Ok(said)
}

fn days(days: &[DayOfWeek]) -> Option<List<wire::DayOfWeek, 1, 7>> {
    List::new(days.iter().map(|day| wire::DayOfWeek::from(&*alloc::format!("{day:?}"))).collect()).ok()
}

fn conditions(of: &Conditions) -> Option<wire::TariffConditions> {
    if of.is_empty() {
        return None;
    }
    let number = |value: Option<Decimal>| value.map(Number::from);
    let seconds = |value: Option<u32>| value.and_then(integer);
    let mut said = wire::TariffConditions::new();
    said.start_time_of_day = of.start_time_of_day.map(|time| time.to_string());
    said.end_time_of_day = of.end_time_of_day.map(|time| time.to_string());
    said.day_of_week = days(&of.day_of_week);
    said.valid_from_date = of.valid_from_date.map(|date| date.to_string());
    said.valid_to_date = of.valid_to_date.map(|date| date.to_string());
    said.evse_kind = of.evse_kind.map(|kind| wire::EvseKind::from(&*kind.to_string()));
    said.min_energy = number(of.min_energy);
    said.max_energy = number(of.max_energy);
    said.min_current = number(of.min_current);
    said.max_current = number(of.max_current);
    said.min_power = number(of.min_power);
    said.max_power = number(of.max_power);
    said.min_time = seconds(of.min_time);
    said.max_time = seconds(of.max_time);
    said.min_charging_time = seconds(of.min_charging_time);
    said.max_charging_time = seconds(of.max_charging_time);
    said.min_idle_time = seconds(of.min_idle_time);
    said.max_idle_time = seconds(of.max_idle_time);
    Some(said)
}

fn fixed_conditions(of: &Conditions) -> Option<wire::TariffConditionsFixed> {
    if of.is_empty() {
        return None;
    }
    let mut said = wire::TariffConditionsFixed::new();
    said.start_time_of_day = of.start_time_of_day.map(|time| time.to_string());
    said.end_time_of_day = of.end_time_of_day.map(|time| time.to_string());
    said.day_of_week = days(&of.day_of_week);
    said.valid_from_date = of.valid_from_date.map(|date| date.to_string());
    said.valid_to_date = of.valid_to_date.map(|date| date.to_string());
    said.evse_kind = of.evse_kind.map(|kind| wire::EvseKind::from(&*kind.to_string()));
    said.payment_brand = of.payment_brand.as_deref().map(Text::truncated);
    said.payment_recognition = of.payment_recognition.as_deref().map(Text::truncated);
    Some(said)
}

/// What a tariff in the words of 2.1 means; `None` when a value of it has no meaning here.
pub(super) fn read(said: &wire::Tariff) -> Option<Tariff> {
    let texts = said.description.as_deref().unwrap_or_default();
    Some(Tariff {
        id: said.tariff_id.as_str().into(),
        currency: said.currency.as_str().parse::<Currency>().ok()?,
        description: texts.iter().map(read_description).collect(),
        valid_from: said.valid_from.as_ref().map(DateTime::timestamp),
        energy: optional(said.energy.as_ref(), read_energy)?,
        charging_time: optional(said.charging_time.as_ref(), read_time)?,
        idle_time: optional(said.idle_time.as_ref(), read_time)?,
        fixed_fee: optional(said.fixed_fee.as_ref(), read_fixed)?,
        reservation_time: optional(said.reservation_time.as_ref(), read_time)?,
        reservation_fixed: optional(said.reservation_fixed.as_ref(), read_fixed)?,
        min_cost: optional(said.min_cost.as_ref(), read_limit)?,
        max_cost: optional(said.max_cost.as_ref(), read_limit)?,
    })
}

fn read_description(said: &wire::MessageContent) -> Description {
    Description { language: said.language.as_deref().map(String::from), text: said.content.as_str().into() }
}

fn read_energy(said: &wire::TariffEnergy) -> Option<EnergyPrices> {
    let price = |price: &wire::TariffEnergyPrice| {
        let conditions = optional(price.conditions.as_ref(), read_conditions)?.unwrap_or_default();
        Some(EnergyPrice { price_kwh: price.price_kwh.decimal()?, conditions })
    };
    let prices = said.prices.iter().map(price).collect::<Option<_>>()?;
    Some(EnergyPrices { prices, tax_rates: read_taxes(said.tax_rates.as_deref())? })
}

fn read_time(said: &wire::TariffTime) -> Option<TimePrices> {
    let price = |price: &wire::TariffTimePrice| {
        let conditions = optional(price.conditions.as_ref(), read_conditions)?.unwrap_or_default();
        Some(TimePrice { price_minute: price.price_minute.decimal()?, conditions })
    };
    let prices = said.prices.iter().map(price).collect::<Option<_>>()?;
    Some(TimePrices { prices, tax_rates: read_taxes(said.tax_rates.as_deref())? })
}

fn read_fixed(said: &wire::TariffFixed) -> Option<FixedPrices> {
    let price = |price: &wire::TariffFixedPrice| {
        let conditions = optional(price.conditions.as_ref(), read_fixed_conditions)?.unwrap_or_default();
        Some(FixedPrice { price_fixed: price.price_fixed.decimal()?, conditions })
    };
    let prices = said.prices.iter().map(price).collect::<Option<_>>()?;
    Some(FixedPrices { prices, tax_rates: read_taxes(said.tax_rates.as_deref())? })
}

fn read_taxes(said: Option<&[wire::TaxRate]>) -> Option<Vec<TaxRate>> {
    let rate = |rate: &wire::TaxRate| {
        let stack = rate.stack.map_or(0, crate::dialect::two::unsigned);
        Some(TaxRate { kind: rate.kind.as_str().into(), tax: rate.tax.decimal()?, stack })
    };
    said.unwrap_or_default().iter().map(rate).collect()
}

fn read_limit(said: &wire::Price) -> Option<Limit> {
    Some(Limit {
        excl_tax: optional(said.excl_tax.as_ref(), Number::decimal)?,
        incl_tax: optional(said.incl_tax.as_ref(), Number::decimal)?,
        tax_rates: read_taxes(said.tax_rates.as_deref())?,
    })
}

fn read_days(said: Option<&[wire::DayOfWeek]>) -> Option<Vec<DayOfWeek>> {
    let day = |day: &wire::DayOfWeek| {
        DayOfWeek::ALL.into_iter().find(|known| alloc::format!("{known:?}") == day.as_str())
    };
    said.unwrap_or_default().iter().map(day).collect()
}

fn read_kind(said: &wire::EvseKind) -> Option<EvseKind> {
    match said.as_str() {
        "AC" => Some(EvseKind::Ac),
        "DC" => Some(EvseKind::Dc),
        _ => None,
    }
}

fn read_clock(said: &str) -> Option<TimeOfDay> {
    said.parse().ok()
}

fn read_date(said: &str) -> Option<Date> {
    said.parse().ok()
}

fn read_conditions(said: &wire::TariffConditions) -> Option<Conditions> {
    let seconds = |value: Option<i32>| value.and_then(|value| u32::try_from(value).ok());
    Some(Conditions {
        start_time_of_day: optional(said.start_time_of_day.as_ref(), |said| read_clock(said))?,
        end_time_of_day: optional(said.end_time_of_day.as_ref(), |said| read_clock(said))?,
        day_of_week: read_days(said.day_of_week.as_deref())?,
        valid_from_date: optional(said.valid_from_date.as_ref(), |said| read_date(said))?,
        valid_to_date: optional(said.valid_to_date.as_ref(), |said| read_date(said))?,
        evse_kind: optional(said.evse_kind.as_ref(), read_kind)?,
        payment_brand: None,
        payment_recognition: None,
        min_energy: optional(said.min_energy.as_ref(), Number::decimal)?,
        max_energy: optional(said.max_energy.as_ref(), Number::decimal)?,
        min_current: optional(said.min_current.as_ref(), Number::decimal)?,
        max_current: optional(said.max_current.as_ref(), Number::decimal)?,
        min_power: optional(said.min_power.as_ref(), Number::decimal)?,
        max_power: optional(said.max_power.as_ref(), Number::decimal)?,
        min_time: seconds(said.min_time),
        max_time: seconds(said.max_time),
        min_charging_time: seconds(said.min_charging_time),
        max_charging_time: seconds(said.max_charging_time),
        min_idle_time: seconds(said.min_idle_time),
        max_idle_time: seconds(said.max_idle_time),
    })
}

fn read_fixed_conditions(said: &wire::TariffConditionsFixed) -> Option<Conditions> {
    Some(Conditions {
        start_time_of_day: optional(said.start_time_of_day.as_ref(), |said| read_clock(said))?,
        end_time_of_day: optional(said.end_time_of_day.as_ref(), |said| read_clock(said))?,
        day_of_week: read_days(said.day_of_week.as_deref())?,
        valid_from_date: optional(said.valid_from_date.as_ref(), |said| read_date(said))?,
        valid_to_date: optional(said.valid_to_date.as_ref(), |said| read_date(said))?,
        evse_kind: optional(said.evse_kind.as_ref(), read_kind)?,
        payment_brand: said.payment_brand.as_deref().map(String::from),
        payment_recognition: said.payment_recognition.as_deref().map(String::from),
        ..Conditions::default()
    })
}
