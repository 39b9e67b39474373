//! The message log: every frame with filters, and what one station and the manager said to each other.

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use ocpp_core::model::StationId;
use ocpp_server::domain::Scope;
use ocpp_server::message_log::{Entry, Line, Missing, Way};
use serde::Deserialize;

use super::frame::{self, Tab};
use super::links::{self, encoded};
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::words;
use crate::manager::App;
use crate::manager::messages::{Conversation, Filter, LookupError, Turn, way_named};

/// The lines of one page.
const LISTED: usize = 100;
/// How much of a frame is shown; programs get all of it.
const SHOWN: usize = 4000;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/messages", get(list)).route("/stations/{id}/messages", get(conversation))
}

/// What is sought, as it was entered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    station: String,
    action: String,
    way: String,
    from: String,
    to: String,
    text: String,
    after: String,
}

impl Which {
    fn filter(&self) -> Result<Filter, LookupError> {
        Ok(Filter {
            station: given(&self.station),
            action: given(&self.action),
            way: given(&self.way).as_deref().map(way_named).transpose()?,
            from: given(&self.from).map(|from| moment(&from)),
            to: given(&self.to).map(|to| moment(&to)),
            text: given(&self.text),
            after: given(&self.after),
            limit: Some(LISTED),
            ..Filter::default()
        })
    }

    /// The same as the part of an address after `?`, from another place on.
    fn address(&self, path: &str, after: &str) -> String {
        let fields = [
            ("station", &*self.station),
            ("action", &*self.action),
            ("way", &*self.way),
            ("from", &*self.from),
            ("to", &*self.to),
            ("text", &*self.text),
            ("after", after),
        ];
        let given = fields.into_iter().filter(|(_, value)| !value.trim().is_empty());
        let query: Vec<String> =
            given.map(|(name, value)| format!("{name}={}", encoded(value.trim()))).collect();
        format!("{path}?{}", query.join("&"))
    }
}

