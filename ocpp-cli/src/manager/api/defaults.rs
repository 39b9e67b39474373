//! `/api/v1/default-templates`, `/api/v1/stations/{id}/defaults` and `/api/v1/defaults`: charging profiles and tariffs
//! that stations should have.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use ocpp_core::model::{ChargingProfile, Place};
use ocpp_server::domain::{
    DefaultsTemplate, StationFilter, TariffId, WantedDefault, WantedProfile, WantedTariff,
};
use ocpp_server::maintenance::{DefaultRow, DefaultsDrift, DefaultsForm, DeviceError};
use ocpp_server::store::Page;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{Created, Tagged};
use super::caller::Caller;
use super::campaigns::FilterView;
use super::problem::{Kind, Problem, WrongValue};
use super::request::{Body, IfMatch, Key, PageQuery, Params, limit_of};
use super::settings::desired::AssertionView;
use super::stations::identity;
use super::views::List;
use crate::manager::App;

/// A charging profile that stations should have.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DefaultProfile)]
pub(crate) struct ProfileBody {
    /// The EVSE, 0 for the station as a whole.
    #[serde(default)]
    #[schema(minimum = 0, example = 0)]
    evse_id: u32,
    /// The profile, as the order `set_charging_profile` has it, of the purpose `station_max` or `tx_default`.
    #[schema(value_type = Object)]
    profile: Value,
}

/// A tariff that stations should have for drivers without their own (2.1).
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DefaultTariff)]
pub(crate) struct TariffBody {
    /// The EVSE, 0 for all of them.
    #[serde(default)]
    #[schema(minimum = 0, example = 0)]
    evse_id: u32,
    /// The id of a tariff of this manager. It is published by this: it does not change from then on.
    tariff_id: String,
}

/// A template as it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DefaultsTemplateForm)]
pub(crate) struct TemplateBody {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, example = "Limits of the depot")]
    name: String,
    /// The stations it is for; all when nothing is said.
    #[serde(default)]
    filter: FilterView,
    /// The charging profiles.
    #[serde(default)]
    #[schema(max_items = 20)]
    profiles: Vec<ProfileBody>,
    /// The default tariffs.
    #[serde(default)]
    #[schema(max_items = 20)]
    tariffs: Vec<TariffBody>,
    /// What is done about drift; `report` unless said otherwise.
    #[serde(default)]
    assertion: AssertionView,
    /// Of what cannot be together on a station, that of the higher rank counts; 0 unless said otherwise.
    #[serde(default)]
    rank: i32,
}

impl TemplateBody {
    fn form(self) -> Result<DefaultsForm, Problem> {
        let mut profiles = Vec::new();
        for (at, wanted) in self.profiles.into_iter().enumerate() {
            let profile: ChargingProfile = serde_json::from_value(wanted.profile).map_err(|error| {
                let detail = format!("The profile cannot be read: {error}.");
                let pointer = format!("/profiles/{at}/profile");
                Kind::Invalid.because(detail.clone()).with_errors(vec![WrongValue { pointer, detail }])
            })?;
            profiles.push(WantedProfile { place: Place::of(wanted.evse_id, None), profile });
        }
        let tariffs = self.tariffs.into_iter().map(|wanted| WantedTariff {
            place: Place::of(wanted.evse_id, None),
            tariff: TariffId(wanted.tariff_id),
        });
        Ok(DefaultsForm {
            name: self.name,
            filter: self.filter.filter()?,
            profiles,
            tariffs: tariffs.collect(),
            assertion: self.assertion.assertion(),
            rank: self.rank,
        })
    }
}

/// A template with its id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewDefaultsTemplate)]
pub(crate) struct NewTemplateBody {
    /// Its id: lower-case letters, digits and hyphens.
    #[schema(min_length = 1, max_length = 50, pattern = "^[a-z0-9-]+$", example = "depot-limits")]
    id: String,
    /// The template.
    template: TemplateBody,
}

fn evse_of(place: Place) -> u32 {
    place.evse().map_or(0, |evse| evse.0)
}

fn profile_view(wanted: &WantedProfile) -> ProfileBody {
    // Made of texts and numbers, it always has a JSON form.
    let profile = serde_json::to_value(&wanted.profile).unwrap_or_default();
    ProfileBody { evse_id: evse_of(wanted.place), profile }
}

fn tariff_view(wanted: &WantedTariff) -> TariffBody {
    TariffBody { evse_id: evse_of(wanted.place), tariff_id: wanted.tariff.0.clone() }
}

