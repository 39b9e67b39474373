//! Charging profiles: kept, reported, put together, and obeyed (block K).

use std::collections::BTreeMap;
use std::time::Duration;

use ocpp_core::model::{
    ChargingProfile, EvseId, Fact, Outcome, Place, ProfileClearing, ProfileFilter, ProfileKind,
    ProfilePurpose, ProfileReport, RateUnit, StationTxRef, Verdict, Watts,
};
use ocpp_core::rules::schedule::{self, Course, Installed};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::local_limit::OutsideLimit;
use super::{Engine, Output, Record, dynamic};
use crate::hardware::Actuation;

/// How many profiles a station keeps (`SmartChargingCtrlr.Entries`, `MaxChargingProfilesInstalled`).
pub(super) const MAX_PROFILES: usize = 32;
/// The highest stack level that it takes (`ProfileStackLevel`, `ChargeProfileMaxStackLevel`).
const MAX_STACK_LEVEL: u32 = 9;
/// The most steps of a schedule (`PeriodsPerSchedule`, `ChargingScheduleMaxPeriods`).
const MAX_PERIODS: usize = 128;
/// How far ahead the next change of a limit is looked for, in seconds.
const LOOK_AHEAD_S: u32 = 86_400;

/// A charging profile and where it is installed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InstalledProfile {
    /// The station as a whole, or an EVSE.
    pub place: Place,
    /// The profile.
    pub profile: ChargingProfile,
}

/// The profiles of a station and what they come to.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    installed: Vec<InstalledProfile>,
    /// The limit that the hardware of an EVSE was told last.
    told: BTreeMap<EvseId, Watts>,
    /// When limits may change by themselves.
    changes_at: Option<Duration>,
    /// What outside systems have set.
    pub(super) outside: Vec<OutsideLimit>,
    /// When the manager is asked for new values of dynamic ones.
    pulls: BTreeMap<i32, Duration>,
    /// The signal of the grid's frequency restoration that was heard last.
    pub(super) signal: Option<i32>,
}

impl Profiles {
    pub(super) fn restore(&mut self, installed: Vec<InstalledProfile>) {
        self.installed = installed;
    }

    /// When a limit changes, or new values are asked for.
    pub(super) fn changes_at(&self) -> Option<Duration> {
        self.pulls.values().copied().chain(self.changes_at).min()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.installed.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &InstalledProfile> {
        self.installed.iter()
    }

    /// The dynamic one of this number.
    pub(super) fn dynamic(&mut self, id: i32) -> Option<&mut ChargingProfile> {
        let mut all = self.installed.iter_mut().map(|known| &mut known.profile);
        all.find(|profile| profile.id == id && profile.kind == ProfileKind::Dynamic)
    }

    pub(super) fn pulls(&self) -> impl Iterator<Item = (i32, Duration)> {
        self.pulls.iter().map(|(id, at)| (*id, *at))
    }

    pub(super) fn set_pull(&mut self, id: i32, at: Option<Duration>) {
        match at {
            Some(at) => drop(self.pulls.insert(id, at)),
            None => drop(self.pulls.remove(&id)),
        }
    }
}

/// Orders.
impl Engine {
    /// K01. One of the same number is replaced wherever it was (K01.FR.05), and so is one of the same purpose and
    /// stack level at the same place, so that never two of them count.
    pub(super) fn set_profile(&mut self, now: Duration, place: Place, profile: &ChargingProfile) -> Outcome {
        let verdict = self.can_set(place, profile);
        if verdict == Verdict::Accepted {
            self.profiles.installed.retain(|known| {
                let rank = |profile: &ChargingProfile| (profile.purpose, profile.stack_level);
                let is_same = known.place == place && rank(&known.profile) == rank(profile);
                known.profile.id != profile.id && !is_same
            });
            let mut profile = profile.clone();
            if profile.kind == ProfileKind::Dynamic {
                profile.extras.updated_at = profile.extras.updated_at.or(Some(self.clock.at(now))); // K28.FR.05
            }
            let id = profile.id;
            self.profiles.installed.push(InstalledProfile { place, profile });
            self.plan_pull(now, id);
            self.keep_profiles();
        }
        Outcome::Verdict(verdict)
    }

