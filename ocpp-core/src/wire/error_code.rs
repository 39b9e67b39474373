//! The error codes of all versions.

use alloc::boxed::Box;

use crate::inbound::Fault;
use crate::types::Version;

/// Why a message was refused. The names are those of OCPP 2.x; [`ErrorCode::as_str`] spells them for a version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The payload is malformed as a whole.
    FormatViolation,
    /// Nothing more specific fits.
    GenericError,
    /// The receiver failed while it worked on the message.
    InternalError,
    /// The receiver does not know this type of frame. Not in 1.6, which says NotSupported.
    MessageTypeNotSupported,
    /// The receiver does not know the action.
    NotImplemented,
    /// The receiver knows the action and does not offer it.
    NotSupported,
    /// A field is missing, or a list has too few or too many members.
    OccurrenceConstraintViolation,
    /// A field has a value that it must not have.
    PropertyConstraintViolation,
    /// The payload is incomplete (1.6) or not built as the action wants it (2.x).
    ProtocolError,
    /// The frame around the payload is wrong. Not in 1.6, which says FormationViolation.
    RpcFrameworkError,
    /// A matter of security forbids the action; in 1.6 also a call before the station was accepted.
    SecurityError,
    /// A field is of the wrong type.
    TypeConstraintViolation,
    /// A code of no version, kept as the peer wrote it.
    Other(Box<str>),
}

/// Each code with its spelling in 2.x and in 1.6.
const SPELLINGS: [(ErrorCode, &str, &str); 12] = [
    // 1.6 misspells these two, and its errata forbid to correct them.
    (ErrorCode::FormatViolation, "FormatViolation", "FormationViolation"),
    (
        ErrorCode::OccurrenceConstraintViolation,
        "OccurrenceConstraintViolation",
        "OccurenceConstraintViolation",
    ),
    // 1.6 lacks these two: the nearest that it has.
    (ErrorCode::MessageTypeNotSupported, "MessageTypeNotSupported", "NotSupported"),
    (ErrorCode::RpcFrameworkError, "RpcFrameworkError", "FormationViolation"),
    (ErrorCode::GenericError, "GenericError", "GenericError"),
    (ErrorCode::InternalError, "InternalError", "InternalError"),
    (ErrorCode::NotImplemented, "NotImplemented", "NotImplemented"),
    (ErrorCode::NotSupported, "NotSupported", "NotSupported"),
    (ErrorCode::PropertyConstraintViolation, "PropertyConstraintViolation", "PropertyConstraintViolation"),
    (ErrorCode::ProtocolError, "ProtocolError", "ProtocolError"),
    (ErrorCode::SecurityError, "SecurityError", "SecurityError"),
    (ErrorCode::TypeConstraintViolation, "TypeConstraintViolation", "TypeConstraintViolation"),
];

impl From<Fault> for ErrorCode {
    fn from(fault: Fault) -> ErrorCode {
        match fault {
            Fault::Formation => ErrorCode::FormatViolation,
            Fault::Occurrence => ErrorCode::OccurrenceConstraintViolation,
            Fault::Property => ErrorCode::PropertyConstraintViolation,
            Fault::Type => ErrorCode::TypeConstraintViolation,
        }
    }
}

impl ErrorCode {
    /// The codes that the specifications name, in the order of no version.
    pub fn named() -> impl Iterator<Item = ErrorCode> {
        SPELLINGS.into_iter().map(|(code, _, _)| code)
    }

    /// The code as `version` spells it; what the version lacks becomes the nearest that it has.
    #[must_use]
    pub fn as_str(&self, version: Version) -> &str {
        if let ErrorCode::Other(text) = self {
            return text;
        }
        SPELLINGS
            .iter()
            .find(|(code, _, _)| code == self)
            .map_or("GenericError", |(_, modern, old)| if version.is_2x() { modern } else { old })
    }

    /// Reads a code in the spelling of any version, without regard to case; what no version knows is kept
    /// as [`ErrorCode::Other`].
    #[must_use]
    pub fn parse(text: &str) -> ErrorCode {
        let spelled = |name: &str| name.eq_ignore_ascii_case(text);
        let modern = SPELLINGS.into_iter().find(|(_, modern, _)| spelled(modern));
        // The first match in the 1.6 column is the code proper: FormationViolation is FormatViolation.
        let found = modern.or_else(|| SPELLINGS.into_iter().find(|(_, _, old)| spelled(old)));
        found.map_or_else(|| ErrorCode::Other(text.into()), |(code, _, _)| code)
    }
}
