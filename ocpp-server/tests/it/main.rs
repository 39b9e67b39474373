//! Tests of the server through its public interface.
#![allow(clippy::expect_used)] // A test that cannot go on has failed.

mod access;
mod authorize;
mod availability;
mod catalogue;
mod contract;
mod device;

mod desk;
mod edge;
mod every_action;
mod local_list;
mod message_log;
mod metrics;
mod payments;
mod pricing;
mod property;
mod register;
mod remote;
mod reservation;
mod secrets;
mod store;
mod store_broken;
#[cfg(feature = "sqlite")]
mod store_model;
#[cfg(feature = "sqlite")]
mod store_sqlite;
mod transactions;
mod trusted_edge;
mod uphold;
mod upkeep;
mod world;
