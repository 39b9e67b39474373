//! The manager's end of OCPP 2.x, over the types of the version that includes it (`super::wire`).

use alloc::string::ToString;

use super::wire;
use super::{
    VERSION, certificate, charging_profile, contract, courtesy, customer, device, display, firmware, later,
    local_list, logs, maintenance, monitoring, remote, reservation, security, words,
};
use crate::dialect::two::{self, Courtesy, boxed, unsigned};
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, check_action, payload, read, said, verdict,
};
use crate::model::*;
use crate::types::{DateTime, Json, Number};

/// The most decimals of a cost towards a station (part 2, 2.1.4).
const MOST_DECIMALS: u32 = 6;

/// What a station's call means.
pub(in crate::dialect) fn hear(action: &str, json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    match action {
        "BootNotification" => read(json, |r: wire::BootNotificationRequest| Fact::Boot(boot(&r))),
        "Heartbeat" => read(json, |_: wire::HeartbeatRequest| Fact::Heartbeat),
        "StatusNotification" => read(json, |r: wire::StatusNotificationRequest| Fact::Status(status(&r))),
        "Authorize" => contract::hear(json),
        "TransactionEvent" => read(json, |r: wire::TransactionEventRequest| transaction(&r)),
        "MeterValues" => read(json, |r: wire::MeterValuesRequest| {
            Fact::Meter(MeterReport {
                place: Place::of(unsigned(r.evse_id), None),
                transaction: StationTxRef::Unknown,
                readings: words::readings(&r.meter_value),
            })
        }),
        "ReservationStatusUpdate" => reservation::hear_ended(json),
        "NotifyReport" => device::hear_report(json),
        action if charging_profile::FROM_STATION.contains(&action) => {
            charging_profile::hear_fact(action, json)
        }
        action if later::FROM_STATION.contains(&action) => later::hear_fact(action, json),
        "DataTransfer" => read(json, |r: wire::DataTransferRequest| Fact::Transfer(words::transfer(&r))),
        "FirmwareStatusNotification" => firmware::hear_progress(json),
        "PublishFirmwareStatusNotification" => firmware::hear_publication(json),
        "LogStatusNotification" => logs::hear_progress(json),
        "NotifyMonitoringReport" => monitoring::hear_report(json),
        "NotifyEvent" => monitoring::hear_events(json),
        "NotifyDisplayMessages" => display::hear_report(json),
        "NotifyCustomerInformation" => customer::hear_piece(json),
        "SecurityEventNotification" => security::hear(json),
        "SignCertificate" => certificate::hear_signing(json),
        "Get15118EVCertificate" => certificate::hear_ev(json),
        "GetCertificateStatus" => certificate::hear_ocsp(json),
        asked if maintenance::asks_revocation(asked) => maintenance::hear_revocation(json),
        other => {
            check_action(VERSION, wire::ACTIONS, other, crate::action::Direction::from_station)?;
            let inbound = wire::Request::parse_by(other, json.text, json.policy)?;
            let meaning = Fact::Unmapped { action: other.into(), payload: json.text.into() };
            Ok(Heard { meaning, findings: inbound.findings })
        }
    }
}

fn boot(request: &wire::BootNotificationRequest) -> Boot {
    let station = &request.charging_station;
    let modem = station.modem.as_ref();
    Boot {
        vendor: boxed(&station.vendor_name),
        model: boxed(&station.model),
        serial: station.serial_number.as_deref().map(boxed),
        firmware: station.firmware_version.as_deref().map(boxed),
        iccid: modem.and_then(|modem| modem.iccid.as_deref()).map(boxed),
        imsi: modem.and_then(|modem| modem.imsi.as_deref()).map(boxed),
        meter_type: None,
        meter_serial: None,
        reason: Some(BootReason::new(request.reason.as_str())),
    }
}

fn status(request: &wire::StatusNotificationRequest) -> StatusReport {
    StatusReport {
        place: Place::of(unsigned(request.evse_id), Some(unsigned(request.connector_id))),
        status: two::port_status(request.connector_status.as_str()),
        at: Some(request.timestamp.timestamp()),
        fault: None,
    }
}

