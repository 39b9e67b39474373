//! A store in memory.

mod history;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use ocpp_core::model::{Place, SessionKey, StationId};

use super::{
    Change, Commit, CommitError, Committed, Events, Histories, KeyOrder, MAX_REFUSALS, Page, ReadError,
    RecordFilter, Records, Refusals, SessionFilter, Sessions, Stations, Unit,
};
use history::History;

use crate::domain::{
    Epoch, EventId, KeptCourse, Observation, Port, RecordKind, Refusal, RefusalReason, Refused, Revision,
    Session, SessionNumber, SessionReading, StartKey, Station, Stored, StoredEvent,
};

/// A store in memory, for tests and trials: nothing outlives the process, and nothing is ever cleared away
/// but refusals above [`MAX_REFUSALS`].
#[derive(Default)]
pub struct Memory(Mutex<Kept>);

impl Memory {
    /// An empty store.
    #[must_use]
    pub fn new() -> Memory {
        Memory::default()
    }

    /// No code panics while it holds the lock; if it did, the values would still be whole.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Time, report and position of a meter value.
type ReadingKey = (Timestamp, Option<u32>, u32);

#[derive(Default)]
struct Kept {
    stations: BTreeMap<StationId, Station>,
    ports: HashMap<StationId, BTreeMap<Place, Port>>,
    sessions: BTreeMap<SessionNumber, Session>,
    numbers: HashMap<SessionKey, SessionNumber>,
    starts: HashMap<(StationId, StartKey), SessionNumber>,
    readings: HashMap<SessionKey, BTreeMap<ReadingKey, SessionReading>>,
    refusals: KeptRefusals,
    records: BTreeMap<(RecordKind, Box<str>), Stored>,
    events: Vec<Arc<StoredEvent>>,
    keys: HashSet<String>,
    history: History,
}

impl Kept {
    fn commit(&mut self, unit: Unit) -> Result<Committed, CommitError> {
        if unit.idempotency_key.as_ref().is_some_and(|key| self.keys.contains(key)) {
            return Ok(Committed::Repeated);
        }
        self.check_connection(&unit)?;
        Draft::check(self, &unit.changes)?;
        self.keys.extend(unit.idempotency_key);
        self.write(unit.changes);
        let first = self.events.len();
        for event in unit.events {
            let id = EventId(self.events.len() as u64 + 1);
            self.events.push(Arc::new(StoredEvent { id, event }));
        }
        Ok(Committed::New(self.events[first..].to_vec()))
    }

    fn check_connection(&self, unit: &Unit) -> Result<(), CommitError> {
        let Some((id, epoch)) = &unit.connection else { return Ok(()) };
        let stored = self.stations.get(id).map_or(Epoch::default(), |station| station.epoch);
        if stored == *epoch || (stored < *epoch && unit.opens_connection(id, *epoch)) {
            Ok(())
        } else {
            Err(CommitError::StaleConnection { station: id.clone() })
        }
    }

    fn session(&self, key: &SessionKey) -> Option<&Session> {
        self.sessions.get(self.numbers.get(key)?)
    }

    /// Writes changes that [`Draft::check`] has passed.
    fn write(&mut self, changes: Vec<Change>) {
        let mut positions: HashMap<(SessionKey, Timestamp, Option<u32>), u32> = HashMap::new();
        for change in changes {
            match change {
                Change::Station(mut station) => {
                    station.revision = station.revision.next();
                    self.stations.insert(station.id.clone(), station);
                }
                Change::Port(station, port) => {
                    self.ports.entry(station).or_default().insert(port.place, port);
                }
                Change::Session(session) => self.write_session(session),
                Change::Readings(session, readings) => {
                    let kept = self.readings.entry(session.clone()).or_default();
                    for value in readings {
                        if value.seq.is_none() {
                            keep_uncounted(kept, value);
                            continue;
                        }
                        let report = (session.clone(), value.reading.at, value.seq);
                        let position = positions.entry(report).or_default();
                        kept.entry((value.reading.at, value.seq, *position)).or_insert(value);
                        *position += 1;
                    }
                }
                Change::Refusal { refused, reason, address, at } => {
                    self.refusals.count(refused, reason, address, at);
                }
                Change::RefusalSettled(refused) => self.refusals.settle(&refused),
                Change::Record(stored) => self.write_record(stored),
                Change::Observed(station, observation) => self.history.observe(station, observation),
                Change::Course(course) => self.history.keep(course),
                Change::ForgetObservations { station, before } => self.history.forget(&station, before),
                Change::ForgetCourses { station, after } => self.history.forget_courses(&station, after),
            }
        }
    }

