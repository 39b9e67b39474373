//! `/api/v1/reports`: uptime by a formula, what was submitted, and the files of 23 CFR 680.112.

pub(crate) mod ev_chart;
mod views;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ocpp_server::availability::report::{
    Ask, Period, PeriodKind, PeriodState, Report, ReportError, SubmittedReport, figures_csv, outages_csv,
};
use ocpp_server::domain::{Record as _, SiteId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use views::{AmendmentView, ReportView, SubmittedView};

use super::answer::Created;
use super::caller::Caller;
use super::problem::{Kind, Problem};
use super::request::{Body, Key, Params};
use super::views::List;
use crate::manager::App;
use crate::manager::paper::pdf;

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Problem {
        let detail = error.to_string();
        match error {
            ReportError::Unknown { .. } => Kind::NotFound.because(detail),
            ReportError::Invalid(_) => Kind::Invalid.because(detail),
            ReportError::Forbidden(_) => Kind::Rule.because(detail),
            ReportError::Store(_) => {
                tracing::error!(%error, "a report could not be made");
                Kind::Unavailable.because(detail)
            }
        }
    }
}

/// Which report.
#[derive(Debug, Clone, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportQuery {
    /// The id of the formula.
    #[param(example = "us-680.116")]
    formula: String,
    /// A month (`2026-10`), a quarter (`2026Q3`) or a year (`2026`), as the formula looks at. Those that look at the last
    /// twelve months look at the ones that end with the month.
    #[param(example = "2026-10")]
    period: String,
    /// Only this site.
    site_id: Option<String>,
}

impl ReportQuery {
    fn ask(self) -> Result<Ask, Problem> {
        Ok(Ask { formula: self.formula, period: period_of(&self.period)?, site: self.site_id.map(SiteId) })
    }
}

/// A period as it is written.
pub(crate) fn period_of(text: &str) -> Result<Period, Problem> {
    text.parse().map_err(|error| Problem::unprocessable(format!("period: {error}.")))
}

/// Compute a report
///
/// Out of what is known now. Of a period that is not over, its figures are preliminary: they are of what has passed.
/// Each figure opens down to the intervals that make it, and what excuses them.
#[utoipa::path(
    get, path = "/api/v1/reports/uptime", tag = "uptime", operation_id = "computeUptime",
    security(("api_key" = ["stations:read"])),
    params(ReportQuery),
    responses(
        (status = 200, description = "The report", body = ReportView),
        (status = 404, description = "There is no such formula or site"),
        (status = 422, description = "A parameter is wrong, or the formula has no figure for this period"),
    )
)]
pub(crate) async fn compute(
    State(app): State<App>,
    Params(query): Params<ReportQuery>,
) -> Result<Json<ReportView>, Problem> {
    let report = app.reports.compute(&query.ask()?).await?;
    Ok(Json(report.into()))
}

/// Compute a report as CSV
///
/// A line for each port with its figures.
#[utoipa::path(
    get, path = "/api/v1/reports/uptime/figures", tag = "uptime", operation_id = "exportUptime",
    security(("api_key" = ["stations:read"])),
    params(ReportQuery),
    responses(
        (status = 200, description = "The figures", content((String = "text/csv"))),
        (status = 404, description = "There is no such formula or site"),
        (status = 422, description = "A parameter is wrong, or the formula has no figure for this period"),
    )
)]
pub(crate) async fn figures(
    State(app): State<App>,
    Params(query): Params<ReportQuery>,
) -> Result<Response, Problem> {
    let report = app.reports.compute(&query.ask()?).await?;
    Ok(csv(&name_of(&report, "figures"), figures_csv(&report)))
}

/// Compute the intervals of a report as CSV
///
/// A line for each state of each outage, and for each stretch that is excused, with its evidence.
#[utoipa::path(
    get, path = "/api/v1/reports/uptime/outages", tag = "uptime", operation_id = "exportOutages",
    security(("api_key" = ["stations:read"])),
    params(ReportQuery),
    responses(
        (status = 200, description = "The intervals", content((String = "text/csv"))),
        (status = 404, description = "There is no such formula or site"),
        (status = 422, description = "A parameter is wrong, or the formula has no figure for this period"),
    )
)]
pub(crate) async fn outages(
    State(app): State<App>,
    Params(query): Params<ReportQuery>,
) -> Result<Response, Problem> {
    let report = app.reports.compute(&query.ask()?).await?;
    Ok(csv(&name_of(&report, "outages"), outages_csv(&report)))
}

