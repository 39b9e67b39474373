//! What was submitted, what differs from it now, and amending it.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_server::availability::report::{Amendment, Figures, SubmittedReport, minutes, shown};
use ocpp_server::domain::Scope;

use super::{ports, threshold};
use crate::manager::App;
use crate::manager::web::form::{self, Posted};
use crate::manager::web::frame::{self, Tab};
use crate::manager::web::links::encoded;
use crate::manager::web::refuse::Refuse;
use crate::manager::web::visitor::Visitor;
use crate::manager::web::words;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/uptime/submitted/{id}", get(page))
        .route("/uptime/submitted/{id}/amend", post(amend))
}

/// `GET /uptime/submitted/{id}`
async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let submitted = visitor.app.reports.submitted(&id).await?;
    let differs = visitor.app.reports.difference(&id).await?;
    let report = &submitted.report;
    let body = html! {
        div.heading {
            h2 { "Submitted: " (report.formula.name) ", " (report.period) }
            a.button href={ "/uptime?formula=" (encoded(&report.formula.id)) "&period=" (report.period)
                "&site=" (encoded(report.site.as_ref().map_or("", |site| &site.0))) } { "As it is computed now" }
            a.button href={ "/api/v1/reports/uptime/submitted/" (encoded(&id)) "/pdf" } { "PDF" }
        }
        (facts(&submitted))
        @if let Some(why) = &submitted.amends {
            section.card { h3 { "What this amendment says otherwise" } (amendment(why)) }
        }
        section.card { h3 { "Ports" } (threshold(report)) (ports(report, |port| html! { (port.name()) })) }
        @if let Some(why) = &differs {
            section.card {
                h3 { "What differs now from the latest submission" }
                (amendment(why))
                @if visitor.may(Scope::StationsWrite) {
                    (form::button(&visitor, &format!("/uptime/submitted/{}/amend", encoded(&id)), "Amend"))
                }
            }
        } @else { p.about { "Nothing differs from the latest submission." } }
    };
    Ok(frame::page(&visitor, Tab::Uptime, "Submitted uptime", body))
}

fn facts(submitted: &SubmittedReport) -> Markup {
    html! {
        section.card { dl.facts {
            dt { "Number" } dd { @if submitted.number == 0 { "first submission" } @else { "amendment " (submitted.number) } }
            dt { "Submitted" } dd { (words::clock(submitted.submitted_at)) " by " (submitted.submitted_by) }
            dt { "SHA-256" } dd { code { (submitted.digest) } " "
                @if submitted.is_intact() { span.state.online { "intact" } } @else { span.state.offline { "changed since" } } }
        } }
    }
}

fn amendment(why: &Amendment) -> Markup {
    html! {
        div.scroll { table {
            thead { tr { th { "Port" } th { "Before" } th { "Now" } } }
            tbody { @for port in &why.ports {
                tr { td { (port.station) "/" (port.evse) } td { (figures(port.before.as_ref())) } td { (figures(port.now.as_ref())) } }
            } }
        } }
        p { (why.observations_heard) " observations were heard afterwards." }
        ul { @for one in &why.observations {
            li { (one.station) @if let Some(evse) = one.place.evse() { ", EVSE " (evse) } ": "
                (what(&one.what)) " from " (words::clock(one.at)) ", heard " (words::clock(one.heard_at)) }
        } }
        @if !why.exclusions.is_empty() {
            p { "Exclusions:" }
            ul { @for one in &why.exclusions {
                li { (words::spelled(&one.reason)) " " (words::spelled(&one.change)) " " (words::clock(one.at))
                    @if !one.by.is_empty() { " by " (one.by) } }
            } }
        }
    }
}

fn figures(figures: Option<&Figures>) -> Markup {
    html! {
        @match figures {
            Some(figures) => {
                @match figures.percent { Some(percent) => { (shown(percent, 4)) " %" } None => { "no figure" } }
                ", " (minutes(figures.outage_s)) " min of outages, " (minutes(figures.excluded_s)) " excused"
            }
            None => { "not in the report" }
        }
    }
}

fn what(observed: &ocpp_server::domain::Observed) -> String {
    let value = serde_json::to_value(observed).unwrap_or_default();
    match &value {
        serde_json::Value::String(name) => name.replace('_', " "),
        other => other.to_string().replace(['{', '}', '"'], "").replace('_', " "),
    }
}

/// `POST /uptime/submitted/{id}/amend`
async fn amend(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let amended = visitor.app.reports.amend(&id, &visitor.identity.name).await?;
    Ok(Redirect::to(&format!("/uptime/submitted/{}", encoded(&amended.id))).into_response())
}
