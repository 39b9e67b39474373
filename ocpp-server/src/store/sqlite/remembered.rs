//! Records that were read lately, so that a station's start needs no look into the file.
//!
//! This process is the only one that writes, so a record that was read stays right until one of its own
//! commits changes it. A read that was under way while its record was changed is not remembered.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::{RecordKind, Stored};
use crate::store::{Change, Unit};

/// The most records that are remembered; when there are more, all are forgotten.
const MAX: usize = 20_000;

/// Where a record is found, as far as it is remembered: that there is none is remembered, too.
type Known = HashMap<(RecordKind, Box<str>), Option<Stored>>;

/// Records that were read lately.
#[derive(Default)]
pub(super) struct Remembered(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    known: Known,
    /// How many commits have changed records. A read notes it before it begins.
    changes: u64,
}

/// The state of things before a read.
#[derive(Clone, Copy)]
pub(super) struct Before(u64);

impl Remembered {
    /// What is remembered of a record, or what a read that begins now has to know.
    pub(super) fn get(&self, kind: RecordKind, key: &str) -> Result<Option<Stored>, Before> {
        let inner = self.lock();
        match inner.known.get(&(kind, key.into())) {
            Some(known) => Ok(known.clone()),
            None => Err(Before(inner.changes)),
        }
    }

    /// Remembers what a read has found, unless records were changed since it began.
    pub(super) fn put(&self, before: Before, kind: RecordKind, key: &str, found: &Option<Stored>) {
        let mut inner = self.lock();
        if inner.changes != before.0 {
            return;
        }
        if inner.known.len() >= MAX {
            inner.known.clear();
        }
        inner.known.insert((kind, key.into()), found.clone());
    }

    /// Forgets what units have changed. The thread that writes calls it after its commit and before anybody
    /// is told: a read that began before it is not remembered, one that begins later sees what was written.
    pub(super) fn forget<'a>(&self, units: impl Iterator<Item = &'a Unit>) {
        let records = units.flat_map(|unit| &unit.changes).filter_map(|change| match change {
            Change::Record(record) => Some(record),
            _ => None,
        });
        let mut records = records.peekable();
        if records.peek().is_none() {
            return;
        }
        let mut inner = self.lock();
        inner.changes = inner.changes.wrapping_add(1);
        for record in records {
            inner.known.remove(&(record.kind, record.key.clone()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // What is remembered is whole whatever panicked elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
