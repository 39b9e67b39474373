//! Obeying the manager.

use std::time::Duration;

use ocpp_core::model::{
    AttributeKind, Command, Outcome, ProfilePurpose, Scope, Setting, SettingAttribute, StationTxRef,
    StopReason, TransferAnswer, TransferStatus, Trigger, Verdict,
};

use super::Engine;
use super::remote::taken;

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
            Command::Reset { kind, evse } => self.can_reset(*kind, *evse),
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
            Command::ReadSettings(Scope::All) => Outcome::Settings(self.all_keys(now)),
            Command::ReadSettings(Scope::These(settings)) => {
                let actual = |setting: &Setting| SettingAttribute {
                    setting: setting.clone(),
                    attribute: AttributeKind::Actual,
                };
                let these: Vec<_> = settings.iter().map(actual).collect();
                Outcome::Settings(self.read_all(now, &these))
            }
            Command::ReadSettings(Scope::Attributes(these)) => Outcome::Settings(self.read_all(now, these)),
            Command::ChangeSettings(changes) => Outcome::Settings(self.change_all(changes)),
            Command::ReportBase { .. } => self.can_report_base(),
            Command::Report { criteria, settings, .. } => self.can_report(now, criteria, settings),
            Command::SetNetworkProfile(profile) => self.set_network_profile(profile),
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
            Command::SetChargingProfile { place, profile } => self.set_profile(now, *place, profile),
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
            | Command::RequestBatterySwap { .. }
            | Command::WebPaymentStarted { .. } => self.obey_energy(now, command),
            Command::AdjustStream { id, pace } => self.adjust_stream(now, *id, *pace),
            Command::GetStreams => self.open_streams(),
            Command::SetMonitoringBase(base) => self.set_monitoring_base(*base),
            Command::SetMonitoringLevel(level) => self.set_monitoring_level(*level),
            Command::SetVariableMonitoring(wanted) => self.set_monitors(now, wanted),
            Command::ClearVariableMonitoring { ids } => self.clear_monitors(ids),
            Command::GetMonitoringReport { criteria, variables, .. } => {
                self.has_monitors(criteria, variables)
            }
            Command::SetDisplayMessage(message) => self.set_message(now, message),
            Command::GetDisplayMessages { filter, .. } => self.has_messages(filter),
            Command::ClearDisplayMessage { id } => self.clear_message(*id),
            Command::CustomerInformation(question) => self.can_tell_customer(question),
            Command::Unmapped { .. } => Outcome::Verdict(Verdict::NotSupported),
        }
    }

    /// The same for what only 2.1 knows of energy and money.
    fn obey_energy(&mut self, now: Duration, command: &Command) -> Outcome {
        match command {
            Command::UpdateDynamicSchedule { profile, update } => self.update_schedule(now, *profile, update),
            Command::UsePriorityCharging { transaction, activate } => {
                self.can_use_priority(transaction, *activate)
            }
            Command::SetDefaultTariff { place, tariff } => self.set_default_tariff(now, *place, tariff),
            Command::GetTariffs { place } => self.installed_tariffs(*place),
            Command::ClearTariffs { ids, place } => self.clear_tariffs(ids, *place),
            Command::ChangeTransactionTariff { transaction, tariff } => {
                self.can_change_tariff(transaction, tariff)
            }
            Command::SetDerControl(control) => self.set_control(now, control),
            Command::GetDerControls { filter, .. } => self.has_controls(filter),
            Command::ClearDerControls { scope, kind, id } => {
                self.clear_controls(now, *scope, kind.as_deref(), id.as_deref())
            }
            Command::AfrrSignal { signal, .. } => self.hear_signal(*signal),
            Command::AllowEnergyTransfer { transaction, modes } => {
                self.can_allow_transfer(transaction, modes)
            }
            Command::RequestBatterySwap { request, id_token } => self.request_swap(now, *request, id_token),
            Command::WebPaymentStarted { evse, timeout_s } => {
                self.web_payment_started(now, *evse, *timeout_s)
            }
            _ => Outcome::Verdict(Verdict::NotSupported),
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
            Command::Reset { kind, evse } => {
                if self.can_reset(*kind, *evse) != Outcome::Verdict(Verdict::Rejected) {
                    self.reset(now, *kind, *evse);
                }
            }
            Command::GetChargingProfiles { request, place, filter } => {
                self.report_profiles(*request, *place, filter);
            }
            Command::SetChargingProfile { place, profile } => {
                self.obey_profiles(now);
                if profile.purpose == ProfilePurpose::Tx {
                    self.vehicle_plans(now, *place);
                }
            }
            Command::ClearChargingProfiles(_)
            | Command::UpdateDynamicSchedule { .. }
            | Command::AfrrSignal { .. } => self.obey_profiles(now),
            Command::UsePriorityCharging { transaction, activate } => {
                self.use_priority(now, transaction, *activate);
            }
            Command::ChangeTransactionTariff { transaction, tariff } => {
                self.change_tariff(now, transaction, tariff);
            }
            Command::AllowEnergyTransfer { transaction, modes } => {
                self.allow_transfer(now, transaction, modes);
            }
            Command::SetDerControl(_) => self.run_controls(now),
            Command::CertificateSigned(_) => self.use_new_certificate(),
            Command::ChangeSettings(_) => {
                self.schedule_by_settings(now);
                self.use_new_password();
            }
            _ => self.tell(now, command),
        }
    }

    /// Says what was asked for.
    fn tell(&mut self, now: Duration, command: &Command) {
        match command {
            Command::ReportBase { request, kind } => self.report_base(now, *request, *kind),
            Command::Report { request, criteria, settings } => self.report(now, *request, criteria, settings),
            Command::GetMonitoringReport { request, criteria, variables } => {
                self.report_monitors(now, *request, criteria, variables);
            }
            Command::GetDerControls { request, filter } => self.report_controls(*request, filter),
            Command::GetDisplayMessages { request, filter } => self.report_messages(*request, filter),
            Command::CustomerInformation(question) => self.tell_customer(now, question),
            _ => {}
        }
    }
}
