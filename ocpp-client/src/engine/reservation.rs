//! Places that are kept free (block H).

use std::collections::BTreeMap;
use std::time::Duration;

use ocpp_core::model::{EvseId, Fact, IdToken, Outcome, PortStatus, ReservationEnding, Reserve, Verdict};

use super::evse::Evse;
use super::{Engine, Record};

/// How many reservations a station keeps.
const MAX_RESERVATIONS: usize = 64;

/// The reservations that the station keeps, by their numbers.
pub(super) type Reservations = BTreeMap<i64, Reserve>;

/// What a driver may do at an EVSE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// It is kept for somebody else.
    Refused,
    /// It is kept for nobody.
    Unreserved,
    /// The reservation of this number is the driver's.
    Reservation(i64),
}

/// Orders.
impl Engine {
    /// H01. A refused replacement leaves the old reservation as it was.
    pub(super) fn reserve(&mut self, now: Duration, wanted: &Reserve) -> Outcome {
        let before = self.reservations.remove(&wanted.id);
        let verdict = self.can_reserve(now, wanted);
        match (verdict, before) {
            (Verdict::Accepted, _) => drop(self.reservations.insert(wanted.id, wanted.clone())),
            (_, Some(before)) => drop(self.reservations.insert(before.id, before)),
            (_, None) => {}
        }
        if verdict == Verdict::Accepted {
            self.keep_reservations();
        }
        Outcome::Verdict(verdict)
    }

    fn can_reserve(&self, now: Duration, wanted: &Reserve) -> Verdict {
        let has_room = self.reservations.len() < MAX_RESERVATIONS;
        if !self.settings.reservations || !has_room || wanted.expires_at <= self.clock.at(now) {
            return Verdict::Rejected; // H01.FR.01
        }
        if wanted.evse.is_none() && !self.settings.reserve_unspecified {
            return Verdict::Rejected; // H01.FR.19
        }
        let targets: Vec<&Evse> =
            self.evses.values().filter(|evse| self.is_target(evse.id, wanted)).collect();
        if targets.is_empty() {
            return Verdict::Rejected;
        }
        if targets.iter().all(|evse| evse.is_faulted) {
            return Verdict::Faulted; // H01.FR.12
        }
        if targets.iter().all(|evse| !self.is_operative(evse.id)) {
            return Verdict::Unavailable; // H01.FR.14
        }
        let free =
            targets.iter().filter(|evse| self.is_free(evse) && self.kept_for(evse.id).is_none()).count();
        let competing = self.reservations.values().filter(|held| held.evse.is_none()).count();
        let spare = if wanted.evse.is_some() {
            // One that names no EVSE still needs another place.
            self.free_places().saturating_sub(competing)
        } else {
            free.saturating_sub(competing)
        };
        if free == 0 || spare == 0 { Verdict::Occupied } else { Verdict::Accepted } // H01.FR.11
    }

    fn is_target(&self, evse: EvseId, wanted: &Reserve) -> bool {
        let is_kind = match (&wanted.connector_type, &self.config.connector_type) {
            (Some(wanted), Some(built)) => wanted == built,
            (Some(_), None) => false,
            (None, _) => true,
        };
        is_kind && wanted.evse.is_none_or(|wanted| wanted == evse)
    }

    /// H02.
    pub(super) fn cancel_reservation(&mut self, id: i64) -> Outcome {
        if self.reservations.remove(&id).is_none() {
            return Outcome::Verdict(Verdict::Rejected);
        }
        self.keep_reservations();
        Outcome::Verdict(Verdict::Accepted)
    }

    fn keep_reservations(&mut self) {
        self.keep(Record::Reservations(self.reservations.values().cloned().collect()));
    }
}

/// Places.
impl Engine {
    fn is_free(&self, evse: &Evse) -> bool {
        let is_idle = evse.transaction.is_none() && evse.permit.is_none() && !evse.is_plugged;
        is_idle && !evse.is_faulted && self.is_operative(evse.id)
    }

    /// How many places are free and not kept for anybody in particular.
    fn free_places(&self) -> usize {
        let is_open = |evse: &&Evse| self.is_free(evse) && self.kept_for(evse.id).is_none();
        self.evses.values().filter(is_open).count()
    }

