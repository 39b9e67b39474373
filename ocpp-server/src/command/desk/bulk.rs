//! Bulk orders: the same order to many stations, so many at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::{Command, StationId};

use super::carry::Turn;
use super::{
    Desk, Inner, NewOrder, PlaceError, Wake, WhenOffline, WithdrawError, entry, open_order, short, told,
};
use crate::domain::{
    Batch, BatchId, BatchItem, BatchState, Event, EventKind, ItemResult, OpenOrder, OrderEntry, OrderId,
    RecordKind, Revision,
};
use crate::store::{Change, CommitError, ReadError, RecordFilter, TypedRecords, Unit};

/// The most stations of one bulk order.
pub const MAX_STATIONS: usize = 100_000;
/// How many stations are given their orders in one unit.
const CHUNK: usize = 100;
/// How many parts are read or written at a time elsewhere.
const PAGE: usize = 500;
/// The most bulk orders that are looked through for those that run.
const MAX_BATCHES: usize = 10_000;

/// A bulk order to be given.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBatch {
    /// What people will call it; at most 200 characters are kept.
    pub name: String,
    /// What to do.
    pub command: Command,
    /// Who orders it; at most 200 characters are kept.
    pub by: String,
    /// What to do where a station is not connected.
    pub when_offline: WhenOffline,
    /// How many connected stations are at it at the same time; at least 1.
    pub at_once: u32,
    /// Who is to obey, each once.
    pub stations: Vec<StationId>,
}

/// How far a bulk order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BulkCounts {
    /// Stations that were not given it yet.
    pub not_begun: u32,
    /// Stations that were given it and have no result yet.
    pub open: u32,
    /// Stations that took it.
    pub succeeded: u32,
    /// Stations that did not.
    pub failed: u32,
}

impl Desk {
    /// Takes a bulk order. When this returns, it is kept, and every station of it will have a result.
    ///
    /// # Errors
    /// [`PlaceError`]; nothing is begun then.
    pub async fn place_batch(&self, new: NewBatch) -> Result<BatchId, PlaceError> {
        let now = self.inner.handler.now();
        if let WhenOffline::WaitUntil(until) = new.when_offline
            && until <= now
        {
            return Err(PlaceError::TooLate(until));
        }
        let mut stations = new.stations;
        stations.sort();
        stations.dedup();
        stations.truncate(MAX_STATIONS);
        let batch = Batch {
            id: BatchId::fresh(),
            revision: Revision::default(),
            name: short(&new.name),
            command: new.command,
            is_incomplete: false,
            by: short(&new.by),
            at: now,
            until: new.when_offline.until(),
            at_once: new.at_once.max(1),
            stations: u32::try_from(stations.len()).unwrap_or(u32::MAX),
            state: BatchState::Running,
        };
        for page in stations.chunks(PAGE) {
            let item = |station: &StationId| BatchItem {
                batch: batch.id.clone(),
                revision: Revision::default(),
                station: station.clone(),
                order: None,
                result: None,
            };
            let changes = page.iter().map(|station| Change::put(&item(station))).collect();
            self.inner.handler.commit(Unit { changes, ..Unit::default() }).await?;
        }
        // The bulk order itself comes last: what is cut off before it was never given.
        self.inner.keep_batch(&batch).await?;
        let _ = self.inner.wakes.send(Wake::Batch(batch.id.clone()));
        Ok(batch.id)
    }

