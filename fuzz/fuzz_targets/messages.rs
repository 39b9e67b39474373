//! The payload of any frame is a message or an error, in every version.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ocpp_fuzz::messages(data));
