//! Typed messages, RPC and schemas of OCPP 1.6, 2.0.1 and 2.1, without sockets, a clock or `std`.
//!
//! ```
//! use ocpp_core::inbound;
//! use ocpp_core::v201::BootNotificationRequest;
//!
//! let json = r#"{"reason":"PowerUp","chargingStation":{"model":"M1","vendorName":"ACME","colour":"red"}}"#;
//! let boot = inbound::read::<BootNotificationRequest>(json)?;
//! assert_eq!(&*boot.value.charging_station.vendor_name, "ACME");
//! assert_eq!(boot.findings[0].to_string(), "/chargingStation/colour is not named by the schema");
//! assert_eq!(inbound::write(&boot.value).len(), json.len()); // nothing is lost
//! # Ok::<(), inbound::Rejected>(())
//! ```
//!
//! # Where things are
//!
//! From the wire upwards; each layer can be used without those above it.
//!
//! | module | what it has | without |
//! | --- | --- | --- |
//! | [`types`] | texts with a limit, times, numbers, lists: what messages are made of | |
//! | [`wire`] | frames: the JSON arrays around messages, error codes, what a broken frame is answered with | payloads |
//! | [`rpc`] | [`Peer`](rpc::Peer): calls, answers, time-outs and queues of one connection | sockets, a clock |
//! | [`v16`], [`v201`], [`v21`] | every message of a version; a type for each action | each other |
//! | [`inbound`] | reading and writing payloads, with exact findings | |
//! | [`message`](mod@message), [`action`] | the macros and traits behind messages, for vendors' own | |
//! | [`model`] | what messages mean, in no version's words | versions |
//! | [`dialect`] | between the messages of a version and the model, for both ends | frames |
#![cfg_attr(feature = "schema", doc = "| [`schema`] | JSON Schemas of all messages (feature `schema`) | |")]
#![cfg_attr(
    feature = "signed",
    doc = "| [`signed`] | signed meter values, and what they prove (feature `signed`) | |"
)]
//!
//! # The manual
//!
//! - [Versions and how to choose](manual::versions), features, building without `std`
//! - [A handler written once](manual::one_handler) that serves all versions
//! - [Leniency](manual::leniency): what is forgiven, what is refused, how it is told
//! - [The rules of RPC](manual::rpc_rules)
//! - [Adding a message](manual::adding_a_message), a vendor's or a missing one
//! - [Moving from `rust-ocpp`](manual::from_rust_ocpp)

#![no_std]
// What 2.0.1 and 2.1 share is written once and compiled over the types of each (`dialect::two`).
#![allow(clippy::duplicate_mod)]

extern crate alloc;

pub mod action;
pub mod dialect;
pub mod inbound;
#[cfg(all(feature = "v16", feature = "v201", feature = "v21"))]
pub mod manual;
pub mod message;
pub mod model;
pub mod quirk;
pub mod requirement;
pub mod rpc;
pub mod rules;
#[cfg(feature = "schema")]
pub mod schema;
#[cfg(feature = "signed")]
pub mod signed;
pub mod types;
#[cfg(feature = "v16")]
pub mod v16;
#[cfg(feature = "v201")]
pub mod v201;
#[cfg(feature = "v21")]
pub mod v21;
pub mod wire;

#[doc(hidden)]
pub extern crate alloc as __alloc;
#[doc(hidden)]
pub use serde as __serde;
