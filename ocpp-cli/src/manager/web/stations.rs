//! Stations: the list, adding one, its page.

mod add;
mod change;
mod codes;
mod detail;
mod places;
mod settings;
mod upkeep;

use std::collections::{BTreeMap, HashMap};

use axum::Router;
use axum::extract::Query;
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_core::model::StationId;
use ocpp_server::domain::{Connection, RecordKind, Scope, Site, SiteId, Station, StationEntry, StationLogin};
use ocpp_server::register::Login;
use ocpp_server::store::{Page, ReadError, RecordFilter, TypedRecords};
use serde::Deserialize;

pub(super) use add::key_shown;
pub(super) use change::{in_kilowatts, kilowatts};

use super::frame::{self, Tab};
use super::links::{self, encoded};
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::words;
use crate::manager::App;

/// The most stations on one page of the list.
const MAX_LISTED: usize = 1000;
/// The most sites to choose from.
const MAX_SITES: usize = 1000;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/stations", get(list).post(add::add))
        .route("/stations/add", get(add::page))
        .route("/stations/{id}", get(detail::page).post(change::change))
        .route("/stations/{id}/key", post(change::key))
        .route("/stations/{id}/open", post(change::open))
        .route("/stations/{id}/tariff", post(change::tariff))
        .route("/stations/{id}/registration", post(change::registration))
        .route("/stations/{id}/remove", post(change::remove))
        .route("/stations/{id}/availability", post(places::wish))
        .route("/stations/{id}/availability/assert", post(places::assert))
        .route("/stations/{id}/reservations", post(places::reserve))
        .route("/stations/{id}/reservations/{number}/cancel", post(places::cancel))
        .route("/stations/{id}/local-list", post(places::choose))
        .route("/stations/{id}/local-list/send", post(places::send))
        .route("/stations/{id}/updates", post(upkeep::update))
        .route("/stations/{id}/updates/{request}/withdraw", post(upkeep::withdraw))
        .route("/stations/{id}/logs", post(upkeep::log))
        .route("/stations/{id}/alarm/settle", post(upkeep::settle))
        .route("/stations/{id}/key/renew", post(upkeep::renew))
        .route("/stations/{id}/settings", get(settings::page).post(settings::change))
        .route("/stations/{id}/settings/report", post(settings::report))
        .route("/stations/{id}/settings/assert", post(settings::assert))
        .route("/stations/{id}/codes", get(codes::page))
}

/// Which stations are listed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
}

/// A station that is known to the operator, has connected, or both.
#[derive(Default)]
struct Row {
    entry: Option<StationEntry>,
    station: Option<Station>,
}

/// `GET /stations`
async fn list(visitor: Visitor, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let (rows, next) = rows(&visitor, &which.after).await?;
    let sites = sites_by_id(&visitor.app).await?;
    let wanted = which.q.trim().to_lowercase();
    let is_wanted = |id: &StationId, row: &Row| {
        wanted.is_empty()
            || id.as_str().to_lowercase().contains(&wanted)
            || row.entry.as_ref().is_some_and(|entry| said_of(entry, &sites).to_lowercase().contains(&wanted))
    };
    let body = html! {
        div.heading {
            h2 { "Stations" }
            @if visitor.may(Scope::StationsWrite) { a.button href="/stations/add" { "Add a station" } }
        }
        form.search method="get" action="/stations" role="search" {
            input type="search" name="q" value=(which.q) placeholder="Identity, name or site" aria-label="Search";
            button { "Search" }
        }
        @if rows.is_empty() {
            p.empty { "No station yet. Add one, and enter its address and key in the station." }
        } @else {
            div.scroll { table {
                thead { tr { th { "Station" } th { "Site" } th { "State" } th { "Login" } th { "OCPP" } th { "Last seen" } } }
                tbody { @for (id, row) in rows.iter().filter(|(id, row)| is_wanted(id, row)) { (row_of(id, row, &sites)) } }
            } }
        }
        @if let Some(next) = next { p { a href={ "/stations?after=" (encoded(next.as_str())) } { "More stations" } } }
    };
    Ok(frame::page(&visitor, Tab::Stations, "Stations", body))
}

