//! The building blocks of messages: what they take, what they refuse, and how they are written.

#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use ocpp_core::types::{CiText, DateTime, Extra, Integer, Json, List, Number, Tenths, Text};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::from_str;

fn written<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}

/// A JSON text is read and comes back as it was.
fn stays<T: serde::Serialize + serde::de::DeserializeOwned>(json: &str) -> T {
    let value: T = from_str(json).unwrap();
    assert_eq!(written(&value), json);
    value
}

#[test]
fn the_limit_of_a_text_counts_characters() {
    for fits in ["", "abcd", "éééé", "😀😀😀😀"] {
        assert_eq!(Text::<4>::new(fits).unwrap().as_str(), fits);
        stays::<Text<4>>(&written(&fits));
    }
    for (long, cut) in [("abcde", "abcd"), ("ééééé", "éééé"), ("😀😀😀😀😀", "😀😀😀😀")]
    {
        let error = Text::<4>::try_from(long).unwrap_err();
        assert_eq!((error.length, error.limit), (5, 4));
        assert_eq!(error.to_string(), "5 characters are too many: at most 4 are allowed here");
        assert!(from_str::<Text<4>>(&written(&long)).is_err());
        assert_eq!(&*Text::<4>::truncated(long), cut);
    }
    assert_eq!("é".parse::<Text<1>>().unwrap().to_string(), "é");
    assert!(Text::<1>::try_from(String::from("ab")).is_err());
}

#[test]
fn identifiers_are_equal_in_any_ascii_case_and_keep_theirs() {
    let (low, high) = (CiText::<20>::new("abÉ1").unwrap(), CiText::<20>::new("ABÉ1").unwrap());
    assert_eq!(low, high);
    assert_eq!(HashSet::from([low.clone(), high.clone()]).len(), 1);
    assert_eq!((low.as_str(), high.as_str()), ("abÉ1", "ABÉ1"));
    assert_ne!(low, CiText::new("abé1").unwrap());
    assert_ne!(Text::<20>::new("a"), Text::<20>::new("A"));
}

