//! `/api/v1/stations/{id}/energy/…`: what is known of profiles, limits, grid support, streams, swaps, settlements and
//! tariffs on stations. Setting and removing is ordering: `/api/v1/stations/{id}/orders`.

mod views;

use axum::Json;
use axum::extract::{Extension, State};
use ocpp_core::model::{Place, RateUnit, SessionKey};
use ocpp_server::domain::{Record, Scope};
use ocpp_server::maintenance::{Energy, EnergyError};
use serde::Deserialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::problem::{Kind, Problem};
use super::request::{Body, Key, PageQuery, Params, limit_of};
use super::stations::identity;
use super::views::List;
use crate::manager::App;
use views::{
    CompositeView, GridView, LimitView, ProfileView, SessionEnergyView, SettlementView, StreamView, SwapView,
    TariffsView,
};

impl From<EnergyError> for Problem {
    fn from(error: EnergyError) -> Problem {
        let detail = error.to_string();
        match error {
            EnergyError::UnknownStation(_) => Kind::NotFound.because(detail),
            EnergyError::NotConnected => Kind::NotConnected.because(detail),
            EnergyError::NotTold(_) => Kind::BadAnswer.because(detail),
            EnergyError::Store(_) => {
                tracing::error!(error = detail, "a request could not be answered");
                Kind::Unavailable.because(detail)
            }
        }
    }
}

fn energy(app: &App) -> Energy {
    Energy::new(app.csms.clone())
}

fn all<T, V: From<T> + ToSchema>(items: Vec<T>) -> Json<List<V>> {
    Json(List { items: items.into_iter().map(Into::into).collect(), next: None })
}

/// List the charging profiles on a station
///
/// As far as the manager knows: what was set by orders that the station took, and what it reported. Profiles are set,
/// asked for and removed by orders (`set_charging_profile`, `get_charging_profiles`, `clear_charging_profiles`).
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/energy/profiles", tag = "energy", operation_id = "listProfiles",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses((status = 200, description = "The profiles, by their numbers", body = List<ProfileView>))
)]
pub(crate) async fn profiles(
    State(app): State<App>,
    Key(id): Key,
) -> Result<Json<List<ProfileView>>, Problem> {
    Ok(all(energy(&app).profiles(&identity(&id)?).await?))
}

/// List the limits that outside systems set on a station
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/energy/limits", tag = "energy", operation_id = "listLimits",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses((status = 200, description = "The limits; lifted ones, too", body = List<LimitView>))
)]
pub(crate) async fn limits(State(app): State<App>, Key(id): Key) -> Result<Json<List<LimitView>>, Problem> {
    Ok(all(energy(&app).limits(&identity(&id)?).await?))
}

/// Which schedule is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompositeBody {
    /// The EVSE; the station as a whole when absent.
    #[schema(minimum = 1)]
    evse_id: Option<u32>,
    /// How long it is to be, in seconds; a day when absent.
    #[schema(minimum = 1, maximum = 2678400)]
    duration_s: Option<u32>,
    /// What its limits are to be counted in, `W` or `A`; the station chooses when absent.
    #[schema(example = "A")]
    unit: Option<String>,
}

/// Ask a station what all its profiles allow together
///
/// From now on. The answer is kept, and shown until the next one for the same place.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/energy/composite", tag = "energy", operation_id = "askComposite",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = CompositeBody,
    responses(
        (status = 200, description = "The schedule", body = CompositeView),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "The station is not connected"),
        (status = 422, description = "A value is wrong"),
        (status = 502, description = "The station did not tell it"),
    )
)]
pub(crate) async fn compose(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    Body(body): Body<CompositeBody>,
) -> Result<Json<CompositeView>, Problem> {
    let unit = match body.unit.as_deref() {
        None => None,
        Some("W") => Some(RateUnit::W),
        Some("A") => Some(RateUnit::A),
        Some(_) => return Err(Problem::unprocessable("unit is W or A.".to_owned())),
    };
    let duration = body.duration_s.unwrap_or(86_400);
    if !(1..=2_678_400).contains(&duration) {
        return Err(Problem::unprocessable("duration_s is 1 to 2678400, which is 31 days.".to_owned()));
    }
    let place = Place::of(body.evse_id.unwrap_or(0), None);
    let by = &caller.identity.name;
    let told = energy(&app).compose(&identity(&id)?, place, duration, unit, by).await?;
    Ok(Json(told.into()))
}

