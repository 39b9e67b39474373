//! Attending to stations by itself: each a while after it has called, seldom, and few at a time, so that ten thousand
//! that come back at once are attended to one after another.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use ocpp_core::model::{Registration, StationId};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Csms;
use crate::domain::{Event, EventKind};

/// How long a station that has called is left alone.
const SETTLE: Duration = Duration::from_secs(5);
/// Over how long the turns of all stations are spread when all are called at once.
const SPREAD: Duration = Duration::from_secs(60);
/// How often one station is attended to at most.
const AT_MOST_EVERY: Duration = Duration::from_secs(60);
/// How many stations are attended to at the same time.
const AT_ONCE: usize = 16;

/// Who is to be attended to after an event.
pub(super) enum Calls {
    Nobody,
    One(StationId),
    /// Everyone that [`Attendant::everyone`] lists.
    Everyone,
}

impl Calls {
    /// A station that connects or restarts is attended to; one that is refused has nothing to be told.
    pub(super) fn of_return(event: &Event) -> Calls {
        let comes_back = match &event.kind {
            EventKind::StationConnected { .. } => true,
            EventKind::StationBooted { registration, .. } => *registration != Registration::Rejected,
            _ => false,
        };
        match &event.station {
            Some(station) if comes_back => Calls::One(station.clone()),
            _ => Calls::Nobody,
        }
    }
}

/// Somebody who attends to stations.
pub(super) trait Attendant: Clone + Send + Sync + 'static {
    /// Who is to be attended to after this event.
    fn called_by(&self, event: &Event) -> Calls;

    /// All that can be attended to.
    fn everyone(&self) -> impl Future<Output = Vec<StationId>> + Send;

    /// Attends to a station. What goes wrong is told in the log: the station calls again.
    fn attend(&self, station: StationId) -> impl Future<Output = ()> + Send;
}

/// Lets `attendant` attend to whoever calls, until `shutdown`; what is begun is brought to its end.
pub(super) async fn attend(csms: &Csms, attendant: &impl Attendant, shutdown: CancellationToken) {
    let mut events = csms.bus().listen();
    let mut turns = Turns::default();
    let mut busy: JoinSet<()> = JoinSet::new();
    loop {
        let next = if busy.len() < AT_ONCE { turns.next() } else { None };
        let due = async {
            match next {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let called = tokio::select! {
            () = shutdown.cancelled() => break,
            () = due => Calls::Nobody,
            Some(_) = busy.join_next() => Calls::Nobody,
            event = events.recv() => match event {
                Ok(event) => attendant.called_by(&event.event),
                // Whoever has called in the part that was missed is among them.
                Err(RecvError::Lagged(_)) => Calls::Everyone,
                Err(RecvError::Closed) => break,
            },
        };
        let now = Instant::now();
        match called {
            Calls::Nobody => {}
            Calls::One(station) => turns.call(station, now, SETTLE),
            Calls::Everyone => {
                for station in attendant.everyone().await {
                    let wait = SETTLE + share_of(&station, SPREAD);
                    turns.call(station, now, wait);
                }
            }
        }
        while busy.len() < AT_ONCE
            && let Some(station) = turns.take(Instant::now())
        {
            let attendant = attendant.clone();
            busy.spawn(async move { attendant.attend(station).await });
        }
    }
    while busy.join_next().await.is_some() {}
}

/// Whose turn comes when.
#[derive(Default)]
struct Turns {
    due: BTreeSet<(Instant, StationId)>,
    /// Whether the turn of a station comes, or when it was, while that is not long ago.
    of: HashMap<StationId, Turn>,
}

enum Turn {
    Comes,
    Was(Instant),
}

impl Turns {
    /// A station calls: its turn comes after `wait` at the earliest, unless it comes anyway.
    fn call(&mut self, station: StationId, now: Instant, wait: Duration) {
        let earliest = match self.of.get(&station) {
            Some(Turn::Comes) => return,
            Some(Turn::Was(at)) => *at + AT_MOST_EVERY,
            None => now,
        };
        let at = earliest.max(now + wait);
        self.due.insert((at, station.clone()));
        self.of.insert(station, Turn::Comes);
    }

    fn next(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The station whose turn it is.
    fn take(&mut self, now: Instant) -> Option<StationId> {
        if self.next()? > now {
            return None;
        }
        let (_, station) = self.due.pop_first()?;
        self.of.insert(station.clone(), Turn::Was(now));
        if self.due.is_empty() {
            self.of.retain(|_, turn| matches!(turn, Turn::Was(at) if *at + AT_MOST_EVERY > now));
        }
        Some(station)
    }
}

/// The same part of `whole` for a station each time, evenly spread over all of them.
fn share_of(station: &StationId, whole: Duration) -> Duration {
    let mut hasher = DefaultHasher::new();
    station.hash(&mut hasher);
    let thousandths = u32::try_from(hasher.finish() % 1000).unwrap_or_default();
    whole * thousandths / 1000
}
