//! The form of the simple tariff, and back from a tariff to the form where it is simple.

use ocpp_core::model::Currency;
use ocpp_core::rules::tariff::{
    Conditions, DayOfWeek, SimpleTariff, Tariff, TaxRate, TimeOfDay, TimePrices, Variant,
};
use ocpp_server::register::Flaw;
use rust_decimal::Decimal;

use super::super::form::{Draft, Fields, Form};

const DAYS: [DayOfWeek; 7] = [
    DayOfWeek::Monday,
    DayOfWeek::Tuesday,
    DayOfWeek::Wednesday,
    DayOfWeek::Thursday,
    DayOfWeek::Friday,
    DayOfWeek::Saturday,
    DayOfWeek::Sunday,
];

/// The fields of the form.
pub(super) fn fields(form: Form<'_>) -> Form<'_> {
    let form = form
        .line("currency", "Currency", "Three letters, such as EUR.")
        .line("price_kwh", "Price per kWh", "All prices are without tax. What stays empty costs nothing.")
        .line("price_charging_minute", "Price per minute of charging", "")
        .line("price_idle_minute", "Price per idle minute", "While the vehicle stays without charging.")
        .line("idle_grace_minutes", "Idle minutes that are free", "")
        .line("fixed_fee", "Fixed fee of a session", "")
        .line("tax", "Tax in percent", "On everything.")
        .line("tax_kind", "Name of the tax", "As it stands on receipts, such as VAT.")
        .own("/variant", |_, wrong| {
            maud::html! {
                h3.wide { "Other prices at certain times" }
                p.hint.wide.close { "They hold instead of those above; empty ones stay as above. Times are those of the site." }
                (wrong)
            }
        })
        .input("from", "From", "", "time", "off")
        .input("until", "Until", "Before the start means on the next day.", "time", "off")
        .line("variant_price_kwh", "Price per kWh then", "")
        .line("variant_price_charging_minute", "Price per minute of charging then", "")
        .line("variant_price_idle_minute", "Price per idle minute then", "");
    form.own("/day", |fields, _| {
        maud::html! {
            fieldset.wide.days {
                legend { "On these days; on all when none is ticked" }
                @for day in DAYS.map(|day| format!("{day:?}")) {
                    label.tick { input type="checkbox" name="day" value=(day) checked[fields.has("day", &day)]; " " (day) }
                }
            }
        }
    })
}

/// The tariff that the fields say.
pub(super) fn read(draft: &mut Draft, id: &str) -> Option<Tariff> {
    let currency = draft.fields.get("currency").to_ascii_uppercase();
    let Ok(currency) = currency.parse::<Currency>() else {
        draft.flaws.push(Flaw::at("/currency", "This is no currency: write three letters, such as EUR."));
        return None;
    };
    let tax: Option<Decimal> = draft.number("tax", "number of percent");
    let tax_kind = draft.fields.given("tax_kind").unwrap_or_else(|| "VAT".to_owned());
    let simple = SimpleTariff {
        price_kwh: price(draft, "price_kwh"),
        price_charging_minute: price(draft, "price_charging_minute"),
        price_idle_minute: price(draft, "price_idle_minute"),
        idle_grace_minutes: draft.number("idle_grace_minutes", "whole number of minutes").unwrap_or(0),
        fixed_fee: price(draft, "fixed_fee"),
        tax: tax.filter(|tax| !tax.is_zero()).map(|tax| TaxRate::on_price(&tax_kind, tax)),
        variants: variant(draft).into_iter().collect(),
        ..SimpleTariff::new(id, currency)
    };
    draft.is_fine().then(|| Tariff::from(simple))
}

fn price(draft: &mut Draft, name: &str) -> Option<Decimal> {
    draft.number(name, "price, such as 0.45")
}

fn variant(draft: &mut Draft) -> Option<Variant> {
    let variant = Variant {
        day_of_week: DAYS.into_iter().filter(|day| draft.fields.has("day", &format!("{day:?}"))).collect(),
        start_time_of_day: time(draft, "from"),
        end_time_of_day: time(draft, "until"),
        price_kwh: price(draft, "variant_price_kwh"),
        price_charging_minute: price(draft, "variant_price_charging_minute"),
        price_idle_minute: price(draft, "variant_price_idle_minute"),
    };
    let prices = [variant.price_kwh, variant.price_charging_minute, variant.price_idle_minute];
    let has_price = prices.iter().any(Option::is_some);
    let has_time = variant.start_time_of_day.is_some()
        || variant.end_time_of_day.is_some()
        || !variant.day_of_week.is_empty();
    if has_price && !has_time {
        draft.flaws.push(Flaw::at("/variant", "Say when these prices hold: times of day, days, or both."));
    } else if has_time && !has_price {
        draft.flaws.push(Flaw::at("/variant", "Say what it costs at these times, or leave them empty."));
    }
    (has_price && has_time).then_some(variant)
}

fn time(draft: &mut Draft, name: &str) -> Option<TimeOfDay> {
    let text = draft.fields.get(name);
    if text.is_empty() {
        return None;
    }
    let time = text.parse();
    if let Err(error) = &time {
        let flaw = Flaw::at(&format!("/{name}"), format!("{error}."));
        draft.flaws.push(flaw);
    }
    time.ok()
}

/// The fields that say this tariff, where the form can say it.
pub(super) fn fields_of(tariff: &Tariff) -> Option<Fields> {
    let simple = simple_of(tariff)?;
    let said = |price: Option<Decimal>| price.map(|price| price.normalize().to_string()).unwrap_or_default();
    let at = |time: Option<TimeOfDay>| time.map(|time| time.to_string()).unwrap_or_default();
    let variant = simple.variants.first().cloned().unwrap_or_default();
    let grace = simple.idle_grace_minutes;
    let mut fields = Fields::of([
        ("currency", simple.currency.to_string()),
        ("price_kwh", said(simple.price_kwh)),
        ("price_charging_minute", said(simple.price_charging_minute)),
        ("price_idle_minute", said(simple.price_idle_minute)),
        ("idle_grace_minutes", if grace > 0 { grace.to_string() } else { String::new() }),
        ("fixed_fee", said(simple.fixed_fee)),
        ("tax", said(simple.tax.as_ref().map(|tax| tax.tax))),
        ("tax_kind", simple.tax.map(|tax| tax.kind).unwrap_or_default()),
        ("from", at(variant.start_time_of_day)),
        ("until", at(variant.end_time_of_day)),
        ("variant_price_kwh", said(variant.price_kwh)),
        ("variant_price_charging_minute", said(variant.price_charging_minute)),
        ("variant_price_idle_minute", said(variant.price_idle_minute)),
    ]);
    variant.day_of_week.iter().for_each(|day| fields.push("day", format!("{day:?}")));
    Some(fields)
}

/// The simple tariff that becomes exactly this one, if there is one with at most one variant.
fn simple_of(tariff: &Tariff) -> Option<SimpleTariff> {
    let energy: Vec<_> = tariff
        .energy
        .iter()
        .flat_map(|energy| energy.prices.iter().map(|price| (price.price_kwh, &price.conditions)))
        .collect();
    let charging = times(tariff.charging_time.as_ref());
    let idle = times(tariff.idle_time.as_ref());
    let always = |prices: &[(Decimal, &Conditions)]| {
        prices.iter().find(|(_, conditions)| !is_timed(conditions)).map(|(price, _)| *price)
    };
    let timed = |prices: &[(Decimal, &Conditions)]| {
        prices.iter().find(|(_, conditions)| is_timed(conditions)).map(|(price, _)| *price)
    };
    let when = [&energy, &charging, &idle].into_iter().flatten().find(|(_, when)| is_timed(when));
    let variant = when.map(|(_, conditions)| Variant {
        day_of_week: conditions.day_of_week.clone(),
        start_time_of_day: conditions.start_time_of_day,
        end_time_of_day: conditions.end_time_of_day,
        price_kwh: timed(&energy),
        price_charging_minute: timed(&charging),
        price_idle_minute: timed(&idle),
    });
    let taxes = [
        tariff.energy.as_ref().map(|part| &part.tax_rates),
        tariff.charging_time.as_ref().map(|part| &part.tax_rates),
        tariff.idle_time.as_ref().map(|part| &part.tax_rates),
        tariff.fixed_fee.as_ref().map(|part| &part.tax_rates),
    ];
    let grace = idle.first().and_then(|(_, conditions)| conditions.min_idle_time).unwrap_or(0);
    let simple = SimpleTariff {
        price_kwh: always(&energy),
        price_charging_minute: always(&charging),
        price_idle_minute: always(&idle),
        idle_grace_minutes: grace / 60,
        fixed_fee: tariff.fixed_fee.as_ref().and_then(|fee| fee.prices.first()).map(|fee| fee.price_fixed),
        tax: taxes.into_iter().flatten().next().and_then(|rates| rates.first()).cloned(),
        variants: variant.into_iter().collect(),
        ..SimpleTariff::new(&tariff.id, tariff.currency)
    };
    (Tariff::from(simple.clone()) == *tariff).then_some(simple)
}

fn times(prices: Option<&TimePrices>) -> Vec<(Decimal, &Conditions)> {
    prices
        .iter()
        .flat_map(|times| times.prices.iter().map(|price| (price.price_minute, &price.conditions)))
        .collect()
}

fn is_timed(conditions: &Conditions) -> bool {
    conditions.start_time_of_day.is_some()
        || conditions.end_time_of_day.is_some()
        || !conditions.day_of_week.is_empty()
}
