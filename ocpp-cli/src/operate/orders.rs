//! `ocpp command` and `ocpp orders`: giving one station an order, and looking after those that were given.

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Audience;
use super::args::ManagerArgs;
use super::client::{Client, part};
use super::order_words::OrderWords;
use super::table::{facts, moment, table, text};
use crate::exit::Failure;

/// `ocpp command`.
#[derive(Debug, Args)]
#[command(subcommand_help_heading = "Orders", subcommand_value_name = "ORDER", after_help = HOW_IT_ENDS)]
pub(crate) struct CommandArgs {
    /// The station's identity
    station: Option<String>,
    /// List the orders; with a station, what it can be ordered and what not, and why
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    what: WhatArgs,
    #[command(flatten)]
    when: WhenArgs,
    /// Wait for the end of the order, and tell what came of it
    #[arg(long, global = true)]
    wait: bool,
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    order: Option<OrderWords>,
}

const HOW_IT_ENDS: &str = "Exit codes: 0 the order is kept (with --wait: the station took it), 1 it was refused, or \
    with --wait did not succeed, 2 wrong arguments, 3 the manager is not to be had.";

/// What to order, where it is none of the orders by name.
#[derive(Debug, Args)]
pub(super) struct WhatArgs {
    /// The whole order as JSON, as REST takes it; @FILE reads a file
    #[arg(long, value_name = "JSON", conflicts_with = "action")]
    command: Option<String>,
    /// An action as OCPP spells it, in the version that the station speaks
    #[arg(long, value_name = "NAME")]
    action: Option<String>,
    /// The payload of the action; its members reach the station as they are written
    #[arg(long, value_name = "JSON", requires = "action")]
    payload: Option<String>,
}

/// What to do where a station is not connected.
#[derive(Debug, Args)]
pub(super) struct WhenArgs {
    /// What to do when a station is not connected: refuse, or wait:2h for at most so long
    #[arg(long, value_name = "WHAT", default_value = "refuse", value_parser = patience, global = true)]
    when_offline: Patience,
}

#[derive(Debug, Clone, Copy)]
enum Patience {
    Refuse,
    Wait(SignedDuration),
}

fn patience(text: &str) -> Result<Patience, String> {
    if text == "refuse" {
        return Ok(Patience::Refuse);
    }
    let duration = text.strip_prefix("wait:").and_then(|rest| rest.parse::<SignedDuration>().ok());
    let duration = duration.filter(|duration| duration.is_positive());
    duration
        .map(Patience::Wait)
        .ok_or_else(|| "write refuse, or wait: with a duration such as wait:2h".to_owned())
}

impl WhenArgs {
    /// Until when an order may wait.
    pub(super) fn wait_until(&self) -> Result<Option<String>, Failure> {
        let Patience::Wait(duration) = self.when_offline else { return Ok(None) };
        let until = Timestamp::now().checked_add(duration);
        until
            .map(|until| Some(until.to_string()))
            .map_err(|_| Failure::Usage("--when-offline: this is too long".to_owned()))
    }
}

/// The members of a body that say what to order. A payload is not read, so that it keeps its order and its text.
pub(super) fn what(what: &WhatArgs, order: Option<&OrderWords>) -> Result<String, Failure> {
    let given = [what.command.is_some(), what.action.is_some(), order.is_some()];
    if given.into_iter().filter(|given| *given).count() > 1 {
        return Err(Failure::Usage(
            "name one order: by its name, with --command or with --action".to_owned(),
        ));
    }
    if let Some(order) = order {
        return Ok(format!("\"command\":{}", order.json()?));
    }
    if let Some(command) = &what.command {
        return Ok(format!("\"command\":{}", raw(command, "--command")?));
    }
    if let Some(action) = &what.action {
        let payload = raw(what.payload.as_deref().unwrap_or("{}"), "--payload")?;
        return Ok(format!("\"action\":{},\"payload\":{payload}", Value::from(action.as_str())));
    }
    Err(Failure::Usage(
        "name an order: ocpp command --list shows them; --action sends one as OCPP spells it".to_owned(),
    ))
}

fn raw(text: &str, option: &str) -> Result<Box<RawValue>, Failure> {
    let text = match text.strip_prefix('@') {
        Some(file) => super::read_file(std::path::Path::new(file))?,
        None => text.to_owned(),
    };
    serde_json::from_str(&text).map_err(|error| Failure::Usage(format!("{option}: no JSON: {error}")))
}

/// Gives a station an order, or lists the orders.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn command(args: CommandArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    if args.list {
        return list_kinds(&client, audience, args.station.as_deref()).await;
    }
    let Some(station) = &args.station else {
        return Err(Failure::Usage("name a station: ocpp command STATION ORDER".to_owned()));
    };
    let what = what(&args.what, args.order.as_ref())?;
    let until = match args.when.wait_until()? {
        Some(until) => format!(",\"wait_until\":{}", Value::from(until)),
        None => String::new(),
    };
    let wait = if args.wait { "?wait=true" } else { "" };
    let path = format!("stations/{}/orders{wait}", part(station));
    let mut order = client.post_raw(&path, format!("{{{what}{until}}}")).await?;
    while args.wait && text(&order, "state") != "ended" {
        order = client.get(&format!("orders/{}?wait=true", part(&text(&order, "id")))).await?;
    }
    audience.show(&order, told)?;
    match order.get("succeeded").and_then(Value::as_bool) {
        Some(false) if args.wait => Err(Failure::Unmet(format!("{station}: {}", text(&order, "result")))),
        _ => Ok(()),
    }
}

