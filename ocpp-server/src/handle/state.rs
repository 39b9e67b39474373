//! What a connection holds of its station while it is connected, so that a fact needs no read.

use std::collections::BTreeMap;

use ocpp_core::model::{EvseId, Fact, Place, SessionKey, StationId, StationTxRef};
use ocpp_core::rules::timeline::Timeline;

use super::decide;
use crate::domain::{Observation, Observed, Port, Revision, Session, SessionStatus, Station};
use crate::pricing::{add_to_timeline, timeline_of};
use crate::store::{Change, ReadError, StationAtWork, Store};

/// The most running sessions of one station that are held. A real station has as many as it has EVSEs;
/// those beyond it are read from the store when needed.
const MAX_RUNNING: usize = 256;

/// A station with its ports and running sessions, as the store has them.
#[derive(Debug, Clone)]
pub struct StationState {
    /// The station.
    pub station: Station,
    /// Its ports.
    pub ports: BTreeMap<Place, Port>,
    /// Its running sessions.
    pub running: BTreeMap<SessionKey, Session>,
    /// The timelines of those of them that a tariff prices.
    pub timelines: BTreeMap<SessionKey, Timeline>,
    /// Which of its EVSEs offer less power than they have to, as far as that was heard on this connection.
    pub derated: BTreeMap<EvseId, bool>,
}

impl StationState {
    /// A station that was never stored.
    #[must_use]
    pub fn new(station: Station) -> StationState {
        StationState {
            station,
            ports: BTreeMap::new(),
            running: BTreeMap::new(),
            timelines: BTreeMap::new(),
            derated: BTreeMap::new(),
        }
    }

    /// Reads a station with its ports and running sessions; `None` when it is not stored.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn load(store: &dyn Store, id: &StationId) -> Result<Option<StationState>, ReadError> {
        let Some(at_work) = store.station_at_work(id, MAX_RUNNING).await? else { return Ok(None) };
        let StationAtWork { station, ports, running } = at_work;
        let ports = ports.into_iter().map(|port| (port.place, port)).collect();
        let mut timelines = BTreeMap::new();
        for session in running.iter().filter(|session| session.tariff.is_some()) {
            let readings = store.readings(&session.key).await?;
            timelines.insert(session.key.clone(), timeline_of(session, &readings));
        }
        let running = running.into_iter().map(|session| (session.key.clone(), session)).collect();
        Ok(Some(StationState { station, ports, running, timelines, derated: BTreeMap::new() }))
    }

    /// Reads a station that must be there.
    pub(super) async fn reload(store: &dyn Store, id: &StationId) -> Result<StationState, ReadError> {
        StationState::load(store, id).await?.ok_or_else(|| ReadError(format!("station {id} is gone")))
    }

    /// The running session that a fact is about.
    pub(super) fn session_of(&self, fact: &Fact) -> Option<&Session> {
        if let Some(StationTxRef::Numbered(number)) = decide::reference_of(fact) {
            return self.running.values().find(|session| session.number.0 == *number);
        }
        if let Some(key) = decide::start_key_of(fact) {
            return self
                .running
                .values()
                .find(|session| decide::is_same_start(&session.start_key, &key, fact));
        }
        self.only_session_at(decide::unnamed_place_of(fact)?)
    }

    /// The running session at a place, when there is exactly one.
    fn only_session_at(&self, place: Place) -> Option<&Session> {
        let mut here = self.running.values().filter(|session| {
            session.place.and_then(Place::evse).is_some_and(|evse| Some(evse) == place.evse())
        });
        here.next().filter(|_| here.next().is_none())
    }

    /// Reads the course of a session again, after a report that did not come at its end. When that fails it is
    /// read with the next report.
    pub(super) async fn recall(&mut self, store: &dyn Store, key: &SessionKey) {
        self.timelines.remove(key);
        let Some(session) = self.running.get(key).filter(|session| session.tariff.is_some()) else { return };
        match store.readings(key).await {
            Ok(readings) => {
                self.timelines.insert(key.clone(), timeline_of(session, &readings));
            }
            Err(error) => tracing::warn!(session = %key, %error, "the course of a session is read later"),
        }
    }

    fn note_power(&mut self, observation: &Observation) {
        let Some(evse) = observation.place.evse() else { return };
        match observation.what {
            Observed::Derated => self.derated.insert(evse, true),
            Observed::FullPower => self.derated.insert(evse, false),
            _ => None,
        };
    }

    /// Takes over what was committed.
    pub fn apply(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Station(station) => {
                    self.station = Station { revision: station.revision.next(), ..station };
                }
                Change::Port(_, port) => {
                    self.ports.insert(port.place, port);
                }
                Change::Session(session) if session.status == SessionStatus::Active => {
                    // Of a session that is not new and has no timeline here, the store knows more.
                    if session.tariff.is_some() && session.revision == Revision::default() {
                        self.timelines.insert(session.key.clone(), Timeline::new(session.started_at));
                    } else if let Some(timeline) = self.timelines.get_mut(&session.key) {
                        timeline.set_start(session.started_at);
                    }
                    let session = Session { revision: session.revision.next(), ..session };
                    self.running.insert(session.key.clone(), session);
                }
                Change::Session(session) => {
                    self.running.remove(&session.key);
                    self.timelines.remove(&session.key);
                }
                Change::Readings(session, readings) => {
                    if let Some(timeline) = self.timelines.get_mut(&session) {
                        readings.iter().for_each(|reading| add_to_timeline(timeline, reading));
                    }
                }
                Change::Observed(_, observation) => self.note_power(&observation),
                Change::Refusal { .. }
                | Change::RefusalSettled(_)
                | Change::Record(_)
                | Change::Course(_)
                | Change::ForgetObservations { .. }
                | Change::ForgetCourses { .. } => {}
            }
        }
    }
}
