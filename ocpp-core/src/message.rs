//! How messages are made: one macro for every struct, one for every enumeration.
//!
//! ```
//! use ocpp_core::types::{DateTime, Text};
//! use ocpp_core::{message, open_enum};
//!
//! message! {
//!     /// A vendor's report on a door.
//!     pub struct DoorReport = "DoorReportRequest" {
//!         /// Whether it is open.
//!         required state: DoorState = "state",
//!         /// Since when.
//!         optional since: DateTime = "since",
//!     }
//! }
//!
//! open_enum! {
//!     /// The state of a door.
//!     pub enum DoorState = "DoorStateEnumType" { Open = "Open", Closed = "Closed" }
//! }
//!
//! let report: DoorReport = serde_json::from_str(r#"{"state":"Ajar","colour":"red"}"#)?;
//! assert_eq!(report.state.as_str(), "Ajar");
//! assert_eq!(serde_json::to_string(&report)?, r#"{"state":"Ajar","colour":"red"}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Wire names are always written out; nothing converts case. A struct has public fields, a `new` that takes
//! the required ones, and `extra` for members that the schema does not name. An optional member that comes as
//! `null` counts as absent. An enumeration keeps a value that it does not know as `Unlisted`. Both make the
//! message deviate from its schema, which [`Field::conforms`] tells, and neither loses anything.

mod members;
mod part;
mod shape;

use alloc::borrow::Cow;
use core::fmt;

use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

pub(crate) use members::Members;
pub use part::{Look, Part, Parts};
pub use shape::{Enumeration, Member, Object, Shape};

use crate::types::Extra;

/// A type that can be a member of a message.
pub trait Field: Sized {
    /// What the schema says of it.
    const SHAPE: Shape;

    /// Whether the value has only what its schema names: no unknown members and no unknown enum values, at
    /// any depth. Limits need no look: a value that exceeds them does not exist.
    fn conforms(&self) -> bool {
        true
    }

    /// The value without its type.
    fn part(&self) -> Part<'_> {
        Part::Other
    }

    /// Whether `look` finds something in the members or items that are there.
    fn any_part(&self, look: &impl Look) -> bool {
        let _ = look;
        false
    }

    #[doc(hidden)]
    fn from_null() -> Option<Self> {
        None
    }
}

/// A type that is an object of its own: a request, a response, or a part of one.
pub trait Message: Field + Serialize + DeserializeOwned + fmt::Debug + Clone + PartialEq {
    /// The name that the specification has for it.
    const NAME: &'static str;
}

