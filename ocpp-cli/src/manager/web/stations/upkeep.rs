//! Firmware, logs and security on the page of a station.

use std::time::Duration;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use ocpp_core::model::{LogKind, Severity, StationId};
use ocpp_server::domain::{
    KeptSecurityEvent, LogState, RecordKind, Scope, StationLog, StationUpdate, UpdateState,
};
use ocpp_server::maintenance::{LogForm, UpdateForm};
use ocpp_server::store::{RecordFilter, TypedRecords};

use super::super::form::{self, Draft, Form, Posted};
use super::super::links;
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::super::{firmware, words};
use super::identity;

/// The latest updates, logs and events that are shown.
const LATEST: usize = 5;

/// The parts of the page.
pub(super) async fn section(visitor: &Visitor, id: &StationId) -> Result<Markup, Refuse> {
    let upkeep = &visitor.app.upkeep;
    let updates = upkeep.updates_of(id, LATEST).await?;
    let logs = upkeep.logs_of(id, LATEST).await?;
    let store = visitor.app.csms.store();
    let filter = RecordFilter::all(RecordKind::SecurityEvent, LATEST).of(id.as_str()).descending();
    let events: Vec<KeptSecurityEvent> = store.list(filter).await?;
    Ok(html! {
        h3 { "Firmware" }
        @for update in &updates { (update_line(visitor, update)) }
        @if visitor.may(Scope::CommandsSend) { (update_form(visitor, id).await?) }
        h3 { "Logs" }
        @for log in &logs { (log_line(visitor, log)) }
        @if visitor.may(Scope::CommandsSend) { (log_form(visitor, id)) }
        @if !events.is_empty() {
            h3 { "Security events" }
            ul.refusals { @for kept in &events { li {
                (words::clock(kept.what.at)) " "
                @if kept.severity == Severity::Critical { strong { (kept.what.event) } } @else { (kept.what.event) }
                @if let Some(info) = &kept.what.info { ": " (info) }
            } } }
        }
    })
}

fn update_line(visitor: &Visitor, update: &StationUpdate) -> Markup {
    html! {
        p {
            "Update " (update.request) ", " (words::clock(update.ordered_at)) " by " (update.by) ": "
            strong { (update.state.name()) }
            @match &update.state {
                UpdateState::Failed { why } => { ", " (why) }
                UpdateState::Confirmed { version: Some(version) } => { ", started with " (version) }
                UpdateState::Running => { @if let Some(step) = update.course.last() { ", " (step.stage.as_str()) } }
                UpdateState::Waiting if visitor.may(Scope::CommandsSend) => {
                    " "
                    (form::button(visitor, &format!("{}/updates/{}/withdraw", links::station(&update.station), update.request), "Take it back"))
                }
                _ => {}
            }
            @if let Some(campaign) = &update.campaign { " · " a href={ "/campaigns/" (campaign.0) } { "campaign" } }
        }
    }
}

async fn update_form(visitor: &Visitor, id: &StationId) -> Result<Markup, Refuse> {
    let options = firmware::options(&visitor.app).await?;
    if options.is_empty() {
        return Ok(html! { p.about { a href="/firmware" { "Add firmware" } " to update this station." } });
    }
    let draft = Draft::default();
    let form = Form::new(visitor, format!("{}/updates", links::station(id)), &draft)
        .choice("firmware", "Firmware", &options)
        .submit("Update");
    Ok(html! { details { summary { "Update it" } (form) } })
}

fn log_line(visitor: &Visitor, log: &StationLog) -> Markup {
    let path = format!("/api/v1{}/logs/{}/content", links::station(&log.station), log.request);
    html! {
        p {
            (named(log.log)) " log " (log.request) ", " (words::clock(log.ordered_at)) " by " (log.by) ": "
            strong { (log.state.name()) }
            @match (&log.state, &log.file) {
                (LogState::Failed { why }, _) => { ", " (why) }
                (LogState::Here, Some(file)) if visitor.may(Scope::CommandsSend) => {
                    ", " a href=(path) { (log.file_name.as_deref().unwrap_or("the file")) } " (" (file.size) " bytes)"
                }
                _ => {}
            }
        }
    }
}

const fn named(log: LogKind) -> &'static str {
    match log {
        LogKind::Diagnostics => "Diagnostics",
        LogKind::Security => "Security",
        LogKind::DataCollector => "Data collector",
    }
}

fn log_form(visitor: &Visitor, id: &StationId) -> Markup {
    let kinds = ["diagnostics", "security", "data_collector"];
    let names = [LogKind::Diagnostics, LogKind::Security, LogKind::DataCollector].map(named);
    let options: Vec<_> =
        kinds.iter().zip(names).map(|(kind, name)| ((*kind).to_owned(), name.to_owned())).collect();
    let draft = Draft::default();
    let form = Form::new(visitor, format!("{}/logs", links::station(id)), &draft)
        .choice("log", "Log", &options)
        .submit("Order it");
    html! { details { summary { "Order a log" } (form) } }
}

fn back(id: &StationId) -> Response {
    Redirect::to(&links::station(id)).into_response()
}

/// `POST /stations/{id}/updates`
pub(super) async fn update(
    Path(id): Path<String>,
    Posted { visitor, fields }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let form = UpdateForm {
        firmware: firmware::chosen(&fields),
        retrieve_at: None,
        install_at: None,
        retries: None,
        within: Duration::from_secs(48 * 3600),
    };
    visitor.app.upkeep.update(&id, &form, &visitor.identity.name).await?;
    Ok(back(&id))
}

/// `POST /stations/{id}/updates/{request}/withdraw`
pub(super) async fn withdraw(
    Path((id, request)): Path<(String, u32)>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    visitor.app.upkeep.withdraw_update(&id, request).await?;
    Ok(back(&id))
}

/// `POST /stations/{id}/logs`
pub(super) async fn log(
    Path(id): Path<String>,
    Posted { visitor, fields }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let log = match fields.get("log") {
        "security" => LogKind::Security,
        "data_collector" => LogKind::DataCollector,
        _ => LogKind::Diagnostics,
    };
    let form = LogForm { log, from: None, until: None, retries: None };
    visitor.app.upkeep.order_log(&id, &form, &visitor.identity.name).await?;
    Ok(back(&id))
}

/// `POST /stations/{id}/key/renew`
pub(super) async fn renew(
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let id = identity(&id)?;
    visitor.app.upkeep.renew_key(&id).await?;
    Ok(back(&id))
}