fn transaction(request: &wire::TransactionEventRequest) -> Fact {
    let info = &request.transaction_info;
    Fact::Transaction(alloc::boxed::Box::new(TransactionFact {
        transaction: StationTxRef::Named(boxed(&info.transaction_id)),
        step: match &request.event_type {
            wire::TransactionEventKind::Started => Step::Started,
            wire::TransactionEventKind::Ended => Step::Ended,
            wire::TransactionEventKind::Updated | wire::TransactionEventKind::Unlisted(_) => Step::Updated,
        },
        order: Order::Seq(unsigned(request.seq_no)),
        at: request.timestamp.timestamp(),
        clock: ClockOf::Station,
        trigger: Trigger::new(request.trigger_reason.as_str()),
        connectivity: match request.offline {
            Some(true) => Connectivity::Offline,
            Some(false) | None => Connectivity::Online,
        },
        place: request.evse.as_ref().map(words::place),
        id_token: request.id_token.as_ref().map(words::token),
        charging: info.charging_state.as_ref().and_then(|state| two::charging_state(state.as_str())),
        readings: words::readings(request.meter_value.as_deref().unwrap_or_default()),
        stop_reason: info.stopped_reason.as_ref().map(|reason| StopReason::new(reason.as_str())),
        reservation: request.reservation_id.map(two::counted),
        remote_start: info.remote_start_id.map(two::counted),
        pricing: later::heard_pricing(request),
    }))
}

/// What answers a station's call.
pub(in crate::dialect) fn answer(action: &str, fact: &Fact, answer: &Answer) -> Reply {
    match answer {
        Answer::Boot { registration, now, interval_s } => {
            let status = match registration {
                Registration::Accepted => wire::RegistrationStatus::Accepted,
                Registration::Pending => wire::RegistrationStatus::Pending,
                Registration::Rejected => wire::RegistrationStatus::Rejected,
            };
            let interval = i32::try_from(*interval_s).unwrap_or(i32::MAX);
            payload(&wire::BootNotificationResponse::new(DateTime::new(*now), interval, status))
        }
        Answer::Heartbeat { now } => payload(&wire::HeartbeatResponse::new(DateTime::new(*now))),
        Answer::Authorize(word) => payload(&wire::AuthorizeResponse::new(words::id_token_info(word))),
        Answer::AuthorizeContract { word, contract } => contract::answer(word, *contract),
        Answer::Transaction { authorization, total_cost, .. } => {
            let mut response = wire::TransactionEventResponse::new();
            response.total_cost = total_cost.and_then(|cost| Number::truncated(cost, MOST_DECIMALS).ok());
            response.id_token_info = authorization.as_ref().map(words::id_token_info);
            payload(&response)
        }
        Answer::SignCertificate { verdict, cause } => certificate::answer_signing(*verdict, cause.as_ref()),
        Answer::EvCertificate(certificate) => certificate::answer_ev(certificate),
        Answer::OcspStatus(answer) => certificate::answer_ocsp(answer),
        Answer::Revocation(found) => maintenance::answer_revocation(found),
        Answer::Verdict(_)
        | Answer::ChargingNeeds(_)
        | Answer::ScheduleUpdate(_)
        | Answer::Settlement { .. }
        | Answer::VatNumber(_) => charging_profile::answer(action, fact, answer),
        Answer::Transfer(answer) => payload(&words::transfer_response(answer)),
        Answer::Noted => match courtesy(action) {
            Courtesy::Empty => Reply::Payload("{}".to_string()),
            Courtesy::Payload(json) => Reply::Payload(json.to_string()),
            Courtesy::NotProvided => Reply::NotSupported("nobody here provides this"),
        },
    }
}

