//! Giving orders to stations as part of something longer, and hearing what came of them in plain words.

use ocpp_core::model::{Command, Outcome, StationId};

use crate::Csms;
use crate::command::desk::{NewOrder, PlaceError, WhenOffline};
use crate::domain::{Ending, OrderState};

/// What came of an order.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Given {
    /// The station answered.
    Answered(Outcome),
    /// It was not connected; nothing was sent.
    NotConnected,
    /// It was refused before it was sent, or by a CALLERROR.
    Refused(String),
    /// Nobody knows whether it was done.
    Unclear(String),
}

impl Given {
    /// What it is, in words.
    pub(super) fn why(&self) -> String {
        match self {
            Given::Answered(outcome) => outcome.word(),
            Given::NotConnected => "the station is not connected".to_owned(),
            Given::Refused(why) | Given::Unclear(why) => why.clone(),
        }
    }
}

/// The same, told apart by what may be done next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Told {
    /// The station answered.
    Said(Outcome),
    /// It cannot be said to this station; nothing was sent.
    Impossible(String),
    /// The station's registration forbids it for now; nothing was sent.
    Forbidden(String),
    /// The station was not connected; nothing was sent.
    NotConnected,
    /// The order could not be kept, or too many wait for the station; nothing was sent.
    NotKept(String),
    /// The station refused the call itself (CALLERROR).
    Refused(String),
    /// Nobody knows whether it was done.
    Unclear(String),
}

impl From<Told> for Given {
    fn from(told: Told) -> Given {
        match told {
            Told::Said(outcome) => Given::Answered(outcome),
            Told::NotConnected => Given::NotConnected,
            Told::Impossible(why) | Told::Forbidden(why) | Told::Refused(why) => Given::Refused(why),
            Told::NotKept(why) | Told::Unclear(why) => Given::Unclear(why),
        }
    }
}

/// Gives an order to a station that is connected, and waits for what it says.
pub(super) async fn give(csms: &Csms, station: &StationId, command: Command, by: &str) -> Given {
    tell(csms, station, command, by).await.into()
}

/// Gives an order to a station that is connected, and tells what came of it by what may be done next.
pub(super) async fn tell(csms: &Csms, station: &StationId, command: Command, by: &str) -> Told {
    let order = NewOrder { command, by: by.to_owned(), when_offline: WhenOffline::Refuse };
    let order = match csms.desk().carry_out(station, order).await {
        Ok(order) => order,
        Err(error) => {
            let why = error.to_string();
            return match error {
                PlaceError::NotConnected => Told::NotConnected,
                PlaceError::NotKept(_) | PlaceError::TooMany => Told::NotKept(why),
                PlaceError::NotAllowed(_) => Told::Forbidden(why),
                PlaceError::CannotSay(_)
                | PlaceError::Invalid(_)
                | PlaceError::AgainstRule(_)
                | PlaceError::TooLate(_) => Told::Impossible(why),
            };
        }
    };
    let OrderState::Ended { ending, .. } = order.state else {
        return Told::Unclear("the order has no end".to_owned());
    };
    let sentence = ending.sentence();
    match ending {
        Ending::Answered { outcome } => Told::Said(outcome),
        Ending::NotConnected | Ending::Expired => Told::NotConnected,
        Ending::NoAnswer { .. } | Ending::BadAnswer { .. } => Told::Unclear(sentence),
        Ending::NotAllowed { .. } => Told::Forbidden(sentence),
        Ending::CannotSay { .. } | Ending::Withdrawn { .. } => Told::Impossible(sentence),
        Ending::Refused { .. } => Told::Refused(sentence),
    }
}
