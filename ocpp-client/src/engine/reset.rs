//! Restarting: the station or one EVSE, at once or when nothing runs there any more (B11 to B13; 5.14 of 1.6).

use std::collections::BTreeSet;
use std::time::Duration;

use ocpp_core::model::{
    BootReason, ChargingState, EvseId, Outcome, PortStatus, ResetKind, SecurityEventKind, StopReason,
    Trigger, Verdict,
};

use super::{Engine, Output};
use crate::hardware::Actuation;

/// How long the ends of transactions may wait for their answers before the station restarts (B12.FR.05).
const HEARD_WITHIN: Duration = Duration::from_secs(30);
/// How long an EVSE takes to restart.
const EVSE_RESTARTS_FOR: Duration = Duration::from_secs(5);

/// The restarts that are to come.
#[derive(Debug, Default)]
pub(super) struct Resets {
    /// The station restarts when nothing runs any more.
    station_waits: bool,
    /// These EVSEs restart when nothing runs there any more.
    waiting: BTreeSet<EvseId>,
    /// The station restarts when its reports have arrived, at this time at the latest.
    leaving: Option<Duration>,
    /// These EVSEs are restarting, until then.
    restarting: Vec<(EvseId, Duration)>,
    /// The transactions that go on after the restart (B13).
    resuming: Vec<EvseId>,
}

impl Resets {
    pub(super) fn resumes(&self, evse: EvseId) -> bool {
        self.resuming.contains(&evse)
    }

    pub(super) fn resume_later(&mut self, evse: EvseId) {
        self.resuming.push(evse);
    }

    pub(super) fn timeout(&self) -> Option<Duration> {
        self.restarting.iter().map(|(_, until)| *until).chain(self.leaving).min()
    }
}

impl Engine {
    /// Whether a restart is taken: a transaction makes one that is to wait for it wait (B12.FR.01).
    pub(super) fn can_reset(&self, kind: ResetKind, evse: Option<EvseId>) -> Outcome {
        let known = evse.is_none_or(|evse| self.evses.contains_key(&evse));
        if !known || self.resets.leaving.is_some() || self.is_installing_firmware() {
            return Outcome::Verdict(Verdict::Rejected); // B12.FR.10
        }
        let waits = kind == ResetKind::OnIdle && self.is_busy(evse);
        Outcome::Verdict(if waits { Verdict::Scheduled } else { Verdict::Accepted })
    }

    fn is_busy(&self, evse: Option<EvseId>) -> bool {
        let meant = self.evses.values().filter(|known| evse.is_none_or(|evse| evse == known.id));
        meant.into_iter().any(|known| known.transaction.is_some())
    }

    /// Whether an EVSE takes nobody any more until its restart is over.
    pub(super) fn is_resetting(&self, evse: EvseId) -> bool {
        let resets = &self.resets;
        resets.station_waits
            || resets.leaving.is_some()
            || resets.waiting.contains(&evse)
            || resets.restarting.iter().any(|(known, _)| *known == evse)
    }

    /// Does what has to follow the reply.
    pub(super) fn reset(&mut self, now: Duration, kind: ResetKind, evse: Option<EvseId>) {
        let busy = self.is_busy(evse);
        self.config.boot.reason = Some(match kind {
            ResetKind::OnIdle if busy => BootReason::new("ScheduledReset"),
            _ => BootReason::REMOTE_RESET,
        });
        if kind == ResetKind::OnIdle && busy {
            match evse {
                Some(evse) => drop(self.resets.waiting.insert(evse)),
                None => self.resets.station_waits = true,
            }
            return self.show_idle(now);
        }
        let meant: Vec<_> =
            self.evses.keys().copied().filter(|known| evse.is_none_or(|evse| evse == *known)).collect();
        for id in meant {
            match kind {
                ResetKind::ImmediateAndResume => self.pause_for_reset(now, id),
                ResetKind::Graceful => self.end_for_reset(now, id, "SoftReset"),
                ResetKind::Immediate | ResetKind::OnIdle => self.end_for_reset(now, id, "ImmediateReset"),
            }
        }
        match evse {
            Some(evse) => self.restart_evse(now, evse),
            // What has ended is told first (B12.FR.04), if that is possible.
            None => self.resets.leaving = Some(now + HEARD_WITHIN),
        }
    }

