//! What it costs: a tariff is drafted, published by assigning it, and from then on only succeeded.

use ocpp_core::rules::tariff::Tariff;
use serde::{Deserialize, Serialize};

use super::{Flaw, MAX_TOUCHED, Register, RegisterError, check_name, unless_flawed};
use crate::domain::{RecordKind, Revision, Site, StationEntry, TariffEntry, TariffId};
use crate::store::{Change, RecordFilter, TypedRecords};

/// What an operator says of a tariff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TariffForm {
    /// What operators call it, 1 to 100 characters.
    pub name: String,
    /// The prices. Its `id` names it for ever.
    pub tariff: Tariff,
}

impl TariffForm {
    fn check(&self) -> Result<(), RegisterError> {
        let mut flaws = Vec::new();
        check_name(&mut flaws, "/name", &self.name);
        flaws.extend(self.tariff.check().into_iter().map(Flaw::from));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if !self.tariff.id.chars().all(is_plain) {
            let sentence = "The id of a tariff has letters, digits, dots, hyphens and underscores only.";
            flaws.push(Flaw::at("/tariff/id", sentence));
        }
        unless_flawed(flaws)
    }
}

/// Tariffs.
impl Register {
    /// Drafts a tariff. It prices nothing until it is assigned.
    ///
    /// # Errors
    /// [`RegisterError::Exists`], [`RegisterError::Invalid`].
    pub async fn draft_tariff(&self, form: TariffForm) -> Result<TariffEntry, RegisterError> {
        form.check()?;
        let id = form.tariff.id.clone();
        match self.keep(self.new_tariff(form), Vec::new()).await {
            Err(RegisterError::Conflict) => Err(RegisterError::Exists { what: "tariff", id }),
            other => other,
        }
    }

    fn new_tariff(&self, form: TariffForm) -> TariffEntry {
        TariffEntry {
            id: TariffId(form.tariff.id.clone()),
            revision: Revision::default(),
            name: form.name.trim().to_owned(),
            tariff: form.tariff,
            added_at: self.now(),
            published_at: None,
            successor: None,
            predecessor: None,
        }
    }

    /// Changes a draft.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`], [`RegisterError::Invalid`], [`RegisterError::Conflict`], and
    /// [`RegisterError::Forbidden`] for a tariff that was ever assigned.
    pub async fn change_draft(
        &self,
        id: &str,
        form: TariffForm,
        seen: Option<Revision>,
    ) -> Result<TariffEntry, RegisterError> {
        form.check()?;
        let entry: TariffEntry = self.need("tariff", id, seen).await?;
        still_a_draft(&entry)?;
        if form.tariff.id != id {
            let flaw = Flaw::at("/tariff/id", "A tariff keeps its id: draft another one.");
            return Err(RegisterError::Invalid(vec![flaw]));
        }
        self.keep(TariffEntry { name: form.name.trim().to_owned(), tariff: form.tariff, ..entry }, Vec::new())
            .await
    }

    /// Removes a draft.
    ///
    /// # Errors
    /// As [`Register::change_draft`].
    pub async fn remove_draft(&self, id: &str) -> Result<(), RegisterError> {
        let entry: TariffEntry = self.need("tariff", id, None).await?;
        still_a_draft(&entry)?;
        self.commit(vec![Change::remove(&entry)]).await
    }

    /// Assigns a tariff to a site, or takes the site's tariff away. Sessions that run keep theirs.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`], [`RegisterError::Forbidden`] for a tariff that has a successor.
    pub async fn assign_to_site(&self, site: &str, tariff: Option<&str>) -> Result<Site, RegisterError> {
        let mut site: Site = self.need("site", site, None).await?;
        let published = self.publish(tariff).await?;
        site.tariff = tariff.map(|id| TariffId(id.to_owned()));
        self.keep(site, published).await
    }

    /// Assigns a tariff to a station, before the one of its site, or takes it away.
    ///
    /// # Errors
    /// As [`Register::assign_to_site`].
    pub async fn assign_to_station(
        &self,
        station: &str,
        tariff: Option<&str>,
    ) -> Result<StationEntry, RegisterError> {
        let mut entry: StationEntry = self.need("station", station, None).await?;
        let published = self.publish(tariff).await?;
        entry.tariff = tariff.map(|id| TariffId(id.to_owned()));
        self.keep(entry, published).await
    }

    /// Puts a new tariff in the place of one that is in use: sites and stations that have the old one have
    /// the new one from now on, and sessions that run keep the old one.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`], [`RegisterError::Exists`], [`RegisterError::Invalid`], and
    /// [`RegisterError::Forbidden`] for a draft, or when there is a successor already.
    pub async fn succeed_tariff(&self, id: &str, form: TariffForm) -> Result<TariffEntry, RegisterError> {
        form.check()?;
        let mut old: TariffEntry = self.need("tariff", id, None).await?;
        if old.published_at.is_none() {
            let sentence = "This tariff is a draft: change it instead.";
            return Err(RegisterError::Forbidden(sentence.to_owned()));
        }
        no_successor(&old)?;
        let mut new = self.new_tariff(form);
        if self.csms.store().get::<TariffEntry>(&new.id.0).await?.is_some() {
            return Err(RegisterError::Exists { what: "tariff", id: new.id.0 });
        }
        new.published_at = Some(self.now());
        new.predecessor = Some(old.id.clone());
        old.successor = Some(new.id.clone());
        let mut changes = vec![Change::put(&old)];
        for mut site in self.all::<Site>(RecordKind::Site).await? {
            if site.tariff.as_ref() == Some(&old.id) {
                site.tariff = Some(new.id.clone());
                changes.push(Change::put(&site));
            }
        }
        for mut entry in self.all::<StationEntry>(RecordKind::StationEntry).await? {
            if entry.tariff.as_ref() == Some(&old.id) {
                entry.tariff = Some(new.id.clone());
                changes.push(Change::put(&entry));
            }
        }
        self.keep(new, changes).await
    }

    async fn all<R: crate::domain::Record>(&self, kind: RecordKind) -> Result<Vec<R>, RegisterError> {
        Ok(self.csms.store().list(RecordFilter::all(kind, MAX_TOUCHED)).await?)
    }

    /// What publishes a tariff that is being assigned.
    async fn publish(&self, tariff: Option<&str>) -> Result<Vec<Change>, RegisterError> {
        let Some(id) = tariff else { return Ok(Vec::new()) };
        let mut entry: TariffEntry = self.need("tariff", id, None).await?;
        no_successor(&entry)?;
        if entry.published_at.is_some() {
            return Ok(Vec::new());
        }
        entry.published_at = Some(self.now());
        Ok(vec![Change::put(&entry)])
    }
}

fn still_a_draft(entry: &TariffEntry) -> Result<(), RegisterError> {
    if entry.published_at.is_none() {
        return Ok(());
    }
    let sentence = "This tariff has been assigned, so sessions may be priced by it: it does not change any more. \
                    Give it a successor instead.";
    Err(RegisterError::Forbidden(sentence.to_owned()))
}

fn no_successor(entry: &TariffEntry) -> Result<(), RegisterError> {
    match &entry.successor {
        None => Ok(()),
        Some(successor) => {
            let sentence = format!("This tariff has a successor already: {}. Use that one.", successor.0);
            Err(RegisterError::Forbidden(sentence))
        }
    }
}
