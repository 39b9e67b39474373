//! `/api/v1/setting-templates`, `/api/v1/stations/{id}/drift` and `/api/v1/drift`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use ocpp_core::model::StationId;
use ocpp_server::catalogue::name;
use ocpp_server::domain::{Assertion, SettingTemplate, StationFilter};
use ocpp_server::maintenance::{DeviceError, DriftRow, StationDrift, TemplateForm};
use ocpp_server::store::Page;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ValueBody, changes_of};
use crate::manager::App;
use crate::manager::api::answer::{Created, Tagged};
use crate::manager::api::caller::Caller;
use crate::manager::api::campaigns::FilterView;
use crate::manager::api::problem::{Kind, Problem};
use crate::manager::api::request::{Body, IfMatch, Key, PageQuery, Params, limit_of};
use crate::manager::api::stations::identity;
use crate::manager::api::views::List;

/// What is done about drift.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SettingAssertion)]
pub(crate) enum AssertionView {
    /// It is told, and nothing more.
    #[default]
    Report,
    /// Settings are changed after every connection and restart, a few times at most.
    Assert,
}

impl AssertionView {
    pub(in crate::manager::api) const fn assertion(self) -> Assertion {
        match self {
            AssertionView::Report => Assertion::Report,
            AssertionView::Assert => Assertion::Assert,
        }
    }

    pub(in crate::manager::api) const fn of(assertion: Assertion) -> AssertionView {
        match assertion {
            Assertion::Report => AssertionView::Report,
            Assertion::Assert => AssertionView::Assert,
        }
    }
}

/// A template as it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SettingTemplateForm)]
pub(crate) struct TemplateBody {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, example = "Intervals of the depot")]
    name: String,
    /// The stations it is for; all when nothing is said.
    #[serde(default)]
    filter: FilterView,
    /// What they should have, in the words of any version.
    #[schema(min_items = 1, max_items = 200)]
    settings: Vec<ValueBody>,
    /// What is done about drift; `report` unless said otherwise.
    #[serde(default)]
    assertion: AssertionView,
    /// Where two templates want the same setting of a station, the one of the higher rank counts; 0 unless said
    /// otherwise.
    #[serde(default)]
    rank: i32,
}

impl TemplateBody {
    fn form(self) -> Result<TemplateForm, Problem> {
        Ok(TemplateForm {
            name: self.name,
            filter: self.filter.filter()?,
            settings: changes_of(&self.settings)?,
            assertion: self.assertion.assertion(),
            rank: self.rank,
        })
    }
}

/// A template with its id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSettingTemplate)]
pub(crate) struct NewTemplateBody {
    /// Its id: lower-case letters, digits and hyphens.
    #[schema(min_length = 1, max_length = 50, pattern = "^[a-z0-9-]+$", example = "depot-intervals")]
    id: String,
    /// The template.
    template: TemplateBody,
}

/// A value that a template wants.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WantedSetting)]
pub(crate) struct WantedView {
    /// The setting, as the template has it.
    name: String,
    /// The value.
    value: String,
}

/// A template.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingTemplate)]
pub(crate) struct TemplateView {
    /// Its id.
    id: String,
    /// What people call it.
    name: String,
    /// The stations it is for.
    filter: FilterView,
    /// What they should have.
    settings: Vec<WantedView>,
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

impl From<SettingTemplate> for TemplateView {
    fn from(template: SettingTemplate) -> TemplateView {
        let wanted = template.settings.iter();
        TemplateView {
            settings: wanted
                .map(|wanted| WantedView { name: name(&wanted.setting), value: wanted.value.to_string() })
                .collect(),
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

/// List the templates of settings
///
/// All of them, in the order of their ids.
#[utoipa::path(
    get, path = "/api/v1/setting-templates", tag = "settings", operation_id = "listSettingTemplates",
    security(("api_key" = ["stations:read"])),
    responses((status = 200, description = "The templates", body = List<TemplateView>))
)]
pub(crate) async fn list(State(app): State<App>) -> Result<Json<List<TemplateView>>, Problem> {
    let templates = app.desired.templates().await?;
    Ok(Json(List { items: templates.into_iter().map(TemplateView::from).collect(), next: None }))
}

/// Add a template of settings
///
/// Nothing is sent by this: what is to be asserted is asserted when a station connects or restarts, or by order.
#[utoipa::path(
    post, path = "/api/v1/setting-templates", tag = "settings", operation_id = "addSettingTemplate",
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
    let template = app.desired.add(&body.id, body.template.form()?, caller.name()).await?;
    Ok(Created::record("setting-templates", template))
}

/// Show a template of settings
#[utoipa::path(
    get, path = "/api/v1/setting-templates/{id}", tag = "settings", operation_id = "getSettingTemplate",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The template's id")),
    responses(
        (status = 200, description = "The template", body = TemplateView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such template"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(id): Key) -> Result<Tagged<TemplateView>, Problem> {
    Ok(app.desired.template(&id).await?.into())
}

/// Change a template of settings
#[utoipa::path(
    put, path = "/api/v1/setting-templates/{id}", tag = "settings", operation_id = "replaceSettingTemplate",
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
    match app.desired.change(&id, seen.0, body.form()?, caller.name()).await {
        Err(DeviceError::Conflict) if seen.0.is_some() => Err(Kind::StaleIfMatch
            .because("Somebody else has changed this since it was read: read it again and decide again.")),
        changed => Ok(changed?.into()),
    }
}

/// Remove a template of settings
///
/// What stations have stays.
#[utoipa::path(
    delete, path = "/api/v1/setting-templates/{id}", tag = "settings", operation_id = "removeSettingTemplate",
    security(("api_key" = ["stations:write"])),
    params(("id" = String, Path, description = "The template's id")),
    responses(
        (status = 204, description = "It is removed"),
        (status = 404, description = "There is no such template"),
        (status = 409, description = "Somebody else changed it at the same moment"),
    )
)]
pub(crate) async fn remove(State(app): State<App>, Key(id): Key) -> Result<StatusCode, Problem> {
    app.desired.remove(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A setting that a station should have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingDrift)]
