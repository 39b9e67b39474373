//! Telling the figures: progress on standard error, a table or JSON on standard output.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::tally::Latencies;
use crate::exit::Failure;

/// How the figures are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Table,
    Json,
}

/// What one subject did.
#[derive(Debug, Serialize)]
pub(super) struct Run {
    /// `floor`, `durable_floor`, `understanding_floor` or `server`.
    pub(super) subject: &'static str,
    pub(super) url: String,
    pub(super) stations: u32,
    /// How many of them misbehave; what is told of calls, sessions and errors is of the others.
    pub(super) misbehaving: u32,
    /// What they did, by kinds.
    pub(super) misdeeds: BTreeMap<&'static str, u64>,
    pub(super) version: String,
    pub(super) mix: String,
    /// The time between two calls of a station; none in a closed loop.
    pub(super) paced_ms: Option<u64>,
    /// Whether they compress.
    pub(super) compressed: bool,
    pub(super) connects: Connects,
    pub(super) traffic: Traffic,
    pub(super) calls: Calls,
    /// Over the whole run, as they were acknowledged.
    pub(super) sessions: Sessions,
    /// Calls of the manager, each answered with NotSupported.
    pub(super) commands_refused: u64,
    pub(super) errors_total: u64,
    pub(super) errors: BTreeMap<String, u64>,
    pub(super) server: Option<Usage>,
    pub(super) generator: Option<Usage>,
}

/// How stations connected; in `connect` booting belongs to it.
#[derive(Debug, Serialize)]
pub(super) struct Connects {
    /// Stations that were connected (and booted) before the time was over.
    pub(super) arrived: u32,
    pub(super) seconds: f64,
    pub(super) per_second: f64,
    /// From dialling to the completed WebSocket, of every connection of the run.
    pub(super) handshake_us: Percentiles,
}

/// Bytes on the lines in the measured time, without what TCP and IP add.
#[derive(Debug, Serialize)]
pub(super) struct Traffic {
    pub(super) from_stations: u64,
    pub(super) to_stations: u64,
    /// Both ways, call and answer.
    pub(super) bytes_per_call: Option<f64>,
}

/// The calls of the measured time.
#[derive(Debug, Serialize)]
pub(super) struct Calls {
    pub(super) seconds: f64,
    pub(super) count: u64,
    pub(super) per_second: f64,
    pub(super) latency_us: Percentiles,
    pub(super) by_action: BTreeMap<&'static str, Percentiles>,
}

#[derive(Debug, Serialize)]
pub(super) struct Sessions {
    pub(super) started: u64,
    pub(super) completed: u64,
}

/// Latencies in microseconds.
#[derive(Debug, Serialize)]
pub(super) struct Percentiles {
    count: u64,
    p50: u64,
    p90: u64,
    p99: u64,
    p99_9: u64,
    max: u64,
}

impl Percentiles {
    pub(super) fn of(latencies: &Latencies) -> Percentiles {
        Percentiles {
            count: latencies.len(),
            p50: latencies.value_at_quantile(0.5),
            p90: latencies.value_at_quantile(0.9),
            p99: latencies.value_at_quantile(0.99),
            p99_9: latencies.value_at_quantile(0.999),
            max: latencies.max(),
        }
    }
}

/// What a process used.
#[derive(Debug, Serialize)]
pub(super) struct Usage {
    pub(super) pid: u32,
    /// In the measured time; in a storm while stations connected.
    pub(super) cpu_seconds: f64,
    /// None when the time is too short to be divided: the system counts in steps of 10 ms.
    pub(super) cpu_us_per_call: Option<f64>,
    /// From the first dialling to the last arrival.
    pub(super) connect_cpu_us_per_station: Option<f64>,
    pub(super) resident_kb_before: u64,
    pub(super) resident_kb_connected: u64,
    pub(super) resident_kb_at_end: u64,
    /// What it grew by until all stations were connected; in a storm until the silence was over.
    pub(super) resident_kb_per_station: Option<f64>,
    pub(super) threads: u64,
}

