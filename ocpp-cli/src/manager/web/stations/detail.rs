//! The page of a station.

use axum::extract::Path;
use maud::{Markup, html};
use ocpp_core::model::{Registration, StationId};
use ocpp_server::domain::{
    Connection, Refusal, Refused, Scope, Session, Station, StationEntry, StationLogin,
};
use ocpp_server::pricing::whereabouts;
use ocpp_server::store::{Page, SessionFilter};

use super::super::form::{self, Draft, Fields, Form};
use super::super::frame::{self, Tab};
use super::super::links::{self, encoded};
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::super::{defaults, orders, parts, sessions, tariffs, usage, words};
use super::change::fields_of;
use super::{diagnostics, energy, identity, places, site_options, state_of, upkeep};

/// The latest sessions that are listed.
const SESSIONS: usize = 20;
/// The refusals that are looked through.
const REFUSALS: usize = 1000;
/// Rows for connectors that may be added.
const BLANK_ROWS: usize = 2;

/// `GET /stations/{id}`
pub(super) async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    with_draft(&visitor, &identity(&id)?, None).await
}

/// The page with a form that was refused, or as it is.
pub(super) async fn with_draft(
    visitor: &Visitor,
    id: &StationId,
    draft: Option<Draft>,
) -> Result<Markup, Refuse> {
    let store = visitor.app.csms.store();
    let station = store.station(id).await?;
    let (entry, site) = whereabouts(&**store, id).await?;
    if station.is_none() && entry.is_none() {
        return Err(Refuse::Nothing(format!("There is no station {id}.")));
    }
    let ports = store.ports(id).await?;
    let name = entry.as_ref().and_then(|entry| entry.name.clone());
    let body = html! {
        div.heading {
            h2 { (id) @if let Some(name) = &name { " · " (name) } }
            (state_of(station.as_ref()))
        }
        (facts(visitor, id, station.as_ref(), entry.as_ref()))
        @if visitor.may(Scope::SessionsRead) { p { a href={ (links::station(id)) "/messages" } { "Messages" } } }
        @if station.is_some() { p { a href={ (links::station(id)) "/settings" } { "Settings" } } }
        @if !ports.is_empty() { ul.connectors { @for port in &ports { (parts::connector_chip(port)) } } }
        @if let Some(entry) = &entry {
            p { a href={ (links::station(id)) "/codes" } { "Codes for drivers, to print" } }
            @if let Some(site) = &site { p { "It stands at " a href={ "/sites/" (site.id.0) } { (site.name) } "." } }
            (tariffs::assignment(visitor, &format!("{}/tariff", links::station(id)), entry.tariff.as_ref(), site.as_ref()).await?)
            @if visitor.may(Scope::StationsWrite) { (changes(visitor, entry, draft).await?) }
        } @else if visitor.may(Scope::StationsWrite) {
            p.note {
                "It has connected because this manager is open, but nobody has added it. "
                a href={ "/stations/add?id=" (encoded(id.as_str())) } { "Add it" } " to give it a site, a tariff and a key."
            }
        }
        (usage::section(visitor, id).await?)
        (orders::section(visitor, id).await?)
        (places::section(visitor, id, &ports).await?)
        (diagnostics::section(visitor, id).await?)
        (energy::section(visitor, id).await?)
        (defaults::section(visitor, id).await?)
        (upkeep::section(visitor, id).await?)
        @if visitor.may(Scope::SessionsRead) { (sessions_of(visitor, id).await?) }
        (refusals_of(visitor, id).await?)
    };
    Ok(frame::page(visitor, Tab::Stations, id.as_str(), body))
}

fn facts(
    visitor: &Visitor,
    id: &StationId,
    station: Option<&Station>,
    entry: Option<&StationEntry>,
) -> Markup {
    let boot = station.and_then(|station| station.boot.as_ref());
    let habits = visitor.app.csms.stations().habits(id);
    html! {
        dl.facts {
            dt { "Address to enter" } dd { code { (visitor.base.dial(&visitor.app, id.as_str())) } }
            @if let Some(entry) = entry {
                dt { "Login" }
                dd { @match entry.login { StationLogin::Key(_) => "by its key", StationLogin::Unproven => "no password" } }
            }
            (registration(station, entry))
            @if let Some(station) = station {
                dt { "OCPP" } dd { (station.version.number()) }
                @match &station.connection {
                    Connection::Online { since, address } => {
                        dt { "Connected" } dd { "since " (words::clock(*since)) " from " (address) }
                    }
                    Connection::Offline { since } => { dt { "Gone" } dd { "since " (words::clock(*since)) } }
                    Connection::Unknown { since } => {
                        dt { "Unknown" } dd { "since " (words::clock(*since)) ", when the manager was last there" }
                    }
                }
                dt { "Last seen" }
                dd { (words::clock(visitor.app.csms.stations().last_heard(id).unwrap_or(station.last_seen))) }
            }
            @if !habits.is_empty() {
                dt { "Tolerated" }
                dd { @for (quirk, count) in habits.iter() { span.doubt { (quirk) " ×" (count) } " " } }
            }
            @if let Some(boot) = boot {
                dt { "Model" } dd { (boot.vendor) " " (boot.model) }
                @if let Some(serial) = &boot.serial { dt { "Serial number" } dd { (serial) } }
                @if let Some(firmware) = &boot.firmware { dt { "Firmware" } dd { (firmware) } }
            }
        }
    }
}

