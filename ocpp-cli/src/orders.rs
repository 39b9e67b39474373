//! What can be ordered from stations, as forms: for the pages, the command line and the documents alike.
//!
//! ```text
//! form     what an order asks for: texts, numbers, choices, groups, lists
//! learn    the form of a type, learnt from how it is read: orders of the model
//! action   the form of an action's request, out of its schema: orders as OCPP spells them
//! words    what people call the orders, an example of each, and which of them want a second look
//! offer    which version has words for an order
//! ```
//!
//! A new order of the model appears here by itself; a test asks for its words.

mod action;
#[cfg(test)]
mod docs;
mod form;
mod learn;
mod offer;
mod words;

use std::sync::LazyLock;

use ocpp_core::model::Command;

pub(crate) use action::actions_of;
pub(crate) use form::{Input, Member, words_of_name};
pub(crate) use offer::{VERSIONS, can_say, version_of};
pub(crate) use words::{Feature, Words, words_of};

/// The order that is none of the model's: an action as OCPP spells it.
const AS_SPELLED: &str = "unmapped";

/// The names of all orders of the model, in its order, as JSON has them.
pub(crate) fn names() -> &'static [&'static str] {
    static NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| {
        learn::names::<Command>().iter().copied().filter(|name| *name != AS_SPELLED).collect()
    });
    &NAMES
}

/// What an order asks for; `None` when there is no such order.
pub(crate) fn form_of(name: &str) -> Option<Input> {
    if name == AS_SPELLED {
        return None;
    }
    let place = learn::names::<Command>().iter().position(|known| *known == name)?;
    Some(learn::case::<Command>(place))
}

/// The JSON of an order with its content.
pub(crate) fn json_of(name: &str, content: serde_json::Value) -> serde_json::Value {
    match content {
        serde_json::Value::Null => name.into(),
        content => serde_json::json!({ name: content }),
    }
}

/// The order and its content in its JSON form.
pub(crate) fn parts_of(json: &serde_json::Value) -> Option<(&str, serde_json::Value)> {
    match json {
        serde_json::Value::String(name) => Some((name, serde_json::Value::Null)),
        serde_json::Value::Object(members) if members.len() == 1 => {
            members.iter().next().map(|(name, content)| (name.as_str(), content.clone()))
        }
        _ => None,
    }
}
