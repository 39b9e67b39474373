//! The table: sites, stations, charging points and connectors.

use ocpp_server::domain::{ConnectorFormat, OpeningHours, PaymentWay, PlugStandard, PowerType, Site};

use super::rate;
use super::xml::Element;
use super::{TABLE, moment, multilingual, payload};
use crate::manager::public::now::{ConnectorNow, EvseNow, Now, SiteNow};
use crate::settings::Party;

/// The publication of what stays.
pub(super) fn publication(now: &Now, party: Option<&Party>) -> Element {
    let payload = payload("egi:EnergyInfrastructureTablePublication", now.at, party);
    // A table has at least one site.
    if now.sites.is_empty() {
        return payload;
    }
    let changed = now.sites.iter().map(|site| site.changed_at).max().unwrap_or(now.at);
    let table = Element::new("egi:energyInfrastructureTable")
        .with("id", TABLE)
        .with("version", &moment(changed))
        .children(now.sites.iter().map(|site| of_site(site, party)));
    payload.child(table)
}

/// The stations of a site with their EVSEs, in the order in which they are told.
pub(super) fn stations(site: &SiteNow) -> Vec<(String, Vec<&EvseNow>)> {
    let mut stations: Vec<(String, Vec<&EvseNow>)> = Vec::new();
    for evse in &site.evses {
        match stations.last_mut() {
            Some((_, evses)) if evses.first().is_some_and(|first| first.station == evse.station) => {
                evses.push(evse)
            }
            // Named by its first EVSE: the identity with which it signs in is not told.
            _ => stations.push((format!("station-{}", evse.uid), vec![evse])),
        }
    }
    stations
}

fn of_site(now: &SiteNow, party: Option<&Party>) -> Element {
    let Site { id, name, public, .. } = &now.site;
    let version = moment(now.changed_at);
    let mut site = Element::new("egi:energyInfrastructureSite")
        .with("id", &id.0)
        .with("version", &version)
        .child(multilingual("fac:name", name))
        .text("fac:lastUpdated", &version);
    site = site.children(of_hours(&public.hours)).child(of_location(&now.site));
    if let Some(operator) = &public.operator {
        site = site.child(of_operator(&now.site, operator, party, &version));
    }
    if let Some(helpdesk) = of_helpdesk(&now.site, &version) {
        site = site.child(helpdesk);
    }
    site.children(public.operator.as_ref().map(|operator| multilingual("egi:brand", operator)))
        .children(stations(now).into_iter().map(|(id, evses)| of_station(&id, &evses, now)))
}

/// Open day and night; other hours are told by the other ways alone.
fn of_hours(hours: &OpeningHours) -> Vec<Element> {
    if hours.weekly.is_none() && hours.closings.is_empty() {
        return vec![Element::new("fac:operatingHours").with("xsi:type", "fac:OpenAllHours")];
    }
    Vec::new()
}

fn of_location(site: &Site) -> Element {
    let address = &site.address;
    let line = Element::new("locx:addressLine")
        .with("order", "0")
        .text("locx:type", "street")
        .child(multilingual("locx:text", &address.street));
    let mut told = Element::new("locx:address");
    if !address.postal_code.is_empty() {
        told = told.text("locx:postcode", &address.postal_code);
    }
    let told = told
        .child(multilingual("locx:city", &address.city))
        .text("locx:countryCode", &address.country)
        .child(line);
    let facility = Element::new("loc:facilityLocation").child(told);
    let location = Element::new("fac:locationReference")
        .with("xsi:type", "loc:PointLocation")
        .child(Element::new("loc:_locationReferenceExtension").child(facility));
    let Some(at) = site.coordinates else { return location };
    let degrees = |e7: i32| rust_decimal::Decimal::new(i64::from(e7), 7).normalize().to_string();
    let coordinates = Element::new("loc:coordinatesForDisplay")
        .text("loc:latitude", degrees(at.latitude_e7))
        .text("loc:longitude", degrees(at.longitude_e7));
    location.child(coordinates)
}

