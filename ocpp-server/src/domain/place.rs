//! Where stations stand: sites, and what an operator says about each station.

use jiff::Timestamp;
use ocpp_core::model::{ConnectorId, EvseId, Registration, StationId, Watts};
use serde::{Deserialize, Serialize};

use super::access::Digest;
use super::publication::{Bay, Publication, Ratings};
use super::record::record;
use super::station::Revision;
use super::tariff::TariffId;

/// The key of a site: a UUID.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteId(pub String);

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    /// Street and house number.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// City.
    pub city: String,
    /// Country, ISO 3166-1 alpha-2.
    pub country: String,
}

/// A point on the earth (WGS 84), in ten-millionths of a degree, as exact as OCPI has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coordinates {
    /// North is positive, −900,000,000 to 900,000,000.
    pub latitude_e7: i32,
    /// East is positive, −1,800,000,000 to 1,800,000,000.
    pub longitude_e7: i32,
}

/// A site: where stations stand, with one time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its key.
    pub id: SiteId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// Where it is on the map.
    pub coordinates: Option<Coordinates>,
    /// Its time zone, by its IANA name (`Europe/Berlin`). Prices by time of day hold in it.
    pub time_zone: String,
    /// The power of its grid connection.
    pub power: Option<Watts>,
    /// The tariff of its stations that have none of their own.
    pub tariff: Option<TariffId>,
    /// What it tells the public.
    #[serde(default)]
    pub public: Publication,
    /// When it was added.
    pub added_at: Timestamp,
}

record!(Site is Site, key |site| site.id.0.clone());

/// A connector as the operator describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectorEntry {
    /// Its number on the EVSE, from 1.
    pub id: ConnectorId,
    /// The kind of plug, by the names of OCPP (`cCCS2`, `sType2`).
    pub kind: Option<String>,
    /// The most power that it delivers.
    pub power: Option<Watts>,
    /// What is said of its plug besides.
    #[serde(default)]
    pub ratings: Ratings,
}

/// An EVSE as the operator describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvseEntry {
    /// Its number on the station, from 1.
    pub id: EvseId,
    /// What is written on it.
    pub name: Option<String>,
    /// The most power that it delivers.
    pub power: Option<Watts>,
    /// The least that it has to offer to count as up, by law or contract. A station tells what it offers by the
    /// measurand `Power.Offered`.
    #[serde(default)]
    pub least_power: Option<Watts>,
    /// The place where vehicles stand, and its public id.
    #[serde(default)]
    pub bay: Bay,
    /// Its connectors.
    pub connectors: Vec<ConnectorEntry>,
}

/// From when until when a station is in service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Service {
    /// Since when; since it was first seen unless said.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// Until when, if it was taken down.
    #[serde(default)]
    pub until: Option<Timestamp>,
}

/// How a station proves that it is the one it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StationLogin {
    /// Not at all: whoever knows the identity is believed.
    Unproven,
    /// By the key it was given (HTTP Basic authentication: security profiles 1 and 2), of which only a keyed
    /// digest is kept.
    Key(Digest),
}

/// A station as the operator knows it, whether it has ever connected or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationEntry {
    /// Its identity.
    pub id: StationId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What people call it.
    pub name: Option<String>,
    /// Where it stands.
    pub site: Option<SiteId>,
    /// The tariff of this station, before the one of its site.
    pub tariff: Option<TariffId>,
    /// How it proves who it is.
    pub login: StationLogin,
    /// What it is told when it boots: to work, to wait for its configuration, or to stay away.
    #[serde(default = "accepted")]
    pub registration: Registration,
    /// The most power that it delivers.
    pub power: Option<Watts>,
    /// Its EVSEs.
    pub evses: Vec<EvseEntry>,
    /// When it is in service, for the figures of its uptime.
    #[serde(default)]
    pub service: Service,
    /// When it was added.
    pub added_at: Timestamp,
}

record!(
    StationEntry is StationEntry,
    key |entry| entry.id.to_string(),
    owner |entry| entry.site.as_ref().map(|site| site.0.clone())
);

const fn accepted() -> Registration {
    Registration::Accepted
}

impl StationEntry {
    /// A station that nothing is known of but its identity and login.
    #[must_use]
    pub fn new(id: StationId, login: StationLogin, added_at: Timestamp) -> StationEntry {
        StationEntry {
            id,
            revision: Revision::default(),
            name: None,
            site: None,
            tariff: None,
            login,
            registration: accepted(),
            power: None,
            evses: Vec::new(),
            service: Service::default(),
            added_at,
        }
    }
}
