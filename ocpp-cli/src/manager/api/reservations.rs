//! `/api/v1/stations/{id}/reservations`.

use axum::Json;
use axum::extract::{Extension, State};
use jiff::Timestamp;
use ocpp_core::model::{EvseId, IdToken, TokenKind};
use ocpp_server::domain::{Reservation, ReservationEnd, ReservationState, Scope};
use ocpp_server::maintenance::{ReservationError, ReservationForm, WhichReservations};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Created, segment};
use super::caller::Caller;
use super::problem::{Kind, Problem, WrongValue};
use super::request::{Body, Key, Params, limit_of};
use super::stations::identity;
use super::upkeep::Numbered;
use super::views::{List, masked};
use crate::manager::App;

/// A wish for a reservation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReservationBody {
    /// Its number; one that is open is replaced. The manager chooses when absent.
    #[schema(minimum = 1, maximum = 2147483647)]
    number: Option<i64>,
    /// Where; any EVSE when absent.
    #[schema(minimum = 1)]
    evse_id: Option<u32>,
    /// Only where there is such a connector (2.x), by the name of OCPP.
    #[schema(max_length = 20, example = "cCCS2")]
    connector_type: Option<String>,
    /// The token of its driver.
    #[schema(max_length = 255)]
    token: String,
    /// What kind of token it is, by the name of OCPP 2.x; a card when absent.
    #[schema(example = "ISO14443")]
    token_kind: Option<String>,
    /// Tokens of this group may use it, too.
    #[schema(max_length = 255)]
    group: Option<String>,
    /// When it begins; at once when absent. Until then the manager holds it.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// When it lapses, seven days after its begin at most.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

/// A reservation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reservation)]
pub(crate) struct ReservationView {
    /// At which station.
    #[schema(example = "CS001")]
    station_id: String,
    /// Its number among the station's.
    number: i64,
    /// Where; any EVSE when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    evse_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connector_type: Option<String>,
    /// The token of its driver; its last four signs for whoever may not see tokens.
    token: String,
    /// The group that may use it, too; as the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// `planned` (the manager holds it), `sent`, `active` (the station keeps the place), or how it ended: `used`,
    /// `expired`, `no_transaction` (the driver came, and did not charge), `removed` (by the station), `cancelled`,
    /// `refused` or `never_kept`.
    state: &'static str,
    /// Why, where there is more to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The session that used it.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    /// Whether the place was kept for nothing.
    no_show: bool,
    /// Who made it.
    by: String,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
}

impl From<Reservation> for ReservationView {
    fn from(held: Reservation) -> ReservationView {
        ReservationView {
            station_id: held.station.to_string(),
            number: held.number,
            evse_id: held.evse.map(|evse| evse.0),
            connector_type: held.connector_type.clone(),
            token: held.token.value.to_string(),
            group: held.group.as_ref().map(|group| group.value.to_string()),
            from: held.from,
            until: held.until,
            state: held.state.name(),
            reason: held.state.why().map(str::to_owned),
            session_id: match &held.state {
                ReservationState::Ended { how: ReservationEnd::Used { session }, .. } => {
                    Some(session.to_string())
                }
                _ => None,
            },
            no_show: held.is_no_show(),
            by: held.by,
            made_at: held.made_at,
        }
    }
}

/// As much of a reservation as the caller may see.
fn view(held: Reservation, caller: &Caller) -> ReservationView {
    let view = ReservationView::from(held);
    if caller.may(Scope::TokensRead) {
        return view;
    }
    ReservationView { token: masked(&view.token), group: view.group.as_deref().map(masked), ..view }
}

impl From<ReservationError> for Problem {
    fn from(error: ReservationError) -> Problem {
        let detail = error.to_string();
        match error {
            ReservationError::Unknown { .. } => Kind::NotFound.because(detail),
            ReservationError::Invalid { pointer, sentence } => {
                let pointer = if pointer == "/evse" { "/evse_id" } else { pointer };
                let wrong = WrongValue { pointer: pointer.to_owned(), detail: sentence };
                Kind::Invalid.because(detail).with_errors(vec![wrong])
            }
            ReservationError::Conflict(_) | ReservationError::Over(_) => Kind::Rule.because(detail),
            ReservationError::NotGivenFree(_) => Kind::BadAnswer.because(detail),
            ReservationError::Store(_) => {
                tracing::error!(error = detail, "a request could not be answered");
                Kind::Unavailable.because(detail)
            }
        }
    }
}

