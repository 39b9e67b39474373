//! How ports were used, with what was charged and what was tried there.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{EvseId, Place, StationId, Watts, Wh};

use super::{History, PortOfHistory};
use crate::availability::course::{Course, Piece};
use crate::availability::span::{Span, Spans};
use crate::availability::usage::{
    HOURS_OF_WEEK, Hours, Usage, arrivals, by_hour, full, turned_away_per_hour,
};
use crate::domain::{ChargeAttempt, Observed, SessionNumber, Site, SiteId, StationEntry};
use crate::store::{Page, ReadError, SessionFilter, TypedRecords};

/// Of which ports the use is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsedPlace {
    /// All of them.
    Everywhere,
    /// Those of a site.
    Site(SiteId),
    /// Those of a station.
    Station(StationId),
    /// One.
    #[allow(missing_docs)]
    Port { station: StationId, evse: EvseId },
}

/// How ports were used over a window.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageFigures {
    /// The part of the window that is over.
    pub window: Span,
    /// In whose hours.
    pub zone: TimeZone,
    /// Hours of the week, states and stays.
    pub usage: Usage,
    /// Seconds of each hour of the week in which every port in use was taken and none was free, for each site summed.
    pub full_s: [i64; HOURS_OF_WEEK],
    /// Vehicles that came, by hour of the week.
    pub arrivals: [u32; HOURS_OF_WEEK],
    /// Drivers who found no free port, as far as that can be estimated (Erlang B), in the whole window: an estimate.
    pub turned_away: Option<f64>,
    /// What was charged.
    pub charged: Charged,
    /// What came of attempts to charge, by port; those that were refused before a port was chosen have none.
    pub attempts: BTreeMap<(StationId, Option<EvseId>), Attempts>,
}

/// What was charged over a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Charged {
    /// Sessions that began in it.
    pub sessions: u64,
    /// Their energy.
    pub energy: Wh,
    /// The most power of the ports together, where all of them say it.
    pub power: Option<Watts>,
}

impl Charged {
    /// Which part of the energy that the ports could have given they gave, in thousandths.
    #[must_use]
    pub fn energy_permille(&self, window: Span) -> Option<u32> {
        let possible = i128::from(self.power?.0) * i128::from(window.seconds());
        let given = i128::from(self.energy.0) * 3600 * 1000;
        (possible > 0).then(|| u32::try_from(given / possible).ok()).flatten()
    }

    /// Which part of their power the ports gave on average while they charged, in thousandths.
    #[must_use]
    pub fn power_permille(&self, charging_s: i64, ports: usize) -> Option<u32> {
        let each = i128::from(self.power?.0) / i128::try_from(ports).ok().filter(|ports| *ports > 0)?;
        let possible = each * i128::from(charging_s);
        let given = i128::from(self.energy.0) * 3600 * 1000;
        (possible > 0).then(|| u32::try_from(given / possible).ok()).flatten()
    }
}

/// What came of attempts to charge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attempts(pub BTreeMap<ChargeAttempt, u64>);

impl Attempts {
    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// Which part of them led to a charge, in thousandths; none where nobody tried.
    #[must_use]
    pub fn success_permille(&self) -> Option<u32> {
        let charged = self.0.get(&ChargeAttempt::Charged).copied().unwrap_or_default();
        u32::try_from(charged.saturating_mul(1000).checked_div(self.count())?).ok()
    }

    /// Adds others to these.
    pub fn add(&mut self, others: &Attempts) {
        for (attempt, count) in &others.0 {
            *self.0.entry(*attempt).or_default() += count;
        }
    }
}

/// A session of before the window may still be among those that were told later.
const LATE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many sessions are read in one go.
const PAGE: usize = 1000;
/// What was observed is read in stretches of this length.
const STRETCH: SignedDuration = SignedDuration::from_hours(31 * 24);

