//! An object as rules look at it.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use serde_json::value::RawValue;

use crate::message::{BorrowedText, Members};

/// An object as rules look at it. A member that is `null` counts as absent.
pub(super) struct View<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> View<'a> {
    /// The object of a JSON text; any other value has no members.
    pub(super) fn of(json: &'a str) -> View<'a> {
        let members = serde_json::from_str::<Members<'a>>(json).map(|Members(members)| members);
        View { members: members.unwrap_or_default() }
    }

    /// The JSON of a member.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.members.iter().find(|(known, _)| known == name)?;
        Some(value.get()).filter(|json| *json != "null")
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }

    /// How many of these are there.
    pub(super) fn how_many(&self, names: &[&str]) -> usize {
        names.iter().filter(|name| self.has(name)).count()
    }

    pub(super) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        serde_json::from_str::<BorrowedText<'a>>(self.raw(name)?).ok().map(BorrowedText::into_inner)
    }

    /// Whether a text is one of these.
    pub(super) fn says(&self, name: &str, words: &[&str]) -> bool {
        self.text(name).is_some_and(|text| words.contains(&&*text))
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.raw(name)?.parse().ok()
    }

    pub(super) fn child(&self, name: &str) -> View<'a> {
        View::of(self.raw(name).unwrap_or("{}"))
    }

    /// The items of a list; empty when there is none.
    pub(super) fn items(&self, name: &str) -> Vec<View<'a>> {
        self.raw_items(name).into_iter().map(View::of).collect()
    }

    pub(super) fn raw_items(&self, name: &str) -> Vec<&'a str> {
        let list = self.raw(name).and_then(|json| serde_json::from_str::<Vec<&'a RawValue>>(json).ok());
        list.unwrap_or_default().into_iter().map(RawValue::get).collect()
    }

    /// Whether a list is there and empty.
    pub(super) fn is_empty_list(&self, name: &str) -> bool {
        self.has(name) && self.raw_items(name).is_empty()
    }
}

/// Where a rule is broken, when it is.
pub(super) fn broken(is_broken: bool, place: &'static str) -> Option<&'static str> {
    is_broken.then_some(place)
}

/// Whether all characters are those of an identifier: letters, digits and `*-_=:+|@.`.
pub(super) fn is_identifier(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "*-_=:+|@.".contains(c))
}

/// The digits behind the point of a JSON number as it would be written without an exponent.
pub(super) fn decimals(number: &str) -> usize {
    let (digits, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let fraction = digits.split_once('.').map_or("", |(_, fraction)| fraction).trim_end_matches('0');
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let decimals = i64::try_from(fraction.len()).unwrap_or(i64::MAX).saturating_sub(exponent);
    usize::try_from(decimals).unwrap_or(0)
}
