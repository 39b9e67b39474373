//! The `ocpp` command.
fn main() {}
