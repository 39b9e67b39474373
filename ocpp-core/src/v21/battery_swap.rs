//! Battery swapping (block S).

use crate::types::{DateTime, Integer, List, Number, Text};
use crate::{message, open_enum};

use super::common::{CustomData, GenericStatus, IdToken, StatusInfo};

message! {
    /// Sent by the Charging Station when batteries are put in or taken out (S03).
    pub struct BatterySwapRequest = "BatterySwapRequest" {
        /// Batteries that moved, at least one.
        required battery_data: List<BatteryData> = "batteryData",
        /// Whether the batteries were put in, taken out or not collected in time.
        required event_type: BatterySwapEvent = "eventType",
        /// Token of the driver who swaps.
        required id_token: IdToken = "idToken",
        /// Links the in and out events of one swap and a remote start, if any.
        required request_id: i32 = "requestId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the swap event; carries no data (S03).
    pub struct BatterySwapResponse = "BatterySwapResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to let an authorized driver start a battery swap (S02).
    pub struct RequestBatterySwapRequest = "RequestBatterySwapRequest" {
        /// Token of the driver who will swap; must be authorized already.
        required id_token: IdToken = "idToken",
        /// Id the station repeats in the resulting `BatterySwapRequest` messages.
        required request_id: i32 = "requestId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether the battery swap may start (S02).
    pub struct RequestBatterySwapResponse = "RequestBatterySwapResponse" {
        /// Whether the station takes on the swap.
        required status: GenericStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A battery that goes in or out of a swap station.
    pub struct BatteryData = "BatteryDataType" {
        /// Slot of the station the battery is put into or taken from.
        required evse_id: Integer<0> = "evseId",
        /// Serial number printed in or on the battery, at most 50 characters.
        required serial_number: Text<50> = "serialNumber",
        /// How full the battery is, 0 to 100 %.
        required soc: Number<0, 100> = "soC",
        /// How healthy the battery is, 0 to 100 %.
        required soh: Number<0, 100> = "soH",
        /// When the battery was made.
        optional production_date: DateTime = "productionDate",
        /// Free vendor text about the battery, at most 500 characters.
        optional vendor_info: Text<500> = "vendorInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of whether batteries went in, came out or were left behind.
    pub enum BatterySwapEvent = "BatterySwapEventEnumType" {
        BatteryIn = "BatteryIn", BatteryOut = "BatteryOut", BatteryOutTimeout = "BatteryOutTimeout",
    }
}
