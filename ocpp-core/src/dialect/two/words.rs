//! Parts of messages of OCPP 2.x, over the types of the version that includes it (`super::wire`).

use alloc::string::ToString;
use alloc::vec::Vec;

use super::{VERSION, wire};
use crate::dialect::CannotSay;
use crate::dialect::two::{self, Wording, boxed, integer, unsigned};
use crate::message::Field;
use crate::model::*;
use crate::types::{DateTime, Extra, Json, List, Number, Text};

pub(super) fn place(evse: &wire::EVSE) -> Place {
    Place::of(unsigned(evse.id), evse.connector_id.map(unsigned))
}

/// The station as a whole is said by leaving the EVSE out.
pub(super) fn evse(place: Place) -> Option<wire::EVSE> {
    let mut evse = wire::EVSE::new(integer(place.evse().filter(|evse| evse.0 > 0)?.0)?);
    evse.connector_id = two::connector_of(place).and_then(integer);
    Some(evse)
}

pub(super) fn token(token: &wire::IdToken) -> IdToken {
    IdToken::new(&token.id_token, TokenKind::new(token.kind.as_str()))
}

/// Why a token is not said.
pub(super) const UNSAYABLE_TOKEN: &str =
    "a token that is too long, or has other characters than letters, digits and *-_=:+|@.";

/// Why a transaction is not said.
pub(super) const UNSAYABLE_TRANSACTION: &str = "a transaction id of more than 36 characters, or with other \
    characters than letters, digits and *-_=:+|@.";

/// A token whose kind is not known, as those of 1.6, is a card for 2.x. `None` for one that 2.x cannot say.
pub(super) fn id_token(token: &IdToken) -> Option<wire::IdToken> {
    let kind = if token.kind == TokenKind::UNSPECIFIED { &TokenKind::ISO14443 } else { &token.kind };
    // Nobody is meant by it, so it has no value (C02.FR.01).
    let value = if kind.as_str() == "NoAuthorization" { "" } else { &token.value };
    Some(wire::IdToken::new(two::identifier(value)?, Wording::word(kind.as_str())))
}

/// The same where the message cannot do without it.
pub(super) fn whole_id_token(token: &IdToken) -> Result<wire::IdToken, CannotSay> {
    id_token(token).ok_or(CannotSay::new(VERSION, UNSAYABLE_TOKEN))
}

pub(super) fn authorization(info: &wire::IdTokenInfo) -> Authorization {
    Authorization {
        status: two::authorization_status(info.status.as_str()),
        cache_until: info.cache_expiry_date_time.as_ref().map(DateTime::timestamp),
        group: info.group_id_token.as_ref().map(token),
    }
}

pub(super) fn id_token_info(word: &Authorization) -> wire::IdTokenInfo {
    let status = wire::AuthorizationStatus::from(two::authorization_word(word.status));
    let mut info = wire::IdTokenInfo::new(status);
    info.cache_expiry_date_time = word.cache_until.map(DateTime::new);
    info.group_id_token = word.group.as_ref().and_then(id_token);
    info
}

pub(super) fn readings(values: &[wire::MeterValue]) -> Vec<Reading> {
    let reading = |value: &wire::MeterValue| Reading {
        at: value.timestamp.timestamp(),
        samples: value.sampled_value.iter().map(sample).collect(),
    };
    values.iter().map(reading).collect()
}

fn sample(value: &wire::SampledValue) -> Sample {
    let measurand =
        value.measurand.as_ref().map_or(Measurand::ENERGY_IMPORT_REGISTER, |m| Measurand::new(m.as_str()));
    let unit = value.unit_of_measure.as_ref();
    let name = unit.and_then(|unit| unit.unit.as_deref());
    Sample {
        value: match value.value.decimal() {
            Some(number) => SampleValue::Number(number),
            None => SampleValue::Text(value.value.to_string().into()),
        },
        context: value.context.as_ref().map_or(ReadingContext::PERIODIC, |c| ReadingContext::new(c.as_str())),
        location: value.location.as_ref().map_or(Location::OUTLET, |l| Location::new(l.as_str())),
        phase: value.phase.as_ref().map(|phase| Phase::new(phase.as_str())),
        unit: name.unwrap_or_else(|| measurand.usual_unit()).into(),
        multiplier: unit.and_then(|unit| unit.multiplier).unwrap_or(0),
        signed: value.signed_meter_value.as_ref().map(crate::inbound::write),
        measurand,
    }
}

/// Readings without a sample cannot be said and are left out.
pub(super) fn meter_values(readings: &[Reading]) -> Vec<wire::MeterValue> {
    readings
        .iter()
        .filter_map(|reading| {
            let samples: Vec<_> = reading.samples.iter().filter_map(sampled_value).collect();
            Some(wire::MeterValue::new(List::new(samples).ok()?, DateTime::new(reading.at)))
        })
        .collect()
}

/// `None` for what the version has no word for: without its measurand, phase or place it would say something else.
fn sampled_value(sample: &Sample) -> Option<wire::SampledValue> {
    let SampleValue::Number(number) = &sample.value else { return None };
    let mut value = wire::SampledValue::new(Number::from(*number));
    value.measurand = Some(wire::Measurand::from(sample.measurand.as_str()));
    value.context = Some(two::listed(sample.context.as_str(), wire::ReadingContext::Other));
    value.location = Some(wire::Location::from(sample.location.as_str()));
    value.phase = sample.phase.as_ref().map(|phase| wire::Phase::from(phase.as_str()));
    if !sample.unit.is_empty() || sample.multiplier != 0 {
        let mut unit = wire::UnitOfMeasure::new();
        unit.unit = (!sample.unit.is_empty()).then(|| Text::truncated(&sample.unit));
        unit.multiplier = (sample.multiplier != 0).then_some(sample.multiplier);
        value.unit_of_measure = Some(unit);
    }
    value.signed_meter_value = sample.signed.as_deref().and_then(signed_meter_value);
    value.conforms().then_some(value)
}

/// Without the members that no schema names.
fn signed_meter_value(json: &str) -> Option<wire::SignedMeterValue> {
    let mut signed: wire::SignedMeterValue = serde_json::from_str(json).ok()?;
    signed.extra = Extra::default();
    Some(signed)
}

pub(super) fn transfer(request: &wire::DataTransferRequest) -> Transfer {
    Transfer {
        vendor: boxed(&request.vendor_id),
        message: request.message_id.as_deref().map(boxed),
        data: request.data.as_ref().map(Json::as_str).map(ToString::to_string),
    }
}

pub(super) fn transfer_request(transfer: &Transfer) -> wire::DataTransferRequest {
    let mut request = wire::DataTransferRequest::new(Text::truncated(&transfer.vendor));
    request.message_id = transfer.message.as_deref().map(Text::truncated);
    request.data = transfer.data.clone().and_then(|json| Json::new(json).ok());
    request
}

pub(super) fn transfer_response(answer: &TransferAnswer) -> wire::DataTransferResponse {
    let mut response = wire::DataTransferResponse::new(match answer.status {
        TransferStatus::Accepted => wire::DataTransferStatus::Accepted,
        TransferStatus::Rejected => wire::DataTransferStatus::Rejected,
        TransferStatus::UnknownMessage => wire::DataTransferStatus::UnknownMessageId,
        TransferStatus::UnknownVendor => wire::DataTransferStatus::UnknownVendorId,
    });
    response.data = answer.data.clone().and_then(|json| Json::new(json).ok());
    response
}
