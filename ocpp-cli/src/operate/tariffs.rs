//! `ocpp tariff`.

use std::path::Path;

use serde_json::{Value, json};

use super::args::{TariffArgs, TariffCommand};
use super::client::{Client, part};
use super::table::{facts, items, moment, table, text};
use super::{Audience, read_file};
use crate::exit::Failure;

/// Runs a command about tariffs.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: TariffArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    match args.command {
        TariffCommand::List => {
            let tariffs = client.list("tariffs", "", usize::MAX).await?;
            audience.show(&Value::Array(tariffs), list)
        }
        TariffCommand::Show { id } => show(&client, audience, &id).await,
        TariffCommand::Add { file } => {
            let drafted = client.post("tariffs", &read(&file)?).await?;
            audience.show(&drafted, |tariff| {
                let id = text(tariff, "id");
                format!(
                    "Tariff {id} is drafted. It holds when it is assigned: ocpp tariff assign {id} --site ID"
                )
            })
        }
        TariffCommand::Succeed { id, file } => {
            let new = client.post(&format!("tariffs/{}/successors", part(&id)), &read(&file)?).await?;
            audience.show(&new, |tariff| {
                format!(
                    "Tariff {} holds instead of {id} for sessions that start from now on.",
                    text(tariff, "id")
                )
            })
        }
        TariffCommand::Assign { id, site, station } => {
            let (path, place) = match (site, station) {
                (Some(site), _) => (format!("sites/{}/tariff", part(&site)), format!("site {site}")),
                (None, station) => {
                    let station = station.unwrap_or_default();
                    (format!("stations/{}/tariff", part(&station)), format!("station {station}"))
                }
            };
            assign(&client, audience, &path, &place, id).await
        }
        TariffCommand::Remove { id } => {
            client.delete(&format!("tariffs/{}", part(&id))).await?;
            audience.done(&format!("The draft {id} is removed."))
        }
    }
}

fn read(file: &Path) -> Result<Value, Failure> {
    serde_json::from_str(&read_file(file)?)
        .map_err(|error| Failure::Usage(format!("{} is no JSON: {error}", file.display())))
}

async fn assign(
    client: &Client,
    audience: Audience,
    path: &str,
    place: &str,
    id: Option<String>,
) -> Result<(), Failure> {
    let assigned = client.put(path, None, &json!({"tariff_id": id})).await?;
    audience.show(&assigned, |_| match &id {
        Some(id) => format!("Tariff {id} holds at {place} for sessions that start from now on."),
        None => format!("There is no tariff of its own at {place} any more."),
    })
}

async fn show(client: &Client, audience: Audience, id: &str) -> Result<(), Failure> {
    let path = format!("tariffs/{}", part(id));
    let mut tariff = client.get(&path).await?;
    let words = client.get(&format!("{path}/words")).await?;
    tariff["words"] = words.get("lines").cloned().unwrap_or_default();
    audience.show(&tariff, |tariff| {
        let known = facts(&[
            ("Tariff", text(tariff, "id")),
            ("Name", text(tariff, "name")),
            ("State", text(tariff, "state")),
            ("Since", moment(tariff, "published_at")),
            ("Successor", text(tariff, "successor_id")),
            ("Predecessor", text(tariff, "predecessor_id")),
        ]);
        let lines: Vec<&str> = items(tariff, "words").iter().filter_map(Value::as_str).collect();
        format!("{known}\n\n{}", lines.join("\n"))
    })
}

fn list(tariffs: &Value) -> String {
    let rows = tariffs.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|tariff| {
        let currency = tariff.get("tariff").map(|tariff| text(tariff, "currency")).unwrap_or_default();
        vec![
            text(tariff, "id"),
            text(tariff, "name"),
            currency,
            text(tariff, "state"),
            moment(tariff, "published_at"),
            text(tariff, "successor_id"),
        ]
    });
    let headings = ["ID", "NAME", "CURRENCY", "STATE", "SINCE", "SUCCESSOR"];
    table(&headings, rows.collect(), "There are no tariffs yet: draft one with ocpp tariff add FILE.")
}
