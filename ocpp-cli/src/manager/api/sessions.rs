//! `/api/v1/sessions`.

pub(super) mod control;

use axum::extract::State;
use axum::{Extension, Json};
use ocpp_core::model::{IdToken, SessionKey, TokenKind};
use ocpp_server::domain::{Receipt, Scope, Session, SessionNumber, SessionStatus};
use ocpp_server::pricing::timeline_of;
use ocpp_server::store::{Page, SessionFilter, TypedRecords};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::money::{CostView, ReceiptView};
use super::problem::{Kind, Problem};
use super::request::{Key, PageQuery, Params, limit_of};
use super::stations::identity;
use super::views::{List, ReadingView, SessionView};
use crate::manager::App;

/// Which sessions, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SessionQuery {
    /// Only those at this station.
    station: Option<String>,
    /// Only those in this state.
    #[param(inline)]
    status: Option<StatusQuery>,
    /// Only those started by this token; needs the scope tokens:read, too.
    token: Option<String>,
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

/// A session with what it costs at this moment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionDetail)]
pub(crate) struct SessionDetailView {
    #[serde(flatten)]
    session: SessionView,
    /// What it costs up to now or its end, line by line; absent when no tariff prices it.
    #[serde(skip_serializing_if = "Option::is_none")]
    live_cost: Option<CostView>,
}

/// List the charging sessions
///
/// The newest first. Whoever may not see tokens sees the last four signs of them.
#[utoipa::path(
    get, path = "/api/v1/sessions", tag = "sessions", operation_id = "listSessions",
    security(("api_key" = ["sessions:read"])),
    params(SessionQuery),
    responses(
        (status = 200, description = "A page of sessions", body = List<SessionView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Params(query): Params<SessionQuery>,
) -> Result<Json<List<SessionView>>, Problem> {
    let limit = limit_of(query.limit)?;
    if query.token.is_some() {
        caller.need(Scope::TokensRead)?;
    }
    let status = query.status.map(|status| match status {
        StatusQuery::Active => SessionStatus::Active,
        StatusQuery::Completed => SessionStatus::Completed,
    });
    let canonical = |token: String| IdToken::new(&token, TokenKind::UNSPECIFIED).canonical().to_string();
    let filter = SessionFilter {
        station: query.station.as_deref().map(identity).transpose()?,
        status,
        token: query.token.map(canonical),
    };
    let page = Page { after: query.after.map(SessionNumber), limit: limit + 1 };
    let mut sessions = app.csms.store().sessions(filter, page).await?;
    let has_more = sessions.len() > limit;
    sessions.truncate(limit);
    let next = sessions.last().filter(|_| has_more).map(|session| session.number.0.to_string());
    let items = sessions.into_iter().map(|session| shown(session, &caller)).collect();
    Ok(Json(List { items, next }))
}

/// Show one session
///
/// With what it costs at this moment.
#[utoipa::path(
    get, path = "/api/v1/sessions/{id}", tag = "sessions", operation_id = "getSession",
    security(("api_key" = ["sessions:read"])),
    params(("id" = String, Path, description = "The session's key, or its number")),
    responses(
        (status = 200, description = "The session", body = SessionDetailView),
        (status = 404, description = "There is no such session"),
    )
)]
pub(crate) async fn one(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
) -> Result<Json<SessionDetailView>, Problem> {
    let session = find(&app, &id).await?;
    let live_cost = live_cost(&app, &session).await?;
    Ok(Json(SessionDetailView { session: shown(session, &caller), live_cost }))
}

/// What a session costs up to now or its end.
async fn live_cost(app: &App, session: &Session) -> Result<Option<CostView>, Problem> {
    let Some(tariff) = &session.tariff else { return Ok(None) };
    let price = app.csms.pricing().of_session(&session.station, tariff).await?;
    let Some(price) = price else { return Ok(None) };
    let readings = app.csms.store().readings(&session.key).await?;
    // The station's clock may be ahead of ours: what it reported has been.
    let now = || app.csms.now().max(session.last_report_at).max(session.started_at);
    let until = session.ended_at.unwrap_or_else(now);
    Ok(price.cost(&timeline_of(session, &readings), until).ok().map(Into::into))
}

/// List the meter values of a session
///
/// In the order of the station's time, as the station sent them.
#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/readings", tag = "sessions", operation_id = "listReadings",
    security(("api_key" = ["sessions:read"])),
    params(("id" = String, Path, description = "The session's key, or its number"), PageQuery),
    responses(
        (status = 200, description = "A page of meter values", body = List<ReadingView>),
        (status = 404, description = "There is no such session"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn readings(
    State(app): State<App>,
    Key(id): Key,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<ReadingView>>, Problem> {
    let limit = limit_of(query.limit)?;
    let is_wrong = |_| Problem::unprocessable("after is to be the next of the page before.");
    let start: usize = query.after.map_or(Ok(0), |after| after.parse().map_err(is_wrong))?;
    let session = find(&app, &id).await?;
    let readings = app.csms.store().readings(&session.key).await?;
    let end = start.saturating_add(limit);
    let next = (end < readings.len()).then(|| end.to_string());
    let items = readings.into_iter().skip(start).take(limit).map(ReadingView::from).collect();
    Ok(Json(List { items, next }))
}

/// Show the receipt of a session
#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/receipt", tag = "sessions", operation_id = "getSessionReceipt",
    security(("api_key" = ["sessions:read"])),
    params(("id" = String, Path, description = "The session's key, or its number")),
    responses(
        (status = 200, description = "The receipt", body = ReceiptView),
        (status = 404, description = "There is no such session"),
        (status = 409, description = "It has no receipt yet"),
    )
)]
pub(crate) async fn receipt(State(app): State<App>, Key(id): Key) -> Result<Json<ReceiptView>, Problem> {
    let session = find(&app, &id).await?;
    let receipt: Option<Receipt> = app.csms.store().get(&Receipt::key_of(session.number)).await?;
    let receipt = receipt.ok_or_else(|| match session.status {
        SessionStatus::Active => {
            Kind::Rule.because("This session still runs: its receipt comes when it ends.")
        }
        SessionStatus::Completed => {
            Kind::Rule.because("The receipt of this session is not issued yet: it waits for the payment.")
        }
    })?;
    Ok(Json(receipt.into()))
}

/// A session as far as a caller may see it.
fn shown(session: Session, caller: &Caller) -> SessionView {
    let view = SessionView::from(session);
    if caller.may(Scope::TokensRead) { view } else { view.with_masked_token() }
}

async fn find(app: &App, id: &str) -> Result<Session, Problem> {
    let session = match id.parse() {
        Ok(number) => app.csms.store().session_by_number(SessionNumber(number)).await?,
        Err(_) => app.csms.store().session(&SessionKey::new(id)).await?,
    };
    session.ok_or_else(|| Problem::not_found(format!("There is no session {id:?}.")))
}
