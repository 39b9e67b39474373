//! `/api/v1/messages`: the message log.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use jiff::Timestamp;
use ocpp_server::domain::Scope;
use ocpp_server::message_log::{Entry, Line, Missing, Order, Way};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::problem::{Kind, Problem};
use super::request::Params;
use super::views::List;
use crate::manager::App;
use crate::manager::messages::{Filter, LookupError, order_named, way_named};

/// The type of an export: a JSON text on each line.
const JSON_LINES: &str = "application/x-ndjson";

/// Which messages.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessageQuery {
    /// Only those of this station.
    station: Option<String>,
    /// Only those of this action, answers to it included.
    #[param(example = "TransactionEvent")]
    action: Option<String>,
    /// Only those that went this way: `in` from the station, `out` to it.
    way: Option<String>,
    /// Not before this moment (RFC 3339).
    #[param(example = "2026-11-25T08:00:00Z")]
    from: Option<String>,
    /// Before this moment (RFC 3339).
    to: Option<String>,
    /// Only those whose frame has this text, as it is stored, in this spelling.
    text: Option<String>,
    /// Only those that name this token, whose pseudonym is sought; needs the scope tokens:read, too.
    token: Option<String>,
    /// `newest_first` unless said otherwise, or `oldest_first`.
    order: Option<String>,
    /// The `next` of the page before, or the `cursor` of a message.
    after: Option<String>,
    /// How many items at most, 1 to 1000; 100 unless said otherwise.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// Which messages are exported.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    /// Only those of this station.
    station: Option<String>,
    /// Only those of this action, answers to it included.
    action: Option<String>,
    /// Only those that went this way: `in` from the station, `out` to it.
    way: Option<String>,
    /// Not before this moment (RFC 3339).
    from: Option<String>,
    /// Before this moment (RFC 3339).
    to: Option<String>,
    /// Only those whose frame has this text, as it is stored, in this spelling.
    text: Option<String>,
    /// Only those that name this token, whose pseudonym is sought; needs the scope tokens:read, too.
    token: Option<String>,
    /// `oldest_first` unless said otherwise, or `newest_first`.
    order: Option<String>,
}

impl MessageQuery {
    fn filter(self, usual: Order) -> Result<Filter, LookupError> {
        Ok(Filter {
            station: self.station,
            action: self.action,
            way: self.way.as_deref().map(way_named).transpose()?,
            from: self.from,
            to: self.to,
            text: self.text,
            token: self.token,
            order: self.order.as_deref().map(order_named).transpose()?.unwrap_or(usual),
            after: self.after,
            limit: self.limit,
        })
    }
}

impl From<ExportQuery> for MessageQuery {
    fn from(query: ExportQuery) -> MessageQuery {
        let ExportQuery { station, action, way, from, to, text, token, order } = query;
        MessageQuery { station, action, way, from, to, text, token, order, after: None, limit: None }
    }
}

/// A line of the message log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Message)]
pub(crate) enum MessageView {
    /// A frame.
    Frame(FrameView),
    /// Frames that are missing here.
    Gap(GapView),
}

