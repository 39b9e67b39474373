//! The integration tests of the crate, as one binary.

mod rpc;
mod rpc_storm;
mod wire;
