//! `/api/v1/batches`: the same order to many stations.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use ocpp_core::model::StationId;
use ocpp_server::command::desk::{BulkCounts, MAX_STATIONS, NewBatch, WhenOffline};
use ocpp_server::domain::{Batch, BatchId, BatchItem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::answer::{Created, cut, segment};
use super::caller::Caller;
use super::orders::{command_of, not_withdrawn, refused, shown_command};
use super::problem::Problem;
use super::request::{Body, Key, PageQuery, Params, limit_of};
use super::views::List;
use crate::manager::App;
use crate::manager::choice::{Choice, chosen};

/// A bulk order: a command (or an action and its payload), and the stations that are to obey.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBatch)]
pub(crate) struct BatchBody {
    /// What people will call it.
    #[schema(example = "Clear caches", max_length = 200)]
    name: String,
    /// What to do, in words that belong to no version.
    #[schema(value_type = Option<Value>, example = "clear_cache")]
    command: Option<Value>,
    /// The action as OCPP spells it.
    action: Option<String>,
    /// Its payload.
    #[schema(value_type = Option<Object>)]
    payload: Option<Box<RawValue>>,
    /// Which stations; every one that all given conditions hold for.
    stations: Choice,
    /// How many connected stations are at it at the same time, 1 to 10,000; 50 unless said otherwise.
    #[schema(minimum = 1, maximum = 10000)]
    at_once: Option<u32>,
    /// Until when it may wait for stations that are not connected. Without it those fail.
    #[schema(value_type = Option<String>, format = DateTime)]
    wait_until: Option<Timestamp>,
}

/// A bulk order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Batch)]
pub(crate) struct BatchView {
    /// Its key. Later ones have higher keys.
    id: String,
    /// What people call it.
    name: String,
    /// What was ordered, without passwords and keys.
    #[schema(value_type = Value)]
    command: Value,
    /// Who ordered it.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Until when it may wait for stations.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    wait_until: Option<Timestamp>,
    /// How many stations are at it at the same time.
    at_once: u32,
    /// How many stations it is for.
    stations: u32,
    /// `running`, `stopped` or `ended`.
    #[schema(example = "running")]
    state: &'static str,
    /// How far it is; shown for one bulk order, not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<CountsView>,
}

/// How far a bulk order is, in stations.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchCounts)]
pub(crate) struct CountsView {
    not_begun: u32,
    open: u32,
    succeeded: u32,
    failed: u32,
}

impl From<BulkCounts> for CountsView {
    fn from(counts: BulkCounts) -> CountsView {
        let BulkCounts { not_begun, open, succeeded, failed } = counts;
        CountsView { not_begun, open, succeeded, failed }
    }
}

impl From<Batch> for BatchView {
    fn from(batch: Batch) -> BatchView {
        BatchView {
            state: batch.state.name(),
            command: shown_command(batch.command),
            id: batch.id.0,
            name: batch.name,
            by: batch.by,
            at: batch.at,
            wait_until: batch.until,
            at_once: batch.at_once,
            stations: batch.stations,
            counts: None,
        }
    }
}

/// What a bulk order came to at one station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchItem)]
pub(crate) struct ItemView {
    station_id: String,
    /// The order that the station was given last.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<String>,
    /// Whether the station took it; absent while there is no result.
    #[serde(skip_serializing_if = "Option::is_none")]
    succeeded: Option<bool>,
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
}

impl From<BatchItem> for ItemView {
    fn from(item: BatchItem) -> ItemView {
        ItemView {
            station_id: item.station.to_string(),
            order_id: item.order.map(|order| order.0),
            succeeded: item.result.as_ref().map(|result| result.succeeded),
            at: item.result.as_ref().map(|result| result.at),
            result: item.result.map(|result| result.text),
        }
    }
}

/// Order something from many stations
///
/// The stations are chosen now. Each is given the order as soon as `at_once` allows, and each will have a result.
#[utoipa::path(
    post, path = "/api/v1/batches", tag = "commands", operation_id = "placeBatch",
    security(("api_key" = ["commands:send"])),
    request_body = BatchBody,
    responses(
        (status = 201, description = "The bulk order is kept and goes its way", body = BatchView),
        (status = 422, description = "The order is wrong, or no station is chosen"),
    )
)]
pub(crate) async fn place(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<BatchBody>,
) -> Result<Created<BatchView>, Problem> {
    let command = command_of(body.command, body.action, body.payload)?;
    let at_once = body.at_once.unwrap_or(50);
    if !(1..=10_000).contains(&at_once) {
        return Err(Problem::unprocessable(format!("at_once is {at_once}: choose 1 to 10000.")));
    }
    let stations = chosen(&app, &body.stations).await?;
    match stations.len() {
        0 => return Err(Problem::unprocessable("No station is chosen: loosen the conditions.".to_owned())),
        count if count > MAX_STATIONS => {
            let sentence =
                format!("{count} stations are chosen, and {MAX_STATIONS} is the limit: choose fewer.");
            return Err(Problem::unprocessable(sentence));
        }
        _ => {}
    }
    let new = NewBatch {
        name: body.name,
        command,
        by: caller.name().to_owned(),
        when_offline: body.wait_until.map_or(WhenOffline::Refuse, WhenOffline::WaitUntil),
        at_once,
        stations,
    };
    let id = app.csms.desk().place_batch(new).await.map_err(|error| refused(&error))?;
    let batch = found(&app, &id).await?;
    let location = format!("/api/v1/batches/{}", segment(&id.0));
    Ok(Created { location, revision: None, body: batch.into() })
}

