//! Tests of the server through its public interface.
#![allow(clippy::expect_used)] // A test that cannot go on has failed.

mod access;
mod authorize;
mod catalogue;

mod desk;
mod edge;
mod every_action;
mod message_log;
mod metrics;
mod payments;
mod pricing;
mod property;
mod register;
mod secrets;
mod store;
mod store_broken;
#[cfg(feature = "sqlite")]
mod store_model;
#[cfg(feature = "sqlite")]
mod store_sqlite;
mod trusted_edge;
mod upkeep;
mod world;
