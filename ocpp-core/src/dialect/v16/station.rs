//! The charging station's end of OCPP 1.6.

use alloc::boxed::Box;
use alloc::string::ToString;

use super::{
    certificate, charging_profile, device, firmware, local_list, logs, remote, reservation, security, words,
};
use crate::dialect::{
    CannotSay, Heard, Memory, Misheard, Payload, Reply, Said, check_action, payload, read, said,
};
use crate::model::{
    Answer, Availability, Command, Fact, MeterReport, Outcome, Place, Reading, Registration, ResetKind,
    StationTxRef, StatusReport, Step, TransactionFact, Transfer, TransferAnswer, Verdict,
};
use crate::types::{CiText, DateTime, Json, Text, Version};
use crate::v16;

/// The number that the errata name for a transaction whose start was never answered.
const NO_NUMBER: i32 = -1;

/// The call that carries a fact.
pub(in crate::dialect) fn say(memory: &mut Memory, fact: &Fact) -> Result<Option<Said>, CannotSay> {
    Ok(Some(match fact {
        Fact::Boot(boot) => {
            let mut request = v16::BootNotificationRequest::new(
                Text::truncated(&boot.vendor),
                Text::truncated(&boot.model),
            );
            request.charge_point_serial_number = boot.serial.as_deref().map(Text::truncated);
            request.firmware_version = boot.firmware.as_deref().map(Text::truncated);
            request.iccid = boot.iccid.as_deref().map(Text::truncated);
            request.imsi = boot.imsi.as_deref().map(Text::truncated);
            request.meter_type = boot.meter_type.as_deref().map(Text::truncated);
            request.meter_serial_number = boot.meter_serial.as_deref().map(Text::truncated);
            said("BootNotification", &request)
        }
        Fact::Heartbeat => said("Heartbeat", &v16::HeartbeatRequest::new()),
        Fact::Status(report) => said("StatusNotification", &status(report)),
        Fact::Authorize(token) => said("Authorize", &v16::AuthorizeRequest::new(words::id_tag(token))),
        Fact::Transaction(fact) => return transaction(memory, fact),
        Fact::Meter(report) => return Ok(meter(memory, report)),
        // 1.6 has no words for it: the status of the connector tells.
        Fact::ReservationEnded { .. } => return Ok(None),
        // Nor for this: a manager reads keys.
        Fact::Report(_) => return Ok(None),
        Fact::Firmware(progress) => return Ok(firmware::say_progress(progress)),
        Fact::Log(progress) => return Ok(logs::say_progress(progress)),
        Fact::Security(event) => security::say(event),
        Fact::SignCertificate(wish) => return Ok(certificate::say_signing(wish)),
        // 1.6 has no words for these.
        Fact::AuthorizeContract { .. }
        | Fact::MonitoringReport(_)
        | Fact::Events(_)
        | Fact::DisplayMessages(_)
        | Fact::CustomerInformation(_)
        | Fact::Publication(_)
        | Fact::EvCertificate(_)
        | Fact::OcspStatus(_)
        | Fact::Revocation(_) => {
            return Ok(None);
        }
        // 1.6 has no words for any of it.
        Fact::ChargingProfiles(_)
        | Fact::ChargingLimit(_)
        | Fact::ChargingLimitCleared { .. }
        | Fact::ChargingNeeds(_)
        | Fact::EvSchedule(_)
        | Fact::PriorityCharging { .. }
        | Fact::PullSchedule { .. }
        | Fact::DerReport(_)
        | Fact::DerAlarm(_)
        | Fact::DerStartStop(_)
        | Fact::StreamOpened(_)
        | Fact::StreamClosed { .. }
        | Fact::StreamValues(_)
        | Fact::BatterySwap(_)
        | Fact::Settlement(_)
        | Fact::VatNumber(_) => return Ok(None),
        Fact::Transfer(transfer) => {
            let mut request = v16::DataTransferRequest::new(Text::truncated(&transfer.vendor));
            request.message_id = transfer.message.as_deref().map(Text::truncated);
            request.data = transfer.data.as_deref().map(words::text_of_json);
            said("DataTransfer", &request)
        }
        Fact::Unmapped { action, payload } => Said { action: action.clone(), payload: payload.clone() },
    }))
}

