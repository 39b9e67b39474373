//! Stations as they are shown and written.

use std::collections::BTreeSet;

use axum::http::HeaderMap;
use jiff::Timestamp;
use ocpp_core::model::{ConnectorId, EvseId, Registration, Watts};
use ocpp_core::quirk::Tally;
use ocpp_server::domain::{
    Bay, ConnectorEntry, ConnectorFormat, EvseEntry, ParkingRestriction, PlugStandard, Port, PowerType,
    Ratings, SiteId, StationEntry, StationLogin,
};
use ocpp_server::register::{Learns, Login, NewStation, Registered, StationForm};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::manager::App;
use crate::manager::api::views::{ConnectorView, StationView};
use crate::manager::origin::Base;

/// A connector as the operator describes it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConnectorDescription)]
pub(crate) struct ConnectorBody {
    /// Its number on the EVSE, from 1.
    #[schema(minimum = 1)]
    id: u32,
    /// The kind of plug, by the names of OCPP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, example = "cCCS2")]
    kind: Option<String>,
    /// The most power that it delivers in W.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    power_w: Option<i64>,
    /// The standard of the plug, by the names of OCPI; it follows from the kind when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "IEC_62196_T2_COMBO")]
    standard: Option<PlugStandard>,
    /// `SOCKET` or `CABLE`; it follows from the kind when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "CABLE")]
    format: Option<ConnectorFormat>,
    /// `AC_1_PHASE`, `AC_2_PHASE`, `AC_2_PHASE_SPLIT`, `AC_3_PHASE` or `DC`; it follows from the kind when it is left
    /// out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "DC")]
    power_type: Option<PowerType>,
    /// The highest voltage in V, between phase and neutral for AC; 230 for AC when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 2000)]
    max_voltage: Option<u32>,
    /// The highest current in A, on each phase for AC; it follows from the power for AC when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 5000)]
    max_amperage: Option<u32>,
}

/// An EVSE as the operator describes it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EvseDescription)]
pub(crate) struct EvseBody {
    /// Its number on the station, from 1.
    #[schema(minimum = 1)]
    id: u32,
    /// What is written on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    name: Option<String>,
    /// The most power that it delivers in W.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    power_w: Option<i64>,
    /// The least power in W that it has to offer to count as up; it is derated while it offers less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    least_power_w: Option<i64>,
    /// Its public id by eMI3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 38, example = "DE*ABC*E123")]
    evse_id: Option<String>,
    /// Who may stand there: `ev_only`, `plugged`, `disabled`, `customers`, `motorcycles`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(value_type = Vec<String>, example = json!(["ev_only"]))]
    restrictions: BTreeSet<ParkingRestriction>,
    /// Whether a vehicle with a trailer can drive through.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pull_through: bool,
    /// Its connectors.
    #[serde(default)]
    connectors: Vec<ConnectorBody>,
}

impl From<EvseBody> for EvseEntry {
    fn from(body: EvseBody) -> EvseEntry {
        let connector = |body: ConnectorBody| ConnectorEntry {
            id: ConnectorId(body.id),
            kind: body.kind,
            power: body.power_w.map(Watts),
            ratings: Ratings {
                standard: body.standard,
                format: body.format,
                power_type: body.power_type,
                max_voltage: body.max_voltage,
                max_amperage: body.max_amperage,
            },
        };
        EvseEntry {
            id: EvseId(body.id),
            name: body.name,
            power: body.power_w.map(Watts),
            least_power: body.least_power_w.map(Watts),
            bay: Bay {
                evse_id: body.evse_id,
                restrictions: body.restrictions,
                pull_through: body.pull_through,
            },
            connectors: body.connectors.into_iter().map(connector).collect(),
        }
    }
}

