//! Campaigns: the same firmware for many stations, in waves.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ocpp_core::model::StationId;
use uuid::Uuid;

use super::plan::{Action, Seen, Standing, next};
use super::{UpdateForm, Upkeep, UpkeepError, invalid, unknown};
use crate::domain::{
    Campaign, CampaignId, CampaignPlan, CampaignState, CampaignTarget, EventKind, Firmware, FirmwareId,
    RecordKind, Revision, StationEntry, StationFilter, StationUpdate, TargetState, UpdateState,
};
use crate::maintenance::choice::{Candidate, stations_of};
use crate::pricing::{whereabouts, zone_of};
use crate::store::{Change, CommitError, ReadError, RecordFilter, TypedRecords, Unit};

/// What is said of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignForm {
    /// What people call it; at most 100 characters.
    pub name: String,
    /// What stations are updated with.
    pub firmware: FirmwareId,
    /// Which stations.
    pub filter: StationFilter,
    /// How it goes on.
    pub plan: CampaignPlan,
}

/// The most stations of one campaign.
const MAX_STATIONS: usize = 10_000;
/// The most waves that are said one by one.
const MAX_WAVES: usize = 50;
/// The most campaigns that are looked through for those that run.
const MAX_CAMPAIGNS: usize = 1000;
/// How many records are written in one unit.
const AT_A_TIME: usize = 500;

impl CampaignForm {
    fn check(&self) -> Result<(), UpkeepError> {
        if self.name.trim().is_empty() || self.name.chars().count() > 100 {
            return Err(invalid("/name", "A name of 1 to 100 characters is needed."));
        }
        if self.plan.waves.len() > MAX_WAVES || self.plan.waves.contains(&0) {
            return Err(invalid("/waves", "There are at most 50 waves, each of at least one station."));
        }
        if !(1..=1000).contains(&self.plan.at_once) {
            return Err(invalid("/at_once", "From 1 to 1,000 stations are at it at the same time."));
        }
        if !(1..=24 * 400).contains(&self.plan.hours_each) {
            return Err(invalid("/hours_each", "A station may take from an hour to 400 days."));
        }
        if self.filter.stations.len() > MAX_STATIONS {
            return Err(invalid("/filter/stations", "A campaign is for at most 10,000 stations."));
        }
        Ok(())
    }
}

/// A campaign and what came of it so far.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignReport {
    /// The campaign.
    pub campaign: Campaign,
    /// How many stations are in each state, by its name.
    pub counts: std::collections::BTreeMap<&'static str, u32>,
}

/// A station's part in a campaign, with its update as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetReport {
    /// Its part.
    pub target: CampaignTarget,
    /// Its update.
    pub update: Option<StationUpdate>,
}

/// Beginning, stopping and looking.
impl Upkeep {
    /// Begins a campaign: the stations are chosen now, in the order of their identities. Those that have the
    /// version already count as done.
    ///
    /// # Errors
    /// [`UpkeepError`]; a filter that no station passes is one.
    pub async fn begin_campaign(&self, form: CampaignForm, by: &str) -> Result<Campaign, UpkeepError> {
        form.check()?;
        let firmware = self.firmware(&form.firmware).await?;
        let now = self.now();
        self.location_of(&firmware, now)?;
        let chosen = self.chosen(&form.filter).await?;
        if chosen.is_empty() {
            return Err(invalid("/filter", "No station passes this filter."));
        }
        let id = CampaignId(Uuid::now_v7().to_string());
        let targets: Vec<CampaignTarget> = chosen
            .iter()
            .enumerate()
            .map(|(place, candidate)| CampaignTarget {
                campaign: id.clone(),
                revision: Revision::default(),
                station: candidate.id.clone(),
                wave: wave_of(place, &form.plan.waves),
                state: state_at_begin(candidate, &firmware),
                at: now,
            })
            .collect();
        let campaign = Campaign {
            id,
            revision: Revision::default(),
            name: form.name.trim().to_owned(),
            firmware: form.firmware,
            filter: form.filter,
            plan: form.plan,
            state: CampaignState::Running,
            wave: 0,
            waves: targets.last().map_or(1, |last| last.wave.saturating_add(1)),
            stations: u32::try_from(targets.len()).unwrap_or(u32::MAX),
            forgiven: 0,
            by: by.to_owned(),
            began_at: now,
        };
        // The campaign comes last: until it is there, nothing is done with its parts.
        for part in targets.chunks(AT_A_TIME) {
            let changes = part.iter().map(Change::put).collect();
            self.csms.commit(Unit { changes, ..Unit::default() }).await?;
        }
        let events = vec![self.told_campaign(&campaign)];
        let changes = vec![Change::put(&campaign)];
        self.csms.commit(Unit { changes, events, ..Unit::default() }).await?;
        Ok(Campaign { revision: Revision(1), ..campaign })
    }

