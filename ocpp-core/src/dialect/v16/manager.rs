//! The manager's end of OCPP 1.6.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{
    certificate, charging_profile, device, firmware, local_list, logs, remote, reservation, security, words,
};
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, check_action, payload, read, said};
use crate::model::{
    Answer, Authorization, AuthorizationStatus, Availability, Boot, ChargingState, ClockOf, Command,
    Connectivity, Fact, MeterReport, Order, Outcome, PortFault, ReadingContext, Registration, ResetKind,
    StationTxRef, StatusReport, Step, StopReason, TransactionFact, Transfer, TransferAnswer, Trigger,
    Verdict,
};
use crate::types::{DateTime, Json, Text, Version};
use crate::v16;

const NO_MONITORS: &str = "monitors on variables: its stations report faults with the status of their connectors, \
    and the manager lists those as alarms";
const NO_DISPLAY: &str = "messages on displays: it has none; some makers have a message of their own for it \
    (DataTransfer)";
const NO_CUSTOMERS: &str = "what a station keeps about a customer: send its local list anew without the token, and \
    clear its cache";

/// What a station's call means.
pub(in crate::dialect) fn hear(action: &str, json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    match action {
        "BootNotification" => read(json, |request: v16::BootNotificationRequest| Fact::Boot(boot(request))),
        "Heartbeat" => read(json, |_: v16::HeartbeatRequest| Fact::Heartbeat),
        "StatusNotification" => {
            read(json, |request: v16::StatusNotificationRequest| Fact::Status(status(&request)))
        }
        "Authorize" => {
            read(json, |request: v16::AuthorizeRequest| Fact::Authorize(words::token(&request.id_tag)))
        }
        "StartTransaction" => read(json, |request: v16::StartTransactionRequest| start(&request)),
        "StopTransaction" => read(json, |request: v16::StopTransactionRequest| stop(request)),
        "MeterValues" => read(json, |request: v16::MeterValuesRequest| meter(&request)),
        "DataTransfer" => read(json, |request: v16::DataTransferRequest| Fact::Transfer(transfer(request))),
        "FirmwareStatusNotification" => firmware::hear_plain_progress(json),
        "SignedFirmwareStatusNotification" => firmware::hear_signed_progress(json),
        "DiagnosticsStatusNotification" => logs::hear_diagnostics_progress(json),
        "LogStatusNotification" => logs::hear_log_progress(json),
        "SecurityEventNotification" => security::hear(json),
        "SignCertificate" => certificate::hear_signing(json),
        other => {
            check_action(Version::V16, v16::ACTIONS, other, crate::action::Direction::from_station)?;
            let inbound = v16::Request::parse_by(other, json.text, json.policy)?;
            let meaning = Fact::Unmapped { action: other.into(), payload: json.text.into() };
            Ok(Heard { meaning, findings: inbound.findings })
        }
    }
}

fn boot(request: v16::BootNotificationRequest) -> Boot {
    let text = |value: &str| Box::<str>::from(value);
    let serial = request.charge_point_serial_number.or(request.charge_box_serial_number);
    Boot {
        vendor: text(&request.charge_point_vendor),
        model: text(&request.charge_point_model),
        serial: serial.as_deref().map(text),
        firmware: request.firmware_version.as_deref().map(text),
        iccid: request.iccid.as_deref().map(text),
        imsi: request.imsi.as_deref().map(text),
        meter_type: request.meter_type.as_deref().map(text),
        meter_serial: request.meter_serial_number.as_deref().map(text),
        reason: None,
    }
}

fn status(request: &v16::StatusNotificationRequest) -> StatusReport {
    let fault = (request.error_code != v16::ChargePointErrorCode::NoError).then(|| PortFault {
        code: request.error_code.as_str().into(),
        vendor_code: request.vendor_error_code.as_deref().map(Box::from),
        vendor: request.vendor_id.as_deref().map(Box::from),
        info: request.info.as_deref().map(Box::from),
    });
    StatusReport {
        place: words::place(request.connector_id),
        status: words::port_status(&request.status),
        at: request.timestamp.as_ref().map(DateTime::timestamp),
        fault,
    }
}

