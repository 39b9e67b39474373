//! Remote control of OCPP 2.x (block F) and the state of transactions (E14), over the types of the version that
//! includes it.

use alloc::boxed::Box;

use super::wire;
use super::{VERSION, charging_profile, words};
use crate::dialect::two::{self, boxed, integer, unsigned};
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, optional, payload, read, read_command, said, verdict,
};
use crate::model::{Command, EvseId, Outcome, Place, RemoteStart, StationTxRef, TriggerKind, Verdict};
use crate::types::Text;

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(VERSION, what)
}

pub(super) fn order_start(start: &RemoteStart) -> Result<Said, CannotSay> {
    let number = integer(start.remote_start.unwrap_or(0))
        .ok_or_else(|| cannot("a remote start number of more than 32 bits"))?;
    let mut request =
        wire::RequestStartTransactionRequest::new(words::whole_id_token(&start.id_token)?, number);
    request.group_id_token = start.group.as_ref().map(words::whole_id_token).transpose()?;
    request.evse_id = start.evse.and_then(|evse| integer(evse.0));
    request.charging_profile =
        start.profile.as_deref().map(charging_profile::profile).transpose().map_err(cannot)?;
    Ok(said("RequestStartTransaction", &request))
}

pub(super) fn hear_start(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read_command("RequestStartTransaction", json, |r: wire::RequestStartTransactionRequest| {
        let profile = optional(r.charging_profile.as_ref(), charging_profile::read_profile)?;
        Some(Command::RemoteStart(RemoteStart {
            id_token: words::token(&r.id_token),
            group: r.group_id_token.as_ref().map(words::token),
            evse: r.evse_id.map(|id| EvseId(unsigned(id))),
            remote_start: Some(two::counted(r.remote_start_id)),
            profile: profile.map(Box::new),
        }))
    })
}

pub(super) fn order_trigger(message: &TriggerKind, place: Option<Place>) -> Result<Said, CannotSay> {
    let word = match message {
        TriggerKind::Boot => "BootNotification",
        TriggerKind::Heartbeat => "Heartbeat",
        TriggerKind::Status => "StatusNotification",
        TriggerKind::Meter => "MeterValues",
        TriggerKind::Transaction => "TransactionEvent",
        TriggerKind::Firmware | TriggerKind::SignedFirmware => "FirmwareStatusNotification",
        TriggerKind::Log => "LogStatusNotification",
        TriggerKind::Diagnostics => {
            return Err(cannot("how far an upload of diagnostics is: ask for that of a log"));
        }
        TriggerKind::StationCertificate => "SignChargingStationCertificate",
        TriggerKind::Other(name) => name,
        TriggerKind::Custom(_) => "CustomTrigger",
    };
    let kind = two::exactly::<wire::MessageTrigger>(word).ok_or_else(|| match message {
        TriggerKind::Custom(_) => {
            cannot("to send a message of the vendor's own: only 2.1 has custom triggers")
        }
        _ => cannot("to send this message: the version does not list it among those that can be triggered"),
    })?;
    let mut request = wire::TriggerMessageRequest::new(kind);
    request.evse = place.and_then(words::evse);
    if let TriggerKind::Custom(name) = message {
        super::name_custom_trigger(&mut request, name)?;
    }
    Ok(said("TriggerMessage", &request))
}

pub(super) fn hear_trigger(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::TriggerMessageRequest| Command::Trigger {
        message: match &r.requested_message {
            wire::MessageTrigger::BootNotification => TriggerKind::Boot,
            wire::MessageTrigger::Heartbeat => TriggerKind::Heartbeat,
            wire::MessageTrigger::StatusNotification => TriggerKind::Status,
            wire::MessageTrigger::MeterValues => TriggerKind::Meter,
            wire::MessageTrigger::TransactionEvent => TriggerKind::Transaction,
            wire::MessageTrigger::FirmwareStatusNotification => TriggerKind::Firmware,
            wire::MessageTrigger::LogStatusNotification => TriggerKind::Log,
            wire::MessageTrigger::SignChargingStationCertificate => TriggerKind::StationCertificate,
            other => super::custom_trigger(&r)
                .map_or_else(|| TriggerKind::Other(other.as_str().into()), TriggerKind::Custom),
        },
        place: r.evse.as_ref().map(words::place),
    })
}

pub(super) fn answer_trigger(verdict: Verdict) -> Reply {
    payload(&wire::TriggerMessageResponse::new(match verdict {
        Verdict::Accepted => wire::TriggerMessageStatus::Accepted,
        Verdict::NotSupported => wire::TriggerMessageStatus::NotImplemented,
        _ => wire::TriggerMessageStatus::Rejected,
    }))
}

pub(super) fn order_unlock(place: Place) -> Result<Said, CannotSay> {
    if place == Place::Station {
        return Err(cannot("to unlock a whole station: name the EVSE and the connector"));
    }
    let evse = integer(two::evse_of(place));
    let connector = integer(two::connector_of(place).unwrap_or(1));
    let (Some(evse), Some(connector)) = (evse, connector) else {
        return Err(cannot("a place with such a number"));
    };
    Ok(said("UnlockConnector", &wire::UnlockConnectorRequest::new(evse, connector)))
}

pub(super) fn answer_unlock(verdict: Verdict) -> Reply {
    payload(&wire::UnlockConnectorResponse::new(match verdict {
        Verdict::Accepted => wire::UnlockStatus::Unlocked,
        Verdict::Unknown => wire::UnlockStatus::UnknownConnector,
        Verdict::Occupied => wire::UnlockStatus::OngoingAuthorizedTransaction,
        _ => wire::UnlockStatus::UnlockFailed,
    }))
}

pub(super) fn hear_unlocked(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::UnlockConnectorResponse| Outcome::Verdict(verdict(r.status.as_str())))
}

pub(super) fn order_transaction_status(transaction: Option<&StationTxRef>) -> Result<Said, CannotSay> {
    let mut request = wire::GetTransactionStatusRequest::new();
    request.transaction_id = match transaction {
        None => None,
        Some(StationTxRef::Named(name)) => {
            Some(Text::new(name).map_err(|_| cannot("a transaction id of more than 36 characters"))?)
        }
        Some(_) => return Err(cannot("how a transaction is without the station's id of it")),
    };
    Ok(said("GetTransactionStatus", &request))
}

pub(super) fn hear_transaction_status(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::GetTransactionStatusResponse| Outcome::Transaction {
        ongoing: r.ongoing_indicator,
        reports_wait: r.messages_in_queue,
    })
}

pub(super) fn hear_transaction_question(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::GetTransactionStatusRequest| Command::ReadTransaction {
        transaction: r.transaction_id.as_deref().map(|name| StationTxRef::Named(boxed(name))),
    })
}

pub(super) fn answer_transaction_status(ongoing: Option<bool>, reports_wait: bool) -> Reply {
    let mut response = wire::GetTransactionStatusResponse::new(reports_wait);
    response.ongoing_indicator = ongoing;
    payload(&response)
}
