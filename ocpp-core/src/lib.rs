//! Typed messages, RPC and schemas of OCPP 1.6, 2.0.1 and 2.1.

#![no_std]

extern crate alloc;

pub mod action;
pub mod dialect;
pub mod inbound;
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
