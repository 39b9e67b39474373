//! The security extension (security whitepaper, edition 3).

use alloc::boxed::Box;

use crate::types::{DateTime, List, Text};
use crate::{message, open_enum};

message! {
    /// The request of [`CertificateSigned`].
    pub struct CertificateSignedRequest = "CertificateSignedRequest" {
        /// The value of `certificateChain`.
        required certificate_chain: Text<10000> = "certificateChain",
    }

    /// The answer to [`CertificateSigned`].
    pub struct CertificateSignedResponse = "CertificateSignedResponse" {
        /// The value of `status`.
        required status: CertificateSignedStatus = "status",
    }

    /// The request of [`DeleteCertificate`].
    pub struct DeleteCertificateRequest = "DeleteCertificateRequest" {
        /// The value of `certificateHashData`.
        required certificate_hash_data: CertificateHashData = "certificateHashData",
    }

    /// The answer to [`DeleteCertificate`].
    pub struct DeleteCertificateResponse = "DeleteCertificateResponse" {
        /// The value of `status`.
        required status: DeleteCertificateStatus = "status",
    }

    /// The request of [`ExtendedTriggerMessage`].
    pub struct ExtendedTriggerMessageRequest = "ExtendedTriggerMessageRequest" {
        /// The value of `requestedMessage`.
        required requested_message: MessageTriggerKind = "requestedMessage",
        /// The value of `connectorId`.
        optional connector_id: i32 = "connectorId",
    }

    /// The answer to [`ExtendedTriggerMessage`].
    pub struct ExtendedTriggerMessageResponse = "ExtendedTriggerMessageResponse" {
        /// The value of `status`.
        required status: TriggerMessageStatusKind = "status",
    }

    /// The request of [`GetInstalledCertificateIds`].
    pub struct GetInstalledCertificateIdsRequest = "GetInstalledCertificateIdsRequest" {
        /// The value of `certificateType`.
        required certificate_type: CertificateUse = "certificateType",
    }

    /// The answer to [`GetInstalledCertificateIds`].
    pub struct GetInstalledCertificateIdsResponse = "GetInstalledCertificateIdsResponse" {
        /// The value of `certificateHashData`.
        optional certificate_hash_data: List<CertificateHashData> = "certificateHashData",
        /// The value of `status`.
        required status: GetInstalledCertificateStatus = "status",
    }

    /// The request of [`GetLog`].
    pub struct GetLogRequest = "GetLogRequest" {
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
        /// The value of `status`.
        required status: LogStatus = "status",
        /// The value of `filename`.
        optional filename: Text<255> = "filename",
    }

    /// The request of [`InstallCertificate`].
    pub struct InstallCertificateRequest = "InstallCertificateRequest" {
        /// The value of `certificateType`.
        required certificate_type: CertificateUse = "certificateType",
        /// The value of `certificate`.
        required certificate: Text<5500> = "certificate",
    }

    /// The answer to [`InstallCertificate`].
    pub struct InstallCertificateResponse = "InstallCertificateResponse" {
        /// The value of `status`.
        required status: InstallCertificateStatus = "status",
    }

    /// The request of [`LogStatusNotification`].
    pub struct LogStatusNotificationRequest = "LogStatusNotificationRequest" {
        /// The value of `status`.
        required status: UploadLogStatus = "status",
        /// The value of `requestId`.
        optional request_id: i32 = "requestId",
    }

    /// The answer to [`LogStatusNotification`].
    pub struct LogStatusNotificationResponse = "LogStatusNotificationResponse" {
    }

    /// The request of [`SecurityEventNotification`].
    pub struct SecurityEventNotificationRequest = "SecurityEventNotificationRequest" {
        /// The value of `type`.
        required kind: Text<50> = "type",
        /// The value of `timestamp`.
        required timestamp: DateTime = "timestamp",
        /// The value of `techInfo`.
        optional tech_info: Text<255> = "techInfo",
    }

    /// The answer to [`SecurityEventNotification`].
    pub struct SecurityEventNotificationResponse = "SecurityEventNotificationResponse" {
    }

    /// The request of [`SignCertificate`].
    pub struct SignCertificateRequest = "SignCertificateRequest" {
        /// The value of `csr`.
        required csr: Text<5500> = "csr",
    }

    /// The answer to [`SignCertificate`].
    pub struct SignCertificateResponse = "SignCertificateResponse" {
        /// The value of `status`.
        required status: GenericStatus = "status",
    }

    /// The request of [`SignedFirmwareStatusNotification`].
    pub struct SignedFirmwareStatusNotificationRequest = "SignedFirmwareStatusNotificationRequest" {
        /// The value of `status`.
        required status: FirmwareStatusKind = "status",
        /// The value of `requestId`.
        optional request_id: i32 = "requestId",
    }

    /// The answer to [`SignedFirmwareStatusNotification`].
    pub struct SignedFirmwareStatusNotificationResponse = "SignedFirmwareStatusNotificationResponse" {
    }

    /// The request of [`SignedUpdateFirmware`].
    pub struct SignedUpdateFirmwareRequest = "SignedUpdateFirmwareRequest" {
        /// The value of `retries`.
        optional retries: i32 = "retries",
        /// The value of `retryInterval`.
        optional retry_interval: i32 = "retryInterval",
        /// The value of `requestId`.
        required request_id: i32 = "requestId",
        /// The value of `firmware`.
        required firmware: Firmware = "firmware",
    }

    /// The answer to [`SignedUpdateFirmware`].
    pub struct SignedUpdateFirmwareResponse = "SignedUpdateFirmwareResponse" {
        /// The value of `status`.
        required status: UpdateFirmwareStatus = "status",
    }

    /// Part of a message.
    pub struct CertificateHashData = "CertificateHashDataType" {
        /// The value of `hashAlgorithm`.
        required hash_algorithm: HashAlgorithm = "hashAlgorithm",
        /// The value of `issuerNameHash`.
        required issuer_name_hash: Text<128> = "issuerNameHash",
        /// The value of `issuerKeyHash`.
        required issuer_key_hash: Text<128> = "issuerKeyHash",
        /// The value of `serialNumber`.
        required serial_number: Text<40> = "serialNumber",
    }

    /// Part of a message.
    pub struct LogParameters = "LogParametersType" {
        /// The value of `remoteLocation`.
        required remote_location: Text<512> = "remoteLocation",
        /// The value of `oldestTimestamp`.
        optional oldest_timestamp: DateTime = "oldestTimestamp",
        /// The value of `latestTimestamp`.
        optional latest_timestamp: DateTime = "latestTimestamp",
    }

    /// Part of a message.
    pub struct Firmware = "FirmwareType" {
        /// The value of `location`.
        required location: Text<512> = "location",
        /// The value of `retrieveDateTime`.
        required retrieve_date_time: DateTime = "retrieveDateTime",
        /// The value of `installDateTime`.
        optional install_date_time: DateTime = "installDateTime",
        /// The value of `signingCertificate`.
        required signing_certificate: Text<5500> = "signingCertificate",
        /// The value of `signature`.
        required signature: Text<800> = "signature",
    }
}

