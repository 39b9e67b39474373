//! The past of all ports: courses out of what the store has, and the keeping of what was worked out.

mod settle;
mod usage;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{EvseId, Place, StationId};

use super::course::Course;
use super::port::{PortKnown, course};
use super::span::{Second, Span, Spans};
use crate::Csms;
use crate::domain::{KeptCourse, ManagerRun, Observation, RecordKind, SiteId, Station, StationEntry};
use crate::store::{Page, ReadError, RecordFilter, Store, TypedRecords};

pub use settle::{HistoryError, LEAST_OBSERVATIONS};
pub use usage::{Attempts, Charged, UsageFigures, UsedPlace};

/// How many stations or records are read in one go.
const PAGE: usize = 500;
/// How many stations are read at the same time.
const AT_ONCE: usize = 8;
/// The last kept part of a course is looked for this far before a window; where there is none, further.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(40 * 24);

/// A port of which there is a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortOfHistory {
    /// Its station.
    pub station: StationId,
    /// Which EVSE of it.
    pub evse: EvseId,
    /// The site of the station.
    pub site: Option<SiteId>,
    /// Since when it has been in service: as the operator says, or since its station was first seen.
    pub in_service_since: Timestamp,
    /// Until when it was, if it is no longer.
    pub in_service_until: Option<Timestamp>,
}

/// The history of a manager's ports. Clones are the same.
#[derive(Clone)]
pub struct History {
    csms: Csms,
}

impl History {
    /// The history of the ports of a manager.
    #[must_use]
    pub const fn new(csms: Csms) -> History {
        History { csms }
    }

