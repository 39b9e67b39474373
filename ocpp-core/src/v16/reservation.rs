//! The reservation profile.

use crate::types::{CiText, DateTime};
use crate::{message, open_enum};

message! {
    /// Sent by the Central System to drop a reservation (5.1).
    pub struct CancelReservationRequest = "CancelReservationRequest" {
        /// Reservation to drop.
        required reservation_id: i32 = "reservationId",
    }

    /// Sent by the Charge Point to say whether the reservation is gone (5.1).
    pub struct CancelReservationResponse = "CancelReservationResponse" {
        /// `Rejected` when there is no such reservation.
        required status: CancelReservationStatus = "status",
    }

    /// Sent by the Central System to keep a connector free for someone (5.13).
    pub struct ReserveNowRequest = "ReserveNowRequest" {
        /// Connector to keep free; 0 means any one of the Charge Point.
        required connector_id: i32 = "connectorId",
        /// Moment at which the reservation ends by itself.
        required expiry_date: DateTime = "expiryDate",
        /// Identifier it is kept for.
        required id_tag: CiText<20> = "idTag",
        /// Group it is kept for as well.
        optional parent_id_tag: CiText<20> = "parentIdTag",
        /// Id of the reservation; a known one is replaced.
        required reservation_id: i32 = "reservationId",
    }

    /// Sent by the Charge Point to say whether the connector is reserved (5.13).
    pub struct ReserveNowResponse = "ReserveNowResponse" {
        /// Whether it is reserved, or why not.
        required status: ReservationStatus = "status",
    }
}

open_enum! {
    /// Choice of whether a reservation could be dropped.
    pub enum CancelReservationStatus = "CancelReservationStatus" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// Choice of whether a connector is reserved, or why not.
    pub enum ReservationStatus = "ReservationStatus" {
        Accepted = "Accepted", Faulted = "Faulted", Occupied = "Occupied", Rejected = "Rejected",
        Unavailable = "Unavailable",
    }
}
