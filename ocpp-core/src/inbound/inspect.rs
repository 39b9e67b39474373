//! The second look: where and how a payload deviates from its schema.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::Value;

use super::{Finding, Rule};
use crate::message::{Member, Object, Shape};
use crate::types::DateTime;

/// The most findings that are told of one payload.
const MAX_FINDINGS: usize = 100;

/// Every deviation of a payload that could be read.
pub(super) fn findings(json: &str, shape: &Shape) -> Vec<Finding> {
    let mut look = Look::default();
    match serde_json::from_str::<Value>(json) {
        Ok(value) => look.at(&value, shape),
        Err(_) => look.found(Rule::NotAnObject),
    }
    look.findings
}

/// Every deviation of a payload that could not be read; never empty.
pub(super) fn faults(json: &str, shape: &Shape) -> Vec<Finding> {
    let mut findings = findings(json, shape);
    if findings.iter().all(Finding::is_tolerated) || findings.iter().all(|finding| finding.rule == Rule::Null) {
        // What a generic JSON value does not show: a member that stands twice.
        findings.insert(0, Finding { pointer: String::new(), rule: Rule::Duplicate });
    }
    findings
}

#[derive(Default)]
struct Look {
    path: Vec<String>,
    findings: Vec<Finding>,
}

impl Look {
    fn found(&mut self, rule: Rule) {
        if self.findings.len() < MAX_FINDINGS {
            let pointer = self.path.iter().map(|part| format!("/{part}")).collect();
            self.findings.push(Finding { pointer, rule });
        }
    }

    fn within(&mut self, part: String, look: impl FnOnce(&mut Look)) {
        self.path.push(part);
        look(self);
        self.path.pop();
    }

    fn at(&mut self, value: &Value, shape: &Shape) {
        match (shape, value) {
            (Shape::Any, _) | (Shape::Boolean, Value::Bool(_)) | (Shape::Uri, Value::String(_)) => {}
            (Shape::Object(object), Value::Object(members)) => self.at_object(members, object),
            (Shape::Object(_), _) if self.path.is_empty() => self.found(Rule::NotAnObject),
            (Shape::Enumeration(known), Value::String(text)) => {
                if !known.values.contains(&text.as_str()) {
                    self.found(Rule::NotInEnum(known.name));
                }
            }
            (Shape::Text { max }, Value::String(text)) => self.at_text(text, *max),
            (Shape::DateTime, Value::String(text)) => {
                if text.parse::<DateTime>().is_err() {
                    self.found(Rule::DateTime);
                }
            }
            (Shape::Integer { min, max }, Value::Number(number)) => self.at_integer(number, *min, *max),
            (Shape::Number { min, max, .. }, Value::Number(number)) => self.at_number(number, *min, *max),
            (Shape::Array { items, min, max }, Value::Array(values)) => {
                self.at_count(values.len(), min.unwrap_or(0), max.unwrap_or(usize::MAX));
                for (index, value) in values.iter().enumerate() {
                    self.within(index.to_string(), |look| look.at(value, items));
                }
            }
            (shape, _) => self.found(Rule::Type(expected(shape))),
        }
    }

    fn at_object(&mut self, members: &serde_json::Map<String, Value>, object: &Object) {
        for member in object.members {
            self.within(escaped(member.name), |look| look.at_member(members.get(member.name), member));
        }
        if !object.open {
            for name in members.keys().filter(|name| !object.members.iter().any(|known| known.name == **name)) {
                self.within(escaped(name), |look| look.found(Rule::Unknown));
            }
        }
    }

    fn at_member(&mut self, value: Option<&Value>, member: &Member) {
        match value {
            None if member.required => self.found(Rule::Missing),
            None => {}
            Some(Value::Null) if !member.required && *member.shape != Shape::Any => self.found(Rule::Null),
            Some(value) => self.at(value, member.shape),
        }
    }

    fn at_text(&mut self, text: &str, max: Option<usize>) {
        let length = text.chars().count();
        if let Some(limit) = max.filter(|limit| length > *limit) {
            self.found(Rule::TooLong { length, limit });
        }
    }

    fn at_integer(&mut self, number: &serde_json::Number, min: Option<i64>, max: Option<i64>) {
        match number.as_i64().map(i32::try_from) {
            Some(Ok(value)) => {
                let value = i64::from(value);
                if min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max) {
                    self.found(Rule::Range { min, max });
                }
            }
            Some(Err(_)) => self.found(Rule::Range { min, max }),
            None if number.is_u64() => self.found(Rule::Range { min, max }),
            None => self.found(Rule::Type("a whole number")),
        }
    }

    #[allow(clippy::cast_precision_loss)] // The bounds are small whole numbers.
    fn at_number(&mut self, number: &serde_json::Number, min: Option<i64>, max: Option<i64>) {
        let Some(value) = number.as_f64() else { return };
        if min.is_some_and(|min| value < min as f64) || max.is_some_and(|max| value > max as f64) {
            self.found(Rule::Range { min, max });
        }
    }

    fn at_count(&mut self, count: usize, min: usize, max: usize) {
        if count < min || count > max {
            self.found(Rule::Count { count, min, max });
        }
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
