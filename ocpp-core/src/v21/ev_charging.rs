//! Smart charging with a vehicle that speaks ISO 15118 (block K).

use crate::types::{DateTime, Integer, List, Number, Text};
use crate::{message, open_enum};

use super::common::{CustomData, DERControl, EnergyTransferMode, GenericStatus, StatusInfo};
use super::common_schedules::ChargingSchedule;

message! {
    /// Sent by the Charging Station with what an EV asked for over ISO 15118 (K15, K18, K19).
    pub struct NotifyEVChargingNeedsRequest = "NotifyEVChargingNeedsRequest" {
        /// EVSE the EV is at, above 0.
        required evse_id: Integer<1> = "evseId",
        /// Most entries the EV can take in a schedule.
        optional max_schedule_tuples: Integer<0> = "maxScheduleTuples",
        /// What the EV needs and can do.
        required charging_needs: ChargingNeeds = "chargingNeeds",
        /// Moment the needs came in, when the station was offline then.
        optional timestamp: DateTime = "timestamp",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to say whether a profile will follow (K15, K18, K19).
    pub struct NotifyEVChargingNeedsResponse = "NotifyEVChargingNeedsResponse" {
        /// Whether the needs were understood, and a profile can be expected.
        required status: NotifyEVChargingNeedsStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with the schedule an EV made for itself (K15, K18, K19).
    pub struct NotifyEVChargingScheduleRequest = "NotifyEVChargingScheduleRequest" {
        /// Moment from which the periods of the schedule count.
        required time_base: DateTime = "timeBase",
        /// The schedule of the EV.
        required charging_schedule: ChargingSchedule = "chargingSchedule",
        /// EVSE the EV is at, above 0.
        required evse_id: Integer<1> = "evseId",
        /// Id of the schedule that the EV chose from the profile.
        optional selected_charging_schedule_id: Integer<0> = "selectedChargingScheduleId",
        /// True when the EV accepts the power tolerance; for ISO 15118-20 only.
        optional power_tolerance_acceptance: bool = "powerToleranceAcceptance",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to say whether the schedule fits (K15, K18, K19).
    pub struct NotifyEVChargingScheduleResponse = "NotifyEVChargingScheduleResponse" {
        /// Whether the message was handled; it does not approve the schedule.
        required status: GenericStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// What an EV wants and can do in this charging session.
    pub struct ChargingNeeds = "ChargingNeedsType" {
        /// AC abilities and wishes of the EV.
        optional ac_charging_parameters: ACChargingParameters = "acChargingParameters",
        /// Inverter data for AC discharging under grid rules (`AC_BPT_DER`).
        optional der_charging_parameters: DERChargingParameters = "derChargingParameters",
        /// Energy the EV offers to give back, and its price.
        optional ev_energy_offer: EVEnergyOffer = "evEnergyOffer",
        /// Way of energy transfer the EV asks for.
        required requested_energy_transfer: EnergyTransferMode = "requestedEnergyTransfer",
        /// DC abilities and wishes of the EV.
        optional dc_charging_parameters: DCChargingParameters = "dcChargingParameters",
        /// Limits and wishes for charging in both directions.
        optional v2x_charging_parameters: V2XChargingParameters = "v2xChargingParameters",
        /// All ways of energy transfer the EV can use.
        optional available_energy_transfer: List<EnergyTransferMode> = "availableEnergyTransfer",
        /// Whether the EV follows a schedule or live setpoints; scheduled when absent.
        optional control_mode: ControlMode = "controlMode",
        /// Who may set target charge and departure time: EV alone or station too.
        optional mobility_needs_mode: MobilityNeedsMode = "mobilityNeedsMode",
        /// When the EV expects to leave.
        optional departure_time: DateTime = "departureTime",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// What an EV says over ISO 15118-2 about its AC charging abilities and wish.
    pub struct ACChargingParameters = "ACChargingParametersType" {
        /// Energy the EV asks for in Wh, preconditioning included.
        required energy_amount: Number = "energyAmount",
        /// Lowest current per phase the EV can charge with, in A.
        required ev_min_current: Number = "evMinCurrent",
        /// Highest current per phase for EV and cable, in A.
        required ev_max_current: Number = "evMaxCurrent",
        /// Highest voltage the EV can take, in V.
        required ev_max_voltage: Number = "evMaxVoltage",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// What an EV says over ISO 15118-2 about its DC charging abilities and battery.
    pub struct DCChargingParameters = "DCChargingParametersType" {
        /// Highest current for EV and cable, in A.
        required ev_max_current: Number = "evMaxCurrent",
        /// Highest voltage the EV can take, in V.
        required ev_max_voltage: Number = "evMaxVoltage",
        /// Highest power the EV can take, in W.
        optional ev_max_power: Number = "evMaxPower",
        /// Size of the EV battery in Wh.
        optional ev_energy_capacity: Number = "evEnergyCapacity",
        /// Energy the EV asks for in Wh, preconditioning included.
        optional energy_amount: Number = "energyAmount",
        /// How full the battery is, 0 to 100 %.
        optional state_of_charge: Integer<0, 100> = "stateOfCharge",
        /// Charge level the EV calls full, 0 to 100 %.
        optional full_soc: Integer<0, 100> = "fullSoC",
        /// Charge level where the EV sees fast charging end, 0 to 100 %.
        optional bulk_soc: Integer<0, 100> = "bulkSoC",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Inverter data for grid-friendly AC discharging, agreed by EV and EVSE; no value is negative.
    pub struct DERChargingParameters = "DERChargingParametersType" {
        /// Grid support functions the EV has.
        optional ev_supported_der_control: List<DERControl> = "evSupportedDERControl",
        /// Highest discharge power of the EV in W at its over-excited power factor.
        optional ev_over_excited_max_discharge_power: Number = "evOverExcitedMaxDischargePower",
        /// Power factor of the EV while it feeds in least reactive power.
        optional ev_over_excited_power_factor: Number = "evOverExcitedPowerFactor",
        /// Highest discharge power of the EV in W at its under-excited power factor.
        optional ev_under_excited_max_discharge_power: Number = "evUnderExcitedMaxDischargePower",
        /// Power factor of the EV while it takes in least reactive power.
        optional ev_under_excited_power_factor: Number = "evUnderExcitedPowerFactor",
        /// Highest total apparent power both sides can do, in VA.
        optional max_apparent_power: Number = "maxApparentPower",
        /// Highest apparent charging power in VA; phase L1 when L2 or L3 are given.
        optional max_charge_apparent_power: Number = "maxChargeApparentPower",
        /// Highest apparent charging power on phase L2, in VA.
        optional max_charge_apparent_power_l2: Number = "maxChargeApparentPower_L2",
        /// Highest apparent charging power on phase L3, in VA.
        optional max_charge_apparent_power_l3: Number = "maxChargeApparentPower_L3",
        /// Highest apparent discharging power in VA; phase L1 when L2 or L3 are given.
        optional max_discharge_apparent_power: Number = "maxDischargeApparentPower",
        /// Highest apparent discharging power on phase L2, in VA.
        optional max_discharge_apparent_power_l2: Number = "maxDischargeApparentPower_L2",
        /// Highest apparent discharging power on phase L3, in VA.
        optional max_discharge_apparent_power_l3: Number = "maxDischargeApparentPower_L3",
        /// Most reactive power taken in, in var; phase L1 when L2 or L3 are given.
        optional max_charge_reactive_power: Number = "maxChargeReactivePower",
        /// Most reactive power taken in on phase L2, in var.
        optional max_charge_reactive_power_l2: Number = "maxChargeReactivePower_L2",
        /// Most reactive power taken in on phase L3, in var.
        optional max_charge_reactive_power_l3: Number = "maxChargeReactivePower_L3",
        /// Least reactive power taken in, in var; phase L1 when L2 or L3 are given.
        optional min_charge_reactive_power: Number = "minChargeReactivePower",
        /// Least reactive power taken in on phase L2, in var.
        optional min_charge_reactive_power_l2: Number = "minChargeReactivePower_L2",
        /// Least reactive power taken in on phase L3, in var.
        optional min_charge_reactive_power_l3: Number = "minChargeReactivePower_L3",
        /// Most reactive power fed in, in var; phase L1 when L2 or L3 are given.
        optional max_discharge_reactive_power: Number = "maxDischargeReactivePower",
        /// Most reactive power fed in on phase L2, in var.
        optional max_discharge_reactive_power_l2: Number = "maxDischargeReactivePower_L2",
        /// Most reactive power fed in on phase L3, in var.
        optional max_discharge_reactive_power_l3: Number = "maxDischargeReactivePower_L3",
        /// Least reactive power fed in, in var; phase L1 when L2 or L3 are given.
        optional min_discharge_reactive_power: Number = "minDischargeReactivePower",
        /// Least reactive power fed in on phase L2, in var.
        optional min_discharge_reactive_power_l2: Number = "minDischargeReactivePower_L2",
        /// Least reactive power fed in on phase L3, in var.
        optional min_discharge_reactive_power_l3: Number = "minDischargeReactivePower_L3",
        /// Rated line voltage both sides work with, in V.
        optional nominal_voltage: Number = "nominalVoltage",
        /// Voltage gap in V between the station and the point where the grid begins.
        optional nominal_voltage_offset: Number = "nominalVoltageOffset",
        /// Highest AC voltage (rms) both sides can work at, in V.
        optional max_nominal_voltage: Number = "maxNominalVoltage",
        /// Lowest AC voltage (rms) both sides can work at, in V.
        optional min_nominal_voltage: Number = "minNominalVoltage",
        /// Maker of the inverter in the EV, at most 50 characters.
        optional ev_inverter_manufacturer: Text<50> = "evInverterManufacturer",
        /// Model of the inverter in the EV, at most 50 characters.
        optional ev_inverter_model: Text<50> = "evInverterModel",
        /// Serial number of the inverter in the EV, at most 50 characters.
        optional ev_inverter_serial_number: Text<50> = "evInverterSerialNumber",
        /// Software the inverter in the EV runs, at most 50 characters.
        optional ev_inverter_sw_version: Text<50> = "evInverterSwVersion",
        /// Hardware level of the inverter in the EV, at most 50 characters.
        optional ev_inverter_hw_version: Text<50> = "evInverterHwVersion",
        /// Ways the EV notices a cut-off grid; needed where the site demands it.
        optional ev_islanding_detection_method: List<IslandingDetection> = "evIslandingDetectionMethod",
        /// Time until the EV disconnects from a cut-off grid, in s.
        optional ev_islanding_trip_time: Number = "evIslandingTripTime",
        /// Most direct current in A the EV may leak into the grid at level 1.
        optional ev_maximum_level1_dc_injection: Number = "evMaximumLevel1DCInjection",
        /// Longest time in s for direct current leaking at level 1.
        optional ev_duration_level1_dc_injection: Number = "evDurationLevel1DCInjection",
        /// Most direct current in A the EV may leak into the grid at level 2.
        optional ev_maximum_level2_dc_injection: Number = "evMaximumLevel2DCInjection",
        /// Longest time in s for direct current leaking at level 2.
        optional ev_duration_level2_dc_injection: Number = "evDurationLevel2DCInjection",
        /// Reactive susceptance of the EV circuit in S (siemens).
        optional ev_reactive_susceptance: Number = "evReactiveSusceptance",
        /// Energy in Wh the EV gives in this session; at 0 it may stop discharging.
        optional ev_session_total_discharge_energy_available: Number = "evSessionTotalDischargeEnergyAvailable",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Energy an EV offers to give back over time, with prices.
    pub struct EVEnergyOffer = "EVEnergyOfferType" {
        /// What the EV wants to be paid.
        optional ev_absolute_price_schedule: EVAbsolutePriceSchedule = "evAbsolutePriceSchedule",
        /// How much power the EV can give, and when.
        required ev_power_schedule: EVPowerSchedule = "evPowerSchedule",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Charging and discharging limits and energy needs from ISO 15118-20.
    pub struct V2XChargingParameters = "V2XChargingParametersType" {
        /// Least charge power in W over all phases, or on L1 when L2/L3 are given.
        optional min_charge_power: Number = "minChargePower",
        /// Least charge power on phase L2, in W.
        optional min_charge_power_l2: Number = "minChargePower_L2",
        /// Least charge power on phase L3, in W.
        optional min_charge_power_l3: Number = "minChargePower_L3",
        /// Highest charge power in W over all phases, or on L1 when L2/L3 are given.
        optional max_charge_power: Number = "maxChargePower",
        /// Highest charge power on phase L2, in W.
        optional max_charge_power_l2: Number = "maxChargePower_L2",
        /// Highest charge power on phase L3, in W.
        optional max_charge_power_l3: Number = "maxChargePower_L3",
        /// Least discharge power in W, not negative; L1 only when L2/L3 are given.
        optional min_discharge_power: Number = "minDischargePower",
        /// Least discharge power on phase L2 in W, not negative.
        optional min_discharge_power_l2: Number = "minDischargePower_L2",
        /// Least discharge power on phase L3 in W, not negative.
        optional min_discharge_power_l3: Number = "minDischargePower_L3",
        /// Highest discharge power in W, not negative; L1 only when L2/L3 are given.
        optional max_discharge_power: Number = "maxDischargePower",
        /// Highest discharge power on phase L2 in W, not negative.
        optional max_discharge_power_l2: Number = "maxDischargePower_L2",
        /// Highest discharge power on phase L3 in W, not negative.
        optional max_discharge_power_l3: Number = "maxDischargePower_L3",
        /// Least charge current that both EV and EVSE can handle, in A.
        optional min_charge_current: Number = "minChargeCurrent",
        /// Highest charge current that both EV and EVSE can handle, in A.
        optional max_charge_current: Number = "maxChargeCurrent",
        /// Least discharge current in A, not negative.
        optional min_discharge_current: Number = "minDischargeCurrent",
        /// Highest discharge current in A, not negative.
        optional max_discharge_current: Number = "maxDischargeCurrent",
        /// Lowest voltage that both EV and EVSE can handle, in V.
        optional min_voltage: Number = "minVoltage",
        /// Highest voltage that both EV and EVSE can handle, in V.
        optional max_voltage: Number = "maxVoltage",
        /// Energy in Wh still needed for the wanted state of charge; may be negative.
        optional ev_target_energy_request: Number = "evTargetEnergyRequest",
        /// Energy in Wh to the lowest allowed state of charge; may be negative.
        optional ev_min_energy_request: Number = "evMinEnergyRequest",
        /// Energy in Wh to the highest state of charge; may be negative.
        optional ev_max_energy_request: Number = "evMaxEnergyRequest",
        /// Energy in Wh to the lower V2X bound; positive means charge is below it.
        optional ev_min_v2x_energy_request: Number = "evMinV2XEnergyRequest",
        /// Energy in Wh to the upper V2X bound; negative means charge is above it.
        optional ev_max_v2x_energy_request: Number = "evMaxV2XEnergyRequest",
        /// State of charge wanted at departure, 0 to 100 %.
        optional target_soc: Integer<0, 100> = "targetSoC",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Prices the EV wants for energy it gives back.
    pub struct EVAbsolutePriceSchedule = "EVAbsolutePriceScheduleType" {
        /// Moment at which the offer begins.
        required time_anchor: DateTime = "timeAnchor",
        /// Currency of the prices as three-letter ISO 4217 code.
        required currency: Text<3> = "currency",
        /// Stretches with prices in order of time, 1 to 1024.
        required ev_absolute_price_schedule_entries: List<EVAbsolutePriceScheduleEntry, 1, 1024> = "evAbsolutePriceScheduleEntries",
        /// ISO 15118-20 URN that says how prices are applied, such as by peak power.
        required price_algorithm: Text<2000> = "priceAlgorithm",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Power an EV would give back over time.
    pub struct EVPowerSchedule = "EVPowerScheduleType" {
        /// Stretches with power in order of time, 1 to 1024.
        required ev_power_schedule_entries: List<EVPowerScheduleEntry, 1, 1024> = "evPowerScheduleEntries",
        /// Moment at which the first stretch begins.
        required time_anchor: DateTime = "timeAnchor",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A stretch of time with the prices the EV wants for its energy.
    pub struct EVAbsolutePriceScheduleEntry = "EVAbsolutePriceScheduleEntryType" {
        /// Length of the stretch in s.
        required duration: i32 = "duration",
        /// Prices by power range, 1 to 8.
        required ev_price_rule: List<EVPriceRule, 1, 8> = "evPriceRule",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A stretch of time with the power an EV would give back.
    pub struct EVPowerScheduleEntry = "EVPowerScheduleEntryType" {
        /// Length of the stretch in s.
        required duration: i32 = "duration",
        /// Most power in W; negative to discharge, positive when none is on offer.
        required power: Number = "power",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Price the EV wants from a given power on.
    pub struct EVPriceRule = "EVPriceRuleType" {
        /// Price per kWh, in the currency of the schedule.
        required energy_fee: Number = "energyFee",
        /// Power in W from which this price holds, up to the next rule; negative is discharging.
        required power_range_start: Number = "powerRangeStart",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of what the CSMS makes of the needs of an EV.
    pub enum NotifyEVChargingNeedsStatus = "NotifyEVChargingNeedsStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", Processing = "Processing",
        NoChargingProfile = "NoChargingProfile",
    }

    /// Choice of whether the EV follows a schedule it picked or live setpoints.
    pub enum ControlMode = "ControlModeEnumType" {
        ScheduledControl = "ScheduledControl", DynamicControl = "DynamicControl",
    }

    /// Choice of who decides on departure time and charge levels: EV, or EV and station.
    pub enum MobilityNeedsMode = "MobilityNeedsModeEnumType" {
        EVCC = "EVCC", EVCCSECC = "EVCC_SECC",
    }

    /// Choice of how an inverter notices that the grid is gone.
    pub enum IslandingDetection = "IslandingDetectionEnumType" {
        NoAntiIslandingSupport = "NoAntiIslandingSupport", RoCoF = "RoCoF", UVPOVP = "UVP_OVP",
        UFPOFP = "UFP_OFP", VoltageVectorShift = "VoltageVectorShift",
        ZeroCrossingDetection = "ZeroCrossingDetection", OtherPassive = "OtherPassive",
        ImpedanceMeasurement = "ImpedanceMeasurement", ImpedanceAtFrequency = "ImpedanceAtFrequency",
        SlipModeFrequencyShift = "SlipModeFrequencyShift", SandiaFrequencyShift = "SandiaFrequencyShift",
        SandiaVoltageShift = "SandiaVoltageShift", FrequencyJump = "FrequencyJump",
        RCLQFactor = "RCLQFactor", OtherActive = "OtherActive",
    }
}