    /// All ports: those that an operator has entered, and those that stations have spoken of.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn ports(&self) -> Result<Vec<PortOfHistory>, ReadError> {
        self.ports_of(None).await
    }

    /// The ports of a site; of all of them without one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn ports_of(&self, site: Option<&SiteId>) -> Result<Vec<PortOfHistory>, ReadError> {
        let entries = self.entries(site).await?;
        let stations = match site {
            None => self.stations().await?,
            Some(_) => BTreeMap::new(),
        };
        let names: BTreeSet<&StationId> = entries.keys().chain(stations.keys()).collect();
        // Made first: a stream that maps references cannot be sent between threads.
        let reads: Vec<_> =
            names.into_iter().map(|id| self.ports_at(id, entries.get(id), stations.get(id))).collect();
        let ports = stream::iter(reads).buffered(AT_ONCE).try_collect::<Vec<_>>().await?;
        Ok(ports.into_iter().flatten().collect())
    }

    /// The ports of a station.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn ports_of_station(&self, station: &StationId) -> Result<Vec<PortOfHistory>, ReadError> {
        let entry: Option<StationEntry> = self.store().get(station.as_str()).await?;
        self.ports_at(station, entry.as_ref(), None).await
    }

    /// The course of a port, as far as `window` is over. What nobody observed is unknown.
    ///
    /// # Errors
    /// When the store cannot be read, or what it keeps of the course is damaged.
    pub async fn course(&self, station: &StationId, evse: EvseId, window: Span) -> Result<Course, ReadError> {
        let courses = self.courses_at(station, &[evse], window, &self.absences().await?).await?;
        Ok(courses.into_iter().next().map_or_else(|| Course::unknown(window), |(_, course)| course))
    }

    /// The course of a port as it was believed at a moment: without what was heard after it. It goes back as far as
    /// observations are kept; what is before is unknown.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn course_as_believed(
        &self,
        station: &StationId,
        evse: EvseId,
        window: Span,
        at: Timestamp,
    ) -> Result<Course, ReadError> {
        let until = window.to().timestamp().min(at);
        let Some(window) = Span::between(window.from().timestamp(), until) else {
            return Ok(Course::unknown(window));
        };
        let all = self.store().observations(station, Timestamp::MIN, until).await?;
        let heard: Vec<Observation> = all.into_iter().filter(|one| one.heard_at <= at).collect();
        let first = heard.first().map_or(window.from(), |first| Second::of(first.at).min(window.from()));
        let whole = Span::new(first, window.to()).unwrap_or(window);
        let whole = course(whole, PortKnown::default(), evse, &heard).0;
        let absences = self.absences().await?;
        Ok(whole.within(window).unwrap_or_else(|| Course::unknown(window)).unknown_in(&absences))
    }

    /// The courses of all ports of a site, or of all sites, as far as `window` is over.
    ///
    /// # Errors
    /// As those of [`course`](History::course).
    pub async fn courses(
        &self,
        site: Option<&SiteId>,
        window: Span,
    ) -> Result<Vec<(PortOfHistory, Course)>, ReadError> {
        let absences = self.absences().await?;
        let mut by_station: BTreeMap<StationId, Vec<PortOfHistory>> = BTreeMap::new();
        for port in self.ports_of(site).await? {
            by_station.entry(port.station.clone()).or_default().push(port);
        }
        let reads: Vec<_> = by_station
            .into_iter()
            .map(|(station, ports)| self.courses_of(station, ports, window, &absences))
            .collect();
        let found = stream::iter(reads).buffered(AT_ONCE).try_collect::<Vec<_>>().await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// The times in which the manager was not there: unknown for every port.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn absences(&self) -> Result<Spans, ReadError> {
        let filter = RecordFilter::all(RecordKind::ManagerRun, ManagerRun::KEPT).descending();
        let mut runs: Vec<ManagerRun> = self.store().list(filter).await?;
        runs.reverse();
        let mut there_until: Option<Timestamp> = None;
        let mut absent = Vec::new();
        for run in runs {
            absent.extend(there_until.and_then(|until| Span::between(until, run.started_at)));
            there_until = there_until.max(Some(run.alive_until.max(run.started_at)));
        }
        Ok(absent.into_iter().collect())
    }

    pub(super) fn store(&self) -> &dyn Store {
        &**self.csms.store()
    }

    async fn courses_of(
        &self,
        station: StationId,
        ports: Vec<PortOfHistory>,
        window: Span,
        absences: &Spans,
    ) -> Result<Vec<(PortOfHistory, Course)>, ReadError> {
        let evses: Vec<EvseId> = ports.iter().map(|port| port.evse).collect();
        let mut courses = self.courses_at(&station, &evses, window, absences).await?;
        let found = ports.into_iter().map(|port| {
            let course = courses.remove(&port.evse).unwrap_or_else(|| Course::unknown(window));
            (port, course)
        });
        Ok(found.collect())
    }

    /// The courses of ports of one station.
    async fn courses_at(
        &self,
        station: &StationId,
        evses: &[EvseId],
        window: Span,
        absences: &Spans,
    ) -> Result<BTreeMap<EvseId, Course>, ReadError> {
        let now = Second::of(self.csms.now());
        let Some(window) = Span::new(window.from(), window.to().min(now)) else { return Ok(BTreeMap::new()) };
        let mut chains = self.chains(station, evses, window).await?;
        let settled = chains.values().map(Chain::settled).min().unwrap_or(Second::of(Timestamp::MIN));
        let since = settled.timestamp();
        let observations = match Span::new(settled, window.to()) {
            Some(_) => self.store().observations(station, since, window.to().timestamp()).await?,
            None => Vec::new(),
        };
        let mut found = BTreeMap::new();
        for evse in evses {
            let chain = chains.remove(evse).unwrap_or_default();
            let whole = chain.extended(*evse, window, &observations);
            let part = whole.and_then(|whole| whole.covering(window));
            let course = part.unwrap_or_else(|| Course::unknown(window));
            found.insert(*evse, course.unknown_in(absences));
        }
        Ok(found)
    }

    /// What is kept of the courses of ports, from before `window` on.
    async fn chains(
        &self,
        station: &StationId,
        evses: &[EvseId],
        window: Span,
    ) -> Result<BTreeMap<EvseId, Chain>, ReadError> {
        let from = window.from().timestamp();
        let look = from.checked_sub(LOOK_BACK).unwrap_or(Timestamp::MIN);
        let mut kept = self.store().courses(station, look).await?;
        let has = |kept: &[KeptCourse], evse| kept.iter().any(|part| part.evse == evse);
        if evses.iter().any(|evse| !has(&kept, *evse)) {
            kept = self.store().courses(station, Timestamp::MIN).await?;
        }
        let mut chains: BTreeMap<EvseId, Chain> = BTreeMap::new();
        for part in
            kept.into_iter().filter(|part| evses.contains(&part.evse) && part.from < window.to().timestamp())
        {
            let chain = chains.entry(part.evse).or_default();
            // Of what ended before the window, the last part says how it goes on.
            if part.until <= from {
                *chain = Chain::default();
            }
            chain.push(&part).map_err(|damaged| ReadError(format!("station {station}: {damaged}")))?;
        }
        Ok(chains)
    }

    async fn ports_at(
        &self,
        id: &StationId,
        entry: Option<&StationEntry>,
        station: Option<&Station>,
    ) -> Result<Vec<PortOfHistory>, ReadError> {
        let reported = self.store().ports(id).await?;
        let entered = entry.into_iter().flat_map(|entry| entry.evses.iter().map(|evse| evse.id));
        let evses: BTreeSet<EvseId> =
            reported.iter().filter_map(|port| Place::evse(port.place)).chain(entered).collect();
        let service = entry.map(|entry| entry.service).unwrap_or_default();
        let first_seen = match (service.since, station) {
            (Some(since), _) => Some(since),
            (None, Some(station)) => Some(station.first_seen),
            (None, None) => self.store().station(id).await?.map(|station| station.first_seen),
        };
        let added_at = entry.map(|entry| entry.added_at);
        let Some(in_service_since) = first_seen.or(added_at) else { return Ok(Vec::new()) };
        let port = |evse| PortOfHistory {
            station: id.clone(),
            evse,
            site: entry.and_then(|entry| entry.site.clone()),
            in_service_since,
            in_service_until: service.until,
        };
        Ok(evses.into_iter().map(port).collect())
    }

    async fn entries(&self, site: Option<&SiteId>) -> Result<BTreeMap<StationId, StationEntry>, ReadError> {
        let (mut found, mut after) = (BTreeMap::new(), None);
        loop {
            let filter = RecordFilter::all(RecordKind::StationEntry, PAGE).after(after.take());
            let filter = match site {
                Some(site) => filter.of(site.0.clone()),
                None => filter,
            };
            let page: Vec<StationEntry> = self.store().list(filter).await?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|entry| entry.id.to_string());
            found.extend(page.into_iter().map(|entry| (entry.id.clone(), entry)));
            if is_last {
                return Ok(found);
            }
        }
    }

    async fn stations(&self) -> Result<BTreeMap<StationId, Station>, ReadError> {
        let (mut found, mut after) = (BTreeMap::new(), None);
        loop {
            let page = self.store().stations(Page { after: after.take(), limit: PAGE }).await?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|station| station.id.clone());
            found.extend(page.into_iter().map(|station| (station.id.clone(), station)));
            if is_last {
                return Ok(found);
            }
        }
    }
}