/// The call that carries an order.
pub(in crate::dialect) fn order(command: &Command) -> Result<Said, CannotSay> {
    let cannot = |what| CannotSay::new(VERSION, what);
    Ok(match command {
        Command::RemoteStart(start) => remote::order_start(start)?,
        Command::RemoteStop(StationTxRef::Named(name)) => {
            let name = two::identifier(name).ok_or_else(|| cannot(words::UNSAYABLE_TRANSACTION))?;
            said("RequestStopTransaction", &wire::RequestStopTransactionRequest::new(name))
        }
        Command::RemoteStop(_) => return Err(cannot("to stop a transaction without the station's id of it")),
        Command::Trigger { message, place } => remote::order_trigger(message, *place)?,
        Command::Reset { kind, evse } => device::order_reset(*kind, *evse)?,
        Command::SetAvailability { place, availability } => {
            let status = match availability {
                Availability::Operative => wire::OperationalStatus::Operative,
                Availability::Inoperative => wire::OperationalStatus::Inoperative,
            };
            let mut request = wire::ChangeAvailabilityRequest::new(status);
            request.evse = words::evse(*place);
            said("ChangeAvailability", &request)
        }
        Command::Unlock(place) => remote::order_unlock(*place)?,
        Command::SetChargingProfile { .. }
        | Command::GetChargingProfiles { .. }
        | Command::ClearChargingProfiles(_)
        | Command::GetCompositeSchedule { .. }
        | Command::UpdateDynamicSchedule { .. }
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
        | Command::WebPaymentStarted { .. } => return charging_profile::order(command),
        Command::ClearCache => said("ClearCache", &wire::ClearCacheRequest::new()),
        Command::SendLocalList(update) => local_list::order_update(update)?,
        Command::ReadLocalListVersion => local_list::order_version(),
        Command::Reserve(reserve) => reservation::order_reserve(reserve)?,
        Command::CancelReservation { id } => reservation::order_cancel(*id)?,
        Command::ReadTransaction { transaction } => remote::order_transaction_status(transaction.as_ref())?,
        Command::ReadSettings(scope) => device::order_read(scope)?,
        Command::ChangeSettings(changes) => device::order_change(changes)?,
        Command::ReportBase { request, kind } => device::order_base_report(*request, *kind),
        Command::Report { request, criteria, settings } => {
            device::order_report(*request, criteria, settings)?
        }
        Command::SetNetworkProfile(profile) => device::order_network(profile)?,
        Command::ShowCost { transaction: StationTxRef::Named(name), total } => {
            let name = two::identifier(name).ok_or_else(|| cannot(words::UNSAYABLE_TRANSACTION))?;
            let total = Number::truncated(*total, MOST_DECIMALS).map_err(|_| cannot("such a cost"))?;
            said("CostUpdated", &wire::CostUpdatedRequest::new(total, name))
        }
        Command::ShowCost { .. } => {
            return Err(cannot("the cost of a transaction without the station's id of it"));
        }
        Command::UpdateFirmware(update) => firmware::order_update(update)?,
        Command::PublishFirmware(order) => firmware::order_publish(order)?,
        Command::UnpublishFirmware { checksum } => firmware::order_unpublish(checksum)?,
        Command::GetLog(order) => logs::order(order)?,
        Command::SetMonitoringBase(_)
        | Command::SetMonitoringLevel(_)
        | Command::SetVariableMonitoring(_)
        | Command::ClearVariableMonitoring { .. }
        | Command::GetMonitoringReport { .. } => monitoring::order(command)?,
        Command::SetDisplayMessage(_)
        | Command::GetDisplayMessages { .. }
        | Command::ClearDisplayMessage { .. } => display::order(command)?,
        Command::CustomerInformation(question) => customer::order(question)?,
        Command::InstallCertificate(new) => certificate::order_install(new)?,
        Command::DeleteCertificate(hash) => certificate::order_delete(hash)?,
        Command::ListCertificates { uses } => certificate::order_list(uses)?,
        Command::CertificateSigned(signed) => certificate::order_signed(signed)?,
        Command::Transfer(transfer) => said("DataTransfer", &words::transfer_request(transfer)),
        Command::Unmapped { action, payload } => Said { action: action.clone(), payload: payload.clone() },
    })
}

