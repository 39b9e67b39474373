//! The types that messages are built of, for schemas of types that are not messages.

use alloc::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::message::Field;
use crate::types::{CiText, DateTime, Integer, Json, List, Number, Text, Uri};

macro_rules! inline {
    ($( $name:ident $(<$(const $limit:ident : $of:ty),*>)? ;)*) => {$(
        impl $(<$(const $limit: $of),*>)? JsonSchema for $name $(<$($limit),*>)? {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> Cow<'static, str> {
                alloc::format!(concat!(module_path!(), "::", stringify!($name), "{:?}"), Self::SHAPE).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                super::of(&Self::SHAPE, generator)
            }
        }
    )*};
}

inline! {
    Text<const MAX: usize>;
    CiText<const MAX: usize>;
    Integer<const MIN: i64, const MAX: i64>;
    Number<const MIN: i64, const MAX: i64, const TENTHS: bool>;
    DateTime;
    Uri;
    Json;
}

impl<T: Field, const MIN: usize, const MAX: usize> JsonSchema for List<T, MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        match super::name_of(&T::SHAPE) {
            Some(name) => alloc::format!("ListOf{name}").into(),
            None => "List".into(),
        }
    }

    fn schema_id() -> Cow<'static, str> {
        alloc::format!(concat!(module_path!(), "::List{:?}"), Self::SHAPE).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        super::of(&Self::SHAPE, generator)
    }
}
