//! Orders to stations: said in the words of the version that the station speaks, answered in the words of the
//! model.
//!
//! [`Commands::order`] takes a [`Command`] of the model. [`Commands::raw`] sends a payload as it stands, for
//! everything that has no command yet and for those who know what they want.

mod raw;

use ocpp_core::dialect::{CannotSay, Manager};
use ocpp_core::model::{Command, Outcome, StationId};
use ocpp_core::types::Version;

pub use raw::{RawAnswer, RawCommand, RawError};

use crate::session::{CallFailure, Stations};

/// Why an order has no outcome.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OrderError {
    /// The version that the station speaks has no words for it; nothing was sent.
    #[error(transparent)]
    CannotSay(#[from] CannotSay),
    /// The call failed.
    #[error(transparent)]
    Call(#[from] CallFailure),
}

/// The way to order something from the connected stations.
#[derive(Clone)]
pub struct Commands {
    stations: Stations,
}

impl Commands {
    /// Orders to these stations.
    #[must_use]
    pub const fn new(stations: Stations) -> Commands {
        Commands { stations }
    }

    /// Orders something from a station and waits for what it says.
    ///
    /// # Errors
    /// [`OrderError`]; when the station may have done it nonetheless, the error says so.
    pub async fn order(&self, station: &StationId, command: &Command) -> Result<Outcome, OrderError> {
        let version = self.version_of(station)?;
        let mut dialect = Manager::new(version);
        let said = dialect.order(command)?;
        let payload = self.stations.call(station, &said.action, said.payload).await?;
        let heard = dialect.hear_outcome(command, &said.action, &payload);
        heard
            .map(|heard| heard.meaning)
            .map_err(|misheard| CallFailure::BadAnswer(misheard.to_string()).into())
    }

    fn version_of(&self, station: &StationId) -> Result<Version, CallFailure> {
        self.stations.version(station).ok_or(CallFailure::NotConnected)
    }
}
