//! `/api/v1/stations` and `/api/v1/refusals`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use ocpp_core::model::StationId;
use ocpp_server::Csms;
use ocpp_server::store::Page;
use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;
use super::views::{List, RefusalView, StationView};

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// The `next` of the page before.
    after: Option<String>,
    /// How many items at most, 1 to 1000; 100 unless said otherwise.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// The number of items to show.
///
/// # Errors
/// A problem when it is out of its limits.
pub(super) fn limit_of(limit: Option<usize>) -> Result<usize, Problem> {
    let limit = limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(Problem::unprocessable(format!("limit is {limit}: choose 1 to 1000.")));
    }
    Ok(limit)
}

/// List the stations
///
/// In the order of their identities.
#[utoipa::path(
    get, path = "/api/v1/stations", tag = "stations", operation_id = "listStations",
    security(("api_key" = ["stations:read"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of stations", body = List<StationView>),
        (status = 422, description = "A parameter is wrong", body = Problem),
    )
)]
pub(crate) async fn list(
    State(csms): State<Csms>,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Json<List<StationView>>, Problem> {
    let Query(query) = query?;
    let limit = limit_of(query.limit)?;
    let after = query.after.map(|after| identity(&after)).transpose()?;
    let mut stations = csms.store().stations(Page { after, limit: limit + 1 }).await?;
    let more = stations.len() > limit;
    stations.truncate(limit);
    let next = stations.last().filter(|_| more).map(|station| station.id.to_string());
    let mut items = Vec::with_capacity(stations.len());
    for station in stations {
        items.push(StationView::of(&csms, station).await?);
    }
    Ok(Json(List { items, next }))
}

/// Show one station
#[utoipa::path(
    get, path = "/api/v1/stations/{id}", tag = "stations", operation_id = "getStation",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "The station", body = StationView),
        (status = 404, description = "There is no such station", body = Problem),
    )
)]
pub(crate) async fn one(
    State(csms): State<Csms>,
    Path(id): Path<String>,
) -> Result<Json<StationView>, Problem> {
    let missing = || Problem::not_found(format!("There is no station {id:?}."));
    let key = StationId::new(&id).map_err(|_| missing())?;
    let station = csms.store().station(&key).await?.ok_or_else(missing)?;
    Ok(Json(StationView::of(&csms, station).await?))
}

/// List who was turned away
///
/// Stations at the door and tokens at stations, the latest first.
#[utoipa::path(
    get, path = "/api/v1/refusals", tag = "stations", operation_id = "listRefusals",
    security(("api_key" = ["stations:read"])),
    params(("limit" = Option<usize>, Query, description = "How many items at most, 1 to 1000; 100 unless said otherwise.")),
    responses(
        (status = 200, description = "Who was turned away", body = List<RefusalView>),
        (status = 422, description = "A parameter is wrong", body = Problem),
    )
)]
pub(crate) async fn refusals(
    State(csms): State<Csms>,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Json<List<RefusalView>>, Problem> {
    let Query(query) = query?;
    let refusals = csms.store().refusals(limit_of(query.limit)?).await?;
    Ok(Json(List { items: refusals.into_iter().map(RefusalView::from).collect(), next: None }))
}

fn identity(text: &str) -> Result<StationId, Problem> {
    StationId::new(text).map_err(|error| Problem::unprocessable(format!("{error}.")))
}
