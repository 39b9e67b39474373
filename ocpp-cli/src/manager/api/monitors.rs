//! `/api/v1/stations/{id}/monitors`.

use axum::Json;
use axum::extract::{Extension, State};
use jiff::Timestamp;
use ocpp_core::model::{MonitorSetting, MonitoringCriterion, ReportSubject};
use ocpp_server::domain::{KeptMonitor, StationMonitors};
use ocpp_server::maintenance::MonitorItem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::alarms::in_json;
use super::caller::Caller;
use super::problem::Problem;
use super::request::{Body, Key};
use super::stations::identity;
use super::views::List;
use crate::manager::App;

/// A monitor on a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Monitor)]
pub(crate) struct MonitorView {
    /// The station's number of it; it may change when the station restarts.
    id: i64,
    /// The variable.
    #[schema(value_type = Object)]
    variable: Value,
    /// What it watches for: `UpperThreshold`, `LowerThreshold`, `Delta`, `Periodic`, `PeriodicClockAligned`, and in 2.1
    /// `TargetDelta` and `TargetDeltaRelative`.
    kind: &'static str,
    /// The threshold or the difference; seconds for what reports by time.
    #[schema(example = "70.5")]
    value: String,
    /// 0 (danger) to 9 (debug).
    severity: u8,
    /// Its name.
    severity_name: &'static str,
    /// Whether it watches only while the component is in a transaction.
    in_transaction: bool,
    /// Where it comes from, as far as the station says: `HardWiredMonitor`, `PreconfiguredMonitor` or `CustomMonitor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
    /// Whether it was set from here.
    set_here: bool,
}

impl From<KeptMonitor> for MonitorView {
    fn from(kept: KeptMonitor) -> MonitorView {
        MonitorView {
            id: kept.what.id,
            variable: in_json(&kept.what.setting),
            kind: kept.what.kind.as_str(),
            value: kept.what.value.to_string(),
            severity: kept.what.severity.number(),
            severity_name: kept.what.severity.word(),
            in_transaction: kept.what.in_transaction,
            origin: kept.what.origin.map(|origin| origin.as_str()),
            set_here: kept.set_here,
        }
    }
}

/// The monitors of a station, as far as the manager knows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StationMonitors)]
pub(crate) struct MonitorsView {
    /// The monitors, in the order of their numbers.
    items: Vec<MonitorView>,
    /// How many are not kept: 1,000 of a station are.
    left_out: u64,
    /// The set of the maker's that was last activated from here: `All`, `FactoryDefault` or `HardWiredOnly`.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<&'static str>,
    /// The least severity that the station reports, as it was last set from here.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<u8>,
    /// When the station last reported all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    told_at: Option<Timestamp>,
    /// Whether a report is awaited.
    awaited: bool,
}

impl From<StationMonitors> for MonitorsView {
    fn from(known: StationMonitors) -> MonitorsView {
        MonitorsView {
            items: known.monitors.into_iter().map(Into::into).collect(),
            left_out: known.left_out,
            base: known.base.map(|base| base.as_str()),
            level: known.level.map(|level| level.number()),
            told_at: known.told_at,
            awaited: known.report.is_some(),
        }
    }
}

/// Show the monitors of a station
///
/// As it last reported them, with what was set and removed since.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/monitors", tag = "monitors", operation_id = "getMonitors",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses((status = 200, description = "Its monitors", body = MonitorsView))
)]
pub(crate) async fn show(State(app): State<App>, Key(id): Key) -> Result<Json<MonitorsView>, Problem> {
    let station = identity(&id)?;
    let known = app.diagnostics.monitors(&station).await?;
    Ok(Json(known.unwrap_or_else(|| StationMonitors::unknown(station)).into()))
}

/// Monitors to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMonitors)]
pub(crate) struct SetBody {
    /// The monitors, 1 to 1,000, as in the order `set_variable_monitoring`.
    #[schema(value_type = Vec<Object>, example = json!([{
        "setting": {"variable": {"component": "EVSE", "place": {"evse": 1}, "variable": "AvailabilityState"}},
        "kind": "delta", "value": "1", "severity": 8
    }]))]
    monitors: Vec<MonitorSetting>,
}

/// What became of one monitor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitorResult)]
pub(crate) struct ItemView {
    /// The monitor that was to be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    monitor: Option<Value>,
    /// The station's number of it, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    /// Whether it was done.
    done: bool,
    /// What the station said, or why it was not asked.
    said: String,
}

impl From<MonitorItem> for ItemView {
    fn from(item: MonitorItem) -> ItemView {
        let monitor = item.monitor.map(|monitor| serde_json::to_value(monitor).unwrap_or_default());
        ItemView { monitor, id: item.id, done: item.done, said: item.said }
    }
}

fn results(items: Vec<MonitorItem>) -> Json<List<ItemView>> {
    Json(List { items: items.into_iter().map(Into::into).collect(), next: None })
}

/// Set monitors on a station
///
/// In as many messages as the station needs, by what it says that it takes. Each has its own result, in the order of
/// the request.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/monitors", tag = "monitors", operation_id = "setMonitors",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = SetBody,
    responses(
        (status = 200, description = "What became of each", body = List<ItemView>),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "The station is not connected, or its version has no monitors"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn set(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    Body(body): Body<SetBody>,
) -> Result<Json<List<ItemView>>, Problem> {
    let station = identity(&id)?;
    Ok(results(app.diagnostics.set_monitors(&station, body.monitors, &caller.identity.name).await?))
}

/// Monitors to remove.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MonitorIds)]
pub(crate) struct ClearBody {
    /// The station's numbers of them, 1 to 1,000.
    ids: Vec<i64>,
}

/// Remove monitors from a station
///
/// In as many messages as the station needs (N06.FR.04).
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/monitors/clear", tag = "monitors", operation_id = "clearMonitors",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = ClearBody,
    responses(
        (status = 200, description = "What became of each", body = List<ItemView>),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "The station is not connected, or its version has no monitors"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn clear(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    Body(body): Body<ClearBody>,
) -> Result<Json<List<ItemView>>, Problem> {
    let station = identity(&id)?;
    Ok(results(app.diagnostics.clear_monitors(&station, body.ids, &caller.identity.name).await?))
}

/// Which monitors to report; all when nothing is said.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MonitorQuestion)]
pub(crate) struct ReadBody {
    /// Of these kinds: `threshold`, `delta`, `periodic`.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    criteria: Vec<MonitoringCriterion>,
    /// On these variables.
    #[serde(default)]
    #[schema(value_type = Vec<Object>, example = json!([{"component": "EVSE", "place": {"evse": 1}}]))]
    variables: Vec<ReportSubject>,
}

/// Ask a station for its monitors
///
/// Waits up to 30 seconds for its report; `awaited` says that it has not come. It is taken over when it comes.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/monitors/read", tag = "monitors", operation_id = "readMonitors",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = ReadBody,
    responses(
        (status = 200, description = "Its monitors", body = MonitorsView),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "The station is not connected"),
        (status = 502, description = "The station gives no report"),
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    Body(body): Body<ReadBody>,
) -> Result<Json<MonitorsView>, Problem> {
    let station = identity(&id)?;
    let by = &caller.identity.name;
    Ok(Json(app.diagnostics.read_monitors(&station, body.criteria, body.variables, by).await?.into()))
}
