//! Charging profiles and tariffs that stations should have when nobody says otherwise: templates for many stations, how
//! each station drifts from them and why, and bringing it back: by order, or by itself after a connection or a restart.
//!
//! A template has the most that a station draws, the default of transactions (K01, in 1.6 `ChargePointMaxProfile` and
//! `TxDefaultProfile`) and default tariffs (I07, 2.1 alone). What a template brought to a station and no template
//! wants any more is removed by the next assertion.

mod assert;
mod drift;
mod keep;

use ocpp_core::model::{ProfilePurpose, StationId};

pub use drift::{DefaultDrift, DefaultRow, DefaultsDrift};

use super::device::DeviceError;
use crate::Csms;
use crate::domain::profile_rules::{ProfileLimits, Surroundings, check_set};
use crate::domain::{
    Assertion, DefaultsTemplate, Event, EventKind, RecordKind, Revision, StationEntry, StationFilter,
    TariffEntry, TemplateId, WantedDefault, WantedProfile, WantedTariff,
};
use crate::store::{Change, CommitError, RecordFilter, TypedRecords, Unit};

/// The most steps of a schedule in any version.
const MAX_PERIODS: usize = 1024;

/// A template as operators write it.
#[derive(Debug, Clone, PartialEq)]
pub struct DefaultsForm {
    /// What people call it, 1 to 100 characters.
    pub name: String,
    /// The stations it is for.
    pub filter: StationFilter,
    /// The charging profiles, each of the purpose `station_max` or `tx_default`.
    pub profiles: Vec<WantedProfile>,
    /// The default tariffs, by the ids of this manager's tariffs. They are published by this.
    pub tariffs: Vec<WantedTariff>,
    /// What is done about drift.
    pub assertion: Assertion,
    /// Of what cannot be together on a station, that of the higher rank counts.
    pub rank: i32,
}

/// The templates of profiles and tariffs of a manager. Clones are the same.
#[derive(Clone)]
pub struct Defaults {
    csms: Csms,
}

impl Defaults {
    /// The templates of a manager.
    #[must_use]
    pub const fn new(csms: Csms) -> Defaults {
        Defaults { csms }
    }

