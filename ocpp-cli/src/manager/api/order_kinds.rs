//! `/api/v1/order-kinds` and `/api/v1/stations/{id}/order-kinds`: what can be ordered.

use axum::Json;
use axum::extract::State;
use ocpp_core::model::StationId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::problem::Problem;
use super::request::Key;
use super::views::List;
use crate::manager::App;
use crate::manager::offers::{Knowledge, Offer};
use crate::orders::{self, VERSIONS, Words};

/// Something that can be ordered, in words that belong to no version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderKind)]
pub(crate) struct KindView {
    /// Its name in `command`.
    #[schema(example = "reset")]
    name: &'static str,
    /// What people call it.
    title: String,
    /// What it does.
    about: &'static str,
    /// The versions that have words for it.
    versions: Vec<&'static str>,
    /// The feature profile of OCPP 1.6 that a station needs for it, beyond the core.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Reservation")]
    profile: Option<&'static str>,
    /// The components of OCPP 2.x that say whether a station can do it; of several one is enough.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<String>, example = json!(["ReservationCtrlr"]))]
    components: &'static [&'static str],
    /// What it may break, where it wants a second look.
    #[serde(skip_serializing_if = "Option::is_none")]
    care: Option<&'static str>,
    /// Examples of `command`.
    #[schema(value_type = Vec<Value>)]
    examples: Vec<Value>,
}

impl KindView {
    fn of(name: &'static str) -> KindView {
        let words = orders::words_of(name);
        let says = |version: &ocpp_core::types::Version| orders::can_say(*version, name).is_ok();
        KindView {
            name,
            title: Words::title_of(name),
            about: words.about,
            versions: VERSIONS
                .iter()
                .filter(|version| says(version))
                .map(|version| version.number())
                .collect(),
            profile: words.feature.profile(),
            components: words.feature.components(),
            care: words.care,
            examples: words.examples.iter().filter_map(|text| serde_json::from_str(text).ok()).collect(),
        }
    }
}

/// Whether a station can be ordered something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StationOrderKind)]
pub(crate) struct OfferView {
    /// Its name in `command`.
    #[schema(example = "reset")]
    name: &'static str,
    /// What people call it.
    title: String,
    /// Whether nothing speaks against it.
    possible: bool,
    /// What speaks against it: the version that the station speaks, or what it said itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl From<Offer> for OfferView {
    fn from(offer: Offer) -> OfferView {
        OfferView {
            name: offer.name,
            title: offer.title,
            possible: offer.why_not.is_none(),
            why: offer.why_not,
        }
    }
}

/// List what can be ordered
///
/// In words that belong to no version. Beside these, every action can be ordered as OCPP spells it.
#[utoipa::path(
    get, path = "/api/v1/order-kinds", tag = "commands", operation_id = "listOrderKinds",
    security(("api_key" = ["stations:read"])),
    responses((status = 200, description = "All of them", body = List<KindView>))
)]
pub(crate) async fn list() -> Json<List<KindView>> {
    Json(List { items: orders::names().iter().copied().map(KindView::of).collect(), next: None })
}

/// List what a station can be ordered
///
/// All that can be ordered from any station, each with whether this one can do it, and why not.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/order-kinds", tag = "commands", operation_id = "listStationOrderKinds",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "All of them", body = List<OfferView>),
        (status = 422, description = "This is no identity of a station"),
    )
)]
pub(crate) async fn of_station(
    State(app): State<App>,
    Key(id): Key,
) -> Result<Json<List<OfferView>>, Problem> {
    let station = StationId::new(&id).map_err(|error| Problem::unprocessable(format!("{id:?}: {error}.")))?;
    let offers = Knowledge::of(&app, &station).await?.offers();
    Ok(Json(List { items: offers.into_iter().map(OfferView::from).collect(), next: None }))
}
