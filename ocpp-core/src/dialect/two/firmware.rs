//! Firmware in OCPP 2.x, for both ends (block L).

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{VERSION, maintenance, wire};
use crate::dialect::two::{boxed, counted, integer, unsigned};
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said, verdict};
use crate::model::*;
use crate::types::{DateTime, List, Text};

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(VERSION, what)
}

pub(super) fn cause(info: &wire::StatusInfo) -> Cause {
    Cause { code: boxed(&info.reason_code), text: info.additional_info.as_deref().map(boxed) }
}

pub(super) fn status_info(cause: &Cause) -> wire::StatusInfo {
    let mut info = wire::StatusInfo::new(Text::truncated(&cause.code));
    info.additional_info = cause.text.as_deref().map(Text::truncated);
    info
}

/// The manager orders an update.
pub(super) fn order_update(update: &FirmwareUpdate) -> Result<Said, CannotSay> {
    let request = update.request.and_then(integer);
    let request = request.ok_or_else(|| cannot("an update of firmware without a number of 32 bits"))?;
    let location = Text::new(&update.location).map_err(|_| cannot("so long an address of a firmware"))?;
    let mut firmware = wire::Firmware::new(location, DateTime::new(update.retrieve_at));
    firmware.install_date_time = update.install_at.map(DateTime::new);
    if let Some(signed) = &update.signature {
        let certificate = Text::new(&signed.certificate);
        let signature = Text::new(&signed.signature);
        let long = |_| cannot("a certificate of more than 5,500 characters, or a signature of more than 800");
        firmware.signing_certificate = Some(certificate.map_err(long)?);
        firmware.signature = Some(signature.map_err(long)?);
    }
    let mut call = wire::UpdateFirmwareRequest::new(request, firmware);
    call.retries = update.retries.and_then(integer);
    call.retry_interval = update.retry_interval_s.and_then(integer);
    Ok(said("UpdateFirmware", &call))
}

/// The station hears it.
pub(super) fn hear_update(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::UpdateFirmwareRequest| {
        let signature = match (&r.firmware.signing_certificate, &r.firmware.signature) {
            (Some(certificate), Some(signature)) => {
                Some(FirmwareSignature { certificate: boxed(certificate), signature: boxed(signature) })
            }
            _ => None,
        };
        Command::UpdateFirmware(FirmwareUpdate {
            request: Some(counted(r.request_id)),
            location: boxed(&r.firmware.location),
            retrieve_at: r.firmware.retrieve_date_time.timestamp(),
            install_at: r.firmware.install_date_time.as_ref().map(DateTime::timestamp),
            signature,
            retries: r.retries.map(unsigned),
            retry_interval_s: r.retry_interval.map(unsigned),
        })
    })
}

pub(super) fn answer_update(word: FirmwareVerdict, why: Option<&Cause>) -> Reply {
    let mut response = wire::UpdateFirmwareResponse::new(wire::UpdateFirmwareStatus::from(word.as_str()));
    response.status_info = why.map(status_info);
    payload(&response)
}

pub(super) fn hear_update_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::UpdateFirmwareResponse| Outcome::Firmware {
        verdict: FirmwareVerdict::from_word(r.status.as_str()).unwrap_or(FirmwareVerdict::Rejected),
        cause: r.status_info.as_ref().map(cause),
    })
}

/// The station tells how far it is.
pub(super) fn say_progress(progress: &FirmwareProgress) -> Said {
    let status = wire::FirmwareStatus::from(progress.stage.as_str());
    let mut call = wire::FirmwareStatusNotificationRequest::new(status);
    call.request_id = progress.request.and_then(integer);
    maintenance::explain_firmware(&mut call, progress.cause.as_ref());
    said("FirmwareStatusNotification", &call)
}

pub(super) fn hear_progress(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: wire::FirmwareStatusNotificationRequest| {
        match FirmwareStage::from_word(r.status.as_str()) {
            Some(stage) => Fact::Firmware(FirmwareProgress {
                request: r.request_id.map(counted),
                stage,
                cause: maintenance::firmware_cause(&r),
            }),
            None => Fact::Unmapped { action: "FirmwareStatusNotification".into(), payload: json.text.into() },
        }
    })
}

