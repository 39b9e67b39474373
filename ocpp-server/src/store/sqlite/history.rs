//! What was observed of places, and the courses that were worked out of it.

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{EvseId, StationId};
use rusqlite::{Connection, Row, params};

use super::columns::{Moment, unreadable};
use super::rows::{place, place_columns};
use crate::domain::{KeptCourse, Observation, Observed};

pub(super) fn observe(
    db: &Connection,
    station: &StationId,
    observation: &Observation,
) -> rusqlite::Result<()> {
    let (level, evse, connector) = place_columns(observation.place);
    let at = observation.at.as_microsecond();
    let late = observation.heard_at.as_microsecond().saturating_sub(at);
    let row = params![station.as_str(), at, late, level, evse, connector, observation.what.code()];
    db.prepare_cached(
        "INSERT INTO observations (station, at, late, nth, level, evse, connector, what)
         VALUES (?1, ?2, ?3,
            (SELECT ifnull(max(nth) + 1, 0) FROM observations WHERE station = ?1 AND at = ?2 AND late = ?3),
            ?4, ?5, ?6, ?7)",
    )?
    .execute(row)?;
    forget_courses(db, station, at)
}

/// Removes courses that are kept until after a moment, in microseconds.
pub(super) fn forget_courses(db: &Connection, station: &StationId, after: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM courses WHERE station = ?1 AND until > ?2")?
        .execute(params![station.as_str(), after])?;
    Ok(())
}

pub(super) fn keep_course(db: &Connection, course: &KeptCourse) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO courses (station, evse, since, until, packed, known) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (station, evse, since) DO UPDATE SET
            until = excluded.until, packed = excluded.packed, known = excluded.known",
    )?
    .execute(params![
        course.station.as_str(),
        course.evse.0,
        Moment(course.from),
        Moment(course.until),
        &*course.packed,
        &*course.known,
    ])?;
    Ok(())
}

pub(super) fn forget(db: &Connection, station: &StationId, before: Timestamp) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM observations WHERE station = ?1 AND at < ?2")?
        .execute(params![station.as_str(), Moment(before)])?;
    Ok(())
}

pub(super) fn observations(
    db: &Connection,
    station: &str,
    from: Timestamp,
    to: Timestamp,
) -> rusqlite::Result<Vec<Observation>> {
    db.prepare_cached(
        "SELECT at, late, level, evse, connector, what FROM observations
         WHERE station = ?1 AND at >= ?2 AND at < ?3 ORDER BY at, late, nth",
    )?
    .query_map(params![station, Moment(from), Moment(to)], observation)?
    .collect()
}

pub(super) fn courses(db: &Connection, station: &str, after: Timestamp) -> rusqlite::Result<Vec<KeptCourse>> {
    db.prepare_cached(
        "SELECT station, evse, since, until, packed, known FROM courses
         WHERE station = ?1 AND until > ?2 ORDER BY evse, since",
    )?
    .query_map(params![station, Moment(after)], course)?
    .collect()
}

fn observation(row: &Row<'_>) -> rusqlite::Result<Observation> {
    let Moment(at) = row.get("at")?;
    let late = SignedDuration::from_micros(row.get("late")?);
    let code: u8 = row.get("what")?;
    let what = Observed::of_code(code).ok_or_else(|| unreadable(format!("{code} is no observation")))?;
    let heard_at = at.checked_add(late).map_err(unreadable)?;
    Ok(Observation { at, heard_at, place: place(row)?, what })
}

fn course(row: &Row<'_>) -> rusqlite::Result<KeptCourse> {
    let Moment(from) = row.get("since")?;
    let Moment(until) = row.get("until")?;
    Ok(KeptCourse {
        station: super::rows::word(row, "station")?,
        evse: EvseId(row.get("evse")?),
        from,
        until,
        packed: row.get::<_, Vec<u8>>("packed")?.into(),
        known: row.get::<_, String>("known")?.into(),
    })
}
