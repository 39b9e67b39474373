//! `ocpp alarms`, `ocpp monitors`, `ocpp display` and `ocpp customer`.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::args::ManagerArgs;
use super::client::part;
use super::table::{facts, items, mark, moment, table, text};
use super::{Audience, read_file};
use crate::exit::Failure;

/// `ocpp alarms`.
#[derive(Debug, Args)]
pub(crate) struct AlarmArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: AlarmCommand,
}

#[derive(Debug, Subcommand)]
enum AlarmCommand {
    /// List the alarms of all stations, or of one
    List {
        /// Only those of this station
        #[arg(long, value_name = "ID")]
        station: Option<String>,
        /// Only those that matter at least so much: 0 (danger) to 9
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(0..=9))]
        severity: Option<u8>,
        /// Only those that nobody has looked at
        #[arg(long)]
        open: bool,
    },
    /// Say that an alarm was looked at
    Acknowledge {
        /// The station's identity
        station: String,
        /// The name of the alarm, as the list shows it
        alarm: String,
    },
    /// Remove an alarm that the station never clears; the next report raises it again
    Remove {
        /// The station's identity
        station: String,
        /// The name of the alarm, as the list shows it
        alarm: String,
    },
    /// List the events of a station, the latest first
    Events {
        /// The station's identity
        station: String,
        /// Only those that matter at least so much: 0 (danger) to 9
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(0..=9))]
        severity: Option<u8>,
        /// How many at most
        #[arg(long, default_value_t = 100)]
        max: usize,
    },
}

/// Runs a command about alarms.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn alarms(args: AlarmArgs) -> Result<(), Failure> {
    let (client, audience): (_, Audience) = args.manager.resolve()?;
    let query = |filters: Vec<(&str, Option<String>)>| -> String {
        let given =
            filters.into_iter().filter_map(|(name, value)| Some(format!("&{name}={}", part(&value?))));
        given.collect()
    };
    match args.command {
        AlarmCommand::List { station, severity, open } => {
            let query = query(vec![
                ("station_id", station),
                ("severity", severity.map(|number| number.to_string())),
                ("acknowledged", open.then(|| "false".to_owned())),
            ]);
            let found = client.list("alarms", &query, usize::MAX).await?;
            audience.show(&Value::Array(found), alarm_list)
        }
        AlarmCommand::Acknowledge { station, alarm } => {
            let path = format!("stations/{}/alarms/{}/acknowledge", part(&station), part(&alarm));
            client.post(&path, &json!({})).await?;
            audience.done("The alarm is acknowledged.")
        }
        AlarmCommand::Remove { station, alarm } => {
            client.delete(&format!("stations/{}/alarms/{}", part(&station), part(&alarm))).await?;
            audience.done("The alarm is gone.")
        }
        AlarmCommand::Events { station, severity, max } => {
            let query = query(vec![("severity", severity.map(|number| number.to_string()))]);
            let path = format!("stations/{}/events", part(&station));
            audience.show(&Value::Array(client.list(&path, &query, max).await?), event_list)
        }
    }
}

fn rows(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

fn alarm_list(found: &Value) -> String {
    let row = |alarm: &Value| {
        vec![
            text(alarm, "station_id"),
            text(alarm, "id"),
            text(alarm, "severity_name"),
            text(alarm, "state"),
            text(alarm, "text"),
            text(alarm, "detail"),
            moment(alarm, "since"),
            text(alarm, "acknowledged_by"),
        ]
    };
    let headings = ["STATION", "ALARM", "SEVERITY", "STATE", "WHAT", "MORE", "SINCE", "LOOKED AT BY"];
    table(&headings, rows(found).map(row).collect(), "There are no such alarms.")
}

/// `EVSE 1.AvailabilityState`.
fn variable(value: &Value) -> String {
    let of = &value["variable"]["variable"];
    let place = of["place"]["evse"].as_u64().or_else(|| of["place"]["connector"][0].as_u64());
    let place = place.map_or(String::new(), |evse| format!(" {evse}"));
    format!("{}{place}.{}", text(of, "component"), text(of, "variable"))
}

fn event_list(found: &Value) -> String {
    let row = |event: &Value| {
        vec![
            text(event, "number"),
            moment(event, "happened_at"),
            text(event, "severity_name"),
            variable(event),
            text(event, "value"),
            mark(event, "cleared", "cleared"),
            text(event, "caused_by"),
            text(event, "tech_info"),
        ]
    };
    let headings = ["NUMBER", "WHEN", "SEVERITY", "VARIABLE", "VALUE", "CLEARED", "BECAUSE OF", "MORE"];
    table(&headings, rows(found).map(row).collect(), "No events are kept of this station.")
}

/// `ocpp monitors`.
#[derive(Debug, Args)]
pub(crate) struct MonitorArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: MonitorCommand,
}

