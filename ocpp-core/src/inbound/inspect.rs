//! The second look: where and how a payload deviates from its schema.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Finding, Rule};
use crate::message::{BorrowedText, Member, Object, Shape};
use crate::types::DateTime;

/// The most findings that are told of one payload.
const MAX_FINDINGS: usize = 100;

/// Every deviation of a payload that could be read.
pub(super) fn findings(json: &str, shape: &Shape) -> Vec<Finding> {
    let mut look = Look::default();
    match serde_json::from_str::<&RawValue>(json) {
        Ok(value) => look.at(value.get(), shape),
        Err(_) => look.found(Rule::NotAnObject),
    }
    look.findings
}

/// Every deviation of a payload that could not be read; at least one of them is not tolerated.
pub(super) fn faults(json: &str, shape: &Shape) -> Vec<Finding> {
    let mut findings = findings(json, shape);
    if findings.iter().all(Finding::is_tolerated) {
        findings.insert(0, Finding { pointer: String::new(), rule: Rule::NotAnObject });
    }
    findings
}

/// A walk over the payload as far as its schema goes. Values stay text until their turn comes, so that neither
/// members that stand twice nor numbers of any size are lost on the way.
#[derive(Default)]
struct Look {
    path: Vec<String>,
    findings: Vec<Finding>,
}

impl Look {
    fn found(&mut self, rule: Rule) {
        if self.findings.len() == MAX_FINDINGS {
            // Many small oddities must not hide why a payload is refused.
            if rule.is_tolerated() || !self.findings.iter().all(Finding::is_tolerated) {
                return;
            }
            self.findings.pop();
        }
        let pointer = self.path.iter().map(|part| format!("/{part}")).collect();
        self.findings.push(Finding { pointer, rule });
    }

    fn within(&mut self, part: String, look: impl FnOnce(&mut Look)) {
        self.path.push(part);
        look(self);
        self.path.pop();
    }

    fn at(&mut self, json: &str, shape: &Shape) {
        match (shape, json.as_bytes().first()) {
            (Shape::Any, _) | (Shape::Boolean, Some(b't' | b'f')) => {}
            (Shape::Object(object), Some(b'{')) => self.at_object(json, object),
            (Shape::Object(_), _) if self.path.is_empty() => self.found(Rule::NotAnObject),
            (Shape::Enumeration(_) | Shape::Text { .. } | Shape::DateTime | Shape::Uri, Some(b'"')) => {
                match serde_json::from_str::<BorrowedText<'_>>(json) {
                    Ok(text) => self.at_text(text.as_str(), shape),
                    Err(_) => self.found(Rule::Type("a text of Unicode characters")),
                }
            }
            (Shape::Integer { min, max }, Some(b'-' | b'0'..=b'9')) => self.at_integer(json, *min, *max),
            (Shape::Number { min, max, .. }, Some(b'-' | b'0'..=b'9')) => self.at_number(json, *min, *max),
            (Shape::Array { items, min, max }, Some(b'[')) => {
                let values: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
                self.at_count(values.len(), min.unwrap_or(0), max.unwrap_or(usize::MAX));
                for (index, value) in values.into_iter().enumerate() {
                    self.within(index.to_string(), |look| look.at(value.get(), items));
                }
            }
            (shape, _) => self.found(Rule::Type(expected(shape))),
        }
    }

    fn at_object(&mut self, json: &str, object: &Object) {
        let Ok(Members(members)) = serde_json::from_str(json) else {
            return self.found(Rule::Type("an object with names of Unicode characters"));
        };
        for member in object.members {
            self.within(escaped(member.name), |look| {
                let mut values =
                    members.iter().filter(|(name, _)| name == member.name).map(|(_, value)| value.get());
                look.at_member(values.next(), member);
                if values.next().is_some() {
                    look.found(Rule::Duplicate);
                }
            });
        }
        if !object.open {
            let known = |name: &str| object.members.iter().any(|member| member.name == name);
            for (name, _) in members.iter().filter(|(name, _)| !known(name)) {
                self.within(escaped(name), |look| look.found(Rule::Unknown));
            }
        }
    }

    fn at_member(&mut self, value: Option<&str>, member: &Member) {
        match value {
            None if member.required => self.found(Rule::Missing),
            None => {}
            Some("null") if !member.required && *member.shape != Shape::Any => self.found(Rule::Null),
            Some(value) => self.at(value, member.shape),
        }
    }

    fn at_text(&mut self, text: &str, shape: &Shape) {
        match shape {
            Shape::Enumeration(known) if !known.values.contains(&text) => {
                self.found(Rule::NotInEnum(known.name))
            }
            Shape::DateTime if text.parse::<DateTime>().is_err() => self.found(Rule::DateTime),
            Shape::Text { max: Some(limit) } => {
                let length = text.chars().count();
                if length > *limit {
                    self.found(Rule::TooLong { length, limit: *limit });
                }
            }
            _ => {}
        }
    }

    fn at_integer(&mut self, json: &str, min: Option<i64>, max: Option<i64>) {
        if json.contains(['.', 'e', 'E']) || json == "-0" {
            return self.found(Rule::Type("a whole number"));
        }
        let value = json.parse::<i32>().map(i64::from);
        if !value.is_ok_and(|value| min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max))
        {
            self.found(Rule::Range { min, max });
        }
    }

    #[allow(clippy::cast_precision_loss)] // The bounds are small whole numbers.
    fn at_number(&mut self, json: &str, min: Option<i64>, max: Option<i64>) {
        let exact = Decimal::from_str_exact(json).or_else(|_| Decimal::from_scientific(json)).ok();
        let outside = match (exact, json.parse::<f64>()) {
            (Some(value), _) => {
                min.is_some_and(|min| value < min.into()) || max.is_some_and(|max| value > max.into())
            }
            (None, Ok(value)) => {
                min.is_some_and(|min| value < min as f64) || max.is_some_and(|max| value > max as f64)
            }
            (None, Err(_)) => false,
        };
        if outside {
            self.found(Rule::Range { min, max });
        }
    }

    fn at_count(&mut self, count: usize, min: usize, max: usize) {
        if count < min || count > max {
            self.found(Rule::Count { count, min, max });
        }
    }
}

/// The members of an object as they stand there.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<BorrowedText<'de>, &'de RawValue>()? {
                    members.push((name.into_inner(), value));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}

fn expected(shape: &Shape) -> &'static str {
    match shape {
        Shape::Object(_) => "an object",
        Shape::Enumeration(_) | Shape::Text { .. } | Shape::DateTime | Shape::Uri => "a text",
        Shape::Integer { .. } => "a whole number",
        Shape::Number { .. } => "a number",
        Shape::Boolean => "true or false",
        Shape::Array { .. } => "a list",
        Shape::Any => "a value",
    }
}

/// A member's name as part of a JSON pointer, cut so that a name from outside cannot grow a message.
fn escaped(name: &str) -> String {
    let short: String = name.chars().take(64).collect();
    if short.contains(['~', '/']) { short.replace('~', "~0").replace('/', "~1") } else { short.to_owned() }
}
