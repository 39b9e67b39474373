//! Messages on displays in OCPP 2.x, for both ends (block O), over the types of the version that includes it.

use alloc::vec::Vec;

use super::firmware::{cause, status_info};
use super::{VERSION, device, extras, wire, words};
use crate::dialect::two::{self, boxed, counted, integer, number};
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, read_command, read_fact, said, verdict,
};
use crate::model::*;
use crate::types::{DateTime, List, Text};

/// What managers say on displays.
pub(in crate::dialect) const FROM_MANAGER: &[&str] =
    &["SetDisplayMessage", "GetDisplayMessages", "ClearDisplayMessage"];

const NUMBER: &str = "a message whose number is none of 31 bits";

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(VERSION, what)
}

/// The call that carries an order.
pub(in crate::dialect) fn order(command: &Command) -> Result<Said, CannotSay> {
    Ok(match command {
        Command::SetDisplayMessage(message) => {
            said("SetDisplayMessage", &wire::SetDisplayMessageRequest::new(self::message(message)?))
        }
        Command::GetDisplayMessages { request, filter } => {
            let request = integer(*request).ok_or_else(|| cannot("a report of a number below 0"))?;
            let mut call = wire::GetDisplayMessagesRequest::new(request);
            let ids: Option<Vec<_>> = filter.ids.iter().map(|id| integer(*id)).collect();
            call.id = List::new(ids.ok_or_else(|| cannot(NUMBER))?).ok();
            call.priority = filter.priority.map(priority);
            call.state = filter.state.map(state).transpose()?;
            said("GetDisplayMessages", &call)
        }
        Command::ClearDisplayMessage { id } => {
            let id = integer(*id).ok_or_else(|| cannot(NUMBER))?;
            said("ClearDisplayMessage", &wire::ClearDisplayMessageRequest::new(id))
        }
        _ => return Err(cannot("this order")),
    })
}

fn priority(priority: DisplayPriority) -> wire::MessagePriority {
    wire::MessagePriority::from(priority.as_str())
}

fn state(state: DisplayState) -> Result<wire::MessageState, CannotSay> {
    two::exactly(state.as_str())
        .ok_or_else(|| cannot("messages for while nothing flows, or power flows back: say `charging`"))
}

/// A message in the words of the version.
fn message(message: &DisplayMessage) -> Result<wire::MessageInfo, CannotSay> {
    let id = integer(message.id).ok_or_else(|| cannot(NUMBER))?;
    let mut said = wire::MessageInfo::new(id, priority(message.priority), text(&message.text)?);
    said.state = message.state.map(state).transpose()?;
    said.start_date_time = message.from.map(DateTime::new);
    said.end_date_time = message.until.map(DateTime::new);
    if let Some(transaction) = &message.transaction {
        let name = two::identifier(transaction).ok_or_else(|| cannot(words::UNSAYABLE_TRANSACTION))?;
        said.transaction_id = Some(name);
    }
    said.display = message.display.as_ref().map(display).transpose()?;
    let translations: Result<Vec<_>, _> = message.translations.iter().map(text).collect();
    extras::translate(&mut said, translations?)?;
    Ok(said)
}

pub(super) fn text(text: &DisplayText) -> Result<wire::MessageContent, CannotSay> {
    let format = two::exactly(text.format.as_str())
        .ok_or_else(|| cannot("the content of a QR code: send the address of a picture of it"))?;
    let content = Text::new(&text.content);
    let content = content.map_err(|_| cannot("a text of more than 512 characters (1,024 in 2.1)"))?;
    let mut said = wire::MessageContent::new(format, content);
    if let Some(language) = &text.language {
        let language = Text::new(language);
        said.language = Some(language.map_err(|_| cannot("a language tag of more than 8 characters"))?);
    }
    Ok(said)
}

fn display(part: &DisplayPart) -> Result<wire::Component, CannotSay> {
    device::said_component(&part.component, part.instance.as_deref(), part.place)
        .ok_or_else(|| cannot("a display of this name"))
}

/// `None` for words that the schema does not list.
fn read_message(said: &wire::MessageInfo) -> Option<DisplayMessage> {
    Some(DisplayMessage {
        id: counted(said.id),
        priority: DisplayPriority::from_word(said.priority.as_str())?,
        state: crate::dialect::optional(said.state.as_ref(), |state| {
            DisplayState::from_word(state.as_str())
        })?,
        from: said.start_date_time.as_ref().map(DateTime::timestamp),
        until: said.end_date_time.as_ref().map(DateTime::timestamp),
        transaction: said.transaction_id.as_deref().map(boxed),
        display: said.display.as_ref().map(|component| DisplayPart {
            component: boxed(&component.name),
            instance: component.instance.as_deref().map(boxed),
            place: component.evse.as_ref().map(words::place),
        }),
        text: read_text(&said.message)?,
        translations: extras::translations(said).iter().map(read_text).collect::<Option<_>>()?,
    })
}

