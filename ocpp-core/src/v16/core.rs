//! The core profile.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::types::{CiText, DateTime, Text};
use crate::{message, open_enum};

use super::common::{ChargingProfile, IdTagInfo};

message! {
    /// The request of [`Authorize`].
    pub struct AuthorizeRequest = "AuthorizeRequest" {
        /// The value of `idTag`.
        required id_tag: CiText<20> = "idTag",
    }

    /// The answer to [`Authorize`].
    pub struct AuthorizeResponse = "AuthorizeResponse" {
        /// The value of `idTagInfo`.
        required id_tag_info: IdTagInfo = "idTagInfo",
    }

    /// The request of [`BootNotification`].
    pub struct BootNotificationRequest = "BootNotificationRequest" {
        /// The value of `chargePointVendor`.
        required charge_point_vendor: Text<20> = "chargePointVendor",
        /// The value of `chargePointModel`.
        required charge_point_model: Text<20> = "chargePointModel",
        /// The value of `chargePointSerialNumber`.
        optional charge_point_serial_number: Text<25> = "chargePointSerialNumber",
        /// The value of `chargeBoxSerialNumber`.
        optional charge_box_serial_number: Text<25> = "chargeBoxSerialNumber",
        /// The value of `firmwareVersion`.
        optional firmware_version: Text<50> = "firmwareVersion",
        /// The value of `iccid`.
        optional iccid: Text<20> = "iccid",
        /// The value of `imsi`.
        optional imsi: Text<20> = "imsi",
        /// The value of `meterType`.
        optional meter_type: Text<25> = "meterType",
        /// The value of `meterSerialNumber`.
        optional meter_serial_number: Text<25> = "meterSerialNumber",
    }

    /// The answer to [`BootNotification`].
    pub struct BootNotificationResponse = "BootNotificationResponse" {
        /// The value of `status`.
        required status: RegistrationStatus = "status",
        /// The value of `currentTime`.
        required current_time: DateTime = "currentTime",
        /// The value of `interval`.
        required interval: i32 = "interval",
    }

    /// The request of [`ChangeAvailability`].
    pub struct ChangeAvailabilityRequest = "ChangeAvailabilityRequest" {
        /// The value of `connectorId`.
        required connector_id: i32 = "connectorId",
        /// The value of `type`.
        required kind: AvailabilityType = "type",
    }

    /// The answer to [`ChangeAvailability`].
    pub struct ChangeAvailabilityResponse = "ChangeAvailabilityResponse" {
        /// The value of `status`.
        required status: AvailabilityStatus = "status",
    }

    /// The request of [`ChangeConfiguration`].
    pub struct ChangeConfigurationRequest = "ChangeConfigurationRequest" {
        /// The value of `key`.
        required key: CiText<50> = "key",
        /// The value of `value`.
        required value: Text<500> = "value",
    }

    /// The answer to [`ChangeConfiguration`].
    pub struct ChangeConfigurationResponse = "ChangeConfigurationResponse" {
        /// The value of `status`.
        required status: ConfigurationStatus = "status",
    }

    /// The request of [`ClearCache`].
    pub struct ClearCacheRequest = "ClearCacheRequest" {
    }

    /// The answer to [`ClearCache`].
    pub struct ClearCacheResponse = "ClearCacheResponse" {
        /// The value of `status`.
        required status: ClearCacheStatus = "status",
    }

    /// The request of [`DataTransfer`].
    pub struct DataTransferRequest = "DataTransferRequest" {
        /// The value of `vendorId`.
        required vendor_id: Text<255> = "vendorId",
        /// The value of `messageId`.
        optional message_id: Text<50> = "messageId",
        /// The value of `data`.
        optional data: String = "data",
    }

    /// The answer to [`DataTransfer`].
    pub struct DataTransferResponse = "DataTransferResponse" {
        /// The value of `status`.
        required status: DataTransferStatus = "status",
        /// The value of `data`.
        optional data: String = "data",
    }

    /// The request of [`GetConfiguration`].
    pub struct GetConfigurationRequest = "GetConfigurationRequest" {
        /// The value of `key`.
        optional key: Vec<CiText<50>> = "key",
    }

    /// The answer to [`GetConfiguration`].
    pub struct GetConfigurationResponse = "GetConfigurationResponse" {
        /// The value of `configurationKey`.
        optional configuration_key: Vec<KeyValue> = "configurationKey",
        /// The value of `unknownKey`.
        optional unknown_key: Vec<Text<50>> = "unknownKey",
    }

    /// The request of [`Heartbeat`].
    pub struct HeartbeatRequest = "HeartbeatRequest" {
    }

    /// The answer to [`Heartbeat`].
    pub struct HeartbeatResponse = "HeartbeatResponse" {
        /// The value of `currentTime`.
        required current_time: DateTime = "currentTime",
    }

    /// The request of [`MeterValues`].
    pub struct MeterValuesRequest = "MeterValuesRequest" {
        /// The value of `connectorId`.
        required connector_id: i32 = "connectorId",
        /// The value of `transactionId`.
        optional transaction_id: i32 = "transactionId",
        /// The value of `meterValue`.
        required meter_value: Vec<MeterValue> = "meterValue",
    }

    /// The answer to [`MeterValues`].
    pub struct MeterValuesResponse = "MeterValuesResponse" {
    }

    /// The request of [`RemoteStartTransaction`].
    pub struct RemoteStartTransactionRequest = "RemoteStartTransactionRequest" {
        /// The value of `connectorId`.
        optional connector_id: i32 = "connectorId",
        /// The value of `idTag`.
        required id_tag: CiText<20> = "idTag",
        /// The value of `chargingProfile`.
        optional charging_profile: ChargingProfile = "chargingProfile",
    }

    /// The answer to [`RemoteStartTransaction`].
    pub struct RemoteStartTransactionResponse = "RemoteStartTransactionResponse" {
        /// The value of `status`.
        required status: RemoteStartStopStatus = "status",
    }

    /// The request of [`RemoteStopTransaction`].
    pub struct RemoteStopTransactionRequest = "RemoteStopTransactionRequest" {
        /// The value of `transactionId`.
        required transaction_id: i32 = "transactionId",
    }

    /// The answer to [`RemoteStopTransaction`].
    pub struct RemoteStopTransactionResponse = "RemoteStopTransactionResponse" {
        /// The value of `status`.
        required status: RemoteStartStopStatus = "status",
    }

    /// The request of [`Reset`].
    pub struct ResetRequest = "ResetRequest" {
        /// The value of `type`.
        required kind: ResetType = "type",
    }

    /// The answer to [`Reset`].
    pub struct ResetResponse = "ResetResponse" {
        /// The value of `status`.
        required status: ResetStatus = "status",
    }

    /// The request of [`StartTransaction`].
    pub struct StartTransactionRequest = "StartTransactionRequest" {
        /// The value of `connectorId`.
        required connector_id: i32 = "connectorId",
        /// The value of `idTag`.
        required id_tag: CiText<20> = "idTag",
        /// The value of `meterStart`.
        required meter_start: i32 = "meterStart",
        /// The value of `reservationId`.
        optional reservation_id: i32 = "reservationId",
        /// The value of `timestamp`.
        required timestamp: DateTime = "timestamp",
    }

    /// The answer to [`StartTransaction`].
    pub struct StartTransactionResponse = "StartTransactionResponse" {
        /// The value of `idTagInfo`.
        required id_tag_info: IdTagInfo = "idTagInfo",
        /// The value of `transactionId`.
        required transaction_id: i32 = "transactionId",
    }

    /// The request of [`StatusNotification`].
    pub struct StatusNotificationRequest = "StatusNotificationRequest" {
        /// The value of `connectorId`.
        required connector_id: i32 = "connectorId",
        /// The value of `errorCode`.
        required error_code: ChargePointErrorCode = "errorCode",
        /// The value of `info`.
        optional info: Text<50> = "info",
        /// The value of `status`.
        required status: ChargePointStatus = "status",
        /// The value of `timestamp`.
        optional timestamp: DateTime = "timestamp",
        /// The value of `vendorId`.
        optional vendor_id: Text<255> = "vendorId",
        /// The value of `vendorErrorCode`.
        optional vendor_error_code: Text<50> = "vendorErrorCode",
    }

    /// The answer to [`StatusNotification`].
    pub struct StatusNotificationResponse = "StatusNotificationResponse" {
    }

    /// The request of [`StopTransaction`].
    pub struct StopTransactionRequest = "StopTransactionRequest" {
        /// The value of `idTag`.
        optional id_tag: CiText<20> = "idTag",
        /// The value of `meterStop`.
        required meter_stop: i32 = "meterStop",
        /// The value of `timestamp`.
        required timestamp: DateTime = "timestamp",
        /// The value of `transactionId`.
        required transaction_id: i32 = "transactionId",
        /// The value of `reason`.
        optional reason: Reason = "reason",
        /// The value of `transactionData`.
        optional transaction_data: Vec<MeterValue> = "transactionData",
    }

    /// The answer to [`StopTransaction`].
    pub struct StopTransactionResponse = "StopTransactionResponse" {
        /// The value of `idTagInfo`.
        optional id_tag_info: IdTagInfo = "idTagInfo",
    }

    /// The request of [`UnlockConnector`].
    pub struct UnlockConnectorRequest = "UnlockConnectorRequest" {
        /// The value of `connectorId`.
        required connector_id: i32 = "connectorId",
    }

    /// The answer to [`UnlockConnector`].
    pub struct UnlockConnectorResponse = "UnlockConnectorResponse" {
        /// The value of `status`.
        required status: UnlockStatus = "status",
    }

    /// Part of a message.
    pub struct KeyValue = "KeyValue" {
        /// The value of `key`.
        required key: CiText<50> = "key",
        /// The value of `readonly`.
        required readonly: bool = "readonly",
        /// The value of `value`.
        optional value: Text<500> = "value",
    }

    /// Part of a message.
    pub struct MeterValue = "MeterValue" {
        /// The value of `timestamp`.
        required timestamp: DateTime = "timestamp",
        /// The value of `sampledValue`.
        required sampled_value: Vec<SampledValue> = "sampledValue",
    }

    /// Part of a message.
    pub struct SampledValue = "SampledValue" {
        /// The value of `value`.
        required value: String = "value",
        /// The value of `context`.
        optional context: ReadingContext = "context",
        /// The value of `format`.
        optional format: ValueFormat = "format",
        /// The value of `measurand`.
        optional measurand: Measurand = "measurand",
        /// The value of `phase`.
        optional phase: Phase = "phase",
        /// The value of `location`.
        optional location: Location = "location",
        /// The value of `unit`.
        optional unit: UnitOfMeasure = "unit",
    }
}

