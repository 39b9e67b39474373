//! One measurement: its phases in their order, and what is read when.
//!
//! ```text
//! a few stations connect, boot and leave; for a reconnect all of them
//! sample → all connect and boot → sample
//! storm:  silence → sample
//! else:   warm-up → sample → measured time → sample
//! sessions in hand are finished, stations leave
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::args::{Mix, name_of};
use super::field::{Field, Measuring, Phase};
use super::plan::{Manners, Pace, Plan};
use super::process::{self, Sample};
use super::report::{
    Calls, Connects, Percentiles, Progress, Run, Sessions, Standing, Traffic, Usage, rounded,
};
use super::station::{Bytes, CALL_DEADLINE, Station, misbehave};
use super::subject::Subject;
use super::tally::Tally;
use crate::exit::Failure;

/// How long all stations may take to connect, beside what the rate of connecting makes them wait. Those
/// that are later miss the beginning; why they were is among the errors.
const CONNECT_WITHIN: Duration = Duration::from_secs(120);
/// How long the manager gets to note that stations left, before they come back; four times as long when all
/// of them left.
const SETTLE: Duration = Duration::from_millis(500);
/// What is used in less time cannot be divided: the system counts CPU time in steps of 10 ms.
const LEAST_CPU_US: f64 = 50_000.0;

/// Measures one subject.
///
/// # Errors
/// [`Failure::Unavailable`] when the measurement cannot be set up.
pub(super) async fn measure(
    plan: &Arc<Plan>,
    manners: Manners,
    subject: &Subject,
    stop: &CancellationToken,
) -> Result<Run, Failure> {
    let tally = Tally::new().map_err(|error| Failure::unavailable("latencies cannot be counted", &error))?;
    let (run, _, _, _) = Uuid::new_v4().as_fields();
    let field = Arc::new(Field::new(Arc::clone(plan), subject.url.clone(), subject.address, run, tally));
    let tasks = TaskTracker::new();
    for number in 0..plan.stations {
        let field = Arc::clone(&field);
        match plan.misbehaves(number, manners) {
            None => tasks.spawn(Station::new(field, number).live()),
            Some(nth) => tasks.spawn(async move { misbehave(&field, number, nth).await }),
        };
    }
    tasks.close();
    let director = Director { field: &field, stop, progress: Progress::new(subject.name) };
    let readings = director.run(subject.pid).await;
    field.enter(Phase::Ending);
    // Whoever stops the measurement still gets its sessions finished. A station whose last call is not
    // answered ends by its own deadline.
    let director = Director { stop: &CancellationToken::new(), ..director };
    director.during("finishing", CALL_DEADLINE * 2, tasks.wait()).await;
    drop(director);
    Ok(conclude(&field, manners, subject, &readings))
}

/// What was read at the turns of the measurement.
struct Readings {
    arrived: u32,
    /// From the first dialling to the last arrival.
    connecting: Duration,
    /// The measured time; in a storm the connecting.
    measured: Duration,
    /// What went over the lines in it.
    traffic: Bytes,
    server: Option<Trace>,
    generator: Option<Trace>,
}

/// The samples of one process.
#[derive(Clone, Copy)]
struct Trace {
    pid: u32,
    before: Sample,
    connected: Sample,
    /// At the beginning and the end of the measured time; in a storm of the silence.
    from: Sample,
    until: Sample,
}

/// Both processes at one moment.
#[derive(Clone, Copy)]
struct Look {
    server: Option<Sample>,
    generator: Option<Sample>,
}

/// `None` when the process was gone at one of the turns.
fn trace(pid: u32, turns: [Option<Sample>; 4]) -> Option<Trace> {
    let [before, connected, from, until] = turns;
    Some(Trace { pid, before: before?, connected: connected?, from: from?, until: until? })
}

struct Director<'a> {
    field: &'a Field,
    stop: &'a CancellationToken,
    progress: Progress,
}

