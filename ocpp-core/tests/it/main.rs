//! The integration tests of the crate, as one binary.

#[cfg(feature = "schema")]
mod conformance;
mod dialect;
mod maintenance;
mod messages;
mod orders;
#[cfg(feature = "schema")]
mod payloads;
mod quirks;
mod requirements;
mod rpc;
mod rpc_storm;
mod rules;
#[cfg(feature = "schema")]
mod schemas;
#[cfg(feature = "signed")]
mod signed;
mod types;
mod wire;
