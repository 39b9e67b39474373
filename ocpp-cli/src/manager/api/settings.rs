//! `/api/v1/stations/{id}/settings` and what goes with it: what is known, reading and changing, reports, review.

pub(super) mod desired;
pub(super) mod views;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ocpp_core::model::{
    AttributeKind, Criterion, ReportKind, ReportSubject, Setting, SettingAttribute, SettingChange,
};
use ocpp_server::catalogue::named;
use ocpp_server::domain::StationReport;
use ocpp_server::maintenance::{Ask, DeviceError, SettingFilter};
use ocpp_server::store::Page;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::answer::cut;
use super::caller::Caller;
use super::campaigns::FilterView;
use super::problem::{Kind, Problem, WrongValue};
use super::request::{Body, Key, Params, limit_of};
use super::stations::identity;
use super::views::List;
use crate::manager::App;
use views::{
    AttributeName, CriterionName, DeviceView, DifferenceView, ItemView, Items, Many, RemarkView,
    ReportKindName, ReportView, Review, SettingView, StationItems, differences,
};

impl From<DeviceError> for Problem {
    fn from(error: DeviceError) -> Problem {
        let detail = error.to_string();
        match error {
            DeviceError::Unknown { .. } => Kind::NotFound.because(detail),
            DeviceError::Invalid { pointer, sentence } => {
                Kind::Invalid.because(detail).with_errors(vec![WrongValue { pointer, detail: sentence }])
            }
            DeviceError::Exists(_) => Kind::Exists.because(detail),
            DeviceError::NotConnected => Kind::NotConnected.because(detail),
            DeviceError::Conflict => Kind::Changed.because(detail),
            DeviceError::Store(_) => {
                tracing::error!(error = detail, "a request could not be answered");
                Kind::Unavailable.because(detail)
            }
        }
    }
}

/// The setting of this name, which stands at this place in the body.
pub(super) fn setting_of(name: &str, pointer: impl FnOnce() -> String) -> Result<Setting, Problem> {
    named(name).map_err(|error| {
        let detail = format!("{error}.");
        let wrong = WrongValue { pointer: pointer(), detail: detail.clone() };
        Kind::Invalid.because(detail).with_errors(vec![wrong])
    })
}

/// Which settings to show.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SettingQuery {
    /// Those with this in their name or meaning.
    text: Option<String>,
    /// Those of this component.
    component: Option<String>,
    /// Those that can be written (`true`), or not.
    writable: Option<bool>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many items at most, 1 to 1000; 100 unless said otherwise.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// Show what is known of the settings of a station
///
/// As the station told them last, whoever asked, in the order of their names, with what the standard says of each.
/// Nothing is asked of the station by this.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/settings", tag = "settings", operation_id = "listSettings",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity"), SettingQuery),
    responses(
        (status = 200, description = "A page of settings", body = List<SettingView>),
        (status = 404, description = "There is no such station"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Key(id): Key,
    Params(query): Params<SettingQuery>,
) -> Result<Json<List<SettingView>>, Problem> {
    let limit = limit_of(query.limit)?;
    let filter = SettingFilter { text: query.text, component: query.component, writable: query.writable };
    let page = Page { after: query.after, limit: limit + 1 };
    let rows = app.devices.settings(&identity(&id)?, &filter, page).await?;
    Ok(Json(cut(rows, limit, |row| row.name.clone())))
}

/// Show the device model of a station as a whole
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/device-model", tag = "settings", operation_id = "getDeviceModel",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "What is known as a whole", body = DeviceView),
        (status = 404, description = "Nothing is known of the settings of this station"),
        (status = 422, description = "The identity is wrong"),
    )
)]
pub(crate) async fn device(State(app): State<App>, Key(id): Key) -> Result<Json<DeviceView>, Problem> {
    let device = app.devices.device(&identity(&id)?).await?;
    let missing = || Problem::not_found(format!("Nothing is known of the settings of a station {id:?}."));
    Ok(Json(device.ok_or_else(missing)?.into()))
}

/// Settings to read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadBody {
    /// Their names, in the words of any version: `TxUpdatedInterval`, `MeterValueSampleInterval`,
    /// `Connector.Current[L1] @2/1`.
    #[schema(min_items = 1, max_items = 1000)]
    names: Vec<String>,
    /// Which of their values; the actual one unless said otherwise.
    attribute: Option<AttributeName>,
}

