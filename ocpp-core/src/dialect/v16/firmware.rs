//! Firmware in OCPP 1.6, for both ends: the plain update, and the signed one of the security extension.

use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said};
use crate::model::*;
use crate::types::{DateTime, Text, Uri, Version};
use crate::v16;

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(Version::V16, what)
}

fn small(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn counted(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// The manager orders an update: a signed one where there is a signature.
pub(super) fn order_update(update: &FirmwareUpdate) -> Result<Said, CannotSay> {
    match &update.signature {
        Some(signature) => order_signed(update, signature),
        None if update.install_at.is_some() => {
            Err(cannot("when to install firmware without a signature: leave the time out, or sign it"))
        }
        None => Ok(order_plain(update)),
    }
}

fn order_plain(update: &FirmwareUpdate) -> Said {
    let at = DateTime::new(update.retrieve_at);
    let mut call = v16::UpdateFirmwareRequest::new(Uri::new(&update.location), at);
    call.retries = update.retries.map(small);
    call.retry_interval = update.retry_interval_s.map(small);
    said("UpdateFirmware", &call)
}

fn order_signed(update: &FirmwareUpdate, signed: &FirmwareSignature) -> Result<Said, CannotSay> {
    let request = update.request.and_then(|number| i32::try_from(number).ok());
    let request = request.ok_or_else(|| cannot("a signed update of firmware without a number of 32 bits"))?;
    let long = |_| cannot("a certificate of more than 5,500 characters, or a signature of more than 800");
    let mut firmware = v16::Firmware::new(
        Text::new(&update.location)
            .map_err(|_| cannot("an address of a firmware of more than 512 characters"))?,
        DateTime::new(update.retrieve_at),
        Text::new(&signed.certificate).map_err(long)?,
        Text::new(&signed.signature).map_err(long)?,
    );
    firmware.install_date_time = update.install_at.map(DateTime::new);
    let mut call = v16::SignedUpdateFirmwareRequest::new(request, firmware);
    call.retries = update.retries.map(small);
    call.retry_interval = update.retry_interval_s.map(small);
    Ok(said("SignedUpdateFirmware", &call))
}

pub(super) fn hear_plain(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: v16::UpdateFirmwareRequest| {
        Command::UpdateFirmware(FirmwareUpdate {
            request: None,
            location: r.location.as_str().into(),
            retrieve_at: r.retrieve_date.timestamp(),
            install_at: None,
            signature: None,
            retries: r.retries.map(counted),
            retry_interval_s: r.retry_interval.map(counted),
        })
    })
}

pub(super) fn hear_signed(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: v16::SignedUpdateFirmwareRequest| {
        Command::UpdateFirmware(FirmwareUpdate {
            request: Some(i64::from(r.request_id)),
            location: r.firmware.location.as_str().into(),
            retrieve_at: r.firmware.retrieve_date_time.timestamp(),
            install_at: r.firmware.install_date_time.as_ref().map(DateTime::timestamp),
            signature: Some(FirmwareSignature {
                certificate: r.firmware.signing_certificate.as_str().into(),
                signature: r.firmware.signature.as_str().into(),
            }),
            retries: r.retries.map(counted),
            retry_interval_s: r.retry_interval.map(counted),
        })
    })
}

/// The plain update is only taken note of: its progress tells what becomes of it (5.19).
pub(super) fn answer_update(action: &str, word: FirmwareVerdict) -> Reply {
    if action == "UpdateFirmware" {
        return payload(&v16::UpdateFirmwareResponse::new());
    }
    payload(&v16::SignedUpdateFirmwareResponse::new(v16::UpdateFirmwareStatus::from(word.as_str())))
}

pub(super) fn hear_update_outcome(
    update: &FirmwareUpdate,
    json: Payload<'_>,
) -> Result<Heard<Outcome>, Misheard> {
    let outcome = |verdict| Outcome::Firmware { verdict, cause: None };
    if update.signature.is_none() {
        return read(json, |_: v16::UpdateFirmwareResponse| outcome(FirmwareVerdict::Accepted));
    }
    read(json, |r: v16::SignedUpdateFirmwareResponse| {
        outcome(FirmwareVerdict::from_word(r.status.as_str()).unwrap_or(FirmwareVerdict::Rejected))
    })
}

/// Progress with a number belongs to a signed update. Without one, the stages that 1.6 has no word for are not
/// said, and every failure of an installation is one word.
pub(super) fn say_progress(progress: &FirmwareProgress) -> Option<Said> {
    if let Some(request) = progress.request.and_then(|number| i32::try_from(number).ok()) {
        let status = v16::FirmwareStatusKind::from(progress.stage.as_str());
        let mut call = v16::SignedFirmwareStatusNotificationRequest::new(status);
        call.request_id = Some(request);
        return Some(said("SignedFirmwareStatusNotification", &call));
    }
    let status = match progress.stage {
        FirmwareStage::InvalidSignature
        | FirmwareStage::InstallVerificationFailed
        | FirmwareStage::InstallationFailed => v16::FirmwareStatus::InstallationFailed,
        FirmwareStage::Idle => v16::FirmwareStatus::Idle,
        FirmwareStage::Downloading => v16::FirmwareStatus::Downloading,
        FirmwareStage::Downloaded => v16::FirmwareStatus::Downloaded,
        FirmwareStage::DownloadFailed => v16::FirmwareStatus::DownloadFailed,
        FirmwareStage::Installing => v16::FirmwareStatus::Installing,
        FirmwareStage::Installed => v16::FirmwareStatus::Installed,
        FirmwareStage::DownloadScheduled
        | FirmwareStage::DownloadPaused
        | FirmwareStage::SignatureVerified
        | FirmwareStage::InstallScheduled
        | FirmwareStage::InstallRebooting => return None,
    };
    Some(said("FirmwareStatusNotification", &v16::FirmwareStatusNotificationRequest::new(status)))
}

pub(super) fn hear_plain_progress(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: v16::FirmwareStatusNotificationRequest| {
        progress("FirmwareStatusNotification", r.status.as_str(), None, json)
    })
}

pub(super) fn hear_signed_progress(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: v16::SignedFirmwareStatusNotificationRequest| {
        let request = r.request_id.map(i64::from);
        progress("SignedFirmwareStatusNotification", r.status.as_str(), request, json)
    })
}

fn progress(action: &str, status: &str, request: Option<i64>, json: Payload<'_>) -> Fact {
    match FirmwareStage::from_word(status) {
        Some(stage) => Fact::Firmware(FirmwareProgress { request, stage, cause: None }),
        None => Fact::Unmapped { action: action.into(), payload: json.text.into() },
    }
}
