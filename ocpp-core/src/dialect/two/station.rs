//! The station's end of OCPP 2.x, over the types of the version that includes it (`super::wire`).

use alloc::string::ToString;

use super::wire;
use super::{
    VERSION, certificate, charging_profile, contract, customer, device, display, firmware, later, local_list,
    logs, maintenance, monitoring, remote, reservation, security, words,
};
use crate::dialect::two::{self, boxed, integer, unsigned};
use crate::dialect::{
    CannotSay, Heard, Memory, Misheard, Payload, Reply, Said, check_action, payload, read, said,
};
use crate::model::*;
use crate::types::{DateTime, Json, List, Number, Text};

/// The call that carries a fact.
pub(in crate::dialect) fn say(memory: &mut Memory, fact: &Fact) -> Result<Option<Said>, CannotSay> {
    let cannot = |what| CannotSay::new(VERSION, what);
    Ok(Some(match fact {
        Fact::Boot(boot) => said("BootNotification", &boot_notification(boot)),
        Fact::Heartbeat => said("Heartbeat", &wire::HeartbeatRequest::new()),
        Fact::Status(report) => return Ok(status(memory, report)),
        Fact::Authorize(token) => {
            let token = words::id_token(token).ok_or_else(|| cannot(words::UNSAYABLE_TOKEN))?;
            said("Authorize", &wire::AuthorizeRequest::new(token))
        }
        Fact::AuthorizeContract { id_token, contract } => contract::say(id_token, contract)?,
        Fact::Transaction(fact) => {
            let StationTxRef::Named(name) = &fact.transaction else { return Ok(None) };
            let name = two::identifier(name).ok_or_else(|| cannot(words::UNSAYABLE_TRANSACTION))?;
            return Ok(transaction(name, fact).map(|request| said("TransactionEvent", &request)));
        }
        Fact::Meter(report) => return Ok(meter(report).map(|request| said("MeterValues", &request))),
        Fact::ReservationEnded { id, how } => return Ok(reservation::say_ended(*id, *how)),
        Fact::Report(report) => return Ok(device::say_report(report)),
        Fact::Firmware(progress) => firmware::say_progress(progress),
        Fact::Publication(progress) => return Ok(firmware::say_publication(progress)),
        Fact::Log(progress) => logs::say_progress(progress),
        Fact::MonitoringReport(report) => return Ok(monitoring::say_report(report)),
        Fact::Events(report) => return Ok(monitoring::say_events(report)),
        Fact::DisplayMessages(report) => return display::say_report(report),
        Fact::CustomerInformation(piece) => return Ok(customer::say_piece(piece)),
        Fact::Security(event) => security::say(event),
        Fact::SignCertificate(wish) => return Ok(certificate::say_signing(wish)),
        Fact::EvCertificate(request) => return Ok(certificate::say_ev(request)),
        Fact::OcspStatus(question) => return Ok(certificate::say_ocsp(question)),
        Fact::Revocation(questions) => return Ok(maintenance::ask_revocation(questions)),
        Fact::ChargingProfiles(_)
        | Fact::ChargingLimit(_)
        | Fact::ChargingLimitCleared { .. }
        | Fact::ChargingNeeds(_)
        | Fact::EvSchedule(_) => return Ok(charging_profile::say(fact)),
        Fact::PriorityCharging { .. }
        | Fact::PullSchedule { .. }
        | Fact::DerReport(_)
        | Fact::DerAlarm(_)
        | Fact::DerStartStop(_)
        | Fact::StreamOpened(_)
        | Fact::StreamClosed { .. }
        | Fact::StreamValues(_)
        | Fact::BatterySwap(_)
        | Fact::Settlement(_)
        | Fact::VatNumber(_) => return Ok(later::say(fact)),
        Fact::Transfer(transfer) => said("DataTransfer", &words::transfer_request(transfer)),
        Fact::Unmapped { action, payload } => Said { action: action.clone(), payload: payload.clone() },
    }))
}

fn meter(report: &MeterReport) -> Option<wire::MeterValuesRequest> {
    let values = List::new(words::meter_values(&report.readings)).ok()?;
    Some(wire::MeterValuesRequest::new(integer(two::evse_of(report.place))?, values))
}

