//! The variables that a station has, and its keys of 1.6: one table for all versions. Where a key and a variable
//! mean the same they are one row, and so one value.

mod equipment;
mod network;

use super::live::Live;
use crate::engine::settings::{Field, MEASURANDS, Measured};

use Access::{AfterRestart, ReadOnly, ReadWrite, WriteOnly};
use Form::{Flag, Moment, Number, One, Sequence, Several, Text, Whole};
use Source::{Acts, Fixed, Kept, Shows};

/// A variable.
pub(in crate::engine) struct Row {
    pub(in crate::engine) at: At,
    /// Empty where only 1.6 has it.
    pub(in crate::engine) component: &'static str,
    pub(in crate::engine) variable: &'static str,
    /// The instance of the component; empty where there is only one.
    pub(in crate::engine) component_instance: &'static str,
    /// Empty where there is only one.
    pub(in crate::engine) instance: &'static str,
    /// The key of 1.6; empty where only 2.x has it.
    pub(in crate::engine) key: &'static str,
    pub(in crate::engine) access: Access,
    pub(in crate::engine) form: Form,
    pub(in crate::engine) source: Source,
}

/// What a component belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum At {
    Station,
    EachEvse,
    EachConnector,
}

/// Who may do what with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Access {
    ReadOnly,
    ReadWrite,
    /// It counts from the next start on.
    AfterRestart,
    /// It is never told.
    WriteOnly,
}