    /// Tells no more stations until it is resumed; those that were told go on.
    ///
    /// # Errors
    /// [`UpkeepError::Forbidden`] when it does not run.
    pub async fn pause_campaign(&self, id: &CampaignId, by: &str) -> Result<Campaign, UpkeepError> {
        let why = format!("{by} paused it");
        self.turn(id, "It does not run.", |campaign| {
            let runs = campaign.state == CampaignState::Running;
            if runs {
                campaign.state = CampaignState::Paused { why: why.clone() };
            }
            runs
        })
        .await
    }

    /// Goes on with a campaign that is paused. What failed so far is forgiven: it pauses again when as many
    /// more fail.
    ///
    /// # Errors
    /// [`UpkeepError::Forbidden`] when it is not paused.
    pub async fn resume_campaign(&self, id: &CampaignId) -> Result<Campaign, UpkeepError> {
        let failed = self.report_of(id).await?.counts.get("failed").copied().unwrap_or(0);
        self.turn(id, "It is not paused.", |campaign| {
            let paused = matches!(campaign.state, CampaignState::Paused { .. });
            if paused {
                campaign.state = CampaignState::Running;
                campaign.forgiven = failed;
            }
            paused
        })
        .await
    }

    /// Gives a campaign up: stations that were not told are left alone, those that were go on.
    ///
    /// # Errors
    /// [`UpkeepError::Forbidden`] when it has ended.
    pub async fn abort_campaign(&self, id: &CampaignId) -> Result<Campaign, UpkeepError> {
        let campaign = self
            .turn(id, "It has ended already.", |campaign| {
                let goes_on = matches!(campaign.state, CampaignState::Running | CampaignState::Paused { .. });
                if goes_on {
                    campaign.state = CampaignState::Aborted;
                }
                goes_on
            })
            .await?;
        self.skip_waiting(id).await?;
        Ok(campaign)
    }

    /// Begins anew with the stations where it failed.
    ///
    /// # Errors
    /// [`UpkeepError::Forbidden`] when none failed, or it was given up.
    pub async fn retry_campaign(&self, id: &CampaignId) -> Result<Campaign, UpkeepError> {
        let campaign = self.campaign(id).await?;
        if campaign.state == CampaignState::Aborted {
            return Err(UpkeepError::Forbidden("It was given up: begin another campaign.".to_owned()));
        }
        let failed: Vec<_> = self.targets(id).await?;
        let failed = failed.into_iter().filter(|target| matches!(target.state, TargetState::Failed { .. }));
        let mut count = 0;
        for target in failed {
            self.turn_target(&target, TargetState::Waiting).await?;
            count += 1;
        }
        if count == 0 {
            return Err(UpkeepError::Forbidden("It failed nowhere.".to_owned()));
        }
        self.turn(id, "It was given up.", |campaign| {
            campaign.state = CampaignState::Running;
            campaign.forgiven = 0;
            true
        })
        .await
    }

    /// A campaign.
    ///
    /// # Errors
    /// [`UpkeepError::Unknown`].
    pub async fn campaign(&self, id: &CampaignId) -> Result<Campaign, UpkeepError> {
        self.csms.store().get::<Campaign>(&id.0).await?.ok_or_else(|| unknown("campaign", &id.0))
    }

    /// A campaign with how many stations are how far.
    ///
    /// # Errors
    /// [`UpkeepError::Unknown`].
    pub async fn report_of(&self, id: &CampaignId) -> Result<CampaignReport, UpkeepError> {
        let campaign = self.campaign(id).await?;
        let mut counts = std::collections::BTreeMap::new();
        for target in self.targets(id).await? {
            *counts.entry(target.state.name()).or_insert(0) += 1;
        }
        Ok(CampaignReport { campaign, counts })
    }

    /// Each station of a campaign, in the order of their identities, with its update.
    ///
    /// # Errors
    /// [`UpkeepError::Unknown`].
    pub async fn targets_of(&self, id: &CampaignId) -> Result<Vec<TargetReport>, UpkeepError> {
        self.campaign(id).await?;
        let mut reports = Vec::new();
        for target in self.targets(id).await? {
            let update = match target.state {
                TargetState::Updating { request } => {
                    let key = StationUpdate::key_of(&target.station, request);
                    self.csms.store().get(&key).await?
                }
                _ => None,
            };
            reports.push(TargetReport { target, update });
        }
        Ok(reports)
    }

