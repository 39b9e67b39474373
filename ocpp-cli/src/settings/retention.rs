//! How long what is over is kept: flags, variables, and their names in the settings file.

use std::time::Duration;

use clap::Args;
use ocpp_server::maintenance::RetentionSettings;

use super::limits::within;
use crate::exit::Failure;

/// How long what is over is kept, as it is written; what is left out has its usual value.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct RetentionArgs {
    /// Days after which orders, bulk orders, reservations, updates and logs that are over are forgotten [default: 400]
    #[arg(long, value_name = "DAYS", env = "OCPP_KEEP_DAYS")]
    pub(super) keep_days: Option<u64>,
    /// How many reservations, updates and logs of a station are kept, each counted by itself [default: 1000]
    #[arg(long, value_name = "NUMBER", env = "OCPP_KEEP_COUNT")]
    pub(super) keep_count: Option<u64>,
}

impl RetentionArgs {
    /// These, and where they say nothing, those of the file.
    pub(super) fn over(self, file: RetentionArgs) -> RetentionArgs {
        RetentionArgs {
            keep_days: self.keep_days.or(file.keep_days),
            keep_count: self.keep_count.or(file.keep_count),
        }
    }

    /// What holds.
    ///
    /// # Errors
    /// [`Failure::Usage`] names the value that is out of its bounds, and the bounds.
    pub(super) fn resolve(self) -> Result<RetentionSettings, Failure> {
        let days = within("keep-days", self.keep_days.unwrap_or(400), 1, 36_500, "days")?;
        let count = within("keep-count", self.keep_count.unwrap_or(1000), 1, 1_000_000, "records")?;
        Ok(RetentionSettings {
            max_age: Duration::from_secs(days * 24 * 3600),
            max_count: usize::try_from(count).unwrap_or(usize::MAX),
        })
    }
}
