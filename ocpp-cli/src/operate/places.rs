//! `ocpp local-list` and `ocpp availability`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Audience;
use super::args::ManagerArgs;
use super::client::{Client, part};
use super::table::{facts, mark, moment, table, text};
use crate::exit::Failure;

/// `ocpp local-list`.
#[derive(Debug, Args)]
pub(crate) struct LocalListArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: LocalListCommand,
}

#[derive(Debug, Subcommand)]
enum LocalListCommand {
    /// Show how the list of a station stands
    Show {
        /// The station's identity
        station: String,
    },
    /// Say which tokens a station is to have; nothing is sent by this
    Choose {
        /// The station's identity
        station: String,
        #[command(flatten)]
        tokens: ChosenTokens,
    },
    /// Send a station its list; from then on changes are sent by themselves
    Send {
        /// The station's identity
        station: String,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct ChosenTokens {
    /// All that the manager knows
    #[arg(long)]
    all: bool,
    /// Those of one group
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// None: the list is emptied
    #[arg(long)]
    nothing: bool,
}

/// `ocpp availability`.
#[derive(Debug, Args)]
pub(crate) struct AvailabilityArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: AvailabilityCommand,
}

#[derive(Debug, Subcommand)]
enum AvailabilityCommand {
    /// Show which places of a station are to be in use, and what the station says to it
    Show {
        /// The station's identity
        station: String,
    },
    /// Put a station, an EVSE or a connector into use
    Open(PlaceArgs),
    /// Take a station, an EVSE or a connector out of use; one that is charging closes afterwards
    Close(PlaceArgs),
    /// Tell a station again what it contradicts or did not take
    Assert {
        /// The station's identity
        station: String,
    },
}

#[derive(Debug, Args)]
struct PlaceArgs {
    /// The station's identity
    station: String,
    /// The EVSE; the whole station when left out
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    evse: Option<u32>,
    /// The connector of the EVSE; all of it when left out
    #[arg(long, value_name = "NUMBER", requires = "evse", value_parser = clap::value_parser!(u32).range(1..))]
    connector: Option<u32>,
}

/// Runs a command about local lists.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn local_list(args: LocalListArgs) -> Result<(), Failure> {
    let (client, audience): (_, Audience) = args.manager.resolve()?;
    let path = |station: &str| format!("stations/{}/local-list", part(station));
    match args.command {
        LocalListCommand::Show { station } => audience.show(&client.get(&path(&station)).await?, list_facts),
        LocalListCommand::Choose { station, tokens } => {
            let chosen = match (tokens.group, tokens.nothing) {
                (Some(group), _) => json!({ "group": group }),
                (None, true) => json!("nothing"),
                (None, false) => json!("all"),
            };
            let kept = client.put(&path(&station), None, &json!({ "tokens": chosen })).await?;
            audience.show(&kept, list_facts)
        }
        LocalListCommand::Send { station } => {
            let sent = client.post(&format!("{}/send", path(&station)), &json!({})).await?;
            audience.show(&sent, |sent| {
                let version = text(sent, "version");
                match sent["messages"].as_u64() {
                    Some(0) => format!("{station} has version {version} already."),
                    _ => format!("{station} has version {version} now ({}).", text(sent, "kind")),
                }
            })
        }
    }
}

fn list_facts(list: &Value) -> String {
    let tokens = match &list["tokens"] {
        Value::String(word) => word.clone(),
        chosen => format!("those of group {}", text(chosen, "group")),
    };
    let current = if list["current"] == true { "yes" } else { "no" };
    facts(&[
        ("Tokens", tokens),
        ("Version", text(list, "version")),
        ("Tokens in it", text(list, "count")),
        ("No place for", text(list, "left_out")),
        ("Current", current.to_owned()),
        ("State", text(list, "state")),
        ("Since", moment(list, "at")),
        ("Why", text(list, "reason")),
    ])
}

/// Runs a command about the availability of places.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn availability(args: AvailabilityArgs) -> Result<(), Failure> {
    let (client, audience): (_, Audience) = args.manager.resolve()?;
    let path = |station: &str| format!("stations/{}/availability", part(station));
    match args.command {
        AvailabilityCommand::Show { station } => {
            let wishes = client.list(&path(&station), "", usize::MAX).await?;
            audience.show(&Value::Array(wishes), wish_table)
        }
        AvailabilityCommand::Open(place) => wish(&client, audience, &place, true).await,
        AvailabilityCommand::Close(place) => wish(&client, audience, &place, false).await,
        AvailabilityCommand::Assert { station } => {
            let told = client.post(&format!("{}/reassert", path(&station)), &json!({})).await?;
            audience.show(&told["items"], wish_table)
        }
    }
}

async fn wish(
    client: &Client,
    audience: Audience,
    place: &PlaceArgs,
    operative: bool,
) -> Result<(), Failure> {
    let path = format!("stations/{}/availability", part(&place.station));
    let body = json!({ "evse_id": place.evse, "connector_id": place.connector, "operative": operative });
    let kept = client.put(&path, None, &body).await?;
    audience.show(&kept, |kept| {
        let said = text(kept, "said");
        let state = if operative { "to be in use" } else { "to be out of use" };
        format!("{} is {state}; the station: {said}.", place_of(kept))
    })
}

fn place_of(wish: &Value) -> String {
    match (wish["evse_id"].as_u64(), wish["connector_id"].as_u64()) {
        (Some(evse @ 1..), Some(connector)) => format!("connector {connector} of EVSE {evse}"),
        (Some(evse @ 1..), None) => format!("EVSE {evse}"),
        _ => "the station".to_owned(),
    }
}

fn wish_table(wishes: &Value) -> String {
    let rows = wishes.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|wish| {
        let wanted = if wish["operative"] == true { "in use" } else { "out of use" };
        vec![
            place_of(wish),
            wanted.to_owned(),
            text(wish, "by"),
            moment(wish, "at"),
            text(wish, "said"),
            mark(wish, "contradicted", "it reports otherwise"),
        ]
    });
    let headings = ["PLACE", "WANTED", "BY", "SINCE", "THE STATION SAID", "DRIFT"];
    table(&headings, rows.collect(), "Nothing is wanted of its places: they are as the station has them.")
}