    async fn targets(&self, id: &CampaignId) -> Result<Vec<CampaignTarget>, ReadError> {
        self.csms.store().owned(&id.0, MAX_STATIONS).await
    }

    async fn turn(
        &self,
        id: &CampaignId,
        refusal: &str,
        change: impl Fn(&mut Campaign) -> bool,
    ) -> Result<Campaign, UpkeepError> {
        let refused = AtomicBool::new(false);
        let campaign = self
            .change(&id.0, "campaign", |mut campaign: Campaign| {
                let is_refused = !change(&mut campaign);
                refused.store(is_refused, Ordering::Relaxed);
                if is_refused {
                    return None;
                }
                let events = vec![self.told_campaign(&campaign)];
                Some((campaign, Vec::new(), events))
            })
            .await?;
        if refused.load(Ordering::Relaxed) {
            Err(UpkeepError::Forbidden(refusal.to_owned()))
        } else {
            Ok(campaign)
        }
    }

    fn told_campaign(&self, campaign: &Campaign) -> crate::domain::Event {
        let kind = EventKind::CampaignChanged {
            campaign: campaign.id.clone(),
            state: campaign.state.name().to_owned(),
        };
        crate::domain::Event { at: self.now(), station: None, kind }
    }

    /// The stations that a filter selects, in the order of their identities.
    async fn chosen(&self, filter: &StationFilter) -> Result<Vec<Candidate>, UpkeepError> {
        let store = self.csms.store();
        for id in &filter.stations {
            let is_known =
                store.station(id).await?.is_some() || store.get::<StationEntry>(id.as_str()).await?.is_some();
            if !is_known {
                return Err(unknown("station", id.as_str()));
            }
        }
        let chosen = stations_of(&self.csms, filter).await?;
        if chosen.len() > MAX_STATIONS {
            return Err(invalid("/filter", "More than 10,000 stations pass this filter: choose fewer."));
        }
        Ok(chosen)
    }
}

/// The wave of the station at this place: the last size is for all that are left.
fn wave_of(place: usize, sizes: &[u32]) -> u32 {
    let mut end = 0_usize;
    for (wave, size) in sizes.iter().enumerate() {
        end = end.saturating_add(usize::try_from(*size).unwrap_or(usize::MAX));
        let is_last = wave + 1 == sizes.len();
        if place < end || is_last {
            return u32::try_from(wave).unwrap_or(u32::MAX);
        }
    }
    0
}

fn state_at_begin(candidate: &Candidate, firmware: &Firmware) -> TargetState {
    match (&firmware.version, candidate.firmware_version()) {
        (Some(wanted), Some(version)) if wanted == version => {
            TargetState::Done { version: Some(version.to_owned()) }
        }
        _ => TargetState::Waiting,
    }
}

/// Going on.
impl Upkeep {
    /// Goes on with every campaign that has not ended.
    pub(super) async fn step_campaigns(&self) -> Result<(), UpkeepError> {
        let filter = RecordFilter::all(RecordKind::Campaign, MAX_CAMPAIGNS).descending();
        let campaigns: Vec<Campaign> = self.csms.store().list(filter).await?;
        for campaign in campaigns.into_iter().filter(|campaign| campaign.state != CampaignState::Ended) {
            self.step_campaign(campaign).await?;
        }
        Ok(())
    }

    async fn step_campaign(&self, campaign: Campaign) -> Result<(), UpkeepError> {
        let targets = self.targets(&campaign.id).await?;
        if campaign.state == CampaignState::Aborted
            && !targets.iter().any(|target| matches!(target.state, TargetState::Updating { .. }))
        {
            return self.skip_waiting(&campaign.id).await;
        }
        let mut standings = Vec::new();
        for target in targets {
            let seen = self.seen(&campaign, &target).await?;
            standings.push(Standing { target, seen });
        }
        for action in next(&campaign, &standings) {
            self.carry_out(&campaign, action).await?;
        }
        Ok(())
    }

