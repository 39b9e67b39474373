//! The contract finds stores that break it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use async_trait::async_trait;
use jiff::Timestamp;
use ocpp_core::model::{SessionKey, StationId};
use ocpp_server::domain::{
    EventId, KeptCourse, Observation, Port, RecordKind, Refusal, Session, SessionNumber, SessionReading,
    StartKey, Station, Stored, StoredEvent,
};
use ocpp_server::store::{
    Change, Commit, CommitError, Committed, Events, Histories, KeyOrder, Memory, Page, ReadError,
    RecordFilter, Records, Refusals, SessionFilter, Sessions, Stations, Unit, contract,
};

/// What a store does wrong.
#[derive(Debug, Clone, Copy)]
enum Fault {
    ForgetsKeys,
    IgnoresEpochs,
    AnswersWithoutKeeping,
    KeepsHalf,
    TellsTwice,
    LosesReadings,
    AcceptsAnyRevision,
    ListsBackwards,
    LosesRecords,
    AcceptsAnyRevisionOfRecords,
    KeepsRemovedRecords,
    ForgetsOwners,
    MixesKinds,
    ListsRecordsAscendingOnly,
    FoldsKeys,
    LosesStates,
    LosesCosts,
    NeverSettles,
    SettlesEverybody,
    FindsTokensByCase,
    IgnoresTokens,
    ObservesBackwards,
    LosesObservations,
    LosesCourses,
    KeepsUntrueCourses,
    RemembersForever,
}

impl Fault {
    const ALL: [Fault; 26] = [
        Fault::ForgetsKeys,
        Fault::IgnoresEpochs,
        Fault::AnswersWithoutKeeping,
        Fault::KeepsHalf,
        Fault::TellsTwice,
        Fault::LosesReadings,
        Fault::AcceptsAnyRevision,
        Fault::ListsBackwards,
        Fault::LosesRecords,
        Fault::AcceptsAnyRevisionOfRecords,
        Fault::KeepsRemovedRecords,
        Fault::ForgetsOwners,
        Fault::MixesKinds,
        Fault::ListsRecordsAscendingOnly,
        Fault::FoldsKeys,
        Fault::LosesStates,
        Fault::LosesCosts,
        Fault::NeverSettles,
        Fault::SettlesEverybody,
        Fault::FindsTokensByCase,
        Fault::IgnoresTokens,
        Fault::ObservesBackwards,
        Fault::LosesObservations,
        Fault::LosesCourses,
        Fault::KeepsUntrueCourses,
        Fault::RemembersForever,
    ];
}

/// A store in memory that has a fault.
struct Broken(Memory, Fault);

#[async_trait]
impl Commit for Broken {
    async fn commit(&self, mut unit: Unit) -> Result<Committed, CommitError> {
        match self.1 {
            Fault::ForgetsKeys => unit.idempotency_key = None,
            Fault::IgnoresEpochs => unit.connection = None,
            Fault::AnswersWithoutKeeping => return Ok(Committed::New(Vec::new())),
            Fault::KeepsHalf => return self.keep_half(unit).await,
            Fault::TellsTwice => unit.events.extend(unit.events.clone()),
            Fault::LosesReadings => unit.changes.retain(|change| !matches!(change, Change::Readings(..))),
            Fault::AcceptsAnyRevision => self.take_stored_revisions(&mut unit).await,
            Fault::LosesRecords => unit.changes.retain(|change| !matches!(change, Change::Record(_))),
            Fault::AcceptsAnyRevisionOfRecords => self.take_stored_revisions_of_records(&mut unit).await,
            Fault::KeepsRemovedRecords => unit.changes.retain(|change| !is_removal(change)),
            Fault::NeverSettles => unit.changes.retain(|change| !matches!(change, Change::RefusalSettled(_))),
            Fault::SettlesEverybody => self.settle_everybody(&mut unit).await,
            Fault::ForgetsOwners
            | Fault::MixesKinds
            | Fault::FoldsKeys
            | Fault::LosesStates
            | Fault::LosesCosts => unit.changes.iter_mut().for_each(|change| self.spoil(change)),
            Fault::LosesObservations => unit.changes.retain(|change| !matches!(change, Change::Observed(..))),
            Fault::LosesCourses => unit.changes.retain(|change| !matches!(change, Change::Course(_))),
            Fault::KeepsUntrueCourses => self.keep_courses(&mut unit).await,
            Fault::RemembersForever => {
                unit.changes.retain(|change| !matches!(change, Change::ForgetObservations { .. }));
            }
            Fault::ObservesBackwards
            | Fault::ListsBackwards
            | Fault::ListsRecordsAscendingOnly
            | Fault::FindsTokensByCase
            | Fault::IgnoresTokens => {}
        }
        self.0.commit(unit).await
    }
}

impl Broken {
    /// Keeps change by change, and stops at the first that is refused.
    async fn keep_half(&self, unit: Unit) -> Result<Committed, CommitError> {
        for change in &unit.changes {
            let connection = unit.connection.clone();
            self.0.commit(Unit { connection, changes: vec![change.clone()], ..Unit::default() }).await?;
        }
        self.0.commit(Unit { changes: Vec::new(), ..unit }).await
    }

    /// Writes something else than what was told.
    fn spoil(&self, change: &mut Change) {
        match (self.1, change) {
            (Fault::ForgetsOwners, Change::Record(record)) => record.owner = None,
            (Fault::MixesKinds, Change::Record(record)) => record.kind = RecordKind::Site,
            (Fault::FoldsKeys, Change::Record(record)) => record.key = record.key.to_lowercase().into(),
            (Fault::LosesStates, Change::Readings(_, readings)) => {
                readings.iter_mut().for_each(|reading| reading.state = None);
            }
            (Fault::LosesCosts, Change::Session(session)) => session.cost = None,
            _ => {}
        }
    }

