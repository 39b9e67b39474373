//! Reading payloads: what they say, what was tolerated, or why they are refused.
//!
//! The typed parse is the validation. Only when it fails, or when the value has something that its schema does
//! not name, is the payload looked at a second time, to say exactly what deviates and where.

mod inspect;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::message::Message;

/// A payload that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Inbound<T> {
    /// What it says.
    pub value: T,
    /// The text as it came, where something had to be tolerated.
    pub raw: Option<Box<str>>,
    /// What was tolerated; empty for a payload that keeps to its schema.
    pub findings: Vec<Finding>,
}

impl<T> Inbound<T> {
    /// The same with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Inbound<U> {
        Inbound { value: f(self.value), raw: self.raw, findings: self.findings }
    }
}

/// A place where a payload deviates from its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// Which rule is broken.
    pub rule: Rule,
}

/// A rule that a schema makes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Rule {
    /// A required member is missing.
    Missing,
    /// A member that the schema does not name.
    Unknown,
    /// `null` instead of leaving the member out.
    Null,
    /// Another JSON type than this one.
    Type(&'static str),
    /// A text has more characters than allowed.
    TooLong { length: usize, limit: usize },
    /// A list has too few or too many items.
    Count { count: usize, min: usize, max: usize },
    /// A number is outside its bounds.
    Range { min: Option<i64>, max: Option<i64> },
    /// A text that is not one of the values of this enumeration.
    NotInEnum(&'static str),
    /// A text is no date and time of RFC 3339.
    DateTime,
    /// The member stands twice in the object.
    Duplicate,
    /// The payload is no JSON object.
    NotAnObject,
}

/// The kinds of fault that RPC error codes tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Fault {
    /// No JSON object at all.
    Formation,
    /// A member or item is missing, or there are too many.
    Occurrence,
    /// A value of the right type that is not allowed.
    Property,
    /// A value of another type.
    Type,
}

impl Rule {
    /// The kind of fault.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        match self {
            Rule::NotAnObject => Fault::Formation,
            Rule::Missing | Rule::Unknown | Rule::Count { .. } | Rule::Duplicate => Fault::Occurrence,
            Rule::Null | Rule::Type(_) => Fault::Type,
            Rule::TooLong { .. } | Rule::Range { .. } | Rule::NotInEnum(_) | Rule::DateTime => {
                Fault::Property
            }
        }
    }

    /// Whether the typed value loses nothing by it.
    const fn is_tolerated(&self) -> bool {
        matches!(self, Rule::Unknown | Rule::NotInEnum(_) | Rule::Null)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::Missing => f.write_str("is required and missing"),
            Rule::Unknown => f.write_str("is not named by the schema"),
            Rule::Null => f.write_str("is null; leave it out instead"),
            Rule::Type(expected) => write!(f, "has to be {expected}"),
            Rule::TooLong { length, limit } => {
                write!(f, "has {length} characters, at most {limit} are allowed")
            }
            Rule::Count { count, min, max } if *max == usize::MAX => {
                write!(f, "has {count} items, at least {min} are wanted")
            }
            Rule::Count { count, min, max } => write!(f, "has {count} items, {min} to {max} are allowed"),
            Rule::Range { min: Some(min), max: Some(max) } => write!(f, "has to be from {min} to {max}"),
            Rule::Range { min: Some(min), max: None } => write!(f, "has to be at least {min}"),
            Rule::Range { min: None, max: Some(max) } => write!(f, "has to be at most {max}"),
            Rule::Range { min: None, max: None } => f.write_str("has to be a 32-bit integer"),
            Rule::NotInEnum(name) => write!(f, "is none of the values of {name}"),
            Rule::DateTime => f.write_str("has to be a date and time with an offset (RFC 3339)"),
            Rule::Duplicate => f.write_str("stands there twice"),
            Rule::NotAnObject => f.write_str("has to be a JSON object"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the payload" } else { &self.pointer };
        write!(f, "{place} {}", self.rule)
    }
}

/// A payload that cannot be what its schema says: everything that is wrong with it. It names places and
/// rules, never values, so that it can be logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// What is wrong; at least one that is not tolerated, at most 100.
    pub findings: Vec<Finding>,
}

impl Rejected {
    /// The kind of fault of the first finding that is not tolerated.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.grave().next().map_or(Fault::Formation, |finding| finding.rule.fault())
    }

    fn grave(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !finding.is_tolerated())
    }
}

impl Finding {
    fn is_tolerated(&self) -> bool {
        self.rule.is_tolerated()
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.grave().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            finding.fmt(f)?;
        }
        Ok(())
    }
}

impl core::error::Error for Rejected {}

/// Reads a payload.
///
/// # Errors
/// [`Rejected`] when the payload cannot be what the schema of `T` says. Unknown members, unknown values of
/// enumerations, and `null` for an optional member are tolerated and told as findings.
pub fn read<T: Message>(json: &str) -> Result<Inbound<T>, Rejected> {
    match serde_json::from_str::<T>(json) {
        Ok(value) if value.conforms() => Ok(Inbound { value, raw: None, findings: Vec::new() }),
        Ok(value) => {
            Ok(Inbound { value, raw: Some(json.into()), findings: inspect::findings(json, &T::SHAPE) })
        }
        Err(_) => Err(Rejected { findings: inspect::faults(json, &T::SHAPE) }),
    }
}

/// Writes a payload. Nothing that a message can hold makes this fail.
#[must_use]
pub fn write<T: Message>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| String::from("{}"))
}
