//! What a session costs, case by case.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ocpp_core::model::{Currency, Watts, Wh};
use ocpp_core::rules::cost::{Cost, CostError, CostKind, cost};
use ocpp_core::rules::tariff::{Component, EvseKind, SimpleTariff, Tariff, TaxRate};
use ocpp_core::rules::timeline::{Activity, Timeline};

use super::timeline::at;

pub(super) fn tariff(json: &str) -> Tariff {
    let tariff: Tariff = serde_json::from_str(json).expect("a tariff");
    assert_eq!(tariff.check(), [], "the tariff of a test is a good one");
    tariff
}

/// A session from 10:00 of an ordinary Wednesday, UTC.
pub(super) fn session(registers: &[(&str, i64)], activities: &[(&str, Activity)], end: &str) -> Timeline {
    let start = registers.first().map_or("10:00", |(time, _)| time);
    let mut timeline = Timeline::new(at(start));
    for (time, register) in registers {
        timeline.add_register(at(time), Wh(*register));
    }
    for (time, activity) in activities {
        timeline.add_activity(at(time), *activity);
    }
    timeline.set_end(at(end));
    timeline
}

pub(super) fn price(tariff: &Tariff, timeline: &Timeline) -> Cost {
    cost(tariff, timeline, &TimeZone::UTC, timeline.end().unwrap_or(Timestamp::MAX)).expect("a cost")
}

/// `energy: 10 kWh × 0.40 EUR = 4.00 + 0.40`, a line each.
pub(super) fn lines(cost: &Cost) -> Vec<String> {
    let line = |line: &ocpp_core::rules::cost::Line| {
        let quantity = match (line.quantity, line.unit_price) {
            (Some(quantity), Some(price)) => format!("{quantity} at {price} = "),
            _ => String::new(),
        };
        let taxes: Vec<String> = line.taxes.iter().map(|tax| format!(" + {}", tax.amount.amount())).collect();
        format!("{}: {quantity}{}{}", line.component.as_str(), line.net.amount(), taxes.concat())
    };
    cost.lines.iter().map(line).collect()
}

pub(super) fn totals(cost: &Cost) -> String {
    format!("{} / {}", cost.total_excl_tax.amount(), cost.total_incl_tax)
}

const IDLE: &str = r#"{"id":"idle","currency":"EUR","idle_time":{"prices":[
    {"price_minute":"0.10","conditions":{"min_idle_time":900}}]}}"#;

#[test]
fn idle_time_begins_when_charging_ends_and_a_grace_goes_first() {
    use Activity::{Charging, Connected, Disconnected, Finishing, SuspendedEv};
    for after in [SuspendedEv, Connected, Finishing, Disconnected] {
        let timeline = session(&[], &[("10:00", Charging), ("11:00", after)], "12:00");
        assert_eq!(lines(&price(&tariff(IDLE), &timeline)), ["idle_time: 45 min at 0.10 EUR = 4.50"]);
    }
}

#[test]
fn nothing_is_idle_before_the_first_charging() {
    let activities = [("10:00", Activity::Connected), ("10:10", Activity::SuspendedEv)];
    let cost = price(&tariff(IDLE), &session(&[], &activities, "12:00"));
    assert_eq!((cost.usage.idle_seconds, cost.lines.len()), (0, 0));
}

#[test]
fn suspension_by_the_station_is_no_idle_time_and_does_not_use_up_the_grace() {
    use Activity::{Charging, SuspendedEv, SuspendedEvse};
    let activities =
        [("10:00", Charging), ("10:30", SuspendedEv), ("10:40", SuspendedEvse), ("11:40", SuspendedEv)];
    let cost = price(&tariff(IDLE), &session(&[], &activities, "12:00"));
    // 10 minutes before and 20 after, of which 15 are the grace.
    assert_eq!(cost.usage.idle_seconds, 30 * 60);
    assert_eq!(lines(&cost), ["idle_time: 15 min at 0.10 EUR = 1.50"]);
}

#[test]
fn every_idle_period_has_its_own_grace() {
    use Activity::{Charging, SuspendedEv};
    let activities = [
        ("10:00", Charging),
        ("10:30", SuspendedEv),
        ("10:50", Charging),
        ("11:00", SuspendedEv),
        ("11:10", Charging),
    ];
    let cost = price(&tariff(IDLE), &session(&[], &activities, "12:00"));
    assert_eq!(cost.usage.idle_seconds, 30 * 60);
    assert_eq!(lines(&cost), ["idle_time: 5 min at 0.10 EUR = 0.50"], "20 min less 15, and 10 min less 15");
}

