//! The core profile.

use alloc::string::String;
use alloc::vec::Vec;

use crate::types::{CiText, DateTime, Text};
use crate::{message, open_enum};

use super::common::{ChargingProfile, IdTagInfo};

message! {
    /// Sent by the Charge Point to ask whether an identifier may charge (4.1).
    pub struct AuthorizeRequest = "AuthorizeRequest" {
        /// Identifier that the driver showed.
        required id_tag: CiText<20> = "idTag",
    }

    /// Sent by the Central System to say whether the identifier may charge (4.1).
    pub struct AuthorizeResponse = "AuthorizeResponse" {
        /// Status of the identifier; only `Accepted` allows charging.
        required id_tag_info: IdTagInfo = "idTagInfo",
    }

    /// Sent by the Charge Point after each start, to be let in (4.2).
    pub struct BootNotificationRequest = "BootNotificationRequest" {
        /// Maker of the Charge Point, at most 20 characters.
        required charge_point_vendor: Text<20> = "chargePointVendor",
        /// Model of the Charge Point, at most 20 characters.
        required charge_point_model: Text<20> = "chargePointModel",
        /// Serial number of the Charge Point, at most 25 characters.
        optional charge_point_serial_number: Text<25> = "chargePointSerialNumber",
        /// Serial number of the Charge Box inside; deprecated, kept for old systems.
        optional charge_box_serial_number: Text<25> = "chargeBoxSerialNumber",
        /// Version of the firmware, at most 50 characters.
        optional firmware_version: Text<50> = "firmwareVersion",
        /// ICCID of the SIM card in the modem, at most 20 characters.
        optional iccid: Text<20> = "iccid",
        /// IMSI of the SIM card in the modem, at most 20 characters.
        optional imsi: Text<20> = "imsi",
        /// Type of the main power meter, at most 25 characters.
        optional meter_type: Text<25> = "meterType",
        /// Serial number of the main power meter, at most 25 characters.
        optional meter_serial_number: Text<25> = "meterSerialNumber",
    }

    /// Sent by the Central System to say whether the Charge Point is let in (4.2).
    pub struct BootNotificationResponse = "BootNotificationResponse" {
        /// Whether the Charge Point is let in; until then it may send nothing else unasked.
        required status: RegistrationStatus = "status",
        /// Clock of the Central System, in UTC.
        required current_time: DateTime = "currentTime",
        /// Heartbeat pace in s when accepted, else the least wait in s before trying again.
        required interval: i32 = "interval",
    }

    /// Sent by the Central System to put a connector in or out of service (5.2).
    pub struct ChangeAvailabilityRequest = "ChangeAvailabilityRequest" {
        /// Connector to change; 0 means the Charge Point with all its connectors.
        required connector_id: i32 = "connectorId",
        /// Whether it is to be in service or not.
        required kind: AvailabilityType = "type",
    }

    /// Sent by the Charge Point to say whether and when the change happens (5.2).
    pub struct ChangeAvailabilityResponse = "ChangeAvailabilityResponse" {
        /// `Scheduled` means the change waits until running transactions end.
        required status: AvailabilityStatus = "status",
    }

    /// Sent by the Central System to set one configuration key (5.3).
    pub struct ChangeConfigurationRequest = "ChangeConfigurationRequest" {
        /// Name of the key, at most 50 characters; case does not matter.
        required key: CiText<50> = "key",
        /// New value as text, at most 500 characters.
        required value: Text<500> = "value",
    }

    /// Sent by the Charge Point to say whether the new value counts (5.3).
    pub struct ChangeConfigurationResponse = "ChangeConfigurationResponse" {
        /// `RebootRequired` means the value counts after the next start.
        required status: ConfigurationStatus = "status",
    }

    /// Sent by the Central System to empty the authorization cache; carries no data (5.4).
    pub struct ClearCacheRequest = "ClearCacheRequest" {}

    /// Sent by the Charge Point to say whether its cache is empty now (5.4).
    pub struct ClearCacheResponse = "ClearCacheResponse" {
        /// Whether the cache was emptied.
        required status: ClearCacheStatus = "status",
    }

    /// Sent by either side to say what OCPP has no message for (4.3, 5.6).
    pub struct DataTransferRequest = "DataTransferRequest" {
        /// Whose message it is, at most 255 characters, such as a reversed domain name.
        required vendor_id: Text<255> = "vendorId",
        /// Which message of the vendor it is, at most 50 characters.
        optional message_id: Text<50> = "messageId",
        /// Text of any length, as both sides agreed.
        optional data: String = "data",
    }

    /// Sent by the receiver of a vendor's message (4.3, 5.6).
    pub struct DataTransferResponse = "DataTransferResponse" {
        /// Whether the vendor and the message were known, and the data welcome.
        required status: DataTransferStatus = "status",
        /// Text of any length, as both sides agreed.
        optional data: String = "data",
    }

    /// Sent by the Central System to read configuration keys (5.8).
    pub struct GetConfigurationRequest = "GetConfigurationRequest" {
        /// Names of the keys to read; without them, all keys.
        optional key: Vec<CiText<50>> = "key",
    }

    /// Sent by the Charge Point with the values of its configuration keys (5.8).
    pub struct GetConfigurationResponse = "GetConfigurationResponse" {
        /// The keys that were asked for and are known.
        optional configuration_key: Vec<KeyValue> = "configurationKey",
        /// Names that were asked for and are not known.
        optional unknown_key: Vec<Text<50>> = "unknownKey",
    }

    /// Sent by the Charge Point to show that it is there; carries no data (4.6).
    pub struct HeartbeatRequest = "HeartbeatRequest" {}

    /// Sent by the Central System with its time, to which the Charge Point sets its clock (4.6).
    pub struct HeartbeatResponse = "HeartbeatResponse" {
        /// Clock of the Central System, in UTC.
        required current_time: DateTime = "currentTime",
    }

    /// Sent by the Charge Point with readings of its meters (4.7).
    pub struct MeterValuesRequest = "MeterValuesRequest" {
        /// Connector the readings belong to; 0 means the main power meter.
        required connector_id: i32 = "connectorId",
        /// Transaction the readings belong to, if any.
        optional transaction_id: i32 = "transactionId",
        /// Readings, in groups of one moment each.
        required meter_value: Vec<MeterValue> = "meterValue",
    }

    /// Sent by the Central System to confirm receipt of the readings; carries no data (4.7).
    pub struct MeterValuesResponse = "MeterValuesResponse" {}

    /// Sent by the Central System to start charging from afar (5.11).
    pub struct RemoteStartTransactionRequest = "RemoteStartTransactionRequest" {
        /// Connector to charge at, above 0; without it the Charge Point chooses.
        optional connector_id: i32 = "connectorId",
        /// Identifier in whose name to charge.
        required id_tag: CiText<20> = "idTag",
        /// Profile for this transaction only; its purpose has to be `TxProfile`.
        optional charging_profile: ChargingProfile = "chargingProfile",
    }

    /// Sent by the Charge Point to say whether it will try to start (5.11).
    pub struct RemoteStartTransactionResponse = "RemoteStartTransactionResponse" {
        /// Whether the Charge Point will try; the start itself comes as StartTransaction.
        required status: RemoteStartStopStatus = "status",
    }

    /// Sent by the Central System to stop a transaction from afar (5.12).
    pub struct RemoteStopTransactionRequest = "RemoteStopTransactionRequest" {
        /// Transaction to stop.
        required transaction_id: i32 = "transactionId",
    }

    /// Sent by the Charge Point to say whether it will stop the transaction (5.12).
    pub struct RemoteStopTransactionResponse = "RemoteStopTransactionResponse" {
        /// Whether the transaction is known and will be stopped.
        required status: RemoteStartStopStatus = "status",
    }

    /// Sent by the Central System to restart the Charge Point (5.14).
    pub struct ResetRequest = "ResetRequest" {
        /// Whether to stop transactions in good order first.
        required kind: ResetType = "type",
    }

    /// Sent by the Charge Point to say whether it will restart (5.14).
    pub struct ResetResponse = "ResetResponse" {
        /// Whether the Charge Point will restart.
        required status: ResetStatus = "status",
    }

    /// Sent by the Charge Point when a transaction has begun, now or while offline (4.8).
    pub struct StartTransactionRequest = "StartTransactionRequest" {
        /// Connector of the transaction, above 0.
        required connector_id: i32 = "connectorId",
        /// Identifier in whose name it began.
        required id_tag: CiText<20> = "idTag",
        /// Reading of the connector's meter at the start, in Wh.
        required meter_start: i32 = "meterStart",
        /// Reservation that ends with this transaction.
        optional reservation_id: i32 = "reservationId",
        /// Moment of the start.
        required timestamp: DateTime = "timestamp",
    }

    /// Sent by the Central System to give the transaction its id (4.8).
    pub struct StartTransactionResponse = "StartTransactionResponse" {
        /// Status of the identifier; when not accepted, the Charge Point stops as configured.
        required id_tag_info: IdTagInfo = "idTagInfo",
        /// Id of the transaction, made by the Central System.
        required transaction_id: i32 = "transactionId",
    }

    /// Sent by the Charge Point when the state of a connector changes or an error occurs (4.9).
    pub struct StatusNotificationRequest = "StatusNotificationRequest" {
        /// Connector; 0 means the Charge Point as a whole.
        required connector_id: i32 = "connectorId",
        /// Error at hand, or `NoError`.
        required error_code: ChargePointErrorCode = "errorCode",
        /// Further words on the error, at most 50 characters.
        optional info: Text<50> = "info",
        /// State of the connector.
        required status: ChargePointStatus = "status",
        /// Moment of the change; of receipt when absent.
        optional timestamp: DateTime = "timestamp",
        /// Maker whose error code is given, at most 255 characters.
        optional vendor_id: Text<255> = "vendorId",
        /// Error code of the maker's own, at most 50 characters.
        optional vendor_error_code: Text<50> = "vendorErrorCode",
    }

    /// Sent by the Central System to confirm the state; carries no data (4.9).
    pub struct StatusNotificationResponse = "StatusNotificationResponse" {}

    /// Sent by the Charge Point when a transaction has ended, now or while offline (4.10).
    pub struct StopTransactionRequest = "StopTransactionRequest" {
        /// Identifier that ended it; absent when none did.
        optional id_tag: CiText<20> = "idTag",
        /// Reading of the connector's meter at the end, in Wh.
        required meter_stop: i32 = "meterStop",
        /// Moment of the end.
        required timestamp: DateTime = "timestamp",
        /// Id that the Central System gave at the start.
        required transaction_id: i32 = "transactionId",
        /// Why it ended; `Local` when absent.
        optional reason: Reason = "reason",
        /// Readings for billing, taken during the transaction.
        optional transaction_data: Vec<MeterValue> = "transactionData",
    }

    /// Sent by the Central System to confirm the end; it cannot be refused (4.10).
    pub struct StopTransactionResponse = "StopTransactionResponse" {
        /// Status of the identifier that ended it, for the cache.
        optional id_tag_info: IdTagInfo = "idTagInfo",
    }

    /// Sent by the Central System to free a cable that is stuck (5.18).
    pub struct UnlockConnectorRequest = "UnlockConnectorRequest" {
        /// Connector to unlock, above 0.
        required connector_id: i32 = "connectorId",
    }

    /// Sent by the Charge Point to say whether the connector is unlocked (5.18).
    pub struct UnlockConnectorResponse = "UnlockConnectorResponse" {
        /// Whether the connector is unlocked; `NotSupported` when it has no lock.
        required status: UnlockStatus = "status",
    }

    /// The keys that were asked for and are known.
    pub struct KeyValue = "KeyValue" {
        /// Name of the key, at most 50 characters; case does not matter.
        required key: CiText<50> = "key",
        /// True when the Central System cannot change the key.
        required readonly: bool = "readonly",
        /// Value as text, at most 500 characters; absent when the key is known and has none.
        optional value: Text<500> = "value",
    }

    /// Readings, in groups of one moment each.
    pub struct MeterValue = "MeterValue" {
        /// Moment of the readings.
        required timestamp: DateTime = "timestamp",
        /// Readings of that moment.
        required sampled_value: Vec<SampledValue> = "sampledValue",
    }

    /// Readings of that moment.
    pub struct SampledValue = "SampledValue" {
        /// Reading: a decimal number as text, or signed data.
        required value: String = "value",
        /// Why the reading was taken; `Sample.Periodic` when absent.
        optional context: ReadingContext = "context",
        /// Whether the value is a number or signed data; `Raw` when absent.
        optional format: ValueFormat = "format",
        /// What was measured; `Energy.Active.Import.Register` when absent.
        optional measurand: Measurand = "measurand",
        /// Phase or pair of conductors; absent for the total over all phases.
        optional phase: Phase = "phase",
        /// Where it was measured; `Outlet` when absent.
        optional location: Location = "location",
        /// Unit of the value; `Wh` for energy when absent.
        optional unit: UnitOfMeasure = "unit",
    }
}

