//! `ocpp profiles`: charging profiles on stations, and which they should have.

mod defaults;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::Audience;
use super::args::ManagerArgs;
use super::client::{Client, part};
use super::table::{items, moment, table, text};
use crate::exit::Failure;
use defaults::TemplateCommand;

/// `ocpp profiles`.
#[derive(Debug, Args)]
pub(crate) struct ProfilesArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: ProfilesCommand,
}

#[derive(Debug, Subcommand)]
enum ProfilesCommand {
    /// List the charging profiles on a station, as far as the manager knows
    List {
        /// The station's identity
        station: String,
    },
    /// Ask a station what all its profiles allow together
    Composite {
        /// The station's identity
        station: String,
        /// The EVSE; the station as a whole when left out
        #[arg(long, value_name = "NUMBER")]
        evse: Option<u32>,
        /// How long, in seconds
        #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
        duration: u32,
        /// What limits are counted in; the station chooses when left out
        #[arg(long)]
        unit: Option<Unit>,
    },
    /// Set a charging profile out of a file
    Set {
        /// The station's identity
        station: String,
        /// The profile in JSON, as the list shows it with --json; - reads standard input
        file: PathBuf,
        /// The EVSE; the station as a whole when left out
        #[arg(long, value_name = "NUMBER")]
        evse: Option<u32>,
    },
    /// Remove charging profiles: one by its number, or all that fit
    Clear {
        /// The station's identity
        station: String,
        /// The one of this number
        #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
        id: Option<i32>,
        /// Those at this EVSE; 0 is the station as a whole
        #[arg(long, value_name = "NUMBER", conflicts_with = "id")]
        evse: Option<u32>,
        /// Those of this purpose
        #[arg(long, conflicts_with = "id")]
        purpose: Option<Purpose>,
        /// Those of this stack level
        #[arg(long, value_name = "LEVEL", conflicts_with = "id")]
        level: Option<u32>,
    },
    /// Keep templates: charging profiles and tariffs that stations should have
    Template {
        #[command(subcommand)]
        command: Box<TemplateCommand>,
    },
    /// Show how stations drift from their templates
    Drift {
        /// One station, with everything that it should have; all stations when left out
        station: Option<String>,
    },
    /// Bring a station to what its templates want
    Assert {
        /// The station's identity
        station: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Unit {
    #[value(name = "W")]
    Watts,
    #[value(name = "A")]
    Amperes,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Purpose {
    StationMax,
    TxDefault,
    Tx,
    PriorityCharging,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Purpose::StationMax => "station_max",
            Purpose::TxDefault => "tx_default",
            Purpose::Tx => "tx",
            Purpose::PriorityCharging => "priority_charging",
        }
    }
}

/// Runs a command about charging profiles.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: ProfilesArgs) -> Result<(), Failure> {
    let (client, audience): (_, Audience) = args.manager.resolve()?;
    match args.command {
        ProfilesCommand::List { station } => {
            let path = format!("stations/{}/energy/profiles", part(&station));
            let known = client.get(&path).await?;
            audience.show(&known["items"], list)
        }
        ProfilesCommand::Composite { station, evse, duration, unit } => {
            let unit = unit.map(|unit| match unit {
                Unit::Watts => "W",
                Unit::Amperes => "A",
            });
            let body = json!({"evse_id": evse, "duration_s": duration, "unit": unit});
            let path = format!("stations/{}/energy/composite", part(&station));
            audience.show(&client.post(&path, &body).await?, steps)
        }
        ProfilesCommand::Set { station, file, evse } => {
            let profile = defaults::read_profile(&file)?;
            let command = json!({"set_charging_profile": {"place": place(evse), "profile": profile}});
            order(&client, audience, &station, &command).await
        }
        ProfilesCommand::Clear { station, id, evse, purpose, level } => {
            if id.is_none() && evse.is_none() && purpose.is_none() && level.is_none() {
                let sentence = "say which: --id, or one or more of --evse, --purpose and --level";
                return Err(Failure::Usage(sentence.to_owned()));
            }
            let mut clearing = json!({});
            let place = evse.map(|evse| place((evse > 0).then_some(evse)));
            let purpose = purpose.map(Purpose::name);
            for (name, value) in [
                ("id", json!(id)),
                ("place", json!(place)),
                ("purpose", json!(purpose)),
                ("stack_level", json!(level)),
            ] {
                if !value.is_null() {
                    clearing[name] = value;
                }
            }
            order(&client, audience, &station, &json!({ "clear_charging_profiles": clearing })).await
        }
        ProfilesCommand::Template { command } => defaults::template(&client, audience, *command).await,
        ProfilesCommand::Drift { station } => defaults::drift(&client, audience, station.as_deref()).await,
        ProfilesCommand::Assert { station } => defaults::assert(&client, audience, &station).await,
    }
}

fn place(evse: Option<u32>) -> Value {
    evse.map_or_else(|| json!("station"), |evse| json!({ "evse": evse }))
}

/// Gives an order and waits for its end.
async fn order(client: &Client, audience: Audience, station: &str, command: &Value) -> Result<(), Failure> {
    let path = format!("stations/{}/orders?wait=true", part(station));
    let order = client.post(&path, &json!({ "command": command })).await?;
    match order["succeeded"].as_bool() {
        Some(false) => Err(Failure::Unmet(format!("{station}: {}", text(&order, "result")))),
        Some(true) => audience.show(&order, |order| format!("{station}: {}.", text(order, "result"))),
        None => audience.show(&order, |order| format!("{station}: the order is {}.", text(order, "state"))),
    }
}

fn list(known: &Value) -> String {
    let rows = known.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|known| {
        let profile = &known["profile"];
        vec![
            text(known, "id"),
            text(known, "evse_id"),
            text(profile, "purpose"),
            text(profile, "stack_level"),
            text(profile, "kind"),
            text(known, "source"),
            text(known, "by"),
            moment(known, "since"),
            moment(profile, "valid_to"),
        ]
    });
    let headings = ["ID", "EVSE", "PURPOSE", "LEVEL", "KIND", "SOURCE", "BY", "SINCE", "VALID UNTIL"];
    table(&headings, rows.collect(), "No charging profiles are known: set one with ocpp profiles set.")
}

fn steps(told: &Value) -> String {
    let unit = text(told, "unit");
    let rows = items(told, "periods").iter().map(|step| {
        let limit = match step["limit"].as_str() {
            Some(limit) => format!("{limit} {unit}"),
            None => "no limit".to_owned(),
        };
        vec![text(step, "start_s"), limit, text(step, "phases")]
    });
    let begin = format!("From {} for {} s:\n", moment(told, "start"), text(told, "duration_s"));
    begin + &table(&["AFTER s", "LIMIT", "PHASES"], rows.collect(), "No steps.")
}
