//! Firmware (block L).

use crate::types::{DateTime, List, Text};
use crate::{message, open_enum};

use super::common::{CustomData, GenericStatus, StatusInfo};

message! {
    /// Sent by the CSMS to have new firmware fetched and installed (L01, L02).
    pub struct UpdateFirmwareRequest = "UpdateFirmwareRequest" {
        /// How often to retry the download; 0 is never, absent leaves it to the station.
        optional retries: i32 = "retries",
        /// Wait between download tries, in s; absent leaves it to the station.
        optional retry_interval: i32 = "retryInterval",
        /// Id of this update, repeated in the firmware status messages.
        required request_id: i32 = "requestId",
        /// Where the firmware is, when to install it, and its signature.
        required firmware: Firmware = "firmware",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it takes on the update (L01, L02).
    pub struct UpdateFirmwareResponse = "UpdateFirmwareResponse" {
        /// Whether the update is accepted, or why it is refused.
        required status: UpdateFirmwareStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station about the progress of a firmware update (L01, L02).
    pub struct FirmwareStatusNotificationRequest = "FirmwareStatusNotificationRequest" {
        /// How far the update is.
        required status: FirmwareStatus = "status",
        /// Id of the request that began it; absent only when triggered without an update.
        optional request_id: i32 = "requestId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the progress; carries no data (L01, L02).
    pub struct FirmwareStatusNotificationResponse = "FirmwareStatusNotificationResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to a Local Controller to offer firmware on its own network (L03).
    pub struct PublishFirmwareRequest = "PublishFirmwareRequest" {
        /// URI to fetch the firmware from, at most 512 characters.
        required location: Text<512> = "location",
        /// How many times to try again after a failure; the controller decides when absent.
        optional retries: i32 = "retries",
        /// MD5 of the firmware file, as 32 hexadecimal digits.
        required checksum: Text<32> = "checksum",
        /// Id that the progress messages repeat.
        required request_id: i32 = "requestId",
        /// Wait in s between tries; the controller decides when absent.
        optional retry_interval: i32 = "retryInterval",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Local Controller to say whether it will publish the firmware (L03).
    pub struct PublishFirmwareResponse = "PublishFirmwareResponse" {
        /// Whether the firmware will be published.
        required status: GenericStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Local Controller about the progress of publishing firmware (L03).
    pub struct PublishFirmwareStatusNotificationRequest = "PublishFirmwareStatusNotificationRequest" {
        /// How far the publishing is.
        required status: PublishFirmwareStatus = "status",
        /// URIs to fetch the firmware from; required once it is published.
        optional location: List<Text<512>> = "location",
        /// Id of the request that began it.
        optional request_id: i32 = "requestId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the progress; carries no data (L03).
    pub struct PublishFirmwareStatusNotificationResponse = "PublishFirmwareStatusNotificationResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to make a Local Controller stop offering a firmware file (L04).
    pub struct UnpublishFirmwareRequest = "UnpublishFirmwareRequest" {
        /// MD5 of the whole firmware file, as 32 hexadecimal digits.
        required checksum: Text<32> = "checksum",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Local Controller to say whether it withdrew the firmware (L04).
    pub struct UnpublishFirmwareResponse = "UnpublishFirmwareResponse" {
        /// Whether the firmware was withdrawn.
        required status: UnpublishFirmwareStatus = "status",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Firmware to install, and when.
    pub struct Firmware = "FirmwareType" {
        /// URI of the firmware, at most 512 characters.
        required location: Text<512> = "location",
        /// Moment from which the firmware may be fetched.
        required retrieve_date_time: DateTime = "retrieveDateTime",
        /// Moment from which it may be installed; at once when absent.
        optional install_date_time: DateTime = "installDateTime",
        /// Certificate of the signer in PEM, at most 5500 characters.
        optional signing_certificate: Text<5500> = "signingCertificate",
        /// Signature in Base64, at most 800 characters.
        optional signature: Text<800> = "signature",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of how a firmware update request was received, including certificate problems.
    pub enum UpdateFirmwareStatus = "UpdateFirmwareStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", AcceptedCanceled = "AcceptedCanceled",
        InvalidCertificate = "InvalidCertificate", RevokedCertificate = "RevokedCertificate",
    }

    /// Choice of how far a firmware update is.
    pub enum FirmwareStatus = "FirmwareStatusEnumType" {
        Downloaded = "Downloaded", DownloadFailed = "DownloadFailed", Downloading = "Downloading",
        DownloadScheduled = "DownloadScheduled", DownloadPaused = "DownloadPaused", Idle = "Idle",
        InstallationFailed = "InstallationFailed", Installing = "Installing", Installed = "Installed",
        InstallRebooting = "InstallRebooting", InstallScheduled = "InstallScheduled",
        InstallVerificationFailed = "InstallVerificationFailed", InvalidSignature = "InvalidSignature",
        SignatureVerified = "SignatureVerified",
    }

    /// Choice of how far the publishing of firmware is.
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
