//! Locations: published sites with what OCPI wants to know of them.

use axum::extract::{Path, State};
use jiff::Timestamp;
use ocpp_core::model::tariff::TimeOfDay;
use ocpp_server::domain::{
    Coordinates, Offer, OpeningHours, ParkingRestriction, PaymentWay, Site, Span, WeeklyHours, alpha_3,
};
use serde::Serialize;

use super::Business;
use super::answer::{Answer, Fault, Wanted, moment};
use super::caller::Caller;
use super::tariffs::ocpi_id;
use crate::manager::App;
use crate::manager::origin::Base;
use crate::manager::public::now::{ConnectorNow, EvseNow, SiteNow};
use crate::manager::public::state::PortState;
use crate::settings::Party;

/// A site (`Location`).
#[derive(Debug, Serialize)]
pub(super) struct Location {
    country_code: String,
    party_id: String,
    id: String,
    publish: bool,
    name: String,
    address: String,
    city: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    country: &'static str,
    coordinates: GeoLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evses: Vec<Evse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<Business>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<Business>,
    time_zone: String,
    opening_times: Hours,
    last_updated: String,
}

#[derive(Debug, Serialize)]
struct GeoLocation {
    latitude: String,
    longitude: String,
}

/// An EVSE.
#[derive(Debug, Serialize)]
pub(super) struct Evse {
    uid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evse_id: Option<String>,
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    capabilities: Vec<&'static str>,
    connectors: Vec<Connector>,
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_reference: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parking_restrictions: Vec<&'static str>,
    last_updated: String,
}

/// A connector.
#[derive(Debug, Serialize)]
pub(super) struct Connector {
    id: String,
    standard: &'static str,
    format: &'static str,
    power_type: &'static str,
    max_voltage: u32,
    max_amperage: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_electric_power: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tariff_ids: Vec<String>,
    last_updated: String,
}

#[derive(Debug, Serialize)]
struct Hours {
    twentyfourseven: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    regular_hours: Vec<RegularHours>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exceptional_openings: Vec<ExceptionalPeriod>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exceptional_closings: Vec<ExceptionalPeriod>,
}

#[derive(Debug, Serialize)]
struct RegularHours {
    weekday: usize,
    period_begin: String,
    period_end: String,
}

#[derive(Debug, Serialize)]
struct ExceptionalPeriod {
    period_begin: String,
    period_end: String,
}

/// `GET /ocpi/2.2.1/locations`
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    base: Base,
    wanted: Wanted,
) -> Result<Answer<Vec<Location>>, Fault> {
    let now = app.public.now(&app.csms).await?;
    let sites = now.sites.iter().filter_map(|site| Some((site.changed_at, (site, country(&site.site)?))));
    wanted
        .page(&base, "/ocpi/2.2.1/locations", sites, |(site, country)| of_site(site, country, &caller.party))
}

/// `GET /ocpi/2.2.1/locations/{location}`
pub(super) async fn location(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer<Location>, Fault> {
    let now = app.public.now(&app.csms).await?;
    let found = now.site(&id).and_then(|site| Some(of_site(site, country(&site.site)?, &caller.party)));
    found.map(Answer::of).ok_or_else(unknown)
}

fn unknown() -> Fault {
    Fault::missing(2003, "There is no such location.")
}

/// `GET /ocpi/2.2.1/locations/{location}/{evse}`
pub(super) async fn evse(
    State(app): State<App>,
    _: Caller,
    Path((id, uid)): Path<(String, String)>,
) -> Result<Answer<Evse>, Fault> {
    let now = app.public.now(&app.csms).await?;
    let site = now.site(&id).ok_or_else(unknown)?;
    let evse = site.evses.iter().find(|evse| evse.uid == uid);
    let found = evse.and_then(|evse| of_evse(evse, &site.site));
    found.map(Answer::of).ok_or_else(|| Fault::missing(2003, "There is no such EVSE at this location."))
}

/// `GET /ocpi/2.2.1/locations/{location}/{evse}/{connector}`
pub(super) async fn connector(
    State(app): State<App>,
    _: Caller,
    Path((id, uid, number)): Path<(String, String, String)>,
) -> Result<Answer<Connector>, Fault> {
    let now = app.public.now(&app.csms).await?;
    let site = now.site(&id).ok_or_else(unknown)?;
    let evse = site.evses.iter().find(|evse| evse.uid == uid);
    let found = evse.and_then(|evse| {
        let connector = evse.connectors.iter().find(|connector| connector.entry.id.to_string() == number)?;
        of_connector(connector, evse)
    });
    found.map(Answer::of).ok_or_else(|| Fault::missing(2003, "There is no such connector at this EVSE."))
}

/// Sites are only published with a country that exists.
fn country(site: &Site) -> Option<&'static str> {
    alpha_3(&site.address.country)
}

