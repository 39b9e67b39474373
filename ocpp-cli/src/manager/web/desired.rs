//! Templates of settings, and how stations drift from them.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_core::model::{SettingChange, StationId};
use ocpp_server::catalogue::{name, named};
use ocpp_server::domain::{Assertion, Scope, SettingTemplate, SiteId, StationFilter};
use ocpp_server::maintenance::{DeviceError, StationDrift, TemplateForm};
use ocpp_server::register::Flaw;
use ocpp_server::store::Page;

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
        .route("/settings", get(page).post(add))
        .route("/settings/{id}", get(template).post(change))
        .route("/settings/{id}/remove", post(remove))
}

impl From<DeviceError> for Refuse {
    fn from(error: DeviceError) -> Refuse {
        match error {
            DeviceError::Unknown { .. } => Refuse::Nothing(error.to_string()),
            DeviceError::Store(_) => Refuse::Broken(error.to_string()),
            other => Refuse::BadForm(other.to_string()),
        }
    }
}

/// `GET /settings`
async fn page(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    with_draft(&visitor, None).await
}

async fn with_draft(visitor: &Visitor, draft: Option<Draft>) -> Result<Markup, Refuse> {
    let templates = visitor.app.desired.templates().await?;
    let drifting = drifting(visitor).await?;
    let is_refused = draft.is_some();
    let draft = draft.unwrap_or_default();
    let body = html! {
        h2 { "Templates of settings" }
        p.about {
            "What stations should have, each in the words of its version. What one station has is on its own page. "
            a href="/defaults" { "Charging profiles and tariffs that stations should have" }
        }
        @if templates.is_empty() {
            p.empty { "No template yet." }
        } @else {
            div.scroll { table {
                thead { tr { th { "Template" } th { "Stations" } th { "Settings" } th { "Drift is" } th { "Changed" } } }
                tbody { @for template in &templates { (row(template)) } }
            } }
        }
        @if visitor.may(Scope::StationsWrite) {
            details open[is_refused] { summary { "Add a template" } (form_of(visitor, "/settings", &draft, Wants::Id).submit("Add it")) }
        }
        h2 { "Drift" }
        @if drifting.is_empty() {
            p.empty { "No station is other than it should be, as far as is known." }
        } @else {
            div.scroll { table {
                thead { tr { th { "Station" } th { "Drifting" } th { "What" } } }
                tbody { @for drift in &drifting { (drift_row(drift)) } }
            } }
        }
    };
    Ok(frame::page(visitor, Tab::Settings, "Settings", body))
}

/// The stations that drift, among the first that there are.
async fn drifting(visitor: &Visitor) -> Result<Vec<StationDrift>, Refuse> {
    let desired = &visitor.app.desired;
    let page = Page { after: None, limit: MAX_LOOKED_AT };
    let mut drifting = Vec::new();
    for station in desired.stations(&StationFilter::default(), page).await? {
        let drift = desired.drift(&station).await?;
        if drift.count() > 0 {
            drifting.push(drift);
        }
        if drifting.len() >= MAX_DRIFTING {
            break;
        }
    }
    Ok(drifting)
}

fn row(template: &SettingTemplate) -> Markup {
    html! {
        tr {
            td { a href={ "/settings/" (template.id) } { (template.name) } br; span.weak { (template.id) } }
            td { (chosen(&template.filter)) }
            td { @for wanted in &template.settings { (name(&wanted.setting)) " = " code { (wanted.value) } br; } }
            td { @match template.assertion { Assertion::Report => "told", Assertion::Assert => "mended" } }
            td { (words::clock(template.at)) " by " (template.by) }
        }
    }
}

fn drift_row(drift: &StationDrift) -> Markup {
    html! {
        tr {
            td { a href={ (links::station(&drift.station)) "/settings" } { (drift.station) } }
            td { (drift.count()) " of " (drift.rows.len()) }
            td { @for row in drift.rows.iter().filter(|row| row.drift.is_drift()) {
                (name(&row.wanted.setting)) ": " (row.drift.explanation()) br;
            } }
        }
    }
}