pub(crate) struct DriftRowView {
    /// The template that wants it.
    template_id: String,
    /// The setting, as the template has it.
    name: String,
    /// The same in the words of the station's version, where it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    said_as: Option<String>,
    /// The value that is wanted, in the words of the station's version where it has any.
    wanted: String,
    /// What the station has, as far as is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// When the station said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// `none`, `never_reported`, `differs`, `refused`, `not_answered`, `reboot_needed`, `read_only`, `not_there` or
    /// `not_in_version`.
    drift: &'static str,
    /// Whether the station is other than it should be; what it cannot have is no drift.
    drifts: bool,
    /// What it means and what to do, in one sentence.
    explanation: String,
}

impl From<DriftRow> for DriftRowView {
    fn from(row: DriftRow) -> DriftRowView {
        let wanted = row.said.as_ref().unwrap_or(&row.wanted);
        DriftRowView {
            template_id: row.template.0,
            name: name(&row.wanted.setting),
            said_as: row.said.as_ref().map(|said| name(&said.setting)),
            wanted: wanted.value.to_string(),
            value: row.is.map(String::from),
            at: row.is_since,
            drift: row.drift.name(),
            drifts: row.drift.is_drift(),
            explanation: row.drift.explanation(),
        }
    }
}

/// A station beside what it should have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StationDrift)]
pub(crate) struct DriftView {
    /// The station.
    station_id: String,
    /// The version that it speaks, or spoke last.
    ocpp_version: &'static str,
    /// How many settings are other than they should be.
    drifting: usize,
    /// Every setting that it should have.
    settings: Vec<DriftRowView>,
}

impl From<StationDrift> for DriftView {
    fn from(drift: StationDrift) -> DriftView {
        DriftView {
            drifting: drift.count(),
            station_id: drift.station.to_string(),
            ocpp_version: drift.version.number(),
            settings: drift.rows.into_iter().map(DriftRowView::from).collect(),
        }
    }
}

/// Show how a station drifts from what it should have
///
/// As of what is known; nothing is asked of the station by this.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/drift", tag = "settings", operation_id = "getDrift",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "Every setting that it should have", body = DriftView),
        (status = 404, description = "There is no such station"),
        (status = 422, description = "The identity is wrong"),
    )
)]
pub(crate) async fn drift(State(app): State<App>, Key(id): Key) -> Result<Json<DriftView>, Problem> {
    Ok(Json(app.desired.drift(&identity(&id)?).await?.into()))
}

/// Bring a station to what it should have
///
/// Reads what its templates want and changes what is otherwise, however often the station has refused before.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/drift/assert", tag = "settings", operation_id = "assertSettings",
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
    Ok(Json(app.desired.assert(&identity(&id)?, caller.name()).await?.into()))
}

/// List how stations drift from what they should have
///
/// Every station that a template is for, in the order of their identities.
#[utoipa::path(
    get, path = "/api/v1/drift", tag = "settings", operation_id = "listDrift",
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
    let mut stations = all_stations(&app, after, limit + 1).await?;
    let has_more = stations.len() > limit;
    stations.truncate(limit);
    let next = stations.last().filter(|_| has_more).map(ToString::to_string);
    let mut items = Vec::new();
    for station in stations {
        let drift = app.desired.drift(&station).await?;
        if !drift.rows.is_empty() {
            items.push(DriftView::from(drift));
        }
    }
    Ok(Json(List { items, next }))
}

async fn all_stations(
    app: &App,
    after: Option<StationId>,
    limit: usize,
) -> Result<Vec<StationId>, DeviceError> {
    app.desired.stations(&StationFilter::default(), Page { after, limit }).await
}
