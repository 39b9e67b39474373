//! Rules that the text of the specification makes and its schemas do not.
//!
//! "Exactly one of", "required when", the characters of identifiers, digits after the point: a JSON schema of
//! OCPP has none of it. Each [`Requirement`] here names the place where the text makes it: `K01.FR.03`, or the
//! part and section where the text gives no number.
//!
//! What others sent is read all the same and told as a finding (a habit of its own,
//! [`Quirk::TextRule`]); what we send is refused before it is sent
//! ([`inbound::write_checked`](crate::inbound::write_checked), [`dialect`](crate::dialect)).
//!
//! Only what a single message shows is looked at. A rule about the order of messages belongs to whoever keeps
//! the state that it is about.

mod everywhere;
mod screen;
mod two;
mod v16;
mod v21;
mod view;
mod walk;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::message::{Field, Shape};
use crate::quirk::Quirk;
use crate::types::Version;
use view::View;

#[cfg(any(feature = "v201", feature = "v21"))]
pub(crate) use view::is_identifier;

/// A rule of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Its name in the specification: `K01.FR.03`, or the part and section.
    pub id: &'static str,
    /// The type of the specification that it is about.
    pub object: &'static str,
    /// What it demands, as the rest of a sentence about the place that breaks it.
    pub text: &'static str,
    /// What kind of rule it is.
    pub kind: Kind,
    /// The habit that tolerates a breach.
    pub quirk: Quirk,
    check: Check,
}

/// What kind of rule it is; it decides the error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Whether something has to be there, or must not.
    Occurrence,
    /// What it may say.
    Value,
}

/// Looks at an object: where it breaks the rule, as a path of names, or `None` when it keeps to it.
#[derive(Clone, Copy)]
struct Check(fn(&View<'_>) -> Option<&'static str>);

impl core::fmt::Debug for Check {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Check")
    }
}

impl PartialEq for Check {
    /// Rules are told apart by what they are about, not by their code.
    fn eq(&self, _: &Check) -> bool {
        true
    }
}

impl Eq for Check {}

/// A place where a payload breaks a rule of the text, or where it is legal and remarkable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Where, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// The rule; `None` when what stands there is legal and only surprises.
    pub rule: Option<&'static Requirement>,
    /// The habit that explains it.
    pub quirk: Quirk,
    /// What stands there, where it is neither secret nor personal.
    pub value: Option<Box<str>>,
}

/// A rule about the presence of members.
const fn presence(
    id: &'static str,
    object: &'static str,
    text: &'static str,
    check: fn(&View<'_>) -> Option<&'static str>,
) -> Requirement {
    Requirement { id, object, text, kind: Kind::Occurrence, quirk: Quirk::TextRule, check: Check(check) }
}

/// A rule about the value of a member.
const fn value(
    id: &'static str,
    object: &'static str,
    text: &'static str,
    check: fn(&View<'_>) -> Option<&'static str>,
) -> Requirement {
    Requirement { id, object, text, kind: Kind::Value, quirk: Quirk::TextRule, check: Check(check) }
}

/// A list that may not be empty, where the schema allows it.
const fn filled(
    id: &'static str,
    object: &'static str,
    check: fn(&View<'_>) -> Option<&'static str>,
) -> Requirement {
    let text = "has no items, at least one is wanted";
    Requirement { id, object, text, kind: Kind::Occurrence, quirk: Quirk::EmptyList, check: Check(check) }
}

/// All rules about messages of a version.
pub fn all(version: Version) -> impl Iterator<Item = &'static Requirement> {
    lists(version).into_iter().flatten()
}

const fn lists(version: Version) -> [&'static [Requirement]; 3] {
    match version {
        Version::V16 => [v16::RULES, &[], everywhere::V16],
        Version::V201 => [two::RULES, two::RULES_OF_201, everywhere::TWO],
        Version::V21 => [two::RULES, v21::RULES, everywhere::TWO],
    }
}

/// Whether a value may break a rule of the text of `version`, or be remarkable: when it does not, its text has no
/// [`breaches`]. This looks at the value alone, and is much cheaper.
#[must_use]
pub fn suspects<T: Field>(version: Version, value: &T) -> bool {
    screen::suspects(version, value)
}

/// Where a payload breaks the rules of the text of `version`; it keeps to its schema, `shape`, otherwise.
/// At most 100 places are told.
#[must_use]
pub fn breaches(version: Version, shape: &Shape, json: &str) -> Vec<Breach> {
    walk::walk(version, shape, json)
}
