//! How much ports are used: by hour of the week, by state, by stay.
//!
//! Everything is counted out of courses, second by second: a stay of three hours fills three hours, and what is unknown
//! counts neither as free nor as occupied.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::course::{Course, Piece};
use super::span::{Span, Spans};
use super::state::PortState;

/// The hours of a week.
pub const HOURS_OF_WEEK: usize = 168;

/// An hour of the week, from Monday 00:00 on: 0 to 167, in the zone of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct HourOfWeek(u8);

impl HourOfWeek {
    /// The hour that a moment is in.
    #[must_use]
    pub fn of(at: Timestamp, zone: &TimeZone) -> HourOfWeek {
        let local = at.to_zoned_datetime(zone.clone());
        let day = local.weekday().to_monday_zero_offset().unsigned_abs();
        HourOfWeek(day * 24 + local.hour().unsigned_abs())
    }

    /// Its place in a list of [`HOURS_OF_WEEK`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The stretches of a window that are in one hour of a clock, in order. On the day when clocks are put back an hour
/// comes twice, and on the one when they are put forward one is left out.
#[derive(Debug, Clone)]
pub struct Hours(Vec<(Span, HourOfWeek)>);

impl Hours {
    /// The hours of a window in a zone.
    #[must_use]
    pub fn of(window: Span, zone: &TimeZone) -> Hours {
        let mut hours = Vec::new();
        let mut from = window.from();
        while from < window.to() {
            let at = from.timestamp();
            let local = at.to_zoned_datetime(zone.clone());
            let into = i64::from(local.minute()) * 60 + i64::from(local.second());
            let to = from.plus(3600 - into).min(window.to());
            let Some(span) = Span::new(from, to) else { break };
            hours.push((span, HourOfWeek::of(at, zone)));
            from = to;
        }
        Hours(hours)
    }

    /// Adds to `sums` how many seconds of spans are in each hour.
    fn add(&self, spans: &Spans, sums: &mut [i64; HOURS_OF_WEEK]) {
        let mut hours = self.0.iter().peekable();
        for span in spans.as_slice() {
            while let Some((hour, of_week)) = hours.peek() {
                if hour.from() >= span.to() {
                    break;
                }
                if let (Some(part), Some(sum)) = (hour.intersection(*span), sums.get_mut(of_week.index())) {
                    *sum += part.seconds();
                }
                if hour.to() > span.to() {
                    break;
                }
                hours.next();
            }
        }
    }
}

/// One hour of the week over a window, of all ports that were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct HourUse {
    /// Seconds in which a port was known to be in some state.
    pub known_s: i64,
    /// Seconds in which one could be used: free, reserved or in use.
    pub usable_s: i64,
    /// Seconds in which a vehicle stood there.
    pub occupied_s: i64,
    /// Seconds in which energy flowed.
    pub charging_s: i64,
}

impl HourUse {
    /// Which part of the time that it could be used a port was occupied, in thousandths; none where nothing is known.
    #[must_use]
    pub fn occupancy_permille(&self) -> Option<u32> {
        permille(self.occupied_s, self.usable_s)
    }
}

/// How ports were used over a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The hours of the week, Monday 00:00 first.
    pub hours: [HourUse; HOURS_OF_WEEK],
    /// The seconds in each state, of all ports.
    pub states: BTreeMap<PortState, i64>,
    /// Every stay of a vehicle that ended within the window, in the order of ports and time.
    pub stays: Vec<Stay>,
    /// How many ports were looked at.
    pub ports: usize,
}

/// A vehicle that stood at a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stay {
    /// When.
    pub span: Span,
    /// How long energy flowed.
    pub charging_s: i64,
    /// How long it stood there after energy had flowed for the last time.
    pub idle_after_s: i64,
}

impl Usage {
    /// The use of ports out of their courses, counted by the hours of a zone.
    #[must_use]
    pub fn of<'a>(courses: impl IntoIterator<Item = &'a Course>, hours: &Hours) -> Usage {
        let mut sums = [[0_i64; HOURS_OF_WEEK]; 4];
        let (mut states, mut stays, mut ports) = (BTreeMap::new(), Vec::new(), 0);
        for course in courses {
            ports += 1;
            for piece in course.pieces() {
                *states.entry(piece.state).or_insert(0) += piece.span.seconds();
            }
            let wanted: [fn(PortState) -> bool; 4] = [
                |state| state != PortState::Unknown,
                |state| state.is_usable(),
                |state| state.is_occupied(),
                |state| state == PortState::Charging,
            ];
            for (sum, wanted) in sums.iter_mut().zip(wanted) {
                hours.add(&course.spans(|piece| wanted(piece.seen())), sum);
            }
            stays.extend(stays_of(course));
        }
        let [known, usable, occupied, charging] = &sums;
        let mut of_week = [HourUse::default(); HOURS_OF_WEEK];
        for (index, hour) in of_week.iter_mut().enumerate() {
            *hour = HourUse {
                known_s: known[index],
                usable_s: usable[index],
                occupied_s: occupied[index],
                charging_s: charging[index],
            };
        }
        Usage { hours: of_week, states, stays, ports }
    }

    /// Which part of the time that they could be used ports were occupied, in thousandths.
    #[must_use]
    pub fn occupancy_permille(&self) -> Option<u32> {
        let sum = |part: fn(&HourUse) -> i64| self.hours.iter().map(part).sum();
        permille(sum(|hour| hour.occupied_s), sum(|hour| hour.usable_s))
    }

    /// The length in seconds that this part of stays does not reach, in hundredths: 50 for the median.
    #[must_use]
    pub fn stay_percentile(&self, percent: usize) -> Option<i64> {
        let mut lengths: Vec<i64> = self.stays.iter().map(|stay| stay.span.seconds()).collect();
        lengths.sort_unstable();
        let last = lengths.len().checked_sub(1)?;
        lengths.get(last * percent.min(100) / 100).copied()
    }

    /// How long a port that has been occupied for `since_s` seconds will be so for another while: the median of what
    /// was left of stays that were at least as long; none when fewer than five were.
    #[must_use]
    pub fn expected_rest_s(&self, since_s: i64) -> Option<i64> {
        let mut rests: Vec<i64> = self
            .stays
            .iter()
            .map(|stay| stay.span.seconds())
            .filter(|length| *length > since_s)
            .map(|length| length - since_s)
            .collect();
        if rests.len() < LEAST_STAYS {
            return None;
        }
        rests.sort_unstable();
        rests.get(rests.len() / 2).copied()
    }
}

