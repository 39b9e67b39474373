//! `/api/v1/stations/{id}/availability`.

use axum::Json;
use axum::extract::{Extension, State};
use jiff::Timestamp;
use ocpp_core::model::{Availability, Place};
use ocpp_server::domain::AvailabilityWish;
use ocpp_server::maintenance::{Availabilities, AvailabilityError, WishReport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::Caller;
use super::problem::{Kind, Problem};
use super::request::{Body, Key};
use super::stations::identity;
use super::views::List;
use crate::manager::App;

/// What is wanted of a place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishBody {
    /// The EVSE; the station as a whole when absent.
    #[schema(minimum = 1)]
    evse_id: Option<u32>,
    /// The connector of the EVSE; all of it when absent.
    #[schema(minimum = 1)]
    connector_id: Option<u32>,
    /// Whether it is to be in use.
    operative: bool,
}

/// What is wanted of a place, beside what the station says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AvailabilityWish)]
pub(crate) struct WishView {
    /// The EVSE, 0 for the station as a whole.
    evse_id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    connector_id: Option<u32>,
    /// Whether it is to be in use.
    operative: bool,
    /// Who wants it.
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What the station said when it was last told.
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<String>,
    /// Whether it took the order, at once or for when a session ends.
    taken: bool,
    /// Whether what the station reports contradicts the wish.
    #[serde(skip_serializing_if = "Option::is_none")]
    contradicted: Option<bool>,
}

impl From<AvailabilityWish> for WishView {
    fn from(wish: AvailabilityWish) -> WishView {
        WishView {
            evse_id: wish.place.evse().map_or(0, |evse| evse.0),
            connector_id: wish.place.connector().map(|connector| connector.0),
            operative: wish.availability == Availability::Operative,
            by: wish.by,
            at: wish.at,
            said: wish.said,
            taken: wish.taken,
            contradicted: None,
        }
    }
}

impl From<WishReport> for WishView {
    fn from(report: WishReport) -> WishView {
        WishView { contradicted: Some(report.is_contradicted), ..report.wish.into() }
    }
}

impl From<AvailabilityError> for Problem {
    fn from(error: AvailabilityError) -> Problem {
        let detail = error.to_string();
        match error {
            AvailabilityError::UnknownStation(_) => Kind::NotFound.because(detail),
            AvailabilityError::TooMany => Kind::Rule.because(detail),
            AvailabilityError::Conflict => Kind::Changed.because(detail),
            AvailabilityError::Store(_) => {
                tracing::error!(error = detail, "a request could not be answered");
                Kind::Unavailable.because(detail)
            }
        }
    }
}

/// Show what is wanted of the places of a station
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/availability", tag = "availability", operation_id = "getAvailability",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses((status = 200, description = "The wishes", body = List<WishView>))
)]
pub(crate) async fn show(State(app): State<App>, Key(id): Key) -> Result<Json<List<WishView>>, Problem> {
    let wishes = Availabilities::new(app.csms.clone()).report(&identity(&id)?).await?;
    Ok(Json(List { items: wishes.into_iter().map(Into::into).collect(), next: None }))
}

/// Put a place into use or out of use
///
/// The wish is kept, and the station is told if it is connected: `said` and `taken` tell what it answered. A
/// place with a running session closes when it ends.
#[utoipa::path(
    put, path = "/api/v1/stations/{id}/availability", tag = "availability", operation_id = "setAvailability",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = WishBody,
    responses(
        (status = 200, description = "The wish, and what the station said to it", body = WishView),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "Too many places have a wish of their own, or somebody else changed it in the meantime"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn set(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    Body(body): Body<WishBody>,
) -> Result<Json<WishView>, Problem> {
    let place = match (body.evse_id, body.connector_id) {
        (None, None) => Place::Station,
        (Some(evse @ 1..), None) => Place::of(evse, None),
        (Some(evse @ 1..), Some(connector @ 1..)) => Place::of(evse, Some(connector)),
        _ => {
            let sentence = "EVSEs and connectors count from 1, and a connector needs its EVSE.";
            return Err(Kind::Invalid.because(sentence.to_owned()));
        }
    };
    let availability = if body.operative { Availability::Operative } else { Availability::Inoperative };
    let by = &caller.identity.name;
    let wish = Availabilities::new(app.csms.clone()).wish(&identity(&id)?, place, availability, by).await?;
    Ok(Json(wish.into()))
}

/// Tell a station again what is wanted of its places
///
/// Only those that it contradicts, or did not take.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/availability/reassert", tag = "availability",
    operation_id = "reassertAvailability",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "Those that it was told", body = List<WishView>),
        (status = 409, description = "Somebody else changed one in the meantime"),
    )
)]
pub(crate) async fn reassert(State(app): State<App>, Key(id): Key) -> Result<Json<List<WishView>>, Problem> {
    let told = Availabilities::new(app.csms.clone()).reassert(&identity(&id)?).await?;
    Ok(Json(List { items: told.into_iter().map(Into::into).collect(), next: None }))
}
