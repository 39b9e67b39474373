//! What excuses outages: entered with its evidence, confirmed by a second person where the site asks for it, and
//! withdrawn rather than removed.

use jiff::Timestamp;
use ocpp_core::model::{EvseId, Place, StationId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Flaw, Register, RegisterError, unless_flawed};
use crate::domain::{
    Exclusion, ExclusionId, ExclusionPlace, ExclusionReason, RecordKind, Revision, Site, SiteId, SiteProfile,
    StationEntry,
};
use crate::store::{RecordFilter, TypedRecords};

/// The most characters of evidence.
const MAX_EVIDENCE: usize = 2_000;
/// How many exclusions are read in one go.
const PAGE: usize = 500;

/// What an operator says in excuse of outages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExclusionForm {
    /// Where it holds.
    pub place: ExclusionPlace,
    /// Why.
    pub reason: ExclusionReason,
    /// When it began.
    pub from: Timestamp,
    /// When it ended; none while it lasts.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// What happened and how one knows, 1 to 2,000 characters.
    pub evidence: String,
}

/// Which exclusions to list.
#[derive(Debug, Clone, Default)]
pub struct ExclusionFilter {
    /// Only those that hold for ports of this site, by the site, one of its stations or one of their ports.
    pub site: Option<SiteId>,
    /// Only those that hold for ports of this station.
    pub station: Option<StationId>,
    /// Only those that last beyond this moment.
    pub from: Option<Timestamp>,
    /// Only those that begin before this moment.
    pub until: Option<Timestamp>,
}

impl ExclusionForm {
    fn check(&self, now: Timestamp) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let evidence = self.evidence.trim();
        if evidence.is_empty() {
            let sentence =
                "Say what happened and how one knows: an exclusion without evidence proves nothing.";
            flaws.push(Flaw::at("/evidence", sentence));
        } else if evidence.chars().count() > MAX_EVIDENCE {
            flaws.push(Flaw::at(
                "/evidence",
                format!("The evidence has more than {MAX_EVIDENCE} characters."),
            ));
        } else if evidence.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
            flaws.push(Flaw::at("/evidence", "This has control characters: use plain text."));
        }
        if self.from > now {
            flaws.push(Flaw::at("/from", "This lies in the future: enter an exclusion once it has begun."));
        }
        flaws.extend(self.until.and_then(|until| flaw_of_end(self.from, until, now)));
        flaws
    }
}

fn flaw_of_end(from: Timestamp, until: Timestamp, now: Timestamp) -> Option<Flaw> {
    if until <= from {
        return Some(Flaw::at("/until", "An exclusion ends after it began."));
    }
    let sentence = "This lies in the future: leave the end out while it lasts, and enter it afterwards.";
    (until > now).then(|| Flaw::at("/until", sentence))
}

/// Exclusions.
impl Register {
    /// Enters an exclusion. It excuses outages from now on, or, where the site's profile asks for a second person,
    /// once somebody else has confirmed it.
    ///
    /// # Errors
    /// [`RegisterError::Invalid`].
    pub async fn enter_exclusion(&self, form: ExclusionForm, who: &str) -> Result<Exclusion, RegisterError> {
        let mut flaws = form.check(self.now());
        let site = match self.site_of(&form.place).await? {
            Ok(site) => site,
            Err(flaw) => {
                flaws.push(flaw);
                None
            }
        };
        unless_flawed(flaws)?;
        let exclusion = Exclusion {
            id: ExclusionId(Uuid::now_v7().to_string().into()),
            revision: Revision::default(),
            place: form.place,
            reason: form.reason,
            from: form.from,
            until: form.until,
            evidence: form.evidence.trim().into(),
            entered_by: who.into(),
            entered_at: self.now(),
            ended_at: None,
            needs_second: self.asks_for_second(site.as_ref()).await?,
            confirmed_by: None,
            confirmed_at: None,
            withdrawn: None,
        };
        self.keep(exclusion, Vec::new()).await
    }

    /// Confirms an exclusion as a second person.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`], [`RegisterError::Conflict`], and [`RegisterError::Forbidden`] for whoever entered
    /// it, and for one that is confirmed or withdrawn already.
    pub async fn confirm_exclusion(
        &self,
        id: &str,
        who: &str,
        seen: Option<Revision>,
    ) -> Result<Exclusion, RegisterError> {
        let exclusion = self.standing(id, seen).await?;
        if let Some(by) = &exclusion.confirmed_by {
            return Err(RegisterError::Forbidden(format!("{by} has confirmed this exclusion already.")));
        }
        if same_person(&exclusion.entered_by, who) {
            let sentence = "Whoever entered an exclusion cannot confirm it: a second person has to.";
            return Err(RegisterError::Forbidden(sentence.to_owned()));
        }
        let confirmed =
            Exclusion { confirmed_by: Some(who.into()), confirmed_at: Some(self.now()), ..exclusion };
        self.keep(confirmed, Vec::new()).await
    }

    /// Says when an exclusion ended that lasted when it was entered.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`], [`RegisterError::Conflict`], [`RegisterError::Invalid`], and
    /// [`RegisterError::Forbidden`] for one that has an end or is withdrawn.
    pub async fn end_exclusion(
        &self,
        id: &str,
        until: Timestamp,
        seen: Option<Revision>,
    ) -> Result<Exclusion, RegisterError> {
        let exclusion = self.standing(id, seen).await?;
        if exclusion.until.is_some() {
            let sentence =
                "This exclusion has ended already: withdraw it and enter another one to correct it.";
            return Err(RegisterError::Forbidden(sentence.to_owned()));
        }
        unless_flawed(flaw_of_end(exclusion.from, until, self.now()).into_iter().collect())?;
        let ended = Exclusion { until: Some(until), ended_at: Some(self.now()), ..exclusion };
        self.keep(ended, Vec::new()).await
    }

