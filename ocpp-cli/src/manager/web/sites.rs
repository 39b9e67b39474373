//! Sites: the tree of all places, adding and changing one.

mod public;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_core::model::{EvseId, Place, PortStatus};
use ocpp_server::domain::{
    Address, Bay, ConnectorEntry, Coordinates, EvseEntry, Port, Ratings, RecordKind, Scope, Site,
    StationEntry,
};
use ocpp_server::register::{Flaw, SiteForm};
use ocpp_server::store::{RecordFilter, TypedRecords};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::form::{self, Draft, Fields, Form, Posted};
use super::frame::{self, Tab};
use super::refuse::Refuse;
use super::stations::{in_kilowatts, kilowatts};
use super::visitor::Visitor;
use super::{links, tariffs, words};
use crate::manager::App;

/// The most sites and stations of the tree.
const MAX_LISTED: usize = 1000;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sites", get(tree).post(add))
        .route("/sites/add", get(add_page))
        .route("/sites/{id}", get(page).post(change))
        .route("/sites/{id}/tariff", post(assign))
        .route("/sites/{id}/remove", post(remove))
}

/// `GET /sites`
async fn tree(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let store = visitor.app.csms.store();
    let sites: Vec<Site> = store.list(RecordFilter::all(RecordKind::Site, MAX_LISTED)).await?;
    let stations: Vec<StationEntry> =
        store.list(RecordFilter::all(RecordKind::StationEntry, MAX_LISTED)).await?;
    let nowhere: Vec<&StationEntry> = stations.iter().filter(|entry| entry.site.is_none()).collect();
    let body = html! {
        div.heading {
            h2 { "Sites" }
            @if visitor.may(Scope::StationsWrite) { a.button href="/sites/add" { "Add a site" } }
        }
        @if sites.is_empty() { p.empty { "No site yet. Tariffs by time of day hold in the time zone of a site." } }
        @for site in &sites {
            section.card {
                h3 { a href={ "/sites/" (site.id.0) } { (site.name) } }
                p.about { (about(site)) }
                (branch(&visitor, stations.iter().filter(|entry| entry.site.as_ref() == Some(&site.id))).await?)
            }
        }
        @if !nowhere.is_empty() {
            section.card { h3 { "At no site" } (branch(&visitor, nowhere.into_iter()).await?) }
        }
    };
    Ok(frame::page(&visitor, Tab::Sites, "Sites", body))
}

fn about(site: &Site) -> String {
    let Address { street, postal_code, city, country } = &site.address;
    let town = format!("{postal_code} {city}");
    let mut parts: Vec<String> = [street.as_str(), town.trim(), country]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    parts.extend(
        site.coordinates.map(|at| format!("{}, {}", degrees(at.latitude_e7), degrees(at.longitude_e7))),
    );
    parts.push(site.time_zone.clone());
    parts.extend(site.power.map(words::power));
    parts.extend(site.tariff.as_ref().map(|tariff| format!("tariff {}", tariff.0)));
    parts.join(" · ")
}

async fn branch(visitor: &Visitor, stations: impl Iterator<Item = &StationEntry>) -> Result<Markup, Refuse> {
    let mut rendered = Vec::new();
    for entry in stations {
        let ports = visitor.app.csms.store().ports(&entry.id).await?;
        rendered.push(station(entry, &ports));
    }
    Ok(html! {
        @if rendered.is_empty() { p.empty { "No station stands here." } }
        @else { ul.tree { @for station in rendered { (station) } } }
    })
}

