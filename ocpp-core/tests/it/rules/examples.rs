//! The tariffs that the specification of OCPP 2.1 prints (part 2, I.1.2 and I.1.3), mended by the schema, with
//! the results that it prints. Where both do not agree, the test says which was mended.

use jiff::tz::TimeZone;
use ocpp_core::model::Watts;
use ocpp_core::rules::cost::periods;
use ocpp_core::rules::tariff::in_words;
use ocpp_core::rules::timeline::Activity::{Charging, SuspendedEv};

use super::cost::{lines, price, session, tariff, totals};
use super::timeline::at;

/// 10 kWh cost 2.50, and 2.75 with the two taxes.
#[test]
fn tariff_10() {
    let tariff = tariff(
        r#"{"id":"10","currency":"USD","energy":{
            "tax_rates":[{"type":"federal","tax":6.0},{"type":"state","tax":4.0}],
            "prices":[{"price_kwh":0.25}]}}"#,
    );
    let timeline = session(&[("14:01", 0), ("15:00", 10_000)], &[("14:01", Charging)], "15:00");
    let cost = price(&tariff, &timeline);
    assert_eq!(totals(&cost), "2.50 / 2.75 USD");
    assert_eq!(lines(&cost), ["energy: 10 kWh at 0.25 USD = 2.50 + 0.15 + 0.10"]);
    let periods = periods(&tariff, &timeline, &TimeZone::UTC, at("15:00")).expect("periods");
    assert_eq!(periods.len(), 1, "without conditions there is one period");
    assert_eq!(periods[0].energy, 10_000.into());
}

fn tariff_11_with_tax(percent: u32) -> ocpp_core::rules::tariff::Tariff {
    tariff(&format!(
        r#"{{"id":"11","currency":"EUR",
            "energy":{{"tax_rates":[{{"type":"vat","tax":{percent}}}],"prices":[
                {{"price_kwh":0.4,"conditions":{{"start_time_of_day":"08:00","end_time_of_day":"18:00"}}}},
                {{"price_kwh":0.25}}]}},
            "idle_time":{{"tax_rates":[{{"type":"vat","tax":{percent}}}],"prices":[
                {{"price_minute":1,"conditions":{{"start_time_of_day":"08:00","end_time_of_day":"18:00"}}}}]}}}}"#
    ))
}

/// 4 kWh at the high and 6 kWh at the low price cost 3.10; with 10 % tax, as the result has it, 3.41.
///
/// The result tells them in the wrong order: by the tariff the high price is the one before 18:00.
#[test]
fn tariff_11() {
    let timeline =
        session(&[("17:30", 0), ("18:00", 4_000), ("19:00", 10_000)], &[("17:30", Charging)], "19:00");
    let cost = price(&tariff_11_with_tax(10), &timeline);
    assert_eq!(totals(&cost), "3.10 / 3.41 EUR");
    let tariff = tariff_11_with_tax(4);
    assert_eq!(totals(&price(&tariff, &timeline)), "3.10 / 3.22 EUR", "with the tax of the tariff");
    let periods = periods(&tariff, &timeline, &TimeZone::UTC, at("19:00")).expect("periods");
    let told: Vec<_> = periods.iter().map(|p| (p.start, p.energy)).collect();
    assert_eq!(told, [(at("17:30"), 4_000.into()), (at("18:00"), 6_000.into())]);
}

#[test]
fn tariff_11_idle_time_costs_by_day_alone() {
    let activities = [("17:00", Charging), ("17:50", SuspendedEv)];
    let timeline = session(&[("17:00", 0), ("17:50", 5_000)], &activities, "19:00");
    assert_eq!(
        lines(&price(&tariff_11_with_tax(4), &timeline)),
        ["energy: 5 kWh at 0.40 EUR = 2.00 + 0.08", "idle_time: 10 min at 1.00 EUR = 10.00 + 0.40"]
    );
}

const IDLE_12: &str = r#","idle_time":{"tax_rates":[{"type":"vat","tax":20.0}],"prices":[
    {"price_minute":1.00,"conditions":{"start_time_of_day":"09:00","end_time_of_day":"18:00","min_idle_time":300,
        "day_of_week":["Monday","Tuesday","Wednesday","Thursday","Friday"]}},
    {"price_minute":0.60,"conditions":{"start_time_of_day":"10:00","end_time_of_day":"17:00",
        "day_of_week":["Saturday"]}}]}"#;

fn tariff_12(currency: &str, fixed_tax: u32, time_tax: u32) -> ocpp_core::rules::tariff::Tariff {
    tariff(&format!(
        r#"{{"id":"12","currency":"{currency}",
            "fixed_fee":{{"tax_rates":[{{"type":"vat","tax":{fixed_tax}}}],"prices":[
                {{"price_fixed":3.00,"conditions":{{"payment_recognition":"CC"}}}},{{"price_fixed":2.50}}]}},
            "charging_time":{{"tax_rates":[{{"type":"vat","tax":{time_tax}}}],"prices":[
                {{"price_minute":1.00,"conditions":{{"max_power":11000}}}},
                {{"price_minute":2.00,"conditions":{{"min_power":11000}}}}]}}{IDLE_12}}}"#
    ))
}