/// Which stations a choice is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchPreview)]
pub(crate) struct PreviewView {
    /// How many.
    stations: usize,
    /// The identities of the first of them, at most 100.
    first: Vec<String>,
}

/// See which stations a bulk order would be for
///
/// Nothing is ordered.
#[utoipa::path(
    post, path = "/api/v1/batches/preview", tag = "commands", operation_id = "previewBatch",
    security(("api_key" = ["commands:send"])),
    request_body = Choice,
    responses(
        (status = 200, description = "The stations that all given conditions hold for", body = PreviewView),
        (status = 422, description = "A condition is wrong"),
    )
)]
pub(crate) async fn preview(
    State(app): State<App>,
    Body(choice): Body<Choice>,
) -> Result<Json<PreviewView>, Problem> {
    let stations = chosen(&app, &choice).await?;
    let first = stations.iter().take(PREVIEWED).map(ToString::to_string).collect();
    Ok(Json(PreviewView { stations: stations.len(), first }))
}

/// How many stations a preview names.
const PREVIEWED: usize = 100;

/// List the bulk orders
///
/// The latest first.
#[utoipa::path(
    get, path = "/api/v1/batches", tag = "commands", operation_id = "listBatches",
    security(("api_key" = ["stations:read"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of bulk orders", body = List<BatchView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<BatchView>>, Problem> {
    let limit = limit_of(query.limit)?;
    let batches = app.csms.desk().batches(query.after.map(BatchId).as_ref(), limit + 1).await?;
    Ok(Json(cut(batches, limit, |batch| batch.id.0.clone())))
}

/// Show one bulk order
#[utoipa::path(
    get, path = "/api/v1/batches/{id}", tag = "commands", operation_id = "getBatch",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The key of the bulk order")),
    responses(
        (status = 200, description = "The bulk order, and how far it is", body = BatchView),
        (status = 404, description = "There is no such bulk order"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(id): Key) -> Result<Json<BatchView>, Problem> {
    counted(&app, &BatchId(id)).await.map(Json)
}

/// List the results of a bulk order
///
/// In the order of the stations' identities.
#[utoipa::path(
    get, path = "/api/v1/batches/{id}/items", tag = "commands", operation_id = "listBatchItems",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The key of the bulk order"), PageQuery),
    responses(
        (status = 200, description = "A page of results", body = List<ItemView>),
        (status = 404, description = "There is no such bulk order"),
    )
)]
pub(crate) async fn items(
    State(app): State<App>,
    Key(id): Key,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<ItemView>>, Problem> {
    let limit = limit_of(query.limit)?;
    let batch = found(&app, &BatchId(id)).await?.id;
    let after = query.after.as_deref().map(StationId::new).transpose();
    let after = after.map_err(|error| Problem::unprocessable(format!("after: {error}.")))?;
    let items = app.csms.desk().items(&batch, after.as_ref(), limit + 1).await?;
    Ok(Json(cut(items, limit, |item| item.station.to_string())))
}

/// Export the results of a bulk order
///
/// As CSV with the columns `station`, `order`, `succeeded`, `result` and `at`.
#[utoipa::path(
    get, path = "/api/v1/batches/{id}/export", tag = "commands", operation_id = "exportBatch",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The key of the bulk order")),
    responses(
        (status = 200, description = "The results", content_type = "text/csv", body = String),
        (status = 404, description = "There is no such bulk order"),
    )
)]
pub(crate) async fn export(State(app): State<App>, Key(id): Key) -> Result<Response, Problem> {
    let batch = found(&app, &BatchId(id)).await?.id;
    let text = results_as_csv(&app, &batch).await?;
    let name = format!("attachment; filename=\"{batch}.csv\"");
    let fields =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((fields, text).into_response())
}

