//! Smart charging (block K).

use crate::types::{DateTime, Integer, List, Number, Text};
use crate::{message, open_enum};

use super::common::{CustomData, GenericStatus, StatusInfo};
use super::common_schedules::{
    ChargingProfile, ChargingProfilePurpose, ChargingRateUnit, ChargingSchedule, ChargingSchedulePeriod,
};

message! {
    /// Sent by the CSMS to install a charging profile on the Charging Station (K01).
    pub struct SetChargingProfileRequest = "SetChargingProfileRequest" {
        /// Target EVSE; 0 is each EVSE for `TxDefaultProfile`, the whole station for station-wide limits.
        required evse_id: Integer<0> = "evseId",
        /// The charging profile to install.
        required charging_profile: ChargingProfile = "chargingProfile",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it took the profile (K01).
    pub struct SetChargingProfileResponse = "SetChargingProfileResponse" {
        /// Whether the profile was accepted; the resulting schedule may still be limited elsewhere.
        required status: ChargingProfileStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to get the installed charging profiles (K09).
    pub struct GetChargingProfilesRequest = "GetChargingProfilesRequest" {
        /// Id that the reports repeat.
        required request_id: i32 = "requestId",
        /// EVSE whose profiles to report; 0 means the grid connection, absent means all.
        optional evse_id: Integer<0> = "evseId",
        /// What the profiles have to fit.
        required charging_profile: ChargingProfileCriterion = "chargingProfile",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether reports will follow (K09).
    pub struct GetChargingProfilesResponse = "GetChargingProfilesResponse" {
        /// `NoProfiles` when none fits.
        required status: GetChargingProfileStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to remove one or several charging profiles (K10).
    pub struct ClearChargingProfileRequest = "ClearChargingProfileRequest" {
        /// Id of the charging profile to remove.
        optional charging_profile_id: i32 = "chargingProfileId",
        /// Filter for the profiles to remove, used instead of an id.
        optional charging_profile_criteria: ClearChargingProfileCriterion = "chargingProfileCriteria",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether profiles were removed (K10).
    pub struct ClearChargingProfileResponse = "ClearChargingProfileResponse" {
        /// `Unknown` when no profile fits the request.
        required status: ClearChargingProfileStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to deliver the charging profiles the CSMS asked for (K09).
    pub struct ReportChargingProfilesRequest = "ReportChargingProfilesRequest" {
        /// Repeats the id from the `GetChargingProfilesRequest` that asked for this report.
        required request_id: i32 = "requestId",
        /// Who installed the reported profiles, at most 20 characters.
        required charging_limit_source: Text<20> = "chargingLimitSource",
        /// The reported charging profiles, at least one.
        required charging_profile: List<ChargingProfile> = "chargingProfile",
        /// True when more parts of this report follow; false when absent.
        optional tbc: bool = "tbc",
        /// EVSE the profiles are for; 0 means a limit over the whole station.
        required evse_id: Integer<0> = "evseId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm receipt of the profile report; carries no data (K09).
    pub struct ReportChargingProfilesResponse = "ReportChargingProfilesResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to learn what all profiles together allow (K08).
    pub struct GetCompositeScheduleRequest = "GetCompositeScheduleRequest" {
        /// Length of the schedule to calculate, in s.
        required duration: i32 = "duration",
        /// Whether to answer in W or A; the station decides when absent.
        optional charging_rate_unit: ChargingRateUnit = "chargingRateUnit",
        /// EVSE to calculate for; 0 means the whole grid connection.
        required evse_id: Integer<0> = "evseId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with the limits that apply over time (K08).
    pub struct GetCompositeScheduleResponse = "GetCompositeScheduleResponse" {
        /// Whether the schedule could be calculated.
        required status: GenericStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// The calculated schedule; present when the status is `Accepted`.
        optional schedule: CompositeSchedule = "schedule",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station when an outside system sets a charging limit (K11, K12).
    pub struct NotifyChargingLimitRequest = "NotifyChargingLimitRequest" {
        /// Limits over time that the outside system set.
        optional charging_schedule: List<ChargingSchedule> = "chargingSchedule",
        /// EVSE the limit is for; 0 or absent means the whole station.
        optional evse_id: Integer<0> = "evseId",
        /// Who set the limit, and whether it is critical for the grid.
        required charging_limit: ChargingLimit = "chargingLimit",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the limit; carries no data (K11, K12).
    pub struct NotifyChargingLimitResponse = "NotifyChargingLimitResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station when an outside charging limit is lifted (K13).
    pub struct ClearedChargingLimitRequest = "ClearedChargingLimitRequest" {
        /// Who had set the limit, at most 20 characters.
        required charging_limit_source: Text<20> = "chargingLimitSource",
        /// EVSE the limit was for.
        optional evse_id: Integer<0> = "evseId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the lifted limit; carries no data (K13).
    pub struct ClearedChargingLimitResponse = "ClearedChargingLimitResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station when priority charging is switched locally (K22).
    pub struct NotifyPriorityChargingRequest = "NotifyPriorityChargingRequest" {
        /// Transaction it is for, at most 36 characters.
        required transaction_id: Text<36> = "transactionId",
        /// True when it was switched on, false when off.
        required activated: bool = "activated",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the switch; carries no data (K22).
    pub struct NotifyPriorityChargingResponse = "NotifyPriorityChargingResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to switch priority charging on or off for a transaction (K21).
    pub struct UsePriorityChargingRequest = "UsePriorityChargingRequest" {
        /// Transaction to charge with priority, at most 36 characters.
        required transaction_id: Text<36> = "transactionId",
        /// True to switch priority charging on, false to switch it off.
        required activate: bool = "activate",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether priority charging was switched (K21).
    pub struct UsePriorityChargingResponse = "UsePriorityChargingResponse" {
        /// Whether the switch was accepted, refused or lacks a priority profile.
        required status: PriorityChargingStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to ask for new values of a dynamic profile (K28).
    pub struct PullDynamicScheduleUpdateRequest = "PullDynamicScheduleUpdateRequest" {
        /// Id of the profile.
        required charging_profile_id: i32 = "chargingProfileId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS with the new values (K28).
    pub struct PullDynamicScheduleUpdateResponse = "PullDynamicScheduleUpdateResponse" {
        /// The new limits and setpoints.
        optional schedule_update: ChargingScheduleUpdate = "scheduleUpdate",
        /// Whether there are new values.
        required status: ChargingProfileStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to change setpoint or limit in a dynamic charging profile (K28).
    pub struct UpdateDynamicScheduleRequest = "UpdateDynamicScheduleRequest" {
        /// Id of the dynamic charging profile to change.
        required charging_profile_id: i32 = "chargingProfileId",
        /// New limits and setpoints for the schedule.
        required schedule_update: ChargingScheduleUpdate = "scheduleUpdate",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it applied the new values (K28).
    pub struct UpdateDynamicScheduleResponse = "UpdateDynamicScheduleResponse" {
        /// Whether the update was processed.
        required status: ChargingProfileStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Filter that picks the charging profiles to be reported.
    pub struct ChargingProfileCriterion = "ChargingProfileCriterionType" {
        /// Only profiles with this purpose.
        optional charging_profile_purpose: ChargingProfilePurpose = "chargingProfilePurpose",
        /// Only profiles at this stack level, 0 or higher.
        optional stack_level: Integer<0> = "stackLevel",
        /// Only profiles with one of these ids; any id when absent.
        optional charging_profile_id: List<i32> = "chargingProfileId",
        /// Only profiles set by one of these, at most 4; anyone when absent.
        optional charging_limit_source: List<Text<20>, 1, 4> = "chargingLimitSource",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Filter that picks the charging profiles to remove.
    pub struct ClearChargingProfileCriterion = "ClearChargingProfileType" {
        /// Only profiles of this EVSE; 0 means the whole station, absent means all.
        optional evse_id: Integer<0> = "evseId",
        /// Only profiles with this purpose.
        optional charging_profile_purpose: ChargingProfilePurpose = "chargingProfilePurpose",
        /// Only profiles at this stack level, 0 or higher.
        optional stack_level: Integer<0> = "stackLevel",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The limits that result from all charging profiles put together.
    pub struct CompositeSchedule = "CompositeScheduleType" {
        /// EVSE the limits are for; 0 means the grid connection of the station.
        required evse_id: Integer<0> = "evseId",
        /// Length of the schedule in s.
        required duration: i32 = "duration",
        /// Moment from which the steps count.
        required schedule_start: DateTime = "scheduleStart",
        /// Unit of the limits: W or A.
        required charging_rate_unit: ChargingRateUnit = "chargingRateUnit",
        /// Steps with the resulting limits, at least one.
        required charging_schedule_period: List<ChargingSchedulePeriod> = "chargingSchedulePeriod",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Where a charging limit comes from and how grave it is.
    pub struct ChargingLimit = "ChargingLimitType" {
        /// Who set the limit, at most 20 characters, such as `EMS` or `SO`.
        required charging_limit_source: Text<20> = "chargingLimitSource",
        /// True when it is extra power made on site and not a limit.
        optional is_local_generation: bool = "isLocalGeneration",
        /// True when the grid depends on this limit being kept.
        optional is_grid_critical: bool = "isGridCritical",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// New values for the one step of a dynamic charging profile.
    pub struct ChargingScheduleUpdate = "ChargingScheduleUpdateType" {
        /// New charging limit in W or A; phase L1 when L2 or L3 are given.
        optional limit: Number = "limit",
        /// New charging limit for phase L2, in W or A.
        optional limit_l2: Number = "limit_L2",
        /// New charging limit for phase L3, in W or A.
        optional limit_l3: Number = "limit_L3",
        /// New discharge limit in W or A, as negative number or 0.
        optional discharge_limit: Number<{ i64::MIN }, 0> = "dischargeLimit",
        /// New discharge limit for phase L2, in W or A, never above 0.
        optional discharge_limit_l2: Number<{ i64::MIN }, 0> = "dischargeLimit_L2",
        /// New discharge limit for phase L3, in W or A, never above 0.
        optional discharge_limit_l3: Number<{ i64::MIN }, 0> = "dischargeLimit_L3",
        /// New value in W or A to aim for; negative means discharge.
        optional setpoint: Number = "setpoint",
        /// New value in W or A to aim for on phase L2.
        optional setpoint_l2: Number = "setpoint_L2",
        /// New value in W or A to aim for on phase L3.
        optional setpoint_l3: Number = "setpoint_L3",
        /// New reactive power (var) or current (A) to aim for; positive is inductive.
        optional setpoint_reactive: Number = "setpointReactive",
        /// New reactive power (var) or current (A) to aim for on phase L2.
        optional setpoint_reactive_l2: Number = "setpointReactive_L2",
        /// New reactive power (var) or current (A) to aim for on phase L3.
        optional setpoint_reactive_l3: Number = "setpointReactive_L3",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of whether the station took over a charging profile.
    pub enum ChargingProfileStatus = "ChargingProfileStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// Choice of whether any charging profile fits, so that reports follow.
    pub enum GetChargingProfileStatus = "GetChargingProfileStatusEnumType" {
        Accepted = "Accepted", NoProfiles = "NoProfiles",
    }

    /// Choice of whether any fitting charging profile was found and removed.
    pub enum ClearChargingProfileStatus = "ClearChargingProfileStatusEnumType" {
        Accepted = "Accepted", Unknown = "Unknown",
    }

    /// Choice of whether priority charging was switched, or why not.
    pub enum PriorityChargingStatus = "PriorityChargingStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", NoProfile = "NoProfile",
    }
}