    /// All templates, in the order of their ids.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn templates(&self) -> Result<Vec<DefaultsTemplate>, DeviceError> {
        let filter = RecordFilter::all(RecordKind::DefaultsTemplate, DefaultsTemplate::MAX_TEMPLATES);
        Ok(self.csms.store().list(filter).await?)
    }

    /// One template.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn template(&self, id: &str) -> Result<DefaultsTemplate, DeviceError> {
        let found: Option<DefaultsTemplate> = self.csms.store().get(id).await?;
        found.ok_or_else(|| DeviceError::unknown("template", id))
    }

    /// Adds a template. Nothing is sent by this.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn add(&self, id: &str, form: DefaultsForm, by: &str) -> Result<DefaultsTemplate, DeviceError> {
        super::desired::check_id(id)?;
        if self.csms.store().get::<DefaultsTemplate>(id).await?.is_some() {
            return Err(DeviceError::Exists(id.to_owned()));
        }
        let most = DefaultsTemplate::MAX_TEMPLATES;
        if self.templates().await?.len() >= most {
            let sentence = format!("There are {most} templates, as many as are kept.");
            return Err(DeviceError::invalid("/id", sentence));
        }
        self.put(id, Revision::default(), form, by).await
    }

    /// Changes a template, if it is still of this revision where one is given. Nothing is sent by this.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn change(
        &self,
        id: &str,
        expected: Option<Revision>,
        form: DefaultsForm,
        by: &str,
    ) -> Result<DefaultsTemplate, DeviceError> {
        let before = self.template(id).await?;
        self.put(id, expected.unwrap_or(before.revision), form, by).await
    }

    /// Removes a template. What stations have stays until they are asserted.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn remove(&self, id: &str) -> Result<(), DeviceError> {
        let template = self.template(id).await?;
        let record = RecordKind::DefaultsTemplate;
        let kind = EventKind::RecordRemoved { record, key: Some(id.to_owned()) };
        self.commit(vec![Change::remove(&template)], kind).await
    }

    async fn put(
        &self,
        id: &str,
        revision: Revision,
        form: DefaultsForm,
        by: &str,
    ) -> Result<DefaultsTemplate, DeviceError> {
        self.check(&form)?;
        let mut changes = self.publish(&form.tariffs).await?;
        let template = DefaultsTemplate {
            id: TemplateId(id.to_owned()),
            revision,
            name: form.name.trim().to_owned(),
            filter: form.filter,
            profiles: form.profiles,
            tariffs: form.tariffs,
            assertion: form.assertion,
            rank: form.rank,
            by: by.chars().take(200).collect(),
            at: self.csms.now(),
        };
        changes.push(Change::put(&template));
        let kind =
            EventKind::RecordChanged { record: RecordKind::DefaultsTemplate, key: Some(id.to_owned()) };
        self.commit(changes, kind).await?;
        Ok(DefaultsTemplate { revision: revision.next(), ..template })
    }

    /// A tariff that stations have never changes: its id names its content for ever (I08.FR.08).
    async fn publish(&self, tariffs: &[WantedTariff]) -> Result<Vec<Change>, DeviceError> {
        let mut changes = Vec::new();
        let mut seen = Vec::new();
        for (at, wanted) in tariffs.iter().enumerate() {
            let kept: Option<TariffEntry> = self.csms.store().get(&wanted.tariff.0).await?;
            let Some(mut kept) = kept else {
                let id: String = wanted.tariff.0.chars().take(60).collect();
                return Err(DeviceError::invalid(
                    format!("/tariffs/{at}"),
                    format!("There is no tariff {id:?}."),
                ));
            };
            if kept.published_at.is_none() && !seen.contains(&wanted.tariff) {
                kept.published_at = Some(self.csms.now());
                changes.push(Change::put(&kept));
                seen.push(wanted.tariff.clone());
            }
        }
        Ok(changes)
    }

    async fn commit(&self, changes: Vec<Change>, kind: EventKind) -> Result<(), DeviceError> {
        let event = Event { at: self.csms.now(), station: None, kind };
        let unit = Unit { changes, events: vec![event], ..Unit::default() };
        match self.csms.commit(unit).await {
            Err(CommitError::Conflict { .. }) => Err(DeviceError::Conflict),
            done => Ok(done?),
        }
    }

    fn check(&self, form: &DefaultsForm) -> Result<(), DeviceError> {
        if !(1..=100).contains(&form.name.trim().chars().count()) {
            return Err(DeviceError::invalid("/name", "The name has 1 to 100 characters."));
        }
        let most = DefaultsTemplate::MAX_EACH;
        let (profiles, tariffs) = (form.profiles.len(), form.tariffs.len());
        if profiles + tariffs == 0 || profiles > most || tariffs > most {
            let sentence =
                format!("A template has at least one profile or tariff, and at most {most} of each.");
            return Err(DeviceError::invalid("/profiles", sentence));
        }
        if form.filter.stations.len() > 10_000 {
            return Err(DeviceError::invalid("/filter/stations", "Name at most 10,000 stations."));
        }
        for (at, wanted) in form.profiles.iter().enumerate() {
            if let Some(sentence) = self.flaw_of(wanted) {
                return Err(DeviceError::invalid(format!("/profiles/{at}"), sentence));
            }
        }
        let profiles = form.profiles.iter().cloned().map(WantedDefault::Profile).collect::<Vec<_>>();
        let tariffs = form.tariffs.iter().cloned().map(WantedDefault::Tariff).collect::<Vec<_>>();
        for (member, wanted) in [("profiles", profiles), ("tariffs", tariffs)] {
            for (at, one) in wanted.iter().enumerate() {
                if wanted[..at].iter().any(|other| one.excludes(other)) {
                    let sentence =
                        format!("A station cannot have {} beside another one of this list.", one.key());
                    return Err(DeviceError::invalid(format!("/{member}/{at}"), sentence));
                }
            }
        }
        Ok(())
    }

    /// What is wrong with a profile, whatever the station takes.
    fn flaw_of(&self, wanted: &WantedProfile) -> Option<String> {
        if !matches!(wanted.profile.purpose, ProfilePurpose::StationMax | ProfilePurpose::TxDefault) {
            return Some(
                "What stations should have is of the purpose `station_max` or `tx_default`.".to_owned(),
            );
        }
        if wanted.profile.schedules.iter().any(|schedule| schedule.periods.len() > MAX_PERIODS) {
            return Some(format!("A schedule has at most {MAX_PERIODS} steps."));
        }
        let limits = ProfileLimits::default();
        let around = Surroundings { installed: &[], limits: &limits, running: &[], now: self.csms.now() };
        let broken = check_set(wanted.place, &wanted.profile, &around).err()?;
        Some(format!("Profile {}: {broken}.", wanted.profile.id))
    }

    /// The templates that are for a station, those that count more come later.
    async fn templates_for(&self, station: &StationId) -> Result<Vec<DefaultsTemplate>, DeviceError> {
        let kept = self.csms.store().station(station).await?;
        let kept = kept.ok_or_else(|| DeviceError::unknown("station", station.as_str()))?;
        let mut templates = self.templates().await?;
        if templates.is_empty() {
            return Ok(templates);
        }
        let entry: Option<StationEntry> = self.csms.store().get(station.as_str()).await?;
        let is_connected = self.csms.stations().is_connected(station);
        templates
            .retain(|template| template.filter.is_met_by(station, entry.as_ref(), Some(&kept), is_connected));
        templates.sort_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
        Ok(templates)
    }
}
