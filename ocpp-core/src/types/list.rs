//! Lists with a least and a greatest number of items.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::message::{Field, Look, Part, Parts, Shape};

/// `MIN` to `MAX` items; one to any number unless said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct List<T, const MIN: usize = 1, const MAX: usize = { usize::MAX }>(Vec<T>);

/// A list has too few or too many items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the list has {count} items: {} are allowed here", Allowed(*min, *max))]
pub struct WrongCount {
    /// How many items the list has.
    pub count: usize,
    /// The least number of items.
    pub min: usize,
    /// The greatest number of items; `usize::MAX` is no bound.
    pub max: usize,
}

struct Allowed(usize, usize);

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Allowed(min, usize::MAX) => write!(f, "{min} or more"),
            Allowed(min, max) => write!(f, "{min} to {max}"),
        }
    }
}

impl<T, const MIN: usize, const MAX: usize> List<T, MIN, MAX> {
    /// Takes items of the right number.
    ///
    /// # Errors
    /// [`WrongCount`] when there are too few or too many.
    pub fn new(items: Vec<T>) -> Result<Self, WrongCount> {
        let count = items.len();
        if count < MIN || count > MAX {
            return Err(WrongCount { count, min: MIN, max: MAX });
        }
        Ok(List(items))
    }

    /// Adds an item at the end.
    ///
    /// # Errors
    /// [`WrongCount`] when the list is full; it stays as it is.
    pub fn push(&mut self, item: T) -> Result<(), WrongCount> {
        if self.0.len() >= MAX {
            return Err(WrongCount { count: self.0.len().saturating_add(1), min: MIN, max: MAX });
        }
        self.0.push(item);
        Ok(())
    }

    /// The items.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T, const MAX: usize> List<T, 1, MAX> {
    /// A list of one item.
    #[must_use]
    pub fn one(item: T) -> Self {
        List(Vec::from([item]))
    }
}

impl<T, const MIN: usize, const MAX: usize> Deref for List<T, MIN, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const MIN: usize, const MAX: usize> TryFrom<Vec<T>> for List<T, MIN, MAX> {
    type Error = WrongCount;

    fn try_from(items: Vec<T>) -> Result<Self, WrongCount> {
        List::new(items)
    }
}

impl<T, const MIN: usize, const MAX: usize> IntoIterator for List<T, MIN, MAX> {
    type Item = T;
    type IntoIter = alloc::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T, const MIN: usize, const MAX: usize> IntoIterator for &'a List<T, MIN, MAX> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Serialize, const MIN: usize, const MAX: usize> Serialize for List<T, MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>, const MIN: usize, const MAX: usize> Deserialize<'de> for List<T, MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        List::new(Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<T: Field, const MIN: usize, const MAX: usize> Field for List<T, MIN, MAX> {
    const SHAPE: Shape = Shape::Array {
        items: &T::SHAPE,
        min: if MIN == 0 { None } else { Some(MIN) },
        max: if MAX == usize::MAX { None } else { Some(MAX) },
    };

    fn conforms(&self) -> bool {
        self.0.iter().all(Field::conforms)
    }

    fn part(&self) -> Part<'_> {
        Part::List(&self.0)
    }

    fn any_part(&self, look: &impl Look) -> bool {
        self.0.iter().any(|item| look.finds_in(item))
    }
}

impl<T: Field> Field for Vec<T> {
    const SHAPE: Shape = Shape::Array { items: &T::SHAPE, min: None, max: None };

    fn conforms(&self) -> bool {
        self.iter().all(Field::conforms)
    }

    fn part(&self) -> Part<'_> {
        Part::List(self)
    }

    fn any_part(&self, look: &impl Look) -> bool {
        self.iter().any(|item| look.finds_in(item))
    }
}

impl<T: Field> Parts for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn at(&self, index: usize) -> Option<Part<'_>> {
        self.get(index).map(Field::part)
    }
}

impl<T: Field> Field for Box<T> {
    const SHAPE: Shape = T::SHAPE;

    fn conforms(&self) -> bool {
        (**self).conforms()
    }

    fn part(&self) -> Part<'_> {
        (**self).part()
    }

    fn any_part(&self, look: &impl Look) -> bool {
        (**self).any_part(look)
    }
}
