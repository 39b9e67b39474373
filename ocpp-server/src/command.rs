//! Orders to stations: said in the words of the version that the station speaks, answered in the words of the
//! model.
//!
//! [`Commands::order`] takes a [`Command`] of the model. [`Commands::raw`] sends a payload as it stands, for
//! everything that has no command yet and for those who know what they want. Both ask and wait; what is to be kept,
//! to wait for a station or to go to many is placed at the [`desk`].

pub mod desk;
mod raw;

use ocpp_core::dialect::{CannotSay, Manager};
use ocpp_core::model::{Command, Outcome, Registration, StationId};
use ocpp_core::types::Version;

pub use raw::{RawAnswer, RawCommand, RawError};

use crate::session::{CallFailure, Stations};

/// Why an order has no outcome.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OrderError {
    /// The version that the station speaks has no words for it; nothing was sent.
    #[error(transparent)]
    CannotSay(#[from] CannotSay),
    /// The station may not work yet, or not at all; nothing was sent.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// The call failed.
    #[error(transparent)]
    Call(#[from] CallFailure),
}

/// A station whose last boot was not accepted is not to be given this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// B02.FR.05: a station that is to be configured first takes no remote start or stop.
    #[error("the station is pending: it can be configured, but charges only when it has been accepted")]
    Pending,
    /// B03.FR.03: a station that was rejected is left alone.
    #[error("the station is rejected: accept it, and wait until it boots again")]
    Rejected,
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
        self.check_registration(station, said_by(command))?;
        let mut dialect = Manager::new(version);
        let said = dialect.order(command)?;
        let payload = self.stations.call(station, &said.action, said.payload).await?;
        let heard = dialect.hear_outcome(command, &said.action, &payload);
        heard
            .map(|heard| heard.meaning)
            .map_err(|misheard| CallFailure::BadAnswer(misheard.to_string()).into())
    }

    /// How many bytes an order to a connected station takes as the payload of its message.
    ///
    /// # Errors
    /// [`OrderError`] when it cannot be said, or the station is not connected. Nothing is sent.
    pub fn size_of(&self, station: &StationId, command: &Command) -> Result<usize, OrderError> {
        let version = self.version_of(station)?;
        Ok(Manager::new(version).order(command)?.payload.len())
    }

    /// Whether the station's last boot lets it take this order.
    pub(crate) fn check_allowed(&self, station: &StationId, command: &Command) -> Result<(), NotAllowed> {
        self.check_registration(station, said_by(command))
    }

    /// Whether the station's last boot lets it take an order.
    fn check_registration(&self, station: &StationId, order: Order) -> Result<(), NotAllowed> {
        match (self.stations.registration(station), order) {
            (Some(Registration::Rejected), _) => Err(NotAllowed::Rejected),
            (Some(Registration::Pending), Order::StartOrStop) => Err(NotAllowed::Pending),
            _ => Ok(()),
        }
    }

    fn version_of(&self, station: &StationId) -> Result<Version, CallFailure> {
        self.stations.version(station).ok_or(CallFailure::NotConnected)
    }
}

/// What a pending station tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    StartOrStop,
    Other,
}

fn said_by(command: &Command) -> Order {
    match command {
        Command::RemoteStart(_) | Command::RemoteStop(_) => Order::StartOrStop,
        Command::Unmapped { action, .. } if raw::STARTS_AND_STOPS.contains(&&**action) => Order::StartOrStop,
        _ => Order::Other,
    }
}
