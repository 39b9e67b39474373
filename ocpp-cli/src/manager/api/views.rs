//! What the interface shows of stations and sessions.

use jiff::Timestamp;
use ocpp_core::model::{Place, Registration, Sample, SampleValue};
use ocpp_core::quirk::Tally;
use ocpp_server::Csms;
use ocpp_server::domain::{
    Connection, Payer, Port, Refusal, RefusalReason, Refused, Session, SessionReading, SessionStatus, Station,
};
use ocpp_server::store::ReadError;
use serde::Serialize;
use utoipa::ToSchema;

use super::money::MoneyView;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T: ToSchema> {
    /// The items of this page.
    pub(crate) items: Vec<T>,
    /// What to give as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// What is seen of a charging station.
#[derive(Debug, Clone)]
pub(crate) struct StationView {
    /// Whether it is connected.
    pub(crate) online: bool,
    /// The version of OCPP that it spoke last.
    pub(crate) ocpp_version: &'static str,
    /// Since when it is connected, or gone.
    pub(crate) since: Timestamp,
    /// Where it dials from, when connected.
    pub(crate) address: Option<String>,
    /// Its last sign of life.
    pub(crate) last_seen: Timestamp,
    /// When it was first seen.
    pub(crate) first_seen: Timestamp,
    /// When it last said that it started.
    pub(crate) booted_at: Option<Timestamp>,
    /// Who built it.
    pub(crate) vendor: Option<String>,
    /// Its model.
    pub(crate) model: Option<String>,
    /// Its serial number.
    pub(crate) serial_number: Option<String>,
    /// The version of its firmware.
    pub(crate) firmware_version: Option<String>,
    /// The bad habits of its messages that were tolerated since the manager started, and how often.
    pub(crate) tolerated: Tally,
    /// Its connectors, as far as it has reported on them.
    pub(crate) connectors: Vec<ConnectorView>,
    /// What it was told when it last booted.
    pub(crate) registration: Option<Registration>,
}

/// A connector of a station.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Connector)]
pub(crate) struct ConnectorView {
    /// The EVSE, from 1; 0 is the station as a whole (connector 0 of OCPP 1.6).
    pub(crate) evse_id: u32,
    /// The connector of that EVSE, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connector_id: Option<u32>,
    /// Its status in the words of OCPP.
    #[schema(example = "Available")]
    pub(crate) status: &'static str,
    /// Since when, by the station's clock.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) since: Timestamp,
    /// The error code, unless there is none (OCPP 1.6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_code: Option<String>,
}

/// A charging session.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionView {
    /// Its key.
    pub(crate) id: String,
    /// Its number, which is the `transactionId` of OCPP 1.6.
    pub(crate) number: i64,
    /// The station.
    #[schema(example = "CS001")]
    pub(crate) station_id: String,
    /// The EVSE, as far as the station has said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) evse_id: Option<u32>,
    /// The connector of that EVSE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connector_id: Option<u32>,
    /// `active` or `completed`.
    pub(crate) status: &'static str,
    /// The token that started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_token: Option<String>,
    /// When it began, by the station's clock.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) started_at: Timestamp,
    /// When it ended, by the station's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) ended_at: Option<Timestamp>,
    /// Energy delivered so far in Wh.
    pub(crate) energy_wh: i64,
    /// The energy register at the start in Wh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) meter_start_wh: Option<i64>,
    /// The latest energy register in Wh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) meter_last_wh: Option<i64>,
    /// Power drawn at present in W.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) power_w: Option<i64>,
    /// State of charge of the vehicle in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state_of_charge_percent: Option<u8>,
    /// Why it ended, in the words of OCPP 2.x.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stop_reason: Option<String>,
    /// The tariff that prices it; absent when nothing is to be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tariff_id: Option<String>,
    /// What it costs with taxes as of the latest report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost: Option<MoneyView>,
    /// Who pays: `account` (of the token), `payment` (made for this session) or `nobody`.
    pub(crate) payer: &'static str,
    /// What is doubtful about it.
    pub(crate) doubts: Vec<String>,
    /// When the manager last heard of it.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) updated_at: Timestamp,
}

/// Meter values taken at one moment of a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reading)]
pub(crate) struct ReadingView {
    /// When, by the station's clock.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Timestamp,
    /// The values.
    pub(crate) samples: Vec<SampleView>,
}

/// One measured value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sample)]
pub(crate) struct SampleView {
    /// The value as the station sent it.
    #[schema(example = "11040.5")]
    pub(crate) value: String,
    /// What was measured.
    #[schema(example = "Power.Active.Import")]
    pub(crate) measurand: String,
    /// The unit, before `multiplier` is applied.
    #[schema(example = "W")]
    pub(crate) unit: String,
    /// Power of ten of the value.
    pub(crate) multiplier: i32,
    /// Why it was taken.
    #[schema(example = "Sample.Periodic")]
    pub(crate) context: String,
    /// Where it was taken.
    #[schema(example = "Outlet")]
    pub(crate) location: String,
    /// The phase; absent for a total.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phase: Option<String>,
}

/// Somebody who was turned away.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Refusal)]
pub(crate) struct RefusalView {
    /// `station` or `token`.
    pub(crate) kind: &'static str,
    /// The identity or the token.
    pub(crate) who: String,
    /// The station at which a token was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) station_id: Option<String>,
    /// The reason.
    #[schema(value_type = String, example = "unknown_station")]
    pub(crate) reason: RefusalReason,
    /// What to do about it.
    pub(crate) advice: &'static str,
    /// The address of the last attempt.
    pub(crate) address: String,
    /// How often.
    pub(crate) count: u64,
    /// The first time.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) first: Timestamp,
    /// The last time.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) last: Timestamp,
}