    /// One bulk order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn batch(&self, id: &BatchId) -> Result<Option<Batch>, ReadError> {
        self.inner.handler.store().get::<Batch>(&id.0).await
    }

    /// Bulk orders, the latest first, from below `before` on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn batches(&self, before: Option<&BatchId>, limit: usize) -> Result<Vec<Batch>, ReadError> {
        let filter =
            RecordFilter::all(RecordKind::Batch, limit).after(before.map(|id| id.0.clone())).descending();
        self.inner.handler.store().list(filter).await
    }

    /// The parts of a bulk order in the order of their stations, after a station.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn items(
        &self,
        batch: &BatchId,
        after: Option<&StationId>,
        limit: usize,
    ) -> Result<Vec<BatchItem>, ReadError> {
        self.inner.items(batch, after.map(|station| BatchItem::key_of(batch, station)), limit).await
    }

    /// How far a bulk order is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn counts(&self, batch: &BatchId) -> Result<BulkCounts, ReadError> {
        let mut counts = BulkCounts::default();
        let mut after = None;
        loop {
            let page = self.items(batch, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(counts) };
            after = Some(last.station.clone());
            for item in &page {
                let count = match (&item.result, &item.order) {
                    (Some(result), _) if result.succeeded => &mut counts.succeeded,
                    (Some(_), _) => &mut counts.failed,
                    (None, Some(_)) => &mut counts.open,
                    (None, None) => &mut counts.not_begun,
                };
                *count += 1;
            }
        }
    }

    /// Gives no more stations their orders, and takes back those that were not sent. What was sent ends as it
    /// ends.
    ///
    /// # Errors
    /// [`WithdrawError`].
    pub async fn stop_batch(&self, id: &BatchId, by: &str) -> Result<(), WithdrawError> {
        self.change_batch(id, |batch| {
            let runs = batch.state == BatchState::Running;
            runs.then_some(Batch { state: BatchState::Stopped, ..batch }).ok_or(WithdrawError::NotRunning)
        })
        .await?;
        let mut after = None;
        loop {
            let page = self.items(id, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.station.clone());
            for order in
                page.iter().filter(|item| item.result.is_none()).filter_map(|item| item.order.as_ref())
            {
                match self.withdraw(order, by).await {
                    Ok(_) | Err(WithdrawError::TooLate | WithdrawError::Unknown) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// Gives the order again to all stations that did not take it or never got it.
    ///
    /// # Errors
    /// [`WithdrawError`]; an order that had passwords or keys is not given again, because they were not kept.
    pub async fn retry_batch(&self, id: &BatchId) -> Result<(), WithdrawError> {
        let batch = self.batch(id).await?.ok_or(WithdrawError::Unknown)?;
        if batch.state == BatchState::Running {
            return Err(WithdrawError::Running);
        }
        if batch.is_incomplete {
            return Err(WithdrawError::Forgotten);
        }
        let mut after = None;
        loop {
            let page = self.items(id, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.station.clone());
            let failed =
                page.into_iter().filter(|item| item.result.as_ref().is_some_and(|result| !result.succeeded));
            let again = failed.map(|item| Change::put(&BatchItem { order: None, result: None, ..item }));
            let unit = Unit { changes: again.collect(), ..Unit::default() };
            self.inner
                .handler
                .commit(unit)
                .await
                .map_err(|error| WithdrawError::NotKept(error.to_string()))?;
        }
        self.change_batch(id, |batch| Ok(Batch { state: BatchState::Running, ..batch })).await
    }

    async fn change_batch(
        &self,
        id: &BatchId,
        change: impl Fn(Batch) -> Result<Batch, WithdrawError>,
    ) -> Result<(), WithdrawError> {
        loop {
            let batch = self.batch(id).await?.ok_or(WithdrawError::Unknown)?;
            match self.inner.keep_batch(&change(batch)?).await {
                Ok(()) => break,
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(WithdrawError::NotKept(error.to_string())),
            }
        }
        let _ = self.inner.wakes.send(Wake::Batch(id.clone()));
        Ok(())
    }
}

impl Inner {
    async fn keep_batch(&self, batch: &Batch) -> Result<(), CommitError> {
        let kind = EventKind::BatchChanged { batch: batch.id.clone(), state: batch.state };
        let event = Event { at: self.handler.now(), station: None, kind };
        self.handler
            .commit(Unit { changes: vec![Change::put(batch)], events: vec![event], ..Unit::default() })
            .await
    }

    async fn items(
        &self,
        batch: &BatchId,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<BatchItem>, ReadError> {
        let filter = RecordFilter::all(RecordKind::BatchItem, limit).of(batch.0.as_str()).after(after);
        self.handler.store().list(filter).await
    }
}

/// The bulk orders that are not done, as the keeper of the desk sees them.
#[derive(Default)]
pub(super) struct Runs {
    runs: BTreeMap<BatchId, Run>,
    /// Which bulk order an open order is part of.
    of: HashMap<OrderId, BatchId>,
}

/// A bulk order that is not done.
struct Run {
    batch: Batch,
    /// The key of the last part that was given out.
    cursor: Option<String>,
    /// All parts were given out.
    is_given_out: bool,
    /// Orders of it that have not ended.
    open: HashSet<OrderId>,
    /// Those of them whose stations are at it.
    running: HashSet<OrderId>,
    /// Stations that have come for their orders while enough others were at it.
    held: BTreeSet<StationId>,
}

/// Orders that were placed, and until when each may wait.
pub(super) type Placed = Vec<(OpenOrder, Option<Timestamp>)>;

impl Runs {
    /// Takes up the bulk orders that an earlier run of the manager has left.
    pub(super) async fn recover(&mut self, desk: &Inner) -> Result<(), ReadError> {
        let filter = RecordFilter::all(RecordKind::Batch, MAX_BATCHES).descending();
        let batches: Vec<Batch> = desk.handler.store().list(filter).await?;
        for batch in batches.into_iter().filter(|batch| batch.state == BatchState::Running) {
            self.take_up(batch);
        }
        Ok(())
    }

    /// An order of an earlier run that has not ended.
    pub(super) fn note_open(&mut self, order: &OrderEntry) {
        let run = order.batch.as_ref().and_then(|batch| self.runs.get_mut(batch));
        if let Some(run) = run {
            run.open.insert(order.id.clone());
            self.of.insert(order.id.clone(), run.batch.id.clone());
        }
    }

    /// Whether it may be an order's turn now. Where enough stations are at its bulk order already, its station
    /// is called when one of them is done.
    pub(super) fn claim(&mut self, order: &OrderId, station: &StationId) -> bool {
        let Some(run) = self.of.get(order).and_then(|batch| self.runs.get_mut(batch)) else { return true };
        if run.running.contains(order) {
            return true;
        }
        if run.room() == 0 {
            run.held.insert(station.clone());
            return false;
        }
        run.running.insert(order.clone())
    }

    /// A bulk order is new, was stopped or is tried again.
    pub(super) async fn load(&mut self, desk: &Inner, id: &BatchId) {
        match desk.handler.store().get::<Batch>(&id.0).await {
            Ok(Some(batch)) => self.take_up(batch),
            Ok(None) => {}
            Err(error) => tracing::error!(batch = %id, %error, "a bulk order cannot be read"),
        }
    }

    fn take_up(&mut self, batch: Batch) {
        let before = self.runs.remove(&batch.id);
        let (open, running, held) = before.map(|run| (run.open, run.running, run.held)).unwrap_or_default();
        let is_given_out = batch.state != BatchState::Running;
        self.runs.insert(batch.id.clone(), Run { batch, cursor: None, is_given_out, open, running, held });
    }

    /// An order has had its turn. Tells which station may have its turn instead.
    pub(super) fn turn_done(&mut self, order: &OrderId, turn: &Turn) -> Option<StationId> {
        let run = self.runs.get_mut(self.of.get(order)?)?;
        run.running.remove(order);
        if let Turn::Ended = turn {
            run.open.remove(order);
            self.of.remove(order);
        }
        run.held.pop_first()
    }

    /// Gives out the next orders; `None` when no bulk order can go on at present.
    pub(super) async fn feed(&mut self, desk: &Arc<Inner>) -> Option<Placed> {
        self.finish(desk).await;
        let run = self.runs.values_mut().find(|run| run.may_go_on())?;
        match run.give_out(desk).await {
            Ok(placed) => {
                let ids = placed.iter().map(|(open, _)| (open.id.clone(), run.batch.id.clone()));
                self.of.extend(ids);
                Some(placed)
            }
            Err(error) => {
                tracing::error!(batch = %run.batch.id, %error, "a bulk order cannot go on; it is tried again");
                tokio::time::sleep(Duration::from_secs(1)).await;
                None
            }
        }
    }

    /// Notes the end of those that are done.
    async fn finish(&mut self, desk: &Inner) {
        let is_done = |run: &Run| run.is_given_out && run.open.is_empty();
        let done: Vec<BatchId> =
            self.runs.values().filter(|run| is_done(run)).map(|run| run.batch.id.clone()).collect();
        for id in done {
            let Some(run) = self.runs.remove(&id) else { continue };
            let Some(ended) = ended(&run.batch) else { continue };
            match desk.keep_batch(&ended).await {
                Ok(()) => {}
                Err(CommitError::Conflict { .. }) => self.load(desk, &id).await,
                Err(error) => tracing::error!(batch = %id, %error, "the end of a bulk order cannot be kept"),
            }
        }
    }
}

/// A bulk order that is done, without the secrets that it carried; `None` when it is kept like that already.
fn ended(batch: &Batch) -> Option<Batch> {
    let command = batch.command.clone().without_secrets();
    let state = match batch.state {
        BatchState::Running => BatchState::Ended,
        done => done,
    };
    let is_incomplete = batch.is_incomplete || command != batch.command;
    let ended = Batch { command, state, is_incomplete, ..batch.clone() };
    (ended != *batch).then_some(ended)
}

impl Run {
    fn room(&self) -> usize {
        usize::try_from(self.batch.at_once).unwrap_or(usize::MAX).saturating_sub(self.running.len())
    }

    fn may_go_on(&self) -> bool {
        !self.is_given_out && self.room() > 0
    }

    async fn give_out(&mut self, desk: &Arc<Inner>) -> Result<Placed, String> {
        let limit = self.room().min(CHUNK);
        let page = desk
            .items(&self.batch.id, self.cursor.clone(), limit)
            .await
            .map_err(|error| error.to_string())?;
        let Some(last) = page.last() else {
            self.is_given_out = true;
            return Ok(Vec::new());
        };
        let cursor = BatchItem::key_of(&self.batch.id, &last.station);
        let (mut unit, mut placed) = (Unit::default(), Vec::new());
        let now = desk.handler.now();
        for item in page.into_iter().filter(|item| item.order.is_none() && item.result.is_none()) {
            match self.order_for(desk, &item.station, now) {
                Ok(order) => {
                    let open = open_order(&order);
                    unit.changes.extend([Change::put(&order), Change::put(&open)]);
                    unit.changes.push(Change::put(&BatchItem { order: Some(order.id.clone()), ..item }));
                    unit.events.push(told(&order, now));
                    placed.push((open, order.until));
                }
                Err(refused) => {
                    let result =
                        ItemResult { succeeded: false, text: format!("not sent: {refused}"), at: now };
                    unit.changes.push(Change::put(&BatchItem { result: Some(result), ..item }));
                }
            }
        }
        if let Err(error) = desk.handler.commit(unit).await {
            placed.iter().for_each(|(open, _)| desk.count_out(&open.station));
            return Err(error.to_string());
        }
        for (open, _) in &placed {
            self.open.insert(open.id.clone());
            if desk.stations.is_connected(&open.station) {
                self.running.insert(open.id.clone());
            }
        }
        self.cursor = Some(cursor);
        Ok(placed)
    }

    fn order_for(&self, desk: &Inner, station: &StationId, now: Timestamp) -> Result<OrderEntry, PlaceError> {
        if self.batch.until.is_none() && !desk.stations.is_connected(station) {
            return Err(PlaceError::NotConnected);
        }
        desk.count_in(station)?;
        let when_offline = self.batch.until.map_or(WhenOffline::Refuse, WhenOffline::WaitUntil);
        let new = NewOrder { command: self.batch.command.clone(), by: self.batch.by.clone(), when_offline };
        Ok(OrderEntry { batch: Some(self.batch.id.clone()), ..entry(station.clone(), new, now) })
    }
}
