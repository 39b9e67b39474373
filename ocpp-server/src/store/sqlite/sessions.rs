//! Sessions. What each report of a running session changes has a narrow row in the table `running`, so that the
//! reports of many sessions change few pages of the file, and no index. The view `sessions_now` has both together.

use std::collections::HashMap;

use ocpp_core::model::SessionKey;
use rusqlite::{Connection, ErrorCode, OptionalExtension, ffi, params};

use super::apply::Trouble;
use super::columns::{Count, Json, Moment, Word};
use super::rows;
use crate::domain::{Revision, Session, SessionStatus};
use crate::store::CommitError;

/// The most running sessions that are remembered; when there are more, all are forgotten.
const MAX_RUNNING: usize = 20_000;

/// Writes sessions, and remembers the running ones as they are stored, so that a report needs no look into the file.
#[derive(Default)]
pub(super) struct Sessions {
    running: HashMap<SessionKey, Session>,
}

impl Sessions {
    /// Writes a session whose stored revision is the expected one.
    pub(super) fn write(&mut self, db: &Connection, session: &Session) -> Result<(), Trouble> {
        // Until this is committed, whoever else writes it in the same transaction looks into the file.
        let known = self.running.remove(&session.key).filter(|known| known.revision == session.revision);
        if session.revision == Revision::default() && insert(db, session)? == Put::Written {
            return Ok(());
        }
        let stored = match known {
            Some(known) => Some(known),
            None => stored(db, &session.key)?,
        };
        let revision = stored.as_ref().map_or(Revision::default(), |stored| stored.revision);
        if revision != session.revision {
            return Err(Trouble::Refused(CommitError::Conflict {
                what: format!("session {}", session.key),
                expected: session.revision,
                stored: revision,
            }));
        }
        let Some(stored) = stored else { return Err(taken(session)) };
        if differs_as_by_a_report(&stored, session) {
            return Ok(put_running(db, session)?);
        }
        db.prepare_cached("DELETE FROM running WHERE number = ?1")?.execute([stored.number.0])?;
        if is_found_alike(&stored, session) {
            return Ok(update(db, session)?);
        }
        db.execute("DELETE FROM sessions WHERE key = ?1", [session.key.as_str()])?;
        match insert(db, session)? {
            Put::Written => Ok(()),
            Put::Not => Err(taken(session)),
        }
    }

    /// Remembers a running session that was written, after its commit.
    pub(super) fn learn(&mut self, session: &Session) {
        if self.running.len() >= MAX_RUNNING {
            self.running.clear();
        }
        let session = Session { revision: session.revision.next(), ..session.clone() };
        self.running.insert(session.key.clone(), session);
    }
}

fn taken(session: &Session) -> Trouble {
    Trouble::Refused(CommitError::SessionTaken(session.number))
}

fn stored(db: &Connection, key: &SessionKey) -> rusqlite::Result<Option<Session>> {
    db.prepare_cached("SELECT * FROM sessions_now WHERE key = ?1")?
        .query_row([key.as_str()], rows::session)
        .optional()
}

/// Whether a running session has changed in nothing but what has a place in `running`.
fn differs_as_by_a_report(stored: &Session, session: &Session) -> bool {
    is_found_alike(stored, session)
        && (stored.status, session.status) == (SessionStatus::Active, SessionStatus::Active)
        && stored.place == session.place
        && stored.id_token == session.id_token
        && stored.started_at == session.started_at
        && stored.ended_at == session.ended_at
        && stored.meter_start == session.meter_start
        && stored.stop_reason == session.stop_reason
        && stored.doubts == session.doubts
        && stored.tariff == session.tariff
        && stored.payer == session.payer
}

/// Whether a session is still found by the same number, station and start key.
fn is_found_alike(stored: &Session, session: &Session) -> bool {
    stored.number == session.number
        && stored.station == session.station
        && stored.start_key == session.start_key
}

