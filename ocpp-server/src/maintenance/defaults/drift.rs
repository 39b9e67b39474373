//! How a station drifts from the profiles and tariffs that it should have, and why.

use jiff::Timestamp;
use ocpp_core::dialect::Manager;
use ocpp_core::model::tariff::TariffKind;
use ocpp_core::model::{ChargingProfile, Command, ProfileClearing, StationId};
use ocpp_core::types::Version;

use super::Defaults;
use crate::domain::{
    Assertion, DefaultAnswer, DefaultAttempt, DefaultsTemplate, HeldTariff, InstalledProfile,
    StationDefaults, StationTariffs, TariffEntry, TemplateId, WantedDefault, WantedProfile, WantedTariff,
};
use crate::handle::installed_profiles;
use crate::maintenance::device::DeviceError;
use crate::store::TypedRecords;

/// How a profile or tariff stands beside what should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum DefaultDrift {
    /// It is on the station.
    None,
    /// It is not there, as far as is known.
    Missing,
    /// Something else is there in its place.
    Differs { what: String },
    /// The station was told and refused, or must not be told.
    Refused { said: String, tries: u32, at: Timestamp },
    /// The station was told, and did not answer.
    NotAnswered { said: String, tries: u32, at: Timestamp },
    /// A template brought it here, and no template wants it any more.
    Unwanted,
    /// Its time is over.
    Over { at: Timestamp },
    /// The version of the station has no words for it.
    NotInVersion { why: String },
}

impl DefaultDrift {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            DefaultDrift::None => "none",
            DefaultDrift::Missing => "missing",
            DefaultDrift::Differs { .. } => "differs",
            DefaultDrift::Refused { .. } => "refused",
            DefaultDrift::NotAnswered { .. } => "not_answered",
            DefaultDrift::Unwanted => "unwanted",
            DefaultDrift::Over { .. } => "over",
            DefaultDrift::NotInVersion { .. } => "not_in_version",
        }
    }

    /// What it means and what to do about it, as one sentence.
    #[must_use]
    pub fn explanation(&self) -> String {
        let times = |tries: u32| if tries == 1 { "once".to_owned() } else { format!("{tries} times") };
        match self {
            DefaultDrift::None => "It is as it should be.".to_owned(),
            DefaultDrift::Missing => {
                "The station does not have it, as far as is known: assert the template.".to_owned()
            }
            DefaultDrift::Differs { what } => format!("The station has {what}: assert the template."),
            DefaultDrift::Refused { said, tries, at } => {
                format!("The station was told {}, last at {at}, and it was refused: {said}.", times(*tries))
            }
            DefaultDrift::NotAnswered { said, tries, at } => {
                format!("The station was told {}, last at {at}, without an answer: {said}.", times(*tries))
            }
            DefaultDrift::Unwanted => {
                "A template brought it here and none wants it any more: it is removed when the station is asserted."
                    .to_owned()
            }
            DefaultDrift::Over { at } => format!("Its time was over at {at}: change the template."),
            DefaultDrift::NotInVersion { why } => format!("The station cannot have it: {why}."),
        }
    }

    /// Whether the station is other than it should be. What cannot be is told, and is no drift of the station.
    #[must_use]
    pub const fn is_drift(&self) -> bool {
        !matches!(self, DefaultDrift::None | DefaultDrift::Over { .. } | DefaultDrift::NotInVersion { .. })
    }
}

/// One thing that a station should have, or should have no more.
#[derive(Debug, Clone, PartialEq)]
pub struct DefaultRow {
    /// The template that wants it; none where none does any more.
    pub template: Option<TemplateId>,
    /// What is done about drift.
    pub assertion: Assertion,
    /// What is wanted.
    pub wanted: WantedDefault,
    /// How it stands.
    pub drift: DefaultDrift,
    /// The order that brings it.
    pub(super) order: Option<Command>,
}

/// A station beside the profiles and tariffs that it should have.
#[derive(Debug, Clone, PartialEq)]
pub struct DefaultsDrift {
    /// The station.
    pub station: StationId,
    /// The version that it speaks, or spoke last.
    pub version: Version,
    /// Everything that it should have, and what it should have no more.
    pub rows: Vec<DefaultRow>,
}

impl DefaultsDrift {
    /// How much is other than it should be.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.iter().filter(|row| row.drift.is_drift()).count()
    }
}

