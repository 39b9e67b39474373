//! `/api/v1/usage` and the history of a port.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{EvseId, StationId};
use ocpp_server::availability::usage::HourUse;
use ocpp_server::availability::{Attempts, Course, PortState, Span, UsageFigures, UsedPlace};
use ocpp_server::domain::{ChargeAttempt, SiteId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::{Kind, Problem};
use super::request::Params;
use super::stations::identity;
use crate::manager::App;

/// The longest window that is shown: a year that has 366 days, and a day more.
const LONGEST: SignedDuration = SignedDuration::from_hours(367 * 24);
/// What is shown unless said otherwise.
const USUAL: SignedDuration = SignedDuration::from_hours(28 * 24);

/// Of which ports, and when.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsageQuery {
    /// Only the ports of this site.
    site_id: Option<String>,
    /// Only those of this station.
    station_id: Option<String>,
    /// Only this EVSE of the station.
    #[param(minimum = 1)]
    evse_id: Option<u32>,
    /// From when on; four weeks before `to` unless said otherwise.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Until when; now unless said otherwise.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
}

impl UsageQuery {
    fn place(&self) -> Result<UsedPlace, Problem> {
        match (&self.site_id, &self.station_id, self.evse_id) {
            (None, None, None) => Ok(UsedPlace::Everywhere),
            (Some(site), None, None) => Ok(UsedPlace::Site(SiteId(site.clone()))),
            (None, Some(station), None) => Ok(UsedPlace::Station(identity(station)?)),
            (None, Some(station), Some(evse @ 1..)) => {
                Ok(UsedPlace::Port { station: identity(station)?, evse: EvseId(evse) })
            }
            _ => Err(Kind::Invalid.because(
                "Ask for a site_id, or a station_id with or without an evse_id (from 1), or for neither.",
            )),
        }
    }
}

/// A window of time out of what was asked for.
///
/// # Errors
/// A problem when it is empty, or longer than is shown.
fn window(app: &App, from: Option<Timestamp>, to: Option<Timestamp>) -> Result<Span, Problem> {
    let now = app.csms.now();
    let to = to.unwrap_or(now).min(now);
    let from = from.unwrap_or_else(|| to.checked_sub(USUAL).unwrap_or(to));
    if to.duration_since(from) > LONGEST {
        return Err(Kind::Invalid.because("A window is of a year at most: ask for a shorter one."));
    }
    Span::between(from, to).ok_or_else(|| {
        Kind::Invalid.because("The window is empty: from has to be before to, and in the past.")
    })
}

/// One hour of the week.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HourOfWeek)]
struct HourView {
    /// The day: 1 is Monday.
    weekday: usize,
    /// The hour in the zone, 0 to 23.
    hour: usize,
    /// Seconds in which ports were in a known state, added up over them.
    known_s: i64,
    /// Seconds in which they could be used.
    usable_s: i64,
    /// Seconds in which a vehicle stood there.
    occupied_s: i64,
    /// Seconds in which energy flowed.
    charging_s: i64,
    /// Which part of the time that it could be used a port was occupied; none where nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    occupancy_permille: Option<u32>,
    /// Seconds in which a site had no free port though one was in use.
    full_s: i64,
    /// Vehicles that came.
    arrivals: u32,
}

/// What came of attempts to charge at a port.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attempts)]
struct AttemptsView {
    #[serde(skip_serializing_if = "Option::is_none")]
    station_id: Option<String>,
    /// The EVSE; none for attempts that were refused before one was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    evse_id: Option<u32>,
    /// How many there were.
    count: u64,
    /// Which part of them led to a charge.
    #[serde(skip_serializing_if = "Option::is_none")]
    success_permille: Option<u32>,
    /// How many by what came of them: `charged`, or what kept them from it: `payment`, `authorization`, `plug`,
    /// `vehicle`, `power`, `station`.
    by: BTreeMap<&'static str, u64>,
}

impl AttemptsView {
    fn of(attempts: &Attempts) -> AttemptsView {
        AttemptsView {
            station_id: None,
            evse_id: None,
            count: attempts.count(),
            success_permille: attempts.success_permille(),
            by: attempts.0.iter().map(|(attempt, count)| (ChargeAttempt::name(*attempt), *count)).collect(),
        }
    }
}