fn start(request: &v16::StartTransactionRequest) -> Fact {
    let at = request.timestamp.timestamp();
    Fact::Transaction(Box::new(TransactionFact {
        transaction: StationTxRef::Unassigned,
        step: Step::Started,
        order: Order::Arrival,
        at,
        clock: ClockOf::Station,
        trigger: Trigger::AUTHORIZED,
        connectivity: Connectivity::Online,
        place: Some(words::place(request.connector_id)),
        id_token: Some(words::token(&request.id_tag)),
        charging: Some(ChargingState::EvConnected),
        readings: Vec::from([words::register(at, request.meter_start, ReadingContext::BEGIN)]),
        stop_reason: None,
        reservation: request.reservation_id.map(i64::from),
        remote_start: None,
        pricing: None,
    }))
}

fn stop(request: v16::StopTransactionRequest) -> Fact {
    let at = request.timestamp.timestamp();
    // Nothing said means that the driver stopped it at the station.
    let reason = request.reason.as_ref().map_or("Local", v16::Reason::as_str);
    let mut readings = words::readings(request.transaction_data.as_deref().unwrap_or_default());
    readings.push(words::register(at, request.meter_stop, ReadingContext::END));
    Fact::Transaction(Box::new(TransactionFact {
        transaction: numbered(request.transaction_id),
        step: Step::Ended,
        order: Order::Arrival,
        at,
        clock: ClockOf::Station,
        trigger: trigger_of_stop(reason),
        connectivity: Connectivity::Online,
        place: None,
        id_token: request.id_tag.as_deref().map(words::token),
        charging: None,
        readings,
        stop_reason: Some(StopReason::new(reason)),
        reservation: None,
        remote_start: None,
        pricing: None,
    }))
}

fn trigger_of_stop(reason: &str) -> Trigger {
    match reason {
        "Local" => Trigger::STOP_AUTHORIZED,
        "Remote" => Trigger::REMOTE_STOP,
        "EVDisconnected" => Trigger::EV_DEPARTED,
        "DeAuthorized" => Trigger::DEAUTHORIZED,
        "HardReset" | "SoftReset" => Trigger::RESET_COMMAND,
        _ => Trigger::new("AbnormalCondition"),
    }
}

fn meter(request: &v16::MeterValuesRequest) -> Fact {
    Fact::Meter(MeterReport {
        place: words::place(request.connector_id),
        transaction: request.transaction_id.map_or(StationTxRef::Unknown, numbered),
        readings: words::readings(&request.meter_value),
    })
}

fn transfer(request: v16::DataTransferRequest) -> Transfer {
    Transfer {
        vendor: request.vendor_id.as_str().into(),
        message: request.message_id.as_deref().map(Box::from),
        data: request.data.map(|text| Json::string(&text).as_str().to_string()),
    }
}

/// What answers a station's call.
pub(in crate::dialect) fn answer(action: &str, _fact: &Fact, answer: &Answer) -> Reply {
    match (action, answer) {
        ("BootNotification", Answer::Boot { registration, now, interval_s }) => {
            let status = match registration {
                Registration::Accepted => v16::RegistrationStatus::Accepted,
                Registration::Pending => v16::RegistrationStatus::Pending,
                Registration::Rejected => v16::RegistrationStatus::Rejected,
            };
            let interval = i32::try_from(*interval_s).unwrap_or(i32::MAX);
            payload(&v16::BootNotificationResponse::new(status, DateTime::new(*now), interval))
        }
        ("Heartbeat", Answer::Heartbeat { now }) => {
            payload(&v16::HeartbeatResponse::new(DateTime::new(*now)))
        }
        ("Authorize", Answer::Authorize(word)) => {
            payload(&v16::AuthorizeResponse::new(words::id_tag_info(word)))
        }
        ("StartTransaction", Answer::Transaction { number, authorization, .. }) => {
            let Some(number) = number.and_then(|number| i32::try_from(number).ok()) else {
                return Reply::NotSupported("this transaction cannot get a number of 32 bits");
            };
            let unasked = Authorization::of(AuthorizationStatus::Accepted);
            let info = words::id_tag_info(authorization.as_ref().unwrap_or(&unasked));
            payload(&v16::StartTransactionResponse::new(info, number))
        }
        ("StopTransaction", Answer::Transaction { authorization, .. }) => {
            let mut response = v16::StopTransactionResponse::new();
            response.id_tag_info = authorization.as_ref().map(words::id_tag_info);
            payload(&response)
        }
        ("DataTransfer", Answer::Transfer(answer)) => payload(&words::transfer_response(answer)),
        ("SignCertificate", Answer::SignCertificate { verdict, .. }) => certificate::answer_signing(*verdict),
        ("SignCertificate", _) => payload(&v16::SignCertificateResponse::new(v16::GenericStatus::Rejected)),
        _ => Reply::Payload("{}".to_string()),
    }
}

