//! Money and currencies.

use ocpp_core::model::{Currency, Money, MoneyError};
use rust_decimal::Decimal;

fn currency(code: &str) -> Currency {
    code.parse().expect("a currency")
}

fn money(amount: &str, code: &str) -> Money {
    Money::new(amount.parse().expect("a number"), currency(code))
}

#[test]
fn minor_units_are_those_of_iso_4217() {
    for (code, digits) in [("EUR", 2), ("USD", 2), ("JPY", 0), ("ISK", 0), ("KRW", 0), ("KWD", 3), ("TND", 3)]
    {
        assert_eq!(currency(code).minor_digits(), digits, "{code}");
    }
}

#[test]
fn an_unknown_currency_says_what_to_write() {
    for code in ["", "EU", "EURO", "eur", "XXX", "E R", "€", "EUR USD", " EUR"] {
        let error = code.parse::<Currency>().expect_err(code).to_string();
        let says = "is no currency of ISO 4217; write its three capital letters, such as EUR or USD";
        assert!(error.ends_with(says), "{error}");
    }
    let error = serde_json::from_str::<Currency>("\"XYZ\"").expect_err("unknown").to_string();
    assert!(error.contains("\"XYZ\" is no currency of ISO 4217"), "{error}");
    let long = "x".repeat(10_000).parse::<Currency>().expect_err("unknown").to_string();
    assert!(long.len() < 200, "what was written is not repeated at any length");
}

#[test]
fn amounts_are_shown_with_the_digits_of_the_currency() {
    let shown = [
        ("12.3", "EUR", "12.30 EUR"),
        ("12.300", "EUR", "12.30 EUR"),
        ("0.455", "EUR", "0.455 EUR"),
        ("12", "JPY", "12 JPY"),
        ("12.00", "JPY", "12 JPY"),
        ("1.5", "KWD", "1.500 KWD"),
        ("-0.5", "EUR", "-0.50 EUR"),
    ];
    for (amount, code, text) in shown {
        assert_eq!(money(amount, code).to_string(), text);
    }
}

#[test]
fn half_a_unit_is_rounded_away_from_zero() {
    let rounded = [
        ("0.125", "EUR", "0.13 EUR"),
        ("0.124999999", "EUR", "0.12 EUR"),
        ("-0.125", "EUR", "-0.13 EUR"),
        ("0.5", "JPY", "1 JPY"),
        ("1.4999", "JPY", "1 JPY"),
        ("0.0005", "KWD", "0.001 KWD"),
    ];
    for (amount, code, text) in rounded {
        assert_eq!(money(amount, code).rounded().to_string(), text);
    }
    assert_eq!(money("12.345", "EUR").to_minor(), Some(1235));
    assert_eq!(money("12.345", "KWD").to_minor(), Some(12_345));
    assert_eq!(money("12.5", "JPY").to_minor(), Some(13));
    assert_eq!(Money::from_minor(-5, Currency::EUR).to_string(), "-0.05 EUR");
}

#[test]
fn arithmetic_is_checked() {
    let (euro, yen) = (money("1.10", "EUR"), money("100", "JPY"));
    assert_eq!(euro.plus(euro), Ok(money("2.20", "EUR")));
    assert_eq!(euro.minus(money("2", "EUR")), Ok(money("-0.90", "EUR")));
    assert_eq!(euro.times(Decimal::new(19, 2)), Ok(money("0.2090", "EUR")));
    let error = euro.plus(yen).expect_err("two currencies");
    assert_eq!(error.to_string(), "an amount in EUR and one in JPY cannot be put together");
    let most = Money::new(Decimal::MAX, Currency::EUR);
    assert_eq!(most.plus(most), Err(MoneyError::Overflow));
    assert_eq!(most.times(Decimal::TEN), Err(MoneyError::Overflow));
    assert_eq!(most.minus(Money::new(Decimal::MIN, Currency::EUR)), Err(MoneyError::Overflow));
    assert_eq!(most.to_minor(), None);
}

#[test]
fn json_has_the_amount_as_text() {
    let json = serde_json::to_string(&money("12.30", "EUR")).expect("written");
    assert_eq!(json, r#"{"amount":"12.30","currency":"EUR"}"#);
    let read: Money = serde_json::from_str(&json).expect("read");
    assert_eq!(read.to_string(), "12.30 EUR");
    for bad in [
        r#"{"amount":12.3,"currency":"EUR"}"#,
        r#"{"amount":"12,30","currency":"EUR"}"#,
        r#"{"amount":"NaN","currency":"EUR"}"#,
        r#"{"amount":"","currency":"EUR"}"#,
        r#"{"amount":"1","currency":"XXX"}"#,
        r#"{"amount":"1"}"#,
        r#"{"amount":"1","currency":"EUR","cents":0}"#,
        r#"{"amount":"0.00000000000000000000000000001","currency":"EUR"}"#,
    ] {
        assert!(serde_json::from_str::<Money>(bad).is_err(), "{bad}");
    }
}
