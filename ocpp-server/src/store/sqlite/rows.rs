//! Rows as the values of the domain.

use ocpp_core::model::{ConnectorId, EvseId, IdToken, Percent, Place, Watts, Wh};
use rusqlite::Row;

use super::columns::{Count, Json, Moment, Word};
use crate::domain::{
    Connection, Epoch, Event, EventId, EventKind, Port, Refusal, Refused, Revision, Session, SessionNumber,
    SessionReading, StartKey, Station, Stored, StoredEvent, TariffId,
};

pub(super) fn station(row: &Row<'_>) -> rusqlite::Result<Station> {
    Ok(Station {
        id: word(row, "id")?,
        revision: Revision(count(row, "revision")?),
        epoch: Epoch(count(row, "epoch")?),
        version: word(row, "version")?,
        connection: connection(row)?,
        first_seen: moment(row, "first_seen")?,
        last_seen: moment(row, "last_seen")?,
        boot: row.get::<_, Option<Json<_>>>("boot")?.map(|Json(boot)| boot),
        booted_at: maybe_moment(row, "booted_at")?,
        registration: maybe_word(row, "registration")?,
    })
}

fn connection(row: &Row<'_>) -> rusqlite::Result<Connection> {
    let since = moment(row, "connection_since")?;
    if row.get("is_online")? {
        Ok(Connection::Online { since, address: row.get::<_, Option<_>>("address")?.unwrap_or_default() })
    } else if row.get("is_unknown")? {
        Ok(Connection::Unknown { since })
    } else {
        Ok(Connection::Offline { since })
    }
}

/// A place as the columns `level`, `evse` and `connector`.
pub(super) const fn place_columns(place: Place) -> (u32, u32, u32) {
    match place {
        Place::Station => (0, 0, 0),
        Place::Evse(evse) => (1, evse.0, 0),
        Place::Connector(evse, connector) => (2, evse.0, connector.0),
    }
}

pub(super) fn place(row: &Row<'_>) -> rusqlite::Result<Place> {
    let evse = EvseId(row.get("evse")?);
    Ok(match row.get::<_, u32>("level")? {
        0 => Place::Station,
        1 => Place::Evse(evse),
        _ => Place::Connector(evse, ConnectorId(row.get("connector")?)),
    })
}

pub(super) fn port(row: &Row<'_>) -> rusqlite::Result<Port> {
    Ok(Port {
        place: place(row)?,
        status: word(row, "status")?,
        since: moment(row, "since")?,
        reported_at: moment(row, "reported_at")?,
        fault: row.get::<_, Option<Json<_>>>("fault")?.map(|Json(fault)| fault),
    })
}

pub(super) fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        key: word(row, "key")?,
        revision: Revision(count(row, "revision")?),
        number: SessionNumber(row.get("number")?),
        station: word(row, "station")?,
        start_key: StartKey(row.get("start_key")?),
        place: row.get::<_, Option<Json<_>>>("place")?.map(|Json(place)| place),
        status: word(row, "status")?,
        id_token: id_token(row)?,
        started_at: moment(row, "started_at")?,
        ended_at: maybe_moment(row, "ended_at")?,
        meter_start: row.get::<_, Option<i64>>("meter_start_wh")?.map(Wh),
        meter_last: maybe_moment(row, "meter_last_at")?
            .zip(row.get::<_, Option<i64>>("meter_last_wh")?.map(Wh)),
        power: row.get::<_, Option<i64>>("power_w")?.map(Watts),
        state_of_charge: row.get::<_, Option<u8>>("state_of_charge")?.and_then(Percent::new),
        charging: maybe_word(row, "charging")?,
        stop_reason: maybe_word(row, "stop_reason")?,
        last_report_at: moment(row, "last_report_at")?,
        seen: row.get::<_, Json<_>>("seen")?.0,
        doubts: row.get::<_, Json<_>>("doubts")?.0,
        tariff: row.get::<_, Option<String>>("tariff")?.map(TariffId),
        cost: row.get::<_, Option<Json<_>>>("cost")?.map(|Json(cost)| cost),
        payer: row.get::<_, Json<_>>("payer")?.0,
        updated_at: moment(row, "updated_at")?,
    })
}

