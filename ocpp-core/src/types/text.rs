//! Texts with a limit, counted in characters.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::message::{BorrowedText, Field, Part, Shape};

/// A text is longer than its place in the message allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{length} characters are too many: at most {limit} are allowed here")]
pub struct TooLong {
    /// How many characters the text has.
    pub length: usize,
    /// How many are allowed.
    pub limit: usize,
}

fn check(text: &str, limit: usize) -> Result<(), TooLong> {
    // A text of no more bytes than the limit has no more characters either.
    if text.len() <= limit {
        return Ok(());
    }
    let length = text.chars().count();
    if length <= limit { Ok(()) } else { Err(TooLong { length, limit }) }
}

fn cut(text: &str, limit: usize) -> &str {
    text.char_indices().nth(limit).map_or(text, |(end, _)| &text[..end])
}

macro_rules! bounded_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name<const MAX: usize>(Box<str>);

        impl<const MAX: usize> $name<MAX> {
            /// The most characters that it can have.
            pub const MAX: usize = MAX;

            /// Takes a text of at most `MAX` characters.
            ///
            /// # Errors
            /// [`TooLong`] when it has more.
            pub fn new(text: &str) -> Result<Self, TooLong> {
                check(text, MAX)?;
                Ok(Self(text.into()))
            }

            /// Takes as much of a text as fits.
            #[must_use]
            pub fn truncated(text: &str) -> Self {
                Self(cut(text, MAX).into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> Deref for $name<MAX> {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<const MAX: usize> fmt::Debug for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl<const MAX: usize> FromStr for $name<MAX> {
            type Err = TooLong;

            fn from_str(text: &str) -> Result<Self, TooLong> {
                Self::new(text)
            }
        }

        impl<const MAX: usize> TryFrom<&str> for $name<MAX> {
            type Error = TooLong;

            fn try_from(text: &str) -> Result<Self, TooLong> {
                Self::new(text)
            }
        }

        impl<const MAX: usize> TryFrom<String> for $name<MAX> {
            type Error = TooLong;

            fn try_from(text: String) -> Result<Self, TooLong> {
                check(&text, MAX)?;
                Ok(Self(text.into_boxed_str()))
            }
        }

        impl<const MAX: usize> Serialize for $name<MAX> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de, const MAX: usize> Deserialize<'de> for $name<MAX> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = BorrowedText::deserialize(deserializer)?;
                Self::new(text.as_str()).map_err(serde::de::Error::custom)
            }
        }

        impl<const MAX: usize> Field for $name<MAX> {
            const SHAPE: Shape = Shape::Text { max: Some(MAX) };

            fn part(&self) -> Part<'_> {
                Part::Text(self.as_str())
            }
        }
    };
}

bounded_text! {
    /// A text of at most `MAX` characters (Unicode scalar values, not bytes).
    Text
}

bounded_text! {
    /// A text of at most `MAX` characters whose ASCII letters are equal to their capitals: the `CiString` of
    /// OCPP 1.6 and the identifiers of 2.x. It keeps the case in which it came.
    CiText
}

impl<const MAX: usize> PartialEq for Text<MAX> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<const MAX: usize> Eq for Text<MAX> {}

impl<const MAX: usize> Hash for Text<MAX> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<const MAX: usize> PartialEq for CiText<MAX> {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl<const MAX: usize> Eq for CiText<MAX> {}

impl<const MAX: usize> Hash for CiText<MAX> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_uppercase());
        }
        state.write_u8(0xff);
    }
}

impl Field for String {
    const SHAPE: Shape = Shape::Text { max: None };

    fn part(&self) -> Part<'_> {
        Part::Text(self)
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> String {
        text.as_str().to_owned()
    }
}

impl<const MAX: usize> From<CiText<MAX>> for String {
    fn from(text: CiText<MAX>) -> String {
        text.as_str().to_owned()
    }
}
