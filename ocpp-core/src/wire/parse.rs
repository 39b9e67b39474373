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
use crate::quirk::{Quirk, Quirks};
use crate::types::Version;

/// The longest name of an action, and the longest error code, that is read, in bytes.
const MAX_NAME_BYTES: usize = 255;

/// The most bytes of JSON that a byte of a name can take: `\u0001`.
const LONGEST_ESCAPE: usize = 6;

/// A frame, and what was tolerated in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<'a> {
    /// The frame, with what was missing filled in.
    pub frame: Frame<'a>,
    /// What is not as the specification has it, in the order of the elements.
    pub quirks: Vec<Quirk>,
}

impl<'a> Parsed<'a> {
    /// The frame when everything odd about it is tolerated.
    ///
    /// # Errors
    /// [`BadFrame`] for the first habit that is not among `tolerated`.
    pub fn within(self, tolerated: Quirks) -> Result<Frame<'a>, BadFrame> {
        let refused = self.quirks.iter().copied().find(|quirk| !tolerated.contains(*quirk));
        match refused {
            None => Ok(self.frame),
            Some(Quirk::MessageTypeOne) => Err(BadFrame {
                id: Some(self.frame.id().clone()),
                message_type: Some(1),
                kind: BadFrameKind::UnknownMessageType(1),
            }),
            Some(quirk) => Err(BadFrame {
                id: Some(self.frame.id().clone()),
                message_type: Some(self.frame.message_type().number()),
                kind: BadFrameKind::NotTolerated(quirk),
            }),
        }
    }

    /// The frame when nothing is odd about it.
    ///
    /// # Errors
    /// [`BadFrame`] for the first thing that is.
    pub fn strictly(self) -> Result<Frame<'a>, BadFrame> {
        self.within(Quirks::strict())
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
    version: Version,
    /// The id with what is odd about it, or its fault with as much of the id as an answer can be sent to.
    id: Result<(MessageId, Option<Quirk>), (IdFault, Option<MessageId>)>,
}

impl Header {
    fn read(elements: &Elements<'_>, version: Version) -> Header {
        let number = elements.get(0).and_then(|raw| raw.parse().ok());
        let message_type = number.and_then(|number| MessageType::from_number(number, version));
        Header { number, message_type, version, id: read_id(elements.get(1)) }
    }

