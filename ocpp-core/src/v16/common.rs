//! Types that several profiles use.

use alloc::vec::Vec;

use crate::types::{CiText, DateTime, Tenths};
use crate::{message, open_enum};

message! {
    /// Status of the identifier; only `Accepted` allows charging.
    pub struct IdTagInfo = "IdTagInfo" {
        /// Moment from which the identifier is to be taken out of the cache.
        optional expiry_date: DateTime = "expiryDate",
        /// Group of the identifier; members may stop each other's transactions.
        optional parent_id_tag: CiText<20> = "parentIdTag",
        /// Whether the identifier may charge, or why not.
        required status: AuthorizationStatus = "status",
    }

    /// Profile for this transaction only; its purpose has to be `TxProfile`.
    pub struct ChargingProfile = "ChargingProfile" {
        /// Id of the profile; a new one with the same id takes its place.
        required charging_profile_id: i32 = "chargingProfileId",
        /// Transaction the profile is for; only with purpose `TxProfile`.
        optional transaction_id: i32 = "transactionId",
        /// Rank, 0 or higher; of valid profiles with the same purpose the highest counts.
        required stack_level: i32 = "stackLevel",
        /// What the profile limits: Charge Point, any transaction, or one transaction.
        required charging_profile_purpose: ChargingProfilePurposeType = "chargingProfilePurpose",
        /// How the times of the schedule count.
        required charging_profile_kind: ChargingProfileKindType = "chargingProfileKind",
        /// How often the schedule starts over; only for recurring profiles.
        optional recurrency_kind: RecurrencyKindType = "recurrencyKind",
        /// Moment from which the profile counts; at once when absent.
        optional valid_from: DateTime = "validFrom",
        /// Moment until which the profile counts; until replaced when absent.
        optional valid_to: DateTime = "validTo",
        /// Limits over time.
        required charging_schedule: ChargingSchedule = "chargingSchedule",
    }

    /// Limits that apply when nothing changes.
    pub struct ChargingSchedule = "ChargingSchedule" {
        /// Length of the schedule in s; without it the last period lasts on.
        optional duration: i32 = "duration",
        /// Moment from which the periods count; absent for relative profiles.
        optional start_schedule: DateTime = "startSchedule",
        /// Whether limits are in W or A.
        required charging_rate_unit: ChargingRateUnitType = "chargingRateUnit",
        /// Periods in order of time; the first one starts at 0.
        required charging_schedule_period: Vec<ChargingSchedulePeriod> = "chargingSchedulePeriod",
        /// Least rate at which charging makes sense, in the unit of the schedule.
        optional min_charging_rate: Tenths = "minChargingRate",
    }

    /// Periods in order of time; the first one starts at 0.
    pub struct ChargingSchedulePeriod = "ChargingSchedulePeriod" {
        /// Start of the period in s after the start of the schedule.
        required start_period: i32 = "startPeriod",
        /// Most that may flow, in W or A, with at most one digit after the point.
        required limit: Tenths = "limit",
        /// Number of phases that may be used; 3 when absent.
        optional number_phases: i32 = "numberPhases",
    }
}

open_enum! {
    /// Choice of whether an identifier may charge, or why not.
    pub enum AuthorizationStatus = "AuthorizationStatus" {
        Accepted = "Accepted", Blocked = "Blocked", Expired = "Expired", Invalid = "Invalid",
        ConcurrentTx = "ConcurrentTx",
    }

    /// Choice of how the times of a schedule count: fixed, repeating, or from the start of charging.
    pub enum ChargingProfileKindType = "ChargingProfileKindType" {
        Absolute = "Absolute", Recurring = "Recurring", Relative = "Relative",
    }

    /// Choice of what a charging profile limits.
    pub enum ChargingProfilePurposeType = "ChargingProfilePurposeType" {
        ChargePointMaxProfile = "ChargePointMaxProfile", TxDefaultProfile = "TxDefaultProfile",
        TxProfile = "TxProfile",
    }

    /// Choice of whether a recurring schedule starts over each day or each week.
    pub enum RecurrencyKindType = "RecurrencyKindType" {
        Daily = "Daily", Weekly = "Weekly",
    }

    /// Choice of whether a schedule counts in W or A.
    pub enum ChargingRateUnitType = "ChargingRateUnitType" {
        A = "A", W = "W",
    }
}
