//! OCPP 1.6: connectors are EVSEs, transactions have the manager's numbers, status has nine states.

pub(super) mod manager;
pub(super) mod station;
mod words;
