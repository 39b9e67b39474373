//! Reading payloads: what they say, what was tolerated, or why they are refused.
//!
//! The typed parse is the validation. Only when it fails, or when the value has something that its schema does
//! not name, is the payload looked at a second time: to say exactly what deviates and where, and to mend what a
//! known habit of the field ([`Quirk`](crate::quirk::Quirk)) explains. Mending rewrites the text, digit by
//! digit, and never goes through a tree of values; the text as it came is kept beside the value.
//!
//! [`read`] tolerates every habit. [`read_by`] takes a [`Policy`]: which habits are tolerated, and whether the
//! rules that only the text of the specification makes are looked at, too ([`requirement`]).
//! [`write()`] writes what is there; [`write_checked`] refuses to write what breaks a rule.

mod finding;
mod inspect;
mod mend;
mod privacy;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::message::{Message, Shape};
use crate::quirk::Quirks;
use crate::requirement;
use crate::types::Version;
use inspect::{Inspected, Repair};

pub use finding::{Fault, Finding, Rejected, Rule, Shown};

/// A payload that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Inbound<T> {
    /// What it says, with what was tolerated mended.
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

/// How strictly a payload is read. The default tolerates every habit and does not look at the rules of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// Which habits are tolerated.
    pub quirks: Quirks,
    /// The version whose text has rules that are looked at, too; `None` looks at the schema alone.
    pub text_rules: Option<Version>,
}

impl Policy {
    /// Tolerates every habit, and tells what breaks the text of `version`.
    #[must_use]
    pub const fn of(version: Version) -> Policy {
        Policy { quirks: Quirks::all(), text_rules: Some(version) }
    }

    /// The same with other habits.
    #[must_use]
    pub const fn with_quirks(self, quirks: Quirks) -> Policy {
        Policy { quirks, ..self }
    }
}

/// Reads a payload and tolerates every habit.
///
/// # Errors
/// [`Rejected`] when the payload cannot be what the schema of `T` says.
pub fn read<T: Message>(json: &str) -> Result<Inbound<T>, Rejected> {
    read_by(json, Policy::default())
}

/// Reads a payload.
///
/// # Errors
/// [`Rejected`] when the payload breaks a rule that `policy` does not tolerate.
pub fn read_by<T: Message>(json: &str, policy: Policy) -> Result<Inbound<T>, Rejected> {
    let (value, text, mut findings) = match serde_json::from_str::<T>(json).ok() {
        Some(value) if value.conforms() => (value, Cow::Borrowed(json), Vec::new()),
        parsed => second_look(parsed, json, policy.quirks)?,
    };
    if let Some(version) = policy.text_rules.filter(|version| requirement::suspects(*version, &value)) {
        findings.extend(text_findings(version, &T::SHAPE, &text, policy.quirks));
        if !findings.iter().all(Finding::is_tolerated) {
            return Err(Rejected { findings });
        }
    }
    let raw = (!findings.is_empty()).then(|| json.into());
    Ok(Inbound { value, raw, findings })
}

/// A payload that deviates: what it says all the same, its text with what habits explain mended, and what was
/// tolerated. `parsed` is what the typed parse gave.
fn second_look<T: Message>(
    parsed: Option<T>,
    json: &str,
    quirks: Quirks,
) -> Result<(T, Cow<'static, str>, Vec<Finding>), Rejected> {
    let Inspected { findings, text, repair } = inspect::inspect(json, &T::SHAPE, quirks);
    if !findings.iter().all(Finding::is_tolerated) {
        return Err(Rejected { findings });
    }
    let value = match (parsed, repair) {
        (Some(value), Repair::Untouched) => Some(value),
        _ => serde_json::from_str(&text).ok(),
    };
    match value {
        Some(value) => Ok((value, text.into(), findings)),
        None => Err(Rejected::unexplained(findings)),
    }
}

/// What breaks the rules of a version's text, in a payload that keeps to its schema.
#[must_use]
pub fn text_findings(version: Version, shape: &Shape, json: &str, quirks: Quirks) -> Vec<Finding> {
    requirement::breaches(version, shape, json)
        .into_iter()
        .map(|breach| Finding::of_breach(breach, quirks))
        .collect()
}

/// Everything that is wrong with a payload, by its schema and by the text of `version`, with nothing tolerated.
/// Whatever the findings, nothing is mended: this is for those who check a message before they send it.
#[must_use]
pub fn violations(version: Version, shape: &Shape, json: &str) -> Vec<Finding> {
    let mut findings = inspect::inspect(json, shape, Quirks::strict()).findings;
    if findings.is_empty() {
        findings = text_findings(version, shape, json, Quirks::strict());
    }
    findings.retain(|finding| !finding.is_tolerated());
    findings
}

/// Writes a payload. Nothing that a message can hold makes this fail.
#[must_use]
pub fn write<T: Message>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| String::from("{}"))
}

/// Writes a payload that keeps to its schema and to the text of `version`.
///
/// # Errors
/// [`Rejected`] with everything that the other side would be right to refuse; nothing is to be sent then.
pub fn write_checked<T: Message>(version: Version, value: &T) -> Result<String, Rejected> {
    let json = write(value);
    if value.conforms() && !requirement::suspects(version, value) {
        return Ok(json);
    }
    let findings = violations(version, &T::SHAPE, &json);
    if findings.is_empty() { Ok(json) } else { Err(Rejected { findings }) }
}
