//! Whether every frame is noted, and how much of it is kept: flags, variables, and their names in the settings
//! file.

use std::time::Duration;

use clap::Args;

use super::limits::within;
use crate::exit::Failure;

/// The settings of the message log as they are written; what is left out has its usual value.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct LogArgs {
    /// Note every frame, pseudonymised, in the directory `messages` beside the database [default: true]
    #[arg(long, value_name = "BOOL", env = "OCPP_MESSAGE_LOG")]
    pub(super) message_log: Option<bool>,
    /// Days after which noted frames are removed [default: 30]
    #[arg(long, value_name = "DAYS", env = "OCPP_MESSAGE_LOG_DAYS")]
    pub(super) message_log_days: Option<u64>,
    /// How many bytes of noted frames are kept; the oldest are removed first [default: 2147483648]
    #[arg(long, value_name = "BYTES", env = "OCPP_MESSAGE_LOG_BYTES")]
    pub(super) message_log_bytes: Option<u64>,
}

/// Whether every frame is noted, and how much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogSettings {
    /// What is older, or more, is removed.
    #[allow(missing_docs)]
    On {
        max_age: Duration,
        max_bytes: u64,
    },
    Off,
}

const DAY: Duration = Duration::from_secs(24 * 3600);
const DAYS: u64 = 30;
const BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// What one file of the log has at most.
const LEAST_BYTES: u64 = 16 * 1024 * 1024;
const MOST_BYTES: u64 = 1024 * 1024 * 1024 * 1024;

impl LogSettings {
    /// A log of the usual size.
    pub(crate) const fn usual() -> LogSettings {
        LogSettings::On { max_age: DAY.saturating_mul(DAYS as u32), max_bytes: BYTES }
    }
}

impl LogArgs {
    /// These, and where they say nothing, those of the file.
    pub(super) fn over(self, file: LogArgs) -> LogArgs {
        LogArgs {
            message_log: self.message_log.or(file.message_log),
            message_log_days: self.message_log_days.or(file.message_log_days),
            message_log_bytes: self.message_log_bytes.or(file.message_log_bytes),
        }
    }

    /// What holds.
    ///
    /// # Errors
    /// [`Failure::Usage`] names the value that is out of its bounds, and the bounds.
    pub(super) fn resolve(self) -> Result<LogSettings, Failure> {
        let days = within("message-log-days", self.message_log_days.unwrap_or(DAYS), 1, 3650, "days")?;
        let bytes = self.message_log_bytes.unwrap_or(BYTES);
        let max_bytes = within("message-log-bytes", bytes, LEAST_BYTES, MOST_BYTES, "bytes")?;
        Ok(match self.message_log {
            Some(false) => LogSettings::Off,
            Some(true) | None => {
                LogSettings::On { max_age: Duration::from_secs(days * DAY.as_secs()), max_bytes }
            }
        })
    }
}
