//! Where to fetch or put a file.

use alloc::boxed::Box;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::message::{BorrowedText, Field, Part, Shape};

/// A URI, as text. Its grammar is not checked: whoever opens it says best what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Uri(Box<str>);

impl Uri {
    /// Takes a URI.
    #[must_use]
    pub fn new(text: &str) -> Uri {
        Uri(text.into())
    }

    /// The URI as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Uri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Uri, D::Error> {
        Ok(Uri(BorrowedText::deserialize(deserializer)?.as_str().into()))
    }
}

impl Field for Uri {
    const SHAPE: Shape = Shape::Uri;

    fn part(&self) -> Part<'_> {
        Part::Text(&self.0)
    }
}
