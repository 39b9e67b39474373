//! Charging profiles: what may flow when, whatever the version (block K; smart charging of 1.6).

use alloc::boxed::Box;
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::identity::{EvseId, Place};
use super::transaction::StationTxRef;
use crate::types::Json;

/// Limits or setpoints for charging over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChargingProfile {
    /// Its number, once on a station; a new profile of the same number takes its place (K01.FR.05).
    pub id: i32,
    /// What it is for.
    pub purpose: ProfilePurpose,
    /// How its times count.
    pub kind: ProfileKind,
    /// Its rank among those of the same purpose: the highest that is valid counts.
    pub stack_level: u32,
    /// How often a recurring one starts over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrency: Option<Recurrency>,
    /// From when it counts; at once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Timestamp>,
    /// Until when it counts; until it is replaced when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Timestamp>,
    /// The transaction it is for; only with the purpose `tx`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<StationTxRef>,
    /// One; up to three where the vehicle chooses (2.x, ISO 15118).
    pub schedules: Vec<ChargingSchedule>,
    /// What only 2.1 knows.
    #[serde(default, skip_serializing_if = "ProfileExtras::is_empty")]
    pub extras: ProfileExtras,
}

/// What only OCPP 2.1 can say of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProfileExtras {
    /// For how many seconds it counts while the station is offline; always when absent (K01.FR.80).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_offline_s: Option<u32>,
    /// Whether it is gone for good after that, and does not come back with the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid_after_offline: Option<bool>,
    /// How often the station asks for new values of a dynamic one, in seconds; 0 never (K28).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_interval_s: Option<u32>,
    /// When a dynamic one last got new values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// The signature of ISO 15118-20 over its prices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_signature: Option<Box<str>>,
}

impl ProfileExtras {
    /// Whether nothing is said that 2.0.1 could not say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == ProfileExtras::default()
    }
}

/// What a profile is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfilePurpose {
    /// What an outside system allows; set at the station alone (2.x).
    ExternalConstraints,
    /// The most that the station as a whole may draw.
    StationMax,
    /// What holds for every transaction without a profile of its own.
    TxDefault,
    /// What holds for one transaction.
    Tx,
    /// What holds instead of those of transactions while priority charging is on (2.1, K21).
    PriorityCharging,
    /// What the site makes itself, on top of the station's most (2.1, K27).
    LocalGeneration,
}

impl ProfilePurpose {
    /// Its name in OCPP 2.x.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ProfilePurpose::ExternalConstraints => "ChargingStationExternalConstraints",
            ProfilePurpose::StationMax => "ChargingStationMaxProfile",
            ProfilePurpose::TxDefault => "TxDefaultProfile",
            ProfilePurpose::Tx => "TxProfile",
            ProfilePurpose::PriorityCharging => "PriorityCharging",
            ProfilePurpose::LocalGeneration => "LocalGeneration",
        }
    }
}

/// How the times of a profile count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileKind {
    /// From a moment.
    Absolute,
    /// From a moment, and over again.
    Recurring,
    /// From the moment from which energy may flow.
    Relative,
    /// One step whose values change while it holds (2.1, K28).
    Dynamic,
}

impl ProfileKind {
    /// Its name in every version that has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ProfileKind::Absolute => "Absolute",
            ProfileKind::Recurring => "Recurring",
            ProfileKind::Relative => "Relative",
            ProfileKind::Dynamic => "Dynamic",
        }
    }
}

/// How often a recurring profile starts over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Recurrency {
    Daily,
    Weekly,
}

impl Recurrency {
    /// Its name in every version.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Recurrency::Daily => "Daily",
            Recurrency::Weekly => "Weekly",
        }
    }

    /// How long until it starts over, in seconds of the station's time.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        match self {
            Recurrency::Daily => 86_400,
            Recurrency::Weekly => 604_800,
        }
    }
}

/// What limits are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RateUnit {
    /// Watts over all phases.
    W,
    /// Amperes on each phase.
    A,
}

impl RateUnit {
    /// Its name in every version.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RateUnit::W => "W",
            RateUnit::A => "A",
        }
    }
}

