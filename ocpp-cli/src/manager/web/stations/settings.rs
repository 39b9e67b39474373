//! The settings of a station: what is known, with what it means, what it should be, and changing it.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use ocpp_core::model::{ReportKind, Setting, SettingChange, StationId};
use ocpp_server::catalogue::{name, named};
use ocpp_server::domain::{Scope, StationDevice, StationReport};
use ocpp_server::maintenance::{Ask, DriftRow, ItemWord, SettingFilter, SettingRow};
use ocpp_server::store::Page;
use serde::Deserialize;

use super::super::form::{self, Posted};
use super::super::frame::{self, Tab};
use super::super::links::{self, encoded};
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::super::words;
use super::identity;

/// The most settings on one page.
const MAX_LISTED: usize = 200;
/// The reports that are shown.
const REPORTS: usize = 3;

/// Which settings are listed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
}

/// `GET /stations/{id}/settings`
pub(super) async fn page(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    with_note(&visitor, &identity(&id)?, &which, None).await
}

/// The page with what came of an order, or as it is.
async fn with_note(
    visitor: &Visitor,
    id: &StationId,
    which: &Which,
    note: Option<(bool, String)>,
) -> Result<Markup, Refuse> {
    let devices = &visitor.app.devices;
    let given = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    let filter = SettingFilter { text: given(&which.q), ..SettingFilter::default() };
    let page = Page { after: given(&which.after), limit: MAX_LISTED + 1 };
    let mut rows = devices.settings(id, &filter, page).await?;
    let has_more = rows.len() > MAX_LISTED;
    rows.truncate(MAX_LISTED);
    let next = rows.last().filter(|_| has_more).map(|row| row.name.clone());
    let drift = visitor.app.desired.drift(id).await?;
    let device = devices.device(id).await?;
    let mut reports = devices.reports(id).await?;
    reports.truncate(REPORTS);
    let path = format!("{}/settings", links::station(id));
    let body = html! {
        h2 { "Settings of " a href=(links::station(id)) { (id) } }
        @if let Some((is_fine, note)) = &note {
            @if *is_fine { p.note role="status" { (note) } } @else { p.wrong role="alert" { (note) } }
        }
        (known(device.as_ref(), &reports))
        @if visitor.may(Scope::CommandsSend) { (orders(visitor, &path, &drift.rows)) }
        form.search method="get" action=(path) {
            input type="search" name="q" value=(which.q) placeholder="Name or meaning" aria-label="Name or meaning";
            button.quiet { "Search" }
        }
        @if rows.is_empty() {
            p.empty { "Nothing is known of such settings. A full report tells all of them." }
        } @else {
            @for (component, rows) in by_component(&rows) {
                h3 { (component) }
                div.scroll { table {
                    thead { tr { th { "Setting" } th { "Value" } th { "Meaning" } th { "Change" } } }
                    tbody { @for row in rows { (line(visitor, &path, &which.q, row, &drift.rows)) } }
                } }
            }
            @if let Some(next) = next {
                p { a href={ (path) "?q=" (encoded(&which.q)) "&after=" (encoded(&next)) } { "More settings" } }
            }
        }
        (unknown_drift(&drift.rows))
    };
    Ok(frame::page(visitor, Tab::Stations, &format!("Settings of {id}"), body))
}

