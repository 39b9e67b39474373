//! `/api/v1/reports/ev-chart`: the files of 23 CFR 680.112, and what stands in them and only the operator knows.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use ocpp_server::availability::report::ev_chart::{EvChartSettings, file_names};
use ocpp_server::domain::{ExclusionReason, Record as _, Revision, SiteId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{csv, period_of};
use crate::manager::App;
use crate::manager::api::answer::Tagged;
use crate::manager::api::problem::Problem;
use crate::manager::api::request::{Body, IfMatch, Params};

/// What stands in the files and only the operator knows.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EvChartBody {
    /// The network provider.
    #[schema(max_length = 255, example = "Example, Inc.")]
    network_provider: String,
    /// The code, 1 to 6, of each reason that excuses an outage. Check them against the template that is in force.
    excluded_outage_reasons: BTreeMap<String, u8>,
    /// The code of each way in which a session ends, by the names of OCPP; `none` for one without an error. What is not
    /// here stands in the file as it is.
    session_errors: BTreeMap<String, String>,
    /// The code of each way to pay: `account`, `payment` and `nobody`. What is not here stands in the file as it is.
    payment_methods: BTreeMap<String, String>,
    /// The published id of a station, at most 36 characters, where it is not its identity.
    station_ids: BTreeMap<String, String>,
}

/// What stands in the files and only the operator knows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EvChartSettings)]
pub(crate) struct EvChartView {
    /// What stands in the files.
    settings: EvChartBody,
    /// How often it was written; `ETag` and `If-Match` carry it.
    revision: u64,
}

impl EvChartBody {
    fn into_settings(self) -> Result<EvChartSettings, Problem> {
        let mut reasons = BTreeMap::new();
        for (name, code) in self.excluded_outage_reasons {
            let reason = ExclusionReason::from_name(&name);
            let known = ExclusionReason::ALL.map(ExclusionReason::name).join(", ");
            let unknown = || Problem::unprocessable(format!("{name:?} is no reason: choose of {known}."));
            reasons.insert(reason.ok_or_else(unknown)?, code);
        }
        let codes = |map: BTreeMap<String, String>| {
            map.into_iter().map(|(name, code)| (name.into(), code.into())).collect()
        };
        Ok(EvChartSettings {
            revision: Revision::default(),
            network_provider: self.network_provider.trim().into(),
            excluded_outage_reasons: reasons,
            session_errors: codes(self.session_errors),
            payment_methods: codes(self.payment_methods),
            station_ids: codes(self.station_ids),
        })
    }
}

impl From<EvChartSettings> for EvChartView {
    fn from(settings: EvChartSettings) -> EvChartView {
        let codes = |map: BTreeMap<Box<str>, Box<str>>| {
            map.into_iter().map(|(name, code)| (name.into(), code.into())).collect()
        };
        let reasons = settings.excluded_outage_reasons.into_iter();
        EvChartView {
            settings: EvChartBody {
                network_provider: settings.network_provider.into(),
                excluded_outage_reasons: reasons
                    .map(|(reason, code)| (reason.name().to_owned(), code))
                    .collect(),
                session_errors: codes(settings.session_errors),
                payment_methods: codes(settings.payment_methods),
                station_ids: codes(settings.station_ids),
            },
            revision: settings.revision.0,
        }
    }
}

/// Show the settings of the files of 23 CFR 680.112
#[utoipa::path(
    get, path = "/api/v1/reports/ev-chart/settings", tag = "uptime", operation_id = "getEvChartSettings",
    security(("api_key" = ["stations:read"])),
    responses((status = 200, description = "The settings", body = EvChartView, headers(("ETag" = String, description = "Its revision"))))
)]
pub(crate) async fn settings(State(app): State<App>) -> Result<Tagged<EvChartView>, Problem> {
    let settings = app.reports.ev_chart_settings().await?;
    Ok(Tagged(settings.revision(), settings.into()))
}

/// Change the settings of the files of 23 CFR 680.112
#[utoipa::path(
    put, path = "/api/v1/reports/ev-chart/settings", tag = "uptime", operation_id = "setEvChartSettings",
    security(("api_key" = ["stations:write"])),
    params(("If-Match" = Option<String>, Header, description = "The ETag of the settings as they were read")),
    request_body = EvChartBody,
    responses(
        (status = 200, description = "The settings", body = EvChartView, headers(("ETag" = String, description = "Its revision"))),
        (status = 409, description = "Somebody else has changed them in the meantime"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn set_settings(
    State(app): State<App>,
    seen: IfMatch,
    Body(body): Body<EvChartBody>,
) -> Result<Tagged<EvChartView>, Problem> {
    let settings = app.reports.set_ev_chart_settings(body.into_settings()?, seen.0).await?;
    Ok(Tagged(settings.revision(), settings.into()))
}

/// Which ports.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichSite {
    /// Only this site.
    site_id: Option<String>,
}

/// Make a file of 23 CFR 680.112
///
/// `sessions` (module 2), `uptime` (module 3) or `outages` (module 4) of a quarter that is over, by the columns of
/// EV-ChART. Months that were submitted stand there as they were submitted last.
#[utoipa::path(
    get, path = "/api/v1/reports/ev-chart/{quarter}/{module}", tag = "uptime", operation_id = "exportEvChart",
    security(("api_key" = ["sessions:read"])),
    params(
        ("quarter" = String, Path, description = "The quarter", example = "2026Q3"),
        ("module" = String, Path, description = "`sessions`, `uptime` or `outages`"),
        WhichSite,
    ),
    responses(
        (status = 200, description = "The file", content((String = "text/csv"))),
        (status = 404, description = "There is no such file or site"),
        (status = 422, description = "The quarter is not over, or a setting is missing"),
    )
)]
pub(crate) async fn file(
    State(app): State<App>,
    Path((quarter, module)): Path<(String, String)>,
    Params(which): Params<WhichSite>,
) -> Result<Response, Problem> {
    let index = ["sessions", "uptime", "outages"].iter().position(|name| *name == module);
    let unknown =
        || Problem::not_found(format!("There is no {module:?}: ask for sessions, uptime or outages."));
    let index = index.ok_or_else(unknown)?;
    let quarter = period_of(&quarter)?;
    let files = app.reports.ev_chart(quarter, which.site_id.map(SiteId).as_ref()).await?;
    let text = [files.sessions, files.uptime, files.outages].into_iter().nth(index).unwrap_or_default();
    Ok(csv(file_names(quarter).get(index).map_or("", String::as_str), text))
}
