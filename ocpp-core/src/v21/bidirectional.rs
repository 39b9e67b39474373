//! Bidirectional power transfer (block Q).

use crate::types::{DateTime, List, Text};
use crate::{message, open_enum};

use super::common::{CustomData, EnergyTransferMode, GenericStatus, StatusInfo};

message! {
    /// Sent by the CSMS to pass on a grid frequency restoration (aFRR) signal (Q08).
    pub struct AFRRSignalRequest = "AFRRSignalRequest" {
        /// Moment from which the signal counts.
        required timestamp: DateTime = "timestamp",
        /// Signal level; the station looks up its power in `v2xSignalWattCurve`.
        required signal: i32 = "signal",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it can use the aFRR signal (Q08).
    pub struct AFRRSignalResponse = "AFRRSignalResponse" {
        /// `Accepted` when the schedule has a `v2xSignalWattCurve` for that moment.
        required status: GenericStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to say which ways of energy transfer it allows (Q02).
    pub struct NotifyAllowedEnergyTransferRequest = "NotifyAllowedEnergyTransferRequest" {
        /// Transaction it is for, at most 36 characters.
        required transaction_id: Text<36> = "transactionId",
        /// Ways that are allowed, at least one.
        required allowed_energy_transfer: List<EnergyTransferMode> = "allowedEnergyTransfer",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it can follow (Q02).
    pub struct NotifyAllowedEnergyTransferResponse = "NotifyAllowedEnergyTransferResponse" {
        /// Whether the station can renegotiate with the EV.
        required status: NotifyAllowedEnergyTransferStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of whether the station takes on the allowed ways of energy transfer.
    pub enum NotifyAllowedEnergyTransferStatus = "NotifyAllowedEnergyTransferStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }
}
