//! What goes wrong for a station, by kinds that can be counted.

use std::fmt;

use tokio_tungstenite::tungstenite::Error as SocketError;

use crate::load::words::Action;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mishap {
    /// No TCP connection, for this reason of the system.
    Unreachable(String),
    /// The handshake was refused with this HTTP status.
    Refused(u16),
    /// The handshake did not end in time.
    HandshakeTimedOut,
    /// The handshake was completed without the version that was offered.
    OtherVersion,
    /// The handshake was completed without the compression that was offered.
    NotCompressed,
    /// Anything else that goes wrong in a handshake.
    BadHandshake,
    /// A CALLERROR with this code.
    CallError(Action, String),
    /// A CALLRESULT that says no, with this word.
    NotAccepted(Action, String),
    /// A CALLRESULT without what it has to say.
    WrongAnswer(Action),
    /// An answer to something that was not asked.
    WrongId,
    /// A text that is no frame.
    NoFrame,
    /// No answer within the deadline.
    TimedOut(Action),
    /// The manager closed the connection, with this code.
    Closed(Option<u16>),
    /// The connection broke.
    Broken(String),
}

impl Mishap {
    pub(super) fn broken(error: &SocketError) -> Mishap {
        match error {
            SocketError::Io(error) => Mishap::Broken(error.kind().to_string()),
            SocketError::ConnectionClosed | SocketError::AlreadyClosed => Mishap::Closed(None),
            other => Mishap::Broken(other.to_string()),
        }
    }
}

impl fmt::Display for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mishap::Unreachable(why) => write!(f, "no connection: {why}"),
            Mishap::Refused(status) => write!(f, "the handshake was refused with HTTP {status}"),
            Mishap::HandshakeTimedOut => f.write_str("the handshake was not answered in time"),
            Mishap::OtherVersion => f.write_str("the handshake was completed without the version offered"),
            Mishap::NotCompressed => f.write_str("the handshake was completed without compression"),
            Mishap::BadHandshake => f.write_str("the handshake was answered wrongly"),
            Mishap::CallError(action, code) => write!(f, "CALLERROR {code} to {}", action.name()),
            Mishap::NotAccepted(action, word) => write!(f, "{} was answered with {word}", action.name()),
            Mishap::WrongAnswer(action) => {
                write!(f, "{} was answered without what it asks for", action.name())
            }
            Mishap::WrongId => f.write_str("an answer to something that was not asked"),
            Mishap::NoFrame => f.write_str("a text that is no frame"),
            Mishap::TimedOut(action) => write!(f, "no answer in time to {}", action.name()),
            Mishap::Closed(Some(code)) => write!(f, "the connection was closed with {code}"),
            Mishap::Closed(None) => f.write_str("the connection was closed"),
            Mishap::Broken(why) => write!(f, "the connection broke: {why}"),
        }
    }
}
