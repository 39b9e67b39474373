//! Logs and customer information (block N).

use crate::types::{DateTime, Text};
use crate::{message, open_enum};

use super::common::{CertificateHashData, CustomData, IdToken, StatusInfo};

message! {
    /// Sent by the CSMS to have a log uploaded (N01).
    pub struct GetLogRequest = "GetLogRequest" {
        /// Where to upload to, and what time to cover.
        required log: LogParameters = "log",
        /// Which log to upload.
        required log_type: Log = "logType",
        /// Id that the progress messages repeat.
        required request_id: i32 = "requestId",
        /// How many times to try again after a failure; the station decides when absent.
        optional retries: i32 = "retries",
        /// Wait in s between tries; the station decides when absent.
        optional retry_interval: i32 = "retryInterval",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it will upload the log (N01).
    pub struct GetLogResponse = "GetLogResponse" {
        /// Whether the upload begins; an upload under way can be dropped for it.
        required status: LogStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Name of the file, at most 255 characters; absent when there is nothing to upload.
        optional filename: Text<255> = "filename",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station about the progress of a log upload (N01).
    pub struct LogStatusNotificationRequest = "LogStatusNotificationRequest" {
        /// How far the upload is.
        required status: UploadLogStatus = "status",
        /// Id of the request that began it; absent only when triggered without an upload.
        optional request_id: i32 = "requestId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the progress; carries no data (N01).
    pub struct LogStatusNotificationResponse = "LogStatusNotificationResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to read or wipe data about a customer (N09, N10).
    pub struct CustomerInformationRequest = "CustomerInformationRequest" {
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
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it will report or wipe the data (N09, N10).
    pub struct CustomerInformationResponse = "CustomerInformationResponse" {
        /// `Invalid` when the request names no customer.
        required status: CustomerInformationStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with a part of the data about a customer (N09).
    pub struct NotifyCustomerInformationRequest = "NotifyCustomerInformationRequest" {
        /// Part of the data, in words for people, at most 512 characters.
        required data: Text<512> = "data",
        /// True when another part follows.
        optional tbc: bool = "tbc",
        /// Number of the part; the first is 0.
        required seq_no: i32 = "seqNo",
        /// Moment the message was made.
        required generated_at: DateTime = "generatedAt",
        /// Id of the request that asked for it.
        required request_id: i32 = "requestId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the part; carries no data (N09).
    pub struct NotifyCustomerInformationResponse = "NotifyCustomerInformationResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Where a log is uploaded to, and what time it covers.
    pub struct LogParameters = "LogParametersType" {
        /// URL to upload to, at most 512 characters.
        required remote_location: Text<512> = "remoteLocation",
        /// Earliest moment the log covers.
        optional oldest_timestamp: DateTime = "oldestTimestamp",
        /// Latest moment the log covers.
        optional latest_timestamp: DateTime = "latestTimestamp",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of which log to upload.
    pub enum Log = "LogEnumType" {
        DiagnosticsLog = "DiagnosticsLog", SecurityLog = "SecurityLog",
    }

    /// Choice of whether a log will be uploaded.
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
