//! The command line as it is written.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use rust_decimal::Decimal;

use crate::exit::Failure;
use crate::settings::{LimitArgs, LogArgs, MailArgs, NewStations, RetentionArgs, ServeSettings};
use crate::{demo, emulate, load, manager, operate};

/// A charging-station manager and emulated chargers for OCPP 1.6, 2.0.1 and 2.1.
#[derive(Debug, Parser)]
#[command(name = "ocpp", version, max_term_width = 100, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 something did not come true, 2 wrong arguments or settings, \
    3 something is not to be had (a port, a directory, the database, the other side).";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the manager: stations dial in, the page and the REST interface show them
    Serve(Box<ServeArgs>),
    /// Emulate charging stations that go through whole sessions
    Emulate(emulate::EmulateArgs),
    /// Run the manager together with a dozen emulated stations, on a temporary directory
    Demo(DemoArgs),
    /// Add, show and remove stations of a running manager; see who was turned away; send commands
    Station(operate::StationArgs),
    /// Read, change, report, review and compare settings of stations; keep what they should be
    Settings(operate::SettingArgs),
    /// Add, show and remove sites
    Site(operate::SiteArgs),
    /// Add, block, remove and import tokens
    Token(operate::TokenArgs),
    /// Reserve places at stations of a running manager, and cancel reservations
    Reservation(operate::ReservationArgs),
    /// Choose and send the list of tokens that a station decides on by itself
    LocalList(operate::LocalListArgs),
    /// Put stations, EVSEs and connectors into use and out of use
    Availability(operate::AvailabilityArgs),
    /// List, set and clear charging profiles on stations; ask what they allow together
    Profiles(operate::ProfilesArgs),
    /// Show how ports are used: occupancy, energy, stays, attempts, by hour of the week
    Usage(operate::UsageArgs),
    /// Show what a port did, without gaps
    History(operate::HistoryArgs),
    /// Draft, show, assign and succeed tariffs
    Tariff(operate::TariffArgs),
    /// Show sessions, what they cost, and their receipts; stop them
    Session(operate::SessionArgs),
    /// Give a station an order, or list what it can be ordered
    #[command(name = "command")]
    Give(Box<operate::CommandArgs>),
    /// List, show and take back orders
    Orders(operate::OrdersArgs),
    /// Give many stations the same order
    Batch(operate::BatchArgs),
    /// Show what stations and the manager said to each other, out of the message log
    Messages(operate::MessageArgs),
    /// Show what is wrong at stations, and say that it was looked at; events of stations
    Alarms(operate::AlarmArgs),
    /// Set, list, read and remove monitors on variables of stations (OCPP 2.x)
    Monitors(operate::MonitorArgs),
    /// Show messages on the displays of stations, and take them off (OCPP 2.x)
    Display(operate::DisplayArgs),
    /// Ask stations what they know about a customer, or to forget it (OCPP 2.x)
    Customer(operate::CustomerArgs),
    /// Add firmware, update a station with it
    Firmware(operate::FirmwareArgs),
    /// Update many stations in waves
    Campaign(operate::CampaignArgs),
    /// Order, list and download logs of stations
    Log(operate::LogArgs),
    /// Compute, submit and amend uptime reports; write the files of 23 CFR 680.112
    Report(Box<operate::ReportArgs>),
    /// Enter, confirm, end and withdraw what excuses outages
    Exclusions(Box<operate::ExclusionArgs>),
    /// List, add and change formulas of uptime; say which of them hold at a site
    Formulas(operate::FormulaArgs),
    /// Make and revoke API keys
    Key(operate::KeyArgs),
    /// Add partners, who read published sites and tariffs by OCPI, and revoke their tokens
    Partners(operate::PartnerArgs),
    /// Make load with many stations and tell what it costs the manager
    Load(Box<load::LoadArgs>),
    /// Print the description of the REST interface (OpenAPI 3.1, JSON)
    Openapi,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Directory of the database; it is made when it is missing [default: ocpp-data]
    #[arg(long, value_name = "DIR", env = "OCPP_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Address for charging stations [default: 127.0.0.1:9000]
    #[arg(long, value_name = "ADDRESS", env = "OCPP_OCPP_LISTEN")]
    pub(crate) ocpp_listen: Option<SocketAddr>,
    /// Address for the page and the REST interface [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", env = "OCPP_HTTP_LISTEN")]
    pub(crate) http_listen: Option<SocketAddr>,
    /// Where stations reach that address, to fetch firmware and upload logs, such as
    /// https://manager.example.com [default: http:// and the address itself]
    #[allow(rustdoc::bare_urls, reason = "it is shown as it stands on the command line")]
    #[arg(long, value_name = "URL", env = "OCPP_FILES_URL")]
    pub(crate) files_url: Option<String>,
    /// For trying out: accept stations and tokens that nobody has made known
    #[arg(long, env = "OCPP_OPEN", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub(crate) open: Option<bool>,
    /// A station that may connect; may be given several times
    #[arg(long = "station", value_name = "ID", env = "OCPP_STATIONS", value_delimiter = ',')]
    pub(crate) stations: Vec<String>,
    /// A token that may charge; may be given several times
    #[arg(long = "token", value_name = "TAG", env = "OCPP_TOKENS", value_delimiter = ',')]
    pub(crate) tokens: Vec<String>,
    /// Seconds between the heartbeats that stations are told to send [default: 300]
    #[arg(long, value_name = "SECONDS", env = "OCPP_HEARTBEAT_INTERVAL")]
    pub(crate) heartbeat_interval: Option<u32>,
    /// Let drivers pay on the spot with test cards: no money moves [default: only with --open]
    #[arg(long, env = "OCPP_SANDBOX", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub(crate) sandbox: Option<bool>,
    /// What is held before a session that is paid on the spot, in the currency of its tariff [default: 50]
    #[arg(long, value_name = "AMOUNT", env = "OCPP_HOLD", value_parser = amount)]
    pub(crate) hold: Option<Decimal>,
    /// Which habits of stations are tolerated: all, strict, or all,-unknown-member; CS1=strict is for one station,
    /// and it may be given several times [default: all]
    #[arg(long, value_name = "[STATION=]QUIRKS", env = "OCPP_TOLERATE", value_delimiter = ' ')]
    pub(crate) tolerate: Vec<String>,
    /// What stations are told when they boot, until an operator says otherwise [default: accepted]
    #[arg(long, value_name = "WORD", env = "OCPP_NEW_STATIONS")]
    pub(crate) new_stations: Option<NewStations>,
    /// Days after which what stations told about customers is deleted [default: 14]
    #[arg(long, value_name = "DAYS", env = "OCPP_CUSTOMER_DATA_DAYS")]
    pub(crate) customer_data_days: Option<u64>,
    /// Who the operator is for partners, such as DE*ABC: lets them read published sites by OCPI 2.2.1 [default: OCPI is
    /// off]
    #[arg(long, value_name = "COUNTRY*PARTY", env = "OCPP_OCPI_PARTY")]
    pub(crate) ocpi_party: Option<String>,
    /// Where drivers see the pages, such as https://charge.example.com, for links in mails
    #[allow(rustdoc::bare_urls, reason = "it is shown as it stands on the command line")]
    #[arg(long, value_name = "URL", env = "OCPP_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    #[command(flatten)]
    pub(crate) mail: MailArgs,
    #[command(flatten)]
    pub(crate) message_log: LogArgs,
    #[command(flatten)]
    pub(crate) retention: RetentionArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// Settings file (TOML); flags and OCPP_* variables win over it
    #[arg(long, value_name = "FILE", env = "OCPP_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Address for charging stations
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9000")]
    pub(crate) ocpp_listen: SocketAddr,
    /// Address for the page and the REST interface
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) http_listen: SocketAddr,
    /// How many times faster than real time the stations live
    #[arg(long, value_name = "FACTOR", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) speed: u32,
}

