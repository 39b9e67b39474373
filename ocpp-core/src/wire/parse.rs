//! How frames are read.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::bad_frame::{BadFrame, BadFrameKind, IdFault};
use super::call_error::CallError;
use super::error_code::ErrorCode;
use super::frame::{Frame, MessageType};
use super::message_id::MessageId;
use crate::types::Version;

/// The longest name of an action that is read, in bytes of JSON.
const MAX_ACTION_BYTES: usize = 255;

/// The longest error code that is read, in bytes of JSON.
const MAX_CODE_BYTES: usize = 255;

/// A frame, and what was tolerated in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<'a> {
    /// The frame, with what was missing filled in.
    pub frame: Frame<'a>,
    /// What is not as the specification has it, in the order of the elements.
    pub oddities: Vec<Oddity>,
}

/// A harmless breach of the rules for frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Oddity {
    /// The id has 37 to 255 characters.
    #[error("the message id is longer than 36 characters")]
    LongId,
    /// The id is the empty text.
    #[error("the message id is empty")]
    EmptyId,
    /// The payload is `null`; it is read as `{}`.
    #[error("the payload is null instead of {{}}")]
    NullPayload,
    /// The description of an error is left out.
    #[error("the description of the error is missing")]
    MissingDescription,
    /// The description of an error is no text; its JSON is read as the text.
    #[error("the description of the error is no text")]
    DescriptionNotText,
    /// The description of an error is longer than 255 characters; it is kept whole.
    #[error("the description of the error is longer than 255 characters")]
    LongDescription,
    /// The details of an error are left out.
    #[error("the details of the error are missing")]
    MissingDetails,
    /// The details of an error are no object; they are kept as they came.
    #[error("the details of the error are no JSON object")]
    DetailsNotObject,
}

impl<'a> Parsed<'a> {
    /// The frame when nothing had to be tolerated.
    ///
    /// # Errors
    /// [`BadFrame`] for the first oddity.
    pub fn strictly(self) -> Result<Frame<'a>, BadFrame> {
        match self.oddities.first() {
            None => Ok(self.frame),
            Some(oddity) => Err(BadFrame {
                id: Some(self.frame.id().clone()),
                message_type: Some(self.frame.message_type().number()),
                kind: BadFrameKind::NotTolerated(*oddity),
            }),
        }
    }
}

impl<'a> Frame<'a> {
    /// Reads the text of one WebSocket message. The caller bounds the size of the text.
    ///
    /// # Errors
    /// [`BadFrame`] when the text is no frame that `version` has; it carries the id as far as it can be read.
    pub fn parse(text: &'a str, version: Version) -> Result<Parsed<'a>, BadFrame> {
        let (elements, outcome) = Elements::read(text);
        let header = Header::read(&elements, version);
        match outcome.and_then(|()| header.body(&elements)) {
            Ok(parsed) => Ok(parsed),
            Err(kind) => Err(BadFrame {
                message_type: header.number,
                id: header.id.map_or_else(|(_, readable)| readable, |(id, _)| Some(id)),
                kind,
            }),
        }
    }
}

/// The elements of the array as raw JSON; those after the fifth are only counted.
#[derive(Default)]
struct Elements<'a> {
    raw: [&'a str; 5],
    count: usize,
}

impl<'a> Elements<'a> {
    /// Reads as far as the text is a JSON array, and says whether that was the whole text.
    fn read(text: &'a str) -> (Elements<'a>, Result<(), BadFrameKind>) {
        let mut elements = Elements::default();
        let is_array = text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('[');
        let outcome = if is_array {
            let mut json = serde_json::Deserializer::from_str(text);
            (&mut elements).deserialize(&mut json).and_then(|()| json.end()).map_err(|error| not_json(&error))
        } else {
            match serde_json::from_str::<IgnoredAny>(text) {
                Ok(_) => Err(BadFrameKind::NotArray),
                Err(error) => Err(not_json(&error)),
            }
        };
        (elements, outcome)
    }

    fn get(&self, index: usize) -> Option<&'a str> {
        self.raw.get(..self.count.min(5))?.get(index).copied()
    }
}

/// The parser's reason; only its own fixed phrases and a position, so no content gets into a log.
fn not_json(error: &serde_json::Error) -> BadFrameKind {
    if error.is_data() {
        return BadFrameKind::NotJson("unreadable".to_owned());
    }
    BadFrameKind::NotJson(error.to_string())
}

impl<'de> DeserializeSeed<'de> for &mut Elements<'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for &mut Elements<'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(raw) = seq.next_element::<&'de RawValue>()? {
            if let Some(slot) = self.raw.get_mut(self.count) {
                *slot = raw.get();
            }
            self.count += 1;
        }
        Ok(())
    }
}

/// What stands before the body: the type and the id.
struct Header {
    number: Option<i64>,
    message_type: Option<MessageType>,
    /// The id with what is odd about it, or its fault with as much of the id as an answer can be sent to.
    id: Result<(MessageId, Option<Oddity>), (IdFault, Option<MessageId>)>,
}

impl Header {
    fn read(elements: &Elements<'_>, version: Version) -> Header {
        let number = elements.get(0).and_then(|raw| raw.parse().ok());
        let message_type = number.and_then(|number| MessageType::from_number(number, version));
        Header { number, message_type, id: read_id(elements.get(1)) }
    }

