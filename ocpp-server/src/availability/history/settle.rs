//! Keeping what was worked out, and forgetting what it was worked out of.
//!
//! What is an hour old is mostly settled: it is kept as a part of a course, month by month, so that a year need not be
//! worked out of its observations anew. What comes later still removes the parts that it makes untrue, and they are
//! worked out again.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use ocpp_core::model::{EvseId, StationId};
use tokio_util::sync::CancellationToken;

use super::{Chain, History, PAGE};
use crate::availability::port::course;
use crate::availability::span::{Second, Span, Spans};
use crate::domain::{KeptCourse, Observation};
use crate::store::{Change, CommitError, Page, ReadError, Unit};

/// How long after it happened a thing is looked upon as settled.
const SETTLED_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// A course is carried on when this much of it is new.
const AT_LEAST: SignedDuration = SignedDuration::from_hours(6);
/// How often all stations are looked through, and how long others have the store in between.
const EVERY: Duration = Duration::from_secs(3600);
const FIRST: Duration = Duration::from_secs(60);
const BREATH: Duration = Duration::from_millis(5);

/// How long observations are kept at least: the first month of a year that is reported in the quarter after it lies
/// sixteen months back.
pub const LEAST_OBSERVATIONS: SignedDuration = SignedDuration::from_hours(16 * 31 * 24);

/// Why the history could not be carried on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The history of ports cannot be carried on: {0}. It is tried again in an hour.")]
pub struct HistoryError(String);

impl From<ReadError> for HistoryError {
    fn from(error: ReadError) -> HistoryError {
        HistoryError(error.to_string())
    }
}

impl From<CommitError> for HistoryError {
    fn from(error: CommitError) -> HistoryError {
        HistoryError(error.to_string())
    }
}

impl History {
    /// Carries courses on once an hour, and forgets observations that are older than `keep`, until `shutdown`. They are
    /// kept for [`LEAST_OBSERVATIONS`] in any case.
    pub async fn run(&self, keep: Duration, shutdown: CancellationToken) {
        let mut wait = FIRST;
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                settled = self.settle(keep) => if let Err(error) = settled {
                    tracing::warn!(%error, "history of ports");
                },
            }
            wait = EVERY;
        }
    }

    /// Carries the courses of all ports on, now, and forgets observations that are older than `keep`, as far as the
    /// courses made of them are kept. Tells how many parts of courses were written.
    ///
    /// # Errors
    /// When the store fails; what was done before stays so.
    pub async fn settle(&self, keep: Duration) -> Result<usize, HistoryError> {
        let now = self.csms.now();
        let until = whole_hour(now.checked_sub(SETTLED_AFTER).unwrap_or(now));
        let keep = SignedDuration::try_from(keep).unwrap_or(SignedDuration::MAX).max(LEAST_OBSERVATIONS);
        let horizon = now.checked_sub(keep).unwrap_or(Timestamp::MIN);
        let absences = self.absences().await?;
        let (mut written, mut after) = (0, None);
        loop {
            let page = self.store().stations(Page { after: after.take(), limit: PAGE }).await?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|station| station.id.clone());
            for station in page {
                written += self.settle_station(&station.id, until, &absences).await?;
                self.forget(&station.id, horizon).await?;
                tokio::time::sleep(BREATH).await;
            }
            if is_last {
                return Ok(written);
            }
        }
    }

    async fn settle_station(
        &self,
        station: &StationId,
        until: Timestamp,
        absences: &Spans,
    ) -> Result<usize, HistoryError> {
        let kept = self.store().courses(station, Timestamp::MIN).await?;
        let mut written = 0;
        for port in self.ports_of_station(station).await? {
            let last = kept.iter().rfind(|part| part.evse == port.evse);
            let work = Work { station, evse: port.evse, last, until, absences };
            written += self.settle_port(work).await?;
        }
        Ok(written)
    }

    /// Carries one course on, when enough of it is new. Tells how many parts were written.
    async fn settle_port(&self, work: Work<'_>) -> Result<usize, HistoryError> {
        let since = work.last.map_or(Timestamp::MIN, |part| part.until);
        if work.last.is_some() && work.until.duration_since(since) < AT_LEAST {
            return Ok(0);
        }
        let observations = self.store().observations(work.station, since, work.until).await?;
        let parts = work.parts(&observations)?;
        let written = parts.len();
        let changes = parts.into_iter().map(Change::Course).collect();
        self.csms.commit(Unit { changes, ..Unit::default() }).await?;
        if self.is_as_it_was(&work, since, observations.len()).await? {
            return Ok(written);
        }
        // Something came between reading and writing, when there was nothing yet that it could have removed.
        let forget = Change::ForgetCourses { station: work.station.clone(), after: since };
        self.csms.commit(Unit { changes: vec![forget], ..Unit::default() }).await?;
        Ok(0)
    }

    async fn is_as_it_was(
        &self,
        work: &Work<'_>,
        since: Timestamp,
        heard: usize,
    ) -> Result<bool, HistoryError> {
        if self.store().observations(work.station, since, work.until).await?.len() != heard {
            return Ok(false);
        }
        let Some(last) = work.last else { return Ok(true) };
        let kept = self.store().courses(work.station, last.from).await?;
        let mut of_port = kept.iter().filter(|part| part.evse == work.evse && part.from >= last.from);
        Ok(of_port.next().is_some_and(|part| part.from == last.from))
    }

    /// Forgets observations of before a moment, as far as every course of the station is kept until then.
    async fn forget(&self, station: &StationId, horizon: Timestamp) -> Result<(), HistoryError> {
        let kept = self.store().courses(station, Timestamp::MIN).await?;
        let is_settled = |evse: EvseId| {
            let of_port = kept.iter().filter(|part| part.evse == evse);
            of_port.map(|part| part.until).max().is_some_and(|until| until >= horizon)
        };
        let ports = self.ports_of_station(station).await?;
        if ports.is_empty() || !ports.iter().all(|port| is_settled(port.evse)) {
            return Ok(());
        }
        let change = Change::ForgetObservations { station: station.clone(), before: horizon };
        self.csms.commit(Unit { changes: vec![change], ..Unit::default() }).await?;
        Ok(())
    }
}

