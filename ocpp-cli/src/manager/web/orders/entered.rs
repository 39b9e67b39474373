//! The fields of an order as the JSON that they mean.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ocpp_server::register::Flaw;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::super::form::{Draft, Fields};
use super::inputs::{MAX_ITEMS, count_of, is_in_lines};
use crate::orders::{Input, Member};

/// Whether anything was entered in a field or below it.
pub(super) fn is_given(fields: &Fields, name: &str) -> bool {
    let below = format!("{name}/");
    fields
        .iter()
        .any(|(known, value)| (known == name || known.starts_with(&below)) && !value.trim().is_empty())
}

/// How many items a list has in the form.
pub(super) fn count(fields: &Fields, name: &str) -> usize {
    fields.get(&count_of(name)).parse::<usize>().unwrap_or(0).min(MAX_ITEMS)
}

/// What was entered; `None` when it is nothing, or wrong. What is wrong is noted.
pub(super) fn read(draft: &mut Draft, input: &Input, name: &str, required: bool) -> Option<Value> {
    match input {
        Input::Nothing => None,
        Input::Group(members) => {
            if !required && !is_given(&draft.fields, name) {
                return None;
            }
            Some(Value::Object(read_members(draft, members, name)))
        }
        Input::Tuple(parts) => {
            if !required && !is_given(&draft.fields, name) {
                return None;
            }
            let read = |(place, part): (usize, &Input)| read(draft, part, &format!("{name}/{place}"), true);
            parts.iter().enumerate().map(read).collect::<Option<Vec<_>>>().map(Value::Array)
        }
        Input::List(item) => {
            let items = read_items(draft, item, name);
            if items.is_empty() && !required { None } else { Some(Value::Array(items)) }
        }
        Input::Either(cases) => {
            let chosen = draft.fields.get(name).to_owned();
            if chosen.is_empty() {
                return needed(draft, name, required, "Choose one.");
            }
            let Some(case) = cases.iter().find(|case| case.name == chosen) else {
                return flaw(draft, name, "There is no such choice.");
            };
            match &case.input {
                Input::Nothing => Some(case.name.as_str().into()),
                content => {
                    let content = read(draft, content, &format!("{name}/{}", case.name), true)?;
                    Some(json!({ case.name.as_str(): content }))
                }
            }
        }
        single => {
            let text = draft.fields.get(name).to_owned();
            if text.is_empty() {
                return needed(draft, name, required, "This is needed.");
            }
            match one(single, &text) {
                Ok(value) => Some(value),
                Err(sentence) => flaw(draft, name, &sentence),
            }
        }
    }
}

fn read_members(draft: &mut Draft, members: &[Member], name: &str) -> Map<String, Value> {
    let mut object = Map::new();
    for member in members {
        let below = format!("{name}/{}", member.name);
        if let Some(value) = read(draft, &member.input, &below, member.required) {
            object.insert(member.name.clone(), value);
        }
    }
    object
}

fn read_items(draft: &mut Draft, item: &Input, name: &str) -> Vec<Value> {
    match item {
        item if is_in_lines(item) => {
            let lines: Vec<String> =
                draft.fields.get(name).lines().map(|line| line.trim().to_owned()).collect();
            let mut values = Vec::new();
            for line in lines.iter().filter(|line| !line.is_empty()) {
                match one(item, line) {
                    Ok(value) => values.push(value),
                    Err(sentence) => drop(flaw(draft, name, &format!("{line}: {sentence}"))),
                }
            }
            values
        }
        Input::Choice(words) => words
            .iter()
            .filter(|word| draft.fields.has(name, word))
            .map(|word| word.as_str().into())
            .collect(),
        item => (0..count(&draft.fields, name))
            .filter_map(|place| {
                let below = format!("{name}/{place}");
                // A row that was left empty is no item.
                is_given(&draft.fields, &below).then(|| read(draft, item, &below, true)).flatten()
            })
            .collect(),
    }
}

fn needed(draft: &mut Draft, name: &str, required: bool, sentence: &str) -> Option<Value> {
    if required { flaw(draft, name, sentence) } else { None }
}

fn flaw(draft: &mut Draft, name: &str, sentence: &str) -> Option<Value> {
    draft.flaws.push(Flaw::at(&format!("/{name}"), sentence));
    None
}

fn one(input: &Input, text: &str) -> Result<Value, String> {
    match input {
        Input::Text { max } => match max {
            Some(max) if text.chars().count() > *max => Err(format!("At most {max} characters.")),
            _ => Ok(text.replace("\r\n", "\n").into()),
        },
        Input::Moment => moment(text)
            .map(|at| at.to_string().into())
            .ok_or_else(|| "This is no date with a time.".to_owned()),
        Input::Date | Input::Time => Ok(text.into()),
        Input::Integer { min, max } => match text.parse::<i64>() {
            Ok(number) if (*min..=*max).contains(&number) => Ok(number.into()),
            Ok(_) if *max == i64::MAX => Err(format!("This is to be at least {min}.")),
            Ok(_) => Err(format!("Choose {min} to {max}.")),
            Err(_) => Err("This is no whole number.".to_owned()),
        },
        Input::Decimal => {
            let number = text.replace(',', ".");
            number.parse::<Decimal>().map(|_| number.into()).map_err(|_| "This is no number.".to_owned())
        }
        Input::Number => {
            let number = serde_json::from_str::<serde_json::Number>(&text.replace(',', "."));
            number.map(Value::Number).map_err(|_| "This is no number.".to_owned())
        }
        Input::Truth => Ok((text == "true").into()),
        Input::Choice(words) if words.iter().any(|word| word == text) => Ok(text.into()),
        Input::Choice(_) => Err("There is no such choice.".to_owned()),
        _ => serde_json::from_str(text).map_err(|error| format!("This is no JSON: {error}.")),
    }
}

/// A browser enters a moment without its zone, which is the one in which the pages show times.
pub(super) fn moment(entered: &str) -> Option<Timestamp> {
    if let Ok(at) = entered.parse::<Timestamp>() {
        return Some(at);
    }
    let local: DateTime = entered.parse().ok()?;
    TimeZone::system().to_timestamp(local).ok()
}
