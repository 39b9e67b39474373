//! `/api/v1/campaigns`: the same firmware for many stations.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Time;
use ocpp_core::model::StationId;
use ocpp_server::domain::{
    Campaign, CampaignId, CampaignPlan, CampaignState, FirmwareId, SiteId, StationFilter, TargetState, Window,
};
use ocpp_server::maintenance::{CampaignForm, CampaignReport, TargetReport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Created, Order, page_of, segment};
use super::caller::Caller;
use super::firmware::UpdateView;
use super::problem::{Kind, Problem, WrongValue};
use super::request::{Body, Key, PageQuery, Params};
use super::upkeep::retries;
use super::views::List;
use crate::manager::App;

/// Which stations: those of which all that is said holds. Nothing said means all.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = StationFilter)]
pub(crate) struct FilterView {
    /// These stations only, by their identities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    station_ids: Vec<String>,
    /// Those at this site.
    #[serde(skip_serializing_if = "Option::is_none")]
    site_id: Option<String>,
    /// Those of this maker, as they said when they last started.
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    /// Those of this model.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// Those that last started with this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    firmware_version: Option<String>,
    /// Those that speak this version of OCPP: `1.6`, `2.0.1` or `2.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    ocpp_version: Option<String>,
    /// Those that are connected (`true`) or not (`false`) when the stations are chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    connected: Option<bool>,
}

impl FilterView {
    pub(super) fn filter(self) -> Result<StationFilter, Problem> {
        let stations: Result<Vec<_>, _> = self.station_ids.iter().map(|id| StationId::new(id)).collect();
        let stations = stations
            .map_err(|error| wrong("/filter/station_ids", format!("An identity is wrong: {error}.")))?;
        Ok(StationFilter {
            stations,
            site: self.site_id.map(SiteId),
            vendor: self.vendor,
            model: self.model,
            firmware_version: self.firmware_version,
            ocpp_version: self.ocpp_version,
            connected: self.connected,
        })
    }

    pub(super) fn of(filter: StationFilter) -> FilterView {
        FilterView {
            station_ids: filter.stations.iter().map(ToString::to_string).collect(),
            site_id: filter.site.map(|site| site.0),
            vendor: filter.vendor,
            model: filter.model,
            firmware_version: filter.firmware_version,
            ocpp_version: filter.ocpp_version,
            connected: filter.connected,
        }
    }
}

/// When stations may be told, by the clock of their site.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Window)]
pub(crate) struct WindowView {
    /// From, such as `22:00`.
    #[schema(example = "22:00")]
    from: String,
    /// To, on the next day when it is not later than `from`.
    #[schema(example = "05:00")]
    to: String,
}

impl WindowView {
    fn window(&self) -> Result<Window, Problem> {
        let time = |text: &str| {
            let sentence = format!(
                "{:?} is no time of day: write it like 22:00.",
                text.chars().take(20).collect::<String>()
            );
            text.parse::<Time>().map_err(|_| wrong("/window", sentence))
        };
        Ok(Window { from: time(&self.from)?, to: time(&self.to)? })
    }
}

fn wrong(pointer: &str, detail: String) -> Problem {
    let wrong = WrongValue { pointer: pointer.to_owned(), detail: detail.clone() };
    Kind::Invalid.because(detail).with_errors(vec![wrong])
}

/// What is said of a campaign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CampaignBody {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, example = "2.4.1 for all AC chargers")]
    name: String,
    /// With which firmware.
    firmware_id: String,
    /// Which stations; they are chosen now.
    #[serde(default)]
    filter: FilterView,
    /// The sizes of the waves; the last one is for all that are left. Empty: all in one wave.
    #[serde(default)]
    #[schema(max_items = 50, example = json!([1, 10, 100]))]
    waves: Vec<u32>,
    /// How many stations are at it at the same time; 10 unless said otherwise.
    #[schema(minimum = 1, maximum = 1000)]
    at_once: Option<u32>,
    /// When stations may be told; at any time when absent.
    window: Option<WindowView>,
    /// How many stations may fail before it pauses by itself; none unless said otherwise.
    max_failures: Option<u32>,
    /// How long one station may take, in hours; 48 unless said otherwise.
    #[schema(minimum = 1, maximum = 9600)]
    hours_each: Option<u32>,
    /// How often a station tries again; it decides when absent.
    #[schema(maximum = 100)]
    retries: Option<u32>,
    /// Seconds between tries, together with `retries`.
    #[schema(minimum = 1, maximum = 86400)]
    retry_interval_s: Option<u32>,
}