/// The call that carries an order.
pub(in crate::dialect) fn order(command: &Command) -> Result<Said, CannotSay> {
    let cannot = |what| CannotSay::new(Version::V16, what);
    Ok(match command {
        Command::RemoteStart(start) => remote::order_start(start)?,
        Command::RemoteStop(StationTxRef::Numbered(number)) => {
            let number =
                i32::try_from(*number).map_err(|_| cannot("a transaction number of more than 32 bits"))?;
            said("RemoteStopTransaction", &v16::RemoteStopTransactionRequest::new(number))
        }
        Command::RemoteStop(_) => return Err(cannot("to stop a transaction that has no number")),
        Command::Trigger { message, place } => remote::order_trigger(message, *place)?,
        Command::Reset { evse: Some(_), .. } => return Err(cannot("to reset one EVSE: reset the station")),
        Command::Reset { kind, evse: None } => {
            let kind = match kind {
                ResetKind::Immediate => v16::ResetType::Hard,
                ResetKind::Graceful | ResetKind::OnIdle => v16::ResetType::Soft,
                ResetKind::ImmediateAndResume => {
                    return Err(cannot("to go on with transactions after a reset at once: reset gracefully"));
                }
            };
            said("Reset", &v16::ResetRequest::new(kind))
        }
        Command::SetAvailability { place, availability } => {
            let kind = match availability {
                Availability::Operative => v16::AvailabilityType::Operative,
                Availability::Inoperative => v16::AvailabilityType::Inoperative,
            };
            let connector = words::one_connector(*place)?;
            said("ChangeAvailability", &v16::ChangeAvailabilityRequest::new(connector, kind))
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
        Command::ClearCache => said("ClearCache", &v16::ClearCacheRequest::new()),
        Command::SendLocalList(update) => local_list::order_update(update)?,
        Command::ReadLocalListVersion => said("GetLocalListVersion", &v16::GetLocalListVersionRequest::new()),
        Command::Reserve(reserve) => reservation::order_reserve(reserve)?,
        Command::CancelReservation { id } => reservation::order_cancel(*id)?,
        Command::ReadTransaction { .. } => {
            return Err(cannot("to ask how a transaction is: look at its session"));
        }
        Command::ReadSettings(scope) => device::order_read(scope)?,
        Command::ChangeSettings(changes) => device::order_change(changes)?,
        Command::ReportBase { .. } | Command::Report { .. } => {
            return Err(cannot("to report settings: read all keys"));
        }
        Command::SetNetworkProfile(_) => {
            return Err(cannot("how the manager is reached: it is set at the station itself"));
        }
        Command::ShowCost { .. } => return Err(cannot("what a transaction costs")),
        Command::UpdateFirmware(update) => firmware::order_update(update)?,
        Command::PublishFirmware(_) | Command::UnpublishFirmware { .. } => {
            return Err(cannot("to offer firmware to others: let each station fetch it itself"));
        }
        Command::GetLog(order) => logs::order(order)?,
        Command::SetMonitoringBase(_)
        | Command::SetMonitoringLevel(_)
        | Command::SetVariableMonitoring(_)
        | Command::ClearVariableMonitoring { .. }
        | Command::GetMonitoringReport { .. } => return Err(cannot(NO_MONITORS)),
        Command::SetDisplayMessage(_)
        | Command::GetDisplayMessages { .. }
        | Command::ClearDisplayMessage { .. } => return Err(cannot(NO_DISPLAY)),
        Command::CustomerInformation(_) => return Err(cannot(NO_CUSTOMERS)),
        Command::InstallCertificate(new) => certificate::order_install(new)?,
        Command::DeleteCertificate(hash) => certificate::order_delete(hash)?,
        Command::ListCertificates { uses } => certificate::order_list(uses)?,
        Command::CertificateSigned(signed) => certificate::order_signed(signed)?,
        Command::Transfer(transfer) => {
            let mut request = v16::DataTransferRequest::new(Text::truncated(&transfer.vendor));
            request.message_id = transfer.message.as_deref().map(Text::truncated);
            request.data = transfer.data.as_deref().map(words::text_of_json);
            said("DataTransfer", &request)
        }
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
        Command::RemoteStart(_) => read(json, |response: v16::RemoteStartTransactionResponse| {
            Outcome::RemoteStart { verdict: verdict(response.status.as_str()), transaction: None }
        }),
        Command::RemoteStop(_) => read(json, |response: v16::RemoteStopTransactionResponse| {
            Outcome::Verdict(verdict(response.status.as_str()))
        }),
        Command::Trigger { .. } => remote::hear_triggered(action, json),
        Command::Reset { .. } => {
            read(json, |response: v16::ResetResponse| Outcome::Verdict(verdict(response.status.as_str())))
        }
        Command::SetAvailability { .. } => read(json, |response: v16::ChangeAvailabilityResponse| {
            Outcome::Verdict(verdict(response.status.as_str()))
        }),
        Command::Unlock(_) => read(json, |response: v16::UnlockConnectorResponse| {
            Outcome::Verdict(verdict(response.status.as_str()))
        }),
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
        Command::ClearCache => read(json, |response: v16::ClearCacheResponse| {
            Outcome::Verdict(verdict(response.status.as_str()))
        }),
        Command::SendLocalList(_) => local_list::hear_updated(json),
        Command::ReadLocalListVersion => local_list::hear_version(json),
        Command::Reserve(_) => reservation::hear_reserved(json),
        Command::CancelReservation { .. } => reservation::hear_cancelled(json),
        Command::ReadSettings(_) => device::hear_values(json),
        Command::ChangeSettings(changes) => device::hear_changed(changes, json),
        Command::Transfer(_) => read(json, |response: v16::DataTransferResponse| {
            Outcome::Transfer(TransferAnswer {
                status: crate::dialect::transfer_status(response.status.as_str()),
                data: response.data.map(|text| Json::string(&text).as_str().to_string()),
            })
        }),
        Command::UpdateFirmware(update) => firmware::hear_update_outcome(update, json),
        Command::GetLog(order) => logs::hear_outcome(order, json),
        Command::InstallCertificate(_) => certificate::hear_install_outcome(json),
        Command::DeleteCertificate(_) => certificate::hear_delete_outcome(json),
        Command::ListCertificates { uses } => certificate::hear_list_outcome(uses, json),
        Command::CertificateSigned(_) => certificate::hear_signed_outcome(json),
        // It cannot be said, so nothing is ever answered to it.
        Command::ShowCost { .. }
        | Command::ReadTransaction { .. }
        | Command::ReportBase { .. }
        | Command::Report { .. }
        | Command::SetNetworkProfile(_)
        | Command::PublishFirmware(_)
        | Command::UnpublishFirmware { .. }
        | Command::SetMonitoringBase(_)
        | Command::SetMonitoringLevel(_)
        | Command::SetVariableMonitoring(_)
        | Command::ClearVariableMonitoring { .. }
        | Command::GetMonitoringReport { .. }
        | Command::SetDisplayMessage(_)
        | Command::GetDisplayMessages { .. }
        | Command::ClearDisplayMessage { .. }
        | Command::CustomerInformation(_) => {
            Ok(Heard { meaning: Outcome::Verdict(Verdict::NotSupported), findings: Vec::new() })
        }
        Command::Unmapped { .. } => {
            let inbound = v16::Response::parse_by(action, json.text, json.policy)?;
            Ok(Heard { meaning: Outcome::Raw(json.text.into()), findings: inbound.findings })
        }
    }
}

fn verdict(status: &str) -> Verdict {
    crate::dialect::verdict(status)
}

/// A transaction by its number. Numbers are given here and start at 1: a negative one says that the station
/// never learned it.
fn numbered(number: i32) -> StationTxRef {
    if number < 0 { StationTxRef::Unknown } else { StationTxRef::Numbered(i64::from(number)) }
}