fn status(report: &StatusReport) -> v16::StatusNotificationRequest {
    let code = report.fault.as_ref().map_or(v16::ChargePointErrorCode::NoError, |fault| {
        let code = v16::ChargePointErrorCode::from(&*fault.code);
        if matches!(code, v16::ChargePointErrorCode::Unlisted(_)) {
            return v16::ChargePointErrorCode::OtherError;
        }
        code
    });
    let connector = words::connector(report.place);
    let mut request =
        v16::StatusNotificationRequest::new(connector, code, words::charge_point_status(report.status));
    request.timestamp = report.at.map(DateTime::new);
    if let Some(fault) = &report.fault {
        request.info = fault.info.as_deref().map(Text::truncated);
        request.vendor_id = fault.vendor.as_deref().map(Text::truncated);
        request.vendor_error_code = fault.vendor_code.as_deref().map(Text::truncated);
    }
    request
}

fn transaction(memory: &Memory, fact: &TransactionFact) -> Result<Option<Said>, CannotSay> {
    Ok(match fact.step {
        Step::Started => Some(said("StartTransaction", &start(fact)?)),
        // A change of the charging state is told by the status of the connector.
        Step::Updated => {
            meter_values(memory, fact.place.unwrap_or(Place::Station), &fact.transaction, &fact.readings)
        }
        Step::Ended => Some(said("StopTransaction", &stop(memory, fact))),
    })
}

fn start(fact: &TransactionFact) -> Result<v16::StartTransactionRequest, CannotSay> {
    let register = fact.readings.iter().find_map(Reading::energy_register);
    let connector = fact.place.map(words::connector).filter(|connector| *connector > 0);
    let cannot = CannotSay::new(Version::V16, "a start that is not at a connector");
    let mut request = v16::StartTransactionRequest::new(
        connector.ok_or(cannot)?,
        fact.id_token.as_ref().map_or(CiText::truncated(""), words::id_tag),
        words::register_wh(register),
        DateTime::new(fact.at),
    );
    request.reservation_id = fact.reservation.and_then(|number| i32::try_from(number).ok());
    Ok(request)
}

fn stop(memory: &Memory, fact: &TransactionFact) -> v16::StopTransactionRequest {
    let register = fact.readings.iter().rev().find_map(Reading::energy_register);
    let number = number(memory, &fact.transaction).unwrap_or(NO_NUMBER);
    let mut request =
        v16::StopTransactionRequest::new(words::register_wh(register), DateTime::new(fact.at), number);
    request.id_tag = fact.id_token.as_ref().map(words::id_tag);
    request.reason = fact.stop_reason.as_ref().map(|reason| match v16::Reason::from(reason.as_str()) {
        // What 2.x calls immediate is a hard reset here.
        v16::Reason::Unlisted(other) if &*other == "ImmediateReset" => v16::Reason::HardReset,
        v16::Reason::Unlisted(_) => v16::Reason::Other,
        reason => reason,
    });
    let values = words::meter_values(&fact.readings);
    request.transaction_data = (!values.is_empty()).then_some(values);
    request
}

fn meter(memory: &Memory, report: &MeterReport) -> Option<Said> {
    meter_values(memory, report.place, &report.transaction, &report.readings)
}

/// Nothing is said where nothing was measured that 1.6 has words for.
fn meter_values(
    memory: &Memory,
    place: Place,
    transaction: &StationTxRef,
    readings: &[Reading],
) -> Option<Said> {
    let values = words::meter_values(readings);
    if values.is_empty() {
        return None;
    }
    let mut request = v16::MeterValuesRequest::new(words::connector(place), values);
    request.transaction_id = number(memory, transaction);
    Some(said("MeterValues", &request))
}

/// The number of a transaction, as far as the manager has given it one.
fn number(memory: &Memory, transaction: &StationTxRef) -> Option<i32> {
    let number = match transaction {
        StationTxRef::Named(name) => *memory.numbers.get(name)?,
        StationTxRef::Numbered(number) => *number,
        StationTxRef::Unassigned | StationTxRef::Unknown => return None,
    };
    i32::try_from(number).ok()
}