impl CampaignBody {
    fn form(self) -> Result<CampaignForm, Problem> {
        Ok(CampaignForm {
            name: self.name,
            firmware: FirmwareId(self.firmware_id),
            filter: self.filter.filter()?,
            plan: CampaignPlan {
                waves: self.waves,
                at_once: self.at_once.unwrap_or(10),
                window: self.window.map(|window| window.window()).transpose()?,
                max_failures: self.max_failures.unwrap_or(0),
                hours_each: self.hours_each.unwrap_or(48),
                retries: retries(self.retries, self.retry_interval_s)?,
            },
        })
    }
}

/// A campaign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Campaign)]
pub(crate) struct CampaignView {
    /// Its key.
    id: String,
    /// What people call it.
    name: String,
    /// With which firmware.
    firmware_id: String,
    /// Which stations were chosen.
    filter: FilterView,
    /// The sizes of the waves.
    wave_sizes: Vec<u32>,
    /// How many stations are at it at the same time.
    at_once: u32,
    /// When stations may be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<WindowView>,
    /// How many stations may fail before it pauses by itself.
    max_failures: u32,
    /// `running`, `paused`, `aborted` or `ended`.
    state: &'static str,
    /// Why it is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The wave under way, from 1.
    wave: u32,
    /// How many waves there are.
    waves: u32,
    /// How many stations it is for.
    stations: u32,
    /// How many of them are in each state: `waiting`, `updating`, `done`, `failed`, `skipped`. Lists leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<BTreeMap<String, u32>>,
    /// Who began it.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    began_at: Timestamp,
}

impl From<Campaign> for CampaignView {
    fn from(campaign: Campaign) -> CampaignView {
        let state = campaign.state.name();
        CampaignView {
            id: campaign.id.0,
            name: campaign.name,
            firmware_id: campaign.firmware.0,
            filter: FilterView::of(campaign.filter),
            wave_sizes: campaign.plan.waves,
            at_once: campaign.plan.at_once,
            window: campaign.plan.window.map(|window| WindowView {
                from: window.from.strftime("%H:%M").to_string(),
                to: window.to.strftime("%H:%M").to_string(),
            }),
            max_failures: campaign.plan.max_failures,
            state,
            reason: match campaign.state {
                CampaignState::Paused { why } => Some(why),
                _ => None,
            },
            wave: campaign.wave.saturating_add(1),
            waves: campaign.waves,
            stations: campaign.stations,
            counts: None,
            by: campaign.by,
            began_at: campaign.began_at,
        }
    }
}

impl From<CampaignReport> for CampaignView {
    fn from(report: CampaignReport) -> CampaignView {
        let counts = report.counts.into_iter().map(|(state, count)| (state.to_owned(), count)).collect();
        CampaignView { counts: Some(counts), ..report.campaign.into() }
    }
}

/// A station's part in a campaign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignStation)]
pub(crate) struct TargetView {
    /// The station.
    station_id: String,
    /// Its wave, from 1.
    wave: u32,
    /// `waiting`, `updating`, `done`, `failed` or `skipped`.
    state: &'static str,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The version that it started with.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// When it came to this state.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Its update, while it is at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    update: Option<UpdateView>,
}

impl From<TargetReport> for TargetView {
    fn from(report: TargetReport) -> TargetView {
        let state = report.target.state.name();
        let (reason, version) = match report.target.state {
            TargetState::Failed { why } => (Some(why), None),
            TargetState::Done { version } => (None, version),
            _ => (None, None),
        };
        TargetView {
            station_id: report.target.station.to_string(),
            wave: report.target.wave.saturating_add(1),
            state,
            reason,
            version,
            at: report.target.at,
            update: report.update.map(Into::into),
        }
    }
}

/// List the campaigns
///
/// The latest one first.
#[utoipa::path(
    get, path = "/api/v1/campaigns", tag = "firmware", operation_id = "listCampaigns",
    security(("api_key" = ["stations:read"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of campaigns", body = List<CampaignView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<CampaignView>>, Problem> {
    page_of(&app, query, Order::NewestFirst, |campaign: Campaign| campaign.into()).await
}

/// Show one campaign
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}", tag = "firmware", operation_id = "getCampaign",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "Its key")),
    responses(
        (status = 200, description = "The campaign", body = CampaignView),
        (status = 404, description = "There is no such campaign"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(id): Key) -> Result<Json<CampaignView>, Problem> {
    Ok(Json(app.upkeep.report_of(&CampaignId(id)).await?.into()))
}

/// Begin a campaign
///
/// The stations are chosen now. Those that are not connected wait, and hold up no wave that has a result. The
/// campaign pauses by itself when more stations fail than may.
#[utoipa::path(
    post, path = "/api/v1/campaigns", tag = "firmware", operation_id = "beginCampaign",
    security(("api_key" = ["commands:send"])),
    request_body = CampaignBody,
    responses(
        (status = 201, description = "The campaign", body = CampaignView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such firmware or station"),
        (status = 409, description = "The content of the firmware has not come yet"),
        (status = 422, description = "A value is wrong, or no station is chosen"),
    )
)]
pub(crate) async fn begin(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Body(body): Body<CampaignBody>,
) -> Result<Created<CampaignView>, Problem> {
    let campaign = app.upkeep.begin_campaign(body.form()?, &caller.identity.name).await?;
    let location = format!("/api/v1/campaigns/{}", segment(&campaign.id.0));
    Ok(Created { location, revision: Some(campaign.revision), body: campaign.into() })
}

/// Pause a campaign
///
/// No more stations are told; those that were go on.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/pause", tag = "firmware", operation_id = "pauseCampaign",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "Its key")),
    responses(
        (status = 200, description = "The campaign", body = CampaignView),
        (status = 404, description = "There is no such campaign"),
        (status = 409, description = "It does not run"),
    )
)]
pub(crate) async fn pause(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
) -> Result<Json<CampaignView>, Problem> {
    Ok(Json(app.upkeep.pause_campaign(&CampaignId(id), &caller.identity.name).await?.into()))
}

