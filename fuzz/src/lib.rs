//! What the fuzz targets do with their bytes.

use ocpp_core::wire::{Frame, Version};

/// Reads a frame in every version; what is written or answered must be readable again.
pub fn frame(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    for version in Version::ALL {
        let written = match Frame::parse(text, version) {
            Ok(parsed) => Some(parsed.frame.encode(version)),
            Err(bad) => bad.answer(version).map(|answer| answer.encode(version)),
        };
        if let Some(written) = written {
            assert!(Frame::parse(&written, version).is_ok(), "unreadable: {written}");
        }
    }
}
