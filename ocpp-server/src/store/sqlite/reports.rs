//! Meter values and states of sessions. Those of one report are one row, which is only ever added, so that the reports
//! of many sessions are written side by side. Which of them say the same again is found out when they are read.
//!
//! A database of an earlier form has each value in a row of its own in the table `readings`; they came before all others.

use std::collections::{BTreeMap, HashMap};

use ocpp_core::model::{ChargingState, Reading, SessionKey};
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{unreadable, unwritable};
use super::rows;
use crate::domain::SessionReading;

/// The values of one unit, by session.
#[derive(Default)]
pub(super) struct Reports<'a>(Vec<(&'a SessionKey, Vec<&'a SessionReading>)>);

/// One value as it is written: the count of its report, what the energy does from then on, and what was read.
type Columns<R> = (Option<u32>, Option<ChargingState>, R);

impl<'a> Reports<'a> {
    pub(super) fn add(&mut self, session: &'a SessionKey, readings: &'a [SessionReading]) {
        match self.0.iter_mut().find(|(known, _)| *known == session) {
            Some((_, values)) => values.extend(readings),
            None => self.0.push((session, readings.iter().collect())),
        }
    }

    /// Writes what was added, one row for each session.
    pub(super) fn write(self, db: &Connection) -> rusqlite::Result<()> {
        for (session, values) in self.0 {
            if let Some(first) = values.first() {
                write(db, session, first, &values)?;
            }
        }
        Ok(())
    }
}

fn write(
    db: &Connection,
    session: &SessionKey,
    first: &SessionReading,
    values: &[&SessionReading],
) -> rusqlite::Result<()> {
    let columns: Vec<Columns<&Reading>> =
        values.iter().map(|value| (value.seq, value.state, &value.reading)).collect();
    let content = serde_json::to_string(&columns).map_err(unwritable)?;
    let row = params![session.as_str(), first.reading.at.as_microsecond(), content];
    // A report that the station counts is known by its count when it is sent again; one that it does not is not.
    if first.seq.is_none() && is_there(db, row)? {
        return Ok(());
    }
    db.prepare_cached("INSERT INTO reports (session, at, content) VALUES (?1, ?2, ?3)")?.execute(row)?;
    Ok(())
}

fn is_there(db: &Connection, row: &[&dyn rusqlite::ToSql]) -> rusqlite::Result<bool> {
    let mut select =
        db.prepare_cached("SELECT 1 FROM reports WHERE session = ?1 AND at = ?2 AND content = ?3 LIMIT 1")?;
    Ok(select.query_row(row, |_| Ok(())).optional()?.is_some())
}

/// The values of a session in the order of the station's time.
pub(super) fn of_session(db: &Connection, session: &str) -> rusqlite::Result<Vec<SessionReading>> {
    let mut kept = Kept::default();
    let mut select = db.prepare_cached("SELECT * FROM readings WHERE session = ?1")?;
    let mut rows = select.query([session])?;
    while let Some(row) = rows.next()? {
        kept.0.insert((row.get("at")?, row.get("seq")?, row.get("position")?), rows::reading(row)?);
    }
    let mut select = db.prepare_cached("SELECT content FROM reports WHERE session = ?1 ORDER BY id")?;
    let mut rows = select.query([session])?;
    while let Some(row) = rows.next()? {
        let values: Vec<Columns<Reading>> =
            serde_json::from_str(row.get_ref("content")?.as_str()?).map_err(unreadable)?;
        kept.take_report(values);
    }
    Ok(kept.0.into_values().collect())
}

/// Values by time in microseconds, count of the report (-1 where the station does not count) and position.
#[derive(Default)]
struct Kept(BTreeMap<(i64, i64, u32), SessionReading>);

impl Kept {
    /// Of a time, report and position the first value holds; without a count each that says something new.
    fn take_report(&mut self, values: Vec<Columns<Reading>>) {
        let mut positions: HashMap<(i64, u32), u32> = HashMap::new();
        for (seq, state, reading) in values {
            let at = reading.at.as_microsecond();
            let value = SessionReading { seq, reading, state };
            match seq {
                Some(seq) => {
                    let position = positions.entry((at, seq)).or_default();
                    self.0.entry((at, seq.into(), *position)).or_insert(value);
                    *position = position.saturating_add(1);
                }
                None => self.take_uncounted(at, value),
            }
        }
    }

    fn take_uncounted(&mut self, at: i64, value: SessionReading) {
        let same_time = || self.0.range((at, -1, 0)..=(at, -1, u32::MAX));
        if same_time().any(|(_, before)| *before == value) {
            return;
        }
        let position = same_time().next_back().map_or(0, |((_, _, last), _)| last.saturating_add(1));
        self.0.insert((at, -1, position), value);
    }
}
