//! The quarterly files of 23 CFR 680.112: sessions (module 2), uptime (module 3) and outages (module 4), by the columns
//! and rules of EV-ChART.
//!
//! The lists of codes are not part of the published rules and change with the template: they are
//! [settings](EvChartSettings), as is what identifies a station there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use ocpp_core::model::{StationId, Watts, Wh};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::content::{Outage, PortReport, Report, Stretch, minutes};
use super::period::{Period, PeriodKind};
use super::table::row;
use super::{Ask, PAGE, Places, ReportError, Reports, written};
use crate::availability::{Formula, WindowKind};
use crate::domain::{
    ExclusionReason, Payer, Revision, Session, SessionNumber, SessionStatus, SiteId, record,
};
use crate::store::{Change, Page, SessionFilter, TypedRecords, Unit};

/// The formula of the rule.
const FORMULA: &str = "us-680.116";
/// The most characters of an id.
const MOST_OF_ID: usize = 36;
/// The most characters of a text.
const MOST_OF_TEXT: usize = 255;
/// The largest number with two digits after the point that has seven digits.
const MOST: i64 = 99_999;
/// A session that is longer is left out, as it is in the statistics there.
const LONGEST_SESSION_S: i64 = 24 * 3_600;
/// Endings of sessions that are failures, by the names of OCPP.
const FAILURES: [&str; 11] = [
    "DeAuthorized",
    "EmergencyStop",
    "GroundFault",
    "HardReset",
    "Other",
    "OvercurrentFault",
    "PowerLoss",
    "PowerQuality",
    "Reboot",
    "ReqEnergyTransferRejected",
    "Timeout",
];

/// What stands in the files and only the operator knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvChartSettings {
    /// How often they were written.
    #[serde(skip)]
    pub revision: Revision,
    /// The network provider, 1 to 255 characters.
    pub network_provider: Box<str>,
    /// The code of each reason that excuses an outage, 1 to 6.
    pub excluded_outage_reasons: BTreeMap<ExclusionReason, u8>,
    /// The code of each way in which a session ends, by the names of OCPP; `none` for one without an error. What is not
    /// here stands in the file as it is.
    pub session_errors: BTreeMap<Box<str>, Box<str>>,
    /// The code of each way to pay: `account`, `payment` and `nobody`. What is not here stands in the file as it is.
    pub payment_methods: BTreeMap<Box<str>, Box<str>>,
    /// The published id of a station, where it is not its identity.
    pub station_ids: BTreeMap<Box<str>, Box<str>>,
}

record!(EvChartSettings is EvChart, key |_| "settings".to_owned());

impl Default for EvChartSettings {
    /// Reasons are numbered in the order of 23 CFR 680.116(b)(3).
    fn default() -> EvChartSettings {
        let reasons = [
            ExclusionReason::Utility,
            ExclusionReason::Vehicle,
            ExclusionReason::ScheduledMaintenance,
            ExclusionReason::Vandalism,
            ExclusionReason::NaturalDisaster,
            ExclusionReason::OutsideHours,
        ];
        EvChartSettings {
            revision: Revision::default(),
            network_provider: "".into(),
            excluded_outage_reasons: reasons.into_iter().zip(1..).collect(),
            session_errors: BTreeMap::new(),
            payment_methods: BTreeMap::new(),
            station_ids: BTreeMap::new(),
        }
    }
}

impl EvChartSettings {
    /// What is wrong with them.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn check(&self) -> Result<(), String> {
        let texts = std::iter::once(&self.network_provider)
            .chain(self.session_errors.values())
            .chain(self.payment_methods.values());
        if texts.clone().any(|text| text.chars().count() > MOST_OF_TEXT || text.chars().any(char::is_control))
        {
            return Err(format!(
                "A text in these files has at most {MOST_OF_TEXT} characters of plain text."
            ));
        }
        if self.excluded_outage_reasons.values().any(|code| !(1..=6).contains(code)) {
            return Err("The code of a reason that excuses an outage is 1 to 6.".to_owned());
        }
        let is_id = |id: &str| !id.trim().is_empty() && id.chars().count() <= MOST_OF_ID;
        if let Some((station, _)) = self.station_ids.iter().find(|(_, id)| !is_id(id)) {
            return Err(format!("The published id of station {station} has 1 to {MOST_OF_ID} characters."));
        }
        let ids: BTreeSet<_> = self.station_ids.values().collect();
        if ids.len() < self.station_ids.len() {
            return Err("Two stations have the same published id.".to_owned());
        }
        Ok(())
    }

    fn station(&self, station: &StationId) -> Result<String, ReportError> {
        let id = self.station_ids.get(station.as_str()).map_or(station.as_str(), |id| id);
        if id.chars().count() <= MOST_OF_ID {
            return Ok(id.to_owned());
        }
        Err(ReportError::Invalid(format!(
            "Station {station} has an identity of more than {MOST_OF_ID} characters: give it a published id in the \
             settings of these files."
        )))
    }
}

