//! The loop that goes on with everything that is not at its end, woken by what happens or by time.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::StationId;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Upkeep, UpkeepError, after};
use crate::domain::{EventKind, OpenUpkeep, Record, RecordKind, StoredEvent, UpkeepKind};
use crate::store::{Change, CommitError, RecordFilter, TypedRecords, Unit};

/// How many records to read at a time.
const PAGE: usize = 500;
/// How often to look for what nobody told of, and at campaigns whose hour may have come.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// How many stations are told something at the same time.
const AT_A_TIME: usize = 64;
/// How soon to look again after the database failed.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// What is not at its end, and when to look at it.
#[derive(Default)]
struct Agenda {
    items: HashMap<String, Item>,
}

struct Item {
    open: OpenUpkeep,
    look_at: Timestamp,
    is_running: bool,
    /// Something happened while it was being worked on.
    is_stale: bool,
}

impl Agenda {
    /// Adds what is new; what is known keeps its time.
    fn add(&mut self, open: OpenUpkeep, now: Timestamp) {
        let item = Item { open, look_at: now, is_running: false, is_stale: false };
        self.items.entry(item.open.key()).or_insert(item);
    }

    /// Looks at this at once.
    fn wake(&mut self, key: &str, now: Timestamp) {
        if let Some(item) = self.items.get_mut(key) {
            item.look_at = now;
            item.is_stale = item.is_running;
        }
    }

    /// Looks at everything of a station at once.
    fn wake_station(&mut self, station: &StationId, now: Timestamp) {
        for item in self.items.values_mut().filter(|item| item.open.station == *station) {
            item.look_at = now;
            item.is_stale = item.is_running;
        }
    }

    fn take_due(&mut self, now: Timestamp, room: usize) -> Vec<OpenUpkeep> {
        let due = self.items.values_mut().filter(|item| !item.is_running && item.look_at <= now);
        due.take(room)
            .map(|item| {
                item.is_running = true;
                item.is_stale = false;
                item.open.clone()
            })
            .collect()
    }

    fn done(&mut self, key: &str, next: Option<Timestamp>, now: Timestamp) {
        match next {
            None => drop(self.items.remove(key)),
            Some(next) => {
                if let Some(item) = self.items.get_mut(key) {
                    item.is_running = false;
                    item.look_at = if item.is_stale { now } else { next };
                }
            }
        }
    }

    fn next(&self) -> Option<Timestamp> {
        self.items.values().filter(|item| !item.is_running).map(|item| item.look_at).min()
    }
}

impl Upkeep {
    pub(super) async fn work(&self, shutdown: &CancellationToken) {
        let mut agenda = Agenda::default();
        let mut events = self.csms.bus().listen();
        let mut look = tokio::time::interval(LOOK_EVERY);
        let mut running: JoinSet<(String, Option<Timestamp>)> = JoinSet::new();
        loop {
            let room = AT_A_TIME.saturating_sub(running.len());
            for open in agenda.take_due(self.now(), room) {
                let upkeep = self.clone();
                running.spawn(async move { (open.key(), upkeep.step(&open).await) });
            }
            let wait = self.until(agenda.next().filter(|_| running.len() < AT_A_TIME));
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = look.tick() => {
                    self.read_all(&mut agenda).await;
                    self.look_at_campaigns().await;
                }
                event = events.recv() => match event {
                    Ok(event) => self.heard(&mut agenda, &event).await,
                    Err(RecvError::Lagged(_)) => self.read_all(&mut agenda).await,
                    Err(RecvError::Closed) => break,
                },
                Some(ended) = running.join_next() => {
                    if let Ok((key, next)) = ended {
                        agenda.done(&key, next, self.now());
                    }
                }
                () = tokio::time::sleep(wait) => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// How long it is until a moment, at most until the next look.
    fn until(&self, moment: Option<Timestamp>) -> Duration {
        let Some(moment) = moment else { return LOOK_EVERY };
        Duration::try_from(moment.duration_since(self.now())).unwrap_or_default().min(LOOK_EVERY)
    }

    async fn heard(&self, agenda: &mut Agenda, event: &StoredEvent) {
        let Some(station) = &event.event.station else {
            if matches!(event.event.kind, EventKind::CampaignChanged { .. }) {
                self.look_at_campaigns().await;
            }
            return;
        };
        let now = self.now();
        let (kind, number) = match &event.event.kind {
            EventKind::UpdateChanged { request, .. } => (UpkeepKind::Update, u64::from(*request)),
            EventKind::LogChanged { request, .. } => (UpkeepKind::Log, u64::from(*request)),
            EventKind::SigningChanged { number, .. } => (UpkeepKind::Signing, *number),
            EventKind::StationConnected { .. } | EventKind::StationBooted { .. } => {
                agenda.wake_station(station, now);
                return self.look_at_campaigns().await;
            }
            _ => return,
        };
        // What has begun is marked in the unit that tells of it.
        let open = OpenUpkeep::new(kind, station, number);
        let key = open.key();
        agenda.add(open, now);
        agenda.wake(&key, now);
        if matches!(event.event.kind, EventKind::UpdateChanged { campaign: Some(_), .. }) {
            self.look_at_campaigns().await;
        }
    }

    async fn read_all(&self, agenda: &mut Agenda) {
        let mut after = None;
        loop {
            let filter = RecordFilter::all(RecordKind::OpenUpkeep, PAGE).after(after.take());
            let open: Vec<OpenUpkeep> = match self.csms.store().list(filter).await {
                Ok(open) => open,
                Err(error) => {
                    return tracing::error!(%error, "what is not at its end cannot be read; it is tried again");
                }
            };
            let Some(last) = open.last() else { return };
            after = Some(last.key());
            let now = self.now();
            open.into_iter().for_each(|open| agenda.add(open, now));
        }
    }

    async fn look_at_campaigns(&self) {
        match self.step_campaigns().await {
            Ok(()) | Err(UpkeepError::Conflict) => {}
            Err(error) => tracing::error!(%error, "campaigns cannot go on; it is tried again"),
        }
    }

    /// Goes on with one thing; tells when to look at it again. What is at its end loses its mark.
    async fn step(&self, open: &OpenUpkeep) -> Option<Timestamp> {
        let number = u32::try_from(open.number).unwrap_or(u32::MAX);
        let next = match open.kind {
            UpkeepKind::Update => self.step_update(&open.station, number).await,
            UpkeepKind::Log => self.step_log(&open.station, number).await,
            UpkeepKind::Signing => self.step_signing(&open.station, open.number).await,
        };
        match next {
            Ok(Some(next)) => Some(next),
            Ok(None) => self.unmark(open).await,
            Err(error) => {
                tracing::error!(station = %open.station, %error, "something cannot go on; it is tried again");
                Some(after(self.now(), RETRY_AFTER))
            }
        }
    }

    async fn unmark(&self, open: &OpenUpkeep) -> Option<Timestamp> {
        let again = Some(after(self.now(), RETRY_AFTER));
        let marked: Option<OpenUpkeep> = match self.csms.store().get(&open.key()).await {
            Ok(marked) => marked,
            Err(_) => return again,
        };
        let changes = vec![Change::remove(&marked?)];
        match self.csms.commit(Unit { changes, ..Unit::default() }).await {
            Ok(()) | Err(CommitError::Conflict { .. }) => None,
            Err(_) => again,
        }
    }
}
