//! The smart charging profile.

use alloc::boxed::Box;

use crate::types::DateTime;
use crate::{message, open_enum};

use super::common::{ChargingProfile, ChargingProfilePurposeType, ChargingRateUnitType, ChargingSchedule};

message! {
    /// The request of [`ClearChargingProfile`].
    pub struct ClearChargingProfileRequest = "ClearChargingProfileRequest" {
        /// The value of `id`.
        optional id: i32 = "id",
        /// The value of `connectorId`.
        optional connector_id: i32 = "connectorId",
        /// The value of `chargingProfilePurpose`.
        optional charging_profile_purpose: ChargingProfilePurposeType = "chargingProfilePurpose",
        /// The value of `stackLevel`.
        optional stack_level: i32 = "stackLevel",
    }

    /// The answer to [`ClearChargingProfile`].
    pub struct ClearChargingProfileResponse = "ClearChargingProfileResponse" {
        /// The value of `status`.
        required status: ClearChargingProfileStatus = "status",
    }

    /// The request of [`GetCompositeSchedule`].
    pub struct GetCompositeScheduleRequest = "GetCompositeScheduleRequest" {
        /// The value of `connectorId`.
        required connector_id: i32 = "connectorId",
        /// The value of `duration`.
        required duration: i32 = "duration",
        /// The value of `chargingRateUnit`.
        optional charging_rate_unit: ChargingRateUnitType = "chargingRateUnit",
    }

    /// The answer to [`GetCompositeSchedule`].
    pub struct GetCompositeScheduleResponse = "GetCompositeScheduleResponse" {
        /// The value of `status`.
        required status: GetCompositeScheduleStatus = "status",
        /// The value of `connectorId`.
        optional connector_id: i32 = "connectorId",
        /// The value of `scheduleStart`.
        optional schedule_start: DateTime = "scheduleStart",
        /// The value of `chargingSchedule`.
        optional charging_schedule: ChargingSchedule = "chargingSchedule",
    }

    /// The request of [`SetChargingProfile`].
    pub struct SetChargingProfileRequest = "SetChargingProfileRequest" {
        /// The value of `connectorId`.
        required connector_id: i32 = "connectorId",
        /// The value of `csChargingProfiles`.
        required cs_charging_profiles: ChargingProfile = "csChargingProfiles",
    }

    /// The answer to [`SetChargingProfile`].
    pub struct SetChargingProfileResponse = "SetChargingProfileResponse" {
        /// The value of `status`.
        required status: ChargingProfileStatus = "status",
    }
}

open_enum! {
    /// One of the values that the specification names.
    pub enum ClearChargingProfileStatus = "ClearChargingProfileStatus" {
        Accepted = "Accepted", Unknown = "Unknown",
    }

    /// One of the values that the specification names.
    pub enum GetCompositeScheduleStatus = "GetCompositeScheduleStatus" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// One of the values that the specification names.
    pub enum ChargingProfileStatus = "ChargingProfileStatus" {
        Accepted = "Accepted", Rejected = "Rejected", NotSupported = "NotSupported",
    }
}