/// The files of a quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvChartFiles {
    /// Module 2.
    pub sessions: String,
    /// Module 3.
    pub uptime: String,
    /// Module 4.
    pub outages: String,
    /// How many sessions were left out because they took no time or more than a day.
    pub dropped_sessions: usize,
}

/// The names of the files of a quarter.
#[must_use]
pub fn file_names(quarter: Period) -> [String; 3] {
    ["2-sessions", "3-uptime", "4-outages"].map(|module| format!("ev-chart-{quarter}-module-{module}.csv"))
}

impl Reports {
    /// What stands in the files and only the operator knows.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn ev_chart_settings(&self) -> Result<EvChartSettings, ReportError> {
        Ok(self.csms.store().get("settings").await?.unwrap_or_default())
    }

    /// Changes what stands in the files.
    ///
    /// # Errors
    /// [`ReportError::Invalid`]; [`ReportError::Forbidden`] when somebody else has changed it.
    pub async fn set_ev_chart_settings(
        &self,
        settings: EvChartSettings,
        seen: Option<Revision>,
    ) -> Result<EvChartSettings, ReportError> {
        settings.check().map_err(ReportError::Invalid)?;
        let changed = || {
            let sentence = "Somebody else has changed this in the meantime: read it again and decide again.";
            ReportError::Forbidden(sentence.to_owned())
        };
        let revision = self.ev_chart_settings().await?.revision;
        if seen.is_some_and(|seen| seen != revision) {
            return Err(changed());
        }
        let settings = EvChartSettings { revision, ..settings };
        let unit = Unit { changes: vec![Change::put(&settings)], ..Unit::default() };
        self.csms.commit(unit).await.map_err(|error| match error {
            crate::store::CommitError::Conflict { .. } => changed(),
            other => ReportError::Store(other.to_string()),
        })?;
        Ok(EvChartSettings { revision: revision.next(), ..settings })
    }

    /// The files of a quarter, of a site or of all sites. Months that were submitted stand there as they were
    /// submitted last.
    ///
    /// # Errors
    /// [`ReportError::Invalid`] for a time that is no quarter or not over, without a network provider, or for a station
    /// whose id is too long; [`ReportError::Unknown`] without such a site.
    pub async fn ev_chart(
        &self,
        quarter: Period,
        site: Option<&SiteId>,
    ) -> Result<EvChartFiles, ReportError> {
        if quarter.kind() != PeriodKind::Quarter {
            return Err(ReportError::Invalid("These files are of a quarter, such as 2026Q3.".to_owned()));
        }
        let settings = self.ev_chart_settings().await?;
        if settings.network_provider.trim().is_empty() {
            let sentence = "The network provider is not set: it stands in every line of these files.";
            return Err(ReportError::Invalid(sentence.to_owned()));
        }
        let whole = self.quarter(quarter, site).await?;
        let mut months = Vec::new();
        for period in quarter.months() {
            let ask = Ask { formula: FORMULA.to_owned(), period, site: site.cloned() };
            let submitted = self.submissions(&ask).await?.into_iter().max_by_key(|one| one.number);
            months.push(match submitted {
                Some(submitted) => submitted.report,
                None => self.compute(&ask).await?,
            });
        }
        let (sessions, dropped_sessions) = self.sessions_file(quarter, &whole, &settings).await?;
        let uptime = uptime_file(&months, &settings)?;
        Ok(EvChartFiles { sessions, uptime, outages: outages_file(&whole, &settings)?, dropped_sessions })
    }

    /// The outages of a quarter by the formula of the rule.
    async fn quarter(&self, quarter: Period, site: Option<&SiteId>) -> Result<Report, ReportError> {
        let formula = Formula::of(FORMULA).cloned();
        let formula =
            formula.ok_or_else(|| ReportError::Unknown { what: "formula", id: FORMULA.to_owned() })?;
        let formula = Formula { window: WindowKind::CalendarQuarter, minutes_of_window: None, ..formula };
        let ask = Ask { formula: FORMULA.to_owned(), period: quarter, site: site.cloned() };
        let report = self.compute_by(formula, None, &ask).await?;
        if report.preliminary_until.is_some() {
            return Err(ReportError::Invalid(format!("{quarter} is not over yet.")));
        }
        Ok(report)
    }

    async fn sessions_file(
        &self,
        quarter: Period,
        whole: &Report,
        settings: &EvChartSettings,
    ) -> Result<(String, usize), ReportError> {
        let places = Places::read(&self.csms, None).await?;
        let ports: BTreeMap<_, _> =
            whole.ports.iter().map(|port| ((port.station.clone(), port.evse), port)).collect();
        let mut without: BTreeSet<_> = ports.keys().cloned().collect();
        let first = ports.values().map(|port| port.window.from).min().unwrap_or(Timestamp::MAX);
        let (mut rows, mut dropped) = (BTreeMap::new(), 0);
        let mut after: Option<SessionNumber> = None;
        'all: loop {
            let page = Page { after, limit: PAGE };
            let sessions = self.csms.store().sessions(SessionFilter::default(), page).await?;
            let Some(last) = sessions.last() else { break };
            after = Some(last.number);
            for session in &sessions {
                // Numbers are given as sessions are heard of: the ones below began even earlier.
                if session.updated_at < first {
                    break 'all;
                }
                let Some(evse) = session.place.and_then(|place| place.evse()) else { continue };
                let Some(port) = ports.get(&(session.station.clone(), evse)) else { continue };
                let span = quarter.span(&places.of(port.site.as_ref()).zone);
                let is_in = span.is_some_and(|span| {
                    (span.from().timestamp()..span.to().timestamp()).contains(&session.started_at)
                });
                let Some(ended_at) = session.ended_at.filter(|_| session.status == SessionStatus::Completed)
                else {
                    continue;
                };
                let seconds = ended_at.as_second() - session.started_at.as_second();
                if !is_in {
                    continue;
                }
                if seconds <= 0 || seconds > LONGEST_SESSION_S {
                    dropped += 1;
                    continue;
                }
                without.remove(&(session.station.clone(), evse));
                let row = self.session_row(session, ended_at, port, settings).await?;
                rows.insert((session.station.clone(), evse, session.number), row);
            }
        }
        let mut text = row(&SESSIONS);
        for (station, evse) in without {
            let first =
                [settings.station(&station)?, settings.network_provider.to_string(), evse.to_string()];
            text.push_str(&nothing(&first, SESSIONS.len()));
        }
        text.extend(rows.into_values());
        Ok((text, dropped))
    }

    async fn session_row(
        &self,
        session: &Session,
        ended_at: Timestamp,
        port: &PortReport,
        settings: &EvChartSettings,
    ) -> Result<String, ReportError> {
        let readings = self.csms.store().readings(&session.key).await?;
        let peak = readings.iter().filter_map(|one| one.reading.power()).map(|Watts(watts)| watts).max();
        let Wh(energy) = session.energy();
        let reason = session.stop_reason.as_ref().map_or("", |reason| reason.as_str());
        let error = if FAILURES.contains(&reason) { reason } else { "none" };
        let payer = match &session.payer {
            Payer::Account => "account",
            Payer::Payment(_) => "payment",
            Payer::Nobody => "nobody",
        };
        let id: String = session.key.to_string().chars().take(MOST_OF_ID).collect();
        Ok(row(&[
            &settings.station(&session.station)?,
            &settings.network_provider,
            &port.evse.to_string(),
            &id,
            &written(session.started_at),
            &written(ended_at),
            coded(&settings.session_errors, error),
            &kilo(energy),
            &kilo(peak.unwrap_or(0)),
            coded(&settings.payment_methods, payer),
        ]))
    }
}