/// A template.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DefaultsTemplate)]
pub(crate) struct TemplateView {
    /// Its id.
    id: String,
    /// What people call it.
    name: String,
    /// The stations it is for.
    filter: FilterView,
    /// The charging profiles.
    profiles: Vec<ProfileBody>,
    /// The default tariffs.
    tariffs: Vec<TariffBody>,
    /// What is done about drift.
    assertion: AssertionView,
    /// Its rank.
    rank: i32,
    /// Who changed it last.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// How often it was written; `ETag` and `If-Match` carry it.
    revision: u64,
}

impl From<DefaultsTemplate> for TemplateView {
    fn from(template: DefaultsTemplate) -> TemplateView {
        TemplateView {
            profiles: template.profiles.iter().map(profile_view).collect(),
            tariffs: template.tariffs.iter().map(tariff_view).collect(),
            id: template.id.0,
            name: template.name,
            filter: FilterView::of(template.filter),
            assertion: AssertionView::of(template.assertion),
            rank: template.rank,
            by: template.by,
            at: template.at,
            revision: template.revision.0,
        }
    }
}

/// List the templates of charging profiles and tariffs
///
/// All of them, in the order of their ids.
#[utoipa::path(
    get, path = "/api/v1/default-templates", tag = "energy", operation_id = "listDefaultsTemplates",
    security(("api_key" = ["stations:read"])),
    responses((status = 200, description = "The templates", body = List<TemplateView>))
)]
pub(crate) async fn list(State(app): State<App>) -> Result<Json<List<TemplateView>>, Problem> {
    let templates = app.defaults.templates().await?;
    Ok(Json(List { items: templates.into_iter().map(TemplateView::from).collect(), next: None }))
}

