//! What the blocks of firmware, logs and certificates lack here and have in 2.1.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::wire;
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said};
use crate::model::*;

pub(super) fn firmware_cause(_: &wire::FirmwareStatusNotificationRequest) -> Option<Cause> {
    None
}

pub(super) fn explain_firmware(_: &mut wire::FirmwareStatusNotificationRequest, _: Option<&Cause>) {}

pub(super) fn publication_cause(_: &wire::PublishFirmwareStatusNotificationRequest) -> Option<Cause> {
    None
}

pub(super) fn explain_publication(_: &mut wire::PublishFirmwareStatusNotificationRequest, _: Option<&Cause>) {
}

pub(super) fn log_cause(_: &wire::LogStatusNotificationRequest) -> Option<Cause> {
    None
}

pub(super) fn explain_log(_: &mut wire::LogStatusNotificationRequest, _: Option<&Cause>) {}

/// The number of a wish to be signed, and the root it wants.
pub(super) fn signing_details(_: &wire::SignCertificateRequest) -> (Option<i64>, Option<CertificateHash>) {
    (None, None)
}

pub(super) fn detail_signing(_: &mut wire::SignCertificateRequest, _: &SigningRequest) -> Option<()> {
    Some(())
}

pub(super) fn signed_request(_: &wire::CertificateSignedRequest) -> Option<i64> {
    None
}

pub(super) fn number_signed(
    _: &mut wire::CertificateSignedRequest,
    request: Option<i64>,
) -> Result<(), CannotSay> {
    match request {
        Some(_) => Err(CannotSay::new(super::VERSION, "the number of a signing request: leave it out")),
        None => Ok(()),
    }
}

pub(super) fn ev_details(_: &wire::Get15118EVCertificateRequest) -> (Option<u32>, Vec<Box<str>>) {
    (None, Vec::new())
}

pub(super) fn detail_ev(_: &mut wire::Get15118EVCertificateRequest, _: &EvCertificateRequest) -> Option<()> {
    Some(())
}

pub(super) fn ev_remaining(_: &wire::Get15118EVCertificateResponse) -> Option<u32> {
    None
}

pub(super) fn count_remaining(_: &mut wire::Get15118EVCertificateResponse, _: Option<u32>) {}

/// Whether an action asks for revocations; 2.0.1 has none that does.
pub(super) fn asks_revocation(_: &str) -> bool {
    false
}

pub(super) fn hear_revocation(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    let meaning = Fact::Unmapped { action: "".into(), payload: json.text.into() };
    Ok(Heard { meaning, findings: Vec::new() })
}

pub(super) fn answer_revocation(_: &[Revocation]) -> Reply {
    Reply::NotSupported("OCPP 2.0.1 does not ask whether certificates were revoked")
}

pub(super) fn ask_revocation(_: &[RevocationQuestion]) -> Option<Said> {
    None
}

pub(super) fn hear_revocations(_: Payload<'_>) -> Result<Heard<Answer>, Misheard> {
    Ok(Heard { meaning: Answer::Noted, findings: Vec::new() })
}
