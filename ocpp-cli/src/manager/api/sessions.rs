//! `/api/v1/sessions`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use ocpp_core::model::{SessionKey, StationId};
use ocpp_server::Csms;
use ocpp_server::domain::{Session, SessionNumber, SessionStatus};
use ocpp_server::store::{Page, SessionFilter};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::problem::Problem;
use super::stations::limit_of;
use super::views::{List, ReadingView, SessionView};

/// Which sessions, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SessionQuery {
    /// Only those at this station.
    station: Option<String>,
    /// Only those in this state.
    status: Option<StatusQuery>,
    /// The `next` of the page before.
    after: Option<i64>,
    /// How many items at most, 1 to 1000; 100 unless said otherwise.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StatusQuery {
    Active,
    Completed,
}

/// List the charging sessions
///
/// The newest first.
#[utoipa::path(
    get, path = "/api/v1/sessions", tag = "sessions", operation_id = "listSessions",
    security(("api_key" = ["sessions:read"])),
    params(SessionQuery),
    responses(
        (status = 200, description = "A page of sessions", body = List<SessionView>),
        (status = 422, description = "A parameter is wrong", body = Problem),
    )
)]
pub(crate) async fn list(
    State(csms): State<Csms>,
    query: Result<Query<SessionQuery>, QueryRejection>,
) -> Result<Json<List<SessionView>>, Problem> {
    let Query(query) = query?;
    let limit = limit_of(query.limit)?;
    let station = query.station.as_deref().map(StationId::new).transpose();
    let station = station.map_err(|error| Problem::unprocessable(format!("{error}.")))?;
    let status = query.status.map(|status| match status {
        StatusQuery::Active => SessionStatus::Active,
        StatusQuery::Completed => SessionStatus::Completed,
    });
    let page = Page { after: query.after.map(SessionNumber), limit: limit + 1 };
    let filter = SessionFilter { station, status, token: None };
    let mut sessions = csms.store().sessions(filter, page).await?;
    let more = sessions.len() > limit;
    sessions.truncate(limit);
    let next = sessions.last().filter(|_| more).map(|session| session.number.0.to_string());
    Ok(Json(List { items: sessions.into_iter().map(SessionView::from).collect(), next }))
}

/// Show one session
#[utoipa::path(
    get, path = "/api/v1/sessions/{id}", tag = "sessions", operation_id = "getSession",
    security(("api_key" = ["sessions:read"])),
    params(("id" = String, Path, description = "The session's key, or its number")),
    responses(
        (status = 200, description = "The session", body = SessionView),
        (status = 404, description = "There is no such session", body = Problem),
    )
)]
pub(crate) async fn one(
    State(csms): State<Csms>,
    Path(id): Path<String>,
) -> Result<Json<SessionView>, Problem> {
    Ok(Json(find(&csms, &id).await?.into()))
}

/// List the meter values of a session
///
/// In the order of the station's time, as the station sent them.
#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/readings", tag = "sessions", operation_id = "listReadings",
    security(("api_key" = ["sessions:read"])),
    params(("id" = String, Path, description = "The session's key, or its number")),
    responses(
        (status = 200, description = "The meter values", body = List<ReadingView>),
        (status = 404, description = "There is no such session", body = Problem),
    )
)]
pub(crate) async fn readings(
    State(csms): State<Csms>,
    Path(id): Path<String>,
) -> Result<Json<List<ReadingView>>, Problem> {
    let session = find(&csms, &id).await?;
    let readings = csms.store().readings(&session.key).await?;
    Ok(Json(List { items: readings.into_iter().map(ReadingView::from).collect(), next: None }))
}

async fn find(csms: &Csms, id: &str) -> Result<Session, Problem> {
    let session = match id.parse() {
        Ok(number) => csms.store().session_by_number(SessionNumber(number)).await?,
        Err(_) => csms.store().session(&SessionKey::new(id)).await?,
    };
    session.ok_or_else(|| Problem::not_found(format!("There is no session {id:?}.")))
}
