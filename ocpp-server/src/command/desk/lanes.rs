//! Keeping the desk: which order is whose turn, who has come, whose time is over.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::StationId;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::bulk::Runs;
use super::carry::Turn;
use super::{Desk, Inner, SETTLE, Wake, locked};
use crate::domain::{Ending, OpenOrder, OrderEntry, OrderId, OrderState, RecordKind};
use crate::store::{ReadError, RecordFilter, TypedRecords};

/// How many records to read at a time.
const PAGE: usize = 500;
/// How long to wait before reading again after a failure.
const READ_AGAIN: Duration = Duration::from_secs(5);

/// The orders of one station that are not done.
#[derive(Default)]
struct Lane {
    /// In the order in which they were given, each with the end of its patience.
    waiting: BTreeMap<OrderId, Option<Timestamp>>,
    /// The one whose turn it is.
    in_hand: Option<OrderId>,
    /// It has just connected, and may want to boot first.
    settles: bool,
}

/// All that the keeper remembers; everything of it can be read from the store again.
#[derive(Default)]
struct Keeper {
    lanes: HashMap<StationId, Lane>,
    /// When waiting orders expire.
    expiries: BTreeMap<(Timestamp, OrderId), StationId>,
    turns: JoinSet<(StationId, OrderId, Turn)>,
    runs: Runs,
}

impl Desk {
    /// Works orders off until `shutdown`. Whoever serves stations by
    /// [`Csms::attend`](crate::Csms::attend) alone runs this beside it. A second keeper of the same desk does
    /// nothing.
    pub async fn keep(&self, shutdown: &CancellationToken) {
        let Some(mut woken) = locked(&self.inner.woken).take() else {
            shutdown.cancelled().await;
            return;
        };
        let mut arrivals = self.inner.stations.arrivals();
        let mut keeper = Keeper::default();
        while let Err(error) = keeper.recover(&self.inner).await {
            tracing::error!(%error, "orders that were not done cannot be read; it is tried again");
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = tokio::time::sleep(READ_AGAIN) => {}
            }
        }
        while !shutdown.is_cancelled() {
            keeper.feed_runs(&self.inner).await;
            let expires_in = keeper.expires_in(self.inner.handler.now());
            tokio::select! {
                () = shutdown.cancelled() => break,
                Some(wake) = woken.recv() => keeper.wake(&self.inner, wake).await,
                Some(station) = arrivals.recv() => keeper.arrived(&self.inner, station),
                Some(done) = keeper.turns.join_next(), if !keeper.turns.is_empty() => {
                    if let Ok((station, order, turn)) = done {
                        keeper.turn_done(&self.inner, station, order, &turn);
                    }
                }
                () = tokio::time::sleep(expires_in) => keeper.expire(&self.inner).await,
            }
        }
        // Orders on their way are answered or not; the next start knows.
        while keeper.turns.join_next().await.is_some() {}
        *locked(&self.inner.woken) = Some(woken);
    }
}

/// With nothing to expire, there is no hurry.
const IDLE: Duration = Duration::from_secs(3600);