/// Makes message structs; see [`message`](mod@crate::message) for how.
#[macro_export]
macro_rules! message {
    ($(
        $(#[$doc:meta])*
        pub struct $name:ident = $schema_name:literal $(($open:ident))? {
            $( $(#[$field_doc:meta])* $presence:ident $field:ident : $ty:ty = $wire:literal, )*
        }
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $( $(#[$field_doc])* pub $field: $crate::__message!(@type $presence $ty), )*
            /// Members that the schema does not name.
            pub extra: $crate::types::Extra,
        }

        $crate::__message!(@new $name {} $( $presence $field : $ty ),*);

        impl $crate::message::Field for $name {
            const SHAPE: $crate::message::Shape = $crate::message::Shape::Object(&$crate::message::Object {
                name: $schema_name,
                members: &[$( $crate::message::Member {
                    name: $wire,
                    required: $crate::__message!(@required $presence),
                    shape: &<$ty as $crate::message::Field>::SHAPE,
                } ),*],
                open: $crate::__message!(@open $($open)?),
            });

            fn conforms(&self) -> bool {
                ($crate::__message!(@open $($open)?) || self.extra.is_empty())
                    $( && $crate::__message!(@conforms $presence self.$field) )*
            }

            fn part(&self) -> $crate::message::Part<'_> {
                match <$name as $crate::message::Field>::SHAPE {
                    $crate::message::Shape::Object(object) => $crate::message::Part::Object(object, self),
                    _ => $crate::message::Part::Other,
                }
            }

            #[allow(unused_variables)]
            fn any_part(&self, look: &impl $crate::message::Look) -> bool {
                false $( || $crate::__message!(@any look, $presence self.$field) )*
            }
        }

        impl $crate::message::Parts for $name {
            fn count(&self) -> usize {
                const NAMES: &[&str] = &[$($wire),*];
                NAMES.len()
            }

            #[allow(unused_variables, unused_mut, unused_assignments)]
            fn at(&self, index: usize) -> Option<$crate::message::Part<'_>> {
                let mut place = 0_usize;
                $(
                    if index == place {
                        return $crate::__message!(@part $presence self.$field);
                    }
                    place += 1;
                )*
                None
            }
        }

        impl $crate::message::Message for $name {
            const NAME: &'static str = $schema_name;
        }

        $crate::__json_schema!($name = $schema_name);

        const _: () = {
            use $crate::__serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    #[allow(unused_mut)]
                    let mut map = serializer.serialize_map(None)?;
                    $( $crate::__message!(@put $presence map, $wire, self.$field); )*
                    self.extra.put(&mut map)?;
                    map.end()
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    struct Members;

                    impl<'de> de::Visitor<'de> for Members {
                        type Value = $name;

                        fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                            f.write_str(concat!("an object (", $schema_name, ")"))
                        }

                        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                            $( let mut $field: Option<$ty> = None; )*
                            let mut extra = $crate::types::Extra::default();
                            while let Some(key) = map.next_key::<$crate::message::BorrowedText<'de>>()? {
                                match key.as_str() {
                                    $( $wire => $crate::__message!(@take $presence map, $field, extra, $wire), )*
                                    unknown => extra.take(unknown, &mut map)?,
                                }
                            }
                            Ok($name {
                                $( $field: $crate::__message!(@finish $presence $field, $wire), )*
                                extra,
                            })
                        }
                    }

                    deserializer.deserialize_map(Members)
                }
            }
        };
    )*};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __message {
    (@type required $ty:ty) => { $ty };
    (@type optional $ty:ty) => { Option<$ty> };
    (@required required) => { true };
    (@required optional) => { false };
    (@open) => { false };
    (@open open) => { true };
    (@conforms required $value:expr) => { $crate::message::Field::conforms(&$value) };
    (@conforms optional $value:expr) => { $value.as_ref().is_none_or($crate::message::Field::conforms) };
    (@any $look:ident, required $value:expr) => { $look.finds_in(&$value) };
    (@any $look:ident, optional $value:expr) => { $value.as_ref().is_some_and(|value| $look.finds_in(value)) };
    (@part required $value:expr) => { Some($crate::message::Field::part(&$value)) };
    (@part optional $value:expr) => { $value.as_ref().map($crate::message::Field::part) };
    (@put required $map:ident, $wire:literal, $value:expr) => { $map.serialize_entry($wire, &$value)? };
    (@put optional $map:ident, $wire:literal, $value:expr) => {
        if let Some(value) = &$value { $map.serialize_entry($wire, value)?; }
    };
    (@take required $map:ident, $slot:ident, $extra:ident, $wire:literal) => {
        $crate::message::take_required(&mut $map, &mut $slot, $wire)?
    };
    (@take optional $map:ident, $slot:ident, $extra:ident, $wire:literal) => {
        $crate::message::take_optional(&mut $map, &mut $slot, &mut $extra, $wire)?
    };
    (@finish required $slot:ident, $wire:literal) => {
        match $slot { Some(value) => value, None => return Err($crate::__serde::de::Error::missing_field($wire)) }
    };
    (@finish optional $slot:ident, $wire:literal) => { $slot };

    // The constructor: required members become parameters, optional ones are absent.
    (@new $name:ident { $($param:ident : $pty:ty,)* $(; $($absent:ident)*)? }) => {
        $crate::__message!(@new_fn $name { $($param : $pty,)* } { $($($absent)*)? });
    };
    (@new $name:ident { $($param:ident : $pty:ty,)* $(; $($absent:ident)*)? } required $field:ident : $ty:ty $(, $($rest:tt)*)?) => {
        $crate::__message!(@new $name { $($param : $pty,)* $field : $ty, $(; $($absent)*)? } $($($rest)*)?);
    };
    (@new $name:ident { $($param:ident : $pty:ty,)* $(; $($absent:ident)*)? } optional $field:ident : $ty:ty $(, $($rest:tt)*)?) => {
        $crate::__message!(@new $name { $($param : $pty,)* ; $($($absent)*)? $field } $($($rest)*)?);
    };
    (@new_fn $name:ident { $($param:ident : $pty:ty,)* } { $($absent:ident)* }) => {
        impl $name {
            /// Makes one from its required members; the optional ones are absent.
            #[must_use]
            #[allow(clippy::too_many_arguments, clippy::new_without_default)]
            pub fn new($($param : $pty),*) -> $name {
                $name { $($param,)* $($absent: None,)* extra: Default::default() }
            }
        }
    };
}