/// The latest reservations that are listed.
const LATEST: usize = 200;

/// Which reservations, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReservationQuery {
    /// `true` leaves out those that are over.
    open: Option<bool>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many items at most, 1 to 1000; 100 unless said otherwise.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// List the reservations of all stations
///
/// By station, and then by number. Among many that are over, a page with `open=true` may have fewer items than
/// `limit` although `next` names a further one.
#[utoipa::path(
    get, path = "/api/v1/reservations", tag = "reservations", operation_id = "listAllReservations",
    security(("api_key" = ["stations:read"])),
    params(ReservationQuery),
    responses(
        (status = 200, description = "A page of reservations", body = List<ReservationView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn everywhere(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Params(query): Params<ReservationQuery>,
) -> Result<Json<List<ReservationView>>, Problem> {
    let which = if query.open == Some(true) { WhichReservations::Open } else { WhichReservations::All };
    let (held, next) = app.reservations.everywhere(which, query.after, limit_of(query.limit)?).await?;
    Ok(Json(List { items: held.into_iter().map(|held| view(held, &caller)).collect(), next }))
}

/// List the reservations of a station
///
/// The latest 200, the last one first. Whoever may not see tokens sees the last four signs of them.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/reservations", tag = "reservations", operation_id = "listReservations",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses((status = 200, description = "Its reservations", body = List<ReservationView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
) -> Result<Json<List<ReservationView>>, Problem> {
    let held = app.reservations.of_station(&identity(&id)?, LATEST).await?;
    let items = held.into_iter().map(|held| view(held, &caller)).collect();
    Ok(Json(List { items, next: None }))
}

/// Reserve a place
///
/// One that begins at once is ordered from the station before this answers, if the station is connected: `state`
/// tells whether it keeps the place. One that begins later is held by the manager until then.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/reservations", tag = "reservations", operation_id = "makeReservation",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = ReservationBody,
    responses(
        (status = 201, description = "The reservation, as far as it is", body = ReservationView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "The place is reserved at that time, or the reservation of this number is over"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn make(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    Body(body): Body<ReservationBody>,
) -> Result<Created<ReservationView>, Problem> {
    let station = identity(&id)?;
    let kind = body.token_kind.as_deref().map_or(TokenKind::ISO14443, TokenKind::new);
    let form = ReservationForm {
        number: body.number,
        evse: body.evse_id.map(EvseId),
        connector_type: body.connector_type,
        token: IdToken::new(&body.token, kind),
        group: body.group.as_deref().map(|group| IdToken::new(group, TokenKind::CENTRAL)),
        from: body.from,
        until: body.until,
    };
    let held = app.reservations.make(&station, form, &caller.identity.name).await?;
    let location = format!("/api/v1/stations/{}/reservations/{}", segment(station.as_str()), held.number);
    Ok(Created { location, revision: Some(held.revision), body: view(held, &caller) })
}

/// Show one reservation
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/reservations/{number}", tag = "reservations",
    operation_id = "getReservation",
    security(("api_key" = ["stations:read"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("number" = u32, Path, description = "The number of the reservation"),
    ),
    responses(
        (status = 200, description = "The reservation", body = ReservationView),
        (status = 404, description = "There is no such reservation"),
    )
)]
pub(crate) async fn one(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    of: Numbered,
) -> Result<Json<ReservationView>, Problem> {
    let held = app.reservations.one(&of.station, i64::from(of.request)).await?;
    let missing = || Problem::not_found(format!("There is no reservation \"{}\".", of.request));
    Ok(Json(view(held.ok_or_else(missing)?, &caller)))
}

/// Cancel a reservation
///
/// A station that is not connected is told when it comes, as long as it would keep the place.
#[utoipa::path(
    delete, path = "/api/v1/stations/{id}/reservations/{number}", tag = "reservations",
    operation_id = "cancelReservation",
    security(("api_key" = ["commands:send"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("number" = u32, Path, description = "The number of the reservation"),
    ),
    responses(
        (status = 200, description = "The reservation, which is over", body = ReservationView),
        (status = 404, description = "There is no such reservation"),
        (status = 409, description = "It is over already"),
        (status = 502, description = "The station did not say that it gives the place free; the reservation stays"),
    )
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    of: Numbered,
) -> Result<Json<ReservationView>, Problem> {
    let held = app.reservations.cancel(&of.station, i64::from(of.request), &caller.identity.name).await?;
    Ok(Json(view(held, &caller)))
}
