//! Payloads as they were seen, one habit each.

use ocpp_core::quirk::Quirk;
use ocpp_core::types::Version;

#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Request,
    Response,
}

pub(super) struct Case {
    pub(super) quirk: Quirk,
    pub(super) version: Version,
    pub(super) action: &'static str,
    pub(super) part: Part,
    pub(super) json: &'static str,
    /// Where it is told.
    pub(super) pointer: &'static str,
    /// What stands in the message that was read, when it is written.
    pub(super) written: &'static str,
    /// The error code where it is not tolerated; `None` for what is legal.
    pub(super) code: Option<&'static str>,
}

const TYPE: Option<&str> = Some("TypeConstraintViolation");
const PROPERTY: Option<&str> = Some("PropertyConstraintViolation");
const OCCURRENCE_1_6: Option<&str> = Some("OccurenceConstraintViolation");
const OCCURRENCE: Option<&str> = Some("OccurrenceConstraintViolation");

macro_rules! cases {
    ($( $quirk:ident $version:ident $action:ident $part:ident $code:expr, $pointer:literal => $written:literal : $json:expr ; )*) => {
        pub(super) const ALL: &[Case] = &[$( Case {
            quirk: Quirk::$quirk,
            version: Version::$version,
            action: stringify!($action),
            part: Part::$part,
            json: $json,
            pointer: $pointer,
            written: $written,
            code: $code,
        } ),*];
    };
}