#[derive(Debug, Subcommand)]
enum MonitorCommand {
    /// List the monitors of a station, as far as the manager knows
    List {
        /// The station's identity
        station: String,
    },
    /// Ask a station for its monitors
    Read {
        /// The station's identity
        station: String,
    },
    /// Set monitors: a JSON file with a list of them
    Set {
        /// The station's identity
        station: String,
        /// The file, or - for standard input
        file: std::path::PathBuf,
    },
    /// Remove monitors by the station's numbers of them
    Clear {
        /// The station's identity
        station: String,
        /// The numbers, as the list shows them
        #[arg(required = true)]
        ids: Vec<i64>,
    },
}

/// Runs a command about monitors.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn monitors(args: MonitorArgs) -> Result<(), Failure> {
    let (client, audience): (_, Audience) = args.manager.resolve()?;
    match args.command {
        MonitorCommand::List { station } => {
            let known = client.get_tagged(&format!("stations/{}/monitors", part(&station))).await?.value;
            audience.show(&known, monitor_list)
        }
        MonitorCommand::Read { station } => {
            let path = format!("stations/{}/monitors/read", part(&station));
            audience.show(&client.post(&path, &json!({})).await?, monitor_list)
        }
        MonitorCommand::Set { station, file } => {
            let monitors: Value = serde_json::from_str(&read_file(&file)?)
                .map_err(|error| Failure::Usage(format!("{} is no JSON: {error}", file.display())))?;
            let path = format!("stations/{}/monitors", part(&station));
            results(audience, &client.post(&path, &json!({"monitors": monitors})).await?)
        }
        MonitorCommand::Clear { station, ids } => {
            let path = format!("stations/{}/monitors/clear", part(&station));
            results(audience, &client.post(&path, &json!({"ids": ids})).await?)
        }
    }
}

/// Shows what became of each; not all done is a failure.
fn results(audience: Audience, answer: &Value) -> Result<(), Failure> {
    audience.show(answer, |answer| {
        let row = |item: &Value| {
            let name = if item["monitor"].is_null() {
                String::new()
            } else {
                variable(&json!({"variable": item["monitor"]["setting"]}))
            };
            vec![text(item, "id"), name, text(item, "said")]
        };
        table(
            &["NUMBER", "VARIABLE", "WHAT CAME OF IT"],
            items(answer, "items").iter().map(row).collect(),
            "",
        )
    })?;
    let failed = items(answer, "items").iter().filter(|item| item["done"] != true).count();
    if failed == 0 { Ok(()) } else { Err(Failure::Unmet(format!("{failed} of them were not done"))) }
}

fn monitor_list(known: &Value) -> String {
    let row = |monitor: &Value| {
        vec![
            text(monitor, "id"),
            variable(monitor),
            text(monitor, "kind"),
            text(monitor, "value"),
            text(monitor, "severity_name"),
            mark(monitor, "set_here", "set here"),
            text(monitor, "origin"),
        ]
    };
    let headings = ["NUMBER", "VARIABLE", "KIND", "VALUE", "SEVERITY", "SET HERE", "ORIGIN"];
    let none = "No monitors of this station are known: ask for them with ocpp monitors read.";
    table(&headings, items(known, "items").iter().map(row).collect(), none)
}

