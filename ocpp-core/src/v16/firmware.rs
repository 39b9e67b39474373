//! The firmware management profile.

use alloc::boxed::Box;

use crate::types::{DateTime, Text, Uri};
use crate::{message, open_enum};

message! {
    /// The request of [`DiagnosticsStatusNotification`].
    pub struct DiagnosticsStatusNotificationRequest = "DiagnosticsStatusNotificationRequest" {
        /// The value of `status`.
        required status: DiagnosticsStatus = "status",
    }

    /// The answer to [`DiagnosticsStatusNotification`].
    pub struct DiagnosticsStatusNotificationResponse = "DiagnosticsStatusNotificationResponse" {
    }

    /// The request of [`FirmwareStatusNotification`].
    pub struct FirmwareStatusNotificationRequest = "FirmwareStatusNotificationRequest" {
        /// The value of `status`.
        required status: FirmwareStatus = "status",
    }

    /// The answer to [`FirmwareStatusNotification`].
    pub struct FirmwareStatusNotificationResponse = "FirmwareStatusNotificationResponse" {
    }

    /// The request of [`GetDiagnostics`].
    pub struct GetDiagnosticsRequest = "GetDiagnosticsRequest" {
        /// The value of `location`.
        required location: Uri = "location",
        /// The value of `retries`.
        optional retries: i32 = "retries",
        /// The value of `retryInterval`.
        optional retry_interval: i32 = "retryInterval",
        /// The value of `startTime`.
        optional start_time: DateTime = "startTime",
        /// The value of `stopTime`.
        optional stop_time: DateTime = "stopTime",
    }

    /// The answer to [`GetDiagnostics`].
    pub struct GetDiagnosticsResponse = "GetDiagnosticsResponse" {
        /// The value of `fileName`.
        optional file_name: Text<255> = "fileName",
    }

    /// The request of [`UpdateFirmware`].
    pub struct UpdateFirmwareRequest = "UpdateFirmwareRequest" {
        /// The value of `location`.
        required location: Uri = "location",
        /// The value of `retries`.
        optional retries: i32 = "retries",
        /// The value of `retrieveDate`.
        required retrieve_date: DateTime = "retrieveDate",
        /// The value of `retryInterval`.
        optional retry_interval: i32 = "retryInterval",
    }

    /// The answer to [`UpdateFirmware`].
    pub struct UpdateFirmwareResponse = "UpdateFirmwareResponse" {
    }
}

open_enum! {
    /// One of the values that the specification names.
    pub enum DiagnosticsStatus = "DiagnosticsStatus" {
        Idle = "Idle", Uploaded = "Uploaded", UploadFailed = "UploadFailed", Uploading = "Uploading",
    }

    /// One of the values that the specification names.
    pub enum FirmwareStatus = "FirmwareStatus" {
        Downloaded = "Downloaded", DownloadFailed = "DownloadFailed", Downloading = "Downloading",
        Idle = "Idle", InstallationFailed = "InstallationFailed", Installing = "Installing",
        Installed = "Installed",
    }
}
