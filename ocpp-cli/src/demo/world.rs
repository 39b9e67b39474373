//! What is there when the demonstration begins.

use ocpp_core::model::{ConnectorId, Currency, EvseId, Watts};
use ocpp_core::rules::tariff::{SimpleTariff, Tariff, TaxRate, TimeOfDay, Variant};
use ocpp_core::types::Version;
use ocpp_server::domain::{
    Address, Bay, ConnectorEntry, Coordinates, EvseEntry, PaymentWay, Publication, Ratings, SiteId,
};
use ocpp_server::register::{Login, Register, RegisterError, SiteForm, StationForm, TariffForm, TokenForm};
use rust_decimal::Decimal;

/// A station of the demonstration.
pub(super) struct Station {
    pub(super) identity: &'static str,
    pub(super) version: Version,
    pub(super) evses: u32,
    at: Place,
    pub(super) visitors: Visitors,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Harbour,
    OldTown,
}

/// Who comes to a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visitors {
    /// Drivers with tokens, one after the other, and whoever pays.
    Anybody,
    /// Only who pays.
    WhoPays,
}

/// The station that nobody comes to by themselves: it is free for whoever looks at the demonstration.
pub(super) const FOR_YOU: &str = "Market-2";

/// All stations of the demonstration.
pub(super) const STATIONS: [Station; 12] = [
    Station::new("Harbour-01", Version::V201, 2, Place::Harbour, Visitors::Anybody),
    Station::new("Harbour-02", Version::V201, 2, Place::Harbour, Visitors::Anybody),
    Station::new("Harbour-03", Version::V21, 2, Place::Harbour, Visitors::Anybody),
    Station::new("Harbour-04", Version::V21, 2, Place::Harbour, Visitors::WhoPays),
    Station::new("Harbour-05", Version::V16, 1, Place::Harbour, Visitors::WhoPays),
    Station::new("Market-1", Version::V16, 2, Place::OldTown, Visitors::Anybody),
    Station::new(FOR_YOU, Version::V21, 2, Place::OldTown, Visitors::WhoPays),
    Station::new("Station-Road-1", Version::V16, 1, Place::OldTown, Visitors::Anybody),
    Station::new("Station-Road-2", Version::V16, 2, Place::OldTown, Visitors::Anybody),
    Station::new("Town-Hall-A", Version::V201, 1, Place::OldTown, Visitors::Anybody),
    Station::new("Town-Hall-B", Version::V201, 1, Place::OldTown, Visitors::WhoPays),
    Station::new("Town-Hall-C", Version::V21, 1, Place::OldTown, Visitors::Anybody),
];

impl Station {
    const fn new(
        identity: &'static str,
        version: Version,
        evses: u32,
        at: Place,
        visitors: Visitors,
    ) -> Station {
        Station { identity, version, evses, at, visitors }
    }
}

/// The tag of a driver.
pub(super) fn tag(number: u64) -> String {
    format!("0A1B2C{number:02X}")
}

/// Names of holders, who are as emulated as the stations.
const HOLDERS: [&str; 6] =
    ["Ada Example", "Ben Example", "Cleo Example", "Dan Example", "Eva Example", "Fred Example"];

/// Adds everything.
///
/// # Errors
/// When the store fails.
pub(super) async fn make(register: &Register) -> Result<(), RegisterError> {
    let harbour = register.add_site(harbour()).await?.id;
    let old_town = register.add_site(old_town()).await?.id;
    for (site, tariff) in [(&harbour, day_and_night()), (&old_town, by_the_minute())] {
        let id = tariff.tariff.id.clone();
        register.draft_tariff(tariff).await?;
        register.assign_to_site(&site.0, Some(&id)).await?;
    }
    for station in &STATIONS {
        let site = if station.at == Place::Harbour { &harbour } else { &old_town };
        register.add_station(station.identity, Login::Unproven, form_of(station, site)).await?;
    }
    for number in 7..STATIONS.len() as u64 * 7 + 12 {
        let holder = HOLDERS[(number % HOLDERS.len() as u64) as usize];
        let form = TokenForm { holder: Some(holder.to_owned()), ..TokenForm::default() };
        register.add_token(&tag(number), form).await?;
    }
    Ok(())
}

