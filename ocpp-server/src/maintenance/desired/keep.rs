//! Looking after stations by itself when they connect or restart.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{Registration, StationId};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Desired;
use crate::domain::EventKind;
use crate::maintenance::device::DeviceError;

/// How long a station that has come back is left alone.
const SETTLE: SignedDuration = SignedDuration::from_secs(5);
/// How often one station is looked after at most, however often its line breaks.
const AT_MOST_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// How many stations are looked after at the same time.
const AT_ONCE: usize = 16;

impl Desired {
    /// Looks after every station that connects or restarts, until `shutdown`: reads what it should have, and asserts
    /// what is to be asserted.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut events = self.csms().bus().listen();
        let mut due: HashMap<StationId, Timestamp> = HashMap::new();
        let mut last: HashMap<StationId, Timestamp> = HashMap::new();
        let mut busy: JoinSet<StationId> = JoinSet::new();
        loop {
            let next = match busy.len() < AT_ONCE {
                true => due.values().min().copied(),
                false => None,
            };
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = self.sleep_until(next) => {}
                Some(_) = busy.join_next() => {}
                event = events.recv() => match event {
                    Ok(event) => if let Some(station) = &event.event.station
                        && wakes(&event.event.kind)
                    {
                        let now = self.csms().now();
                        let earliest = last.get(station).map_or(now, |last| *last + AT_MOST_EVERY);
                        due.insert(station.clone(), (now + SETTLE).max(earliest));
                    },
                    // What was missed is looked at when the station comes back the next time, or by order.
                    Err(RecvError::Lagged(missed)) => {
                        tracing::warn!(missed, "some stations that came back are not looked after");
                    }
                    Err(RecvError::Closed) => break,
                },
            }
            let now = self.csms().now();
            last.retain(|_, last| *last + AT_MOST_EVERY > now);
            while busy.len() < AT_ONCE
                && let Some(station) = due.iter().find(|(_, at)| **at <= now).map(|(id, _)| id.clone())
            {
                due.remove(&station);
                last.insert(station.clone(), now);
                let desired = self.clone();
                busy.spawn(async move {
                    desired.look_after_one(&station).await;
                    station
                });
            }
        }
        while busy.join_next().await.is_some() {}
    }

    async fn look_after_one(&self, station: &StationId) {
        match self.look_after(station).await {
            Ok(drift) if drift.count() > 0 => {
                tracing::info!(%station, settings = drift.count(), "a station drifts from its templates");
            }
            Ok(_) | Err(DeviceError::NotConnected | DeviceError::Unknown { .. }) => {}
            Err(error) => tracing::warn!(%station, %error, "a station is not looked after"),
        }
    }

    async fn sleep_until(&self, at: Option<Timestamp>) {
        match at {
            Some(at) => {
                let wait = Duration::try_from(at.duration_since(self.csms().now())).unwrap_or_default();
                tokio::time::sleep_until(Instant::now() + wait).await;
            }
            None => std::future::pending().await,
        }
    }
}

/// A station that is refused has nothing to be told.
fn wakes(kind: &EventKind) -> bool {
    match kind {
        EventKind::StationConnected { .. } => true,
        EventKind::StationBooted { registration, .. } => *registration != Registration::Rejected,
        _ => false,
    }
}