#[test]
fn time_without_a_known_activity_costs_nothing() {
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","charging_time":{"prices":[{"price_minute":"1"}]},
            "idle_time":{"prices":[{"price_minute":"1"}]}}"#,
    );
    assert_eq!(lines(&price(&tariff, &session(&[("10:00", 0), ("11:00", 9)], &[], "12:00"))), [""; 0]);
}

#[test]
fn charging_time_can_have_a_price_that_changes_with_it() {
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","charging_time":{"prices":[
            {"price_minute":"0.02","conditions":{"max_charging_time":1800}}, {"price_minute":"0.05"}]}}"#,
    );
    let activities =
        [("10:00", Activity::Charging), ("10:20", Activity::SuspendedEvse), ("11:00", Activity::Charging)];
    let cost = price(&tariff, &session(&[], &activities, "11:30"));
    assert_eq!(
        lines(&cost),
        ["charging_time: 30 min at 0.02 EUR = 0.60", "charging_time: 20 min at 0.05 EUR = 1.00"]
    );
}

#[test]
fn a_limit_of_energy_is_hit_to_the_watt_hour() {
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","energy":{"prices":[
            {"price_kwh":"0.30","conditions":{"max_energy":"10000.5"}}, {"price_kwh":"0.60"}]}}"#,
    );
    let cost = price(&tariff, &session(&[("10:00", 0), ("10:07", 1_000), ("11:00", 30_000)], &[], "11:00"));
    assert_eq!(
        lines(&cost),
        ["energy: 10.0005 kWh at 0.30 EUR = 3.00", "energy: 19.9995 kWh at 0.60 EUR = 12.00"]
    );
}

#[test]
fn energy_before_the_first_price_of_a_list_that_holds_is_free() {
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","energy":{"prices":[
            {"price_kwh":"0.50","conditions":{"min_energy":"2000"}}]}}"#,
    );
    let cost = price(&tariff, &session(&[("10:00", 500), ("11:00", 5_500)], &[], "11:00"));
    assert_eq!(lines(&cost), ["energy: 3 kWh at 0.50 EUR = 1.50"]);
    assert_eq!(cost.usage.energy, Wh(5_000));
}

#[test]
fn power_is_measured_or_else_comes_of_the_energy() {
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","energy":{"prices":[
            {"price_kwh":"0.80","conditions":{"min_power":"22000"}}, {"price_kwh":"0.40"}]}}"#,
    );
    // 44 kW in the first half-hour, 11 kW in the second.
    let mut timeline = session(&[("10:00", 0), ("10:30", 22_000), ("11:00", 27_500)], &[], "11:00");
    let by_energy = ["energy: 22 kWh at 0.80 EUR = 17.60", "energy: 5.5 kWh at 0.40 EUR = 2.20"];
    assert_eq!(lines(&price(&tariff, &timeline)), by_energy);

    timeline.add_power(at("10:00"), Watts(21_999));
    timeline.add_power(at("10:15"), Watts(22_000));
    let measured = ["energy: 16.5 kWh at 0.80 EUR = 13.20", "energy: 11 kWh at 0.40 EUR = 4.40"];
    assert_eq!(lines(&price(&tariff, &timeline)), measured);
}

#[test]
fn current_that_is_not_known_meets_no_condition() {
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","energy":{"prices":[
            {"price_kwh":"0.80","conditions":{"min_current":"0"}}, {"price_kwh":"0.40"}]}}"#,
    );
    let mut timeline = session(&[("10:00", 0), ("11:00", 1_000)], &[], "11:00");
    assert_eq!(lines(&price(&tariff, &timeline)), ["energy: 1 kWh at 0.40 EUR = 0.40"]);
    timeline.add_current(at("10:30"), 0.into());
    assert_eq!(
        lines(&price(&tariff, &timeline)),
        ["energy: 0.5 kWh at 0.80 EUR = 0.40", "energy: 0.5 kWh at 0.40 EUR = 0.20"]
    );
}

const FEES: &str = r#"{"id":"t","currency":"EUR",
    "fixed_fee":{"prices":[
        {"price_fixed":"3","conditions":{"payment_recognition":"CC","payment_brand":"AMEX"}},
        {"price_fixed":"2","conditions":{"payment_recognition":"CC"}},
        {"price_fixed":"1","conditions":{"evse_kind":"DC"}}]},
    "reservation_time":{"prices":[{"price_minute":"0.05"}]},
    "reservation_fixed":{"prices":[{"price_fixed":"0.50"}]}}"#;

