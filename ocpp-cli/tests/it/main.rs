//! Tests of the command as its users run it.

#![allow(clippy::expect_used)] // A test that cannot go on has failed.

mod api;
mod architecture;
mod browser;
mod command_line;
mod datex;
mod default_profiles;
mod emulate_certificates;
mod emulate_options;
mod emulate_round_trips;
mod emulator;
mod load;
mod messages;
mod notices;
mod ocpi;
mod operate;
mod operate_diagnostics;
mod operate_orders;
mod operate_sessions;
mod operate_settings;
mod operate_upkeep;
mod operator;
mod order_pages;
mod places;
mod registration;
mod running;
mod serve;
mod setting_pages;
mod upkeep_pages;
mod usage;
