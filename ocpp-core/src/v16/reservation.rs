//! The reservation profile.

use alloc::boxed::Box;

use crate::types::{CiText, DateTime};
use crate::{message, open_enum};

message! {
    /// The request of [`CancelReservation`].
    pub struct CancelReservationRequest = "CancelReservationRequest" {
        /// The value of `reservationId`.
        required reservation_id: i32 = "reservationId",
    }

    /// The answer to [`CancelReservation`].
    pub struct CancelReservationResponse = "CancelReservationResponse" {
        /// The value of `status`.
        required status: CancelReservationStatus = "status",
    }

    /// The request of [`ReserveNow`].
    pub struct ReserveNowRequest = "ReserveNowRequest" {
        /// The value of `connectorId`.
        required connector_id: i32 = "connectorId",
        /// The value of `expiryDate`.
        required expiry_date: DateTime = "expiryDate",
        /// The value of `idTag`.
        required id_tag: CiText<20> = "idTag",
        /// The value of `parentIdTag`.
        optional parent_id_tag: CiText<20> = "parentIdTag",
        /// The value of `reservationId`.
        required reservation_id: i32 = "reservationId",
    }

    /// The answer to [`ReserveNow`].
    pub struct ReserveNowResponse = "ReserveNowResponse" {
        /// The value of `status`.
        required status: ReservationStatus = "status",
    }
}

open_enum! {
    /// One of the values that the specification names.
    pub enum CancelReservationStatus = "CancelReservationStatus" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// One of the values that the specification names.
    pub enum ReservationStatus = "ReservationStatus" {
        Accepted = "Accepted", Faulted = "Faulted", Occupied = "Occupied", Rejected = "Rejected",
        Unavailable = "Unavailable",
    }
}
