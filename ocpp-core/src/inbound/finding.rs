//! What is said of a payload that deviates.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::quirk::{Quirk, Quirks};
use crate::requirement::{Breach, Kind, Requirement};

/// A place where a payload deviates from its schema, or from the text of the specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// Which rule is broken.
    pub rule: Rule,
    /// What stands there, as far as it may be shown.
    pub value: Shown,
    /// The habit that explains it and is tolerated; `None` when it is not, so that the message is refused.
    pub quirk: Option<Quirk>,
}

/// A value in an error: short, and nothing that is secret or personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Nothing stands there.
    Nothing,
    /// Its JSON, at most 60 characters of it.
    Json(Box<str>),
    /// It may be secret or personal, so it is not shown.
    Hidden,
}

/// A rule that a schema or the text of the specification makes.
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
    /// A rule of the specification's text, which the schema does not have.
    Text(&'static Requirement),
    /// No rule: it is legal, and told because it surprises.
    Legal(Quirk),
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
    /// The kind of fault; [`ErrorCode`](crate::wire::ErrorCode) has the code of each version for it.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        match self {
            Rule::NotAnObject => Fault::Formation,
            Rule::Missing | Rule::Unknown | Rule::Count { .. } | Rule::Duplicate => Fault::Occurrence,
            Rule::Null | Rule::Type(_) => Fault::Type,
            Rule::TooLong { .. }
            | Rule::Range { .. }
            | Rule::NotInEnum(_)
            | Rule::DateTime
            | Rule::Legal(_) => Fault::Property,
            Rule::Text(requirement) => match requirement.kind {
                Kind::Occurrence => Fault::Occurrence,
                Kind::Value => Fault::Property,
            },
        }
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
            Rule::Text(requirement) => write!(f, "{} ({})", requirement.text, requirement.id),
            Rule::Legal(quirk) => write!(f, "is legal and remarkable ({quirk})"),
        }
    }
}

impl Finding {
    /// Whether the message is read in spite of it.
    #[must_use]
    pub const fn is_tolerated(&self) -> bool {
        self.quirk.is_some()
    }

    pub(super) fn of_breach(breach: Breach, quirks: Quirks) -> Finding {
        let Breach { pointer, rule, quirk, value } = breach;
        let rule = rule.map_or(Rule::Legal(quirk), Rule::Text);
        let value = value.map_or(Shown::Nothing, Shown::Json);
        Finding { pointer, rule, value, quirk: quirks.contains(quirk).then_some(quirk) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the payload" } else { &self.pointer };
        write!(f, "{place} {}", self.rule)?;
        match &self.value {
            Shown::Json(json) => write!(f, ", not {json}"),
            Shown::Nothing | Shown::Hidden => Ok(()),
        }
    }
}

/// A payload that cannot be what its schema says: everything that is wrong with it. It shows no value that may
/// be secret or personal, so that it can be logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// What is wrong; at least one that is not tolerated, at most 100.
    pub findings: Vec<Finding>,
}

impl Rejected {
    /// The kind of fault of the first finding that is not tolerated.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.violations().next().map_or(Fault::Formation, |finding| finding.rule.fault())
    }

    /// What is not tolerated.
    pub fn violations(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !finding.is_tolerated())
    }

    /// A payload that no rule here explains and that cannot be read all the same.
    pub(super) fn unexplained(mut findings: Vec<Finding>) -> Rejected {
        findings.insert(0, Finding::malformed());
        Rejected { findings }
    }
}

impl Finding {
    pub(super) const fn malformed() -> Finding {
        Finding { pointer: String::new(), rule: Rule::NotAnObject, value: Shown::Nothing, quirk: None }
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.violations().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            finding.fmt(f)?;
        }
        Ok(())
    }
}

impl core::error::Error for Rejected {}