/// How ports were used.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Usage)]
pub(crate) struct UsageView {
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// In whose hours: the zone of the site, UTC for several.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// How many ports these are.
    ports: usize,
    /// Which part of the time that they could be used they were occupied.
    #[serde(skip_serializing_if = "Option::is_none")]
    occupancy_permille: Option<u32>,
    /// Which part of the energy that they could have given they gave; none where the power of one is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    energy_permille: Option<u32>,
    /// Which part of their power they gave on average while they charged.
    #[serde(skip_serializing_if = "Option::is_none")]
    power_permille: Option<u32>,
    /// Sessions that began in the window.
    sessions: u64,
    /// Their energy in Wh.
    energy_wh: i64,
    /// Vehicles that came and went within the window.
    stays: usize,
    /// Half of them stayed no longer than this, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    median_stay_s: Option<i64>,
    /// Nine of ten stayed no longer than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    long_stay_s: Option<i64>,
    /// How long they stood there on average after energy had flowed for the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    mean_idle_after_s: Option<i64>,
    /// How many drivers found no free port, as Erlang's formula has it: an estimate; none where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    turned_away_estimate: Option<f64>,
    /// Seconds in each state, added up over all ports.
    states_s: BTreeMap<&'static str, i64>,
    /// The hours of the week, Monday 00:00 first.
    hours: Vec<HourView>,
    /// All attempts to charge, as far back as observations are kept.
    attempts: AttemptsView,
    /// The same by port.
    attempts_by_port: Vec<AttemptsView>,
}

impl From<UsageFigures> for UsageView {
    fn from(figures: UsageFigures) -> UsageView {
        let usage = &figures.usage;
        let hour = |(index, hour): (usize, &HourUse)| HourView {
            weekday: index / 24 + 1,
            hour: index % 24,
            known_s: hour.known_s,
            usable_s: hour.usable_s,
            occupied_s: hour.occupied_s,
            charging_s: hour.charging_s,
            occupancy_permille: hour.occupancy_permille(),
            full_s: figures.full_s.get(index).copied().unwrap_or_default(),
            arrivals: figures.arrivals.get(index).copied().unwrap_or_default(),
        };
        let charging_s = usage.hours.iter().map(|hour| hour.charging_s).sum();
        let by_port = figures.attempts.iter().map(|((station, evse), attempts)| AttemptsView {
            station_id: Some(station.to_string()),
            evse_id: evse.map(|evse| evse.0),
            ..AttemptsView::of(attempts)
        });
        let idle: i64 = usage.stays.iter().map(|stay| stay.idle_after_s).sum();
        let stays = i64::try_from(usage.stays.len()).unwrap_or(i64::MAX);
        UsageView {
            from: figures.window.from().timestamp(),
            to: figures.window.to().timestamp(),
            time_zone: figures.zone.iana_name().unwrap_or("UTC").to_owned(),
            ports: usage.ports,
            occupancy_permille: usage.occupancy_permille(),
            energy_permille: figures.charged.energy_permille(figures.window),
            power_permille: figures.charged.power_permille(charging_s, usage.ports),
            sessions: figures.charged.sessions,
            energy_wh: figures.charged.energy.0,
            stays: usage.stays.len(),
            median_stay_s: usage.stay_percentile(50),
            long_stay_s: usage.stay_percentile(90),
            mean_idle_after_s: (stays > 0).then(|| idle / stays.max(1)),
            turned_away_estimate: figures.turned_away.map(|count| (count * 10.0).round() / 10.0),
            states_s: usage
                .states
                .iter()
                .map(|(state, seconds)| (PortState::name(*state), *seconds))
                .collect(),
            hours: usage.hours.iter().enumerate().map(hour).collect(),
            attempts: AttemptsView::of(&figures.all_attempts()),
            attempts_by_port: by_port.collect(),
        }
    }
}

/// Show how ports were used
///
/// By hour of the week in the zone of their site: a stay of three hours fills three hours, and what is unknown counts
/// neither as free nor as occupied.
#[utoipa::path(
    get, path = "/api/v1/usage", tag = "usage", operation_id = "getUsage",
    security(("api_key" = ["stations:read"])),
    params(UsageQuery),
    responses(
        (status = 200, description = "The figures", body = UsageView),
        (status = 422, description = "The window is empty or longer than a year, or the place is none"),
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    Params(query): Params<UsageQuery>,
) -> Result<Json<UsageView>, Problem> {
    let figures = app.history.usage(&query.place()?, window(&app, query.from, query.to)?).await?;
    Ok(Json(figures.into()))
}

