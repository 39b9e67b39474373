//! The refusal of a message.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::error_code::ErrorCode;
use crate::inbound::{Rejected, Shown};
use crate::types::Version;

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

    /// The refusal of a payload: the code of the first violation, a sentence about all of them, and each of
    /// them in the details with its place, rule, code and, where it may be shown, its value.
    ///
    /// ```
    /// use ocpp_core::wire::CallError;
    /// use ocpp_core::types::Version;
    ///
    /// let rejected = ocpp_core::inbound::read::<ocpp_core::v16::ResetRequest>(r#"{"type":7}"#).unwrap_err();
    /// let error = CallError::rejecting(&rejected, Version::V16);
    /// assert_eq!(error.description, "/type has to be a text, not 7");
    /// assert!(error.details.contains(r#""code":"TypeConstraintViolation""#));
    /// ```
    #[must_use]
    pub fn rejecting(rejected: &Rejected, version: Version) -> CallError {
        let violations: Vec<Value> = rejected
            .violations()
            .map(|finding| {
                let code = ErrorCode::from(finding.rule.fault());
                let value = match &finding.value {
                    Shown::Json(json) => Value::from(&**json),
                    Shown::Nothing | Shown::Hidden => Value::Null,
                };
                json!({
                    "pointer": finding.pointer,
                    "rule": finding.rule.to_string(),
                    "code": code.as_str(version),
                    "value": value,
                })
            })
            .collect();
        CallError {
            code: rejected.fault().into(),
            description: rejected.to_string(),
            details: json!({ "violations": violations }).to_string(),
        }
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
