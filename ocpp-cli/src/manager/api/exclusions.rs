//! `/api/v1/exclusions`.

use axum::Json;
use axum::extract::{Extension, State};
use jiff::Timestamp;
use ocpp_core::model::{EvseId, StationId};
use ocpp_server::domain::{Exclusion, ExclusionPlace, ExclusionReason, SiteId};
use ocpp_server::register::{ExclusionFilter, ExclusionForm};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Created, Tagged, record_of};
use super::caller::Caller;
use super::problem::{Kind, Problem, WrongValue};
use super::request::{Body, IfMatch, Key, Params, limit_of};
use super::views::List;
use crate::manager::App;

/// Why an outage does not count.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExclusionReason)]
pub(crate) enum ReasonView {
    Utility,
    Vehicle,
    ScheduledMaintenance,
    Vandalism,
    NaturalDisaster,
    OutsideHours,
    Other,
}

impl From<ReasonView> for ExclusionReason {
    fn from(view: ReasonView) -> ExclusionReason {
        match view {
            ReasonView::Utility => ExclusionReason::Utility,
            ReasonView::Vehicle => ExclusionReason::Vehicle,
            ReasonView::ScheduledMaintenance => ExclusionReason::ScheduledMaintenance,
            ReasonView::Vandalism => ExclusionReason::Vandalism,
            ReasonView::NaturalDisaster => ExclusionReason::NaturalDisaster,
            ReasonView::OutsideHours => ExclusionReason::OutsideHours,
            ReasonView::Other => ExclusionReason::Other,
        }
    }
}

impl From<ExclusionReason> for ReasonView {
    fn from(reason: ExclusionReason) -> ReasonView {
        match reason {
            ExclusionReason::Utility => ReasonView::Utility,
            ExclusionReason::Vehicle => ReasonView::Vehicle,
            ExclusionReason::ScheduledMaintenance => ReasonView::ScheduledMaintenance,
            ExclusionReason::Vandalism => ReasonView::Vandalism,
            ExclusionReason::NaturalDisaster => ReasonView::NaturalDisaster,
            ExclusionReason::OutsideHours => ReasonView::OutsideHours,
            ExclusionReason::Other => ReasonView::Other,
        }
    }
}

/// What excuses outages in a stretch of time. It holds at a site, at a station, or at one EVSE of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExclusionBody {
    /// All ports of this site; instead of a station.
    site_id: Option<String>,
    /// All ports of this station; instead of a site.
    station_id: Option<String>,
    /// Only this EVSE of the station.
    #[schema(minimum = 1)]
    evse_id: Option<u32>,
    /// Why.
    reason: ReasonView,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// When it ended; absent while it lasts.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// What happened and how one knows, for whoever checks a report.
    #[schema(min_length = 1, max_length = 2000, example = "Ticket 4711 of the grid operator: feeder down")]
    evidence: String,
}

impl ExclusionBody {
    fn into_form(self) -> Result<ExclusionForm, Problem> {
        let place = place_of(self.site_id, self.station_id, self.evse_id)
            .map_err(|(pointer, sentence)| wrong(pointer, &sentence))?;
        let (reason, from, until, evidence) = (self.reason.into(), self.from, self.until, self.evidence);
        Ok(ExclusionForm { place, reason, from, until, evidence })
    }
}

/// A place out of what was given for it, or what is wrong where.
pub(crate) fn place_of(
    site: Option<String>,
    station: Option<String>,
    evse: Option<u32>,
) -> Result<ExclusionPlace, (&'static str, String)> {
    match (site, station, evse) {
        (Some(site), None, None) => Ok(ExclusionPlace::Site(SiteId(site))),
        (None, Some(station), evse) => {
            let station = StationId::new(&station)
                .map_err(|error| ("/station_id", format!("This is no identity: {error}.")))?;
            Ok(match evse {
                Some(evse) => ExclusionPlace::Port { station, evse: EvseId(evse) },
                None => ExclusionPlace::Station(station),
            })
        }
        (Some(_), None, Some(_)) => {
            Err(("/evse_id", "An EVSE is one of a station: give the station instead of the site.".to_owned()))
        }
        (Some(_), Some(_), _) => Err(("/site_id", "Give a site or a station, not both.".to_owned())),
        (None, None, _) => Err(("", "An exclusion holds somewhere: give a site or a station.".to_owned())),
    }
}