    fn write_record(&mut self, mut record: Stored) {
        let place = (record.kind, record.key.clone());
        if record.body.is_none() {
            self.records.remove(&place);
        } else {
            record.revision = record.revision.next();
            self.records.insert(place, record);
        }
    }

    fn write_session(&mut self, mut session: Session) {
        session.revision = session.revision.next();
        if let Some(before) =
            self.numbers.remove(&session.key).and_then(|number| self.sessions.remove(&number))
        {
            self.starts.remove(&(before.station, before.start_key));
        }
        self.numbers.insert(session.key.clone(), session.number);
        self.starts.insert((session.station.clone(), session.start_key.clone()), session.number);
        self.sessions.insert(session.number, session);
    }
}

/// Keeps a value of a report that the station does not count, after those of the same time, unless one of
/// them says the same.
fn keep_uncounted(kept: &mut BTreeMap<ReadingKey, SessionReading>, value: SessionReading) {
    let at = value.reading.at;
    let mut position = 0;
    for (_, before) in kept.range((at, None, 0)..=(at, None, u32::MAX)) {
        if *before == value {
            return;
        }
        position += 1;
    }
    kept.insert((at, None, position), value);
}

/// What stations and sessions would be after the changes so far, so that a unit is checked in whole before
/// anything of it is written.
struct Draft<'a> {
    kept: &'a Kept,
    stations: HashMap<&'a StationId, Revision>,
    sessions: HashMap<&'a SessionKey, (Revision, &'a Session)>,
    records: HashMap<(RecordKind, &'a str), Revision>,
}

impl<'a> Draft<'a> {
    fn check(kept: &'a Kept, changes: &'a [Change]) -> Result<(), CommitError> {
        let mut draft =
            Draft { kept, stations: HashMap::new(), sessions: HashMap::new(), records: HashMap::new() };
        for change in changes {
            match change {
                Change::Station(station) => draft.station(station)?,
                Change::Session(session) => draft.session(session)?,
                Change::Record(record) => draft.record(record)?,
                Change::Port(..)
                | Change::Readings(..)
                | Change::Refusal { .. }
                | Change::RefusalSettled(_)
                | Change::Observed(..)
                | Change::Course(_)
                | Change::ForgetObservations { .. }
                | Change::ForgetCourses { .. } => {}
            }
        }
        Ok(())
    }

    fn station(&mut self, station: &'a Station) -> Result<(), CommitError> {
        let kept = self.kept.stations.get(&station.id).map(|station| station.revision);
        let stored = self.stations.get(&station.id).copied().or(kept).unwrap_or_default();
        expect(stored, station.revision, || format!("station {}", station.id))?;
        self.stations.insert(&station.id, stored.next());
        Ok(())
    }

    fn session(&mut self, session: &'a Session) -> Result<(), CommitError> {
        let kept = self.kept.session(&session.key).map(|session| session.revision);
        let drafted = self.sessions.get(&session.key).map(|(revision, _)| *revision);
        let stored = drafted.or(kept).unwrap_or_default();
        expect(stored, session.revision, || format!("session {}", session.key))?;
        if self.is_taken(session) {
            return Err(CommitError::SessionTaken(session.number));
        }
        self.sessions.insert(&session.key, (stored.next(), session));
        Ok(())
    }

