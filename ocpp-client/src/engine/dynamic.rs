//! Charging that changes while it goes on: dynamic profiles, priority charging, the signal of the grid's frequency
//! restoration (K21, K22, K28, Q08).

use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::{
    ChargingProfile, EvseId, Fact, Outcome, Place, ProfileKind, ProfilePurpose, Rates, ScheduleUpdate,
    SignalWatt, StationTxRef, Verdict,
};
use rust_decimal::Decimal;

use super::Engine;

/// The least pause between two questions for new values.
const LEAST_PAUSE: Duration = Duration::from_secs(1);

/// K28.FR.01, K28.FR.02, K28.FR.04.
pub(super) fn is_whole(profile: &ChargingProfile) -> bool {
    if profile.kind != ProfileKind::Dynamic {
        return profile.extras.update_interval_s.is_none();
    }
    match &*profile.schedules {
        [only] => matches!(&*only.periods, [step] if step.start_s == 0),
        _ => false,
    }
}

/// Dynamic profiles.
impl Engine {
    /// K28.FR.06, K28.FR.11.
    pub(super) fn update_schedule(&mut self, now: Duration, id: i32, update: &ScheduleUpdate) -> Outcome {
        let time = self.clock.at(now);
        let Some(profile) = self.profiles.dynamic(id) else { return Outcome::Verdict(Verdict::Rejected) };
        apply(profile, update, time);
        self.keep_profiles();
        Outcome::Verdict(Verdict::Accepted)
    }

    /// The manager's new values (K28.FR.08).
    pub(super) fn schedule_pulled(&mut self, now: Duration, id: i32, update: Option<&ScheduleUpdate>) {
        if let Some(update) = update {
            let _ = self.update_schedule(now, id, update);
            self.obey_profiles(now);
        }
    }

    /// Asks for new values where it is time (K28.FR.10).
    pub(super) fn pull_what_is_due(&mut self, now: Duration) {
        let due: Vec<i32> = self.profiles.pulls().filter(|(_, at)| *at <= now).map(|(id, _)| id).collect();
        for id in due {
            if self.online {
                self.queue.push(Fact::PullSchedule { profile: id });
            }
            self.plan_pull(now, id);
        }
    }

    /// Plans the next question for new values of a profile, if it wants any.
    pub(super) fn plan_pull(&mut self, now: Duration, id: i32) {
        let interval = self.profiles.dynamic(id).and_then(|profile| profile.extras.update_interval_s);
        let pause = interval.filter(|seconds| *seconds > 0).map(|s| Duration::from_secs(s.into()));
        self.profiles.set_pull(id, pause.map(|pause| now + pause.max(LEAST_PAUSE)));
    }
}

/// Only what is said is new (K28.FR.09 for the time).
fn apply(profile: &mut ChargingProfile, update: &ScheduleUpdate, now: Timestamp) {
    profile.extras.updated_at = Some(now);
    let Some(step) = profile.schedules.first_mut().and_then(|schedule| schedule.periods.first_mut()) else {
        return;
    };
    step.limit = update.limit.or(step.limit);
    let (old, new) = (step.extras.rates, update.rates);
    step.extras.rates = Rates {
        limit_l2: new.limit_l2.or(old.limit_l2),
        limit_l3: new.limit_l3.or(old.limit_l3),
        discharge_limit: new.discharge_limit.or(old.discharge_limit),
        discharge_limit_l2: new.discharge_limit_l2.or(old.discharge_limit_l2),
        discharge_limit_l3: new.discharge_limit_l3.or(old.discharge_limit_l3),
        setpoint: new.setpoint.or(old.setpoint),
        setpoint_l2: new.setpoint_l2.or(old.setpoint_l2),
        setpoint_l3: new.setpoint_l3.or(old.setpoint_l3),
        setpoint_reactive: new.setpoint_reactive.or(old.setpoint_reactive),
        setpoint_reactive_l2: new.setpoint_reactive_l2.or(old.setpoint_reactive_l2),
        setpoint_reactive_l3: new.setpoint_reactive_l3.or(old.setpoint_reactive_l3),
    };
}