/// The figures of one subject as multiples of another's.
#[derive(Debug, Serialize)]
struct Ratio {
    cpu_per_call: Option<f64>,
    connect_cpu_per_station: Option<f64>,
    connect_seconds: Option<f64>,
    latency_p99: Option<f64>,
}

/// How the others fare when some misbehave, as multiples of when all behave.
#[derive(Debug, Serialize)]
struct Fairness {
    latency_p50: Option<f64>,
    latency_p99: Option<f64>,
}

/// To two digits behind the point.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Everything that is printed.
#[derive(Debug, Serialize)]
struct Figures {
    runs: Vec<Run>,
    /// The server and the floor.
    ratio: Option<Ratio>,
    /// The server and the durable floor.
    ratio_to_durable_floor: Option<Ratio>,
    /// The durable floor and the floor.
    ratio_of_durable_floor: Option<Ratio>,
    /// The server and the understanding floor.
    ratio_to_understanding_floor: Option<Ratio>,
    /// The understanding floor and the floor.
    ratio_of_understanding_floor: Option<Ratio>,
    fairness: Option<Fairness>,
}

/// Prints the figures.
///
/// # Errors
/// [`Failure::Unmet`] when an error occurred.
pub(super) fn conclude(runs: Vec<Run>, form: Form) -> Result<(), Failure> {
    let ratio = |floor, above| ratio(&runs, floor, above);
    let figures = Figures {
        ratio: ratio("floor", "server"),
        ratio_to_durable_floor: ratio("durable_floor", "server"),
        ratio_of_durable_floor: ratio("floor", "durable_floor"),
        ratio_to_understanding_floor: ratio("understanding_floor", "server"),
        ratio_of_understanding_floor: ratio("floor", "understanding_floor"),
        fairness: fairness(&runs),
        runs,
    };
    let text = match form {
        Form::Table => table(&figures),
        Form::Json => serde_json::to_string_pretty(&figures)
            .map_err(|error| Failure::unavailable("the figures cannot be written as JSON", &error))?,
    };
    writeln!(std::io::stdout(), "{}", text.trim_end())
        .map_err(|error| Failure::unavailable("standard output cannot be written", &error))?;
    let errors: u64 = figures.runs.iter().map(|run| run.errors_total).sum();
    let late: u32 = figures.runs.iter().map(|run| run.stations - run.connects.arrived).sum();
    match (errors, late) {
        (0, 0) => Ok(()),
        (0, late) => Err(Failure::Unmet(format!("{late} stations were not connected in time"))),
        (errors, _) => Err(Failure::Unmet(format!("{errors} errors occurred; their kinds are listed above"))),
    }
}

#[allow(clippy::cast_precision_loss)] // Microseconds fit.
fn ratio(runs: &[Run], floor: &str, above: &str) -> Option<Ratio> {
    let of = |name: &str| runs.iter().find(|run| run.subject == name);
    let (floor, server) = (of(floor)?, of(above)?);
    let times = |floor: f64, server: f64| (floor > 0.0).then(|| rounded(server / floor));
    let used = |pick: fn(&Usage) -> Option<f64>| {
        times(pick(floor.server.as_ref()?)?, pick(server.server.as_ref()?)?)
    };
    Some(Ratio {
        cpu_per_call: used(|usage| usage.cpu_us_per_call),
        connect_cpu_per_station: used(|usage| usage.connect_cpu_us_per_station),
        connect_seconds: times(floor.connects.seconds, server.connects.seconds),
        latency_p99: times(floor.calls.latency_us.p99 as f64, server.calls.latency_us.p99 as f64),
    })
}