cases! {
    UnknownMember V16 BootNotification Request OCCURRENCE_1_6, "/chargePointId" => r#""chargePointId":"CP 7""# :
        r#"{"chargePointVendor":"V","chargePointModel":"M","chargePointId":"CP 7"}"#;
    UnknownMember V201 StatusNotification Request OCCURRENCE, "/info" => r#""info":[1.50]"# :
        r#"{"timestamp":"2024-01-01T00:00:00Z","connectorStatus":"Available","evseId":1,"connectorId":1,"info":[1.50]}"#;
    NullForAbsent V16 MeterValues Request TYPE, "/transactionId" => r#""transactionId":null"# :
        r#"{"connectorId":1,"transactionId":null,"meterValue":[{"timestamp":"2022-01-25T19:10:02Z","sampledValue":[{"value":"0"}]}]}"#;
    InventedEnumValue V16 StatusNotification Request PROPERTY, "/errorCode" => r#""errorCode":"Error""# :
        r#"{"connectorId":1,"errorCode":"Error","status":"Faulted","timestamp":"2024-07-01T10:00:00Z"}"#;
    InventedEnumValue V16 MeterValues Request PROPERTY, "/meterValue/0/sampledValue/0/context" => r#""context":"Sample.Queued""# :
        r#"{"connectorId":1,"transactionId":7,"meterValue":[{"timestamp":"2023-01-05T06:00:00Z","sampledValue":[{"value":"11.5","context":"Sample.Queued"}]}]}"#;
    EnumInOtherCase V16 RemoteStartTransaction Response PROPERTY, "/status" => r#""status":"Accepted""# :
        r#"{"status":"accepted"}"#;
    UnitAlias V16 MeterValues Request PROPERTY, "/meterValue/0/sampledValue/0/unit" => r#""unit":"Hertz""# :
        r#"{"connectorId":1,"meterValue":[{"timestamp":"2023-01-05T06:00:00Z","sampledValue":[{"value":"50.02","measurand":"Frequency","unit":"Hz"}]}]}"#;
    UnitAlias V16 MeterValues Request PROPERTY, "/meterValue/0/sampledValue/0/unit" => r#""unit":"Celsius""# :
        r#"{"connectorId":1,"meterValue":[{"timestamp":"2023-01-05T06:00:00Z","sampledValue":[{"value":"31","measurand":"Temperature","unit":"C"}]}]}"#;
    TimeWithoutZone V16 StatusNotification Request PROPERTY, "/timestamp" => r#""timestamp":"2023-10-16T08:31:00Z""# :
        r#"{"connectorId":1,"errorCode":"NoError","status":"Preparing","timestamp":"2023-10-16T08:31:00"}"#;
    ShortOffset V16 StatusNotification Request PROPERTY, "/timestamp" => r#""timestamp":"2024-04-26T14:35:02+02:00""# :
        r#"{"connectorId":2,"errorCode":"NoError","status":"Preparing","timestamp":"2024-04-26T14:35:02+02"}"#;
    ShortOffset V201 Heartbeat Response PROPERTY, "/currentTime" => r#""currentTime":"2024-04-26T14:35:02.5-03:30""# :
        r#"{"currentTime":"2024-04-26T14:35:02.5-0330"}"#;
    ShortTime V16 StartTransaction Request PROPERTY, "/timestamp" => r#""timestamp":"2022-07-10T03:11:55Z""# :
        r#"{"connectorId":1,"idTag":"12345678","timestamp":"2022-07-10T3:11:55Z","meterStart":0,"reservationId":0}"#;
    EmptyTime V16 StatusNotification Request PROPERTY, "/timestamp" => r#""status":"Available"}"# :
        r#"{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":""}"#;
    FineTime V16 MeterValues Request None, "/meterValue/0/timestamp" => r#""timestamp":"2022-01-25T19:10:02.1234567Z""# :
        r#"{"connectorId":1,"meterValue":[{"timestamp":"2022-01-25T19:10:02.1234567Z","sampledValue":[{"value":"0"}]}]}"#;
    ClockNotSet V16 StatusNotification Request None, "/timestamp" => r#""timestamp":"1970-01-01T00:00:00.740Z""# :
        r#"{"connectorId":0,"errorCode":"NoError","status":"Available","timestamp":"1970-01-01T00:00:00.740Z"}"#;
    MeterValueAsNumber V16 MeterValues Request TYPE, "/meterValue/0/sampledValue/0/value" => r#""value":"2935.600""# :
        r#"{"connectorId":1,"meterValue":[{"timestamp":"2021-11-09T12:00:00Z","sampledValue":[{"value":2935.600,"unit":"Wh"}]}]}"#;
    NumberAsText V16 StopTransaction Request TYPE, "/meterStop" => r#""meterStop":108814"# :
        r#"{"transactionId":7,"meterStop":"108814","timestamp":"2024-01-01T00:00:00Z"}"#;
    NumberAsText V201 MeterValues Request TYPE, "/meterValue/0/sampledValue/0/value" => r#""value":2935.600"# :
        r#"{"evseId":1,"meterValue":[{"timestamp":"2021-11-09T12:00:00Z","sampledValue":[{"value":"2935.600"}]}]}"#;
    WholeNumberWithFraction V16 StartTransaction Request TYPE, "/meterStart" => r#""meterStart":10"# :
        r#"{"connectorId":1,"idTag":"A","timestamp":"2024-01-01T00:00:00Z","meterStart":10.0}"#;
    BooleanAsNumber V16 GetConfiguration Response TYPE, "/configurationKey/0/readonly" => r#""readonly":false"# :
        r#"{"configurationKey":[{"key":"HeartbeatInterval","readonly":0,"value":"60"}],"unknownKey":[]}"#;
    ConfigurationValueNotText V16 GetConfiguration Response TYPE, "/configurationKey/0/value" => r#""value":"60""# :
        r#"{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":60}]}"#;
    ConfigurationValueNotText V16 GetConfiguration Response TYPE, "/configurationKey/0/value" => r#""value":"true""# :
        r#"{"configurationKey":[{"key":"LocalPreAuthorize","readonly":false,"value":true}]}"#;
    EmptyList V16 MeterValues Request OCCURRENCE_1_6, "/meterValue/0/sampledValue" => r#""sampledValue":[]"# :
        r#"{"connectorId":1,"transactionId":7,"meterValue":[{"timestamp":"2023-02-11T10:00:00Z","sampledValue":[]}]}"#;
    EmptyList V201 TransactionEvent Request OCCURRENCE, "/meterValue" => r#""eventType":"Updated""# :
        r#"{"eventType":"Updated","timestamp":"2024-01-01T00:00:00Z","triggerReason":"MeterValuePeriodic","seqNo":1,"transactionInfo":{"transactionId":"T"},"meterValue":[]}"#;
    HugeTransactionId V16 MeterValues Request PROPERTY, "/transactionId" => r#"{"connectorId":1,"meterValue":"# :
        r#"{"connectorId":1,"transactionId":9223372036854775807,"meterValue":[{"timestamp":"2022-01-25T19:10:02Z","sampledValue":[{"value":"0"}]}]}"#;
    UnknownTransactionId V16 StopTransaction Request None, "/transactionId" => r#""transactionId":-1"# :
        r#"{"transactionId":-1,"idTag":"A","meterStop":20,"timestamp":"2024-01-01T00:00:00Z","reason":"Local"}"#;
    LongText V16 BootNotification Request PROPERTY, "/chargePointSerialNumber" => r#""chargePointSerialNumber":"EVB1A22P4RI3N213500000000""# :
        r#"{"chargePointVendor":"Schneider","chargePointModel":"M","chargePointSerialNumber":"EVB1A22P4RI3N21350000000012345678"}"#;
    LongText V16 BootNotification Request PROPERTY, "/chargePointModel" => r#""chargePointModel":"HICI AC wallbox 22 k""# :
        r#"{"chargePointVendor":"HICI","chargePointModel":"HICI AC wallbox 22 kW X"}"#;
    EmptyText V16 BootNotification Request None, "/chargePointVendor" => r#""chargePointVendor":"""# :
        r#"{"chargePointVendor":"","chargePointModel":"SCharger-22KT-S0"}"#;
    EmptyText V16 BootNotification Request None, "/iccid" => r#""iccid":"""# :
        r#"{"chargePointVendor":"Wall Box Chargers","chargePointModel":"PLP1","iccid":""}"#;
    RepeatedMember V16 Heartbeat Response OCCURRENCE_1_6, "/currentTime" => r#"{"currentTime":"2024-01-01T00:00:00Z"}"# :
        r#"{"currentTime":"2024-01-01T00:00:00Z","currentTime":"2024-01-01T00:00:00Z"}"#;
    TextRule V16 StartTransaction Request PROPERTY, "/connectorId" => r#""connectorId":0"# :
        r#"{"connectorId":0,"idTag":"A","timestamp":"2024-01-01T00:00:00Z","meterStart":10}"#;
    TextRule V201 Heartbeat Response PROPERTY, "/currentTime" => r#""currentTime":"2024-01-01T00:00:00.123456Z""# :
        r#"{"currentTime":"2024-01-01T00:00:00.123456Z"}"#;
}
