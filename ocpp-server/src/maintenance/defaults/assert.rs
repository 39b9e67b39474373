//! Bringing stations to the profiles and tariffs that they should have.

use std::time::Duration;

use jiff::SignedDuration;
use ocpp_core::model::{Command, Outcome, Place, ProfileFilter, StationId, Verdict};

use super::{DefaultDrift, DefaultRow, Defaults, DefaultsDrift};
use crate::domain::{
    AskedReport, Assertion, DefaultAnswer, DefaultAttempt, InstalledProfile, Revision, StationDefaults,
    WantedDefault,
};
use crate::maintenance::device::DeviceError;
use crate::maintenance::giving::{Given, give};
use crate::store::{Change, CommitError, TypedRecords, Unit};

/// How often what a station does not come to have is tried by itself.
const MAX_TRIES: u32 = 3;
/// How long it is left alone in between.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// Who orders what is asserted by itself.
const BY: &str = "templates";
/// How long to wait for a report on profiles, and how often to look.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often to decide anew when somebody else wrote in the meantime.
const MAX_CONFLICTS: usize = 10;

/// Who wants a station brought to what it should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose<'a> {
    /// Somebody: everything is tried.
    Operator(&'a str),
    /// The manager, after a connection or a restart: what a template wants asserted, a few times at most.
    Manager,
}

impl Whose<'_> {
    const fn name(&self) -> &str {
        match self {
            Whose::Operator(by) => by,
            Whose::Manager => BY,
        }
    }
}

