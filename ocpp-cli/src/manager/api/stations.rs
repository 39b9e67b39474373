//! `/api/v1/stations`.

mod views;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, TryStreamExt, stream};
use ocpp_core::model::StationId;
use ocpp_server::domain::{RecordKind, Station, StationEntry};
use ocpp_server::register::NewStation;
use ocpp_server::store::{Page, RecordFilter, TypedRecords};

use super::answer::{Created, Tagged, keeping, segment};
use super::problem::Problem;
use super::request::{Body, IfMatch, Key, PageQuery, Params, limit_of};
use super::sites::AssignmentBody;
use super::views::{List, StationView};
use crate::manager::App;
use views::evses_of;
pub(super) use views::{
    EvseView, LoginBody, LoginChangeBody, NewStationBody, RegisteredView, RegistrationBody, StationAccess,
    StationBody, StationResource,
};

/// How many stations are read at the same time for a list.
const READ_AT_ONCE: usize = 16;

/// List the stations
///
/// Those that were added and those that are or were connected, in the order of their identities.
#[utoipa::path(
    get, path = "/api/v1/stations", tag = "stations", operation_id = "listStations",
    security(("api_key" = ["stations:read"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of stations", body = List<StationResource>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<StationResource>>, Problem> {
    let limit = limit_of(query.limit)?;
    let after = query.after.as_deref().map(identity).transpose()?;
    let entries = RecordFilter::all(RecordKind::StationEntry, limit + 1).after(query.after);
    let store = app.csms.store();
    let (entries, seen) = tokio::try_join!(
        store.list::<StationEntry>(entries),
        store.stations(Page { after, limit: limit + 1 })
    )?;
    let mut known: BTreeMap<String, (Option<StationEntry>, Option<Station>)> = BTreeMap::new();
    for entry in entries {
        let id = entry.id.to_string();
        known.entry(id).or_default().0 = Some(entry);
    }
    for station in seen {
        let id = station.id.to_string();
        known.entry(id).or_default().1 = Some(station);
    }
    let has_more = known.len() > limit;
    let shown = stream::iter(known.into_iter().take(limit)).map(|(id, (entry, station))| {
        let csms = app.csms.clone();
        async move {
            let seen = match station {
                Some(station) => Some(StationView::of(&csms, station).await?),
                None => None,
            };
            Ok::<_, Problem>((id.clone(), StationResource::of(id, entry.as_ref(), seen)))
        }
    });
    let shown: Vec<(String, StationResource)> = shown.buffered(READ_AT_ONCE).try_collect().await?;
    let next = shown.last().filter(|_| has_more).map(|(id, _)| id.clone());
    Ok(Json(List { items: shown.into_iter().map(|(_, station)| station).collect(), next }))
}

/// Show one station
#[utoipa::path(
    get, path = "/api/v1/stations/{id}", tag = "stations", operation_id = "getStation",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "The station", body = StationResource, headers(("ETag" = String, description = "The revision of the operator's part"))),
        (status = 404, description = "There is no such station"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(id): Key) -> Result<Response, Problem> {
    let (entry, seen) = find(&app, &id).await?;
    let revision = entry.as_ref().map(|entry| entry.revision);
    let seen = match seen {
        Some(station) => Some(StationView::of(&app.csms, station).await?),
        None => None,
    };
    let view = StationResource::of(id, entry.as_ref(), seen);
    Ok(match revision {
        Some(revision) => Tagged(revision, view).into_response(),
        None => Json(view).into_response(),
    })
}

/// Show the EVSEs of a station
///
/// What the operator says of them, and the status that the station reported.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/evses", tag = "stations", operation_id = "listEvses",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "Its EVSEs", body = List<EvseView>),
        (status = 404, description = "There is no such station"),
    )
)]
pub(crate) async fn evses(State(app): State<App>, Key(id): Key) -> Result<Json<List<EvseView>>, Problem> {
    let (entry, seen) = find(&app, &id).await?;
    let ports = match seen {
        Some(station) => app.csms.store().ports(&station.id).await?,
        None => Vec::new(),
    };
    Ok(Json(List { items: evses_of(entry.as_ref(), ports), next: None }))
}