/// What the manager's answer means; the number of a transaction is remembered from its start to its stop.
pub(in crate::dialect) fn hear_answer(
    memory: &mut Memory,
    fact: &Fact,
    action: &str,
    json: Payload<'_>,
) -> Result<Heard<Answer>, Misheard> {
    match action {
        "BootNotification" => read(json, |response: v16::BootNotificationResponse| Answer::Boot {
            registration: match response.status {
                v16::RegistrationStatus::Accepted => Registration::Accepted,
                v16::RegistrationStatus::Pending => Registration::Pending,
                _ => Registration::Rejected,
            },
            now: response.current_time.timestamp(),
            interval_s: u32::try_from(response.interval).unwrap_or(0),
        }),
        "Heartbeat" => read(json, |response: v16::HeartbeatResponse| Answer::Heartbeat {
            now: response.current_time.timestamp(),
        }),
        "Authorize" => read(json, |response: v16::AuthorizeResponse| {
            Answer::Authorize(words::authorization(&response.id_tag_info))
        }),
        "StartTransaction" => read(json, |response: v16::StartTransactionResponse| {
            let number = i64::from(response.transaction_id);
            if let Some(name) = name_of(fact) {
                memory.numbers.insert(name.into(), number);
            }
            let authorization = Some(words::authorization(&response.id_tag_info));
            Answer::Transaction { number: Some(number), authorization, total_cost: None }
        }),
        "StopTransaction" => read(json, |response: v16::StopTransactionResponse| {
            if let Some(name) = name_of(fact) {
                memory.numbers.remove(name);
            }
            let authorization = response.id_tag_info.as_ref().map(words::authorization);
            Answer::Transaction { number: None, authorization, total_cost: None }
        }),
        "MeterValues" => read(json, |_: v16::MeterValuesResponse| match fact {
            Fact::Transaction(_) => {
                Answer::Transaction { number: None, authorization: None, total_cost: None }
            }
            _ => Answer::Noted,
        }),
        "DataTransfer" => read(json, |response: v16::DataTransferResponse| {
            Answer::Transfer(TransferAnswer {
                status: crate::dialect::transfer_status(response.status.as_str()),
                data: response.data.map(|text| Json::string(&text).as_str().to_string()),
            })
        }),
        "SignCertificate" => certificate::hear_signing_answer(json),
        other => {
            let inbound = v16::Response::parse_by(other, json.text, json.policy)?;
            Ok(Heard { meaning: Answer::Noted, findings: inbound.findings })
        }
    }
}

