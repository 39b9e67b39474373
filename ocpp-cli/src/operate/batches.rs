//! `ocpp batch`: the same order to many stations.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::args::ManagerArgs;
use super::client::{Client, part};
use super::order_words::OrderWords;
use super::orders::{WhatArgs, WhenArgs, name_of, what, with_members};
use super::table::{facts, items, moment, table, text};
use super::{Audience, print};
use crate::exit::Failure;

/// How often to look how far a bulk order is.
const LOOK: Duration = Duration::from_millis(500);

/// `ocpp batch`.
#[derive(Debug, Args)]
pub(crate) struct BatchArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: BatchCommand,
}

#[derive(Debug, Subcommand)]
enum BatchCommand {
    /// Give many stations the same order
    Start(Box<StartArgs>),
    /// List the bulk orders, the latest first
    List {
        /// How many at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Show how far a bulk order is, with the result of each station
    Show {
        /// Its key
        id: String,
        /// Only stations that did not take it
        #[arg(long)]
        failed: bool,
        /// Follow it to its end first
        #[arg(long)]
        follow: bool,
    },
    /// Give no more stations the order, and take back what was not sent
    Stop {
        /// Its key
        id: String,
    },
    /// Give it again to all stations that did not take it
    Retry {
        /// Its key
        id: String,
        /// Follow it to its end
        #[arg(long)]
        follow: bool,
    },
    /// Print the results as CSV
    Export {
        /// Its key
        id: String,
        /// The file to write instead
        file: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
#[command(subcommand_help_heading = "Orders", subcommand_value_name = "ORDER")]
struct StartArgs {
    /// What people call it
    name: String,
    #[command(flatten)]
    stations: ChoiceArgs,
    /// How many connected stations are at it at the same time
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    at_once: u32,
    /// Tell which stations it would be for, and do nothing
    #[arg(long)]
    preview: bool,
    /// Follow it to its end
    #[arg(long, global = true)]
    follow: bool,
    #[command(flatten)]
    when: WhenArgs,
    #[command(flatten)]
    what: WhatArgs,
    #[command(subcommand)]
    order: Option<OrderWords>,
}

/// Which stations: those of which all that is said holds.
#[derive(Debug, Args)]
struct ChoiceArgs {
    /// A station; may be given several times
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
    /// Only stations that speak this version: 1.6, 2.0.1 or 2.1
    #[arg(long, value_name = "VERSION")]
    ocpp_version: Option<String>,
    /// Only stations that are connected (true) or are not (false)
    #[arg(long, value_name = "BOOL")]
    connected: Option<bool>,
    /// All stations
    #[arg(long, conflicts_with_all = ["stations", "site", "vendor", "model", "firmware_version", "ocpp_version", "connected"])]
    all: bool,
}

impl ChoiceArgs {
    fn body(&self) -> Result<Value, Failure> {
        let mut body = serde_json::Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        };
        put("ids", Some(&self.stations).filter(|ids| !ids.is_empty()).map(|ids| json!(ids)));
        put("site_id", self.site.as_deref().map(Into::into));
        put("vendor", self.vendor.as_deref().map(Into::into));
        put("model", self.model.as_deref().map(Into::into));
        put("firmware_version", self.firmware_version.as_deref().map(Into::into));
        put("ocpp_version", self.ocpp_version.as_deref().map(Into::into));
        put("connected", self.connected.map(Into::into));
        if body.is_empty() && !self.all {
            return Err(Failure::Usage("say which stations, or --all".to_owned()));
        }
        Ok(Value::Object(body))
    }
}

/// Runs a command about bulk orders.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: BatchArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    match args.command {
        BatchCommand::Start(start) => begin(&client, audience, &start).await,
        BatchCommand::List { limit } => {
            let batches = client.list("batches", "", usize::try_from(limit).unwrap_or(usize::MAX)).await?;
            audience.show(&Value::Array(batches), list)
        }
        BatchCommand::Show { id, failed, follow } => {
            if follow {
                followed(&client, &id).await?;
            }
            show(&client, audience, &id, failed).await
        }
        BatchCommand::Stop { id } => {
            let batch =
                client.post(&format!("batches/{}/stop", part(&id)), &super::orders::nothing()).await?;
            audience.show(&batch, told)
        }
        BatchCommand::Retry { id, follow } => {
            let batch =
                client.post(&format!("batches/{}/retry", part(&id)), &super::orders::nothing()).await?;
            end(&client, audience, batch, follow).await
        }
        BatchCommand::Export { id, file } => export(&client, &id, file).await,
    }
}

