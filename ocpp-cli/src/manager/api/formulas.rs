//! `/api/v1/formulas`, which of them hold at a site, and when stations are in service.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Extension, State};
use jiff::Timestamp;
use ocpp_server::availability::{Formula, OwnFormula, formulas};
use ocpp_server::domain::{Revision, Service, Site, SiteId, SiteProfile, StationEntry};
use ocpp_server::register::ProfileForm;
use ocpp_server::store::TypedRecords;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Created, Tagged, record_of};
use super::caller::Caller;
use super::exclusions::ReasonView;
use super::problem::{Kind, Problem, WrongValue};
use super::request::{Body, IfMatch, Key};
use super::views::List;
use crate::manager::App;

/// What an uptime has to reach.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FormulaThreshold)]
pub(crate) struct ThresholdView {
    /// In percent, as a decimal text.
    #[schema(example = "99.5")]
    percent: String,
    /// Whether it has to be more than that; reaching it is enough otherwise.
    must_exceed: bool,
}

/// A reason that may excuse an outage, and how far.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FormulaExclusion)]
pub(crate) struct AllowedView {
    /// The reason.
    reason: ReasonView,
    /// An incident excuses at most this long from its beginning on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minutes_per_incident: Option<u32>,
    /// This reason excuses at most this much of the outages of a port in a calendar year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minutes_per_year: Option<u32>,
}

/// How an uptime is computed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormulaBody {
    /// Its name in addresses: letters, digits, `.` and `-`.
    #[schema(min_length = 1, max_length = 64, example = "contract-2026")]
    id: String,
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Where it is written.
    #[schema(min_length = 1, max_length = 500)]
    source: String,
    /// From which day on it holds.
    #[schema(example = "2026-01-01")]
    valid_from: String,
    /// `port` when each port has to reach the threshold, `network` when all of them together have to.
    #[schema(example = "port")]
    scope: String,
    /// `last_12_months`, `calendar_month`, `calendar_quarter` or `calendar_year`.
    #[schema(example = "calendar_month")]
    window: String,
    /// The minutes that it divides by; those that the window has when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    minutes_of_window: Option<u32>,
    /// The states that count as up: `unknown`, `offline`, `available`, `charging`, `suspended_ev`, `suspended_evse`,
    /// `idle`, `finishing`, `reserved`, `planned`, `unavailable`, `faulted`, `derated`.
    counts_for: Vec<String>,
    /// What has to be reached.
    threshold: ThresholdView,
    /// The reasons that may excuse an outage, each once.
    exclusions: Vec<AllowedView>,
    /// What is said of a port that was not in service all the time: nothing (`empty`), or the figure of the time in
    /// which it was (`since_service`).
    #[schema(example = "since_service")]
    short_service: String,
}

impl FormulaBody {
    fn into_formula(self) -> Result<Formula, Problem> {
        let value = serde_json::to_value(self).unwrap_or_default();
        serde_path_to_error::deserialize::<_, Formula>(&value).map_err(|error| {
            let pointer = format!("/{}", error.path()).replace('.', "/").replace('[', "/").replace(']', "");
            let sentence = format!("{}.", error.into_inner());
            let wrong = WrongValue { pointer, detail: sentence.clone() };
            Kind::Invalid.because(format!("The formula is wrong: {sentence}")).with_errors(vec![wrong])
        })
    }

    /// A formula as it is shown.
    pub(super) fn of(formula: &Formula) -> FormulaBody {
        FormulaBody {
            id: formula.id.to_string(),
            name: formula.name.to_string(),
            source: formula.source.to_string(),
            valid_from: formula.valid_from.to_string(),
            scope: name(&formula.scope),
            window: name(&formula.window),
            minutes_of_window: formula.minutes_of_window,
            counts_for: formula.counts_for.iter().map(|state| state.name().to_owned()).collect(),
            threshold: ThresholdView {
                percent: formula.threshold.percent.to_string(),
                must_exceed: formula.threshold.must_exceed,
            },
            exclusions: formula
                .exclusions
                .iter()
                .map(|allowed| AllowedView {
                    reason: allowed.reason.into(),
                    minutes_per_incident: allowed.minutes_per_incident,
                    minutes_per_year: allowed.minutes_per_year,
                })
                .collect(),
            short_service: name(&formula.short_service),
        }
    }
}

