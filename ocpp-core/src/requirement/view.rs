//! An object as rules look at it.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use serde_json::value::RawValue;

use crate::message::{BorrowedText, Members, Object, Part, Parts};
use crate::types::decimals_of;

/// An object as rules look at it, as text or as a value. A member that is `null` counts as absent.
pub(super) struct View<'a>(Source<'a>);

enum Source<'a> {
    Text(Vec<(Cow<'a, str>, &'a RawValue)>),
    Value(&'static Object, &'a dyn Parts),
    /// No object at all: it has no members.
    Nothing,
}

/// A member of either.
enum Member<'a> {
    Text(&'a str),
    Value(Part<'a>),
}

impl<'a> View<'a> {
    /// The object of a JSON text; any other value has no members.
    pub(super) fn of(json: &'a str) -> View<'a> {
        let members = serde_json::from_str::<Members<'a>>(json).map(|Members(members)| members);
        View(members.map_or(Source::Nothing, Source::Text))
    }

    /// The object that a value is; any other value has no members.
    pub(super) fn of_part(part: Part<'a>) -> View<'a> {
        match part {
            Part::Object(object, members) => View(Source::Value(object, members)),
            _ => View(Source::Nothing),
        }
    }

    fn member(&self, name: &str) -> Option<Member<'a>> {
        match &self.0 {
            Source::Text(members) => {
                let (_, value) = members.iter().find(|(known, _)| known == name)?;
                Some(value.get()).filter(|json| *json != "null").map(Member::Text)
            }
            Source::Value(object, members) => {
                let index = object.members.iter().position(|member| member.name == name)?;
                members.at(index).filter(|part| !matches!(part, Part::Null)).map(Member::Value)
            }
            Source::Nothing => None,
        }
    }

    /// The JSON of a member, where the object is text.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        match self.member(name)? {
            Member::Text(json) => Some(json),
            Member::Value(_) => None,
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.member(name).is_some()
    }

    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }

    /// How many of these are there.
    pub(super) fn how_many(&self, names: &[&str]) -> usize {
        names.iter().filter(|name| self.has(name)).count()
    }

    pub(super) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        match self.member(name)? {
            Member::Text(json) => {
                serde_json::from_str::<BorrowedText<'a>>(json).ok().map(BorrowedText::into_inner)
            }
            Member::Value(Part::Text(text)) => Some(Cow::Borrowed(text)),
            Member::Value(_) => None,
        }
    }

    /// Whether a text is one of these.
    pub(super) fn says(&self, name: &str, words: &[&str]) -> bool {
        self.text(name).is_some_and(|text| words.contains(&&*text))
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        match self.member(name)? {
            Member::Text(json) => json.parse().ok(),
            Member::Value(Part::Integer(value)) => Some(value),
            Member::Value(_) => None,
        }
    }

    /// How many digits behind the point a number needs; none where there is no number.
    pub(super) fn decimals(&self, name: &str) -> usize {
        match self.member(name) {
            Some(Member::Text(json)) => decimals_of(json),
            Some(Member::Value(Part::Number { decimals })) => decimals,
            Some(Member::Value(_)) | None => 0,
        }
    }

    pub(super) fn child(&self, name: &str) -> View<'a> {
        match self.member(name) {
            Some(Member::Text(json)) => View::of(json),
            Some(Member::Value(part)) => View::of_part(part),
            None => View(Source::Nothing),
        }
    }

    /// The items of a list; empty when there is none.
    pub(super) fn items(&self, name: &str) -> Vec<View<'a>> {
        match self.member(name) {
            Some(Member::Text(json)) => raw_items(json).into_iter().map(View::of).collect(),
            Some(Member::Value(Part::List(items))) => {
                (0..items.count()).filter_map(|index| items.at(index)).map(View::of_part).collect()
            }
            Some(Member::Value(_)) | None => Vec::new(),
        }
    }

    /// How many items a list has; none when there is no list.
    pub(super) fn count(&self, name: &str) -> usize {
        match self.member(name) {
            Some(Member::Text(json)) => raw_items(json).len(),
            Some(Member::Value(Part::List(items))) => items.count(),
            Some(Member::Value(_)) | None => 0,
        }
    }

    /// Whether a list is there and empty.
    pub(super) fn is_empty_list(&self, name: &str) -> bool {
        self.has(name) && self.count(name) == 0
    }
}

fn raw_items(json: &str) -> Vec<&str> {
    let list: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
    list.into_iter().map(RawValue::get).collect()
}

/// Where a rule is broken, when it is.
pub(super) fn broken(is_broken: bool, place: &'static str) -> Option<&'static str> {
    is_broken.then_some(place)
}

/// Whether all characters are those of an identifier: letters, digits and `*-_=:+|@.`.
pub(crate) fn is_identifier(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "*-_=:+|@.".contains(c))
}
