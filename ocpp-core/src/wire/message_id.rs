//! The id that ties an answer to its call.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

/// The id of a message. What this side writes has 1 to 36 characters; what was read may have up to 255.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(Box<str>);

/// A text that cannot be the id of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMessageId {
    /// The text is empty.
    #[error("a message id cannot be empty; give it 1 to 36 characters")]
    Empty,
    /// The text has more than [`MessageId::MAX_CHARS`] characters.
    #[error("a message id of {0} characters is too long; give it 1 to 36 characters")]
    TooLong(usize),
}

impl MessageId {
    /// The longest id that OCPP allows, in characters.
    pub const MAX_CHARS: usize = 36;

    /// The longest id that is kept when a peer breaks the rule, in characters.
    pub const MAX_CHARS_READ: usize = 255;

    /// An id to write, as OCPP allows it.
    ///
    /// # Errors
    /// [`InvalidMessageId`] when the text is empty or has more than [`MessageId::MAX_CHARS`] characters.
    pub fn new(text: &str) -> Result<MessageId, InvalidMessageId> {
        match text.chars().count() {
            0 => Err(InvalidMessageId::Empty),
            n if n > Self::MAX_CHARS => Err(InvalidMessageId::TooLong(n)),
            _ => Ok(MessageId(text.into())),
        }
    }

    /// The `-1` that OCPP 2.x puts where the id of a call could not be read.
    #[must_use]
    pub fn unreadable() -> MessageId {
        MessageId("-1".into())
    }

    /// Whether this is the `-1` of [`MessageId::unreadable`].
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        &*self.0 == "-1"
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An id as a peer wrote it; `None` when it is longer than [`MessageId::MAX_CHARS_READ`].
    pub(super) fn read(text: String) -> Option<MessageId> {
        (text.chars().count() <= Self::MAX_CHARS_READ).then(|| MessageId(text.into_boxed_str()))
    }

    /// The id in quotes for a sentence, shortened when it is longer than OCPP allows.
    pub(super) fn quoted(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| match self.0.char_indices().nth(Self::MAX_CHARS) {
            Some((end, _)) => write!(f, "{:?}…", self.0.get(..end).unwrap_or_default()),
            None => write!(f, "{:?}", self.0),
        })
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
