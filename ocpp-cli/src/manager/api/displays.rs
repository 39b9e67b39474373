//! `/api/v1/stations/{id}/display-messages`.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use ocpp_core::model::{DisplayFilter, DisplayPart, DisplayPriority, DisplayState, DisplayText, TextFormat};
use ocpp_server::domain::{KeptMessage, MessageState, StationDisplay};
use ocpp_server::maintenance::MessageForm;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{Created, segment};
use super::caller::Caller;
use super::problem::Problem;
use super::request::{Body, Key};
use super::stations::identity;
use super::upkeep::Numbered;
use crate::manager::App;

/// A text for people.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DisplayText)]
pub(crate) struct TextView {
    /// How it is to be read: `utf8`, `ascii`, `html`, `uri`, or in 2.1 `qr_code`.
    #[serde(default = "utf8")]
    #[schema(value_type = Option<String>, example = "utf8")]
    format: TextFormat,
    /// Its language as a tag of RFC 5646, at most 8 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "en")]
    language: Option<String>,
    /// The text, at most 512 characters (1,024 in 2.1).
    content: String,
}

const fn utf8() -> TextFormat {
    TextFormat::Utf8
}

impl From<TextView> for DisplayText {
    fn from(text: TextView) -> DisplayText {
        DisplayText {
            format: text.format,
            language: text.language.map(Into::into),
            content: text.content.into(),
        }
    }
}

impl From<DisplayText> for TextView {
    fn from(text: DisplayText) -> TextView {
        TextView {
            format: text.format,
            language: text.language.map(Into::into),
            content: text.content.into(),
        }
    }
}

/// A message for a display.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewDisplayMessage)]
pub(crate) struct MessageBody {
    /// Its number; the manager chooses one when absent. One with the number of another takes its place.
    #[schema(minimum = 0, maximum = 2147483647)]
    id: Option<i64>,
    /// How it ranks: `always_front`, `in_front` or `normal_cycle`.
    #[serde(default = "normal_cycle")]
    #[schema(value_type = Option<String>, example = "normal_cycle")]
    priority: DisplayPriority,
    /// The state of the station in which it is shown: `charging`, `faulted`, `idle`, `unavailable`, in 2.1 `suspended` and
    /// `discharging`; any when absent.
    #[schema(value_type = Option<String>)]
    state: Option<DisplayState>,
    /// From when on it is shown; at once when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// When the station removes it.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// The transaction during which it is shown, by the station's name of it.
    transaction_id: Option<String>,
    /// The display: `{"component": NAME, "instance": NAME, "place": PLACE}`; the main one when absent.
    #[schema(value_type = Option<Object>)]
    display: Option<DisplayPart>,
    /// The text.
    text: TextView,
    /// The text in further languages, at most four (2.1).
    #[serde(default)]
    translations: Vec<TextView>,
    /// Whether it waits for a station that is not connected, and is put back when the station has lost it.
    #[serde(default)]
    keep: bool,
}

const fn normal_cycle() -> DisplayPriority {
    DisplayPriority::NormalCycle
}