const SESSIONS: [&str; 10] = [
    "station_id",
    "network_provider",
    "port_id",
    "session_id",
    "session_start",
    "session_end",
    "session_error",
    "energy_kwh",
    "power_kw",
    "payment_method",
];
const UPTIME: [&str; 8] = [
    "station_id",
    "network_provider",
    "port_id",
    "uptime_reporting_start",
    "uptime_reporting_end",
    "uptime",
    "total_outage",
    "total_outage_excl",
];
const OUTAGES: [&str; 8] = [
    "station_id",
    "network_provider",
    "port_id",
    "outage_id",
    "outage_duration",
    "excluded_outage",
    "excluded_outage_reason",
    "excluded_outage_notes",
];

fn coded<'a>(codes: &'a BTreeMap<Box<str>, Box<str>>, name: &'a str) -> &'a str {
    codes.get(name).map_or(name, |code| code)
}

/// Thousands of a unit with two digits after the point, not negative, seven digits at most.
fn kilo(number: i64) -> String {
    let thousands = (Decimal::from(number) / Decimal::from(1_000)).round_dp(2);
    let mut thousands = thousands.clamp(Decimal::ZERO, Decimal::from(MOST));
    thousands.rescale(2);
    thousands.to_string()
}

/// The line of a port with nothing to report: its ids, and empty fields.
fn nothing(ids: &[String; 3], columns: usize) -> String {
    let mut values: Vec<&str> = ids.iter().map(String::as_str).collect();
    values.resize(columns, "");
    row(&values)
}