/// Add a station
///
/// It may connect from now on. Its key is generated, and shown this once: a repetition by `Idempotency-Key`
/// is answered without it.
#[utoipa::path(
    post, path = "/api/v1/stations", tag = "stations", operation_id = "addStation",
    security(("api_key" = ["stations:write"])),
    request_body = NewStationBody,
    responses(
        (status = 201, description = "What to enter in the station", body = StationAccess, headers(("Location" = String, description = "Its path"))),
        (status = 409, description = "There is one of this identity already"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn add(
    State(app): State<App>,
    headers: HeaderMap,
    Body(body): Body<NewStationBody>,
) -> Result<Response, Problem> {
    let (id, login, form) = body.split();
    let station = app.register.add_station(&id, login, form).await?;
    Ok(created(&app, &headers, &station))
}

/// The answer about a station that was added.
pub(super) fn created(app: &App, headers: &HeaderMap, station: &NewStation) -> Response {
    let access = StationAccess::of(app, headers, station);
    let location = format!("/api/v1/stations/{}", segment(station.entry.id.as_str()));
    let without_key = access.without_key();
    keeping(
        Created { location, revision: Some(station.entry.revision), body: access }.into_response(),
        &without_key,
    )
}

/// Replace what is said of a station
///
/// Its key and its tariff stay.
#[utoipa::path(
    put, path = "/api/v1/stations/{id}", tag = "stations", operation_id = "replaceStation",
    security(("api_key" = ["stations:write"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the station as it was read"),
    ),
    request_body = StationBody,
    responses(
        (status = 200, description = "The station", body = StationResource, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "No such station was added"),
        (status = 412, description = "It has changed since it was read"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn replace(
    State(app): State<App>,
    Key(id): Key,
    seen: IfMatch,
    Body(body): Body<StationBody>,
) -> Result<Response, Problem> {
    seen.judge(app.register.change_station(&id, body.into(), seen.0).await)?;
    one(State(app), Key(id)).await
}

/// Remove a station
///
/// It may not connect any more; the connection that it has stays until it ends. What happened at it is kept.
#[utoipa::path(
    delete, path = "/api/v1/stations/{id}", tag = "stations", operation_id = "removeStation",
    security(("api_key" = ["stations:write"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 204, description = "It is removed"),
        (status = 404, description = "No such station was added"),
    )
)]
pub(crate) async fn remove(State(app): State<App>, Key(id): Key) -> Result<StatusCode, Problem> {
    app.register.remove_station(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a station a new key
///
/// The old one is void at once; the connection that it has stays until it ends.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/key", tag = "stations", operation_id = "changeStationKey",
    security(("api_key" = ["stations:write"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = LoginChangeBody,
    responses(
        (status = 200, description = "What to enter in the station", body = StationAccess),
        (status = 404, description = "No such station was added"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn change_key(
    State(app): State<App>,
    Key(id): Key,
    headers: HeaderMap,
    Body(body): Body<LoginChangeBody>,
) -> Result<Response, Problem> {
    let station = app.register.change_login(&id, body.login.into()).await?;
    let access = StationAccess::of(&app, &headers, &station);
    let without_key = access.without_key();
    Ok(keeping(Json(access).into_response(), &without_key))
}

/// Say whether a station may work
///
/// Stations learn of it when they boot (B01 to B03). One that is connected and was told something else is asked to
/// boot at once where its version lets it; the answer says when it learns of it.
#[utoipa::path(
    put, path = "/api/v1/stations/{id}/registration", tag = "stations", operation_id = "registerStation",
    security(("api_key" = ["stations:write"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the station as it was read"),
    ),
    request_body = RegistrationBody,
    responses(
        (status = 200, description = "When it learns of it", body = RegisteredView, headers(("ETag" = String, description = "The station's revision"))),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "It has connected, but nobody has added it"),
        (status = 412, description = "It has changed since it was read"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn register(
    State(app): State<App>,
    Key(id): Key,
    seen: IfMatch,
    Body(body): Body<RegistrationBody>,
) -> Result<Tagged<RegisteredView>, Problem> {
    let set = app.register.set_registration(&id, body.registration.into(), seen.0).await;
    let registered = seen.judge(set)?;
    Ok(Tagged(registered.entry.revision, registered.into()))
}

/// Assign a tariff to a station
///
/// It holds before the tariff of its site, for sessions that start from now on.
#[utoipa::path(
    put, path = "/api/v1/stations/{id}/tariff", tag = "stations", operation_id = "assignStationTariff",
    security(("api_key" = ["tariffs:write"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = AssignmentBody,
    responses(
        (status = 200, description = "The station", body = StationResource, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "No such station was added, or there is no such tariff"),
        (status = 409, description = "The tariff has a successor"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn assign(
    State(app): State<App>,
    Key(id): Key,
    Body(body): Body<AssignmentBody>,
) -> Result<Response, Problem> {
    app.register.assign_to_station(&id, body.tariff_id.as_deref()).await?;
    one(State(app), Key(id)).await
}

/// What the operator says of a station, and what it says itself; at least one of both.
async fn find(app: &App, id: &str) -> Result<(Option<StationEntry>, Option<Station>), Problem> {
    let missing = || Problem::not_found(format!("There is no station {id:?}."));
    let key = StationId::new(id).map_err(|_| missing())?;
    let store = app.csms.store();
    let entry: Option<StationEntry> = store.get(id).await?;
    let seen = store.station(&key).await?;
    if entry.is_none() && seen.is_none() { Err(missing()) } else { Ok((entry, seen)) }
}

pub(super) fn identity(text: &str) -> Result<StationId, Problem> {
    StationId::new(text).map_err(|error| Problem::unprocessable(format!("{error}.")))
}