/// The results of a bulk order as CSV.
pub(crate) async fn results_as_csv(app: &App, batch: &BatchId) -> Result<Vec<u8>, Problem> {
    let unusable =
        |error: &dyn std::fmt::Display| Problem::unprocessable(format!("No table can be made: {error}."));
    let mut table = csv::Writer::from_writer(Vec::new());
    table
        .write_record(["station", "order", "succeeded", "result", "at"])
        .map_err(|error| unusable(&error))?;
    let mut after: Option<StationId> = None;
    loop {
        let page = app.csms.desk().items(batch, after.as_ref(), 1000).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.station.clone());
        for item in page {
            let result = item.result.as_ref();
            let row = [
                item.station.to_string(),
                item.order.map(|order| order.0).unwrap_or_default(),
                result.map(|result| result.succeeded.to_string()).unwrap_or_default(),
                // A cell that begins like a formula is text, not a formula.
                result.map(|result| harmless(&result.text)).unwrap_or_default(),
                result.map(|result| result.at.to_string()).unwrap_or_default(),
            ];
            table.write_record(row).map_err(|error| unusable(&error))?;
        }
    }
    table.into_inner().map_err(|error| unusable(&error))
}

fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// Stop a bulk order
///
/// No more stations are given it, and orders that were not sent are taken back.
#[utoipa::path(
    post, path = "/api/v1/batches/{id}/stop", tag = "commands", operation_id = "stopBatch",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The key of the bulk order")),
    responses(
        (status = 200, description = "The bulk order as it is now", body = BatchView),
        (status = 404, description = "There is no such bulk order"),
        (status = 409, description = "It does not run"),
    )
)]
pub(crate) async fn stop(
    State(app): State<App>,
    caller: Caller,
    Key(id): Key,
) -> Result<Json<BatchView>, Problem> {
    let batch = BatchId(id);
    let stopped = app.csms.desk().stop_batch(&batch, caller.name()).await;
    stopped.map_err(|error| not_withdrawn(&error, &format!("bulk order {batch}")))?;
    counted(&app, &batch).await.map(Json)
}

/// Try a bulk order again
///
/// Every station that did not take the order, or was never given it, is given it again.
#[utoipa::path(
    post, path = "/api/v1/batches/{id}/retry", tag = "commands", operation_id = "retryBatch",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The key of the bulk order")),
    responses(
        (status = 200, description = "The bulk order as it is now", body = BatchView),
        (status = 404, description = "There is no such bulk order"),
        (status = 409, description = "It runs"),
    )
)]
pub(crate) async fn retry(State(app): State<App>, Key(id): Key) -> Result<Json<BatchView>, Problem> {
    let batch = BatchId(id);
    let again = app.csms.desk().retry_batch(&batch).await;
    again.map_err(|error| not_withdrawn(&error, &format!("bulk order {batch}")))?;
    counted(&app, &batch).await.map(Json)
}

async fn found(app: &App, id: &BatchId) -> Result<Batch, Problem> {
    let batch = app.csms.desk().batch(id).await?;
    batch.ok_or_else(|| Problem::not_found(format!("There is no bulk order {id}.")))
}

async fn counted(app: &App, id: &BatchId) -> Result<BatchView, Problem> {
    let batch = found(app, id).await?;
    let counts = app.csms.desk().counts(id).await?;
    Ok(BatchView { counts: Some(counts.into()), ..batch.into() })
}