/// A frame that went to a station or came from one, with what tells of a person replaced.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageFrame)]
pub(crate) struct FrameView {
    /// When the manager got or sent it.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The station.
    #[schema(example = "CS001")]
    station: String,
    /// `in` from the station, `out` to it.
    way: &'static str,
    /// 2 CALL, 3 CALLRESULT, 4 CALLERROR, 5 CALLRESULTERROR, 6 SEND; absent when it has none.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<u8>,
    /// The id of the message; absent when it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The action; an answer has that of its call.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// Bytes on the wire, before anything was replaced.
    size: u64,
    /// The frame, or a text when it was no JSON.
    #[schema(value_type = Value, example = json!([2, "17", "Heartbeat", {}]))]
    frame: Box<RawValue>,
    /// Its place in the log, for `after`; an export has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// Frames that are missing in the log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageGap)]
pub(crate) struct GapView {
    /// When it was noted.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `queue_full`, `write_failed` or `files_gone`.
    gap: &'static str,
    /// How many frames.
    frames: u64,
    /// How many bytes these had.
    bytes: u64,
    /// The time of the first one.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Its place in the log, for `after`; an export has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

impl From<Line> for MessageView {
    fn from(line: Line) -> MessageView {
        match line {
            Line::Frame(entry) => MessageView::Frame(entry.into()),
            Line::Gap(missing) => MessageView::Gap(missing.into()),
        }
    }
}

impl From<Entry> for FrameView {
    fn from(entry: Entry) -> FrameView {
        let Entry { cursor, at, station, way, kind, id, action, size, frame } = entry;
        // The log has read it as JSON before; a text is what is left if it had not.
        let raw = RawValue::from_string(frame.clone()).or_else(|_| to_raw_value(&frame));
        FrameView {
            at,
            station,
            way: match way {
                Way::FromStation => "in",
                Way::ToStation => "out",
            },
            kind,
            id,
            action,
            size,
            frame: raw.unwrap_or_default(),
            cursor: Some(cursor.to_string()),
        }
    }
}

impl From<Missing> for GapView {
    fn from(missing: Missing) -> GapView {
        let Missing { cursor, at, reason, frames, bytes, since } = missing;
        GapView { at, gap: reason.as_str(), frames, bytes, since, cursor: Some(cursor.to_string()) }
    }
}

/// Search the message log
///
/// Every frame that went to a station or came from one, with what tells of a person replaced. Lines about missing
/// frames are found whatever the station, action, way or text. Pages may be short and yet have a `next`: a search
/// stops after 256 MiB and lets the caller go on. Needs the scope `sessions:read`, too.
#[utoipa::path(
    get, path = "/api/v1/messages", tag = "messages", operation_id = "listMessages",
    security(("api_key" = ["stations:read"])),
    params(MessageQuery),
    responses(
        (status = 200, description = "A page of messages", body = List<MessageView>),
        (status = 404, description = "This manager keeps no message log"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Params(query): Params<MessageQuery>,
) -> Result<Json<List<MessageView>>, Problem> {
    let filter = allowed(&caller, query, Order::NewestFirst)?;
    let found = app.messages.search(app.messages.query(&filter)?).await?;
    let items = found.lines.into_iter().map(MessageView::from).collect();
    Ok(Json(List { items, next: found.next.map(|next| next.to_string()) }))
}

/// Export the message log
///
/// The same as JSON lines, as they are in the log, streamed without a limit: a message on each line. An answer
/// that ends without the end of a line was broken off. Two exports run at a time. Needs the scope `sessions:read`,
/// too.
#[utoipa::path(
    get, path = "/api/v1/messages/export", tag = "messages", operation_id = "exportMessages",
    security(("api_key" = ["stations:read"])),
    params(ExportQuery),
    responses(
        (status = 200, description = "The messages; each line is of this form", content((MessageView = "application/x-ndjson"))),
        (status = 404, description = "This manager keeps no message log"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn export(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Params(query): Params<ExportQuery>,
) -> Result<Response, Problem> {
    let filter = allowed(&caller, query.into(), Order::OldestFirst)?;
    let query = app.messages.query(&filter)?;
    let lines = app.messages.export(&query, app.shutdown.clone())?;
    Ok(([(header::CONTENT_TYPE, JSON_LINES)], Body::from_stream(lines)).into_response())
}

/// The filter, for a caller who may see what is in frames: stations, sessions, and, to ask for one, tokens.
fn allowed(caller: &Caller, query: MessageQuery, usual: Order) -> Result<Filter, Problem> {
    caller.need(Scope::SessionsRead)?;
    if query.token.is_some() {
        caller.need(Scope::TokensRead)?;
    }
    Ok(query.filter(usual)?)
}

impl From<LookupError> for Problem {
    fn from(error: LookupError) -> Problem {
        let detail = error.to_string();
        match error {
            LookupError::Off => Kind::NotFound.because(detail),
            LookupError::Filter(_) => Kind::Invalid.because(detail),
            LookupError::Busy | LookupError::Unreadable(_) => Kind::Unavailable.because(detail),
        }
    }
}
