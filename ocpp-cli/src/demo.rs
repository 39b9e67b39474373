//! `ocpp demo`: the manager together with a dozen emulated stations, to look at.

use ocpp_client::simulated as _;

use crate::cli::DemoArgs;
use crate::exit::Failure;

/// Runs the demonstration until it is told to stop.
///
/// # Errors
/// When a port is taken or the temporary directory cannot be made.
pub(crate) async fn run(_args: DemoArgs) -> Result<(), Failure> {
    Err(Failure::Unavailable("not yet".to_owned()))
}
