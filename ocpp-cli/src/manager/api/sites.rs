//! `/api/v1/sites`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use ocpp_core::model::Watts;
use ocpp_server::domain::{Address, Coordinates, Record, Site};
use ocpp_server::register::SiteForm;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Created, Order, Tagged, page_of, record_of};
use super::problem::{Kind, Problem, WrongValue};
use super::publication::PublicationView;
use super::request::{Body, IfMatch, Key, PageQuery, Params};
use super::views::List;
use crate::manager::App;

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Address)]
pub(crate) struct AddressView {
    /// Street and house number.
    #[schema(max_length = 100, example = "Market Square 1")]
    pub(crate) street: String,
    /// Postal code.
    #[schema(max_length = 20, example = "12345")]
    pub(crate) postal_code: String,
    /// City.
    #[schema(max_length = 100, example = "Springfield")]
    pub(crate) city: String,
    /// Country, ISO 3166-1 alpha-2, or empty.
    #[schema(example = "DE")]
    pub(crate) country: String,
}

impl From<Address> for AddressView {
    fn from(address: Address) -> AddressView {
        let Address { street, postal_code, city, country } = address;
        AddressView { street, postal_code, city, country }
    }
}

impl From<AddressView> for Address {
    fn from(view: AddressView) -> Address {
        let AddressView { street, postal_code, city, country } = view;
        Address { street, postal_code, city, country }
    }
}

/// A point on the earth (WGS 84), in degrees, kept to seven digits after the point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Coordinates)]
pub(crate) struct CoordinatesView {
    /// North is positive.
    #[schema(minimum = -90, maximum = 90, example = 52.5200066)]
    pub(crate) latitude: f64,
    /// East is positive.
    #[schema(minimum = -180, maximum = 180, example = 13.404954)]
    pub(crate) longitude: f64,
}

impl From<Coordinates> for CoordinatesView {
    fn from(point: Coordinates) -> CoordinatesView {
        CoordinatesView {
            latitude: f64::from(point.latitude_e7) / 1e7,
            longitude: f64::from(point.longitude_e7) / 1e7,
        }
    }
}

impl CoordinatesView {
    fn kept(self) -> Result<Coordinates, Problem> {
        if !(self.latitude.abs() <= 90.0 && self.longitude.abs() <= 180.0) {
            let detail = "Latitudes go from −90 to 90 degrees, longitudes from −180 to 180.".to_owned();
            let wrong = WrongValue { pointer: "/coordinates".to_owned(), detail: detail.clone() };
            return Err(Kind::Invalid.because(detail).with_errors(vec![wrong]));
        }
        // Within ±1.8e9, which an i32 holds exactly.
        #[allow(clippy::cast_possible_truncation)]
        let e7 = |degrees: f64| (degrees * 1e7).round() as i32;
        Ok(Coordinates { latitude_e7: e7(self.latitude), longitude_e7: e7(self.longitude) })
    }
}

/// What is said of a site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteBody {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, example = "Town hall")]
    name: String,
    /// Where it is.
    #[serde(default)]
    address: AddressView,
    /// Where it is on the map.
    #[serde(default)]
    coordinates: Option<CoordinatesView>,
    /// Its time zone, by its IANA name: prices by time of day hold in it.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The power of its grid connection in W.
    #[serde(default)]
    #[schema(minimum = 0)]
    power_w: Option<i64>,
    /// What it tells the public; nothing when it is left out.
    #[serde(default)]
    public: PublicationView,
}

impl SiteBody {
    fn form(self) -> Result<SiteForm, Problem> {
        Ok(SiteForm {
            name: self.name,
            address: self.address.into(),
            coordinates: self.coordinates.map(CoordinatesView::kept).transpose()?,
            time_zone: self.time_zone,
            power: self.power_w.map(Watts),
            public: self.public.into(),
        })
    }
}

/// A site.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Site)]
pub(crate) struct SiteView {
    /// Its key.
    #[schema(example = "01972f3c-7d3e-7b0c-9a51-6f3f0d9a2b11")]
    id: String,
    /// What people call it.
    name: String,
    /// Where it is.
    address: AddressView,
    /// Where it is on the map.
    #[serde(skip_serializing_if = "Option::is_none")]
    coordinates: Option<CoordinatesView>,
    /// Its time zone, by its IANA name.
    time_zone: String,
    /// The power of its grid connection in W.
    #[serde(skip_serializing_if = "Option::is_none")]
    power_w: Option<i64>,
    /// What it tells the public.
    public: PublicationView,
    /// The tariff of its stations that have none of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    tariff_id: Option<String>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
    /// How often it was written; `ETag` and `If-Match` carry it.
    revision: u64,
}

