//! Tariffs in plain English.

use ocpp_core::rules::tariff::{Tariff, in_words};

use super::cost::tariff;

fn said(tariff: &Tariff) -> String {
    in_words(tariff).join("\n")
}

#[test]
fn a_tariff_with_everything_in_words() {
    let tariff = tariff(
        r#"{"id":"everything","currency":"EUR",
        "energy":{"tax_rates":[{"type":"energy tax","tax":"2.5"},{"type":"VAT","tax":"20","stack":1}],"prices":[
            {"price_kwh":"0.45","conditions":{"start_time_of_day":"08:00","end_time_of_day":"20:00",
                "day_of_week":["Friday","Monday","Tuesday","Wednesday","Thursday"]}},
            {"price_kwh":"0","conditions":{"max_energy":"5000","day_of_week":["Sunday","Saturday"]}},
            {"price_kwh":"0.50","conditions":{"min_energy":"20000","max_energy":"40000.5","evse_kind":"DC"}},
            {"price_kwh":"0.55","conditions":{"min_power":"50000"}},
            {"price_kwh":"0.35","conditions":{"min_current":"16","max_current":"32.5"}},
            {"price_kwh":"0.30"}]},
        "charging_time":{"prices":[
            {"price_minute":"0.01","conditions":{"max_power":"11000","max_charging_time":5400}},
            {"price_minute":"0.02","conditions":{"min_time":3600,"max_time":7200,"day_of_week":["Monday","Wednesday","Friday"]}}]},
        "idle_time":{"tax_rates":[{"type":"VAT","tax":"19"}],"prices":[
            {"price_minute":"0.20","conditions":{"min_idle_time":900,"start_time_of_day":"22:00","end_time_of_day":"06:00"}},
            {"price_minute":"0.10","conditions":{"min_idle_time":5430}}]},
        "fixed_fee":{"tax_rates":[{"type":"federal","tax":6},{"type":"state","tax":4}],"prices":[
            {"price_fixed":"3","conditions":{"payment_recognition":"CC","payment_brand":"AMEX"}},
            {"price_fixed":"2.50","conditions":{"valid_from_date":"2026-01-01","valid_to_date":"2026-07-01"}},
            {"price_fixed":"2","conditions":{"start_time_of_day":"20:00","end_time_of_day":"00:00"}}]},
        "reservation_time":{"prices":[{"price_minute":"0.05"}]},
        "reservation_fixed":{"prices":[{"price_fixed":"1"}]},
        "min_cost":{"excl_tax":"1"},
        "max_cost":{"excl_tax":"50","incl_tax":"60"}}"#,
    );
    insta::assert_snapshot!("everything_in_words", said(&tariff));
}

#[test]
fn nothing_is_free() {
    let free = Tariff::free("free", "EUR".parse().expect("known"));
    insta::assert_snapshot!(said(&free), @"Charging is free.");
}

#[test]
fn currencies_keep_their_digits() {
    let yen = tariff(
        r#"{"id":"t","currency":"JPY","energy":{"prices":[{"price_kwh":"45.5"}]},
            "fixed_fee":{"prices":[{"price_fixed":"100"}]}}"#,
    );
    insta::assert_snapshot!(said(&yen), @r"
    Fixed fee: 100 JPY.
    Energy: 45.5 JPY per kWh.
    ");
}
