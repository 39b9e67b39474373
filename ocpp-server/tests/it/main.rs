//! Tests of the server through its public interface.
#![allow(clippy::expect_used)] // A test that cannot go on has failed.

mod access;
mod authorize;
mod availability;
mod catalogue;
mod contract;
mod device;

mod customer;
mod defaults;
mod desk;
mod display;
mod edge;
mod energy;
mod every_action;
mod habits;
mod local_list;
mod message_log;
mod metrics;
mod monitoring;
mod payments;
mod pricing;
mod property;
mod publication;
mod register;
mod remote;
mod reservation;
mod retention;
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
mod uptime;
mod world;
