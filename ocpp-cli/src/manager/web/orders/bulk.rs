//! Bulk orders: choosing stations and an order, following it station by station, trying again where it failed.

use std::convert::Infallible;

use async_stream::stream;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event as Sse, KeepAlive, Sse as SseResponse};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use futures_util::Stream;
use maud::{Markup, html};
use ocpp_core::model::StationId;
use ocpp_server::command::desk::{BulkCounts, MAX_STATIONS, NewBatch, WithdrawError};
use ocpp_server::domain::{
    Batch, BatchId, BatchItem, BatchState, EventKind, RecordKind, Scope, Site, StoredEvent,
};
use ocpp_server::register::Flaw;
use ocpp_server::store::{RecordFilter, TypedRecords};
use serde::Deserialize;

use super::super::form::{self, Draft, Fields, Posted};
use super::super::frame::{self, Tab};
use super::super::links::{self, encoded};
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::super::words;
use super::draft::{Kind, patience, refused, wants_more};
use super::something_about;
use crate::manager::App;
use crate::manager::choice::{Choice, chosen};
use crate::manager::offers::title_of;
use crate::orders::{self, VERSIONS, Words, actions_of, version_of};

/// The most sites to choose from.
const MAX_SITES: usize = 1000;
/// The results on one page.
const LISTED: usize = 200;
/// The bulk orders in the list.
const BATCHES: usize = 100;
/// How many of the chosen stations are named.
const NAMED: usize = 20;

/// The fields that say which stations.
const CHOICE: [&str; 7] =
    ["ids", "site_id", "vendor", "model", "firmware_version", "ocpp_version", "connected"];

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/batches", get(list).post(begin))
        .route("/batches/new", get(new))
        .route("/batches/{id}", get(page))
        .route("/batches/{id}/live", get(live))
        .route("/batches/{id}/{turn}", post(turn))
}

/// `GET /batches`
async fn list(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let batches = visitor.app.csms.desk().batches(None, BATCHES).await?;
    let body = html! {
        div.heading {
            h2 { "Bulk orders" }
            @if visitor.may(Scope::CommandsSend) { a.button href="/batches/new" { "Order many stations" } }
        }
        @if batches.is_empty() { p.empty { "No bulk order yet." } } @else {
            div.scroll { table {
                thead { tr { th { "Name" } th { "What" } th { "Stations" } th { "State" } th { "Given" } } }
                tbody { @for batch in &batches { tr {
                    td { a href={ "/batches/" (batch.id) } { (batch.name) } }
                    td { (title_of(&batch.command)) }
                    td { (batch.stations) }
                    td { (batch.state.name()) }
                    td { (words::clock(batch.at)) " by " (batch.by) }
                } } }
            } }
        }
    };
    Ok(frame::page(&visitor, Tab::Orders, "Bulk orders", body))
}

/// `GET /batches/new`: first which stations and which order, then the order itself.
async fn new(visitor: Visitor, Query(asked): Query<Vec<(String, String)>>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let fields = Fields::from(asked);
    if fields.get("what").is_empty() {
        return choose(&visitor, &Draft::of(fields)).await;
    }
    let mut draft = Draft::of(fields);
    let kind = kind_of(&draft.fields)?;
    kind.fill(&mut draft, visitor.app.csms.now());
    draft.fields.push("name", kind.title());
    draft.fields.push("at_once", "50");
    order_page(&visitor, &kind, &draft).await
}

/// Which order: `order:NAME`, or `action:VERSION:NAME`.
fn kind_of(fields: &Fields) -> Result<Kind, Refuse> {
    let nothing = || Refuse::Nothing("There is no such order.".to_owned());
    let mut parts = fields.get("what").split(':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("order"), Some(name), None) => Kind::named(name, "", None),
        (Some("action"), Some(version), Some(name)) => {
            Kind::named("", name, Some(version_of(version).ok_or_else(nothing)?))
        }
        _ => Err(nothing()),
    }
}

