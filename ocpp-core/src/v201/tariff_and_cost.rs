//! Tariff, cost and payment (block I).

use crate::message;
use crate::types::{Number, Text};

use super::common::CustomData;

message! {
    /// Sent by the CSMS to have the station show the running cost (I02).
    pub struct CostUpdatedRequest = "CostUpdatedRequest" {
        /// Cost so far with taxes, in the currency set on the station.
        required total_cost: Number = "totalCost",
        /// Transaction the cost is for, at most 36 characters.
        required transaction_id: Text<36> = "transactionId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to confirm the running cost; carries no data (I02).
    pub struct CostUpdatedResponse = "CostUpdatedResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}
