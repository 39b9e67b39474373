//! Frames: the JSON arrays that carry OCPP messages over a WebSocket.
//!
//! A frame is read by [`Frame::parse`] and written by [`Frame::encode`]. Reading is total: any text gives a
//! [`Frame`] or a [`BadFrame`], which says in one sentence what is wrong and knows what to answer. The payload
//! stays the JSON text that came; nothing is decoded and written anew.
//!
//! | number | frame | since |
//! | --- | --- | --- |
//! | 2 | CALL, a request | 1.6 |
//! | 3 | CALLRESULT, its answer | 1.6 |
//! | 4 | CALLERROR, the refusal of a request | 1.6 |
//! | 5 | CALLRESULTERROR, the refusal of an answer | 2.1 |
//! | 6 | SEND, a message without an answer | 2.1 |
//!
//! # What is tolerated
//!
//! Some habits of the field do no harm: an id longer than 36 characters, `null` for an empty payload, a
//! CALLERROR without description or details, the type 1 of old simulators. Such a frame is read, and each
//! [`Quirk`](crate::quirk::Quirk) is named beside it. [`Parsed::within`] refuses those that are switched off.
//!
//! # What an unreadable frame is answered with
//!
//! [`BadFrame::answer`] follows part 4 of the specification:
//!
//! | frame | 1.6 | 2.0.1 | 2.1 |
//! | --- | --- | --- | --- |
//! | CALL, id readable | FormationViolation | RpcFrameworkError, FormatViolation | as 2.0.1 |
//! | CALL, id unreadable | ignored | RpcFrameworkError to `-1` | as 2.0.1 |
//! | not JSON, no array, no number of a type | ignored | RpcFrameworkError to the id or `-1` | as 2.0.1 |
//! | unknown type | ignored | MessageTypeNotSupported | MessageTypeNotSupported |
//! | CALLRESULT, id readable | ignored | ignored | CALLRESULTERROR |
//! | CALLERROR, CALLRESULTERROR, SEND | ignored | ignored | ignored |
//!
//! OCPP 1.6 has no id for "the one that could not be read", so there is nothing to address an answer to. For an
//! unknown type 2.0.1 demands the answer (4.4). 2.1 only demands that the payload is ignored, but keeps the
//! error code, whose one use this is.
//!
//! The id counts as readable when it stands before the place where the JSON breaks.

mod bad_frame;
mod call_error;
mod error_code;
mod frame;
mod message_id;
mod parse;

#[doc(no_inline)]
pub use crate::types::Version;

pub use bad_frame::{BadFrame, BadFrameKind, IdFault};
pub use call_error::CallError;
pub use error_code::ErrorCode;
pub use frame::{Frame, MessageType};
pub use message_id::{InvalidMessageId, MessageId};
pub use parse::Parsed;
