//! The security extension (security whitepaper, edition 3).

use crate::types::{DateTime, List, Text};
use crate::{message, open_enum};

message! {
    /// Sent by the Central System with the signed certificate of the Charge Point (A02, A03).
    pub struct CertificateSignedRequest = "CertificateSignedRequest" {
        /// Certificate and its chain in PEM, leaf first, at most 10000 characters.
        required certificate_chain: Text<10000> = "certificateChain",
    }

    /// Sent by the Charge Point to say whether it will use the certificate (A02, A03).
    pub struct CertificateSignedResponse = "CertificateSignedResponse" {
        /// `Rejected` when the certificate is not valid.
        required status: CertificateSignedStatus = "status",
    }

    /// Sent by the Central System to remove a certificate from the Charge Point (M04).
    pub struct DeleteCertificateRequest = "DeleteCertificateRequest" {
        /// Hashes that name the certificate.
        required certificate_hash_data: CertificateHashData = "certificateHashData",
    }

    /// Sent by the Charge Point to say whether the certificate is gone (M04).
    pub struct DeleteCertificateResponse = "DeleteCertificateResponse" {
        /// Whether the certificate is gone.
        required status: DeleteCertificateStatus = "status",
    }

    /// Sent by the Central System to have a message sent now, those of security included (A02, L01, N01).
    pub struct ExtendedTriggerMessageRequest = "ExtendedTriggerMessageRequest" {
        /// Message to send.
        required requested_message: MessageTriggerKind = "requestedMessage",
        /// Connector the message is about, above 0; all of them when absent.
        optional connector_id: i32 = "connectorId",
    }

    /// Sent by the Charge Point to say whether it will send the message (A02, L01, N01).
    pub struct ExtendedTriggerMessageResponse = "ExtendedTriggerMessageResponse" {
        /// Whether the message will be sent.
        required status: TriggerMessageStatusKind = "status",
    }

    /// Sent by the Central System to list the installed root certificates (M03).
    pub struct GetInstalledCertificateIdsRequest = "GetInstalledCertificateIdsRequest" {
        /// Kind of certificates to list.
        required certificate_type: CertificateUse = "certificateType",
    }

    /// Sent by the Charge Point with the hashes of its root certificates (M03).
    pub struct GetInstalledCertificateIdsResponse = "GetInstalledCertificateIdsResponse" {
        /// Hashes of each certificate of that kind.
        optional certificate_hash_data: List<CertificateHashData> = "certificateHashData",
        /// `NotFound` when there is no certificate of that kind.
        required status: GetInstalledCertificateStatus = "status",
    }

    /// Sent by the Central System to have a log uploaded (N01).
    pub struct GetLogRequest = "GetLogRequest" {
        /// Where to upload to, and what time to cover.
        required log: LogParameters = "log",
        /// Which log to upload.
        required log_type: Log = "logType",
        /// Id that the progress messages repeat.
        required request_id: i32 = "requestId",
        /// How many times to try again after a failure; the Charge Point decides when absent.
        optional retries: i32 = "retries",
        /// Wait in s between tries; the Charge Point decides when absent.
        optional retry_interval: i32 = "retryInterval",
    }

    /// Sent by the Charge Point to say whether it will upload the log (N01).
    pub struct GetLogResponse = "GetLogResponse" {
        /// Whether the upload begins; an upload under way can be dropped for it.
        required status: LogStatus = "status",
        /// Name of the file, at most 255 characters; absent when there is nothing to upload.
        optional filename: Text<255> = "filename",
    }

    /// Sent by the Central System to add a root certificate (M05).
    pub struct InstallCertificateRequest = "InstallCertificateRequest" {
        /// What the certificate is used for.
        required certificate_type: CertificateUse = "certificateType",
        /// Certificate in PEM, at most 5500 characters.
        required certificate: Text<5500> = "certificate",
    }

    /// Sent by the Charge Point to say whether the certificate is installed (M05).
    pub struct InstallCertificateResponse = "InstallCertificateResponse" {
        /// Whether the certificate is installed.
        required status: InstallCertificateStatus = "status",
    }

    /// Sent by the Charge Point about the progress of a log upload (N01).
    pub struct LogStatusNotificationRequest = "LogStatusNotificationRequest" {
        /// How far the upload is.
        required status: UploadLogStatus = "status",
        /// Id of the request that began it; absent when triggered without an upload.
        optional request_id: i32 = "requestId",
    }

    /// Sent by the Central System to confirm the progress; carries no data (N01).
    pub struct LogStatusNotificationResponse = "LogStatusNotificationResponse" {}

    /// Sent by the Charge Point when something happened that matters for security (A04).
    pub struct SecurityEventNotificationRequest = "SecurityEventNotificationRequest" {
        /// Kind of event, at most 50 characters; the whitepaper lists the usual ones.
        required kind: Text<50> = "type",
        /// Moment of the event.
        required timestamp: DateTime = "timestamp",
        /// Further details, at most 255 characters.
        optional tech_info: Text<255> = "techInfo",
    }

    /// Sent by the Central System to confirm the event; carries no data (A04).
    pub struct SecurityEventNotificationResponse = "SecurityEventNotificationResponse" {}

    /// Sent by the Charge Point to have its new certificate signed (A02, A03).
    pub struct SignCertificateRequest = "SignCertificateRequest" {
        /// Signing request in PEM (PKCS#10), at most 5500 characters.
        required csr: Text<5500> = "csr",
    }

    /// Sent by the Central System to say whether it handles the signing request (A02, A03).
    pub struct SignCertificateResponse = "SignCertificateResponse" {
        /// Whether the request will be handled; the certificate comes in a message of its own.
        required status: GenericStatus = "status",
    }

    /// Sent by the Charge Point about the progress of a signed firmware update (L01).
    pub struct SignedFirmwareStatusNotificationRequest = "SignedFirmwareStatusNotificationRequest" {
        /// How far the update is.
        required status: FirmwareStatusKind = "status",
        /// Id of the request that began it; absent when triggered without an update.
        optional request_id: i32 = "requestId",
    }

    /// Sent by the Central System to confirm the progress; carries no data (L01).
    pub struct SignedFirmwareStatusNotificationResponse = "SignedFirmwareStatusNotificationResponse" {}

    /// Sent by the Central System to have signed firmware installed (L01).
    pub struct SignedUpdateFirmwareRequest = "SignedUpdateFirmwareRequest" {
        /// How many times to try again after a failure; the Charge Point decides when absent.
        optional retries: i32 = "retries",
        /// Wait in s between tries; the Charge Point decides when absent.
        optional retry_interval: i32 = "retryInterval",
        /// Id that the progress messages repeat.
        required request_id: i32 = "requestId",
        /// The firmware and its signature.
        required firmware: Firmware = "firmware",
    }

    /// Sent by the Charge Point to say whether it will update (L01).
    pub struct SignedUpdateFirmwareResponse = "SignedUpdateFirmwareResponse" {
        /// Whether the update begins, or why not.
        required status: UpdateFirmwareStatus = "status",
    }

    /// Hashes that name a certificate without giving it.
    pub struct CertificateHashData = "CertificateHashDataType" {
        /// Algorithm of both hashes.
        required hash_algorithm: HashAlgorithm = "hashAlgorithm",
        /// Hash of the issuer's name, at most 128 characters.
        required issuer_name_hash: Text<128> = "issuerNameHash",
        /// Hash of the issuer's public key, at most 128 characters.
        required issuer_key_hash: Text<128> = "issuerKeyHash",
        /// Serial number in hexadecimal, at most 40 characters.
        required serial_number: Text<40> = "serialNumber",
    }

    /// Where a log is uploaded to, and what time it covers.
    pub struct LogParameters = "LogParametersType" {
        /// URL to upload to, at most 512 characters.
        required remote_location: Text<512> = "remoteLocation",
        /// Earliest moment the log covers.
        optional oldest_timestamp: DateTime = "oldestTimestamp",
        /// Latest moment the log covers.
        optional latest_timestamp: DateTime = "latestTimestamp",
    }

    /// Firmware with the signature of its maker.
    pub struct Firmware = "FirmwareType" {
        /// URL of the firmware, at most 512 characters.
        required location: Text<512> = "location",
        /// Moment from which the firmware may be fetched.
        required retrieve_date_time: DateTime = "retrieveDateTime",
        /// Moment from which it may be installed; at once when absent.
        optional install_date_time: DateTime = "installDateTime",
        /// Certificate of the signer in PEM, at most 5500 characters.
        required signing_certificate: Text<5500> = "signingCertificate",
        /// Signature in Base64, at most 800 characters.
        required signature: Text<800> = "signature",
    }
}

