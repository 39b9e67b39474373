//! What charging costs now, and when that changes next.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ocpp_core::rules::cost::{next_change, offered_at};
use ocpp_core::rules::tariff::{EvseKind, Tariff, TaxRate, in_words};
use ocpp_server::domain::{TariffEntry, TariffId};
use ocpp_server::store::{ReadError, Store, TypedRecords};
use rust_decimal::Decimal;

/// What charging costs at a place now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Offered {
    /// The tariff that holds.
    pub(crate) id: TariffId,
    /// Its prices that hold now.
    pub(crate) now: Tariff,
    /// What holds next, and from when on.
    pub(crate) next: Option<(Timestamp, Tariff)>,
}

impl Offered {
    /// The prices in words, a line each.
    pub(crate) fn words(&self) -> Vec<String> {
        in_words(&self.now)
    }

    /// What changes next, for a driver: `From 22:00 today: Energy: 0.35 EUR per kWh.`
    pub(crate) fn change_in_words(&self, zone: &TimeZone, now: Timestamp) -> Option<String> {
        let (at, then) = self.next.as_ref()?;
        let (local, today) = (zone.to_datetime(*at), zone.to_datetime(now).date());
        let day = if local.date() == today {
            "today".to_owned()
        } else if today.tomorrow().is_ok_and(|tomorrow| tomorrow == local.date()) {
            "tomorrow".to_owned()
        } else {
            format!("on {}", local.strftime("%A, %-d %B %Y"))
        };
        Some(format!("From {} {day}: {}", local.strftime("%H:%M"), in_words(then).join(" ")))
    }
}

/// Reads tariffs once for all places of a moment.
pub(super) struct Prices<'s> {
    store: &'s dyn Store,
    at: Timestamp,
    entries: HashMap<TariffId, Option<TariffEntry>>,
    offers: HashMap<(TariffId, String, Option<EvseKind>), Option<Offered>>,
}

impl<'s> Prices<'s> {
    pub(super) fn new(store: &'s dyn Store, at: Timestamp) -> Prices<'s> {
        Prices { store, at, entries: HashMap::new(), offers: HashMap::new() }
    }

    async fn entry(&mut self, id: &TariffId) -> Result<Option<TariffEntry>, ReadError> {
        if let Some(known) = self.entries.get(id) {
            return Ok(known.clone());
        }
        let entry: Option<TariffEntry> = self.store.get(&id.0).await?;
        self.entries.insert(id.clone(), entry.clone());
        Ok(entry)
    }

    /// The tariffs of a place out of the one that was assigned: those that are still to come first, the one that holds
    /// now last. Charging is free where none holds.
    pub(super) async fn course(&mut self, assigned: &TariffId) -> Result<Vec<TariffEntry>, ReadError> {
        let mut course = Vec::new();
        let mut wanted = Some(assigned.clone());
        while let Some(id) = wanted {
            let Some(entry) = self.entry(&id).await? else { break };
            let holds = entry.tariff.valid_from.is_none_or(|from| from <= self.at);
            wanted = entry.predecessor.clone();
            course.push(entry);
            if holds {
                break;
            }
        }
        Ok(course)
    }

    /// What charging costs at a place of this kind.
    pub(super) async fn offered(
        &mut self,
        assigned: &TariffId,
        kind: Option<EvseKind>,
        (zone_name, zone): (&str, &TimeZone),
    ) -> Result<Option<Offered>, ReadError> {
        let key = (assigned.clone(), zone_name.to_owned(), kind);
        if let Some(known) = self.offers.get(&key) {
            return Ok(known.clone());
        }
        let course = self.course(assigned).await?;
        let offered = offer_of(&course, kind, zone, self.at);
        self.offers.insert(key, offered.clone());
        Ok(offered)
    }

    /// The tariffs that were read.
    pub(super) fn read(self) -> Vec<TariffEntry> {
        let mut read: Vec<TariffEntry> = self.entries.into_values().flatten().collect();
        read.sort_unstable_by(|one, other| one.id.0.cmp(&other.id.0));
        read
    }
}

fn offer_of(
    course: &[TariffEntry],
    kind: Option<EvseKind>,
    zone: &TimeZone,
    at: Timestamp,
) -> Option<Offered> {
    let holds = |entry: &&TariffEntry| entry.tariff.valid_from.is_none_or(|from| from <= at);
    let now = course.iter().find(holds)?;
    let by_time = next_change(&now.tariff, kind, zone, at).map(|change| (change, &now.tariff));
    let succeeded = course
        .iter()
        .filter_map(|entry| Some((entry.tariff.valid_from.filter(|from| *from > at)?, &entry.tariff)))
        .min_by_key(|(from, _)| *from);
    // At the same moment the new tariff counts.
    let next = match (succeeded, by_time) {
        (Some(succeeded), Some(by_time)) if by_time.0 < succeeded.0 => Some(by_time),
        (Some(succeeded), _) => Some(succeeded),
        (None, by_time) => by_time,
    };
    Some(Offered {
        id: now.id.clone(),
        now: offered_at(&now.tariff, kind, zone, at),
        next: next.map(|(change, tariff)| (change, offered_at(tariff, kind, zone, change))),
    })
}

/// All taxes in percent of the price, those on top of others included (I12.FR.13).
pub(super) fn effective(taxes: &[TaxRate]) -> Decimal {
    let levels: BTreeSet<u32> = taxes.iter().map(|tax| tax.stack).collect();
    let hundred = Decimal::ONE_HUNDRED;
    let whole = levels.into_iter().fold(hundred, |base, level| {
        let of_level = taxes.iter().filter(|tax| tax.stack == level).map(|tax| tax.tax);
        let percent = of_level.fold(Decimal::ZERO, Decimal::saturating_add);
        base.saturating_add(base.saturating_mul(percent).checked_div(hundred).unwrap_or_default())
    });
    whole.saturating_sub(hundred)
}