#[test]
fn a_date_time_that_was_read_keeps_its_text() {
    let texts = [
        "2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.000Z",
        "2026-01-31T13:00:00+01:00",
        "2026-01-31t12:00:00.0000000001z",
    ];
    let all: Vec<DateTime> = texts.iter().map(|text| stays(&written(text))).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_date_time_that_is_made_has_at_most_milliseconds_in_utc() {
    let made = |text: &str| DateTime::new(text.parse().unwrap()).to_string();
    assert_eq!(made("2026-01-31T13:00:00+01:00"), "2026-01-31T12:00:00Z");
    assert_eq!(made("2026-01-31T12:00:00.1Z"), "2026-01-31T12:00:00.100Z");
    assert_eq!(made("2026-01-31T12:00:00.123999Z"), "2026-01-31T12:00:00.123Z");
    assert_eq!(made("1969-12-31T23:59:59.9999Z"), "1969-12-31T23:59:59.999Z");
}

#[test]
fn what_is_no_date_time_of_rfc_3339_is_refused() {
    let texts = [
        "",
        "now",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31T12:00Z",
        "2026-01-31 12:00:00Z",
        "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00+0100",
        "2026-02-30T12:00:00Z",
        "2026-01-31T25:00:00Z",
        "2026-01-31T12:00:00Z[UTC]",
        "2026-01-31T12:00:00Zé",
        "20é6-01-31T12:00:00Z",
    ];
    for text in texts {
        assert!(text.parse::<DateTime>().is_err(), "{text}");
    }
}

#[test]
fn a_number_keeps_every_digit() {
    let number: Number = stays("2935.600");
    assert_eq!(number.decimal().unwrap().to_string(), "2935.600");
    for (json, value) in [("1.5e3", "1500"), ("25e-1", "2.5"), ("-0", "0"), ("1E+2", "100")] {
        let number: Number = stays(json);
        assert_eq!(number.decimal(), Some(value.parse().unwrap()), "{json}");
    }
    for beyond in ["1e400", "79228162514264337593543950336", "0.00000000000000000000000000001"] {
        assert_eq!(stays::<Number>(beyond).decimal(), None, "{beyond}");
    }
    assert_eq!(written(&<Number>::from(7)), "7");
    assert!(from_str::<Number>("\"7\"").is_err());
}

#[test]
fn numbers_have_their_bounds() {
    type Percent = Number<0, 100>;
    for inside in ["0", "-0", "100.000", "1e2", "5e-400"] {
        stays::<Percent>(inside);
    }
    for outside in ["-0.0001", "100.0000001", "101e0", "1e400", "-1e400"] {
        assert!(from_str::<Percent>(outside).is_err(), "{outside}");
    }
    let error = Percent::new(101.into()).unwrap_err();
    assert_eq!(error.to_string(), "the number is outside its bounds here (0 to 100)");
    stays::<Tenths>("16.05");
}

#[test]
fn integers_have_32_bits_and_their_bounds() {
    assert_eq!(stays::<Integer<0>>("2147483647").get(), i32::MAX);
    for outside in ["-1", "2147483648", "1.0", "1e0", "\"1\""] {
        assert!(from_str::<Integer<0>>(outside).is_err(), "{outside}");
    }
    assert!(Integer::<0, 9>::try_from(10).is_err());
    assert_eq!(i32::from(Integer::<0, 9>::new(9).unwrap()), 9);
}

#[test]
fn lists_have_a_least_and_a_greatest_length() {
    let mut list = List::<i32, 1, 2>::one(1);
    list.push(2).unwrap();
    let error = list.push(3).unwrap_err();
    assert_eq!(error.to_string(), "the list has 3 items: 1 to 2 are allowed here");
    assert_eq!(*list, [1, 2]);
    assert_eq!(list.into_iter().sum::<i32>(), 3);

    let error = List::<i32>::new(Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "the list has 0 items: 1 or more are allowed here");
    assert!(from_str::<List<i32, 1, 2>>("[]").is_err());
    assert!(from_str::<List<i32, 1, 2>>("[1,2,3]").is_err());
}

#[test]
fn members_of_no_schema_keep_their_order_and_text() {
    let mut extra = Extra::default();
    assert!(extra.is_empty());
    extra.insert("b", Json::new("1.50".to_owned()).unwrap());
    extra.insert("a", Json::string("x\"y"));
    extra.insert("b", Json::new("null".to_owned()).unwrap());
    let members: Vec<(&str, &str)> = extra.iter().map(|(name, value)| (name, value.as_str())).collect();
    assert_eq!(members, [("b", "null"), ("a", r#""x\"y""#)]);
    assert_eq!(extra.get("c"), None);
    assert!(Json::new("{".to_owned()).is_err());
    assert_eq!(size_of::<Extra>(), size_of::<usize>());
}

#[test]
fn nineteen_digits_are_one_too_many_for_the_short_way_and_read_all_the_same() {
    for json in ["9999999999999999999", "-9999999999999999999", "1.999999999999999999", "999999999999999999"]
    {
        let number: Number = stays(json);
        assert_eq!(number.decimal().map(|value| value.to_string()).as_deref(), Some(json));
    }
}

proptest! {
    #[test]
    fn any_number_is_written_as_it_came_and_means_what_it_says(
        json in r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?"
    ) {
        let number: Number = stays(&json);
        if !json.contains(['e', 'E'])
            && let Ok(value) = Decimal::from_str_exact(&json)
        {
            prop_assert_eq!(number.decimal(), Some(value));
        }
    }

    #[test]
    fn any_decimal_is_written_with_all_its_digits(mantissa in any::<i64>(), high in any::<i32>(), scale in 0u32..=28) {
        for wide in [i128::from(mantissa), (i128::from(high) << 64) + i128::from(mantissa)] {
            let value = Decimal::from_i128_with_scale(wide, scale);
            prop_assert_eq!(written(&Number::<{ i64::MIN }, { i64::MAX }>::from(value)), value.to_string());
        }
    }

    #[test]
    fn any_date_time_is_written_as_it_came(
        date in r"(0000|0001|1969|2026|9998)-(01|12)-(01|31)", time in r"(00|23):(00|59):(00|59|60)",
        fraction in r"(\.(000|123|5|120|000000|9999999999))?", offset in r"(Z|z|\+00:00|-00:00|\+13:59)",
    ) {
        let json = written(&format!("{date}T{time}{fraction}{offset}"));
        if let Ok(at) = from_str::<DateTime>(&json) {
            prop_assert_eq!(written(&at), json);
        }
    }
}
