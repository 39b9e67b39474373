//! Smart charging (block K).

use alloc::boxed::Box;

use crate::types::{DateTime, Integer, List};
use crate::{message, open_enum};

use super::common::{CustomData, GenericStatus, StatusInfo};
use super::common_schedules::{ChargingProfile, ChargingProfilePurpose, ChargingRateUnit, ChargingSchedule, ChargingSchedulePeriod};

message! {
    /// Sent by the CSMS to install a charging profile on the Charging Station (K01).
    pub struct SetChargingProfileRequest = "SetChargingProfileRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Target EVSE; 0 is each EVSE for `TxDefaultProfile`, the whole station for station-wide limits.
        required evse_id: i32 = "evseId",
        /// The charging profile to install.
        required charging_profile: ChargingProfile = "chargingProfile",
    }

    /// Sent by the Charging Station to say whether it took the profile (K01).
    pub struct SetChargingProfileResponse = "SetChargingProfileResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Whether the profile was accepted; the resulting schedule may still be limited elsewhere.
        required status: ChargingProfileStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
    }

    /// The request of [`GetChargingProfiles`].
    pub struct GetChargingProfilesRequest = "GetChargingProfilesRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `requestId`.
        required request_id: i32 = "requestId",
        /// The value of `evseId`.
        optional evse_id: i32 = "evseId",
        /// The value of `chargingProfile`.
        required charging_profile: ChargingProfileCriterion = "chargingProfile",
    }

    /// The answer to [`GetChargingProfiles`].
    pub struct GetChargingProfilesResponse = "GetChargingProfilesResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: GetChargingProfileStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
    }

    /// Sent by the CSMS to remove one or several charging profiles (K10).
    pub struct ClearChargingProfileRequest = "ClearChargingProfileRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Id of the charging profile to remove.
        optional charging_profile_id: i32 = "chargingProfileId",
        /// Filter for the profiles to remove, used instead of an id.
        optional charging_profile_criteria: ClearChargingProfile = "chargingProfileCriteria",
    }

    /// Sent by the Charging Station to say whether profiles were removed (K10).
    pub struct ClearChargingProfileResponse = "ClearChargingProfileResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// `Unknown` when no profile fits the request.
        required status: ClearChargingProfileStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
    }

    /// Sent by the Charging Station to deliver the charging profiles the CSMS asked for (K09).
    pub struct ReportChargingProfilesRequest = "ReportChargingProfilesRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Repeats the id from the `GetChargingProfilesRequest` that asked for this report.
        required request_id: i32 = "requestId",
        /// Who installed the reported profiles, at most 20 characters.
        required charging_limit_source: ChargingLimitSource = "chargingLimitSource",
        /// The reported charging profiles, at least one.
        required charging_profile: List<ChargingProfile> = "chargingProfile",
        /// True when more parts of this report follow; false when absent.
        optional tbc: bool = "tbc",
        /// EVSE the profiles are for; 0 means a limit over the whole station.
        required evse_id: i32 = "evseId",
    }

    /// Sent by the CSMS to confirm receipt of the profile report; carries no data (K09).
    pub struct ReportChargingProfilesResponse = "ReportChargingProfilesResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`GetCompositeSchedule`].
    pub struct GetCompositeScheduleRequest = "GetCompositeScheduleRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `duration`.
        required duration: i32 = "duration",
        /// The value of `chargingRateUnit`.
        optional charging_rate_unit: ChargingRateUnit = "chargingRateUnit",
        /// The value of `evseId`.
        required evse_id: i32 = "evseId",
    }

    /// The answer to [`GetCompositeSchedule`].
    pub struct GetCompositeScheduleResponse = "GetCompositeScheduleResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: GenericStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// The value of `schedule`.
        optional schedule: CompositeSchedule = "schedule",
    }

    /// The request of [`NotifyChargingLimit`].
    pub struct NotifyChargingLimitRequest = "NotifyChargingLimitRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `chargingSchedule`.
        optional charging_schedule: List<ChargingSchedule> = "chargingSchedule",
        /// The value of `evseId`.
        optional evse_id: i32 = "evseId",
        /// The value of `chargingLimit`.
        required charging_limit: ChargingLimit = "chargingLimit",
    }

    /// The answer to [`NotifyChargingLimit`].
    pub struct NotifyChargingLimitResponse = "NotifyChargingLimitResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station when an outside charging limit is lifted (K13).
    pub struct ClearedChargingLimitRequest = "ClearedChargingLimitRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Who had set the limit, at most 20 characters.
        required charging_limit_source: ChargingLimitSource = "chargingLimitSource",
        /// EVSE the limit was for.
        optional evse_id: i32 = "evseId",
    }

    /// Sent by the CSMS to confirm the lifted limit; carries no data (K13).
    pub struct ClearedChargingLimitResponse = "ClearedChargingLimitResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`NotifyEVChargingNeeds`].
    pub struct NotifyEVChargingNeedsRequest = "NotifyEVChargingNeedsRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `maxScheduleTuples`.
        optional max_schedule_tuples: i32 = "maxScheduleTuples",
        /// The value of `chargingNeeds`.
        required charging_needs: ChargingNeeds = "chargingNeeds",
        /// The value of `evseId`.
        required evse_id: i32 = "evseId",
    }

    /// The answer to [`NotifyEVChargingNeeds`].
    pub struct NotifyEVChargingNeedsResponse = "NotifyEVChargingNeedsResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: NotifyEVChargingNeedsStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
    }

    /// The request of [`NotifyEVChargingSchedule`].
    pub struct NotifyEVChargingScheduleRequest = "NotifyEVChargingScheduleRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `timeBase`.
        required time_base: DateTime = "timeBase",
        /// The value of `chargingSchedule`.
        required charging_schedule: ChargingSchedule = "chargingSchedule",
        /// The value of `evseId`.
        required evse_id: i32 = "evseId",
    }

    /// The answer to [`NotifyEVChargingSchedule`].
    pub struct NotifyEVChargingScheduleResponse = "NotifyEVChargingScheduleResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: GenericStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
    }

    /// Filter that picks the charging profiles to be reported.
    pub struct ChargingProfileCriterion = "ChargingProfileCriterionType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Only profiles with this purpose.
        optional charging_profile_purpose: ChargingProfilePurpose = "chargingProfilePurpose",
        /// Only profiles at this stack level, 0 or higher.
        optional stack_level: i32 = "stackLevel",
        /// Only profiles with one of these ids; any id when absent.
        optional charging_profile_id: List<i32> = "chargingProfileId",
        /// Only profiles set by one of these, at most 4; anyone when absent.
        optional charging_limit_source: List<ChargingLimitSource, 1, 4> = "chargingLimitSource",
    }

    /// Filter that picks the charging profiles to remove.
    pub struct ClearChargingProfile = "ClearChargingProfileType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Only profiles of this EVSE; 0 means the whole station, absent means all.
        optional evse_id: i32 = "evseId",
        /// Only profiles with this purpose.
        optional charging_profile_purpose: ChargingProfilePurpose = "chargingProfilePurpose",
        /// Only profiles at this stack level, 0 or higher.
        optional stack_level: i32 = "stackLevel",
    }

    /// The limits that result from all charging profiles put together.
    pub struct CompositeSchedule = "CompositeScheduleType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Steps with the resulting limits, at least one.
        required charging_schedule_period: List<ChargingSchedulePeriod> = "chargingSchedulePeriod",
        /// EVSE the limits are for; 0 means the grid connection of the station.
        required evse_id: i32 = "evseId",
        /// Length of the schedule in s.
        required duration: i32 = "duration",
        /// Moment from which the steps count.
        required schedule_start: DateTime = "scheduleStart",
        /// Unit of the limits: W or A.
        required charging_rate_unit: ChargingRateUnit = "chargingRateUnit",
    }

    /// Where a charging limit comes from and how grave it is.
    pub struct ChargingLimit = "ChargingLimitType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Who set the limit, at most 20 characters, such as `EMS` or `SO`.
        required charging_limit_source: ChargingLimitSource = "chargingLimitSource",
        /// True when the grid depends on this limit being kept.
        optional is_grid_critical: bool = "isGridCritical",
    }

    /// What an EV wants and can do in this charging session.
    pub struct ChargingNeeds = "ChargingNeedsType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// AC abilities and wishes of the EV.
        optional ac_charging_parameters: ACChargingParameters = "acChargingParameters",
        /// DC abilities and wishes of the EV.
        optional dc_charging_parameters: DCChargingParameters = "dcChargingParameters",
        /// Way of energy transfer the EV asks for.
        required requested_energy_transfer: EnergyTransferMode = "requestedEnergyTransfer",
        /// When the EV expects to leave.
        optional departure_time: DateTime = "departureTime",
    }

    /// What an EV says over ISO 15118-2 about its AC charging abilities and wish.
    pub struct ACChargingParameters = "ACChargingParametersType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Energy the EV asks for in Wh, preconditioning included.
        required energy_amount: i32 = "energyAmount",
        /// Lowest current per phase the EV can charge with, in A.
        required ev_min_current: i32 = "evMinCurrent",
        /// Highest current per phase for EV and cable, in A.
        required ev_max_current: i32 = "evMaxCurrent",
        /// Highest voltage the EV can take, in V.
        required ev_max_voltage: i32 = "evMaxVoltage",
    }

    /// What an EV says over ISO 15118-2 about its DC charging abilities and battery.
    pub struct DCChargingParameters = "DCChargingParametersType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
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
        optional full_so_c: Integer<0, 100> = "fullSoC",
        /// Charge level where the EV sees fast charging end, 0 to 100 %.
        optional bulk_so_c: Integer<0, 100> = "bulkSoC",
    }
}

