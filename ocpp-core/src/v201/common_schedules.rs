//! Charging profiles and schedules, which several blocks use.

use crate::types::{DateTime, Integer, List, Number, Text};
use crate::{message, open_enum};

use super::common::CustomData;

message! {
    /// Limits or setpoints for charging over time, in 1 to 3 schedules.
    pub struct ChargingProfile = "ChargingProfileType" {
        /// Id of the profile, once per station; may be negative.
        required id: i32 = "id",
        /// Rank among profiles of the same purpose; the highest wins, 0 is lowest.
        required stack_level: i32 = "stackLevel",
        /// What the profile is for, such as `TxProfile`.
        required charging_profile_purpose: ChargingProfilePurpose = "chargingProfilePurpose",
        /// How the times in the schedules count.
        required charging_profile_kind: ChargingProfileKind = "chargingProfileKind",
        /// Whether a recurring schedule restarts daily or weekly.
        optional recurrency_kind: RecurrencyKind = "recurrencyKind",
        /// Before this moment the profile has no effect; at once when absent.
        optional valid_from: DateTime = "validFrom",
        /// After this moment the profile has no effect; until replaced when absent.
        optional valid_to: DateTime = "validTo",
        /// The schedules, 1 to 3; more than one only for ISO 15118.
        required charging_schedule: List<ChargingSchedule, 1, 3> = "chargingSchedule",
        /// Transaction the profile belongs to, only with purpose `TxProfile`.
        optional transaction_id: Text<36> = "transactionId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// List of steps that say how fast an EV may charge over time.
    pub struct ChargingSchedule = "ChargingScheduleType" {
        /// Number that tells this schedule from the profile's others.
        required id: i32 = "id",
        /// Moment from which an absolute or recurring schedule counts.
        optional start_schedule: DateTime = "startSchedule",
        /// Length of the schedule in s; without it the last step goes on.
        optional duration: i32 = "duration",
        /// Unit of all limits and setpoints: W or A.
        required charging_rate_unit: ChargingRateUnit = "chargingRateUnit",
        /// The steps in order of time, at most 1024.
        required charging_schedule_period: List<ChargingSchedulePeriod, 1, 1024> = "chargingSchedulePeriod",
        /// Least rate in W or A at which the EV charges well.
        optional min_charging_rate: Number = "minChargingRate",
        /// Prices for the EV in an ISO 15118-2 session.
        optional sales_tariff: SalesTariff = "salesTariff",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One step of a charging schedule, with limits or setpoints from a given second on.
    pub struct ChargingSchedulePeriod = "ChargingSchedulePeriodType" {
        /// Begin of the step in s after schedule start; ends the step before.
        required start_period: i32 = "startPeriod",
        /// Most the EV may charge with, in W or A; phase L1 when L2 or L3 are given.
        required limit: Number = "limit",
        /// How many phases may be used, 0 to 3; 3 for AC when absent.
        optional number_phases: i32 = "numberPhases",
        /// Phase 1 to 3 for single-phase charging, if the EVSE can switch phases.
        optional phase_to_use: i32 = "phaseToUse",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Price plan of a mobility operator, modelled on ISO 15118-2 and passed to the EV.
    pub struct SalesTariff = "SalesTariffType" {
        /// Id of the tariff, 0 or higher; stays the same during the charging session.
        required id: i32 = "id",
        /// Short name to show to people, at most 32 characters.
        optional sales_tariff_description: Text<32> = "salesTariffDescription",
        /// Count of distinct price levels over all tariff elements, 0 or higher.
        optional num_e_price_levels: i32 = "numEPriceLevels",
        /// Time slices of the tariff, one to 1024.
        required sales_tariff_entry: List<SalesTariffEntry, 1, 1024> = "salesTariffEntry",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One time slice of an ISO 15118 sales tariff with its price information.
    pub struct SalesTariffEntry = "SalesTariffEntryType" {
        /// Time slice the entry is valid for, relative to now.
        required relative_time_interval: RelativeTimeInterval = "relativeTimeInterval",
        /// Price level of the slice, 0 or higher; larger numbers cost more.
        optional e_price_level: Integer<0> = "ePriceLevel",
        /// Further relative prices or alternative costs, at most three.
        optional consumption_cost: List<ConsumptionCost, 1, 3> = "consumptionCost",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Costs that apply from a given level of consumption on.
    pub struct ConsumptionCost = "ConsumptionCostType" {
        /// Consumption from which the costs apply, up to the next block's start.
        required start_value: Number = "startValue",
        /// Costs of this block, 1 to 3 kinds.
        required cost: List<Cost, 1, 3> = "cost",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A span of time counted from the present moment, used in sales tariffs.
    pub struct RelativeTimeInterval = "RelativeTimeIntervalType" {
        /// Begin of the span, in s counted from now.
        required start: i32 = "start",
        /// Length of the span in s.
        optional duration: i32 = "duration",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One cost figure for a block of consumption.
    pub struct Cost = "CostType" {
        /// What this cost figure stands for.
        required cost_kind: CostKind = "costKind",
        /// The figure per kWh, before the power of ten.
        required amount: i32 = "amount",
        /// Power of ten to multiply the amount by, -3 to 3.
        optional amount_multiplier: i32 = "amountMultiplier",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of how schedule times count: fixed, repeating, from start of charging, or live updates.
    pub enum ChargingProfileKind = "ChargingProfileKindEnumType" {
        Absolute = "Absolute", Recurring = "Recurring", Relative = "Relative",
    }

    /// Choice of what a charging profile is for: station limit, transaction, priority and so on.
    pub enum ChargingProfilePurpose = "ChargingProfilePurposeEnumType" {
        ChargingStationExternalConstraints = "ChargingStationExternalConstraints",
        ChargingStationMaxProfile = "ChargingStationMaxProfile", TxDefaultProfile = "TxDefaultProfile",
        TxProfile = "TxProfile",
    }

    /// Choice of whether a recurring schedule starts over each day or each week.
    pub enum RecurrencyKind = "RecurrencyKindEnumType" {
        Daily = "Daily", Weekly = "Weekly",
    }

    /// Choice of whether a schedule counts in W or A.
    pub enum ChargingRateUnit = "ChargingRateUnitEnumType" {
        W = "W", A = "A",
    }

    /// Choice of what a cost counts: carbon dioxide, relative price or share of renewables.
    pub enum CostKind = "CostKindEnumType" {
        CarbonDioxideEmission = "CarbonDioxideEmission",
        RelativePricePercentage = "RelativePricePercentage",
        RenewableGenerationPercentage = "RenewableGenerationPercentage",
    }
}
