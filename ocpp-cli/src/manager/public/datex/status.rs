//! The status: what is free, and what it costs now.

use super::rate;
use super::table::stations;
use super::xml::Element;
use super::{TABLE, moment, payload};
use crate::manager::public::now::{EvseNow, Now, SiteNow};
use crate::manager::public::state::PortState;
use crate::settings::Party;

/// The publication of what changes.
pub(super) fn publication(now: &Now, party: Option<&Party>) -> Element {
    let changed = now.sites.iter().map(|site| site.changed_at).max().unwrap_or(now.at);
    let table = Element::new("egi:tableReference")
        .with("targetClass", "egi:EnergyInfrastructureTable")
        .with("id", TABLE)
        .with("version", &moment(changed));
    payload("egi:EnergyInfrastructureStatusPublication", now.at, party)
        .children((!now.sites.is_empty()).then_some(table))
        .children(now.sites.iter().map(of_site))
}

fn reference(id: &str, version: &str) -> Element {
    Element::new("fac:reference")
        .with("targetClass", "fac:FacilityObject")
        .with("id", id)
        .with("version", version)
}

fn of_site(site: &SiteNow) -> Element {
    let version = moment(site.changed_at);
    Element::new("egi:energyInfrastructureSiteStatus")
        .child(reference(&site.site.id.0, &version))
        .text("fac:lastUpdated", &version)
        .children(stations(site).into_iter().map(|(id, evses)| of_station(&id, &evses, site)))
}

fn of_station(id: &str, evses: &[&EvseNow], site: &SiteNow) -> Element {
    let changed = evses.iter().map(|evse| evse.changed_at).max().unwrap_or(site.changed_at);
    let works = |evse: &&EvseNow| {
        matches!(evse.state.state, PortState::Available | PortState::Occupied | PortState::Reserved)
    };
    let version = moment(changed);
    Element::new("egi:energyInfrastructureStationStatus")
        .child(reference(id, &version))
        .text("fac:lastUpdated", &version)
        .text("egi:isAvailable", if evses.iter().any(works) { "true" } else { "false" })
        .children(evses.iter().map(|evse| of_evse(evse)))
}

fn of_evse(evse: &EvseNow) -> Element {
    let version = moment(evse.changed_at);
    Element::new("egi:refillPointStatus")
        .with("xsi:type", "egi:ElectricChargingPointStatus")
        .child(reference(&evse.uid, &version))
        .text("fac:lastUpdated", &version)
        .text("egi:status", status(evse.state.state))
        .children(rate::of_status(evse))
}

const fn status(state: PortState) -> &'static str {
    match state {
        PortState::Available => "available",
        PortState::Occupied => "occupied",
        PortState::Reserved => "reserved",
        PortState::Unavailable => "inoperative",
        PortState::Faulted => "outOfOrder",
        PortState::Unknown => "unknown",
    }
}
