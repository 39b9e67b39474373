//! Drivers who ask to charge, by a token or by the contract of their vehicle, in OCPP 2.x (C01, C07).

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{VERSION, certificate, wire, words};
use crate::dialect::two::boxed;
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said};
use crate::model::*;
use crate::types::{List, Text};

pub(super) fn hear(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: wire::AuthorizeRequest| {
        let id_token = words::token(&r.id_token);
        let hashes = r.iso15118_certificate_hash_data.as_deref().unwrap_or_default();
        if r.certificate.is_none() && hashes.is_empty() {
            return Fact::Authorize(id_token);
        }
        let questions = hashes.iter().filter_map(certificate::ocsp_question).collect();
        let contract = Contract { chain: r.certificate.as_ref().map(|chain| boxed(chain)), questions };
        Fact::AuthorizeContract { id_token, contract: Box::new(contract) }
    })
}

pub(super) fn say(id_token: &IdToken, contract: &Contract) -> Result<Said, CannotSay> {
    let cannot = |what| CannotSay::new(VERSION, what);
    let token = words::id_token(id_token).ok_or_else(|| cannot(words::UNSAYABLE_TOKEN))?;
    let mut request = wire::AuthorizeRequest::new(token);
    if let Some(chain) = &contract.chain {
        request.certificate = Some(Text::new(chain).map_err(|_| cannot("so long a chain of certificates"))?);
    }
    if !contract.questions.is_empty() {
        let hashes: Option<Vec<_>> = contract.questions.iter().map(certificate::ocsp_data).collect();
        let hashes = hashes.ok_or_else(|| cannot("hashes of such a length"))?;
        let hashes = List::new(hashes).map_err(|_| cannot("more than four certificates of a contract"))?;
        request.iso15118_certificate_hash_data = Some(hashes);
    }
    Ok(said("Authorize", &request))
}

pub(super) fn answer(word: &Authorization, contract: ContractVerdict) -> Reply {
    let mut response = wire::AuthorizeResponse::new(words::id_token_info(word));
    response.certificate_status = Some(wire::AuthorizeCertificateStatus::from(contract.as_str()));
    payload(&response)
}

pub(super) fn hear_answer(json: Payload<'_>) -> Result<Heard<Answer>, Misheard> {
    read(json, |r: wire::AuthorizeResponse| {
        let word = words::authorization(&r.id_token_info);
        match r.certificate_status {
            None => Answer::Authorize(word),
            Some(status) => {
                // A word that nobody knows is no acceptance.
                let contract = ContractVerdict::from_word(status.as_str());
                Answer::AuthorizeContract {
                    word,
                    contract: contract.unwrap_or(ContractVerdict::CertChainError),
                }
            }
        }
    })
}