fn amount(text: &str) -> Result<Decimal, String> {
    text.parse().map_err(|_| "an amount is written with digits and a point, such as 50 or 49.90".to_owned())
}

/// Runs a command to its end.
///
/// # Errors
/// [`Failure`] says what to print and which exit code to end with.
pub(crate) fn run(command: Command) -> Result<(), Failure> {
    log_to_stderr(&command);
    match command {
        Command::Serve(args) => {
            let settings = ServeSettings::resolve(*args)?;
            in_runtime(manager::run(settings))
        }
        Command::Emulate(args) => in_runtime(emulate::command(args)),
        Command::Demo(args) => in_runtime(demo::run(args)),
        Command::Station(args) => in_runtime(operate::station(args)),
        Command::Settings(args) => in_runtime(operate::settings(args)),
        Command::Site(args) => in_runtime(operate::site(args)),
        Command::Token(args) => in_runtime(operate::token(args)),
        Command::Profiles(args) => in_runtime(operate::profiles(args)),
        Command::Usage(args) => in_runtime(operate::usage(args)),
        Command::History(args) => in_runtime(operate::history(args)),
        Command::Reservation(args) => in_runtime(operate::reservation(args)),
        Command::LocalList(args) => in_runtime(operate::local_list(args)),
        Command::Availability(args) => in_runtime(operate::availability(args)),
        Command::Tariff(args) => in_runtime(operate::tariff(args)),
        Command::Session(args) => in_runtime(operate::session(args)),
        Command::Give(args) => in_runtime(operate::command(*args)),
        Command::Orders(args) => in_runtime(operate::orders(args)),
        Command::Batch(args) => in_runtime(operate::batch(args)),
        Command::Messages(args) => in_runtime(operate::messages(args)),
        Command::Alarms(args) => in_runtime(operate::alarms(args)),
        Command::Monitors(args) => in_runtime(operate::monitors(args)),
        Command::Display(args) => in_runtime(operate::display(args)),
        Command::Customer(args) => in_runtime(operate::customer(args)),
        Command::Firmware(args) => in_runtime(operate::firmware(args)),
        Command::Campaign(args) => in_runtime(operate::campaign(args)),
        Command::Log(args) => in_runtime(operate::log(args)),
        Command::Report(args) => in_runtime(operate::report(*args)),
        Command::Exclusions(args) => in_runtime(operate::exclusions(*args)),
        Command::Formulas(args) => in_runtime(operate::formulas(args)),
        Command::Key(args) => in_runtime(operate::key(args)),
        Command::Partners(args) => in_runtime(operate::partners(args)),
        Command::Load(args) => in_runtime(load::command(*args)),
        Command::Openapi => manager::print_openapi(),
    }
}

fn in_runtime(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::unavailable("the asynchronous runtime could not start", &error))?;
    runtime.block_on(work)
}

/// Logs go to standard error. `RUST_LOG` chooses what; without it the manager tells what an operator wants
/// to know, and the other commands only what goes wrong, because they report in their own way.
fn log_to_stderr(command: &Command) {
    let usual = match command {
        Command::Serve(_) => "info",
        _ => "warn",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