/// A formula of uptime.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Formula)]
pub(crate) struct FormulaView {
    /// How it is computed.
    formula: FormulaBody,
    /// Whether it comes with the program, and does not change.
    built_in: bool,
    /// Its versions, the latest last; none of one that comes with the program.
    versions: Vec<VersionView>,
    /// How often it was written; `ETag` and `If-Match` carry it.
    revision: u64,
}

/// A version of a formula.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FormulaVersion)]
pub(crate) struct VersionView {
    /// Counted from 1.
    version: u32,
    /// Who entered it.
    entered_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    entered_at: Timestamp,
}

impl FormulaView {
    fn built_in(formula: &Formula) -> FormulaView {
        FormulaView { formula: FormulaBody::of(formula), built_in: true, versions: Vec::new(), revision: 0 }
    }

    fn own(own: &OwnFormula, formula: &Formula) -> FormulaView {
        let versions = own.versions.iter().map(|one| VersionView {
            version: one.version,
            entered_by: one.entered_by.to_string(),
            entered_at: one.entered_at,
        });
        FormulaView {
            formula: FormulaBody::of(formula),
            built_in: false,
            versions: versions.collect(),
            revision: own.revision.0,
        }
    }
}

/// The name of a value in JSON.
fn name<T: Serialize>(value: &T) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// List the formulas of uptime
///
/// Those that come with the program first, and then the operator's own.
#[utoipa::path(
    get, path = "/api/v1/formulas", tag = "uptime", operation_id = "listFormulas",
    security(("api_key" = ["stations:read"])),
    responses((status = 200, description = "All formulas", body = List<FormulaView>))
)]
pub(crate) async fn list(State(app): State<App>) -> Result<Json<List<FormulaView>>, Problem> {
    let mut items = Vec::new();
    for (formula, version) in formulas(app.csms.store().as_ref()).await? {
        let own: Option<OwnFormula> = match version {
            Some(_) => app.csms.store().get(&formula.id).await?,
            None => None,
        };
        items.push(
            own.map_or_else(|| FormulaView::built_in(&formula), |own| FormulaView::own(&own, &formula)),
        );
    }
    Ok(Json(List { items, next: None }))
}

/// Show one formula
#[utoipa::path(
    get, path = "/api/v1/formulas/{id}", tag = "uptime", operation_id = "getFormula",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "The formula", body = FormulaView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such formula"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(id): Key) -> Result<Tagged<FormulaView>, Problem> {
    if let Some(formula) = Formula::of(&id) {
        return Ok(Tagged(Revision::default(), FormulaView::built_in(formula)));
    }
    Ok(shown(&record_of(&app, "formula", &id).await?))
}

fn shown(own: &OwnFormula) -> Tagged<FormulaView> {
    let view = own.latest().map(|latest| FormulaView::own(own, &latest.formula));
    // A formula has a version from its beginning on.
    let view = view.unwrap_or_else(|| FormulaView::built_in(&Formula::built_in()[0]));
    Tagged(own.revision, view)
}