/// Priority charging.
impl Engine {
    /// K21.FR.01 to K21.FR.03, K21.FR.06.
    pub(super) fn can_use_priority(&self, transaction: &StationTxRef, activate: bool) -> Outcome {
        let verdict = match self.evse_named(transaction) {
            None => Verdict::Rejected,
            Some(evse) if activate && !self.has_priority_profile(evse) => Verdict::NothingFits,
            Some(_) => Verdict::Accepted,
        };
        Outcome::Verdict(verdict)
    }

    pub(super) fn use_priority(&mut self, now: Duration, transaction: &StationTxRef, activate: bool) {
        if let Some(evse) = self.evse_named(transaction) {
            self.switch_priority(now, evse, activate);
        }
    }

    /// The manager hears of every switch (K21.FR.05, K21.FR.08), also of the driver's own (K22).
    pub(super) fn switch_priority(&mut self, now: Duration, evse: EvseId, activated: bool) {
        if activated && !self.has_priority_profile(evse) {
            return; // K22.FR.01
        }
        let running = self.evses.get_mut(&evse).and_then(|evse| evse.transaction.as_mut());
        let Some(running) = running.filter(|running| running.has_priority != activated) else { return };
        running.has_priority = activated;
        let transaction = StationTxRef::Named(running.name.as_str().into());
        self.obey_profiles(now);
        self.queue.push(Fact::PriorityCharging { transaction, activated });
    }

    fn has_priority_profile(&self, evse: EvseId) -> bool {
        self.profiles.iter().any(|known| {
            known.profile.purpose == ProfilePurpose::PriorityCharging
                && (known.place == Place::Station || known.place == Place::Evse(evse))
        })
    }

    pub(super) fn evse_named(&self, transaction: &StationTxRef) -> Option<EvseId> {
        match transaction {
            StationTxRef::Named(name) => self.evse_of_transaction(name),
            _ => None,
        }
    }
}

/// The signal of the grid's frequency restoration.
impl Engine {
    /// Q08: it means something only where a profile says what to draw at which signal.
    pub(super) fn hear_signal(&mut self, signal: i32) -> Outcome {
        if !self.profiles.iter().any(|known| signal_curve(&known.profile).is_some()) {
            return Outcome::Verdict(Verdict::Rejected);
        }
        self.profiles.signal = Some(signal);
        Outcome::Verdict(Verdict::Accepted)
    }

    /// What the signal makes of the limit of an EVSE.
    pub(super) fn signal_limit(&self, evse: EvseId) -> Option<Decimal> {
        let signal = self.profiles.signal?;
        let here = |place: Place| place == Place::Station || place == Place::Evse(evse);
        let curves = self.profiles.iter().filter(|known| here(known.place));
        let curve = curves.filter_map(|known| signal_curve(&known.profile)).next()?;
        Some(between(curve, signal)?.max(Decimal::ZERO))
    }
}

fn signal_curve(profile: &ChargingProfile) -> Option<&[SignalWatt]> {
    let steps = profile.schedules.first()?.periods.iter();
    steps.map(|step| &*step.extras.signal_watt_curve).find(|curve| !curve.is_empty())
}

/// The power at a signal: on the straight line between its neighbours, level beyond the ends.
fn between(curve: &[SignalWatt], signal: i32) -> Option<Decimal> {
    let below = curve.iter().filter(|point| point.signal <= signal).max_by_key(|point| point.signal);
    let above = curve.iter().filter(|point| point.signal >= signal).min_by_key(|point| point.signal);
    match (below, above) {
        (Some(below), Some(above)) if below.signal < above.signal => {
            let width = Decimal::from(above.signal) - Decimal::from(below.signal);
            let part = (Decimal::from(signal) - Decimal::from(below.signal)).checked_div(width)?;
            let rise = above.power.checked_sub(below.power)?;
            below.power.checked_add(rise.checked_mul(part)?)
        }
        (Some(point), _) | (None, Some(point)) => Some(point.power),
        (None, None) => None,
    }
}
