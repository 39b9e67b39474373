//! `/api/v1/alarms`, and the alarms and events of a station.

use axum::Json;
use axum::extract::{Extension, FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use ocpp_core::model::{EventSeverity, Setting, StationId};
use ocpp_server::domain::{Alarm, AlarmState, AlarmSubject, KeptEvent, Record};
use ocpp_server::maintenance::{AlarmFilter, DiagnosticsError, EventFilter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::problem::{Kind, Problem, WrongValue};
use super::request::{Key, Params, limit_of};
use super::stations::identity;
use super::views::List;
use crate::manager::App;

impl From<DiagnosticsError> for Problem {
    fn from(error: DiagnosticsError) -> Problem {
        let detail = error.to_string();
        match error {
            DiagnosticsError::Unknown { .. } => Kind::NotFound.because(detail),
            DiagnosticsError::Invalid { pointer, sentence } => {
                let wrong = WrongValue { pointer: pointer.to_owned(), detail: sentence };
                Kind::Invalid.because(detail).with_errors(vec![wrong])
            }
            DiagnosticsError::NotConnected => Kind::NotConnected.because(detail),
            DiagnosticsError::CannotSay(_) => Kind::Rule.because(detail),
            DiagnosticsError::NotTaken(_) => Kind::BadAnswer.because(detail),
            DiagnosticsError::Conflict => Kind::Changed.because(detail),
            DiagnosticsError::Store(_) => {
                tracing::error!(error = detail, "a request could not be answered");
                Kind::Unavailable.because(detail)
            }
        }
    }
}

/// An alarm.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alarm)]
pub(crate) struct AlarmView {
    /// Its name among the alarms of its station.
    #[schema(example = "9f86d081884c7d65")]
    id: String,
    /// The station.
    station_id: String,
    /// What it is about: `variable` (a monitor, 2.x), `fault` (the status of a place, any version), `security`, or
    /// `more` than are listed.
    kind: &'static str,
    /// 0 (danger) to 9 (debug).
    severity: u8,
    /// Its name.
    severity_name: &'static str,
    /// What is wrong.
    text: String,
    /// More about it: the maker's code and words.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// How often it was reported.
    count: u64,
    /// When it was first heard of.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// When it was last heard of.
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
    /// `standing`, `cleared` (in order again), or `happened` (which cannot be undone).
    state: &'static str,
    /// When it was cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    cleared_at: Option<Timestamp>,
    /// Who has looked at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<Timestamp>,
    /// The station's number of the event that reported it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<i64>,
    /// The station's number of the event that led to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause_event_id: Option<i64>,
    /// The station's number of the monitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    monitor_id: Option<i64>,
    /// The variable.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    variable: Option<Value>,
    /// The EVSE of the place that reports a fault, 0 for the station as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    evse_id: Option<u32>,
    /// Its connector.
    #[serde(skip_serializing_if = "Option::is_none")]
    connector_id: Option<u32>,
}

impl From<Alarm> for AlarmView {
    fn from(alarm: Alarm) -> AlarmView {
        let (mut monitor_id, mut variable, mut place) = (None, None, None);
        match &alarm.subject {
            AlarmSubject::Variable { setting, monitor } => {
                (monitor_id, variable) = (*monitor, Some(in_json(setting)));
            }
            AlarmSubject::Fault { place: of } => place = Some(*of),
            AlarmSubject::Security { .. } | AlarmSubject::More => {}
        }
        AlarmView {
            id: alarm.name(),
            station_id: alarm.station.to_string(),
            kind: alarm.subject.kind(),
            severity: alarm.severity.number(),
            severity_name: alarm.severity.word(),
            text: alarm.text,
            detail: alarm.detail,
            count: alarm.count,
            since: alarm.since,
            last_at: alarm.last_at,
            state: alarm.state.name(),
            cleared_at: match alarm.state {
                AlarmState::Cleared { at } => Some(at),
                AlarmState::Standing | AlarmState::Happened => None,
            },
            acknowledged_by: alarm.acknowledged.as_ref().map(|seen| seen.by.clone()),
            acknowledged_at: alarm.acknowledged.as_ref().map(|seen| seen.at),
            event_id: alarm.event,
            cause_event_id: alarm.cause,
            monitor_id,
            variable,
            evse_id: place.map(|place| place.evse().map_or(0, |evse| evse.0)),
            connector_id: place.and_then(|place| place.connector()).map(|connector| connector.0),
        }
    }
}

/// A variable as it is written in orders.
pub(super) fn in_json(setting: &Setting) -> Value {
    // A plain enumeration, which always has a JSON form.
    serde_json::to_value(setting).unwrap_or_default()
}

/// A severity of a parameter or a body.
///
/// # Errors
/// A problem when it is none.
pub(super) fn severity_of(number: Option<u8>) -> Result<Option<EventSeverity>, Problem> {
    let severity = number.map(EventSeverity::try_from).transpose();
    severity.map_err(|error| Problem::unprocessable(format!("{error}.")))
}

/// Which alarms to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AlarmQuery {
    /// Those of this station.
    station_id: Option<String>,
    /// Those that matter at least so much: of this number or a smaller one, 0 (danger) to 9.
    #[param(maximum = 9)]
    severity: Option<u8>,
    /// Those in this state: `standing`, `cleared` or `happened`.
    state: Option<String>,
    /// Those of this kind: `variable`, `fault`, `security` or `more`.
    kind: Option<String>,
    /// Those that somebody has, or nobody has, looked at.
    acknowledged: Option<bool>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many items at most, 1 to 1000; 100 unless said otherwise.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

fn one_of(name: &str, value: Option<String>, known: &[&str]) -> Result<Option<String>, Problem> {
    match value {
        Some(value) if !known.contains(&value.as_str()) => {
            Err(Problem::unprocessable(format!("{name} is {value:?}: choose {}.", known.join(", "))))
        }
        value => Ok(value),
    }
}

/// List the alarms of all stations
///
/// What is wrong at stations of every version: events of monitors (2.x), error codes and faulted connectors, critical
/// security events. In the order of the stations.
#[utoipa::path(
    get, path = "/api/v1/alarms", tag = "alarms", operation_id = "listAlarms",
    security(("api_key" = ["stations:read"])),
    params(AlarmQuery),
    responses(
        (status = 200, description = "A page of alarms", body = List<AlarmView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<AlarmQuery>,
) -> Result<Json<List<AlarmView>>, Problem> {
    let limit = limit_of(query.limit)?;
    let filter = AlarmFilter {
        station: query.station_id.as_deref().map(identity).transpose()?,
        severity: severity_of(query.severity)?,
        state: one_of("state", query.state, &["standing", "cleared", "happened"])?,
        kind: one_of("kind", query.kind, &["variable", "fault", "security", "more"])?,
        acknowledged: query.acknowledged,
    };
    let mut found = app.diagnostics.alarms(&filter, query.after, limit + 1).await?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| has_more).map(Record::key);
    Ok(Json(List { items: found.into_iter().map(Into::into).collect(), next }))
}

/// A station and the name of one of its alarms, in a path.
pub(crate) struct Named {
    station: StationId,
    name: String,
}

impl FromRequestParts<App> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Named, Problem> {
        let Path((station, name)) = Path::<(String, String)>::from_request_parts(parts, app).await?;
        Ok(Named { station: identity(&station)?, name })
    }
}

/// Say that an alarm was looked at
///
/// One that stands is marked, and goes by itself when the station clears it. One that is cleared, or happened, is gone.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/alarms/{alarm}/acknowledge", tag = "alarms",
    operation_id = "acknowledgeAlarm",
    security(("api_key" = ["stations:write"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("alarm" = String, Path, description = "The name of the alarm"),
    ),
    responses(
        (status = 200, description = "It stands, and is marked", body = AlarmView),
        (status = 204, description = "It is gone"),
        (status = 404, description = "There is no such alarm"),
    )
)]
pub(crate) async fn acknowledge(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    of: Named,
) -> Result<Response, Problem> {
    let left = app.diagnostics.acknowledge(&of.station, &of.name, &caller.identity.name).await?;
    Ok(match left {
        Some(alarm) => Json(AlarmView::from(alarm)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Remove an alarm
///
/// For one that the station never clears. The next report raises it again.
#[utoipa::path(
    delete, path = "/api/v1/stations/{id}/alarms/{alarm}", tag = "alarms", operation_id = "removeAlarm",
    security(("api_key" = ["stations:write"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("alarm" = String, Path, description = "The name of the alarm"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "There is no such alarm"),
    )
)]
pub(crate) async fn remove(State(app): State<App>, of: Named) -> Result<StatusCode, Problem> {
    app.diagnostics.dismiss(&of.station, &of.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An event of a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StationEvent)]
pub(crate) struct EventView {
    /// Its place among the station's.
    number: u64,
    /// The station's own number of it.
    event_id: i64,
    /// 0 (danger) to 9 (debug): as the station says, else as its monitor does, else 5.
    severity: u8,
    /// Its name.
    severity_name: &'static str,
    /// When the station noticed it.
    #[schema(value_type = String, format = DateTime)]
    happened_at: Timestamp,
    /// When the manager heard of it.
    #[schema(value_type = String, format = DateTime)]
    heard_at: Timestamp,
    /// `Alerting`, `Delta` or `Periodic`.
    trigger: &'static str,
    /// The variable.
    #[schema(value_type = Object)]
    variable: Value,
    /// Its value; empty for one that cannot be read.
    value: String,
    /// The component's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    tech_code: Option<String>,
    /// The component's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    tech_info: Option<String>,
    /// Whether things are in order again.
    cleared: bool,
    /// The `number` of the event that led to it, where that one is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    caused_by: Option<u64>,
    /// The station's own number of that event.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause_event_id: Option<i64>,
    /// The transaction that it has to do with, by the station's name of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_id: Option<String>,
    /// The station's number of the monitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    monitor_id: Option<i64>,
    /// What reported it: `HardWiredNotification`, `HardWiredMonitor`, `PreconfiguredMonitor` or `CustomMonitor`.
    origin: &'static str,
}

impl From<KeptEvent> for EventView {
    fn from(kept: KeptEvent) -> EventView {
        let what = kept.what;
        EventView {
            number: kept.number,
            event_id: what.id,
            severity: kept.severity.number(),
            severity_name: kept.severity.word(),
            happened_at: what.at,
            heard_at: kept.heard_at,
            trigger: what.trigger.as_str(),
            variable: in_json(&what.setting),
            value: what.value.into(),
            tech_code: what.tech_code.map(Into::into),
            tech_info: what.tech_info.map(Into::into),
            cleared: what.cleared,
            caused_by: kept.caused_by,
            cause_event_id: what.cause,
            transaction_id: what.transaction.map(Into::into),
            monitor_id: what.monitor,
            origin: what.origin.as_str(),
        }
    }
}

/// Which events to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventQuery {
    /// Those that matter at least so much: of this number or a smaller one, 0 (danger) to 9.
    #[param(maximum = 9)]
    severity: Option<u8>,
    /// Those of this monitor.
    monitor_id: Option<i64>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many items at most, 1 to 1000; 100 unless said otherwise.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// List the events of a station
///
/// What its monitors noticed (2.x), the last one first. The latest 1,000 are kept, for 90 days.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/events", tag = "alarms", operation_id = "listStationEvents",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity"), EventQuery),
    responses(
        (status = 200, description = "A page of events", body = List<EventView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn events(
    State(app): State<App>,
    Key(id): Key,
    Params(query): Params<EventQuery>,
) -> Result<Json<List<EventView>>, Problem> {
    let (station, limit) = (identity(&id)?, limit_of(query.limit)?);
    let filter = EventFilter { severity: severity_of(query.severity)?, monitor: query.monitor_id };
    let mut found = app.diagnostics.events(&station, &filter, query.after, limit + 1).await?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| has_more).map(Record::key);
    Ok(Json(List { items: found.into_iter().map(Into::into).collect(), next }))
}
