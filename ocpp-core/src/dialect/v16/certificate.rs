//! Certificates in OCPP 1.6 with its security extension, for both ends (A02, A03, M03 to M05).

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said, verdict};
use crate::model::*;
use crate::types::{List, Text, Version};
use crate::v16;

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(Version::V16, what)
}

fn boxed(text: &str) -> Box<str> {
    text.into()
}

/// `None` when the algorithm is one that nobody knows.
fn hash(data: &v16::CertificateHashData) -> Option<CertificateHash> {
    Some(CertificateHash {
        algorithm: HashAlgorithm::from_word(data.hash_algorithm.as_str())?,
        issuer_name: boxed(&data.issuer_name_hash),
        issuer_key: boxed(&data.issuer_key_hash),
        serial: boxed(&data.serial_number),
    })
}

/// `None` when a part is too long to be said.
fn hash_of(hash: &CertificateHash) -> Option<v16::CertificateHashData> {
    Some(v16::CertificateHashData::new(
        v16::HashAlgorithm::from(hash.algorithm.as_str()),
        Text::new(&hash.issuer_name).ok()?,
        Text::new(&hash.issuer_key).ok()?,
        Text::new(&hash.serial).ok()?,
    ))
}

/// 1.6 knows two uses: the manager's root and the maker's.
fn use_of(usage: CertificateUse) -> Result<v16::CertificateUse, CannotSay> {
    match usage {
        CertificateUse::CsmsRoot => Ok(v16::CertificateUse::CentralSystemRootCertificate),
        CertificateUse::ManufacturerRoot => Ok(v16::CertificateUse::ManufacturerRootCertificate),
        _ => Err(cannot("certificates of this use: it knows csms_root and manufacturer_root")),
    }
}

fn usage(kind: &v16::CertificateUse) -> Option<CertificateUse> {
    match kind {
        v16::CertificateUse::CentralSystemRootCertificate => Some(CertificateUse::CsmsRoot),
        v16::CertificateUse::ManufacturerRootCertificate => Some(CertificateUse::ManufacturerRoot),
        v16::CertificateUse::Unlisted(_) => None,
    }
}

/// The manager orders a root to be installed.
pub(super) fn order_install(new: &NewCertificate) -> Result<Said, CannotSay> {
    let certificate = Text::new(&new.certificate);
    let certificate = certificate.map_err(|_| cannot("a certificate of more than 5,500 characters"))?;
    Ok(said("InstallCertificate", &v16::InstallCertificateRequest::new(use_of(new.usage)?, certificate)))
}

pub(super) fn hear_install(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: v16::InstallCertificateRequest| match usage(&r.certificate_type) {
        Some(usage) => {
            Command::InstallCertificate(NewCertificate { usage, certificate: boxed(&r.certificate) })
        }
        None => Command::Unmapped { action: "InstallCertificate".into(), payload: json.text.into() },
    })
}

/// What the station says to an order about a certificate, in the words of its action.
pub(super) fn answer(action: &str, word: CertificateVerdict) -> Reply {
    let accepted = word == CertificateVerdict::Accepted;
    match action {
        "InstallCertificate" => payload(&v16::InstallCertificateResponse::new(match word {
            CertificateVerdict::Accepted => v16::InstallCertificateStatus::Accepted,
            CertificateVerdict::Failed => v16::InstallCertificateStatus::Failed,
            CertificateVerdict::Rejected | CertificateVerdict::NotFound => {
                v16::InstallCertificateStatus::Rejected
            }
        })),
        "DeleteCertificate" => payload(&v16::DeleteCertificateResponse::new(match word {
            CertificateVerdict::Accepted => v16::DeleteCertificateStatus::Accepted,
            CertificateVerdict::NotFound => v16::DeleteCertificateStatus::NotFound,
            CertificateVerdict::Failed | CertificateVerdict::Rejected => v16::DeleteCertificateStatus::Failed,
        })),
        "CertificateSigned" => payload(&v16::CertificateSignedResponse::new(if accepted {
            v16::CertificateSignedStatus::Accepted
        } else {
            v16::CertificateSignedStatus::Rejected
        })),
        _ => Reply::NotSupported("this station does not do that"),
    }
}

fn outcome(status: &str) -> Outcome {
    let verdict = CertificateVerdict::from_word(status).unwrap_or(CertificateVerdict::Rejected);
    Outcome::Certificate { verdict, cause: None }
}

pub(super) fn hear_install_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: v16::InstallCertificateResponse| outcome(r.status.as_str()))
}

