//! Obeying the manager.

use std::time::Duration;

use ocpp_core::model::{
    AttributeKind, Command, Outcome, ResetKind, Scope, SettingAttribute, SettingResult, StationTxRef,
    StopReason, TransferAnswer, TransferStatus, Trigger, Verdict,
};

use super::remote::taken;
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
            Command::ClearCache => self.clear_cache(),
            Command::SendLocalList(update) => self.update_local_list(update),
            Command::ReadLocalListVersion => self.local_list_version(),
            Command::Reserve(reserve) => self.reserve(now, reserve),
            Command::CancelReservation { id } => self.cancel_reservation(*id),
            Command::ReadTransaction { transaction } => self.transaction_status(transaction.as_ref()),
            Command::ReadSettings(Scope::All) => Outcome::Settings(self.settings.all(self.config.evses)),
            Command::ReadSettings(Scope::These(settings)) => {
                let read = settings.iter().map(|setting| self.settings.read(setting, self.config.evses));
                Outcome::Settings(read.collect())
            }
            Command::ReadSettings(Scope::Attributes(these)) => {
                let read = |one: &SettingAttribute| match one.attribute {
                    AttributeKind::Actual => self.settings.read(&one.setting, self.config.evses),
                    attribute => SettingResult {
                        attribute,
                        ..SettingResult::new(one.setting.clone(), Verdict::NotSupported, None)
                    },
                };
                Outcome::Settings(these.iter().map(read).collect())
            }
            Command::ChangeSettings(changes) => {
                Outcome::Settings(changes.iter().map(|change| self.settings.change(change)).collect())
            }
            Command::ReportBase { .. } | Command::Report { .. } | Command::SetNetworkProfile(_) => {
                Outcome::Verdict(Verdict::NotSupported)
            }
            Command::ShowCost { .. } => Outcome::Verdict(Verdict::Accepted),
            Command::UpdateFirmware(_)
            | Command::PublishFirmware(_)
            | Command::UnpublishFirmware { .. }
            | Command::GetLog(_)
            | Command::InstallCertificate(_)
            | Command::DeleteCertificate(_)
            | Command::ListCertificates { .. }
            | Command::CertificateSigned(_) => self.obey_upkeep(now, command),
            Command::Transfer(_) => {
                Outcome::Transfer(TransferAnswer { status: TransferStatus::UnknownVendor, data: None })
            }
            Command::SetChargingProfile { place, profile } => self.set_profile(*place, profile),
            Command::GetChargingProfiles { place, filter, .. } => self.has_profiles(*place, filter),
            Command::ClearChargingProfiles(clearing) => self.clear_profiles(clearing),
            Command::GetCompositeSchedule { place, duration_s, unit } => {
                self.composite_schedule(now, *place, *duration_s, *unit)
            }
            Command::UpdateDynamicSchedule { .. }
            | Command::UsePriorityCharging { .. }
            | Command::SetDefaultTariff { .. }
            | Command::GetTariffs { .. }
            | Command::ClearTariffs { .. }
            | Command::ChangeTransactionTariff { .. }
            | Command::SetDerControl(_)
            | Command::GetDerControls { .. }
            | Command::ClearDerControls { .. }
            | Command::AfrrSignal { .. }
            | Command::AllowEnergyTransfer { .. }
            | Command::AdjustStream { .. }
            | Command::GetStreams
            | Command::RequestBatterySwap { .. }
            | Command::WebPaymentStarted { .. }
            | Command::SetMonitoringBase(_)
            | Command::SetMonitoringLevel(_)
            | Command::SetVariableMonitoring(_)
            | Command::ClearVariableMonitoring { .. }
            | Command::GetMonitoringReport { .. }
            | Command::SetDisplayMessage(_)
            | Command::GetDisplayMessages { .. }
            | Command::ClearDisplayMessage { .. }
            | Command::CustomerInformation(_)
            | Command::Unmapped { .. } => Outcome::Verdict(Verdict::NotSupported),
        }
    }

    /// Does what has to follow the reply.
    pub(super) fn after_command(&mut self, now: Duration, command: &Command) {
        match command {
            Command::RemoteStart(start) => self.begin_remote_start(now, start),
            Command::Reserve(_) | Command::CancelReservation { .. } => self.show_idle(now),
            Command::RemoteStop(StationTxRef::Named(name)) => {
                if let Some(id) = self.evse_of_transaction(name) {
                    self.end_transaction(now, id, StopReason::REMOTE, Trigger::REMOTE_STOP, None);
                }
            }
            Command::Trigger { message, place } if self.can_trigger(message, *place) == Verdict::Accepted => {
                self.trigger(now, message, *place);
            }
            Command::Reset { kind, evse: None } => self.reset(now, *kind),
            Command::GetChargingProfiles { request, place, filter } => {
                self.report_profiles(*request, *place, filter);
            }
            Command::SetChargingProfile { .. } | Command::ClearChargingProfiles(_) => self.obey_profiles(now),
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
}
