//! Typed messages, RPC and schemas of OCPP 1.6, 2.0.1 and 2.1.

extern crate alloc;

pub mod action;
pub mod dialect;
pub mod inbound;
pub mod message;
pub mod model;
pub mod quirk;
pub mod requirement;
pub mod rpc;
#[cfg(feature = "schema")]
pub mod schema;
pub mod types;
pub mod v16;
pub mod v201;
pub mod v21;
pub mod wire;

#[doc(hidden)]
pub extern crate alloc as __alloc;
#[doc(hidden)]
pub use serde as __serde;