    /// Reads what follows the id. Faults are found in the order of the elements.
    fn body<'a>(&self, elements: &Elements<'a>) -> Result<Parsed<'a>, BadFrameKind> {
        let message_type = self.known_type(elements)?;
        check_length(message_type, elements.count)?;
        let (id, quirk) = match &self.id {
            Ok((id, quirk)) => (id.clone(), quirk),
            Err((fault, _)) => return Err(BadFrameKind::BadId(*fault)),
        };
        let of_type = self.message_type.is_none().then_some(Quirk::MessageTypeOne);
        let mut quirks: Vec<Quirk> = of_type.into_iter().chain(*quirk).collect();
        let frame = match message_type {
            MessageType::Call => {
                let (action, payload) = read_request(elements, &mut quirks)?;
                Frame::Call { id, action, payload }
            }
            MessageType::Send => {
                let (action, payload) = read_request(elements, &mut quirks)?;
                Frame::Send { id, action, payload }
            }
            MessageType::CallResult => {
                Frame::CallResult { id, payload: read_payload(elements.get(2), &mut quirks)? }
            }
            MessageType::CallError => Frame::CallError { id, error: self.error(elements, &mut quirks)? },
            MessageType::CallResultError => {
                Frame::CallResultError { id, error: self.error(elements, &mut quirks)? }
            }
        };
        Ok(Parsed { frame, quirks })
    }

    fn known_type(&self, elements: &Elements<'_>) -> Result<MessageType, BadFrameKind> {
        match (self.message_type, self.number) {
            (Some(message_type), _) => Ok(message_type),
            (None, Some(1)) if self.looks_like_a_call(elements) => Ok(MessageType::Call),
            (None, Some(number)) => Err(BadFrameKind::UnknownMessageType(number)),
            (None, None) if elements.count == 0 => Err(BadFrameKind::Empty),
            (None, None) => Err(BadFrameKind::BadMessageType),
        }
    }

    /// Old simulators of 1.6 send their calls with the type 1.
    fn looks_like_a_call(&self, elements: &Elements<'_>) -> bool {
        let is_text = |index| elements.get(index).is_some_and(|raw| raw.starts_with('"'));
        self.version == Version::V16
            && elements.count == MessageType::Call.length()
            && is_text(1)
            && is_text(2)
    }

    fn error(&self, elements: &Elements<'_>, quirks: &mut Vec<Quirk>) -> Result<CallError, BadFrameKind> {
        let text = elements.get(2).and_then(read_name).ok_or(BadFrameKind::BadErrorCode)?;
        let code = ErrorCode::parse(&text);
        match code {
            ErrorCode::Other(_) => quirks.push(Quirk::InventedErrorCode),
            _ if code.as_str(self.version) != text => quirks.push(Quirk::ErrorCodeSpelling),
            _ => {}
        }
        Ok(CallError {
            code,
            description: read_description(elements.get(3), quirks),
            details: read_details(elements.get(4), quirks),
        })
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

fn read_id(raw: Option<&str>) -> Result<(MessageId, Option<Quirk>), (IdFault, Option<MessageId>)> {
    let raw = raw.ok_or((IdFault::Missing, None))?;
    if !raw.starts_with('"') {
        // A whole number is no legal id, but what it means is clear enough to send the refusal to it.
        let readable = raw.parse::<i64>().ok().and_then(|_| MessageId::read(raw.to_owned()));
        return Err((IdFault::NotText, readable));
    }
    let text = read_text(raw).ok_or((IdFault::NotUnicode, None))?;
    let quirk = match text.chars().count() {
        0 => Some(Quirk::EmptyId),
        n if n > MessageId::MAX_CHARS => Some(Quirk::LongId),
        _ => None,
    };
    let id = MessageId::read(text.into_owned()).ok_or((IdFault::TooLong, None))?;
    Ok((id, quirk))
}

fn read_request<'a>(
    elements: &Elements<'a>,
    quirks: &mut Vec<Quirk>,
) -> Result<(Cow<'a, str>, Cow<'a, str>), BadFrameKind> {
    let action = elements
        .get(2)
        .and_then(read_name)
        .filter(|action| !action.is_empty())
        .ok_or(BadFrameKind::BadAction)?;
    Ok((action, read_payload(elements.get(3), quirks)?))
}

fn read_payload<'a>(raw: Option<&'a str>, quirks: &mut Vec<Quirk>) -> Result<Cow<'a, str>, BadFrameKind> {
    match raw {
        Some(object) if object.starts_with('{') => Ok(Cow::Borrowed(object)),
        Some("null") => {
            quirks.push(Quirk::NullPayload);
            Ok(Cow::Borrowed("{}"))
        }
        _ => Err(BadFrameKind::BadPayload),
    }
}

fn read_description(raw: Option<&str>, quirks: &mut Vec<Quirk>) -> String {
    let Some(raw) = raw else {
        quirks.push(Quirk::MissingDescription);
        return String::new();
    };
    let Some(text) = read_text(raw) else {
        quirks.push(Quirk::DescriptionNotText);
        return if raw == "null" { String::new() } else { raw.to_owned() };
    };
    if text.chars().count() > CallError::MAX_DESCRIPTION {
        quirks.push(Quirk::LongDescription);
    }
    text.into_owned()
}

fn read_details(raw: Option<&str>, quirks: &mut Vec<Quirk>) -> String {
    match raw {
        None => {
            quirks.push(Quirk::MissingDetails);
            "{}".to_owned()
        }
        Some(raw) => {
            if !raw.starts_with('{') {
                quirks.push(Quirk::DetailsNotObject);
            }
            raw.to_owned()
        }
    }
}

/// A text that is short enough for a name. What is measured is the text, not its JSON: written again, it may
/// need more escapes than it came with.
fn read_name(raw: &str) -> Option<Cow<'_, str>> {
    if raw.len() > MAX_NAME_BYTES * LONGEST_ESCAPE + 2 {
        return None;
    }
    read_text(raw).filter(|text| text.len() <= MAX_NAME_BYTES)
}

/// Decodes a JSON string, borrowing when it has no escapes; `None` for anything else.
fn read_text(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str::<String>(raw).ok().map(Cow::Owned)
}
