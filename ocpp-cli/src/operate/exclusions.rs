//! `ocpp exclusions`: what excuses outages.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::args::ManagerArgs;
use super::client::part;
use super::table::{facts, moment, table, text};
use crate::exit::Failure;

/// `ocpp exclusions`.
#[derive(Debug, Args)]
pub(crate) struct ExclusionArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: ExclusionCommand,
}

#[derive(Debug, Subcommand)]
enum ExclusionCommand {
    /// List exclusions, the latest entered first
    List {
        /// Only those that hold for ports of this site
        #[arg(long, value_name = "ID")]
        site: Option<String>,
        /// Only those that hold for this station
        #[arg(long, value_name = "ID")]
        station: Option<String>,
        /// Only those that last beyond this moment
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Only those that begin before this moment
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Enter an exclusion: prints its key
    Enter(EnterArgs),
    /// Confirm an exclusion as a second person
    Confirm {
        /// Its key
        id: String,
    },
    /// Say when an exclusion ended that lasted
    End {
        /// Its key
        id: String,
        /// When it ended, such as 2026-10-01T12:00:00Z
        until: String,
    },
    /// Withdraw an exclusion: it stays on record and excuses nothing any more
    Withdraw {
        /// Its key
        id: String,
    },
}

#[derive(Debug, Args)]
struct EnterArgs {
    /// utility, vehicle, scheduled_maintenance, vandalism, natural_disaster, outside_hours or other
    reason: String,
    /// What happened and how one knows, for whoever checks a report
    #[arg(long)]
    evidence: String,
    /// When it began, such as 2026-10-01T08:00:00Z
    #[arg(long, value_name = "TIME")]
    from: String,
    /// When it ended; leave it out while it lasts
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// All ports of this site
    #[arg(long, value_name = "ID", required_unless_present = "station", conflicts_with = "station")]
    site: Option<String>,
    /// All ports of this station
    #[arg(long, value_name = "ID")]
    station: Option<String>,
    /// Only this EVSE of the station
    #[arg(long, value_name = "NUMBER", requires = "station")]
    evse: Option<u32>,
}

/// Runs a command about exclusions.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: ExclusionArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    let path = |id: &str, what: &str| format!("exclusions/{}/{what}", part(id));
    match args.command {
        ExclusionCommand::List { site, station, from, until } => {
            let given = [("site_id", site), ("station_id", station), ("from", from), ("until", until)];
            let query: String = given
                .into_iter()
                .filter_map(|(name, value)| Some(format!("&{name}={}", part(&value?))))
                .collect();
            let found = client.list("exclusions", &query, usize::MAX).await?;
            audience.show(&Value::Array(found), list)
        }
        ExclusionCommand::Enter(enter) => {
            let mut body = json!({
                "reason": enter.reason,
                "evidence": enter.evidence,
                "from": enter.from,
                "until": enter.until,
            });
            for (name, value) in [
                ("site_id", enter.site.map(Value::from)),
                ("station_id", enter.station.map(Value::from)),
                ("evse_id", enter.evse.map(Value::from)),
            ] {
                if let Some(value) = value {
                    body[name] = value;
                }
            }
            audience.show(&client.post("exclusions", &body).await?, show)
        }
        ExclusionCommand::Confirm { id } => {
            audience.show(&client.post(&path(&id, "confirm"), &json!({})).await?, show)
        }
        ExclusionCommand::End { id, until } => {
            audience.show(&client.post(&path(&id, "end"), &json!({ "until": until })).await?, show)
        }
        ExclusionCommand::Withdraw { id } => {
            audience.show(&client.post(&path(&id, "withdraw"), &json!({})).await?, show)
        }
    }
}

fn place(exclusion: &Value) -> String {
    let (site, station, evse) =
        (text(exclusion, "site_id"), text(exclusion, "station_id"), text(exclusion, "evse_id"));
    match (site.is_empty(), evse.is_empty()) {
        (false, _) => format!("site {site}"),
        (true, true) => station,
        (true, false) => format!("{station}/{evse}"),
    }
}

fn until(exclusion: &Value) -> String {
    if exclusion.get("until").is_some() { moment(exclusion, "until") } else { "lasts".to_owned() }
}

fn list(exclusions: &Value) -> String {
    let rows = exclusions.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|one| {
        vec![
            text(one, "id"),
            place(one),
            text(one, "reason"),
            moment(one, "from"),
            until(one),
            text(one, "state"),
            text(one, "entered_by"),
            text(one, "evidence"),
        ]
    });
    let headings = ["ID", "WHERE", "REASON", "FROM", "UNTIL", "STATE", "BY", "EVIDENCE"];
    table(&headings, rows.collect(), "There are no exclusions: enter one with ocpp exclusions enter.")
}

fn show(exclusion: &Value) -> String {
    facts(&[
        ("Exclusion", text(exclusion, "id")),
        ("Where", place(exclusion)),
        ("Reason", text(exclusion, "reason")),
        ("From", moment(exclusion, "from")),
        ("Until", until(exclusion)),
        ("State", text(exclusion, "state")),
        ("Entered by", text(exclusion, "entered_by")),
        ("Confirmed by", text(exclusion, "confirmed_by")),
        ("Withdrawn by", text(exclusion, "withdrawn_by")),
        ("Evidence", text(exclusion, "evidence")),
    ])
}
