//! Reports that were submitted: frozen, and amended when later data says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use ocpp_core::model::{EvseId, Place, StationId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::content::{PortReport, Report, digest};
use super::period::Period;
use crate::availability::{Second, Span, Spans};
use crate::domain::{
    Exclusion, ExclusionId, ExclusionReason, Observation, Observed, Revision, SiteId, record,
};

/// The most late observations that an amendment names; it counts all of them.
const MOST_NAMED: usize = 200;

/// A report that was submitted. It never changes: what is learnt later becomes an amendment beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedReport {
    /// Its name.
    pub id: Box<str>,
    /// How often it was written: once.
    #[serde(skip)]
    pub revision: Revision,
    /// 0 for the first submission of its period, and then the number of the amendment.
    pub number: u32,
    /// What was submitted.
    pub report: Report,
    /// The SHA-256 of its canonical JSON.
    pub digest: Box<str>,
    /// Who submitted it.
    pub submitted_by: Box<str>,
    /// When.
    pub submitted_at: Timestamp,
    /// What differs from the one before, and why; none in the first.
    pub amends: Option<Amendment>,
}

record!(
    SubmittedReport is UptimeReport,
    key |one| one.id.to_string(),
    owner |one| Some(series(&one.report.formula.id, one.report.period, one.report.site.as_ref()))
);

/// What submissions of the same figures have in common, as the beginning of their ids.
pub(super) fn series(formula: &str, period: Period, site: Option<&SiteId>) -> String {
    format!("{formula}_{period}_{}", site.map_or("all", |site| &site.0))
}

impl SubmittedReport {
    /// Whether what is kept is still what was submitted.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        *digest(&self.report) == *self.digest
    }
}

/// What differs between two reports on the same period, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// The digest of the report before.
    pub before: Box<str>,
    /// The ports of which figures or intervals differ.
    pub ports: Vec<PortDifference>,
    /// What was heard after the report before was submitted, of those ports; the first 200 of it.
    pub observations: Vec<LateObservation>,
    /// How much that was in all.
    pub observations_heard: usize,
    /// The exclusions that were entered, ended, confirmed or withdrawn after it.
    pub exclusions: Vec<ChangedExclusion>,
}

/// How the figures of a port differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortDifference {
    /// Its station.
    pub station: StationId,
    /// Which EVSE of it.
    pub evse: EvseId,
    /// The figures before; none when the port was not in the report.
    pub before: Option<Figures>,
    /// The figures now; none when it no longer is.
    pub now: Option<Figures>,
}

/// The figures of a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// In percent.
    pub percent: Option<Decimal>,
    /// The seconds of all outages.
    pub outage_s: i64,
    /// The seconds of them that are excused.
    pub excluded_s: i64,
}

/// Something that was heard late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateObservation {
    /// The station.
    pub station: StationId,
    /// Where.
    pub place: Place,
    /// From when on it holds.
    pub at: Timestamp,
    /// When it was heard.
    pub heard_at: Timestamp,
    /// What.
    pub what: Observed,
}

/// What was done to an exclusion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedExclusion {
    /// Which.
    pub id: ExclusionId,
    /// Why it excuses.
    pub reason: ExclusionReason,
    /// What was done.
    pub change: ExclusionChange,
    /// Who did it; nobody is named for the end of one that lasted.
    pub by: Box<str>,
    /// When.
    pub at: Timestamp,
}

/// What can be done to an exclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ExclusionChange {
    Entered,
    Ended,
    Confirmed,
    Withdrawn,
}

impl From<&PortReport> for Figures {
    fn from(port: &PortReport) -> Figures {
        Figures { percent: port.percent, outage_s: port.outage_s, excluded_s: port.excluded_s }
    }
}

/// The ports of which two reports say different things.
pub(super) fn differences(before: &Report, now: &Report) -> Vec<PortDifference> {
    let by_port = |report: &Report| -> BTreeMap<(StationId, EvseId), PortReport> {
        report.ports.iter().map(|port| ((port.station.clone(), port.evse), port.clone())).collect()
    };
    let (before, now) = (by_port(before), by_port(now));
    let names: BTreeSet<_> = before.keys().chain(now.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != now.get(*name))
        .map(|name| PortDifference {
            station: name.0.clone(),
            evse: name.1,
            before: before.get(name).map(Figures::from),
            now: now.get(name).map(Figures::from),
        })
        .collect()
}

/// The names of at most so many observations, and how many there are.
pub(super) fn named(mut heard: Vec<(StationId, Observation)>) -> (Vec<LateObservation>, usize) {
    let all = heard.len();
    heard.sort_by_key(|(_, one)| (one.heard_at, one.at));
    heard.truncate(MOST_NAMED);
    let name = |(station, one): (StationId, Observation)| LateObservation {
        station,
        place: one.place,
        at: one.at,
        heard_at: one.heard_at,
        what: one.what,
    };
    (heard.into_iter().map(name).collect(), all)
}

/// What was done to exclusions after a moment, as far as they touch ports and windows of a report.
pub(super) fn changed_exclusions(
    exclusions: &[Exclusion],
    ports: &[&PortReport],
    after: Timestamp,
) -> Vec<ChangedExclusion> {
    exclusions.iter().filter(|one| touches(one, ports)).flat_map(|one| changes(one, after)).collect()
}

fn touches(exclusion: &Exclusion, ports: &[&PortReport]) -> bool {
    ports.iter().any(|port| {
        let window =
            Span::between(port.window.from, port.window.until).map_or_else(Spans::default, Spans::from);
        let until = exclusion.until.unwrap_or(port.window.until);
        let time = Span::new(Second::of(exclusion.from), Second::of(until));
        exclusion.place.covers(port.site.as_ref(), &port.station, port.evse)
            && time.is_some_and(|time| !window.intersection(&time.into()).is_empty())
    })
}

fn changes(exclusion: &Exclusion, after: Timestamp) -> Vec<ChangedExclusion> {
    use ExclusionChange::{Confirmed, Ended, Entered, Withdrawn};

    let nobody: Box<str> = "".into();
    let confirmed = exclusion.confirmed_by.clone().zip(exclusion.confirmed_at);
    let all = [
        Some((Entered, exclusion.entered_by.clone(), exclusion.entered_at)),
        exclusion.ended_at.map(|at| (Ended, nobody, at)),
        confirmed.map(|(by, at)| (Confirmed, by, at)),
        exclusion.withdrawn.clone().map(|(by, at)| (Withdrawn, by, at)),
    ];
    all.into_iter()
        .flatten()
        .filter(|(_, _, at)| *at > after)
        .map(|(change, by, at)| ChangedExclusion {
            id: exclusion.id.clone(),
            reason: exclusion.reason,
            change,
            by,
            at,
        })
        .collect()
}