impl Defaults {
    /// Reads which profiles and tariffs a station has, removes what templates brought and no longer want, and sets
    /// what is missing or otherwise, however often it was refused before. Tells how it stands then.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn assert(&self, station: &StationId, by: &str) -> Result<DefaultsDrift, DeviceError> {
        if !self.csms.stations().is_connected(station) {
            self.drift(station).await?;
            return Err(DeviceError::NotConnected);
        }
        self.bring(station, Whose::Operator(by)).await
    }

    /// The same by itself: templates that only report are read, not asserted.
    pub(super) async fn look_after(&self, station: &StationId) -> Result<DefaultsDrift, DeviceError> {
        self.bring(station, Whose::Manager).await
    }

    async fn bring(&self, station: &StationId, whose: Whose<'_>) -> Result<DefaultsDrift, DeviceError> {
        let before = self.drift(station).await?;
        if before.rows.is_empty() {
            return Ok(before);
        }
        self.read(&before, whose.name()).await?;
        let stands = self.drift(station).await?;
        let tried = self.tried(station).await?;
        let mut due: Vec<&DefaultRow> =
            stands.rows.iter().filter(|row| self.is_due(row, &tried, whose)).collect();
        // What is removed makes room; what holds for the station as a whole comes before what an EVSE has instead.
        due.sort_by_key(|row| (row.drift != DefaultDrift::Unwanted, row.wanted.place().evse()));
        let mut is_priced = false;
        for row in &due {
            let Some(order) = row.order.clone() else { continue };
            is_priced |= matches!(row.wanted, WantedDefault::Tariff(_));
            let given = give(&self.csms, station, order, whose.name()).await;
            if given == Given::NotConnected {
                return Err(DeviceError::NotConnected);
            }
            self.note(station, row, &given).await?;
        }
        if is_priced {
            // A tariff of one EVSE may have taken the place of that of all.
            let _ =
                give(&self.csms, station, Command::GetTariffs { place: Place::Station }, whose.name()).await;
        }
        let after = self.drift(station).await?;
        self.reached(&after).await?;
        Ok(after)
    }

    fn is_due(&self, row: &DefaultRow, tried: &StationDefaults, whose: Whose<'_>) -> bool {
        if !row.drift.is_drift() {
            return false;
        }
        let Whose::Manager = whose else { return true };
        let before = tried.attempt(&row.wanted.key());
        let before = before.filter(|before| before.wanted == row.wanted && before.tries > 0);
        row.assertion == Assertion::Assert
            && before.is_none_or(|before| before.tries < MAX_TRIES && before.at + PAUSE <= self.csms.now())
    }

    /// Asks the station what it has, as far as its version can tell. What it does not tell is as it is known.
    async fn read(&self, drift: &DefaultsDrift, by: &str) -> Result<(), DeviceError> {
        let station = &drift.station;
        let has = |wanted: fn(&WantedDefault) -> bool| drift.rows.iter().any(|row| wanted(&row.wanted));
        if drift.version.is_2x() && has(|wanted| matches!(wanted, WantedDefault::Profile(_))) {
            let request = i32::try_from(self.csms.now().as_millisecond() & 0x3fff_ffff).unwrap_or_default();
            let filter =
                ProfileFilter { sources: vec![InstalledProfile::OURS.into()], ..ProfileFilter::default() };
            let ask = Command::GetChargingProfiles { request, place: None, filter };
            let given = give(&self.csms, station, ask, by).await;
            if given == Given::Answered(Outcome::Verdict(Verdict::Accepted)) {
                self.await_report(station, request).await?;
            }
        }
        let can_tell = drift.rows.iter().any(|row| {
            matches!(row.wanted, WantedDefault::Tariff(_))
                && !matches!(row.drift, DefaultDrift::NotInVersion { .. })
        });
        if can_tell {
            let _ = give(&self.csms, station, Command::GetTariffs { place: Place::Station }, by).await;
        }
        Ok(())
    }

    /// Waits until the last part of a report is there.
    async fn await_report(&self, station: &StationId, request: i32) -> Result<(), DeviceError> {
        let key = AskedReport::key_of(station, AskedReport::PROFILES);
        let arrived = async {
            loop {
                let asked: Option<AskedReport> = self.csms.store().get(&key).await?;
                if asked.is_none_or(|asked| asked.request != request) {
                    return Ok(());
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        match tokio::time::timeout(PATIENCE, arrived).await {
            Ok(done) => done,
            Err(_) => {
                tracing::info!(%station, "a report on charging profiles does not arrive: what is known counts");
                Ok(())
            }
        }
    }

    async fn note(&self, station: &StationId, row: &DefaultRow, given: &Given) -> Result<(), DeviceError> {
        let answer = match given {
            Given::Answered(outcome) if outcome.is_success() => DefaultAnswer::Taken,
            Given::Answered(_) | Given::Refused(_) => DefaultAnswer::Refused,
            Given::NotConnected | Given::Unclear(_) => DefaultAnswer::None,
        };
        let is_removal = row.drift == DefaultDrift::Unwanted;
        let now = self.csms.now();
        self.remember(station, |tried| {
            let key = row.wanted.key();
            match (is_removal, answer) {
                (true, DefaultAnswer::Taken) => tried.attempts.retain(|tried| tried.wanted.key() != key),
                // It is still there because of a template, whatever the station says to its removal.
                (true, _) => {
                    for tried in tried.attempts.iter_mut().filter(|tried| tried.wanted.key() == key) {
                        tried.tries = tried.tries.saturating_add(1);
                        (tried.at, tried.said) = (now, given.why());
                    }
                }
                (false, answer) => tried.note(DefaultAttempt {
                    wanted: row.wanted.clone(),
                    tries: 1,
                    at: now,
                    answer,
                    said: given.why(),
                }),
            }
        })
        .await
    }

    /// What is as it should be is tried afresh when it is not any more; what nobody wants and the station never took is
    /// forgotten.
    async fn reached(&self, after: &DefaultsDrift) -> Result<(), DeviceError> {
        let is_so = |key: &str| {
            after.rows.iter().any(|row| row.drift == DefaultDrift::None && row.wanted.key() == key)
        };
        let is_known = |key: &str| after.rows.iter().any(|row| row.wanted.key() == key);
        self.remember(&after.station, |tried| {
            tried.attempts.retain(|one| is_known(&one.wanted.key()));
            for one in tried.attempts.iter_mut().filter(|one| is_so(&one.wanted.key())) {
                one.tries = 0;
            }
        })
        .await
    }

    /// What was tried at a station.
    pub(super) async fn tried(&self, station: &StationId) -> Result<StationDefaults, DeviceError> {
        let tried: Option<StationDefaults> = self.csms.store().get(station.as_str()).await?;
        Ok(tried.unwrap_or_else(|| StationDefaults::new(station.clone())))
    }

    async fn remember(
        &self,
        station: &StationId,
        change: impl Fn(&mut StationDefaults),
    ) -> Result<(), DeviceError> {
        for _ in 0..MAX_CONFLICTS {
            let before = self.tried(station).await?;
            let mut after = before.clone();
            change(&mut after);
            after.revision = Revision(before.revision.0);
            if after == before {
                return Ok(());
            }
            let unit = Unit { changes: vec![Change::put(&after)], ..Unit::default() };
            match self.csms.commit(unit).await {
                Err(CommitError::Conflict { .. }) => {}
                done => return Ok(done?),
            }
        }
        Err(DeviceError::Conflict)
    }
}
