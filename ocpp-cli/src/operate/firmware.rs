//! `ocpp firmware`, `ocpp campaign` and `ocpp log`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::args::ManagerArgs;
use super::client::{Client, part};
use super::print;
use super::table::{facts, items, moment, table, text};
use crate::exit::Failure;

/// `ocpp firmware`.
#[derive(Debug, Args)]
pub(crate) struct FirmwareArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: FirmwareCommand,
}

#[derive(Debug, Subcommand)]
enum FirmwareCommand {
    /// List the firmware
    List,
    /// Add firmware: a file that the manager keeps, or one that lies elsewhere
    Add {
        /// What people call it, and the name of the file
        name: String,
        /// What stations say of their firmware when they start with it
        #[arg(long)]
        version: Option<String>,
        /// Where stations fetch it
        #[arg(long, conflicts_with = "file", required_unless_present = "file")]
        url: Option<String>,
        /// The file to upload to the manager
        #[arg(long)]
        file: Option<PathBuf>,
        /// The certificate of the signer, a PEM file
        #[arg(long, value_name = "FILE", requires = "signature")]
        certificate: Option<PathBuf>,
        /// The signature in Base64
        #[arg(long, requires = "certificate")]
        signature: Option<String>,
    },
    /// Remove firmware
    Remove {
        /// Its key
        id: String,
    },
    /// Update one station
    Update {
        /// The station's identity
        station: String,
        /// The firmware's key
        id: String,
    },
    /// List the updates of a station
    Updates {
        /// The station's identity
        station: String,
    },
}

/// `ocpp campaign`.
#[derive(Debug, Args)]
pub(crate) struct CampaignArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: CampaignCommand,
}

#[derive(Debug, Subcommand)]
enum CampaignCommand {
    /// List the campaigns
    List,
    /// Show a campaign, station by station
    Show {
        /// Its key
        id: String,
    },
    /// Begin a campaign: the same firmware for many stations
    Begin(Box<BeginArgs>),
    /// Tell no more stations
    Pause {
        /// Its key
        id: String,
    },
    /// Go on
    Resume {
        /// Its key
        id: String,
    },
    /// Give it up: stations that were not told are left alone
    Abort {
        /// Its key
        id: String,
    },
    /// Begin anew where it failed
    Retry {
        /// Its key
        id: String,
    },
    /// Print what came of it as CSV
    Export {
        /// Its key
        id: String,
    },
}

#[derive(Debug, Args)]
struct BeginArgs {
    /// What people call it
    name: String,
    /// The firmware's key
    #[arg(long, value_name = "KEY")]
    firmware: String,
    /// A station; may be given several times [default: all that pass the rest]
    #[arg(long = "station", value_name = "ID")]
    stations: Vec<String>,
    /// Only stations at the site of this key
    #[arg(long, value_name = "KEY")]
    site: Option<String>,
    /// Only stations of this maker
    #[arg(long)]
    vendor: Option<String>,
    /// Only stations of this model
    #[arg(long)]
    model: Option<String>,
    /// Only stations that run this version
    #[arg(long, value_name = "VERSION")]
    firmware_version: Option<String>,
    /// Sizes of the waves, such as 1,10,100; the last one is for all that are left [default: one wave]
    #[arg(long, value_name = "SIZES", value_delimiter = ',')]
    waves: Vec<u32>,
    /// How many stations are at it at the same time
    #[arg(long, value_name = "N", default_value_t = 10)]
    at_once: u32,
    /// Hours of the day by the clock of each site, such as 22:00-05:00 [default: any]
    #[arg(long, value_name = "HOURS")]
    window: Option<String>,
    /// How many stations may fail before it pauses
    #[arg(long, value_name = "N", default_value_t = 0)]
    max_failures: u32,
}

/// `ocpp log`.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: LogCommand,
}