/// `ocpp display`.
#[derive(Debug, Args)]
pub(crate) struct DisplayArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: DisplayCommand,
}

#[derive(Debug, Subcommand)]
enum DisplayCommand {
    /// List the messages of a station's display, as far as the manager knows
    List {
        /// The station's identity
        station: String,
    },
    /// Ask a station which messages are set
    Read {
        /// The station's identity
        station: String,
    },
    /// Show a message
    Show(DisplayShowArgs),
    /// Take a message off the display
    Clear {
        /// The station's identity
        station: String,
        /// The number of the message
        number: u32,
    },
}

#[derive(Debug, Args)]
struct DisplayShowArgs {
    /// The station's identity
    station: String,
    /// The text
    text: String,
    /// Its number; one with the number of another takes its place [default: a free one]
    #[arg(long)]
    number: Option<u32>,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = Priority::NormalCycle)]
    priority: Priority,
    /// While the station is in this state
    #[arg(long, value_enum)]
    state: Option<State>,
    /// Its language, such as en
    #[arg(long)]
    language: Option<String>,
    /// When it begins, such as 2027-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Option<jiff::Timestamp>,
    /// When it ends
    #[arg(long, value_name = "TIME")]
    until: Option<jiff::Timestamp>,
    /// Only during this transaction, by the station's name of it
    #[arg(long, value_name = "ID")]
    transaction: Option<String>,
    /// Wait for a station that is not connected, and put it back when the station has lost it
    #[arg(long)]
    keep: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Priority {
    /// Alone
    AlwaysFront,
    /// Before the others
    InFront,
    /// In turns with the others
    NormalCycle,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum State {
    /// Somebody charges
    Charging,
    /// It is faulted
    Faulted,
    /// Nobody charges
    Idle,
    /// It is out of use
    Unavailable,
    /// Nothing flows in a transaction (OCPP 2.1)
    Suspended,
    /// The vehicle gives power (OCPP 2.1)
    Discharging,
}

/// The word of a value over REST.
fn word<T: ValueEnum>(value: &T) -> Option<String> {
    value.to_possible_value().map(|value| value.get_name().replace('-', "_"))
}

/// Runs a command about displays.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn display(args: DisplayArgs) -> Result<(), Failure> {
    let (client, audience): (_, Audience) = args.manager.resolve()?;
    match args.command {
        DisplayCommand::List { station } => {
            let known =
                client.get_tagged(&format!("stations/{}/display-messages", part(&station))).await?.value;
            audience.show(&known, message_list)
        }
        DisplayCommand::Read { station } => {
            let path = format!("stations/{}/display-messages/read", part(&station));
            audience.show(&client.post(&path, &json!({})).await?, message_list)
        }
        DisplayCommand::Show(wish) => {
            let body = json!({
                "id": wish.number,
                "priority": word(&wish.priority),
                "state": wish.state.as_ref().and_then(word),
                "from": wish.from,
                "until": wish.until,
                "transaction_id": wish.transaction,
                "text": {"content": wish.text, "language": wish.language},
                "keep": wish.keep,
            });
            let path = format!("stations/{}/display-messages", part(&wish.station));
            let set = client.post(&path, &body).await?;
            audience.show(&set, |set| {
                let why = text(set, "reason");
                let why = if why.is_empty() { why } else { format!(": {why}") };
                format!("Message {} is {}{why}.", text(set, "id"), text(set, "standing"))
            })?;
            if set["standing"] == "refused" {
                return Err(Failure::Unmet("the station did not take the message".to_owned()));
            }
            Ok(())
        }
        DisplayCommand::Clear { station, number } => {
            client.delete(&format!("stations/{}/display-messages/{number}", part(&station))).await?;
            audience.done(&format!("Message {number} is gone."))
        }
    }
}

