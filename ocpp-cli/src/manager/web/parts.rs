//! The parts of the overview, each rendered alone or as part of the whole.

use std::collections::{BTreeMap, HashMap};

use maud::{Markup, html};
use ocpp_core::model::{Place, PortStatus, StationId, Watts};
use ocpp_server::Csms;
use ocpp_server::domain::{
    Connection, Port, RecordKind, Refusal, Refused, Session, SessionStatus, Site, Station, StationEntry,
};
use ocpp_server::store::{Page, ReadError, RecordFilter, SessionFilter, TypedRecords};

use super::overview::At;
use super::{links, words};

/// The most stations on one page.
const MAX_STATIONS: usize = 500;
/// The most running sessions that are counted and shown.
const MAX_RUNNING: usize = 1000;
/// The latest finished sessions that are listed.
const FINISHED: usize = 20;
/// The latest refusals that are listed.
const REFUSALS: usize = 20;
/// The most sites that stations are grouped by.
const MAX_SITES: usize = 500;

/// A station with what its card shows.
struct Card {
    station: Station,
    ports: Vec<Port>,
    name: Option<String>,
    site: Option<String>,
}

impl Card {
    async fn read(csms: &Csms, station: Station, entry: Option<&StationEntry>) -> Result<Card, ReadError> {
        let ports = csms.store().ports(&station.id).await?;
        let name = entry.and_then(|entry| entry.name.clone());
        let site = entry.and_then(|entry| entry.site.as_ref()).map(|site| site.0.clone());
        Ok(Card { station, ports, name, site })
    }

    fn is_online(&self) -> bool {
        matches!(self.station.connection, Connection::Online { .. })
    }

    fn free_connectors(&self) -> usize {
        let is_free = |port: &&Port| port.place != Place::Station && port.status == PortStatus::Available;
        self.ports.iter().filter(is_free).count()
    }
}

/// All that the page shows.
pub(super) struct Overview {
    cards: Vec<Card>,
    sites: Vec<Site>,
    running: Vec<Session>,
    finished: Vec<Session>,
    refusals: Vec<Refusal>,
}

impl Overview {
    /// Reads everything, of one site where one is chosen.
    pub(super) async fn read(csms: &Csms, at: &At) -> Result<Overview, ReadError> {
        let store = csms.store();
        let entries: Vec<StationEntry> = if at.site.is_empty() {
            store.list(RecordFilter::all(RecordKind::StationEntry, MAX_STATIONS)).await?
        } else {
            store.owned(&at.site, MAX_STATIONS).await?
        };
        let entries: HashMap<StationId, StationEntry> =
            entries.into_iter().map(|entry| (entry.id.clone(), entry)).collect();
        let mut cards = Vec::new();
        for station in store.stations(Page { after: None, limit: MAX_STATIONS }).await? {
            let entry = entries.get(&station.id);
            if entry.is_some() || at.site.is_empty() {
                cards.push(Card::read(csms, station, entry).await?);
            }
        }
        let shown = |session: &Session| at.site.is_empty() || entries.contains_key(&session.station);
        let mut running = sessions(csms, None, SessionStatus::Active, MAX_RUNNING).await?;
        let mut finished = sessions(csms, None, SessionStatus::Completed, FINISHED).await?;
        running.retain(shown);
        finished.retain(shown);
        Ok(Overview {
            cards,
            sites: store.list(RecordFilter::all(RecordKind::Site, MAX_SITES)).await?,
            running,
            finished,
            refusals: store.refusals(REFUSALS).await?,
        })
    }