fn harbour() -> SiteForm {
    SiteForm {
        name: "Harbour".to_owned(),
        address: Address {
            street: "Am Kai 12".to_owned(),
            postal_code: "20457".to_owned(),
            city: "Hamburg".to_owned(),
            country: "DE".to_owned(),
        },
        coordinates: Some(Coordinates { latitude_e7: 535_441_000, longitude_e7: 99_936_000 }),
        time_zone: "Europe/Berlin".to_owned(),
        power: Some(Watts(400_000)),
        public: told("Harbour Energy", "+49 40 1234567"),
    }
}

fn old_town() -> SiteForm {
    SiteForm {
        name: "Old Town".to_owned(),
        address: Address {
            street: "Largo do Mercado 3".to_owned(),
            postal_code: "1100-365".to_owned(),
            city: "Lisboa".to_owned(),
            country: "PT".to_owned(),
        },
        coordinates: Some(Coordinates { latitude_e7: 387_139_000, longitude_e7: -91_334_000 }),
        time_zone: "Europe/Lisbon".to_owned(),
        power: Some(Watts(250_000)),
        public: told("Mercado Charging", "+351 21 1234567"),
    }
}

/// What the public is told of a site of the demonstration.
fn told(operator: &str, helpline: &str) -> Publication {
    Publication {
        published: true,
        operator: Some(operator.to_owned()),
        helpline: Some(helpline.to_owned()),
        payment: [PaymentWay::QrCode, PaymentWay::Rfid].into(),
        ..Publication::default()
    }
}

/// Cheaper at night.
fn day_and_night() -> TariffForm {
    let night = Variant {
        start_time_of_day: TimeOfDay::new(22, 0),
        end_time_of_day: TimeOfDay::new(6, 0),
        price_kwh: Some(Decimal::new(29, 2)),
        ..Variant::default()
    };
    let simple = SimpleTariff {
        price_kwh: Some(Decimal::new(41, 2)),
        tax: Some(TaxRate::on_price("VAT", Decimal::from(19))),
        variants: vec![night],
        ..SimpleTariff::new("harbour-2026-1", Currency::EUR)
    };
    TariffForm { name: "Day and night".to_owned(), tariff: Tariff::from(simple) }
}

/// A fee at the start, and idle time after a grace.
fn by_the_minute() -> TariffForm {
    let simple = SimpleTariff {
        price_kwh: Some(Decimal::new(38, 2)),
        price_idle_minute: Some(Decimal::new(8, 2)),
        idle_grace_minutes: 10,
        fixed_fee: Some(Decimal::new(35, 2)),
        tax: Some(TaxRate::on_price("IVA", Decimal::from(23))),
        ..SimpleTariff::new("old-town-2026-1", Currency::EUR)
    };
    TariffForm { name: "Free the place".to_owned(), tariff: Tariff::from(simple) }
}

fn form_of(station: &Station, site: &SiteId) -> StationForm {
    let (kind, power) =
        if station.version == Version::V16 { ("sType2", Watts(11_000)) } else { ("cCCS2", Watts(75_000)) };
    let side = |evse: u32| match (station.evses, evse) {
        (1, _) => None,
        (_, 1) => Some("left".to_owned()),
        _ => Some("right".to_owned()),
    };
    let evses = (1..=station.evses).map(|evse| EvseEntry {
        id: EvseId(evse),
        name: side(evse),
        power: Some(power),
        least_power: None,
        bay: Bay::default(),
        connectors: vec![ConnectorEntry {
            id: ConnectorId(1),
            kind: Some(kind.to_owned()),
            power: Some(power),
            ratings: Ratings {
                max_voltage: (kind == "cCCS2").then_some(920),
                max_amperage: (kind == "cCCS2").then_some(200),
                ..Ratings::default()
            },
        }],
    });
    StationForm { name: None, site: Some(site.clone()), power: None, evses: evses.collect() }
}
