//! Telling how the stations fare: progress on standard error, the outcome at the end.

use std::io::Write;

use indicatif::{ProgressBar, ProgressStyle};

use super::Emulated;
use crate::exit::Failure;

/// How the outcome is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Table,
    Json,
}

/// A bar that counts the stations that are done; nothing where standard error is no terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(stations: u32) -> Progress {
        let bar = ProgressBar::new(u64::from(stations));
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} stations done, {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(std::time::Duration::from_secs(1));
        Progress(bar)
    }

    pub(super) fn finished(&self, station: &Emulated) {
        for problem in &station.problems {
            self.0.suspend(|| eprintln!("{}: {problem}", station.identity));
        }
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Prints the outcome.
///
/// # Errors
/// [`Failure::Unmet`] when a station has a problem.
pub(super) fn conclude(stations: &[Emulated], form: Form) -> Result<(), Failure> {
    let text = match form {
        Form::Table => table(stations),
        Form::Json => serde_json::to_string_pretty(stations).unwrap_or_default(),
    };
    writeln!(std::io::stdout(), "{text}")
        .map_err(|error| Failure::unavailable("standard output cannot be written", &error))?;
    let unwell = stations.iter().filter(|station| !station.problems.is_empty()).count();
    if unwell == 0 {
        return Ok(());
    }
    Err(Failure::Unmet(format!("{unwell} of {} stations did not complete every session", stations.len())))
}

fn table(stations: &[Emulated]) -> String {
    let width = stations.iter().map(|station| station.identity.chars().count()).max().unwrap_or(0).max(7);
    let mut lines = vec![format!("{:width$}  sessions  energy     outcome", "station")];
    for station in stations {
        let outcome = if station.problems.is_empty() { "completed" } else { "failed" };
        let (whole, rest) = (station.energy_wh / 1000, station.energy_wh % 1000 / 10);
        lines.push(format!(
            "{:width$}  {:8}  {:>6}.{rest:02} kWh  {outcome}",
            station.identity, station.sessions, whole
        ));
    }
    lines.join("\n")
}
