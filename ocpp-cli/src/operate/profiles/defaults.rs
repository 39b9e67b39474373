//! `ocpp profiles template|drift|assert`: charging profiles and tariffs that stations should have.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::operate::client::{Client, part};
use crate::operate::settings::{Stations, filter, stations_of};
use crate::operate::table::{facts, items, moment, table, text};
use crate::operate::{Audience, read_file};

/// `ocpp profiles template`.
#[derive(Debug, Subcommand)]
pub(super) enum TemplateCommand {
    /// List the templates
    List,
    /// Show one template
    Show {
        /// Its id
        id: String,
    },
    /// Add a template
    Add(TemplateArgs),
    /// Change a template: all of it
    Change(TemplateArgs),
    /// Remove a template; what it brought to stations goes when they are asserted
    Remove {
        /// Its id
        id: String,
    },
}

/// A template as it is written.
#[derive(Debug, Args)]
pub(super) struct TemplateArgs {
    /// Its id: lower-case letters, digits and hyphens
    id: String,
    /// What people call it; its id when left out
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    stations: Stations,
    /// Mend what is otherwise after every connection and restart, a few times at most; without it drift is told only
    #[arg(long)]
    assert: bool,
    /// Of what cannot be together on a station, that of the higher rank counts
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    rank: i32,
    /// A default tariff (OCPP 2.1): the id of a tariff, with @EVSE where it is for one EVSE; may be given several times
    #[arg(long = "tariff", value_name = "ID[@EVSE]", value_parser = tariff)]
    tariffs: Vec<(String, u32)>,
    /// A file with a charging profile in JSON, with @EVSE= before it where it is for one EVSE: @2=profile.json
    #[arg(value_name = "[@EVSE=]FILE", value_parser = profile, required_unless_present = "tariffs")]
    profiles: Vec<(u32, PathBuf)>,
}

fn tariff(text: &str) -> Result<(String, u32), String> {
    let Some((id, evse)) = text.rsplit_once('@') else { return Ok((text.to_owned(), 0)) };
    match evse.parse() {
        Ok(evse) if evse > 0 && !id.is_empty() => Ok((id.to_owned(), evse)),
        _ => Err("a tariff is written as ID or ID@EVSE, such as DAY@2".to_owned()),
    }
}

fn profile(text: &str) -> Result<(u32, PathBuf), String> {
    let Some(rest) = text.strip_prefix('@') else { return Ok((0, PathBuf::from(text))) };
    match rest.split_once('=').map(|(evse, file)| (evse.parse(), file)) {
        Some((Ok(evse), file)) if evse > 0 && !file.is_empty() => Ok((evse, PathBuf::from(file))),
        _ => Err("a profile is written as FILE or @EVSE=FILE, such as @2=profile.json".to_owned()),
    }
}

/// Runs `ocpp profiles template`.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(super) async fn template(
    client: &Client,
    audience: Audience,
    command: TemplateCommand,
) -> Result<(), Failure> {
    match command {
        TemplateCommand::List => audience.show(&client.get("default-templates").await?, templates),
        TemplateCommand::Show { id } => {
            let template = client.get(&format!("default-templates/{}", part(&id))).await?;
            audience.show(&template, one_template)
        }
        TemplateCommand::Add(args) => {
            let body = json!({"id": args.id, "template": form(&args)?});
            audience.show(&client.post("default-templates", &body).await?, one_template)
        }
        TemplateCommand::Change(args) => {
            let path = format!("default-templates/{}", part(&args.id));
            audience.show(&client.put(&path, None, &form(&args)?).await?, one_template)
        }
        TemplateCommand::Remove { id } => {
            client.delete(&format!("default-templates/{}", part(&id))).await?;
            audience
                .done(&format!("Template {id} is removed; what it brought goes when stations are asserted."))
        }
    }
}

/// Runs `ocpp profiles drift`.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(super) async fn drift(client: &Client, audience: Audience, station: Option<&str>) -> Result<(), Failure> {
    match station {
        Some(station) => {
            let drift = client.get(&format!("stations/{}/defaults", part(station))).await?;
            audience.show(&drift, drift_of_one)
        }
        None => {
            let drift = client.list("defaults", "", usize::MAX).await?;
            audience.show(&Value::Array(drift), drift_of_all)
        }
    }
}