open_enum! {
    /// Choice of whether a signed certificate will be used.
    pub enum CertificateSignedStatus = "CertificateSignedStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// Choice of whether a certificate was removed, kept or not found.
    pub enum DeleteCertificateStatus = "DeleteCertificateStatusEnumType" {
        Accepted = "Accepted", Failed = "Failed", NotFound = "NotFound",
    }

    /// Choice of the algorithm behind a hash.
    pub enum HashAlgorithm = "HashAlgorithmEnumType" {
        SHA256 = "SHA256", SHA384 = "SHA384", SHA512 = "SHA512",
    }

    /// Choice of messages that the Central System can have sent, those of security included.
    pub enum MessageTriggerKind = "MessageTriggerEnumType" {
        BootNotification = "BootNotification", LogStatusNotification = "LogStatusNotification",
        FirmwareStatusNotification = "FirmwareStatusNotification", Heartbeat = "Heartbeat",
        MeterValues = "MeterValues", SignChargePointCertificate = "SignChargePointCertificate",
        StatusNotification = "StatusNotification",
    }

    /// Choice of whether a message that was asked for will be sent.
    pub enum TriggerMessageStatusKind = "TriggerMessageStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", NotImplemented = "NotImplemented",
    }

    /// Choice of what a root certificate is used for.
    pub enum CertificateUse = "CertificateUseEnumType" {
        CentralSystemRootCertificate = "CentralSystemRootCertificate",
        ManufacturerRootCertificate = "ManufacturerRootCertificate",
    }

    /// Choice of whether any certificate of the kind was found.
    pub enum GetInstalledCertificateStatus = "GetInstalledCertificateStatusEnumType" {
        Accepted = "Accepted", NotFound = "NotFound",
    }

    /// Choice of which log to upload.
    pub enum Log = "LogEnumType" {
        DiagnosticsLog = "DiagnosticsLog", SecurityLog = "SecurityLog",
    }

    /// Choice of whether a log will be uploaded.
    pub enum LogStatus = "LogStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", AcceptedCanceled = "AcceptedCanceled",
    }

    /// Choice of how the installation of a certificate ended.
    pub enum InstallCertificateStatus = "InstallCertificateStatusEnumType" {
        Accepted = "Accepted", Failed = "Failed", Rejected = "Rejected",
    }

    /// Choice of how far the upload of a log is.
    pub enum UploadLogStatus = "UploadLogStatusEnumType" {
        BadMessage = "BadMessage", Idle = "Idle", NotSupportedOperation = "NotSupportedOperation",
        PermissionDenied = "PermissionDenied", Uploaded = "Uploaded", UploadFailure = "UploadFailure",
        Uploading = "Uploading",
    }

    /// Choice of whether a request is taken on.
    pub enum GenericStatus = "GenericStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// Choice of how far a signed firmware update is.
    pub enum FirmwareStatusKind = "FirmwareStatusEnumType" {
        Downloaded = "Downloaded", DownloadFailed = "DownloadFailed", Downloading = "Downloading",
        DownloadScheduled = "DownloadScheduled", DownloadPaused = "DownloadPaused", Idle = "Idle",
        InstallationFailed = "InstallationFailed", Installing = "Installing", Installed = "Installed",
        InstallRebooting = "InstallRebooting", InstallScheduled = "InstallScheduled",
        InstallVerificationFailed = "InstallVerificationFailed", InvalidSignature = "InvalidSignature",
        SignatureVerified = "SignatureVerified",
    }

    /// Choice of whether a signed firmware update begins, or why not.
    pub enum UpdateFirmwareStatus = "UpdateFirmwareStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", AcceptedCanceled = "AcceptedCanceled",
        InvalidCertificate = "InvalidCertificate", RevokedCertificate = "RevokedCertificate",
    }
}
