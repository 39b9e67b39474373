//! Logs and customer information (block N).

use alloc::boxed::Box;

use crate::types::{DateTime, Text};
use crate::{message, open_enum};

use super::common::{CertificateHashData, CustomData, IdToken, StatusInfo};

message! {
    /// The request of [`GetLog`].
    pub struct GetLogRequest = "GetLogRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `log`.
        required log: LogParameters = "log",
        /// The value of `logType`.
        required log_type: Log = "logType",
        /// The value of `requestId`.
        required request_id: i32 = "requestId",
        /// The value of `retries`.
        optional retries: i32 = "retries",
        /// The value of `retryInterval`.
        optional retry_interval: i32 = "retryInterval",
    }

    /// The answer to [`GetLog`].
    pub struct GetLogResponse = "GetLogResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: LogStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// The value of `filename`.
        optional filename: Text<255> = "filename",
    }

    /// The request of [`LogStatusNotification`].
    pub struct LogStatusNotificationRequest = "LogStatusNotificationRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: UploadLogStatus = "status",
        /// The value of `requestId`.
        optional request_id: i32 = "requestId",
    }

    /// The answer to [`LogStatusNotification`].
    pub struct LogStatusNotificationResponse = "LogStatusNotificationResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to read or wipe data about a customer (N09, N10).
    pub struct CustomerInformationRequest = "CustomerInformationRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Customer told by certificate; only one way to name the customer is needed.
        optional customer_certificate: CertificateHashData = "customerCertificate",
        /// Customer told by token; only one way to name the customer is needed.
        optional id_token: IdToken = "idToken",
        /// Id repeated in the `NotifyCustomerInformationRequest` messages that follow.
        required request_id: i32 = "requestId",
        /// True to get the data sent to the CSMS.
        required report: bool = "report",
        /// True to delete the data from the station.
        required clear: bool = "clear",
        /// Customer told by some other name, at most 64 characters.
        optional customer_identifier: Text<64> = "customerIdentifier",
    }

    /// Sent by the Charging Station to say whether it will report or wipe the data (N09, N10).
    pub struct CustomerInformationResponse = "CustomerInformationResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// `Invalid` when the request names no customer.
        required status: CustomerInformationStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
    }

    /// The request of [`NotifyCustomerInformation`].
    pub struct NotifyCustomerInformationRequest = "NotifyCustomerInformationRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `data`.
        required data: Text<512> = "data",
        /// The value of `tbc`.
        optional tbc: bool = "tbc",
        /// The value of `seqNo`.
        required seq_no: i32 = "seqNo",
        /// The value of `generatedAt`.
        required generated_at: DateTime = "generatedAt",
        /// The value of `requestId`.
        required request_id: i32 = "requestId",
    }

    /// The answer to [`NotifyCustomerInformation`].
    pub struct NotifyCustomerInformationResponse = "NotifyCustomerInformationResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct LogParameters = "LogParametersType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `remoteLocation`.
        required remote_location: Text<512> = "remoteLocation",
        /// The value of `oldestTimestamp`.
        optional oldest_timestamp: DateTime = "oldestTimestamp",
        /// The value of `latestTimestamp`.
        optional latest_timestamp: DateTime = "latestTimestamp",
    }
}

open_enum! {
    /// One of the values that the specification names.
    pub enum Log = "LogEnumType" {
        DiagnosticsLog = "DiagnosticsLog", SecurityLog = "SecurityLog",
    }

    /// One of the values that the specification names.
    pub enum LogStatus = "LogStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", AcceptedCanceled = "AcceptedCanceled",
    }

    /// Choice of how far a log upload has come, or why it failed.
    pub enum UploadLogStatus = "UploadLogStatusEnumType" {
        BadMessage = "BadMessage", Idle = "Idle", NotSupportedOperation = "NotSupportedOperation",
        PermissionDenied = "PermissionDenied", Uploaded = "Uploaded", UploadFailure = "UploadFailure",
        Uploading = "Uploading", AcceptedCanceled = "AcceptedCanceled",
    }

    /// Choice of whether a request for customer data is taken on.
    pub enum CustomerInformationStatus = "CustomerInformationStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", Invalid = "Invalid",
    }
}
