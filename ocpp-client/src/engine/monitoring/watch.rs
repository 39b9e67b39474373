//! What monitors see, and what they say of it (N07, N08).

use std::time::Duration;

use ocpp_core::model::{
    EventReport, EventTrigger, EvseId, Fact, InstalledMonitor, MonitorEvent, MonitorKind, MonitorOrigin,
    Setting,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::engine::Engine;
use crate::engine::device::Found;

/// The most events of one message.
const PER_MESSAGE: usize = 20;

/// What a monitor has seen.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch {
    /// The value that changes are counted from.
    reference: Option<String>,
    /// Whether it has reported that a threshold was passed, and not yet that things are in order again.
    pub(super) is_alerting: bool,
    /// When it reports by time.
    pub(super) next: Option<Duration>,
}

/// What a monitor makes of a value.
struct Noticed {
    trigger: EventTrigger,
    cleared: bool,
}

impl Engine {
    /// The value that a monitored variable has now.
    fn watched(&self, now: Duration, setting: &Setting) -> Option<(String, Option<EvseId>)> {
        match self.find(setting) {
            Found::Row(row, evse) => Some((self.value_of(now, row, evse), evse)),
            Found::NoComponent | Found::NoVariable => None,
        }
    }

    /// Changes are counted from what the value is when the monitor is set.
    pub(super) fn begin_watch(&mut self, now: Duration, id: i64) {
        let Some(at) = self.monitoring.position(id) else { return };
        let monitor = self.monitoring.kept.monitors[at].monitor.clone();
        let reference = self.watched(now, &monitor.setting).map(|(value, _)| value);
        let next = self.next_by_time(now, &monitor);
        self.monitoring.watches.insert(id, Watch { reference, is_alerting: false, next });
    }

    fn next_by_time(&self, now: Duration, monitor: &InstalledMonitor) -> Option<Duration> {
        let seconds = monitor.value.to_u64().filter(|seconds| *seconds > 0)?;
        match monitor.kind {
            MonitorKind::Periodic => Some(now + Duration::from_secs(seconds)),
            MonitorKind::PeriodicClockAligned => Some(now + self.until_aligned(now, seconds)),
            _ => None,
        }
    }

    /// How long it is until the clock shows a full multiple of so many seconds.
    pub(in crate::engine) fn until_aligned(&self, now: Duration, seconds: u64) -> Duration {
        let shown = self.clock.at(now);
        let since_epoch = Duration::try_from(shown.duration_since(jiff::Timestamp::UNIX_EPOCH));
        let passed = since_epoch.unwrap_or_default().as_nanos() % (u128::from(seconds) * 1_000_000_000);
        let passed = Duration::from_nanos(u64::try_from(passed).unwrap_or_default());
        Duration::from_secs(seconds).saturating_sub(passed)
    }

    /// Looks at every monitored variable.
    pub(in crate::engine) fn watch(&mut self, now: Duration) {
        if !self.settings.monitoring || self.monitoring.kept.monitors.is_empty() {
            return;
        }
        let mut events = Vec::new();
        for known in self.monitoring.kept.monitors.clone() {
            let monitor = known.monitor;
            if !self.monitoring.watches.contains_key(&monitor.id) {
                self.begin_watch(now, monitor.id);
            }
            let Some((value, evse)) = self.watched(now, &monitor.setting) else { continue };
            if monitor.in_transaction && !self.has_transaction(evse) {
                self.begin_watch(now, monitor.id);
                continue;
            }
            let next = self.next_by_time(now, &monitor);
            let Some(watch) = self.monitoring.watches.get_mut(&monitor.id) else { continue };
            let Some(noticed) = notice(watch, &monitor, &value, now, next) else { continue };
            if self.put_into_stream(now, monitor.id, &value) {
                continue;
            }
            if monitor.severity <= self.monitoring.kept.level && self.may_wait(&monitor) {
                events.push(self.event(now, &monitor, noticed, value, evse));
            }
        }
        self.say_events(now, events);
        self.flush_streams(now);
    }

    fn has_transaction(&self, evse: Option<EvseId>) -> bool {
        match evse {
            Some(evse) => self.is_charging(evse),
            None => self.evses.keys().any(|evse| self.is_charging(*evse)),
        }
    }

    /// While there is no connection, only what matters enough is kept (N07.FR.05).
    fn may_wait(&self, monitor: &InstalledMonitor) -> bool {
        self.online || u8::from(monitor.severity) <= self.settings.offline_severity
    }

    fn event(
        &mut self,
        now: Duration,
        monitor: &InstalledMonitor,
        noticed: Noticed,
        value: String,
        evse: Option<EvseId>,
    ) -> MonitorEvent {
        self.monitoring.last_event += 1;
        let running = evse.and_then(|evse| self.evses.get(&evse)?.transaction.as_ref());
        MonitorEvent {
            id: self.monitoring.last_event,
            at: self.clock.at(now),
            trigger: noticed.trigger,
            cause: None,
            value: value.into(),
            tech_code: None,
            tech_info: None,
            cleared: noticed.cleared,
            transaction: running.map(|running| running.name.as_str().into()),
            setting: monitor.setting.clone(),
            monitor: Some(monitor.id),
            origin: monitor.origin.unwrap_or(MonitorOrigin::CustomMonitor),
            severity: Some(monitor.severity),
        }
    }

    fn say_events(&mut self, now: Duration, events: Vec<MonitorEvent>) {
        let at = self.clock.at(now);
        let count = events.chunks(PER_MESSAGE).len();
        for (seq, piece) in (0..).zip(events.chunks(PER_MESSAGE)) {
            let more = (seq as usize) + 1 < count;
            self.queue.push(Fact::Events(EventReport { at, seq, more, events: piece.to_vec() }));
        }
    }
}

/// What a monitor makes of a value, and remembers of it.
fn notice(
    watch: &mut Watch,
    monitor: &InstalledMonitor,
    value: &str,
    now: Duration,
    next: Option<Duration>,
) -> Option<Noticed> {
    let number = || value.parse::<Decimal>().ok();
    match monitor.kind {
        MonitorKind::UpperThreshold => threshold(watch, number()? > monitor.value),
        MonitorKind::LowerThreshold => threshold(watch, number()? < monitor.value),
        MonitorKind::Delta => {
            let changed = match (number(), watch.reference.as_ref().map(|last| last.parse::<Decimal>())) {
                (Some(number), Some(Ok(last))) => (number - last).abs() > monitor.value, // N07.FR.18
                _ => watch.reference.as_deref() != Some(value),                          // N07.FR.19
            };
            if !changed {
                return None;
            }
            watch.reference = Some(value.to_owned());
            Some(Noticed { trigger: EventTrigger::Delta, cleared: false })
        }
        MonitorKind::Periodic | MonitorKind::PeriodicClockAligned => {
            if watch.next.is_none_or(|at| at > now) {
                return None;
            }
            watch.next = next;
            Some(Noticed { trigger: EventTrigger::Periodic, cleared: false })
        }
        MonitorKind::TargetDelta | MonitorKind::TargetDeltaRelative => None,
    }
}

/// Passed once, and once in order again (N07.FR.02).
fn threshold(watch: &mut Watch, is_beyond: bool) -> Option<Noticed> {
    if is_beyond == watch.is_alerting {
        return None;
    }
    watch.is_alerting = is_beyond;
    Some(Noticed { trigger: EventTrigger::Alerting, cleared: !is_beyond })
}