impl Director<'_> {
    async fn run(&self, pid: Option<u32>) -> Readings {
        let plan = &self.field.plan;
        self.during("preparing", CONNECT_WITHIN, self.field.all_arrived()).await;
        self.pause("preparing", if plan.mix == Mix::Reconnect { SETTLE * 4 } else { SETTLE }).await;
        let look =
            || Look { server: pid.and_then(process::sample), generator: process::sample(std::process::id()) };
        let before = look();
        if plan.mix.is_storm() {
            self.field.measure(Measuring::On);
        }
        let traffic = || self.field.tally.traffic.now();
        let (begun, traffic_before) = (Instant::now(), traffic());
        self.field.enter(Phase::Connecting);
        let within = CONNECT_WITHIN + plan.dials_after(plan.stations);
        let all = self.during("connecting", within, self.field.all_arrived()).await;
        let connecting = all.unwrap_or_else(Instant::now).duration_since(begun);
        let connected = look();
        let arrived = self.field.arrived();
        let (from, until, measured, traffic) = if plan.mix.is_storm() {
            self.field.measure(Measuring::Off);
            let traffic = traffic().since(traffic_before);
            self.pause("silent", plan.duration).await;
            (connected, look(), connecting, traffic)
        } else {
            self.field.enter(Phase::Running);
            self.pause("warming up", plan.warm_up).await;
            self.field.measure(Measuring::On);
            let (from, begun, traffic_before) = (look(), Instant::now(), traffic());
            self.pause("measuring", plan.duration).await;
            self.field.measure(Measuring::Off);
            (from, look(), begun.elapsed(), traffic().since(traffic_before))
        };
        let [before, connected, from, until] =
            [before, connected, from, until].map(|look| (look.server, look.generator));
        Readings {
            arrived,
            connecting,
            measured,
            traffic,
            server: pid.and_then(|pid| trace(pid, [before.0, connected.0, from.0, until.0])),
            generator: trace(std::process::id(), [before.1, connected.1, from.1, until.1]),
        }
    }

    async fn pause(&self, what: &str, length: Duration) {
        self.during(what, length, std::future::pending::<()>()).await;
    }

    /// Waits for something for so long at most, and tells meanwhile how it goes. Ends at once when the
    /// measurement is to stop.
    async fn during<T>(&self, what: &str, at_most: Duration, work: impl Future<Output = T>) -> Option<T> {
        let begun = Instant::now();
        let mut every = tokio::time::interval(Duration::from_secs(1));
        let end = tokio::time::sleep(at_most);
        tokio::pin!(work, end);
        loop {
            tokio::select! {
                biased;
                result = &mut work => return Some(result),
                () = self.stop.cancelled() => return None,
                () = &mut end => return None,
                _ = every.tick() => self.progress.tell(what, begun.elapsed(), &self.standing()),
            }
        }
    }

    fn standing(&self) -> Standing {
        let tally = &self.field.tally;
        Standing { arrived: self.field.arrived(), calls: tally.calls(), errors: tally.mishaps_total() }
    }
}

fn conclude(field: &Field, manners: Manners, subject: &Subject, readings: &Readings) -> Run {
    let (plan, tally) = (&field.plan, &field.tally);
    let sum = tally.sum();
    let calls = sum.overall.len();
    let per_second = |count: u64, time: Duration| rounded(count as f64 / time.as_secs_f64().max(1e-6));
    let usage = |trace: Option<Trace>| trace.map(|trace| usage(&trace, plan, readings, calls));
    Run {
        subject: subject.name,
        url: subject.url.clone(),
        stations: plan.stations,
        misbehaving: plan.misbehaving(manners),
        misdeeds: tally.misdeeds(),
        version: name_of(plan.versions),
        mix: name_of(plan.mix),
        paced_ms: match plan.pace {
            Pace::ClosedLoop => None,
            Pace::Every(interval) => u64::try_from(interval.as_millis()).ok(),
        },
        connects: Connects {
            arrived: readings.arrived,
            seconds: (readings.connecting.as_secs_f64() * 1000.0).round() / 1000.0,
            per_second: per_second(readings.arrived.into(), readings.connecting),
            handshake_us: Percentiles::of(&tally.handshakes()),
        },
        compressed: plan.compresses,
        traffic: Traffic {
            from_stations: readings.traffic.sent,
            to_stations: readings.traffic.received,
            bytes_per_call: each((readings.traffic.sent + readings.traffic.received) as f64, calls),
        },
        calls: Calls {
            seconds: (readings.measured.as_secs_f64() * 1000.0).round() / 1000.0,
            count: calls,
            per_second: per_second(calls, readings.measured),
            latency_us: Percentiles::of(&sum.overall),
            by_action: sum.by_action.iter().map(|(name, l)| (*name, Percentiles::of(l))).collect(),
        },
        sessions: Sessions { started: tally.started(), completed: tally.completed() },
        commands_refused: tally.commands(),
        errors_total: tally.mishaps_total(),
        errors: tally.mishaps(),
        server: usage(readings.server),
        generator: usage(readings.generator),
    }
}

#[allow(clippy::cast_precision_loss)] // Calls fit.
fn each(total: f64, count: u64) -> Option<f64> {
    (count > 0).then(|| rounded(total / count as f64))
}

#[allow(clippy::cast_precision_loss)] // Kilobytes fit.
fn usage(trace: &Trace, plan: &Plan, readings: &Readings, calls: u64) -> Usage {
    let microseconds = |from: Sample, until: Sample| until.cpu.saturating_sub(from.cpu).as_secs_f64() * 1e6;
    let cpu_of_each = |cpu: f64, count: u64| each(cpu, count).filter(|_| cpu >= LEAST_CPU_US);
    let (cpu, settled) = if plan.mix.is_storm() {
        (microseconds(trace.before, trace.connected), trace.until)
    } else {
        (microseconds(trace.from, trace.until), trace.connected)
    };
    let arrived = u64::from(readings.arrived);
    let grown = settled.resident_kb as f64 - trace.before.resident_kb as f64;
    Usage {
        pid: trace.pid,
        cpu_seconds: rounded(cpu / 1e6),
        cpu_us_per_call: cpu_of_each(cpu, calls),
        connect_cpu_us_per_station: cpu_of_each(microseconds(trace.before, trace.connected), arrived),
        resident_kb_before: trace.before.resident_kb,
        resident_kb_connected: trace.connected.resident_kb,
        resident_kb_at_end: trace.until.resident_kb,
        resident_kb_per_station: each(grown, arrived),
        threads: trace.until.threads,
    }
}
