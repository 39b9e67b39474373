//! A payload that breaks each rule, and one that keeps it.

use ocpp_core::types::Version;

#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Request,
    Response,
}

pub(super) struct Case {
    pub(super) id: &'static str,
    pub(super) versions: &'static [Version],
    pub(super) action: &'static str,
    pub(super) part: Part,
    pub(super) pointer: &'static str,
    pub(super) broken: &'static str,
    pub(super) kept: &'static str,
}

const V16: &[Version] = &[Version::V16];
const V201: &[Version] = &[Version::V201];
const V21: &[Version] = &[Version::V21];
const TWO: &[Version] = &[Version::V201, Version::V21];

macro_rules! cases {
    ($( $id:literal $versions:ident $action:ident $part:ident $pointer:literal : $broken:expr, $kept:expr ; )*) => {
        pub(super) const ALL: &[Case] = &[$( Case {
            id: $id,
            versions: $versions,
            action: stringify!($action),
            part: Part::$part,
            pointer: $pointer,
            broken: $broken,
            kept: $kept,
        } ),*];
    };
}

/// A charging profile of 1.6 in a request.
macro_rules! profile_16 {
    ($connector:literal, $profile:literal, $period:literal) => {
        concat!(
            r#"{"connectorId":"#,
            $connector,
            r#","csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,"#,
            $profile,
            r#","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":["#,
            $period,
            "]}}}"
        )
    };
}

/// A charging profile of 2.x in a request.
macro_rules! profile {
    ($evse:literal, $profile:literal, $schedule:literal, $periods:literal) => {
        concat!(
            r#"{"evseId":"#,
            $evse,
            r#","chargingProfile":{"id":1,"stackLevel":0,"#,
            $profile,
            r#","chargingSchedule":[{"id":1,"chargingRateUnit":"W","#,
            $schedule,
            r#""chargingSchedulePeriod":["#,
            $periods,
            "]}]}}"
        )
    };
}

/// A transaction event of 2.x.
macro_rules! event {
    ($trigger:literal, $info:literal, $more:literal) => {
        concat!(
            r#"{"eventType":"Started","timestamp":"2024-01-01T00:00:00Z","triggerReason":""#,
            $trigger,
            r#"","seqNo":0,"transactionInfo":{"transactionId":"T""#,
            $info,
            "}",
            $more,
            "}"
        )
    };
}

