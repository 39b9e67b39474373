//! Which places may be used, by the manager's word (block G).
//!
//! The station, each EVSE and each connector has a word of its own; a place may be used when all of them say so.
//! So a place that is put back into use shows what was set for it before (G03.FR.07, G04.FR.08).

use std::time::Duration;

use ocpp_core::model::{Availability, ConnectorId, EvseId, Place, Verdict};

use super::{Engine, Record};

impl Engine {
    pub(super) fn is_operative(&self, evse: EvseId) -> bool {
        let words = [Place::Station, Place::Evse(evse), Place::Connector(evse, ConnectorId(1))];
        let is_closed = self.is_closed_for_firmware() || self.is_resetting(evse);
        !is_closed && words.iter().all(|place| !self.inoperative.contains(place))
    }

    /// What is busy changes when its transaction ends (G03.FR.05, G04.FR.06); the rest at once.
    pub(super) fn set_availability(
        &mut self,
        now: Duration,
        place: Place,
        availability: Availability,
    ) -> Verdict {
        if !self.has_place(place) {
            return Verdict::Rejected;
        }
        let changes = match availability {
            Availability::Inoperative => self.inoperative.insert(place),
            Availability::Operative => self.inoperative.remove(&place),
        };
        if !changes {
            return Verdict::Accepted; // G03.FR.03
        }
        // It outlives a restart (G03.FR.08, G04.FR.09).
        self.keep(Record::Inoperative(self.inoperative.iter().copied().collect()));
        self.drop_reservations_of(|engine, evse| !engine.is_operative(evse));
        self.show_idle(now);
        let is_busy = |evse: &super::evse::Evse| {
            evse.transaction.is_some() && place.evse().is_none_or(|wanted| wanted == evse.id)
        };
        if availability == Availability::Inoperative && self.evses.values().any(is_busy) {
            Verdict::Scheduled
        } else {
            Verdict::Accepted
        }
    }

    /// Whether the station has a place.
    pub(super) fn has_place(&self, place: Place) -> bool {
        let has_evse = place.evse().is_none_or(|evse| self.evses.contains_key(&evse));
        has_evse && place.connector().is_none_or(|connector| connector == ConnectorId(1))
    }
}