#[test]
fn the_fixed_fee_is_the_first_that_holds_at_the_start() {
    let with = |kind, brand: Option<&str>, recognition: Option<&str>| {
        let mut timeline = session(&[], &[], "11:00");
        timeline.evse_kind = kind;
        timeline.payment_brand = brand.map(Into::into);
        timeline.payment_recognition = recognition.map(Into::into);
        lines(&price(&tariff(FEES), &timeline))
    };
    assert_eq!(with(None, Some("Amex"), Some("cc")), ["fixed_fee: 1 × at 3.00 EUR = 3.00"]);
    assert_eq!(with(Some(EvseKind::Dc), None, Some("CC")), ["fixed_fee: 1 × at 2.00 EUR = 2.00"]);
    assert_eq!(with(Some(EvseKind::Dc), Some("Amex"), Some("Debit")), ["fixed_fee: 1 × at 1.00 EUR = 1.00"]);
    assert_eq!(with(Some(EvseKind::Ac), None, None), [""; 0]);
    assert_eq!(with(None, None, None), [""; 0]);
}

#[test]
fn a_reservation_costs_from_when_it_was_made_to_the_start() {
    let mut timeline = session(&[], &[], "11:00");
    timeline.reserved_from = Some(at("09:20"));
    let cost = price(&tariff(FEES), &timeline);
    assert_eq!(
        lines(&cost),
        ["reservation_fixed: 1 × at 0.50 EUR = 0.50", "reservation_time: 40 min at 0.05 EUR = 2.00"]
    );
    assert_eq!(cost.usage.reservation_seconds, 2_400);
    timeline.reserved_from = Some(at("10:20"));
    assert_eq!(price(&tariff(FEES), &timeline).usage.reservation_seconds, 0, "never less than nothing");
}

fn flat(kwh: &str, rest: &str) -> Tariff {
    tariff(&format!(
        r#"{{"id":"t","currency":"EUR","energy":{{"prices":[{{"price_kwh":"{kwh}"}}],
            "tax_rates":[{{"type":"VAT","tax":"19"}}]}}{rest}}}"#
    ))
}

fn ten_kwh() -> Timeline {
    session(&[("10:00", 0), ("11:00", 10_000)], &[], "11:00")
}

#[test]
fn the_least_cost_counts_at_the_end_alone() {
    let tariff = flat("0.10", r#","min_cost":{"excl_tax":"5","tax_rates":[{"type":"VAT","tax":"19"}]}"#);
    let running = cost(&tariff, &ten_kwh(), &TimeZone::UTC, at("10:30")).expect("a cost");
    assert_eq!((totals(&running), running.kind), ("0.50 / 0.60 EUR".into(), CostKind::Normal));
    let ended = price(&tariff, &ten_kwh());
    assert_eq!((totals(&ended), ended.kind), ("5.00 / 5.95 EUR".into(), CostKind::Minimum));
    assert_eq!(
        lines(&ended),
        ["energy: 10 kWh at 0.10 EUR = 1.00 + 0.19", "min_cost: 4.00 + 0.76"],
        "taxes of a rate that both have are one sum"
    );
    assert_eq!(ended.taxes.len(), 1);
}

#[test]
fn the_least_cost_with_tax_is_reached_exactly() {
    let tariff = flat("0.10", r#","min_cost":{"incl_tax":"5.00","tax_rates":[{"type":"VAT","tax":"19"}]}"#);
    assert_eq!(totals(&price(&tariff, &ten_kwh())), "4.20 / 5.00 EUR");
}

#[test]
fn the_least_cost_reaches_both_of_its_amounts() {
    // 5.00 with its tax is 5.95, which is more than the 5.50 that are asked for.
    let least = r#","min_cost":{"excl_tax":"5","incl_tax":"5.50","tax_rates":[{"type":"VAT","tax":"19"}]}"#;
    assert_eq!(totals(&price(&flat("0.10", least), &ten_kwh())), "5.00 / 5.95 EUR");
    let least = r#","min_cost":{"excl_tax":"4","incl_tax":"5.50","tax_rates":[{"type":"VAT","tax":"19"}]}"#;
    assert_eq!(totals(&price(&flat("0.10", least), &ten_kwh())), "4.62 / 5.50 EUR");
}

#[test]
fn the_most_cost_is_hit_exactly_where_shares_have_no_end() {
    // A third of the session: 0.50 and 5 % are 0.525, which is half a cent up.
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","max_cost":{"excl_tax":"0.50"},
            "energy":{"prices":[{"price_kwh":"0.15"}],"tax_rates":[{"type":"VAT","tax":"5"}]}}"#,
    );
    assert_eq!(totals(&price(&tariff, &ten_kwh())), "0.50 / 0.53 EUR");
}

