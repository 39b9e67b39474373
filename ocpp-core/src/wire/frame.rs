//! Frames, and how they are written.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;
use core::fmt::Write as _;

use super::call_error::CallError;
use super::message_id::MessageId;
use crate::types::Version;

/// One frame. Payloads are JSON objects as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A request.
    #[allow(missing_docs)]
    Call { id: MessageId, action: Cow<'a, str>, payload: Cow<'a, str> },
    /// The answer to a request; it has the id of the request.
    #[allow(missing_docs)]
    CallResult { id: MessageId, payload: Cow<'a, str> },
    /// The refusal of a request; it has the id of the request.
    #[allow(missing_docs)]
    CallError { id: MessageId, error: CallError },
    /// The refusal of an answer (2.1); it has the id of the answer.
    #[allow(missing_docs)]
    CallResultError { id: MessageId, error: CallError },
    /// A message without an answer (2.1).
    #[allow(missing_docs)]
    Send { id: MessageId, action: Cow<'a, str>, payload: Cow<'a, str> },
}

/// The type of a frame, the first element of the array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum MessageType {
    Call,
    CallResult,
    CallError,
    CallResultError,
    Send,
}

impl MessageType {
    /// All types, in the order of their numbers.
    pub const ALL: [MessageType; 5] = [
        MessageType::Call,
        MessageType::CallResult,
        MessageType::CallError,
        MessageType::CallResultError,
        MessageType::Send,
    ];

    /// The number on the wire, 2 to 6.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            MessageType::Call => 2,
            MessageType::CallResult => 3,
            MessageType::CallError => 4,
            MessageType::CallResultError => 5,
            MessageType::Send => 6,
        }
    }

    /// The type that a number means in `version`; 5 and 6 came with 2.1.
    #[must_use]
    pub fn from_number(number: i64, version: Version) -> Option<MessageType> {
        MessageType::ALL.into_iter().find(|t| t.number() == number && t.exists_in(version))
    }

    /// Whether `version` has this type.
    #[must_use]
    pub const fn exists_in(self, version: Version) -> bool {
        match self {
            MessageType::Call | MessageType::CallResult | MessageType::CallError => true,
            MessageType::CallResultError | MessageType::Send => matches!(version, Version::V21),
        }
    }

    /// How many elements a frame of this type has.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            MessageType::Call | MessageType::Send => 4,
            MessageType::CallResult => 3,
            MessageType::CallError | MessageType::CallResultError => 5,
        }
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MessageType::Call => "CALL",
            MessageType::CallResult => "CALLRESULT",
            MessageType::CallError => "CALLERROR",
            MessageType::CallResultError => "CALLRESULTERROR",
            MessageType::Send => "SEND",
        })
    }
}

impl Frame<'_> {
    /// The type of this frame.
    #[must_use]
    pub const fn message_type(&self) -> MessageType {
        match self {
            Frame::Call { .. } => MessageType::Call,
            Frame::CallResult { .. } => MessageType::CallResult,
            Frame::CallError { .. } => MessageType::CallError,
            Frame::CallResultError { .. } => MessageType::CallResultError,
            Frame::Send { .. } => MessageType::Send,
        }
    }

    /// The id of this frame.
    #[must_use]
    pub const fn id(&self) -> &MessageId {
        match self {
            Frame::Call { id, .. }
            | Frame::CallResult { id, .. }
            | Frame::CallError { id, .. }
            | Frame::CallResultError { id, .. }
            | Frame::Send { id, .. } => id,
        }
    }

    /// The frame as text. Payloads are written as they stand; error codes are spelled as `version` does, and
    /// a description is cut to 255 characters.
    #[must_use]
    pub fn encode(&self, version: Version) -> String {
        let mut text = String::with_capacity(self.size_hint());
        // Writing to a String cannot fail.
        let _ = write!(text, "[{},", self.message_type().number());
        push_json_string(&mut text, self.id().as_str());
        text.push(',');
        match self {
            Frame::Call { action, payload, .. } | Frame::Send { action, payload, .. } => {
                push_json_string(&mut text, action);
                text.push(',');
                text.push_str(payload);
            }
            Frame::CallResult { payload, .. } => text.push_str(payload),
            Frame::CallError { error, .. } | Frame::CallResultError { error, .. } => {
                push_error(&mut text, error, version);
            }
        }
        text.push(']');
        text
    }

    fn size_hint(&self) -> usize {
        let body = match self {
            Frame::Call { action, payload, .. } | Frame::Send { action, payload, .. } => {
                action.len() + payload.len()
            }
            Frame::CallResult { payload, .. } => payload.len(),
            Frame::CallError { error, .. } | Frame::CallResultError { error, .. } => {
                error.description.len().min(2 * CallError::MAX_DESCRIPTION) + error.details.len() + 40
            }
        };
        body + self.id().as_str().len() + 16
    }
}

/// Writes the code, the description and the details of an error.
fn push_error(text: &mut String, error: &CallError, version: Version) {
    push_json_string(text, error.code.as_str(version));
    text.push(',');
    push_json_string(text, &error.short_description());
    text.push(',');
    match error.details_object() {
        Some(object) => text.push_str(object),
        None if error.details.is_empty() => text.push_str("{}"),
        None => {
            text.push_str("{\"text\":");
            push_json_string(text, &error.details);
            text.push('}');
        }
    }
}

/// Writes a JSON string with its quotes.
fn push_json_string(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{0}'..='\u{1f}' => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
}
