//! What a driver can expect of a site by what was there before: how full it is at which hour of the week, and how much
//! longer a vehicle is likely to stay.
//!
//! Both come out of the courses of ports ([`availability`](crate::availability)), and say nothing where there is too
//! little to go by.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::availability::usage::{HOURS_OF_WEEK, HourOfWeek};
use crate::availability::{Course, PortState, Second};

/// The hours of a week, Monday 0 to 1 o'clock first.
pub const HOURS: usize = HOURS_OF_WEEK;
/// How much of an hour of the week has to be known, over all ports and weeks, before it is told.
const LEAST_KNOWN: i64 = 2 * 3600;
/// How many stays have to be known before anything is told of how long they take.
const LEAST_STAYS: usize = 20;
/// How many of them have to have been longer than the present one is already.
const LEAST_LONGER: usize = 5;

/// The habits at one place, or at several together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habits {
    /// Seconds in which vehicles were there, and seconds of which it is known, for each hour of the week.
    hours: Vec<(i64, i64)>,
    /// How long vehicles stayed, in seconds, the shortest first.
    stays: Vec<i64>,
}

/// What a state tells of whether a vehicle was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    There,
    Free,
    /// Nobody knows, or nobody could have come.
    Untold,
}

impl Habits {
    /// The habits that courses of ports show; hours are those of `zone`, summer time or not.
    #[must_use]
    pub fn of(courses: &[Course], zone: &TimeZone) -> Habits {
        let mut habits = Habits { hours: vec![(0, 0); HOURS], stays: Vec::new() };
        courses.iter().for_each(|course| habits.add(course, zone));
        habits.stays.sort_unstable();
        habits
    }

    fn add(&mut self, course: &Course, zone: &TimeZone) {
        let mut begun: Option<Second> = None;
        let mut before = Presence::Untold;
        for piece in course.pieces() {
            let now = presence(piece.state);
            if now != Presence::Untold {
                self.count(now == Presence::There, piece.span.from(), piece.span.to(), zone);
            }
            match (before, now) {
                (Presence::Free, Presence::There) => begun = Some(piece.span.from()),
                (Presence::There, Presence::Free) => {
                    self.stays.extend(begun.take().map(|begun| piece.span.from().0 - begun.0));
                }
                // Of a stay only both ends make a length.
                (_, Presence::Untold) => begun = None,
                _ => {}
            }
            before = now;
        }
    }

    /// Counts a stretch for the hours of the week that it touches.
    fn count(&mut self, is_there: bool, from: Second, to: Second, zone: &TimeZone) {
        let mut at = from;
        while at < to {
            let (hour, left) = hour_of_week(at.timestamp(), zone);
            let until = to.min(at.plus(left));
            let seconds = until.0 - at.0;
            if let Some((there, known)) = self.hours.get_mut(hour) {
                *there += if is_there { seconds } else { 0 };
                *known += seconds;
            }
            at = until;
        }
    }

    /// How full it is at an hour of the week, in percent of the time of its ports: 0 is Monday from 0 to 1 o'clock.
    /// `None` when less than two hours of it are known.
    #[must_use]
    pub fn occupied_percent(&self, hour: usize) -> Option<u8> {
        let (there, known) = *self.hours.get(hour)?;
        if known < LEAST_KNOWN {
            return None;
        }
        u8::try_from((there * 100 + known / 2) / known).ok()
    }

    /// How much longer a vehicle is likely to stay that has been there for `elapsed`: the median of what was left of
    /// those stays that were longer. `None` when fewer than 20 stays are known, or fewer than 5 were longer.
    #[must_use]
    pub fn likely_rest(&self, elapsed: SignedDuration) -> Option<SignedDuration> {
        if self.stays.len() < LEAST_STAYS {
            return None;
        }
        let elapsed = elapsed.as_secs().max(0);
        let longer = self.stays.get(self.stays.partition_point(|stay| *stay <= elapsed)..)?;
        if longer.len() < LEAST_LONGER {
            return None;
        }
        let (low, high) = (longer.get((longer.len() - 1) / 2)?, longer.get(longer.len() / 2)?);
        Some(SignedDuration::from_secs((low + high) / 2 - elapsed))
    }
}

/// The hour of the week of a moment, and how many seconds it goes on; an offset of a part of an hour is minded.
fn hour_of_week(at: Timestamp, zone: &TimeZone) -> (usize, i64) {
    let local = zone.to_datetime(at);
    let gone = i64::from(local.minute()) * 60 + i64::from(local.second());
    (HourOfWeek::of(at, zone).index(), (3600 - gone).max(1))
}

const fn presence(state: PortState) -> Presence {
    match state {
        occupied if occupied.is_occupied() => Presence::There,
        PortState::Available | PortState::Reserved => Presence::Free,
        // A derated port may be free or not.
        _ => Presence::Untold,
    }
}
