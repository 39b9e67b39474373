//! Values that the settings of stations should have: templates for many stations, how each station drifts from them
//! and why, and bringing it back: by order, or by itself after a connection or a restart.
//!
//! A template names settings in the words of any version; each station gets them in its own. A station that refuses
//! is asked a few times and then left alone, until the template or an operator says otherwise.

mod assert;
mod drift;
mod keep;

use std::collections::BTreeMap;

use ocpp_core::model::{AttributeKind, Setting, SettingChange, StationId};
use ocpp_core::types::Version;

pub use drift::{Drift, DriftRow, StationDrift};

use super::device::{DeviceError, DeviceModels};
use crate::Csms;
use crate::catalogue::{Catalogue, name};
use crate::domain::{
    Assertion, Event, EventKind, RecordKind, Revision, SettingTemplate, StationEntry, StationFilter,
    TemplateId,
};
use crate::store::{Change, CommitError, Page, RecordFilter, TypedRecords, Unit};

/// A template as operators write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateForm {
    /// What people call it, 1 to 100 characters.
    pub name: String,
    /// The stations it is for.
    pub filter: StationFilter,
    /// What they should have.
    pub settings: Vec<SettingChange>,
    /// What is done about drift.
    pub assertion: Assertion,
    /// Of two templates that want the same setting the one of the higher rank counts.
    pub rank: i32,
}

/// The templates of a manager. Clones are the same.
#[derive(Clone)]
pub struct Desired {
    devices: DeviceModels,
}

impl Desired {
    /// The templates of a manager.
    #[must_use]
    pub const fn new(csms: Csms) -> Desired {
        Desired { devices: DeviceModels::new(csms) }
    }

    const fn csms(&self) -> &Csms {
        &self.devices.csms
    }

    /// All templates, in the order of their ids.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn templates(&self) -> Result<Vec<SettingTemplate>, DeviceError> {
        let filter = RecordFilter::all(RecordKind::SettingTemplate, SettingTemplate::MAX_TEMPLATES);
        Ok(self.csms().store().list(filter).await?)
    }

    /// One template.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn template(&self, id: &str) -> Result<SettingTemplate, DeviceError> {
        let found: Option<SettingTemplate> = self.csms().store().get(id).await?;
        found.ok_or_else(|| DeviceError::unknown("template", id))
    }

    /// Adds a template. Nothing is sent by this.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn add(&self, id: &str, form: TemplateForm, by: &str) -> Result<SettingTemplate, DeviceError> {
        check_id(id)?;
        if self.csms().store().get::<SettingTemplate>(id).await?.is_some() {
            return Err(DeviceError::Exists(id.to_owned()));
        }
        if self.templates().await?.len() >= SettingTemplate::MAX_TEMPLATES {
            let sentence =
                format!("There are {} templates, as many as are kept.", SettingTemplate::MAX_TEMPLATES);
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
        form: TemplateForm,
        by: &str,
    ) -> Result<SettingTemplate, DeviceError> {
        let before = self.template(id).await?;
        self.put(id, expected.unwrap_or(before.revision), form, by).await
    }

    /// Removes a template. What stations have stays.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn remove(&self, id: &str) -> Result<(), DeviceError> {
        let template = self.template(id).await?;
        let record = RecordKind::SettingTemplate;
        let kind = EventKind::RecordRemoved { record, key: Some(id.to_owned()) };
        self.commit(Change::remove(&template), kind).await
    }

    async fn put(
        &self,
        id: &str,
        revision: Revision,
        form: TemplateForm,
        by: &str,
    ) -> Result<SettingTemplate, DeviceError> {
        check(&form)?;
        let template = SettingTemplate {
            id: TemplateId(id.to_owned()),
            revision,
            name: form.name.trim().to_owned(),
            filter: form.filter,
            settings: form.settings,
            assertion: form.assertion,
            rank: form.rank,
            by: by.chars().take(200).collect(),
            at: self.csms().now(),
        };
        let kind = EventKind::RecordChanged { record: RecordKind::SettingTemplate, key: Some(id.to_owned()) };
        self.commit(Change::put(&template), kind).await?;
        Ok(SettingTemplate { revision: revision.next(), ..template })
    }

    async fn commit(&self, change: Change, kind: EventKind) -> Result<(), DeviceError> {
        let event = Event { at: self.csms().now(), station: None, kind };
        let unit = Unit { changes: vec![change], events: vec![event], ..Unit::default() };
        match self.csms().commit(unit).await {
            Err(CommitError::Conflict { .. }) => Err(DeviceError::Conflict),
            done => Ok(done?),
        }
    }

    /// The templates that are for a station, those that count more come later.
    async fn templates_for(&self, station: &StationId) -> Result<Vec<SettingTemplate>, DeviceError> {
        let kept = self.csms().store().station(station).await?;
        let kept = kept.ok_or_else(|| DeviceError::unknown("station", station.as_str()))?;
        let mut templates = self.templates().await?;
        if templates.is_empty() {
            return Ok(templates);
        }
        let entry: Option<StationEntry> = self.csms().store().get(station.as_str()).await?;
        let is_connected = self.csms().stations().is_connected(station);
        templates
            .retain(|template| template.filter.is_met_by(station, entry.as_ref(), Some(&kept), is_connected));
        templates.sort_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
        Ok(templates)
    }

    /// The stations that a filter selects, in the order of their identities, among those that have ever connected.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn stations(
        &self,
        filter: &StationFilter,
        page: Page<StationId>,
    ) -> Result<Vec<StationId>, DeviceError> {
        const AT_A_TIME: usize = 500;
        let mut chosen = Vec::new();
        let mut after = page.after;
        while chosen.len() < page.limit {
            let stations =
                self.csms().store().stations(Page { after: after.take(), limit: AT_A_TIME }).await?;
            let Some(last) = stations.last() else { break };
            after = Some(last.id.clone());
            for station in stations {
                let entry: Option<StationEntry> = match filter.site {
                    Some(_) => self.csms().store().get(station.id.as_str()).await?,
                    None => None,
                };
                let is_connected = self.csms().stations().is_connected(&station.id);
                if chosen.len() < page.limit
                    && filter.is_met_by(&station.id, entry.as_ref(), Some(&station), is_connected)
                {
                    chosen.push(station.id);
                }
            }
        }
        Ok(chosen)
    }
}

