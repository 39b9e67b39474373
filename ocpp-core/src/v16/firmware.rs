//! The firmware management profile.

use crate::types::{DateTime, Text, Uri};
use crate::{message, open_enum};

message! {
    /// Sent by the Charge Point about the progress of a diagnostics upload (4.4).
    pub struct DiagnosticsStatusNotificationRequest = "DiagnosticsStatusNotificationRequest" {
        /// How far the upload is.
        required status: DiagnosticsStatus = "status",
    }

    /// Sent by the Central System to confirm the progress; carries no data (4.4).
    pub struct DiagnosticsStatusNotificationResponse = "DiagnosticsStatusNotificationResponse" {}

    /// Sent by the Charge Point about the progress of a firmware update (4.5).
    pub struct FirmwareStatusNotificationRequest = "FirmwareStatusNotificationRequest" {
        /// How far the update is.
        required status: FirmwareStatus = "status",
    }

    /// Sent by the Central System to confirm the progress; carries no data (4.5).
    pub struct FirmwareStatusNotificationResponse = "FirmwareStatusNotificationResponse" {}

    /// Sent by the Central System to have diagnostics uploaded (5.9).
    pub struct GetDiagnosticsRequest = "GetDiagnosticsRequest" {
        /// URL of the directory to upload to.
        required location: Uri = "location",
        /// How many times to try again after a failure; the Charge Point decides when absent.
        optional retries: i32 = "retries",
        /// Wait in s between tries; the Charge Point decides when absent.
        optional retry_interval: i32 = "retryInterval",
        /// Earliest moment the diagnostics cover.
        optional start_time: DateTime = "startTime",
        /// Latest moment the diagnostics cover.
        optional stop_time: DateTime = "stopTime",
    }

    /// Sent by the Charge Point with the name of the file to come (5.9).
    pub struct GetDiagnosticsResponse = "GetDiagnosticsResponse" {
        /// Name of the file, at most 255 characters; absent when there is nothing to upload.
        optional file_name: Text<255> = "fileName",
    }

    /// Sent by the Central System to have new firmware installed (5.19).
    pub struct UpdateFirmwareRequest = "UpdateFirmwareRequest" {
        /// URL of the firmware.
        required location: Uri = "location",
        /// How many times to try again after a failure; the Charge Point decides when absent.
        optional retries: i32 = "retries",
        /// Moment from which the firmware may be fetched.
        required retrieve_date: DateTime = "retrieveDate",
        /// Wait in s between tries; the Charge Point decides when absent.
        optional retry_interval: i32 = "retryInterval",
    }

    /// Sent by the Charge Point to confirm the order; carries no data (5.19).
    pub struct UpdateFirmwareResponse = "UpdateFirmwareResponse" {}
}

open_enum! {
    /// Choice of how far the upload of diagnostics is.
    pub enum DiagnosticsStatus = "DiagnosticsStatus" {
        Idle = "Idle", Uploaded = "Uploaded", UploadFailed = "UploadFailed", Uploading = "Uploading",
    }

    /// Choice of how far a firmware update is.
    pub enum FirmwareStatus = "FirmwareStatus" {
        Downloaded = "Downloaded", DownloadFailed = "DownloadFailed", Downloading = "Downloading",
        Idle = "Idle", InstallationFailed = "InstallationFailed", Installing = "Installing",
        Installed = "Installed",
    }
}
