//! Rules about types that stand in many messages.

use alloc::vec::Vec;

use jiff::Timestamp;

use super::view::{View, is_identifier};
use super::{Requirement, value};
use crate::message::{Object, Shape};
use crate::quirk::Quirk;
use crate::types::Version;

/// Rules of 2.x about every time, number and identifier. The walk itself asks them.
pub(super) const TWO: &[Requirement] = &[THREE_DIGITS, SIX_DECIMALS, IDENTIFIER];

/// 1.6 has no such rules: a receiver has to take any fraction of a second.
pub(super) const V16: &[Requirement] = &[];

pub(super) const THREE_DIGITS: Requirement =
    value("part 2, 3.1", "dateTime", "has more than three digits after the second", |_| None);

pub(super) const SIX_DECIMALS: Requirement = value(
    "part 2, 2.1.4",
    "decimal",
    "has more than six decimals, which is not allowed towards a station",
    |_| None,
);

pub(super) const IDENTIFIER: Requirement = value(
    "part 2, 2.1.4",
    "identifierString",
    "has a character that identifiers do not have: letters, digits and *-_=:+|@. are allowed",
    |_| None,
);

/// The members that the text calls `identifierString`, by their type. A name alone means it in every message.
pub(super) const IDENTIFIERS: &[(&str, &[&str])] = &[
    ("AdditionalInfoType", &["additionalIdToken"]),
    ("CertificateHashDataType", &["issuerNameHash", "serialNumber"]),
    ("ComponentType", &["name", "instance"]),
    ("IdTokenType", &["idToken"]),
    ("ModemType", &["iccid", "imsi"]),
    ("OCSPRequestDataType", &["issuerNameHash", "serialNumber"]),
    ("PublishFirmwareRequest", &["checksum"]),
    ("UnpublishFirmwareRequest", &["checksum"]),
    ("VariableType", &["name", "instance"]),
    ("", &["transactionId", "controlId"]),
];

/// The identifiers of an object that have other characters.
pub(super) fn odd_identifiers(object: &Object, view: &View<'_>) -> Vec<&'static str> {
    IDENTIFIERS
        .iter()
        .filter(|(name, _)| name.is_empty() || *name == object.name)
        .flat_map(|(_, members)| members.iter().copied())
        .filter(|name| view.text(name).is_some_and(|text| !is_identifier(&text)))
        .collect()
}

/// Messages of 2.x with decimals that go to the station.
pub(super) const TO_STATION: &[&str] = &[
    "AuthorizeResponse",
    "ChangeTransactionTariffRequest",
    "CostUpdatedRequest",
    "PullDynamicScheduleUpdateResponse",
    "RequestStartTransactionRequest",
    "SetChargingProfileRequest",
    "SetDERControlRequest",
    "SetDefaultTariffRequest",
    "SetVariableMonitoringRequest",
    "TransactionEventResponse",
    "UpdateDynamicScheduleRequest",
];

pub(super) fn goes_to_station(message: &str) -> bool {
    TO_STATION.contains(&message)
}

/// Members that are legal and surprise.
pub(super) fn remarkable(version: Version, object: &Object, view: &View<'_>) -> Vec<(&'static str, Quirk)> {
    let mut found = Vec::new();
    if DESCRIPTIONS.contains(&object.name) {
        let texts = object.members.iter().filter(|member| matches!(member.shape, Shape::Text { .. }));
        let empty = texts.filter(|member| view.raw(member.name) == Some("\"\""));
        found.extend(empty.map(|member| (member.name, Quirk::EmptyText)));
    }
    if has_no_number(version, object, view) {
        found.push(("transactionId", Quirk::UnknownTransactionId));
    }
    found
}

/// Objects whose texts describe the station; an empty one surprises.
pub(super) const DESCRIPTIONS: &[&str] = &["BootNotificationRequest", "ChargingStationType", "ModemType"];

/// Messages of 1.6 that carry the number of a transaction which the manager gave.
pub(super) const NUMBERED: &[&str] = &["MeterValuesRequest", "StopTransactionRequest"];

/// Whether a station of 1.6 says that it has no number for its transaction.
pub(super) fn has_no_number(version: Version, object: &Object, view: &View<'_>) -> bool {
    version == Version::V16
        && NUMBERED.contains(&object.name)
        && view.integer("transactionId").is_some_and(|id| id < 0)
}

/// The most digits after the second that 2.x allows.
pub(super) const MOST_DIGITS_2X: usize = 3;

/// The most digits after the second that clocks of stations have.
pub(super) const MOST_DIGITS: usize = 6;

/// The most decimals of a number towards a station of 2.x.
pub(super) const MOST_DECIMALS: usize = 6;

/// The moment after the last one of 1970, where clocks that nobody set are.
pub(super) const END_OF_1970: Timestamp = Timestamp::constant(31_536_000, 0);

/// How many digits a time has after the second.
pub(super) fn digits_of_second(time: &str) -> usize {
    time.split_once('.').map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count())
}