fn name_of(fact: &Fact) -> Option<&str> {
    match fact {
        Fact::Transaction(fact) => match &fact.transaction {
            StationTxRef::Named(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// What a manager's call means.
pub(in crate::dialect) fn hear(
    memory: &Memory,
    action: &str,
    json: Payload<'_>,
) -> Result<Heard<Command>, Misheard> {
    match action {
        "RemoteStartTransaction" => remote::hear_start(memory, json),
        "RemoteStopTransaction" => read(json, |request: v16::RemoteStopTransactionRequest| {
            Command::RemoteStop(named(memory, i64::from(request.transaction_id)))
        }),
        "TriggerMessage" => remote::hear_trigger(json),
        "ExtendedTriggerMessage" => remote::hear_extended_trigger(json),
        "Reset" => read(json, |request: v16::ResetRequest| {
            let hard = request.kind == v16::ResetType::Hard;
            Command::Reset { kind: if hard { ResetKind::Immediate } else { ResetKind::Graceful }, evse: None }
        }),
        "ChangeAvailability" => read(json, |request: v16::ChangeAvailabilityRequest| {
            let operative = request.kind == v16::AvailabilityType::Operative;
            Command::SetAvailability {
                place: words::place(request.connector_id),
                availability: if operative { Availability::Operative } else { Availability::Inoperative },
            }
        }),
        "UnlockConnector" => read(json, |request: v16::UnlockConnectorRequest| {
            Command::Unlock(words::place(request.connector_id))
        }),
        action if charging_profile::FROM_MANAGER.contains(&action) => {
            charging_profile::hear(memory, action, json)
        }
        "ClearCache" => read(json, |_: v16::ClearCacheRequest| Command::ClearCache),
        "SendLocalList" => local_list::hear_update(json),
        "GetLocalListVersion" => {
            read(json, |_: v16::GetLocalListVersionRequest| Command::ReadLocalListVersion)
        }
        "ReserveNow" => reservation::hear_reserve(json),
        "CancelReservation" => reservation::hear_cancel(json),
        "GetConfiguration" => device::hear_read(json),
        "ChangeConfiguration" => device::hear_change(json),
        "UpdateFirmware" => firmware::hear_plain(json),
        "SignedUpdateFirmware" => firmware::hear_signed(json),
        "GetDiagnostics" => logs::hear_diagnostics(json),
        "GetLog" => logs::hear_log(json),
        "InstallCertificate" => certificate::hear_install(json),
        "DeleteCertificate" => certificate::hear_delete(json),
        "GetInstalledCertificateIds" => certificate::hear_list(json),
        "CertificateSigned" => certificate::hear_signed(json),
        "DataTransfer" => read(json, |request: v16::DataTransferRequest| {
            Command::Transfer(Transfer {
                vendor: request.vendor_id.as_str().into(),
                message: request.message_id.as_deref().map(Box::from),
                data: request.data.map(|text| Json::string(&text).as_str().to_string()),
            })
        }),
        other => {
            check_action(Version::V16, v16::ACTIONS, other, crate::action::Direction::from_manager)?;
            let inbound = v16::Request::parse_by(other, json.text, json.policy)?;
            let meaning = Command::Unmapped { action: other.into(), payload: json.text.into() };
            Ok(Heard { meaning, findings: inbound.findings })
        }
    }
}

/// The station's own name of a numbered transaction.
pub(super) fn named(memory: &Memory, number: i64) -> StationTxRef {
    let name = memory.numbers.iter().find(|(_, known)| **known == number).map(|(name, _)| name);
    name.map_or(StationTxRef::Numbered(number), |name| StationTxRef::Named(name.clone()))
}

/// What answers a manager's call.
pub(in crate::dialect) fn answer(action: &str, command: &Command, outcome: &Outcome) -> Reply {
    let verdict = match outcome {
        Outcome::Raw(json) => return Reply::Payload(json.clone()),
        Outcome::Settings(results) => return device::answer(command, results),
        Outcome::CompositeSchedule { .. }
        | Outcome::Tariff(_)
        | Outcome::Tariffs { .. }
        | Outcome::TariffsCleared(_)
        | Outcome::DerControl { .. }
        | Outcome::Streams(_) => {
            return charging_profile::answer(action, outcome);
        }
        Outcome::Transfer(answer) => return payload(&words::transfer_response(answer)),
        Outcome::LocalList(held) => return local_list::answer_version(*held),
        Outcome::Transaction { .. } => return Reply::NotSupported("this version has no such question"),
        Outcome::Firmware { verdict, .. } => return firmware::answer_update(action, *verdict),
        Outcome::Log { verdict, file, .. } => return logs::answer(action, *verdict, file.as_deref()),
        Outcome::Certificate { verdict, .. } => return certificate::answer(action, *verdict),
        Outcome::Certificates(installed) => return certificate::answer_list(installed),
        Outcome::Monitors(_)
        | Outcome::MonitorsCleared(_)
        | Outcome::Display { .. }
        | Outcome::CustomerInformation { .. } => return Reply::NotSupported("OCPP 1.6 has no such order"),
        Outcome::Unpublish(_) => return Reply::NotSupported("OCPP 1.6 does not offer firmware to others"),
        Outcome::Verdict(verdict) | Outcome::RemoteStart { verdict, .. } => *verdict,
    };
    let accepted = verdict == Verdict::Accepted;
    match action {
        "RemoteStartTransaction" => payload(&v16::RemoteStartTransactionResponse::new(taken(accepted))),
        "RemoteStopTransaction" => payload(&v16::RemoteStopTransactionResponse::new(taken(accepted))),
        "TriggerMessage" => remote::answer_trigger(verdict),
        "ExtendedTriggerMessage" => remote::answer_extended_trigger(verdict),
        "Reset" => payload(&v16::ResetResponse::new(match verdict {
            Verdict::Accepted | Verdict::Scheduled => v16::ResetStatus::Accepted,
            _ => v16::ResetStatus::Rejected,
        })),
        "ChangeAvailability" => payload(&v16::ChangeAvailabilityResponse::new(match verdict {
            Verdict::Accepted => v16::AvailabilityStatus::Accepted,
            Verdict::Scheduled => v16::AvailabilityStatus::Scheduled,
            _ => v16::AvailabilityStatus::Rejected,
        })),
        "UnlockConnector" => payload(&v16::UnlockConnectorResponse::new(match verdict {
            Verdict::Accepted => v16::UnlockStatus::Unlocked,
            Verdict::NotSupported | Verdict::Unknown => v16::UnlockStatus::NotSupported,
            _ => v16::UnlockStatus::UnlockFailed,
        })),
        action if charging_profile::FROM_MANAGER.contains(&action) => {
            charging_profile::answer(action, outcome)
        }
        "ClearCache" => payload(&v16::ClearCacheResponse::new(if accepted {
            v16::ClearCacheStatus::Accepted
        } else {
            v16::ClearCacheStatus::Rejected
        })),
        "SendLocalList" => local_list::answer_update(verdict),
        "ReserveNow" => reservation::answer_reserve(verdict),
        "CancelReservation" => reservation::answer_cancel(verdict),
        _ => Reply::NotSupported("this station does not do that"),
    }
}

fn taken(accepted: bool) -> v16::RemoteStartStopStatus {
    if accepted { v16::RemoteStartStopStatus::Accepted } else { v16::RemoteStartStopStatus::Rejected }
}
