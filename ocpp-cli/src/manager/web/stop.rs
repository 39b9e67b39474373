//! Stopping a session by command, for the operator and for the driver who pays for it.

use ocpp_core::model::{Command, Outcome, Verdict};
use ocpp_server::Csms;
use ocpp_server::command::OrderError;
use ocpp_server::domain::{Session, SessionStatus};
use ocpp_server::session::CallFailure;

/// Tells the station of a running session to end it.
///
/// # Errors
/// A sentence for whoever asked.
pub(crate) async fn stop(csms: &Csms, session: &Session) -> Result<(), &'static str> {
    const GONE: &str = "The station is out of reach: unplug the vehicle there, or try again.";
    if session.status == SessionStatus::Completed {
        return Ok(());
    }
    let Some(version) = csms.stations().version(&session.station) else { return Err(GONE) };
    match csms.commands().order(&session.station, &Command::RemoteStop(session.transaction(version))).await {
        Ok(Outcome::Verdict(Verdict::Accepted)) => Ok(()),
        Ok(_) => Err("The station refused to stop. Stop at the vehicle or at the station, or try again."),
        Err(OrderError::Call(CallFailure::NotConnected)) => Err(GONE),
        Err(_) => Err("The station did not answer. Try again, or stop at the vehicle."),
    }
}
