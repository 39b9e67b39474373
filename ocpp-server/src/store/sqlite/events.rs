//! The outbox. The events of one transaction are one row, for a row of its own costs each event more than all
//! else that is done with it. What is personal is apart, under the id of its event, so that it can be removed.
//!
//! A database of an earlier form has events in the table `outbox`, one a row; they are read from there, and come
//! before all others.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;

use super::columns::{Count, unreadable, unwritable};
use super::rows;
use crate::domain::{Event, EventId, EventKind, Refused, StoredEvent};

/// A row is written when it has grown to this size, so that no reader has to take in more than a little beyond.
const ROW_BYTES: usize = 64 * 1024;

/// Numbers the events of a transaction and writes them.
#[derive(Default)]
pub(super) struct EventLog {
    /// The last event, once it was looked up.
    last: Option<u64>,
    /// The events of the row to come, as JSON without the closing bracket.
    row: Vec<u8>,
}

impl EventLog {
    /// Begins a transaction.
    pub(super) fn begin(&mut self, db: &Connection) -> rusqlite::Result<()> {
        self.row.clear();
        if self.last.is_none() {
            self.last = Some(last(db)?.0);
        }
        Ok(())
    }

    /// Adds the events of a unit, and tells the id of the first.
    pub(super) fn add(&mut self, db: &Connection, events: &[Event]) -> rusqlite::Result<EventId> {
        let first = self.last.unwrap_or_default() + 1;
        for (id, event) in (first..).zip(events) {
            let (kind, personal) = rows::event_columns(&event.kind);
            self.row.push(if self.row.is_empty() { b'[' } else { b',' });
            let columns = (event.at.as_microsecond(), &event.station, kind);
            serde_json::to_writer(&mut self.row, &columns).map_err(unwritable)?;
            if let Some(personal) = personal {
                db.prepare_cached("INSERT INTO personal (event, content) VALUES (?1, ?2)")?
                    .execute(params![Count(id), personal])?;
            }
            self.last = Some(id);
        }
        if self.row.len() >= ROW_BYTES {
            self.end(db)?;
        }
        Ok(EventId(first))
    }

    /// Writes what was added.
    pub(super) fn end(&mut self, db: &Connection) -> rusqlite::Result<()> {
        if self.row.is_empty() {
            return Ok(());
        }
        self.row.push(b']');
        let row = std::str::from_utf8(&self.row).map_err(unwritable)?;
        db.prepare_cached("INSERT INTO events (last, content) VALUES (?1, ?2)")?
            .execute(params![Count(self.last.unwrap_or_default()), row])?;
        self.row.clear();
        Ok(())
    }
}

/// The last event of a database, 0 when there is none. The sequence of the earlier form remembers the last id of
/// that form even when the event itself was cleared away.
pub(super) fn last(db: &Connection) -> rusqlite::Result<EventId> {
    let last: Option<Count> = db.query_row("SELECT max(last) FROM events", [], |row| row.get(0))?;
    let last = match last {
        Some(last) => Some(last),
        None => db
            .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'", [], |row| row.get(0))
            .optional()?,
    };
    Ok(EventId(last.map_or(0, |Count(last)| last)))
}

/// At most `limit` events after `after`.
pub(super) fn after(db: &Connection, after: EventId, limit: usize) -> rusqlite::Result<Vec<StoredEvent>> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut found: Vec<StoredEvent> = db
        .prepare_cached("SELECT * FROM outbox WHERE id > ?1 ORDER BY id LIMIT ?2")?
        .query_map(params![Count(after.0), most], rows::event)?
        .collect::<rusqlite::Result<_>>()?;
    let mut select = db.prepare_cached("SELECT last, content FROM events WHERE last > ?1 ORDER BY last")?;
    let mut rows = select.query([Count(after.0)])?;
    while found.len() < limit
        && let Some(row) = rows.next()?
    {
        let Count(last) = row.get("last")?;
        let events: Vec<Columns> =
            serde_json::from_str(row.get_ref("content")?.as_str()?).map_err(unreadable)?;
        let first = last.saturating_sub(events.len() as u64) + 1;
        for (id, columns) in (first..).zip(events).filter(|(id, _)| *id > after.0).take(limit - found.len()) {
            found.push(stored(db, id, columns)?);
        }
    }
    Ok(found)
}

/// An event within its row: microseconds since 1970, the station, and what happened without what is personal.
#[derive(Deserialize)]
struct Columns(i64, Option<ocpp_core::model::StationId>, EventKind);

fn stored(
    db: &Connection,
    id: u64,
    Columns(at, station, mut kind): Columns,
) -> rusqlite::Result<StoredEvent> {
    if let EventKind::Refused { who: Refused::Token { token: held, .. }, .. }
    | EventKind::MessageNoted { payload: held, .. } = &mut kind
    {
        let mut select = db.prepare_cached("SELECT content FROM personal WHERE event = ?1")?;
        let content: Option<String> = select.query_row([Count(id)], |row| row.get(0)).optional()?;
        *held = content.unwrap_or_default();
    }
    let at = jiff::Timestamp::from_microsecond(at).map_err(unreadable)?;
    Ok(StoredEvent { id: EventId(id), event: Event { at, station, kind } })
}
