//! What the specification does not let a manager set on a station (K01), and what the station said that it cannot
//! take. It is looked at before an order goes out, so that an operator reads why instead of *Rejected*.

use jiff::Timestamp;
use ocpp_core::model::{
    ChargingProfile, ChargingSchedule, Place, ProfileClearing, ProfileFilter, ProfileKind, ProfilePurpose,
    RateUnit, SchedulePeriod, StationTxRef,
};

use super::InstalledProfile;

/// A rule that an order would break.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence} ({requirement})")]
pub struct BrokenRule {
    /// Where the specification has it.
    pub requirement: &'static str,
    /// What is wrong, and what to do instead.
    pub sentence: String,
}

fn broken(requirement: &'static str, sentence: impl Into<String>) -> Result<(), BrokenRule> {
    Err(BrokenRule { requirement, sentence: sentence.into() })
}

/// What a version calls the settings that limit profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct LimitNames {
    pub stack_level: &'static str,
    pub periods: &'static str,
    pub units: &'static str,
    pub profiles: &'static str,
}

impl LimitNames {
    /// The keys of 1.6.
    pub const V16: LimitNames = LimitNames {
        stack_level: "ChargeProfileMaxStackLevel",
        periods: "ChargingScheduleMaxPeriods",
        units: "ChargingScheduleAllowedChargingRateUnit",
        profiles: "MaxChargingProfilesInstalled",
    };
    /// The variables of 2.x.
    pub const V2X: LimitNames = LimitNames {
        stack_level: "SmartChargingCtrlr.ProfileStackLevel",
        periods: "SmartChargingCtrlr.PeriodsPerSchedule",
        units: "SmartChargingCtrlr.RateUnit",
        profiles: "SmartChargingCtrlr.Entries[ChargingProfiles]",
    };

    /// What the setting of the units calls one.
    fn unit(&self, unit: RateUnit) -> &'static str {
        match unit {
            RateUnit::A if *self == LimitNames::V16 => "Current",
            RateUnit::W if *self == LimitNames::V16 => "Power",
            unit => unit.as_str(),
        }
    }
}

impl Default for LimitNames {
    fn default() -> LimitNames {
        LimitNames::V2X
    }
}

/// What a station said that it can take, where it did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileLimits {
    /// What its version calls the settings.
    pub names: LimitNames,
    /// The highest stack level (`ProfileStackLevel`, `ChargeProfileMaxStackLevel`).
    pub max_stack_level: Option<u32>,
    /// The most steps of a schedule (`PeriodsPerSchedule`, `ChargingScheduleMaxPeriods`).
    pub max_periods: Option<usize>,
    /// The units (`RateUnit`, `ChargingScheduleAllowedChargingRateUnit`).
    pub units: Option<Vec<RateUnit>>,
    /// The most profiles (the upper limit of `Entries`, `MaxChargingProfilesInstalled`).
    pub max_profiles: Option<usize>,
    /// Numbers up to this one are for profiles of outside systems (`MaxExternalConstraintsId`, 2.1).
    pub max_external_id: Option<i32>,
    /// Whether smart charging is switched off (`SmartChargingCtrlr.Enabled`).
    pub is_off: bool,
}

/// What a profile is set into.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The profiles that are known to be on the station.
    pub installed: &'a [InstalledProfile],
    /// What the station can take.
    pub limits: &'a ProfileLimits,
    /// The transactions that run at the place, as the station names them.
    pub running: &'a [StationTxRef],
    /// The manager's clock.
    pub now: Timestamp,
}

/// Whether a profile may be set at a place.
///
/// # Errors
/// [`BrokenRule`], the first one.
pub fn check_set(
    place: Place,
    profile: &ChargingProfile,
    around: &Surroundings<'_>,
) -> Result<(), BrokenRule> {
    check_purpose(place, profile)?;
    if profile.purpose == ProfilePurpose::Tx {
        check_transaction(profile, around.running)?;
    }
    check_shape(profile)?;
    check_limits(profile, around.limits)?;
    check_room(profile, around)?;
    check_neighbours(place, profile, around)
}

/// Whether a profile may go with a remote start: one of the transaction that is to begin, which it cannot name yet
/// (K05.FR.02).
///
/// # Errors
/// [`BrokenRule`], the first one.
pub fn check_start(profile: &ChargingProfile, limits: &ProfileLimits) -> Result<(), BrokenRule> {
    if profile.purpose != ProfilePurpose::Tx {
        return broken(
            "K05.FR.02",
            "a profile in a remote start is for its transaction: give it the purpose `tx`",
        );
    }
    if profile.transaction.is_some() {
        return broken(
            "K05.FR.02",
            "the transaction of a remote start has no name yet: leave it out of the profile",
        );
    }
    check_shape(profile)?;
    check_limits(profile, limits)
}