    /// Keeps courses that an observation has made untrue.
    async fn keep_courses(&self, unit: &mut Unit) {
        let mut again = Vec::new();
        for change in &unit.changes {
            if let Change::Observed(station, _) = change {
                again.extend(self.0.courses(station, Timestamp::MIN).await.unwrap());
            }
        }
        unit.changes.extend(again.into_iter().map(Change::Course));
    }

    async fn settle_everybody(&self, unit: &mut Unit) {
        if unit.changes.iter().any(|change| matches!(change, Change::RefusalSettled(_))) {
            let all = self.0.refusals(usize::MAX).await.unwrap();
            unit.changes.extend(all.into_iter().map(|refusal| Change::RefusalSettled(refusal.refused)));
        }
    }

    async fn take_stored_revisions_of_records(&self, unit: &mut Unit) {
        for change in &mut unit.changes {
            if let Change::Record(record) = change {
                let stored = self.0.record(record.kind, &record.key).await.unwrap();
                record.revision = stored.map_or(record.revision, |stored| stored.revision);
            }
        }
    }

    async fn take_stored_revisions(&self, unit: &mut Unit) {
        for change in &mut unit.changes {
            if let Change::Station(station) = change {
                let stored = self.0.station(&station.id).await.unwrap();
                station.revision = stored.map_or(station.revision, |stored| stored.revision);
            }
        }
    }
}

fn is_removal(change: &Change) -> bool {
    matches!(change, Change::Record(record) if record.body.is_none())
}

#[async_trait]
impl Stations for Broken {
    async fn station(&self, id: &StationId) -> Result<Option<Station>, ReadError> {
        self.0.station(id).await
    }

    async fn stations(&self, page: Page<StationId>) -> Result<Vec<Station>, ReadError> {
        self.0.stations(page).await
    }

    async fn ports(&self, station: &StationId) -> Result<Vec<Port>, ReadError> {
        self.0.ports(station).await
    }
}

#[async_trait]
impl Sessions for Broken {
    async fn session(&self, key: &SessionKey) -> Result<Option<Session>, ReadError> {
        self.0.session(key).await
    }

    async fn session_by_number(&self, number: SessionNumber) -> Result<Option<Session>, ReadError> {
        self.0.session_by_number(number).await
    }

    async fn session_by_start(
        &self,
        station: &StationId,
        key: &StartKey,
    ) -> Result<Option<Session>, ReadError> {
        self.0.session_by_start(station, key).await
    }

    async fn sessions(
        &self,
        filter: SessionFilter,
        page: Page<SessionNumber>,
    ) -> Result<Vec<Session>, ReadError> {
        let (token, mut filter) = (filter.token.clone(), filter);
        if matches!(self.1, Fault::IgnoresTokens) {
            filter.token = None;
        }
        let mut sessions = self.0.sessions(filter, page).await?;
        if matches!(self.1, Fault::FindsTokensByCase) {
            let is_as_written = |session: &Session| {
                let held = session.id_token.as_ref().map(|held| &*held.value);
                token.as_deref().is_none_or(|token| held == Some(token))
            };
            sessions.retain(is_as_written);
        }
        if matches!(self.1, Fault::ListsBackwards) {
            sessions.reverse();
        }
        Ok(sessions)
    }

    async fn readings(&self, session: &SessionKey) -> Result<Vec<SessionReading>, ReadError> {
        self.0.readings(session).await
    }

    async fn highest_number(&self) -> Result<Option<SessionNumber>, ReadError> {
        self.0.highest_number().await
    }
}

#[async_trait]
impl Refusals for Broken {
    async fn refusals(&self, limit: usize) -> Result<Vec<Refusal>, ReadError> {
        self.0.refusals(limit).await
    }
}

#[async_trait]
impl Records for Broken {
    async fn record(&self, kind: RecordKind, key: &str) -> Result<Option<Stored>, ReadError> {
        let (kind, key) = match self.1 {
            Fault::MixesKinds => (RecordKind::Site, key.to_owned()),
            Fault::FoldsKeys => (kind, key.to_lowercase()),
            _ => (kind, key.to_owned()),
        };
        self.0.record(kind, &key).await
    }

    async fn records(&self, mut filter: RecordFilter) -> Result<Vec<Stored>, ReadError> {
        if matches!(self.1, Fault::MixesKinds) {
            filter.kind = RecordKind::Site;
        }
        if matches!(self.1, Fault::ListsRecordsAscendingOnly) {
            filter.order = KeyOrder::Ascending;
        }
        self.0.records(filter).await
    }
}

#[async_trait]
impl Events for Broken {
    async fn events_after(&self, after: EventId, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        self.0.events_after(after, limit).await
    }

    async fn last_event(&self) -> Result<EventId, ReadError> {
        self.0.last_event().await
    }
}

#[async_trait]
impl Histories for Broken {
    async fn observations(
        &self,
        station: &StationId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Observation>, ReadError> {
        let mut kept = self.0.observations(station, from, to).await?;
        if matches!(self.1, Fault::ListsBackwards | Fault::ObservesBackwards) {
            kept.reverse();
        }
        Ok(kept)
    }

    async fn courses(&self, station: &StationId, after: Timestamp) -> Result<Vec<KeptCourse>, ReadError> {
        self.0.courses(station, after).await
    }
}

#[test]
fn the_contract_finds_every_fault() {
    for fault in Fault::ALL {
        let check = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(contract::check(async || Broken(Memory::new(), fault)));
        });
        assert!(check.join().is_err(), "a store that {fault:?} passes");
    }
}
