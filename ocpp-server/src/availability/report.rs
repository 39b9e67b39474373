//! Uptime reports: figures by a formula for a period, each opening down to the intervals that make it; submitted ones
//! are frozen, and amended when later data says otherwise.
//!
//! ```text
//! period     a month, a quarter, a year, and the window that a formula looks at for it
//! past       where the courses of ports come from
//! compute    the figures of a port, with its outages and what excuses them
//! content    what a report says, and its digest
//! submitted  what was submitted, and amendments
//! table      a report as CSV
//! ev_chart   the quarterly files of 23 CFR 680.112
//! ```

mod compute;
mod content;
pub mod ev_chart;
mod past;
mod period;
mod submitted;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use self::compute::{Excuses, port_report};
use self::submitted::{changed_exclusions, differences, named, series};
use super::formula::{Formula, Scope};
use super::opening::closed;
use super::own_formula::formula_of;
use super::span::{Second, Span, Spans};
use super::uptime::together;
use crate::Csms;
use crate::domain::{Exclusion, OpeningHours, RecordKind, Revision, Site, SiteId};
use crate::store::{Change, CommitError, Page, ReadError, RecordFilter, TypedRecords, Unit};

pub use content::{
    Excused, NetworkFigure, Outage, PortReport, Report, StateStretch, Stretch, digest, minutes, shown,
};
pub use past::{Past, PortPast};
pub use period::{NoPeriod, Period, PeriodKind, WrongPeriod};
pub use submitted::{
    Amendment, ChangedExclusion, ExclusionChange, Figures, LateObservation, PortDifference, SubmittedReport,
};
pub use table::{figures_csv, outages_csv};

/// How many records are read in one go.
const PAGE: usize = 500;
/// The most submissions of one period.
const MOST_AMENDMENTS: usize = 1_000;

/// What to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The id of the formula.
    pub formula: String,
    /// Which time.
    pub period: Period,
    /// The site; all sites without one.
    pub site: Option<SiteId>,
}

/// Why there is no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// There is no such thing.
    #[error("There is no {what} {id:?}.")]
    #[allow(missing_docs)]
    Unknown { what: &'static str, id: String },
    /// What is asked for has no figure.
    #[error("{0}")]
    Invalid(String),
    /// It would break a rule.
    #[error("{0}")]
    Forbidden(String),
    /// The store failed.
    #[error("The database fails: {0}. Try again later.")]
    Store(String),
}

impl From<ReadError> for ReportError {
    fn from(error: ReadError) -> ReportError {
        ReportError::Store(error.to_string())
    }
}

impl From<WrongPeriod> for ReportError {
    fn from(error: WrongPeriod) -> ReportError {
        let sentence = error.to_string();
        ReportError::Invalid(format!("T{}.", sentence.trim_start_matches('t')))
    }
}

/// How far the reporting of a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodState {
    /// It is not over: figures are preliminary.
    Open,
    /// It is over; nothing was submitted.
    Computed,
    /// It was submitted.
    Submitted,
    /// It was submitted, and amended since.
    Amended,
}

/// A period, and how far its reporting is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodLine {
    /// The period.
    pub period: Period,
    /// How far it is.
    pub state: PeriodState,
    /// The id of the latest submission.
    pub latest: Option<Box<str>>,
}

/// Computes, submits and amends reports. Clones are the same.
#[derive(Clone)]
pub struct Reports {
    csms: Csms,
    past: Arc<dyn Past>,
}

impl Reports {
    /// The reports of a manager.
    #[must_use]
    pub fn new(csms: Csms, past: impl Past + 'static) -> Reports {
        Reports { csms, past: Arc::new(past) }
    }

    /// Computes a report out of what is known now. For a period that is not over, it is preliminary.
    ///
    /// # Errors
    /// [`ReportError::Unknown`] without such a formula or site, [`ReportError::Invalid`] for a period that the formula
    /// does not look at or that has not begun.
    pub async fn compute(&self, ask: &Ask) -> Result<Report, ReportError> {
        let found = formula_of(self.csms.store().as_ref(), &ask.formula).await?;
        let unknown = || ReportError::Unknown { what: "formula", id: ask.formula.chars().take(64).collect() };
        let (formula, version) = found.ok_or_else(unknown)?;
        self.compute_by(formula, version, ask).await
    }

