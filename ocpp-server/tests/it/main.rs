//! Tests of the server through its public interface.

mod message_log;
mod metrics;
mod store;
mod store_broken;
#[cfg(feature = "sqlite")]
mod store_model;
#[cfg(feature = "sqlite")]
mod store_sqlite;