impl StationView {
    /// What the store and the live connections tell of a station.
    pub(crate) async fn of(csms: &Csms, station: Station) -> Result<StationView, ReadError> {
        let ports = csms.store().ports(&station.id).await?;
        let last_heard = csms.stations().last_heard(&station.id);
        let boot = station.boot.as_ref();
        let text = |value: Option<&str>| value.filter(|text| !text.is_empty()).map(str::to_owned);
        let (online, since, address) = match &station.connection {
            Connection::Online { since, address } => (true, *since, Some(address.clone())),
            Connection::Offline { since } | Connection::Unknown { since } => (false, *since, None),
        };
        Ok(StationView {
            online,
            ocpp_version: station.version.number(),
            since,
            address,
            last_seen: last_heard.map_or(station.last_seen, |heard| heard.max(station.last_seen)),
            first_seen: station.first_seen,
            booted_at: station.booted_at,
            vendor: text(boot.map(|boot| &*boot.vendor)),
            model: text(boot.map(|boot| &*boot.model)),
            serial_number: text(boot.and_then(|boot| boot.serial.as_deref())),
            firmware_version: text(boot.and_then(|boot| boot.firmware.as_deref())),
            tolerated: csms.stations().habits(&station.id),
            connectors: ports.into_iter().map(ConnectorView::from).collect(),
            registration: station.registration,
        })
    }
}

impl From<Port> for ConnectorView {
    fn from(port: Port) -> ConnectorView {
        ConnectorView {
            evse_id: port.place.evse().map_or(0, |evse| evse.0),
            connector_id: port.place.connector().map(|connector| connector.0),
            status: port.status.as_str(),
            since: port.since,
            error_code: port.fault.map(|fault| fault.code.into()),
        }
    }
}

impl From<Session> for SessionView {
    fn from(session: Session) -> SessionView {
        SessionView {
            number: session.number.0,
            evse_id: session.place.and_then(Place::evse).map(|evse| evse.0),
            connector_id: session.place.and_then(Place::connector).map(|connector| connector.0),
            status: match session.status {
                SessionStatus::Active => "active",
                SessionStatus::Completed => "completed",
            },
            id_token: session.id_token.as_ref().map(|token| token.value.to_string()),
            started_at: session.started_at,
            ended_at: session.ended_at,
            energy_wh: session.energy().0,
            meter_start_wh: session.meter_start.map(|register| register.0),
            meter_last_wh: session.meter_last.map(|(_, register)| register.0),
            power_w: session.power.map(|power| power.0),
            state_of_charge_percent: session.state_of_charge.map(ocpp_core::model::Percent::get),
            stop_reason: session.stop_reason.as_ref().map(ToString::to_string),
            tariff_id: session.tariff.as_ref().map(|tariff| tariff.0.clone()),
            cost: session.cost.map(|cost| cost.rounded().into()),
            payer: match session.payer {
                Payer::Account => "account",
                Payer::Payment(_) => "payment",
                Payer::Nobody => "nobody",
            },
            doubts: session.doubts.iter().map(doubt_name).collect(),
            updated_at: session.updated_at,
            station_id: session.station.to_string(),
            id: session.key.to_string(),
        }
    }
}

impl SessionView {
    /// The same with no more of the token than its holder needs to know it again.
    pub(crate) fn with_masked_token(self) -> SessionView {
        SessionView { id_token: self.id_token.as_deref().map(masked), ..self }
    }
}

/// The last four signs of a token: enough for its holder to know it again.
pub(crate) fn masked(token: &str) -> String {
    let signs: Vec<char> = token.chars().collect();
    format!("…{}", signs[signs.len().saturating_sub(4)..].iter().collect::<String>())
}

fn doubt_name(doubt: &ocpp_server::domain::Doubt) -> String {
    match serde_json::to_value(doubt) {
        Ok(serde_json::Value::String(name)) => name,
        _ => format!("{doubt:?}"),
    }
}

impl From<SessionReading> for ReadingView {
    fn from(reading: SessionReading) -> ReadingView {
        ReadingView {
            at: reading.reading.at,
            samples: reading.reading.samples.into_iter().map(SampleView::from).collect(),
        }
    }
}

impl From<Sample> for SampleView {
    fn from(sample: Sample) -> SampleView {
        SampleView {
            value: match sample.value {
                SampleValue::Number(number) => number.to_string(),
                SampleValue::Text(text) => text.into(),
            },
            measurand: sample.measurand.to_string(),
            unit: sample.unit.into(),
            multiplier: sample.multiplier,
            context: sample.context.to_string(),
            location: sample.location.to_string(),
            phase: sample.phase.as_ref().map(ToString::to_string),
        }
    }
}

impl From<Refusal> for RefusalView {
    fn from(refusal: Refusal) -> RefusalView {
        let (kind, who, station_id) = match refusal.refused {
            Refused::Station(identity) => ("station", identity, None),
            Refused::Token { station, token } => ("token", token, Some(station.to_string())),
        };
        RefusalView {
            kind,
            who,
            station_id,
            reason: refusal.reason,
            advice: refusal.reason.advice(),
            address: refusal.address,
            count: refusal.count,
            first: refusal.first,
            last: refusal.last,
        }
    }
}
