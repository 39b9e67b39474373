//! Streams: what a monitor sees is collected and sent together, at the agreed pace (N11 to N15).

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::{Fact, Outcome, Stream, StreamPace, StreamValue, StreamValues, Verdict};
use rust_decimal::Decimal;

use crate::engine::Engine;
use crate::engine::device::table::MAX_STREAMS;

/// The values that may wait; the oldest make room.
const MAX_VALUES: usize = 500;
/// The most values of one message.
const PER_MESSAGE: usize = 100;

/// The streams by their numbers.
#[derive(Debug, Default)]
pub(super) struct Streams(BTreeMap<u32, Open>);

#[derive(Debug)]
struct Open {
    stream: Stream,
    /// Whether the manager takes it; until then values only wait.
    is_taken: bool,
    values: VecDeque<(Timestamp, Box<str>)>,
    /// When it sends what it has.
    next: Option<Duration>,
}

impl Streams {
    pub(super) fn timeout(&self) -> Option<Duration> {
        self.0
            .values()
            .filter(|open| open.is_taken && !open.values.is_empty())
            .filter_map(|open| open.next)
            .min()
    }

    fn of(&mut self, monitor: i64) -> Option<&mut Open> {
        self.0.values_mut().find(|open| i64::from(open.stream.monitor) == monitor)
    }
}

fn interval(pace: StreamPace) -> Option<Duration> {
    pace.interval_s.filter(|seconds| *seconds > 0).map(|seconds| Duration::from_secs(seconds.into()))
}

/// It has to say when it sends (N11.FR.09).
fn has_pace(pace: StreamPace) -> bool {
    interval(pace).is_some() || pace.values.is_some_and(|values| values > 0)
}

impl Engine {
    /// N11.FR.02. Where there is no room for it, the monitor reports events.
    pub(super) fn open_stream(&mut self, now: Duration, monitor: i64, pace: StreamPace) {
        let streams = &mut self.monitoring.streams;
        let Ok(monitor) = u32::try_from(monitor) else { return };
        if streams.0.len() >= MAX_STREAMS || !has_pace(pace) {
            return;
        }
        let id = streams.0.keys().last().copied().unwrap_or_default() + 1;
        let stream = Stream { id, monitor, pace };
        let next = interval(pace).map(|interval| now + interval);
        streams.0.insert(id, Open { stream, is_taken: false, values: VecDeque::new(), next });
        self.queue.push(Fact::StreamOpened(stream));
    }

    /// After a restart the streams of the monitors that have some are opened anew.
    pub(in crate::engine) fn open_streams_again(&mut self, now: Duration) {
        self.monitoring.streams.0.clear();
        let wanted: Vec<_> = self
            .monitoring
            .kept
            .monitors
            .iter()
            .filter_map(|known| Some((known.monitor.id, known.stream?)))
            .collect();
        wanted.into_iter().for_each(|(monitor, pace)| self.open_stream(now, monitor, pace));
    }

    /// The manager's word: one that it does not want is none, and its monitor reports events (N11.FR.07).
    pub(in crate::engine) fn stream_word(&mut self, id: u32, verdict: Verdict) {
        if verdict != Verdict::Accepted {
            self.monitoring.streams.0.remove(&id);
        } else if let Some(open) = self.monitoring.streams.0.get_mut(&id) {
            open.is_taken = true;
        }
    }

    /// What waits is sent first (N13.FR.03).
    pub(super) fn close_stream(&mut self, monitor: i64) {
        let Some(open) = self.monitoring.streams.of(monitor) else { return };
        let id = open.stream.id;
        while self.send_values(id) {}
        self.monitoring.streams.0.remove(&id);
        self.queue.push(Fact::StreamClosed { id });
    }

    /// Whether a value goes into a stream instead of an event.
    pub(super) fn put_into_stream(&mut self, now: Duration, monitor: i64, value: &str) -> bool {
        let at = self.clock.at(now);
        let Some(open) = self.monitoring.streams.of(monitor) else { return false };
        if open.values.len() >= MAX_VALUES {
            open.values.pop_front();
        }
        open.values.push_back((at, value.into()));
        true
    }

    /// N15.FR.06, N15.FR.08.
    pub(super) fn flush_streams(&mut self, now: Duration) {
        if !self.online {
            return;
        }
        let mut due = Vec::new();
        for open in self.monitoring.streams.0.values_mut().filter(|open| open.is_taken) {
            let is_time = open.next.is_some_and(|at| at <= now);
            let wanted = open.stream.pace.values.filter(|values| *values > 0).map(|values| values as usize);
            if is_time || wanted.is_some_and(|values| open.values.len() >= values) {
                due.push(open.stream.id);
            }
            if is_time {
                open.next = interval(open.stream.pace).map(|interval| now + interval);
            }
        }
        for id in due {
            self.send_values(id);
        }
    }

    /// Sends as many values as the pace allows (N15.FR.07); the rest is said to wait (N15.FR.04).
    fn send_values(&mut self, id: u32) -> bool {
        let Some(open) = self.monitoring.streams.0.get_mut(&id) else { return false };
        let most = open.stream.pace.values.filter(|values| *values > 0).map_or(PER_MESSAGE, |n| n as usize);
        let count = most.min(PER_MESSAGE).min(open.values.len());
        let told: Vec<_> = open.values.drain(..count).collect();
        let Some((base, _)) = told.first() else { return false };
        let base = *base; // N15.FR.09
        let value = |(at, value): &(Timestamp, Box<str>)| StreamValue {
            offset_s: seconds_between(base, *at),
            value: value.clone(),
        };
        let values = told.iter().map(value).collect();
        let pending = u32::try_from(open.values.len()).unwrap_or(u32::MAX);
        self.queue.push(Fact::StreamValues(StreamValues { id, pending, base, values }));
        true
    }

    /// N14.
    pub(in crate::engine) fn adjust_stream(&mut self, now: Duration, id: u32, pace: StreamPace) -> Outcome {
        let Some(open) = self.monitoring.streams.0.get_mut(&id).filter(|_| has_pace(pace)) else {
            return Outcome::Verdict(Verdict::Rejected);
        };
        open.stream.pace = pace;
        open.next = interval(pace).map(|interval| now + interval);
        let monitor = i64::from(open.stream.monitor);
        if let Some(at) = self.monitoring.position(monitor) {
            self.monitoring.kept.monitors[at].stream = Some(pace);
            self.keep_monitors();
        }
        Outcome::Verdict(Verdict::Accepted)
    }

    /// N12.
    pub(in crate::engine) fn open_streams(&self) -> Outcome {
        Outcome::Streams(self.monitoring.streams.0.values().map(|open| open.stream).collect())
    }
}

fn seconds_between(base: Timestamp, at: Timestamp) -> Decimal {
    let milliseconds = i64::try_from(at.duration_since(base).as_millis()).unwrap_or_default();
    Decimal::new(milliseconds, 3).normalize()
}
