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

/// Gives an order to a station that is connected, and waits for what it says.
pub(super) async fn give(csms: &Csms, station: &StationId, command: Command, by: &str) -> Given {
    let order = NewOrder { command, by: by.to_owned(), when_offline: WhenOffline::Refuse };
    let order = match csms.desk().carry_out(station, order).await {
        Ok(order) => order,
        Err(PlaceError::NotConnected) => return Given::NotConnected,
        Err(error @ (PlaceError::NotKept(_) | PlaceError::TooMany)) => {
            return Given::Unclear(error.to_string());
        }
        Err(error) => return Given::Refused(error.to_string()),
    };
    let OrderState::Ended { ending, .. } = order.state else {
        return Given::Unclear("the order has no end".to_owned());
    };
    match ending {
        Ending::Answered { outcome } => Given::Answered(outcome),
        Ending::NotConnected | Ending::Expired => Given::NotConnected,
        Ending::NoAnswer { .. } | Ending::BadAnswer { .. } => Given::Unclear(ending.sentence()),
        Ending::Refused { .. }
        | Ending::CannotSay { .. }
        | Ending::NotAllowed { .. }
        | Ending::Withdrawn { .. } => Given::Refused(ending.sentence()),
    }
}
