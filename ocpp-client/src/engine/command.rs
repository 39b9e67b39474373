//! Obeying the manager.

use std::time::Duration;

use ocpp_core::model::{
    Availability, Command, EvseId, Fact, MeterReport, Outcome, Place, PortStatus, ReadingContext,
    Registration, RemoteStart, ResetKind, Scope, StationTxRef, Step, StopReason, TransferAnswer,
    TransferStatus, Trigger, TriggerKind, Verdict,
};

use super::evse::Permit;
use super::{Engine, Output};
use crate::hardware::Actuation;

impl Engine {
    /// Does what can be done at once and says what comes of it.
    pub(super) fn obey(&mut self, now: Duration, command: &Command) -> Outcome {
        match command {
            Command::RemoteStart(start) => self.remote_start(start),
            Command::RemoteStop(StationTxRef::Named(name)) => {
                Outcome::Verdict(taken(self.evse_of_transaction(name).is_some()))
            }
            Command::RemoteStop(_) => Outcome::Verdict(Verdict::Rejected),
            Command::Trigger { message, place } => Outcome::Verdict(self.can_trigger(message, *place)),
            Command::Reset { evse: Some(_), .. } => Outcome::Verdict(Verdict::Rejected),
            Command::Reset { kind, evse: None } => {
                let busy = self.evses.values().any(|evse| evse.transaction.is_some());
                let waits = busy && *kind == ResetKind::OnIdle;
                Outcome::Verdict(if waits { Verdict::Rejected } else { Verdict::Accepted })
            }
            Command::SetAvailability { place, availability } => {
                Outcome::Verdict(self.set_availability(now, *place, *availability))
            }
            Command::Unlock(place) => Outcome::Verdict(self.unlock(*place)),
            Command::ClearCache => Outcome::Verdict(Verdict::Accepted),
            Command::SendLocalList(_)
            | Command::ReadLocalListVersion
            | Command::Reserve(_)
            | Command::CancelReservation { .. }
            | Command::ReadTransaction { .. } => Outcome::Verdict(Verdict::NotSupported),
            Command::ReadSettings(Scope::All) => Outcome::Settings(self.settings.all(self.config.evses)),
            Command::ReadSettings(Scope::These(settings)) => {
                let read = settings.iter().map(|setting| self.settings.read(setting, self.config.evses));
                Outcome::Settings(read.collect())
            }
            Command::ChangeSettings(changes) => {
                Outcome::Settings(changes.iter().map(|change| self.settings.change(change)).collect())
            }
            Command::ShowCost { .. } => Outcome::Verdict(Verdict::Accepted),
            Command::UpdateFirmware(_)
            | Command::PublishFirmware(_)
            | Command::UnpublishFirmware { .. }
            | Command::GetLog(_)
            | Command::InstallCertificate(_)
            | Command::DeleteCertificate(_)
            | Command::ListCertificates { .. }
            | Command::CertificateSigned(_) => Outcome::Verdict(Verdict::NotSupported),
            Command::Transfer(_) => {
                Outcome::Transfer(TransferAnswer { status: TransferStatus::UnknownVendor, data: None })
            }
            Command::Unmapped { .. } => Outcome::Verdict(Verdict::NotSupported),
        }
    }

    /// Does what has to follow the reply.
    pub(super) fn after_command(&mut self, now: Duration, command: &Command) {
        match command {
            Command::RemoteStart(_) => {
                let ids: Vec<_> = self.evses.keys().copied().collect();
                for id in ids {
                    self.start_if_ready(now, id);
                }
            }
            Command::RemoteStop(StationTxRef::Named(name)) => {
                if let Some(id) = self.evse_of_transaction(name) {
                    self.end_transaction(now, id, StopReason::REMOTE, Trigger::REMOTE_STOP, None);
                }
            }
            Command::Trigger { message, place } if self.can_trigger(message, *place) == Verdict::Accepted => {
                self.trigger(now, message, *place);
            }
            Command::Reset { kind, evse: None } => self.reset(now, *kind),
            _ => {}
        }
    }