impl From<&EvseEntry> for EvseBody {
    fn from(entry: &EvseEntry) -> EvseBody {
        let connector = |entry: &ConnectorEntry| ConnectorBody {
            id: entry.id.0,
            kind: entry.kind.clone(),
            power_w: entry.power.map(|power| power.0),
            standard: entry.ratings.standard,
            format: entry.ratings.format,
            power_type: entry.ratings.power_type,
            max_voltage: entry.ratings.max_voltage,
            max_amperage: entry.ratings.max_amperage,
        };
        EvseBody {
            id: entry.id.0,
            name: entry.name.clone(),
            power_w: entry.power.map(|power| power.0),
            least_power_w: entry.least_power.map(|power| power.0),
            evse_id: entry.bay.evse_id.clone(),
            restrictions: entry.bay.restrictions.clone(),
            pull_through: entry.bay.pull_through,
            connectors: entry.connectors.iter().map(connector).collect(),
        }
    }
}

/// What is said of a station.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StationBody {
    /// What people call it.
    #[schema(max_length = 100, example = "Town hall, left")]
    name: Option<String>,
    /// The site where it stands.
    site_id: Option<String>,
    /// The most power that it delivers in W.
    #[schema(minimum = 0)]
    power_w: Option<i64>,
    /// Its EVSEs with their connectors.
    evses: Vec<EvseBody>,
}

impl From<StationBody> for StationForm {
    fn from(body: StationBody) -> StationForm {
        StationForm {
            name: body.name,
            site: body.site_id.map(SiteId),
            power: body.power_w.map(Watts),
            evses: body.evses.into_iter().map(EvseEntry::from).collect(),
        }
    }
}

/// How a station is to prove who it is.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Login)]
pub(crate) enum LoginBody {
    /// With a key that is generated for it (security profile 1).
    #[default]
    Key,
    /// Not at all (security profile 0): only where nobody else can reach the manager.
    Unproven,
}

impl From<LoginBody> for Login {
    fn from(body: LoginBody) -> Login {
        match body {
            LoginBody::Key => Login::Key,
            LoginBody::Unproven => Login::Unproven,
        }
    }
}

/// A station to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStationBody {
    /// Its identity, which is the last part of the URL that it dials.
    #[schema(max_length = 48, example = "CS001")]
    pub(super) id: String,
    /// How it proves who it is.
    #[serde(default)]
    pub(super) login: LoginBody,
    /// What people call it.
    #[serde(default)]
    #[schema(max_length = 100)]
    name: Option<String>,
    /// The site where it stands.
    #[serde(default)]
    site_id: Option<String>,
    /// The most power that it delivers in W.
    #[serde(default)]
    #[schema(minimum = 0)]
    power_w: Option<i64>,
    /// Its EVSEs with their connectors.
    #[serde(default)]
    evses: Vec<EvseBody>,
}

impl NewStationBody {
    pub(super) fn split(self) -> (String, Login, StationForm) {
        let NewStationBody { id, login, name, site_id, power_w, evses } = self;
        (id, login.into(), StationBody { name, site_id, power_w, evses }.into())
    }
}

/// Another login for a station.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LoginChangeBody {
    /// How it proves who it is.
    pub(super) login: LoginBody,
}

/// Whether a station may work (B01 to B03).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Registration)]
pub(crate) enum RegistrationView {
    /// It may work.
    Accepted,
    /// It can be configured, and waits.
    Pending,
    /// It is left alone until it asks again.
    Rejected,
}

impl From<Registration> for RegistrationView {
    fn from(registration: Registration) -> RegistrationView {
        match registration {
            Registration::Accepted => RegistrationView::Accepted,
            Registration::Pending => RegistrationView::Pending,
            Registration::Rejected => RegistrationView::Rejected,
        }
    }
}

impl From<RegistrationView> for Registration {
    fn from(view: RegistrationView) -> Registration {
        match view {
            RegistrationView::Accepted => Registration::Accepted,
            RegistrationView::Pending => Registration::Pending,
            RegistrationView::Rejected => Registration::Rejected,
        }
    }
}

/// What a station is to be told when it boots.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegistrationBody {
    /// Whether it may work.
    pub(super) registration: RegistrationView,
}

/// When a station learns of its registration.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Learns)]
pub(crate) enum LearnsView {
    /// It was told so when it last booted.
    Knows,
    /// It was asked to boot, and agreed.
    Now,
    /// When it boots the next time.
    AtNextBoot,
}

