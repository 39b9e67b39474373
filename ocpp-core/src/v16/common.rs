//! Types that several profiles use.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::types::{CiText, DateTime, Tenths};
use crate::{message, open_enum};

message! {
    /// Part of a message.
    pub struct IdTagInfo = "IdTagInfo" {
        /// The value of `expiryDate`.
        optional expiry_date: DateTime = "expiryDate",
        /// The value of `parentIdTag`.
        optional parent_id_tag: CiText<20> = "parentIdTag",
        /// The value of `status`.
        required status: AuthorizationStatus = "status",
    }

    /// Part of a message.
    pub struct ChargingProfile = "ChargingProfile" {
        /// The value of `chargingProfileId`.
        required charging_profile_id: i32 = "chargingProfileId",
        /// The value of `transactionId`.
        optional transaction_id: i32 = "transactionId",
        /// The value of `stackLevel`.
        required stack_level: i32 = "stackLevel",
        /// The value of `chargingProfilePurpose`.
        required charging_profile_purpose: ChargingProfilePurposeType = "chargingProfilePurpose",
        /// The value of `chargingProfileKind`.
        required charging_profile_kind: ChargingProfileKindType = "chargingProfileKind",
        /// The value of `recurrencyKind`.
        optional recurrency_kind: RecurrencyKindType = "recurrencyKind",
        /// The value of `validFrom`.
        optional valid_from: DateTime = "validFrom",
        /// The value of `validTo`.
        optional valid_to: DateTime = "validTo",
        /// The value of `chargingSchedule`.
        required charging_schedule: ChargingSchedule = "chargingSchedule",
    }

    /// Part of a message.
    pub struct ChargingSchedule = "ChargingSchedule" {
        /// The value of `duration`.
        optional duration: i32 = "duration",
        /// The value of `startSchedule`.
        optional start_schedule: DateTime = "startSchedule",
        /// The value of `chargingRateUnit`.
        required charging_rate_unit: ChargingRateUnitType = "chargingRateUnit",
        /// The value of `chargingSchedulePeriod`.
        required charging_schedule_period: Vec<ChargingSchedulePeriod> = "chargingSchedulePeriod",
        /// The value of `minChargingRate`.
        optional min_charging_rate: Tenths = "minChargingRate",
    }

    /// Part of a message.
    pub struct ChargingSchedulePeriod = "ChargingSchedulePeriod" {
        /// The value of `startPeriod`.
        required start_period: i32 = "startPeriod",
        /// The value of `limit`.
        required limit: Tenths = "limit",
        /// The value of `numberPhases`.
        optional number_phases: i32 = "numberPhases",
    }
}

open_enum! {
    /// One of the values that the specification names.
    pub enum AuthorizationStatus = "AuthorizationStatus" {
        Accepted = "Accepted", Blocked = "Blocked", Expired = "Expired", Invalid = "Invalid",
        ConcurrentTx = "ConcurrentTx",
    }

    /// One of the values that the specification names.
    pub enum ChargingProfileKindType = "ChargingProfileKindType" {
        Absolute = "Absolute", Recurring = "Recurring", Relative = "Relative",
    }

    /// One of the values that the specification names.
    pub enum ChargingProfilePurposeType = "ChargingProfilePurposeType" {
        ChargePointMaxProfile = "ChargePointMaxProfile", TxDefaultProfile = "TxDefaultProfile",
        TxProfile = "TxProfile",
    }

    /// One of the values that the specification names.
    pub enum RecurrencyKindType = "RecurrencyKindType" {
        Daily = "Daily", Weekly = "Weekly",
    }

    /// One of the values that the specification names.
    pub enum ChargingRateUnitType = "ChargingRateUnitType" {
        A = "A", W = "W",
    }
}
