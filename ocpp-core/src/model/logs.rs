//! Logs that stations upload (N01; `GetDiagnostics` and `GetLog` in 1.6).

use alloc::boxed::Box;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::firmware::Cause;
use super::name::closed_name;

closed_name! {
    /// Which log.
    LogKind {
        Diagnostics = "DiagnosticsLog",
        Security = "SecurityLog",
        /// What periodic readings collected (2.1).
        DataCollector = "DataCollectorLog",
    }
}

/// An order to upload a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogOrder {
    /// The manager's number of this order, which reports of its progress repeat. In 1.6 an order with a number
    /// is `GetLog` of the security extension, one without is `GetDiagnostics`.
    pub request: Option<i64>,
    /// Which log.
    pub log: LogKind,
    /// Where to upload it: a URL, at most 512 characters (2,000 in 2.1).
    pub location: Box<str>,
    /// The earliest moment that it is to cover.
    pub from: Option<Timestamp>,
    /// The latest moment that it is to cover.
    pub until: Option<Timestamp>,
    /// How often to try again when the upload fails; the station decides when absent.
    pub retries: Option<u32>,
    /// Seconds between tries; the station decides when absent.
    pub retry_interval_s: Option<u32>,
}

closed_name! {
    /// What a station says to an order to upload a log.
    LogVerdict {
        Accepted = "Accepted",
        /// There is no such log, or nothing in it (N01.FR.05).
        Rejected = "Rejected",
        /// It gives up the upload under way for this one (N01.FR.12).
        AcceptedCanceled = "AcceptedCanceled",
    }
}

impl LogVerdict {
    /// Whether the upload begins.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        matches!(self, LogVerdict::Accepted | LogVerdict::AcceptedCanceled)
    }
}

closed_name! {
    /// How far an upload is. 1.6 without its security extension knows only that it failed, not why.
    LogStage {
        /// Nothing is under way.
        Idle = "Idle",
        Uploading = "Uploading",
        Uploaded = "Uploaded",
        /// The endpoint could not be reached, or broke off.
        UploadFailure = "UploadFailure",
        /// The endpoint does not understand what was sent.
        BadMessage = "BadMessage",
        /// The endpoint does not allow it.
        PermissionDenied = "PermissionDenied",
        /// The endpoint cannot do it.
        NotSupportedOperation = "NotSupportedOperation",
        /// It was given up for a later order (N01.FR.20).
        AcceptedCanceled = "AcceptedCanceled",
    }
}

impl LogStage {
    /// Whether the upload ended badly.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(
            self,
            LogStage::UploadFailure
                | LogStage::BadMessage
                | LogStage::PermissionDenied
                | LogStage::NotSupportedOperation
        )
    }

    /// Whether nothing more of this upload follows.
    #[must_use]
    pub const fn is_end(self) -> bool {
        self.is_failure() || matches!(self, LogStage::Uploaded | LogStage::AcceptedCanceled)
    }
}

/// How far a station is with an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogProgress {
    /// The number of the order; absent after `GetDiagnostics` of 1.6, and when nothing is under way.
    pub request: Option<i64>,
    /// How far it is.
    pub stage: LogStage,
    /// Why, when it failed (2.1).
    pub cause: Option<Cause>,
}
