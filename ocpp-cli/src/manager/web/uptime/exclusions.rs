//! What excuses outages: entering it, confirming it as a second person, ending and withdrawing it.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use maud::{Markup, html};
use ocpp_server::domain::{Exclusion, ExclusionPlace, ExclusionReason, Scope, Site, SiteId};
use ocpp_server::register::{ExclusionFilter, ExclusionForm, Flaw};
use serde::Deserialize;

use super::sites;
use crate::manager::App;
use crate::manager::api::{exclusion_state, place_of};
use crate::manager::web::form::{self, Draft, Fields, Form, Posted};
use crate::manager::web::frame::{self, Tab};
use crate::manager::web::links::encoded;
use crate::manager::web::refuse::Refuse;
use crate::manager::web::tokens::moment;
use crate::manager::web::visitor::Visitor;
use crate::manager::web::words;

/// The most exclusions on one page.
const LISTED: usize = 200;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/uptime/exclusions", get(list).post(enter))
        .route("/uptime/exclusions/{id}/confirm", post(confirm))
        .route("/uptime/exclusions/{id}/end", post(end))
        .route("/uptime/exclusions/{id}/withdraw", post(withdraw))
}

#[derive(Debug, Default, Deserialize)]
struct Which {
    #[serde(default)]
    site: String,
    #[serde(default)]
    after: String,
}

/// `GET /uptime/exclusions`
async fn list(visitor: Visitor, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    shown(&visitor, &which, &Draft::default()).await
}

async fn shown(visitor: &Visitor, which: &Which, draft: &Draft) -> Result<Markup, Refuse> {
    let sites = sites(visitor).await?;
    let site = Some(SiteId(which.site.clone())).filter(|site| !site.0.is_empty());
    let filter = ExclusionFilter { site, ..ExclusionFilter::default() };
    let after = Some(which.after.clone()).filter(|after| !after.is_empty());
    let mut found = visitor.app.register.exclusions(&filter, after, LISTED + 1).await?;
    let has_more = found.len() > LISTED;
    found.truncate(LISTED);
    let next = found.last().filter(|_| has_more).map(|one| one.id.0.to_string());
    let body = html! {
        div.heading { h2 { "Exclusions" } a.button href="/uptime" { "Uptime" } }
        p.about { "An exclusion excuses only what was an outage, and only as far as a formula lets its reason." }
        @if found.is_empty() { p.empty { "None yet." } } @else {
            div.scroll { table {
                thead { tr { th { "Where" } th { "Why" } th { "From" } th { "Until" } th { "Evidence" } th { "Entered" } th { "State" } th { "" } } }
                tbody { @for one in &found { (row(visitor, one, &sites)) } }
            } }
        }
        @if let Some(next) = next { p { a href={ "/uptime/exclusions?site=" (encoded(&which.site)) "&after=" (encoded(&next)) } { "More" } } }
        @if visitor.may(Scope::StationsWrite) { h3 { "Enter an exclusion" } (entering(visitor, draft, &sites)) }
    };
    Ok(frame::page(visitor, Tab::Uptime, "Exclusions", body))
}

fn row(visitor: &Visitor, one: &Exclusion, sites: &[Site]) -> Markup {
    let path = format!("/uptime/exclusions/{}", encoded(&one.id.0));
    let may_change = visitor.may(Scope::StationsWrite) && one.withdrawn.is_none();
    html! {
        tr {
            td { (place(&one.place, sites)) }
            td { (words::spelled(&one.reason)) }
            td { (words::clock(one.from)) }
            td { @match one.until { Some(until) => (words::clock(until)), None => "lasts" } }
            td { (one.evidence) }
            td { (words::clock(one.entered_at)) " by " (one.entered_by)
                @if let Some(second) = &one.confirmed_by { ", confirmed by " (second) }
                @if let Some((by, at)) = &one.withdrawn { ", withdrawn " (words::clock(*at)) " by " (by) } }
            td { (exclusion_state(one).replace('_', " ")) }
            td { @if may_change {
                @if one.confirmed_by.is_none() && *one.entered_by != *visitor.identity.name {
                    (form::button(visitor, &format!("{path}/confirm"), "Confirm"))
                }
                @if one.until.is_none() {
                    form.inline method="post" action={ (path) "/end" } {
                        (visitor.csrf_field())
                        input type="datetime-local" name="until" aria-label="When it ended";
                        button { "Has ended" }
                    }
                }
                (form::careful(visitor, &format!("{path}/withdraw"), "Withdraw", "It stays on record and excuses nothing any more."))
            } }
        }
    }
}

