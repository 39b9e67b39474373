//! The walk over a payload that asks every rule.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::value::RawValue;

use super::everywhere::{self, MOST_DECIMALS, MOST_DIGITS, MOST_DIGITS_2X, digits_of_second};
use super::view::View;
use super::{Breach, Requirement};
use crate::message::{Object, Shape};
use crate::quirk::Quirk;
use crate::types::{Version, decimals_of};

/// The most places that are told of one payload.
const MAX_BREACHES: usize = 100;

pub(super) fn walk(version: Version, shape: &Shape, json: &str) -> Vec<Breach> {
    let towards_station = matches!(shape, Shape::Object(root) if everywhere::goes_to_station(root.name));
    let mut walk = Walk { version, towards_station, path: Vec::new(), breaches: Vec::new() };
    walk.at(json, shape);
    walk.breaches
}

struct Walk {
    version: Version,
    towards_station: bool,
    path: Vec<String>,
    breaches: Vec<Breach>,
}

impl Walk {
    fn tell(&mut self, place: &str, rule: Option<&'static Requirement>, quirk: Quirk, value: Option<&str>) {
        if self.breaches.len() < MAX_BREACHES {
            let mut pointer: String = self.path.iter().map(|part| format!("/{part}")).collect();
            if !place.is_empty() {
                pointer.push('/');
                pointer.push_str(place);
            }
            let value = value.map(|json| Box::from(json.get(..60).unwrap_or(json)));
            self.breaches.push(Breach { pointer, rule, quirk, value });
        }
    }

    fn at(&mut self, json: &str, shape: &Shape) {
        match shape {
            Shape::Object(object) => self.at_object(json, object),
            Shape::Array { items, .. } if has_rules(items) => {
                let values: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
                for (index, value) in values.into_iter().enumerate() {
                    self.within(index.to_string(), |walk| walk.at(value.get(), items));
                }
            }
            Shape::DateTime => self.at_time(json),
            Shape::Number { .. }
                if self.towards_station && self.version.is_2x() && decimals_of(json) > MOST_DECIMALS =>
            {
                self.tell("", Some(&everywhere::SIX_DECIMALS), Quirk::TextRule, None);
            }
            _ => {}
        }
    }

    fn within(&mut self, part: String, look: impl FnOnce(&mut Walk)) {
        self.path.push(part);
        look(self);
        self.path.pop();
    }

    fn at_object(&mut self, json: &str, object: &Object) {
        let view = View::of(json);
        for rule in super::all(self.version).filter(|rule| rule.object == object.name) {
            if let Some(place) = (rule.check.0)(&view) {
                self.tell(place, Some(rule), rule.quirk, None);
            }
        }
        for place in everywhere::remarkable(self.version, object, &view) {
            self.tell(place.0, None, place.1, None);
        }
        if self.version.is_2x() {
            for name in everywhere::odd_identifiers(object, &view) {
                self.tell(name, Some(&everywhere::IDENTIFIER), Quirk::TextRule, None);
            }
        }
        for member in object.members.iter().filter(|member| has_rules(member.shape)) {
            if let Some(value) = view.raw(member.name) {
                self.within(member.name.to_string(), |walk| walk.at(value, member.shape));
            }
        }
    }

    fn at_time(&mut self, json: &str) {
        let digits = digits_of_second(json);
        if self.version.is_2x() && digits > MOST_DIGITS_2X {
            self.tell("", Some(&everywhere::THREE_DIGITS), Quirk::TextRule, Some(json));
        } else if digits > MOST_DIGITS {
            self.tell("", None, Quirk::FineTime, Some(json));
        }
        if json.starts_with("\"1970-") {
            self.tell("", None, Quirk::ClockNotSet, Some(json));
        }
    }
}

/// Whether a value of this shape can hold anything that a rule is about.
fn has_rules(shape: &Shape) -> bool {
    match shape {
        Shape::Object(object) => !object.open,
        Shape::Array { items, .. } => has_rules(items),
        Shape::DateTime | Shape::Number { .. } => true,
        _ => false,
    }
}
