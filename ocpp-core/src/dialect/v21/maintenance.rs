//! What the blocks of firmware, logs and certificates have here and lack in 2.0.1.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::certificate::{hash, hash_of};
use super::firmware::{cause, status_info};
use super::wire;
use crate::dialect::two::{boxed, counted, integer, unsigned};
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said};
use crate::model::*;
use crate::types::{DateTime, List, Text};

pub(super) fn firmware_cause(request: &wire::FirmwareStatusNotificationRequest) -> Option<Cause> {
    request.status_info.as_ref().map(cause)
}

pub(super) fn explain_firmware(request: &mut wire::FirmwareStatusNotificationRequest, why: Option<&Cause>) {
    request.status_info = why.map(status_info);
}

pub(super) fn publication_cause(request: &wire::PublishFirmwareStatusNotificationRequest) -> Option<Cause> {
    request.status_info.as_ref().map(cause)
}

pub(super) fn explain_publication(
    request: &mut wire::PublishFirmwareStatusNotificationRequest,
    why: Option<&Cause>,
) {
    request.status_info = why.map(status_info);
}

pub(super) fn log_cause(request: &wire::LogStatusNotificationRequest) -> Option<Cause> {
    request.status_info.as_ref().map(cause)
}

pub(super) fn explain_log(request: &mut wire::LogStatusNotificationRequest, why: Option<&Cause>) {
    request.status_info = why.map(status_info);
}

/// The number of a wish to be signed, and the root it wants.
pub(super) fn signing_details(
    request: &wire::SignCertificateRequest,
) -> (Option<i64>, Option<CertificateHash>) {
    (request.request_id.map(counted), request.hash_root_certificate.as_ref().and_then(hash))
}

pub(super) fn detail_signing(
    request: &mut wire::SignCertificateRequest,
    wish: &SigningRequest,
) -> Option<()> {
    request.request_id = wish.request.and_then(integer);
    request.hash_root_certificate = match &wish.root {
        Some(root) => Some(hash_of(root)?),
        None => None,
    };
    Some(())
}

pub(super) fn signed_request(request: &wire::CertificateSignedRequest) -> Option<i64> {
    request.request_id.map(counted)
}

pub(super) fn number_signed(
    call: &mut wire::CertificateSignedRequest,
    request: Option<i64>,
) -> Result<(), CannotSay> {
    call.request_id = request.and_then(integer);
    match (request, call.request_id) {
        (Some(_), None) => Err(CannotSay::new(super::VERSION, "a request number of more than 32 bits")),
        _ => Ok(()),
    }
}

pub(super) fn ev_details(request: &wire::Get15118EVCertificateRequest) -> (Option<u32>, Vec<Box<str>>) {
    let first = request.prioritized_emaids.as_deref().unwrap_or_default();
    (
        request.maximum_contract_certificate_chains.map(unsigned),
        first.iter().map(|contract| boxed(contract)).collect(),
    )
}

pub(super) fn detail_ev(
    call: &mut wire::Get15118EVCertificateRequest,
    request: &EvCertificateRequest,
) -> Option<()> {
    call.maximum_contract_certificate_chains = request.max_chains.and_then(integer);
    let first: Result<Vec<_>, _> = request.first.iter().map(|contract| Text::new(contract)).collect();
    call.prioritized_emaids = match first.ok()? {
        none if none.is_empty() => None,
        first => Some(List::new(first).ok()?),
    };
    Some(())
}

pub(super) fn ev_remaining(response: &wire::Get15118EVCertificateResponse) -> Option<u32> {
    response.remaining_contracts.map(unsigned)
}

pub(super) fn count_remaining(response: &mut wire::Get15118EVCertificateResponse, remaining: Option<u32>) {
    response.remaining_contracts = remaining.and_then(integer);
}

/// The action that asks whether certificates were revoked (M07).
const REVOCATION: &str = "GetCertificateChainStatus";

/// Whether an action asks for revocations.
pub(super) fn asks_revocation(action: &str) -> bool {
    action == REVOCATION
}

/// Questions whose words are all known; others are passed on as they stand.
pub(super) fn hear_revocation(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: wire::GetCertificateChainStatusRequest| {
        let questions: Option<Vec<_>> = r.certificate_status_requests.iter().map(question).collect();
        match questions {
            Some(questions) => Fact::Revocation(questions),
            None => Fact::Unmapped { action: REVOCATION.into(), payload: json.text.into() },
        }
    })
}

fn question(asked: &wire::CertificateStatusRequestInfo) -> Option<RevocationQuestion> {
    Some(RevocationQuestion {
        certificate: hash(&asked.certificate_hash_data)?,
        source: RevocationSource::from_word(asked.source.as_str())?,
        urls: asked.urls.iter().map(|url| boxed(url)).collect(),
    })
}

pub(super) fn answer_revocation(found: &[Revocation]) -> Reply {
    let found: Option<Vec<_>> = found.iter().map(revocation_of).collect();
    match found.and_then(|found| List::new(found).ok()) {
        Some(found) => payload(&wire::GetCertificateChainStatusResponse::new(found)),
        None => Reply::NotSupported("nobody here knows these certificates"),
    }
}

fn revocation_of(found: &Revocation) -> Option<wire::CertificateStatus> {
    Some(wire::CertificateStatus::new(
        hash_of(&found.certificate)?,
        wire::CertificateStatusSource::from(found.source.as_str()),
        wire::CertificateStatusKind::from(found.status.as_str()),
        DateTime::new(found.next_update),
    ))
}

pub(super) fn ask_revocation(questions: &[RevocationQuestion]) -> Option<Said> {
    let asked: Option<Vec<_>> = questions.iter().map(asked).collect();
    let request = wire::GetCertificateChainStatusRequest::new(List::new(asked?).ok()?);
    Some(said(REVOCATION, &request))
}

fn asked(question: &RevocationQuestion) -> Option<wire::CertificateStatusRequestInfo> {
    let urls: Result<Vec<_>, _> = question.urls.iter().map(|url| Text::new(url)).collect();
    Some(wire::CertificateStatusRequestInfo::new(
        hash_of(&question.certificate)?,
        wire::CertificateStatusSource::from(question.source.as_str()),
        List::new(urls.ok()?).ok()?,
    ))
}

pub(super) fn hear_revocations(json: Payload<'_>) -> Result<Heard<Answer>, Misheard> {
    read(json, |r: wire::GetCertificateChainStatusResponse| {
        let found = r.certificate_status.iter().filter_map(|found| {
            Some(Revocation {
                certificate: hash(&found.certificate_hash_data)?,
                source: RevocationSource::from_word(found.source.as_str())?,
                status: RevocationStatus::from_word(found.status.as_str())?,
                next_update: found.next_update.timestamp(),
            })
        });
        Answer::Revocation(found.collect())
    })
}
