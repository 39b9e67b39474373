//! Tables and lists of facts for people.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;

/// A table with a heading line; without rows a sentence.
pub(super) fn table(headings: &[&str], rows: Vec<Vec<String>>, when_empty: &str) -> String {
    if rows.is_empty() {
        return when_empty.to_owned();
    }
    let mut table = plain();
    table.set_header(headings.to_vec());
    for row in rows {
        table.add_row(row);
    }
    trimmed(&table)
}

/// Facts, one on each line; those that are not known are left out.
pub(super) fn facts(facts: &[(&str, String)]) -> String {
    let mut table = plain();
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        table.add_row(vec![(*name).to_owned(), value.clone()]);
    }
    trimmed(&table)
}

fn plain() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// Without the spaces at the ends of lines and the one before each.
fn trimmed(table: &Table) -> String {
    let lines = table.lines().map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// A member as text; empty when it is not there.
pub(super) fn text(value: &Value, member: &str) -> String {
    match value.get(member) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => plain_text(text),
        Some(other) => other.to_string(),
    }
}

/// Names come from outside: what could steer a terminal is left out.
fn plain_text(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// A moment to the second.
pub(super) fn moment(value: &Value, member: &str) -> String {
    match text(value, member).split_once('T') {
        Some((date, time)) => format!("{date} {}Z", time.get(..8).unwrap_or(time)),
        None => String::new(),
    }
}

/// An amount with its currency.
pub(super) fn amount(value: &Value, member: &str) -> String {
    match value.get(member) {
        Some(money) if money.is_object() => format!("{} {}", text(money, "amount"), text(money, "currency")),
        _ => String::new(),
    }
}

/// Energy in kWh.
pub(super) fn kwh(value: &Value, member: &str) -> String {
    match value.get(member).and_then(Value::as_i64) {
        Some(wh) => {
            format!("{}{}.{:03} kWh", if wh < 0 { "-" } else { "" }, (wh / 1000).abs(), (wh % 1000).abs())
        }
        None => String::new(),
    }
}

/// Yes or nothing.
pub(super) fn mark(value: &Value, member: &str, word: &str) -> String {
    if value.get(member) == Some(&Value::Bool(true)) { word.to_owned() } else { String::new() }
}

/// The items of a member that is a list.
pub(super) fn items<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value.get(member).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
