//! What all stations of one measurement share.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use tokio::sync::{Notify, Semaphore, watch};

use super::plan::Plan;
use super::tally::Tally;

/// Where a measurement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// A few stations connect, boot and leave, so that the manager's first steps are behind it; before a
    /// storm of known stations all do.
    Preparing,
    /// Stations connect, and wait when they are ready.
    Connecting,
    /// Stations call.
    Running,
    /// Stations finish what is in hand and leave.
    Ending,
}

pub(super) struct Field {
    pub(super) plan: Arc<Plan>,
    /// The URL of the manager without the identity and without a slash at its end.
    pub(super) url: String,
    pub(super) address: SocketAddr,
    /// Distinguishes this run's transactions and messages from those of other runs.
    pub(super) run: u32,
    pub(super) tally: Tally,
    /// Who may shake hands at this moment.
    pub(super) door: Semaphore,
    phase: watch::Sender<Phase>,
    /// The same as a phase of [`Phase::Ending`], cheap to ask.
    is_ending: AtomicBool,
    is_measuring: AtomicBool,
    /// Stations that have come as far as the present phase asks.
    arrived: AtomicU32,
    all_arrived: Notify,
}

impl Field {
    pub(super) fn new(plan: Arc<Plan>, url: String, address: SocketAddr, run: u32, tally: Tally) -> Field {
        let door = Semaphore::new(plan.connecting as usize);
        Field {
            plan,
            url,
            address,
            run,
            tally,
            door,
            phase: watch::Sender::new(Phase::Preparing),
            is_ending: AtomicBool::new(false),
            is_measuring: AtomicBool::new(false),
            arrived: AtomicU32::new(0),
            all_arrived: Notify::new(),
        }
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.is_ending.store(phase == Phase::Ending, Ordering::Relaxed);
        if phase == Phase::Connecting {
            // Who was here to prepare comes again.
            self.arrived.store(0, Ordering::Relaxed);
        }
        self.phase.send_replace(phase);
    }

    pub(super) fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Relaxed)
    }

    /// Returns when the phase has come, at once when it is over already.
    pub(super) async fn phase(&self, phase: Phase) {
        // The sender lives as long as the field, so that waiting cannot fail.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }

    pub(super) fn measure(&self, measure: Measuring) {
        self.is_measuring.store(measure == Measuring::On, Ordering::Relaxed);
    }

    pub(super) fn is_measuring(&self) -> bool {
        self.is_measuring.load(Ordering::Relaxed)
    }

    /// A station has come as far as the present phase asks.
    pub(super) fn arrive(&self) {
        let awaited = match *self.phase.borrow() {
            Phase::Preparing => self.plan.prepared(),
            _ => self.plan.stations,
        };
        if self.arrived.fetch_add(1, Ordering::Relaxed) + 1 == awaited {
            self.all_arrived.notify_one();
        }
    }

    pub(super) fn arrived(&self) -> u32 {
        self.arrived.load(Ordering::Relaxed)
    }

    /// The moment when every station has arrived.
    pub(super) async fn all_arrived(&self) -> Instant {
        self.all_arrived.notified().await;
        Instant::now()
    }
}

/// Whether answers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measuring {
    On,
    Off,
}