#[test]
fn a_register_that_runs_backwards_does_not_change_the_cost() {
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","energy":{"prices":[
            {"price_kwh":"0.10","conditions":{"end_time_of_day":"10:40"}}, {"price_kwh":"0.20"}]}}"#,
    );
    let registers = [("10:00", 0), ("10:20", 4_000), ("10:40", 10), ("11:00", 10_000)];
    let timeline = session(&registers, &[], "11:00");
    // From 10:20 to 11:00 it is a straight line, on which 10:40 is half-way.
    let lines = lines(&price(&tariff, &timeline));
    assert_eq!(lines, ["energy: 7 kWh at 0.10 EUR = 0.70", "energy: 3 kWh at 0.20 EUR = 0.60"]);
    assert_eq!(timeline.findings().len(), 1);
}

#[test]
fn of_what_was_done_before_the_start_only_the_last_counts() {
    let activities = [("09:00", Activity::Charging), ("09:30", Activity::SuspendedEv)];
    let cost = price(&tariff(IDLE), &session(&[], &activities, "12:00"));
    assert_eq!((cost.usage.charging_seconds, cost.usage.idle_seconds), (0, 0));
    let activities = [("09:30", Activity::Charging), ("11:00", Activity::SuspendedEv)];
    let cost = price(&tariff(IDLE), &session(&[], &activities, "12:00"));
    assert_eq!((cost.usage.charging_seconds, cost.usage.idle_seconds), (3_600, 3_600));
}

#[test]
fn the_most_cost_freezes_the_amounts_and_not_the_usage() {
    let tariff = flat("0.50", r#","max_cost":{"excl_tax":"2.00"}"#);
    let cost = price(&tariff, &ten_kwh());
    assert_eq!((totals(&cost), cost.kind), ("2.00 / 2.38 EUR".into(), CostKind::Maximum));
    assert_eq!(lines(&cost), ["energy: 10 kWh at 0.50 EUR = 5.00 + 0.95", "max_cost: -3.00 + -0.57"]);
    assert_eq!(cost.usage.energy, Wh(10_000));
}

#[test]
fn what_is_taken_off_has_the_taxes_of_what_came_last() {
    // 7 % on energy until 11:00, 19 % on idle time after it: the most cost is reached in the idle time.
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","max_cost":{"excl_tax":"7.00"},
            "energy":{"prices":[{"price_kwh":"0.50"}],"tax_rates":[{"type":"reduced","tax":"7"}]},
            "idle_time":{"prices":[{"price_minute":"0.10"}],"tax_rates":[{"type":"VAT","tax":"19"}]}}"#,
    );
    let mut timeline = ten_kwh();
    timeline.add_activity(at("10:00"), Activity::Charging);
    timeline.add_activity(at("11:00"), Activity::SuspendedEv);
    timeline.set_end(at("12:00"));
    let cost = price(&tariff, &timeline);
    assert_eq!(
        lines(&cost),
        [
            "energy: 10 kWh at 0.50 EUR = 5.00 + 0.35",
            "idle_time: 60 min at 0.10 EUR = 6.00 + 1.14",
            "max_cost: -4.00 + 0.00 + -0.76"
        ]
    );
    assert_eq!(totals(&cost), "7.00 / 7.73 EUR");
}

#[test]
fn taxes_stack() {
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","energy":{"prices":[{"price_kwh":"1"}],"tax_rates":[
            {"type":"VAT","tax":"20","stack":1},{"type":"energy","tax":"5"},{"type":"city","tax":"5"}]}}"#,
    );
    // 20 % of 11.00, not of 10.00.
    assert_eq!(
        lines(&price(&tariff, &ten_kwh())),
        ["energy: 10 kWh at 1.00 EUR = 10.00 + 2.20 + 0.50 + 0.50"]
    );
}

#[test]
fn what_is_rounded_adds_up() {
    // Three lines of 0.335 each: 1.005 in all, which is 1.01 and not three times 0.34.
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","energy":{"prices":[{"price_kwh":"0.0335"}]},
            "charging_time":{"prices":[{"price_minute":"0.0335"}]},"fixed_fee":{"prices":[{"price_fixed":"0.335"}]}}"#,
    );
    let mut timeline = ten_kwh();
    timeline.add_activity(at("10:00"), Activity::Charging);
    timeline.add_activity(at("10:10"), Activity::SuspendedEvse);
    let cost = price(&tariff, &timeline);
    let nets: Vec<String> = cost.lines.iter().map(|line| line.net.amount().to_string()).collect();
    assert_eq!((nets.join(" + "), totals(&cost)), ("0.34 + 0.34 + 0.33".into(), "1.01 / 1.01 EUR".into()));
}