fn of_site(now: &SiteNow, country: &'static str, party: &Party) -> Location {
    let Site { id, name, address, coordinates, public, time_zone, .. } = now.site.clone();
    let business = |name: Option<String>| name.map(|name| Business { name });
    Location {
        country_code: party.country.clone(),
        party_id: party.id.clone(),
        id: id.0,
        publish: true,
        name,
        address: address.street,
        city: address.city,
        postal_code: Some(address.postal_code).filter(|code| !code.is_empty()),
        country,
        coordinates: of_coordinates(coordinates.unwrap_or(Coordinates { latitude_e7: 0, longitude_e7: 0 })),
        evses: now.evses.iter().filter_map(|evse| of_evse(evse, &now.site)).collect(),
        operator: business(public.operator),
        owner: business(public.legal_name),
        time_zone,
        opening_times: of_hours(&public.hours),
        last_updated: moment(now.changed_at),
    }
}

/// Degrees with seven decimals.
fn of_coordinates(at: Coordinates) -> GeoLocation {
    let degrees = |e7: i32| {
        let (whole, rest) = (e7.unsigned_abs() / 10_000_000, e7.unsigned_abs() % 10_000_000);
        format!("{}{whole}.{rest:07}", if e7 < 0 { "-" } else { "" })
    };
    GeoLocation { latitude: degrees(at.latitude_e7), longitude: degrees(at.longitude_e7) }
}

/// An EVSE of which enough is said: without a connector that can be told it is left out.
fn of_evse(now: &EvseNow, site: &Site) -> Option<Evse> {
    let connectors: Vec<Connector> =
        now.connectors.iter().filter_map(|connector| of_connector(connector, now)).collect();
    let written = now.entry.name.clone().filter(|name| name.chars().count() <= 16);
    (!connectors.is_empty()).then(|| Evse {
        uid: now.uid.clone(),
        evse_id: now.entry.bay.evse_id.clone(),
        status: status(now.state.state),
        capabilities: capabilities(site),
        connectors,
        physical_reference: written,
        parking_restrictions: now.entry.bay.restrictions.iter().map(|one| restriction(*one)).collect(),
        last_updated: moment(now.changed_at),
    })
}

const fn status(state: PortState) -> &'static str {
    match state {
        PortState::Available => "AVAILABLE",
        PortState::Occupied => "CHARGING",
        PortState::Reserved => "RESERVED",
        PortState::Unavailable => "INOPERATIVE",
        PortState::Faulted => "OUTOFORDER",
        PortState::Unknown => "UNKNOWN",
    }
}

const fn restriction(restriction: ParkingRestriction) -> &'static str {
    match restriction {
        ParkingRestriction::EvOnly => "EV_ONLY",
        ParkingRestriction::Plugged => "PLUGGED",
        ParkingRestriction::Disabled => "DISABLED",
        ParkingRestriction::Customers => "CUSTOMERS",
        ParkingRestriction::Motorcycles => "MOTORCYCLES",
    }
}

/// The ways to pay that OCPI 2.2.1 has words for.
fn capabilities(site: &Site) -> Vec<&'static str> {
    let mut capabilities: Vec<&'static str> = site
        .public
        .payment
        .iter()
        .flat_map(|way| match way {
            PaymentWay::Contactless => &["CONTACTLESS_CARD_SUPPORT", "CREDIT_CARD_PAYABLE"][..],
            PaymentWay::ChipCard => &["CHIP_CARD_SUPPORT", "CREDIT_CARD_PAYABLE", "PED_TERMINAL"],
            PaymentWay::Rfid => &["RFID_READER"],
            PaymentWay::QrCode
            | PaymentWay::App
            | PaymentWay::PlugAndCharge
            | PaymentWay::Phone
            | PaymentWay::Cash => &[],
        })
        .copied()
        .collect();
    capabilities.sort_unstable();
    capabilities.dedup();
    capabilities
}

/// A connector of which all is known that OCPI demands.
fn of_connector(now: &ConnectorNow, evse: &EvseNow) -> Option<Connector> {
    let Offer { standard, format, power_type, max_voltage, max_amperage, power } = now.offer;
    Some(Connector {
        id: now.entry.id.to_string(),
        standard: standard?.as_str(),
        format: format?.as_str(),
        power_type: power_type?.as_str(),
        max_voltage: max_voltage?,
        max_amperage: max_amperage?,
        max_electric_power: power.map(|power| power.0),
        tariff_ids: evse.tariffs.iter().map(|id| ocpi_id(id)).collect(),
        last_updated: moment(now.changed_at),
    })
}

fn of_hours(hours: &OpeningHours) -> Hours {
    let period = |span: &Span| {
        let of = |at: Timestamp| moment(at);
        ExceptionalPeriod { period_begin: of(span.from), period_end: of(span.until) }
    };
    // The last minute of a day is the latest end that OCPI can write.
    let end = |until: TimeOfDay| {
        if until == TimeOfDay::MIDNIGHT { "23:59".to_owned() } else { until.to_string() }
    };
    let regular = |hours: &WeeklyHours| RegularHours {
        weekday: hours.day as usize + 1,
        period_begin: hours.from.to_string(),
        period_end: end(hours.until),
    };
    Hours {
        twentyfourseven: hours.weekly.is_none(),
        regular_hours: hours.weekly.iter().flatten().map(regular).collect(),
        exceptional_openings: hours.openings.iter().map(period).collect(),
        exceptional_closings: hours.closings.iter().map(period).collect(),
    }
}