/// What is known of a station.
struct Known {
    version: Version,
    profiles: Vec<InstalledProfile>,
    tariffs: StationTariffs,
    tried: StationDefaults,
    now: Timestamp,
}

impl Defaults {
    /// A station beside what its templates want. Nothing is asked of it: this is as of what is known.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn drift(&self, station: &StationId) -> Result<DefaultsDrift, DeviceError> {
        let templates = self.templates_for(station).await?;
        let known = self.known(station).await?;
        let mut rows = Vec::new();
        let wanted = wanted_of(&templates);
        for (template, one) in &wanted {
            let (drift, order) = match self.order_of(one, known.version).await? {
                Err(why) => (DefaultDrift::NotInVersion { why }, None),
                Ok(order) => (known.judge(one, &wanted), Some(order)),
            };
            rows.push(DefaultRow {
                template: Some(template.id.clone()),
                assertion: template.assertion,
                wanted: one.clone(),
                drift,
                order,
            });
        }
        let asserts = templates.iter().any(|template| template.assertion == Assertion::Assert);
        let assertion = if asserts { Assertion::Assert } else { Assertion::Report };
        rows.extend(known.unwanted(&wanted).map(|one| DefaultRow {
            template: None,
            assertion,
            order: Some(removal_of(&one)),
            wanted: one,
            drift: DefaultDrift::Unwanted,
        }));
        Ok(DefaultsDrift { station: station.clone(), version: known.version, rows })
    }

    async fn known(&self, station: &StationId) -> Result<Known, DeviceError> {
        let store = self.csms.store();
        let kept = store.station(station).await?;
        let kept = kept.ok_or_else(|| DeviceError::unknown("station", station.as_str()))?;
        let tariffs: Option<StationTariffs> = store.get(station.as_str()).await?;
        Ok(Known {
            version: self.csms.stations().version(station).unwrap_or(kept.version),
            profiles: installed_profiles(&**store, station).await?,
            tariffs: tariffs.unwrap_or_else(|| StationTariffs::new(station.clone())),
            tried: self.tried(station).await?,
            now: self.csms.now(),
        })
    }

    /// The order that brings it, or why the version has no words for it.
    async fn order_of(
        &self,
        wanted: &WantedDefault,
        version: Version,
    ) -> Result<Result<Command, String>, DeviceError> {
        let order = match wanted {
            WantedDefault::Profile(WantedProfile { place, profile }) => {
                Command::SetChargingProfile { place: *place, profile: Box::new(profile.clone()) }
            }
            WantedDefault::Tariff(WantedTariff { place, tariff }) => {
                let kept: Option<TariffEntry> = self.csms.store().get(&tariff.0).await?;
                let Some(kept) = kept else {
                    return Ok(Err(format!("the tariff {} is not there any more", tariff.0)));
                };
                Command::SetDefaultTariff { place: *place, tariff: Box::new(kept.tariff) }
            }
        };
        Ok(match Manager::new(version).order(&order) {
            Ok(_) => Ok(order),
            Err(why) => Err(why.to_string()),
        })
    }
}

/// What templates come to: of what cannot be together, the last one counts.
fn wanted_of(templates: &[DefaultsTemplate]) -> Vec<(&DefaultsTemplate, WantedDefault)> {
    let mut rows: Vec<(&DefaultsTemplate, WantedDefault)> = Vec::new();
    for template in templates {
        for wanted in template.wanted() {
            rows.retain(|(_, other)| !wanted.excludes(other));
            rows.push((template, wanted));
        }
    }
    rows
}

fn removal_of(wanted: &WantedDefault) -> Command {
    match wanted {
        WantedDefault::Profile(wanted) => Command::ClearChargingProfiles(ProfileClearing {
            id: Some(wanted.profile.id),
            ..ProfileClearing::default()
        }),
        WantedDefault::Tariff(wanted) => {
            let place = wanted.place.evse().map(|_| wanted.place);
            Command::ClearTariffs { ids: vec![wanted.tariff.0.as_str().into()], place }
        }
    }
}

