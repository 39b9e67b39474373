//! `ocpp usage` and `ocpp history`.

use clap::Args;
use serde_json::Value;

use super::Audience;
use super::args::ManagerArgs;
use super::client::part;
use super::table::{facts, items, kwh, moment, table, text};
use crate::exit::Failure;

/// When.
#[derive(Debug, Args)]
struct WindowArgs {
    /// From when on, such as 2026-10-01T00:00:00Z; four weeks before the end when left out
    #[arg(long, value_name = "TIME")]
    from: Option<jiff::Timestamp>,
    /// Until when; now when left out
    #[arg(long, value_name = "TIME")]
    to: Option<jiff::Timestamp>,
}

impl WindowArgs {
    fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut given = Vec::new();
        given.extend(self.from.map(|from| ("from", from.to_string())));
        given.extend(self.to.map(|to| ("to", to.to_string())));
        given
    }
}

fn query(parameters: &[(&str, String)]) -> String {
    let pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={}", part(value))).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// `ocpp usage`.
#[derive(Debug, Args)]
pub(crate) struct UsageArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    /// Only the ports of this site
    #[arg(long, value_name = "ID", conflicts_with = "station")]
    site: Option<String>,
    /// Only those of this station
    #[arg(long, value_name = "ID")]
    station: Option<String>,
    /// Only this EVSE of the station
    #[arg(long, value_name = "NUMBER", requires = "station", value_parser = clap::value_parser!(u32).range(1..))]
    evse: Option<u32>,
    #[command(flatten)]
    window: WindowArgs,
    /// Show the hours of the week, too
    #[arg(long)]
    hours: bool,
}

/// `ocpp history`.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    /// The station's identity
    station: String,
    /// The EVSE
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    evse: u32,
    #[command(flatten)]
    window: WindowArgs,
    /// As it was believed at this moment: without what was heard after it
    #[arg(long, value_name = "TIME")]
    believed_at: Option<jiff::Timestamp>,
}

/// Shows how ports were used.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn usage(args: UsageArgs) -> Result<(), Failure> {
    let (client, audience): (_, Audience) = args.manager.resolve()?;
    let mut parameters = args.window.parameters();
    parameters.extend(args.site.map(|site| ("site_id", site)));
    parameters.extend(args.station.map(|station| ("station_id", station)));
    parameters.extend(args.evse.map(|evse| ("evse_id", evse.to_string())));
    let found = client.get(&format!("usage{}", query(&parameters))).await?;
    audience.show(&found, |found| {
        let summary = summary(found);
        if args.hours { format!("{summary}\n\n{}", hours(found)) } else { summary }
    })
}

/// Shows what a port did.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn history(args: HistoryArgs) -> Result<(), Failure> {
    let (client, audience): (_, Audience) = args.manager.resolve()?;
    let mut parameters = args.window.parameters();
    parameters.extend(args.believed_at.map(|at| ("believed_at", at.to_string())));
    let path = format!("stations/{}/evses/{}/history{}", part(&args.station), args.evse, query(&parameters));
    audience.show(&client.get(&path).await?, pieces)
}

/// Thousandths as percent.
fn percent(value: &Value, member: &str) -> String {
    let permille = value.get(member).and_then(Value::as_u64);
    permille.map(|permille| format!("{}.{} %", permille / 10, permille % 10)).unwrap_or_default()
}

/// Seconds as hours and minutes.
fn length(seconds: Option<i64>) -> String {
    seconds.map(|seconds| format!("{}:{:02} h", seconds / 3600, seconds % 3600 / 60)).unwrap_or_default()
}

fn summary(found: &Value) -> String {
    let seconds = |member: &str| length(found.get(member).and_then(Value::as_i64));
    let attempts = found.get("attempts").cloned().unwrap_or_default();
    let failed: Vec<String> = attempts
        .get("by")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(what, _)| *what != "charged")
        .map(|(what, count)| format!("{what} {count}"))
        .collect();
    facts(&[
        ("From", moment(found, "from")),
        ("To", moment(found, "to")),
        ("Ports", text(found, "ports")),
        ("Occupied", percent(found, "occupancy_permille")),
        ("Sessions", text(found, "sessions")),
        ("Energy", kwh(found, "energy_wh")),
        ("Energy used", percent(found, "energy_permille")),
        ("Power used", percent(found, "power_permille")),
        ("Stays", text(found, "stays")),
        ("Median stay", seconds("median_stay_s")),
        ("Long stay", seconds("long_stay_s")),
        ("Idle after", seconds("mean_idle_after_s")),
        ("Turned away", text(found, "turned_away_estimate")),
        ("Attempts", text(&attempts, "count")),
        ("Led to a charge", percent(&attempts, "success_permille")),
        ("Failed by", failed.join(", ")),
    ])
}

fn hours(found: &Value) -> String {
    let of_week = items(found, "hours");
    let row = |hour: usize| {
        let mut row = vec![format!("{hour:02}:00")];
        let days =
            (0..7).map(|day| of_week.get(day * 24 + hour).map(|hour| percent(hour, "occupancy_permille")));
        row.extend(days.map(Option::unwrap_or_default));
        row
    };
    let headings = ["HOUR", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    table(&headings, (0..24).map(row).collect(), "Nothing is known.")
}

fn pieces(found: &Value) -> String {
    let row = |piece: &Value| {
        vec![
            moment(piece, "from"),
            moment(piece, "to"),
            length(piece.get("seconds").and_then(Value::as_i64)),
            text(piece, "state"),
            text(piece, "behind"),
        ]
    };
    let rows = items(found, "pieces").iter().map(row).collect();
    table(&["FROM", "UNTIL", "LENGTH", "STATE", "BEHIND IT"], rows, "Nothing is known of this time.")
}
