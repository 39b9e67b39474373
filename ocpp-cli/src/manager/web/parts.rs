//! The parts of the page, each rendered alone or as part of the whole.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use ocpp_core::model::StationId;
use ocpp_server::Csms;
use ocpp_server::domain::{Session, SessionStatus};
use ocpp_server::store::{Page, ReadError, SessionFilter};

use crate::manager::api::{ConnectorView, RefusalView, SessionView, StationView};

/// The most stations on one page.
const MAX_STATIONS: usize = 500;
/// The most running sessions that are counted and shown.
const MAX_RUNNING: usize = 1000;
/// The latest finished sessions that are listed.
const FINISHED: usize = 20;
/// The latest refusals that are listed.
const REFUSALS: usize = 20;

/// All that the page shows.
pub(super) struct Overview {
    stations: Vec<StationView>,
    running: Vec<SessionView>,
    finished: Vec<SessionView>,
    refusals: Vec<RefusalView>,
}

impl Overview {
    /// Reads everything.
    pub(super) async fn read(csms: &Csms) -> Result<Overview, ReadError> {
        let store = csms.store();
        let mut stations = Vec::new();
        for station in store.stations(Page { after: None, limit: MAX_STATIONS }).await? {
            stations.push(StationView::of(csms, station).await?);
        }
        Ok(Overview {
            stations,
            running: views(sessions(csms, None, SessionStatus::Active, MAX_RUNNING).await?),
            finished: views(sessions(csms, None, SessionStatus::Completed, FINISHED).await?),
            refusals: store.refusals(REFUSALS).await?.into_iter().map(RefusalView::from).collect(),
        })
    }

    /// How many stations are online, how many sessions run, how much power flows.
    pub(super) fn summary(&self) -> Markup {
        let online = self.stations.iter().filter(|station| station.online).count();
        let free = self.stations.iter().filter(|station| station.online).map(free_connectors).sum::<usize>();
        // What a station draws that is gone is not known.
        let reachable = self.running.iter().filter(|session| self.is_online(&session.station_id));
        let power: i64 = reachable.filter_map(|session| session.power_w).sum();
        html! {
            section.summary #summary aria-label="Overview" {
                (figure(&format!("{online} / {}", self.stations.len()), "stations online"))
                (figure(&free.to_string(), "connectors free"))
                (figure(&self.running.len().to_string(), "charging sessions"))
                (figure(&kilowatts(power), "power drawn"))
            }
        }
    }

    fn is_online(&self, station: &str) -> bool {
        self.stations.iter().any(|known| known.online && known.id == station)
    }

    /// A card for each station.
    pub(super) fn stations(&self) -> Markup {
        html! {
            section.stations #stations aria-label="Stations" {
                @if self.stations.is_empty() {
                    p.empty #no-stations {
                        "No station has connected yet. Let one dial the address that "
                        code { "ocpp serve" } " printed, or run " code { "ocpp emulate" } "."
                    }
                }
                @for station in &self.stations {
                    (card(station, self.running.iter().filter(|session| session.station_id == station.id)))
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
                        thead { tr { th { "No." } th { "Station" } th { "Started" } th { "Duration" } th.number { "Energy" } th { "Ended by" } } }
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
                    h2 { "Turned away" }
                    ul.refusals { @for refusal in &self.refusals { (refusal_item(refusal)) } }
                }
            }
        }
    }
}