/// A message on a display.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DisplayMessage)]
pub(crate) struct MessageView {
    /// Its number.
    id: i64,
    /// How it ranks.
    #[schema(value_type = String)]
    priority: DisplayPriority,
    /// The state of the station in which it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    state: Option<DisplayState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    display: Option<Value>,
    text: TextView,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    translations: Vec<TextView>,
    /// Whether it is put back when the station has lost it.
    keep: bool,
    /// How it stands: `waiting`, `set`, `refused` or `lost`.
    standing: &'static str,
    /// Why, where there is more to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Since when the station has it, or has lost it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Who set it, where that was here.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

impl From<KeptMessage> for MessageView {
    fn from(kept: KeptMessage) -> MessageView {
        let message = kept.message;
        MessageView {
            id: message.id,
            priority: message.priority,
            state: message.state,
            from: message.from,
            until: message.until,
            transaction_id: message.transaction.map(Into::into),
            display: message.display.map(|display| serde_json::to_value(display).unwrap_or_default()),
            text: message.text.into(),
            translations: message.translations.into_iter().map(Into::into).collect(),
            keep: kept.keep,
            standing: kept.state.name(),
            reason: kept.state.why().map(str::to_owned),
            since: match kept.state {
                MessageState::Set { at } | MessageState::Lost { at } => Some(at),
                MessageState::Waiting { .. } | MessageState::Refused { .. } => None,
            },
            by: kept.by,
        }
    }
}

/// The messages of a station's display, as far as the manager knows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StationDisplay)]
pub(crate) struct DisplayView {
    /// The messages, in the order of their numbers.
    items: Vec<MessageView>,
    /// When the station last reported all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    told_at: Option<Timestamp>,
    /// Whether a report is awaited.
    awaited: bool,
}

impl From<StationDisplay> for DisplayView {
    fn from(known: StationDisplay) -> DisplayView {
        DisplayView {
            items: known.messages.into_iter().map(Into::into).collect(),
            told_at: known.told_at,
            awaited: known.report.is_some(),
        }
    }
}

/// Show the messages on a station's display
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/display-messages", tag = "displays", operation_id = "listDisplayMessages",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses((status = 200, description = "Its messages", body = DisplayView))
)]
pub(crate) async fn list(State(app): State<App>, Key(id): Key) -> Result<Json<DisplayView>, Problem> {
    let station = identity(&id)?;
    let known = app.diagnostics.display(&station).await?;
    Ok(Json(known.unwrap_or_else(|| StationDisplay::unknown(station)).into()))
}

/// Show a message on a station's display
///
/// `standing` tells whether the station took it. For many stations at once there are bulk orders
/// (`set_display_message`).
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/display-messages", tag = "displays", operation_id = "setDisplayMessage",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = MessageBody,
    responses(
        (status = 201, description = "The message, as it stands", body = MessageView, headers(
            ("Location" = String, description = "Its path"))),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "The station is not connected, or its version cannot show it"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn set(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    Body(body): Body<MessageBody>,
) -> Result<Created<MessageView>, Problem> {
    let station = identity(&id)?;
    let form = MessageForm {
        id: body.id,
        priority: body.priority,
        state: body.state,
        from: body.from,
        until: body.until,
        transaction: body.transaction_id,
        display: body.display,
        text: body.text.into(),
        translations: body.translations.into_iter().map(Into::into).collect(),
        keep: body.keep,
    };
    let kept = app.diagnostics.set_message(&station, form, &caller.identity.name).await?;
    let location =
        format!("/api/v1/stations/{}/display-messages/{}", segment(station.as_str()), kept.message.id);
    Ok(Created { location, revision: None, body: kept.into() })
}

/// Take a message off a station's display
///
/// One that the station does not have is merely forgotten.
#[utoipa::path(
    delete, path = "/api/v1/stations/{id}/display-messages/{number}", tag = "displays",
    operation_id = "clearDisplayMessage",
    security(("api_key" = ["commands:send"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("number" = u32, Path, description = "The number of the message"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "There is no such message"),
        (status = 409, description = "The station is not connected"),
        (status = 502, description = "The station did not say that it is gone"),
    )
)]
pub(crate) async fn clear(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    of: Numbered,
) -> Result<StatusCode, Problem> {
    app.diagnostics.clear_message(&of.station, i64::from(of.request), &caller.identity.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which messages to report; all when nothing is said.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DisplayQuestion)]
pub(crate) struct ReadBody {
    /// Those of these numbers.
    #[serde(default)]
    ids: Vec<i64>,
    /// Those of this priority.
    #[schema(value_type = Option<String>)]
    priority: Option<DisplayPriority>,
    /// Those for this state of the station.
    #[schema(value_type = Option<String>)]
    state: Option<DisplayState>,
}

/// Ask a station which messages are set
///
/// Waits up to 30 seconds for its report; `awaited` says that it has not come. It is taken over when it comes.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/display-messages/read", tag = "displays",
    operation_id = "readDisplayMessages",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = ReadBody,
    responses(
        (status = 200, description = "Its messages", body = DisplayView),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "The station is not connected"),
        (status = 502, description = "The station gives no report"),
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    Body(body): Body<ReadBody>,
) -> Result<Json<DisplayView>, Problem> {
    let station = identity(&id)?;
    let filter = DisplayFilter { ids: body.ids, priority: body.priority, state: body.state };
    Ok(Json(app.diagnostics.read_messages(&station, filter, &caller.identity.name).await?.into()))
}
