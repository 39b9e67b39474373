//! What a station keeps about a customer in OCPP 2.x, for both ends (N09, N10), over the types of the version that
//! includes it.

use super::certificate::{hash, hash_of};
use super::firmware::{cause, status_info};
use super::{VERSION, wire, words};
use crate::dialect::two::{boxed, integer, number, unsigned};
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said};
use crate::model::*;
use crate::types::{DateTime, Text};

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(VERSION, what)
}

/// The call that carries the order.
pub(super) fn order(question: &CustomerQuestion) -> Result<Said, CannotSay> {
    if !question.report && !question.clear {
        return Err(cannot("an order about a customer that neither reports nor forgets: choose"));
    }
    let request = integer(question.request).ok_or_else(|| cannot("an order of a number below 0"))?;
    let mut call = wire::CustomerInformationRequest::new(request, question.report, question.clear);
    match &question.customer {
        Some(CustomerReference::Token(token)) => call.id_token = Some(words::whole_id_token(token)?),
        Some(CustomerReference::Certificate(certificate)) => {
            let hash = hash_of(certificate).ok_or_else(|| cannot("so long a hash of a certificate"))?;
            call.customer_certificate = Some(hash);
        }
        Some(CustomerReference::Identifier(name)) => {
            let name = Text::new(name).map_err(|_| cannot("a customer's name of more than 64 characters"))?;
            call.customer_identifier = Some(name);
        }
        None => return Err(cannot("an order about nobody: name a token, a certificate or an identifier")),
    }
    Ok(said("CustomerInformation", &call))
}

pub(super) fn hear_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::CustomerInformationResponse| Outcome::CustomerInformation {
        verdict: CustomerVerdict::from_word(r.status.as_str()).unwrap_or(CustomerVerdict::Rejected),
        cause: r.status_info.as_ref().map(cause),
    })
}

/// The station hears it.
pub(super) fn hear(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::CustomerInformationRequest| {
        let token = r.id_token.as_ref().map(|token| CustomerReference::Token(words::token(token)));
        let certificate = r.customer_certificate.as_ref();
        let certificate = certificate.map(|data| hash(data).map(CustomerReference::Certificate));
        let identifier = r.customer_identifier.as_deref().map(boxed).map(CustomerReference::Identifier);
        let customer = match (token, certificate, identifier) {
            (Some(one), None, None) | (None, Some(Some(one)), None) | (None, None, Some(one)) => Some(one),
            _ => None,
        };
        Command::CustomerInformation(
            CustomerQuestion { request: number(r.request_id), customer, report: r.report, clear: r.clear }
                .into(),
        )
    })
}

pub(super) fn answer(word: CustomerVerdict, why: Option<&Cause>) -> Reply {
    let status = wire::CustomerInformationStatus::from(word.as_str());
    let mut response = wire::CustomerInformationResponse::new(status);
    response.status_info = why.map(status_info);
    payload(&response)
}

/// The station tells a part of what it knows.
pub(super) fn say_piece(piece: &CustomerPiece) -> Option<Said> {
    let mut call = wire::NotifyCustomerInformationRequest::new(
        Text::truncated(&piece.data),
        integer(piece.seq)?,
        DateTime::new(piece.at),
        integer(piece.request)?,
    );
    call.tbc = piece.more.then_some(true);
    Some(said("NotifyCustomerInformation", &call))
}

pub(super) fn hear_piece(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: wire::NotifyCustomerInformationRequest| {
        Fact::CustomerInformation(CustomerPiece {
            request: number(r.request_id),
            seq: unsigned(r.seq_no),
            more: r.tbc == Some(true),
            at: r.generated_at.timestamp(),
            data: boxed(&r.data),
        })
    })
}
