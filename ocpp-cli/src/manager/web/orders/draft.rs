//! An order on its way: which one, what it asks for, and what was entered.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use ocpp_core::model::Command;
use ocpp_core::types::Version;
use ocpp_server::command::desk::{PlaceError, WhenOffline};
use ocpp_server::register::Flaw;

use super::super::form::Draft;
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::{entered, inputs};
use crate::orders::{self, Input, Words, actions_of, words_of};

/// Below which name the fields of the order stand.
const CONTENT: &str = "c";
/// The longest time that an order may wait.
const MAX_HOURS: i64 = 24 * 365;

/// Which order a form is about.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// One of the model.
    Model { name: &'static str, input: Input },
    /// An action as OCPP spells it.
    Action { name: &'static str, input: Input },
}

impl Kind {
    /// The order that the fields `order` or `action` name; `version` says whose actions.
    pub(super) fn named(order: &str, action: &str, version: Option<Version>) -> Result<Kind, Refuse> {
        let nothing = || Refuse::Nothing("There is no such order.".to_owned());
        if !order.is_empty() {
            let name = orders::names().iter().find(|name| **name == order).copied().ok_or_else(nothing)?;
            let input = orders::form_of(name).ok_or_else(nothing)?;
            return Ok(Kind::Model { name, input });
        }
        let version = version.ok_or_else(nothing)?;
        let form = actions_of(version).find(|form| form.name() == action).ok_or_else(nothing)?;
        Ok(Kind::Action { name: form.name(), input: form.input() })
    }

    pub(super) fn title(&self) -> String {
        match self {
            Kind::Model { name, .. } => Words::title_of(name),
            Kind::Action { name, .. } => (*name).to_owned(),
        }
    }

    const fn input(&self) -> &Input {
        match self {
            Kind::Model { input, .. } | Kind::Action { input, .. } => input,
        }
    }

    /// What it may break.
    pub(super) fn care(&self) -> Option<&'static str> {
        match self {
            Kind::Model { name, .. } => words_of(name).care,
            Kind::Action { name, .. } => care_of_action(name),
        }
    }

    /// Values that people would have to make up: numbers of orders, moments that are needed.
    pub(super) fn fill(&self, draft: &mut Draft, now: Timestamp) {
        let Input::Group(members) = self.input() else { return };
        for member in members.iter().filter(|member| member.required) {
            let value = match (&member.input, member.name.as_str()) {
                (
                    Input::Integer { .. },
                    "request" | "requestId" | "id" | "remoteStartId" | "reservationId",
                ) => (now.as_second() % 2_000_000_000).to_string(),
                (Input::Moment, _) => {
                    jiff::tz::TimeZone::system().to_datetime(now).strftime("%Y-%m-%dT%H:%M:%S").to_string()
                }
                _ => continue,
            };
            draft.fields.push(&format!("{CONTENT}/{}", member.name), value);
        }
    }

    /// The command that was entered; what is wrong is noted.
    pub(super) fn command(&self, draft: &mut Draft) -> Option<Command> {
        if let Some(care) = self.care()
            && !draft.fields.has("sure", "yes")
        {
            draft.flaws.push(Flaw::at("/sure", format!("Tick this first: {care}")));
        }
        let content = entered::read(draft, self.input(), CONTENT, true);
        if !draft.is_fine() {
            return None;
        }
        match self {
            Kind::Action { name, .. } => {
                let payload = content.unwrap_or_else(|| serde_json::json!({})).to_string();
                Some(Command::Unmapped { action: (*name).into(), payload })
            }
            Kind::Model { name, .. } => {
                let json = orders::json_of(name, content.unwrap_or_default());
                match serde_path_to_error::deserialize::<_, Command>(json) {
                    Ok(command) => Some(command),
                    Err(error) => {
                        let pointer = pointer_of(error.path(), name);
                        draft.flaws.push(Flaw::at(&pointer, format!("{}.", error.into_inner())));
                        None
                    }
                }
            }
        }
    }

    /// The fields of the order, its second look, and what to do when a station is not connected.
    pub(super) fn fields(&self, draft: &Draft) -> Markup {
        html! {
            (inputs::of_order(draft, self.input(), CONTENT))
            (when_offline(draft))
            @if let Some(care) = self.care() {
                div.wide {
                    label.tick { input type="checkbox" name="sure" value="yes" checked[draft.fields.has("sure", "yes")]; " " (care) " Do it all the same." }
                    @for flaw in draft.flaws.iter().filter(|flaw| flaw.pointer == "/sure") { span.wrong role="alert" { (flaw.sentence) } }
                }
            }
        }
    }

    /// The hidden field that names it.
    pub(super) fn field(&self) -> Markup {
        html! {
            @match self {
                Kind::Model { name, .. } => input type="hidden" name="order" value=(name);,
                Kind::Action { name, .. } => input type="hidden" name="action" value=(name);,
            }
        }
    }
}