fn boot_notification(boot: &Boot) -> wire::BootNotificationRequest {
    let mut station = wire::ChargingStation::new(Text::truncated(&boot.model), Text::truncated(&boot.vendor));
    station.serial_number = boot.serial.as_deref().map(Text::truncated);
    station.firmware_version = boot.firmware.as_deref().map(Text::truncated);
    let mut modem = wire::Modem::new();
    modem.iccid = boot.iccid.as_deref().and_then(two::identifier);
    modem.imsi = boot.imsi.as_deref().and_then(two::identifier);
    station.modem = (modem.iccid.is_some() || modem.imsi.is_some()).then_some(modem);
    let reason = boot.reason.as_ref().unwrap_or(&BootReason::POWER_UP);
    let reason = two::listed(reason.as_str(), wire::BootReason::Unknown);
    wire::BootNotificationRequest::new(station, reason)
}

/// A status is said of connectors only. A change that 2.x has no word for is not said; the same
/// status said again, as after a trigger, is.
fn status(memory: &mut Memory, report: &StatusReport) -> Option<Said> {
    let connector = two::connector_of(report.place)?;
    let evse = report.place.evse().filter(|evse| evse.0 > 0)?;
    let word = two::port_status_word(report.status);
    let key = two::place_key(report.place);
    let last = memory.said.insert(key, report.status.as_str().into());
    if last.is_some_and(|last| *last != *report.status.as_str() && two::word_of_name(&last) == word) {
        return None;
    }
    let at = report.at.unwrap_or_default();
    Some(said(
        "StatusNotification",
        &wire::StatusNotificationRequest::new(
            DateTime::new(at),
            wire::ConnectorStatus::from(word),
            integer(evse.0)?,
            integer(connector)?,
        ),
    ))
}

fn transaction(name: Text<36>, fact: &TransactionFact) -> Option<wire::TransactionEventRequest> {
    let mut info = wire::Transaction::new(name);
    info.charging_state =
        fact.charging.map(|state| wire::ChargingState::from(two::charging_state_word(state)));
    info.stopped_reason =
        fact.stop_reason.as_ref().map(|reason| two::listed(reason.as_str(), wire::Reason::Other));
    info.remote_start_id = fact.remote_start.and_then(integer);
    let step = match fact.step {
        Step::Started => wire::TransactionEventKind::Started,
        Step::Updated => wire::TransactionEventKind::Updated,
        Step::Ended => wire::TransactionEventKind::Ended,
    };
    // A report has to leave even where its token cannot be said.
    let token = fact.id_token.as_ref().and_then(words::id_token);
    let trigger = match two::listed(fact.trigger.as_str(), wire::TriggerReason::AbnormalCondition) {
        // E02.FR.01
        wire::TriggerReason::Authorized if token.is_none() => wire::TriggerReason::AbnormalCondition,
        // F02.FR.21
        wire::TriggerReason::RemoteStart if info.remote_start_id.is_none() => {
            wire::TriggerReason::AbnormalCondition
        }
        trigger => trigger,
    };
    let seq = match fact.order {
        Order::Seq(seq) => integer(seq)?,
        Order::Arrival => integer(0_u32)?,
    };
    let mut request = wire::TransactionEventRequest::new(step, DateTime::new(fact.at), trigger, seq, info);
    request.offline = (fact.connectivity == Connectivity::Offline).then_some(true);
    request.evse = fact.place.and_then(words::evse);
    request.id_token = token;
    request.meter_value = List::new(words::meter_values(&fact.readings)).ok();
    request.reservation_id = fact.reservation.and_then(integer);
    later::dress_transaction(&mut request, fact.pricing.as_deref());
    Some(request)
}

/// What the manager's answer means.
pub(in crate::dialect) fn hear_answer(
    _fact: &Fact,
    action: &str,
    json: Payload<'_>,
) -> Result<Heard<Answer>, Misheard> {
    match action {
        "BootNotification" => read(json, |r: wire::BootNotificationResponse| Answer::Boot {
            registration: match r.status {
                wire::RegistrationStatus::Accepted => Registration::Accepted,
                wire::RegistrationStatus::Pending => Registration::Pending,
                _ => Registration::Rejected,
            },
            now: r.current_time.timestamp(),
            interval_s: unsigned(r.interval),
        }),
        "Heartbeat" => {
            read(json, |r: wire::HeartbeatResponse| Answer::Heartbeat { now: r.current_time.timestamp() })
        }
        "Authorize" => contract::hear_answer(json),
        "TransactionEvent" => read(json, |r: wire::TransactionEventResponse| Answer::Transaction {
            number: None,
            authorization: r.id_token_info.as_ref().map(words::authorization),
            total_cost: r.total_cost.as_ref().and_then(Number::decimal),
        }),
        "DataTransfer" => read(json, |r: wire::DataTransferResponse| {
            Answer::Transfer(TransferAnswer {
                status: crate::dialect::transfer_status(r.status.as_str()),
                data: r.data.as_ref().map(Json::as_str).map(ToString::to_string),
            })
        }),
        "SignCertificate" => certificate::hear_signing_answer(json),
        "Get15118EVCertificate" => certificate::hear_ev_answer(json),
        "GetCertificateStatus" => certificate::hear_ocsp_answer(json),
        asked if maintenance::asks_revocation(asked) => maintenance::hear_revocations(json),
        other => {
            if let Some(heard) = charging_profile::hear_answer(other, json) {
                return heard;
            }
            let inbound = wire::Response::parse_by(other, json.text, json.policy)?;
            Ok(Heard { meaning: Answer::Noted, findings: inbound.findings })
        }
    }
}