fn id_token(row: &Row<'_>) -> rusqlite::Result<Option<IdToken>> {
    let value: Option<Box<str>> = row.get("id_token")?;
    let kind = maybe_word(row, "id_token_kind")?;
    Ok(value.zip(kind).map(|(value, kind)| IdToken { value, kind }))
}

pub(super) fn reading(row: &Row<'_>) -> rusqlite::Result<SessionReading> {
    let seq: i64 = row.get("seq")?;
    Ok(SessionReading {
        seq: u32::try_from(seq).ok(),
        reading: row.get::<_, Json<_>>("reading")?.0,
        state: maybe_word(row, "state")?,
    })
}

pub(super) fn record(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        kind: word(row, "kind")?,
        key: row.get("key")?,
        owner: row.get("owner")?,
        revision: Revision(count(row, "revision")?),
        body: Some(row.get("body")?),
    })
}

/// Who was refused as the columns `kind`, `station` and `token`.
pub(super) fn refused_columns(refused: &Refused) -> (&'static str, &str, &str) {
    match refused {
        Refused::Station(claimed) => ("station", claimed, ""),
        Refused::Token { station, token } => ("token", station.as_str(), token),
    }
}

pub(super) fn refusal(row: &Row<'_>) -> rusqlite::Result<Refusal> {
    let refused = if row.get_ref("kind")?.as_str()? == "token" {
        Refused::Token { station: word(row, "station")?, token: row.get("token")? }
    } else {
        Refused::Station(row.get("station")?)
    };
    Ok(Refusal {
        refused,
        reason: word(row, "reason")?,
        address: row.get("address")?,
        count: count(row, "count")?,
        first: moment(row, "first")?,
        last: moment(row, "last")?,
    })
}

/// What happened, and what is personal of it; the latter keeps personal data out of the former.
pub(super) fn event_columns(kind: &EventKind) -> (std::borrow::Cow<'_, EventKind>, Option<&str>) {
    use std::borrow::Cow;

    match kind {
        EventKind::Refused { who: Refused::Token { station, token }, reason, address } => {
            let who = Refused::Token { station: station.clone(), token: String::new() };
            let kind = EventKind::Refused { who, reason: *reason, address: address.clone() };
            (Cow::Owned(kind), Some(token))
        }
        EventKind::MessageNoted { action, payload } => {
            let kind = EventKind::MessageNoted { action: action.clone(), payload: String::new() };
            (Cow::Owned(kind), Some(payload))
        }
        other => (Cow::Borrowed(other), None),
    }
}

pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    let Json(mut kind) = row.get("kind")?;
    let personal: Option<String> = row.get("personal")?;
    match &mut kind {
        EventKind::Refused { who: Refused::Token { token: held, .. }, .. }
        | EventKind::MessageNoted { payload: held, .. } => *held = personal.unwrap_or_default(),
        _ => {}
    }
    let event = Event { at: moment(row, "at")?, station: maybe_word(row, "station")?, kind };
    Ok(StoredEvent { id: EventId(count(row, "id")?), event })
}

pub(super) fn word<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    row.get(column).map(|Word(value)| value)
}

fn maybe_word<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    Ok(row.get::<_, Option<Word<T>>>(column)?.map(|Word(value)| value))
}

fn moment(row: &Row<'_>, column: &str) -> rusqlite::Result<jiff::Timestamp> {
    row.get(column).map(|Moment(at)| at)
}

fn maybe_moment(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<jiff::Timestamp>> {
    Ok(row.get::<_, Option<Moment>>(column)?.map(|Moment(at)| at))
}

fn count(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    row.get(column).map(|Count(count)| count)
}