/// The card of one station as it is at this moment; `None` when there is no such station.
pub(super) async fn station_card(csms: &Csms, id: &StationId) -> Result<Option<Markup>, ReadError> {
    let Some(station) = csms.store().station(id).await? else { return Ok(None) };
    let view = StationView::of(csms, station).await?;
    let running = views(sessions(csms, Some(id.clone()), SessionStatus::Active, MAX_RUNNING).await?);
    Ok(Some(card(&view, running.iter())))
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

fn views(sessions: Vec<Session>) -> Vec<SessionView> {
    sessions.into_iter().map(SessionView::from).collect()
}

fn figure(value: &str, name: &str) -> Markup {
    html! { div.figure { strong { (value) } span { (name) } } }
}

/// The id of a station's card in the page.
fn card_id(station: &str) -> String {
    let mut id = String::from("station-");
    for byte in station.bytes() {
        if byte.is_ascii_alphanumeric() {
            id.push(char::from(byte))
        } else {
            id.push_str(&format!("_{byte:02x}"))
        }
    }
    id
}

fn card<'a>(station: &StationView, running: impl Iterator<Item = &'a SessionView>) -> Markup {
    let state = if station.online { "online" } else { "offline" };
    html! {
        article.station.(state) #(card_id(&station.id)) data-name=(station.id) {
            header {
                h2 { (station.id) }
                span.state { (state) }
            }
            p.about {
                "OCPP " (station.ocpp_version)
                @if let Some(vendor) = &station.vendor { " · " (vendor) }
                @if let Some(model) = &station.model { " " (model) }
            }
            @if !station.online { p.about { "gone since " (clock(station.since)) } }
            ul.connectors { @for connector in &station.connectors { (connector_chip(connector)) } }
            @for session in running { (running_session(session)) }
        }
    }
}

fn connector_chip(connector: &ConnectorView) -> Markup {
    let kind = match connector.status {
        "Available" => "free",
        "Charging" => "charging",
        "Preparing" | "Occupied" | "Finishing" | "SuspendedEV" | "SuspendedEVSE" => "busy",
        "Reserved" => "reserved",
        "Faulted" => "faulted",
        _ => "out",
    };
    html! {
        li.chip.(kind) {
            span.name {
                @match (connector.evse_id, connector.connector_id) {
                    (0, _) => "station",
                    (evse, Some(connector)) if connector != 1 => { (evse) "/" (connector) }
                    (evse, _) => (evse),
                }
            }
            " " (connector.status)
            @if let Some(code) = &connector.error_code { ": " (code) }
        }
    }
}

fn running_session(session: &SessionView) -> Markup {
    html! {
        div.session {
            div.readings {
                strong.energy { (kilowatt_hours(session.energy_wh)) }
                @if let Some(power) = session.power_w { span.power { (kilowatts(power)) } }
                @if let Some(evse) = session.evse_id { span.where { "EVSE " (evse) } }
                span.since { "since " (clock(session.started_at)) }
            }
            @if let Some(percent) = session.state_of_charge_percent {
                div.battery {
                    progress max="100" value=(percent) aria-label="state of charge" {}
                    span { (percent) " %" }
                }
            }
            (doubts(session))
        }
    }
}

fn finished_row(session: &SessionView) -> Markup {
    let duration = session.ended_at.map(|end| end.duration_since(session.started_at).as_secs());
    html! {
        tr {
            td { (session.number) }
            td { (session.station_id) }
            td { (clock(session.started_at)) }
            td { @if let Some(seconds) = duration { (length(seconds)) } }
            td.number { (kilowatt_hours(session.energy_wh)) }
            td { @if let Some(reason) = &session.stop_reason { (reason) } (doubts(session)) }
        }
    }
}

fn doubts(session: &SessionView) -> Markup {
    html! { @for doubt in &session.doubts { span.doubt { (doubt.replace('_', " ")) } } }
}

fn refusal_item(refusal: &RefusalView) -> Markup {
    html! {
        li {
            strong { (refusal.kind) " " (refusal.who) }
            @if let Some(station) = &refusal.station_id { " at " (station) }
            " from " (refusal.address) ", " (refusal.count) " times, last " (clock(refusal.last)) ". "
            (refusal.advice)
        }
    }
}

fn free_connectors(station: &StationView) -> usize {
    station
        .connectors
        .iter()
        .filter(|connector| connector.evse_id > 0 && connector.status == "Available")
        .count()
}

fn kilowatt_hours(wh: i64) -> String {
    format!("{}.{:02} kWh", wh / 1000, (wh % 1000).abs() / 10)
}

fn kilowatts(watts: i64) -> String {
    format!("{}{}.{} kW", if watts < 0 { "-" } else { "" }, watts.abs() / 1000, (watts.abs() % 1000) / 100)
}

fn length(seconds: i64) -> String {
    match seconds {
        ..0 => "unknown".to_owned(),
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A moment in the manager's own time zone.
fn clock(at: Timestamp) -> Markup {
    let local = TimeZone::system().to_datetime(at);
    html! { time datetime=(at) { (local.strftime("%d %b %H:%M:%S")) } }
}
