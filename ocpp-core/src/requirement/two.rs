//! Rules of the text that OCPP 2.0.1 and 2.1 share.

use alloc::string::String;
use alloc::vec::Vec;

use super::view::{View, broken};
use super::{Requirement, presence, value};

/// Whether the profile of a message has this purpose.
fn purpose(o: &View<'_>, words: &[&str]) -> bool {
    o.child("chargingProfile").says("chargingProfilePurpose", words)
}

fn token(entry: &View<'_>) -> Option<String> {
    let token = entry.child("idToken");
    Some(alloc::format!("{}\u{0}{}", token.text("idToken")?.to_ascii_uppercase(), token.text("type")?))
}

/// The first schedule of a profile that has a start, or lacks one.
fn schedules_with_start(o: &View<'_>) -> (usize, usize) {
    let schedules = o.items("chargingSchedule");
    (schedules.iter().filter(|schedule| schedule.has("startSchedule")).count(), schedules.len())
}

pub(super) const RULES: &[Requirement] = &[
    presence("B06.FR.04", "GetVariableResultType", "is required with the status Accepted", |o| {
        broken(o.says("attributeStatus", &["Accepted"]) && !o.has("attributeValue"), "attributeValue")
    }),
    presence("B06.FR.06", "GetVariableResultType", "must be absent when the component is unknown", |o| {
        broken(o.says("attributeStatus", &["UnknownComponent"]) && o.has("attributeValue"), "attributeValue")
    }),
    presence("B06.FR.07", "GetVariableResultType", "must be absent when the variable is unknown", |o| {
        broken(o.says("attributeStatus", &["UnknownVariable"]) && o.has("attributeValue"), "attributeValue")
    }),
    presence("B06.FR.08", "GetVariableResultType", "must be absent when the attribute is unknown", |o| {
        let unknown = o.says("attributeStatus", &["NotSupportedAttributeType"]);
        broken(unknown && o.has("attributeValue"), "attributeValue")
    }),
    presence(
        "part 2, VariableCharacteristicsType",
        "VariableCharacteristicsType",
        "is required for lists of options, members and sequences",
        |o| {
            let of_list = o.says("dataType", &["OptionList", "MemberList", "SequenceList"]);
            broken(of_list && !o.has("valuesList"), "valuesList")
        },
    ),
    value("C02.FR.01", "IdTokenType", "has to be empty for the type NoAuthorization", |o| {
        let some = o.text("idToken").is_some_and(|token| !token.is_empty());
        broken(o.says("type", &["NoAuthorization"]) && some, "idToken")
    }),
    value("D01.FR.18", "SendLocalListRequest", "has to be greater than 0", |o| {
        broken(o.integer("versionNumber").is_some_and(|number| number < 1), "versionNumber")
    }),
    value("D01.FR.06", "SendLocalListRequest", "has a token twice", |o| {
        let mut tokens: Vec<String> = o.items("localAuthorizationList").iter().filter_map(token).collect();
        tokens.sort_unstable();
        broken(tokens.windows(2).any(|pair| pair[0] == pair[1]), "localAuthorizationList")
    }),
    presence(
        "part 2, AuthorizationData",
        "SendLocalListRequest",
        "needs idTokenInfo for each token of a full list",
        |o| {
            let lacking = o.items("localAuthorizationList").iter().any(|entry| !entry.has("idTokenInfo"));
            broken(o.says("updateType", &["Full"]) && lacking, "localAuthorizationList")
        },
    ),
    presence("E02.FR.01", "TransactionEventRequest", "is required with the trigger Authorized", |o| {
        broken(o.says("triggerReason", &["Authorized"]) && !o.has("idToken"), "idToken")
    }),
    presence("F02.FR.21", "TransactionEventRequest", "is required with the trigger RemoteStart", |o| {
        let lacking = !o.child("transactionInfo").has("remoteStartId");
        broken(o.says("triggerReason", &["RemoteStart"]) && lacking, "transactionInfo/remoteStartId")
    }),
    value("part 1, 7.2", "EVSEType", "has to be 1 or more: connectors count from 1", |o| {
        broken(o.integer("connectorId").is_some_and(|id| id < 1), "connectorId")
    }),
    value("part 1, 7.2", "StatusNotificationRequest", "has to be 1 or more: connectors count from 1", |o| {
        broken(o.integer("connectorId").is_some_and(|id| id < 1), "connectorId")
    }),
    value("part 1, 7.1", "StatusNotificationRequest", "has to be 1 or more: EVSEs count from 1", |o| {
        broken(o.integer("evseId").is_some_and(|id| id < 1), "evseId")
    }),
    value("F01.FR.09", "RequestStartTransactionRequest", "has to be TxProfile in a remote start", |o| {
        let other = o.has("chargingProfile") && !purpose(o, &["TxProfile"]);
        broken(other, "chargingProfile/chargingProfilePurpose")
    }),
    presence("F01.FR.11", "RequestStartTransactionRequest", "must be absent in a remote start", |o| {
        broken(o.child("chargingProfile").has("transactionId"), "chargingProfile/transactionId")
    }),
    presence("F06.FR.13", "TriggerMessageRequest", "is required for a StatusNotification", |o| {
        let status = o.says("requestedMessage", &["StatusNotification"]);
        broken(status && !o.child("evse").has("connectorId"), "evse/connectorId")
    }),
    presence("K01.FR.03", "SetChargingProfileRequest", "is required in a TxProfile", |o| {
        let lacking = !o.child("chargingProfile").has("transactionId");
        broken(purpose(o, &["TxProfile"]) && lacking, "chargingProfile/transactionId")
    }),
    value("K01.FR.16", "SetChargingProfileRequest", "has to be greater than 0 for a TxProfile", |o| {
        broken(purpose(o, &["TxProfile"]) && o.integer("evseId") == Some(0), "evseId")
    }),
    value("K04.FR.03", "SetChargingProfileRequest", "has to be 0 for a ChargingStationMaxProfile", |o| {
        let of_station = purpose(o, &["ChargingStationMaxProfile"]);
        broken(of_station && o.integer("evseId") != Some(0), "evseId")
    }),
    value("K01.FR.22", "SetChargingProfileRequest", "is for limits that others set", |o| {
        let external = purpose(o, &["ChargingStationExternalConstraints"]);
        broken(external, "chargingProfile/chargingProfilePurpose")
    }),
    presence("part 2, ChargingProfileType", "ChargingProfileType", "is only for a TxProfile", |o| {
        let of_transaction = o.says("chargingProfilePurpose", &["TxProfile"]);
        broken(o.has("transactionId") && !of_transaction, "transactionId")
    }),
    value("K01.FR.38", "ChargingProfileType", "must not be Relative for the station as a whole", |o| {
        let of_station = o.says("chargingProfilePurpose", &["ChargingStationMaxProfile"]);
        broken(of_station && o.says("chargingProfileKind", &["Relative"]), "chargingProfileKind")
    }),
    presence("K01.FR.40", "ChargingProfileType", "needs startSchedule, being Absolute or Recurring", |o| {
        let (started, all) = schedules_with_start(o);
        broken(o.says("chargingProfileKind", &["Absolute", "Recurring"]) && started < all, "chargingSchedule")
    }),
    presence("K01.FR.41", "ChargingProfileType", "must not have startSchedule, being Relative", |o| {
        let (started, _) = schedules_with_start(o);
        broken(o.says("chargingProfileKind", &["Relative"]) && started > 0, "chargingSchedule")
    }),
    value("K01.FR.31", "ChargingScheduleType", "has to be 0 in the first period", |o| {
        let first = o.items("chargingSchedulePeriod").first().and_then(|first| first.integer("startPeriod"));
        broken(first.is_some_and(|start| start != 0), "chargingSchedulePeriod/0/startPeriod")
    }),
    value("K01.FR.35", "ChargingScheduleType", "has to be in the order of startPeriod", |o| {
        let periods = o.items("chargingSchedulePeriod");
        let starts: Vec<i64> = periods.iter().filter_map(|period| period.integer("startPeriod")).collect();
        broken(starts.windows(2).any(|pair| pair[0] >= pair[1]), "chargingSchedulePeriod")
    }),
    presence("K01.FR.19", "ChargingSchedulePeriodType", "is only for one phase", |o| {
        broken(o.has("phaseToUse") && o.integer("numberPhases") != Some(1), "phaseToUse")
    }),
    presence("K09.FR.03", "GetChargingProfilesRequest", "needs either ids or other criteria", |o| {
        let criteria = o.child("chargingProfile");
        let others = criteria.has_any(&["stackLevel", "chargingLimitSource", "chargingProfilePurpose"]);
        broken(criteria.has("chargingProfileId") == others, "chargingProfile")
    }),
    presence("K10.FR.02", "ClearChargingProfileRequest", "needs an id or criteria", |o| {
        let criteria = o.child("chargingProfileCriteria");
        let others = criteria.has_any(&["stackLevel", "evseId", "chargingProfilePurpose"]);
        broken(!o.has("chargingProfileId") && !others, "")
    }),
    value("K10.FR.06", "ClearChargingProfileRequest", "is for limits that others set", |o| {
        let criteria = o.child("chargingProfileCriteria");
        let external = criteria.says("chargingProfilePurpose", &["ChargingStationExternalConstraints"]);
        broken(external, "chargingProfileCriteria/chargingProfilePurpose")
    }),
    value("K11.FR.05", "NotifyChargingLimitRequest", "must not be CSO: others set this limit", |o| {
        broken(
            o.child("chargingLimit").says("chargingLimitSource", &["CSO"]),
            "chargingLimit/chargingLimitSource",
        )
    }),
    presence("L01.FR.11", "FirmwareType", "is required with a signature", |o| {
        broken(o.has("signature") && !o.has("signingCertificate"), "signingCertificate")
    }),
    presence("L01.FR.04", "FirmwareType", "is required with a signing certificate", |o| {
        broken(o.has("signingCertificate") && !o.has("signature"), "signature")
    }),
    presence(
        "L01.FR.20",
        "FirmwareStatusNotificationRequest",
        "is required unless the status is Idle",
        |o| broken(!o.says("status", &["Idle"]) && !o.has("requestId"), "requestId"),
    ),
    presence("M06.FR.03", "GetCertificateStatusResponse", "is required with the status Accepted", |o| {
        broken(o.says("status", &["Accepted"]) && !o.has("ocspResult"), "ocspResult")
    }),
    presence("N01.FR.13", "LogStatusNotificationRequest", "is required unless the status is Idle", |o| {
        broken(!o.says("status", &["Idle"]) && !o.has("requestId"), "requestId")
    }),
    presence("N07.FR.06", "EventDataType", "is required for an event of a monitor", |o| {
        let kinds = ["HardWiredMonitor", "PreconfiguredMonitor", "CustomMonitor"];
        let lacking = !o.has("variableMonitoringId");
        broken(o.says("eventNotificationType", &kinds) && lacking, "variableMonitoringId")
    }),
    presence("N09.FR.09", "CustomerInformationRequest", "needs exactly one reference to the customer", |o| {
        let references = ["idToken", "customerCertificate", "customerIdentifier"];
        broken(o.how_many(&references) != 1, "")
    }),
];

/// Rules that stand in the schemas of 2.1, or read otherwise there.
pub(super) const RULES_OF_201: &[Requirement] = &[
    value(
        "part 2, RequestStartTransactionRequest",
        "RequestStartTransactionRequest",
        "has to be greater than 0",
        |o| broken(o.integer("evseId").is_some_and(|id| id < 1), "evseId"),
    ),
    value(
        "part 2, NotifyEVChargingScheduleRequest",
        "NotifyEVChargingScheduleRequest",
        "has to be greater than 0",
        |o| broken(o.integer("evseId").is_some_and(|id| id < 1), "evseId"),
    ),
    presence("K15.FR.06", "ChargingNeedsType", "needs either the AC or the DC parameters", |o| {
        broken(o.how_many(&["acChargingParameters", "dcChargingParameters"]) != 1, "")
    }),
];
