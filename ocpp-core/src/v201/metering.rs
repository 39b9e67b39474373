//! Meter values outside transactions (block J).

use crate::types::List;
use crate::message;

use super::common::{CustomData};
use super::common_metering::{MeterValue};

message! {
    /// The request of [`MeterValues`].
    pub struct MeterValuesRequest = "MeterValuesRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `evseId`.
        required evse_id: i32 = "evseId",
        /// The value of `meterValue`.
        required meter_value: List<MeterValue> = "meterValue",
    }

    /// The answer to [`MeterValues`].
    pub struct MeterValuesResponse = "MeterValuesResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}
