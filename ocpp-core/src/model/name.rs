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
