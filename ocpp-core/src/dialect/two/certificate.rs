//! Certificates in OCPP 2.x, for both ends (A02, A03, M).

use alloc::vec::Vec;

use super::firmware::{cause, status_info};
use super::{VERSION, maintenance, wire};
use crate::dialect::two::{boxed, listed};
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said, verdict};
use crate::message::Field;
use crate::model::*;
use crate::types::{List, Text};

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(VERSION, what)
}

/// `None` when the algorithm is one that nobody knows.
pub(super) fn hash(data: &wire::CertificateHashData) -> Option<CertificateHash> {
    Some(CertificateHash {
        algorithm: HashAlgorithm::from_word(data.hash_algorithm.as_str())?,
        issuer_name: boxed(&data.issuer_name_hash),
        issuer_key: boxed(&data.issuer_key_hash),
        serial: boxed(&data.serial_number),
    })
}

/// `None` when a part is too long to be said.
pub(super) fn hash_of(hash: &CertificateHash) -> Option<wire::CertificateHashData> {
    Some(wire::CertificateHashData::new(
        wire::HashAlgorithm::from(hash.algorithm.as_str()),
        Text::new(&hash.issuer_name).ok()?,
        Text::new(&hash.issuer_key).ok()?,
        Text::new(&hash.serial).ok()?,
    ))
}

/// The manager orders a root to be installed.
pub(super) fn order_install(new: &NewCertificate) -> Result<Said, CannotSay> {
    let kind = wire::InstallCertificateUse::from(new.usage.as_str());
    if !kind.conforms() {
        return Err(cannot("to install a certificate of this use"));
    }
    let certificate = Text::new(&new.certificate).map_err(|_| cannot("so long a certificate"))?;
    Ok(said("InstallCertificate", &wire::InstallCertificateRequest::new(kind, certificate)))
}

pub(super) fn hear_install(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::InstallCertificateRequest| {
        match CertificateUse::from_word(r.certificate_type.as_str()) {
            Some(usage) => {
                Command::InstallCertificate(NewCertificate { usage, certificate: boxed(&r.certificate) })
            }
            None => Command::Unmapped { action: "InstallCertificate".into(), payload: json.text.into() },
        }
    })
}

/// What the station says to an order about a certificate, in the words of its action.
pub(super) fn answer(action: &str, word: CertificateVerdict, why: Option<&Cause>) -> Reply {
    let info = why.map(status_info);
    match action {
        "InstallCertificate" => {
            let status = listed(word.as_str(), wire::InstallCertificateStatus::Rejected);
            let mut response = wire::InstallCertificateResponse::new(status);
            response.status_info = info;
            payload(&response)
        }
        "DeleteCertificate" => {
            let status = listed(word.as_str(), wire::DeleteCertificateStatus::Failed);
            let mut response = wire::DeleteCertificateResponse::new(status);
            response.status_info = info;
            payload(&response)
        }
        "CertificateSigned" => {
            let status = listed(word.as_str(), wire::CertificateSignedStatus::Rejected);
            let mut response = wire::CertificateSignedResponse::new(status);
            response.status_info = info;
            payload(&response)
        }
        _ => Reply::NotSupported("this station does not do that"),
    }
}

fn outcome(status: &str, info: Option<&wire::StatusInfo>) -> Outcome {
    Outcome::Certificate {
        verdict: CertificateVerdict::from_word(status).unwrap_or(CertificateVerdict::Rejected),
        cause: info.map(cause),
    }
}

pub(super) fn hear_install_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::InstallCertificateResponse| outcome(r.status.as_str(), r.status_info.as_ref()))
}

/// The manager orders a certificate to be removed.
pub(super) fn order_delete(certificate: &CertificateHash) -> Result<Said, CannotSay> {
    let hash = hash_of(certificate).ok_or_else(|| cannot("hashes of such a length"))?;
    Ok(said("DeleteCertificate", &wire::DeleteCertificateRequest::new(hash)))
}

pub(super) fn hear_delete(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::DeleteCertificateRequest| match hash(&r.certificate_hash_data) {
        Some(hash) => Command::DeleteCertificate(hash),
        None => Command::Unmapped { action: "DeleteCertificate".into(), payload: json.text.into() },
    })
}

pub(super) fn hear_delete_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::DeleteCertificateResponse| outcome(r.status.as_str(), r.status_info.as_ref()))
}

/// The manager asks which certificates there are.
pub(super) fn order_list(uses: &[CertificateUse]) -> Result<Said, CannotSay> {
    let mut call = wire::GetInstalledCertificateIdsRequest::new();
    let kinds: Vec<_> = uses.iter().map(|usage| wire::GetCertificateIdUse::from(usage.as_str())).collect();
    if !kinds.iter().all(Field::conforms) {
        return Err(cannot("to list certificates of makers of vehicles"));
    }
    call.certificate_type = List::new(kinds).ok();
    Ok(said("GetInstalledCertificateIds", &call))
}

