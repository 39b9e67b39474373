//! Going on with reservations when their time comes, a station comes, or a place becomes free.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{Command, StationId, Verdict};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{BY, Given, ReservationError, Reservations, give, taken};
use crate::domain::{EventKind, RecordKind, Reservation, ReservationEnd, ReservationState};
use crate::store::{CommitError, ReadError, RecordFilter, TypedRecords};

/// How long after its end the station has time to say what became of a reservation (H04).
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// How long to wait before a place that was in use is tried again, when nothing is heard of it.
const TRY_AGAIN: SignedDuration = SignedDuration::from_secs(60);
/// How long a station that has come back is left alone.
const SETTLE: SignedDuration = SignedDuration::from_secs(5);
/// How many reservations to read at a time.
const PAGE: usize = 500;
/// How often to look at all of them although nothing was told.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// When to look at which reservation again.
type Due = BTreeMap<(StationId, i64), Timestamp>;

impl Reservations {
    /// Goes on with every reservation when it is time, until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut events = self.csms.bus().listen();
        let mut due = Due::new();
        let mut steps: JoinSet<((StationId, i64), Option<Timestamp>)> = JoinSet::new();
        let mut busy = HashSet::new();
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            let next = due.iter().filter(|(key, _)| !busy.contains(*key)).map(|(_, at)| *at).min();
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = look.tick() => self.look_at_all(&mut due).await,
                () = self.sleep_until(next) => {}
                () = self.made.told.notified() => {
                    let now = self.csms.now();
                    due.extend(self.made.take().into_iter().map(|key| (key, now)));
                }
                Some(step) = steps.join_next() => if let Ok((key, again)) = step {
                    busy.remove(&key);
                    match again {
                        Some(at) => drop(due.insert(key, at)),
                        None => drop(due.remove(&key)),
                    }
                },
                event = events.recv() => match event {
                    Ok(event) => if let Some(station) = &event.event.station {
                        hear(&mut due, station, &event.event.kind, self.csms.now());
                    },
                    Err(RecvError::Lagged(_)) => self.look_at_all(&mut due).await,
                    Err(RecvError::Closed) => break,
                },
            }
            let now = self.csms.now();
            let ready: Vec<_> =
                due.iter().filter(|(_, at)| **at <= now).map(|(key, _)| key.clone()).collect();
            for key in ready {
                if busy.insert(key.clone()) {
                    let reservations = self.clone();
                    steps.spawn(async move { (key.clone(), reservations.step(&key.0, key.1).await) });
                }
            }
        }
        while steps.join_next().await.is_some() {}
    }

    async fn sleep_until(&self, at: Option<Timestamp>) {
        let wait = at.map(|at| Duration::try_from(at.duration_since(self.csms.now())).unwrap_or_default());
        match wait {
            Some(wait) => tokio::time::sleep_until(Instant::now() + wait).await,
            None => std::future::pending().await,
        }
    }

    async fn look_at_all(&self, due: &mut Due) {
        if let Err(error) = self.read_open(due).await {
            tracing::error!(%error, "reservations cannot be read; it is tried again");
        }
    }

    async fn read_open(&self, due: &mut Due) -> Result<(), ReadError> {
        let mut after = None;
        loop {
            let filter = RecordFilter::all(RecordKind::Reservation, PAGE).after(after.take());
            let page: Vec<Reservation> = self.csms.store().list(filter).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(Reservation::key_of(&last.station, last.number));
            for held in page.into_iter().filter(Reservation::is_open) {
                due.entry((held.station.clone(), held.number)).or_insert_with(|| next_look(&held));
            }
        }
    }

    /// Goes on with one reservation; tells when to look at it again, `None` when it is over.
    async fn step(&self, station: &StationId, number: i64) -> Option<Timestamp> {
        let later = || Some(self.csms.now() + TRY_AGAIN);
        let held = match self.one(station, number).await {
            Ok(held) => held.filter(Reservation::is_open)?,
            Err(_) => return later(),
        };
        match self.advance(held).await {
            Ok(held) if held.is_open() => match &held.state {
                ReservationState::Planned { why: Some(_) } => {
                    Some((self.csms.now() + TRY_AGAIN).min(held.until))
                }
                _ => Some(next_look(&held)),
            },
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%station, number, %error, "a reservation is looked at again");
                later()
            }
        }
    }

    /// Does what is due with a reservation.
    pub(super) async fn advance(&self, held: Reservation) -> Result<Reservation, ReservationError> {
        let now = self.csms.now();
        match &held.state {
            ReservationState::Ended { .. } => Ok(held),
            ReservationState::Active { .. } if now >= held.until + GRACE => {
                self.end(held, ReservationEnd::Expired).await
            }
            ReservationState::Active { .. } => Ok(held),
            ReservationState::Planned { why } if now >= held.until => {
                let why = why.clone().unwrap_or_else(|| "the station was not connected".to_owned());
                self.end(held, ReservationEnd::NeverKept { why }).await
            }
            ReservationState::Sent if now >= held.until + GRACE => {
                self.end(held, ReservationEnd::Expired).await
            }
            ReservationState::Planned { .. } if now < held.from => Ok(held),
            ReservationState::Planned { .. } | ReservationState::Sent => self.send(held).await,
        }
    }

    /// Makes the station keep the place. The same number takes its own place (H01.FR.02), so that one whose
    /// answer got lost is simply sent again.
    async fn send(&self, held: Reservation) -> Result<Reservation, ReservationError> {
        if !self.csms.stations().is_connected(&held.station) {
            return self.plan(held, "the station is not connected".to_owned()).await;
        }
        let sent = self.become_state(held, ReservationState::Sent).await?;
        let command = Command::Reserve(sent.order());
        let now = || self.csms.now();
        match give(&self.csms, &sent.station, command, BY).await {
            Given::Answered(outcome) => match taken(&outcome) {
                Ok(()) => self.become_state(sent, ReservationState::Active { since: now() }).await,
                Err((Verdict::Occupied | Verdict::Faulted | Verdict::Unavailable, why))
                    if sent.from > sent.made_at =>
                {
                    self.plan(sent, why).await
                }
                Err((_, why)) => self.end(sent, ReservationEnd::Refused { why }).await,
            },
            Given::NotConnected => self.plan(sent, "the station is not connected".to_owned()).await,
            Given::Unclear(why) => self.plan(sent, why).await,
            Given::Refused(why) => self.end(sent, ReservationEnd::Refused { why }).await,
        }
    }

    async fn plan(&self, held: Reservation, why: String) -> Result<Reservation, ReservationError> {
        let state = ReservationState::Planned { why: Some(why) };
        if held.state == state { Ok(held) } else { self.become_state(held, state).await }
    }

    async fn end(&self, held: Reservation, how: ReservationEnd) -> Result<Reservation, ReservationError> {
        let state = ReservationState::Ended { at: self.csms.now(), how };
        self.become_state(held, state).await
    }

    /// What the station itself told in between holds.
    async fn become_state(
        &self,
        held: Reservation,
        state: ReservationState,
    ) -> Result<Reservation, ReservationError> {
        let changed = Reservation { state, ..held };
        match self.put(&changed).await {
            Ok(()) => Ok(Reservation { revision: changed.revision.next(), ..changed }),
            Err(CommitError::Conflict { .. }) => {
                let kept = self.one(&changed.station, changed.number).await?;
                kept.ok_or_else(|| super::unknown("reservation", &changed.number.to_string()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// When something is to be done with a reservation.
fn next_look(held: &Reservation) -> Timestamp {
    match &held.state {
        ReservationState::Planned { .. } | ReservationState::Sent => held.from,
        ReservationState::Active { .. } | ReservationState::Ended { .. } => held.until + GRACE,
    }
}

/// What is told wakes the reservations that it concerns.
fn hear(due: &mut Due, station: &StationId, kind: &EventKind, now: Timestamp) {
    let look_at = match kind {
        // A place may have become free.
        EventKind::StatusChanged { .. } => now,
        // A station that has just connected is given time to boot (B01).
        EventKind::StationConnected { .. } | EventKind::StationBooted { .. } => now + SETTLE,
        _ => return,
    };
    for (_, at) in due.iter_mut().filter(|((of, _), _)| of == station) {
        *at = (*at).min(look_at);
    }
}
