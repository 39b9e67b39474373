//! Vendors' own messages (block P).

use crate::types::{Json, Text};
use crate::{message, open_enum};

use super::common::{CustomData, StatusInfo};

message! {
    /// Sent by either side to pass vendor data OCPP has no message for (P01, P02).
    pub struct DataTransferRequest = "DataTransferRequest" {
        /// Name of the vendor's message, at most 50 characters.
        optional message_id: Text<50> = "messageId",
        /// Any JSON value, as both sides agreed.
        optional data: Json = "data",
        /// Vendor whose rules apply to the data, at most 255 characters.
        required vendor_id: Text<255> = "vendorId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent back to say whether the vendor data was understood (P01, P02).
    pub struct DataTransferResponse = "DataTransferResponse" {
        /// Whether vendor and message are known and the data was taken.
        required status: DataTransferStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Any JSON value as answer, as both sides agreed.
        optional data: Json = "data",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of how a vendor data transfer ended.
    pub enum DataTransferStatus = "DataTransferStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", UnknownMessageId = "UnknownMessageId",
        UnknownVendorId = "UnknownVendorId",
    }
}