/// What a manager's call means.
pub(in crate::dialect) fn hear(action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    match action {
        "RequestStartTransaction" => remote::hear_start(json),
        "RequestStopTransaction" => read(json, |r: wire::RequestStopTransactionRequest| {
            Command::RemoteStop(StationTxRef::Named(boxed(&r.transaction_id)))
        }),
        "TriggerMessage" => remote::hear_trigger(json),
        "Reset" => device::hear_reset(json),
        "ChangeAvailability" => read(json, |r: wire::ChangeAvailabilityRequest| {
            let operative = r.operational_status == wire::OperationalStatus::Operative;
            Command::SetAvailability {
                place: r.evse.as_ref().map_or(Place::Station, words::place),
                availability: if operative { Availability::Operative } else { Availability::Inoperative },
            }
        }),
        "UnlockConnector" => read(json, |r: wire::UnlockConnectorRequest| {
            Command::Unlock(Place::of(unsigned(r.evse_id), Some(unsigned(r.connector_id))))
        }),
        action if charging_profile::FROM_MANAGER.contains(&action) => {
            charging_profile::hear_command(action, json)
        }
        action if later::FROM_MANAGER.contains(&action) => later::hear_command(action, json),
        "ClearCache" => read(json, |_: wire::ClearCacheRequest| Command::ClearCache),
        "SendLocalList" => local_list::hear_update(json),
        "GetLocalListVersion" => {
            read(json, |_: wire::GetLocalListVersionRequest| Command::ReadLocalListVersion)
        }
        "ReserveNow" => reservation::hear_reserve(json),
        "CancelReservation" => reservation::hear_cancel(json),
        "GetTransactionStatus" => remote::hear_transaction_question(json),
        "GetVariables" => device::hear_read(json),
        "SetVariables" => device::hear_change(json),
        "GetBaseReport" => device::hear_base_report(json),
        "GetReport" => device::hear_custom_report(json),
        "SetNetworkProfile" => device::hear_network(json),
        "CostUpdated" => {
            // A cost that no Decimal can hold is nothing that a driver can be shown.
            let request = read(json, |r: wire::CostUpdatedRequest| r)?;
            let transaction = StationTxRef::Named(boxed(&request.meaning.transaction_id));
            let meaning = match request.meaning.total_cost.decimal() {
                Some(total) => Command::ShowCost { transaction, total },
                None => Command::Unmapped { action: action.into(), payload: json.text.into() },
            };
            Ok(Heard { meaning, findings: request.findings })
        }
        "UpdateFirmware" => firmware::hear_update(json),
        "PublishFirmware" => firmware::hear_publish(json),
        "UnpublishFirmware" => firmware::hear_unpublish(json),
        "GetLog" => logs::hear(json),
        action if monitoring::FROM_MANAGER.contains(&action) => monitoring::hear_command(action, json),
        action if display::FROM_MANAGER.contains(&action) => display::hear_command(action, json),
        "CustomerInformation" => customer::hear(json),
        "InstallCertificate" => certificate::hear_install(json),
        "DeleteCertificate" => certificate::hear_delete(json),
        "GetInstalledCertificateIds" => certificate::hear_list(json),
        "CertificateSigned" => certificate::hear_signed(json),
        "DataTransfer" => read(json, |r: wire::DataTransferRequest| Command::Transfer(words::transfer(&r))),
        other => {
            check_action(VERSION, wire::ACTIONS, other, crate::action::Direction::from_manager)?;
            let inbound = wire::Request::parse_by(other, json.text, json.policy)?;
            let meaning = Command::Unmapped { action: other.into(), payload: json.text.into() };
            Ok(Heard { meaning, findings: inbound.findings })
        }
    }
}