/// What a station's answer to an order means.
pub(in crate::dialect) fn hear_outcome(
    command: &Command,
    action: &str,
    json: Payload<'_>,
) -> Result<Heard<Outcome>, Misheard> {
    match command {
        Command::RemoteStart(_) => read(json, |r: wire::RequestStartTransactionResponse| {
            let transaction = r.transaction_id.as_deref().map(|name| StationTxRef::Named(boxed(name)));
            Outcome::RemoteStart { verdict: verdict(r.status.as_str()), transaction }
        }),
        Command::RemoteStop(_) => {
            read(json, |r: wire::RequestStopTransactionResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        Command::Trigger { .. } => {
            read(json, |r: wire::TriggerMessageResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        Command::Reset { .. } => {
            read(json, |r: wire::ResetResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        Command::SetAvailability { .. } => {
            read(json, |r: wire::ChangeAvailabilityResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        Command::Unlock(_) => remote::hear_unlocked(json),
        Command::SetChargingProfile { .. }
        | Command::GetChargingProfiles { .. }
        | Command::ClearChargingProfiles(_)
        | Command::GetCompositeSchedule { .. }
        | Command::UpdateDynamicSchedule { .. }
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
        | Command::WebPaymentStarted { .. } => charging_profile::hear_outcome(command, json),
        Command::ClearCache => {
            read(json, |r: wire::ClearCacheResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        Command::SendLocalList(_) => local_list::hear_updated(json),
        Command::ReadLocalListVersion => local_list::hear_version(json),
        Command::Reserve(_) => reservation::hear_reserved(json),
        Command::CancelReservation { .. } => reservation::hear_cancelled(json),
        Command::ReadTransaction { .. } => remote::hear_transaction_status(json),
        Command::ReadSettings(_) => device::hear_values(json),
        Command::ChangeSettings(_) => device::hear_changed(json),
        Command::ReportBase { .. } | Command::Report { .. } | Command::SetNetworkProfile(_) => {
            device::hear_word(command, json)
        }
        Command::ShowCost { .. } => {
            read(json, |_: wire::CostUpdatedResponse| Outcome::Verdict(Verdict::Accepted))
        }
        Command::UpdateFirmware(_) => firmware::hear_update_outcome(json),
        Command::PublishFirmware(_) => firmware::hear_publish_outcome(json),
        Command::UnpublishFirmware { .. } => firmware::hear_unpublish_outcome(json),
        Command::GetLog(_) => logs::hear_outcome(json),
        Command::SetMonitoringBase(_)
        | Command::SetMonitoringLevel(_)
        | Command::SetVariableMonitoring(_)
        | Command::ClearVariableMonitoring { .. }
        | Command::GetMonitoringReport { .. } => monitoring::hear_outcome(command, json),
        Command::SetDisplayMessage(_)
        | Command::GetDisplayMessages { .. }
        | Command::ClearDisplayMessage { .. } => display::hear_outcome(command, json),
        Command::CustomerInformation(_) => customer::hear_outcome(json),
        Command::InstallCertificate(_) => certificate::hear_install_outcome(json),
        Command::DeleteCertificate(_) => certificate::hear_delete_outcome(json),
        Command::ListCertificates { .. } => certificate::hear_list_outcome(json),
        Command::CertificateSigned(_) => certificate::hear_signed_outcome(json),
        Command::Transfer(_) => read(json, |r: wire::DataTransferResponse| {
            Outcome::Transfer(TransferAnswer {
                status: crate::dialect::transfer_status(r.status.as_str()),
                data: r.data.as_ref().map(Json::as_str).map(ToString::to_string),
            })
        }),
        Command::Unmapped { .. } => {
            let inbound = wire::Response::parse_by(action, json.text, json.policy)?;
            Ok(Heard { meaning: Outcome::Raw(json.text.into()), findings: inbound.findings })
        }
    }
}