fn station(entry: &StationEntry, ports: &[Port]) -> Markup {
    html! {
        li {
            a href=(links::station(&entry.id)) { (entry.id) }
            @if let Some(name) = &entry.name { " · " (name) }
            @if let Some(power) = entry.power { span.about { " · " (words::power(power)) } }
            @if let Some(tariff) = &entry.tariff { span.about { " · tariff " (tariff.0) } }
            ul {
                @for evse in evses_of(entry, ports) {
                    li {
                        "EVSE " (evse.id) @if let Some(name) = &evse.name { " · " (name) }
                        ul {
                            @for connector in &evse.connectors {
                                li {
                                    "Connector " (connector.id)
                                    @if let Some(kind) = &connector.kind { " · " (kind) }
                                    @if let Some(power) = connector.power { " · " (words::power(power)) }
                                    @if let Some(status) = status_at(ports, evse.id, connector) { " · " (status.as_str()) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What the operator has entered, else what the station has reported.
fn evses_of(entry: &StationEntry, ports: &[Port]) -> Vec<EvseEntry> {
    if !entry.evses.is_empty() {
        return entry.evses.clone();
    }
    let mut reported: BTreeMap<EvseId, Vec<ConnectorEntry>> = BTreeMap::new();
    for port in ports {
        let Place::Connector(evse, id) = port.place else { continue };
        reported.entry(evse).or_default().push(ConnectorEntry {
            id,
            kind: None,
            power: None,
            ratings: Ratings::default(),
        });
    }
    reported
        .into_iter()
        .map(|(id, connectors)| EvseEntry {
            id,
            name: None,
            power: None,
            least_power: None,
            bay: Bay::default(),
            connectors,
        })
        .collect()
}

fn status_at(ports: &[Port], evse: EvseId, connector: &ConnectorEntry) -> Option<PortStatus> {
    ports.iter().find(|port| port.place == Place::Connector(evse, connector.id)).map(|port| port.status)
}

/// `GET /sites/add`
async fn add_page(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let zone = jiff::tz::TimeZone::system().iana_name().unwrap_or("UTC").to_owned();
    let draft = Draft::of(Fields::of([("time_zone", zone)]));
    Ok(add_form(&visitor, &draft))
}

fn add_form(visitor: &Visitor, draft: &Draft) -> Markup {
    let body = html! { h2 { "Add a site" } (form(visitor, "/sites", draft, "Add the site")) };
    frame::page(visitor, Tab::Sites, "Add a site", body)
}

fn form(visitor: &Visitor, action: &str, draft: &Draft, label: &str) -> Markup {
    let form = Form::new(visitor, action, draft)
        .line("name", "Name", "What people call it; drivers and receipts see it.")
        .line("address/street", "Street and number", "")
        .line("address/postal_code", "Postal code", "")
        .line("address/city", "City", "")
        .line("address/country", "Country", "Two capital letters, such as DE.")
        .line("coordinates", "Coordinates", "Latitude and longitude in degrees, such as 53.5445, 9.9717.")
        .line(
            "time_zone",
            "Time zone",
            "Its IANA name, such as Europe/Berlin. Prices by time of day hold in it.",
        )
        .line("power", "Power of the grid connection (kW)", "");
    public::fields(form).filled().submit(label)
}

/// `POST /sites`
async fn add(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let mut draft = Draft::of(fields);
    let form = read(&mut draft);
    if draft.is_fine() {
        match visitor.app.register.add_site(form).await {
            Ok(site) => return Ok(Redirect::to(&format!("/sites/{}", site.id.0)).into_response()),
            Err(error) => draft = draft.refused(error)?,
        }
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, add_form(&visitor, &draft)).into_response())
}

/// `GET /sites/{id}`
async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    with_draft(&visitor, &id, None).await
}

async fn with_draft(visitor: &Visitor, id: &str, draft: Option<Draft>) -> Result<Markup, Refuse> {
    let store = visitor.app.csms.store();
    let site: Option<Site> = store.get(id).await?;
    let site = site.ok_or_else(|| Refuse::Nothing("There is no such site.".to_owned()))?;
    let stations: Vec<StationEntry> = store.owned(id, MAX_LISTED).await?;
    let path = format!("/sites/{}", site.id.0);
    let is_refused = draft.is_some();
    let draft = draft.unwrap_or_else(|| Draft::of(fields_of(&site)));
    let body = html! {
        h2 { (site.name) }
        p.about { (about(&site)) }
        (public::shown(&site, &stations))
        (tariffs::assignment(visitor, &format!("{path}/tariff"), site.tariff.as_ref(), None).await?)
        h3 { "Stations" }
        (branch(visitor, stations.iter()).await?)
        @if visitor.may(Scope::StationsWrite) {
            details open[is_refused] { summary { "Change what is said of it" } (form(visitor, &path, &draft, "Save")) }
            (form::careful(visitor, &format!("{path}/remove"), "Remove", "A site where stations stand cannot be removed."))
        }
    };
    Ok(frame::page(visitor, Tab::Sites, &site.name, body))
}

/// `POST /sites/{id}`
async fn change(Path(id): Path<String>, Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let mut draft = Draft::of(fields);
    let form = read(&mut draft);
    if draft.is_fine() {
        match visitor.app.register.change_site(&id, form, draft.fields.seen()).await {
            Ok(site) => return Ok(Redirect::to(&format!("/sites/{}", site.id.0)).into_response()),
            Err(error) => draft = draft.refused(error)?,
        }
    }
    let page = with_draft(&visitor, &id, Some(draft)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /sites/{id}/tariff`
async fn assign(Path(id): Path<String>, Posted { visitor, fields }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::TariffsWrite)?;
    let tariff = fields.given("tariff");
    let site = visitor.app.register.assign_to_site(&id, tariff.as_deref()).await?;
    Ok(Redirect::to(&format!("/sites/{}", site.id.0)))
}

/// `POST /sites/{id}/remove`
async fn remove(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    visitor.app.register.remove_site(&id).await?;
    Ok(Redirect::to("/sites"))
}

fn read(draft: &mut Draft) -> SiteForm {
    let text = |draft: &Draft, name: &str| draft.fields.get(name).to_owned();
    SiteForm {
        name: text(draft, "name"),
        address: Address {
            street: text(draft, "address/street"),
            postal_code: text(draft, "address/postal_code"),
            city: text(draft, "address/city"),
            country: text(draft, "address/country"),
        },
        coordinates: coordinates(draft),
        time_zone: text(draft, "time_zone"),
        power: kilowatts(draft, "power"),
        public: public::read(draft),
    }
}

fn coordinates(draft: &mut Draft) -> Option<Coordinates> {
    let text = draft.fields.get("coordinates");
    if text.is_empty() {
        return None;
    }
    let e7 = |text: &str| -> Option<i32> {
        text.trim().parse::<Decimal>().ok()?.checked_mul(Decimal::from(10_000_000))?.round().to_i32()
    };
    let pair = text.split_once(',').and_then(|(latitude, longitude)| {
        Some(Coordinates { latitude_e7: e7(latitude)?, longitude_e7: e7(longitude)? })
    });
    if pair.is_none() {
        let sentence = "These are no coordinates: write latitude and longitude, such as 53.5445, 9.9717.";
        draft.flaws.push(Flaw::at("/coordinates", sentence));
    }
    pair
}

fn fields_of(site: &Site) -> Fields {
    let mut fields = said_of(site);
    public::fill(&mut fields, site);
    fields.fill_from(site.revision);
    fields
}

fn said_of(site: &Site) -> Fields {
    let at = site.coordinates.map(|at| format!("{}, {}", degrees(at.latitude_e7), degrees(at.longitude_e7)));
    Fields::of([
        ("name", site.name.clone()),
        ("address/street", site.address.street.clone()),
        ("address/postal_code", site.address.postal_code.clone()),
        ("address/city", site.address.city.clone()),
        ("address/country", site.address.country.clone()),
        ("coordinates", at.unwrap_or_default()),
        ("time_zone", site.time_zone.clone()),
        ("power", site.power.map(in_kilowatts).unwrap_or_default()),
    ])
}

fn degrees(e7: i32) -> Decimal {
    Decimal::new(i64::from(e7), 7).normalize()
}
