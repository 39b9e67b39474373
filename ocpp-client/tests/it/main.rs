//! Tests of the station through its public interface.

mod authorization;
mod availability;
mod bench;
mod charging_profile;
mod remote;
mod reservation;
mod upkeep;
