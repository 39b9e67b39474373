//! Templates of charging profiles and tariffs, and how stations drift from them.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_core::model::{ChargingProfile, Place, StationId};
use ocpp_server::domain::{
    Assertion, DefaultsTemplate, Scope, StationFilter, TariffId, WantedProfile, WantedTariff,
};
use ocpp_server::maintenance::{DefaultsDrift, DefaultsForm, DeviceError};
use ocpp_server::register::Flaw;
use ocpp_server::store::Page;
use serde::{Deserialize, Serialize};

use super::desired::{Wants, beginning, chosen, ending, fields_of_ending, read_ending};
use super::form::{self, Draft, Fields, Form, Posted};
use super::frame::{self, Tab};
use super::links;
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::words;
use crate::manager::App;

/// How many stations that drift are listed.
const MAX_DRIFTING: usize = 200;
/// How many stations are looked at for that.
const MAX_LOOKED_AT: usize = 2_000;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/defaults", get(page).post(add))
        .route("/defaults/{id}", get(template).post(change))
        .route("/defaults/{id}/remove", post(remove))
        .route("/stations/{id}/defaults/assert", post(assert))
}

/// A profile in the field of all, as the REST interface has it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    evse_id: u32,
    profile: ChargingProfile,
}

/// `GET /defaults`
async fn page(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    with_draft(&visitor, None).await
}

async fn with_draft(visitor: &Visitor, draft: Option<Draft>) -> Result<Markup, Refuse> {
    let templates = visitor.app.defaults.templates().await?;
    let drifting = drifting(visitor).await?;
    let is_refused = draft.is_some();
    let draft = draft.unwrap_or_default();
    let body = html! {
        h2 { "Charging profiles and tariffs that stations should have" }
        p.about {
            "The most that a station draws, the default of transactions, and the tariff of drivers without their own (OCPP 2.1). "
            a href="/settings" { "Templates of settings" }
        }
        @if templates.is_empty() {
            p.empty { "No template yet." }
        } @else {
            div.scroll { table {
                thead { tr { th { "Template" } th { "Stations" } th { "Wants" } th { "Drift is" } th { "Changed" } } }
                tbody { @for template in &templates { (row(template)) } }
            } }
        }
        @if visitor.may(Scope::StationsWrite) {
            details open[is_refused] { summary { "Add a template" } (form_of(visitor, "/defaults", &draft, Wants::Id).submit("Add it")) }
        }
        h2 { "Drift" }
        @if drifting.is_empty() {
            p.empty { "No station is other than it should be, as far as is known." }
        } @else {
            div.scroll { table {
                thead { tr { th { "Station" } th { "Drifting" } th { "What" } } }
                tbody { @for drift in &drifting { tr {
                    td { a href={ (links::station(&drift.station)) "#profiles" } { (drift.station) } }
                    td { (drift.count()) " of " (drift.rows.len()) }
                    td { (lines(drift)) }
                } } }
            } }
        }
    };
    Ok(frame::page(visitor, Tab::Settings, "Default profiles and tariffs", body))
}

/// The stations that drift, among the first that there are.
async fn drifting(visitor: &Visitor) -> Result<Vec<DefaultsDrift>, Refuse> {
    let page = Page { after: None, limit: MAX_LOOKED_AT };
    let mut drifting = Vec::new();
    for station in visitor.app.desired.stations(&StationFilter::default(), page).await? {
        let drift = visitor.app.defaults.drift(&station).await?;
        if drift.count() > 0 {
            drifting.push(drift);
        }
        if drifting.len() >= MAX_DRIFTING {
            break;
        }
    }
    Ok(drifting)
}

fn row(template: &DefaultsTemplate) -> Markup {
    html! {
        tr {
            td { a href={ "/defaults/" (template.id) } { (template.name) } br; span.weak { (template.id) } }
            td { (chosen(&template.filter)) }
            td { @for wanted in template.wanted() { (wanted.key()) br; } }
            td { @match template.assertion { Assertion::Report => "told", Assertion::Assert => "mended" } }
            td { (words::clock(template.at)) " by " (template.by) }
        }
    }
}

