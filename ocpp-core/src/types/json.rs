//! Any JSON value, kept as text.

use alloc::boxed::Box;
use alloc::string::{String, ToString};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::message::{Field, Part, Shape};

/// Any JSON value, as the text that it came as.
#[derive(Debug, Clone)]
pub struct Json(Box<RawValue>);

/// A text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is no JSON value")]
pub struct NotJson;

impl Json {
    /// Takes a JSON value.
    ///
    /// # Errors
    /// [`NotJson`] when the text is none.
    pub fn new(text: String) -> Result<Json, NotJson> {
        RawValue::from_string(text).map(Json).map_err(|_| NotJson)
    }

    /// A JSON string of this content.
    #[must_use]
    pub fn string(content: &str) -> Json {
        let text = serde_json::Value::from(content).to_string();
        Json(RawValue::from_string(text).unwrap_or_default())
    }

    /// The value as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Json) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Json {}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Json)
    }
}

impl Field for Json {
    const SHAPE: Shape = Shape::Any;

    fn part(&self) -> Part<'_> {
        if self.0.get() == "null" { Part::Null } else { Part::Other }
    }

    fn from_null() -> Option<Json> {
        RawValue::from_string("null".into()).ok().map(Json)
    }
}