pub(super) fn check_id(id: &str) -> Result<(), DeviceError> {
    let is_fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if (1..=50).contains(&id.len()) && id.chars().all(is_fine) {
        return Ok(());
    }
    let sentence = "The id of a template has 1 to 50 lower-case letters, digits and hyphens.";
    Err(DeviceError::invalid("/id", sentence))
}

fn check(form: &TemplateForm) -> Result<(), DeviceError> {
    if !(1..=100).contains(&form.name.trim().chars().count()) {
        return Err(DeviceError::invalid("/name", "The name has 1 to 100 characters."));
    }
    let most = SettingTemplate::MAX_SETTINGS;
    if !(1..=most).contains(&form.settings.len()) {
        return Err(DeviceError::invalid("/settings", format!("A template has 1 to {most} settings.")));
    }
    if form.filter.stations.len() > 10_000 {
        return Err(DeviceError::invalid("/filter/stations", "Name at most 10,000 stations."));
    }
    let mut seen = BTreeMap::new();
    for (at, wanted) in form.settings.iter().enumerate() {
        let flaw = flaw_of(wanted).or_else(|| {
            seen.insert(name(&wanted.setting).to_ascii_lowercase(), at)
                .map(|_| format!("{} is named twice: name it once.", name(&wanted.setting)))
        });
        if let Some(sentence) = flaw {
            return Err(DeviceError::invalid(format!("/settings/{at}"), sentence));
        }
    }
    Ok(())
}

/// What is wrong with a value that stations should have, whatever they speak.
fn flaw_of(wanted: &SettingChange) -> Option<String> {
    let name = name(&wanted.setting);
    if wanted.attribute != AttributeKind::Actual {
        return Some(format!("{name}: a template is about actual values."));
    }
    if wanted.value.chars().count() > 2_500 {
        return Some(format!("{name}: a value has at most 2,500 characters."));
    }
    let versions = match &wanted.setting {
        Setting::Key(_) => &[Version::V16][..],
        Setting::Variable { .. } => &[Version::V21, Version::V201][..],
    };
    let entries: Vec<_> =
        versions.iter().filter_map(|version| Catalogue::of(*version).find(&wanted.setting)).collect();
    if wanted.setting.is_secret() || entries.iter().any(|entry| entry.secret) {
        return Some(format!("{name} is a secret: each station has its own, which is renewed by itself."));
    }
    let entry = entries.first()?;
    if !entry.access.may_be_written() {
        return Some(format!("{name} can only be read."));
    }
    entry.flaw_of(&wanted.value).map(|flaw| format!("{name} cannot be {:?}: {flaw}.", wanted.value))
}
