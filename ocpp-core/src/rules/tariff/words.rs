//! A tariff in plain English.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::{
    Component, Conditions, DayOfWeek, Limit, Part, Tariff, TaxRate, TimeOfDay, tax_levels, tax_shares,
};
use crate::model::{Currency, Money};

/// The prices of a tariff in plain English, a line each, for drivers.
///
/// Of the lines of one component the first that fits counts, which is what `otherwise` says.
#[must_use]
pub fn in_words(tariff: &Tariff) -> Vec<String> {
    let mut lines = Vec::new();
    for part in tariff.parts() {
        part_in_words(&mut lines, &part, tariff.currency);
    }
    if lines.is_empty() {
        lines.push("Charging is free.".into());
    }
    for (most_or_least, limit) in [("least", &tariff.min_cost), ("most", &tariff.max_cost)] {
        if let Some(limit) = limit {
            lines.push(format!(
                "A session costs at {most_or_least} {}.",
                limit_in_words(limit, tariff.currency)
            ));
        }
    }
    lines
}

fn part_in_words(lines: &mut Vec<String>, part: &Part<'_>, currency: Currency) {
    let component = part.component;
    for (index, (price, conditions)) in part.prices.iter().enumerate() {
        let mut when = when_in_words(conditions, component);
        if when.is_empty() && index > 0 {
            when = " otherwise".into();
        }
        lines.push(format!("{component}{when}: {}.", price_in_words(*price, part, currency)));
    }
    // Where a list ends without a price for every case, the rest costs nothing; that a grace does needs no
    // line of its own.
    let grace_alone =
        |conditions: &Conditions| Conditions { min_idle_time: None, ..conditions.clone() }.is_empty();
    if part.prices.last().is_some_and(|(_, conditions)| !grace_alone(conditions)) {
        lines.push(format!("{component} otherwise: free."));
    }
}

fn price_in_words(price: Decimal, part: &Part<'_>, currency: Currency) -> String {
    if price.is_zero() {
        return "free".into();
    }
    let unit = match part.component {
        Component::Energy => " per kWh",
        Component::ChargingTime | Component::IdleTime | Component::ReservationTime => " per minute",
        _ => "",
    };
    let net = Money::new(price, currency);
    let with_tax = with_tax(price, part.tax_rates).filter(|gross| *gross != price);
    match with_tax {
        Some(gross) => {
            let gross = Money::new(gross.round_dp(6), currency);
            format!("{net}{unit}, plus {} ({gross} with tax)", taxes_in_words(part.tax_rates))
        }
        None => format!("{net}{unit}"),
    }
}

fn with_tax(price: Decimal, rates: &[TaxRate]) -> Option<Decimal> {
    let mut shares = tax_shares(rates)?.into_iter();
    price.checked_mul(shares.try_fold(Decimal::ONE, Decimal::checked_add)?)
}

/// `6 % federal and 4 % state`, `5 % energy tax, then 20 % VAT on top`.
fn taxes_in_words(rates: &[TaxRate]) -> String {
    let levels = tax_levels(rates);
    let words = levels.iter().enumerate().map(|(index, level)| {
        let taxes: Vec<String> =
            rates.iter().filter(|rate| rate.stack == *level).map(ToString::to_string).collect();
        let taxes = list(&taxes);
        if index == 0 { taxes } else { format!(", then {taxes} on top") }
    });
    words.collect()
}

fn limit_in_words(limit: &Limit, currency: Currency) -> String {
    let amounts: Vec<String> = [(limit.excl_tax, "without tax"), (limit.incl_tax, "with tax")]
        .into_iter()
        .filter_map(|(amount, tax)| Some(format!("{} {tax}", Money::new(amount?, currency))))
        .collect();
    list(&amounts)
}

