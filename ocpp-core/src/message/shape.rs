//! What a schema says, as constants.

/// What a schema says of a type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// An object with named members.
    Object(&'static Object),
    /// One of several texts.
    Enumeration(&'static Enumeration),
    /// A text of at most `max` characters.
    #[allow(missing_docs)]
    Text { max: Option<usize> },
    /// A moment in time (RFC 3339).
    DateTime,
    /// A URI (RFC 3986).
    Uri,
    /// A whole number.
    #[allow(missing_docs)]
    Integer { min: Option<i64>, max: Option<i64> },
    /// A number; `tenths` means a multiple of 0.1.
    #[allow(missing_docs)]
    Number { min: Option<i64>, max: Option<i64>, tenths: bool },
    /// True or false.
    Boolean,
    /// A list.
    #[allow(missing_docs)]
    Array { items: &'static Shape, min: Option<usize>, max: Option<usize> },
    /// Any JSON value.
    Any,
}

/// What a schema says of an object.
#[derive(Debug, PartialEq)]
pub struct Object {
    /// The name of the type in the specification.
    pub name: &'static str,
    /// Its members in the order of the specification.
    pub members: &'static [Member],
    /// Whether it may have other members, too: only `CustomDataType` may.
    pub open: bool,
}

/// What a schema says of a member of an object.
#[derive(Debug, PartialEq)]
pub struct Member {
    /// Its name on the wire.
    pub name: &'static str,
    /// Whether it has to be there.
    pub required: bool,
    /// What it is.
    pub shape: &'static Shape,
}

/// What a schema says of an enumeration.
#[derive(Debug, PartialEq)]
pub struct Enumeration {
    /// The name of the type in the specification.
    pub name: &'static str,
    /// Its values.
    pub values: &'static [&'static str],
}