/// Read settings of a station now
///
/// In as many messages as the station needs; what it says is kept. There is a result for each.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/settings/read", tag = "settings", operation_id = "readSettings",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = ReadBody,
    responses(
        (status = 200, description = "What became of each", body = Items),
        (status = 409, description = "The station is not connected"),
        (status = 422, description = "A name is wrong, or there are none or too many"),
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Key(id): Key,
    Body(body): Body<ReadBody>,
) -> Result<Json<Items>, Problem> {
    let attribute = body.attribute.map_or(AttributeKind::Actual, AttributeKind::from);
    let wanted: Result<Vec<_>, Problem> = body
        .names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            Ok(SettingAttribute { setting: setting_of(name, || format!("/names/{at}"))?, attribute })
        })
        .collect();
    let results = app.devices.read(&identity(&id)?, &wanted?, caller.name()).await?;
    Ok(Json(Items { results: results.into_iter().map(ItemView::from).collect() }))
}

/// A new value for a setting.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SettingValue)]
pub(crate) struct ValueBody {
    /// Its name, in the words of any version.
    #[schema(example = "TxUpdatedInterval")]
    name: String,
    /// The new value.
    #[schema(max_length = 2500, example = "60")]
    value: String,
    /// Which of its values; the actual one unless said otherwise.
    #[serde(default)]
    attribute: Option<AttributeName>,
}

pub(super) fn changes_of(values: &[ValueBody]) -> Result<Vec<SettingChange>, Problem> {
    let change = |(at, value): (usize, &ValueBody)| {
        Ok(SettingChange {
            setting: setting_of(&value.name, || format!("/settings/{at}/name"))?,
            attribute: value.attribute.map_or(AttributeKind::Actual, AttributeKind::from),
            value: value.value.as_str().into(),
        })
    };
    values.iter().enumerate().map(change).collect()
}

/// Settings to change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SettingChanges)]
pub(crate) struct ChangeBody {
    /// The new values.
    #[schema(min_items = 1, max_items = 1000)]
    settings: Vec<ValueBody>,
}

/// Change settings of a station
///
/// Each in the words of the station's version, in as many messages as it needs. There is a result for each; what needs
/// a restart is remembered until the station boots.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/settings/change", tag = "settings", operation_id = "changeSettings",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = ChangeBody,
    responses(
        (status = 200, description = "What became of each", body = Items),
        (status = 409, description = "The station is not connected"),
        (status = 422, description = "A name is wrong, or there are none or too many"),
    )
)]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Key(id): Key,
    Body(body): Body<ChangeBody>,
) -> Result<Json<Items>, Problem> {
    let changes = changes_of(&body.settings)?;
    let results = app.devices.change(&identity(&id)?, &changes, caller.name()).await?;
    Ok(Json(Items { results: results.into_iter().map(ItemView::from).collect() }))
}

/// Settings to change on many stations.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SettingChangesOfMany)]
pub(crate) struct ManyBody {
    /// Which stations, 200 at most.
    filter: FilterView,
    /// The new values.
    #[schema(min_items = 1, max_items = 1000)]
    settings: Vec<ValueBody>,
}

/// Change settings of many stations
///
/// Of 200 at most, each in the words of its version. For more, and to keep them so, there are templates.
#[utoipa::path(
    post, path = "/api/v1/settings/change", tag = "settings", operation_id = "changeSettingsOfMany",
    security(("api_key" = ["commands:send"])),
    request_body = ManyBody,
    responses(
        (status = 200, description = "What became of each, station by station", body = Many),
        (status = 422, description = "A name is wrong, or no station or too many are chosen"),
    )
)]
pub(crate) async fn change_many(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<ManyBody>,
) -> Result<Json<Many>, Problem> {
    use ocpp_server::maintenance::MAX_STATIONS_AT_ONCE;

    let changes = changes_of(&body.settings)?;
    let page = Page { after: None, limit: MAX_STATIONS_AT_ONCE + 1 };
    let stations = app.desired.stations(&body.filter.filter()?, page).await?;
    let results = app.devices.change_many(&stations, &changes, caller.name()).await?;
    Ok(Json(Many { stations: results.into_iter().map(StationItems::from).collect() }))
}

/// A report to ask for: one of the kinds that the specification lays down, or one of one's own choice.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SettingReportRequest)]
pub(crate) struct ReportBody {
    /// A report of this kind: `full`, `configuration` or `summary`. A station of 1.6 tells all its keys.
    kind: Option<ReportKindName>,
    /// Of components in one of these states: `active`, `available`, `enabled`, `problem`.
    #[schema(max_items = 4)]
    criteria: Vec<CriterionName>,
    /// Of these alone: components (`EVSE @1`), or variables of them (`EVSE.Power @1`).
    #[schema(max_items = 1000)]
    names: Vec<String>,
}