async fn choose(visitor: &Visitor, draft: &Draft) -> Result<Markup, Refuse> {
    let filter = RecordFilter::all(RecordKind::Site, MAX_SITES);
    let sites: Vec<Site> = visitor.app.csms.store().list(filter).await?;
    let line = |name: &str, label: &str, hint: &str| {
        html! {
            label.field {
                span.label { (label) }
                input type="text" name=(name) value=(draft.fields.get(name)) autocomplete="off";
                @if !hint.is_empty() { span.hint { (hint) } }
            }
        }
    };
    let select = |name: &str, label: &str, options: &[(String, String)]| {
        html! {
            label.field {
                span.label { (label) }
                select name=(name) { @for (value, text) in options {
                    option value=(value) selected[draft.fields.get(name) == value] { (text) }
                } }
            }
        }
    };
    let option = |value: &str, text: &str| (value.to_owned(), text.to_owned());
    let mut places = vec![option("", "any site")];
    places.extend(sites.into_iter().map(|site| (site.id.0, site.name)));
    let mut versions = vec![option("", "any")];
    versions.extend(VERSIONS.map(|version| option(version.number(), version.number())));
    let there =
        [option("", "connected or not"), option("true", "connected"), option("false", "not connected")];
    let body = html! {
        h2 { "Order many stations" }
        p.about { "All stations of which everything holds that is said here. Nothing said means all." }
        form.fields method="get" action="/batches/new" {
            (line("ids", "Stations", "Identities with commas between. Empty: all that pass the rest."))
            (select("site_id", "At", &places))
            (line("vendor", "Of the maker", "As stations say it when they start."))
            (line("model", "Of the model", ""))
            (line("firmware_version", "That run the version", ""))
            (select("ocpp_version", "That speak OCPP", &versions))
            (select("connected", "That are", &there))
            label.field.wide {
                span.label { "Order" }
                select name="what" {
                    optgroup label="In words of no version" {
                        @for name in orders::names() { option value={ "order:" (name) } { (Words::title_of(name)) } }
                    }
                    @for version in VERSIONS {
                        optgroup label={ "As OCPP " (version.number()) " spells it" } {
                            @for form in actions_of(version) {
                                option value={ "action:" (version.number()) ":" (form.name()) } { (form.name()) }
                            }
                        }
                    }
                }
            }
            div.actions { button { "Go on" } }
        }
    };
    Ok(frame::page(visitor, Tab::Orders, "Order many stations", body))
}

fn choice(fields: &Fields) -> Choice {
    let ids = fields.get("ids").split([',', '\n', ' ']).map(str::trim).filter(|id| !id.is_empty());
    let ids: Vec<String> = ids.map(str::to_owned).collect();
    Choice {
        ids: Some(ids).filter(|ids| !ids.is_empty()),
        site_id: fields.given("site_id"),
        vendor: fields.given("vendor"),
        model: fields.given("model"),
        firmware_version: fields.given("firmware_version"),
        ocpp_version: fields.given("ocpp_version"),
        connected: fields.given("connected").map(|word| word == "true"),
    }
}

