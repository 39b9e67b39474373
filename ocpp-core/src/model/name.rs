//! Names that the specification lists but that may grow: an open set with constants for the known ones.

/// Makes a text type with a constant for every name that is known here.
macro_rules! open_name {
    ($(#[$doc:meta])* $name:ident { $($(#[$const_doc:meta])* $const:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(alloc::borrow::Cow<'static, str>);

        impl $name {
            $($(#[$const_doc])* pub const $const: $name = $name(alloc::borrow::Cow::Borrowed($text));)*

            /// Keeps `text` as it was said, known or not.
            #[must_use]
            pub fn new(text: &str) -> $name {
                match text {
                    $($text => $name::$const,)*
                    other => $name(alloc::borrow::Cow::Owned(other.into())),
                }
            }

            /// The name as it stands in a message.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

pub(super) use open_name;

/// Makes an enumeration whose values have the words of OCPP 2.x; what it does not list has no value.
macro_rules! closed_name {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs)] // Values whose name says it all.
        pub enum $name {
            $($(#[$value_doc])* $value,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$value),*];

            /// The value of a word of OCPP 2.x, if it is one of these.
            #[must_use]
            pub fn from_word(text: &str) -> Option<$name> {
                match text {
                    $($text => Some($name::$value),)*
                    _ => None,
                }
            }

            /// The word of OCPP 2.x.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$value => $text,)*
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(super) use closed_name;