/// Add a template of charging profiles and tariffs
///
/// Nothing is sent by this: what is to be asserted is asserted when a station connects or restarts, or by order.
#[utoipa::path(
    post, path = "/api/v1/default-templates", tag = "energy", operation_id = "addDefaultsTemplate",
    security(("api_key" = ["stations:write"])),
    request_body = NewTemplateBody,
    responses(
        (status = 201, description = "The template", body = TemplateView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 409, description = "There is one of this id already"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<NewTemplateBody>,
) -> Result<Created<TemplateView>, Problem> {
    let template = app.defaults.add(&body.id, body.template.form()?, caller.name()).await?;
    Ok(Created::record("default-templates", template))
}

/// Show a template of charging profiles and tariffs
#[utoipa::path(
    get, path = "/api/v1/default-templates/{id}", tag = "energy", operation_id = "getDefaultsTemplate",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The template's id")),
    responses(
        (status = 200, description = "The template", body = TemplateView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such template"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(id): Key) -> Result<Tagged<TemplateView>, Problem> {
    Ok(app.defaults.template(&id).await?.into())
}

/// Change a template of charging profiles and tariffs
#[utoipa::path(
    put, path = "/api/v1/default-templates/{id}", tag = "energy", operation_id = "replaceDefaultsTemplate",
    security(("api_key" = ["stations:write"])),
    params(
        ("id" = String, Path, description = "The template's id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the template as it was read"),
    ),
    request_body = TemplateBody,
    responses(
        (status = 200, description = "The template", body = TemplateView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such template"),
        (status = 409, description = "Somebody else changed it at the same moment"),
        (status = 412, description = "It has changed since it was read"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn replace(
    State(app): State<App>,
    caller: Caller,
    Key(id): Key,
    seen: IfMatch,
    Body(body): Body<TemplateBody>,
) -> Result<Tagged<TemplateView>, Problem> {
    match app.defaults.change(&id, seen.0, body.form()?, caller.name()).await {
        Err(DeviceError::Conflict) if seen.0.is_some() => Err(Kind::StaleIfMatch
            .because("Somebody else has changed this since it was read: read it again and decide again.")),
        changed => Ok(changed?.into()),
    }
}

/// Remove a template of charging profiles and tariffs
///
/// What it brought to stations is removed from them when they are asserted.
#[utoipa::path(
    delete, path = "/api/v1/default-templates/{id}", tag = "energy", operation_id = "removeDefaultsTemplate",
    security(("api_key" = ["stations:write"])),
    params(("id" = String, Path, description = "The template's id")),
    responses(
        (status = 204, description = "It is removed"),
        (status = 404, description = "There is no such template"),
        (status = 409, description = "Somebody else changed it at the same moment"),
    )
)]
pub(crate) async fn remove(State(app): State<App>, Key(id): Key) -> Result<StatusCode, Problem> {
    app.defaults.remove(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A profile or tariff that a station should have, or should have no more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DefaultDrift)]
pub(crate) struct RowView {
    /// The template that wants it; absent where none does any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    template_id: Option<String>,
    /// What it is, in words: `profile 7`, `tariff DAY at EVSE 2`.
    what: String,
    /// The profile, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileBody>,
    /// The tariff, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    tariff: Option<TariffBody>,
    /// `none`, `missing`, `differs`, `refused`, `not_answered`, `unwanted`, `over` or `not_in_version`.
    drift: &'static str,
    /// Whether the station is other than it should be; what it cannot have is no drift.
    drifts: bool,
    /// What it means and what to do, in one sentence.
    explanation: String,
}

impl From<DefaultRow> for RowView {
    fn from(row: DefaultRow) -> RowView {
        let (profile, tariff) = match &row.wanted {
            WantedDefault::Profile(wanted) => (Some(profile_view(wanted)), None),
            WantedDefault::Tariff(wanted) => (None, Some(tariff_view(wanted))),
        };
        RowView {
            template_id: row.template.map(|template| template.0),
            what: row.wanted.key(),
            profile,
            tariff,
            drift: row.drift.name(),
            drifts: row.drift.is_drift(),
            explanation: row.drift.explanation(),
        }
    }
}

/// A station beside the profiles and tariffs that it should have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StationDefaults)]
pub(crate) struct DriftView {
    /// The station.
    station_id: String,
    /// The version that it speaks, or spoke last.
    ocpp_version: &'static str,
    /// How much is other than it should be.
    drifting: usize,
    /// Everything that it should have, and what it should have no more.
    defaults: Vec<RowView>,
}

impl From<DefaultsDrift> for DriftView {
    fn from(drift: DefaultsDrift) -> DriftView {
        DriftView {
            drifting: drift.count(),
            station_id: drift.station.to_string(),
            ocpp_version: drift.version.number(),
            defaults: drift.rows.into_iter().map(RowView::from).collect(),
        }
    }
}

/// Show how a station drifts from the charging profiles and tariffs that it should have
///
/// As of what is known; nothing is asked of the station by this.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/defaults", tag = "energy", operation_id = "getDefaults",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "Everything that it should have", body = DriftView),
        (status = 404, description = "There is no such station"),
        (status = 422, description = "The identity is wrong"),
    )
)]
pub(crate) async fn drift(State(app): State<App>, Key(id): Key) -> Result<Json<DriftView>, Problem> {
    Ok(Json(app.defaults.drift(&identity(&id)?).await?.into()))
}

/// Bring a station to the charging profiles and tariffs that it should have
///
/// Reads what it has, removes what a template brought and none wants any more, and sets what is missing or otherwise,
/// however often the station has refused before.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/defaults/assert", tag = "energy", operation_id = "assertDefaults",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "How it stands then", body = DriftView),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "The station is not connected"),
        (status = 422, description = "The identity is wrong"),
    )
)]
pub(crate) async fn assert(
    State(app): State<App>,
    caller: Caller,
    Key(id): Key,
) -> Result<Json<DriftView>, Problem> {
    Ok(Json(app.defaults.assert(&identity(&id)?, caller.name()).await?.into()))
}

/// List how stations drift from the charging profiles and tariffs that they should have
///
/// Every station that a template is for, in the order of their identities.
#[utoipa::path(
    get, path = "/api/v1/defaults", tag = "energy", operation_id = "listDefaults",
    security(("api_key" = ["stations:read"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of stations", body = List<DriftView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list_drift(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<DriftView>>, Problem> {
    let limit = limit_of(query.limit)?;
    let after = query.after.as_deref().map(identity).transpose()?;
    let page = Page { after, limit: limit + 1 };
    let mut stations = app.desired.stations(&StationFilter::default(), page).await?;
    let has_more = stations.len() > limit;
    stations.truncate(limit);
    let next = stations.last().filter(|_| has_more).map(ToString::to_string);
    let mut items = Vec::new();
    for station in stations {
        let drift = app.defaults.drift(&station).await?;
        if !drift.rows.is_empty() {
            items.push(DriftView::from(drift));
        }
    }
    Ok(Json(List { items, next }))
}
