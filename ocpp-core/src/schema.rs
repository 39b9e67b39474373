//! JSON Schemas out of the message types.
//!
//! Every message, and every part of one, is a [`JsonSchema`]:
//!
//! ```
//! use ocpp_core::schema::schema_for;
//! use ocpp_core::v201::BootNotificationRequest;
//!
//! let schema = schema_for!(BootNotificationRequest);
//! assert_eq!(schema.pointer("/properties/reason/$ref").unwrap(), "#/$defs/BootReasonEnumType");
//! ```
//!
//! [`documents`] has the schemas of a whole version as complete files (draft 07). Objects and enumerations stand
//! under `definitions` by the names that the specification gives them. Nothing is nullable: an optional member
//! is left out.

mod building_blocks;

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

#[doc(no_inline)]
pub use schemars::{JsonSchema, Schema, SchemaGenerator, schema_for};

use crate::action::ActionInfo;
use crate::message::{Enumeration, Object, Shape};
use crate::types::Version;

/// The part that a message has in its action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Role {
    Request,
    Response,
    /// A message without an answer.
    Send,
}

/// The schema of one message of a version.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The version of OCPP.
    pub version: Version,
    /// The action that the message belongs to.
    pub action: &'static str,
    /// The part that it has in it.
    pub role: Role,
    /// What the schema is made from.
    pub shape: Shape,
}

impl Document {
    /// The name of the file without its ending, as the official schemas of the version have it:
    /// `BootNotification` (1.6) or `BootNotificationRequest` (2.x), `BootNotificationResponse`,
    /// `NotifyPeriodicEventStream`.
    #[must_use]
    pub fn file_stem(&self) -> String {
        let ending = match (self.role, self.version) {
            (Role::Response, _) => "Response",
            (Role::Request, Version::V201 | Version::V21) => "Request",
            (Role::Request, Version::V16) | (Role::Send, _) => "",
        };
        format!("{}{ending}", self.action)
    }

    /// The JSON Schema.
    #[must_use]
    pub fn schema(&self) -> Value {
        match &self.shape {
            Shape::Object(object) => document(object.name, &self.shape),
            shape => document(self.action, shape),
        }
    }
}

/// The schemas of all messages of a version, in the order of its actions; none when this build does not have
/// the version.
pub fn documents(version: Version) -> impl Iterator<Item = Document> {
    let actions: &[ActionInfo] = match version {
        #[cfg(feature = "v16")]
        Version::V16 => crate::v16::ACTIONS,
        #[cfg(feature = "v201")]
        Version::V201 => crate::v201::ACTIONS,
        #[cfg(feature = "v21")]
        Version::V21 => crate::v21::ACTIONS,
        #[allow(unreachable_patterns)] // In a build with all versions.
        _ => &[],
    };
    actions.iter().flat_map(move |action| {
        messages(action).map(move |(role, shape)| Document { version, action: action.name, role, shape })
    })
}

fn messages(action: &ActionInfo) -> impl Iterator<Item = (Role, Shape)> + use<> {
    let role = if action.response.is_some() { Role::Request } else { Role::Send };
    [(role, action.request)].into_iter().chain(action.response.map(|shape| (Role::Response, shape)))
}

/// The JSON Schema (draft 07) of a whole message, with the title `name`.
#[must_use]
pub fn document(name: &str, shape: &Shape) -> Value {
    let settings = SchemaSettings::draft07();
    let meta_schema = settings.meta_schema.clone();
    let mut generator = settings.into_generator();
    let mut schema = of(shape, &mut generator);
    if let Some(meta_schema) = meta_schema {
        schema.insert("$schema".into(), meta_schema.into());
    }
    schema.insert("title".into(), name.into());
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        schema.insert("definitions".into(), definitions.into());
    }
    schema.to_value()
}

/// The schema of a shape. What it is made of goes into the definitions of the generator.
#[doc(hidden)]
#[must_use]
pub fn of(shape: &Shape, generator: &mut SchemaGenerator) -> Schema {
    match shape {
        Shape::Object(object) => of_object(object, generator),
        Shape::Enumeration(enumeration) => of_enumeration(enumeration),
        Shape::Text { max } => keywords(json!({ "type": "string" }), &[("maxLength", number(*max))]),
        Shape::DateTime => keywords(json!({ "type": "string", "format": "date-time" }), &[]),
        Shape::Uri => keywords(json!({ "type": "string", "format": "uri" }), &[]),
        Shape::Integer { min, max } => {
            keywords(json!({ "type": "integer" }), &[("minimum", number(*min)), ("maximum", number(*max))])
        }
        Shape::Number { min, max, tenths } => keywords(
            json!({ "type": "number" }),
            &[
                ("minimum", number(*min)),
                ("maximum", number(*max)),
                ("multipleOf", tenths.then(|| Value::from(0.1))),
            ],
        ),
        Shape::Boolean => keywords(json!({ "type": "boolean" }), &[]),
        Shape::Array { items, min, max } => keywords(
            json!({ "type": "array", "items": reference(items, generator) }),
            &[("minItems", number(*min)), ("maxItems", number(*max))],
        ),
        Shape::Any => Schema::default(),
    }
}

/// The name of a shape in the specification, when it has one.
#[doc(hidden)]
#[must_use]
pub const fn name_of(shape: &Shape) -> Option<&'static str> {
    match shape {
        Shape::Object(object) => Some(object.name),
        Shape::Enumeration(enumeration) => Some(enumeration.name),
        _ => None,
    }
}

fn of_object(object: &Object, generator: &mut SchemaGenerator) -> Schema {
    let properties: Map<String, Value> = object
        .members
        .iter()
        .map(|member| (member.name.to_string(), reference(member.shape, generator)))
        .collect();
    let required: Vec<&str> =
        object.members.iter().filter(|member| member.required).map(|member| member.name).collect();
    keywords(
        json!({ "type": "object", "properties": properties }),
        &[
            ("required", (!required.is_empty()).then(|| required.into())),
            ("additionalProperties", (!object.open).then_some(Value::Bool(false))),
        ],
    )
}

fn of_enumeration(enumeration: &Enumeration) -> Schema {
    keywords(json!({ "type": "string", "enum": enumeration.values }), &[])
}

/// What stands where a shape is used: a reference when it has a name, otherwise the schema itself.
fn reference(shape: &Shape, generator: &mut SchemaGenerator) -> Value {
    let schema = of(shape, generator).to_value();
    match name_of(shape) {
        Some(name) => Schema::new_ref(define(name, schema, generator)).to_value(),
        None => schema,
    }
}

/// Puts a schema into the definitions and tells where it stands. Versions have types of the same name with
/// other members: in a document that uses more than one version, the later type gets a number.
fn define(name: &'static str, schema: Value, generator: &mut SchemaGenerator) -> String {
    let path = generator.settings().definitions_path.trim_end_matches('/').to_string();
    let definitions = generator.definitions_mut();
    let mut key = Cow::Borrowed(name);
    let mut count = 1;
    while definitions.get(&*key).is_some_and(|known| *known != schema) {
        count += 1;
        key = format!("{name}{count}").into();
    }
    let place = format!("#{path}/{key}");
    definitions.insert(key.into_owned(), schema);
    place
}

fn number<N: Into<Value>>(value: Option<N>) -> Option<Value> {
    value.map(Into::into)
}

fn keywords(schema: Value, more: &[(&str, Option<Value>)]) -> Schema {
    let Value::Object(mut schema) = schema else { return Schema::default() };
    for (keyword, value) in more {
        if let Some(value) = value {
            schema.insert((*keyword).into(), value.clone());
        }
    }
    schema.into()
}