/// The manager orders a publication.
pub(super) fn order_publish(order: &FirmwarePublication) -> Result<Said, CannotSay> {
    let request =
        integer(order.request).ok_or_else(|| cannot("a number of a publication of more than 32 bits"))?;
    let location = Text::new(&order.location).map_err(|_| cannot("so long an address of a firmware"))?;
    let checksum = checksum(&order.checksum)?;
    let mut call = wire::PublishFirmwareRequest::new(location, checksum, request);
    call.retries = order.retries.and_then(integer);
    call.retry_interval = order.retry_interval_s.and_then(integer);
    Ok(said("PublishFirmware", &call))
}

fn checksum(text: &str) -> Result<Text<32>, CannotSay> {
    let is_md5 = text.len() == 32 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let checksum = Text::new(text).ok().filter(|_| is_md5);
    checksum.ok_or_else(|| cannot("a checksum that is no MD5 of 32 hexadecimal digits"))
}

pub(super) fn hear_publish(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::PublishFirmwareRequest| {
        Command::PublishFirmware(FirmwarePublication {
            request: counted(r.request_id),
            location: boxed(&r.location),
            checksum: boxed(&r.checksum),
            retries: r.retries.map(unsigned),
            retry_interval_s: r.retry_interval.map(unsigned),
        })
    })
}

pub(super) fn answer_publish(word: Verdict) -> Reply {
    let accepted = word == Verdict::Accepted;
    let status = if accepted { wire::GenericStatus::Accepted } else { wire::GenericStatus::Rejected };
    payload(&wire::PublishFirmwareResponse::new(status))
}

pub(super) fn hear_publish_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::PublishFirmwareResponse| Outcome::Verdict(verdict(r.status.as_str())))
}

/// The controller tells how far it is.
pub(super) fn say_publication(progress: &PublicationProgress) -> Option<Said> {
    let status = wire::PublishFirmwareStatus::from(progress.stage.as_str());
    let mut call = wire::PublishFirmwareStatusNotificationRequest::new(status);
    call.request_id = progress.request.and_then(integer);
    let locations: Result<Vec<_>, _> = progress.locations.iter().map(|url| Text::new(url)).collect();
    call.location = List::new(locations.ok()?).ok();
    maintenance::explain_publication(&mut call, progress.cause.as_ref());
    Some(said("PublishFirmwareStatusNotification", &call))
}

pub(super) fn hear_publication(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: wire::PublishFirmwareStatusNotificationRequest| {
        match PublicationStage::from_word(r.status.as_str()) {
            Some(stage) => Fact::Publication(PublicationProgress {
                request: r.request_id.map(counted),
                stage,
                locations: locations(&r),
                cause: maintenance::publication_cause(&r),
            }),
            None => Fact::Unmapped {
                action: "PublishFirmwareStatusNotification".into(),
                payload: json.text.into(),
            },
        }
    })
}

fn locations(request: &wire::PublishFirmwareStatusNotificationRequest) -> Vec<Box<str>> {
    let locations = request.location.as_deref().unwrap_or_default();
    locations.iter().map(|url| boxed(url)).collect()
}

pub(super) fn order_unpublish(md5: &str) -> Result<Said, CannotSay> {
    Ok(said("UnpublishFirmware", &wire::UnpublishFirmwareRequest::new(checksum(md5)?)))
}

pub(super) fn hear_unpublish(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::UnpublishFirmwareRequest| Command::UnpublishFirmware {
        checksum: boxed(&r.checksum),
    })
}

pub(super) fn answer_unpublish(word: UnpublishVerdict) -> Reply {
    let status = wire::UnpublishFirmwareStatus::from(word.as_str());
    payload(&wire::UnpublishFirmwareResponse::new(status))
}

/// A word that nobody knows leaves the file where it is, as far as anybody can tell.
pub(super) fn hear_unpublish_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::UnpublishFirmwareResponse| {
        let word = UnpublishVerdict::from_word(r.status.as_str());
        Outcome::Unpublish(word.unwrap_or(UnpublishVerdict::DownloadOngoing))
    })
}