/// What answers a manager's call.
pub(in crate::dialect) fn answer(action: &str, command: &Command, outcome: &Outcome) -> Reply {
    let (verdict, transaction) = match outcome {
        Outcome::Raw(json) => return Reply::Payload(json.clone()),
        Outcome::Settings(results) => return device::answer(command, results),
        Outcome::CompositeSchedule { .. }
        | Outcome::Tariff(_)
        | Outcome::Tariffs { .. }
        | Outcome::TariffsCleared(_)
        | Outcome::DerControl { .. }
        | Outcome::Streams(_) => {
            return charging_profile::answer_command(action, outcome);
        }
        Outcome::Transfer(answer) => return payload(&words::transfer_response(answer)),
        Outcome::Firmware { verdict, cause } => return firmware::answer_update(*verdict, cause.as_ref()),
        Outcome::Unpublish(word) => return firmware::answer_unpublish(*word),
        Outcome::Log { verdict, file, cause } => {
            return logs::answer(*verdict, file.as_deref(), cause.as_ref());
        }
        Outcome::Monitors(_) | Outcome::MonitorsCleared(_) => {
            return monitoring::answer_command(action, outcome);
        }
        Outcome::Display { .. } => return display::answer_command(action, outcome),
        Outcome::CustomerInformation { verdict, cause } => {
            return customer::answer(*verdict, cause.as_ref());
        }
        Outcome::Certificate { verdict, cause } => {
            return certificate::answer(action, *verdict, cause.as_ref());
        }
        Outcome::Certificates(installed) => return certificate::answer_list(installed),
        Outcome::Verdict(verdict) => (*verdict, None),
        Outcome::LocalList(held) => return local_list::answer_version(*held),
        Outcome::Transaction { ongoing, reports_wait } => {
            return remote::answer_transaction_status(*ongoing, *reports_wait);
        }
        Outcome::RemoteStart { verdict, transaction } => (*verdict, transaction.as_ref()),
    };
    let accepted = verdict == Verdict::Accepted;
    let taken = || {
        if accepted { wire::RequestStartStopStatus::Accepted } else { wire::RequestStartStopStatus::Rejected }
    };
    match action {
        "RequestStartTransaction" => {
            let mut response = wire::RequestStartTransactionResponse::new(taken());
            if let Some(StationTxRef::Named(name)) = transaction {
                response.transaction_id = two::identifier(name);
            }
            payload(&response)
        }
        "RequestStopTransaction" => payload(&wire::RequestStopTransactionResponse::new(taken())),
        "TriggerMessage" => remote::answer_trigger(verdict),
        "Reset" => payload(&wire::ResetResponse::new(match verdict {
            Verdict::Accepted => wire::ResetStatus::Accepted,
            Verdict::Scheduled => wire::ResetStatus::Scheduled,
            _ => wire::ResetStatus::Rejected,
        })),
        "ChangeAvailability" => payload(&wire::ChangeAvailabilityResponse::new(match verdict {
            Verdict::Accepted => wire::ChangeAvailabilityStatus::Accepted,
            Verdict::Scheduled => wire::ChangeAvailabilityStatus::Scheduled,
            _ => wire::ChangeAvailabilityStatus::Rejected,
        })),
        "UnlockConnector" => remote::answer_unlock(verdict),
        "GetBaseReport" => device::answer_base_report(verdict),
        "GetReport" => device::answer_custom_report(verdict),
        "SetNetworkProfile" => device::answer_network(verdict),
        "PublishFirmware" => firmware::answer_publish(verdict),
        "CostUpdated" if accepted => payload(&wire::CostUpdatedResponse::new()),
        action
            if charging_profile::FROM_MANAGER.contains(&action) || later::FROM_MANAGER.contains(&action) =>
        {
            charging_profile::answer_command(action, outcome)
        }
        action if monitoring::FROM_MANAGER.contains(&action) => monitoring::answer_command(action, outcome),
        action if display::FROM_MANAGER.contains(&action) => display::answer_command(action, outcome),
        "ClearCache" => payload(&wire::ClearCacheResponse::new(if accepted {
            wire::ClearCacheStatus::Accepted
        } else {
            wire::ClearCacheStatus::Rejected
        })),
        "SendLocalList" => local_list::answer_update(verdict),
        "ReserveNow" => reservation::answer_reserve(verdict),
        "CancelReservation" => reservation::answer_cancel(verdict),
        _ => Reply::NotSupported("this station does not do that"),
    }
}
