//! `ocpp formulas`: by which rules uptime is reported.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::args::ManagerArgs;
use super::client::{Client, part};
use super::table::{items, table, text};
use super::{Audience, read_file};
use crate::exit::Failure;

/// `ocpp formulas`.
#[derive(Debug, Args)]
pub(crate) struct FormulaArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: FormulaCommand,
}

#[derive(Debug, Subcommand)]
enum FormulaCommand {
    /// List the formulas
    List,
    /// Print a formula as JSON
    Show {
        /// Its id
        id: String,
    },
    /// Add a formula of your own
    Add {
        /// A file with the formula as JSON; - for standard input
        file: PathBuf,
    },
    /// Change a formula of your own: it becomes a new version, and what was submitted stays as it was
    Change {
        /// A file with the formula as JSON; - for standard input
        file: PathBuf,
    },
    /// Show which formulas hold at a site, or say it
    Site {
        /// The site's key
        id: String,
        /// The formulas that hold there; may be given several times
        #[arg(long = "formula", value_name = "ID")]
        formulas: Vec<String>,
        /// Whether exclusions need a second person
        #[arg(long, value_name = "WORD")]
        second_person: Option<bool>,
    },
}

/// Runs a command about formulas.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: FormulaArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    match args.command {
        FormulaCommand::List => {
            let all = client.get("formulas").await?;
            audience.show(&all, list)
        }
        FormulaCommand::Show { id } => {
            let one = client.get(&format!("formulas/{}", part(&id))).await?;
            audience.show(&one, |one| serde_json::to_string_pretty(&one["formula"]).unwrap_or_default())
        }
        FormulaCommand::Add { file } => {
            let added = client.post("formulas", &formula(&file)?).await?;
            audience.show(&added, |one| format!("Formula {} is added.", text(&one["formula"], "id")))
        }
        FormulaCommand::Change { file } => {
            let formula = formula(&file)?;
            let path = format!("formulas/{}", part(&text(&formula, "id")));
            let changed = client.put(&path, None, &formula).await?;
            audience.show(&changed, |one| {
                format!(
                    "Formula {} has {} versions.",
                    text(&one["formula"], "id"),
                    items(one, "versions").len()
                )
            })
        }
        FormulaCommand::Site { id, formulas, second_person } => {
            site(&client, audience, &id, formulas, second_person).await
        }
    }
}

fn formula(file: &std::path::Path) -> Result<Value, Failure> {
    serde_json::from_str(&read_file(file)?)
        .map_err(|error| Failure::Usage(format!("{} is no JSON: {error}", file.display())))
}

async fn site(
    client: &Client,
    audience: Audience,
    id: &str,
    formulas: Vec<String>,
    second_person: Option<bool>,
) -> Result<(), Failure> {
    let path = format!("sites/{}/uptime-profile", part(id));
    let known = client.get_tagged(&path).await?;
    let profile = if formulas.is_empty() && second_person.is_none() {
        known.value
    } else {
        let formulas = if formulas.is_empty() { known.value["formulas"].clone() } else { json!(formulas) };
        let second = second_person.map_or_else(|| known.value["second_person"].clone(), Value::from);
        let body = json!({ "formulas": formulas, "second_person": second });
        client.put(&path, known.tag, &body).await?
    };
    audience.show(&profile, |profile| {
        let names: Vec<&str> = items(profile, "formulas").iter().filter_map(Value::as_str).collect();
        let formulas = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let second = if profile["second_person"] == true { "need" } else { "do not need" };
        format!("Formulas: {formulas}. Exclusions {second} a second person.")
    })
}

fn list(all: &Value) -> String {
    let rows = items(all, "items").iter().map(|one| {
        let formula = &one["formula"];
        let threshold = &formula["threshold"];
        let asks = if threshold["must_exceed"] == true { "more than" } else { "at least" };
        vec![
            text(formula, "id"),
            text(formula, "name"),
            text(formula, "scope"),
            text(formula, "window"),
            format!("{asks} {} %", text(threshold, "percent")),
            if one["built_in"] == true {
                "built in".to_owned()
            } else {
                items(one, "versions").len().to_string()
            },
        ]
    });
    table(&["ID", "NAME", "OF", "WINDOW", "ASKS FOR", "VERSION"], rows.collect(), "There are no formulas.")
}
