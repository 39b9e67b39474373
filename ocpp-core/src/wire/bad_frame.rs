//! What is wrong with a text that is no frame, and what to answer.

use alloc::string::{String, ToString};
use core::fmt;

use super::call_error::CallError;
use super::error_code::ErrorCode;
use super::frame::{Frame, MessageType};
use super::message_id::MessageId;
use crate::quirk::Quirk;
use crate::types::Version;

/// A text that is no frame. Its `Display` is one sentence without any content of a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadFrame {
    /// The id, as far as it can be read.
    pub id: Option<MessageId>,
    /// The number of the message type, as far as it can be read.
    pub message_type: Option<i64>,
    /// What is wrong.
    pub kind: BadFrameKind,
}

/// What is wrong with a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadFrameKind {
    /// The text is not JSON; the parser's reason with line and column.
    NotJson(String),
    /// The text is JSON, but no array.
    NotArray,
    /// The array has no element.
    Empty,
    /// The message type is no whole number.
    BadMessageType,
    /// The version has no such message type.
    UnknownMessageType(i64),
    /// The array has too few or too many elements for its type.
    #[allow(missing_docs)]
    WrongLength { expected: usize, found: usize },
    /// The message id cannot be used.
    BadId(IdFault),
    /// The action is no text, empty, or longer than 255 bytes.
    BadAction,
    /// The payload is no JSON object.
    BadPayload,
    /// The error code is no text, or longer than 255 bytes.
    BadErrorCode,
    /// A habit that is not tolerated.
    NotTolerated(Quirk),
}

/// What is wrong with a message id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdFault {
    /// The array ends before the id.
    Missing,
    /// The id is no JSON string. A whole number is still kept, so that the refusal can be sent to it.
    NotText,
    /// The id has escapes that mean no character.
    NotUnicode,
    /// The id has more than [`MessageId::MAX_CHARS_READ`] characters.
    TooLong,
}

impl BadFrame {
    /// The frame to send back, if the rules of `version` want one; see the [module](super) for the table.
    #[must_use]
    pub fn answer(&self, version: Version) -> Option<Frame<'static>> {
        let known = self.message_type.and_then(|number| MessageType::from_number(number, version));
        match known {
            Some(MessageType::Call) => self.call_error(version),
            Some(MessageType::CallResult) if version == Version::V21 => {
                self.id.clone().map(|id| Frame::CallResultError { id, error: self.error() })
            }
            Some(_) => None,
            None if version.is_2x() => self.call_error(version),
            None => None,
        }
    }

    /// Whether this was meant as the answer to a call.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        let answers = [MessageType::CallResult.number(), MessageType::CallError.number()];
        self.message_type.is_some_and(|number| answers.contains(&number))
    }

    fn call_error(&self, version: Version) -> Option<Frame<'static>> {
        let unreadable = || version.is_2x().then(MessageId::unreadable);
        let id = self.id.clone().or_else(unreadable)?;
        Some(Frame::CallError { id, error: self.error() })
    }

    fn error(&self) -> CallError {
        let code = match self.kind {
            BadFrameKind::UnknownMessageType(_) => ErrorCode::MessageTypeNotSupported,
            BadFrameKind::BadPayload | BadFrameKind::NotTolerated(Quirk::NullPayload) => {
                ErrorCode::FormatViolation
            }
            _ => ErrorCode::RpcFrameworkError,
        };
        CallError::new(code, self.to_string())
    }

    /// What the sentence is about: `CALL "17"` or `the frame`.
    fn subject(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| {
            // Names are those of 2.1; an older version calls its 5 and 6 unknown, and says so by number.
            let unknown = matches!(self.kind, BadFrameKind::UnknownMessageType(_));
            match self.message_type.and_then(|number| MessageType::from_number(number, Version::V21)) {
                Some(message_type) if !unknown => write!(f, "{message_type}")?,
                _ => f.write_str("the frame")?,
            }
            match &self.id {
                Some(id) => write!(f, " {}", id.quoted()),
                None => Ok(()),
            }
        })
    }
}

impl fmt::Display for BadFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = self.subject();
        match &self.kind {
            BadFrameKind::NotJson(reason) => {
                write!(f, "{subject} is not JSON ({reason}): send one JSON array in each message")
            }
            BadFrameKind::NotArray => {
                write!(f, "{subject} is JSON but no array: send one array in each message")
            }
            BadFrameKind::Empty => write!(f, "{subject} is an empty array: send the message type first"),
            BadFrameKind::BadMessageType => {
                write!(f, "the message type of {subject} is no whole number: send 2, 3 or 4 (2.1: to 6)")
            }
            BadFrameKind::UnknownMessageType(number) => {
                write!(
                    f,
                    "{subject} has the message type {number}, which is unknown here: send 2, 3 or 4 (2.1: to 6)"
                )
            }
            BadFrameKind::WrongLength { expected, found } => {
                write!(f, "{subject} has a wrong number of elements: send {expected} instead of {found}")
            }
            BadFrameKind::BadId(fault) => write!(f, "the message id of {subject} {fault}"),
            BadFrameKind::BadAction => {
                write!(
                    f,
                    "the action of {subject} is no name: send a text of 1 to 255 bytes as third element"
                )
            }
            BadFrameKind::BadPayload => {
                write!(
                    f,
                    "the payload of {subject} is no JSON object: send {{}} when there is nothing to say"
                )
            }
            BadFrameKind::BadErrorCode => {
                write!(
                    f,
                    "the error code of {subject} is no name: send a text of up to 255 bytes as third element"
                )
            }
            BadFrameKind::NotTolerated(quirk) => {
                let what = in_words(*quirk);
                write!(f, "in {subject} {what}: send what the specification says, or allow it for this peer")
            }
        }
    }
}

/// What is wrong with a frame that shows a habit.
const fn in_words(quirk: Quirk) -> &'static str {
    match quirk {
        Quirk::LongId => "the message id is longer than 36 characters",
        Quirk::EmptyId => "the message id is empty",
        Quirk::NullPayload => "the payload is null instead of {}",
        Quirk::MissingDescription => "the description of the error is missing",
        Quirk::DescriptionNotText => "the description of the error is no text",
        Quirk::LongDescription => "the description of the error is longer than 255 characters",
        Quirk::MissingDetails => "the details of the error are missing",
        Quirk::DetailsNotObject => "the details of the error are no JSON object",
        Quirk::ErrorCodeSpelling => "the error code is spelled as another version does",
        Quirk::InventedErrorCode => "the error code is none of this version",
        other => other.name(),
    }
}

impl core::error::Error for BadFrame {}

impl fmt::Display for IdFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IdFault::Missing => "is missing: send a text of 1 to 36 characters as second element",
            IdFault::NotText => "is no text: send 1 to 36 characters in quotes",
            IdFault::NotUnicode => "has escapes that mean no character: send plain Unicode text",
            IdFault::TooLong => "is too long to be kept: send 1 to 36 characters",
        })
    }
}