    /// Reads what follows the id. Faults are found in the order of the elements.
    fn body<'a>(&self, elements: &Elements<'a>) -> Result<Parsed<'a>, BadFrameKind> {
        let message_type = self.known_type(elements)?;
        check_length(message_type, elements.count)?;
        let (id, oddity) = match &self.id {
            Ok((id, oddity)) => (id.clone(), oddity),
            Err((fault, _)) => return Err(BadFrameKind::BadId(*fault)),
        };
        let mut oddities: Vec<Oddity> = oddity.iter().copied().collect();
        let frame = match message_type {
            MessageType::Call => {
                let (action, payload) = read_request(elements, &mut oddities)?;
                Frame::Call { id, action, payload }
            }
            MessageType::Send => {
                let (action, payload) = read_request(elements, &mut oddities)?;
                Frame::Send { id, action, payload }
            }
            MessageType::CallResult => {
                Frame::CallResult { id, payload: read_payload(elements.get(2), &mut oddities)? }
            }
            MessageType::CallError => Frame::CallError { id, error: read_error(elements, &mut oddities)? },
            MessageType::CallResultError => {
                Frame::CallResultError { id, error: read_error(elements, &mut oddities)? }
            }
        };
        Ok(Parsed { frame, oddities })
    }

    fn known_type(&self, elements: &Elements<'_>) -> Result<MessageType, BadFrameKind> {
        match (self.message_type, self.number) {
            (Some(message_type), _) => Ok(message_type),
            (None, Some(number)) => Err(BadFrameKind::UnknownMessageType(number)),
            (None, None) if elements.count == 0 => Err(BadFrameKind::Empty),
            (None, None) => Err(BadFrameKind::BadMessageType),
        }
    }
}

fn check_length(message_type: MessageType, found: usize) -> Result<(), BadFrameKind> {
    let expected = message_type.length();
    // The description and the details of an error may be missing: the call was refused all the same.
    let least = match message_type {
        MessageType::CallError | MessageType::CallResultError => 3,
        MessageType::Call | MessageType::CallResult | MessageType::Send => expected,
    };
    if (least..=expected).contains(&found) {
        Ok(())
    } else {
        Err(BadFrameKind::WrongLength { expected, found })
    }
}

fn read_id(raw: Option<&str>) -> Result<(MessageId, Option<Oddity>), (IdFault, Option<MessageId>)> {
    let raw = raw.ok_or((IdFault::Missing, None))?;
    if !raw.starts_with('"') {
        // A whole number is no legal id, but what it means is clear enough to send the refusal to it.
        let readable = raw.parse::<i64>().ok().and_then(|_| MessageId::read(raw.to_owned()));
        return Err((IdFault::NotText, readable));
    }
    let text = read_text(raw).ok_or((IdFault::NotUnicode, None))?;
    let oddity = match text.chars().count() {
        0 => Some(Oddity::EmptyId),
        n if n > MessageId::MAX_CHARS => Some(Oddity::LongId),
        _ => None,
    };
    let id = MessageId::read(text.into_owned()).ok_or((IdFault::TooLong, None))?;
    Ok((id, oddity))
}

fn read_request<'a>(
    elements: &Elements<'a>,
    oddities: &mut Vec<Oddity>,
) -> Result<(Cow<'a, str>, Cow<'a, str>), BadFrameKind> {
    let action = elements
        .get(2)
        .filter(|raw| raw.len() <= MAX_ACTION_BYTES + 2)
        .and_then(read_text)
        .filter(|action| !action.is_empty())
        .ok_or(BadFrameKind::BadAction)?;
    Ok((action, read_payload(elements.get(3), oddities)?))
}

fn read_payload<'a>(raw: Option<&'a str>, oddities: &mut Vec<Oddity>) -> Result<Cow<'a, str>, BadFrameKind> {
    match raw {
        Some(object) if object.starts_with('{') => Ok(Cow::Borrowed(object)),
        Some("null") => {
            oddities.push(Oddity::NullPayload);
            Ok(Cow::Borrowed("{}"))
        }
        _ => Err(BadFrameKind::BadPayload),
    }
}

fn read_error(elements: &Elements<'_>, oddities: &mut Vec<Oddity>) -> Result<CallError, BadFrameKind> {
    let code = elements
        .get(2)
        .filter(|raw| raw.len() <= MAX_CODE_BYTES + 2)
        .and_then(read_text)
        .ok_or(BadFrameKind::BadErrorCode)?;
    Ok(CallError {
        code: ErrorCode::parse(&code),
        description: read_description(elements.get(3), oddities),
        details: read_details(elements.get(4), oddities),
    })
}

fn read_description(raw: Option<&str>, oddities: &mut Vec<Oddity>) -> String {
    let Some(raw) = raw else {
        oddities.push(Oddity::MissingDescription);
        return String::new();
    };
    let Some(text) = read_text(raw) else {
        oddities.push(Oddity::DescriptionNotText);
        return if raw == "null" { String::new() } else { raw.to_owned() };
    };
    if text.chars().count() > CallError::MAX_DESCRIPTION {
        oddities.push(Oddity::LongDescription);
    }
    text.into_owned()
}

fn read_details(raw: Option<&str>, oddities: &mut Vec<Oddity>) -> String {
    match raw {
        None => {
            oddities.push(Oddity::MissingDetails);
            "{}".to_owned()
        }
        Some(raw) => {
            if !raw.starts_with('{') {
                oddities.push(Oddity::DetailsNotObject);
            }
            raw.to_owned()
        }
    }
}

/// Decodes a JSON string, borrowing when it has no escapes; `None` for anything else.
fn read_text(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str::<String>(raw).ok().map(Cow::Owned)
}
