//! The building blocks of messages: bounded texts, identifiers, times and numbers.

mod version;

pub use version::{UnknownVersion, Version};
