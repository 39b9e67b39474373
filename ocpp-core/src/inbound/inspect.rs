//! The second look: where and how a payload deviates from its schema, and what it says all the same.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::finding::{Finding, Rule, Shown};
use super::{mend, privacy};
use crate::message::{BorrowedText, Enumeration, Member, Members, Object, Shape};
use crate::quirk::{Quirk, Quirks};
use crate::types::DateTime;

/// The most findings that are told of one payload.
const MAX_FINDINGS: usize = 100;

/// Objects whose texts describe the station, so that a cut one does no harm.
const DESCRIPTIONS: &[&str] =
    &["BootNotificationRequest", "ChargingStationType", "ModemType", "StatusNotificationRequest"];

/// Members of those that are identifiers all the same.
const IDENTIFIERS: &[&str] = &["vendorId"];

/// A payload after the second look.
pub(super) struct Inspected {
    /// Every deviation.
    pub(super) findings: Vec<Finding>,
    /// The text with what habits explain mended.
    pub(super) text: String,
    /// Whether that says something else than the text as it came.
    pub(super) repair: Repair,
}

/// Whether a text had to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repair {
    Untouched,
    Mended,
}

/// Looks at a whole payload.
pub(super) fn inspect(json: &str, shape: &Shape, quirks: Quirks) -> Inspected {
    let mut look = Look {
        quirks,
        path: Vec::new(),
        findings: Vec::new(),
        text: String::with_capacity(json.len()),
        repair: Repair::Untouched,
    };
    match serde_json::from_str::<&RawValue>(json) {
        Ok(value) => {
            let _ = look.at(value.get(), shape, Spot { object: "", member: "", need: Need::Needed });
        }
        Err(_) => look.findings.push(Finding::malformed()),
    }
    Inspected { findings: look.findings, text: look.text, repair: look.repair }
}

/// A walk over the payload as far as its schema goes, which writes what it sees and mends it on the way. Values
/// stay text until their turn comes, so that neither members that stand twice nor numbers of any size are lost.
struct Look {
    quirks: Quirks,
    path: Vec<String>,
    findings: Vec<Finding>,
    text: String,
    repair: Repair,
}

/// Where the walk is.
#[derive(Clone, Copy)]
struct Spot<'a> {
    object: &'a str,
    member: &'a str,
    need: Need,
}

/// Whether a value may be left out where it stands.
#[derive(Clone, Copy, PartialEq)]
enum Need {
    Optional,
    Needed,
}

/// What became of a value.
#[derive(Clone, Copy, PartialEq)]
#[must_use]
enum Fate {
    Written,
    /// It says nothing, and is left out.
    Omitted,
}

impl Look {
    fn found(&mut self, rule: Rule, quirk: Option<Quirk>, value: Shown) {
        let finding = Finding { pointer: String::new(), rule, value, quirk };
        if self.findings.len() == MAX_FINDINGS {
            // Many small oddities must not hide why a payload is refused.
            if finding.is_tolerated() || !self.findings.iter().all(Finding::is_tolerated) {
                return;
            }
            self.findings.pop();
        }
        let pointer = self.path.iter().map(|part| format!("/{part}")).collect();
        self.findings.push(Finding { pointer, ..finding });
    }

    /// A deviation that no habit explains; what stands there is written as it is.
    fn wrong(&mut self, rule: Rule, json: &str, shape: &Shape, spot: Spot<'_>) -> Fate {
        self.found(rule, None, privacy::shown(json, shape, spot.member));
        self.write(json)
    }

    /// A deviation that a habit explains: `mended` is written where the habit is tolerated.
    fn mended(
        &mut self,
        (rule, quirk): (Rule, Quirk),
        json: &str,
        mended: &str,
        shape: &Shape,
        spot: Spot<'_>,
    ) -> Fate {
        let tolerated = self.quirks.contains(quirk);
        let value = privacy::shown(json, shape, spot.member);
        self.found(rule, tolerated.then_some(quirk), value);
        if tolerated && mended != json {
            self.repair = Repair::Mended;
        }
        self.write(if tolerated { mended } else { json })
    }

    fn write(&mut self, json: &str) -> Fate {
        self.text.push_str(json);
        Fate::Written
    }

    fn within<R>(&mut self, part: String, look: impl FnOnce(&mut Look) -> R) -> R {
        self.path.push(part);
        let result = look(self);
        self.path.pop();
        result
    }

