//! One unit into the database: every condition is checked, and a unit that fails one leaves nothing.
//!
//! A unit shares its transaction with others, and taking it back must not touch theirs. Nearly all units are
//! refused before they have written anything, if at all, so they are written without a savepoint, which would copy
//! each page that they change. When one is refused half-way, the transaction is given up and written anew with
//! savepoints.

use std::collections::HashMap;

use jiff::Timestamp;
use ocpp_core::model::StationId;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{Count, Json, Moment, Word};
use super::events::EventLog;
use super::history;
use super::reports::Reports;
use super::rows::{place_columns, refused_columns};
use super::sessions::Sessions;
use crate::domain::{
    Connection as StationConnection, Epoch, EventId, Port, RefusalReason, Refused, Revision, Session,
    Station, Stored,
};
use crate::store::{Change, CommitError, MAX_REFUSALS, Unit};

/// A unit that is in the transaction.
pub(super) enum Applied {
    /// Written; its events are numbered from this one on.
    New(EventId),
    /// Its idempotency key was there.
    Repeated,
}

/// The most stations whose epoch is remembered; when there are more, all are forgotten.
const MAX_EPOCHS: usize = 20_000;

/// Why a unit is not written.
pub(super) enum Trouble {
    /// A condition of it does not hold; the transaction is unharmed.
    Refused(CommitError),
    /// The database failed; the transaction is lost.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Trouble {
        Trouble::Failed(error)
    }
}

/// Writes units within the transaction that is open on a connection.
#[derive(Default)]
pub(super) struct Applier {
    /// How many refusals are kept, once it was counted.
    refusals: Option<usize>,
    /// The epochs of stations that wrote lately, which nearly every unit asks for.
    epochs: HashMap<StationId, Epoch>,
    sessions: Sessions,
    /// The events of the transaction, which are written together at its end.
    events: EventLog,
}

