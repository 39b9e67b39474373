//! What a process has used, read from `/proc` (Linux).

use std::time::Duration;

/// What a process has used up to a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    /// User and system time of all its threads. The system counts it in steps of 10 ms.
    pub(super) cpu: Duration,
    /// What of its memory is in RAM, in kB (1024 bytes).
    pub(super) resident_kb: u64,
    pub(super) threads: u64,
}

/// Looks at a process; `None` when it is gone or the system does not tell.
pub(super) fn sample(pid: u32) -> Option<Sample> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let number = |name: &str| -> Option<u64> {
        status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
    };
    Some(Sample { cpu: cpu_in(&stat)?, resident_kb: number("VmRSS:")?, threads: number("Threads:")? })
}

/// Fields 14 and 15 of the line. The name of the program, field 2, is in brackets and can hold anything.
fn cpu_in(stat: &str) -> Option<Duration> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11).map(str::parse::<u64>);
    let ticks = fields.next()?.ok()? + fields.next()?.ok()?;
    Some(Duration::from_secs(1).mul_f64(precise(ticks) / precise(ticks_per_second())))
}

#[allow(clippy::cast_precision_loss)] // Ticks of centuries fit.
const fn precise(ticks: u64) -> f64 {
    ticks as f64
}

#[cfg(unix)]
fn ticks_per_second() -> u64 {
    rustix::param::clock_ticks_per_second().max(1)
}

#[cfg(not(unix))]
const fn ticks_per_second() -> u64 {
    100
}