open_enum! {
    /// One of the values that the specification names.
    pub enum CertificateSignedStatus = "CertificateSignedStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// One of the values that the specification names.
    pub enum DeleteCertificateStatus = "DeleteCertificateStatusEnumType" {
        Accepted = "Accepted", Failed = "Failed", NotFound = "NotFound",
    }

    /// One of the values that the specification names.
    pub enum HashAlgorithm = "HashAlgorithmEnumType" {
        SHA256 = "SHA256", SHA384 = "SHA384", SHA512 = "SHA512",
    }

    /// One of the values that the specification names.
    pub enum MessageTriggerKind = "MessageTriggerEnumType" {
        BootNotification = "BootNotification", LogStatusNotification = "LogStatusNotification",
        FirmwareStatusNotification = "FirmwareStatusNotification", Heartbeat = "Heartbeat",
        MeterValues = "MeterValues", SignChargePointCertificate = "SignChargePointCertificate",
        StatusNotification = "StatusNotification",
    }

    /// One of the values that the specification names.
    pub enum TriggerMessageStatusKind = "TriggerMessageStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", NotImplemented = "NotImplemented",
    }

    /// One of the values that the specification names.
    pub enum CertificateUse = "CertificateUseEnumType" {
        CentralSystemRootCertificate = "CentralSystemRootCertificate",
        ManufacturerRootCertificate = "ManufacturerRootCertificate",
    }

    /// One of the values that the specification names.
    pub enum GetInstalledCertificateStatus = "GetInstalledCertificateStatusEnumType" {
        Accepted = "Accepted", NotFound = "NotFound",
    }

    /// One of the values that the specification names.
    pub enum Log = "LogEnumType" {
        DiagnosticsLog = "DiagnosticsLog", SecurityLog = "SecurityLog",
    }

    /// One of the values that the specification names.
    pub enum LogStatus = "LogStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", AcceptedCanceled = "AcceptedCanceled",
    }

    /// One of the values that the specification names.
    pub enum InstallCertificateStatus = "InstallCertificateStatusEnumType" {
        Accepted = "Accepted", Failed = "Failed", Rejected = "Rejected",
    }

    /// One of the values that the specification names.
    pub enum UploadLogStatus = "UploadLogStatusEnumType" {
        BadMessage = "BadMessage", Idle = "Idle", NotSupportedOperation = "NotSupportedOperation",
        PermissionDenied = "PermissionDenied", Uploaded = "Uploaded", UploadFailure = "UploadFailure",
        Uploading = "Uploading",
    }

    /// One of the values that the specification names.
    pub enum GenericStatus = "GenericStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// One of the values that the specification names.
    pub enum FirmwareStatusKind = "FirmwareStatusEnumType" {
        Downloaded = "Downloaded", DownloadFailed = "DownloadFailed", Downloading = "Downloading",
        DownloadScheduled = "DownloadScheduled", DownloadPaused = "DownloadPaused", Idle = "Idle",
        InstallationFailed = "InstallationFailed", Installing = "Installing", Installed = "Installed",
        InstallRebooting = "InstallRebooting", InstallScheduled = "InstallScheduled",
        InstallVerificationFailed = "InstallVerificationFailed", InvalidSignature = "InvalidSignature",
        SignatureVerified = "SignatureVerified",
    }

    /// One of the values that the specification names.
    pub enum UpdateFirmwareStatus = "UpdateFirmwareStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", AcceptedCanceled = "AcceptedCanceled",
        InvalidCertificate = "InvalidCertificate", RevokedCertificate = "RevokedCertificate",
    }
}
