//! Values to try a store with, every optional part filled.

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{
    Boot, BootReason, ChargingState, ConnectorId, EvseId, IdToken, Measurand, Money, Percent, Place,
    PortFault, PortStatus, Reading, Registration, Sample, SessionKey, StationId, StopReason, TokenKind,
    Watts, Wh,
};
use ocpp_core::types::Version;

use crate::domain::{
    Connection, Doubt, Epoch, Event, EventKind, Payer, PaymentId, Port, RecordKind, RefusalReason, Refused,
    Revision, SeenSteps, Session, SessionNumber, SessionReading, SessionStatus, StartKey, Station, Stored,
    TariffId,
};
use crate::store::{Change, Unit};

/// A moment, `seconds` after the first day of 2026, with a fraction of a second.
#[must_use]
pub fn moment(seconds: i64) -> Timestamp {
    let start = Timestamp::from_microsecond(1_767_225_600_123_456).expect("a moment in range");
    start.checked_add(SignedDuration::from_secs(seconds)).expect("a moment in range")
}

/// The identity of a station.
#[must_use]
pub fn station_id(name: &str) -> StationId {
    StationId::new(name).expect("a valid identity")
}

/// A station that was never stored.
#[must_use]
pub fn station(name: &str) -> Station {
    Station {
        id: station_id(name),
        revision: Revision(0),
        epoch: Epoch(1),
        version: Version::V201,
        connection: Connection::Online { since: moment(1), address: "192.0.2.7:50123".to_owned() },
        first_seen: moment(0),
        last_seen: moment(2),
        boot: Some(Boot {
            vendor: "Säule & Söhne".into(),
            model: "".into(),
            serial: Some("\"quoted\"".into()),
            firmware: Some("1.2.3".into()),
            iccid: None,
            imsi: None,
            meter_type: Some("MID".into()),
            meter_serial: None,
            reason: Some(BootReason::new("Something new")),
        }),
        booted_at: Some(moment(3)),
        registration: Some(Registration::Pending),
    }
}

/// The port at a place.
#[must_use]
pub fn port(place: Place) -> Port {
    Port {
        place,
        status: PortStatus::SuspendedEvse,
        since: moment(4),
        reported_at: moment(5),
        fault: Some(PortFault {
            code: "GroundFailure".into(),
            vendor_code: Some("0x17".into()),
            vendor: None,
            info: Some("wet".into()),
        }),
    }
}

/// The key of a session.
#[must_use]
pub fn session_key(name: &str) -> SessionKey {
    SessionKey::new(name)
}

/// A running session that was never stored; its key and start key are made of its number.
#[must_use]
pub fn session(station: &str, number: i64) -> Session {
    let mut seen = SeenSteps::default();
    seen.insert(0);
    seen.insert(7);
    Session {
        key: session_key(&format!("session-{number}")),
        revision: Revision(0),
        number: SessionNumber(number),
        station: station_id(station),
        start_key: StartKey(format!("start-{number}")),
        place: Some(Place::Connector(EvseId(2), ConnectorId(1))),
        status: SessionStatus::Active,
        id_token: Some(IdToken::new("04e1a2B3", TokenKind::ISO14443)),
        started_at: moment(10),
        ended_at: Some(moment(3610)),
        meter_start: Some(Wh(-5)),
        meter_last: Some((moment(3600), Wh(i64::MAX))),
        power: Some(Watts(-11_000)),
        state_of_charge: Percent::new(100),
        charging: Some(ChargingState::SuspendedEv),
        stop_reason: Some(StopReason::new("Something new")),
        last_report_at: moment(3611),
        seen,
        doubts: vec![Doubt::StepsMissing, Doubt::MeterBackwards],
        tariff: Some(TariffId("day-and-night".to_owned())),
        cost: Some(Money::new("12.3450".parse().expect("a number"), "EUR".parse().expect("a currency"))),
        payer: Payer::Payment(PaymentId("0190b2c4".to_owned())),
        updated_at: moment(3612),
    }
}

/// A session of which as little is known as can be.
#[must_use]
pub fn bare_session(station: &str, number: i64) -> Session {
    Session {
        place: None,
        id_token: None,
        ended_at: None,
        meter_start: None,
        meter_last: None,
        power: None,
        state_of_charge: None,
        charging: None,
        stop_reason: None,
        seen: SeenSteps::default(),
        doubts: Vec::new(),
        tariff: None,
        cost: None,
        payer: Payer::Account,
        ..session(station, number)
    }
}

/// A meter value of `wh` watt-hours, with as many digits as the text has.
#[must_use]
pub fn reading(seq: Option<u32>, at: Timestamp, wh: &str) -> SessionReading {
    let value = wh.parse().expect("a number");
    let sample = Sample::total(Measurand::ENERGY_IMPORT_REGISTER, value, "Wh");
    SessionReading { seq, reading: Reading { at, samples: vec![sample] }, state: None }
}

/// One more refusal of a station, `seconds` after [`moment`] zero.
#[must_use]
pub fn refusal(claimed: &str, seconds: i64) -> Change {
    Change::Refusal {
        refused: Refused::Station(claimed.to_owned()),
        reason: RefusalReason::UnknownStation,
        address: "192.0.2.8".to_owned(),
        at: moment(seconds),
    }
}

/// An event that tells of a session.
#[must_use]
pub fn event(station: &str, session: &str) -> Event {
    let kind = EventKind::SessionUpdated { session: session_key(session) };
    Event { at: moment(20), station: Some(station_id(station)), kind }
}

/// A record that was never stored.
#[must_use]
pub fn record(kind: RecordKind, key: &str, owner: Option<&str>) -> Stored {
    Stored {
        kind,
        key: key.into(),
        owner: owner.map(Into::into),
        revision: Revision(0),
        body: Some(format!("{{\"key\":{key:?}}}").into()),
    }
}

/// Removes a record of this revision.
#[must_use]
pub fn removal(record: &Stored, revision: u64) -> Change {
    Change::Record(Stored { revision: Revision(revision), body: None, ..record.clone() })
}

/// A word on what the energy does from a moment on, without a meter value.
#[must_use]
pub fn told_state(seq: Option<u32>, at: Timestamp, state: ChargingState) -> SessionReading {
    SessionReading { seq, reading: Reading { at, samples: Vec::new() }, state: Some(state) }
}

/// A unit of changes alone.
#[must_use]
pub fn unit(changes: Vec<Change>) -> Unit {
    Unit { changes, ..Unit::default() }
}
