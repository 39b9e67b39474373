//! Meter values outside transactions (block J).

use crate::message;
use crate::types::{Integer, List};

use super::common::CustomData;
use super::common_metering::MeterValue;

message! {
    /// Sent by the Charging Station with readings outside of transactions (J01).
    pub struct MeterValuesRequest = "MeterValuesRequest" {
        /// EVSE the readings belong to; 0 means the main power meter.
        required evse_id: Integer<0> = "evseId",
        /// Readings, in groups of one moment each.
        required meter_value: List<MeterValue> = "meterValue",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm receipt of the readings; carries no data (J01).
    pub struct MeterValuesResponse = "MeterValuesResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}