    /// B12.FR.04, B12.FR.08.
    fn end_for_reset(&mut self, now: Duration, id: EvseId, reason: &str) {
        self.end_transaction(now, id, StopReason::new(reason), Trigger::RESET_COMMAND, None);
    }

    /// B13: the flow of energy stops, the transaction does not.
    fn pause_for_reset(&mut self, now: Duration, id: EvseId) {
        if !self.is_charging(id) {
            return;
        }
        self.outputs.push_back(Output::Actuate(Actuation::StopCharging(id)));
        self.change_charging_by(now, id, ChargingState::SuspendedEvse, Trigger::RESET_COMMAND);
        self.resets.resuming.push(id);
        self.keep_running(now);
    }

    fn restart_evse(&mut self, now: Duration, evse: EvseId) {
        self.resets.waiting.remove(&evse);
        self.resets.restarting.push((evse, now + EVSE_RESTARTS_FOR));
        self.outputs.push_back(Output::Actuate(Actuation::RestartEvse(evse)));
        if let Some(known) = self.evses.get_mut(&evse) {
            known.permit = None;
            known.is_finishing = false;
        }
        if self.is_charging(evse) {
            return;
        }
        self.set_status(now, evse, PortStatus::Unavailable);
    }

    fn restart(&mut self, now: Duration) {
        self.resets.leaving = None;
        self.resets.station_waits = false;
        self.resets.waiting.clear();
        self.resets.restarting.clear();
        self.raise_quietly(now, SecurityEventKind::RESET_OR_REBOOT, None);
        self.adopt_network();
        self.registration = None;
        self.outputs.push_back(Output::Actuate(Actuation::Restart));
    }

    /// Restarts what waited for it and is idle now.
    pub(super) fn reset_what_is_due(&mut self, now: Duration) {
        if self.resets.station_waits && !self.is_busy(None) {
            self.resets.station_waits = false;
            self.resets.leaving = Some(now + HEARD_WITHIN);
        }
        let idle: Vec<_> =
            self.resets.waiting.iter().copied().filter(|evse| !self.is_charging(*evse)).collect();
        for evse in idle {
            self.restart_evse(now, evse);
        }
        let over = |until: Duration| until <= now;
        let done: Vec<_> =
            self.resets.restarting.iter().filter(|(_, at)| over(*at)).map(|(evse, _)| *evse).collect();
        if !done.is_empty() {
            self.resets.restarting.retain(|(evse, _)| !done.contains(evse));
            for evse in done {
                self.resume_after_reset(now, evse);
            }
            self.show_idle(now);
        }
        let all_heard = !self.queue.has_reports(None) || !self.online;
        if self.resets.leaving.is_some_and(|at| over(at) || all_heard) {
            self.restart(now);
        }
    }

    /// The station was accepted again: what was paused goes on (B13).
    pub(super) fn resume_after_restart(&mut self, now: Duration) {
        for evse in std::mem::take(&mut self.resets.resuming) {
            self.resume(now, evse);
        }
    }

    fn resume_after_reset(&mut self, now: Duration, evse: EvseId) {
        if self.resets.resuming.contains(&evse) {
            self.resets.resuming.retain(|known| *known != evse);
            self.resume(now, evse);
        }
    }

    fn resume(&mut self, now: Duration, evse: EvseId) {
        if self.is_charging(evse) {
            self.outputs.push_back(Output::Actuate(Actuation::AllowCharging(evse)));
            self.change_charging_by(now, evse, ChargingState::Charging, Trigger::new("TxResumed"));
            self.obey_profiles(now);
        }
    }
}