fn known(device: Option<&StationDevice>, reports: &[StationReport]) -> Markup {
    html! {
        @if let Some(device) = device {
            p.about {
                (device.settings) " settings are known"
                @match device.full_since {
                    Some(since) => { "; all of them as of " (words::clock(since)) "." },
                    None => "; there was no full report yet.",
                }
            }
            @if !device.reboot_for.is_empty() {
                p.banner role="note" {
                    "These hold after a restart: "
                    (device.reboot_for.keys().cloned().collect::<Vec<_>>().join(", ")) "."
                }
            }
        }
        @for report in reports {
            p.weak {
                "Report " (report.number) ", " (words::clock(report.since)) " by " (report.by) ": "
                strong { (report.state.name()) } ", " (report.settings) " settings"
                @let missing = report.missing();
                @if !missing.is_empty() {
                    ", without part "
                    (missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
                }
                @if report.left_out > 0 { ", " (report.left_out) " were too many to be kept" }
            }
        }
    }
}

fn orders(visitor: &Visitor, path: &str, drift: &[DriftRow]) -> Markup {
    html! {
        div.actions {
            (form::button(visitor, &format!("{path}/report"), "Ask for a full report"))
            @if !drift.is_empty() { (form::button(visitor, &format!("{path}/assert"), "Assert what it should have")) }
        }
    }
}

/// Rows in their order, with the component that they have in common.
fn by_component(rows: &[SettingRow]) -> Vec<(String, Vec<&SettingRow>)> {
    let mut groups: Vec<(String, Vec<&SettingRow>)> = Vec::new();
    for row in rows {
        let component = match &row.known.reported.setting {
            Setting::Key(_) => "Configuration keys".to_owned(),
            Setting::Variable { component, .. } => component.to_string(),
        };
        match groups.last_mut() {
            Some((last, rows)) if *last == component => rows.push(row),
            _ => groups.push((component, vec![row])),
        }
    }
    groups
}

fn line(visitor: &Visitor, path: &str, q: &str, row: &SettingRow, drift: &[DriftRow]) -> Markup {
    let reported = &row.known.reported;
    let form = reported.characteristics.as_ref();
    let unit = form.and_then(|form| form.unit.as_deref()).or(row.entry.map(|entry| entry.unit)).unwrap_or("");
    let is_secret = reported.setting.is_secret() || row.entry.is_some_and(|entry| entry.secret);
    let wanted = drift.iter().find(|wanted| {
        wanted.said.as_ref().is_some_and(|said| name(&said.setting).eq_ignore_ascii_case(&row.name))
    });
    html! {
        tr {
            td { (row.name) @if row.is_gone { br; span.weak { "no longer reported" } } }
            td {
                @match reported.actual() { Some(value) => code { (value) }, None => span.weak { "not told" } }
                @if !unit.is_empty() { " " (unit) }
                @for other in reported.attributes.iter().filter(|other| other.kind.as_str() != "Actual") {
                    br; span.weak { (other.kind) " " (other.value.as_deref().unwrap_or("not told")) }
                }
                @if row.waits_for_reboot { br; span.doubt { "waits for a restart" } }
                @if let Some(wanted) = wanted.filter(|wanted| wanted.drift.is_drift()) {
                    br; span.wrong { "should be " (wanted.said.as_ref().unwrap_or(&wanted.wanted).value) " ("
                        (wanted.template) "): " (wanted.drift.explanation()) }
                }
            }
            td {
                @match row.entry { Some(entry) => (entry.meaning), None => span.weak { "A vendor's own." } }
                @let limits = limits_of(row);
                @if !limits.is_empty() { br; span.weak { (limits) } }
            }
            td { @if visitor.may(Scope::CommandsSend) && row.is_writable() {
                form.inline method="post" action=(path) {
                    (visitor.csrf_field())
                    input type="hidden" name="name" value=(row.name);
                    input type="hidden" name="q" value=(q);
                    input type=(if is_secret { "password" } else { "text" }) name="value" autocomplete="off"
                        value=[reported.actual().filter(|_| !is_secret)] aria-label={ "New value of " (row.name) };
                    button.quiet { "Set" }
                }
            } }
        }
    }
}

/// What a value may be, in a few words: as the station says, or else the standard.
fn limits_of(row: &SettingRow) -> String {
    let form = row.known.reported.characteristics.as_ref();
    let own = |limit: fn(&ocpp_core::model::Characteristics) -> Option<rust_decimal::Decimal>| {
        form.and_then(limit).map(|limit| limit.to_string())
    };
    let entry = row.entry;
    let least = own(|form| form.min_limit)
        .or_else(|| entry.and_then(|entry| entry.limits.least.map(|limit| limit.to_string())));
    let most = own(|form| form.max_limit)
        .or_else(|| entry.and_then(|entry| entry.limits.most.map(|limit| limit.to_string())));
    let values = form
        .and_then(|form| form.values.as_deref().map(str::to_owned))
        .or_else(|| entry.map(|entry| entry.values.iter().collect::<Vec<_>>().join(", ")));
    let mut parts: Vec<String> = Vec::new();
    parts.extend(least.map(|least| format!("at least {least}")));
    parts.extend(most.map(|most| format!("at most {most}")));
    parts.extend(values.filter(|values| !values.is_empty()).map(|values| format!("one of {values}")));
    parts.join("; ")
}

/// What should be there and is not known.
fn unknown_drift(drift: &[DriftRow]) -> Markup {
    let unknown: Vec<_> = drift.iter().filter(|row| row.is.is_none()).collect();
    html! {
        @if !unknown.is_empty() {
            h3 { "Should be there, and is not known" }
            ul { @for row in unknown { li {
                (name(&row.wanted.setting)) " = " code { (row.wanted.value) } " (" (row.template) "): "
                (row.drift.explanation())
            } } }
        }
    }
}

/// `POST /stations/{id}/settings`
pub(super) async fn change(
    Path(id): Path<String>,
    Posted { visitor, fields }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let which = Which { q: fields.get("q").to_owned(), after: String::new() };
    let asked = fields.get("name").to_owned();
    let setting = named(&asked).map_err(|error| Refuse::BadForm(format!("{error}.")))?;
    let change = SettingChange::new(setting, fields.get("value"));
    let note = match visitor.app.devices.change(&id, &[change], &visitor.identity.name).await {
        Ok(results) => results.first().map(|result| {
            let said = match &result.word {
                ItemWord::Answered { verdict, cause, .. } => match cause {
                    Some(cause) => format!("{} ({})", verdict.word(), cause.code),
                    None => verdict.word().to_owned(),
                },
                ItemWord::CannotSay { why } | ItemWord::NotAnswered { why } => why.clone(),
            };
            (result.is_success(), format!("{asked}: {said}."))
        }),
        Err(error) => Some((false, error.to_string())),
    };
    Ok(with_note(&visitor, &id, &which, note).await?.into_response())
}

/// `POST /stations/{id}/settings/report`
pub(super) async fn report(
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    match visitor.app.devices.ask(&id, Ask::Base(ReportKind::Full), &visitor.identity.name).await {
        Ok(_) => Ok(Redirect::to(&format!("{}/settings", links::station(&id))).into_response()),
        Err(error) => told(&visitor, &id, error.to_string()).await,
    }
}

/// `POST /stations/{id}/settings/assert`
pub(super) async fn assert(
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    match visitor.app.desired.assert(&id, &visitor.identity.name).await {
        Ok(_) => Ok(Redirect::to(&format!("{}/settings", links::station(&id))).into_response()),
        Err(error) => told(&visitor, &id, error.to_string()).await,
    }
}

async fn told(visitor: &Visitor, id: &StationId, why: String) -> Result<Response, Refuse> {
    Ok(with_note(visitor, id, &Which::default(), Some((false, why))).await?.into_response())
}