fn told(order: &Value) -> String {
    let outcome = match order.pointer("/ending/outcome") {
        Some(Value::Object(members)) if !members.contains_key("verdict") => {
            serde_json::to_string_pretty(members).unwrap_or_default()
        }
        _ => String::new(),
    };
    let known = facts(&[
        ("Order", text(order, "id")),
        ("Station", text(order, "station_id")),
        ("What", name_of(order)),
        ("By", text(order, "by")),
        ("Given", moment(order, "at")),
        ("Waits until", moment(order, "wait_until")),
        ("Bulk order", text(order, "batch_id")),
        ("State", text(order, "state")),
        ("Since", moment(order, "since")),
        ("Result", text(order, "result")),
    ]);
    format!("{known}\n{outcome}")
}

/// The name of what was ordered.
pub(super) fn name_of(order: &Value) -> String {
    match order.get("command") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Object(members)) => match members.get("action") {
            Some(action) => action.as_str().unwrap_or_default().to_owned(),
            None => members.keys().next().cloned().unwrap_or_default(),
        },
        _ => String::new(),
    }
}

async fn list_kinds(client: &Client, audience: Audience, station: Option<&str>) -> Result<(), Failure> {
    let Some(station) = station else {
        let kinds = client.get("order-kinds").await?;
        return audience.show(&kinds, |kinds| {
            let rows = super::table::items(kinds, "items").iter().map(|kind| {
                let versions: Vec<&str> =
                    super::table::items(kind, "versions").iter().filter_map(Value::as_str).collect();
                vec![text(kind, "name"), versions.join(" "), text(kind, "title")]
            });
            table(&["ORDER", "OCPP", "WHAT"], rows.collect(), "There are no orders.")
        });
    };
    let kinds = client.get(&format!("stations/{}/order-kinds", part(station))).await?;
    audience.show(&kinds, |kinds| {
        let rows = super::table::items(kinds, "items").iter().map(|kind| {
            let can = kind.get("possible") == Some(&Value::Bool(true));
            vec![
                text(kind, "name"),
                if can { "yes" } else { "no" }.to_owned(),
                text(kind, "title"),
                text(kind, "why"),
            ]
        });
        table(&["ORDER", "CAN", "WHAT", "WHY NOT"], rows.collect(), "There are no orders.")
    })
}

/// `ocpp orders`.
#[derive(Debug, Args)]
pub(crate) struct OrdersArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: OrdersCommand,
}

#[derive(Debug, Subcommand)]
enum OrdersCommand {
    /// List the orders of a station, the latest first
    List {
        /// The station's identity
        station: String,
        /// How many at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Show one order and what came of it
    Show {
        /// Its key
        id: String,
        /// Wait for its end
        #[arg(long)]
        wait: bool,
    },
    /// Take an order back that was not sent yet
    Withdraw {
        /// Its key
        id: String,
    },
}

/// Runs a command about orders.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: OrdersArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    match args.command {
        OrdersCommand::List { station, limit } => {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let orders = client.list(&format!("stations/{}/orders", part(&station)), "", limit).await?;
            audience.show(&Value::Array(orders), list)
        }
        OrdersCommand::Show { id, wait } => {
            let path = format!("orders/{}", part(&id));
            let mut order = client.get(&path).await?;
            while wait && text(&order, "state") != "ended" {
                order = client.get(&format!("{path}?wait=true")).await?;
            }
            audience.show(&order, told)
        }
        OrdersCommand::Withdraw { id } => {
            client.delete(&format!("orders/{}", part(&id))).await?;
            audience.done(&format!("Order {id} is taken back."))
        }
    }
}

fn list(orders: &Value) -> String {
    let rows = orders.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|order| {
        vec![
            text(order, "id"),
            name_of(order),
            text(order, "state"),
            moment(order, "at"),
            text(order, "by"),
            text(order, "result"),
        ]
    });
    let headings = ["ORDER", "WHAT", "STATE", "GIVEN", "BY", "RESULT"];
    table(&headings, rows.collect(), "It was ordered nothing yet: ocpp command STATION ORDER.")
}

/// A body for a bulk order: what to order, with more members.
pub(super) fn with_members(what: &str, more: &Value) -> String {
    let more = more.to_string();
    let more = more.strip_prefix('{').and_then(|more| more.strip_suffix('}')).unwrap_or_default();
    let comma = if more.is_empty() { "" } else { "," };
    format!("{{{what}{comma}{more}}}")
}

/// An empty object, for what has no members.
pub(super) fn nothing() -> Value {
    json!({})
}