    /// Takes an exclusion back. It stays on record and excuses nothing any more.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`], [`RegisterError::Conflict`], and [`RegisterError::Forbidden`] for one that was
    /// taken back already.
    pub async fn withdraw_exclusion(
        &self,
        id: &str,
        who: &str,
        seen: Option<Revision>,
    ) -> Result<Exclusion, RegisterError> {
        let exclusion = self.standing(id, seen).await?;
        let withdrawn = Exclusion { withdrawn: Some((who.into(), self.now())), ..exclusion };
        self.keep(withdrawn, Vec::new()).await
    }

    /// Exclusions, the latest entered first; `limit` of them at most, beginning after the one of id `after`.
    ///
    /// # Errors
    /// [`RegisterError::Store`].
    pub async fn exclusions(
        &self,
        filter: &ExclusionFilter,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Exclusion>, RegisterError> {
        let stations = match &filter.site {
            Some(site) => self.csms.store().owned::<StationEntry>(&site.0, super::MAX_TOUCHED).await?,
            None => Vec::new(),
        };
        let (mut found, mut cursor) = (Vec::new(), after);
        while found.len() < limit {
            let page = RecordFilter::all(RecordKind::Exclusion, PAGE).after(cursor.take()).descending();
            let read: Vec<Exclusion> = self.csms.store().list(page).await?;
            let is_last = read.len() < PAGE;
            cursor = read.last().map(|last| last.id.0.to_string());
            found.extend(read.into_iter().filter(|one| filter.takes(one, &stations)));
            if is_last {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    async fn standing(&self, id: &str, seen: Option<Revision>) -> Result<Exclusion, RegisterError> {
        let exclusion: Exclusion = self.need("exclusion", id, seen).await?;
        match &exclusion.withdrawn {
            Some((by, _)) => Err(RegisterError::Forbidden(format!(
                "{by} has withdrawn this exclusion: enter another one."
            ))),
            None => Ok(exclusion),
        }
    }

    async fn asks_for_second(&self, site: Option<&SiteId>) -> Result<bool, RegisterError> {
        let Some(site) = site else { return Ok(false) };
        let profile: Option<SiteProfile> = self.csms.store().get(&site.0).await?;
        Ok(profile.is_some_and(|profile| profile.second_person))
    }

    /// The site of a place, or why there is no such place.
    async fn site_of(&self, place: &ExclusionPlace) -> Result<Result<Option<SiteId>, Flaw>, RegisterError> {
        let (station, evse) = match place {
            ExclusionPlace::Site(site) => {
                let known: Option<Site> = self.csms.store().get(&site.0).await?;
                let flaw = || Flaw::at("/place", format!("There is no site {:?}.", short(&site.0)));
                return Ok(known.map(|site| Some(site.id)).ok_or_else(flaw));
            }
            ExclusionPlace::Station(station) => (station, None),
            ExclusionPlace::Port { station, evse } => (station, Some(*evse)),
        };
        let entry: Option<StationEntry> = self.csms.store().get(station.as_str()).await?;
        if entry.is_none() && self.csms.store().station(station).await?.is_none() {
            return Ok(Err(Flaw::at("/place", format!("There is no station {:?}.", station.as_str()))));
        }
        if let Some(evse) = evse
            && !self.has_evse(station, entry.as_ref(), evse).await?
        {
            let sentence = format!("Station {station} has no EVSE {evse}.");
            return Ok(Err(Flaw::at("/place", sentence)));
        }
        Ok(Ok(entry.and_then(|entry| entry.site)))
    }

    async fn has_evse(
        &self,
        station: &StationId,
        entry: Option<&StationEntry>,
        evse: EvseId,
    ) -> Result<bool, RegisterError> {
        if entry.is_some_and(|entry| entry.evses.iter().any(|one| one.id == evse)) {
            return Ok(true);
        }
        let ports = self.csms.store().ports(station).await?;
        Ok(ports.iter().any(|port| Place::evse(port.place) == Some(evse)))
    }
}

impl ExclusionFilter {
    fn takes(&self, exclusion: &Exclusion, of_site: &[StationEntry]) -> bool {
        let station = match &exclusion.place {
            ExclusionPlace::Site(_) => None,
            ExclusionPlace::Station(station) | ExclusionPlace::Port { station, .. } => Some(station),
        };
        let at_site = |site: &SiteId| match (&exclusion.place, station) {
            (ExclusionPlace::Site(here), _) => here == site,
            (_, Some(station)) => of_site.iter().any(|entry| entry.id == *station),
            (_, None) => false,
        };
        self.site.as_ref().is_none_or(at_site)
            && self.station.as_ref().is_none_or(|wanted| station == Some(wanted))
            && self.from.is_none_or(|from| exclusion.until.is_none_or(|until| until > from))
            && self.until.is_none_or(|until| exclusion.from < until)
    }
}

/// Names of people are compared as people read them.
fn same_person(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn short(text: &str) -> String {
    text.chars().take(64).collect()
}
