//! Rules about types that stand in many messages.

use alloc::vec::Vec;

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
const IDENTIFIERS: &[(&str, &[&str])] = &[
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
const TO_STATION: &[&str] = &[
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
    if ["BootNotificationRequest", "ChargingStationType", "ModemType"].contains(&object.name) {
        let texts = object.members.iter().filter(|member| matches!(member.shape, Shape::Text { .. }));
        let empty = texts.filter(|member| view.raw(member.name) == Some("\"\""));
        found.extend(empty.map(|member| (member.name, Quirk::EmptyText)));
    }
    let carries_number = ["MeterValuesRequest", "StopTransactionRequest"].contains(&object.name);
    if version == Version::V16 && carries_number && view.integer("transactionId").is_some_and(|id| id < 0) {
        found.push(("transactionId", Quirk::UnknownTransactionId));
    }
    found
}