    async fn compute_by(
        &self,
        formula: Formula,
        formula_version: Option<u32>,
        ask: &Ask,
    ) -> Result<Report, ReportError> {
        let now = self.csms.now();
        if ask.period.after() <= formula.valid_from {
            let sentence =
                format!("{} holds from {} on: choose a later period.", formula.id, formula.valid_from);
            return Err(ReportError::Invalid(sentence));
        }
        let sites = Places::read(&self.csms, ask.site.as_ref()).await?;
        let windows = sites.windows(&formula, ask.period)?;
        let asked = windows.until(Second::of(now)).ok_or_else(|| {
            ReportError::Invalid(format!("{} has not begun: choose an earlier period.", ask.period))
        })?;
        let exclusions = self.exclusions().await?;
        let is_preliminary = windows.latest() > Second::of(now);
        let applied = if is_preliminary {
            Formula { minutes_of_window: None, ..formula.clone() }
        } else {
            formula.clone()
        };
        let (mut ports, mut figures) = (Vec::new(), Vec::new());
        for past in self.past.courses(ask.site.as_ref(), asked).await? {
            let place = sites.of(past.port.site.as_ref());
            let Some(window) = windows.of(past.port.site.as_ref(), Second::of(now)) else { continue };
            let port = &past.port;
            let covers = |one: &&Exclusion| {
                one.is_in_force() && one.place.covers(port.site.as_ref(), &port.station, port.evse)
            };
            let excuses = Excuses {
                exclusions: exclusions.iter().filter(covers).collect(),
                closed: place.closed(window),
            };
            let zone = (place.zone_name.as_ref(), &place.zone);
            if let Some((port, figure)) = port_report(&applied, window, &past, zone, &excuses) {
                ports.push(port);
                figures.push(figure);
            }
        }
        let network = match formula.scope {
            Scope::Port => None,
            Scope::Network => together(&formula, &figures)
                .map(|(percent, is_met)| NetworkFigure { percent: percent.normalize(), is_met }),
        };
        Ok(Report {
            formula,
            formula_version,
            period: ask.period,
            site: ask.site.clone(),
            computed_at: now,
            preliminary_until: is_preliminary.then_some(now),
            ports,
            network,
        })
    }

    /// Submits the report of a period: it is frozen with its figures, their intervals and the formula as it is.
    ///
    /// # Errors
    /// As [`compute`](Reports::compute); [`ReportError::Forbidden`] for a period that is not over, has no port in
    /// service, or was submitted already.
    pub async fn submit(&self, ask: &Ask, who: &str) -> Result<SubmittedReport, ReportError> {
        let before = self.submissions(ask).await?;
        if let Some(latest) = before.last() {
            let sentence =
                format!("This was submitted already, as {}: amend it if it has to be corrected.", latest.id);
            return Err(ReportError::Forbidden(sentence));
        }
        let report = self.compute(ask).await?;
        if report.preliminary_until.is_some() {
            let sentence = format!("{} is not over yet: submit it afterwards.", ask.period);
            return Err(ReportError::Forbidden(sentence));
        }
        if report.ports.is_empty() {
            let sentence = "No port was in service in this time: there is nothing to submit.";
            return Err(ReportError::Forbidden(sentence.to_owned()));
        }
        self.freeze(report, 0, None, who).await
    }

    /// What the latest submission would say otherwise if it were made now; none when nothing differs.
    ///
    /// # Errors
    /// [`ReportError::Unknown`].
    pub async fn difference(&self, id: &str) -> Result<Option<Amendment>, ReportError> {
        let latest = self.latest(id).await?;
        Ok(self.recomputed(&latest).await?.map(|(_, amendment)| amendment))
    }

    /// Submits what later data says otherwise, beside what was submitted before.
    ///
    /// # Errors
    /// [`ReportError::Unknown`], [`ReportError::Forbidden`] when nothing differs.
    pub async fn amend(&self, id: &str, who: &str) -> Result<SubmittedReport, ReportError> {
        let latest = self.latest(id).await?;
        let Some((report, amendment)) = self.recomputed(&latest).await? else {
            let sentence = "Nothing differs from what was submitted: there is nothing to amend.";
            return Err(ReportError::Forbidden(sentence.to_owned()));
        };
        self.freeze(report, latest.number + 1, Some(amendment), who).await
    }