/// The result is 2.00 for an hour below 11 kW and half an hour above, as if its prices were per hour: here it
/// is a minute and half a minute. Its taxes are 15 % and 20 %, its amounts have three digits.
#[test]
fn tariff_12_result() {
    let mut timeline = session(&[], &[("10:00", Charging)], "2026-06-10T10:01:30Z");
    timeline.add_power(at("10:00"), Watts(10_500));
    timeline.add_power(at("10:01"), Watts(22_000));
    let cost = price(&tariff_12("BHD", 15, 20), &timeline);
    assert_eq!(
        lines(&cost),
        [
            "fixed_fee: 1 × at 2.500 BHD = 2.500 + 0.375",
            "charging_time: 1 min at 1.000 BHD = 1.000 + 0.200",
            "charging_time: 0.5 min at 2.000 BHD = 1.000 + 0.200",
        ]
    );
    assert_eq!(totals(&cost), "4.500 / 5.275 BHD");
    assert_eq!(totals(&price(&tariff_12("EUR", 15, 20), &timeline)), "4.50 / 5.28 EUR", "half a cent up");
    assert_eq!(totals(&price(&tariff_12("EUR", 10, 15), &timeline)), "4.50 / 5.05 EUR", "its own taxes");
}

/// The periods of the result: an hour up to 10.5 kW, then from 11 kW to 22 kW.
#[test]
fn tariff_12_periods_tell_the_power() {
    let mut timeline = session(&[], &[("14:00", Charging)], "15:30");
    timeline.set_start(at("14:00"));
    for (time, watts) in [("14:00", 0), ("14:10", 10_500), ("15:00", 11_000), ("15:10", 22_000)] {
        timeline.add_power(at(time), Watts(watts));
    }
    let periods =
        periods(&tariff_12("EUR", 10, 15), &timeline, &TimeZone::UTC, at("15:30")).expect("periods");
    let told: Vec<_> =
        periods.iter().map(|p| (p.start, p.charging_seconds, p.power.expect("power"))).collect();
    assert_eq!(
        told,
        [
            (at("14:00"), 3_600.into(), (0.into(), 10_500.into())),
            (at("15:00"), 1_800.into(), (11_000.into(), 22_000.into())),
        ]
    );
    assert_eq!(totals(&price(&tariff_12("EUR", 10, 15), &timeline)), "122.50 / 140.75 EUR");
}

#[test]
fn tariff_12_fee_of_a_credit_card_and_idle_time_by_day() {
    // 2026-06-10 is a Wednesday, 2026-06-13 a Saturday, 2026-06-14 a Sunday.
    let idle = |day: &str| {
        let time = |time: &str| format!("2026-06-{day}T{time}:00Z");
        let activities = [(time("16:00"), Charging), (time("16:30"), SuspendedEv)];
        let activities: Vec<_> = activities.iter().map(|(time, what)| (time.as_str(), *what)).collect();
        let mut timeline = session(&[], &activities, &time("18:30"));
        timeline.set_start(at(&time("16:00")));
        timeline.payment_recognition = Some("CC".into());
        lines(&price(&tariff_12("EUR", 10, 15), &timeline))
    };
    let fee = "fixed_fee: 1 × at 3.00 EUR = 3.00 + 0.30";
    assert_eq!(idle("10"), [fee, "idle_time: 85 min at 1.00 EUR = 85.00 + 17.00"], "less five minutes");
    assert_eq!(idle("13"), [fee, "idle_time: 30 min at 0.60 EUR = 18.00 + 3.60"]);
    assert_eq!(idle("14"), [fee]);
}

const TEXT_22: &str = "0.44 ct/kWh (idle fees of 1 euro per minute apply 5 minutes after end of charging)";

/// 0.40 and 10 % are the 0.44 that its text promises.
#[test]
fn tariff_21() {
    let tariff = tariff(
        r#"{"id":"21","currency":"EUR","description":[{"language":"en","text":"0.44/kWh incl. VAT, no idle fees"}],
            "energy":{"prices":[{"price_kwh":0.40}],"tax_rates":[{"type":"vat","tax":10.0}]}}"#,
    );
    let activities = [("10:00", Charging), ("11:00", SuspendedEv)];
    let timeline = session(&[("10:00", 0), ("11:00", 1_000)], &activities, "12:00");
    assert_eq!(totals(&price(&tariff, &timeline)), "0.40 / 0.44 EUR");
    assert_eq!(in_words(&tariff), ["Energy: 0.40 EUR per kWh, plus 10 % vat (0.44 EUR with tax)."]);
}

/// And 0.909 and 10 % are the euro a minute, five minutes after the end of charging.
#[test]
fn tariff_22() {
    let tariff = tariff(&format!(
        r#"{{"id":"22","currency":"EUR","description":[{{"language":"en","text":"{TEXT_22}"}}],
            "energy":{{"prices":[{{"price_kwh":0.40}}],"tax_rates":[{{"type":"vat","tax":10.0}}]}},
            "idle_time":{{"prices":[{{"price_minute":0.909,"conditions":{{"min_idle_time":300}}}}],
                "tax_rates":[{{"type":"vat","tax":10.0}}]}}}}"#
    ));
    let activities = [("10:00", Charging), ("11:00", SuspendedEv)];
    let timeline = session(&[("10:00", 0), ("11:00", 10_000)], &activities, "11:15");
    let cost = price(&tariff, &timeline);
    assert_eq!(totals(&cost), "13.09 / 14.40 EUR");
    assert_eq!(
        lines(&cost),
        ["energy: 10 kWh at 0.40 EUR = 4.00 + 0.40", "idle_time: 10 min at 0.909 EUR = 9.09 + 0.91"]
    );
}