#[derive(Debug, Subcommand)]
enum LogCommand {
    /// Order a log from a connected station
    Order {
        /// The station's identity
        station: String,
        /// Which log
        #[arg(long, value_enum, default_value_t = Kind::Diagnostics)]
        log: Kind,
    },
    /// List the logs of a station
    List {
        /// The station's identity
        station: String,
    },
    /// Download the file of a log
    Download {
        /// The station's identity
        station: String,
        /// The log's number
        request: u32,
        /// Where to write it
        file: PathBuf,
    },
    /// Remove the file of a log
    Remove {
        /// The station's identity
        station: String,
        /// The log's number
        request: u32,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Diagnostics,
    Security,
    DataCollector,
}

/// Runs a command about firmware.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn firmware(args: FirmwareArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    match args.command {
        FirmwareCommand::List => {
            let list = client.list("firmware", "", usize::MAX).await?;
            audience.show(&Value::Array(list), firmware_list)
        }
        FirmwareCommand::Add { name, version, url, file, certificate, signature } => {
            let certificate = certificate.as_deref().map(super::read_file).transpose()?;
            let signature = certificate
                .zip(signature)
                .map(|(certificate, signature)| json!({"certificate": certificate, "signature": signature}));
            let body = json!({"name": name, "version": version, "url": url, "signature": signature});
            let mut added = client.post("firmware", &body).await?;
            if let Some(file) = file {
                added = client
                    .put_file(&format!("firmware/{}/content", part(&text(&added, "id"))), &file)
                    .await?;
            }
            audience.show(&added, firmware_facts)
        }
        FirmwareCommand::Remove { id } => {
            client.delete(&format!("firmware/{}", part(&id))).await?;
            audience.done(&format!("Firmware {id} is removed."))
        }
        FirmwareCommand::Update { station, id } => {
            let path = format!("stations/{}/updates", part(&station));
            let begun = client.post(&path, &json!({"firmware_id": id})).await?;
            audience.show(&begun, |begun| {
                format!("Update {} of {station}: {}.", text(begun, "request"), text(begun, "state"))
            })
        }
        FirmwareCommand::Updates { station } => {
            let updates = client.get(&format!("stations/{}/updates", part(&station))).await?;
            audience.show(&updates, updates_list)
        }
    }
}

fn firmware_list(list: &Value) -> String {
    let rows = list.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|firmware| {
        ["id", "name", "version", "source", "size"].map(|member| text(firmware, member)).to_vec()
    });
    let empty = "There is no firmware yet: add some with ocpp firmware add NAME --file FILE.";
    table(&["ID", "NAME", "VERSION", "SOURCE", "SIZE"], rows.collect(), empty)
}

fn firmware_facts(firmware: &Value) -> String {
    facts(&[
        ("Firmware", text(firmware, "id")),
        ("Name", text(firmware, "name")),
        ("Version", text(firmware, "version")),
        ("URL", text(firmware, "url")),
        ("Size", text(firmware, "size")),
        ("SHA-256", text(firmware, "sha256")),
    ])
}

fn updates_list(updates: &Value) -> String {
    let rows = items(updates, "items").iter().map(|update| {
        let stage = items(update, "course").last().map(|step| text(step, "stage")).unwrap_or_default();
        let version = text(update, "version");
        vec![
            text(update, "request"),
            text(update, "state"),
            stage,
            version,
            text(update, "reason"),
            moment(update, "ordered_at"),
        ]
    });
    let headings = ["UPDATE", "STATE", "STAGE", "VERSION", "REASON", "ORDERED"];
    table(&headings, rows.collect(), "This station was never updated from here.")
}

/// Runs a command about campaigns.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn campaign(args: CampaignArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    let turn = async |id: &str, turn: &str| {
        let campaign = client.post(&format!("campaigns/{}/{turn}", part(id)), &json!({})).await?;
        audience.show(&campaign, |campaign| format!("Campaign {id}: {}.", text(campaign, "state")))
    };
    match args.command {
        CampaignCommand::List => {
            let list = client.list("campaigns", "", usize::MAX).await?;
            audience.show(&Value::Array(list), campaign_list)
        }
        CampaignCommand::Show { id } => {
            let mut campaign = client.get(&format!("campaigns/{}", part(&id))).await?;
            let stations = client.get(&format!("campaigns/{}/stations", part(&id))).await?;
            if let Some(members) = campaign.as_object_mut() {
                members.insert("each".to_owned(), stations["items"].clone());
            }
            audience.show(&campaign, campaign_facts)
        }
        CampaignCommand::Begin(begin) => {
            let begun = client.post("campaigns", &campaign_body(*begin)?).await?;
            audience.show(&begun, campaign_facts)
        }
        CampaignCommand::Pause { id } => turn(&id, "pause").await,
        CampaignCommand::Resume { id } => turn(&id, "resume").await,
        CampaignCommand::Abort { id } => turn(&id, "abort").await,
        CampaignCommand::Retry { id } => turn(&id, "retry").await,
        CampaignCommand::Export { id } => {
            let mut pieces = client.stream(&format!("campaigns/{}/export", part(&id))).await?;
            let mut csv = Vec::new();
            while let Some(piece) = pieces.next().await? {
                csv.extend(piece);
            }
            print(&String::from_utf8_lossy(&csv))
        }
    }
}