/// Steps with their limits, in order of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChargingSchedule {
    /// Its number among the schedules of a profile (2.x).
    #[serde(default)]
    pub id: i32,
    /// The moment from which the steps count; absent in a relative profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Timestamp>,
    /// How long it lasts, in seconds; without it the last step goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<u32>,
    /// What its limits are counted in.
    pub unit: RateUnit,
    /// The least rate at which the vehicle charges well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_rate: Option<Decimal>,
    /// At least one; the first starts at 0.
    pub periods: Vec<SchedulePeriod>,
    /// Prices for the vehicle by ISO 15118-2, in the words of OCPP 2.x (`SalesTariffType`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_tariff: Option<Json>,
    /// What only 2.1 knows.
    #[serde(default, skip_serializing_if = "ScheduleExtras::is_empty")]
    pub extras: ScheduleExtras,
}

/// What only OCPP 2.1 can say of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ScheduleExtras {
    /// From this state of charge in percent another limit holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_at_soc: Option<LimitAtSoc>,
    /// How far the vehicle may stray from the power that it announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_tolerance: Option<Decimal>,
    /// Whether times are local ones and their zone says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_local_time: Option<bool>,
    /// By how many seconds at most each step starts late, by chance (K01.FR.93).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub randomized_delay_s: Option<u32>,
    /// By which a signature points at this schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_id: Option<u32>,
    /// The digest of its prices, in Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Box<str>>,
    /// Prices in money for the vehicle, in the words of OCPP 2.1 (`AbsolutePriceScheduleType`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absolute_prices: Option<Json>,
    /// Price levels for the vehicle, in the words of OCPP 2.1 (`PriceLevelScheduleType`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_levels: Option<Json>,
}

impl ScheduleExtras {
    /// Whether nothing is said that 2.0.1 could not say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == ScheduleExtras::default()
    }
}

/// A limit that holds once the battery is this full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitAtSoc {
    /// Percent, 0 to 100.
    pub soc: u8,
    /// In the unit of the schedule.
    pub limit: Decimal,
}

/// One step of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchedulePeriod {
    /// When it begins, in seconds after the start of the schedule.
    pub start_s: u32,
    /// The most that may flow to the vehicle, in the unit of the schedule; only 2.1 can leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Decimal>,
    /// How many phases may be used; three for AC when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases: Option<u8>,
    /// Which phase a single-phase vehicle is to use, 1 to 3 (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase_to_use: Option<u8>,
    /// What only 2.1 knows.
    #[serde(default, skip_serializing_if = "PeriodExtras::is_empty")]
    pub extras: PeriodExtras,
}

impl SchedulePeriod {
    /// A step with a limit and nothing else.
    #[must_use]
    pub fn limited(start_s: u32, limit: Decimal) -> SchedulePeriod {
        let extras = PeriodExtras::default();
        SchedulePeriod { start_s, limit: Some(limit), phases: None, phase_to_use: None, extras }
    }
}

/// What only OCPP 2.1 can say of a step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PeriodExtras {
    /// Limits and setpoints beyond the one limit.
    #[serde(default, skip_serializing_if = "Rates::is_empty")]
    pub rates: Rates,
    /// Whether the vehicle is to keep its battery ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preconditioning: Option<bool>,
    /// Whether the EVSE switches its power electronics off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evse_sleep: Option<bool>,
    /// The power in W to which the curves add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub v2x_baseline: Option<Decimal>,
    /// Who steers power, by its name in 2.1: `ChargingOnly`, `CentralSetpoint` and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_mode: Option<Box<str>>,
    /// Power in W by grid frequency in Hz.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freq_watt_curve: Vec<FreqWatt>,
    /// Power in W by the signal of [`Command::AfrrSignal`](super::Command::AfrrSignal).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signal_watt_curve: Vec<SignalWatt>,
}

impl PeriodExtras {
    /// Whether nothing is said that 2.0.1 could not say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == PeriodExtras::default()
    }
}

/// A point of a curve by frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreqWatt {
    /// In Hz.
    pub frequency: Decimal,
    /// In W; negative is discharging.
    pub power: Decimal,
}

/// A point of a curve by signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalWatt {
    /// The level of the signal.
    pub signal: i32,
    /// In W; negative is discharging.
    pub power: Decimal,
}