impl History {
    /// How ports were used over `window`, in the hours of the zone of their site; in UTC where they have several.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn usage(&self, place: &UsedPlace, window: Span) -> Result<UsageFigures, ReadError> {
        let now = crate::availability::Second::of(self.csms.now());
        let window = Span::new(window.from(), window.to().min(now)).unwrap_or(window);
        let courses = self.courses_at_place(place, window).await?;
        let zone = self.zone_of(courses.first().and_then(|(port, _)| port.site.as_ref()), place).await?;
        let hours = Hours::of(window, &zone);
        let usage = Usage::of(courses.iter().map(|(_, course)| course), &hours);
        let charged = self.charged(&courses, window).await?;
        let attempts = self.attempts(&courses, place, window).await?;
        Ok(UsageFigures {
            full_s: by_hour(&Spans::default(), &hours),
            arrivals: arrivals(courses.iter().map(|(_, course)| course), &zone),
            turned_away: turned_away(&courses, &usage, window),
            window,
            usage,
            charged,
            attempts,
            zone,
        }
        .with_full(&courses, &hours))
    }

    /// The use of ports by hour of the week alone: what a heatmap shows.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn hours_of_week(
        &self,
        place: &UsedPlace,
        window: Span,
    ) -> Result<(Usage, TimeZone), ReadError> {
        let courses = self.courses_at_place(place, window).await?;
        let zone = self.zone_of(courses.first().and_then(|(port, _)| port.site.as_ref()), place).await?;
        let hours = Hours::of(window, &zone);
        Ok((Usage::of(courses.iter().map(|(_, course)| course), &hours), zone))
    }

    async fn courses_at_place(
        &self,
        place: &UsedPlace,
        window: Span,
    ) -> Result<Vec<(PortOfHistory, Course)>, ReadError> {
        let (station, evse) = match place {
            UsedPlace::Everywhere => return self.courses(None, window).await,
            UsedPlace::Site(site) => return self.courses(Some(site), window).await,
            UsedPlace::Station(station) => (station, None),
            UsedPlace::Port { station, evse } => (station, Some(*evse)),
        };
        let mut ports = self.ports_of_station(station).await?;
        ports.retain(|port| evse.is_none_or(|evse| port.evse == evse));
        self.courses_of(station.clone(), ports, window, &self.absences().await?).await
    }

    async fn zone_of(&self, site: Option<&SiteId>, place: &UsedPlace) -> Result<TimeZone, ReadError> {
        let site = match place {
            UsedPlace::Everywhere => None,
            UsedPlace::Site(site) => Some(site),
            UsedPlace::Station(_) | UsedPlace::Port { .. } => site,
        };
        let Some(site) = site else { return Ok(TimeZone::UTC) };
        let site: Option<Site> = self.store().get(&site.0).await?;
        Ok(site.and_then(|site| TimeZone::get(&site.time_zone).ok()).unwrap_or(TimeZone::UTC))
    }

    /// The sessions at ports that began in the window, with their energy.
    async fn charged(&self, courses: &[(PortOfHistory, Course)], window: Span) -> Result<Charged, ReadError> {
        let (from, to) = (window.from().timestamp(), window.to().timestamp());
        let earliest = from.checked_sub(LATE).unwrap_or(Timestamp::MIN);
        let mut charged = Charged { power: Some(Watts(0)), ..Charged::default() };
        for (station, evses) in by_station(courses) {
            let entry: Option<StationEntry> = self.store().get(station.as_str()).await?;
            let power = entry.as_ref().and_then(|entry| power_of(entry, &evses));
            charged.power = charged.power.zip(power).and_then(|(a, b)| a.0.checked_add(b.0).map(Watts));
            let mut after: Option<SessionNumber> = None;
            loop {
                let filter = SessionFilter { station: Some(station.clone()), ..SessionFilter::default() };
                let page = self.store().sessions(filter, Page { after, limit: PAGE }).await?;
                after = page.last().map(|session| session.number);
                let is_last = page.len() < PAGE || page.iter().all(|session| session.started_at < earliest);
                for session in page {
                    let is_here =
                        session.place.and_then(Place::evse).is_some_and(|evse| evses.contains(&evse));
                    if is_here && session.started_at >= from && session.started_at < to {
                        charged.sessions += 1;
                        charged.energy = Wh(charged.energy.0.saturating_add(session.energy().0));
                    }
                }
                if is_last {
                    break;
                }
            }
        }
        Ok(charged)
    }

    /// What came of attempts at ports, as far back as observations are kept.
    async fn attempts(
        &self,
        courses: &[(PortOfHistory, Course)],
        place: &UsedPlace,
        window: Span,
    ) -> Result<BTreeMap<(StationId, Option<EvseId>), Attempts>, ReadError> {
        let mut found: BTreeMap<(StationId, Option<EvseId>), Attempts> = BTreeMap::new();
        let is_one_port = matches!(place, UsedPlace::Port { .. });
        for (station, evses) in by_station(courses) {
            let (mut from, to) = (window.from().timestamp(), window.to().timestamp());
            while from < to {
                let until = from.checked_add(STRETCH).map_or(to, |until| until.min(to));
                for one in self.store().observations(&station, from, until).await? {
                    let Observed::Attempt(attempt) = one.what else { continue };
                    let evse = one.place.evse();
                    if evse.map_or(!is_one_port, |evse| evses.contains(&evse)) {
                        let of_port = found.entry((station.clone(), evse)).or_default();
                        *of_port.0.entry(attempt).or_default() += 1;
                    }
                }
                from = until;
            }
        }
        Ok(found)
    }
}