cases! {
    "1.6, 6.45" V16 StartTransaction Request "/connectorId" :
        r#"{"connectorId":0,"idTag":"A","meterStart":0,"timestamp":"2024-01-01T00:00:00Z"}"#,
        r#"{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-01-01T00:00:00.123456Z"}"#;
    "1.6, 6.33" V16 RemoteStartTransaction Request "/connectorId" :
        r#"{"connectorId":0,"idTag":"A"}"#, r#"{"idTag":"A"}"#;
    "1.6, 6.51" V16 TriggerMessage Request "/connectorId" :
        r#"{"requestedMessage":"Heartbeat","connectorId":0}"#, r#"{"requestedMessage":"Heartbeat"}"#;
    "1.6, 6.53" V16 UnlockConnector Request "/connectorId" : r#"{"connectorId":0}"#, r#"{"connectorId":2}"#;
    "1.6, 6.7" V16 ChangeAvailability Request "/connectorId" :
        r#"{"connectorId":-1,"type":"Operative"}"#, r#"{"connectorId":0,"type":"Operative"}"#;
    "1.6, 6.31" V16 MeterValues Request "/connectorId" :
        r#"{"connectorId":-1,"meterValue":[{"timestamp":"2024-01-01T00:00:00Z","sampledValue":[{"value":"1"}]}]}"#,
        r#"{"connectorId":0,"meterValue":[{"timestamp":"2024-01-01T00:00:00Z","sampledValue":[{"value":"1"}]}]}"#;
    "1.6, 6.31" V16 MeterValues Request "/meterValue" :
        r#"{"connectorId":1,"meterValue":[]}"#,
        r#"{"connectorId":1,"meterValue":[{"timestamp":"2024-01-01T00:00:00Z","sampledValue":[{"value":"1"}]}]}"#;
    "1.6, 6.37" V16 ReserveNow Request "/connectorId" :
        r#"{"connectorId":-1,"expiryDate":"2024-01-01T00:00:00Z","idTag":"A","reservationId":1}"#,
        r#"{"connectorId":0,"expiryDate":"2024-01-01T00:00:00Z","idTag":"A","reservationId":1}"#;
    "1.6, 6.47" V16 StatusNotification Request "/connectorId" :
        r#"{"connectorId":-1,"errorCode":"NoError","status":"Available"}"#,
        r#"{"connectorId":0,"errorCode":"NoError","status":"Available"}"#;
    "1.6, 7.33" V16 StopTransaction Request "/transactionData/0/sampledValue" :
        r#"{"transactionId":1,"meterStop":1,"timestamp":"2024-01-01T00:00:00Z","transactionData":[{"timestamp":"2024-01-01T00:00:00Z","sampledValue":[]}]}"#,
        r#"{"transactionId":1,"meterStop":1,"timestamp":"2024-01-01T00:00:00Z","transactionData":[]}"#;
    "1.6, 7.13" V16 SetChargingProfile Request "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod" :
        profile_16!("1", r#""chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative""#, ""),
        profile_16!("1", r#""chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative""#, r#"{"startPeriod":0,"limit":16}"#);
    "1.6, 7.13" V16 SetChargingProfile Request "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/0/startPeriod" :
        profile_16!("1", r#""chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative""#, r#"{"startPeriod":5,"limit":16}"#),
        profile_16!("1", r#""chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative""#, r#"{"startPeriod":0,"limit":16},{"startPeriod":5,"limit":16}"#);
    "1.6, 7.13" V16 GetCompositeSchedule Response "/chargingSchedule/minChargingRate" :
        r#"{"status":"Accepted","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}],"minChargingRate":6.25}}"#,
        r#"{"status":"Accepted","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}],"minChargingRate":6.50}}"#;
    "1.6, 7.14" V16 SetChargingProfile Request "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/0/limit" :
        profile_16!("1", r#""chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative""#, r#"{"startPeriod":0,"limit":16.25}"#),
        profile_16!("1", r#""chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative""#, r#"{"startPeriod":0,"limit":1.62e1}"#);
    "1.6, 7.8" V16 SetChargingProfile Request "/csChargingProfiles/transactionId" :
        profile_16!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","transactionId":1"#, r#"{"startPeriod":0,"limit":16}"#),
        profile_16!("1", r#""chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative","transactionId":1"#, r#"{"startPeriod":0,"limit":16}"#);
    "1.6, 3.13.1" V16 SetChargingProfile Request "/connectorId" :
        profile_16!("0", r#""chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative""#, r#"{"startPeriod":0,"limit":16}"#),
        profile_16!("0", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, r#"{"startPeriod":0,"limit":16}"#);
    "1.6, 3.13.1" V16 SetChargingProfile Request "/connectorId" :
        profile_16!("1", r#""chargingProfilePurpose":"ChargePointMaxProfile","chargingProfileKind":"Relative""#, r#"{"startPeriod":0,"limit":16}"#),
        profile_16!("0", r#""chargingProfilePurpose":"ChargePointMaxProfile","chargingProfileKind":"Relative""#, r#"{"startPeriod":0,"limit":16}"#);
    "1.6, 6.33" V16 RemoteStartTransaction Request "/chargingProfile/chargingProfilePurpose" :
        r#"{"idTag":"A","chargingProfile":{"chargingProfileId":1,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}}}"#,
        r#"{"idTag":"A","chargingProfile":{"chargingProfileId":1,"stackLevel":0,"chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}}}"#;
    "1.6, 5.16.1" V16 RemoteStartTransaction Request "/chargingProfile/transactionId" :
        r#"{"idTag":"A","chargingProfile":{"chargingProfileId":1,"transactionId":1,"stackLevel":0,"chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}}}"#,
        r#"{"idTag":"A","connectorId":1}"#;
    "1.6, 7.1" V16 SendLocalList Request "/localAuthorizationList" :
        r#"{"listVersion":1,"updateType":"Full","localAuthorizationList":[{"idTag":"A"}]}"#,
        r#"{"listVersion":1,"updateType":"Differential","localAuthorizationList":[{"idTag":"A"}]}"#;
    "1.6, 6.41" V16 SendLocalList Request "/localAuthorizationList" :
        r#"{"listVersion":1,"updateType":"Differential","localAuthorizationList":[{"idTag":"a1"},{"idTag":"b"},{"idTag":"A1"}]}"#,
        r#"{"listVersion":1,"updateType":"Full","localAuthorizationList":[{"idTag":"a","idTagInfo":{"status":"Accepted"}},{"idTag":"b","idTagInfo":{"status":"Blocked"}}]}"#;
    "1.6, 4.3" V16 DataTransfer Response "/data" :
        r#"{"status":"UnknownVendorId","data":"x"}"#, r#"{"status":"Accepted","data":"x"}"#;
    "L01.FR.20" V16 SignedFirmwareStatusNotification Request "/requestId" :
        r#"{"status":"Downloading"}"#, r#"{"status":"Idle"}"#;
    "N01.FR.13" V16 LogStatusNotification Request "/requestId" :
        r#"{"status":"Uploading"}"#, r#"{"status":"Uploading","requestId":0}"#;

    "part 2, 3.1" TWO Heartbeat Response "/currentTime" :
        r#"{"currentTime":"2024-01-01T00:00:00.1230Z"}"#, r#"{"currentTime":"2024-01-01T00:00:00.123+02:00"}"#;
    "part 2, 2.1.4" TWO CostUpdated Request "/totalCost" :
        r#"{"totalCost":0.1234567,"transactionId":"T"}"#, r#"{"totalCost":0.12345600,"transactionId":"T"}"#;
    "part 2, 2.1.4" TWO Authorize Request "/idToken/idToken" :
        r#"{"idToken":{"idToken":"DE 8AA","type":"eMAID"}}"#,
        r#"{"idToken":{"idToken":"DE-8AA-*_=:+|@.9","type":"eMAID"}}"#;
    "B06.FR.04" TWO GetVariables Response "/getVariableResult/0/attributeValue" :
        r#"{"getVariableResult":[{"attributeStatus":"Accepted","component":{"name":"C"},"variable":{"name":"V"}}]}"#,
        r#"{"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"","component":{"name":"C"},"variable":{"name":"V"}}]}"#;
    "B06.FR.06" TWO GetVariables Response "/getVariableResult/0/attributeValue" :
        r#"{"getVariableResult":[{"attributeStatus":"UnknownComponent","attributeValue":"","component":{"name":"C"},"variable":{"name":"V"}}]}"#,
        r#"{"getVariableResult":[{"attributeStatus":"UnknownComponent","component":{"name":"C"},"variable":{"name":"V"}}]}"#;
    "B06.FR.07" TWO GetVariables Response "/getVariableResult/0/attributeValue" :
        r#"{"getVariableResult":[{"attributeStatus":"UnknownVariable","attributeValue":"","component":{"name":"C"},"variable":{"name":"V"}}]}"#,
        r#"{"getVariableResult":[{"attributeStatus":"UnknownVariable","component":{"name":"C"},"variable":{"name":"V"}}]}"#;
    "B06.FR.08" TWO GetVariables Response "/getVariableResult/0/attributeValue" :
        r#"{"getVariableResult":[{"attributeStatus":"NotSupportedAttributeType","attributeValue":"","component":{"name":"C"},"variable":{"name":"V"}}]}"#,
        r#"{"getVariableResult":[{"attributeStatus":"Rejected","component":{"name":"C"},"variable":{"name":"V"}}]}"#;
    "part 2, VariableCharacteristicsType" TWO NotifyReport Request "/reportData/0/variableCharacteristics/valuesList" :
        r#"{"requestId":1,"generatedAt":"2024-01-01T00:00:00Z","seqNo":0,"reportData":[{"component":{"name":"C"},"variable":{"name":"V"},"variableAttribute":[{"value":"a"}],"variableCharacteristics":{"dataType":"OptionList","supportsMonitoring":false}}]}"#,
        r#"{"requestId":1,"generatedAt":"2024-01-01T00:00:00Z","seqNo":0,"reportData":[{"component":{"name":"C"},"variable":{"name":"V"},"variableAttribute":[{"value":"a"}],"variableCharacteristics":{"dataType":"OptionList","valuesList":"a,b","supportsMonitoring":false}}]}"#;
    "C02.FR.01" TWO Authorize Request "/idToken/idToken" :
        r#"{"idToken":{"idToken":"A","type":"NoAuthorization"}}"#, r#"{"idToken":{"idToken":"","type":"NoAuthorization"}}"#;
    "D01.FR.18" TWO SendLocalList Request "/versionNumber" :
        r#"{"versionNumber":0,"updateType":"Full"}"#, r#"{"versionNumber":1,"updateType":"Full"}"#;
    "D01.FR.06" TWO SendLocalList Request "/localAuthorizationList" :
        r#"{"versionNumber":1,"updateType":"Differential","localAuthorizationList":[{"idToken":{"idToken":"a","type":"Central"}},{"idToken":{"idToken":"A","type":"Central"}}]}"#,
        r#"{"versionNumber":1,"updateType":"Differential","localAuthorizationList":[{"idToken":{"idToken":"a","type":"Central"}},{"idToken":{"idToken":"A","type":"Local"}}]}"#;
    "part 2, AuthorizationData" TWO SendLocalList Request "/localAuthorizationList" :
        r#"{"versionNumber":1,"updateType":"Full","localAuthorizationList":[{"idToken":{"idToken":"a","type":"Central"}}]}"#,
        r#"{"versionNumber":1,"updateType":"Full","localAuthorizationList":[{"idToken":{"idToken":"a","type":"Central"},"idTokenInfo":{"status":"Accepted"}}]}"#;
    "E02.FR.01" TWO TransactionEvent Request "/idToken" :
        event!("Authorized", "", ""), event!("Authorized", "", r#","idToken":{"idToken":"A","type":"Central"}"#);
    "F02.FR.21" TWO TransactionEvent Request "/transactionInfo/remoteStartId" :
        event!("RemoteStart", "", ""), event!("RemoteStart", r#","remoteStartId":0"#, "");
    "part 1, 7.2" TWO TransactionEvent Request "/evse/connectorId" :
        event!("CablePluggedIn", "", r#","evse":{"id":1,"connectorId":0}"#),
        event!("CablePluggedIn", "", r#","evse":{"id":1,"connectorId":1}"#);
    "part 1, 7.2" TWO StatusNotification Request "/connectorId" :
        r#"{"timestamp":"2024-01-01T00:00:00Z","connectorStatus":"Available","evseId":1,"connectorId":0}"#,
        r#"{"timestamp":"2024-01-01T00:00:00Z","connectorStatus":"Available","evseId":1,"connectorId":1}"#;
    "part 1, 7.1" TWO StatusNotification Request "/evseId" :
        r#"{"timestamp":"2024-01-01T00:00:00Z","connectorStatus":"Available","evseId":0,"connectorId":1}"#,
        r#"{"timestamp":"2024-01-01T00:00:00Z","connectorStatus":"Available","evseId":2,"connectorId":1}"#;
    "part 2, RequestStartTransactionRequest" V201 RequestStartTransaction Request "/evseId" :
        r#"{"evseId":0,"remoteStartId":1,"idToken":{"idToken":"A","type":"Central"}}"#,
        r#"{"remoteStartId":1,"idToken":{"idToken":"A","type":"Central"}}"#;
    "F01.FR.09" TWO RequestStartTransaction Request "/chargingProfile/chargingProfilePurpose" :
        r#"{"remoteStartId":1,"idToken":{"idToken":"A","type":"Central"},"chargingProfile":{"id":1,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}]}}"#,
        r#"{"remoteStartId":1,"idToken":{"idToken":"A","type":"Central"},"chargingProfile":{"id":1,"stackLevel":0,"chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}]}}"#;
    "F01.FR.11" TWO RequestStartTransaction Request "/chargingProfile/transactionId" :
        r#"{"remoteStartId":1,"idToken":{"idToken":"A","type":"Central"},"chargingProfile":{"id":1,"stackLevel":0,"transactionId":"T","chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}]}}"#,
        r#"{"remoteStartId":1,"idToken":{"idToken":"A","type":"Central"}}"#;
    "F06.FR.13" TWO TriggerMessage Request "/evse/connectorId" :
        r#"{"requestedMessage":"StatusNotification","evse":{"id":1}}"#,
        r#"{"requestedMessage":"StatusNotification","evse":{"id":1,"connectorId":1}}"#;
    "K01.FR.03" TWO SetChargingProfile Request "/chargingProfile/transactionId" :
        profile!("1", r#""chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16}"#),
        profile!("1", r#""chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative","transactionId":"T""#, "", r#"{"startPeriod":0,"limit":16}"#);
    "K01.FR.16" TWO SetChargingProfile Request "/evseId" :
        profile!("0", r#""chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative","transactionId":"T""#, "", r#"{"startPeriod":0,"limit":16}"#),
        profile!("0", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16}"#);
    "K04.FR.03" TWO SetChargingProfile Request "/evseId" :
        profile!("1", r#""chargingProfilePurpose":"ChargingStationMaxProfile","chargingProfileKind":"Absolute""#, r#""startSchedule":"2024-01-01T00:00:00Z","#, r#"{"startPeriod":0,"limit":16}"#),
        profile!("0", r#""chargingProfilePurpose":"ChargingStationMaxProfile","chargingProfileKind":"Absolute""#, r#""startSchedule":"2024-01-01T00:00:00Z","#, r#"{"startPeriod":0,"limit":16}"#);
    "K01.FR.22" TWO SetChargingProfile Request "/chargingProfile/chargingProfilePurpose" :
        profile!("1", r#""chargingProfilePurpose":"ChargingStationExternalConstraints","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16}"#);
    "part 2, ChargingProfileType" TWO SetChargingProfile Request "/chargingProfile/transactionId" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","transactionId":"T""#, "", r#"{"startPeriod":0,"limit":16}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16}"#);
    "K01.FR.38" TWO SetChargingProfile Request "/chargingProfile/chargingProfileKind" :
        profile!("0", r#""chargingProfilePurpose":"ChargingStationMaxProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16}"#),
        profile!("0", r#""chargingProfilePurpose":"ChargingStationMaxProfile","chargingProfileKind":"Recurring""#, r#""startSchedule":"2024-01-01T00:00:00Z","#, r#"{"startPeriod":0,"limit":16}"#);
    "K01.FR.40" TWO SetChargingProfile Request "/chargingProfile/chargingSchedule" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Absolute""#, "", r#"{"startPeriod":0,"limit":16}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Absolute""#, r#""startSchedule":"2024-01-01T00:00:00Z","#, r#"{"startPeriod":0,"limit":16}"#);
    "K01.FR.41" TWO SetChargingProfile Request "/chargingProfile/chargingSchedule" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, r#""startSchedule":"2024-01-01T00:00:00Z","#, r#"{"startPeriod":0,"limit":16}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16}"#);
    "K01.FR.31" TWO SetChargingProfile Request "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0/startPeriod" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":1,"limit":16}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16}"#);
    "K01.FR.35" TWO SetChargingProfile Request "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16},{"startPeriod":9,"limit":6},{"startPeriod":5,"limit":7}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16},{"startPeriod":5,"limit":6},{"startPeriod":9,"limit":7}"#);
    "K01.FR.19" TWO SetChargingProfile Request "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0/phaseToUse" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16,"phaseToUse":2,"numberPhases":3}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16,"phaseToUse":2,"numberPhases":1}"#);
    "K09.FR.03" TWO GetChargingProfiles Request "/chargingProfile" :
        r#"{"requestId":1,"chargingProfile":{}}"#, r#"{"requestId":1,"chargingProfile":{"stackLevel":0}}"#;
    "K10.FR.02" TWO ClearChargingProfile Request "" : "{}", r#"{"chargingProfileId":1}"#;
    "K10.FR.06" TWO ClearChargingProfile Request "/chargingProfileCriteria/chargingProfilePurpose" :
        r#"{"chargingProfileCriteria":{"chargingProfilePurpose":"ChargingStationExternalConstraints"}}"#,
        r#"{"chargingProfileCriteria":{"chargingProfilePurpose":"TxProfile"}}"#;
    "K11.FR.05" TWO NotifyChargingLimit Request "/chargingLimit/chargingLimitSource" :
        r#"{"chargingLimit":{"chargingLimitSource":"CSO"}}"#, r#"{"chargingLimit":{"chargingLimitSource":"EMS"}}"#;
    "L01.FR.11" TWO UpdateFirmware Request "/firmware/signingCertificate" :
        r#"{"requestId":1,"firmware":{"location":"ftp://f","retrieveDateTime":"2024-01-01T00:00:00Z","signature":"s"}}"#,
        r#"{"requestId":1,"firmware":{"location":"ftp://f","retrieveDateTime":"2024-01-01T00:00:00Z","signature":"s","signingCertificate":"c"}}"#;
    "L01.FR.04" TWO UpdateFirmware Request "/firmware/signature" :
        r#"{"requestId":1,"firmware":{"location":"ftp://f","retrieveDateTime":"2024-01-01T00:00:00Z","signingCertificate":"c"}}"#,
        r#"{"requestId":1,"firmware":{"location":"ftp://f","retrieveDateTime":"2024-01-01T00:00:00Z"}}"#;
    "L01.FR.20" TWO FirmwareStatusNotification Request "/requestId" :
        r#"{"status":"Downloading"}"#, r#"{"status":"Downloading","requestId":1}"#;
    "M06.FR.03" TWO GetCertificateStatus Response "/ocspResult" :
        r#"{"status":"Accepted"}"#, r#"{"status":"Failed"}"#;
    "N01.FR.13" TWO LogStatusNotification Request "/requestId" :
        r#"{"status":"Uploaded"}"#, r#"{"status":"Idle"}"#;
    "N07.FR.06" TWO NotifyEvent Request "/eventData/0/variableMonitoringId" :
        r#"{"generatedAt":"2024-01-01T00:00:00Z","seqNo":0,"eventData":[{"eventId":1,"timestamp":"2024-01-01T00:00:00Z","trigger":"Alerting","actualValue":"1","eventNotificationType":"CustomMonitor","component":{"name":"C"},"variable":{"name":"V"}}]}"#,
        r#"{"generatedAt":"2024-01-01T00:00:00Z","seqNo":0,"eventData":[{"eventId":1,"timestamp":"2024-01-01T00:00:00Z","trigger":"Alerting","actualValue":"1","eventNotificationType":"HardWiredNotification","component":{"name":"C"},"variable":{"name":"V"}}]}"#;
    "N09.FR.09" TWO CustomerInformation Request "" :
        r#"{"requestId":1,"report":true,"clear":false,"customerIdentifier":"x","idToken":{"idToken":"A","type":"Central"}}"#,
        r#"{"requestId":1,"report":true,"clear":false,"customerIdentifier":"x"}"#;
    "K15.FR.06" V201 NotifyEVChargingNeeds Request "/chargingNeeds" :
        r#"{"evseId":1,"chargingNeeds":{"requestedEnergyTransfer":"DC"}}"#,
        r#"{"evseId":1,"chargingNeeds":{"requestedEnergyTransfer":"DC","dcChargingParameters":{"evMaxCurrent":1,"evMaxVoltage":1}}}"#;

    "K15.FR.06" V21 NotifyEVChargingNeeds Request "/chargingNeeds" :
        r#"{"evseId":1,"chargingNeeds":{"requestedEnergyTransfer":"DC"}}"#,
        r#"{"evseId":1,"chargingNeeds":{"requestedEnergyTransfer":"DC","v2xChargingParameters":{}}}"#;
    "K28.FR.01" V21 SetChargingProfile Request "/chargingProfile/chargingSchedule" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Dynamic""#, "", r#"{"startPeriod":0,"limit":16},{"startPeriod":9,"limit":6}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Dynamic","dynUpdateInterval":5"#, "", r#"{"startPeriod":0,"limit":16}"#);
    "K28.FR.04" V21 SetChargingProfile Request "/chargingProfile/dynUpdateInterval" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","dynUpdateInterval":5"#, "", r#"{"startPeriod":0,"limit":16}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16}"#);
    "Q02.FR.02" V21 SetChargingProfile Request "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16,"dischargeLimit":-5,"operationMode":"ChargingOnly"}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16,"operationMode":"ChargingOnly"}"#);
    "Q03.FR.02" V21 SetChargingProfile Request "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":16,"setpoint":5,"operationMode":"CentralSetpoint"}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"setpoint":5,"operationMode":"CentralSetpoint"}"#);
    "Q08.FR.01" V21 SetChargingProfile Request "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"setpoint":5,"operationMode":"LocalFrequency","v2xBaseline":1,"v2xFreqWattCurve":[{"frequency":49,"power":1},{"frequency":51,"power":0}]}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"operationMode":"LocalFrequency","v2xBaseline":1,"v2xFreqWattCurve":[{"frequency":49,"power":1},{"frequency":51,"power":0}]}"#);
    "Q08.FR.03" V21 SetChargingProfile Request "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"operationMode":"LocalFrequency","v2xBaseline":1,"v2xFreqWattCurve":[{"frequency":49,"power":1}]}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"operationMode":"LocalFrequency","v2xBaseline":1,"v2xFreqWattCurve":[{"frequency":49,"power":1},{"frequency":51,"power":0}]}"#);
    "Q10.FR.01" V21 SetChargingProfile Request "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0" :
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"limit":0,"operationMode":"Idle"}"#),
        profile!("1", r#""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative""#, "", r#"{"startPeriod":0,"operationMode":"Idle"}"#);
    "part 2, PriceType" V21 TransactionEvent Request "/costDetails/totalCost/fixed" :
        event!("RunningCost", "", r#","costDetails":{"totalCost":{"currency":"EUR","typeOfCost":"NormalCost","fixed":{},"total":{"exclTax":1}},"totalUsage":{"energy":1,"chargingTime":1,"idleTime":0}}"#),
        event!("RunningCost", "", r#","costDetails":{"totalCost":{"currency":"EUR","typeOfCost":"NormalCost","fixed":{"inclTax":1},"total":{"exclTax":1}},"totalUsage":{"energy":1,"chargingTime":1,"idleTime":0}}"#);
    "part 2, TotalPriceType" V21 TransactionEvent Request "/costDetails/totalCost/total" :
        event!("RunningCost", "", r#","costDetails":{"totalCost":{"currency":"EUR","typeOfCost":"NormalCost","total":{}},"totalUsage":{"energy":1,"chargingTime":1,"idleTime":0}}"#),
        event!("RunningCost", "", r#","costDetails":{"totalCost":{"currency":"EUR","typeOfCost":"NormalCost","total":{"inclTax":1}},"totalUsage":{"energy":1,"chargingTime":1,"idleTime":0}}"#);
    "I12.FR.04" V21 TransactionEvent Request "/costDetails/chargingPeriods" :
        event!("RunningCost", "", r#","costDetails":{"chargingPeriods":[{"startPeriod":"2024-01-01T00:00:00Z"}],"totalCost":{"currency":"EUR","typeOfCost":"NormalCost","total":{"inclTax":1}},"totalUsage":{"energy":1,"chargingTime":1,"idleTime":0}}"#),
        event!("RunningCost", "", r#","costDetails":{"chargingPeriods":[{"startPeriod":"2024-01-01T00:00:00Z","tariffId":"t"}],"totalCost":{"currency":"EUR","typeOfCost":"NormalCost","total":{"inclTax":1}},"totalUsage":{"energy":1,"chargingTime":1,"idleTime":0}}"#);
    "part 2, NotifyEVChargingScheduleRequest" V201 NotifyEVChargingSchedule Request "/evseId" :
        r#"{"timeBase":"2024-01-01T00:00:00Z","evseId":0,"chargingSchedule":{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}}"#,
        r#"{"timeBase":"2024-01-01T00:00:00Z","evseId":1,"chargingSchedule":{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}}"#;
    "part 2, VoltageParamsType" V21 SetDERControl Request "/curve/voltageParams" :
        r#"{"isDefault":true,"controlId":"c","controlType":"VoltVar","curve":{"priority":0,"yUnit":"PctMaxW","curveData":[{"x":1,"y":1}],"voltageParams":{"hv10MinMeanValue":250}}}"#,
        r#"{"isDefault":true,"controlId":"c","controlType":"VoltVar","curve":{"priority":0,"yUnit":"PctMaxW","curveData":[{"x":1,"y":1}],"voltageParams":{"hv10MinMeanValue":250,"hv10MinMeanTripDelay":2}}}"#;
}