    fn can_set(&self, place: Place, profile: &ChargingProfile) -> Verdict {
        let known = place.evse().is_none_or(|evse| self.evses.contains_key(&evse));
        let replaces = self.profiles.installed.iter().any(|known| known.profile.id == profile.id);
        let has_room = replaces || self.profiles.installed.len() < MAX_PROFILES;
        let fits = dynamic::is_whole(profile)
            && profile.stack_level <= MAX_STACK_LEVEL
            && profile.schedules.iter().all(|schedule| schedule.periods.len() <= MAX_PERIODS);
        let may_stand = match profile.purpose {
            // K01.FR.09, K01.FR.33: it is for a transaction that runs there.
            ProfilePurpose::Tx => match (&profile.transaction, place.evse()) {
                (Some(StationTxRef::Named(name)), evse) => {
                    let runs_at = self.evse_of_transaction(name);
                    runs_at.is_some() && (evse.is_none() || evse == runs_at)
                }
                (None, Some(evse)) => self.is_charging(evse),
                _ => false,
            },
            ProfilePurpose::TxDefault => true,
            ProfilePurpose::PriorityCharging => true,
            ProfilePurpose::StationMax | ProfilePurpose::LocalGeneration => place == Place::Station,
            // K01.FR.22: limits of others are set by others.
            ProfilePurpose::ExternalConstraints => false,
        };
        if known && has_room && fits && may_stand { Verdict::Accepted } else { Verdict::Rejected }
    }

    /// K10. External limits are never among them (K10.FR.06).
    pub(super) fn clear_profiles(&mut self, clearing: &ProfileClearing) -> Outcome {
        let before = self.profiles.installed.len();
        self.profiles.installed.retain(|known| match clearing.id {
            Some(id) => known.profile.id != id,
            None => {
                let fits = clearing.place.is_none_or(|place| place == known.place)
                    && clearing.purpose.is_none_or(|purpose| purpose == known.profile.purpose)
                    && clearing.stack_level.is_none_or(|level| level == known.profile.stack_level);
                !fits
            }
        });
        if self.profiles.installed.len() == before {
            return Outcome::Verdict(Verdict::NothingFits);
        }
        self.keep_profiles();
        Outcome::Verdict(Verdict::Accepted)
    }

    /// K09: whether there is something to report.
    pub(super) fn has_profiles(&self, place: Option<Place>, filter: &ProfileFilter) -> Outcome {
        let any = self.sourced().any(|(source, known)| fits(known, source, place, filter));
        Outcome::Verdict(if any { Verdict::Accepted } else { Verdict::NothingFits })
    }

    /// K09: a part for each place, the last one says that no more follow (K09.FR.01).
    pub(super) fn report_profiles(&mut self, request: i32, place: Option<Place>, filter: &ProfileFilter) {
        let mut parts: BTreeMap<(Place, Box<str>), Vec<ChargingProfile>> = BTreeMap::new();
        for (source, known) in self.sourced().filter(|(source, known)| fits(known, source, place, filter)) {
            parts.entry((known.place, source.into())).or_default().push(known.profile.clone());
        }
        let count = parts.len();
        for (index, ((place, source), profiles)) in parts.into_iter().enumerate() {
            let more = index + 1 < count;
            let report = ProfileReport { request, place, source, more, profiles };
            self.queue.push(Fact::ChargingProfiles(report));
        }
    }

    /// Every profile with who has set it.
    fn sourced(&self) -> impl Iterator<Item = (&str, &InstalledProfile)> {
        let outside = self.profiles.outside.iter().map(|held| (&*held.source, &held.installed));
        self.profiles.installed.iter().map(|known| ("CSO", known)).chain(outside)
    }

    /// K08.
    pub(super) fn composite_schedule(
        &self,
        now: Duration,
        place: Place,
        duration_s: u32,
        unit: Option<RateUnit>,
    ) -> Outcome {
        if place.evse().is_some_and(|evse| !self.evses.contains_key(&evse)) {
            return Outcome::CompositeSchedule { verdict: Verdict::Rejected, schedule: None };
        }
        let course = self.course(place);
        let unit = unit.unwrap_or(RateUnit::W);
        let from = self.clock.at(now);
        let schedule = schedule::composite(&self.installed(), &course, from, duration_s, unit);
        Outcome::CompositeSchedule { verdict: Verdict::Accepted, schedule: Some(Box::new(schedule)) }
    }

