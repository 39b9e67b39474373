//! Uptime: figures by a formula for a period, down to the intervals that make them; what excuses outages; by which
//! rules sites are reported.

mod exclusions;
mod rules;
mod strip;
mod submitted;

use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use ocpp_server::availability::report::{
    Ask, Outage, PeriodLine, PeriodState, PortReport, Report, ReportError, minutes, shown,
};
use ocpp_server::availability::{Formula, formulas};
use ocpp_server::domain::{RecordKind, Scope, Site, SiteId};
use ocpp_server::store::{RecordFilter, TypedRecords};
use serde::Deserialize;

use super::form::Posted;
use super::frame::{self, Tab};
use super::links::encoded;
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::words;
use crate::manager::App;
use crate::manager::api::period_state;

/// The most sites to choose from.
const MAX_LISTED: usize = 1000;
/// How many periods are listed.
const PERIODS: usize = 13;
/// The most outages of a port on its page; the CSV has all of them.
const MAX_OUTAGES: usize = 500;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/uptime", get(page))
        .route("/uptime/port", get(port_page))
        .route("/uptime/submit", post(submit))
        .merge(submitted::routes())
        .merge(exclusions::routes())
        .merge(rules::routes())
}

impl From<ReportError> for Refuse {
    fn from(error: ReportError) -> Refuse {
        match error {
            ReportError::Unknown { .. } => Refuse::Nothing(error.to_string()),
            ReportError::Store(_) => Refuse::Broken(error.to_string()),
            other => Refuse::BadForm(other.to_string()),
        }
    }
}

/// What to show.
#[derive(Debug, Clone, Default, Deserialize)]
struct Which {
    #[serde(default)]
    formula: String,
    #[serde(default)]
    period: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    station: String,
    #[serde(default)]
    evse: String,
}

impl Which {
    fn site(&self) -> Option<SiteId> {
        Some(SiteId(self.site.clone())).filter(|site| !site.0.is_empty())
    }

    /// The parameters that ask for the same.
    fn query(&self) -> String {
        format!(
            "formula={}&period={}&site={}",
            encoded(&self.formula),
            encoded(&self.period),
            encoded(&self.site)
        )
    }

    /// The same for the REST interface.
    fn api_query(&self) -> String {
        let site = self.site().map(|site| format!("&site_id={}", encoded(&site.0))).unwrap_or_default();
        format!("formula={}&period={}{site}", encoded(&self.formula), encoded(&self.period))
    }

    fn ask(&self) -> Result<Ask, Refuse> {
        let period = self.period.parse().map_err(|error| Refuse::BadForm(format!("A{}.", tail(&error))))?;
        Ok(Ask { formula: self.formula.clone(), period, site: self.site() })
    }
}

fn tail(error: &impl std::fmt::Display) -> String {
    error.to_string().chars().skip(1).collect()
}

async fn sites(visitor: &Visitor) -> Result<Vec<Site>, Refuse> {
    Ok(visitor.app.csms.store().list(RecordFilter::all(RecordKind::Site, MAX_LISTED)).await?)
}

