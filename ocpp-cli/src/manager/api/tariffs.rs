//! `/api/v1/tariffs`.

mod schema;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use ocpp_core::rules::tariff::{Tariff, in_words};
use ocpp_server::domain::TariffEntry;
use ocpp_server::register::TariffForm;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Created, Order, Tagged, page_of, record_of};
use super::problem::Problem;
use super::request::{Body, IfMatch, Key, PageQuery, Params};
use super::views::List;
use crate::manager::App;
use schema::TariffSchema;

/// A tariff as it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TariffBody {
    /// What operators call it.
    #[schema(min_length = 1, max_length = 100, example = "Standard 2026")]
    name: String,
    /// The prices.
    #[schema(value_type = TariffSchema)]
    tariff: Tariff,
}

impl From<TariffBody> for TariffForm {
    fn from(body: TariffBody) -> TariffForm {
        TariffForm { name: body.name, tariff: body.tariff }
    }
}

/// How far a tariff has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TariffState {
    /// It was never assigned and may be changed.
    Draft,
    /// It was assigned and does not change any more.
    Published,
    /// Another one took its place.
    Succeeded,
}

/// A tariff and its course of life.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TariffRecord)]
pub(crate) struct TariffView {
    /// Its key, which is the `id` of the prices.
    #[schema(example = "2026-1")]
    id: String,
    /// What operators call it.
    name: String,
    /// How far it has come.
    state: TariffState,
    /// The prices.
    #[schema(value_type = TariffSchema)]
    tariff: Tariff,
    /// When it was drafted.
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
    /// When it was first assigned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    /// The tariff that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    successor_id: Option<String>,
    /// The tariff whose place it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    predecessor_id: Option<String>,
    /// How often it was written; `ETag` and `If-Match` carry it.
    revision: u64,
}

impl From<TariffEntry> for TariffView {
    fn from(entry: TariffEntry) -> TariffView {
        TariffView {
            state: match (&entry.successor, entry.published_at) {
                (Some(_), _) => TariffState::Succeeded,
                (None, Some(_)) => TariffState::Published,
                (None, None) => TariffState::Draft,
            },
            revision: entry.revision.0,
            id: entry.id.0,
            name: entry.name,
            tariff: entry.tariff,
            added_at: entry.added_at,
            published_at: entry.published_at,
            successor_id: entry.successor.map(|id| id.0),
            predecessor_id: entry.predecessor.map(|id| id.0),
        }
    }
}

/// A tariff in plain words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TariffWords)]
pub(crate) struct WordsView {
    /// One sentence for each price.
    #[schema(example = json!(["Energy: 0.45 EUR per kWh, plus 19 % VAT (0.5355 EUR with tax)."]))]
    lines: Vec<String>,
}

/// List the tariffs
///
/// In the order of their keys.
#[utoipa::path(
    get, path = "/api/v1/tariffs", tag = "tariffs", operation_id = "listTariffs",
    security(("api_key" = ["tariffs:read"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of tariffs", body = List<TariffView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<TariffView>>, Problem> {
    page_of(&app, query, Order::Ascending, |entry: TariffEntry| entry.into()).await
}

/// Show one tariff
#[utoipa::path(
    get, path = "/api/v1/tariffs/{id}", tag = "tariffs", operation_id = "getTariff",
    security(("api_key" = ["tariffs:read"])),
    params(("id" = String, Path, description = "The tariff's key")),
    responses(
        (status = 200, description = "The tariff", body = TariffView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such tariff"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(id): Key) -> Result<Tagged<TariffView>, Problem> {
    Ok(find(&app, &id).await?.into())
}

/// Show a tariff in plain words
#[utoipa::path(
    get, path = "/api/v1/tariffs/{id}/words", tag = "tariffs", operation_id = "getTariffWords",
    security(("api_key" = ["tariffs:read"])),
    params(("id" = String, Path, description = "The tariff's key")),
    responses(
        (status = 200, description = "Its prices in plain words", body = WordsView),
        (status = 404, description = "There is no such tariff"),
    )
)]
pub(crate) async fn words(State(app): State<App>, Key(id): Key) -> Result<Json<WordsView>, Problem> {
    let entry = find(&app, &id).await?;
    Ok(Json(WordsView { lines: in_words(&entry.tariff) }))
}

/// Draft a tariff
///
/// It prices nothing until it is assigned to a site or a station. From then on it does not change any more.
#[utoipa::path(
    post, path = "/api/v1/tariffs", tag = "tariffs", operation_id = "draftTariff",
    security(("api_key" = ["tariffs:write"])),
    request_body = TariffBody,
    responses(
        (status = 201, description = "The tariff", body = TariffView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 409, description = "There is one of this id already"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn draft(
    State(app): State<App>,
    Body(body): Body<TariffBody>,
) -> Result<Created<TariffView>, Problem> {
    Ok(Created::record("tariffs", app.register.draft_tariff(body.into()).await?))
}

/// Replace a draft
#[utoipa::path(
    put, path = "/api/v1/tariffs/{id}", tag = "tariffs", operation_id = "replaceDraft",
    security(("api_key" = ["tariffs:write"])),
    params(
        ("id" = String, Path, description = "The tariff's key"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the tariff as it was read"),
    ),
    request_body = TariffBody,
    responses(
        (status = 200, description = "The tariff", body = TariffView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such tariff"),
        (status = 409, description = "It was assigned and does not change any more: give it a successor"),
        (status = 412, description = "It has changed since it was read"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn replace(
    State(app): State<App>,
    Key(id): Key,
    seen: IfMatch,
    Body(body): Body<TariffBody>,
) -> Result<Tagged<TariffView>, Problem> {
    Ok(seen.judge(app.register.change_draft(&id, body.into(), seen.0).await)?.into())
}

/// Remove a draft
#[utoipa::path(
    delete, path = "/api/v1/tariffs/{id}", tag = "tariffs", operation_id = "removeDraft",
    security(("api_key" = ["tariffs:write"])),
    params(("id" = String, Path, description = "The tariff's key")),
    responses(
        (status = 204, description = "It is removed"),
        (status = 404, description = "There is no such tariff"),
        (status = 409, description = "It was assigned and stays"),
    )
)]
pub(crate) async fn remove(State(app): State<App>, Key(id): Key) -> Result<StatusCode, Problem> {
    app.register.remove_draft(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put another tariff in the place of one
///
/// Sites and stations that have the old one have the new one from now on; sessions that run keep the old one.
#[utoipa::path(
    post, path = "/api/v1/tariffs/{id}/successors", tag = "tariffs", operation_id = "succeedTariff",
    security(("api_key" = ["tariffs:write"])),
    params(("id" = String, Path, description = "The key of the tariff whose place it takes")),
    request_body = TariffBody,
    responses(
        (status = 201, description = "The new tariff", body = TariffView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such tariff"),
        (status = 409, description = "It is a draft or has a successor, or there is one of the new id already"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn succeed(
    State(app): State<App>,
    Key(id): Key,
    Body(body): Body<TariffBody>,
) -> Result<Created<TariffView>, Problem> {
    Ok(Created::record("tariffs", app.register.succeed_tariff(&id, body.into()).await?))
}

async fn find(app: &App, id: &str) -> Result<TariffEntry, Problem> {
    record_of(app, "tariff", id).await
}
