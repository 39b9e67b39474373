//! `/d/{station}/{evse}`: a charging point as a driver sees it who has just scanned its code.

use axum::extract::{Path, State};
use maud::{Markup, html};
use ocpp_core::model::{EvseId, Place, PortStatus, StationId};
use ocpp_core::rules::tariff::in_words;
use ocpp_server::domain::{Port, SessionStatus, Site, StationEntry};
use ocpp_server::pricing::{Price, whereabouts};
use ocpp_server::process::CheckoutRequest;
use ocpp_server::store::{Page, SessionFilter};

use super::super::frame;
use super::super::refuse::Refuse;
use super::super::tariffs;
use super::{hold_in, made_here};
use crate::manager::App;
use crate::settings::PaymentService;

/// Whether a driver can charge here now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Now {
    Free,
    /// A vehicle is plugged in, and nobody charges: it may be the driver's own.
    PluggedIn,
    InUse,
    OutOfReach,
    OutOfOrder,
}

/// A charging point.
pub(super) struct Point {
    pub(super) station: StationId,
    pub(super) evse: EvseId,
    entry: Option<StationEntry>,
    site: Option<Site>,
    state: Now,
    pub(super) price: Option<std::sync::Arc<Price>>,
}

impl Point {
    /// Reads what is known of it.
    pub(super) async fn read(app: &App, station: &str, evse: u32) -> Result<Point, Refuse> {
        let unknown = || {
            Refuse::Nothing(
                "There is no such charging point. Please check the code on the station.".to_owned(),
            )
        };
        let station = StationId::new(station).map_err(|_| unknown())?;
        let evse = EvseId(evse);
        let store = app.csms.store();
        let (entry, site) = whereabouts(&**store, &station).await?;
        let ports = store.ports(&station).await?;
        let here: Vec<&Port> = ports.iter().filter(|port| port.place.evse() == Some(evse)).collect();
        let is_entered = entry.as_ref().is_some_and(|entry| entry.evses.iter().any(|known| known.id == evse));
        if here.is_empty() && !is_entered {
            return Err(unknown());
        }
        let filter = SessionFilter {
            station: Some(station.clone()),
            status: Some(SessionStatus::Active),
            token: None,
        };
        let running = store.sessions(filter, Page { after: None, limit: 100 }).await?;
        let is_charging = running.iter().any(|session| session.place.and_then(Place::evse) == Some(evse));
        let state = if !app.csms.stations().is_connected(&station) {
            Now::OutOfReach
        } else if is_charging {
            Now::InUse
        } else {
            state_of(&here)
        };
        let price = app.processes.price_at(&station, evse).await?;
        Ok(Point { station, evse, entry, site, state, price })
    }

    fn title(&self) -> String {
        match &self.site {
            Some(site) => format!("Charge at {}", site.name),
            None => format!("Charge at {}", self.station),
        }
    }

    /// What is written on the EVSE, or its number.
    fn names(&self) -> (String, String) {
        let station = self.entry.as_ref().and_then(|entry| entry.name.clone());
        let evses = self.entry.iter().flat_map(|entry| &entry.evses);
        let evse = evses.filter(|evse| evse.id == self.evse).find_map(|evse| evse.name.clone());
        (
            station.unwrap_or_else(|| self.station.to_string()),
            evse.unwrap_or_else(|| format!("EVSE {}", self.evse)),
        )
    }

    /// The page; `wrong` says why the last try did not work.
    pub(super) fn page(&self, app: &App, wrong: Option<&str>) -> Markup {
        let (station, evse) = self.names();
        let body = html! {
            header {
                h1 { @match &self.site { Some(site) => (site.name), None => (station) } }
                p.about {
                    @if self.site.is_some() { (station) " · " }
                    (evse)
                    @if let Some(site) = &self.site { @if !site.address.street.is_empty() { " · " (site.address.street) } }
                }
            }
            (self.said())
            section.card {
                h2 { "Price" }
                @match &self.price {
                    Some(price) => (tariffs::prices(&in_words(&price.tariff))),
                    None => p { "Charging is free here: plug in and present your card." },
                }
            }
            @if let Some(sentence) = wrong { p.wrong role="alert" { (sentence) } }
            @if let (Some(price), Now::Free | Now::PluggedIn) = (&self.price, self.state) {
                @if app.payments.service == PaymentService::None {
                    p { "Plug in and present your card at the station." }
                } @else {
                    (self.form(app, price))
                }
            }
        };
        frame::driver(&self.title(), html! {}, body)
    }

    fn said(&self) -> Markup {
        let (class, word, advice) = match self.state {
            Now::Free => ("free", "Free", "Pay first, then plug in."),
            Now::PluggedIn => {
                ("busy", "A vehicle is plugged in", "If it is yours, pay, and it begins to charge.")
            }
            Now::InUse => ("busy", "In use", "Somebody charges here. Please choose a free charging point."),
            Now::OutOfReach => (
                "out",
                "Out of reach",
                "This station is out of reach at the moment. Please use another one, or try again later.",
            ),
            Now::OutOfOrder => ("faulted", "Out of order", "Please use another charging point."),
        };
        html! { p.now { span.chip.(class) #state { (word) } " " (advice) } }
    }

    fn form(&self, app: &App, price: &Price) -> Markup {
        let hold = hold_in(app, price.tariff.currency);
        let wish = CheckoutRequest::fresh_wish().to_string();
        let is_test = app.processes.gateway().name() == "sandbox";
        html! {
            form.pay method="post" {
                (made_here(app, &wish))
                input type="hidden" name="wish" value=(wish);
                fieldset {
                    legend { "Pay with" }
                    @for (index, instrument) in app.processes.gateway().instruments().into_iter().enumerate() {
                        label.tick {
                            input type="radio" name="instrument" value=(instrument.id) checked[index == 0] required;
                            " " (instrument.label)
                        }
                    }
                }
                p.hint {
                    strong { (hold) } " is held, not taken. You pay what your session costs; the rest is given back when it ends. "
                    "When the amount is used up, charging stops."
                }
                @if is_test { p.hint { "These are test cards: no money moves." } }
                button.big { "Hold and start" }
            }
        }
    }
}

fn state_of(ports: &[&Port]) -> Now {
    let has = |wanted: &[PortStatus]| ports.iter().any(|port| wanted.contains(&port.status));
    if has(&[PortStatus::Available]) {
        Now::Free
    } else if has(&[PortStatus::Preparing, PortStatus::Occupied, PortStatus::Finishing]) {
        Now::PluggedIn
    } else if has(&[
        PortStatus::Charging,
        PortStatus::SuspendedEv,
        PortStatus::SuspendedEvse,
        PortStatus::Reserved,
    ]) {
        Now::InUse
    } else {
        Now::OutOfOrder
    }
}

/// `GET /d/{station}/{evse}`
pub(super) async fn page(
    State(app): State<App>,
    Path((station, evse)): Path<(String, u32)>,
) -> Result<Markup, Refuse> {
    let point = Point::read(&app, &station, evse).await?;
    Ok(point.page(&app, None))
}
