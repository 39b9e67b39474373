//! What a tariff says at one moment to somebody who has not begun to charge.

use alloc::vec::Vec;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::calendar::{self, Local, When};
use super::curve::NANO;
use crate::rules::tariff::{Conditions, EnergyPrices, EvseKind, FixedPrices, Tariff, TimePrices};

/// How far ahead a change of prices is looked for, in days.
pub const AHEAD_DAYS: i64 = 31;

/// A tariff with the prices alone that hold at a moment: what depends on time of day, day and kind of EVSE is
/// decided and taken away, what depends on the session (its energy, its length) or the payment stays.
#[must_use]
pub fn offered_at(tariff: &Tariff, kind: Option<EvseKind>, zone: &TimeZone, at: Timestamp) -> Tariff {
    offered(tariff, kind, calendar::local_at(zone, at))
}

/// When the prices that hold at a moment change next by time of day or date, within [`AHEAD_DAYS`]; `None` when they
/// stay. Local time is that of the site, summer time or not (I12.FR.37).
#[must_use]
pub fn next_change(
    tariff: &Tariff,
    kind: Option<EvseKind>,
    zone: &TimeZone,
    at: Timestamp,
) -> Option<Timestamp> {
    let conditions = conditions(tariff);
    let whens: Vec<When> = conditions.into_iter().map(When::of).collect();
    let now = offered_at(tariff, kind, zone, at);
    let cuts = calendar::cuts(whens.iter(), zone, at, AHEAD_DAYS * 86_400 * NANO).ok()?;
    let mut cuts: Vec<_> = cuts.into_iter().filter(|cut| cut.at > 0).collect();
    cuts.sort_unstable_by_key(|cut| cut.at);
    let change = cuts.into_iter().find(|cut| offered(tariff, kind, cut.local) != now)?;
    at.checked_add(jiff::SignedDuration::from_nanos(change.at)).ok()
}

fn conditions(tariff: &Tariff) -> Vec<&Conditions> {
    tariff.parts().flat_map(|part| part.prices.into_iter().map(|(_, conditions)| conditions)).collect()
}

fn offered(tariff: &Tariff, kind: Option<EvseKind>, local: Local) -> Tariff {
    let mut offer = tariff.clone();
    offer.energy = tariff.energy.as_ref().and_then(|of| energy(of, kind, local));
    offer.charging_time = tariff.charging_time.as_ref().and_then(|of| time(of, kind, local));
    offer.idle_time = tariff.idle_time.as_ref().and_then(|of| time(of, kind, local));
    offer.reservation_time = tariff.reservation_time.as_ref().and_then(|of| time(of, kind, local));
    offer.fixed_fee = tariff.fixed_fee.as_ref().and_then(|of| fixed(of, kind, local));
    offer.reservation_fixed = tariff.reservation_fixed.as_ref().and_then(|of| fixed(of, kind, local));
    offer
}

fn energy(of: &EnergyPrices, kind: Option<EvseKind>, local: Local) -> Option<EnergyPrices> {
    let prices = holding(&of.prices, |price| &mut price.conditions, kind, local);
    (!prices.is_empty()).then(|| EnergyPrices { prices, tax_rates: of.tax_rates.clone() })
}

fn time(of: &TimePrices, kind: Option<EvseKind>, local: Local) -> Option<TimePrices> {
    let prices = holding(&of.prices, |price| &mut price.conditions, kind, local);
    (!prices.is_empty()).then(|| TimePrices { prices, tax_rates: of.tax_rates.clone() })
}

fn fixed(of: &FixedPrices, kind: Option<EvseKind>, local: Local) -> Option<FixedPrices> {
    let prices = holding(&of.prices, |price| &mut price.conditions, kind, local);
    (!prices.is_empty()).then(|| FixedPrices { prices, tax_rates: of.tax_rates.clone() })
}

/// The prices that hold, in their order, up to the first that always holds: none after it is ever reached.
fn holding<P: Clone>(
    prices: &[P],
    conditions: fn(&mut P) -> &mut Conditions,
    kind: Option<EvseKind>,
    local: Local,
) -> Vec<P> {
    let mut kept = Vec::new();
    for price in prices {
        let mut price = price.clone();
        let of_price = conditions(&mut price);
        let wrong_kind = of_price.evse_kind.is_some_and(|asked| kind.is_some_and(|kind| kind != asked));
        if wrong_kind || !When::of(of_price).holds(local) {
            continue;
        }
        *of_price = Conditions {
            start_time_of_day: None,
            end_time_of_day: None,
            day_of_week: Vec::new(),
            valid_from_date: None,
            valid_to_date: None,
            evse_kind: of_price.evse_kind.filter(|_| kind.is_none()),
            ..of_price.clone()
        };
        let is_last = of_price.is_empty();
        kept.push(price);
        if is_last {
            break;
        }
    }
    kept
}
