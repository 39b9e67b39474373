//! Remote control: start, stop, trigger, unlock (block F).

use crate::types::{Integer, Text};
use crate::{message, open_enum};

use super::common::{CustomData, EVSE, IdToken, StatusInfo};
use super::common_schedules::ChargingProfile;

message! {
    /// Sent by the CSMS to start a transaction remotely, for instance from an app (F01, F02).
    pub struct RequestStartTransactionRequest = "RequestStartTransactionRequest" {
        /// EVSE to start on, 1 or higher; absent leaves the EVSE open.
        optional evse_id: Integer<1> = "evseId",
        /// Group the driver's token belongs to.
        optional group_id_token: IdToken = "groupIdToken",
        /// Token the transaction is to be started with.
        required id_token: IdToken = "idToken",
        /// Id the station repeats in `TransactionEventRequest` to link the transaction to this request.
        required remote_start_id: i32 = "remoteStartId",
        /// Charging profile to apply to the transaction being started (K05).
        optional charging_profile: ChargingProfile = "chargingProfile",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it follows the remote start (F01, F02).
    pub struct RequestStartTransactionResponse = "RequestStartTransactionResponse" {
        /// Whether the station accepts the remote start.
        required status: RequestStartStopStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Id of a transaction already running, such as after plugging in first; at most 36 characters.
        optional transaction_id: Text<36> = "transactionId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to stop a running transaction remotely (F03).
    pub struct RequestStopTransactionRequest = "RequestStopTransactionRequest" {
        /// Id of the transaction to stop, at most 36 characters.
        required transaction_id: Text<36> = "transactionId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it follows the remote stop (F03).
    pub struct RequestStopTransactionResponse = "RequestStopTransactionResponse" {
        /// Whether the station accepts the remote stop.
        required status: RequestStartStopStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to make the station send a certain message (F06).
    pub struct TriggerMessageRequest = "TriggerMessageRequest" {
        /// Limits the trigger to one EVSE or connector.
        optional evse: EVSE = "evse",
        /// Which message the station should send.
        required requested_message: MessageTrigger = "requestedMessage",
        /// Name of the message for `CustomTrigger`, at most 50 characters.
        optional custom_trigger: Text<50> = "customTrigger",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it will send the message (F06).
    pub struct TriggerMessageResponse = "TriggerMessageResponse" {
        /// Whether the asked-for message will be sent.
        required status: TriggerMessageStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to unlock a connector remotely (F05).
    pub struct UnlockConnectorRequest = "UnlockConnectorRequest" {
        /// EVSE whose connector should be unlocked, 0 or higher.
        required evse_id: Integer<0> = "evseId",
        /// Connector of that EVSE to unlock, 0 or higher.
        required connector_id: Integer<0> = "connectorId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it unlocked the connector (F05).
    pub struct UnlockConnectorResponse = "UnlockConnectorResponse" {
        /// Whether the connector is unlocked, or why not.
        required status: UnlockStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of whether a remote start or stop is accepted or rejected.
    pub enum RequestStartStopStatus = "RequestStartStopStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// Choice of messages that the CSMS can have sent.
    pub enum MessageTrigger = "MessageTriggerEnumType" {
        BootNotification = "BootNotification", LogStatusNotification = "LogStatusNotification",
        FirmwareStatusNotification = "FirmwareStatusNotification", Heartbeat = "Heartbeat",
        MeterValues = "MeterValues", SignChargingStationCertificate = "SignChargingStationCertificate",
        SignV2GCertificate = "SignV2GCertificate", SignV2G20Certificate = "SignV2G20Certificate",
        StatusNotification = "StatusNotification", TransactionEvent = "TransactionEvent",
        SignCombinedCertificate = "SignCombinedCertificate",
        PublishFirmwareStatusNotification = "PublishFirmwareStatusNotification",
        CustomTrigger = "CustomTrigger",
    }

    /// Choice of whether a triggered message will be sent, refused or is unknown.
    pub enum TriggerMessageStatus = "TriggerMessageStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", NotImplemented = "NotImplemented",
    }

    /// Choice of how unlocking ended: done, failed, in use, or unknown connector.
    pub enum UnlockStatus = "UnlockStatusEnumType" {
        Unlocked = "Unlocked", UnlockFailed = "UnlockFailed",
        OngoingAuthorizedTransaction = "OngoingAuthorizedTransaction",
        UnknownConnector = "UnknownConnector",
    }
}