fn name_of(report: &Report, what: &str) -> String {
    format!("uptime-{}-{}-{what}.csv", report.formula.id, report.period)
}

/// A file of CSV to be saved under a name.
fn csv(name: &str, text: String) -> Response {
    let fields = [
        (header::CONTENT_TYPE, "text/csv".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (fields, text).into_response()
}

/// Compute a report as PDF
///
/// The figures, the course of each port as a strip, and the list of outages.
#[utoipa::path(
    get, path = "/api/v1/reports/uptime/pdf", tag = "uptime", operation_id = "printUptime",
    security(("api_key" = ["stations:read"])),
    params(ReportQuery),
    responses(
        (status = 200, description = "The report", content((Vec<u8> = "application/pdf"))),
        (status = 404, description = "There is no such formula or site"),
        (status = 422, description = "A parameter is wrong, or the formula has no figure for this period"),
    )
)]
pub(crate) async fn print(
    State(app): State<App>,
    Params(query): Params<ReportQuery>,
) -> Result<Response, Problem> {
    printed(app.reports.compute(&query.ask()?).await?).await
}

/// Show what was submitted as PDF
///
/// As it was submitted.
#[utoipa::path(
    get, path = "/api/v1/reports/uptime/submitted/{id}/pdf", tag = "uptime", operation_id = "printSubmittedUptime",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "What was submitted", content((Vec<u8> = "application/pdf"))),
        (status = 404, description = "There is no such submission"),
    )
)]
pub(crate) async fn print_submitted(State(app): State<App>, Key(id): Key) -> Result<Response, Problem> {
    printed(app.reports.submitted(&id).await?.report).await
}

async fn printed(report: Report) -> Result<Response, Problem> {
    let name = name_of(&report, "report").replace(".csv", ".pdf");
    // A network of a thousand stations has hundreds of pages.
    let paper = tokio::task::spawn_blocking(move || pdf(&report)).await;
    let bytes = match paper {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return Err(Kind::Unavailable.because(format!("{error}."))),
        Err(error) => return Err(Kind::Unavailable.because(format!("The report broke off: {error}."))),
    };
    let fields = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((fields, bytes).into_response())
}

/// Which periods.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeriodsQuery {
    /// The id of the formula.
    #[param(example = "us-680.116")]
    formula: String,
    /// Only this site.
    site_id: Option<String>,
    /// How many, 1 to 120; 13 unless said otherwise.
    #[param(minimum = 1, maximum = 120)]
    limit: Option<usize>,
}

/// A period, and how far its reporting is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportPeriod)]
pub(crate) struct PeriodView {
    /// The period.
    #[schema(example = "2026-10")]
    period: String,
    /// `month`, `quarter` or `year`.
    kind: &'static str,
    /// `open` (it is not over), `computed` (over, and not submitted), `submitted` or `amended`.
    state: &'static str,
    /// The latest submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    submitted_id: Option<String>,
}

/// How far a period is, in a word.
pub(crate) const fn state_name(state: PeriodState) -> &'static str {
    match state {
        PeriodState::Open => "open",
        PeriodState::Computed => "computed",
        PeriodState::Submitted => "submitted",
        PeriodState::Amended => "amended",
    }
}