    /// The reservation that names this EVSE.
    fn kept_for(&self, evse: EvseId) -> Option<&Reserve> {
        self.reservations.values().find(|held| held.evse == Some(evse))
    }

    /// Whether an EVSE without a driver is kept: it is named, or without it too few places would be free
    /// (H01.FR.20, H01.FR.24).
    pub(super) fn is_reserved(&self, evse: EvseId) -> bool {
        let open = self.reservations.values().filter(|held| held.evse.is_none()).count();
        let is_open =
            |other: &&Evse| other.id != evse && self.is_free(other) && self.kept_for(other.id).is_none();
        self.kept_for(evse).is_some() || self.evses.values().filter(is_open).count() < open
    }

    /// Which reservation a driver would use up at an EVSE, and whether the driver may use it at all. In 2.x and
    /// 1.6 alike the group counts where the reservation names it (H03.FR.04).
    pub(super) fn claim(&self, evse: EvseId, token: &IdToken, group: Option<&IdToken>) -> Claim {
        let is_theirs =
            |held: &Reserve| held.id_token == *token || group.is_some() && held.group.as_ref() == group;
        match self.kept_for(evse) {
            Some(held) if is_theirs(held) => Claim::Reservation(held.id),
            Some(_) => Claim::Refused,
            None => match self.reservations.values().find(|held| held.evse.is_none() && is_theirs(held)) {
                Some(held) => Claim::Reservation(held.id),
                None if self.is_reserved(evse) => Claim::Refused,
                None => Claim::Unreserved,
            },
        }
    }

    /// A reservation is used up (H03.FR.09).
    pub(super) fn use_up(&mut self, id: i64) {
        self.reservations.remove(&id);
        self.keep_reservations();
    }

    /// A place that can no longer be used loses its reservation (H01.FR.16, H01.FR.17).
    pub(super) fn drop_reservations_of(&mut self, lost: impl Fn(&Engine, EvseId) -> bool) {
        let gone: Vec<i64> = self
            .reservations
            .values()
            .filter(|held| held.evse.is_some_and(|evse| lost(self, evse)))
            .map(|held| held.id)
            .collect();
        self.end_reservations(gone, ReservationEnding::Removed);
    }

    /// H04.
    pub(super) fn expire_reservations(&mut self, now: Duration) {
        let time = self.clock.at(now);
        let is_over = |held: &&Reserve| held.expires_at <= time;
        let over: Vec<i64> = self.reservations.values().filter(is_over).map(|held| held.id).collect();
        if !over.is_empty() {
            self.end_reservations(over, ReservationEnding::Expired);
            self.show_idle(now);
        }
    }

    fn end_reservations(&mut self, ids: Vec<i64>, how: ReservationEnding) {
        if ids.is_empty() {
            return;
        }
        for id in ids {
            self.reservations.remove(&id);
            self.queue.push(Fact::ReservationEnded { id, how });
        }
        self.keep_reservations();
    }

    /// When the next reservation lapses.
    pub(super) fn reservation_ends_at(&self) -> Option<Duration> {
        self.reservations.values().map(|held| self.clock.when(held.expires_at)).min()
    }
}

/// Status.
impl Engine {
    /// Shows of every EVSE without a transaction what it is to a driver who comes now.
    pub(super) fn show_idle(&mut self, now: Duration) {
        let idle: Vec<_> = self
            .evses
            .values()
            .filter(|evse| evse.transaction.is_none() && !evse.is_finishing)
            .map(|evse| (evse.id, self.idle_status(evse)))
            .collect();
        for (id, status) in idle {
            self.set_status(now, id, status);
        }
    }

    /// A reserved connector stays so although a vehicle is plugged in, until its driver comes (G03.FR.09).
    pub(super) fn idle_status(&self, evse: &Evse) -> PortStatus {
        if evse.is_faulted {
            PortStatus::Faulted
        } else if !self.is_operative(evse.id) {
            PortStatus::Unavailable
        } else if evse.permit.is_some() {
            PortStatus::Preparing
        } else if self.kept_for(evse.id).is_some() {
            PortStatus::Reserved
        } else if evse.is_plugged {
            PortStatus::Preparing
        } else if self.is_reserved(evse.id) {
            PortStatus::Reserved
        } else {
            PortStatus::Available
        }
    }
}
