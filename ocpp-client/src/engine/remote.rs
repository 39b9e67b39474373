//! Starting, unlocking and telling by order of the manager (block F).

use std::time::Duration;

use ocpp_core::model::{
    Authorization, AuthorizationStatus, EvseId, Fact, MeterReport, Outcome, Place, ReadingContext,
    Registration, RemoteStart, StationTxRef, Step, Trigger, TriggerKind, Verdict,
};

use super::evse::{Asked, Evse};
use super::reservation::Claim;
use super::{Engine, Output};
use crate::hardware::Actuation;

impl Engine {
    /// A free EVSE is found for the driver; what follows the reply is in [`Engine::begin_remote_start`].
    pub(super) fn remote_start(&self, start: &RemoteStart) -> Outcome {
        let verdict = taken(self.place_for(start).is_some());
        Outcome::RemoteStart { verdict, transaction: None }
    }

    /// Where a vehicle is plugged in already is best.
    fn place_for(&self, start: &RemoteStart) -> Option<EvseId> {
        let is_free = |evse: &&Evse| {
            self.is_operative(evse.id)
                && !evse.is_faulted
                && evse.transaction.is_none()
                && start.evse.is_none_or(|wanted| wanted == evse.id)
                && self.claim(evse.id, &start.id_token, start.group.as_ref()) != Claim::Refused
        };
        self.evses.values().filter(is_free).min_by_key(|evse| !evse.is_plugged).map(|evse| evse.id)
    }

    /// The driver may charge, or is authorized first where that is set; the transaction starts when a vehicle is
    /// there (F01, F02).
    pub(super) fn begin_remote_start(&mut self, now: Duration, start: &RemoteStart) {
        let Some(id) = self.place_for(start) else { return };
        let asked = Asked {
            token: start.id_token.clone(),
            remote_start: start.remote_start,
            trigger: Trigger::REMOTE_START,
        };
        if self.settings.authorize_remote_start {
            return self.authorize(now, id, asked); // F02.FR.09
        }
        let word =
            Authorization { group: start.group.clone(), ..Authorization::of(AuthorizationStatus::Accepted) };
        self.permit(now, id, asked, word); // F02.FR.10
    }

    /// A running transaction keeps its lock (F05.FR.02).
    pub(super) fn unlock(&mut self, place: Place) -> Verdict {
        let known = place.evse().filter(|_| self.has_place(place));
        let Some(evse) = known.and_then(|id| self.evses.get(&id)) else { return Verdict::Unknown };
        if evse.transaction.is_some() {
            return Verdict::Occupied;
        }
        let id = evse.id;
        self.outputs.push_back(Output::Actuate(Actuation::Unlock(id)));
        Verdict::Accepted
    }

    /// How a transaction is (E14).
    pub(super) fn transaction_status(&self, transaction: Option<&StationTxRef>) -> Outcome {
        match transaction {
            None => Outcome::Transaction { ongoing: None, reports_wait: self.queue.has_reports(None) },
            Some(StationTxRef::Named(name)) => Outcome::Transaction {
                ongoing: Some(self.evse_of_transaction(name).is_some()),
                reports_wait: self.queue.has_reports(Some(name)),
            },
            Some(_) => Outcome::Transaction { ongoing: Some(false), reports_wait: false },
        }
    }
}

/// Triggers (F06).
impl Engine {
    pub(super) fn can_trigger(&self, message: &TriggerKind, place: Option<Place>) -> Verdict {
        let evse = place.and_then(Place::evse);
        if evse.is_some_and(|evse| !self.evses.contains_key(&evse)) {
            return Verdict::Rejected;
        }
        let charging = |id: &EvseId| self.is_charging(*id) && evse.is_none_or(|evse| evse == *id);
        match message {
            // A station that is accepted has booted (F06.FR.17).
            TriggerKind::Boot => taken(self.registration != Some(Registration::Accepted)),
            TriggerKind::Heartbeat | TriggerKind::Status => Verdict::Accepted,
            TriggerKind::Meter => taken(
                self.evses
                    .values()
                    .any(|known| known.measurement.is_some() && evse.is_none_or(|evse| evse == known.id)),
            ),
            TriggerKind::Transaction => taken(self.evses.keys().any(charging)),
            TriggerKind::Firmware
            | TriggerKind::SignedFirmware
            | TriggerKind::Log
            | TriggerKind::Diagnostics => Verdict::Accepted,
            TriggerKind::StationCertificate | TriggerKind::Other(_) | TriggerKind::Custom(_) => {
                self.can_sign(message)
            }
        }
    }

    pub(super) fn trigger(&mut self, now: Duration, message: &TriggerKind, place: Option<Place>) {
        let wanted = place.and_then(Place::evse);
        let ids: Vec<_> =
            self.evses.keys().copied().filter(|id| wanted.is_none_or(|evse| evse == *id)).collect();
        match message {
            TriggerKind::Boot => self.boot(),
            TriggerKind::Heartbeat => {
                self.queue.push(Fact::Heartbeat);
            }
            TriggerKind::Status => ids.into_iter().for_each(|id| self.say_status(now, id)),
            TriggerKind::Meter => ids.into_iter().for_each(|id| self.tell_meter(now, id)),
            TriggerKind::Transaction => {
                for id in ids {
                    self.report_step(now, id, Step::Updated, Trigger::TRIGGER, Some(ReadingContext::TRIGGER));
                }
            }
            TriggerKind::Firmware | TriggerKind::SignedFirmware if self.says_firmware_again() => {}
            TriggerKind::Log | TriggerKind::Diagnostics if self.says_log_again() => {}
            TriggerKind::Firmware => self.tell_idle("FirmwareStatusNotification"),
            TriggerKind::SignedFirmware => self.tell_idle("SignedFirmwareStatusNotification"),
            TriggerKind::Log => self.tell_idle("LogStatusNotification"),
            TriggerKind::Diagnostics => self.tell_idle("DiagnosticsStatusNotification"),
            TriggerKind::StationCertificate | TriggerKind::Other(_) | TriggerKind::Custom(_) => {
                self.sign_when_triggered(message);
            }
        }
    }

    fn tell_meter(&mut self, now: Duration, id: EvseId) {
        let Some(reading) = self.reading(now, id, ReadingContext::TRIGGER) else { return };
        let running = self.evses.get(&id).and_then(|evse| evse.transaction.as_ref());
        let transaction = running
            .map_or(StationTxRef::Unknown, |running| StationTxRef::Named(running.name.as_str().into()));
        let report = MeterReport { place: Place::Evse(id), transaction, readings: vec![reading] };
        self.queue.push(Fact::Meter(report));
    }

    /// Nothing is under way. Every version has the same words for it.
    fn tell_idle(&mut self, action: &str) {
        let payload = r#"{"status":"Idle"}"#.to_owned();
        self.queue.push(Fact::Unmapped { action: action.into(), payload });
    }
}

pub(super) fn taken(accepted: bool) -> Verdict {
    if accepted { Verdict::Accepted } else { Verdict::Rejected }
}