/// So few stays say nothing of the next one.
const LEAST_STAYS: usize = 5;

/// The stays of vehicles at a port that are whole within its course.
fn stays_of(course: &Course) -> Vec<Stay> {
    let occupied = course.spans(Piece::is_occupied);
    let charging = course.spans(|piece| piece.seen() == PortState::Charging);
    let is_whole = |span: &Span| span.from() > course.span().from() && span.to() < course.span().to();
    let stay = |span: Span| {
        let flowed = charging.intersection(&span.into());
        let last = flowed.as_slice().last().map_or(span.from(), |last| last.to());
        Stay { span, charging_s: flowed.seconds(), idle_after_s: span.to().0 - last.0 }
    };
    occupied.as_slice().iter().copied().filter(is_whole).map(stay).collect()
}

/// When a site was full: a vehicle stood at one of its ports at least, and none was free.
#[must_use]
pub fn full<'a>(courses: impl IntoIterator<Item = &'a Course>) -> Spans {
    let (mut occupied, mut free) = (Spans::default(), Spans::default());
    for course in courses {
        occupied = occupied.union(&course.spans(Piece::is_occupied));
        free = free.union(&course.spans(|piece| piece.seen() == PortState::Available));
    }
    occupied.difference(&free)
}

/// Seconds of spans by hour of the week.
#[must_use]
pub fn by_hour(spans: &Spans, hours: &Hours) -> [i64; HOURS_OF_WEEK] {
    let mut sums = [0; HOURS_OF_WEEK];
    hours.add(spans, &mut sums);
    sums
}

/// The beginning of each occupied stretch of courses, by hour of the week: how many vehicles came.
#[must_use]
pub fn arrivals<'a>(courses: impl IntoIterator<Item = &'a Course>, zone: &TimeZone) -> [u32; HOURS_OF_WEEK] {
    let mut counts = [0_u32; HOURS_OF_WEEK];
    for course in courses {
        let occupied = course.spans(Piece::is_occupied);
        for span in occupied.as_slice().iter().filter(|span| span.from() > course.span().from()) {
            let hour = HourOfWeek::of(span.from().timestamp(), zone);
            if let Some(count) = counts.get_mut(hour.index()) {
                *count = count.saturating_add(1);
            }
        }
    }
    counts
}

/// How many drivers find every port taken, for each one that comes to a port: the losses of Erlang's first formula, with
/// as many ports as are up on average and the time that a bay is taken, found from the arrivals that were not lost.
///
/// `arrivals_per_hour` is of those who found a port, `stay_hours` the mean time that a port is taken. None where the
/// ports could not have served so many.
#[must_use]
pub fn turned_away_per_hour(arrivals_per_hour: f64, stay_hours: f64, ports: f64) -> Option<f64> {
    let is_sane = |value: f64| value.is_finite() && value >= 0.0;
    if !is_sane(arrivals_per_hour) || !is_sane(stay_hours) || !ports.is_finite() || ports < 1.0 {
        return None;
    }
    let served = arrivals_per_hour * stay_hours;
    if served >= ports * MOST_LOAD {
        return None;
    }
    // λ(1 − B(c, λs)) grows with λ: the λ that gives what was observed is found by halving.
    let carried = |offered: f64| offered * (1.0 - erlang_b(ports, offered));
    let (mut low, mut high) = (served, served.max(0.1));
    while carried(high) < served {
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if carried(middle) < served { low = middle } else { high = middle }
    }
    if stay_hours == 0.0 { Some(0.0) } else { Some((high - served).max(0.0) / stay_hours) }
}

/// Beyond this part of all ports being taken on average, the estimate says more than is known.
const MOST_LOAD: f64 = 0.98;

/// The part of arrivals that find all ports taken (Erlang B), with the load `offered` in erlangs. Between whole numbers
/// of ports it is interpolated.
#[must_use]
pub fn erlang_b(ports: f64, offered: f64) -> f64 {
    let whole = ports.floor();
    let mut lost = 1.0;
    let mut k = 1.0;
    while k <= whole {
        lost = offered * lost / (k + offered * lost);
        k += 1.0;
    }
    let next = offered * lost / (k + offered * lost);
    lost + (next - lost) * (ports - whole)
}

fn permille(part: i64, whole: i64) -> Option<u32> {
    if whole <= 0 {
        return None;
    }
    u32::try_from(part.saturating_mul(1000) / whole).ok()
}