    /// All sites.
    pub(super) fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// How many stations are online, how many sessions run, how much power flows.
    pub(super) fn summary(&self) -> Markup {
        let online = self.cards.iter().filter(|card| card.is_online()).count();
        let free: usize = self.cards.iter().filter(|card| card.is_online()).map(Card::free_connectors).sum();
        // What a station draws that is gone is not known.
        let reachable = self.running.iter().filter(|session| self.is_online(&session.station));
        let power: i64 = reachable.filter_map(|session| session.power).map(|power| power.0).sum();
        html! {
            section.summary #summary aria-label="Overview" {
                (figure(&format!("{online} / {}", self.cards.len()), "stations online"))
                (figure(&free.to_string(), "connectors free"))
                (figure(&self.running.len().to_string(), "charging sessions"))
                (figure(&words::power(Watts(power)), "power drawn"))
            }
        }
    }

    fn is_online(&self, station: &StationId) -> bool {
        self.cards.iter().any(|card| card.is_online() && card.station.id == *station)
    }

    /// A card for each station, by site.
    pub(super) fn stations(&self) -> Markup {
        let mut by_site: BTreeMap<&str, Vec<&Card>> = BTreeMap::new();
        for card in &self.cards {
            by_site.entry(card.site.as_deref().unwrap_or_default()).or_default().push(card);
        }
        let named = self.sites.iter().map(|site| (site.id.0.as_str(), site.name.as_str()));
        html! {
            div #stations {
                @if self.cards.is_empty() {
                    p.empty #no-stations {
                        "No station has connected yet. " a href="/stations/add" { "Add one" } " and enter its "
                        "address and key in the station, or run " code { "ocpp emulate" } "."
                    }
                }
                @for (id, name) in named { @if let Some(cards) = by_site.get(id) { (self.group(id, Some(name), cards)) } }
                @if let Some(cards) = by_site.get("") {
                    (self.group("", (by_site.len() > 1).then_some("At no site"), cards))
                }
            }
        }
    }

    fn group(&self, site: &str, name: Option<&str>, cards: &[&Card]) -> Markup {
        html! {
            section.group data-site=(site) {
                @if let Some(name) = name { h2 { (name) } }
                div.stations {
                    @for card in cards {
                        (rendered(card, self.running.iter().filter(|session| session.station == card.station.id)))
                    }
                }
            }
        }
    }

    /// The latest finished sessions.
    pub(super) fn sessions(&self) -> Markup {
        html! {
            section.list #sessions aria-label="Finished sessions" {
                h2 { "Finished sessions" }
                @if self.finished.is_empty() {
                    p.empty { "None yet." }
                } @else {
                    div.scroll { table {
                        thead { tr {
                            th { "No." } th { "Station" } th { "Started" } th { "Duration" } th.number { "Energy" }
                            th.number { "Cost" } th { "Ended by" }
                        } }
                        tbody { @for session in &self.finished { (finished_row(session)) } }
                    } }
                }
            }
        }
    }

    /// Who was turned away, with what to do about it.
    pub(super) fn refusals(&self) -> Markup {
        html! {
            section.list #refusals aria-label="Turned away" {
                @if !self.refusals.is_empty() {
                    h2 { a href="/turned-away" { "Turned away" } }
                    ul.refusals { @for refusal in &self.refusals { (refusal_item(refusal)) } }
                }
            }
        }
    }
}

/// The card of one station as it is at this moment; `None` when there is no such station at the site.
pub(super) async fn station_card(csms: &Csms, id: &StationId, at: &At) -> Result<Option<Markup>, ReadError> {
    let Some(station) = csms.store().station(id).await? else { return Ok(None) };
    let entry: Option<StationEntry> = csms.store().get(id.as_str()).await?;
    let card = Card::read(csms, station, entry.as_ref()).await?;
    if !at.site.is_empty() && card.site.as_deref() != Some(&at.site) {
        return Ok(None);
    }
    let running = sessions(csms, Some(id.clone()), SessionStatus::Active, MAX_RUNNING).await?;
    Ok(Some(rendered(&card, running.iter())))
}

async fn sessions(
    csms: &Csms,
    station: Option<StationId>,
    status: SessionStatus,
    limit: usize,
) -> Result<Vec<Session>, ReadError> {
    let filter = SessionFilter { station, status: Some(status), token: None };
    csms.store().sessions(filter, Page { after: None, limit }).await
}

fn figure(value: &str, name: &str) -> Markup {
    html! { div.figure { strong { (value) } span { (name) } } }
}

