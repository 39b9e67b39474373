//! Any payload is read, mended or refused.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ocpp_fuzz::repair(data));