    fn record(&mut self, record: &'a Stored) -> Result<(), CommitError> {
        let kept = self.kept.records.get(&(record.kind, record.key.clone())).map(|kept| kept.revision);
        let place = (record.kind, &*record.key);
        let stored = self.records.get(&place).copied().or(kept).unwrap_or_default();
        expect(stored, record.revision, || format!("{:?}", record.kind))?;
        let now = if record.body.is_some() { stored.next() } else { Revision::default() };
        self.records.insert(place, now);
        Ok(())
    }

    /// Whether another session has the number or the start key.
    fn is_taken(&self, session: &Session) -> bool {
        let clashes = |other: &Session| {
            other.key != session.key
                && (other.number == session.number
                    || (other.station == session.station && other.start_key == session.start_key))
        };
        let start = (session.station.clone(), session.start_key.clone());
        let kept = [Some(&session.number), self.kept.starts.get(&start)];
        let kept = kept.into_iter().flatten().filter_map(|number| self.kept.sessions.get(number));
        kept.filter(|other| !self.sessions.contains_key(&other.key)).any(clashes)
            || self.sessions.values().any(|(_, other)| clashes(other))
    }
}

fn expect(stored: Revision, expected: Revision, what: impl FnOnce() -> String) -> Result<(), CommitError> {
    if stored == expected { Ok(()) } else { Err(CommitError::Conflict { what: what(), expected, stored }) }
}

/// Refusals, each with its place in the order of first times.
#[derive(Default)]
struct KeptRefusals {
    counted: HashMap<(Refused, RefusalReason), (u64, Refusal)>,
    added: u64,
}

impl KeptRefusals {
    fn count(&mut self, refused: Refused, reason: RefusalReason, address: String, at: Timestamp) {
        let who = (refused.clone(), reason);
        if let Some((_, refusal)) = self.counted.get_mut(&who) {
            refusal.count = refusal.count.saturating_add(1);
            refusal.address = address;
            refusal.first = refusal.first.min(at);
            refusal.last = refusal.last.max(at);
            return;
        }
        let refusal = Refusal { refused, reason, address, count: 1, first: at, last: at };
        self.counted.insert(who, (self.added, refusal));
        self.added += 1;
        if self.counted.len() > MAX_REFUSALS {
            self.drop_oldest();
        }
    }

    fn settle(&mut self, refused: &Refused) {
        self.counted.retain(|(who, _), _| who != refused);
    }

    fn drop_oldest(&mut self) {
        let oldest = self.counted.iter().min_by_key(|(_, (place, refusal))| (refusal.last, *place));
        if let Some(who) = oldest.map(|(who, _)| who.clone()) {
            self.counted.remove(&who);
        }
    }

    fn latest_first(&self) -> Vec<Refusal> {
        let mut all: Vec<&(u64, Refusal)> = self.counted.values().collect();
        all.sort_by_key(|(place, refusal)| std::cmp::Reverse((refusal.last, *place)));
        all.into_iter().map(|(_, refusal)| refusal.clone()).collect()
    }
}

#[async_trait]
impl Commit for Memory {
    async fn commit(&self, unit: Unit) -> Result<Committed, CommitError> {
        self.kept().commit(unit)
    }
}

#[async_trait]
impl Stations for Memory {
    async fn station(&self, id: &StationId) -> Result<Option<Station>, ReadError> {
        Ok(self.kept().stations.get(id).cloned())
    }

    async fn stations(&self, page: Page<StationId>) -> Result<Vec<Station>, ReadError> {
        let kept = self.kept();
        let is_later = |id: &StationId| page.after.as_ref().is_none_or(|after| id > after);
        let stations = kept.stations.iter().filter(|(id, _)| is_later(id)).map(|(_, station)| station);
        Ok(stations.take(page.limit).cloned().collect())
    }

    async fn ports(&self, station: &StationId) -> Result<Vec<Port>, ReadError> {
        Ok(self.kept().ports.get(station).into_iter().flat_map(BTreeMap::values).cloned().collect())
    }
}

#[async_trait]
impl Sessions for Memory {
    async fn session(&self, key: &SessionKey) -> Result<Option<Session>, ReadError> {
        Ok(self.kept().session(key).cloned())
    }

