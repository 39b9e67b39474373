//! A charging station as a library, for OCPP 1.6, 2.0.1 and 2.1.
//!
//! ```text
//! engine     what a station does: sans-IO, the same for every version
//! hardware   what the engine hears of and orders from connectors, readers and meters
//! simulated  a plausible vehicle and meter
//! transport  a WebSocket to the manager: dialling, reconnecting, typed calls
//! driver     an engine, its hardware and a connection, run together
//! ```

pub mod driver;
pub mod engine;
pub mod hardware;
pub mod simulated;
pub mod transport;
