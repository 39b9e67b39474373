//! Tests of the command as its users run it.

mod architecture;
mod command_line;
mod serve;