async fn begin(client: &Client, audience: Audience, start: &StartArgs) -> Result<(), Failure> {
    let stations = start.stations.body()?;
    if start.preview {
        let chosen = client.post("batches/preview", &stations).await?;
        return audience.show(&chosen, |chosen| {
            let ids: Vec<&str> = items(chosen, "first").iter().filter_map(Value::as_str).collect();
            format!("{} stations: {} …", text(chosen, "stations"), ids.join(", ")).replace(":  …", ".")
        });
    }
    let what = what(&start.what, start.order.as_ref())?;
    let more = json!({
        "name": start.name,
        "stations": stations,
        "at_once": start.at_once,
        "wait_until": start.when.wait_until()?,
    });
    let batch = client.post_raw("batches", with_members(&what, &more)).await?;
    end(client, audience, batch, start.follow).await
}

/// Shows a bulk order, at its end where it is to be followed.
async fn end(client: &Client, audience: Audience, batch: Value, follow: bool) -> Result<(), Failure> {
    if !follow {
        return audience.show(&batch, told);
    }
    let batch = followed(client, &text(&batch, "id")).await?;
    audience.show(&batch, told)?;
    match count(&batch, "failed") {
        0 => Ok(()),
        failed => {
            Err(Failure::Unmet(format!("{failed} of {} stations did not take it", text(&batch, "stations"))))
        }
    }
}

fn count(batch: &Value, name: &str) -> u64 {
    batch.pointer(&format!("/counts/{name}")).and_then(Value::as_u64).unwrap_or_default()
}

/// Waits for the end of a bulk order; whoever sits at a terminal sees how far it is.
async fn followed(client: &Client, id: &str) -> Result<Value, Failure> {
    let path = format!("batches/{}", part(id));
    let mut batch = client.get(&path).await?;
    let bar = ProgressBar::new(batch.get("stations").and_then(Value::as_u64).unwrap_or_default());
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos} of {len} stations, {msg} ({elapsed})") {
        bar.set_style(style);
    }
    while text(&batch, "state") == "running" {
        bar.set_position(count(&batch, "succeeded") + count(&batch, "failed"));
        bar.set_message(format!("{} failed, {} at it", count(&batch, "failed"), count(&batch, "open")));
        tokio::time::sleep(LOOK).await;
        batch = client.get(&path).await?;
    }
    bar.finish_and_clear();
    Ok(batch)
}

fn told(batch: &Value) -> String {
    let far = |name: &str| match batch.get("counts") {
        Some(_) => count(batch, name).to_string(),
        None => String::new(),
    };
    facts(&[
        ("Bulk order", text(batch, "id")),
        ("Name", text(batch, "name")),
        ("What", name_of(batch)),
        ("By", text(batch, "by")),
        ("Given", moment(batch, "at")),
        ("Waits until", moment(batch, "wait_until")),
        ("At once", text(batch, "at_once")),
        ("State", text(batch, "state")),
        ("Stations", text(batch, "stations")),
        ("Not begun", far("not_begun")),
        ("At it", far("open")),
        ("Took it", far("succeeded")),
        ("Failed", far("failed")),
    ])
}

fn list(batches: &Value) -> String {
    let rows = batches.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|batch| {
        vec![
            text(batch, "id"),
            text(batch, "name"),
            name_of(batch),
            text(batch, "state"),
            text(batch, "stations"),
            moment(batch, "at"),
            text(batch, "by"),
        ]
    });
    let headings = ["BULK ORDER", "NAME", "WHAT", "STATE", "STATIONS", "GIVEN", "BY"];
    table(&headings, rows.collect(), "There are no bulk orders: begin one with ocpp batch start.")
}

async fn show(client: &Client, audience: Audience, id: &str, failed: bool) -> Result<(), Failure> {
    let mut batch = client.get(&format!("batches/{}", part(id))).await?;
    let mut results = client.list(&format!("batches/{}/items", part(id)), "", usize::MAX).await?;
    results.retain(|item| !failed || item.get("succeeded") == Some(&Value::Bool(false)));
    if let Value::Object(members) = &mut batch {
        members.insert("items".to_owned(), Value::Array(results));
    }
    audience.show(&batch, |batch| {
        let rows = items(batch, "items").iter().map(|item| {
            vec![text(item, "station_id"), text(item, "result"), moment(item, "at"), text(item, "order_id")]
        });
        let headings = ["STATION", "RESULT", "WHEN", "ORDER"];
        format!("{}\n\n{}", told(batch), table(&headings, rows.collect(), "No station."))
    })
}

async fn export(client: &Client, id: &str, file: Option<PathBuf>) -> Result<(), Failure> {
    let mut pieces = client.stream(&format!("batches/{}/export", part(id))).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await? {
        bytes.extend(piece);
    }
    match file {
        None => print(&String::from_utf8_lossy(&bytes)),
        Some(path) => std::fs::File::create(&path)
            .and_then(|mut file| file.write_all(&bytes))
            .map_err(|error| Failure::unavailable(format!("{} cannot be written", path.display()), &error)),
    }
}
