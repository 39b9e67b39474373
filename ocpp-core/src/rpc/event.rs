//! What a peer tells its driver.

use alloc::string::String;
use alloc::vec::Vec;

use crate::quirk::Quirk;
use crate::wire::{BadFrame, CallError, MessageId, Version};

/// Names one call of ours on one [`Peer`](super::Peer).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallToken(pub(super) u64);

/// Names one receipt of a call of the other side on one [`Peer`](super::Peer).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplyToken(pub(super) u64);

/// Something to handle. Payloads are JSON objects as text, as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The other side calls; give the answer to [`Peer::reply`](super::Peer::reply). The next call comes only
    /// after that.
    #[allow(missing_docs)]
    Call { token: ReplyToken, id: MessageId, action: String, payload: String, receipt: Receipt },
    /// A call of ours is over. It happens exactly once for each token.
    #[allow(missing_docs)]
    Ended { token: CallToken, ending: Ending },
    /// The other side sent a message that has no answer (2.1).
    #[allow(missing_docs)]
    Send { id: MessageId, action: String, payload: String },
    /// The other side could not understand an answer of ours: a CALLRESULTERROR (2.1), or a CALLERROR to one
    /// of the last answers.
    #[allow(missing_docs)]
    ResultRejected { id: MessageId, error: CallError },
    /// The other side could not read a frame of ours, and not even its id. A call that it belonged to times
    /// out.
    #[allow(missing_docs)]
    Unaddressed { error: CallError },
    /// An answer belongs to no outstanding call; it was ignored.
    #[allow(missing_docs)]
    Stray { id: MessageId, stray: StrayAnswer },
    /// A frame could not be read. It was answered, if the version says so.
    BadFrame(BadFrame),
    /// A frame was read in spite of habits; the event about its content follows.
    #[allow(missing_docs)]
    Tolerated { id: MessageId, quirks: Vec<Quirk> },
    /// A call was refused with InternalError because too many wait already.
    #[allow(missing_docs)]
    Overflow { id: MessageId },
}

/// How a call of ours ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It was answered. The id serves [`Peer::reject_result`](super::Peer::reject_result).
    #[allow(missing_docs)]
    Result { id: MessageId, payload: String },
    /// It was refused.
    Error(CallError),
    /// It was answered by a frame that cannot be read. The other side may have done what was asked.
    BadAnswer(BadFrame),
    /// No answer came in time. The other side may have done what was asked.
    TimedOut,
    /// The connection closed before the answer. The other side may have done what was asked.
    ClosedUnanswered,
    /// The connection closed before the call was sent.
    ClosedUnsent,
}

/// Whether a call of the other side is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Receipt {
    /// No unanswered call has this id, and none of the last that were answered.
    First,
    /// A call with this id still waited for its answer when this one came. It is answered once more: a retry
    /// must find the same answer, so the handler has to be idempotent.
    Repeated,
    /// One of the last calls that were answered had this id: the answer was lost, or the other side does not
    /// renew its ids. The handler decides by the content, as with [`Receipt::Repeated`].
    AnsweredBefore,
}

/// What is known about an answer that belongs to no outstanding call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StrayAnswer {
    /// The call had timed out.
    Late(CallToken),
    /// The call had been answered.
    Duplicate(CallToken),
    /// None of the last calls had this id.
    Unknown,
}

/// Why a command was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The queue is full.
    #[error("too many messages wait for this peer: try again when some have been answered")]
    QueueFull,
    /// A call of this id is still waiting or outstanding.
    #[error("a call of this id is not over yet: wait for its end before it is made again")]
    IdInUse,
    /// The connection is closed.
    #[error("the connection to this peer is closed: wait until it connects again")]
    Closed,
    /// The version has no such frame.
    #[error("OCPP {0} has no such frame: it came with 2.1")]
    NotInVersion(Version),
}

/// A reply to a call that needs none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the call was answered before, or its connection is closed: drop this answer")]
pub struct StaleReply;