open_enum! {
    /// One of the values that the specification names.
    pub enum RegistrationStatus = "RegistrationStatus" {
        Accepted = "Accepted", Pending = "Pending", Rejected = "Rejected",
    }

    /// One of the values that the specification names.
    pub enum AvailabilityType = "AvailabilityType" {
        Inoperative = "Inoperative", Operative = "Operative",
    }

    /// One of the values that the specification names.
    pub enum AvailabilityStatus = "AvailabilityStatus" {
        Accepted = "Accepted", Rejected = "Rejected", Scheduled = "Scheduled",
    }

    /// One of the values that the specification names.
    pub enum ConfigurationStatus = "ConfigurationStatus" {
        Accepted = "Accepted", Rejected = "Rejected", RebootRequired = "RebootRequired",
        NotSupported = "NotSupported",
    }

    /// One of the values that the specification names.
    pub enum ClearCacheStatus = "ClearCacheStatus" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// One of the values that the specification names.
    pub enum DataTransferStatus = "DataTransferStatus" {
        Accepted = "Accepted", Rejected = "Rejected", UnknownMessageId = "UnknownMessageId",
        UnknownVendorId = "UnknownVendorId",
    }

    /// One of the values that the specification names.
    pub enum Location = "Location" {
        Cable = "Cable", EV = "EV", Inlet = "Inlet", Outlet = "Outlet", Body = "Body",
    }

    /// One of the values that the specification names.
    pub enum Measurand = "Measurand" {
        EnergyActiveExportRegister = "Energy.Active.Export.Register",
        EnergyActiveImportRegister = "Energy.Active.Import.Register",
        EnergyReactiveExportRegister = "Energy.Reactive.Export.Register",
        EnergyReactiveImportRegister = "Energy.Reactive.Import.Register",
        EnergyActiveExportInterval = "Energy.Active.Export.Interval",
        EnergyActiveImportInterval = "Energy.Active.Import.Interval",
        EnergyReactiveExportInterval = "Energy.Reactive.Export.Interval",
        EnergyReactiveImportInterval = "Energy.Reactive.Import.Interval",
        PowerActiveExport = "Power.Active.Export", PowerActiveImport = "Power.Active.Import",
        PowerOffered = "Power.Offered", PowerReactiveExport = "Power.Reactive.Export",
        PowerReactiveImport = "Power.Reactive.Import", PowerFactor = "Power.Factor",
        CurrentImport = "Current.Import", CurrentExport = "Current.Export",
        CurrentOffered = "Current.Offered", Voltage = "Voltage", Frequency = "Frequency",
        Temperature = "Temperature", SoC = "SoC", RPM = "RPM",
    }

    /// One of the values that the specification names.
    pub enum Phase = "Phase" {
        L1 = "L1", L2 = "L2", L3 = "L3", N = "N", L1N = "L1-N", L2N = "L2-N", L3N = "L3-N", L1L2 = "L1-L2",
        L2L3 = "L2-L3", L3L1 = "L3-L1",
    }

    /// One of the values that the specification names.
    pub enum ReadingContext = "ReadingContext" {
        InterruptionBegin = "Interruption.Begin", InterruptionEnd = "Interruption.End",
        SampleClock = "Sample.Clock", SamplePeriodic = "Sample.Periodic",
        TransactionBegin = "Transaction.Begin", TransactionEnd = "Transaction.End", Trigger = "Trigger",
        Other = "Other",
    }

    /// One of the values that the specification names.
    pub enum UnitOfMeasure = "UnitOfMeasure" {
        Wh = "Wh", KWh = "kWh", Varh = "varh", Kvarh = "kvarh", W = "W", KW = "kW", VA = "VA", KVA = "kVA",
        Var = "var", Kvar = "kvar", A = "A", V = "V", K = "K", Celcius = "Celcius", Celsius = "Celsius",
        Fahrenheit = "Fahrenheit", Percent = "Percent",
    }

    /// One of the values that the specification names.
    pub enum ValueFormat = "ValueFormat" {
        Raw = "Raw", SignedData = "SignedData",
    }

    /// One of the values that the specification names.
    pub enum RemoteStartStopStatus = "RemoteStartStopStatus" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// One of the values that the specification names.
    pub enum ResetType = "ResetType" {
        Hard = "Hard", Soft = "Soft",
    }

    /// One of the values that the specification names.
    pub enum ResetStatus = "ResetStatus" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// One of the values that the specification names.
    pub enum ChargePointErrorCode = "ChargePointErrorCode" {
        ConnectorLockFailure = "ConnectorLockFailure", EVCommunicationError = "EVCommunicationError",
        GroundFailure = "GroundFailure", HighTemperature = "HighTemperature",
        InternalError = "InternalError", LocalListConflict = "LocalListConflict", NoError = "NoError",
        OtherError = "OtherError", OverCurrentFailure = "OverCurrentFailure",
        PowerMeterFailure = "PowerMeterFailure", PowerSwitchFailure = "PowerSwitchFailure",
        ReaderFailure = "ReaderFailure", ResetFailure = "ResetFailure", UnderVoltage = "UnderVoltage",
        OverVoltage = "OverVoltage", WeakSignal = "WeakSignal",
    }

    /// One of the values that the specification names.
    pub enum ChargePointStatus = "ChargePointStatus" {
        Available = "Available", Preparing = "Preparing", Charging = "Charging",
        SuspendedEVSE = "SuspendedEVSE", SuspendedEV = "SuspendedEV", Finishing = "Finishing",
        Reserved = "Reserved", Unavailable = "Unavailable", Faulted = "Faulted",
    }

    /// One of the values that the specification names.
    pub enum Reason = "Reason" {
        EmergencyStop = "EmergencyStop", EVDisconnected = "EVDisconnected", HardReset = "HardReset",
        Local = "Local", Other = "Other", PowerLoss = "PowerLoss", Reboot = "Reboot", Remote = "Remote",
        SoftReset = "SoftReset", UnlockCommand = "UnlockCommand", DeAuthorized = "DeAuthorized",
    }

    /// One of the values that the specification names.
    pub enum UnlockStatus = "UnlockStatus" {
        Unlocked = "Unlocked", UnlockFailed = "UnlockFailed", NotSupported = "NotSupported",
    }
}
