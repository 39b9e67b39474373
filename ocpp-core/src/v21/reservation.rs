//! Reservation (block H).

use crate::types::{DateTime, Integer, Text};
use crate::{message, open_enum};

use super::common::{CustomData, IdToken, StatusInfo};

message! {
    /// Sent by the CSMS to drop a reservation (H02).
    pub struct CancelReservationRequest = "CancelReservationRequest" {
        /// Id of the reservation to drop.
        required reservation_id: Integer<0> = "reservationId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether the reservation is gone (H02).
    pub struct CancelReservationResponse = "CancelReservationResponse" {
        /// `Rejected` when the station knows no such reservation.
        required status: CancelReservationStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to keep an EVSE free for one driver (H01).
    pub struct ReserveNowRequest = "ReserveNowRequest" {
        /// Id of the reservation, 0 or higher.
        required id: Integer<0> = "id",
        /// Moment at which the reservation lapses.
        required expiry_date_time: DateTime = "expiryDateTime",
        /// Kind of connector to reserve, at most 20 characters.
        optional connector_type: Text<20> = "connectorType",
        /// Token the reservation is held for.
        required id_token: IdToken = "idToken",
        /// EVSE to reserve; absent means the reservation names no particular EVSE.
        optional evse_id: Integer<0> = "evseId",
        /// Group whose members may also use the reservation.
        optional group_id_token: IdToken = "groupIdToken",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether the reservation was made (H01).
    pub struct ReserveNowResponse = "ReserveNowResponse" {
        /// Whether the reservation worked, or what stood in its way.
        required status: ReserveNowStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station when a reservation expires, is removed or goes unused (H04).
    pub struct ReservationStatusUpdateRequest = "ReservationStatusUpdateRequest" {
        /// Id of the reservation whose status changed, 0 or higher.
        required reservation_id: Integer<0> = "reservationId",
        /// What became of the reservation.
        required reservation_update_status: ReservationUpdateStatus = "reservationUpdateStatus",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the reservation update; carries no data (H04).
    pub struct ReservationStatusUpdateResponse = "ReservationStatusUpdateResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of whether a reservation could be dropped.
    pub enum CancelReservationStatus = "CancelReservationStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// Choice of how a reservation attempt ended: made, or why it failed.
    pub enum ReserveNowStatus = "ReserveNowStatusEnumType" {
        Accepted = "Accepted", Faulted = "Faulted", Occupied = "Occupied", Rejected = "Rejected",
        Unavailable = "Unavailable",
    }

    /// Choice of how a reservation ended: time ran out, removed, or no transaction followed.
    pub enum ReservationUpdateStatus = "ReservationUpdateStatusEnumType" {
        Expired = "Expired", Removed = "Removed", NoTransaction = "NoTransaction",
    }
}
