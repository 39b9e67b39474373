//! The step of a profile that holds at a moment, and the moments at which steps change.

use alloc::collections::BTreeSet;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Course, Installed, per_ampere};
use crate::model::{ChargingProfile, ChargingSchedule, ProfileKind, RateUnit, SchedulePeriod};

/// The step of a profile that holds at a moment.
pub(super) struct Active<'p> {
    schedule: &'p ChargingSchedule,
    period: &'p SchedulePeriod,
}

impl<'p> Active<'p> {
    /// `None` when the profile says nothing of that moment. Of several schedules the first counts: which one a
    /// vehicle chose is not known here.
    pub(super) fn of(profile: &'p ChargingProfile, course: &Course, at: Timestamp) -> Option<Active<'p>> {
        if profile.valid_from.is_some_and(|from| at < from) || profile.valid_to.is_some_and(|to| at >= to) {
            return None;
        }
        let schedule = profile.schedules.first()?;
        let start = start_at(profile, schedule, course, at)?;
        let elapsed = at.as_second().checked_sub(start)?;
        if elapsed < 0 || schedule.duration_s.is_some_and(|duration| elapsed >= i64::from(duration)) {
            return None;
        }
        let begun = |period: &&SchedulePeriod| i64::from(period.start_s) <= elapsed;
        let period = schedule.periods.iter().rev().find(begun)?;
        Some(Active { schedule, period })
    }

    /// Its limit in W, where it has one.
    pub(super) fn limit_w(&self, course: &Course) -> Option<Decimal> {
        let limit = self.period.limit?;
        Some(match self.schedule.unit {
            RateUnit::W => limit,
            RateUnit::A => {
                limit.saturating_mul(per_ampere(course, self.period.phases.unwrap_or(course.phases)))
            }
        })
    }
}

/// The second from which the steps count at a moment.
fn start_at(
    profile: &ChargingProfile,
    schedule: &ChargingSchedule,
    course: &Course,
    at: Timestamp,
) -> Option<i64> {
    match profile.kind {
        ProfileKind::Absolute => Some(schedule.start?.as_second()),
        ProfileKind::Relative => Some(course.since?.as_second()),
        ProfileKind::Dynamic => {
            Some(schedule.start.or(profile.valid_from).unwrap_or(Timestamp::UNIX_EPOCH).as_second())
        }
        ProfileKind::Recurring => {
            let first = schedule.start?.as_second();
            let cycle = profile.recurrency?.seconds();
            let since = at.as_second().checked_sub(first).filter(|since| *since >= 0)?;
            at.as_second().checked_sub(since.rem_euclid(cycle))
        }
    }
}

/// The seconds after `from` at which a step may change, in order, 0 among them.
pub(super) fn boundaries(
    profiles: &[Installed<'_>],
    course: &Course,
    from: Timestamp,
    duration_s: u32,
) -> BTreeSet<u32> {
    let mut all = BTreeSet::from([0]);
    let begin = from.as_second();
    let mut add = |second: i64| {
        if let Some(offset) = second.checked_sub(begin).and_then(|offset| u32::try_from(offset).ok())
            && offset < duration_s
        {
            all.insert(offset);
        }
    };
    for Installed { profile, .. } in profiles {
        [profile.valid_from, profile.valid_to].into_iter().flatten().for_each(|at| add(second_of(at)));
        let Some(schedule) = profile.schedules.first() else { continue };
        // A recurring one that has not begun begins with its first start.
        let first = schedule.start.filter(|_| profile.kind == ProfileKind::Recurring);
        let start = start_at(profile, schedule, course, from).or(first.map(Timestamp::as_second));
        let Some(start) = start else { continue };
        let cycle = match profile.kind {
            ProfileKind::Recurring => profile.recurrency.map(crate::model::Recurrency::seconds),
            _ => None,
        };
        let end = begin.saturating_add(i64::from(duration_s));
        let mut start = start;
        while start < end {
            let steps = schedule.periods.iter().map(|period| period.start_s).chain(schedule.duration_s);
            steps.for_each(|step| add(start.saturating_add(i64::from(step))));
            add(start);
            match cycle {
                Some(cycle) => start = start.saturating_add(cycle),
                None => break,
            }
        }
    }
    all
}

/// The first whole second that is not before a moment.
fn second_of(at: Timestamp) -> i64 {
    at.as_second().saturating_add(i64::from(at.subsec_nanosecond() > 0))
}