fn read_text(said: &wire::MessageContent) -> Option<DisplayText> {
    Some(DisplayText {
        format: TextFormat::from_word(said.format.as_str())?,
        language: said.language.as_deref().map(boxed),
        content: boxed(&said.content),
    })
}

/// What a station's answer to an order means.
pub(in crate::dialect) fn hear_outcome(
    command: &Command,
    json: Payload<'_>,
) -> Result<Heard<Outcome>, Misheard> {
    match command {
        Command::SetDisplayMessage(_) => read(json, |r: wire::SetDisplayMessageResponse| Outcome::Display {
            verdict: DisplayVerdict::from_word(r.status.as_str()).unwrap_or(DisplayVerdict::Rejected),
            cause: r.status_info.as_ref().map(cause),
        }),
        Command::GetDisplayMessages { .. } => {
            read(json, |r: wire::GetDisplayMessagesResponse| Outcome::Verdict(found(r.status.as_str())))
        }
        _ => read(json, |r: wire::ClearDisplayMessageResponse| Outcome::Verdict(found(r.status.as_str()))),
    }
}

/// `Unknown` says that there is no such message.
fn found(status: &str) -> Verdict {
    if status == "Unknown" { Verdict::NothingFits } else { verdict(status) }
}

/// What a manager's call means.
pub(in crate::dialect) fn hear_command(action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    match action {
        "SetDisplayMessage" => read_command(action, json, |r: wire::SetDisplayMessageRequest| {
            Some(Command::SetDisplayMessage(read_message(&r.message)?.into()))
        }),
        "GetDisplayMessages" => read_command(action, json, |r: wire::GetDisplayMessagesRequest| {
            let priority = |word: &wire::MessagePriority| DisplayPriority::from_word(word.as_str());
            let state = |word: &wire::MessageState| DisplayState::from_word(word.as_str());
            let filter = DisplayFilter {
                ids: r.id.iter().flat_map(|ids| ids.iter()).map(|id| counted(*id)).collect(),
                priority: crate::dialect::optional(r.priority.as_ref(), priority)?,
                state: crate::dialect::optional(r.state.as_ref(), state)?,
            };
            Some(Command::GetDisplayMessages { request: number(r.request_id), filter })
        }),
        _ => read(json, |r: wire::ClearDisplayMessageRequest| Command::ClearDisplayMessage {
            id: counted(r.id),
        }),
    }
}

/// What answers a manager's call.
pub(in crate::dialect) fn answer_command(action: &str, outcome: &Outcome) -> Reply {
    match (action, outcome) {
        ("SetDisplayMessage", Outcome::Display { verdict, cause }) => {
            let status = two::listed(verdict.as_str(), wire::DisplayMessageStatus::Rejected);
            let mut response = wire::SetDisplayMessageResponse::new(status);
            response.status_info = cause.as_ref().map(status_info);
            payload(&response)
        }
        ("GetDisplayMessages", Outcome::Verdict(word)) => {
            payload(&wire::GetDisplayMessagesResponse::new(match word {
                Verdict::Accepted => wire::GetDisplayMessagesStatus::Accepted,
                _ => wire::GetDisplayMessagesStatus::Unknown,
            }))
        }
        ("ClearDisplayMessage", Outcome::Verdict(word)) => {
            payload(&wire::ClearDisplayMessageResponse::new(match word {
                Verdict::Accepted => wire::ClearMessageStatus::Accepted,
                Verdict::Rejected => two::listed("Rejected", wire::ClearMessageStatus::Unknown),
                _ => wire::ClearMessageStatus::Unknown,
            }))
        }
        _ => Reply::NotSupported("this station has no display"),
    }
}

/// The station reports the messages that are set (O03, O04).
pub(in crate::dialect) fn say_report(report: &DisplayReport) -> Result<Option<Said>, CannotSay> {
    let messages: Result<Vec<_>, _> = report.messages.iter().map(message).collect();
    let Some(request) = integer(report.request) else { return Ok(None) };
    let mut call = wire::NotifyDisplayMessagesRequest::new(request);
    call.message_info = List::new(messages?).ok();
    call.tbc = report.more.then_some(true);
    Ok(Some(said("NotifyDisplayMessages", &call)))
}

pub(in crate::dialect) fn hear_report(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read_fact("NotifyDisplayMessages", json, |r: wire::NotifyDisplayMessagesRequest| {
        let messages = r.message_info.iter().flat_map(|messages| messages.iter());
        Some(Fact::DisplayMessages(DisplayReport {
            request: number(r.request_id),
            more: r.tbc == Some(true),
            messages: messages.map(read_message).collect::<Option<_>>()?,
        }))
    })
}
