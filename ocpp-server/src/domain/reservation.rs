//! Places that drivers have reserved.

use jiff::Timestamp;
use ocpp_core::model::{EvseId, IdToken, ReservationEnding, Reserve, SessionKey, StationId};
use serde::{Deserialize, Serialize};

use super::record::record;
use super::station::Revision;

/// A reservation, from the moment it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// At which station.
    pub station: StationId,
    /// Its number, which is the reservation id of OCPP: unique within its station, from 1 to 2,147,483,647.
    pub number: i64,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Where; any EVSE when absent.
    pub evse: Option<EvseId>,
    /// Only where there is such a connector, by the name of OCPP.
    pub connector_type: Option<String>,
    /// For whom.
    pub token: IdToken,
    /// Others of this group may use it, too.
    pub group: Option<IdToken>,
    /// From when on the place is kept; until then the manager holds the reservation.
    pub from: Timestamp,
    /// When it lapses.
    pub until: Timestamp,
    /// Who made it.
    pub by: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// How far it is.
    pub state: ReservationState,
}

record!(Reservation is Reservation, key |held| Reservation::key_of(&held.station, held.number),
    owner |held| Some(held.station.to_string()));

/// How far a reservation is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ReservationState {
    /// The station has not been told, or could not keep it yet.
    #[allow(missing_docs)]
    Planned { why: Option<String> },
    /// The station was told, and has not answered.
    Sent,
    /// The station keeps the place.
    #[allow(missing_docs)]
    Active { since: Timestamp },
    /// It is over.
    #[allow(missing_docs)]
    Ended { at: Timestamp, how: ReservationEnd },
}

/// How a reservation ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum ReservationEnd {
    /// Its driver charged.
    #[allow(missing_docs)]
    Used { session: SessionKey },
    /// Nobody came.
    Expired,
    /// The driver came, and no transaction followed.
    NoTransaction,
    /// The station could not keep the place any longer.
    Removed,
    /// Somebody took it back.
    #[allow(missing_docs)]
    Cancelled { by: String },
    /// The station did not take it.
    #[allow(missing_docs)]
    Refused { why: String },
    /// Its time was over before the station kept the place.
    #[allow(missing_docs)]
    NeverKept { why: String },
}

impl Reservation {
    /// Its key.
    #[must_use]
    pub fn key_of(station: &StationId, number: i64) -> String {
        format!("{station}/{number:010}")
    }

    /// Whether it is not over.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.state, ReservationState::Ended { .. })
    }

    /// Whether a place was kept for a driver who did not charge.
    #[must_use]
    pub const fn is_no_show(&self) -> bool {
        let how = match &self.state {
            ReservationState::Ended { how, .. } => how,
            _ => return false,
        };
        matches!(how, ReservationEnd::Expired | ReservationEnd::NoTransaction)
    }

    /// The order that makes the station keep the place.
    #[must_use]
    pub fn order(&self) -> Reserve {
        Reserve {
            id: self.number,
            evse: self.evse,
            connector_type: self.connector_type.as_deref().map(Into::into),
            id_token: self.token.clone(),
            group: self.group.clone(),
            expires_at: self.until,
        }
    }

    /// The same, over for this reason.
    #[must_use]
    pub fn ended(mut self, at: Timestamp, how: ReservationEnd) -> Reservation {
        self.state = ReservationState::Ended { at, how };
        self
    }

    /// The same after a session that used it; also when it had seemed to be over because the station was not
    /// connected and told of the session late.
    #[must_use]
    pub fn used(self, session: SessionKey, at: Timestamp) -> Option<Reservation> {
        let may = match &self.state {
            ReservationState::Ended { how, .. } => {
                matches!(how, ReservationEnd::Expired | ReservationEnd::Removed)
            }
            _ => true,
        };
        may.then(|| self.ended(at, ReservationEnd::Used { session }))
    }

    /// The same after the station told that it dropped the reservation (H04). What is over stays as it is.
    #[must_use]
    pub fn dropped(self, how: ReservationEnding, at: Timestamp) -> Option<Reservation> {
        let how = match how {
            ReservationEnding::Expired => ReservationEnd::Expired,
            ReservationEnding::Removed => ReservationEnd::Removed,
            ReservationEnding::NoTransaction => ReservationEnd::NoTransaction,
        };
        self.is_open().then(|| self.ended(at, how))
    }
}

impl ReservationState {
    /// Its name: `planned`, `sent`, `active`, `used`, `expired`, `no_transaction`, `removed`, `cancelled`,
    /// `refused` or `never_kept`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            ReservationState::Planned { .. } => "planned",
            ReservationState::Sent => "sent",
            ReservationState::Active { .. } => "active",
            ReservationState::Ended { how, .. } => match how {
                ReservationEnd::Used { .. } => "used",
                ReservationEnd::Expired => "expired",
                ReservationEnd::NoTransaction => "no_transaction",
                ReservationEnd::Removed => "removed",
                ReservationEnd::Cancelled { .. } => "cancelled",
                ReservationEnd::Refused { .. } => "refused",
                ReservationEnd::NeverKept { .. } => "never_kept",
            },
        }
    }

    /// Why it is as it is, where there is more to say.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            ReservationState::Planned { why } => why.as_deref(),
            ReservationState::Ended {
                how: ReservationEnd::Refused { why } | ReservationEnd::NeverKept { why },
                ..
            } => Some(why),
            _ => None,
        }
    }
}