fn of_operator(site: &Site, operator: &str, party: Option<&Party>, version: &str) -> Element {
    let id = party
        .map_or_else(|| format!("operator-{}", site.id.0), |party| format!("{}*{}", party.country, party.id));
    Element::new("fac:operator")
        .with("xsi:type", "fac:OrganisationSpecification")
        .with("id", &id)
        .with("version", version)
        .child(multilingual("fac:name", operator))
        .children(site.public.legal_name.as_ref().map(|legal| multilingual("fac:legalName", legal)))
}

fn of_helpdesk(site: &Site, version: &str) -> Option<Element> {
    let public = &site.public;
    if public.helpline.is_none() && public.support_mail.is_none() {
        return None;
    }
    let mut contact = Element::new("fac:contactInformation");
    if let Some(number) = &public.helpline {
        contact = contact.text("fac:telephoneNumber", number);
    }
    if let Some(mail) = &public.support_mail {
        contact = contact.text("fac:eMail", mail);
    }
    let name = public.operator.as_deref().unwrap_or(&site.name);
    let helpdesk = Element::new("fac:helpdesk")
        .with("xsi:type", "fac:OrganisationSpecification")
        .with("id", &format!("helpdesk-{}", site.id.0))
        .with("version", version)
        .child(multilingual("fac:name", name))
        .child(Element::new("fac:organisationUnit").child(contact));
    Some(helpdesk)
}

fn of_station(id: &str, evses: &[&EvseNow], site: &SiteNow) -> Element {
    let changed = evses.iter().map(|evse| evse.changed_at).max().unwrap_or(site.changed_at);
    let version = moment(changed);
    let power: i64 = evses.iter().filter_map(|evse| evse.power()).sum();
    let methods: Vec<&str> = {
        let mut methods: Vec<&str> =
            site.site.public.payment.iter().flat_map(|way| methods_of(*way)).copied().collect();
        methods.dedup();
        methods
    };
    let mut station = Element::new("egi:energyInfrastructureStation")
        .with("id", id)
        .with("version", &version)
        .text("fac:lastUpdated", &version);
    if power > 0 {
        station = station.text("egi:totalMaximumPower", power.to_string());
    }
    station
        .children(
            methods
                .iter()
                .map(|method| Element::new("egi:authenticationAndIdentificationMethods").content(method)),
        )
        .text("egi:numberOfRefillPoints", evses.len().to_string())
        .children(evses.iter().map(|evse| of_evse(evse)))
}

/// How one shows who one is, as far as a way to pay says it.
const fn methods_of(way: PaymentWay) -> &'static [&'static str] {
    match way {
        PaymentWay::Contactless => &["nfc"],
        PaymentWay::ChipCard => &["pinpad"],
        PaymentWay::QrCode => &["website"],
        PaymentWay::App => &["apps"],
        PaymentWay::Rfid => &["rfid"],
        PaymentWay::PlugAndCharge => &["plc"],
        PaymentWay::Phone => &["phoneDialog"],
        PaymentWay::Cash => &["cashPayment"],
    }
}

fn of_evse(evse: &EvseNow) -> Element {
    let version = moment(evse.changed_at);
    let mut point = Element::new("egi:refillPoint")
        .with("xsi:type", "egi:ElectricChargingPoint")
        .with("id", &evse.uid)
        .with("version", &version)
        .child(multilingual("fac:name", &evse.name()));
    if let Some(id) = &evse.entry.bay.evse_id {
        point = point.text("fac:externalIdentifier", id);
    }
    point = point.text("fac:lastUpdated", &version).text("egi:deliveryUnit", "kWh");
    if let Some(id) = &evse.entry.bay.evse_id {
        point = point.text("egi:evseId", id);
    }
    let connectors: Vec<Element> = evse.connectors.iter().filter_map(of_connector).collect();
    point = point
        .text("egi:usageType", "electricVehicle")
        .text("egi:numberOfConnectors", evse.connectors.len().to_string());
    if let Some(power) = evse.power() {
        point = point.text("egi:availableChargingPower", power.to_string());
    }
    point.children(connectors).children(rate::of_table(evse))
}