/// When a price holds, with a space before each phrase.
fn when_in_words(c: &Conditions, component: Component) -> String {
    let idle = if component == Component::IdleTime { "" } else { " of idle time" };
    let phrases = [
        times_in_words(c.start_time_of_day, c.end_time_of_day),
        days_in_words(&c.day_of_week),
        dates_in_words(c),
        c.evse_kind.map(|kind| format!("at {kind} stations")),
        c.payment_brand.as_ref().map(|brand| format!("paid with {brand}")),
        c.payment_recognition.as_ref().map(|kind| format!("paid by {kind}")),
        amount_in_words(c.min_power, c.max_power, "kW", Decimal::ONE_THOUSAND),
        amount_in_words(c.min_current, c.max_current, "A", Decimal::ONE),
        energy_in_words(c.min_energy, c.max_energy),
        duration_in_words(c.min_time, c.max_time, " of the session"),
        duration_in_words(c.min_charging_time, c.max_charging_time, " of charging"),
        duration_in_words(c.min_idle_time, c.max_idle_time, idle),
    ];
    phrases.into_iter().flatten().fold(String::new(), |words, phrase| words + " " + &phrase)
}

fn times_in_words(start: Option<TimeOfDay>, end: Option<TimeOfDay>) -> Option<String> {
    if start.is_none() && end.is_none() {
        return None;
    }
    let start = start.unwrap_or(TimeOfDay::MIDNIGHT);
    let end = end.filter(|end| *end != TimeOfDay::MIDNIGHT);
    let end = end.map_or_else(|| "24:00".into(), |end| end.to_string());
    Some(format!("from {start} to {end}"))
}

fn days_in_words(days: &[DayOfWeek]) -> Option<String> {
    let mut days = days.to_vec();
    days.sort_unstable();
    days.dedup();
    let named: Vec<String> = days.iter().map(|day| format!("{day:?}s")).collect();
    match &days[..] {
        [] => None,
        all if *all == DayOfWeek::ALL => Some("every day".into()),
        all if *all == DayOfWeek::WEEKDAYS => Some("on weekdays".into()),
        all if *all == DayOfWeek::WEEKEND => Some("on weekends".into()),
        _ => Some(format!("on {}", list(&named))),
    }
}

fn dates_in_words(c: &Conditions) -> Option<String> {
    // The last day is exclusive in the tariff and inclusive in words.
    let last = c.valid_to_date.map(|to| to.yesterday().unwrap_or(to));
    match (c.valid_from_date, last) {
        (None, None) => None,
        (Some(from), None) => Some(format!("since {from}")),
        (None, Some(last)) => Some(format!("until {last}")),
        (Some(from), Some(last)) if from == last => Some(format!("on {from}")),
        (Some(from), Some(last)) => Some(format!("between {from} and {last}")),
    }
}

fn amount_in_words(
    min: Option<Decimal>,
    max: Option<Decimal>,
    unit: &str,
    divisor: Decimal,
) -> Option<String> {
    let shown = |amount: Decimal| amount.checked_div(divisor).unwrap_or(amount).normalize();
    match (min, max) {
        (None, None) => None,
        (Some(min), None) => Some(format!("while drawing {} {unit} or more", shown(min))),
        (None, Some(max)) => Some(format!("while drawing less than {} {unit}", shown(max))),
        (Some(min), Some(max)) => {
            Some(format!("while drawing {} {unit} to less than {} {unit}", shown(min), shown(max)))
        }
    }
}

fn energy_in_words(min: Option<Decimal>, max: Option<Decimal>) -> Option<String> {
    let kwh = |wh: Decimal| wh.checked_div(Decimal::ONE_THOUSAND).unwrap_or(wh).normalize();
    match (min.filter(|min| !min.is_zero()), max) {
        (None, None) => None,
        (None, Some(max)) => Some(format!("for the first {} kWh", kwh(max))),
        (Some(min), None) => Some(format!("beyond {} kWh", kwh(min))),
        (Some(min), Some(max)) => Some(format!("between {} kWh and {} kWh", kwh(min), kwh(max))),
    }
}

fn duration_in_words(min: Option<u32>, max: Option<u32>, of: &str) -> Option<String> {
    match (min.filter(|min| *min > 0), max) {
        (None, None) => None,
        (None, Some(max)) => Some(format!("in the first {}{of}", duration(max))),
        (Some(min), None) => Some(format!("after {}{of}", duration(min))),
        (Some(min), Some(max)) => Some(format!("between {} and {}{of}", duration(min), duration(max))),
    }
}

/// `45 s`, `15 min`, `1 h 30 min`.
fn duration(seconds: u32) -> String {
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if parts.is_empty() { "0 s".into() } else { parts.join(" ") }
}

/// `a`, `a and b`, `a, b and c`.
fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
