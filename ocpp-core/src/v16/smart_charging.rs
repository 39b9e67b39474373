//! The smart charging profile.

use crate::types::DateTime;
use crate::{message, open_enum};

use super::common::{ChargingProfile, ChargingProfilePurposeType, ChargingRateUnitType, ChargingSchedule};

message! {
    /// Sent by the Central System to remove charging profiles that fit all criteria given (5.5).
    pub struct ClearChargingProfileRequest = "ClearChargingProfileRequest" {
        /// Id of the one profile to remove.
        optional id: i32 = "id",
        /// Connector whose profiles to remove; 0 means the Charge Point as a whole.
        optional connector_id: i32 = "connectorId",
        /// Purpose of the profiles to remove.
        optional charging_profile_purpose: ChargingProfilePurposeType = "chargingProfilePurpose",
        /// Stack level of the profiles to remove.
        optional stack_level: i32 = "stackLevel",
    }

    /// Sent by the Charge Point to say whether anything was removed (5.5).
    pub struct ClearChargingProfileResponse = "ClearChargingProfileResponse" {
        /// `Unknown` when no profile fits the criteria.
        required status: ClearChargingProfileStatus = "status",
    }

    /// Sent by the Central System to learn what all profiles together allow (5.7).
    pub struct GetCompositeScheduleRequest = "GetCompositeScheduleRequest" {
        /// Connector to calculate for; 0 means the whole grid connection.
        required connector_id: i32 = "connectorId",
        /// Length of the schedule to calculate, in s.
        required duration: i32 = "duration",
        /// Whether to answer in W or A; the Charge Point decides when absent.
        optional charging_rate_unit: ChargingRateUnitType = "chargingRateUnit",
    }

    /// Sent by the Charge Point with the limits that apply over time (5.7).
    pub struct GetCompositeScheduleResponse = "GetCompositeScheduleResponse" {
        /// Whether the schedule could be calculated.
        required status: GetCompositeScheduleStatus = "status",
        /// Connector it was calculated for; 0 means the whole grid connection.
        optional connector_id: i32 = "connectorId",
        /// Moment from which the periods of the schedule count.
        optional schedule_start: DateTime = "scheduleStart",
        /// Limits that apply when nothing changes.
        optional charging_schedule: ChargingSchedule = "chargingSchedule",
    }

    /// Sent by the Central System to install a charging profile (5.16).
    pub struct SetChargingProfileRequest = "SetChargingProfileRequest" {
        /// Connector it is for; 0 means the Charge Point as a whole.
        required connector_id: i32 = "connectorId",
        /// The profile.
        required cs_charging_profiles: ChargingProfile = "csChargingProfiles",
    }

    /// Sent by the Charge Point to say whether it took the profile (5.16).
    pub struct SetChargingProfileResponse = "SetChargingProfileResponse" {
        /// Whether the profile was taken.
        required status: ChargingProfileStatus = "status",
    }
}

open_enum! {
    /// Choice of whether any charging profile fitted and was removed.
    pub enum ClearChargingProfileStatus = "ClearChargingProfileStatus" {
        Accepted = "Accepted", Unknown = "Unknown",
    }

    /// Choice of whether a schedule could be calculated.
    pub enum GetCompositeScheduleStatus = "GetCompositeScheduleStatus" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// Choice of whether a charging profile was taken.
    pub enum ChargingProfileStatus = "ChargingProfileStatus" {
        Accepted = "Accepted", Rejected = "Rejected", NotSupported = "NotSupported",
    }
}
