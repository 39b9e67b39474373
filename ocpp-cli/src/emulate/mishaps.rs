//! What makes a fleet behave like one in the field: vehicles that come as they like, EVSEs that break down, connections
//! that are lost. The same seed makes the same of it.

use std::ops::Range;
use std::time::Duration;

use ocpp_core::model::EvseId;

use super::scene::Chance;

/// How regularly vehicles come, and how often something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Habits {
    /// The mean time between two vehicles; as long as it takes elsewhere where there is none.
    pub(crate) arrivals: Option<Duration>,
    /// Of a hundred sessions, those that a fault of the EVSE ends.
    pub(crate) faults: u8,
    /// Of a hundred sessions, those during which the connection is lost for a while.
    pub(crate) outages: u8,
}

/// How long an EVSE is broken, in seconds.
const BROKEN_S: Range<f64> = 120.0..900.0;
/// How long a connection is lost, in seconds.
const LOST_S: Range<f64> = 30.0..300.0;
/// No pause is longer than so many mean times.
const MOST_MEANS: f64 = 5.0;

impl Habits {
    /// The time until the next vehicle: a random one of this many seconds, or of the mean time, as arrivals that know
    /// nothing of each other have it.
    pub(super) fn pause(&self, chance: &mut Chance, usual_s: Range<f64>) -> Duration {
        let one = chance.next();
        let seconds = match self.arrivals {
            None => within(&usual_s, one),
            Some(mean) => -(1.0 - one).max(f64::MIN_POSITIVE).ln().max(-MOST_MEANS) * mean.as_secs_f64(),
        };
        Duration::from_secs_f64(seconds)
    }

    /// What a visit may take longer by all of this.
    pub(super) fn longest(&self) -> Duration {
        let arrivals = self.arrivals.map(|mean| mean.mul_f64(MOST_MEANS)).unwrap_or_default();
        let broken = if self.faults > 0 { BROKEN_S.end } else { 0.0 };
        let lost = if self.outages > 0 { LOST_S.end } else { 0.0 };
        arrivals + Duration::from_secs_f64(broken + lost)
    }
}

/// Something that goes wrong, or is put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    Fault(EvseId),
    Mend(EvseId),
    /// The connection is lost for so long.
    Offline(Duration),
}

/// What is to go wrong at a station.
#[derive(Debug)]
pub(super) struct Mishaps {
    habits: Habits,
    planned: Vec<(Duration, Mishap)>,
}

impl Mishaps {
    pub(super) const fn new(habits: Habits) -> Mishaps {
        Mishaps { habits, planned: Vec::new() }
    }

    pub(super) const fn habits(&self) -> Habits {
        self.habits
    }

    /// Decides what goes wrong in a session that begins now and lasts so long.
    pub(super) fn plan(&mut self, evse: EvseId, now: Duration, lasts: Duration, chance: &mut Chance) {
        // The numbers are drawn whatever comes of them, so that one habit does not change the course of another.
        let [broken, broken_at, broken_for] = [chance.next(), chance.next(), chance.next()];
        let [lost, lost_at, lost_for] = [chance.next(), chance.next(), chance.next()];
        if broken * 100.0 < f64::from(self.habits.faults) {
            let at = now + lasts.mul_f64(broken_at);
            self.planned.push((at, Mishap::Fault(evse)));
            let mended = at + Duration::from_secs_f64(within(&BROKEN_S, broken_for));
            self.planned.push((mended, Mishap::Mend(evse)));
        }
        if lost * 100.0 < f64::from(self.habits.outages) {
            let lasting = Duration::from_secs_f64(within(&LOST_S, lost_for));
            self.planned.push((now + lasts.mul_f64(lost_at), Mishap::Offline(lasting)));
        }
    }

    /// What goes wrong by now, one after the other.
    pub(super) fn next(&mut self, now: Duration) -> Option<Mishap> {
        let due = self.planned.iter().enumerate().filter(|(_, (at, _))| *at <= now);
        let (first, _) = due.min_by_key(|(_, (at, _))| *at)?;
        Some(self.planned.remove(first).1)
    }

    /// Whether an EVSE is broken, or will be.
    pub(super) fn is_faulted(&self, evse: EvseId) -> bool {
        self.planned.iter().any(|(_, mishap)| *mishap == Mishap::Mend(evse))
    }
}

fn within(range: &Range<f64>, share: f64) -> f64 {
    range.start + (range.end - range.start) * share
}