    /// A free EVSE gets the permit; the transaction starts when a vehicle is there (F01, F02).
    fn remote_start(&mut self, start: &RemoteStart) -> Outcome {
        let is_free = |evse: &&mut super::evse::Evse| {
            evse.is_operative
                && evse.transaction.is_none()
                && start.evse.is_none_or(|wanted| wanted == evse.id)
        };
        let mut free: Vec<_> = self.evses.values_mut().filter(is_free).collect();
        free.sort_by_key(|evse| !evse.is_plugged);
        let verdict = match free.into_iter().next() {
            Some(evse) => {
                evse.permit = Some(Permit {
                    token: start.id_token.clone(),
                    group: None,
                    remote_start: start.remote_start,
                    trigger: Trigger::REMOTE_START,
                });
                Verdict::Accepted
            }
            None => Verdict::Rejected,
        };
        Outcome::RemoteStart { verdict, transaction: None }
    }

    fn can_trigger(&self, message: &TriggerKind, place: Option<Place>) -> Verdict {
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
            _ => Verdict::NotSupported,
        }
    }

    fn trigger(&mut self, now: Duration, message: &TriggerKind, place: Option<Place>) {
        let wanted = place.and_then(Place::evse);
        let ids: Vec<_> =
            self.evses.keys().copied().filter(|id| wanted.is_none_or(|evse| evse == *id)).collect();
        match message {
            TriggerKind::Boot => self.boot(),
            TriggerKind::Heartbeat => {
                self.queue.push(Fact::Heartbeat);
            }
            TriggerKind::Status => ids.into_iter().for_each(|id| self.say_status(now, id)),
            TriggerKind::Meter => {
                for id in ids {
                    let Some(reading) = self.reading(now, id, ReadingContext::TRIGGER) else { continue };
                    let running = self.evses.get(&id).and_then(|evse| evse.transaction.as_ref());
                    let transaction = running.map_or(StationTxRef::Unknown, |running| {
                        StationTxRef::Named(running.name.as_str().into())
                    });
                    let report = MeterReport { place: Place::Evse(id), transaction, readings: vec![reading] };
                    self.queue.push(Fact::Meter(report));
                }
            }
            TriggerKind::Transaction => {
                for id in ids {
                    self.report(now, id, Step::Updated, Trigger::TRIGGER, Some(ReadingContext::TRIGGER));
                }
            }
            _ => {}
        }
    }

    fn reset(&mut self, now: Duration, kind: ResetKind) {
        let busy: Vec<_> =
            self.evses.values().filter(|evse| evse.transaction.is_some()).map(|e| e.id).collect();
        if kind == ResetKind::OnIdle && !busy.is_empty() {
            return;
        }
        for id in busy {
            let reason = StopReason::new("ImmediateReset");
            self.end_transaction(now, id, reason, Trigger::RESET_COMMAND, None);
        }
        self.registration = None;
        self.outputs.push_back(Output::Actuate(Actuation::Restart));
    }

    /// What is busy changes when its transaction ends (G03, G04).
    fn set_availability(&mut self, now: Duration, place: Place, availability: Availability) -> Verdict {
        let operative = availability == Availability::Operative;
        let wanted = place.evse();
        let ids: Vec<_> =
            self.evses.keys().copied().filter(|id| wanted.is_none_or(|evse| evse == *id)).collect();
        if ids.is_empty() {
            return Verdict::Rejected;
        }
        let mut verdict = Verdict::Accepted;
        for id in ids {
            let Some(evse) = self.evses.get_mut(&id) else { continue };
            if !operative && evse.transaction.is_some() {
                evse.closes_after = true;
                verdict = Verdict::Scheduled;
                continue;
            }
            evse.closes_after = false;
            evse.is_operative = operative;
            let status = match (operative, evse.is_plugged, &evse.transaction) {
                (true, _, Some(_)) => continue,
                (true, true, None) => PortStatus::Preparing,
                (true, false, None) => PortStatus::Available,
                (false, ..) => PortStatus::Unavailable,
            };
            self.set_status(now, id, status);
        }
        verdict
    }

    /// A running transaction keeps its lock (F05.FR.02).
    fn unlock(&mut self, place: Place) -> Verdict {
        let Some(evse) = place.evse().and_then(|id| self.evses.get(&id)) else { return Verdict::Unknown };
        if evse.transaction.is_some() {
            return Verdict::Occupied;
        }
        let id = evse.id;
        self.outputs.push_back(Output::Actuate(Actuation::Unlock(id)));
        Verdict::Accepted
    }
}

fn taken(accepted: bool) -> Verdict {
    if accepted { Verdict::Accepted } else { Verdict::Rejected }
}