    /// A submission as it was.
    ///
    /// # Errors
    /// [`ReportError::Unknown`].
    pub async fn submitted(&self, id: &str) -> Result<SubmittedReport, ReportError> {
        let found: Option<SubmittedReport> = self.csms.store().get(id).await?;
        found.ok_or_else(|| ReportError::Unknown {
            what: "submitted report",
            id: id.chars().take(120).collect(),
        })
    }

    /// The submissions of a period, the first one first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn submissions(&self, ask: &Ask) -> Result<Vec<SubmittedReport>, ReportError> {
        let owner = series(&ask.formula, ask.period, ask.site.as_ref());
        Ok(self.csms.store().owned(&owner, MOST_AMENDMENTS).await?)
    }

    /// The latest periods of a formula, the latest first, with how far their reporting is; one that has begun is the
    /// first of them.
    ///
    /// # Errors
    /// [`ReportError::Unknown`] without such a formula or site.
    pub async fn periods(
        &self,
        formula: &str,
        site: Option<&SiteId>,
        count: usize,
    ) -> Result<Vec<PeriodLine>, ReportError> {
        let found = formula_of(self.csms.store().as_ref(), formula).await?;
        let unknown = || ReportError::Unknown { what: "formula", id: formula.chars().take(64).collect() };
        let (known, _) = found.ok_or_else(unknown)?;
        let places = Places::read(&self.csms, site).await?;
        let now = self.csms.now();
        let mut period = Period::at(PeriodKind::of(known.window), now, &places.of(site).zone);
        let mut lines = Vec::new();
        while lines.len() < count && period.after() > known.valid_from {
            let ask = Ask { formula: formula.to_owned(), period, site: site.cloned() };
            let submissions = self.submissions(&ask).await?;
            let is_open = places.windows(&known, period)?.latest() > Second::of(now);
            let state = match submissions.len() {
                0 if is_open => PeriodState::Open,
                0 => PeriodState::Computed,
                1 => PeriodState::Submitted,
                _ => PeriodState::Amended,
            };
            lines.push(PeriodLine { period, state, latest: submissions.last().map(|one| one.id.clone()) });
            period = period.before();
        }
        Ok(lines)
    }

    async fn latest(&self, id: &str) -> Result<SubmittedReport, ReportError> {
        let named = self.submitted(id).await?;
        let report = &named.report;
        let ask =
            Ask { formula: report.formula.id.to_string(), period: report.period, site: report.site.clone() };
        Ok(self.submissions(&ask).await?.into_iter().max_by_key(|one| one.number).unwrap_or(named))
    }

    async fn recomputed(
        &self,
        submitted: &SubmittedReport,
    ) -> Result<Option<(Report, Amendment)>, ReportError> {
        let before = &submitted.report;
        let ask =
            Ask { formula: before.formula.id.to_string(), period: before.period, site: before.site.clone() };
        let now = self.compute_by(before.formula.clone(), before.formula_version, &ask).await?;
        let ports = differences(before, &now);
        if ports.is_empty() && before.network == now.network {
            return Ok(None);
        }
        let differs =
            |port: &&PortReport| ports.iter().any(|one| one.station == port.station && one.evse == port.evse);
        let touched: Vec<&PortReport> = before.ports.iter().chain(&now.ports).filter(differs).collect();
        let after = before.computed_at;
        let mut heard = Vec::new();
        let by_station: BTreeMap<_, _> = touched.iter().map(|port| (&port.station, port.window)).collect();
        for (station, window) in by_station {
            let Some(window) = Span::between(window.from, window.until) else { continue };
            let late = self.past.heard_after(station, window, after).await?;
            heard.extend(late.into_iter().map(|one| (station.clone(), one)));
        }
        let (observations, observations_heard) = named(heard);
        let exclusions = changed_exclusions(&self.exclusions().await?, &touched, after);
        let before = submitted.digest.clone();
        let amendment = Amendment { before, ports, observations, observations_heard, exclusions };
        Ok(Some((now, amendment)))
    }

    async fn freeze(
        &self,
        report: Report,
        number: u32,
        amends: Option<Amendment>,
        who: &str,
    ) -> Result<SubmittedReport, ReportError> {
        let series = series(&report.formula.id, report.period, report.site.as_ref());
        let submitted = SubmittedReport {
            id: format!("{series}_{number:03}").into(),
            revision: Revision::default(),
            number,
            digest: digest(&report).into(),
            report,
            submitted_by: who.into(),
            submitted_at: self.csms.now(),
            amends,
        };
        let unit = Unit { changes: vec![Change::put(&submitted)], ..Unit::default() };
        match self.csms.commit(unit).await {
            Ok(()) => Ok(SubmittedReport { revision: Revision(1), ..submitted }),
            Err(CommitError::Conflict { .. }) => {
                let sentence = "Somebody else has submitted this in the meantime.";
                Err(ReportError::Forbidden(sentence.to_owned()))
            }
            Err(error) => Err(ReportError::Store(error.to_string())),
        }
    }

    /// All exclusions, in the order in which they were entered.
    async fn exclusions(&self) -> Result<Vec<Exclusion>, ReportError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let filter = RecordFilter::all(RecordKind::Exclusion, PAGE).after(after);
            let page: Vec<Exclusion> = self.csms.store().list(filter).await?;
            after = page.last().map(|last| last.id.0.to_string());
            let is_last = page.len() < PAGE;
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }
}

