//! The same messages as bare `serde` derives: what one writes without a library.

use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BootNotification {
    charging_station: ChargingStation,
    reason: BootReason,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MeterValues {
    evse_id: i32,
    meter_value: Vec<MeterValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransactionEvent {
    event_type: TransactionEventKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    meter_value: Option<Vec<MeterValue>>,
    timestamp: String,
    trigger_reason: TriggerReason,
    seq_no: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    offline: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_of_phases_used: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cable_max_current: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reservation_id: Option<i32>,
    transaction_info: Transaction,
    #[serde(skip_serializing_if = "Option::is_none")]
    evse: Option<EVSE>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<IdToken>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NotifyReport {
    request_id: i32,
    generated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    report_data: Option<Vec<ReportData>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tbc: Option<bool>,
    seq_no: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChargingStation {
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    model: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    modem: Option<Modem>,
    vendor_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    firmware_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum BootReason {
    ApplicationReset,
    FirmwareUpdate,
    LocalReset,
    PowerUp,
    RemoteReset,
    ScheduledReset,
    Triggered,
    Unknown,
    Watchdog,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomData {
    vendor_id: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MeterValue {
    sampled_value: Vec<SampledValue>,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum TransactionEventKind {
    Ended,
    Started,
    Updated,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum TriggerReason {
    Authorized,
    CablePluggedIn,
    ChargingRateChanged,
    ChargingStateChanged,
    Deauthorized,
    EnergyLimitReached,
    EVCommunicationLost,
    EVConnectTimeout,
    MeterValueClock,
    MeterValuePeriodic,
    TimeLimitReached,
    Trigger,
    UnlockCommand,
    StopAuthorized,
    EVDeparted,
    EVDetected,
    RemoteStop,
    RemoteStart,
    AbnormalCondition,
    SignedDataReceived,
    ResetCommand,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transaction {
    transaction_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    charging_state: Option<ChargingState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_spent_charging: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_start_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EVSE {
    id: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    connector_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IdToken {
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_info: Option<Vec<AdditionalInfo>>,
    id_token: String,
    #[serde(rename = "type")]
    kind: IdTokenKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReportData {
    component: Component,
    variable: Variable,
    variable_attribute: Vec<VariableAttribute>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variable_characteristics: Option<VariableCharacteristics>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Modem {
    #[serde(skip_serializing_if = "Option::is_none")]
    iccid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    imsi: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SampledValue {
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<ReadingContext>,
    #[serde(skip_serializing_if = "Option::is_none")]
    measurand: Option<Measurand>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<Phase>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_meter_value: Option<SignedMeterValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_of_measure: Option<UnitOfMeasure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum ChargingState {
    Charging,
    EVConnected,
    SuspendedEV,
    SuspendedEVSE,
    Idle,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reason {
    DeAuthorized,
    EmergencyStop,
    EnergyLimitReached,
    EVDisconnected,
    GroundFault,
    ImmediateReset,
    Local,
    LocalOutOfCredit,
    MasterPass,
    Other,
    OvercurrentFault,
    PowerLoss,
    PowerQuality,
    Reboot,
    Remote,
    SOCLimitReached,
    StoppedByEV,
    TimeLimitReached,
    Timeout,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AdditionalInfo {
    additional_id_token: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum IdTokenKind {
    Central,
    #[serde(rename = "eMAID")]
    EMAID,
    ISO14443,
    ISO15693,
    KeyCode,
    Local,
    MacAddress,
    NoAuthorization,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Component {
    #[serde(skip_serializing_if = "Option::is_none")]
    evse: Option<EVSE>,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Variable {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VariableAttribute {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<Attribute>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mutability: Option<Mutability>,
    #[serde(skip_serializing_if = "Option::is_none")]
    persistent: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constant: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VariableCharacteristics {
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    data_type: Data,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_limit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_limit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values_list: Option<String>,
    supports_monitoring: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum ReadingContext {
    #[serde(rename = "Interruption.Begin")]
    InterruptionBegin,
    #[serde(rename = "Interruption.End")]
    InterruptionEnd,
    Other,
    #[serde(rename = "Sample.Clock")]
    SampleClock,
    #[serde(rename = "Sample.Periodic")]
    SamplePeriodic,
    #[serde(rename = "Transaction.Begin")]
    TransactionBegin,
    #[serde(rename = "Transaction.End")]
    TransactionEnd,
    Trigger,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Measurand {
    #[serde(rename = "Current.Export")]
    CurrentExport,
    #[serde(rename = "Current.Import")]
    CurrentImport,
    #[serde(rename = "Current.Offered")]
    CurrentOffered,
    #[serde(rename = "Energy.Active.Export.Register")]
    EnergyActiveExportRegister,
    #[serde(rename = "Energy.Active.Import.Register")]
    EnergyActiveImportRegister,
    #[serde(rename = "Energy.Reactive.Export.Register")]
    EnergyReactiveExportRegister,
    #[serde(rename = "Energy.Reactive.Import.Register")]
    EnergyReactiveImportRegister,
    #[serde(rename = "Energy.Active.Export.Interval")]
    EnergyActiveExportInterval,
    #[serde(rename = "Energy.Active.Import.Interval")]
    EnergyActiveImportInterval,
    #[serde(rename = "Energy.Active.Net")]
    EnergyActiveNet,
    #[serde(rename = "Energy.Reactive.Export.Interval")]
    EnergyReactiveExportInterval,
    #[serde(rename = "Energy.Reactive.Import.Interval")]
    EnergyReactiveImportInterval,
    #[serde(rename = "Energy.Reactive.Net")]
    EnergyReactiveNet,
    #[serde(rename = "Energy.Apparent.Net")]
    EnergyApparentNet,
    #[serde(rename = "Energy.Apparent.Import")]
    EnergyApparentImport,
    #[serde(rename = "Energy.Apparent.Export")]
    EnergyApparentExport,
    Frequency,
    #[serde(rename = "Power.Active.Export")]
    PowerActiveExport,
    #[serde(rename = "Power.Active.Import")]
    PowerActiveImport,
    #[serde(rename = "Power.Factor")]
    PowerFactor,
    #[serde(rename = "Power.Offered")]
    PowerOffered,
    #[serde(rename = "Power.Reactive.Export")]
    PowerReactiveExport,
    #[serde(rename = "Power.Reactive.Import")]
    PowerReactiveImport,
    SoC,
    Voltage,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Phase {
    L1,
    L2,
    L3,
    N,
    #[serde(rename = "L1-N")]
    L1N,
    #[serde(rename = "L2-N")]
    L2N,
    #[serde(rename = "L3-N")]
    L3N,
    #[serde(rename = "L1-L2")]
    L1L2,
    #[serde(rename = "L2-L3")]
    L2L3,
    #[serde(rename = "L3-L1")]
    L3L1,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Location {
    Body,
    Cable,
    EV,
    Inlet,
    Outlet,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedMeterValue {
    signed_meter_data: String,
    signing_method: String,
    encoding_method: String,
    public_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UnitOfMeasure {
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multiplier: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Attribute {
    Actual,
    Target,
    MinSet,
    MaxSet,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Mutability {
    ReadOnly,
    WriteOnly,
    ReadWrite,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Data {
    #[serde(rename = "string")]
    String,
    #[serde(rename = "decimal")]
    Decimal,
    #[serde(rename = "integer")]
    Integer,
    #[serde(rename = "dateTime")]
    DateTime,
    #[serde(rename = "boolean")]
    Boolean,
    OptionList,
    SequenceList,
    MemberList,
}
