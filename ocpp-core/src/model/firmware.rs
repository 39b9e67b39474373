//! Firmware: what a station is to fetch and install, and how far it is (block L).

use alloc::boxed::Box;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::name::closed_name;

/// An order to fetch firmware and to install it (L01, L02; `UpdateFirmware` and `SignedUpdateFirmware` in 1.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirmwareUpdate {
    /// The manager's number of this update, which reports of its progress repeat. 2.x and signed updates of
    /// 1.6 need it; the plain update of 1.6 cannot say it.
    pub request: Option<i64>,
    /// Where the file is: a URL, at most 512 characters (2,000 in 2.1).
    pub location: Box<str>,
    /// From when on it may be fetched.
    pub retrieve_at: Timestamp,
    /// From when on it may be installed; as soon as it is there when absent. The plain update of 1.6 cannot
    /// say it.
    pub install_at: Option<Timestamp>,
    /// The maker's signature; a station that checks it refuses a file without.
    pub signature: Option<FirmwareSignature>,
    /// How often to try again when the file cannot be fetched; the station decides when absent.
    pub retries: Option<u32>,
    /// Seconds between tries; the station decides when absent.
    pub retry_interval_s: Option<u32>,
}

/// The signature of a maker over a firmware file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirmwareSignature {
    /// The signer's certificate in PEM, at most 5,500 characters.
    pub certificate: Box<str>,
    /// The signature in Base64, at most 800 characters.
    pub signature: Box<str>,
}

closed_name! {
    /// What a station says to an order to update its firmware.
    FirmwareVerdict {
        Accepted = "Accepted",
        Rejected = "Rejected",
        /// It gives up the update under way for this one (L01.FR.24).
        AcceptedCanceled = "AcceptedCanceled",
        /// The signer's certificate is not valid (L01.FR.22).
        InvalidCertificate = "InvalidCertificate",
        /// The signer's certificate was revoked.
        RevokedCertificate = "RevokedCertificate",
    }
}

impl FirmwareVerdict {
    /// Whether the update begins.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        matches!(self, FirmwareVerdict::Accepted | FirmwareVerdict::AcceptedCanceled)
    }
}

closed_name! {
    /// How far an update is. 1.6 without signature says fewer of these.
    FirmwareStage {
        /// Nothing is under way.
        Idle = "Idle",
        /// It waits for its time, or for a charging session to end.
        DownloadScheduled = "DownloadScheduled",
        Downloading = "Downloading",
        DownloadPaused = "DownloadPaused",
        Downloaded = "Downloaded",
        /// All tries failed (L01.FR.30).
        DownloadFailed = "DownloadFailed",
        SignatureVerified = "SignatureVerified",
        InvalidSignature = "InvalidSignature",
        /// It waits for its time, or for a charging session to end.
        InstallScheduled = "InstallScheduled",
        Installing = "Installing",
        /// It restarts to install, or to use what it has installed.
        InstallRebooting = "InstallRebooting",
        /// The file is not what it claims to be (L01.FR.29).
        InstallVerificationFailed = "InstallVerificationFailed",
        InstallationFailed = "InstallationFailed",
        Installed = "Installed",
    }
}

impl FirmwareStage {
    /// Whether the update ended badly.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(
            self,
            FirmwareStage::DownloadFailed
                | FirmwareStage::InvalidSignature
                | FirmwareStage::InstallVerificationFailed
                | FirmwareStage::InstallationFailed
        )
    }

    /// Whether nothing more of this update follows.
    #[must_use]
    pub const fn is_end(self) -> bool {
        self.is_failure() || matches!(self, FirmwareStage::Installed)
    }
}

/// Why something was refused or failed, as far as it is said (2.x; of progress only 2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// A reason code of the specification, or a vendor's own, at most 20 characters.
    pub code: Box<str>,
    /// More in words, at most 512 characters (1,024 in 2.1).
    pub text: Option<Box<str>>,
}

/// How far a station is with its firmware.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirmwareProgress {
    /// The number of the update; absent in 1.6 without signature, and when nothing is under way.
    pub request: Option<i64>,
    /// How far it is.
    pub stage: FirmwareStage,
    /// Why, when it failed (2.1).
    pub cause: Option<Cause>,
}

/// An order to a local controller to offer firmware in its own network (L03).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirmwarePublication {
    /// The manager's number of this publication, which reports of its progress repeat.
    pub request: i64,
    /// Where the file is: a URL, at most 512 characters (2,000 in 2.1).
    pub location: Box<str>,
    /// The MD5 of the file, as 32 hexadecimal digits.
    pub checksum: Box<str>,
    /// How often to try again when the file cannot be fetched; the controller decides when absent.
    pub retries: Option<u32>,
    /// Seconds between tries; the controller decides when absent.
    pub retry_interval_s: Option<u32>,
}

closed_name! {
    /// How far a publication is.
    PublicationStage {
        Idle = "Idle",
        DownloadScheduled = "DownloadScheduled",
        Downloading = "Downloading",
        DownloadPaused = "DownloadPaused",
        Downloaded = "Downloaded",
        DownloadFailed = "DownloadFailed",
        InvalidChecksum = "InvalidChecksum",
        ChecksumVerified = "ChecksumVerified",
        Published = "Published",
        PublishFailed = "PublishFailed",
    }
}

impl PublicationStage {
    /// Whether the publication ended badly.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(
            self,
            PublicationStage::DownloadFailed
                | PublicationStage::InvalidChecksum
                | PublicationStage::PublishFailed
        )
    }

    /// Whether nothing more of this publication follows.
    #[must_use]
    pub const fn is_end(self) -> bool {
        self.is_failure() || matches!(self, PublicationStage::Published)
    }
}

/// How far a local controller is with offering firmware.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationProgress {
    /// The number of the publication.
    pub request: Option<i64>,
    /// How far it is.
    pub stage: PublicationStage,
    /// Where stations of its network can fetch the file, once it is published (L03.FR.04).
    pub locations: Vec<Box<str>>,
    /// Why, when it failed (2.1).
    pub cause: Option<Cause>,
}

closed_name! {
    /// What a local controller says to an order to offer firmware no longer (L04).
    UnpublishVerdict {
        Unpublished = "Unpublished",
        /// It does not offer such a file (L04.FR.03).
        NoFirmware = "NoFirmware",
        /// A station fetches it at this moment, so it stays (L04.FR.04).
        DownloadOngoing = "DownloadOngoing",
    }
}