/// The manager orders a certificate to be removed.
pub(super) fn order_delete(certificate: &CertificateHash) -> Result<Said, CannotSay> {
    let hash = hash_of(certificate).ok_or_else(|| cannot("hashes of such a length"))?;
    Ok(said("DeleteCertificate", &v16::DeleteCertificateRequest::new(hash)))
}

pub(super) fn hear_delete(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: v16::DeleteCertificateRequest| match hash(&r.certificate_hash_data) {
        Some(hash) => Command::DeleteCertificate(hash),
        None => Command::Unmapped { action: "DeleteCertificate".into(), payload: json.text.into() },
    })
}

pub(super) fn hear_delete_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: v16::DeleteCertificateResponse| outcome(r.status.as_str()))
}

/// The manager asks which certificates of a use there are.
pub(super) fn order_list(uses: &[CertificateUse]) -> Result<Said, CannotSay> {
    let [usage] = uses else {
        return Err(cannot("to list certificates of several uses at once: ask for one use at a time"));
    };
    let call = v16::GetInstalledCertificateIdsRequest::new(use_of(*usage)?);
    Ok(said("GetInstalledCertificateIds", &call))
}

pub(super) fn hear_list(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: v16::GetInstalledCertificateIdsRequest| match usage(&r.certificate_type) {
        Some(usage) => Command::ListCertificates { uses: Vec::from([usage]) },
        None => Command::Unmapped { action: "GetInstalledCertificateIds".into(), payload: json.text.into() },
    })
}

pub(super) fn answer_list(installed: &[InstalledCertificate]) -> Reply {
    let hashes: Vec<_> = installed.iter().filter_map(|installed| hash_of(&installed.hash)).collect();
    let found = v16::GetInstalledCertificateStatus::Accepted;
    let status = if hashes.is_empty() { v16::GetInstalledCertificateStatus::NotFound } else { found };
    let mut response = v16::GetInstalledCertificateIdsResponse::new(status);
    response.certificate_hash_data = List::new(hashes).ok();
    payload(&response)
}

/// The answer does not repeat the use that was asked for.
pub(super) fn hear_list_outcome(
    uses: &[CertificateUse],
    json: Payload<'_>,
) -> Result<Heard<Outcome>, Misheard> {
    let usage = uses.first().copied().unwrap_or(CertificateUse::CsmsRoot);
    read(json, |r: v16::GetInstalledCertificateIdsResponse| {
        let hashes = r.certificate_hash_data.as_deref().unwrap_or_default();
        let installed = |hash| InstalledCertificate { usage, hash, children: Vec::new() };
        Outcome::Certificates(hashes.iter().filter_map(hash).map(installed).collect())
    })
}

/// The manager hands over a certificate that was signed (A02).
pub(super) fn order_signed(signed: &SignedCertificate) -> Result<Said, CannotSay> {
    if !matches!(signed.usage, None | Some(SigningUse::ChargingStation)) {
        return Err(cannot("certificates of a station towards vehicles"));
    }
    let chain = Text::new(&signed.chain);
    let chain = chain.map_err(|_| cannot("a chain of certificates of more than 10,000 characters"))?;
    Ok(said("CertificateSigned", &v16::CertificateSignedRequest::new(chain)))
}

pub(super) fn hear_signed(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: v16::CertificateSignedRequest| {
        Command::CertificateSigned(SignedCertificate {
            request: None,
            usage: None,
            chain: boxed(&r.certificate_chain),
        })
    })
}

pub(super) fn hear_signed_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: v16::CertificateSignedResponse| outcome(r.status.as_str()))
}

/// The station wants its certificate towards the manager signed.
pub(super) fn say_signing(wish: &SigningRequest) -> Option<Said> {
    if !matches!(wish.usage, None | Some(SigningUse::ChargingStation)) {
        return None;
    }
    Some(said("SignCertificate", &v16::SignCertificateRequest::new(Text::new(&wish.csr).ok()?)))
}

pub(super) fn hear_signing(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: v16::SignCertificateRequest| {
        Fact::SignCertificate(SigningRequest { request: None, usage: None, csr: boxed(&r.csr), root: None })
    })
}

pub(super) fn answer_signing(word: Verdict) -> Reply {
    let accepted = word == Verdict::Accepted;
    let status = if accepted { v16::GenericStatus::Accepted } else { v16::GenericStatus::Rejected };
    payload(&v16::SignCertificateResponse::new(status))
}

pub(super) fn hear_signing_answer(json: Payload<'_>) -> Result<Heard<Answer>, Misheard> {
    read(json, |r: v16::SignCertificateResponse| Answer::SignCertificate {
        verdict: verdict(r.status.as_str()),
        cause: None,
    })
}