impl Known {
    fn judge(&self, wanted: &WantedDefault, all: &[(&DefaultsTemplate, WantedDefault)]) -> DefaultDrift {
        let stands = match wanted {
            WantedDefault::Profile(wanted) => self.profile(wanted),
            WantedDefault::Tariff(wanted) => self.tariff(wanted, all),
        };
        if !stands.is_drift() {
            return stands;
        }
        let attempt = self.tried.attempt(&wanted.key());
        match attempt.filter(|attempt| attempt.wanted == *wanted && attempt.tries > 0) {
            Some(DefaultAttempt { answer: DefaultAnswer::Refused, said, tries, at, .. }) => {
                DefaultDrift::Refused { said: said.clone(), tries: *tries, at: *at }
            }
            Some(DefaultAttempt { answer: DefaultAnswer::None, said, tries, at, .. }) => {
                DefaultDrift::NotAnswered { said: said.clone(), tries: *tries, at: *at }
            }
            // Taken, and not so all the same: somebody changed it at the station.
            _ => stands,
        }
    }

    fn profile(&self, wanted: &WantedProfile) -> DefaultDrift {
        if let Some(at) = wanted.profile.valid_to.filter(|end| *end <= self.now) {
            return DefaultDrift::Over { at };
        }
        let Some(there) = self.profiles.iter().find(|known| known.profile.id == wanted.profile.id) else {
            return DefaultDrift::Missing;
        };
        if !there.is_at(wanted.place) {
            return DefaultDrift::Differs { what: "a profile of this number at another place".to_owned() };
        }
        if said_alike(&there.profile) == said_alike(&wanted.profile) {
            return DefaultDrift::None;
        }
        DefaultDrift::Differs { what: "another profile of this number".to_owned() }
    }

    fn tariff(&self, wanted: &WantedTariff, all: &[(&DefaultsTemplate, WantedDefault)]) -> DefaultDrift {
        let evse = wanted.place.evse();
        let is_default = |held: &&HeldTariff| held.installed.kind == TariffKind::Default;
        let is_here = |held: &HeldTariff| {
            let evses = &held.installed.evses;
            evse.is_none_or(|evse| evses.is_empty() || evses.contains(&evse))
        };
        let defaults = || self.tariffs.tariffs.iter().filter(is_default);
        if defaults().any(|held| held.installed.id == wanted.tariff.0 && is_here(held)) {
            return DefaultDrift::None;
        }
        // What another line wants at its own EVSE is not in the way of what holds elsewhere.
        let is_wanted = |held: &HeldTariff| {
            all.iter().any(|(_, other)| {
                matches!(other, WantedDefault::Tariff(other) if other.tariff.0 == held.installed.id)
            })
        };
        let holds = |held: &HeldTariff| held.installed.valid_from.is_none_or(|from| from <= self.now);
        match defaults().find(|held| is_here(held) && holds(held) && !is_wanted(held)) {
            Some(other) => DefaultDrift::Differs { what: format!("the tariff {}", other.installed.id) },
            None => DefaultDrift::Missing,
        }
    }

    /// What templates brought to the station, what is still there, and what none of them wants.
    fn unwanted(&self, wanted: &[(&DefaultsTemplate, WantedDefault)]) -> impl Iterator<Item = WantedDefault> {
        let brought = self.tried.attempts.iter().filter(|tried| tried.answer == DefaultAnswer::Taken);
        brought
            .filter(|tried| {
                let key = tried.wanted.key();
                wanted.iter().all(|(_, one)| one.key() != key) && self.has(&tried.wanted)
            })
            .map(|tried| tried.wanted.clone())
    }

    fn has(&self, brought: &WantedDefault) -> bool {
        match brought {
            WantedDefault::Profile(brought) => {
                let mut ours = self.profiles.iter().filter(|known| !known.is_over(self.now));
                ours.any(|known| {
                    known.profile.id == brought.profile.id && known.profile.purpose == brought.profile.purpose
                })
            }
            WantedDefault::Tariff(brought) => self.tariffs.tariffs.iter().any(|held| {
                held.installed.kind == TariffKind::Default && held.installed.id == brought.tariff.0
            }),
        }
    }
}

/// A profile without what stations say in other words, or write themselves.
fn said_alike(profile: &ChargingProfile) -> ChargingProfile {
    let mut profile = profile.clone();
    profile.extras.updated_at = None;
    for schedule in &mut profile.schedules {
        schedule.id = 0;
        for period in &mut schedule.periods {
            // Three phases are meant where none are said.
            period.phases = period.phases.filter(|phases| *phases != 3);
        }
    }
    profile
}
