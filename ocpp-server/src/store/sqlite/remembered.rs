//! What was read or written lately and is read again soon, so that it needs no look into the file: records that a
//! station's start asks for; who owns none of a kind, as most stations have no charging profile when a session ends; and of a session that has just ended the session itself and its tasks, for its receipt.
//!
//! This process is the only one that writes, so what was read or written stays right until one of its own
//! commits changes it. A read that was under way while its record was changed is not remembered.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ocpp_core::model::SessionKey;

use crate::domain::{RecordKind, Session, Stored};
use crate::store::{Change, Unit};

/// The most sessions that are remembered after their end; when there are more, all are forgotten.
const MAX_ENDED: usize = 512;
/// The most records that are remembered; when there are more, all are forgotten.
const MAX: usize = 20_000;

/// Where a record is found, as far as it is remembered: that there is none is remembered, too.
type Known = HashMap<(RecordKind, Box<str>), Option<Stored>>;

/// The most owners that are remembered to have nothing of a kind; when there are more, all are forgotten.
const MAX_OWNERS: usize = 20_000;

/// What was read or written lately.
#[derive(Default)]
pub(super) struct Remembered(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    known: Known,
    /// Who was found to own no record of a kind.
    unowned: HashMap<RecordKind, HashSet<Box<str>>>,
    /// Sessions that ended.
    ended: HashMap<SessionKey, Session>,
    /// How many commits have changed records. A read notes it before it begins.
    changes: u64,
}

impl Inner {
    fn insert(&mut self, key: (RecordKind, Box<str>), record: Option<Stored>) {
        if self.known.len() >= MAX {
            self.known.clear();
        }
        self.known.insert(key, record);
    }
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
        inner.insert((kind, key.into()), found.clone());
    }

    /// That an owner has no record of a kind, or what a read that begins now has to know.
    pub(super) fn owns_none(&self, kind: RecordKind, owner: &str) -> Result<(), Before> {
        let inner = self.lock();
        let is_known = inner.unowned.get(&kind).is_some_and(|owners| owners.contains(owner));
        if is_known { Ok(()) } else { Err(Before(inner.changes)) }
    }

    /// Remembers that a read has found none, unless records were changed since it began.
    pub(super) fn put_none(&self, before: Before, kind: RecordKind, owner: &str) {
        let mut inner = self.lock();
        if inner.changes != before.0 {
            return;
        }
        let owners = inner.unowned.entry(kind).or_default();
        if owners.len() >= MAX_OWNERS {
            owners.clear();
        }
        owners.insert(owner.into());
    }

    /// A session that ended lately.
    pub(super) fn ended_session(&self, key: &SessionKey) -> Option<Session> {
        self.lock().ended.get(key).cloned()
    }

    /// Forgets what units have changed. The thread that writes calls it after its commit and before anybody
    /// is told: a read that began before it is not remembered, one that begins later sees what was written.
    pub(super) fn forget<'a>(&self, units: impl Iterator<Item = &'a Unit>) {
        let mut inner = self.lock();
        let mut changed = false;
        for change in units.flat_map(|unit| &unit.changes) {
            match change {
                Change::Record(record) => {
                    changed = true;
                    inner.known.remove(&(record.kind, record.key.clone()));
                    if let Some(owner) = &record.owner
                        && let Some(owners) = inner.unowned.get_mut(&record.kind)
                    {
                        owners.remove(&**owner);
                    }
                }
                Change::Session(session) if !inner.ended.is_empty() => {
                    inner.ended.remove(&session.key);
                }
                _ => {}
            }
        }
        inner.changes = inner.changes.wrapping_add(u64::from(changed));
    }

    /// Remembers a task that was written and will be read soon, before anybody else is told of it.
    pub(super) fn learn_task(&self, task: Stored) {
        let key = (task.kind, task.key.clone());
        let mut inner = self.lock();
        if task.body.is_some() {
            inner.insert(key, Some(Stored { revision: task.revision.next(), ..task }));
        } else {
            inner.known.remove(&key);
        }
    }

    /// The same for a session that has ended.
    pub(super) fn learn_session(&self, session: Session) {
        let mut inner = self.lock();
        if inner.ended.len() >= MAX_ENDED {
            inner.ended.clear();
        }
        let session = Session { revision: session.revision.next(), ..session };
        inner.ended.insert(session.key.clone(), session);
    }

    /// A session that runs, though it may have ended before.
    pub(super) fn runs(&self, session: &SessionKey) {
        let mut inner = self.lock();
        if !inner.ended.is_empty() {
            inner.ended.remove(session);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // What is remembered is whole whatever panicked elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
