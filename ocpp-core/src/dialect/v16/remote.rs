//! Remote control of OCPP 1.6. What a station can be triggered to send is in two actions: `TriggerMessage`, and
//! `ExtendedTriggerMessage` of the security whitepaper.

use alloc::boxed::Box;

use super::{charging_profile, words};
use crate::dialect::{
    CannotSay, Heard, Memory, Misheard, Payload, Reply, Said, optional, payload, read, read_command, said,
    verdict,
};
use crate::model::{Command, Outcome, Place, RemoteStart, TriggerKind, Verdict};
use crate::types::Version;
use crate::v16;

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(Version::V16, what)
}

pub(super) fn order_start(start: &RemoteStart) -> Result<Said, CannotSay> {
    let mut request = v16::RemoteStartTransactionRequest::new(words::whole_id_tag(&start.id_token)?);
    request.connector_id = start.evse.and_then(|evse| i32::try_from(evse.0).ok());
    request.charging_profile =
        start.profile.as_deref().map(charging_profile::profile).transpose().map_err(cannot)?;
    Ok(said("RemoteStartTransaction", &request))
}

pub(super) fn hear_start(memory: &Memory, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read_command("RemoteStartTransaction", json, |request: v16::RemoteStartTransactionRequest| {
        let read = |said: &v16::ChargingProfile| charging_profile::read_profile(memory, said);
        let profile = optional(request.charging_profile.as_ref(), read)?;
        Some(Command::RemoteStart(RemoteStart {
            id_token: words::token(&request.id_tag),
            group: None,
            evse: request.connector_id.and_then(|connector| words::place(connector).evse()),
            remote_start: None,
            profile: profile.map(Box::new),
        }))
    })
}

pub(super) fn order_trigger(message: &TriggerKind, place: Option<Place>) -> Result<Said, CannotSay> {
    let kind = match message {
        TriggerKind::Boot => v16::MessageTrigger::BootNotification,
        TriggerKind::Heartbeat => v16::MessageTrigger::Heartbeat,
        TriggerKind::Status => v16::MessageTrigger::StatusNotification,
        TriggerKind::Meter | TriggerKind::Transaction => v16::MessageTrigger::MeterValues,
        TriggerKind::Firmware => v16::MessageTrigger::FirmwareStatusNotification,
        TriggerKind::Diagnostics => v16::MessageTrigger::DiagnosticsStatusNotification,
        TriggerKind::SignedFirmware => {
            return extended(v16::MessageTriggerKind::FirmwareStatusNotification, place);
        }
        TriggerKind::Log => return extended(v16::MessageTriggerKind::LogStatusNotification, place),
        TriggerKind::StationCertificate => {
            return extended(v16::MessageTriggerKind::SignChargePointCertificate, place);
        }
        TriggerKind::Other(_) => {
            return Err(cannot(
                "to send this message: the version does not list it among those that can be triggered",
            ));
        }
        TriggerKind::Custom(_) => {
            return Err(cannot("to send a message of the vendor's own: only 2.1 has custom triggers"));
        }
    };
    let mut request = v16::TriggerMessageRequest::new(kind);
    request.connector_id = connector(place)?;
    Ok(said("TriggerMessage", &request))
}

fn extended(kind: v16::MessageTriggerKind, place: Option<Place>) -> Result<Said, CannotSay> {
    let mut request = v16::ExtendedTriggerMessageRequest::new(kind);
    request.connector_id = connector(place)?;
    Ok(said("ExtendedTriggerMessage", &request))
}

/// All connectors are meant by leaving it out.
fn connector(place: Option<Place>) -> Result<Option<i32>, CannotSay> {
    let connector = place.map(words::one_connector).transpose()?;
    Ok(connector.filter(|connector| *connector > 0))
}

pub(super) fn hear_trigger(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |request: v16::TriggerMessageRequest| Command::Trigger {
        message: match &request.requested_message {
            v16::MessageTrigger::BootNotification => TriggerKind::Boot,
            v16::MessageTrigger::Heartbeat => TriggerKind::Heartbeat,
            v16::MessageTrigger::StatusNotification => TriggerKind::Status,
            v16::MessageTrigger::MeterValues => TriggerKind::Meter,
            v16::MessageTrigger::FirmwareStatusNotification => TriggerKind::Firmware,
            v16::MessageTrigger::DiagnosticsStatusNotification => TriggerKind::Diagnostics,
            other @ v16::MessageTrigger::Unlisted(_) => TriggerKind::Other(other.as_str().into()),
        },
        place: request.connector_id.map(words::place),
    })
}

pub(super) fn hear_extended_trigger(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |request: v16::ExtendedTriggerMessageRequest| Command::Trigger {
        message: match &request.requested_message {
            v16::MessageTriggerKind::BootNotification => TriggerKind::Boot,
            v16::MessageTriggerKind::Heartbeat => TriggerKind::Heartbeat,
            v16::MessageTriggerKind::StatusNotification => TriggerKind::Status,
            v16::MessageTriggerKind::MeterValues => TriggerKind::Meter,
            v16::MessageTriggerKind::FirmwareStatusNotification => TriggerKind::SignedFirmware,
            v16::MessageTriggerKind::LogStatusNotification => TriggerKind::Log,
            v16::MessageTriggerKind::SignChargePointCertificate => TriggerKind::StationCertificate,
            other @ v16::MessageTriggerKind::Unlisted(_) => TriggerKind::Other(other.as_str().into()),
        },
        place: request.connector_id.map(words::place),
    })
}

pub(super) fn hear_triggered(action: &str, json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    if action == "ExtendedTriggerMessage" {
        return read(json, |response: v16::ExtendedTriggerMessageResponse| {
            Outcome::Verdict(verdict(response.status.as_str()))
        });
    }
    read(json, |response: v16::TriggerMessageResponse| Outcome::Verdict(verdict(response.status.as_str())))
}

pub(super) fn answer_trigger(verdict: Verdict) -> Reply {
    payload(&v16::TriggerMessageResponse::new(match verdict {
        Verdict::Accepted => v16::TriggerMessageStatus::Accepted,
        Verdict::NotSupported => v16::TriggerMessageStatus::NotImplemented,
        _ => v16::TriggerMessageStatus::Rejected,
    }))
}

pub(super) fn answer_extended_trigger(verdict: Verdict) -> Reply {
    payload(&v16::ExtendedTriggerMessageResponse::new(match verdict {
        Verdict::Accepted => v16::TriggerMessageStatusKind::Accepted,
        Verdict::NotSupported => v16::TriggerMessageStatusKind::NotImplemented,
        _ => v16::TriggerMessageStatusKind::Rejected,
    }))
}

pub(super) fn order_unlock(place: Place) -> Result<Said, CannotSay> {
    if place == Place::Station {
        return Err(cannot("to unlock a whole station: name the connector"));
    }
    Ok(said("UnlockConnector", &v16::UnlockConnectorRequest::new(words::one_connector(place)?)))
}