#[allow(clippy::cast_precision_loss)] // Microseconds fit.
fn fairness(runs: &[Run]) -> Option<Fairness> {
    let some = runs.iter().find(|run| run.misbehaving > 0)?;
    let all = runs.iter().find(|run| run.misbehaving == 0)?;
    let times = |pick: fn(&Percentiles) -> u64| {
        let (all, some) = (pick(&all.calls.latency_us), pick(&some.calls.latency_us));
        (all > 0).then(|| rounded(some as f64 / all as f64))
    };
    Some(Fairness { latency_p50: times(|us| us.p50), latency_p99: times(|us| us.p99) })
}

fn table(figures: &Figures) -> String {
    let mut out = String::new();
    for run in &figures.runs {
        // Writing to a string cannot fail, here and below.
        let _ = describe(run, &mut out);
    }
    for (title, ratio) in [
        ("The durable floor, as a multiple of the floor", &figures.ratio_of_durable_floor),
        ("The understanding floor, as a multiple of the floor", &figures.ratio_of_understanding_floor),
        ("The server, as a multiple of the floor", &figures.ratio),
        ("The server, as a multiple of the durable floor", &figures.ratio_to_durable_floor),
        ("The server, as a multiple of the understanding floor", &figures.ratio_to_understanding_floor),
    ] {
        if let Some(ratio) = ratio {
            let _ = describe_ratio(title, ratio, &mut out);
        }
    }
    if let Some(fairness) = &figures.fairness {
        let _ = describe_fairness(fairness, &mut out);
    }
    out
}

fn describe(run: &Run, out: &mut String) -> std::fmt::Result {
    let pace = run.paced_ms.map_or("closed loop".to_owned(), |ms| format!("one call each {ms} ms"));
    writeln!(out, "{} at {}", run.subject, run.url)?;
    writeln!(out, "  load        {} stations, OCPP {}, {}, {pace}", run.stations, run.version, run.mix)?;
    if run.misbehaving > 0 {
        writeln!(out, "  misbehaving {} of them; what follows is of the others", run.misbehaving)?;
        for (kind, count) in &run.misdeeds {
            writeln!(out, "    {count:>8}  {kind}")?;
        }
    }
    let connects = &run.connects;
    writeln!(
        out,
        "  connected   {} of {} in {:.2} s ({:.0}/s), handshake p50 {} ms, p99 {} ms",
        connects.arrived,
        run.stations,
        connects.seconds,
        connects.per_second,
        milliseconds(connects.handshake_us.p50),
        milliseconds(connects.handshake_us.p99)
    )?;
    let calls = &run.calls;
    writeln!(out, "  calls       {} in {:.2} s ({:.0}/s)", calls.count, calls.seconds, calls.per_second)?;
    let traffic = &run.traffic;
    writeln!(
        out,
        "  bytes       {} from stations, {} to them{}{}",
        traffic.from_stations,
        traffic.to_stations,
        traffic.bytes_per_call.map_or_else(String::new, |bytes| format!(", {bytes:.0} a call")),
        if run.compressed { ", compressed" } else { "" }
    )?;
    writeln!(out, "  sessions    {} started, {} completed", run.sessions.started, run.sessions.completed)?;
    if calls.count > 0 {
        let width = 20;
        writeln!(out, "  {:width$}     calls    p50 ms    p90 ms    p99 ms  p99.9 ms    max ms", "latency")?;
        describe_latency("all", &calls.latency_us, out)?;
        for (action, latency) in &calls.by_action {
            describe_latency(action, latency, out)?;
        }
    }
    for (name, usage) in [("server", &run.server), ("generator", &run.generator)] {
        if let Some(usage) = usage {
            describe_usage(name, usage, out)?;
        }
    }
    if run.commands_refused > 0 {
        writeln!(
            out,
            "  commands    {} calls of the manager, answered with NotSupported",
            run.commands_refused
        )?;
    }
    writeln!(out, "  errors      {}", if run.errors.is_empty() { "none" } else { "" })?;
    for (kind, count) in &run.errors {
        writeln!(out, "    {count:>8}  {kind}")?;
    }
    writeln!(out)
}

