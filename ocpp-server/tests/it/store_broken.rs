//! The contract finds stores that break it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use async_trait::async_trait;
use ocpp_core::model::{SessionKey, StationId};
use ocpp_server::domain::{
    EventId, Port, RecordKind, Refusal, Session, SessionNumber, SessionReading, StartKey, Station, Stored,
    StoredEvent,
};
use ocpp_server::store::{
    Change, Commit, CommitError, Committed, Events, Memory, Page, ReadError, RecordFilter, Records, Refusals,
    SessionFilter, Sessions, Stations, Unit, contract,
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
            Fault::ListsBackwards => {}
        }
        self.0.commit(unit).await
    }
}

#[async_trait]
impl Records for Broken {
    async fn record(&self, kind: RecordKind, key: &str) -> Result<Option<Stored>, ReadError> {
        self.0.record(kind, key).await
    }

    async fn records(&self, filter: RecordFilter) -> Result<Vec<Stored>, ReadError> {
        self.0.records(filter).await
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

    async fn take_stored_revisions(&self, unit: &mut Unit) {
        for change in &mut unit.changes {
            if let Change::Station(station) = change {
                let stored = self.0.station(&station.id).await.unwrap();
                station.revision = stored.map_or(station.revision, |stored| stored.revision);
            }
        }
    }
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
        let mut sessions = self.0.sessions(filter, page).await?;
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
impl Events for Broken {
    async fn events_after(&self, after: EventId, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        self.0.events_after(after, limit).await
    }

    async fn last_event(&self) -> Result<EventId, ReadError> {
        self.0.last_event().await
    }
}

#[test]
fn the_contract_finds_every_fault() {
    let faults = [
        Fault::ForgetsKeys,
        Fault::IgnoresEpochs,
        Fault::AnswersWithoutKeeping,
        Fault::KeepsHalf,
        Fault::TellsTwice,
        Fault::LosesReadings,
        Fault::AcceptsAnyRevision,
        Fault::ListsBackwards,
    ];
    for fault in faults {
        let check = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(contract::check(async || Broken(Memory::new(), fault)));
        });
        assert!(check.join().is_err(), "a store that {fault:?} passes");
    }
}