/// A station whose registration was set.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Registered)]
pub(crate) struct RegisteredView {
    /// Its identity.
    #[schema(example = "CS001")]
    id: String,
    /// What it is told when it boots.
    registration: RegistrationView,
    /// When it learns of it.
    learns: LearnsView,
    /// The same in a sentence, with the reason.
    detail: String,
    /// How often the operator's part of the station was written.
    revision: u64,
}

impl From<Registered> for RegisteredView {
    fn from(Registered { entry, learns }: Registered) -> RegisteredView {
        RegisteredView {
            registration: entry.registration.into(),
            learns: match learns {
                Learns::Knows => LearnsView::Knows,
                Learns::Now => LearnsView::Now,
                Learns::AtNextBoot(_) => LearnsView::AtNextBoot,
            },
            detail: learns.to_string(),
            revision: entry.revision.0,
            id: entry.id.to_string(),
        }
    }
}

/// A charging station: what the operator says of it, and what it says itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Station)]
pub(crate) struct StationResource {
    /// Its identity.
    #[schema(example = "CS001")]
    id: String,
    /// Whether it was added; others are only seen at an open manager, or were removed.
    added: bool,
    /// When it was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    added_at: Option<Timestamp>,
    /// How often the operator's part was written; `ETag` and `If-Match` carry it.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<u64>,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The site where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    site_id: Option<String>,
    /// Its own tariff, before the one of its site.
    #[serde(skip_serializing_if = "Option::is_none")]
    tariff_id: Option<String>,
    /// How it proves who it is: `key` or `unproven`.
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<&'static str>,
    /// What it is told when it boots, as the operator has set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<RegistrationView>,
    /// What it was told when it last booted; absent when it never did.
    #[serde(skip_serializing_if = "Option::is_none")]
    told_registration: Option<RegistrationView>,
    /// The most power that it delivers in W.
    #[serde(skip_serializing_if = "Option::is_none")]
    power_w: Option<i64>,
    /// Its EVSEs as the operator describes them.
    evses: Vec<EvseBody>,
    /// Whether it is connected.
    online: bool,
    /// The version of OCPP that it spoke last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2.0.1")]
    ocpp_version: Option<&'static str>,
    /// Since when it is connected, or gone; absent when it never connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Where it dials from, when connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// Its last sign of life.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// When it was first seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
    /// When it last said that it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    booted_at: Option<Timestamp>,
    /// Who built it.
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    /// Its model.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// Its serial number.
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    /// The version of its firmware.
    #[serde(skip_serializing_if = "Option::is_none")]
    firmware_version: Option<String>,
    /// The bad habits that were tolerated of it since the manager started, and how often.
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"short-offset": 12}))]
    tolerated: Tally,
    /// Its connectors, as far as it has reported on them.
    connectors: Vec<ConnectorView>,
}

impl StationResource {
    /// Puts together what is known of a station; at least one of the two is there.
    pub(crate) fn of(id: String, entry: Option<&StationEntry>, seen: Option<StationView>) -> StationResource {
        let seen_is = seen.as_ref();
        StationResource {
            id,
            added: entry.is_some(),
            added_at: entry.map(|entry| entry.added_at),
            revision: entry.map(|entry| entry.revision.0),
            name: entry.and_then(|entry| entry.name.clone()),
            site_id: entry.and_then(|entry| entry.site.as_ref().map(|site| site.0.clone())),
            tariff_id: entry.and_then(|entry| entry.tariff.as_ref().map(|tariff| tariff.0.clone())),
            login: entry.map(|entry| match entry.login {
                StationLogin::Key(_) => "key",
                StationLogin::Unproven => "unproven",
            }),
            registration: entry.map(|entry| entry.registration.into()),
            told_registration: seen_is.and_then(|seen| seen.registration).map(RegistrationView::from),
            power_w: entry.and_then(|entry| entry.power.map(|power| power.0)),
            evses: entry.map(|entry| entry.evses.iter().map(EvseBody::from).collect()).unwrap_or_default(),
            online: seen_is.is_some_and(|seen| seen.online),
            ocpp_version: seen_is.map(|seen| seen.ocpp_version),
            since: seen_is.map(|seen| seen.since),
            address: seen_is.and_then(|seen| seen.address.clone()),
            last_seen: seen_is.map(|seen| seen.last_seen),
            first_seen: seen_is.map(|seen| seen.first_seen),
            booted_at: seen_is.and_then(|seen| seen.booted_at),
            vendor: seen_is.and_then(|seen| seen.vendor.clone()),
            model: seen_is.and_then(|seen| seen.model.clone()),
            serial_number: seen_is.and_then(|seen| seen.serial_number.clone()),
            firmware_version: seen_is.and_then(|seen| seen.firmware_version.clone()),
            tolerated: seen_is.map(|seen| seen.tolerated.clone()).unwrap_or_default(),
            connectors: seen.map(|seen| seen.connectors).unwrap_or_default(),
        }
    }
}

