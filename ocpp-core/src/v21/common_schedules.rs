//! Charging profiles and schedules, which several blocks use.

use crate::types::{DateTime, Integer, List, Number, Text};
use crate::{message, open_enum};

use super::common::CustomData;

message! {
    /// An amount with tax, without tax, or both.
    pub struct Price = "PriceType" {
        /// Amount without tax; required when the one with tax is absent.
        optional excl_tax: Number = "exclTax",
        /// Amount with tax; required when the one without tax is absent.
        optional incl_tax: Number = "inclTax",
        /// Taxes behind the difference, at most five.
        optional tax_rates: List<TaxRate, 1, 5> = "taxRates",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A tax percentage with its name and stacking order.
    pub struct TaxRate = "TaxRateType" {
        /// Name of the tax for the receipt, such as `Federal`; at most 20 characters.
        required kind: Text<20> = "type",
        /// Tax rate in %.
        required tax: Number = "tax",
        /// Order of tax on tax: 0 (the default) taxes the net price.
        optional stack: Integer<0> = "stack",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Limits or setpoints for charging over time, in 1 to 3 schedules.
    pub struct ChargingProfile = "ChargingProfileType" {
        /// Id of the profile, once per station; may be negative.
        required id: i32 = "id",
        /// Rank among profiles of the same purpose; the highest wins, 0 is lowest.
        required stack_level: Integer<0> = "stackLevel",
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
        /// Transaction the profile belongs to, only with purpose `TxProfile`.
        optional transaction_id: Text<36> = "transactionId",
        /// How long in s the profile stays valid offline; 0 ends it at once, absent never.
        optional max_offline_duration: i32 = "maxOfflineDuration",
        /// The schedules, 1 to 3; more than one only for ISO 15118.
        required charging_schedule: List<ChargingSchedule, 1, 3> = "chargingSchedule",
        /// True to drop the profile for good after `maxOfflineDuration`; false when absent.
        optional invalid_after_offline_duration: bool = "invalidAfterOfflineDuration",
        /// Wait in s before the station asks for new values; 0 means never.
        optional dyn_update_interval: i32 = "dynUpdateInterval",
        /// When a dynamic profile last got new values.
        optional dyn_update_time: DateTime = "dynUpdateTime",
        /// ISO 15118-20 signature over all price schedules in the profile, at most 256 characters.
        optional price_schedule_signature: Text<256> = "priceScheduleSignature",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// List of steps that say how fast an EV may charge over time.
    pub struct ChargingSchedule = "ChargingScheduleType" {
        /// Number that tells this schedule from the profile's others.
        required id: i32 = "id",
        /// Lower limit that sets in once the battery is this full.
        optional limit_at_soc: LimitAtSoC = "limitAtSoC",
        /// Moment from which an absolute or recurring schedule counts.
        optional start_schedule: DateTime = "startSchedule",
        /// Length of the schedule in s; without it the last step goes on.
        optional duration: i32 = "duration",
        /// Unit of all limits and setpoints: W or A.
        required charging_rate_unit: ChargingRateUnit = "chargingRateUnit",
        /// Least rate in W or A at which the EV charges well.
        optional min_charging_rate: Number = "minChargingRate",
        /// How far the EV may stray from its announced power profile.
        optional power_tolerance: Number = "powerTolerance",
        /// Id by which a signature points at this schedule, 0 or higher.
        optional signature_id: Integer<0> = "signatureId",
        /// Base64 hash of the EXI-encoded prices, as used in the signature.
        optional digest_value: Text<88> = "digestValue",
        /// True to read times as local and ignore the zone; false when absent.
        optional use_local_time: bool = "useLocalTime",
        /// The steps in order of time, at most 1024.
        required charging_schedule_period: List<ChargingSchedulePeriod, 1, 1024> = "chargingSchedulePeriod",
        /// Each step starts up to this many s late, by chance; 0 when absent.
        optional randomized_delay: Integer<0> = "randomizedDelay",
        /// Prices for the EV in an ISO 15118-2 session.
        optional sales_tariff: SalesTariff = "salesTariff",
        /// Prices in money for the EV in an ISO 15118-20 session.
        optional absolute_price_schedule: AbsolutePriceSchedule = "absolutePriceSchedule",
        /// Relative price levels for the EV in an ISO 15118-20 session.
        optional price_level_schedule: PriceLevelSchedule = "priceLevelSchedule",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Price schedule in money for the EV, shaped like ISO 15118-20 so signatures stay valid.
    pub struct AbsolutePriceSchedule = "AbsolutePriceScheduleType" {
        /// Moment at which the prices begin.
        required time_anchor: DateTime = "timeAnchor",
        /// Id that tells this price schedule from others, 0 or higher.
        required price_schedule_id: Integer<0> = "priceScheduleID",
        /// Text that describes the prices, at most 160 characters.
        optional price_schedule_description: Text<160> = "priceScheduleDescription",
        /// Currency of all prices as three-letter ISO 4217 code.
        required currency: Text<3> = "currency",
        /// ISO 639 code for the language of the texts, at most 8 characters.
        required language: Text<8> = "language",
        /// URN that names how energy fees for a power profile are added up.
        required price_algorithm: Text<2000> = "priceAlgorithm",
        /// Least amount the driver has to pay.
        optional minimum_cost: RationalNumber = "minimumCost",
        /// Most the driver can have to pay.
        optional maximum_cost: RationalNumber = "maximumCost",
        /// The prices in order of time, 1 to 1024 stacks.
        required price_rule_stacks: List<PriceRuleStack, 1, 1024> = "priceRuleStacks",
        /// Taxes the price rules can refer to, at most 10.
        optional tax_rules: List<TaxRule, 1, 10> = "taxRules",
        /// Fees for staying longer than allowed.
        optional overstay_rule_list: OverstayRuleList = "overstayRuleList",
        /// Extra services with a fee of their own, at most 5.
        optional additional_selected_services: List<AdditionalSelectedServices, 1, 5> = "additionalSelectedServices",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One step of a charging schedule, with limits or setpoints from a given second on.
    pub struct ChargingSchedulePeriod = "ChargingSchedulePeriodType" {
        /// Begin of the step in s after schedule start; ends the step before.
        required start_period: i32 = "startPeriod",
        /// Most the EV may charge with, in W or A; phase L1 when L2 or L3 are given.
        optional limit: Number = "limit",
        /// Most the EV may charge with on phase L2, in W or A.
        optional limit_l2: Number = "limit_L2",
        /// Most the EV may charge with on phase L3, in W or A.
        optional limit_l3: Number = "limit_L3",
        /// How many phases may be used, 0 to 3; 3 for AC when absent.
        optional number_phases: Integer<0, 3> = "numberPhases",
        /// Phase 1 to 3 for single-phase charging, if the EVSE can switch phases.
        optional phase_to_use: Integer<0, 3> = "phaseToUse",
        /// Most the EV may discharge with, in W or A, as negative number or 0.
        optional discharge_limit: Number<{ i64::MIN }, 0> = "dischargeLimit",
        /// Most the EV may discharge with on phase L2, in W or A, never above 0.
        optional discharge_limit_l2: Number<{ i64::MIN }, 0> = "dischargeLimit_L2",
        /// Most the EV may discharge with on phase L3, in W or A, never above 0.
        optional discharge_limit_l3: Number<{ i64::MIN }, 0> = "dischargeLimit_L3",
        /// Value in W or A to aim for; negative means discharge.
        optional setpoint: Number = "setpoint",
        /// Value in W or A to aim for on phase L2; negative means discharge.
        optional setpoint_l2: Number = "setpoint_L2",
        /// Value in W or A to aim for on phase L3; negative means discharge.
        optional setpoint_l3: Number = "setpoint_L3",
        /// Reactive power (var) or current (A) to aim for; positive is inductive, negative capacitive.
        optional setpoint_reactive: Number = "setpointReactive",
        /// Reactive power (var) or current (A) to aim for on phase L2.
        optional setpoint_reactive_l2: Number = "setpointReactive_L2",
        /// Reactive power (var) or current (A) to aim for on phase L3.
        optional setpoint_reactive_l3: Number = "setpointReactive_L3",
        /// True asks the EV to keep its battery ready (preconditioned) during this step.
        optional preconditioning_request: bool = "preconditioningRequest",
        /// True makes the EVSE switch off its power electronics; false when absent.
        optional evse_sleep: bool = "evseSleep",
        /// Base power in W to which the frequency and signal curves add.
        optional v2x_baseline: Number = "v2xBaseline",
        /// Who steers power in this step; plain charging when absent.
        optional operation_mode: OperationMode = "operationMode",
        /// Points that map grid frequency to power, at most 20.
        optional v2x_freq_watt_curve: List<V2XFreqWattPoint, 1, 20> = "v2xFreqWattCurve",
        /// Points that map an aFRR signal to power, at most 20.
        optional v2x_signal_watt_curve: List<V2XSignalWattPoint, 1, 20> = "v2xSignalWattCurve",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A limit that counts once the battery is this full.
    pub struct LimitAtSoC = "LimitAtSoCType" {
        /// State of charge in percent, 0 to 100, from which the limit counts.
        required soc: Integer<0, 100> = "soc",
        /// The limit, in the unit of the schedule.
        required limit: Number = "limit",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Price levels over time, modelled on ISO 15118-20 and passed to the EV.
    pub struct PriceLevelSchedule = "PriceLevelScheduleType" {
        /// The levels in order of time, 1 to 100.
        required price_level_schedule_entries: List<PriceLevelScheduleEntry, 1, 100> = "priceLevelScheduleEntries",
        /// Moment at which the schedule starts.
        required time_anchor: DateTime = "timeAnchor",
        /// Id of the schedule, 0 or higher.
        required price_schedule_id: Integer<0> = "priceScheduleId",
        /// Name of the schedule to show to people, at most 32 characters.
        optional price_schedule_description: Text<32> = "priceScheduleDescription",
        /// How many different levels the schedules have together.
        required number_of_price_levels: Integer<0> = "numberOfPriceLevels",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Price plan of a mobility operator, modelled on ISO 15118-2 and passed to the EV.
    pub struct SalesTariff = "SalesTariffType" {
        /// Id of the tariff, 0 or higher; stays the same during the charging session.
        required id: Integer<0> = "id",
        /// Short name to show to people, at most 32 characters.
        optional sales_tariff_description: Text<32> = "salesTariffDescription",
        /// Count of distinct price levels over all tariff elements, 0 or higher.
        optional num_e_price_levels: Integer<0> = "numEPriceLevels",
        /// Time slices of the tariff, one to 1024.
        required sales_tariff_entry: List<SalesTariffEntry, 1, 1024> = "salesTariffEntry",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// An extra service with its fee in an ISO 15118-20 price schedule.
    pub struct AdditionalSelectedServices = "AdditionalSelectedServicesType" {
        /// What the service costs, in the currency of the price schedule.
        required service_fee: RationalNumber = "serviceFee",
        /// Name of the service for people, at most 80 characters.
        required service_name: Text<80> = "serviceName",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Fees for staying too long, modelled on ISO 15118-20.
    pub struct OverstayRuleList = "OverstayRuleListType" {
        /// Power below which the EV counts as no longer charging.
        optional overstay_power_threshold: RationalNumber = "overstayPowerThreshold",
        /// The rules, one to five.
        required overstay_rule: List<OverstayRule, 1, 5> = "overstayRule",
        /// Time in s before the rules begin to count.
        optional overstay_time_threshold: i32 = "overstayTimeThreshold",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Prices that count at the same time, by power, and how long they last.
    pub struct PriceRuleStack = "PriceRuleStackType" {
        /// How long the prices last, in s.
        required duration: i32 = "duration",
        /// Prices by range of power, one to eight.
        required price_rule: List<PriceRule, 1, 8> = "priceRule",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A number as value times ten to an exponent, as ISO 15118-20 has it.
    pub struct RationalNumber = "RationalNumberType" {
        /// Exponent to base ten.
        required exponent: i32 = "exponent",
        /// Number to be multiplied.
        required value: i32 = "value",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One tax rule of an ISO 15118-20 price schedule.
    pub struct TaxRule = "TaxRuleType" {
        /// Id of the tax rule, 0 or higher.
        required tax_rule_id: Integer<0> = "taxRuleID",
        /// Readable name of the rule, at most 100 characters.
        optional tax_rule_name: Text<100> = "taxRuleName",
        /// True when the stated prices already contain this tax.
        optional tax_included_in_price: bool = "taxIncludedInPrice",
        /// True when energy fees are taxed by this rule.
        required applies_to_energy_fee: bool = "appliesToEnergyFee",
        /// True when parking fees are taxed by this rule.
        required applies_to_parking_fee: bool = "appliesToParkingFee",
        /// True when overstay fees are taxed by this rule.
        required applies_to_overstay_fee: bool = "appliesToOverstayFee",
        /// True when the minimum and maximum cost are taxed by this rule.
        required applies_to_minimum_maximum_cost: bool = "appliesToMinimumMaximumCost",
        /// Tax rate as a number with a power of ten.
        required tax_rate: RationalNumber = "taxRate",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One point of a curve that maps grid frequency to power.
    pub struct V2XFreqWattPoint = "V2XFreqWattPointType" {
        /// Grid frequency in Hz.
        required frequency: Number = "frequency",
        /// Power in W at this frequency; negative means discharging.
        required power: Number = "power",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One point of a curve that maps an AFRR signal to power.
    pub struct V2XSignalWattPoint = "V2XSignalWattPointType" {
        /// Signal value as received in `AFRRSignalRequest`.
        required signal: i32 = "signal",
        /// Power in W at this signal; negative means discharging.
        required power: Number = "power",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One price level, and how long it lasts.
    pub struct PriceLevelScheduleEntry = "PriceLevelScheduleEntryType" {
        /// How long the level lasts, in s.
        required duration: i32 = "duration",
        /// Price level, 0 or higher; larger numbers cost more.
        required price_level: Integer<0> = "priceLevel",
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

    /// One fee for staying too long.
    pub struct OverstayRule = "OverstayRuleType" {
        /// The fee for each period.
        required overstay_fee: RationalNumber = "overstayFee",
        /// Name of the rule to show to people, at most 32 characters.
        optional overstay_rule_description: Text<32> = "overstayRuleDescription",
        /// Time in s, after the rules begin to count, from which this one does.
        required start_time: i32 = "startTime",
        /// Time in s after which the fee is due again.
        required overstay_fee_period: i32 = "overstayFeePeriod",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The price of energy and parking from a certain power on.
    pub struct PriceRule = "PriceRuleType" {
        /// Time in s after which the parking fee is due again.
        optional parking_fee_period: i32 = "parkingFeePeriod",
        /// Carbon dioxide per kWh, in g.
        optional carbon_dioxide_emission: Integer<0> = "carbonDioxideEmission",
        /// Share of renewable energy in percent, 0 to 100.
        optional renewable_generation_percentage: Integer<0, 100> = "renewableGenerationPercentage",
        /// Price per kWh.
        required energy_fee: RationalNumber = "energyFee",
        /// Price of parking for each period.
        optional parking_fee: RationalNumber = "parkingFee",
        /// Power from which this price counts.
        required power_range_start: RationalNumber = "powerRangeStart",
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
    /// Choice of how power is controlled during a transaction.
    pub enum OperationMode = "OperationModeEnumType" {
        Idle = "Idle", ChargingOnly = "ChargingOnly", CentralSetpoint = "CentralSetpoint",
        ExternalSetpoint = "ExternalSetpoint", ExternalLimits = "ExternalLimits",
        CentralFrequency = "CentralFrequency", LocalFrequency = "LocalFrequency",
        LocalLoadBalancing = "LocalLoadBalancing",
    }

    /// Choice of how schedule times count: fixed, repeating, from start of charging, or live updates.
    pub enum ChargingProfileKind = "ChargingProfileKindEnumType" {
        Absolute = "Absolute", Recurring = "Recurring", Relative = "Relative", Dynamic = "Dynamic",
    }

    /// Choice of what a charging profile is for: station limit, transaction, priority and so on.
    pub enum ChargingProfilePurpose = "ChargingProfilePurposeEnumType" {
        ChargingStationExternalConstraints = "ChargingStationExternalConstraints",
        ChargingStationMaxProfile = "ChargingStationMaxProfile", TxDefaultProfile = "TxDefaultProfile",
        TxProfile = "TxProfile", PriorityCharging = "PriorityCharging",
        LocalGeneration = "LocalGeneration",
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
