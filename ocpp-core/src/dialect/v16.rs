//! OCPP 1.6: connectors are EVSEs, transactions have the manager's numbers, status has nine states.

mod local_list;
pub(super) mod manager;
mod remote;
mod reservation;
pub(super) mod station;
mod words;