fn wrong(pointer: &str, sentence: &str) -> Problem {
    let wrong = WrongValue { pointer: pointer.to_owned(), detail: sentence.to_owned() };
    Kind::Invalid.because(sentence).with_errors(vec![wrong])
}

/// The end of an exclusion that lasted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndBody {
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

/// What excuses outages in a stretch of time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Exclusion)]
pub(crate) struct ExclusionView {
    /// Its key.
    id: String,
    /// All ports of this site.
    #[serde(skip_serializing_if = "Option::is_none")]
    site_id: Option<String>,
    /// All ports of this station, or one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    station_id: Option<String>,
    /// Only this EVSE of the station.
    #[serde(skip_serializing_if = "Option::is_none")]
    evse_id: Option<u32>,
    /// Why.
    reason: ReasonView,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// When it ended; absent while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// What happened and how one knows.
    evidence: String,
    /// Who entered it.
    entered_by: String,
    /// When it was entered.
    #[schema(value_type = String, format = DateTime)]
    entered_at: Timestamp,
    /// Whether it excuses anything: `in_force`, `unconfirmed` (a second person has not agreed yet) or `withdrawn`.
    state: &'static str,
    /// The second person who agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<String>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    confirmed_at: Option<Timestamp>,
    /// Who took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_by: Option<String>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    withdrawn_at: Option<Timestamp>,
    /// How often it was written; `ETag` and `If-Match` carry it.
    revision: u64,
}

/// Whether an exclusion excuses anything, in a word.
pub(crate) fn state_of(exclusion: &Exclusion) -> &'static str {
    if exclusion.withdrawn.is_some() {
        "withdrawn"
    } else if exclusion.is_in_force() {
        "in_force"
    } else {
        "unconfirmed"
    }
}

impl From<Exclusion> for ExclusionView {
    fn from(exclusion: Exclusion) -> ExclusionView {
        let state = state_of(&exclusion);
        let (site_id, station_id, evse_id) = match exclusion.place {
            ExclusionPlace::Site(site) => (Some(site.0), None, None),
            ExclusionPlace::Station(station) => (None, Some(station.to_string()), None),
            ExclusionPlace::Port { station, evse } => (None, Some(station.to_string()), Some(evse.0)),
        };
        let (withdrawn_by, withdrawn_at) = exclusion.withdrawn.unzip();
        ExclusionView {
            id: exclusion.id.0.into(),
            site_id,
            station_id,
            evse_id,
            reason: exclusion.reason.into(),
            from: exclusion.from,
            until: exclusion.until,
            evidence: exclusion.evidence.into(),
            entered_by: exclusion.entered_by.into(),
            entered_at: exclusion.entered_at,
            state,
            confirmed_by: exclusion.confirmed_by.map(Into::into),
            confirmed_at: exclusion.confirmed_at,
            withdrawn_by: withdrawn_by.map(Into::into),
            withdrawn_at,
            revision: exclusion.revision.0,
        }
    }
}

/// Which exclusions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExclusionQuery {
    /// Only those that hold for ports of this site.
    site_id: Option<String>,
    /// Only those that hold for ports of this station by its name or one of its EVSEs.
    station_id: Option<String>,
    /// Only those that last beyond this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Only those that begin before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many items at most, 1 to 1000; 100 unless said otherwise.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// List what excuses outages
