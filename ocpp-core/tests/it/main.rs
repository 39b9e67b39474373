//! The integration tests of the crate, as one binary.

mod messages;
#[cfg(feature = "schema")]
mod payloads;
mod rpc;
mod rpc_storm;
mod rules;
#[cfg(feature = "schema")]
mod schemas;
#[cfg(feature = "signed")]
mod signed;
mod types;
mod wire;
