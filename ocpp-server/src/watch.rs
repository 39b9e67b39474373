//! What the manager knows of its own life: when it ran, and which stations it has lost sight of.
//!
//! It leaves a mark in the store every few seconds. When it starts again, what it had as online is *unknown*
//! since the last mark: the stations may have been well all the time. Those that do not come back within a
//! while are offline from the start of this run on, because from then on the manager was there to see it.

use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::StationId;
use tokio_util::sync::CancellationToken;

use crate::domain::{
    Connection, Event, EventKind, ManagerRun, Observation, RecordKind, Revision, RunEnding, Station,
};
use crate::handle::Handler;
use crate::store::{Change, CommitError, Page, ReadError, RecordFilter, TypedRecords, Unit};

/// How often the manager leaves a mark, unless said otherwise.
pub(crate) const MARK_EVERY: Duration = Duration::from_secs(10);
/// How many stations to look at in one go.
const PAGE: usize = 500;

/// The present run.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    run: ManagerRun,
    /// How long stations have to come back after a start.
    come_back_within: Duration,
    mark_every: Duration,
}

/// What went wrong at the start.
pub(crate) enum WatchError {
    Read(ReadError),
    Write(CommitError),
}

impl From<ReadError> for WatchError {
    fn from(error: ReadError) -> WatchError {
        WatchError::Read(error)
    }
}

impl From<CommitError> for WatchError {
    fn from(error: CommitError) -> WatchError {
        WatchError::Write(error)
    }
}

impl Watch {
    /// Begins a run: what the store has as online is unknown since the last mark of the run before.
    pub(crate) async fn begin(
        handler: &Handler,
        come_back_within: Duration,
        mark_every: Duration,
    ) -> Result<Watch, WatchError> {
        let now = handler.now();
        let last = RecordFilter::all(RecordKind::ManagerRun, ManagerRun::KEPT).descending();
        let runs: Vec<ManagerRun> = handler.store().list(last).await?;
        let alive_until = runs.first().map(|run| run.alive_until);
        for_each_station(handler, |station| match station.connection {
            Connection::Online { .. } => {
                let since = alive_until.unwrap_or(station.last_seen).max(station.last_seen).min(now);
                Some((Connection::Unknown { since }, "the manager was restarted"))
            }
            Connection::Offline { .. } | Connection::Unknown { .. } => None,
        })
        .await?;
        let same = handler.store().get::<ManagerRun>(&ManagerRun::key_of(now)).await?;
        let run = ManagerRun {
            started_at: now,
            // A clock that stands still gives two runs one start.
            revision: same.map_or_else(Revision::default, |run| run.revision),
            alive_until: now,
            ending: RunEnding::None,
        };
        let changes = vec![Change::put(&run)];
        handler.commit(Unit { changes, ..Unit::default() }).await?;
        let run = ManagerRun { revision: run.revision.next(), ..run };
        Ok(Watch { run, come_back_within, mark_every })
    }

    /// Leaves marks until `shutdown`, and a last one then.
    pub(crate) async fn keep(mut self, handler: &Handler, shutdown: &CancellationToken) {
        let mut marks = tokio::time::interval(self.mark_every);
        let come_back = tokio::time::sleep(self.come_back_within);
        tokio::pin!(come_back);
        let mut is_waiting = true;
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = marks.tick() => self.mark(handler, RunEnding::None).await,
                () = &mut come_back, if is_waiting => {
                    is_waiting = false;
                    self.give_up_waiting(handler).await;
                }
            }
        }
        self.mark(handler, RunEnding::Stopped).await;
    }

    async fn mark(&mut self, handler: &Handler, ending: RunEnding) {
        let run = ManagerRun { alive_until: handler.now(), ending, ..self.run.clone() };
        match handler.commit(Unit { changes: vec![Change::put(&run)], ..Unit::default() }).await {
            Ok(()) => self.run = ManagerRun { revision: run.revision.next(), ..run },
            // The manager serves at two addresses, and the other one has left a mark.
            Err(CommitError::Conflict { stored, .. }) => self.run.revision = stored,
            Err(error) => tracing::error!(%error, "the manager cannot note that it is alive"),
        }
    }

    /// Stations that have not come back are offline since this run began.
    async fn give_up_waiting(&self, handler: &Handler) {
        let since = self.run.started_at;
        let result = for_each_station(handler, |station| match station.connection {
            Connection::Unknown { since: unknown } if unknown <= since => {
                Some((Connection::Offline { since }, "it has not come back since the manager was restarted"))
            }
            _ => None,
        })
        .await;
        if let Err(WatchError::Read(ReadError(error))) = result {
            tracing::error!(%error, "stations that have not come back cannot be looked for");
        }
    }
}

/// Changes the connections of stations, as far as nobody else has changed them in between.
async fn for_each_station(
    handler: &Handler,
    change: impl Fn(&Station) -> Option<(Connection, &'static str)>,
) -> Result<(), WatchError> {
    let mut after: Option<StationId> = None;
    loop {
        let stations = handler.store().stations(Page { after, limit: PAGE }).await?;
        let Some(last) = stations.last() else { return Ok(()) };
        after = Some(last.id.clone());
        for mut station in stations {
            let Some((connection, reason)) = change(&station) else { continue };
            station.connection = connection;
            match handler.commit(gone(station, reason, handler.now())).await {
                Ok(()) | Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn gone(station: Station, reason: &str, at: Timestamp) -> Unit {
    let kind = EventKind::StationDisconnected { reason: reason.to_owned() };
    let event = Event { at, station: Some(station.id.clone()), kind };
    let observation = Observation::of_connection(&station.connection, at);
    let observed = Change::Observed(station.id.clone(), observation);
    Unit { changes: vec![Change::Station(station), observed], events: vec![event], ..Unit::default() }
}