impl UsageFigures {
    /// Adds the time that each site was full; a port without a site is one of its own station.
    fn with_full(mut self, courses: &[(PortOfHistory, Course)], hours: &Hours) -> UsageFigures {
        for courses in by_site(courses).values() {
            let of_site = by_hour(&full(courses.iter().copied()), hours);
            for (sum, part) in self.full_s.iter_mut().zip(of_site) {
                *sum += part;
            }
        }
        self
    }

    /// All attempts together.
    #[must_use]
    pub fn all_attempts(&self) -> Attempts {
        let mut all = Attempts::default();
        for attempts in self.attempts.values() {
            all.add(attempts);
        }
        all
    }
}

/// The drivers that each site turned away, added up; none where one of them says nothing.
#[allow(clippy::cast_precision_loss, reason = "an estimate")]
fn turned_away(courses: &[(PortOfHistory, Course)], usage: &Usage, window: Span) -> Option<f64> {
    if usage.stays.is_empty() {
        return None;
    }
    let hours = window.seconds() as f64 / 3600.0;
    let mut sum = 0.0;
    for courses in by_site(courses).values() {
        let (mut came, mut taken_s, mut usable_s) = (0.0, 0.0, 0.0);
        for course in courses {
            let taken = course.spans(Piece::is_occupied);
            came += taken.as_slice().len() as f64;
            taken_s += taken.seconds() as f64;
            usable_s += course.spans(|piece| piece.seen().is_usable()).seconds() as f64;
        }
        if came == 0.0 {
            continue;
        }
        let ports = (usable_s / 3600.0 / hours).max(1.0);
        sum += turned_away_per_hour(came / hours, taken_s / 3600.0 / came, ports)? * hours;
    }
    Some(sum)
}

fn by_site(courses: &[(PortOfHistory, Course)]) -> BTreeMap<&str, Vec<&Course>> {
    let mut sites: BTreeMap<&str, Vec<&Course>> = BTreeMap::new();
    for (port, course) in courses {
        let site = port.site.as_ref().map_or(port.station.as_str(), |site| site.0.as_str());
        sites.entry(site).or_default().push(course);
    }
    sites
}

fn by_station(courses: &[(PortOfHistory, Course)]) -> BTreeMap<StationId, Vec<EvseId>> {
    let mut stations: BTreeMap<StationId, Vec<EvseId>> = BTreeMap::new();
    for (port, _) in courses {
        stations.entry(port.station.clone()).or_default().push(port.evse);
    }
    stations
}

/// The most power of EVSEs of a station: what is said of each, and no more than of the station.
fn power_of(entry: &StationEntry, evses: &[EvseId]) -> Option<Watts> {
    let mut sum = 0_i64;
    for evse in evses {
        let said = entry.evses.iter().find(|said| said.id == *evse)?;
        let connectors = said.connectors.iter().filter_map(|connector| connector.power).max();
        sum = sum.checked_add(said.power.or(connectors)?.0)?;
    }
    Some(entry.power.map_or(Watts(sum), |most| Watts(sum.min(most.0))))
}