/// Makes open enumerations; see [`message`](mod@crate::message) for how.
#[macro_export]
macro_rules! open_enum {
    ($(
        $(#[$doc:meta])*
        pub enum $name:ident = $schema_name:literal { $( $(#[$variant_doc:meta])* $variant:ident = $wire:literal ),* $(,)? }
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub enum $name {
            $( $(#[$variant_doc])* $variant, )*
            /// A value that the schema does not list, as it came.
            Unlisted($crate::__alloc::boxed::Box<str>),
        }

        impl $name {
            /// Every value that the schema names.
            pub const ALL: &'static [&'static str] = &[$($wire),*];

            /// The value as it stands in a message.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $( $name::$variant => $wire, )*
                    $name::Unlisted(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> $name {
                match text {
                    $( $wire => $name::$variant, )*
                    other => $name::Unlisted(other.into()),
                }
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::message::Field for $name {
            const SHAPE: $crate::message::Shape = $crate::message::Shape::Enumeration(
                &$crate::message::Enumeration { name: $schema_name, values: $name::ALL },
            );

            fn conforms(&self) -> bool {
                !matches!(self, $name::Unlisted(_))
            }

            fn part(&self) -> $crate::message::Part<'_> {
                $crate::message::Part::Text(self.as_str())
            }
        }

        $crate::__json_schema!($name = $schema_name);

        impl $crate::__serde::Serialize for $name {
            fn serialize<S: $crate::__serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text: $crate::message::BorrowedText<'de> = $crate::__serde::Deserialize::deserialize(deserializer)?;
                Ok($name::from(text.as_str()))
            }
        }
    )*};
}

// Whether there are schemas is a feature of this crate, not of the one that uses its macros.
#[cfg(feature = "schema")]
#[doc(hidden)]
#[macro_export]
macro_rules! __json_schema {
    ($name:ident = $schema_name:literal) => {
        impl $crate::schema::JsonSchema for $name {
            fn schema_name() -> $crate::__alloc::borrow::Cow<'static, str> {
                $crate::__alloc::borrow::Cow::Borrowed($schema_name)
            }

            fn schema_id() -> $crate::__alloc::borrow::Cow<'static, str> {
                $crate::__alloc::borrow::Cow::Borrowed(concat!(module_path!(), "::", stringify!($name)))
            }

            fn json_schema(generator: &mut $crate::schema::SchemaGenerator) -> $crate::schema::Schema {
                $crate::schema::of(&<$name as $crate::message::Field>::SHAPE, generator)
            }
        }
    };
}

#[cfg(not(feature = "schema"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __json_schema {
    ($($ignored:tt)*) => {};
}

#[doc(hidden)]
pub fn take_required<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    slot: &mut Option<T>,
    name: &'static str,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(serde::de::Error::duplicate_field(name));
    }
    *slot = Some(map.next_value()?);
    Ok(())
}

#[doc(hidden)]
pub fn take_optional<'de, A: MapAccess<'de>, T: Deserialize<'de> + Field>(
    map: &mut A,
    slot: &mut Option<T>,
    extra: &mut Extra,
    name: &'static str,
) -> Result<(), A::Error> {
    if slot.is_some() || extra.get(name).is_some() {
        return Err(serde::de::Error::duplicate_field(name));
    }
    match map.next_value::<Option<T>>()?.or_else(T::from_null) {
        Some(value) => *slot = Some(value),
        None => extra.note_null(name),
    }
    Ok(())
}

/// A text that is borrowed from the message where it has no escapes.
#[doc(hidden)]
#[derive(Debug)]
pub struct BorrowedText<'de>(Cow<'de, str>);

impl<'de> BorrowedText<'de> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_inner(self) -> Cow<'de, str> {
        self.0
    }
}

impl<'de> Deserialize<'de> for BorrowedText<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = BorrowedText<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(BorrowedText(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(BorrowedText(Cow::Owned(text.into())))
            }
        }

        deserializer.deserialize_str(TextVisitor)
    }
}