impl From<Site> for SiteView {
    fn from(site: Site) -> SiteView {
        SiteView {
            revision: site.revision().0,
            id: site.id.0,
            name: site.name,
            address: site.address.into(),
            coordinates: site.coordinates.map(Into::into),
            time_zone: site.time_zone,
            power_w: site.power.map(|power| power.0),
            public: site.public.into(),
            tariff_id: site.tariff.map(|tariff| tariff.0),
            added_at: site.added_at,
        }
    }
}

/// Which tariff to assign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignmentBody {
    /// The tariff, or `null` to take it away.
    #[serde(deserialize_with = "present")]
    #[schema(required = true, example = "2026-1")]
    pub(super) tariff_id: Option<String>,
}

/// A member that may be `null`, but has to be there.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

/// List the sites
///
/// In the order in which they were added.
#[utoipa::path(
    get, path = "/api/v1/sites", tag = "sites", operation_id = "listSites",
    security(("api_key" = ["stations:read"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of sites", body = List<SiteView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<SiteView>>, Problem> {
    page_of(&app, query, Order::Ascending, |site: Site| site.into()).await
}

/// Show one site
#[utoipa::path(
    get, path = "/api/v1/sites/{id}", tag = "sites", operation_id = "getSite",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The site's key")),
    responses(
        (status = 200, description = "The site", body = SiteView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such site"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(id): Key) -> Result<Tagged<SiteView>, Problem> {
    Ok(record_of::<Site>(&app, "site", &id).await?.into())
}

/// Add a site
#[utoipa::path(
    post, path = "/api/v1/sites", tag = "sites", operation_id = "addSite",
    security(("api_key" = ["stations:write"])),
    request_body = SiteBody,
    responses(
        (status = 201, description = "The site", body = SiteView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn add(
    State(app): State<App>,
    Body(body): Body<SiteBody>,
) -> Result<Created<SiteView>, Problem> {
    Ok(Created::record("sites", app.register.add_site(body.form()?).await?))
}

/// Replace what is said of a site
///
/// Its tariff stays.
#[utoipa::path(
    put, path = "/api/v1/sites/{id}", tag = "sites", operation_id = "replaceSite",
    security(("api_key" = ["stations:write"])),
    params(
        ("id" = String, Path, description = "The site's key"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the site as it was read"),
    ),
    request_body = SiteBody,
    responses(
        (status = 200, description = "The site", body = SiteView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such site"),
        (status = 412, description = "It has changed since it was read"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn replace(
    State(app): State<App>,
    Key(id): Key,
    seen: IfMatch,
    Body(body): Body<SiteBody>,
) -> Result<Tagged<SiteView>, Problem> {
    Ok(seen.judge(app.register.change_site(&id, body.form()?, seen.0).await)?.into())
}

/// Remove a site
///
/// Only where no station stands.
#[utoipa::path(
    delete, path = "/api/v1/sites/{id}", tag = "sites", operation_id = "removeSite",
    security(("api_key" = ["stations:write"])),
    params(("id" = String, Path, description = "The site's key")),
    responses(
        (status = 204, description = "It is removed"),
        (status = 404, description = "There is no such site"),
        (status = 409, description = "Stations stand there"),
    )
)]
pub(crate) async fn remove(State(app): State<App>, Key(id): Key) -> Result<StatusCode, Problem> {
    app.register.remove_site(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Assign a tariff to a site
///
/// It holds for sessions that start from now on, at stations that have no tariff of their own.
#[utoipa::path(
    put, path = "/api/v1/sites/{id}/tariff", tag = "sites", operation_id = "assignSiteTariff",
    security(("api_key" = ["tariffs:write"])),
    params(("id" = String, Path, description = "The site's key")),
    request_body = AssignmentBody,
    responses(
        (status = 200, description = "The site", body = SiteView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such site or tariff"),
        (status = 409, description = "The tariff has a successor"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn assign(
    State(app): State<App>,
    Key(id): Key,
    Body(body): Body<AssignmentBody>,
) -> Result<Tagged<SiteView>, Problem> {
    Ok(app.register.assign_to_site(&id, body.tariff_id.as_deref()).await?.into())
}