/// A connector of which kind and power are known, which the schema demands.
fn of_connector(now: &ConnectorNow) -> Option<Element> {
    let offer = &now.offer;
    let mut connector = Element::new("egi:connector").text("egi:connectorType", type_of(offer.standard?));
    if let Some(mode) = offer.power_type.and_then(mode_of) {
        connector = connector.text("egi:chargingMode", mode);
    }
    if let Some(format) = offer.format {
        let format = match (format, offer.power_type) {
            (ConnectorFormat::Socket, _) => "socket",
            (ConnectorFormat::Cable, Some(PowerType::Dc) | None) => "otherCable",
            (ConnectorFormat::Cable, Some(_)) => "cableMode3",
        };
        connector = connector.text("egi:connectorFormat", format);
    }
    connector = connector.text("egi:maxPowerAtSocket", offer.power?.0.to_string());
    if let Some(volts) = offer.max_voltage {
        connector = connector.text("egi:voltage", volts.to_string());
    }
    if let Some(amperes) = offer.max_amperage {
        connector = connector.text("egi:maximumCurrent", amperes.to_string());
    }
    Some(connector)
}

const fn mode_of(power_type: PowerType) -> Option<&'static str> {
    match power_type {
        PowerType::Dc => Some("mode4DC"),
        PowerType::Ac3Phase => Some("mode3AC3p"),
        // The schema has no word for mode 3 on fewer phases.
        PowerType::Ac1Phase | PowerType::Ac2Phase | PowerType::Ac2PhaseSplit => None,
    }
}

const fn type_of(standard: PlugStandard) -> &'static str {
    match standard {
        PlugStandard::Chademo => "chademo",
        PlugStandard::DomesticA => "domesticA",
        PlugStandard::DomesticB => "domesticB",
        PlugStandard::DomesticC => "domesticC",
        PlugStandard::DomesticD => "domesticD",
        PlugStandard::DomesticE => "domesticE",
        PlugStandard::DomesticF => "domesticF",
        PlugStandard::DomesticG => "domesticG",
        PlugStandard::DomesticH => "domesticH",
        PlugStandard::DomesticI => "domesticI",
        PlugStandard::DomesticJ => "domesticJ",
        PlugStandard::DomesticK => "domesticK",
        PlugStandard::DomesticL => "domesticL",
        PlugStandard::DomesticM => "domesticM",
        PlugStandard::DomesticN => "domesticN",
        PlugStandard::DomesticO => "domesticO",
        PlugStandard::Iec60309Single16 => "iec60309x2single16",
        PlugStandard::Iec60309Three16 => "iec60309x2three16",
        PlugStandard::Iec60309Three32 => "iec60309x2three32",
        PlugStandard::Iec60309Three64 => "iec60309x2three64",
        PlugStandard::Type1 => "iec62196T1",
        PlugStandard::Type1Combo => "iec62196T1COMBO",
        PlugStandard::Type2 => "iec62196T2",
        PlugStandard::Type2Combo => "iec62196T2COMBO",
        PlugStandard::Type3A => "iec62196T3A",
        PlugStandard::Type3C => "iec62196T3C",
        PlugStandard::PantographBottomUp => "pantographBottomUp",
        PlugStandard::PantographTopDown => "pantographTopDown",
        PlugStandard::TeslaRoadster => "teslaR",
        PlugStandard::TeslaModelS => "teslaS",
        PlugStandard::Chaoji
        | PlugStandard::GbtAc
        | PlugStandard::GbtDc
        | PlugStandard::Nema520
        | PlugStandard::Nema630
        | PlugStandard::Nema650
        | PlugStandard::Nema1030
        | PlugStandard::Nema1050
        | PlugStandard::Nema1430
        | PlugStandard::Nema1450 => "other",
    }
}
