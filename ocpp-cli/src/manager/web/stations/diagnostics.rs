//! Alarms, monitors, messages on the display and questions about customers on the page of a station.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use ocpp_core::model::{
    DisplayFilter, DisplayPriority, DisplayState, DisplayText, Setting, StationId, TextFormat,
};
use ocpp_server::domain::{KeptMessage, KeptMonitor, MessageState, Scope, StationMonitors};
use ocpp_server::maintenance::{AlarmFilter, EventFilter, MessageForm};

use super::super::form::{self, Draft, Form, Posted};
use super::super::links;
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::super::{alarms, words};
use super::identity;

/// The latest events that are shown.
const EVENTS: usize = 10;
/// The most alarms, monitors and messages that are shown.
const SHOWN: usize = 100;

/// The parts of the page.
pub(super) async fn section(visitor: &Visitor, id: &StationId) -> Result<Markup, Refuse> {
    let diagnostics = &visitor.app.diagnostics;
    let filter = AlarmFilter { station: Some(id.clone()), ..AlarmFilter::default() };
    let wrong = diagnostics.alarms(&filter, None, SHOWN).await?;
    let events = diagnostics.events(id, &EventFilter::default(), None, EVENTS).await?;
    let is_2x = match visitor.app.csms.store().station(id).await? {
        Some(station) => station.version.is_2x(),
        None => false,
    };
    Ok(html! {
        @if !wrong.is_empty() {
            h3 { "Alarms" }
            ul.cards { @for alarm in &wrong { li.card { p { strong { (alarm.text) } } (alarms::line(visitor, alarm)) } } }
        }
        @if !events.is_empty() {
            h3 { "Events" }
            ul.refusals { @for kept in &events { li {
                (words::clock(kept.what.at)) " " (kept.severity.word()) ": " (name_of(&kept.what.setting)) " "
                @if kept.what.cleared { "in order again" } @else { (kept.what.value) }
                @if let Some(info) = &kept.what.tech_info { ", " (info) }
                @if let Some(cause) = kept.caused_by { ", because of event " (cause) }
            } } }
        }
        @if is_2x { (monitors(visitor, id).await?) (display(visitor, id).await?) (customers(visitor, id).await?) }
    })
}

/// A variable as people read it.
fn name_of(setting: &Setting) -> String {
    match setting {
        Setting::Key(key) => key.to_string(),
        Setting::Variable { component, place, variable, .. } => {
            let place = place.and_then(|place| place.evse()).map_or(String::new(), |evse| format!(" {evse}"));
            format!("{component}{place}.{variable}")
        }
    }
}

async fn monitors(visitor: &Visitor, id: &StationId) -> Result<Markup, Refuse> {
    let known = visitor.app.diagnostics.monitors(id).await?;
    let known = known.unwrap_or_else(|| StationMonitors::unknown(id.clone()));
    Ok(html! {
        h3 { "Monitors" }
        p.about {
            @match known.told_at {
                Some(at) => { "As the station told at " (words::clock(at)) "." }
                None => "The station was never asked for them.",
            }
            @if known.report.is_some() { " A report is awaited." }
        }
        @if !known.monitors.is_empty() { ul.refusals { @for kept in known.monitors.iter().take(SHOWN) { (monitor(kept)) } } }
        @if known.monitors.len() > SHOWN { p.about { "And " (known.monitors.len() - SHOWN) " more." } }
        @if visitor.may(Scope::CommandsSend) {
            (form::button(visitor, &format!("{}/monitors/read", links::station(id)), "Ask for them"))
        }
    })
}

fn monitor(kept: &KeptMonitor) -> Markup {
    html! {
        li {
            (kept.what.id) ": " (name_of(&kept.what.setting)) ", " (words::spelled(&kept.what.kind)) " " (kept.what.value)
            ", " (kept.what.severity.word())
            @if kept.what.in_transaction { ", in transactions" }
            @if kept.set_here { ", set here" } @else if let Some(origin) = kept.what.origin { ", " (words::spelled(&origin)) }
        }
    }
}

async fn display(visitor: &Visitor, id: &StationId) -> Result<Markup, Refuse> {
    let known = visitor.app.diagnostics.display(id).await?;
    let messages = known.map(|known| known.messages).unwrap_or_default();
    let may_send = visitor.may(Scope::CommandsSend);
    Ok(html! {
        h3 { "Messages on the display" }
        @for kept in messages.iter().take(SHOWN) { (message(visitor, id, kept)) }
        @if may_send {
            (form::button(visitor, &format!("{}/display/read", links::station(id)), "Ask what is set"))
            details { summary { "Show a message" } (message_form(visitor, id, &Draft::default())) }
        }
    })
}