/// List the periods of a formula
///
/// The one that runs first, with how far the reporting of each is.
#[utoipa::path(
    get, path = "/api/v1/reports/uptime/periods", tag = "uptime", operation_id = "listReportPeriods",
    security(("api_key" = ["stations:read"])),
    params(PeriodsQuery),
    responses(
        (status = 200, description = "The periods", body = List<PeriodView>),
        (status = 404, description = "There is no such formula or site"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn periods(
    State(app): State<App>,
    Params(query): Params<PeriodsQuery>,
) -> Result<Json<List<PeriodView>>, Problem> {
    let limit = query.limit.unwrap_or(13);
    if !(1..=120).contains(&limit) {
        return Err(Problem::unprocessable(format!("limit is {limit}: choose 1 to 120.")));
    }
    let site = query.site_id.map(SiteId);
    let lines = app.reports.periods(&query.formula, site.as_ref(), limit).await?;
    let view = |line: ocpp_server::availability::report::PeriodLine| PeriodView {
        kind: match line.period.kind() {
            PeriodKind::Month => "month",
            PeriodKind::Quarter => "quarter",
            PeriodKind::Year => "year",
        },
        period: line.period.to_string(),
        state: state_name(line.state),
        submitted_id: line.latest.map(Into::into),
    };
    Ok(Json(List { items: lines.into_iter().map(view).collect(), next: None }))
}

/// A report to be submitted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubmitBody {
    /// The id of the formula.
    #[schema(example = "us-680.116")]
    formula: String,
    /// The period, as for a report.
    #[schema(example = "2026-10")]
    period: String,
    /// Only this site.
    site_id: Option<String>,
}

/// Submit a report
///
/// It is frozen with its figures, their intervals and the formula as it is, under the SHA-256 of its canonical JSON
/// (members in the order of their names, no spaces). Later data makes an amendment beside it.
#[utoipa::path(
    post, path = "/api/v1/reports/uptime/submitted", tag = "uptime", operation_id = "submitUptime",
    security(("api_key" = ["stations:write"])),
    request_body = SubmitBody,
    responses(
        (status = 201, description = "What was submitted", body = SubmittedView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such formula or site"),
        (status = 409, description = "The period is not over, was submitted already, or no port was in service"),
        (status = 422, description = "A value is wrong, or the formula has no figure for this period"),
    )
)]
pub(crate) async fn submit(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Body(body): Body<SubmitBody>,
) -> Result<Created<SubmittedView>, Problem> {
    let query = ReportQuery { formula: body.formula, period: body.period, site_id: body.site_id };
    let submitted = app.reports.submit(&query.ask()?, caller.name()).await?;
    Ok(made(submitted))
}

fn made(submitted: SubmittedReport) -> Created<SubmittedView> {
    let location = format!("/api/v1/reports/uptime/submitted/{}", super::answer::segment(&submitted.id));
    Created { location, revision: Some(submitted.revision()), body: submitted.into() }
}

/// Show what was submitted
#[utoipa::path(
    get, path = "/api/v1/reports/uptime/submitted/{id}", tag = "uptime", operation_id = "getSubmittedUptime",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "What was submitted", body = SubmittedView),
        (status = 404, description = "There is no such submission"),
    )
)]
pub(crate) async fn submitted(State(app): State<App>, Key(id): Key) -> Result<Json<SubmittedView>, Problem> {
    Ok(Json(app.reports.submitted(&id).await?.into()))
}

/// What the latest submission would say otherwise now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportDifference)]
pub(crate) struct DifferenceView {
    /// Whether anything differs.
    differs: bool,
    /// What differs, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    amendment: Option<AmendmentView>,
}

/// Show what differs from what was submitted
///
/// Of the latest submission of the same period: what was heard after it, what was done to exclusions after it, and the
/// figures before and now.
#[utoipa::path(
    get, path = "/api/v1/reports/uptime/submitted/{id}/difference", tag = "uptime", operation_id = "compareSubmittedUptime",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The id of the submission")),
    responses(
        (status = 200, description = "What differs", body = DifferenceView),
        (status = 404, description = "There is no such submission"),
        (status = 422, description = "It cannot be computed any more"),
    )
)]
pub(crate) async fn difference(
    State(app): State<App>,
    Key(id): Key,
) -> Result<Json<DifferenceView>, Problem> {
    let amendment = app.reports.difference(&id).await?;
    Ok(Json(DifferenceView { differs: amendment.is_some(), amendment: amendment.map(Into::into) }))
}

/// Amend what was submitted
///
/// What was submitted stays; the amendment stands beside it, with what differs and why.
#[utoipa::path(
    post, path = "/api/v1/reports/uptime/submitted/{id}/amend", tag = "uptime", operation_id = "amendUptime",
    security(("api_key" = ["stations:write"])),
    params(("id" = String, Path, description = "The id of the submission")),
    responses(
        (status = 201, description = "The amendment", body = SubmittedView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such submission"),
        (status = 409, description = "Nothing differs"),
        (status = 422, description = "It cannot be computed any more"),
    )
)]
pub(crate) async fn amend(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
) -> Result<Created<SubmittedView>, Problem> {
    Ok(made(app.reports.amend(&id, caller.name()).await?))
}