impl Applier {
    /// Writes units, each or nothing of it, all but the end of the transaction. `None` when one was refused
    /// half-way: the transaction has to be rolled back, and its units written by
    /// [`apply_singly`](Applier::apply_singly).
    ///
    /// # Errors
    /// Outside: the database failed and the transaction has to be rolled back. Inside: that unit is refused.
    pub(super) fn apply_together<'a>(
        &mut self,
        db: &Connection,
        units: impl Iterator<Item = &'a Unit>,
    ) -> rusqlite::Result<Option<Vec<Result<Applied, CommitError>>>> {
        let mut results = Vec::with_capacity(units.size_hint().0);
        self.events.begin(db)?;
        for unit in units {
            let before = db.total_changes();
            match self.write(db, unit) {
                Ok(applied) => results.push(Ok(applied)),
                Err(Trouble::Refused(error)) if db.total_changes() == before => results.push(Err(error)),
                Err(Trouble::Refused(_)) => return Ok(None),
                Err(Trouble::Failed(error)) => return Err(error),
            }
        }
        self.events.end(db)?;
        Ok(Some(results))
    }

    /// The same with a savepoint for each unit, so that each can be taken back alone.
    ///
    /// # Errors
    /// As those of `apply_together`.
    pub(super) fn apply_singly<'a>(
        &mut self,
        db: &Connection,
        units: impl Iterator<Item = &'a Unit>,
    ) -> rusqlite::Result<Vec<Result<Applied, CommitError>>> {
        self.events.begin(db)?;
        let results = units.map(|unit| self.apply_alone(db, unit)).collect::<rusqlite::Result<_>>()?;
        self.events.end(db)?;
        Ok(results)
    }

    fn apply_alone(
        &mut self,
        db: &Connection,
        unit: &Unit,
    ) -> rusqlite::Result<Result<Applied, CommitError>> {
        run(db, "SAVEPOINT unit")?;
        match self.write(db, unit) {
            Ok(applied) => {
                run(db, "RELEASE unit")?;
                Ok(Ok(applied))
            }
            Err(Trouble::Refused(error)) => {
                self.refusals = None;
                self.epochs.clear();
                run(db, "ROLLBACK TO unit")?;
                run(db, "RELEASE unit")?;
                Ok(Err(error))
            }
            Err(Trouble::Failed(error)) => Err(error),
        }
    }

    /// Forgets what was read and counted, because the database was rolled back.
    pub(super) fn forget(&mut self) {
        *self = Applier::default();
    }

    /// Takes note of a running session that was written, after its commit.
    pub(super) fn learn(&mut self, session: &Session) {
        self.sessions.learn(session);
    }

    fn write(&mut self, db: &Connection, unit: &Unit) -> Result<Applied, Trouble> {
        if let Some(key) = &unit.idempotency_key
            && !note_key(db, key)?
        {
            return Ok(Applied::Repeated);
        }
        self.check_connection(db, unit)?;
        let mut reports = Reports::default();
        for change in &unit.changes {
            match change {
                Change::Station(station) => {
                    write_station(db, station)?;
                    self.note_epoch(&station.id, station.epoch);
                }
                Change::Port(station, port) => write_port(db, station, port)?,
                Change::Session(session) => self.sessions.write(db, session)?,
                Change::Readings(session, readings) => reports.add(session, readings),
                Change::Refusal { refused, reason, address, at } => {
                    self.write_refusal(db, refused, *reason, address, *at)?;
                }
                Change::RefusalSettled(refused) => self.settle_refusal(db, refused)?,
                Change::Record(record) => write_record(db, record)?,
                Change::Observed(station, observation) => history::observe(db, station, observation)?,
                Change::Course(course) => history::keep_course(db, course)?,
                Change::ForgetObservations { station, before } => history::forget(db, station, *before)?,
                Change::ForgetCourses { station, after } => {
                    history::forget_courses(db, station, after.as_microsecond())?;
                }
            }
        }
        reports.write(db)?;
        Ok(Applied::New(self.events.add(db, &unit.events)?))
    }

    fn check_connection(&mut self, db: &Connection, unit: &Unit) -> Result<(), Trouble> {
        let Some((id, epoch)) = &unit.connection else { return Ok(()) };
        let stored = match self.epochs.get(id) {
            Some(epoch) => *epoch,
            None => {
                let stored = stored_epoch(db, id)?;
                self.note_epoch(id, stored);
                stored
            }
        };
        if stored == *epoch || (stored < *epoch && unit.opens_connection(id, *epoch)) {
            Ok(())
        } else {
            Err(Trouble::Refused(CommitError::StaleConnection { station: id.clone() }))
        }
    }

    fn note_epoch(&mut self, station: &StationId, epoch: Epoch) {
        if let Some(known) = self.epochs.get_mut(station) {
            *known = epoch;
            return;
        }
        if self.epochs.len() >= MAX_EPOCHS {
            self.epochs.clear();
        }
        self.epochs.insert(station.clone(), epoch);
    }

    fn settle_refusal(&mut self, db: &Connection, refused: &Refused) -> rusqlite::Result<()> {
        let (kind, station, token) = refused_columns(refused);
        db.prepare_cached("DELETE FROM refusals WHERE kind = ?1 AND station = ?2 AND token = ?3")?
            .execute(params![kind, station, token])?;
        self.refusals = None;
        Ok(())
    }

    fn write_refusal(
        &mut self,
        db: &Connection,
        refused: &Refused,
        reason: RefusalReason,
        address: &str,
        at: Timestamp,
    ) -> rusqlite::Result<()> {
        let kept = match self.refusals {
            Some(kept) => kept,
            None => db.query_row("SELECT count(*) FROM refusals", [], |row| row.get::<_, u32>(0))? as usize,
        };
        let (kind, station, token) = refused_columns(refused);
        let count: i64 = db
            .prepare_cached(
                "INSERT INTO refusals (kind, station, token, reason, address, count, first, last)
                 VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6)
                 ON CONFLICT (kind, station, token, reason) DO UPDATE SET
                    address = excluded.address,
                    count = min(count, 9223372036854775806) + 1,
                    first = min(first, excluded.first),
                    last = max(last, excluded.last)
                 RETURNING count",
            )?
            .query_row(params![kind, station, token, Word(reason), address, Moment(at)], |row| row.get(0))?;
        let kept = if count == 1 { kept + 1 } else { kept };
        self.refusals = Some(kept);
        if kept > MAX_REFUSALS {
            run(db, "DELETE FROM refusals WHERE id = (SELECT id FROM refusals ORDER BY last, id LIMIT 1)")?;
            self.refusals = Some(kept - 1);
        }
        Ok(())
    }
}