    async fn session_by_number(&self, number: SessionNumber) -> Result<Option<Session>, ReadError> {
        Ok(self.kept().sessions.get(&number).cloned())
    }

    async fn session_by_start(
        &self,
        station: &StationId,
        key: &StartKey,
    ) -> Result<Option<Session>, ReadError> {
        let kept = self.kept();
        let number = kept.starts.get(&(station.clone(), key.clone()));
        Ok(number.and_then(|number| kept.sessions.get(number)).cloned())
    }

    async fn sessions(
        &self,
        filter: SessionFilter,
        page: Page<SessionNumber>,
    ) -> Result<Vec<Session>, ReadError> {
        let kept = self.kept();
        let descending = kept.sessions.values().rev();
        let wanted = descending
            .filter(|session| page.after.is_none_or(|after| session.number < after))
            .filter(|session| filter.station.as_ref().is_none_or(|station| session.station == *station))
            .filter(|session| filter.status.is_none_or(|status| session.status == status))
            .filter(|session| {
                filter.token.as_ref().is_none_or(|token| {
                    session.id_token.as_ref().is_some_and(|held| *held.canonical() == **token)
                })
            });
        Ok(wanted.take(page.limit).cloned().collect())
    }

    async fn readings(&self, session: &SessionKey) -> Result<Vec<SessionReading>, ReadError> {
        Ok(self.kept().readings.get(session).into_iter().flat_map(BTreeMap::values).cloned().collect())
    }

    async fn highest_number(&self) -> Result<Option<SessionNumber>, ReadError> {
        Ok(self.kept().sessions.keys().next_back().copied())
    }
}

#[async_trait]
impl Refusals for Memory {
    async fn refusals(&self, limit: usize) -> Result<Vec<Refusal>, ReadError> {
        let mut refusals = self.kept().refusals.latest_first();
        refusals.truncate(limit);
        Ok(refusals)
    }
}

#[async_trait]
impl Records for Memory {
    async fn record(&self, kind: RecordKind, key: &str) -> Result<Option<Stored>, ReadError> {
        Ok(self.kept().records.get(&(kind, key.into())).cloned())
    }

    async fn records(&self, filter: RecordFilter) -> Result<Vec<Stored>, ReadError> {
        let kept = self.kept();
        let first = (filter.kind, Box::from(""));
        let of_kind = kept.records.range(first..).take_while(|((kind, _), _)| *kind == filter.kind);
        let of_owner = of_kind.map(|(_, record)| record).filter(|record| {
            filter.owner.as_ref().is_none_or(|owner| record.owner.as_deref() == Some(owner.as_str()))
        });
        let after = filter.page.after.as_deref();
        let limit = filter.page.limit;
        Ok(match filter.order {
            KeyOrder::Ascending => {
                let rest = of_owner.filter(|record| after.is_none_or(|after| *record.key > *after));
                rest.take(limit).cloned().collect()
            }
            KeyOrder::Descending => {
                let rest = of_owner.filter(|record| after.is_none_or(|after| *record.key < *after));
                let mut rest: Vec<Stored> = rest.cloned().collect();
                rest.reverse();
                rest.truncate(limit);
                rest
            }
        })
    }
}

#[async_trait]
impl Events for Memory {
    async fn events_after(&self, after: EventId, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        let kept = self.kept();
        let after = usize::try_from(after.0).unwrap_or(usize::MAX);
        Ok(kept.events.iter().skip(after).take(limit).map(|event| StoredEvent::clone(event)).collect())
    }

    async fn last_event(&self) -> Result<EventId, ReadError> {
        Ok(EventId(self.kept().events.len() as u64))
    }
}

#[async_trait]
impl Histories for Memory {
    async fn observations(
        &self,
        station: &StationId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Observation>, ReadError> {
        Ok(self.kept().history.observations(station, from, to))
    }

    async fn courses(&self, station: &StationId, after: Timestamp) -> Result<Vec<KeptCourse>, ReadError> {
        Ok(self.kept().history.courses(station, after))
    }
}