pub(super) fn hear_list(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::GetInstalledCertificateIdsRequest| {
        let kinds = r.certificate_type.as_deref().unwrap_or_default();
        let uses: Option<Vec<_>> =
            kinds.iter().map(|kind| CertificateUse::from_word(kind.as_str())).collect();
        match uses {
            Some(uses) => Command::ListCertificates { uses },
            None => {
                Command::Unmapped { action: "GetInstalledCertificateIds".into(), payload: json.text.into() }
            }
        }
    })
}

pub(super) fn answer_list(installed: &[InstalledCertificate]) -> Reply {
    let chains: Vec<_> = installed.iter().filter_map(chain).collect();
    let found = wire::GetInstalledCertificateStatus::Accepted;
    let status = if chains.is_empty() { wire::GetInstalledCertificateStatus::NotFound } else { found };
    let mut response = wire::GetInstalledCertificateIdsResponse::new(status);
    response.certificate_hash_data_chain = List::new(chains).ok();
    payload(&response)
}

fn chain(installed: &InstalledCertificate) -> Option<wire::CertificateHashDataChain> {
    let kind = wire::GetCertificateIdUse::from(installed.usage.as_str());
    if !kind.conforms() {
        return None;
    }
    let mut chain = wire::CertificateHashDataChain::new(hash_of(&installed.hash)?, kind);
    let children: Option<Vec<_>> = installed.children.iter().map(hash_of).collect();
    chain.child_certificate_hash_data = List::new(children?).ok();
    Some(chain)
}

pub(super) fn hear_list_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::GetInstalledCertificateIdsResponse| {
        let chains = r.certificate_hash_data_chain.as_deref().unwrap_or_default();
        Outcome::Certificates(chains.iter().filter_map(installed).collect())
    })
}

fn installed(chain: &wire::CertificateHashDataChain) -> Option<InstalledCertificate> {
    let children = chain.child_certificate_hash_data.as_deref().unwrap_or_default();
    Some(InstalledCertificate {
        usage: CertificateUse::from_word(chain.certificate_type.as_str())?,
        hash: hash(&chain.certificate_hash_data)?,
        children: children.iter().filter_map(hash).collect(),
    })
}

/// The manager hands over a certificate that was signed (A02.FR.11).
pub(super) fn order_signed(signed: &SignedCertificate) -> Result<Said, CannotSay> {
    let chain = Text::new(&signed.chain);
    let chain = chain.map_err(|_| cannot("a chain of certificates of more than 10,000 characters"))?;
    let mut call = wire::CertificateSignedRequest::new(chain);
    call.certificate_type = signed.usage.map(|usage| wire::CertificateSigningUse::from(usage.as_str()));
    if call.certificate_type.as_ref().is_some_and(|kind| !kind.conforms()) {
        return Err(cannot("a certificate for ISO 15118-20"));
    }
    maintenance::number_signed(&mut call, signed.request)?;
    Ok(said("CertificateSigned", &call))
}

pub(super) fn hear_signed(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::CertificateSignedRequest| {
        Command::CertificateSigned(SignedCertificate {
            request: maintenance::signed_request(&r),
            usage: r.certificate_type.as_ref().and_then(|kind| SigningUse::from_word(kind.as_str())),
            chain: boxed(&r.certificate_chain),
        })
    })
}

pub(super) fn hear_signed_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::CertificateSignedResponse| outcome(r.status.as_str(), r.status_info.as_ref()))
}

/// The station wants a certificate signed. `None` when the request is too long to be said.
pub(super) fn say_signing(wish: &SigningRequest) -> Option<Said> {
    let mut call = wire::SignCertificateRequest::new(Text::new(&wish.csr).ok()?);
    call.certificate_type = wish.usage.map(|usage| wire::CertificateSigningUse::from(usage.as_str()));
    maintenance::detail_signing(&mut call, wish)?;
    Some(said("SignCertificate", &call))
}

pub(super) fn hear_signing(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: wire::SignCertificateRequest| {
        let (request, root) = maintenance::signing_details(&r);
        let usage = r.certificate_type.as_ref().and_then(|kind| SigningUse::from_word(kind.as_str()));
        Fact::SignCertificate(SigningRequest { request, usage, csr: boxed(&r.csr), root })
    })
}

pub(super) fn answer_signing(word: Verdict, why: Option<&Cause>) -> Reply {
    let accepted = word == Verdict::Accepted;
    let status = if accepted { wire::GenericStatus::Accepted } else { wire::GenericStatus::Rejected };
    let mut response = wire::SignCertificateResponse::new(status);
    response.status_info = why.map(status_info);
    payload(&response)
}

pub(super) fn hear_signing_answer(json: Payload<'_>) -> Result<Heard<Answer>, Misheard> {
    read(json, |r: wire::SignCertificateResponse| Answer::SignCertificate {
        verdict: verdict(r.status.as_str()),
        cause: r.status_info.as_ref().map(cause),
    })
}