/// Resume a campaign
///
/// What failed so far does not count any more.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/resume", tag = "firmware", operation_id = "resumeCampaign",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "Its key")),
    responses(
        (status = 200, description = "The campaign", body = CampaignView),
        (status = 404, description = "There is no such campaign"),
        (status = 409, description = "It is not paused"),
    )
)]
pub(crate) async fn resume(State(app): State<App>, Key(id): Key) -> Result<Json<CampaignView>, Problem> {
    Ok(Json(app.upkeep.resume_campaign(&CampaignId(id)).await?.into()))
}

/// Give a campaign up
///
/// Stations that were not told are left alone; those that were go on.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/abort", tag = "firmware", operation_id = "abortCampaign",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "Its key")),
    responses(
        (status = 200, description = "The campaign", body = CampaignView),
        (status = 404, description = "There is no such campaign"),
        (status = 409, description = "It has ended"),
    )
)]
pub(crate) async fn abort(State(app): State<App>, Key(id): Key) -> Result<Json<CampaignView>, Problem> {
    Ok(Json(app.upkeep.abort_campaign(&CampaignId(id)).await?.into()))
}

/// Retry where a campaign failed
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/retry", tag = "firmware", operation_id = "retryCampaign",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "Its key")),
    responses(
        (status = 200, description = "The campaign", body = CampaignView),
        (status = 404, description = "There is no such campaign"),
        (status = 409, description = "It failed nowhere, or was given up"),
    )
)]
pub(crate) async fn retry(State(app): State<App>, Key(id): Key) -> Result<Json<CampaignView>, Problem> {
    Ok(Json(app.upkeep.retry_campaign(&CampaignId(id)).await?.into()))
}

/// List the stations of a campaign
///
/// All of them, at most 10,000, in the order of their identities.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/stations", tag = "firmware", operation_id = "listCampaignStations",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "Its key")),
    responses(
        (status = 200, description = "Its stations", body = List<TargetView>),
        (status = 404, description = "There is no such campaign"),
    )
)]
pub(crate) async fn stations(
    State(app): State<App>,
    Key(id): Key,
) -> Result<Json<List<TargetView>>, Problem> {
    let targets = app.upkeep.targets_of(&CampaignId(id)).await?;
    Ok(Json(List { items: targets.into_iter().map(Into::into).collect(), next: None }))
}

/// Export what came of a campaign
///
/// CSV with the columns station, wave, state, at, version and reason.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/export", tag = "firmware", operation_id = "exportCampaign",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "Its key")),
    responses(
        (status = 200, description = "The stations", content((String = "text/csv"))),
        (status = 404, description = "There is no such campaign"),
    )
)]
pub(crate) async fn export(State(app): State<App>, Key(id): Key) -> Result<Response, Problem> {
    let targets = app.upkeep.targets_of(&CampaignId(id)).await?;
    let mut text = "station,wave,state,at,version,reason\r\n".to_owned();
    for view in targets.into_iter().map(TargetView::from) {
        let fields = [
            view.station_id,
            view.wave.to_string(),
            view.state.to_owned(),
            view.at.to_string(),
            view.version.unwrap_or_default(),
            view.reason.unwrap_or_default(),
        ];
        text.push_str(&fields.map(|field| cell(&field)).join(","));
        text.push_str("\r\n");
    }
    let fields = [
        (header::CONTENT_TYPE, "text/csv"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"campaign.csv\""),
    ];
    Ok((fields, text).into_response())
}

/// A field of CSV (RFC 4180). What a spreadsheet would take for a formula is text: versions and reasons are what
/// stations say.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
