//! Local lists and availability, kept as they are wanted: a station that comes back, or whose list has become another
//! one because a token was changed, is told again what it does not have.

use jiff::SignedDuration;
use ocpp_core::model::StationId;
use tokio_util::sync::CancellationToken;

use super::attend::{Attendant, Calls, attend};
use super::availability::{Availabilities, AvailabilityError};
use super::local_list::{ListError, ListReport, LocalLists};
use crate::Csms;
use crate::domain::{Event, EventKind, ListState, RecordKind, StationList};
use crate::store::{RecordFilter, TypedRecords};

/// How long a list that a station did not take is not sent again by itself: one that refuses it would be sent it
/// whenever its line breaks.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// How many lists are read at a time.
const PAGE: usize = 500;

/// Keeps stations at what is wanted of them. Clones are the same.
#[derive(Clone)]
pub struct Upholding {
    csms: Csms,
    lists: LocalLists,
    places: Availabilities,
}

impl Upholding {
    /// Keeps the stations of a manager at what is wanted of them, once it runs.
    #[must_use]
    pub fn new(csms: Csms) -> Upholding {
        Upholding { lists: LocalLists::new(csms.clone()), places: Availabilities::new(csms.clone()), csms }
    }

    /// Attends to every station that connects or restarts, and to all that have a list when a token is changed, until
    /// `shutdown`. A station is attended to once a minute at most, sixteen at a time.
    pub async fn run(&self, shutdown: CancellationToken) {
        attend(&self.csms, self, shutdown).await;
    }

    async fn uphold_places(&self, station: &StationId) {
        match self.places.reassert(station).await {
            Ok(told) if told.is_empty() => {}
            Ok(told) => {
                tracing::info!(%station, places = told.len(), "told again which places are to be in use")
            }
            Err(AvailabilityError::UnknownStation(_)) => {}
            Err(error) => tracing::warn!(%station, %error, "availability is not looked after"),
        }
    }

    async fn uphold_list(&self, station: &StationId) {
        let sent = match self.lists.report(station).await {
            Ok(Some(report)) if self.wants_sending(&report) => self.lists.send(station).await,
            Ok(_) => return,
            Err(error) => Err(error),
        };
        match sent {
            Ok(sent) => tracing::info!(%station, version = sent.version, "its local list was sent again"),
            Err(
                ListError::NotConnected
                | ListError::Busy
                | ListError::NotChosen
                | ListError::UnknownStation(_),
            ) => {}
            Err(error) => tracing::warn!(%station, %error, "its local list is not looked after"),
        }
    }

    fn wants_sending(&self, report: &ListReport) -> bool {
        match report.list.state {
            ListState::Failed { at, .. } => self.csms.now().duration_since(at) >= PAUSE,
            ListState::Sent { .. } => !report.is_current,
            // It was chosen and never sent: whoever chose it sends it.
            ListState::NeverSent => false,
        }
    }
}

impl Attendant for Upholding {
    fn called_by(&self, event: &Event) -> Calls {
        match &event.kind {
            EventKind::RecordChanged { record: RecordKind::Token, .. }
            | EventKind::RecordRemoved { record: RecordKind::Token, .. } => Calls::Everyone,
            _ => Calls::of_return(event),
        }
    }

    /// Those that have a list and are connected.
    async fn everyone(&self) -> Vec<StationId> {
        let mut everyone = Vec::new();
        let mut after = None;
        loop {
            let filter = RecordFilter::all(RecordKind::StationList, PAGE).after(after.take());
            let page: Vec<StationList> = match self.csms.store().list(filter).await {
                Ok(page) => page,
                Err(error) => {
                    tracing::warn!(%error, "which stations have local lists cannot be read: they are sent at the next return");
                    return everyone;
                }
            };
            after = page.last().map(|list| list.station.to_string());
            let is_full = page.len() == PAGE;
            let connected = page.into_iter().map(|list| list.station);
            everyone.extend(connected.filter(|station| self.csms.stations().is_connected(station)));
            if !is_full {
                return everyone;
            }
        }
    }

    async fn attend(&self, station: StationId) {
        self.uphold_places(&station).await;
        self.uphold_list(&station).await;
    }
}
