//! The first look, at the value: whether a message may break a rule at all.
//!
//! Nearly every message keeps to every rule, and to know that it has not to be read a second time. The rules are
//! the same ones that the walk over the text asks, and what they are asked about is chosen by type, when the
//! crate is built: a message without times, identifiers and rules of its own costs nothing here.

use core::marker::PhantomData;

use super::everywhere::{self, MOST_DECIMALS, MOST_DIGITS, MOST_DIGITS_2X, digits_of_second};
use super::view::{View, is_identifier};
use super::{Requirement, lists};
use crate::message::{Field, Look, Object, Part, Parts, Shape};
use crate::types::{DateTime, Version};

pub(super) fn suspects<T: Field>(version: Version, value: &T) -> bool {
    Screen { version, towards_station: const { About::<T>::TO_STATION } }.finds_in(value)
}

struct Screen {
    version: Version,
    towards_station: bool,
}

impl Look for Screen {
    #[inline]
    fn finds_in<T: Field>(&self, value: &T) -> bool {
        if const { !About::<T>::HAS_RULES } {
            return false;
        }
        match T::SHAPE {
            Shape::Object(_) => self.suspects_object(value) || value.any_part(self),
            Shape::Array { .. } => value.any_part(self),
            _ => self.suspects_scalar(value.part()),
        }
    }
}

impl Screen {
    #[inline]
    fn suspects_object<T: Field>(&self, value: &T) -> bool {
        if const { !About::<T>::IS_ASKED } {
            return false;
        }
        let Part::Object(object, members) = value.part() else { return false };
        let view = View::of_part(value.part());
        asked(self.version, About::<T>::RULES[place(self.version)])
            .any(|rule| (rule.check.0)(&view).is_some())
            || (self.version.is_2x()
                && any_text(members, About::<T>::IDENTIFIERS, |text| !is_identifier(text)))
            || any_text(members, About::<T>::DESCRIPTIONS, str::is_empty)
            || everywhere::has_no_number(self.version, object, &view)
    }

    fn suspects_scalar(&self, part: Part<'_>) -> bool {
        match part {
            Part::Time(time) => self.suspects_time(time),
            Part::Number { decimals } => {
                self.towards_station && self.version.is_2x() && decimals > MOST_DECIMALS
            }
            _ => false,
        }
    }

    fn suspects_time(&self, time: &DateTime) -> bool {
        let Some(text) = time.odd_text() else { return time.timestamp() < everywhere::END_OF_1970 };
        let most = if self.version.is_2x() { MOST_DIGITS_2X } else { MOST_DIGITS };
        digits_of_second(text) > most || text.starts_with("1970-")
    }
}

/// Whether one of the texts among these members is so.
fn any_text(members: &dyn Parts, which: u128, is_so: impl Fn(&str) -> bool) -> bool {
    places(which).any(|index| matches!(members.at(index), Some(Part::Text(text)) if is_so(text)))
}

/// The rules of a version that a set names.
fn asked(version: Version, which: u128) -> impl Iterator<Item = &'static Requirement> {
    let [first, second, _] = lists(version);
    places(which).filter_map(move |index| first.get(index).or_else(|| second.get(index - first.len())))
}

/// The members of a set of numbers below 128.
fn places(mut set: u128) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let place = set.trailing_zeros() as usize;
        set &= set.checked_sub(1)?;
        Some(place)
    })
}

const fn place(version: Version) -> usize {
    match version {
        Version::V16 => 0,
        Version::V201 => 1,
        Version::V21 => 2,
    }
}

/// What the rules have to do with a type, known when it is compiled.
struct About<T>(PhantomData<T>);

impl<T: Field> About<T> {
    /// Whether a value can hold anything that a rule is about, at any depth.
    const HAS_RULES: bool = has_rules(&T::SHAPE);
    /// Whether the object itself is looked at.
    const IS_ASKED: bool = match T::SHAPE {
        Shape::Object(object) => is_asked(object),
        _ => false,
    };
    /// The rules about the object, by their place among those of each version.
    const RULES: [u128; 3] = match T::SHAPE {
        Shape::Object(object) => rules_about(object),
        _ => [0; 3],
    };
    /// The members that are identifiers in 2.x, by their place.
    const IDENTIFIERS: u128 = match T::SHAPE {
        Shape::Object(object) => identifiers(object),
        _ => 0,
    };
    /// The texts that describe a station, by their place.
    const DESCRIPTIONS: u128 = match T::SHAPE {
        Shape::Object(object) => descriptions(object),
        _ => 0,
    };
    const TO_STATION: bool = match T::SHAPE {
        Shape::Object(object) => contains(everywhere::TO_STATION, object.name),
        _ => false,
    };
}

const fn has_rules(shape: &Shape) -> bool {
    match shape {
        Shape::Object(object) => {
            let mut found = is_asked(object);
            let mut index = 0;
            while !found && index < object.members.len() {
                found = has_rules(object.members[index].shape);
                index += 1;
            }
            found && !object.open
        }
        Shape::Array { items, .. } => has_rules(items),
        Shape::DateTime | Shape::Number { .. } => true,
        _ => false,
    }
}

const fn is_asked(object: &Object) -> bool {
    let [first, second, third] = rules_about(object);
    first | second | third | identifiers(object) | descriptions(object) != 0
        || contains(everywhere::NUMBERED, object.name)
}

const fn rules_about(object: &Object) -> [u128; 3] {
    let mut sets = [0; 3];
    let mut version = 0;
    while version < Version::ALL.len() {
        let [first, second, _] = lists(Version::ALL[version]);
        // A set of 128 holds them all.
        assert!(first.len() + second.len() <= 128);
        sets[place(Version::ALL[version])] = about(first, object) | (about(second, object) << first.len());
        version += 1;
    }
    sets
}

const fn about(rules: &[Requirement], object: &Object) -> u128 {
    let (mut set, mut index) = (0, 0);
    while index < rules.len() {
        if same(rules[index].object, object.name) {
            set |= 1 << index;
        }
        index += 1;
    }
    set
}

const fn identifiers(object: &Object) -> u128 {
    let (mut set, mut index) = (0, 0);
    while index < everywhere::IDENTIFIERS.len() {
        let (name, members) = everywhere::IDENTIFIERS[index];
        if name.is_empty() || same(name, object.name) {
            let mut member = 0;
            while member < object.members.len() && member < 128 {
                if contains(members, object.members[member].name) {
                    set |= 1 << member;
                }
                member += 1;
            }
        }
        index += 1;
    }
    set
}

const fn descriptions(object: &Object) -> u128 {
    let (mut set, mut member) = (0, 0);
    while contains(everywhere::DESCRIPTIONS, object.name) && member < object.members.len() && member < 128 {
        if let Shape::Text { .. } = object.members[member].shape {
            set |= 1 << member;
        }
        member += 1;
    }
    set
}

const fn contains(names: &[&str], name: &str) -> bool {
    let mut index = 0;
    while index < names.len() {
        if same(names[index], name) {
            return true;
        }
        index += 1;
    }
    false
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}
