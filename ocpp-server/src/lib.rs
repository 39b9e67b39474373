//! A charging-station management system (CSMS) as a library, for OCPP 1.6, 2.0.1 and 2.1.
//!
//! ```text
//! edge     stations dial in: identity, sub-protocol, admission
//! session  one task for each connection: frames, calls, time-outs, take-over
//! command  orders to stations, typed or raw
//! handle   ask → decide → commit, and only then the answer
//! pricing  which tariff prices a session, what it costs so far
//! catalogue  every setting of the standard: what it means, what it is called in another version
//! register what operators change: sites, stations, tokens, tariffs
//! payment  gateways that hold and capture money; the sandbox
//! maintenance  what operators do with stations over several messages: firmware, logs, certificates
//! process  what runs over several commits: payments, receipts, costs on displays
//! access   users, sign-ins, API keys, generated secrets
//! store    what is kept: memory, SQLite, or your own (it has to pass `store::contract`)
//! availability  what every port did at every moment: courses, uptime by formula
//! domain   the values that are kept: stations, ports, sessions, refusals, events
//! health   whether the manager can do its work
//! bus      what was committed, for the rest of the process
//! message_log  every frame, pseudonymised, for those who look things up
//! metrics  the server's own figures
//! ```
//!
//! Start with [`Csms`]. Who may connect is said by an [`edge::Admission`], who may charge by a
//! [`handle::Authorizer`]; both have ready-made implementations and can be your own.
//!
//! A reply leaves only after the commit that covers it. When the store fails, the connection is closed
//! without an answer: the station keeps its message and sends it again.

pub mod access;
pub mod availability;
pub mod bus;
pub mod catalogue;
pub mod command;
mod csms;
pub mod domain;
pub mod edge;
pub mod habits;
pub mod handle;
pub mod health;
pub mod maintenance;
pub mod message_log;
pub mod metrics;
pub mod payment;
pub mod pricing;
pub mod process;
pub mod register;
pub mod session;
pub mod store;
mod watch;

pub use csms::{Builder, Csms, StartError};
