//! Which places are to be in use (G03, G04): the wish is kept, the station is told, and both can be compared.

use ocpp_core::model::{Availability, Command, Outcome, Place, PortStatus, StationId};

use super::giving::{Given, give};
use crate::Csms;
use crate::domain::{AvailabilityWish, Event, EventKind, Port, RecordKind, Revision};
use crate::store::{Change, CommitError, ReadError, RecordFilter, TypedRecords, Unit};

/// Why a wish was not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AvailabilityError {
    /// Nobody knows the station.
    #[error("There is no station {0:?}.")]
    UnknownStation(String),
    /// Too many places.
    #[error("{MAX_WISHES} places of this station have a wish of their own: that is all that are kept.")]
    TooMany,
    /// Somebody else changed it in the meantime.
    #[error("Somebody else has changed this in the meantime: try again.")]
    Conflict,
    /// The store failed.
    #[error("The database fails: {0}. Try again later.")]
    Store(String),
}

impl From<ReadError> for AvailabilityError {
    fn from(error: ReadError) -> AvailabilityError {
        AvailabilityError::Store(error.to_string())
    }
}

impl From<CommitError> for AvailabilityError {
    fn from(error: CommitError) -> AvailabilityError {
        match error {
            CommitError::Conflict { .. } => AvailabilityError::Conflict,
            other => AvailabilityError::Store(other.to_string()),
        }
    }
}

/// How many places of a station may have a wish of their own.
const MAX_WISHES: usize = 200;

/// A wish beside what the station reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WishReport {
    /// What is wanted.
    pub wish: AvailabilityWish,
    /// Whether what the station reports contradicts it.
    pub is_contradicted: bool,
}

/// The availability of a manager's stations. Clones are the same.
#[derive(Clone)]
pub struct Availabilities {
    csms: Csms,
}

impl Availabilities {
    /// The availability of the stations of a manager.
    #[must_use]
    pub const fn new(csms: Csms) -> Availabilities {
        Availabilities { csms }
    }

    /// Wants a place in use or out of use, and tells the station if it is connected. What it said is in the wish.
    ///
    /// # Errors
    /// [`AvailabilityError`]; nothing is kept then.
    pub async fn wish(
        &self,
        station: &StationId,
        place: Place,
        availability: Availability,
        by: &str,
    ) -> Result<AvailabilityWish, AvailabilityError> {
        if self.csms.store().station(station).await?.is_none() {
            return Err(AvailabilityError::UnknownStation(station.to_string()));
        }
        let kept = self.wishes(station).await?;
        let before = kept.iter().find(|wish| wish.place == place);
        if before.is_none() && kept.len() >= MAX_WISHES {
            return Err(AvailabilityError::TooMany);
        }
        let wish = AvailabilityWish {
            station: station.clone(),
            place,
            revision: before.map_or_else(Revision::default, |wish| wish.revision),
            availability,
            by: by.chars().take(200).collect(),
            at: self.csms.now(),
            said: None,
            taken: false,
        };
        let wish = self.keep(wish).await?;
        self.tell(wish).await
    }

    /// Tells a station again what is wanted of its places, those that it contradicts or was not told.
    ///
    /// # Errors
    /// [`AvailabilityError`].
    pub async fn reassert(&self, station: &StationId) -> Result<Vec<AvailabilityWish>, AvailabilityError> {
        let mut told = Vec::new();
        for report in self.report(station).await? {
            if report.is_contradicted || !report.wish.taken {
                told.push(self.tell(report.wish).await?);
            }
        }
        Ok(told)
    }

    /// What is wanted of a station's places, beside what it reports.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn report(&self, station: &StationId) -> Result<Vec<WishReport>, AvailabilityError> {
        let ports = self.csms.store().ports(station).await?;
        let wishes = self.wishes(station).await?;
        let closed: Vec<Place> = wishes
            .iter()
            .filter(|wish| wish.availability == Availability::Inoperative)
            .map(|wish| wish.place)
            .collect();
        let report = |wish: AvailabilityWish| {
            let is_contradicted = ports.iter().any(|port| contradicts(port, &wish, &closed));
            WishReport { wish, is_contradicted }
        };
        Ok(wishes.into_iter().map(report).collect())
    }

    async fn wishes(&self, station: &StationId) -> Result<Vec<AvailabilityWish>, ReadError> {
        let filter = RecordFilter::all(RecordKind::AvailabilityWish, MAX_WISHES).of(station.as_str());
        self.csms.store().list(filter).await
    }

    async fn tell(&self, wish: AvailabilityWish) -> Result<AvailabilityWish, AvailabilityError> {
        let command = Command::SetAvailability { place: wish.place, availability: wish.availability };
        let (said, taken) = match give(&self.csms, &wish.station, command, &wish.by).await {
            Given::Answered(outcome @ Outcome::Verdict(_)) => (outcome.word(), outcome.is_success()),
            Given::Answered(outcome) => (outcome.word(), false),
            Given::NotConnected => ("not told: the station is not connected".to_owned(), false),
            Given::Refused(why) | Given::Unclear(why) => (why, false),
        };
        self.keep(AvailabilityWish { said: Some(said), taken, ..wish }).await
    }

    async fn keep(&self, wish: AvailabilityWish) -> Result<AvailabilityWish, AvailabilityError> {
        let kind = EventKind::AvailabilityWished { place: wish.place, availability: wish.availability };
        let event = Event { at: self.csms.now(), station: Some(wish.station.clone()), kind };
        let changes = vec![Change::put(&wish)];
        self.csms.commit(Unit { changes, events: vec![event], ..Unit::default() }).await?;
        Ok(AvailabilityWish { revision: wish.revision.next(), ..wish })
    }
}

/// Whether a port that a wish concerns is reported otherwise. One that is in use closes when its session ends
/// (G03.FR.05), and one that another wish closes is out of use rightly.
fn contradicts(port: &Port, wish: &AvailabilityWish, closed: &[Place]) -> bool {
    if !covers(wish.place, port.place) {
        return false;
    }
    match wish.availability {
        Availability::Inoperative => matches!(port.status, PortStatus::Available | PortStatus::Reserved),
        Availability::Operative => {
            port.status == PortStatus::Unavailable && !closed.iter().any(|place| covers(*place, port.place))
        }
    }
}

/// Whether a place is, or has within it, another one.
fn covers(place: Place, port: Place) -> bool {
    match place {
        Place::Station => true,
        Place::Evse(evse) => port.evse() == Some(evse),
        Place::Connector(..) => place == port,
    }
}
