//! How the command ends: its exit codes, and the sentence on standard error.
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | done |
//! | 1 | it ran, and what it was to do did not come true (a session was not accepted, the manager refused) |
//! | 2 | the command line or a settings file is wrong; nothing was started |
//! | 3 | something that it needs is not to be had: a port, a directory, the database, the other side |

use std::error::Error;
use std::fmt::Display;
use std::process::ExitCode;

/// Why the command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// What was to come true did not.
    #[error("{0}")]
    Unmet(String),
    /// The command line or a settings file is wrong.
    #[error("{0}")]
    Usage(String),
    /// Something is not to be had.
    #[error("{0}")]
    Unavailable(String),
}

impl Failure {
    /// Something is not to be had: what was tried, and why it failed.
    pub(crate) fn unavailable(what: impl Display, error: &dyn Error) -> Failure {
        Failure::Unavailable(format!("{what}: {error}"))
    }

    const fn code(&self) -> u8 {
        match self {
            Failure::Unmet(_) => 1,
            Failure::Usage(_) => 2,
            Failure::Unavailable(_) => 3,
        }
    }

    /// Says the sentence on standard error.
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("ocpp: {self}");
        ExitCode::from(self.code())
    }
}

/// What clap has to say: help and version are no failures, anything else is a wrong command line.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // Standard output or error may be closed, and then there is nobody to tell.
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}
