//! The command line of `ocpp load` as it is written.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ocpp_server::access::Secret;

use super::station::Habit;

/// The longest time of one measurement.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// The most source addresses: a private network of a few, not a typing error of millions.
const MOST_SOURCES: u32 = 1024;

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct LoadArgs {
    /// The manager's address without the identity, as ws://HOST:9000/ocpp
    #[arg(long, value_name = "URL", conflicts_with = "serve")]
    pub(super) url: Option<String>,
    /// Start a manager for this (`ocpp serve --open` on a temporary directory) and load it
    #[arg(long)]
    pub(super) serve: bool,
    /// The manager that is started for this keeps no message log
    #[arg(long, requires = "serve")]
    pub(super) without_message_log: bool,
    /// Load the floor, too: a server of the same WebSocket library that only answers
    #[arg(long)]
    pub(super) floor: bool,
    /// Load the durable floor, too: one that keeps each call as a row of SQLite, flushed, before it answers
    #[arg(long)]
    pub(super) durable_floor: bool,
    /// Load the understanding floor, too: the durable one that also reads calls by their types, and masks its message log
    #[arg(long)]
    pub(super) understanding_floor: bool,
    /// Be the floor at this address, and nothing else, until stopped; with a directory to keep calls in, the durable one; with
    /// "understand" behind it, the understanding one
    #[arg(long, value_names = ["ADDRESS", "DIRECTORY", "DEPTH"], num_args = 1..=3, exclusive = true)]
    pub(super) floor_server: Option<Vec<String>>,
    /// How many stations
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(super) stations: u32,
    /// The version of OCPP to speak; mixed is a third of the stations each
    #[arg(long, value_name = "VERSION", default_value = "mixed")]
    pub(super) version: Versions,
    /// What the stations do once they are connected
    #[arg(long, value_name = "MIX", default_value = "sessions")]
    pub(super) mix: Mix,
    /// How long to measure, as 30s or 5m, at most 24h; with the storms: how long to stay connected and silent
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    pub(super) duration: Duration,
    /// How long the load runs before it is measured
    #[arg(long, value_name = "TIME", default_value = "3s", value_parser = pause)]
    pub(super) warm_up: Duration,
    /// Each station calls once in this time, instead of as soon as it is answered (closed loop)
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) paced: Option<Duration>,
    /// Measure twice, and the second time let so many of the stations misbehave, as 5%: what that does to the others
    #[arg(long, value_name = "PERCENT", value_parser = percent, conflicts_with = "floor")]
    pub(super) misbehave: Option<u32>,
    /// Only in these ways, as floods,huge; all of them in turn unless said otherwise
    #[arg(long, value_name = "KIND", value_delimiter = ',', requires = "misbehave", value_enum)]
    pub(super) misbehave_kind: Vec<Habit>,
    /// Compress (permessage-deflate); a manager that does not agree to it is an error
    #[arg(long, conflicts_with = "floor")]
    pub(super) compress: bool,
    /// Connect at most so many stations a second, instead of as many as possible
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) connect_rate: Option<u32>,
    /// How many handshakes may be under way at once; more than the server lets wait come again after a second
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(super) connecting: u32,
    /// Addresses to dial from, as 127.0.0.2-127.0.0.20; each has ports for some 28,000 stations
    #[arg(long, value_name = "ADDRESSES", value_parser = sources)]
    pub(super) source: Option<Sources>,
    /// Stations are named ID-1, ID-2 and so on
    #[arg(long, value_name = "ID", default_value = "LOAD")]
    pub(super) id: String,
    /// The token that every station presents
    #[arg(long, value_name = "TAG", default_value = "LOAD1")]
    pub(super) token: String,
    /// Station ID-n has this password with n behind it (HTTP Basic)
    #[arg(
        long,
        value_name = "TEXT",
        env = "OCPP_LOAD_PASSWORD_PREFIX",
        hide_env_values = true,
        value_parser = secret,
        conflicts_with = "key_file"
    )]
    pub(super) password_prefix: Option<Secret>,
    /// Identities and passwords of the stations, one a line: IDENTITY,PASSWORD
    #[arg(long, value_name = "FILE", conflicts_with = "id")]
    pub(super) key_file: Option<PathBuf>,
    /// The manager's process, whose CPU time and memory are to be told (Linux)
    #[arg(long, value_name = "PID", requires = "url", conflicts_with = "serve")]
    pub(super) pid: Option<u32>,
    /// Load a manager on another machine: only your own, never somebody else's
    #[arg(long)]
    pub(super) i_own_this_server: bool,
    /// Print the figures as JSON on standard output
    #[arg(long)]
    pub(super) json: bool,
}

