//! Tariffs as far as OCPI can say them.
//!
//! Of each dimension the first element whose restrictions hold counts, as of each component of our tariffs the first
//! price does, so that every price is an element of its own in the same order. What OCPI has no restriction for (the
//! payment, the kind of EVSE where a tariff is used at both, the time in which energy flowed) is left out of the
//! elements; a grace before idle time is dropped, so that no partner tells too low a price. The text says all of it.

use std::collections::BTreeSet;

use axum::extract::State;
use ocpp_core::rules::tariff::{Conditions, EvseKind, Limit, Tariff, TaxRate, in_words};
use ocpp_server::domain::PowerType;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::answer::{Answer, Fault, Wanted, moment};
use super::caller::Caller;
use crate::manager::App;
use crate::manager::origin::Base;
use crate::manager::public::now::Now;
use crate::manager::public::price::effective;
use crate::settings::Party;

/// A tariff.
#[derive(Debug, Serialize)]
pub(super) struct OcpiTariff {
    country_code: String,
    party_id: String,
    id: String,
    currency: String,
    tariff_alt_text: Vec<DisplayText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_price: Option<Price>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_price: Option<Price>,
    elements: Vec<Element>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date_time: Option<String>,
    last_updated: String,
}

#[derive(Debug, Serialize)]
struct DisplayText {
    language: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct Price {
    excl_vat: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    incl_vat: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Element {
    price_components: [PriceComponent; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    restrictions: Option<Restrictions>,
}

#[derive(Debug, Serialize)]
struct PriceComponent {
    #[serde(rename = "type")]
    kind: &'static str,
    price: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    vat: Option<f64>,
    step_size: u32,
}

#[derive(Debug, Default, PartialEq, Serialize)]
struct Restrictions {
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_kwh: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_kwh: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_current: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_current: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_power: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_power: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_duration: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_duration: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    day_of_week: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reservation: Option<&'static str>,
}

/// The longest text of a tariff.
const MAX_TEXT: usize = 512;

/// `GET /ocpi/2.2.1/tariffs`
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    base: Base,
    wanted: Wanted,
) -> Result<Answer<Vec<OcpiTariff>>, Fault> {
    let now = app.public.now(&app.csms).await?;
    let tariffs = now.tariffs.iter().map(|(entry, changed_at)| (*changed_at, (entry, *changed_at)));
    wanted.page(&base, "/ocpi/2.2.1/tariffs", tariffs, |(entry, changed_at)| {
        let kind = only_kind(&now, &entry.id.0);
        of_tariff(&entry.tariff, kind, &caller.party, moment(changed_at))
    })
}

/// The id of a tariff: its own where it fits into 36 signs.
pub(super) fn ocpi_id(id: &str) -> String {
    if id.len() <= 36 && id.chars().all(|c| c.is_ascii_graphic()) {
        return id.to_owned();
    }
    Sha256::digest(id.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// AC or DC, where a tariff is used at places of one kind.
fn only_kind(now: &Now, id: &str) -> Option<EvseKind> {
    let places =
        now.sites.iter().flat_map(|site| &site.evses).filter(|evse| evse.tariffs.iter().any(|of| of == id));
    let kinds: BTreeSet<Option<bool>> = places
        .flat_map(|evse| &evse.connectors)
        .map(|connector| connector.offer.power_type.map(|power_type| power_type == PowerType::Dc))
        .collect();
    match kinds.into_iter().collect::<Vec<_>>()[..] {
        [Some(true)] => Some(EvseKind::Dc),
        [Some(false)] => Some(EvseKind::Ac),
        _ => None,
    }
}

fn of_tariff(tariff: &Tariff, kind: Option<EvseKind>, party: &Party, last_updated: String) -> OcpiTariff {
    let mut text = in_words(tariff).join(" ");
    if text.chars().count() > MAX_TEXT {
        text = text.chars().take(MAX_TEXT - 1).chain(['…']).collect();
    }
    let mut elements = elements(tariff, kind);
    if elements.is_empty() {
        elements.push(element(("FLAT", Decimal::ZERO), &[], None));
    }
    OcpiTariff {
        country_code: party.country.clone(),
        party_id: party.id.clone(),
        id: ocpi_id(&tariff.id),
        currency: tariff.currency.to_string(),
        tariff_alt_text: vec![DisplayText { language: "en", text }],
        min_price: tariff.min_cost.as_ref().and_then(price),
        max_price: tariff.max_cost.as_ref().and_then(price),
        elements,
        start_date_time: tariff.valid_from.map(moment),
        last_updated,
    }
}

/// A limit that says its amount without tax; OCPI has no other.
fn price(limit: &Limit) -> Option<Price> {
    Some(Price { excl_vat: number(limit.excl_tax?), incl_vat: limit.incl_tax.map(number) })
}

fn elements(tariff: &Tariff, kind: Option<EvseKind>) -> Vec<Element> {
    let mut elements = Vec::new();
    let mut add = |dimension, price: Decimal, conditions: &Conditions, taxes: &[TaxRate], reserved: bool| {
        if let Some(mut restrictions) = restrictions(conditions, kind) {
            restrictions.reservation = reserved.then_some("RESERVATION");
            let restrictions =
                Some(restrictions).filter(|restrictions| *restrictions != Restrictions::default());
            elements.push(element((dimension, price), taxes, restrictions));
        }
    };
    let times = [
        ("TIME", &tariff.charging_time, false),
        ("PARKING_TIME", &tariff.idle_time, false),
        ("TIME", &tariff.reservation_time, true),
    ];
    let fees = [(&tariff.fixed_fee, false), (&tariff.reservation_fixed, true)];
    // Reservations first: their elements hold for reservations alone, which others would hide.
    for wanted in [true, false] {
        for (of, reserved) in fees.into_iter().filter(|(_, reserved)| *reserved == wanted) {
            for price in of.iter().flat_map(|of| &of.prices) {
                let taxes = of.as_ref().map_or(&[][..], |of| &of.tax_rates);
                add("FLAT", price.price_fixed, &price.conditions, taxes, reserved);
            }
        }
        for (dimension, of, reserved) in times.into_iter().filter(|(_, _, reserved)| *reserved == wanted) {
            for price in of.iter().flat_map(|of| &of.prices) {
                let taxes = of.as_ref().map_or(&[][..], |of| &of.tax_rates);
                // OCPI prices hours.
                let hour = price.price_minute.saturating_mul(Decimal::from(60));
                add(dimension, hour, &price.conditions, taxes, reserved);
            }
        }
    }
    for price in tariff.energy.iter().flat_map(|of| &of.prices) {
        let taxes = tariff.energy.as_ref().map_or(&[][..], |of| &of.tax_rates);
        add("ENERGY", price.price_kwh, &price.conditions, taxes, false);
    }
    elements
}

fn element(
    (kind, price): (&'static str, Decimal),
    taxes: &[TaxRate],
    restrictions: Option<Restrictions>,
) -> Element {
    let vat = Some(effective(taxes)).filter(|_| !taxes.is_empty()).map(number);
    Element {
        price_components: [PriceComponent { kind, price: number(price), vat, step_size: 1 }],
        restrictions,
    }
}

/// Numbers of OCPI have four decimals.
fn number(value: Decimal) -> f64 {
    value.round_dp(4).to_f64().unwrap_or_default()
}

/// `None` when there is a condition that OCPI cannot say.
fn restrictions(c: &Conditions, kind: Option<EvseKind>) -> Option<Restrictions> {
    let other_kind = c.evse_kind.is_some() && c.evse_kind != kind;
    let unsaid = [
        c.payment_brand.is_some(),
        c.payment_recognition.is_some(),
        c.min_charging_time.is_some(),
        c.max_charging_time.is_some(),
        c.max_idle_time.is_some(),
    ];
    if other_kind || unsaid.contains(&true) {
        return None;
    }
    let thousandth = |value: Option<Decimal>| value.map(|value| number(value / Decimal::ONE_THOUSAND));
    Some(Restrictions {
        start_time: c.start_time_of_day.map(|time| time.to_string()),
        end_time: c.end_time_of_day.map(|time| time.to_string()),
        start_date: c.valid_from_date.map(|date| date.to_string()),
        end_date: c.valid_to_date.map(|date| date.to_string()),
        min_kwh: thousandth(c.min_energy),
        max_kwh: thousandth(c.max_energy),
        min_current: c.min_current.map(number),
        max_current: c.max_current.map(number),
        min_power: thousandth(c.min_power),
        max_power: thousandth(c.max_power),
        min_duration: c.min_time,
        max_duration: c.max_time,
        day_of_week: c.day_of_week.iter().map(|day| format!("{day:?}").to_uppercase()).collect(),
        reservation: None,
    })
}
