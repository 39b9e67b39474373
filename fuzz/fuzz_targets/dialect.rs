//! What one end says, the other end hears, in every version.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ocpp_fuzz::dialect(data));
