//! Payments at the station, VAT numbers and payments on the web (C18 to C25).

use alloc::boxed::Box;

use super::{VERSION, wire};
use crate::dialect::two::{boxed, integer, unsigned};
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, later, payload, read, read_fact, said,
};
use crate::model::{
    Answer, Command, Company, EvseId, Fact, Outcome, Settlement, SettlementStatus, StationTxRef, VatAnswer,
    VatQuestion, Verdict,
};
use crate::types::{DateTime, Number, Text};

pub(super) fn order(command: &Command) -> Result<Said, CannotSay> {
    let cannot = |what| CannotSay::new(VERSION, what);
    match command {
        Command::WebPaymentStarted { evse, timeout_s } => {
            let evse =
                integer(evse.map_or(0, |evse| evse.0)).ok_or_else(|| cannot("an EVSE of this number"))?;
            let timeout = integer(*timeout_s).ok_or_else(|| cannot("so long a time to pay"))?;
            let call = wire::NotifyWebPaymentStartedRequest::new(evse, timeout);
            Ok(said("NotifyWebPaymentStarted", &call))
        }
        other => Err(later::cannot(VERSION, other)),
    }
}

pub(super) fn hear_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |_: wire::NotifyWebPaymentStartedResponse| Outcome::Verdict(Verdict::Accepted))
}

pub(super) fn hear_fact(action: &str, json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    if action == "VatNumberValidation" {
        return read(json, |r: wire::VatNumberValidationRequest| {
            let evse = r.evse_id.map(|evse| EvseId(unsigned(evse)));
            Fact::VatNumber(VatQuestion { number: boxed(&r.vat_number), evse })
        });
    }
    read_fact(action, json, |r: wire::NotifySettlementRequest| {
        Some(Fact::Settlement(Box::new(Settlement {
            transaction: r.transaction_id.as_deref().map(|name| StationTxRef::Named(boxed(name))),
            reference: boxed(&r.psp_ref),
            status: match r.status {
                wire::PaymentStatus::Settled => SettlementStatus::Settled,
                wire::PaymentStatus::Canceled => SettlementStatus::Canceled,
                wire::PaymentStatus::Rejected => SettlementStatus::Rejected,
                wire::PaymentStatus::Failed => SettlementStatus::Failed,
                wire::PaymentStatus::Unlisted(_) => return None,
            },
            info: r.status_info.as_deref().map(boxed),
            amount: r.settlement_amount.decimal()?,
            at: r.settlement_time.timestamp(),
            receipt_id: r.receipt_id.as_deref().map(boxed),
            receipt_url: r.receipt_url.as_deref().map(boxed),
            company: r.vat_company.as_ref().map(read_company),
            vat_number: r.vat_number.as_deref().map(boxed),
        })))
    })
}

pub(super) fn answer(fact: &Fact, answer: &Answer) -> Reply {
    match (fact, answer) {
        (Fact::Settlement(_), Answer::Settlement { receipt_id, receipt_url }) => {
            let mut response = wire::NotifySettlementResponse::new();
            response.receipt_id = receipt_id.as_deref().and_then(|id| Text::new(id).ok());
            response.receipt_url = receipt_url.as_deref().and_then(|url| Text::new(url).ok());
            payload(&response)
        }
        (Fact::VatNumber(question), Answer::VatNumber(word)) => {
            let rejected = wire::GenericStatus::Rejected;
            let status = if word.accepted { wire::GenericStatus::Accepted } else { rejected };
            let mut response =
                wire::VatNumberValidationResponse::new(Text::truncated(&question.number), status);
            response.evse_id = question.evse.and_then(|evse| integer(evse.0));
            response.company = word.company.as_ref().map(company);
            payload(&response)
        }
        _ => Reply::Payload("{}".into()),
    }
}

pub(super) fn say(fact: &Fact) -> Option<Said> {
    match fact {
        Fact::VatNumber(question) => {
            let mut call = wire::VatNumberValidationRequest::new(Text::new(&question.number).ok()?);
            call.evse_id = question.evse.and_then(|evse| integer(evse.0));
            Some(said("VatNumberValidation", &call))
        }
        Fact::Settlement(told) => {
            let mut call = wire::NotifySettlementRequest::new(
                Text::truncated(&told.reference),
                match told.status {
                    SettlementStatus::Settled => wire::PaymentStatus::Settled,
                    SettlementStatus::Canceled => wire::PaymentStatus::Canceled,
                    SettlementStatus::Rejected => wire::PaymentStatus::Rejected,
                    SettlementStatus::Failed => wire::PaymentStatus::Failed,
                },
                Number::from(told.amount),
                DateTime::new(told.at),
            );
            if let Some(StationTxRef::Named(name)) = &told.transaction {
                call.transaction_id = Some(Text::truncated(name));
            }
            call.status_info = told.info.as_deref().map(Text::truncated);
            call.receipt_id = told.receipt_id.as_deref().and_then(|id| Text::new(id).ok());
            call.receipt_url = told.receipt_url.as_deref().and_then(|url| Text::new(url).ok());
            call.vat_company = told.company.as_ref().map(company);
            call.vat_number = told.vat_number.as_deref().map(Text::truncated);
            Some(said("NotifySettlement", &call))
        }
        _ => None,
    }
}

pub(super) fn hear_answer(action: &str, json: Payload<'_>) -> Result<Heard<Answer>, Misheard> {
    if action == "VatNumberValidation" {
        return read(json, |r: wire::VatNumberValidationResponse| {
            Answer::VatNumber(VatAnswer {
                accepted: r.status == wire::GenericStatus::Accepted,
                company: r.company.as_ref().map(read_company),
            })
        });
    }
    read(json, |r: wire::NotifySettlementResponse| Answer::Settlement {
        receipt_id: r.receipt_id.as_deref().map(boxed),
        receipt_url: r.receipt_url.as_deref().map(boxed),
    })
}

pub(super) fn hear_command(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::NotifyWebPaymentStartedRequest| Command::WebPaymentStarted {
        evse: Some(unsigned(r.evse_id)).filter(|evse| *evse > 0).map(EvseId),
        timeout_s: unsigned(r.timeout),
    })
}

fn company(company: &Company) -> wire::Address {
    let mut said = wire::Address::new(
        Text::truncated(&company.name),
        Text::truncated(&company.address1),
        Text::truncated(&company.city),
        Text::truncated(&company.country),
    );
    said.address2 = company.address2.as_deref().map(Text::truncated);
    said.postal_code = company.postal_code.as_deref().map(Text::truncated);
    said
}

fn read_company(said: &wire::Address) -> Company {
    Company {
        name: boxed(&said.name),
        address1: boxed(&said.address1),
        address2: said.address2.as_deref().map(boxed),
        city: boxed(&said.city),
        postal_code: said.postal_code.as_deref().map(boxed),
        country: boxed(&said.country),
    }
}
