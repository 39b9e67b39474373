//! Tests of the station through its public interface.

mod authorization;
mod availability;
mod bench;
mod charging_profile;
mod customer;
mod device;
mod display;
mod energy;
mod equipment;
mod every_action;
mod grid;
mod monitoring;
mod payment;
mod remote;
mod reservation;
mod reset;
mod tariff;
mod upkeep;
