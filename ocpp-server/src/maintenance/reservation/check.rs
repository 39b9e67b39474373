//! Whether a reservation can be made: values that make sense, and a place that nobody else has at that time.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{EvseId, Place, StationId};

use super::{MAX_OPEN, ReservationError, ReservationForm, Reservations, unknown};
use crate::domain::{Reservation, StationEntry};
use crate::store::{ReadError, TypedRecords};

/// The longest reservation.
const MAX_LENGTH: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How far ahead one may be made.
const MAX_AHEAD: SignedDuration = SignedDuration::from_hours(366 * 24);
/// The second from which numbers are counted: 2026-01-01T00:00:00Z. 31 bits last until 2094.
const COUNTED_FROM: i64 = 1_767_225_600;
/// The highest number that every version can say.
const MAX_NUMBER: i64 = 2_147_483_647;

/// A number that no reservation of the station had: that of the present second, or the one after the highest.
pub(super) fn fresh_number(latest: &[Reservation], now: Timestamp) -> i64 {
    let highest = latest.iter().map(|held| held.number).max().unwrap_or(0);
    now.as_second().saturating_sub(COUNTED_FROM).max(highest.saturating_add(1)).clamp(1, MAX_NUMBER)
}

fn invalid(pointer: &'static str, sentence: &str) -> ReservationError {
    ReservationError::Invalid { pointer, sentence: sentence.to_owned() }
}

impl Reservations {
    pub(super) async fn check(
        &self,
        station: &StationId,
        form: &ReservationForm,
        latest: &[Reservation],
        now: Timestamp,
    ) -> Result<(), ReservationError> {
        check_values(form, now)?;
        let evses = self.evses_of(station).await?.ok_or_else(|| unknown("station", station.as_str()))?;
        if let Some(evse) = form.evse
            && !evses.is_empty()
            && !evses.contains(&evse)
        {
            return Err(invalid("/evse", "The station has no such EVSE."));
        }
        let from = form.from.map_or(now, |from| from.max(now));
        let others: Vec<&Reservation> =
            latest.iter().filter(|held| held.is_open() && Some(held.number) != form.number).collect();
        if others.len() >= MAX_OPEN {
            let sentence = format!("{MAX_OPEN} reservations of this station are open: take some back first.");
            return Err(ReservationError::Conflict(sentence));
        }
        check_place(form.evse, (from, form.until), &others, evses.len())
    }

    /// The EVSEs that a station has as far as is known; `None` when nobody knows the station.
    async fn evses_of(&self, station: &StationId) -> Result<Option<BTreeSet<EvseId>>, ReadError> {
        let store = self.csms.store();
        let entry: Option<StationEntry> = store.get(station.as_str()).await?;
        if entry.is_none() && store.station(station).await?.is_none() {
            return Ok(None);
        }
        let reported = store.ports(station).await?;
        let reported = reported.into_iter().filter_map(|port| Place::evse(port.place));
        let entered = entry.into_iter().flat_map(|entry| entry.evses).map(|evse| evse.id);
        Ok(Some(reported.chain(entered).collect()))
    }
}

fn check_values(form: &ReservationForm, now: Timestamp) -> Result<(), ReservationError> {
    let from = form.from.map_or(now, |from| from.max(now));
    if form.until <= now {
        return Err(invalid("/until", "A reservation has to end in the future."));
    }
    if form.until <= from {
        return Err(invalid("/until", "A reservation has to end after it begins."));
    }
    if form.until.duration_since(from) > MAX_LENGTH {
        return Err(invalid("/until", "A reservation lasts seven days at most."));
    }
    if from.duration_since(now) > MAX_AHEAD {
        return Err(invalid("/from", "A reservation begins within a year."));
    }
    if form.number.is_some_and(|number| !(1..=MAX_NUMBER).contains(&number)) {
        return Err(invalid("/number", "The number of a reservation goes from 1 to 2147483647."));
    }
    if form.evse.is_some_and(|evse| evse.0 == 0) {
        return Err(invalid("/evse", "EVSEs count from 1: leave it out for any EVSE."));
    }
    let characters = form.token.value.chars().count();
    if characters == 0 || characters > 255 {
        return Err(invalid("/token", "A token has 1 to 255 characters."));
    }
    if form.group.as_ref().is_some_and(|group| group.value.is_empty() || group.value.chars().count() > 255) {
        return Err(invalid("/group", "A group has 1 to 255 characters."));
    }
    let kind = form.connector_type.as_deref().map(|kind| kind.chars().count());
    if kind.is_some_and(|characters| characters == 0 || characters > 20) {
        return Err(invalid("/connector_type", "A kind of connector has 1 to 20 characters, such as cCCS2."));
    }
    Ok(())
}

/// A place is kept for one driver at a time, and there are never more reservations than places.
fn check_place(
    evse: Option<EvseId>,
    (from, until): (Timestamp, Timestamp),
    others: &[&Reservation],
    evses: usize,
) -> Result<(), ReservationError> {
    let overlapping: Vec<_> =
        others.iter().filter(|other| other.from < until && from < other.until).collect();
    if let Some(other) = overlapping.iter().find(|other| other.evse.is_some() && other.evse == evse) {
        let sentence =
            format!("Reservation {} has this EVSE from {} until {}.", other.number, other.from, other.until);
        return Err(ReservationError::Conflict(sentence));
    }
    // The most at one moment is reached when one of them begins.
    let at = |moment: Timestamp| {
        overlapping.iter().filter(|other| other.from <= moment && moment < other.until).count()
    };
    let begins = overlapping.iter().map(|other| other.from.max(from)).chain([from]);
    let most = begins.map(at).max().unwrap_or(0);
    if evses > 0 && most >= evses {
        return Err(ReservationError::Conflict(
            "All places of this station are reserved in that time.".to_owned(),
        ));
    }
    Ok(())
}