#[test]
fn a_third_of_a_minute_is_exact_until_the_end() {
    // Three times 20 s at 0.015 per minute are 0.015, on the edge; thirds cut at any digit would fall below.
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","charging_time":{"prices":[
            {"price_minute":"0.004","conditions":{"max_time":20}},
            {"price_minute":"0.005","conditions":{"max_time":40}},
            {"price_minute":"0.006"}]}}"#,
    );
    let mut timeline = Timeline::new(at("10:00"));
    timeline.add_activity(at("10:00"), Activity::Charging);
    timeline.set_end(at("10:01"));
    assert_eq!(totals(&price(&tariff, &timeline)), "0.01 / 0.01 EUR", "0.005 is half a cent");
}

#[test]
fn currencies_without_and_with_three_digits() {
    for (currency, total) in
        [("JPY", "46 / 50 JPY"), ("KWD", "45.679 / 50.247 KWD"), ("EUR", "45.68 / 50.25 EUR")]
    {
        let tariff = SimpleTariff {
            price_kwh: Some("4.567890".parse().expect("a number")),
            tax: Some(TaxRate::on_price("VAT", 10.into())),
            ..SimpleTariff::new("t", currency.parse().expect("known"))
        };
        assert_eq!(totals(&price(&tariff.into(), &ten_kwh())), total);
    }
}

#[test]
fn a_running_session_is_priced_as_far_as_it_is_known() {
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","energy":{"prices":[{"price_kwh":"0.50"}]},
            "charging_time":{"prices":[{"price_minute":"0.01"}]}}"#,
    );
    let mut timeline = Timeline::new(at("10:00"));
    timeline.add_activity(at("10:00"), Activity::Charging);
    timeline.add_register(at("10:00"), Wh(0));
    timeline.add_register(at("10:30"), Wh(5_000));
    let at_time = |time: &str| totals(&cost(&tariff, &timeline, &TimeZone::UTC, at(time)).expect("a cost"));
    assert_eq!(at_time("09:00"), "0.00 / 0.00 EUR", "before the start");
    assert_eq!(at_time("10:15"), "1.40 / 1.40 EUR", "between two registers");
    assert_eq!(at_time("10:50"), "3.00 / 3.00 EUR", "energy to the last register, time until now");
}

#[test]
fn a_simple_tariff_has_all_that_the_simple_case_needs() {
    let simple: SimpleTariff = serde_json::from_str(
        r#"{"id":"s","currency":"EUR","price_kwh":0.45,"price_charging_minute":"0.02","price_idle_minute":"0.10",
            "idle_grace_minutes":15,"fixed_fee":"0.50","tax":{"type":"VAT","tax":19},
            "variants":[{"start_time_of_day":"10:30","end_time_of_day":"20:00","price_kwh":"0.60"}]}"#,
    )
    .expect("a simple tariff");
    let tariff = Tariff::from(simple);
    assert_eq!(tariff.check(), []);
    let mut timeline = session(
        &[("10:00", 0), ("11:00", 10_000)],
        &[("10:00", Activity::Charging), ("11:00", Activity::SuspendedEv)],
        "11:30",
    );
    timeline.evse_kind = Some(EvseKind::Ac);
    let json = serde_json::to_string_pretty(&price(&tariff, &timeline)).expect("written");
    insta::assert_snapshot!("whole_cost", json);
    assert_eq!(price(&Tariff::free("free", Currency::EUR), &timeline).lines, []);
}

#[test]
fn what_cannot_be_held_is_refused() {
    let tariff = flat("0.50", "");
    let too_long = session(&[], &[], "2037-06-10T00:00:00Z");
    let error = cost(&tariff, &too_long, &TimeZone::UTC, Timestamp::MAX).expect_err("too long");
    assert_eq!(error, CostError::TooLong);
    insta::assert_snapshot!(error, @"the session is longer than 3653 days; end it, or mend its times, then price it");
    let too_much = session(&[("10:00", 0), ("11:00", i64::MAX)], &[], "11:00");
    let error = cost(&tariff, &too_much, &TimeZone::UTC, Timestamp::MAX).expect_err("too much");
    insta::assert_snapshot!(error, @"the energy of this session is too large to be priced");
    assert!(Component::Energy < Component::IdleTime, "components have an order");
}