async fn order_page(visitor: &Visitor, kind: &Kind, draft: &Draft) -> Result<Markup, Refuse> {
    let stations = chosen(&visitor.app, &choice(&draft.fields)).await?;
    let named: Vec<&str> = stations.iter().take(NAMED).map(StationId::as_str).collect();
    let again: Vec<String> = CHOICE
        .iter()
        .filter_map(|name| Some(format!("{name}={}", encoded(&draft.fields.given(name)?))))
        .collect();
    let line = |name: &str, label: &str, hint: &str| {
        html! {
            label.field {
                span.label { (label) }
                input type="text" name=(name) value=(draft.fields.get(name)) autocomplete="off";
                @if !hint.is_empty() { span.hint { (hint) } }
                @for flaw in draft.flaws.iter().filter(|flaw| flaw.pointer.strip_prefix('/') == Some(name)) {
                    span.wrong role="alert" { (flaw.sentence) }
                }
            }
        }
    };
    let own = html! {
        input type="hidden" name="what" value=(draft.fields.get("what"));
        @for name in CHOICE { @if let Some(value) = draft.fields.given(name) { input type="hidden" name=(name) value=(value); } }
        (line("name", "Name", "What people call it."))
        (line("at_once", "At the same time", "How many connected stations are at it."))
    };
    let body = html! {
        h2 { (kind.title()) ": " span #chosen { (stations.len()) } @if stations.len() == 1 { " station" } @else { " stations" } }
        p.about {
            (named.join(", ")) @if stations.len() > NAMED { " …" } " "
            a href={ "/batches/new?" (again.join("&")) } { "Choose others" }
        }
        @if stations.is_empty() { p.note { "No station is chosen: choose others." } }
        (super::draft::form(visitor, "/batches", kind, draft, own, "Give the order to all of them"))
    };
    Ok(frame::page(visitor, Tab::Orders, &kind.title(), body))
}

/// `POST /batches`
async fn begin(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let kind = kind_of(&fields)?;
    let mut draft = Draft::of(fields);
    if wants_more(&mut draft) {
        return Ok(order_page(&visitor, &kind, &draft).await?.into_response());
    }
    let at_once = draft.number::<u32>("at_once", "number of stations").unwrap_or(50);
    if !(1..=10_000).contains(&at_once) {
        draft.flaws.push(Flaw::at("/at_once", "Choose 1 to 10000 stations."));
    }
    let when_offline = patience(&mut draft, visitor.app.csms.now());
    let stations = chosen(&visitor.app, &choice(&draft.fields)).await?;
    if stations.is_empty() || stations.len() > MAX_STATIONS {
        draft.flaws.push(Flaw::at("", format!("Choose 1 to {MAX_STATIONS} stations.")));
    }
    if let Some(command) = kind.command(&mut draft) {
        let name = draft.fields.given("name").unwrap_or_else(|| kind.title());
        let by = visitor.identity.name.clone();
        let new = NewBatch { name, command, by, when_offline, at_once, stations };
        match visitor.app.csms.desk().place_batch(new).await {
            Ok(batch) => return Ok(Redirect::to(&format!("/batches/{batch}")).into_response()),
            Err(error) => refused(&mut draft, error)?,
        }
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, order_page(&visitor, &kind, &draft).await?).into_response())
}

/// What a page of a bulk order shows.
struct Shown {
    batch: Batch,
    counts: BulkCounts,
    items: Vec<BatchItem>,
    next: Option<StationId>,
}

/// Which results a page shows.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Which {
    after: String,
    failed: String,
}

impl Shown {
    async fn read(app: &App, id: &BatchId, which: &Which) -> Result<Shown, Refuse> {
        let desk = app.csms.desk();
        let batch = desk.batch(id).await?;
        let batch = batch.ok_or_else(|| Refuse::Nothing("There is no such bulk order.".to_owned()))?;
        let counts = desk.counts(id).await?;
        let only_failed = !which.failed.is_empty();
        let (mut items, mut after) = (Vec::new(), StationId::new(&which.after).ok());
        while items.len() <= LISTED {
            let page = desk.items(id, after.as_ref(), LISTED + 1).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.station.clone());
            let failed = |item: &BatchItem| item.result.as_ref().is_some_and(|result| !result.succeeded);
            items.extend(page.into_iter().filter(|item| !only_failed || failed(item)));
        }
        let has_more = items.len() > LISTED;
        items.truncate(LISTED);
        let next = items.last().filter(|_| has_more).map(|item| item.station.clone());
        Ok(Shown { batch, counts, items, next })
    }
}

/// `GET /batches/{id}`
async fn page(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let shown = Shown::read(&visitor.app, &BatchId(id.clone()), &which).await?;
    let goes_on = shown.batch.state == BatchState::Running;
    let title = shown.batch.name.clone();
    let address =
        format!("/batches/{id}/live?after={}&failed={}", encoded(&which.after), encoded(&which.failed));
    let body = html! {
        h2 { (title) }
        (part(&visitor, &shown, &which))
        @if goes_on { script src="/static/live.js" defer data-live=(address) {} }
    };
    Ok(frame::page(&visitor, Tab::Orders, &title, body))
}

