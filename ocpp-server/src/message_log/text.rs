//! Texts in JSON: escapes, addresses with credentials, and repetitions of hidden values.

use std::borrow::Cow;

/// The content of a JSON string. What is no valid escape stands for U+FFFD.
pub(super) fn unescaped(inner: &str) -> Cow<'_, str> {
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut plain = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        let (c, length) = escape(&rest[at..]);
        plain.push(c);
        rest = &rest[at + length..];
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The character that an escape stands for, and the length of the escape.
fn escape(text: &str) -> (char, usize) {
    let c = match text.as_bytes().get(1) {
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => return unicode(text),
        Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
        _ => return (char::REPLACEMENT_CHARACTER, 1),
    };
    (c, 2)
}

fn unicode(text: &str) -> (char, usize) {
    let unit = |at: usize| u32::from_str_radix(text.get(at + 2..at + 6)?, 16).ok();
    let Some(first) = unit(0) else { return (char::REPLACEMENT_CHARACTER, 1) };
    if let Some(c) = char::from_u32(first) {
        return (c, 6);
    }
    let second = text.get(6..8).filter(|start| *start == "\\u").and_then(|_| unit(6));
    if let (0xd800..0xdc00, Some(second @ 0xdc00..0xe000)) = (first, second) {
        let joined = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return (char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER), 12);
    }
    (char::REPLACEMENT_CHARACTER, 6)
}

/// Appends a JSON string.
pub(super) fn push_quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

/// Whether a text could hold an address with a password or a signature. `/` may be escaped.
pub(super) fn may_have_address(inner: &str) -> bool {
    let bytes = inner.as_bytes();
    bytes.contains(&b':') && (bytes.contains(&b'@') || bytes.contains(&b'?'))
}

/// Hides what in addresses opens doors: `ftp://user:password@host` and what follows a `?`, which may be a
/// signature that lets anybody fetch or write the file.
pub(super) fn without_credentials(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains("://") {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        clean.push_str(before);
        let end = after.find([' ', '\t', '\n', '"', '<', '>']).unwrap_or(after.len());
        let (address, behind) = after.split_at(end);
        push_address(&mut clean, address);
        rest = behind;
    }
    clean.push_str(rest);
    if clean == *text { text } else { Cow::Owned(clean) }
}

fn push_address(clean: &mut String, address: &str) {
    // A password may have any sign in it, when its writer did not know better; the last @ is the end of it.
    let host = match address.rfind('@') {
        Some(at) => {
            clean.push_str("***");
            &address[at..]
        }
        None => address,
    };
    match host.split_once('?') {
        Some((path, _)) => {
            clean.push_str(path);
            clean.push_str("?***");
        }
        None => clean.push_str(host),
    }
}

/// The text with each occurrence of `value` replaced, in whatever case it is written.
pub(super) fn replaced<'a>(text: Cow<'a, str>, value: &str, by: &str) -> Cow<'a, str> {
    let lower = text.to_ascii_lowercase();
    let sought = value.to_ascii_lowercase();
    let mut found = lower.match_indices(&sought).peekable();
    if found.peek().is_none() {
        return text;
    }
    let mut changed = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, _) in found {
        changed.push_str(&text[copied..at]);
        changed.push_str(by);
        copied = at + sought.len();
    }
    changed.push_str(&text[copied..]);
    Cow::Owned(changed)
}
