//! Whether a value is one that a setting can have.

use rust_decimal::Decimal;

use super::entry::Limits;
use super::{DataType, Entry};

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It does not have the form of the type.
    #[error("it is no {}", .0.name())]
    Form(DataType),
    /// It, or this item of it, is not among the values that are allowed.
    #[error("{0} is not among the values that are allowed")]
    NotAllowed(Box<str>),
    /// The number, or the number of characters, is too small.
    #[error("the least is {0}")]
    TooSmall(Decimal),
    /// The number, or the number of characters, is too great.
    #[error("the most is {0}")]
    TooGreat(Decimal),
}

impl Entry {
    /// What is wrong with this value. An empty value is "not known" and always fine.
    #[must_use]
    pub fn flaw_of(&self, value: &str) -> Option<Flaw> {
        if value.is_empty() {
            return None;
        }
        if !has_form(self.data_type, value) {
            return Some(Flaw::Form(self.data_type));
        }
        self.not_allowed(value).or_else(|| outside(self.limits, self.data_type, value))
    }

    fn not_allowed(&self, value: &str) -> Option<Flaw> {
        let allow = |item: &str| {
            // A measurand of 1.6 may name its phase: `Voltage.L1`.
            self.values.allow(item) || (self.component.is_none() && self.values.allow(without_phase(item)))
        };
        first_not_allowed(self.data_type, value, allow)
    }
}

/// The first item of a value that is not allowed.
pub(super) fn first_not_allowed(form: DataType, value: &str, allow: impl Fn(&str) -> bool) -> Option<Flaw> {
    let refused = match form.is_list() {
        true => items(value).find(|item| !allow(item)),
        false => Some(value).filter(|value| !allow(value)),
    };
    refused.map(|item| Flaw::NotAllowed(item.into()))
}

/// The items of a list, without the blanks around them.
pub(super) fn items(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// The number that a text writes; `1e3` is one, too.
pub(super) fn number(text: &str) -> Option<Decimal> {
    text.parse().ok().or_else(|| Decimal::from_scientific(text).ok())
}

/// Beyond the least or the most: of a number, or of the characters of a text.
pub(super) fn beyond(
    least: Option<Decimal>,
    most: Option<Decimal>,
    form: DataType,
    value: &str,
) -> Option<Flaw> {
    let measured = match form {
        DataType::Integer | DataType::Decimal => number(value)?,
        DataType::String => Decimal::from(value.chars().count()),
        _ => return None,
    };
    if let Some(least) = least.filter(|least| measured < *least) {
        return Some(Flaw::TooSmall(least));
    }
    most.filter(|most| measured > *most).map(Flaw::TooGreat)
}

fn outside(limits: Limits, form: DataType, value: &str) -> Option<Flaw> {
    beyond(limits.least.map(Decimal::from), limits.most.map(Decimal::from), form, value)
}

fn has_form(form: DataType, value: &str) -> bool {
    match form {
        DataType::Boolean => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
        DataType::Integer => value.parse::<i64>().is_ok(),
        DataType::Decimal => number(value).is_some(),
        DataType::DateTime => value.parse::<jiff::Timestamp>().is_ok(),
        DataType::String | DataType::OptionList | DataType::MemberList | DataType::SequenceList => true,
    }
}

fn without_phase(item: &str) -> &str {
    const PHASES: [&str; 10] = ["L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1"];
    match item.rsplit_once('.') {
        Some((measurand, phase)) if PHASES.iter().any(|one| one.eq_ignore_ascii_case(phase)) => measurand,
        _ => item,
    }
}
