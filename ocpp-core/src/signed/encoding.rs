//! Base 16 and base 64 as meters and stations write them.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// Padding may be there or not; stations do either.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads base 64; white space between the characters is left out.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let bytes: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(bytes).ok()
}

/// Reads pairs of hexadecimal digits and nothing else.
pub(super) fn base16(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// Reads hexadecimal digits as they are printed on a meter: the prefix `0x` and whatever stands between the
/// digits are left out.
pub(super) fn printed_base16(text: &str) -> Option<Vec<u8>> {
    let digits: String = without_prefix(text).chars().filter(char::is_ascii_hexdigit).collect();
    if digits.is_empty() { None } else { base16(&digits) }
}

/// Reads hexadecimal digits with the prefix `0x`, white space, colons or dashes, and nothing else.
pub(super) fn spaced_base16(text: &str) -> Option<Vec<u8>> {
    let between = |c: char| c.is_whitespace() || matches!(c, ':' | '-');
    let digits: String = without_prefix(text).chars().filter(|c| !between(*c)).collect();
    base16(&digits)
}

fn without_prefix(text: &str) -> &str {
    let text = text.trim_start();
    text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