/// Actions that want a second look, by the names of all versions.
fn care_of_action(name: &str) -> Option<&'static str> {
    let order = match name {
        "Reset" => "reset",
        "UnlockConnector" => "unlock",
        "UpdateFirmware" | "SignedUpdateFirmware" => "update_firmware",
        "DeleteCertificate" => "delete_certificate",
        "CertificateSigned" => "certificate_signed",
        "SetNetworkProfile" => "set_network_profile",
        "CustomerInformation" => "customer_information",
        _ => return None,
    };
    words_of(order).care
}

/// The place of an error below the name of the order, as a pointer to a field.
fn pointer_of(path: &serde_path_to_error::Path, order: &str) -> String {
    let mut pointer = format!("/{CONTENT}");
    for segment in path.iter() {
        let part = segment.to_string();
        let part = part.trim_start_matches('[').trim_end_matches(']');
        if part != order && part != "?" {
            pointer.push('/');
            pointer.push_str(part);
        }
    }
    pointer
}

fn when_offline(draft: &Draft) -> Markup {
    let chosen = draft.fields.get("offline");
    html! {
        fieldset.wide {
            legend { "When a station is not connected" }
            div.inner {
                label.tick { input type="radio" name="offline" value="refuse" checked[chosen != "wait"]; " do not order it" }
                label.tick { input type="radio" name="offline" value="wait" checked[chosen == "wait"]; " wait for it, so many hours:" }
                label.field {
                    input inputmode="numeric" name="hours" value=(draft.fields.get("hours")) aria-label="Hours" placeholder="24";
                    @for flaw in draft.flaws.iter().filter(|flaw| flaw.pointer == "/hours") { span.wrong role="alert" { (flaw.sentence) } }
                }
            }
        }
    }
}

/// What to do when a station is not connected, as it was entered.
pub(super) fn patience(draft: &mut Draft, now: Timestamp) -> WhenOffline {
    if draft.fields.get("offline") != "wait" {
        return WhenOffline::Refuse;
    }
    let hours = match draft.fields.get("hours") {
        "" => Some(24),
        text => text.parse::<i64>().ok().filter(|hours| (1..=MAX_HOURS).contains(hours)),
    };
    let until = hours.and_then(|hours| now.checked_add(SignedDuration::from_hours(hours)).ok());
    until.map_or_else(
        || {
            draft.flaws.push(Flaw::at("/hours", format!("Choose 1 to {MAX_HOURS} hours.")));
            WhenOffline::Refuse
        },
        WhenOffline::WaitUntil,
    )
}

/// Adds an item to the list whose button was pressed; `true` when one was.
pub(super) fn wants_more(draft: &mut Draft) -> bool {
    let Some(list) = draft.fields.given("more") else { return false };
    let name = inputs::count_of(&list);
    let count = entered::count(&draft.fields, &list) + 1;
    draft.fields.set(&name, count.min(inputs::MAX_ITEMS).to_string());
    true
}

/// Why an order was not taken, at the form.
///
/// # Errors
/// What no other input would mend.
pub(super) fn refused(draft: &mut Draft, error: PlaceError) -> Result<(), Refuse> {
    if let PlaceError::NotKept(sentence) = error {
        return Err(Refuse::Broken(sentence));
    }
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    draft.flaws.push(Flaw::at("", format!("{first}{}.", letters.as_str().trim_end_matches('.'))));
    Ok(())
}

/// A form with an order in it; `own` stands above the order.
pub(super) fn form(
    visitor: &Visitor,
    path: &str,
    kind: &Kind,
    draft: &Draft,
    own: Markup,
    label: &str,
) -> Markup {
    let elsewhere = |flaw: &&Flaw| !flaw.pointer.starts_with("/c") && flaw.pointer.len() < 2;
    html! {
        form.fields.order method="post" action=(path) {
            (visitor.csrf_field())
            (kind.field())
            @for flaw in draft.flaws.iter().filter(elsewhere) { p.wrong.wide role="alert" { (flaw.sentence) } }
            @for flaw in draft.flaws.iter().filter(|flaw| flaw.pointer == "/c") { p.wrong.wide role="alert" { (flaw.sentence) } }
            (own)
            (kind.fields(draft))
            div.actions { button name="do" value="give" { (label) } }
        }
        script src="/static/orders.js" defer {}
    }
}