/// Writes or removes a record whose revision is the expected one.
fn write_record(db: &Connection, record: &Stored) -> Result<(), Trouble> {
    let written = match &record.body {
        Some(body) => put_record(db, record, body)?,
        None => db
            .prepare_cached("DELETE FROM records WHERE kind = ?1 AND key = ?2 AND revision = ?3")?
            .execute(params![Word(record.kind), record.key, Count(record.revision.0)])?,
    };
    if written > 0 {
        return Ok(());
    }
    let stored: Option<Count> = db
        .prepare_cached("SELECT revision FROM records WHERE kind = ?1 AND key = ?2")?
        .query_row(params![Word(record.kind), record.key], |row| row.get(0))
        .optional()?;
    let stored = Revision(stored.map_or(0, |Count(revision)| revision));
    if record.body.is_none() && stored == record.revision {
        return Ok(());
    }
    Err(Trouble::Refused(CommitError::Conflict {
        what: format!("{:?}", record.kind),
        expected: record.revision,
        stored,
    }))
}

fn put_record(db: &Connection, record: &Stored, body: &str) -> rusqlite::Result<usize> {
    let sql = if record.revision == Revision::default() {
        "INSERT INTO records (kind, key, owner, revision, body) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (kind, key) DO NOTHING"
    } else {
        "UPDATE records SET (owner, revision, body) = (?3, ?4, ?5)
         WHERE kind = ?1 AND key = ?2 AND revision = ?4 - 1"
    };
    let next = Count(record.revision.next().0);
    db.prepare_cached(sql)?.execute(params![Word(record.kind), record.key, record.owner, next, body])
}

fn run(db: &Connection, sql: &str) -> rusqlite::Result<()> {
    db.prepare_cached(sql)?.execute([])?;
    Ok(())
}

/// Notes an idempotency key; `false` when it was there.
fn note_key(db: &Connection, key: &str) -> rusqlite::Result<bool> {
    let written = db
        .prepare_cached("INSERT INTO applied_keys (key) VALUES (?1) ON CONFLICT (key) DO NOTHING")?
        .execute([key])?;
    Ok(written > 0)
}

/// The epoch of a station, 0 when it is not stored.
fn stored_epoch(db: &Connection, id: &StationId) -> rusqlite::Result<Epoch> {
    let stored: Option<Count> = db
        .prepare_cached("SELECT epoch FROM stations WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    Ok(Epoch(stored.map_or(0, |Count(epoch)| epoch)))
}

fn write_station(db: &Connection, station: &Station) -> Result<(), Trouble> {
    let sql = if station.revision == Revision::default() {
        "INSERT INTO stations (id, revision, epoch, version, is_online, connection_since, address,
            first_seen, last_seen, boot, booted_at, registration, is_unknown)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (id) DO NOTHING"
    } else {
        "UPDATE stations SET (revision, epoch, version, is_online, connection_since, address,
            first_seen, last_seen, boot, booted_at, registration, is_unknown)
            = (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         WHERE id = ?1 AND revision = ?2 - 1"
    };
    let (is_online, is_unknown, since, address) = match &station.connection {
        StationConnection::Online { since, address } => (true, false, since, Some(address)),
        StationConnection::Offline { since } => (false, false, since, None),
        StationConnection::Unknown { since } => (false, true, since, None),
    };
    let written = db.prepare_cached(sql)?.execute(params![
        station.id.as_str(),
        Count(station.revision.next().0),
        Count(station.epoch.0),
        Word(station.version),
        is_online,
        Moment(*since),
        address,
        Moment(station.first_seen),
        Moment(station.last_seen),
        station.boot.as_ref().map(Json),
        station.booted_at.map(Moment),
        station.registration.map(Word),
        is_unknown,
    ])?;
    if written > 0 {
        return Ok(());
    }
    let stored: Option<Count> = db
        .query_row("SELECT revision FROM stations WHERE id = ?1", [station.id.as_str()], |row| row.get(0))
        .optional()?;
    let stored = Revision(stored.map_or(0, |Count(revision)| revision));
    Err(Trouble::Refused(CommitError::Conflict {
        what: format!("station {}", station.id),
        expected: station.revision,
        stored,
    }))
}

fn write_port(db: &Connection, station: &StationId, port: &Port) -> rusqlite::Result<()> {
    let (level, evse, connector) = place_columns(port.place);
    db.prepare_cached(
        "INSERT INTO ports (station, level, evse, connector, status, since, reported_at, fault)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (station, level, evse, connector) DO UPDATE SET
            status = excluded.status, since = excluded.since,
            reported_at = excluded.reported_at, fault = excluded.fault",
    )?
    .execute(params![
        station.as_str(),
        level,
        evse,
        connector,
        Word(port.status),
        Moment(port.since),
        Moment(port.reported_at),
        port.fault.as_ref().map(Json),
    ])?;
    Ok(())
}
