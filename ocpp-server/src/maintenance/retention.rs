//! Retention: what is over is kept for a time and up to a number for each station, and forgotten then.
//!
//! Orders, reservations, updates and logs of stations, bulk orders and campaigns with their results. What is not over stays
//! whatever its age, and so does the latest update and log of each station: the next one is numbered after it. An
//! uploaded file goes before its record, thirty days after it came.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::Csms;
use crate::domain::{
    Batch, BatchItem, BatchState, Campaign, CampaignState, CampaignTarget, LogState, OrderEntry, OrderState,
    Record, RecordKind, Reservation, ReservationState, StationLog, StationUpdate, TargetState,
};
use crate::store::{Change, CommitError, ReadError, RecordFilter, TypedRecords, Unit};

/// How often everything is looked through.
const EVERY: Duration = Duration::from_secs(24 * 3600);
/// After how long it is looked through for the first time.
const FIRST: Duration = Duration::from_secs(10 * 60);
/// How many records are read at a time, and removed in one unit at most.
const PAGE: usize = 200;
/// How long others have the store between two pages.
const BREATH: Duration = Duration::from_millis(20);

/// How long, and how many, of what is over is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionSettings {
    /// How long after it was over. Years beyond the calendar are for ever.
    pub max_age: Duration,
    /// How many reservations, updates and logs of a station, each counted by itself; the latest are kept. Of orders the
    /// latest [`KEPT_ENDED`](crate::command::desk::KEPT_ENDED) are, in any case.
    pub max_count: usize,
}

impl Default for RetentionSettings {
    /// 400 days, and 1,000 of each.
    fn default() -> RetentionSettings {
        RetentionSettings { max_age: Duration::from_secs(400 * 24 * 3600), max_count: 1000 }
    }
}

/// Why it could not be looked through.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("What is to be forgotten cannot be found or removed: {0}. It is tried again in a day.")]
pub struct RetentionError(String);

impl From<ReadError> for RetentionError {
    fn from(error: ReadError) -> RetentionError {
        RetentionError(error.to_string())
    }
}

impl From<CommitError> for RetentionError {
    fn from(error: CommitError) -> RetentionError {
        RetentionError(error.to_string())
    }
}

/// Forgets what was kept long enough. Clones are the same.
#[derive(Clone)]
pub struct Retention {
    csms: Csms,
    settings: RetentionSettings,
}

impl Retention {
    /// Retention of a manager's records.
    #[must_use]
    pub const fn new(csms: Csms, settings: RetentionSettings) -> Retention {
        Retention { csms, settings }
    }