fn campaign_body(begin: BeginArgs) -> Result<Value, Failure> {
    let window = match begin.window.as_deref().map(|hours| hours.split_once('-')) {
        None => Value::Null,
        Some(Some((from, to))) => json!({"from": from.trim(), "to": to.trim()}),
        Some(None) => return Err(Failure::Usage("--window: write it like 22:00-05:00".to_owned())),
    };
    Ok(json!({
        "name": begin.name,
        "firmware_id": begin.firmware,
        "filter": {
            "station_ids": begin.stations,
            "site_id": begin.site,
            "vendor": begin.vendor,
            "model": begin.model,
            "firmware_version": begin.firmware_version,
        },
        "waves": begin.waves,
        "at_once": begin.at_once,
        "window": window,
        "max_failures": begin.max_failures,
    }))
}

fn campaign_list(list: &Value) -> String {
    let rows = list.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|campaign| {
        let wave = format!("{} of {}", text(campaign, "wave"), text(campaign, "waves"));
        let [id, name, state, stations] =
            ["id", "name", "state", "stations"].map(|member| text(campaign, member));
        vec![id, name, state, wave, stations]
    });
    table(&["ID", "NAME", "STATE", "WAVE", "STATIONS"], rows.collect(), "There are no campaigns yet.")
}

fn campaign_facts(campaign: &Value) -> String {
    let counts = campaign.get("counts").and_then(Value::as_object);
    let counts = counts.into_iter().flatten().map(|(state, count)| format!("{count} {state}"));
    let head = facts(&[
        ("Campaign", text(campaign, "id")),
        ("Name", text(campaign, "name")),
        ("State", text(campaign, "state")),
        ("Reason", text(campaign, "reason")),
        ("Wave", format!("{} of {}", text(campaign, "wave"), text(campaign, "waves"))),
        ("Stations", text(campaign, "stations")),
        ("So far", counts.collect::<Vec<_>>().join(", ")),
    ]);
    let rows: Vec<_> = items(campaign, "each")
        .iter()
        .map(|station| {
            ["station_id", "wave", "state", "version", "reason"].map(|member| text(station, member)).to_vec()
        })
        .collect();
    if rows.is_empty() {
        return head;
    }
    format!("{head}\n{}", table(&["STATION", "WAVE", "STATE", "VERSION", "REASON"], rows, ""))
}

/// Runs a command about logs.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn log(args: LogArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    match args.command {
        LogCommand::Order { station, log } => {
            let log = match log {
                Kind::Diagnostics => "diagnostics",
                Kind::Security => "security",
                Kind::DataCollector => "data_collector",
            };
            let path = format!("stations/{}/logs", part(&station));
            let ordered = client.post(&path, &json!({"log": log})).await?;
            audience.show(&ordered, |ordered| {
                let reason = text(ordered, "reason");
                let reason = if reason.is_empty() { reason } else { format!(" ({reason})") };
                format!("Log {} of {station}: {}{reason}.", text(ordered, "request"), text(ordered, "state"))
            })
        }
        LogCommand::List { station } => {
            let logs = client.get(&format!("stations/{}/logs", part(&station))).await?;
            audience.show(&logs, |logs| {
                let members = ["request", "log", "state", "file_name", "size", "reason"];
                let rows =
                    items(logs, "items").iter().map(|log| members.map(|member| text(log, member)).to_vec());
                let headings = ["LOG", "KIND", "STATE", "FILE", "SIZE", "REASON"];
                table(&headings, rows.collect(), "No log of this station was ordered.")
            })
        }
        LogCommand::Download { station, request, file } => {
            download(&client, &format!("stations/{}/logs/{request}/content", part(&station)), &file).await?;
            audience.done(&format!("{} is written.", file.display()))
        }
        LogCommand::Remove { station, request } => {
            client.delete(&format!("stations/{}/logs/{request}", part(&station))).await?;
            audience.done(&format!("The file of log {request} of {station} is removed."))
        }
    }
}

async fn download(client: &Client, path: &str, file: &Path) -> Result<(), Failure> {
    use std::io::Write;

    let cannot =
        |error: std::io::Error| Failure::Usage(format!("{} cannot be written: {error}", file.display()));
    let mut pieces = client.stream(path).await?;
    let mut written = std::fs::File::create(file).map_err(cannot)?;
    while let Some(piece) = pieces.next().await? {
        written.write_all(&piece).map_err(cannot)?;
    }
    Ok(())
}