/// Show what a station last said that all its profiles allow together
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/energy/composite", tag = "energy", operation_id = "listComposites",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses((status = 200, description = "The last answer for each place", body = List<CompositeView>))
)]
pub(crate) async fn composites(
    State(app): State<App>,
    Key(id): Key,
) -> Result<Json<List<CompositeView>>, Problem> {
    Ok(all(energy(&app).composites(&identity(&id)?).await?))
}

/// Show the grid support of a station
///
/// The settings on it as far as is known, and what the grid did (2.1).
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/energy/grid", tag = "energy", operation_id = "getGridSupport",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses((status = 200, description = "Settings and alarms", body = GridView))
)]
pub(crate) async fn grid(State(app): State<App>, Key(id): Key) -> Result<Json<GridView>, Problem> {
    Ok(Json(energy(&app).grid(&identity(&id)?).await?.into()))
}

/// List the event streams of a station
///
/// Open and closed ones, each with its latest values (2.1).
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/energy/streams", tag = "energy", operation_id = "listStreams",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses((status = 200, description = "The streams, by their numbers", body = List<StreamView>))
)]
pub(crate) async fn streams(State(app): State<App>, Key(id): Key) -> Result<Json<List<StreamView>>, Problem> {
    Ok(all(energy(&app).streams(&identity(&id)?).await?))
}

/// The latest swaps that are listed.
const LATEST: usize = 200;

/// List the battery swaps of a station
///
/// The 200 of the highest numbers (2.1). Whoever may not see tokens sees the last four signs of them.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/energy/swaps", tag = "energy", operation_id = "listSwaps",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses((status = 200, description = "The swaps", body = List<SwapView>))
)]
pub(crate) async fn swaps(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
) -> Result<Json<List<SwapView>>, Problem> {
    let swaps = energy(&app).swaps(&identity(&id)?, LATEST).await?;
    let shown = |view: SwapView| if caller.may(Scope::TokensRead) { view } else { view.masked() };
    let items = swaps.into_iter().map(SwapView::from).map(shown).collect();
    Ok(Json(List { items, next: None }))
}

/// List what terminals at a station settled
///
/// Payments that a terminal captured (2.1). One with `paid_twice` was captured here as well: give it back.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/energy/settlements", tag = "energy", operation_id = "listSettlements",
    security(("api_key" = ["payments:read"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        PageQuery,
    ),
    responses((status = 200, description = "The settlements, by their references", body = List<SettlementView>))
)]
pub(crate) async fn settlements(
    State(app): State<App>,
    Key(id): Key,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<SettlementView>>, Problem> {
    let limit = limit_of(page.limit)?;
    let station = identity(&id)?;
    let found = energy(&app).settlements(&station, page.after, limit).await?;
    let next = (found.len() == limit).then(|| found.last().map(Record::key)).flatten();
    Ok(Json(List { items: found.into_iter().map(Into::into).collect(), next }))
}

/// Show the tariffs on a station
///
/// As far as the manager knows (2.1). They are set, asked for and removed by orders (`set_default_tariff`,
/// `get_tariffs`, `clear_tariffs`).
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/energy/tariffs", tag = "energy", operation_id = "getStationTariffs",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses((status = 200, description = "The tariffs", body = TariffsView))
)]
pub(crate) async fn tariffs(State(app): State<App>, Key(id): Key) -> Result<Json<TariffsView>, Problem> {
    Ok(Json(energy(&app).tariffs(&identity(&id)?).await?.into()))
}

/// Show what a vehicle asked for in a session, and what it was given
#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/energy", tag = "energy", operation_id = "getSessionEnergy",
    security(("api_key" = ["sessions:read"])),
    params(("id" = String, Path, description = "The session's id")),
    responses(
        (status = 200, description = "Needs, plan, the vehicle's schedule and priority", body = SessionEnergyView),
        (status = 404, description = "Nothing of the kind is known of this session"),
    )
)]
pub(crate) async fn of_session(
    State(app): State<App>,
    Key(id): Key,
) -> Result<Json<SessionEnergyView>, Problem> {
    let known = energy(&app).of_session(&SessionKey::new(id.as_str())).await?;
    let missing = || Problem::not_found("The vehicle of this session asked for nothing.".to_owned());
    Ok(Json(known.ok_or_else(missing)?.into()))
}