/// `GET /uptime`
async fn page(visitor: Visitor, Query(mut which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let all = formulas(visitor.app.csms.store().as_ref()).await?;
    if which.formula.is_empty() {
        which.formula = all.first().map(|(formula, _)| formula.id.to_string()).unwrap_or_default();
    }
    let site = which.site();
    let lines = visitor.app.reports.periods(&which.formula, site.as_ref(), PERIODS).await?;
    if which.period.is_empty() {
        // The period that was over last; the one that runs where there is no other.
        let over = lines.iter().find(|line| line.state != PeriodState::Open).or(lines.first());
        which.period = over.map(|line| line.period.to_string()).unwrap_or_default();
    }
    let ask = which.ask();
    let report = match ask {
        Ok(ask) => visitor.app.reports.compute(&ask).await,
        Err(Refuse::BadForm(sentence)) => Err(ReportError::Invalid(sentence)),
        Err(other) => return Err(other),
    };
    let report = match report {
        Err(ReportError::Invalid(sentence)) => Err(sentence),
        other => Ok(other?),
    };
    let body = html! {
        div.heading {
            h2 { "Uptime" }
            a.button href="/uptime/exclusions" { "Exclusions" }
            a.button href="/uptime/rules" { "Rules" }
        }
        (chooser(&which, &all, &sites(&visitor).await?))
        @match &report {
            Ok(report) => { (shown_report(&visitor, &which, report, &lines)) }
            Err(sentence) => { p.wrong role="alert" { (sentence) } }
        }
        (periods(&which, &lines))
    };
    Ok(frame::page(&visitor, Tab::Uptime, "Uptime", body))
}

fn chooser(which: &Which, all: &[(Formula, Option<u32>)], sites: &[Site]) -> Markup {
    html! {
        form.fields method="get" action="/uptime" {
            label.field { span.label { "Formula" }
                select name="formula" {
                    @for (formula, _) in all {
                        option value=(formula.id) selected[*formula.id == *which.formula] { (formula.name) }
                    }
                }
            }
            label.field { span.label { "Period" }
                input name="period" value=(which.period) autocomplete="off";
                span.hint { "2026-10, 2026Q3 or 2026, as the formula looks at; the last one that is over when empty." }
            }
            label.field { span.label { "Site" }
                select name="site" {
                    option value="" selected[which.site.is_empty()] { "all sites" }
                    @for site in sites { option value=(site.id.0) selected[site.id.0 == which.site] { (site.name) } }
                }
            }
            div.actions { button { "Show" } }
        }
    }
}

fn shown_report(visitor: &Visitor, which: &Which, report: &Report, lines: &[PeriodLine]) -> Markup {
    let line = lines.iter().find(|line| line.period == report.period);
    let is_submitted = line.is_some_and(|line| line.latest.is_some());
    html! {
        section.card {
            h3 { (report.formula.name) ", " (report.period) }
            p.about { "By " (report.formula.source)
                @if let Some(version) = report.formula_version { ", version " (version) }
            }
            @if let Some(until) = report.preliminary_until {
                p.weak { "Not over yet: preliminary figures of the time until " (words::clock(until)) "." }
            }
            (threshold(report))
            @if report.ports.is_empty() { p.empty { "No port was in service in this time." } } @else {
                (ports(report, |port| {
                    let query = which.query();
                    html! { a href={ "/uptime/port?" (query) "&station=" (encoded(port.station.as_str())) "&evse=" (port.evse) } { (port.name()) } }
                }))
                p {
                    a href={ "/api/v1/reports/uptime/figures?" (which.api_query()) } { "Figures as CSV" } " · "
                    a href={ "/api/v1/reports/uptime/outages?" (which.api_query()) } { "Intervals as CSV" } " · "
                    a href={ "/api/v1/reports/uptime/pdf?" (which.api_query()) } { "PDF" }
                }
            }
            @if visitor.may(Scope::StationsWrite) && report.preliminary_until.is_none() && !is_submitted && !report.ports.is_empty() {
                form.inline method="post" action="/uptime/submit" {
                    (visitor.csrf_field())
                    input type="hidden" name="formula" value=(which.formula);
                    input type="hidden" name="period" value=(which.period);
                    input type="hidden" name="site" value=(which.site);
                    button { "Submit: freeze these figures" }
                }
            }
        }
    }
}

/// What has to be reached, and what all ports reach together.
fn threshold(report: &Report) -> Markup {
    let threshold = &report.formula.threshold;
    html! {
        p {
            @if threshold.must_exceed { "More than " } @else { "At least " } (threshold.percent) " % "
            @match &report.network {
                Some(all) => {
                    "of all ports together: " strong { (shown(all.percent, 4)) " %" } " " (verdict(Some(all.is_met)))
                }
                None => { "of each port" }
            }
        }
    }
}

fn verdict(is_met: Option<bool>) -> Markup {
    html! {
        @match is_met {
            Some(true) => { span.state.online { "met" } }
            Some(false) => { span.state.offline { "missed" } }
            None => { span.state.unseen { "no figure" } }
        }
    }
}

/// A table of ports, each with its strip.
fn ports(report: &Report, name: impl Fn(&PortReport) -> Markup) -> Markup {
    html! {
        div.scroll { table {
            thead { tr {
                th { "Port" } th.number { "Uptime" } th.number { "of true length" } th { "" }
                th.number { "Outages, min" } th.number { "Excused, min" } th { "Course" }
            } }
            tbody { @for port in &report.ports {
                tr {
                    td { (name(port)) }
                    td.number { @match port.percent { Some(percent) => { (shown(percent, 4)) " %" } None => { "–" } } }
                    td.number { @match port.percent_of_service { Some(percent) => { (shown(percent, 4)) " %" } None => { "–" } } }
                    td { (verdict(port.is_met)) }
                    td.number { (minutes(port.outage_s)) }
                    td.number { (minutes(port.excluded_s)) }
                    td { (strip::of(port)) }
                }
            } }
        } }
        (strip::legend())
    }
}

fn periods(which: &Which, lines: &[PeriodLine]) -> Markup {
    html! {
        section.card {
            h3 { "Periods" }
            div.scroll { table {
                thead { tr { th { "Period" } th { "State" } th { "Submitted" } } }
                tbody { @for line in lines {
                    tr {
                        td { a href={ "/uptime?formula=" (encoded(&which.formula)) "&period=" (line.period) "&site=" (encoded(&which.site)) } { (line.period) } }
                        td { (period_state(line.state)) }
                        td { @if let Some(id) = &line.latest { a href={ "/uptime/submitted/" (encoded(id)) } { (id) } } }
                    }
                } }
            } }
        }
    }
}

/// `GET /uptime/port`
async fn port_page(visitor: Visitor, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let report = visitor.app.reports.compute(&which.ask()?).await?;
    let is_it =
        |port: &&PortReport| port.station.as_str() == which.station && port.evse.to_string() == which.evse;
    let port = report.ports.iter().find(is_it);
    let port =
        port.ok_or_else(|| Refuse::Nothing("This port was not in service in this time.".to_owned()))?;
    let body = html! {
        div.heading { h2 { "Uptime of " (port.name()) } a.button href={ "/uptime?" (which.query()) } { "All ports" } }
        (of_port(&report, port))
    };
    Ok(frame::page(&visitor, Tab::Uptime, "Uptime of a port", body))
}

/// The figure of a port, and the intervals that make it.
fn of_port(report: &Report, port: &PortReport) -> Markup {
    let zone = TimeZone::get(&port.time_zone).unwrap_or(TimeZone::UTC);
    html! {
        section.card {
            h3 { (report.formula.name) ", " (report.period) " " (verdict(port.is_met)) }
            dl.facts {
                dt { "Window" } dd { (words::date_in(port.window.from, &zone)) " to " (words::date_in(port.window.until, &zone)) }
                dt { "In service" } dd { (words::date_in(port.service.from, &zone)) " to " (words::date_in(port.service.until, &zone)) }
                dt { "Uptime" } dd {
                    @match port.percent { Some(percent) => { (percent) " %" } None => { "the formula says nothing of it" } }
                    " = (" (minutes(port.divisor_s)) " − (" (minutes(port.outage_s)) " − " (minutes(port.excluded_s)) ")) / "
                    (minutes(port.divisor_s)) " min"
                }
                dt { "Of the true length" } dd { @match port.percent_of_service { Some(percent) => { (percent) " %" } None => { "–" } } }
            }
            (strip::of(port))
            (strip::legend())
        }
        section.card {
            h3 { "Outages" }
            @if port.outages.is_empty() { p.empty { "None." } } @else {
                div.scroll { table {
                    thead { tr { th { "From" } th { "Until" } th.number { "Minutes" } th.number { "Excused" } th { "States" } th { "What excuses it" } } }
                    tbody { @for outage in port.outages.iter().take(MAX_OUTAGES) { (outage_row(outage, &zone)) } }
                } }
                @if port.outages.len() > MAX_OUTAGES {
                    p.weak { "The first " (MAX_OUTAGES) " of " (port.outages.len()) ": the CSV of the intervals has all." }
                }
            }
        }
    }
}

fn outage_row(outage: &Outage, zone: &TimeZone) -> Markup {
    html! {
        tr {
            td { (words::date_in(outage.when.from, zone)) }
            td { (words::date_in(outage.when.until, zone)) }
            td.number { (minutes(outage.when.seconds())) }
            td.number { (minutes(outage.excluded_s)) }
            td { ul.plain { @for state in &outage.states {
                li { (words::spelled(&state.state)) ", " (minutes(state.when.seconds())) " min"
                    @if state.behind != state.state { " (behind it: " (words::spelled(&state.behind)) ")" }
                }
            } } }
            td { ul.plain { @for excused in &outage.excused {
                li {
                    (words::spelled(&excused.reason)) ", " (minutes(excused.when.seconds())) " min from "
                    (words::clock_in(excused.when.from, zone)) ": " (excused.evidence)
                    @if !excused.entered_by.is_empty() { " (" (excused.entered_by)
                        @if let Some(second) = &excused.confirmed_by { ", confirmed by " (second) } ")" }
                }
            } } }
        }
    }
}

/// `POST /uptime/submit`
async fn submit(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let get = |name: &str| fields.get(name).to_owned();
    let which =
        Which { formula: get("formula"), period: get("period"), site: get("site"), ..Which::default() };
    let submitted = visitor.app.reports.submit(&which.ask()?, &visitor.identity.name).await?;
    Ok(Redirect::to(&format!("/uptime/submitted/{}", encoded(&submitted.id))).into_response())
}
