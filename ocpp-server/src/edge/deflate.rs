//! Agreeing on permessage-deflate (RFC 7692), which a CSMS of 2.0.1 and 2.1 has to support (part 4).
//!
//! What a station sends is compressed with its own context kept, because that is where most of the data
//! flows and most is saved: about 4 to 44 KiB of memory for a connection. What we send is compressed message
//! by message, with states that all connections share.

/// The window that a station is asked to compress with when it lets us choose: 4 KiB.
const CLIENT_WINDOW_BITS: u8 = 12;

/// What to answer to an offer of extensions: the value of `Sec-WebSocket-Extensions`, or `None` to decline.
/// The first offer that can be met is taken.
pub(super) fn agree(offers: &str) -> Option<String> {
    offers.split(',').find_map(agree_on)
}

fn agree_on(offer: &str) -> Option<String> {
    let mut parts = offer.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("permessage-deflate") {
        return None;
    }
    let mut answer = String::from("permessage-deflate; server_no_context_takeover");
    let mut seen: Vec<&str> = Vec::new();
    for part in parts {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim().trim_matches('"'))),
            None => (part, None),
        };
        // A parameter that is unknown, doubled or has a wrong value makes the whole offer void (7.1).
        if seen.contains(&name) {
            return None;
        }
        seen.push(name);
        match (name, value) {
            ("server_no_context_takeover", None) => {}
            ("client_no_context_takeover", None) => answer.push_str("; client_no_context_takeover"),
            ("server_max_window_bits", Some(value)) => {
                // A window of 8 bits is allowed but no compressor here makes it.
                let bits = window_bits(value).filter(|bits| *bits >= 9)?;
                answer.push_str(&format!("; server_max_window_bits={bits}"));
            }
            ("client_max_window_bits", None) => {
                answer.push_str(&format!("; client_max_window_bits={CLIENT_WINDOW_BITS}"));
            }
            ("client_max_window_bits", Some(value)) => {
                let bits = window_bits(value)?.min(CLIENT_WINDOW_BITS);
                answer.push_str(&format!("; client_max_window_bits={bits}"));
            }
            _ => return None,
        }
    }
    Some(answer)
}

/// 8 to 15, in decimal digits without leading zeros (7.1.2).
fn window_bits(value: &str) -> Option<u8> {
    let bits: u8 = value.parse().ok()?;
    ((8..=15).contains(&bits) && bits.to_string() == value).then_some(bits)
}
