//! Campaigns: beginning one, and following it station by station.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::civil::Time;
use maud::{Markup, html};
use ocpp_server::domain::{
    Campaign, CampaignId, CampaignPlan, CampaignState, RecordKind, Scope, Site, SiteId, StationFilter,
    TargetState, Window,
};
use ocpp_server::maintenance::{CampaignForm, TargetReport};
use ocpp_server::register::Flaw;
use ocpp_server::store::{RecordFilter, TypedRecords};

use super::super::form::{self, Draft, Fields, Form, Posted};
use super::super::frame::{self, Tab};
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::super::{links, words};
use super::{chosen, options, refused};
use crate::manager::App;

/// The most sites to choose from.
const MAX_SITES: usize = 1000;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/campaigns", post(begin))
        .route("/campaigns/add", get(add_page))
        .route("/campaigns/{id}", get(page))
        .route("/campaigns/{id}/{turn}", post(turn))
}

pub(super) fn row(campaign: &Campaign) -> Markup {
    html! {
        tr {
            td { a href={ "/campaigns/" (campaign.id.0) } { (campaign.name) } }
            td { (campaign.state.name()) }
            td { (campaign.wave + 1) " of " (campaign.waves) }
            td { (campaign.stations) }
            td { (words::clock(campaign.began_at)) " by " (campaign.by) }
        }
    }
}

/// `GET /campaigns/add`
async fn add_page(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let usual = [("at_once", "10"), ("max_failures", "0"), ("hours_each", "48")];
    let draft = Draft::of(Fields::of(usual.map(|(name, value)| (name, value.to_owned()))));
    add_form(&visitor, &draft).await
}

async fn add_form(visitor: &Visitor, draft: &Draft) -> Result<Markup, Refuse> {
    let filter = RecordFilter::all(RecordKind::Site, MAX_SITES);
    let sites: Vec<Site> = visitor.app.csms.store().list(filter).await?;
    let mut places = vec![(String::new(), "any site".to_owned())];
    places.extend(sites.into_iter().map(|site| (site.id.0, site.name)));
    let form = Form::new(visitor, "/campaigns", draft)
        .line("name", "Name", "What people call it.")
        .choice("firmware", "Firmware", &options(&visitor.app).await?)
        .choice("site", "Stations at", &places)
        .line("vendor", "of the maker", "As stations say it when they start. Empty: any.")
        .line("model", "of the model", "Empty: any.")
        .line("firmware_version", "that run the version", "Empty: any.")
        .line(
            "waves",
            "Waves",
            "Sizes with commas, such as 1, 10, 100; the last one is for all that are left. Empty: one wave.",
        )
        .line("at_once", "At the same time", "How many stations are at it.")
        .line("window", "Hours of the day", "By the clock of each site, such as 22:00-05:00. Empty: any.")
        .line("max_failures", "Failures", "When more stations fail than this, it pauses.")
        .line("hours_each", "Hours for each station", "")
        .submit("Begin");
    let body = html! { h2 { "Begin a campaign" } (form) };
    Ok(frame::page(visitor, Tab::Firmware, "Begin a campaign", body))
}

fn read(draft: &mut Draft) -> CampaignForm {
    let at_once = draft.number("at_once", "number of stations").unwrap_or(10);
    let max_failures = draft.number("max_failures", "number of stations").unwrap_or(0);
    let hours_each = draft.number("hours_each", "number of hours").unwrap_or(48);
    let sizes = draft.fields.get("waves").to_owned();
    let sizes = sizes.split(',').map(str::trim).filter(|size| !size.is_empty()).map(str::parse);
    let waves: Vec<u32> = sizes.collect::<Result<_, _>>().unwrap_or_else(|_| {
        draft.flaws.push(Flaw::at("/waves", "These are no sizes: write them like 1, 10, 100."));
        Vec::new()
    });
    let window = draft.fields.given("window").and_then(|text| {
        let times = text.split_once(['-', '–']).map(|(from, to)| (from.trim().parse(), to.trim().parse()));
        if let Some((Ok(from), Ok(to))) = times {
            let (from, to): (Time, Time) = (from, to);
            return Some(Window { from, to });
        }
        draft.flaws.push(Flaw::at("/window", "These are no hours of the day: write them like 22:00-05:00."));
        None
    });
    CampaignForm {
        name: draft.fields.get("name").to_owned(),
        firmware: chosen(&draft.fields),
        filter: StationFilter {
            stations: Vec::new(),
            site: draft.fields.given("site").map(SiteId),
            vendor: draft.fields.given("vendor"),
            model: draft.fields.given("model"),
            firmware_version: draft.fields.given("firmware_version"),
            ..StationFilter::default()
        },
        plan: CampaignPlan { waves, at_once, window, max_failures, hours_each, retries: None },
    }
}