fn place(place: &ExclusionPlace, sites: &[Site]) -> String {
    match place {
        ExclusionPlace::Site(id) => {
            sites.iter().find(|site| site.id == *id).map_or_else(|| place.name(), |site| site.name.clone())
        }
        other => other.name(),
    }
}

fn entering(visitor: &Visitor, draft: &Draft, sites: &[Site]) -> Markup {
    let mut places = vec![(String::new(), "one station".to_owned())];
    places.extend(sites.iter().map(|site| (site.id.0.clone(), site.name.clone())));
    let reasons: Vec<_> = ExclusionReason::ALL
        .iter()
        .map(|reason| (reason.name().to_owned(), reason.name().replace('_', " ")))
        .collect();
    Form::new(visitor, "/uptime/exclusions", draft)
        .choice("site_id", "Site", &places)
        .line("station_id", "Station", "Its identity, where it does not hold at a whole site.")
        .line("evse_id", "EVSE", "All of the station when empty.")
        .choice("reason", "Reason", &reasons)
        .input("from", "From", "In the manager's time zone.", "datetime-local", "off")
        .input("until", "Until", "Empty while it lasts.", "datetime-local", "off")
        .area("evidence", "Evidence", "What happened and how one knows, for whoever checks a report.", 4)
        .submit("Enter it")
}

fn read(draft: &mut Draft) -> Option<ExclusionForm> {
    let evse: Option<u32> = draft.number("evse_id", "number of an EVSE");
    let place = place_of(draft.fields.given("site_id"), draft.fields.given("station_id"), evse);
    let place = place.map_err(|(pointer, sentence)| draft.flaws.push(Flaw::at(pointer, sentence))).ok();
    let reason = ExclusionReason::from_name(draft.fields.get("reason"));
    if reason.is_none() {
        draft.flaws.push(Flaw::at("/reason", "Choose a reason."));
    }
    let from = needed(draft, "from");
    let until = moment(draft, "until");
    let evidence = draft.fields.get("evidence").to_owned();
    Some(ExclusionForm { place: place?, reason: reason?, from: from?, until, evidence })
}

fn needed(draft: &mut Draft, name: &str) -> Option<Timestamp> {
    if draft.fields.get(name).is_empty() {
        draft.flaws.push(Flaw::at(&format!("/{name}"), "A date and a time are needed."));
        return None;
    }
    moment(draft, name)
}

/// `POST /uptime/exclusions`
async fn enter(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let mut draft = Draft::of(fields);
    let form = read(&mut draft);
    if let Some(form) = form.filter(|_| draft.is_fine()) {
        match visitor.app.register.enter_exclusion(form, &visitor.identity.name).await {
            Ok(_) => return Ok(Redirect::to("/uptime/exclusions").into_response()),
            Err(error) => draft = draft.refused(error)?,
        }
    }
    let page = shown(&visitor, &Which::default(), &draft).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /uptime/exclusions/{id}/confirm`
async fn confirm(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    visitor.app.register.confirm_exclusion(&id, &visitor.identity.name, None).await?;
    Ok(Redirect::to("/uptime/exclusions"))
}

/// `POST /uptime/exclusions/{id}/end`
async fn end(Path(id): Path<String>, Posted { visitor, fields }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let mut draft = Draft::of(Fields::of([("until", fields.get("until").to_owned())]));
    let until = needed(&mut draft, "until");
    let sentence = draft.flaws.first().map_or("", |flaw| &flaw.sentence).to_owned();
    let until = until.ok_or(Refuse::BadForm(sentence))?;
    visitor.app.register.end_exclusion(&id, until, None).await?;
    Ok(Redirect::to("/uptime/exclusions"))
}

/// `POST /uptime/exclusions/{id}/withdraw`
async fn withdraw(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    visitor.app.register.withdraw_exclusion(&id, &visitor.identity.name, None).await?;
    Ok(Redirect::to("/uptime/exclusions"))
}
