//! `/api/v1/stations/{id}/commands`: payloads that are sent as they stand.

mod reservation;

use axum::extract::{Extension, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ocpp_core::model::StationId;
use ocpp_core::wire::CallError;
use ocpp_server::command::{RawAnswer, RawCommand, RawError};
use ocpp_server::session::CallFailure;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::problem::{Kind, Problem, WrongValue};
use super::request::{Body, Key};
use crate::manager::App;
pub(super) use reservation::Reservations;

/// A command in the spelling of the version of OCPP that the station speaks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandBody {
    /// The action.
    #[schema(example = "TriggerMessage")]
    action: String,
    /// The payload. Its members reach the station in this order and as they are written.
    #[schema(value_type = Object, example = json!({"requestedMessage": "Heartbeat"}))]
    payload: Box<RawValue>,
}

/// What the station said: one of the two.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CommandAnswer)]
pub(crate) enum AnswerView {
    /// The payload of its answer (CALLRESULT).
    #[schema(value_type = Object)]
    Result(Box<RawValue>),
    /// Its refusal (CALLERROR).
    Error(ErrorView),
}

/// A refusal of the call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CommandError)]
pub(crate) struct ErrorView {
    /// The error code in the station's version.
    #[schema(example = "NotSupported")]
    code: String,
    /// One sentence.
    description: String,
    /// More for machines.
    #[schema(value_type = Object)]
    details: Box<RawValue>,
}

/// Send a command to a station
///
/// The payload is checked against the schema of the action and sent as it stands: an EVSE or connector that
/// the station does not have still reaches it. Only the id of a reservation (`ReserveNow`) may be left out;
/// the manager adds one then. The answer is what the station said.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/commands", tag = "commands", operation_id = "sendCommand",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = CommandBody,
    responses(
        (status = 200, description = "What the station said", body = AnswerView),
        (status = 409, description = "The station is not connected; nothing was sent"),
        (status = 422, description = "The version has no such action, or the payload is not what its schema says; nothing was sent"),
        (status = 502, description = "The connection ended, or the answer cannot be understood: the station may have done what was asked"),
        (status = 504, description = "The station did not answer in time: it may have done what was asked"),
    )
)]
pub(crate) async fn send(
    State(app): State<App>,
    Extension(reservations): Extension<Reservations>,
    Key(id): Key,
    Body(body): Body<CommandBody>,
) -> Result<Response, Problem> {
    let station = StationId::new(&id).map_err(|_| Kind::NotConnected.because(not_connected(&id)))?;
    let commands = app.csms.commands();
    let Some(version) = app.csms.stations().version(&station) else {
        return Err(Kind::NotConnected.because(not_connected(&id)));
    };
    let reservation = match body.action.as_str() {
        "ReserveNow" => reservations.next(&station, app.csms.now()).await,
        _ => 0,
    };
    let command = RawCommand { action: body.action, payload: body.payload.get().to_owned() };
    let answer =
        match commands.raw(&station, command, || reservation).await.map_err(|error| refused(error, &id))? {
            RawAnswer::Result(payload) => AnswerView::Result(raw(payload)?),
            RawAnswer::Error(CallError { code, description, details }) => AnswerView::Error(ErrorView {
                code: code.as_str(version).to_owned(),
                description,
                details: raw(details)?,
            }),
        };
    let text = serde_json::to_string(&answer).map_err(|error| unusable(&error))?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], text).into_response())
}

fn not_connected(id: &str) -> String {
    format!("The station {id:?} is not connected: try again when it is. Nothing was sent.")
}

/// The text of a station's payload as the JSON that it is.
fn raw(text: String) -> Result<Box<RawValue>, Problem> {
    RawValue::from_string(text).map_err(|error| unusable(&error))
}

fn unusable(error: &serde_json::Error) -> Problem {
    Kind::BadAnswer.because(format!("The station's answer cannot be shown: {error}."))
}

fn refused(error: RawError, id: &str) -> Problem {
    let sentence = as_sentence(&error.to_string());
    match error {
        RawError::UnknownAction { .. } => {
            let wrong = WrongValue { pointer: "/action".to_owned(), detail: sentence.clone() };
            Kind::Invalid.because(sentence).with_errors(vec![wrong])
        }
        RawError::Invalid { problem, .. } => {
            let wrong = WrongValue { pointer: "/payload".to_owned(), detail: as_sentence(&problem) };
            Kind::Invalid.because(sentence).with_errors(vec![wrong])
        }
        RawError::NotAllowed(_) => Kind::Rule.because(sentence),
        RawError::Call(failure) => match failure {
            CallFailure::NotConnected => Kind::NotConnected.because(not_connected(id)),
            CallFailure::Busy => Kind::Busy.because(sentence),
            CallFailure::NoAnswer => Kind::NoAnswer.because(sentence),
            CallFailure::Gone | CallFailure::BadAnswer(_) | CallFailure::Refused(_) => {
                Kind::BadAnswer.because(sentence)
            }
        },
    }
}

fn as_sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}