impl ReportBody {
    fn ask(self) -> Result<Ask, Problem> {
        let is_chosen = !self.criteria.is_empty() || !self.names.is_empty();
        match self.kind {
            Some(_) if is_chosen => Err(Problem::unprocessable(
                "A report is of a kind, or of states and names of one's own choice: give one of them.",
            )),
            Some(kind) => Ok(Ask::Base(ReportKind::from(kind))),
            None if !is_chosen => Ok(Ask::Base(ReportKind::Full)),
            None => {
                let criteria = self.criteria.into_iter().map(Criterion::from).collect();
                let subject = |(at, name): (usize, &String)| subject_of(name, || format!("/names/{at}"));
                let settings: Result<Vec<_>, Problem> = self.names.iter().enumerate().map(subject).collect();
                Ok(Ask::Chosen { criteria, settings: settings? })
            }
        }
    }
}

/// What a report is to be about: a variable, or a component with all that it has.
fn subject_of(name: &str, pointer: impl FnOnce() -> String) -> Result<ReportSubject, Problem> {
    const ANY: &str = "x";
    let (address, place) = match name.rsplit_once(" @") {
        Some((address, place)) => (address, format!(" @{place}")),
        None => (name, String::new()),
    };
    let is_whole = !address.contains('.');
    let text = if is_whole { format!("{address}.{ANY}{place}") } else { name.to_owned() };
    match setting_of(&text, pointer)? {
        Setting::Variable { component, component_instance, place, variable, variable_instance } => {
            Ok(ReportSubject {
                component,
                component_instance,
                place,
                variable: (!is_whole).then_some(variable),
                variable_instance,
            })
        }
        Setting::Key(_) => Err(Problem::unprocessable("Name a component, or a variable of one.")),
    }
}

/// Ask a station to report its settings
///
/// Its parts follow by themselves (2.x) and are kept as they come; `GET` shows how far it is. A station of 1.6 tells
/// all its keys in its answer.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/settings/reports", tag = "settings", operation_id = "askForReport",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = ReportBody,
    responses(
        (status = 202, description = "The report, as it stands after the station's first word", body = ReportView),
        (status = 409, description = "The station is not connected"),
        (status = 422, description = "A value is wrong, or the station's version has no such report"),
    )
)]
pub(crate) async fn ask(
    State(app): State<App>,
    caller: Caller,
    Key(id): Key,
    Body(body): Body<ReportBody>,
) -> Result<Response, Problem> {
    let report = app.devices.ask(&identity(&id)?, body.ask()?, caller.name()).await?;
    Ok((StatusCode::ACCEPTED, Json(ReportView::from(report))).into_response())
}

/// List the reports of a station on its settings
///
/// The latest first; twenty are kept.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/settings/reports", tag = "settings", operation_id = "listReports",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "The reports", body = List<ReportView>),
        (status = 422, description = "The identity is wrong"),
    )
)]
pub(crate) async fn reports(State(app): State<App>, Key(id): Key) -> Result<Json<List<ReportView>>, Problem> {
    let reports: Vec<StationReport> = app.devices.reports(&identity(&id)?).await?;
    Ok(Json(List { items: reports.into_iter().map(ReportView::from).collect(), next: None }))
}

/// Review the settings of a station
///
/// What its last full report says, beside what the standard wants of a station that can do what it can do.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/settings/review", tag = "settings", operation_id = "reviewSettings",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "What is worth knowing", body = Review),
        (status = 404, description = "There is no such station, or no full report of its settings yet"),
        (status = 422, description = "The identity is wrong"),
    )
)]
pub(crate) async fn review(State(app): State<App>, Key(id): Key) -> Result<Json<Review>, Problem> {
    let remarks = app.devices.review(&identity(&id)?).await?;
    Ok(Json(Review { remarks: remarks.iter().map(RemarkView::from).collect() }))
}

/// With which station to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompareQuery {
    /// The identity of the other station.
    with: String,
}

/// Compare the settings of two stations
///
/// As far as they are known; values are compared by what they mean, across versions. Secrets are left out.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/settings/compare", tag = "settings", operation_id = "compareSettings",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity"), CompareQuery),
    responses(
        (status = 200, description = "The differences, in the words of the first station", body = List<DifferenceView>),
        (status = 404, description = "There is no such station, or nothing is known of its settings"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn compare(
    State(app): State<App>,
    Key(id): Key,
    Params(query): Params<CompareQuery>,
) -> Result<Json<List<DifferenceView>>, Problem> {
    let found = app.devices.compare(&identity(&id)?, &identity(&query.with)?).await?;
    Ok(Json(List { items: differences(&found), next: None }))
}