/// What a value looks like.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) enum Form {
    Flag,
    /// From the least to the greatest, in a unit.
    Whole(i64, i64, &'static str),
    /// A decimal from 0 on, in a unit.
    Number(&'static str),
    /// So many characters at most.
    Text(u32),
    Moment,
    /// One of these.
    One(&'static [&'static str]),
    /// Some of these, separated by commas.
    Several(&'static [&'static str]),
    /// The same where their order counts.
    Sequence(&'static [&'static str]),
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) enum Source {
    /// The station acts on it.
    Acts(Field),
    /// It is kept for whoever reads it; this is it until it is set.
    Kept(&'static str),
    /// It is always this.
    Fixed(&'static str),
    /// It is what the station is like at the moment.
    Shows(Live),
}

const fn row(
    component: &'static str,
    (variable, instance): (&'static str, &'static str),
    key: &'static str,
    access: Access,
    form: Form,
    source: Source,
) -> Row {
    Row { at: At::Station, component, component_instance: "", variable, instance, key, access, form, source }
}

const fn at_evse(variable: &'static str, form: Form, source: Source) -> Row {
    Row { at: At::EachEvse, ..row("EVSE", (variable, ""), "", ReadOnly, form, source) }
}

const fn at_connector(variable: &'static str, form: Form, source: Source) -> Row {
    Row { at: At::EachConnector, ..row("Connector", (variable, ""), "", ReadOnly, form, source) }
}

const AVAILABILITY: &[&str] = &["Available", "Occupied", "Reserved", "Unavailable", "Faulted"];
const SECONDS: Form = Whole(1, 86_400, "s");
const COUNT: Form = Whole(0, 1_000_000, "");
const NO_LIMIT: Form = Whole(1, 1_000_000, "B");

/// How many settings one question or order may be about (ItemsPerMessage).
pub(in crate::engine) const MAX_ITEMS: usize = 50;
/// The same as it is told.
const ITEMS: &str = "50";
/// The most monitors.
pub(in crate::engine) const MAX_MONITORS: usize = 64;
/// The most streams.
pub(in crate::engine) const MAX_STREAMS: usize = 8;
/// The most roots and chains that are installed.
const MAX_CERTIFICATES: i64 = 20;
/// The slots for network profiles (B09.FR.06).
pub(in crate::engine) const SLOTS: &[&str] = &["1", "2", "3"];

/// All of them, component by component, whatever a station has.
pub(in crate::engine) fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(network::ROWS.iter().flatten()).chain(equipment::ROWS)
}

/// Those that every station has.
#[rustfmt::skip]
static ROWS: &[Row] = &[
    // The station and its places.
    row("ChargingStation", ("AvailabilityState", ""), "", ReadOnly, One(AVAILABILITY), Shows(Live::StationState)),
    row("ChargingStation", ("Available", ""), "", ReadOnly, Flag, Fixed("true")),
    row("ChargingStation", ("Enabled", ""), "", ReadOnly, Flag, Shows(Live::StationEnabled)),
    row("ChargingStation", ("Problem", ""), "", ReadOnly, Flag, Shows(Live::StationProblem)),
    row("ChargingStation", ("SupplyPhases", ""), "", ReadOnly, Whole(1, 3, ""), Shows(Live::Phases)),
    row("ChargingStation", ("Model", ""), "", ReadOnly, Text(20), Shows(Live::Model)),
    row("ChargingStation", ("VendorName", ""), "", ReadOnly, Text(50), Shows(Live::Vendor)),
    row("ChargingStation", ("SerialNumber", ""), "", ReadOnly, Text(25), Shows(Live::Serial)),
    row("Controller", ("FirmwareVersion", ""), "", ReadOnly, Text(50), Shows(Live::Firmware)),
    at_evse("AvailabilityState", One(AVAILABILITY), Shows(Live::State)),
    at_evse("Available", Flag, Fixed("true")),
    at_evse("Enabled", Flag, Shows(Live::Enabled)),
    at_evse("Problem", Flag, Shows(Live::Problem)),
    at_evse("AllowReset", Flag, Fixed("true")),
    at_evse("Power", Number("W"), Shows(Live::Power)),
    at_evse("SupplyPhases", Whole(1, 3, ""), Shows(Live::Phases)),
    at_connector("AvailabilityState", One(AVAILABILITY), Shows(Live::State)),
    at_connector("Available", Flag, Fixed("true")),
    at_connector("Enabled", Flag, Shows(Live::Enabled)),
    at_connector("ConnectorType", Text(20), Shows(Live::ConnectorType)),
    at_connector("SupplyPhases", Whole(1, 3, ""), Shows(Live::Phases)),
    // What only 1.6 asks.
    row("", ("", ""), "NumberOfConnectors", ReadOnly, COUNT, Shows(Live::Evses)),
    row("", ("", ""), "SupportedFeatureProfiles", ReadOnly, Text(500), Fixed(PROFILES)),
    row("", ("", ""), "GetConfigurationMaxKeys", ReadOnly, COUNT, Fixed(ITEMS)),
    row("", ("", ""), "ConnectorPhaseRotation", ReadOnly, Text(500), Fixed("NotApplicable")),
    row("", ("", ""), "LocalAuthListMaxLength", ReadOnly, COUNT, Shows(Live::ListMost)),
    row("", ("", ""), "MaxChargingProfilesInstalled", ReadOnly, COUNT, Shows(Live::ProfilesMost)),
    row("", ("", ""), "ChargingScheduleAllowedChargingRateUnit", ReadOnly, Text(20), Fixed("Current,Power")),
    row("", ("", ""), "CertificateStoreMaxLength", ReadOnly, COUNT, Fixed("20")),
    row("", ("", ""), "AuthorizationKey", WriteOnly, Text(40), Kept("")),
    // Authorization.
    row("AuthCtrlr", ("Enabled", ""), "", ReadOnly, Flag, Fixed("true")),
    row("AuthCtrlr", ("AuthorizeRemoteStart", ""), "AuthorizeRemoteTxRequests", ReadWrite, Flag, Acts(Field::AuthorizeRemoteStart)),
    row("AuthCtrlr", ("LocalAuthorizeOffline", ""), "LocalAuthorizeOffline", ReadWrite, Flag, Acts(Field::LocalAuthorizeOffline)),
    row("AuthCtrlr", ("LocalPreAuthorize", ""), "LocalPreAuthorize", ReadWrite, Flag, Acts(Field::LocalPreAuthorize)),
    row("AuthCtrlr", ("OfflineTxForUnknownIdEnabled", ""), "AllowOfflineTxForUnknownId", ReadWrite, Flag, Acts(Field::OfflineUnknown)),
    row("AuthCacheCtrlr", ("Enabled", ""), "AuthorizationCacheEnabled", ReadWrite, Flag, Acts(Field::Cache)),
    row("LocalAuthListCtrlr", ("Enabled", ""), "LocalAuthListEnabled", ReadWrite, Flag, Acts(Field::LocalList)),
    row("LocalAuthListCtrlr", ("Entries", ""), "", ReadOnly, Whole(0, 1000, ""), Shows(Live::ListEntries)),
    row("LocalAuthListCtrlr", ("ItemsPerMessage", ""), "SendLocalListMaxLength", ReadOnly, COUNT, Shows(Live::ListItems)),
    row("LocalAuthListCtrlr", ("BytesPerMessage", ""), "", ReadOnly, NO_LIMIT, Fixed("100000")),
    row("ReservationCtrlr", ("Enabled", ""), "", ReadOnly, Flag, Shows(Live::Reservations)),
    row("ReservationCtrlr", ("Available", ""), "", ReadOnly, Flag, Fixed("true")),
    row("ReservationCtrlr", ("NonEvseSpecific", ""), "ReserveConnectorZeroSupported", ReadOnly, Flag, Shows(Live::ReserveUnspecified)),
    // Transactions and metering.
    row("TxCtrlr", ("EVConnectionTimeOut", ""), "ConnectionTimeOut", ReadWrite, SECONDS, Acts(Field::ConnectionTimeout)),
    row("TxCtrlr", ("StopTxOnEVSideDisconnect", ""), "StopTransactionOnEVSideDisconnect", ReadOnly, Flag, Fixed("true")),
    row("TxCtrlr", ("StopTxOnInvalidId", ""), "StopTransactionOnInvalidId", ReadWrite, Flag, Acts(Field::StopOnInvalidId)),
    row("TxCtrlr", ("TxStartPoint", ""), "", ReadOnly, Several(&["PowerPathClosed"]), Fixed("PowerPathClosed")),
    row("TxCtrlr", ("TxStopPoint", ""), "", ReadOnly, Several(&["EVConnected", "Authorized"]), Fixed("EVConnected,Authorized")),
    row("SampledDataCtrlr", ("Enabled", ""), "", ReadOnly, Flag, Fixed("true")),
    row("SampledDataCtrlr", ("TxUpdatedInterval", ""), "MeterValueSampleInterval", ReadWrite, SECONDS, Acts(Field::MeterInterval)),
    row("SampledDataCtrlr", ("TxEndedInterval", ""), "", ReadOnly, Whole(0, 86_400, "s"), Fixed("0")),
    row("SampledDataCtrlr", ("TxStartedMeasurands", ""), "", ReadWrite, Several(MEASURANDS), Acts(Field::Measurands(Measured::Started))),
    row("SampledDataCtrlr", ("TxUpdatedMeasurands", ""), "MeterValuesSampledData", ReadWrite, Several(MEASURANDS), Acts(Field::Measurands(Measured::Updated))),
    row("SampledDataCtrlr", ("TxEndedMeasurands", ""), "StopTxnSampledData", ReadWrite, Several(MEASURANDS), Acts(Field::Measurands(Measured::Ended))),
    row("AlignedDataCtrlr", ("Enabled", ""), "", ReadOnly, Flag, Fixed("true")),
    row("AlignedDataCtrlr", ("Interval", ""), "ClockAlignedDataInterval", ReadWrite, Whole(0, 86_400, "s"), Acts(Field::AlignedInterval)),
    row("AlignedDataCtrlr", ("Measurands", ""), "MeterValuesAlignedData", ReadWrite, Several(MEASURANDS), Acts(Field::Measurands(Measured::Aligned))),
    row("AlignedDataCtrlr", ("TxEndedInterval", ""), "", ReadOnly, Whole(0, 86_400, "s"), Fixed("0")),
    row("AlignedDataCtrlr", ("TxEndedMeasurands", ""), "StopTxnAlignedData", ReadOnly, Several(MEASURANDS), Fixed("")),
    // The line.
    row("OCPPCommCtrlr", ("HeartbeatInterval", ""), "HeartbeatInterval", ReadWrite, SECONDS, Acts(Field::HeartbeatInterval)),
    row("OCPPCommCtrlr", ("FileTransferProtocols", ""), "", ReadOnly, Several(&["HTTP", "HTTPS"]), Fixed("HTTP")),
    row("OCPPCommCtrlr", ("MessageTimeout", "Default"), "", ReadOnly, SECONDS, Fixed("30")),
    row("OCPPCommCtrlr", ("MessageAttempts", "TransactionEvent"), "TransactionMessageAttempts", ReadWrite, Whole(1, 20, ""), Acts(Field::Attempts)),
    row("OCPPCommCtrlr", ("MessageAttemptInterval", "TransactionEvent"), "TransactionMessageRetryInterval", ReadWrite, SECONDS, Acts(Field::AttemptInterval)),
    row("OCPPCommCtrlr", ("NetworkConfigurationPriority", ""), "", AfterRestart, Sequence(SLOTS), Shows(Live::NetworkPriority)),
    row("OCPPCommCtrlr", ("ActiveNetworkProfile", ""), "", ReadOnly, Whole(0, 3, ""), Shows(Live::NetworkSlot)),
    row("OCPPCommCtrlr", ("NetworkProfileConnectionAttempts", ""), "", ReadOnly, Whole(1, 100, ""), Fixed("3")),
    row("OCPPCommCtrlr", ("RetryBackOffWaitMinimum", ""), "", ReadWrite, SECONDS, Acts(Field::BackOffWait)),
    row("OCPPCommCtrlr", ("RetryBackOffRandomRange", ""), "", ReadWrite, Whole(0, 86_400, "s"), Acts(Field::BackOffRange)),
    row("OCPPCommCtrlr", ("RetryBackOffRepeatTimes", ""), "", ReadWrite, Whole(0, 10, ""), Acts(Field::BackOffRepeats)),
    row("OCPPCommCtrlr", ("WebSocketPingInterval", ""), "WebSocketPingInterval", ReadWrite, Whole(0, 86_400, "s"), Acts(Field::PingInterval)),
    row("OCPPCommCtrlr", ("OfflineThreshold", ""), "", ReadOnly, Whole(0, 86_400, "s"), Fixed("0")),
    row("OCPPCommCtrlr", ("ResetRetries", ""), "ResetRetries", ReadOnly, COUNT, Fixed("0")),
    row("OCPPCommCtrlr", ("UnlockOnEVSideDisconnect", ""), "UnlockConnectorOnEVSideDisconnect", ReadOnly, Flag, Fixed("true")),
    row("ClockCtrlr", ("DateTime", ""), "", ReadOnly, Moment, Shows(Live::Time)),
    row("ClockCtrlr", ("TimeSource", ""), "", ReadOnly, Sequence(&["Heartbeat"]), Fixed("Heartbeat")),
    row("DeviceDataCtrlr", ("ItemsPerMessage", "GetReport"), "", ReadOnly, COUNT, Fixed(ITEMS)),
    row("DeviceDataCtrlr", ("ItemsPerMessage", "GetVariables"), "", ReadOnly, COUNT, Fixed(ITEMS)),
    row("DeviceDataCtrlr", ("ItemsPerMessage", "SetVariables"), "", ReadOnly, COUNT, Fixed(ITEMS)),
    row("DeviceDataCtrlr", ("BytesPerMessage", "GetReport"), "", ReadOnly, NO_LIMIT, Fixed("100000")),
    row("DeviceDataCtrlr", ("BytesPerMessage", "GetVariables"), "", ReadOnly, NO_LIMIT, Fixed("100000")),
    row("DeviceDataCtrlr", ("BytesPerMessage", "SetVariables"), "", ReadOnly, NO_LIMIT, Fixed("100000")),
    row("SecurityCtrlr", ("BasicAuthPassword", ""), "", WriteOnly, Text(40), Kept("")),
    row("SecurityCtrlr", ("OrganizationName", ""), "CpoName", ReadWrite, Text(50), Kept("")),
    row("SecurityCtrlr", ("SecurityProfile", ""), "SecurityProfile", ReadOnly, Whole(0, 3, ""), Shows(Live::SecurityProfile)),
    row("SecurityCtrlr", ("CertificateEntries", ""), "", ReadOnly, Whole(0, MAX_CERTIFICATES, ""), Shows(Live::Certificates)),
    row("SecurityCtrlr", ("MaxCertificateChainSize", ""), "CertificateSignedMaxChainSize", ReadOnly, NO_LIMIT, Fixed("10000")),
    row("SecurityCtrlr", ("AdditionalRootCertificateCheck", ""), "AdditionalRootCertificateCheck", ReadOnly, Flag, Fixed("false")),
    row("SecurityCtrlr", ("CertSigningWaitMinimum", ""), "CertSigningWaitMinimum", ReadWrite, SECONDS, Acts(Field::SigningWait)),
    row("SecurityCtrlr", ("CertSigningRepeatTimes", ""), "CertSigningRepeatTimes", ReadWrite, Whole(0, 20, ""), Acts(Field::SigningRepeats)),
    row("ISO15118Ctrlr", ("ContractValidationOffline", ""), "", ReadOnly, Flag, Fixed("false")),
    // Monitoring.
    row("MonitoringCtrlr", ("Enabled", ""), "", ReadWrite, Flag, Acts(Field::Monitoring)),
    row("MonitoringCtrlr", ("ActiveMonitoringBase", ""), "", ReadOnly, One(&["All", "FactoryDefault", "HardWiredOnly"]), Shows(Live::MonitoringBase)),
    row("MonitoringCtrlr", ("ActiveMonitoringLevel", ""), "", ReadOnly, Whole(0, 9, ""), Shows(Live::MonitoringLevel)),
    row("MonitoringCtrlr", ("OfflineQueuingSeverity", ""), "", ReadWrite, Whole(0, 9, ""), Acts(Field::OfflineSeverity)),
    row("MonitoringCtrlr", ("ItemsPerMessage", "SetVariableMonitoring"), "", ReadOnly, COUNT, Fixed(ITEMS)),
    row("MonitoringCtrlr", ("BytesPerMessage", "SetVariableMonitoring"), "", ReadOnly, NO_LIMIT, Fixed("100000")),
    row("MonitoringCtrlr", ("ItemsPerMessage", "ClearVariableMonitoring"), "", ReadOnly, COUNT, Fixed(ITEMS)),
    row("MonitoringCtrlr", ("MaxPeriodicEventStreams", ""), "", ReadOnly, COUNT, Fixed("8")),
    // The display.
    row("DisplayMessageCtrlr", ("Enabled", ""), "", ReadOnly, Flag, Fixed("true")),
    row("DisplayMessageCtrlr", ("DisplayMessages", ""), "", ReadOnly, Whole(0, 32, ""), Shows(Live::Messages)),
    row("DisplayMessageCtrlr", ("SupportedFormats", ""), "", ReadOnly, Several(&["ASCII", "UTF8", "URI", "QRCODE"]), Fixed("ASCII,UTF8,URI,QRCODE")),
    row("DisplayMessageCtrlr", ("SupportedPriorities", ""), "", ReadOnly, Several(&["AlwaysFront", "InFront", "NormalCycle"]), Fixed("AlwaysFront,InFront,NormalCycle")),
    row("DisplayMessageCtrlr", ("SupportedStates", ""), "", ReadOnly, Several(&["Charging", "Faulted", "Idle", "Unavailable", "Suspended"]), Fixed("Charging,Faulted,Idle,Unavailable,Suspended")),
    row("DisplayMessageCtrlr", ("Language", ""), "", ReadWrite, One(LANGUAGES), Kept("en")),
    // Charging profiles and the grid.
    row("SmartChargingCtrlr", ("Enabled", ""), "", ReadOnly, Flag, Fixed("true")),
    row("SmartChargingCtrlr", ("Entries", "ChargingProfiles"), "", ReadOnly, Whole(0, 32, ""), Shows(Live::Profiles)),
    row("SmartChargingCtrlr", ("ProfileStackLevel", ""), "ChargeProfileMaxStackLevel", ReadOnly, COUNT, Fixed("9")),
    row("SmartChargingCtrlr", ("PeriodsPerSchedule", ""), "ChargingScheduleMaxPeriods", ReadOnly, COUNT, Fixed("128")),
    row("SmartChargingCtrlr", ("RateUnit", ""), "", ReadOnly, Several(&["A", "W"]), Fixed("A,W")),
    row("SmartChargingCtrlr", ("LimitChangeSignificance", ""), "", ReadOnly, Number("Percent"), Fixed("0")),
    row("SmartChargingCtrlr", ("SupportsDynamicProfiles", ""), "", ReadOnly, Flag, Fixed("true")),
    row("SmartChargingCtrlr", ("SupportedAdditionalPurposes", ""), "", ReadOnly, Several(&["PriorityCharging", "LocalGeneration"]), Fixed("PriorityCharging,LocalGeneration")),
    // Tariffs.
    row("TariffCostCtrlr", ("Currency", ""), "", ReadWrite, Text(3), Kept("EUR")),
    row("TariffCostCtrlr", ("Enabled", "Tariff"), "", ReadOnly, Flag, Fixed("true")),
    row("TariffCostCtrlr", ("Enabled", "Cost"), "", ReadOnly, Flag, Fixed("true")),
    row("TariffCostCtrlr", ("ConditionsSupported", "Tariff"), "", ReadOnly, Flag, Fixed("true")),
    row("TariffCostCtrlr", ("MaxElements", "Tariff"), "", ReadOnly, COUNT, Fixed("100")),
    row("TariffCostCtrlr", ("TariffFallbackMessage", ""), "", ReadWrite, Text(255), Kept("")),
    row("TariffCostCtrlr", ("TotalCostFallbackMessage", ""), "", ReadWrite, Text(255), Kept("")),
];

/// What the station can do in 1.6.
const PROFILES: &str =
    "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger,Security";

/// The languages that the display can show, without their regions.
pub(in crate::engine) const LANGUAGES: &[&str] = &["en", "de", "fr", "nl", "es", "it"];