/// What changes as it goes on.
fn part(visitor: &Visitor, shown: &Shown, which: &Which) -> Markup {
    let Shown { batch, counts, items, next } = shown;
    let path = format!("/batches/{}", batch.id);
    let done = counts.succeeded + counts.failed;
    html! {
        section #batch aria-live="polite" {
            div.battery { progress max=(batch.stations.max(1)) value=(done) aria-label="done" {} span { (done) " of " (batch.stations) } }
            dl.facts {
                dt { "State" } dd { (batch.state.name()) }
                dt { "What" } dd { code { (crate::manager::api::shown_command(batch.command.clone())) } }
                dt { "Given" } dd { (words::clock(batch.at)) " by " (batch.by) }
                @if let Some(until) = batch.until { dt { "May wait until" } dd { (words::clock(until)) } }
                dt { "At the same time" } dd { (batch.at_once) }
                dt { "Took it" } dd { (counts.succeeded) }
                dt { "Failed" } dd { (counts.failed) }
                dt { "At it, or waiting" } dd { (counts.open) }
                dt { "Not begun" } dd { (counts.not_begun) }
            }
            @if visitor.may(Scope::CommandsSend) { div.actions {
                @if batch.state == BatchState::Running {
                    (form::careful(visitor, &format!("{path}/stop"), "Stop it", "No more stations are given it, and what was not sent is taken back."))
                } @else if counts.failed > 0 && !batch.is_incomplete {
                    (form::button(visitor, &format!("{path}/retry"), "Try again where it failed"))
                }
            } }
            p {
                a href={ "/api/v1" (path) "/export" } { "Export as CSV" } " · "
                @if which.failed.is_empty() { a href={ (path) "?failed=1" } { "Only where it failed" } } @else { a href=(path) { "All stations" } }
            }
            div.scroll { table {
                thead { tr { th { "Station" } th { "State" } th { "What came of it" } th { "When" } } }
                tbody { @for item in items { (row(item)) } }
            } }
            @if let Some(next) = next { p { a href={ (path) "?after=" (encoded(next.as_str())) "&failed=" (encoded(&which.failed)) } { "More stations" } } }
        }
    }
}

fn row(item: &BatchItem) -> Markup {
    let state = match (&item.result, &item.order) {
        (Some(result), _) if result.succeeded => html! { span.state.online { "done" } },
        (Some(_), _) => html! { span.state.offline { "not done" } },
        (None, Some(_)) => html! { span.state.unseen { "at it, or waiting" } },
        (None, None) => html! { span.state.unseen { "not begun" } },
    };
    html! {
        tr {
            td { a href=(links::station(&item.station)) { (item.station) } }
            td { @match &item.order { Some(order) => a href={ "/orders/" (order) } { (state) }, None => (state) } }
            td { @if let Some(result) = &item.result { (result.text) } }
            td { @if let Some(result) = &item.result { (words::clock(result.at)) } }
        }
    }
}

/// `GET /batches/{id}/live`: the part that changes, as it changes.
async fn live(
    visitor: Visitor,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Result<SseResponse<impl Stream<Item = Result<Sse, Infallible>>>, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let mut events = app.csms.bus().listen();
    let id = BatchId(id);
    let mut shown = Shown::read(&app, &id, &which).await?;
    let parts = stream! {
        loop {
            yield Ok(Sse::default().event("part").data(part(&visitor, &shown, &which).into_string()));
            if shown.batch.state != BatchState::Running {
                yield Ok(Sse::default().event("end").data("over"));
                break;
            }
            let concerns = |event: &StoredEvent| match &event.event.kind {
                EventKind::OrderChanged { batch: Some(batch), .. } | EventKind::BatchChanged { batch, .. } => *batch == id,
                _ => false,
            };
            if !something_about(&app, &mut events, concerns).await {
                break;
            }
            shown = match Shown::read(&app, &id, &which).await {
                Ok(shown) => shown,
                Err(_) => break,
            };
        }
    };
    Ok(SseResponse::new(parts).keep_alive(KeepAlive::default()))
}

/// `POST /batches/{id}/{turn}`
async fn turn(
    Path((id, turn)): Path<(String, String)>,
    Posted { visitor, .. }: Posted,
) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let (id, desk) = (BatchId(id), visitor.app.csms.desk());
    let turned = match turn.as_str() {
        "stop" => desk.stop_batch(&id, &visitor.identity.name).await,
        "retry" => desk.retry_batch(&id).await,
        _ => return Err(Refuse::Nothing("A bulk order cannot be turned this way.".to_owned())),
    };
    match turned {
        Err(WithdrawError::Unknown) => Err(Refuse::Nothing("There is no such bulk order.".to_owned())),
        Err(WithdrawError::NotKept(sentence)) => Err(Refuse::Broken(sentence)),
        // Whatever else is in the way is shown by the page.
        Ok(()) | Err(_) => Ok(Redirect::to(&format!("/batches/{id}"))),
    }
}
