//! Local time: when conditions on times of day, weekdays and dates change.

use alloc::vec::Vec;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::CostError;
use super::curve::NANO;
use crate::rules::tariff::{Conditions, DayOfWeek, TimeOfDay};

const DAY: i64 = 86_400;
const MINUTE: i64 = 60;

/// What conditions ask of the local time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct When {
    /// Minutes of the day; the end is after the start, or before it when the night is meant.
    minutes: Option<(u16, u16)>,
    /// One bit for each day, Monday the lowest; 0 is every day.
    days: u8,
    /// Days since 1970.
    dates: (Option<i64>, Option<i64>),
}

/// A moment in local time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local {
    /// Days since 1970.
    day: i64,
    minute: u16,
}

impl When {
    pub(super) fn of(conditions: &Conditions) -> When {
        let (start, end) = (conditions.start_time_of_day, conditions.end_time_of_day);
        let minutes = (start.is_some() || end.is_some()).then(|| {
            let end = end.filter(|end| *end != TimeOfDay::MIDNIGHT).map_or(24 * 60, TimeOfDay::minutes);
            (start.map_or(0, TimeOfDay::minutes), end)
        });
        let days = conditions.day_of_week.iter().fold(0, |bits, day| bits | bit(*day));
        let dates = (conditions.valid_from_date.map(day_number), conditions.valid_to_date.map(day_number));
        When { minutes, days, dates }
    }

    pub(super) fn is_always(&self) -> bool {
        *self == When::default()
    }

    pub(super) fn holds(&self, local: Local) -> bool {
        let minute = local.minute;
        let in_time = self.minutes.is_none_or(|(start, end)| {
            if end < start { minute >= start || minute < end } else { minute >= start && minute < end }
        });
        in_time
            && (self.days == 0 || self.days & (1 << weekday(local.day)) != 0)
            && self.dates.0.is_none_or(|from| local.day >= from)
            && self.dates.1.is_none_or(|to| local.day < to)
    }
}

const fn bit(day: DayOfWeek) -> u8 {
    1 << day as u8
}

/// Monday is 0; the first of January 1970 was a Thursday.
fn weekday(day: i64) -> u8 {
    u8::try_from((day + 3).rem_euclid(7)).unwrap_or(0)
}

fn day_number(day: Date) -> i64 {
    day.duration_since(date(1970, 1, 1)).as_secs() / DAY
}

/// From when on it is which local time, as far as a change could matter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// In ns since the start.
    pub(super) at: i64,
    pub(super) local: Local,
}

/// The local time at a moment.
pub(super) fn local_at(zone: &TimeZone, at: Timestamp) -> Local {
    local(at.as_second() + offset(zone, at))
}

fn offset(zone: &TimeZone, at: Timestamp) -> i64 {
    i64::from(zone.to_offset(at).seconds())
}

fn local(second: i64) -> Local {
    let minute = second.rem_euclid(DAY) / MINUTE;
    Local { day: second.div_euclid(DAY), minute: u16::try_from(minute).unwrap_or(0) }
}

/// All moments from the start up to `length` ns later at which one of `conditions` may begin or cease to hold.
///
/// Between two changes of the zone's offset local time runs evenly, so that a time of day is found by
/// arithmetic; at such a change everything is looked at anew (I12.FR.37).
pub(super) fn cuts<'w>(
    conditions: impl Iterator<Item = &'w When>,
    zone: &TimeZone,
    start: Timestamp,
    length: i64,
) -> Result<Vec<Cut>, CostError> {
    let mut cuts = Vec::from([Cut { at: 0, local: local_at(zone, start) }]);
    let minutes = minutes_of_change(conditions);
    if minutes.is_empty() {
        return Ok(cuts);
    }
    let end = start.checked_add(SignedDuration::from_nanos(length)).map_err(|_| CostError::TooLong)?;
    let mut from = start;
    loop {
        let change = zone.following(from).next().map(|transition| transition.timestamp());
        let to = change.filter(|change| *change < end).unwrap_or(end);
        even_time(&mut cuts, &minutes, offset(zone, from), start, (from, to));
        if to >= end {
            return Ok(cuts);
        }
        cuts.push(Cut { at: nanoseconds(start, to.as_second()), local: local_at(zone, to) });
        from = to;
    }
}

/// The minutes of the day at which something changes; midnight is one when days matter.
fn minutes_of_change<'w>(conditions: impl Iterator<Item = &'w When>) -> Vec<u16> {
    let mut minutes: Vec<u16> = conditions
        .filter(|when| !when.is_always())
        .flat_map(|when| {
            let (start, end) = when.minutes.unwrap_or_default();
            [0, start, end % (24 * 60)]
        })
        .collect();
    minutes.sort_unstable();
    minutes.dedup();
    minutes
}

/// The cuts strictly between two moments with the same offset between them.
fn even_time(
    cuts: &mut Vec<Cut>,
    minutes: &[u16],
    offset: i64,
    start: Timestamp,
    (from, to): (Timestamp, Timestamp),
) {
    let (first, last) = (from.as_second() + offset, to.as_second() + offset);
    for day in first.div_euclid(DAY)..=last.div_euclid(DAY) {
        for &minute in minutes {
            let second = day * DAY + i64::from(minute) * MINUTE;
            // A moment within the first second counts when it is not before `from`.
            let at = nanoseconds(start, second - offset);
            if at > nanoseconds_of(start, from) && at < nanoseconds_of(start, to) {
                cuts.push(Cut { at, local: Local { day, minute } });
            }
        }
    }
}

/// A full second of the clock in ns since the start. Only for moments within the longest session.
fn nanoseconds(start: Timestamp, second: i64) -> i64 {
    (second - start.as_second()) * NANO - i64::from(start.subsec_nanosecond())
}

fn nanoseconds_of(start: Timestamp, at: Timestamp) -> i64 {
    nanoseconds(start, at.as_second()) + i64::from(at.subsec_nanosecond())
}
