//! Orders as OCPP spells them: the actions of a version, with the form of each request out of its schema.

use ocpp_core::action::ActionInfo;
use ocpp_core::message::Shape;
use ocpp_core::types::Version;
use ocpp_core::{v16, v21, v201};

use super::form::{Input, Member};

/// An action that managers call, and what its request asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ActionForm(&'static ActionInfo);

/// The actions by which managers order something, in the order of the specification.
pub(crate) fn actions_of(version: Version) -> impl Iterator<Item = ActionForm> {
    let actions: &[ActionInfo] = match version {
        Version::V16 => v16::ACTIONS,
        Version::V201 => v201::ACTIONS,
        Version::V21 => v21::ACTIONS,
    };
    let orders = |action: &&ActionInfo| action.direction.from_manager() && action.response.is_some();
    actions.iter().filter(orders).map(ActionForm)
}

impl ActionForm {
    /// The action's name.
    pub(crate) const fn name(self) -> &'static str {
        self.0.name
    }

    /// What its request asks for. `customData` is left to those who write JSON.
    pub(crate) fn input(self) -> Input {
        input_of(&self.0.request)
    }
}

fn input_of(shape: &Shape) -> Input {
    match shape {
        Shape::Object(object) => {
            let members = object.members.iter().filter(|member| member.name != "customData");
            Input::Group(
                members
                    .map(|member| Member {
                        name: member.name.to_owned(),
                        required: member.required,
                        input: input_of(member.shape),
                    })
                    .collect(),
            )
        }
        Shape::Enumeration(values) => {
            Input::Choice(values.values.iter().map(|value| (*value).to_owned()).collect())
        }
        Shape::Text { max } => Input::Text { max: *max },
        Shape::Uri => Input::Text { max: None },
        Shape::DateTime => Input::Moment,
        Shape::Integer { min, max } => {
            Input::Integer { min: min.unwrap_or(i64::MIN), max: max.unwrap_or(i64::MAX) }
        }
        Shape::Number { .. } => Input::Number,
        Shape::Boolean => Input::Truth,
        Shape::Array { items, .. } => Input::List(Box::new(input_of(items))),
        Shape::Any => Input::Json,
    }
}
