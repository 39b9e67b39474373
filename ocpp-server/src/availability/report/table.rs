//! A report as CSV.

use super::content::{Report, minutes};
use super::written;

/// The figures of a report, a line for each port. Percent have all their digits.
#[must_use]
pub fn figures_csv(report: &Report) -> String {
    let mut lines = vec![row(&[
        "formula",
        "period",
        "site_id",
        "station_id",
        "evse_id",
        "time_zone",
        "window_start",
        "window_end",
        "in_service_start",
        "in_service_end",
        "uptime_percent",
        "uptime_percent_of_true_length",
        "is_met",
        "divisor_minutes",
        "outage_minutes",
        "excluded_minutes",
        "outages",
    ])];
    for port in &report.ports {
        let percent =
            |value: Option<rust_decimal::Decimal>| value.map(|it| it.to_string()).unwrap_or_default();
        let (evse, period) = (port.evse.to_string(), report.period.to_string());
        lines.push(row(&[
            &report.formula.id,
            &period,
            port.site.as_ref().map_or("", |site| &site.0),
            port.station.as_str(),
            &evse,
            &port.time_zone,
            &written(port.window.from),
            &written(port.window.until),
            &written(port.service.from),
            &written(port.service.until),
            &percent(port.percent),
            &percent(port.percent_of_service),
            port.is_met.map_or("", |is_met| if is_met { "true" } else { "false" }),
            &minutes(port.divisor_s),
            &minutes(port.outage_s),
            &minutes(port.excluded_s),
            &port.outages.len().to_string(),
        ]));
    }
    lines.concat()
}

/// The intervals of a report: a line for each state of each outage, and for each stretch that is excused.
#[must_use]
pub fn outages_csv(report: &Report) -> String {
    let mut lines = vec![row(&[
        "station_id",
        "evse_id",
        "outage_start",
        "outage_end",
        "start",
        "end",
        "minutes",
        "what",
        "state_or_reason",
        "exclusion_id",
        "evidence",
        "entered_by",
        "confirmed_by",
    ])];
    for port in &report.ports {
        let evse = port.evse.to_string();
        for outage in &port.outages {
            let (begins, ends) = (written(outage.when.from), written(outage.when.until));
            let here = [port.station.as_str(), &evse, &begins, &ends];
            for state in &outage.states {
                let (from, until) = (written(state.when.from), written(state.when.until));
                let long = minutes(state.when.seconds());
                let rest = [&*from, &until, &long, "state", state.state.name(), "", "", "", ""];
                lines.push(row(&[&here[..], &rest[..]].concat()));
            }
            for excused in &outage.excused {
                let (from, until) = (written(excused.when.from), written(excused.when.until));
                let long = minutes(excused.when.seconds());
                let id = excused.exclusion.as_ref().map_or("", |id| &id.0);
                let second = excused.confirmed_by.as_deref().unwrap_or_default();
                let rest = [
                    &*from,
                    &until,
                    &long,
                    "excused",
                    excused.reason.name(),
                    id,
                    &plain(&excused.evidence),
                    &plain(&excused.entered_by),
                    &plain(second),
                ];
                lines.push(row(&[&here[..], &rest[..]].concat()));
            }
        }
    }
    lines.concat()
}

/// What people wrote; what a spreadsheet would take for a formula is text.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_owned() }
}

/// A line of CSV (RFC 4180).
pub(super) fn row(values: &[&str]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory does not fail, and all that is written is text.
    let _ = writer.write_record(values);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