    fn at(&mut self, json: &str, shape: &Shape, spot: Spot<'_>) -> Fate {
        match (shape, json.as_bytes().first()) {
            (Shape::Any, _) | (Shape::Boolean, Some(b't' | b'f')) => self.write(json),
            (Shape::Object(object), Some(b'{')) => self.at_object(json, object, spot),
            (Shape::Object(_), _) if self.path.is_empty() => self.wrong(Rule::NotAnObject, json, shape, spot),
            (Shape::Enumeration(_) | Shape::Text { .. } | Shape::DateTime | Shape::Uri, Some(b'"')) => {
                match text_of(json) {
                    Some(text) => self.at_text(json, text.as_str(), shape, spot),
                    None => self.wrong(Rule::Type("a text of Unicode characters"), json, shape, spot),
                }
            }
            (Shape::Integer { .. }, Some(b'-' | b'0'..=b'9')) => self.at_integer(json, shape, spot),
            (Shape::Number { min, max, .. }, Some(b'-' | b'0'..=b'9')) => match outside(json, *min, *max) {
                true => self.wrong(Rule::Range { min: *min, max: *max }, json, shape, spot),
                false => self.write(json),
            },
            (Shape::Array { items, min, max }, Some(b'[')) => {
                self.at_list(json, items, (min.unwrap_or(0), max.unwrap_or(usize::MAX)), spot)
            }
            _ => self.at_other_type(json, shape, spot),
        }
    }

    /// A value of another JSON type than the schema wants.
    fn at_other_type(&mut self, json: &str, shape: &Shape, spot: Spot<'_>) -> Fate {
        let rule = Rule::Type(expected(shape));
        match shape {
            Shape::Boolean if json == "0" || json == "1" => {
                let mended = if json == "0" { "false" } else { "true" };
                self.mended((rule, Quirk::BooleanAsNumber), json, mended, shape, spot)
            }
            Shape::Text { .. }
                if is_scalar(json) && (spot.object, spot.member) == ("SampledValue", "value") =>
            {
                self.mended((rule, Quirk::MeterValueAsNumber), json, &mend::quoted(json), shape, spot)
            }
            Shape::Text { .. } if is_scalar(json) && (spot.object, spot.member) == ("KeyValue", "value") => {
                self.mended((rule, Quirk::ConfigurationValueNotText), json, &mend::quoted(json), shape, spot)
            }
            Shape::Integer { .. } | Shape::Number { .. } => {
                let text = text_of(json);
                match text.as_ref().and_then(|text| mend::number_in(text.as_str())) {
                    Some(number) if self.fits(number, shape) => {
                        self.mended((rule, Quirk::NumberAsText), json, number, shape, spot)
                    }
                    _ => self.wrong(rule, json, shape, spot),
                }
            }
            _ => self.wrong(rule, json, shape, spot),
        }
    }

    fn at_object(&mut self, json: &str, object: &Object, spot: Spot<'_>) -> Fate {
        let Ok(Members(members)) = serde_json::from_str(json) else {
            let rule = Rule::Type("an object with names of Unicode characters");
            return self.wrong(rule, json, &Shape::Object(&NO_OBJECT), spot);
        };
        let (start, first) = (self.text.len(), self.findings.len());
        let mut fate = Fate::Written;
        self.text.push('{');
        for member in object.members {
            let omitted = self.within(escaped(member.name), |look| look.at_member(&members, member, object));
            if omitted == Fate::Omitted && member.required {
                fate = Fate::Omitted;
            }
        }
        let known = |name: &str| object.members.iter().any(|member| member.name == name);
        for (name, value) in members.iter().filter(|(name, _)| !known(name)) {
            if !object.open {
                let quirk = Some(Quirk::UnknownMember).filter(|quirk| self.quirks.contains(*quirk));
                self.within(escaped(name), |look| look.found(Rule::Unknown, quirk, Shown::Hidden));
            }
            self.write_name(name);
            let _ = self.write(value.get());
        }
        self.text.push('}');
        if fate == Fate::Omitted {
            return self.omit(start, first, spot);
        }
        fate
    }