/// Runs `ocpp profiles assert`.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(super) async fn assert(client: &Client, audience: Audience, station: &str) -> Result<(), Failure> {
    let path = format!("stations/{}/defaults/assert", part(station));
    let drift = client.post(&path, &json!({})).await?;
    audience.show(&drift, drift_of_one)?;
    match drift["drifting"].as_u64() {
        Some(0) => Ok(()),
        _ => Err(Failure::Unmet(format!("{station} is not as its templates want it"))),
    }
}

fn form(args: &TemplateArgs) -> Result<Value, Failure> {
    let mut profiles = Vec::new();
    for (evse, file) in &args.profiles {
        profiles.push(json!({"evse_id": evse, "profile": read_profile(file)?}));
    }
    let tariffs = args.tariffs.iter().map(|(id, evse)| json!({"evse_id": evse, "tariff_id": id}));
    Ok(json!({
        "name": args.name.as_deref().unwrap_or(&args.id),
        "filter": filter(&args.stations)?,
        "profiles": profiles,
        "tariffs": tariffs.collect::<Vec<_>>(),
        "assertion": if args.assert { "assert" } else { "report" },
        "rank": args.rank,
    }))
}

/// A profile out of a file; what `ocpp profiles list --json` shows can be given as it is.
pub(super) fn read_profile(file: &Path) -> Result<Value, Failure> {
    let profile: Value = serde_json::from_str(&read_file(file)?)
        .map_err(|error| Failure::Usage(format!("{} is no JSON: {error}", file.display())))?;
    Ok(profile.get("profile").cloned().unwrap_or(profile))
}

fn templates(known: &Value) -> String {
    let rows = items(known, "items").iter().map(|template| {
        vec![
            text(template, "id"),
            text(template, "name"),
            stations_of(&template["filter"]),
            items(template, "profiles").len().to_string(),
            items(template, "tariffs").len().to_string(),
            text(template, "assertion"),
            text(template, "rank"),
        ]
    });
    let headings = ["ID", "NAME", "STATIONS", "PROFILES", "TARIFFS", "DRIFT IS", "RANK"];
    table(&headings, rows.collect(), "There are no templates: add one with ocpp profiles template add.")
}

fn one_template(template: &Value) -> String {
    let known = facts(&[
        ("Template", text(template, "id")),
        ("Name", text(template, "name")),
        ("Stations", stations_of(&template["filter"])),
        ("Drift is", text(template, "assertion")),
        ("Rank", text(template, "rank")),
        ("Changed by", text(template, "by")),
        ("At", moment(template, "at")),
    ]);
    let profiles = items(template, "profiles").iter().map(|wanted| {
        let profile = &wanted["profile"];
        vec![
            format!("profile {}", text(profile, "id")),
            text(wanted, "evse_id"),
            text(profile, "purpose"),
            text(profile, "stack_level"),
        ]
    });
    let tariffs = items(template, "tariffs").iter().map(|wanted| {
        let what = format!("tariff {}", text(wanted, "tariff_id"));
        vec![what, text(wanted, "evse_id"), String::new(), String::new()]
    });
    let rows = profiles.chain(tariffs).collect();
    format!("{known}\n\n{}", table(&["WHAT", "EVSE", "PURPOSE", "LEVEL"], rows, "It wants nothing."))
}

fn drift_of_one(drift: &Value) -> String {
    let rows = items(drift, "defaults").iter().map(|row| {
        vec![text(row, "what"), text(row, "drift"), text(row, "template_id"), text(row, "explanation")]
    });
    let headings = ["WHAT", "DRIFT", "TEMPLATE", "WHAT IT MEANS"];
    table(&headings, rows.collect(), "No template is for this station.")
}

fn drift_of_all(drift: &Value) -> String {
    let rows = drift.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|station| {
        vec![
            text(station, "station_id"),
            text(station, "ocpp_version"),
            text(station, "drifting"),
            items(station, "defaults").len().to_string(),
        ]
    });
    table(&["STATION", "OCPP", "DRIFTING", "OF"], rows.collect(), "No template is for any station.")
}