/// Add a formula of your own
#[utoipa::path(
    post, path = "/api/v1/formulas", tag = "uptime", operation_id = "addFormula",
    security(("api_key" = ["stations:write"])),
    request_body = FormulaBody,
    responses(
        (status = 201, description = "The formula", body = FormulaView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 409, description = "There is one of this id already"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn add(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Body(body): Body<FormulaBody>,
) -> Result<Created<FormulaView>, Problem> {
    let own = app.register.add_formula(body.into_formula()?, caller.name()).await?;
    let location = format!("/api/v1/formulas/{}", own.id);
    let Tagged(revision, body) = shown(&own);
    Ok(Created { location, revision: Some(revision), body })
}

/// Change a formula of your own
///
/// It becomes a new version, which holds for reports that are made from now on. What was submitted stays as it was.
#[utoipa::path(
    put, path = "/api/v1/formulas/{id}", tag = "uptime", operation_id = "changeFormula",
    security(("api_key" = ["stations:write"])),
    params(
        ("id" = String, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the formula as it was read"),
    ),
    request_body = FormulaBody,
    responses(
        (status = 200, description = "The formula", body = FormulaView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such formula"),
        (status = 409, description = "It comes with the program"),
        (status = 412, description = "It has changed since it was read"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn change(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    seen: IfMatch,
    Body(body): Body<FormulaBody>,
) -> Result<Tagged<FormulaView>, Problem> {
    let own = app.register.change_formula(&id, body.into_formula()?, caller.name(), seen.0).await;
    Ok(shown(&seen.judge(own)?))
}

/// Which rules of uptime hold at a site.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ProfileBody {
    /// The ids of the formulas by which its uptime is reported.
    formulas: Vec<String>,
    /// Whether exclusions at its ports need a second person.
    second_person: bool,
}

/// Which rules of uptime hold at a site.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UptimeProfile)]
pub(crate) struct ProfileView {
    /// The ids of the formulas by which its uptime is reported.
    formulas: Vec<String>,
    /// Whether exclusions at its ports need a second person.
    second_person: bool,
    /// How often it was written; `ETag` and `If-Match` carry it.
    revision: u64,
}

impl From<SiteProfile> for ProfileView {
    fn from(profile: SiteProfile) -> ProfileView {
        ProfileView {
            formulas: profile.formulas.iter().map(|id| id.to_string()).collect(),
            second_person: profile.second_person,
            revision: profile.revision.0,
        }
    }
}

/// Show which rules of uptime hold at a site
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/uptime-profile", tag = "uptime", operation_id = "getUptimeProfile",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The site's key")),
    responses(
        (status = 200, description = "The profile", body = ProfileView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such site"),
    )
)]
pub(crate) async fn profile(State(app): State<App>, Key(id): Key) -> Result<Tagged<ProfileView>, Problem> {
    record_of::<Site>(&app, "site", &id).await?;
    let profile: Option<SiteProfile> = app.csms.store().get(&id).await?;
    Ok(profile.unwrap_or_else(|| SiteProfile::of(SiteId(id))).into())
}

/// Say which rules of uptime hold at a site
#[utoipa::path(
    put, path = "/api/v1/sites/{id}/uptime-profile", tag = "uptime", operation_id = "setUptimeProfile",
    security(("api_key" = ["stations:write"])),
    params(
        ("id" = String, Path, description = "The site's key"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the profile as it was read"),
    ),
    request_body = ProfileBody,
    responses(
        (status = 200, description = "The profile", body = ProfileView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such site"),
        (status = 412, description = "It has changed since it was read"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn set_profile(
    State(app): State<App>,
    Key(id): Key,
    seen: IfMatch,
    Body(body): Body<ProfileBody>,
) -> Result<Tagged<ProfileView>, Problem> {
    let formulas: BTreeSet<Box<str>> = body.formulas.into_iter().map(Into::into).collect();
    let form = ProfileForm { formulas, second_person: body.second_person };
    Ok(seen.judge(app.register.set_profile(&id, form, seen.0).await)?.into())
}

/// From when until when a station is in service, for the figures of its uptime.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServiceBody {
    /// Since when; since it was first seen when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Until when, if it was taken down.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// From when until when a station is in service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StationService)]
pub(crate) struct ServiceView {
    /// Since when; since it was first seen when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Until when, if it was taken down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// How often the station was written; `ETag` and `If-Match` carry it.
    revision: u64,
}

impl From<StationEntry> for ServiceView {
    fn from(entry: StationEntry) -> ServiceView {
        let Service { since, until } = entry.service;
        ServiceView { since, until, revision: entry.revision.0 }
    }
}

/// Show when a station is in service
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/service", tag = "uptime", operation_id = "getStationService",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "Its service", body = ServiceView, headers(("ETag" = String, description = "The station's revision"))),
        (status = 404, description = "No such station was added"),
    )
)]
pub(crate) async fn service(State(app): State<App>, Key(id): Key) -> Result<Tagged<ServiceView>, Problem> {
    Ok(record_of::<StationEntry>(&app, "station", &id).await?.into())
}

/// Say when a station is in service
///
/// Its ports are in reports for that time only. What is not known of it is unknown, not up.
#[utoipa::path(
    put, path = "/api/v1/stations/{id}/service", tag = "uptime", operation_id = "setStationService",
    security(("api_key" = ["stations:write"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the station as it was read"),
    ),
    request_body = ServiceBody,
    responses(
        (status = 200, description = "Its service", body = ServiceView, headers(("ETag" = String, description = "The station's revision"))),
        (status = 404, description = "No such station was added"),
        (status = 412, description = "It has changed since it was read"),
        (status = 422, description = "It ends before it begins"),
    )
)]
pub(crate) async fn set_service(
    State(app): State<App>,
    Key(id): Key,
    seen: IfMatch,
    Body(body): Body<ServiceBody>,
) -> Result<Tagged<ServiceView>, Problem> {
    let service = Service { since: body.since, until: body.until };
    Ok(seen.judge(app.register.set_service(&id, service, seen.0).await)?.into())
}