fn lines(drift: &DefaultsDrift) -> Markup {
    html! {
        @for row in drift.rows.iter().filter(|row| row.drift.is_drift()) {
            (row.wanted.key()) ": " (row.drift.explanation()) br;
        }
    }
}

/// The part of the page of a station: what it should have beside what it has.
pub(super) async fn section(visitor: &Visitor, id: &StationId) -> Result<Markup, Refuse> {
    let drift = match visitor.app.defaults.drift(id).await {
        // One that was added and has never connected should have what nobody can tell yet.
        Err(DeviceError::Unknown { .. }) => return Ok(html! {}),
        drift => drift?,
    };
    if drift.rows.is_empty() {
        return Ok(html! {});
    }
    Ok(html! {
        h3 #defaults { "Profiles and tariffs that it should have" }
        div.scroll { table {
            thead { tr { th { "What" } th { "Template" } th { "How it stands" } } }
            tbody { @for row in &drift.rows { tr {
                td { (row.wanted.key()) }
                td { @if let Some(template) = &row.template { a href={ "/defaults/" (template) } { (template) } } }
                td { @if row.drift.is_drift() { strong { (row.drift.explanation()) } } @else { (row.drift.explanation()) } }
            } } }
        } }
        @if visitor.may(Scope::CommandsSend) {
            (form::button(visitor, &format!("{}/defaults/assert", links::station(id)), "Assert what it should have"))
        }
    })
}

fn form_of<'f>(visitor: &Visitor, action: &str, draft: &'f Draft, wants: Wants) -> Form<'f> {
    let form = beginning(visitor, action, draft, wants)
        .area(
            "profiles",
            "Charging profiles",
            "In JSON, as the REST interface has it: a list of {\"evse_id\": 0, \"profile\": {…}}. EVSE 0 is the station as a whole.",
            10,
        )
        .area(
            "tariffs",
            "Default tariffs",
            "The id of a tariff on each line, with @EVSE where it is for one EVSE: DAY@2. They are published by this.",
            2,
        );
    ending(form)
}

/// What is in the fields; what is wrong with it goes to the draft.
fn read(draft: &mut Draft) -> DefaultsForm {
    let text = draft.fields.get("profiles");
    let profiles: Vec<Line> = match text {
        "" => Vec::new(),
        text => match serde_json::from_str(text) {
            Ok(profiles) => profiles,
            Err(error) => {
                let sentence = format!("The profiles cannot be read: {error}.");
                draft.flaws.push(Flaw::at("/profiles", sentence));
                Vec::new()
            }
        },
    };
    let mut tariffs = Vec::new();
    let mut flaws = Vec::new();
    for line in draft.fields.get("tariffs").lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (id, evse) = match line.rsplit_once('@') {
            None => (line, Some(0)),
            Some((id, evse)) => (id, evse.parse().ok()),
        };
        match evse {
            Some(evse) => {
                tariffs.push(WantedTariff { place: Place::of(evse, None), tariff: TariffId(id.to_owned()) });
            }
            None => flaws.push(Flaw::at("/tariffs", format!("{line:?} is no tariff: write ID or ID@EVSE."))),
        }
    }
    draft.flaws.extend(flaws);
    let (filter, assertion, rank) = read_ending(draft);
    let wanted = |line: Line| WantedProfile { place: Place::of(line.evse_id, None), profile: line.profile };
    DefaultsForm {
        name: draft.fields.get("name").to_owned(),
        filter,
        profiles: profiles.into_iter().map(wanted).collect(),
        tariffs,
        assertion,
        rank,
    }
}

