//! The page of alarms: what is wrong at stations, whatever version they speak.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_core::model::{EventSeverity, StationId};
use ocpp_server::domain::{Alarm, AlarmState, Record, Scope};
use ocpp_server::maintenance::AlarmFilter;
use serde::Deserialize;

use super::form::{self, Posted};
use super::frame::{self, Tab};
use super::links::{self, encoded};
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::words;
use crate::manager::App;

/// The most alarms on one page.
const LISTED: usize = 500;

/// The routes of this page.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/alarms", get(list))
        .route("/stations/{id}/alarms/{alarm}/acknowledge", post(acknowledge))
        .route("/stations/{id}/alarms/{alarm}/remove", post(remove))
}

/// Which alarms are listed.
#[derive(Debug, Default, Deserialize)]
struct Which {
    #[serde(default)]
    severity: String,
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
}

impl Which {
    fn filter(&self) -> AlarmFilter {
        let severity = self.severity.parse::<u8>().ok();
        AlarmFilter {
            severity: severity.and_then(|number| EventSeverity::try_from(number).ok()),
            state: (self.show == "standing").then(|| "standing".to_owned()),
            acknowledged: (self.show == "open").then_some(false),
            ..AlarmFilter::default()
        }
    }
}

/// `GET /alarms`
async fn list(visitor: Visitor, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let after = Some(which.after.clone()).filter(|after| !after.is_empty());
    let mut alarms = visitor.app.diagnostics.alarms(&which.filter(), after, LISTED + 1).await?;
    let has_more = alarms.len() > LISTED;
    alarms.truncate(LISTED);
    let next = alarms.last().filter(|_| has_more).map(Record::key);
    // What matters most and is wrong now comes first.
    alarms.sort_by_key(|alarm| {
        (alarm.acknowledged.is_some(), alarm.state != AlarmState::Standing, alarm.severity, alarm.since)
    });
    let body = html! {
        h2 { "Alarms" }
        (filter_form(&which))
        @if alarms.is_empty() { p.empty { "Nothing is wrong that anybody has to look at." } }
        ul.cards { @for alarm in &alarms { (card(&visitor, alarm)) } }
        @if let Some(next) = next {
            p { a href={ "/alarms?severity=" (encoded(&which.severity)) "&show=" (encoded(&which.show)) "&after=" (encoded(&next)) } { "More alarms" } }
        }
    };
    Ok(frame::page(&visitor, Tab::Alarms, "Alarms", body))
}

fn filter_form(which: &Which) -> Markup {
    let shows = [("", "All"), ("open", "Nobody has looked at"), ("standing", "Wrong now")];
    let severities = [("", "Any severity"), ("3", "Critical and worse"), ("5", "Alert and worse")];
    html! {
        form.search method="get" action="/alarms" {
            select name="show" aria-label="Which" {
                @for (value, text) in shows { option value=(value) selected[value == which.show] { (text) } }
            }
            select name="severity" aria-label="Severity" {
                @for (value, text) in severities { option value=(value) selected[value == which.severity] { (text) } }
            }
            button { "Show" }
        }
    }
}

fn card(visitor: &Visitor, alarm: &Alarm) -> Markup {
    html! {
        li.card {
            h3 { a href=(links::station(&alarm.station)) { (alarm.station) } " · " (alarm.text) }
            (line(visitor, alarm))
        }
    }
}

/// What there is to say of an alarm beside its text, and what can be done.
pub(super) fn line(visitor: &Visitor, alarm: &Alarm) -> Markup {
    let path = format!("{}/alarms/{}", links::station(&alarm.station), alarm.name());
    html! {
        p.about {
            strong { (alarm.severity.word()) } " · "
            @match &alarm.state {
                AlarmState::Standing => { "since " (words::clock(alarm.since)) }
                AlarmState::Cleared { at } => { "in order again since " (words::clock(*at)) }
                AlarmState::Happened => { "last at " (words::clock(alarm.last_at)) }
            }
            @if alarm.count > 1 { " · " (alarm.count) " times" }
            @if let Some(detail) = &alarm.detail { " · " (detail) }
            @if let Some(seen) = &alarm.acknowledged { " · looked at by " (seen.by) }
        }
        @if visitor.may(Scope::StationsWrite) {
            div.actions {
                @if alarm.acknowledged.is_none() {
                    (form::button(visitor, &format!("{path}/acknowledge"), "I have looked at it"))
                } @else {
                    (form::careful(visitor, &format!("{path}/remove"), "Remove", "For an alarm that the station never clears: the next report raises it again."))
                }
            }
        }
    }
}

/// `POST /stations/{id}/alarms/{alarm}/acknowledge`
async fn acknowledge(
    Path((id, name)): Path<(String, String)>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let id = identity(&id)?;
    visitor.app.diagnostics.acknowledge(&id, &name, &visitor.identity.name).await?;
    Ok(Redirect::to("/alarms").into_response())
}

/// `POST /stations/{id}/alarms/{alarm}/remove`
async fn remove(
    Path((id, name)): Path<(String, String)>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    visitor.app.diagnostics.dismiss(&identity(&id)?, &name).await?;
    Ok(Redirect::to("/alarms").into_response())
}

fn identity(id: &str) -> Result<StationId, Refuse> {
    StationId::new(id).map_err(|_| Refuse::Nothing(format!("There is no station {id:?}.")))
}
