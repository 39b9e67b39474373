//! Tests of the server through its public interface.

mod store;
mod store_broken;
#[cfg(feature = "sqlite")]
mod store_model;
#[cfg(feature = "sqlite")]
mod store_sqlite;
mod trusted_edge;
