//! What a message says, without its types.

use super::{Field, Object};
use crate::types::DateTime;

/// A value of a message as rules look at it, whatever its type.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub enum Part<'a> {
    /// A text, or the word of an enumeration.
    Text(&'a str),
    Integer(i64),
    /// A number, by the digits that it needs behind the point.
    Number {
        decimals: usize,
    },
    Time(&'a DateTime),
    /// An object: what its schema says, and its members in the order of the schema.
    Object(&'static Object, &'a dyn Parts),
    List(&'a dyn Parts),
    /// `null`, where any JSON value may stand.
    Null,
    /// Something that no rule looks into.
    Other,
}

/// The members of an object or the items of a list.
pub trait Parts {
    /// How many there may be: the members that the schema names, or the items that are there.
    fn count(&self) -> usize;

    /// The one at this place; `None` for a member that is absent.
    fn at(&self, index: usize) -> Option<Part<'_>>;
}

/// Looks for something in a message, value by value, each with its type.
pub trait Look {
    /// Whether it is in this value. Looking further down is up to the look: [`Field::any_part`].
    fn finds_in<T: Field>(&self, value: &T) -> bool;
}
