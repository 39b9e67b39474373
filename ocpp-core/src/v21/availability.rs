//! Availability: status, heartbeat, putting in and out of use (block G).

use crate::types::{DateTime, Integer};
use crate::{message, open_enum};

use super::common::{CustomData, EVSE, StatusInfo};

message! {
    /// Sent by the CSMS to put a station, EVSE or connector in or out of service (G03, G04).
    pub struct ChangeAvailabilityRequest = "ChangeAvailabilityRequest" {
        /// EVSE or connector to change; the whole station when absent.
        optional evse: EVSE = "evse",
        /// Whether it should be in service or not.
        required operational_status: OperationalStatus = "operationalStatus",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether or when it will change (G03, G04).
    pub struct ChangeAvailabilityResponse = "ChangeAvailabilityResponse" {
        /// `Scheduled` means the change waits until running transactions end.
        required status: ChangeAvailabilityStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station when the state of a connector changes (G01).
    pub struct StatusNotificationRequest = "StatusNotificationRequest" {
        /// Moment the reported state holds for.
        required timestamp: DateTime = "timestamp",
        /// Present state of the connector.
        required connector_status: ConnectorStatus = "connectorStatus",
        /// EVSE the connector belongs to, 0 or higher.
        required evse_id: Integer<0> = "evseId",
        /// Number of the connector within its EVSE, 0 or higher.
        required connector_id: Integer<0> = "connectorId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the connector state; carries no data (G01).
    pub struct StatusNotificationResponse = "StatusNotificationResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to show that it is there; carries no data (G02).
    pub struct HeartbeatRequest = "HeartbeatRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS with its time (G02).
    pub struct HeartbeatResponse = "HeartbeatResponse" {
        /// Clock of the CSMS, in UTC.
        required current_time: DateTime = "currentTime",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of whether a station, EVSE or connector is in service.
    pub enum OperationalStatus = "OperationalStatusEnumType" {
        Inoperative = "Inoperative", Operative = "Operative",
    }

    /// Choice of whether the availability change happens now, later or not at all.
    pub enum ChangeAvailabilityStatus = "ChangeAvailabilityStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", Scheduled = "Scheduled",
    }

    /// Choice of whether a connector is free, in use, reserved or out of order.
    pub enum ConnectorStatus = "ConnectorStatusEnumType" {
        Available = "Available", Occupied = "Occupied", Reserved = "Reserved", Unavailable = "Unavailable",
        Faulted = "Faulted",
    }
}