/// What it is to be told when it boots, and what it was told when it last did.
fn registration(station: Option<&Station>, entry: Option<&StationEntry>) -> Markup {
    let told = station.and_then(|station| station.registration);
    let told_at = station.and_then(|station| station.booted_at);
    html! {
        @if let Some(entry) = entry {
            dt { "Registration" } dd #registration { (words::registration(entry.registration)) }
        }
        @if let Some(told) = told {
            dt { "Told when it booted" }
            dd #told {
                (words::registration(told)) @if let Some(at) = told_at { " (" (words::clock(at)) ")" }
                @if entry.is_some_and(|entry| entry.registration != told) {
                    " " span.doubt { "it learns of the other when it boots" }
                }
            }
        }
    }
}

/// A form that says whether it may work.
fn register(visitor: &Visitor, entry: &StationEntry) -> Markup {
    let options = [
        (Registration::Accepted, "accepted: it may work"),
        (Registration::Pending, "pending: it can be configured, and waits"),
        (Registration::Rejected, "rejected: it is left alone until it asks again"),
    ];
    html! {
        form.inline method="post" action={ (links::station(&entry.id)) "/registration" } {
            (visitor.csrf_field())
            select name="registration" aria-label="Registration" {
                @for (registration, text) in options {
                    option value=(words::registration(registration)) selected[registration == entry.registration] { (text) }
                }
            }
            button { "Register" }
        }
    }
}

async fn changes(visitor: &Visitor, entry: &StationEntry, draft: Option<Draft>) -> Result<Markup, Refuse> {
    let path = links::station(&entry.id);
    let is_refused = draft.is_some();
    let draft = draft.unwrap_or_else(|| Draft::of(fields_of(entry)));
    let form = Form::new(visitor, path.as_str(), &draft)
        .line("name", "Name", "What people call it.")
        .choice("site", "Site", &site_options(&visitor.app).await?)
        .line("power", "Most power (kW)", "")
        .own("/evses", connectors)
        .filled()
        .submit("Save");
    Ok(html! {
        (register(visitor, entry))
        details open[is_refused] { summary { "Change what is said of it" } (form) }
        (form::careful(visitor, &format!("{path}/key"), "New key",
            "A new key is made and shown once. The old one is void at once; a connection that stands goes on."))
        (form::careful(visitor, &format!("{path}/key/renew"), "Renew its key over OCPP",
            "A new key is told to the connected station; nobody has to enter it. The old one holds until the station takes it."))
        @if entry.login != StationLogin::Unproven {
            (form::careful(visitor, &format!("{path}/open"), "Let in without a password",
                "Whoever knows its identity is believed from then on. Only where nobody else can reach the manager."))
        }
        (form::careful(visitor, &format!("{path}/remove"), "Remove",
            "It may not connect any more once its connection ends. What happened at it is kept."))
    })
}

fn connectors(fields: &Fields, wrong: Markup) -> Markup {
    let column = |name: &str| fields.all(name).map(str::to_owned).collect::<Vec<_>>();
    let columns = [
        ("evse", "EVSE"),
        ("evse_name", "Written on it"),
        ("evse_power", "EVSE kW"),
        ("evse_least_power", "Least kW"),
        ("connector", "Connector"),
        ("kind", "Plug, as cCCS2 or sType2"),
        ("connector_power", "Connector kW"),
        ("evse_id", "EVSE id, as DE*ABC*E123"),
        ("restrictions", "Parking: ev_only, plugged, disabled, customers, motorcycles"),
        ("pull_through", "Pull-through: yes"),
        ("standard", "Standard, as IEC_62196_T2"),
        ("format", "SOCKET or CABLE"),
        ("power_type", "Current, as AC_3_PHASE or DC"),
        ("max_voltage", "Most V"),
        ("max_amperage", "Most A"),
    ]
    .map(|(name, title)| (name, title, column(name)));
    let rows = columns[0].2.len() + BLANK_ROWS;
    html! {
        fieldset.wide {
            legend { "EVSEs and connectors" }
            div.scroll { table.inputs {
                thead { tr { @for (_, title, _) in &columns { th { (title) } } } }
                tbody {
                    @for row in 0..rows {
                        tr { @for (name, title, column) in &columns {
                            td { input name=(name) value=(column.get(row).map_or("", String::as_str)) aria-label=(title); }
                        } }
                    }
                }
            } }
            (wrong)
        }
    }
}

async fn sessions_of(visitor: &Visitor, id: &StationId) -> Result<Markup, Refuse> {
    let filter = SessionFilter { station: Some(id.clone()), ..SessionFilter::default() };
    let page = Page { after: None, limit: SESSIONS };
    let latest: Vec<Session> = visitor.app.csms.store().sessions(filter, page).await?;
    Ok(html! { h3 { "Latest sessions" } (sessions::table(&latest)) })
}

async fn refusals_of(visitor: &Visitor, id: &StationId) -> Result<Markup, Refuse> {
    let here = |refusal: &Refusal| match &refusal.refused {
        Refused::Station(identity) => identity == id.as_str(),
        Refused::Token { station, .. } => station == id,
    };
    let mut refusals = visitor.app.csms.store().refusals(REFUSALS).await?;
    refusals.retain(here);
    Ok(html! {
        @if !refusals.is_empty() {
            h3 { "Refused attempts" }
            ul.refusals {
                @for refusal in &refusals {
                    li {
                        @match &refusal.refused {
                            Refused::Station(_) => { "The station from " (refusal.address) }
                            Refused::Token { token, .. } => { "Token " (token) }
                        }
                        ", " (refusal.count) " times, last " (words::clock(refusal.last)) ". " (refusal.reason.advice())
                    }
                }
            }
        }
    })
}
