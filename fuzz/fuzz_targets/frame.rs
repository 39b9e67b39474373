//! Any bytes are a frame or a bad frame, in every version.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ocpp_fuzz::frame(data));
