//! Tariffs that are refused, and why.

use ocpp_core::rules::tariff::Tariff;

fn problems(json: &str) -> Vec<String> {
    let tariff: Tariff = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    tariff.check().iter().map(ToString::to_string).collect()
}

/// A tariff with these members besides its id and currency.
fn with(members: &str) -> Vec<String> {
    problems(&format!(r#"{{"id":"t","currency":"EUR",{members}}}"#))
}

fn energy(price: &str) -> String {
    format!(r#""energy":{{"prices":[{price}]}}"#)
}

#[test]
fn every_problem_has_its_place_and_a_sentence() {
    let x = |text: &str, count: usize| text.repeat(count);
    let conditions =
        |conditions: &str| energy(&format!(r#"{{"price_kwh":"1","conditions":{{{conditions}}}}}"#));
    let fixed = |conditions: &str| {
        format!(r#""fixed_fee":{{"prices":[{{"price_fixed":"1","conditions":{{{conditions}}}}}]}}"#)
    };
    let time = |component: &str, conditions: &str| {
        format!(r#""{component}":{{"prices":[{{"price_minute":"1","conditions":{{{conditions}}}}}]}}"#)
    };
    let taxes = |rates: &str| format!(r#""energy":{{"prices":[{{"price_kwh":"1"}}],"tax_rates":[{rates}]}}"#);
    let cases = [
        ("a negative price", energy(r#"{"price_kwh":"-0.01"}"#)),
        ("a negative number", energy(r#"{"price_kwh":-1}"#)),
        ("a price by a slip of the hand", energy(r#"{"price_kwh":"1000000000"}"#)),
        (
            "a price for an hour as one for a minute",
            time("idle_time", "").replace("\"1\"", "\"0.0166666667\""),
        ),
        ("no price", energy("")),
        ("too many prices", energy(&[r#"{"price_kwh":"1"}"#; 101].join(","))),
        ("no time at all", conditions(r#""start_time_of_day":"08:00","end_time_of_day":"08:00""#)),
        ("no day at all", conditions(r#""valid_from_date":"2026-02-01","valid_to_date":"2026-02-01""#)),
        ("a day twice", conditions(r#""day_of_week":["Monday","Friday","Monday"]"#)),
        ("no energy at all", conditions(r#""min_energy":"2000","max_energy":"2000""#)),
        ("no power at all", conditions(r#""min_power":"2000","max_power":"1000""#)),
        ("no duration at all", conditions(r#""min_time":60,"max_time":60"#)),
        ("negative energy", conditions(r#""min_energy":"-1""#)),
        ("negative current", conditions(r#""max_current":"-1""#)),
        ("energy too fine", conditions(r#""min_energy":"0.0001""#)),
        ("a duration too long", conditions(r#""max_time":2147483648"#)),
        ("a payment for energy", conditions(r#""payment_brand":"VISA","payment_recognition":"CC""#)),
        ("power for a fixed fee", fixed(r#""min_power":"1","max_time":60"#)),
        (
            "energy for a reservation fee",
            fixed(r#""min_energy":"1""#).replace("fixed_fee", "reservation_fixed"),
        ),
        ("no brand", fixed(r#""payment_brand":" ""#)),
        ("a long brand", fixed(&format!(r#""payment_brand":"{}""#, x("x", 21)))),
        ("idle time while charging", time("charging_time", r#""min_idle_time":60"#)),
        (
            "charging before a reservation",
            time("reservation_time", r#""min_charging_time":60,"max_power":"1""#),
        ),
        ("what always holds first", energy(r#"{"price_kwh":"1"},{"price_kwh":"2"}"#)),
        (
            "what holds whenever the next does",
            energy(
                r#"{"price_kwh":"1","conditions":{"start_time_of_day":"20:00","end_time_of_day":"06:00","max_energy":"9000"}},
                   {"price_kwh":"2","conditions":{"start_time_of_day":"22:00","end_time_of_day":"05:00","max_energy":"9000","day_of_week":["Monday"]}}"#,
            ),
        ),
        (
            "six taxes",
            taxes(&(0..6).map(|n| format!(r#"{{"type":"t{n}","tax":1}}"#)).collect::<Vec<_>>().join(",")),
        ),
        ("a tax below nothing", taxes(r#"{"type":"VAT","tax":"-1"}"#)),
        ("a tax above all", taxes(r#"{"type":"VAT","tax":"100.5"}"#)),
        ("a tax too fine", taxes(r#"{"type":"VAT","tax":"19.00001"}"#)),
        ("a tax twice", taxes(r#"{"type":"VAT","tax":19},{"type":"VAT","tax":7}"#)),
        ("a tax without name", taxes(r#"{"type":"","tax":19}"#)),
        ("a tax too high in the stack", taxes(r#"{"type":"VAT","tax":19,"stack":5}"#)),
        ("a limit of nothing", r#""min_cost":{}"#.into()),
        ("a negative limit", r#""max_cost":{"excl_tax":"-5"}"#.into()),
        ("less with tax", r#""max_cost":{"excl_tax":"5","incl_tax":"4"}"#.into()),
        (
            "limits that cross",
            r#""min_cost":{"excl_tax":"5"},"max_cost":{"excl_tax":"4","incl_tax":"4.5"}"#.into(),
        ),
        ("a text of nothing", r#""description":[{"text":""}]"#.into()),
        ("a text too long", format!(r#""description":[{{"text":"{}"}}]"#, x("x", 1025))),
        ("eleven texts", format!(r#""description":[{}]"#, [r#"{"text":"x"}"#; 11].join(","))),
        ("a language too long", r#""description":[{"text":"x","language":"far-too-long"}]"#.into()),
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|(name, members)| {
            let problems = with(members);
            assert!(!problems.is_empty(), "{name} is not refused: {members}");
            format!("{name}\n    {}", problems.join("\n    "))
        })
        .collect();
    insta::assert_snapshot!("problems", told.join("\n"));
}

#[test]
fn an_id_has_1_to_60_characters() {
    assert_eq!(problems(r#"{"id":"","currency":"EUR"}"#), ["/id: is empty; write a text"]);
    let long = format!(r#"{{"id":"{}","currency":"EUR"}}"#, "é".repeat(61));
    assert_eq!(problems(&long), ["/id: has 61 characters; at most 60 are allowed"]);
    let enough = format!(r#"{{"id":"{}","currency":"EUR"}}"#, "é".repeat(60));
    assert_eq!(problems(&enough), [""; 0]);
}

#[test]
fn what_no_tariff_can_hold_is_refused_when_it_is_read() {
    let energy = |conditions: &str| {
        format!(
            r#"{{"id":"t","currency":"EUR","energy":{{"prices":[{{"price_kwh":"1","conditions":{{{conditions}}}}}]}}}}"#
        )
    };
    let cases = [
        ("an unknown currency", r#"{"id":"t","currency":"XYZ"}"#.to_owned()),
        ("an impossible hour", energy(r#""start_time_of_day":"24:00""#)),
        ("an impossible minute", energy(r#""end_time_of_day":"12:60""#)),
        ("a time without zero", energy(r#""end_time_of_day":"8:00""#)),
        ("an unknown day", energy(r#""day_of_week":["Caturday"]"#)),
        ("an impossible date", energy(r#""valid_from_date":"2026-02-30""#)),
        ("an unknown kind", energy(r#""evse_kind":"MC""#)),
        ("a negative duration", energy(r#""min_time":-1"#)),
        ("an unknown condition", energy(r#""min_soc":10"#)),
        ("a price that is none", energy("").replace("\"1\"", "\"NaN\"")),
        ("no price", energy("").replace("\"price_kwh\":\"1\",", "")),
        ("a price of the wrong unit", energy("").replace("price_kwh", "price_minute")),
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|(name, json)| {
            let error = serde_json::from_str::<Tariff>(json).expect_err(name);
            format!("{name}\n    {error}")
        })
        .collect();
    insta::assert_snapshot!("refused_when_read", told.join("\n"));
}

#[test]
fn good_tariffs_have_no_problems() {
    let cases = [
        energy(r#"{"price_kwh":"0"}"#),
        energy(
            r#"{"price_kwh":"1","conditions":{"start_time_of_day":"00:00","end_time_of_day":"06:00"}},
               {"price_kwh":"2","conditions":{"start_time_of_day":"00:00","end_time_of_day":"12:00"}},
               {"price_kwh":"3","conditions":{"start_time_of_day":"00:00","end_time_of_day":"00:00"}}"#,
        ),
        energy(
            r#"{"price_kwh":"1","conditions":{"max_energy":"9000"}},{"price_kwh":"2","conditions":{"max_energy":"9001"}}"#,
        ),
        energy(r#"{"price_kwh":"1","conditions":{"min_power":"0"}},{"price_kwh":"2"}"#),
        energy(
            r#"{"price_kwh":"1","conditions":{"evse_kind":"DC"}},{"price_kwh":"2","conditions":{"evse_kind":"AC"}}"#,
        ),
        r#""min_cost":{"excl_tax":"5"},"max_cost":{"excl_tax":"5"}"#.into(),
    ];
    for members in cases {
        assert_eq!(with(&members), [""; 0], "{members}");
    }
}

#[test]
fn a_tariff_reads_and_writes_in_snake_case() {
    let json = r#"{"id":"t","currency":"EUR","description":[{"language":"en","text":"hello"}],"valid_from":"2026-01-01T00:00:00Z","energy":{"prices":[{"price_kwh":"0.45","conditions":{"start_time_of_day":"08:00","end_time_of_day":"20:00","day_of_week":["Monday"],"valid_from_date":"2026-01-01","evse_kind":"DC","min_energy":"1000","max_time":60}}],"tax_rates":[{"type":"VAT","tax":"19"}]},"fixed_fee":{"prices":[{"price_fixed":"1"}]},"max_cost":{"incl_tax":"50"}}"#;
    let tariff: Tariff = serde_json::from_str(json).expect("read");
    assert_eq!(serde_json::to_string(&tariff).expect("written"), json);
}