/// A course that is to be carried on.
struct Work<'a> {
    station: &'a StationId,
    evse: EvseId,
    /// The part that it is carried on from.
    last: Option<&'a KeptCourse>,
    until: Timestamp,
    absences: &'a Spans,
}

impl Work<'_> {
    /// The parts that follow the last one, one for each month; a last part of less than a month is made longer.
    fn parts(&self, observations: &[Observation]) -> Result<Vec<KeptCourse>, HistoryError> {
        let mut chain = Chain::default();
        let mut from = match (self.last, observations.first()) {
            (Some(last), _) => {
                chain
                    .push(last)
                    .map_err(|error| HistoryError(format!("station {}: {error}", self.station)))?;
                last.until
            }
            (None, Some(first)) => month_of(first.at).0,
            (None, None) => return Ok(Vec::new()),
        };
        let Chain { course: begun, mut known } = chain;
        let is_whole = self.last.is_some_and(|last| month_of(last.from).1 == last.until);
        let mut begun = begun.filter(|_| !is_whole);
        let mut parts = Vec::new();
        while from < self.until {
            let until = month_of(from).1.min(self.until);
            let Some(span) = Span::between(from, until) else { break };
            let first = observations.partition_point(|one| Second::of(one.at) < span.from());
            let (new, at_end) = course(span, known, self.evse, observations.get(first..).unwrap_or_default());
            known = at_end;
            let new = new.unknown_in(self.absences);
            let whole = match begun.take() {
                Some(begun) => begun.followed_by(&new).unwrap_or(new),
                None => new,
            };
            parts.push(KeptCourse {
                station: self.station.clone(),
                evse: self.evse,
                from: whole.span().from().timestamp(),
                until,
                packed: whole.packed().into(),
                // What is known has a plain JSON form.
                known: serde_json::to_string(&known).unwrap_or_default().into(),
            });
            from = until;
        }
        Ok(parts)
    }
}

/// The beginning of the month of a moment, and of the one after it, in UTC.
fn month_of(at: Timestamp) -> (Timestamp, Timestamp) {
    let first = at.to_zoned_datetime(TimeZone::UTC).date().first_of_month();
    let next = first.checked_add(1.month()).unwrap_or(first);
    let begins = |day: jiff::civil::Date| {
        day.to_zoned_datetime(TimeZone::UTC).map_or(Timestamp::MAX, |day| day.timestamp())
    };
    (begins(first), begins(next))
}

fn whole_hour(at: Timestamp) -> Timestamp {
    let seconds = at.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(3600)).unwrap_or(at)
}
