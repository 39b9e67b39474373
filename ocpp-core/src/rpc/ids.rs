//! Where the ids of own messages come from.

use alloc::boxed::Box;
use alloc::format;

use crate::wire::{InvalidMessageId, MessageId};

/// Gives the ids of own messages. Each must be new among all that this side ever used towards the same
/// station, across connections (4.1.4), so a random UUID is a good choice. Any `FnMut() -> MessageId` is one.
pub trait IdSource {
    /// An id that was not used before.
    fn next_id(&mut self) -> MessageId;
}

impl<F: FnMut() -> MessageId> IdSource for F {
    fn next_id(&mut self) -> MessageId {
        self()
    }
}

/// Counts: `prefix1`, `prefix2` and so on. Deterministic, for tests and simulations; elsewhere the prefix must
/// be new for each connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequentialIds {
    prefix: Box<str>,
    last: u64,
}

impl SequentialIds {
    /// The longest prefix, in characters: it leaves room for any counter.
    pub const MAX_PREFIX_CHARS: usize = 16;

    /// A source whose first id is the prefix followed by `1`. The prefix may be empty.
    ///
    /// # Errors
    /// [`InvalidMessageId::TooLong`] when the prefix has more than [`SequentialIds::MAX_PREFIX_CHARS`]
    /// characters.
    pub fn new(prefix: &str) -> Result<SequentialIds, InvalidMessageId> {
        let chars = prefix.chars().count();
        if chars > Self::MAX_PREFIX_CHARS {
            return Err(InvalidMessageId::TooLong(chars + 20));
        }
        Ok(SequentialIds { prefix: prefix.into(), last: 0 })
    }
}

impl IdSource for SequentialIds {
    fn next_id(&mut self) -> MessageId {
        self.last = self.last.wrapping_add(1);
        // A prefix of 16 and a counter of at most 20 characters always make a legal id.
        MessageId::new(&format!("{}{}", self.prefix, self.last)).unwrap_or_else(|_| MessageId::unreadable())
    }
}
