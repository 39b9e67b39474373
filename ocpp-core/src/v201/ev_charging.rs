//! Smart charging with a vehicle that speaks ISO 15118 (block K).

use crate::types::{DateTime, Integer};
use crate::{message, open_enum};

use super::common::{CustomData, GenericStatus, StatusInfo};
use super::common_schedules::ChargingSchedule;

message! {
    /// Sent by the Charging Station with what an EV asked for over ISO 15118 (K15).
    pub struct NotifyEVChargingNeedsRequest = "NotifyEVChargingNeedsRequest" {
        /// Most entries the EV can take in a schedule.
        optional max_schedule_tuples: i32 = "maxScheduleTuples",
        /// What the EV needs and can do.
        required charging_needs: ChargingNeeds = "chargingNeeds",
        /// EVSE the EV is at, above 0.
        required evse_id: i32 = "evseId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to say whether a profile will follow (K15).
    pub struct NotifyEVChargingNeedsResponse = "NotifyEVChargingNeedsResponse" {
        /// Whether the needs were understood, and a profile can be expected.
        required status: NotifyEVChargingNeedsStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with the schedule an EV made for itself (K15).
    pub struct NotifyEVChargingScheduleRequest = "NotifyEVChargingScheduleRequest" {
        /// Moment from which the periods of the schedule count.
        required time_base: DateTime = "timeBase",
        /// The schedule of the EV.
        required charging_schedule: ChargingSchedule = "chargingSchedule",
        /// EVSE the EV is at, above 0.
        required evse_id: i32 = "evseId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to say whether the schedule fits (K15).
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
        /// DC abilities and wishes of the EV.
        optional dc_charging_parameters: DCChargingParameters = "dcChargingParameters",
        /// Way of energy transfer the EV asks for.
        required requested_energy_transfer: EnergyTransferMode = "requestedEnergyTransfer",
        /// When the EV expects to leave.
        optional departure_time: DateTime = "departureTime",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// What an EV says over ISO 15118-2 about its AC charging abilities and wish.
    pub struct ACChargingParameters = "ACChargingParametersType" {
        /// Energy the EV asks for in Wh, preconditioning included.
        required energy_amount: i32 = "energyAmount",
        /// Lowest current per phase the EV can charge with, in A.
        required ev_min_current: i32 = "evMinCurrent",
        /// Highest current per phase for EV and cable, in A.
        required ev_max_current: i32 = "evMaxCurrent",
        /// Highest voltage the EV can take, in V.
        required ev_max_voltage: i32 = "evMaxVoltage",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// What an EV says over ISO 15118-2 about its DC charging abilities and battery.
    pub struct DCChargingParameters = "DCChargingParametersType" {
        /// Highest current for EV and cable, in A.
        required ev_max_current: i32 = "evMaxCurrent",
        /// Highest voltage the EV can take, in V.
        required ev_max_voltage: i32 = "evMaxVoltage",
        /// Energy the EV asks for in Wh, preconditioning included.
        optional energy_amount: i32 = "energyAmount",
        /// Highest power the EV can take, in W.
        optional ev_max_power: i32 = "evMaxPower",
        /// How full the battery is, 0 to 100 %.
        optional state_of_charge: Integer<0, 100> = "stateOfCharge",
        /// Size of the EV battery in Wh.
        optional ev_energy_capacity: i32 = "evEnergyCapacity",
        /// Charge level the EV calls full, 0 to 100 %.
        optional full_soc: Integer<0, 100> = "fullSoC",
        /// Charge level where the EV sees fast charging end, 0 to 100 %.
        optional bulk_soc: Integer<0, 100> = "bulkSoC",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of what the CSMS makes of the needs of an EV.
    pub enum NotifyEVChargingNeedsStatus = "NotifyEVChargingNeedsStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", Processing = "Processing",
    }

    /// Choice of how energy flows: AC or DC, phases, one way or both ways.
    pub enum EnergyTransferMode = "EnergyTransferModeEnumType" {
        DC = "DC", ACSinglePhase = "AC_single_phase", ACTwoPhase = "AC_two_phase",
        ACThreePhase = "AC_three_phase",
    }
}