/// Which stations, in words.
pub(super) fn chosen(filter: &StationFilter) -> String {
    let mut parts: Vec<String> = filter.stations.iter().map(ToString::to_string).collect();
    parts.extend(filter.site.as_ref().map(|site| format!("site {}", site.0)));
    parts.extend(filter.vendor.as_ref().map(|vendor| format!("maker {vendor}")));
    parts.extend(filter.model.as_ref().map(|model| format!("model {model}")));
    parts.extend(filter.firmware_version.as_ref().map(|version| format!("firmware {version}")));
    parts.extend(filter.ocpp_version.as_ref().map(|version| format!("OCPP {version}")));
    if parts.is_empty() { "all".to_owned() } else { parts.join(", ") }
}

/// Whether a form has a field for the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    Id,
    NoId,
}

fn form_of<'f>(visitor: &Visitor, action: &str, draft: &'f Draft, wants: Wants) -> Form<'f> {
    let form = beginning(visitor, action, draft, wants).area(
        "settings",
        "Settings",
        "One on each line, in the words of any version: TxUpdatedInterval=60",
        6,
    );
    ending(form)
}

/// The fields of a template that come first.
pub(super) fn beginning<'f>(visitor: &Visitor, action: &str, draft: &'f Draft, wants: Wants) -> Form<'f> {
    let form = Form::new(visitor, action, draft);
    let form = match wants {
        Wants::Id => form.line("id", "Id", "Lower-case letters, digits and hyphens."),
        Wants::NoId => form.filled(),
    };
    form.line("name", "Name", "What people call it.")
}

/// The fields of a template that come last: what is done about drift, and which stations it is for.
pub(super) fn ending(form: Form<'_>) -> Form<'_> {
    let options = [("report", "is told"), ("assert", "is mended after every connection and restart")];
    let options = options.map(|(value, text)| (value.to_owned(), text.to_owned()));
    form.choice("assertion", "Drift", &options)
        .area("filter/stations", "Stations", "Their identities, one on each line. Empty: any.", 2)
        .line("filter/site", "at the site", "Its key. Empty: any.")
        .line("filter/vendor", "of the maker", "As stations say it when they start. Empty: any.")
        .line("filter/model", "of the model", "Empty: any.")
        .line("filter/firmware_version", "that run the version", "Empty: any.")
        .line("filter/ocpp_version", "that speak OCPP", "1.6, 2.0.1 or 2.1. Empty: any.")
        .line(
            "rank",
            "Rank",
            "Of two templates that want what cannot be together the one of the higher rank counts.",
        )
}

/// What is in the fields; what is wrong with it goes to the draft.
fn read(draft: &mut Draft) -> TemplateForm {
    let mut settings = Vec::new();
    let mut flaws = Vec::new();
    for line in draft.fields.get("settings").lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.split_once('=').map(|(setting, value)| (named(setting), value.trim())) {
            Some((Ok(setting), value)) => settings.push(SettingChange::new(setting, value)),
            Some((Err(error), _)) => flaws.push(Flaw::at("/settings", format!("{error}."))),
            None => flaws.push(Flaw::at("/settings", format!("{line:?} is no setting: write NAME=VALUE."))),
        }
    }
    draft.flaws.extend(flaws);
    let (filter, assertion, rank) = read_ending(draft);
    TemplateForm { name: draft.fields.get("name").to_owned(), filter, settings, assertion, rank }
}

/// What is in the fields of [`ending`].
pub(super) fn read_ending(draft: &mut Draft) -> (StationFilter, Assertion, i32) {
    let (mut stations, mut flaws) = (Vec::new(), Vec::new());
    for id in draft.fields.get("filter/stations").split_whitespace() {
        match StationId::new(id) {
            Ok(id) => stations.push(id),
            Err(error) => flaws.push(Flaw::at("/filter/stations", format!("{error}."))),
        }
    }
    draft.flaws.extend(flaws);
    let rank = draft.number("rank", "rank").unwrap_or(0);
    let given = |name: &str| draft.fields.given(name);
    let filter = StationFilter {
        stations,
        site: given("filter/site").map(SiteId),
        vendor: given("filter/vendor"),
        model: given("filter/model"),
        firmware_version: given("filter/firmware_version"),
        ocpp_version: given("filter/ocpp_version"),
        connected: None,
    };
    let assertion = match draft.fields.get("assertion") {
        "assert" => Assertion::Assert,
        _ => Assertion::Report,
    };
    (filter, assertion, rank)
}

