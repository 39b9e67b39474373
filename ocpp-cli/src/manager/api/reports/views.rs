//! Reports as they are shown.

use jiff::Timestamp;
use ocpp_core::model::Place;
use ocpp_server::availability::report::{
    Amendment, Excused, Figures, Outage, PortReport, Report, Stretch, SubmittedReport,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::manager::api::exclusions::ReasonView;
use crate::manager::api::formulas::FormulaBody;

/// The uptime of ports in a period by a formula.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UptimeReport)]
pub(crate) struct ReportView {
    /// The formula as it was.
    formula: FormulaBody,
    /// Which version of it, where it is one of your own.
    #[serde(skip_serializing_if = "Option::is_none")]
    formula_version: Option<u32>,
    /// Which time.
    #[schema(example = "2026-10")]
    period: String,
    /// The site; all sites when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    site_id: Option<String>,
    /// When it was computed.
    #[schema(value_type = String, format = DateTime)]
    computed_at: Timestamp,
    /// Until when there are figures, when the period is not over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    preliminary_until: Option<Timestamp>,
    /// The ports that were in service.
    ports: Vec<PortView>,
    /// What they reach together, where that is what the formula asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<NetworkView>,
}

/// The uptime of all ports together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NetworkUptime)]
pub(crate) struct NetworkView {
    /// In percent, as a decimal text.
    #[schema(example = "99.4")]
    percent: String,
    /// Whether the threshold is met.
    is_met: bool,
}

/// The uptime of one port.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PortUptime)]
pub(crate) struct PortView {
    /// Its station.
    #[schema(example = "CS001")]
    station_id: String,
    /// Which EVSE of it.
    evse_id: u32,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    site_id: Option<String>,
    /// The time zone in which its months begin.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The time that was looked at.
    window: StretchView,
    /// The part of it in which the port was in service.
    in_service: StretchView,
    /// The uptime in percent, as a decimal text; absent where the formula says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "97.336")]
    percent: Option<String>,
    /// The same of the time that the window really has and the port was in service.
    #[serde(skip_serializing_if = "Option::is_none")]
    percent_of_service: Option<String>,
    /// Whether the threshold is met; absent where there is no figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_met: Option<bool>,
    /// The seconds that the formula divides by.
    divisor_s: i64,
    /// The seconds of all outages.
    outage_s: i64,
    /// The seconds of them that are excused.
    excluded_s: i64,
    /// The outages.
    outages: Vec<OutageView>,
}

/// A stretch of time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stretch)]
pub(crate) struct StretchView {
    /// Its first moment.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// The moment after its last.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

impl From<Stretch> for StretchView {
    fn from(stretch: Stretch) -> StretchView {
        StretchView { from: stretch.from, until: stretch.until }
    }
}

/// An outage without a gap.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Outage)]
pub(crate) struct OutageView {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// The seconds of it that are excused.
    excluded_s: i64,
    /// The states that make it, in order.
    states: Vec<StateView>,
    /// What excuses it, as far as the formula lets it.
    excused: Vec<ExcusedView>,
}

/// A stretch in one state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutageState)]
pub(crate) struct StateView {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// What counts.
    #[schema(example = "faulted")]
    state: &'static str,
    /// What the port did behind it, told afterwards.
    behind: &'static str,
}

/// A stretch of an outage that is excused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExcusedStretch)]
pub(crate) struct ExcusedView {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Why.
    reason: ReasonView,
    /// The exclusion; absent for the opening hours of a site.
    #[serde(skip_serializing_if = "Option::is_none")]
    exclusion_id: Option<String>,
    /// What happened and how one knows.
    evidence: String,
    /// Who entered it.
    entered_by: String,
    /// The second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<String>,
}

impl From<Report> for ReportView {
    fn from(report: Report) -> ReportView {
        ReportView {
            formula: FormulaBody::of(&report.formula),
            formula_version: report.formula_version,
            period: report.period.to_string(),
            site_id: report.site.map(|site| site.0),
            computed_at: report.computed_at,
            preliminary_until: report.preliminary_until,
            ports: report.ports.into_iter().map(Into::into).collect(),
            network: report
                .network
                .map(|all| NetworkView { percent: all.percent.to_string(), is_met: all.is_met }),
        }
    }
}

impl From<PortReport> for PortView {
    fn from(port: PortReport) -> PortView {
        PortView {
            station_id: port.station.to_string(),
            evse_id: port.evse.0,
            site_id: port.site.map(|site| site.0),
            time_zone: port.time_zone.into(),
            window: port.window.into(),
            in_service: port.service.into(),
            percent: port.percent.map(|percent| percent.to_string()),
            percent_of_service: port.percent_of_service.map(|percent| percent.to_string()),
            is_met: port.is_met,
            divisor_s: port.divisor_s,
            outage_s: port.outage_s,
            excluded_s: port.excluded_s,
            outages: port.outages.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Outage> for OutageView {
    fn from(outage: Outage) -> OutageView {
        let states = outage.states.into_iter().map(|one| StateView {
            from: one.when.from,
            until: one.when.until,
            state: one.state.name(),
            behind: one.behind.name(),
        });
        OutageView {
            from: outage.when.from,
            until: outage.when.until,
            excluded_s: outage.excluded_s,
            states: states.collect(),
            excused: outage.excused.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Excused> for ExcusedView {
    fn from(excused: Excused) -> ExcusedView {
        ExcusedView {
            from: excused.when.from,
            until: excused.when.until,
            reason: excused.reason.into(),
            exclusion_id: excused.exclusion.map(|id| id.0.into()),
            evidence: excused.evidence.into(),
            entered_by: excused.entered_by.into(),
            confirmed_by: excused.confirmed_by.map(Into::into),
        }
    }
}

/// A report that was submitted. It never changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubmittedUptime)]
pub(crate) struct SubmittedView {
    /// Its id.
    #[schema(example = "us-680.116_2026-10_all_000")]
    id: String,
    /// 0 for the first submission of its period, and then the number of the amendment.
    number: u32,
    /// What was submitted.
    report: ReportView,
    /// The SHA-256 of its canonical JSON, in hexadecimal digits.
    digest: String,
    /// Whether what is kept is still what was submitted, by its digest.
    is_intact: bool,
    /// Who submitted it.
    submitted_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    submitted_at: Timestamp,
    /// What differs from the one before, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    amends: Option<AmendmentView>,
}

impl From<SubmittedReport> for SubmittedView {
    fn from(submitted: SubmittedReport) -> SubmittedView {
        SubmittedView {
            is_intact: submitted.is_intact(),
            id: submitted.id.into(),
            number: submitted.number,
            report: submitted.report.into(),
            digest: submitted.digest.into(),
            submitted_by: submitted.submitted_by.into(),
            submitted_at: submitted.submitted_at,
            amends: submitted.amends.map(Into::into),
        }
    }
}

/// What differs between two reports on the same period, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Amendment)]
pub(crate) struct AmendmentView {
    /// The digest of the report before.
    before: String,
    /// The ports of which figures or intervals differ.
    ports: Vec<PortDifferenceView>,
    /// What was heard of them after the report before was computed; the first 200 of it.
    observations: Vec<LateView>,
    /// How much that was in all.
    observations_heard: usize,
    /// The exclusions that were entered, ended, confirmed or withdrawn after it.
    exclusions: Vec<ChangedExclusionView>,
}

/// How the figures of a port differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PortDifference)]
pub(crate) struct PortDifferenceView {
    /// Its station.
    station_id: String,
    /// Which EVSE of it.
    evse_id: u32,
    /// The figures before; absent when the port was not in the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<FiguresView>,
    /// The figures now; absent when it no longer is.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<FiguresView>,
}

/// The figures of a port.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UptimeFigures)]
pub(crate) struct FiguresView {
    /// In percent, as a decimal text.
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<String>,
    /// The seconds of all outages.
    outage_s: i64,
    /// The seconds of them that are excused.
    excluded_s: i64,
}

impl From<Figures> for FiguresView {
    fn from(figures: Figures) -> FiguresView {
        FiguresView {
            percent: figures.percent.map(|percent| percent.to_string()),
            outage_s: figures.outage_s,
            excluded_s: figures.excluded_s,
        }
    }
}

/// Something that was heard late.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LateObservation)]
pub(crate) struct LateView {
    /// The station.
    station_id: String,
    /// Which EVSE of it; all of them when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    evse_id: Option<u32>,
    /// From when on it holds.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// When it was heard.
    #[schema(value_type = String, format = DateTime)]
    heard_at: Timestamp,
    /// What was learnt.
    what: serde_json::Value,
}

/// What was done to an exclusion.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChangedExclusion)]
pub(crate) struct ChangedExclusionView {
    /// Which.
    exclusion_id: String,
    /// Why it excuses.
    reason: ReasonView,
    /// `entered`, `ended`, `confirmed` or `withdrawn`.
    change: serde_json::Value,
    /// Who did it; absent for the end of one that lasted.
    #[serde(skip_serializing_if = "String::is_empty")]
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl From<Amendment> for AmendmentView {
    fn from(amendment: Amendment) -> AmendmentView {
        let ports = amendment.ports.into_iter().map(|port| PortDifferenceView {
            station_id: port.station.to_string(),
            evse_id: port.evse.0,
            before: port.before.map(Into::into),
            now: port.now.map(Into::into),
        });
        let observations = amendment.observations.into_iter().map(|one| LateView {
            station_id: one.station.to_string(),
            evse_id: Place::evse(one.place).map(|evse| evse.0),
            at: one.at,
            heard_at: one.heard_at,
            what: serde_json::to_value(one.what).unwrap_or_default(),
        });
        let exclusions = amendment.exclusions.into_iter().map(|one| ChangedExclusionView {
            exclusion_id: one.id.0.into(),
            reason: one.reason.into(),
            change: serde_json::to_value(one.change).unwrap_or_default(),
            by: one.by.into(),
            at: one.at,
        });
        AmendmentView {
            before: amendment.before.into(),
            ports: ports.collect(),
            observations: observations.collect(),
            observations_heard: amendment.observations_heard,
            exclusions: exclusions.collect(),
        }
    }
}
