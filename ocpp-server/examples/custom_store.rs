//! A store of one's own: here one that keeps everything in memory and writes a diary of what was committed. It passes
//! the same contract as the stores of this crate.
//!
//!     cargo run -p ocpp-server --example custom_store

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use ocpp_core::model::{SessionKey, StationId};
use ocpp_server::domain::{
    EventId, KeptCourse, Observation, Port, RecordKind, Refusal, Session, SessionNumber, SessionReading,
    StartKey, Station, Stored, StoredEvent,
};
use ocpp_server::store::{
    Commit, CommitError, Committed, Events, Histories, Memory, Page, ReadError, RecordFilter, Records,
    Refusals, SessionFilter, Sessions, Stations, Unit, contract,
};

/// Memory with a diary.
#[derive(Default)]
struct Diary {
    kept: Memory,
    commits: AtomicUsize,
}

#[async_trait]
impl Commit for Diary {
    async fn commit(&self, unit: Unit) -> Result<Committed, CommitError> {
        let committed = self.kept.commit(unit).await?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(committed)
    }
}

#[async_trait]
impl Stations for Diary {
    async fn station(&self, id: &StationId) -> Result<Option<Station>, ReadError> {
        self.kept.station(id).await
    }

    async fn stations(&self, page: Page<StationId>) -> Result<Vec<Station>, ReadError> {
        self.kept.stations(page).await
    }

    async fn ports(&self, station: &StationId) -> Result<Vec<Port>, ReadError> {
        self.kept.ports(station).await
    }
}

#[async_trait]
impl Sessions for Diary {
    async fn session(&self, key: &SessionKey) -> Result<Option<Session>, ReadError> {
        self.kept.session(key).await
    }

    async fn session_by_number(&self, number: SessionNumber) -> Result<Option<Session>, ReadError> {
        self.kept.session_by_number(number).await
    }

    async fn session_by_start(&self, id: &StationId, key: &StartKey) -> Result<Option<Session>, ReadError> {
        self.kept.session_by_start(id, key).await
    }

    async fn sessions(
        &self,
        filter: SessionFilter,
        page: Page<SessionNumber>,
    ) -> Result<Vec<Session>, ReadError> {
        self.kept.sessions(filter, page).await
    }

    async fn readings(&self, session: &SessionKey) -> Result<Vec<SessionReading>, ReadError> {
        self.kept.readings(session).await
    }

    async fn highest_number(&self) -> Result<Option<SessionNumber>, ReadError> {
        self.kept.highest_number().await
    }
}

#[async_trait]
impl Refusals for Diary {
    async fn refusals(&self, limit: usize) -> Result<Vec<Refusal>, ReadError> {
        self.kept.refusals(limit).await
    }
}

#[async_trait]
impl Records for Diary {
    async fn record(&self, kind: RecordKind, key: &str) -> Result<Option<Stored>, ReadError> {
        self.kept.record(kind, key).await
    }

    async fn records(&self, filter: RecordFilter) -> Result<Vec<Stored>, ReadError> {
        self.kept.records(filter).await
    }
}

#[async_trait]
impl Events for Diary {
    async fn events_after(&self, after: EventId, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        self.kept.events_after(after, limit).await
    }

    async fn last_event(&self) -> Result<EventId, ReadError> {
        self.kept.last_event().await
    }
}

#[async_trait]
impl Histories for Diary {
    async fn observations(
        &self,
        station: &StationId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Observation>, ReadError> {
        self.kept.observations(station, from, to).await
    }

    async fn courses(&self, station: &StationId, after: Timestamp) -> Result<Vec<KeptCourse>, ReadError> {
        self.kept.courses(station, after).await
    }
}

#[tokio::main]
async fn main() {
    // Every promise of a store, as checks: a broken one panics and is named.
    contract::check(|| async { Diary::default() }).await;
    // It serves a manager as any other: Csms::builder(Diary::default()).
}