/// Uptime, T_outage and T_excluded of the twelve months that end with each month. The reporting period is the month.
fn uptime_file(months: &[Report], settings: &EvChartSettings) -> Result<String, ReportError> {
    let mut rows = BTreeMap::new();
    for report in months {
        for port in &report.ports {
            let zone = jiff::tz::TimeZone::get(&port.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
            let Some(month) = report.period.span(&zone) else { continue };
            let line = row(&[
                &settings.station(&port.station)?,
                &settings.network_provider,
                &port.evse.to_string(),
                &written(month.from().timestamp()),
                &written(month.to().timestamp()),
                &port.percent.map(percent).unwrap_or_default(),
                &minutes(port.outage_s),
                &minutes(port.excluded_s),
            ]);
            rows.insert((port.station.clone(), port.evse, report.period), line);
        }
    }
    Ok(std::iter::once(row(&UPTIME)).chain(rows.into_values()).collect())
}

/// Two digits after the point, cut off: what fails never reads as if it did not.
fn percent(percent: Decimal) -> String {
    super::shown(percent, 2)
}

fn outages_file(whole: &Report, settings: &EvChartSettings) -> Result<String, ReportError> {
    let mut text = row(&OUTAGES);
    for port in &whole.ports {
        let ids =
            [settings.station(&port.station)?, settings.network_provider.to_string(), port.evse.to_string()];
        if port.outages.is_empty() {
            text.push_str(&nothing(&ids, OUTAGES.len()));
        }
        for part in port.outages.iter().flat_map(parts) {
            let id = written(part.when.from);
            let long = minutes(part.when.seconds());
            let (excluded, reason, notes) = match &part.excused {
                Some((reason, notes)) => {
                    let code = settings.excluded_outage_reasons.get(reason);
                    let code = code.ok_or_else(|| no_code(*reason))?.to_string();
                    ("TRUE", code, notes.chars().take(MOST_OF_TEXT).collect())
                }
                None => ("FALSE", String::new(), String::new()),
            };
            let [station, provider, evse] = &ids;
            text.push_str(&row(&[station, provider, evse, &id, &long, excluded, &reason, &notes]));
        }
    }
    Ok(text)
}

fn no_code(reason: ExclusionReason) -> ReportError {
    let sentence = format!(
        "The reason {} has no code: give it one in excluded_outage_reasons of the settings of these files.",
        reason.name()
    );
    ReportError::Invalid(sentence)
}

/// A part of an outage that is excused for one reason, or not at all.
struct Part {
    when: Stretch,
    excused: Option<(ExclusionReason, String)>,
}

fn parts(outage: &Outage) -> Vec<Part> {
    let mut cuts: BTreeSet<Timestamp> = [outage.when.from, outage.when.until].into();
    cuts.extend(outage.excused.iter().flat_map(|excused| [excused.when.from, excused.when.until]));
    let cuts: Vec<_> = cuts.into_iter().collect();
    let mut parts: Vec<Part> = Vec::new();
    for cut in cuts.windows(2) {
        let [from, until] = *cut else { continue };
        let holds = outage.excused.iter().find(|one| one.when.from <= from && until <= one.when.until);
        let excused = holds.map(|one| {
            let plain = one.evidence.split_whitespace().collect::<Vec<_>>().join(" ");
            (one.reason, plain)
        });
        match parts.last_mut() {
            Some(last) if last.excused == excused => last.when.until = until,
            _ => parts.push(Part { when: Stretch { from, until }, excused }),
        }
    }
    parts
}
