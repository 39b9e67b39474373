//! `/api/v1/stations/{id}/orders` and `/api/v1/orders`: orders that are kept, each with its end.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use ocpp_core::model::{Command, StationId};
use ocpp_server::command::desk::{NewOrder, PlaceError, WhenOffline, WithdrawError};
use ocpp_server::domain::{Ending, OrderEntry, OrderId, OrderState};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::answer::cut;
use super::caller::Caller;
use super::problem::{Kind, Problem, WrongValue};
use super::request::{Body, Key, PageQuery, Params, limit_of};
use super::views::List;
use crate::manager::App;

/// How long a request waits for the end of an order.
const WAIT: Duration = Duration::from_secs(55);

/// An order: either `command`, which means the same in every version, or `action` and `payload` in the spelling
/// of the version that the station speaks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrder)]
pub(crate) struct OrderBody {
    /// What to do, in words that belong to no version: `"clear_cache"`, `{"reset": {...}}`. docs/rest.md lists
    /// them.
    #[schema(value_type = Option<Value>, example = json!({"reset": {"kind": "Immediate", "evse": null}}))]
    command: Option<Value>,
    /// The action as OCPP spells it.
    #[schema(example = "TriggerMessage")]
    action: Option<String>,
    /// Its payload. Its members reach the station in this order and as they are written.
    #[schema(value_type = Option<Object>)]
    payload: Option<Box<RawValue>>,
    /// Until when the order may wait for a station that is not connected. Without it the order is refused then.
    #[schema(value_type = Option<String>, format = DateTime)]
    wait_until: Option<Timestamp>,
}

impl OrderBody {
    /// What is ordered.
    ///
    /// # Errors
    /// A problem that says what is wrong where.
    pub(super) fn command(self) -> Result<(Command, WhenOffline), Problem> {
        let when_offline = self.wait_until.map_or(WhenOffline::Refuse, WhenOffline::WaitUntil);
        Ok((command_of(self.command, self.action, self.payload)?, when_offline))
    }
}

/// The command that a body names in one of two ways.
pub(super) fn command_of(
    command: Option<Value>,
    action: Option<String>,
    payload: Option<Box<RawValue>>,
) -> Result<Command, Problem> {
    match (command, action, payload) {
        (Some(command), None, None) => {
            serde_json::from_value(command).map_err(|error| wrong("/command", format!("{error}.")))
        }
        (None, Some(action), payload) => {
            let payload = payload.map_or_else(|| "{}".to_owned(), |payload| payload.get().to_owned());
            Ok(Command::Unmapped { action: action.into(), payload })
        }
        _ => Err(wrong("", "Name either a command, or an action with its payload.".to_owned())),
    }
}

fn wrong(pointer: &str, sentence: String) -> Problem {
    let error = WrongValue { pointer: pointer.to_owned(), detail: sentence.clone() };
    Kind::Invalid.because(sentence).with_errors(vec![error])
}

/// An order and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub(crate) struct OrderView {
    /// Its key. Later orders have higher keys.
    id: String,
    /// Who is to obey.
    #[schema(example = "CS001")]
    station_id: String,
    /// What was ordered. Passwords and keys in it are not shown, and are forgotten when it has ended.
    #[schema(value_type = Value)]
    command: Value,
    /// Who ordered it.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Until when it may wait for the station.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    wait_until: Option<Timestamp>,
    /// The bulk order that it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_id: Option<String>,
    /// When it was sent; absent where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// `waiting`, `sent` or `ended`.
    #[schema(example = "ended")]
    state: &'static str,
    /// When it was sent or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Whether the station took it; absent while it has not ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    succeeded: Option<bool>,
    /// What happened, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "accepted")]
    result: Option<String>,
    /// What happened, for programs: `how` is `answered` (then `outcome` has what the station said), `refused`,
    /// `cannot_say`, `not_allowed`, `not_connected`, `expired`, `withdrawn`, `no_answer` or `bad_answer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    ending: Option<Value>,
}

impl From<OrderEntry> for OrderView {
    fn from(order: OrderEntry) -> OrderView {
        let (since, ending) = match &order.state {
            OrderState::Waiting => (None, None),
            OrderState::Sent { at } => (Some(*at), None),
            OrderState::Ended { at, ending } => (Some(*at), Some(ending)),
        };
        OrderView {
            state: order.state.name(),
            since,
            succeeded: ending.map(Ending::is_success),
            result: ending.map(Ending::sentence),
            ending: ending.map(shown_ending),
            command: shown_command(order.command.clone()),
            id: order.id.0,
            station_id: order.station.to_string(),
            by: order.by,
            at: order.at,
            wait_until: order.until,
            sent_at: order.sent_at,
            batch_id: order.batch.map(|batch| batch.0),
        }
    }
}

/// A command as it may be shown: a payload as the JSON that it is.
pub(crate) fn shown_command(command: Command) -> Value {
    match command.without_secrets() {
        Command::Unmapped { action, payload } => {
            serde_json::json!({ "action": action, "payload": as_json(&payload) })
        }
        command => serde_json::to_value(command).unwrap_or_default(),
    }
}

/// An ending as it may be shown: what the station said as the JSON that it is.
pub(crate) fn shown_ending(ending: &Ending) -> Value {
    let mut shown = serde_json::to_value(ending).unwrap_or_default();
    if let Some(Value::String(raw)) = shown.pointer("/outcome/raw") {
        let json = as_json(raw);
        if let Some(place) = shown.pointer_mut("/outcome/raw") {
            *place = json;
        }
    }
    shown
}

fn as_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// Whether to wait for the end.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WaitQuery {
    /// `true` waits for the end of the order, at most 55 seconds.
    wait: Option<bool>,
}

