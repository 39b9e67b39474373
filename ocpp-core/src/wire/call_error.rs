//! The refusal of a message.

use alloc::borrow::ToOwned;
use alloc::string::String;

use serde_json::value::RawValue;

use super::error_code::ErrorCode;

/// Why a call, or in 2.1 an answer, was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// The kind of trouble.
    pub code: ErrorCode,
    /// One sentence for people. At most [`CallError::MAX_DESCRIPTION`] characters are written.
    pub description: String,
    /// More for machines, as JSON text; `{}` when there is nothing. What is no JSON object is wrapped into one
    /// when it is written.
    pub details: String,
}

impl CallError {
    /// The longest description that is written, in characters.
    pub const MAX_DESCRIPTION: usize = 255;

    /// A refusal without details.
    #[must_use]
    pub fn new(code: ErrorCode, description: impl Into<String>) -> CallError {
        CallError { code, description: description.into(), details: "{}".to_owned() }
    }

    /// The description cut to what may be written; a cut shows as `…`.
    pub(super) fn short_description(&self) -> String {
        let mut chars = self.description.chars();
        let mut short: String = chars.by_ref().take(Self::MAX_DESCRIPTION).collect();
        if chars.next().is_some() {
            short.pop();
            short.push('…');
        }
        short
    }

    /// The details when they are the JSON object that OCPP demands.
    pub(super) fn details_object(&self) -> Option<&str> {
        let raw: &RawValue = serde_json::from_str(&self.details).ok()?;
        raw.get().starts_with('{').then(|| raw.get())
    }
}