/// Whether profiles may be asked for so: by their numbers, or by other criteria, and by something (K09.FR.03).
///
/// # Errors
/// [`BrokenRule`].
pub fn check_filter(filter: &ProfileFilter) -> Result<(), BrokenRule> {
    let others = filter.purpose.is_some() || filter.stack_level.is_some() || !filter.sources.is_empty();
    match (filter.ids.is_empty(), others) {
        (false, true) => broken("K09.FR.03", "beside the numbers of profiles there can be no other criteria"),
        (true, false) => broken(
            "K09.FR.03",
            "name the numbers of profiles, or their purpose, stack level or sources: to see all of them, ask for all \
             sources (CSO, EMS, SO and Other)",
        ),
        _ => Ok(()),
    }
}

/// Whether profiles may be removed so (K10.FR.02, K10.FR.06).
///
/// # Errors
/// [`BrokenRule`].
pub fn check_clearing(clearing: &ProfileClearing) -> Result<(), BrokenRule> {
    match clearing.purpose {
        Some(ProfilePurpose::ExternalConstraints | ProfilePurpose::LocalGeneration) => broken(
            "K10.FR.06",
            "what outside systems set is removed by them at the station, not by a manager",
        ),
        _ => Ok(()),
    }
}

fn check_purpose(place: Place, profile: &ChargingProfile) -> Result<(), BrokenRule> {
    let at_evse = place.evse().is_some();
    match profile.purpose {
        ProfilePurpose::ExternalConstraints => {
            broken("K01.FR.22", "limits of outside systems are set by them at the station, not by a manager")
        }
        ProfilePurpose::StationMax if at_evse => broken(
            "K04.FR.03",
            "the most that the station draws is set for the station as a whole: leave out the EVSE",
        ),
        ProfilePurpose::StationMax if profile.kind == ProfileKind::Relative => broken(
            "K01.FR.38",
            "the most that the station draws cannot count from the start of a transaction",
        ),
        ProfilePurpose::Tx if !at_evse => {
            broken("K01.FR.16", "a profile of a transaction is set at its EVSE: name the EVSE")
        }
        purpose if purpose != ProfilePurpose::Tx && profile.transaction.is_some() => {
            broken("K01.FR.03", "only a profile of the purpose `tx` names a transaction")
        }
        _ => Ok(()),
    }
}

fn check_transaction(profile: &ChargingProfile, running: &[StationTxRef]) -> Result<(), BrokenRule> {
    let Some(transaction) = &profile.transaction else {
        return broken("K01.FR.03", "a profile of the purpose `tx` names its transaction");
    };
    if !running.contains(transaction) {
        return broken("K01.FR.09", "this transaction does not run at this EVSE: look at its sessions");
    }
    Ok(())
}

fn check_shape(profile: &ChargingProfile) -> Result<(), BrokenRule> {
    if profile.schedules.is_empty() || profile.schedules.len() > 3 {
        return broken(
            "K01.FR.34",
            "a profile has one schedule, or up to three for a vehicle to choose from",
        );
    }
    if profile.valid_from.zip(profile.valid_to).is_some_and(|(from, to)| from >= to) {
        return broken("K01.FR.37", "the profile ends before it begins to be valid");
    }
    if profile.kind == ProfileKind::Recurring && profile.recurrency.is_none() {
        return broken("K01.FR.13", "a recurring profile says whether it is daily or weekly");
    }
    let is_dynamic = profile.kind == ProfileKind::Dynamic;
    if !is_dynamic && (profile.extras.update_interval_s.is_some() || profile.extras.updated_at.is_some()) {
        return broken("K01.FR.122", "only a dynamic profile has an interval of updates");
    }
    let has_one_step = profile.schedules.len() == 1 && profile.schedules[0].periods.len() == 1;
    if is_dynamic && !has_one_step {
        return broken("K28.FR.01", "a dynamic profile has one schedule with one step");
    }
    profile.schedules.iter().try_for_each(|schedule| check_schedule(profile, schedule))
}

fn check_schedule(profile: &ChargingProfile, schedule: &ChargingSchedule) -> Result<(), BrokenRule> {
    match profile.kind {
        ProfileKind::Absolute | ProfileKind::Recurring if schedule.start.is_none() => {
            return broken("K01.FR.40", "an absolute or recurring schedule says when it starts");
        }
        ProfileKind::Relative if schedule.start.is_some() => {
            return broken("K01.FR.41", "a relative schedule has no start of its own: leave it out");
        }
        _ => {}
    }
    if profile.purpose == ProfilePurpose::PriorityCharging && schedule.duration_s.is_some() {
        return broken("K01.FR.70", "a profile for priority charging has no duration");
    }
    if schedule.periods.first().is_none_or(|first| first.start_s != 0) {
        return broken("K01.FR.31", "the first step of a schedule starts at 0");
    }
    if !schedule.periods.is_sorted_by(|one, next| one.start_s < next.start_s) {
        return broken("K01.FR.35", "the steps of a schedule are in the order of their times");
    }
    let names_phase = |period: &SchedulePeriod| period.phase_to_use.is_some() && period.phases != Some(1);
    if schedule.periods.iter().any(names_phase) {
        return broken("K01.FR.19", "which phase to use is only said where one phase is used");
    }
    Ok(())
}