/// Order something from a station
///
/// The order is kept and will have an end. Orders to one station go one after the other; one whose station is
/// not connected waits until `wait_until`. Answered at once with 202, or with 200 when the order has ended within
/// the time that `wait=true` gives it.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/orders", tag = "commands", operation_id = "placeOrder",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity"), WaitQuery),
    request_body = OrderBody,
    responses(
        (status = 200, description = "The order has ended", body = OrderView),
        (status = 202, description = "The order is kept and goes its way", body = OrderView),
        (status = 409, description = "The station is not connected and the order is not to wait, or its registration forbids it; nothing is kept"),
        (status = 422, description = "The order is wrong, or the station's version has no words for it; nothing is kept"),
    )
)]
pub(crate) async fn place(
    State(app): State<App>,
    caller: Caller,
    Key(id): Key,
    Params(query): Params<WaitQuery>,
    Body(body): Body<OrderBody>,
) -> Result<Response, Problem> {
    let station = StationId::new(&id).map_err(|error| Problem::unprocessable(format!("{id:?}: {error}.")))?;
    let (command, when_offline) = body.command()?;
    let new = NewOrder { command, by: caller.name().to_owned(), when_offline };
    placed(&app, &station, new, query.wait).await
}

/// Places an order, and answers with it: with its end when that is waited for and comes in time.
///
/// # Errors
/// A problem when nothing was kept.
pub(super) async fn placed(
    app: &App,
    station: &StationId,
    new: NewOrder,
    wait: Option<bool>,
) -> Result<Response, Problem> {
    let desk = app.csms.desk();
    let order = desk.place(station, new).await.map_err(|error| refused(&error))?;
    if wait == Some(true)
        && let Ok(ended) = tokio::time::timeout(WAIT, desk.ended(&order)).await
        && let Some(ended) = ended?
    {
        return Ok(Json(OrderView::from(ended)).into_response());
    }
    let view = OrderView::from(found(app, &order).await?);
    Ok((StatusCode::ACCEPTED, Json(view)).into_response())
}

/// List the orders of a station
///
/// The latest first.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/orders", tag = "commands", operation_id = "listOrders",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity"), PageQuery),
    responses(
        (status = 200, description = "A page of orders", body = List<OrderView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Key(id): Key,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<OrderView>>, Problem> {
    let limit = limit_of(query.limit)?;
    let Ok(station) = StationId::new(&id) else { return Ok(Json(List { items: Vec::new(), next: None })) };
    let before = query.after.map(OrderId);
    let orders = app.csms.desk().orders(&station, before.as_ref(), limit + 1).await?;
    Ok(Json(cut(orders, limit, |order| order.id.0.clone())))
}

/// Show one order
#[utoipa::path(
    get, path = "/api/v1/orders/{id}", tag = "commands", operation_id = "getOrder",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The order's key"), WaitQuery),
    responses(
        (status = 200, description = "The order", body = OrderView),
        (status = 404, description = "There is no such order"),
    )
)]
pub(crate) async fn one(
    State(app): State<App>,
    Key(id): Key,
    Params(query): Params<WaitQuery>,
) -> Result<Json<OrderView>, Problem> {
    let id = OrderId(id);
    if query.wait == Some(true) {
        // Whatever comes of the waiting, the order is shown as it is then.
        let _ = tokio::time::timeout(WAIT, app.csms.desk().ended(&id)).await;
    }
    found(&app, &id).await.map(OrderView::from).map(Json)
}

/// Take an order back
///
/// Only what was not sent yet can be taken back.
#[utoipa::path(
    delete, path = "/api/v1/orders/{id}", tag = "commands", operation_id = "withdrawOrder",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The order's key")),
    responses(
        (status = 200, description = "The order as it ended", body = OrderView),
        (status = 404, description = "There is no such order"),
        (status = 409, description = "It was sent already"),
    )
)]
pub(crate) async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Key(id): Key,
) -> Result<Json<OrderView>, Problem> {
    let order = app.csms.desk().withdraw(&OrderId(id.clone()), caller.name()).await;
    order.map(OrderView::from).map(Json).map_err(|error| not_withdrawn(&error, &format!("order {id:?}")))
}

async fn found(app: &App, id: &OrderId) -> Result<OrderEntry, Problem> {
    let order = app.csms.desk().find(id).await?;
    order.ok_or_else(|| Problem::not_found(format!("There is no order {id:?}.")))
}

pub(super) fn not_withdrawn(error: &WithdrawError, what: &str) -> Problem {
    match error {
        WithdrawError::Unknown => Problem::not_found(format!("There is no {what}.")),
        WithdrawError::TooLate
        | WithdrawError::Running
        | WithdrawError::NotRunning
        | WithdrawError::Forgotten => Kind::Rule.because(sentence(&error.to_string())),
        WithdrawError::NotKept(_) => Kind::Unavailable.because(sentence(&error.to_string())),
    }
}

pub(super) fn refused(error: &PlaceError) -> Problem {
    let sentence = sentence(&error.to_string());
    match error {
        PlaceError::NotConnected => Kind::NotConnected.because(sentence),
        PlaceError::CannotSay(_) => wrong("/command", sentence),
        PlaceError::Invalid(_) => wrong("/payload", sentence),
        PlaceError::TooLate(_) => wrong("/wait_until", sentence),
        PlaceError::NotAllowed(_) | PlaceError::AgainstRule(_) => Kind::Rule.because(sentence),
        PlaceError::TooMany => Kind::Busy.because(sentence),
        PlaceError::NotKept(_) => Kind::Unavailable.because(sentence),
    }
}

/// The text of an error as a sentence.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