const AFTER_HELP: &str = "Examples:\n  \
    ocpp load --floor --serve                        what whole sessions cost, beside the floor\n  \
    ocpp load --floor --durable-floor --serve        and beside one that keeps calls\n  \
    ocpp load --floor --serve --mix connect --stations 10000\n  \
    ocpp load --serve --stations 2000 --paced 1s --misbehave 5%\n  \
    ocpp load --url ws://127.0.0.1:9000/ocpp --pid $(pidof ocpp) --paced 10s --duration 5m\n\n\
    Exit codes: 0 no error occurred, 1 errors occurred, 2 wrong arguments, 3 the manager, a port or \
    enough open files are not to be had.";

/// Which versions the stations speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Versions {
    #[value(name = "1.6")]
    V16,
    #[value(name = "2.0.1")]
    V201,
    #[value(name = "2.1")]
    V21,
    Mixed,
}

/// What the stations do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Mix {
    /// Heartbeats
    Heartbeat,
    /// Meter values of one long session
    Metering,
    /// Whole sessions: status, authorize, start, meter values, stop
    Sessions,
    /// A storm: all connect and boot, then stay silent
    Connect,
    /// A storm of stations that booted before: all connect without booting, then stay silent
    Reconnect,
}

impl Mix {
    /// Whether connecting is all that is measured.
    pub(super) const fn is_storm(self) -> bool {
        matches!(self, Mix::Connect | Mix::Reconnect)
    }
}

/// The name that stands on the command line.
pub(super) fn name_of(value: impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// Addresses to dial from; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sources(pub(super) Vec<IpAddr>);

fn duration(text: &str) -> Result<Duration, String> {
    let duration = pause(text)?;
    if duration.is_zero() { Err("write more than nothing, as 30s".to_owned()) } else { Ok(duration) }
}

fn pause(text: &str) -> Result<Duration, String> {
    let span: jiff::SignedDuration = text.parse().map_err(|_| "write it as 500ms, 30s or 5m".to_owned())?;
    let duration = Duration::try_from(span).map_err(|_| "a time cannot be negative".to_owned())?;
    if duration > LONGEST { Err("the longest time is 24h".to_owned()) } else { Ok(duration) }
}

fn percent(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('%').unwrap_or(text).parse();
    number.ok().filter(|percent| (1..=90).contains(percent)).ok_or_else(|| "write 1% to 90%".to_owned())
}

#[allow(clippy::unnecessary_wraps)] // The form that a value parser has.
fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

fn sources(text: &str) -> Result<Sources, String> {
    let address = |text: &str| {
        let wrong = |_| format!("{text:?} is no IPv4 address: write 127.0.0.2 or 127.0.0.2-127.0.0.20");
        text.trim().parse::<Ipv4Addr>().map_err(wrong)
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (address(first)?.to_bits(), address(last)?.to_bits());
    if last < first {
        return Err("the first address comes before the last".to_owned());
    }
    if last - first >= MOST_SOURCES {
        return Err(format!("at most {MOST_SOURCES} addresses"));
    }
    Ok(Sources((first..=last).map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits))).collect()))
}