/// A draft with what is wrong with it.
///
/// # Errors
/// What no other input would mend.
fn refused(mut draft: Draft, error: DeviceError) -> Result<Draft, Refuse> {
    match error {
        // A single setting stands in the field of all.
        DeviceError::Invalid { pointer, sentence } if pointer.starts_with("/settings") => {
            draft.flaws.push(Flaw::at("/settings", sentence));
        }
        DeviceError::Invalid { pointer, sentence } => draft.flaws.push(Flaw::at(&pointer, sentence)),
        DeviceError::Unknown { .. } | DeviceError::Store(_) => return Err(error.into()),
        other => draft.flaws.push(Flaw::at("", other.to_string())),
    }
    Ok(draft)
}

/// `POST /settings`
async fn add(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let mut draft = Draft::of(fields);
    let form = read(&mut draft);
    if draft.is_fine() {
        let id = draft.fields.get("id").to_owned();
        match visitor.app.desired.add(&id, form, &visitor.identity.name).await {
            Ok(_) => return Ok(Redirect::to("/settings").into_response()),
            Err(error) => draft = refused(draft, error)?,
        }
    }
    let page = with_draft(&visitor, Some(draft)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `GET /settings/{id}`
async fn template(visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let template = visitor.app.desired.template(&id).await?;
    let mut fields = fields_of(&template);
    fields.fill_from(template.revision);
    Ok(template_page(&visitor, &template, &Draft::of(fields)))
}

fn template_page(visitor: &Visitor, template: &SettingTemplate, draft: &Draft) -> Markup {
    let path = format!("/settings/{}", template.id);
    let body = html! {
        h2 { (template.name) }
        p.about { (template.id) ", for " (chosen(&template.filter)) ", changed " (words::clock(template.at)) " by " (template.by) }
        @if visitor.may(Scope::StationsWrite) {
            (form_of(visitor, &path, draft, Wants::NoId).submit("Change it"))
            (form::careful(visitor, &format!("{path}/remove"), "Remove", "What stations have stays as it is."))
        } @else {
            ul { @for wanted in &template.settings { li { (name(&wanted.setting)) " = " code { (wanted.value) } } } }
        }
    };
    frame::page(visitor, Tab::Settings, &template.name, body)
}

fn fields_of(template: &SettingTemplate) -> Fields {
    let lines = |lines: Vec<String>| lines.join("\n");
    let settings =
        template.settings.iter().map(|wanted| format!("{}={}", name(&wanted.setting), wanted.value));
    let own = [("name", template.name.clone()), ("settings", lines(settings.collect()))];
    Fields::of(own.into_iter().chain(fields_of_ending(&template.filter, template.assertion, template.rank)))
}

/// What stands in the fields of [`ending`].
pub(super) fn fields_of_ending(
    filter: &StationFilter,
    assertion: Assertion,
    rank: i32,
) -> [(&'static str, String); 8] {
    let stations: Vec<String> = filter.stations.iter().map(ToString::to_string).collect();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        ("assertion", words::spelled(&assertion)),
        ("filter/stations", stations.join("\n")),
        ("filter/site", filter.site.as_ref().map(|site| site.0.clone()).unwrap_or_default()),
        ("filter/vendor", text(&filter.vendor)),
        ("filter/model", text(&filter.model)),
        ("filter/firmware_version", text(&filter.firmware_version)),
        ("filter/ocpp_version", text(&filter.ocpp_version)),
        ("rank", rank.to_string()),
    ]
}

/// `POST /settings/{id}`
async fn change(Path(id): Path<String>, Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let seen = fields.seen();
    let mut draft = Draft::of(fields);
    let form = read(&mut draft);
    if draft.is_fine() {
        match visitor.app.desired.change(&id, seen, form, &visitor.identity.name).await {
            Ok(_) => return Ok(Redirect::to("/settings").into_response()),
            Err(error) => draft = refused(draft, error)?,
        }
    }
    let template = visitor.app.desired.template(&id).await?;
    let page = template_page(&visitor, &template, &draft);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /settings/{id}/remove`
async fn remove(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    visitor.app.desired.remove(&id).await?;
    Ok(Redirect::to("/settings"))
}
