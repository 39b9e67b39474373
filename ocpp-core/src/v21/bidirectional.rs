//! Bidirectional power transfer (block Q).

use alloc::boxed::Box;

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

    /// The request of [`NotifyAllowedEnergyTransfer`].
    pub struct NotifyAllowedEnergyTransferRequest = "NotifyAllowedEnergyTransferRequest" {
        /// The value of `transactionId`.
        required transaction_id: Text<36> = "transactionId",
        /// The value of `allowedEnergyTransfer`.
        required allowed_energy_transfer: List<EnergyTransferMode> = "allowedEnergyTransfer",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`NotifyAllowedEnergyTransfer`].
    pub struct NotifyAllowedEnergyTransferResponse = "NotifyAllowedEnergyTransferResponse" {
        /// The value of `status`.
        required status: NotifyAllowedEnergyTransferStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// One of the values that the specification names.
    pub enum NotifyAllowedEnergyTransferStatus = "NotifyAllowedEnergyTransferStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }
}