    pub(super) fn keep_profiles(&mut self) {
        let Profiles { installed, pulls, .. } = &mut self.profiles;
        pulls.retain(|id, _| installed.iter().any(|known| known.profile.id == *id));
        self.keep(Record::ChargingProfiles(self.profiles.installed.clone()));
    }
}

/// Obeying them.
impl Engine {
    pub(super) fn installed(&self) -> Vec<Installed<'_>> {
        let outside = self.profiles.outside.iter().map(|held| &held.installed);
        let known = self.profiles.installed.iter().chain(outside);
        known.map(|known| Installed { place: known.place, profile: &known.profile }).collect()
    }

    pub(super) fn course(&self, place: Place) -> Course {
        let running = place.evse().and_then(|evse| self.evses.get(&evse)?.transaction.as_ref());
        let evses = if place == Place::Station { self.evses.len() } else { 1 };
        Course {
            place,
            transaction: running.map(|running| StationTxRef::Named(running.name.as_str().into())),
            since: running.map(|running| running.began),
            priority: running.is_some_and(|running| running.has_priority),
            most_w: Decimal::from(self.config.max_power.0).saturating_mul(Decimal::from(evses)),
            voltage: Decimal::from(self.config.voltage),
            phases: u8::try_from(self.config.phases).unwrap_or(3),
        }
    }

    /// Tells the hardware what each running transaction may draw, where that has changed, and looks for when it
    /// changes next.
    pub(super) fn obey_profiles(&mut self, now: Duration) {
        self.profiles.changes_at = None;
        let nothing = self.profiles.installed.is_empty() && self.profiles.outside.is_empty();
        if nothing && self.profiles.told.is_empty() {
            return;
        }
        let from = self.clock.at(now);
        let running: Vec<_> = self.evses.keys().copied().filter(|evse| self.is_charging(*evse)).collect();
        self.profiles.told.retain(|evse, _| running.contains(evse));
        let mut next: Option<Duration> = None;
        for evse in running {
            let course = self.course(Place::Evse(evse));
            let limits = schedule::composite(&self.installed(), &course, from, LOOK_AHEAD_S, RateUnit::W);
            let limit = limits.periods.first().and_then(|step| step.limit);
            let by_signal = self.signal_limit(evse);
            let limit = limit.map(|limit| by_signal.map_or(limit, |signal| signal.min(limit)));
            let limit = limit.and_then(whole_watts);
            if let Some(limit) = limit {
                let most = self.config.max_power;
                if self.profiles.told.get(&evse).copied().unwrap_or(most) != limit {
                    self.outputs.push_back(Output::Actuate(Actuation::Limit(evse, limit)));
                }
                self.profiles.told.insert(evse, limit);
            }
            if let Some(step) = limits.periods.get(1) {
                // From the whole second on in which the clock stands.
                let at = now + Duration::from_secs(u64::from(step.start_s));
                next = Some(next.map_or(at, |next| next.min(at)));
            }
        }
        self.profiles.changes_at = next;
    }

    /// Profiles of a transaction end with it (K01.FR.14, 3.13.1 of 1.6).
    pub(super) fn forget_profiles_of(&mut self, evse: EvseId, name: &str) {
        let before = self.profiles.installed.len();
        self.profiles.installed.retain(|known| {
            let is_its = match &known.profile.transaction {
                Some(StationTxRef::Named(named)) => **named == *name,
                _ => known.place == Place::Evse(evse),
            };
            known.profile.purpose != ProfilePurpose::Tx || !is_its
        });
        self.profiles.told.remove(&evse);
        if self.profiles.installed.len() != before {
            self.keep_profiles();
        }
    }
}

fn fits(known: &InstalledProfile, source: &str, place: Option<Place>, filter: &ProfileFilter) -> bool {
    place.is_none_or(|place| place == known.place)
        && filter.purpose.is_none_or(|purpose| purpose == known.profile.purpose)
        && filter.stack_level.is_none_or(|level| level == known.profile.stack_level)
        && (filter.ids.is_empty() || filter.ids.contains(&known.profile.id))
        && (filter.sources.is_empty() || filter.sources.iter().any(|wanted| **wanted == *source))
}

/// Cut, so that a limit is never exceeded.
fn whole_watts(limit: Decimal) -> Option<Watts> {
    Watts::from_decimal(limit.trunc())
}
