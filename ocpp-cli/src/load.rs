//! `ocpp load`: many stations at once, and what they cost the manager.
//!
//! ```text
//! args → plan   what is written → what holds (whom to load, with how many stations, for how long)
//! subject       what is measured: a running manager, one started for it, or the floor
//! floor         a server that does the least that an answer takes, or that a durable one takes
//! field         what all stations share: phases and the tally
//! station       one connection: dial, boot, call and check, until the end
//! script        what a station says next, and whether it was answered rightly
//! words         the texts of its calls, 1.6 and 2.x · answer   reading frames without parsing them
//! tally         latencies and mishaps · process   CPU time and memory · limits   open files
//! measure       the phases in their order → Run
//! report        progress, table, JSON
//! ```

mod answer;
mod args;
mod field;
mod floor;
mod limits;
mod measure;
mod plan;
mod process;
mod report;
mod script;
mod station;
mod subject;
mod tally;
mod words;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::exit::Failure;
pub(crate) use args::LoadArgs;
use plan::Plan;
use subject::Subject;

/// Measures what was asked for, one subject after the other, and prints the figures.
///
/// # Errors
/// [`Failure::Unmet`] when a station met an error.
pub(crate) async fn command(args: LoadArgs) -> Result<(), Failure> {
    if let Some(arguments) = &args.floor_server {
        return floor::serve(floor::Floor::of(arguments)?).await;
    }
    let form = if args.json { report::Form::Json } else { report::Form::Table };
    let wanted = subject::Wanted::of(&args)?;
    let plan = Arc::new(Plan::resolve(args)?);
    limits::make_room(plan.stations)?;
    let stop = CancellationToken::new();
    tokio::spawn(crate::manager::cancel_on_signal(stop.clone()));
    #[cfg(unix)]
    tokio::spawn(cancel_on_hangup(stop.clone()));
    let mut runs = Vec::new();
    for wanted in &wanted {
        for manners in plan.manners() {
            // One at a time: a subject that was started here ends before the next one starts.
            let subject = Subject::start(wanted, &plan).await?;
            runs.push(measure::measure(&plan, *manners, &subject, &stop).await?);
        }
    }
    report::conclude(runs, form)
}

/// Cancels when the terminal is closed: what was started here does not outlive it.
#[cfg(unix)]
async fn cancel_on_hangup(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};

    if let Ok(mut hangup) = signal(SignalKind::hangup()) {
        hangup.recv().await;
        stop.cancel();
    }
}