    /// What matters of a station at this moment.
    async fn seen(&self, campaign: &Campaign, target: &CampaignTarget) -> Result<Seen, UpkeepError> {
        match target.state {
            TargetState::Updating { request } => {
                let key = StationUpdate::key_of(&target.station, request);
                let update: Option<StationUpdate> = self.csms.store().get(&key).await?;
                Ok(match update.map(|update| update.state) {
                    Some(UpdateState::Confirmed { version }) => Seen::Ended(TargetState::Done { version }),
                    Some(UpdateState::Failed { why }) => Seen::Ended(TargetState::Failed { why }),
                    Some(UpdateState::Superseded) => Seen::Ended(failed("a later update took its place")),
                    Some(UpdateState::Withdrawn) => Seen::Ended(failed("its update was taken back")),
                    None => Seen::Ended(failed("its update is gone")),
                    Some(_) => Seen::Busy,
                })
            }
            TargetState::Waiting if !self.csms.stations().is_connected(&target.station) => Ok(Seen::Away),
            TargetState::Waiting => {
                Ok(if self.is_in_window(campaign, &target.station).await? { Seen::Ready } else { Seen::Busy })
            }
            _ => Ok(Seen::Busy),
        }
    }

    async fn is_in_window(&self, campaign: &Campaign, station: &StationId) -> Result<bool, UpkeepError> {
        let Some(window) = campaign.plan.window else { return Ok(true) };
        let (_, site) = whereabouts(&**self.csms.store(), station).await?;
        let zone = zone_of(site.as_ref().map_or("UTC", |site| &site.time_zone));
        Ok(window.has(self.now().to_zoned_datetime(zone).time()))
    }

    async fn carry_out(&self, campaign: &Campaign, action: Action) -> Result<(), UpkeepError> {
        match action {
            Action::Note(target, state) => self.turn_target(&target, state).await,
            Action::Tell(target) => self.tell(campaign, &target).await,
            Action::NextWave(wave) => self.turn_quietly(&campaign.id, |campaign| campaign.wave = wave).await,
            Action::Pause(why) => {
                self.turn_quietly(&campaign.id, |campaign| {
                    campaign.state = CampaignState::Paused { why: why.clone() };
                })
                .await
            }
            Action::End => {
                self.turn_quietly(&campaign.id, |campaign| campaign.state = CampaignState::Ended).await
            }
        }
    }

    /// Changes a campaign that goes on; one that somebody gave up in the meantime is left as it is.
    async fn turn_quietly(&self, id: &CampaignId, change: impl Fn(&mut Campaign)) -> Result<(), UpkeepError> {
        let turned = self
            .turn(id, "", |campaign| {
                let goes_on = matches!(campaign.state, CampaignState::Running | CampaignState::Paused { .. });
                if goes_on {
                    change(campaign);
                }
                goes_on
            })
            .await;
        match turned {
            Ok(_) | Err(UpkeepError::Forbidden(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The station's turn has come: its update begins in the unit that notes it.
    async fn tell(&self, campaign: &Campaign, target: &CampaignTarget) -> Result<(), UpkeepError> {
        let form = UpdateForm {
            firmware: campaign.firmware.clone(),
            retrieve_at: None,
            install_at: None,
            retries: campaign.plan.retries,
            within: Duration::from_secs(u64::from(campaign.plan.hours_each) * 3600),
        };
        let now = self.now();
        let part = |request| {
            let state = TargetState::Updating { request };
            vec![Change::put(&CampaignTarget { state, at: now, ..target.clone() })]
        };
        let begun = self.begin_update(&target.station, &form, &campaign.by, Some(&campaign.id), part).await;
        match begun {
            // Somebody else changed the target: it is looked at again.
            Ok(_) | Err(UpkeepError::Conflict) => Ok(()),
            Err(error @ (UpkeepError::Unknown { .. } | UpkeepError::Forbidden(_))) => {
                let why = error.to_string();
                self.turn_target(target, TargetState::Failed { why }).await
            }
            Err(error) => Err(error),
        }
    }

    async fn turn_target(&self, target: &CampaignTarget, state: TargetState) -> Result<(), UpkeepError> {
        let target = CampaignTarget { state, at: self.now(), ..target.clone() };
        match self.csms.commit(Unit { changes: vec![Change::put(&target)], ..Unit::default() }).await {
            Ok(()) | Err(CommitError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn skip_waiting(&self, id: &CampaignId) -> Result<(), UpkeepError> {
        for target in self.targets(id).await? {
            if target.state == TargetState::Waiting {
                self.turn_target(&target, TargetState::Skipped).await?;
            }
        }
        Ok(())
    }
}

fn failed(why: &str) -> TargetState {
    TargetState::Failed { why: why.to_owned() }
}