/// Export the use of ports by hour of the week as CSV
#[utoipa::path(
    get, path = "/api/v1/usage.csv", tag = "usage", operation_id = "exportUsage",
    security(("api_key" = ["stations:read"])),
    params(UsageQuery),
    responses(
        (status = 200, description = "A line for each hour of the week", body = String, content_type = "text/csv"),
        (status = 422, description = "The window is empty or longer than a year, or the place is none"),
    )
)]
pub(crate) async fn export(
    State(app): State<App>,
    Params(query): Params<UsageQuery>,
) -> Result<Response, Problem> {
    let figures = app.history.usage(&query.place()?, window(&app, query.from, query.to)?).await?;
    let view = UsageView::from(figures);
    let mut text = String::from(
        "weekday,hour,known_s,usable_s,occupied_s,charging_s,occupancy_permille,full_s,arrivals\r\n",
    );
    for hour in &view.hours {
        let permille = hour.occupancy_permille.map(|permille| permille.to_string()).unwrap_or_default();
        let HourView {
            weekday,
            hour: of_day,
            known_s,
            usable_s,
            occupied_s,
            charging_s,
            full_s,
            arrivals,
            ..
        } = hour;
        text.push_str(&format!(
            "{weekday},{of_day},{known_s},{usable_s},{occupied_s},{charging_s},{permille},{full_s},{arrivals}\r\n"
        ));
    }
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response())
}

/// Which part of a history.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryQuery {
    /// From when on; four weeks before `to` unless said otherwise.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Until when; now unless said otherwise.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// As it was believed at this moment: without what was heard after it.
    #[param(value_type = Option<String>, format = DateTime)]
    believed_at: Option<Timestamp>,
}

/// A stretch of a port's history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HistoryPiece)]
struct PieceView {
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Its seconds.
    seconds: i64,
    /// `available`, `charging`, `suspended_ev`, `suspended_evse`, `idle`, `finishing`, `reserved`, `planned` (out of use
    /// by order), `unavailable`, `faulted`, `derated`, `offline` or `unknown`.
    state: &'static str,
    /// What it did behind a state that hides it, where that is known: a session told after the line was mended, one at a
    /// port that is derated.
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<&'static str>,
}

/// What a port did, without gaps.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PortHistory)]
pub(crate) struct HistoryView {
    station_id: String,
    evse_id: u32,
    /// Its stretches in the order of time; each second is in exactly one.
    pieces: Vec<PieceView>,
}

impl HistoryView {
    fn of(station: &str, evse: EvseId, course: &Course) -> HistoryView {
        let pieces = course.pieces().iter().map(|piece| PieceView {
            from: piece.span.from().timestamp(),
            to: piece.span.to().timestamp(),
            seconds: piece.span.seconds(),
            state: piece.state.name(),
            behind: (piece.behind != piece.state).then(|| piece.behind.name()),
        });
        HistoryView { station_id: station.to_owned(), evse_id: evse.0, pieces: pieces.collect() }
    }
}

/// The port of a path.
pub(crate) struct PortKey {
    station: StationId,
    evse: EvseId,
}

impl FromRequestParts<App> for PortKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<PortKey, Problem> {
        let Path((station, evse)) = Path::<(String, u32)>::from_request_parts(parts, app).await?;
        Ok(PortKey { station: identity(&station)?, evse: EvseId(evse) })
    }
}

/// Show what a port did
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/evses/{evse}/history", tag = "usage", operation_id = "getPortHistory",
    security(("api_key" = ["stations:read"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("evse" = u32, Path, description = "The EVSE"),
        HistoryQuery
    ),
    responses(
        (status = 200, description = "Its stretches", body = HistoryView),
        (status = 404, description = "There is no such port"),
        (status = 422, description = "The window is empty or longer than a year"),
    )
)]
pub(crate) async fn history(
    State(app): State<App>,
    port: PortKey,
    Params(query): Params<HistoryQuery>,
) -> Result<Json<HistoryView>, Problem> {
    let PortKey { station, evse } = port;
    let window = window(&app, query.from, query.to)?;
    let ports = app.history.ports_of_station(&station).await?;
    if !ports.iter().any(|port| port.evse == evse) {
        return Err(Problem::not_found(format!("Station {station} has no EVSE {evse}.")));
    }
    let course = match query.believed_at {
        None => app.history.course(&station, evse, window).await?,
        Some(at) => app.history.course_as_believed(&station, evse, window, at).await?,
    };
    Ok(Json(HistoryView::of(station.as_str(), evse, &course)))
}