/// A vehicle wants its contract certificate (M01, M02).
pub(super) fn say_ev(request: &EvCertificateRequest) -> Option<Said> {
    let mut call = wire::Get15118EVCertificateRequest::new(
        Text::new(&request.schema).ok()?,
        wire::CertificateAction::from(request.action.as_str()),
        Text::new(&request.exi).ok()?,
    );
    maintenance::detail_ev(&mut call, request)?;
    Some(said("Get15118EVCertificate", &call))
}

pub(super) fn hear_ev(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: wire::Get15118EVCertificateRequest| {
        let (max_chains, first) = maintenance::ev_details(&r);
        match EvCertificateAction::from_word(r.action.as_str()) {
            Some(action) => Fact::EvCertificate(EvCertificateRequest {
                schema: boxed(&r.iso15118_schema_version),
                action,
                exi: boxed(&r.exi_request),
                max_chains,
                first,
            }),
            None => Fact::Unmapped { action: "Get15118EVCertificate".into(), payload: json.text.into() },
        }
    })
}

pub(super) fn answer_ev(certificate: &EvCertificate) -> Reply {
    let status = match certificate.failure {
        None => wire::Iso15118EVCertificateStatus::Accepted,
        Some(_) => wire::Iso15118EVCertificateStatus::Failed,
    };
    let Ok(exi) = Text::new(&certificate.exi) else {
        return Reply::NotSupported("the answer for the vehicle is longer than this version can say");
    };
    let mut response = wire::Get15118EVCertificateResponse::new(status, exi);
    response.status_info = certificate.failure.as_ref().map(status_info);
    maintenance::count_remaining(&mut response, certificate.remaining);
    payload(&response)
}

pub(super) fn hear_ev_answer(json: Payload<'_>) -> Result<Heard<Answer>, Misheard> {
    read(json, |r: wire::Get15118EVCertificateResponse| {
        let failed = r.status != wire::Iso15118EVCertificateStatus::Accepted;
        let unsaid = || Cause { code: "Unspecified".into(), text: None };
        Answer::EvCertificate(EvCertificate {
            exi: boxed(&r.exi_response),
            remaining: maintenance::ev_remaining(&r),
            failure: failed.then(|| r.status_info.as_ref().map_or_else(unsaid, cause)),
        })
    })
}

/// What a responder is asked; `None` when a part is too long to be said.
pub(super) fn ocsp_data(question: &OcspQuestion) -> Option<wire::OCSPRequestData> {
    let hash = &question.certificate;
    Some(wire::OCSPRequestData::new(
        wire::HashAlgorithm::from(hash.algorithm.as_str()),
        Text::new(&hash.issuer_name).ok()?,
        Text::new(&hash.issuer_key).ok()?,
        Text::new(&hash.serial).ok()?,
        Text::new(&question.responder).ok()?,
    ))
}

/// `None` when the algorithm is one that nobody knows.
pub(super) fn ocsp_question(asked: &wire::OCSPRequestData) -> Option<OcspQuestion> {
    Some(OcspQuestion {
        certificate: CertificateHash {
            algorithm: HashAlgorithm::from_word(asked.hash_algorithm.as_str())?,
            issuer_name: boxed(&asked.issuer_name_hash),
            issuer_key: boxed(&asked.issuer_key_hash),
            serial: boxed(&asked.serial_number),
        },
        responder: boxed(&asked.responder_url),
    })
}

/// The station asks about its own certificate's status (M06).
pub(super) fn say_ocsp(question: &OcspQuestion) -> Option<Said> {
    let asked = ocsp_data(question)?;
    Some(said("GetCertificateStatus", &wire::GetCertificateStatusRequest::new(asked)))
}

pub(super) fn hear_ocsp(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: wire::GetCertificateStatusRequest| match ocsp_question(&r.ocsp_request_data) {
        Some(question) => Fact::OcspStatus(question),
        None => Fact::Unmapped { action: "GetCertificateStatus".into(), payload: json.text.into() },
    })
}

pub(super) fn answer_ocsp(answer: &OcspAnswer) -> Reply {
    let failed = |why: Option<&Cause>| {
        let mut response = wire::GetCertificateStatusResponse::new(wire::GetCertificateStatusKind::Failed);
        response.status_info = why.map(status_info);
        payload(&response)
    };
    match answer {
        OcspAnswer::Response(der) => match Text::new(der) {
            Ok(der) => {
                let status = wire::GetCertificateStatusKind::Accepted;
                let mut response = wire::GetCertificateStatusResponse::new(status);
                response.ocsp_result = Some(der);
                payload(&response)
            }
            Err(_) => failed(Some(&Cause { code: "TooLarge".into(), text: None })),
        },
        OcspAnswer::Failed(why) => failed(why.as_ref()),
    }
}

pub(super) fn hear_ocsp_answer(json: Payload<'_>) -> Result<Heard<Answer>, Misheard> {
    read(json, |r: wire::GetCertificateStatusResponse| {
        let found = r.ocsp_result.filter(|_| r.status == wire::GetCertificateStatusKind::Accepted);
        Answer::OcspStatus(match found {
            Some(der) => OcspAnswer::Response(boxed(&der)),
            None => OcspAnswer::Failed(r.status_info.as_ref().map(cause)),
        })
    })
}