#[derive(PartialEq, Eq)]
enum Put {
    Written,
    Not,
}

const INSERT: &str = "INSERT INTO sessions (key, number, station, start_key, revision, place, status,
        id_token, id_token_kind, started_at, ended_at, meter_start_wh, meter_last_at, meter_last_wh, power_w,
        state_of_charge, charging, stop_reason, last_report_at, seen, doubts, updated_at, tariff, cost, payer)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
        ?23, ?24, ?25)
    ON CONFLICT (key) DO NOTHING";

/// Leaves the number, the station and the start key alone, so that their indexes need no work.
const UPDATE: &str = "UPDATE sessions SET (revision, place, status, id_token, id_token_kind,
        started_at, ended_at, meter_start_wh, meter_last_at, meter_last_wh, power_w, state_of_charge, charging,
        stop_reason, last_report_at, seen, doubts, updated_at, tariff, cost, payer)
        = (?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)
    WHERE number = ?2 AND key = ?1 AND station = ?3 AND start_key = ?4";

/// Not where its number or its start key is taken.
fn insert(db: &Connection, session: &Session) -> rusqlite::Result<Put> {
    match execute(db, INSERT, session) {
        Ok(0) => Ok(Put::Not),
        Ok(_) => Ok(Put::Written),
        Err(error) if is_taken(&error) => Ok(Put::Not),
        Err(error) => Err(error),
    }
}

fn update(db: &Connection, session: &Session) -> rusqlite::Result<()> {
    match execute(db, UPDATE, session)? {
        0 => Err(rusqlite::Error::QueryReturnedNoRows),
        _ => Ok(()),
    }
}

fn execute(db: &Connection, sql: &str, session: &Session) -> rusqlite::Result<usize> {
    let (meter_last_at, meter_last) = session.meter_last.unzip();
    db.prepare_cached(sql)?.execute(params![
        session.key.as_str(),
        session.number.0,
        session.station.as_str(),
        session.start_key.0,
        Count(session.revision.next().0),
        session.place.map(Json),
        Word(session.status),
        session.id_token.as_ref().map(|token| &*token.value),
        session.id_token.as_ref().map(|token| token.kind.as_str()),
        Moment(session.started_at),
        session.ended_at.map(Moment),
        session.meter_start.map(|energy| energy.0),
        meter_last_at.map(Moment),
        meter_last.map(|energy| energy.0),
        session.power.map(|power| power.0),
        session.state_of_charge.map(|percent| percent.get()),
        session.charging.map(Word),
        session.stop_reason.as_ref().map(|reason| reason.as_str()),
        Moment(session.last_report_at),
        Json(&session.seen),
        Json(&session.doubts),
        Moment(session.updated_at),
        session.tariff.as_ref().map(|tariff| &*tariff.0),
        session.cost.as_ref().map(Json),
        Json(&session.payer),
    ])
}

fn put_running(db: &Connection, session: &Session) -> rusqlite::Result<()> {
    let (meter_last_at, meter_last) = session.meter_last.unzip();
    db.prepare_cached(
        "REPLACE INTO running (number, revision, meter_last_at, meter_last_wh, power_w, state_of_charge, charging,
            last_report_at, seen, updated_at, cost)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        session.number.0,
        Count(session.revision.next().0),
        meter_last_at.map(Moment),
        meter_last.map(|energy| energy.0),
        session.power.map(|power| power.0),
        session.state_of_charge.map(|percent| percent.get()),
        session.charging.map(Word),
        Moment(session.last_report_at),
        Json(&session.seen),
        Moment(session.updated_at),
        session.cost.as_ref().map(Json),
    ])?;
    Ok(())
}

fn is_taken(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        error.code == ErrorCode::ConstraintViolation
            && matches!(
                error.extended_code,
                ffi::SQLITE_CONSTRAINT_UNIQUE
                    | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                    | ffi::SQLITE_CONSTRAINT_ROWID
            )
    })
}