open_enum! {
    /// Choice of whether the station took over a charging profile.
    pub enum ChargingProfileStatus = "ChargingProfileStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// One of the values that the specification names.
    pub enum GetChargingProfileStatus = "GetChargingProfileStatusEnumType" {
        Accepted = "Accepted", NoProfiles = "NoProfiles",
    }

    /// Choice of who set a charging limit, such as energy manager or grid operator.
    pub enum ChargingLimitSource = "ChargingLimitSourceEnumType" {
        EMS = "EMS", Other = "Other", SO = "SO", CSO = "CSO",
    }

    /// Choice of whether any fitting charging profile was found and removed.
    pub enum ClearChargingProfileStatus = "ClearChargingProfileStatusEnumType" {
        Accepted = "Accepted", Unknown = "Unknown",
    }

    /// One of the values that the specification names.
    pub enum NotifyEVChargingNeedsStatus = "NotifyEVChargingNeedsStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", Processing = "Processing",
    }

    /// Choice of how energy flows: AC or DC, phases, one way or both ways.
    pub enum EnergyTransferMode = "EnergyTransferModeEnumType" {
        DC = "DC", ACSinglePhase = "AC_single_phase", ACTwoPhase = "AC_two_phase",
        ACThreePhase = "AC_three_phase",
    }
}
