//! `ocpp emulate`: charging stations that go through whole sessions.

mod courier;
mod extras;
mod keys;
mod mishaps;
mod report;
mod scenario;
mod scene;
mod station;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use ocpp_core::types::Version;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::exit::Failure;
pub(crate) use extras::Extras;
#[cfg(test)]
pub(crate) use keys::Safe;
pub(crate) use mishaps::Habits;
use scenario::Scenario;
pub(crate) use station::{Emulated, Guests, StationPlan, Traffic, emulate};

#[derive(Debug, Args)]
pub(crate) struct EmulateArgs {
    /// The manager's address without the identity, as ws://HOST:9000/ocpp
    #[arg(long, value_name = "URL", env = "OCPP_URL")]
    url: String,
    /// The station's identity; several stations are ID-1, ID-2 and so on
    #[arg(long, value_name = "ID", default_value = "CS1")]
    id: String,
    /// The version of OCPP to speak
    #[arg(long, value_name = "VERSION", default_value = "2.0.1", value_parser = ["1.6", "2.0.1", "2.1"])]
    version: String,
    /// How many stations
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    stations: u32,
    /// How many sessions each station goes through
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    sessions: u32,
    /// The token that is presented, at most 20 characters in OCPP 1.6
    #[arg(long, value_name = "TAG", default_value = "EMULATED1")]
    token: String,
    /// Password for HTTP Basic authentication
    #[arg(long, value_name = "PASSWORD", env = "OCPP_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// How many times faster than real time the stations live
    #[arg(long, value_name = "FACTOR", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    speed: u32,
    /// How long each session lasts, in minutes of the station's time
    #[arg(long, value_name = "MINUTES", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1440))]
    minutes: u32,
    /// Seconds of the station's time between meter values
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    meter_interval: u32,
    /// Present no token: plug in, and wait until the manager starts the session
    #[arg(long)]
    remote_start: bool,
    /// Let vehicles tell over ISO 15118 what they need, and plan by the profile that comes (2.0.1, 2.1)
    #[arg(long)]
    vehicle_needs: bool,
    /// Let the site's energy management allow no more than this while vehicles charge
    #[arg(long, value_name = "WATTS", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    site_limit: Option<u32>,
    /// Let vehicles ask over ISO 15118 for the certificate of their contract (2.0.1, 2.1)
    #[arg(long)]
    contracts: bool,
    /// Slots for batteries, so that the manager can order swaps (2.1)
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=64))]
    battery_slots: u32,
    /// What happens, step by step, from a TOML file in place of sessions (docs/emulate.md)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["sessions", "minutes", "remote_start", "arrivals", "faults", "outages"])]
    scenario: Option<PathBuf>,
    /// Minutes between two vehicles at a station, in the mean: they come as they like
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    arrivals: Option<u32>,
    /// Of a hundred sessions, those that a fault of the EVSE ends
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    faults: u8,
    /// Of a hundred sessions, those during which the connection is lost for a while
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    outages: u8,
    /// Makes another fleet: its vehicles, arrivals, faults and outages; the same number, the same fleet
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u32,
    /// Print the outcome as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// Runs the stations to the end of their sessions.
///
/// # Errors
/// [`Failure::Unmet`] when a session was not completed and accepted.
pub(crate) async fn command(args: EmulateArgs) -> Result<(), Failure> {
    let version: Version =
        args.version.parse().map_err(|error| Failure::Usage(format!("--version: {error}")))?;
    let longest = if version == Version::V16 { 20 } else { 36 };
    if args.token.is_empty() || args.token.chars().count() > longest {
        let sentence = format!("--token: a token has 1 to {longest} characters in OCPP {version}");
        return Err(Failure::Usage(sentence));
    }
    let scenario = args.scenario.as_deref().map(|path| Scenario::read(path, longest)).transpose()?;
    let shutdown = CancellationToken::new();
    tokio::spawn(crate::manager::cancel_on_signal(shutdown.clone()));
    let mut tasks = JoinSet::new();
    for number in 1..=args.stations {
        let plan = plan(&args, version, number, scenario.clone());
        let shutdown = shutdown.clone();
        tasks.spawn(async move { emulate(Arc::new(plan), shutdown).await });
    }
    let progress = report::Progress::new(args.stations);
    let mut outcomes = Vec::new();
    while let Some(outcome) = tasks.join_next().await {
        let outcome =
            outcome.map_err(|error| Failure::unavailable("a station's task ended badly", &error))?;
        progress.finished(&outcome);
        outcomes.push(outcome);
    }
    drop(progress);
    outcomes.sort_by(|a, b| a.identity.cmp(&b.identity));
    report::conclude(&outcomes, if args.json { report::Form::Json } else { report::Form::Table })
}

fn plan(args: &EmulateArgs, version: Version, number: u32, scenario: Option<Scenario>) -> StationPlan {
    let identity = if args.stations == 1 { args.id.clone() } else { format!("{}-{number}", args.id) };
    StationPlan {
        url: args.url.clone(),
        identity,
        version,
        password: args.password.as_ref().map(|password| password.clone().into_bytes()),
        tokens: vec![args.token.clone()],
        speed: args.speed,
        sessions: Some(args.sessions),
        minutes: args.minutes,
        meter_interval_s: args.meter_interval,
        number: u64::from(number),
        // Fleets of different seeds have no station in common.
        seed: (u64::from(args.seed) << 32) + u64::from(number),
        evses: scenario.as_ref().map_or(1, Scenario::evses),
        mishaps: Habits {
            arrivals: args.arrivals.map(|minutes| Duration::from_secs(u64::from(minutes) * 60)),
            faults: args.faults,
            outages: args.outages,
        },
        scenario,
        extras: Extras {
            vehicle_needs: args.vehicle_needs,
            contracts: args.contracts,
            site_limit_w: args.site_limit,
            battery_slots: args.battery_slots,
        },
        traffic: if args.remote_start { Traffic::Waiting } else { Traffic::Passing(Arc::default()) },
    }
}