/// `POST /campaigns`
async fn begin(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let mut draft = Draft::of(fields);
    let form = read(&mut draft);
    if draft.is_fine() {
        match visitor.app.upkeep.begin_campaign(form, &visitor.identity.name).await {
            Ok(campaign) => return Ok(to(&campaign.id).into_response()),
            Err(error) => draft = refused(draft, error)?,
        }
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, add_form(&visitor, &draft).await?).into_response())
}

fn to(id: &CampaignId) -> Redirect {
    Redirect::to(&format!("/campaigns/{}", id.0))
}

/// `POST /campaigns/{id}/{turn}`
async fn turn(
    Path((id, turn)): Path<(String, String)>,
    Posted { visitor, .. }: Posted,
) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let (id, upkeep) = (CampaignId(id), &visitor.app.upkeep);
    match turn.as_str() {
        "pause" => upkeep.pause_campaign(&id, &visitor.identity.name).await?,
        "resume" => upkeep.resume_campaign(&id).await?,
        "abort" => upkeep.abort_campaign(&id).await?,
        "retry" => upkeep.retry_campaign(&id).await?,
        _ => return Err(Refuse::Nothing("A campaign cannot be turned this way.".to_owned())),
    };
    Ok(to(&id))
}

/// `GET /campaigns/{id}`
async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let id = CampaignId(id);
    let report = visitor.app.upkeep.report_of(&id).await?;
    let targets = visitor.app.upkeep.targets_of(&id).await?;
    let campaign = &report.campaign;
    let body = html! {
        div.heading { h2 { (campaign.name) } span.state { (campaign.state.name()) } }
        @if let CampaignState::Paused { why } = &campaign.state { p.note { "It is paused: " (why) "." } }
        dl.facts {
            dt { "Wave" } dd { (campaign.wave + 1) " of " (campaign.waves) }
            @for (state, count) in &report.counts { dt { (state) } dd { (count) " of " (campaign.stations) } }
            dt { "Pauses" } dd { "when it fails at more than " (campaign.plan.max_failures) " stations" }
            @if let Some(window) = campaign.plan.window {
                dt { "Hours" } dd { (window.from.strftime("%H:%M")) " to " (window.to.strftime("%H:%M")) ", by the clock of each site" }
            }
            dt { "Begun" } dd { (words::clock(campaign.began_at)) " by " (campaign.by) }
        }
        @if visitor.may(Scope::CommandsSend) { (turns(&visitor, campaign, report.counts.contains_key("failed"))) }
        p { a href={ "/api/v1/campaigns/" (id.0) "/export" } { "Export as CSV" } }
        div.scroll { table {
            thead { tr { th { "Station" } th { "Wave" } th { "State" } th { "What came of it" } th { "Since" } } }
            tbody { @for report in &targets { (target_row(report)) } }
        } }
    };
    Ok(frame::page(&visitor, Tab::Firmware, &campaign.name, body))
}

fn turns(visitor: &Visitor, campaign: &Campaign, has_failed: bool) -> Markup {
    let path = |turn: &str| format!("/campaigns/{}/{turn}", campaign.id.0);
    let goes_on = matches!(campaign.state, CampaignState::Running | CampaignState::Paused { .. });
    html! {
        div.actions {
            @match campaign.state {
                CampaignState::Running => (form::button(visitor, &path("pause"), "Pause")),
                CampaignState::Paused { .. } => (form::button(visitor, &path("resume"), "Resume")),
                CampaignState::Aborted | CampaignState::Ended => {}
            }
            @if has_failed && campaign.state != CampaignState::Aborted {
                (form::button(visitor, &path("retry"), "Retry where it failed"))
            }
            @if goes_on {
                (form::careful(visitor, &path("abort"), "Give it up",
                    "Stations that were not told are left alone; those that were go on."))
            }
        }
    }
}

fn target_row(report: &TargetReport) -> Markup {
    let target = &report.target;
    html! {
        tr {
            td { a href=(links::station(&target.station)) { (target.station) } }
            td { (target.wave + 1) }
            td { (target.state.name()) }
            td { @match &target.state {
                TargetState::Failed { why } => (why),
                TargetState::Done { version: Some(version) } => { "started with " (version) }
                TargetState::Updating { .. } => {
                    @if let Some(update) = &report.update {
                        @match update.course.last() { Some(step) => (step.stage.as_str()), None => (update.state.name()) }
                    }
                }
                _ => {}
            } }
            td { (words::clock(target.at)) }
        }
    }
}