/// A station and what to enter in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = StationAccess)]
pub(crate) struct StationAccess {
    /// Its identity.
    #[schema(example = "CS001")]
    id: String,
    /// How it proves who it is: `key` or `unproven`.
    login: &'static str,
    /// The URL to enter in the station. Stations that take the identity by itself get the part before it.
    #[schema(example = "ws://192.0.2.1:9000/ocpp/CS001")]
    url: String,
    /// The key, which is shown this once: `BasicAuthPassword` of OCPP 2.x.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// The same key in hexadecimal digits: `AuthorizationKey` of OCPP 1.6.
    #[serde(skip_serializing_if = "Option::is_none")]
    key_hex: Option<String>,
}

impl StationAccess {
    pub(crate) fn of(app: &App, headers: &HeaderMap, station: &NewStation) -> StationAccess {
        let key = station.key.as_ref().map(|key| key.expose().to_owned());
        StationAccess {
            id: station.entry.id.to_string(),
            login: if key.is_some() { "key" } else { "unproven" },
            url: Base::of(headers).dial(app, station.entry.id.as_str()),
            key_hex: key.as_ref().map(|key| key.bytes().map(|byte| format!("{byte:02X}")).collect()),
            key,
        }
    }

    /// The same without the key.
    pub(crate) fn without_key(&self) -> StationAccess {
        StationAccess { key: None, key_hex: None, ..self.clone() }
    }
}

/// An EVSE: what the operator says of it, and the status that the station reported.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EvseStatus)]
pub(crate) struct EvseView {
    /// Its number, from 1; 0 is the station as a whole (connector 0 of OCPP 1.6).
    id: u32,
    /// What is written on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The most power that it delivers in W.
    #[serde(skip_serializing_if = "Option::is_none")]
    power_w: Option<i64>,
    /// The connectors as the operator describes them.
    described: Vec<ConnectorBody>,
    /// What the station reported of it and its connectors.
    reported: Vec<ConnectorView>,
}

/// The EVSEs that are described or reported, in the order of their numbers.
pub(super) fn evses_of(entry: Option<&StationEntry>, ports: Vec<Port>) -> Vec<EvseView> {
    let described = entry.map(|entry| entry.evses.as_slice()).unwrap_or_default();
    let number = |port: &Port| port.place.evse().map_or(0, |evse| evse.0);
    let mut ids: Vec<u32> = described.iter().map(|evse| evse.id.0).chain(ports.iter().map(number)).collect();
    ids.sort_unstable();
    ids.dedup();
    let evse = |id: u32| {
        let said = described.iter().find(|evse| evse.id.0 == id).map(EvseBody::from);
        let reported = ports.iter().filter(|port| number(port) == id).cloned().map(ConnectorView::from);
        let (name, power_w, connectors) =
            said.map_or_else(Default::default, |said| (said.name, said.power_w, said.connectors));
        EvseView { id, name, power_w, described: connectors, reported: reported.collect() }
    };
    ids.into_iter().map(evse).collect()
}
