//! The bad habits of real stations: each has a name, can be switched off, and can be counted.
//!
//! A [`Quirk`] is something that stations in the field do and the specification does not say. By default all of
//! them are tolerated and told; what a station sent is kept as it came beside what was read. [`Quirks`] is the
//! switch: [`Quirks::strict`] tolerates none, and one habit can be switched off for one station:
//!
//! ```
//! use ocpp_core::inbound::{Policy, read_by};
//! use ocpp_core::quirk::{Quirk, Quirks};
//! use ocpp_core::v16::StatusNotificationRequest;
//!
//! // Growatt's wallboxes leave out the zone.
//! let json = r#"{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2023-10-16T08:31:00"}"#;
//! let read = read_by::<StatusNotificationRequest>(json, Policy::default())?;
//! assert_eq!(read.findings[0].quirk, Some(Quirk::TimeWithoutZone));
//! assert_eq!(read.value.timestamp.unwrap().to_string(), "2023-10-16T08:31:00Z");
//! assert_eq!(read.raw.as_deref(), Some(json));
//!
//! let all_but_one = Policy::default().with_quirks(Quirks::all().without(Quirk::TimeWithoutZone));
//! assert!(read_by::<StatusNotificationRequest>(json, all_but_one).is_err());
//! # Ok::<(), ocpp_core::inbound::Rejected>(())
//! ```
//!
//! | where it shows | who reads it | who tells it |
//! | --- | --- | --- |
//! | [`Scope::Payload`] | [`inbound`](crate::inbound) | [`Finding::quirk`](crate::inbound::Finding::quirk) |
//! | [`Scope::Frame`] | [`wire`](crate::wire), [`rpc`](crate::rpc) | [`Event::Tolerated`](crate::rpc::Event::Tolerated) |
//! | [`Scope::Handshake`] | whoever reads the handshake; there is none in this crate | that one |
//!
//! A [`Tally`] counts them; keep one for each station.

mod list;
mod set;
mod tally;

pub use list::{Quirk, Scope};
pub use set::{Quirks, UnknownQuirk};
pub use tally::Tally;
