//! Members that a schema does not name.

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde::de::MapAccess;
use serde::ser::SerializeMap;

use super::json::Json;

/// Members of an object that its schema does not name, in the order in which they came. They are written back
/// behind the others. It costs one pointer where there are none.
///
/// An optional member that came as `null` is here, too: it counts as absent and is still written back.
#[derive(Debug, Clone, PartialEq, Default)]
// One pointer rather than three words, in every object of every message.
#[allow(clippy::box_collection, clippy::type_complexity)]
pub struct Extra(Option<Box<Vec<(Box<str>, Json)>>>);

impl Extra {
    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The value of a member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// All members in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().flat_map(|members| members.iter()).map(|(name, value)| (&**name, value))
    }

    /// Adds a member, or replaces the value of the one that has this name.
    pub fn insert(&mut self, name: &str, value: Json) {
        let members = self.0.get_or_insert_default();
        match members.iter_mut().find(|(known, _)| **known == *name) {
            Some((_, known)) => *known = value,
            None => members.push((name.into(), value)),
        }
    }

    #[doc(hidden)]
    pub fn note_null(&mut self, name: &str) {
        if let Some(null) = <Json as crate::message::Field>::from_null() {
            self.0.get_or_insert_default().push((name.into(), null));
        }
    }

    #[doc(hidden)]
    pub fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value: Json = map.next_value()?;
        self.0.get_or_insert_default().push((name.into(), value));
        Ok(())
    }

    #[doc(hidden)]
    pub fn put<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        Ok(())
    }
}
