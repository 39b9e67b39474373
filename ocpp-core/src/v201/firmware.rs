//! Firmware (block L).

use alloc::boxed::Box;

use crate::types::{DateTime, List, Text};
use crate::{message, open_enum};

use super::common::{CustomData, GenericStatus, StatusInfo};

message! {
    /// Sent by the CSMS to have new firmware fetched and installed (L01, L02).
    pub struct UpdateFirmwareRequest = "UpdateFirmwareRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// How often to retry the download; 0 is never, absent leaves it to the station.
        optional retries: i32 = "retries",
        /// Wait between download tries, in s; absent leaves it to the station.
        optional retry_interval: i32 = "retryInterval",
        /// Id of this update, repeated in the firmware status messages.
        required request_id: i32 = "requestId",
        /// Where the firmware is, when to install it, and its signature.
        required firmware: Firmware = "firmware",
    }

    /// Sent by the Charging Station to say whether it takes on the update (L01, L02).
    pub struct UpdateFirmwareResponse = "UpdateFirmwareResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Whether the update is accepted, or why it is refused.
        required status: UpdateFirmwareStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
    }

    /// The request of [`FirmwareStatusNotification`].
    pub struct FirmwareStatusNotificationRequest = "FirmwareStatusNotificationRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: FirmwareStatus = "status",
        /// The value of `requestId`.
        optional request_id: i32 = "requestId",
    }

    /// The answer to [`FirmwareStatusNotification`].
    pub struct FirmwareStatusNotificationResponse = "FirmwareStatusNotificationResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`PublishFirmware`].
    pub struct PublishFirmwareRequest = "PublishFirmwareRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `location`.
        required location: Text<512> = "location",
        /// The value of `retries`.
        optional retries: i32 = "retries",
        /// The value of `checksum`.
        required checksum: Text<32> = "checksum",
        /// The value of `requestId`.
        required request_id: i32 = "requestId",
        /// The value of `retryInterval`.
        optional retry_interval: i32 = "retryInterval",
    }

    /// The answer to [`PublishFirmware`].
    pub struct PublishFirmwareResponse = "PublishFirmwareResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: GenericStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
    }

    /// The request of [`PublishFirmwareStatusNotification`].
    pub struct PublishFirmwareStatusNotificationRequest = "PublishFirmwareStatusNotificationRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: PublishFirmwareStatus = "status",
        /// The value of `location`.
        optional location: List<Text<512>> = "location",
        /// The value of `requestId`.
        optional request_id: i32 = "requestId",
    }

    /// The answer to [`PublishFirmwareStatusNotification`].
    pub struct PublishFirmwareStatusNotificationResponse = "PublishFirmwareStatusNotificationResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to make a Local Controller stop offering a firmware file (L04).
    pub struct UnpublishFirmwareRequest = "UnpublishFirmwareRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// MD5 of the whole firmware file, as 32 hexadecimal digits.
        required checksum: Text<32> = "checksum",
    }

    /// Sent by the Local Controller to say whether it withdrew the firmware (L04).
    pub struct UnpublishFirmwareResponse = "UnpublishFirmwareResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Whether the firmware was withdrawn.
        required status: UnpublishFirmwareStatus = "status",
    }

    /// Part of a message.
    pub struct Firmware = "FirmwareType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `location`.
        required location: Text<512> = "location",
        /// The value of `retrieveDateTime`.
        required retrieve_date_time: DateTime = "retrieveDateTime",
        /// The value of `installDateTime`.
        optional install_date_time: DateTime = "installDateTime",
        /// The value of `signingCertificate`.
        optional signing_certificate: Text<5500> = "signingCertificate",
        /// The value of `signature`.
        optional signature: Text<800> = "signature",
    }
}

open_enum! {
    /// Choice of how a firmware update request was received, including certificate problems.
    pub enum UpdateFirmwareStatus = "UpdateFirmwareStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", AcceptedCanceled = "AcceptedCanceled",
        InvalidCertificate = "InvalidCertificate", RevokedCertificate = "RevokedCertificate",
    }

    /// One of the values that the specification names.
    pub enum FirmwareStatus = "FirmwareStatusEnumType" {
        Downloaded = "Downloaded", DownloadFailed = "DownloadFailed", Downloading = "Downloading",
        DownloadScheduled = "DownloadScheduled", DownloadPaused = "DownloadPaused", Idle = "Idle",
        InstallationFailed = "InstallationFailed", Installing = "Installing", Installed = "Installed",
        InstallRebooting = "InstallRebooting", InstallScheduled = "InstallScheduled",
        InstallVerificationFailed = "InstallVerificationFailed", InvalidSignature = "InvalidSignature",
        SignatureVerified = "SignatureVerified",
    }

    /// One of the values that the specification names.
    pub enum PublishFirmwareStatus = "PublishFirmwareStatusEnumType" {
        Idle = "Idle", DownloadScheduled = "DownloadScheduled", Downloading = "Downloading",
        Downloaded = "Downloaded", Published = "Published", DownloadFailed = "DownloadFailed",
        DownloadPaused = "DownloadPaused", InvalidChecksum = "InvalidChecksum",
        ChecksumVerified = "ChecksumVerified", PublishFailed = "PublishFailed",
    }

    /// Choice of how withdrawing firmware ended: done, still downloading, or no such file.
    pub enum UnpublishFirmwareStatus = "UnpublishFirmwareStatusEnumType" {
        DownloadOngoing = "DownloadOngoing", NoFirmware = "NoFirmware", Unpublished = "Unpublished",
    }
}
