//! Emulated stations as processes, beside a manager.

use std::process::{Child, Command, Stdio};

/// A running `ocpp emulate`; it is killed when the test ends.
pub(crate) struct Emulator(Child);

impl Emulator {
    /// Begins to emulate what dials `url`.
    pub(crate) fn start(url: &str, arguments: &[&str]) -> Emulator {
        let child = Command::new(env!("CARGO_BIN_EXE_ocpp"))
            .args(["emulate", "--url", url.trim_end_matches('/')])
            .args(arguments)
            .env_remove("OCPP_URL")
            .env_remove("OCPP_PASSWORD")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        Emulator(child)
    }

    /// One station that is plugged in and waits for the manager, until it is killed.
    pub(crate) fn waiting(url: &str, id: &str, version: &str, more: &[&str]) -> Emulator {
        let always = ["--id", id, "--version", version, "--remote-start", "--minutes", "1440"];
        Emulator::start(url, &[&always, more].concat())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