fn check_limits(profile: &ChargingProfile, limits: &ProfileLimits) -> Result<(), BrokenRule> {
    if limits.is_off {
        return broken(
            "K01.FR.29",
            "smart charging is switched off at this station: switch it on first (SmartChargingCtrlr.Enabled is false)",
        );
    }
    if let Some(most) = limits.max_stack_level.filter(|most| profile.stack_level > *most) {
        let level = profile.stack_level;
        return broken(
            "K01",
            format!(
                "stack level {level} is above {most}, the highest that the station takes ({} is {most})",
                limits.names.stack_level
            ),
        );
    }
    let longest = profile.schedules.iter().map(|schedule| schedule.periods.len()).max().unwrap_or_default();
    if let Some(most) = limits.max_periods.filter(|most| longest > *most) {
        return broken(
            "K01",
            format!(
                "{longest} steps are more than the {most} that the station takes in a schedule ({} is {most})",
                limits.names.periods
            ),
        );
    }
    if let Some(units) = &limits.units
        && let Some(schedule) = profile.schedules.iter().find(|schedule| !units.contains(&schedule.unit))
    {
        let unit = schedule.unit.as_str();
        return broken(
            "K01.FR.26",
            format!(
                "the station takes no limits in {unit}: give them in the other unit ({} is {})",
                limits.names.units,
                units.iter().map(|unit| limits.names.unit(*unit)).collect::<Vec<_>>().join(",")
            ),
        );
    }
    if let Some(most) = limits.max_external_id.filter(|most| profile.id <= *most) {
        return broken(
            "K01.FR.80",
            format!(
                "numbers up to {most} are for outside systems: choose a higher one \
                 (SmartChargingCtrlr.MaxExternalConstraintsId is {most})"
            ),
        );
    }
    Ok(())
}

/// A station that is full takes no profile of a new number.
fn check_room(profile: &ChargingProfile, around: &Surroundings<'_>) -> Result<(), BrokenRule> {
    let Some(most) = around.limits.max_profiles else { return Ok(()) };
    let others = around.installed.iter().filter(|known| known.profile.id != profile.id);
    let count = others.filter(|known| !known.is_over(around.now)).count();
    let is_new = around.installed.iter().all(|known| known.profile.id != profile.id);
    if is_new && count >= most {
        return broken(
            "K01",
            format!(
                "the station has {count} profiles, and takes {most} at most: remove one first ({} is {most})",
                around.limits.names.profiles
            ),
        );
    }
    Ok(())
}

/// Two profiles of one purpose and level must never hold at the same place at the same time.
fn check_neighbours(
    place: Place,
    profile: &ChargingProfile,
    around: &Surroundings<'_>,
) -> Result<(), BrokenRule> {
    let others = around.installed.iter().filter(|other| {
        other.profile.id != profile.id
            && other.profile.purpose == profile.purpose
            && other.profile.stack_level == profile.stack_level
            && !other.is_over(around.now)
    });
    for other in others {
        let id = other.profile.id;
        if profile.purpose == ProfilePurpose::Tx {
            if other.profile.transaction == profile.transaction {
                return broken(
                    "K01.FR.39",
                    format!(
                        "profile {id} has this stack level in this transaction already: use its number to replace \
                             it, or another level"
                    ),
                );
            }
            continue;
        }
        let is_here = other.is_at(place);
        if is_here && overlap(profile, &other.profile) {
            return broken(
                "K01.FR.06",
                format!(
                    "profile {id} has this purpose and stack level at this place at the same time already: use its \
                         number to replace it, or another level"
                ),
            );
        }
        if !is_here && profile.purpose == ProfilePurpose::TxDefault {
            match (place.evse(), other.place.evse()) {
                (None, Some(evse)) => {
                    return broken(
                        "K01.FR.52",
                        format!(
                            "default profile {id} has this stack level at EVSE {evse}: remove it first, or use \
                                 another level"
                        ),
                    );
                }
                (Some(_), None) => {
                    return broken(
                        "K01.FR.53",
                        format!(
                            "default profile {id} has this stack level for the whole station: remove it first, or \
                                 use another level"
                        ),
                    );
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Whether two profiles are valid at the same time at some moment (K01.FR.36, K01.FR.37).
fn overlap(one: &ChargingProfile, other: &ChargingProfile) -> bool {
    let begins_before_end =
        |one: &ChargingProfile, other: &ChargingProfile| match (one.valid_from, other.valid_to) {
            (Some(from), Some(to)) => from < to,
            _ => true,
        };
    begins_before_end(one, other) && begins_before_end(other, one)
}