/// The id of a station's card in the page.
fn card_id(station: &StationId) -> String {
    let mut id = String::from("station-");
    for byte in station.as_str().bytes() {
        if byte.is_ascii_alphanumeric() {
            id.push(char::from(byte))
        } else {
            id.push_str(&format!("_{byte:02x}"))
        }
    }
    id
}

fn rendered<'a>(card: &Card, running: impl Iterator<Item = &'a Session>) -> Markup {
    let station = &card.station;
    let state = if card.is_online() { "online" } else { "offline" };
    html! {
        article.station.(state) #(card_id(&station.id)) data-name=(station.id)
            data-site=(card.site.as_deref().unwrap_or_default()) {
            header {
                h3 { a href=(links::station(&station.id)) { (card.name.as_deref().unwrap_or(station.id.as_str())) } }
                span.state { (state) }
            }
            p.about {
                @if card.name.is_some() { (station.id) " · " }
                "OCPP " (station.version.number())
                @if let Some(boot) = &station.boot { " · " (boot.vendor) " " (boot.model) }
            }
            @if let Connection::Offline { since } = station.connection {
                p.about { "gone since " (words::clock(since)) }
            }
            ul.connectors { @for port in &card.ports { (connector_chip(port)) } }
            @for session in running { (running_session(session)) }
        }
    }
}

/// The state of a connector in a word of its colour.
pub(super) fn connector_chip(port: &Port) -> Markup {
    let kind = match port.status {
        PortStatus::Available => "free",
        PortStatus::Charging => "charging",
        PortStatus::Preparing
        | PortStatus::Occupied
        | PortStatus::Finishing
        | PortStatus::SuspendedEv
        | PortStatus::SuspendedEvse => "busy",
        PortStatus::Reserved => "reserved",
        PortStatus::Faulted => "faulted",
        PortStatus::Unavailable => "out",
    };
    html! {
        li.chip.(kind) {
            span.name {
                @match port.place {
                    Place::Station => "station",
                    Place::Connector(evse, connector) if connector.0 != 1 => { (evse) "/" (connector) }
                    Place::Evse(evse) | Place::Connector(evse, _) => (evse),
                }
            }
            " " (port.status.as_str())
            @if let Some(fault) = &port.fault { ": " (fault.code) }
        }
    }
}

fn running_session(session: &Session) -> Markup {
    html! {
        div.session {
            div.readings {
                strong.energy { (words::energy(session.energy())) }
                @if let Some(power) = session.power { span.power { (words::power(power)) } }
                @if let Some(cost) = session.cost { span.cost { (cost.rounded()) } }
                @if let Some(evse) = session.place.and_then(Place::evse) { span.where { "EVSE " (evse) } }
                span.since { "since " (words::clock(session.started_at)) }
            }
            @if let Some(percent) = session.state_of_charge {
                div.battery {
                    progress max="100" value=(percent.get()) aria-label="state of charge" {}
                    span { (percent.get()) " %" }
                }
            }
            (doubts(session))
        }
    }
}

fn finished_row(session: &Session) -> Markup {
    html! {
        tr {
            td { a href={ "/sessions/" (session.number.0) } { (session.number.0) } }
            td { (session.station) }
            td { (words::clock(session.started_at)) }
            td { @if let Some(end) = session.ended_at { (words::between(session.started_at, end)) } }
            td.number { (words::energy(session.energy())) }
            td.number { @if let Some(cost) = session.cost { (cost.rounded()) } }
            td { @if let Some(reason) = &session.stop_reason { (reason) } (doubts(session)) }
        }
    }
}

/// What is doubtful about a session.
pub(super) fn doubts(session: &Session) -> Markup {
    html! { @for doubt in &session.doubts { span.doubt { (words::spelled(doubt)) } } }
}

fn refusal_item(refusal: &Refusal) -> Markup {
    html! {
        li {
            @match &refusal.refused {
                Refused::Station(identity) => strong { "station " (identity) },
                Refused::Token { station, token } => { strong { "token " (token) } " at " (station) },
            }
            " from " (refusal.address) ", " (refusal.count) " times, last " (words::clock(refusal.last)) ". "
            (refusal.reason.advice())
        }
    }
}
