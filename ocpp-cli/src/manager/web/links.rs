//! Addresses of pages, with names and tokens percent-encoded.

use ocpp_core::model::StationId;

pub(super) use crate::manager::origin::encoded;

/// `/stations/…`
pub(super) fn station(id: &StationId) -> String {
    format!("/stations/{}", encoded(id.as_str()))
}

/// The driver's page of an EVSE, short enough for a small code on a sticker.
pub(super) fn driver(id: &StationId, evse: u32) -> String {
    format!("/d/{}/{evse}", encoded(id.as_str()))
}