///
/// The latest entered first. What was withdrawn stays on record.
#[utoipa::path(
    get, path = "/api/v1/exclusions", tag = "uptime", operation_id = "listExclusions",
    security(("api_key" = ["stations:read"])),
    params(ExclusionQuery),
    responses(
        (status = 200, description = "A page of exclusions", body = List<ExclusionView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<ExclusionQuery>,
) -> Result<Json<List<ExclusionView>>, Problem> {
    let limit = limit_of(query.limit)?;
    let station = query.station_id.map(|id| StationId::new(&id)).transpose();
    let station = station.map_err(|error| Problem::unprocessable(format!("station_id: {error}.")))?;
    let filter =
        ExclusionFilter { site: query.site_id.map(SiteId), station, from: query.from, until: query.until };
    let found = app.register.exclusions(&filter, query.after, limit + 1).await?;
    Ok(Json(super::answer::cut(found, limit, |one| one.id.0.to_string())))
}

/// Show one exclusion
#[utoipa::path(
    get, path = "/api/v1/exclusions/{id}", tag = "uptime", operation_id = "getExclusion",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "Its key")),
    responses(
        (status = 200, description = "The exclusion", body = ExclusionView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such exclusion"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(id): Key) -> Result<Tagged<ExclusionView>, Problem> {
    Ok(record_of::<Exclusion>(&app, "exclusion", &id).await?.into())
}

/// Enter what excuses outages
///
/// It excuses only what was an outage, as far as a formula lets its reason excuse. Where the profile of the site asks
/// for a second person, it excuses nothing before somebody else has confirmed it.
#[utoipa::path(
    post, path = "/api/v1/exclusions", tag = "uptime", operation_id = "enterExclusion",
    security(("api_key" = ["stations:write"])),
    request_body = ExclusionBody,
    responses(
        (status = 201, description = "The exclusion", body = ExclusionView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn enter(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Body(body): Body<ExclusionBody>,
) -> Result<Created<ExclusionView>, Problem> {
    let exclusion = app.register.enter_exclusion(body.into_form()?, caller.name()).await?;
    Ok(Created::record("exclusions", exclusion))
}

/// Confirm an exclusion as a second person
///
/// Whoever entered it cannot.
#[utoipa::path(
    post, path = "/api/v1/exclusions/{id}/confirm", tag = "uptime", operation_id = "confirmExclusion",
    security(("api_key" = ["stations:write"])),
    params(
        ("id" = String, Path, description = "Its key"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the exclusion as it was read"),
    ),
    responses(
        (status = 200, description = "The exclusion", body = ExclusionView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such exclusion"),
        (status = 409, description = "The same person entered it, or it is confirmed or withdrawn"),
        (status = 412, description = "It has changed since it was read"),
    )
)]
pub(crate) async fn confirm(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    seen: IfMatch,
) -> Result<Tagged<ExclusionView>, Problem> {
    Ok(seen.judge(app.register.confirm_exclusion(&id, caller.name(), seen.0).await)?.into())
}

/// Say when an exclusion ended that lasted
#[utoipa::path(
    post, path = "/api/v1/exclusions/{id}/end", tag = "uptime", operation_id = "endExclusion",
    security(("api_key" = ["stations:write"])),
    params(
        ("id" = String, Path, description = "Its key"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the exclusion as it was read"),
    ),
    request_body = EndBody,
    responses(
        (status = 200, description = "The exclusion", body = ExclusionView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such exclusion"),
        (status = 409, description = "It has ended already or is withdrawn"),
        (status = 412, description = "It has changed since it was read"),
        (status = 422, description = "The end is wrong"),
    )
)]
pub(crate) async fn end(
    State(app): State<App>,
    Key(id): Key,
    seen: IfMatch,
    Body(body): Body<EndBody>,
) -> Result<Tagged<ExclusionView>, Problem> {
    Ok(seen.judge(app.register.end_exclusion(&id, body.until, seen.0).await)?.into())
}

/// Withdraw an exclusion
///
/// It stays on record and excuses nothing any more.
#[utoipa::path(
    post, path = "/api/v1/exclusions/{id}/withdraw", tag = "uptime", operation_id = "withdrawExclusion",
    security(("api_key" = ["stations:write"])),
    params(
        ("id" = String, Path, description = "Its key"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the exclusion as it was read"),
    ),
    responses(
        (status = 200, description = "The exclusion", body = ExclusionView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such exclusion"),
        (status = 409, description = "It is withdrawn already"),
        (status = 412, description = "It has changed since it was read"),
    )
)]
pub(crate) async fn withdraw(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    seen: IfMatch,
) -> Result<Tagged<ExclusionView>, Problem> {
    Ok(seen.judge(app.register.withdraw_exclusion(&id, caller.name(), seen.0).await)?.into())
}