    /// A meter value without samples says nothing and is left out; nothing else is, where it is needed.
    fn omit(&mut self, start: usize, first: usize, spot: Spot<'_>) -> Fate {
        if spot.need == Need::Optional {
            self.text.truncate(start);
            return Fate::Omitted;
        }
        for finding in self.findings.iter_mut().skip(first) {
            if finding.quirk == Some(Quirk::EmptyList) {
                finding.quirk = None;
            }
        }
        Fate::Written
    }

    fn at_member(&mut self, members: &[(Cow<'_, str>, &RawValue)], member: &Member, object: &Object) -> Fate {
        let mut values = members.iter().filter(|(name, _)| name == member.name).map(|(_, value)| value.get());
        let Some(value) = values.next() else {
            if member.required {
                self.found(Rule::Missing, None, Shown::Nothing);
            }
            return Fate::Written;
        };
        if let Some(other) = values.next() {
            let same = other == value && values.all(|further| further == value);
            let quirk = Some(Quirk::RepeatedMember).filter(|quirk| same && self.quirks.contains(*quirk));
            self.found(Rule::Duplicate, quirk, privacy::shown(other, member.shape, member.name));
        }
        let start = self.text.len();
        self.write_name(member.name);
        let fate = if value == "null" && !member.required && *member.shape != Shape::Any {
            let quirk = Some(Quirk::NullForAbsent).filter(|quirk| self.quirks.contains(*quirk));
            self.found(Rule::Null, quirk, Shown::Json("null".into()));
            self.write(value)
        } else {
            // Only a whole meter value may go with what it lacks.
            let optional = !member.required || is_meter_value(object.name);
            let need = if optional { Need::Optional } else { Need::Needed };
            self.at(value, member.shape, Spot { object: object.name, member: member.name, need })
        };
        if fate == Fate::Omitted {
            self.repair = Repair::Mended;
            self.text.truncate(start);
        }
        fate
    }

    fn write_name(&mut self, name: &str) {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
        self.text.push_str(&mend::quoted(name));
        self.text.push(':');
    }

    fn at_text(&mut self, json: &str, text: &str, shape: &Shape, spot: Spot<'_>) -> Fate {
        match shape {
            Shape::Enumeration(known) if !known.values.contains(&text) => {
                self.at_unlisted(json, text, known, shape, spot)
            }
            Shape::DateTime if text.parse::<DateTime>().is_err() => self.at_odd_time(json, text, shape, spot),
            Shape::Text { max: Some(limit) } => {
                let length = text.chars().count();
                if length <= *limit {
                    return self.write(json);
                }
                let rule = Rule::TooLong { length, limit: *limit };
                if DESCRIPTIONS.contains(&spot.object) && !IDENTIFIERS.contains(&spot.member) {
                    self.mended((rule, Quirk::LongText), json, &mend::cut(text, *limit), shape, spot)
                } else {
                    self.wrong(rule, json, shape, spot)
                }
            }
            _ => self.write(json),
        }
    }

    fn at_unlisted(
        &mut self,
        json: &str,
        text: &str,
        known: &'static Enumeration,
        shape: &Shape,
        spot: Spot<'_>,
    ) -> Fate {
        let rule = Rule::NotInEnum(known.name);
        match mend::listed(text, known).filter(|(_, quirk)| self.quirks.contains(*quirk)) {
            Some((listed, quirk)) => self.mended((rule, quirk), json, &mend::quoted(listed), shape, spot),
            None => self.mended((rule, Quirk::InventedEnumValue), json, json, shape, spot),
        }
    }

    fn at_odd_time(&mut self, json: &str, text: &str, shape: &Shape, spot: Spot<'_>) -> Fate {
        let rule = Rule::DateTime;
        if text.is_empty() {
            let unknown = mend::quoted(mend::UNKNOWN_TIME);
            let start = self.text.len();
            let written = self.mended((rule, Quirk::EmptyTime), json, &unknown, shape, spot);
            if spot.need == Need::Optional
                && self.quirks.contains(Quirk::EmptyTime)
                && !is_meter_value(spot.object)
            {
                self.text.truncate(start);
                return Fate::Omitted;
            }
            return written;
        }
        match mend::time(text) {
            Some((time, quirk)) => self.mended((rule, quirk), json, &mend::quoted(&time), shape, spot),
            None => self.wrong(rule, json, shape, spot),
        }
    }

    fn at_integer(&mut self, json: &str, shape: &Shape, spot: Spot<'_>) -> Fate {
        let Shape::Integer { min, max } = *shape else { return self.write(json) };
        if json.contains(['.', 'e', 'E']) || json == "-0" {
            let rule = Rule::Type("a whole number");
            return match mend::whole(json).filter(|whole| self.fits(whole, shape)) {
                Some(whole) => self.mended((rule, Quirk::WholeNumberWithFraction), json, whole, shape, spot),
                None => self.wrong(rule, json, shape, spot),
            };
        }
        if self.fits(json, shape) {
            return self.write(json);
        }
        let rule = Rule::Range { min, max };
        if is_transaction_id_of_1_6(spot) && json.parse::<i32>().is_err() {
            let start = self.text.len();
            let written = self.mended((rule, Quirk::HugeTransactionId), json, "-1", shape, spot);
            if spot.need == Need::Optional && self.quirks.contains(Quirk::HugeTransactionId) {
                self.text.truncate(start);
                return Fate::Omitted;
            }
            return written;
        }
        self.wrong(rule, json, shape, spot)
    }

    /// Whether a JSON number is a legal value of a shape.
    fn fits(&self, json: &str, shape: &Shape) -> bool {
        match shape {
            Shape::Integer { min, max } => {
                let value = json.parse::<i32>().map(i64::from).ok().filter(|_| json != "-0");
                value.is_some_and(|value| {
                    min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max)
                })
            }
            Shape::Number { min, max, .. } => !outside(json, *min, *max),
            _ => false,
        }
    }

    fn at_list(&mut self, json: &str, items: &Shape, (min, max): (usize, usize), spot: Spot<'_>) -> Fate {
        let values: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
        let (count, start, first) = (values.len(), self.text.len(), self.findings.len());
        if count < min || count > max {
            let nothing = count == 0 && self.quirks.contains(Quirk::EmptyList);
            let quirk = (nothing && spot.need == Need::Optional).then_some(Quirk::EmptyList);
            self.found(Rule::Count { count, min, max }, quirk, Shown::Nothing);
            if quirk.is_some() {
                return Fate::Omitted;
            }
        }
        // An item that says nothing goes, as long as the list can do without it.
        let droppable = matches!(items, Shape::Object(object) if is_meter_value(object.name));
        let need = if droppable { Need::Optional } else { Need::Needed };
        let mut kept = 0;
        self.text.push('[');
        for (index, value) in values.into_iter().enumerate() {
            let before = self.text.len();
            if kept > 0 {
                self.text.push(',');
            }
            let spot = Spot { object: spot.object, member: spot.member, need };
            let fate = self.within(index.to_string(), |look| look.at(value.get(), items, spot));
            match fate {
                Fate::Written => kept += 1,
                Fate::Omitted => {
                    self.repair = Repair::Mended;
                    self.text.truncate(before);
                }
            }
        }
        self.text.push(']');
        if kept < count && kept < min {
            return self.omit(start, first, spot);
        }
        Fate::Written
    }
}

/// Stands for the shape of a value that cannot be looked into.
const NO_OBJECT: Object = Object { name: "", members: &[], open: false };

fn is_meter_value(object: &str) -> bool {
    object == "MeterValueType"
}

fn is_transaction_id_of_1_6(spot: Spot<'_>) -> bool {
    let carriers = ["MeterValuesRequest", "StopTransactionRequest"];
    spot.member == "transactionId" && carriers.contains(&spot.object)
}

fn is_scalar(json: &str) -> bool {
    json != "null" && !json.starts_with(['{', '['])
}

fn text_of(json: &str) -> Option<BorrowedText<'_>> {
    serde_json::from_str(json).ok()
}

#[allow(clippy::cast_precision_loss)] // The bounds are small whole numbers.
fn outside(json: &str, min: Option<i64>, max: Option<i64>) -> bool {
    let exact = Decimal::from_str_exact(json).or_else(|_| Decimal::from_scientific(json)).ok();
    match (exact, json.parse::<f64>()) {
        (Some(value), _) => {
            min.is_some_and(|min| value < min.into()) || max.is_some_and(|max| value > max.into())
        }
        (None, Ok(value)) => {
            min.is_some_and(|min| value < min as f64) || max.is_some_and(|max| value > max as f64)
        }
        (None, Err(_)) => false,
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