/// Parts of a course that follow each other, with what is known at their end.
#[derive(Default)]
struct Chain {
    course: Option<Course>,
    known: PortKnown,
}

impl Chain {
    fn push(&mut self, part: &KeptCourse) -> Result<(), super::DamagedCourse> {
        let span = Span::between(part.from, part.until).ok_or(super::DamagedCourse)?;
        let next = Course::unpacked(span, &part.packed)?;
        self.known = serde_json::from_str(&part.known).map_err(|_| super::DamagedCourse)?;
        self.course = match self.course.take() {
            None => Some(next),
            // Parts are kept without gaps; before one that stands alone nothing was observed.
            Some(before) => before.followed_by(&next).or(Some(next)),
        };
        Ok(())
    }

    /// Until when it goes; observations from then on are to be added.
    fn settled(&self) -> Second {
        self.course.as_ref().map_or(Second::of(Timestamp::MIN), |course| course.span().to())
    }

    /// The course until the end of `window`, by what was observed since; none when nothing was ever observed.
    fn extended(self, evse: EvseId, window: Span, observations: &[Observation]) -> Option<Course> {
        let settled = self.settled();
        let new = observations.partition_point(|one| Second::of(one.at) < settled);
        let new = observations.get(new..).unwrap_or_default();
        let begins = match &self.course {
            Some(_) => settled,
            None => Second::of(new.first()?.at).min(window.from()),
        };
        let Some(rest) = Span::new(begins, window.to()) else { return self.course };
        let rest = course(rest, self.known, evse, new).0;
        match self.course {
            Some(kept) => kept.followed_by(&rest),
            None => Some(rest),
        }
    }
}
