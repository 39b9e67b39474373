//! `/api/v1/stations/{id}/logs`.

use axum::Json;
use axum::body::Body as Content;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use ocpp_core::model::LogKind;
use ocpp_server::domain::{LogState, StationLog};
use ocpp_server::maintenance::LogForm;
use serde::{Deserialize, Serialize};
use tower_http::services::ServeFile;
use utoipa::ToSchema;

use super::answer::{Created, segment};
use super::caller::Caller;
use super::problem::{Kind, Problem};
use super::request::{Body, Key};
use super::stations::identity;
use super::upkeep::{Numbered, retries};
use super::views::List;
use crate::manager::App;

/// Which log.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LogKind)]
pub(crate) enum KindView {
    /// What its maker needs to find faults; of 1.6 by `GetDiagnostics`.
    Diagnostics,
    /// Its security events; of 1.6 with the security extension.
    Security,
    /// What periodic readings collected (2.1).
    DataCollector,
}

/// Which log is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogBody {
    /// Which log.
    log: KindView,
    /// The earliest moment that it is to cover.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// The latest moment that it is to cover.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// How often the station tries again; it decides when absent.
    #[schema(maximum = 100)]
    retries: Option<u32>,
    /// Seconds between tries, together with `retries`.
    #[schema(minimum = 1, maximum = 86400)]
    retry_interval_s: Option<u32>,
}

/// A log of a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StationLog)]
pub(crate) struct LogView {
    /// Its number among the station's.
    request: u32,
    /// `diagnostics`, `security` or `data_collector`.
    log: &'static str,
    /// `sent`, `running`, `here`, `missing` (the station says that it was uploaded), `failed`, `superseded` by a
    /// later one, or `removed`.
    state: &'static str,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What the station told last, by the words of OCPP 2.x.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'static str>,
    /// What the station calls the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    file_name: Option<String>,
    /// The size of the file in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    /// The SHA-256 of the file in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// Who wanted it.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    ordered_at: Timestamp,
    /// When the file is removed.
    #[schema(value_type = String, format = DateTime)]
    kept_until: Timestamp,
}

impl From<StationLog> for LogView {
    fn from(log: StationLog) -> LogView {
        let state = log.state.name();
        LogView {
            request: log.request,
            log: match log.log {
                LogKind::Diagnostics => "diagnostics",
                LogKind::Security => "security",
                LogKind::DataCollector => "data_collector",
            },
            state,
            reason: match log.state {
                LogState::Failed { why } => Some(why),
                _ => None,
            },
            stage: log.stage.map(|stage| stage.as_str()),
            file_name: log.file_name,
            size: log.file.as_ref().map(|file| file.size),
            sha256: log.file.map(|file| file.sha256),
            by: log.by,
            ordered_at: log.ordered_at,
            kept_until: log.kept_until,
        }
    }
}

/// The latest logs that are listed.
const LATEST: usize = 200;

/// List the logs of a station
///
/// The latest 200, the last one first.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/logs", tag = "logs", operation_id = "listLogs",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "Its logs", body = List<LogView>),
        (status = 404, description = "There is no such station"),
    )
)]
pub(crate) async fn list(State(app): State<App>, Key(id): Key) -> Result<Json<List<LogView>>, Problem> {
    let logs = app.upkeep.logs_of(&identity(&id)?, LATEST).await?;
    Ok(Json(List { items: logs.into_iter().map(Into::into).collect(), next: None }))
}

/// Order a log from a station
///
/// The station uploads it to an address that is made for this one file and holds for an hour.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/logs", tag = "logs", operation_id = "orderLog",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = LogBody,
    responses(
        (status = 201, description = "The log, as far as it is", body = LogView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "The station is not connected"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn order(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    Body(body): Body<LogBody>,
) -> Result<Created<LogView>, Problem> {
    let station = identity(&id)?;
    let form = LogForm {
        log: match body.log {
            KindView::Diagnostics => LogKind::Diagnostics,
            KindView::Security => LogKind::Security,
            KindView::DataCollector => LogKind::DataCollector,
        },
        from: body.from,
        until: body.until,
        retries: retries(body.retries, body.retry_interval_s)?,
    };
    let log = app.upkeep.order_log(&station, &form, &caller.identity.name).await?;
    let location = format!("/api/v1/stations/{}/logs/{}", segment(station.as_str()), log.request);
    Ok(Created { location, revision: Some(log.revision), body: log.into() })
}

/// Show one log
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/logs/{request}", tag = "logs", operation_id = "getLog",
    security(("api_key" = ["stations:read"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("request" = u32, Path, description = "The log's number"),
    ),
    responses(
        (status = 200, description = "The log", body = LogView),
        (status = 404, description = "There is no such log"),
    )
)]
pub(crate) async fn one(State(app): State<App>, of: Numbered) -> Result<Json<LogView>, Problem> {
    Ok(Json(app.upkeep.log(&of.station, of.request).await?.into()))
}

/// Download the file of a log
///
/// Ranges may be asked for.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/logs/{request}/content", tag = "logs", operation_id = "getLogContent",
    security(("api_key" = ["commands:send"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("request" = u32, Path, description = "The log's number"),
    ),
    responses(
        (status = 200, description = "The file", content((Vec<u8> = "application/octet-stream"))),
        (status = 206, description = "A part of it", content((Vec<u8> = "application/octet-stream"))),
        (status = 404, description = "There is no such log"),
        (status = 409, description = "The file is not here"),
        (status = 416, description = "The file has no such range"),
    )
)]
pub(crate) async fn content(
    State(app): State<App>,
    of: Numbered,
    request: Request,
) -> Result<Response, Problem> {
    let (log, path) = app.upkeep.log_file(&of.station, of.request).await?;
    let served = ServeFile::new(path).try_call(request).await.map_err(|error| {
        tracing::error!(%error, "a log cannot be read");
        Kind::Unavailable.because("The file cannot be read at the moment: try again later.")
    })?;
    let mut response = served.map(Content::new).into_response();
    // What a station wrote is never shown as a page of the manager.
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    let name = log.file_name.unwrap_or_else(|| format!("log-{}", log.request));
    let ascii: String = name.chars().filter(|sign| sign.is_ascii_graphic() && *sign != '"').collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{ascii}\"")) {
        fields.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// Remove the file of a log
#[utoipa::path(
    delete, path = "/api/v1/stations/{id}/logs/{request}", tag = "logs", operation_id = "removeLog",
    security(("api_key" = ["commands:send"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("request" = u32, Path, description = "The log's number"),
    ),
    responses(
        (status = 204, description = "The file is removed"),
        (status = 404, description = "There is no such log"),
        (status = 409, description = "The file is not here"),
    )
)]
pub(crate) async fn remove(State(app): State<App>, of: Numbered) -> Result<StatusCode, Problem> {
    app.upkeep.remove_log(&of.station, of.request).await?;
    Ok(StatusCode::NO_CONTENT)
}
