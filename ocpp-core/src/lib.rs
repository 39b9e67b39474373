//! Typed messages, RPC and schemas of OCPP 1.6, 2.0.1 and 2.1.

extern crate alloc;

pub mod model;
pub mod types;
