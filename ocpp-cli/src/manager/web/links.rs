//! Addresses of pages, with names and tokens percent-encoded, and of the manager for stations.

use ocpp_core::model::StationId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::origin::Base;
use crate::manager::App;

/// All but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as one segment of a path, or as a value of a query.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// `/stations/…`
pub(super) fn station(id: &StationId) -> String {
    format!("/stations/{}", encoded(id.as_str()))
}

/// The driver's page of an EVSE, short enough for a small code on a sticker.
pub(super) fn driver(id: &StationId, evse: u32) -> String {
    format!("/d/{}/{evse}", encoded(id.as_str()))
}

/// Where a station dials. When the manager listens on every address of its machine, the host is the one
/// under which the operator sees it.
pub(super) fn dial(app: &App, base: &Base, id: &StationId) -> String {
    let url = format!("{}{}", app.ocpp_url, encoded(id.as_str()));
    ["//0.0.0.0:", "//[::]:"]
        .into_iter()
        .fold(url, |url, any| url.replacen(any, &format!("//{}:", bracketed(base.host_name())), 1))
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}
