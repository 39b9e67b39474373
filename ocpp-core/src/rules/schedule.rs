//! What all charging profiles of a place allow together: one rule for stations and managers (K08; 3.13 of 1.6).
//!
//! At every moment, of each purpose the valid profile of the highest stack level counts that has a step then; at
//! the same level one of the EVSE wins over one of the whole station. A profile of the running transaction takes
//! the place of the default ones, one for priority charging the place of both while that is on. The least of the
//! purposes holds, and never more than the hardware gives. What the site makes itself is added to what the
//! station may draw, not to what an outside system allows.

mod active;

use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::model::{
    ChargingProfile, CompositeSchedule, EvseId, Place, ProfilePurpose, RateUnit, SchedulePeriod, StationTxRef,
};

use active::{Active, boundaries};

/// The longest schedule that is computed, in seconds: 31 days. A longer one is cut to it.
pub const MAX_DURATION_S: u32 = 31 * 86_400;
/// The most steps of a schedule, as in messages; what comes after is left out and the schedule ends there.
pub const MAX_STEPS: usize = 1024;

/// A profile and where it is installed.
#[derive(Debug, Clone, Copy)]
pub struct Installed<'p> {
    /// The station as a whole, or an EVSE.
    pub place: Place,
    /// The profile.
    pub profile: &'p ChargingProfile,
}

/// How the place is built and what goes on there.
#[derive(Debug, Clone)]
pub struct Course {
    /// The place that is asked for.
    pub place: Place,
    /// The transaction that runs there.
    pub transaction: Option<StationTxRef>,
    /// Since when energy may flow in it: relative profiles count from here.
    pub since: Option<Timestamp>,
    /// Whether priority charging is on.
    pub priority: bool,
    /// The most that the hardware gives, in W.
    pub most_w: Decimal,
    /// The voltage between phase and neutral, in V.
    pub voltage: Decimal,
    /// The phases that are used where a step does not say.
    pub phases: u8,
}

/// What holds from `from` on for `duration_s` seconds, in steps of whole seconds. Steps with the same limit are one.
#[must_use]
pub fn composite(
    profiles: &[Installed<'_>],
    course: &Course,
    from: Timestamp,
    duration_s: u32,
    unit: RateUnit,
) -> CompositeSchedule {
    let duration_s = duration_s.min(MAX_DURATION_S);
    let from = Timestamp::from_second(from.as_second()).unwrap_or(from);
    let mut periods: Vec<SchedulePeriod> = Vec::new();
    let mut length = duration_s;
    for offset in boundaries(profiles, course, from, duration_s) {
        let at = after(from, offset);
        let watts = limit_w(profiles, course, at);
        let limit = in_unit(watts, unit, course);
        if periods.last().is_some_and(|last| last.limit == Some(limit)) {
            continue;
        }
        if periods.len() == MAX_STEPS {
            length = offset;
            break;
        }
        periods.push(SchedulePeriod::limited(offset, limit));
    }
    CompositeSchedule { place: course.place, start: from, duration_s: length, unit, periods }
}

/// The most power that may flow to the vehicles of a place at a moment, in W; 0 when nothing may.
#[must_use]
pub fn limit_w(profiles: &[Installed<'_>], course: &Course, at: Timestamp) -> Decimal {
    let of = |purpose| strongest(profiles, course, purpose, at);
    let of_transaction = || of(ProfilePurpose::Tx).or_else(|| of(ProfilePurpose::TxDefault));
    let of_vehicle = match course.place {
        Place::Station => None,
        _ if course.priority => of(ProfilePurpose::PriorityCharging).or_else(of_transaction),
        _ => of_transaction(),
    };
    let local = of(ProfilePurpose::LocalGeneration).unwrap_or_default();
    let of_station = of(ProfilePurpose::StationMax).map(|most| most.saturating_add(local));
    let limits = [of_vehicle, of_station, of(ProfilePurpose::ExternalConstraints)];
    let least = limits.into_iter().flatten().fold(course.most_w, Decimal::min);
    least.max(Decimal::ZERO)
}

/// The limit of the profile of a purpose that counts at a moment.
fn strongest(
    profiles: &[Installed<'_>],
    course: &Course,
    purpose: ProfilePurpose,
    at: Timestamp,
) -> Option<Decimal> {
    profiles
        .iter()
        .filter(|installed| installed.profile.purpose == purpose && reaches(installed, course))
        .filter_map(|installed| {
            let active = Active::of(installed.profile, course, at)?;
            let own = installed.place.evse().is_some();
            Some(((installed.profile.stack_level, own, installed.profile.id), active.limit_w(course)?))
        })
        .max_by_key(|(rank, _)| *rank)
        .map(|(_, limit)| limit)
}

/// Whether a profile has a say at the place and in the transaction that runs there.
fn reaches(installed: &Installed<'_>, course: &Course) -> bool {
    let here = match installed.place.evse() {
        None => true,
        Some(EvseId(evse)) => course.place.evse().is_some_and(|place| place.0 == evse),
    };
    let of_it = match (&installed.profile.transaction, installed.profile.purpose) {
        (None, _) => true,
        (Some(named), _) => course.transaction.as_ref() == Some(named),
    };
    here && of_it
}

/// A power in the unit of a schedule; amperes are those of each phase that is used where nothing is said.
fn in_unit(watts: Decimal, unit: RateUnit, course: &Course) -> Decimal {
    match unit {
        RateUnit::W => watts.normalize(),
        // Never more than the power allows: cut, not rounded.
        RateUnit::A => watts
            .checked_div(per_ampere(course, course.phases))
            .unwrap_or_default()
            .trunc_with_scale(3)
            .normalize(),
    }
}

/// The watts that an ampere on each phase makes.
fn per_ampere(course: &Course, phases: u8) -> Decimal {
    course.voltage.max(Decimal::ONE).saturating_mul(Decimal::from(phases.max(1)))
}

fn after(from: Timestamp, seconds: u32) -> Timestamp {
    from.checked_add(jiff::SignedDuration::from_secs(i64::from(seconds))).unwrap_or(from)
}
