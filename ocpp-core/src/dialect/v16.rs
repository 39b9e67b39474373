//! OCPP 1.6: connectors are EVSEs, transactions have the manager's numbers, status has nine states.

mod certificate;
mod charging_profile;
mod device;
mod firmware;
mod local_list;
mod logs;
pub(super) mod manager;
mod remote;
mod reservation;
mod security;
pub(super) mod station;
mod words;
