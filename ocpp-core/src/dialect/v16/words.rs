//! Single values between the model and OCPP 1.6, both ways.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::dialect::CannotSay;
use crate::message::Field;
use crate::model::{
    Authorization, AuthorizationStatus, IdToken, Location, Measurand, Phase, Place, PortStatus, Reading,
    ReadingContext, Sample, SampleValue, TokenKind, TransferAnswer, TransferStatus, Wh,
};
use crate::types::{CiText, DateTime, Version};
use crate::v16;

/// Connector 0 is the station; connectors are EVSEs with one connector each. A negative number, which no
/// station should send, is taken for the station.
pub(super) fn place(connector: i32) -> Place {
    Place::of_v16(u32::try_from(connector).unwrap_or(0))
}

pub(super) fn connector(place: Place) -> i32 {
    place.evse().and_then(|evse| i32::try_from(evse.0).ok()).unwrap_or(0)
}

/// The connector of a place that an order is about. An EVSE has one only.
pub(super) fn one_connector(place: Place) -> Result<i32, CannotSay> {
    let evse = place.evse().map_or(0, |evse| evse.0);
    if place.connector().is_some_and(|connector| connector.0 > 1) {
        return Err(CannotSay::new(
            Version::V16,
            "a second connector of an EVSE: each connector is an EVSE here",
        ));
    }
    i32::try_from(evse).map_err(|_| CannotSay::new(Version::V16, "a place with such a number"))
}

pub(super) fn token(id_tag: &str) -> IdToken {
    IdToken::new(id_tag, TokenKind::UNSPECIFIED)
}

pub(super) fn id_tag(token: &IdToken) -> CiText<20> {
    CiText::truncated(&token.value)
}

/// The same for an order, which must not name another token than the one that is meant.
pub(super) fn whole_id_tag(token: &IdToken) -> Result<CiText<20>, CannotSay> {
    CiText::new(&token.value).map_err(|_| CannotSay::new(Version::V16, "a token of more than 20 characters"))
}

pub(super) fn authorization(info: &v16::IdTagInfo) -> Authorization {
    Authorization {
        status: match &info.status {
            v16::AuthorizationStatus::Accepted => AuthorizationStatus::Accepted,
            v16::AuthorizationStatus::Blocked => AuthorizationStatus::Blocked,
            v16::AuthorizationStatus::Expired => AuthorizationStatus::Expired,
            v16::AuthorizationStatus::ConcurrentTx => AuthorizationStatus::ConcurrentTx,
            v16::AuthorizationStatus::Invalid | v16::AuthorizationStatus::Unlisted(_) => {
                AuthorizationStatus::Invalid
            }
        },
        cache_until: info.expiry_date.as_ref().map(DateTime::timestamp),
        group: info.parent_id_tag.as_deref().map(token),
    }
}

/// 1.6 knows five states; those that only 2.x has are refusals of some kind and become `Invalid`.
pub(super) fn id_tag_info(word: &Authorization) -> v16::IdTagInfo {
    let status = match word.status {
        AuthorizationStatus::Accepted => v16::AuthorizationStatus::Accepted,
        AuthorizationStatus::Blocked => v16::AuthorizationStatus::Blocked,
        AuthorizationStatus::Expired => v16::AuthorizationStatus::Expired,
        AuthorizationStatus::ConcurrentTx => v16::AuthorizationStatus::ConcurrentTx,
        _ => v16::AuthorizationStatus::Invalid,
    };
    let mut info = v16::IdTagInfo::new(status);
    info.expiry_date = word.cache_until.map(DateTime::new);
    info.parent_id_tag = word.group.as_ref().and_then(|group| CiText::new(&group.value).ok());
    info
}

pub(super) fn port_status(status: &v16::ChargePointStatus) -> PortStatus {
    match status {
        v16::ChargePointStatus::Available => PortStatus::Available,
        v16::ChargePointStatus::Preparing => PortStatus::Preparing,
        v16::ChargePointStatus::Charging => PortStatus::Charging,
        v16::ChargePointStatus::SuspendedEVSE => PortStatus::SuspendedEvse,
        v16::ChargePointStatus::SuspendedEV => PortStatus::SuspendedEv,
        v16::ChargePointStatus::Finishing => PortStatus::Finishing,
        v16::ChargePointStatus::Reserved => PortStatus::Reserved,
        v16::ChargePointStatus::Unavailable => PortStatus::Unavailable,
        v16::ChargePointStatus::Faulted => PortStatus::Faulted,
        // A state that nobody knows is surely not free for a driver.
        v16::ChargePointStatus::Unlisted(_) => PortStatus::Unavailable,
    }
}

/// 1.6 has no `Occupied`; that somebody is there without charging is `Preparing`.
pub(super) fn charge_point_status(status: PortStatus) -> v16::ChargePointStatus {
    match status {
        PortStatus::Occupied => v16::ChargePointStatus::Preparing,
        other => v16::ChargePointStatus::from(other.as_str()),
    }
}