/// Limits and setpoints of 2.1 beside the one limit of a step, in the unit of the schedule. Where a value of L2
/// or L3 is given, the one without a phase is that of L1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Rates {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_l2: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_l3: Option<Decimal>,
    /// The most that may flow back, 0 or below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discharge_limit: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discharge_limit_l2: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discharge_limit_l3: Option<Decimal>,
    /// What to aim for; negative is discharging.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setpoint: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setpoint_l2: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setpoint_l3: Option<Decimal>,
    /// Reactive power in var, or current in A, to aim for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setpoint_reactive: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setpoint_reactive_l2: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setpoint_reactive_l3: Option<Decimal>,
}

impl Rates {
    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Rates::default()
    }
}

/// New values for the one step of a dynamic profile (2.1, K28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ScheduleUpdate {
    /// The new limit, in the unit of the schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Decimal>,
    /// The other values that are new.
    #[serde(default, skip_serializing_if = "Rates::is_empty")]
    pub rates: Rates,
}

/// Which of the profiles on a station are meant; all that is set has to fit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProfileFilter {
    /// Those of this purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<ProfilePurpose>,
    /// Those of this rank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack_level: Option<u32>,
    /// Those of these numbers; no other criterion may be named beside them (K09.FR.03).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<i32>,
    /// Those that came from these, such as `CSO` or `EMS`, at most four.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Box<str>>,
}

/// Which profiles a station is to remove: the one of this number, or those that fit all the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProfileClearing {
    /// The one of this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i32>,
    /// Those of this place; `station` means those of the station as a whole, absent means everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Those of this purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<ProfilePurpose>,
    /// Those of this rank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack_level: Option<u32>,
}

/// A part of the report on the profiles of a station (K09).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileReport {
    /// The number of the order that asked for it.
    pub request: i32,
    /// Where the profiles of this part hold.
    pub place: Place,
    /// Who set them, such as `CSO`, `EMS` or `SO`.
    pub source: Box<str>,
    /// Whether more parts follow.
    pub more: bool,
    /// The profiles.
    pub profiles: Vec<ChargingProfile>,
}

/// A limit that an outside system set (K11, K12).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChargingLimit {
    /// Where it holds.
    pub place: Place,
    /// Who set it, such as `EMS` or `SO`.
    pub source: Box<str>,
    /// Whether the grid depends on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid_critical: Option<bool>,
    /// Whether it is power that the site makes itself, and no limit (2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_generation: Option<bool>,
    /// The limits, where the station tells them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<ChargingSchedule>,
}

/// What a vehicle asked for over ISO 15118 (K15).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChargingNeeds {
    /// The EVSE that it is at.
    pub evse: EvseId,
    /// How many steps it can take in a schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_periods: Option<u32>,
    /// When they came in, where the station was offline then (2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The way of energy transfer that it asks for, such as `AC_three_phase`.
    pub transfer: Box<str>,
    /// When it expects to leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departure: Option<Timestamp>,
    /// The energy that it asks for, in Wh, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy_wh: Option<Decimal>,
    /// All that it said, in the words of its version (`ChargingNeedsType`).
    pub details: Json,
}

/// The schedule that a vehicle made for itself (K15).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvSchedule {
    /// The EVSE that it is at.
    pub evse: EvseId,
    /// The moment from which the steps count.
    pub start: Timestamp,
    /// What it means to draw.
    pub schedule: ChargingSchedule,
    /// The schedule that it chose from the profile (2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected: Option<u32>,
    /// Whether it accepts the power tolerance (2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance_accepted: Option<bool>,
}

/// What the manager says to the needs of a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedsWord {
    /// A profile will follow.
    Accepted,
    /// It makes no sense.
    Rejected,
    /// A profile will follow, but not soon.
    Processing,
    /// No profile will follow; what holds without one is good (2.1, in 2.0.1 `Rejected`).
    NoProfile,
}

/// What all profiles of a place allow together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompositeSchedule {
    /// The place that it is for.
    pub place: Place,
    /// The moment from which the steps count.
    pub start: Timestamp,
    /// How long it is, in seconds.
    pub duration_s: u32,
    /// What its limits are counted in.
    pub unit: RateUnit,
    /// The steps.
    pub periods: Vec<SchedulePeriod>,
}