impl Keeper {
    /// Reads what an earlier run has left: orders that were on their way have ended without an answer.
    async fn recover(&mut self, desk: &Arc<Inner>) -> Result<(), ReadError> {
        let store = desk.handler.store();
        self.runs.recover(desk).await?;
        // Counted anew: the orders that were placed before the desk was kept are among those that are read, and an
        // attempt before this one may have counted some.
        locked(&desk.open).clear();
        let mut after = None;
        loop {
            let filter = RecordFilter::all(RecordKind::OpenOrder, PAGE).after(after.take());
            let page: Vec<OpenOrder> = store.list(filter).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.id.0.clone());
            for open in page {
                let Some(order) = store.get::<OrderEntry>(&open.id.0).await? else { continue };
                let _ = desk.count_in(&order.station);
                match order.state {
                    OrderState::Waiting => {
                        self.runs.note_open(&order);
                        self.add(desk, open, order.until);
                    }
                    OrderState::Sent { .. } | OrderState::Ended { .. } => {
                        let why =
                            "the manager stopped before the answer came; it may have been done".to_owned();
                        desk.end_surely(order, Ending::NoAnswer { why }).await;
                    }
                }
            }
        }
    }

    async fn wake(&mut self, desk: &Arc<Inner>, wake: Wake) {
        match wake {
            Wake::Placed(open, until) => self.add(desk, open, until),
            Wake::Batch(batch) => self.runs.load(desk, &batch).await,
            Wake::Gone(open) => self.gone(desk, &open),
        }
    }

    fn add(&mut self, desk: &Arc<Inner>, open: OpenOrder, until: Option<Timestamp>) {
        if let Some(until) = until {
            self.expiries.insert((until, open.id.clone()), open.station.clone());
        }
        self.lanes.entry(open.station.clone()).or_default().waiting.insert(open.id, until);
        self.next_turn(desk, &open.station);
    }

    /// An order was taken back before it was sent.
    fn gone(&mut self, desk: &Arc<Inner>, open: &OpenOrder) {
        if let Some(lane) = self.lanes.get_mut(&open.station)
            && lane.in_hand.as_ref() != Some(&open.id)
        {
            if let Some(Some(until)) = lane.waiting.remove(&open.id) {
                self.expiries.remove(&(until, open.id.clone()));
            }
            if let Some(called) = self.runs.turn_done(&open.id, &Turn::Ended) {
                self.next_turn(desk, &called);
            }
        }
    }

    fn arrived(&mut self, desk: &Arc<Inner>, station: StationId) {
        if let Some(lane) = self.lanes.get_mut(&station) {
            lane.settles = true;
            self.next_turn(desk, &station);
        }
    }

    /// Gives a station its next order, when it has none in hand.
    fn next_turn(&mut self, desk: &Arc<Inner>, station: &StationId) {
        let Some(lane) = self.lanes.get_mut(station) else { return };
        if lane.in_hand.is_some() {
            return;
        }
        // What is not to wait has to end, connected or not.
        let is_connected = desk.stations.is_connected(station);
        let runs = &mut self.runs;
        let mut may_go = |order: &OrderId, until: &Option<Timestamp>| match until {
            Some(_) => is_connected && runs.claim(order, station),
            None => !is_connected || runs.claim(order, station),
        };
        let next = lane.waiting.iter().find(|(order, until)| may_go(order, until));
        let Some(order) = next.map(|(order, _)| order.clone()) else {
            if lane.waiting.is_empty() {
                self.lanes.remove(station);
            }
            return;
        };
        lane.in_hand = Some(order.clone());
        let settle = if std::mem::take(&mut lane.settles) { SETTLE } else { Duration::ZERO };
        let (desk, station) = (Arc::clone(desk), station.clone());
        self.turns.spawn(async move {
            tokio::time::sleep(settle).await;
            let turn = desk.carry(&order).await;
            (station, order, turn)
        });
    }

    fn turn_done(&mut self, desk: &Arc<Inner>, station: StationId, order: OrderId, turn: &Turn) {
        if let Some(lane) = self.lanes.get_mut(&station) {
            lane.in_hand = None;
            if let Turn::Ended = turn
                && let Some(Some(until)) = lane.waiting.remove(&order)
            {
                self.expiries.remove(&(until, order.clone()));
            }
        }
        let called = self.runs.turn_done(&order, turn);
        self.next_turn(desk, &station);
        if let Some(called) = called {
            self.next_turn(desk, &called);
        }
    }

    fn expires_in(&self, now: Timestamp) -> Duration {
        let first = self.expiries.first_key_value().map(|((at, _), _)| *at);
        let until = first.map(|at| at.duration_since(now));
        until
            .map_or(IDLE, |until| Duration::try_from(until).unwrap_or_default().max(Duration::from_millis(1)))
    }

    /// Ends what has waited long enough.
    async fn expire(&mut self, desk: &Arc<Inner>) {
        let now = desk.handler.now();
        while let Some(((at, order), station)) = self.expiries.first_key_value() {
            if *at > now {
                return;
            }
            let (key, order, station) = ((*at, order.clone()), order.clone(), station.clone());
            self.expiries.remove(&key);
            if self.lanes.get(&station).is_some_and(|lane| lane.in_hand.as_ref() == Some(&order)) {
                continue;
            }
            desk.carry(&order).await;
            if let Some(lane) = self.lanes.get_mut(&station) {
                lane.waiting.remove(&order);
            }
            if let Some(called) = self.runs.turn_done(&order, &Turn::Ended) {
                self.next_turn(desk, &called);
            }
        }
    }

    async fn feed_runs(&mut self, desk: &Arc<Inner>) {
        while let Some(placed) = self.runs.feed(desk).await {
            for (open, until) in placed {
                self.add(desk, open, until);
            }
        }
    }
}