/// Where ports are, and the time that holds there.
struct Places {
    sites: BTreeMap<SiteId, AtSite>,
    nowhere: AtSite,
}

#[derive(Clone)]
struct AtSite {
    zone_name: Box<str>,
    zone: TimeZone,
    /// Its hours, as far as they are published.
    hours: Option<OpeningHours>,
}

impl AtSite {
    /// When the site is closed by its published hours.
    fn closed(&self, window: Span) -> Spans {
        self.hours.as_ref().map_or_else(Spans::default, |hours| closed(hours, window, &self.zone))
    }
}

/// The windows of a report, by site.
struct Windows {
    sites: BTreeMap<SiteId, Span>,
    nowhere: Span,
}

impl Places {
    /// All sites, or the one that is asked for.
    async fn read(csms: &Csms, site: Option<&SiteId>) -> Result<Places, ReportError> {
        let mut sites = BTreeMap::new();
        let mut after: Option<String> = None;
        loop {
            let page: Vec<Site> = csms.store().page(Page { after: after.take(), limit: PAGE }).await?;
            after = page.last().map(|last| last.id.0.clone());
            let is_last = page.len() < PAGE;
            for known in page {
                if site.is_none_or(|wanted| *wanted == known.id) {
                    let zone = TimeZone::get(&known.time_zone).unwrap_or(TimeZone::UTC);
                    let hours = Some(known.public.hours).filter(|_| known.public.published);
                    sites.insert(known.id, AtSite { zone_name: known.time_zone.into(), zone, hours });
                }
            }
            if is_last {
                break;
            }
        }
        if let Some(site) = site.filter(|site| !sites.contains_key(site)) {
            return Err(ReportError::Unknown { what: "site", id: site.0.chars().take(64).collect() });
        }
        let utc = AtSite { zone_name: "UTC".into(), zone: TimeZone::UTC, hours: None };
        // Where one site is asked for, no other time holds.
        let nowhere = site.and_then(|site| sites.get(site).cloned()).unwrap_or(utc);
        Ok(Places { sites, nowhere })
    }

    fn of(&self, site: Option<&SiteId>) -> &AtSite {
        site.and_then(|site| self.sites.get(site)).unwrap_or(&self.nowhere)
    }

    fn windows(&self, formula: &Formula, period: Period) -> Result<Windows, WrongPeriod> {
        let of = |at: &AtSite| period.window(formula.window, &at.zone);
        let sites = self.sites.iter().map(|(id, at)| Ok((id.clone(), of(at)?))).collect::<Result<_, _>>()?;
        Ok(Windows { sites, nowhere: of(&self.nowhere)? })
    }
}

impl Windows {
    /// The second after the last of all of them.
    fn latest(&self) -> Second {
        self.all().map(Span::to).max().unwrap_or(self.nowhere.to())
    }

    /// The time that covers all of them, as far as it is over.
    fn until(&self, now: Second) -> Option<Span> {
        let from = self.all().map(Span::from).min().unwrap_or(self.nowhere.from());
        Span::new(from, self.latest().min(now))
    }

    /// The window of a site, as far as it is over.
    fn of(&self, site: Option<&SiteId>, now: Second) -> Option<Span> {
        let window = site.and_then(|site| self.sites.get(site)).unwrap_or(&self.nowhere);
        Span::new(window.from(), window.to().min(now))
    }

    fn all(&self) -> impl Iterator<Item = Span> {
        self.sites.values().copied().chain(std::iter::once(self.nowhere))
    }
}

/// The moment of a second, as reports write it.
fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
