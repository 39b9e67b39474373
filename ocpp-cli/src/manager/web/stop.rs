//! Stopping a session by an order, for the operator and for the driver who pays for it.

use ocpp_core::model::{Command, Outcome, Verdict};
use ocpp_server::Csms;
use ocpp_server::command::desk::{NewOrder, PlaceError, WhenOffline};
use ocpp_server::domain::{Ending, OrderState, Session, SessionStatus};

/// Tells the station of a running session to end it; the order is written down with whoever gave it.
///
/// # Errors
/// A sentence for whoever asked.
pub(crate) async fn stop(csms: &Csms, session: &Session, by: &str) -> Result<(), &'static str> {
    const GONE: &str = "The station is out of reach: unplug the vehicle there, or try again.";
    const SILENT: &str = "The station did not answer. Try again, or stop at the vehicle.";
    if session.status == SessionStatus::Completed {
        return Ok(());
    }
    let Some(version) = csms.stations().version(&session.station) else { return Err(GONE) };
    let command = Command::RemoteStop(session.transaction(version));
    let order = NewOrder { command, by: by.to_owned(), when_offline: WhenOffline::Refuse };
    let ending = match csms.desk().carry_out(&session.station, order).await {
        Ok(order) => match order.state {
            OrderState::Ended { ending, .. } => ending,
            OrderState::Waiting | OrderState::Sent { .. } => return Err(SILENT),
        },
        Err(PlaceError::NotConnected) => return Err(GONE),
        Err(_) => return Err(SILENT),
    };
    match ending {
        Ending::Answered { outcome: Outcome::Verdict(Verdict::Accepted) } => Ok(()),
        Ending::Answered { .. } => {
            Err("The station refused to stop. Stop at the vehicle or at the station, or try again.")
        }
        Ending::NotConnected => Err(GONE),
        _ => Err(SILENT),
    }
}
