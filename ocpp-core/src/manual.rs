//! The manual: chapters that are longer than the page of a module.
//!
//! | chapter | what for |
//! | --- | --- |
//! | [`versions`] | which version to speak, and how to build only that |
//! | [`one_handler`] | a handler that is written once and serves all versions |
//! | [`leniency`] | what is forgiven, what is refused, and how either is told |
//! | [`rpc_rules`] | calls, answers, time-outs, ids and errors |
//! | [`adding_a_message`] | messages and actions of a vendor, or missing here |
//! | [`from_rust_ocpp`] | moving from the crate `rust-ocpp` |
//!
//! Every example on these pages is compiled and run by the tests.

#[doc = include_str!("manual/versions.md")]
pub mod versions {}

#[doc = include_str!("manual/one_handler.md")]
pub mod one_handler {}

#[doc = include_str!("manual/leniency.md")]
pub mod leniency {}

#[doc = include_str!("manual/rpc_rules.md")]
pub mod rpc_rules {}

#[doc = include_str!("manual/adding_a_message.md")]
pub mod adding_a_message {}

#[doc = include_str!("manual/from_rust_ocpp.md")]
pub mod from_rust_ocpp {}
