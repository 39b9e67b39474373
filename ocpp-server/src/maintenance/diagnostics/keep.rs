//! The loop: what the orders of others say, stations that come back, and what is too old.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{DisplayFilter, Registration, SessionKey, StationId};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Diagnostics, DiagnosticsError};
use crate::domain::{
    Ending, EventKind, KeptEvent, OrderId, OrderState, RecordKind, StationDisplay, StoredEvent,
};
use crate::store::{Change, Page, RecordFilter, TypedRecords, Unit};

/// How long a station that has come back is left alone.
const SETTLE: Duration = Duration::from_secs(5);
/// How many stations are looked at at the same time.
const AT_A_TIME: usize = 32;
/// How often to look for what is too old.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);
/// How many records to read at a time.
const PAGE: usize = 500;
/// Who asks.
const BY: &str = "diagnostics";

/// How a station came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Return {
    /// It connected again: what waits for it is sent.
    Connected,
    /// It restarted: its monitors may have other numbers (N04.FR.19), and its display may have lost messages.
    Restarted,
}

impl Diagnostics {
    /// Notes what the orders of others say, looks at stations that come back, and deletes what is too old, until
    /// `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut events = self.csms.bus().listen();
        let mut sweep = tokio::time::interval(SWEEP_EVERY);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut due: HashMap<StationId, (Instant, Return)> = HashMap::new();
        let mut steps: JoinSet<()> = JoinSet::new();
        loop {
            let next = due.values().map(|(at, _)| *at).min().filter(|_| steps.len() < AT_A_TIME);
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = sweep.tick() => self.sweep().await,
                Some(_) = steps.join_next() => {}
                () = sleep_until(next) => {}
                event = events.recv() => match event {
                    Ok(event) => self.heard(&event, &mut due).await,
                    // What was missed is learnt when the stations report it.
                    Err(RecvError::Lagged(count)) => {
                        tracing::warn!(count, "too much happened at once: some orders are not noted");
                    }
                    Err(RecvError::Closed) => break,
                },
            }
            let now = Instant::now();
            let room = AT_A_TIME.saturating_sub(steps.len());
            let ready = due.iter().filter(|(_, (at, _))| *at <= now).take(room);
            let ready: Vec<(StationId, Return)> =
                ready.map(|(station, (_, how))| (station.clone(), *how)).collect();
            for (station, how) in ready {
                due.remove(&station);
                let diagnostics = self.clone();
                steps.spawn(async move { diagnostics.look_after(&station, how).await });
            }
        }
        while steps.join_next().await.is_some() {}
    }

    async fn heard(&self, event: &StoredEvent, due: &mut HashMap<StationId, (Instant, Return)>) {
        let Some(station) = &event.event.station else { return };
        let how = match &event.event.kind {
            EventKind::OrderChanged { order, state, .. } if state == "ended" => {
                return self.note_order(order).await;
            }
            EventKind::SessionEnded { session } => return self.end_transaction(station, session).await,
            EventKind::StationConnected { .. } => Return::Connected,
            EventKind::StationBooted { registration: Registration::Accepted, .. } => Return::Restarted,
            _ => return,
        };
        let before = due.get(station).map_or(how, |(_, before)| *before);
        due.insert(station.clone(), (Instant::now() + SETTLE, before.max(how)));
    }

    /// What the answer to an order says, whoever gave it.
    async fn note_order(&self, order: &OrderId) {
        let Ok(Some(order)) = self.csms.desk().find(order).await else { return };
        if !Diagnostics::concerns(&order.command) {
            return;
        }
        if let OrderState::Ended { ending: Ending::Answered { outcome }, .. } = &order.state {
            self.note_surely(&order.station, &order.command, outcome).await;
        }
    }

    /// O02.FR.02: the station removes the messages of a transaction at its end.
    async fn end_transaction(&self, station: &StationId, session: &SessionKey) {
        let store = self.csms.store();
        let Ok(Some(display)) = store.get::<StationDisplay>(station.as_str()).await else { return };
        if display.messages.iter().all(|kept| kept.message.transaction.is_none()) {
            return;
        }
        let Ok(Some(session)) = store.session(session).await else { return };
        let name = session.start_key.0;
        let change = |display: &mut StationDisplay| {
            display.end_transaction(&name);
            vec![EventKind::DisplayChanged { message: None, state: "told".to_owned() }]
        };
        if let Err(error) = self.change(station, StationDisplay::unknown, change).await {
            tracing::warn!(%station, %error, "messages of a transaction are forgotten with the next report");
        }
    }

    async fn look_after(&self, station: &StationId, how: Return) {
        match self.try_look_after(station, how).await {
            Ok(()) | Err(DiagnosticsError::NotConnected | DiagnosticsError::NotTaken(_)) => {}
            Err(error) => tracing::warn!(%station, %error, "a station that came back is not looked after"),
        }
    }

    async fn try_look_after(&self, station: &StationId, how: Return) -> Result<(), DiagnosticsError> {
        let display = self.display(station).await?;
        let keeps = display.as_ref().is_some_and(|display| display.messages.iter().any(|kept| kept.keep));
        if keeps && how == Return::Restarted {
            // A station that cannot tell what it has keeps what it had.
            let told = self.read_messages(station, DisplayFilter::default(), BY).await;
            if let Err(error @ DiagnosticsError::Store(_)) = told {
                return Err(error);
            }
        }
        if keeps {
            self.put_back(station).await?;
        }
        if how == Return::Restarted
            && self
                .monitors(station)
                .await?
                .is_some_and(|known| known.told_at.is_some() || !known.monitors.is_empty())
        {
            self.read_monitors(station, Vec::new(), Vec::new(), BY).await?;
        }
        Ok(())
    }

    async fn sweep(&self) {
        if let Err(error) = self.delete_expired().await {
            tracing::error!(%error, "what was told about customers cannot be deleted; it is tried again");
        }
        if let Err(error) = self.forget_events().await {
            tracing::error!(%error, "old events cannot be deleted; it is tried again");
        }
    }

    /// Deletes the events of all stations that are too old.
    async fn forget_events(&self) -> Result<(), DiagnosticsError> {
        let age = SignedDuration::try_from(self.settings.keep_events).unwrap_or(SignedDuration::MAX);
        let Ok(oldest) = self.csms.now().checked_sub(age) else { return Ok(()) };
        let mut after = None;
        loop {
            let page = Page { after: after.take(), limit: PAGE };
            let stations = self.csms.store().stations(page).await?;
            let Some(last) = stations.last() else { return Ok(()) };
            after = Some(last.id.clone());
            for station in &stations {
                self.forget_events_of(&station.id, oldest).await?;
            }
        }
    }

    async fn forget_events_of(&self, station: &StationId, oldest: Timestamp) -> Result<(), DiagnosticsError> {
        // One look is enough for most: the first one is young.
        let mut look = 1;
        loop {
            let filter = RecordFilter::all(RecordKind::StationEvent, look).of(station.as_str());
            let page: Vec<KeptEvent> = self.csms.store().list(filter).await?;
            let changes: Vec<Change> =
                page.iter().filter(|kept| kept.heard_at < oldest).map(Change::remove).collect();
            if changes.is_empty() {
                return Ok(());
            }
            let is_all = changes.len() < page.len();
            match self.csms.commit(Unit { changes, ..Unit::default() }).await.map_err(Into::into) {
                Ok(()) | Err(DiagnosticsError::Conflict) => {}
                Err(error) => return Err(error),
            }
            if is_all {
                return Ok(());
            }
            look = PAGE;
        }
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
