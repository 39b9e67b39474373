//! `ocpp report`: uptime by a formula, what was submitted, and the files of 23 CFR 680.112.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::args::ManagerArgs;
use super::client::{Client, part};
use super::table::{facts, items, moment, table, text};
use super::{Audience, print, read_file};
use crate::exit::Failure;

/// `ocpp report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: ReportCommand,
}

#[derive(Debug, Subcommand)]
enum ReportCommand {
    /// Compute the uptime of ports by a formula for a period
    Uptime {
        #[command(flatten)]
        which: WhichArgs,
        /// The figures as CSV
        #[arg(long, group = "form")]
        csv: bool,
        /// The intervals that make them as CSV
        #[arg(long, group = "form")]
        outages: bool,
        /// The figures, a strip of each port and its outages as PDF; needs a file
        #[arg(long, group = "form", requires = "output")]
        pdf: bool,
        /// Write to this file
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// List the periods of a formula, with how far the reporting of each is
    Periods {
        /// The id of the formula
        #[arg(long)]
        formula: String,
        /// Only this site
        #[arg(long, value_name = "ID")]
        site: Option<String>,
    },
    /// Submit the report of a period that is over: it is frozen
    Submit {
        #[command(flatten)]
        which: WhichArgs,
    },
    /// Show what was submitted
    Submitted {
        /// Its id
        id: String,
    },
    /// Show what differs now from what was submitted, and why
    Difference {
        /// The id of the submission
        id: String,
    },
    /// Amend what was submitted by what later data says otherwise
    Amend {
        /// The id of the submission
        id: String,
    },
    /// Say from when until when a station is in service, for its figures
    InService {
        /// The station's identity
        station: String,
        /// Since when, such as 2025-01-01T00:00:00Z; since it was first seen unless said
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// Until when, if it was taken down
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Write the files of 23 CFR 680.112 for a quarter: sessions, uptime and outages
    EvChart {
        /// The quarter, such as 2026Q3
        #[arg(long)]
        quarter: String,
        /// Only this site
        #[arg(long, value_name = "ID")]
        site: Option<String>,
        /// The directory to write them to
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
    },
    /// Print the settings of these files, or replace them
    EvChartSettings {
        /// A file with the settings as JSON; - for standard input
        file: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct WhichArgs {
    /// The id of the formula; ocpp formulas list has them
    #[arg(long)]
    formula: String,
    /// A month, such as 2026-10
    #[arg(long, group = "period", required_unless_present_any = ["quarter", "year"])]
    month: Option<String>,
    /// A quarter, such as 2026Q3
    #[arg(long, group = "period")]
    quarter: Option<String>,
    /// A year, such as 2026
    #[arg(long, group = "period")]
    year: Option<String>,
    /// Only this site
    #[arg(long, value_name = "ID")]
    site: Option<String>,
}

impl WhichArgs {
    fn period(&self) -> &str {
        self.month.as_deref().or(self.quarter.as_deref()).or(self.year.as_deref()).unwrap_or_default()
    }

    fn query(&self) -> String {
        let site = self.site.as_ref().map(|site| format!("&site_id={}", part(site))).unwrap_or_default();
        format!("formula={}&period={}{site}", part(&self.formula), part(self.period()))
    }
}

/// Runs a command about reports.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: ReportArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    let submitted = |id: &str| format!("reports/uptime/submitted/{}", part(id));
    match args.command {
        ReportCommand::Uptime { which, csv, outages, pdf, output } => {
            let form = match (csv, outages, pdf) {
                (true, ..) => Some("figures"),
                (_, true, _) => Some("outages"),
                (.., true) => Some("pdf"),
                _ => None,
            };
            uptime(&client, audience, &which, form, output.as_deref()).await
        }
        ReportCommand::Periods { formula, site } => {
            let site = site.map(|site| format!("&site_id={}", part(&site))).unwrap_or_default();
            let path = format!("reports/uptime/periods?formula={}{site}", part(&formula));
            audience.show(&client.get(&path).await?, periods)
        }
        ReportCommand::Submit { which } => {
            let mut body = json!({ "formula": which.formula, "period": which.period() });
            if let Some(site) = &which.site {
                body["site_id"] = Value::from(site.as_str());
            }
            audience.show(&client.post("reports/uptime/submitted", &body).await?, frozen)
        }
        ReportCommand::Submitted { id } => audience.show(&client.get(&submitted(&id)).await?, frozen),
        ReportCommand::Difference { id } => {
            audience.show(&client.get(&format!("{}/difference", submitted(&id))).await?, difference)
        }
        ReportCommand::Amend { id } => {
            let amended = client.post(&format!("{}/amend", submitted(&id)), &json!({})).await?;
            audience.show(&amended, frozen)
        }
        ReportCommand::InService { station, since, until } => {
            let body = json!({ "since": since, "until": until });
            let service = client.put(&format!("stations/{}/service", part(&station)), None, &body).await?;
            audience.show(&service, |service| {
                let (since, until) = (moment(service, "since"), moment(service, "until"));
                let since = if since.is_empty() { "it was first seen".to_owned() } else { since };
                let until = if until.is_empty() { String::new() } else { format!(" until {until}") };
                format!("{station} is in service since {since}{until}.")
            })
        }
        ReportCommand::EvChart { quarter, site, output } => {
            ev_chart(&client, audience, &quarter, site.as_deref(), &output).await
        }
        ReportCommand::EvChartSettings { file } => {
            const PATH: &str = "reports/ev-chart/settings";
            let kept = match file {
                None => client.get(PATH).await?,
                Some(file) => {
                    let settings: Value = serde_json::from_str(&read_file(&file)?)
                        .map_err(|error| Failure::Usage(format!("{} is no JSON: {error}", file.display())))?;
                    client.put(PATH, None, &settings).await?
                }
            };
            // What is printed may be given back as it is.
            audience.show(&kept, |kept| serde_json::to_string_pretty(&kept["settings"]).unwrap_or_default())
        }
    }
}

async fn uptime(
    client: &Client,
    audience: Audience,
    which: &WhichArgs,
    form: Option<&str>,
    output: Option<&Path>,
) -> Result<(), Failure> {
    let Some(form) = form else {
        let report = client.get(&format!("reports/uptime?{}", which.query())).await?;
        let Some(output) = output else { return audience.show(&report, figures) };
        let json = serde_json::to_string_pretty(&report).unwrap_or_default();
        let text = if audience == Audience::Programs { json } else { figures(&report) };
        return write(output, text.as_bytes());
    };
    let bytes = download(client, &format!("reports/uptime/{form}?{}", which.query())).await?;
    match output {
        Some(output) => write(output, &bytes),
        None => print(&String::from_utf8_lossy(&bytes)),
    }
}

async fn download(client: &Client, path: &str) -> Result<Vec<u8>, Failure> {
    let mut pieces = client.stream(path).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await? {
        bytes.extend(piece);
    }
    Ok(bytes)
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(file, bytes)
        .map_err(|error| Failure::Usage(format!("{} cannot be written: {error}", file.display())))
}

async fn ev_chart(
    client: &Client,
    audience: Audience,
    quarter: &str,
    site: Option<&str>,
    output: &Path,
) -> Result<(), Failure> {
    let site = site.map(|site| format!("?site_id={}", part(site))).unwrap_or_default();
    let mut files = Vec::new();
    for (number, module) in [(2, "sessions"), (3, "uptime"), (4, "outages")] {
        let path = format!("reports/ev-chart/{}/{module}{site}", part(quarter));
        files.push((
            format!("ev-chart-{quarter}-module-{number}-{module}.csv"),
            download(client, &path).await?,
        ));
    }
    std::fs::create_dir_all(output)
        .map_err(|error| Failure::Usage(format!("{} cannot be made: {error}", output.display())))?;
    for (name, bytes) in &files {
        write(&output.join(name), bytes)?;
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    audience.show(&json!({ "files": names }), |_| {
        format!("Written to {}: {}.", output.display(), names.join(", "))
    })
}

/// Seconds as minutes.
fn minutes(port: &Value, member: &str) -> String {
    let seconds = port.get(member).and_then(Value::as_i64).unwrap_or_default();
    format!("{}.{:02}", seconds / 60, seconds % 60 * 100 / 60)
}

/// A percent with four digits after the point, cut off.
fn percent(value: &Value, member: &str) -> String {
    let text = text(value, member);
    match text.split_once('.') {
        Some((whole, rest)) => format!("{whole}.{} %", rest.chars().take(4).collect::<String>()),
        None if text.is_empty() => "–".to_owned(),
        None => format!("{text} %"),
    }
}

fn verdict(value: &Value) -> String {
    match value.get("is_met").and_then(Value::as_bool) {
        Some(true) => "met".to_owned(),
        Some(false) => "missed".to_owned(),
        None => String::new(),
    }
}

fn figures(report: &Value) -> String {
    let rows = items(report, "ports").iter().map(|port| {
        vec![
            format!("{}/{}", text(port, "station_id"), text(port, "evse_id")),
            percent(port, "percent"),
            verdict(port),
            percent(port, "percent_of_service"),
            minutes(port, "outage_s"),
            minutes(port, "excluded_s"),
            items(port, "outages").len().to_string(),
        ]
    });
    let headings = ["PORT", "UPTIME", "", "OF TRUE LENGTH", "OUTAGES, MIN", "EXCUSED, MIN", "OUTAGES"];
    let mut said = table(&headings, rows.collect(), "No port was in service in this time.");
    if let Some(all) = report.get("network") {
        said.push_str(&format!("\nAll ports together: {} ({}).", percent(all, "percent"), verdict(all)));
    }
    if report.get("preliminary_until").is_some() {
        let until = moment(report, "preliminary_until");
        said.push_str(&format!("\nNot over yet: preliminary figures of the time until {until}."));
    }
    said
}

fn periods(all: &Value) -> String {
    let rows = items(all, "items")
        .iter()
        .map(|one| vec![text(one, "period"), text(one, "state"), text(one, "submitted_id")]);
    table(&["PERIOD", "STATE", "SUBMITTED"], rows.collect(), "There are no periods.")
}

fn frozen(submitted: &Value) -> String {
    let facts = facts(&[
        ("Submitted", text(submitted, "id")),
        ("By", text(submitted, "submitted_by")),
        ("At", moment(submitted, "submitted_at")),
        ("SHA-256", text(submitted, "digest")),
    ]);
    format!("{facts}\n{}", figures(&submitted["report"]))
}

fn difference(answer: &Value) -> String {
    let Some(why) = answer.get("amendment") else {
        return "Nothing differs from what was submitted last.".to_owned();
    };
    let rows = items(why, "ports").iter().map(|port| {
        let of = |member: &str| match port.get(member) {
            Some(figures) => vec![
                percent(figures, "percent"),
                minutes(figures, "outage_s"),
                minutes(figures, "excluded_s"),
            ],
            None => vec!["–".to_owned(); 3],
        };
        let name = format!("{}/{}", text(port, "station_id"), text(port, "evse_id"));
        [vec![name], of("before"), of("now")].concat()
    });
    let headings = ["PORT", "BEFORE", "OUTAGES", "EXCUSED", "NOW", "OUTAGES", "EXCUSED"];
    let table = table(&headings, rows.collect(), "Only what all ports reach together differs.");
    format!(
        "{table}\nHeard afterwards: {} observations. Exclusions changed afterwards: {}.",
        text(why, "observations_heard"),
        items(why, "exclusions").len()
    )
}