fn message(visitor: &Visitor, id: &StationId, kept: &KeptMessage) -> Markup {
    let message = &kept.message;
    html! {
        p {
            (message.id) ": " q { (message.text.content) } ", " (words::spelled(&message.priority))
            @if let Some(state) = message.state { ", while " (words::spelled(&state)) }
            @if let Some(until) = message.until { ", until " (words::clock(until)) }
            @if kept.keep { ", kept" }
            ": " strong { (kept.state.name()) }
            @if let MessageState::Set { at } = &kept.state { " since " (words::clock(*at)) }
            @if let Some(why) = kept.state.why() { ", " (why) }
            @if visitor.may(Scope::CommandsSend) {
                " " (form::button(visitor, &format!("{}/display/{}/clear", links::station(id), message.id), "Take it off"))
            }
        }
    }
}

fn message_form(visitor: &Visitor, id: &StationId, draft: &Draft) -> Markup {
    let choice = |value: &str, text: &str| (value.to_owned(), text.to_owned());
    let priorities = [
        choice("NormalCycle", "in turns with the others"),
        choice("InFront", "before the others"),
        choice("AlwaysFront", "alone"),
    ];
    let states = [
        choice("", "always"),
        choice("Idle", "nobody charges"),
        choice("Charging", "somebody charges"),
        choice("Faulted", "it is faulted"),
        choice("Unavailable", "it is out of use"),
    ];
    Form::new(visitor, format!("{}/display", links::station(id)), draft)
        .line("text", "Text", "")
        .line("language", "Language", "such as en or de, if the display knows several")
        .choice("priority", "How it is shown", &priorities)
        .choice("state", "While", &states)
        .line("until", "Until", "such as 2027-01-01T00:00:00Z; for good when empty")
        .tick("keep", "yes", "Put it back when the station has lost it")
        .submit("Show it")
}

async fn customers(visitor: &Visitor, id: &StationId) -> Result<Markup, Refuse> {
    if !visitor.may(Scope::TokensRead) {
        return Ok(html! {});
    }
    let asked = visitor.app.diagnostics.customer_requests(id).await?;
    Ok(html! {
        @if !asked.is_empty() {
            h3 { "Questions about customers" }
            @for one in &asked {
                details {
                    summary {
                        (one.request) ", " (words::clock(one.at)) " by " (one.by) ": " (one.state.name())
                        @if one.clear { ", to be forgotten" }
                    }
                    p { (one.text()) }
                    @if let Some(list) = &one.local_list { p.about { (list) } }
                    p.about { "Deleted here at " (words::clock(one.expires_at)) "." }
                }
            }
        }
    })
}

fn back(id: &StationId) -> Response {
    Redirect::to(&links::station(id)).into_response()
}

/// `POST /stations/{id}/monitors/read`
pub(super) async fn read_monitors(
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    visitor.app.diagnostics.read_monitors(&id, Vec::new(), Vec::new(), &visitor.identity.name).await?;
    Ok(back(&id))
}

/// `POST /stations/{id}/display/read`
pub(super) async fn read_display(
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    visitor.app.diagnostics.read_messages(&id, DisplayFilter::default(), &visitor.identity.name).await?;
    Ok(back(&id))
}

/// `POST /stations/{id}/display`
pub(super) async fn show(
    Path(id): Path<String>,
    Posted { visitor, fields }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let mut draft = Draft::of(fields);
    let until = draft.number("until", "moment, such as 2027-01-01T00:00:00Z");
    let fields = &draft.fields;
    let form = MessageForm {
        id: None,
        priority: DisplayPriority::from_word(fields.get("priority")).unwrap_or(DisplayPriority::NormalCycle),
        state: DisplayState::from_word(fields.get("state")),
        from: None,
        until,
        transaction: None,
        display: None,
        text: DisplayText {
            format: TextFormat::Utf8,
            language: fields.given("language").map(Into::into),
            content: fields.get("text").into(),
        },
        translations: Vec::new(),
        keep: fields.has("keep", "yes"),
    };
    if !draft.is_fine() {
        let sentence = draft.flaws.first().map(|flaw| flaw.sentence.clone()).unwrap_or_default();
        return Err(Refuse::BadForm(sentence));
    }
    visitor.app.diagnostics.set_message(&id, form, &visitor.identity.name).await?;
    Ok(back(&id))
}

/// `POST /stations/{id}/display/{number}/clear`
pub(super) async fn clear(
    Path((id, number)): Path<(String, i64)>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    visitor.app.diagnostics.clear_message(&id, number, &visitor.identity.name).await?;
    Ok(back(&id))
}