    /// Looks through everything once a day, until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut wait = FIRST;
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                swept = self.sweep() => match swept {
                    Ok(0) => {}
                    Ok(forgotten) => tracing::info!(forgotten, "records were kept long enough and are forgotten"),
                    Err(error) => tracing::warn!(%error, "retention"),
                },
            }
            wait = EVERY;
        }
    }

    /// Forgets what was kept long enough, now; tells how many records that were.
    ///
    /// # Errors
    /// When the store fails; what was forgotten before stays so.
    pub async fn sweep(&self) -> Result<usize, RetentionError> {
        let orders = self.forget::<OrderEntry>().await?;
        let reservations = self.forget::<Reservation>().await?;
        let updates = self.forget::<StationUpdate>().await?;
        let logs = self.forget::<StationLog>().await?;
        let batches = self.forget_batches().await?;
        Ok(orders + reservations + updates + logs + batches + self.forget_campaigns().await?)
    }

    /// The moment before which what was over is forgotten.
    fn horizon(&self) -> Timestamp {
        let age = SignedDuration::try_from(self.settings.max_age).unwrap_or(SignedDuration::MAX);
        self.csms.now().checked_sub(age).unwrap_or(Timestamp::MIN)
    }

    /// Records of a station follow each other from its latest on, so that the place of each among them is known.
    async fn forget<R: Kept>(&self) -> Result<usize, RetentionError> {
        let horizon = self.horizon();
        let (mut forgotten, mut after) = (0, None);
        let mut place = (String::new(), 0_usize);
        loop {
            let filter = RecordFilter::all(R::KIND, PAGE).after(after.take()).descending();
            let page: Vec<R> = self.csms.store().list(filter).await?;
            let is_last = page.len() < PAGE;
            after = page.last().map(Record::key);
            let mut old = Vec::new();
            for record in page {
                let owner = record.owner().unwrap_or_default();
                if R::COUNTING == Counting::ByStation && owner == place.0 {
                    place.1 += 1;
                } else {
                    place = (owner, 0);
                }
                let is_spare = R::COUNTING == Counting::ByAge || place.1 > 0;
                let is_old = |over: Timestamp| over < horizon || place.1 >= self.settings.max_count;
                if is_spare && record.over_since().is_some_and(is_old) {
                    old.push(record);
                }
            }
            forgotten += self.remove(old).await?;
            if is_last {
                return Ok(forgotten);
            }
            tokio::time::sleep(BREATH).await;
        }
    }

    /// Bulk orders, each after its results.
    async fn forget_batches(&self) -> Result<usize, RetentionError> {
        let horizon = self.horizon();
        let (mut forgotten, mut after) = (0, None);
        loop {
            let filter = RecordFilter::all(RecordKind::Batch, PAGE).after(after.take());
            let page: Vec<Batch> = self.csms.store().list(filter).await?;
            let is_last = page.len() < PAGE;
            after = page.last().map(Record::key);
            for batch in page {
                let over = batch.until.map_or(batch.at, |until| until.max(batch.at));
                if batch.state == BatchState::Running || over >= horizon {
                    continue;
                }
                forgotten += self.remove_all_of::<BatchItem>(&batch.id.0).await?;
                forgotten += self.remove(vec![batch]).await?;
            }
            if is_last {
                return Ok(forgotten);
            }
        }
    }

    /// Campaigns, each after the parts of its stations. One that was given up is over when its last station is.
    async fn forget_campaigns(&self) -> Result<usize, RetentionError> {
        let horizon = self.horizon();
        let (mut forgotten, mut after) = (0, None);
        loop {
            let filter = RecordFilter::all(RecordKind::Campaign, PAGE).after(after.take());
            let page: Vec<Campaign> = self.csms.store().list(filter).await?;
            let is_last = page.len() < PAGE;
            after = page.last().map(Record::key);
            for campaign in page {
                let is_open = matches!(campaign.state, CampaignState::Running | CampaignState::Paused { .. });
                if is_open || campaign.began_at >= horizon || self.is_lately_at(&campaign, horizon).await? {
                    continue;
                }
                forgotten += self.remove_all_of::<CampaignTarget>(&campaign.id.0).await?;
                forgotten += self.remove(vec![campaign]).await?;
            }
            if is_last {
                return Ok(forgotten);
            }
        }
    }

    /// Whether a station of a campaign is still at it, or came to its end after a moment.
    async fn is_lately_at(&self, campaign: &Campaign, since: Timestamp) -> Result<bool, RetentionError> {
        let mut after = None;
        loop {
            let filter = RecordFilter::all(RecordKind::CampaignTarget, PAGE).of(&campaign.id.0);
            let page: Vec<CampaignTarget> = self.csms.store().list(filter.after(after.take())).await?;
            let is_at_it = |target: &CampaignTarget| {
                target.at >= since || matches!(target.state, TargetState::Updating { .. })
            };
            if page.iter().any(is_at_it) {
                return Ok(true);
            }
            if page.len() < PAGE {
                return Ok(false);
            }
            after = page.last().map(Record::key);
        }
    }

    /// Removes what belongs to something, a page at a time.
    async fn remove_all_of<R: Record>(&self, owner: &str) -> Result<usize, RetentionError> {
        let mut forgotten = 0;
        loop {
            let some: Vec<R> = self.csms.store().owned(owner, PAGE).await?;
            if some.is_empty() {
                return Ok(forgotten);
            }
            let removed = self.remove(some).await?;
            if removed == 0 {
                return Ok(forgotten); // Somebody else writes them at this moment: tomorrow.
            }
            forgotten += removed;
        }
    }

    /// Removes records, but for those that somebody else has changed since.
    async fn remove<R: Record>(&self, records: Vec<R>) -> Result<usize, RetentionError> {
        if records.is_empty() {
            return Ok(0);
        }
        let unit = |changes| Unit { changes, ..Unit::default() };
        match self.csms.commit(unit(records.iter().map(Change::remove).collect())).await {
            Ok(()) => return Ok(records.len()),
            Err(CommitError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let mut removed = 0;
        for record in &records {
            match self.csms.commit(unit(vec![Change::remove(record)])).await {
                Ok(()) => removed += 1,
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(removed)
    }
}

/// By what records are forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counting {
    /// Their keys are in the order of time, whatever their station: only by age.
    ByAge,
    /// Their keys are in the order of stations: by age and by number, but for the latest of each.
    ByStation,
}

/// What is kept for a time after it was over.
trait Kept: Record {
    const COUNTING: Counting;

    /// Since when it is over; `None` while it is not.
    fn over_since(&self) -> Option<Timestamp>;
}

impl Kept for OrderEntry {
    const COUNTING: Counting = Counting::ByAge;

    fn over_since(&self) -> Option<Timestamp> {
        match &self.state {
            OrderState::Ended { at, .. } => Some(*at),
            OrderState::Waiting | OrderState::Sent { .. } => None,
        }
    }
}

impl Kept for Reservation {
    const COUNTING: Counting = Counting::ByStation;

    fn over_since(&self) -> Option<Timestamp> {
        match &self.state {
            ReservationState::Ended { at, .. } => Some(*at),
            _ => None,
        }
    }
}

impl Kept for StationUpdate {
    const COUNTING: Counting = Counting::ByStation;

    fn over_since(&self) -> Option<Timestamp> {
        let last = self.course.last().map_or(self.ordered_at, |step| step.at.max(self.ordered_at));
        self.state.is_end().then_some(last)
    }
}

impl Kept for StationLog {
    const COUNTING: Counting = Counting::ByStation;

    /// Its file is removed first: what removes it finds it by this record.
    fn over_since(&self) -> Option<Timestamp> {
        let has_file = self.state == LogState::Here;
        (!self.state.is_open() && !has_file).then_some(self.ordered_at)
    }
}
