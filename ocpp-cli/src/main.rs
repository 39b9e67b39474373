//! The command `ocpp`: a charging-station manager, and emulated chargers.
//!
//! Raw arguments (`cli`) become resolved settings (`settings`), which are run (`manager`, `emulate`, `demo`, `load`;
//! `operate` runs the commands that ask a manager over REST; `orders` knows what can be ordered from stations).

mod cli;
mod demo;
mod emulate;
mod exit;
mod load;
mod manager;
mod operate;
mod orders;
mod settings;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let command = match cli::Cli::try_parse() {
        Ok(cli) => cli.command,
        Err(error) => return exit::usage(&error),
    };
    match cli::run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
