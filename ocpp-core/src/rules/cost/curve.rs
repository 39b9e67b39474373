//! The energy of a session over time.

use alloc::vec::Vec;

use jiff::Timestamp;

use super::CostError;
use crate::rules::timeline::Timeline;

/// Billionths of a watt-hour in a watt-hour.
pub(super) const NANO: i64 = 1_000_000_000;

/// Energy since the first register in nWh over time since the start in ns; even between two knots.
pub(super) struct Curve {
    knots: Vec<Knot>,
}

#[derive(Clone, Copy)]
struct Knot {
    at: i64,
    energy: i64,
}

/// The part of a curve between two knots.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    from: Knot,
    to: Knot,
}

impl Curve {
    pub(super) fn new(timeline: &Timeline) -> Result<Curve, CostError> {
        let registers = timeline.curve();
        let Some(first) = registers.first().map(|register| register.value) else {
            return Ok(Curve { knots: Vec::new() });
        };
        let overflow = CostError::Overflow("energy");
        let knots = registers
            .iter()
            .map(|register| {
                let energy = register.value.since(first).and_then(|wh| wh.0.checked_mul(NANO));
                let energy = energy.ok_or_else(|| overflow.clone())?;
                Ok(Knot { at: since(timeline.start(), register.at)?, energy })
            })
            .collect::<Result<_, CostError>>()?;
        Ok(Curve { knots })
    }

    /// The stretch number `index`, as long as there is one.
    pub(super) fn stretch(&self, index: usize) -> Option<Stretch> {
        Some(Stretch { from: *self.knots.get(index)?, to: *self.knots.get(index + 1)? })
    }

    /// The energy at a moment, cut down to the nWh.
    pub(super) fn energy_at(&self, at: i64) -> i64 {
        let after = self.knots.partition_point(|knot| knot.at <= at);
        match (after.checked_sub(1), self.knots.get(after)) {
            (None, _) => 0,
            (Some(before), None) => self.knots[before].energy,
            (Some(before), Some(&to)) => Stretch { from: self.knots[before], to }.energy_at(at),
        }
    }
}

impl Stretch {
    pub(super) fn start(self) -> i64 {
        self.from.at
    }

    pub(super) fn end(self) -> i64 {
        self.to.at
    }

    fn rise(self) -> i128 {
        i128::from(self.to.energy) - i128::from(self.from.energy)
    }

    fn length(self) -> i128 {
        i128::from(self.to.at) - i128::from(self.from.at)
    }

    pub(super) fn rises(self) -> bool {
        self.to.energy > self.from.energy
    }

    /// The energy at a moment within the stretch, cut down to the nWh.
    pub(super) fn energy_at(self, at: i64) -> i64 {
        if at >= self.to.at {
            return self.to.energy;
        }
        // Both factors have at most 63 bits and the quotient is within the rise.
        let risen = self.rise() * (i128::from(at) - i128::from(self.from.at)) / self.length();
        self.from.energy + i64::try_from(risen).unwrap_or(0)
    }

    /// The first nanosecond at which `energy` is reached, when the stretch reaches it.
    pub(super) fn reaches(self, energy: i64) -> Option<i64> {
        if !self.rises() || energy > self.to.energy {
            return None;
        }
        let missing = i128::from(energy) - i128::from(self.from.energy);
        if missing <= 0 {
            return Some(self.from.at);
        }
        let (numerator, rise) = (missing * self.length(), self.rise());
        let after = numerator / rise + i128::from(numerator % rise != 0);
        i64::try_from(after).ok().map(|after| self.from.at + after)
    }

    /// The power in mW, cut down.
    pub(super) fn milliwatts(self) -> i64 {
        let power = self.rise() * 3_600_000 / self.length().max(1);
        i64::try_from(power).unwrap_or(i64::MAX)
    }
}

/// Nanoseconds from one moment to another.
pub(super) fn since(start: Timestamp, at: Timestamp) -> Result<i64, CostError> {
    i64::try_from(at.as_nanosecond() - start.as_nanosecond()).map_err(|_| CostError::TooLong)
}