fn describe_latency(name: &str, latency: &Percentiles, out: &mut String) -> std::fmt::Result {
    let [p50, p90, p99, p99_9, max] =
        [latency.p50, latency.p90, latency.p99, latency.p99_9, latency.max].map(milliseconds);
    writeln!(out, "    {name:18} {:>9} {p50:>9} {p90:>9} {p99:>9} {p99_9:>9} {max:>9}", latency.count)
}

fn describe_usage(name: &str, usage: &Usage, out: &mut String) -> std::fmt::Result {
    let each =
        |value: Option<f64>, unit: &str| value.map_or("–".to_owned(), |value| format!("{value:.1} {unit}"));
    writeln!(
        out,
        "  {name:11} CPU {:.2} s, {} a call, {} a connecting station; {} threads",
        usage.cpu_seconds,
        each(usage.cpu_us_per_call, "µs"),
        each(usage.connect_cpu_us_per_station, "µs"),
        usage.threads
    )?;
    writeln!(
        out,
        "  {:11} memory {} kB before, {} kB connected ({} a station), {} kB at the end",
        "",
        usage.resident_kb_before,
        usage.resident_kb_connected,
        each(usage.resident_kb_per_station, "kB"),
        usage.resident_kb_at_end
    )
}

fn describe_ratio(title: &str, ratio: &Ratio, out: &mut String) -> std::fmt::Result {
    writeln!(out, "{title}")?;
    for (name, value) in [
        ("CPU a call", ratio.cpu_per_call),
        ("CPU a connecting station", ratio.connect_cpu_per_station),
        ("time until all are connected", ratio.connect_seconds),
        ("latency p99", ratio.latency_p99),
    ] {
        if let Some(value) = value {
            writeln!(out, "  {name:28} {value:.2}")?;
        }
    }
    Ok(())
}

fn describe_fairness(fairness: &Fairness, out: &mut String) -> std::fmt::Result {
    writeln!(out, "The others when some misbehave, as a multiple of when all behave")?;
    for (name, value) in [("latency p50", fairness.latency_p50), ("latency p99", fairness.latency_p99)] {
        if let Some(value) = value {
            writeln!(out, "  {name:28} {value:.2}")?;
        }
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss)] // Microseconds fit.
fn milliseconds(microseconds: u64) -> String {
    format!("{:.2}", microseconds as f64 / 1000.0)
}

/// How it goes: one line that changes on a terminal, a new line every few seconds elsewhere.
pub(super) struct Progress {
    subject: &'static str,
    bar: Option<ProgressBar>,
    told: Mutex<Told>,
}

/// What was told last.
struct Told {
    at: Instant,
    line_at: Instant,
    calls: u64,
}

/// How it stands.
pub(super) struct Standing {
    pub(super) arrived: u32,
    /// Answered so far.
    pub(super) calls: u64,
    pub(super) errors: u64,
}

/// How often a line comes where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

impl Progress {
    pub(super) fn new(subject: &'static str) -> Progress {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            bar
        });
        let now = Instant::now();
        Progress { subject, bar, told: Mutex::new(Told { at: now, line_at: now, calls: 0 }) }
    }

    /// Tells what is done and for how long; is to be called about once a second.
    pub(super) fn tell(&self, what: &str, since: Duration, standing: &Standing) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = told.at.elapsed();
        if passed < Duration::from_millis(200) {
            return;
        }
        let calls = standing.calls.saturating_sub(told.calls);
        let text = format!(
            "{}: {what} for {} s, {} stations, {:.0} calls/s, {} errors",
            self.subject,
            since.as_secs(),
            standing.arrived,
            calls as f64 / passed.as_secs_f64(),
            standing.errors
        );
        (told.at, told.calls) = (Instant::now(), standing.calls);
        match &self.bar {
            Some(bar) => {
                bar.set_message(text);
                bar.tick();
            }
            None if told.line_at.elapsed() >= LINE_EVERY => {
                told.line_at = Instant::now();
                eprintln!("{text}");
            }
            None => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