/// A page of stations in the order of their identities, and where the next one begins.
async fn rows(
    visitor: &Visitor,
    after: &str,
) -> Result<(Vec<(StationId, Row)>, Option<StationId>), ReadError> {
    let store = visitor.app.csms.store();
    let limit = MAX_LISTED + 1;
    let from = Some(after.to_owned()).filter(|after| !after.is_empty());
    let filter = RecordFilter::all(RecordKind::StationEntry, limit).after(from);
    let mut rows: BTreeMap<StationId, Row> = BTreeMap::new();
    for entry in store.list::<StationEntry>(filter).await? {
        let row = rows.entry(entry.id.clone()).or_default();
        row.entry = Some(entry);
    }
    let page = Page { after: StationId::new(after).ok(), limit };
    for station in store.stations(page).await? {
        let row = rows.entry(station.id.clone()).or_default();
        row.station = Some(station);
    }
    let has_more = rows.len() > MAX_LISTED;
    let rows: Vec<_> = rows.into_iter().take(MAX_LISTED).collect();
    let next = rows.last().filter(|_| has_more).map(|(id, _)| id.clone());
    Ok((rows, next))
}

fn row_of(id: &StationId, row: &Row, sites: &HashMap<SiteId, Site>) -> Markup {
    let name = row.entry.as_ref().and_then(|entry| entry.name.as_deref());
    let site = row.entry.as_ref().and_then(|entry| entry.site.as_ref()).and_then(|site| sites.get(site));
    html! {
        tr {
            td { a href=(links::station(id)) { (id) } @if let Some(name) = name { " · " (name) } }
            td { @if let Some(site) = site { (site.name) } }
            td { (state_of(row.station.as_ref())) }
            td { @match &row.entry { Some(entry) => (login_of(entry)), None => "not added" } }
            td { @if let Some(station) = &row.station { (station.version.number()) } }
            td { @if let Some(station) = &row.station { (words::clock(station.last_seen)) } }
        }
    }
}

/// Whether a station is there.
fn state_of(station: Option<&Station>) -> Markup {
    html! {
        @match station.map(|station| &station.connection) {
            Some(Connection::Online { .. }) => span.state.online { "online" },
            Some(Connection::Offline { .. }) => span.state.offline { "offline" },
            Some(Connection::Unknown { .. }) => span.state.unseen { "unknown" },
            None => span.state.unseen { "never seen" },
        }
    }
}

fn login_of(entry: &StationEntry) -> Markup {
    html! {
        @match entry.login {
            StationLogin::Key(_) => "key",
            StationLogin::Unproven => span.weak { "no password" },
        }
    }
}

fn said_of(entry: &StationEntry, sites: &HashMap<SiteId, Site>) -> String {
    let site = entry.site.as_ref().and_then(|site| sites.get(site)).map_or("", |site| &site.name);
    format!("{} {site}", entry.name.as_deref().unwrap_or_default())
}

async fn sites_by_id(app: &App) -> Result<HashMap<SiteId, Site>, ReadError> {
    let sites: Vec<Site> = app.csms.store().list(RecordFilter::all(RecordKind::Site, MAX_SITES)).await?;
    Ok(sites.into_iter().map(|site| (site.id.clone(), site)).collect())
}

/// The sites to choose from, for a form.
async fn site_options(app: &App) -> Result<Vec<(String, String)>, ReadError> {
    let sites: Vec<Site> = app.csms.store().list(RecordFilter::all(RecordKind::Site, MAX_SITES)).await?;
    let mut options = vec![(String::new(), "at no site".to_owned())];
    options.extend(sites.into_iter().map(|site| (site.id.0, site.name)));
    Ok(options)
}

/// The identity in an address.
fn identity(text: &str) -> Result<StationId, Refuse> {
    StationId::new(text).map_err(|_| Refuse::Nothing("There is no such station.".to_owned()))
}

/// The login that a form names.
pub(super) fn login_named(name: &str) -> Login {
    if name == "unproven" { Login::Unproven } else { Login::Key }
}