fn message_list(known: &Value) -> String {
    let row = |message: &Value| {
        vec![
            text(message, "id"),
            text(message, "priority"),
            text(message, "state"),
            moment(message, "until"),
            text(message, "standing"),
            mark(message, "keep", "kept"),
            text(&message["text"], "content"),
            text(message, "reason"),
        ]
    };
    let headings = ["NUMBER", "PRIORITY", "WHILE", "UNTIL", "STANDING", "KEPT", "TEXT", "WHY"];
    let none = "No messages of this station are known: ask for them with ocpp display read.";
    table(&headings, items(known, "items").iter().map(row).collect(), none)
}

/// `ocpp customer`.
#[derive(Debug, Args)]
pub(crate) struct CustomerArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: CustomerCommand,
}

#[derive(Debug, Subcommand)]
enum CustomerCommand {
    /// Ask a station about a customer: to report what it knows, to forget it, or both
    Ask {
        /// The station's identity
        station: String,
        /// Whoever has this token
        #[arg(long, conflicts_with = "identifier", required_unless_present = "identifier")]
        token: Option<String>,
        /// A name that station and manager have agreed on
        #[arg(long)]
        identifier: Option<String>,
        /// Have it report what it knows
        #[arg(long, required_unless_present = "clear")]
        report: bool,
        /// Have it forget
        #[arg(long)]
        clear: bool,
    },
    /// List the questions about customers to a station, the latest first
    List {
        /// The station's identity
        station: String,
    },
    /// Show what a station told about a customer
    Show {
        /// The station's identity
        station: String,
        /// The number of the question
        number: u32,
    },
    /// Delete what a station told about a customer
    Delete {
        /// The station's identity
        station: String,
        /// The number of the question
        number: u32,
    },
}

/// Runs a command about customers.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn customer(args: CustomerArgs) -> Result<(), Failure> {
    let (client, audience): (_, Audience) = args.manager.resolve()?;
    let path = |station: &str| format!("stations/{}/customer-requests", part(station));
    match args.command {
        CustomerCommand::Ask { station, token, identifier, report, clear } => {
            let body = json!({"token": token, "identifier": identifier, "report": report, "clear": clear});
            let asked = client.post(&path(&station), &body).await?;
            audience.show(&asked, question)?;
            if asked["state"] == "failed" {
                return Err(Failure::Unmet("the station did not take it".to_owned()));
            }
            Ok(())
        }
        CustomerCommand::List { station } => {
            let asked = client.list(&path(&station), "", usize::MAX).await?;
            audience.show(&Value::Array(asked), question_list)
        }
        CustomerCommand::Show { station, number } => {
            let asked = client.get_tagged(&format!("{}/{number}", path(&station))).await?.value;
            audience.show(&asked, question)
        }
        CustomerCommand::Delete { station, number } => {
            client.delete(&format!("{}/{number}", path(&station))).await?;
            audience.done(&format!("Question {number} is deleted with what was told."))
        }
    }
}

fn question(asked: &Value) -> String {
    facts(&[
        ("Number", text(asked, "request")),
        ("State", text(asked, "state")),
        ("Why", text(asked, "reason")),
        ("Local list", text(asked, "local_list")),
        ("Deleted here", moment(asked, "expires_at")),
        ("Told", text(asked, "text")),
    ])
}

fn question_list(asked: &Value) -> String {
    let row = |one: &Value| {
        let who = ["token", "identifier"].iter().map(|name| text(one, name)).find(|text| !text.is_empty());
        vec![
            text(one, "request"),
            moment(one, "at"),
            text(one, "by"),
            who.unwrap_or_else(|| "a certificate".to_owned()),
            mark(one, "report", "report"),
            mark(one, "clear", "clear"),
            text(one, "state"),
            moment(one, "expires_at"),
        ]
    };
    let headings = ["NUMBER", "ASKED", "BY", "CUSTOMER", "REPORT", "CLEAR", "STATE", "DELETED"];
    table(&headings, rows(asked).map(row).collect(), "This station was asked about nobody.")
}