fn given(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A browser enters a moment without its zone, which is the one in which the pages show times.
fn moment(entered: &str) -> String {
    let local = entered.parse::<DateTime>().ok().filter(|_| !entered.ends_with(['Z', 'z']));
    let at = local.and_then(|local| TimeZone::system().to_timestamp(local).ok());
    at.map_or_else(|| entered.to_owned(), |at| at.to_string())
}

fn may_look(visitor: &Visitor) -> Result<(), Refuse> {
    visitor.needs(Scope::StationsRead)?;
    visitor.needs(Scope::SessionsRead)
}

/// `GET /messages`
async fn list(visitor: Visitor, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    may_look(&visitor)?;
    let messages = &visitor.app.messages;
    let found = async { messages.search(messages.query(&which.filter()?)?).await }.await;
    let found = shown(found.map(|found| (found.lines, found.next)))?;
    let body = html! {
        h2 { "Messages" }
        (about())
        (search("/messages", &which, html! {
            input name="station" value=(which.station) placeholder="Station" aria-label="Station";
            select name="way" aria-label="Way" {
                @for (value, text) in [("", "both ways"), ("in", "from stations"), ("out", "to stations")] {
                    option value=(value) selected[value == which.way] { (text) }
                }
            }
            input name="text" value=(which.text) placeholder="Text in the frame" aria-label="Text";
        }))
        @match found {
            Err(sentence) => p.wrong role="alert" { (sentence) },
            Ok((lines, next)) => {
                @if lines.is_empty() { p.empty { "No message." } } @else { (lines_table(&lines)) }
                @if let Some(next) = next {
                    p { a href=(which.address("/messages", &next.to_string())) { "Older messages" } }
                }
            }
        }
    };
    Ok(frame::page(&visitor, Tab::Messages, "Messages", body))
}

/// `GET /stations/{id}/messages`
async fn conversation(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Result<Markup, Refuse> {
    may_look(&visitor)?;
    let id = StationId::new(&id).map_err(|_| Refuse::Nothing("There is no such station.".to_owned()))?;
    let path = format!("{}/messages", links::station(&id));
    // A call and its answer go different ways, and a text is in one of them.
    let which = Which { station: String::new(), way: String::new(), text: String::new(), ..which };
    let messages = &visitor.app.messages;
    let found = async {
        let filter = Filter { station: Some(id.to_string()), ..which.filter()? };
        messages.conversation(messages.query(&filter)?).await
    };
    let found = shown(found.await)?;
    let body = html! {
        h2 { "Messages of " a href=(links::station(&id)) { (id) } }
        (about())
        (search(&path, &which, html! {}))
        p { a href={ "/messages?station=" (encoded(id.as_str())) } { "The same, a frame on each line" } }
        @match found {
            Err(sentence) => p.wrong role="alert" { (sentence) },
            Ok(Conversation { turns, next }) => {
                @if turns.is_empty() { p.empty { "No message." } } @else { (turns_table(&turns)) }
                @if let Some(next) = next {
                    p { a href=(which.address(&path, &next.to_string())) { "Older messages" } }
                }
            }
        }
    };
    Ok(frame::page(&visitor, Tab::Messages, &format!("Messages of {id}"), body))
}

/// What was found, or what is wrong with what is sought.
fn shown<T>(found: Result<T, LookupError>) -> Result<Result<T, String>, Refuse> {
    match found {
        Ok(found) => Ok(Ok(found)),
        Err(error @ (LookupError::Filter(_) | LookupError::Off)) => Ok(Err(error.to_string())),
        Err(error @ (LookupError::Busy | LookupError::Unreadable(_))) => {
            Err(Refuse::Broken(error.to_string()))
        }
    }
}

fn about() -> Markup {
    html! {
        p.note {
            "Cards, contracts and the like stand as pseudonyms (~ and 16 digits), passwords and texts for one person "
            "as ***. The newest stands first."
        }
    }
}

fn search(path: &str, which: &Which, more: Markup) -> Markup {
    html! {
        form.search.wide method="get" action=(path) role="search" {
            input name="action" value=(which.action) placeholder="Action, such as Heartbeat" aria-label="Action";
            (more)
            label { "from " input type="datetime-local" step="1" name="from" value=(which.from); }
            label { "to " input type="datetime-local" step="1" name="to" value=(which.to); }
            button { "Show" }
        }
    }
}

fn lines_table(lines: &[Line]) -> Markup {
    html! {
        div.scroll { table.messages {
            thead { tr { th { "Time" } th { "Station" } th { "Way" } th { "Action" } th { "Frame" } } }
            tbody { @for line in lines {
                @match line {
                    Line::Frame(entry) => (line_row(entry)),
                    Line::Gap(missing) => (gap_row(missing)),
                }
            } }
        } }
    }
}

fn line_row(entry: &Entry) -> Markup {
    html! {
        tr {
            td { (words::clock(entry.at)) }
            td {
                @match StationId::new(&entry.station) {
                    Ok(id) => a href={ (links::station(&id)) "/messages" } { (entry.station) },
                    Err(_) => (entry.station),
                }
            }
            td { (way(entry)) " " (kind(entry)) }
            td { @if let Some(action) = &entry.action { (action) } }
            td { (frame_of(entry)) }
        }
    }
}

/// Calls with their answers.
pub(super) fn turns_table(turns: &[Turn]) -> Markup {
    html! {
        div.scroll { table.messages {
            thead { tr { th { "Time" } th { "Who called" } th { "Action" } th { "Call" } th { "Answer" } } }
            tbody { @for turn in turns { (turn_row(turn)) } }
        } }
    }
}

fn turn_row(turn: &Turn) -> Markup {
    html! {
        @match turn {
            Turn::Call { call, answer } => tr {
                td { (words::clock(call.at)) }
                td { (caller(call)) }
                td { @if let Some(action) = &call.action { (action) } }
                td { (frame_of(call)) }
                td {
                    @match answer {
                        Some(answer) => {
                            @if answer.kind != Some(3) { span.doubt { "refused" } " " }
                            (frame_of(answer))
                            span.hint { "after " (milliseconds(call, answer)) " ms" }
                        }
                        None => span.weak { "no answer" },
                    }
                }
            },
            Turn::Single(entry) => tr {
                td { (words::clock(entry.at)) }
                td { (caller(entry)) }
                td { @if let Some(action) = &entry.action { (action) } }
                td colspan="2" { span.doubt { (kind(entry)) } " " (frame_of(entry)) }
            },
            Turn::Gap(missing) => (gap_row(missing)),
        }
    }
}

fn gap_row(missing: &Missing) -> Markup {
    let why = match missing.reason.as_str() {
        "queue_full" => "they came faster than they could be written",
        "files_gone" => "somebody removed the file",
        _ => "the disk was full, or could not be written",
    };
    html! {
        tr {
            td { (words::clock(missing.at)) }
            td colspan="4" {
                span.doubt { (missing.frames) " frames are missing" } " since " (words::clock(missing.since)) ": " (why)
            }
        }
    }
}

fn way(entry: &Entry) -> &'static str {
    match entry.way {
        Way::FromStation => "in",
        Way::ToStation => "out",
    }
}

fn caller(entry: &Entry) -> &'static str {
    match entry.way {
        Way::FromStation => "station",
        Way::ToStation => "manager",
    }
}

fn kind(entry: &Entry) -> &'static str {
    match entry.kind {
        Some(2) => "call",
        Some(3) => "answer",
        Some(4 | 5) => "refusal",
        Some(6) => "send",
        _ => "unreadable",
    }
}

fn frame_of(entry: &Entry) -> Markup {
    let start: String = entry.frame.chars().take(SHOWN).collect();
    html! {
        code { (start) @if start.len() < entry.frame.len() { "…" } }
        @if start.len() < entry.frame.len() { span.hint { (entry.size) " bytes; an export has all of them" } }
    }
}

fn milliseconds(call: &Entry, answer: &Entry) -> i128 {
    answer.at.duration_since(call.at).as_millis()
}