/// A draft with what is wrong with it.
///
/// # Errors
/// What no other input would mend.
fn refused(mut draft: Draft, error: DeviceError) -> Result<Draft, Refuse> {
    match error {
        DeviceError::Invalid { pointer, sentence } => draft.flaws.push(Flaw::at(&pointer, sentence)),
        DeviceError::Unknown { .. } | DeviceError::Store(_) => return Err(error.into()),
        other => draft.flaws.push(Flaw::at("", other.to_string())),
    }
    // One of several stands in the field of all.
    for flaw in &mut draft.flaws {
        for field in ["/profiles", "/tariffs"] {
            if flaw.pointer.starts_with(field) {
                field.clone_into(&mut flaw.pointer);
            }
        }
    }
    Ok(draft)
}

/// `POST /defaults`
async fn add(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let mut draft = Draft::of(fields);
    let form = read(&mut draft);
    if draft.is_fine() {
        let id = draft.fields.get("id").to_owned();
        match visitor.app.defaults.add(&id, form, &visitor.identity.name).await {
            Ok(_) => return Ok(Redirect::to("/defaults").into_response()),
            Err(error) => draft = refused(draft, error)?,
        }
    }
    let page = with_draft(&visitor, Some(draft)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `GET /defaults/{id}`
async fn template(visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let template = visitor.app.defaults.template(&id).await?;
    let mut fields = fields_of(&template);
    fields.fill_from(template.revision);
    Ok(template_page(&visitor, &template, &Draft::of(fields)))
}

fn template_page(visitor: &Visitor, template: &DefaultsTemplate, draft: &Draft) -> Markup {
    let path = format!("/defaults/{}", template.id);
    let body = html! {
        h2 { (template.name) }
        p.about { (template.id) ", for " (chosen(&template.filter)) ", changed " (words::clock(template.at)) " by " (template.by) }
        @if visitor.may(Scope::StationsWrite) {
            (form_of(visitor, &path, draft, Wants::NoId).submit("Change it"))
            (form::careful(visitor, &format!("{path}/remove"), "Remove", "What it brought to stations is removed from them when they are asserted."))
        } @else {
            ul { @for wanted in template.wanted() { li { (wanted.key()) } } }
        }
    };
    frame::page(visitor, Tab::Settings, &template.name, body)
}

fn fields_of(template: &DefaultsTemplate) -> Fields {
    let evse = |place: Place| place.evse().map_or(0, |evse| evse.0);
    let profiles: Vec<Line> = template
        .profiles
        .iter()
        .map(|wanted| Line { evse_id: evse(wanted.place), profile: wanted.profile.clone() })
        .collect();
    let tariffs = template.tariffs.iter().map(|wanted| match evse(wanted.place) {
        0 => wanted.tariff.0.clone(),
        evse => format!("{}@{evse}", wanted.tariff.0),
    });
    let own = [
        ("name", template.name.clone()),
        // Made of texts and numbers, they always have a JSON form.
        ("profiles", serde_json::to_string_pretty(&profiles).unwrap_or_default()),
        ("tariffs", tariffs.collect::<Vec<_>>().join("\n")),
    ];
    Fields::of(own.into_iter().chain(fields_of_ending(&template.filter, template.assertion, template.rank)))
}

/// `POST /defaults/{id}`
async fn change(Path(id): Path<String>, Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let seen = fields.seen();
    let mut draft = Draft::of(fields);
    let form = read(&mut draft);
    if draft.is_fine() {
        match visitor.app.defaults.change(&id, seen, form, &visitor.identity.name).await {
            Ok(_) => return Ok(Redirect::to("/defaults").into_response()),
            Err(error) => draft = refused(draft, error)?,
        }
    }
    let template = visitor.app.defaults.template(&id).await?;
    let page = template_page(&visitor, &template, &draft);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /defaults/{id}/remove`
async fn remove(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    visitor.app.defaults.remove(&id).await?;
    Ok(Redirect::to("/defaults"))
}

/// `POST /stations/{id}/defaults/assert`
async fn assert(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = StationId::new(&id).map_err(|_| Refuse::Nothing("There is no such station.".to_owned()))?;
    visitor.app.defaults.assert(&id, &visitor.identity.name).await?;
    Ok(Redirect::to(&format!("{}#defaults", links::station(&id))))
}