open_enum! {
    /// Choice of how a Charge Point that starts is treated: let in, to wait, or refused.
    pub enum RegistrationStatus = "RegistrationStatus" {
        Accepted = "Accepted", Pending = "Pending", Rejected = "Rejected",
    }

    /// Choice of whether a connector is in service.
    pub enum AvailabilityType = "AvailabilityType" {
        Inoperative = "Inoperative", Operative = "Operative",
    }

    /// Choice of whether a change of availability happens now, later or not.
    pub enum AvailabilityStatus = "AvailabilityStatus" {
        Accepted = "Accepted", Rejected = "Rejected", Scheduled = "Scheduled",
    }

    /// Choice of what became of a new value for a configuration key.
    pub enum ConfigurationStatus = "ConfigurationStatus" {
        Accepted = "Accepted", Rejected = "Rejected", RebootRequired = "RebootRequired",
        NotSupported = "NotSupported",
    }

    /// Choice of whether the cache was emptied.
    pub enum ClearCacheStatus = "ClearCacheStatus" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// Choice of what became of a vendor's message.
    pub enum DataTransferStatus = "DataTransferStatus" {
        Accepted = "Accepted", Rejected = "Rejected", UnknownMessageId = "UnknownMessageId",
        UnknownVendorId = "UnknownVendorId",
    }

    /// Choice of where in the Charge Point, cable or vehicle it was measured.
    pub enum Location = "Location" {
        Cable = "Cable", EV = "EV", Inlet = "Inlet", Outlet = "Outlet", Body = "Body",
    }

    /// Choice of what was measured.
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

    /// Choice of the phase or pair of conductors that was measured.
    pub enum Phase = "Phase" {
        L1 = "L1", L2 = "L2", L3 = "L3", N = "N", L1N = "L1-N", L2N = "L2-N", L3N = "L3-N", L1L2 = "L1-L2",
        L2L3 = "L2-L3", L3L1 = "L3-L1",
    }

    /// Choice of why a reading was taken.
    pub enum ReadingContext = "ReadingContext" {
        InterruptionBegin = "Interruption.Begin", InterruptionEnd = "Interruption.End",
        SampleClock = "Sample.Clock", SamplePeriodic = "Sample.Periodic",
        TransactionBegin = "Transaction.Begin", TransactionEnd = "Transaction.End", Trigger = "Trigger",
        Other = "Other",
    }

    /// Choice of units; degrees Celsius stand here in both spellings that are in use.
    pub enum UnitOfMeasure = "UnitOfMeasure" {
        Wh = "Wh", KWh = "kWh", Varh = "varh", Kvarh = "kvarh", W = "W", KW = "kW", VA = "VA", KVA = "kVA",
        Var = "var", Kvar = "kvar", A = "A", V = "V", K = "K", Celcius = "Celcius", Celsius = "Celsius",
        Fahrenheit = "Fahrenheit", Percent = "Percent",
    }

    /// Choice of whether a reading is a number or signed data.
    pub enum ValueFormat = "ValueFormat" {
        Raw = "Raw", SignedData = "SignedData",
    }

    /// Choice of whether a Charge Point follows a remote start or stop.
    pub enum RemoteStartStopStatus = "RemoteStartStopStatus" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// Choice of how to restart: at once, or after transactions are stopped in good order.
    pub enum ResetType = "ResetType" {
        Hard = "Hard", Soft = "Soft",
    }

    /// Choice of whether the Charge Point will restart.
    pub enum ResetStatus = "ResetStatus" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// Choice of errors that a Charge Point can report.
    pub enum ChargePointErrorCode = "ChargePointErrorCode" {
        ConnectorLockFailure = "ConnectorLockFailure", EVCommunicationError = "EVCommunicationError",
        GroundFailure = "GroundFailure", HighTemperature = "HighTemperature",
        InternalError = "InternalError", LocalListConflict = "LocalListConflict", NoError = "NoError",
        OtherError = "OtherError", OverCurrentFailure = "OverCurrentFailure",
        PowerMeterFailure = "PowerMeterFailure", PowerSwitchFailure = "PowerSwitchFailure",
        ReaderFailure = "ReaderFailure", ResetFailure = "ResetFailure", UnderVoltage = "UnderVoltage",
        OverVoltage = "OverVoltage", WeakSignal = "WeakSignal",
    }

    /// Choice of states of a connector; connector 0 knows three of them only.
    pub enum ChargePointStatus = "ChargePointStatus" {
        Available = "Available", Preparing = "Preparing", Charging = "Charging",
        SuspendedEVSE = "SuspendedEVSE", SuspendedEV = "SuspendedEV", Finishing = "Finishing",
        Reserved = "Reserved", Unavailable = "Unavailable", Faulted = "Faulted",
    }

    /// Choice of why a transaction ended.
    pub enum Reason = "Reason" {
        EmergencyStop = "EmergencyStop", EVDisconnected = "EVDisconnected", HardReset = "HardReset",
        Local = "Local", Other = "Other", PowerLoss = "PowerLoss", Reboot = "Reboot", Remote = "Remote",
        SoftReset = "SoftReset", UnlockCommand = "UnlockCommand", DeAuthorized = "DeAuthorized",
    }

    /// Choice of how the unlocking of a connector ended.
    pub enum UnlockStatus = "UnlockStatus" {
        Unlocked = "Unlocked", UnlockFailed = "UnlockFailed", NotSupported = "NotSupported",
    }
}