/// The energy register at a moment, as starts and stops carry it.
pub(super) fn register(at: Timestamp, wh: i32, context: ReadingContext) -> Reading {
    let register = Sample::total(Measurand::ENERGY_IMPORT_REGISTER, Decimal::from(wh), "Wh");
    Reading { at, samples: Vec::from([Sample { context, ..register }]) }
}

/// The register of a reading as starts and stops carry it: whole Wh within 32 bits.
pub(super) fn register_wh(register: Option<Wh>) -> i32 {
    register.map_or(0, |wh| i32::try_from(wh.0).unwrap_or(if wh.0 < 0 { i32::MIN } else { i32::MAX }))
}

pub(super) fn readings(values: &[v16::MeterValue]) -> Vec<Reading> {
    let reading = |value: &v16::MeterValue| Reading {
        at: value.timestamp.timestamp(),
        samples: value.sampled_value.iter().map(sample).collect(),
    };
    values.iter().map(reading).collect()
}

fn sample(value: &v16::SampledValue) -> Sample {
    let measurand =
        value.measurand.as_ref().map_or(Measurand::ENERGY_IMPORT_REGISTER, |m| Measurand::new(m.as_str()));
    let signed = value.format == Some(v16::ValueFormat::SignedData);
    let number = if signed { None } else { number(&value.value) };
    Sample {
        value: number.map_or_else(|| SampleValue::Text(value.value.as_str().into()), SampleValue::Number),
        context: value.context.as_ref().map_or(ReadingContext::PERIODIC, |c| ReadingContext::new(c.as_str())),
        location: value.location.as_ref().map_or(Location::OUTLET, |l| Location::new(l.as_str())),
        phase: value.phase.as_ref().map(|phase| Phase::new(phase.as_str())),
        unit: value.unit.as_ref().map_or_else(|| measurand.usual_unit(), v16::UnitOfMeasure::as_str).into(),
        measurand,
        multiplier: 0,
        signed: None,
    }
}

fn number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// Readings without a sample cannot be said and are left out.
pub(super) fn meter_values(readings: &[Reading]) -> Vec<v16::MeterValue> {
    let value = |reading: &Reading| {
        let samples: Vec<_> = reading.samples.iter().filter_map(sampled_value).collect();
        (!samples.is_empty()).then(|| v16::MeterValue::new(DateTime::new(reading.at), samples))
    };
    readings.iter().filter_map(value).collect()
}

/// `None` for what 1.6 has no word for: without its measurand, phase, place or unit it would say something else.
fn sampled_value(sample: &Sample) -> Option<v16::SampledValue> {
    let (text, format): (String, _) = match &sample.value {
        // 1.6 has no multiplier, so it is applied.
        SampleValue::Number(number) if sample.multiplier == 0 => (number.to_string(), None),
        SampleValue::Number(number) => {
            let plain = Sample { unit: "".into(), ..sample.clone() };
            (plain.base_value().unwrap_or(*number).normalize().to_string(), None)
        }
        SampleValue::Text(text) => (text.to_string(), Some(v16::ValueFormat::SignedData)),
    };
    let mut value = v16::SampledValue::new(text);
    value.format = format;
    value.context = Some(match v16::ReadingContext::from(sample.context.as_str()) {
        v16::ReadingContext::Unlisted(_) => v16::ReadingContext::Other,
        context => context,
    });
    value.measurand = Some(v16::Measurand::from(sample.measurand.as_str()));
    value.location = Some(v16::Location::from(sample.location.as_str()));
    value.phase = sample.phase.as_ref().map(|phase| v16::Phase::from(phase.as_str()));
    value.unit = (!sample.unit.is_empty()).then(|| v16::UnitOfMeasure::from(&*sample.unit));
    value.conforms().then_some(value)
}

pub(super) fn transfer_response(answer: &TransferAnswer) -> v16::DataTransferResponse {
    let mut response = v16::DataTransferResponse::new(match answer.status {
        TransferStatus::Accepted => v16::DataTransferStatus::Accepted,
        TransferStatus::Rejected => v16::DataTransferStatus::Rejected,
        TransferStatus::UnknownMessage => v16::DataTransferStatus::UnknownMessageId,
        TransferStatus::UnknownVendor => v16::DataTransferStatus::UnknownVendorId,
    });
    // Who does not know the vendor has nothing to say (4.3).
    let knows_vendor = answer.status != TransferStatus::UnknownVendor;
    response.data = answer.data.as_deref().filter(|_| knows_vendor).map(text_of_json);
    response
}

/// The content of a JSON string, or the JSON text itself: vendors' data in OCPP 1.6 is always a text.
pub(super) fn text_of_json(json: &str) -> String {
    serde_json::from_str(json).unwrap_or_else(|_| json.into())
}
