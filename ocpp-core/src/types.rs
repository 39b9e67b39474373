//! The building blocks of messages: bounded texts, identifiers, times, numbers and lists.
//!
//! A limit of the specification stands in the type, so that a value which exists is within it:
//! [`Text<20>`](Text) has at most 20 characters, [`List<T, 1, 4>`](List) one to four items,
//! [`Integer<0, 100>`](Integer) a number from 0 to 100. What is read keeps its own text where the text is more
//! than the value (`2935.600`, `2024-01-01T00:00:00+02:00`), so that it is written back as it came.

mod date_time;
mod extra;
mod json;
mod list;
mod number;
mod text;
mod uri;
mod version;

pub use date_time::{DateTime, NotADateTime};
pub use extra::Extra;
pub use json::{Json, NotJson};
pub use list::{List, WrongCount};
pub(crate) use number::decimals_of;
pub use number::{Integer, Number, OutOfRange, Tenths};
pub use text::{CiText, Text, TooLong};
pub use uri::Uri;
pub use version::{UnknownVersion, Version};
