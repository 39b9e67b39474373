//! Rules of the text of OCPP 1.6. It has no numbers for them, so the section is named.

use alloc::string::String;
use alloc::vec::Vec;

use super::view::{View, broken};
use super::{Requirement, filled, presence, value};

/// A connector other than 0, the station as a whole.
fn of_one_connector(o: &View<'_>) -> Option<&'static str> {
    broken(o.integer("connectorId").is_some_and(|id| id < 1), "connectorId")
}

fn of_connector_or_station(o: &View<'_>) -> Option<&'static str> {
    broken(o.integer("connectorId").is_some_and(|id| id < 0), "connectorId")
}

const ONE: &str = "has to be 1 or more: it names one connector";
const ANY: &str = "has to be 0 or more";

pub(super) const RULES: &[Requirement] = &[
    value("1.6, 6.45", "StartTransactionRequest", ONE, of_one_connector),
    value("1.6, 6.33", "RemoteStartTransactionRequest", ONE, of_one_connector),
    value("1.6, 6.51", "TriggerMessageRequest", ONE, of_one_connector),
    value("1.6, 6.53", "UnlockConnectorRequest", ONE, of_one_connector),
    value("1.6, 6.7", "ChangeAvailabilityRequest", ANY, of_connector_or_station),
    value("1.6, 6.31", "MeterValuesRequest", ANY, of_connector_or_station),
    value("1.6, 6.37", "ReserveNowRequest", ANY, of_connector_or_station),
    value("1.6, 6.47", "StatusNotificationRequest", ANY, of_connector_or_station),
    filled("1.6, 6.31", "MeterValuesRequest", |o| broken(o.is_empty_list("meterValue"), "meterValue")),
    filled("1.6, 7.33", "MeterValue", |o| broken(o.is_empty_list("sampledValue"), "sampledValue")),
    filled("1.6, 7.13", "ChargingSchedule", |o| {
        broken(o.is_empty_list("chargingSchedulePeriod"), "chargingSchedulePeriod")
    }),
    value("1.6, 7.13", "ChargingSchedule", "has to start with a period whose startPeriod is 0", |o| {
        let first = o.items("chargingSchedulePeriod").first().and_then(|first| first.integer("startPeriod"));
        broken(first.is_some_and(|start| start != 0), "chargingSchedulePeriod/0/startPeriod")
    }),
    value("1.6, 7.13", "ChargingSchedule", "has more than one decimal", |o| {
        broken(o.decimals("minChargingRate") > 1, "minChargingRate")
    }),
    value("1.6, 7.14", "ChargingSchedulePeriod", "has more than one decimal", |o| {
        broken(o.decimals("limit") > 1, "limit")
    }),
    presence("1.6, 7.8", "ChargingProfile", "is only valid in a TxProfile", |o| {
        let of_transaction = o.says("chargingProfilePurpose", &["TxProfile"]);
        broken(o.has("transactionId") && !of_transaction, "transactionId")
    }),
    value("1.6, 3.13.1", "SetChargingProfileRequest", "has to be 1 or more for a TxProfile", |o| {
        let of_transaction = o.child("csChargingProfiles").says("chargingProfilePurpose", &["TxProfile"]);
        broken(of_transaction && o.integer("connectorId") == Some(0), "connectorId")
    }),
    value("1.6, 3.13.1", "SetChargingProfileRequest", "has to be 0 for a ChargePointMaxProfile", |o| {
        let of_station =
            o.child("csChargingProfiles").says("chargingProfilePurpose", &["ChargePointMaxProfile"]);
        broken(of_station && o.integer("connectorId") != Some(0), "connectorId")
    }),
    value("1.6, 6.33", "RemoteStartTransactionRequest", "has to be TxProfile in a remote start", |o| {
        let other = o.has("chargingProfile")
            && !o.child("chargingProfile").says("chargingProfilePurpose", &["TxProfile"]);
        broken(other, "chargingProfile/chargingProfilePurpose")
    }),
    presence("1.6, 5.16.1", "RemoteStartTransactionRequest", "must be absent in a remote start", |o| {
        broken(o.child("chargingProfile").has("transactionId"), "chargingProfile/transactionId")
    }),
    presence("1.6, 7.1", "SendLocalListRequest", "needs idTagInfo for each token of a full list", |o| {
        let lacking = o.items("localAuthorizationList").iter().any(|entry| !entry.has("idTagInfo"));
        broken(o.says("updateType", &["Full"]) && lacking, "localAuthorizationList")
    }),
    value("1.6, 6.41", "SendLocalListRequest", "has a token twice", |o| {
        let mut tokens: Vec<String> = o
            .items("localAuthorizationList")
            .iter()
            .filter_map(|entry| entry.text("idTag"))
            .map(|token| token.to_ascii_uppercase())
            .collect();
        tokens.sort_unstable();
        broken(tokens.windows(2).any(|pair| pair[0] == pair[1]), "localAuthorizationList")
    }),
    presence("1.6, 4.3", "DataTransferResponse", "must be absent when the vendor is unknown", |o| {
        broken(o.says("status", &["UnknownVendorId"]) && o.has("data"), "data")
    }),
    presence(
        "L01.FR.20",
        "SignedFirmwareStatusNotificationRequest",
        "is required unless the status is Idle",
        |o| broken(!o.says("status", &["Idle"]) && !o.has("requestId"), "requestId"),
    ),
    presence("N01.FR.13", "LogStatusNotificationRequest", "is required unless the status is Idle", |o| {
        broken(!o.says("status", &["Idle"]) && !o.has("requestId"), "requestId")
    }),
];
