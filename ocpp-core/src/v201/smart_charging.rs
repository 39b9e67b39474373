//! Smart charging (block K).

use crate::types::{DateTime, List};
use crate::{message, open_enum};

use super::common::{CustomData, GenericStatus, StatusInfo};
use super::common_schedules::{
    ChargingProfile, ChargingProfilePurpose, ChargingRateUnit, ChargingSchedule, ChargingSchedulePeriod,
};

message! {
    /// Sent by the CSMS to install a charging profile on the Charging Station (K01).
    pub struct SetChargingProfileRequest = "SetChargingProfileRequest" {
        /// Target EVSE; 0 is each EVSE for `TxDefaultProfile`, the whole station for station-wide limits.
        required evse_id: i32 = "evseId",
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
        optional evse_id: i32 = "evseId",
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
        required charging_limit_source: ChargingLimitSource = "chargingLimitSource",
        /// The reported charging profiles, at least one.
        required charging_profile: List<ChargingProfile> = "chargingProfile",
        /// True when more parts of this report follow; false when absent.
        optional tbc: bool = "tbc",
        /// EVSE the profiles are for; 0 means a limit over the whole station.
        required evse_id: i32 = "evseId",
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
        required evse_id: i32 = "evseId",
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
        optional evse_id: i32 = "evseId",
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
        required charging_limit_source: ChargingLimitSource = "chargingLimitSource",
        /// EVSE the limit was for.
        optional evse_id: i32 = "evseId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the lifted limit; carries no data (K13).
    pub struct ClearedChargingLimitResponse = "ClearedChargingLimitResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Filter that picks the charging profiles to be reported.
    pub struct ChargingProfileCriterion = "ChargingProfileCriterionType" {
        /// Only profiles with this purpose.
        optional charging_profile_purpose: ChargingProfilePurpose = "chargingProfilePurpose",
        /// Only profiles at this stack level, 0 or higher.
        optional stack_level: i32 = "stackLevel",
        /// Only profiles with one of these ids; any id when absent.
        optional charging_profile_id: List<i32> = "chargingProfileId",
        /// Only profiles set by one of these, at most 4; anyone when absent.
        optional charging_limit_source: List<ChargingLimitSource, 1, 4> = "chargingLimitSource",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Filter that picks the charging profiles to remove.
    pub struct ClearChargingProfileCriterion = "ClearChargingProfileType" {
        /// Only profiles of this EVSE; 0 means the whole station, absent means all.
        optional evse_id: i32 = "evseId",
        /// Only profiles with this purpose.
        optional charging_profile_purpose: ChargingProfilePurpose = "chargingProfilePurpose",
        /// Only profiles at this stack level, 0 or higher.
        optional stack_level: i32 = "stackLevel",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The limits that result from all charging profiles put together.
    pub struct CompositeSchedule = "CompositeScheduleType" {
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
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Where a charging limit comes from and how grave it is.
    pub struct ChargingLimit = "ChargingLimitType" {
        /// Who set the limit, at most 20 characters, such as `EMS` or `SO`.
        required charging_limit_source: ChargingLimitSource = "chargingLimitSource",
        /// True when the grid depends on this limit being kept.
        optional is_grid_critical: bool = "isGridCritical",
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

    /// Choice of who set a charging limit, such as energy manager or grid operator.
    pub enum ChargingLimitSource = "ChargingLimitSourceEnumType" {
        EMS = "EMS", Other = "Other", SO = "SO", CSO = "CSO",
    }

    /// Choice of whether any fitting charging profile was found and removed.
    pub enum ClearChargingProfileStatus = "ClearChargingProfileStatusEnumType" {
        Accepted = "Accepted", Unknown = "Unknown",
    }
}
